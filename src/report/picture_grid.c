/* SPDX-License-Identifier: Apache-2.0 */
/* Puts people into columns and lines into lanes. Decides no order and no coordinate. */
#include "report/picture_grid.h"

#define ROWS_LEAST 40 /* a column with so few persons is not split */

#define WEIGHT_BEST     8
#define WEIGHT_DISTRUST 3
#define WEIGHT_SIDE     1
#define WEIGHT_LANE     4

/* Persons in the order of a walk down the tree of best paths, those that hang nowhere last. */
struct walk {
	uint32_t *persons;
	uint32_t n;
};

/* A person and what hangs on it. */
struct branch {
	uint32_t person, parent; /* KITH_PICTURE_NONE: hangs nowhere */
	uint32_t size;
};

static int
cmp_branch(const void *left, const void *right)
{
	const struct branch *x = left, *y = right;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return x->person < y->person ? -1 : x->person > y->person;
}

static uint32_t
parent_of(const struct kith_picture_plan *plan, uint32_t person)
{
	uint32_t edge = plan->parent[person];

	return edge == KITH_PICTURE_NONE ? KITH_PICTURE_NONE : plan->p->edges[edge].from;
}

/* Those of one parent follow one another, the big ones in their middle. */
static int
sort_branches(struct picture_grid *g, struct branch **ret_branches, struct kith_error *err)
{
	const struct kith_picture_plan *plan = g->plan;
	uint32_t n = plan->n_order, i, k, end, *size;
	struct branch *sorted, *out;

	size = kith_arena_array(g->arena, (size_t)plan->p->n_persons + 1, sizeof(*size));
	sorted = kith_arena_array(g->arena, (size_t)n + 1, sizeof(*sorted));
	out = kith_arena_array(g->arena, (size_t)n + 1, sizeof(*out));
	if (!size || !sorted || !out)
		return kith_fail_nomem(err);
	/* parents come before their children in the plan */
	for (i = n; i-- > 0;) {
		uint32_t person = plan->order[i], parent = parent_of(plan, person);

		if (parent != KITH_PICTURE_NONE)
			size[parent] += size[person] + 1;
		sorted[i] = (struct branch){person, parent, size[person]};
	}
	qsort(sorted, n, sizeof(*sorted), cmp_branch);
	for (i = 0; i < n; i = end) {
		for (end = i + 1; end < n && sorted[end].parent == sorted[i].parent; end++)
			;
		for (k = i; k < end; k++)
			out[(k - i) % 2 ? end - 1 - (k - i) / 2 : i + (k - i) / 2] = sorted[k];
	}
	*ret_branches = out;
	return KITH_OK;
}

static int
walk_tree(struct picture_grid *g, struct walk *out, struct kith_error *err)
{
	const struct kith_picture_plan *plan = g->plan;
	size_t n = (size_t)plan->p->n_persons + 1;
	uint32_t *child = kith_arena_array(g->arena, n, sizeof(*child));
	uint32_t *next = kith_arena_array(g->arena, n, sizeof(*next));
	uint32_t *stack = kith_arena_array(g->arena, (size_t)plan->n_order + 1, sizeof(*stack));
	struct branch *branches = NULL;
	uint32_t i, at, n_stack = 0;
	int r = sort_branches(g, &branches, err);

	if (r)
		return r;
	out->persons = kith_arena_array(g->arena, (size_t)plan->n_order + 1, sizeof(*out->persons));
	if (!child || !next || !stack || !out->persons)
		return kith_fail_nomem(err);
	/* links are person + 1, the last child first: what is pushed last is taken first */
	for (i = 0; i < plan->n_order; i++) {
		if (branches[i].parent == KITH_PICTURE_NONE)
			continue;
		next[branches[i].person] = child[branches[i].parent];
		child[branches[i].parent] = branches[i].person + 1;
	}
	for (i = plan->n_order; i-- > 0;)
		if (branches[i].parent == KITH_PICTURE_NONE)
			stack[n_stack++] = branches[i].person;
	while (n_stack) {
		at = stack[--n_stack];
		out->persons[out->n++] = at;
		for (i = child[at]; i; i = next[i - 1])
			stack[n_stack++] = i - 1;
	}
	return KITH_OK;
}

static uint32_t
isqrt(uint32_t n)
{
	uint32_t r = 0;

	while ((r + 1) * (r + 1) <= n)
		r++;
	return r;
}

