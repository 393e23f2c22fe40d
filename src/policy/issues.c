/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issues and advisories of crev reviews. Reports times advisories would be quadratic in what a
 * flooding reviewer writes; sorted closers make it n log n. Pure.
 */
#include "policy/issues.h"

bool
kith_issue_in_range(enum kith_range range, const struct kith_semver *a, const struct kith_semver *b)
{
	if (range == KITH_RANGE_ALL)
		return true;
	return a->major == b->major && (range == KITH_RANGE_MAJOR || a->minor == b->minor);
}

static int
cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Groups closers that reach the same reports; the version itself comes last. */
static int
cmp_group(const struct kith_closer *a, const struct kith_closer *b)
{
	int c = cmp_u64(a->issue, b->issue);

	if (!c)
		c = cmp_u64(a->who, b->who);
	if (!c)
		c = cmp_u64((uint64_t)a->range, (uint64_t)b->range);
	if (!c && a->range != KITH_RANGE_ALL)
		c = cmp_u64(a->v.major, b->v.major);
	if (!c && a->range == KITH_RANGE_MINOR)
		c = cmp_u64(a->v.minor, b->v.minor);
	return c;
}

static int
cmp_closer(const void *pa, const void *pb)
{
	const struct kith_closer *a = pa, *b = pb;
	int c = cmp_group(a, b);

	return c ? c : kith_semver_cmp_total(&a->v, &b->v);
}

void
kith_closers_sort(struct kith_closer *closers, size_t n)
{
	if (n)
		qsort(closers, n, sizeof(*closers), cmp_closer);
}

