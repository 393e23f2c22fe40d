/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objections in force (verdict.md 6), and the versions that no chain may pass. The doubt about a
 * person never silences his objection: everything here counts by `object` levels. Pure.
 */
#include "codec/base64.h"
#include "policy/judge.h"

/* A claim does several things and is shown by the gravest: no, yes, then what is left of it. */
static unsigned
weight(enum kith_use use)
{
	switch ((int)use) {
	case KITH_USE_OBJECTS:
		return 3;
	case KITH_USE_ACCEPTED:
		return 2;
	case KITH_USE_APPROVES:
	case KITH_USE_SUPPLEMENT:
		return 1;
	default:
		return 0;
	}
}

void
judge_use(struct judge *j, uint32_t claim, enum kith_use use)
{
	if (!j->uses[claim] || weight(use) > weight((enum kith_use)(j->uses[claim] - 1)))
		j->uses[claim] = (uint8_t)(use + 1);
}

bool
kith_policy_objection_has_id(const struct kith_objection *objection, struct kith_span id)
{
	const struct kith_claim *c = objection->claim;
	size_t i;

	if (kith_span_eq(objection->id, id))
		return true;
	for (i = 0; c && i < c->n_other_ids; i++)
		if (kith_span_eq(c->other_ids[i], id))
			return true;
	return false;
}

static bool
is_accepted(const struct judge *j, struct kith_span id)
{
	size_t i;

	for (i = 0; i < j->world->n_acceptances; i++) {
		const struct kith_acceptance *a = &j->world->acceptances[i];

		if (kith_span_eq(a->objection, id) &&
		    kith_span_eq(a->name, j->subject->package->name) &&
		    (!a->has_until || kith_time_cmp(j->world->now, a->until) < 0))
			return true;
	}
	return false;
}

/* A problem that several databases know has an id in each: any of them may be accepted. */
static bool
is_accepted_by_another_id(const struct judge *j, const struct kith_claim *c)
{
	size_t i;

	for (i = 0; i < c->n_other_ids; i++)
		if (is_accepted(j, c->other_ids[i]))
			return true;
	return false;
}

/* "ID" or "ID/ISSUE" as [[accept]] names it. */
static int
objection_id(struct judge *j, const struct kith_claim *c, struct kith_span issue,
	     struct kith_span *ret_id, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(256));
	if (c->id.len)
		kith_buf_put_span(&b, c->id);
	else
		kith_base64_put(&b, c->proof.bytes, sizeof(c->proof.bytes));
	if (issue.ptr) {
		kith_buf_put_char(&b, '/');
		kith_buf_put_span(&b, issue);
	}
	r = kith_buf_check(&b, err);
	if (r)
		return r;
	return kith_arena_copy(j->arena, kith_buf_span(&b), ret_id) ? KITH_OK
								    : kith_fail_nomem(err);
}

/* Adds it unless kith.toml accepts it. */
static int
object(struct judge *j, enum kith_objection_kind kind, uint32_t claim, struct kith_span issue,
       enum kith_level severity, struct kith_error *err)
{
	struct kith_objection *o = &j->objections[j->n_objections];
	int r;

	*o = (struct kith_objection){
	    .kind = kind, .claim = &j->claims[claim], .issue = issue, .severity = severity};
	r = objection_id(j, o->claim, issue, &o->id, err);
	if (r)
		return r;
	if (is_accepted(j, o->id) || is_accepted_by_another_id(j, o->claim)) {
		judge_use(j, claim, KITH_USE_ACCEPTED);
		return KITH_OK;
	}
	judge_use(j, claim, KITH_USE_OBJECTS);
	j->n_objections++;
	return KITH_OK;
}

static void
note(struct judge *j, enum kith_note_kind kind, uint32_t claim, struct kith_span issue,
     enum kith_level severity)
{
	j->notes[j->n_notes++] = (struct kith_note){kind, &j->claims[claim], issue, severity};
	if (kind != KITH_NOTE_BYTES)
		judge_use(j, claim, KITH_USE_NOTE);
}

static bool
may_object(const struct judge *j, uint32_t author)
{
	return j->authors[author].object >= j->need.objection_level;
}

/* --- negative reviews, and reviews of other bytes --- */

