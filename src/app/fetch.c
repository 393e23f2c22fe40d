/* SPDX-License-Identifier: Apache-2.0 */
/* kith fetch: sources into mirrors, mirrors into the index, one line a source. */
#include "app/carry.h"
#include "app/hosts.h"
#include "app/twice.h"
#include "codec/json.h"

#define FETCH_TEXT_MAX KITH_MIB(64)
#define SKIPS_SHOWN    20

struct fetching {
	struct kith_session *session;
	struct kith_app_config config;
	struct kith_app_sources w;
	const struct kith_source *sources; /* w.list, which is growing */
	struct kith_store_fetched *results;
	size_t n, cap, first, done, skips; /* first: of this wave */
	struct kith_carried
	    *carried; /* for each named source: nothing, or what it was taken into */
	size_t older;
	size_t left_out; /* need the network, which may not be used */
};

static const char *
outcome_word(const struct kith_store_fetched *r)
{
	switch (r->outcome) {
	case KITH_GIT_FAILED:
		return "failed";
	case KITH_GIT_UNCHANGED:
		return "unchanged";
	case KITH_GIT_UPDATED:
		return r->old_head[0] ? "updated" : "new";
	case KITH_GIT_REWRITTEN:
		return "rewritten";
	case KITH_GIT_EMPTY:
	case KITH_GIT_ARCHIVE: /* not the end of any fetch */
		return "empty";
	}
	return "failed";
}

static void
fetched(void *ctx, const struct kith_store_fetched *result)
{
	struct fetching *f = ctx;

	const char *location = f->sources[f->first + result->source].location;

	f->results[f->first + result->source] = *result;
	f->done++;
	kith_app_progress(f->session, "fetching source", f->done, f->n);
	if (result->outcome == KITH_GIT_REWRITTEN)
		kith_app_warn(f->session, "%s: its history was rewritten (was %.12s, is %.12s)",
			      location, result->old_head, result->head);
}

static void
skipped(void *ctx, size_t source, struct kith_span path, enum kith_git_skip why)
{
	struct fetching *f = ctx;

	if (f->skips++ < SKIPS_SHOWN)
		kith_app_warn(f->session, "%s: %.*s: not read: %s",
			      f->sources[f->first + source].location, KITH_SPAN_FMT(path),
			      kith_git_skip_text(why));
}

/* Offline, what is known and on this machine is refreshed all the same. */
static int
leave_out_remote(struct fetching *f, struct kith_error *err)
{
	size_t i, n = 0;

	for (i = 0; i < f->w.n; i++) {
		if (!kith_git_is_remote(f->w.list[i].kind) || f->w.list[i].carrier)
			f->w.list[n++] = f->w.list[i];
		else
			kith_source_clear(&f->w.list[i]);
	}
	f->left_out = f->w.n - n;
	f->w.n = n;
	if (!f->left_out)
		return KITH_OK;
	if (!n)
		return kith_hint(
		    err,
		    kith_fail(err, KITH_E_USAGE,
			      "every source known here (%zu) needs the network, and --offline was "
			      "given",
			      f->left_out),
		    "carried evidence needs none: kith fetch FILE, made by kith source export");
	kith_app_note(f->session, "--offline: %zu source%s left out, needing the network",
		      f->left_out, f->left_out == 1 ? " is" : "s are");
	return KITH_OK;
}

static int
find_named(struct fetching *f, const struct kith_fetch_options *o, struct kith_error *err)
{
	size_t i, older = 0;
	int r = KITH_OK;

	for (i = 0; !r && i < o->n_sources; i++) {
		r = kith_carry_is(o->sources[i])
			? kith_app_carry_add(&f->w, o->sources[i], &f->carried[i], &older, err)
			: kith_app_sources_add(&f->w, o->sources[i], err);
		f->older += older;
	}
	return r;
}

/* What was named, or everything that is known. */
static int
find_sources(struct fetching *f, const struct kith_fetch_options *o, struct kith_error *err)
{
	int r;

	f->carried = kith_calloc(o->n_sources + 1, sizeof(*f->carried));
	if (!f->carried)
		return kith_fail_nomem(err);
	r = find_named(f, o, err);
	if (!r && o->crev_cache)
		r = kith_app_sources_crev(&f->w, o->crev_cache, err);
	if (!r && !o->n_sources && !o->crev_cache)
		r = kith_app_sources_known(&f->w, o->all != 0, err);
	if (!r && f->session->offline && !o->n_sources)
		r = leave_out_remote(f, err);
	if (r)
		return r;
	if (f->w.waiting)
		kith_app_note(f->session,
			      "%zu source%s failed a short while ago and %s not tried: kith fetch "
			      "--all tries",
			      f->w.waiting, f->w.waiting == 1 ? "" : "s",
			      f->w.waiting == 1 ? "is" : "are");
	return KITH_OK;
}

