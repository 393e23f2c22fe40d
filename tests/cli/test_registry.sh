#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith verify and explain: what cargo's index cache says of locked versions, in both of its forms.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
kp() { k -C "$project" "$@"; }
k id new --no-passphrase
cat >"$work/facts.py" <<'END'
import json, sys
for p in json.load(sys.stdin)["packages"]:
    if p["origin"] == "registry":
        print(p["name"], p["version"], p["status"], p["uncorroborated"], json.dumps(p["registry"], sort_keys=True))
END
facts() {
	kp verify --json -v
	python3 "$work/facts.py" <"$work/out" | LC_ALL=C sort >"$work/facts"
}
facts_line() {
	checks=$((checks + 1))
	grep -qxF -- "$1" "$work/facts" || fail "facts lack: $1
$(cat "$work/facts")"
}
# entry DIR NAME VERSION CHECKSUM YANKED PUBLISHED
entry() {
	case ${#2} in
	3) place=3/$(printf %.1s "$2")/$2 ;;
	*) fail "no such name here" ;;
	esac
	mkdir -p "$1/${place%/*}"
	[ -e "$1/$place" ] || printf '\003\002\000\000\000etag: x\000' >"$1/$place"
	printf '%s\000{"name":"%s","vers":"%s","deps":[],"cksum":"%s","features":{},"yanked":%s%s}\000' \
		"$3" "$2" "$3" "$4" "$5" "${6:+,\"pubtime\":\"$6\"}" >>"$1/$place"
}
sum() { sha256sum "$cache/$1-$2.crate" | cut -d' ' -f1; }

# --- nothing is known ---
mv "$index" "$work/index"
facts
facts_line 'bit 1.1.0 insufficient True null'
kp explain bit
out_line "  registry    cargo's index cache does not know it; when it was published is not known"
# what was seen once is corroborated by that
facts
facts_line 'bit 1.1.0 insufficient False null'

# --- the index cache as the other tests have it: no times ---
mv "$work/index" "$index"
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "yank_lure": false, "yanked": false}'
err_has "registry: 2 entries of cargo's index read"
kp explain bit
out_line "  registry    not yanked, states the locked checksum; when it was published is not known"
# warm: nothing is read again
facts
checks=$((checks + 1))
! grep -q "cargo's index read" "$work/err" || fail "the index was read again"

# --- published, yanked ---
rm "$index/3/b/bit"
entry "$index" bit 1.0.0 "$(sum bit 1.0.0)" false 2026-01-01T00:00:00Z
entry "$index" bit 1.1.0 "$(sum bit 1.1.0)" true 2026-05-30T00:00:00Z
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "published": "2026-05-30T00:00:00Z", "yank_lure": false, "yanked": true}'
err_has "registry: 1 entries of cargo's index read"
printf '[policy]\nyanked = "object"\n' >"$project/kith.toml"
facts
facts_line 'bit 1.1.0 negative False {"checksum_agrees": true, "published": "2026-05-30T00:00:00Z", "yank_lure": false, "yanked": true}'
kp verify
out_has "yanked from the registry"
rm "$project/kith.toml"

# --- the lure: young, and all that is older and compatible is yanked ---
rm "$index/3/b/bit"
entry "$index" bit 0.9.0 "$(sum bit 1.0.0)" false 2025-01-01T00:00:00Z
entry "$index" bit 1.0.0 "$(sum bit 1.0.0)" true 2026-01-01T00:00:00Z
entry "$index" bit 1.1.0-rc.1 "$(sum bit 1.0.0)" false 2026-01-01T00:00:00Z
entry "$index" bit 1.1.0 "$(sum bit 1.1.0)" false 2026-05-30T00:00:00Z
entry "$index" bit 1.2.0 "$(sum bit 1.1.0)" false 2026-05-31T00:00:00Z
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "published": "2026-05-30T00:00:00Z", "yank_lure": true, "yanked": false}'
err_line "warning: bit 1.1.0 is 2 days old and all 1 older compatible versions are yanked: whoever yanked them may want you to take this one"
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "published": "2026-05-30T00:00:00Z", "yank_lure": true, "yanked": false}'
kp explain bit
out_line "  published   2026-05-30"
out_line "  registry    not yanked, states the locked checksum; all 1 older compatible versions are yanked"
# … not when it is old enough
now=2026-06-07T00:00:00Z
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "published": "2026-05-30T00:00:00Z", "yank_lure": false, "yanked": false}'
# … but by a longer cooldown, although its older versions were not asked for before
printf '[policy]\ncooldown = "30 days"\n' >"$project/kith.toml"
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "published": "2026-05-30T00:00:00Z", "yank_lure": true, "yanked": false}'
rm "$project/kith.toml"
now=2026-06-01T12:00:00Z

