#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# Evidence on a stick: everything that was fetched here comes back there, under its own URL, with its
# history, and proves no URL until it is fetched from it.
. "$KITH_SOURCE/tests/cli/lib.sh"

sign() { "$KITH_BUILD/tests/sign_proof" "$1"; }
id() { "$KITH_BUILD/tests/sign_proof" --id "$1"; }
mkdir "$work/root"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/root" "$work/port" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -f "$work/port" ] && break; sleep 0.3; done
U=http://127.0.0.1:$(cat "$work/port")/ok
# trust FROM LEVEL TO
trust() {
	printf 'kind: trust\nversion: -1\ndate: 2026-01-01T00:00:00+00:00\nfrom:\n  id-type: crev\n  id: @ID@\n  url: %s/r%s.git\nids:\n- id-type: crev\n  id: "@ID:%s@"\n  url: %s/r%s.git\ntrust: %s\n' "$U" "$1" "$3" "$U" "$3" "$2" | sign "$1"
}
# publish N FILE: FILE becomes all that rN.git has
publish() {
	rm -rf "$work/tree"
	[ -d "$work/root/r$1.git" ] || git init -q -b main --bare "$work/root/r$1.git"
	mkdir "$work/tree"
	cp "$2" "$work/tree/p.crev"
	git --git-dir "$work/root/r$1.git" --work-tree "$work/tree" add -A
	git --git-dir "$work/root/r$1.git" --work-tree "$work/tree" commit -q -m x
}
# facts: what this machine knows of every proof, without where it lies
facts() {
	k query proofs --json
	python3 - "$work/out" <<'END'
import json, sys
for r in json.load(open(sys.argv[1]))["rows"]:
    print(*(r.get(k) for k in ("proof", "date", "kind", "author", "first_seen", "previous_fetch", "gone")))
END
}

mkdir -p "$work/a" "$work/b"
for m in a b; do printf '[roots]\nids = ["%s"]\n[fetch]\nwalk-allow = ["127.*"]\n' "$(id 1)" >"$work/$m/config.toml"; done
trust 1 high 2 >"$work/p1"
{ trust 2 high 3; trust 2 distrust 5; } >"$work/p2"
trust 3 high 4 >"$work/p3"
publish 1 "$work/p1"
publish 2 "$work/p2"
publish 3 "$work/p3"

