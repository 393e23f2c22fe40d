/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Freezes a builder into the blob of graph.h: ids in key order, statements in rows by target,
 * scope and date, marked with what is in force.
 */
#include "base/base.h"
#include "trust/build.h"

#define CUT_EVERY ((size_t)1 << 18)

struct id_order {
	uint64_t prefix; /* the first bytes of the key, as a number */
	uint32_t index;
};

struct scope_order {
	struct kith_span text;
	uint32_t index;
};

/* One statement of the row at hand. */
struct item {
	uint32_t to;
	uint32_t index; /* in the builder */
};

struct seal {
	struct kith_trust_builder *b;
	uint32_t n_ids;
	uint32_t *rank;        /* of ids, by insertion */
	uint32_t *order;       /* ids by rank, and the reverse of rank */
	uint32_t *scope_order; /* scopes by rank */
	uint32_t *rows;        /* n_ids + 1 */
	uint32_t n_edges, n_specials;
	struct trust_revocation *revocations;
	uint32_t n_revocations;
	size_t cap_revocations;
	struct trust_flood *floods;
	uint32_t n_floods;
	size_t cap_floods;
	struct item *items; /* of the longest row */
	uint64_t *scratch;  /* what is kept of a row */
	struct kith_time last;
};

static void
seal_clear(struct seal *s)
{
	free(s->rank);
	free(s->order);
	free(s->scope_order);
	free(s->rows);
	free(s->revocations);
	free(s->floods);
	free(s->items);
	free(s->scratch);
	kith_trust_builder_free(s->b);
}

static int
cmp_id(const void *pa, const void *pb, void *ctx)
{
	const struct id_order *a = pa, *b = pb;
	const struct kith_id *keys = ctx;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	return memcmp(&keys[a->index], &keys[b->index], KITH_ID_BYTES);
}

static int
sort_ids(struct seal *s, struct kith_error *err)
{
	struct kith_trust_builder *b = s->b;
	KITH_AUTO_FREE struct id_order *ids = kith_calloc(s->n_ids, sizeof(*ids));
	uint32_t i;
	size_t k;

	s->rank = kith_calloc(s->n_ids, sizeof(*s->rank));
	s->order = kith_calloc(s->n_ids, sizeof(*s->order));
	if (!ids || !s->rank || !s->order)
		return kith_fail_nomem(err);
	for (i = 0; i < s->n_ids; i++) {
		ids[i] = (struct id_order){0, i};
		for (k = 0; k < 8; k++)
			ids[i].prefix = ids[i].prefix << 8 | b->keys[i].bytes[k];
	}
	if (s->n_ids)
		qsort_r(ids, s->n_ids, sizeof(*ids), cmp_id, b->keys);
	for (i = 0; i < s->n_ids; i++) {
		s->order[i] = ids[i].index;
		s->rank[ids[i].index] = i;
	}
	return KITH_OK;
}

static int
cmp_scope(const void *pa, const void *pb)
{
	const struct scope_order *a = pa, *b = pb;

	return kith_span_cmp(a->text, b->text);
}

static int
cmp_u32(const void *pa, const void *pb)
{
	uint32_t a, b;

	memcpy(&a, pa, sizeof(a));
	memcpy(&b, pb, sizeof(b));
	return (a > b) - (a < b);
}

/* Ranks in place of insertion indexes in all specials, so that what is compared is content. */
static int
rank_specials(struct seal *s, struct kith_error *err)
{
	struct kith_trust_builder *b = s->b;
	uint32_t n = (uint32_t)b->scopes.count, i;
	KITH_AUTO_FREE struct scope_order *scopes = kith_calloc(n, sizeof(*scopes));
	KITH_AUTO_FREE uint32_t *rank = kith_calloc(n, sizeof(*rank));
	size_t k, list_end = 0;

	s->scope_order = kith_calloc(n, sizeof(*s->scope_order));
	if (!scopes || !rank || !s->scope_order)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		scopes[i] = (struct scope_order){b->scopes.entries[i].key, i};
	if (n)
		qsort(scopes, n, sizeof(*scopes), cmp_scope);
	for (i = 0; i < n; i++) {
		s->scope_order[i] = scopes[i].index;
		rank[scopes[i].index] = i;
	}
	for (k = 0; k < b->n_ignores; k++)
		b->ignores[k] = s->rank[b->ignores[k]];
	for (k = 0; k < b->n_specials; k++) {
		struct trust_special *x = &b->specials[k];

		if (x->scope)
			x->scope = rank[x->scope - 1] + 1;
		/* lists are shared or follow one another */
		if (x->n_ignores && x->ignores >= list_end) {
			qsort(b->ignores + x->ignores, x->n_ignores, sizeof(*b->ignores), cmp_u32);
			list_end = (size_t)x->ignores + x->n_ignores;
		}
	}
	return KITH_OK;
}

