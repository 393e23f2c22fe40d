/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of advisories: what is refused and why, every limit, and what is passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/osv.h"
#include "evidence/osv_git.h"
#include "evidence/osv_groups.h"
#include "evidence/rustsec.h"

#define HEAD                                                                                       \
	"```toml\n[advisory]\nid = \"RUSTSEC-2020-0001\"\npackage = \"p\"\ndate = "                \
	"\"2020-01-01\"\n"
#define VERSIONS "[versions]\npatched = []\n"
#define BODY     "```\n# Title\n"

/* --- RustSec --- */

static int
read_rustsec(struct kith_arena *arena, const char *text, struct kith_rustsec *ret,
	     struct kith_error *err)
{
	return kith_rustsec_read(kith_span_str(text), arena, ret, err);
}

static void
test_rustsec_accepts(void **state)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_rustsec x;
	struct kith_error err;

	(void)state;
	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	assert_int_equal(read_rustsec(&arena,
				      "```toml\nid = 'RUSTSEC-2020-0001'\npackage = 'p'\n"
				      "date = '2020-01-02'\nunknown = 1\nyanked = true\n"
				      "[affected.functions]\n'p::f' = ['> 1']\n"
				      "[versions]\npatched = ['>= 1.0 ']\n```\n"
				      " \n#   Title \t\n\n text \n```\ncode\n```\n",
				      &x, &err),
			 KITH_OK);
	assert_true(kith_span_is(x.advisory.title, "  Title"));
	assert_false(x.n_functions != 1 || !kith_span_is(x.functions[0].path, "p::f"));
	assert_int_equal(x.advisory.date.sec, 18263 * 86400);
	assert_int_equal(x.advisory.n_packages, 1);
	assert_true(kith_span_is(x.advisory.packages[0].name, "p"));
	/* the body begins behind the fence: this is no title */
	assert_int_equal(read_rustsec(&arena, HEAD VERSIONS "```x\n# T\n", &x, &err),
			 KITH_E_FORMAT);
	/* an empty line of a title, nothing below */
	assert_int_equal(read_rustsec(&arena, HEAD VERSIONS "```\n# \n", &x, &err), KITH_OK);
	assert_int_equal(x.advisory.title.len, 0);
	assert_int_equal(x.description.len, 0);
	/* a source elsewhere: it says nothing about the default registry's package */
	assert_int_equal(
	    read_rustsec(&arena,
			 HEAD "source = \"registry+https://example.org/index\"\n" VERSIONS BODY, &x,
			 &err),
	    KITH_OK);
	assert_int_equal(x.advisory.n_packages, 0);
	assert_int_equal(
	    read_rustsec(&arena,
			 HEAD "source = \"sparse+https://index.crates.io/\"\n" VERSIONS BODY, &x,
			 &err),
	    KITH_OK);
	assert_int_equal(x.advisory.n_packages, 1);
	/* a vector that cannot be read costs its severity only */
	assert_int_equal(
	    read_rustsec(&arena, HEAD "cvss = \"CVSS:9.9/AV:N\"\n" VERSIONS BODY, &x, &err),
	    KITH_OK);
	assert_false(x.advisory.severity.known);
	assert_true(x.advisory.severity.has_defects);
	assert_int_equal(x.advisory.defects, 1);
	/* a word that nobody knows is a notice, and its text is kept */
	assert_int_equal(
	    read_rustsec(&arena, HEAD "informational = \"new\"\n" VERSIONS BODY, &x, &err),
	    KITH_OK);
	assert_int_equal(x.advisory.kind, KITH_ADVISORY_NOTICE);
	assert_true(kith_span_is(x.kind_word, "new"));
}

