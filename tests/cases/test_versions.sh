#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Order, ranges and refusals over small files of our own (references' answers: test_versions_corpus).
set -eu
out=$("$KITH_BUILD/tests/kith-cases" versions "$KITH_SOURCE"/tests/cases/versions/*.txt) ||
	{ echo "$out" | grep -v '^PASS'; exit 1; }
echo "$out" | tail -n 1

# the kind can fail: a wrong answer and a file whose name says nothing
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
printf '2.0.0 < 1.0.0\n' >cargo.txt
! "$KITH_BUILD/tests/kith-cases" versions cargo.txt >out || exit 1
grep -qx '0 passed, 1 failed' out
printf '1.0.0 < 2.0.0\n' >unknown.txt
! "$KITH_BUILD/tests/kith-cases" versions unknown.txt 2>/dev/null || exit 1
