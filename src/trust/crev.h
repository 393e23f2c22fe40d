/* SPDX-License-Identifier: Apache-2.0 */
/* cargo-crev's trust set (trust.md 1), inside the trust room. */
#ifndef KITH_TRUST_CREV_H
#define KITH_TRUST_CREV_H

#include "trust/graph.h"

/* A record: distance 25 bits, level 3 (0: none), level of the first visit 3, banned 1. */
#define REC_DISTANCE      0x1ffffffU
#define REC_LEVEL(r)      ((r) >> 25 & 7U)
#define REC_VISITED(r)    ((r) >> 28 & 7U)
#define REC_LEVEL_SHIFT   25
#define REC_VISITED_SHIFT 28
#define REC_LEVEL_BITS    (7U << 25)
#define REC_VISITED_BITS  (7U << 28)
#define REC_BANNED        (1U << 31)

/* (x, c) → the strongest level of those who say to ignore x's statement about c. */
struct crev_mutes {
	uint64_t *keys; /* x + 1 in the upper half, c in the lower; 0: free */
	uint8_t *levels;
	size_t n, size;
};

struct crev_set {
	uint32_t *records; /* n */
	uint32_t *banners; /* who banned, where REC_BANNED */
	struct crev_mutes mutes;
	uint32_t n; /* ids of the graph, and the root if the graph does not know it */
	uint32_t root;
	unsigned passes;
};

void kith_crev_set_clear(struct crev_set *s);

/* log may be NULL. Errors: KITH_E_NOMEM, KITH_E_LIMIT, KITH_E_USAGE. */
KITH_NODISCARD int kith_crev_set_compute(const struct kith_trust_graph *g,
					 const struct kith_trust_question *q,
					 const struct kith_crev_log *log, struct crev_set *ret_set,
					 struct kith_error *err);

/* 0: nobody. */
unsigned kith_crev_mute_level(const struct crev_mutes *m, uint32_t x, uint32_t c);

#endif
