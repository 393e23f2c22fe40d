/* SPDX-License-Identifier: Apache-2.0 */
/* Writing proofs: the layout, what is refused, and that everything written reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "proof/scalar.h"
#include "proof/write.h"

static const uint8_t seed[KITH_SEED_BYTES] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
					      7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
static struct kith_error err;

static struct kith_proof
new_proof(enum kith_proof_kind kind)
{
	struct kith_proof p = {.kind = kind, .rating = KITH_RATING_NEUTRAL};

	kith_ed25519_public(seed, &p.from.id);
	p.level = p.thoroughness = p.understanding = KITH_LEVEL_NONE;
	assert_true(
	    kith_time_parse(KITH_SPAN_LIT("2026-01-02T03:04:05+02:00"), &p.date, &p.date_offset));
	p.package.source = KITH_SPAN_LIT("https://crates.io");
	p.package.name = KITH_SPAN_LIT("foo");
	p.package.version = KITH_SPAN_LIT("1.0.0");
	return p;
}

/* The end of the written body, from the line that begins with `from`. */
static void
assert_written(const struct kith_proof *p, const char *from, const char *expected)
{
	KITH_AUTO_BUF struct kith_buf b;
	int e;

	kith_buf_init(&b, KITH_KIB(64));
	e = kith_proof_write_body(p, &b, &err);
	if (e)
		print_error("%s\n", err.msg);
	assert_int_equal(e, 0);
	assert_non_null(strstr(kith_buf_str(&b), from));
	assert_string_equal(strstr(kith_buf_str(&b), from), expected);
}

static void
assert_refused(const struct kith_proof *p, int code, const char *why)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(64));
	kith_buf_put_str(&b, "before");
	assert_int_equal(kith_proof_write_body(p, &b, &err), code);
	if (!strstr(err.msg, why))
		print_error("%s, not %s\n", err.msg, why);
	assert_non_null(strstr(err.msg, why));
	assert_string_equal(kith_buf_str(&b), "before");
}