static void
test_rustsec_refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
	    {"", "it does not begin with ```toml"},
	    {"\n" HEAD VERSIONS BODY, "it does not begin with ```toml"},
	    {"\xef\xbb\xbf" HEAD VERSIONS BODY, "it does not begin with ```toml"},
	    {HEAD VERSIONS, "the front matter has no end"},
	    {HEAD VERSIONS "```\n", "no title ('# …') below the front matter"},
	    {HEAD VERSIONS "```\n## Title\n", "no title ('# …') below the front matter"},
	    {HEAD VERSIONS "```\n# Title", "the line of the title has no end"},
	    {HEAD VERSIONS "```\n# Tit\xffle\n", "not UTF-8"},
	    {HEAD "id = \"X\"\n" VERSIONS BODY, "line 6, column 1: 'id' is defined twice"},
	    {"```toml\n" VERSIONS BODY, "line 1, column 2: 'id' must be a string"},
	    {HEAD "```\n# T\n", "no table [versions]"},
	    {HEAD "[versions]\n" BODY, "line 6, column 2: 'patched' is missing"},
	    {HEAD "[versions]\npatched = \"1\"\n" BODY,
	     "line 7, column 1: 'patched' must be an array of strings"},
	    {HEAD "[versions]\npatched = [1]\n" BODY,
	     "line 7, column 12: 'patched' must be an array of strings"},
	    {HEAD "[versions]\npatched = [\"nonsense\"]\n" BODY,
	     "'nonsense' is no cargo range: a number is missing or has a leading zero"},
	    {HEAD "[versions]\npatched = [\"1\", \"1\"]\n" BODY,
	     "two requirements share a version"},
	    {"```toml\n[advisory]\nid = \"RUSTSEC-1999-0001\"\npackage = \"p\"\n"
	     "date = \"2020-01-01\"\n" VERSIONS BODY,
	     "line 3, column 1: 'id' is no advisory's id"},
	    {"```toml\n[advisory]\nid = \"CVE-2020-1\"\ndate = \"2020-01-01\"\n" VERSIONS BODY,
	     "line 2, column 2: 'package' must be a string"},
	    {"```toml\n[advisory]\nid = \"CVE-2020-1\"\npackage = \"\"\n"
	     "date = \"2020-01-01\"\n" VERSIONS BODY,
	     "line 4, column 1: 'package' is no name"},
	    {"```toml\n[advisory]\nid = \"CVE-2020-1\"\npackage = \"p\"\n" VERSIONS BODY,
	     "line 2, column 2: 'date' must be a string"},
	    {"```toml\n[advisory]\nid = \"CVE-2020-1\"\npackage = \"p\"\n"
	     "date = \"2101-01-01\"\n" VERSIONS BODY,
	     "line 5, column 1: 'date' must be a date from 2000 to 2100"},
	    {HEAD "withdrawn = \"soon\"\n" VERSIONS BODY,
	     "line 6, column 1: 'withdrawn' must be a date from 2000 to 2100"},
	    {HEAD "aliases = [\"CVE-20-1\"]\n" VERSIONS BODY,
	     "line 6, column 1: an alias is no id"},
	    {HEAD "title = \"T\"\n" VERSIONS BODY,
	     "line 6, column 1: the title belongs below the front matter"},
	    {HEAD "description = \"D\"\n" VERSIONS BODY,
	     "line 6, column 1: the description belongs below the front matter"},
	    {HEAD "expect-deleted = 1\n" VERSIONS BODY,
	     "line 6, column 1: 'expect-deleted' must be true or false"},
	    {HEAD "collection = \"npm\"\n" VERSIONS BODY,
	     "line 6, column 1: 'collection' is crates or rust"},
	    {HEAD "informational = true\n" VERSIONS BODY,
	     "line 6, column 1: 'informational' must be a string"},
	    {HEAD "[affected]\nfunctions = []\n" VERSIONS BODY,
	     "line 7, column 1: 'functions' must be a table"},
	    {HEAD "[affected.functions]\nf = []\n" VERSIONS BODY,
	     "line 7, column 1: no path of a function"},
	    {HEAD "[affected.functions]\n\"a::1\" = []\n" VERSIONS BODY,
	     "line 7, column 1: no path of a function"},
	    {HEAD "[affected.functions]\n\"a::b\" = [\"y\"]\n" VERSIONS BODY,
	     "line 7, column 1: a requirement of a function is none"},
	};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_rustsec x;
	struct kith_error err;
	size_t i;

	(void)state;
	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (read_rustsec(&arena, bad[i].text, &x, &err) != KITH_E_FORMAT)
			fail_msg("accepted: %s", bad[i].text);
		if (!strstr(err.msg, bad[i].why))
			fail_msg("%s\n%s\ninstead of\n%s", bad[i].text, err.msg, bad[i].why);
	}
}

