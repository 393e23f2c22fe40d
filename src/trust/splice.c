/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts one more row into a sealed graph without sorting anything again: ids keep their order, so
 * every number in the graph only moves up. For what is said anew on each run (the starter set).
 */
#include "base/base.h"
#include "trust/graph.h"
#include "trust/splice.h"

#define MAX_SAID 1000 /* words of one id that are worth it; they are compared pair by pair */

struct splice {
	const struct kith_trust_graph *g;
	const struct kith_trust_change **said; /* sorted by whom they are about */
	size_t n;
	struct kith_id *added; /* ids that the graph did not know; sorted */
	uint32_t n_added;
	uint32_t *map; /* old number of an id to its new one */
	struct kith_trust_graph *out;
	uint32_t author; /* new number */
	uint32_t at;     /* first edge of the new row */
	uint32_t n_special;
	uint32_t special_at;
};

static void
splice_clear(struct splice *s)
{
	free(s->said);
	free(s->added);
	free(s->map);
	kith_trust_graph_free(s->out);
}

static int
cmp_id(const void *a, const void *b)
{
	return memcmp(a, b, KITH_ID_BYTES);
}

static int
cmp_said(const void *pa, const void *pb)
{
	const struct kith_trust_change *a, *b;

	memcpy(&a, pa, sizeof(a));
	memcpy(&b, pb, sizeof(b));
	return cmp_id(&a->statement.to, &b->statement.to);
}

static bool
is_plain(const struct kith_trust_graph *g, const struct kith_trust_change *c,
	 const struct kith_id *from)
{
	const struct kith_trust_statement *s = &c->statement;

	return c->kind == KITH_CHANGE_SAY && cmp_id(&s->from, from) == 0 &&
	       cmp_id(&s->to, from) != 0 && !s->scope.len && !s->has_until && !s->n_ignores &&
	       (unsigned)s->level <= KITH_LEVEL_HIGH && (unsigned)s->reach <= KITH_REACH_DELEGATE &&
	       ((!s->date.sec && !s->date.nsec) || g->h.flags & TRUST_HAS_DATES) &&
	       (!s->place || g->h.flags & TRUST_HAS_PLACES);
}

/* Statements that point nowhere are left out by who builds anew; here they could not be. */
static bool
is_whole(const struct kith_trust_graph *g)
{
	uint32_t i;

	for (i = 0; i < g->h.n_edges; i++)
		if (EDGE_TO(g->edges[i]) >= g->h.n_ids)
			return false;
	return true;
}

bool
kith_trust_can_splice(const struct kith_trust_graph *g, const struct kith_trust_change *changes,
		      size_t n)
{
	const struct kith_id *from;
	size_t i, k, first, end;

	if (!n || n > MAX_SAID || g->h.n_floods || g->h.n_ids + n + 1 > KITH_MAX_TRUST_IDS ||
	    g->h.n_edges + n > KITH_MAX_STATEMENTS)
		return false;
	from = &changes[0].statement.from;
	if (kith_trust_graph_row(g, from, &first, &end) && first != end)
		return false;
	for (i = 0; i < n; i++) {
		if (!is_plain(g, &changes[i], from))
			return false;
		for (k = 0; k < i; k++)
			if (cmp_id(&changes[k].statement.to, &changes[i].statement.to) == 0)
				return false;
	}
	return is_whole(g);
}

static int
add_ids(struct splice *s, struct kith_error *err)
{
	const struct kith_id *from = &s->said[0]->statement.from;
	uint32_t i, k = 0;

	s->added = kith_calloc(s->n + 1, sizeof(*s->added));
	s->map = kith_calloc(s->g->h.n_ids, sizeof(*s->map));
	if (!s->added || !s->map)
		return kith_fail_nomem(err);
	if (kith_trust_index(s->g, from) == TRUST_NONE)
		s->added[s->n_added++] = *from;
	for (i = 0; i < s->n; i++)
		if (kith_trust_index(s->g, &s->said[i]->statement.to) == TRUST_NONE)
			s->added[s->n_added++] = s->said[i]->statement.to;
	qsort(s->added, s->n_added, sizeof(*s->added), cmp_id);
	for (i = 0; i < s->g->h.n_ids; i++) {
		while (k < s->n_added && cmp_id(&s->added[k], &s->g->keys[i]) < 0)
			k++;
		s->map[i] = i + k;
	}
	return KITH_OK;
}

