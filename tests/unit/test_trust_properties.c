/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The theorems of the native policy (trust.md 5) on random graphs with fixed seeds. What crev's
 * algorithm is known to violate must be found by the same generators: otherwise they are too tame.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/trust_world.h"

#ifdef KITH_SANITIZED
#define GRAPHS 1500
#else
#define GRAPHS 10000
#endif
#define SEEDS 2

static const struct world_shape any = {3, 8, 2, 1, 3, 3, 3, 15, 15, 15, 1};
static const struct world_shape plain = {3, 8, 2, 1, 3, 3, 3, 15, 0, 0, 1};
static const struct world_shape trusting = {3, 10, 0, 1, 3, 3, 3, 0, 0, 0, 1};

static void
must_ask(const struct world *w, enum kith_semantics semantics, struct answer *a)
{
	assert_int_equal(world_ask(w, semantics, a), 0);
}

static bool
is_root(const struct world *w, unsigned name)
{
	size_t i;

	for (i = 0; i < w->n_roots; i++)
		if (w->roots[i] == name)
			return true;
	return false;
}

/* The root's own live word about a name, or NULL. Worlds with dates say a pair at most twice. */
static const struct said *
own_word(const struct world *w, unsigned name)
{
	const struct said *found = NULL;
	size_t i;

	for (i = 0; i < w->n; i++) {
		const struct said *x = &w->said[i];

		if (x->from == w->roots[0] && x->to == name && x->from != x->to &&
		    x->at <= WORLD_NOW &&
		    (!found || x->at > found->at ||
		     (x->at == found->at && x->level < found->level)))
			found = x;
	}
	return found && (!found->until || WORLD_NOW < found->until) ? found : NULL;
}

/* At least this in every answer about every name, and about ways to some sets of names. */
static void
assert_no_less(const struct world *w, struct answer *less, struct answer *more, bool with_ways,
	       uint64_t *rng)
{
	size_t i;
	unsigned level;

	for (i = 0; i < w->names; i++) {
		assert_true(more->approve[i] >= less->approve[i]);
		assert_true(more->object[i] >= less->object[i]);
	}
	for (level = KITH_LEVEL_LOW; with_ways && level <= KITH_LEVEL_HIGH; level++) {
		uint32_t names = (uint32_t)world_random(rng);

		assert_true(world_ways(w, more, (enum kith_level)level, names) >=
			    world_ways(w, less, (enum kith_level)level, names));
	}
}

static void
assert_same(const struct world *w, struct answer *a, struct answer *b, uint64_t *rng)
{
	uint64_t again = *rng;

	assert_no_less(w, a, b, true, rng);
	assert_no_less(w, b, a, true, &again);
}

typedef void property_fn(uint64_t *rng, size_t *checks);

static void
for_all(property_fn *property, size_t least)
{
	uint64_t seed, rng;
	size_t i, checks = 0;

	for (seed = 1; seed <= SEEDS; seed++) {
		rng = seed * 1000003;
		for (i = 0; i < GRAPHS; i++)
			property(&rng, &checks);
	}
	assert_true(checks >= (size_t)SEEDS * GRAPHS / least); /* it was no empty promise */
}

static void
relabel(struct world *w, uint64_t *rng)
{
	size_t i, k;

	for (i = w->names; i-- > 1;) {
		uint8_t x = w->key[i];

		k = world_below(rng, (unsigned)i + 1);
		w->key[i] = w->key[k];
		w->key[k] = x;
	}
}

static void
shuffle(struct world *w, uint64_t *rng)
{
	size_t i, k;

	for (i = w->n; i-- > 1;) {
		struct said x = w->said[i];

		k = world_below(rng, (unsigned)i + 1);
		w->said[i] = w->said[k];
		w->said[k] = x;
	}
}

/* T1: neither key bytes nor the order of statements matter. */
static void
order_free(uint64_t *rng, size_t *checks)
{
	struct world w, other;
	struct answer a, b;

	world_make(&w, rng, &any);
	w.cap[world_below(rng, (unsigned)w.names)] = (uint8_t)world_below(rng, 5);
	other = w;
	relabel(&other, rng);
	shuffle(&other, rng);
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	must_ask(&other, KITH_SEMANTICS_NATIVE, &b);
	assert_same(&w, &a, &b, rng);
	++*checks;
	world_forget(&a);
	world_forget(&b);
}

