/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sealed graph as one blob: where its sections lie, opening and writing it, looking things up.
 * Reads no file; a blob from a file may be damaged in any way and must only be misread, never
 * cause a bad access or unbounded work.
 */
#include "base/base.h"
#include "trust/graph.h"

#define MAGIC "KITHTRG1"

_Static_assert(sizeof(struct trust_header) == 64, "a section boundary of the blob");
_Static_assert(sizeof(struct trust_special) == 32, "a record of the blob");
_Static_assert(sizeof(struct trust_revocation) == 24, "a record of the blob");

enum section {
	SECTION_KEYS,
	SECTION_ROWS,
	SECTION_EDGES,
	SECTION_SPECIAL_ROWS,
	SECTION_SPECIALS,
	SECTION_IGNORES,
	SECTION_SEC,
	SECTION_NSEC,
	SECTION_PLACES,
	SECTION_SCOPE_ROWS,
	SECTION_REVOCATIONS,
	SECTION_OVERRIDES,
	SECTION_FLOODS,
	SECTION_TEXT,
	SECTION_COUNT
};

/* Counts are 32 bits, so that sums of products stay far below 2^64. */
static void
measure(const struct trust_header *h, uint64_t size[SECTION_COUNT])
{
	uint64_t dates = h->flags & TRUST_HAS_DATES ? h->n_edges : 0;

	size[SECTION_KEYS] = (uint64_t)h->n_ids * KITH_ID_BYTES;
	size[SECTION_ROWS] = ((uint64_t)h->n_ids + 1) * 4;
	size[SECTION_EDGES] = (uint64_t)h->n_edges * 4;
	size[SECTION_SPECIAL_ROWS] = h->n_specials ? ((uint64_t)h->n_ids + 1) * 4 : 0;
	size[SECTION_SPECIALS] = (uint64_t)h->n_specials * sizeof(struct trust_special);
	size[SECTION_IGNORES] = (uint64_t)h->n_ignores * 4;
	size[SECTION_SEC] = dates * 8;
	size[SECTION_NSEC] = dates * 4;
	size[SECTION_PLACES] = h->flags & TRUST_HAS_PLACES ? (uint64_t)h->n_edges * 8 : 0;
	size[SECTION_SCOPE_ROWS] = h->n_scopes ? ((uint64_t)h->n_scopes + 1) * 4 : 0;
	size[SECTION_REVOCATIONS] = (uint64_t)h->n_revocations * sizeof(struct trust_revocation);
	size[SECTION_OVERRIDES] = (uint64_t)h->n_overrides * sizeof(struct trust_override);
	size[SECTION_FLOODS] = (uint64_t)h->n_floods * sizeof(struct trust_flood);
	size[SECTION_TEXT] = h->text_len;
}

static uint64_t
align8(uint64_t n)
{
	return (n + 7) & ~(uint64_t)7;
}

uint64_t
kith_trust_blob_size(const struct trust_header *h)
{
	uint64_t size[SECTION_COUNT], sum = sizeof(struct trust_header);
	size_t i;

	measure(h, size);
	for (i = 0; i < SECTION_COUNT; i++)
		sum += align8(size[i]);
	return sum;
}

/* Sections end at multiples of 8; what lies between is written too, so it must be something. */
void
kith_trust_zero_padding(struct kith_trust_graph *g)
{
	uint64_t size[SECTION_COUNT];
	uint8_t *p = (uint8_t *)g->owned + sizeof(struct trust_header);
	size_t i;

	measure(&g->h, size);
	for (i = 0; i < SECTION_COUNT; i++) {
		memset(p + size[i], 0, align8(size[i]) - size[i]);
		p += align8(size[i]);
	}
}

void
kith_trust_attach(struct kith_trust_graph *g, struct kith_span blob)
{
	uint64_t size[SECTION_COUNT];
	const void *at[SECTION_COUNT];
	const uint8_t *p = blob.ptr + sizeof(struct trust_header);
	size_t i;

	memcpy(&g->h, blob.ptr, sizeof(g->h));
	measure(&g->h, size);
	for (i = 0; i < SECTION_COUNT; i++) {
		at[i] = size[i] ? p : NULL;
		p += align8(size[i]);
	}
	g->keys = at[SECTION_KEYS];
	g->rows = at[SECTION_ROWS];
	g->edges = at[SECTION_EDGES];
	g->special_rows = at[SECTION_SPECIAL_ROWS];
	g->specials = at[SECTION_SPECIALS];
	g->ignores = at[SECTION_IGNORES];
	g->sec = at[SECTION_SEC];
	g->nsec = at[SECTION_NSEC];
	g->places = at[SECTION_PLACES];
	g->scope_rows = at[SECTION_SCOPE_ROWS];
	g->revocations = at[SECTION_REVOCATIONS];
	g->overrides = at[SECTION_OVERRIDES];
	g->floods = at[SECTION_FLOODS];
	g->text = at[SECTION_TEXT];
	g->blob = blob;
}

