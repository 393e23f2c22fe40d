/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First step of a verdict: who said what. Claims are put into an order of their own, so that no
 * later step can depend on the order in which they came. Pure.
 */
#include "policy/judge.h"

#define MAX_SCRATCH KITH_MIB(512)
#define MAX_MANY    ((size_t)UINT32_MAX / 4)
#define DAY         ((int64_t)86400)

void
judge_clear(struct judge *j)
{
	kith_map_clear(&j->ids);
	kith_map_clear(&j->version_numbers);
	kith_map_clear(&j->digest_numbers);
	kith_map_clear(&j->actor_names);
	free(j->authors);
	free(j->versions);
	kith_arena_clear(&j->scratch);
}

bool
judge_concerns(const struct judge *j, const struct kith_claim *c)
{
	const struct kith_package *p = j->subject->package;

	return c->eco == p->eco && kith_span_eq(c->name, p->name) &&
	       (c->eco != KITH_ECO_CARGO || !c->source.len ||
		kith_span_is(c->source, KITH_CRATES_IO));
}

static int
cmp_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* An order that is the claims' own; what is equal in all of this says the same. */
static int
cmp_claim(const struct kith_claim *a, const struct kith_claim *b)
{
	int c = kith_span_cmp(a->version, b->version);

	if (!c)
		c = cmp_number(a->kind, b->kind);
	if (!c)
		c = memcmp(a->author.bytes, b->author.bytes, KITH_ID_BYTES);
	if (!c)
		c = cmp_number(a->set, b->set);
	if (!c)
		c = kith_time_cmp(b->date, a->date);
	if (!c)
		c = memcmp(a->proof.bytes, b->proof.bytes, KITH_DIGEST_BYTES);
	if (!c)
		c = kith_span_cmp(a->id, b->id);
	if (!c)
		c = memcmp(a->digest.bytes, b->digest.bytes, KITH_DIGEST_BYTES);
	if (!c)
		c = kith_span_cmp(a->base_version, b->base_version);
	return c ? c : kith_span_cmp(a->origin, b->origin);
}

struct sort_key {
	const struct kith_claim *claim;
	uint32_t index;
};

static int
cmp_key(const void *pa, const void *pb)
{
	const struct sort_key *a = pa, *b = pb;
	int c = cmp_claim(a->claim, b->claim);

	return c ? c : cmp_number(a->index, b->index);
}

static int
sort_claims(struct judge *j, struct kith_error *err)
{
	struct sort_key *keys = kith_arena_array(&j->scratch, j->n_claims + 1, sizeof(*keys));
	size_t i, n = 0;

	j->order = kith_arena_array(&j->scratch, j->n_claims + 1, sizeof(*j->order));
	if (!keys || !j->order)
		return kith_fail_nomem(err);
	for (i = 0; i < j->n_claims; i++)
		if (judge_concerns(j, &j->claims[i]))
			keys[n++] = (struct sort_key){&j->claims[i], (uint32_t)i};
	if (n)
		qsort(keys, n, sizeof(*keys), cmp_key);
	for (i = 0; i < n; i++)
		j->order[i] = keys[i].index;
	j->n_order = n;
	return KITH_OK;
}

int
judge_version(struct judge *j, struct kith_span text, uint32_t *ret_version, struct kith_error *err)
{
	size_t value;
	bool added;
	int r;

	r = kith_map_add(&j->version_numbers, text, j->n_versions, &value, &added, err);
	if (r)
		return r;
	if (added) {
		struct said_version *v;

		r = kith_grow(&j->versions, &j->cap_versions, j->n_versions + 1,
			      sizeof(*j->versions), MAX_MANY, "versions", err);
		if (r)
			return r;
		v = &j->versions[j->n_versions++];
		*v = (struct said_version){.text = text};
		v->is_semver = kith_semver_parse(text, &v->semver);
	}
	*ret_version = (uint32_t)value;
	return KITH_OK;
}

static int
digest_number(struct judge *j, const struct kith_digest *d, bool has, uint32_t *ret_digest,
	      struct kith_error *err)
{
	size_t value;
	bool added;
	int r;

	*ret_digest = NO_DIGEST;
	if (!has)
		return KITH_OK;
	r = kith_map_add(&j->digest_numbers, kith_span(d->bytes, sizeof(d->bytes)), j->n_digests,
			 &value, &added, err);
	if (r)
		return r;
	j->n_digests += added;
	*ret_digest = (uint32_t)value;
	return KITH_OK;
}

static int
new_author(struct judge *j, struct author **ret_author, struct kith_error *err)
{
	int r = kith_grow(&j->authors, &j->cap_authors, j->n_authors + 1, sizeof(*j->authors),
			  MAX_MANY, "authors", err);

	if (r)
		return r;
	*ret_author = &j->authors[j->n_authors];
	memset(*ret_author, 0, sizeof(**ret_author));
	(*ret_author)->speaks_as = (uint32_t)j->n_authors++;
	return KITH_OK;
}

