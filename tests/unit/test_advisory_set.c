/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of advisories: what goes in, what is found, problems and claims, damaged bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/advisory_set.h"

struct world {
	struct kith_advisory_builder *b;
	struct kith_buf bytes;
	struct kith_advisory_set set;
	struct kith_arena arena;
	const struct kith_advisory_problem *problems;
	size_t n;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	kith_buf_init(&w->bytes, KITH_MAX_ADVISORY_SET);
	kith_arena_init(&w->arena, KITH_MIB(64));
	assert_int_equal(kith_advisory_builder_new(&w->b, NULL), KITH_OK);
}

static void
world_clear(struct world *w)
{
	kith_advisory_builder_free(w->b);
	kith_buf_clear(&w->bytes);
	kith_arena_clear(&w->arena);
}
#define WORLD KITH_CLEANUP(world_clear) struct world

static void
add(struct world *w, enum kith_advisory_format format, uint32_t database, const char *path,
    const char *text)
{
	struct kith_error err;

	if (kith_advisory_builder_add(w->b, format, database, kith_span_str(path),
				      kith_span_str(text), &err))
		fail_msg("%s: %s", path, err.msg);
}

/* A RustSec file with keys (each line ended) and patched versions. */
static void
add_rustsec(struct world *w, const char *package, const char *id, const char *keys,
	    const char *patched)
{
	KITH_AUTO_FREE char *path = kith_asprintf("crates/%s/%s.md", package, id);
	KITH_AUTO_FREE char *text = kith_asprintf(
	    "```toml\n[advisory]\nid = \"%s\"\npackage = \"%s\"\ndate = \"2020-01-02\"\n%s"
	    "[versions]\npatched = [%s]\n```\n# Title of %s\n",
	    id, package, keys, patched, id);

	add(w, KITH_ADVISORY_RUSTSEC, 1, path, text);
}

/* An OSV record about crates.io's package: `rest` follows in the affected entry, `more` above. */
static void
add_osv(struct world *w, const char *package, const char *id, const char *more, const char *rest)
{
	KITH_AUTO_FREE char *path = kith_asprintf("%s.json", id);
	KITH_AUTO_FREE char *text = kith_asprintf(
	    "{\"id\":\"%s\"%s,\"affected\":[{\"package\":{\"ecosystem\":\"crates.io\",\"name\":"
	    "\"%s\"},%s}]}",
	    id, more, package, rest);

	add(w, KITH_ADVISORY_OSV, 2, path, text);
}

#define ALL "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"}]}]"
#define UNTIL(v)                                                                                   \
	"\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"" v      \
	"\"}"                                                                                      \
	"]}]"

static void
seal(struct world *w)
{
	assert_int_equal(kith_advisory_builder_seal(w->b, &w->bytes, NULL), KITH_OK);
	assert_int_equal(kith_advisory_set_open(kith_buf_span(&w->bytes), &w->set, NULL), KITH_OK);
}

static void
ask(struct world *w, const char *ecosystem, const char *name, const char *version)
{
	struct kith_advisory_query q = {kith_span_str(ecosystem), kith_span_str(name),
					kith_span_str(version)};

	assert_int_equal(kith_advisory_match(&w->set, &q, &w->arena, &w->problems, &w->n, NULL),
			 KITH_OK);
}

static struct kith_advisory_database
database(const struct world *w, size_t i)
{
	struct kith_advisory_database db;

	assert_true(kith_advisory_set_database(&w->set, i, &db));
	return db;
}

static void
check_ids(const struct kith_advisory_problem *p, const char *const *ids, size_t n)
{
	size_t i;

	assert_int_equal(p->n_ids, n);
	for (i = 0; i < n; i++)
		if (!kith_span_is(p->ids[i], ids[i]))
			fail_msg("%.*s instead of %s", KITH_SPAN_FMT(p->ids[i]), ids[i]);
}

/* --- what goes in --- */

