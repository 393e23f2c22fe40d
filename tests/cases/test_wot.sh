#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Trust graphs in .wot text; and that a wrong expectation is found.
set -eu
cases=$KITH_BUILD/tests/kith-cases
folder=$KITH_SOURCE/tests/cases/wot
"$cases" wot "$folder"/*.wot
wrong=$(mktemp)
trap 'rm -f "$wrong"' EXIT
sed 's/t:medium\/7/t:low\/7/' "$folder/two-visits-after-a-mixed-record.wot" >"$wrong"
out=$("$cases" wot "$wrong") && { echo "a wrong answer passed"; exit 1; }
case $out in *"t:medium/7"*"0 passed, 1 failed") ;; *) echo "unexpected: $out"; exit 1 ;; esac
# a file without lines of the kind is not counted
out=$("$cases" wot --only native "$wrong") && exit 1
[ "$out" = "0 passed, 0 failed" ]
