#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The real web, seen from the author of crev, is drawn as docs/pictures has it.
. "$KITH_SOURCE/tests/cli/lib.sh"
dir=$KITH_SHARED/corpus/crev
[ -d "$dir" ] || skip "no shared corpus"
k fetch "$dir"/*.bundle
status_is 0
k graph --from FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE --format svg
status_is 0
err_empty
out_is "$KITH_SOURCE/docs/pictures/real-web.svg"
finish
