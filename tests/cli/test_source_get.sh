#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sets and records by the URL of one file: kept as commits, asked for with what the server called
# them; servers that lie, stall and lead astray cost themselves only.
. "$KITH_SOURCE/tests/cli/lib.sh"
export KITH_HOME="$work/kith"
fetcher() { run "$KITH_BUILD/tests/kith_fetcher" "$@"; }
mkdir "$work/root"
printf '[audits]\n' >"$work/root/audits.toml"
printf '\n' >"$work/root/imports.lock"
echo '{"id":"X-1"}' >"$work/root/one.json"
python3 "$KITH_SOURCE/tests/cli/file_http.py" "$work/root" "$work/port" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -f "$work/port" ] && break; sleep 0.3; done
U=http://127.0.0.1:$(cat "$work/port")
requests() {
	cp "$work/root/access.log" "$work/out"
	: >"$work/root/access.log"
}

k source add vet "$U/etag/audits.toml" "$U/bare/imports.lock" --name theirs
status_is 0
k source add osv "$U/date/one.json"
status_is 0
k source add vet "$U/coded/audits.toml?format=TEXT"
status_is 0
k source add vet "$U/moved/audits.toml"
status_is 0
k source add vet "$U/evil-etag/audits.toml"
status_is 0
k source add vet "$U/etag/audits.toml?a b"
status_is 2
err_line "kith: source: $U/etag/audits.toml?a b: not the query of a URL"
# only the name tells a file from a repository: whoever meant a file is told at once
cp "$KITH_HOME/config.toml" "$work/config.before"
k source add vet "$U/etag/audits"
status_is 0
err_line "$U/etag/audits: taken for a git repository; the URL of a single file ends in .toml, .lock, .json or .zip"
k source add osv "$U/date/one.json.gz"
err_has 'one.json.gz: taken for a git repository'
for plain in "vet $U/a.git --path audits.toml" "rustsec $U/advisory-db" "vet $U/etag/more.toml"; do
	# shellcheck disable=SC2086
	k source add $plain
	status_is 0
	checks=$((checks + 1))
	! grep -q 'taken for' "$work/err" || fail 'a note that says nothing new'
done
cp "$work/config.before" "$KITH_HOME/config.toml"
k fetch
status_is 0
out_has '6 sources: 6 fetched, 0 unchanged, 0 failed'
fetcher kind vet now "$KITH_HOME"
status_is 0
checks=$((checks + 2))
[ "$(grep -cxF "  audits.toml	9" "$work/out")" = 4 ] || fail 'sets'
[ "$(grep -cxF "  imports.lock	1" "$work/out")" = 1 ] || fail 'imports.lock'
fetcher kind osv now "$KITH_HOME"
out_line "  one.json	13"

# nothing new: what the server called it is asked with, and a 304 is enough
: >"$work/root/access.log"
now=2026-06-02T12:00:00Z
k fetch
status_is 0
out_has '6 sources: 0 fetched, 6 unchanged, 0 failed'
tag="\"$(sha256sum "$work/root/audits.toml" | cut -c1-16)\""
requests
out_line "/etag/audits.toml $tag 304"
out_line "/date/one.json Mon, 01 Jun 2026 00:00:00 GMT 304"
out_line "/bare/imports.lock - 200"
out_line "/evil-etag/audits.toml - 200"

# another content is another commit, and the old one is not lost
printf '[audits]\n# two\n' >"$work/root/audits.toml"
now=2026-06-03T12:00:00Z
k fetch theirs
status_is 0
out_has "updated "
out_has '2 sources: 1 fetched, 1 unchanged, 0 failed'
fetcher kind vet 0 "$KITH_HOME"
grep -A1 "^$U/etag" "$work/out" >"$work/versions"
cp "$work/versions" "$work/out"
out_line "  audits.toml	9"
out_line "  audits.toml	15"
k source show vet "$U/etag/audits.toml"
status_is 0
out_has updated