/* Columns of one distance: a tall one is split, or big graphs would be a strip. */
static int
make_columns(struct picture_grid *g, const struct walk *w, struct kith_error *err)
{
	const struct kith_picture_plan *plan = g->plan;
	uint32_t rows = 3 * isqrt(plan->n_order), i, j, n, split, begin;
	uint32_t *seen;

	rows = rows < ROWS_LEAST ? ROWS_LEAST : rows;
	g->columns = kith_arena_array(g->arena, (size_t)plan->n_order + 1, sizeof(*g->columns));
	g->items = kith_arena_array(g->arena, (size_t)plan->n_order + 1, sizeof(*g->items));
	g->item_of = kith_arena_array(g->arena, (size_t)plan->p->n_persons + 1, sizeof(uint32_t));
	seen = kith_arena_array(g->arena, (size_t)plan->n_order + 1, sizeof(*seen));
	if (!g->columns || !g->items || !g->item_of || !seen)
		return kith_fail_nomem(err);
	/* plan->order is sorted by hops */
	for (begin = 0; begin < plan->n_order; begin += n) {
		uint32_t hops = plan->hops[plan->order[begin]];

		for (n = 1; begin + n < plan->n_order; n++)
			if (plan->hops[plan->order[begin + n]] != hops)
				break;
		split = n > rows + rows / 4 ? (n + rows - 1) / rows : 1;
		for (i = 0; i < split; i++)
			g->columns[g->n_columns + i] =
			    (struct picture_column){.hops = hops, .heads = i == 0};
		for (i = j = 0; i < w->n; i++) {
			uint32_t person = w->persons[i];

			if (plan->hops[person] != hops)
				continue;
			g->item_of[person] = g->n_items;
			g->items[g->n_items++] = (struct picture_item){
			    .person = person,
			    .column = g->n_columns + j++ % split,
			    .apart = plan->apart[person],
			};
		}
		g->n_columns += split;
	}
	return KITH_OK;
}

/* The columns that the lines of a person reach. */
struct span_of {
	uint32_t least, most;
};

static int
make_lanes(struct picture_grid *g, struct kith_error *err)
{
	const struct kith_picture_plan *plan = g->plan;
	size_t n_persons = (size_t)plan->p->n_persons + 1, n = g->n_items;
	struct span_of *reach = kith_arena_array(g->arena, g->n_items + (size_t)1, sizeof(*reach));
	struct picture_item *items;
	uint32_t i, c, people = g->n_items;

	g->fore = kith_arena_array(g->arena, n_persons, sizeof(*g->fore));
	g->back = kith_arena_array(g->arena, n_persons, sizeof(*g->back));
	if (!reach || !g->fore || !g->back)
		return kith_fail_nomem(err);
	for (i = 0; i < people; i++)
		reach[i].least = reach[i].most = g->items[i].column;
	for (i = 0; i < plan->n_lines; i++) {
		const struct kith_picture_edge *e = &plan->p->edges[plan->lines[i].edge];
		struct span_of *s = &reach[g->item_of[e->from]];
		uint32_t to = g->items[g->item_of[e->to]].column;

		s->least = to < s->least ? to : s->least;
		s->most = to > s->most ? to : s->most;
	}
	for (i = 0; i < people; i++) {
		c = g->items[i].column;
		n += reach[i].most > c ? reach[i].most - c - 1 : 0;
		n += reach[i].least < c ? c - reach[i].least - 1 : 0;
	}
	items = kith_arena_array(g->arena, n + 1, sizeof(*items));
	if (!items)
		return kith_fail_nomem(err);
	memcpy(items, g->items, people * sizeof(*items));
	g->items = items;
	for (i = 0; i < people; i++) {
		uint32_t column = items[i].column;

		g->fore[items[i].person] = g->n_items;
		for (c = column + 1; c < reach[i].most; c++)
			items[g->n_items++] = (struct picture_item){KITH_PICTURE_NONE, c, 0, 0, 0};
		g->back[items[i].person] = g->n_items;
		for (c = column; c-- > reach[i].least + 1;)
			items[g->n_items++] = (struct picture_item){KITH_PICTURE_NONE, c, 0, 0, 0};
	}
	return KITH_OK;
}

static int
fill_columns(struct picture_grid *g, struct kith_error *err)
{
	uint32_t i, round;

	for (i = 0; i < g->n_items; i++)
		g->columns[g->items[i].column].n++;
	for (i = 0; i < g->n_columns; i++) {
		struct picture_column *c = &g->columns[i];

		c->items = kith_arena_array(g->arena, (size_t)c->n + 1, sizeof(*c->items));
		if (!c->items)
			return kith_fail_nomem(err);
		c->n = 0;
	}
	for (round = 0; round < 2; round++) {
		for (i = 0; i < g->n_items; i++) {
			struct picture_column *c = &g->columns[g->items[i].column];

			if (g->items[i].apart != (round == 1))
				continue;
			g->items[i].pos = c->n;
			c->items[c->n++] = i;
		}
	}
	return KITH_OK;
}

static uint32_t
weight_of(uint8_t role)
{
	switch (role) {
	case KITH_PICTURE_BEST:
		return WEIGHT_BEST;
	case KITH_PICTURE_SIDE:
		return WEIGHT_SIDE;
	default:
		return WEIGHT_DISTRUST;
	}
}

