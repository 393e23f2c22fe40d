#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# RustSec's database and an OSV export of 200,000 records: into a set, and looked up.
set -eu
bundle=$KITH_SHARED/corpus/advisories/rustsec+advisory-db.bundle
echo '== advisories'
if [ -f "$bundle" ]; then
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	git clone -q "$bundle" "$scratch/db"
	"$KITH_BUILD/tests/bench_advisories" "$scratch/db"
fi
"$KITH_BUILD/tests/bench_advisories" osv 200000
