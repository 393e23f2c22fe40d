/* SPDX-License-Identifier: Apache-2.0 */
/* kith.lock: what is written is read as the same, what contradicts itself is refused with a line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/pins.h"

#define COMMIT_A "0123456789abcdef0123456789abcdef01234567"
#define COMMIT_B "89abcdef0123456789abcdef0123456789abcdef"
#define DIGEST   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define DIGEST_B "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define SOURCE(at, commit, when)                                                                   \
	"{kind = \"crev\", at = \"" at "\", commit = \"" commit "\", as-of = " when "},\n"
#define DAY "2026-01-02T03:04:05Z"

static struct kith_error err;

static struct kith_pins *
read_text(const char *text)
{
	struct kith_pins *p = NULL;

	memset(&err, 0, sizeof(err));
	if (kith_pins_read(kith_span_str(text), &p, &err) == KITH_OK)
		assert_non_null(p);
	else
		assert_null(p);
	return p;
}

static void
refuses(const char *text, enum kith_code code, const char *why)
{
	assert_null(read_text(text));
	assert_int_equal(err.code, code);
	if (!strstr(err.msg, why))
		fail_msg("'%s' lacks '%s'", err.msg, why);
}

static void
fill(struct kith_pins *p)
{
	struct kith_pins_source s = {.kind = KITH_SPAN_LIT("vet"),
				     .location = KITH_SPAN_LIT("https://b.example/x"),
				     .inside = KITH_SPAN_LIT("supply-chain/audits.toml"),
				     .commit = KITH_SPAN_LIT(COMMIT_A),
				     .as_of = 1767323045};
	struct kith_pins_package k = {.name = KITH_SPAN_LIT("bit"),
				      .version = KITH_SPAN_LIT("1.1.0"),
				      .checksum = KITH_SPAN_LIT("00ff"),
				      .has_native = true,
				      .has_crev = true,
				      .registry_known = true,
				      .checksum_agrees = true,
				      .yanked = true,
				      .has_published = true,
				      .published = {1767323045, 0},
				      .has_first = true,
				      .first = {1, 2, 0xff},
				      .older_yanked = 3};
	const struct kith_pins_claim c = {.proof = {{7}}, .seen = 1767323045, .previous = 86400};
	const struct kith_pins_gone g = {.kind = KITH_SPAN_LIT("crev"),
					 .location = KITH_SPAN_LIT("evidence/a \"b\"\\"),
					 .text = KITH_SPAN_LIT("a\n\tb\x01\x7f\"\\ \xc3\xa9\n")};
	const struct kith_pins_gone v = {.kind = KITH_SPAN_LIT("vet"),
					 .location = KITH_SPAN_LIT("https://b.example/x"),
					 .inside = KITH_SPAN_LIT("supply-chain/audits.toml"),
					 .text = KITH_SPAN_LIT("[[audits.a]]\n"),
					 .seen = 86400,
					 .gone = 1767323045,
					 .path = KITH_SPAN_LIT("supply-chain/audits.toml"),
					 .at_line = 12};
	const struct kith_pins_url u = {.id = {{9}}, .url = KITH_SPAN_LIT("https://a.example")};

	assert_int_equal(kith_pins_add_source(p, &s, &err), KITH_OK);
	s.kind = KITH_SPAN_LIT("crev");
	s.inside = KITH_SPAN_NONE;
	s.location = KITH_SPAN_LIT("evidence/a \"b\"\\");
	s.carried = true;
	assert_int_equal(kith_pins_add_source(p, &s, &err), KITH_OK);
	assert_int_equal(kith_pins_add_package(p, &k, &err), KITH_OK);
	k.eco = KITH_ECO_NPM;
	k.registry = KITH_SPAN_LIT("registry+https://r.example");
	k.crev.bytes[0] = 1;
	k.registry_known = k.checksum_agrees = k.yanked = k.has_published = false;
	k.published.sec = 0;
	k.older_yanked = 0;
	assert_int_equal(kith_pins_add_package(p, &k, &err), KITH_OK);
	k.name = KITH_SPAN_LIT("aaa");
	k.has_native = k.has_crev = false;
	assert_int_equal(kith_pins_add_package(p, &k, &err), KITH_OK);
	assert_int_equal(kith_pins_add_claim(p, &c, &err), KITH_OK);
	assert_int_equal(kith_pins_add_gone(p, &v, &err), KITH_OK);
	assert_int_equal(kith_pins_add_gone(p, &g, &err), KITH_OK);
	assert_int_equal(kith_pins_add_url(p, &u, &err), KITH_OK);
	assert_int_equal(kith_pins_index(p, &err), KITH_OK);
}

static void
round_trip(void **state)
{
	KITH_AUTO_PINS struct kith_pins *p = NULL, *q = NULL;
	KITH_AUTO_BUF struct kith_buf one, two;
	const struct kith_pins_package *k;
	struct kith_pins_gone other;

	(void)state;
	kith_buf_init(&one, KITH_MIB(1));
	kith_buf_init(&two, KITH_MIB(1));
	assert_int_equal(kith_pins_new(&p, &err), KITH_OK);
	fill(p);
	kith_pins_put(p, &one);
	assert_int_equal(kith_pins_read(kith_buf_span(&one), &q, &err), KITH_OK);
	kith_pins_put(q, &two);
	assert_string_equal(kith_buf_str(&one), kith_buf_str(&two));
	assert_int_equal(q->n_sources, 2);
	assert_true(kith_span_is(q->sources[0].kind, "crev") && q->sources[0].carried);
	assert_true(q->sources[1].as_of == 1767323045);
	assert_true(kith_span_is(q->sources[1].inside, "supply-chain/audits.toml"));
	k = kith_pins_find_package(q, KITH_ECO_CARGO, KITH_SPAN_NONE, KITH_SPAN_LIT("bit"),
				   KITH_SPAN_LIT("1.1.0"));
	assert_non_null(k);
	assert_true(k->has_native && k->has_crev && !memcmp(&k->native, &k->crev, 32));
	assert_true(k->registry_known && k->checksum_agrees && k->yanked && k->has_published);
	assert_true(k->published.sec == 1767323045 && k->older_yanked == 3);
	assert_true(k->has_first && k->first[2] == 0xff);
	k = kith_pins_find_package(q, KITH_ECO_NPM, KITH_SPAN_LIT("registry+https://r.example"),
				   KITH_SPAN_LIT("bit"), KITH_SPAN_LIT("1.1.0"));
	assert_non_null(k);
	assert_true(k->has_crev && memcmp(&k->native, &k->crev, 32) && !k->registry_known);
	assert_null(kith_pins_find_package(q, KITH_ECO_NPM, KITH_SPAN_NONE, KITH_SPAN_LIT("bit"),
					   KITH_SPAN_LIT("1.1.0")));
	assert_non_null(kith_pins_find_claim(q, &(struct kith_digest){{7}}));
	assert_null(kith_pins_find_claim(q, &(struct kith_digest){{8}}));
	assert_true(kith_span_eq(q->gone[0].text, p->gone[0].text));
	assert_true(q->gone[1].seen == 86400 && q->gone[1].gone == 1767323045);
	assert_true(kith_span_is(q->gone[1].path, "supply-chain/audits.toml"));
	assert_int_equal(q->gone[1].at_line, 12);
	assert_ptr_equal(kith_pins_find_gone(q, &p->gone[1]), &q->gone[1]);
	other = p->gone[1];
	other.text = KITH_SPAN_LIT("another");
	assert_null(kith_pins_find_gone(q, &other));
	assert_true(q->urls[0].id.bytes[0] == 9);
}

static void
each_entry_is_a_line(void **state)
{
	KITH_AUTO_PINS struct kith_pins *p = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span rest, line;
	size_t entries = 0;

	(void)state;
	kith_buf_init(&b, KITH_MIB(1));
	assert_int_equal(kith_pins_new(&p, &err), KITH_OK);
	fill(p);
	kith_pins_put(p, &b);
	for (rest = kith_buf_span(&b); kith_span_next(&rest, '\n', &line);)
		entries += kith_span_starts(line, KITH_SPAN_LIT("  {")) &&
			   kith_span_ends(line, KITH_SPAN_LIT("},"));
	assert_int_equal(entries, 2 + 3 + 1 + 2 + 1);
}

static void
merged(void **state)
{
	struct kith_pins *p;

	(void)state;
	/* not sorted, and the same line from both sides, once asked later */
	p = read_text("version = 1\nsource = [\n" SOURCE("https://b.example", COMMIT_A, DAY)
			  SOURCE("https://a.example", COMMIT_A, DAY)
			      SOURCE("https://b.example", COMMIT_A, "2026-01-03T00:00:00Z") "]\n");
	assert_non_null(p);
	assert_int_equal(p->n_sources, 2);
	assert_true(kith_span_is(p->sources[0].location, "https://a.example"));
	assert_true(p->sources[1].as_of == 1767398400);
	assert_non_null(kith_pins_find_source(p, KITH_SPAN_LIT("crev"),
					      KITH_SPAN_LIT("https://b.example"), KITH_SPAN_NONE));
	assert_null(kith_pins_find_source(p, KITH_SPAN_LIT("vet"),
					  KITH_SPAN_LIT("https://b.example"), KITH_SPAN_NONE));
	kith_pins_free(p);
	/* a claim is as late as either says, what is withdrawn counts as long as either says */
	p = read_text("version = 1\nlate = [\n"
		      "{proof = \"" DIGEST "\", previous = 2026-01-01T00:00:00Z},\n"
		      "{proof = \"" DIGEST "\", previous = 2026-02-01T00:00:00Z}]\n"
		      "withdrawn = [\n{kind = \"vet\", at = \"x\", text = \"t\", gone = " DAY "},\n"
		      "{kind = \"vet\", at = \"x\", text = \"t\", gone = 2026-03-01T00:00:00Z}]\n");
	assert_non_null(p);
	assert_true(p->n_claims == 1 && p->claims[0].previous == 1769904000);
	assert_true(p->n_gone == 1 && p->gone[0].gone == 1772323200);
	kith_pins_free(p);
}

