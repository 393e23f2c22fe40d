/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building a set of claims from the states of many sources, each from its oldest to its newest: an
 * entry is known by what it says, so that what a state brings and what it drops is seen.
 */
#include "evidence/claim_set_builder.h"
#include "evidence/url.h"
#include "evidence/vet_claims.h"

/* --- parts --- */

int
claim_set_put_text(struct kith_claim_set_builder *b, struct kith_span s, uint32_t *ret)
{
	struct kith_span kept;
	size_t at;
	int r;

	if (!s.len) {
		*ret = 0;
		return KITH_OK;
	}
	if (kith_map_get(&b->texts, s, &at)) {
		*ret = (uint32_t)at;
		return KITH_OK;
	}
	at = b->text.len;
	kith_buf_put_u32(&b->text, (uint32_t)s.len);
	kith_buf_put_span(&b->text, s);
	r = kith_buf_check(&b->text, b->err);
	if (r)
		return r;
	if (!kith_arena_copy(&b->keys, s, &kept))
		return kith_fail_nomem(b->err);
	*ret = (uint32_t)at;
	return kith_map_add(&b->texts, kept, at, NULL, NULL, b->err);
}

struct kith_span
claim_set_kept_text(const struct kith_claim_set_builder *b, uint32_t at)
{
	const uint8_t *p = b->text.ptr + at;

	return kith_span(p + 4, (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 |
				    (size_t)p[3] << 24);
}

int
claim_set_put_lone_text(struct kith_claim_set_builder *b, struct kith_span s, uint32_t *ret)
{
	*ret = s.len ? (uint32_t)b->text.len : 0;
	if (!s.len)
		return KITH_OK;
	kith_buf_put_u32(&b->text, (uint32_t)s.len);
	kith_buf_put_span(&b->text, s);
	return kith_buf_check(&b->text, b->err);
}

static int
put_word(struct kith_claim_set_builder *b, uint32_t word)
{
	int r = kith_grow(&b->words, &b->cap_words, b->n_words + 1, sizeof(*b->words),
			  KITH_MAX_CLAIM_SET / 4, "words of claims", b->err);

	if (!r)
		b->words[b->n_words++] = word;
	return r;
}

int
claim_set_put_list(struct kith_claim_set_builder *b, const struct kith_span *items, size_t n,
		   uint32_t *ret)
{
	KITH_AUTO_FREE uint32_t *w = kith_calloc(n + 1, sizeof(*w));
	struct kith_span key, kept;
	size_t i, at;
	int r = KITH_OK;

	if (!w)
		return kith_fail_nomem(b->err);
	w[0] = (uint32_t)n;
	for (i = 0; i < n && !r; i++)
		r = claim_set_put_text(b, items[i], &w[1 + i]);
	if (r)
		return r;
	key = kith_span(w, (n + 1) * sizeof(*w));
	if (kith_map_get(&b->lists, key, &at)) {
		*ret = (uint32_t)at;
		return KITH_OK;
	}
	*ret = (uint32_t)b->n_words;
	if (!kith_arena_copy(&b->keys, key, &kept))
		return kith_fail_nomem(b->err);
	r = kith_map_add(&b->lists, kept, b->n_words, NULL, NULL, b->err);
	for (i = 0; i <= n && !r; i++)
		r = put_word(b, w[i]);
	return r;
}

static void
put_i64(uint32_t *two, int64_t v)
{
	two[0] = (uint32_t)(uint64_t)v;
	two[1] = (uint32_t)((uint64_t)v >> 32);
}

/* --- the life of a builder --- */

int
kith_claim_set_builder_new(kith_claim_set_hash *hash, struct kith_claim_set_builder **ret_builder,
			   struct kith_error *err)
{
	KITH_AUTO_CLAIM_SET_BUILDER struct kith_claim_set_builder *b = kith_calloc(1, sizeof(*b));

	if (!b)
		return kith_fail_nomem(err);
	b->hash = hash;
	kith_buf_init(&b->text, KITH_MAX_CLAIM_SET);
	kith_map_init(&b->texts, NULL);
	kith_map_init(&b->lists, NULL);
	kith_map_init(&b->seen, NULL);
	kith_arena_init(&b->keys, 2 * KITH_MAX_CLAIM_SET);
	kith_arena_init(&b->seen_keys, KITH_MAX_CLAIM_SET);
	kith_buf_put_u32(&b->text, 0); /* offset 0: the empty text */
	if (kith_buf_check(&b->text, err))
		return KITH_E_NOMEM;
	*ret_builder = kith_steal(&b);
	return KITH_OK;
}

void
kith_claim_set_builder_free(struct kith_claim_set_builder *b)
{
	if (!b)
		return;
	kith_buf_clear(&b->text);
	kith_map_clear(&b->texts);
	kith_map_clear(&b->lists);
	kith_map_clear(&b->seen);
	kith_arena_clear(&b->keys);
	kith_arena_clear(&b->seen_keys);
	free(b->words);
	free(b->entries);
	free(b->facts);
	free(b->names);
	free(b->sources);
	free(b->refusals);
	free(b);
}

void
kith_claim_set_builder_freep(struct kith_claim_set_builder **b)
{
	kith_claim_set_builder_free(*b);
	*b = NULL;
}

/* --- sources and their states --- */

/* Violations that this state does not have any more are gone since its time. */
static void
end_head(struct kith_claim_set_builder *b)
{
	size_t i;

	for (i = b->first_entry; i < b->n_entries; i++) {
		struct entry *e = &b->entries[i];

		if ((e->w[ENTRY_FLAGS] & FLAG_KIND) != 1 || e->w[ENTRY_FLAGS] & FLAG_GONE ||
		    e->head == b->head)
			continue;
		e->w[ENTRY_FLAGS] |= FLAG_GONE;
		put_i64(&e->w[ENTRY_GONE], b->time);
	}
}

void
claim_set_end_source(struct kith_claim_set_builder *b)
{
	static const size_t counts[] = {SOURCE_AUDITS, SOURCE_VIOLATIONS, SOURCE_VOUCHES};
	size_t i, n = b->first_entry;

	if (!b->n_sources)
		return;
	end_head(b);
	for (i = b->first_entry; i < b->n_entries; i++) {
		struct entry *e = &b->entries[i];
		bool gone = e->w[ENTRY_FLAGS] & FLAG_GONE;

		if (!gone && e->head != b->head)
			continue; /* an audit that was taken back */
		if (!gone)
			claim_set_current(b)->w[counts[e->w[ENTRY_FLAGS] & FLAG_KIND]]++;
		b->entries[n++] = *e;
	}
	b->n_entries = n;
	claim_set_current(b)->w[SOURCE_FACTS] = (uint32_t)(b->n_facts - b->first_fact);
	kith_map_clear(&b->seen);
	kith_arena_clear(&b->seen_keys);
}

int
kith_claim_set_builder_source(struct kith_claim_set_builder *b,
			      const struct kith_claim_set_source *source, struct kith_error *err)
{
	struct source s = {{0}};
	int r;

	b->err = err;
	claim_set_end_source(b);
	b->first_entry = b->n_entries;
	b->first_fact = b->n_facts;
	b->first_refusal = b->n_refusals;
	b->head = NEVER;
	r = kith_grow(&b->sources, &b->cap_sources, b->n_sources + 1, sizeof(*b->sources),
		      KITH_MAX_CLAIM_SET_SOURCES, "audit sets", err);
	if (!r)
		r = claim_set_put_text(b, source->slug, &s.w[SOURCE_SLUG]);
	if (!r)
		r = claim_set_put_text(b, source->location, &s.w[SOURCE_LOCATION]);
	if (!r)
		r = claim_set_put_text(b, source->inside, &s.w[SOURCE_INSIDE]);
	if (r)
		return r;
	s.w[SOURCE_MARK] = source->mark;
	b->sources[b->n_sources++] = s;
	return KITH_OK;
}

int
kith_claim_set_builder_head(struct kith_claim_set_builder *b, struct kith_span commit, int64_t time,
			    bool baseline, struct kith_error *err)
{
	struct source *s = claim_set_current(b);

	b->err = err;
	if (b->head != NEVER)
		end_head(b);
	b->head = b->head == NEVER ? 0 : b->head + 1;
	b->time = time;
	b->baseline = baseline && b->head == 0;
	b->n_facts = b->first_fact; /* facts and refusals are the newest state's */
	b->n_refusals = b->first_refusal;
	s->w[SOURCE_REFUSED] = s->w[SOURCE_FILES_REFUSED] = 0;
	put_i64(&s->w[SOURCE_SINCE], time);
	return claim_set_put_text(b, commit, &s->w[SOURCE_COMMIT]);
}

int
kith_claim_set_builder_refuse(struct kith_claim_set_builder *b, struct kith_span path,
			      uint32_t line, const char *why, struct kith_error *err)
{
	struct refusal x = {{(uint32_t)(b->n_sources - 1), line, 0, 0}};
	int r;

	b->err = err;
	if (b->n_refusals >= KITH_MAX_CLAIM_SET_REFUSALS)
		return KITH_OK;
	r = kith_grow(&b->refusals, &b->cap_refusals, b->n_refusals + 1, sizeof(*b->refusals),
		      KITH_MAX_CLAIM_SET_REFUSALS, "refusals", err);
	if (!r)
		r = claim_set_put_text(b, path, &x.w[REFUSAL_PATH]);
	if (!r)
		r = claim_set_put_text(b, kith_span_str(why), &x.w[REFUSAL_WHY]);
	if (!r)
		b->refusals[b->n_refusals++] = x;
	return r;
}

/* --- claims --- */

/*
 * A claim's identity: what it grants or denies, by whose opinion, in which source. Who is said to
 * have made it, and notes, are no part of it; what its criteria imply is, because a set can change
 * that.
 */
int
kith_claim_set_identify(kith_claim_set_hash *hash, struct kith_span location,
			const struct kith_claim *c, struct kith_digest *ret_digest,
			struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf t;
	size_t i;
	int r;

	kith_buf_init(&t, KITH_MAX_TOML_BYTES);
	kith_url_put_normal(&t, location);
	kith_buf_printf(&t, "%c%d%c%d%c", 0, (int)c->kind, 0, (int)c->eco, 0);
	kith_buf_put_span(&t, c->id);
	kith_buf_put_char(&t, '\0');
	kith_buf_put_span(&t, c->origin);
	kith_buf_put_char(&t, '\0');
	if (c->has_origin_id)
		kith_buf_put(&t, c->origin_id.bytes, KITH_ID_BYTES);
	for (i = 0; i < c->n_criteria; i++) {
		kith_buf_put_char(&t, '\0');
		kith_buf_put_span(&t, c->criteria[i]);
	}
	r = kith_buf_check(&t, err);
	if (!r)
		hash(kith_buf_span(&t), ret_digest);
	return r;
}

static struct kith_span
cut_comment(struct kith_span s)
{
	if (s.len > KITH_MAX_CLAIM_SET_COMMENT) {
		s.len = KITH_MAX_CLAIM_SET_COMMENT;
		while (s.len && (s.ptr[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	return s;
}

static uint32_t
day_of(struct kith_time t)
{
	return (uint32_t)(int32_t)(t.sec / 86400);
}

static int
put_origin(struct kith_claim_set_builder *b, const struct kith_claim *c, uint32_t *w)
{
	KITH_AUTO_BUF struct kith_buf origin;
	int r;

	kith_buf_init(&origin, KITH_MAX_TOML_BYTES);
	kith_url_put_repository(&origin, c->origin);
	r = kith_buf_check(&origin, b->err);
	if (!r)
		r = claim_set_put_text(b, kith_buf_span(&origin), &w[ENTRY_ORIGIN]);
	if (r || !c->has_origin_id)
		return r;
	w[ENTRY_FLAGS] |= FLAG_ORIGIN_ID;
	return claim_set_put_text(b, kith_span(c->origin_id.bytes, KITH_ID_BYTES),
				  &w[ENTRY_ORIGIN_ID]);
}

static int
put_claim(struct kith_claim_set_builder *b, const struct kith_claim *c, struct entry *e)
{
	static const uint32_t kinds[] = {
	    [KITH_CLAIM_AUDIT] = 0, [KITH_CLAIM_VIOLATION] = 1, [KITH_CLAIM_VOUCH] = 2};
	uint32_t *w = e->w;
	int r;

	e->eco = (uint32_t)c->eco;
	w[ENTRY_FLAGS] = kinds[c->kind] | (c->has_base ? FLAG_BASE : 0);
	w[ENTRY_START] = day_of(c->start);
	w[ENTRY_END] = day_of(c->end);
	w[ENTRY_LINE] = c->n_places ? c->places[0].line : 0;
	r = claim_set_put_text(b, c->name, &e->name);
	if (!r)
		r = claim_set_put_text(b, c->version, &w[ENTRY_VERSION]);
	if (!r)
		r = claim_set_put_text(b, c->base_version, &w[ENTRY_BASE]);
	if (!r)
		r = claim_set_put_list(b, c->criteria, c->n_criteria, &w[ENTRY_CRITERIA]);
	if (!r)
		r = put_origin(b, c, w);
	if (!r)
		r = claim_set_put_text(b, c->who, &w[ENTRY_WHO]);
	if (!r)
		r = claim_set_put_text(b, c->login, &w[ENTRY_LOGIN]);
	if (!r)
		r = claim_set_put_text(b, c->range, &w[ENTRY_RANGE]);
	if (!r)
		r = claim_set_put_text(b, c->n_places ? c->places[0].path : KITH_SPAN_NONE,
				       &w[ENTRY_PATH]);
	if (!r)
		r = claim_set_put_lone_text(b, c->id, &w[ENTRY_ID]);
	return r ? r : claim_set_put_text(b, cut_comment(c->comment), &w[ENTRY_COMMENT]);
}

static void
put_digest(const struct kith_digest *d, uint32_t *w)
{
	size_t i;

	for (i = 0; i < 32; i++)
		w[i / 4] |= (uint32_t)d->bytes[i] << 8 * (i % 4);
}

int
claim_set_remember(struct kith_claim_set_builder *b, const struct kith_digest *d, struct entry *e)
{
	struct kith_span key;
	int r = kith_grow(&b->entries, &b->cap_entries, b->n_entries + 1, sizeof(*b->entries),
			  KITH_MAX_CLAIM_SET_ENTRIES, "entries of audit sets", b->err);

	if (r)
		return r;
	if (!kith_arena_copy(&b->seen_keys, kith_span(d->bytes, sizeof(d->bytes)), &key))
		return kith_fail_nomem(b->err);
	e->number = (uint32_t)b->n_entries;
	e->w[ENTRY_SOURCE] = (uint32_t)(b->n_sources - 1);
	put_digest(d, &e->w[ENTRY_DIGEST]);
	r = kith_map_add(&b->seen, key, b->n_entries, NULL, NULL, b->err);
	if (!r)
		b->entries[b->n_entries++] = *e;
	return r;
}

/* What came back is as old as when it first came, and a violation stands again. */
static int
again(struct kith_claim_set_builder *b, struct entry *e, const struct kith_claim *c)
{
	int r;

	if (e->head == b->head)
		return KITH_OK; /* twice in one state: the first place is shown */
	e->head = b->head;
	e->w[ENTRY_FLAGS] &= ~FLAG_GONE;
	e->w[ENTRY_GONE] = e->w[ENTRY_GONE + 1] = 0;
	e->w[ENTRY_LINE] = c->places[0].line;
	r = claim_set_put_text(b, c->places[0].path, &e->w[ENTRY_PATH]);
	if (!r)
		r = claim_set_put_text(b, c->who, &e->w[ENTRY_WHO]);
	return r ? r : claim_set_put_text(b, cut_comment(c->comment), &e->w[ENTRY_COMMENT]);
}

static int
identify(struct kith_claim_set_builder *b, const struct kith_claim *c, struct kith_digest *ret)
{
	return kith_claim_set_identify(
	    b->hash, claim_set_kept_text(b, claim_set_current(b)->w[SOURCE_LOCATION]), c, ret,
	    b->err);
}

static int
take_claim(struct kith_claim_set_builder *b, const struct kith_claim *c)
{
	struct entry e = {.head = b->head};
	struct kith_digest d;
	size_t at;
	int r = identify(b, c, &d);

	if (r)
		return r;
	if (kith_map_get(&b->seen, kith_span(d.bytes, sizeof(d.bytes)), &at))
		return again(b, &b->entries[at], c);
	r = put_claim(b, c, &e);
	if (r)
		return r;
	if (!b->baseline) {
		e.w[ENTRY_FLAGS] |= FLAG_SEEN;
		put_i64(&e.w[ENTRY_SEEN], b->time);
	}
	return claim_set_remember(b, &d, &e);
}

/* Told twice, it counts as long as either says. */
static int
take_gone(struct kith_claim_set_builder *b, const struct kith_claim *c,
	  const struct kith_claim_set_carried *is)
{
	struct entry e = {.head = NEVER};
	struct kith_digest d;
	uint32_t *w = e.w;
	size_t at;
	int r = identify(b, c, &d);

	if (r)
		return r;
	if (kith_map_get(&b->seen, kith_span(d.bytes, sizeof(d.bytes)), &at)) {
		w = b->entries[at].w;
		if (w[ENTRY_FLAGS] & FLAG_GONE && claim_set_i64(&w[ENTRY_GONE]) < is->gone_since)
			put_i64(&w[ENTRY_GONE], is->gone_since);
		return KITH_OK;
	}
	r = put_claim(b, c, &e);
	if (r)
		return r;
	w[ENTRY_LINE] = is->line;
	w[ENTRY_FLAGS] |= FLAG_GONE | (is->has_seen ? FLAG_SEEN : 0);
	put_i64(&w[ENTRY_GONE], is->gone_since);
	if (is->has_seen)
		put_i64(&w[ENTRY_SEEN], is->seen);
	return claim_set_remember(b, &d, &e);
}

/*
 * The set in its own words: what they mean here is not asked. With `is`, of its violations alone,
 * which are gone; *ret_n counts what was taken.
 */
static int
take_audits(struct kith_claim_set_builder *b, const struct kith_vet_file *file,
	    struct kith_span path, const struct kith_claim_set_carried *is, size_t *ret_n,
	    struct kith_error *err)
{
	struct kith_vet_criteria criteria;
	const struct kith_vet_claims_of of = {.set = &file->set, .path = path, .own = &criteria};
	KITH_AUTO_VET_CLAIMER struct kith_vet_claimer *claimer = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_claim *claims;
	size_t n = 0, i;
	int r;

	kith_arena_init(&arena, KITH_MAX_VET_ARENA);
	r = kith_vet_criteria_init(&criteria, &file->set, true, err);
	if (!r)
		r = kith_vet_claimer_new(&of, &claimer, err);
	if (!r)
		r = kith_vet_claimer_claims(claimer, KITH_SPAN_NONE, &arena, &claims, &n, err);
	for (i = 0; !r && i < n; i++) {
		if (is && claims[i].kind != KITH_CLAIM_VIOLATION)
			continue;
		r = is ? take_gone(b, &claims[i], is) : take_claim(b, &claims[i]);
		++*ret_n;
	}
	return r;
}

int
kith_claim_set_builder_gone(struct kith_claim_set_builder *b, struct kith_span text,
			    const struct kith_claim_set_carried *is, struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *file = NULL;
	struct kith_error why = {.code = KITH_OK};
	size_t n = 0;
	int r = kith_vet_read_audits(text, KITH_VET_LENIENT, &file, &why);

	b->err = err;
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		return kith_fail(err, KITH_E_INTEGRITY, "cannot be read: %s", why.msg);
	r = take_audits(b, file, is->path, is, &n, err);
	return r || n ? r : kith_fail(err, KITH_E_INTEGRITY, "is no violation");
}

int
kith_claim_set_builder_fact(struct kith_claim_set_builder *b, enum kith_ecosystem eco,
			    struct kith_span name, const struct kith_claim_set_fact *fact,
			    struct kith_error *err)
{
	struct fact f = {.eco = (uint32_t)eco, .number = (uint32_t)b->n_facts};
	int r;

	b->err = err;
	f.w[FACT_SOURCE] = (uint32_t)(b->n_sources - 1);
	f.w[FACT_DAY] = day_of(fact->published);
	r = kith_grow(&b->facts, &b->cap_facts, b->n_facts + 1, sizeof(*b->facts),
		      KITH_MAX_CLAIM_SET_ENTRIES, "publishers", err);
	if (!r)
		r = claim_set_put_text(b, name, &f.name);
	if (!r)
		r = claim_set_put_text(b, fact->version, &f.w[FACT_VERSION]);
	if (!r)
		r = claim_set_put_text(b, fact->publisher, &f.w[FACT_PUBLISHER]);
	if (!r)
		r = claim_set_put_text(b, fact->login, &f.w[FACT_LOGIN]);
	if (!r)
		b->facts[b->n_facts++] = f;
	return r;
}

static int
take_publishers(struct kith_claim_set_builder *b, const struct kith_vet_file *file,
		struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_vet_fact *facts;
	size_t n = 0, i;
	int r;

	kith_arena_init(&arena, KITH_MAX_VET_ARENA);
	r = kith_vet_facts(&file->imports, &arena, &facts, &n, err);
	for (i = 0; !r && i < n; i++) {
		const struct kith_claim_set_fact f = {.version = facts[i].version,
						      .publisher = facts[i].publisher,
						      .login = facts[i].login,
						      .published = facts[i].published};

		r = kith_claim_set_builder_fact(b, KITH_ECO_CARGO, facts[i].name, &f, err);
	}
	return r;
}

static int
take_refusals(struct kith_claim_set_builder *b, const struct kith_vet_refusals *list,
	      struct kith_span path, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	claim_set_current(b)->w[SOURCE_REFUSED] += (uint32_t)(list->count + list->more);
	for (i = 0; !r && i < list->count; i++)
		r = kith_claim_set_builder_refuse(b, path, list->items[i].line, list->items[i].why,
						  err);
	return r;
}

int
kith_claim_set_builder_file(struct kith_claim_set_builder *b, enum kith_claim_set_file kind,
			    struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *file = NULL;
	struct kith_error why = {.code = KITH_OK};
	size_t n = 0;
	int r;

	b->err = err;
	r = kind == KITH_CLAIM_SET_AUDITS
		? kith_vet_read_audits(bytes, KITH_VET_LENIENT, &file, &why)
		: kith_vet_read_imports(bytes, &file, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r) {
		claim_set_current(b)->w[SOURCE_FILES_REFUSED]++;
		return kith_claim_set_builder_refuse(b, path, 0, why.msg, err);
	}
	r = kind == KITH_CLAIM_SET_AUDITS ? take_audits(b, file, path, NULL, &n, err)
					  : take_publishers(b, file, err);
	return r ? r : take_refusals(b, &file->refusals, path, err);
}