/* A statement about a pair about which nothing was said. False if none was found. */
static bool
new_statement(const struct world *w, uint64_t *rng, const struct world_shape *s, struct said *ret)
{
	int tries;

	for (tries = 0; tries < 20; tries++) {
		*ret = world_statement(rng, w, s);
		ret->at = 0;
		ret->until = 0;
		if (ret->from != ret->to && !world_has(w, ret->from, ret->to))
			return true;
	}
	return false;
}

/* T2: trust that anybody but the root adds or raises lowers nobody. */
static void
trust_never_lowers(uint64_t *rng, size_t *checks)
{
	struct world w, other;
	struct answer a, b;
	struct said x;
	unsigned i;

	world_make(&w, rng, &any);
	other = w;
	if (w.n && world_below(rng, 3) == 0) {
		i = world_below(rng, (unsigned)w.n);
		if (is_root(&w, w.said[i].from) || w.said[i].level < KITH_LEVEL_LOW ||
		    w.said[i].level == KITH_LEVEL_HIGH)
			return;
		other.said[i].level++;
	} else {
		if (!new_statement(&w, rng, &trusting, &x) || is_root(&w, x.from) ||
		    x.level < KITH_LEVEL_LOW)
			return;
		other.said[other.n++] = x;
	}
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	must_ask(&other, KITH_SEMANTICS_NATIVE, &b);
	assert_no_less(&w, &a, &b, true, rng);
	++*checks;
	world_forget(&a);
	world_forget(&b);
}

static bool
is_contact(const struct world *w, unsigned name)
{
	const struct said *own = own_word(w, name);

	return own && own->level >= KITH_LEVEL_LOW;
}

/* What spec/verdict says, reduced: reviews by all names in `yes` and `no`. */
static int
verdict(const struct world *w, struct answer *a, uint32_t yes, uint32_t no, unsigned level,
	unsigned need)
{
	size_t i;

	for (i = 0; i < w->names; i++)
		if ((no >> i & 1) && a->object[i] >= KITH_LEVEL_LOW)
			return -1;
	return world_ways(w, a, (enum kith_level)level, yes) >= need;
}

/* T3, T4: distrust by anybody but the root raises nobody, hides no objection, verifies nothing. */
static void
distrust_never_raises(uint64_t *rng, size_t *checks)
{
	struct world w, other;
	struct answer a, b;
	struct said x;
	uint32_t yes = (uint32_t)world_random(rng), no = (uint32_t)world_random(rng) & ~yes;
	unsigned level = KITH_LEVEL_LOW + world_below(rng, 3), need = 1 + world_below(rng, 3);
	size_t i;
	int before, after;

	world_make(&w, rng, &any);
	other = w;
	if (!new_statement(&w, rng, &trusting, &x) || is_root(&w, x.from))
		return;
	x.level = KITH_LEVEL_DISTRUST;
	other.said[other.n++] = x;
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	must_ask(&other, KITH_SEMANTICS_NATIVE, &b);
	for (i = 0; i < w.names; i++) {
		assert_true(b.approve[i] <= a.approve[i]);
		assert_int_equal(b.object[i], a.object[i]);
	}
	if (!is_contact(&w, x.from))
		assert_same(&w, &a, &b, rng);
	before = verdict(&w, &a, yes, no, level, need);
	after = verdict(&w, &b, yes, no, level, need);
	assert_true(after <= before);
	assert_int_equal(before == -1, after == -1);
	++*checks;
	world_forget(&a);
	world_forget(&b);
}

/* T5: what ids without standing say changes nothing. */
static void
strangers_are_air(uint64_t *rng, size_t *checks)
{
	struct world w, other;
	struct answer a, b;
	struct said x;
	int i, added = 0;

	world_make(&w, rng, &any);
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	other = w;
	for (i = 0; i < 12; i++) {
		x = world_statement(rng, &w, &any);
		if (is_root(&w, x.from) || a.object[x.from] >= KITH_LEVEL_LOW)
			continue;
		other.said[other.n++] = x;
		added++;
	}
	if (added) {
		must_ask(&other, KITH_SEMANTICS_NATIVE, &b);
		assert_same(&w, &a, &b, rng);
		++*checks;
		world_forget(&b);
	}
	world_forget(&a);
}

static bool
is_revoked(const struct world *w, unsigned name)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (w->said[i].from == name && w->said[i].to == name && !w->said[i].level &&
		    w->said[i].at <= WORLD_NOW)
			return true;
	return false;
}

