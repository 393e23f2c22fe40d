#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The readers of JSON and TOML over small files of our own (the corpora of peers: test_codec_corpus).
set -eu
"$KITH_BUILD/tests/kith-cases" json-test "$KITH_SOURCE/tests/cases/codec/json"
"$KITH_BUILD/tests/kith-cases" toml-test "$KITH_SOURCE/tests/cases/codec/toml"
