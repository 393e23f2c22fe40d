/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two lock files compared: what is added, removed, upgraded, downgraded, from another source, or
 * with another checksum. Sorting and one pass; no name and no number of versions makes it slow.
 */
#include "app/since.h"
#include "version/version.h"

#include <stdlib.h>

struct item {
	const struct kith_package *package;
	struct kith_report_row *row; /* NULL: of the lock before */
	bool done;
};

struct diffing {
	struct item *now, *was;
	size_t n_now, n_was;
	struct kith_report_change *out;
	size_t n_out;
};

static void
diffing_clear(struct diffing *d)
{
	free(d->now);
	free(d->was);
}

static int
compare_packages(const struct kith_package *a, const struct kith_package *b)
{
	int c = kith_span_cmp(a->name, b->name);

	if (!c)
		c = kith_span_cmp(a->version, b->version);
	return c ? c : kith_span_cmp(a->source, b->source);
}

static int
compare_items(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;

	return compare_packages(a->package, b->package);
}

static int
compare_versions(struct kith_span a, struct kith_span b)
{
	struct kith_semver x, y;

	if (kith_semver_parse(a, &x) && kith_semver_parse(b, &y))
		return kith_semver_cmp_total(&x, &y);
	return kith_span_cmp(a, b);
}

/* What is done goes to the end; the rest by version. */
static int
compare_left(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;

	if (a->done != b->done)
		return a->done ? 1 : -1;
	return compare_versions(a->package->version, b->package->version);
}

static void
put(struct diffing *d, enum kith_change_kind kind, struct item *now, struct item *was)
{
	d->out[d->n_out++] = (struct kith_report_change){
	    .kind = kind,
	    .package = now ? now->package : was->package,
	    .before = now && was ? was->package : NULL,
	    .row = now ? now->row : NULL,
	};
	if (now)
		now->done = true;
	if (was)
		was->done = true;
}

/* The project's own packages have versions, but nobody reviews those. */
static void
match_local(struct item *now, size_t n, struct item *was, size_t m)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		if (!now[i].package->local)
			continue;
		while (k < m && was[k].package->origin != KITH_ORIGIN_PATH)
			k++;
		if (k == m)
			return;
		now[i].done = was[k++].done = true;
	}
}

/* The same version and source; with another checksum that is a change. */
static void
match_same(struct diffing *d, struct item *now, size_t n, struct item *was, size_t m)
{
	size_t i = 0, k = 0;
	int c;

	while (i < n && k < m) {
		c = compare_packages(now[i].package, was[k].package);
		if (c < 0) {
			i++;
		} else if (c > 0) {
			k++;
		} else {
			if (!now[i].done && !was[k].done &&
			    !kith_span_eq(now[i].package->checksum, was[k].package->checksum))
				put(d, KITH_CHANGE_CHECKSUM, &now[i], &was[k]);
			now[i++].done = was[k++].done = true;
		}
	}
}

static void
match_source(struct diffing *d, struct item *now, size_t n, struct item *was, size_t m)
{
	size_t i = 0, k = 0;
	int c;

	while (i < n && k < m) {
		if (now[i].done) {
			i++;
			continue;
		}
		if (was[k].done) {
			k++;
			continue;
		}
		c = kith_span_cmp(now[i].package->version, was[k].package->version);
		if (c < 0)
			i++;
		else if (c > 0)
			k++;
		else
			put(d, KITH_CHANGE_SOURCE, &now[i++], &was[k++]);
	}
}

static size_t
count_left(const struct item *list, size_t n)
{
	size_t i;

	for (i = 0; i < n && !list[i].done; i++)
		;
	return i;
}

/* The newest ones belong together; what is left over came or went. */
static void
match_rest(struct diffing *d, struct item *now, size_t n, struct item *was, size_t m)
{
	int c;

	if (n)
		qsort(now, n, sizeof(*now), compare_left);
	if (m)
		qsort(was, m, sizeof(*was), compare_left);
	n = count_left(now, n);
	m = count_left(was, m);
	while (n && m) {
		n--;
		m--;
		c = compare_versions(now[n].package->version, was[m].package->version);
		put(d, c < 0 ? KITH_CHANGE_DOWNGRADED : KITH_CHANGE_UPGRADED, &now[n], &was[m]);
	}
	while (n)
		put(d, KITH_CHANGE_ADDED, &now[--n], NULL);
	while (m)
		put(d, KITH_CHANGE_REMOVED, NULL, &was[--m]);
}

