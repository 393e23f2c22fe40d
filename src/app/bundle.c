/* SPDX-License-Identifier: Apache-2.0 */
/* kith pin --bundle: made, tried out, and only then put in its place. */
#include <kith/bundle.h>

#include "app/bundle.h"

#include "codec/json.h"

#define RESULT_TEXT_MAX KITH_KIB(64)

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

static void
put_result(const struct kith_bundle_result *x, const struct kith_bundle_options *o,
	   struct kith_buf *out)
{
	struct kith_json_writer w;

	if (o->format != KITH_FORMAT_JSON) {
		kith_text_safe(out, kith_span_str(o->file), 0);
		kith_buf_printf(out, ": %zu bytes: %zu proofs, %zu audits, %zu advisories\n",
				x->bytes, x->proofs, x->audits, x->advisories);
		return;
	}
	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.bundled/1");
	kith_json_member_str(&w, "file", o->file);
	kith_json_member_integer(&w, "bytes", (int64_t)x->bytes);
	kith_json_member_integer(&w, "proofs", (int64_t)x->proofs);
	kith_json_member_integer(&w, "audits", (int64_t)x->audits);
	kith_json_member_integer(&w, "advisories", (int64_t)x->advisories);
	kith_json_member_boolean(&w, "pass", x->pass);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

int
kith_bundle(struct kith_session *session, const struct kith_bundle_options *options,
	    char **ret_text, size_t *ret_len, struct kith_bundle_result *ret_result,
	    struct kith_error *err)
{
	const struct kith_verify_options o = {.path = options->path};
	struct kith_project_verdict *verdict = NULL;
	struct kith_bundle_result result = {.pass = 0};
	KITH_AUTO_BUF struct kith_buf text, said;
	KITH_AUTO_FREE char *answer = NULL;
	struct kith_app_run *run;
	size_t len = 0;
	int r;

	kith_buf_init(&text, KITH_MAX_BUNDLE);
	kith_buf_init(&said, RESULT_TEXT_MAX);
	session->project_only = true;
	r = kith_verify(session, &o, &verdict, err);
	run = r ? NULL : kith_app_verdict_run(verdict);
	if (!r && (!run || !run->project))
		r = kith_fail(err, KITH_E_INTERNAL, "no verdict to be carried");
	if (!r)
		r = kith_app_bundle_make(run, &text, &result, err);
	if (!r)
		r = try_out(session, options, verdict, &text, err);
	result.pass = !r && run->report.pass;
	result.bytes = text.len;
	kith_verdict_free(verdict);
	if (!r) {
		put_result(&result, options, &said);
		r = kith_app_take_text(&said, &answer, &len, err);
	}
	/* last: nothing may fail once the file is in its place */
	if (!r)
		r = kith_fs_replace(options->file, kith_buf_span(&text), 0644, err);
	if (r)
		return r;
	*ret_text = kith_steal(&answer);
	*ret_len = len;
	*ret_result = result;
	return KITH_OK;
}
