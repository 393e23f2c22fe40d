/* SPDX-License-Identifier: Apache-2.0 */
/* A lock that is accepted is sorted, its edges lie in it, and its strings keep out of paths. */
#include "package/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check(const struct kith_lock *lock, const struct kith_package *p)
{
	enum kith_origin o;
	size_t i, from, end;

	must(p->name.len && !memchr(p->name.ptr, '/', p->name.len) && p->name.ptr[0] != '.');
	must(p->version.len && !memchr(p->version.ptr, '/', p->version.len));
	must(p->checksum.len == 0 || p->checksum.len == 64);
	must(kith_cargo_origin(p->source, &o) && o == p->origin);
	must(p->line > 0);
	must(!p->ambiguous || p->named);
	for (i = 0; i < p->n_deps; i++) {
		must(p->deps[i] < lock->count);
		must(!i || p->deps[i - 1] < p->deps[i]);
		end = kith_lock_find_deps(lock, p, lock->packages[p->deps[i]].name, &from);
		must(from <= i && i < end);
	}
	i = kith_lock_find_path(lock, p->name, p->version);
	must(p->source.len ? true : &lock->packages[i] == p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_lock *lock = NULL;
	struct kith_error err;
	size_t i;

	must(kith_lock_read_cargo(kith_span(data, size), &lock, &err) == KITH_OK || !lock);
	for (i = 0; lock && i < lock->count; i++) {
		check(lock, &lock->packages[i]);
		must(!i || kith_span_cmp(lock->packages[i - 1].name, lock->packages[i].name) <= 0);
	}
	kith_lock_free(lock);
	return 0;
}
