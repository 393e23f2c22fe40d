/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a configuration says reaches the right field, defaults and precedence are those of
 * verdict.md 12, limits hold, and the reference in docs/ names every key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/config.h"

#define A   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define B   "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define DAY 86400

static struct kith_config *
read_config(enum kith_config_file file, const char *text)
{
	struct kith_config *c = NULL;
	struct kith_error err;

	if (kith_config_read(kith_span_str(text), file == KITH_CONFIG_USER ? "u" : "p", file, &c,
			     &err))
		fail_msg("%s", err.msg);
	return c;
}

static void
check_span(struct kith_span s, const char *want)
{
	if (!kith_span_is(s, want))
		fail_msg("'%.*s', not '%s'", KITH_SPAN_FMT(s), want);
}

static void
check_defaults(const struct kith_config *c)
{
	struct kith_policy preset;
	size_t i;

	kith_policy_preset(&preset);
	assert_int_equal(c->roots.threshold, 1);
	assert_int_equal(c->trust.budget, 12);
	assert_int_equal(c->trust.high, 1);
	assert_int_equal(c->trust.medium, 2);
	assert_int_equal(c->trust.low, 4);
	assert_false(c->trust.veto_root);
	assert_memory_equal(&c->policy.p.base, &preset.base, sizeof(preset.base));
	assert_int_equal(c->policy.p.issue_severity, KITH_LEVEL_MEDIUM);
	assert_int_equal(c->policy.p.severity_threshold, KITH_LEVEL_NONE);
	assert_int_equal(c->policy.p.unsound, KITH_AS_NOTE);
	assert_int_equal(c->policy.p.cooldown, 7 * DAY);
	assert_int_equal(c->policy.p.set_cooldown, 3 * DAY);
	assert_false(c->policy.p.late_counts);
	assert_int_equal(c->policy.fields, 0);
	assert_int_equal(c->policy.max_evidence_age, 30 * DAY);
	assert_int_equal(c->policy.max_pin_age, 30 * DAY);
	assert_false(c->policy.rewrite_fails);
	assert_int_equal(c->fetch.jobs, 8);
	assert_int_equal(c->fetch.timeout, 60);
	assert_int_equal(c->fetch.max_bytes, KITH_MAX_FETCH_BYTES);
	assert_int_equal(c->fetch.max_objects, KITH_MAX_FETCH_OBJS);
	assert_int_equal(c->fetch.idle_timeout, KITH_MAX_FETCH_IDLE);
	assert_int_equal(c->fetch.max_refs, KITH_MAX_FETCH_REFS);
	assert_int_equal(c->fetch.max_redirects, KITH_MAX_FETCH_HOPS);
	assert_int_equal(c->fetch.max_depth, 0);
	assert_int_equal(c->lockfile.hygiene[KITH_HYGIENE_MISSING], KITH_SEVERITY_ERROR);
	for (i = 1; i < KITH_HYGIENE_COUNT; i++)
		assert_int_equal(c->lockfile.hygiene[i], i == KITH_HYGIENE_OUTDATED
							     ? KITH_SEVERITY_ERROR
							     : KITH_SEVERITY_WARN);
	assert_int_equal(c->n_sources + c->n_caps + c->n_rules + c->n_exempts + c->n_accepts, 0);
}

static void
test_defaults(void **state)
{
	KITH_AUTO_CONFIG struct kith_config *empty = read_config(KITH_CONFIG_PROJECT, "");
	KITH_AUTO_CONFIG struct kith_config *merged = NULL;

	(void)state;
	check_defaults(empty);
	assert_int_equal(kith_config_merge(NULL, NULL, &merged, NULL), KITH_OK);
	check_defaults(merged);
	assert_null(merged->names[KITH_CONFIG_USER]);
}

