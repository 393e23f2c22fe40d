#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An author's first hour, all of it on this machine: an id, a friend, a package looked at, a delta
# reviewed, published, and the project has one more verified package.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
mkdir "$work/srv"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/srv" "$work/port" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
while [ ! -s "$work/port" ]; do sleep 0.05; done
base=http://127.0.0.1:$(cat "$work/port")/ok
for who in friend me; do
	git init -q --bare -b main "$work/srv/$who.git"
	git -C "$work/srv/$who.git" config http.receivepack true
done
kp() { k -C "$project" "$@"; }

# the friend, on another machine, reviewed the version before
export KITH_HOME="$work/friend"
k id new --url "$base/friend.git" --no-passphrase
status_is 0
friend=$(cat "$work/out")
kp open bit@1.0.0
status_is 0
kp review bit@1.0.0 --rating positive --thoroughness medium --understanding medium
status_is 0
k publish --yes
status_is 0
unset KITH_HOME

# an answer, and why not
kp verify
status_is 2
err_has "no root: whose trust should count?"

# who am I
printf 'correct horse\n' >"$work/passphrase"
chmod 600 "$work/passphrase"
export KITH_PASSPHRASE_FILE="$work/passphrase"
k id new --url "$base/me.git"
status_is 0
[ -s "$work/out" ] || fail "no id"
kp verify
status_is 1
out_has "insufficient  bit 1.1.0"

# whom do I trust: the URL means the one id that the repository proves
k trust "$base/friend.git" --level medium
status_is 0
k query ids --trusted
out_has "$friend  medium"
kp verify
status_is 1
out_has "insufficient  bit 1.1.0"
kp explain bit
out_has "1.0.0"

# look
kp open bit
status_is 0
[ -d "$(cat "$work/out")" ] || fail "no copy"
kp diff bit 1.0.0 --stat
status_is 0
out_has "6 files changed, 6 lines added, 5 removed"
kp diff bit 1.0.0
status_is 0

# say
kp review bit --diff-base 1.0.0 --rating positive --thoroughness medium --understanding medium --comment "A tab, a comment."
status_is 0
kp verify
out_has "verified      bit 1.1.0"

# and let others see
k publish --dry-run
status_is 0
[ -z "$(git -C "$work/srv/me.git" for-each-ref)" ] || fail "a dry run published"
k publish --yes
status_is 0
checks=$((checks + 1))
[ "$(git -C "$work/srv/me.git" grep -h -c 'END CREV PROOF' main | awk '{n += $1} END {print n}')" = 2 ] || fail "not both proofs"

# the friend trusts me, and has it too
export KITH_HOME="$work/friend"
k trust "$base/me.git" --level medium
status_is 0
kp verify
out_has "verified      bit 1.1.0"
clean_output
finish
