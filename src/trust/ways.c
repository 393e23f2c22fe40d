/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Independence (trust.md 4.5): the admitted graph with actors as vertices, and how many ways from
 * the root to a set of reviewers share nobody.
 */
#include "base/base.h"
#include "trust/ways.h"

void
kith_trust_ways_free(struct kith_trust_ways *w)
{
	if (!w)
		return;
	free(w->vertex);
	free(w->person);
	free(w->succ_rows);
	free(w->succ);
	free(w->pred_rows);
	free(w->pred);
	free(w->parent);
	free(w->child);
	free(w->next);
	free(w->prev);
	free(w->marks);
	free(w->touched);
	free(w->forth);
	free(w->back);
	free(w->front.at);
	free(w->rear.at);
	free(w);
}

/* Vertices are numbered by their first persons. Publishers have none (N13). */
static uint32_t
vertex_of(struct kith_trust_ways *w, uint32_t p, uint32_t *of_actor)
{
	const struct native *nv = w->nv;
	bool root = kith_native_is_root(nv, p);
	uint32_t actor = kith_native_actor(nv, p);

	if (!root && (kith_native_approve(nv, p) < w->level || kith_native_is_muted(nv, p)))
		return TRUST_NONE;
	if (root || kith_native_speaks_as_root(nv, p))
		return WAYS_SOURCE;
	if (actor != TRUST_NONE && of_actor[actor])
		return of_actor[actor];
	w->person[w->n] = p;
	if (actor != TRUST_NONE)
		of_actor[actor] = w->n;
	return w->n++;
}

static int
number_vertices(struct kith_trust_ways *w, struct kith_error *err)
{
	const struct native *nv = w->nv;
	size_t n_actors = 0, i;
	KITH_AUTO_FREE uint32_t *of_actor = NULL;
	uint32_t p;

	for (i = 0; i < nv->n_actors; i++)
		n_actors = nv->actors[i].actor >= n_actors ? nv->actors[i].actor + 1 : n_actors;
	of_actor = kith_calloc(n_actors, sizeof(*of_actor));
	w->vertex = kith_calloc(nv->n, sizeof(*w->vertex));
	w->person = kith_calloc((size_t)nv->n + 1, sizeof(*w->person));
	if (!of_actor || !w->vertex || !w->person)
		return kith_fail_nomem(err);
	w->n = 1;
	w->person[WAYS_SOURCE] = nv->n_roots ? nv->roots[0].root : 0;
	for (p = 0; p < nv->n; p++)
		w->vertex[p] = vertex_of(w, p, of_actor);
	for (i = 0; i < nv->n_roots; i++) {
		uint32_t actor = kith_native_actor(nv, nv->roots[i].root);

		w->twin[i] = actor == TRUST_NONE ? 0 : of_actor[actor];
	}
	return KITH_OK;
}

/* Calls with rows counted first, filled then. */
struct linker {
	struct kith_trust_ways *w;
	bool fill;
};

static int
link_edge(void *ctx, uint32_t from, uint32_t to, uint32_t edge, struct kith_error *err)
{
	struct linker *l = ctx;
	struct kith_trust_ways *w = l->w;
	uint32_t a = w->vertex[from], b = w->vertex[to];

	(void)edge;
	(void)err;
	if (a == TRUST_NONE || b == TRUST_NONE || a == b || b == WAYS_SOURCE)
		return KITH_OK;
	if (!l->fill) {
		w->succ_rows[a + 2]++;
		w->pred_rows[b + 2]++;
		return KITH_OK;
	}
	w->succ[w->succ_rows[a + 1]++] = b;
	w->pred[w->pred_rows[b + 1]++] = a;
	return KITH_OK;
}

static int
link_vertices(struct kith_trust_ways *w, struct kith_error *err)
{
	struct linker l = {w, false};
	KITH_AUTO_FREE bool *standing = kith_native_standing(w->nv, w->level);
	uint32_t i;
	int r;

	w->succ_rows = kith_calloc((size_t)w->n + 2, sizeof(*w->succ_rows));
	w->pred_rows = kith_calloc((size_t)w->n + 2, sizeof(*w->pred_rows));
	if (!standing || !w->succ_rows || !w->pred_rows)
		return kith_fail_nomem(err);
	r = kith_native_each_link(w->nv, w->level, standing, link_edge, &l, err);
	for (i = 2; i < w->n + 2; i++) {
		w->succ_rows[i] += w->succ_rows[i - 1];
		w->pred_rows[i] += w->pred_rows[i - 1];
	}
	w->succ = kith_calloc(w->succ_rows[w->n + 1], sizeof(*w->succ));
	w->pred = kith_calloc(w->pred_rows[w->n + 1], sizeof(*w->pred));
	if (!w->succ || !w->pred)
		return kith_fail_nomem(err);
	l.fill = true;
	return r ? r : kith_native_each_link(w->nv, w->level, standing, link_edge, &l, err);
}

