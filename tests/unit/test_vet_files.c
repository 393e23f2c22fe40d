/* SPDX-License-Identifier: Apache-2.0 */
/* cargo-vet's files: what is read, refused or left out, and written again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/toml_write.h"
#include "evidence/vet_import.h"
#include "evidence/vet_write.h"
#include "unit/vet_text.h"

static struct kith_error err;

static struct kith_vet_file *
read_set(const char *text, enum kith_vet_reading how)
{
	struct kith_vet_file *f = NULL;

	if (kith_vet_read_audits(kith_span_str(text), how, &f, &err))
		print_message("%s\n", err.msg);
	assert_non_null(f);
	return f;
}

static void
refuses_set(const char *text, const char *why)
{
	struct kith_vet_file *f = NULL;

	assert_int_equal(kith_vet_read_audits(kith_span_str(text), KITH_VET_STRICT, &f, &err),
			 KITH_E_FORMAT);
	assert_null(f);
	assert_string_equal(err.msg, why);
}

static void
refuses_config(const char *text, const char *why)
{
	struct kith_vet_file *f = NULL;

	assert_int_equal(kith_vet_read_config(kith_span_str(text), &f, &err), KITH_E_FORMAT);
	assert_null(f);
	assert_string_equal(err.msg, why);
}

static void
refuses_imports(const char *text, const char *why)
{
	struct kith_vet_file *f = NULL;

	assert_int_equal(kith_vet_read_imports(kith_span_str(text), &f, &err), KITH_E_FORMAT);
	assert_null(f);
	assert_string_equal(err.msg, why);
}

static void
reads_all_entries(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = read_set(VET_FULL_SET, KITH_VET_STRICT);
	const struct kith_vet_audit *a;
	const struct kith_vet_vouch *v;
	size_t n;

	(void)state;
	assert_int_equal(f->set.n_criteria, 2);
	assert_true(kith_span_is(f->set.criteria[0].name, "careful"));
	assert_true(kith_span_is(f->set.criteria[0].implies.items[0], "safe-to-deploy"));
	assert_null(f->set.criteria[1].description.ptr);
	a = kith_vet_audits_of(&f->set, KITH_SPAN_LIT("a"), &n);
	assert_int_equal(n, 3);
	assert_int_equal(a[0].who.count, 2);
	assert_int_equal(a[0].kind, KITH_VET_FULL);
	assert_int_equal(a[0].line, 21);
	assert_true(a[0].importable);
	assert_int_equal(a[1].kind, KITH_VET_DELTA);
	assert_true(kith_span_is(a[1].to.rev, "00112233445566778899aabbccddeeff00112233"));
	assert_false(a[1].importable);
	a = kith_vet_audits_of(&f->set, KITH_SPAN_LIT("b"), &n);
	assert_true(kith_span_is(a[0].violation, ">=1, <1.4"));
	assert_true(kith_span_is(a[0].notes, "it \"phones\"\nhome"));
	v = kith_vet_wildcards_of(&f->set, KITH_SPAN_LIT("w"), &n);
	assert_int_equal(n, 1);
	assert_true(v->source.is_user && v->source.user == 7);
	assert_int_equal(v->start, 19358);
	assert_int_equal(v->renew, KITH_VET_RENEW_NO);
	v = kith_vet_trusted_of(&f->set, KITH_SPAN_LIT("t"), &n);
	assert_false(v->source.is_user);
	assert_null(kith_vet_audits_of(&f->set, KITH_SPAN_LIT("w"), &n));
	assert_int_equal(n, 0);
}

static void
refuses_bad_entries(void **state)
{
	(void)state;
	refuses_set("", "line 1: 'audits' is missing");
	refuses_set("[audits]\na = 1\n", "line 2: audits is of type integer, not array of tables");
	refuses_set("[[audits.a]]\nversion = \"1.0\"\n", "line 2: version '1.0' is no version");
	refuses_set("[[audits.a]]\ncriteria = \"x\"\n",
		    "line 1: not exactly one of version, delta, violation");
	refuses_set("[[audits.a]]\nversion = \"1.0.0\"\ndelta = \"1.0.0 -> 2.0.0\"\n",
		    "line 1: not exactly one of version, delta, violation");
	refuses_set("[[audits.a]]\nversion = \"1.0.0\"\ndelta = \"1.0.0\"\n",
		    "line 3: delta '1.0.0' is not 'V -> V'");
	refuses_set("[[audits.a]]\nviolation = \"one\"\n",
		    "line 2: violation 'one' is no requirement");
	refuses_set("[[audits.a]]\nversion = \"1.0.0\"\nurl = \"x\"\n",
		    "line 3: unknown key 'url' in an audit");
	refuses_set("[[audits.a]]\nversion = \"1.0.0\"\nimportable = \"no\"\n",
		    "line 3: importable is of type string, not boolean");
	refuses_set("[audits]\n[criteria.a]\nx = 1\n", "line 3: unknown key 'x' in a criterion");
	refuses_set("[audits]\n[[wildcard-audits.a]]\nuser-id = 1\nstart = \"2023-01-01\"\n"
		    "end = \"2023-01-02\"\n",
		    "line 2: 'criteria' is missing");
	refuses_set("[audits]\n[[trusted.a]]\ncriteria = \"x\"\nuser-id = -1\n"
		    "start = \"2023-01-01\"\nend = \"2023-01-02\"\n",
		    "line 2: neither user-id nor trusted-publisher");
	refuses_set("[audits]\n[[trusted.a]]\ncriteria = \"x\"\nuser-id = 1\n"
		    "start = 2023-01-01\nend = \"2023-01-02\"\n",
		    "line 5: start is of type local date, not string");
	refuses_set("[audits]\n[[trusted.a]]\ncriteria = \"x\"\nuser-id = 1\n"
		    "start = \"2023-02-29\"\nend = \"2023-01-02\"\n",
		    "line 5: start '2023-02-29' is no date");
}

static void
refuses_bad_configs(void **state)
{
	(void)state;
	refuses_config("[cargo-vet]\nversion = \"1\"\n", "line 2: version '1' is not MAJOR.MINOR");
	refuses_config("[cargo-vet]\nversion = \"0.10.1\"\n",
		       "line 2: version '0.10.1' is not MAJOR.MINOR");
	refuses_config("[cargo-vet]\n", "line 1: 'version' is no string");
	refuses_config("[imports.a]\nexclude = []\n", "line 1: 'url' is missing");
	refuses_config("[imports.a]\nurl = \"x\"\nexclude = \"b\"\n",
		       "line 3: 'exclude' is no array");
	refuses_config("[policy.a]\n[policy.\"a:1.0.0\"]\n",
		       "line 2: policies with and without version for 'a'");
	refuses_config("[policy.\"a:1\"]\n", "line 1: policy 'a:1' is of no version");
	refuses_config("[[exemptions.a]]\ncriteria = \"x\"\n", "line 1: 'version' is missing");
	refuses_config("[exemptions]\n[unaudited]\n", "line 2: both 'exemptions' and 'unaudited'");
}

static void
refuses_bad_imports(void **state)
{
	(void)state;
	refuses_imports("[audits.peer]\n", "line 1: 'audits' is missing");
	refuses_imports("[[publisher.a]]\nversion = \"1.0.0\"\nwhen = \"2023-1-1\"\nuser-id = 1\n",
			"line 1: a publisher that is neither a user nor trusted-publisher");
	refuses_imports("[[publisher.a]]\nversion = \"1.0.0\"\n", "line 1: 'when' is missing");
	refuses_imports("[[unpublished.a]]\nversion = \"1.0.0\"\n",
			"line 1: 'audited_as' is missing");
}

static void
later_spelling_of_a_policy_wins(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;

	(void)state;
	assert_int_equal(
	    kith_vet_read_config(
		KITH_SPAN_LIT("[policy.\"a:1.0.0@git:00112233445566778899aabbccddeeff00112233\"]\n"
			      "criteria = \"one\"\n"
			      "[policy.\"a:1.0.0 @git:00112233445566778899aabbccddeeff00112233\"]\n"
			      "criteria = \"two\"\n"),
		&f, &err),
	    0);
	/* a blank sorts before '@' */
	assert_int_equal(f->config.n_policies, 1);
	assert_true(kith_span_is(f->config.policies[0].criteria.items[0], "one"));
	assert_int_equal(f->config.minor, 4);
	assert_true(f->config.policies[0].criteria.given);
	assert_false(f->config.policies[0].dev_criteria.given);
}

