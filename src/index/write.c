/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts what the builder holds into the file, section by section, in little memory. The bytes depend
 * on what was taken in and in which order, on nothing else.
 */
#include "crypto/crypto.h"
#include "evidence/url.h"
#include "index/builder.h"
#include "index/tagged.h"

struct writing {
	struct kith_index_builder *b;
	struct kith_tagged_writer *w;
	struct kith_buf buf; /* of one record */
	uint32_t *by_name;   /* numbers of names, sorted */
	uint32_t *id_order;  /* numbers of ids, sorted */
	uint32_t *reviews;   /* numbers of proofs, in order of RECORDS */
	uint64_t at[SECTION_COUNT], count[SECTION_COUNT];
};

/* --- orders --- */

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

/* Last imported first. */
static int
cmp_digests(const void *a, const void *b)
{
	const struct index_digest *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return (x->proof < y->proof) - (x->proof > y->proof);
}

static int
cmp_checked(const void *a, const void *b)
{
	return memcmp(a, b, INDEX_CHECKED);
}

static int
sort(struct kith_index_builder *b, size_t n, int (*cmp)(const void *, const void *, void *),
     uint32_t **ret_order, struct kith_error *err)
{
	uint32_t *order = kith_calloc(n, sizeof(*order));
	size_t i;

	if (!order)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	if (n)
		qsort_r(order, n, sizeof(*order), cmp, b);
	*ret_order = order;
	return KITH_OK;
}

/* By name, last imported first; then what is no review, in import order. A counting sort. */
static int
order_records(struct writing *x, struct kith_error *err)
{
	struct kith_index_builder *b = x->b;
	KITH_AUTO_FREE uint32_t *next = kith_calloc(b->n_names + 1, sizeof(*next));
	uint32_t first = 0;
	size_t i;
	int r = sort(b, b->n_names, cmp_names, &x->by_name, err);

	if (r)
		return r;
	x->reviews = kith_calloc(b->n_proofs, sizeof(*x->reviews));
	if (!next || !x->reviews)
		return kith_fail_nomem(err);
	for (i = 0; i < b->n_names; i++) {
		struct index_name *name = &b->names[x->by_name[i]];

		name->rank = (uint32_t)i;
		next[i] = first;
		first += name->count;
	}
	next[b->n_names] = first;
	for (i = b->n_proofs; i-- > 0;)
		if (b->proofs[i].name != INDEX_NONE)
			x->reviews[next[b->names[b->proofs[i].name].rank]++] = (uint32_t)i;
	for (i = 0; i < b->n_proofs; i++)
		if (b->proofs[i].name == INDEX_NONE)
			x->reviews[next[b->n_names]++] = (uint32_t)i;
	return KITH_OK;
}

/* --- sections --- */

static void
put_str(struct kith_tagged_writer *w, struct index_str s)
{
	kith_tagged_put_u32(w, s.offset);
	kith_tagged_put_u32(w, s.len);
}

static void
put_head(struct writing *x, uint32_t number, const struct index_proof *p, uint32_t n_places)
{
	const struct kith_index_builder *b = x->b;
	uint32_t bytes = INDEX_RECORD_HEAD + n_places * INDEX_RECORD_PLACE + p->len, i;

	kith_buf_put_u32(&x->buf, bytes);
	kith_buf_put_u32(&x->buf, number);
	kith_buf_put_u32(&x->buf, p->kind | (uint32_t)p->level << 8 | (uint32_t)p->flags << 16);
	kith_buf_put(&x->buf, b->ids[p->author].id.bytes, KITH_ID_BYTES);
	kith_buf_put(&x->buf, p->digest.bytes, KITH_DIGEST_BYTES);
	kith_buf_put_u64(&x->buf, (uint64_t)p->seen);
	kith_buf_put_u64(&x->buf, (uint64_t)p->previous);
	kith_buf_put_u32(&x->buf, n_places);
	for (i = p->first_place; i != INDEX_NONE; i = b->places[i].next) {
		const struct index_file *file = &b->files[b->places[i].file];

		kith_buf_put_u32(&x->buf, file->source);
		kith_buf_put_u32(&x->buf, file->path.offset);
		kith_buf_put_u32(&x->buf, file->path.len);
		kith_buf_put_u32(&x->buf, b->places[i].line);
	}
}