static void
test_counts(void **state)
{
	WORLD w;
	struct kith_advisory_refusal refusal;
	struct kith_advisory_database db;

	(void)state;
	world_init(&w);
	add_rustsec(&w, "a", "RUSTSEC-2020-0001", "", "\">= 1\"");
	add_rustsec(&w, "a", "RUSTSEC-2020-0002", "withdrawn = \"2020-02-02\"\n", "");
	add_rustsec(&w, "a", "RUSTSEC-2020-0003", "broken\n", "");
	add_rustsec(&w, "a", "RUSTSEC-0000-0000", "", "");
	add(&w, KITH_ADVISORY_RUSTSEC, 1, "README.md", "no advisory");
	add(&w, KITH_ADVISORY_RUSTSEC, 1, "rust/std/CVE-2020-1.md", "not looked at");
	add_osv(&w, "a", "GHSA-1", "", ALL);
	add_osv(&w, "a", "GHSA-1", "", ALL); /* the same again, from another export */
	add_osv(&w, "a", "GHSA-1", ",\"summary\":\"other\"", ALL);
	add_osv(&w, "a", "GHSA-2", ",\"withdrawn\":\"2020-01-01T00:00:00Z\"", ALL);
	add_osv(&w, "a", "MAL-0000-draft", "", ALL);
	add(&w, KITH_ADVISORY_OSV, 2, "page.json", "<html>");
	add(&w, KITH_ADVISORY_OSV, 2, "README.md", "no record");
	assert_int_equal(kith_advisory_builder_open(w.b, 7, NULL), KITH_OK);
	seal(&w);
	db = database(&w, 0);
	assert_int_equal(db.number, 1);
	assert_int_equal(db.files, 4);
	assert_int_equal(db.advisories, 1);
	assert_int_equal(db.withdrawn, 1);
	assert_int_equal(db.refused, 1);
	db = database(&w, 1);
	assert_int_equal(db.number, 2);
	assert_int_equal(db.files, 6);
	assert_int_equal(db.advisories, 2);
	assert_int_equal(db.withdrawn, 1);
	assert_int_equal(db.refused, 1);
	assert_int_equal(db.duplicates, 1);
	db = database(&w, 2);
	assert_int_equal(db.number, 7);
	assert_int_equal(db.files, 0);
	assert_false(kith_advisory_set_database(&w.set, 3, &db));
	assert_true(kith_advisory_set_refusal(&w.set, 0, &refusal));
	assert_true(kith_span_is(refusal.path, "crates/a/RUSTSEC-2020-0003.md"));
	assert_true(kith_span_starts(refusal.why, KITH_SPAN_LIT("line 6, column ")));
	assert_true(kith_advisory_set_refusal(&w.set, 1, &refusal));
	assert_int_equal(refusal.database, 2);
	assert_false(kith_advisory_set_refusal(&w.set, 2, &refusal));
}

/* A file that cannot be read is not the same as none. */
static void
test_unreadable(void **state)
{
	static const char *const ids[] = {"RUSTSEC-2020-0003"};
	WORLD w;

	(void)state;
	world_init(&w);
	add_rustsec(&w, "a", "RUSTSEC-2020-0003", "broken\n", "");
	seal(&w);
	ask(&w, "crates.io", "a", "1.0.0");
	assert_int_equal(w.n, 1);
	assert_int_equal(w.problems[0].state, KITH_ADVISORY_UNKNOWN);
	assert_int_equal(w.problems[0].trouble, KITH_ADVISORY_TROUBLE_FILE);
	check_ids(&w.problems[0], ids, 1);
	ask(&w, "crates.io", "b", "1.0.0");
	assert_int_equal(w.n, 0);
}

/* In the wrong folder: either package may be meant. */
static void
test_misplaced(void **state)
{
	WORLD w;

	(void)state;
	world_init(&w);
	add(&w, KITH_ADVISORY_RUSTSEC, 1, "crates/b/RUSTSEC-2020-0001.md",
	    "```toml\nid = \"RUSTSEC-2020-0001\"\npackage = \"a\"\ndate = \"2020-01-02\"\n"
	    "[versions]\npatched = []\n```\n# T\n");
	seal(&w);
	assert_int_equal(database(&w, 0).refused, 1);
	ask(&w, "crates.io", "a", "1.0.0");
	assert_int_equal(w.n, 1);
	assert_int_equal(w.problems[0].trouble, KITH_ADVISORY_TROUBLE_FILE);
	ask(&w, "crates.io", "b", "1.0.0");
	assert_int_equal(w.n, 1);
	ask(&w, "crates.io", "c", "1.0.0");
	assert_int_equal(w.n, 0);
}

static void
test_refusals_limit(void **state)
{
	WORLD w;
	struct kith_advisory_refusal refusal;
	size_t i;

	(void)state;
	world_init(&w);
	for (i = 0; i < KITH_MAX_ADVISORY_REFUSALS + 5; i++)
		add(&w, KITH_ADVISORY_OSV, 3, "x.json", "");
	seal(&w);
	assert_int_equal(database(&w, 0).refused, KITH_MAX_ADVISORY_REFUSALS + 5);
	assert_true(kith_advisory_set_refusal(&w.set, KITH_MAX_ADVISORY_REFUSALS - 1, &refusal));
	assert_false(kith_advisory_set_refusal(&w.set, KITH_MAX_ADVISORY_REFUSALS, &refusal));
}

