/* SPDX-License-Identifier: Apache-2.0 */
/* Edits in place: byte for byte what was there, and only the change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/config_edit.h"

#define A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* As KITH_SPAN_LIT, where only constants may stand. */
#define BYTES(lit)                                                                                 \
	{                                                                                          \
		(const uint8_t *)(lit), sizeof(lit) - 1                                            \
	}

static const struct kith_config_pair exempt_pairs[] = {
    {.key = BYTES("package"), .text = BYTES("n")},
    {.key = BYTES("version"), .text = BYTES("1")},
    {.key = BYTES("checksum"), .text = BYTES("0")},
    {.key = BYTES("reason"), .text = BYTES("say \"\\\" é")},
    {.key = BYTES("until"), .type = KITH_PAIR_DATE, .date = {951782400 + 5, 0}}};
static const struct kith_config_entry exempt = {exempt_pairs, 5};

#define NEW                                                                                        \
	"[[exempt]]\npackage = \"n\"\nversion = \"1\"\nchecksum = \"0\"\n"                         \
	"reason = \"say \\\"\\\\\\\" é\"\nuntil = 2000-02-29\n"
#define OLD(name)                                                                                  \
	"[[exempt]] # " name "\npackage = \"" name "\"\nversion = \"1\"\nchecksum = \"0\"\n"
#define OLD_REST "reason = \"r\" # why\n"

static struct kith_config_file_text
project(const char *text)
{
	return (struct kith_config_file_text){kith_span_str(text), "kith.toml",
					      KITH_CONFIG_PROJECT};
}

static void
check(int rc, const struct kith_error *err, struct kith_buf *out, const char *want)
{
	if (rc)
		fail_msg("%s", err->msg);
	assert_string_equal(kith_buf_str(out), want);
}

static void
check_append(const char *text, const char *want)
{
	struct kith_config_file_text f = project(text), g;
	KITH_AUTO_BUF struct kith_buf out;
	KITH_AUTO_BUF struct kith_buf back;
	struct kith_config *c = NULL;
	struct kith_error err;
	size_t last;

	kith_buf_init(&out, KITH_MIB(1));
	kith_buf_init(&back, KITH_MIB(1));
	check(kith_config_edit_append(&f, "exempt", &exempt, 1, &out, &err), &err, &out, want);
	/* removing it again leaves what was there (a last line without an end gets one) */
	assert_int_equal(kith_config_read(kith_buf_span(&out), "p", KITH_CONFIG_PROJECT, &c, &err),
			 KITH_OK);
	last = c->n_exempts - 1;
	kith_config_free(c);
	g = project(kith_buf_str(&out));
	check(kith_config_edit_remove(&g, "exempt", &last, 1, &back, &err), &err, &back, text);
}

static void
test_append(void **state)
{
	(void)state;
	check_append("", NEW);
	check_append("# only a comment\n", "# only a comment\n\n" NEW);
	check_append("[policy]\nlevel = \"low\"\n", "[policy]\nlevel = \"low\"\n\n" NEW);
	check_append("# a\n" OLD("a") OLD_REST "\n# locks\n[lockfile]\n",
		     "# a\n" OLD("a") OLD_REST "\n" NEW "\n# locks\n[lockfile]\n");
}

/* Where a line has no end, or the next table no blank line before it, one is put. */
static void
test_append_ends(void **state)
{
	struct kith_config_file_text f = project("[policy] # no end"),
				     g = project(OLD("a") OLD_REST "[lockfile]"),
				     h = project("[policy]\r\n[lockfile]\r\n");
	const struct kith_config_pair pairs[] = {
	    {.key = KITH_SPAN_LIT("package"), .text = KITH_SPAN_LIT("m")},
	    exempt_pairs[1],
	    exempt_pairs[2]};
	const struct kith_config_entry two[] = {exempt, {pairs, 3}};
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err;

	(void)state;
	kith_buf_init(&out, KITH_MIB(1));
	check(kith_config_edit_append(&f, "exempt", &exempt, 1, &out, &err), &err, &out,
	      "[policy] # no end\n\n" NEW);
	kith_buf_reset(&out);
	check(kith_config_edit_append(&g, "exempt", &exempt, 1, &out, &err), &err, &out,
	      OLD("a") OLD_REST "\n" NEW "\n[lockfile]");
	kith_buf_reset(&out);
	check(kith_config_edit_append(&h, "exempt", &two[1], 1, &out, &err), &err, &out,
	      "[policy]\r\n[lockfile]\r\n\r\n[[exempt]]\r\npackage = \"m\"\r\nversion = \"1\"\r\n"
	      "checksum = \"0\"\r\n");
	kith_buf_reset(&out);
	check(kith_config_edit_append(&f, "exempt", two, 2, &out, &err), &err, &out,
	      "[policy] # no end\n\n" NEW
	      "\n[[exempt]]\npackage = \"m\"\nversion = \"1\"\nchecksum = \"0\"\n");
}

