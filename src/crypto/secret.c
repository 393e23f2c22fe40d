/* SPDX-License-Identifier: Apache-2.0 */
/* Secret memory over libsodium's guarded allocator. Knows nothing of what it holds. */
#include <sodium.h>

#include "crypto/secret.h"

int
kith_secret_init(struct kith_secret *s, size_t size, struct kith_error *err)
{
	uint8_t *p = sodium_malloc(size ? size : 1);

	if (!p)
		return kith_fail(err, KITH_E_NOMEM, "no guarded memory is left for a secret");
	sodium_memzero(p, size ? size : 1);
	s->ptr = p;
	s->len = 0;
	s->size = size;
	return KITH_OK;
}

void
kith_secret_clear(struct kith_secret *s)
{
	sodium_free(s->ptr);
	memset(s, 0, sizeof(*s));
}

int
kith_secret_copy(struct kith_secret *s, const void *bytes, size_t n, struct kith_error *err)
{
	int r = kith_secret_init(s, n, err);

	if (r)
		return r;
	if (n)
		memcpy(s->ptr, bytes, n);
	s->len = n;
	return KITH_OK;
}

int
kith_secret_random(struct kith_secret *s, size_t n, struct kith_error *err)
{
	int r = kith_secret_init(s, n, err);

	if (r)
		return r;
	randombytes_buf(s->ptr, n);
	s->len = n;
	return KITH_OK;
}

void
kith_secret_move(struct kith_secret *to, struct kith_secret *from)
{
	*to = *from;
	memset(from, 0, sizeof(*from));
}

bool
kith_secret_eq(const struct kith_secret *a, const struct kith_secret *b)
{
	return a->len == b->len && (!a->len || sodium_memcmp(a->ptr, b->ptr, a->len) == 0);
}

void
kith_wipe(void *ptr, size_t n)
{
	sodium_memzero(ptr, n);
}
