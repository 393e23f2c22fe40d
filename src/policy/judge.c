/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status of one package (verdict.md 8): the first that holds; and, where it is insufficient,
 * the nearest miss. Pure.
 */
#include "policy/judge.h"

const char *
kith_status_name(enum kith_status s)
{
	static const char *const names[] = {"mismatch", "negative", "insufficient",
					    "exempt",   "verified", "local"};

	return names[s];
}

const char *
kith_miss_name(enum kith_miss m)
{
	static const char *const names[] = {"",
					    "path-copy",
					    "unknown-origin",
					    "expired",
					    "not-independent",
					    "supplement-only",
					    "publisher-only",
					    "machine-only",
					    "vendored",
					    "bytes-not-here",
					    "too-low",
					    "does-not-count",
					    "nobody-trusted",
					    "another-version",
					    "no-evidence"};

	return names[m];
}

/* Evidence is about the default registry's package, vendored or not. */
static bool
from_registry(const struct kith_subject *s)
{
	return s->package->origin == KITH_ORIGIN_REGISTRY;
}

static bool
covers(const struct judge *j, const struct kith_exemption *x)
{
	struct kith_claim c = {
	    .kind = KITH_CLAIM_AUDIT, .criteria = x->criteria, .n_criteria = x->n_criteria};

	return !x->n_criteria || judge_criteria_met(j, &c) == (1U << j->need.n_criteria) - 1U;
}

/* The exemption that holds, else an expired one; NULL: none was made for these very bytes. */
static const struct kith_exemption *
find_exemption(const struct judge *j, bool *ret_holds)
{
	const struct kith_exemption *expired = NULL;
	const struct kith_subject *s = j->subject;
	size_t i;

	*ret_holds = false;
	for (i = 0; i < j->world->n_exemptions; i++) {
		const struct kith_exemption *x = &j->world->exemptions[i];

		if (!kith_span_eq(x->name, s->package->name) ||
		    !kith_span_eq(x->version, s->package->version) || !x->key.len ||
		    !kith_span_eq(x->key, s->exempt_key) || !covers(j, x))
			continue;
		if (!x->has_until || kith_time_cmp(j->world->now, x->until) < 0) {
			*ret_holds = true;
			return x;
		}
		expired = x;
	}
	return expired;
}

/* --- the nearest miss --- */

static bool
says_yes(const struct kith_claim *c)
{
	return c->kind == KITH_CLAIM_AUDIT ||
	       (c->kind == KITH_CLAIM_REVIEW && c->rating > KITH_RATING_NEGATIVE && !c->empty);
}

/* How the author of a claim stands, publishers included, as whomever he speaks. */
static enum kith_level
full_standing(const struct judge *j, const struct kith_claim *c)
{
	uint32_t a = judge_author_of(j, c);

	return a == NOBODY ? KITH_LEVEL_NONE : j->authors[j->authors[a].speaks_as].approve_full;
}

struct nearness {
	bool here, trusted, below;
	const struct kith_claim *claim;
	const struct kith_semver *semver;
};

/* Whether a is nearer than b to what was asked for. */
static bool
is_nearer(const struct nearness *a, const struct nearness *b)
{
	int c;

	if (!b->claim || a->here != b->here)
		return !b->claim || a->here;
	if (a->trusted != b->trusted)
		return a->trusted;
	if (a->here || !a->semver || !b->semver)
		return !a->here && a->semver && !b->semver;
	if (a->below != b->below)
		return a->below;
	c = kith_semver_cmp(a->semver, b->semver);
	return a->below ? c > 0 : c < 0;
}

static enum kith_miss
nearest_claim(const struct judge *j, const struct kith_claim **ret_claim)
{
	struct nearness best = {.claim = NULL};
	const struct said_version *ours = &j->versions[j->version];
	size_t i;

	for (i = 0; i < j->n_order; i++) {
		const struct kith_claim *c = &j->claims[j->order[i]];
		struct nearness x = {.claim = c};
		size_t v;

		if (!says_yes(c) || !kith_map_get(&j->version_numbers, c->version, &v))
			continue;
		x.here = v == j->version;
		x.trusted = full_standing(j, c) >= KITH_LEVEL_LOW;
		x.semver =
		    j->versions[v].is_semver && ours->is_semver ? &j->versions[v].semver : NULL;
		x.below = x.semver && kith_semver_cmp(x.semver, &ours->semver) < 0;
		if (is_nearer(&x, &best))
			best = x;
	}
	*ret_claim = best.claim;
	if (!best.claim)
		return KITH_MISS_NO_EVIDENCE;
	if (!best.here)
		return KITH_MISS_ANOTHER_VERSION;
	return best.trusted ? KITH_MISS_DOES_NOT_COUNT : KITH_MISS_NOBODY_TRUSTED;
}

