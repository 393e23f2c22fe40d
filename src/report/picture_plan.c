/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses what of a trust graph is shown and finds the tree of best paths. Knows no format. */
#include "report/picture_plan.h"

#define STRANGERS_MAX 200 /* more are only counted */
#define SAME_NAME_ID  5   /* characters of the id behind a name that several have */
#define NO_NAME_ID    9   /* … in place of a name */

struct planning {
	const struct kith_picture *p;
	struct kith_arena *arena;
	struct kith_picture_plan *out;
	uint32_t *first, *in; /* edges by target: in[first[t]] … in[first[t + 1] - 1] */
};

static bool
is_trusted(const struct kith_picture_person *x)
{
	return x->root || x->approve >= KITH_LEVEL_LOW;
}

/* Whether what a person says is heard at all. */
static bool
has_standing(const struct kith_picture_person *x)
{
	return is_trusted(x) || x->object >= KITH_LEVEL_LOW;
}

static bool
is_usable(const struct kith_picture *p, const struct kith_picture_edge *e)
{
	return e->from < p->n_persons && e->to < p->n_persons && e->from != e->to;
}

static int
sort_incoming(struct planning *pl, struct kith_error *err)
{
	const struct kith_picture *p = pl->p;
	uint32_t *at;
	size_t i;

	pl->first = kith_arena_array(pl->arena, (size_t)p->n_persons + 2, sizeof(*pl->first));
	pl->in = kith_arena_array(pl->arena, p->n_edges + 1, sizeof(*pl->in));
	if (!pl->first || !pl->in)
		return kith_fail_nomem(err);
	at = pl->first + 1;
	for (i = 0; i < p->n_edges; i++)
		if (is_usable(p, &p->edges[i]))
			at[p->edges[i].to + 1]++;
	for (i = 0; i < p->n_persons; i++)
		at[i + 1] += at[i];
	for (i = 0; i < p->n_edges; i++)
		if (is_usable(p, &p->edges[i]))
			pl->in[at[p->edges[i].to]++] = (uint32_t)i;
	return KITH_OK;
}

/* Better introducers first: one that explains the level, then the shorter path. */
static bool
is_nearer(const struct planning *pl, uint32_t edge, uint32_t than)
{
	const struct kith_picture_edge *a = &pl->p->edges[edge], *b;

	if (than == KITH_PICTURE_NONE)
		return true;
	b = &pl->p->edges[than];
	if (a->best != b->best)
		return a->best;
	if (pl->out->hops[a->from] != pl->out->hops[b->from])
		return pl->out->hops[a->from] < pl->out->hops[b->from];
	return a->from < b->from;
}

/* Sets parent and hops of a person from introducers whose own are known; false if there is none. */
static bool
hang(struct planning *pl, uint32_t person)
{
	struct kith_picture_plan *out = pl->out;
	uint32_t i, best = KITH_PICTURE_NONE;

	for (i = pl->first[person]; i < pl->first[person + 1]; i++) {
		const struct kith_picture_edge *e = &pl->p->edges[pl->in[i]];

		if (e->counted && e->level >= KITH_LEVEL_LOW &&
		    is_trusted(&pl->p->persons[e->from]) &&
		    out->hops[e->from] != KITH_PICTURE_NONE && is_nearer(pl, pl->in[i], best))
			best = pl->in[i];
	}
	if (best == KITH_PICTURE_NONE)
		return false;
	out->parent[person] = best;
	out->hops[person] = out->hops[pl->p->edges[best].from] + 1;
	return true;
}

struct rank {
	uint32_t person, a, b, c;
};

static int
cmp_rank(const void *left, const void *right)
{
	const struct rank *x = left, *y = right;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	if (x->c != y->c)
		return x->c < y->c ? -1 : 1;
	return x->person < y->person ? -1 : x->person > y->person;
}

/*
 * A step never raises the level and costs budget, so introducers come before whom they introduce
 * in the order of level and budget. Where steps cost nothing some are left: they are hung up as
 * soon as an introducer is, a bounded number of times.
 */
