/* SPDX-License-Identifier: Apache-2.0 */
/* Bump allocation in chunks that grow from 4 KiB to 1 MiB. */
#include <stdalign.h>

#include "base/base.h"

struct kith_arena_chunk {
	struct kith_arena_chunk *next;
	alignas(max_align_t) uint8_t bytes[];
};

void
kith_arena_init(struct kith_arena *a, size_t max)
{
	memset(a, 0, sizeof(*a));
	a->max = max;
}

void
kith_arena_clear(struct kith_arena *a)
{
	struct kith_arena_chunk *c = a->chunks, *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
	kith_arena_init(a, a->max);
}

static bool
add_chunk(struct kith_arena *a, size_t size)
{
	size_t want = a->total < KITH_KIB(4) ? KITH_KIB(4) : a->total;
	struct kith_arena_chunk *c;

	if (want > KITH_MIB(1))
		want = KITH_MIB(1);
	if (want < size)
		want = size;
	if (a->total > a->max || size > a->max - a->total) {
		a->full = true;
		return false;
	}
	if (want > a->max - a->total)
		want = a->max - a->total;
	c = malloc(sizeof(*c) + want);
	if (!c)
		return false;
	c->next = a->chunks;
	a->chunks = c;
	a->next = c->bytes;
	a->left = want;
	a->total += want;
	return true;
}

static void *
take(struct kith_arena *a, size_t size, size_t align)
{
	size_t pad = a->next ? (align - (uintptr_t)a->next % align) % align : 0;
	void *p;

	if (size > a->left || pad > a->left - size) {
		if (!add_chunk(a, size)) {
			a->failed = true;
			return NULL;
		}
		pad = 0;
	}
	p = a->next + pad;
	a->next += pad + size;
	a->left -= pad + size;
	return p;
}

void *
kith_arena_alloc(struct kith_arena *a, size_t size)
{
	void *p = take(a, size ? size : 1, alignof(max_align_t));

	if (p)
		memset(p, 0, size ? size : 1);
	return p;
}

void *
kith_arena_array(struct kith_arena *a, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		return NULL;
	return kith_arena_alloc(a, n * size);
}

char *
kith_arena_str(struct kith_arena *a, struct kith_span s)
{
	char *p = s.len < SIZE_MAX ? take(a, s.len + 1, 1) : NULL;

	if (!p)
		return NULL;
	if (s.len)
		memcpy(p, s.ptr, s.len);
	p[s.len] = '\0';
	return p;
}

bool
kith_arena_copy(struct kith_arena *a, struct kith_span s, struct kith_span *ret_copy)
{
	char *p = kith_arena_str(a, s);

	if (!p)
		return false;
	*ret_copy = kith_span(p, s.len);
	return true;
}
