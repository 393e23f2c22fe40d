#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# A change under review is hostile: what decides is taken from the trusted revision, and what the
# change does to it is found.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
g() { git -C "$project" "$@"; }
commit() {
	g add -Af
	g commit -qm "$1"
}
reset() {
	g checkout -qf main
	g clean -qfdx
	g checkout -qB change
}
sum() { sha256sum "$cache/$1.crate" | cut -d' ' -f1; }
# finding RULE SEVERITY TEXT: there is one
finding() {
	checks=$((checks + 1))
	python3 - "$work/out" "$1" "$2" "$3" <<'END' || fail "no finding $1 ($2): $3"
import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(not any(f["rule"] == "kith/" + sys.argv[2] and f["severity"] == sys.argv[3] and sys.argv[4] in f["message"] for f in d["findings"]))
END
}
no_error() {
	checks=$((checks + 1))
	python3 -c 'import json, sys; sys.exit(any(f["severity"] == "error" for f in json.load(open(sys.argv[1]))["findings"]))' "$work/out" || fail 'an error was found'
}
# status_of NAME STATUS
status_of() {
	checks=$((checks + 1))
	python3 -c '
import json, sys
p = [p for p in json.load(open(sys.argv[1]))["packages"] if p["name"] == sys.argv[2]]
sys.exit([x["status"] for x in p] != [sys.argv[3]])' "$work/out" "$1" "$2" || fail "$1 is not $2"
}
judge() { k -C "$project" verify --since main --json; }
example_evidence
for n in new evil; do
	mkdir -p "$work/src/$n-1.0.0/src"
	printf '[package]\nname = "%s"\nversion = "1.0.0"\n' $n >"$work/src/$n-1.0.0/Cargo.toml"
	printf 'pub fn n() {}\n' >"$work/src/$n-1.0.0/src/lib.rs"
	crate $n 1.0.0
done

