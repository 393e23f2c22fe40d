/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered of the registry: found again for the same state of its file, merged, bounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "app/registry.h"

static const uint8_t secret[KITH_SECRET_BYTES] = {1, 2, 3};
static const struct kith_fs_stamp stamp = {
    .dev = 9, .ino = 5, .size = 6, .mtime_ns = -7, .ctime_ns = 8};
static char dir[] = "/tmp/kith-registry-XXXXXX";
static char *path;
static struct kith_error err;

static struct kith_registry_record
record(const char *version, bool yanked)
{
	struct kith_registry_record r = {
	    .stamp = stamp, .known = true, .asked_older = true, .facts = {.yanked = yanked}};

	(void)kith_registry_key("/index/foo", KITH_SPAN_LIT("foo"), kith_span_str(version), r.key);
	r.facts.cksum[31] = 0xcd;
	r.facts.has_published = true;
	r.facts.published.sec = -5;
	r.facts.older = 3;
	r.facts.older_yanked = UINT32_MAX;
	r.facts.has_first = true;
	r.facts.first[15] = 0xef;
	return r;
}

static struct kith_registry_memory *
open_memory(const uint8_t key[KITH_SECRET_BYTES])
{
	struct kith_registry_memory *m;

	assert_int_equal(kith_registry_open(path, key, &m, &err), KITH_OK);
	return m;
}

static void
put(const char *version, bool yanked)
{
	KITH_AUTO_REGISTRY struct kith_registry_memory *m = open_memory(secret);
	struct kith_registry_record r = record(version, yanked);

	assert_int_equal(kith_registry_put(m, &r, &err), KITH_OK);
	assert_int_equal(kith_registry_save(m, &err), KITH_OK);
}

static bool
find(const char *version, const struct kith_fs_stamp *at, struct kith_registry_record *ret)
{
	KITH_AUTO_REGISTRY struct kith_registry_memory *m = open_memory(secret);
	struct kith_registry_record want = record(version, false);

	return kith_registry_find(m, want.key, at, ret);
}

static void
remembers(void **state)
{
	struct kith_fs_stamp other = stamp;
	struct kith_registry_record r, want = record("1.0.0", true);
	char version[16];
	int i;

	(void)state;
	assert_false(find("1.0.0", &stamp, &r));
	put("1.0.0", true);
	assert_true(find("1.0.0", &stamp, &r));
	assert_memory_equal(r.key, want.key, sizeof(r.key));
	assert_memory_equal(r.facts.cksum, want.facts.cksum, sizeof(r.facts.cksum));
	assert_true(r.known && r.asked_older && r.facts.yanked && r.facts.has_published);
	assert_true(r.facts.published.sec == -5 && r.facts.older == 3);
	assert_true(r.facts.older_yanked == UINT32_MAX);
	assert_true(r.facts.has_first && r.facts.first[15] == 0xef);
	other.size++;
	assert_false(find("1.0.0", &other, &r));
	assert_false(find("1.0.1", &stamp, &r));
	/* others join it, a newer one takes its place */
	for (i = 0; i < 100; i++) {
		snprintf(version, sizeof(version), "2.0.%d", i);
		put(version, i % 2);
	}
	put("1.0.0", false);
	assert_true(find("1.0.0", &stamp, &r) && !r.facts.yanked);
	for (i = 0; i < 100; i++) {
		snprintf(version, sizeof(version), "2.0.%d", i);
		assert_true(find(version, &stamp, &r) && r.facts.yanked == (i % 2 != 0));
	}
}

static void
believes_nobody_else(void **state)
{
	static const uint8_t foreign[KITH_SECRET_BYTES] = {7};
	struct kith_registry_record r = record("1.0.0", false);
	struct kith_registry_memory *m = open_memory(foreign);

	(void)state;
	assert_false(kith_registry_find(m, r.key, &stamp, &r));
	kith_registry_free(m);
	m = open_memory(secret);
	assert_true(kith_registry_find(m, r.key, &stamp, &r));
	kith_registry_free(m);
}

/* More than are kept: the old ones go. */
static void
bounded(void **state)
{
	struct kith_registry_memory *m = open_memory(secret);
	struct kith_registry_record r;
	char version[16];
	size_t i;

	(void)state;
	for (i = 0; i < KITH_MAX_REMEMBERED + 3; i++) {
		snprintf(version, sizeof(version), "3.0.%zu", i);
		r = record(version, true);
		assert_int_equal(kith_registry_put(m, &r, &err), KITH_OK);
	}
	assert_int_equal(kith_registry_save(m, &err), KITH_OK);
	kith_registry_free(m);
	assert_false(find("1.0.0", &stamp, &r));
	assert_true(find("3.0.65535", &stamp, &r));
	assert_false(find("3.0.65536", &stamp, &r));
	put("1.0.0", false);
	assert_true(find("1.0.0", &stamp, &r));
	assert_false(find("3.0.1", &stamp, &r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(remembers),
	    cmocka_unit_test(believes_nobody_else),
	    cmocka_unit_test(bounded),
	};
	int failed;

	if (!mkdtemp(dir) || !(path = kith_fs_join(dir, "registry")))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(path);
	return kith_fs_remove_tree(dir, NULL) || failed;
}
