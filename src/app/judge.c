/* SPDX-License-Identifier: Apache-2.0 */
/* From a project to judged rows: gathers what the pure rooms need, and sorts what they say. */
#include <unistd.h>

#include "app/bundle.h"
#include "app/overlay.h"
#include "app/scope.h"
#include "app/since.h"

#define RUN_ARENA KITH_MIB(2048)

void
kith_app_run_free(struct kith_app_run *run)
{
	if (!run)
		return;
	kith_trust_result_free(run->trust);
	kith_app_vet_free(run->vet);
	kith_app_claims_free(run->claims);
	kith_report_stats_clear(&run->stats);
	kith_app_people_free(run->people);
	kith_cargo_places_free(run->places);
	kith_project_free(run->project);
	kith_app_ids_clear(&run->roots);
	kith_app_config_clear(&run->config);
	kith_arena_clear(&run->arena);
	kith_app_run_free(run->live);
	kith_trust_graph_free(run->own_graph);
	free(run->rows);
	free(run->overrides);
	free(run->remarks);
	kith_app_since_free(run->since);
	free(run);
}

/* Which revision decides comes before anything that does. */
static int
open_policy(struct kith_app_run *run, struct kith_error *err)
{
	struct kith_session *s = run->session;
	int r = kith_app_trusted_open(s, run->options, run->project->root, err);

	if (!r)
		r = kith_app_since_open(run, err);
	if (!r)
		r = kith_app_bundle_open(run, err);
	if (!r)
		r = kith_app_config_load(s, run->project->root, &run->config, err);
	return r ? r : kith_app_open_pins(run, err);
}

static int
open_project(struct kith_app_run *run, struct kith_error *err)
{
	struct kith_session *s = run->session;
	const char *path = run->options->path ? run->options->path : ".";
	struct kith_cargo_env env;
	size_t i;
	int r;

	kith_app_cargo_env(s, &env);
	r = kith_project_open(path, &run->project, err);
	if (r == KITH_E_NOTFOUND && run->options->missing_is_finding && kith_fs_is_dir(path) &&
	    !kith_project_open_missing(path, &run->project, NULL))
		r = KITH_OK;
	if (!r)
		r = open_policy(run, err);
	if (!r)
		r = kith_cargo_places_new(run->project->root, &env, &run->places, err);
	if (!r && run->options->kinds)
		r = kith_project_read_kinds(run->project, run->places, err);
	for (i = 0; !r && i < run->project->warnings.count; i++)
		kith_app_warn(s, "%s", run->project->warnings.lines[i]);
	return r;
}

static int
add_override(struct kith_app_run *run, const char *field, const char *value)
{
	run->overrides[run->n_overrides].field = field;
	run->overrides[run->n_overrides++].value = value;
	return KITH_OK;
}

/* Options replace fields of the policy for this run, and the output says so (cli.md 1). */
static int
set_policy(struct kith_app_run *run, struct kith_error *err)
{
	static const char *const llm[] = {"count", "supplement", "ignore"};
	static const char *const numbers[] = {"0", "1", "2", "3", "4"};
	const struct kith_verify_options *o = run->options;
	struct kith_requirement *q = &run->policy.base;

	run->policy = run->config.merged->policy.p;
	run->overrides = kith_calloc(16, sizeof(*run->overrides));
	if (!run->overrides)
		return kith_fail_nomem(err);
	if (o->level_set) {
		q->level = o->level;
		add_override(run, "level", kith_level_name(o->level));
	}
	if (o->thoroughness_set) {
		q->thoroughness = o->thoroughness;
		add_override(run, "thoroughness", kith_level_name(o->thoroughness));
	}
	if (o->understanding_set) {
		q->understanding = o->understanding;
		add_override(run, "understanding", kith_level_name(o->understanding));
	}
	if (o->llm_set) {
		q->llm = o->llm;
		add_override(run, "llm", llm[o->llm]);
	}
	if (o->independent) {
		if (o->independent < 1 || o->independent > KITH_MAX_INDEPENDENT)
			return kith_fail(err, KITH_E_USAGE, "independent: from 1 to %d",
					 KITH_MAX_INDEPENDENT);
		q->independent = (unsigned)o->independent;
		add_override(run, "independent", numbers[o->independent]);
	}
	return KITH_OK;
}