lock bit 1.0.0
exempt() { # NAME VERSION REASON OWNER [UNTIL]
	printf '\n[[exempt]]\npackage = "%s"\nversion = "%s"\nchecksum = "%s"\n' "$1" "$2" "$(sum "$1-$2")"
	[ -z "$3" ] || printf 'reason = "%s"\n' "$3"
	[ -z "$4" ] || printf 'owner = "%s"\n' "$4"
	[ -z "${5-}" ] || printf 'until = %s\n' "$5"
}
policy() { # the base policy; $1 replaces or adds lines of [policy]
	printf '[roots]\nids = ["%s"]\nthreshold = 1\n\n[trust]\nbudget = 8\n\n[policy]\n' "$root"
	printf '%s\n' "${1:-level = \"medium\"
independent = 2
exempt-owners = [\"@alice\", \"bob@example.org\"]}"
	printf '\n[package."b*"]\nthoroughness = "medium"\n\n[[cap]]\nid = "%s"\nlevel = "low"\n' "$root"
	exempt bit 1.0.0 'read by hand' alice 2026-12-31
}
policy >"$project/kith.toml"
g init -q -b main
commit base
g checkout -qb change

# --- a package is exempted by the change that brings it
lock bit 1.0.0 new 1.0.0
exempt new 1.0.0 'so that it passes' '@alice' >>"$project/kith.toml"
judge
status_is 1
status_of new insufficient
finding policy-changed warning 'package "new"'
no_error
# … without a reason, by nobody, by somebody who makes himself an owner
exempt evil 1.0.0 '' alice >>"$project/kith.toml"
judge
status_is 1
finding policy-loosened error 'package "evil" version "1.0.0" owner "alice": added without a reason'
reset
exempt new 1.0.0 'I say so' mallory >>"$project/kith.toml"
judge
status_is 1
finding policy-loosened error 'added by nobody whom [policy] exempt-owners names'
reset
sed -i 's/exempt-owners = .*/exempt-owners = ["mallory"]/' "$project/kith.toml"
exempt new 1.0.0 'I say so' mallory >>"$project/kith.toml"
judge
status_is 1
finding policy-loosened error 'added by nobody whom'
finding policy-loosened error '[policy] exempt-owners: '
# … and prolonged
reset
sed -i 's/2026-12-31/2036-12-31/; s/owner = "alice"/owner = "mallory"/' "$project/kith.toml"
judge
status_is 1
finding policy-loosened error 'changed by nobody'
# with an owner it is a note, and the change by itself passes
reset
sed -i 's/2026-12-31/2036-12-31/' "$project/kith.toml"
exempt new 1.0.0 'to come' bob@example.org >>"$project/kith.toml"
judge
status_is 0
finding policy-changed warning 'package "new"'
commit 'exempt first'
g checkout -qB main
g checkout -qB change
lock bit 1.0.0 new 1.0.0
judge
status_is 0
status_of new exempt
g checkout -q main
g reset -q --hard "$(g rev-list --max-parents=0 HEAD)"
reset

# --- twelve ways to loosen kith.toml, each by itself
loosened() { # WORDS OF THE FINDING; kith.toml has been changed
	k -C "$project" verify --since main --json
	status_is 1
	finding policy-loosened error "$1"
	k -C "$project" verify --since main
	out_has 'error  kith.toml'
	reset
}
sed -i 's/level = "medium"/level = "low"/' "$project/kith.toml"
loosened '[policy] level: "medium" → "low"'
sed -i '/^independent/d' "$project/kith.toml"
loosened '[policy] independent: 2 → "1"'
sed -i 's/^level/llm = "count"\nlevel/' "$project/kith.toml"
loosened '[policy] llm: "supplement" → "count"'
sed -i 's/^level/objection-level = "high"\nlevel/' "$project/kith.toml"
loosened '[policy] objection-level: "low" → "high"'
sed -i 's/^level/yanked = "ignore"\nlevel/' "$project/kith.toml"
loosened '[policy] yanked: "note" → "ignore"'
sed -i 's/^level/cooldown = "1 days"\nlevel/' "$project/kith.toml"
loosened '[policy] cooldown: "7 days" → "1 days"'
sed -i 's/budget = 8/budget = 80/' "$project/kith.toml"
loosened '[trust] budget: 8 → 80'
sed -i "s/^ids = .*/ids = [\"$root\", \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"]/" "$project/kith.toml"
loosened '[roots] ids: '
printf '\n[[source]]\nkind = "vet"\nurl = "https://example.invalid/audits.toml"\nlevel = "high"\n' >>"$project/kith.toml"
loosened '[[source]] kind "vet" url "https://example.invalid/audits.toml": added'
printf '\n[[ignore]]\nby = "%s"\npackage = "*"\n' "$root" >>"$project/kith.toml"
loosened '[[ignore]] package "*"'
printf '\n[[accept]]\npackage = "bit"\nobjection = "RUSTSEC-2026-0001"\n' >>"$project/kith.toml"
loosened '[[accept]] package "bit" objection "RUSTSEC-2026-0001": added without a reason'
printf '\n[package."*"]\nreplace = true\nreason = "easier"\nindependent = 1\n' >>"$project/kith.toml"
loosened '[package.*] replace: nothing → true'
# and some more
sed -i '/^\[package/,/^thor/d' "$project/kith.toml"
loosened '[package.b*] thoroughness: "medium" → nothing'
sed -i '/^\[\[cap/,/^level = "low"/d' "$project/kith.toml"
loosened '[[cap]] id '
printf '\n[[actor]]\nname = "we"\nids = ["%s"]\n' "$root" >>"$project/kith.toml"
loosened '[[actor]] name "we": added'
rm "$project/kith.toml"
loosened '[policy] level: "medium" → "low"'
mkdir -p "$work/elsewhere"
policy >"$work/elsewhere/kith.toml"
ln -sf "$work/elsewhere/kith.toml" "$project/kith.toml"
loosened 'it is a link'
printf 'nonsense = \n' >"$project/kith.toml"
loosened 'cannot be compared: after: '
# tightening is told, and passes
policy 'level = "high"
independent = 3
signed = true
exempt-owners = ["@alice", "bob@example.org"]' >"$project/kith.toml"
judge
status_is 0
finding policy-changed warning '[policy] level: "medium" → "high"'
finding policy-changed warning '[policy] signed: "false" → true'
no_error
reset

