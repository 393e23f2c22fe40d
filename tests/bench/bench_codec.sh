#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Parse rates of the readers on the largest real files of the shared corpus.
set -eu
corpus=$KITH_SHARED/corpus
bench=$KITH_BUILD/tests/bench_codec
[ -d "$corpus" ] || { echo "skipped: no $corpus"; exit 77; }

# largest FOLDER NAME
largest() { find "$1" -name "$2" -type f -exec wc -c {} + | grep -v ' total$' | sort -n | tail -n 1 | sed 's/^ *[0-9]* //'; }

"$bench" toml "$corpus/vet/google+rust-crate-audits/audits.toml" "$(largest "$corpus/locks/cargo" Cargo.lock)"
"$bench" json "$(largest "$corpus/locks/npm" package-lock.json)"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for repository in dpc+crev-proofs kornelski+crev-proofs; do
	git clone -q "$corpus/crev/$repository.bundle" "$scratch/$repository"
	find "$scratch/$repository" -name '*.crev' -exec cat {} + >"$scratch/$repository.crev"
	"$bench" proofs "$scratch/$repository.crev"
done
