/* SPDX-License-Identifier: Apache-2.0 */
/* A deny.toml: what is taken over, what is left behind and why, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/deny.h"

static int
read_text(const char *text, struct kith_arena *arena, struct kith_deny *d, struct kith_error *err)
{
	return kith_deny_read(kith_span_str(text), "deny.toml", arena, d, err);
}

static void
test_taken(void **state)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_deny d;
	struct kith_error err;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	assert_int_equal(read_text("[advisories]\nversion = 2\nunsound = \"all\"\n"
				   "unmaintained = \"none\"\nnotice = \"warn\"\nyanked = \"deny\"\n"
				   "severity-threshold = \"high\"\nvulnerability = \"deny\"\n"
				   "ignore = [\"RUSTSEC-2019-0001\",\n"
				   "{ id = \"RUSTSEC-2020-0002\", reason = \"why\" },\n"
				   "\"a@1.0.0\", { crate = \"b\" }]\n",
				   &arena, &d, &err),
			 KITH_OK);
	assert_int_equal(d.n_left, 0);
	assert_true(d.unsound.said && d.unsound.as == KITH_AS_OBJECTION);
	assert_true(d.unmaintained.said && d.unmaintained.as == KITH_AS_NOTHING);
	assert_true(d.notice.said && d.notice.as == KITH_AS_NOTE);
	assert_true(d.yanked.said && d.yanked.as == KITH_AS_OBJECTION);
	assert_true(d.has_severity && d.severity == KITH_LEVEL_HIGH);
	assert_int_equal(d.n_ignored, 4);
	assert_true(kith_span_is(d.ignored[0].advisory, "RUSTSEC-2019-0001"));
	assert_int_equal(d.ignored[0].reason.len, 0);
	assert_true(kith_span_is(d.ignored[1].advisory, "RUSTSEC-2020-0002"));
	assert_true(kith_span_is(d.ignored[1].reason, "why"));
	assert_true(kith_span_is(d.ignored[2].crate, "a@1.0.0") && !d.ignored[2].advisory.len);
	assert_true(kith_span_is(d.ignored[3].crate, "b"));
}

static void
test_left(void **state)
{
	static const char *const keys[] = {"[bans]",
					   "[licenses]",
					   "[sources]",
					   "advisories.unmaintained",
					   "advisories.severity-threshold",
					   "advisories.vulnerability",
					   "advisories.db-urls",
					   "advisories.new\\nkey",
					   "odd"};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_deny d;
	struct kith_error err;
	size_t i;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	assert_int_equal(
	    read_text("graph = {}\noutput = {}\nbans = {}\nlicenses = {}\nsources = {}\n"
		      "[advisories]\ndb-path = \"x\"\nunmaintained = \"workspace\"\n"
		      "severity-threshold = \"critical\"\nvulnerability = \"warn\"\n"
		      "db-urls = []\n\"new\\nkey\" = 1\n[odd]\n",
		      &arena, &d, &err),
	    KITH_OK);
	assert_int_equal(d.n_left, sizeof(keys) / sizeof(keys[0]));
	for (i = 0; i < d.n_left; i++) {
		assert_true(kith_span_is(d.left[i].key, keys[i]));
		assert_non_null(d.left[i].why);
	}
	assert_int_equal(d.left[3].line, 8);
	assert_false(d.unmaintained.said || d.has_severity);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {"advisories = 1\n", "deny.toml:1: 'advisories' must be a table"},
	    {"[advisories]\nignore = \"x\"\n", "deny.toml:2: 'ignore' must be a list"},
	    {"[advisories]\nignore = [\n\"a\",\n{ reason = \"x\" }]\n",
	     "deny.toml:4: an entry of advisories.ignore names neither an advisory nor a crate"},
	    {"[advisories]\nignore = [7]\n",
	     "deny.toml:2: an entry of advisories.ignore names neither an advisory nor a crate"},
	    {"[advisories]\nyanked = true\n", "deny.toml:2: 'yanked' must be a text"},
	    {"[advisories\n", NULL},
	};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_deny d;
	struct kith_error err;
	size_t i;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_text(cases[i].text, &arena, &d, &err), KITH_E_FORMAT);
		if (cases[i].why)
			assert_string_equal(err.msg, cases[i].why);
	}
}

/* The file is somebody else's: it has a most, too. */
static void
test_size(void **state)
{
	const size_t size = KITH_MAX_CONFIG + 1;
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_FREE uint8_t *text = kith_calloc(size, 1);
	struct kith_deny d;
	struct kith_error err;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	assert_non_null(text);
	memset(text, '\n', size);
	assert_int_equal(kith_deny_read(kith_span(text, size), "d", &arena, &d, &err),
			 KITH_E_LIMIT);
	assert_int_equal(kith_deny_read(kith_span(text, size - 1), "d", &arena, &d, &err), KITH_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_taken),
	    cmocka_unit_test(test_left),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
