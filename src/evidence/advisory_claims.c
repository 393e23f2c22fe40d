/* SPDX-License-Identifier: Apache-2.0 */
/* Problems as claims (verdict.md 2): one a problem, whoever and however many report it. */
#include <limits.h>

#include "evidence/advisory_set.h"

struct maker {
	const struct kith_advisory_claims_options *o;
	struct kith_arena *arena;
	struct kith_error *err;
	struct kith_claim like; /* what all of them have in common */
};

/* The policy knows no more than high. */
static enum kith_level
level_of(enum kith_severity s)
{
	static const enum kith_level levels[KITH_SEVERITY_COUNT] = {
	    KITH_LEVEL_NONE, KITH_LEVEL_LOW, KITH_LEVEL_MEDIUM, KITH_LEVEL_HIGH, KITH_LEVEL_HIGH};

	return s < KITH_SEVERITY_COUNT ? levels[s] : KITH_LEVEL_HIGH;
}

static bool
counts(const struct maker *m, const struct kith_advisory_member *x)
{
	return !m->o->counts || m->o->counts(m->o->ctx, x->database);
}

/* Who speaks for the problem: whose word counts, then the home database, then who came first. */
static const struct kith_advisory_member *
speaker(const struct maker *m, const struct kith_advisory_problem *p)
{
	const struct kith_advisory_member *best = &p->members[0];
	unsigned rank, best_rank = UINT_MAX;
	size_t i;

	for (i = 0; i < p->n_members; i++) {
		const struct kith_advisory_member *x = &p->members[i];

		if (x->state != KITH_ADVISORY_AFFECTED)
			continue;
		rank = kith_advisory_id_rank(x->id, true) + (counts(m, x) ? 0 : 16);
		if (rank < best_rank) {
			best = x;
			best_rank = rank;
		}
	}
	return best;
}

static int
add_places(const struct maker *m, const struct kith_advisory_problem *p, struct kith_claim *c)
{
	struct kith_place *places = kith_arena_array(m->arena, p->n_members, sizeof(*places));
	size_t i, n = 0;

	if (!places)
		return kith_fail_nomem(m->err);
	for (i = 0; i < p->n_members; i++) {
		const struct kith_advisory_member *x = &p->members[i];

		if (x->state != KITH_ADVISORY_AFFECTED)
			continue;
		if (x->database < m->o->n_databases)
			places[n] = m->o->databases[x->database];
		places[n++].path = x->path;
	}
	c->places = places;
	c->n_places = n;
	return KITH_OK;
}

static int
make_claim(const struct maker *m, const struct kith_advisory_problem *p, struct kith_claim *ret)
{
	const struct kith_advisory_member *x = speaker(m, p);
	struct kith_claim c = m->like;
	int r;

	c.set = x->database;
	c.date = x->date;
	c.comment = x->title;
	c.id = p->ids[0];
	c.other_ids = p->ids + 1;
	c.n_other_ids = p->n_ids - 1;
	c.advisory_kind = p->kind;
	c.malicious = p->malicious;
	c.has_severity = p->severity.known;
	c.severity = p->severity.known ? level_of(p->severity.label) : KITH_LEVEL_NONE;
	c.has_score = p->severity.known && p->severity.has_score;
	c.score = (uint8_t)(c.has_score ? p->severity.tenths : 0);
	r = add_places(m, p, &c);
	if (!r)
		*ret = c;
	return r;
}

static int
sort_out(const struct maker *m, const struct kith_advisory_problem *problems, size_t n,
	 struct kith_advisory_claims *ret)
{
	struct kith_claim *claims = kith_arena_array(m->arena, n, sizeof(*claims));
	struct kith_advisory_problem *unknown = kith_arena_array(m->arena, n, sizeof(*unknown));
	struct kith_advisory_claims out = {.items = claims, .unknown = unknown};
	size_t i;

	if (!claims || !unknown)
		return kith_fail_nomem(m->err);
	for (i = 0; i < n; i++) {
		if (problems[i].state == KITH_ADVISORY_UNKNOWN)
			unknown[out.n_unknown++] = problems[i];
		else if (make_claim(m, &problems[i], &claims[out.count++]))
			return KITH_E_NOMEM;
	}
	*ret = out;
	return KITH_OK;
}

int
kith_advisory_make_claims(const struct kith_advisory_set *s, enum kith_ecosystem eco,
			  struct kith_span name, struct kith_span version,
			  const struct kith_advisory_claims_options *options,
			  struct kith_arena *arena, struct kith_advisory_claims *ret_claims,
			  struct kith_error *err)
{
	struct maker m = {.o = options, .arena = arena, .err = err};
	struct kith_advisory_query q = {kith_span_str(kith_advisory_ecosystem(eco)), name, version};
	const struct kith_advisory_problem *problems;
	struct kith_span *versions = kith_arena_alloc(arena, sizeof(*versions));
	size_t n;
	int r;

	if (!versions)
		return kith_fail_nomem(err);
	*versions = version;
	m.like.kind = KITH_CLAIM_ADVISORY;
	m.like.eco = eco;
	m.like.source = eco == KITH_ECO_CARGO ? KITH_SPAN_LIT(KITH_CRATES_IO) : KITH_SPAN_NONE;
	m.like.name = name;
	m.like.versions = versions;
	m.like.n_versions = 1;
	r = kith_advisory_match(s, &q, arena, &problems, &n, err);
	return r ? r : sort_out(&m, problems, n, ret_claims);
}
