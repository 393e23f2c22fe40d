#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A verdict on a real project of 585 packages by its bundle alone: a cold process without a home that
# verifies every signature, in each format; how large pages become.
# CARGO_HOME with the project's archives (cargo fetch) makes reviews count.
set -eu
corpus=$KITH_SHARED/corpus
lock=$KITH_SHARED/oracle/real/crev/cargo-crev-0.27.1
if [ ! -d "$corpus/crev" ] || [ ! -d "$lock" ]; then
	echo "bundle: no shared corpus"
	exit 0
fi
kith=$KITH_BUILD/kith
run=$KITH_BUILD/tests/bench_run
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
project=$tmp/project
mkdir "$project"
cp "$lock"/Cargo.* "$project"
export KITH_STARTER=/dev/null KITH_HOME="$tmp/kith" KITH_LIBEXEC="$KITH_BUILD"
cd "$project"

printf '[roots]\nids = ["FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE"]\n' >kith.toml
for set in "$corpus"/vet/*/audits.toml; do
	[ -f "$set" ] || continue
	printf '[[source]]\nkind = "vet"\npath = "%s"\nlevel = "medium"\n' "$set" >>kith.toml
	"$kith" --quiet source add vet "$set" --level medium >/dev/null
done
database=$corpus/advisories/rustsec+advisory-db.bundle
if [ -f "$database" ]; then
	printf '[[source]]\nkind = "rustsec"\npath = "%s"\nlevel = "medium"\n' "$database" >>kith.toml
	"$kith" --quiet source add rustsec "$database" --level medium >/dev/null
fi
"$kith" --quiet fetch "$corpus"/crev/* >"$tmp/fetched" 2>"$tmp/err" || { tail -n 3 "$tmp/err" >&2; exit 1; }
"$kith" --quiet fetch >>"$tmp/fetched" 2>"$tmp/err" || true
start=$(date +%s%N)
"$kith" pin --bundle "$tmp/b.kith" >"$tmp/bundled" 2>"$tmp/err" || { tail -n 3 "$tmp/err" >&2; exit 1; }
printf 'bundle: made in %d ms;%s\n' $((($(date +%s%N) - start) / 1000000)) "$(grep bytes "$tmp/bundled" | sed 's/^[^:]*://')"

# row TITLE BUDGET FORMAT
row() {
	# shellcheck disable=SC2046 # words
	set -- "$1" "$2" "$3" $("$run" -m -n 15 -- env -i "$kith" --now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" verify --bundle "$tmp/b.kith" --format "$3" -o "$tmp/out.$3")
	printf '  %-30s %8.1f ms %8.1f ms CPU %9d bytes   %s\n' "$1" "$4" "$5" "$(wc -c <"$tmp/out.$3")" "$2"
}
row 'verify --bundle, table' 'budget 80 ms' table
for format in json jsonl sarif junit github markdown html; do
	row "… $format" 'budget 20 ms more' "$format"
done

# a page of 2,000 packages: as many names as there are in the sets
awk '/^\[\[audits\./ { gsub(/^\[\[audits\.|\]\]$/, ""); print }' "$corpus"/vet/*/audits.toml | tr -d '"' | sort -u | head -n 2000 >"$tmp/names"
{
	printf 'version = 3\n'
	while read -r name; do
		printf '\n[[package]]\nname = "%s"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "%064d"\n' "$name" 7
	done <"$tmp/names"
} >Cargo.lock
"$kith" verify --format html -o "$tmp/page.html" 2>/dev/null || true
printf '  page of %d packages: %d bytes (budget 3 MB)\n' "$(wc -l <"$tmp/names")" "$(wc -c <"$tmp/page.html")"
