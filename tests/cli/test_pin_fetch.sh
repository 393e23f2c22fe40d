#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# kith fetch --locked: another machine gets exactly what kith.lock names and says the same; what it
# cannot get is said source by source.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"

sign() { "$KITH_BUILD/tests/sign_proof" "$1"; }
id() { "$KITH_BUILD/tests/sign_proof" --id "$1"; }
mkdir "$work/root"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/root" "$work/port" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -f "$work/port" ] && break; sleep 0.3; done
U=http://127.0.0.1:$(cat "$work/port")/ok
lockfile=$project/kith.lock

# trust FROM LEVEL TO DATE
trust() {
	printf 'kind: trust\nversion: -1\ndate: %sT00:00:00+00:00\nfrom:\n  id-type: crev\n  id: @ID@\n  url: %s/r%s.git\nids:\n- id-type: crev\n  id: "@ID:%s@"\n  url: %s/r%s.git\ntrust: %s\n' "$4" "$U" "$1" "$3" "$U" "$3" "$2" | sign "$1"
}
# review AUTHOR NAME VERSION RATING DATE
review() {
	digest=$("$kith" digest "$2@$3" -C "$project" 2>/dev/null | cut -d' ' -f1)
	printf 'kind: package review\nversion: -1\ndate: %sT00:00:00+00:00\nfrom:\n  id-type: crev\n  id: @ID@\n  url: %s/r%s.git\npackage:\n  source: https://crates.io\n  name: %s\n  version: %s\n  digest: %s\nreview:\n  thoroughness: medium\n  understanding: medium\n  rating: %s\n' \
		"$5" "$U" "$1" "$2" "$3" "$digest" "$4" | sign "$1"
}
# publish N: standard input is all that N's repository has from now on
publish() {
	[ -d "$work/root/r$1.git" ] || git init -q -b main --bare "$work/root/r$1.git"
	mkdir -p "$work/tree"
	cat >"$work/tree/p.crev"
	git --git-dir "$work/root/r$1.git" --work-tree "$work/tree" add -A
	git --git-dir "$work/root/r$1.git" --work-tree "$work/tree" commit -q --allow-empty -m x
}
# machine NAME: from now on, with nothing but permission to ask this server
machine() {
	export HOME="$work/$1"
	mkdir -p "$HOME/.config/kith"
	printf '[fetch]\nwalk-allow = ["127.0.0.1"]\n' >"$HOME/.config/kith/config.toml"
}

lock bit 1.1.0 odd 0.1.0
{ trust 1 high 2 2026-01-01; trust 1 high 3 2026-01-01; } | publish 1
review 2 bit 1.1.0 positive 2026-02-01 | publish 2
review 3 odd 0.1.0 positive 2026-02-01 | publish 3
printf '[roots]\nids = ["%s"]\nurls = ["%s/r1.git"]\n' "$(id 1)" "$U" >"$project/kith.toml"
machine one
k -C "$project" fetch
status_is 0
k -C "$project" verify --json
status_is 0
cp "$work/out" "$work/one.json"
k -C "$project" pin
status_is 0
out_has 'kith.lock: 3 sources (3 added'
! grep -q "outside the project" "$work/err" || fail "outside"
k -C "$project" fetch --locked
status_is 0
out_has '3 sources of kith.lock: 3 here, 0 fetched, 0 missing'

# the sources move on; a new machine without packages
review 2 bit 1.1.0 negative 2026-05-01 | publish 2
: >"$work/root/access.log"
machine two
mv "$CARGO_HOME" "$work/away"
k -C "$project" verify --locked
status_is 4
err_has 'kith.lock: 3 of 3 sources are not here as pinned: http'
err_has "warning: $U/r2.git at "
err_has "hint: 'kith fetch --locked' gets what kith.lock names"
k -C "$project" fetch --locked --offline
status_is 2
k -C "$project" fetch --locked
status_is 0
out_has '3 sources of kith.lock: 0 here, 3 fetched, 0 missing'
k -C "$project" verify --locked --json
status_is 0
files_same "$work/one.json" "$work/out"
k -C "$project" verify
status_is 1
k -C "$project" fetch --locked --json
status_is 0
checks=$((checks + 1))
python3 - "$work/out" <<'END' || fail 'fetch --locked --json'
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.fetch-locked/1", d
assert d["summary"] == {"here": 3, "fetched": 0, "missing": 0}, d["summary"]
assert {s["outcome"] for s in d["sources"]} == {"here"}
END

# 3 rewrites his history: who has the commit keeps it, who comes later cannot get it
rm -r "$work/root/r3.git"
review 3 odd 0.1.0 strong 2026-05-01 | publish 3
k -C "$project" fetch
status_is 0
err_has 'its history was rewritten'
k -C "$project" fetch --locked
status_is 0
k -C "$project" verify --locked --json
files_same "$work/one.json" "$work/out"
machine three
k -C "$project" fetch --locked
status_is 4
out_has '3 sources of kith.lock: 0 here, 2 fetched, 1 missing'
out_has "$U/r3.git: what is served now does not have this commit"
err_has "'kith pin --update' moves pins to what is served now"
k -C "$project" verify --locked
status_is 4
err_has 'kith.lock: 1 of 3 sources is not here as pinned'
err_has 'its mirror does not have this commit'

# nobody makes this machine ask where its user has not allowed it
machine four
rm "$HOME/.config/kith/config.toml"
: >"$work/root/access.log"
k -C "$project" fetch --locked
status_is 4
out_has 'only you may name such a place'
checks=$((checks + 1))
[ ! -s "$work/root/access.log" ] || fail 'a kith.lock made us ask'
sed -i "s|$U/r1.git|../../etc|" "$lockfile"
k -C "$project" fetch --locked
status_is 4
k -C "$project" fetch --locked "$U/r1.git"
status_is 2
k -C "$project" fetch --locked --all
status_is 2
rm "$lockfile"
k -C "$project" fetch --locked
status_is 4
err_has 'kith.lock: there is none'
finish
