/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heap of buckets, each a list of visits of one level and distance; the current bucket is a tree
 * of 64-bit words in which the least index is found in five steps. Two buckets of one key may
 * exist and are joined when their turn comes.
 */
#include "trust/visits.h"

#define DEAD 0x80000000U
/* slots: 0, or what was queued last: a node, or LOADED when it is in the tree; EXACT besides. */
#define EXACT   1U
#define LOADED  2U
#define NODE(i) (((i) + 1) << 2)

#define LEVEL_SHIFT 60

static uint64_t
key_of(unsigned level, uint64_t distance)
{
	return (uint64_t)(4 - level) << LEVEL_SHIFT | distance;
}

int
kith_visits_init(struct visits *v, uint32_t n_ids, struct kith_error *err)
{
	size_t sizes[VISITS_WORDS], sum = 0, n = n_ids, i;

	memset(v, 0, sizeof(*v));
	for (i = 0; i < VISITS_WORDS; i++) {
		n = n / 64 + 1;
		sizes[i] = n;
		sum += n;
	}
	v->n = n_ids;
	v->bits = kith_calloc(sum, sizeof(*v->bits));
	v->slots = kith_calloc(n_ids, sizeof(*v->slots));
	if (!v->bits || !v->slots)
		return kith_fail_nomem(err);
	for (i = 0, sum = 0; i < VISITS_WORDS; i++) {
		v->words[i] = v->bits + sum;
		sum += sizes[i];
	}
	return KITH_OK;
}

void
kith_visits_clear(struct visits *v)
{
	free(v->bits);
	free(v->slots);
	free(v->nodes);
	free(v->buckets);
	free(v->heads);
	memset(v, 0, sizeof(*v));
}

static bool
tree_empty(const struct visits *v)
{
	return v->words[VISITS_WORDS - 1][0] == 0;
}

static void
tree_set(struct visits *v, uint32_t id)
{
	size_t i;

	for (i = 0; i < VISITS_WORDS; i++) {
		v->words[i][id / 64] |= (uint64_t)1 << id % 64;
		id /= 64;
	}
}

static void
tree_drop(struct visits *v, uint32_t id)
{
	size_t i;

	for (i = 0; i < VISITS_WORDS; i++) {
		v->words[i][id / 64] &= ~((uint64_t)1 << id % 64);
		if (v->words[i][id / 64])
			return;
		id /= 64;
	}
}

static uint32_t
tree_least(const struct visits *v)
{
	uint32_t id = 0;
	size_t i;

	for (i = VISITS_WORDS; i-- > 0;)
		id = id * 64 + (uint32_t)__builtin_ctzll(v->words[i][id]);
	return id;
}

void
kith_visits_reset(struct visits *v)
{
	while (!tree_empty(v))
		tree_drop(v, tree_least(v));
	memset(v->slots, 0, v->n * sizeof(*v->slots));
	memset(v->recent, 0, sizeof(v->recent));
	v->n_nodes = v->n_buckets = v->n_heads = 0;
	v->free_node = 0;
	v->key = UINT64_MAX;
}

static void
heap_up(struct visit_bucket *b, size_t i)
{
	while (i && b[i].key < b[(i - 1) / 2].key) {
		struct visit_bucket x = b[i];

		b[i] = b[(i - 1) / 2];
		b[(i - 1) / 2] = x;
		i = (i - 1) / 2;
	}
}

static void
heap_down(struct visit_bucket *b, size_t n)
{
	size_t i = 0, k;

	for (;;) {
		struct visit_bucket x = b[i];

		k = 2 * i + 1;
		if (k >= n)
			return;
		if (k + 1 < n && b[k + 1].key < b[k].key)
			k++;
		if (b[k].key >= x.key)
			return;
		b[i] = b[k];
		b[k] = x;
		i = k;
	}
}