# --- the git form is asked too; the file that was written last tells ---
git=$CARGO_HOME/registry/index/github.com-1ecc6299db9ec823/.cache
entry "$git" bit 1.1.0 "$(sum bit 1.1.0)" true 2026-05-30T00:00:00Z
touch -d 2026-05-01 "$git/3/b/bit"
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "published": "2026-05-30T00:00:00Z", "yank_lure": true, "yanked": false}'
touch -d 2030-05-01 "$git/3/b/bit"
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "published": "2026-05-30T00:00:00Z", "yank_lure": false, "yanked": true}'

# --- either of them may contradict the lock file ---
entry "$git" odd 0.1.0 "$(sum bit 1.1.0)" false
touch -d 2020-05-01 "$git/3/o/odd"
kp verify
status_is 4
out_has "✗ mismatch      odd 0.1.0  the lock file's checksum is not the registry's"
err_line "warning: odd 0.1.0: the lock file's checksum is not the registry's"
rm "$git/3/o/odd"
kp verify
status_is 1
# another registry's index of the same host says nothing
other=$CARGO_HOME/registry/index/github.com-0123456789abcdef/.cache
entry "$other" odd 0.1.0 "$(sum bit 1.1.0)" true
kp verify
status_is 1

# --- files that are none ---
printf '1.1.0\000{"name":"bit","vers":"1.1.0","cksum":"00","yanked":true}\000' >"$git/3/b/bit"
printf '1.1.0\000{"name":"bit","vers":"1.1.0","cksum":"%s","yanked":"yes"}\000' "$(sum bit 1.1.0)" >"$index/3/b/bit"
facts
facts_line 'bit 1.1.0 insufficient False null'
rm "$git/3/b/bit" "$index/3/b/bit"
mkfifo "$index/3/b/bit"
facts
facts_line 'bit 1.1.0 insufficient False null'
rm "$index/3/b/bit"
entry "$index" bit 1.1.0 "$(sum bit 1.1.0)" false "last \\\\u001b[2J week"
kp explain bit
out_line "  registry    not yanked, states the locked checksum; when it was published is not known"
clean_output

# --- what is remembered can be lost, damaged or forged: it is read again ---
printf 'x' | dd of="$HOME/.cache/kith/registry" bs=1 seek=4200 conv=notrunc 2>/dev/null
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "yank_lure": false, "yanked": false}'
printf 'no such file' >"$HOME/.cache/kith/registry"
facts
facts_line 'bit 1.1.0 insufficient False {"checksum_agrees": true, "yank_lure": false, "yanked": false}'
# --- the project's own tree says where packages come from ---
mkdir "$project/.cargo"
printf '[source.crates-io]\nreplace-with = "mine"\n\n[source.mine]\ndirectory = "vendor"\n' >"$project/.cargo/config.toml"
(cd "$project" && "$kith" --now "$now" verify --json >"$work/out" 2>"$work/err") || true
err_line ".cargo/config.toml:2: the project's own tree replaces the source crates-io with mine"
out_has '"source_replacements": ['
out_has '"with": "mine"'
(cd "$project" && "$kith" --now "$now" -q verify >"$work/out" 2>"$work/err") || true
err_empty
rm -r "$project/.cargo"
# --- a vouch counts for whoever published the first version, which the index names ---
rm "$index/3/b/bit"
entry "$index" bit 1.0.0 "$(sum bit 1.0.0)" false 2025-02-01T00:00:00Z
entry "$index" bit 0.9.0 "$(sum bit 1.0.0)" false 2025-03-01T00:00:00Z
entry "$index" bit 1.1.0 "$(sum bit 1.1.0)" false 2026-05-01T00:00:00Z
mkdir "$work/set"
printf '[[trusted.bit]]\ncriteria = "safe-to-deploy"\nuser-id = 7\nstart = "2025-01-01"\nend = "2027-01-01"\n' >"$work/set/audits.toml"
publisher() { printf '[[publisher.bit]]\nversion = "%s"\nwhen = "%s"\nuser-id = %s\nuser-login = "a%s"\n\n' "$1" "$2" "$3" "$3"; }
publisher 1.1.0 2026-05-01 7 >"$work/set/imports.lock"
kp source add vet "$work/set" --name north --level low
status_is 0
kp fetch
kp explain bit
out_has "not counted: the registry's facts about the publisher are not known"
{ publisher 0.9.0 2025-03-01 7; publisher 1.0.0 2025-02-01 8; publisher 1.1.0 2026-05-01 7; } >"$work/set/imports.lock"
kp fetch
kp explain bit
out_has "not counted: vouches for another publisher or time"
{ publisher 1.0.0 2025-02-01 7; publisher 1.1.0 2026-05-01 7; } >"$work/set/imports.lock"
kp fetch
facts
facts_line 'bit 1.1.0 verified False {"checksum_agrees": true, "published": "2026-05-01T00:00:00Z", "yank_lure": false, "yanked": false}'
kp source remove north
# crev's own answer knows nothing of all this
k -C "$project" verify --semantics crev --json
out_lacks '"yanked"'
finish
