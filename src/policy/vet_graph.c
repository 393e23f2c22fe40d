/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the graph, from a project or edge by edge; puts it in cargo-vet's order. */
#include "policy/vet_graph.h"

#define CRATES_IO_SOURCE "registry+https://github.com/rust-lang/crates.io-index"

struct kith_vet_graph_dep {
	uint32_t from, to;
	bool dev;
};

int
kith_vet_graph_new(struct kith_vet_graph **ret_graph, struct kith_error *err)
{
	struct kith_vet_graph *g = kith_calloc(1, sizeof(*g));

	if (!g)
		return kith_fail_nomem(err);
	kith_arena_init(&g->arena, KITH_MAX_LOCK_ARENA);
	*ret_graph = g;
	return KITH_OK;
}

void
kith_vet_graph_free(struct kith_vet_graph *g)
{
	if (!g)
		return;
	kith_arena_clear(&g->arena);
	free(g->nodes);
	free(g->deps);
	free(g);
}

void
kith_vet_graph_freep(struct kith_vet_graph **g)
{
	kith_vet_graph_free(*g);
	*g = NULL;
}

int
kith_vet_graph_add(struct kith_vet_graph *g, const struct kith_vet_node *node,
		   struct kith_error *err)
{
	int r = kith_grow(&g->nodes, &g->cap, g->count + 1, sizeof(*g->nodes), KITH_MAX_LOCK_PKGS,
			  "packages", err);

	if (!r)
		g->nodes[g->count++] = *node;
	return r;
}

static int
add_dep(struct kith_vet_graph *g, size_t from, size_t to, bool dev, struct kith_error *err)
{
	int r = kith_grow(&g->deps, &g->deps_cap, g->n_deps + 1, sizeof(*g->deps),
			  KITH_MAX_TOML_NODES * 2, "dependencies", err);

	if (!r)
		g->deps[g->n_deps++] =
		    (struct kith_vet_graph_dep){(uint32_t)from, (uint32_t)to, dev};
	return r;
}

int
kith_vet_graph_dep(struct kith_vet_graph *g, size_t from, size_t to, bool normal, bool dev,
		   struct kith_error *err)
{
	int r = normal ? add_dep(g, from, to, false, err) : KITH_OK;

	return r || !dev ? r : add_dep(g, from, to, true, err);
}

/* --- order --- */

struct numbered {
	struct kith_vet_node node;
	uint32_t number;
};

static int
cmp_node(const void *pa, const void *pb)
{
	const struct numbered *a = pa, *b = pb;
	int c = kith_span_cmp(a->node.name, b->node.name);

	if (!c)
		c = kith_vet_version_cmp(&a->node.version, &b->node.version);
	if (!c)
		c = kith_span_cmp(a->node.id, b->node.id);
	return c ? c : (a->number > b->number) - (a->number < b->number);
}

static int
cmp_dep(const void *pa, const void *pb)
{
	const struct kith_vet_graph_dep *a = pa, *b = pb;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->dev != b->dev)
		return a->dev - b->dev;
	return (a->to > b->to) - (a->to < b->to);
}

/* Nodes into their order; edges follow. */
static int
sort_nodes(struct kith_vet_graph *g, struct kith_error *err)
{
	KITH_AUTO_FREE struct numbered *list = kith_calloc(g->count + 1, sizeof(*list));
	KITH_AUTO_FREE uint32_t *places = kith_calloc(g->count + 1, sizeof(*places));
	size_t i;

	if (!list || !places)
		return kith_fail_nomem(err);
	for (i = 0; i < g->count; i++)
		list[i] = (struct numbered){g->nodes[i], (uint32_t)i};
	if (g->count)
		qsort(list, g->count, sizeof(*list), cmp_node);
	for (i = 0; i < g->count; i++) {
		g->nodes[i] = list[i].node;
		places[list[i].number] = (uint32_t)i;
	}
	for (i = 0; i < g->n_deps; i++) {
		g->deps[i].from = places[g->deps[i].from];
		g->deps[i].to = places[g->deps[i].to];
	}
	if (g->n_deps)
		qsort(g->deps, g->n_deps, sizeof(*g->deps), cmp_dep);
	return KITH_OK;
}

