/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets: between guard pages, locked where the limit allows it, in no core dump, wiped
 * when given back. A secret is never copied into a span that outlives it, a buffer, a message or a
 * log; what takes one takes a struct kith_secret.
 */
#ifndef KITH_CRYPTO_SECRET_H
#define KITH_CRYPTO_SECRET_H

#include "base/base.h"

struct kith_secret {
	uint8_t *ptr; /* `size` bytes; NULL: none */
	size_t len;   /* how many of them are in use */
	size_t size;
};

/*
 * Makes room for `size` bytes, with none in use. `s` must be zeroed or cleared. Errors:
 * KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_secret_init(struct kith_secret *s, size_t size, struct kith_error *err);
/* Wipes and gives back; usable again with _init. */
void kith_secret_clear(struct kith_secret *s);
#define KITH_AUTO_SECRET KITH_CLEANUP(kith_secret_clear)

/* Fresh memory that holds a copy of n bytes. */
KITH_NODISCARD int kith_secret_copy(struct kith_secret *s, const void *bytes, size_t n,
				    struct kith_error *err);
/* Fresh memory that holds n random bytes. */
KITH_NODISCARD int kith_secret_random(struct kith_secret *s, size_t n, struct kith_error *err);

/* Hands what `from` holds over to `to`, which must be zeroed or cleared. */
void kith_secret_move(struct kith_secret *to, struct kith_secret *from);

/* Constant time for equal lengths. */
bool kith_secret_eq(const struct kith_secret *a, const struct kith_secret *b);

/* Wipes ordinary memory in a way that the compiler keeps. */
void kith_wipe(void *ptr, size_t n);

#endif
