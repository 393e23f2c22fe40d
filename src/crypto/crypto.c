/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures, message authentication and randomness over libsodium. Knows nothing of proofs; keeps
 * no key: seeds come in, and what is derived from them is wiped before returning.
 */
#include <sodium.h>

#include "crypto/crypto.h"

int
kith_crypto_init(struct kith_error *err)
{
	if (sodium_init() < 0)
		return kith_fail(err, KITH_E_CRYPTO, "libsodium cannot be initialised");
	return KITH_OK;
}

bool
kith_ed25519_verify(const struct kith_id *id, struct kith_span message,
		    const uint8_t sig[KITH_SIG_BYTES])
{
	return crypto_sign_verify_detached(sig, message.ptr, message.len, id->bytes) == 0;
}

/* True if the scalar is already reduced modulo the group's order: no second S for one signature. */
static bool
scalar_is_canonical(const uint8_t s[crypto_core_ed25519_SCALARBYTES])
{
	uint8_t wide[crypto_core_ed25519_NONREDUCEDSCALARBYTES] = {0};
	uint8_t reduced[crypto_core_ed25519_SCALARBYTES];

	memcpy(wide, s, crypto_core_ed25519_SCALARBYTES);
	crypto_core_ed25519_scalar_reduce(reduced, wide);
	return sodium_memcmp(reduced, s, sizeof(reduced)) == 0;
}

bool
kith_ed25519_verify_obsolete(const struct kith_id *id, struct kith_span message,
			     const uint8_t sig[KITH_SIG_BYTES])
{
	uint8_t wide[64], h[crypto_core_ed25519_SCALARBYTES];
	uint8_t sb[crypto_core_ed25519_BYTES], ha[crypto_core_ed25519_BYTES];
	uint8_t r[crypto_core_ed25519_BYTES];
	crypto_generichash_state st;

	if (!scalar_is_canonical(sig + 32))
		return false;
	crypto_generichash_init(&st, NULL, 0, sizeof(wide));
	crypto_generichash_update(&st, sig, 32);
	crypto_generichash_update(&st, id->bytes, KITH_ID_BYTES);
	crypto_generichash_update(&st, message.ptr, message.len);
	crypto_generichash_final(&st, wide, sizeof(wide));
	crypto_core_ed25519_scalar_reduce(h, wide);
	/* R = S·B − h·A; the multiplication refuses keys off the curve or of small order */
	if (crypto_scalarmult_ed25519_noclamp(ha, h, id->bytes) != 0 ||
	    crypto_scalarmult_ed25519_base_noclamp(sb, sig + 32) != 0 ||
	    crypto_core_ed25519_sub(r, sb, ha) != 0)
		return false;
	return sodium_memcmp(r, sig, sizeof(r)) == 0;
}

void
kith_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

void
kith_mac(const uint8_t key[32], struct kith_span bytes, struct kith_digest *ret_mac)
{
	crypto_generichash(ret_mac->bytes, sizeof(ret_mac->bytes), bytes.ptr, bytes.len, key, 32);
}

bool
kith_digest_eq(const struct kith_digest *a, const struct kith_digest *b)
{
	return sodium_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void
kith_ed25519_public(const uint8_t seed[KITH_SEED_BYTES], struct kith_id *ret_id)
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(ret_id->bytes, secret, seed);
	sodium_memzero(secret, sizeof(secret));
}

void
kith_ed25519_sign(const uint8_t seed[KITH_SEED_BYTES], struct kith_span message,
		  uint8_t ret_sig[KITH_SIG_BYTES])
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(public, secret, seed);
	crypto_sign_detached(ret_sig, NULL, message.ptr, message.len, secret);
	sodium_memzero(secret, sizeof(secret));
}
