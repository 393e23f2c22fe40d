/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hanging values into tables, and finding keys again: one by one in small tables, by a keyed hash
 * in large ones, so that a file of a million keys is not a million times a million comparisons.
 */
#include "codec/toml_reader.h"

#define FEW_KEYS 8

static bool
same_key(struct kith_span a, struct kith_span b)
{
	return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static size_t
first_slot(const struct kith_toml_index *x, const struct kith_toml *table, struct kith_span key)
{
	uint64_t seed[2] = {x->seed[0] ^ (uintptr_t)table, x->seed[1]};

	return kith_siphash(seed, key) & (x->nslots - 1);
}

/* The slot of the key, or the empty one where it belongs. */
static struct kith_toml_slot *
find_slot(const struct kith_toml_index *x, const struct kith_toml *table, struct kith_span key)
{
	size_t i = first_slot(x, table, key);

	while (x->slots[i].child &&
	       (x->slots[i].table != table || !same_key(x->slots[i].child->key, key)))
		i = (i + 1) & (x->nslots - 1);
	return &x->slots[i];
}

static int
index_grow(struct kith_toml_reader *r)
{
	struct kith_toml_index *x = &r->index, bigger = *x;
	size_t i;

	if ((x->count + 1) * 4 <= x->nslots * 3)
		return KITH_OK;
	if (!x->nslots)
		kith_map_seed(bigger.seed);
	bigger.nslots = x->nslots ? x->nslots * 2 : 64;
	bigger.slots = kith_calloc(bigger.nslots, sizeof(*bigger.slots));
	if (!bigger.slots)
		return kith_fail_nomem(r->err);
	for (i = 0; i < x->nslots; i++)
		if (x->slots[i].child)
			*find_slot(&bigger, x->slots[i].table, x->slots[i].child->key) =
			    x->slots[i];
	free(x->slots);
	*x = bigger;
	return KITH_OK;
}

static int
index_add(struct kith_toml_reader *r, const struct kith_toml *table, struct kith_toml *child)
{
	int rc = index_grow(r);

	if (rc)
		return rc;
	*find_slot(&r->index, table, child->key) = (struct kith_toml_slot){table, child};
	r->index.count++;
	return KITH_OK;
}

void
kith_toml_index_clear(struct kith_toml_index *x)
{
	free(x->slots);
	memset(x, 0, sizeof(*x));
}

/* The child hangs already; all of them are put in when there are too many to search. */
static int
index_child(struct kith_toml_reader *r, struct kith_toml *table, struct kith_toml *child)
{
	struct kith_toml *c;
	int rc = KITH_OK;

	if (table->flags & KITH_TOML_INDEXED)
		return index_add(r, table, child);
	if (table->count <= FEW_KEYS)
		return KITH_OK;
	for (c = table->first; c && !rc; c = c->next)
		rc = index_add(r, table, c);
	table->flags |= KITH_TOML_INDEXED;
	return rc;
}

int
kith_toml_add(struct kith_toml_reader *r, struct kith_toml *parent, const struct kith_toml *like,
	      enum kith_toml_type type, struct kith_toml **ret)
{
	struct kith_toml *v;
	int rc = KITH_OK;

	if (++r->nodes > KITH_MAX_TOML_NODES)
		return kith_toml_refuse_limit(r, "too many values");
	v = kith_arena_alloc(r->arena, sizeof(*v));
	if (!v)
		return kith_fail_nomem(r->err);
	v->key = like->key;
	v->line = like->line;
	v->column = like->column;
	v->type = (uint8_t)type;
	if (parent->first)
		parent->u.last->next = v;
	else
		parent->first = v;
	parent->u.last = v;
	parent->count++;
	if (parent->type == KITH_TOML_TABLE)
		rc = index_child(r, parent, v);
	if (!rc)
		*ret = v;
	return rc;
}

struct kith_toml *
kith_toml_find(const struct kith_toml_reader *r, const struct kith_toml *table,
	       struct kith_span key)
{
	struct kith_toml *c;

	if (table->flags & KITH_TOML_INDEXED)
		return find_slot(&r->index, table, key)->child;
	for (c = table->first; c && !same_key(c->key, key);)
		c = c->next;
	return c;
}
