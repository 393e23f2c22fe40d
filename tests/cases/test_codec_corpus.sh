#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The readers of JSON and TOML over the conformance suites of peers.
set -eu
peers=$KITH_SHARED/corpus/peer-tests
[ -d "$peers" ] || { echo "skipped: no $peers"; exit 77; }
"$KITH_BUILD/tests/kith-cases" json-test "$peers/JSONTestSuite" | grep -v '^PASS'
