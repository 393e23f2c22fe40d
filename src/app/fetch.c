/* SPDX-License-Identifier: Apache-2.0 */
/* kith fetch: sources into mirrors, mirrors into the index, one line a source. */
#include "app/app.h"
#include "codec/json.h"

#define FETCH_TEXT_MAX KITH_MIB(64)
#define SKIPS_SHOWN    20

struct fetching {
	struct kith_session *session;
	struct kith_source *sources;
	struct kith_store_fetched *results;
	size_t n, done, skips;
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
		return "empty";
	}
	return "failed";
}

static void
fetched(void *ctx, const struct kith_store_fetched *result)
{
	struct fetching *f = ctx;

	f->results[result->source] = *result;
	f->done++;
	kith_app_progress(f->session, "fetching source", f->done, f->n);
	if (result->outcome == KITH_GIT_REWRITTEN)
		kith_app_warn(f->session, "%s: its history was rewritten (was %.12s, is %.12s)",
			      f->sources[result->source].location, result->old_head, result->head);
}

static void
skipped(void *ctx, size_t source, struct kith_span path, enum kith_git_skip why)
{
	struct fetching *f = ctx;

	if (f->skips++ < SKIPS_SHOWN)
		kith_app_warn(f->session, "%s: %.*s: not read: %s", f->sources[source].location,
			      KITH_SPAN_FMT(path), kith_git_skip_text(why));
}

/* What was named, or everything that is mirrored already. */
static int
find_sources(struct fetching *f, const struct kith_fetch_options *o, struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors known = {0};
	size_t i, n = o->n_sources, waiting = 0;
	int r;

	if (!n) {
		r = kith_store_mirrors(&f->session->dirs, &known, err);
		if (r)
			return r;
		n = known.count;
	}
	f->sources = kith_calloc(n, sizeof(*f->sources));
	f->results = kith_calloc(n, sizeof(*f->results));
	if (!f->sources || !f->results)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		if (!o->n_sources && (known.items[i].own || known.items[i].damaged))
			continue;
		if (!o->n_sources && !o->all &&
		    kith_store_retry_at(&known.items[i]) > f->session->now.sec) {
			waiting++;
			continue;
		}
		r = kith_source_resolve(o->n_sources ? o->sources[i]
						     : known.items[i].source.location,
					&f->sources[f->n], err);
		if (!r)
			f->n++;
		else if (o->n_sources)
			return r;
		else /* a bundle or folder that is gone takes nothing with it */
			kith_app_warn(f->session,
				      "%s: no longer there; what was read from it stays",
				      known.items[i].source.location);
	}
	if (waiting)
		kith_app_note(f->session,
			      "%zu source%s failed a short while ago and %s not tried: kith fetch "
			      "--all tries",
			      waiting, waiting == 1 ? "" : "s", waiting == 1 ? "is" : "are");
	if (!f->n && !waiting)
		return kith_hint(err, kith_fail(err, KITH_E_USAGE, "no source is known here"),
				 "kith fetch URL|REPOSITORY|BUNDLE|DIR");
	return KITH_OK;
}

static int
refuse_network(const struct fetching *f, struct kith_error *err)
{
	size_t i;

	for (i = 0; f->session->offline && i < f->n; i++)
		if (f->sources[i].kind == KITH_GIT_URL)
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
		if (r->outcome == KITH_GIT_FAILED)
			kith_buf_printf(out, ": %s", r->error.msg);
		kith_buf_put_char(out, '\n');
	}
	kith_buf_printf(out,
			"%zu source%s: %zu fetched, %zu unchanged, %zu failed; %zu new proof%s, "
			"%zu refused\n",
			f->n, f->n == 1 ? "" : "s", sum->fetched, sum->unchanged, sum->failed,
			sum->new_proofs, sum->new_proofs == 1 ? "" : "s", sum->refused);
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
	kith_json_member_integer(&w, "new_proofs", (int64_t)sum->new_proofs);
	kith_json_member_integer(&w, "refused", (int64_t)sum->refused);
	kith_json_close_object(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

static int
run(struct fetching *f, const struct kith_fetch_options *o, struct kith_error *err)
{
	const struct kith_store_fetch_options so = {
	    .libexec = f->session->libexec,
	    .jobs = (unsigned)o->jobs,
	    .timeout_s = (unsigned)o->timeout,
	    .now = f->session->now,
	    .ctx = f,
	    .fetched = fetched,
	    .skipped = skipped,
	};
	int r;

	r = find_sources(f, o, err);
	if (!r)
		r = refuse_network(f, err);
	if (!r)
		r = kith_store_fetch(&f->session->dirs, f->sources, f->n, &so, err);
	if (!r && f->skips > SKIPS_SHOWN)
		kith_app_warn(f->session, "%zu more things were not read", f->skips - SKIPS_SHOWN);
	return r;
}

static void
sum_up(const struct fetching *f, const struct kith_index_totals *before,
       const struct kith_index_totals *after, struct kith_fetch_result *sum)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		sum->failed += f->results[i].outcome == KITH_GIT_FAILED;
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
		r = kith_app_reindex(session, &ix, err);
	if (!r && !kith_index_graph(ix, &graph, NULL))
		kith_app_warn_floods(session, graph);
	if (!r) {
		kith_index_get_totals(ix, &after);
		sum_up(&f, &before, &after, &sum);
		if (sum.refused)
			kith_app_note(session, "kith query proofs --refused says why");
		if (options->format == KITH_FORMAT_JSON)
			put_json(&f, &sum, &b);
		else
			put_table(&f, &sum, &b);
		r = kith_app_take_text(&b, ret_text, ret_len, err);
	}
	for (i = 0; i < f.n; i++)
		kith_source_clear(&f.sources[i]);
	free(f.sources);
	free(f.results);
	if (!r)
		*ret_result = sum;
	return r;
}
