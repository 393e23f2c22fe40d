#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith verify --semantics vet on the stores of real projects: cargo-vet's own document, its exit
# status, and for the table its totals. Five stores are of the version that is judged; the other
# four are refused without --lenient.
. "$KITH_SOURCE/tests/cli/lib.sh"
real=$KITH_SHARED/vectors/vet/real
[ -d "$real" ] || skip "no shared vectors"

# state NAME STATUS SUMMARY: leniently, as its report.json was made
state() {
	now=$(awk '{print $NF}' "$real/$1/COMMIT")
	store=$real/$1/supply-chain
	k -C "$real/$1/tree" verify --semantics vet --store "$store" --lenient --json
	status_is "$2"
	out_is "$real/$1/report.json"
	k -C "$real/$1/tree" verify --semantics vet --store "$store" --lenient
	status_is "$2"
	out_line "cargo-vet: $3"
	clean_output
}
# strict NAME STATUS
strict() {
	k -C "$real/$1/tree" verify --semantics vet --store "$store" --json
	status_is "$2"
	out_is "$real/$1/report.json"
	err_lacks_warnings
}
err_lacks_warnings() {
	checks=$((checks + 1))
	! grep -q '^warning: ' "$work/err" || fail "a warning"
}
refused() {
	k -C "$real/$1/tree" verify --semantics vet --store "$store"
	status_is 2
	out_empty
	err_line "warning: $store/config.toml: the store is of an older version of cargo-vet: $2"
	err_has "kith: verify: cargo-vet refuses the store $store (1 problem)"
	err_has "hint: --lenient judges stores of another version or form as well"
	k -C "$real/$1/tree" verify --semantics vet --store "$store" --json
	status_is 2
	out_has '"error": {'
}

state wasmtime 0 "success (460 full, 36 partial, 46 exempt)"
strict wasmtime 0
state ariel-os 0 "success (250 full, 24 partial, 313 exempt)"
strict ariel-os 0
state cargo-vet 0 "success (172 full, 7 partial, 83 exempt)"
strict cargo-vet 0
state libprio-rs-2026-03 0 "success (112 full, 13 partial, 26 exempt)"
strict libprio-rs-2026-03 0
state libprio-rs-main 1 "fail (42 unvetted)"
strict libprio-rs-main 1
err_has "next: kith diff aes@0.9.2 0.8.4 · cargo vet certify aes 0.8.4 0.9.2"
state spin-2023-03 0 "success (80 full, 28 partial, 474 exempt)"
err_has "config.toml:28: wit-parser 0.3.1 has a policy that must name a version"
refused spin-2023-03 0.5
state spin 1 "fail (808 unvetted)"
refused spin 0.7
state cargo-deny-2023-09 0 "success (106 full, 32 partial, 184 exempt)"
refused cargo-deny-2023-09 0.8
state cargo-deny 1 "fail (196 unvetted)"
refused cargo-deny 0.8
finish