/* The list for a key: nearly always the one that this level used last. */
static int
list_for(struct visits *v, unsigned level, uint64_t key, uint32_t *ret_list, struct kith_error *err)
{
	int r;

	if (v->recent[level] && v->recent_key[level] == key) {
		*ret_list = v->recent[level] - 1;
		return KITH_OK;
	}
	r = kith_grow(&v->heads, &v->cap_heads, v->n_heads + 1, sizeof(*v->heads), UINT32_MAX / 2,
		      "visits", err);
	if (r == KITH_OK)
		r = kith_grow(&v->buckets, &v->cap_buckets, v->n_buckets + 1, sizeof(*v->buckets),
			      UINT32_MAX / 2, "visits", err);
	if (r)
		return r;
	*ret_list = (uint32_t)v->n_heads;
	v->heads[v->n_heads++] = 0;
	v->buckets[v->n_buckets] = (struct visit_bucket){key, *ret_list};
	heap_up(v->buckets, v->n_buckets++);
	v->recent[level] = *ret_list + 1;
	v->recent_key[level] = key;
	return KITH_OK;
}

static int
node_new(struct visits *v, uint32_t *ret_node, struct kith_error *err)
{
	int r;

	if (v->free_node) {
		*ret_node = v->free_node - 1;
		v->free_node = v->nodes[*ret_node].next;
		return KITH_OK;
	}
	r = kith_grow(&v->nodes, &v->cap_nodes, v->n_nodes + 1, sizeof(*v->nodes),
		      ((size_t)1 << 30) - 2, "visits", err);
	if (r)
		return r;
	*ret_node = (uint32_t)v->n_nodes++;
	return KITH_OK;
}

int
kith_visits_put(struct visits *v, uint32_t id, unsigned level, uint64_t distance, bool exact,
		struct kith_error *err)
{
	uint64_t key = key_of(level, distance);
	uint32_t list, node;
	int r;

	if (key == v->key) {
		tree_set(v, id);
		v->slots[id] = LOADED | (exact ? EXACT : 0);
		return KITH_OK;
	}
	r = list_for(v, level, key, &list, err);
	if (r == KITH_OK)
		r = node_new(v, &node, err);
	if (r)
		return r;
	v->nodes[node] = (struct visit_node){id, v->heads[list]};
	v->heads[list] = node + 1;
	v->slots[id] = NODE(node) | (exact ? EXACT : 0);
	return KITH_OK;
}

void
kith_visits_take_back(struct visits *v, uint32_t id)
{
	uint32_t slot = v->slots[id];

	if (!(slot & EXACT))
		return;
	if (slot & LOADED)
		tree_drop(v, id);
	else
		v->nodes[(slot >> 2) - 1].id |= DEAD;
	v->slots[id] = 0;
}

static void
load(struct visits *v, uint32_t list)
{
	uint32_t node = v->heads[list];

	while (node) {
		struct visit_node *x = &v->nodes[node - 1];
		uint32_t next = x->next, id = x->id;

		if (!(id & DEAD)) {
			tree_set(v, id);
			if (v->slots[id] >> 2 == node)
				v->slots[id] = LOADED | (v->slots[id] & EXACT);
		}
		x->next = v->free_node;
		v->free_node = node;
		node = next;
	}
	v->heads[list] = 0;
}

/* False if nothing is queued. */
static bool
next_bucket(struct visits *v)
{
	size_t i;

	while (tree_empty(v)) {
		if (!v->n_buckets)
			return false;
		v->key = v->buckets[0].key;
		while (v->n_buckets && v->buckets[0].key == v->key) {
			load(v, v->buckets[0].head);
			v->buckets[0] = v->buckets[--v->n_buckets];
			heap_down(v->buckets, v->n_buckets);
		}
		for (i = 0; i < 8; i++)
			if (v->recent[i] && v->recent_key[i] == v->key)
				v->recent[i] = 0;
	}
	return true;
}

bool
kith_visits_next(struct visits *v, uint32_t *ret_id, unsigned *ret_level, uint64_t *ret_distance)
{
	uint32_t id;

	if (tree_empty(v) && !next_bucket(v))
		return false;
	id = tree_least(v);
	tree_drop(v, id);
	if (v->slots[id] & LOADED)
		v->slots[id] = 0;
	*ret_id = id;
	*ret_level = 4 - (unsigned)(v->key >> LEVEL_SHIFT);
	*ret_distance = v->key & (((uint64_t)1 << LEVEL_SHIFT) - 1);
	return true;
}
