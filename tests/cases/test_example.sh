#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example web is what proofs/make makes, on every run, wherever and in whatever surroundings.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

KITH_BUILD=$KITH_BUILD sh "$KITH_SOURCE/proofs/make" "$scratch/one"
(cd / && env -i PATH="$PATH" KITH_BUILD="$KITH_BUILD" TZ=Asia/Tokyo LC_ALL=C HOME=/nonexistent \
	sh "$KITH_SOURCE/proofs/make" "$scratch/two")
diff -r "$scratch/one" "$scratch/two"

# nothing that was made is missing or differs; nothing but what people wrote is there besides
extra=$(diff -rq "$scratch/one" "$KITH_SOURCE/proofs" || true)
rest=$(printf '%s\n' "$extra" | grep -v "^Only in $KITH_SOURCE/proofs: \(README\.md\|make\|demo\|starter\.toml\)$" || true)
[ -z "$rest" ] || { echo "$rest"; exit 1; }

# a second run into the same folder leaves nothing behind
mkdir "$scratch/one/ada/left"
sh "$KITH_SOURCE/proofs/make" "$scratch/one"
diff -r "$scratch/one" "$scratch/two"

# every id is in the README, every proof is valid
"$KITH_BUILD/tests/make_proofs" --ids | while read -r name id; do
	grep -q "^| $name | \`$id\` |" "$KITH_SOURCE/proofs/README.md" || { echo "README: $name $id"; exit 1; }
done
find "$KITH_SOURCE/proofs" -name '*.crev' -exec "$KITH_BUILD/tests/kith-cases" proof-file {} + >"$scratch/proofs"
[ "$(wc -l <"$scratch/proofs")" = 29 ] || { wc -l "$scratch/proofs"; exit 1; }
if grep -v "$(printf '\tvalid\t')" "$scratch/proofs"; then exit 1; fi

# the archives whose checksums the lock file names are archives
"$KITH_BUILD/tests/make_proofs" --archives "$scratch/archives"
for archive in "$scratch"/archives/*.crate; do
	tar -tzf "$archive" >/dev/null
done
sum=$(sha256sum "$scratch/archives/kith-example-text-1.0.0.crate")
grep -q "checksum = \"${sum%% *}\"" "$KITH_SOURCE/proofs/project/Cargo.lock"
