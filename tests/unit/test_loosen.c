/* SPDX-License-Identifier: Apache-2.0 */
/* What a difference between two versions of a file that decides means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper/look.h"
#include "policy/loosen.h"

struct seen {
	char text[4096]; /* a line each: "!LINE TEXT" if it loosens, else ".LINE TEXT" */
	size_t n;
};

static int
note(void *ctx, const struct kith_loosening *x, struct kith_error *err)
{
	struct seen *s = ctx;
	size_t used = strlen(s->text);

	(void)err;
	assert_true(x->key[0] != '\0');
	s->n++;
	snprintf(s->text + used, sizeof(s->text) - used, "%c%u %s\n", x->loosens ? '!' : '.',
		 x->line, x->text);
	return KITH_OK;
}

static int
compare(enum kith_loosen_kind kind, const char *before, const char *after, struct seen *s)
{
	struct kith_error err;

	memset(s, 0, sizeof(*s));
	return kith_loosen_compare(kind, kith_span_str(before), kith_span_str(after), note, s,
				   &err);
}

/* One difference, told so. */
static void
one(enum kith_loosen_kind kind, const char *before, const char *after, const char *want)
{
	struct seen s;

	assert_int_equal(compare(kind, before, after, &s), KITH_OK);
	assert_string_equal(s.text, want);
}

static void
policy(const char *before, const char *after, const char *want)
{
	one(KITH_LOOSEN_POLICY, before, after, want);
}

static void
test_words_and_numbers(void **state)
{
	(void)state;
	policy("[policy]\nlevel = \"low\"\n", "[policy]\nlevel = \"high\"\n",
	       ".2 [policy] level: \"low\" → \"high\"\n");
	policy("[policy]\nlevel = \"high\"\n", "[policy]\nlevel = \"low\"\n",
	       "!2 [policy] level: \"high\" → \"low\"\n");
	/* what nobody says is the default */
	policy("[policy]\nlevel = \"low\"\n", "", ".0 [policy] level: \"low\" → \"low\"\n");
	policy("[policy]\nindependent = 2\n", "", "!0 [policy] independent: 2 → \"1\"\n");
	policy("", "[policy]\nobjection-level = \"none\"\n",
	       ".2 [policy] objection-level: \"low\" → \"none\"\n");
	policy("", "[policy]\nobjection-level = \"medium\"\n",
	       "!2 [policy] objection-level: \"low\" → \"medium\"\n");
	policy("", "[policy]\nmax-pin-age = \"31 days\"\n",
	       "!2 [policy] max-pin-age: \"30 days\" → \"31 days\"\n");
	policy("", "[policy]\nset-cooldown = \"4 days\"\n",
	       ".2 [policy] set-cooldown: \"3 days\" → \"4 days\"\n");
	policy("[policy]\nsigned = true\n", "[policy]\nsigned = false\n",
	       "!2 [policy] signed: true → false\n");
	policy("", "[trust]\nlow = 3\n", "!2 [trust] low: \"4\" → 3\n");
	policy("", "[trust]\nveto = \"root\"\n", "!2 [trust] veto: \"contacts\" → \"root\"\n");
	/* a value of another type, or a word that no rule knows */
	policy("[policy]\nlevel = \"low\"\n", "[policy]\nlevel = 3\n",
	       "!2 [policy] level: \"low\" → 3\n");
	policy("[policy]\nlevel = \"odd\"\n", "[policy]\nlevel = \"high\"\n",
	       "!2 [policy] level: \"odd\" → \"high\"\n");
	/* a key of tomorrow */
	policy("", "[policy]\nunheard-of = 1\n", "!2 [policy] unheard-of: nothing → 1\n");
	policy("", "[novel]\nx = 1\n", "!2 [novel] x: nothing → 1\n");
	/* order, comments and style say nothing */
	policy("[policy]\nlevel = \"low\"\nsigned = true\n",
	       "# hello\npolicy = {signed = true, level = 'low'}\n", "");
}

