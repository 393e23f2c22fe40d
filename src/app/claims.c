/* SPDX-License-Identifier: Apache-2.0 */
/* Collects claims of all kinds, and tells each source how far it counts. */
#include "app/claims.h"
#include "app/people.h"
#include "app/pinned.h"
#include "app/walk.h"
#include "crypto/crypto.h"
#include "evidence/url.h"
#include "package/cargo_index.h"

#define CLAIMS_ARENA KITH_MIB(256)

void
kith_app_claims_free(struct kith_app_claims *c)
{
	if (!c)
		return;
	free(c->sources);
	free(c->readings);
	free(c->states);
	free(c->fetched);
	free(c->database_numbers);
	free(c->database_places);
	kith_arena_clear(&c->arena);
	free(c);
}

/* --- what sources are called --- */

/* Two components are enough to tell an owner's repositories apart. */
static struct kith_span
two_components(struct kith_span path)
{
	size_t at = kith_span_find(path, 0, '/');

	return at < path.len ? kith_span_sub(path, 0, kith_span_find(path, at + 1, '/')) : path;
}

void
kith_app_put_source_name(struct kith_buf *out, struct kith_span location)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span s;
	size_t i, at;

	kith_buf_init(&b, location.len + 1);
	kith_url_put_repository(&b, location);
	s = kith_buf_carry(out, &b);
	for (i = 0; i + 3 < s.len; i++) {
		if (memcmp(s.ptr + i, "://", 3) != 0)
			continue;
		at = kith_span_find(s, i + 3, '/');
		kith_buf_put_span(out, at + 1 < s.len
					   ? two_components(kith_span_sub(s, at + 1, SIZE_MAX))
					   : kith_span_sub(s, i + 3, SIZE_MAX));
		return;
	}
	while (kith_span_ends(s, KITH_SPAN_LIT("/")))
		s.len--;
	for (i = s.len; i && s.ptr[i - 1] != '/';)
		i--;
	kith_buf_put_span(out, kith_span_sub(s, i, SIZE_MAX));
}

/* What nobody else is called: claims are named after it. */
static int
name_source(struct kith_app_claims *c, struct kith_span given, struct kith_span location,
	    struct kith_span *ret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r;

	kith_buf_init(&b, location.len + given.len + 1);
	if (given.len)
		kith_buf_put_span(&b, given);
	else
		kith_app_put_source_name(&b, location);
	for (i = 0; i < c->n_sources; i++) {
		if (!kith_span_eq(c->sources[i].name, kith_buf_span(&b)))
			continue;
		kith_buf_reset(&b);
		kith_buf_put_span(&b, location);
		break;
	}
	r = kith_buf_check(&b, err);
	if (r)
		return r;
	return kith_arena_copy(&c->arena, kith_buf_span(&b), ret) ? KITH_OK : kith_fail_nomem(err);
}

/* --- sources --- */

static int
add_actor(struct kith_app_claims *c, struct kith_span name, struct kith_span location,
	  const struct kith_config_evidence *e, struct kith_actor *ret, struct kith_error *err)
{
	if (c->people)
		return kith_app_people_add_source(c->people, c->config->merged, name, location, e,
						  ret, err);
	*ret = (struct kith_actor){0, 0};
	return KITH_OK;
}

static int
add_source(struct kith_app_claims *c, const struct kith_config_evidence *e,
	   struct kith_span location, uint32_t *ret_number, struct kith_error *err)
{
	struct kith_evidence_source s = {.level = e ? e->level : KITH_LEVEL_NONE,
					 .object = e ? e->object : KITH_LEVEL_NONE};
	int r;

	r = kith_grow(&c->sources, &c->cap_sources, c->n_sources + 1, sizeof(*c->sources),
		      UINT32_MAX / 2, "sources", err);
	if (!r)
		r = name_source(c, e ? e->name : KITH_SPAN_NONE, location, &s.name, err);
	if (!r)
		r = add_actor(c, s.name, location, e, &s.actor, err);
	if (r)
		return r;
	*ret_number = (uint32_t)c->n_sources;
	c->sources[c->n_sources++] = s;
	return KITH_OK;
}

