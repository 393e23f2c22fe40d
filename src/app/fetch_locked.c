/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith fetch --locked: from kith.lock to mirrors that have its commits. A server gives what it
 * serves now; whether the pinned commit is among it, or was fetched before, is looked at
 * afterwards.
 */
#include <kith/fetch.h>

#include "app/hosts.h"
#include "app/pinned.h"
#include "app/walk.h"
#include "codec/json.h"
#include "package/project.h"

#define FETCH_TEXT_MAX KITH_MIB(64)

struct getting {
	struct kith_session *session;
	const struct kith_fetch_locked_options *options;
	struct kith_project *project;
	const struct kith_pins *pins;
	struct kith_app_config config;
	struct kith_app_sources w;
	const char **before, **why; /* by pin: why it was, and is, not here; or NULL */
	char **failed;              /* by pin: what fetching it said */
	size_t *pin_of;             /* by source of w */
	size_t n_before, n_missing, done;
};

static void
getting_clear(struct getting *g)
{
	size_t i;

	for (i = 0; g->failed && i < g->pins->n_sources; i++)
		free(g->failed[i]);
	free(g->failed);
	free(g->before);
	free(g->why);
	free(g->pin_of);
	kith_app_sources_clear(&g->w);
	kith_app_config_clear(&g->config);
	kith_project_free(g->project);
}

static int
open_pins(struct getting *g, struct kith_error *err)
{
	int r = kith_project_open(g->options->path ? g->options->path : ".", &g->project, err);
	size_t n;

	if (!r)
		r = kith_app_config_load(g->session, g->project->root, &g->config, err);
	if (r)
		return r;
	r = kith_app_pins(g->session, g->project->root, &g->pins, err);
	if (r == KITH_E_NOTFOUND) {
		if (err)
			err->code = KITH_E_INTEGRITY;
		return KITH_E_INTEGRITY;
	}
	if (r)
		return r;
	n = g->pins->n_sources + 1;
	g->before = kith_calloc(n, sizeof(*g->before));
	g->why = kith_calloc(n, sizeof(*g->why));
	g->failed = kith_calloc(n, sizeof(*g->failed));
	g->pin_of = kith_calloc(n, sizeof(*g->pin_of));
	return g->before && g->why && g->failed && g->pin_of ? KITH_OK : kith_fail_nomem(err);
}

/* --- fetching --- */

static void
note_failure(struct getting *g, size_t pin, const char *text)
{
	free(g->failed[pin]);
	g->failed[pin] = kith_strndup(text, strlen(text)); /* NULL: the general reason is said */
}

/* One that cannot be named costs itself only. */
static int
add_pin(struct getting *g, size_t pin, struct kith_error *err)
{
	const struct kith_pins_source *x = &g->pins->sources[pin];
	KITH_AUTO_FREE char *location = NULL;
	KITH_AUTO_FREE char *inside = kith_strndup(x->inside.ptr, x->inside.len);
	enum kith_source_kind kind;
	struct kith_error why;
	size_t n = g->w.n;
	bool refused = false;
	int r = kith_app_pinned_location(g->project->root, x, &location, err);

	if (r)
		return r;
	if (!inside)
		return kith_fail_nomem(err);
	if (!kith_source_kind_find(x->kind, &kind))
		return kith_fail(err, KITH_E_INTERNAL, "an unknown kind of source");
	r = kith_app_sources_pinned(&g->w, location, kind, inside, &refused, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		note_failure(g, pin, why.msg);
	else if (refused)
		note_failure(g, pin,
			     "only you may name such a place: kith source allow, or kith fetch it");
	if (g->w.n > n)
		g->pin_of[n] = pin;
	return KITH_OK;
}

static void
fetched(void *ctx, const struct kith_store_fetched *result)
{
	struct getting *g = ctx;

	g->done++;
	kith_app_progress(g->session, "fetching source", g->done, g->w.n);
	if (result->outcome == KITH_GIT_FAILED)
		note_failure(g, g->pin_of[result->source], result->error.msg);
}

static int
fetch(struct getting *g, struct kith_error *err)
{
	struct kith_store_fetch_options so = {
	    .libexec = g->session->libexec, .now = g->session->now, .ctx = g, .fetched = fetched};
	KITH_AUTO_HOSTS struct kith_app_hosts hosts = {0};
	int r = kith_app_hosts_init(&hosts, &g->config, &so, err);
	size_t i;

	if (r)
		return r;
	so.jobs = g->options->jobs ? (unsigned)g->options->jobs : so.jobs;
	so.timeout_s = g->options->timeout ? (unsigned)g->options->timeout : so.timeout_s;
	for (i = 0; !r && i < g->pins->n_sources; i++)
		if (g->before[i])
			r = add_pin(g, i, err);
	for (i = 0; !r && g->session->offline && i < g->w.n; i++)
		if (kith_git_is_remote(g->w.list[i].kind))
			return kith_fail(err, KITH_E_USAGE,
					 "%s: needs the network, and --offline was given",
					 g->w.list[i].location);
	return r || !g->w.n ? r : kith_store_fetch(&g->session->dirs, g->w.list, g->w.n, &so, err);
}

/* --- what is said --- */

static const char *
outcome(const struct getting *g, size_t i)
{
	return !g->before[i] ? "here" : g->why[i] ? "missing" : "fetched";
}

static const char *
reason(const struct getting *g, size_t i)
{
	return g->failed[i] ? g->failed[i] : "what is served now does not have this commit";
}

static void
put_table(const struct getting *g, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < g->pins->n_sources; i++) {
		const struct kith_pins_source *x = &g->pins->sources[i];

		kith_buf_printf(out, "%-8s %.12s ", outcome(g, i), (const char *)x->commit.ptr);
		kith_text_safe(out, x->location, 0);
		if (g->why[i])
			kith_buf_printf(out, ": %s", reason(g, i));
		kith_buf_put_char(out, '\n');
	}
	kith_buf_printf(out, "%zu source%s of %s: %zu here, %zu fetched, %zu missing\n",
			g->pins->n_sources, g->pins->n_sources == 1 ? "" : "s", KITH_PINS_FILE,
			g->pins->n_sources - g->n_before, g->n_before - g->n_missing, g->n_missing);
}

