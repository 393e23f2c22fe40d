/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ordered set of visits of crev's algorithm (trust.md 1.2, 6.1): taken by level descending,
 * distance ascending, index ascending. Later visits are never before the bucket being taken.
 */
#ifndef KITH_TRUST_VISITS_H
#define KITH_TRUST_VISITS_H

#include "trust/crev.h"

#define VISITS_WORDS  5 /* 64^5 ids */
#define VISITS_CHUNK  14
#define VISITS_LEVELS 8

/* Some visits of one level and distance, in no order: one line of the processor's cache. */
struct visit_chunk {
	uint32_t next; /* index + 1 */
	uint32_t n;
	uint32_t visit[VISITS_CHUNK]; /* ids; top bit: exact */
};

struct visit_bucket {
	uint64_t key; /* level and distance, see key_of in visits.c */
	uint32_t list;
};

struct visits {
	const uint32_t *records;       /* of crev.h, by id; not ours */
	uint64_t *words[VISITS_WORDS]; /* the current bucket, as a tree of bits; words[0] the ids */
	uint64_t *bits;                /* memory of all of them */
	uint32_t leaf;                 /* no word of words[0] before it has a bit */
	struct visit_chunk *chunks;
	size_t n_chunks, cap_chunks;
	uint32_t free_chunk;
	struct visit_bucket *buckets; /* a binary heap by key */
	size_t n_buckets, cap_buckets;
	uint32_t recent[VISITS_LEVELS]; /* by level: index + 1 of a list that was used last */
	uint64_t recent_key[VISITS_LEVELS];
	uint32_t *heads; /* lists of chunks */
	size_t n_heads, cap_heads;
	uint64_t key; /* of the current bucket */
};

KITH_NODISCARD int kith_visits_init(struct visits *v, uint32_t n_ids, const uint32_t *records,
				    struct kith_error *err);
void kith_visits_clear(struct visits *v);
void kith_visits_reset(struct visits *v); /* forgets all visits */

/*
 * Queues a visit. `exact`: its level and distance are those of the record, so that a later change
 * of the record takes it back (the only one that can ever be taken back, trust.md 6.1). Whether it
 * was is seen when its bucket's turn comes: a record that still says the same was not changed, and
 * none changes to better than the bucket being taken.
 */
KITH_NODISCARD int kith_visits_put(struct visits *v, uint32_t id, unsigned level, uint64_t distance,
				   bool exact, struct kith_error *err);
/* The next visit, removed; false if there is none. */
bool kith_visits_next(struct visits *v, uint32_t *ret_id, unsigned *ret_level,
		      uint64_t *ret_distance);

#endif
