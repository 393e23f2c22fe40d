/* SPDX-License-Identifier: Apache-2.0 */
/* kith pin --bundle: made, tried out, and only then put in its place. */
#include <kith/bundle.h>

#include "app/bundle.h"

/* A session on a machine that has nothing: no home, no mirrors, no archives. */
static int
bare_session(const struct kith_session *s, struct kith_session **ret, struct kith_error *err)
{
	const struct kith_session_options o = {
	    .libexec = s->libexec, .starter = s->starter, .config = s->config, .no_home = 1};
	int r = kith_session_new(&o, ret, err);

	if (!r) {
		(*ret)->now = s->now;
		(*ret)->now_given = s->now_given;
	}
	return r;
}

static int
differs(enum kith_format format, struct kith_error *err)
{
	static const char *const names[] = {"table", "json",   "jsonl",    "sarif",
					    "junit", "github", "markdown", "html"};

	return kith_hint(err,
			 kith_fail(err, KITH_E_INTERNAL,
				   "the verdict by the bundle alone would be another one (%s)",
				   names[format]),
			 "nothing was written; kith verify --locked needs no bundle");
}

static int
compare(const struct kith_project_verdict *a, const struct kith_project_verdict *b,
	struct kith_error *err)
{
	struct kith_render_options o = {.format = KITH_FORMAT_TABLE};
	int format, r = KITH_OK;

	for (format = KITH_FORMAT_TABLE; !r && format <= KITH_FORMAT_HTML; format++) {
		KITH_AUTO_FREE char *x = NULL, *y = NULL;
		size_t n, m;

		o.format = (enum kith_format)format;
		r = kith_verdict_render(a, &o, &x, &n, err);
		if (!r)
			r = kith_verdict_render(b, &o, &y, &m, err);
		if (!r && (n != m || memcmp(x, y, n) != 0))
			r = differs(o.format, err);
	}
	return r;
}

/* The whole way that another machine would go. */
static int
try_out(const struct kith_session *s, const struct kith_bundle_options *o,
	const struct kith_project_verdict *verdict, const struct kith_buf *text,
	struct kith_error *err)
{
	const struct kith_verify_options v = {.path = o->path, .bundle = o->file};
	struct kith_project_verdict *other = NULL;
	struct kith_session *bare = NULL;
	KITH_AUTO_BUF struct kith_buf copy;
	int r;

	kith_buf_init(&copy, text->max);
	kith_buf_put_span(&copy, kith_buf_span(text));
	r = kith_buf_check(&copy, err);
	if (!r)
		r = bare_session(s, &bare, err);
	if (!r)
		r = kith_app_bundle_enter(bare, o->file, &copy, err);
	if (!r)
		r = kith_verify(bare, &v, &other, err);
	if (!r)
		r = compare(verdict, other, err);
	kith_verdict_free(other);
	kith_session_free(bare);
	return r;
}

int
kith_bundle(struct kith_session *session, const struct kith_bundle_options *options,
	    struct kith_bundle_result *ret_result, struct kith_error *err)
{
	const struct kith_verify_options o = {.path = options->path};
	struct kith_project_verdict *verdict = NULL;
	struct kith_bundle_result result = {.pass = 0};
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_app_run *run;
	int r;

	kith_buf_init(&text, KITH_MAX_BUNDLE);
	session->project_only = true;
	r = kith_verify(session, &o, &verdict, err);
	run = r ? NULL : kith_app_verdict_run(verdict);
	if (!r && (!run || !run->project))
		r = kith_fail(err, KITH_E_INTERNAL, "no verdict to be carried");
	if (!r)
		r = kith_app_bundle_make(run, &text, &result, err);
	if (!r)
		r = try_out(session, options, verdict, &text, err);
	if (!r)
		r = kith_fs_replace(options->file, kith_buf_span(&text), 0644, err);
	result.pass = !r && run && run->report.pass;
	result.bytes = text.len;
	kith_verdict_free(verdict);
	if (!r)
		*ret_result = result;
	return r;
}