static void
swap_u32(uint32_t *p, size_t i, size_t k)
{
	uint32_t x = p[i];

	p[i] = p[k];
	p[k] = x;
}

static void
swap_u64(uint64_t *p, size_t i, size_t k)
{
	uint64_t x = p[i];

	p[i] = p[k];
	p[k] = x;
}

/* Moves every statement to the place that `from` says, without a second copy of any column. */
static void
move_statements(struct kith_trust_builder *b)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		while (b->from[i] != i) {
			size_t k = b->from[i];

			swap_u32(b->from, i, k);
			swap_u32(b->word, i, k);
			if (b->date.p)
				swap_u64(b->date.p, i, k);
			if (b->place.p)
				swap_u64(b->place.p, i, k);
			if (b->extra.p)
				swap_u32(b->extra.p, i, k);
		}
	}
}

/* Counting sort of all statements into rows; inside a row they stay in import order. */
static int
make_rows(struct seal *s, struct kith_error *err)
{
	struct kith_trust_builder *b = s->b;
	uint32_t i, longest = 0, kept;

	s->rows = kith_calloc((size_t)s->n_ids + 2, sizeof(*s->rows));
	if (!s->rows)
		return kith_fail_nomem(err);
	for (i = 0; i < b->n; i++)
		s->rows[s->rank[b->from[i]] + 2]++;
	for (i = 2; i < s->n_ids + 2; i++) {
		longest = s->rows[i] > longest ? s->rows[i] : longest;
		s->rows[i] += s->rows[i - 1];
	}
	for (i = 0; i < b->n; i++)
		b->from[i] = s->rows[s->rank[b->from[i]] + 1]++;
	move_statements(b);
	kept = longest < KITH_MAX_STATEMENTS_PER_ID ? longest : KITH_MAX_STATEMENTS_PER_ID;
	s->items = kith_calloc(longest, sizeof(*s->items));
	s->scratch = kith_calloc(kept, sizeof(*s->scratch));
	return s->items && s->scratch ? KITH_OK : kith_fail_nomem(err);
}

static struct kith_time
date_of(const struct kith_trust_builder *b, uint32_t i)
{
	return kith_trust_builder_date(b, i);
}

static uint64_t
place_of(const struct kith_trust_builder *b, uint32_t i)
{
	return b->place.p ? ((const uint64_t *)b->place.p)[i] : 0;
}

static const struct trust_special *
special_of(const struct kith_trust_builder *b, uint32_t i)
{
	static const struct trust_special plain = {.reach = KITH_REACH_DELEGATE};
	uint32_t x = b->extra.p ? ((const uint32_t *)b->extra.p)[i] : 0;

	return x ? &b->specials[x - 1] : &plain;
}

static const uint32_t *
list_of(const struct kith_trust_builder *b, const struct trust_special *x)
{
	return x->n_ignores ? b->ignores + x->ignores : NULL;
}

static int
cmp_lists(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < na && i < nb; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return (na > nb) - (na < nb);
}

/* N5 for equal dates: the greater one is in force. 0: they say the same. */
static int
cmp_content(const struct kith_trust_builder *b, uint32_t ia, uint32_t ib)
{
	const struct trust_special *x = special_of(b, ia), *y = special_of(b, ib);
	uint32_t la = EDGE_LEVEL(b->word[ia]), lb = EDGE_LEVEL(b->word[ib]);
	struct kith_time ua = {x->until_sec, x->until_nsec}, ub = {y->until_sec, y->until_nsec};
	int c;

	if (la != lb)
		return la > lb ? -1 : 1;
	c = cmp_lists(list_of(b, x), x->n_ignores, list_of(b, y), y->n_ignores);
	if (c)
		return c;
	if (x->reach != y->reach)
		return x->reach > y->reach ? -1 : 1;
	if (x->has_until != y->has_until)
		return x->has_until ? 1 : -1;
	return -kith_time_cmp(ua, ub);
}

