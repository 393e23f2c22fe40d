/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over insertion-ordered entries; SipHash-1-3 with a random key. */
#include <sys/random.h>
#include <time.h>

#include "base/base.h"

static uint64_t
rotl(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static uint64_t
load_le(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

uint64_t
kith_siphash(const uint64_t seed[2], struct kith_span s)
{
	uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575ULL, seed[1] ^ 0x646f72616e646f6dULL,
			 seed[0] ^ 0x6c7967656e657261ULL, seed[1] ^ 0x7465646279746573ULL};
	uint64_t m;
	size_t i;

	for (i = 0; i + 8 <= s.len; i += 8) {
		m = load_le(s.ptr + i, 8);
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
	}
	m = (i < s.len ? load_le(s.ptr + i, s.len - i) : 0) | (uint64_t)s.len << 56;
	v[3] ^= m;
	sip_round(v);
	v[0] ^= m;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#define POOL_SEEDS 16U /* what getrandom gives without interruption: 256 bytes */

void
kith_map_seed(uint64_t ret_seed[2])
{
	static _Thread_local uint64_t pool[2 * POOL_SEEDS];
	static _Thread_local unsigned left;
	struct timespec ts;

	/* many small maps are made: one system call is for many of them */
	if (!left && getrandom(pool, sizeof(pool), GRND_NONBLOCK) == sizeof(pool))
		left = POOL_SEEDS;
	if (left) {
		left--;
		memcpy(ret_seed, &pool[2 * left], 16);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ret_seed[0] = (uint64_t)ts.tv_nsec * 0x9e3779b97f4a7c15ULL;
	ret_seed[1] = (uint64_t)(uintptr_t)&ts ^ (uint64_t)ts.tv_sec;
}

void
kith_map_init(struct kith_map *m, const uint64_t seed[2])
{
	memset(m, 0, sizeof(*m));
	m->seeded = seed;
	if (seed)
		memcpy(m->seed, seed, sizeof(m->seed));
}

void
kith_map_clear(struct kith_map *m)
{
	uint64_t seed[2] = {m->seed[0], m->seed[1]};
	bool seeded = m->seeded;

	free(m->entries);
	free(m->slots);
	kith_map_init(m, seeded ? seed : NULL);
}

/* The slot that holds the key, or the empty slot where it belongs. */
static size_t
find_slot(const struct kith_map *m, struct kith_span key, uint64_t hash)
{
	size_t i = hash & (m->nslots - 1);

	while (m->slots[i]) {
		const struct kith_map_entry *e = &m->entries[m->slots[i] - 1];

		if (e->hash == hash && kith_span_eq(e->key, key))
			break;
		i = (i + 1) & (m->nslots - 1);
	}
	return i;
}

static int
grow_slots(struct kith_map *m, struct kith_error *err)
{
	size_t n = m->nslots ? m->nslots * 2 : 16, i, at;
	uint32_t *slots;

	if ((m->count + 1) * 2 <= m->nslots)
		return KITH_OK;
	slots = kith_calloc(n, sizeof(*slots));
	if (!slots)
		return kith_fail_nomem(err);
	for (i = 0; i < m->count; i++) {
		at = m->entries[i].hash & (n - 1);
		while (slots[at])
			at = (at + 1) & (n - 1);
		slots[at] = (uint32_t)(i + 1);
	}
	free(m->slots);
	m->slots = slots;
	m->nslots = n;
	return KITH_OK;
}

bool
kith_map_get(const struct kith_map *m, struct kith_span key, size_t *ret_value)
{
	size_t slot;

	if (!m->nslots)
		return false;
	slot = find_slot(m, key, kith_siphash(m->seed, key));
	if (!m->slots[slot])
		return false;
	if (ret_value)
		*ret_value = m->entries[m->slots[slot] - 1].value;
	return true;
}

int
kith_map_add(struct kith_map *m, struct kith_span key, size_t value, size_t *ret_value,
	     bool *ret_added, struct kith_error *err)
{
	uint64_t hash;
	size_t slot;
	int r;

	r = grow_slots(m, err);
	if (r)
		return r;
	if (!m->seeded) {
		kith_map_seed(m->seed);
		m->seeded = true;
	}
	hash = kith_siphash(m->seed, key);
	slot = find_slot(m, key, hash);
	if (m->slots[slot]) {
		if (ret_value)
			*ret_value = m->entries[m->slots[slot] - 1].value;
		if (ret_added)
			*ret_added = false;
		return KITH_OK;
	}
	r = kith_grow(&m->entries, &m->cap, m->count + 1, sizeof(*m->entries), UINT32_MAX - 1,
		      "map entries", err);
	if (r)
		return r;
	m->entries[m->count] = (struct kith_map_entry){key, hash, value};
	m->slots[slot] = (uint32_t)++m->count;
	if (ret_value)
		*ret_value = value;
	if (ret_added)
		*ret_added = true;
	return KITH_OK;
}

bool
kith_map_set(struct kith_map *m, struct kith_span key, size_t value)
{
	size_t slot;

	if (!m->nslots)
		return false;
	slot = find_slot(m, key, kith_siphash(m->seed, key));
	if (!m->slots[slot])
		return false;
	m->entries[m->slots[slot] - 1].value = value;
	return true;
}
