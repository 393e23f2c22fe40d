/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash map from byte strings to numbers (usually indexes into the caller's array). Keys are
 * borrowed: they must outlive the map. The hash is keyed (SipHash-1-3), so hostile keys cannot be
 * made to collide where the seed is secret; iteration order is insertion order, never the hash's.
 */
#ifndef KITH_BASE_MAP_H
#define KITH_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "base/mem.h"
#include "base/span.h"

struct kith_map_entry {
	struct kith_span key;
	uint64_t hash;
	size_t value;
};

struct kith_map {
	struct kith_map_entry *entries; /* in insertion order */
	size_t count;
	size_t cap;
	uint32_t *slots; /* entry index + 1, or 0 */
	size_t nslots;
	uint64_t seed[2];
	bool seeded;
};

/* 128 bits that nobody can foresee. */
void kith_map_seed(uint64_t ret_seed[2]);
/* seed NULL: drawn with the first key, so that the many maps that stay empty cost no system call */
void kith_map_init(struct kith_map *m, const uint64_t seed[2]);
void kith_map_clear(struct kith_map *m);
#define KITH_AUTO_MAP KITH_CLEANUP(kith_map_clear)

/* True and *ret_value if the key is there. ret_value may be NULL. */
bool kith_map_get(const struct kith_map *m, struct kith_span key, size_t *ret_value);

/*
 * Inserts key → value, or finds the entry that is there: *ret_value is the value now in force and
 * *ret_added says whether it was inserted (either may be NULL). Error: KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_map_add(struct kith_map *m, struct kith_span key, size_t value,
				size_t *ret_value, bool *ret_added, struct kith_error *err);

/* Changes the value of a key that is there; false if it is not. */
bool kith_map_set(struct kith_map *m, struct kith_span key, size_t value);

uint64_t kith_siphash(const uint64_t seed[2], struct kith_span s);

#endif
