#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What each program may link: kith and libkith start in milliseconds and never see the network, git
# packs or archives; only the helpers do.
set -eu

# needed FILE ALLOWED...: every DT_NEEDED is one of the allowed
needed() {
	file=$1; shift
	[ -e "$file" ] || { echo "FAIL: $file is missing"; exit 1; }
	for so in $(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
		case " $* libc.so.6 libm.so.6 ld-linux-x86-64.so.2 libgcc_s.so.1 " in
		*" $so "*) ;;
		*) echo "FAIL: $(basename "$file") links $so"; exit 1 ;;
		esac
	done
	echo "$(basename "$file"): $(readelf -d "$file" | grep -c NEEDED) libraries"
}

# must FILE LIBRARY: it does link this, so that the list above is not about something else
must() {
	readelf -d "$1" | grep -q "NEEDED.*\[$2\]" || { echo "FAIL: $1 does not link $2"; exit 1; }
}

pure='libsodium.so.23 libyaml-0.so.2 libcjson.so.1 libargon2.so.1 libnettle.so.8'
lib=$(find "$KITH_BUILD" -maxdepth 1 -name 'libkith.so.*.*' | head -n 1)
# shellcheck disable=SC2086
needed "$lib" $pure
must "$lib" libsodium.so.23
needed "$KITH_BUILD/kith-git" libsodium.so.23 libgit2.so.1.5 libcurl.so.4
must "$KITH_BUILD/kith-git" libgit2.so.1.5
must "$KITH_BUILD/kith-git" libcurl.so.4
if [ -e "$KITH_BUILD/kith-unpack" ]; then
	needed "$KITH_BUILD/kith-unpack" libsodium.so.23 libnettle.so.8 libarchive.so.13
	must "$KITH_BUILD/kith-unpack" libarchive.so.13
fi
if [ -e "$KITH_BUILD/kith-agent" ]; then
	needed "$KITH_BUILD/kith-agent" libsodium.so.23
	must "$KITH_BUILD/kith-agent" libsodium.so.23
fi
if [ -e "$KITH_BUILD/kith" ]; then
	# shellcheck disable=SC2086
	needed "$KITH_BUILD/kith" $pure
fi
