/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders the columns of a picture by the barycentre rule, round after round, and keeps the order
 * with the fewest crossings; then places the items of each column as near to their neighbours as
 * the order and their heights allow. Whole numbers only, so that every machine draws the same.
 */
#include "report/picture_grid.h"

#define ORDER_ROUNDS  24
#define ORDER_PATIENT 6 /* rounds without a better order */
#define PLACE_ROUNDS  20
#define SCALE         1024

#define GAP_BOXES 60 /* between two persons, in tenths of a pixel */
#define GAP_LANES 25
#define GAP_MIXED 45
#define GAP_APART 220

struct key {
	int64_t mean;
	uint32_t pos, item;
	bool apart;
};

static int
cmp_key(const void *left, const void *right)
{
	const struct key *x = left, *y = right;

	if (x->apart != y->apart)
		return x->apart ? 1 : -1;
	if (x->mean != y->mean)
		return x->mean < y->mean ? -1 : 1;
	return x->pos < y->pos ? -1 : x->pos > y->pos;
}

/* The neighbours of an item on one side. */
static const struct picture_near *
side(const struct picture_grid *g, uint32_t item, bool left, uint32_t *ret_n)
{
	uint32_t from = left ? g->first[item] : g->middle[item];

	*ret_n = (left ? g->middle[item] : g->first[item + 1]) - from;
	return g->near + from;
}

static void
sort_column(struct picture_grid *g, uint32_t column, bool by_left, struct key *keys)
{
	struct picture_column *c = &g->columns[column];
	uint32_t other = by_left ? column - 1 : column + 1, i, k, n;
	int64_t rows = g->columns[other].n;

	for (i = 0; i < c->n; i++) {
		const struct picture_item *x = &g->items[c->items[i]];
		const struct picture_near *near = side(g, c->items[i], by_left, &n);
		int64_t sum = 0, weight = 0;

		for (k = 0; k < n; k++) {
			sum += (int64_t)g->items[near[k].item].pos * near[k].weight;
			weight += near[k].weight;
		}
		keys[i] = (struct key){weight ? sum * SCALE / weight : i * rows * SCALE / c->n, i,
				       c->items[i], x->apart};
	}
	qsort(keys, c->n, sizeof(*keys), cmp_key);
	for (i = 0; i < c->n; i++) {
		c->items[i] = keys[i].item;
		g->items[keys[i].item].pos = i;
	}
}

struct crossing {
	uint32_t left, right, weight;
};

static int
cmp_crossing(const void *left, const void *right)
{
	const struct crossing *x = left, *y = right;

	if (x->left != y->left)
		return x->left < y->left ? -1 : 1;
	return x->right < y->right ? -1 : x->right > y->right;
}

/* Weighted crossings between a column and the next: inversions, counted with a Fenwick tree. */
static uint64_t
count_gap(const struct picture_grid *g, uint32_t column, struct crossing *work, uint64_t *tree)
{
	const struct picture_column *c = &g->columns[column];
	uint32_t n = c->end_seg - c->first_seg, rows = g->columns[column + 1].n, i, k;
	uint64_t total = 0, before = 0, at;

	for (i = 0; i < n; i++) {
		const struct picture_seg *s = &g->segs[c->first_seg + i];

		work[i] =
		    (struct crossing){g->items[s->left].pos, g->items[s->right].pos, s->weight};
	}
	qsort(work, n, sizeof(*work), cmp_crossing);
	memset(tree, 0, (rows + (size_t)1) * sizeof(*tree));
	for (i = 0; i < n; i++) {
		for (at = 0, k = work[i].right + 1; k; k &= k - 1)
			at += tree[k];
		total += (before - at) * work[i].weight;
		for (k = work[i].right + 1; k <= rows; k += k & (~k + 1))
			tree[k] += work[i].weight;
		before += work[i].weight;
	}
	return total;
}

struct ordering {
	struct key *keys;
	struct crossing *work;
	uint64_t *tree;
	uint32_t *best; /* positions by item */
};

static uint64_t
count_all(const struct picture_grid *g, const struct ordering *o)
{
	uint64_t total = 0;
	uint32_t i;

	for (i = 0; i + 1 < g->n_columns; i++)
		total += count_gap(g, i, o->work, o->tree);
	return total;
}

