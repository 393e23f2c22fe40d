/* SPDX-License-Identifier: Apache-2.0 */
/* The builder's life, and its sources: begun, and read or taken over from the old index. */
#include "index/builder.h"

int
kith_index_builder_new(struct kith_index *old, const char *folder,
		       struct kith_index_builder **ret_builder, struct kith_error *err)
{
	struct kith_index_builder *b = kith_calloc(1, sizeof(*b));
	int r;

	if (!b)
		return kith_fail_nomem(err);
	b->old = old;
	kith_arena_init(&b->keys, SIZE_MAX / 2);
	kith_buf_init(&b->strings, UINT32_MAX);
	kith_buf_init(&b->tail, UINT32_MAX);
	kith_map_init(&b->old_sources, NULL);
	kith_map_init(&b->string_map, NULL);
	kith_map_init(&b->id_map, NULL);
	kith_map_init(&b->name_map, NULL);
	kith_map_init(&b->proved_map, NULL);
	kith_map_init(&b->news_map, NULL);
	kith_map_init(&b->bad_map, NULL);
	kith_map_init(&b->carried_map, NULL);
	kith_map_seed(b->seed);
	r = kith_index_spool_init(&b->spool, folder, err);
	if (!r)
		r = kith_trust_builder_new(&b->trust, err);
	if (r) {
		kith_index_builder_free(b);
		return r;
	}
	*ret_builder = b;
	return KITH_OK;
}

void
kith_index_builder_free(struct kith_index_builder *b)
{
	if (!b)
		return;
	kith_index_builder_drop_batch(b);
	kith_arena_clear(&b->keys);
	kith_buf_clear(&b->strings);
	kith_buf_clear(&b->tail);
	kith_index_spool_clear(&b->spool);
	kith_map_clear(&b->old_sources);
	kith_map_clear(&b->string_map);
	kith_map_clear(&b->id_map);
	kith_map_clear(&b->name_map);
	kith_map_clear(&b->proved_map);
	kith_map_clear(&b->news_map);
	kith_map_clear(&b->bad_map);
	kith_map_clear(&b->carried_map);
	free(b->old_strings);
	free(b->proof_slots);
	free(b->sources);
	free(b->news);
	free(b->carried);
	free(b->ids);
	free(b->proofs);
	free(b->digests);
	free(b->checked);
	free(b->names);
	free(b->files);
	free(b->places);
	free(b->refusals);
	free(b->batch);
	kith_trust_builder_free(b->trust);
	free(b);
}

int
kith_index_builder_source(struct kith_index_builder *b, const struct kith_index_source *source,
			  struct kith_error *err)
{
	struct index_source s = {.flags = INDEX_SOURCE_WHOLE | (source->own ? INDEX_SOURCE_OWN : 0),
				 .baseline = source->baseline,
				 .fetched = source->fetched};
	int r;

	if (b->n_sources >= KITH_MAX_SOURCES)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu sources", KITH_MAX_SOURCES);
	r = INDEX_GROW(b, sources, err);
	if (r)
		return r;
	if (!kith_arena_copy(&b->keys, source->url, &s.url) ||
	    !kith_arena_copy(&b->keys, source->name, &s.name) ||
	    !kith_arena_copy(&b->keys, source->commit, &s.commit))
		return kith_fail_nomem(err);
	b->sources[b->n_sources++] = s;
	b->totals.sources++;
	return KITH_OK;
}

void
kith_index_builder_cut_short(struct kith_index_builder *b)
{
	if (b->n_sources)
		b->sources[b->n_sources - 1].flags &= ~INDEX_SOURCE_WHOLE;
}