static void
test_policy(void **state)
{
	KITH_AUTO_CONFIG struct kith_config *c = read_config(
	    KITH_CONFIG_PROJECT, "[policy]\n"
				 "level = \"high\"\nindependent = 3\n"
				 "thoroughness = \"none\"\nunderstanding = \"medium\"\n"
				 "llm = \"ignore\"\nllm-assisted = \"count\"\n"
				 "signed = true\nobjection-level = \"medium\"\n"
				 "issue-severity = \"low\"\nseverity-threshold = \"high\"\n"
				 "unsound = \"object\"\nunmaintained = \"ignore\"\n"
				 "yanked = \"object\"\ncooldown = \"0 days\"\n"
				 "set-cooldown = \"1 day\"\nlate = \"allow\"\n"
				 "max-evidence-age = \"2 days\"\nmax-pin-age = \"4 days\"\n"
				 "on-rewrite = \"fail\"\nexempt-owners = [\"x\", \"y\"]\n");
	const struct kith_policy *p = &c->policy.p;

	(void)state;
	assert_int_equal(p->base.level, KITH_LEVEL_HIGH);
	assert_int_equal(p->base.independent, 3);
	assert_int_equal(p->base.thoroughness, KITH_LEVEL_NONE);
	assert_int_equal(p->base.understanding, KITH_LEVEL_MEDIUM);
	assert_int_equal(p->base.llm, KITH_LLM_IGNORE);
	assert_true(p->base.assisted_counts);
	assert_true(p->base.only_signed);
	assert_int_equal(p->base.objection_level, KITH_LEVEL_MEDIUM);
	assert_int_equal(p->base.n_criteria, 0);
	assert_int_equal(p->issue_severity, KITH_LEVEL_LOW);
	assert_int_equal(p->severity_threshold, KITH_LEVEL_HIGH);
	assert_int_equal(p->unsound, KITH_AS_OBJECTION);
	assert_int_equal(p->unmaintained, KITH_AS_NOTHING);
	assert_int_equal(p->notice, KITH_AS_NOTE);
	assert_int_equal(p->yanked, KITH_AS_OBJECTION);
	assert_int_equal(p->cooldown, 0);
	assert_int_equal(p->set_cooldown, DAY);
	assert_true(p->late_counts);
	assert_int_equal(c->policy.max_evidence_age, 2 * DAY);
	assert_int_equal(c->policy.max_pin_age, 4 * DAY);
	assert_true(c->policy.rewrite_fails);
	assert_int_equal(c->policy.owners.n, 2);
	check_span(c->policy.owners.at[1], "y");
	assert_int_equal(c->policy.fields, 0xff);
	assert_int_equal(c->policy.at.line, 1);
}

/* The rules as the policy itself evaluates them. */
static void
test_rules(void **state)
{
	KITH_AUTO_CONFIG struct kith_config *c =
	    read_config(KITH_CONFIG_PROJECT,
			"[policy]\nlevel = \"medium\"\n"
			"[package.\"ser*\"]\nindependent = 2\ncriteria = [\"a\", \"b\"]\n"
			"[package.serde]\nlevel = \"low\"\nreplace = true\nreason = \"r\"\n");
	struct kith_requirement q;

	(void)state;
	assert_int_equal(c->n_rules, 2);
	assert_int_equal(c->policy.p.n_rules, 2);
	assert_int_equal(c->rules[1].at.line, 6);
	assert_int_equal(c->rules[1].at.index, 1);
	check_span(c->rules[0].rule.glob, "ser*");
	assert_int_equal(c->policy.p.rules[0].fields, KITH_FIELD_INDEPENDENT | KITH_FIELD_CRITERIA);
	assert_int_equal(kith_policy_requirement(&c->policy.p, KITH_SPAN_LIT("serde"), 0, &q, NULL),
			 KITH_OK);
	assert_int_equal(q.level, KITH_LEVEL_LOW);
	assert_int_equal(q.independent, 2);
	assert_int_equal(q.n_criteria, 3);
	check_span(q.criteria[2], "b");
	assert_int_equal(kith_policy_requirement(&c->policy.p, KITH_SPAN_LIT("x"), 0, &q, NULL),
			 KITH_OK);
	assert_int_equal(q.level, KITH_LEVEL_MEDIUM);
	assert_int_equal(q.independent, 1);
}

