/* SPDX-License-Identifier: Apache-2.0 */
/* kith verify as a use case: judge, render, say what to do next. */
#include "app/judge.h"

#define RENDER_MAX KITH_MIB(512)

struct kith_project_verdict {
	struct kith_app_run *run;
	struct kith_verify_options options; /* strings in it are the caller's and not used later */
};

void
kith_crev_knobs_init(struct kith_crev_knobs *knobs)
{
	memset(knobs, 0, sizeof(*knobs));
	knobs->depth = knobs->high_cost = knobs->medium_cost = knobs->low_cost = -1;
	knobs->none_cost = knobs->distrust_cost = knobs->redundancy = -1;
}

/* The worst package, and the command that tells more about it. */
static void
set_next(struct kith_app_run *run)
{
	const struct kith_report_row *row = run->report.n_rows ? &run->rows[0] : NULL;
	struct kith_buf b;

	kith_buf_init(&b, sizeof(run->next) - 1);
	if (run->report.no_evidence)
		kith_buf_put_str(&b, "kith fetch URL");
	else if (row && !kith_report_passes(&run->report, row)) {
		kith_buf_put_str(&b, "kith explain ");
		kith_text_safe(&b, row->package->name, 60);
		kith_buf_put_char(&b, '@');
		kith_text_safe(&b, row->package->version, 40);
	}
	if (!b.failed)
		memcpy(run->next, kith_buf_str(&b), b.len + 1);
	kith_buf_clear(&b);
}

/* Old evidence can hide what was said since (freeze): told, once for all sources. */
static void
warn_of_age(const struct kith_app_run *run)
{
	int64_t age, oldest = 0, limit = run->config.merged->policy.max_evidence_age;
	struct kith_index_source_info s;
	struct kith_span name = KITH_SPAN_NONE;
	size_t i, n = 0;

	for (i = 0; i < kith_index_count_sources(run->index); i++) {
		if (!kith_index_source_at(run->index, i, &s) || s.own || !s.fetched)
			continue;
		age = run->session->now.sec - s.fetched;
		if (age <= limit)
			continue;
		n++;
		if (age > oldest) {
			oldest = age;
			name = s.name;
		}
	}
	if (!n)
		return;
	kith_app_warn(run->session,
		      "evidence of %zu source%s is older than %lld days (%.*s: %lld days): run "
		      "'kith fetch'",
		      n, n == 1 ? "" : "s", (long long)(limit / 86400), KITH_SPAN_FMT(name),
		      (long long)(oldest / 86400));
}

int
kith_verify(struct kith_session *session, const struct kith_verify_options *options,
	    struct kith_project_verdict **ret_verdict, struct kith_error *err)
{
	struct kith_project_verdict *v = kith_calloc(1, sizeof(*v));
	int r;

	if (!v)
		return kith_fail_nomem(err);
	v->options = *options;
	r = kith_app_judge(session, &v->options, NULL, false, &v->run, err);
	if (r) {
		free(v);
		return r;
	}
	set_next(v->run);
	warn_of_age(v->run);
	*ret_verdict = v;
	return KITH_OK;
}

void
kith_verdict_free(struct kith_project_verdict *verdict)
{
	if (!verdict)
		return;
	kith_app_run_free(verdict->run);
	free(verdict);
}

int
kith_verdict_exit(const struct kith_project_verdict *verdict)
{
	const struct kith_report *p = &verdict->run->report;

	if (p->counts[KITH_STATUS_MISMATCH] && p->semantics == KITH_SEMANTICS_NATIVE)
		return 4;
	return p->pass ? 0 : 1;
}

const char *
kith_verdict_next(const struct kith_project_verdict *verdict)
{
	return verdict->run->next;
}

int
kith_verdict_render(const struct kith_project_verdict *verdict,
		    const struct kith_render_options *options, char **ret_text, size_t *ret_len,
		    struct kith_error *err)
{
	const struct kith_report_options o = {
	    .failing = options->failing,
	    .fold = options->fold,
	    .color = options->color,
	    .width = options->width,
	};
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, RENDER_MAX);
	if (options->format == KITH_FORMAT_JSON)
		kith_report_json(&verdict->run->report, &o, &b);
	else
		kith_report_table(&verdict->run->report, &o, &b);
	return kith_app_take_text(&b, ret_text, ret_len, err);
}
