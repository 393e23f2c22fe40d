#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Small cargo-vet stores of our own: verdicts, and a workspace whose graph comes from its manifests.
set -eu
cases=$KITH_BUILD/tests/kith-cases
"$cases" vet "$KITH_SOURCE/tests/cases/vet"
"$cases" vet-real "$KITH_SOURCE/tests/cases/vet-real"
"$cases" vet-export "$KITH_SOURCE/tests/cases/vet-export/mapping.tsv"