static int
take_negative(struct judge *j, const struct review *x, struct kith_error *err)
{
	struct kith_span id;
	int r = objection_id(j, x->claim, KITH_SPAN_NONE, &id, err);

	if (r)
		return r;
	if (is_accepted(j, id)) {
		judge_use(j, x->index, KITH_USE_ACCEPTED);
		return KITH_OK;
	}
	j->barred[j->n_barred++] = (struct barred_bytes){x->version, x->digest};
	j->versions[x->version].barred = true;
	if (x->version != j->version || (j->comparable && x->digest != OUR_DIGEST))
		return KITH_OK;
	return object(j, KITH_OBJECTION_NEGATIVE, x->index, KITH_SPAN_NONE, KITH_LEVEL_NONE, err);
}

/* One id must not stop everybody with a mismatch: this is an objection like others. */
static bool
saw_other_bytes(const struct judge *j, const struct review *x)
{
	return x->latest && x->version == j->version && j->comparable && !x->claim->empty &&
	       x->digest != OUR_DIGEST && x->digest != NO_DIGEST;
}

static int
take_reviews(struct judge *j, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < j->n_reviews && !r; i++) {
		const struct review *x = &j->reviews[i];

		if (!may_object(j, x->author)) {
			if (saw_other_bytes(j, x))
				note(j, KITH_NOTE_BYTES, x->index, KITH_SPAN_NONE, KITH_LEVEL_NONE);
			continue;
		}
		if (x->standing && x->claim->rating == KITH_RATING_NEGATIVE)
			r = take_negative(j, x, err);
		if (!r && saw_other_bytes(j, x))
			r = object(j, KITH_OBJECTION_BYTES, x->index, KITH_SPAN_NONE,
				   KITH_LEVEL_NONE, err);
	}
	return r;
}

/* --- issues --- */

/* Whose advisory a closer is: of an author himself, or of anybody of a level, or of a root. */
#define WHO_ROOT      ((uint32_t)KITH_LEVEL_HIGH + 1)
#define WHO_AUTHOR(a) (WHO_ROOT + 1 + (a))

struct issue_report {
	const struct review *review;
	struct kith_span issue;
	uint32_t number;
	enum kith_level severity;
};

struct issues {
	struct kith_map numbers;
	struct kith_closer *closers;
	size_t n_closers;
	struct issue_report *reports;
	size_t n_reports;
};

static void
issues_clear(struct issues *s)
{
	kith_map_clear(&s->numbers);
}

static int
issue_number(struct issues *s, struct kith_span id, uint32_t *ret_number, struct kith_error *err)
{
	size_t value;
	int r = kith_map_add(&s->numbers, id, s->numbers.count, &value, NULL, err);

	if (!r)
		*ret_number = (uint32_t)value;
	return r;
}

static int
add_report(struct issues *s, const struct review *x, struct kith_span issue,
	   enum kith_level severity, struct kith_error *err)
{
	struct issue_report *p = &s->reports[s->n_reports];

	*p = (struct issue_report){x, issue, 0, severity};
	if (issue_number(s, issue, &p->number, err))
		return KITH_E_NOMEM;
	s->n_reports++;
	return KITH_OK;
}

/* What a review reports about our version: by issues from below, by advisories from above. */
static int
collect_reports(const struct judge *j, struct issues *s, const struct review *x,
		struct kith_error *err)
{
	const struct kith_claim *c = x->claim;
	const struct kith_semver *ours = &j->versions[j->version].semver;
	const struct kith_semver *v = &j->versions[x->version].semver;
	bool below = kith_semver_cmp_total(v, ours) <= 0;
	size_t i, k;

	for (i = 0; below && i < c->n_issues; i++)
		if (kith_issue_in_range(c->issues[i].range, v, ours) &&
		    add_report(s, x, c->issues[i].id, c->issues[i].severity, err))
			return KITH_E_NOMEM;
	for (i = 0; !below && i < c->n_advisories; i++) {
		const struct kith_proof_advisory *a = &c->advisories[i];

		for (k = 0; k < a->n_ids && kith_issue_in_range(a->range, ours, v); k++)
			if (add_report(s, x, a->ids[k], a->severity, err))
				return KITH_E_NOMEM;
	}
	return KITH_OK;
}

