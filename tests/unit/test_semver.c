/* SPDX-License-Identifier: Apache-2.0 */
/* SemVer's two orders and Cargo's requirements at their edges; the bulk is in the case files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "version/version.h"

static struct kith_semver
parse(const char *text)
{
	struct kith_semver v;

	assert_true(kith_semver_parse(kith_span_str(text), &v));
	return v;
}

static void
test_total_order(void **state)
{
	static const char *const chain[] = {"1.0.0-0",
					    "1.0.0-18446744073709551616",
					    "1.0.0-18446744073709551617",
					    "1.0.0--",
					    "1.0.0-a",
					    "1.0.0-a.0",
					    "1.0.0",
					    "1.0.0+0",
					    "1.0.0+00",
					    "1.0.0+1",
					    "1.0.0+01",
					    "1.0.0+001",
					    "1.0.0+2",
					    "1.0.0+2.0",
					    "1.0.0+18446744073709551616",
					    "1.0.0+Z",
					    "1.0.0+a",
					    "1.0.1-0",
					    "2.0.0-rc.1",
					    "18446744073709551615.0.0"};
	size_t n = sizeof(chain) / sizeof(chain[0]), i, j;

	(void)state;
	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++) {
			struct kith_semver a = parse(chain[i]), b = parse(chain[j]);
			int r = kith_semver_cmp_total(&a, &b);

			assert_int_equal((r > 0) - (r < 0), (i > j) - (i < j));
		}
	}
}

static void
test_precedence_ignores_build(void **state)
{
	struct kith_semver a = parse("1.2.3-rc.1+7"), b = parse("1.2.3-rc.1+a.b");

	(void)state;
	assert_int_equal(kith_semver_cmp(&a, &b), 0);
	assert_true(kith_span_is(a.pre, "rc.1"));
	assert_true(kith_span_is(a.build, "7"));
}

static void
test_limits(void **state)
{
	static char text[KITH_MAX_RANGE + 2];
	struct kith_semver v;
	struct kith_cargo_req req;
	struct kith_error err;
	bool yes;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "1.2.3-", 6);
	assert_true(kith_semver_parse(kith_span(text, KITH_MAX_VERSION), &v));
	assert_false(kith_semver_parse(kith_span(text, KITH_MAX_VERSION + 1), &v));
	assert_int_equal(kith_cargo_req_parse(kith_span(text, KITH_MAX_RANGE), &req, &err), 0);
	assert_int_equal(kith_cargo_req_parse(kith_span(text, KITH_MAX_RANGE + 1), &req, &err),
			 KITH_E_LIMIT);
	assert_int_equal(kith_version_matches(KITH_SCHEME_CARGO,
					      kith_span(text, KITH_MAX_RANGE + 1),
					      KITH_SPAN_LIT("1.0.0"), &yes, &err),
			 KITH_E_LIMIT);
}

static void
test_requirement(void **state)
{
	struct kith_cargo_req req;
	struct kith_error err;
	bool yes = false;

	(void)state;
	assert_int_equal(kith_cargo_req_parse(KITH_SPAN_LIT(">= 1.2.3-a+b , 2.*, <3"), &req, &err),
			 0);
	assert_int_equal(req.count, 3);
	assert_int_equal(req.cmp[0].op, KITH_CARGO_GREATER_EQ);
	assert_int_equal(req.cmp[0].parts, 3);
	assert_true(kith_span_is(req.cmp[0].at.pre, "a"));
	assert_int_equal(req.cmp[1].op, KITH_CARGO_EXACT);
	assert_true(req.cmp[1].wildcard);
	assert_int_equal(req.cmp[1].parts, 1);
	assert_int_equal(req.cmp[2].op, KITH_CARGO_LESS);
	assert_int_equal(kith_version_matches(KITH_SCHEME_CARGO, KITH_SPAN_LIT(">1, x"),
					      KITH_SPAN_LIT("1.0.0"), &yes, &err),
			 KITH_E_FORMAT);
	assert_string_equal(err.msg,
			    "'>1, x' is no cargo range: a number is missing or has a leading zero");
	assert_int_equal(kith_version_matches(KITH_SCHEME_CARGO, KITH_SPAN_LIT("1"),
					      KITH_SPAN_LIT("1.0\x1b"), &yes, &err),
			 KITH_E_FORMAT);
	assert_non_null(strstr(err.msg, "'1.0\\x1b' is no cargo version"));
	assert_false(yes);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_total_order), cmocka_unit_test(test_precedence_ignores_build),
	    cmocka_unit_test(test_limits), cmocka_unit_test(test_requirement)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
