/* SPDX-License-Identifier: Apache-2.0 */
/* Puts what the builder holds into the file: sorted, tagged, replaced atomically. */
#include "crypto/crypto.h"
#include "evidence/url.h"
#include "index/builder.h"

#define FILE_MAX KITH_MAX_INDEX_BYTES

struct order {
	uint32_t *at; /* numbers of the builder's records, in file order */
	size_t n;
};

static int
cmp_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int
cmp_ids(const void *a, const void *b, void *ctx)
{
	const struct kith_index_builder *ib = ctx;
	const uint32_t *x = a, *y = b;

	return memcmp(ib->ids[*x].id.bytes, ib->ids[*y].id.bytes, KITH_ID_BYTES);
}

static int
cmp_names(const void *a, const void *b, void *ctx)
{
	const struct kith_index_builder *ib = ctx;
	const struct index_name *x = &ib->names[*(const uint32_t *)a];
	const struct index_name *y = &ib->names[*(const uint32_t *)b];

	if (x->eco != y->eco)
		return x->eco < y->eco ? -1 : 1;
	return kith_span_cmp(x->text, y->text);
}

static int
cmp_proofs(const void *a, const void *b, void *ctx)
{
	const struct kith_index_builder *ib = ctx;
	const uint32_t *x = a, *y = b;

	return memcmp(ib->proofs[*x].digest.bytes, ib->proofs[*y].digest.bytes, KITH_DIGEST_BYTES);
}

static int
cmp_reviews(const void *a, const void *b, void *ctx)
{
	const struct kith_index_builder *ib = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int r = cmp_u32(ib->names[ib->reviews[x].name].rank, ib->names[ib->reviews[y].name].rank);

	return r ? r : cmp_u32(y, x); /* last imported first */
}

static int
cmp_digests(const void *a, const void *b, void *ctx)
{
	const struct kith_index_builder *ib = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int r = memcmp(ib->reviews[x].digest.bytes, ib->reviews[y].digest.bytes, KITH_DIGEST_BYTES);

	return r ? r : cmp_u32(y, x); /* last imported first */
}

static int
cmp_places(const void *a, const void *b, void *ctx)
{
	const struct kith_index_builder *ib = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int r = cmp_u32(ib->proofs[ib->places[x].proof].rank, ib->proofs[ib->places[y].proof].rank);

	return r ? r : cmp_u32(x, y);
}

static int
sort(struct kith_index_builder *b, size_t n, int (*cmp)(const void *, const void *, void *),
     struct order *ret_order, struct kith_error *err)
{
	struct order o = {kith_calloc(n, sizeof(uint32_t)), n};
	size_t i;

	if (!o.at)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		o.at[i] = (uint32_t)i;
	qsort_r(o.at, n, sizeof(uint32_t), cmp, b);
	*ret_order = o;
	return KITH_OK;
}

static void
put_str(struct kith_buf *f, struct index_str s)
{
	kith_buf_put_u32(f, s.offset);
	kith_buf_put_u32(f, s.len);
}

static void
put_time(struct kith_buf *f, struct kith_time t)
{
	kith_buf_put_u64(f, (uint64_t)t.sec);
	kith_buf_put_u32(f, t.nsec);
}

static int
write_sources(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n,
	      struct kith_error *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < b->n_sources; i++) {
		const struct index_source *s = &b->sources[i];

		put_str(f, s->url);
		put_str(f, s->name);
		put_str(f, s->commit);
		kith_buf_put_u32(f, s->own);
		kith_buf_put_u32(f, s->files);
		kith_buf_put_u32(f, s->proofs);
		kith_buf_put_u32(f, s->valid);
		kith_buf_put_u32(f, s->obsolete);
		kith_buf_put_u32(f, s->refused);
		kith_buf_put_u64(f, (uint64_t)s->baseline);
		kith_buf_put_u64(f, (uint64_t)s->fetched);
	}
	*ret_n = b->n_sources;
	return KITH_OK;
}

/* Whether the repository at the id's own newest URL was seen to serve its proofs. */
static bool
is_proved(const struct kith_index_builder *b, const struct index_id *id)
{
	KITH_AUTO_BUF struct kith_buf key;

	kith_buf_init(&key, KITH_MAX_YAML_BYTES);
	if (!id->self_url.len)
		return false;
	kith_buf_put(&key, id->id.bytes, KITH_ID_BYTES);
	kith_url_put_normal(&key,
			    kith_span(b->strings.ptr + id->self_url.offset, id->self_url.len));
	return !key.failed && kith_map_get(&b->proved_map, kith_buf_span(&key), NULL);
}