/* Ways along a breadth-first tree below different children of the source share nobody. */
static int
grow_tree(struct kith_trust_ways *w, struct kith_error *err)
{
	KITH_AUTO_FREE uint32_t *queue = kith_calloc(w->n, sizeof(*queue));
	uint32_t head = 0, tail = 0, i;

	w->parent = kith_calloc(w->n, sizeof(*w->parent));
	w->child = kith_calloc(w->n, sizeof(*w->child));
	if (!queue || !w->parent || !w->child)
		return kith_fail_nomem(err);
	for (i = 0; i < w->n; i++)
		w->parent[i] = TRUST_NONE;
	w->parent[WAYS_SOURCE] = WAYS_SOURCE;
	queue[tail++] = WAYS_SOURCE;
	while (head < tail) {
		uint32_t v = queue[head++];

		for (i = w->succ_rows[v]; i < w->succ_rows[v + 1]; i++) {
			uint32_t to = w->succ[i];

			if (w->parent[to] != TRUST_NONE)
				continue;
			w->parent[to] = v;
			w->child[to] = v == WAYS_SOURCE ? to : w->child[v];
			queue[tail++] = to;
		}
	}
	return KITH_OK;
}

int
kith_trust_ways_new(const struct kith_trust_result *res, enum kith_level level,
		    struct kith_trust_ways **ret_ways, struct kith_error *err)
{
	struct kith_trust_ways *w;
	int r;

	if (!res->native)
		return kith_fail(err, KITH_E_USAGE, "independence is for the native policy");
	w = kith_calloc(1, sizeof(*w));
	if (!w)
		return kith_fail_nomem(err);
	w->nv = res->native;
	w->level = level < KITH_LEVEL_LOW ? KITH_LEVEL_LOW : level;
	r = number_vertices(w, err);
	if (r == KITH_OK)
		r = link_vertices(w, err);
	if (r == KITH_OK)
		r = grow_tree(w, err);
	if (r == KITH_OK) {
		w->next = kith_calloc(w->n, sizeof(*w->next));
		w->prev = kith_calloc(w->n, sizeof(*w->prev));
		w->marks = kith_calloc(w->n, sizeof(*w->marks));
		w->forth = kith_calloc(w->n, 2 * sizeof(*w->forth));
		w->back = kith_calloc(w->n, 2 * sizeof(*w->back));
		if (!w->next || !w->prev || !w->marks || !w->forth || !w->back)
			r = kith_fail_nomem(err);
	}
	if (r) {
		kith_trust_ways_free(w);
		return r;
	}
	*ret_ways = w;
	return KITH_OK;
}

/*
 * Roots, and second keys of theirs, that reviewed: each actor once, but no publisher. What else the
 * actor has said is the same opinion, so its other keys are no way any more.
 */
static int
own_reviews(struct kith_trust_ways *w, const uint32_t *reviewers, size_t n, size_t *ret_count,
	    struct kith_error *err)
{
	const struct native *nv = w->nv;
	bool seen[KITH_MAX_TRUST_ROOTS] = {false};
	size_t i, k, count = 0;
	int r = KITH_OK;

	for (i = 0; i < n && r == KITH_OK; i++) {
		uint32_t actor;

		if (reviewers[i] >= nv->n || w->vertex[reviewers[i]] != WAYS_SOURCE ||
		    kith_native_approve(nv, reviewers[i]) < w->level)
			continue;
		actor = kith_native_actor(nv, reviewers[i]);
		for (k = 0; k < nv->n_roots; k++) {
			uint32_t root = nv->roots[k].root;

			if (root != reviewers[i] &&
			    (actor == TRUST_NONE || kith_native_actor(nv, root) != actor))
				continue;
			/* the first root of an actor stands for it */
			count += !seen[k] && !nv->roots[k].publisher;
			seen[k] = true;
			if (w->twin[k])
				r = kith_ways_mark(w, w->twin[k], WAYS_GONE, err);
			break;
		}
	}
	*ret_count = count;
	return r;
}

