#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# kith verify --since: only what a change brings, compared with where it and the trusted branch parted.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
g() { git -C "$project" "$@"; }
commit() {
	g add -A
	g commit -qm "$1"
}
example_evidence
mkdir -p "$work/src/new-1.0.0/src"
printf '[package]\nname = "new"\nversion = "1.0.0"\n' >"$work/src/new-1.0.0/Cargo.toml"
printf 'pub fn n() {}\n' >"$work/src/new-1.0.0/src/lib.rs"
crate new 1.0.0

# main: two packages, of which odd is exempt; then main goes on without the change
lock bit 1.0.0 odd 0.1.0
sum() { sha256sum "$cache/$1.crate" | cut -d' ' -f1; }
cat >"$project/kith.toml" <<END
[roots]
ids = ["$root"]

[[exempt]]
package = "odd"
version = "0.1.0"
checksum = "$(sum odd-0.1.0)"
reason = "used in a test only"
owner = "alice"
END
g init -q -b main
commit first
first=$(g rev-parse HEAD)
g checkout -qb change
lock bit 1.1.0 new 1.0.0
commit 'the change'
g checkout -q main
lock bit 1.0.0
commit 'main goes on'
tip=$(g rev-parse HEAD)
g checkout -q change

k -C "$project" verify --since main
status_is 1
out_line "2 packages: 0 verified, 0 exempt, 2 insufficient, 0 negative, 0 mismatch, 0 local        FAIL"
out_has "  insufficient  bit 1.0.0 → 1.1.0"
out_has "  insufficient  new 1.0.0"
out_line "  removed       odd 0.1.0"
out_line "since main ($(echo "$tip" | cut -c1-12), parted at $(echo "$first" | cut -c1-12)): 1 added, 1 removed, 1 upgraded; 0 as before; policy of $(echo "$tip" | cut -c1-12)"
out_line "to review, the smallest step of each:"
out_has "kith open new@1.0.0  1 line"
clean_output
# the same bytes again, from a folder below, by the lock file's path, and by every name of the commit
cp "$work/out" "$work/once"
for rev in main refs/heads/main "$tip" "$(echo "$tip" | cut -c1-10)"; do
	k -C "$project" verify --since "$rev"
	status_is 1
	sed 's/since [^ ]* (/since main (/' "$work/out" >"$work/again"
	checks=$((checks + 1))
	cmp -s "$work/once" "$work/again" || fail "--since $rev says something else"
done
mkdir -p "$project/src/deep"
k -C "$project/src/deep" verify --since main
status_is 1
out_line "  removed       odd 0.1.0"
run env -C "$work" "$kith" --now "$now" verify project/Cargo.lock --since main
status_is 1
out_line "  removed       odd 0.1.0"

# JSON
k -C "$project" verify --since main --json
status_is 1
python3 - "$work/out" "$tip" "$first" <<'END' || fail 'JSON'
import json, sys
d = json.load(open(sys.argv[1]))
s = d["since"]
assert s["commit"] == sys.argv[2] and s["base"] == sys.argv[3] and s["policy_commit"] == sys.argv[2], s
assert (s["added"], s["upgraded"], s["downgraded"], s["source"], s["checksum"], s["content"]) == (1, 1, 0, 0, 0, 0), s
assert [(r["name"], r["version"]) for r in s["removed"]] == [("odd", "0.1.0")], s
assert {p["name"]: p["change"]["kind"] for p in d["packages"]} == {"bit": "upgraded", "new": "added"}, d
assert d["packages"][0]["change"]["version"] == "1.0.0"
assert {x["name"] for x in s["to_review"]} == {"bit", "new"}, s
assert all(x["command"].startswith("kith ") for x in s["to_review"])
assert d["findings"] == [] or all(f["severity"] == "warning" for f in d["findings"]), d["findings"]
END

# a comment: found again by its first line, the same twice
k -C "$project" verify --since main --format markdown
status_is 1
checks=$((checks + 1))
[ "$(head -n 1 "$work/out")" = '<!-- kith verify since Cargo.lock -->' ] || fail "marker"
out_has "1.0.0 → 1.1.0"
out_has "Removed: odd 0.1.0."
cp "$work/out" "$work/comment"
k -C "$project" verify --since main --format markdown
out_is "$work/comment"
# other formats have the new packages only
for format in sarif junit github jsonl html; do
	k -C "$project" verify --since main --format "$format"
	status_is 1
	out_has new
	out_lacks 'odd 0.1.0:'
done

# nothing new: passes, whatever the rest is like
g checkout -q main
k -C "$project" verify --since HEAD
status_is 0
out_line "0 packages: 0 verified, 0 exempt, 0 insufficient, 0 negative, 0 mismatch, 0 local        PASS"
out_has "no package is new; 1 as before (1 of them does not pass either)"
k -C "$project" verify
status_is 1

# downgraded, added beside, twice the same name
g checkout -q change
lock bit 1.0.0 bit 1.1.0 new 1.0.0
k -C "$project" verify --since main
out_has "1.1.0"
out_has "2 added, 1 removed; 1 as before"
g checkout -q .
k -C "$project" verify --since change --root "$root"
status_is 0
lock bit 1.0.0 new 1.0.0
k -C "$project" verify --since change
status_is 1
out_has "bit 1.1.0 → 1.0.0"
out_has "1 downgraded"
g checkout -q .
sed -i 's,registry+https://github.com/rust-lang/crates.io-index,git+https://example.org/bit?rev=1#0123456789012345678901234567890123456789,' "$project/Cargo.lock"
sed -i '/^checksum/d' "$project/Cargo.lock"
k -C "$project" verify --since change
status_is 1
out_has "2 from another source"
g checkout -q .

