#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hash and signature rates; the recursive digest beside b2sum over the same files and mere reading.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bench=$KITH_BUILD/tests/bench_crypto
echo '== crypto'
"$bench"

# b2sum_ms FILES...: median of 9 runs
b2sum_ms() {
	for _ in 1 2 3 4 5 6 7 8 9; do
		from=$(date +%s%N)
		find "$1" -type f -exec b2sum -l 256 {} + >/dev/null
		echo $((($(date +%s%N) - from) / 100000))
	done | sort -n | sed -n 5p | sed 's/.$/.&/'
}

echo '-- one file of 64 MB'
head -c 64000000 /dev/urandom >"$dir/big"
"$bench" "$dir/big"
echo "b2sum        $(b2sum_ms "$dir/big") ms, process included"
rm "$dir/big"

echo '-- 4,000 files of 8 kB in 40 folders'
head -c 32000000 /dev/urandom >"$dir/bytes"
mkdir "$dir/tree"
(cd "$dir/tree" && split -b 8000 -a 4 -d ../bytes f &&
	for i in $(seq -w 0 39); do mkdir "d$i" && mv "f$i"* "d$i/"; done)
"$bench" "$dir/tree"
echo "b2sum        $(b2sum_ms "$dir/tree") ms, process included"
