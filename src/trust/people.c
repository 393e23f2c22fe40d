/* SPDX-License-Identifier: Apache-2.0 */
/* What the native policy found about persons: levels and marks, doubts, who introduces whom. */
#include "base/base.h"
#include "trust/native.h"
#include "trust/result.h"

size_t
kith_trust_count_persons(const struct kith_trust_result *r)
{
	return r->native ? r->native->n : 0;
}

const struct kith_id *
kith_trust_person_id(const struct kith_trust_result *r, size_t i)
{
	return i < kith_trust_count_persons(r) ? kith_native_id(r->native, (uint32_t)i) : NULL;
}

bool
kith_trust_person_find(const struct kith_trust_result *r, const struct kith_id *id,
		       size_t *ret_person)
{
	uint32_t i = r->native ? kith_native_index(r->native, id) : TRUST_NONE;

	if (i == TRUST_NONE)
		return false;
	*ret_person = i;
	return true;
}

/* Of one root: most budget at this level, then widest reach. False: no state of this level. */
static bool
best_state(const struct native *nv, const uint8_t *state, unsigned level, unsigned *ret_budget,
	   enum kith_reach *ret_reach)
{
	unsigned reach, best = 0;

	for (reach = 0; reach < nv->n_reach; reach++) {
		unsigned value = state[native_slot(nv, level, reach)];

		if (value && value >= best) {
			best = value;
			*ret_budget = value - 1;
			*ret_reach =
			    nv->n_reach == 1 ? KITH_REACH_DELEGATE : (enum kith_reach)reach;
		}
	}
	return best > 0;
}

static void
find_best(const struct native *nv, uint32_t i, bool object, enum kith_level level,
	  unsigned *ret_budget, enum kith_reach *ret_reach)
{
	size_t k;

	*ret_budget = 0;
	*ret_reach = KITH_REACH_REVIEWS;
	for (k = 0; k < nv->n_roots && level >= KITH_LEVEL_LOW; k++) {
		const uint8_t *states = object ? nv->roots[k].objects : nv->roots[k].states;

		if (best_state(nv, states + (size_t)i * nv->stride, level, ret_budget, ret_reach))
			return;
	}
}

static void
put_marks(const struct native *nv, const struct native_root *root, uint32_t i,
	  struct kith_trust_person *p)
{
	const struct native_mine *m = kith_native_mine(root, i);
	const struct native_block *b = kith_native_block(root, i);

	p->root |= root->root == i;
	p->publisher |= root->root == i && root->publisher;
	p->disowned |= m && m->level == KITH_LEVEL_DISTRUST;
	if (m && p->own_statement == KITH_NO_STATEMENT) {
		unsigned contact = m->level < p->cap ? m->level : p->cap;

		p->pinned = nv->pin;
		p->own = (enum kith_level)m->level;
		p->own_statement = m->edge;
		if (contact >= KITH_LEVEL_LOW)
			p->contact = (enum kith_level)contact;
	}
	if (b) {
		p->revoked |= b->revoked;
		if (b->approve < NATIVE_BY_ROOT && b->approve > p->blocked)
			p->blocked = (enum kith_level)b->approve;
	}
}

void
kith_trust_person(const struct kith_trust_result *r, size_t i, struct kith_trust_person *ret_person)
{
	const struct native *nv = r->native;
	uint32_t id = (uint32_t)i;
	struct kith_trust_person p = {.approve = KITH_LEVEL_NONE,
				      .object = KITH_LEVEL_NONE,
				      .own = KITH_LEVEL_NONE,
				      .own_statement = KITH_NO_STATEMENT,
				      .contact = KITH_LEVEL_NONE,
				      .blocked = KITH_LEVEL_NONE,
				      .cap = KITH_LEVEL_HIGH};
	size_t k;

	if (i < kith_trust_count_persons(r)) {
		p.approve = (enum kith_level)kith_native_approve(nv, id);
		p.object = (enum kith_level)kith_native_object(nv, id);
		find_best(nv, id, false, p.approve, &p.budget, &p.reach);
		find_best(nv, id, true, p.object, &p.object_budget, &p.object_reach);
		p.cap = (enum kith_level)kith_native_cap(nv, id);
		p.publisher = kith_native_is_muted(nv, id);
		for (k = 0; k < nv->n_roots; k++)
			put_marks(nv, &nv->roots[k], id, &p);
	}
	*ret_person = p;
}

