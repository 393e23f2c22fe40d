/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up packages in a lock that is sorted by name, version order, source. */
#include "package/package.h"
#include "version/version.h"

/* Orders a package against a name and version; the version order of the lock. */
static int
order(const struct kith_package *p, struct kith_span name, const struct kith_semver *version,
      struct kith_span text)
{
	struct kith_semver own;
	int c = kith_span_cmp(p->name, name);

	if (!c && kith_semver_parse(p->version, &own))
		c = kith_semver_cmp_total(&own, version);
	return c ? c : kith_span_cmp(p->version, text);
}

size_t
kith_lock_find_path(const struct kith_lock *lock, struct kith_span name, struct kith_span version)
{
	size_t from = 0, end = lock->count;
	struct kith_semver v;

	if (!kith_semver_parse(version, &v))
		return lock->count;
	while (from < end) {
		size_t mid = from + (end - from) / 2;

		if (order(&lock->packages[mid], name, &v, version) < 0)
			from = mid + 1;
		else
			end = mid;
	}
	/* no source sorts first */
	if (from < lock->count && !lock->packages[from].source.len &&
	    order(&lock->packages[from], name, &v, version) == 0)
		return from;
	return lock->count;
}

size_t
kith_lock_find_deps(const struct kith_lock *lock, const struct kith_package *pkg,
		    struct kith_span name, size_t *ret_from)
{
	size_t from = 0, end = pkg->n_deps, first;

	while (from < end) {
		size_t mid = from + (end - from) / 2;

		if (kith_span_cmp(lock->packages[pkg->deps[mid]].name, name) < 0)
			from = mid + 1;
		else
			end = mid;
	}
	first = from;
	end = pkg->n_deps;
	while (from < end) {
		size_t mid = from + (end - from) / 2;

		if (kith_span_cmp(lock->packages[pkg->deps[mid]].name, name) <= 0)
			from = mid + 1;
		else
			end = mid;
	}
	*ret_from = first;
	return from;
}
