/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of remembering, reading and finding the registry's facts fails once. */
#include "app/registry.h"
#include "fault/wrap.h"

#define MAX_FAILURES 10000

static const char index_file[] =
    "x\0"
    "1.0.0\0{\"name\":\"a\",\"vers\":\"1.0.0\",\"yanked\":true,\"cksum\":"
    "\"abababababababababababababababababababababababababababababababab\"}\0"
    "1.1.0\0{\"name\":\"a\",\"vers\":\"1.1.0\",\"pubtime\":\"2026-01-01T00:00:00Z\",\"cksum\":"
    "\"abababababababababababababababababababababababababababababababab\"}\0";
static const uint8_t secret[KITH_SECRET_BYTES] = {1};
static char dir[] = "/tmp/kith-fault-XXXXXX";
static char *path;

/* 0: all is as it should be; KITH_E_NOMEM; 1: a wrong answer. */
static int
once(struct kith_error *err)
{
	KITH_AUTO_REGISTRY struct kith_registry_memory *m = NULL;
	const struct kith_fs_stamp stamp = {.ino = 1};
	struct kith_registry_record r = {.stamp = stamp}, found;
	int q = kith_registry_open(path, secret, &m, err);

	if (!q)
		q = kith_cargo_index_facts(kith_span(index_file, sizeof(index_file) - 1),
					   KITH_SPAN_LIT("a"), KITH_SPAN_LIT("1.1.0"), true,
					   &r.facts, err);
	if (q)
		return q;
	if (r.facts.older != 1 || r.facts.older_yanked != 1)
		return 1;
	(void)kith_registry_key("/a", KITH_SPAN_LIT("a"), KITH_SPAN_LIT("1.1.0"), r.key);
	r.known = true;
	q = kith_registry_put(m, &r, err);
	if (!q)
		q = kith_registry_save(m, err);
	kith_registry_free(m);
	m = NULL;
	if (!q)
		q = kith_registry_open(path, secret, &m, err);
	if (q)
		return q;
	(void)kith_registry_key("/a", KITH_SPAN_LIT("a"), KITH_SPAN_LIT("1.1.0"), r.key);
	return !kith_registry_find(m, r.key, &stamp, &found);
}

int
main(void)
{
	struct kith_error err;
	bool hit = true;
	size_t n;
	int r = 0;

	if (!mkdtemp(dir) || !(path = kith_fs_join(dir, "registry")))
		return 1;
	for (n = 1; hit && n < MAX_FAILURES && (!r || r == KITH_E_NOMEM); n++) {
		fault_arm(n);
		r = once(&err);
		hit = fault_hit();
		fault_arm(0);
	}
	printf("%zu allocations failed once, last answer %d\n", n - 1, r);
	free(path);
	return kith_fs_remove_tree(dir, NULL) || hit || r;
}
