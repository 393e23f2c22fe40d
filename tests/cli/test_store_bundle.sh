#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bundles: whole, damaged, of the wrong kind, and made to cost much.
. "$KITH_SOURCE/tests/cli/store.sh"

git init -q -b main work
echo one >work/a.crev
git -C work add -A && git -C work commit -qm one
echo two >work/b.crev
git -C work add -A && git -C work commit -qm two
git -C work bundle create -q ../good.bundle HEAD main
git -C work bundle create -q ../branch.bundle main
git -C work bundle create -q --version=3 ../v3.bundle HEAD
git -C work bundle create -q ../part.bundle HEAD~1..HEAD 2>/dev/null
size=$(wc -c <good.bundle)

same 'good' "updated$TAB-" "$(fetch "$T/h" good.bundle)"
same 'good, read' 'a.crev	4
b.crev	4' "$(read_all "$T/h")"
same 'branch only' "updated$TAB-" "$(fetch "$T/h" branch.bundle)"
same 'version 3' "failed${TAB}a bundle of version 3; make it with git bundle create --version=2" "$(fetch "$T/h" v3.bundle)"
same 'prerequisites' "failed${TAB}the bundle needs commits that are not in it; make it of the whole history" "$(fetch "$T/h" part.bundle)"

# every header cut short, and the pack cut at many places
for n in 0 5 16 30 60 $((size / 2)) $((size - 1)) $((size - 21)); do
	head -c "$n" good.bundle >cut.bundle
	case $(fetch "$T/h" cut.bundle) in
	failed*) ;;
	*) fail "a bundle cut at $n of $size was taken" ;;
	esac
done
# one byte changed at a time, all over it
n=0
while [ "$n" -lt "$size" ]; do
	python3 - "$n" >flip.bundle <<'END'
import sys
b = bytearray(open("good.bundle", "rb").read())
b[int(sys.argv[1])] ^= 4
sys.stdout.buffer.write(b)
END
	"$FETCH" "$T/flip" flip.bundle >out 2>&1 || fail "flipped at $n: $(cat out)"
	read_all "$T/flip" | grep -Ev '^[ab].crev	4$' && fail "flipped at $n: read something else"
	rm -rf "$T/flip"
	n=$((n + 41))
done

head -c 100 /dev/urandom >noise.bundle
same 'noise' "failed${TAB}not a git bundle" "$(fetch "$T/h" noise.bundle)"
{ echo '# v2 git bundle'; head -c 5000000 /dev/zero | tr '\0' 'a'; } >long.bundle
same 'endless header' "failed${TAB}the bundle's header is too long" "$(fetch "$T/h" long.bundle)"
same 'too large' "failed${TAB}the bundle is larger than 100 bytes" "$(fetch --max-bytes 100 "$T/h" good.bundle)"

# packs that claim much: 600 MB in one object, a million objects
python3 - <<'END'
import hashlib, struct, zlib

def bundle(name, count, body):
    pack = b"PACK" + struct.pack(">II", 2, count) + body
    pack += hashlib.sha1(pack).digest()
    oid = b"1" * 40
    open(name, "wb").write(b"# v2 git bundle\n" + oid + b" HEAD\n\n" + pack)

def head(kind, size):
    out = bytearray([(kind << 4) | (size & 15)])
    size >>= 4
    while size:
        out[-1] |= 0x80
        out.append(size & 127)
        size >>= 7
    return bytes(out)

# the same compressed mebibyte of zeros again and again, and the checksum of them all
z = zlib.compressobj(9, zlib.DEFLATED, -15)
block = z.compress(bytes(1 << 20)) + z.flush(zlib.Z_FULL_FLUSH)
total = 600 << 20
zeros = b"\x78\x9c" + block * 600 + b"\x03\x00" + struct.pack(">HH", total % 65521, 1)
bundle("bomb.bundle", 1, head(3, 600 << 20) + zeros)
bundle("lie.bundle", 1, head(3, 600 << 20) + zlib.compress(b"x"))
bundle("many.bundle", 1000000, head(3, 1) + zlib.compress(b"x"))
bundle("none.bundle", 0, b"")
END
start=$(date +%s)
for n in bomb lie many none; do
	case $(fetch --timeout 20 "$T/h" $n.bundle) in
	failed*) ;;
	*) fail "$n.bundle was taken" ;;
	esac
done
[ $(($(date +%s) - start)) -lt 30 ] || fail 'a bomb took too long'
same 'many objects' "failed${TAB}it sends more than 500000 objects" "$(fetch "$T/h" many.bundle)"

# what was there before is still there
same 'unharmed' 'a.crev	4
b.crev	4
a.crev	4
b.crev	4' "$(read_all "$T/h")"
same 'no leftovers' '' "$(find "$T/h" -name '*tmp*' -o -name 'pack_git2*')"

same 'no rejected packs' 2 "$(find "$T/h" -name '*.pack' | wc -l)"

# a newer state under the same name; then an older one: history was rewritten
echo three >work/c.crev
git -C work add -A && git -C work commit -qm three
git -C work bundle create -q ../new.bundle HEAD main
cp good.bundle old.bundle
mv new.bundle good.bundle
same 'newer' "updated$TAB-" "$(fetch "$T/h" good.bundle)"
git -C work reset -q --hard HEAD~2
echo other >work/d.crev
git -C work add -A && git -C work commit -qm other
git -C work bundle create -q ../good.bundle HEAD main
same 'rewritten' "rewritten$TAB-" "$(fetch "$T/h" good.bundle)"
mv old.bundle good.bundle
same 'older' "rewritten$TAB-" "$(fetch "$T/h" good.bundle)"