static void
repeat(struct kith_buf *out, const char *before, const char *what, size_t n, const char *after)
{
	size_t i;

	kith_buf_reset(out);
	kith_buf_put_str(out, before);
	for (i = 0; i < n; i++)
		kith_buf_put_str(out, what);
	kith_buf_put_str(out, after);
	assert_int_equal(kith_buf_check(out, NULL), KITH_OK);
}

static void
test_rustsec_limits(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	struct kith_rustsec x;
	KITH_AUTO_ARENA struct kith_arena arena;
	size_t i;

	(void)state;
	kith_buf_init(&b, KITH_MIB(8));
	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	kith_buf_put_str(&b, HEAD "[versions]\npatched = [");
	for (i = 0; i < KITH_MAX_ADVISORY_REQS; i++)
		kith_buf_printf(&b, "\"=1.0.%zu\", ", i);
	kith_buf_put_str(&b, "]\n" BODY);
	assert_int_equal(kith_rustsec_read(kith_buf_span(&b), &arena, &x, &err), KITH_OK);
	assert_int_equal(x.n_gaps, KITH_MAX_ADVISORY_REQS + 1);
	repeat(&b, HEAD "[versions]\npatched = [", "\"=1\",", KITH_MAX_ADVISORY_REQS + 1,
	       "]\n" BODY);
	assert_int_equal(kith_rustsec_read(kith_buf_span(&b), &arena, &x, &err), KITH_E_LIMIT);
	repeat(&b, HEAD "aliases = [", "\"A-1\",", KITH_MAX_ADVISORY_ALIASES, "]\n" VERSIONS BODY);
	assert_int_equal(kith_rustsec_read(kith_buf_span(&b), &arena, &x, &err), KITH_OK);
	repeat(&b, HEAD "aliases = [", "\"A-1\",", KITH_MAX_ADVISORY_ALIASES + 1,
	       "]\n" VERSIONS BODY);
	assert_int_equal(kith_rustsec_read(kith_buf_span(&b), &arena, &x, &err), KITH_E_LIMIT);
	repeat(&b, HEAD VERSIONS BODY, "x", KITH_MAX_RUSTSEC_FILE - strlen(HEAD VERSIONS BODY), "");
	assert_int_equal(kith_rustsec_read(kith_buf_span(&b), &arena, &x, &err), KITH_OK);
	kith_buf_put_char(&b, 'x');
	assert_int_equal(kith_rustsec_read(kith_buf_span(&b), &arena, &x, &err), KITH_E_LIMIT);
}