/* What would have been enough, one condition dropped at a time. */
static int
loosen(struct judge *j, enum kith_miss *ret_miss, struct kith_error *err)
{
	bool pinned = j->subject->package->checksum.len;
	bool bound = j->comparable && pinned;
	const struct {
		unsigned loose;
		bool tried;
		enum kith_miss miss;
	} steps[] = {
	    {0, true, KITH_MISS_SUPPLEMENT_ONLY},
	    {LOOSE_OWNER, true, KITH_MISS_PUBLISHER_ONLY},
	    {LOOSE_MACHINE, true, KITH_MISS_MACHINE_ONLY},
	    {LOOSE_BYTES, !bound,
	     j->subject->bytes == KITH_SUBJECT_VENDORED ? KITH_MISS_VENDORED
							: KITH_MISS_BYTES_NOT_HERE},
	    {LOOSE_LEVEL, true, KITH_MISS_TOO_LOW},
	    {LOOSE_LEVEL | LOOSE_BYTES, !j->comparable, KITH_MISS_TOO_LOW},
	};
	size_t i;

	*ret_miss = KITH_MISS_NONE;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]) && j->n_order; i++) {
		bool enough;
		int r = KITH_OK;

		if (!steps[i].tried)
			continue;
		r = chain_approves(j, steps[i].loose, &enough, err);
		if (r)
			return r;
		if (enough) {
			*ret_miss = steps[i].miss;
			return KITH_OK;
		}
	}
	return KITH_OK;
}

static int
find_miss(struct judge *j, struct kith_verdict *v, struct kith_error *err)
{
	enum kith_miss said = nearest_claim(j, &v->nearest);
	int r;

	if (j->subject->package->origin == KITH_ORIGIN_PATH)
		v->miss = KITH_MISS_PATH_COPY;
	else if (!from_registry(j->subject))
		v->miss = KITH_MISS_UNKNOWN_ORIGIN;
	else if (v->exemption)
		v->miss = KITH_MISS_EXPIRED;
	else if (v->independent)
		v->miss = KITH_MISS_NOT_INDEPENDENT;
	if (v->miss != KITH_MISS_NONE)
		return KITH_OK;
	r = loosen(j, &v->miss, err);
	if (!r && v->miss == KITH_MISS_NONE)
		v->miss = said;
	return r;
}

/* --- the verdict --- */

/* Copies the way to the target that the last walk found. */
static int
copy_chain(const struct judge *j, const struct chain *c, struct kith_verdict *v,
	   struct kith_error *err)
{
	struct kith_link *links;
	uint32_t at;
	size_t n = 0;

	for (at = c->target; at != NOBODY; at = c->via_node[at])
		n++;
	links = kith_arena_array(j->arena, n + 1, sizeof(*links));
	if (!links)
		return kith_fail_nomem(err);
	v->chain = links;
	v->n_chain = n;
	for (at = c->target; at != NOBODY; at = c->via_node[at]) {
		const struct chain_edge *e = &c->edges[c->via_edge[at]];
		struct kith_link *l = &links[--n];

		l->claim = &j->claims[e->claim];
		l->to = j->versions[e->version].text;
		l->from =
		    e->from_version == NOBODY ? KITH_SPAN_NONE : j->versions[e->from_version].text;
	}
	return KITH_OK;
}

static int
weigh(struct judge *j, struct chain *c, struct kith_verdict *v, struct kith_error *err)
{
	struct independence in;
	size_t i;
	int r = judge_independence(j, c, &in, err);

	if (r)
		return r;
	j->criterion = in.criterion;
	v->independent = in.k;
	v->independent_is_least = in.least;
	for (i = 0; i < in.n_cut; i++)
		v->hangs_on[i] = judge_party(j, in.cut[i]);
	v->n_hangs_on = in.n_cut;
	if (!in.k)
		return KITH_OK;
	chain_walk(j, c, &(struct chain_walk){in.criterion, false, NULL, NULL});
	return copy_chain(j, c, v, err);
}

/* Counts for each version the criteria that reach it; what is barred is not trusted. */
static void
count_reached(const struct judge *j, struct chain *c, unsigned *walks)
{
	unsigned i;
	size_t n;

	for (i = 0; i < j->need.n_criteria; i++) {
		bool approved = chain_walk(j, c, &(struct chain_walk){i, false, NULL, NULL});

		for (n = 0; n < c->n_nodes; n++) {
			uint32_t version = c->nodes[n].version;

			if (c->seen[n] && !c->nodes[n].barred && walks[version] == i &&
			    (version != j->version || approved))
				walks[version] = i + 1;
		}
	}
}