static int
cmp_slot(const struct kith_trust_builder *b, const struct item *x, const struct item *y)
{
	uint32_t sx, sy;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	sx = special_of(b, x->index)->scope;
	sy = special_of(b, y->index)->scope;
	return (sx > sy) - (sx < sy);
}

static int
cmp_item(const void *pa, const void *pb, void *ctx)
{
	const struct kith_trust_builder *b = ctx;
	const struct item *x = pa, *y = pb;
	int c = cmp_slot(b, x, y);

	if (c == 0)
		c = kith_time_cmp(date_of(b, x->index), date_of(b, y->index));
	if (c == 0)
		c = cmp_content(b, x->index, y->index);
	if (c == 0)
		c = (x->index > y->index) - (x->index < y->index);
	return c;
}

static int
cmp_newest(const void *pa, const void *pb, void *ctx)
{
	const struct kith_trust_builder *b = ctx;
	const struct item *x = pa, *y = pb;
	int c = kith_time_cmp(date_of(b, y->index), date_of(b, x->index));

	return c ? c : cmp_item(pa, pb, ctx);
}

/* Most rows are short and plain, and sorting them is most of the work of sealing. */
static void
sort_items(struct kith_trust_builder *b, struct item *items, size_t n)
{
	size_t i, k;

	if (n > 24) {
		qsort_r(items, n, sizeof(*items), cmp_item, b);
		return;
	}
	for (i = 1; i < n; i++) {
		struct item x = items[i];

		for (k = i; k && (items[k - 1].to > x.to ||
				  (items[k - 1].to == x.to && cmp_item(&items[k - 1], &x, b) > 0));
		     k--)
			items[k] = items[k - 1];
		items[k] = x;
	}
}

/* crev mode: of one target the newest date, of equal ones the one imported last. */
static void
mark_crev(struct kith_trust_builder *b, const struct item *items, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i = k) {
		uint32_t best = items[i].index;

		for (k = i + 1; k < n && items[k].to == items[i].to; k++) {
			int c = kith_time_cmp(date_of(b, items[k].index), date_of(b, best));

			if (c > 0 || (c == 0 && items[k].index > best))
				best = items[k].index;
		}
		b->word[best] |= EDGE_CREV;
	}
}

/*
 * Of statements that say the same on the same date one is enough, the first; it inherits the mark.
 * Then marks those that a newer one of the same slot follows. Returns how many are left.
 */
static size_t
thin(struct kith_trust_builder *b, struct item *items, size_t n)
{
	size_t i, m = 0;

	for (i = 0; i < n; i++) {
		const struct item *last = m ? &items[m - 1] : NULL;
		bool same_slot = last && cmp_slot(b, last, &items[i]) == 0;

		if (same_slot &&
		    kith_time_cmp(date_of(b, last->index), date_of(b, items[i].index)) == 0 &&
		    cmp_content(b, last->index, items[i].index) == 0) {
			b->word[last->index] |= b->word[items[i].index] & EDGE_CREV;
			continue;
		}
		if (same_slot)
			b->word[last->index] |= EDGE_LATER;
		items[m++] = items[i];
	}
	return m;
}

/*
 * An id that says too much keeps what is in force, and of that the newest: admitted people write
 * for free, and everybody pays for it.
 */
static int
stem_flood(struct seal *s, uint32_t rank, size_t *n, struct kith_error *err)
{
	struct kith_trust_builder *b = s->b;
	size_t i, m = 0;
	int r;

	for (i = 0; i < *n; i++)
		if ((b->word[s->items[i].index] & (EDGE_LATER | EDGE_CREV)) != EDGE_LATER)
			s->items[m++] = s->items[i];
	if (m > KITH_MAX_STATEMENTS_PER_ID) {
		qsort_r(s->items, m, sizeof(*s->items), cmp_newest, b);
		m = KITH_MAX_STATEMENTS_PER_ID;
		qsort_r(s->items, m, sizeof(*s->items), cmp_item, b);
	}
	for (i = 0; i < m; i++) {
		b->word[s->items[i].index] &= ~EDGE_LATER;
		if (i && cmp_slot(b, &s->items[i - 1], &s->items[i]) == 0)
			b->word[s->items[i - 1].index] |= EDGE_LATER;
	}
	r = kith_grow(&s->floods, &s->cap_floods, (size_t)s->n_floods + 1, sizeof(*s->floods),
		      KITH_MAX_TRUST_IDS, "ids", err);
	if (r)
		return r;
	s->floods[s->n_floods++] = (struct trust_flood){rank, (uint32_t)(*n - m)};
	*n = m;
	return KITH_OK;
}

