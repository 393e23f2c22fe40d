/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-SIV through nettle, whose order of associated data is crev's. Keeps no key behind. */
#include <nettle/siv-cmac.h>

#include "crypto/siv.h"

static int
check_lengths(const struct kith_secret *key, struct kith_span nonce, size_t plain_len,
	      struct kith_error *err)
{
	if (key->len != KITH_SIV_KEY || !nonce.len || plain_len > KITH_SIV_MAX)
		return kith_fail(err, KITH_E_FORMAT, "sealed key of an impossible length");
	return KITH_OK;
}

int
kith_siv_open(const struct kith_secret *key, struct kith_span nonce, struct kith_span sealed,
	      struct kith_secret *ret_plain, struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret plain = {0};
	struct siv_cmac_aes256_ctx ctx;
	size_t n = sealed.len - KITH_SIV_TAG;
	int r, fits;

	if (sealed.len < KITH_SIV_TAG)
		return kith_fail(err, KITH_E_FORMAT, "sealed key of an impossible length");
	r = check_lengths(key, nonce, n, err);
	if (!r)
		r = kith_secret_init(&plain, n, err);
	if (r)
		return r;
	siv_cmac_aes256_set_key(&ctx, key->ptr);
	fits = siv_cmac_aes256_decrypt_message(&ctx, nonce.len, nonce.ptr, 0, NULL, n, plain.ptr,
					       sealed.ptr);
	kith_wipe(&ctx, sizeof(ctx));
	if (!fits)
		return kith_fail(err, KITH_E_PASSPHRASE, "the passphrase is wrong");
	plain.len = n;
	kith_secret_move(ret_plain, &plain);
	return KITH_OK;
}

int
kith_siv_seal(const struct kith_secret *key, struct kith_span nonce,
	      const struct kith_secret *plain, uint8_t *ret_sealed, struct kith_error *err)
{
	struct siv_cmac_aes256_ctx ctx;
	int r = check_lengths(key, nonce, plain->len, err);

	if (r)
		return r;
	siv_cmac_aes256_set_key(&ctx, key->ptr);
	siv_cmac_aes256_encrypt_message(&ctx, nonce.len, nonce.ptr, 0, NULL,
					plain->len + KITH_SIV_TAG, ret_sealed, plain->ptr);
	kith_wipe(&ctx, sizeof(ctx));
	return KITH_OK;
}