/* As whom, besides its author, an advisory closes other people's reports; 0: as nobody. */
static uint32_t
closes_as(const struct judge *j, const struct review *x)
{
	const struct author *a = &j->authors[x->author];

	if (a->owner || (x->machine && j->need.llm != KITH_LLM_COUNT))
		return 0;
	if (a->root && j->people->threshold == 1)
		return WHO_ROOT;
	if (a->approve < j->need.level || a->person == NOBODY ||
	    !j->people->bare.reached[a->person])
		return 0;
	return a->approve;
}

static int
collect_closers(const struct judge *j, struct issues *s, const struct review *x,
		struct kith_error *err)
{
	const struct kith_claim *c = x->claim;
	const struct kith_semver *v = &j->versions[x->version].semver;
	uint32_t as = closes_as(j, x), number;
	size_t i, k;

	if (j->authors[x->author].revoked || x->late ||
	    kith_semver_cmp_total(v, &j->versions[j->version].semver) > 0)
		return KITH_OK;
	for (i = 0; i < c->n_advisories; i++) {
		const struct kith_proof_advisory *a = &c->advisories[i];

		for (k = 0; k < a->n_ids; k++) {
			if (issue_number(s, a->ids[k], &number, err))
				return KITH_E_NOMEM;
			s->closers[s->n_closers++] =
			    (struct kith_closer){number, WHO_AUTHOR(x->author), a->range, *v};
			if (as)
				s->closers[s->n_closers++] =
				    (struct kith_closer){number, as, a->range, *v};
		}
	}
	return KITH_OK;
}

static bool
is_closed(const struct judge *j, const struct issues *s, const struct issue_report *p)
{
	const struct kith_semver *w = &j->versions[p->review->version].semver;
	uint32_t who;

	if (kith_closers_any(s->closers, s->n_closers, p->number, WHO_AUTHOR(p->review->author), w))
		return true;
	for (who = j->authors[p->review->author].object; who <= WHO_ROOT; who++)
		if (kith_closers_any(s->closers, s->n_closers, p->number, who, w))
			return true;
	return false;
}

static int
issues_init(struct judge *j, struct issues *s, size_t *ret_most, struct kith_error *err)
{
	size_t i, k, reports = 0, ids = 0;

	for (i = 0; i < j->n_reviews; i++) {
		reports += j->reviews[i].claim->n_issues;
		for (k = 0; k < j->reviews[i].claim->n_advisories; k++)
			ids += j->reviews[i].claim->advisories[k].n_ids;
	}
	kith_map_init(&s->numbers, NULL);
	s->closers = kith_arena_array(&j->scratch, 2 * ids + 1, sizeof(*s->closers));
	s->reports = kith_arena_array(&j->scratch, reports + ids + 1, sizeof(*s->reports));
	*ret_most = reports + ids;
	return s->closers && s->reports ? KITH_OK : kith_fail_nomem(err);
}

static int
judge_reports(struct judge *j, const struct issues *s, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < s->n_reports && !r; i++) {
		const struct issue_report *p = &s->reports[i];

		if (is_closed(j, s, p))
			judge_use(j, p->review->index, KITH_USE_LAPSED);
		else if (p->severity < j->policy->issue_severity)
			note(j, KITH_NOTE_ISSUE, p->review->index, p->issue, p->severity);
		else
			r = object(j, KITH_OBJECTION_ISSUE, p->review->index, p->issue, p->severity,
				   err);
	}
	return r;
}

static int
take_issues(struct judge *j, struct issues *s, struct kith_error *err)
{
	size_t i;

	if (!j->versions[j->version].is_semver)
		return KITH_OK;
	for (i = 0; i < j->n_reviews; i++) {
		const struct review *x = &j->reviews[i];

		if (!j->versions[x->version].is_semver)
			continue;
		if (x->standing && may_object(j, x->author) && collect_reports(j, s, x, err))
			return KITH_E_NOMEM;
		if (x->newest && collect_closers(j, s, x, err))
			return KITH_E_NOMEM;
	}
	kith_closers_sort(s->closers, s->n_closers);
	return judge_reports(j, s, err);
}

/* --- sets and databases --- */

static int
in_range(const struct judge *j, const struct kith_claim *c, struct kith_span version, bool *ret_hit,
	 struct kith_error *err)
{
	static const enum kith_version_scheme schemes[KITH_ECO_COUNT] = {
	    [KITH_ECO_CARGO] = KITH_SCHEME_CARGO,
	    [KITH_ECO_NPM] = KITH_SCHEME_NPM,
	    [KITH_ECO_GO] = KITH_SCHEME_GO,
	    [KITH_ECO_PYPI] = KITH_SCHEME_PYPI,
	    [KITH_ECO_DEBIAN] = KITH_SCHEME_DEBIAN};

