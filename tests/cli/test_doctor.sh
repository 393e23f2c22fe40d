#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# kith doctor: each finding with its remedy; it changes nothing.
. "$KITH_SOURCE/tests/cli/lib.sh"

data=$HOME/.local/share/kith
everything() { find "$HOME" -type f -exec sha256sum {} + | sort | sha256sum; }

# a machine where nothing has happened yet: nothing is wrong, and nothing is made
k doctor
status_is 0
err_empty
out_has "ok       folders    configuration: $HOME/.config/kith (not there yet)"
out_has 'note     sources    no source of evidence yet'
out_has '                    → kith fetch URL'
out_has 'ok       clock      2026-06-01T12:00:00Z'
out_has "ok       helpers    kith-git: $KITH_BUILD/kith-git, protocol "
out_has "ok       helpers    kith-unpack: $KITH_BUILD/kith-unpack, protocol "
out_has "ok       helpers    kith-agent: $KITH_BUILD/kith-agent"
out_has ', 0 warnings, 0 errors'
checks=$((checks + 2))
[ "$(find "$HOME" | wc -l)" = 1 ] || fail 'folders were made'
grep -Eq '^(ok|note) +sandbox +Landlock ' "$work/out" || fail 'nothing about Landlock'
k config dir
err_has 'kith doctor'

example_evidence
k doctor
status_is 0
out_has 'ok       sources    7 sources, fetched within 30 days'
out_has 'ok       index      authentic and current, '
checks=$((checks + 1))
grep -Eq '^ok +mirrors +7 heads with [0-9]+ files read$' "$work/out" || fail 'mirrors were not read'
clean_output
before=$(everything)
k doctor --json
status_is 0
checks=$((checks + 2))
[ "$before" = "$(everything)" ] || fail 'it changed something'
python3 - "$work/out" <<'END' || fail 'doctor --json'
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.doctor/1" and d["deep"] is False and d["version"]
assert d["summary"]["warnings"] == d["summary"]["errors"] == 0
assert d["summary"]["ok"] + d["summary"]["notes"] == len(d["findings"])
assert {"folders", "clock", "ids", "sources", "mirrors", "index", "helpers", "sandbox", "programs",
        "libraries"} == {f["check"] for f in d["findings"]}
assert all(f["level"] in ("ok", "note") and f["text"] for f in d["findings"])
END
k doctor --deep
status_is 0
checks=$((checks + 1))
grep -Eq '^ok +evidence +[0-9]+ proofs verified again, [0-9]+ valid; the index says the same$' "$work/out" || fail 'not deep'
[ ! -e "$HOME/.cache/kith/index.check" ] || fail 'the second index was left'

# the pins of a project: none, good, one that is not here, broken
example_project
rm -rf "$project/.cargo" "$project/vendor"
printf '[roots]\nids = ["%s"]\n' "$root" >"$project/kith.toml"
k -C "$project" doctor
status_is 0
out_has 'note     pins       no kith.lock in this project'
k -C "$project" pin
status_is 0
k -C "$project" doctor
status_is 0
checks=$((checks + 1))
grep -Eq '^ok +pins +[1-9][0-9]* sources? of kith.lock, all here$' "$work/out" || fail 'pins are not in order'
cp "$project/kith.lock" "$work/kith.lock"
sed -i 's/[0-9a-f]\{40\}/1111111111111111111111111111111111111111/' "$project/kith.lock"
k -C "$project" doctor
status_is 1
out_has 'warning  pins '
printf 'nonsense\n' >>"$work/kith.lock"
cp "$work/kith.lock" "$project/kith.lock"
k -C "$project" doctor
status_is 1
out_has 'kith.lock'
out_has 'warning  pins '
# a merge that was left half done: every command says so, with a way out that works
printf '<<<<<<< HEAD\nversion = 1\n=======\nversion = 1\n>>>>>>> x\n' >"$project/kith.lock"
k -C "$project" doctor
status_is 1
out_has 'kith.lock: line 1, column 1: a merge that was not finished'
out_has 'take the whole file of one side'
k -C "$project" pin
status_is 2
err_has 'kith.lock: line 1, column 1: a merge that was not finished'
err_has "hint: take the whole file of one side or revision (git checkout REVISION -- kith.lock), then 'kith pin'"

