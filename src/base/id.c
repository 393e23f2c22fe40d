/* SPDX-License-Identifier: Apache-2.0 */
/* Names of levels and ratings, as the crev format spells them. */
#include "base/base.h"

const char *
kith_level_name(enum kith_level level)
{
	static const char *const names[KITH_LEVEL_COUNT] = {"distrust", "none", "low", "medium",
							    "high"};

	return (unsigned)level < KITH_LEVEL_COUNT ? names[level] : "none";
}

const char *
kith_rating_name(enum kith_rating rating)
{
	static const char *const names[KITH_RATING_COUNT] = {"negative", "neutral", "positive",
							     "strong"};

	return (unsigned)rating < KITH_RATING_COUNT ? names[rating] : "neutral";
}

int
kith_level_parse(const char *word, enum kith_level *ret_level)
{
	int i;

	for (i = 0; word && i < KITH_LEVEL_COUNT; i++) {
		if (strcmp(word, kith_level_name((enum kith_level)i)) == 0) {
			*ret_level = (enum kith_level)i;
			return 1;
		}
	}
	return 0;
}

const char *
kith_reach_name(enum kith_reach reach)
{
	static const char *const names[KITH_REACH_COUNT] = {"reviews", "introduce", "delegate"};

	return (unsigned)reach < KITH_REACH_COUNT ? names[reach] : "reviews";
}