	*ret_hit = false;
	if (!c->range.len)
		return KITH_OK;
	/* what is no version or no range hits nothing: its reader has reported it */
	return kith_version_matches(schemes[j->subject->package->eco], c->range, version, ret_hit,
				    NULL) == KITH_E_NOMEM
		   ? kith_fail_nomem(err)
		   : KITH_OK;
}

/* Whether a violation or advisory says that it hits our version. */
static int
hits_ours(const struct judge *j, const struct kith_claim *c, bool *ret_hit, struct kith_error *err)
{
	struct kith_span ours = j->subject->package->version;
	size_t i;

	for (i = 0; i < c->n_versions; i++)
		if (kith_span_eq(c->versions[i], ours)) {
			*ret_hit = true;
			return KITH_OK;
		}
	return in_range(j, c, ours, ret_hit, err);
}

/* No chain may pass a violated version: what was wrong there may have come along. */
static int
bar_versions(struct judge *j, const struct kith_claim *c, struct kith_error *err)
{
	size_t i, value;

	for (i = 0; i < c->n_versions; i++)
		if (kith_map_get(&j->version_numbers, c->versions[i], &value))
			j->versions[value].violated = true;
	for (i = 0; i < j->n_versions && c->range.len; i++) {
		/* past the limit a flood of ranges costs its package all chains, never safety */
		bool hit = ++j->bar_steps > KITH_MAX_BAR_STEPS;

		if (!hit && in_range(j, c, j->versions[i].text, &hit, err))
			return KITH_E_NOMEM;
		if (hit)
			j->versions[i].violated = true;
	}
	return KITH_OK;
}

/* What is not safe to deploy may still be safe to run: of the criteria, one must be required. */
static bool
violates(const struct judge *j, const struct kith_claim *c)
{
	size_t i, k;

	for (i = 0; i < c->n_criteria; i++)
		for (k = 0; k < j->need.n_criteria; k++)
			if (kith_span_eq(c->criteria[i], j->need.criteria[k]) ||
			    (kith_span_is(j->need.criteria[k], "safe-to-deploy") &&
			     kith_span_is(c->criteria[i], "safe-to-run")))
				return true;
	return false;
}

static int
take_violation(struct judge *j, uint32_t index, struct kith_error *err)
{
	const struct kith_claim *c = &j->claims[index];
	struct kith_span id;
	bool hit;
	int r = objection_id(j, c, KITH_SPAN_NONE, &id, err);

	if (r || !violates(j, c)) {
		judge_use(j, index, KITH_USE_CRITERION);
		return r;
	}
	if (is_accepted(j, id)) {
		judge_use(j, index, KITH_USE_ACCEPTED);
		return KITH_OK;
	}
	r = bar_versions(j, c, err);
	if (!r)
		r = hits_ours(j, c, &hit, err);
	if (!r && hit)
		return object(j, KITH_OBJECTION_VIOLATION, index, KITH_SPAN_NONE, KITH_LEVEL_NONE,
			      err);
	judge_use(j, index, KITH_USE_NOT_HIT);
	return r;
}

static enum kith_promote
promoted(const struct kith_policy *p, enum kith_advisory_kind kind)
{
	switch (kind) {
	case KITH_ADVISORY_UNSOUND:
		return p->unsound;
	case KITH_ADVISORY_UNMAINTAINED:
		return p->unmaintained;
	case KITH_ADVISORY_NOTICE:
		return p->notice;
	case KITH_ADVISORY_VULNERABILITY:
	default:
		return KITH_AS_OBJECTION;
	}
}

static int
take_advisory(struct judge *j, uint32_t index, struct kith_error *err)
{
	const struct kith_claim *c = &j->claims[index];
	enum kith_level severity;
	enum kith_promote as;
	bool hit;
	int r = hits_ours(j, c, &hit, err);

	if (r)
		return r;
	severity = c->has_severity ? c->severity : KITH_LEVEL_NONE;
	as = promoted(j->policy, c->advisory_kind);
	if (!hit || as == KITH_AS_NOTHING)
		judge_use(j, index, hit ? KITH_USE_NOTE : KITH_USE_NOT_HIT);
	else if (as == KITH_AS_NOTE ||
		 (c->has_severity && severity < j->policy->severity_threshold))
		note(j, KITH_NOTE_ADVISORY, index, KITH_SPAN_NONE, severity);
	else
		return object(j, KITH_OBJECTION_ADVISORY, index, KITH_SPAN_NONE, severity, err);
	return KITH_OK;
}