/* The earliest self-distrust of a row, looked for before anything of the row is dropped. */
static int
find_revocation(struct seal *s, uint32_t rank, const struct item *items, size_t n,
		struct kith_error *err)
{
	const struct kith_trust_builder *b = s->b;
	const struct item *first = NULL;
	struct kith_time t;
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		if (items[i].to == rank &&
		    EDGE_LEVEL(b->word[items[i].index]) == KITH_LEVEL_DISTRUST &&
		    (!first ||
		     kith_time_cmp(date_of(b, items[i].index), date_of(b, first->index)) < 0))
			first = &items[i];
	if (!first)
		return KITH_OK;
	r = kith_grow(&s->revocations, &s->cap_revocations, (size_t)s->n_revocations + 1,
		      sizeof(*s->revocations), KITH_MAX_TRUST_IDS, "ids", err);
	if (r)
		return r;
	t = date_of(b, first->index);
	s->revocations[s->n_revocations++] =
	    (struct trust_revocation){t.sec, place_of(b, first->index), t.nsec, rank};
	return KITH_OK;
}

static void
keep_u32(struct seal *s, uint32_t *column, const struct item *items, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		s->scratch[i] = column[items[i].index];
	for (i = 0; i < n; i++)
		column[s->n_edges + i] = (uint32_t)s->scratch[i];
}

static void
keep_u64(struct seal *s, uint64_t *column, const struct item *items, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		s->scratch[i] = column[items[i].index];
	memcpy(column + s->n_edges, s->scratch, n * sizeof(*column));
}

/* What is kept of a row, behind what was kept before: never past where the row was. */
static void
keep_row(struct seal *s, const struct item *items, size_t n)
{
	struct kith_trust_builder *b = s->b;
	size_t i;

	for (i = 0; i < n; i++) {
		struct kith_time t = date_of(b, items[i].index);

		if (b->extra.p && ((const uint32_t *)b->extra.p)[items[i].index])
			s->n_specials++;
		if (kith_time_cmp(t, s->last) > 0)
			s->last = t;
	}
	keep_u32(s, b->word, items, n);
	if (b->date.p)
		keep_u64(s, b->date.p, items, n);
	if (b->place.p)
		keep_u64(s, b->place.p, items, n);
	if (b->extra.p)
		keep_u32(s, b->extra.p, items, n);
	s->n_edges += (uint32_t)n;
}

static int
arrange_rows(struct seal *s, struct kith_error *err)
{
	struct kith_trust_builder *b = s->b;
	uint32_t u, end = 0;
	int r = KITH_OK;

	for (u = 0; u < s->n_ids && r == KITH_OK; u++) {
		uint32_t from = end;
		size_t n, i;

		end = s->rows[u + 1];
		n = end - from;
		for (i = 0; i < n; i++) {
			s->items[i].index = from + (uint32_t)i;
			s->items[i].to = s->rank[EDGE_TO(b->word[from + i])];
		}
		sort_items(b, s->items, n);
		mark_crev(b, s->items, n);
		r = find_revocation(s, u, s->items, n, err);
		n = thin(b, s->items, n);
		if (r == KITH_OK && n > KITH_MAX_STATEMENTS_PER_ID)
			r = stem_flood(s, u, &n, err);
		if (r)
			return r;
		s->rows[u] = s->n_edges;
		keep_row(s, s->items, n);
	}
	s->rows[s->n_ids] = s->n_edges;
	return r;
}

static int
cmp_override(const void *pa, const void *pb)
{
	const struct trust_override_raw *a = pa, *b = pb;
	int c = (a->about > b->about) - (a->about < b->about);

	if (c == 0)
		c = kith_span_cmp(a->subject, b->subject);
	if (c == 0)
		c = (a->by > b->by) - (a->by < b->by);
	return c;
}