static int
get_memory(const struct picture_grid *g, struct ordering *o, struct kith_error *err)
{
	size_t n = (size_t)g->n_items + 1;

	o->keys = kith_arena_array(g->arena, n, sizeof(*o->keys));
	o->work = kith_arena_array(g->arena, (size_t)g->n_segs + 1, sizeof(*o->work));
	o->tree = kith_arena_array(g->arena, n, sizeof(*o->tree));
	o->best = kith_arena_array(g->arena, n, sizeof(*o->best));
	return o->keys && o->work && o->tree && o->best ? KITH_OK : kith_fail_nomem(err);
}

static void
keep_order(const struct picture_grid *g, uint32_t *best)
{
	uint32_t i;

	for (i = 0; i < g->n_items; i++)
		best[i] = g->items[i].pos;
}

static void
restore_order(struct picture_grid *g, const uint32_t *best)
{
	uint32_t i;

	for (i = 0; i < g->n_items; i++) {
		g->items[i].pos = best[i];
		g->columns[g->items[i].column].items[best[i]] = i;
	}
}

/* The only item on the left of a person, or KITH_PICTURE_NONE. */
static uint32_t
only_left(const struct picture_grid *g, uint32_t item)
{
	if (g->items[item].person == KITH_PICTURE_NONE || g->middle[item] - g->first[item] != 1)
		return KITH_PICTURE_NONE;
	return g->near[g->first[item]].item;
}

static bool
has_right(const struct picture_grid *g, uint32_t item)
{
	return g->first[item + 1] > g->middle[item];
}

/*
 * Persons that follow one another and hang on the same one can change places with a leaf among them
 * without a crossing: half of the leaves go above, half below, better levels first.
 */
static void
spread_leaves(struct picture_grid *g, uint32_t *run, uint32_t n, struct key *keys)
{
	uint32_t i, leaves = 0, rest = 0, above;

	for (i = 0; i < n; i++) {
		const struct picture_item *x = &g->items[run[i]];

		if (has_right(g, run[i]))
			continue;
		keys[leaves++] =
		    (struct key){KITH_LEVEL_HIGH - (int)g->plan->p->persons[x->person].approve, i,
				 run[i], false};
	}
	qsort(keys, leaves, sizeof(*keys), cmp_key);
	above = leaves < n ? leaves / 2 : leaves;
	for (i = 0; i < n; i++)
		if (has_right(g, run[i]))
			keys[leaves + rest++].item = run[i];
	for (i = 0; i < above; i++)
		run[i] = keys[i].item;
	for (i = 0; i < rest; i++)
		run[above + i] = keys[leaves + i].item;
	for (i = above; i < leaves; i++)
		run[rest + i] = keys[i].item;
}

static void
sort_leaves(struct picture_grid *g, uint32_t column, struct key *keys)
{
	struct picture_column *c = &g->columns[column];
	uint32_t i, end, on;

	for (i = 0; i < c->n; i = end) {
		on = only_left(g, c->items[i]);
		for (end = i + 1; end < c->n && on != KITH_PICTURE_NONE; end++)
			if (only_left(g, c->items[end]) != on ||
			    g->items[c->items[end]].apart != g->items[c->items[i]].apart)
				break;
		spread_leaves(g, c->items + i, on == KITH_PICTURE_NONE ? 0 : end - i, keys);
	}
	for (i = 0; i < c->n; i++)
		g->items[c->items[i]].pos = i;
}

int
kith_report_grid_order(struct picture_grid *g, struct kith_error *err)
{
	struct ordering o = {0};
	uint64_t least, now;
	uint32_t round, i, idle = 0;
	int r;

	r = get_memory(g, &o, err);
	if (r || !g->n_columns)
		return r;
	least = count_all(g, &o);
	keep_order(g, o.best);
	for (round = 0; round < ORDER_ROUNDS && least && idle < ORDER_PATIENT; round++) {
		if (round % 2 == 0)
			for (i = g->n_columns - 1; i-- > 0;)
				sort_column(g, i, false, o.keys);
		else
			for (i = 1; i < g->n_columns; i++)
				sort_column(g, i, true, o.keys);
		now = count_all(g, &o);
		idle++;
		if (now < least) {
			least = now;
			idle = 0;
			keep_order(g, o.best);
		}
	}
	restore_order(g, o.best);
	for (i = 0; i < g->n_columns; i++)
		sort_leaves(g, i, o.keys);
	return KITH_OK;
}

