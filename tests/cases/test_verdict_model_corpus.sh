#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# New random worlds, answered by the executable model, are answered the same here.
set -eu
make=$KITH_SHARED/vectors/verdict/gen_random.py
[ -f "$make" ] || { echo "no shared vectors"; exit 77; }
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
PYTHONDONTWRITEBYTECODE=1 timeout 240 python3 "$make" 20001 22200 "$dir"
out=$("$KITH_BUILD/tests/kith-cases" verdict "$dir"/*.verdict | grep -v '^PASS')
echo "$out"
echo "$out" | grep -qx '2200 passed, 0 failed'