static void
test_lists_and_rules(void **state)
{
	(void)state;
	policy("", "[policy]\ncriteria = [\"safe-to-deploy\", \"checked\"]\n",
	       ".2 [policy] criteria: \"safe-to-deploy\" → [\"safe-to-deploy\", \"checked\"]\n");
	policy("", "[policy]\ncriteria = [\"safe-to-run\"]\n",
	       "!2 [policy] criteria: \"safe-to-deploy\" → [\"safe-to-run\"]\n");
	policy("", "[roots]\nurls = [\"https://x.invalid\"]\n",
	       "!2 [roots] urls: nothing → [\"https://x.invalid\"]\n");
	policy("", "[package.\"a*\"]\nlevel = \"low\"\n",
	       ".2 [package.a*] level: nothing → \"low\"\n");
	policy("[package.\"a*\"]\nlevel = \"low\"\n", "",
	       "!0 [package.a*] level: \"low\" → nothing\n");
	/* a rule that replaces sets what holds, so nothing in it is known to tighten */
	policy("[package.\"a*\"]\nreplace = true\nreason = \"r\"\nlevel = \"low\"\n",
	       "[package.\"a*\"]\nreplace = true\nreason = \"s\"\nlevel = \"high\"\n",
	       ".3 [package.a*] reason: \"r\" → \"s\"\n"
	       "!4 [package.a*] level: \"low\" → \"high\"\n");
}

static void
test_entries(void **state)
{
	const char *owners = "[policy]\nexempt-owners = [\"@Ann\"]\n";
	char after[512];
	struct seen s;

	(void)state;
	policy("", "[[exempt]]\npackage = \"a\"\nversion = \"1\"\nreason = \"r\"\n",
	       ".1 [[exempt]] package \"a\" version \"1\": added\n");
	policy("", "[[exempt]]\npackage = \"a\"\nversion = \"1\"\nreason = \"  \"\n",
	       "!1 [[exempt]] package \"a\" version \"1\": added without a reason\n");
	snprintf(
	    after, sizeof(after),
	    "%s[[accept]]\npackage = \"a\"\nobjection = \"o\"\nreason = \"r\"\nowner = \"ann\"\n",
	    owners);
	policy(owners, after, ".3 [[accept]] package \"a\" objection \"o\" owner \"ann\": added\n");
	snprintf(after, sizeof(after),
		 "%s[[accept]]\npackage = \"a\"\nobjection = \"o\"\nreason = \"r\"\n", owners);
	policy(owners, after,
	       "!3 [[accept]] package \"a\" objection \"o\": added by nobody whom [policy] "
	       "exempt-owners names\n");
	policy(after, owners, ".0 [[accept]] package \"a\" objection \"o\": taken out\n");
	/* the same entry twice is one more */
	assert_int_equal(compare(KITH_LOOSEN_POLICY, "[[ignore]]\nby = \"x\"\n",
				 "[[ignore]]\nby = \"x\"\n[[ignore]]\nby = \"x\"\n", &s),
			 KITH_OK);
	assert_string_equal(s.text, "!3 [[ignore]] by \"x\": added\n");
	policy("[[cap]]\nid = \"x\"\nlevel = \"low\"\n", "", "!0 [[cap]] id \"x\": taken out\n");
	policy("[[source]]\nkind = \"osv\"\nurl = \"u\"\nlevel = \"low\"\n", "",
	       "!0 [[source]] kind \"osv\" url \"u\": taken out\n");
}

