#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reading the largest public audit sets, and cargo-vet's verdict on real projects.
set -eu
bench=$KITH_BUILD/tests/bench_vet
[ -d "$KITH_SHARED/corpus/vet" ] || { echo "skipped: no $KITH_SHARED/corpus/vet"; exit 77; }
for set in google+rust-crate-audits google+supply-chain mozilla+supply-chain; do
	"$bench" audits "$KITH_SHARED/corpus/vet/$set/audits.toml"
done
for state in wasmtime ariel-os; do
	"$bench" state "$KITH_SHARED/vectors/vet/real/$state/tree" \
		"$KITH_SHARED/vectors/vet/real/$state/supply-chain"
done
# the whole program, on the state whose budget the specification gives
real=$KITH_SHARED/vectors/vet/real/wasmtime
figures=$("$KITH_BUILD/tests/bench_run" -n 21 -- "$KITH_BUILD/kith" --now "$(awk '{print $NF}' "$real/COMMIT")" \
	-C "$real/tree" verify --semantics vet --store "$real/supply-chain" --json)
# shellcheck disable=SC2086 # they are words
set -- $figures
echo "kith verify --semantics vet, wasmtime: $1 ms, $2 ms CPU, $3 KiB   budget 53 ms"