static size_t
count_named(const struct item *list, size_t from, size_t n, struct kith_span name)
{
	size_t i = from;

	while (i < n && kith_span_eq(list[i].package->name, name))
		i++;
	return i - from;
}

static void
match_names(struct diffing *d)
{
	size_t i = 0, k = 0, n, m;
	struct kith_span name;

	while (i < d->n_now || k < d->n_was) {
		if (k == d->n_was || (i < d->n_now && kith_span_cmp(d->now[i].package->name,
								    d->was[k].package->name) < 0))
			name = d->now[i].package->name;
		else
			name = d->was[k].package->name;
		n = count_named(d->now, i, d->n_now, name);
		m = count_named(d->was, k, d->n_was, name);
		match_local(d->now + i, n, d->was + k, m);
		match_same(d, d->now + i, n, d->was + k, m);
		match_source(d, d->now + i, n, d->was + k, m);
		match_rest(d, d->now + i, n, d->was + k, m);
		i += n;
		k += m;
	}
}

static int
compare_changes(const void *pa, const void *pb)
{
	const struct kith_report_change *a = pa, *b = pb;

	return compare_packages(a->package, b->package);
}

int
kith_app_since_diff(struct kith_app_run *run, const struct kith_lock *base,
		    struct kith_report_change **ret_changes, size_t *ret_n, struct kith_error *err)
{
	KITH_CLEANUP(diffing_clear) struct diffing d = {0};
	size_t i;

	d.n_now = run->project->lock->count;
	d.n_was = base ? base->count : 0;
	d.now = kith_calloc(d.n_now + 1, sizeof(*d.now));
	d.was = kith_calloc(d.n_was + 1, sizeof(*d.was));
	/* one more for each row whose bytes may turn out to be others */
	d.out = kith_arena_array(&run->arena, d.n_now + d.n_was + 1, sizeof(*d.out));
	if (!d.now || !d.was || !d.out)
		return kith_fail_nomem(err);
	for (i = 0; i < d.n_now; i++) {
		d.now[i].package = run->rows[i].package;
		d.now[i].row = &run->rows[i];
	}
	for (i = 0; i < d.n_was; i++)
		d.was[i].package = &base->packages[i];
	if (d.n_now)
		qsort(d.now, d.n_now, sizeof(*d.now), compare_items);
	if (d.n_was)
		qsort(d.was, d.n_was, sizeof(*d.was), compare_items);
	match_names(&d);
	if (d.n_out)
		qsort(d.out, d.n_out, sizeof(*d.out), compare_changes);
	for (i = 0; i < d.n_out; i++)
		if (d.out[i].row)
			d.out[i].row->change = &d.out[i];
	*ret_changes = d.out;
	*ret_n = d.n_out;
	return KITH_OK;
}

const struct kith_package *
kith_app_since_find(const struct kith_lock *lock, const struct kith_package *p)
{
	size_t from = 0, end = lock ? lock->count : 0, mid;
	int c;

	/* the lock is sorted by name; versions of one name are few, or it is slow by itself */
	while (from < end) {
		mid = from + (end - from) / 2;
		c = kith_span_cmp(lock->packages[mid].name, p->name);
		if (!c)
			c = compare_versions(lock->packages[mid].version, p->version);
		if (c < 0)
			from = mid + 1;
		else
			end = mid;
	}
	for (; lock && from < lock->count; from++) {
		const struct kith_package *q = &lock->packages[from];

		if (!kith_span_eq(q->name, p->name) ||
		    compare_versions(q->version, p->version) != 0)
			return NULL;
		if (kith_span_eq(q->version, p->version) && kith_span_eq(q->source, p->source))
			return q;
	}
	return NULL;
}
