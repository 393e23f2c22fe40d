#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# Every bound is a setting of [fetch]; every scheme is the user's to name; a server that asks to be
# left alone is.
. "$KITH_SOURCE/tests/cli/lib.sh"

mkdir -p "$work/root" "$work/project" "$HOME/.config/kith"
conf=$HOME/.config/kith/config.toml
git init -q -b main "$work/tree"
n=0
while [ $n -lt 5 ]; do
	mkdir -p "$work/tree/d/d/d"
	"$KITH_BUILD/tests/sign_proof" 1 >"$work/tree/d/d/d/$n.crev" <<END
kind: trust
version: -1
date: 2026-01-0$((n + 1))T00:00:00+00:00
from:
  id-type: crev
  id: @ID@
ids:
- id-type: crev
  id: "@ID:2@"
trust: high
END
	n=$((n + 1))
done
head -c 100000 /dev/urandom >"$work/tree/noise"
git -C "$work/tree" add -A
git -C "$work/tree" commit -qm one
git -C "$work/tree" branch other
git -C "$work/tree" branch third
git clone -q --bare "$work/tree" "$work/root/a.git"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/root" "$work/port" &
http=$!
python3 "$KITH_SOURCE/tests/cli/git_daemon.py" "$work/root" "$work/git.port" &
daemon=$!
trap 'kill $http $daemon; rm -rf "$work"' EXIT
tries=0
while [ ! -s "$work/port" ] || [ ! -s "$work/git.port" ]; do
	[ $tries -lt 600 ] || exit 1
	tries=$((tries + 1))
	sleep 0.1
done
U=http://127.0.0.1:$(cat "$work/port")
G=git://127.0.0.1:$(cat "$work/git.port")

# setting LINE MESSAGE: with this line in [fetch] the source fails with this message, and without works
setting() {
	rm -rf "$HOME/.local" "$HOME/.cache"
	printf '[fetch]\n%s\n' "$1" >"$conf"
	k fetch "${3:-$U/ok/a.git}"
	status_is 3
	out_line "failed     -            ${3:-$U/ok/a.git}: $2"
	[ -z "${3:-}" ] || return 0
	rm "$conf"
	k fetch "$U/ok/a.git"
	status_is 0
	out_has '5 new proofs'
}
setting 'max-bytes = 50000' 'it sends more than 50000 bytes'
setting 'max-objects = 9' 'it sends more than 9 objects'
setting 'max-refs = 3' 'it names more than 3 refs'
setting 'max-depth = 2' 'it has folders more than 2 deep'
setting 'max-files = 4' 'it has more than 4 files'
git -C "$work/tree" rm -q noise
head -c 2000 /dev/zero >"$work/tree/zero.crev"
git -C "$work/tree" add -A
git -C "$work/tree" commit -qm two
git -C "$work/tree" push -q ../root/a.git main
setting 'max-file-bytes = 1024' 'zero.crev has more than 1024 bytes'
setting 'max-redirects = 0' 'it redirects too often (HTTP 301)' "$U/moved/a.git"
setting 'idle-timeout = 1' 'it is too slow' "$U/stall/a.git"
setting 'timeout = 1' 'it is too slow' "$U/stall-headers/a.git"
# a refresh that is beyond keeps what there is
printf '[fetch]\nmax-files = 5\n' >"$conf"
k fetch "$U/hop-1/a.git"
status_is 3
rm "$conf"
k fetch "$U/hop-1/a.git"
status_is 0
git -C "$work/tree" commit -q --allow-empty -m three
git -C "$work/tree" push -q ../root/a.git main
printf '[fetch]\nmax-files = 5\n' >"$conf"
k fetch "$U/hop-1/a.git"
status_is 3
out_has "$U/hop-1/a.git: it has more than 5 files"
k query proofs
out_has 'd/d/d/4.crev'
rm "$conf"

# --- schemes: the user's to name, nobody else's ---
rm -rf "$HOME/.local" "$HOME/.cache"
k fetch "$G/ok/a.git" "file://$work/root/a.git"
status_is 0
out_has "new        $(git -C "$work/tree" rev-parse HEAD | cut -c1-12) $G/ok/a.git"
out_has " $work/root/a.git"
# one line for all of them together
k --progress always fetch "$G/ok/a.git" "$U/ok/a.git" "$work/root/a.git"
status_is 0
err_line 'fetching source 1 of 3'
err_line 'fetching source 3 of 3'
project() {
	printf '[[source]]\nkind = "crev"\nurl = "%s"\n' "$1" >"$work/project/kith.toml"
	rm -rf "$HOME/.local" "$HOME/.cache"
	cd "$work/project" || exit 1
	k fetch
}
for url in "$G/ok/a.git" http://other.example/a.git ssh://other.example/a.git git@other.example:srv/a.git; do
	project "$url"
	err_line "warning: $url: the project names it, and others may name https only: ignored until you say kith source allow $url"
	out_lacks "$url"
done
project "file://$work/root/a.git"
err_line "warning: file://$work/root/a.git: the project names a place on this machine: ignored"
project "$G/ok/a.git"
k source allow "$G/ok/a.git"
status_is 0
k fetch
status_is 0
out_has '1 fetched'
checks=$((checks + 1))
! grep -q warning: "$work/err" || fail 'a warning about what is allowed'
# a trusted person says that his repository is at such a place
rm -f "$conf" "$work/project/kith.toml"
rm -rf "$HOME/.local" "$HOME/.cache"
mkdir "$work/carried"
"$KITH_BUILD/tests/sign_proof" 1 >"$work/carried/a.crev" <<END
kind: trust
version: -1
date: 2026-01-01T00:00:00+00:00
from:
  id-type: crev
  id: @ID@
ids:
- id-type: crev
  id: "@ID:2@"
  url: $G/ok/a.git
trust: high
END
printf '[roots]\nids = ["%s"]\n' "$("$KITH_BUILD/tests/sign_proof" --id 1)" >"$conf"
k fetch "$work/carried"
status_is 0
k fetch
status_is 0
out_has '1 source: '
err_line '1 that others name is not fetched, being neither https nor allowed: kith fetch -v names it'
k fetch -v
err_line "$G/ok/a.git: not fetched: others may name https only"
cd "$work" || exit 1

# --- Retry-After: longer than the usual quarter of an hour, and not for ever ---
rm -rf "$conf" "$HOME/.local" "$HOME/.cache"
now=2026-06-01T12:00:00Z
printf '[[source]]\nkind = "crev"\nurl = "%s"\n' "$U/once/a.git" >"$conf"
k fetch
status_is 0
touch "$work/root/busy"
k fetch
status_is 3
out_has "$U/once/a.git: the server answers HTTP 503 and asks to wait 7200 s"
k --json source list
out_has '"next_attempt": "2026-06-01T14:00:00Z"'
rm "$work/root/busy"
now=2026-06-01T13:59:59Z
k fetch
status_is 0
err_line '1 source failed a short while ago and is not tried: kith fetch --all tries'
now=2026-06-01T14:00:00Z
k fetch
status_is 0
out_has '1 unchanged'
finish