/* The distance that the middles of two items, one above the other, must have at least. */
static int64_t
apart_by(const struct picture_item *above, const struct picture_item *below)
{
	bool lane_above = above->person == KITH_PICTURE_NONE;
	bool lane_below = below->person == KITH_PICTURE_NONE;
	int64_t half = (lane_above ? PICTURE_LANE : PICTURE_BOX) / 2 +
		       (lane_below ? PICTURE_LANE : PICTURE_BOX) / 2;

	if (below->apart && !above->apart)
		return half + GAP_APART;
	if (lane_above && lane_below)
		return half + GAP_LANES;
	return half + (lane_above || lane_below ? GAP_MIXED : GAP_BOXES);
}

/* Items that stand as close as they may, and move as one. */
struct block {
	int64_t sum, weight; /* of where its items want to be, less their offsets */
	uint32_t first;
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && a < 0);
}

/*
 * Where the items of a column are nearest to where they want to be, by least squares, keeping order
 * and distances: offsets are taken off, then neighbours that would overlap are pooled.
 */
static void
settle(struct picture_grid *g, uint32_t column, const int64_t *want, const int64_t *weight,
       struct block *blocks)
{
	const struct picture_column *c = &g->columns[column];
	int64_t offset = 0, mean;
	uint32_t i, n = 0, k;

	for (i = 0; i < c->n; i++) {
		struct block b = {0, weight[i], i};

		if (i)
			offset += apart_by(&g->items[c->items[i - 1]], &g->items[c->items[i]]);
		b.sum = (want[i] - offset) * weight[i];
		while (n && floor_div(blocks[n - 1].sum, blocks[n - 1].weight) >=
				floor_div(b.sum, b.weight)) {
			n--;
			b.sum += blocks[n].sum;
			b.weight += blocks[n].weight;
			b.first = blocks[n].first;
		}
		blocks[n++] = b;
	}
	offset = 0;
	for (k = 0; k < n; k++) {
		uint32_t end = k + 1 < n ? blocks[k + 1].first : c->n;

		mean = floor_div(blocks[k].sum, blocks[k].weight);
		for (i = blocks[k].first; i < end; i++) {
			if (i)
				offset +=
				    apart_by(&g->items[c->items[i - 1]], &g->items[c->items[i]]);
			g->items[c->items[i]].y = mean + offset;
		}
	}
}

static bool
is_lane(const struct picture_grid *g, uint32_t item)
{
	return g->items[item].person == KITH_PICTURE_NONE;
}

struct placing {
	int64_t *want, *weight;
	struct block *blocks;
};

static void
place_column(struct picture_grid *g, uint32_t column, bool left, bool right, struct placing *p)
{
	const struct picture_column *c = &g->columns[column];
	uint32_t i, k, n, way;

	for (i = 0; i < c->n; i++) {
		uint32_t item = c->items[i];
		int64_t sum = 0, weight = 0;

		for (way = 0; way < 2; way++) {
			const struct picture_near *near = side(g, item, way == 0, &n);

			if (way == 0 ? !left : !right)
				continue;
			for (k = 0; k < n; k++) {
				int64_t w = near[k].weight;

				w *= is_lane(g, item) && is_lane(g, near[k].item) ? 8 : 1;
				sum += g->items[near[k].item].y * w;
				weight += w;
			}
		}
		p->want[i] = weight ? floor_div(sum, weight) : g->items[item].y;
		p->weight[i] = weight ? weight : 1;
	}
	settle(g, column, p->want, p->weight, p->blocks);
}

int
kith_report_grid_place(struct picture_grid *g, struct kith_error *err)
{
	size_t n = (size_t)g->n_items + 1;
	struct placing p = {0};
	uint32_t round, i, k;

	p.want = kith_arena_array(g->arena, n, sizeof(*p.want));
	p.weight = kith_arena_array(g->arena, n, sizeof(*p.weight));
	p.blocks = kith_arena_array(g->arena, n, sizeof(*p.blocks));
	if (!p.want || !p.weight || !p.blocks)
		return kith_fail_nomem(err);
	for (i = 0; i < g->n_columns; i++) {
		for (k = 0; k < g->columns[i].n; k++) {
			p.want[k] = 0;
			p.weight[k] = 1;
		}
		settle(g, i, p.want, p.weight, p.blocks);
	}
	for (round = 0; round < PLACE_ROUNDS; round++) {
		bool both = round + 6 >= PLACE_ROUNDS;

		if (round % 2 == 0)
			for (i = g->n_columns; i-- > 0;)
				place_column(g, i, both, true, &p);
		else
			for (i = 0; i < g->n_columns; i++)
				place_column(g, i, true, both, &p);
	}
	return KITH_OK;
}
