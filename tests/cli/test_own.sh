#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2015
# Own proof repositories: made, appended to, committed, as the real git sees them.
. "$KITH_SOURCE/tests/cli/store.sh"
OWNER="$KITH_BUILD/tests/kith_owner"
export TZ=UTC
unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_CONFIG_GLOBAL
unset GIT_AUTHOR_DATE GIT_COMMITTER_DATE
alice=6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw
url=https://example.org/alice/crev-proofs

own() { "$OWNER" "$T/h" "$url" "$@"; }
tree=$(own list)
case $tree in "$T/h/proofs/example_org_alice_crev-proofs-"*) ;; *) fail "its place: $tree" ;; esac
same 'origin' "$url" "$(git -C "$tree" remote get-url origin)"
same 'branch' main "$(git -C "$tree" symbolic-ref --short HEAD)"
same 'nothing yet' '' "$(git -C "$tree" status --porcelain)"

# a batch is one commit, of exactly what was written
out=$(own --now 2026-01-02T03:04:05Z --count 3 add foo 1.0.0)
case $out in "stored 3 in 1$TAB$alice/reviews/2026-01-package-"*".proof.crev${TAB}committed") ;; *) fail "stored: $out" ;; esac
same 'status' '' "$(git -C "$tree" status --porcelain)"
same 'one commit' 1 "$(git -C "$tree" rev-list --count HEAD)"
same 'its files' "$(printf '%s\nREADME.md' "$(printf '%s' "$out" | cut -f2)")" "$(git -C "$tree" ls-tree -r --name-only HEAD)"
same 'author' 'unconfigured <nobody@crev.dev>' "$(git -C "$tree" log -1 --format='%an <%ae>')"
same 'message' 'Add review
for a test' "$(git -C "$tree" log -1 --format=%B)"
found=$(git -C "$tree" fsck --strict 2>&1) || fail "fsck: $found"
same 'dates only go forward' 'foo 1.0.0 2026-01-02T03:04:05Z
foo 1.0.0 2026-01-02T03:04:05.000000001Z
foo 1.0.0 2026-01-02T03:04:05.000000002Z' "$(own list | tail -n +2)"

# a clock that went back is told, and the new statement is in force all the same
same 'behind' behind "$(own --now 2025-12-31T00:00:00Z add foo 1.0.0 | head -1)"
same 'in force' 'foo 1.0.0 2026-01-02T03:04:05.000000003Z' "$(own list | tail -n 1)"
same 'another version' 1 "$(own --now 2025-12-31T00:00:00Z add foo 1.0.1 | wc -l)"

# the user's name, his other changes, his README
git config --global user.name 'Al ice'
git config --global user.email al@example.org
echo mine >"$tree/README.md"
echo new >"$tree/new.txt"
echo staged >"$tree/staged.txt"
git -C "$tree" add staged.txt
own --now 2026-03-01T00:00:00Z add bar 0.1.0 >/dev/null
same 'author by configuration' 'Al ice <al@example.org>' "$(git -C "$tree" log -1 --format='%an <%ae>')"
same 'his changes' ' M README.md,A  staged.txt,?? new.txt,' "$(git -C "$tree" status --porcelain | tr '\n' ,)"
same 'only our file' 1 "$(git -C "$tree" show --name-only --format= HEAD | wc -l)"
same 'his README' mine "$(cat "$tree/README.md")"
git -C "$tree" reset -q --hard
rm -f "$tree/new.txt"

# not committed: in the file, and part of the next commit
out=$(own --no-commit --now 2026-03-01T00:00:00Z add bar 0.2.0)
case $out in *"not committed") ;; *) fail "no-commit: $out" ;; esac
same 'changed' 1 "$(git -C "$tree" status --porcelain | wc -l)"
own --now 2026-03-01T00:00:00Z add bar 0.3.0 >/dev/null
same 'committed with the next' '' "$(git -C "$tree" status --porcelain)"
same 'three there' 3 "$(git -C "$tree" show "HEAD:$(printf '%s' "$out" | cut -f2)" | grep -c 'name: bar')"

# somebody's own hooks do not run, his identity does not matter to others
printf '#!/bin/sh\ntouch "%s/hooked"\n' "$T" >"$tree/.git/hooks/pre-commit"
mkdir -p "$tree/.git/hooks"
chmod +x "$tree/.git/hooks/pre-commit"
own --now 2026-04-01T00:00:00Z add bar 0.4.0 >/dev/null
[ ! -e hooked ] || fail 'a hook ran'