/* Where the lines of `person` towards `column` are when they leave the column next to it. */
static uint32_t
last_stop(const struct picture_grid *g, uint32_t person, uint32_t column)
{
	uint32_t own = g->items[g->item_of[person]].column;

	if (column > own + 1)
		return g->fore[person] + (column - own - 2);
	if (column + 1 < own)
		return g->back[person] + (own - column - 2);
	return g->item_of[person];
}

static void
add_seg(struct picture_grid *g, uint32_t a, uint32_t b, uint32_t weight)
{
	bool forth = g->items[a].column < g->items[b].column;

	g->segs[g->n_segs++] = (struct picture_seg){forth ? a : b, forth ? b : a, weight};
}

static void
add_lane_segs(struct picture_grid *g, uint32_t person, uint32_t first, uint32_t end)
{
	uint32_t i, from = g->item_of[person];

	for (i = first; i < end; i++) {
		add_seg(g, from, i, WEIGHT_LANE);
		from = i;
	}
}

static int
make_segs(struct picture_grid *g, struct kith_error *err)
{
	const struct kith_picture_plan *plan = g->plan;
	uint32_t i, end, people = plan->n_order;

	g->segs =
	    kith_arena_array(g->arena, (size_t)plan->n_lines + g->n_items + 1, sizeof(*g->segs));
	if (!g->segs)
		return kith_fail_nomem(err);
	for (i = 0; i < people; i++) {
		uint32_t person = g->items[i].person;

		end = i + 1 < people ? g->fore[g->items[i + 1].person] : g->n_items;
		add_lane_segs(g, person, g->fore[person], g->back[person]);
		add_lane_segs(g, person, g->back[person], end);
	}
	for (i = 0; i < plan->n_lines; i++) {
		const struct kith_picture_edge *e = &plan->p->edges[plan->lines[i].edge];
		uint32_t to = g->item_of[e->to];

		if (g->items[to].column != g->items[g->item_of[e->from]].column)
			add_seg(g, last_stop(g, e->from, g->items[to].column), to,
				weight_of(plan->lines[i].role));
	}
	return KITH_OK;
}

/* Sorts segments by the column they leave, in place of their order of making. */
static int
sort_segs(struct picture_grid *g, struct kith_error *err)
{
	struct picture_seg *sorted =
	    kith_arena_array(g->arena, (size_t)g->n_segs + 1, sizeof(*sorted));
	uint32_t i, at = 0;

	if (!sorted)
		return kith_fail_nomem(err);
	for (i = 0; i < g->n_segs; i++)
		g->columns[g->items[g->segs[i].left].column].end_seg++;
	for (i = 0; i < g->n_columns; i++) {
		uint32_t n = g->columns[i].end_seg;

		g->columns[i].first_seg = g->columns[i].end_seg = at;
		at += n;
	}
	for (i = 0; i < g->n_segs; i++)
		sorted[g->columns[g->items[g->segs[i].left].column].end_seg++] = g->segs[i];
	g->segs = sorted;
	return KITH_OK;
}

static int
find_neighbours(struct picture_grid *g, struct kith_error *err)
{
	size_t n = (size_t)g->n_items + 1;
	uint32_t *left = kith_arena_array(g->arena, n, sizeof(*left));
	uint32_t *right = kith_arena_array(g->arena, n, sizeof(*right));
	uint32_t i, at = 0;

	g->first = kith_arena_array(g->arena, n, sizeof(*g->first));
	g->middle = kith_arena_array(g->arena, n, sizeof(*g->middle));
	g->near = kith_arena_array(g->arena, 2 * (size_t)g->n_segs + 1, sizeof(*g->near));
	if (!left || !right || !g->first || !g->middle || !g->near)
		return kith_fail_nomem(err);
	for (i = 0; i < g->n_segs; i++) {
		left[g->segs[i].right]++;
		right[g->segs[i].left]++;
	}
	for (i = 0; i < g->n_items; i++) {
		g->first[i] = at;
		g->middle[i] = at + left[i];
		at += left[i] + right[i];
		left[i] = g->first[i];
		right[i] = g->middle[i];
	}
	g->first[i] = at;
	for (i = 0; i < g->n_segs; i++) {
		const struct picture_seg *s = &g->segs[i];

		g->near[left[s->right]++] = (struct picture_near){s->left, s->weight};
		g->near[right[s->left]++] = (struct picture_near){s->right, s->weight};
	}
	return KITH_OK;
}

int
kith_report_grid_make(const struct kith_picture_plan *plan, struct kith_arena *arena,
		      struct picture_grid *ret_grid, struct kith_error *err)
{
	struct picture_grid g = {.plan = plan, .arena = arena};
	struct walk walk = {0};
	int r;

	r = walk_tree(&g, &walk, err);
	if (!r)
		r = make_columns(&g, &walk, err);
	if (!r)
		r = make_lanes(&g, err);
	if (!r)
		r = fill_columns(&g, err);
	if (!r)
		r = make_segs(&g, err);
	if (!r)
		r = sort_segs(&g, err);
	if (!r)
		r = find_neighbours(&g, err);
	if (!r)
		*ret_grid = g;
	return r;
}