# evidence grows old, a source fails, the clock was set back
run "$kith" --now 2026-07-10T12:00:00Z doctor
status_is 1
out_has "warning  sources    $KITH_SOURCE/proofs/ben: last fetched 39 days ago"
out_has '                    → carry newer evidence here: kith fetch'
out_has ', 7 warnings, 0 errors'
mkdir "$work/gone"
cp "$KITH_SOURCE"/proofs/ben/*/*/*.crev "$work/gone/"
k fetch "$work/gone"
run "$kith" --now 2026-05-01T00:00:00Z doctor
status_is 1
out_has 'warning  clock      the clock says 2026-05-01T00:00:00Z, but on 2026-06-01T12:00:00Z it fetched from '
run "$kith" --now 1999-01-01 doctor
status_is 3
out_has 'error    clock      the clock says 1999-01-01T00:00:00Z, which is before this program was made'
git init -q -b main "$work/repo"
cp "$work"/gone/* "$work/repo/"
git -C "$work/repo" add -A
git -C "$work/repo" commit -qm one
git -C "$work/repo" bundle create -q "$work/x.bundle" HEAD
k fetch "$work/x.bundle"
printf 'nonsense\n' >"$work/x.bundle"
k fetch "$work/x.bundle"
status_is 3
k doctor
status_is 1
out_has "warning  sources    $work/x.bundle: not a git bundle (1 time, last reached 2026-06-01)"
out_has '                    → kith fetch --all tries it at once; kith source remove gives it up and keeps what was fetched'

# who else can read or change what is ours
k source remove "$work/x.bundle"
k doctor
status_is 0
chmod 777 "$data"
mkdir -p "$HOME/.config/kith/ids"
chmod 755 "$HOME/.config/kith/ids"
k doctor
status_is 1
out_has "warning  folders    others can change $data (mode 777)"
out_has "                    → chmod go-w '$data'"
out_has "warning  folders    others can read $HOME/.config/kith/ids (mode 755)"
out_has "                    → chmod go= '$HOME/.config/kith/ids'"
chmod 700 "$data" "$HOME/.config/kith/ids"
chmod 644 "$data/secret"
k doctor
status_is 1
out_has "warning  folders    others can read $data/secret (mode 644)"
chmod 600 "$data/secret"
CREV_PASSPHRASE=x "$kith" id new --no-passphrase --url https://example.org/me >/dev/null 2>&1 || fail 'id new'
k doctor
status_is 0
out_has 'ok       ids        1 id of your own'
chmod 644 "$HOME"/.config/kith/ids/*.yaml
k doctor
status_is 1
out_has ' is not used: '
chmod 600 "$HOME"/.config/kith/ids/*.yaml

# a configuration that cannot be read costs only what depends on it
printf 'nonsense = 1\n' >"$HOME/.config/kith/config.toml"
k doctor
status_is 3
out_has 'error    configuration'
out_has 'ok       sources    '
rm "$HOME/.config/kith/config.toml"

# helpers that are missing, or something else
KITH_LIBEXEC=$work/none k doctor
status_is 3
out_has 'error    helpers    '
out_has '                    → install kith again, or set KITH_LIBEXEC'
mkdir "$work/libexec"
printf '#!/bin/sh\nexit 3\n' >"$work/libexec/kith-git"
cp "$work/libexec/kith-git" "$work/libexec/kith-agent"
printf '#!/bin/sh\nprintf "\\017\\000\\000\\000\\001\\143\\000\\000\\000\\013\\000\\000\\000kith-unpack"\nsleep 5\n' >"$work/libexec/kith-unpack"
sed -i 's/\\017\\000\\000\\000\\001/\\023\\000\\000\\000\\001/' "$work/libexec/kith-unpack"
chmod +x "$work"/libexec/*
KITH_LIBEXEC=$work/libexec k doctor
status_is 3
out_has 'error    helpers    kith-git: '
out_has 'error    helpers    kith-unpack: speaks version 99 of the protocol'

# damage: the index is made anew by itself, a mirror is not
printf 'x' | dd of="$HOME/.cache/kith/index" bs=1 seek=600 conv=notrunc 2>/dev/null
printf 'x' | dd of="$HOME/.cache/kith/index" bs=1 seek=20 conv=notrunc 2>/dev/null
k doctor
status_is 1
out_has 'warning  index      the index is damaged, forged or from another version'
rm -r "$HOME/.cache/kith"
k doctor
status_is 0
out_has 'note     index      there is no index yet'
k query ids
status_is 0
mirror=$(ls -d "$data"/mirrors/ben-*.git)
object=$(git --git-dir "$mirror" ls-tree -r refs/heads/kith | head -1 | cut -c13-52)
file=$mirror/objects/$(echo "$object" | cut -c1-2)/$(echo "$object" | cut -c3-)
[ -f "$file" ] || git --git-dir "$mirror" unpack-objects -q <"$(ls "$mirror"/objects/pack/*.pack)"
[ -f "$file" ] || { mv "$mirror"/objects/pack "$work/pack"; mkdir "$mirror/objects/pack"; git --git-dir "$mirror" unpack-objects -q <"$(ls "$work"/pack/*.pack)"; }
chmod u+w "$file"
printf garbage >"$file"
k doctor
status_is 4
out_has "error    mirrors    $KITH_SOURCE/proofs/ben: 1 object of "
out_has "                    → remove '$mirror' and fetch again; its journal stays"
rm -r "$mirror"
k doctor
status_is 4
out_has "error    mirrors    $KITH_SOURCE/proofs/ben: its head "
k fetch "$KITH_SOURCE/proofs/ben"
status_is 0
k doctor
status_is 0
meta=$(ls "$data"/mirrors/cora-*.source)
cp "$meta" "$work/meta"
echo nonsense >"$meta"
k doctor
status_is 4
out_has 'what is known about it cannot be read'
cp "$work/meta" "$meta"
k fetch
status_is 0

# an index that says what the mirrors do not prove: only --deep can tell, and does
k doctor --deep
status_is 0
journal=$(ls "$data"/mirrors/cora-*.journal)
k query proofs --json
proof=$(python3 -c '
import json, sys
print([r["proof"] for r in json.load(open(sys.argv[1]))["rows"] if r["source"].endswith("/cora")][0])' "$work/out")
printf 'new 0 %s\n' "$proof" >>"$journal"
k doctor
status_is 0
k doctor --deep
status_is 4
out_has 'error    evidence   the index differs from what the mirrors prove: a proof (number '
out_has '                    → remove the cache folder; if it happens again, somebody changes it or this is a bug'
rm -r "$HOME/.cache/kith"
k doctor --deep
status_is 0
echo other >"$journal"
k doctor
status_is 4
out_has "error    mirrors    $journal: it does not begin with 'kith-journal 1'"
finish