static int
resolve_crev(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_crev_knobs *k = &run->options->crev;
	struct kith_crev_params p = k->direct ? kith_crev_direct : kith_crev_default;
	const long long given[KITH_LEVEL_COUNT] = {k->distrust_cost, k->none_cost, k->low_cost,
						   k->medium_cost, k->high_cost};
	struct kith_trust_question q = {.semantics = KITH_SEMANTICS_CREV,
					.roots = run->roots.list,
					.n_roots = run->roots.count,
					.now = run->session->now,
					.crev = &p};
	size_t i;

	for (i = 0; i < KITH_LEVEL_COUNT && !k->direct; i++)
		if (given[i] >= 0)
			p.cost[i] = (uint64_t)given[i];
	if (k->depth >= 0 && !k->direct)
		p.max = (uint64_t)k->depth;
	run->crev = kith_crev_options_default;
	if (k->trust_set)
		run->crev.level = k->trust;
	if (run->options->thoroughness_set)
		run->crev.thoroughness = run->options->thoroughness;
	if (run->options->understanding_set)
		run->crev.understanding = run->options->understanding;
	if (k->redundancy >= 0)
		run->crev.redundancy = (size_t)k->redundancy;
	run->crev.ignore_llm = k->ignore_llm;
	if (run->roots.count > 1)
		return kith_fail(err, KITH_E_USAGE, "crev semantics know one root");
	return kith_trust_resolve(run->graph, &q, &run->trust, err);
}

/* Sets and databases can be enough: then no person's word counts. */
static bool
needs_no_root(const struct kith_app_run *run)
{
	const struct kith_config *m = run->config.merged;
	size_t i;

	if (run->options->semantics != KITH_SEMANTICS_NATIVE || run->options->n_roots ||
	    kith_app_config_has_roots(&run->config))
		return false;
	for (i = 0; i < m->n_sources; i++)
		if (m->sources[i].kind != KITH_CONFIG_CREV &&
		    (m->sources[i].level >= KITH_LEVEL_LOW ||
		     m->sources[i].object >= KITH_LEVEL_LOW))
			return true;
	return false;
}

static int
find_roots(struct kith_app_run *run, struct kith_error *err)
{
	int r =
	    kith_app_config_roots(run->session, &run->config, run->options->roots,
				  run->options->n_roots, run->options->semantics, &run->roots, err);

	if (r != KITH_E_USAGE || !needs_no_root(run))
		return r;
	kith_app_note(run->session,
		      "no root: nobody's reviews count, only audit sets and advisories do");
	return KITH_OK;
}

static int
open_evidence(struct kith_app_run *run, struct kith_error *err)
{
	int r;

	r = kith_app_index(run->session, &run->index, err);
	if (!r && !run->graph) {
		r = run->options->semantics == KITH_SEMANTICS_NATIVE
			? kith_app_graph(run->session, run->index, &run->config, &run->graph, err)
			: kith_index_graph(run->index, &run->graph, err);
		if (!r)
			kith_app_warn_floods(run->session, run->graph);
	}
	if (!r && run->live)
		r = kith_app_fresh_graph(run, err);
	if (!r)
		r = find_roots(run, err);
	if (r)
		return r;
	if (run->options->semantics == KITH_SEMANTICS_CREV)
		return resolve_crev(run, err);
	kith_app_config_match_ignores(&run->config, run->index, run->graph);
	r = kith_app_people_new(run->session, run->index, run->graph, &run->roots,
				&run->config.trust, &run->people, err);
	return r ? r
		 : kith_app_claims_new(run->session, run->index, &run->config, run->people,
				       run->config.merged->policy.p.base.objection_level,
				       &run->claims, err);
}

/* What is said about the name; in crev mode only what crev knows of. */
static int
find_claims_of(struct kith_app_run *run, struct kith_report_row *row, struct kith_error *err)
{
	enum kith_ecosystem eco = row->package->eco;
	struct kith_span name = row->package->name;

	if (!run->claims)
		return kith_index_claims(run->index, eco, name, &run->arena, &row->claims,
					 &row->n_claims, err);
	return kith_app_claims_about(run->claims, eco, name, &run->arena, &row->claims,
				     &row->n_claims, err);
}

