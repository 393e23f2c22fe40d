#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith query and explain on the example web.
. "$KITH_SOURCE/tests/cli/lib.sh"
ada=$(cat "$KITH_SOURCE/proofs/root.id")

# nothing fetched: nothing found
k query ids
status_is 1
out_empty
k query nonsense
status_is 2
err_has "'nonsense' is none of: ids, proofs, reviews, packages, issues, advisories, sources"

example_evidence
for list in ids proofs reviews packages issues advisories sources; do
	k query $list
	status_is 0
	err_empty
	clean_output
	lines=$(wc -l <"$work/out")
	k query $list --json
	status_is 0
	python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.query/1" and d["what"] == sys.argv[2]
assert len(d["rows"]) == int(sys.argv[3])' "$work/out" "$list" "$lines" || fail "query $list --json"
	checks=$((checks + 1))
done
k query ids --root "$ada"
out_has "$ada  high"
k query ids --root "$ada" --trusted
status_is 0
out_lacks "  none "
k query reviews kith-example-json
status_is 0
out_has "kith-example-json"
out_lacks "kith-example-text"
k query reviews kith-example-json@1.1.0
status_is 0
k query reviews no-such-package
status_is 1
out_empty
k query proofs --author "$(printf %.7s "$ada")"
status_is 0
checks=$((checks + 1))
! grep -v -- "$ada" "$work/out" || fail "another author's proofs"
k query proofs --author zzzzzzz
status_is 1
err_has "nobody here is known as 'zzzzzzz'"

# explain: the answer first, then every claim, counted or not and why
example_project
k -C "$project" explain kith-example-json --root "$ada"
status_is 0
out_has "kith-example-json 1.1.0: verified"
out_has "  counts"
out_has ".proof.crev:"
clean_output
k -C "$project" explain kith-example-color@1.3.0 --root "$ada"
out_has "not counted:"
k -C "$project" explain pkg:cargo/kith-example-parse@2.0.0 --root "$ada"
out_has "kith-example-parse 2.0.0: negative"
out_has "  objects"
out_has "  objection   "
k -C "$project" explain kith-example-parse --root "$ada" --json
status_is 0
python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d["status"] == "negative" and d["objections"] and d["claims"]
assert any(c["counts"] for c in d["claims"])' "$work/out" || fail "explain --json"
k -C "$project" explain no-such-package --root "$ada"
status_is 1
err_has "no-such-package"
k explain
status_is 2
err_has "name one package or person"

finish
