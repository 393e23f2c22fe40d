#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A kill at any moment leaves mirrors that work; several fetches at once do not hurt each other.
. "$KITH_SOURCE/tests/cli/store.sh"

# helper_of PID: its child kith-git
helper_of() {
	for s in /proc/[0-9]*/stat; do
		{ read -r pid name _ parent _ <"$s"; } 2>/dev/null || continue
		[ "$name $parent" = "(kith-git) $1" ] && echo "$pid"
	done
	return 0
}

git init -q -b main work
mkdir work/d
for n in 1 2 3 4 5 6 7 8 9; do echo "proof $n" >work/d/$n.crev; done
git -C work add -A && git -C work commit -qm one
for n in 1 2 3 4 5 6; do git -C work bundle create -q ../$n.bundle HEAD; done
cp -r work/d folder

for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
	setsid "$FETCH" "$T/h" ./*.bundle folder >/dev/null 2>&1 &
	fetcher=$!
	sleep "0.0$((round * 7 % 10))"
	if [ $((round % 2)) = 0 ]; then
		kill -9 "$fetcher" 2>/dev/null || true
	else
		helper=$(helper_of "$fetcher")
		[ -z "$helper" ] || kill -9 "$helper" 2>/dev/null || true
	fi
	wait "$fetcher" 2>/dev/null || true
	# what is there can be read, and is all or nothing
	"$FETCH" read "$T/h" >out 2>err || fail "round $round: $(cat err)"
	cut -f1 out | sort | uniq -c | grep -v '^ *9 ' && fail "round $round: half a source"
	if [ $((round % 4)) = 0 ]; then rm -rf "$T/h"; fi
done
fetch "$T/h" ./*.bundle folder >out
same 'afterwards' 7 "$(grep -cE "^(updated|unchanged)${TAB}-$" out)"
same 'all is there' 63 "$(read_all "$T/h" | wc -l)"
for m in "$T"/h/mirrors/*.git; do
	git -C "$m" fsck --strict >out 2>&1 || fail "$m: $(cat out)"
done
same 'no leftovers' '' "$(find "$T/h" -name '*.lock' -o -name '*tmp*' -o -name 'pack_git2*')"

# a helper dies while it works: said so, nothing hangs
mkdir libexec
cat >libexec/kith-git <<'END'
#!/bin/sh
kill -9 $$
END
chmod +x libexec/kith-git
KITH_LIBEXEC="$T/libexec" timeout 20 "$FETCH" "$T/h" 1.bundle >out 2>&1 && fail 'a dead helper went unnoticed'
same 'dead helper' 'kith_fetcher: kith-git: died of signal 9 (Killed)' "$(cat out)"

# several at once, on the same sources
for n in 1 2 3 4; do
	"$FETCH" "$T/g" ./*.bundle folder >"out.$n" 2>&1 &
done
wait
same 'at once' 28 "$(cat out.? | cut -f2,5 | grep -cE "^(updated|unchanged)${TAB}-$")"
same 'once only' 7 "$(cat out.? | cut -f2 | grep -c updated)"
same 'all is there' 63 "$(read_all "$T/g" | wc -l)"

# a damaged text file beside a mirror costs that mirror only, until it is fetched again
f=$(ls "$T"/g/mirrors/1_bundle*.source)
echo nonsense >"$f"
same 'damaged' 54 "$(read_all "$T/g" | wc -l)"
same 'said so' 1 "$("$FETCH" list "$T/g" | cut -f2 | grep -c damaged)"
same 'healed' "updated$TAB-" "$(fetch "$T/g" 1.bundle)"
same 'all is there' 63 "$(read_all "$T/g" | wc -l)"

# a head whose objects are lost is none: what serves them brings them again
rm -f "$T"/g/mirrors/1_bundle*.git/objects/pack/* "$T"/g/mirrors/folder*.git/objects/pack/*
[ "$(read_all "$T/g" 2>/dev/null | wc -l)" -lt 63 ] || fail 'nothing was lost'
fetch "$T/g" 1.bundle folder >/dev/null
same 'brought again' 63 "$(read_all "$T/g" | wc -l)"

# derived data sees every change
s1=$("$FETCH" state "$T/g")
same 'still' "$s1" "$("$FETCH" state "$T/g")"
sleep 0.05
echo more >folder/x.crev
fetch "$T/g" folder >/dev/null
[ "$("$FETCH" state "$T/g")" != "$s1" ] || fail 'a change went unnoticed'
s1=$("$FETCH" state "$T/g")
mkdir "$T/g/proofs"
git init -q "$T/g/proofs/mine"
echo p >"$T/g/proofs/mine/p.crev"
git -C "$T/g/proofs/mine" add -A && git -C "$T/g/proofs/mine" commit -qm mine
[ "$("$FETCH" state "$T/g")" != "$s1" ] || fail 'an own repository went unnoticed'
s1=$("$FETCH" state "$T/g")
git -C "$T/g/proofs/mine" commit -q --allow-empty -m more
git -C "$T/g/proofs/mine" pack-refs --all
[ "$("$FETCH" state "$T/g")" != "$s1" ] || fail 'an own commit went unnoticed'
same 'own is read' 1 "$("$FETCH" read "$T/g" 2>/dev/null | grep -c "^mine${TAB}p.crev${TAB}2$")"

# a data folder that cannot be written
if [ "$(id -u)" != 0 ]; then
	mkdir -p "$T/ro/mirrors" && chmod 500 "$T/ro/mirrors"
	case $(fetch "$T/ro" 1.bundle) in
	"failed${TAB}$T/ro/mirrors/"*'Permission denied') ;;
	*) fail 'read-only data' ;;
	esac
fi
: >"$T/file"
case $(fetch "$T/file" 1.bundle) in
"failed${TAB}"*'Not a directory'*) ;;
*) fail 'a file for a folder' ;;
esac
