#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a source sends or a disk lacks: each case ends with its reason, costs itself only, takes
# little memory and time, and leaves what was there before.
. "$KITH_SOURCE/tests/cli/store.sh"

# --- packs made by hand: claims, deltas that swell ---
cat >packs.py <<'END'
import hashlib, struct, sys, zlib

def varint(kind, size):
    out, first = [], (kind << 4) | (size & 15)
    size >>= 4
    while size:
        out.append(first | 128)
        first, size = size & 127, size >> 7
    return bytes(out + [first])

def number(n):
    out = []
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + [n])

def oid(kind, data):
    return hashlib.sha1(kind + b" %d\0" % len(data) + data).digest()

def bundle(name, head, objects, claimed=None):
    pack = b"PACK" + struct.pack(">II", 2, claimed or len(objects)) + b"".join(objects)
    with open(name, "wb") as f:
        f.write(b"# v2 git bundle\n" + head.hex().encode() + b" HEAD\n\n" + pack + hashlib.sha1(pack).digest())

def whole(kind, number_, data):
    return oid(kind, data), varint(number_, len(data)) + zlib.compress(data)

def commit_of(blob):
    tree_id, tree = whole(b"tree", 2, b"100644 p.crev\0" + blob)
    text = b"tree " + tree_id.hex().encode() + b"\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\nx\n"
    commit_id, commit = whole(b"commit", 1, text)
    return commit_id, [tree, commit]

