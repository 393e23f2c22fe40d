#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith verify in a project with a cargo-vet store: its audits, imports, exemptions and policies count
# together with all other evidence, and one line says what cargo-vet itself says.
. "$KITH_SOURCE/tests/cli/lib.sh"
project=$work/p
store=$project/supply-chain
registry="registry+https://github.com/rust-lang/crates.io-index"
sum=0000000000000000000000000000000000000000000000000000000000000000
mkdir -p "$store"
printf '[package]\nname = "app"\nversion = "1.0.0"\n\n[dependencies]\n' >"$project/Cargo.toml"
printf 'version = 3\n\n[[package]]\nname = "app"\nversion = "1.0.0"\ndependencies = [\n' >"$project/Cargo.lock"
for p in bad@1.2.0 cooked@2.0.0 fine@1.1.0 half@1.2.0 mine@1.0.0 plain@0.1.0 runs@0.3.0 wild@1.0.0; do
	printf '%s = "%s"\n' "${p%@*}" "${p#*@}" >>"$project/Cargo.toml"
	printf ' "%s",\n' "${p%@*}" >>"$project/Cargo.lock"
	printf '\n[[package]]\nname = "%s"\nversion = "%s"\nsource = "%s"\nchecksum = "%s"\n' \
		"${p%@*}" "${p#*@}" "$registry" "$sum" >>"$work/packages"
done
printf ']\n' >>"$project/Cargo.lock"
cat "$work/packages" >>"$project/Cargo.lock"
cat >"$store/config.toml" <<'END'

# cargo-vet config file

[cargo-vet]
version = "0.10"

[imports.friend]
url = "https://example.invalid/friend/audits.toml"

[policy.app]
dependency-criteria = { runs = "safe-to-run" }

[[exemptions.bad]]
version = "1.2.0"
criteria = "safe-to-deploy"

[[exemptions.cooked]]
version = "2.0.0"
criteria = "safe-to-deploy"
notes = "for now"

[[exemptions.half]]
version = "1.0.0"
criteria = "safe-to-deploy"

[[exemptions.plain]]
version = "0.1.0"
criteria = "safe-to-run"
END
cat >"$store/audits.toml" <<'END'

# cargo-vet audits file

[[wildcard-audits.wild]]
who = "Me"
criteria = "safe-to-deploy"
user-id = 7 # seven
start = "2020-01-01"
end = "2026-12-01"

[[audits.half]]
who = "Me"
criteria = "safe-to-deploy"
delta = "1.0.0 -> 1.2.0"

[[audits.mine]]
who = "Me"
criteria = "safe-to-deploy"
version = "1.0.0"

[[audits.runs]]
who = "Me"
criteria = "safe-to-run"
version = "0.3.0"
END
cat >"$store/imports.lock" <<'END'

# cargo-vet imports lock

[[publisher.wild]]
version = "1.0.0"
when = "2024-01-01"
user-id = 7
user-login = "seven"

[[audits.friend.audits.bad]]
who = "Friend"
criteria = "safe-to-deploy"
violation = "<1.3"

[[audits.friend.audits.fine]]
who = "Friend"
criteria = "safe-to-deploy"
version = "1.0.0"

[[audits.friend.audits.fine]]
who = "Friend"
criteria = "safe-to-deploy"
delta = "1.0.0 -> 1.1.0"
END
k id new --no-passphrase
kp() { k -C "$project" "$@"; }

kp verify
status_is 1
cat >"$work/expected" <<'END'
! negative      bad 1.2.0     violation found by friend
  insufficient  half 1.2.0    does not count: supply-chain
  insufficient  plain 0.1.0   no evidence at all
  insufficient  wild 1.0.0    no evidence at all
  exempt        cooked 2.0.0  exempt: for now
  verified      fine 1.1.0    friend 1.0.0, friend 1.0.0 → 1.1.0
  verified      mine 1.0.0    supply-chain
  verified      runs 0.3.0    supply-chain
  local         app 1.0.0     the project's own