static int
find_latest(struct judge *j, struct chain *c, struct kith_verdict *v, struct kith_error *err)
{
	KITH_AUTO_FREE unsigned *walks = kith_calloc(j->n_versions, sizeof(*walks));
	const struct said_version *best = NULL, *ours = &j->versions[j->version];
	size_t n;
	int cmp;

	if (!walks)
		return kith_fail_nomem(err);
	count_reached(j, c, walks);
	for (n = 0; n < j->n_versions; n++)
		if (walks[n] == j->need.n_criteria && j->versions[n].is_semver &&
		    (!best || kith_semver_cmp_total(&j->versions[n].semver, &best->semver) > 0))
			best = &j->versions[n];
	if (!best || !ours->is_semver)
		return KITH_OK;
	cmp = kith_semver_cmp_total(&best->semver, &ours->semver);
	v->latest = cmp == 0 ? KITH_LATEST_EQUAL : cmp > 0 ? KITH_LATEST_NEWER : KITH_LATEST_OLDER;
	v->latest_version = best->text;
	return KITH_OK;
}

static int
decide(struct judge *j, struct kith_verdict *v, struct kith_error *err)
{
	bool exempt;

	v->exemption = find_exemption(j, &exempt);
	if (v->n_objections) {
		v->status = KITH_STATUS_NEGATIVE;
		return KITH_OK;
	}
	if (v->independent && v->independent >= j->need.independent) {
		v->status = KITH_STATUS_VERIFIED;
		return KITH_OK;
	}
	if (exempt) {
		v->status = KITH_STATUS_EXEMPT;
		return KITH_OK;
	}
	v->status = KITH_STATUS_INSUFFICIENT;
	return find_miss(j, v, err);
}

static int
evaluate(struct judge *j, bool explain, struct kith_verdict *v, struct kith_error *err)
{
	KITH_CLEANUP(chain_clear) struct chain c = {.boosted = NOBODY};
	int r = judge_read(j, err);

	if (!r)
		r = judge_force(j, err);
	if (!r && from_registry(j->subject)) {
		r = judge_objections(j, err);
		if (!r)
			r = chain_build(j, 0, NOBODY, &c, err);
		if (!r)
			r = find_latest(j, &c, v, err);
		if (!r)
			r = weigh(j, &c, v, err);
	}
	if (r)
		return r;
	v->objections = j->objections;
	v->n_objections = j->n_objections;
	v->notes = j->notes;
	v->n_notes = j->n_notes;
	r = decide(j, v, err);
	if (!r && explain && from_registry(j->subject))
		r = judge_explain(j, &c, v, err);
	return r;
}

/* Most packages have no evidence at all: nobody needs to be asked about those. */
static int
find_people(struct judge *j, struct kith_error *err)
{
	static const struct kith_people nobody = {.threshold = 1};
	size_t i;

	j->people = &nobody;
	for (i = 0; i < j->n_claims; i++)
		if (judge_concerns(j, &j->claims[i]))
			return j->world->people(j->world->people_ctx, j->subject->package,
						j->need.level, &j->people, err);
	return KITH_OK;
}

/* What the subject asks for stands in for the preset: [policy] and its rules win over it. */
static int
find_requirement(struct judge *j, struct kith_error *err)
{
	const struct kith_subject *s = j->subject;
	struct kith_policy p = *j->policy;

	if (!p.base.n_criteria && s->n_criteria && s->n_criteria <= KITH_MAX_CRITERIA) {
		memcpy(p.base.criteria, s->criteria, s->n_criteria * sizeof(*s->criteria));
		p.base.n_criteria = s->n_criteria;
	}
	return kith_policy_requirement(&p, s->package->name, s->package->kinds, &j->need, err);
}

int
kith_policy_judge(const struct kith_policy_world *world, const struct kith_subject *subject,
		  const struct kith_claim *claims, size_t n_claims, bool explain,
		  struct kith_arena *arena, struct kith_verdict *ret_verdict,
		  struct kith_error *err)
{
	KITH_CLEANUP(judge_clear)
	struct judge j = {.world = world,
			  .policy = world->policy,
			  .subject = subject,
			  .arena = arena,
			  .claims = claims,
			  .n_claims = n_claims};
	struct kith_verdict v = {.status = KITH_STATUS_MISMATCH};
	int r;

	r = find_requirement(&j, err);
	if (r)
		return r;
	v.requirement = j.need;
	if (!subject->mismatch && subject->package->local)
		v.status = KITH_STATUS_LOCAL;
	if (!subject->mismatch && !subject->package->local) {
		r = find_people(&j, err);
		if (!r)
			r = evaluate(&j, explain, &v, err);
	}
	if (!r)
		*ret_verdict = v;
	return r;
}