# a note about another head is not believed: it may have been written before a kill
requests
m=$(dirname "$(grep -rl "$U/etag/audits.toml" "$KITH_HOME"/mirrors/*.source | head -1)")
for v in "$m"/*.git/validators; do sed 's/^head .*/head 0000000000000000000000000000000000000000/' "$v" >"$v.new" && mv "$v.new" "$v"; done
k fetch theirs
status_is 0
requests
out_line '/etag/audits.toml - 200'
k fetch theirs
requests
out_line "/etag/audits.toml \"$(sha256sum "$work/root/audits.toml" | cut -c1-16)\" 304"

# what servers may not do; each costs itself only, and leaves nothing
good=$(find "$KITH_HOME/mirrors" -name '*.git' | wc -l)
for how in 401 403 404 410 500 301 busy page nothing never elsewhere to-file loop huge endless cut \
	headers miscoded stall drip; do
	k source add vet "$U/$how/audits.toml"
done
k source add osv "$U/bare/../one.json"
status_is 2
start=$(date +%s)
k fetch --timeout 5 --jobs 20
status_is 3
[ $(($(date +%s) - start)) -lt 60 ] || fail 'hostile servers took too long'
out_has ', 0 refused'
for want in '401: it asks for a password (HTTP 401)' '403: it refuses (HTTP 403)' \
	'404: there is no such file (HTTP 404)' '410: there is no such file (HTTP 410)' \
	'500: the server answers HTTP 500' '301: it redirects to another place (HTTP 301)' \
	'busy: the server answers HTTP 503 and asks to wait 120 s' \
	'page: it answers with a web page' 'nothing: it answers with nothing' \
	'never: it says that nothing changed, and nothing is here' \
	'elsewhere: it redirects to another place (HTTP 302)' \
	'to-file: it redirects to another place (HTTP 302)' \
	'loop: it redirects too often (HTTP 302)' \
	'huge: it sends more than 33554432 bytes' 'endless: it sends more than 33554432 bytes' \
	'cut: it ends before all of it was sent' 'headers: it sends endless headers' \
	'miscoded: its base64 is damaged' 'stall: it is too slow' 'drip: it is too slow'; do
	out_has "$U/${want%%:*}/audits.toml: ${want#*: }"
done
checks=$((checks + 1))
[ "$(find "$KITH_HOME/mirrors" -name '*.git' | wc -l)" = "$good" ] || fail 'failed sources left mirrors'
fetcher kind vet now "$KITH_HOME"
out_line "  audits.toml	15"

# a server that begins to lie: what it said before stays in force
cat "$KITH_HOME/config.toml" >"$work/config"
mkdir "$work/root2" && printf '[audits]\n' >"$work/root2/audits.toml"
sed -i "s|^url = \"$U/stall.*||; s|^url = \"$U/drip.*||" "$work/config"
printf '<html>moved</html>' >"$work/root/audits.toml"
k fetch theirs
status_is 3
out_has 'it answers with a web page'
fetcher kind vet now "$KITH_HOME"
out_line "  audits.toml	15"

# others may not lead here: a project's URL on loopback is not asked
mkdir "$work/project" && cd "$work/project"
: >"$work/root/access.log"
printf '[[source]]\nkind = "vet"\nurl = "%s/etag/imports.lock"\n' "$U" >kith.toml
k fetch --timeout 5
requests
out_lacks /etag/imports.lock
k --offline fetch "$U/etag/audits.toml"
status_is 2
err_has 'needs the network, and --offline was given'

# url.*.insteadOf of his git configuration is for files, too; not where it is a place on this disk
rm kith.toml
export GIT_CONFIG_GLOBAL="$HOME/.gitconfig"
git config --global "url.$U/etag/.insteadOf" https://sets.example/
git config --global "url.$work/.insteadOf" https://sets.example/other/
KITH_HOME=$work/fresh
export KITH_HOME
k source add vet https://sets.example/imports.lock
status_is 0
k fetch
status_is 0
out_has 'https://sets.example/imports.lock'
out_has '1 source: 1 fetched'
finish
