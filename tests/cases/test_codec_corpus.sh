#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The readers of JSON and TOML over the conformance suites of peers.
set -eu
peers=$KITH_SHARED/corpus/peer-tests
[ -d "$peers" ] || { echo "skipped: no $peers"; exit 77; }

# judge KIND FOLDER LEAST: all pass, and not because there was nothing to judge
judge() {
	out=$("$KITH_BUILD/tests/kith-cases" "$1" "$2") || { echo "$out" | grep -v '^PASS'; exit 1; }
	last=${out##*
}
	echo "$1: $last"
	[ "${last%% *}" -ge "$3" ] || { echo "$1: fewer than $3 cases"; exit 1; }
}

judge json-test "$peers/JSONTestSuite" 318
judge toml-test "$peers/toml-test" 709
