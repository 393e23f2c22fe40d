/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects statements in import order: interns ids, scopes, ignore lists. Columns that most graphs
 * leave at zero (dates, places, specials) take memory only once one is not.
 */
#include "base/base.h"
#include "trust/build.h"

int
kith_trust_builder_new(struct kith_trust_builder **ret_builder, struct kith_error *err)
{
	struct kith_trust_builder *b = kith_calloc(1, sizeof(*b));

	if (!b)
		return kith_fail_nomem(err);
	kith_map_init(&b->scopes, NULL);
	/* keys can be ground, so their places in the table must not be foreseeable */
	kith_map_seed(b->seed);
	kith_arena_init(&b->text, KITH_MAX_TRUST_TEXT);
	*ret_builder = b;
	return KITH_OK;
}

void
kith_trust_builder_free(struct kith_trust_builder *b)
{
	if (!b)
		return;
	kith_map_clear(&b->scopes);
	kith_arena_clear(&b->text);
	free(b->keys);
	free(b->slots);
	free(b->from);
	free(b->word);
	free(b->date.p);
	free(b->far);
	free(b->place.p);
	free(b->extra.p);
	free(b->specials);
	free(b->ignores);
	free(b->overrides);
	free(b);
}

static size_t
slot_of(const struct kith_trust_builder *b, const struct kith_id *id)
{
	size_t mask = b->n_slots - 1;
	size_t i = (size_t)kith_siphash(b->seed, kith_span(id->bytes, KITH_ID_BYTES)) & mask;

	while (b->slots[i] && memcmp(&b->keys[b->slots[i] - 1], id, sizeof(*id)) != 0)
		i = (i + 1) & mask;
	return i;
}

static int
grow_slots(struct kith_trust_builder *b, struct kith_error *err)
{
	size_t n = b->n_slots ? b->n_slots * 2 : 64;
	uint32_t *slots = kith_calloc(n, sizeof(*slots));
	uint32_t i;

	if (!slots)
		return kith_fail_nomem(err);
	free(b->slots);
	b->slots = slots;
	b->n_slots = n;
	for (i = 0; i < b->n_keys; i++)
		b->slots[slot_of(b, &b->keys[i])] = i + 1;
	return KITH_OK;
}

static int
intern(struct kith_trust_builder *b, const struct kith_id *id, uint32_t *ret_index,
       struct kith_error *err)
{
	size_t slot;
	int r;

	if ((size_t)b->n_keys * 2 >= b->n_slots && (r = grow_slots(b, err)))
		return r;
	slot = slot_of(b, id);
	if (!b->slots[slot]) {
		r = kith_grow(&b->keys, &b->cap_keys, (size_t)b->n_keys + 1, sizeof(*b->keys),
			      KITH_MAX_TRUST_IDS, "ids in the trust graph", err);
		if (r)
			return r;
		b->keys[b->n_keys++] = *id;
		b->slots[slot] = b->n_keys;
	}
	*ret_index = b->slots[slot] - 1;
	return KITH_OK;
}

/*
 * Makes room for entry i of a column, which is written at once. A column that was not there begins
 * with zeros; room that nobody has touched costs nothing.
 */
static int
column_room(struct trust_column *c, size_t i, size_t size, struct kith_error *err)
{
	bool begins = !c->p;
	int r;

	r = kith_grow(&c->p, &c->cap, i + 1, size, KITH_MAX_STATEMENTS, "trust statements", err);
	if (r == KITH_OK && begins && i)
		memset(c->p, 0, i * size);
	return r;
}

/*
 * Dates are most of what a large graph holds while it is built: 33 bits of seconds and 30 of their
 * parts, which are the years from 1833 to 2106. What lies outside is kept apart: the top bit, and
 * its index.
 */
#define DATE_FAR      ((uint64_t)1 << 63)
#define DATE_SEC_BITS 33
#define DATE_NSEC     30

static int
pack_date(struct kith_trust_builder *b, struct kith_time t, uint64_t *ret, struct kith_error *err)
{
	const int64_t half = (int64_t)1 << (DATE_SEC_BITS - 1);
	int r;

	if (t.sec >= -half && t.sec < half && t.nsec < (uint32_t)1 << DATE_NSEC) {
		*ret =
		    ((uint64_t)t.sec & (((uint64_t)1 << DATE_SEC_BITS) - 1)) << DATE_NSEC | t.nsec;
		return KITH_OK;
	}
	r = kith_grow(&b->far, &b->cap_far, b->n_far + 1, sizeof(*b->far), KITH_MAX_STATEMENTS,
		      "trust statements", err);
	if (r)
		return r;
	*ret = DATE_FAR | b->n_far;
	b->far[b->n_far++] = t;
	return KITH_OK;
}