static int
write_ids(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n, struct kith_error *err)
{
	struct order o;
	size_t i;
	int r;

	r = sort(b, b->n_ids, cmp_ids, &o, err);
	if (r)
		return r;
	for (i = 0; i < o.n; i++) {
		const struct index_id *id = &b->ids[o.at[i]];

		kith_buf_put(f, id->id.bytes, KITH_ID_BYTES);
		put_str(f, id->self_url);
		put_str(f, id->other_url);
		put_time(f, id->url_date);
		kith_buf_put_u32(f, id->flags | (is_proved(b, id) ? INDEX_ID_PROVED : 0));
		kith_buf_put_u32(f, id->reviews);
		kith_buf_put_u32(f, id->trusts);
	}
	*ret_n = o.n;
	free(o.at);
	return KITH_OK;
}

static int
write_names(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n, struct kith_error *err)
{
	uint32_t first = 0;
	struct order o;
	size_t i;
	int r;

	r = sort(b, b->n_names, cmp_names, &o, err);
	if (r)
		return r;
	for (i = 0; i < o.n; i++) {
		struct index_name *n = &b->names[o.at[i]];

		n->rank = (uint32_t)i;
		put_str(f, n->str);
		kith_buf_put_u32(f, n->eco);
		kith_buf_put_u32(f, first);
		kith_buf_put_u32(f, n->count);
		kith_buf_put_u32(f, 0);
		first += n->count;
	}
	*ret_n = o.n;
	free(o.at);
	return KITH_OK;
}

static void
put_review(const struct kith_index_builder *b, struct kith_buf *f, const struct index_review *x)
{
	kith_buf_put_u32(f, b->names[x->name].rank);
	kith_buf_put(f, b->ids[x->author].id.bytes, KITH_ID_BYTES);
	put_str(f, x->version);
	put_str(f, x->source);
	put_str(f, x->blob);
	kith_buf_put_u32(f, x->flags);
	kith_buf_put_u32(f, (uint32_t)x->thoroughness | (uint32_t)x->understanding << 8 |
				(uint32_t)x->rating << 16);
	put_time(f, x->date);
	kith_buf_put_u32(f, x->proof); /* in import order: through ORDER to PROOFS */
}

static int
write_reviews(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n,
	      struct kith_error *err)
{
	struct order o;
	size_t i;
	int r;

	r = sort(b, b->n_reviews, cmp_reviews, &o, err);
	if (r)
		return r;
	for (i = 0; i < o.n; i++) {
		struct index_review *x = &b->reviews[o.at[i]];

		x->rank = (uint32_t)i;
		put_review(b, f, x);
		kith_buf_put(f, x->digest.bytes, KITH_DIGEST_BYTES);
	}
	*ret_n = o.n;
	free(o.at);
	return KITH_OK;
}

static int
write_digests(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n,
	      struct kith_error *err)
{
	struct order o;
	size_t i, n = 0;
	int r;

	r = sort(b, b->n_reviews, cmp_digests, &o, err);
	if (r)
		return r;
	for (i = 0; i < o.n; i++) {
		const struct index_review *x = &b->reviews[o.at[i]];

		if (!(x->flags & INDEX_REVIEW_DIGEST))
			continue;
		kith_buf_put(f, x->digest.bytes, KITH_DIGEST_BYTES);
		kith_buf_put_u32(f, x->rank);
		n++;
	}
	*ret_n = n;
	free(o.at);
	return KITH_OK;
}

static void
put_proof(const struct kith_index_builder *b, struct kith_buf *f, const struct index_proof *p)
{
	kith_buf_put(f, p->digest.bytes, KITH_DIGEST_BYTES);
	kith_buf_put(f, p->checked.bytes, KITH_DIGEST_BYTES);
	kith_buf_put_u32(f, p->kind);
	kith_buf_put_u32(f, p->level);
	kith_buf_put_u32(f, p->review == UINT32_MAX ? UINT32_MAX : b->reviews[p->review].rank);
	put_time(f, p->date);
	put_str(f, p->blob);
	kith_buf_put_u32(f, p->first_place);
	kith_buf_put_u32(f, p->n_places);
	kith_buf_put_u32(f, p->author);
	kith_buf_put_u32(f, p->flags);
	kith_buf_put_u64(f, (uint64_t)p->previous);
	kith_buf_put_u64(f, (uint64_t)p->seen);
}

