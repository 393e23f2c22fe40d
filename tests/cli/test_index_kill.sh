#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# The index is the old one or the new one, whenever its maker is killed; readers never see half of
# one while it is made; a damaged or foreign one is made anew, and that is said once.
. "$KITH_SOURCE/tests/cli/lib.sh"

index=$HOME/.cache/kith/index
example_evidence
k query ids
cp "$work/out" "$work/ids.old"
mkdir "$work/more"

# kill -9 at many moments of a run that has to make it anew
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	case $((round % 3)) in
	0) rm -f "$index" ;;
	1) printf 'x' | dd of="$index" bs=1 seek=10 conv=notrunc 2>/dev/null ;; # another format
	2) touch "$HOME/.local/share/kith/mirrors" ;; # what is there looks older than the mirrors
	esac
	setsid "$kith" --now "$now" query ids >"$work/killed" 2>/dev/null </dev/null &
	victim=$!
	sleep "0.0$((round * 7 % 10))"
	kill -9 "$victim" 2>/dev/null || true
	wait "$victim" 2>/dev/null || true
	checks=$((checks + 1))
	[ ! -s "$work/killed" ] || cmp -s "$work/killed" "$work/ids.old" || fail "round $round: half an answer"
	k query ids
	status_is 0
	out_is "$work/ids.old"
done
k doctor --deep
status_is 0

# readers while writers make it anew: every answer is whole, and of a state that there was
k query proofs
sed 's/ .*//' "$work/out" | sort >"$work/proofs.old"
cp -R "$KITH_SOURCE/proofs/ada"/. "$work/more/"
id() { "$KITH_BUILD/tests/sign_proof" --id "$1"; }
one() {
	printf 'kind: trust\nversion: -1\ndate: 2026-01-0%s\nfrom:\n  id-type: crev\n  id: @ID@\n  url: https://example.org/w\nids:\n- id-type: crev\n  id: "@ID:5%s@"\n  url: https://example.org/x\ntrust: low\n' \
		"$1T00:00:00+00:00" "$1" | "$KITH_BUILD/tests/sign_proof" 50
}
# write: eight new proofs, one after another
write() {
	for n in 1 2 3 4 5 6 7 8; do
		one "$n" >"$work/more/$n.crev"
		"$kith" --now "$now" fetch "$work/more" >"$work/w.$n" 2>&1 || echo "writer $n: $?" >>"$work/wrong"
	done
	: >"$work/written"
}
# read NAME: until the writer is done
read_on() {
	while [ ! -e "$work/written" ]; do
		"$kith" --now "$now" query proofs --author "$(id 50)" >"$work/r.$1" 2>"$work/e.$1" || [ $? = 1 ] || {
			echo "reader $1:" >>"$work/wrong"
			cat "$work/e.$1" >>"$work/wrong"
		}
		grep -vE '^[A-Za-z0-9_-]{43}  2026-01-0[1-8]  trust ' "$work/r.$1" >>"$work/wrong" && echo "reader $1: a line" >>"$work/wrong"
		"$kith" --now "$now" query ids >"$work/r.$1" 2>"$work/e.$1" || { echo "reader $1: ids" >>"$work/wrong"; cat "$work/e.$1" >>"$work/wrong"; }
	done
}
: >"$work/wrong"
k fetch "$work/more"
status_is 0
read_on a &
a=$!
read_on b &
b=$!
write
wait "$a" "$b"
checks=$((checks + 1))
[ ! -s "$work/wrong" ] || fail "$(cat "$work/wrong")"
k query proofs --author "$(id 50)"
checks=$((checks + 1))
[ "$(wc -l <"$work/out")" = 8 ] || fail 'not all eight are there'
k doctor --deep
status_is 0

# damaged in each of its parts, cut off, from another version, or somebody else's: said once
k query ids
cp "$work/out" "$work/ids"
cp "$index" "$work/good"
anew() {
	k query ids
	status_is 0
	out_is "$work/ids"
	checks=$((checks + 1))
	[ "$(cat "$work/err")" = 'the index is damaged or from another version: made anew' ] || fail "$1: not said"
	k query ids
	status_is 0
	out_is "$work/ids"
	err_empty
}
head -c 100 "$work/good" >"$index"
anew 'cut off in its header'
: >"$index"
anew 'empty'
cp "$work/good" "$index"
printf '\377' | dd of="$index" bs=1 seek=8 conv=notrunc 2>/dev/null
anew 'another format'
printf '#!/bin/sh\n' >"$index"
anew 'something else'
head -c 32 /dev/urandom >"$HOME/.local/share/kith/secret"
anew 'made under another secret'
finish
