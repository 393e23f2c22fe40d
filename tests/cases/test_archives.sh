#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Archives against checksums: what is remembered, and that nothing remembered hides a change.
set -eu
tests=$KITH_BUILD/tests
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
failed=0

check() { "$tests/check_bytes" "$@" "$tmp/cache" "$tmp/data" <"$tmp/list" >"$tmp/out" 2>"$tmp/err" || echo "status $?" >>"$tmp/err"; }

# is FILE LINE: FILE has exactly this line
is() {
	grep -qxF -- "$2" "$1" || { echo "FAIL: no line '$2' in:"; cat "$1"; failed=1; }
}
row() { printf '%s\t%s\t%s\t%s\t%s\t%s' "$1" "$2" "$3" "$4" "$4" "$5"; }

make() { # NAME VERSION TEXT: an archive and its line in the list
	printf '%b' "$3" | "$tests/make_archive" | gzip -n >"$tmp/$1-$2.crate"
	printf '%s\t%s\t%s\t%s\n' "$tmp/$1-$2.crate" "$(sha256sum "$tmp/$1-$2.crate" | cut -d' ' -f1)" "$1" "$2" >>"$tmp/list"
}

: >"$tmp/list"
make good 1.0.0 'file good-1.0.0/a foo\nfile good-1.0.0/.cargo-ok x\n'
make evil 1.0.0 'file evil-1.0.0/a foo\nentry 1 evil-1.0.0/b evil-1.0.0/a\n'
make other 2.0.0 'file good-1.0.0/a foo\n'
printf '%s\t%064d\tgone\t1.0.0\n' "$tmp/gone-1.0.0.crate" 0 >>"$tmp/list"
mkdir "$tmp/t"; printf foo >"$tmp/t/a"
digest=$("$tests/kith-cases" digest "$tmp/t")
sleep 0.1 # files of this very moment are not remembered

all_as_expected() {
	is "$tmp/out" "$(row good 1.0.0 matches "$digest" -)"
	is "$tmp/out" "$(row evil 1.0.0 matches - 'evil-1.0.0/b: hard link')"
	is "$tmp/out" "$(row other 2.0.0 matches - 'good-1.0.0/a: outside the top folder other-2.0.0')"
	is "$tmp/out" "$(row gone 1.0.0 unreadable - 'no such file')"
}

check; all_as_expected
is "$tmp/err" 'read 3, remembered 1'
# warm: the same answers, from memory alone
cp "$tmp/out" "$tmp/cold"
check; all_as_expected
is "$tmp/err" 'read 0, remembered 4'
cmp -s "$tmp/cold" "$tmp/out" || { echo "FAIL: warm differs from cold"; failed=1; }
[ "$(stat -c %a "$tmp/data/secret")" = 600 ] || { echo "FAIL: the secret is not private"; failed=1; }

# one changed byte, even with the old size and time put back
cp -p "$tmp/good-1.0.0.crate" "$tmp/saved"
printf 'X' | dd of="$tmp/good-1.0.0.crate" bs=1 seek=12 conv=notrunc 2>/dev/null
touch -r "$tmp/saved" "$tmp/good-1.0.0.crate"
check
is "$tmp/out" "$(row good 1.0.0 mismatch - -)"
sleep 0.1
check
is "$tmp/out" "$(row good 1.0.0 mismatch - -)"
check
is "$tmp/out" "$(row good 1.0.0 mismatch - -)"
is "$tmp/err" 'read 0, remembered 4'
# put back: its digest is remembered by checksum
cp "$tmp/saved" "$tmp/good-1.0.0.crate"; sleep 0.1
check; all_as_expected
is "$tmp/err" 'read 1, remembered 3'
check; all_as_expected
is "$tmp/err" 'read 0, remembered 4'

# recheck reads everything again
check --recheck; all_as_expected
is "$tmp/err" 'read 3, remembered 1'

