#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real projects: which packages are their own, and where a vendored one keeps the others.
set -eu
locks=$KITH_SHARED/corpus/locks/cargo
[ -d "$locks" ] || { echo "no shared corpus, skipped"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

show() { "$KITH_BUILD/tests/kith-cases" project --cargo-home "$out/none" "$@" 2>"$out/err"; }

# expect WHAT GOT WANT
expect() {
	[ "$2" = "$3" ] || { echo "FAIL $1: $2, expected $3"; failed=$((failed + 1)); }
}

# local PROJECT COUNT
local_packages() {
	expect "local packages of $1" "$(show "$locks/$1" | awk -F '\t' '$4 == "local"' | wc -l)" "$2"
}

local_packages BurntSushi+ripgrep 11
local_packages crev-dev+cargo-crev 5
local_packages sharkdp+fd 1
local_packages helix-editor+helix 14
# path dependencies that `members` does not name are copies
local_packages nushell+nushell 42
expect 'path copies of nushell' \
	"$(show "$locks/nushell+nushell" | awk -F '\t' '$3 == "path" && $4 == "-" { print $1 }' | tr '\n' ' ')" \
	'nu-glob nu-path '

rooster='conradkleinespel+rooster@vendored-2018'
expect 'vendored packages' \
	"$(show "$locks/$rooster" | awk -F '\t' '$6 == "vendored"' | wc -l)" 90
expect 'replacements in the tree' "$(sed 's/.*rooster/rooster/' "$out/err")" \
	'rooster@vendored-2018/.cargo/config: line 2: crates-io by vendored-sources'
# with the vendored manifests every kind is known
expect 'unknown kinds' "$(show --read-kinds "$locks/$rooster" | awk -F '\t' '$5 == "-"' | wc -l)" 0
# only developers' machines run these
expect 'development only' "$(show "$locks/sharkdp+fd" | awk -F '\t' '$5 == "dev"' | wc -l)" 33
exit "$failed"
