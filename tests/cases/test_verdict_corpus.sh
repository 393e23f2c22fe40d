#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All shared verdict cases hold: by hand, attacks, random worlds; people only is a part of them.
set -eu
dir=$KITH_SHARED/vectors/verdict
[ -d "$dir" ] || { echo "no shared vectors"; exit 77; }
cases=$KITH_BUILD/tests/kith-cases
all=$("$cases" verdict "$dir"/*.verdict "$dir"/attacks/*.verdict "$dir"/random/*.verdict | grep -v '^PASS')
echo "$all"
echo "$all" | grep -qx '4[0-9][0-9] passed, 0 failed'
people=$("$cases" verdict --only people "$dir"/*.verdict "$dir"/attacks/*.verdict "$dir"/random/*.verdict | tail -n 1)
echo "people: $people"
echo "$people" | grep -qx '1[0-9][0-9] passed, 0 failed'