/* --- doubts (N9) --- */

struct doubts {
	const struct native *nv;
	struct kith_trust_doubt *at;
	size_t n, cap;
};

static unsigned
object_of(const struct native *nv, const struct native_root *root, uint32_t i)
{
	return kith_native_state_level(nv, root->objects + (size_t)i * nv->stride);
}

/* Whether by's distrust has effect: it is a contact, and the root said nothing itself. */
static bool
has_effect(const struct native *nv, const struct native_root *root, uint32_t by, uint32_t about)
{
	const struct native_mine *m = kith_native_mine(root, by);
	const struct native_ignore *ignore = kith_native_ignore(root, by, about);
	unsigned cap = kith_native_cap(nv, by);
	unsigned strength = m ? (m->level < cap ? m->level : cap) : 0;

	return nv->vetoes && strength >= KITH_LEVEL_LOW && !kith_native_is_muted(nv, by) &&
	       about != root->root && !kith_native_mine(root, about) &&
	       (!ignore || ignore->strength <= strength);
}

static int
add_doubts_of(struct doubts *d, const struct native_root *root, uint32_t by, struct kith_error *err)
{
	const struct native *nv = d->nv;
	const struct kith_trust_graph *g = nv->g;
	struct trust_row row = trust_row(g, by);
	uint32_t e, cursor = row.special;
	int r;

	for (e = row.from; e < row.to; e++) {
		uint32_t w = g->edges[e], about = EDGE_TO(w);
		const struct native_ignore *ignore;
		const struct trust_special *s =
		    w & EDGE_SPECIAL ? trust_special_next(g, e, &cursor) : NULL;

		if (EDGE_LEVEL(w) != KITH_LEVEL_DISTRUST || about >= g->h.n_ids || about == by ||
		    !object_of(nv, root, about) || !native_live(nv, e, row.to, s))
			continue;
		ignore = kith_native_ignore(root, by, about);
		if (ignore && ignore->strength == NATIVE_BY_ROOT)
			continue;
		r = kith_grow(&d->at, &d->cap, d->n + 1, sizeof(*d->at), KITH_MAX_STATEMENTS,
			      "doubts", err);
		if (r)
			return r;
		d->at[d->n++] = (struct kith_trust_doubt){about, by, e,
							  (enum kith_level)object_of(nv, root, by),
							  has_effect(nv, root, by, about)};
	}
	return KITH_OK;
}

static int
cmp_doubt(const void *pa, const void *pb)
{
	const struct kith_trust_doubt *a = pa, *b = pb;

	if (a->about != b->about)
		return a->about < b->about ? -1 : 1;
	if (a->by != b->by)
		return a->by < b->by ? -1 : 1;
	if (a->blocks != b->blocks)
		return a->blocks ? -1 : 1;
	if (a->by_object != b->by_object)
		return a->by_object > b->by_object ? -1 : 1;
	return (a->statement > b->statement) - (a->statement < b->statement);
}

static int
collect_doubts(struct doubts *d, struct kith_error *err)
{
	const struct native *nv = d->nv;
	size_t i, k, n = 0;
	uint32_t by;
	int r = KITH_OK;

	for (k = 0; k < nv->n_roots && r == KITH_OK; k++) {
		const struct native_root *root = &nv->roots[k];

		for (by = 0; by < nv->g->h.n_ids && r == KITH_OK; by++)
			if (by != root->root && object_of(nv, root, by))
				r = add_doubts_of(d, root, by, err);
	}
	if (d->n)
		qsort(d->at, d->n, sizeof(*d->at), cmp_doubt);
	for (i = 0; i < d->n; i++)
		if (!n || d->at[n - 1].about != d->at[i].about || d->at[n - 1].by != d->at[i].by)
			d->at[n++] = d->at[i];
	d->n = n;
	return r;
}