static void
test_remove(void **state)
{
	static const char text[] = "# head\n\n"
				   "# about exemptions\n" OLD("a") OLD_REST
	    "\n" OLD("b") "# inside\nreason = \"r\"\n# after b\n\n" OLD("c") OLD_REST
	    "\n\n[policy] # kept\n";
	const size_t b[] = {1}, ca[] = {2, 0, 2}, all[] = {0, 1, 2}, none[] = {3};
	struct kith_config_file_text f = project(text);
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err;

	(void)state;
	kith_buf_init(&out, KITH_MIB(1));
	check(kith_config_edit_remove(&f, "exempt", b, 1, &out, &err), &err, &out,
	      "# head\n\n# about exemptions\n" OLD("a") OLD_REST "\n# after b\n\n" OLD("c") OLD_REST
	      "\n\n[policy] # kept\n");
	kith_buf_reset(&out);
	check(kith_config_edit_remove(&f, "exempt", ca, 3, &out, &err), &err, &out,
	      "# head\n\n# about exemptions\n\n" OLD(
		  "b") "# inside\nreason = \"r\"\n# after b\n\n[policy] # kept\n");
	kith_buf_reset(&out);
	check(kith_config_edit_remove(&f, "exempt", all, 3, &out, &err), &err, &out,
	      "# head\n\n# about exemptions\n\n# after b\n\n[policy] # kept\n");
	kith_buf_reset(&out);
	assert_int_equal(kith_config_edit_remove(&f, "exempt", none, 1, &out, &err),
			 KITH_E_NOTFOUND);
	assert_string_equal(err.msg, "kith.toml: there is no entry 3");
	assert_int_equal(out.len, 0);
	check(kith_config_edit_remove(&f, "exempt", NULL, 0, &out, &err), &err, &out, text);
}

/* Values that end lines later, and that look like what they are not. */
static void
test_remove_hard(void **state)
{
	static const char good[] =
	    "[[source]]\nkind = \"vet\"\nurls = [ # \"\n  \"https://h/a\", # ]\n  "
	    "'https://h/#',\n]\n"
	    "[source.criteria-map]\n\"a]\" = [\"x\"]\n'b' = \"\"\"\\\n   # y\"\"\"\n# kept\n"
	    "[[source]]\nkind = \"vet\"\npath = '''p'''\ncriteria-map.x = 'a'\ncriteria-map.'y' = "
	    "[]\n";
	struct kith_config_file_text f = project(good), bad = project("[policy]\nlevel = 1\n");
	const size_t first[] = {0}, second[] = {1};
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err;

	(void)state;
	kith_buf_init(&out, KITH_MIB(1));
	check(kith_config_edit_remove(&f, "source", first, 1, &out, &err), &err, &out,
	      "# kept\n[[source]]\nkind = \"vet\"\npath = '''p'''\ncriteria-map.x = 'a'\n"
	      "criteria-map.'y' = []\n");
	kith_buf_reset(&out);
	check(kith_config_edit_remove(&f, "source", second, 1, &out, &err), &err, &out,
	      "[[source]]\nkind = \"vet\"\nurls = [ # \"\n  \"https://h/a\", # ]\n  "
	      "'https://h/#',\n]\n[source.criteria-map]\n\"a]\" = [\"x\"]\n'b' = \"\"\"\\\n   # "
	      "y\"\"\"\n# kept\n");
	kith_buf_reset(&out);
	/* what is no configuration is not edited */
	assert_int_equal(kith_config_edit_remove(&bad, "source", first, 1, &out, &err),
			 KITH_E_FORMAT);
	assert_int_equal(out.len, 0);
}

static void
check_set(const char *text, const char *table, const struct kith_config_pair *pair,
	  const char *want)
{
	struct kith_config_file_text f = {kith_span_str(text), "config.toml", KITH_CONFIG_USER};
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err;

	kith_buf_init(&out, KITH_MIB(1));
	check(kith_config_edit_set(&f, table, pair, &out, &err), &err, &out, want);
}