static void
lenient_readers_leave_out_and_tell(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f =
	    read_set("[criteria.safe-to-run]\n"
		     "[criteria.odd]\nx = 1\n"
		     "[criteria.good]\n"
		     "implies = [\"safe-to-run\", \"no\"]\n"
		     "[audits]\nc = 7\n"
		     "[[audits.a]]\n"
		     "criteria = [\"good\", \"odd\"]\n"
		     "version = \"1.0.0\"\n"
		     "[[audits.a]]\n"
		     "criteria = \"odd\"\n"
		     "version = \"1.0.1\"\n"
		     "[[audits.a]]\n"
		     "criteria = \"odd\"\n"
		     "violation = \"<1\"\n"
		     "[[audits.a]]\n"
		     "violation = \"<2\"\n"
		     "[[audits.a]]\n"
		     "criteria = \"good\"\n"
		     "version = \"1.0.2\"\n"
		     "importable = false\n"
		     "[[audits.a]]\n"
		     "version = \"x\"\n",
		     KITH_VET_LENIENT);
	static const uint32_t lines[] = {1, 2, 7, 11, 17, 23};
	const struct kith_vet_audit *a;
	size_t n, i;

	(void)state;
	assert_int_equal(f->refusals.count, 6);
	for (i = 0; i < 6; i++)
		assert_int_equal(f->refusals.items[i].line, lines[i]);
	assert_string_equal(f->refusals.items[0].why,
			    "line 1: a built-in criterion is defined again");
	assert_int_equal(f->set.n_criteria, 1);
	assert_int_equal(f->set.criteria[0].implies.count, 1);
	a = kith_vet_audits_of(&f->set, KITH_SPAN_LIT("a"), &n);
	assert_int_equal(n, 2);
	assert_int_equal(a[0].criteria.count, 1);
	assert_int_equal(a[1].kind, KITH_VET_VIOLATION);
	assert_true(kith_span_is(a[1].criteria.items[0], "odd"));
}

