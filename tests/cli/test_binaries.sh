#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is shipped is hardened, holds no trace of the folder it was built in, and comes with a true
# list of what is in it.
. "$KITH_SOURCE/tests/cli/lib.sh"
for tool in readelf python3; do
	[ -x "$(command -v $tool)" ] || skip "no $tool: ./dev setup installs it"
done
ok() { checks=$((checks + 1)); }
status=0
programs="kith kith-git kith-unpack kith-agent"

sanitized=''
nm -D "$KITH_BUILD/libkith.so" | grep -q __asan_init && sanitized=1
for p in $programs libkith.so; do
	f=$KITH_BUILD/$p
	last="readelf $p"
	readelf -hW "$f" >"$work/head"
	readelf -dW "$f" >"$work/dynamic"
	readelf -lW "$f" >"$work/segments"
	readelf -sW "$f" >"$work/symbols"
	ok
	grep -q 'Type: *DYN' "$work/head" || fail "$p is not position-independent"
	ok
	grep -q 'GNU_RELRO' "$work/segments" || fail "$p has no RELRO"
	ok
	grep -qE 'BIND_NOW|Flags:.*NOW' "$work/dynamic" || fail "$p binds lazily: RELRO is not full"
	ok
	! grep -qE 'R(UN)?PATH' "$work/dynamic" || fail "$p has a RPATH"
	ok
	! grep -q TEXTREL "$work/dynamic" || fail "$p has text relocations"
	ok
	grep -E 'GNU_STACK' "$work/segments" | grep -qE ' RW +0x' || fail "$p has an executable stack"
	ok
	! awk '$1 == "LOAD" && / RWE /' "$work/segments" | grep -q . || fail "$p has a segment that is writable and executable"
	[ -z "$sanitized" ] || continue
	ok
	grep -q __stack_chk_fail "$work/symbols" || fail "$p has no stack canaries"
	# fortified where it is optimised, and little else
	if ! grep -q 'CMAKE_BUILD_TYPE:STRING=Debug' "$KITH_BUILD/CMakeCache.txt"; then
		ok
		grep -qE '__[a-z]+_chk' "$work/symbols" || fail "$p is not fortified"
	fi
	ok
	! grep -qaF "$KITH_SOURCE" "$f" || fail "$p holds the path of the sources"
done

# the list of what is in it: every library that the programs ask for, and no other
sbom=$KITH_BUILD/kith.cdx.json
cat >"$work/listed.py" <<'END'
import json, re, subprocess, sys
bom = json.load(open(sys.argv[1]))
assert bom['bomFormat'] == 'CycloneDX' and bom['specVersion'] == '1.5', 'no CycloneDX 1.5'
names = {c['bom-ref']: c['name'] for c in bom['components']}
assert len(names) == len(bom['components']), 'a component is there twice'
for c in bom['components']:
    assert c['version'] and c['licenses'][0]['expression'], c
depends = {d['ref']: d['dependsOn'] for d in bom['dependencies']}
assert all(ref in names for refs in depends.values() for ref in refs), 'a dependency is no component'
so = {'yaml-0': 'libyaml', 'cjson': 'cJSON', 'nettle': 'nettle', 'curl': 'libcurl'}
system = ('libc.so', 'libm.so', 'ld-linux', 'libpthread', 'libgcc', 'libasan', 'libubsan', 'libstdc', 'libdl', 'librt', 'libresolv')
for program in sys.argv[3:]:
    out = subprocess.run(['readelf', '-d', f'{sys.argv[2]}/{program}'], capture_output=True, text=True).stdout
    needed = [n for n in re.findall(r'NEEDED.*\[(.*)\]', out) if not n.startswith(system)]
    needed = {so.get(m, 'lib' + m) for m in (re.match(r'lib(.*?)\.so', n).group(1) for n in needed)}
    listed = {names[r] for r in depends[f'program:{program}']}
    assert needed == listed, f'{program} needs {sorted(needed)}, the list has {sorted(listed)}'
print('as listed')
END
# shellcheck disable=SC2086
run python3 "$work/listed.py" "$sbom" "$KITH_BUILD" $programs
status_is 0
out_has 'as listed'

finish
