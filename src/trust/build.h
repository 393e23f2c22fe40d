/* SPDX-License-Identifier: Apache-2.0 */
/* What build.c collects and seal.c turns into a graph. Indexes of ids are those of insertion. */
#ifndef KITH_TRUST_BUILD_H
#define KITH_TRUST_BUILD_H

#include "trust/graph.h"

struct trust_column {
	void *p;
	size_t cap;
};

struct trust_override_raw {
	uint32_t about, by;
	struct kith_span subject;
};

struct kith_trust_builder {
	struct kith_id *keys;
	uint32_t n_keys;
	size_t cap_keys;
	uint32_t *slots; /* index + 1, or 0 */
	size_t n_slots;
	uint64_t seed[2];
	size_t n; /* statements */
	uint32_t *from, *word;
	size_t cap_from, cap_word;
	struct trust_column date; /* packed, see kith_trust_builder_date */
	struct kith_time *far;    /* dates that do not fit */
	size_t n_far, cap_far;
	struct trust_column place;
	struct trust_column extra; /* index + 1 in specials, or 0 */
	struct trust_special *specials;
	size_t n_specials, cap_specials;
	uint32_t *ignores;
	size_t n_ignores, cap_ignores;
	struct kith_map scopes;
	struct trust_override_raw *overrides;
	size_t n_overrides, cap_overrides;
	struct kith_arena text; /* scopes, subjects */
};

/* The date of statement i; zero where nobody has one. */
struct kith_time kith_trust_builder_date(const struct kith_trust_builder *b, size_t i);

#endif