/* T6: the root's own word is final, but for a key's own revocation. */
static void
own_word_is_final(uint64_t *rng, size_t *checks)
{
	struct world w;
	struct answer a;
	unsigned i;

	world_make(&w, rng, &any);
	w.cap[world_below(rng, (unsigned)w.names)] = (uint8_t)world_below(rng, 5);
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	for (i = 0; i < w.names; i++) {
		const struct said *own = own_word(&w, i);
		unsigned level;

		if (!own || is_root(&w, i))
			continue;
		level = own->level < w.cap[i] ? own->level : w.cap[i];
		level = level < KITH_LEVEL_LOW ? KITH_LEVEL_NONE : level;
		assert_int_equal(a.object[i], level);
		assert_int_equal(a.approve[i], is_revoked(&w, i) ? KITH_LEVEL_NONE : level);
		++*checks;
	}
	world_forget(&a);
}

/* T7: attackers count by how many of them honest people vouched for, never by their number. */
static void
sybils_are_bounded(uint64_t *rng, size_t *checks)
{
	struct world w;
	struct answer a;
	uint32_t bad, all, honest, i;
	unsigned level = KITH_LEVEL_LOW + world_below(rng, 3);
	size_t deceived = 0, k, with, without;

	world_make(&w, rng, &plain);
	bad = (uint32_t)world_random(rng) & ((1U << w.names) - 1) & ~1U;
	honest = ((1U << w.names) - 1) & ~bad;
	w.names += 8; /* minted at will */
	all = (1U << w.names) - 1;
	bad = all & ~honest;
	for (i = 0; i < 16; i++) {
		struct said x = world_statement(rng, &w, &plain);

		if (bad >> x.from & 1)
			w.said[w.n++] = x;
	}
	for (i = 1; i < w.names; i++) {
		bool vouched = false;

		for (k = 0; k < w.n; k++)
			vouched |= w.said[k].to == i && w.said[k].level >= KITH_LEVEL_LOW &&
				   (honest >> w.said[k].from & 1);
		deceived += (bad >> i & 1) && vouched;
	}
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	with = world_ways(&w, &a, (enum kith_level)level, all);
	without = world_ways(&w, &a, (enum kith_level)level, honest);
	assert_true(with <= without + deceived);
	assert_true(world_ways(&w, &a, (enum kith_level)level, bad) <= deceived);
	++*checks;
	world_forget(&a);
}

/* T8: what a contact can do is bounded by his level; others can lower nobody. */
static void
knockout_is_bounded(uint64_t *rng, size_t *checks)
{
	struct world w, other;
	struct answer a, b;
	unsigned hostile, level = 0, i, added = 0;

	world_make(&w, rng, &any);
	hostile = 1 + world_below(rng, (unsigned)w.names - 1);
	other = w;
	for (i = 0; i < 12; i++) {
		struct said x = world_statement(rng, &w, &any);

		x.from = (uint8_t)hostile;
		x.level = (uint8_t)(world_below(rng, 2) ? x.level : KITH_LEVEL_DISTRUST);
		if (x.to == hostile || world_has(&other, hostile, x.to))
			continue;
		other.said[other.n++] = x;
		added++;
	}
	if (!added)
		return;
	if (is_contact(&w, hostile))
		level = own_word(&w, hostile)->level;
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	must_ask(&other, KITH_SEMANTICS_NATIVE, &b);
	for (i = 0; i < w.names; i++) {
		assert_true(b.object[i] >= a.object[i]);
		if (own_word(&w, i) || a.approve[i] > level)
			assert_true(b.approve[i] >= a.approve[i]);
	}
	++*checks;
	world_forget(&a);
	world_forget(&b);
}

/* T10: without anything negative and at equal prices nobody is worse off than in crev mode. */
static void
never_below_crev(uint64_t *rng, size_t *checks)
{
	struct world w;
	struct answer a, b;
	unsigned i, max = 2 + world_below(rng, 6);

	world_make(&w, rng, &trusting);
	w.native = (struct kith_native_params){max, 1, 1, 1, false, true};
	w.crev = (struct kith_crev_params){max, {max + 1, max + 1, 1, 1, 1}, 0};
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	must_ask(&w, KITH_SEMANTICS_CREV, &b);
	for (i = 0; i < w.names; i++)
		assert_true(a.approve[i] >= b.approve[i]);
	++*checks;
	world_forget(&a);
	world_forget(&b);
}