static void
test_minimal(void **state)
{
	struct kith_proof p = new_proof(KITH_PROOF_TRUST);

	(void)state;
	assert_written(&p, "kind",
		       "kind: trust\nversion: -1\ndate: 2026-01-02T03:04:05+02:00\nfrom:\n"
		       "  id-type: crev\n  id: 6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw\n"
		       "ids: []\ntrust: none\n");
	p = new_proof(KITH_PROOF_REVIEW);
	assert_written(&p, "package:",
		       "package:\n  source: https://crates.io\n  name: foo\n  version: 1.0.0\n"
		       "  digest: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	p.dangerous = true;
	p.rating = KITH_RATING_NEGATIVE;
	assert_written(
	    &p, "review:\n",
	    "review:\n  thoroughness: none\n  understanding: none\n  rating: negative\n");
}

static void
test_alternatives(void **state)
{
	static const struct kith_proof_alternative list[] = {
	    {{(const uint8_t *)"https://crates.io", 17}, {(const uint8_t *)"z", 1}},
	    {{(const uint8_t *)"https://crates.io", 17}, {(const uint8_t *)"a", 1}},
	    {{(const uint8_t *)"https://crates.io", 17}, {(const uint8_t *)"z", 1}},
	    {{(const uint8_t *)"b", 1}, {(const uint8_t *)"m", 1}}};
	struct kith_proof p = new_proof(KITH_PROOF_REVIEW);

	(void)state;
	p.alternatives = list;
	p.n_alternatives = 4;
	assert_written(&p, "alternatives:\n",
		       "alternatives:\n- source: b\n  name: m\n- source: https://crates.io\n"
		       "  name: a\n- source: https://crates.io\n  name: z\n");
}

static void
check_comment(const char *comment, const char *expected)
{
	struct kith_proof p = new_proof(KITH_PROOF_TRUST);

	p.comment = kith_span_str(comment);
	assert_written(&p, "trust: none\n", expected);
}

/* The hazards of crev format 3.6: each is written so that everybody reads what was meant. */
static void
test_comments(void **state)
{
	(void)state;
	check_comment("", "trust: none\n");
	check_comment("\n\n", "trust: none\n");
	check_comment("~", "trust: none\ncomment: |-\n  ~\n");
	check_comment("a\n\n  b\n\tc x\n\n", "trust: none\ncomment: \"a\\n\\n  b\\n\\tc x\"\n");
	check_comment("a\tb \n\n  c\n", "trust: none\ncomment: |-\n  a\tb \n  \n    c\n");
	check_comment("\n\na", "trust: none\ncomment: |-\n  \n  \n  a\n");
	check_comment(" a", "trust: none\ncomment: \" a\"\n");
	check_comment("\n a\nb", "trust: none\ncomment: \"\\n a\\nb\"\n");
	check_comment("\ta", "trust: none\ncomment: \"\\ta\"\n");
	check_comment("a\rb", "trust: none\ncomment: \"a\\rb\"\n");
	check_comment("a\033[m", "trust: none\ncomment: \"a\\e[m\"\n");
	check_comment("\xc2\x85\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf",
		      "trust: none\ncomment: \"\\N\\L\\P\\uFEFF\"\n");
	check_comment("a\n ----- SIGN CREV PROOF -----\nb",
		      "trust: none\ncomment: \"a\\n ----- SIGN CREV PROOF -----\\nb\"\n");
	check_comment("----- END CREV PROOF -----",
		      "trust: none\ncomment: \"----- END CREV PROOF -----\"\n");
	check_comment("# x: \"\xf0\x9f\xa6\x80\" \\",
		      "trust: none\ncomment: |-\n  # x: \"\xf0\x9f\xa6\x80\" \\\n");
}

static void
test_refused(void **state)
{
	static const struct kith_proof_issue no_id = {.severity = KITH_LEVEL_LOW};
	static const struct kith_proof_issue distrust = {.id = {(const uint8_t *)"a", 1},
							 .severity = KITH_LEVEL_DISTRUST};
	static const struct kith_proof_advisory no_ids = {.severity = KITH_LEVEL_LOW};
	static const struct kith_public_id bad_id = {.text = {(const uint8_t *)"*", 1}};
	static uint8_t large[KITH_MAX_PROOF_BODY];
	struct kith_proof p = new_proof(KITH_PROOF_UNKNOWN);

	(void)state;
	assert_refused(&p, KITH_E_FORMAT, "unknown kind");
	p = new_proof(KITH_PROOF_TRUST);
	p.comment = KITH_SPAN_LIT("a\xff");
	assert_refused(&p, KITH_E_FORMAT, "would not be read");
	p.comment = KITH_SPAN_LIT("a\0b");
	assert_refused(&p, KITH_E_FORMAT, "would not be read");
	memset(large, 'x', sizeof(large));
	p.comment = kith_span(large, sizeof(large));
	assert_refused(&p, KITH_E_LIMIT, "32000");
	p = new_proof(KITH_PROOF_TRUST);
	p.ids = &bad_id;
	p.n_ids = 1;
	assert_refused(&p, KITH_E_FORMAT, "'id' is not base64url");
	p = new_proof(KITH_PROOF_REVIEW);
	p.package.version = KITH_SPAN_LIT("1.0");
	assert_refused(&p, KITH_E_FORMAT, "'1.0' is no version");
	p.package.version = KITH_SPAN_LIT("v1.0.0");
	assert_refused(&p, KITH_E_FORMAT, "no version");
	p = new_proof(KITH_PROOF_REVIEW);
	p.issues = &no_id;
	p.n_issues = 1;
	assert_refused(&p, KITH_E_FORMAT, "empty id");
	p.issues = &distrust;
	assert_refused(&p, KITH_E_FORMAT, "'distrust' is no 'severity'");
	p = new_proof(KITH_PROOF_REVIEW);
	p.advisories = &no_ids;
	p.n_advisories = 1;
	assert_refused(&p, KITH_E_FORMAT, "without an id");
	p = new_proof(KITH_PROOF_REVIEW);
	p.thoroughness = KITH_LEVEL_DISTRUST;
	assert_refused(&p, KITH_E_FORMAT, "'distrust' is no 'thoroughness'");
	/* a type of nothing is lost without its url only, which is no loss */
	p = new_proof(KITH_PROOF_TRUST);
	p.from.url_type = KITH_SPAN_LIT("hg");
	assert_written(&p, "ids", "ids: []\ntrust: none\n");
}

static void
test_url_injection(void **state)
{
	struct kith_proof p = new_proof(KITH_PROOF_TRUST);

	(void)state;
	p.from.url = KITH_SPAN_LIT("https://x\ntrust: high");
	p.from.url_type = KITH_SPAN_LIT("hg");
	assert_written(&p, "  url:",
		       "  url: |-\n    https://x\n    trust: high\n  url-type: hg\n"
		       "ids: []\ntrust: none\n");
}

static void
test_sign(void **state)
{
	static const uint8_t other[KITH_SEED_BYTES] = {8};
	struct kith_proof p = new_proof(KITH_PROOF_TRUST);
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf body, out;
	struct kith_proof_list list;
	struct kith_span s;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	kith_buf_init(&body, KITH_KIB(64));
	kith_buf_init(&out, KITH_KIB(64));
	assert_int_equal(kith_proof_write_body(&p, &body, &err), 0);
	s = kith_buf_span(&body);
	assert_int_equal(kith_proof_sign(s, other, &out, &err), KITH_E_BADSIG);
	assert_int_equal(out.len, 0);
	assert_int_equal(kith_proof_sign(s, seed, &out, &err), 0);
	assert_int_equal(kith_proof_parse(kith_buf_span(&out), &arena, &list, &err), 0);
	assert_int_equal(list.count, 1);
	kith_proof_check(list.items);
	assert_int_equal(list.items[0].status, KITH_PROOF_VALID);
	assert_true(kith_span_eq(list.items[0].proof.body, s));
	/* bodies that nobody could read back are not signed */
	assert_int_equal(kith_proof_sign(kith_span_sub(s, 0, s.len - 1), seed, &out, &err),
			 KITH_E_FORMAT);
	assert_int_equal(kith_proof_sign(KITH_SPAN_LIT("kind: trust\n"), seed, &out, &err),
			 KITH_E_FORMAT);
	kith_buf_put_str(&body, "----- SIGN CREV PROOF -----\nx\n");
	assert_int_equal(kith_proof_sign(kith_buf_span(&body), seed, &out, &err), KITH_E_FORMAT);
}

static void
check_path(enum kith_proof_kind kind, const char *date, const char *expected)
{
	struct kith_proof p = new_proof(kind);
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 1000);
	assert_true(kith_time_parse(kith_span_str(date), &p.date, NULL));
	kith_proof_put_path(&p, KITH_SPAN_LIT("salt"), &b);
	assert_string_equal(kith_buf_str(&b), expected);
}

