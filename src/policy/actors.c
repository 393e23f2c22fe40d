/* SPDX-License-Identifier: Apache-2.0 */
/* The table of actors: keys with at most one owner each, followed to their end. Pure. */
#include "policy/actors.h"

#define MAX_HOPS  32 /* of owners of owners, and the longest ring */
#define MAX_NAMES KITH_MIB(256)

struct owner {
	uint32_t all, configured; /* key it belongs to; itself: nobody's */
};

struct kith_actors {
	struct kith_map ids, names; /* to keys */
	size_t count;
	struct kith_arena arena;
	struct owner *owners; /* by key */
	size_t cap;
};

int
kith_actors_new(struct kith_actors **ret_actors, struct kith_error *err)
{
	struct kith_actors *a = kith_calloc(1, sizeof(*a));

	if (!a)
		return kith_fail_nomem(err);
	kith_map_init(&a->ids, NULL);
	kith_map_init(&a->names, NULL);
	kith_arena_init(&a->arena, MAX_NAMES);
	*ret_actors = a;
	return KITH_OK;
}

void
kith_actors_free(struct kith_actors *a)
{
	if (!a)
		return;
	kith_map_clear(&a->ids);
	kith_map_clear(&a->names);
	kith_arena_clear(&a->arena);
	free(a->owners);
	free(a);
}

static int
add(struct kith_actors *a, struct kith_map *map, struct kith_span key, uint32_t *ret_key,
    struct kith_error *err)
{
	struct kith_span copy;
	size_t value, n = a->count;
	int r;

	if (kith_map_get(map, key, &value)) {
		*ret_key = (uint32_t)value;
		return KITH_OK;
	}
	r = kith_grow(&a->owners, &a->cap, n + 1, sizeof(*a->owners), UINT32_MAX / 2, "actors",
		      err);
	if (r)
		return r;
	if (!kith_arena_copy(&a->arena, key, &copy))
		return kith_fail_nomem(err);
	r = kith_map_add(map, copy, n, NULL, NULL, err);
	if (r)
		return r;
	a->owners[n] = (struct owner){(uint32_t)n, (uint32_t)n};
	a->count++;
	*ret_key = (uint32_t)n;
	return KITH_OK;
}

int
kith_actors_add_id(struct kith_actors *a, const struct kith_id *id, uint32_t *ret_key,
		   struct kith_error *err)
{
	return add(a, &a->ids, kith_span(id->bytes, sizeof(id->bytes)), ret_key, err);
}

int
kith_actors_add_name(struct kith_actors *a, struct kith_span name, uint32_t *ret_key,
		     struct kith_error *err)
{
	return add(a, &a->names, name, ret_key, err);
}

void
kith_actors_join(struct kith_actors *a, uint32_t key, uint32_t owner, bool configured)
{
	a->owners[key].all = owner;
	if (configured)
		a->owners[key].configured = owner;
}

static uint32_t
owner_of(const struct kith_actors *a, uint32_t key, bool configured)
{
	return configured ? a->owners[key].configured : a->owners[key].all;
}

/* A ring of owners ends at its smallest key, wherever one enters. */
static uint32_t
follow(const struct kith_actors *a, uint32_t key, bool configured)
{
	uint32_t least, i;

	for (i = 0; i < MAX_HOPS; i++) {
		uint32_t next = owner_of(a, key, configured);

		if (next == key)
			return key;
		key = next;
	}
	least = key;
	for (i = 0; i < MAX_HOPS; i++) {
		key = owner_of(a, key, configured);
		least = key < least ? key : least;
	}
	return least;
}

static bool
find(const struct kith_actors *a, const struct kith_map *map, struct kith_span key,
     struct kith_actor *ret_actor)
{
	size_t value;

	if (!kith_map_get(map, key, &value))
		return false;
	ret_actor->number = follow(a, (uint32_t)value, false);
	ret_actor->house = follow(a, (uint32_t)value, true);
	return true;
}

void
kith_actor_of(const struct kith_actors *a, uint32_t key, struct kith_actor *ret_actor)
{
	*ret_actor = (struct kith_actor){follow(a, key, false), follow(a, key, true)};
}

bool
kith_actors_of_id(const struct kith_actors *a, const struct kith_id *id,
		  struct kith_actor *ret_actor)
{
	return find(a, &a->ids, kith_span(id->bytes, sizeof(id->bytes)), ret_actor);
}

bool
kith_actors_of_name(const struct kith_actors *a, struct kith_span name,
		    struct kith_actor *ret_actor)
{
	return find(a, &a->names, name, ret_actor);
}

uint32_t
kith_actors_count(const struct kith_actors *a)
{
	return (uint32_t)a->count;
}
