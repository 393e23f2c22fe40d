/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A project's cargo-vet store in a native verdict (verdict.md 9): its audits are the project's own
 * claims, its imports sets as they are pinned, its exemptions exemptions, its policies criteria.
 * All other evidence adds to it. Publishers are no facts here: the store is the project's own word.
 */
#include "app/judge.h"
#include "app/vet.h"
#include "evidence/vet_claims.h"

#define SUMMARY_MAX 200

struct storing {
	struct kith_app_run *run;
	const struct kith_vet_answer *answer;
	struct kith_vet_claimer **claimers; /* the project's own, then one a peer */
	struct kith_vet_claims_of *of;
	size_t n;
};

static void
storing_clear(struct storing *s)
{
	size_t i;

	for (i = 0; s->claimers && i < s->n; i++)
		kith_vet_claimer_free(s->claimers[i]);
	free(s->claimers);
}

/* --- the store --- */

static int
refused(const struct kith_app_vet *vet, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, KITH_MIB(1));
	if (vet->answer->n_problems)
		kith_app_vet_put_problem(vet, &vet->answer->problems[0], &text);
	r = kith_buf_check(&text, err);
	if (r)
		return r;
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_FORMAT, "%s", text.len ? kith_buf_str(&text) : vet->place.shown),
	    "its violations would be lost otherwise; kith verify --semantics vet "
	    "tells all that is wrong");
}

/* What cargo-vet itself says is told as it is; a store that it would not take may be of use still.
 */
static int
judge_store(struct kith_app_run *run, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	int r = kith_app_vet_judge(run->vet, run->session->now, false, err);

	kith_buf_init(&text, SUMMARY_MAX);
	if (r)
		return r;
	kith_vet_put_summary(run->vet->answer, &text);
	r = kith_buf_check(&text, err);
	if (r)
		return r;
	run->report.vet_summary = kith_arena_str(&run->arena, kith_buf_span(&text));
	if (!run->report.vet_summary)
		return kith_fail_nomem(err);
	if (run->vet->answer->conclusion != KITH_VET_ERROR)
		return KITH_OK;
	r = kith_app_vet_judge(run->vet, run->session->now, true, err);
	if (!r && run->vet->answer->conclusion == KITH_VET_ERROR)
		r = refused(run->vet, err);
	return r;
}

/* --- sources --- */

static int
add_source(struct storing *s, struct kith_span name, struct kith_span location,
	   enum kith_level level, uint32_t *ret_number, struct kith_error *err)
{
	struct kith_app_claims *c = s->run->claims;
	enum kith_level object = s->run->policy.base.objection_level;
	struct kith_evidence_source x = {
	    .name = name, .level = level, .object = level > object ? level : object};
	int r = kith_app_people_add_source(s->run->people, s->run->config.merged, name, location,
					   NULL, &x.actor, err);

	if (!r)
		r = kith_grow(&c->sources, &c->cap_sources, c->n_sources + 1, sizeof(x),
			      UINT32_MAX / 2, "sources", err);
	if (r)
		return r;
	*ret_number = (uint32_t)c->n_sources;
	c->sources[c->n_sources++] = x;
	return KITH_OK;
}

static struct kith_span
url_of(const struct kith_vet_config *config, struct kith_span peer)
{
	size_t i;

	for (i = 0; i < config->n_imports; i++)
		if (kith_span_eq(config->imports[i].name, peer) && config->imports[i].urls.count)
			return config->imports[i].urls.items[0];
	return peer;
}

static int
add_claimer(struct storing *s, struct kith_span name, struct kith_span location,
	    const struct kith_vet_set *set, const char *file, enum kith_level level,
	    struct kith_error *err)
{
	struct kith_vet_claims_of *of = &s->of[s->n];
	int r;

	*of = (struct kith_vet_claims_of){
	    .set = set,
	    .name = name,
	    .source = kith_span_str(s->run->vet->place.shown),
	    .path = kith_span_str(file),
	    .own = &s->answer->criteria,
	};
	r = add_source(s, name, location, level, &of->number, err);
	if (!r)
		r = kith_vet_claimer_new(of, &s->claimers[s->n], err);
	s->n += !r;
	return r;
}

static int
add_claimers(struct storing *s, struct kith_error *err)
{
	const struct kith_vet_imports *imports = s->answer->imports;
	struct kith_span shown = kith_span_str(s->run->vet->place.shown);
	size_t i;
	int r;

	s->claimers = kith_calloc(imports->n_peers + 1, sizeof(struct kith_vet_claimer *));
	s->of = kith_arena_array(&s->run->arena, imports->n_peers + 1, sizeof(*s->of));
	if (!s->claimers || !s->of)
		return kith_fail_nomem(err);
	r = add_claimer(s, shown, shown, s->answer->own, "audits.toml", KITH_LEVEL_HIGH, err);
	for (i = 0; !r && i < imports->n_peers; i++)
		r = add_claimer(
		    s, imports->peers[i].name, url_of(s->answer->config, imports->peers[i].name),
		    &imports->peers[i].set, "imports.lock", s->run->policy.base.level, err);
	return r;
}

/* --- claims --- */

static int
append(struct storing *s, struct kith_report_row *row, struct kith_claim *more, size_t n,
       struct kith_error *err)
{
	struct kith_claim *all = kith_arena_array(&s->run->arena, row->n_claims + n, sizeof(*all));
	size_t i;

