/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries whose text was cut out of their source: where they stood and since when is told. The text
 * decides what they say, so each must be exactly the one that was meant.
 */
#include "evidence/claim_set_builder.h"

static void
put_i64(uint32_t *two, int64_t v)
{
	two[0] = (uint32_t)(uint64_t)v;
	two[1] = (uint32_t)((uint64_t)v >> 32);
}

static int
stamp(struct kith_claim_set_builder *b, const struct kith_claim_set_carried *x, struct entry *e)
{
	if (e->head == NEVER)
		return kith_fail(b->err, KITH_E_INTEGRITY, "an entry is there twice");
	e->head = NEVER;
	e->w[ENTRY_LINE] = x->line;
	e->w[ENTRY_FLAGS] &= ~(FLAG_SEEN | FLAG_GONE);
	if (x->has_seen) {
		e->w[ENTRY_FLAGS] |= FLAG_SEEN;
		put_i64(&e->w[ENTRY_SEEN], x->seen);
	}
	if (x->gone) {
		e->w[ENTRY_FLAGS] |= FLAG_GONE;
		put_i64(&e->w[ENTRY_GONE], x->gone_since);
	}
	return claim_set_put_text(b, x->path, &e->w[ENTRY_PATH]);
}

int
kith_claim_set_builder_carried(struct kith_claim_set_builder *b,
			       const struct kith_claim_set_carried *list, size_t n,
			       struct kith_error *err)
{
	KITH_AUTO_FREE struct entry *ordered = kith_calloc(n + 1, sizeof(*ordered));
	size_t i, at;
	int r = KITH_OK;

	b->err = err;
	if (!ordered)
		return kith_fail_nomem(err);
	if (b->n_entries - b->first_entry != n)
		return kith_fail(err, KITH_E_INTEGRITY, "%zu entries where %zu are said to be",
				 b->n_entries - b->first_entry, n);
	for (i = 0; !r && i < n; i++) {
		if (!kith_map_get(&b->seen, kith_span(list[i].digest.bytes, KITH_DIGEST_BYTES),
				  &at))
			return kith_fail(err, KITH_E_INTEGRITY,
					 "an entry of %.*s:%u is not as it was",
					 KITH_SPAN_FMT(list[i].path), list[i].line);
		r = stamp(b, &list[i], &b->entries[at]);
		ordered[i] = b->entries[at];
	}
	for (i = 0; !r && i < n; i++) {
		ordered[i].head = b->head;
		b->entries[b->first_entry + i] = ordered[i];
	}
	return r;
}