static void
peers_lose_violations_of_unknown_criteria(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f =
	    read_set("[[audits.a]]\ncriteria = \"odd\"\nviolation = \"<1\"\n", KITH_VET_PEER);
	size_t n;

	(void)state;
	kith_vet_audits_of(&f->set, KITH_SPAN_LIT("a"), &n);
	assert_int_equal(n, 0);
	assert_int_equal(f->refusals.count, 1);
}

static void
writes_what_it_read(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = read_set(VET_FULL_SET, KITH_VET_STRICT);
	KITH_AUTO_BUF struct kith_buf out;
	KITH_AUTO_BUF struct kith_buf want;

	(void)state;
	kith_buf_init(&out, KITH_MIB(1));
	kith_buf_init(&want, KITH_MIB(1));
	assert_int_equal(kith_vet_write_audits(&f->set, NULL, &out, &err), 0);
	kith_buf_put_str(&want, VET_FULL_SET);
	/* the entry of version 0.9.0 sorts before 1.0.0 and deltas */
	{
		const char *moved = "\n[[audits.a]]\ncriteria = []\nversion = \"0.9.0\"\n";
		char *text = strstr((char *)want.ptr, "\n[[audits.a]]\nwho");
		char *from = strstr((char *)want.ptr, moved);

		assert_non_null(text);
		assert_non_null(from);
		memmove(text + strlen(moved), text, (size_t)(from - text));
		memcpy(text, moved, strlen(moved));
	}
	assert_string_equal(kith_buf_str(&out), kith_buf_str(&want));
}