/* The tree's way to v, if none of another reviewer begins with the same child of the source. */
static int
take_tree_way(struct kith_trust_ways *w, uint32_t v, bool *ret_taken, struct kith_error *err)
{
	uint32_t at = v;
	int r;

	*ret_taken = false;
	if (w->parent[v] == TRUST_NONE || w->prev[w->child[v]])
		return KITH_OK;
	for (; at != WAYS_SOURCE; at = w->parent[at])
		if (w->marks[at] & WAYS_GONE)
			return KITH_OK;
	at = v;
	for (; at != WAYS_SOURCE; at = w->parent[at]) {
		r = kith_ways_mark(w, at, 0, err);
		if (r)
			return r;
		w->prev[at] = w->parent[at] + 1;
		w->next[at] = at == v ? WAYS_SINK : w->next[at];
		if (w->parent[at] != WAYS_SOURCE)
			w->next[w->parent[at]] = at + 1;
	}
	*ret_taken = true;
	return KITH_OK;
}

/* Ways to the reviewers that are marked, beginning with those along the tree. */
static int
count_ways(struct kith_trust_ways *w, size_t want, bool tree, size_t *count, struct kith_error *err)
{
	size_t i, n = w->n_touched;
	bool found = true;
	int r = KITH_OK;

	for (i = 0; tree && i < n && r == KITH_OK && *count < want; i++) {
		if (!(w->marks[w->touched[i]] & WAYS_REVIEWER))
			continue;
		r = take_tree_way(w, w->touched[i], &found, err);
		*count += r == KITH_OK && found;
	}
	for (found = true; r == KITH_OK && found && *count < want;) {
		r = kith_ways_augment(w, &found, err);
		*count += r == KITH_OK && found;
	}
	return r;
}

/* *ret_count: reviews that need no way. */
static int
mark_reviewers(struct kith_trust_ways *w, const uint32_t *reviewers, size_t n, size_t *ret_count,
	       struct kith_error *err)
{
	size_t i;
	int r;

	kith_ways_reset(w);
	r = own_reviews(w, reviewers, n, ret_count, err);
	for (i = 0; i < n && r == KITH_OK; i++) {
		uint32_t v = reviewers[i] < w->nv->n ? w->vertex[reviewers[i]] : TRUST_NONE;

		if (v != TRUST_NONE && v != WAYS_SOURCE)
			r = kith_ways_mark(w, v, WAYS_REVIEWER, err);
	}
	return r;
}

int
kith_trust_ways_count(struct kith_trust_ways *w, const uint32_t *reviewers, size_t n, size_t want,
		      size_t *ret_count, struct kith_error *err)
{
	size_t count;
	int r = mark_reviewers(w, reviewers, n, &count, err);

	if (r == KITH_OK)
		r = count_ways(w, want ? want : SIZE_MAX, true, &count, err);
	kith_ways_reset(w);
	if (r == KITH_OK)
		*ret_count = count;
	return r;
}

/* After a search that failed: the vertices between what it saw from one end and the rest. */
static bool
in_cut(const struct kith_trust_ways *w, uint32_t v)
{
	bool from_source = w->front.next == w->front.n;
	const uint32_t *seen = from_source ? w->forth : w->back;
	bool in = seen[2 * v], out = seen[2 * v + 1];

	if (!w->prev[v])
		return false;
	if (from_source)
		return (in && !out) || (out && w->next[v] == WAYS_SINK);
	return (out && !in) || (!out && w->next[v] == WAYS_SINK);
}

static int
give_way(const struct kith_trust_ways *w, uint32_t last, struct kith_arena *arena,
	 struct kith_trust_way *ret, struct kith_error *err)
{
	uint32_t *persons, v;
	size_t n = 0;

	for (v = last; v != WAYS_SOURCE; v = w->prev[v] - 1)
		n++;
	persons = kith_arena_array(arena, n, sizeof(*persons));
	if (!persons)
		return kith_fail_nomem(err);
	ret->persons = persons;
	ret->n = n;
	for (v = last; v != WAYS_SOURCE; v = w->prev[v] - 1)
		persons[--n] = w->person[v];
	return KITH_OK;
}

static int
give_found(const struct kith_trust_ways *w, struct kith_arena *arena,
	   struct kith_trust_ways_found *f, struct kith_error *err)
{
	struct kith_trust_way *ways = kith_arena_array(arena, w->n_touched, sizeof(*ways));
	uint32_t *cut = kith_arena_array(arena, w->n_touched, sizeof(*cut));
	size_t i;
	int r = KITH_OK;

