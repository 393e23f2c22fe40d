#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The warm verify of 600 packages stays within an instruction budget (callgrind counts exactly), and
# starts no helper. Milliseconds are too noisy for a test.
. "$KITH_SOURCE/tests/cli/lib.sh"
[ -x "$(command -v valgrind)" ] || skip "no valgrind"
! nm "$kith" 2>/dev/null | grep -q __asan_init || skip "valgrind cannot run a sanitized program"
budget=50000000
example_evidence
mkdir -p "$work/p"
awk 'BEGIN {
	print "version = 3\n"
	for (i = 0; i < 600; i++)
		printf "[[package]]\nname = \"package-%04d\"\nversion = \"1.%d.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"%064d\"\ndependencies = [\n \"package-%04d\",\n]\n\n", i, i, i, (i + 1) % 600
}' >"$work/p/Cargo.lock"
k -C "$work/p" verify --root "$root"
status_is 1
run valgrind --tool=callgrind --trace-children=yes --callgrind-out-file="$work/cg.%p" \
	"$kith" --now "$now" -C "$work/p" verify --root "$root"
status_is 1
used=$(sed -n 's/.*Collected : //p' "$work/err")
checks=$((checks + 1))
[ "$(printf '%s\n' "$used" | wc -l)" = 1 ] || fail "a helper was started on the warm way"
checks=$((checks + 1))
[ "$used" -le "$budget" ] || fail "$used instructions, budget $budget"
echo "$used instructions of $budget"
finish
