/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of claims: what they hold, whose words mean what, and what states bring and drop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/claim_states.h"
#include "unit/vet_text.h"

#define DAY       ((int64_t)86400)
#define AT        " at https://peer.example/audits.toml 0123456789 audits.toml:"
#define AUDIT(v)  "\n[[audits.a]]\ncriteria = \"safe-to-deploy\"\nversion = \"" v "\"\n"
#define VIOLATION "\n[[audits.a]]\ncriteria = \"safe-to-run\"\nviolation = \"<1\"\n"
#define PUBLISHED                                                                                  \
	VET_IMPORTS "\n[[publisher.z]]\nversion = \"1.0.0\"\nwhen = \"1970-01-05\"\nuser-id = 7\n" \
		    "user-login = \"grace\"\n"                                                     \
		    "\n[[publisher.a]]\nversion = \"1.0.0\"\nwhen = \"1970-01-03\"\n"              \
		    "trusted-publisher = \"github:t/t\"\n"

static struct kith_error err;

static void
build(const struct claim_state *states, size_t n, size_t from, const struct kith_claim_set *old,
      struct kith_buf *bytes, struct kith_claim_set *ret)
{
	struct kith_checked in = {.get = NULL};

	kith_buf_init(bytes, KITH_MAX_CLAIM_SET);
	assert_int_equal(claim_build(states, n, from, old, bytes, &err), 0);
	in.bytes = kith_buf_span(bytes);
	assert_int_equal(kith_claim_set_open(&in, ret, &err), 0);
}

static void
holds(const struct kith_claim_set *s, int64_t now, const char *want)
{
	KITH_AUTO_BUF struct kith_buf text;

	kith_buf_init(&text, KITH_MIB(1));
	assert_int_equal(claim_dump(s, now, &text, &err), 0);
	assert_string_equal(kith_buf_str(&text), want);
}

static void
holds_everything(void **state)
{
	const struct claim_state states[] = {{5, VET_FULL_SET, PUBLISHED}};
	KITH_AUTO_BUF struct kith_buf bytes;
	struct kith_claim_set_source source;
	struct kith_claim_set s;

	(void)state;
	build(states, 1, 0, NULL, &bytes, &s);
	holds(&s, 10,
	      "audit peer/a/1.0.0/careful,quick by 10 safe-to-run safe-to-deploy" AT "21\n"
	      "fact a 1.0.0 trusted-publisher:github:t/t  2\n"
	      "violation peer/b/>=1, <1.4/safe-to-deploy by 10 safe-to-deploy" AT "38\n"
	      "vouch peer/t/trusted-publisher:github:t/t:2023-01-01..2024-01-01/safe-to-deploy by "
	      "10 safe-to-run safe-to-deploy" AT "46\n"
	      "vouch peer/w/user-id:7:2023-01-01..2024-06-30/safe-to-deploy by 10 safe-to-run "
	      "safe-to-deploy" AT "12\n"
	      "fact z 1.0.0 user-id:7 grace 4\n");
	assert_true(kith_claim_set_source_at(&s, 0, &source));
	assert_false(kith_claim_set_source_at(&s, 1, &source));
	assert_int_equal(source.audits, 1);
	assert_int_equal(source.violations, 1);
	assert_int_equal(source.vouches, 2);
	assert_int_equal(source.facts, 2);
	assert_int_equal(source.mark, 99);
	assert_int_equal(source.since, 5);
	assert_true(kith_span_is(source.slug, "peer-1"));
}