static void
test_rustsec_places(void **state)
{
	static const char *const none[] = {"",
					   "README.md",
					   "crates",
					   "crates/p",
					   "crates//x.md",
					   "x/p/RUSTSEC-2020-0001.md",
					   "crates/.git/x.md",
					   "crates/p/.x.md"};
	struct kith_rustsec x = {.package = KITH_SPAN_LIT("p")};
	struct kith_span collection, package, file;
	size_t i;

	(void)state;
	x.advisory.id = KITH_SPAN_LIT("RUSTSEC-2020-0001");
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(
		    kith_rustsec_place(kith_span_str(none[i]), &collection, &package, &file));
	assert_true(kith_rustsec_place(KITH_SPAN_LIT("rust/p/x.md"), &collection, &package, &file));
	assert_true(kith_span_is(file, "x.md"));
	assert_int_equal(
	    kith_rustsec_check_place(&x, KITH_SPAN_LIT("crates/p/RUSTSEC-2020-0001.md"), NULL),
	    KITH_OK);
	assert_int_equal(
	    kith_rustsec_check_place(&x, KITH_SPAN_LIT("crates/p/RUSTSEC-0000-0000.2.md"), NULL),
	    KITH_OK);
	assert_int_equal(
	    kith_rustsec_check_place(&x, KITH_SPAN_LIT("crates/q/RUSTSEC-2020-0001.md"), NULL),
	    KITH_E_FORMAT);
	assert_int_equal(
	    kith_rustsec_check_place(&x, KITH_SPAN_LIT("crates/p/RUSTSEC-2020-0002.md"), NULL),
	    KITH_E_FORMAT);
	assert_int_equal(
	    kith_rustsec_check_place(&x, KITH_SPAN_LIT("crates/p/RUSTSEC-2020-0001.txt"), NULL),
	    KITH_E_FORMAT);
	assert_int_equal(
	    kith_rustsec_check_place(&x, KITH_SPAN_LIT("crates/p/d/RUSTSEC-2020-0001.md"), NULL),
	    KITH_E_FORMAT);
	x.collection = KITH_SPAN_LIT("rust");
	assert_int_equal(
	    kith_rustsec_check_place(&x, KITH_SPAN_LIT("crates/p/RUSTSEC-2020-0001.md"), NULL),
	    KITH_E_FORMAT);
}