static void
test_exempt_and_accept(void **state)
{
	KITH_AUTO_CONFIG struct kith_config *c = read_config(
	    KITH_CONFIG_PROJECT,
	    "[[exempt]]\npackage = \"bare\"\nversion = \"1\"\nchecksum = \"c\"\nowner = \"o\"\n"
	    "[[exempt]]\npackage = \"a\"\nversion = \"2\"\nchecksum = \"d\"\n"
	    "reason = \"say \\\"why\\\"\"\nadded = 1970-01-02\nuntil = 1970-01-11\n"
	    "[[accept]]\npackage = \"b\"\nobjection = \"X/1\"\nreason = \"r\"\nadded = "
	    "2000-02-29\n");
	const struct kith_config_exempt *e = c->exempts;

	(void)state;
	/* the one without a reason is there, and is nothing that the policy sees */
	assert_int_equal(c->n_exempts, 2);
	assert_int_equal(c->n_exemptions, 1);
	check_span(e[1].x.name, "bare");
	assert_int_equal(e[1].at.index, 0);
	check_span(e[0].x.name, "a");
	assert_int_equal(e[0].at.index, 1);
	assert_int_equal(e[0].at.line, 6);
	check_span(c->exemptions[0].reason, "say \"why\"");
	check_span(c->exemptions[0].key, "d");
	assert_true(e[0].has_added && e[0].added.sec == DAY);
	assert_true(c->exemptions[0].has_until && c->exemptions[0].until.sec == 10 * DAY);
	assert_false(e[1].has_added || e[1].x.has_until);
	assert_int_equal(c->n_accepts, 1);
	check_span(c->acceptances[0].objection, "X/1");
	assert_true(c->accepts[0].has_added && c->accepts[0].added.sec == 951782400);
	assert_false(c->acceptances[0].has_until);
}

static void
test_people(void **state)
{
	KITH_AUTO_CONFIG struct kith_config *c = read_config(
	    KITH_CONFIG_USER, "current-id = \"" B "\"\n[names]\nann = \"" A "\"\n"
			      "[roots]\nids = [\"" B "\", \"" A "\"]\nthreshold = 2\n"
			      "[[cap]]\nid = \"" B "\"\nlevel = \"none\"\n"
			      "[[actor]]\nname = \"n\"\nids = [\"" B "\"]\nsources = [\"s\"]\n"
			      "[[publisher]]\npackage = \"p*\"\nlogins = [\"l\"]\n"
			      "[[ignore]]\nby = \"" A "\"\nabout = \"" B "\"\n"
			      "[[ignore]]\nby = \"" A "\"\npackage = \"p\"\ndigest = \"" B "\"\n");

	(void)state;
	assert_true(c->has_current_id && c->current_id.bytes[0] == 4);
	assert_int_equal(c->n_people, 1);
	check_span(c->people[0].name, "ann");
	assert_int_equal(c->people[0].id.bytes[0], 0);
	assert_int_equal(c->roots.ids.n, 2);
	assert_int_equal(c->roots.ids.at[0].bytes[0], 4);
	assert_int_equal(c->roots.threshold, 2);
	assert_int_equal(c->caps[0].level, KITH_LEVEL_NONE);
	check_span(c->actors[0].sources.at[0], "s");
	assert_int_equal(c->actors[0].ids.n, 1);
	check_span(c->publishers[0].package, "p*");
	check_span(c->publishers[0].logins.at[0], "l");
	assert_true(c->ignores[0].has_about && !c->ignores[0].has_digest);
	assert_int_equal(c->ignores[0].about.bytes[0], 4);
	assert_true(!c->ignores[1].has_about && c->ignores[1].has_digest);
	check_span(c->ignores[1].package, "p");
}