static void
words_mean_what_the_map_says(void **state)
{
	const struct claim_state states[] = {
	    {5,
	     VET_AUDITS "\n[criteria.other]\ndescription = \"o\"\n"
			"\n[[audits.a]]\ncriteria = \"other\"\nversion = \"1.0.0\"\n"
			"\n[[audits.a]]\ncriteria = \"safe-to-deploy\"\nversion = \"2.0.0\"\n"
			"\n[[audits.a]]\ncriteria = \"other\"\nviolation = \"<1\"\n",
	     NULL}};
	const struct kith_span deploy = KITH_SPAN_LIT("safe-to-deploy"),
			       own = KITH_SPAN_LIT("ours");
	const struct kith_claim_set_mapping map[] = {{KITH_SPAN_LIT("other"), &deploy, 1},
						     {KITH_SPAN_LIT("safe-to-deploy"), &own, 1}};
	struct kith_claim_set_reading reading = {.name = KITH_SPAN_LIT("p")};
	KITH_AUTO_BUF struct kith_buf bytes;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_claim_set s;
	struct kith_claim *c;
	size_t n;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	build(states, 1, 0, NULL, &bytes, &s);
	/* an unknown word grants nothing and denies by itself */
	assert_int_equal(kith_claim_set_claims(&s, KITH_ECO_CARGO, KITH_SPAN_LIT("a"), &reading,
					       (struct kith_time){9, 0}, &arena, &c, &n, &err),
			 0);
	assert_int_equal(n, 3);
	assert_int_equal(c[0].n_criteria, 0);
	assert_int_equal(c[1].n_criteria, 2);
	assert_int_equal(c[2].n_criteria, 1);
	assert_true(kith_span_is(c[2].criteria[0], "other"));
	reading.map = map;
	reading.n_map = 2;
	assert_int_equal(kith_claim_set_claims(&s, KITH_ECO_CARGO, KITH_SPAN_LIT("a"), &reading,
					       (struct kith_time){9, 0}, &arena, &c, &n, &err),
			 0);
	assert_int_equal(c[0].n_criteria, 2);
	assert_true(kith_span_is(c[0].criteria[0], "safe-to-deploy"));
	assert_true(kith_span_is(c[0].criteria[1], "safe-to-run"));
	assert_int_equal(c[1].n_criteria, 2); /* deploying implies running, which nobody mapped */
	assert_true(kith_span_is(c[1].criteria[0], "safe-to-run") ||
		    kith_span_is(c[1].criteria[1], "safe-to-run"));
	assert_int_equal(c[2].n_criteria, 1);
	assert_true(kith_span_is(c[2].criteria[0], "safe-to-deploy"));
	reading.skip = true;
	assert_int_equal(kith_claim_set_claims(&s, KITH_ECO_CARGO, KITH_SPAN_LIT("a"), &reading,
					       (struct kith_time){9, 0}, &arena, &c, &n, &err),
			 0);
	assert_int_equal(n, 0);
}

static const struct claim_state history[] = {
    {1000, VET_AUDITS AUDIT("1.0.0") VIOLATION, NULL},
    {2000, VET_AUDITS AUDIT("1.0.0") AUDIT("1.1.0"), PUBLISHED},
    {3000, VET_AUDITS AUDIT("1.1.0") AUDIT("1.2.0") AUDIT("1.0.0"), NULL},
    {4000, VET_AUDITS AUDIT("1.1.0") AUDIT("1.2.0"), NULL},
};
#define HISTORY_END                                                                                \
	"audit peer/a/1.1.0/safe-to-deploy by 10 safe-to-run safe-to-deploy" AT "4 seen 2000\n"    \
	"audit peer/a/1.2.0/safe-to-deploy by 10 safe-to-run safe-to-deploy" AT "8 seen 3000\n"

/* What was there at first is as old as it says; what was taken back grants nothing any more. */
static void
states_bring_and_drop(void **state)
{
	KITH_AUTO_BUF struct kith_buf bytes;
	struct kith_claim_set s;

	(void)state;
	build(history, 1, 0, NULL, &bytes, &s);
	holds(&s, 1500,
	      "audit peer/a/1.0.0/safe-to-deploy by 10 safe-to-run safe-to-deploy" AT "4\n"
	      "violation peer/a/<1/safe-to-run by 10 safe-to-run" AT "8\n");
	kith_buf_clear(&bytes);
	build(history, 4, 0, NULL, &bytes, &s);
	/* a violation that vanished counts on for a time */
	holds(&s, 2000 + KITH_VIOLATION_OUTLIVES - 1,
	      "violation peer/a/<1/safe-to-run by 10 safe-to-run" AT "8 gone\n" HISTORY_END);
	holds(&s, 2000 + KITH_VIOLATION_OUTLIVES, HISTORY_END);
}

static int
build_gone(const char *const *texts, size_t n, const struct kith_claim_set_carried *is,
	   struct kith_buf *bytes, struct kith_claim_set *ret)
{
	const struct claim_state states[] = {{1000, VET_AUDITS AUDIT("1.0.0") VIOLATION, NULL}};
	const struct kith_claim_set_source source = {
	    .slug = KITH_SPAN_LIT("peer-1"),
	    .location = KITH_SPAN_LIT("https://peer.example/audits.toml")};
	KITH_AUTO_CLAIM_SET_BUILDER struct kith_claim_set_builder *b = NULL;
	struct kith_checked in = {.get = NULL};
	size_t i;
	int r;