# a lock file instead of a revision: no git needed, the work tree's policy holds
lock bit 1.0.0 odd 0.1.0
cp "$project/Cargo.lock" "$work/old.lock"
g checkout -q .
k -C "$project" verify --since "$work/old.lock"
status_is 1
out_has "since $work/old.lock: 1 added, 1 removed, 1 upgraded; 0 as before"
out_lacks "policy of"
cp -R "$project" "$work/plain"
rm -rf "$work/plain/.git"
k -C "$work/plain" verify --since ../old.lock
status_is 1
out_has "1 added, 1 removed, 1 upgraded"
k -C "$project" verify --since "$work/old.lock" --policy-from main
status_is 1
out_has "policy of $(echo "$tip" | cut -c1-12)"
k -C "$project" verify --since ./none.lock
status_is 2
err_has "no such lock file"
# a file that a change adds is never taken for the branch that is meant
cp "$work/old.lock" "$project/nobranch"
k -C "$project" verify --since nobranch
status_is 3
err_has "nobranch: no such revision here"
rm "$project/nobranch"
cp "$project/Cargo.lock" "$project/main"
k -C "$project" verify --since main
status_is 1
out_has "parted at"
rm "$project/main"

# only what decides is taken from a revision: everything is judged
k -C "$project" verify --policy-from main
status_is 1
out_has "2 insufficient"
out_line "policy of $(echo "$tip" | cut -c1-12)"

# words that are no revision
for bad in --upload-pack=x -x 'main:kith.toml' ':/first' 'main..change' '@{-1}' '/x y' 'ma in' 'a?b' '' "$(printf 'a\nb')"; do
	k -C "$project" verify "--policy-from=$bad"
	status_is 2
	err_has "is no revision"
done
k -C "$project" verify --since none
status_is 3
err_has "none: no such revision here"
err_has "git fetch --tags origin"
k -C "$project" verify --since main --semantics vet
status_is 2
k -C "$work/plain" verify --since main
status_is 2
err_has "lies in no git repository"
# a tag and a branch of one name
g tag change main
k -C "$project" verify --since change
status_is 2
err_has "several commits"
k -C "$project" verify --since refs/heads/change
status_is 0
g tag -d change >/dev/null

# nothing of the repository's or the user's configuration counts, and nothing is run
cp "$project/.git/config" "$work/config"
printf '[core]\n\tfsmonitor = touch %s/ran\n\thooksPath = %s\n[include]\n\tpath = /nonexistent\n' "$work" "$work" >>"$project/.git/config"
export GIT_DIR=/nonexistent GIT_WORK_TREE=/nonexistent GIT_OBJECT_DIRECTORY=/nonexistent
k -C "$project" verify --since main
status_is 1
unset GIT_DIR GIT_WORK_TREE GIT_OBJECT_DIRECTORY
checks=$((checks + 1))
[ ! -e "$work/ran" ] || fail 'something was run'
cp "$work/config" "$project/.git/config"

# a linked work tree, a project below the top, borrowed objects
g worktree add -q --detach "$work/linked" change
k -C "$work/linked" verify --since main
status_is 1
out_has "1 added, 1 removed, 1 upgraded"
git clone -q --shared "$project" "$work/shared"
git -C "$work/shared" checkout -q change
k -C "$work/shared" verify --since origin/main
status_is 1
out_has "1 added, 1 removed, 1 upgraded"
mkdir "$work/mono"
git -C "$work/mono" init -q -b main
mkdir "$work/mono/app"
lock bit 1.0.0
cp -R "$project/Cargo.toml" "$project/Cargo.lock" "$project/src" "$work/mono/app"
printf '[roots]\nids = ["%s"]\n[policy]\nindependent = 2\n' "$root" >"$work/mono/kith.toml"
git -C "$work/mono" add -A
git -C "$work/mono" commit -qm x
lock bit 1.0.0 new 1.0.0
cp "$project/Cargo.toml" "$project/Cargo.lock" "$work/mono/app"
printf '[roots]\nids = ["%s"]\n' "$root" >"$work/mono/app/kith.toml"
k -C "$work/mono/app" verify --since main --json
status_is 1
python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert [p["name"] for p in d["packages"]] == ["new"], d["packages"]
assert d["packages"][0]["requirement"]["independent"] == 2
assert any(f["rule"] == "kith/policy-loosened" and "another kith.toml" in f["message"] for f in d["findings"]), d["findings"]
' "$work/out" || fail 'the nearest kith.toml of the change decided'
g checkout -q .

# a shallow clone lacks the branch, then the place where they parted: the command that is named helps
git clone -q --depth 1 --branch change "file://$project" "$work/shallow"
k -C "$work/shallow" verify --since origin/main
status_is 3
out_empty
err_has "--since: origin/main: no such revision here"
err_has "hint: git fetch --unshallow --tags origin '+refs/heads/*:refs/remotes/origin/*'"
git -C "$work/shallow" fetch -q --depth 1 origin '+refs/heads/*:refs/remotes/origin/*'
k -C "$work/shallow" verify --since origin/main
status_is 3
err_has "no common ancestor of it and HEAD is here"
command=$(sed -n 's/.*hint: //p' "$work/err")
(cd "$work/shallow" && eval "$command -q")
k -C "$work/shallow" verify --since origin/main
status_is 1
out_has "1 added, 1 removed, 1 upgraded"

# histories that have nothing in common
git -C "$work/mono" fetch -q "$project" main:other
k -C "$work/mono/app" verify --since other
status_is 3
err_has "no common ancestor"

# a lock file that was not there before: everything is new
g rm -q --cached Cargo.lock
g commit -qm 'no lock'
lock bit 1.1.0 new 1.0.0
k -C "$project" verify --since HEAD
status_is 1
out_has "2 added; 0 as before"
finish
