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

# the public sets: criteria, full audits, deltas, violations, vouches, claims, left out (five
# versions that are none)
find "$KITH_SHARED/corpus/vet" \( -name audits.toml -o -name debian.toml -o -name guix.toml \) \
	! -path '*/tests/*' ! -path '*/manual-sources/*' >"$out/sets"
xargs "$KITH_BUILD/tests/kith-cases" vet-set <"$out/sets" >"$out/log" 2>/dev/null || failed=1
sums=$(awk -F '\t' '{ for (i = 2; i <= NF; i++) n[i] += $i }
	END { for (i = 2; i <= 8; i++) printf "%s%d", (i > 2 ? " " : ""), n[i] }' "$out/log")
echo "vet-set: $(wc -l <"$out/sets") sets, $sums"
[ "$sums" = "35 7369 4439 114 1328 13250 5" ] || failed=1
exit $failed