# a memory of another machine, a damaged one, one of garbage: not believed, and made anew
rm "$tmp/data/secret"
check; all_as_expected
is "$tmp/err" 'read 3, remembered 1'
is "$tmp/err" 'note: the memory of digests was damaged or foreign: made anew'
size=$(stat -c %s "$tmp/cache/digests")
[ "$size" = $((24 + 3 * 184)) ] || { echo "FAIL: the memory has $size bytes"; failed=1; }
check
is "$tmp/err" 'read 0, remembered 4'
for at in 100 300 500; do
	byte=$(od -An -tu1 -j $at -N 1 "$tmp/cache/digests" | tr -d ' ')
	printf '%b' "\\0$(printf %o $(((byte + 1) % 256)))" | dd of="$tmp/cache/digests" bs=1 seek=$at conv=notrunc 2>/dev/null
done
check; all_as_expected
is "$tmp/err" 'read 3, remembered 1'
is "$tmp/err" 'note: the memory of digests was damaged or foreign: made anew'
for n in 0 1 23 24 100 400; do
	head -c "$n" "$tmp/cache/digests" >"$tmp/cut"
	cp "$tmp/cut" "$tmp/cache/digests"
	check; all_as_expected
	is "$tmp/err" 'read 3, remembered 1'
done
rm "$tmp/cache/digests"; mkfifo "$tmp/cache/digests"
check; all_as_expected
is "$tmp/err" 'note: the memory of digests was damaged or foreign: made anew'
check
is "$tmp/err" 'read 0, remembered 4'
# a secret that others can read is not one
chmod 644 "$tmp/data/secret"
check; all_as_expected
is "$tmp/err" 'read 3, remembered 1'

# too large to read at all; nothing of it is
truncate -s 600M "$tmp/huge.crate"
printf '%s\t%064d\thuge\t1.0.0\n' "$tmp/huge.crate" 0 >"$tmp/list"
check
grep -q "huge	1.0.0	unreadable	-	-	.*" "$tmp/out" || { echo "FAIL: 600 MiB were read"; failed=1; }

# many at once: every line its own answer, in the order of the list
: >"$tmp/list"
i=0
while [ $i -lt 40 ]; do
	make "p$i" 1.0.0 "file p$i-1.0.0/n $i\\n"
	i=$((i + 1))
done
check
cut -f1 "$tmp/list" | sed 's,.*/\(.*\)-1.0.0.crate,\1,' >"$tmp/names"
cut -f1 "$tmp/out" | cmp -s - "$tmp/names" || { echo "FAIL: answers in another order"; failed=1; }
[ "$(cut -f4 "$tmp/out" | sort -u | grep -c '^[A-Za-z0-9_-]\{43\}$')" = 40 ] || { echo "FAIL: not 40 digests"; failed=1; }

# a checksum that is none, a FIFO for an archive, a missing helper
printf '%s\txyz\tgood\t1.0.0\n' "$tmp/good-1.0.0.crate" >"$tmp/list"
printf '%s\t%064d\t%05000d\t1.0.0\n' "$tmp/good-1.0.0.crate" 0 0 >>"$tmp/list"
mkfifo "$tmp/fifo"
printf '%s\t%064d\tfifo\t1.0.0\n' "$tmp/fifo" 0 >>"$tmp/list"
printf '%s\t-\tgood\t1.0.0\n' "$tmp/good-1.0.0.crate" >>"$tmp/list"
check
is "$tmp/out" "$(row good 1.0.0 unreadable - "the lock file's checksum is no SHA-256")"
grep -q "	unreadable	-	-	the package's name is too long" "$tmp/out" || { echo "FAIL: a long name"; failed=1; }
is "$tmp/out" "$(row good 1.0.0 unchecked "$digest" -)"
grep -q "fifo	1.0.0	unreadable	-	-	.*" "$tmp/out" || { echo "FAIL: a FIFO was read"; failed=1; }

[ $failed = 0 ] && echo "archives are checked and remembered"
exit $failed