static void
test_sources(void **state)
{
	KITH_AUTO_CONFIG struct kith_config *c = read_config(
	    KITH_CONFIG_USER,
	    "[[source]]\nkind = \"crev\"\nurl = \"https://h/x\"\n"
	    "[[source]]\nkind = \"vet\"\nurls = [\"https://h/a\", \"https://h/b\"]\nname = \"n\"\n"
	    "level = \"high\"\ncriteria-map = { f = [\"o\", \"p\"], g = [] }\n"
	    "[[source]]\nkind = \"osv\"\npath = \"d\"\nlevel = \"medium\"\nobject-level = \"low\"\n"
	    "[fetch]\njobs = 3\ntimeout = \"5 seconds\"\nmax-bytes = 2000\nmax-objects = 7\n"
	    "idle-timeout = 6\nmax-refs = 8\nmax-redirects = 0\nmax-depth = 9\nmax-files = 10\n"
	    "max-file-bytes = 1024\n"
	    "walk-allow = [\"*.h\"]\nresolve = [\"h:443:[::1]\", \"i:1:127.0.0.1\"]\nca-file = "
	    "\"c\"\n");
	const struct kith_config_evidence *s = c->sources;

	(void)state;
	assert_int_equal(c->n_sources, 3);
	assert_int_equal(s[0].kind, KITH_CONFIG_CREV);
	assert_int_equal(s[0].urls.n, 1);
	check_span(s[0].urls.at[0], "https://h/x");
	assert_int_equal(s[0].level, KITH_LEVEL_LOW);
	assert_int_equal(s[0].object, KITH_LEVEL_LOW);
	assert_false(s[0].trust_ids);
	check_span(s[1].urls.at[1], "https://h/b");
	assert_int_equal(s[1].object, KITH_LEVEL_HIGH);
	assert_int_equal(s[1].n_map, 2);
	check_span(s[1].map[0].foreign, "f");
	check_span(s[1].map[0].own.at[1], "p");
	assert_int_equal(s[1].map[1].own.n, 0);
	assert_int_equal(s[2].level, KITH_LEVEL_MEDIUM);
	assert_int_equal(s[2].object, KITH_LEVEL_LOW);
	check_span(s[2].path, "d");
	assert_int_equal(c->fetch.timeout, 5);
	assert_int_equal(c->fetch.max_bytes, 2000);
	assert_int_equal(c->fetch.idle_timeout, 6);
	assert_int_equal(c->fetch.max_refs, 8);
	assert_int_equal(c->fetch.max_redirects, 0);
	assert_int_equal(c->fetch.max_depth, 9);
	assert_int_equal(c->fetch.max_files, 10);
	assert_int_equal(c->fetch.max_file_bytes, 1024);
	assert_int_equal(c->fetch.n_resolve, 2);
	check_span(c->fetch.resolve[0].address, "::1");
	assert_int_equal(c->fetch.resolve[1].port, 1);
	check_span(c->fetch.resolve[1].host, "i");
	check_span(c->fetch.ca_file, "c");
}

static void
test_merge(void **state)
{
	KITH_AUTO_CONFIG struct kith_config *user = read_config(
	    KITH_CONFIG_USER, "current-id = \"" A "\"\n"
			      "[trust]\nbudget = 5\n[roots]\nids = [\"" A "\"]\n"
			      "[policy]\nindependent = 2\nlevel = \"high\"\n[fetch]\njobs = 1\n"
			      "[[cap]]\nid = \"" A "\"\nlevel = \"low\"\n"
			      "[[source]]\nkind = \"osv\"\npath = \"u\"\n");
	KITH_AUTO_CONFIG struct kith_config *project = read_config(
	    KITH_CONFIG_PROJECT,
	    "[policy]\nlevel = \"medium\"\n[roots]\n"
	    "[package.x]\nindependent = 4\n"
	    "[[source]]\nkind = \"osv\"\npath = \"p\"\n"
	    "[[source]]\nkind = \"osv\"\npath = \"q\"\n[lockfile]\nseveral = \"off\"\n");
	KITH_AUTO_CONFIG struct kith_config *c = NULL;
	KITH_AUTO_CONFIG struct kith_config *alone = NULL;
	KITH_AUTO_BUF struct kith_buf b;

	(void)state;
	kith_buf_init(&b, 1000);
	assert_int_equal(kith_config_merge(user, project, &c, NULL), KITH_OK);
	/* the whole table: what the project does not say in it is the default, not the user's */
	assert_int_equal(c->policy.p.base.independent, 1);
	assert_int_equal(c->policy.p.base.level, KITH_LEVEL_MEDIUM);
	assert_int_equal(c->roots.ids.n, 0);
	assert_int_equal(c->trust.budget, 5);
	assert_int_equal(c->policy.p.n_rules, 1);
	assert_int_equal(c->fetch.jobs, 1);
	assert_true(c->has_current_id);
	assert_int_equal(c->n_caps, 1);
	assert_int_equal(c->n_sources, 3);
	check_span(c->sources[0].path, "p");
	check_span(c->sources[1].path, "q");
	check_span(c->sources[2].path, "u");
	assert_int_equal(c->sources[2].at.file, KITH_CONFIG_USER);
	assert_int_equal(c->lockfile.hygiene[KITH_HYGIENE_SEVERAL], KITH_SEVERITY_OFF);
	kith_config_put_at(&b, c, &c->policy.at);
	kith_buf_put_str(&b, " ");
	kith_config_put_at(&b, c, &c->trust.at);
	kith_buf_put_str(&b, " ");
	kith_config_put_at(&b, c, &c->sources[2].at);
	assert_string_equal(kith_buf_str(&b), "p:1 u:2 u:14");
	/* the user's policy, the project's rules */
	project->policy.at.line = 0;
	assert_int_equal(kith_config_merge(user, project, &alone, NULL), KITH_OK);
	assert_int_equal(alone->policy.p.base.independent, 2);
	assert_int_equal(alone->policy.p.n_rules, 1);
}