export KITH_HOME="$work/a"
k source export -o "$work/none.bundle"
status_is 1
err_has 'there is no evidence here'
checks=$((checks + 1))
[ ! -e "$work/none.bundle" ] || fail 'an empty file was left'
run "$kith" --now 2026-03-01T00:00:00Z fetch "$U/r1.git" "$U/r2.git" "$U/r3.git"
status_is 0
cp "$KITH_SOURCE"/proofs/ben/*/*/*.crev "$work/"
mkdir "$work/folder"
mv "$work"/*.crev "$work/folder/"
k fetch "$work/folder"
k source export -o "$work/first.bundle"
status_is 0
# 2 takes his words back, praise and distrust; a new one comes
trust 2 low 6 >"$work/p2"
publish 2 "$work/p2"
run "$kith" --now 2026-05-01T00:00:00Z fetch --all
k fetch
status_is 0
facts >"$work/facts.a"
checks=$((checks + 1))
grep -q ' True$' "$work/facts.a" || fail 'nothing was withdrawn'
k source export
status_is 2
err_has 'source export: say into which file: -o all.bundle'
k source export -o "$work/all.bundle"
status_is 0
err_empty
out_has '4 sources, '
out_has "on the other machine: kith fetch $work/all.bundle"
k source export -o "$work/all.bundle" --json
status_is 0
checks=$((checks + 1))
python3 -c '
import json, os, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.exported/1" and d["sources"] == 4 and d["failed"] == 0
assert d["bytes"] == os.path.getsize(d["file"]) > 1000, d' "$work/out" || fail 'export --json'

# the other machine, which has no network
export KITH_HOME="$work/b"
: >"$work/root/access.log"
k --offline fetch "$work/all.bundle"
status_is 0
out_has "new        $(git --git-dir "$work/root/r1.git" rev-parse HEAD | cut -c1-12) $U/r1.git (carried)"
out_has '4 sources: 4 fetched, 0 unchanged, 0 failed'
facts >"$work/facts.b"
checks=$((checks + 2))
diff "$work/facts.a" "$work/facts.b" || fail 'the other machine knows something else'
[ ! -s "$work/root/access.log" ] || fail 'the network was used'
checks=$((checks + 1))
[ "$(ls "$work/b/cache")" = index ] || fail "left in the cache: $(ls "$work/b/cache")"
k source list --json
checks=$((checks + 1))
python3 - "$work/out" "$U" "$work/folder" <<'END' || fail 'source list'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert {r["class"] for r in rows} == {"carried"}, rows
assert {r["source"] for r in rows} == {sys.argv[2] + "/r%d.git" % n for n in (1, 2, 3)} | {sys.argv[3]}, rows
assert {r["last_success"] for r in rows} == {"2026-06-01T12:00:00Z"}, rows
END
k source show "$U/r2.git"
status_is 0
out_has 'updated'
k query proofs
out_has "$U/r1.git (carried):p.crev"
k doctor --deep
status_is 0
# it proves no URL …
k query ids
checks=$((checks + 1))
grep -E "^$(id 1) .* ~=  $U/r1.git" "$work/out" >/dev/null || fail 'carried evidence proves a URL'
k query ids --trusted
out_has "$(id 6)"
# … is not fetched by itself, and cannot be given up
k source remove "$U/r1.git"
status_is 2
err_has 'carried here, never fetched: there is nothing to end'
# again: nothing new; an older stick takes nothing back
k fetch "$work/all.bundle"
status_is 0
out_has '4 sources: 0 fetched, 4 unchanged, 0 failed'
k fetch "$work/first.bundle"
status_is 0
err_has '3 sources are not taken: what was carried here before is newer'
facts >"$work/facts.c"
checks=$((checks + 1))
diff "$work/facts.a" "$work/facts.c" || fail 'an older stick changed what is known'
# … until the network is there: then the place itself proves, and the copies count no more than it
k fetch
status_is 0
k query ids
checks=$((checks + 1))
grep -E "^$(id 1) .* ==  $U/r1.git" "$work/out" >/dev/null || fail 'its own URL does not prove it'
trust 1 low 7 >"$work/p1"
publish 1 "$work/p1"
k fetch
err_has 'r1.git: withdrew 1 proof: trust by '
k query ids --trusted
out_has "$(id 7)"
out_lacks "$(id 2)"
k fetch "$work/all.bundle"
k query ids --trusted
out_lacks "$(id 2)"

# an older stick first, then the newer: its history goes on, nothing in between is lost
export KITH_HOME="$work/c"
mkdir "$work/c"
cp "$work/b/config.toml" "$work/c/"
k fetch "$work/first.bundle"
status_is 0
k fetch "$work/all.bundle"
status_is 0
facts >"$work/facts.d"
checks=$((checks + 1))
diff "$work/facts.a" "$work/facts.d" || fail 'two sticks give something else than one'
k query proofs --json
out_has '"distrust": true'
# carried on from there
k source export -o "$work/again.bundle"
status_is 0
export KITH_HOME="$work/d"
k fetch "$work/again.bundle"
status_is 0
facts >"$work/facts.e"
checks=$((checks + 1))
diff "$work/facts.a" "$work/facts.e" || fail 'it does not carry on'

# a verdict is the same there
export KITH_HOME="$work/e"
example_evidence
example_project
k verify "$project" --root "$root" --json
mv "$work/out" "$work/verdict.e"
k source export -o "$work/example.bundle"
status_is 0
export KITH_HOME="$work/f"
k fetch "$work/example.bundle"
status_is 0
k verify "$project" --root "$root" --json
checks=$((checks + 1))
sed 's/ (carried)"/"/' "$work/out" | diff "$work/verdict.e" - || fail 'another verdict'

# hostile files: refused whole, and nothing of them is taken
export KITH_HOME="$work/g"
refused() {
	k fetch "$work/bad.bundle"
	status_is "${2:-2}"
	err_has "$1"
	clean_output
	checks=$((checks + 1))
	[ -z "$(find "$work/g" -name mirrors -o -name 'carried-*')" ] || fail 'something was taken'
}
head -c 3000 "$work/all.bundle" >"$work/bad.bundle"
refused 'the carried evidence is cut off'
sed '$d' "$work/all.bundle" >"$work/bad.bundle"
refused 'the carried evidence is cut off'
meta='kith-source 1
kind url
location https://example.org/x
head aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
success 1
'
# file META REST...
file() {
	{ printf '# kith evidence 1\nsource %s\n%s' "${#1}" "$1"; shift; printf '%b' "$*"; } >"$work/bad.bundle"
}
file "$meta" 'pack 99999999\n'
refused "carried evidence: 'pack 99999999' is no line of it"
file "$meta" 'journal 0\nend 0\n'
refused "carried evidence: 'end' is out of place"
file "$meta" 'other 0\n'
refused "carried evidence: 'other' is out of place"
file "$meta" "source ${#meta}\n$meta"
refused "carried evidence: 'source' is out of place"
file "$(printf '%s' "$meta" | sed 's,//example,//user:secret@example,')
" 'whole 0\nend 0\n'
refused 'a carried source'
file "$(printf '%s' "$meta" | sed 's,kind url,kind folder,; s,^location .*,location /x\x1b[2J,')
" 'whole 0\nend 0\n'
refused 'a carried source has no plain name'
file "$(printf '%s' "$meta" | sed '/^head/d')
" 'whole 0\nend 0\n'
refused 'a carried source has no head'
printf '# kith evidence 1\npack 1\nx' >"$work/bad.bundle"
refused "carried evidence: 'pack' is out of place"
# a pack that is none, or lacks its head: that source fails, the others count
{ head -c -6 "$work/example.bundle"; printf 'source %s\n%spack 4\nPACKwhole 0\nend 0\n' "${#meta}" "$meta"; } >"$work/bad.bundle"
k fetch "$work/bad.bundle"
status_is 3
out_has 'failed     -            https://example.org/x (carried): '
out_has '8 sources: 7 fetched, 0 unchanged, 1 failed'
finish