int
kith_trust_doubts(const struct kith_trust_result *res, struct kith_arena *arena,
		  const struct kith_trust_doubt **ret_doubts, size_t *ret_count,
		  struct kith_error *err)
{
	struct doubts d = {.nv = res->native};
	struct kith_trust_doubt *out;
	int r = d.nv ? collect_doubts(&d, err) : KITH_OK;

	out = r ? NULL : kith_arena_array(arena, d.n, sizeof(*out));
	if (out && d.n)
		memcpy(out, d.at, d.n * sizeof(*out));
	free(d.at);
	if (r || !out)
		return r ? r : kith_fail_nomem(err);
	*ret_doubts = out;
	*ret_count = d.n;
	return KITH_OK;
}

/* --- introductions (4.5) --- */

/* What an introducer may do: the rules of relax.c, asked of one edge. */
struct introducer {
	const struct native *nv;
	const struct native_root *root;
	const uint8_t *state;
	const bool *standing;
	uint32_t id;
	bool slow;
};

/* Whether one state of the introducer leads to `to` at the level asked for. */
static bool
state_leads(const struct introducer *x, const struct native_state *from, uint8_t marks,
	    unsigned stated, unsigned need)
{
	struct native_state s;

	return native_move(x->nv, from, x->id == x->root->root, MARK_CAP(marks), stated,
			   KITH_REACH_DELEGATE, &s) &&
	       s.level >= need && MARK_BLOCK(marks) < s.level;
}

static bool
usable(const struct introducer *x, uint32_t to, unsigned stated, unsigned need)
{
	const struct native *nv = x->nv;
	const uint8_t marks = x->root->states[(size_t)to * nv->stride + nv->marks_at];
	const struct native_ignore *ignore =
	    x->slow ? kith_native_ignore(x->root, x->id, to) : NULL;
	struct native_state s;
	unsigned i;

	if (stated < need || ((marks & MARK_PINNED) && x->id != x->root->root))
		return false;
	for (i = (need - KITH_LEVEL_LOW) * nv->n_reach; i < 3 * nv->n_reach; i++) {
		s.level = KITH_LEVEL_LOW + i / nv->n_reach;
		s.reach = nv->n_reach == 1 ? KITH_REACH_DELEGATE : i % nv->n_reach;
		if (!x->state[i] || s.reach == KITH_REACH_REVIEWS ||
		    (ignore && ignore->strength > s.level))
			continue;
		s.budget = x->state[i] - 1U;
		if (state_leads(x, &s, marks, stated, need))
			return true;
	}
	return false;
}

bool *
kith_native_standing(const struct native *nv, unsigned level)
{
	bool *standing = kith_calloc(nv->n, sizeof(*standing));
	uint32_t i;

	for (i = 0; standing && i < nv->n; i++)
		standing[i] = kith_native_approve(nv, i) >= level;
	return standing;
}

static int
links_of_root(const struct introducer *x, unsigned need, native_edge_fn *fn, void *ctx,
	      struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < x->root->n_mine && r == KITH_OK; i++) {
		const struct native_mine *m = &x->root->mine[i];

		if (x->standing[m->to] && usable(x, m->to, m->level, need))
			r = fn(ctx, x->id, m->to, m->edge, err);
	}
	return r;
}

static int
links_of(const struct introducer *x, unsigned need, native_edge_fn *fn, void *ctx,
	 struct kith_error *err)
{
	const struct native *nv = x->nv;
	const struct kith_trust_graph *g = nv->g;
	struct trust_row row = trust_row(g, x->id);
	uint32_t e, cursor = row.special;
	int r = KITH_OK;