/* Rows that overlapped would make a walk quadratic; so they must rise and stay inside. */
static bool
rising(const uint32_t *rows, uint32_t n, uint32_t end)
{
	uint32_t i;

	if (!rows)
		return end == 0;
	if (rows[0] != 0 || rows[n] != end)
		return false;
	for (i = 0; i < n; i++)
		if (rows[i] > rows[i + 1])
			return false;
	return true;
}

int
kith_trust_graph_open(struct kith_span blob, struct kith_trust_graph **ret_graph,
		      struct kith_error *err)
{
	struct trust_header h;
	KITH_AUTO_FREE struct kith_trust_graph *g = NULL;

	if (blob.len < sizeof(h) || (uintptr_t)blob.ptr % 8)
		return kith_fail(err, KITH_E_FORMAT, "trust graph: too short or not aligned");
	memcpy(&h, blob.ptr, sizeof(h));
	if (memcmp(h.magic, MAGIC, sizeof(h.magic)) != 0 || h.order != 1)
		return kith_fail(err, KITH_E_FORMAT, "trust graph: not of this version");
	if (h.n_ids > KITH_MAX_TRUST_IDS || kith_trust_blob_size(&h) != blob.len)
		return kith_fail(err, KITH_E_FORMAT, "trust graph: sizes do not add up");
	g = kith_calloc(1, sizeof(*g));
	if (!g)
		return kith_fail_nomem(err);
	kith_trust_attach(g, blob);
	if (!rising(g->rows, h.n_ids, h.n_edges) ||
	    !rising(g->special_rows, h.n_ids, h.n_specials) ||
	    (g->scope_rows && g->scope_rows[h.n_scopes] > h.text_len) ||
	    !rising(g->scope_rows, h.n_scopes, g->scope_rows ? g->scope_rows[h.n_scopes] : 0))
		return kith_fail(err, KITH_E_FORMAT, "trust graph: rows do not rise");
	*ret_graph = kith_steal(&g);
	return KITH_OK;
}

int
kith_trust_graph_write(const struct kith_trust_graph *g, struct kith_buf *buf,
		       struct kith_error *err)
{
	kith_buf_put_span(buf, g->blob);
	return kith_buf_check(buf, err);
}

void
kith_trust_graph_free(struct kith_trust_graph *g)
{
	if (!g)
		return;
	free(g->owned);
	free(g);
}

uint32_t
kith_trust_index(const struct kith_trust_graph *g, const struct kith_id *id)
{
	uint32_t lo = 0, hi = g->h.n_ids;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = memcmp(g->keys[mid].bytes, id->bytes, KITH_ID_BYTES);

		if (c == 0)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return TRUST_NONE;
}

