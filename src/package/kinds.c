/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How each package is needed. Pure: manifests and a lock come in. Whoever is not sure says so: an
 * edge whose kind no manifest tells is UNKNOWN, and unknown wins over `dev` and `build`, because a
 * package that only developers run is judged more mildly (verdict.md 4).
 */
#include "package/kinds.h"
#include "version/version.h"

#define UNKNOWN 8U
#define UNCLEAR 16U /* with the first edge of a name: all of that name are UNKNOWN for good */
#define CERTAIN (KITH_KIND_NORMAL | KITH_KIND_BUILD | KITH_KIND_DEV)

struct kith_kind_graph {
	const struct kith_lock *lock;
	uint8_t **edges; /* one array a package, parallel to its deps; NULL: all unknown */
	bool *roots;
	bool *asked;   /* load was called */
	uint8_t *bits; /* reached so; the rest is scratch of the walk */
	uint8_t *done;
	size_t matches; /* requirements compared so far */
	uint32_t *queue;
	size_t queued, queue_cap;
};

int
kith_kind_graph_new(const struct kith_lock *lock, struct kith_kind_graph **ret_graph,
		    struct kith_error *err)
{
	struct kith_kind_graph *g = kith_calloc(1, sizeof(*g));

	if (!g)
		return kith_fail_nomem(err);
	g->lock = lock;
	g->edges = kith_calloc(lock->count, sizeof(*g->edges));
	g->roots = kith_calloc(lock->count, sizeof(*g->roots));
	g->asked = kith_calloc(lock->count, sizeof(*g->asked));
	g->bits = kith_calloc(lock->count, sizeof(*g->bits));
	g->done = kith_calloc(lock->count, sizeof(*g->done));
	if (!g->edges || !g->roots || !g->asked || !g->bits || !g->done) {
		kith_kind_graph_free(g);
		return kith_fail_nomem(err);
	}
	*ret_graph = g;
	return KITH_OK;
}

void
kith_kind_graph_free(struct kith_kind_graph *g)
{
	size_t i;

	if (!g)
		return;
	for (i = 0; g->edges && i < g->lock->count; i++)
		free(g->edges[i]);
	free(g->edges);
	free(g->roots);
	free(g->asked);
	free(g->bits);
	free(g->done);
	free(g->queue);
	free(g);
}

void
kith_kind_graph_root(struct kith_kind_graph *g, size_t pkg)
{
	g->roots[pkg] = true;
}

const uint8_t *
kith_kind_graph_edges(const struct kith_kind_graph *g, size_t pkg)
{
	return g->edges[pkg];
}

/* Whether a dependency of the manifest may be the package; not to be told counts as yes. */
static int
may_be(const struct kith_manifest_dep *d, const struct kith_package *p, bool *ret,
       struct kith_error *err)
{
	bool matches = true;
	int r;

	if (d->req.len) {
		r = kith_version_matches(KITH_SCHEME_CARGO, d->req, p->version, &matches, err);
		if (r == KITH_E_NOMEM)
			return r;
		if (r)
			matches = true;
	}
	*ret = matches;
	return KITH_OK;
}

/* Gives the edges that a dependency of the manifest may mean its kind; several: nobody knows. */
static int
mark_edges(struct kith_kind_graph *g, const struct kith_package *p, uint8_t *edges,
	   const struct kith_manifest_dep *d, struct kith_error *err)
{
	const struct kith_lock *lock = g->lock;
	size_t from, end = kith_lock_find_deps(lock, p, d->name, &from), i, n = 0, last = 0;
	int r;

	if (end - from == 1) {
		edges[from] |= (uint8_t)d->kind;
		return KITH_OK;
	}
	if (from == end || (edges[from] & UNCLEAR))
		return KITH_OK;
	g->matches += end - from;
	if (g->matches > KITH_MAX_KIND_MATCHES) {
		for (i = from; i < end; i++)
			edges[i] |= UNKNOWN;
		edges[from] |= UNCLEAR;
		return KITH_OK;
	}
	for (i = from; i < end; i++) {
		bool yes;

		r = may_be(d, &lock->packages[p->deps[i]], &yes, err);
		if (r)
			return r;
		if (!yes)
			continue;
		if (n++)
			edges[i] |= UNKNOWN;
		else
			last = i;
	}
	if (n)
		edges[last] |= n == 1 ? (uint8_t)d->kind : (uint8_t)UNKNOWN;
	return KITH_OK;
}

int
kith_kind_graph_manifest(struct kith_kind_graph *g, size_t pkg, const struct kith_manifest *m,
			 struct kith_error *err)
{
	const struct kith_package *p = &g->lock->packages[pkg];
	KITH_AUTO_FREE uint8_t *edges = NULL;
	size_t i;
	int r;

