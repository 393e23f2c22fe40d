# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
# People of a test's own, by number: they sign what they say, and publish it in $work/rN. Sourced
# after lib.sh.

sign() { "$KITH_BUILD/tests/sign_proof" "$1"; }
id() { "$KITH_BUILD/tests/sign_proof" --id "$1"; }
newline='
'
# trust FROM LEVEL TO DATE
trust() {
	printf 'kind: trust\nversion: -1\ndate: %sT00:00:00+00:00\nfrom:\n  id-type: crev\n  id: @ID@\n  url: https://example.org/%s\nids:\n- id-type: crev\n  id: "@ID:%s@"\n  url: https://example.org/%s\ntrust: %s\n' "$4" "$1" "$3" "$3" "$2" | sign "$1"
}
# review AUTHOR NAME VERSION RATING DATE [COMMENT]: of the bytes that $project has (packages.sh)
review() {
	digest=$("$kith" digest "$2@$3" -C "$project" 2>/dev/null | cut -d' ' -f1)
	printf 'kind: package review\nversion: -1\ndate: %sT00:00:00+00:00\nfrom:\n  id-type: crev\n  id: @ID@\n  url: https://example.org/%s\npackage:\n  source: https://crates.io\n  name: %s\n  version: %s\n  digest: %s\nreview:\n  thoroughness: medium\n  understanding: medium\n  rating: %s\n%s' \
		"$5" "$1" "$2" "$3" "$digest" "$4" "${6:+comment: $6$newline}" | sign "$1"
}
# publish N: standard input is all that N's repository has from now on
publish() {
	[ -d "$work/r$1" ] || git init -q -b main "$work/r$1"
	cat >"$work/r$1/p.crev"
	git -C "$work/r$1" add -A
	git -C "$work/r$1" commit -qm x --allow-empty
}
