/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify KITH_HOME PROJECT ROOT: judges a project as `kith verify` does, and exits as it does.
 *
 *     cc -o verify verify.c $(pkg-config --cflags --libs kith)
 */
#include <stdio.h>
#include <kith/kith.h>

static void
told(void *ctx, const struct kith_event *event)
{
	(void)ctx;
	if (event->kind == KITH_EVENT_WARNING)
		fprintf(stderr, "warning: %s\n", event->text);
}

static int
failed(const struct kith_error *err)
{
	fprintf(stderr, "verify: %s\n", err->msg);
	if (err->hint[0])
		fprintf(stderr, "hint: %s\n", err->hint);
	return kith_code_exit(err->code);
}

int
main(int argc, char **argv)
{
	struct kith_session_options options = {0};
	struct kith_verify_options what = {0};
	struct kith_render_options how = {.failing = 1};
	struct kith_project_verdict *verdict = NULL;
	struct kith_session *session = NULL;
	const char *root = argc == 4 ? argv[3] : NULL;
	struct kith_error err;
	char *text = NULL;
	size_t len;
	int status;

	if (!root) {
		fputs("usage: verify KITH_HOME PROJECT ROOT\n", stderr);
		return 2;
	}
	/* the library reads no environment: what it is to know is said here */
	options.kith_home = options.home = argv[1];
	options.offline = 1;
	options.event = told;
	if (kith_session_new(&options, &session, &err))
		return failed(&err);
	what.path = argv[2];
	what.roots = &root;
	what.n_roots = 1;
	if (kith_verify(session, &what, &verdict, &err) ||
	    kith_verdict_render(verdict, &how, &text, &len, &err)) {
		status = failed(&err);
	} else {
		fwrite(text, 1, len, stdout);
		status = kith_verdict_exit(verdict);
	}
	kith_free(text);
	kith_verdict_free(verdict);
	kith_session_free(session);
	return status;
}
