/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is the same person or organisation (verdict.md 2 "actor"). Ids, sources and names are keys;
 * a key may be said to belong to another. Two kinds of saying: the root's own configuration, and
 * what repositories prove. Only the first makes a second key speak as its root.
 */
#ifndef KITH_POLICY_ACTORS_H
#define KITH_POLICY_ACTORS_H

#include "base/base.h"

struct kith_actors;

struct kith_actor {
	uint32_t number; /* equal for everything that is one actor */
	uint32_t house;  /* equal for what the configuration alone makes one actor */
};

KITH_NODISCARD int kith_actors_new(struct kith_actors **ret_actors, struct kith_error *err);
void kith_actors_free(struct kith_actors *a);

/* Keys are copied. An id and a name never meet unless they are joined. */
KITH_NODISCARD int kith_actors_add_id(struct kith_actors *a, const struct kith_id *id,
				      uint32_t *ret_key, struct kith_error *err);
KITH_NODISCARD int kith_actors_add_name(struct kith_actors *a, struct kith_span name,
					uint32_t *ret_key, struct kith_error *err);

/* `key` belongs to `owner` (the last word counts); configured: the root's configuration says so. */
void kith_actors_join(struct kith_actors *a, uint32_t key, uint32_t owner, bool configured);

/* The actor of an id or name. False if it was never added: then it is an actor of its own. */
bool kith_actors_of_id(const struct kith_actors *a, const struct kith_id *id,
		       struct kith_actor *ret_actor);
bool kith_actors_of_name(const struct kith_actors *a, struct kith_span name,
			 struct kith_actor *ret_actor);

/* The actor of a key that was added. */
void kith_actor_of(const struct kith_actors *a, uint32_t key, struct kith_actor *ret_actor);

/* Numbers below this are in use; whoever needs more for unknown keys starts here. */
uint32_t kith_actors_count(const struct kith_actors *a);

#endif
