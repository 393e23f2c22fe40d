/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures, hashes, randomness. The only room that includes libsodium, nettle and libargon2. */
#ifndef KITH_CRYPTO_CRYPTO_H
#define KITH_CRYPTO_CRYPTO_H

#include "base/base.h"

#define KITH_SIG_BYTES    64
#define KITH_SEED_BYTES   32
#define KITH_SHA256_BYTES 32
#define KITH_SHA512_BYTES 64

/* Readies libsodium; cheap when done already. Error: KITH_E_CRYPTO. Call before anything else. */
KITH_NODISCARD int kith_crypto_init(struct kith_error *err);

/* Ed25519 (RFC 8032); small-order keys and non-canonical S are refused. */
KITH_NODISCARD bool kith_ed25519_verify(const struct kith_id *id, struct kith_span message,
					const uint8_t sig[KITH_SIG_BYTES]);

/*
 * Ed25519 with BLAKE2b-512 in place of SHA-512: what crev signed with before April 2019. Tells
 * obsolete signatures from bad ones; never makes a proof valid.
 */
KITH_NODISCARD bool kith_ed25519_verify_obsolete(const struct kith_id *id, struct kith_span message,
						 const uint8_t sig[KITH_SIG_BYTES]);

/* H(x) of the crev format: parametrised BLAKE2b-256, no key. */
void kith_blake2b(struct kith_span bytes, struct kith_digest *ret_digest);

/* Streaming hashes: _new gives a state that is yours (_free); NULL when out of memory. */
struct kith_blake2b_state;
struct kith_blake2b_state *kith_blake2b_new(void);
void kith_blake2b_start(struct kith_blake2b_state *s); /* begin anew */
void kith_blake2b_update(struct kith_blake2b_state *s, struct kith_span bytes);
void kith_blake2b_finish(struct kith_blake2b_state *s, struct kith_digest *ret_digest);
void kith_blake2b_free(struct kith_blake2b_state *s);

void kith_sha256(struct kith_span bytes, uint8_t ret_hash[KITH_SHA256_BYTES]);
void kith_sha512(struct kith_span bytes, uint8_t ret_hash[KITH_SHA512_BYTES]);
struct kith_sha256_state;
struct kith_sha256_state *kith_sha256_new(void);
void kith_sha256_start(struct kith_sha256_state *s);
void kith_sha256_update(struct kith_sha256_state *s, struct kith_span bytes);
void kith_sha256_finish(struct kith_sha256_state *s, uint8_t ret_hash[KITH_SHA256_BYTES]);
void kith_sha256_free(struct kith_sha256_state *s);

/* SHA-256 of a regular file read plainly in blocks; *ret_stamp (may be NULL) is of the open file.
 */
KITH_NODISCARD int kith_sha256_file(const char *path, uint8_t ret_hash[KITH_SHA256_BYTES],
				    struct kith_fs_stamp *ret_stamp, struct kith_error *err);

void kith_random(void *out, size_t len);

/* Keyed hash for derived data under this machine's secret (verdict.md 11): BLAKE2b-256 with key. */
void kith_mac(const uint8_t key[32], struct kith_span bytes, struct kith_digest *ret_mac);
/* Constant time. */
bool kith_digest_eq(const struct kith_digest *a, const struct kith_digest *b);

/* For proofs/make and tests: keys from a seed, and a detached signature. */
void kith_ed25519_public(const uint8_t seed[KITH_SEED_BYTES], struct kith_id *ret_id);
void kith_ed25519_sign(const uint8_t seed[KITH_SEED_BYTES], struct kith_span message,
		       uint8_t ret_sig[KITH_SIG_BYTES]);

/* The versions of libsodium and nettle, one line each. */
void kith_crypto_put_versions(struct kith_buf *out);

#endif