static void
test_ids(void **state)
{
	static const char *const good[] = {
	    "RUSTSEC-2020-0001", "RUSTSEC-0000-0000", "CVE-2100-4294967295", "GHSA-x",
	    "anything",          "TALOS-2000-0"};
	static const char *const bad[] = {
	    "",           "RUSTSEC-2020", "RUSTSEC-2020-",       "RUSTSEC-2020-1-2",
	    "CVE-1999-1", "CVE-2101-1",   "CVE-2020-4294967296", "CVE-2020-x",
	    "a\nb",       "a\xff"};
	char longest[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(kith_advisory_is_id(kith_span_str(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(kith_advisory_is_id(kith_span_str(bad[i])));
	memset(longest, 'x', sizeof(longest));
	assert_true(kith_advisory_is_id(kith_span(longest, KITH_MAX_ADVISORY_ID)));
	assert_false(kith_advisory_is_id(kith_span(longest, KITH_MAX_ADVISORY_ID + 1)));
	assert_true(kith_advisory_id_rank(KITH_SPAN_LIT("MAL-2020-1"), false) <
		    kith_advisory_id_rank(KITH_SPAN_LIT("RUSTSEC-2020-0001"), true));
	assert_true(kith_advisory_id_rank(KITH_SPAN_LIT("DSA-1"), true) <
		    kith_advisory_id_rank(KITH_SPAN_LIT("CVE-2020-1"), true));
	assert_true(kith_advisory_id_rank(KITH_SPAN_LIT("CVE-2020-1"), false) <
		    kith_advisory_id_rank(KITH_SPAN_LIT("GHSA-1"), true));
	assert_true(kith_advisory_id_rank(KITH_SPAN_LIT("GHSA-1"), true) <
		    kith_advisory_id_rank(KITH_SPAN_LIT("DSA-1"), false));
}

/* --- OSV --- */

static int
read_osv(struct kith_arena *arena, const char *text, struct kith_advisory *ret)
{
	struct kith_error err;

	return kith_osv_read(kith_span_str(text), arena, ret, &err);
}

#define PACKAGE "\"package\":{\"ecosystem\":\"crates.io\",\"name\":\"a\"}"

static void
test_osv_reads(void **state)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_advisory a;

	(void)state;
	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	assert_int_equal(
	    read_osv(&arena,
		     "{\"id\":\"GHSA-1\",\"published\":\"2020-01-02T03:04:05.678Z\","
		     "\"summary\":\"s\",\"aliases\":[\"CVE-1\",7,null,\"\"],\"related\":[\"X\"],"
		     "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/"
		     "S:U/C:L/I:N/A:N\"},{\"type\":\"CVSS_V4\",\"score\":\"x\"},{\"type\":\"new\","
		     "\"score\":\"1\"},5],\"affected\":[{" PACKAGE ",\"severity\":null},"
		     "{\"ranges\":[]},7,{" PACKAGE ",\"database_specific\":{\"informational\":"
		     "\"unsound\"}}],\"new\":{\"key\":[]}}",
		     &a),
	    KITH_OK);
	assert_int_equal(a.n_aliases, 1);
	assert_int_equal(a.n_packages, 2);
	assert_int_equal(a.severity.tenths, 53);
	assert_true(a.severity.has_defects);
	assert_int_equal(a.defects, 3);
	assert_int_equal(a.date.sec, 1577934245);
	/* only the home database says that it is no vulnerability */
	assert_int_equal(a.kind, KITH_ADVISORY_VULNERABILITY);
	assert_int_equal(read_osv(&arena,
				  "{\"id\":\"RUSTSEC-2020-0001\",\"affected\":[{" PACKAGE
				  ",\"database_specific\":{\"informational\":\"unsound\","
				  "\"categories\":[\"malicious\"]}}]}",
				  &a),
			 KITH_OK);
	assert_int_equal(a.kind, KITH_ADVISORY_UNSOUND);
	assert_true(a.malicious);
	/* GitHub's word where there is no vector; the package's own severity */
	assert_int_equal(read_osv(&arena,
				  "{\"id\":\"GHSA-1\",\"database_specific\":{\"severity\":"
				  "\"MODERATE\"},\"affected\":[{" PACKAGE
				  ",\"severity\":[{\"type\":\"Ubuntu\",\"score\":\"High\"}]}]}",
				  &a),
			 KITH_OK);
	assert_true(a.severity.known && a.severity.label == KITH_SEVERITY_MEDIUM);
	assert_false(a.severity.has_score);
	assert_int_equal(a.packages[0].severity.label, KITH_SEVERITY_HIGH);
	assert_true(kith_osv_is_draft(KITH_SPAN_LIT("MAL-0000-x")));
	assert_false(kith_osv_is_draft(KITH_SPAN_LIT("MAL-2020-1")));
}

static void
test_osv_refuses(void **state)
{
	static const char *const bad[] = {"",
					  "[]",
					  "7",
					  "{}",
					  "{\"id\":7}",
					  "{\"id\":\"\"}",
					  "{\"id\":\"A\"",
					  "{\"id\":\"A\",\"id\":\"B\"}",
					  "<html></html>"};
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_advisory a;
	size_t i;

	(void)state;
	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	kith_buf_init(&b, KITH_MIB(1));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (read_osv(&arena, bad[i], &a) != KITH_E_FORMAT)
			fail_msg("accepted: %s", bad[i]);
	repeat(&b, "{\"id\":\"A\",\"x\":", "[", 2000, "");
	assert_int_equal(kith_osv_read(kith_buf_span(&b), &arena, &a, NULL), KITH_E_LIMIT);
	repeat(&b, "{\"id\":\"", "x", KITH_MAX_ADVISORY_ID, "\"}");
	assert_int_equal(kith_osv_read(kith_buf_span(&b), &arena, &a, NULL), KITH_OK);
	repeat(&b, "{\"id\":\"", "x", KITH_MAX_ADVISORY_ID + 1, "\"}");
	assert_int_equal(kith_osv_read(kith_buf_span(&b), &arena, &a, NULL), KITH_E_FORMAT);
}

/* The most of something is read, one more refused. */
static void
check_limit(const char *before, const char *item, const char *last, size_t max, const char *after)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_BUF struct kith_buf end;
	struct kith_advisory a;

	kith_buf_init(&b, KITH_MAX_OSV_RECORD);
	kith_buf_init(&end, KITH_KIB(4));
	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	kith_buf_printf(&end, "%s%s", last, after);
	repeat(&b, before, item, max - 1, kith_buf_str(&end));
	assert_int_equal(kith_osv_read(kith_buf_span(&b), &arena, &a, NULL), KITH_OK);
	repeat(&b, before, item, max, kith_buf_str(&end));
	assert_int_equal(kith_osv_read(kith_buf_span(&b), &arena, &a, NULL), KITH_E_LIMIT);
}

static void
test_osv_limits(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_advisory a;

	(void)state;
	check_limit("{\"id\":\"A\",\"aliases\":[", "\"B\",", "\"B\"", KITH_MAX_ADVISORY_ALIASES,
		    "]}");
	check_limit("{\"id\":\"A\",\"affected\":[", "{},", "{}", KITH_MAX_ADVISORY_PACKAGES, "]}");
	check_limit("{\"id\":\"A\",\"affected\":[{" PACKAGE ",\"ranges\":[", "{},", "{}",
		    KITH_MAX_ADVISORY_RANGES, "]}]}");
	check_limit("{\"id\":\"A\",\"affected\":[{" PACKAGE
		    ",\"ranges\":[{\"type\":\"SEMVER\",\"events\":[",
		    "{\"introduced\":\"1\"},", "{\"introduced\":\"0\"}", KITH_MAX_ADVISORY_EVENTS,
		    "]}]}]}");
	check_limit("{\"id\":\"A\",\"affected\":[{" PACKAGE ",\"versions\":[", "\"1.0.0\",",
		    "\"1.0.0\"", KITH_MAX_ADVISORY_VERSIONS, "]}]}");
	kith_buf_init(&b, KITH_MAX_OSV_RECORD + 1);
	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	repeat(&b, "{\"id\":\"A\"}", " ", KITH_MAX_OSV_RECORD - 10, "");
	assert_int_equal(kith_osv_read(kith_buf_span(&b), &arena, &a, NULL), KITH_OK);
	kith_buf_put_char(&b, ' ');
	assert_int_equal(kith_osv_read(kith_buf_span(&b), &arena, &a, NULL), KITH_E_LIMIT);
}

/* --- commits, severities --- */

static void
test_git(void **state)
{
	static const uint32_t first[] = {0, 0, 1, 2}, parents[] = {0, 1};
	static const uint32_t bad_parents[] = {0, 9};
	struct kith_osv_graph g = {3, first, parents};
	struct kith_osv_commit_event e[] = {{KITH_ADVISORY_INTRODUCED, KITH_OSV_EVERY_ROOT},
					    {KITH_ADVISORY_LAST_AFFECTED, 1}};
	bool hit[3] = {false, false, true};

	(void)state;
	assert_int_equal(kith_osv_git_affected(&g, e, 2, hit, NULL), KITH_OK);
	assert_true(hit[0] && hit[1] && !hit[2]);
	e[1].commit = 3; /* not in the clone: cannot be judged, and nothing is changed */
	assert_int_equal(kith_osv_git_affected(&g, e, 2, hit, NULL), KITH_E_FORMAT);
	assert_true(hit[0] && hit[1] && !hit[2]);
	e[1].commit = KITH_OSV_EVERY_ROOT;
	assert_int_equal(kith_osv_git_affected(&g, e, 2, hit, NULL), KITH_E_FORMAT);
	g.parents = bad_parents;
	assert_int_equal(kith_osv_git_affected(&g, e, 1, hit, NULL), KITH_E_FORMAT);
	g.n_commits = KITH_MAX_GIT_COMMITS + 1;
	assert_int_equal(kith_osv_git_affected(&g, e, 1, hit, NULL), KITH_E_LIMIT);
	assert_true(kith_osv_same_repository(KITH_SPAN_LIT("https://x.org/a.git/"),
					     KITH_SPAN_LIT("git://x.org/a")));
	assert_false(kith_osv_same_repository(KITH_SPAN_LIT("https://x.org/a"),
					      KITH_SPAN_LIT("https://x.org/A")));
}

/* Many introductions into a long line: what would take for ever is refused. */
static void
test_git_steps(void **state)
{
	size_t n = 40000, i;
	KITH_AUTO_FREE uint32_t *first = kith_calloc(n + 1, sizeof(*first));
	KITH_AUTO_FREE uint32_t *parents = kith_calloc(n, sizeof(*parents));
	KITH_AUTO_FREE bool *hit = kith_calloc(n, sizeof(*hit));
	KITH_AUTO_FREE struct kith_osv_commit_event *e = kith_calloc(n, sizeof(*e));
	struct kith_osv_graph g = {n, first, parents};

	(void)state;
	assert_true(first && parents && hit && e);
	for (i = 1; i < n; i++) {
		first[i + 1] = (uint32_t)i;
		parents[i - 1] = (uint32_t)(i - 1);
		e[i].commit = (uint32_t)i;
	}
	assert_int_equal(kith_osv_git_affected(&g, e, 1, hit, NULL), KITH_OK);
	assert_true(hit[n - 1]);
	assert_int_equal(kith_osv_git_affected(&g, e, n, hit, NULL), KITH_E_LIMIT);
}

static void
test_severity(void **state)
{
	char longest[KITH_MAX_CVSS + 2];
	struct kith_cvss c;
	enum kith_severity s;

	(void)state;
	assert_int_equal(kith_severity_of(0), KITH_SEVERITY_NONE);
	assert_int_equal(kith_severity_of(1), KITH_SEVERITY_LOW);
	assert_int_equal(kith_severity_of(39), KITH_SEVERITY_LOW);
	assert_int_equal(kith_severity_of(40), KITH_SEVERITY_MEDIUM);
	assert_int_equal(kith_severity_of(69), KITH_SEVERITY_MEDIUM);
	assert_int_equal(kith_severity_of(70), KITH_SEVERITY_HIGH);
	assert_int_equal(kith_severity_of(90), KITH_SEVERITY_CRITICAL);
	assert_true(kith_severity_parse(KITH_SPAN_LIT("cRiTiCaL"), &s) &&
		    s == KITH_SEVERITY_CRITICAL);
	assert_false(kith_severity_parse(KITH_SPAN_LIT("criticall"), &s));
	assert_false(kith_severity_parse(KITH_SPAN_LIT(""), &s));
	memset(longest, '/', sizeof(longest));
	assert_int_equal(kith_cvss_score(kith_span(longest, KITH_MAX_CVSS + 1), &c, NULL),
			 KITH_E_FORMAT);
	assert_int_equal(kith_cvss_score(KITH_SPAN_LIT("CVSS:3.1/AV:N\0/AC:L"), &c, NULL),
			 KITH_E_FORMAT);
	assert_int_equal(kith_cvss_score(KITH_SPAN_LIT("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/"
						       "VI:H/VA:H/SC:N/SI:N/SA:N/U:Amber"),
					 &c, NULL),
			 KITH_OK);
	assert_int_equal(c.version, 40);
	assert_int_equal(c.tenths, 93);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rustsec_accepts),
	    cmocka_unit_test(test_rustsec_refuses),
	    cmocka_unit_test(test_rustsec_limits),
	    cmocka_unit_test(test_rustsec_places),
	    cmocka_unit_test(test_ids),
	    cmocka_unit_test(test_osv_reads),
	    cmocka_unit_test(test_osv_refuses),
	    cmocka_unit_test(test_osv_limits),
	    cmocka_unit_test(test_git),
	    cmocka_unit_test(test_git_steps),
	    cmocka_unit_test(test_severity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