static int
add_sources(struct judge *j, struct kith_error *err)
{
	size_t i;

	for (i = 0; i < j->world->n_sources; i++) {
		const struct kith_evidence_source *s = &j->world->sources[i];
		struct author *a;
		int r = new_author(j, &a, err);

		if (r)
			return r;
		a->is_source = true;
		a->person = NOBODY;
		a->approve = a->approve_full = (uint8_t)s->level;
		a->object = (uint8_t)s->object;
		a->actor = s->actor;
		a->owner = kith_people_owns(j->people, s->actor.number);
	}
	return KITH_OK;
}

static void
fill_unknown(struct judge *j, struct author *a, const struct kith_id *id)
{
	a->approve = a->approve_full = a->object = KITH_LEVEL_NONE;
	if (!j->world->actors || !kith_actors_of_id(j->world->actors, id, &a->actor)) {
		a->actor.number = j->n_actors;
		a->actor.house = j->n_actors++;
	}
}

static void
fill_person(struct author *a, const struct kith_person *p)
{
	a->approve = p->approve;
	a->approve_full = p->approve_full;
	a->object = p->object;
	a->root = p->root;
	a->revoked = p->revoked;
	a->disowned = p->disowned;
	a->actor = p->actor;
}

/* As whom a key speaks (verdict.md 2): its root, if the configuration gives them one actor. */
static uint32_t
speaks_as(const struct judge *j, const struct author *a)
{
	size_t i, first = j->world->n_sources;

	for (i = 0; !a->root && !a->disowned && i < j->people->n_roots; i++)
		if (j->authors[first + i].actor.house == a->actor.house)
			return (uint32_t)(first + i);
	return a->speaks_as;
}

static int
author_number(struct judge *j, const struct kith_id *id, uint32_t *ret_author,
	      struct kith_error *err)
{
	struct author *a;
	size_t value;
	bool added;
	int r;

	r = kith_map_add(&j->ids, kith_span(id->bytes, sizeof(id->bytes)), j->n_authors, &value,
			 &added, err);
	if (r)
		return r;
	*ret_author = (uint32_t)value;
	if (!added)
		return KITH_OK;
	r = new_author(j, &a, err);
	if (r)
		return r;
	a->id = *id;
	a->person = kith_people_find(j->people, id);
	if (a->person == NOBODY)
		fill_unknown(j, a, id);
	else
		fill_person(a, &j->people->persons[a->person]);
	a->owner = kith_people_owns(j->people, a->actor.number);
	if (j->n_authors > j->world->n_sources + j->people->n_roots)
		a->speaks_as = speaks_as(j, a);
	return KITH_OK;
}

/* Roots come first, in order and each once, so that a second key finds its root. */
static int
add_roots(struct judge *j, struct kith_error *err)
{
	size_t i;

	for (i = 0; i < j->people->n_roots; i++) {
		uint32_t a;
		int r = author_number(j, &j->people->persons[j->people->roots[i]].id, &a, err);

		if (r)
			return r;
		if (a != j->world->n_sources + i)
			return kith_fail(err, KITH_E_INTERNAL, "a root is named twice");
	}
	return KITH_OK;
}

uint32_t
judge_author_of(const struct judge *j, const struct kith_claim *c)
{
	size_t value;

	if (!c->is_signed)
		return c->set < j->world->n_sources ? c->set : NOBODY;
	return kith_map_get(&j->ids, kith_span(c->author.bytes, KITH_ID_BYTES), &value)
		   ? (uint32_t)value
		   : NOBODY;
}

int
judge_origin(struct judge *j, const struct kith_claim *c, uint32_t *ret_actor, bool *ret_disowned,
	     struct kith_error *err)
{
	struct kith_actor actor;
	size_t value;
	bool added;
	int r;

	*ret_disowned = false;
	if (c->has_origin_id) {
		uint32_t a;

		r = author_number(j, &c->origin_id, &a, err);
		if (r)
			return r;
		*ret_disowned = j->authors[a].disowned;
		*ret_actor = j->authors[a].actor.number;
		return KITH_OK;
	}
	if (j->world->actors && kith_actors_of_name(j->world->actors, c->origin, &actor)) {
		*ret_actor = actor.number;
		return KITH_OK;
	}
	r = kith_map_add(&j->actor_names, c->origin, j->n_actors, &value, &added, err);
	if (r)
		return r;
	j->n_actors += added;
	*ret_actor = (uint32_t)value;
	return KITH_OK;
}

static bool
is_late(const struct judge *j, const struct kith_claim *c)
{
	return c->has_previous && c->date.sec < c->previous.sec - 30 * DAY &&
	       !j->policy->late_counts;
}