# --- an evil checksum, with the source replaced in the tree so that its bytes agree
cp "$cache/bit-1.0.0.crate" "$work/good.crate"
cp -R "$work/src/bit-1.0.0" "$project/vendor-bit"
mkdir -p "$project/vendor" "$project/.cargo"
mv "$project/vendor-bit" "$project/vendor/bit"
printf 'evil\n' >>"$project/vendor/bit/src/lib.rs"
files=$(cd "$project/vendor/bit" && find . -type f | sed 's,^\./,,' | sort | while read -r f; do printf '"%s":"%s",' "$f" "$(sha256sum "$f" | cut -d' ' -f1)"; done)
evil=$(printf evil | sha256sum | cut -d' ' -f1)
printf '{"files":{%s},"package":"%s"}' "${files%,}" "$evil" >"$project/vendor/bit/.cargo-checksum.json"
printf '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n' >"$project/.cargo/config.toml"
sed -i "s/$(sum bit-1.0.0)/$evil/" "$project/Cargo.lock"
judge
status_is 4
status_of bit mismatch
finding policy-loosened error '[source.crates-io] replace-with: nothing → "v"'
# for a new package nothing is known before: nobody else states its checksum
reset
rm -rf "$index" "$cache/new-1.0.0.crate" "$HOME/.cache/kith" # nothing here knows it
rm "$HOME/.local/share/kith/packages.journal"
mkdir -p "$project/vendor" "$project/.cargo"
cp -R "$work/src/new-1.0.0" "$project/vendor/new"
printf '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n' >"$project/.cargo/config.toml"
printf '\n[[package]]\nname = "new"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "%s"\n' "$evil" >>"$project/Cargo.lock"
judge
status_is 1
status_of new insufficient
finding uncorroborated error 'new 1.0.0'
# … and this machine has not learned it: a later honest lock file is none that differs
checks=$((checks + 1))
! grep -q " new 1.0.0$" "$HOME/.local/share/kith/packages.journal" || fail 'the change was remembered'
crate new 1.0.0
crate bit 1.0.0
reset

# a replacement that is in force already, and the bytes behind it
lock bit 1.0.0
mkdir -p "$project/vendor" "$project/.cargo"
cp -R "$work/src/bit-1.0.0" "$project/vendor/bit"
list() {
	files=$(cd "$project/vendor/bit" && find . -type f ! -name .cargo-checksum.json | sed 's,^\./,,' | sort | while read -r f; do printf '"%s":"%s",' "$f" "$(sha256sum "$f" | cut -d' ' -f1)"; done)
	printf '{"files":{%s},"package":"%s"}' "${files%,}" "$(sum bit-1.0.0)" >"$project/vendor/bit/.cargo-checksum.json"
}
list
printf '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n' >"$project/.cargo/config.toml"
sed -i '/^\[\[exempt/,$d' "$project/kith.toml"
commit 'vendored'
g branch -q -M change vendored
g checkout -qb change
k -C "$project" verify --since vendored --json
status_is 0
printf '// evil\n' >>"$project/vendor/bit/src/lib.rs"
list
k -C "$project" verify --since vendored --json
status_is 1
status_of bit insufficient
checks=$((checks + 1))
grep -q '"kind": "content"' "$work/out" || fail 'the vendored copy is not told'
g checkout -qf main
g branch -qD vendored
reset

# --- a copy in the tree under a name that others publish
mkdir -p "$project/kith-example-json/src"
printf '[package]\nname = "kith-example-json"\nversion = "1.1.0"\n' >"$project/kith-example-json/Cargo.toml"
printf 'pub fn evil() {}\n' >"$project/kith-example-json/src/lib.rs"
printf '[workspace]\nmembers = ["kith-example-json"]\n' >>"$project/Cargo.toml"
sed -i 's/^bit = .*/&\nkith-example-json = { path = "kith-example-json" }/' "$project/Cargo.toml"
printf '\n[[package]]\nname = "kith-example-json"\nversion = "1.1.0"\n' >>"$project/Cargo.lock"
sed -i 's/^dependencies = .*/dependencies = ["bit", "kith-example-json"]/' "$project/Cargo.lock"
judge
status_is 1
status_of kith-example-json local
finding famous-name error 'kith-example-json 1.1.0'
# … not as a member: a copy, which nobody has reviewed
sed -i '/^\[workspace/,/^members/d' "$project/Cargo.toml"
judge
status_is 1
status_of kith-example-json insufficient
reset

