#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A disk that is full at any write, and folders that cannot be written: an error in words, what was
# there stays whole, and with room again everything goes on.
. "$KITH_SOURCE/tests/cli/store.sh"
OWNER="$KITH_BUILD/tests/kith_owner"
export TZ=UTC
url=https://example.org/alice/p
unset GIT_CONFIG_GLOBAL

# --- a bare repository, a file, a folder that is no repository ---
tree=$("$OWNER" "$T/h" "$url" list)
refuse() { # NAME WORDS
	status=0
	"$OWNER" "$T/h" "$url" --now 2026-01-01T00:00:00Z add foo 1.0.0 >out 2>err || status=$?
	[ "$status" = 2 ] || fail "$1: status $status: $(cat err)"
	grep -qF -- "$2" err || fail "$1: $(cat err)"
	grep -q '^hint: ' err || fail "$1: no hint"
}
rm -rf "$tree"
git init -q --bare "$tree"
refuse bare 'the proof repository is bare'
rm -rf "$tree"
mkdir "$tree"
refuse 'no repository' 'not an ordinary git repository'
rmdir "$tree"
: >"$tree"
refuse 'a file' 'not an ordinary git repository'
rm "$tree"
"$OWNER" "$T/h" "$url" --now 2026-01-01T00:00:00Z add foo 1.0.0 >/dev/null || fail 'made anew'
if [ "$(id -u)" != 0 ]; then
	chmod -R a-w "$tree"
	status=0
	"$OWNER" "$T/h" "$url" --now 2026-01-01T00:00:00Z add foo 1.0.1 >out 2>err || status=$?
	same 'read-only' 3 "$status"
	grep -q 'Permission denied' err || fail "read-only: $(cat err)"
	chmod -R u+w "$tree"
	same 'nothing stored' '' "$(git -C "$tree" status --porcelain)"
fi

# --- its folder on another file system, by a mount and by a link; and the whole place ---
cat >mounted.sh <<'END'
mkdir -p "$1/m/h/proofs" && mount -t tmpfs -o size=8m none "$1/m/h/proofs" || exit 77
url=https://example.org/alice/p
"$OWNER" "$1/m/h" "$url" --now 2026-01-01T00:00:00Z add foo 1.0.0 >/dev/null || exit 1
"$OWNER" "$1/m/h" "$url" move https://example.org/alice/q || exit 1
"$OWNER" "$1/m/h" https://example.org/alice/q --now 2026-01-01T00:00:00Z add foo 1.0.1 >/dev/null || exit 1
[ "$("$OWNER" "$1/m/h" https://example.org/alice/q list | grep -c '^foo ')" = 2 ] || exit 1
mkdir "$1/m/elsewhere" && mount -t tmpfs -o size=8m none "$1/m/elsewhere" || exit 77
tree=$("$OWNER" "$1/m/h" https://example.org/alice/q list | head -n 1)
cp -R "$tree" "$1/m/elsewhere/q" && rm -rf "$tree" && ln -s "$1/m/elsewhere/q" "$tree" || exit 1
"$OWNER" "$1/m/h" https://example.org/alice/q --now 2026-01-01T00:00:00Z add foo 1.0.2 >/dev/null || exit 1
[ "$("$OWNER" "$1/m/h" https://example.org/alice/q list | grep -c '^foo ')" = 3 ] || exit 1
[ -z "$(git -C "$tree" status --porcelain)" ] || exit 1
END
status=0
export OWNER
unshare -rm sh mounted.sh "$T" >out 2>err || status=$?
if [ "$status" != 0 ] && ! grep -qE 'unshare|mount' err; then
	fail "another file system: $(cat out err)"
fi

# --- a full disk, at every write ---
cat >full.sh <<'END'
mkdir -p "$1/disk" && mount -t tmpfs -o size=4m none "$1/disk" || exit 77
home=$1/disk/h
url=https://example.org/alice/p
"$OWNER" "$home" "$url" --now 2026-01-01T00:00:00Z --count 20 add foo 1.0.0 >/dev/null || exit 1
failed=0
for left in 0 1 2 3 4 5 6 7 8 9 10 11 12 14 16 18 20 24 28 32; do
	# this many pages are left
	used=$(df --output=avail -k "$1/disk" | tail -n 1)
	head -c $(((used - left * 4) * 1024)) /dev/zero >"$1/disk/ballast" 2>/dev/null
	"$OWNER" "$home" "$url" --now 2026-01-02T00:00:00Z add bar "1.0.$left" >"$1/inner.out" 2>"$1/inner.err"
	status=$?
	if [ $status != 0 ]; then
		failed=$((failed + 1))
		[ -s "$1/inner.err" ] || { echo "no words at $left"; exit 1; }
	fi
	rm "$1/disk/ballast"
	tree=$("$OWNER" "$home" "$url" list | head -n 1)
	n=$("$OWNER" "$home" "$url" list | grep -c '^foo 1.0.0 ')
	[ "$n" = 20 ] || { echo "lost at $left: $n"; exit 1; }
	if [ $status = 0 ]; then
		"$OWNER" "$home" "$url" list | grep -q "^bar 1.0.$left " || { echo "told, but not there: $left"; exit 1; }
	fi
	git -C "$tree" fsck --strict >"$1/fsck" 2>&1 || { echo "fsck at $left: $(cat "$1/fsck")"; exit 1; }
done
"$OWNER" "$home" "$url" --now 2026-01-03T00:00:00Z add baz 1.0.0 >/dev/null || exit 1
[ -z "$(git -C "$tree" status --porcelain)" ] || { echo "left behind: $(git -C "$tree" status --porcelain)"; exit 1; }
[ $failed -gt 3 ] || { echo "only $failed failures"; exit 1; }
echo "$failed of 20 failed, nothing lost"
END
status=0
export OWNER
unshare -rm sh full.sh "$T" >out 2>err || status=$?
if [ "$status" != 0 ] && grep -qE 'unshare|mount' err; then
	echo "skipped: no private mounts here: $(cat err)" >&2
	exit 77
fi
[ "$status" = 0 ] || fail "$(cat out err)"
cat out
