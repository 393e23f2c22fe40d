#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetching from servers on loopback that stall, lie and lead astray; and from an honest one.
. "$KITH_SOURCE/tests/cli/store.sh"

mkdir root
git init -q -b main work
echo one >work/a.crev
git -C work add -A && git -C work commit -qm one
git clone -q --bare work root/a.git
git init -q --bare root/empty.git
python3 "$KITH_SOURCE/tests/cli/git_http.py" root port &
SERVER=$!
wait_for port
U=http://127.0.0.1:$(cat port)

same 'honest' "empty$TAB-
updated$TAB-" "$(fetch "$T/h" "$U/ok/a.git" "$U/ok/empty.git")"
same 'honest, read' 'a.crev	4' "$(read_all "$T/h")"
: >root/access.log
same 'again' "unchanged$TAB-" "$(fetch "$T/h" "$U/ok/a.git")"
same 'again, requests' 'GET /ok/a.git/info/refs?service=git-upload-pack HTTP/1.1' "$(cat root/access.log)"

echo two >work/b.crev
git -C work add -A && git -C work commit -qm two
git -C work push -q ../root/a.git main
same 'news' "updated$TAB-" "$(fetch "$T/h" "$U/ok/a.git")"
same 'news, read' 'a.crev	4
b.crev	4' "$(read_all "$T/h")"
same 'moved' "updated$TAB-" "$(fetch "$T/h2" "$U/moved/a.git")"
same 'moved three times' "updated$TAB-" "$(fetch "$T/h2" "$U/hop-3/a.git")"

set --
for how in 401 403 404 410 500 503 stall stall-headers drip endless-refs endless-headers elsewhere \
	to-file loop hop-4 page stall-pack claims; do
	set -- "$@" "$U/$how/a.git"
done
start=$(date +%s)
# (and an honest one among them, which has to wait for nobody)
"$FETCH" --usage --timeout 20 --idle 2 --jobs 20 "$T/h" "$@" "$U/ok/a.git" 2>usage | sed "s|^$U/||" | cut -f1,2,5 | sort >out
[ $(($(date +%s) - start)) -lt 90 ] || fail 'hostile servers took too long'
bounded usage 200000
cat >wanted <<'END'
401/a.git	failed	it asks for a password (HTTP 401)
403/a.git	failed	it refuses (HTTP 403)
404/a.git	failed	there is no such repository (HTTP 404)
410/a.git	failed	there is no such repository (HTTP 410)
500/a.git	failed	the server answers HTTP 500
503/a.git	failed	the server answers HTTP 503 and asks to wait 60 s
claims/a.git	failed	it sends more than 67108864 bytes
drip/a.git	failed	it is too slow
elsewhere/a.git	failed	it redirects to another place (HTTP 302)
endless-headers/a.git	failed	it sends endless headers
endless-refs/a.git	failed	it names more than 100000 refs
hop-4/a.git	failed	it redirects too often (HTTP 302)
loop/a.git	failed	it redirects too often (HTTP 302)
ok/a.git	unchanged	-
page/a.git	failed	what answers is no git server
stall-headers/a.git	failed	it is too slow
stall-pack/a.git	failed	it is too slow
stall/a.git	failed	it is too slow
to-file/a.git	failed	it redirects to another place (HTTP 302)
END
cmp wanted out || { diff wanted out; fail 'hostile servers'; }
# honest but for the pack's bytes: patience, so that only those can be what is wrong
"$FETCH" "$T/h" "$U/truncated/a.git" "$U/flipped/a.git" "$U/checksum/a.git" "$U/ok/a.git" | sed "s|^$U/||" | cut -f1,2,5 | sort >out
same 'broken packs' "checksum/a.git${TAB}failed${TAB}it cannot be fetched: packfile trailer mismatch
flipped/a.git${TAB}failed${TAB}it cannot be fetched: error reading from the zlib stream
ok/a.git${TAB}unchanged$TAB-
truncated/a.git${TAB}failed${TAB}it cannot be fetched: early EOF" "$(cat out)"
same 'what failed left nothing' 2 "$("$FETCH" list "$T/h" | wc -l)"
same 'unharmed' 'a.crev	4
b.crev	4' "$(read_all "$T/h")"

# found by walking: never into this machine or its network
same 'public only' "failed${TAB}its address is not a public one" "$(fetch --public "$T/h3" "$U/ok/a.git")"
# what others name is https, whatever this program was told
same 'plain http' "failed${TAB}others may name https URLs only" "$(fetch --public "$T/h3" http://a.invalid/x)"
same 'plain git' "failed${TAB}others may name https URLs only" "$(fetch --public "$T/h3" git://a.invalid/x)"
same 'others ssh' "failed${TAB}others may name https URLs only" "$(fetch --public "$T/h3" ssh://a.invalid/x)"

# too much for what was allowed
head -c 3000000 /dev/urandom >work/c.bin
git -C work add -A && git -C work commit -qm big
git -C work push -q ../root/a.git main
same 'byte limit' "failed${TAB}it sends more than 1000000 bytes" "$(fetch --max-bytes 1000000 "$T/h" "$U/ok/a.git")"
same 'old state stays' 'a.crev	4
b.crev	4' "$(read_all "$T/h")"
same 'it is remembered' 1 "$("$FETCH" list "$T/h" | grep -c 'ok/a.git.*it sends more')"
same 'then it works' "updated$TAB-" "$(fetch "$T/h" "$U/ok/a.git")"
same 'and is forgotten' 0 "$("$FETCH" list "$T/h" | grep -c 'ok/a.git.*it sends more' || true)"

# the server is gone: nothing is lost
kill "$SERVER"; wait "$SERVER" 2>/dev/null || true
SERVER=
case $(fetch "$T/h" "$U/ok/a.git") in
"failed${TAB}Failed to connect"*) ;;
*) fail 'a server that is gone' ;;
esac
same 'gone, still read' 'a.crev	4
b.crev	4' "$(read_all "$T/h")"