static void
test_databases_limit(void **state)
{
	WORLD w;
	uint32_t i;

	(void)state;
	world_init(&w);
	for (i = 0; i < KITH_MAX_ADVISORY_DATABASES; i++)
		assert_int_equal(kith_advisory_builder_open(w.b, i, NULL), KITH_OK);
	assert_int_equal(kith_advisory_builder_open(w.b, 5, NULL), KITH_OK);
	assert_int_equal(kith_advisory_builder_open(w.b, i, NULL), KITH_E_LIMIT);
}

/* Titles are cut between characters. */
static void
test_long_title(void **state)
{
	WORLD w;
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;

	(void)state;
	world_init(&w);
	kith_buf_init(&text, KITH_KIB(16));
	kith_buf_put_str(&text, ",\"summary\":\"x");
	for (i = 0; i < KITH_MAX_ADVISORY_TITLE; i++)
		kith_buf_put_str(&text, "\xc3\xa9");
	kith_buf_put_str(&text, "\"");
	add_osv(&w, "a", "GHSA-1", kith_buf_str(&text), ALL);
	seal(&w);
	ask(&w, "crates.io", "a", "1.0.0");
	assert_int_equal(w.problems[0].members[0].title.len, KITH_MAX_ADVISORY_TITLE - 1);
	assert_true(kith_utf8_valid(w.problems[0].members[0].title));
}

/* --- problems --- */

static void
test_one_problem(void **state)
{
	static const char *const ids[] = {"RUSTSEC-2020-0001", "CVE-2020-1", "CVE-2020-2", "GHSA-1",
					  "GHSA-2"};
	WORLD w;
	const struct kith_advisory_problem *p;

	(void)state;
	world_init(&w);
	add_osv(&w, "a", "GHSA-2", ",\"aliases\":[\"CVE-2020-2\"]", UNTIL("1.5.0"));
	add_osv(&w, "a", "GHSA-1", ",\"aliases\":[\"CVE-2020-1\"]", UNTIL("1.0.0"));
	add_rustsec(&w, "a", "RUSTSEC-2020-0001",
		    "aliases = [\"CVE-2020-1\", \"CVE-2020-2\"]\n"
		    "cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N\"\n",
		    "\">= 1.2.0\"");
	add_osv(&w, "a", "GHSA-3", "", UNTIL("0.1.0"));
	seal(&w);
	ask(&w, "crates.io", "a", "1.3.0");
	assert_int_equal(w.n, 1);
	p = &w.problems[0];
	assert_int_equal(p->state, KITH_ADVISORY_AFFECTED); /* one of them says so */
	assert_int_equal(p->n_members, 3);
	check_ids(p, ids, 5);
	assert_int_equal(p->severity.tenths, 53);
	assert_int_equal(p->members[0].state, KITH_ADVISORY_AFFECTED);
	assert_int_equal(p->members[1].state, KITH_ADVISORY_NOT_AFFECTED);
	assert_int_equal(p->members[2].state, KITH_ADVISORY_NOT_AFFECTED);
	ask(&w, "crates.io", "a", "1.5.0");
	assert_int_equal(w.n, 0);
	/* two problems, by the id to show */
	ask(&w, "crates.io", "a", "0.0.1");
	assert_int_equal(w.n, 2);
	assert_true(kith_span_is(w.problems[0].ids[0], "GHSA-3"));
	/* a version that is none: both cannot be judged */
	ask(&w, "crates.io", "a", "1.0");
	assert_int_equal(w.n, 2);
	assert_int_equal(w.problems[0].state, KITH_ADVISORY_UNKNOWN);
	assert_int_equal(w.problems[0].trouble, KITH_ADVISORY_TROUBLE_VERSION);
	ask(&w, "npm", "a", "1.0.0");
	assert_int_equal(w.n, 0);
}

