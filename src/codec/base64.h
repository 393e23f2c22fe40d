/* SPDX-License-Identifier: Apache-2.0 */
/* base64url without padding, and lower-case hex; both strict (crev format 1). */
#ifndef KITH_CODEC_BASE64_H
#define KITH_CODEC_BASE64_H

#include "base/base.h"

#define KITH_BASE64_LEN(n) (((n)*4 + 2) / 3) /* characters for n bytes */
#define KITH_ID_TEXT       43                /* characters of an id or digest of 32 bytes */

/*
 * Decodes; false for any other character, padding, blanks, non-zero trailing bits, an impossible
 * length, or more than `size` bytes.
 */
bool kith_base64_decode(struct kith_span text, uint8_t *out, size_t size, size_t *ret_len);
/* As above, but `=` padding is accepted (only for obsolete signatures). */
bool kith_base64_decode_padded(struct kith_span text, uint8_t *out, size_t size, size_t *ret_len);
/* Exactly n bytes or false. */
bool kith_base64_decode_exact(struct kith_span text, uint8_t *out, size_t n);
void kith_base64_put(struct kith_buf *out, const void *bytes, size_t len);
/* 43 characters and a NUL. */
void kith_base64_id(char out[KITH_ID_TEXT + 1], const uint8_t bytes[32]);

/* Hex: lower case written, both cases read. */
bool kith_hex_decode_exact(struct kith_span text, uint8_t *out, size_t n);
void kith_hex_put(struct kith_buf *out, const void *bytes, size_t len);

#endif
