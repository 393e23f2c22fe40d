/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cargo-vet requires of each package (cargo-vet.md D.3 to D.6): third parties, roots, and the
 * least solution of the equations of D.5. Every set only grows, so the work is bounded whatever
 * circles a lock file claims.
 */
#include "policy/vet_work.h"

/* First policy of a crate; *ret_end is one past the last. */
static size_t
policies_of(const struct kith_vet_config *c, struct kith_span crate, size_t *ret_end)
{
	size_t low = 0, high = c->n_policies, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (kith_span_cmp(c->policies[mid].crate, crate) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	high = low;
	while (high < c->n_policies && kith_span_eq(c->policies[high].crate, crate))
		high++;
	*ret_end = high;
	return low;
}

static const struct kith_vet_policy *
find_policy(const struct kith_vet_config *c, const struct kith_vet_node *n)
{
	size_t end, i = policies_of(c, n->name, &end);

	for (; i < end; i++)
		if (!c->policies[i].has_version ||
		    kith_vet_version_cmp(&c->policies[i].version, &n->version) == 0)
			return &c->policies[i];
	return NULL;
}

/* Marks what can be reached over normal edges from the nodes in the queue. */
static void
reach(const struct kith_vet_graph *g, bool *seen, uint32_t *queue, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		const struct kith_vet_node *node = &g->nodes[queue[i]];

		for (k = 0; k < node->n_normal; k++) {
			if (seen[node->normal[k]])
				continue;
			seen[node->normal[k]] = true;
			queue[n++] = node->normal[k];
		}
	}
}

/* Puts a node into the queue unless it was there. */
static size_t
enter(bool *seen, uint32_t *queue, size_t n, uint32_t node)
{
	if (seen[node])
		return n;
	seen[node] = true;
	queue[n] = node;
	return n + 1;
}

/* D.4: dev edges never unmake a root. */
static void
find_roots(struct vet_work *w, uint32_t *queue)
{
	const struct kith_vet_graph *g = w->graph;
	size_t i, k, n = 0;

	for (i = 0; i < g->count; i++)
		if (g->nodes[i].member)
			n = enter(w->visited, queue, n, (uint32_t)i);
	reach(g, w->visited, queue, n);
	for (i = 0; i < g->count; i++)
		w->root[i] = g->nodes[i].member;
	for (i = 0; i < g->count && !g->all_roots; i++)
		for (k = 0; w->visited[i] && k < g->nodes[i].n_normal; k++)
			w->root[g->nodes[i].normal[k]] = false;
	for (i = 0, n = 0; i < g->count; i++)
		for (k = 0; g->nodes[i].member && k < g->nodes[i].n_dev; k++)
			n = enter(w->visited, queue, n, g->nodes[i].dev[k]);
	reach(g, w->visited, queue, n);
}

int
vet_prepare(struct vet_work *w)
{
	const struct kith_vet_graph *g = w->graph;
	KITH_AUTO_FREE uint32_t *queue = kith_calloc(g->count + 1, sizeof(*queue));
	size_t i;

	w->policies = kith_arena_array(w->arena, g->count + 1, sizeof(*w->policies));
	w->third = kith_arena_array(w->arena, g->count + 1, sizeof(*w->third));
	w->root = kith_arena_array(w->arena, g->count + 1, sizeof(*w->root));
	w->visited = kith_arena_array(w->arena, g->count + 1, sizeof(*w->visited));
	w->required = kith_arena_array(w->arena, g->count + 1, sizeof(*w->required));
	if (!queue || !w->policies || !w->third || !w->root || !w->visited || !w->required)
		return kith_fail_nomem(w->err);
	for (i = 0; i < g->count; i++) {
		const struct kith_vet_policy *p = find_policy(w->config, &g->nodes[i]);

		w->policies[i] = p;
		w->third[i] = g->nodes[i].crates_io || (p && p->audit_as);
	}
	find_roots(w, queue);
	return KITH_OK;
}

/* --- requirements --- */

struct rounds {
	uint32_t *queue; /* a ring: each node is in it at most once */
	size_t head, count;
	bool *waits, *fixed;
};

static void
wait_for(struct vet_work *w, struct rounds *o, uint32_t node)
{
	if (o->waits[node])
		return;
	o->waits[node] = true;
	o->queue[(o->head + o->count++) % w->graph->count] = node;
}

static void
raise(struct vet_work *w, struct rounds *o, uint32_t node, uint64_t set)
{
	if (o->fixed[node] || !(set & ~w->required[node]))
		return;
	w->required[node] |= set;
	wait_for(w, o, node);
}

static int
cmp_name(const void *key, const void *item)
{
	return kith_span_cmp(*(const struct kith_span *)key,
			     ((const struct kith_vet_named_list *)item)->name);
}

/* What p's policy says of its edge to d, else `otherwise`. */
static int
edge_set(struct vet_work *w, const struct kith_vet_policy *p, uint32_t d, uint64_t otherwise,
	 uint64_t *ret)
{
	const struct kith_vet_named_list *l = NULL;

	if (p && p->n_dependencies)
		l = bsearch(&w->graph->nodes[d].name, p->dependencies, p->n_dependencies,
			    sizeof(*l), cmp_name);
	if (l)
		return kith_vet_criteria_set(w->criteria, &l->list, ret, w->err);
	*ret = otherwise;
	return KITH_OK;
}

