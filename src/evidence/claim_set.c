/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking into a set of claims. Nothing that lies in it is believed to be well-formed: what is
 * not reads as zero, as empty, or as no claim.
 */
#include "evidence/claim_set_format.h"

static uint32_t
load(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void
claim_set_record(const struct kith_claim_set *s, size_t section, uint32_t count, size_t words,
		 size_t i, uint32_t *ret)
{
	const uint8_t *p =
	    i < count ? kith_checked_at(&s->in, section + 4 * words * i, 4 * words) : NULL;
	size_t k;

	for (k = 0; k < words; k++)
		ret[k] = p ? load(p + 4 * k) : 0;
}

uint32_t
claim_set_field(const struct kith_claim_set *s, size_t section, uint32_t count, size_t words,
		size_t i, size_t field)
{
	const uint8_t *p =
	    i < count ? kith_checked_at(&s->in, section + 4 * (words * i + field), 4) : NULL;

	return p ? load(p) : 0;
}

uint32_t
claim_set_word(const struct kith_claim_set *s, size_t i)
{
	return claim_set_field(s, s->words, s->n_words, 1, i, 0);
}

struct kith_span
claim_set_text(const struct kith_claim_set *s, uint32_t at)
{
	const uint8_t *p;
	uint32_t len;

	if (at > s->n_text || s->n_text - at < 4)
		return KITH_SPAN_NONE;
	p = kith_checked_at(&s->in, s->text + at, 4);
	len = p ? load(p) : 0;
	if (!len || len > s->n_text - at - 4)
		return KITH_SPAN_NONE;
	p = kith_checked_at(&s->in, s->text + at + 4, len);
	return p ? kith_span(p, len) : KITH_SPAN_NONE;
}

int64_t
claim_set_i64(const uint32_t *two)
{
	return (int64_t)((uint64_t)two[0] | (uint64_t)two[1] << 32);
}

int
kith_claim_set_open(const struct kith_checked *in, struct kith_claim_set *ret_set,
		    struct kith_error *err)
{
	struct kith_claim_set s = {.in = *in};
	uint32_t *const counts[SET_COUNTS] = {&s.n_keys,  &s.n_entries,  &s.n_words, &s.n_sources,
					      &s.n_facts, &s.n_refusals, &s.n_text};
	size_t *const sections[SET_COUNTS] = {&s.keys,  &s.entries,  &s.words, &s.sources,
					      &s.facts, &s.refusals, &s.text};
	static const uint16_t sizes[SET_COUNTS] = {
	    4 * KEY_WORDS,  4 * ENTRY_WORDS,   4, 4 * SOURCE_WORDS,
	    4 * FACT_WORDS, 4 * REFUSAL_WORDS, 1};
	const uint8_t *head = kith_checked_at(in, 0, SET_HEADER);
	uint64_t at = SET_HEADER;
	size_t i;

	if (!head || memcmp(head, SET_MAGIC, 8) != 0)
		return kith_fail(err, KITH_E_FORMAT, "no set of claims");
	for (i = 0; i < SET_COUNTS; i++) {
		*counts[i] = load(head + 8 + 4 * i);
		*sections[i] = (size_t)at;
		at += (uint64_t)*counts[i] * sizes[i];
		if (at > kith_checked_size(in))
			return kith_fail(err, KITH_E_FORMAT, "a set of claims is cut off");
	}
	if (at != kith_checked_size(in))
		return kith_fail(err, KITH_E_FORMAT, "a set of claims has bytes behind it");
	*ret_set = s;
	return KITH_OK;
}

bool
kith_claim_set_source_at(const struct kith_claim_set *s, size_t i,
			 struct kith_claim_set_source *ret)
{
	uint32_t w[SOURCE_WORDS];
	struct kith_span slug;

	claim_set_record(s, s->sources, s->n_sources, SOURCE_WORDS, i, w);
	slug = claim_set_text(s, w[SOURCE_SLUG]);
	if (i >= s->n_sources || !slug.len)
		return false;
	*ret = (struct kith_claim_set_source){.slug = slug,
					      .location = claim_set_text(s, w[SOURCE_LOCATION]),
					      .commit = claim_set_text(s, w[SOURCE_COMMIT]),
					      .inside = claim_set_text(s, w[SOURCE_INSIDE]),
					      .mark = w[SOURCE_MARK],
					      .since = claim_set_i64(&w[SOURCE_SINCE]),
					      .audits = w[SOURCE_AUDITS],
					      .violations = w[SOURCE_VIOLATIONS],
					      .vouches = w[SOURCE_VOUCHES],
					      .facts = w[SOURCE_FACTS],
					      .refused = w[SOURCE_REFUSED],
					      .files_refused = w[SOURCE_FILES_REFUSED]};
	return true;
}

bool
kith_claim_set_refusal_at(const struct kith_claim_set *s, size_t i,
			  struct kith_claim_set_refusal *ret)
{
	uint32_t w[REFUSAL_WORDS];

	if (i >= s->n_refusals)
		return false;
	claim_set_record(s, s->refusals, s->n_refusals, REFUSAL_WORDS, i, w);
	*ret = (struct kith_claim_set_refusal){w[REFUSAL_SOURCE], w[REFUSAL_LINE],
					       claim_set_text(s, w[REFUSAL_PATH]),
					       claim_set_text(s, w[REFUSAL_WHY])};
	return true;
}

/* --- keys --- */

static int
cmp_key(const struct kith_claim_set *s, size_t i, enum kith_ecosystem eco, struct kith_span name,
	uint32_t *ret_key)
{
	claim_set_record(s, s->keys, s->n_keys, KEY_WORDS, i, ret_key);
	if (ret_key[KEY_ECO] != (uint32_t)eco)
		return ret_key[KEY_ECO] < (uint32_t)eco ? -1 : 1;
	return kith_span_cmp(claim_set_text(s, ret_key[KEY_NAME]), name);
}

/* Ranges that do not lie inside are empty. */
static void
bound(const struct kith_claim_set *s, uint32_t *key)
{
	if (key[KEY_ENTRY] > s->n_entries || key[KEY_ENTRIES] > s->n_entries - key[KEY_ENTRY])
		key[KEY_ENTRIES] = 0;
	if (key[KEY_FACT] > s->n_facts || key[KEY_FACTS] > s->n_facts - key[KEY_FACT])
		key[KEY_FACTS] = 0;
}

static bool
find_key(const struct kith_claim_set *s, enum kith_ecosystem eco, struct kith_span name,
	 uint32_t *ret_key)
{
	size_t low = 0, high = s->n_keys, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (cmp_key(s, mid, eco, name, ret_key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->n_keys || cmp_key(s, low, eco, name, ret_key) != 0)
		return false;
	bound(s, ret_key);
	return true;
}

bool
kith_claim_set_name_at(const struct kith_claim_set *s, size_t i, enum kith_ecosystem *ret_eco,
		       struct kith_span *ret_name, size_t *ret_claims, size_t *ret_facts)
{
	uint32_t key[KEY_WORDS];

	if (i >= s->n_keys)
		return false;
	claim_set_record(s, s->keys, s->n_keys, KEY_WORDS, i, key);
	if (key[KEY_ECO] >= KITH_ECO_COUNT)
		return false;
	bound(s, key);
	*ret_eco = (enum kith_ecosystem)key[KEY_ECO];
	*ret_name = claim_set_text(s, key[KEY_NAME]);
	*ret_claims = key[KEY_ENTRIES];
	*ret_facts = key[KEY_FACTS];
	return true;
}

/* --- claims --- */

struct looking {
	const struct kith_claim_set *s;
	const struct kith_claim_set_reading *readings;
	struct kith_arena *arena;
	struct kith_span name;
	enum kith_ecosystem eco;
	struct kith_time now;
};

static const struct kith_claim_set_mapping *
find_mapped(const struct kith_claim_set_reading *r, struct kith_span foreign)
{
	size_t i;

	for (i = 0; i < r->n_map; i++)
		if (kith_span_eq(r->map[i].foreign, foreign))
			return &r->map[i];
	return NULL;
}

static bool
is_built_in(struct kith_span name)
{
	return kith_span_is(name, "safe-to-run") || kith_span_is(name, "safe-to-deploy");
}

/* Adds a name unless it is there; what is granted for deploying is so for running. */
static size_t
add_name(struct kith_span *items, size_t n, struct kith_span name, bool granted)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (kith_span_eq(items[i], name))
			return n;
	items[n++] = name;
	if (granted && kith_span_is(name, "safe-to-deploy"))
		n = add_name(items, n, KITH_SPAN_LIT("safe-to-run"), granted);
	return n;
}

/*
 * What a list of the set's own words means here: what is not mapped and not built in grants
 * nothing, and denies by itself, so that no objection is lost by a word that nobody mapped.
 */
static int
read_criteria(const struct looking *l, const struct kith_claim_set_reading *r, uint32_t at,
	      bool granted, struct kith_claim *c)
{
	uint32_t n = claim_set_word(l->s, at), i;
	size_t most = 0, k;
	struct kith_span *items;

	if (at >= l->s->n_words || n > l->s->n_words - at - 1)
		n = 0;
	for (i = 0; i < n; i++) {
		struct kith_span word = claim_set_text(l->s, claim_set_word(l->s, at + 1 + i));
		const struct kith_claim_set_mapping *m = find_mapped(r, word);

		most += m ? m->n_own + 1 : 2;
	}
	items = kith_arena_array(l->arena, most + 1, sizeof(*items));
	if (!items)
		return KITH_E_NOMEM;
	for (i = 0; i < n; i++) {
		struct kith_span word = claim_set_text(l->s, claim_set_word(l->s, at + 1 + i));
		const struct kith_claim_set_mapping *m = find_mapped(r, word);

		for (k = 0; m && k < m->n_own; k++)
			c->n_criteria = add_name(items, c->n_criteria, m->own[k], granted);
		if (!m && word.len && (!granted || is_built_in(word)))
			c->n_criteria = add_name(items, c->n_criteria, word, granted);
	}
	c->criteria = items;
	return KITH_OK;
}

static struct kith_time
start_of(uint32_t day)
{
	return (struct kith_time){.sec = (int64_t)(int32_t)day * 86400};
}

static int
name_claim(const struct looking *l, const struct kith_claim_set_reading *r, uint32_t id,
	   struct kith_claim *c)
{
	struct kith_span rest = claim_set_text(l->s, id);
	uint8_t *text = kith_arena_alloc(l->arena, r->name.len + rest.len + 1);

	if (!text)
		return KITH_E_NOMEM;
	if (r->name.len)
		memcpy(text, r->name.ptr, r->name.len);
	if (rest.len)
		memcpy(text + r->name.len, rest.ptr, rest.len);
	c->id = kith_span(text, r->name.len + rest.len);
	return KITH_OK;
}

static int
place_claim(const struct looking *l, const uint32_t *e, struct kith_claim *c)
{
	struct kith_place *place = kith_arena_alloc(l->arena, sizeof(*place));
	uint32_t w[SOURCE_WORDS];

	if (!place)
		return KITH_E_NOMEM;
	claim_set_record(l->s, l->s->sources, l->s->n_sources, SOURCE_WORDS, e[ENTRY_SOURCE], w);
	*place = (struct kith_place){claim_set_text(l->s, w[SOURCE_LOCATION]),
				     claim_set_text(l->s, w[SOURCE_COMMIT]),
				     claim_set_text(l->s, e[ENTRY_PATH]), e[ENTRY_LINE]};
	c->places = place;
	c->n_places = 1;
	return KITH_OK;
}

static void
read_digest(const uint32_t *w, struct kith_digest *ret)
{
	size_t i;

	for (i = 0; i < 32; i++)
		ret->bytes[i] = (uint8_t)(w[i / 4] >> 8 * (i % 4));
}

static void
read_origin(const struct looking *l, const uint32_t *e, struct kith_claim *c)
{
	struct kith_span id = claim_set_text(l->s, e[ENTRY_ORIGIN_ID]);

	c->origin = claim_set_text(l->s, e[ENTRY_ORIGIN]);
	c->has_origin_id = (e[ENTRY_FLAGS] & FLAG_ORIGIN_ID) && id.len == KITH_ID_BYTES;
	if (c->has_origin_id)
		memcpy(c->origin_id.bytes, id.ptr, KITH_ID_BYTES);
}

static int
read_claim(const struct looking *l, const uint32_t *e, struct kith_claim *c)
{
	static const enum kith_claim_kind kinds[] = {KITH_CLAIM_AUDIT, KITH_CLAIM_VIOLATION,
						     KITH_CLAIM_VOUCH};
	const struct kith_claim_set_reading *r = &l->readings[e[ENTRY_SOURCE]];
	int rc;

	*c = (struct kith_claim){.kind = kinds[e[ENTRY_FLAGS] & FLAG_KIND],
				 .eco = l->eco,
				 .source = l->eco == KITH_ECO_CARGO ? KITH_SPAN_LIT(KITH_CRATES_IO)
								    : KITH_SPAN_NONE,
				 .name = l->name,
				 .set = r->number,
				 .version = claim_set_text(l->s, e[ENTRY_VERSION]),
				 .has_base = e[ENTRY_FLAGS] & FLAG_BASE,
				 .base_version = claim_set_text(l->s, e[ENTRY_BASE]),
				 .range = claim_set_text(l->s, e[ENTRY_RANGE]),
				 .who = claim_set_text(l->s, e[ENTRY_WHO]),
				 .login = claim_set_text(l->s, e[ENTRY_LOGIN]),
				 .start = start_of(e[ENTRY_START]),
				 .end = start_of(e[ENTRY_END]),
				 .comment = claim_set_text(l->s, e[ENTRY_COMMENT]),
				 .gone = e[ENTRY_FLAGS] & FLAG_GONE,
				 .gone_since = {.sec = claim_set_i64(&e[ENTRY_GONE])},
				 .has_seen = e[ENTRY_FLAGS] & FLAG_SEEN,
				 .seen = {.sec = claim_set_i64(&e[ENTRY_SEEN])}};
	if (c->has_seen && !c->gone && c->seen.sec <= r->known_until) {
		c->has_seen = false;
		c->seen.sec = 0;
	}
	read_origin(l, e, c);
	read_digest(&e[ENTRY_DIGEST], &c->proof);
	rc = name_claim(l, r, e[ENTRY_ID], c);
	if (!rc)
		rc = place_claim(l, e, c);
	return rc ? rc : read_criteria(l, r, e[ENTRY_CRITERIA], c->kind != KITH_CLAIM_VIOLATION, c);
}

/* Damaged ones too: what is none is left out, and whoever checks the file knows. */
static bool
is_wanted(const struct looking *l, const uint32_t *e)
{
	if (e[ENTRY_SOURCE] >= l->s->n_sources || l->readings[e[ENTRY_SOURCE]].skip ||
	    (e[ENTRY_FLAGS] & FLAG_KIND) == FLAG_KIND || !claim_set_text(l->s, e[ENTRY_ID]).len)
		return false;
	return !(e[ENTRY_FLAGS] & FLAG_GONE) ||
	       l->now.sec - claim_set_i64(&e[ENTRY_GONE]) < KITH_VIOLATION_OUTLIVES;
}

int
kith_claim_set_claims(const struct kith_claim_set *s, enum kith_ecosystem eco,
		      struct kith_span name, const struct kith_claim_set_reading *readings,
		      struct kith_time now, struct kith_arena *arena,
		      struct kith_claim **ret_claims, size_t *ret_count, struct kith_error *err)
{
	const struct looking l = {s, readings, arena, name, eco, now};
	uint32_t key[KEY_WORDS], e[ENTRY_WORDS], i;
	struct kith_claim *claims;
	size_t n = 0;

	if (!find_key(s, eco, name, key))
		key[KEY_ENTRIES] = 0;
	claims = kith_arena_array(arena, key[KEY_ENTRIES] + (size_t)1, sizeof(*claims));
	if (!claims)
		return kith_fail_nomem(err);
	for (i = 0; i < key[KEY_ENTRIES]; i++) {
		claim_set_record(s, s->entries, s->n_entries, ENTRY_WORDS,
				 (size_t)key[KEY_ENTRY] + i, e);
		if (is_wanted(&l, e) && read_claim(&l, e, &claims[n++]))
			return kith_fail_nomem(err);
	}
	*ret_claims = claims;
	*ret_count = n;
	return KITH_OK;
}

int
kith_claim_set_facts(const struct kith_claim_set *s, enum kith_ecosystem eco, struct kith_span name,
		     struct kith_arena *arena, const struct kith_claim_set_fact **ret_facts,
		     size_t *ret_count, struct kith_error *err)
{
	struct kith_claim_set_fact *facts;
	uint32_t key[KEY_WORDS], w[FACT_WORDS], i;
	size_t n = 0;

	if (!find_key(s, eco, name, key))
		key[KEY_FACTS] = 0;
	facts = kith_arena_array(arena, key[KEY_FACTS] + (size_t)1, sizeof(*facts));
	if (!facts)
		return kith_fail_nomem(err);
	for (i = 0; i < key[KEY_FACTS]; i++) {
		claim_set_record(s, s->facts, s->n_facts, FACT_WORDS, (size_t)key[KEY_FACT] + i, w);
		if (w[FACT_SOURCE] < s->n_sources)
			facts[n++] = (struct kith_claim_set_fact){
			    w[FACT_SOURCE], claim_set_text(s, w[FACT_VERSION]),
			    claim_set_text(s, w[FACT_PUBLISHER]), claim_set_text(s, w[FACT_LOGIN]),
			    start_of(w[FACT_DAY])};
	}
	*ret_facts = facts;
	*ret_count = n;
	return KITH_OK;
}
