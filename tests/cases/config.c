/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config FILE...: configurations whose first line says which file it is, "# user" or "# project",
 * and whose second line says what comes of it: "# expect: ok" or "# expect: " and the message.
 */
#include "cases/cases.h"
#include "policy/config.h"

static const char *const names[KITH_CONFIG_FILES] = {"config.toml", "kith.toml"};

/* The head of a case; false if it is none. */
static bool
read_head(struct kith_span text, enum kith_config_file *ret_file, struct kith_span *ret_expect)
{
	struct kith_span line;

	if (!kith_span_next(&text, '\n', &line))
		return false;
	if (kith_span_is(line, "# user"))
		*ret_file = KITH_CONFIG_USER;
	else if (kith_span_is(line, "# project"))
		*ret_file = KITH_CONFIG_PROJECT;
	else
		return false;
	return kith_span_next(&text, '\n', ret_expect) && kith_span_skip(ret_expect, "# expect: ");
}

static void
judge(struct cases_tally *t, const char *path)
{
	KITH_AUTO_CONFIG struct kith_config *config = NULL;
	struct kith_span text = cases_read(path), expect;
	enum kith_config_file file;
	struct kith_error err;
	const char *got = "ok";

	if (!read_head(text, &file, &expect)) {
		cases_result(t, false, path,
			     "the first two lines are no '# user|project' and "
			     "'# expect: …'");
		return;
	}
	if (kith_config_read(text, names[file], file, &config, &err))
		got = err.msg;
	cases_result(t, kith_span_is(expect, got), path, "%s", got);
}

int
cases_config(int argc, char **argv)
{
	struct cases_tally t = {0, 0};
	int i;

	for (i = 0; i < argc; i++)
		judge(&t, argv[i]);
	return cases_end(&t);
}
