#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith verify --semantics vet on a small project of its own: the answer, how it explains itself, and
# what it says of stores that are missing or broken.
. "$KITH_SOURCE/tests/cli/lib.sh"
project=$work/p
store=$project/supply-chain
registry="registry+https://github.com/rust-lang/crates.io-index"
sum=0000000000000000000000000000000000000000000000000000000000000000

make_project() {
	rm -rf "$project"
	mkdir -p "$project/src" "$store"
	printf '[package]\nname = "app"\nversion = "1.0.0"\n\n[dependencies]\n' >"$project/Cargo.toml"
	printf 'version = 3\n\n[[package]]\nname = "app"\nversion = "1.0.0"\ndependencies = [\n' >"$project/Cargo.lock"
	for p in "$@"; do
		printf '%s = "%s"\n' "${p%@*}" "${p#*@}" >>"$project/Cargo.toml"
		printf ' "%s",\n' "${p%@*}" >>"$project/Cargo.lock"
	done
	printf ']\n' >>"$project/Cargo.lock"
	for p in "$@"; do
		printf '\n[[package]]\nname = "%s"\nversion = "%s"\nsource = "%s"\nchecksum = "%s"\n' \
			"${p%@*}" "${p#*@}" "$registry" "$sum" >>"$project/Cargo.lock"
	done
	printf '\n# cargo-vet config file\n\n[cargo-vet]\nversion = "0.10"\n' >"$store/config.toml"
	printf '\n# cargo-vet audits file\n\n[audits]\n' >"$store/audits.toml"
	printf '\n# cargo-vet imports lock\n' >"$store/imports.lock"
}
kv() { k -C "$project" verify --semantics vet "$@"; }

# --- every status, and the reasons ---
make_project cooked@2.0.0 fine@1.1.0 half@1.2.0 open@0.3.0
cat >>"$store/config.toml" <<'END'

[imports.friend]
url = "https://example.invalid/audits.toml"

[[exemptions.cooked]]
version = "2.0.0"
criteria = "safe-to-deploy"

[[exemptions.half]]
version = "1.0.0"
criteria = "safe-to-deploy"
END
cat >"$store/audits.toml" <<'END'

# cargo-vet audits file

[[audits.half]]
who = "Me"
criteria = "safe-to-deploy"
delta = "1.0.0 -> 1.2.0"

[[audits.open]]
who = "Me"
criteria = "safe-to-deploy"
version = "0.2.0"

[[audits.open]]
who = "Me"
criteria = "safe-to-run"
version = "0.3.0"
END
cat >"$store/imports.lock" <<'END'

# cargo-vet imports lock

[[audits.friend.audits.fine]]
who = "Friend"
criteria = "safe-to-deploy"
version = "1.1.0"
END
kv
status_is 1
cat >"$work/expected" <<'END'
  vet        package       how
  fail       open 0.3.0    lacks safe-to-deploy: audit 0.2.0 → 0.3.0
  exempt     cooked 2.0.0  exemption
  partial    half 1.2.0    exemption 1.0.0, own audit 1.0.0 → 1.2.0
  full       fine 1.1.0    friend
  first      app 1.0.0     not from the registry
5 packages: 1 full, 1 partial, 1 exempt, 1 fail, 0 violation, 1 first party        FAIL
cargo-vet: fail (1 unvetted)
END
out_is "$work/expected"
err_line "next: kith diff open@0.3.0 0.2.0 · cargo vet certify open 0.2.0 0.3.0"
kv --failing
out_has "fail       open 0.3.0"
out_lacks "fine 1.1.0"
kv --json
status_is 1
cat >"$work/expected" <<'END'
{
  "conclusion": "fail (vetting)",
  "failures": [
    {
      "name": "open",
      "version": "0.3.0",
      "missing_criteria": [
        "safe-to-deploy"
      ]
    }
  ],
  "suggest": null
}
END
out_is "$work/expected"
# from below the project, and with the store named
(cd "$project/src" && k verify --semantics vet >"$work/below") || true
(cd "$project" && k verify --semantics vet --store ./supply-chain)
out_line "cargo-vet: fail (1 unvetted)"

# --- success; no evidence, root or network is asked for ---
cat >>"$store/audits.toml" <<'END'

