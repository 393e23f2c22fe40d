/* SPDX-License-Identifier: Apache-2.0 */
/*
 * H(x) of the crev format: parametrised BLAKE2b-256 without key, at once and as a stream. Apart
 * from signatures so that a program that only hashes links little.
 */
#include <sodium.h>

#include "crypto/crypto.h"

/*
 * libsodium wants its state aligned to 64 bytes, which malloc does not promise: the room is larger
 * and the state lies at the first border in it.
 */
#define STATE_ALIGN 64

struct kith_blake2b_state {
	uint8_t room[sizeof(crypto_generichash_state) + STATE_ALIGN];
};

static crypto_generichash_state *
state(struct kith_blake2b_state *s)
{
	size_t off = STATE_ALIGN - (uintptr_t)s->room % STATE_ALIGN;

	return (crypto_generichash_state *)(void *)(s->room + off);
}

void
kith_blake2b(struct kith_span bytes, struct kith_digest *ret_digest)
{
	crypto_generichash(ret_digest->bytes, sizeof(ret_digest->bytes), bytes.ptr, bytes.len, NULL,
			   0);
}

struct kith_blake2b_state *
kith_blake2b_new(void)
{
	struct kith_blake2b_state *s = kith_calloc(1, sizeof(*s));

	if (s)
		kith_blake2b_start(s);
	return s;
}

void
kith_blake2b_start(struct kith_blake2b_state *s)
{
	crypto_generichash_init(state(s), NULL, 0, KITH_DIGEST_BYTES);
}

void
kith_blake2b_update(struct kith_blake2b_state *s, struct kith_span bytes)
{
	crypto_generichash_update(state(s), bytes.ptr, bytes.len);
}

void
kith_blake2b_finish(struct kith_blake2b_state *s, struct kith_digest *ret_digest)
{
	crypto_generichash_final(state(s), ret_digest->bytes, sizeof(ret_digest->bytes));
}

void
kith_blake2b_free(struct kith_blake2b_state *s)
{
	free(s);
}