/* Advisories are asked about each version: they come behind what is said of the name. */
static int
add_advisories(struct kith_app_run *run, struct kith_report_row *row, struct kith_error *err)
{
	struct kith_advisory_claims found;
	struct kith_claim *all;
	int r;

	if (row->package->origin != KITH_ORIGIN_REGISTRY || row->package->local)
		return KITH_OK;
	r = kith_app_claims_advisories(run->claims, row->package->eco, row->package->name,
				       row->package->version, &run->arena, &found, err);
	if (r)
		return r;
	row->unknown = found.unknown;
	row->n_unknown = found.n_unknown;
	if (!found.count)
		return KITH_OK;
	all = kith_arena_array(&run->arena, row->n_claims + found.count, sizeof(*all));
	if (!all)
		return kith_fail_nomem(err);
	if (row->n_claims)
		memcpy(all, row->claims, row->n_claims * sizeof(*all));
	memcpy(all + row->n_claims, found.items, found.count * sizeof(*all));
	row->claims = all;
	row->n_claims += found.count;
	return KITH_OK;
}

/* Claims of every name once: a lock may hold several versions of one name. */
static int
find_claims(struct kith_app_run *run, struct kith_error *err)
{
	size_t n = run->project->lock->count, i;
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++) {
		struct kith_report_row *row = &run->rows[i];

		if (i && kith_span_eq(row->package->name, row[-1].package->name)) {
			row->claims = row[-1].claims;
			row->n_claims = row[-1].n_claims;
			continue;
		}
		r = find_claims_of(run, row, err);
	}
	for (i = 0; !r && run->claims && i < n; i++) {
		r = add_advisories(run, &run->rows[i], err);
		if (!r)
			r = kith_app_claims_publisher(run->claims, &run->rows[i].subject,
						      &run->arena, err);
	}
	return r;
}

/* What more is known of each package than what people say about it. */
static int
add_facts(struct kith_app_run *run, struct kith_error *err)
{
	size_t i;
	int r = kith_app_judge_store(run, err);

	if (!r)
		r = kith_app_exempt_keys(run, err);
	if (!r && !run->session->pins) /* whose facts stand for this machine's */
		r = kith_app_ask_registry(run, err);
	for (i = 0; !r && run->claims && i < run->project->lock->count; i++)
		if (run->rows[i].registry.has_first)
			r = kith_app_claims_first_publisher(run->claims, &run->rows[i].subject,
							    run->rows[i].registry.first,
							    &run->arena, err);
	if (!r)
		r = kith_app_since_compare(run, err);
	return r || run->session->pins ? r : kith_app_first_seen(run, err);
}

static int
make_rows(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_lock *lock = run->project->lock;
	size_t i;
	int r;

	run->rows = kith_calloc(lock->count, sizeof(*run->rows));
	if (!run->rows)
		return kith_fail_nomem(err);
	for (i = 0; i < lock->count; i++) {
		run->rows[i].package = &lock->packages[i];
		run->rows[i].subject.package = &lock->packages[i];
		run->rows[i].subject.exempt_key = lock->packages[i].checksum;
	}
	r = find_claims(run, err);
	if (!r)
		r = kith_app_find_bytes(run, err);
	if (!r)
		r = kith_app_take_pins(run, err);
	return r || run->options->semantics != KITH_SEMANTICS_NATIVE ? r : add_facts(run, err);
}