static int
read_review(struct judge *j, uint32_t index, struct kith_error *err)
{
	const struct kith_claim *c = &j->claims[index];
	struct review *x = &j->reviews[j->n_reviews];
	int r = author_number(j, &c->author, &x->raw, err);

	if (!r)
		r = judge_version(j, c->version, &x->version, err);
	if (!r)
		r = digest_number(j, &c->digest, c->has_digest, &x->digest, err);
	x->base_version = NOBODY;
	if (!r && c->has_base)
		r = judge_version(j, c->base_version, &x->base_version, err);
	if (!r && c->has_base)
		r = digest_number(j, &c->base_digest, c->has_base_digest, &x->base_digest, err);
	if (r)
		return r;
	x->claim = c;
	x->index = index;
	x->author = j->authors[x->raw].speaks_as;
	x->late = is_late(j, c);
	/* a clock that is a day wrong is forgiven (verdict.md 2) */
	x->arrived = c->date.sec <= j->world->now.sec + DAY;
	x->machine = c->has_llm && !(c->llm_human_guided && j->need.assisted_counts);
	j->n_reviews++;
	return KITH_OK;
}

static int
read_claim(struct judge *j, uint32_t index, struct kith_error *err)
{
	const struct kith_claim *c = &j->claims[index];
	uint32_t version;
	int r = KITH_OK;

	if (c->kind == KITH_CLAIM_REVIEW)
		return read_review(j, index, err);
	/* all versions are known before violations bar some of them */
	if (c->kind == KITH_CLAIM_AUDIT)
		r = judge_version(j, c->version, &version, err);
	if (!r && c->kind == KITH_CLAIM_AUDIT && c->has_base)
		r = judge_version(j, c->base_version, &version, err);
	return r;
}

static int
cmp_review(const void *pa, const void *pb)
{
	const struct review *a = pa, *b = pb;
	int c = cmp_number(a->author, b->author);

	if (!c)
		c = cmp_number(a->version, b->version);
	if (!c)
		c = cmp_number(a->digest, b->digest);
	if (!c)
		c = kith_time_cmp(b->claim->date, a->claim->date);
	return c ? c : cmp_claim(a->claim, b->claim);
}

size_t
judge_group_end(const struct judge *j, size_t pos)
{
	size_t i = pos;

	while (i < j->n_reviews && j->reviews[i].author == j->reviews[pos].author &&
	       j->reviews[i].version == j->reviews[pos].version)
		i++;
	return i;
}

uint32_t
judge_criteria_met(const struct judge *j, const struct kith_claim *c)
{
	uint32_t met = 0;
	size_t i, k;

	for (i = 0; i < j->need.n_criteria; i++) {
		bool run = kith_span_is(j->need.criteria[i], "safe-to-run");
		bool deploy = kith_span_is(j->need.criteria[i], "safe-to-deploy");
		bool has = c->kind == KITH_CLAIM_REVIEW && (run || deploy);

		for (k = 0; k < c->n_criteria && !has; k++)
			has = kith_span_eq(c->criteria[k], j->need.criteria[i]) ||
			      (run && kith_span_is(c->criteria[k], "safe-to-deploy"));
		met |= has ? 1U << i : 0;
	}
	return met;
}

int
judge_read(struct judge *j, struct kith_error *err)
{
	const struct kith_subject *s = j->subject;
	uint32_t ours;
	size_t i;
	int r;

	kith_arena_init(&j->scratch, MAX_SCRATCH);
	kith_map_init(&j->ids, NULL);
	kith_map_init(&j->version_numbers, NULL);
	kith_map_init(&j->digest_numbers, NULL);
	kith_map_init(&j->actor_names, NULL);
	j->n_digests = OUR_DIGEST;
	j->n_actors = j->world->actors ? kith_actors_count(j->world->actors) : 0;
	j->comparable = s->has_digest && s->bytes == KITH_SUBJECT_HERE;
	r = sort_claims(j, err);
	if (!r)
		r = add_sources(j, err);
	if (!r)
		r = add_roots(j, err);
	if (!r)
		r = judge_version(j, s->package->version, &j->version, err);
	if (!r)
		r = digest_number(j, &s->digest, s->has_digest, &ours, err);
	if (r)
		return r;
	if (!s->has_digest)
		j->n_digests = OUR_DIGEST + 1; /* no review's digest is ours */
	j->reviews = kith_arena_array(&j->scratch, j->n_order + 1, sizeof(*j->reviews));
	j->uses = kith_arena_alloc(&j->scratch, j->n_claims + 1);
	if (!j->reviews || !j->uses)
		return kith_fail_nomem(err);
	for (i = 0; i < j->n_order && !r; i++)
		r = read_claim(j, j->order[i], err);
	if (r)
		return r;
	if (j->n_reviews)
		qsort(j->reviews, j->n_reviews, sizeof(*j->reviews), cmp_review);
	return KITH_OK;
}
