#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The worked examples of docs/POLICY.md print what is written there.
. "$KITH_SOURCE/tests/cli/lib.sh"
example_evidence
mkdir "$work/bin" "$work/doc"
# the day on which the examples were made, and the ecosystem's own folders out of the way
printf '#!/bin/sh\nexec "%s" --now %s "$@"\n' "$kith" "$now" >"$work/bin/kith"
chmod 755 "$work/bin/kith"
export PATH="$work/bin:$PATH"
run python3 "$KITH_SOURCE/tests/cli/policy_doc.py" "$KITH_SOURCE/docs/POLICY.md" "$KITH_SOURCE/proofs/project" "$work/doc"
status_is 0
out_has "6 examples, "
# a wrong word in it would be noticed
sed 's/^17 packages: 4 verified/17 packages: 5 verified/' "$KITH_SOURCE/docs/POLICY.md" >"$work/wrong.md"
mkdir "$work/doc2"
run python3 "$KITH_SOURCE/tests/cli/policy_doc.py" "$work/wrong.md" "$KITH_SOURCE/proofs/project" "$work/doc2"
status_is 1
finish
