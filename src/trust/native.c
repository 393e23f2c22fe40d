/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the root and its contacts say, which decides everything negative in the native policy:
 * pins, caps, blocks, ignores (trust.md 4.2). The rest is relax.c.
 */
#include "base/base.h"
#include "trust/native.h"

/* Pairs from contacts' ignore lists; only a hostile contact gets there. */
#define MAX_IGNORES ((size_t)8000000)

void
kith_native_free(struct native *nv)
{
	size_t i;

	if (!nv)
		return;
	for (i = 0; nv->roots && i < nv->n_roots; i++) {
		struct native_root *r = &nv->roots[i];

		free(r->mine);
		free(r->blocks);
		free(r->ignores);
		if (r->objects != r->states)
			free(r->objects);
		free(r->states);
	}
	free(nv->scopes);
	free(nv->caps);
	free(nv->muted);
	free(nv->config);
	free(nv->actors);
	free(nv->extra);
	free(nv->roots);
	free(nv);
}

const struct native_mine *
kith_native_mine(const struct native_root *root, uint32_t to)
{
	size_t lo = 0, hi = root->n_mine;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (root->mine[mid].to == to)
			return &root->mine[mid];
		if (root->mine[mid].to < to)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

struct native_block *
kith_native_block(const struct native_root *root, uint32_t id)
{
	size_t lo = 0, hi = root->n_blocks;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (root->blocks[mid].id == id)
			return &root->blocks[mid];
		if (root->blocks[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

struct native_ignore *
kith_native_ignore(const struct native_root *root, uint32_t x, uint32_t b)
{
	size_t lo = 0, hi = root->n_ignores;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct native_ignore *i = &root->ignores[mid];

		if (i->x == x && i->b == b)
			return i;
		if (i->x < x || (i->x == x && i->b < b))
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* --- the root's own words (N1) --- */

static int
cmp_until(const struct trust_special *x, const struct trust_special *y)
{
	bool hx = x && x->has_until, hy = y && y->has_until;

	if (hx != hy)
		return hx ? 1 : -1;
	if (!hx)
		return 0;
	return -kith_time_cmp((struct kith_time){x->until_sec, x->until_nsec},
			      (struct kith_time){y->until_sec, y->until_nsec});
}

static int
cmp_ignores(const struct kith_trust_graph *g, const struct trust_special *x,
	    const struct trust_special *y)
{
	uint32_t nx, ny, i;
	const uint32_t *a = trust_ignores(g, x, &nx), *b = trust_ignores(g, y, &ny);

	for (i = 0; i < nx && i < ny; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return (nx > ny) - (nx < ny);
}

/* The greater of two live statements of the root about one id decides: longest scope, lower level.
 */
static int
cmp_own(const struct native *nv, uint32_t a, uint32_t b)
{
	const struct kith_trust_graph *g = nv->g;
	const struct trust_special *x = kith_trust_special(g, a), *y = kith_trust_special(g, b);
	struct kith_span sx = kith_trust_scope(g, x ? x->scope : 0);
	struct kith_span sy = kith_trust_scope(g, y ? y->scope : 0);
	unsigned la = native_stated(nv, a), lb = native_stated(nv, b);
	int c;

	if (sx.len != sy.len)
		return sx.len < sy.len ? -1 : 1;
	if (la != lb)
		return la > lb ? -1 : 1;
	c = cmp_ignores(g, x, y);
	if (c == 0)
		c = (int)native_reach_of(nv, y) - (int)native_reach_of(nv, x);
	if (c == 0)
		c = cmp_until(x, y);
	return c ? c : kith_span_cmp(sx, sy);
}

static bool
is_own_word(const struct native *nv, const struct native_root *root, uint32_t e, uint32_t end,
	    const struct trust_special *s)
{
	uint32_t to = EDGE_TO(nv->g->edges[e]);
	unsigned stated = native_stated(nv, e);

	return to < nv->g->h.n_ids && to != root->root && stated <= KITH_LEVEL_HIGH &&
	       native_live(nv, e, end, s) &&
	       !(nv->loose.no_distrust && stated == KITH_LEVEL_DISTRUST);
}

static int
collect_mine(struct native *nv, struct native_root *root, struct kith_error *err)
{
	const struct kith_trust_graph *g = nv->g;
	struct trust_row row = trust_row(g, root->root);
	uint32_t e, cursor = row.special;

	root->mine = kith_calloc(row.to - row.from, sizeof(*root->mine));
	if (!root->mine)
		return kith_fail_nomem(err);
	for (e = row.from; e < row.to; e++) {
		uint32_t w = g->edges[e], to = EDGE_TO(w);
		const struct trust_special *s =
		    w & EDGE_SPECIAL ? trust_special_next(g, e, &cursor) : NULL;
		struct native_mine *last = root->n_mine ? &root->mine[root->n_mine - 1] : NULL;

		if (!is_own_word(nv, root, e, row.to, s))
			continue;
		if (last && last->to == to) {
			if (cmp_own(nv, e, last->edge) <= 0)
				continue;
		} else {
			/* a damaged graph may not be in order; what cannot be found is not there */
			if (last && last->to > to)
				continue;
			last = &root->mine[root->n_mine++];
		}
		*last = (struct native_mine){to, e, (uint8_t)native_stated(nv, e),
					     (uint8_t)native_reach_of(nv, s)};
	}
	return KITH_OK;
}

/* --- ignores (N8) --- */

static int
cmp_ignore(const void *pa, const void *pb)
{
	const struct native_ignore *a = pa, *b = pb;

	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	if (a->b != b->b)
		return a->b < b->b ? -1 : 1;
	return (int)b->strength - (int)a->strength;
}

static int
add_ignore(struct native_root *root, uint32_t x, uint32_t b, unsigned strength,
	   struct kith_error *err)
{
	int r;

	if (x == root->root)
		return KITH_OK;
	r = kith_grow(&root->ignores, &root->cap_ignores, root->n_ignores + 1,
		      sizeof(*root->ignores), MAX_IGNORES, "overrides in force", err);
	if (r == KITH_OK)
		root->ignores[root->n_ignores++] =
		    (struct native_ignore){x, b, (uint8_t)strength, {{0}}};
	return r;
}

static int
add_list(const struct native *nv, struct native_root *root, const struct trust_special *s,
	 uint32_t about, unsigned strength, struct kith_error *err)
{
	uint32_t i, n;
	const uint32_t *list = trust_ignores(nv->g, s, &n);
	int r = KITH_OK;

	for (i = 0; i < n && r == KITH_OK; i++)
		if (list[i] < nv->g->h.n_ids)
			r = add_ignore(root, list[i], about, strength, err);
	return r;
}

/* The level at which a contact may block and ignore; 0: it may not. */
static unsigned
contact_strength(const struct native *nv, const struct native_mine *m)
{
	unsigned cap = kith_native_cap(nv, m->to);
	unsigned level = m->level < cap ? m->level : cap;

	if (!nv->vetoes || nv->loose.no_vetoes || nv->loose.drop_veto_by == m->to + 1 ||
	    kith_native_is_muted(nv, m->to) || level < KITH_LEVEL_LOW)
		return 0;
	return level;
}

/* Calls fn for each live statement of a contact. */
typedef int contact_fn(struct native *nv, struct native_root *root, const struct native_mine *m,
		       uint32_t e, const struct trust_special *s, struct kith_error *err);

static int
each_contact(struct native *nv, struct native_root *root, contact_fn *fn, struct kith_error *err)
{
	const struct kith_trust_graph *g = nv->g;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < root->n_mine && r == KITH_OK; i++) {
		const struct native_mine *m = &root->mine[i];
		struct trust_row row = trust_row(g, m->to);
		uint32_t e, cursor = row.special;

		if (!contact_strength(nv, m))
			continue;
		for (e = row.from; e < row.to && r == KITH_OK; e++) {
			uint32_t w = g->edges[e];
			const struct trust_special *s =
			    w & EDGE_SPECIAL ? trust_special_next(g, e, &cursor) : NULL;

			if (EDGE_TO(w) < g->h.n_ids && EDGE_TO(w) != m->to &&
			    native_live(nv, e, row.to, s))
				r = fn(nv, root, m, e, s, err);
		}
	}
	return r;
}

static int
contact_ignores(struct native *nv, struct native_root *root, const struct native_mine *m,
		uint32_t e, const struct trust_special *s, struct kith_error *err)
{
	return add_list(nv, root, s, EDGE_TO(nv->g->edges[e]), contact_strength(nv, m), err);
}

static int
collect_ignores(struct native *nv, struct native_root *root, struct kith_error *err)
{
	size_t i, n = 0;
	int r = KITH_OK;

	for (i = 0; i < root->n_mine && r == KITH_OK; i++)
		r = add_list(nv, root, kith_trust_special(nv->g, root->mine[i].edge),
			     root->mine[i].to, NATIVE_BY_ROOT, err);
	for (i = 0; i < nv->n_config && r == KITH_OK; i++)
		r = add_ignore(root, nv->config[2 * i], nv->config[2 * i + 1], NATIVE_BY_ROOT, err);
	if (r == KITH_OK)
		r = each_contact(nv, root, contact_ignores, err);
	if (r || !root->n_ignores)
		return r;
	qsort(root->ignores, root->n_ignores, sizeof(*root->ignores), cmp_ignore);
	for (i = 0; i < root->n_ignores; i++)
		if (!n || root->ignores[n - 1].x != root->ignores[i].x ||
		    root->ignores[n - 1].b != root->ignores[i].b)
			root->ignores[n++] = root->ignores[i];
	root->n_ignores = n;
	return KITH_OK;
}

/* --- blocks (N1, N7, N11) --- */

static int
add_block(struct native_root *root, struct native_block block, struct kith_error *err)
{
	int r =
	    kith_grow(&root->blocks, &root->cap_blocks, root->n_blocks + 1, sizeof(*root->blocks),
		      KITH_MAX_STATEMENTS, "statements of distrust", err);

	if (r == KITH_OK)
		root->blocks[root->n_blocks++] = block;
	return r;
}

static int
contact_blocks(struct native *nv, struct native_root *root, const struct native_mine *m, uint32_t e,
	       const struct trust_special *s, struct kith_error *err)
{
	uint32_t to = EDGE_TO(nv->g->edges[e]);
	unsigned strength = contact_strength(nv, m);
	const struct native_ignore *ignore;

	(void)s;
	if (native_stated(nv, e) != KITH_LEVEL_DISTRUST || to == root->root ||
	    kith_native_mine(root, to))
		return KITH_OK;
	ignore = kith_native_ignore(root, m->to, to);
	if (ignore && ignore->strength > strength)
		return KITH_OK;
	return add_block(root, (struct native_block){.id = to, .approve = (uint8_t)strength}, err);
}

static int
cmp_block(const void *pa, const void *pb)
{
	const struct native_block *a = pa, *b = pb;

	return (a->id > b->id) - (a->id < b->id);
}

static void
merge_blocks(struct native_root *root)
{
	size_t i, n = 0;

	if (root->n_blocks)
		qsort(root->blocks, root->n_blocks, sizeof(*root->blocks), cmp_block);
	for (i = 0; i < root->n_blocks; i++) {
		struct native_block *b = &root->blocks[i], *last = &root->blocks[n ? n - 1 : 0];

		if (!n || last->id != b->id) {
			root->blocks[n++] = *b;
			continue;
		}
		last->approve = b->approve > last->approve ? b->approve : last->approve;
		last->object = b->object > last->object ? b->object : last->object;
		last->revoked |= b->revoked;
	}
	root->n_blocks = n;
}

static bool
is_revoked(const struct native *nv, const struct native_root *root,
	   const struct trust_revocation *v)
{
	return v->id < nv->g->h.n_ids && v->id != root->root && !nv->loose.no_revocation &&
	       kith_time_cmp((struct kith_time){v->sec, v->nsec}, nv->now) <= 0;
}

static int
collect_blocks(struct native *nv, struct native_root *root, struct kith_error *err)
{
	const struct kith_trust_graph *g = nv->g;
	struct native_block b;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < root->n_mine && r == KITH_OK; i++) {
		b = (struct native_block){
		    .id = root->mine[i].to, .approve = NATIVE_BY_ROOT, .object = NATIVE_BY_ROOT};
		if (root->mine[i].level == KITH_LEVEL_DISTRUST)
			r = add_block(root, b, err);
	}
	for (i = 0; i < g->h.n_revocations && r == KITH_OK; i++) {
		b = (struct native_block){
		    .id = g->revocations[i].id, .approve = NATIVE_BY_ROOT, .revoked = true};
		if (is_revoked(nv, root, &g->revocations[i]))
			r = add_block(root, b, err);
	}
	if (r == KITH_OK)
		r = each_contact(nv, root, contact_blocks, err);
	merge_blocks(root);
	return r;
}

int
kith_native_compute(const struct kith_trust_graph *g, const struct kith_trust_question *q,
		    const struct native_loose *loose, struct native **ret_native,
		    struct kith_error *err)
{
	struct native *nv = kith_calloc(1, sizeof(*nv));
	size_t i;
	int r;

	if (!nv)
		return kith_fail_nomem(err);
	nv->g = g;
	if (loose)
		nv->loose = *loose;
	r = kith_native_ask(nv, q, err);
	for (i = 0; i < nv->n_roots && r == KITH_OK; i++) {
		r = collect_mine(nv, &nv->roots[i], err);
		if (r == KITH_OK)
			r = collect_ignores(nv, &nv->roots[i], err);
		if (r == KITH_OK)
			r = collect_blocks(nv, &nv->roots[i], err);
		if (r == KITH_OK)
			r = kith_native_run(nv, &nv->roots[i], err);
	}
	if (r) {
		kith_native_free(nv);
		return r;
	}
	*ret_native = nv;
	return KITH_OK;
}

unsigned
kith_native_state_level(const struct native *nv, const uint8_t *state)
{
	unsigned level, reach;

	for (level = KITH_LEVEL_HIGH; level >= KITH_LEVEL_LOW; level--)
		for (reach = 0; reach < nv->n_reach; reach++)
			if (state[native_slot(nv, level, reach)])
				return level;
	return 0;
}

/* N14: the k-th largest of the roots' answers. */
static unsigned
kth_level(const struct native *nv, uint32_t i, bool object, unsigned k)
{
	unsigned count[KITH_LEVEL_COUNT] = {0}, level, sum = 0;
	size_t r;

	for (r = 0; r < nv->n_roots; r++) {
		const uint8_t *states = object ? nv->roots[r].objects : nv->roots[r].states;

		count[kith_native_state_level(nv, states + (size_t)i * nv->stride)]++;
	}
	for (level = KITH_LEVEL_HIGH; level >= KITH_LEVEL_LOW; level--) {
		sum += count[level];
		if (sum >= k)
			return level;
	}
	return KITH_LEVEL_NONE;
}

unsigned
kith_native_approve(const struct native *nv, uint32_t i)
{
	return i < nv->n ? kth_level(nv, i, false, nv->threshold) : KITH_LEVEL_NONE;
}

unsigned
kith_native_object(const struct native *nv, uint32_t i)
{
	return i < nv->n ? kth_level(nv, i, true, 1) : KITH_LEVEL_NONE;
}
