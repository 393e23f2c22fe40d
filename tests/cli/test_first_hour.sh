#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first hour with kith, on servers of this machine: a verdict from the starter set, why not, a
# policy that is green today, an id, a friend, a review, published, one more verified, pinned; and a
# colleague and CI who clone the project get the same.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
command -v python3 >/dev/null || skip "there is no python3"
mkdir "$work/srv" "$work/files"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/srv" "$work/port" &
server=$!
python3 "$KITH_SOURCE/tests/cli/file_http.py" "$work/files" "$work/fport" &
files=$!
trap 'kill $server $files; rm -rf "$work"' EXIT
while [ ! -s "$work/port" ] || [ ! -s "$work/fport" ]; do sleep 0.05; done
base=http://127.0.0.1:$(cat "$work/port")/ok
for who in friend me; do
	git init -q --bare -b main "$work/srv/$who.git"
	git -C "$work/srv/$who.git" config http.receivepack true
done
kp() { k -C "$project" "$@"; }
count() { # STATUS: how many packages have it
	sed -n "s/^[0-9]* packages:.* \\([0-9][0-9]*\\) $1.*/\\1/p" "$work/out"
}
is() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fail "$1: want $2, got $3"
}

# the rest of the world: a friend reviewed the version before, a company audited another package
export KITH_HOME="$work/friend"
k id new --url "$base/friend.git" --no-passphrase
friend=$(cat "$work/out")
kp open bit@1.0.0
kp review bit@1.0.0 --rating positive --thoroughness medium --understanding medium
k publish --yes
status_is 0
unset KITH_HOME
cat >"$work/files/audits.toml" <<'END'
[[audits.bit]]
who = "somebody"
criteria = "safe-to-deploy"
version = "1.0.0"
END
cat >"$work/starter.toml" <<END
[[source]]
kind = "vet"
name = "theirs"
url = "http://127.0.0.1:$(cat "$work/fport")/etag/audits.toml"
level = "medium"
reason = "made for a test"

[[source]]
kind = "crev"
name = "friend"
url = "$base/friend.git"
ids = ["$friend"]
level = "low"
reason = "made for a test"
END
export KITH_STARTER="$work/starter.toml"
export KITH_HOME="$work/kith"
mkdir -p "$KITH_HOME"
printf '[fetch]\nwalk-allow = ["127.0.0.1"]\n' >"$KITH_HOME/config.toml"
git -C "$project" init -q -b main
git -C "$project" add Cargo.toml Cargo.lock
git -C "$project" commit -q -m 'a project'

# kith verify: an answer, from the starter set
kp --progress=always verify
status_is 1
err_has "no evidence is here yet: getting the starter set, 2 public places"
out_has "insufficient  bit 1.1.0"
is "verified at first" 0 "$(count verified)"
is "insufficient at first" 2 "$(count insufficient)"
err_has "next: kith explain bit@1.1.0"

# kith explain: why not, and the cheapest way to yes
kp explain bit
status_is 0
out_has "1.0.0"
out_has "kith diff bit@1.1.0 1.0.0"

# kith init: the team's policy, green today
kp init
status_is 0
[ -f "$project/kith.toml" ] || fail "no kith.toml"
kp verify
status_is 0
is "exempt after init" 2 "$(count exempt)"

# who am I, whom do I trust
printf 'correct horse\n' >"$work/passphrase"
chmod 600 "$work/passphrase"
export KITH_PASSPHRASE_FILE="$work/passphrase"
k id new --url "$base/me.git"
status_is 0
me=$(cat "$work/out")
k trust "$base/friend.git" --level medium
status_is 0

# look, say, let others see
kp open bit
status_is 0
[ -d "$(cat "$work/out")" ] || fail "no copy"
kp diff bit 1.0.0
status_is 0
kp review bit --diff-base 1.0.0 --rating positive --thoroughness medium --understanding medium
status_is 0
k publish --yes
status_is 0

# one more verified, and the exemption is not needed any more
kp verify
status_is 0
is "verified by then" 1 "$(count verified)"
is "exempt by then" 1 "$(count exempt)"
out_has "verified  bit 1.1.0"

# my word counts for me; the project says that it counts for everybody, and pins what it rests on
sed -i "s/^ids = \[\$/&\n  \"$me\",/" "$project/kith.toml"
kp pin
status_is 0
git -C "$project" add kith.toml kith.lock
git -C "$project" commit -q -m 'Say whom we trust, and pin it'
kp verify --locked
status_is 0
is "verified as pinned" 1 "$(count verified)"
clean_output
kp verify --locked --json
cp "$work/out" "$work/mine.json"

# a colleague, elsewhere, who has neither this id nor this evidence
git clone -q "$project" "$work/theirs"
export KITH_HOME="$work/colleague" TZ=Asia/Kathmandu LC_ALL=C
mkdir -p "$KITH_HOME"
printf '[fetch]\nwalk-allow = ["127.0.0.1"]\n' >"$KITH_HOME/config.toml"
k -C "$work/theirs" verify --locked
status_is 4
err_has "kith fetch --locked"
for url in $(sed -n 's/^url = "\(.*\)"$/\1/p' "$project/kith.toml") "$base/me.git"; do
	k source allow "$url"
	status_is 0
done
k -C "$work/theirs" fetch --locked
status_is 0
k -C "$work/theirs" verify --locked
status_is 0
k -C "$work/theirs" verify --locked --json
out_is "$work/mine.json"

# CI, which has the project and one file of evidence: no id, no mirrors, no home folder, one thread
one=
if taskset 1 true 2>/dev/null; then one="taskset 1"; fi
kp_bundle=$work/theirs/evidence.kith
k -C "$work/theirs" pin --bundle "$kp_bundle"
status_is 0
run $one env -i PATH="$PATH" TZ=America/St_Johns "CARGO_HOME=$CARGO_HOME" "$kith" --now "$now" -C "$work/theirs" verify \
	--bundle "$kp_bundle" --json
status_is 0
out_is "$work/mine.json"
finish
