# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
# A project with packages in cargo's cache, made here. Sourced after lib.sh.
export CARGO_HOME="$work/cargo"
cache=$CARGO_HOME/registry/cache/index.crates.io-1949cf8c6b5b557f
index=$CARGO_HOME/registry/index/index.crates.io-1949cf8c6b5b557f/.cache
project=$work/project
mkdir -p "$cache" "$index" "$project/src"

# crate NAME VERSION: packs $work/src/NAME-VERSION, which the caller filled; notes it in the index
crate() {
	tar -C "$work/src" --format=ustar --owner=0 --group=0 --mtime=@0 --sort=name -czf "$cache/$1-$2.crate" "$1-$2"
	sum=$(sha256sum "$cache/$1-$2.crate" | cut -d' ' -f1)
	case ${#1} in
	1 | 2) place=${#1}/$1 ;;
	3) place=3/$(printf %.1s "$1")/$1 ;;
	*) place=$(printf %.2s "$1")/$(printf %s "$1" | cut -c3-4)/$1 ;;
	esac
	mkdir -p "$index/${place%/*}"
	[ -e "$index/$place" ] || printf '\003\002\000\000\000etag: x\000' >"$index/$place"
	printf '%s\000{"name":"%s","vers":"%s","deps":[],"cksum":"%s","features":{},"yanked":false}\000' \
		"$2" "$1" "$2" "$sum" >>"$index/$place"
}

# lock NAME VERSION...: the project depends on these
lock() {
	printf '[package]\nname = "p"\nversion = "0.1.0"\n[dependencies]\n' >"$project/Cargo.toml"
	printf 'version = 3\n' >"$project/Cargo.lock"
	deps=
	while [ $# -gt 1 ]; do
		printf '%s = "=%s"\n' "$1" "$2" >>"$project/Cargo.toml"
		printf '\n[[package]]\nname = "%s"\nversion = "%s"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "%s"\n' \
			"$1" "$2" "$(sha256sum "$cache/$1-$2.crate" | cut -d' ' -f1)" >>"$project/Cargo.lock"
		deps="$deps \"$1 $2\","
		shift 2
	done
	printf '\n[[package]]\nname = "p"\nversion = "0.1.0"\ndependencies = [%s]\n' "$deps" >>"$project/Cargo.lock"
}

# two versions of `bit`, and `odd`, which wants to act
mkdir -p "$work/src/bit-1.0.0/src" "$work/src/bit-1.1.0/src"
printf '[package]\nname = "bit"\nversion = "1.0.0"\n' >"$work/src/bit-1.0.0/Cargo.toml"
printf 'pub fn a() {}\n\n\tfn tab() {}\npub fn z() {}' >"$work/src/bit-1.0.0/src/lib.rs"
printf 'gone\n' >"$work/src/bit-1.0.0/old.txt"
printf '\000\001\002' >"$work/src/bit-1.0.0/x.bin"
printf '{"git":{"sha1":"0123456789abcdef0123456789abcdef01234567"},"path_in_vcs":""}' >"$work/src/bit-1.0.0/.cargo_vcs_info.json"
cp -R "$work/src/bit-1.0.0/." "$work/src/bit-1.1.0"
printf '[package]\nname = "bit"\nversion = "1.1.0"\n' >"$work/src/bit-1.1.0/Cargo.toml"
printf 'pub fn a() {}\n\n\tfn tab() { 1 }\npub fn z() {}\n// \342\200\256esrever\033[2J\r\n' >"$work/src/bit-1.1.0/src/lib.rs"
rm "$work/src/bit-1.1.0/old.txt"
printf 'new\n' >"$work/src/bit-1.1.0/new.txt"
printf '\000\001\002\003' >"$work/src/bit-1.1.0/x.bin"
chmod 755 "$work/src/bit-1.1.0/new.txt"
printf '{"git":{"sha1":"89abcdef0123456789abcdef0123456701234567"}}' >"$work/src/bit-1.1.0/.cargo_vcs_info.json"
mkdir -p "$work/src/odd-0.1.0/.cargo" "$work/src/odd-0.1.0/cargo" "$work/src/odd-0.1.0/.vscode"
printf '[package]\nname = "odd"\nversion = "0.1.0"\n' >"$work/src/odd-0.1.0/Cargo.toml"
printf 'x\n' | tee "$work/src/odd-0.1.0/.cargo/config.toml" "$work/src/odd-0.1.0/cargo/config" \
	"$work/src/odd-0.1.0/.vscode/tasks.json" "$work/src/odd-0.1.0/rust-toolchain" >"$work/src/odd-0.1.0/a\$b"
printf 'a\342\200\256b\n' >"$work/src/odd-0.1.0/lib.rs"
printf '#!/bin/sh\n' >"$work/src/odd-0.1.0/run.sh"
chmod 755 "$work/src/odd-0.1.0/run.sh"
ln -s lib.rs "$work/src/odd-0.1.0/link.rs"
crate bit 1.0.0
crate bit 1.1.0
crate odd 0.1.0
lock bit 1.1.0 odd 0.1.0
