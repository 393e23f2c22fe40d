#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# git's own protocol, for what the user names: an honest git daemon, and servers that are not.
. "$KITH_SOURCE/tests/cli/store.sh"

mkdir root
git init -q -b main work
echo one >work/a.crev
git -C work add -A && git -C work commit -qm one
git clone -q --bare work root/a.git
git clone -q --bare work root/many.git
git init -q --bare root/empty.git
head -c 300000 /dev/urandom >work/b.crev
git -C work add -A && git -C work commit -qm two
git clone -q --bare work root/big.git
python3 - "$(git -C work rev-parse HEAD~1)" >root/many.git/packed-refs <<'END'
import sys
print("# pack-refs with: peeled fully-peeled sorted ")
for n in range(3000):
    print(sys.argv[1] + " refs/heads/b%07d" % n)
print(sys.argv[1] + " refs/heads/main")
END
rm -rf root/many.git/refs/heads/main
python3 "$KITH_SOURCE/tests/cli/git_daemon.py" root port &
SERVER=$!
wait_for port
U=git://127.0.0.1:$(cat port)

same 'honest' "empty$TAB-
updated$TAB-
updated$TAB-" "$(fetch "$T/h" "$U/ok/a.git" "$U/ok/big.git" "$U/ok/empty.git")"
same 'read' 'a.crev	4
a.crev	4
b.crev	300000' "$(read_all "$T/h" | sort)"
same 'again' "unchanged$TAB-" "$(fetch "$T/h" "$U/ok/a.git")"
git -C work commit -q --allow-empty -m three
git -C work push -q ../root/big.git main
same 'news' "updated$TAB-" "$(fetch "$T/h" "$U/ok/big.git")"

"$FETCH" --usage --timeout 20 --idle 2 --jobs 20 --max-refs 2000 "$T/b" "$U/silent/a.git" "$U/drip/a.git" "$U/endless-refs/a.git" \
	"$U/garbage/a.git" "$U/error/a.git" "$U/ok/nothing.git" "$U/stall-1000/big.git" "$U/cut-1000/big.git" \
	"$U/cut-10/big.git" "$U/ok/many.git" "$U/ok/a.git" 2>usage | sed "s|^$U/||" | cut -f1,2,5 | sort >out
cat >wanted <<'END'
cut-10/big.git	failed	it cannot be reached: early EOF
cut-1000/big.git	failed	it cannot be fetched: early EOF
drip/a.git	failed	it is too slow
endless-refs/a.git	failed	it names more than 2000 refs
error/a.git	failed	it cannot be reached: remote error: go \x1b[31maway
garbage/a.git	failed	it cannot be reached: bad packet length
ok/a.git	updated	-
ok/many.git	failed	it names more than 2000 refs
ok/nothing.git	failed	it cannot be reached: remote error: access denied or repository not exported: /nothing.git
silent/a.git	failed	it is too slow
stall-1000/big.git	failed	it is too slow
END
cmp wanted out || { diff wanted out; fail 'hostile servers'; }
bounded usage 200000
same 'what failed left nothing' 1 "$("$FETCH" list "$T/b" | wc -l)"

# where others lead, this protocol is not spoken (a project: test_fetch_bounds)
same 'others' "failed${TAB}others may name https URLs only" "$(fetch --public "$T/b" "$U/ok/big.git")"
kill "$SERVER"; wait "$SERVER" 2>/dev/null || true
SERVER=
case $(fetch "$T/h" "$U/ok/a.git") in
"failed${TAB}Failed to connect to 127.0.0.1 port "*) ;;
*) fail 'a server that is gone' ;;
esac
same 'nothing is lost' 3 "$(read_all "$T/h" | wc -l)"