static void
test_kinds(void **state)
{
	WORLD w;

	(void)state;
	world_init(&w);
	add_rustsec(&w, "a", "RUSTSEC-2020-0001",
		    "informational = \"unsound\"\naliases = [\"CVE-2020-1\"]\n", "");
	add_osv(&w, "a", "GHSA-1", ",\"aliases\":[\"CVE-2020-1\"]", ALL);
	add_rustsec(&w, "b", "RUSTSEC-2020-0002",
		    "informational = \"notice\"\naliases = [\"CVE-2020-2\"]\n", "");
	add_rustsec(&w, "b", "RUSTSEC-2020-0003", "aliases = [\"CVE-2020-2\"]\n", "");
	add_rustsec(&w, "c", "RUSTSEC-2020-0004",
		    "informational = \"unmaintained\"\naliases = [\"MAL-2020-1\"]\n"
		    "cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N\"\n",
		    "");
	add_osv(&w, "c", "MAL-2020-1", "", "\"versions\":[\"1.0.1\"]");
	seal(&w);
	/* the home database knows best what it is */
	ask(&w, "crates.io", "a", "1.0.0");
	assert_int_equal(w.problems[0].kind, KITH_ADVISORY_UNSOUND);
	/* of its own advisories the gravest */
	ask(&w, "crates.io", "b", "1.0.0");
	assert_int_equal(w.problems[0].kind, KITH_ADVISORY_VULNERABILITY);
	/* malice is above everything, where it hits */
	ask(&w, "crates.io", "c", "1.0.1");
	assert_true(w.problems[0].malicious);
	assert_int_equal(w.problems[0].kind, KITH_ADVISORY_VULNERABILITY);
	assert_false(w.problems[0].severity.known);
	assert_true(kith_span_is(w.problems[0].ids[0], "MAL-2020-1"));
	ask(&w, "crates.io", "c", "1.0.0");
	assert_false(w.problems[0].malicious);
	assert_int_equal(w.problems[0].kind, KITH_ADVISORY_UNMAINTAINED);
}

static void
check_affected(struct world *w, const char *want)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(4));
	assert_int_equal(w->n, 1);
	kith_advisory_put_affected(&w->set, w->problems[0].members[0].entry, &b);
	assert_string_equal(kith_buf_str(&b), want);
}

static void
test_words(void **state)
{
	WORLD w;

	(void)state;
	world_init(&w);
	add_rustsec(&w, "a", "RUSTSEC-2020-0001", "", "\"^1.2\", \">= 3\"");
	add_osv(&w, "b", "GHSA-1", "",
		"\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"1\"},"
		"{\"last_affected\":\"1.2\"},{\"introduced\":\"2\"}]}],"
		"\"versions\":[\"0.1.0\",\"odd\"]");
	seal(&w);
	ask(&w, "crates.io", "a", "0.1.0");
	check_affected(&w, "[0,1.2.0) [2.0.0-0,3.0.0)");
	ask(&w, "crates.io", "b", "0.1.0");
	check_affected(&w, "[1.0.0,1.2.0] [2.0.0,*) 0.1.0 odd");
}

/* --- claims --- */

static bool
counts_one(void *ctx, uint32_t number)
{
	return number == *(const uint32_t *)ctx;
}

static struct kith_advisory_claims
claims_of(struct world *w, const char *version, uint32_t *counted)
{
	struct kith_place *places = kith_arena_array(&w->arena, 3, sizeof(*places));
	struct kith_advisory_claims_options o = {places, 3, counted, counted ? counts_one : NULL};
	struct kith_advisory_claims c;

	assert_non_null(places);
	places[1].source = KITH_SPAN_LIT("https://x.org/rustsec");
	places[1].commit = KITH_SPAN_LIT("c0ffee");
	places[2].source = KITH_SPAN_LIT("osv");
	assert_int_equal(kith_advisory_make_claims(&w->set, KITH_ECO_CARGO, KITH_SPAN_LIT("a"),
						   kith_span_str(version), &o, &w->arena, &c, NULL),
			 KITH_OK);
	return c;
}