	if (!all)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		kith_blake2b(more[i].id, &more[i].proof);
	if (row->n_claims)
		memcpy(all, row->claims, row->n_claims * sizeof(*all));
	memcpy(all + row->n_claims, more, n * sizeof(*all));
	row->claims = all;
	row->n_claims += n;
	return KITH_OK;
}

static int
add_claims(struct storing *s, struct kith_report_row *row, struct kith_error *err)
{
	struct kith_claim *more;
	size_t i, n;
	int r = KITH_OK;

	for (i = 0; !r && i < s->n; i++) {
		r = kith_vet_claimer_claims(s->claimers[i], row->package->name, &s->run->arena,
					    &more, &n, err);
		if (!r && n)
			r = append(s, row, more, n, err);
	}
	return r;
}

/* --- what is required, and what is exempt --- */

static int
set_criteria(struct storing *s, size_t node, struct kith_subject *subject, struct kith_error *err)
{
	struct kith_span *names =
	    kith_arena_array(&s->run->arena, KITH_MAX_CRITERIA, sizeof(*names));
	size_t n;

	if (!names)
		return kith_fail_nomem(err);
	n = kith_vet_required_names(s->answer, node, names, KITH_MAX_CRITERIA);
	if (n > KITH_MAX_CRITERIA)
		return kith_fail(err, KITH_E_LIMIT,
				 "%s: more than %d criteria are required of %.*s",
				 s->run->vet->place.shown, KITH_MAX_CRITERIA,
				 KITH_SPAN_FMT(subject->package->name));
	subject->criteria = names;
	subject->n_criteria = n;
	return KITH_OK;
}

/* All that the store's exemptions of this version grant together. */
static uint64_t
exempted(const struct storing *s, size_t node, const struct kith_vet_exemption **ret_first)
{
	const struct kith_vet_node *x = &s->answer->graph->nodes[node];
	size_t n, i;
	const struct kith_vet_exemption *list =
	    kith_vet_exemptions_of(s->answer->config, x->name, &n);
	uint64_t granted = 0, set;

	*ret_first = NULL;
	for (i = 0; i < n; i++) {
		if (kith_vet_version_cmp(&list[i].version, &x->version) ||
		    kith_vet_criteria_set(&s->answer->criteria, &list[i].criteria, &set, NULL))
			continue;
		granted |= set;
		if (!*ret_first)
			*ret_first = &list[i];
	}
	return granted;
}

static int
add_exemption(struct storing *s, size_t node, const struct kith_report_row *row,
	      struct kith_exemption *list, size_t *n, struct kith_error *err)
{
	const struct kith_vet_criteria *c = &s->answer->criteria;
	const struct kith_vet_exemption *first;
	uint64_t granted = exempted(s, node, &first);
	struct kith_span *names;
	size_t i, k = 0;

	if (!granted)
		return KITH_OK;
	names = kith_arena_array(&s->run->arena, c->count, sizeof(*names));
	if (!names)
		return kith_fail_nomem(err);
	for (i = 0; i < c->count; i++)
		if (granted >> i & 1U)
			names[k++] = c->names[i];
	list[(*n)++] = (struct kith_exemption){
	    .name = row->package->name,
	    .version = row->package->version,
	    .key = row->subject.exempt_key,
	    .reason = first->notes.len ? first->notes : kith_span_str(s->run->vet->place.shown),
	    .criteria = names,
	    .n_criteria = k,
	};
	return KITH_OK;
}

static int
take_rows(struct storing *s, struct kith_error *err)
{
	struct kith_app_run *run = s->run;
	const struct kith_config *m = run->config.merged;
	size_t i, node, n = m->n_exemptions, count = run->project->lock->count;
	struct kith_exemption *list = kith_arena_array(&run->arena, n + count + 1, sizeof(*list));
	int r = KITH_OK;

	if (!list)
		return kith_fail_nomem(err);
	if (n)
		memcpy(list, m->exemptions, n * sizeof(*list));
	for (i = 0; !r && i < count; i++) {
		struct kith_report_row *row = &run->rows[i];

		if (row->package->origin != KITH_ORIGIN_REGISTRY || row->package->local)
			continue;
		node = kith_vet_row_of(s->answer, row->package);
		r = add_claims(s, row, err);
		if (r || node >= s->answer->graph->count)
			continue;
		r = set_criteria(s, node, &row->subject, err);
		if (!r)
			r = add_exemption(s, node, row, list, &n, err);
	}
	run->exemptions = list;
	run->n_exemptions = n;
	return r;
}

int
kith_app_judge_store(struct kith_app_run *run, struct kith_error *err)
{
	KITH_AUTO_VET_PLACE struct kith_app_vet_place place = {NULL, NULL, false};
	KITH_CLEANUP(storing_clear) struct storing s = {.run = run};
	int r;

	run->exemptions = run->config.merged->exemptions;
	run->n_exemptions = run->config.merged->n_exemptions;
	r = kith_app_vet_find(run->session, run->project, NULL, &place, err);
	if (r || !place.there)
		return r;
	r = kith_app_vet_open(run->session, run->project, &place, &run->vet, err);
	if (!r)
		r = judge_store(run, err);
	if (r)
		return r;
	s.answer = run->vet->answer;
	r = add_claimers(&s, err);
	return r ? r : take_rows(&s, err);
}
