/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a derived file that are checked piece by piece before they are read: what looks into
 * such a file asks here, and the room that knows files answers.
 */
#ifndef KITH_EVIDENCE_CHECKED_H
#define KITH_EVIDENCE_CHECKED_H

#include "base/base.h"

struct kith_checked {
	struct kith_span bytes; /* all of them, where they lie in memory and may be read … */
	/* … else the bytes at [at, at + len), which outlive whoever looks; false: not to be had. */
	bool (*get)(void *ctx, size_t at, size_t len, struct kith_span *ret);
	void *ctx;
	size_t size; /* with get */
};

static inline size_t
kith_checked_size(const struct kith_checked *c)
{
	return c->get ? c->size : c->bytes.len;
}

/* The bytes there; NULL if they do not lie inside, or must not be read. */
static inline const uint8_t *
kith_checked_at(const struct kith_checked *c, size_t at, size_t len)
{
	size_t size = kith_checked_size(c);
	struct kith_span s;

	if (at > size || len > size - at)
		return NULL;
	if (!c->get)
		return c->bytes.ptr + at;
	return c->get(c->ctx, at, len, &s) ? s.ptr : NULL;
}

#endif