static void
writes_configs_and_locks(void **state)
{
	static const char config[] =
	    VET_CONFIG "\n[imports.peer]\nurl = [\"https://a\", \"https://b\"]\n"
		       "exclude = [\"x\"]\n\n[imports.peer.criteria-map]\nfine = \"careful\"\n"
		       "good = [\"careful\", \"quick\"]\n"
		       "\n[policy.\"a:1.0.0\"]\naudit-as-crates-io = true\ncriteria = []\n"
		       "dependency-criteria = { b = \"quick\", c = [] }\nnotes = \"why\"\n"
		       "\n[policy.empty]\n"
		       "\n[policy.long.dependency-criteria]\n"
		       "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb = \"safe-to-deploy\"\n"
		       "cccccccccccccccccccccccccccccccccccccccc = \"safe-to-deploy\"\n"
		       "\n[[exemptions.a]]\nversion = \"1.0.0\"\ncriteria = \"careful\"\n"
		       "suggest = false\n";
	static const char lock[] =
	    VET_IMPORTS "\n[[unpublished.u]]\nversion = \"1.1.0\"\naudited_as = \"1.0.0\"\n"
			"\n[[publisher.p]]\nversion = \"1.0.0\"\nwhen = \"2023-01-09\"\n"
			"user-id = 7\nuser-login = \"grace\"\nuser-name = \"Grace H\"\n"
			"\n[[publisher.p]]\nversion = \"1.1.0\"\nwhen = \"2023-02-09\"\n"
			"trusted-publisher = \"github:p/p\"\n"
			"\n[[audits.peer.wildcard-audits.p]]\ncriteria = \"safe-to-run\"\n"
			"user-id = 7 # Grace H (grace)\nstart = \"2023-01-01\"\n"
			"end = \"2023-01-31\"\n\n[audits.peer.audits]\n";
	KITH_AUTO_VET_FILE struct kith_vet_file *c = NULL, *l = NULL;
	KITH_AUTO_BUF struct kith_buf out;

	(void)state;
	kith_buf_init(&out, KITH_MIB(1));
	assert_int_equal(kith_vet_read_config(kith_span_str(config), &c, &err), 0);
	assert_int_equal(kith_vet_write_config(&c->config, 0, 10, &out, &err), 0);
	assert_string_equal(kith_buf_str(&out), config);
	kith_buf_reset(&out);
	assert_int_equal(kith_vet_read_imports(kith_span_str(lock), &l, &err), 0);
	assert_int_equal(kith_vet_write_imports(&l->imports, &out, &err), 0);
	assert_string_equal(kith_buf_str(&out), lock);
}

static void
criteria_close_and_shrink(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f =
	    read_set("[audits]\n[criteria.a]\nimplies = \"b\"\n[criteria.b]\n"
		     "implies = \"safe-to-deploy\"\n[criteria.c]\n",
		     KITH_VET_STRICT);
	struct kith_vet_criteria c;
	struct kith_span names[] = {KITH_SPAN_LIT("safe-to-run"), KITH_SPAN_LIT("c"),
				    KITH_SPAN_LIT("a")};
	struct kith_vet_list list = {names, 3, true};
	KITH_AUTO_BUF struct kith_buf out;
	uint64_t set;

	(void)state;
	kith_buf_init(&out, 1000);
	assert_int_equal(kith_vet_criteria_init(&c, &f->set, false, &err), 0);
	assert_int_equal(c.count, 5);
	assert_int_equal(kith_vet_criteria_set(&c, &list, &set, &err), 0);
	assert_int_equal(set, 0x1f);
	kith_vet_criteria_put(&c, set, ",", &out);
	assert_string_equal(kith_buf_str(&out), "a,c");
	assert_int_equal(kith_vet_criteria_all(&c), 0x1f);
	names[1] = KITH_SPAN_LIT("d");
	assert_int_equal(kith_vet_criteria_set(&c, &list, &set, &err), KITH_E_FORMAT);
	assert_string_equal(err.msg, "unknown criterion 'd'");
}

