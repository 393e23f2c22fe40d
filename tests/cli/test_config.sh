#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith.toml and config.toml: roots, policy, exemptions, acceptances, ignores, names, caps, actors.
. "$KITH_SOURCE/tests/cli/lib.sh"
example_evidence
example_project

# the project's roots: no option needed
cat >"$project/kith.toml" <<EOF
[roots]
ids = ["$root"]
EOF
k -C "$project" verify
status_is 4
out_has "17 packages: 4 verified, 0 exempt"
cp "$work/out" "$work/first"

# the user's roots, replaced by the project's; --root replaces both
mkdir -p "$HOME/.config/kith"
printf '[roots]\nids = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]\n' >"$HOME/.config/kith/config.toml"
k -C "$project" verify
out_is "$work/first"
rm "$project/kith.toml"
k -C "$project" verify
out_has "0 verified"
printf 'current-id = "%s"\n[names]\nada = "%s"\n' "$root" "$root" >"$HOME/.config/kith/config.toml"
k -C "$project" verify
out_has "17 packages: 4 verified"
checks=$((checks + 1))
! grep -q 'names no \[roots\]' "$work/err" || fail "told where the project has no policy to share"
# a policy for all that leaves the roots to each: who runs it elsewhere gets another verdict
told='names no [roots]: yours count here, so others and CI get another verdict'
printf '[policy]\nlevel = "low"\n' >"$project/kith.toml"
k -C "$project" verify
out_has "17 packages: 4 verified"
err_has "$told"
k -C "$project" verify --root "$root"
checks=$((checks + 1))
! grep -qF "$told" "$work/err" || fail "told where --root was given"
printf '[roots]\nids = ["%s"]\n' "$root" >"$HOME/.config/kith/config.toml"
k -C "$project" verify
out_has "17 packages: 4 verified"
err_has "$told"
printf '[roots]\nids = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]\n' >"$HOME/.config/kith/config.toml"
k -C "$project" verify
out_has "0 verified"
checks=$((checks + 1))
! grep -qF "$told" "$work/err" || fail "told where they decide nothing"
rm "$project/kith.toml"
printf 'current-id = "%s"\n[names]\nada = "%s"\n' "$root" "$root" >"$HOME/.config/kith/config.toml"
k --config "$work/none.toml" -C "$project" verify
status_is 2
err_has "no such file"

# errors name file, line, column and what was meant
printf '[policy]\nlevle = "low"\n' >"$project/kith.toml"
k -C "$project" verify
status_is 2
out_empty
err_has "kith.toml:2:1: unknown key 'levle'"
err_has "'level'"
printf '[policy]\nlevel = 3\n' >"$project/kith.toml"
k -C "$project" verify
status_is 2
err_has "kith.toml:2:"

# policy, a rule, an exemption, an acceptance
rm "$project/kith.toml"
k -C "$project" explain kith-example-parse --root "$root"
objection=$(sed -n 's/^  objection   //p' "$work/out" | head -n 1)
rare=$(sed -n '/name = "kith-example-rare"/,/^$/s/checksum = "\(.*\)"/\1/p' "$project/Cargo.lock")
cat >"$project/kith.toml" <<EOF
[policy]
level = "medium"

[package."kith-example-te*"]
independent = 3

[[exempt]]
package = "kith-example-rare"
version = "0.1.0"
checksum = "$rare"
reason = "read by us"
until = 2026-12-31

[[accept]]
package = "kith-example-parse"
objection = "$objection"
reason = "does not concern us"
until = 2026-12-31
EOF
k -C "$project" verify
status_is 4
out_has "  exempt        kith-example-rare 0.1.0"
out_lacks "negative      kith-example-parse"
out_lacks "verified      kith-example-text"
out_has "1 exempt"

# an expired exemption is none
sed -i 's/until = 2026-12-31/until = 2026-01-01/' "$project/kith.toml"
k -C "$project" verify
out_has "its exemption has expired"
out_has "0 exempt"
out_has "negative      kith-example-parse"

# the root ignores a reviewer's statements about a package
ben=$(cd "$KITH_SOURCE/proofs/ben" && echo *)
cat >"$project/kith.toml" <<EOF
[[ignore]]
by = "$ben"
package = "kith-example-parse"
reason = "a misunderstanding"
EOF
k -C "$project" verify
out_lacks "negative review by"
k -C "$project" explain kith-example-parse --root "$root"
status_is 0
out_has "kith-example-parse 2.0.0: verified"
out_has "negative, thoroughness high, understanding high; not counted: the roots ignore it"

# one statement only: another digest ignores nothing
sed -i "s/^reason/digest = \"$objection\"\nreason/" "$project/kith.toml"
k -C "$project" verify --root "$root"
out_lacks "negative review by"
sed -i "s/^digest.*/digest = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"/" "$project/kith.toml"
k -C "$project" verify --root "$root"
out_has "negative review by"

finish
