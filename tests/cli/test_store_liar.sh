#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A kith-git that was taken over: whatever it answers, kith neither crashes, hangs, nor believes it.
. "$KITH_SOURCE/tests/cli/store.sh"

git init -q -b main work
echo one >work/a.crev
git -C work add -A && git -C work commit -qm one
git -C work bundle create -q ../a.bundle HEAD
same 'honest' "updated$TAB-" "$(fetch "$T/h" a.bundle)"

mkdir libexec
cat >libexec/kith-git <<'END'
#!/usr/bin/python3
import os, struct, sys, time
def frame(kind, payload): return struct.pack("<IB", len(payload), kind) + payload
def text(b): return struct.pack("<I", len(b)) + b
u32 = lambda v: struct.pack("<I", v)
u64 = lambda v: struct.pack("<Q", v)
hello = frame(1, u32(1) + text(b"kith-git"))
oid = b"0123456789abcdef0123456789abcdef01234567"
fetched = lambda i, o, h, c: frame(20, u32(i) + bytes([o]) + text(h) + u64(0) + u32(0) + u32(0) + u32(c) + text(b"w\x1b[31m") + text(b""))
tree = lambda i: frame(21, u32(i) + text(oid))
blob = lambda i, p: frame(22, u32(i) + text(p) + text(b"x"))
skip = lambda i, w: frame(23, u32(i) + text(b"p") + bytes([w]))
end = lambda i: frame(24, u32(i) + u32(0) + u32(0) + u32(0) + text(b""))
answers = {
    "other-id": fetched(7, 2, oid, 0), "bad-head": fetched(0, 2, b"HEAD", 0), "no-head": fetched(0, 2, b"", 0),
    "no-code": fetched(0, 0, b"", 0), "bad-code": fetched(0, 0, b"", 4000000000), "failed": fetched(0, 0, b"", 10),
    "twice": fetched(0, 1, oid, 0) * 2, "request": frame(16, b""), "unknown": frame(200, b"x"), "error": frame(2, b""),
    "short": frame(20, b"\0"), "long": b"\xff\xff\xff\x7f\x14", "half": frame(20, b"\0" * 50)[:-10], "nothing": b"",
    "read-id": tree(0) + blob(1, b"a.crev"), "read-path": tree(0) + blob(0, b"../a.crev"), "read-abs": tree(0) + blob(0, b"/a.crev"),
    "read-esc": tree(0) + blob(0, b"a\x1b.crev"), "read-skip": skip(0, 99), "read-end": end(0) + end(0), "read-order": end(1),
    "read-flood": tree(0) + skip(0, 1) * 100000, "read-half": tree(0) + blob(0, b"a.crev"),
}
out = hello + answers[open(os.environ["HOME"] + "/mode").read().strip()]
time.sleep(0.3)
os.read(0, 100000)
while out:
    out = out[os.write(1, out):]
END
chmod +x libexec/kith-git
"$FETCH" list "$T/h" >before

lie() { echo "$1" >mode; KITH_LIBEXEC="$T/libexec" timeout 20 "$FETCH" "$T/h" a.bundle 2>&1 | cut -f2,5 | tail -n 1; }
wrong='kith_fetcher: kith-git: sent a wrong answer'
for mode in other-id bad-head no-head no-code bad-code request unknown error short; do
	same "$mode" "$wrong" "$(lie $mode)"
done
same long 'kith_fetcher: kith-git: sent a frame of more than 34603008 bytes' "$(lie long)"
same half 'kith_fetcher: kith-git: the stream ends within a frame' "$(lie half)"
same nothing 'kith_fetcher: kith-git: ended the connection' "$(lie nothing)"
"$FETCH" list "$T/h" >after
cmp before after || fail 'a lie left a trace'
same failed "failed${TAB}w\\x1b[31m" "$(lie failed)"
same 'still there' 'a.crev	4' "$(read_all "$T/h")"
# (HOME reaches kith-git for ssh's sake when it fetches only; reading gets no environment)
sed -i "s|os.environ\[\"HOME\"\]|'$T'|" libexec/kith-git
for mode in read-id read-path read-abs read-esc read-skip read-order; do
	echo $mode >mode
	KITH_LIBEXEC="$T/libexec" timeout 20 "$FETCH" read "$T/h" 2>&1 | grep '^kith_fetcher' >out || fail "$mode was believed"
	same "$mode" "$wrong" "$(cat out)"
done
echo read-half >mode
KITH_LIBEXEC="$T/libexec" timeout 20 "$FETCH" read "$T/h" 2>&1 | grep -q '^kith_fetcher: kith-git: ended the connection' || fail 'read-half'
echo read-flood >mode
KITH_LIBEXEC="$T/libexec" timeout 20 "$FETCH" read "$T/h" 2>&1 | grep -q '^kith_fetcher: kith-git: ended the connection' || fail 'read-flood'
