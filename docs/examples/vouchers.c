/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vouchers KITH_HOME PACKAGE...: lists who has said something about packages, whoever they are: one
 * line a review, as JSON for other programs. Exits with 1 if nobody has said anything of one.
 *
 *     cc -o vouchers vouchers.c $(pkg-config --cflags --libs kith)
 */
#include <stdio.h>
#include <kith/query.h>
#include <kith/session.h>

static int
list(struct kith_session *session, const char *package, size_t *ret_count)
{
	const struct kith_query_options options = {
	    .what = KITH_QUERY_REVIEWS,
	    .format = KITH_FORMAT_JSON,
	    .package = package,
	};
	struct kith_error err;
	char *text;
	size_t len;

	if (kith_query(session, &options, &text, &len, ret_count, &err)) {
		fprintf(stderr, "vouchers: %s: %s\n", package, err.msg);
		return kith_code_exit(err.code);
	}
	fwrite(text, 1, len, stdout);
	kith_free(text);
	return 0;
}

int
main(int argc, char **argv)
{
	struct kith_session_options options = {.offline = 1};
	struct kith_session *session;
	struct kith_error err;
	size_t count;
	int i, status = 0, quiet = 0;

	if (argc < 3) {
		fputs("usage: vouchers KITH_HOME PACKAGE...\n", stderr);
		return 2;
	}
	options.kith_home = options.home = argv[1];
	if (kith_session_new(&options, &session, &err)) {
		fprintf(stderr, "vouchers: %s\n", err.msg);
		return kith_code_exit(err.code);
	}
	for (i = 2; i < argc && !status; i++) {
		status = list(session, argv[i], &count);
		quiet = quiet || (!status && !count);
	}
	kith_session_free(session);
	return status ? status : quiet;
}