/* T11: a team's approval needs as many roots; a minority can neither grant nor withhold. */
static void
team_needs_its_threshold(uint64_t *rng, size_t *checks)
{
	struct world_shape shape = any;
	struct world w, alone;
	struct answer team, one;
	uint8_t backed[WORLD_NAMES][KITH_LEVEL_COUNT] = {{0}};
	unsigned i, k, level, hostile, honest;

	shape.names_min = 4;
	shape.roots = 2 + world_below(rng, 3);
	world_make(&w, rng, &shape);
	w.threshold = 1 + world_below(rng, (unsigned)w.n_roots);
	hostile = world_below(rng, w.threshold);
	honest = (unsigned)w.n_roots - hostile;
	must_ask(&w, KITH_SEMANTICS_NATIVE, &team);
	for (k = 0; k < honest; k++) { /* the last ones are hostile */
		alone = w;
		alone.n_roots = alone.threshold = 1;
		alone.roots[0] = w.roots[k];
		must_ask(&alone, KITH_SEMANTICS_NATIVE, &one);
		for (i = 0; i < w.names; i++)
			for (level = KITH_LEVEL_LOW; level <= one.approve[i]; level++)
				backed[i][level]++;
		world_forget(&one);
	}
	for (i = (unsigned)w.n_roots; i < w.names; i++) {
		for (level = KITH_LEVEL_LOW; level <= KITH_LEVEL_HIGH; level++) {
			if (team.approve[i] >= level)
				assert_true(backed[i][level] >= w.threshold - hostile);
			else if (honest >= w.threshold)
				assert_true(backed[i][level] < honest);
			++*checks;
		}
	}
	world_forget(&team);
}

/* --- ways against the plainest max-flow --- */

#define PLACES (2 * WORLD_NAMES + 1)
#define SINK   (2 * WORLD_NAMES)

static bool
find_flow(bool arcs[PLACES][PLACES], bool seen[PLACES], size_t at)
{
	size_t to;

	if (at == SINK)
		return true;
	seen[at] = true;
	for (to = 0; to < PLACES; to++) {
		if (!arcs[at][to] || seen[to] || !find_flow(arcs, seen, to))
			continue;
		arcs[at][to] = false;
		arcs[to][at] = true;
		return true;
	}
	return false;
}

/* Names are split into 2i and 2i + 1; the root's second half is where flow begins. */
static size_t
plain_flow(const struct world *w, const struct answer *a, enum kith_level level, uint32_t names)
{
	static bool arcs[PLACES][PLACES];
	bool seen[PLACES];
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_trust_link *links = NULL;
	size_t n, i, x, y, flow = 0;

	kith_arena_init(&arena, KITH_MIB(1));
	assert_int_equal(kith_trust_links(a->r, level, &arena, &links, &n, NULL), 0);
	memset(arcs, 0, sizeof(arcs));
	for (i = 0; i < w->names; i++) {
		arcs[2 * i][2 * i + 1] = i > 0;
		arcs[2 * i + 1][SINK] = i > 0 && (names >> i & 1);
	}
	for (i = 0; i < n; i++) {
		for (x = 0; a->person[x] != links[i].from; x++)
			;
		for (y = 0; a->person[y] != links[i].to; y++)
			;
		if (y)
			arcs[2 * x + 1][2 * y] = true;
	}
	do {
		memset(seen, 0, sizeof(seen));
		flow++;
	} while (find_flow(arcs, seen, 1));
	return flow - 1 + (names & 1); /* the root's own review */
}