cargo-vet: fail (1 violated)
9 packages: 3 verified, 1 exempt, 3 insufficient, 1 negative, 0 mismatch, 1 local        FAIL
END
out_is "$work/expected"
kp verify --json
cat >"$work/check.py" <<'END'
import json, sys
d = json.load(sys.stdin)
print(d["cargo_vet"])
for p in d["packages"]:
    places = [x for c in p["chain"] for x in c["places"]] + [x for o in p["objections"] for x in o.get("places", [])]
    print(p["name"], p["status"], p["requirement"]["criteria"], [(x["source"], x["path"], x["line"]) for x in places])
END
python3 "$work/check.py" <"$work/out" >"$work/checked"
mv "$work/checked" "$work/out"
out_line "fail (1 violated)"
out_line "bad negative ['safe-to-deploy'] [('supply-chain', 'imports.lock', 10)]"
out_line "runs verified ['safe-to-run'] [('supply-chain', 'audits.toml', 21)]"
out_line "fine verified ['safe-to-deploy'] [('supply-chain', 'imports.lock', 15), ('supply-chain', 'imports.lock', 20)]"
# what cargo-vet says is what it says alone
kp verify --semantics vet
out_line "cargo-vet: fail (1 violated)"
# crev knows nothing of it
kp verify --semantics crev
out_lacks "cargo-vet:"
kp explain fine
status_is 0
out_has "friend"

# --- kith.toml's own criteria win over the store's policies; imports count at the required level ---
printf '[policy]\ncriteria = ["safe-to-deploy"]\nlevel = "medium"\n' >"$project/kith.toml"
kp verify
out_has "  insufficient  runs 0.3.0"
out_has "  verified      fine 1.1.0    friend 1.0.0, friend 1.0.0 → 1.1.0"
out_has "  exempt        cooked 2.0.0  exempt: for now"
# independence: the project's own word and its imports are two
printf '[policy]\nindependent = 2\n' >"$project/kith.toml"
kp verify
out_has "  insufficient  mine 1.0.0    1 independent, 2 required: all hang on supply-cha"
# what is objected to can be accepted
kp verify --json
id=$(python3 -c 'import json, sys
print(next(p for p in json.load(sys.stdin)["packages"] if p["name"] == "bad")["objections"][0]["id"])' <"$work/out")
printf '[[accept]]\npackage = "bad"\nobjection = "%s"\nreason = "no matter here"\nadded = 2026-05-01\n' "$id" >"$project/kith.toml"
kp verify
out_has "  exempt        bad 1.2.0     exempt: supply-chain"
rm "$project/kith.toml"

# --- a project whose store says all is well ---
sed -i '/audits.bad/,/^$/d' "$store/imports.lock"
sed -i '/exemptions.plain/,$d' "$store/config.toml"
sed -i '/^name = "plain"/,/^$/d;/"plain",/d' "$project/Cargo.lock"
sed -i '$!N;/^\[\[package\]\]\n\[\[package\]\]$/!P;D' "$project/Cargo.lock"
sed -i '/^plain/d' "$project/Cargo.toml"
sed -i -e :a -e '/^\n*$/{$d;N;ba' -e '}' "$store/config.toml"
kp verify
out_line "cargo-vet: success (4 full, 1 partial, 2 exempt)"

# --- stores that cargo-vet refuses: used as far as they can be, and said ---
echo '# by hand' >>"$store/audits.toml"
kp verify
status_is 1
out_line "cargo-vet: error (1)"
out_has "  verified      mine 1.0.0    supply-chain"
printf 'x = [\n' >>"$store/audits.toml"
kp verify
status_is 2
out_empty
err_has "kith: verify: supply-chain/audits.toml:"
err_has "hint: its violations would be lost otherwise"
rm "$store/audits.toml"
kp verify
status_is 2
err_has "supply-chain/audits.toml: not there: this is no whole store of cargo-vet"
finish