struct kith_time
kith_trust_builder_date(const struct kith_trust_builder *b, size_t i)
{
	const uint64_t sign = (uint64_t)1 << (DATE_SEC_BITS - 1);
	uint64_t x, sec;

	if (!b->date.p)
		return (struct kith_time){0, 0};
	x = ((const uint64_t *)b->date.p)[i];
	if (x & DATE_FAR)
		return b->far[x & ~DATE_FAR];
	sec = x >> DATE_NSEC;
	return (struct kith_time){(int64_t)(sec ^ sign) - (int64_t)sign,
				  (uint32_t)(x & (((uint64_t)1 << DATE_NSEC) - 1))};
}

/* A column is there once one entry is not zero, and then for all entries. */
static int
put_columns(struct kith_trust_builder *b, const struct kith_trust_statement *s, uint32_t special,
	    struct kith_error *err)
{
	size_t i = b->n;
	int r = KITH_OK;

	if (s->date.sec || s->date.nsec || b->date.p) {
		r = column_room(&b->date, i, 8, err);
		if (r == KITH_OK)
			r = pack_date(b, s->date, &((uint64_t *)b->date.p)[i], err);
		if (r)
			return r;
	}
	if (s->place || b->place.p) {
		r = column_room(&b->place, i, 8, err);
		if (r)
			return r;
		((uint64_t *)b->place.p)[i] = s->place;
	}
	if (special || b->extra.p) {
		r = column_room(&b->extra, i, 4, err);
		if (r)
			return r;
		((uint32_t *)b->extra.p)[i] = special;
	}
	return KITH_OK;
}

static int
text_failed(const struct kith_trust_builder *b, const char *what, struct kith_error *err)
{
	return b->text.full ? kith_fail(err, KITH_E_LIMIT, "%s", what) : kith_fail_nomem(err);
}

static int
put_scope(struct kith_trust_builder *b, struct kith_span scope, uint32_t *ret_scope,
	  struct kith_error *err)
{
	size_t value;
	struct kith_span copy;
	int r;

	if (scope.len > KITH_MAX_SCOPE)
		return kith_fail(err, KITH_E_LIMIT, "scope of a trust statement is too long");
	if (!kith_map_get(&b->scopes, scope, &value)) {
		if (!kith_arena_copy(&b->text, scope, &copy))
			return text_failed(b, "too many scopes of trust statements", err);
		r = kith_map_add(&b->scopes, copy, b->scopes.count, &value, NULL, err);
		if (r)
			return r;
	}
	*ret_scope = (uint32_t)value + 1;
	return KITH_OK;
}

static int
cmp_u32(const void *pa, const void *pb)
{
	uint32_t a, b;

	memcpy(&a, pa, sizeof(a));
	memcpy(&b, pb, sizeof(b));
	return (a > b) - (a < b);
}

/*
 * Stores a list as a set. One proof gives the same list to each id it names, so a list equal to
 * the one before is not stored again: else a proof of 32 kB would take 250 kB here.
 */
static int
put_ignores(struct kith_trust_builder *b, const struct kith_trust_statement *s,
	    struct trust_special *ret, struct kith_error *err)
{
	size_t start = b->n_ignores, i, n;
	const struct trust_special *last = b->n_specials ? &b->specials[b->n_specials - 1] : NULL;
	int r;

	if (!s->n_ignores)
		return KITH_OK;
	r = kith_grow(&b->ignores, &b->cap_ignores, start + s->n_ignores, sizeof(*b->ignores),
		      KITH_MAX_IGNORES, "overrides in trust proofs", err);
	for (i = 0; r == KITH_OK && i < s->n_ignores; i++)
		r = intern(b, &s->ignores[i], &b->ignores[start + i], err);
	if (r)
		return r;
	qsort(b->ignores + start, s->n_ignores, sizeof(*b->ignores), cmp_u32);
	for (i = n = 0; i < s->n_ignores; i++)
		if (!n || b->ignores[start + n - 1] != b->ignores[start + i])
			b->ignores[start + n++] = b->ignores[start + i];
	ret->ignores = (uint32_t)start;
	ret->n_ignores = (uint32_t)n;
	if (last && last->n_ignores == n &&
	    memcmp(b->ignores + last->ignores, b->ignores + start, n * sizeof(*b->ignores)) == 0)
		ret->ignores = last->ignores;
	else
		b->n_ignores = start + n;
	return KITH_OK;
}