static void
contradictions(void **state)
{
	(void)state;
	refuses("version = 1\nwithdrawn = [\n{kind = \"vet\", at = \"x\", text = \"t\"}]\n",
		KITH_E_FORMAT, "line 3: 'gone' is missing");
	refuses("version = 1\nsource = [\n" SOURCE("https://b.example", COMMIT_A, DAY)
		    SOURCE("https://b.example", COMMIT_B, DAY) "]\n",
		KITH_E_FORMAT, "line 4: contradicts line 3 about https://b.example");
	refuses("version = 1\npackage = [\n{name = \"a\", version = \"1\", checksum = \"00\"},\n"
		"{name = \"a\", version = \"1\", checksum = \"01\"}]\n",
		KITH_E_FORMAT, "line 4: contradicts line 3 about a");
	refuses("version = 1\npackage = [\n"
		"{name = \"a\", version = \"1\", checksum = \"00\", digest = \"" DIGEST "\"},\n"
		"{name = \"a\", version = \"1\", checksum = \"00\", digest = \"" DIGEST_B "\"}]\n",
		KITH_E_FORMAT, "line 4: contradicts line 3");
}

static void
refusals(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {"", "does not say its version"},
	    {"version = 2\n", "line 1: version 2, and this kith knows version 1"},
	    {"version = \"1\"\n", "must be a number"},
	    {"version = 1\nsources = []\n", "line 2: 'sources' is not known here"},
	    {"version = 1\nsource = 1\n", "line 2: 'source' must be a list"},
	    {"version = 1\nsource = [1]\n", "line 2: must be {name = value"},
	    {"version = 1\nsource = [{}]\n", "line 2: 'kind' is missing"},
	    {"version = 1\nsource = [{kind = \"x\", at = \"a\", commit = \"" COMMIT_A
	     "\", as-of = " DAY "}]\n",
	     "'x' is no kind of source"},
	    {"version = 1\nsource = [{kind = \"crev\", at = \"a\", commit = \"0123\", as-of = " DAY
	     "}]\n",
	     "'commit' must be 40 hex digits"},
	    {"version = 1\nsource = [{kind = \"crev\", at = \"a\\u0007\", commit = \"" COMMIT_A
	     "\", as-of = " DAY "}]\n",
	     "'at' must be text of one line"},
	    {"version = 1\nsource = [{kind = \"crev\", at = \"a\", commit = \"" COMMIT_A
	     "\", as-of = 2026-01-02}]\n",
	     "'as-of' must be a time like"},
	    {"version = 1\nsource = [{kind = \"crev\", at = \"a\", commit = \"" COMMIT_A
	     "\", as-of = 2026-01-02T00:00:00+01:00}]\n",
	     "'as-of' must be a time like"},
	    {"version = 1\nsource = [{kind = \"crev\", at = \"a\", commit = \"" COMMIT_A
	     "\", as-of = " DAY ", carried = 1}]\n",
	     "'carried' must be true or false"},
	    {"version = 1\npackage = [{name = \"a\", version = \"1\", digest = \"" DIGEST "\"}]\n",
	     "a digest without a checksum"},
	    {"version = 1\npackage = [{name = \"a\", version = \"1\", checksum = \"0\", digest = "
	     "\"short\"}]\n",
	     "'digest' must be 32 bytes"},
	    {"version = 1\npackage = [{name = \"a\", version = \"1\", ecosystem = \"x\"}]\n",
	     "'ecosystem' must be"},
	    {"version = 1\npackage = [{name = \"a\", version = \"1\", older-yanked = -1}]\n",
	     "'older-yanked' must be a number"},
	    {"version = 1\npackage = [{name = \"a\", version = \"1\", first = \"0\"}]\n",
	     "'first' must be 32 hex digits"},
	    {"version = 1\nsource = [\n  {kind = \"crev\", at = \"a", "line 3"},
	    {"version = 1\nwithdrawn = [{kind = \"crev\", at = \"a\"}]\n", "'text' is missing"},
	    {"version = 1\nlate = [{proof = \"" DIGEST "\"}]\n", "'previous' is missing"},
	    {"version = 1\nverified-url = [{id = \"" DIGEST "\", url = \"\"}]\n",
	     "'url' must be text"}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuses(cases[i].text, KITH_E_FORMAT, cases[i].why);
}

static void
too_large(void **state)
{
	const size_t n = KITH_MAX_PINS_BYTES + 1;
	KITH_AUTO_FREE uint8_t *text = kith_calloc(n, 1);
	struct kith_pins *p = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, '#', n);
	assert_int_equal(kith_pins_read(kith_span(text, n), &p, &err), KITH_E_LIMIT);
	assert_null(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(round_trip), cmocka_unit_test(each_entry_is_a_line),
	    cmocka_unit_test(merged),     cmocka_unit_test(contradictions),
	    cmocka_unit_test(refusals),   cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