static void
test_set(void **state)
{
	const struct kith_config_pair
	    level = {.key = KITH_SPAN_LIT("level"), .text = KITH_SPAN_LIT("high")},
	    k = {.key = KITH_SPAN_LIT("independent"), .type = KITH_PAIR_NUMBER, .number = 2},
	    yes = {.key = KITH_SPAN_LIT("signed"), .type = KITH_PAIR_BOOLEAN, .boolean = true};
	const struct kith_span items[] = {KITH_SPAN_LIT("x"), KITH_SPAN_LIT("y\t")};
	const struct kith_config_pair list = {
	    .key = KITH_SPAN_LIT("criteria"), .type = KITH_PAIR_TEXTS, .texts = {items, 1}};
	KITH_AUTO_BUF struct kith_buf b;

	(void)state;
	check_set("", "policy", &level, "[policy]\nlevel = \"high\"\n");
	check_set("[policy]\nlevel='low'# c\n", "policy", &level, "[policy]\nlevel=\"high\"# c\n");
	check_set("policy = { level = \"low\", signed = true }\n", "policy", &level,
		  "policy = { level = \"high\", signed = true }\n");
	check_set("[policy] # p\n# c\n\n[fetch]\n", "policy", &k,
		  "[policy] # p\nindependent = 2\n# c\n\n[fetch]\n");
	check_set("[policy]\nlevel = \"low\" # c\n# d\n[fetch]\n", "policy", &yes,
		  "[policy]\nlevel = \"low\" # c\nsigned = true\n# d\n[fetch]\n");
	check_set("[policy]\ncriteria = [\n 'a', # ]\n] # c", "policy", &list,
		  "[policy]\ncriteria = [\"x\"] # c");
	check_set("[policy]\ncriteria = [\n 'a', # ]\n] # c", "policy", &level,
		  "[policy]\ncriteria = [\n 'a', # ]\n] # c\nlevel = \"high\"\n");
	kith_buf_init(&b, 1000);
	kith_config_put_pair(&b, &(struct kith_config_pair){.key = KITH_SPAN_LIT("a b"),
							    .type = KITH_PAIR_TEXTS,
							    .texts = {items, 2}});
	assert_string_equal(kith_buf_str(&b), "\"a b\" = [\"x\", \"y\\u0009\"]\n");
}

static void
test_set_top(void **state)
{
	const struct kith_config_pair id = {.key = KITH_SPAN_LIT("current-id"),
					    .text = KITH_SPAN_LIT(A)},
				      name = {.key = KITH_SPAN_LIT("B b"),
					      .text = KITH_SPAN_LIT(A)};

	(void)state;
	check_set("", NULL, &id, "current-id = \"" A "\"\n");
	check_set("# c", NULL, &id, "# c\ncurrent-id = \"" A "\"\n");
	check_set("# mine\n\n# fetching\n[fetch]\n", NULL, &id,
		  "# mine\n\ncurrent-id = \"" A "\"\n\n# fetching\n[fetch]\n");
	check_set("\xef\xbb\xbf[fetch]\n", NULL, &id,
		  "\xef\xbb\xbf"
		  "current-id = \"" A "\"\n\n[fetch]\n");
	check_set("policy.level = \"low\"\n[fetch]\n", NULL, &id,
		  "policy.level = \"low\"\ncurrent-id = \"" A "\"\n[fetch]\n");
	check_set("\"current-id\" = 'BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'\n", NULL, &id,
		  "\"current-id\" = \"" A "\"\n");
	check_set("[[cap]]\nid = '" A "'\nlevel = 'low'\n", "names", &name,
		  "[[cap]]\nid = '" A "'\nlevel = 'low'\n\n[names]\n\"B b\" = \"" A "\"\n");
}