const struct trust_special *
kith_trust_special(const struct kith_trust_graph *g, uint32_t e)
{
	uint32_t lo = 0, hi = g->h.n_specials;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (g->specials[mid].edge == e)
			return &g->specials[mid];
		if (g->specials[mid].edge < e)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

struct kith_span
kith_trust_scope(const struct kith_trust_graph *g, uint32_t scope)
{
	if (scope == 0 || scope > g->h.n_scopes)
		return KITH_SPAN_NONE;
	return trust_text(g, g->scope_rows[scope - 1],
			  g->scope_rows[scope] - g->scope_rows[scope - 1]);
}

size_t
kith_trust_graph_count_scopes(const struct kith_trust_graph *g)
{
	return g->h.n_scopes;
}

struct kith_span
kith_trust_graph_scope(const struct kith_trust_graph *g, size_t i)
{
	return i < g->h.n_scopes ? kith_trust_scope(g, (uint32_t)i + 1) : KITH_SPAN_NONE;
}

bool
kith_trust_graph_revoked(const struct kith_trust_graph *g, const struct kith_id *id,
			 struct kith_time *ret_since)
{
	uint32_t x = kith_trust_index(g, id), lo = 0, hi = g->h.n_revocations;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (g->revocations[mid].id < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (x == TRUST_NONE || lo == g->h.n_revocations || g->revocations[lo].id != x)
		return false;
	*ret_since = (struct kith_time){g->revocations[lo].sec, g->revocations[lo].nsec};
	return true;
}

size_t
kith_trust_graph_count_ids(const struct kith_trust_graph *g)
{
	return g->h.n_ids;
}

const struct kith_id *
kith_trust_graph_id(const struct kith_trust_graph *g, size_t i)
{
	return i < g->h.n_ids ? &g->keys[i] : NULL;
}

bool
kith_trust_graph_find(const struct kith_trust_graph *g, const struct kith_id *id, size_t *ret_index)
{
	uint32_t i = kith_trust_index(g, id);

	if (i == TRUST_NONE)
		return false;
	if (ret_index)
		*ret_index = i;
	return true;
}

size_t
kith_trust_graph_count_statements(const struct kith_trust_graph *g)
{
	return g->h.n_edges;
}

bool
kith_trust_graph_row(const struct kith_trust_graph *g, const struct kith_id *from,
		     size_t *ret_first, size_t *ret_end)
{
	uint32_t u = kith_trust_index(g, from);

	if (u == TRUST_NONE)
		return false;
	*ret_first = g->rows[u];
	*ret_end = g->rows[u + 1];
	return true;
}

/* The id whose row holds edge e. */
static uint32_t
author_of(const struct kith_trust_graph *g, uint32_t e)
{
	uint32_t lo = 0, hi = g->h.n_ids;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (g->rows[mid] <= e)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static int
give_ignores(const struct kith_trust_graph *g, const struct trust_special *special,
	     struct kith_arena *arena, struct kith_trust_statement *s, struct kith_error *err)
{
	uint32_t i, n;
	const uint32_t *list = trust_ignores(g, special, &n);
	struct kith_id *ids;

	if (!n || !arena)
		return KITH_OK;
	ids = kith_arena_array(arena, n, sizeof(*ids));
	if (!ids)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		if (list[i] < g->h.n_ids)
			ids[s->n_ignores++] = g->keys[list[i]];
	s->ignores = ids;
	return KITH_OK;
}

int
kith_trust_graph_statement(const struct kith_trust_graph *g, size_t i, struct kith_arena *arena,
			   struct kith_trust_statement *ret_statement, struct kith_error *err)
{
	struct kith_trust_statement s = {.reach = KITH_REACH_DELEGATE};
	const struct trust_special *special;
	uint32_t e = (uint32_t)i, w;
	int r;

	if (i >= g->h.n_edges || EDGE_TO(g->edges[i]) >= g->h.n_ids)
		return kith_fail(err, KITH_E_NOTFOUND, "trust graph: no such statement");
	w = g->edges[e];
	s.from = g->keys[author_of(g, e)];
	s.to = g->keys[EDGE_TO(w)];
	s.level =
	    EDGE_LEVEL(w) > KITH_LEVEL_HIGH ? KITH_LEVEL_NONE : (enum kith_level)EDGE_LEVEL(w);
	s.date = trust_date(g, e);
	s.place = g->places ? g->places[e] : 0;
	special = w & EDGE_SPECIAL ? kith_trust_special(g, e) : NULL;
	if (special) {
		s.reach = special->reach > KITH_REACH_DELEGATE ? KITH_REACH_REVIEWS
							       : (enum kith_reach)special->reach;
		s.scope = kith_trust_scope(g, special->scope);
		s.has_until = special->has_until;
		s.until = (struct kith_time){special->until_sec, special->until_nsec};
		r = give_ignores(g, special, arena, &s, err);
		if (r)
			return r;
	}
	*ret_statement = s;
	return KITH_OK;
}

size_t
kith_trust_graph_count_floods(const struct kith_trust_graph *g)
{
	return g->h.n_floods;
}

bool
kith_trust_graph_flood(const struct kith_trust_graph *g, size_t i, struct kith_id *ret_id,
		       size_t *ret_dropped)
{
	if (i >= g->h.n_floods || g->floods[i].id >= g->h.n_ids)
		return false;
	*ret_id = g->keys[g->floods[i].id];
	*ret_dropped = g->floods[i].dropped;
	return true;
}
