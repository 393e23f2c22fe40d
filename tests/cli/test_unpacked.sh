#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith verify --unpacked: what cargo unpacked is what the archives hold, or it is named.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
k id new --no-passphrase
v() { k -C "$project" verify "$@"; }
src=$CARGO_HOME/registry/src/index.crates.io-1949cf8c6b5b557f
unpack() {
	rm -rf "$src"
	mkdir -p "$src"
	tar -C "$src" -xzf "$cache/bit-1.1.0.crate"
	tar -C "$src" -xzf "$cache/odd-0.1.0.crate"
	printf '{"v":1}' | tee "$src/bit-1.1.0/.cargo-ok" >"$src/odd-0.1.0/.cargo-ok"
}

# nothing unpacked is no difference
v --unpacked
status_is 1
err_has "0 unpacked packages compared with their archives: 0 changed"
unpack
v --unpacked
status_is 1
err_has "2 unpacked packages compared with their archives: 0 changed"
out_lacks "mismatch      "

# differs WORDS: the change is found, only when it is asked for, and is a mismatch
differs() {
	v
	status_is 1
	v --unpacked
	status_is 4
	out_has "mismatch      bit 1.1.0"
	v --unpacked --json
	out_has "unpacked by cargo, but changed: $1"
	clean_output
	unpack
}
printf '//' >>"$src/bit-1.1.0/src/lib.rs"
differs "src/lib.rs differs"
rm "$src/bit-1.1.0/new.txt"
differs "new.txt is missing in it"
printf 'fn main() {}' >"$src/bit-1.1.0/build.rs"
differs "build.rs is not in the archive"
mkdir "$src/bit-1.1.0/target"
differs "target is not in the archive"
ln -sf /etc/passwd "$src/bit-1.1.0/src/lib.rs"
differs "src/lib.rs differs"
printf 'x' >"$src/bit-1.1.0/$(printf 'a\033[2Jb')"
differs 'a\\x1b[2Jb is not in the archive'
rm "$src/bit-1.1.0/x.bin"
mkfifo "$src/bit-1.1.0/x.bin"
v --unpacked
status_is 4
out_has "mismatch      bit 1.1.0"
unpack
rm -r "$src/bit-1.1.0"
ln -s odd-0.1.0 "$src/bit-1.1.0"
v --unpacked
status_is 4
unpack

# without its archive it cannot be compared, and that is said
rm "$cache/odd-0.1.0.crate"
v --unpacked
status_is 1
err_has "odd-0.1.0: not compared: its archive is not here (kith fetch --packages gets it)"
err_has "1 unpacked package compared with its archive: 0 changed"
finish