static void
test_path(void **state)
{
	(void)state;
#define ID "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw"
	/* the month is that of UTC; bytes 1 to 4 of BLAKE2b-256("salt" ‖ key) are the suffix */
	check_path(KITH_PROOF_REVIEW, "2026-11-01T00:00:00+01:00",
		   ID "/reviews/2026-10-package-oLbVmw.proof.crev");
	check_path(KITH_PROOF_TRUST, "2026-11-01T00:00:00Z", ID "/trust/2026-11-oLbVmw.proof.crev");
	check_path(KITH_PROOF_CODE, "1969-12-31T23:59:59Z",
		   ID "/reviews/1969-12-code-oLbVmw.proof.crev");
}

static void
test_resolution(void **state)
{
	static const char *const others[] = {"",
					     "~",
					     "null",
					     "TRUE",
					     "0",
					     "-0x1f",
					     "+0b11",
					     "-01",
					     "007",
					     "1e5",
					     "-.5e-3",
					     "5.",
					     ".inf",
					     ".NaN",
					     "+12",
					     "-0o17",
					     "1e308",
					     "00",
					     "179769313486231580780000000000000000000000e267"};
	static const char *const strings[] = {
	    "nULL",  "yes",   "0X1f", "0x",         "0xg",
	    "1_000", "-",     ".",    "e5",         "1e",
	    "1e+",   "+-1",   "inf",  "1e309",      "--1",
	    "01x",   "1.2.3", "- 1",  "2018-12-18", "17976931348623158080e290"};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!kith_proof_scalar_resolves(kith_span_str(others[i])))
			fail_msg("%s is a string", others[i]);
	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		if (kith_proof_scalar_resolves(kith_span_str(strings[i])))
			fail_msg("%s is no string", strings[i]);
	assert_true(kith_proof_scalar_i64(KITH_SPAN_LIT("-9223372036854775808"), &v));
	assert_true(v == INT64_MIN);
	assert_true(kith_proof_scalar_i64(KITH_SPAN_LIT("-0x10"), &v));
	assert_int_equal(v, -16);
	assert_false(kith_proof_scalar_i64(KITH_SPAN_LIT("9223372036854775808"), &v));
	assert_false(kith_proof_scalar_i64(KITH_SPAN_LIT("1.0"), &v));
	assert_false(kith_proof_scalar_i64(KITH_SPAN_LIT("01"), &v));
}

static int
set_up(void **state)
{
	(void)state;
	return kith_crypto_init(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_minimal),       cmocka_unit_test(test_alternatives),
	    cmocka_unit_test(test_comments),      cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_url_injection), cmocka_unit_test(test_sign),
	    cmocka_unit_test(test_path),          cmocka_unit_test(test_resolution),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