static int
judge_native(struct kith_app_run *run, bool explain, struct kith_error *err)
{
	struct kith_app_scope scope;
	size_t i;
	int r = kith_app_scope_init(&scope, run, err);

	run->world.policy = &run->policy;
	run->world.now = run->session->now;
	run->world.ignores = run->config.claim_ignores;
	run->world.n_ignores = run->config.n_claim_ignores;
	run->world.sources = run->claims->sources;
	run->world.n_sources = run->claims->n_sources;
	run->world.actors = kith_app_people_actors(run->people);
	run->world.people = kith_app_people_for;
	run->world.people_ctx = run->people;
	for (i = 0; !r && i < run->project->lock->count; i++) {
		kith_app_scope_row(&scope, &run->rows[i], &run->world);
		r = kith_policy_judge(&run->world, &run->rows[i].subject, run->rows[i].claims,
				      run->rows[i].n_claims, explain, &run->arena,
				      &run->rows[i].verdict, err);
	}
	run->scope = scope;
	return r;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct kith_report_row *x = a, *y = b;
	int r;

	if (x->crev && y->crev && x->crev_status != y->crev_status)
		return x->crev_status < y->crev_status ? -1 : 1;
	if (!x->crev && x->verdict.status != y->verdict.status)
		return x->verdict.status < y->verdict.status ? -1 : 1;
	/* packages are sorted by name, version, source already: keep that order */
	r = kith_span_cmp(x->package->name, y->package->name);
	return r ? r : (x->package > y->package) - (x->package < y->package);
}

static int
drop_unreached(struct kith_app_run *run, size_t *ret_n, struct kith_error *err)
{
	size_t n = run->project->lock->count, i, kept = 0;
	KITH_AUTO_FREE bool *reached = kith_calloc(n, sizeof(*reached));
	int r;

	if (!reached)
		return kith_fail_nomem(err);
	r = kith_app_crev_reach(run, reached, err);
	for (i = 0; !r && i < n; i++)
		if (reached[i])
			run->rows[kept++] = run->rows[i];
	*ret_n = kept;
	return r;
}

/*
 * Below the working directory a path is told from there: so forges find the file in the checkout,
 * and two machines say the same.
 */