static int
write_record(struct writing *x, uint32_t number, struct kith_error *err)
{
	struct kith_index_builder *b = x->b;
	struct index_proof *p = &b->proofs[number];
	uint32_t n_places = 0, i;
	uint64_t at = kith_tagged_at(x->w) - x->at[SECTION_RECORDS];
	size_t tail;
	int r;

	for (i = p->first_place; i != INDEX_NONE; i = b->places[i].next)
		n_places++;
	kith_buf_reset(&x->buf);
	put_head(x, number, p, n_places);
	tail = x->buf.len;
	r = kith_index_spool_get(&b->spool, p->at, p->len, &x->buf, err);
	if (!r)
		r = kith_buf_check(&x->buf, err);
	if (r)
		return r;
	if (at + x->buf.len > UINT32_MAX)
		return kith_fail(err, KITH_E_LIMIT, "the index would be too large");
	if (p->name != INDEX_NONE)
		for (i = 0; i < 4; i++)
			x->buf.ptr[tail + INDEX_TAIL_NAME + i] =
			    (uint8_t)(b->names[p->name].rank >> (8 * i));
	kith_tagged_put(x->w, kith_buf_span(&x->buf));
	p->at = (uint32_t)at;
	p->len = (uint32_t)x->buf.len;
	if (p->name != INDEX_NONE) {
		if (!b->names[p->name].len)
			b->names[p->name].at = p->at;
		b->names[p->name].len += p->len;
	}
	return KITH_OK;
}

static int
write_records(struct writing *x, struct kith_error *err)
{
	size_t i;
	int r = order_records(x, err);

	for (i = 0; !r && i < x->b->n_proofs; i++)
		r = write_record(x, x->reviews[i], err);
	x->count[SECTION_RECORDS] = kith_tagged_at(x->w) - x->at[SECTION_RECORDS];
	return r;
}

static int
write_names(struct writing *x, struct kith_error *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < x->b->n_names; i++) {
		const struct index_name *n = &x->b->names[x->by_name[i]];

		put_str(x->w, n->str);
		kith_tagged_put_u32(x->w, n->eco);
		kith_tagged_put_u32(x->w, n->at);
		kith_tagged_put_u32(x->w, n->len);
		kith_tagged_put_u32(x->w, n->count);
	}
	x->count[SECTION_NAMES] = i;
	return KITH_OK;
}

static int
write_proofs(struct writing *x, struct kith_error *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < x->b->n_proofs; i++) {
		kith_tagged_put_u32(x->w, x->b->proofs[i].at);
		kith_tagged_put_u32(x->w, x->b->proofs[i].len);
		kith_tagged_put(x->w, kith_span(x->b->checked[i].bytes, INDEX_CHECKED));
	}
	x->count[SECTION_PROOFS] = i;
	return KITH_OK;
}

static int
write_digests(struct writing *x, struct kith_error *err)
{
	struct kith_index_builder *b = x->b;
	uint8_t prefix[8];
	size_t i, k;

	(void)err;
	if (b->n_digests)
		qsort(b->digests, b->n_digests, sizeof(*b->digests), cmp_digests);
	for (i = 0; i < b->n_digests; i++) {
		for (k = 0; k < 8; k++)
			prefix[k] = (uint8_t)(b->digests[i].prefix >> (56 - 8 * k));
		kith_tagged_put(x->w, kith_span(prefix, sizeof(prefix)));
		kith_tagged_put_u32(x->w, b->digests[i].proof);
	}
	x->count[SECTION_DIGESTS] = i;
	return KITH_OK;
}

/* After PROOFS: what was in import order is sorted in place. */
static int
write_checked(struct writing *x, struct kith_error *err)
{
	struct kith_index_builder *b = x->b;

	(void)err;
	if (!b->n_checked)
		return KITH_OK;
	qsort(b->checked, b->n_checked, sizeof(*b->checked), cmp_checked);
	kith_tagged_put(x->w, kith_span(b->checked, b->n_checked * sizeof(*b->checked)));
	x->count[SECTION_CHECKED] = b->n_checked;
	return KITH_OK;
}

/* Sources are begun in order and filled in order; only what they have withdrawn comes later. */
static int
write_items(struct writing *x, struct kith_error *err)
{
	const struct kith_index_builder *b = x->b;
	size_t i;

	(void)err;
	for (i = 0; i < b->n_places; i++) {
		const struct index_place *p = &b->places[i];

		if (p->seq == INDEX_NONE)
			continue;
		kith_tagged_put_u32(x->w, p->proof);
		put_str(x->w, b->files[p->file].path);
		kith_tagged_put_u32(x->w, p->line);
		kith_tagged_put_u32(x->w, p->seq);
		x->count[SECTION_ITEMS]++;
	}
	return KITH_OK;
}

