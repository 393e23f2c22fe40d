/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What if somebody said something else: a graph built anew from another one and some changes, and
 * the difference between two answers.
 */
#include "base/base.h"
#include "trust/explain.h"
#include "trust/result.h"
#include "trust/splice.h"

struct change {
	const struct kith_trust_graph *g;
	const struct kith_trust_change *changes;
	size_t n;
	struct kith_trust_builder *b;
	struct kith_arena arena; /* of one statement */
	struct kith_error *err;
};

static void
change_clear(struct change *c)
{
	kith_trust_builder_free(c->b);
	kith_arena_clear(&c->arena);
}

static bool
same_id(const struct kith_id *a, const struct kith_id *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Whether one of the changes from the i-th on drops the id. */
static bool
is_dropped(const struct change *c, size_t i, const struct kith_id *id)
{
	for (; i < c->n; i++)
		if (c->changes[i].kind == KITH_CHANGE_DROP &&
		    same_id(&c->changes[i].statement.from, id))
			return true;
	return false;
}

/* Whether a statement is gone after the changes from the i-th on. */
static bool
is_gone(const struct change *c, size_t i, const struct kith_trust_statement *s)
{
	if (is_dropped(c, i, &s->from) || is_dropped(c, i, &s->to))
		return true;
	for (; i < c->n; i++) {
		const struct kith_trust_statement *o = &c->changes[i].statement;

		if (c->changes[i].kind == KITH_CHANGE_SAY && same_id(&o->from, &s->from) &&
		    same_id(&o->to, &s->to) && kith_span_eq(o->scope, s->scope))
			return true;
	}
	return false;
}

/* Those that crev mode looks at come last, so that they stay the last ones of their date. */
static int
copy_statements(struct change *c, bool crev)
{
	struct kith_trust_statement s;
	uint32_t e;
	int r = KITH_OK;

	for (e = 0; e < c->g->h.n_edges && r == KITH_OK; e++) {
		if (crev != ((c->g->edges[e] & EDGE_CREV) != 0) ||
		    EDGE_TO(c->g->edges[e]) >= c->g->h.n_ids)
			continue;
		kith_arena_clear(&c->arena);
		r = kith_trust_graph_statement(c->g, e, &c->arena, &s, c->err);
		if (r == KITH_OK && !is_gone(c, 0, &s))
			r = kith_trust_builder_add(c->b, &s, c->err);
	}
	return r;
}

/* A flood may have washed the statement away, but never the revocation. */
static int
copy_revocations(struct change *c)
{
	const struct kith_trust_graph *g = c->g;
	uint32_t i;
	int r = KITH_OK;

	for (i = 0; g->h.n_floods && i < g->h.n_revocations && r == KITH_OK; i++) {
		const struct trust_revocation *v = &g->revocations[i];
		struct kith_trust_statement s = {.level = KITH_LEVEL_DISTRUST,
						 .reach = KITH_REACH_DELEGATE,
						 .date = {v->sec, v->nsec},
						 .place = v->place};

		if (v->id >= g->h.n_ids)
			continue;
		s.from = s.to = g->keys[v->id];
		if (!is_gone(c, 0, &s))
			r = kith_trust_builder_add(c->b, &s, c->err);
	}
	return r;
}

static int
copy_overrides(struct change *c)
{
	const struct kith_trust_graph *g = c->g;
	uint32_t i;
	int r = KITH_OK;

	for (i = 0; i < g->h.n_overrides && r == KITH_OK; i++) {
		const struct trust_override *o = &g->overrides[i];
		struct kith_review_override x;

		if (o->by >= g->h.n_ids || o->about >= g->h.n_ids ||
		    is_dropped(c, 0, &g->keys[o->by]) || is_dropped(c, 0, &g->keys[o->about]))
			continue;
		x.by = g->keys[o->by];
		x.about = g->keys[o->about];
		x.subject = trust_text(g, o->subject, o->subject_len);
		r = kith_trust_builder_override(c->b, &x, c->err);
	}
	return r;
}

static int
add_changes(struct change *c)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < c->n && r == KITH_OK; i++)
		if (c->changes[i].kind == KITH_CHANGE_SAY &&
		    !is_gone(c, i + 1, &c->changes[i].statement))
			r = kith_trust_builder_add(c->b, &c->changes[i].statement, c->err);
	return r;
}