static bool
is_unsigned(const struct kith_config_evidence *e)
{
	return e->kind != KITH_CONFIG_CREV;
}

/* The configuration's own come first: what is not fetched yet has a number, too. */
static int
add_configured(struct kith_app_claims *c, uint32_t **ret_numbers, struct kith_error *err)
{
	const struct kith_config *m = c->config->merged;
	uint32_t *numbers = kith_arena_array(&c->arena, m->n_sources + 1, sizeof(*numbers));
	size_t i;
	int r = KITH_OK;

	if (!numbers)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < m->n_sources; i++) {
		const struct kith_config_evidence *e = &m->sources[i];

		numbers[i] = UINT32_MAX;
		if (is_unsigned(e))
			r = add_source(c, e, e->urls.n ? e->urls.at[0] : e->path, &numbers[i], err);
	}
	*ret_numbers = numbers;
	return r;
}

/* The first entry that names a source of `set`; the number of entries if none does. */
static size_t
find_entry(struct kith_app_claims *c, const struct kith_claim_set *set, size_t at)
{
	const struct kith_config *m = c->config->merged;
	struct kith_source s;
	size_t i;

	if (!kith_app_derived_source(set, at, &c->arena, &s) || s.class == KITH_SOURCE_REMOVED)
		return m->n_sources;
	for (i = 0; i < m->n_sources; i++)
		if (is_unsigned(&m->sources[i]) &&
		    kith_app_source_is_of(c->config, &s, &m->sources[i]))
			break;
	return i;
}

static int
map_words(struct kith_app_claims *c, const struct kith_config_evidence *e,
	  struct kith_claim_set_reading *reading, struct kith_error *err)
{
	struct kith_claim_set_mapping *map =
	    kith_arena_array(&c->arena, e->n_map + 1, sizeof(*map));
	size_t i;

	if (!map)
		return kith_fail_nomem(err);
	for (i = 0; i < e->n_map; i++)
		map[i] = (struct kith_claim_set_mapping){e->map[i].foreign, e->map[i].own.at,
							 e->map[i].own.n};
	reading->map = map;
	reading->n_map = e->n_map;
	return KITH_OK;
}

static void
add_state(struct kith_app_claims *c, const struct kith_claim_set_source *s, uint32_t number,
	  int64_t fetched)
{
	c->fetched[c->n_states] = fetched;
	c->states[c->n_states++] = (struct kith_report_source){s->location, s->commit, number};
}

static int
read_sets(struct kith_app_claims *c, const uint32_t *numbers, struct kith_error *err)
{
	struct kith_claim_set_source s;
	size_t i, e;
	int r = KITH_OK;

	for (i = 0; !r && i < c->sets->n_sources; i++) {
		struct kith_claim_set_reading *x = &c->readings[i];

		if (!kith_claim_set_source_at(c->sets, i, &s)) {
			x->skip = true;
			continue;
		}
		e = find_entry(c, c->sets, i);
		if (e < c->config->merged->n_sources) {
			x->number = numbers[e];
			r = map_words(c, &c->config->merged->sources[e], x, err);
		} else {
			r = add_source(c, NULL, s.location, &x->number, err);
		}
		if (r)
			break;
		x->name = c->sources[x->number].name;
		add_state(c, &s, x->number, kith_app_sets_fetched(c->session, i));
		r = kith_app_pinned_until(c->session, &s, &x->known_until, err);
	}
	return r;
}

