#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith export vet and kith import vet: reviews become an audit set, own audits become reviews.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
kp() { k -C "$project" "$@"; }

# --- export: no root, no answer; an empty set is a set ---
k export vet
status_is 2
err_has "no root: whose trust should count?"
k id new --no-passphrase
me=$(cat "$work/out")
repo=$HOME/.local/share/kith/proofs/local_only_$me
kp export vet
status_is 0
out_has "[audits]"
err_line "0 audits, 0 violations; left out by people whom nobody trusts: 0"

# --- import: what is mine ---
cat >"$work/audits.toml" <<'END'

# cargo-vet audits file

[criteria.careful]
description = "more than that"
implies = "safe-to-deploy"

[criteria.pretty]
description = "well formatted"

[[wildcard-audits.bit]]
who = "Me <me@example.invalid>"
criteria = "safe-to-deploy"
user-id = 1
start = "2020-01-01"
end = "2026-01-01"

[[audits.bit]]
who = "Me <me@example.invalid>"
criteria = "safe-to-run"
version = "1.0.0"
notes = """
Two lines,
of text.
"""

[[audits.bit]]
who = "Me <me@example.invalid>"
criteria = "safe-to-run"
version = "1.1.0"

[[audits.bit]]
who = ["Other <other@example.invalid>", "Me <me@example.invalid>"]
criteria = "careful"
delta = "1.0.0 -> 1.1.0"

[[audits.bit]]
who = "Me <me@example.invalid>"
criteria = "safe-to-deploy"
delta = "1.0.0 -> 1.1.0@git:0123456789abcdef0123456789abcdef01234567"
importable = false

[[audits.far]]
who = "Me <me@example.invalid>"
criteria = "safe-to-deploy"
version = "1.0.0"

[[audits.fine]]
who = "Me <me@example.invalid>"
criteria = "pretty"
version = "1.0.0"

[[audits.odd]]
who = "Other <other@example.invalid>"
criteria = "safe-to-deploy"
version = "0.1.0"

[[audits.odd]]
who = "Me <me@example.invalid>"
criteria = "safe-to-deploy"
violation = "<0.5"
END
kp import vet "$work/audits.toml" --who nobody@example.invalid
status_is 1
err_line "kith: import: $work/audits.toml: nothing in it becomes a review"
err_line "hint: 8 entries are not by 'nobody@example.invalid': --who TEXT, or --all"
[ ! -e "$repo/$me" ] || fail "something was stored"
kp import vet "$work/audits.toml" --who me@example.invalid --json
status_is 0
out_has '"proofs": 3'
err_has "warning: $work/audits.toml:27: bit left out: another entry about this version says more"
err_has ": bit left out: a commit is no archive that a review could name"
err_has ": far left out: far 1.0.0 is not on this machine"
err_has ": fine left out: neither safe-to-deploy nor safe-to-run"
err_has "warning: 1 wildcard audit or trusted entry is left out: they speak of publishers, a review speaks of bytes"
err_line "1 are by others (--all takes them too)"
k query reviews --mine --json
cp "$work/out" "$work/mine.json"
cat >"$work/summary.py" <<'END'
import json, sys
for r in json.load(sys.stdin)["rows"]:
    print(r["package"], r["version"], r.get("base", "-"), r["rating"], r["thoroughness"], r["understanding"], r["digest"], repr(r.get("comment", "")))
END
kp digest bit@1.0.0
bit0=$(cat "$work/out")
kp digest bit@1.1.0
bit1=$(cat "$work/out")
kp digest odd
odd=$(cat "$work/out")
python3 "$work/summary.py" <"$work/mine.json" | LC_ALL=C sort >"$work/summary"
cat >"$work/expected" <<END
bit 1.0.0 - positive low low $bit0 'Two lines,\nof text.'
bit 1.1.0 1.0.0 positive medium medium $bit1 ''
odd 0.1.0 - negative medium medium $odd ''
END
checks=$((checks + 1))
diff "$work/expected" "$work/summary" >&2 || fail "other reviews"
checks=$((checks + 1))
[ "$(git -C "$repo" log -1 --format=%s)" = "Import 3 audits of cargo-vet" ] || fail "$(git -C "$repo" log -1)"

