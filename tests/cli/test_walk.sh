#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# Who may make us fetch what: the user, a project, and the people whom trust leads to.
. "$KITH_SOURCE/tests/cli/lib.sh"

sign() { "$KITH_BUILD/tests/sign_proof" "$1"; }
id() { "$KITH_BUILD/tests/sign_proof" --id "$1"; }
mkdir "$work/root"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/root" "$work/port" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -f "$work/port" ] && break; sleep 0.3; done
U=http://127.0.0.1:$(cat "$work/port")/ok

# trust FROM URL LEVEL TO URL-OF-TO...: a trust proof on standard output
trust() {
	self=$1
	{
		printf 'kind: trust\nversion: -1\ndate: 2026-01-01T00:00:00+00:00\nfrom:\n  id-type: crev\n  id: @ID@\n  url: %s\nids:\n' "$2"
		level=$3
		shift 3
		while [ $# -gt 0 ]; do
			printf -- '- id-type: crev\n  id: "@ID:%s@"\n  url: %s\n' "$1" "$2"
			shift 2
		done
		printf 'trust: %s\n' "$level"
	} | sign "$self"
}
# publish NAME FILE: a commit in $work/root/NAME.git that has FILE as its only proofs
publish() {
	rm -rf "$work/tree"
	[ -d "$work/root/$1.git" ] || git init -q -b main --bare "$work/root/$1.git"
	mkdir "$work/tree"
	cp "$2" "$work/tree/p.crev"
	git --git-dir "$work/root/$1.git" --work-tree "$work/tree" add -A
	git --git-dir "$work/root/$1.git" --work-tree "$work/tree" commit -q -m x
}
fetched() {
	checks=$((checks + 1))
	[ "$(grep -oE '/ok/[a-z]+' "$work/root/access.log" | sort -u | tr '\n' ' ')" = "$1" ] ||
		fail "requests: $(sort -u "$work/root/access.log")"
}

# 1 trusts 2, 2 trusts 3, 3 distrusts 4 and trusts 5 at none
trust 1 "$U/one.git" high 2 "$U/two.git" >"$work/p1"
trust 2 "$U/two.git" high 3 "$U/three.git" >"$work/p2"
{ trust 3 "$U/three.git" distrust 4 "$U/four.git"; trust 3 "$U/three.git" none 5 "$U/five.git"; } >"$work/p3"
trust 4 "$U/four.git" high 1 "$U/one.git" >"$work/p4"
trust 5 "$U/five.git" high 1 "$U/one.git" >"$work/p5"
publish one "$work/p1"
publish two "$work/p2"
publish three "$work/p3"
publish four "$work/p4"
publish five "$work/p5"
mkdir -p "$HOME/.config/kith"
conf=$HOME/.config/kith/config.toml

# walking goes to public https only: nothing on this machine is asked for by somebody's word
cat >"$conf" <<END
[roots]
ids = ["$(id 1)"]
END
cp -R "$work/root/one.git" "$work/carried.git"
k source add "$U/one.git"
status_is 0
k fetch
status_is 0
out_has '1 source: 1 fetched'
fetched '/ok/one '
# … unless the user's configuration lets it
printf '[fetch]\nwalk-allow = ["127.0.0.*"]\n' >>"$conf"
k fetch
status_is 0
fetched '/ok/one /ok/three /ok/two '
out_has '3 sources: 2 fetched, 1 unchanged, 0 failed; 3 new proofs'
k source list --json
checks=$((checks + 1))
python3 - "$work/out" "$U" <<'END' || fail 'source list'
import json, sys
rows = {r["source"].rsplit("/", 1)[1]: r for r in json.load(open(sys.argv[1]))["rows"]}
assert {n: r["class"] for n, r in rows.items()} == {"one.git": "user", "two.git": "walked", "three.git": "walked"}, rows
END
# nothing new: nobody is asked twice
: >"$work/root/access.log"
k fetch
status_is 0
out_has '3 sources: 0 fetched, 3 unchanged'
checks=$((checks + 1))
[ "$(wc -l <"$work/root/access.log")" = 3 ] || fail "$(cat "$work/root/access.log")"

# a trusted person's repository that is gone: told once, then left alone; what was fetched stays
trust 2 "$U/two.git" high 6 "$U/six.git" >>"$work/p2"
publish two "$work/p2"
k fetch
status_is 0
out_has "failed     -            $U/six.git: there is no such repository (HTTP 404)"
out_has '1 of trusted people not reached'
k fetch
status_is 0
out_lacks 'six.git'
err_has '1 source failed a short while ago and is not tried'
k --offline query ids
status_is 0

# the project names a source: as walked, until the user allows it
rm -r "$HOME/.local" "$HOME/.cache"
printf '[roots]\nids = ["%s"]\n' "$(id 9)" >"$conf"
mkdir "$work/project"
cat >"$work/project/kith.toml" <<END
[[source]]
kind = "crev"
url = "$U/four.git"
[[source]]
kind = "crev"
path = "../carried.git"
END
: >"$work/root/access.log"
cd "$work/project" || exit 1
k fetch
fetched ''
err_has 'the project names a place on this machine: ignored'
k source list
out_has "project  crev     -           never    $U/four.git"
k source allow "$U/four.git"
status_is 0
k fetch
status_is 0
fetched '/ok/four '
k source allow "$U/four.git"
status_is 2
err_has 'your configuration names it already'

# removed: not asked any more, what was fetched stays evidence
k source remove "$U/four.git"
status_is 0
: >"$work/root/access.log"
k fetch
fetched ''
k query proofs
out_has 'four.git:p.crev'
k source list
out_has 'removed'
k source remove https://example.org/none
status_is 1
err_has 'https://example.org/none: no source of that name'
checks=$((checks + 1))
grep -q "ids = " "$conf" || fail 'the rest of the configuration is gone'
cd "$work" || exit 1

# an id that introduces thousands: a limit for each
trust_many() {
	{
		printf 'kind: trust\nversion: -1\ndate: 2026-01-01T00:00:00+00:00\nfrom:\n  id-type: crev\n  id: @ID@\n  url: %s\nids:\n' "$U/one.git"
		for n in $(seq 10 249); do printf -- '- id-type: crev\n  id: "@ID:%s@"\n  url: %s/404/x%s.git\n' "$n" "${U%/ok}" "$n"; done
		printf 'trust: high\n'
	} | sign 1
}
rm -r "$HOME/.local" "$HOME/.cache"
trust_many >"$work/many"
mkdir "$work/many.d"
mv "$work/many" "$work/many.d/m.crev"
printf '[roots]\nids = ["%s"]\n[fetch]\nwalk-allow = ["127.*"]\njobs = 32\n' "$(id 1)" >"$conf"
k fetch "$work/many.d"
status_is 0
: >"$work/root/access.log"
k fetch
err_has '42 sources not fetched: the same id introduces more than 200'
checks=$((checks + 1))
[ "$(grep -c ^GET "$work/root/access.log")" = 200 ] || fail "$(grep -c ^GET "$work/root/access.log") requests"

# an impostor claims a famous URL, and a copy lies under another: neither is that person
rm -r "$HOME/.local" "$HOME/.cache"
trust 7 "$U/one.git" high 1 "$U/seven.git" >"$work/p7"
publish seven "$work/p7"
cp "$work/p1" "$work/p8"
publish copy "$work/p8"
k fetch "$U/seven.git" "$U/copy.git"
status_is 0
k query ids
checks=$((checks + 2))
grep -E "^$(id 7) .* ~=  $U/one.git" "$work/out" >/dev/null || fail 'the impostor is not shown as unproved'
grep -E "^$(id 1) .* ~=  $U/one.git" "$work/out" >/dev/null || fail 'a copy proves a URL'
k fetch "$U/one.git"
k query ids
checks=$((checks + 2))
grep -E "^$(id 1) .* ==  $U/one.git" "$work/out" >/dev/null || fail 'the owner is not proved'
grep -E "^$(id 7) .* ~=  $U/one.git" "$work/out" >/dev/null || fail 'the impostor is proved'
# the owner withdraws: the copy no longer counts for him
trust 1 "$U/one.git" low 3 "$U/three.git" >"$work/p1"
publish one "$work/p1"
k fetch "$U/one.git"
err_has 'one.git: withdrew 1 proof: trust by '
k query proofs --json --author "$(id 1)"
checks=$((checks + 1))
python3 - "$work/out" <<'END' || fail 'a copy counts after its owner withdrew'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert sorted((r["withdrawn"], r["gone"]) for r in rows) == [(False, False), (True, False)], rows
END
k query ids --trusted --root "$(id 1)"
out_lacks "$(id 2)"
k source show "$U/one.git"
out_has 'first'
out_has 'updated'

# replaced by another person's repository, then emptied: rewritten, nothing is lost
rm -rf "$work/root/one.git"
publish one "$work/p5"
printf '[policy]\non-rewrite = "fail"\n' >"$conf"
k fetch "$U/one.git"
status_is 4
err_has 'one.git: its history was rewritten (was '
err_has 'withdrew 1 proof: trust by '
rm -rf "$work/root/one.git"
git init -q --bare "$work/root/one.git"
k fetch "$U/one.git"
status_is 0
out_has 'empty'
k query proofs
out_has 'one.git:p.crev'
k source show "$U/one.git"
out_has 'rewritten'

# cargo-crev's clones, which stay as they are
mkdir -p "$HOME/.cache/crev/remotes"
git clone -q "$work/root/seven.git" "$HOME/.cache/crev/remotes/a"
before=$(find "$HOME/.cache/crev" -type f -exec sha256sum {} + | sort | sha256sum)
k fetch --from-crev
status_is 0
out_has 'remotes/a'
checks=$((checks + 1))
[ "$before" = "$(find "$HOME/.cache/crev" -type f -exec sha256sum {} + | sort | sha256sum)" ] || fail "cargo-crev's clone was changed"

finish