	kith_buf_init(bytes, KITH_MAX_CLAIM_SET);
	assert_int_equal(kith_claim_set_builder_new(kith_blake2b, &b, &err), 0);
	assert_int_equal(kith_claim_set_builder_source(b, &source, &err), 0);
	assert_int_equal(claim_put_states(b, states, 1, 0, &err), 0);
	for (i = 0, r = 0; !r && i < n; i++)
		r = kith_claim_set_builder_gone(b, kith_span_str(texts[i]), &is[i], &err);
	if (r)
		return r;
	assert_int_equal(kith_claim_set_builder_seal(b, bytes, &err), 0);
	in.bytes = kith_buf_span(bytes);
	assert_int_equal(kith_claim_set_open(&in, ret, &err), 0);
	return 0;
}

#define STANDS                                                                                     \
	"audit peer/a/1.0.0/safe-to-deploy by 10 safe-to-run safe-to-deploy" AT "4\n"              \
	"violation peer/a/<1/safe-to-run by 10 safe-to-run" AT "8\n"
#define OTHER "\n[[audits.a]]\ncriteria = \"safe-to-run\"\nviolation = \"<2\"\n"

/* Texts that are told to be gone object, for a time, and do nothing else. */
static void
gone_only_objects(void **state)
{
	const struct kith_claim_set_carried is[] = {
	    {.path = KITH_SPAN_LIT("old.toml"), .line = 7, .gone_since = 500, .has_seen = true},
	    {.path = KITH_SPAN_LIT("x.toml"), .line = 9, .gone_since = 2000}};
	const char *const all[] = {
	    VET_AUDITS AUDIT("3.0.0") VIOLATION OTHER
	    "\n[[trusted.a]]\ncriteria = \"safe-to-deploy\"\nuser-id = 1\nstart = "
	    "\"2023-01-01\"\nend = \"2024-01-01\"\n",
	    VET_AUDITS OTHER};
	const char *const none[] = {VET_AUDITS AUDIT("3.0.0")}, *const broken[] = {"[["};
	KITH_AUTO_BUF struct kith_buf bytes, no_bytes, no_bytes_either;
	struct kith_claim_set s;

	(void)state;
	assert_int_equal(build_gone(all, 2, is, &bytes, &s), 0);
	/* one that is told twice counts as long as either says */
	holds(&s, 2000 + KITH_VIOLATION_OUTLIVES - 1,
	      STANDS "violation peer/a/<2/safe-to-run by 10 safe-to-run at "
		     "https://peer.example/audits.toml 0123456789 old.toml:7 seen 0 gone\n");
	holds(&s, 2000 + KITH_VIOLATION_OUTLIVES, STANDS);
	assert_int_equal(build_gone(none, 1, is, &no_bytes, &s), KITH_E_INTEGRITY);
	assert_string_equal(err.msg, "is no violation");
	assert_int_equal(build_gone(broken, 1, is, &no_bytes_either, &s), KITH_E_INTEGRITY);
	assert_non_null(strstr(err.msg, "cannot be read: "));
}

