/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vertex-disjoint ways (trust.md 4.5, 6.1): the contracted graph and the search for one more way.
 * Vertex 0 is the source; others are actors. A vertex is entered and left: place 2v and 2v + 1.
 */
#ifndef KITH_TRUST_WAYS_H
#define KITH_TRUST_WAYS_H

#include "trust/result.h"

#define WAYS_SOURCE 0U

struct ways_queue {
	uint32_t *at;
	size_t n, cap, next;
};

struct kith_trust_ways {
	const struct native *nv;
	unsigned level;
	uint32_t n;       /* vertices */
	uint32_t *vertex; /* of a person; TRUST_NONE */
	uint32_t *person; /* one of a vertex, the one with the least number */
	uint32_t *succ_rows, *succ;
	uint32_t *pred_rows, *pred;
	uint32_t twin[KITH_MAX_TRUST_ROOTS]; /* of a root: vertex of its actor's other keys; 0 */
	uint32_t *parent, *child; /* breadth-first tree; child: of the source, above the vertex */
	/* the ways found so far; 0: none, v + 1 besides */
	uint32_t *next, *prev;
	uint8_t *marks;
	uint32_t *touched; /* vertices whose next, prev or marks are set */
	size_t n_touched, cap_touched;
	/* one search */
	uint32_t *forth,
	    *back; /* of places: 0 not seen, 1 first, else place + 2 it was seen from */
	struct ways_queue front, rear;
};

#define WAYS_SINK UINT32_MAX /* in next: the way ends here */

#define WAYS_REVIEWER 1U
#define WAYS_GONE     2U
#define WAYS_TOUCHED  4U

/* Marks a vertex; remembered, so that kith_ways_reset undoes it. */
KITH_NODISCARD int kith_ways_mark(struct kith_trust_ways *w, uint32_t v, unsigned mark,
				  struct kith_error *err);
void kith_ways_reset(struct kith_trust_ways *w);

/*
 * Adds one way from the source to a marked reviewer that has none, rearranging those there are.
 * *ret_found false: there is none. The trace of a failed search stays in forth and back until
 * kith_ways_forget.
 */
KITH_NODISCARD int kith_ways_augment(struct kith_trust_ways *w, bool *ret_found,
				     struct kith_error *err);
void kith_ways_forget(struct kith_trust_ways *w);

#endif
