#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# One's own reviews and kith.lock: pinned under the URL of the own repository, which others fetch.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"

lockfile=$project/kith.lock
lock bit 1.1.0
k id new --no-passphrase --url https://example.org/crev-proofs
status_is 0
me=$("$kith" id show --json 2>/dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
k -C "$project" review bit --rating positive --thoroughness high --understanding high --no-edit --yes --skip-activity-check
status_is 0
printf '[roots]\nids = ["%s"]\n' "$me" >"$project/kith.toml"
k -C "$project" verify
status_is 0
k -C "$project" pin
status_is 0
err_has "https://example.org/crev-proofs is pinned as it is here: 'kith publish' before others verify"
checks=$((checks + 1))
grep -q '^  {kind = "crev", at = "https://example.org/crev-proofs", commit = "' "$lockfile" || fail 'the own repository is not pinned'
k -C "$project" verify --locked
status_is 0
out_has 'verified  bit 1.1.0'
# a newer word of one's own does not count until it is pinned
k -C "$project" review bit --rating negative --thoroughness high --understanding high --no-edit --yes --skip-activity-check
status_is 0
k -C "$project" verify
status_is 1
k -C "$project" verify --locked
status_is 0
k -C "$project" verify --fresh-objections
status_is 1
out_has '! negative  bit 1.1.0'
k -C "$project" pin --update https://example.org/crev-proofs
status_is 0
out_has 'moved    https://example.org/crev-proofs '
k -C "$project" verify --locked
status_is 1
# somebody else has the repository as a source only
export HOME="$work/other"
mkdir -p "$HOME"
k -C "$project" verify --locked
status_is 4
err_has 'https://example.org/crev-proofs at '
err_has 'was never fetched here'
finish