static int
find_paths(struct planning *pl, struct kith_error *err)
{
	const struct kith_picture *p = pl->p;
	struct rank *ranks = kith_arena_array(pl->arena, (size_t)p->n_persons + 1, sizeof(*ranks));
	uint32_t i, n = 0, kept, round;

	if (!ranks)
		return kith_fail_nomem(err);
	for (i = 0; i < p->n_persons; i++) {
		const struct kith_picture_person *x = &p->persons[i];

		pl->out->hops[i] = x->root ? 0 : KITH_PICTURE_NONE;
		pl->out->parent[i] = KITH_PICTURE_NONE;
		if (!x->root && is_trusted(x))
			ranks[n++] = (struct rank){i, (uint32_t)(KITH_LEVEL_HIGH - x->approve),
						   UINT32_MAX - x->budget, 0};
	}
	qsort(ranks, n, sizeof(*ranks), cmp_rank);
	for (round = 0; n && round < 64; round++) {
		for (i = kept = 0; i < n; i++)
			if (!hang(pl, ranks[i].person))
				ranks[kept++] = ranks[i];
		if (kept == n)
			break;
		n = kept;
	}
	return KITH_OK;
}

/* Steps from a root to the nearest who speaks against somebody that is not trusted. */
static void
place_others(struct planning *pl)
{
	const struct kith_picture *p = pl->p;
	uint32_t i, k, h;

	for (i = 0; i < p->n_persons; i++) {
		const struct kith_picture_person *x = &p->persons[i];
		bool judged = x->pinned || x->blocked || x->revoked || x->contested;
		uint32_t hops = KITH_PICTURE_NONE;

		if (is_trusted(x))
			continue;
		for (k = pl->first[i]; k < pl->first[i + 1]; k++) {
			const struct kith_picture_edge *e = &p->edges[pl->in[k]];

			if (!is_trusted(&p->persons[e->from]))
				continue;
			/* other words about somebody who is not trusted are not drawn */
			if (e->level == KITH_LEVEL_DISTRUST)
				judged = true;
			else if (!x->pinned || !p->persons[e->from].root)
				continue;
			h = pl->out->hops[e->from];
			if (h != KITH_PICTURE_NONE && h + 1 < hops)
				hops = h + 1;
		}
		pl->out->hops[i] = hops;
		pl->out->apart[i] = judged || (p->package.len && x->reviewer);
	}
}

/* Reviewers, the ways to them, and nobody else. */
static void
keep_ways(struct planning *pl, bool *keep)
{
	const struct kith_picture *p = pl->p;
	uint32_t i, at, steps;

	for (i = 0; i < p->n_persons; i++) {
		const struct kith_picture_person *x = &p->persons[i];

		if (!x->root && !x->reviewer && !x->on_way)
			continue;
		at = i;
		for (steps = 0; !keep[at] && steps <= p->n_persons; steps++) {
			keep[at] = true;
			if (pl->out->parent[at] == KITH_PICTURE_NONE)
				break;
			at = p->edges[pl->out->parent[at]].from;
		}
	}
}