/* Sorted, each once; returns the bytes of text that they take. */
static uint64_t
arrange_overrides(struct seal *s)
{
	struct kith_trust_builder *b = s->b;
	uint64_t text = 0;
	size_t i, n = 0;

	for (i = 0; i < b->n_overrides; i++) {
		b->overrides[i].about = s->rank[b->overrides[i].about];
		b->overrides[i].by = s->rank[b->overrides[i].by];
	}
	if (b->n_overrides)
		qsort(b->overrides, b->n_overrides, sizeof(*b->overrides), cmp_override);
	for (i = 0; i < b->n_overrides; i++) {
		if (n && cmp_override(&b->overrides[n - 1], &b->overrides[i]) == 0)
			continue;
		text += b->overrides[i].subject.len;
		b->overrides[n++] = b->overrides[i];
	}
	b->n_overrides = n;
	return text;
}

static void
free_early(void *ptr_to_ptr)
{
	void *none = NULL;

	kith_freep(ptr_to_ptr);
	memcpy(ptr_to_ptr, &none, sizeof(none));
}

static void
fill_ids(struct seal *s, struct kith_trust_graph *g)
{
	uint32_t i;

	for (i = 0; i < s->n_ids; i++)
		TRUST_WRITABLE(struct kith_id, g->keys)[i] = s->b->keys[s->order[i]];
	memcpy(TRUST_WRITABLE(uint32_t, g->rows), s->rows, ((size_t)s->n_ids + 1) * 4);
}

static void
fill_edges(struct seal *s, struct kith_trust_graph *g)
{
	struct kith_trust_builder *b = s->b;
	uint32_t u, e = 0, n = 0;

	for (u = 0; u <= s->n_ids; u++) {
		if (g->special_rows)
			TRUST_WRITABLE(uint32_t, g->special_rows)[u] = n;
		for (; u < s->n_ids && e < s->rows[u + 1]; e++) {
			uint32_t w = b->word[e];

			w = (w & ~0x3ffffffU) | s->rank[EDGE_TO(w)];
			if (b->extra.p && ((const uint32_t *)b->extra.p)[e]) {
				struct trust_special *x =
				    &TRUST_WRITABLE(struct trust_special, g->specials)[n++];

				w |= EDGE_SPECIAL;
				*x = *special_of(b, e);
				x->edge = e;
			}
			TRUST_WRITABLE(uint32_t, g->edges)[e] = w;
		}
	}
}

/* Cuts a column whose end is not needed any more, so that it and its copy are never there whole. */
static void
cut(struct trust_column *c, size_t n, size_t size)
{
	void *p = n % CUT_EVERY == 0 && n ? realloc(c->p, n * size) : NULL;

	if (p)
		c->p = p;
}

static void
fill_columns(struct seal *s, struct kith_trust_graph *g)
{
	struct kith_trust_builder *b = s->b;
	size_t e;

	for (e = g->sec ? s->n_edges : 0; e-- > 0;) {
		struct kith_time t = date_of(b, (uint32_t)e);

		TRUST_WRITABLE(int64_t, g->sec)[e] = t.sec;
		TRUST_WRITABLE(uint32_t, g->nsec)[e] = t.nsec;
		cut(&b->date, e, 8);
	}
	free_early(&b->date.p);
	for (e = g->places ? s->n_edges : 0; e-- > 0;) {
		TRUST_WRITABLE(uint64_t, g->places)[e] = place_of(b, (uint32_t)e);
		cut(&b->place, e, 8);
	}
}

static void
fill_text(struct seal *s, struct kith_trust_graph *g)
{
	const struct kith_trust_builder *b = s->b;
	uint32_t i, at = 0;

	for (i = 0; i < g->h.n_scopes; i++) {
		struct kith_span text = b->scopes.entries[s->scope_order[i]].key;

		TRUST_WRITABLE(uint32_t, g->scope_rows)[i] = at;
		memcpy(TRUST_WRITABLE(uint8_t, g->text) + at, text.ptr, text.len);
		at += (uint32_t)text.len;
	}
	if (g->scope_rows)
		TRUST_WRITABLE(uint32_t, g->scope_rows)[i] = at;
	for (i = 0; i < g->h.n_overrides; i++) {
		const struct trust_override_raw *o = &b->overrides[i];

		TRUST_WRITABLE(struct trust_override, g->overrides)
		[i] = (struct trust_override){o->about, o->by, at, (uint32_t)o->subject.len};
		if (o->subject.len)
			memcpy(TRUST_WRITABLE(uint8_t, g->text) + at, o->subject.ptr,
			       o->subject.len);
		at += (uint32_t)o->subject.len;
	}
}

