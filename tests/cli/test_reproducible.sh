#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same sources, built in another folder, are the same bytes. Builds everything once more, so it
# runs with KITH_SLOW=1 only, which `./dev test` sets.
. "$KITH_SOURCE/tests/cli/lib.sh"
[ -n "${KITH_SLOW:-}" ] || skip 'builds everything again: KITH_SLOW=1 runs it'
! nm -D "$KITH_BUILD/libkith.so" | grep -q __asan_init || skip 'sanitizers hold paths'
cached() { sed -n "s/^$1:[A-Z]*=//p" "$KITH_BUILD/CMakeCache.txt"; }
rel=${KITH_BUILD#"$KITH_SOURCE"/}
case $rel in /*) skip "the build folder is not below the sources: its name gets into the build id" ;; esac
copy="$work/else where"
mkdir "$copy"
(cd "$KITH_SOURCE" && tar cf - CMakeLists.txt README.md LICENSE src include docs proofs) | tar xf - -C "$copy"
run cmake -S "$copy" -B "$copy/$rel" -G Ninja -DBUILD_TESTING=OFF \
	-DCMAKE_BUILD_TYPE="$(cached CMAKE_BUILD_TYPE)" -DCMAKE_C_COMPILER="$(cached CMAKE_C_COMPILER)" \
	-DCMAKE_INSTALL_PREFIX="$(cached CMAKE_INSTALL_PREFIX)"
status_is 0
run ninja -C "$copy/$rel" -j 2 --quiet
status_is 0
for p in kith kith-git kith-unpack kith-agent libkith.so kith.cdx.json; do
	case $p in
	*.json) cp "$KITH_BUILD/$p" "$work/a" && cp "$copy/$rel/$p" "$work/b" ;;
	*) # what is shipped: without what a debugger wants, which names the folder of the build
		strip -o "$work/a" "$KITH_BUILD/$p" && strip -o "$work/b" "$copy/$rel/$p" ;;
	esac
	checks=$((checks + 1))
	cmp "$work/a" "$work/b" || fail "$p differs"
done
finish