/* Sorted so that whoever introduces somebody comes first, and cutting the end breaks no path. */
static int
choose(struct planning *pl, struct kith_error *err)
{
	const struct kith_picture *p = pl->p;
	struct kith_picture_plan *out = pl->out;
	struct rank *ranks = kith_arena_array(pl->arena, (size_t)p->n_persons + 1, sizeof(*ranks));
	bool *keep = kith_arena_array(pl->arena, (size_t)p->n_persons + 1, sizeof(*keep));
	uint32_t i, n = 0;

	if (!ranks || !keep)
		return kith_fail_nomem(err);
	if (p->package.len)
		keep_ways(pl, keep);
	for (i = 0; i < p->n_persons; i++) {
		const struct kith_picture_person *x = &p->persons[i];

		if (p->package.len ? !keep[i] : !is_trusted(x) && !out->apart[i])
			continue;
		ranks[n++] = (struct rank){i, out->hops[i], out->apart[i],
					   (uint32_t)(KITH_LEVEL_HIGH - x->approve)};
	}
	qsort(ranks, n, sizeof(*ranks), cmp_rank);
	out->n_order = n < KITH_MAX_PICTURE_PERSONS ? n : KITH_MAX_PICTURE_PERSONS;
	out->cut_persons = n - out->n_order;
	out->order = kith_arena_array(pl->arena, (size_t)out->n_order + 1, sizeof(*out->order));
	if (!out->order)
		return kith_fail_nomem(err);
	for (i = 0; i < out->n_order; i++) {
		out->order[i] = ranks[i].person;
		out->shown[ranks[i].person] = true;
	}
	return KITH_OK;
}

static bool
role_of(const struct planning *pl, uint32_t edge, uint8_t *ret_role)
{
	const struct kith_picture_edge *e = &pl->p->edges[edge];
	const struct kith_picture_person *from, *to;

	if (!is_usable(pl->p, e) || !pl->out->shown[e->from] || !pl->out->shown[e->to])
		return false;
	from = &pl->p->persons[e->from];
	to = &pl->p->persons[e->to];
	if (e->level == KITH_LEVEL_DISTRUST)
		*ret_role = KITH_PICTURE_DISTRUST;
	else if (pl->out->parent[e->to] == edge)
		*ret_role = KITH_PICTURE_BEST;
	else if (from->root && to->pinned && e->level == KITH_LEVEL_NONE)
		*ret_role = KITH_PICTURE_WORD;
	else if (e->counted && e->level >= KITH_LEVEL_LOW && !to->root)
		*ret_role = KITH_PICTURE_SIDE;
	else
		return false;
	return *ret_role != KITH_PICTURE_DISTRUST || has_standing(from);
}

static int
choose_lines(struct planning *pl, struct kith_error *err)
{
	struct kith_picture_plan *out = pl->out;
	uint64_t n[KITH_PICTURE_DISTRUST + 1] = {0}, total = 0, room = KITH_MAX_PICTURE_EDGES;
	uint32_t i;
	uint8_t role;
	int want;

	for (i = 0; i < pl->p->n_edges; i++)
		n[0] += role_of(pl, i, &role);
	total = n[0] < room ? n[0] : room;
	out->lines = kith_arena_array(pl->arena, (size_t)total + 1, sizeof(*out->lines));
	if (!out->lines)
		return kith_fail_nomem(err);
	out->cut_lines = n[0] - total;
	/* what matters most is taken first … */
	memset(n, 0, sizeof(n));
	for (i = 0; i < pl->p->n_edges; i++)
		if (role_of(pl, i, &role))
			n[role]++;
	for (want = KITH_PICTURE_DISTRUST; want >= 0; want--) {
		n[want] = n[want] < room ? n[want] : room;
		room -= n[want];
	}
	/* … and drawn last */
	for (want = 0; want <= KITH_PICTURE_DISTRUST; want++)
		for (i = 0; n[want] && i < pl->p->n_edges; i++)
			if (role_of(pl, i, &role) && role == want) {
				out->lines[out->n_lines++] = (struct kith_picture_line){i, role};
				n[want]--;
			}
	return KITH_OK;
}

static int
choose_strangers(struct planning *pl, struct kith_error *err)
{
	struct kith_picture_plan *out = pl->out;
	const struct kith_picture *p = pl->p;
	uint32_t i, n = 0;

	for (i = 0; i < p->n_persons; i++)
		n += !is_trusted(&p->persons[i]) && !out->apart[i];
	if (p->package.len)
		return KITH_OK;
	out->unreached = n + p->n_strangers;
	if (n > STRANGERS_MAX)
		return KITH_OK;
	out->strangers = kith_arena_array(pl->arena, (size_t)n + 1, sizeof(*out->strangers));
	if (!out->strangers)
		return kith_fail_nomem(err);
	for (i = 0; i < p->n_persons; i++)
		if (!is_trusted(&p->persons[i]) && !out->apart[i])
			out->strangers[out->n_strangers++] = i;
	return KITH_OK;
}

