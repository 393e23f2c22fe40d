#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Floods by people who are trusted: a thousand versions in rings of deltas, thousands of reviews,
# issues and advisories. The answers are right and come in time.
set -eu
cases=$KITH_BUILD/tests/kith-cases
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
people='root R
now 100000
trust R A high
trust R B high
source S level low'

check() {
	out=$(timeout 60 "$cases" verdict "$1") || { echo "$1: $out"; exit 1; }
}

# two people go all the way, each alone; a set goes back at every step, and once round
awk -v people="$people" 'BEGIN {
	print people
	print "pkg foo@1.999.0 digest d999 checksum c"
	print "review A foo@1.0.0 positive digest d0"; print "review B foo@1.0.0 positive digest d0"
	for (i = 1; i < 1000; i++) {
		for (k = 1; k <= 2; k++)
			printf "review %s foo@1.%d.0 positive digest d%d base 1.%d.0/d%d\n", substr("AB", k, 1), i, i, i - 1, i - 1
		printf "audit S foo 1.%d.0->1.%d.0\n", i, i - 1
	}
	print "audit S foo 1.999.0->1.0.0"
	print "expect foo@1.999.0 verified 2"
}' >"$tmp/chain"
check "$tmp/chain"
# … of which one link less breaks both
grep -v 'foo@1.500.0' "$tmp/chain" | sed 's/^expect .*/expect foo@1.999.0 insufficient 0 does-not-count/' >"$tmp/gap"
check "$tmp/gap"

# an author says something new every day; the newest counts, and all of them stand for their bytes
awk -v people="$people" 'BEGIN {
	print people
	print "pkg foo@1.0.0 digest ours checksum c"
	for (i = 0; i < 5000; i++) printf "review A foo@1.0.0 positive digest d%d at %d\n", i % 50, i
	print "review A foo@1.0.0 positive digest ours at 6000"
	for (i = 0; i < 5000; i++) printf "review Z%d foo@1.0.0 negative digest ours at %d\n", i, i
	print "expect foo@1.0.0 verified 1"
}' >"$tmp/daily"
check "$tmp/daily"

# thousands of reports of the same issues, closed by one advisory, or by none
awk -v people="$people" 'BEGIN {
	print people
	print "pkg foo@2.0.0 digest ours checksum c"
	for (i = 0; i < 4000; i++)
		printf "review A foo@1.0.%d positive digest d%d issue I:high:all issue J:high:all advisory I,J:low:minor\n", i, i
	print "review B foo@2.0.0 positive digest ours advisory I,J:high:all"
	print "expect foo@2.0.0 verified 1"
}' >"$tmp/closed"
check "$tmp/closed"
sed -e 's/ advisory I,J:high:all//' -e 's/^expect .*/expect foo@2.0.0 negative 1 A:1.0.3999\/I A:1.0.3999\/J/' "$tmp/closed" >"$tmp/open"
check "$tmp/open"

# people who all introduce and review each other: the search for independence ends
awk -v people="$people" 'BEGIN {
	print people
	print "policy independent 4"
	print "pkg foo@1.9.0 digest d9 checksum c"
	for (i = 0; i < 60; i++) {
		printf "trust A P%d high\n", i; printf "trust B P%d high\n", i
		for (k = 1; k < 8; k++) printf "trust P%d P%d high\n", i, (i * k + 7) % 60
		printf "review P%d foo@1.0.0 positive digest d0\n", i
		for (k = 1; k < 10; k++)
			if ((i + k) % 3) printf "review P%d foo@1.%d.0 positive digest d%d base 1.%d.0/d%d\n", i, k, k, k - 1, k - 1
	}
	print "expect foo@1.9.0 insufficient 2 not-independent"
}' >"$tmp/tangle"
check "$tmp/tangle"
echo "floods judged"