/* What cannot be done by changing text is refused, with the way out. */
static void
test_refused(void **state)
{
	struct kith_config_file_text inline_list =
	    project("exempt = [ { package = \"a\", version = \"1\", checksum = \"0\" } ]\n");
	struct kith_config_file_text inline_table = project("policy = { signed = true }\n");
	struct kith_config_file_text twice = project(NEW),
				     torn = project("[[source]]\nkind = \"vet\"\n"
						    "path = \"p\"\n[policy]\n"
						    "[source.criteria-map]\n");
	const struct kith_config_pair level = {.key = KITH_SPAN_LIT("level"),
					       .text = KITH_SPAN_LIT("high")},
				      bytes = {.key = KITH_SPAN_LIT("level"),
					       .text = KITH_SPAN_LIT("\xff")},
				      wrong = {.key = KITH_SPAN_LIT("level"),
					       .text = KITH_SPAN_LIT("x")};
	const size_t first[] = {0};
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err;

	(void)state;
	kith_buf_init(&out, KITH_MIB(1));
	assert_int_equal(kith_config_edit_append(&inline_list, "exempt", &exempt, 1, &out, &err),
			 KITH_E_USAGE);
	assert_string_equal(
	    err.msg, "kith.toml:1:1: 'exempt' is written inline, nothing can be added to it");
	assert_string_equal(err.hint, "change kith.toml by hand");
	assert_int_equal(kith_config_edit_remove(&inline_list, "exempt", first, 1, &out, &err),
			 KITH_E_USAGE);
	assert_int_equal(kith_config_edit_set(&inline_table, "policy", &level, &out, &err),
			 KITH_E_USAGE);
	assert_int_equal(kith_config_edit_append(&twice, "exempt", &exempt, 1, &out, &err),
			 KITH_E_FORMAT);
	assert_string_equal(err.msg, "kith.toml:8:3: this [[exempt]] stands on line 1 already");
	/* the entry's lines hold another table: it would go with it */
	assert_int_equal(kith_config_edit_remove(&torn, "source", first, 1, &out, &err),
			 KITH_E_USAGE);
	assert_string_equal(err.msg, "kith.toml: an edit would change more than it should");
	assert_int_equal(kith_config_edit_set(&twice, "policy", &bytes, &out, &err), KITH_E_USAGE);
	assert_int_equal(kith_config_edit_set(&twice, "policy", &wrong, &out, &err), KITH_E_FORMAT);
	assert_int_equal(out.len, 0);
}

static void
check_entry(const char *text, size_t index, const struct kith_config_pair *pair, const char *want)
{
	struct kith_config_file_text f = project(text);
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err;

	kith_buf_init(&out, KITH_MIB(1));
	check(kith_config_edit_set_entry(&f, "exempt", index, pair, &out, &err), &err, &out, want);
}

/* One key of one entry: a new value where the old one stands, or behind the entry's own pairs. */
static void
test_set_entry(void **state)
{
	const struct kith_config_pair reason = {.key = KITH_SPAN_LIT("reason"),
						.text = KITH_SPAN_LIT("new")},
				      *until = &exempt_pairs[4],
				      owner = {.key = KITH_SPAN_LIT("owner"),
					       .text = KITH_SPAN_LIT("ann")};
	struct kith_config_file_text f =
	    project("exempt = [{package = \"a\", version = \"1\", checksum = \"0\"}]\n");
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err;

	(void)state;
	check_entry(OLD("a") OLD_REST "\n# b\n" OLD("b") OLD_REST, 1, &reason,
		    OLD("a") OLD_REST "\n# b\n" OLD("b") "reason = \"new\" # why\n");
	check_entry(OLD("a") OLD_REST "\n# b\n" OLD("b") OLD_REST "# end\n", 0, until,
		    OLD("a") OLD_REST "until = 2000-02-29\n\n# b\n" OLD("b") OLD_REST "# end\n");
	check_entry(OLD("a") OLD_REST "[policy]\n" OLD("b") "reason = \"r\"", 1, &owner,
		    OLD("a") OLD_REST "[policy]\n" OLD("b") "reason = \"r\"\nowner = \"ann\"\n");
	kith_buf_init(&out, KITH_MIB(1));
	assert_int_equal(kith_config_edit_set_entry(&f, "exempt", 0, &owner, &out, &err),
			 KITH_E_USAGE);
	assert_int_equal(kith_config_edit_set_entry(&f, "exempt", 1, &owner, &out, &err),
			 KITH_E_NOTFOUND);
	assert_int_equal(kith_config_edit_set_entry(&f, "accept", 0, &owner, &out, &err),
			 KITH_E_NOTFOUND);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_append),  cmocka_unit_test(test_append_ends),
	    cmocka_unit_test(test_remove),  cmocka_unit_test(test_remove_hard),
	    cmocka_unit_test(test_set),     cmocka_unit_test(test_set_top),
	    cmocka_unit_test(test_refused), cmocka_unit_test(test_set_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
