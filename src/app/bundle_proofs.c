/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of proofs for a bundle: where the index says they lie they are read again from the
 * mirrors, byte for byte, because only the text can be verified elsewhere.
 */
#include "app/bundle.h"

#include "store/journal.h"

/* --- places --- */

struct place {
	uint32_t source, proof, at; /* number in the index; of the place */
	bool gone;
};

struct placing {
	struct place *list;
	size_t n, cap;
	uint32_t *numbers; /* by source of the index: 1 + its number in the bundle */
};

static void
placing_clear(struct placing *p)
{
	free(p->list);
	free(p->numbers);
}

static int
add_places(struct kith_app_bundling *x, struct placing *p, uint32_t proof, struct kith_error *err)
{
	const struct kith_index *ix = x->run->index;
	struct kith_index_proof_info info;
	struct kith_place at;
	size_t i;
	int r = KITH_OK;

	if (!kith_index_proof_at(ix, proof, &info))
		return kith_index_fail(err);
	for (i = 0; !r && i < info.n_places; i++) {
		struct place y = {.proof = proof, .at = (uint32_t)i};

		if (!kith_index_place_source(ix, &info, i, &y.source) ||
		    !kith_index_place_at(ix, &info, i, &at))
			return kith_index_fail(err);
		y.gone = !at.line;
		r = kith_grow(&p->list, &p->cap, p->n + 1, sizeof(*p->list), KITH_MAX_BUNDLE_ITEMS,
			      "places of proofs", err);
		if (!r)
			p->list[p->n++] = y;
	}
	return r;
}