static void
count_sections(struct seal *s, uint64_t text, struct trust_header *h)
{
	const struct kith_trust_builder *b = s->b;
	size_t i;

	for (i = 0; i < b->scopes.count; i++)
		text += b->scopes.entries[i].key.len;
	memcpy(h->magic, "KITHTRG1", sizeof(h->magic));
	h->order = 1;
	h->n_ids = s->n_ids;
	h->n_edges = s->n_edges;
	h->n_specials = s->n_specials;
	h->n_scopes = (uint32_t)b->scopes.count;
	h->n_ignores = (uint32_t)b->n_ignores;
	h->n_revocations = s->n_revocations;
	h->n_overrides = (uint32_t)b->n_overrides;
	h->n_floods = s->n_floods;
	h->text_len = (uint32_t)text; /* bounded by KITH_MAX_TRUST_TEXT */
	h->last_sec = s->last.sec;
	h->last_nsec = s->last.nsec;
	h->flags = (b->date.p ? TRUST_HAS_DATES : 0) | (b->place.p ? TRUST_HAS_PLACES : 0);
	for (i = 0; b->extra.p && i < s->n_edges; i++)
		if (special_of(b, (uint32_t)i)->reach != KITH_REACH_DELEGATE)
			h->flags |= TRUST_HAS_REACH;
}

static int
make_blob(struct seal *s, uint64_t text, struct kith_trust_graph *g, struct kith_error *err)
{
	struct trust_header h;
	uint64_t size;
	void *blob;

	memset(&h, 0, sizeof(h));
	count_sections(s, text, &h);
	size = kith_trust_blob_size(&h);
	blob = size > SIZE_MAX ? NULL : malloc((size_t)size);
	if (!blob)
		return kith_fail_nomem(err);
	memcpy(blob, &h, sizeof(h));
	g->owned = blob;
	kith_trust_attach(g, kith_span(blob, (size_t)size));
	kith_trust_zero_padding(g);
	fill_ids(s, g);
	free_early(&s->b->keys);
	free_early(&s->order);
	fill_edges(s, g);
	free_early(&s->b->word);
	fill_columns(s, g);
	fill_text(s, g);
	if (h.n_ignores)
		memcpy(TRUST_WRITABLE(uint32_t, g->ignores), s->b->ignores,
		       (size_t)h.n_ignores * 4);
	if (h.n_revocations)
		memcpy(TRUST_WRITABLE(struct trust_revocation, g->revocations), s->revocations,
		       h.n_revocations * sizeof(*s->revocations));
	if (h.n_floods)
		memcpy(TRUST_WRITABLE(struct trust_flood, g->floods), s->floods,
		       h.n_floods * sizeof(*s->floods));
	return KITH_OK;
}

int
kith_trust_builder_seal(struct kith_trust_builder *b, struct kith_trust_graph **ret_graph,
			struct kith_error *err)
{
	KITH_CLEANUP(seal_clear) struct seal s = {.b = b, .n_ids = b->n_keys};
	struct kith_trust_graph *g;
	int r;

	s.last.sec = INT64_MIN;
	free_early(&b->slots);
	r = sort_ids(&s, err);
	if (r == KITH_OK)
		r = rank_specials(&s, err);
	if (r == KITH_OK)
		r = make_rows(&s, err);
	free_early(&b->from);
	if (r == KITH_OK)
		r = arrange_rows(&s, err);
	if (r)
		return r;
	g = kith_calloc(1, sizeof(*g));
	r = g ? make_blob(&s, arrange_overrides(&s), g, err) : kith_fail_nomem(err);
	if (r) {
		kith_trust_graph_free(g);
		return r;
	}
	*ret_graph = g;
	return KITH_OK;
}
