/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256-SIV (RFC 5297) as crev's key files use it: associated data is an empty string and then
 * the nonce (crev format 4.3).
 */
#ifndef KITH_CRYPTO_SIV_H
#define KITH_CRYPTO_SIV_H

#include "crypto/secret.h"

#define KITH_SIV_KEY 64
#define KITH_SIV_TAG 16  /* stands before the ciphertext */
#define KITH_SIV_MAX 256 /* of plaintext: it is for keys only */

/*
 * Decrypts. *ret_plain must be zeroed. Errors: KITH_E_PASSPHRASE (the key does not fit, or the
 * bytes were changed: nobody can tell which), KITH_E_FORMAT (impossible length), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_siv_open(const struct kith_secret *key, struct kith_span nonce,
				 struct kith_span sealed, struct kith_secret *ret_plain,
				 struct kith_error *err);

/* Encrypts into plain->len + KITH_SIV_TAG bytes at ret_sealed. Errors: KITH_E_FORMAT (lengths). */
KITH_NODISCARD int kith_siv_seal(const struct kith_secret *key, struct kith_span nonce,
				 const struct kith_secret *plain, uint8_t *ret_sealed,
				 struct kith_error *err);

#endif