struct named {
	struct kith_span label;
	uint32_t person;
};

static int
cmp_named(const void *left, const void *right)
{
	const struct named *x = left, *y = right;
	int r = kith_span_cmp(x->label, y->label);

	return r ? r : x->person < y->person ? -1 : x->person > y->person;
}

static int
make_label(struct planning *pl, uint32_t person, bool with_id, struct kith_error *err)
{
	const struct kith_picture_person *x = &pl->p->persons[person];
	struct kith_span *label = &pl->out->label[person];
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(4));
	if (x->name.len)
		kith_text_safe(&b, x->name, KITH_PICTURE_LABEL - (with_id ? SAME_NAME_ID + 1 : 0));
	if (x->name.len && with_id)
		kith_buf_put_char(&b, ' ');
	if (!x->name.len || with_id)
		kith_text_safe(&b, kith_span_sub(x->id, 0, with_id ? SAME_NAME_ID : NO_NAME_ID), 0);
	r = kith_buf_check(&b, err);
	if (r)
		return r;
	return kith_arena_copy(pl->arena, kith_buf_span(&b), label) ? KITH_OK
								    : kith_fail_nomem(err);
}

/* Several people of one name are told apart by the beginning of their ids. */
static int
make_labels(struct planning *pl, struct kith_error *err)
{
	struct kith_picture_plan *out = pl->out;
	size_t n = 0, i;
	struct named *all;
	int r = KITH_OK;

	all =
	    kith_arena_array(pl->arena, (size_t)out->n_order + out->n_strangers + 1, sizeof(*all));
	if (!all)
		return kith_fail_nomem(err);
	for (i = 0; i < out->n_order; i++)
		all[n++].person = out->order[i];
	for (i = 0; i < out->n_strangers; i++)
		all[n++].person = out->strangers[i];
	for (i = 0; !r && i < n; i++) {
		r = make_label(pl, all[i].person, false, err);
		all[i].label = out->label[all[i].person];
	}
	if (r)
		return r;
	qsort(all, n, sizeof(*all), cmp_named);
	for (i = 0; !r && i < n; i++)
		if (pl->p->persons[all[i].person].name.len &&
		    ((i > 0 && kith_span_eq(all[i - 1].label, all[i].label)) ||
		     (i + 1 < n && kith_span_eq(all[i + 1].label, all[i].label))))
			r = make_label(pl, all[i].person, true, err);
	return r;
}

static void
count(struct planning *pl)
{
	const struct kith_picture *p = pl->p;
	struct kith_picture_plan *out = pl->out;
	uint32_t i;

	for (i = 0; i < p->n_persons; i++) {
		const struct kith_picture_person *x = &p->persons[i];

		if (p->package.len && !out->shown[i])
			continue;
		if (!x->root && is_trusted(x))
			out->by_level[x->approve]++;
		out->n_apart += out->apart[i];
		out->n_contested += x->contested && !out->apart[i];
	}
}

int
kith_report_picture_plan(const struct kith_picture *p, struct kith_arena *arena,
			 struct kith_picture_plan *ret_plan, struct kith_error *err)
{
	struct kith_picture_plan out = {.p = p};
	struct planning pl = {.p = p, .arena = arena, .out = &out};
	size_t n = (size_t)p->n_persons + 1;
	int r;