static void
repeat(struct kith_buf *b, const char *fmt, size_t n)
{
	size_t i;

	kith_buf_init(b, KITH_MIB(8));
	for (i = 0; i < n; i++)
		kith_buf_printf(b, "[[publisher]]\npackage = \"%zu\"\nlogins = [\"l\"]\n", i);
	kith_buf_put_str(b, fmt);
}

static void
test_limits(void **state)
{
	KITH_AUTO_BUF struct kith_buf most;
	KITH_AUTO_BUF struct kith_buf more;
	KITH_AUTO_BUF struct kith_buf large;
	KITH_AUTO_BUF struct kith_buf rules;
	struct kith_config *c = NULL;
	struct kith_error err;
	size_t i;

	(void)state;
	repeat(&most, "", KITH_MAX_CONFIG_ENTRIES);
	assert_int_equal(kith_config_read(kith_buf_span(&most), "p", KITH_CONFIG_PROJECT, &c, &err),
			 KITH_OK);
	assert_int_equal(c->n_publishers, KITH_MAX_CONFIG_ENTRIES);
	kith_config_free(c);
	c = NULL;
	repeat(&more, "", KITH_MAX_CONFIG_ENTRIES + 1);
	assert_int_equal(kith_config_read(kith_buf_span(&more), "p", KITH_CONFIG_PROJECT, &c, &err),
			 KITH_E_FORMAT);
	assert_string_equal(err.msg, "p:1:3: more than 20000 entries in 'publisher'");
	kith_buf_init(&rules, KITH_MIB(1));
	for (i = 0; i <= KITH_MAX_CONFIG_RULES; i++)
		kith_buf_printf(&rules, "[package.a%zu]\n", i);
	assert_int_equal(
	    kith_config_read(kith_buf_span(&rules), "p", KITH_CONFIG_PROJECT, &c, &err),
	    KITH_E_FORMAT);
	assert_string_equal(err.msg, "p:1:2: more than 1000 entries in 'package'");
	kith_buf_init(&large, KITH_MIB(8));
	kith_buf_put_fill(&large, '\n', KITH_MAX_CONFIG);
	assert_int_equal(
	    kith_config_read(kith_buf_span(&large), "p", KITH_CONFIG_PROJECT, &c, &err), KITH_OK);
	kith_config_free(c);
	c = NULL;
	kith_buf_put_char(&large, '\n');
	assert_int_equal(
	    kith_config_read(kith_buf_span(&large), "p", KITH_CONFIG_PROJECT, &c, &err),
	    KITH_E_LIMIT);
	assert_string_equal(err.msg, "p: 4194305 bytes, at most 4194304 are allowed");
	kith_buf_reset(&large);
	kith_buf_put_str(&large, "a = ");
	kith_buf_put_fill(&large, '[', 100);
	assert_int_equal(
	    kith_config_read(kith_buf_span(&large), "p", KITH_CONFIG_PROJECT, &c, &err),
	    KITH_E_LIMIT);
	assert_true(kith_span_starts(kith_span_str(err.msg), KITH_SPAN_LIT("p:1:")));
	assert_null(c);
}

/* The text that was read may go. */
static void
test_lifetime(void **state)
{
	char text[] = "[[accept]]\npackage = \"pack\"\nobjection = \"o\"\nreason = \"r\"\n"
		      "until = 2000-01-01\n";
	struct kith_config *c = read_config(KITH_CONFIG_PROJECT, text);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	check_span(c->accepts[0].a.name, "pack");
	kith_config_free(c);
}

