#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shared cases of trust graphs, and recorded answers of cargo-crev's own trust set.
set -eu
vectors=$KITH_SHARED/vectors
[ -d "$vectors/wot-cases" ] || { echo "no shared vectors"; exit 77; }
cases=$KITH_BUILD/tests/kith-cases

# expect COUNT ARGUMENT...: exactly so many pass and none fails
expect() {
	want="$1 passed, 0 failed"
	shift
	out=$("$cases" "$@") || true
	last=$(printf '%s\n' "$out" | tail -n 1)
	[ "$last" = "$want" ] || { printf '%s\n' "$out" | grep -v ^PASS; echo "$*: $last, want $want"; exit 1; }
}

expect 250 wot-fuzz "$vectors/wot-fuzz.txt"
expect 38 wot --only crev "$vectors"/wot-cases/*.wot
expect 38 wot --only native "$vectors"/wot-cases/*.wot
expect 300 wot "$vectors"/wot-random/*.wot
