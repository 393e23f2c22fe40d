/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heap of buckets, each a list of visits of one level and distance; the current bucket is a tree
 * of 64-bit words in which the least index is found in few steps. Two buckets of one key may
 * exist and are joined when their turn comes.
 */
#include "trust/visits.h"

#define EXACT 0x80000000U

#define LEVEL_SHIFT   60
#define DISTANCE_BITS (((uint64_t)1 << LEVEL_SHIFT) - 1)

static uint64_t
key_of(unsigned level, uint64_t distance)
{
	return (uint64_t)(4 - level) << LEVEL_SHIFT | distance;
}

int
kith_visits_init(struct visits *v, uint32_t n_ids, const uint32_t *records, struct kith_error *err)
{
	size_t sizes[VISITS_WORDS], sum = 0, n = n_ids, i;

	memset(v, 0, sizeof(*v));
	for (i = 0; i < VISITS_WORDS; i++) {
		n = n / 64 + 1;
		sizes[i] = n;
		sum += n;
	}
	v->records = records;
	v->bits = kith_calloc(sum, sizeof(*v->bits));
	if (!v->bits)
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
	free(v->chunks);
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
	uint64_t before;
	size_t i;

	if (id / 64 < v->leaf)
		v->leaf = id / 64;
	for (i = 0; i < VISITS_WORDS; i++) {
		before = v->words[i][id / 64];
		v->words[i][id / 64] = before | (uint64_t)1 << id % 64;
		if (before)
			return;
		id /= 64;
	}
}

/* The least id of a tree that is not empty, removed. */
static uint32_t
tree_take(struct visits *v)
{
	uint32_t id = 0, up;
	size_t i;

	if (!v->words[0][v->leaf]) {
		for (i = VISITS_WORDS; i-- > 1;)
			id = id * 64 + (uint32_t)__builtin_ctzll(v->words[i][id]);
		v->leaf = id;
	}
	id = v->leaf * 64 + (uint32_t)__builtin_ctzll(v->words[0][v->leaf]);
	for (i = 0, up = id; i < VISITS_WORDS; i++) {
		v->words[i][up / 64] &= ~((uint64_t)1 << up % 64);
		if (v->words[i][up / 64])
			break;
		up /= 64;
	}
	return id;
}

void
kith_visits_reset(struct visits *v)
{
	while (!tree_empty(v))
		tree_take(v);
	memset(v->recent, 0, sizeof(v->recent));
	v->n_chunks = v->n_buckets = v->n_heads = 0;
	v->free_chunk = 0;
	v->leaf = 0;
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

/* Puts an empty chunk before the others of a list. */
static int
add_chunk(struct visits *v, uint32_t list, struct kith_error *err)
{
	uint32_t at = v->free_chunk;
	int r;

	if (at) {
		v->free_chunk = v->chunks[at - 1].next;
	} else {
		r = kith_grow(&v->chunks, &v->cap_chunks, v->n_chunks + 1, sizeof(*v->chunks),
			      ((size_t)1 << 30) / VISITS_CHUNK, "visits", err);
		if (r)
			return r;
		at = (uint32_t)++v->n_chunks;
	}
	v->chunks[at - 1].next = v->heads[list];
	v->chunks[at - 1].n = 0;
	v->heads[list] = at;
	return KITH_OK;
}

int
kith_visits_put(struct visits *v, uint32_t id, unsigned level, uint64_t distance, bool exact,
		struct kith_error *err)
{
	uint64_t key = key_of(level, distance);
	struct visit_chunk *chunk;
	uint32_t list;
	int r;

	if (key == v->key) {
		tree_set(v, id);
		return KITH_OK;
	}
	r = list_for(v, level, key, &list, err);
	if (r == KITH_OK && (!v->heads[list] || v->chunks[v->heads[list] - 1].n == VISITS_CHUNK))
		r = add_chunk(v, list, err);
	if (r)
		return r;
	chunk = &v->chunks[v->heads[list] - 1];
	chunk->visit[chunk->n++] = id | (exact ? EXACT : 0);
	return KITH_OK;
}

/* A banned record keeps what it said: a ban takes no visit back. */
static void
load(struct visits *v, uint32_t list)
{
	uint32_t at = v->heads[list], i;
	unsigned level = 4 - (unsigned)(v->key >> LEVEL_SHIFT);
	uint32_t same = level << REC_LEVEL_SHIFT | (uint32_t)(v->key & DISTANCE_BITS);

	while (at) {
		struct visit_chunk *x = &v->chunks[at - 1];
		uint32_t next = x->next;

		for (i = 0; i < x->n; i++) {
			uint32_t id = x->visit[i] & ~EXACT;

			if (!(x->visit[i] & EXACT) ||
			    (v->records[id] & (REC_LEVEL_BITS | REC_DISTANCE)) == same)
				tree_set(v, id);
		}
		x->next = v->free_chunk;
		v->free_chunk = at;
		at = next;
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
		v->leaf = UINT32_MAX;
		while (v->n_buckets && v->buckets[0].key == v->key) {
			load(v, v->buckets[0].list);
			v->buckets[0] = v->buckets[--v->n_buckets];
			heap_down(v->buckets, v->n_buckets);
		}
		for (i = 0; i < VISITS_LEVELS; i++)
			if (v->recent[i] && v->recent_key[i] == v->key)
				v->recent[i] = 0;
	}
	return true;
}

bool
kith_visits_next(struct visits *v, uint32_t *ret_id, unsigned *ret_level, uint64_t *ret_distance)
{
	if (tree_empty(v) && !next_bucket(v))
		return false;
	*ret_id = tree_take(v);
	*ret_level = 4 - (unsigned)(v->key >> LEVEL_SHIFT);
	*ret_distance = v->key & DISTANCE_BITS;
	return true;
}