static void
circles_of_criteria_are_refused_or_equal(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f =
	    read_set("[audits]\n[criteria.a]\nimplies = \"b\"\n[criteria.b]\nimplies = \"a\"\n",
		     KITH_VET_STRICT);
	struct kith_vet_criteria c;
	KITH_AUTO_BUF struct kith_buf out;

	(void)state;
	kith_buf_init(&out, 1000);
	assert_int_equal(kith_vet_criteria_init(&c, &f->set, false, &err), KITH_E_FORMAT);
	assert_string_equal(err.msg, "criterion 'a' implies itself");
	assert_int_equal(kith_vet_criteria_init(&c, &f->set, true, &err), 0);
	assert_int_equal(c.closure[2], c.closure[3]);
	kith_vet_criteria_put(&c, c.closure[2], ",", &out);
	assert_string_equal(kith_buf_str(&out), "a");
}

/* text of n criteria, each implied by the one before, and one audit of the last */
static void
put_criteria(struct kith_buf *b, size_t n)
{
	size_t i;

	kith_buf_put_str(b, "[audits]\n");
	for (i = 0; i < n; i++)
		kith_buf_printf(b, "[criteria.c%06zu]\nimplies = \"c%06zu\"\n", i, (i + 1) % n);
	kith_buf_put_str(b, "[[audits.x]]\ncriteria = \"c000000\"\nversion = \"1.0.0\"\n");
}

static void
a_hundred_thousand_criteria_are_bounded(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL, *strict = NULL;
	struct kith_vet_criteria c;
	KITH_AUTO_BUF struct kith_buf b;
	size_t n;

	(void)state;
	kith_buf_init(&b, KITH_MIB(16));
	put_criteria(&b, 100000);
	assert_int_equal(kith_vet_read_audits(kith_buf_span(&b), KITH_VET_STRICT, &strict, &err),
			 0);
	assert_int_equal(kith_vet_criteria_init(&c, &strict->set, false, &err), KITH_E_FORMAT);
	assert_string_equal(err.msg, "more than 64 criteria");
	assert_int_equal(kith_vet_read_audits(kith_buf_span(&b), KITH_VET_LENIENT, &f, &err), 0);
	assert_int_equal(f->set.n_criteria, 62);
	assert_int_equal(f->refusals.count, 1000);
	assert_int_equal(f->refusals.more, 100000 - 62 - 1000);
	assert_int_equal(kith_vet_criteria_init(&c, &f->set, true, &err), 0);
	assert_int_equal(c.count, 64);
	assert_int_equal(kith_vet_criteria_all(&c), 0);
	kith_vet_audits_of(&f->set, KITH_SPAN_LIT("x"), &n);
	assert_int_equal(n, 1);
}

/* --- imports --- */

static const struct kith_span fine[] = {{(const uint8_t *)"careful", 7}};

static void
localises_criteria(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *own =
	    read_set("[audits]\n[criteria.careful]\nimplies = \"safe-to-deploy\"\n"
		     "[criteria.quick]\n",
		     KITH_VET_STRICT);
	KITH_AUTO_VET_FILE struct kith_vet_file *peer =
	    read_set("[criteria.best]\ndescription-url = \"https://x\"\nimplies = \"plain\"\n"
		     "[criteria.plain]\nimplies = \"safe-to-run\"\n"
		     "[[audits.a]]\ncriteria = \"best\"\nversion = \"1.0.0\"\n"
		     "[[audits.a]]\ncriteria = \"plain\"\nversion = \"1.0.1\"\n"
		     "[[audits.b]]\ncriteria = \"safe-to-deploy\"\nversion = \"1.0.0\"\n"
		     "[[wildcard-audits.b]]\ncriteria = \"safe-to-deploy\"\nuser-id = 1\n"
		     "start = \"2023-01-01\"\nend = \"2023-02-01\"\n",
		     KITH_VET_PEER);
	struct kith_vet_named_list map[] = {{KITH_SPAN_LIT("best"), {fine, 1, true}},
					    {KITH_SPAN_LIT("safe-to-deploy"), {NULL, 0, true}}};
	struct kith_span exclude = KITH_SPAN_LIT("b");
	struct kith_vet_import how = {.map = map, .n_map = 2, .exclude = {&exclude, 1, true}};
	struct kith_vet_criteria c;
	const struct kith_vet_audit *a;
	const struct kith_vet_vouch *v;
	size_t n;

	(void)state;
	assert_int_equal(kith_vet_criteria_init(&c, &own->set, false, &err), 0);
	assert_int_equal(kith_vet_localise(peer, &how, &c, &err), 0);
	a = kith_vet_audits_of(&peer->set, KITH_SPAN_LIT("a"), &n);
	assert_int_equal(n, 2);
	assert_int_equal(a[0].criteria.count, 1);
	assert_true(kith_span_is(a[0].criteria.items[0], "careful"));
	assert_true(kith_span_is(a[1].criteria.items[0], "safe-to-run"));
	assert_true(a[0].fresh);
	/* exclude drops plain audits only; an emptied built-in still leaves what it implies */
	kith_vet_audits_of(&peer->set, KITH_SPAN_LIT("b"), &n);
	assert_int_equal(n, 0);
	v = kith_vet_wildcards_of(&peer->set, KITH_SPAN_LIT("b"), &n);
	assert_int_equal(n, 1);
	assert_int_equal(v->criteria.count, 1);
	assert_true(kith_span_is(v->criteria.items[0], "safe-to-run"));
	assert_int_equal(peer->set.n_criteria, 1);
	assert_null(peer->set.criteria[0].description_url.ptr);
}

