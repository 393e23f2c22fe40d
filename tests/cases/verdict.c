/* SPDX-License-Identifier: Apache-2.0 */
/* Kind verdict: worlds in `.verdict` text (verdict_read.h), each expectation judged natively. */
#include "cases/cases.h"
#include "cases/verdict_judge.h"

/* Of a file: the first expectation that does not hold is told. False: it could not be judged. */
static bool
check_file(const char *path, bool only_people, bool *ret_counted, struct kith_buf *why)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	struct kith_error err;
	size_t i, bad = 0;

	verdict_init(&v);
	*ret_counted = true;
	if (verdict_read(&v, cases_read(path), &err)) {
		kith_buf_put_str(why, err.msg);
		return false;
	}
	if (only_people && !v.only_people) {
		*ret_counted = false;
		return true;
	}
	for (i = 0; i < v.w.n_expects; i++) {
		KITH_AUTO_BUF struct kith_buf got;
		KITH_AUTO_BUF struct kith_buf want;
		const struct wot_expect *e = &v.w.expects[i];
		size_t k;

		kith_buf_init(&got, KITH_MIB(1));
		kith_buf_init(&want, KITH_MIB(1));
		for (k = 0; k < e->n; k++) {
			kith_buf_put_str(&want, k ? " " : "");
			kith_buf_put_span(&want, e->words[k]);
		}
		if (verdict_answer(&v, e->words[0], false, &got, &err)) {
			kith_buf_printf(why, "line %zu: %s", e->line, err.msg);
			return false;
		}
		if (!kith_span_eq(kith_buf_span(&got), kith_buf_span(&want)) && !bad++)
			kith_buf_printf(why, "line %zu: expected '%s', got '%s'", e->line,
					kith_buf_str(&want), kith_buf_str(&got));
	}
	if (!v.w.n_expects)
		kith_buf_put_str(why, "expects nothing");
	return !bad && v.w.n_expects;
}

/* For looking: every judged package of a file with its explanation. */
static int
explain_file(const char *path)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	struct kith_error err;
	size_t i;

	verdict_init(&v);
	if (verdict_read(&v, cases_read(path), &err)) {
		fprintf(stderr, "cases: %s: %s\n", path, err.msg);
		return 2;
	}
	for (i = 0; i < v.w.n_expects; i++) {
		KITH_AUTO_BUF struct kith_buf out;

		kith_buf_init(&out, KITH_MIB(16));
		if (verdict_answer(&v, v.w.expects[i].words[0], true, &out, &err)) {
			fprintf(stderr, "cases: %s: %s\n", path, err.msg);
			return 2;
		}
		printf("%s\n", kith_buf_str(&out));
	}
	return 0;
}

int
cases_verdict(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	bool only_people = false;
	int i = 0;

	if (argc == 2 && strcmp(argv[0], "--explain") == 0)
		return explain_file(argv[1]);
	if (argc >= 2 && strcmp(argv[0], "--only") == 0) {
		only_people = strcmp(argv[1], "people") == 0;
		if (!only_people) {
			fprintf(stderr, "cases: --only people\n");
			return 2;
		}
		i = 2;
	}
	for (; i < argc; i++) {
		KITH_AUTO_BUF struct kith_buf why;
		bool counted, ok;

		kith_buf_init(&why, KITH_MIB(4));
		ok = check_file(argv[i], only_people, &counted, &why);
		if (counted)
			cases_result(&tally, ok, argv[i], "%s", kith_buf_str(&why));
	}
	return cases_end(&tally);
}