/* What is gone comes last; in its source each keeps the order in which it was found. */
static int
cmp_place(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;

	if (a->gone != b->gone)
		return a->gone ? 1 : -1;
	if (a->source != b->source && !a->gone)
		return a->source < b->source ? -1 : 1;
	if (a->proof != b->proof)
		return a->proof < b->proof ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* Those that say something; one at least, because no evidence at all is something else. */
static int
add_sources(struct kith_app_bundling *x, struct placing *p, struct kith_error *err)
{
	const struct kith_index *ix = x->run->index;
	size_t i, n = kith_index_count_sources(ix);
	struct kith_index_source_info s;
	int r = KITH_OK;

	p->numbers = kith_calloc(n + 1, sizeof(*p->numbers));
	if (!p->numbers)
		return kith_fail_nomem(err);
	for (i = 0; i < p->n; i++)
		if (p->list[i].source < n)
			p->numbers[p->list[i].source] = 1;
	if (!p->n)
		p->numbers[0] = 1;
	for (i = 0; !r && i < n; i++) {
		if (!p->numbers[i])
			continue;
		if (!kith_index_source_at(ix, i, &s))
			return kith_index_fail(err);
		r = KITH_BUNDLE_GROW(x->b, sources, err);
		if (r)
			break;
		x->b->sources[x->b->n_sources] =
		    (struct kith_bundle_source){.kind = KITH_BUNDLE_CREV,
						.location = s.name,
						.commit = s.commit,
						.fetched = s.fetched,
						.url = s.url,
						.own = s.own,
						.baseline = s.baseline};
		p->numbers[i] = (uint32_t)++x->b->n_sources;
	}
	return r;
}

static int
add_item(struct kith_app_bundling *x, const struct placing *p, const struct place *y,
	 struct kith_error *err)
{
	struct kith_index_proof_info info;
	struct kith_bundle_proof item = {.text = KITH_SPAN_NONE};
	struct kith_place at;
	struct kith_span key;
	bool added;
	int r;

	if (!kith_index_proof_at(x->run->index, y->proof, &info) ||
	    !kith_index_place_at(x->run->index, &info, y->at, &at))
		return kith_index_fail(err);
	item.source = p->numbers[y->source] - 1;
	item.digest = info.digest;
	item.path = at.path;
	item.line = at.line;
	item.seen = info.seen;
	item.previous = info.has_previous ? info.previous : 0;
	item.flags =
	    (y->gone ? KITH_BUNDLE_GONE : 0) | (info.withdrawn ? KITH_BUNDLE_WITHDRAWN : 0) |
	    (info.taken ? KITH_BUNDLE_TAKEN : 0) | (info.has_previous ? KITH_BUNDLE_LATER : 0);
	r = KITH_BUNDLE_GROW(x->b, proofs, err);
	if (r)
		return r;
	if (!kith_arena_copy(&x->arena, kith_span(info.digest.bytes, KITH_DIGEST_BYTES), &key))
		return kith_fail_nomem(err);
	r = kith_map_add(&x->missing, key, x->b->n_proofs, NULL, &added, err);
	if (!r)
		x->b->proofs[x->b->n_proofs++] = item;
	return r;
}

/* --- texts --- */

static int
take_text(struct kith_app_bundling *x, struct kith_span text, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list;
	struct kith_error why;
	size_t i, at;
	int r;

	kith_arena_init(&arena, KITH_MIB(512));
	r = kith_proof_parse(text, &arena, &list, &why);
	if (r)
		return r == KITH_E_NOMEM ? kith_fail_nomem(err) : KITH_OK;
	for (i = 0; i < list.count; i++) {
		struct kith_proof_item *item = &list.items[i];
		struct kith_bundle_proof *p;

		if (item->status != KITH_PROOF_VALID ||
		    !kith_map_get(&x->missing,
				  kith_span(item->proof.digest.bytes, KITH_DIGEST_BYTES), &at))
			continue;
		p = &x->b->proofs[at];
		if (p->text.ptr)
			continue;
		kith_proof_check(item);
		if (item->status == KITH_PROOF_VALID &&
		    !kith_arena_copy(&x->arena, item->proof.envelope, &p->text))
			return kith_fail_nomem(err);
	}
	return KITH_OK;
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	(void)item;
	(void)path;
	return take_text(ctx, bytes, err);
}

static size_t
count_missing(const struct kith_app_bundling *x)
{
	size_t i, n = 0;

	for (i = 0; i < x->missing.count; i++)
		n += !x->b->proofs[x->missing.entries[i].value].text.ptr;
	return n;
}

static int
read_mirrors(struct kith_app_bundling *x, struct kith_error *err)
{
	const struct kith_session *s = x->run->session;
	const struct kith_store_read_calls calls = {.ctx = x, .file = take_file};
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	KITH_AUTO_BUF struct kith_buf gone;
	size_t i;
	int r = kith_store_mirrors(&s->dirs, &mirrors, err);

	kith_buf_init(&gone, KITH_MAX_GONE);
	if (!r)
		r = kith_store_each_proof_file(&mirrors, s->libexec, &calls, err);
	for (i = 0; !r && i < mirrors.count && count_missing(x); i++) {
		kith_buf_reset(&gone);
		if (mirrors.items[i].own)
			continue;
		r = kith_journal_gone_text(&s->dirs, mirrors.items[i].source.slug, &gone, err);
		if (!r)
			r = take_text(x, kith_buf_span(&gone), err);
	}
	return r;
}

int
kith_app_bundle_proofs(struct kith_app_bundling *x, struct kith_error *err)
{
	KITH_CLEANUP(placing_clear) struct placing p = {.n = 0};
	size_t i, n = kith_index_count_proofs(x->run->index);
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++)
		if (x->proofs[i])
			r = add_places(x, &p, (uint32_t)i, err);
	if (!r && p.n)
		qsort(p.list, p.n, sizeof(*p.list), cmp_place);
	if (!r)
		r = add_sources(x, &p, err);
	for (i = 0; !r && i < p.n; i++)
		r = add_item(x, &p, &p.list[i], err);
	if (!r && p.n)
		r = read_mirrors(x, err);
	if (r)
		return r;
	n = count_missing(x);
	if (n)
		return kith_hint(err,
				 kith_fail(err, KITH_E_IO,
					   "%zu proof%s of the index not in the mirrors any more",
					   n, n == 1 ? " is" : "s are"),
				 "kith fetch, and try again");
	return KITH_OK;
}