static int
refuse_network(const struct fetching *f, struct kith_error *err)
{
	size_t i;

	for (i = 0; f->session->offline && i < f->n; i++)
		if (kith_git_is_remote(f->sources[i].kind) && !f->sources[i].carrier)
			return kith_fail(err, KITH_E_USAGE,
					 "%s: needs the network, and --offline "
					 "was given",
					 f->sources[i].location);
	return KITH_OK;
}

static void
put_table(const struct fetching *f, const struct kith_fetch_result *sum, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		const struct kith_store_fetched *r = &f->results[i];

		kith_buf_printf(out, "%-10s %-12.12s ", outcome_word(r),
				r->head[0] ? r->head : "-");
		kith_text_safe(out, kith_span_str(f->sources[i].location), 0);
		kith_buf_put_str(out, f->sources[i].carrier ? " (carried)" : "");
		if (r->outcome == KITH_GIT_FAILED)
			kith_buf_printf(out, ": %s", r->error.msg);
		kith_buf_put_char(out, '\n');
	}
	kith_buf_printf(out, "%zu source%s: %zu fetched, %zu unchanged, %zu failed; ", f->n,
			f->n == 1 ? "" : "s", sum->fetched, sum->unchanged, sum->failed);
	if (sum->left_out)
		kith_buf_printf(out, "%zu left out (--offline); ", sum->left_out);
	if (sum->unreachable)
		kith_buf_printf(out, "%zu of trusted people not reached; ", sum->unreachable);
	kith_buf_printf(out, "%zu new proof%s, %zu refused\n", sum->new_proofs,
			sum->new_proofs == 1 ? "" : "s", sum->refused);
}

