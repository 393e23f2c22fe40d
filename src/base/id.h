/* SPDX-License-Identifier: Apache-2.0 */
/* The small vocabulary that every room speaks: ids, digests, levels. */
#ifndef KITH_BASE_ID_H
#define KITH_BASE_ID_H

#include <stdint.h>

#define KITH_ID_BYTES     32 /* raw Ed25519 public key; ids are ordered by these bytes */
#define KITH_DIGEST_BYTES 32 /* BLAKE2b-256 */

struct kith_id {
	uint8_t bytes[KITH_ID_BYTES];
};

struct kith_digest {
	uint8_t bytes[KITH_DIGEST_BYTES];
};

/* Levels of trust in a person; also thoroughness, understanding, severity (NONE..HIGH only). */
enum kith_level {
	KITH_LEVEL_DISTRUST = 0,
	KITH_LEVEL_NONE = 1,
	KITH_LEVEL_LOW = 2,
	KITH_LEVEL_MEDIUM = 3,
	KITH_LEVEL_HIGH = 4
};
#define KITH_LEVEL_COUNT 5

enum kith_rating {
	KITH_RATING_NEGATIVE = 0,
	KITH_RATING_NEUTRAL = 1,
	KITH_RATING_POSITIVE = 2,
	KITH_RATING_STRONG = 3
};
#define KITH_RATING_COUNT 4

/* "distrust" "none" "low" "medium" "high"; "negative" … "strong". Never NULL. */
const char *kith_level_name(enum kith_level level);
const char *kith_rating_name(enum kith_rating rating);

#endif
