/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dominator tree of the graph of ways (Lengauer and Tarjan's algorithm with path compression,
 * nothing recursive): who carries how many others.
 */
#include "base/base.h"
#include "trust/explain.h"
#include "trust/ways.h"

/* Vertices by order of a depth-first walk, which is what all arrays hold. */
struct dominators {
	const struct kith_trust_ways *w;
	uint32_t n;       /* vertices reached */
	uint32_t *number; /* of a vertex, + 1; 0: not reached */
	uint32_t *vertex; /* of a number */
	uint32_t *parent; /* in the depth-first tree */
	uint32_t *semi;
	uint32_t *idom;
	uint32_t *ancestor; /* number + 1, or 0 */
	uint32_t *label;
	uint32_t *bucket, *next; /* lists by semidominator, + 1 */
	uint32_t *stack, *cursor;
	uint32_t *memory;
};

#define ARRAYS 11

static int
init(struct dominators *d, const struct kith_trust_ways *w, struct kith_error *err)
{
	uint32_t **arrays[ARRAYS] = {&d->number, &d->vertex,   &d->parent, &d->semi,
				     &d->idom,   &d->ancestor, &d->label,  &d->bucket,
				     &d->next,   &d->stack,    &d->cursor};
	size_t i;

	d->w = w;
	d->n = 0;
	d->memory = kith_calloc(w->n, ARRAYS * sizeof(*d->memory));
	if (!d->memory)
		return kith_fail_nomem(err);
	for (i = 0; i < ARRAYS; i++)
		*arrays[i] = d->memory + i * w->n;
	return KITH_OK;
}

static void
clear(struct dominators *d)
{
	free(d->memory);
}

static void
meet(struct dominators *d, uint32_t v, uint32_t parent)
{
	uint32_t i = d->n++;

	d->number[v] = i + 1;
	d->vertex[i] = v;
	d->parent[i] = parent;
	d->semi[i] = d->label[i] = i;
	d->cursor[i] = d->w->succ_rows[v];
}

static void
number_all(struct dominators *d)
{
	const struct kith_trust_ways *w = d->w;
	uint32_t depth = 0;

	meet(d, WAYS_SOURCE, 0);
	d->stack[depth++] = 0;
	while (depth) {
		uint32_t i = d->stack[depth - 1], v = d->vertex[i];

		if (d->cursor[i] == w->succ_rows[v + 1]) {
			depth--;
			continue;
		}
		v = w->succ[d->cursor[i]++];
		if (!d->number[v]) {
			d->stack[depth++] = d->n;
			meet(d, v, i);
		}
	}
}

/* The label of least semidominator on the way up from v; the way is made shorter. */
static uint32_t
evaluate(struct dominators *d, uint32_t v)
{
	uint32_t depth = 0, u;

	if (!d->ancestor[v])
		return v;
	for (u = v; d->ancestor[d->ancestor[u] - 1]; u = d->ancestor[u] - 1)
		d->stack[depth++] = u;
	while (depth) {
		uint32_t a;

		u = d->stack[--depth];
		a = d->ancestor[u] - 1;
		if (d->semi[d->label[a]] < d->semi[d->label[u]])
			d->label[u] = d->label[a];
		d->ancestor[u] = d->ancestor[a];
	}
	return d->label[v];
}

static void
settle_bucket(struct dominators *d, uint32_t p)
{
	uint32_t v;

	for (v = d->bucket[p]; v; v = d->next[v - 1]) {
		uint32_t u = evaluate(d, v - 1);

		d->idom[v - 1] = d->semi[u] < d->semi[v - 1] ? u : p;
	}
	d->bucket[p] = 0;
}

static void
find_dominators(struct dominators *d)
{
	const struct kith_trust_ways *w = d->w;
	uint32_t i, k;

	number_all(d);
	for (i = d->n; i-- > 1;) {
		uint32_t v = d->vertex[i];

		for (k = w->pred_rows[v]; k < w->pred_rows[v + 1]; k++) {
			uint32_t p = d->number[w->pred[k]], u;

			if (!p)
				continue;
			u = evaluate(d, p - 1);
			if (d->semi[u] < d->semi[i])
				d->semi[i] = d->semi[u];
		}
		d->next[i] = d->bucket[d->semi[i]];
		d->bucket[d->semi[i]] = i + 1;
		d->ancestor[i] = d->parent[i] + 1;
		settle_bucket(d, d->parent[i]);
	}
	for (i = 1; i < d->n; i++)
		if (d->idom[i] != d->semi[i])
			d->idom[i] = d->idom[d->idom[i]];
}

static int
cmp_carrier(const void *pa, const void *pb)
{
	const struct kith_trust_carrier *a = pa, *b = pb;

	if (a->carried != b->carried)
		return a->carried > b->carried ? -1 : 1;
	return (a->person > b->person) - (a->person < b->person);
}

int
kith_trust_ways_carriers(const struct kith_trust_ways *w, struct kith_arena *arena,
			 const struct kith_trust_carrier **ret_carriers, size_t *ret_count,
			 struct kith_error *err)
{
	KITH_CLEANUP(clear) struct dominators d = {.memory = NULL};
	struct kith_trust_carrier *list;
	uint32_t i, *size;
	size_t n = 0;
	int r = init(&d, w, err);

	if (r)
		return r;
	find_dominators(&d);
	size = d.bucket; /* empty by now */
	memset(size, 0, w->n * sizeof(*size));
	/* a dominator has a lower number, so that sums are complete when they are passed on */
	for (i = d.n; i-- > 1;)
		size[d.idom[i]] += size[i] + 1;
	for (i = 1; i < d.n; i++)
		n += size[i] > 0;
	list = kith_arena_array(arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 1, n = 0; i < d.n; i++)
		if (size[i])
			list[n++] = (struct kith_trust_carrier){w->person[d.vertex[i]], size[i]};
	if (n)
		qsort(list, n, sizeof(*list), cmp_carrier);
	*ret_carriers = list;
	*ret_count = n;
	return KITH_OK;
}
