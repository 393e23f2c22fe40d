/* SPDX-License-Identifier: Apache-2.0 */
/* Union-find over ids: no recursion, so circles and long chains of aliases cost what others do. */
#include "evidence/osv_groups.h"

#define NONE UINT32_MAX

struct groups {
	struct kith_map numbers; /* id → node */
	uint32_t *up;            /* node → a node of its set, itself at the top */
	uint32_t *lowest;        /* at the top: the lowest record of the set */
	size_t cap_up, cap_lowest;
	struct kith_error *err;
};

static void
groups_clear(struct groups *g)
{
	kith_map_clear(&g->numbers);
	free(g->up);
	free(g->lowest);
}

static uint32_t
top(struct groups *g, uint32_t node)
{
	while (g->up[node] != node) {
		g->up[node] = g->up[g->up[node]];
		node = g->up[node];
	}
	return node;
}

/* The node of an id, made if there is none yet. */
static int
node_of(struct groups *g, struct kith_span id, uint32_t *ret)
{
	size_t next = g->numbers.count, value;
	bool added;
	int r = kith_map_add(&g->numbers, id, next, &value, &added, g->err);

	if (!r && added) {
		r = kith_grow(&g->up, &g->cap_up, next + 1, sizeof(*g->up), NONE, "ids", g->err);
		if (!r)
			r = kith_grow(&g->lowest, &g->cap_lowest, next + 1, sizeof(*g->lowest),
				      NONE, "ids", g->err);
		if (r)
			return r;
		g->up[next] = (uint32_t)next;
		g->lowest[next] = NONE;
	}
	if (!r)
		*ret = (uint32_t)value;
	return r;
}

static void
join(struct groups *g, uint32_t a, uint32_t b)
{
	a = top(g, a);
	b = top(g, b);
	if (g->lowest[b] < g->lowest[a]) {
		uint32_t x = a;

		a = b;
		b = x;
	}
	g->up[b] = a;
}

static int
add_record(struct groups *g, const struct kith_osv_ids *record, uint32_t number)
{
	uint32_t own, other;
	size_t i;
	int r = node_of(g, record->id, &own);

	if (r)
		return r;
	if (number < g->lowest[top(g, own)])
		g->lowest[top(g, own)] = number;
	for (i = 0; i < record->n_aliases && !r; i++) {
		r = node_of(g, record->aliases[i], &other);
		if (!r)
			join(g, own, other);
	}
	return r;
}

int
kith_osv_group(const struct kith_osv_ids *records, size_t n, uint32_t *ret_groups,
	       struct kith_error *err)
{
	KITH_CLEANUP(groups_clear) struct groups g = {.err = err};
	uint32_t node;
	size_t i;
	int r = KITH_OK;

	kith_map_init(&g.numbers, NULL);
	for (i = 0; i < n && !r; i++)
		r = add_record(&g, &records[i], (uint32_t)i);
	for (i = 0; i < n && !r; i++) {
		r = node_of(&g, records[i].id, &node);
		if (!r)
			ret_groups[i] = g.lowest[top(&g, node)];
	}
	return r;
}