	out.hops = kith_arena_array(arena, n, sizeof(*out.hops));
	out.parent = kith_arena_array(arena, n, sizeof(*out.parent));
	out.apart = kith_arena_array(arena, n, sizeof(*out.apart));
	out.shown = kith_arena_array(arena, n, sizeof(*out.shown));
	out.label = kith_arena_array(arena, n, sizeof(*out.label));
	if (!out.hops || !out.parent || !out.apart || !out.shown || !out.label)
		return kith_fail_nomem(err);
	r = sort_incoming(&pl, err);
	if (!r)
		r = find_paths(&pl, err);
	if (r)
		return r;
	place_others(&pl);
	r = choose(&pl, err);
	if (!r)
		r = choose_lines(&pl, err);
	if (!r)
		r = choose_strangers(&pl, err);
	if (!r)
		r = make_labels(&pl, err);
	if (r)
		return r;
	count(&pl);
	*ret_plan = out;
	return KITH_OK;
}

void
kith_report_picture_standing(const struct kith_picture_person *x, struct kith_buf *out)
{
	if (x->root)
		kith_buf_put_str(out, "root");
	else if (x->revoked)
		kith_buf_put_str(out, "revoked its key");
	else if (x->pinned && x->own == KITH_LEVEL_DISTRUST)
		kith_buf_put_str(out, "distrusted by the root");
	else if (x->pinned && x->own == KITH_LEVEL_NONE)
		kith_buf_put_str(out, "not trusted, by the root's own word");
	else if (x->approve >= KITH_LEVEL_LOW)
		kith_buf_printf(out, "trusted %s", kith_level_name(x->approve));
	else
		kith_buf_put_str(out, "not trusted");
	if (x->contact && !x->root)
		kith_buf_put_str(out, ", a contact of the root");
	if (x->blocked)
		kith_buf_put_str(out, ", blocked");
	if (x->contested)
		kith_buf_put_str(out, ", contested");
}

static void
summarize_reviewers(const struct kith_picture_plan *plan, struct kith_buf *out)
{
	const struct kith_picture *p = plan->p;
	unsigned all = 0, trusted = 0;
	uint32_t i;

	for (i = 0; i < p->n_persons; i++) {
		all += p->persons[i].reviewer;
		trusted += p->persons[i].reviewer && is_trusted(&p->persons[i]);
	}
	kith_buf_printf(out, "%u of %u reviewer%s %s trusted · %u independent", trusted, all,
			all == 1 ? "" : "s", trusted == 1 ? "is" : "are", (unsigned)p->independent);
}

void
kith_report_picture_summary(const struct kith_picture_plan *plan, struct kith_buf *out)
{
	static const enum kith_level levels[] = {KITH_LEVEL_HIGH, KITH_LEVEL_MEDIUM,
						 KITH_LEVEL_LOW};
	uint64_t total = 0;
	const char *sep = "";
	size_t i;

	if (plan->p->package.len) {
		summarize_reviewers(plan, out);
		return;
	}
	for (i = 0; i < 3; i++)
		total += plan->by_level[levels[i]];
	kith_buf_printf(out, "%llu trusted", (unsigned long long)total);
	for (i = 0; i < 3; i++) {
		if (!plan->by_level[levels[i]])
			continue;
		kith_buf_printf(out, "%s%llu %s", *sep ? sep : ": ",
				(unsigned long long)plan->by_level[levels[i]],
				kith_level_name(levels[i]));
		sep = ", ";
	}
	if (plan->n_apart)
		kith_buf_printf(out, " · %llu not trusted", (unsigned long long)plan->n_apart);
	if (plan->n_contested)
		kith_buf_printf(out, " · %llu contested", (unsigned long long)plan->n_contested);
	if (plan->unreached)
		kith_buf_printf(out, " · %llu out of reach", (unsigned long long)plan->unreached);
}

void
kith_report_picture_whose(const struct kith_picture_plan *plan, struct kith_buf *out)
{
	uint32_t i, n = 0, root = 0;

	for (i = 0; i < plan->n_order; i++) {
		if (plan->p->persons[plan->order[i]].root) {
			root = plan->order[i];
			n++;
		}
	}
	if (n == 1)
		kith_buf_put_span(out, plan->label[root]);
	else
		kith_buf_printf(out, "%u roots", (unsigned)n);
}