blob_id, blob = whole(b"blob", 3, b"proof\n")
head, rest = commit_of(blob_id)
bundle("sound.bundle", head, rest + [blob])
# an object that claims ten gigabytes
bundle("claims.bundle", head, rest + [varint(3, 10 << 30) + zlib.compress(b"proof\n")])
# more objects than there are
bundle("count.bundle", head, rest + [blob], 400000000)
# zlib that swells: 100 MB of zeros in one named object, and one above what any object may be
big = b"\0" * (200 << 20)
bundle("swells.bundle", head, rest + [varint(3, len(big)) + zlib.compress(big, 9)])
# a delta that makes 1 GiB out of 1 MiB, 64 KiB at a time
base = b"\0" * (1 << 20)
base_id, base_raw = whole(b"blob", 3, base)
size = 1 << 30
delta = number(len(base)) + number(size) + b"\x80" * (size >> 16)
bundle("delta.bundle", head, rest + [base_raw, varint(7, len(delta)) + base_id + zlib.compress(delta, 9)])
# a delta whose base is not there
bundle("thin.bundle", head, rest + [varint(7, 4) + b"\1" * 20 + zlib.compress(b"\6\6\x90\6")])
END
python3 packs.py
cp sound.bundle good.bundle
: >rusage
"$FETCH" --usage "$T/h" ./*.bundle 2>rusage | sed 's|^\./||' | cut -f1,2,5 | sort >out
grep -E '^(sound|good)' out | cut -f2,3 >got
same 'the sound ones' "updated$TAB-
updated$TAB-" "$(cat got)"
cat >wanted <<'END'
claims.bundle	failed	its head is not whole: p.crev is missing
count.bundle	failed	it sends more than 500000 objects
delta.bundle	failed	its pack is damaged: failed to apply delta: overly large object
swells.bundle	failed	its head is not whole: p.crev is missing
thin.bundle	failed	its pack is damaged: missing delta bases
END
grep -Ev '^(sound|good)' out >rest
cmp rest wanted || { diff wanted rest; fail 'hostile packs'; }
same 'what failed left nothing' 2 "$(find "$T/h/mirrors" -name '*.source' | wc -l)"
same 'no packs of it' 2 "$(find "$T/h/mirrors" -name '*.pack' | wc -l)"
rm -f swells.bundle delta.bundle
bounded rusage 400000

# --- a million refs, from a server that does what it says ---
mkdir root
git init -q -b main work
echo one >work/a.crev
git -C work add -A && git -C work commit -qm one
git clone -q --bare work root/a.git
git clone -q --bare work root/many.git
python3 - "$(git -C work rev-parse HEAD)" >root/many.git/packed-refs <<'END'
import sys
print("# pack-refs with: peeled fully-peeled sorted ")
for n in range(1000000):
    print(sys.argv[1] + " refs/heads/b%07d" % n)
print(sys.argv[1] + " refs/heads/main")
END
rm -rf root/many.git/refs/heads/main
python3 "$KITH_SOURCE/tests/cli/git_http.py" root port &
SERVER=$!
wait_for port
U=http://127.0.0.1:$(cat port)
# (the server takes its time to make 60 MB: patience, so that only their number can be what is wrong)
same 'a million refs' "failed${TAB}it names more than 100000 refs
updated$TAB-" "$(fetch --usage --idle 300 --timeout 300 "$T/r" "$U/ok/many.git" "$U/ok/a.git" 2>rusage)"
bounded rusage 200000
rm -rf root/many.git

# --- interrupted in the middle: the helper ends too, what was fetched is there ---
rm out
"$FETCH" "$T/i" "$U/ok/a.git" "$U/stall/a.git" >out 2>&1 &
fetcher=$!
wait_for out
helper=$(pgrep -P "$fetcher" || true)
[ -n "$helper" ] || fail 'no helper at work'
# whoever speaks to the server runs under a filter of system calls and can gain no privileges
child=$(pgrep -P "$helper" | head -n 1)
[ -n "$child" ] || fail 'nobody speaks to the server'
if [ -e /proc/sys/kernel/seccomp/actions_avail ]; then
	same 'filtered' 'NoNewPrivs:	1
Seccomp:	2' "$(grep -E '^(NoNewPrivs|Seccomp):' "/proc/$child/status")"
else
	echo 'not tested: this kernel filters no system calls'
fi
kill -TERM "$fetcher"
wait "$fetcher" 2>/dev/null && fail 'an interrupted fetch ended well'
tries=0
while [ -d "/proc/$helper" ] && [ $tries -lt 300 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
[ ! -d "/proc/$helper" ] || fail 'the helper outlives who started it'
same 'interrupted, read' 'a.crev	4' "$(read_all "$T/i")"
same 'interrupted, again' "unchanged$TAB-" "$(fetch "$T/i" "$U/ok/a.git")"

# the program itself ends as a shell expects, silently; what had come until then is there. (Once it
# asks the server its handler is there; before, a signal to a background process is ignored.)
: >root/access.log
KITH_HOME="$T/k" KITH_LIBEXEC="$KITH_BUILD" "$KITH_BUILD/kith" fetch "$U/ok/a.git" "$U/stall-headers/a.git" >out 2>err &
kith=$!
tries=0
until grep -q '^GET /stall-headers' root/access.log && grep -qs '^success' "$T"/k/mirrors/*.source; do
	[ $tries -lt 600 ] || fail 'it does not get on'
	tries=$((tries + 1))
	sleep 0.1
done
helper=$(pgrep -P "$kith" || true)
kill -INT "$kith"
status=0
wait "$kith" || status=$?
same 'SIGINT' 130 "$status"
same 'SIGINT, said' '' "$(cat out err)"
tries=0
while [ -n "$helper" ] && [ -d "/proc/$helper" ] && [ $tries -lt 300 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
[ -n "$helper" ] || fail 'no helper at work'
[ ! -d "/proc/$helper" ] || fail 'the helper outlives an interrupted program'
same 'SIGINT, read' 'a.crev	4' "$(read_all "$T/k")"
same 'SIGINT, again' "unchanged$TAB-" "$(fetch "$T/k" "$U/ok/a.git")"
kill "$SERVER"; wait "$SERVER" 2>/dev/null || true
SERVER=

# --- two at once on the same sources: one works, the other waits, nothing is fetched twice ---
"$FETCH" "$T/two" sound.bundle good.bundle >o1 2>&1 &
"$FETCH" "$T/two" good.bundle sound.bundle >o2 2>&1
wait
same 'two at once' "unchanged
unchanged
updated
updated" "$(cat o1 o2 | cut -f2 | sort)"

# --- the disk is full ---
mkdir small
if mount -t tmpfs -o size=200k tmpfs small 2>/dev/null; then
	trap 'umount "$T/small"; cleanup' EXIT
	"$FETCH" "$T/small/h" sound.bundle >out
	same 'room enough' updated "$(cut -f2 out)"
	head -c 1000000 /dev/zero >small/fill 2>/dev/null || true
	"$FETCH" "$T/small/h" good.bundle >out 2>err || true
	# whoever runs into it first says so; the other source's state stays
	grep -qE "(failed.*|kith_fetcher: .*): No space left on device$" out err || { cat out err; fail 'a full disk'; }
	same 'full, still read' 'p.crev	6' "$(read_all "$T/small/h")"
	rm small/fill
	same 'then there is room' "updated$TAB-" "$(fetch "$T/small/h" good.bundle)"
	same 'all is there' 2 "$(read_all "$T/small/h" | wc -l)"
fi

# --- a data folder that cannot be written, as somebody who may not write everything ---
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$T"
	chmod 644 "$T"/*.bundle
	mkdir -p ro/mirrors && chmod 755 ro ro/mirrors
	if setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$FETCH"; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$FETCH" "$T/ro" "$T/sound.bundle" >out 2>err || true
		same 'read-only data' "failed${TAB}$T/ro/mirrors/SLUG.git: Permission denied" \
			"$(cut -f2,5 out | sed 's|mirrors/sound_bundle-[^/]*\.git|mirrors/SLUG.git|')"
	fi
fi
