#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long reviewing takes: until the draft is there, in a project of 600 packages and with a
# thousand proofs of one's own; and signing a hundred reviews at once.
# usage: KITH_BUILD=build tests/bench/bench_review.sh
set -eu
cd "$(dirname "$0")/../.."
KITH_SOURCE=$PWD KITH_BUILD=$(realpath "${KITH_BUILD:-build}")
export KITH_SOURCE KITH_BUILD
. tests/cli/lib.sh
. tests/cli/packages.sh
n=600
set --
i=0
while [ $i -lt $n ]; do
	mkdir -p "$work/src/pack$i-1.0.0/src"
	printf '[package]\nname = "pack%s"\nversion = "1.0.0"\n' $i >"$work/src/pack$i-1.0.0/Cargo.toml"
	seq 1 400 >"$work/src/pack$i-1.0.0/src/lib.rs"
	crate pack$i 1.0.0
	set -- "$@" pack$i 1.0.0
	if [ $i -lt 100 ]; then
		printf 'package:\n  name: pack%s\n  version: 1.0.0\nreview:\n  thoroughness: low\n  understanding: low\n  rating: positive\n' $i >"$work/r$i.yaml"
	fi
	i=$((i + 1))
done
lock "$@"
"$kith" id new --no-passphrase >/dev/null
milliseconds() { # COMMAND...: the least of five runs
	least=999999
	for _ in 1 2 3 4 5; do
		a=$(date +%s%N)
		"$@" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
		b=$(date +%s%N)
		ms=$(((b - a) / 1000000))
		[ $ms -ge $least ] || least=$ms
	done
	echo $least
}
echo "signing 100 reviews: $(milliseconds "$kith" -C "$project" review --from "$work"/r?.yaml "$work"/r??.yaml) ms"
"$kith" -C "$project" open pack7 >/dev/null
# shellcheck disable=SC2016 # the editor's own $1
printf '#!/bin/sh\ndate +%%s%%N >%s/opened\necho >>"$1"\n' "$work" >"$work/editor"
chmod +x "$work/editor"
export VISUAL="$work/editor"
least=999999
for _ in 1 2 3 4 5; do
	a=$(date +%s%N)
	"$kith" -C "$project" review pack7 --edit --print >/dev/null 2>&1
	ms=$((($(cat "$work/opened") - a) / 1000000))
	[ $ms -ge $least ] || least=$ms
done
echo "until the editor opens: $least ms"
