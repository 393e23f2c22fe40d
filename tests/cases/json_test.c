/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json-test: files named y_ (must be accepted), n_ (must be refused) and others (either, but no
 * crash), as JSONTestSuite has them. Judged is the grammar, kith_json_check; the reader over it
 * must agree, except for what RFC 8259 allows and it refuses: duplicate keys and \u0000.
 */
#include "cases/cases.h"
#include "codec/json.h"

static bool
stricter_than_rfc(const struct kith_error *err)
{
	return strstr(err->msg, "duplicate key") || strstr(err->msg, "\\u0000 in a string");
}

static void
judge(struct cases_tally *t, const char *name, struct kith_span text)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	struct kith_error err = {0}, parse_err = {0};
	bool valid = kith_json_check(text, 0, &err) == KITH_OK;
	bool parsed = kith_json_parse(text, &doc, &parse_err) == KITH_OK;

	if (strncmp(name, "y_", 2) == 0 && !valid)
		cases_result(t, false, name, "refused: %s", err.msg);
	else if (strncmp(name, "n_", 2) == 0 && valid)
		cases_result(t, false, name, "accepted");
	else if (parsed && !valid)
		cases_result(t, false, name, "read, but not valid: %s", err.msg);
	else if (valid && !parsed && !stricter_than_rfc(&parse_err))
		cases_result(t, false, name, "valid, but not read: %s", parse_err.msg);
	else
		cases_result(t, true, name, "%s", "");
}

static void
judge_folder(struct cases_tally *t, const char *folder)
{
	struct kith_fs_names names;
	struct kith_error err;
	size_t i;

	if (kith_fs_list(folder, &names, &err)) {
		fprintf(stderr, "cases: %s\n", err.msg);
		exit(2);
	}
	for (i = 0; i < names.count; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(folder, names.names[i]);

		if (path && kith_span_ends(kith_span_str(path), KITH_SPAN_LIT(".json")))
			judge(t, names.names[i], cases_read(path));
	}
	kith_fs_names_free(&names);
}

int
cases_json_test(int argc, char **argv)
{
	static const char *const parts[] = {"test_parsing", "test_transform"};
	struct cases_tally t = {0, 0};
	size_t i;

	if (argc != 1) {
		fputs("usage: json-test FOLDER\n", stderr);
		return 2;
	}
	judge_folder(&t, argv[0]);
	for (i = 0; i < 2; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(argv[0], parts[i]);

		if (path && kith_fs_is_dir(path))
			judge_folder(&t, path);
	}
	return cases_end(&t);
}