static void
test_other_files(void **state)
{
	(void)state;
	one(KITH_LOOSEN_VET_AUDITS, "", "[[audits.a]]\ncriteria = \"c\"\nversion = \"1\"\n",
	    "!1 [[audits.a]] version \"1\" criteria \"c\": added\n");
	one(KITH_LOOSEN_VET_AUDITS, "", "[[audits.a]]\nviolation = \"*\"\n",
	    ".1 [[audits.a]] violation \"*\": added\n");
	one(KITH_LOOSEN_VET_AUDITS, "[[audits.a]]\nviolation = \"*\"\n", "",
	    "!0 [[audits.a]] violation \"*\": taken out\n");
	one(KITH_LOOSEN_VET_AUDITS, "", "[criteria.x]\ndescription = \"d\"\n",
	    "!2 [criteria.x] description: nothing → \"d\"\n");
	one(KITH_LOOSEN_VET_CONFIG, "[[exemptions.a]]\nversion = \"1\"\n", "",
	    ".0 [[exemptions.a]] version \"1\": taken out\n");
	one(KITH_LOOSEN_VET_CONFIG, "", "[policy.a]\naudit-as-crates-io = false\n",
	    "!2 [policy.a] audit-as-crates-io: nothing → false\n");
	one(KITH_LOOSEN_VET_IMPORTS, "", "[[audits.p.audits.a]]\nversion = \"1\"\n",
	    "!1 [[audits.p.audits.a]] version \"1\": added\n");
	one(KITH_LOOSEN_CARGO, "", "[build]\njobs = 2\n", ".2 [build] jobs: nothing → 2\n");
	one(KITH_LOOSEN_CARGO, "", "[source.crates-io]\nreplace-with = \"x\"\n",
	    "!2 [source.crates-io] replace-with: nothing → \"x\"\n");
	one(KITH_LOOSEN_CARGO, "", "paths = [\"p\"]\n", "!1 paths: nothing → [\"p\"]\n");
	one(KITH_LOOSEN_MANIFEST, "", "[dependencies]\na = \"1\"\n", "");
	one(KITH_LOOSEN_MANIFEST, "", "[workspace.metadata.vet.store]\npath = \"x\"\n",
	    "!2 [workspace.metadata.vet.store] path: nothing → \"x\"\n");
}

static void
test_hostile(void **state)
{
	struct seen s;

	(void)state;
	assert_int_equal(compare(KITH_LOOSEN_POLICY, "", "x = ", &s), KITH_E_FORMAT);
	assert_int_equal(compare(KITH_LOOSEN_POLICY, "x = ", "", &s), KITH_E_FORMAT);
	/* keys cannot pass for other places */
	policy("", "[policy]\n\"level\\u001fx\" = \"high\"\n",
	       "!2 [policy.level] x: nothing → \"high\"\n");
	policy("", "\"policy.level\" = \"high\"\n", "!1 policy.level: nothing → \"high\"\n");
	/* texts are safe for a terminal */
	assert_int_equal(compare(KITH_LOOSEN_POLICY, "", "[roots]\nids = [\"\\u001b[2J\"]\n", &s),
			 KITH_OK);
	assert_null(strchr(s.text, '\033'));
}

static void
test_revisions(void **state)
{
	static const char *const good[] = {"main",   "origin/main", "v1.2",    "HEAD~3",
					   "HEAD^2", "a-b",         "0123abc", "refs/heads/x@y"};
	static const char *const bad[] = {"",    "-x",  "--a",  "a:b",  ":/x", "a..b", "@{u}",
					  "a b", "/x",  "./x",  "a?b",  "a*",  "a[b",  "a\\b",
					  "^x",  "a;b", "$(x)", "a\nb", "\xff"};
	char longest[KITH_LOOK_MAX_REVISION + 2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(kith_git_is_revision(kith_span_str(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(kith_git_is_revision(kith_span_str(bad[i])));
	memset(longest, 'a', sizeof(longest));
	assert_true(kith_git_is_revision(kith_span(longest, KITH_LOOK_MAX_REVISION)));
	assert_false(kith_git_is_revision(kith_span(longest, KITH_LOOK_MAX_REVISION + 1)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words_and_numbers), cmocka_unit_test(test_lists_and_rules),
	    cmocka_unit_test(test_entries),           cmocka_unit_test(test_other_files),
	    cmocka_unit_test(test_hostile),           cmocka_unit_test(test_revisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