static int
write_refused(struct writing *x, struct kith_error *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < x->b->n_refusals; i++) {
		const struct index_refusal *y = &x->b->refusals[i];

		kith_tagged_put_u32(x->w, y->source);
		put_str(x->w, y->path);
		kith_tagged_put_u32(x->w, y->line);
		kith_tagged_put_u32(x->w, y->status);
		kith_tagged_put_u32(x->w, y->flags);
		kith_tagged_put_u32(x->w, y->seq);
		put_str(x->w, y->cause);
		kith_tagged_put(x->w, kith_span(y->digest.bytes, KITH_DIGEST_BYTES));
	}
	x->count[SECTION_REFUSED] = i;
	return KITH_OK;
}

static int
write_source(struct writing *x, const struct index_source *s, uint32_t first_item,
	     uint32_t first_refusal, struct kith_error *err)
{
	const struct kith_span texts[] = {s->url, s->name, s->commit};
	struct index_str str;
	size_t i;
	int r;

	for (i = 0; i < 3; i++) {
		r = kith_index_intern(x->b, texts[i], &str, err);
		if (r)
			return r;
		put_str(x->w, str);
	}
	kith_tagged_put_u32(x->w, s->flags);
	kith_tagged_put_u32(x->w, s->files);
	kith_tagged_put_u32(x->w, s->proofs);
	kith_tagged_put_u32(x->w, s->valid);
	kith_tagged_put_u32(x->w, s->obsolete);
	kith_tagged_put_u32(x->w, s->refused);
	kith_tagged_put_u64(x->w, (uint64_t)s->baseline);
	kith_tagged_put_u64(x->w, (uint64_t)s->fetched);
	kith_tagged_put_u32(x->w, first_item);
	kith_tagged_put_u32(x->w, s->n_items);
	kith_tagged_put_u32(x->w, first_refusal);
	kith_tagged_put_u32(x->w, s->n_refusals);
	return KITH_OK;
}

static int
write_sources(struct writing *x, struct kith_error *err)
{
	uint32_t item = 0, refusal = 0;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < x->b->n_sources; i++) {
		r = write_source(x, &x->b->sources[i], item, refusal, err);
		item += x->b->sources[i].n_items;
		refusal += x->b->sources[i].n_refusals;
	}
	x->count[SECTION_SOURCES] = i;
	return r;
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
write_ids(struct writing *x, struct kith_error *err)
{
	struct kith_index_builder *b = x->b;
	bool proved;
	size_t i;
	int r = sort(b, b->n_ids, cmp_ids, &x->id_order, err);

	for (i = 0; !r && i < b->n_ids; i++) {
		const struct index_id *id = &b->ids[x->id_order[i]];

		kith_tagged_put(x->w, kith_span(id->id.bytes, KITH_ID_BYTES));
		put_str(x->w, id->self_url);
		put_str(x->w, id->other_url);
		kith_tagged_put_u64(x->w, (uint64_t)id->url_date.sec);
		kith_tagged_put_u32(x->w, id->url_date.nsec);
		proved = b->is_carried ? id->flags & INDEX_ID_PROVED : is_proved(b, id);
		kith_tagged_put_u32(x->w, id->flags | (proved ? INDEX_ID_PROVED : 0));
		kith_tagged_put_u32(x->w, id->reviews);
		kith_tagged_put_u32(x->w, id->trusts);
	}
	x->count[SECTION_IDS] = i;
	return r;
}

/* After all sections that intern. */
static int
write_strings(struct writing *x, struct kith_error *err)
{
	(void)err;
	kith_tagged_put(x->w, kith_buf_span(&x->b->strings));
	x->count[SECTION_STRINGS] = x->b->strings.len;
	return KITH_OK;
}

static int
write_graph(struct writing *x, struct kith_error *err)
{
	struct kith_trust_graph *g;
	int r;

	r = kith_trust_builder_seal(kith_steal(&x->b->trust), &g, err);
	if (r)
		return r;
	kith_buf_reset(&x->buf);
	r = kith_trust_graph_write(g, &x->buf, err);
	kith_trust_graph_free(g);
	if (!r)
		r = kith_buf_check(&x->buf, err);
	if (r)
		return r;
	kith_tagged_put(x->w, kith_buf_span(&x->buf));
	x->count[SECTION_GRAPH] = x->buf.len;
	return KITH_OK;
}

