/* SPDX-License-Identifier: Apache-2.0 */
/* The small vocabulary that every room speaks: ids, digests, levels. */
#ifndef KITH_BASE_ID_H
#define KITH_BASE_ID_H

#include <stdint.h>

#include <kith/types.h>

#define KITH_ID_BYTES     32 /* raw Ed25519 public key; ids are ordered by these bytes */
#define KITH_DIGEST_BYTES 32 /* BLAKE2b-256 */

struct kith_id {
	uint8_t bytes[KITH_ID_BYTES];
};

struct kith_digest {
	uint8_t bytes[KITH_DIGEST_BYTES];
};

/* How far the target's own statements may be followed (trust.md N3). */
enum kith_reach { KITH_REACH_REVIEWS = 0, KITH_REACH_INTRODUCE = 1, KITH_REACH_DELEGATE = 2 };
#define KITH_REACH_COUNT 3

/* "reviews" "introduce" "delegate". Never NULL. */
const char *kith_reach_name(enum kith_reach reach);

#endif