int
kith_trust_graph_change(const struct kith_trust_graph *g, const struct kith_trust_change *changes,
			size_t n, struct kith_trust_graph **ret_graph, struct kith_error *err)
{
	KITH_CLEANUP(change_clear)
	struct change c = {.g = g, .changes = changes, .n = n, .err = err};
	int r;

	if (kith_trust_can_splice(g, changes, n))
		return kith_trust_splice(g, changes, n, ret_graph, err);
	kith_arena_init(&c.arena, KITH_MIB(16));
	r = kith_trust_builder_new(&c.b, err);
	if (r == KITH_OK)
		r = copy_statements(&c, false);
	if (r == KITH_OK)
		r = copy_statements(&c, true);
	if (r == KITH_OK)
		r = copy_revocations(&c);
	if (r == KITH_OK)
		r = copy_overrides(&c);
	if (r == KITH_OK)
		r = add_changes(&c);
	return r ? r : kith_trust_builder_seal(kith_steal(&c.b), ret_graph, err);
}

/* --- the difference --- */

static size_t
count_ids(const struct kith_trust_result *r)
{
	return r->native ? r->native->n : r->crev.n;
}

static const struct kith_id *
id_at(const struct kith_trust_result *r, size_t i)
{
	if (r->native)
		return kith_native_id(r->native, (uint32_t)i);
	return i < r->g->h.n_ids ? &r->g->keys[i] : &r->root;
}

static int
cmp_difference(const void *pa, const void *pb)
{
	const struct kith_trust_difference *a = pa, *b = pb;

	return memcmp(&a->id, &b->id, sizeof(a->id));
}

struct differences {
	struct kith_trust_difference *at;
	size_t n, cap;
};

/* Of the ids that `of` knows; each is taken once, whichever results know it. */
static int
collect(struct differences *d, const struct kith_trust_result *of,
	const struct kith_trust_result *const r[2], struct kith_error *err)
{
	size_t i;
	int res;

	for (i = 0; i < count_ids(of); i++) {
		struct kith_trust_difference x = {.id = *id_at(of, i)};

		kith_trust_level(r[0], &x.id, &x.approve[0], &x.object[0]);
		kith_trust_level(r[1], &x.id, &x.approve[1], &x.object[1]);
		if (x.approve[0] == x.approve[1] && x.object[0] == x.object[1])
			continue;
		res =
		    kith_grow(&d->at, &d->cap, d->n + 1, sizeof(*d->at), SIZE_MAX / 2, "ids", err);
		if (res)
			return res;
		d->at[d->n++] = x;
	}
	return KITH_OK;
}

int
kith_trust_compare(const struct kith_trust_result *before, const struct kith_trust_result *after,
		   struct kith_arena *arena, const struct kith_trust_difference **ret_differences,
		   size_t *ret_count, struct kith_error *err)
{
	const struct kith_trust_result *const both[2] = {before, after};
	struct differences d = {.n = 0};
	struct kith_trust_difference *out = NULL;
	size_t i, n = 0;
	int r = collect(&d, before, both, err);

	if (r == KITH_OK)
		r = collect(&d, after, both, err);
	if (r == KITH_OK && d.n)
		qsort(d.at, d.n, sizeof(*d.at), cmp_difference);
	for (i = 0; i < d.n; i++)
		if (!n || cmp_difference(&d.at[n - 1], &d.at[i]) != 0)
			d.at[n++] = d.at[i];
	if (r == KITH_OK) {
		out = kith_arena_array(arena, n, sizeof(*out));
		r = out ? KITH_OK : kith_fail_nomem(err);
	}
	if (out && n)
		memcpy(out, d.at, n * sizeof(*out));
	free(d.at);
	if (r)
		return r;
	*ret_differences = out;
	*ret_count = n;
	return KITH_OK;
}
