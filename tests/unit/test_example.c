/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The example project is what its README says: which packages are its own, which vendored copy was
 * changed, and which digests the reviews of proofs/ name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "package/project.h"
#include "proof/proof.h"

#define PROOFS KITH_SOURCE_DIR "/proofs"
#define PREFIX "kith-example-"

static struct kith_error err;

struct example {
	struct kith_project *project;
	struct kith_cargo_places *places;
	struct kith_arena arena;
};

static int
set_up(void **state)
{
	static const struct kith_cargo_env env = {.home = "/nonexistent"};
	struct example *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	kith_arena_init(&x->arena, KITH_MIB(16));
	if (kith_crypto_init(&err) || kith_project_open(PROOFS "/project", &x->project, &err) ||
	    kith_cargo_places_new(x->project->root, &env, &x->places, &err)) {
		print_error("%s\n", err.msg);
		return -1;
	}
	*state = x;
	return 0;
}

static int
tear_down(void **state)
{
	struct example *x = *state;

	kith_cargo_places_free(x->places);
	kith_project_free(x->project);
	kith_arena_clear(&x->arena);
	free(x);
	return 0;
}

static const struct kith_package *
find(const struct example *x, const char *name)
{
	size_t i;

	for (i = 0; i < x->project->lock->count; i++) {
		struct kith_span s = x->project->lock->packages[i].name;

		if (kith_span_skip(&s, PREFIX) && kith_span_is(s, name))
			return &x->project->lock->packages[i];
	}
	fail_msg("no package %s", name);
	return NULL;
}

static void
test_packages(void **state)
{
	const struct example *x = *state;

	assert_int_equal(x->project->lock->count, 17);
	assert_int_equal(x->project->warnings.count, 0);
	assert_true(find(x, "app")->local);
	assert_true(find(x, "core")->local);
	assert_false(find(x, "copied")->local);
	assert_int_equal(find(x, "copied")->origin, KITH_ORIGIN_PATH);
	assert_int_equal(find(x, "text")->origin, KITH_ORIGIN_REGISTRY);
	assert_int_equal(find(x, "quick")->kinds, KITH_KIND_DEV);
}

static int
vendored(const struct example *x, const struct kith_package *pkg, struct kith_digest *digest)
{
	struct kith_bytes_place place;
	int r;

	assert_int_equal(kith_cargo_places_find(x->places, pkg, &place, &err), 0);
	assert_int_equal(place.state, KITH_BYTES_VENDORED);
	r = kith_vendored_check(place.path, pkg, digest, &err);
	kith_bytes_place_clear(&place);
	return r;
}

static void
test_vendored(void **state)
{
	const struct example *x = *state;
	const struct kith_lock *lock = x->project->lock;
	struct kith_digest digest;
	size_t i, n = 0;

	for (i = 0; i < lock->count; i++) {
		const struct kith_package *p = &lock->packages[i];
		bool changed = kith_span_is(p->name, PREFIX "hash");

		if (p->origin != KITH_ORIGIN_REGISTRY)
			continue;
		assert_int_equal(vendored(x, p, &digest), changed ? KITH_E_INTEGRITY : 0);
		n++;
	}
	assert_int_equal(n, 14);
}

/* The first review of this package by this person; its file is the given one. */
static const struct kith_proof *
review_in(struct example *x, const char *pattern, const char *name)
{
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_proof_list list;
	struct kith_span kept, s;
	size_t i;

	kith_buf_init(&text, KITH_MIB(1));
	assert_int_equal(kith_fs_read(pattern, &text, &err), 0);
	assert_true(kith_arena_copy(&x->arena, kith_buf_span(&text), &kept));
	assert_int_equal(kith_proof_parse(kept, &x->arena, &list, &err), 0);
	for (i = 0; i < list.count; i++) {
		kith_proof_check(&list.items[i]);
		assert_int_equal(list.items[i].status, KITH_PROOF_VALID);
		s = list.items[i].proof.package.name;
		if (kith_span_skip(&s, PREFIX) && kith_span_is(s, name))
			return &list.items[i].proof;
	}
	fail_msg("no review of %s in %s", name, pattern);
	return NULL;
}

#define BEN  PROOFS "/ben/_LMuC9huFMJjb2lRBViWBb5gnVqVfQVPmPB81R2WHKc/reviews/"
#define CORA PROOFS "/cora/Wk5O8bMurmGnr7Bidg7tL6vyFIBfKSOaem0JUGzaXJ8/reviews/"

static void
test_digests(void **state)
{
	struct example *x = *state;
	const struct kith_proof *text, *json, *delta, *old, *wide;
	struct kith_digest digest;

	text = review_in(x, BEN "2025-03-package--g79AQ.proof.crev", "text");
	assert_int_equal(vendored(x, find(x, "text"), &digest), 0);
	assert_true(kith_digest_eq(&digest, &text->package.digest));

	/* the difference begins where the full review ends, and ends at what is vendored */
	json = review_in(x, BEN "2025-03-package--g79AQ.proof.crev", "json");
	delta = review_in(x, CORA "2025-04-package-96cTew.proof.crev", "json");
	assert_true(delta->has_base);
	assert_true(kith_digest_eq(&json->package.digest, &delta->base.digest));
	assert_int_equal(vendored(x, find(x, "json"), &digest), 0);
	assert_true(kith_digest_eq(&digest, &delta->package.digest));

	old = review_in(x, CORA "2019-05-packages.proof.crev", "old");
	assert_true(old->legacy);
	assert_int_equal(vendored(x, find(x, "old"), &digest), 0);
	assert_true(kith_digest_eq(&digest, &old->package.digest));

	/* vendoring left a file out */
	wide = review_in(x, CORA "2025-03-package-96cTew.proof.crev", "wide");
	assert_int_equal(vendored(x, find(x, "wide"), &digest), 0);
	assert_false(kith_digest_eq(&digest, &wide->package.digest));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_packages, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_vendored, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_digests, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
