/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from the root to a version that cargo-vet chooses (cargo-vet.md E.4, E.5): best first,
 * by the worst edge so far, with every tie settled. Each version is taken once and each edge
 * entered once, so a search is bounded by the edges whatever circles deltas make.
 */
#include "policy/vet_work.h"

/* Caveat levels (E.4); smaller is better. Those with an exemption at their worst are even so. */
#define LEVEL_NONE              0
#define LEVEL_NOT_IMPORTABLE    1
#define LEVEL_EXEMPTION         2
#define LEVEL_UNPUBLISHED       3
#define LEVEL_FRESH_PUBLISHER   4
#define LEVEL_FRESH             5
#define LEVEL_FRESH_UNPUBLISHED 7

#define NO_EDGE UINT32_MAX

struct open_node {
	uint8_t level;
	uint32_t version;
	uint32_t came_from; /* version; only where level is that of exemptions, else 0 */
	uint32_t length;    /* edges so far */
	uint32_t edge;      /* the last one */
	uint32_t parent;    /* in taken */
	uint32_t number;    /* of its opening */
};

struct taken {
	uint32_t edge, parent;
};

struct search {
	struct vet_work *w;
	const struct kith_vet_crate *c;
	unsigned criterion;
	struct open_node *heap;
	size_t n, cap;
	uint32_t opened;
	struct taken *taken;
	uint32_t n_taken;
	bool *seen;
};

static uint8_t
level_of(const struct kith_vet_edge *e)
{
	if (e->not_importable)
		return LEVEL_NOT_IMPORTABLE;
	if (e->kind == KITH_VET_EDGE_EXEMPTION)
		return LEVEL_EXEMPTION;
	if (e->kind == KITH_VET_EDGE_UNPUBLISHED)
		return e->fresh == KITH_VET_STALE ? LEVEL_UNPUBLISHED : LEVEL_FRESH_UNPUBLISHED;
	if (e->fresh == KITH_VET_FRESH_PUBLISHER)
		return LEVEL_FRESH_PUBLISHER;
	return e->fresh == KITH_VET_FRESH ? LEVEL_FRESH : LEVEL_NONE;
}

static int
cmp_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* The order of edges by their origin: own audits by position, then imported ones, … */
static int
cmp_origin(const struct kith_vet_edge *a, const struct kith_vet_edge *b)
{
	int c = cmp_u32(a->kind, b->kind);

	if (!c)
		c = cmp_u32(a->peer, b->peer);
	if (!c)
		c = cmp_u32(a->at, b->at);
	return c ? c : cmp_u32(a->publisher, b->publisher);
}

static int
cmp_open(const struct search *s, const struct open_node *a, const struct open_node *b)
{
	int c = cmp_u32(a->level, b->level);

	if (!c)
		c = cmp_u32(a->version, b->version);
	if (!c)
		c = cmp_u32(a->came_from, b->came_from);
	if (!c)
		c = cmp_u32(a->length, b->length);
	if (!c && a->edge != NO_EDGE && b->edge != NO_EDGE)
		c = cmp_origin(&s->c->edges[a->edge], &s->c->edges[b->edge]);
	return c ? c : cmp_u32(a->number, b->number);
}

