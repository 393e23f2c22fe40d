/* SPDX-License-Identifier: Apache-2.0 */
/* From a passphrase to a key: Argon2, version 0x13, as crev's key files use it (crev format 4.3).
 */
#ifndef KITH_CRYPTO_KDF_H
#define KITH_CRYPTO_KDF_H

#include "crypto/secret.h"

enum kith_kdf_variant { KITH_KDF_ARGON2D, KITH_KDF_ARGON2I, KITH_KDF_ARGON2ID };

struct kith_kdf {
	enum kith_kdf_variant variant;
	uint32_t passes;
	uint32_t memory_kib;
	uint32_t lanes; /* 0 in a key file that does not say: see kith_keyfile_open */
};

/*
 * Whether these parameters may be tried at all: they come from a file, and would else make us take
 * any amount of memory and time. Errors: KITH_E_LIMIT (KITH_MAX_KDF_...), KITH_E_FORMAT (too little
 * for Argon2).
 */
KITH_NODISCARD int kith_kdf_check(const struct kith_kdf *kdf, size_t salt_len,
				  struct kith_error *err);

/*
 * *ret_key must be zeroed; it becomes key_len bytes. Checks the parameters first. Errors as there,
 * KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_kdf_derive(const struct kith_kdf *kdf, const struct kith_secret *passphrase,
				   struct kith_span salt, size_t key_len,
				   struct kith_secret *ret_key, struct kith_error *err);

/*
 * What new key files get: Argon2id over KITH_KDF_NEW_MEMORY, on up to 4 lanes, with as many passes
 * as take about a second here (measured by one run). Errors: KITH_E_NOMEM.
 */
#define KITH_KDF_NEW_MEMORY 262144 /* KiB */
KITH_NODISCARD int kith_kdf_choose(struct kith_kdf *ret_kdf, struct kith_error *err);

#endif