/* Authors are written by their rank among the sorted ids: found again by their key. */
static int
write_proofs(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n,
	     struct kith_error *err)
{
	struct order o, ids;
	KITH_AUTO_FREE uint32_t *rank = NULL;
	uint32_t place = 0, n = 0;
	size_t i;
	int r;

	r = sort(b, b->n_ids, cmp_ids, &ids, err);
	if (r)
		return r;
	rank = kith_calloc(b->n_ids, sizeof(*rank));
	for (i = 0; rank && i < ids.n; i++)
		rank[ids.at[i]] = (uint32_t)i;
	free(ids.at);
	if (!rank)
		return kith_fail_nomem(err);
	r = sort(b, b->n_proofs, cmp_proofs, &o, err);
	if (r)
		return r;
	for (i = 0; i < o.n; i++) {
		struct index_proof *p = &b->proofs[o.at[i]];

		p->rank = INDEX_NO_PROOF;
		if (!p->valid)
			continue;
		p->rank = n++;
		p->first_place = place;
		place += p->n_places;
		p->author = rank[p->author];
		put_proof(b, f, p);
	}
	*ret_n = n;
	free(o.at);
	return KITH_OK;
}

static int
write_order(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n, struct kith_error *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < b->n_proofs; i++)
		kith_buf_put_u32(f, b->proofs[i].rank);
	*ret_n = b->n_proofs;
	return KITH_OK;
}

static int
write_places(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n,
	     struct kith_error *err)
{
	struct order o;
	size_t i;
	int r;

	r = sort(b, b->n_places, cmp_places, &o, err);
	if (r)
		return r;
	for (i = 0; i < o.n; i++) {
		const struct index_place *p = &b->places[o.at[i]];

		kith_buf_put_u32(f, p->source);
		put_str(f, p->path);
		kith_buf_put_u32(f, p->line);
		kith_buf_put_u32(f, b->proofs[p->proof].rank);
	}
	*ret_n = o.n;
	free(o.at);
	return KITH_OK;
}

static int
write_refused(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n,
	      struct kith_error *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < b->n_refusals; i++) {
		const struct index_refusal *x = &b->refusals[i];

		kith_buf_put_u32(f, x->source);
		put_str(f, x->path);
		kith_buf_put_u32(f, x->line);
		kith_buf_put_u32(f, x->status);
		put_str(f, x->cause);
	}
	*ret_n = b->n_refusals;
	return KITH_OK;
}

static int
write_blobs(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n, struct kith_error *err)
{
	(void)err;
	kith_buf_put_span(f, kith_buf_span(&b->blobs));
	*ret_n = b->blobs.len;
	return KITH_OK;
}

static int
write_strings(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n,
	      struct kith_error *err)
{
	(void)err;
	kith_buf_put_span(f, kith_buf_span(&b->strings));
	*ret_n = b->strings.len;
	return KITH_OK;
}

static int
write_graph(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n, struct kith_error *err)
{
	struct kith_trust_graph *g;
	size_t before = f->len;
	int r;

	r = kith_trust_builder_seal(kith_steal(&b->trust), &g, err);
	if (r)
		return r;
	r = kith_trust_graph_write(g, f, err);
	kith_trust_graph_free(g);
	*ret_n = f->len - before;
	return r;
}

typedef int write_fn(struct kith_index_builder *b, struct kith_buf *f, size_t *ret_n,
		     struct kith_error *err);

/* Names before reviews, reviews before digests and proofs, proofs before order and places. */
static write_fn *const writers[SECTION_COUNT] = {
    [SECTION_SOURCES] = write_sources, [SECTION_IDS] = write_ids,
    [SECTION_NAMES] = write_names,     [SECTION_REVIEWS] = write_reviews,
    [SECTION_DIGESTS] = write_digests, [SECTION_PROOFS] = write_proofs,
    [SECTION_ORDER] = write_order,     [SECTION_PLACES] = write_places,
    [SECTION_REFUSED] = write_refused, [SECTION_BLOBS] = write_blobs,
    [SECTION_STRINGS] = write_strings, [SECTION_GRAPH] = write_graph};

