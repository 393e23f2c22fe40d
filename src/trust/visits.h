/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ordered set of visits of crev's algorithm (trust.md 1.2, 6.1): taken by level descending,
 * distance ascending, index ascending. Later visits are never before the bucket being taken.
 */
#ifndef KITH_TRUST_VISITS_H
#define KITH_TRUST_VISITS_H

#include "base/base.h"

#define VISITS_WORDS 5 /* 64^5 ids */

struct visit_node {
	uint32_t id; /* top bit: taken back */
	uint32_t next;
};

struct visit_bucket {
	uint64_t key; /* level and distance, see visits_key */
	uint32_t head;
};

struct visits {
	uint64_t *words[VISITS_WORDS]; /* the current bucket, as a tree of bits; words[0] the ids */
	uint64_t *bits;                /* memory of all of them */
	uint32_t *slots;               /* of an id: the visit that was queued last */
	struct visit_node *nodes;
	size_t n_nodes, cap_nodes;
	uint32_t free_node;
	struct visit_bucket *buckets; /* a binary heap by key */
	size_t n_buckets, cap_buckets;
	uint32_t recent[8]; /* by level: index + 1 of a list that was used last */
	uint64_t recent_key[8];
	uint32_t *heads; /* lists of nodes */
	size_t n_heads, cap_heads;
	uint64_t key; /* of the current bucket */
	uint32_t n;
};

KITH_NODISCARD int kith_visits_init(struct visits *v, uint32_t n_ids, struct kith_error *err);
void kith_visits_clear(struct visits *v);
void kith_visits_reset(struct visits *v); /* forgets all visits */

/*
 * Queues a visit. `exact`: its level and distance are those of the record, so that a later change
 * of the record takes it back (the only one that can ever be taken back, trust.md 6.1).
 */
KITH_NODISCARD int kith_visits_put(struct visits *v, uint32_t id, unsigned level, uint64_t distance,
				   bool exact, struct kith_error *err);
/* Takes back the visit of id that was queued last, if it was exact and is still queued. */
void kith_visits_take_back(struct visits *v, uint32_t id);
/* The next visit, removed; false if there is none. */
bool kith_visits_next(struct visits *v, uint32_t *ret_id, unsigned *ret_level,
		      uint64_t *ret_distance);

#endif
