#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sources of every kind: named, fetched into mirrors of their own, kept apart from proofs, read in all
# versions that were in force.
. "$KITH_SOURCE/tests/cli/lib.sh"
export KITH_HOME="$work/kith"
fetcher() { run "$KITH_BUILD/tests/kith_fetcher" "$@"; }
commit() { git -C "$1" add . && git -C "$1" commit -qm "$2"; }
at() { now=$1; }

# a repository that holds a set, proofs and what looks like a set
repo=$work/repo
mkdir -p "$repo/supply-chain" "$repo/tests/supply-chain"
git init -q "$repo"
printf '[audits]\n' >"$repo/supply-chain/audits.toml"
printf '\n' >"$repo/supply-chain/imports.lock"
printf '[audits]\n# other\n' >"$repo/tests/supply-chain/audits.toml"
cp "$(find "$KITH_SOURCE/proofs/ada" -name '*.crev' | head -1)" "$repo/"
commit "$repo" one
# a database in a folder, a set in a file, advisories in a bundle
mkdir -p "$work/osv/deep"
echo '{"id":"X-1"}' >"$work/osv/one.json"
echo '{"id":"X-2"}' >"$work/osv/deep/two.json"
echo 'no record' >"$work/osv/README.md"
ln -s one.json "$work/osv/link.json"
printf '[audits]\n' >"$work/debian.toml"
mkdir -p "$work/db/crates/a"
git init -q "$work/db"
echo x >"$work/db/crates/a/RUSTSEC-2020-0001.md"
commit "$work/db" one
git -C "$work/db" bundle create -q "$work/db.bundle" HEAD

at 2026-06-01T12:00:00Z
k source add vet "$repo" --name theirs --level medium
status_is 0
k source add vet "$work/debian.toml"
status_is 0
k source add --kind osv "$work/osv"
status_is 0
k source add rustsec "$work/db.bundle"
status_is 0
k source add "$repo"
status_is 0
k source add vet "$repo"
status_is 2
err_line "kith: source: $repo: your configuration names it already"
k source add osv vet # not a second kind: a file of that name
status_is 1
k source add vet "$repo" "$work/debian.toml"
status_is 2
err_line "kith: source: $repo: several places of one source are URLs"
k source add osv https://example.org/a https://example.org/b
status_is 2
err_line "kith: source: only an audit set may have several files"
k source add vet "$work/debian.toml" --path x.toml
status_is 2
err_line 'kith: source: a path inside goes with one URL of a repository'
k source add crev https://example.org/a --path x
status_is 2
err_line 'kith: source: a proof repository is read as a whole: no path in it'
k source add vet https://example.org/a --path ../x
status_is 2
k source add vet
status_is 2
err_has 'of that kind, but which source is not said'
k source add vet https://example.org/a --kind osv
status_is 2

k fetch --json
status_is 0
err_has "$work/osv: link.json: not read: a symbolic link"
python3 - "$work/out" <<'END' || fail 'fetch --json'
import json, sys
rows = json.load(open(sys.argv[1]))["sources"]
kinds = sorted((r["kind"], r["outcome"]) for r in rows)
assert kinds == [("crev", "new"), ("osv", "new"), ("rustsec", "new"), ("vet", "new"), ("vet", "new")], kinds
END
checks=$((checks + 1))
k source list --json
status_is 0
python3 - "$work/out" "$repo" <<'END' || fail 'source list'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert sorted(r["kind"] for r in rows if r["source"] == sys.argv[2]) == ["crev", "vet"], rows
assert all(r["state"] == "ok" and r["class"] == "user" for r in rows), rows
assert len(rows) == 5, rows
END
checks=$((checks + 1))

# only the source of proofs is in the index
k query sources --json
status_is 0
python3 - "$work/out" "$repo" <<'END' || fail 'query sources'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert [r["source"] for r in rows] == [sys.argv[2]] and rows[0]["valid"] > 0, rows
END
checks=$((checks + 1))