[[audits.open]]
who = "Me"
criteria = "safe-to-deploy"
delta = "0.2.0 -> 0.3.0"
END
kv
status_is 0
kv --lenient
status_is 0
out_line "cargo-vet: success (2 full, 1 partial, 1 exempt)"
err_empty
# as cargo-vet would not write it
echo '# by hand' >>"$store/audits.toml"
kv
status_is 2
out_empty
err_line "warning: supply-chain/audits.toml:22: audits.toml is not in the form that cargo-vet writes"
err_line "kith: verify: cargo-vet refuses the store supply-chain (1 problem)"
err_line "hint: --lenient judges stores of another version or form as well"
kv --json
status_is 2
out_has '"message": "audits.toml is not in the form that cargo-vet writes"'

# --- a violation stops what was audited ---
make_project bad@1.2.0
printf '\n[[exemptions.bad]]\nversion = "1.2.0"\ncriteria = "safe-to-deploy"\n' >>"$store/config.toml"
printf '\n# cargo-vet audits file\n\n[[audits.bad]]\ncriteria = "safe-to-deploy"\nviolation = ">=1.2, <1.4"\n' >"$store/audits.toml"
kv
status_is 1
out_line "! violation  bad 1.2.0  own violation >=1.2, <1.4 meets exemption 1.2.0"
out_line "cargo-vet: fail (1 violated)"

# --- publishers ---
make_project pub@1.0.0 wild@1.0.0
cat >"$store/audits.toml" <<'END'

# cargo-vet audits file

[[wildcard-audits.wild]]
who = "Me"
criteria = "safe-to-deploy"
user-id = 7 # seven
start = "2020-01-01"
end = "2026-12-01"

[audits]

[[trusted.pub]]
criteria = "safe-to-deploy"
trusted-publisher = "github:o/r"
start = "2020-01-01"
end = "2026-12-01"
END
cat >"$store/imports.lock" <<'END'

# cargo-vet imports lock

[[publisher.pub]]
version = "1.0.0"
when = "2024-01-01"
trusted-publisher = "github:o/r"

[[publisher.wild]]
version = "1.0.0"
when = "2024-01-01"
user-id = 7
user-login = "seven"
END
kv
status_is 0
out_has "pub 1.0.0   publisher github:o/r"
out_has "wild 1.0.0  own audit of what seven publishes"

# --- nothing to vet ---
make_project
kv
status_is 0
out_line "cargo-vet: success"

# --- stores that are none ---
rm "$store/imports.lock"
kv
status_is 2
err_line "kith: verify: supply-chain/imports.lock: not there: this is no whole store of cargo-vet"
rm -r "$store"
kv
status_is 2
out_empty
err_line "kith: verify: supply-chain: no cargo-vet store there"
err_line "hint: --store DIR names another folder; \`cargo vet init\` makes one"
kv --store "$work/nowhere"
status_is 2
err_has "$work/nowhere: no cargo-vet store there"
make_project a@1.0.0
printf 'x = [\n' >>"$store/config.toml"
kv
status_is 2
err_has "warning: supply-chain/config.toml:7: config.toml is no file of cargo-vet: line 7"
make_project a@1.0.0
printf '\n[[exemptions.a]]\nversion = "1.0.0"\ncriteria = "cool\033[2J"\n' | sed 's/\x1b/\\u001b/' >>"$store/config.toml"
kv
status_is 2
err_has 'warning: supply-chain/config.toml:7: cool\x1b[2J is no criterion: in exemptions.a'
clean_output
make_project a@1.0.0
rm "$store/audits.toml"
mkfifo "$store/audits.toml"
kv
status_is 2
err_has "not a regular file"

# --- where the store is: the manifest may say ---
make_project
mv "$store" "$project/vetting"
printf '\n[package.metadata.vet]\nstore = { path = "vetting" }\n' >>"$project/Cargo.toml"
kv
status_is 0
printf '\n[workspace.metadata.vet]\nstore = { path = "vetting" }\n' >>"$project/Cargo.toml"
kv
status_is 2
err_has "both [workspace.metadata.vet] and [package.metadata.vet] name a store"
sed -i '/metadata/,$d' "$project/Cargo.toml"
printf '[package.metadata.vet]\nstore = { path = 3 }\n' >>"$project/Cargo.toml"
kv
status_is 2
err_has "Cargo.toml:"
err_has "[package.metadata.vet] store: no path"
kv --store "$project/vetting"
status_is 0

# --- options that go with other semantics ---
k -C "$project" verify --lenient
status_is 2
err_has "--lenient goes with --semantics vet"
k -C "$project" verify --semantics crev --store x
status_is 2
err_has "--store goes with --semantics vet"
kv --depth 3
status_is 2
err_has "--depth means nothing to cargo-vet"
kv --root x
status_is 2
err_has "--root means nothing to cargo-vet"
k -C "$project" verify --semantics cargo
status_is 2
err_has "--semantics: 'cargo' is none of: native, crev, vet"
finish
