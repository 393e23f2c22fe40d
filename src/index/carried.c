/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs that a file carries from another machine, with what was known of them there. Signatures
 * are verified as everywhere; what history says of a proof is believed, because whoever names such
 * a file says so (verdict.md 10). One that is not as its author signed it spoils all.
 */
#include "index/builder.h"

static int
note_fact(struct kith_index_builder *b, const struct kith_index_carried *fact,
	  struct kith_error *err)
{
	struct kith_span key;
	bool added;
	int r = INDEX_GROW(b, carried, err);

	if (r)
		return r;
	if (!kith_arena_copy(&b->keys, kith_span(fact->digest.bytes, KITH_DIGEST_BYTES), &key))
		return kith_fail_nomem(err);
	r = kith_map_add(&b->carried_map, key, b->n_carried, NULL, &added, err);
	if (r)
		return r;
	if (!added)
		return kith_fail(err, KITH_E_FORMAT, "a proof is there twice");
	b->carried[b->n_carried++] = *fact;
	return KITH_OK;
}

int
kith_index_builder_carried(struct kith_index_builder *b, size_t source, struct kith_span path,
			   uint32_t line, struct kith_span text,
			   const struct kith_index_carried *fact, struct kith_error *err)
{
	const struct index_batch_file f = {
	    .source = (uint32_t)source, .gone = fact->gone, .line = line, .digest = fact->digest};
	int r;

	if (source >= b->n_sources)
		return kith_fail(err, KITH_E_FORMAT, "a proof of no source");
	if (text.len > KITH_MAX_PROOF_FILE)
		return kith_fail(err, KITH_E_LIMIT, "a proof is too large");
	b->is_carried = true;
	if (!fact->gone) {
		b->totals.files++;
		b->sources[source].files++;
	}
	r = note_fact(b, fact, err);
	return r ? r : kith_index_builder_wait(b, &f, path, text, err);
}

int
kith_index_builder_carried_again(struct kith_index_builder *b, size_t source, struct kith_span path,
				 uint32_t line, bool gone, const struct kith_digest *digest,
				 struct kith_error *err)
{
	const struct index_batch_file f = {.source = (uint32_t)source,
					   .gone = gone,
					   .line = line,
					   .again = true,
					   .digest = *digest};

	if (source >= b->n_sources)
		return kith_fail(err, KITH_E_FORMAT, "a proof of no source");
	b->is_carried = true;
	return kith_index_builder_wait(b, &f, path, KITH_SPAN_NONE, err);
}

static int
bad_proof(const struct index_batch_file *f, const char *why, struct kith_error *err)
{
	return kith_fail(err, KITH_E_INTEGRITY, "the proof of %.*s:%u is not as it was signed: %s",
			 KITH_SPAN_FMT(f->path), f->line, why);
}

static int
take_again(struct kith_index_builder *b, const struct index_batch_file *f,
	   const struct index_item *item, struct kith_error *err)
{
	uint32_t proof;

	if (!kith_index_builder_find(b, &f->digest, &proof))
		return kith_fail(err, KITH_E_FORMAT, "%.*s:%u: a proof that is not here",
				 KITH_SPAN_FMT(f->path), f->line);
	if (!f->gone) {
		b->sources[f->source].proofs++;
		b->sources[f->source].valid++;
		b->totals.proofs++;
	}
	return kith_index_take_place(b, item, proof, err);
}

int
kith_index_take_carried(struct kith_index_builder *b, const struct index_batch_file *f,
			struct kith_error *err)
{
	struct index_item x = {
	    .source = f->source, .path = f->path, .line = f->line, .gone = f->gone};
	const struct kith_proof_item *item;

	if (f->again)
		return take_again(b, f, &x, err);
	if (f->error.code)
		return bad_proof(f, f->error.msg, err);
	if (f->list.count != 1)
		return bad_proof(f, f->list.count ? "there are several" : "there is none", err);
	item = &f->list.items[0];
	if (item->status != KITH_PROOF_VALID)
		return bad_proof(f, item->cause, err);
	if (memcmp(item->proof.digest.bytes, f->digest.bytes, KITH_DIGEST_BYTES) != 0)
		return bad_proof(f, "it is another one", err);
	x.proof = &item->proof;
	x.checked = &f->checked[0];
	x.review_flags = kith_index_review_flags(&item->proof);
	return kith_index_take(b, &x, err);
}

static int
set_id(struct kith_index_builder *b, const struct kith_index_carried_id *fact,
       struct kith_error *err)
{
	struct index_id *id;
	uint32_t i;
	int r = kith_index_take_id(b, &fact->id, &i, err);

	if (r)
		return r;
	id = &b->ids[i];
	id->flags = (fact->says_url ? INDEX_ID_SELF_URL : 0) |
		    (fact->proved ? INDEX_ID_PROVED : 0) | (id->flags & INDEX_ID_OWN);
	id->reviews = fact->reviews;
	r = kith_index_intern(b, fact->url, &id->self_url, err);
	return r ? r : kith_index_intern(b, fact->other_url, &id->other_url, err);
}

int
kith_index_builder_carried_ids(struct kith_index_builder *b,
			       const struct kith_index_carried_id *ids, size_t n,
			       struct kith_error *err)
{
	static const struct index_str nothing = {0, 0};
	size_t i;
	int r;

	b->is_carried = true;
	r = kith_index_builder_flush(b, err);
	for (i = 0; !r && i < b->n_ids; i++) {
		b->ids[i].flags &= INDEX_ID_OWN;
		b->ids[i].self_url = b->ids[i].other_url = nothing;
	}
	for (i = 0; !r && i < n; i++)
		r = set_id(b, &ids[i], err);
	return r;
}

int
kith_index_judge_carried(struct kith_index_builder *b, struct kith_error *err)
{
	size_t i, at;

	for (i = 0; i < b->n_proofs; i++) {
		struct index_proof *p = &b->proofs[i];
		const struct kith_index_carried *f;

		if (!kith_map_get(&b->carried_map, kith_span(p->digest.bytes, KITH_DIGEST_BYTES),
				  &at))
			return kith_fail(err, KITH_E_INTERNAL, "a proof without facts");
		f = &b->carried[at];
		p->seen = f->seen;
		p->previous = f->has_previous ? f->previous : 0;
		p->flags = (uint8_t)((f->has_previous ? INDEX_PROOF_LATER : 0) |
				     (f->gone ? INDEX_PROOF_GONE : 0) |
				     (f->withdrawn ? INDEX_PROOF_WITHDRAWN : 0) |
				     (f->taken ? INDEX_PROOF_TAKEN : 0));
	}
	return KITH_OK;
}