# said once: not again
kp import vet "$work/audits.toml" --who me@example.invalid
status_is 1
err_line "kith: import: you have said all of it already"
# the address that git knows
git config --file "$work/gitconfig" user.email me@example.invalid
GIT_CONFIG_GLOBAL=$work/gitconfig kp import vet "$work/audits.toml"
status_is 1
err_line "kith: import: you have said all of it already"
kp import vet "$work/audits.toml" --all --print
status_is 1
err_has "you have said all of it already"
k -C "$work" import vet "$work/audits.toml"
status_is 1
err_line "hint: say with --who which entries are yours, or --all"

# bytes that are not what the lock says end it
cp "$cache/bit-1.0.0.crate" "$work/bit.crate"
cp "$cache/odd-0.1.0.crate" "$cache/bit-1.0.0.crate"
kp import vet "$work/audits.toml" --who me@example.invalid
status_is 4
err_has "this is not the archive of bit 1.0.0"
cp "$work/bit.crate" "$cache/bit-1.0.0.crate"

# --- what is no set ---
printf '[[audits.a]]\ncriteria = "safe-to-run"\nversion = "x"\n' >"$work/bad.toml"
kp import vet "$work/bad.toml" --all
status_is 2
err_has "kith: import: $work/bad.toml: line 3"
kp import vet "$work/nowhere.toml" --all
status_is 1
err_has "$work/nowhere.toml"
kp import vet
status_is 2
err_line "kith: import: vet: name the audits.toml"
kp import sbom "$work/bad.toml"
status_is 2
err_has "'sbom' is no format: vet"
kp import vet "$work/audits.toml" --all --who x
status_is 2
printf '[audits]\n\n[[audits."\\u001b[2J"]]\nwho = "Me"\ncriteria = "safe-to-run"\nversion = "1.0.0"\n' >"$work/bad.toml"
kp import vet "$work/bad.toml" --all
status_is 1
clean_output

# --- export again what was imported ---
kp export vet
status_is 0
err_line "2 audits, 1 violation; left out by people whom nobody trusts: 0"
cat >"$work/expected" <<END
[[audits.bit]]
criteria = ["positive", "level-low", "trust-high"]
version = "1.0.0"
notes = """
Two lines,
of text."""
aggregated-from = [
    "crev:id#$me",
END
sed -n '/^\[\[audits.bit/,/crev:id/p' "$work/out" | head -8 | diff "$work/expected" - >&2 || fail "the full audit"
out_has 'delta = "1.0.0 -> 1.1.0"'
out_has 'violation = "=0.1.0"'
out_has '"safe-to-deploy"'
checks=$((checks + 1))
cp "$work/out" "$work/set"
kp export vet -o "$work/file"
cmp -s "$work/set" "$work/file" || fail "-o wrote something else"

# the trust map wins; its lines are checked
printf '# people\n%s\tlow  whatever\n' "$me" >"$work/map"
kp export vet --trust-map "$work/map"
status_is 0
out_has '"trust-low"'
out_lacks '"trust-high"'
printf '%s none\n' "$me" >"$work/map"
kp export vet --trust-map "$work/map"
status_is 0
err_line "0 audits, 0 violations; left out by people whom nobody trusts: 3"
printf '%s high\nshort low\n' "$me" >"$work/map"
kp export vet --trust-map "$work/map"
status_is 2
err_line "kith: export: $work/map:2: it does not begin with an id"
printf '%s high\n%s low\n' "$me" "$me" >"$work/map"
kp export vet --trust-map "$work/map"
status_is 2
err_line "kith: export: $work/map:2: this id had another level before"
printf '%s much\n' "$me" >"$work/map"
kp export vet --trust-map "$work/map"
status_is 2
err_line "kith: export: $work/map:1: no level behind the id"
kp export vet --json
status_is 2
kp export sbom
status_is 2
err_has "'sbom' is no format: vet"

# --- the example web: a stranger's reviews are not passed on ---
example_evidence
k export vet --root "$root"
status_is 0
cp "$work/out" "$work/set"
cp "$work/err" "$work/counts"
k export vet --root "$root" --semantics crev
status_is 0
checks=$((checks + 1))
grep -q '^[1-9][0-9]* audits\?, [1-9][0-9]* violations\?;' "$work/counts" || fail "counts: $(cat "$work/counts")"
finish