/* Takes the edges of one node and one kind from position *at on. */
static size_t
take_deps(struct kith_vet_graph *g, size_t node, bool dev, size_t *at, uint32_t *out)
{
	size_t n = 0;

	for (; *at < g->n_deps && g->deps[*at].from == node && g->deps[*at].dev == dev; ++*at)
		if (!n || out[n - 1] != g->deps[*at].to)
			out[n++] = g->deps[*at].to;
	return n;
}

int
kith_vet_graph_finish(struct kith_vet_graph *g, struct kith_error *err)
{
	uint32_t *targets;
	size_t i, at = 0;
	int r = sort_nodes(g, err);

	if (r)
		return r;
	targets = kith_arena_array(&g->arena, g->n_deps + 1, sizeof(*targets));
	if (!targets)
		return kith_fail_nomem(err);
	for (i = 0; i < g->count; i++) {
		struct kith_vet_node *n = &g->nodes[i];

		n->normal = targets;
		n->n_normal = take_deps(g, i, false, &at, targets);
		targets += n->n_normal;
		n->dev = targets;
		n->n_dev = take_deps(g, i, true, &at, targets);
		targets += n->n_dev;
	}
	return KITH_OK;
}

/* --- from a project --- */

/* D.2, D.3. */
static int
add_package(struct kith_vet_graph *g, const struct kith_package *p, bool member,
	    struct kith_error *err)
{
	struct kith_vet_node n = {.name = p->name, .id = p->source, .member = member, .package = p};
	size_t hash = kith_span_find(p->source, 0, '#');

	if (!kith_semver_parse(p->version, &n.version.semver))
		return kith_fail(err, KITH_E_FORMAT, "line %u: '%.*s' is no version of %.*s",
				 (unsigned)p->line, KITH_SPAN_FMT(p->version),
				 KITH_SPAN_FMT(p->name));
	n.crates_io = kith_span_is(p->source, CRATES_IO_SOURCE);
	if (kith_span_starts(p->source, KITH_SPAN_LIT("git+")) && hash < p->source.len)
		n.version.rev = kith_span_sub(p->source, hash + 1, SIZE_MAX);
	return kith_vet_graph_add(g, &n, err);
}

static int
add_edges(struct kith_vet_graph *g, const struct kith_project *project, size_t from,
	  struct kith_error *err)
{
	const struct kith_package *p = &project->lock->packages[from];
	bool told = project->manifests && g->nodes[from].member;
	const uint8_t *kinds = told ? kith_project_edges(project, from) : NULL;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < p->n_deps && !r; i++) {
		/* what no manifest tells is taken as normal: the stricter */
		bool dev = kinds && (kinds[i] & KITH_KIND_DEV);
		bool normal = !kinds || kinds[i] != KITH_KIND_DEV;

		r = kith_vet_graph_dep(g, from, p->deps[i], normal, dev, err);
	}
	return r;
}

int
kith_vet_graph_of(const struct kith_project *project, struct kith_vet_graph **ret_graph,
		  struct kith_error *err)
{
	KITH_AUTO_VET_GRAPH struct kith_vet_graph *g = NULL;
	const struct kith_lock *lock = project->lock;
	size_t i;
	int r = kith_vet_graph_new(&g, err);

	if (r)
		return r;
	g->all_roots = !project->manifests;
	for (i = 0; i < lock->count && !r; i++) {
		const struct kith_package *p = &lock->packages[i];

		r = add_package(g, p, project->manifests ? p->member : !p->source.len, err);
	}
	for (i = 0; i < lock->count && !r; i++)
		r = add_edges(g, project, i, err);
	if (!r)
		r = kith_vet_graph_finish(g, err);
	if (!r)
		*ret_graph = kith_steal(&g);
	return r;
}
