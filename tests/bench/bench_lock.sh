#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reading the biggest lock files of the shared corpus: first time, median.
set -eu
locks=$KITH_SHARED/corpus/locks/cargo
[ -d "$locks" ] || { echo "lock: no shared corpus"; exit 0; }
exec "$KITH_BUILD/tests/bench_lock" "$locks/nushell+nushell/Cargo.lock" \
	"$locks/rustsec+rustsec/cargo-audit/tests/support/branch-regression/Cargo.lock" \
	"$locks/crev-dev+cargo-crev/Cargo.lock" "$locks/conradkleinespel+rooster@vendored-2018/Cargo.lock"