/* *ret_extra: index + 1 of the statement's special, 0 if it needs none. */
static int
put_special(struct kith_trust_builder *b, const struct kith_trust_statement *s, uint32_t *ret_extra,
	    struct kith_error *err)
{
	struct trust_special special = {.reach = (uint8_t)s->reach, .has_until = s->has_until};
	int r;

	*ret_extra = 0;
	if (!s->n_ignores && !s->scope.len && !s->has_until && s->reach == KITH_REACH_DELEGATE)
		return KITH_OK;
	if (s->has_until) {
		special.until_sec = s->until.sec;
		special.until_nsec = s->until.nsec;
	}
	r = kith_grow(&b->specials, &b->cap_specials, b->n_specials + 1, sizeof(*b->specials),
		      KITH_MAX_STATEMENTS, "trust statements", err);
	if (r == KITH_OK && s->scope.len)
		r = put_scope(b, s->scope, &special.scope, err);
	if (r == KITH_OK)
		r = put_ignores(b, s, &special, err);
	if (r)
		return r;
	b->specials[b->n_specials++] = special;
	*ret_extra = (uint32_t)b->n_specials;
	return KITH_OK;
}

int
kith_trust_builder_add(struct kith_trust_builder *b, const struct kith_trust_statement *s,
		       struct kith_error *err)
{
	uint32_t from, to, extra;
	int r;

	if ((unsigned)s->level > KITH_LEVEL_HIGH || (unsigned)s->reach > KITH_REACH_DELEGATE)
		return kith_fail(err, KITH_E_USAGE,
				 "trust statement with an unknown level or reach");
	r = intern(b, &s->from, &from, err);
	if (r == KITH_OK)
		r = intern(b, &s->to, &to, err);
	if (r == KITH_OK)
		r = kith_grow(&b->from, &b->cap_from, b->n + 1, sizeof(*b->from),
			      KITH_MAX_STATEMENTS, "trust statements", err);
	if (r == KITH_OK)
		r = kith_grow(&b->word, &b->cap_word, b->n + 1, sizeof(*b->word),
			      KITH_MAX_STATEMENTS, "trust statements", err);
	if (r == KITH_OK)
		r = put_special(b, s, &extra, err);
	if (r == KITH_OK)
		r = put_columns(b, s, extra, err);
	if (r)
		return r;
	b->from[b->n] = from;
	b->word[b->n] = to | (uint32_t)s->level << 26;
	b->n++;
	return KITH_OK;
}

int
kith_trust_builder_override(struct kith_trust_builder *b, const struct kith_review_override *o,
			    struct kith_error *err)
{
	struct trust_override_raw raw;
	int r;

	r = intern(b, &o->by, &raw.by, err);
	if (r == KITH_OK)
		r = intern(b, &o->about, &raw.about, err);
	if (r == KITH_OK)
		r = kith_grow(&b->overrides, &b->cap_overrides, b->n_overrides + 1,
			      sizeof(*b->overrides), KITH_MAX_STATEMENTS, "overrides in reviews",
			      err);
	if (r)
		return r;
	if (!kith_arena_copy(&b->text, o->subject, &raw.subject))
		return text_failed(b, "too many overrides in reviews", err);
	b->overrides[b->n_overrides++] = raw;
	return KITH_OK;
}

void
kith_trust_builder_keep(struct kith_trust_builder *b,
			bool (*keep)(void *ctx, uint64_t place, enum kith_level level), void *ctx)
{
	const uint64_t *place = b->place.p;
	uint32_t i, n = 0;

	for (i = 0; i < b->n; i++) {
		if (!keep(ctx, place ? place[i] : 0, (enum kith_level)EDGE_LEVEL(b->word[i])))
			continue;
		b->from[n] = b->from[i];
		b->word[n] = b->word[i];
		if (b->date.p)
			((uint64_t *)b->date.p)[n] = ((uint64_t *)b->date.p)[i];
		if (place)
			((uint64_t *)b->place.p)[n] = place[i];
		if (b->extra.p)
			((uint32_t *)b->extra.p)[n] = ((uint32_t *)b->extra.p)[i];
		n++;
	}
	b->n = n;
}
