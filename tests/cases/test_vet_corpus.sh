#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cargo-vet's verdict, bit for bit, on every shared vector, and on the stores of real projects.
set -eu
vet=$KITH_SHARED/vectors/vet
[ -d "$vet/cases" ] || { echo "no shared vectors, skipped"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

# run EXPECTED-COUNT KIND ARGUMENT...
run() {
	count=$1; shift
	"$KITH_BUILD/tests/kith-cases" "$@" >"$out/log" || failed=1
	grep '^FAIL' "$out/log" || true
	last=$(tail -n 1 "$out/log")
	echo "$1: $last"
	[ "$last" = "$count passed, 0 failed" ] || failed=1
}

run 611 vet "$vet/cases" "$vet/random"
run 9 vet-real "$vet/real"
run 91 vet-versions "$vet/versions.tsv"
run 71 vet-requirements "$vet/requirements.tsv"
run 53 vet-fmt "$vet/fmt/strings.tsv" "$vet/fmt/keys.tsv"
exit $failed