static void
aggregates_files(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *a =
	    read_set("[criteria.x]\ndescription = \"one\"\n[[audits.m]]\ncriteria = \"x\"\n"
		     "version = \"2.0.0\"\naggregated-from = \"https://z\"\n",
		     KITH_VET_PEER);
	KITH_AUTO_VET_FILE struct kith_vet_file *b =
	    read_set("[criteria.x]\ndescription = \"one\"\n[[audits.m]]\ncriteria = \"x\"\n"
		     "version = \"1.0.0\"\n[[audits.k]]\ncriteria = \"x\"\nversion = \"1.0.0\"\n",
		     KITH_VET_PEER);
	KITH_AUTO_VET_FILE struct kith_vet_file *other =
	    read_set("[criteria.x]\ndescription = \"two\"\n[audits]\n", KITH_VET_PEER);
	struct kith_vet_file *files[] = {a, b, other};
	struct kith_span urls[] = {KITH_SPAN_LIT("https://a"), KITH_SPAN_LIT("https://b"),
				   KITH_SPAN_LIT("https://c")};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_vet_set set;
	const struct kith_vet_audit *m;
	size_t n;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	assert_int_equal(kith_vet_aggregate(files, urls, 2, &arena, &set, &err), 0);
	assert_int_equal(set.n_criteria, 1);
	assert_int_equal(set.audits.count, 2);
	assert_true(kith_span_is(set.audits.items[0].name, "k"));
	m = kith_vet_audits_of(&set, KITH_SPAN_LIT("m"), &n);
	assert_int_equal(n, 2);
	assert_int_equal(m[0].to.semver.major, 1);
	assert_int_equal(m[1].origins.count, 2);
	assert_true(kith_span_is(m[1].origins.items[1], "https://a"));
	assert_int_equal(kith_vet_aggregate(files, urls, 3, &arena, &set, &err), KITH_E_INTEGRITY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_all_entries),
	    cmocka_unit_test(refuses_bad_entries),
	    cmocka_unit_test(refuses_bad_configs),
	    cmocka_unit_test(refuses_bad_imports),
	    cmocka_unit_test(later_spelling_of_a_policy_wins),
	    cmocka_unit_test(lenient_readers_leave_out_and_tell),
	    cmocka_unit_test(peers_lose_violations_of_unknown_criteria),
	    cmocka_unit_test(writes_what_it_read),
	    cmocka_unit_test(writes_configs_and_locks),
	    cmocka_unit_test(criteria_close_and_shrink),
	    cmocka_unit_test(circles_of_criteria_are_refused_or_equal),
	    cmocka_unit_test(a_hundred_thousand_criteria_are_bounded),
	    cmocka_unit_test(localises_criteria),
	    cmocka_unit_test(aggregates_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