# … a copy that was exempt as it was, with other bytes: also where it becomes a member
mkdir -p "$project/third/src"
printf '[package]\nname = "third"\nversion = "1.1.0"\n' >"$project/third/Cargo.toml"
printf 'pub fn ok() {}\n' >"$project/third/src/lib.rs"
printf 'third = { path = "third" }\n' >>"$project/Cargo.toml"
printf '\n[[package]]\nname = "third"\nversion = "1.1.0"\n' >>"$project/Cargo.lock"
sed -i 's/^dependencies = .*/dependencies = ["bit", "third"]/' "$project/Cargo.lock"
k -C "$project" exempt third --reason read --owner @alice --until 2027-01-01
status_is 0
commit 'a copy'
g branch -q -M change copy
g checkout -qb change
printf 'pub fn evil() {}\n' >>"$project/third/src/lib.rs"
k -C "$project" verify --since copy --json
status_is 1
status_of third insufficient
printf '[workspace]\nmembers = ["third"]\n' >>"$project/Cargo.toml"
for version in 1.1.0 1.1.1; do
	sed -i "s/1\.1\.0/$version/" "$project/third/Cargo.toml"
	sed -i "/name = \"third\"/{n;s/1\.1\.0/$version/}" "$project/Cargo.lock"
	k -C "$project" verify --since copy --json
	status_is 1
	finding policy-loosened error "third $version was exempt as a copy"
done
g checkout -qf main
g branch -qD copy
reset

