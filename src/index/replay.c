/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes over what the old index has of a source that stands where it stood: its proofs and refusals
 * in the order in which they were read, through the same hands as what is read anew.
 */
#include "index/builder.h"

#define HELD_BYTES KITH_MIB(64) /* of the old index, before they are given back */

static int
damaged(struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "the old index is damaged");
}

struct old_source {
	size_t number;
	struct kith_span url, name, commit;
	unsigned flags;
	uint32_t files;
	uint32_t first_item, n_items, first_refusal, n_refusals;
};

static bool
read_source(const struct kith_index *old, size_t i, struct old_source *ret)
{
	struct index_cursor c = kith_index_row(old, SECTION_SOURCES, i);
	struct old_source s = {.number = i};

	s.url = kith_index_str(&c);
	s.name = kith_index_str(&c);
	s.commit = kith_index_str(&c);
	s.flags = kith_index_u32(&c);
	s.files = kith_index_u32(&c);
	kith_index_skip(&c, 32);
	s.first_item = kith_index_u32(&c);
	s.n_items = kith_index_u32(&c);
	s.first_refusal = kith_index_u32(&c);
	s.n_refusals = kith_index_u32(&c);
	*ret = s;
	return !c.bad;
}

static int
list_old_sources(struct kith_index_builder *b, struct kith_error *err)
{
	struct old_source s;
	struct kith_span key;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < b->old->count[SECTION_SOURCES]; i++) {
		if (!read_source(b->old, i, &s))
			return damaged(err);
		if (!kith_arena_copy(&b->keys, s.name, &key))
			return kith_fail_nomem(err);
		r = kith_map_add(&b->old_sources, key, i, NULL, NULL, err);
	}
	return r;
}

static bool
find_same(const struct kith_index_builder *b, const struct kith_index_source *source,
	  struct old_source *ret)
{
	size_t i;

	return kith_map_get(&b->old_sources, source->name, &i) && read_source(b->old, i, ret) &&
	       (ret->flags & INDEX_SOURCE_WHOLE) &&
	       !(ret->flags & INDEX_SOURCE_OWN) == !source->own &&
	       kith_span_eq(ret->url, source->url) && kith_span_eq(ret->commit, source->commit);
}

/* One row of ITEMS, its record read. */
static int
take_item(struct kith_index_builder *b, struct index_cursor *row, struct kith_arena *arena,
	  struct kith_error *err)
{
	struct index_item x = {.source = (uint32_t)b->n_sources - 1};
	uint32_t number = kith_index_u32(row);
	struct index_cursor c = kith_index_proof_record(b->old, number);
	struct index_cursor proof = kith_index_row(b->old, SECTION_PROOFS, number);
	struct index_checked checked;
	struct index_record record;
	enum kith_ecosystem eco;
	size_t n;

	x.path = kith_index_str(row);
	x.line = kith_index_u32(row);
	kith_index_skip(&proof, 8);
	kith_arena_clear(arena);
	if (row->bad || proof.bad || !kith_index_read_record(&c, arena, &record))
		return damaged(err);
	memcpy(checked.bytes, proof.p, sizeof(checked.bytes));
	if (record.proof.kind == KITH_PROOF_REVIEW &&
	    !kith_index_name_at(b->old, record.name, &eco, &record.proof.package.name, &n))
		return damaged(err);
	x.proof = &record.proof;
	x.checked = &checked;
	x.review_flags = record.review_flags;
	return kith_index_take(b, &x, err);
}

static int
take_refusal(struct kith_index_builder *b, struct index_cursor *row, struct kith_error *err)
{
	struct index_refusal x = {.source = (uint32_t)b->n_sources - 1};
	struct kith_span path, cause;

	kith_index_skip(row, 4);
	path = kith_index_str(row);
	x.line = kith_index_u32(row);
	x.status = kith_index_u32(row);
	x.flags = kith_index_u32(row);
	kith_index_skip(row, 4);
	cause = kith_index_str(row);
	kith_index_bytes32(row, x.digest.bytes);
	return row->bad ? damaged(err) : kith_index_take_refusal(b, &x, path, cause, err);
}

/* The number among all of a source, which says what came first. */
static uint32_t
seq_of(const struct kith_index *old, enum index_section section, uint32_t i, uint32_t end,
       size_t offset)
{
	struct index_cursor c = kith_index_row(old, section, i);

	kith_index_skip(&c, offset);
	return i < end ? kith_index_u32(&c) : UINT32_MAX;
}

static int
take_all(struct kith_index_builder *b, const struct old_source *s, struct kith_arena *arena,
	 struct kith_error *err)
{
	uint32_t item = s->first_item, refusal = s->first_refusal;
	uint32_t end_items = item + s->n_items, end_refusals = refusal + s->n_refusals;
	struct index_cursor row;
	int r = KITH_OK;

	if (s->n_items > b->old->count[SECTION_ITEMS] ||
	    s->n_refusals > b->old->count[SECTION_REFUSED])
		return damaged(err);
	while (!r && (item != end_items || refusal != end_refusals)) {
		if (seq_of(b->old, SECTION_ITEMS, item, end_items, 16) <
		    seq_of(b->old, SECTION_REFUSED, refusal, end_refusals, 24)) {
			row = kith_index_row(b->old, SECTION_ITEMS, item++);
			r = take_item(b, &row, arena, err);
		} else {
			row = kith_index_row(b->old, SECTION_REFUSED, refusal++);
			r = take_refusal(b, &row, err);
		}
	}
	if (kith_tagged_held(b->old->file) > HELD_BYTES)
		kith_tagged_forget(b->old->file);
	return r;
}

int
kith_index_builder_can_reuse(struct kith_index_builder *b, const struct kith_index_source *source,
			     bool *ret_can, struct kith_error *err)
{
	struct old_source old;
	int r = KITH_OK;

	if (b->old && !b->old_strings) {
		b->old_strings = kith_calloc(INDEX_MEMO, sizeof(*b->old_strings));
		r = b->old_strings ? list_old_sources(b, err) : kith_fail_nomem(err);
	}
	if (!r)
		*ret_can = b->old && find_same(b, source, &old);
	return r;
}

int
kith_index_builder_reuse(struct kith_index_builder *b, const struct kith_index_source *source,
			 struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct old_source old;
	int r;

	kith_arena_init(&arena, KITH_MIB(16));
	if (!b->old || !find_same(b, source, &old))
		return kith_fail(err, KITH_E_INTERNAL, "the old index has no such source");
	r = kith_index_builder_flush(b, err);
	if (!r)
		r = kith_index_builder_source(b, source, err);
	if (r)
		return r;
	b->totals.files += old.files;
	b->sources[b->n_sources - 1].files = old.files;
	b->memo = b->old_strings;
	r = take_all(b, &old, &arena, err);
	b->memo = NULL;
	return r;
}
