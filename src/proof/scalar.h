/* SPDX-License-Identifier: Apache-2.0 */
/* How crev's YAML takes plain scalars, for reading flattened fields and for choosing quotes. */
#ifndef KITH_PROOF_SCALAR_H
#define KITH_PROOF_SCALAR_H

#include "base/base.h"

/* True if the plain text would be null, a bool or a number, not a string (crev format 3.4, 3). */
bool kith_proof_scalar_resolves(struct kith_span text);

/* The i64 that a plain scalar stands for; false if it stands for none. */
bool kith_proof_scalar_i64(struct kith_span text, int64_t *ret_value);

/*
 * Appends a string as the value of a block mapping or sequence whose entries lie at column
 * `indent`: all that follows "key: " or "- ", line end included, in the style that crev writes.
 * Text must be UTF-8 without NUL.
 */
void kith_proof_scalar_put(struct kith_buf *out, struct kith_span text, size_t indent);

/* Appends a string in double quotes on one line, whatever it holds, without a line end. */
void kith_proof_scalar_put_quoted(struct kith_buf *out, struct kith_span text);

#endif
