/* SPDX-License-Identifier: Apache-2.0 */
/* Which statements are in force (trust.md N4, N5), and which of them introduce or block. */
#include "app/picture.h"

#define EDGES_MAX ((size_t)4000000)

/* One person's statements about others of the picture. */
struct said {
	uint32_t to;
	enum kith_level level;
	struct kith_span scope;
	struct kith_time date;
	bool expired;
};

/* Newest first within one slot (target and scope); of one date the lower level. */
static int
cmp_said(const void *left, const void *right)
{
	const struct said *x = left, *y = right;
	int r;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	r = kith_span_cmp(x->scope, y->scope);
	if (!r)
		r = -kith_time_cmp(x->date, y->date);
	return r ? r : (int)x->level - (int)y->level;
}

static bool
find_person(const struct kith_app_filling *f, const struct kith_id *id, uint32_t *ret_person)
{
	size_t number;

	if (!kith_trust_person_find(f->result, id, &number) || f->at[number] == KITH_PICTURE_NONE)
		return false;
	*ret_person = f->at[number];
	return true;
}

static int
collect(struct kith_app_filling *f, uint32_t from, struct said **said, size_t *cap, size_t *n,
	struct kith_error *err)
{
	const struct kith_id *id = kith_trust_person_id(f->result, f->numbers[from]);
	struct kith_trust_statement s;
	size_t i, end;
	uint32_t to;
	int r = KITH_OK;

	*n = 0;
	if (!kith_trust_graph_row(f->graph, id, &i, &end))
		return KITH_OK;
	for (; !r && i < end; i++) {
		r = kith_trust_graph_statement(f->graph, i, NULL, &s, err);
		if (r || kith_time_cmp(s.date, f->session->now) > 0 ||
		    !find_person(f, &s.to, &to) || to == from ||
		    (s.scope.len && !kith_glob_match(s.scope, f->subject)))
			continue;
		r = kith_grow(said, cap, *n + 1, sizeof(**said), EDGES_MAX, "statements", err);
		if (!r)
			(*said)[(*n)++] = (struct said){
			    to, s.level, s.scope, s.date,
			    s.has_until && kith_time_cmp(f->session->now, s.until) >= 0};
	}
	return r;
}

/* Whether a comes before b among the statements of one person about another (N1 for roots). */
static bool
decides(const struct said *a, const struct said *b, bool root)
{
	if (root && a->scope.len != b->scope.len)
		return a->scope.len > b->scope.len;
	return root ? a->level < b->level : a->level > b->level;
}

static int
cmp_link(const void *left, const void *right)
{
	const struct kith_trust_link *x = left, *y = right;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

struct links {
	const struct kith_trust_link *list;
	size_t n;
};

/* Whether this step leaves exactly what the target has. */
static bool
explains(const struct kith_app_filling *f, const struct kith_picture_edge *e)
{
	const unsigned cost[KITH_LEVEL_COUNT] = {0, 0, f->native->low, f->native->medium,
						 f->native->high};
	const struct kith_trust_person *from = &f->standing[e->from], *to = &f->standing[e->to];
	enum kith_level level = from->root ? KITH_LEVEL_HIGH : from->approve;
	unsigned budget = from->root ? f->native->budget : from->budget;

	level = e->level < level ? e->level : level;
	level = to->cap < level ? to->cap : level;
	if (level != to->approve || level < KITH_LEVEL_LOW)
		return false;
	if (from->root)
		return to->budget == budget - (cost[level] < budget ? cost[level] : budget);
	return budget == to->budget + cost[level];
}

static int
add_edge(struct kith_app_filling *f, uint32_t from, const struct said *s, const struct links *links,
	 struct kith_error *err)
{
	const struct kith_trust_link key = {(uint32_t)f->numbers[from],
					    (uint32_t)f->numbers[s->to]};
	const struct kith_trust_person *by = &f->standing[from], *about = &f->standing[s->to];
	struct kith_picture_edge e = {from, s->to, s->level, false, false, s->date};
	int r;

	if (s->level == KITH_LEVEL_DISTRUST)
		e.counted =
		    by->root || (by->contact > KITH_LEVEL_NONE && about->blocked > KITH_LEVEL_NONE);
	else if (s->level >= KITH_LEVEL_LOW)
		e.counted = bsearch(&key, links->list, links->n, sizeof(key), cmp_link) != NULL;
	e.best = e.counted && explains(f, &e);
	r = kith_grow(&f->edges, &f->cap_edges, f->n_edges + 1, sizeof(*f->edges), EDGES_MAX,
		      "statements", err);
	if (!r)
		f->edges[f->n_edges++] = e;
	return r;
}

/* The newest of each slot counts, and if that has expired none (N5). */
static int
add_edges_of(struct kith_app_filling *f, uint32_t from, struct said *said, size_t n,
	     const struct links *links, struct kith_error *err)
{
	bool root = f->standing[from].root;
	const struct said *chosen = NULL;
	size_t i;
	int r = KITH_OK;

	qsort(said, n, sizeof(*said), cmp_said);
	for (i = 0; !r && i < n; i++) {
		bool newest = !i || said[i - 1].to != said[i].to ||
			      !kith_span_eq(said[i - 1].scope, said[i].scope);

		if (newest && !said[i].expired && (!chosen || decides(&said[i], chosen, root)))
			chosen = &said[i];
		if (i + 1 < n && said[i + 1].to == said[i].to)
			continue;
		if (chosen)
			r = add_edge(f, from, chosen, links, err);
		chosen = NULL;
	}
	return r;
}

int
kith_app_picture_edges(struct kith_app_filling *f, struct kith_error *err)
{
	struct links links = {0};
	struct said *said = NULL;
	size_t cap = 0, n;
	uint32_t i;
	int r;

	r = kith_trust_links(f->result, KITH_LEVEL_LOW, &f->arena, &links.list, &links.n, err);
	for (i = 0; !r && i < f->n_persons; i++) {
		const struct kith_picture_person *x = &f->persons[i];

		if (f->numbers[i] == SIZE_MAX ||
		    (!x->root && x->approve < KITH_LEVEL_LOW && x->object < KITH_LEVEL_LOW))
			continue;
		r = collect(f, i, &said, &cap, &n, err);
		if (!r && n)
			r = add_edges_of(f, i, said, n, &links, err);
	}
	free(said);
	return r;
}
