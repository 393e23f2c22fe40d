#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every Cargo.lock of the shared corpus gives the counts that other parsers found in it.
set -eu
locks=$KITH_SHARED/corpus/locks
[ -f "$locks/counts.tsv" ] || { echo "no shared corpus, skipped"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
tab=$(printf '\t')
checked=0
failed=0

grep "^[^$tab]*${tab}Cargo\.lock$tab" "$locks/counts.tsv" >"$out/rows"
while IFS=$tab read -r path _ _ packages direct git paths registry _; do
	if ! "$KITH_BUILD/tests/kith-cases" lock "$locks/$path" >"$out/lines" 2>"$out/err"; then
		echo "FAIL $path: $(cat "$out/err")"
		failed=$((failed + 1))
		continue
	fi
	got=$(awk -F '\t' '
		NF != 5 { bad++ }
		$1 == "" || $2 == "" || $4 == "" || $5 == "" { bad++ }
		$3 == "git" { git++; if ($4 !~ /^git\+/ || $5 != "-") bad++ }
		$3 == "path" { path++; if ($4 != "-" || $5 != "-") bad++ }
		$3 == "registry" || $3 == "other-registry" { registry++
			if (length($5) != 64 || $5 ~ /[^0-9a-f]/) bad++ }
		END { printf "%d %d %d %d %d", NR, git, path, registry, bad }' "$out/lines")
	# `direct`: what the path packages name
	got="$got $("$KITH_BUILD/tests/kith-cases" lock --edges "$locks/$path" |
		awk -F '\t' '$3 == "-" && $6 != "-" { print $4, $5, $6 }' |
		sort -u | wc -l)"
	checked=$((checked + 1))
	if [ "$got" != "$packages $git $paths $registry 0 $direct" ]; then
		echo "FAIL $path: $got, expected $packages $git $paths $registry 0 $direct"
		failed=$((failed + 1))
	fi
done <"$out/rows"

# other registries keep apart from the default one
other=$("$KITH_BUILD/tests/kith-cases" lock \
	"$locks/cargo/EmbarkStudios+cargo-deny/examples/12_yank_check/Cargo.lock" |
	awk -F '\t' '$3 == "other-registry"' | wc -l)
[ "$other" = 2 ] || { echo "FAIL other registries: $other, expected 2"; failed=$((failed + 1)); }

echo "$checked lock files"
[ "$checked" -ge 89 ] && [ "$failed" = 0 ]