static int
read_databases(struct kith_app_claims *c, const uint32_t *numbers, struct kith_error *err)
{
	struct kith_claim_set_source s;
	size_t i, e;
	int r = KITH_OK;

	for (i = 0; !r && i < c->databases->n_sources; i++) {
		c->database_numbers[i] = UINT32_MAX;
		if (!kith_claim_set_source_at(c->databases, i, &s))
			continue;
		e = find_entry(c, c->databases, i);
		if (e < c->config->merged->n_sources)
			c->database_numbers[i] = numbers[e];
		else
			r = add_source(c, NULL, s.location, &c->database_numbers[i], err);
		if (!r)
			add_state(c, &s, c->database_numbers[i],
				  kith_app_databases_fetched(c->session, i));
		c->database_places[i].source = s.location;
		c->database_places[i].commit = s.commit;
	}
	return r;
}

/* With no advisories in it, nothing follows from a database's silence (advisories.md 7, 26). */
static int
check_databases(const struct kith_app_claims *c, struct kith_error *err)
{
	struct kith_advisory_database db;
	size_t i;

	if (c->session->bundle) /* what is cut out may be nothing; the whole was checked then */
		return KITH_OK;
	for (i = 0; kith_advisory_set_database(c->advisories, i, &db); i++) {
		uint32_t n = db.number < c->databases->n_sources ? c->database_numbers[db.number]
								 : UINT32_MAX;
		const struct kith_place *at = &c->database_places[db.number];

		if (n == UINT32_MAX || c->sources[n].object < KITH_LEVEL_LOW)
			continue;
		if (!db.advisories)
			return kith_hint(
			    err,
			    kith_fail(err, KITH_E_INTEGRITY,
				      "%.*s: holds no advisory (%u files, %u of them refused)",
				      KITH_SPAN_FMT(at->source), db.files, db.refused),
			    "look what happened there, then 'kith fetch %.*s'; or 'kith source "
			    "remove' it",
			    KITH_SPAN_FMT(at->source));
		if (db.refused)
			kith_app_warn(c->session, "%.*s: %u of %u files cannot be read",
				      KITH_SPAN_FMT(at->source), db.refused, db.files);
	}
	return KITH_OK;
}

static int
open_sources(struct kith_app_claims *c, struct kith_error *err)
{
	uint32_t *numbers = NULL;
	size_t n;
	int r;

	r = kith_app_sets(c->session, &c->sets, err);
	if (!r)
		r = kith_app_advisories(c->session, &c->databases, &c->advisories, err);
	if (!r && c->people)
		r = kith_app_people_add_addresses(c->people, c->config->merged, err);
	if (!r)
		r = add_configured(c, &numbers, err);
	if (r)
		return r;
	c->readings = kith_calloc(c->sets->n_sources + (size_t)1, sizeof(*c->readings));
	c->database_numbers =
	    kith_calloc(c->databases->n_sources + (size_t)1, sizeof(*c->database_numbers));
	c->database_places =
	    kith_calloc(c->databases->n_sources + (size_t)1, sizeof(*c->database_places));
	n = c->sets->n_sources + (size_t)c->databases->n_sources + 1;
	c->states = kith_calloc(n, sizeof(*c->states));
	c->fetched = kith_calloc(n, sizeof(*c->fetched));
	if (!c->readings || !c->database_numbers || !c->database_places || !c->states ||
	    !c->fetched)
		return kith_fail_nomem(err);
	r = read_sets(c, numbers, err);
	if (!r)
		r = read_databases(c, numbers, err);
	return r ? r : check_databases(c, err);
}

int
kith_app_claims_new(struct kith_session *s, const struct kith_index *index,
		    const struct kith_app_config *config, struct kith_app_people *people,
		    enum kith_level objection_level, struct kith_app_claims **ret_claims,
		    struct kith_error *err)
{
	struct kith_app_claims *c = kith_calloc(1, sizeof(*c));
	int r;

	if (!c)
		return kith_fail_nomem(err);
	c->session = s;
	c->index = index;
	c->config = config;
	c->people = people;
	c->objection_level = objection_level;
	kith_arena_init(&c->arena, CLAIMS_ARENA);
	r = open_sources(c, err);
	if (r) {
		kith_app_claims_free(c);
		return r;
	}
	*ret_claims = c;
	return KITH_OK;
}

