#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Trust resolution: the real web, then synthetic graphs of 10 thousand, 100 thousand, 1 million ids.
# Wanted at 1 M ids and 10 M statements: native 0.1 s by default, 0.6 s with everybody admitted;
# crev 0.5 s, 1.5 s with distrust; 120 MB for resolving, 250 MB while building; 2 ways 0.1 ms.
set -eu
bench=$KITH_BUILD/tests/bench_trust
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -d "$KITH_SHARED/corpus/crev" ]; then
	echo "real web"
	"$KITH_BUILD/tests/kith-cases" trust-graph --evidence "$KITH_SHARED/corpus/crev" "$folder/real" 2>/dev/null
	"$bench" real "$folder/real"
fi
for carry in dates places; do
	for size in ${KITH_BENCH_IDS:-1000000}; do
		echo "$size ids, statements carry $carry"
		"$bench" make "$folder/graph" "$size" "$((size * 10))" 36 "$carry"
		rm -f "$folder/graph"
	done
done
for size in ${KITH_BENCH_IDS:-10000 100000 1000000}; do
	for distrust in 0 36; do
		echo "$size ids, $distrust of 10,000 statements are distrust"
		"$bench" make "$folder/graph" "$size" "$((size * 10))" "$distrust"
		"$bench" run "$folder/graph"
		rm -f "$folder/graph"
	done
done