const char *
kith_app_as_written(const char *path)
{
	KITH_AUTO_FREE char *here = getcwd(NULL, 0);
	size_t n = here ? strlen(here) : 0;

	return n > 1 && strncmp(path, here, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

/* Where the project's own tree says where packages come from, somebody should know (verdict.md 7).
 */
static int
take_replacements(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_cargo_replacement *list;
	size_t n = kith_cargo_places_in_tree(run->places, &list), i;
	struct kith_report_replacement *out = kith_arena_array(&run->arena, n + 1, sizeof(*out));

	if (!out)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		out[i] =
		    (struct kith_report_replacement){kith_app_as_written(list[i].config),
						     list[i].line, list[i].source, list[i].with};
		kith_app_note(run->session,
			      "%s:%u: the project's own tree replaces the source %s with %s",
			      out[i].config, out[i].line, out[i].source, out[i].with);
	}
	run->report.replacements = out;
	run->report.n_replacements = n;
	return KITH_OK;
}

/* Those that fail first; otherwise as they came. */
static void
take_remarks(struct kith_app_run *run)
{
	struct kith_report *p = &run->report;
	size_t i, k, first = 0;

	for (i = 0; i < run->n_remarks; i++) {
		const struct kith_report_remark m = run->remarks[i];

		if (!m.fails)
			continue;
		for (k = i; k > first; k--)
			run->remarks[k] = run->remarks[k - 1];
		run->remarks[first++] = m;
	}
	p->remarks = run->remarks;
	p->n_remarks = run->n_remarks;
	p->pass = !first;
}

static int
make_report(struct kith_app_run *run, struct kith_error *err)
{
	struct kith_report *p = &run->report;
	struct kith_index_totals totals;
	size_t i, n = run->project->lock->count;
	int r = kith_app_close(run, &p->inputs.claims, err);

	if (!r && run->options->semantics == KITH_SEMANTICS_CREV)
		r = drop_unreached(run, &n, err);
	if (!r)
		r = kith_app_select(run, &n, err);
	if (!r)
		r = kith_app_since_select(run, &n, err);
	if (!r)
		r = take_replacements(run, err);
	if (r)
		return r;
	qsort(run->rows, n, sizeof(*run->rows), compare_rows);
	kith_index_get_totals(run->index, &totals);
	p->semantics = run->options->semantics;
	p->version = kith_version();
	p->lock_path = kith_app_as_written(run->project->lock_path);
	p->rows = run->rows;
	p->n_rows = n;
	p->kinds_known = run->project->manifests;
	p->kinds_shown = run->options->kinds != 0;
	p->roots = run->roots.list;
	p->n_roots = run->roots.count;
	p->policy = &run->policy;
	p->config = run->config.merged;
	p->sources = run->claims ? run->claims->sources : NULL;
	p->n_sources = run->claims ? run->claims->n_sources : 0;
	p->states = run->claims ? run->claims->states : NULL;
	p->n_states = run->claims ? run->claims->n_states : 0;
	p->no_evidence = totals.sources == 0 && !p->n_states && !run->vet;
	p->overrides = run->overrides;
	p->n_overrides = run->n_overrides;
	p->inputs.has_starter = run->config.has_starter;
	p->inputs.starter = run->config.starter_digest;
	p->inputs.now = run->session->now;
	p->inputs.now_matters = run->session->now_given;
	kith_sha256(kith_buf_span(&run->project->lock_bytes), p->inputs.lock);
	run->names.index = run->index;
	run->names.config = &run->config;
	run->names.exact = run->explain;
	p->name_of = kith_app_name_of;
	p->name_ctx = &run->names;
	take_remarks(run);
	for (i = 0; i < n; i++) {
		p->counts[run->rows[i].verdict.status]++;
		p->crev_counts[run->rows[i].crev_status]++;
		p->pass = p->pass && kith_report_passes(p, &run->rows[i]);
	}
	return KITH_OK;
}

struct kith_span
kith_app_nearest_version(const struct kith_report_row *row)
{
	const struct kith_verdict *v = &row->verdict;

	if (v->latest == KITH_LATEST_OLDER || v->latest == KITH_LATEST_NEWER)
		return v->latest_version;
	if (v->miss == KITH_MISS_ANOTHER_VERSION && v->nearest)
		return v->nearest->version;
	return KITH_SPAN_NONE;
}

static int
judge_rows(struct kith_app_run *run, struct kith_error *err)
{
	int r = run->options->semantics == KITH_SEMANTICS_CREV
		    ? kith_app_judge_crev(run, err)
		    : judge_native(run, run->explain || run->options->stats, err);

	return r || !run->live ? r : kith_app_fresh_merge(run, err);
}

static int
finish(struct kith_app_run *run, struct kith_error *err)
{
	int r = KITH_OK;

	if (run->options->semantics == KITH_SEMANTICS_NATIVE)
		r = kith_app_hygiene(run, err);
	if (!r && run->options->semantics == KITH_SEMANTICS_NATIVE)
		r = kith_app_unneeded(run, err);
	if (!r)
		r = kith_app_since_remarks(run, err);
	if (!r)
		r = make_report(run, err);
	if (!r)
		r = kith_app_since_report(run, err);
	if (!r && run->options->stats)
		r = kith_report_stats_make(&run->report, &run->stats, err);
	if (!r && run->options->stats)
		run->report.stats = &run->stats;
	if (!r && run->live)
		kith_app_fresh_end(run);
	return r;
}

int
kith_app_judge(struct kith_session *s, const struct kith_verify_options *options,
	       const struct kith_trust_graph *graph, bool explain, struct kith_app_run **ret_run,
	       struct kith_error *err)
{
	struct kith_app_run *run = kith_calloc(1, sizeof(*run));
	int r;

	if (!run)
		return kith_fail_nomem(err);
	kith_arena_init(&run->arena, RUN_ARENA);
	run->session = s;
	run->options = options;
	run->graph = graph;
	run->explain = explain;
	r = options->fresh_objections ? kith_app_fresh_begin(run, err) : KITH_OK;
	if (!r)
		r = open_project(run, err);
	if (!r)
		r = kith_app_bundle_check(run, err);
	if (!r)
		r = open_evidence(run, err);
	if (!r)
		r = set_policy(run, err);
	if (!r)
		r = make_rows(run, err);
	if (!r)
		r = judge_rows(run, err);
	if (!r)
		r = finish(run, err);
	if (r) {
		kith_app_run_free(run);
		return r;
	}
	*ret_run = run;
	return KITH_OK;
}
