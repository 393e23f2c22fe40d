#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Both policies against their executable models on random graphs, with fixed seeds.
set -eu
oracle=$KITH_SHARED/oracle
[ -f "$oracle/native_ref.py" ] || { echo "no shared model"; exit 77; }
[ -x "$(command -v python3)" ] || { echo "no python3"; exit 77; }
count=${KITH_MODEL_GRAPHS:-5000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 "$KITH_SOURCE/tests/cases/native_model.py" "$oracle" "${KITH_MODEL_SEED:-1}" "$count" "$folder"
"$KITH_BUILD/tests/kith-cases" wot "$folder"/*.wot >"$folder/out" || true
last=$(tail -n 1 "$folder/out")
[ "$last" = "$count passed, 0 failed" ] || { grep -v ^PASS "$folder/out" | head -n 40; exit 1; }
echo "$last"
