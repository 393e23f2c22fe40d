#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Digests of 600 generated crates, cold (nothing remembered) and warm, beside the least that has to
# be done: inflating and hashing everything once, two at a time. Medians of five.
set -eu
tests=$KITH_BUILD/tests
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
count=600

# each crate: 24 of this project's own files (they compress as source does) and one of its own
find "$KITH_SOURCE/src" -name '*.[ch]' | LC_ALL=C sort >"$tmp/files"
total=$(wc -l <"$tmp/files")
i=0
while [ $i -lt $count ]; do
	dir="$tmp/c$i-1.0.0"
	mkdir "$dir"
	echo "crate $i" >"$dir/own.txt"
	awk -v i=$i -v n="$total" 'BEGIN { for (k = 0; k < 24; k++) want[(i * 7 + k * 5) % n + 1] = 1 } NR in want' \
		"$tmp/files" | xargs cp --backup=numbered -t "$dir"
	tar -C "$tmp" --owner=0 --group=0 --sort=name -cf - "c$i-1.0.0" | gzip -n >"$tmp/c$i-1.0.0.crate"
	rm -r "$dir"
	i=$((i + 1))
done
sha256sum "$tmp"/c*.crate | sed "s,^\([0-9a-f]*\)  \(.*/\(c[0-9]*\)-1.0.0.crate\)$,\2	\1	\3	1.0.0," >"$tmp/list"
find "$tmp" -name "c*.crate" | LC_ALL=C sort | awk -v a="$tmp/half1" -v b="$tmp/half2" '{ print > (NR % 2 ? a : b) }'

# median COMMAND...: milliseconds of wall time
median() {
	for _ in 1 2 3 4 5; do
		start=$(date +%s%N)
		"$@" >"$tmp/out" 2>"$tmp/err"
		echo $((($(date +%s%N) - start) / 1000000))
	done | sort -n | sed -n 3p
}
floor() {
	xargs cat <"$tmp/half1" | gzip -dc | b2sum -l 256 &
	xargs cat <"$tmp/half2" | gzip -dc | b2sum -l 256
	wait
}
cold() {
	rm -rf "$tmp/cache"
	"$tests/check_bytes" "$tmp/cache" "$tmp/data" <"$tmp/list"
}
warm() { "$tests/check_bytes" "$tmp/cache" "$tmp/data" <"$tmp/list"; }

packed=$(cat "$tmp"/c*.crate | wc -c)
unpacked=$(cat "$tmp"/c*.crate | gzip -dc | wc -c)
floor_ms=$(median floor)
cold_ms=$(median cold)
[ "$(grep -c '	matches	' "$tmp/out")" = $count ] || { echo "bench: not all crates matched" >&2; exit 1; }
warm_ms=$(median warm)
printf 'digests of %d crates, %d kB packed, %d kB unpacked\n' $count $((packed / 1000)) $((unpacked / 1000))
printf '  inflate and hash once, two at a time  %5d ms\n' "$floor_ms"
printf '  cold, with their SHA-256              %5d ms  (%d %%)\n' "$cold_ms" $((cold_ms * 100 / floor_ms))
printf '  warm                                  %5d ms\n' "$warm_ms"
