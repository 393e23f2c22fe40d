#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An archive that changes after it was remembered is seen: mismatch, exit 4.
. "$KITH_SOURCE/tests/cli/lib.sh"
export CARGO_HOME="$work/cargo"
cache=$CARGO_HOME/registry/cache/github.com-1ecc6299db9ec823
mkdir -p "$cache" "$work/src/a-1.0.0/src" "$work/p/src"
printf '[package]\nname = "a"\nversion = "1.0.0"\n' >"$work/src/a-1.0.0/Cargo.toml"
printf 'pub fn a() {}\n' >"$work/src/a-1.0.0/src/lib.rs"
pack() { tar -C "$work/src" --format=ustar --owner=0 --group=0 --mtime=@0 -czf "$cache/a-1.0.0.crate" a-1.0.0; }
pack
sum=$(sha256sum "$cache/a-1.0.0.crate" | cut -d' ' -f1)
printf '[package]\nname = "p"\nversion = "0.1.0"\n[dependencies]\na = "1"\n' >"$work/p/Cargo.toml"
cat >"$work/p/Cargo.lock" <<EOF
version = 3

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "$sum"

[[package]]
name = "p"
version = "0.1.0"
dependencies = [
 "a",
]
EOF
example_evidence
k -C "$work/p" verify --root "$root"
status_is 1
out_has "insufficient  a 1.0.0"
k -C "$work/p" verify --root "$root" --json
out_has '"bytes": "archive"'

# warm: what was read once is remembered
sleep 0.1
k -C "$work/p" verify --root "$root"
k -v -C "$work/p" verify --root "$root"
err_has "archives: 1 remembered, 0 read"
k -v -C "$work/p" verify --root "$root" --recheck
err_has "archives: 0 remembered, 1 read"

# the archive changes
printf 'pub fn a() { evil() }\n' >"$work/src/a-1.0.0/src/lib.rs"
pack
k -C "$work/p" verify --root "$root"
status_is 4
out_has "✗ mismatch  a 1.0.0"
out_has "1 mismatch"

# garbage in its place
head -c 1000 /dev/urandom >"$cache/a-1.0.0.crate"
k -C "$work/p" verify --root "$root"
status_is 4

# not there at all
rm "$cache/a-1.0.0.crate"
k -C "$work/p" verify --root "$root"
status_is 1
finish