/* Sparse and deep, so that one more way must undo much of those before. */
static void
ways_are_max_flow(uint64_t *rng, size_t *checks)
{
	struct world w;
	struct answer a;
	size_t i, k;

	memset(&w, 0, sizeof(w));
	w.names = WORLD_NAMES;
	w.n_roots = w.threshold = 1;
	w.native = (struct kith_native_params){200, 1, 1, 1, false, false};
	for (i = 0; i < WORLD_NAMES; i++) {
		w.key[i] = (uint8_t)i;
		w.cap[i] = KITH_LEVEL_HIGH;
	}
	relabel(&w, rng);
	for (i = 1; i < WORLD_NAMES; i++) {
		for (k = 0; k < 2; k++) {
			unsigned from = i < 5 ? 0 : (unsigned)i - 4 + world_below(rng, 4);

			from = i >= 5 && world_below(rng, 4) == 0 ? 1 + world_below(rng, 23) : from;
			if (from != i && !world_has(&w, from, (unsigned)i))
				w.said[w.n++] = (struct said){.from = (uint8_t)from,
							      .to = (uint8_t)i,
							      .level = KITH_LEVEL_HIGH,
							      .reach = KITH_REACH_DELEGATE};
		}
	}
	must_ask(&w, KITH_SEMANTICS_NATIVE, &a);
	for (i = 0; i < 4; i++) {
		uint32_t names = (uint32_t)world_random(rng) & 0xfc0000U;

		assert_int_equal(world_ways(&w, &a, KITH_LEVEL_LOW, names),
				 plain_flow(&w, &a, KITH_LEVEL_LOW, names));
		++*checks;
	}
	world_forget(&a);
}

/* --- the same worlds in crev mode --- */

struct found {
	size_t relabelled, lowered, raised, knocked_out, higher;
};

static bool
differs(const struct world *w, const struct answer *a, const struct answer *b)
{
	size_t i;

	for (i = 0; i < w->names; i++)
		if (a->approve[i] != b->approve[i] || a->distance[i] != b->distance[i])
			return true;
	return false;
}

static void
compare_crev(const struct world *w, const struct world *other, const struct said *x,
	     struct found *f)
{
	struct answer a, b;
	bool lowered = false, raised = false, knocked = false;
	size_t i;

	must_ask(w, KITH_SEMANTICS_CREV, &a);
	must_ask(other, KITH_SEMANTICS_CREV, &b);
	if (!x)
		f->relabelled += differs(w, &a, &b);
	for (i = 0; x && i < w->names; i++) {
		bool fell = b.approve[i] < a.approve[i];

		lowered |= fell && x->level != KITH_LEVEL_DISTRUST;
		raised |= b.approve[i] > a.approve[i] && x->level == KITH_LEVEL_DISTRUST;
		knocked |= fell && x->level == KITH_LEVEL_DISTRUST && is_contact(w, (unsigned)i);
	}
	f->lowered += lowered;
	f->raised += raised;
	f->knocked_out += knocked;
	world_forget(&a);
	world_forget(&b);
}

static void
test_crev_violates(void **state)
{
	struct found f = {0, 0, 0, 0, 0};
	uint64_t rng = 99;
	size_t i;

	(void)state;
	for (i = 0; i < 20000 || !f.relabelled; i++) {
		struct world w, other;
		struct said x;

		assert_true(i < 200000);
		world_make(&w, &rng, &plain);
		other = w;
		relabel(&other, &rng);
		compare_crev(&w, &other, NULL, &f);
		if (f.lowered && f.raised && f.knocked_out)
			continue;
		other = w;
		if (!new_statement(&w, &rng, &plain, &x) || is_root(&w, x.from))
			continue;
		other.said[other.n++] = x;
		compare_crev(&w, &other, &x, &f);
	}
	assert_true(f.relabelled > 0);  /* D6 */
	assert_true(f.lowered > 0);     /* D3, D9 */
	assert_true(f.raised > 0);      /* D9 */
	assert_true(f.knocked_out > 0); /* D1 */
}

#define PROPERTY(name, least)                                                                      \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		for_all(name, least);                                                              \
	}

PROPERTY(order_free, 1)
PROPERTY(trust_never_lowers, 3)
PROPERTY(distrust_never_raises, 3)
PROPERTY(strangers_are_air, 3)
PROPERTY(own_word_is_final, 1)
PROPERTY(sybils_are_bounded, 1)
PROPERTY(knockout_is_bounded, 2)
PROPERTY(never_below_crev, 1)
PROPERTY(team_needs_its_threshold, 1)
PROPERTY(ways_are_max_flow, 1)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order_free),
	    cmocka_unit_test(test_trust_never_lowers),
	    cmocka_unit_test(test_distrust_never_raises),
	    cmocka_unit_test(test_strangers_are_air),
	    cmocka_unit_test(test_own_word_is_final),
	    cmocka_unit_test(test_sybils_are_bounded),
	    cmocka_unit_test(test_knockout_is_bounded),
	    cmocka_unit_test(test_never_below_crev),
	    cmocka_unit_test(test_team_needs_its_threshold),
	    cmocka_unit_test(test_ways_are_max_flow),
	    cmocka_unit_test(test_crev_violates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
