/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the trust room: how a sealed graph lies in memory and in the index, which is the same
 * (trust.md 6.1). One blob of sections in a fixed order, found from the counts in its header.
 * Whatever is read from it may be damaged: rows are checked when the blob is opened, every other
 * index where it is used, through the functions here.
 */
#ifndef KITH_TRUST_GRAPH_H
#define KITH_TRUST_GRAPH_H

#include "trust/trust.h"

#define TRUST_NONE UINT32_MAX

/* An edge: one statement. target 26 bits, level 3, then three marks. */
#define EDGE_TO(w)    ((w)&0x3ffffffU)
#define EDGE_LEVEL(w) (((w) >> 26) & 7U)
#define EDGE_LATER    (1U << 29) /* a newer one of this target and scope follows */
#define EDGE_CREV     (1U << 30) /* the one that crev mode looks at for its target */
#define EDGE_SPECIAL  (1U << 31) /* has a struct trust_special */

/* What an edge says beyond target and level. In order of edges. */
struct trust_special {
	uint32_t edge;
	uint32_t scope; /* index + 1; 0: unscoped */
	uint32_t ignores, n_ignores;
	int64_t until_sec;
	uint32_t until_nsec;
	uint8_t reach;
	uint8_t has_until;
	uint16_t zero;
};

/* Self-distrust of `id` (trust.md N11), the earliest: never forgotten, whatever comes later. */
struct trust_revocation {
	int64_t sec;
	uint64_t place;
	uint32_t nsec;
	uint32_t id;
};

/* Sorted by about, subject, by. */
struct trust_override {
	uint32_t about, by;
	uint32_t subject, subject_len; /* in text */
};

/* An id whose oldest statements were dropped. */
struct trust_flood {
	uint32_t id;
	uint32_t dropped;
};

#define TRUST_HAS_DATES  1U
#define TRUST_HAS_PLACES 2U
#define TRUST_HAS_REACH  4U /* some statement grants less than delegate */

struct trust_header {
	char magic[8];
	uint32_t order; /* 1, as this machine writes it */
	uint32_t flags;
	uint32_t n_ids, n_edges, n_specials, n_scopes, n_ignores, n_revocations, n_overrides,
	    n_floods;
	uint32_t text_len;
	uint32_t last_nsec; /* the latest date of any statement */
	int64_t last_sec;
};

struct kith_trust_graph {
	struct trust_header h;
	const struct kith_id *keys;           /* sorted */
	const uint32_t *rows;                 /* n_ids + 1 */
	const uint32_t *edges;                /* a row: by target, scope, date */
	const uint32_t *special_rows;         /* n_ids + 1: first special of a row */
	const struct trust_special *specials; /* NULL if there is none, as below */
	const uint32_t *ignores;              /* ids; each list sorted */
	const int64_t *sec;                   /* dates of edges */
	const uint32_t *nsec;
	const uint64_t *places;
	const uint32_t *scope_rows;                 /* n_scopes + 1, into text */
	const struct trust_revocation *revocations; /* sorted by id */
	const struct trust_override *overrides;
	const struct trust_flood *floods;
	const uint8_t *text;
	struct kith_span blob;
	void *owned; /* the blob, if this graph frees it */
};

/* Sections are const for readers; a writer knows that they lie in memory of its own. */
#define TRUST_WRITABLE(type, pointer) ((type *)(uintptr_t)(pointer))

/* Bytes of a blob with these counts. */
uint64_t kith_trust_blob_size(const struct trust_header *h);
/* Points g into blob, which is large enough; looks at nothing but the header. */
void kith_trust_attach(struct kith_trust_graph *g, struct kith_span blob);
void kith_trust_zero_padding(struct kith_trust_graph *g); /* of an owned blob */

struct trust_row {
	uint32_t from, to; /* edges [from, to) */
	uint32_t special;  /* index of the first special that may belong to them */
};

/* An index that the graph does not know has an empty row. */
static inline struct trust_row
trust_row(const struct kith_trust_graph *g, uint32_t u)
{
	struct trust_row r = {0, 0, 0};

	if (u < g->h.n_ids) {
		r.from = g->rows[u];
		r.to = g->rows[u + 1];
		r.special = g->special_rows ? g->special_rows[u] : 0;
	}
	return r;
}

/* The special of edge e, which is met in order of edges: advances *cursor. NULL: none. */
static inline const struct trust_special *
trust_special_next(const struct kith_trust_graph *g, uint32_t e, uint32_t *cursor)
{
	const struct trust_special *s = NULL;

	if (*cursor < g->h.n_specials && g->specials[*cursor].edge == e)
		s = &g->specials[(*cursor)++];
	return s;
}

/* The special of any edge, by search. NULL: none. */
const struct trust_special *kith_trust_special(const struct kith_trust_graph *g, uint32_t e);

/* The ids of an ignore list, cut to what is there. */
static inline const uint32_t *
trust_ignores(const struct kith_trust_graph *g, const struct trust_special *s, uint32_t *ret_n)
{
	*ret_n = 0;
	if (!s || !g->ignores || s->ignores > g->h.n_ignores ||
	    s->n_ignores > g->h.n_ignores - s->ignores)
		return NULL;
	*ret_n = s->n_ignores;
	return g->ignores + s->ignores;
}

static inline struct kith_time
trust_date(const struct kith_trust_graph *g, uint32_t e)
{
	struct kith_time t = {0, 0};

	if (g->sec)
		t = (struct kith_time){g->sec[e], g->nsec[e]};
	return t;
}

/* A piece of text; empty if it does not lie inside. */
static inline struct kith_span
trust_text(const struct kith_trust_graph *g, uint32_t at, uint32_t len)
{
	if (!g->text || at > g->h.text_len || len > g->h.text_len - at)
		return KITH_SPAN_NONE;
	return kith_span(g->text + at, len);
}

struct kith_span kith_trust_scope(const struct kith_trust_graph *g, uint32_t scope);

/* Index of an id; TRUST_NONE if nobody speaks of it. */
uint32_t kith_trust_index(const struct kith_trust_graph *g, const struct kith_id *id);

#endif
