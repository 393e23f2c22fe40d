#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same sources, built for release in two folders, are the same bytes. Builds everything twice, so
# it runs with KITH_SLOW=1 only, which `./dev test` sets.
. "$KITH_SOURCE/tests/cli/lib.sh"
[ -n "${KITH_SLOW:-}" ] || skip 'builds everything twice: KITH_SLOW=1 runs it'
! nm -D "$KITH_BUILD/libkith.so" | grep -q __asan_init || skip 'once is enough: the build for gcc runs it'
for folder in one 'another/longer place'; do
	mkdir -p "$work/$folder"
	(cd "$KITH_SOURCE" && tar cf - CMakeLists.txt README.md LICENSE src include docs proofs) | tar xf - -C "$work/$folder"
	run cmake -S "$work/$folder" -B "$work/$folder/b" -G Ninja -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=Release
	status_is 0
	run ninja -C "$work/$folder/b" -j 2 --quiet
	status_is 0
done
for p in kith kith-git kith-unpack kith-agent libkith.so libkith.a kith.cdx.json; do
	checks=$((checks + 1))
	cmp "$work/one/b/$p" "$work/another/longer place/b/$p" || fail "$p differs"
done
finish