static void
put_json(const struct fetching *f, const struct kith_fetch_result *sum, struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.fetch/1");
	kith_json_put_key(&w, "sources");
	kith_json_open_array(&w);
	for (i = 0; i < f->n; i++) {
		kith_json_open_object(&w);
		kith_json_member_str(&w, "source", f->sources[i].location);
		kith_json_member_str(&w, "class", kith_source_class_name(f->sources[i].class));
		kith_json_member_str(&w, "kind", kith_source_kind_name(f->sources[i].evidence));
		kith_json_member_str(&w, "outcome", outcome_word(&f->results[i]));
		kith_json_member_str(&w, "commit", f->results[i].head);
		if (f->results[i].outcome == KITH_GIT_FAILED)
			kith_json_member_str(&w, "error", f->results[i].error.msg);
		kith_json_close_object(&w);
	}
	kith_json_close_array(&w);
	kith_json_put_key(&w, "summary");
	kith_json_open_object(&w);
	kith_json_member_integer(&w, "fetched", (int64_t)sum->fetched);
	kith_json_member_integer(&w, "unchanged", (int64_t)sum->unchanged);
	kith_json_member_integer(&w, "failed", (int64_t)sum->failed);
	kith_json_member_integer(&w, "unreachable", (int64_t)sum->unreachable);
	kith_json_member_integer(&w, "left_out", (int64_t)sum->left_out);
	kith_json_member_integer(&w, "rewritten", (int64_t)sum->rewritten);
	kith_json_member_integer(&w, "new_proofs", (int64_t)sum->new_proofs);
	kith_json_member_integer(&w, "refused", (int64_t)sum->refused);
	kith_json_close_object(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

/* Fetches what was added to the list since the last wave. */
static int
fetch_wave(struct fetching *f, const struct kith_fetch_options *o, struct kith_error *err)
{
	struct kith_store_fetch_options so = {
	    .libexec = f->session->libexec,
	    .now = f->session->now,
	    .ctx = f,
	    .fetched = fetched,
	    .skipped = skipped,
	};
	KITH_AUTO_HOSTS struct kith_app_hosts hosts = {0};
	int r;

	r = kith_app_hosts_init(&hosts, &f->config, &so, err);
	if (r)
		return r;
	so.jobs = o->jobs ? (unsigned)o->jobs : so.jobs;
	so.timeout_s = o->timeout ? (unsigned)o->timeout : so.timeout_s;
	f->sources = f->w.list;
	f->first = f->n;
	r = kith_grow(&f->results, &f->cap, f->w.n + 1, sizeof(*f->results), SIZE_MAX / 2,
		      "sources", err);
	if (r)
		return r;
	memset(f->results + f->n, 0, (f->w.n - f->n) * sizeof(*f->results));
	f->n = f->w.n;
	r = refuse_network(f, err);
	return r || f->first == f->n ? r
				     : kith_store_fetch(&f->session->dirs, f->sources + f->first,
							f->n - f->first, &so, err);
}

/* Wave after wave: whom the newly fetched people trust (verdict.md 11). */
static int
walk(struct fetching *f, const struct kith_fetch_options *o, struct kith_error *err)
{
	struct kith_index *ix;
	unsigned wave;
	int r = KITH_OK;

	for (wave = 0; !r && !f->session->offline && wave < KITH_MAX_WALK_WAVES; wave++) {
		r = kith_app_sources_walk(&f->w, err);
		if (r || f->w.n == f->n)
			break;
		r = fetch_wave(f, o, err);
		if (!r)
			r = kith_app_reindex(f->session, &ix, err);
	}
	if (f->w.refused)
		kith_app_note(
		    f->session,
		    "%zu that others name %s not fetched, being neither https nor allowed: "
		    "kith fetch -v names %s",
		    f->w.refused, f->w.refused == 1 ? "is" : "are",
		    f->w.refused == 1 ? "it" : "them");
	if (f->w.over)
		kith_app_warn(f->session,
			      "%zu source%s not fetched: the same id introduces more than %zu",
			      f->w.over, f->w.over == 1 ? "" : "s", KITH_MAX_WALK_PER_ID);
	return r;
}

/* What no line of the table says. */
static int
tell_rest(const struct fetching *f, struct kith_error *err)
{
	if (f->older)
		kith_app_note(f->session,
			      "%zu source%s not taken: what was carried here before is newer",
			      f->older, f->older == 1 ? " is" : "s are");
	if (f->skips > SKIPS_SHOWN)
		kith_app_warn(f->session, "%zu more things were not read", f->skips - SKIPS_SHOWN);
	if (f->n || f->w.waiting || f->older)
		return KITH_OK;
	return kith_hint(err, kith_fail(err, KITH_E_USAGE, "no source is known here"),
			 "kith fetch URL|REPOSITORY|BUNDLE|DIR");
}

static int
run(struct fetching *f, const struct kith_fetch_options *o, struct kith_error *err)
{
	struct kith_index *ix;
	int r;

	r = kith_app_config_load(f->session, ".", &f->config, err);
	if (r)
		return r;
	kith_app_sources_init(&f->w, f->session, &f->config);
	r = find_sources(f, o, err);
	if (!r)
		r = fetch_wave(f, o, err);
	if (!r)
		r = kith_app_reindex(f->session, &ix, err);
	if (!r && !o->n_sources && !o->crev_cache)
		r = walk(f, o, err);
	return r ? r : tell_rest(f, err);
}

static void
sum_up(const struct fetching *f, const struct kith_index_totals *before,
       const struct kith_index_totals *after, struct kith_fetch_result *sum)
{
	size_t i;

	sum->left_out = f->left_out;
	for (i = 0; i < f->n; i++) {
		if (f->results[i].outcome == KITH_GIT_FAILED) {
			sum->failed += f->sources[i].class != KITH_SOURCE_WALKED;
			sum->unreachable += f->sources[i].class == KITH_SOURCE_WALKED;
		}
		sum->rewritten += f->results[i].outcome == KITH_GIT_REWRITTEN;
		sum->unchanged += f->results[i].outcome == KITH_GIT_UNCHANGED ||
				  f->results[i].outcome == KITH_GIT_EMPTY;
		sum->fetched += f->results[i].outcome == KITH_GIT_UPDATED ||
				f->results[i].outcome == KITH_GIT_REWRITTEN;
	}
	if (after->valid > before->valid)
		sum->new_proofs = (size_t)(after->valid - before->valid);
	if (after->refused + after->obsolete > before->refused + before->obsolete)
		sum->refused =
		    (size_t)(after->refused + after->obsolete - before->refused - before->obsolete);
}

int
kith_fetch(struct kith_session *session, const struct kith_fetch_options *options, char **ret_text,
	   size_t *ret_len, struct kith_fetch_result *ret_result, struct kith_error *err)
{
	struct fetching f = {.session = session};
	struct kith_index_totals before = {0}, after = {0};
	struct kith_fetch_result sum = {0};
	KITH_AUTO_BUF struct kith_buf b;
	const struct kith_trust_graph *graph;
	struct kith_index *ix;
	size_t i;
	int r;

	kith_buf_init(&b, FETCH_TEXT_MAX);
	if (!kith_app_index(session, &ix, NULL))
		kith_index_get_totals(ix, &before);
	r = run(&f, options, err);
	if (!r)
		r = kith_app_index(session, &ix, err);
	if (!r && !kith_index_graph(ix, &graph, NULL))
		kith_app_warn_floods(session, graph);
	if (!r) {
		kith_index_get_totals(ix, &after);
		sum_up(&f, &before, &after, &sum);
		if (sum.fetched)
			kith_app_twice_warn(session, ix, session->now.sec);
		sum.rewrite_fails = f.config.merged->policy.rewrite_fails;
		if (sum.refused)
			kith_app_note(session, "kith query proofs --refused says why");
		if (options->format == KITH_FORMAT_JSON)
			put_json(&f, &sum, &b);
		else
			put_table(&f, &sum, &b);
		r = kith_app_take_text(&b, ret_text, ret_len, err);
	}
	kith_app_sources_clear(&f.w);
	kith_app_config_clear(&f.config);
	free(f.results);
	for (i = 0; f.carried && i < options->n_sources; i++)
		kith_carried_clear(&f.carried[i]);
	free(f.carried);
	if (!r)
		*ret_result = sum;
	return r;
}