static uint32_t
mapped(const struct splice *s, uint32_t id)
{
	return id < s->g->h.n_ids ? s->map[id] : TRUST_NONE;
}

static int
make_blob(struct splice *s, struct kith_error *err)
{
	struct trust_header h = s->g->h;
	uint64_t size;
	size_t i;

	h.n_ids += s->n_added;
	h.n_edges += (uint32_t)s->n;
	h.n_specials += s->n_special;
	h.flags |= s->n_special ? TRUST_HAS_REACH : 0;
	for (i = 0; i < s->n; i++) {
		struct kith_time last = {h.last_sec, h.last_nsec};

		if (kith_time_cmp(s->said[i]->statement.date, last) > 0) {
			h.last_sec = s->said[i]->statement.date.sec;
			h.last_nsec = s->said[i]->statement.date.nsec;
		}
	}
	size = kith_trust_blob_size(&h);
	s->out = kith_calloc(1, sizeof(*s->out));
	if (!s->out || size > SIZE_MAX)
		return kith_fail_nomem(err);
	s->out->owned = malloc((size_t)size);
	if (!s->out->owned)
		return kith_fail_nomem(err);
	memcpy(s->out->owned, &h, sizeof(h));
	kith_trust_attach(s->out, kith_span(s->out->owned, (size_t)size));
	kith_trust_zero_padding(s->out);
	return KITH_OK;
}

/* Ids, and where each one's row begins; finds the place of the new row. */
static void
fill_ids(struct splice *s)
{
	const struct kith_trust_graph *g = s->g;
	struct kith_id *keys = TRUST_WRITABLE(struct kith_id, s->out->keys);
	uint32_t *rows = TRUST_WRITABLE(uint32_t, s->out->rows);
	uint32_t *special_rows = TRUST_WRITABLE(uint32_t, s->out->special_rows);
	uint32_t i, old = 0, k = 0, edge, special;
	bool behind = false; /* the new row */

	for (i = 0; i <= s->out->h.n_ids; i++) {
		edge = g->rows[old];
		special = g->special_rows ? g->special_rows[old] : 0;
		rows[i] = edge + (behind ? (uint32_t)s->n : 0);
		if (special_rows)
			special_rows[i] = special + (behind ? s->n_special : 0);
		if (i == s->out->h.n_ids)
			break;
		if (k < s->n_added &&
		    (old == g->h.n_ids || cmp_id(&s->added[k], &g->keys[old]) < 0))
			keys[i] = s->added[k++];
		else
			keys[i] = g->keys[old++];
		if (!behind && cmp_id(&keys[i], &s->said[0]->statement.from) == 0) {
			s->author = i;
			s->at = edge;
			s->special_at = special;
			behind = true;
		}
	}
}

static void
fill_edges(struct splice *s)
{
	const struct kith_trust_graph *g = s->g;
	uint32_t *edges = TRUST_WRITABLE(uint32_t, s->out->edges);
	struct trust_special *specials = TRUST_WRITABLE(struct trust_special, s->out->specials);
	uint32_t e, i, n = s->special_at;

	for (e = 0; e < g->h.n_edges; e++)
		edges[e + (e < s->at ? 0 : s->n)] =
		    (g->edges[e] & ~EDGE_TO(UINT32_MAX)) | s->map[EDGE_TO(g->edges[e])];
	for (i = 0; i < g->h.n_specials; i++) {
		struct trust_special *x = &specials[i + (i < s->special_at ? 0 : s->n_special)];

		*x = g->specials[i];
		x->edge += x->edge < s->at ? 0 : (uint32_t)s->n;
	}
	for (i = 0; i < s->n; i++) {
		const struct kith_trust_statement *say = &s->said[i]->statement;
		uint32_t w = kith_trust_index(s->out, &say->to) | (uint32_t)say->level << 26;

		/* the only one about its target */
		w |= EDGE_CREV;
		if (say->reach != KITH_REACH_DELEGATE) {
			w |= EDGE_SPECIAL;
			specials[n++] =
			    (struct trust_special){.edge = s->at + i, .reach = (uint8_t)say->reach};
		}
		edges[s->at + i] = w;
	}
}