static void
put_header(const struct kith_index_builder *b, const uint8_t secret[32],
	   const struct kith_digest *state, uint64_t sections[SECTION_COUNT][2], uint64_t size,
	   const uint8_t nonce[INDEX_NONCE], struct kith_buf *h)
{
	const struct kith_index_totals *t = &b->totals;
	const uint64_t totals[INDEX_TOTALS] = {t->sources, t->files,    t->proofs,  t->distinct,
					       t->valid,   t->obsolete, t->refused, t->reviews,
					       t->trusts,  t->unknown};
	uint8_t tag[INDEX_TAG];
	size_t i;

	kith_buf_put(h, INDEX_MAGIC, 8);
	kith_buf_put_u32(h, INDEX_FORMAT);
	kith_buf_put_u32(h, (uint32_t)INDEX_CHUNK);
	kith_buf_put_u64(h, size);
	kith_buf_put(h, nonce, INDEX_NONCE);
	kith_buf_put(h, state->bytes, KITH_DIGEST_BYTES);
	for (i = 0; i < SECTION_COUNT; i++) {
		kith_buf_put_u64(h, sections[i][0]);
		kith_buf_put_u64(h, sections[i][1]);
	}
	for (i = 0; i < INDEX_TOTALS; i++)
		kith_buf_put_u64(h, totals[i]);
	kith_buf_put_fill(h, '\0', INDEX_HEADER - INDEX_TAG - h->len);
	kith_index_tag(secret, nonce, UINT64_MAX, kith_buf_span(h), tag);
	kith_buf_put(h, tag, sizeof(tag));
}

static void
put_tags(struct kith_buf *f, const uint8_t secret[32], const uint8_t nonce[INDEX_NONCE],
	 size_t body_end)
{
	uint8_t tag[INDEX_TAG];
	uint64_t number = 0;
	size_t at, n;

	for (at = INDEX_HEADER; at < body_end; at += INDEX_CHUNK, number++) {
		n = body_end - at < INDEX_CHUNK ? body_end - at : INDEX_CHUNK;
		if (f->failed)
			return;
		kith_index_tag(secret, nonce, number, kith_span(f->ptr + at, n), tag);
		kith_buf_put(f, tag, sizeof(tag));
	}
}

int
kith_index_builder_write(struct kith_index_builder *b, const char *path,
			 const uint8_t secret[KITH_INDEX_SECRET_BYTES],
			 const struct kith_digest *state, struct kith_index_totals *ret_totals,
			 struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf f, h;
	uint64_t sections[SECTION_COUNT][2];
	uint8_t nonce[INDEX_NONCE];
	size_t i, n, body_end, chunks;
	int r;

	r = kith_index_builder_flush(b, err);
	if (!r)
		r = kith_index_builder_judge(b, err);
	kith_buf_init(&f, FILE_MAX);
	kith_buf_init(&h, INDEX_HEADER);
	kith_buf_put_fill(&f, '\0', INDEX_HEADER);
	for (i = 0; !r && i < SECTION_COUNT; i++) {
		kith_buf_put_fill(&f, '\0', (8 - f.len % 8) % 8);
		sections[i][0] = f.len;
		r = writers[i](b, &f, &n, err);
		sections[i][1] = r ? 0 : n;
	}
	if (!r)
		r = kith_buf_check(&f, err);
	if (r)
		return kith_context(err, r, "writing the index");
	body_end = f.len;
	chunks = (body_end - INDEX_HEADER + INDEX_CHUNK - 1) / INDEX_CHUNK;
	kith_random(nonce, sizeof(nonce));
	put_header(b, secret, state, sections, body_end + chunks * INDEX_TAG, nonce, &h);
	put_tags(&f, secret, nonce, body_end);
	r = kith_buf_check(&f, err);
	if (!r)
		r = kith_buf_check(&h, err);
	if (r)
		return r;
	memcpy(f.ptr, h.ptr, INDEX_HEADER);
	r = kith_fs_replace(path, kith_buf_span(&f), 0600, err);
	if (!r && ret_totals)
		*ret_totals = b->totals;
	return r;
}