int64_t
kith_app_claims_fetched(const struct kith_app_claims *c, size_t i)
{
	return c->sources[c->states[i].number].level < KITH_LEVEL_LOW &&
		       c->sources[c->states[i].number].object < KITH_LEVEL_LOW
		   ? 0 /* shown, not counted */
		   : c->fetched[i];
}

/* --- claims --- */

int
kith_app_claims_about(struct kith_app_claims *c, enum kith_ecosystem eco, struct kith_span name,
		      struct kith_arena *arena, const struct kith_claim **ret_claims,
		      size_t *ret_count, struct kith_error *err)
{
	const struct kith_claim *reviews;
	struct kith_claim *said, *all;
	size_t n, m;
	int r;

	r = kith_index_claims(c->index, eco, name, arena, &reviews, &n, err);
	if (!r)
		r = kith_claim_set_claims(c->sets, eco, name, c->readings, c->session->now, arena,
					  &said, &m, err);
	if (r)
		return r;
	*ret_count = n + m;
	*ret_claims = m ? said : reviews;
	if (!n || !m)
		return KITH_OK;
	all = kith_arena_array(arena, n + m, sizeof(*all));
	if (!all)
		return kith_fail_nomem(err);
	memcpy(all, reviews, n * sizeof(*all));
	memcpy(all + n, said, m * sizeof(*all));
	*ret_claims = all;
	return KITH_OK;
}

static bool
database_counts(void *ctx, uint32_t database)
{
	const struct kith_app_claims *c = ctx;
	uint32_t n =
	    database < c->databases->n_sources ? c->database_numbers[database] : UINT32_MAX;

	return n != UINT32_MAX && c->sources[n].object >= c->objection_level;
}

/* What an advisory says is its identity, wherever it was found. */
static int
identify(struct kith_claim *x, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r;

	kith_buf_init(&b, KITH_MIB(16));
	kith_buf_printf(&b, "advisory\n%d %d %d %d\n", (int)x->eco, (int)x->advisory_kind,
			x->has_severity ? (int)x->severity : -1, (int)x->malicious);
	kith_buf_put_span(&b, x->name);
	kith_buf_put_char(&b, '\n');
	for (i = 0; i < x->n_versions; i++) {
		kith_buf_put_span(&b, x->versions[i]);
		kith_buf_put_char(&b, '\n');
	}
	kith_buf_put_span(&b, x->id);
	for (i = 0; i < x->n_other_ids; i++) {
		kith_buf_put_char(&b, '\n');
		kith_buf_put_span(&b, x->other_ids[i]);
	}
	r = kith_buf_check(&b, err);
	if (!r)
		kith_blake2b(kith_buf_span(&b), &x->proof);
	return r;
}

int
kith_app_claims_advisories(const struct kith_app_claims *c, enum kith_ecosystem eco,
			   struct kith_span name, struct kith_span version,
			   struct kith_arena *arena, struct kith_advisory_claims *ret_advisories,
			   struct kith_error *err)
{
	const struct kith_advisory_claims_options o = {.databases = c->database_places,
						       .n_databases = c->databases->n_sources,
						       .ctx = (void *)(uintptr_t)c,
						       .counts = database_counts};
	struct kith_advisory_claims found;
	struct kith_claim *own;
	size_t i, n = 0;
	int r;

	r = kith_advisory_make_claims(c->advisories, eco, name, version, &o, arena, &found, err);
	if (r)
		return r;
	own = kith_arena_array(arena, found.count + 1, sizeof(*own));
	if (!own)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < found.count; i++) {
		own[n] = found.items[i];
		if (own[n].set >= c->databases->n_sources ||
		    c->database_numbers[own[n].set] == UINT32_MAX)
			continue;
		own[n].set = c->database_numbers[own[n].set];
		r = identify(&own[n++], err);
	}
	found.items = own;
	found.count = n;
	if (!r)
		*ret_advisories = found;
	return r;
}

