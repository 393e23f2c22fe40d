#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lock files of our own: NAME.lock gives NAME.expect, the packages, a blank line and the edges; a
# bad-NAME.lock is refused with the message in bad-NAME.expect and exit 1.
set -eu
cd "$KITH_SOURCE/tests/cases/lock"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
checked=0
failed=0
for lock in *.lock; do
	expect=${lock%.lock}.expect
	status=0
	"$KITH_BUILD/tests/kith-cases" lock "$lock" >"$out/got" 2>"$out/err" || status=$?
	case $lock in
	bad-*)
		[ ! -s "$out/got" ] || status="$status, with packages"
		sed "s/^$lock: //" "$out/err" >"$out/got"
		want=1
		;;
	*)
		echo >>"$out/got"
		"$KITH_BUILD/tests/kith-cases" lock --edges "$lock" >>"$out/got"
		want=0
		;;
	esac
	checked=$((checked + 1))
	if [ "$status" != "$want" ] || ! cmp -s "$expect" "$out/got"; then
		echo "FAIL $lock: exit $status"
		diff "$expect" "$out/got" || true
		failed=$((failed + 1))
	fi
done
echo "$checked lock files"
[ "$checked" -ge 20 ] && [ "$failed" = 0 ]