/* D.5 step 1: dev edges of one member. */
static int
require_dev(struct vet_work *w, struct rounds *o, size_t member)
{
	const struct kith_vet_node *n = &w->graph->nodes[member];
	const struct kith_vet_policy *p = w->policies[member];
	uint64_t set = w->criteria->closure[KITH_VET_RUN], on_edge;
	size_t i;
	int r = KITH_OK;

	if (p && p->dev_criteria.given)
		r = kith_vet_criteria_set(w->criteria, &p->dev_criteria, &set, w->err);
	for (i = 0; i < n->n_dev && !r; i++) {
		r = edge_set(w, p, n->dev[i], set, &on_edge);
		if (!r)
			raise(w, o, n->dev[i], on_edge);
	}
	return r;
}

static int
spread(struct vet_work *w, struct rounds *o, uint32_t node)
{
	const struct kith_vet_node *n = &w->graph->nodes[node];
	uint64_t set;
	size_t i;
	int r = vet_step(w, n->n_normal + 1);

	for (i = 0; i < n->n_normal && !r; i++) {
		r = edge_set(w, w->policies[node], n->normal[i], w->required[node], &set);
		if (!r)
			raise(w, o, n->normal[i], set);
	}
	return r;
}

static int
start(struct vet_work *w, struct rounds *o)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < w->graph->count && !r; i++) {
		const struct kith_vet_policy *p = w->policies[i];

		if (!w->visited[i])
			continue;
		o->fixed[i] = p && p->criteria.given;
		if (o->fixed[i])
			r = kith_vet_criteria_set(w->criteria, &p->criteria, &w->required[i],
						  w->err);
		else if (w->root[i])
			w->required[i] = w->criteria->closure[KITH_VET_DEPLOY];
		wait_for(w, o, (uint32_t)i);
	}
	for (i = 0; i < w->graph->count && !r; i++)
		if (w->graph->nodes[i].member)
			r = require_dev(w, o, i);
	return r;
}

int
vet_require(struct vet_work *w)
{
	size_t n = w->graph->count;
	KITH_AUTO_FREE uint32_t *queue = kith_calloc(n + 1, sizeof(*queue));
	KITH_AUTO_FREE bool *waits = kith_calloc(n + 1, sizeof(*waits));
	KITH_AUTO_FREE bool *fixed = kith_calloc(n + 1, sizeof(*fixed));
	struct rounds o = {.queue = queue, .waits = waits, .fixed = fixed};
	int r;

	if (!queue || !waits || !fixed)
		return kith_fail_nomem(w->err);
	r = start(w, &o);
	while (!r && o.count) {
		uint32_t node = o.queue[o.head];

		o.head = (o.head + 1) % n;
		o.count--;
		o.waits[node] = false;
		r = spread(w, &o, node);
	}
	return r;
}

/* --- complaints about policies (D.6) --- */

static int
complain(struct vet_work *w, enum kith_vet_problem_kind kind, struct kith_span crate,
	 const struct kith_vet_version *v, const struct kith_vet_policy *policy)
{
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, KITH_KIB(8));
	if (v)
		kith_vet_version_put(&text, v);
	r = kith_buf_check(&text, w->err);
	return r ? r
		 : vet_problem_in(w, kind, crate, kith_buf_span(&text), "config.toml",
				  policy->line);
}

/* Of the nodes [from, to) of one name. */
static int
check_crate(struct vet_work *w, size_t from, size_t to)
{
	const struct kith_vet_node *nodes = w->graph->nodes;
	const struct kith_vet_policy *policies = w->config->policies;
	size_t end, first = policies_of(w->config, nodes[from].name, &end), i, k;
	bool third = false, asks = false, exact;
	int r = KITH_OK;

	for (i = from; i < to; i++)
		third |= nodes[i].crates_io;
	for (i = first; i < end; i++)
		asks |= policies[i].n_dependencies > 0;
	for (i = from; i < to && !r && third && first < end; i++) {
		for (k = first, exact = false; k < end && !exact; k++)
			exact = policies[k].has_version &&
				kith_vet_version_cmp(&policies[k].version, &nodes[i].version) == 0;
		if (asks && !exact)
			r = complain(w, KITH_VET_POLICY_NEEDS_VERSION, nodes[i].name,
				     &nodes[i].version, &policies[first]);
		else if (!policies[first].has_version)
			r = complain(w, KITH_VET_POLICY_MUST_BE_VERSIONED, nodes[i].name,
				     &nodes[i].version, &policies[first]);
	}
	return r;
}

/* Whether the graph has the crate, in this version where there is one. */
static bool
has_node(const struct kith_vet_graph *g, const struct kith_vet_policy *p, bool version)
{
	size_t low = 0, high = g->count, mid;

	while (low < high) {
		int c;

		mid = low + (high - low) / 2;
		c = kith_span_cmp(g->nodes[mid].name, p->crate);
		if (!c && version)
			c = kith_vet_version_cmp(&g->nodes[mid].version, &p->version);
		if (!c)
			return true;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

int
vet_check_policies(struct vet_work *w)
{
	const struct kith_vet_config *c = w->config;
	size_t i, to;
	int r = KITH_OK;

	for (i = 0; i < w->graph->count && !r; i = to) {
		for (to = i + 1; to < w->graph->count &&
				 kith_span_eq(w->graph->nodes[to].name, w->graph->nodes[i].name);)
			to++;
		r = check_crate(w, i, to);
	}
	for (i = 0; i < c->n_policies && !r; i++) {
		const struct kith_vet_policy *p = &c->policies[i];
		bool first = !i || !kith_span_eq(c->policies[i - 1].crate, p->crate);

		if (first && !has_node(w->graph, p, false))
			r = complain(w, KITH_VET_POLICY_UNUSED, p->crate, NULL, p);
		if (!r && p->has_version && !has_node(w->graph, p, true))
			r = complain(w, KITH_VET_POLICY_UNUSED, p->crate, &p->version, p);
	}
	return r;
}