bool
kith_closers_any(const struct kith_closer *closers, size_t n, uint32_t issue, uint32_t who,
		 const struct kith_semver *w)
{
	static const enum kith_range ranges[] = {KITH_RANGE_ALL, KITH_RANGE_MAJOR,
						 KITH_RANGE_MINOR};
	struct kith_closer key = {issue, who, KITH_RANGE_ALL, *w};
	size_t i;

	for (i = 0; i < 3; i++) {
		size_t lo = 0, hi = n;

		key.range = ranges[i];
		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (cmp_group(&closers[mid], &key) <= 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		/* the last of the group has its greatest version */
		if (lo && cmp_group(&closers[lo - 1], &key) == 0 &&
		    kith_semver_cmp_total(&closers[lo - 1].v, w) > 0)
			return true;
	}
	return false;
}

struct report {
	uint32_t issue;
	uint32_t claim;
};

struct work {
	struct kith_map ids;
	struct kith_semver *versions; /* of the claims */
	struct kith_closer *closers;
	size_t n_closers;
	struct report *reports;
	size_t n_reports;
};

static void
work_clear(struct work *w)
{
	kith_map_clear(&w->ids);
	free(w->versions);
	free(w->closers);
	free(w->reports);
}

static int
intern(struct work *w, struct kith_span id, uint32_t *ret_issue, struct kith_error *err)
{
	size_t value;
	int r = kith_map_add(&w->ids, id, w->ids.count, &value, NULL, err);

	if (!r)
		*ret_issue = (uint32_t)value;
	return r;
}

static int
take_issues(struct work *w, const struct kith_claim *c, size_t at, const struct kith_semver *q,
	    struct kith_error *err)
{
	const struct kith_semver *v = &w->versions[at];
	size_t i;

	for (i = 0; i < c->n_issues; i++) {
		struct report *r = &w->reports[w->n_reports];

		if (kith_semver_cmp_total(v, q) > 0 ||
		    !kith_issue_in_range(c->issues[i].range, q, v))
			continue;
		if (intern(w, c->issues[i].id, &r->issue, err))
			return KITH_E_NOMEM;
		r->claim = (uint32_t)at;
		w->n_reports++;
	}
	return KITH_OK;
}

/* An advisory of a later version reports its issues for q, and closes older reports. */
static int
take_advisories(struct work *w, const struct kith_claim *c, size_t at, const struct kith_semver *q,
		struct kith_error *err)
{
	const struct kith_semver *v = &w->versions[at];
	size_t i, j;

	for (i = 0; i < c->n_advisories; i++) {
		const struct kith_proof_advisory *a = &c->advisories[i];
		bool reports =
		    kith_semver_cmp_total(q, v) < 0 && kith_issue_in_range(a->range, q, v);

		for (j = 0; j < a->n_ids; j++) {
			uint32_t issue;

			if (intern(w, a->ids[j], &issue, err))
				return KITH_E_NOMEM;
			w->closers[w->n_closers++] = (struct kith_closer){issue, 0, a->range, *v};
			if (reports)
				w->reports[w->n_reports++] = (struct report){issue, (uint32_t)at};
		}
	}
	return KITH_OK;
}

static int
cmp_report(const void *pa, const void *pb)
{
	const struct report *a = pa, *b = pb;
	int c = cmp_u64(a->issue, b->issue);

	return c ? c : cmp_u64(a->claim, b->claim);
}

static int
cmp_open(const void *pa, const void *pb)
{
	const struct kith_open_issue *a = pa, *b = pb;

	return kith_span_cmp(a->id, b->id);
}

static int
count_open(struct work *w, struct kith_arena *arena, const struct kith_open_issue **ret_issues,
	   size_t *ret_count, struct kith_error *err)
{
	struct kith_open_issue *open = kith_arena_array(arena, w->ids.count + 1, sizeof(*open));
	size_t i, n = 0;

	if (!open)
		return kith_fail_nomem(err);
	if (w->n_reports)
		qsort(w->reports, w->n_reports, sizeof(*w->reports), cmp_report);
	for (i = 0; i < w->n_reports; i++) {
		const struct report *r = &w->reports[i];

		/* a review reports an issue once, however often it names it */
		if ((i && cmp_report(r, r - 1) == 0) ||
		    kith_closers_any(w->closers, w->n_closers, r->issue, 0, &w->versions[r->claim]))
			continue;
		if (!n || !kith_span_eq(open[n - 1].id, w->ids.entries[r->issue].key))
			open[n++].id = w->ids.entries[r->issue].key;
		open[n - 1].reports++;
	}
	if (n)
		qsort(open, n, sizeof(*open), cmp_open);
	*ret_issues = open;
	*ret_count = n;
	return KITH_OK;
}

static int
work_init(struct work *w, const struct kith_claim *const *claims, size_t n, struct kith_error *err)
{
	size_t i, j, reports = 0, closers = 0;

	for (i = 0; i < n; i++) {
		reports += claims[i]->n_issues;
		for (j = 0; j < claims[i]->n_advisories; j++)
			closers += claims[i]->advisories[j].n_ids;
	}
	kith_map_init(&w->ids, NULL);
	w->versions = kith_calloc(n + 1, sizeof(*w->versions));
	w->closers = kith_calloc(closers + 1, sizeof(*w->closers));
	w->reports = kith_calloc(reports + closers + 1, sizeof(*w->reports));
	return w->versions && w->closers && w->reports ? KITH_OK : kith_fail_nomem(err);
}

int
kith_crev_open_issues(const struct kith_claim *const *claims, const uint8_t *levels, size_t n,
		      struct kith_span version, enum kith_level required, struct kith_arena *arena,
		      const struct kith_open_issue **ret_issues, size_t *ret_count,
		      struct kith_error *err)
{
	KITH_CLEANUP(work_clear) struct work w = {0};
	struct kith_semver q;
	size_t i;

	if (!kith_semver_parse(version, &q)) {
		*ret_issues = NULL;
		*ret_count = 0;
		return KITH_OK;
	}
	if (work_init(&w, claims, n, err))
		return KITH_E_NOMEM;
	for (i = 0; i < n; i++) {
		if (levels[i] < required || (!claims[i]->n_issues && !claims[i]->n_advisories) ||
		    !kith_semver_parse(claims[i]->version, &w.versions[i]))
			continue;
		if (take_issues(&w, claims[i], i, &q, err) ||
		    take_advisories(&w, claims[i], i, &q, err))
			return KITH_E_NOMEM;
	}
	kith_closers_sort(w.closers, w.n_closers);
	return count_open(&w, arena, ret_issues, ret_count, err);
}