/* --- publishers --- */

/* Of the version, or of the one that has the mark. */
static int
find_publication(const struct kith_app_claims *c, enum kith_ecosystem eco, struct kith_span name,
		 struct kith_span version, const uint8_t *mark, struct kith_arena *arena,
		 bool *ret_known, struct kith_app_publication *ret, struct kith_error *err)
{
	const struct kith_claim_set_fact *facts;
	bool known = false, contradicted = false;
	uint8_t its[KITH_INDEX_MARK];
	size_t n, i;
	int r;

	r = kith_claim_set_facts(c->sets, eco, name, arena, &facts, &n, err);
	if (r)
		return r;
	for (i = 0; i < n; i++) {
		const struct kith_claim_set_fact *f = &facts[i];
		const struct kith_claim_set_reading *x = &c->readings[f->source];

		if (x->skip || c->sources[x->number].level < KITH_LEVEL_LOW)
			continue;
		if (mark)
			kith_index_version_mark(f->version, its);
		if (mark ? memcmp(its, mark, sizeof(its)) != 0 : !kith_span_eq(f->version, version))
			continue;
		contradicted |= known && (!kith_span_eq(f->publisher, ret->publisher) ||
					  f->published.sec != ret->published.sec);
		*ret = (struct kith_app_publication){f->publisher, f->login, f->published};
		known = true;
	}
	*ret_known = known && !contradicted;
	return KITH_OK;
}

int
kith_app_claims_publication(const struct kith_app_claims *c, enum kith_ecosystem eco,
			    struct kith_span name, struct kith_span version,
			    struct kith_arena *arena, bool *ret_known,
			    struct kith_app_publication *ret, struct kith_error *err)
{
	return find_publication(c, eco, name, version, NULL, arena, ret_known, ret, err);
}

/* [[publisher]] names accounts by login, or as vouches do. */
static bool
is_named(const struct kith_config *m, struct kith_span package,
	 const struct kith_app_publication *p)
{
	size_t i, k;

	for (i = 0; i < m->n_publishers; i++) {
		const struct kith_config_publisher *x = &m->publishers[i];

		for (k = 0; k < x->logins.n && kith_glob_match(x->package, package); k++)
			if (kith_span_eq(x->logins.at[k], p->publisher) ||
			    (p->login.len && kith_span_eq(x->logins.at[k], p->login)))
				return true;
	}
	return false;
}

int
kith_app_claims_publisher(const struct kith_app_claims *c, struct kith_subject *subject,
			  struct kith_arena *arena, struct kith_error *err)
{
	const struct kith_package *p = subject->package;
	struct kith_app_publication x = {.publisher = KITH_SPAN_NONE};
	bool known;
	int r;

	r = kith_app_claims_publication(c, p->eco, p->name, p->version, arena, &known, &x, err);
	if (r || !known || p->origin != KITH_ORIGIN_REGISTRY)
		return r;
	subject->publisher = x.publisher;
	subject->first_named = is_named(c->config->merged, p->name, &x);
	if (!subject->has_published) {
		subject->has_published = true;
		subject->published = x.published;
	}
	return KITH_OK;
}

int
kith_app_claims_first_publisher(const struct kith_app_claims *c, struct kith_subject *subject,
				const uint8_t *first, struct kith_arena *arena,
				struct kith_error *err)
{
	const struct kith_package *p = subject->package;
	struct kith_app_publication x = {.publisher = KITH_SPAN_NONE};
	bool known;
	int r;

	if (!subject->publisher.len || subject->first_named)
		return KITH_OK;
	r = find_publication(c, p->eco, p->name, KITH_SPAN_NONE, first, arena, &known, &x, err);
	if (!r && known)
		subject->first_publisher = x.publisher;
	return r;
}
