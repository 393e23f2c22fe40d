#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every proof of the shared corpus is found and judged as its README says; none is lost.
set -eu
[ -d "$KITH_SHARED/corpus/crev" ] || { echo "no shared corpus here"; exit 77; }
got=$("$KITH_BUILD/tests/kith-cases" corpus "$KITH_SHARED/corpus/crev")
want='repositories	129
files	510
proofs	2230
distinct	2159
valid	2144
obsolete signature	15
refused	0
lost	0
not read	0'
[ "$got" = "$want" ] || { printf 'wanted\n%s\ngot\n%s\n' "$want" "$got"; exit 1; }
