#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our own worlds: verdicts, explanations as recorded beside them, and refusals of what is no world.
set -eu
cases=$KITH_BUILD/tests/kith-cases
dir=$KITH_SOURCE/tests/cases/verdict
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
out=$("$cases" verdict "$dir"/*.verdict) || { echo "$out"; exit 1; }
echo "$out" | tail -n 1
for f in "$dir"/*.verdict; do
	"$cases" verdict --explain "$f" >"$tmp/got"
	diff -u "${f%.verdict}.explain" "$tmp/got"
done

# a wrong expectation is told with its line, what was expected and what is so
printf 'root R\npkg a@1.0.0 digest d checksum c\nexpect a@1.0.0 verified 1\n' >"$tmp/wrong"
if out=$("$cases" verdict "$tmp/wrong"); then exit 1; fi
echo "$out" | grep -q "line 3: expected 'a@1.0.0 verified 1', got 'a@1.0.0 insufficient 0 no-evidence'"
echo "$out" | tail -n 1 | grep -qx '0 passed, 1 failed'

refuse() {
	printf '%s\n' "$1" >"$tmp/bad"
	if out=$("$cases" verdict "$tmp/bad"); then echo "accepted: $1"; exit 1; fi
	echo "$out" | grep -q "$2" || { echo "$1: $out"; exit 1; }
}
refuse 'policy level enormous' "line 1: unexpected 'enormous'"
refuse 'policy leve low' "unexpected 'leve'"
refuse 'review A foo positive' "unexpected 'foo'"
refuse 'audit S foo 1.0.0' "unexpected 'S'"
refuse 'pkg foo@1.0.0 digest' 'a word is missing'
refuse 'rule "foo' 'quote without end'
refuse 'frobnicate' "unexpected 'frobnicate'"
refuse 'root R' 'expects nothing'
refuse 'expect foo@1.0.0 verified 1' "no package 'foo@1.0.0'"

# files about sets are not counted where only people are asked for
out=$("$cases" verdict --only people "$dir"/*.verdict)
echo "$out" | tail -n 1 | grep -qx '5 passed, 0 failed'