# what readers of sets get: these files and no others
fetcher kind vet now "$KITH_HOME"
status_is 0
out_line "  supply-chain/audits.toml	9"
out_line "  supply-chain/imports.lock	1"
out_line "  debian.toml	9"
out_lacks tests/
out_lacks .crev
checks=$((checks + 1))
[ "$(wc -l <"$work/out")" = 6 ] || fail 'something else was read'
state=$(tail -1 "$work/out")
fetcher kind osv now "$KITH_HOME"
out_line "  one.json	13"
out_line "  deep/two.json	13"
out_lacks README
fetcher kind rustsec now "$KITH_HOME"
out_line "  crates/a/RUSTSEC-2020-0001.md	2"
fetcher kind crev now "$KITH_HOME"
out_has '.crev	'

# nothing new: the state stays, whenever it was fetched
at 2026-06-02T12:00:00Z
k fetch theirs
status_is 0
out_has unchanged
fetcher kind vet now "$KITH_HOME"
checks=$((checks + 1))
[ "$(tail -1 "$work/out")" = "$state" ] || fail 'the state changed'

# versions: the baseline, one that was in force for a day, and the one that is
printf '[audits]\n#2\n' >"$repo/supply-chain/audits.toml"
commit "$repo" two
at 2026-06-03T12:00:00Z
k fetch theirs
out_has updated
printf '[audits]\n#three\n' >"$repo/supply-chain/audits.toml"
git -C "$repo" add . && git -C "$repo" commit -q --amend -m three
at 2026-06-04T12:00:00Z
k fetch theirs
out_has rewritten
err_has 'its history was rewritten'
fetcher kind vet now "$KITH_HOME"
out_line "  supply-chain/audits.toml	16"
out_lacks "audits.toml	12"
checks=$((checks + 1))
[ "$(tail -1 "$work/out")" != "$state" ] || fail 'the state did not change'
fetcher kind vet 1780488000 "$KITH_HOME" # 2026-06-03T12:00:00Z
grep -A1 "^$repo" "$work/out" >"$work/versions"
cp "$work/versions" "$work/out"
out_has '	1780315200	1780488000	baseline'
out_has '	1780488000	1780574400'
out_line "  supply-chain/audits.toml	12"
out_has '	1780574400	0'
fetcher kind vet 1780574400 "$KITH_HOME"
out_lacks '	1780315200	1780488000	baseline'
out_line "  supply-chain/audits.toml	12"

k source show vet "$repo"
status_is 0
out_has rewritten
k source show "$repo"
status_is 2
err_line 'hint: name its kind, or one URL: kith source list'
k source show theirs
status_is 0

# several URLs are one table; a path in a repository is written down
k source add vet https://example.org/a https://example.org/b --name two
status_is 0
k source add vet https://example.org/c --path sets/audits.toml
status_is 0
cp "$KITH_HOME/config.toml" "$work/out"
out_line 'urls = ["https://example.org/a", "https://example.org/b"]'
out_line 'path = "sets/audits.toml"'
k source remove https://example.org/b
status_is 2
k source remove two
status_is 0
k source remove https://example.org/c
status_is 0

# removed: not fetched, and the other kind of the same place stays
k source remove "$repo"
status_is 2
err_line "kith: source: $repo: named as vet and as crev"
err_line "hint: say which: kith source remove KIND $repo"
k source remove vet "$repo"
status_is 0
k fetch --json
status_is 0
python3 - "$work/out" "$repo" <<'END' || fail 'fetch after remove'
import json, sys
rows = json.load(open(sys.argv[1]))["sources"]
assert [r["kind"] for r in rows if r["source"] == sys.argv[2]] == ["crev"], rows
END
checks=$((checks + 1))

# a kind that this version does not know is a damaged note, and nothing else is
sed 's/^evidence osv/evidence later/' "$KITH_HOME"/mirrors/osv-*.source >"$work/later"
cp "$work/later" "$(echo "$KITH_HOME"/mirrors/osv-*.source)"
fetcher kind osv now "$KITH_HOME"
status_is 0
out_lacks one.json
fetcher kind vet now "$KITH_HOME"
out_line "  debian.toml	9"
finish