	if (g->edges[pkg])
		return KITH_OK;
	edges = kith_calloc(p->n_deps, 1);
	if (!edges)
		return kith_fail_nomem(err);
	for (i = 0; i < m->n_deps; i++)
		if (m->deps[i].kind && (r = mark_edges(g, p, edges, &m->deps[i], err)))
			return r;
	for (i = 0; i < p->n_deps; i++) {
		/* the lock holds development dependencies of path packages only: whoever
		 * claims another one there has not told why the edge is there */
		if (p->origin != KITH_ORIGIN_PATH)
			edges[i] &= (uint8_t)~KITH_KIND_DEV;
		if (!edges[i])
			edges[i] = UNKNOWN;
	}
	g->edges[pkg] = kith_steal(&edges);
	return KITH_OK;
}

/* How a child is needed whose parent is needed as `bits` over an edge of kind `edge`. */
static unsigned
transfer(unsigned bits, unsigned edge, bool path)
{
	unsigned plain = edge & (KITH_KIND_NORMAL | KITH_KIND_BUILD | UNKNOWN), out = 0;

	if (bits & KITH_KIND_NORMAL)
		out |= plain;
	if (bits & KITH_KIND_BUILD)
		out |= path && (edge & UNKNOWN) ? UNKNOWN : plain ? KITH_KIND_BUILD : 0;
	if (bits & KITH_KIND_DEV)
		out |= plain ? KITH_KIND_DEV : 0;
	if (bits & UNKNOWN)
		out |= plain ? UNKNOWN : 0;
	/* of a path package cargo builds the tests too, being a member or not */
	return out | (edge & KITH_KIND_DEV);
}

static int
reach(struct kith_kind_graph *g, size_t pkg, unsigned bits, struct kith_error *err)
{
	int r;

	if (!(bits & ~(unsigned)g->bits[pkg]))
		return KITH_OK;
	r = kith_grow(&g->queue, &g->queue_cap, g->queued + 1, sizeof(*g->queue),
		      KITH_MAX_LOCK_PKGS * 8, "packages", err);
	if (r)
		return r;
	g->bits[pkg] |= (uint8_t)bits;
	g->queue[g->queued++] = (uint32_t)pkg;
	return KITH_OK;
}

static int
spread(struct kith_kind_graph *g, size_t pkg, unsigned bits, struct kith_error *err)
{
	const struct kith_package *p = &g->lock->packages[pkg];
	const uint8_t *edges = g->edges[pkg];
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < p->n_deps && !r; i++)
		r = reach(g, p->deps[i],
			  transfer(bits, edges ? edges[i] : UNKNOWN, p->origin == KITH_ORIGIN_PATH),
			  err);
	return r;
}

static bool
wants_manifest(struct kith_kind_graph *g, size_t pkg, unsigned bits)
{
	return !g->edges[pkg] && !g->asked[pkg] && g->lock->packages[pkg].n_deps &&
	       (bits & (KITH_KIND_NORMAL | UNKNOWN));
}

static int
start(struct kith_kind_graph *g, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	g->queued = 0;
	memset(g->bits, 0, g->lock->count);
	memset(g->done, 0, g->lock->count);
	for (i = 0; i < g->lock->count && !r; i++) {
		if (g->lock->packages[i].ambiguous)
			r = reach(g, i, UNKNOWN, err);
		/* a root is needed as such; its edges count as they are */
		if (!r && g->roots[i])
			r = reach(g, i, KITH_KIND_NORMAL, err);
	}
	return r;
}

int
kith_kind_graph_walk(struct kith_kind_graph *g, struct kith_lock *lock,
		     int (*load)(void *ctx, size_t pkg, struct kith_error *err), void *ctx,
		     struct kith_error *err)
{
	size_t i;
	int r = start(g, err);

	while (!r && g->queued) {
		size_t pkg = g->queue[--g->queued];
		unsigned fresh = g->bits[pkg] & ~(unsigned)g->done[pkg];

		if (load && wants_manifest(g, pkg, fresh)) {
			g->asked[pkg] = true;
			r = load(ctx, pkg, err);
		}
		g->done[pkg] |= (uint8_t)fresh;
		if (!r && fresh)
			r = spread(g, pkg, fresh, err);
	}
	for (i = 0; i < lock->count && !r; i++) {
		unsigned b = g->bits[i];

		lock->packages[i].kinds =
		    !(b & UNKNOWN) || (b & KITH_KIND_NORMAL) ? b & CERTAIN : 0;
	}
	return r;
}