static int
sorted(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of what a set holds, in an order of their own. */
static void
lines(const struct kith_claim_set *s, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf text;
	char *list[64], *line, *save = NULL;
	size_t n = 0, i;

	kith_buf_init(&text, KITH_MIB(1));
	kith_buf_init(out, KITH_MIB(1));
	assert_int_equal(claim_dump(s, 5000, &text, &err), 0);
	for (line = strtok_r((char *)text.ptr, "\n", &save); line && n < 64;
	     line = strtok_r(NULL, "\n", &save))
		list[n++] = line;
	qsort(list, n, sizeof(*list), sorted);
	for (i = 0; i < n; i++)
		kith_buf_printf(out, "%s\n", list[i]);
}

/* Whether states are read one by one as they come, or all at once: the same. */
static void
growing_equals_reading_all(void **state)
{
	size_t n, k;

	(void)state;
	for (n = 1; n <= 4; n++) {
		KITH_AUTO_BUF struct kith_buf all, old, grown, a, b;
		struct kith_claim_set x, y, z;

		build(history, n, 0, NULL, &all, &x);
		lines(&x, &a);
		for (k = 1; k <= n; k++) {
			build(history, k, 0, NULL, &old, &y);
			build(history, n, k, &y, &grown, &z);
			lines(&z, &b);
			assert_string_equal(kith_buf_str(&a), kith_buf_str(&b));
			kith_buf_clear(&old);
			kith_buf_clear(&grown);
			kith_buf_clear(&b);
		}
		kith_buf_init(&old, 1);
		kith_buf_init(&grown, 1);
		kith_buf_init(&b, 1);
	}
}

/* An entry whose criterion comes to mean more is another claim: it cools down anew. */
static void
meaning_more_is_new(void **state)
{
	const struct claim_state states[] = {
	    {1000,
	     VET_AUDITS "\n[criteria.c]\ndescription = \"d\"\n"
			"\n[[audits.a]]\ncriteria = \"c\"\nversion = \"1.0.0\"\n",
	     NULL},
	    {2000,
	     VET_AUDITS "\n[criteria.c]\ndescription = \"d\"\nimplies = \"safe-to-deploy\"\n"
			"\n[[audits.a]]\ncriteria = \"c\"\nversion = \"1.0.0\"\n",
	     NULL}};
	KITH_AUTO_BUF struct kith_buf bytes;
	struct kith_claim_set s;

	(void)state;
	build(states, 2, 0, NULL, &bytes, &s);
	holds(&s, 3000, "audit peer/a/1.0.0/c by 10 safe-to-run safe-to-deploy" AT "8 seen 2000\n");
}

/* One bad file or entry is told with its place and costs nothing else. */
static void
refuses_with_place(void **state)
{
	const struct claim_state states[] = {
	    {5,
	     VET_AUDITS AUDIT("1.0.0") AUDIT("none") "\n[[audits.b]]\ncriteria = \"safe-to-run\"\n"
						     "version = \"2.0.0\"\n",
	     "<html>"}};
	KITH_AUTO_BUF struct kith_buf bytes;
	struct kith_claim_set_source source;
	struct kith_claim_set_refusal x;
	struct kith_claim_set s;

	(void)state;
	build(states, 1, 0, NULL, &bytes, &s);
	holds(&s, 5,
	      "audit peer/a/1.0.0/safe-to-deploy by 10 safe-to-run safe-to-deploy" AT "4\n"
	      "audit peer/b/2.0.0/safe-to-run by 10 safe-to-run" AT "12\n");
	assert_true(kith_claim_set_source_at(&s, 0, &source));
	assert_int_equal(source.refused, 1);
	assert_int_equal(source.files_refused, 1);
	assert_true(kith_claim_set_refusal_at(&s, 0, &x));
	assert_true(kith_span_is(x.path, "audits.toml"));
	assert_int_equal(x.line, 8);
	assert_true(x.why.len > 0);
	assert_true(kith_claim_set_refusal_at(&s, 1, &x));
	assert_true(kith_span_is(x.path, "imports.lock"));
	assert_false(kith_claim_set_refusal_at(&s, 2, &x));
}

/* Whatever byte is damaged: looking ends, inside. */
static void
survives_damage(void **state)
{
	const struct claim_state states[] = {{5, VET_FULL_SET, PUBLISHED}};
	KITH_AUTO_BUF struct kith_buf bytes;
	struct kith_claim_set s;
	size_t i;

	(void)state;
	build(states, 1, 0, NULL, &bytes, &s);
	for (i = 0; i < bytes.len; i++) {
		KITH_AUTO_BUF struct kith_buf text;
		uint8_t was = bytes.ptr[i];
		struct kith_checked in = {.bytes = kith_buf_span(&bytes)};

		kith_buf_init(&text, KITH_MIB(1));
		bytes.ptr[i] = (uint8_t)~was;
		if (!kith_claim_set_open(&in, &s, NULL))
			assert_int_equal(claim_dump(&s, 5, &text, &err), 0);
		bytes.ptr[i] = was;
		in.bytes.len = i;
		assert_int_equal(kith_claim_set_open(&in, &s, NULL), KITH_E_FORMAT);
	}
}

static bool
refuse(void *ctx, size_t at, size_t len, struct kith_span *ret)
{
	(void)ctx;
	(void)at;
	(void)len;
	(void)ret;
	return false;
}

static void
asks_before_it_reads(void **state)
{
	const struct kith_checked in = {.get = refuse, .size = 4096};
	struct kith_claim_set s;

	(void)state;
	assert_int_equal(kith_claim_set_open(&in, &s, &err), KITH_E_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(holds_everything),
	    cmocka_unit_test(words_mean_what_the_map_says),
	    cmocka_unit_test(states_bring_and_drop),
	    cmocka_unit_test(gone_only_objects),
	    cmocka_unit_test(growing_equals_reading_all),
	    cmocka_unit_test(meaning_more_is_new),
	    cmocka_unit_test(refuses_with_place),
	    cmocka_unit_test(survives_damage),
	    cmocka_unit_test(asks_before_it_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