# --- an audit slipped into a cargo-vet store
mkdir -p "$project/supply-chain"
printf '[cargo-vet]\nversion = "0.10"\n' >"$project/supply-chain/config.toml"
printf '[audits]\n' >"$project/supply-chain/audits.toml"
printf '' >"$project/supply-chain/imports.lock"
sed -i '/^independent/d; s/level = "medium"/level = "low"/' "$project/kith.toml"
commit 'a store'
g branch -q -M change store
g checkout -qb change
lock bit 1.0.0 new 1.0.0
printf '\n[[audits.new]]\nwho = "Mallory"\ncriteria = "safe-to-deploy"\nversion = "1.0.0"\n' >"$project/supply-chain/audits.toml"
k -C "$project" verify --since store --json
status_is 1
status_of new insufficient
finding policy-loosened error '[[audits.new]] version "1.0.0" criteria "safe-to-deploy": added'
k -C "$project" verify --json
status_of new verified
printf '\n[[exemptions.new]]\nversion = "1.0.0"\ncriteria = "safe-to-deploy"\n' >>"$project/supply-chain/config.toml"
printf '\n[[audits.bit]]\nwho = "Mallory"\nviolation = "*"\n' >"$project/supply-chain/audits.toml"
k -C "$project" verify --since store --json
status_is 1
status_of new insufficient
finding policy-loosened error '[[exemptions.new]] version "1.0.0"'
finding policy-changed warning '[[audits.bit]] violation "*"'
# … a store that the change points to
g checkout -q .
lock bit 1.0.0 new 1.0.0
mkdir "$project/mine"
cp "$project/supply-chain"/* "$project/mine"
printf '\n[package.metadata.vet]\nstore = { path = "mine" }\n' >>"$project/Cargo.toml"
k -C "$project" verify --since store --json
status_is 1
status_of new insufficient
finding policy-loosened error '[package.metadata.vet.store] path'
g checkout -qf main
g branch -qD store
reset

# --- a poisoned pair in kith.lock
sed -i '/^\[\[exempt/,$d' "$project/kith.toml"
k -C "$project" pin
status_is 0
commit 'pinned'
g branch -q -M change pinned
g checkout -qb change
k -C "$project" verify --since pinned --json
status_is 0
good=$(sed -n 's/.*name = "bit".* digest = "\([^"]*\)".*/\1/p' "$project/kith.lock")
checks=$((checks + 1))
[ ${#good} = 43 ] || fail "no digest in kith.lock: $(cat "$project/kith.lock")"
sed -i "s/$good/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/" "$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
finding policy-loosened error 'bit 1.0.0: what is pinned of it has changed'
# the trusted pair is what counts
k -C "$project" verify --since pinned --locked --json
status_is 1
finding policy-loosened error 'what is pinned of it has changed'
# a new pair: as the bytes say, otherwise, or of bytes that are not here
g checkout -q .
lock bit 1.0.0 new 1.0.0
k -C "$project" pin
k -C "$project" verify --since pinned --json
no_error
new=$(sed -n 's/.*name = "new".* digest = "\([^"]*\)".*/\1/p' "$project/kith.lock")
sed -i "s/$new/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/" "$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
finding policy-loosened error 'new 1.0.0: pinned with a digest that the bytes with this checksum do not have'
mv "$cache/new-1.0.0.crate" "$work/new.crate"
k -C "$project" verify --since pinned --json
finding policy-loosened error 'new 1.0.0: pinned with a digest that cannot be checked here'
mv "$work/new.crate" "$cache/new-1.0.0.crate"
# … or with the true digest, and not what the registry says of it
g checkout -q .
lock bit 1.0.0 new 1.0.0
sed -i 's/"yanked":false/"yanked":true/' "$index/3/n/new"
k -C "$project" pin
k -C "$project" verify --since pinned --json
no_error
sed -i '/"new"/s/, yanked = true//' "$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
finding policy-loosened error 'new 1.0.0: pinned with facts that the registry does not state'
sed -i 's/"yanked":true/"yanked":false/' "$index/3/n/new"
# a source that would no longer be pinned, one at an older state, nonsense
g checkout -q .
sed -i '0,/kind = "crev"/{/kind = "crev"/d}' "$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
finding policy-loosened error 'no longer pinned: what it objects to would be gone'
# … that would never be too old
g checkout -q .
sed -i '0,/as-of = [0-9]*/s//as-of = 9999/' "$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
finding policy-loosened error 'pinned as of a day to come'
# what counts on although it is gone: another place, or gone so long that it counts no more
g checkout -q .
place=$(sed -n '/kind = "crev"/{s/, commit = .*//p;q}' "$project/kith.lock")
printf '\nwithdrawn = [\n%s, seen = 2026-01-01T00:00:00Z, gone = 2026-05-01T00:00:00Z, text = "x"},\n]\n' "$place" >>"$project/kith.lock"
sed -i '0,/kind = "crev"/{/kind = "crev"/s/},$/, carried = true},/}' "$project/kith.lock"
commit 'withdrawn'
g branch -q -f pinned
k -C "$project" verify --since pinned --json
no_error
sed -i 's/gone = 2026-05-01/gone = 2020-05-01/' "$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
finding policy-loosened error 'withdrawn objections: no longer pinned as they were'
# … evidence that was carried as if it had been fetched, and a newer date to hide it
g checkout -q .
sed -i '/carried = true/{s/, carried = true//;s/as-of = 2026-/as-of = 2027-/}' "$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
finding policy-loosened error 'what its place proves has changed'
# … back to a state from before the one that is pinned, with a date that says nothing of it
g checkout -q .
cp -R "$KITH_SOURCE/proofs/ben" "$work/moving"
k -C "$project" fetch "$work/moving"
find "$work/moving" -name '*.crev' | head -n 1 | while read -r f; do printf '\n' >>"$f"; done
now=2026-06-02T12:00:00Z
k -C "$project" fetch "$work/moving"
heads=$(sed -n 's/^head [0-9]* [0-9-]* [^ ]* \([0-9a-f]*\) .*/\1/p' "$HOME"/.local/share/kith/mirrors/moving*.journal)
old=$(echo "$heads" | head -n 1) new=$(echo "$heads" | tail -n 1)
checks=$((checks + 1))
[ "$old" != "$new" ] || fail 'the source has not moved'
line() { printf '  {kind = "crev", at = "../moving", commit = "%s", as-of = 2026-06-0%sT12:00:00Z},' "$1" "$2"; }
sed -i "0,/kind = \"crev\"/s#^  {kind = \"crev\"#$(line "$new" 1)\n&#" "$project/kith.lock"
commit 'a source more'
g branch -qf moved
sed -i "s#^  {.*moving.*#$(line "$old" 2)#" "$project/kith.lock"
k -C "$project" verify --since moved --json
status_is 1
finding policy-loosened error 'pinned at a state that was fetched before the one it replaces'
g branch -qD moved
printf 'nonsense' >"$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
finding policy-loosened error 'cannot be compared'
rm "$project/kith.lock"
k -C "$project" verify --since pinned --json
status_is 1
g checkout -qf main
g branch -qD pinned
reset

# --- links: the lock file, the folder of the project, a submodule
mv "$project/Cargo.lock" "$project/real.lock"
ln -s real.lock "$project/Cargo.lock"
judge
status_is 1
finding lock-link error 'symbolic link'
commit 'a link'
g branch -q -M change linked
g checkout -qb change
k -C "$project" verify --since linked
status_is 2
err_has 'a symbolic link'
g checkout -qf main
g branch -qD linked
reset
mkdir "$project/app" "$project/own"
cp "$project/Cargo.toml" "$project/Cargo.lock" "$project/app"
cp "$project/kith.toml" "$project/app"
commit app
g branch -q -M change app
g checkout -qb change
rm -r "$project/app"
cp "$project/Cargo.toml" "$project/Cargo.lock" "$project/own"
printf '[policy]\nlevel = "none"\n' >"$project/own/kith.toml"
ln -s own "$project/app"
k -C "$project" verify app --since app
status_is 2
err_has 'app is a symbolic link in a repository'
k -C "$project" verify app/Cargo.lock --since app
status_is 2
# a submodule's branches are its author's
g checkout -qf main
g branch -qD app
reset
git init -q -b main "$work/sub"
cp "$project/Cargo.toml" "$project/Cargo.lock" "$work/sub"
printf '[policy]\nlevel = "low"\n' >"$work/sub/kith.toml"
git -C "$work/sub" add -A
git -C "$work/sub" commit -qm x
git -C "$project" -c protocol.file.allow=always submodule --quiet add "$work/sub" sub
k -C "$project/sub" verify --since main
status_is 2
err_has 'is a submodule of'
g commit -qm sub
rm "$project/sub/.git"
mv "$project/.git/modules/sub" "$project/sub/.git" # as older versions of git made them
git -C "$project/sub" config --unset core.worktree
k -C "$project/sub" verify --since main
status_is 2
err_has 'is a submodule of'
reset

rm -rf "$project/sub"
# --- with --all: a lock file taken away from a project that stays, so that anything is built
mkdir "$project/tool"
printf '[package]\nname = "tool"\nversion = "0.1.0"\n[workspace]\n' >"$project/tool/Cargo.toml"
printf 'version = 4\n\n[[package]]\nname = "tool"\nversion = "0.1.0"\n' >"$project/tool/Cargo.lock"
commit tool
g branch -q -M change tool
g checkout -qb change
k -C "$project" verify --all --since tool
status_is 0
out_has '2 lock files: 2 pass'
mv "$project/tool/Cargo.lock" "$project/tool/Cargo.lock.old"
k -C "$project" verify --all --since tool
status_is 1
out_has '! error  tool/Cargo.lock: '
# … it joins the workspace, or goes altogether
sed -i '/^\[workspace\]/d' "$project/tool/Cargo.toml"
printf '[workspace]\nmembers = ["tool"]\n' >>"$project/Cargo.toml"
k -C "$project" verify --all --since tool
out_lacks 'tool/Cargo.lock'
g checkout -q Cargo.toml
rm -r "$project/tool"
k -C "$project" verify --all --since tool
out_lacks 'tool/Cargo.lock'
g checkout -qf main
g branch -qD tool
reset

# --- a bundle is a file that decides, too
k -C "$project" pin --bundle evidence.bundle
status_is 0
commit bundle
g branch -q -M change bundled
g checkout -qb change
k -C "$project" verify --bundle "$project/evidence.bundle" --since bundled --json
no_error
sed -i 's/budget = 8/budget = 9/' "$project/kith.toml"
k -C "$project" pin --bundle evidence.bundle
status_is 0
g checkout -q kith.toml
k -C "$project" verify --bundle "$project/evidence.bundle" --since bundled --json
status_is 1
finding policy-loosened error 'replaced: its bytes are others'
rm "$project/evidence.bundle"
k -C "$project" verify --bundle "$project/evidence.bundle" --since bundled --json
status_is 1
finding policy-loosened error 'taken out'
g checkout -qf main
g branch -qD bundled
reset

# --- hostile objects: a repository is not believed either
printf 'gitdir: /nonexistent\n' >"$work/dotgit"
mkdir "$work/broken"
cp "$project/Cargo.toml" "$project/Cargo.lock" "$work/broken"
cp "$work/dotgit" "$work/broken/.git"
k -C "$work/broken" verify --since main
status_is 2
err_has 'names no repository'
printf '%10000s' x >"$work/broken/.git"
k -C "$work/broken" verify --since main
status_is 3
rm -rf "$work/broken/.git"
git init -q -b main "$work/broken"
printf 'ref: refs/heads/../../../../etc/passwd\n' >"$work/broken/.git/HEAD"
k -C "$work/broken" verify --since main
checks=$((checks + 1))
[ "$status" = 2 ] || [ "$status" = 3 ] || fail 'a broken HEAD'
tree=$(printf '100644 blob %s\t../kith.toml\n' "$(printf x | g hash-object -w --stdin)" | g mktree --missing 2>/dev/null) || tree=
checks=$((checks + 1))
[ -z "$tree" ] || g cat-file -t "$tree" >/dev/null
finish