static int
take_sets(struct judge *j, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < j->n_order && !r; i++) {
		uint32_t index = j->order[i], author;
		const struct kith_claim *c = &j->claims[index];

		if (c->kind != KITH_CLAIM_VIOLATION && c->kind != KITH_CLAIM_ADVISORY)
			continue;
		author = judge_author_of(j, c);
		if (author == NOBODY || !may_object(j, author))
			continue;
		r = c->kind == KITH_CLAIM_VIOLATION ? take_violation(j, index, err)
						    : take_advisory(j, index, err);
	}
	return r;
}

/* --- the whole --- */

static int
cmp_barred(const void *pa, const void *pb)
{
	const struct barred_bytes *a = pa, *b = pb;

	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	return (a->digest > b->digest) - (a->digest < b->digest);
}

bool
judge_is_barred(const struct judge *j, uint32_t version, uint32_t digest)
{
	struct barred_bytes key = {version, digest};

	if (j->versions[version].violated)
		return true;
	if (digest == ANY_DIGEST)
		return j->versions[version].barred;
	return j->n_barred &&
	       bsearch(&key, j->barred, j->n_barred, sizeof(key), cmp_barred) != NULL;
}

static int
cmp_objection(const void *pa, const void *pb)
{
	const struct kith_objection *a = pa, *b = pb;
	int c = kith_span_cmp(a->id, b->id);

	/* of one id the gravest comes first and stays */
	if (!c)
		c = (b->severity > a->severity) - (b->severity < a->severity);
	return c ? c : (a->kind > b->kind) - (a->kind < b->kind);
}

static void
sort_objections(struct judge *j)
{
	size_t i, n = 0;

	if (j->n_objections)
		qsort(j->objections, j->n_objections, sizeof(*j->objections), cmp_objection);
	for (i = 0; i < j->n_objections; i++)
		if (!n || !kith_span_eq(j->objections[n - 1].id, j->objections[i].id))
			j->objections[n++] = j->objections[i];
	j->n_objections = n;
}

/* Room for everything that could be objected to. */
static int
make_room(struct judge *j, size_t n_reports, struct kith_error *err)
{
	size_t most = 2 * j->n_reviews + n_reports + j->n_order + 1;

	j->objections = kith_arena_array(j->arena, most, sizeof(*j->objections));
	j->notes = kith_arena_array(j->arena, most, sizeof(*j->notes));
	j->barred = kith_arena_array(&j->scratch, j->n_reviews + 1, sizeof(*j->barred));
	return j->objections && j->notes && j->barred ? KITH_OK : kith_fail_nomem(err);
}

static void
take_yanked(struct judge *j)
{
	struct kith_span id = KITH_SPAN_LIT("yanked");

	if (!j->subject->yanked || is_accepted(j, id))
		return;
	if (j->policy->yanked == KITH_AS_OBJECTION)
		j->objections[j->n_objections++] = (struct kith_objection){
		    .kind = KITH_OBJECTION_YANKED, .id = id, .severity = KITH_LEVEL_NONE};
	else if (j->policy->yanked == KITH_AS_NOTE)
		j->notes[j->n_notes++] =
		    (struct kith_note){.kind = KITH_NOTE_YANKED, .severity = KITH_LEVEL_NONE};
}

int
judge_objections(struct judge *j, struct kith_error *err)
{
	KITH_CLEANUP(issues_clear) struct issues s = {.n_closers = 0};
	size_t most;
	int r = issues_init(j, &s, &most, err);

	if (!r)
		r = make_room(j, most, err);
	if (!r)
		r = take_reviews(j, err);
	if (!r)
		r = take_issues(j, &s, err);
	if (!r)
		r = take_sets(j, err);
	if (r)
		return r;
	take_yanked(j);
	if (j->n_barred)
		qsort(j->barred, j->n_barred, sizeof(*j->barred), cmp_barred);
	sort_objections(j);
	return KITH_OK;
}
