/* SPDX-License-Identifier: Apache-2.0 */
/* An arena owns everything that one parsed document consists of; it is freed at once. */
#ifndef KITH_BASE_ARENA_H
#define KITH_BASE_ARENA_H

#include <stddef.h>
#include "base/mem.h"
#include "base/span.h"

struct kith_arena {
	struct kith_arena_chunk *chunks;
	uint8_t *next;
	size_t left;
	size_t total; /* bytes taken from malloc */
	size_t max;   /* bytes that may be taken */
	bool failed;  /* something was asked for that was not there */
	bool full;    /* something was refused because of that, and not for want of memory */
};

void kith_arena_init(struct kith_arena *a, size_t max);
void kith_arena_clear(struct kith_arena *a); /* frees everything; usable again */
#define KITH_AUTO_ARENA KITH_CLEANUP(kith_arena_clear)

/* Zeroed, aligned for any type; NULL when out of memory or above the maximum. */
void *kith_arena_alloc(struct kith_arena *a, size_t size);
void *kith_arena_array(struct kith_arena *a, size_t n, size_t size);
/* NUL-terminated copy (the NUL is not counted by the span form). NULL ptr on failure. */
char *kith_arena_str(struct kith_arena *a, struct kith_span s);
bool kith_arena_copy(struct kith_arena *a, struct kith_span s, struct kith_span *ret_copy);

#endif