/* --- the file --- */

typedef int write_fn(struct writing *x, struct kith_error *err);

static const struct {
	enum index_section section;
	write_fn *write;
} order[SECTION_COUNT] = {{SECTION_RECORDS, write_records}, {SECTION_NAMES, write_names},
			  {SECTION_PROOFS, write_proofs},   {SECTION_DIGESTS, write_digests},
			  {SECTION_CHECKED, write_checked}, {SECTION_ITEMS, write_items},
			  {SECTION_REFUSED, write_refused}, {SECTION_SOURCES, write_sources},
			  {SECTION_IDS, write_ids},         {SECTION_STRINGS, write_strings},
			  {SECTION_GRAPH, write_graph}};

static void
put_file_head(const struct writing *x, struct kith_buf *h)
{
	const struct kith_index_totals *t = &x->b->totals;
	const uint64_t totals[INDEX_TOTALS] = {t->sources, t->files,    t->proofs,  t->distinct,
					       t->valid,   t->obsolete, t->refused, t->reviews,
					       t->trusts,  t->unknown};
	size_t i;

	kith_buf_put_str(h, KITH_VERSION);
	kith_buf_put_fill(h, '\0', INDEX_VERSION - h->len);
	for (i = 0; i < SECTION_COUNT; i++) {
		kith_buf_put_u64(h, x->at[i]);
		kith_buf_put_u64(h, x->count[i]);
	}
	for (i = 0; i < INDEX_TOTALS; i++)
		kith_buf_put_u64(h, totals[i]);
}

static int
write_sections(struct writing *x, struct kith_buf *head, struct kith_error *err)
{
	static const uint8_t zeros[8];
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < SECTION_COUNT; i++) {
		kith_tagged_put(x->w, kith_span(zeros, (8 - kith_tagged_at(x->w) % 8) % 8));
		x->at[order[i].section] = kith_tagged_at(x->w);
		r = order[i].write(x, err);
	}
	if (r)
		return r;
	put_file_head(x, head);
	return kith_buf_check(head, err);
}

static void
writing_clear(struct writing *x)
{
	kith_tagged_writer_free(x->w);
	kith_buf_clear(&x->buf);
	free(x->by_name);
	free(x->id_order);
	free(x->reviews);
}

/* path NULL: into memory. */
static int
write_all(struct writing *x, const char *path, const uint8_t *secret, struct kith_buf *head,
	  struct kith_error *err)
{
	int r;

	kith_buf_init(&x->buf, KITH_MAX_INDEX_BYTES);
	r = kith_index_builder_flush(x->b, err);
	if (!r)
		r = kith_index_builder_judge(x->b, err);
	if (!r)
		r = kith_tagged_writer_new(path, &kith_index_kind, secret, &x->w, err);
	return r ? r : write_sections(x, head, err);
}

int
kith_index_builder_take(struct kith_index_builder *b, struct kith_index **ret_index,
			struct kith_error *err)
{
	KITH_CLEANUP(writing_clear) struct writing x = {.b = b};
	KITH_AUTO_BUF struct kith_buf head;
	struct kith_tagged *file;
	int r;

	kith_buf_init(&head, KITH_TAGGED_HEAD);
	r = write_all(&x, NULL, NULL, &head, err);
	if (!r)
		r = kith_tagged_writer_take(x.w, kith_buf_span(&head), &file, err);
	return r ? r : kith_index_of(file, ret_index, err);
}

int
kith_index_builder_write(struct kith_index_builder *b, const char *path,
			 const uint8_t secret[KITH_INDEX_SECRET_BYTES],
			 const struct kith_digest *state, struct kith_index_totals *ret_totals,
			 struct kith_error *err)
{
	KITH_CLEANUP(writing_clear) struct writing x = {.b = b};
	KITH_AUTO_BUF struct kith_buf head;
	int r;

	kith_buf_init(&head, KITH_TAGGED_HEAD);
	r = write_all(&x, path, secret, &head, err);
	if (!r)
		r = kith_tagged_writer_finish(x.w, state, kith_buf_span(&head), err);
	if (r)
		return kith_context(err, r, "writing the index");
	if (ret_totals)
		*ret_totals = b->totals;
	return KITH_OK;
}