static void
put_json(const struct getting *g, struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.fetch-locked/1");
	kith_json_put_key(&w, "sources");
	kith_json_open_array(&w);
	for (i = 0; i < g->pins->n_sources; i++) {
		const struct kith_pins_source *x = &g->pins->sources[i];

		kith_json_open_object(&w);
		kith_json_member_string(&w, "source", x->location);
		kith_json_member_string(&w, "kind", x->kind);
		kith_json_member_string(&w, "commit", x->commit);
		kith_json_member_str(&w, "outcome", outcome(g, i));
		if (g->why[i])
			kith_json_member_str(&w, "error", reason(g, i));
		kith_json_close_object(&w);
	}
	kith_json_close_array(&w);
	kith_json_put_key(&w, "summary");
	kith_json_open_object(&w);
	kith_json_member_integer(&w, "here", (int64_t)(g->pins->n_sources - g->n_before));
	kith_json_member_integer(&w, "fetched", (int64_t)(g->n_before - g->n_missing));
	kith_json_member_integer(&w, "missing", (int64_t)g->n_missing);
	kith_json_close_object(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

static int
run(struct getting *g, struct kith_error *err)
{
	struct kith_session *s = g->session;
	int r = open_pins(g, err);

	if (!r)
		r = kith_app_pinned_missing(s, g->project->root, g->pins, g->before, &g->n_before,
					    err);
	if (!r && g->n_before)
		r = fetch(g, err);
	if (!r)
		r = kith_app_pinned_missing(s, g->project->root, g->pins, g->why, &g->n_missing,
					    err);
	if (!r && g->n_missing)
		kith_app_note(s, "'kith pin --update' moves pins to what is served now");
	return r;
}

int
kith_fetch_locked(struct kith_session *session, const struct kith_fetch_locked_options *options,
		  char **ret_text, size_t *ret_len, struct kith_fetch_locked_result *ret_result,
		  struct kith_error *err)
{
	KITH_CLEANUP(getting_clear) struct getting g = {.session = session, .options = options};
	struct kith_fetch_locked_result result;
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, FETCH_TEXT_MAX);
	kith_app_sources_init(&g.w, session, &g.config);
	r = run(&g, err);
	if (r)
		return r;
	if (options->format == KITH_FORMAT_JSON)
		put_json(&g, &b);
	else
		put_table(&g, &b);
	r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (r)
		return r;
	result.here = g.pins->n_sources - g.n_before;
	result.fetched = g.n_before - g.n_missing;
	result.missing = g.n_missing;
	*ret_result = result;
	return KITH_OK;
}