static int
push(struct search *s, const struct open_node *node)
{
	size_t i;
	int r = vet_step(s->w, 1);

	if (!r)
		r = kith_grow(&s->heap, &s->cap, s->n + 1, sizeof(*s->heap), UINT32_MAX / 2,
			      "open versions", s->w->err);
	if (r)
		return r;
	for (i = s->n++; i && cmp_open(s, node, &s->heap[(i - 1) / 2]) < 0; i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = *node;
	return KITH_OK;
}

static struct open_node
pop(struct search *s)
{
	struct open_node least = s->heap[0], last = s->heap[--s->n];
	size_t i = 0, k;

	while ((k = i * 2 + 1) < s->n) {
		if (k + 1 < s->n && cmp_open(s, &s->heap[k + 1], &s->heap[k]) < 0)
			k++;
		if (cmp_open(s, &last, &s->heap[k]) <= 0)
			break;
		s->heap[i] = s->heap[k];
		i = k;
	}
	s->heap[i] = last;
	return least;
}

/* Opens what lies before the version that was just taken. */
static int
open_before(struct search *s, const struct open_node *at)
{
	const struct kith_vet_crate *c = s->c;
	uint32_t i;
	int r = vet_step(s->w, 1);

	for (i = c->in_start[at->version]; i < c->in_start[at->version + 1] && !r; i++) {
		const struct kith_vet_edge *e = &c->edges[c->in[i]];
		struct open_node node = {.level = level_of(e),
					 .version = e->from,
					 .length = at->length + 1,
					 .edge = c->in[i],
					 .parent = s->n_taken - 1};

		if (!(e->criteria >> s->criterion & 1U) || s->seen[e->from])
			continue;
		if (node.level < at->level)
			node.level = at->level;
		if (node.level == LEVEL_EXEMPTION)
			node.came_from = at->version;
		node.number = ++s->opened;
		r = push(s, &node);
	}
	return r;
}

/* Backwards from the target. True in *ret_found: the last one taken is the root. */
static int
run(struct search *s, uint32_t target, bool *ret_found)
{
	struct open_node start = {.version = target, .edge = NO_EDGE, .parent = NO_EDGE};
	int r = push(s, &start);

	*ret_found = false;
	while (!r && s->n) {
		struct open_node at = pop(s);

		if (s->seen[at.version])
			continue;
		s->seen[at.version] = true;
		s->taken[s->n_taken++] = (struct taken){at.edge, at.parent};
		if (at.version == 0) {
			*ret_found = true;
			return KITH_OK;
		}
		r = open_before(s, &at);
	}
	return r;
}

/* The edges of the way: the walk back began at the target, so they come out root first. */
static int
take_way(struct search *s, struct kith_vet_way *ret_way)
{
	uint32_t at = s->n_taken - 1, *edges;
	size_t n = 0;

	for (; s->taken[at].edge != NO_EDGE; at = s->taken[at].parent)
		n++;
	edges = kith_arena_array(s->w->arena, n + 1, sizeof(*edges));
	if (!edges)
		return kith_fail_nomem(s->w->err);
	n = 0;
	for (at = s->n_taken - 1; s->taken[at].edge != NO_EDGE; at = s->taken[at].parent)
		edges[n++] = s->taken[at].edge;
	*ret_way = (struct kith_vet_way){
	    .criterion = s->criterion, .found = true, .edges = edges, .n_edges = n};
	return KITH_OK;
}

/* Forwards from the root; only which versions are reached matters. */
static int
reach_from_root(struct search *s, bool *reached)
{
	const struct kith_vet_crate *c = s->c;
	KITH_AUTO_FREE uint32_t *queue = kith_calloc(c->n_versions + 1, sizeof(*queue));
	size_t i, n = 1;
	uint32_t k;
	int r = KITH_OK;

	if (!queue)
		return kith_fail_nomem(s->w->err);
	reached[0] = true;
	for (i = 0; i < n && !r; i++) {
		r = vet_step(s->w, c->out_start[queue[i] + 1] - c->out_start[queue[i]] + 1);
		for (k = c->out_start[queue[i]]; k < c->out_start[queue[i] + 1]; k++) {
			const struct kith_vet_edge *e = &c->edges[c->out[k]];

			if (!(e->criteria >> s->criterion & 1U) || reached[e->to])
				continue;
			reached[e->to] = true;
			queue[n++] = e->to;
		}
	}
	return r;
}

static int
take_reach(struct search *s, struct kith_vet_way *ret_way)
{
	size_t n = s->c->n_versions;
	bool *from_root = kith_arena_array(s->w->arena, n + 1, sizeof(*from_root));
	bool *to_target = kith_arena_array(s->w->arena, n + 1, sizeof(*to_target));
	int r;

	if (!from_root || !to_target)
		return kith_fail_nomem(s->w->err);
	memcpy(to_target, s->seen, n);
	r = reach_from_root(s, from_root);
	*ret_way = (struct kith_vet_way){
	    .criterion = s->criterion, .from_root = from_root, .to_target = to_target};
	return r;
}

int
vet_search(struct vet_work *w, const struct kith_vet_crate *c, unsigned criterion, uint32_t target,
	   struct kith_vet_way *ret_way)
{
	KITH_AUTO_FREE bool *seen = kith_calloc(c->n_versions + 1, sizeof(*seen));
	KITH_AUTO_FREE struct taken *taken = kith_calloc(c->n_versions + 1, sizeof(*taken));
	struct search s = {.w = w, .c = c, .criterion = criterion, .taken = taken, .seen = seen};
	bool found = false;
	int r;

	if (!seen || !taken)
		return kith_fail_nomem(w->err);
	r = vet_step(w, c->n_versions);
	if (!r)
		r = run(&s, target, &found);
	if (!r)
		r = found ? take_way(&s, ret_way) : take_reach(&s, ret_way);
	free(s.heap);
	return r;
}
