#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith fetch: folders, repositories and bundles; failures cost themselves only.
. "$KITH_SOURCE/tests/cli/lib.sh"

# nothing known, nothing named
k fetch
status_is 2
out_empty
err_has "no source is known here"
err_has "hint: kith fetch"

# a folder, then nothing new
k fetch "$KITH_SOURCE/proofs/ada"
status_is 0
out_has "new  "
out_has "1 source: 1 fetched, 0 unchanged, 0 failed;"
k fetch
status_is 0
out_has "1 source: 0 fetched, 1 unchanged, 0 failed; 0 new proofs, 0 refused"

# a repository, and its bundle
git init -q "$work/repo"
cp -R "$KITH_SOURCE"/proofs/ben/* "$work/repo/"
git -C "$work/repo" add -A
git -C "$work/repo" commit -qm one
k fetch "$work/repo"
status_is 0
out_has "1 fetched"
git -C "$work/repo" bundle create -q "$work/ben.bundle" HEAD
k fetch "$work/ben.bundle"
status_is 0
out_has " 0 new proofs"

# one that is not there is refused before anything is fetched; a broken one costs itself only
k fetch "$work/nowhere"
status_is 1
err_has "nowhere"
head -c 300 "$work/ben.bundle" >"$work/broken.bundle"
k fetch "$work/broken.bundle" "$KITH_SOURCE/proofs/cora"
status_is 3
out_has "failed "
out_has "2 sources: 1 fetched, 0 unchanged, 1 failed;"
clean_output
k fetch "$work/broken.bundle" "$KITH_SOURCE/proofs/cora" --json
status_is 3
python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.fetch/1" and d["summary"]["failed"] == 1
assert {s["outcome"] for s in d["sources"]} == {"failed", "unchanged"}' "$work/out" || fail "fetch --json"

# schemes and hosts that are not accepted
for url in ftp://example.org/x HTTP://example.org/x file://host/etc file:///e%74c https://user:pw@example.org/x 'https://example.org/a b'; do
	k fetch "$url"
	status_is 2
	out_empty
done
k --offline fetch https://example.org/crev-proofs
status_is 2
err_has "needs the network, and --offline was given"

# a bad proof is one refusal; the rest of its file counts
mkdir "$work/bad"
cat "$KITH_SOURCE"/proofs/dov/*/*/*.crev >"$work/bad/x.crev"
printf -- '----- BEGIN CREV PROOF -----\nkind: trust\nversion: -1\n' >>"$work/bad/x.crev"
printf -- '-----BEGIN CREV -----\n' >"$work/bad/crash.crev"
k fetch "$work/bad"
status_is 0
k query proofs --refused
status_is 0
out_has "x.crev:"
out_has "crash.crev:1"
clean_output

# a rewritten history is said
git -C "$work/repo" commit -q --amend -m two --date=2020-01-01T00:00:00Z
k fetch "$work/repo"
status_is 0
out_has "rewritten"
err_has "its history was rewritten"

finish