	if (!ways || !cut)
		return kith_fail_nomem(err);
	f->ways = ways;
	f->cut = cut;
	for (i = 0; i < w->n_touched && r == KITH_OK; i++) {
		uint32_t v = w->touched[i];

		if (w->next[v] == WAYS_SINK)
			r = give_way(w, v, arena, &ways[f->n_ways++], err);
		if (in_cut(w, v))
			cut[f->n_cut++] = w->person[v];
	}
	return r;
}

int
kith_trust_ways_find(struct kith_trust_ways *w, const uint32_t *reviewers, size_t n,
		     struct kith_arena *arena, struct kith_trust_ways_found *ret_found,
		     struct kith_error *err)
{
	struct kith_trust_ways_found f = {0};
	int r = mark_reviewers(w, reviewers, n, &f.count, err);

	if (r == KITH_OK)
		r = count_ways(w, SIZE_MAX, true, &f.count, err);
	if (r == KITH_OK)
		r = give_found(w, arena, &f, err);
	kith_ways_reset(w);
	if (r == KITH_OK)
		*ret_found = f;
	return r;
}

/* Ways that end just before v, each with another one. */
static int
count_introductions(struct kith_trust_ways *w, uint32_t v, size_t *ret_count, bool *ret_direct,
		    struct kith_error *err)
{
	uint32_t i;
	int r;

	kith_ways_reset(w);
	*ret_direct = false;
	r = kith_ways_mark(w, v, WAYS_GONE, err);
	for (i = w->pred_rows[v]; i < w->pred_rows[v + 1] && r == KITH_OK; i++) {
		if (w->pred[i] == WAYS_SOURCE)
			*ret_direct = true;
		else
			r = kith_ways_mark(w, w->pred[i], WAYS_REVIEWER, err);
	}
	*ret_count = *ret_direct;
	return r ? r : count_ways(w, SIZE_MAX, false, ret_count, err);
}

/* Whether every way to v passes through `through`. */
static int
is_dominator(struct kith_trust_ways *w, uint32_t v, uint32_t through, bool *ret,
	     struct kith_error *err)
{
	bool found;
	int r;

	kith_ways_reset(w);
	r = kith_ways_mark(w, v, WAYS_REVIEWER, err);
	if (r == KITH_OK)
		r = kith_ways_mark(w, through, WAYS_GONE, err);
	if (r == KITH_OK)
		r = kith_ways_augment(w, &found, err);
	if (r == KITH_OK)
		*ret = !found;
	return r;
}

static int
find_dominators(struct kith_trust_ways *w, uint32_t v, struct kith_arena *arena,
		struct kith_trust_bottleneck *b, struct kith_error *err)
{
	size_t depth = 0, n = 0, i;
	uint32_t at, *list;
	bool is = false;
	int r = KITH_OK;

	for (at = w->parent[v]; at != WAYS_SOURCE; at = w->parent[at])
		depth++;
	list = kith_arena_array(arena, depth, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (at = w->parent[v]; at != WAYS_SOURCE && r == KITH_OK; at = w->parent[at]) {
		r = is_dominator(w, v, at, &is, err);
		if (r == KITH_OK && is)
			list[n++] = w->person[at];
	}
	for (i = 0; i < n / 2; i++) {
		at = list[i];
		list[i] = list[n - 1 - i];
		list[n - 1 - i] = at;
	}
	b->dominators = list;
	b->n_dominators = n;
	return r;
}

int
kith_trust_ways_bottleneck(struct kith_trust_ways *w, uint32_t person, struct kith_arena *arena,
			   struct kith_trust_bottleneck *ret_bottleneck, struct kith_error *err)
{
	struct kith_trust_bottleneck b = {.n_dominators = 0};
	uint32_t v = person < w->nv->n ? w->vertex[person] : TRUST_NONE;
	bool direct;
	int r;

	if (v == TRUST_NONE || v == WAYS_SOURCE || w->parent[v] == TRUST_NONE)
		return kith_fail(err, KITH_E_NOTFOUND, "nobody introduces this id");
	r = count_introductions(w, v, &b.introductions, &direct, err);
	if (r == KITH_OK && !direct)
		r = find_dominators(w, v, arena, &b, err);
	kith_ways_reset(w);
	if (r == KITH_OK)
		*ret_bottleneck = b;
	return r;
}