static void
test_claims(void **state)
{
	WORLD w;
	struct kith_advisory_claims c;
	uint32_t only = 2;

	(void)state;
	world_init(&w);
	add_osv(
	    &w, "a", "GHSA-1",
	    ",\"aliases\":[\"RUSTSEC-2020-0001\"],\"severity\":[{\"type\":\"CVSS_V3\",\"score\":"
	    "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}]",
	    UNTIL("2.0.0"));
	add_rustsec(&w, "a", "RUSTSEC-2020-0001", "", "\">= 1.0.0\"");
	add_osv(&w, "a", "GHSA-2", "",
		"\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"x\"}]}]");
	seal(&w);
	c = claims_of(&w, "0.5.0", NULL);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.items[0].kind, KITH_CLAIM_ADVISORY);
	assert_true(kith_span_is(c.items[0].id, "RUSTSEC-2020-0001"));
	assert_int_equal(c.items[0].n_other_ids, 1);
	assert_true(kith_span_is(c.items[0].other_ids[0], "GHSA-1"));
	assert_int_equal(c.items[0].set, 1);
	assert_true(kith_span_is(c.items[0].source, KITH_CRATES_IO));
	assert_int_equal(c.items[0].n_versions, 1);
	assert_true(kith_span_is(c.items[0].versions[0], "0.5.0"));
	assert_true(kith_span_is(c.items[0].comment, "Title of RUSTSEC-2020-0001"));
	assert_int_equal(c.items[0].date.sec, 18263 * 86400);
	assert_true(c.items[0].has_severity && c.items[0].severity == KITH_LEVEL_HIGH);
	assert_int_equal(c.items[0].score, 98);
	assert_int_equal(c.items[0].n_places, 2);
	assert_true(kith_span_is(c.items[0].places[1].commit, "c0ffee"));
	assert_true(kith_span_is(c.items[0].places[1].path, "crates/a/RUSTSEC-2020-0001.md"));
	assert_int_equal(c.n_unknown, 1);
	assert_int_equal(c.unknown[0].trouble, KITH_ADVISORY_TROUBLE_EVENT);
	/* whose word counts speaks, under the same id */
	c = claims_of(&w, "0.5.0", &only);
	assert_int_equal(c.items[0].set, 2);
	assert_true(kith_span_is(c.items[0].id, "RUSTSEC-2020-0001"));
	/* only who says so is named */
	c = claims_of(&w, "1.5.0", NULL);
	assert_int_equal(c.items[0].set, 2);
	assert_int_equal(c.items[0].n_places, 1);
	c = claims_of(&w, "2.0.0", NULL);
	assert_int_equal(c.count, 0);
}

/* --- large and damaged --- */

static void
test_many(void **state)
{
	WORLD w;
	char id[32], name[32];
	size_t i;

	(void)state;
	world_init(&w);
	for (i = 0; i < 3000; i++) {
		snprintf(id, sizeof(id), "GHSA-%zu", i);
		snprintf(name, sizeof(name), "p%zu", i % 1000);
		add_osv(&w, name, id, "", i % 2 ? UNTIL("1.0.0") : UNTIL("2.0.0"));
	}
	seal(&w);
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "p%zu", i);
		ask(&w, "crates.io", name, "0.1.0");
		assert_int_equal(w.n, 3);
		ask(&w, "crates.io", name, "1.5.0");
		assert_int_equal(w.n, i % 2 ? 0 : 3);
	}
	ask(&w, "crates.io", "p1000", "0.1.0");
	assert_int_equal(w.n, 0);
}

static void
test_damaged(void **state)
{
	WORLD w;
	struct kith_advisory_set s;
	size_t i;

	(void)state;
	world_init(&w);
	add_rustsec(&w, "a", "RUSTSEC-2020-0001", "aliases = [\"CVE-2020-1\"]\n", "\">= 1\"");
	add_osv(&w, "a", "GHSA-1", ",\"aliases\":[\"CVE-2020-1\"]", UNTIL("2.0.0"));
	add(&w, KITH_ADVISORY_OSV, 2, "page.json", "<html>");
	seal(&w);
	for (i = 0; i < w.bytes.len; i++)
		assert_int_equal(kith_advisory_set_open(kith_span(w.bytes.ptr, i), &s, NULL),
				 KITH_E_FORMAT);
	/* any one byte changed: never beyond the bytes, and no more problems than entries */
	for (i = 0; i < w.bytes.len; i++) {
		w.bytes.ptr[i] ^= 0xff;
		if (kith_advisory_set_open(kith_buf_span(&w.bytes), &s, NULL) == KITH_OK) {
			w.set = s;
			ask(&w, "crates.io", "a", "0.5.0");
			assert_true(w.n <= 2);
		}
		w.bytes.ptr[i] ^= 0xff;
	}
	kith_buf_put_char(&w.bytes, 'x');
	assert_int_equal(kith_advisory_set_open(kith_buf_span(&w.bytes), &s, NULL), KITH_E_FORMAT);
}

static void
test_nothing(void **state)
{
	WORLD w;
	char name[KITH_MAX_ADVISORY_NAME + 2];

	(void)state;
	world_init(&w);
	seal(&w);
	ask(&w, "crates.io", "a", "1.0.0");
	assert_int_equal(w.n, 0);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ask(&w, "crates.io", name, "1.0.0");
	assert_int_equal(w.n, 0);
	ask(&w, "", "", "");
	assert_int_equal(w.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts),         cmocka_unit_test(test_unreadable),
	    cmocka_unit_test(test_refusals_limit), cmocka_unit_test(test_databases_limit),
	    cmocka_unit_test(test_long_title),     cmocka_unit_test(test_one_problem),
	    cmocka_unit_test(test_kinds),          cmocka_unit_test(test_words),
	    cmocka_unit_test(test_claims),         cmocka_unit_test(test_many),
	    cmocka_unit_test(test_damaged),        cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_misplaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
