#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shared random issue cases hold.
set -eu
file=$KITH_SHARED/vectors/issues-fuzz.txt
[ -f "$file" ] || { echo "no shared vectors"; exit 77; }
"$KITH_BUILD/tests/kith-cases" issues-fuzz "$file" | tail -n 1 | tee /dev/stderr | grep -qx '[1-9][0-9]* passed, 0 failed'