/* "| `key` |" stands below the heading of its table. */
static bool
is_documented(struct kith_span doc, const char *table, const char *key)
{
	struct kith_span line, heading = KITH_SPAN_LIT("### `");
	bool here = false, found = false;
	char row[64], title[64], titles[64], globs[64];

	snprintf(row, sizeof(row), "| `%s` |", key);
	snprintf(title, sizeof(title), "### `[%s]`", table);
	snprintf(titles, sizeof(titles), "### `[[%s]]`", table);
	snprintf(globs, sizeof(globs), "### `[%s.\"GLOB\"]`", table);
	while (kith_span_next(&doc, '\n', &line)) {
		if (kith_span_starts(line, KITH_SPAN_LIT("### ")))
			here = *table ? kith_span_starts(line, kith_span_str(title)) ||
					    kith_span_starts(line, kith_span_str(titles)) ||
					    kith_span_starts(line, kith_span_str(globs))
				      : !kith_span_starts(line, heading);
		found = found || (here && kith_span_starts(line, kith_span_str(row)));
	}
	return found;
}

/* Rows of keys in the reference, so that none stands there that is no key. */
static size_t
count_rows(struct kith_span doc)
{
	struct kith_span line;
	bool here = false;
	size_t n = 0;

	while (kith_span_next(&doc, '\n', &line)) {
		here = here || kith_span_is(line, "### Top level (user)");
		n += here && kith_span_starts(line, KITH_SPAN_LIT("| `"));
	}
	return n;
}

static void
test_documented(void **state)
{
	KITH_AUTO_BUF struct kith_buf doc;
	const char *table, *key;
	struct kith_error err;
	unsigned files;
	size_t i;

	(void)state;
	kith_buf_init(&doc, KITH_MIB(1));
	if (kith_fs_read(KITH_SOURCE_DIR "/docs/POLICY.md", &doc, &err))
		fail_msg("%s", err.msg);
	for (i = 0; kith_config_key(i, &table, &key, &files); i++) {
		assert_in_range(files, 1, 3);
		if (!is_documented(kith_buf_span(&doc), table, key))
			fail_msg("docs/POLICY.md has no row for '%s' in [%s]", key, table);
	}
	assert_int_equal(i, 99);
	assert_int_equal(count_rows(kith_buf_span(&doc)), i);
}

/* ".It Cm KEY" below the heading of the table. */
static bool
is_in_manual(struct kith_span man, const char *table, const char *key)
{
	char item[80];
	struct kith_span line;
	bool here = false;

	snprintf(item, sizeof(item), ".It Cm %s", key);
	while (kith_span_next(&man, '\n', &line)) {
		if (kith_span_starts(line, KITH_SPAN_LIT(".Ss ")) && *table) {
			struct kith_span title = kith_span_sub(line, strlen(".Ss "), SIZE_MAX);

			(void)kith_span_skip(&title, "[[");
			(void)kith_span_skip(&title, "[");
			here = kith_span_skip(&title, table) && title.len &&
			       strchr("].", title.ptr[0]);
		} else if (kith_span_starts(line, KITH_SPAN_LIT(".Ss "))) {
			here = kith_span_starts(line, KITH_SPAN_LIT(".Ss Top level"));
		}
		if (here && kith_span_is(line, item))
			return true;
	}
	return false;
}

static void
test_in_manual(void **state)
{
	KITH_AUTO_BUF struct kith_buf man;
	const char *table, *key;
	struct kith_error err;
	unsigned files;
	size_t i;

	(void)state;
	kith_buf_init(&man, KITH_MIB(1));
	if (kith_fs_read(KITH_SOURCE_DIR "/docs/man/kith.toml.5", &man, &err))
		fail_msg("%s", err.msg);
	for (i = 0; kith_config_key(i, &table, &key, &files); i++)
		if (!is_in_manual(kith_buf_span(&man), table, key))
			fail_msg("kith.toml.5 has no item '%s' in [%s]", key, table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),  cmocka_unit_test(test_policy),
	    cmocka_unit_test(test_rules),     cmocka_unit_test(test_exempt_and_accept),
	    cmocka_unit_test(test_people),    cmocka_unit_test(test_sources),
	    cmocka_unit_test(test_merge),     cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_lifetime),  cmocka_unit_test(test_documented),
	    cmocka_unit_test(test_in_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
