#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every key, right and wrong, in small files of our own.
set -eu
exec "$KITH_BUILD/tests/kith-cases" config "$KITH_SOURCE"/tests/cases/config/*.toml