static void
put_column(const struct splice *s, void *to, const void *from, size_t size)
{
	size_t behind = s->g->h.n_edges - s->at;

	if (s->at)
		memcpy(to, from, s->at * size);
	if (behind)
		memcpy((uint8_t *)to + (s->at + s->n) * size, (const uint8_t *)from + s->at * size,
		       behind * size);
}

static void
fill_columns(struct splice *s)
{
	const struct kith_trust_graph *g = s->g;
	int64_t *sec = TRUST_WRITABLE(int64_t, s->out->sec);
	uint32_t *nsec = TRUST_WRITABLE(uint32_t, s->out->nsec);
	uint64_t *places = TRUST_WRITABLE(uint64_t, s->out->places);
	size_t i;

	if (sec) {
		put_column(s, sec, g->sec, sizeof(*sec));
		put_column(s, nsec, g->nsec, sizeof(*nsec));
	}
	if (places)
		put_column(s, places, g->places, sizeof(*places));
	for (i = 0; i < s->n; i++) {
		if (sec) {
			sec[s->at + i] = s->said[i]->statement.date.sec;
			nsec[s->at + i] = s->said[i]->statement.date.nsec;
		}
		if (places)
			places[s->at + i] = s->said[i]->statement.place;
	}
}

static void
fill_rest(struct splice *s)
{
	const struct kith_trust_graph *g = s->g;
	struct trust_override *o = TRUST_WRITABLE(struct trust_override, s->out->overrides);
	struct trust_revocation *v = TRUST_WRITABLE(struct trust_revocation, s->out->revocations);
	uint32_t *ignores = TRUST_WRITABLE(uint32_t, s->out->ignores);
	uint32_t i;

	for (i = 0; i < g->h.n_ignores; i++)
		ignores[i] = mapped(s, g->ignores[i]);
	for (i = 0; i < g->h.n_revocations; i++) {
		v[i] = g->revocations[i];
		v[i].id = mapped(s, v[i].id);
	}
	for (i = 0; i < g->h.n_overrides; i++) {
		o[i] = g->overrides[i];
		o[i].about = mapped(s, o[i].about);
		o[i].by = mapped(s, o[i].by);
	}
	if (g->h.n_scopes)
		memcpy(TRUST_WRITABLE(uint32_t, s->out->scope_rows), g->scope_rows,
		       ((size_t)g->h.n_scopes + 1) * sizeof(*g->scope_rows));
	if (g->h.text_len)
		memcpy(TRUST_WRITABLE(uint8_t, s->out->text), g->text, g->h.text_len);
}

int
kith_trust_splice(const struct kith_trust_graph *g, const struct kith_trust_change *changes,
		  size_t n, struct kith_trust_graph **ret_graph, struct kith_error *err)
{
	KITH_CLEANUP(splice_clear) struct splice s = {.g = g, .n = n};
	size_t i;
	int r;

	s.said = kith_calloc(n, sizeof(*s.said));
	if (!s.said)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		s.said[i] = &changes[i];
		s.n_special += changes[i].statement.reach != KITH_REACH_DELEGATE;
	}
	qsort(s.said, n, sizeof(*s.said), cmp_said);
	r = add_ids(&s, err);
	if (!r)
		r = make_blob(&s, err);
	if (r)
		return r;
	fill_ids(&s);
	fill_edges(&s);
	fill_columns(&s);
	fill_rest(&s);
	*ret_graph = kith_steal(&s.out);
	return KITH_OK;
}