	for (e = row.from; e < row.to && r == KITH_OK; e++) {
		uint32_t w = g->edges[e], to = EDGE_TO(w);
		const struct trust_special *s =
		    w & EDGE_SPECIAL ? trust_special_next(g, e, &cursor) : NULL;

		if (native_counts(nv, x->root, x->id, e, row.to, s) && x->standing[to] &&
		    usable(x, to, native_stated(nv, e), need))
			r = fn(ctx, x->id, to, e, err);
	}
	return r;
}

int
kith_native_each_link(const struct native *nv, unsigned level, const bool *standing,
		      native_edge_fn *fn, void *ctx, struct kith_error *err)
{
	size_t k;
	uint32_t i;
	int r = KITH_OK;

	for (k = 0; k < nv->n_roots; k++) {
		struct introducer x = {.nv = nv, .root = &nv->roots[k], .standing = standing};

		for (i = 0; i < nv->n && r == KITH_OK; i++) {
			x.id = i;
			x.state = x.root->states + (size_t)i * nv->stride;
			x.slow = x.state[nv->marks_at] & MARK_SLOW;
			if (i == x.root->root)
				r = links_of_root(&x, level, fn, ctx, err);
			else if ((standing[i] || kith_native_is_root(nv, i)) &&
				 kith_native_state_level(nv, x.state) >= level &&
				 !(x.slow && kith_native_is_muted(nv, i)))
				r = links_of(&x, level, fn, ctx, err);
		}
	}
	return r;
}

struct links {
	const struct native *nv;
	struct kith_trust_link *at;
	size_t n, cap;
};

static int
add_link(void *ctx, uint32_t from, uint32_t to, uint32_t edge, struct kith_error *err)
{
	struct links *l = ctx;
	int r;

	(void)edge;
	if (kith_native_is_muted(l->nv, to))
		return KITH_OK;
	r = kith_grow(&l->at, &l->cap, l->n + 1, sizeof(*l->at), KITH_MAX_STATEMENTS,
		      "introductions", err);
	if (r == KITH_OK)
		l->at[l->n++] = (struct kith_trust_link){from, to};
	return r;
}

static int
cmp_link(const void *pa, const void *pb)
{
	const struct kith_trust_link *a = pa, *b = pb;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

/* Sorted, each once; returns how many are left. */
static size_t
sort_links(struct links *l)
{
	size_t i, n = 0;

	if (l->n)
		qsort(l->at, l->n, sizeof(*l->at), cmp_link);
	for (i = 0; i < l->n; i++)
		if (!n || cmp_link(&l->at[n - 1], &l->at[i]) != 0)
			l->at[n++] = l->at[i];
	return n;
}

int
kith_trust_links(const struct kith_trust_result *res, enum kith_level level,
		 struct kith_arena *arena, const struct kith_trust_link **ret_links,
		 size_t *ret_count, struct kith_error *err)
{
	struct links l = {.nv = res->native};
	struct kith_trust_link *out;
	size_t n = 0;
	unsigned need = level < KITH_LEVEL_LOW ? KITH_LEVEL_LOW : level;
	KITH_AUTO_FREE bool *standing = l.nv ? kith_native_standing(l.nv, need) : NULL;
	int r = KITH_OK;

	if (l.nv)
		r = standing ? kith_native_each_link(l.nv, need, standing, add_link, &l, err)
			     : kith_fail_nomem(err);
	if (r == KITH_OK)
		n = sort_links(&l);
	out = r ? NULL : kith_arena_array(arena, n, sizeof(*out));
	if (out && n)
		memcpy(out, l.at, n * sizeof(*out));
	free(l.at);
	if (r || !out)
		return r ? r : kith_fail_nomem(err);
	*ret_links = out;
	*ret_count = n;
	return KITH_OK;
}