# refused before anything is written, with the way out
refuse() { # NAME WORDS
	before=$(git -C "$tree" rev-parse HEAD)
	status=0
	"$OWNER" "$T/h" "$url" --now 2026-05-01T00:00:00Z add bar 1.0.0 >out 2>err || status=$?
	[ "$status" = "${3:-2}" ] || fail "$1: status $status: $(cat err)"
	grep -qF -- "$2" err || fail "$1: $(cat err)"
	grep -q '^hint: ' err || fail "$1: no hint"
	same "$1: unchanged" "$before" "$(git -C "$tree" rev-parse HEAD)"
	[ ! -s out ] || fail "$1: stored: $(cat out)"
}
git -C "$tree" checkout -q --detach
refuse detached 'its HEAD is detached'
git -C "$tree" checkout -q main
touch "$tree/.git/MERGE_HEAD"
refuse merging 'in the middle of a merge or rebase'
rm "$tree/.git/MERGE_HEAD"
may=$(printf '%s' "$out" | cut -f2 | sed s/2026-03/2026-05/)
printf -- '----- BEGIN CREV PROOF -----\nkind: x\n' >"$tree/$may"
refuse 'an unfinished proof' 'what is there already is broken' 2
printf '<<<<<<< HEAD\n' >"$tree/$may"
refuse 'a conflict' 'what is there already is broken' 2
rm "$tree/$may"
mv "$tree/$alice/reviews" "$T/elsewhere"
ln -s "$T/elsewhere" "$tree/$alice/reviews"
status=0
own --now 2026-05-01T00:00:00Z add bar 1.0.0 >out 2>err || status=$?
same 'a link is not followed' 3 "$status"
[ ! -e "$T/elsewhere/${may##*/}" ] || fail "followed a link"
rm "$tree/$alice/reviews"
mv "$T/elsewhere" "$tree/$alice/reviews"
touch "$tree/.git/index.lock"
out=$(own --now 2026-05-01T00:00:00Z add bar 1.0.0)
case $out in *committed*'warning: committed, but git'*) ;; *) fail "index.lock: $out" ;; esac
rm "$tree/.git/index.lock"
git -C "$tree" reset -q
same 'whole after all' '' "$(git -C "$tree" status --porcelain)"

# two at once, many times: nothing is lost
for i in 1 2 3 4 5 6 7 8; do
	own --now 2026-06-01T00:00:00Z add "p$i" 1.0.0 >/dev/null &
done
wait
same 'all eight' 8 "$(own list | grep -c '^p[1-8] ')"
same 'committed' '' "$(git -C "$tree" status --porcelain)"

# an id without a URL, and the URL that it gets later
one="$OWNER $T/h"
$one '' --now 2026-01-01T00:00:00Z add foo 2.0.0 >/dev/null
[ -d "h/proofs/local_only_$alice" ] || fail 'local only'
same 'no origin' '' "$(git -C "h/proofs/local_only_$alice" remote)"
status=0
$one '' move "$url" 2>err || status=$?
same 'moved over another' 3 "$status"
grep -q 'is there already' err || fail "moved over another: $(cat err)"
$one '' move https://example.org/alice/new
new=$($one https://example.org/alice/new list | head -1)
same 'moved' https://example.org/alice/new "$(git -C "$new" remote get-url origin)"
[ ! -e "h/proofs/local_only_$alice" ] || fail 'the old place is still there'

# cloned from a repository of this disk
git init -q --bare remote.git
git -C "$new" push -q "$T/remote.git" HEAD:refs/heads/trunk
git -C remote.git symbolic-ref HEAD refs/heads/trunk
same 'clone' cloned "$("$OWNER" "$T/h2" "$T/remote.git" clone)"
two=$("$OWNER" "$T/h2" "$T/remote.git" list | head -1)
same 'its branch' trunk "$(git -C "$two" symbolic-ref --short HEAD)"
same 'its files' '' "$(git -C "$two" status --porcelain)"
same 'its upstream' origin/trunk "$(git -C "$two" rev-parse --abbrev-ref '@{u}')"
git init -q --bare empty.git
same 'empty' empty "$("$OWNER" "$T/h3" "$T/empty.git" clone)"
status=0
"$OWNER" "$T/h4" "$T/nothing.git" clone 2>err || status=$?
if [ "$status" = 0 ] || [ ! -s err ] || [ -n "$(ls h4/proofs)" ]; then fail "nothing to clone: $status $(cat err)"; fi
