/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing TOML's strings and keys in the one form that Rust's toml_write gives them (cargo-vet.md
 * A.8): files that cargo-vet compares byte for byte are made of it. Strings must be UTF-8.
 */
#ifndef KITH_CODEC_TOML_WRITE_H
#define KITH_CODEC_TOML_WRITE_H

#include "base/base.h"

/* Basic, literal or multi-line, whichever comes first that needs no escape; else basic. */
void kith_toml_put_string(struct kith_buf *out, struct kith_span s);
/* Bare where it can be, else quoted. */
void kith_toml_put_key(struct kith_buf *out, struct kith_span key);

#endif
