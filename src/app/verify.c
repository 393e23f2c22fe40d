/* SPDX-License-Identifier: Apache-2.0 */
/* kith verify as a use case: judge, render, say what to do next. */
#include <stdlib.h>
#include <sys/stat.h>

#include <kith/graph.h>

#include "app/judge.h"
#include "app/locks.h"
#include "app/starter.h"
#include "app/trusted.h"
#include "codec/base64.h"
#include "app/vet.h"
#include "report/vet.h"

#define RENDER_MAX KITH_MIB(512)

struct kith_project_verdict {
	struct kith_app_run **runs; /* none with vet semantics, … */
	size_t n_runs;
	bool all; /* of several lock files, even if there is one only */
	struct kith_project *project;
	struct kith_app_vet *vet; /* … where these two are the whole of it */
	char vet_next[256];
	struct kith_verify_options *each; /* of each run: its own path */
	char next[512];
	struct kith_trusted *trusted;       /* whose files decided; for the picture */
	struct kith_verify_options options; /* strings in it are the caller's and not used later */
};

void
kith_crev_knobs_init(struct kith_crev_knobs *knobs)
{
	memset(knobs, 0, sizeof(*knobs));
	knobs->depth = knobs->high_cost = knobs->medium_cost = knobs->low_cost = -1;
	knobs->none_cost = knobs->distrust_cost = knobs->redundancy = -1;
}

/* What mends what is wrong with the project, where one command does. */
static const char *const remark_next[KITH_RULE_COUNT] = {
    [KITH_RULE_LOCK_MISSING] = "cargo generate-lockfile",
    [KITH_RULE_LOCK_CHECKSUM] = "cargo generate-lockfile",
    [KITH_RULE_LOCK_OUTDATED] = "cargo update --workspace",
    [KITH_RULE_LOCK_IGNORED] = "git add --force Cargo.lock",
    [KITH_RULE_LOCK_UNCOMMITTED] = "git commit Cargo.lock",
};

/* The worst package, and the command that tells more about it. */
static void
set_next(struct kith_app_run *run)
{
	const struct kith_report_row *row = run->report.n_rows ? &run->rows[0] : NULL;
	struct kith_buf b;

	kith_buf_init(&b, sizeof(run->next) - 1);
	if (run->report.no_evidence && run->report.n_rows)
		kith_buf_put_str(&b, run->config.has_starter ? "kith fetch" : "kith fetch URL");
	else if (row && !kith_report_passes(&run->report, row)) {
		kith_buf_put_str(&b, "kith explain ");
		kith_text_safe(&b, row->package->name, 60);
		kith_buf_put_char(&b, '@');
		kith_text_safe(&b, row->package->version, 40);
	} else if (run->report.n_remarks && run->report.remarks[0].fails &&
		   remark_next[run->report.remarks[0].rule]) {
		kith_buf_put_str(&b, remark_next[run->report.remarks[0].rule]);
	}
	if (!b.failed)
		memcpy(run->next, kith_buf_str(&b), b.len + 1);
	kith_buf_clear(&b);
}

struct ages {
	int64_t now, limit, oldest;
	struct kith_span name; /* of the oldest */
	size_t n;
};

static void
add_age(struct ages *a, int64_t fetched, struct kith_span name)
{
	int64_t age = fetched ? a->now - fetched : 0;

	if (age <= a->limit)
		return;
	a->n++;
	if (age > a->oldest) {
		a->oldest = age;
		a->name = name;
	}
}

/* Old evidence can hide what was said since (freeze): told, once for all sources. */
static void
warn_of_age(const struct kith_app_run *run)
{
	struct ages a = {.now = run->session->now.sec,
			 .limit = run->config.merged->policy.max_evidence_age};
	struct kith_index_source_info s;
	size_t i;

	for (i = 0; i < kith_index_count_sources(run->index); i++)
		if (kith_index_source_at(run->index, i, &s) && !s.own)
			add_age(&a, s.fetched, s.name);
	for (i = 0; run->claims && i < run->claims->n_states; i++)
		add_age(&a, kith_app_claims_fetched(run->claims, i),
			run->claims->states[i].location);
	if (!a.n)
		return;
	kith_app_warn(run->session,
		      "evidence of %zu source%s is older than %lld days (%.*s: %lld days): run "
		      "'kith fetch'",
		      a.n, a.n == 1 ? "" : "s", (long long)(a.limit / 86400), KITH_SPAN_FMT(a.name),
		      (long long)(a.oldest / 86400));
}

/* --- vet semantics --- */

/* The commands that look at the worst package's cheapest step. */
static void
set_vet_next(struct kith_project_verdict *v)
{
	const struct kith_vet_answer *a = v->vet->answer;
	size_t worst = a->conclusion == KITH_VET_FAIL_VETTING ? kith_report_vet_worst(a) : 0;
	const struct kith_vet_version *from, *to;
	struct kith_buf b;

	if (a->conclusion != KITH_VET_FAIL_VETTING || !kith_report_vet_step(a, worst, &from, &to))
		return;
	kith_buf_init(&b, sizeof(v->vet_next) - 1);
	kith_buf_put_str(&b, from ? "kith diff " : "kith open ");
	kith_text_safe(&b, a->graph->nodes[worst].name, 60);
	kith_buf_put_char(&b, '@');
	kith_vet_version_put(&b, to);
	if (from) {
		kith_buf_put_char(&b, ' ');
		kith_vet_version_put(&b, from);
	}
	kith_buf_put_str(&b, " · cargo vet certify ");
	kith_text_safe(&b, a->graph->nodes[worst].name, 60);
	kith_buf_put_char(&b, ' ');
	if (from) {
		kith_vet_version_put(&b, from);
		kith_buf_put_char(&b, ' ');
	}
	kith_vet_version_put(&b, to);
	if (!b.failed)
		memcpy(v->vet_next, kith_buf_str(&b), b.len + 1);
	kith_buf_clear(&b);
}

static int
warn_of_problems(struct kith_session *s, const struct kith_app_vet *vet, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&text, KITH_MIB(1));
	for (i = 0; !r && i < vet->answer->n_problems; i++) {
		kith_buf_reset(&text);
		kith_app_vet_put_problem(vet, &vet->answer->problems[i], &text);
		r = kith_buf_check(&text, err);
		if (!r)
			kith_app_warn(s, "%s", kith_buf_str(&text));
	}
	return r;
}

static int
no_store(const struct kith_app_vet_place *place, struct kith_error *err)
{
	return kith_hint(
	    err, kith_fail(err, KITH_E_NOTFOUND, "%s: no cargo-vet store there", place->shown),
	    "--store DIR names another folder; `cargo vet init` makes one");
}

static int
judge_vet(struct kith_session *s, struct kith_project_verdict *v, struct kith_error *err)
{
	const struct kith_verify_options *o = &v->options;
	KITH_AUTO_VET_PLACE struct kith_app_vet_place place = {NULL, NULL, false};
	size_t i;
	int r = kith_project_open(o->path ? o->path : ".", &v->project, err);

	for (i = 0; !r && i < v->project->warnings.count; i++)
		kith_app_warn(s, "%s", v->project->warnings.lines[i]);
	if (!r)
		r = kith_app_vet_find(s, v->project, o->store, &place, err);
	if (!r && !place.there)
		r = no_store(&place, err);
	if (!r)
		r = kith_app_vet_open(s, v->project, &place, &v->vet, err);
	if (!r)
		r = kith_app_vet_judge(v->vet, s->now, o->lenient, err);
	if (!r)
		r = warn_of_problems(s, v->vet, err);
	if (!r)
		set_vet_next(v);
	return r;
}

/* Whose word the verdict rests on, where the user has not chosen. */
static void
tell_starter(const struct kith_app_run *run)
{
	struct kith_starter_counts n;

	if (!run->config.has_starter || run->report.semantics != KITH_SEMANTICS_NATIVE)
		return;
	kith_app_starter_count(&run->config, &n);
	kith_app_note(run->session,
		      "policy: starter set: %zu audit set%s, %zu proof repositor%s, %zu database%s "
		      "(kith source list --starter)",
		      n.sets, n.sets == 1 ? "" : "s", n.repositories,
		      n.repositories == 1 ? "y" : "ies", n.databases, n.databases == 1 ? "" : "s");
}

/* The user's own roots, or ids, stand in for those that the project does not name. */
static bool
roots_are_private(const struct kith_app_run *run)
{
	const struct kith_config *project = run->config.project;
	const struct kith_config *m = run->config.merged;
	struct kith_index_id_info info;
	size_t i, at;

	if (!project || run->options->n_roots || project->roots.ids.n || project->roots.urls.n)
		return false;
	if (m->roots.ids.n || m->roots.urls.n)
		return true;
	for (i = 0; run->index && i < run->roots.count; i++)
		if ((m->has_current_id &&
		     !memcmp(m->current_id.bytes, run->roots.list[i].bytes, KITH_ID_BYTES)) ||
		    (kith_index_find_id(run->index, &run->roots.list[i], &at) &&
		     kith_index_id_at(run->index, at, &info) && info.own))
			return true;
	return false;
}

/* A project that has a policy is judged elsewhere, too: by others, who have other roots or none. */
static void
tell_private_roots(const struct kith_app_run *run)
{
	const size_t *n = run->report.counts;

	if ((n[KITH_STATUS_VERIFIED] || n[KITH_STATUS_NEGATIVE]) && roots_are_private(run))
		kith_app_note(run->session,
			      "%s names no [roots]: yours count here, so others and CI get another "
			      "verdict; write [roots] ids there (kith id list, kith query ids)",
			      kith_app_as_written(run->config.project_path));
}

/* --- both --- */

/* Of the first that does not pass; elsewhere than here it must be run there. */
static void
choose_next(struct kith_project_verdict *v)
{
	const struct kith_app_run *run = NULL;
	struct kith_buf b;
	const char *dir;
	size_t i;

	for (i = 0; i < v->n_runs && (!run || run->report.pass); i++)
		run = v->runs[i];
	if (!run || !*run->next)
		return;
	kith_buf_init(&b, sizeof(v->next) - 1);
	dir = v->all && run->project ? kith_app_as_written(run->project->root) : "";
	if (*dir && *dir != '/' && !strncmp(run->next, "kith explain", 12)) {
		kith_buf_put_str(&b, "kith -C ");
		kith_text_safe(&b, kith_span_str(dir), 0);
		kith_buf_put_str(&b, run->next + 4);
	} else {
		kith_buf_put_str(&b, run->next);
	}
	if (!b.failed)
		memcpy(v->next, kith_buf_str(&b), b.len + 1);
	kith_buf_clear(&b);
}

/* Found, not named, and a link: it leads where nobody looked, and what is built there counts on it.
 */
static int
refuse_link(const char *path, struct kith_error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode))
		return KITH_OK;
	return kith_fail(err, KITH_E_FORMAT,
			 "it is a symbolic link, which is not followed here: name it in [lockfile] "
			 "paths or ignore of kith.toml");
}

/* One that cannot be judged is a verdict too where it is one of several. */
static int
judge_one(struct kith_session *s, struct kith_project_verdict *v, const char *path,
	  const struct kith_app_locks *several, struct kith_error *err)
{
	struct kith_verify_options *o = &v->each[v->n_runs];
	struct kith_app_run **run = &v->runs[v->n_runs];
	struct kith_error why;
	int r;

	*o = v->options;
	o->path = path;
	o->missing_is_finding = 1;
	r = several && !several->named ? refuse_link(path, &why) : KITH_OK;
	if (!r)
		r = kith_app_judge(s, o, NULL, false, run, &why);
	if (r && several && (r == KITH_E_FORMAT || r == KITH_E_LIMIT || r == KITH_E_NOTFOUND))
		r = kith_app_run_unreadable(s, o, path, &why, run, &why);
	if (r) {
		if (err)
			*err = why;
		return r;
	}
	v->n_runs++;
	set_next(*run);
	return KITH_OK;
}

static void
drop_runs(struct kith_project_verdict *v)
{
	while (v->n_runs)
		kith_app_run_free(v->runs[--v->n_runs]);
}

static int
make_room(struct kith_project_verdict *v, size_t n, struct kith_error *err)
{
	free(v->runs);
	free(v->each);
	v->runs = kith_calloc(n, sizeof(struct kith_app_run *));
	v->each = kith_calloc(n, sizeof(*v->each));
	return v->runs && v->each ? KITH_OK : kith_fail_nomem(err);
}

static int
judge_several(struct kith_session *s, struct kith_project_verdict *v,
	      const struct kith_app_locks *locks, struct kith_error *err)
{
	size_t i, rows = 0;
	int r = make_room(v, locks->n, err);

	v->options.all = 1;
	v->all = v->options.all;
	for (i = 0; !r && i < locks->n; i++) {
		r = judge_one(s, v, locks->paths[i], locks, err);
		if (r)
			r = kith_context(err, r, "%s", kith_app_as_written(locks->paths[i]));
		else
			rows += v->runs[i]->report.n_rows;
	}
	if (!r && v->options.n_only && !rows)
		r = kith_fail(err, KITH_E_USAGE, "--only: no package has such a name");
	return r;
}

/* What was named in kith.toml is judged in place of the nearest, unless a file was asked for. */
static bool
names_others(const struct kith_project_verdict *v)
{
	return !v->n_runs ||
	       (v->runs[0]->config.project && v->runs[0]->config.project->lockfile.paths.n);
}

static int
judge_nearest(struct kith_session *s, struct kith_project_verdict *v, const char *path,
	      struct kith_error *err)
{
	KITH_AUTO_LOCKS struct kith_app_locks locks = {0};
	int nearest = make_room(v, 1, err), r;

	if (!nearest)
		nearest = judge_one(s, v, path, NULL, err);
	/* evidence of one project is of one lock file */
	if (v->options.bundle || s->project_only)
		return nearest;
	if ((nearest && nearest != KITH_E_NOTFOUND) || !names_others(v) || !kith_fs_is_dir(path))
		return nearest;
	r = kith_app_locks_find(s, path, false, &locks, NULL);
	if (r || !locks.n)
		return nearest;
	drop_runs(v);
	return judge_several(s, v, &locks, err);
}

static int
judge_native_or_crev(struct kith_session *s, struct kith_project_verdict *v, const char *path,
		     struct kith_error *err)
{
	KITH_AUTO_LOCKS struct kith_app_locks locks = {0};
	KITH_AUTO_FREE char *root = realpath(path, NULL);
	int r = KITH_OK;

	if (v->options.all && v->options.bundle)
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "--all: a bundle is of one lock file"),
		    "kith verify PATH --bundle FILE, for each");
	/* which lock files there are is said by a file that a change could write */
	if (root && kith_fs_is_dir(root))
		r = kith_app_trusted_open(s, &v->options, root, err);
	if (r)
		return r;
	if (!v->options.all || !kith_fs_is_dir(path))
		return judge_nearest(s, v, path, err);
	r = kith_app_locks_find(s, path, true, &locks, err);
	if (!r && !locks.n) /* not even one: that is said of the nearest manifest */
		return judge_nearest(s, v, path, err);
	return r ? r : judge_several(s, v, &locks, err);
}

static int
judge(struct kith_session *s, struct kith_project_verdict *v, struct kith_error *err)
{
	size_t i;
	int r;

	if (v->options.semantics == KITH_SEMANTICS_VET)
		return judge_vet(s, v, err);
	v->all = v->options.all;
	r = judge_native_or_crev(s, v, v->options.path ? v->options.path : ".", err);
	for (i = 0; !r && i < v->n_runs; i++) {
		if (!v->runs[i]->project) /* cannot be judged */
			continue;
		tell_starter(v->runs[i]);
		tell_private_roots(v->runs[i]);
		warn_of_age(v->runs[i]);
		break;
	}
	if (!r)
		choose_next(v);
	return r;
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
	r = judge(session, v, err);
	/* what comes next in this session is no part of this change */
	v->trusted = session->trusted;
	session->trusted = NULL;
	if (r) {
		kith_verdict_free(v);
		return r;
	}
	*ret_verdict = v;
	return KITH_OK;
}

struct kith_app_run *
kith_app_verdict_run(const struct kith_project_verdict *verdict)
{
	return verdict->n_runs == 1 ? verdict->runs[0] : NULL;
}

void
kith_verdict_free(struct kith_project_verdict *verdict)
{
	if (!verdict)
		return;
	kith_app_vet_free(verdict->vet);
	kith_project_free(verdict->project);
	drop_runs(verdict);
	free(verdict->runs);
	free(verdict->each);
	kith_app_trusted_free(verdict->trusted);
	free(verdict);
}

int
kith_verdict_check(const struct kith_project_verdict *verdict, struct kith_error *err)
{
	const struct kith_app_vet *vet = verdict->vet;
	int r;

	if (!vet || vet->answer->conclusion != KITH_VET_ERROR)
		return KITH_OK;
	r = kith_fail(err, KITH_E_FORMAT, "cargo-vet refuses the store %s (%zu problem%s)",
		      vet->place.shown, vet->answer->n_problems,
		      vet->answer->n_problems == 1 ? "" : "s");
	return verdict->options.lenient
		   ? r
		   : kith_hint(err, r,
			       "--lenient judges stores of another version or form as well");
}

int
kith_verdict_exit(const struct kith_project_verdict *verdict)
{
	const struct kith_report *p;
	int worst = 0;
	size_t i;

	if (verdict->vet) {
		enum kith_vet_conclusion c = verdict->vet->answer->conclusion;

		return c == KITH_VET_SUCCESS ? 0 : c == KITH_VET_ERROR ? 2 : 1;
	}
	for (i = 0; i < verdict->n_runs; i++) {
		p = &verdict->runs[i]->report;
		if (p->counts[KITH_STATUS_MISMATCH] && p->semantics == KITH_SEMANTICS_NATIVE)
			return 4;
		worst |= !p->pass;
	}
	return worst;
}

size_t
kith_verdict_projects(const struct kith_project_verdict *verdict)
{
	return verdict->vet ? 1 : verdict->n_runs;
}

const char *
kith_verdict_next(const struct kith_project_verdict *verdict)
{
	return verdict->vet ? verdict->vet_next : verdict->next;
}

static int
render_vet(const struct kith_vet_answer *a, const struct kith_render_options *options,
	   const struct kith_report_options *o, char **ret_text, size_t *ret_len,
	   struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r = KITH_OK;

	kith_buf_init(&b, RENDER_MAX);
	if (options->format == KITH_FORMAT_JSON) {
		r = kith_vet_put_json(a, &b, err);
		kith_buf_put_char(&b, '\n');
	} else if (a->conclusion != KITH_VET_ERROR) {
		kith_report_vet(a, o, &b);
	}
	return r ? r : kith_app_take_text(&b, ret_text, ret_len, err);
}

/* The web through the roots' eyes, for a page. *ret_svg is yours. */
static int
draw(const struct kith_project_verdict *v, const struct kith_app_run *run, char **ret_svg,
     size_t *ret_len, struct kith_error *err)
{
	size_t n = run->roots.count, i;
	KITH_AUTO_FREE char *texts = kith_calloc(n + 1, KITH_ID_TEXT + 1);
	KITH_AUTO_FREE const char **roots = kith_calloc(n + 1, sizeof(*roots));
	struct kith_graph_options o = {
	    .roots = roots,
	    .n_roots = n,
	    .format = KITH_GRAPH_SVG,
	    .project = run->project->root,
	    .standing = 1, /* strangers carry no verdict, and no bundle names them */
	};
	int r;

	if (!texts || !roots)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		roots[i] = texts + i * (KITH_ID_TEXT + 1);
		kith_base64_id(texts + i * (KITH_ID_TEXT + 1), run->roots.list[i].bytes);
	}
	run->session->trusted = v->trusted;
	r = kith_graph(run->session, &o, ret_svg, ret_len, err);
	run->session->trusted = NULL;
	return r;
}

static int
render_all(const struct kith_project_verdict *v, enum kith_format format,
	   const struct kith_report_options *o, struct kith_span picture, struct kith_buf *out,
	   struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_report *reports = kith_calloc(v->n_runs, sizeof(*reports));
	KITH_AUTO_FREE const struct kith_report **list =
	    kith_calloc(v->n_runs, sizeof(const struct kith_report *));
	struct kith_report_set set = {.reports = list, .n = v->n_runs, .pass = true};
	size_t i;

	if (!reports || !list)
		return kith_fail_nomem(err);
	for (i = 0; i < v->n_runs; i++) {
		reports[i] = v->runs[i]->report;
		reports[i].picture = picture;
		list[i] = &reports[i];
		set.pass = set.pass && reports[i].pass;
	}
	if (v->all) {
		set.version = kith_version();
		kith_report_render_all(&set, format, o, out);
	} else if (v->n_runs) {
		kith_report_render(list[0], format, o, out);
	}
	return KITH_OK;
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
	KITH_AUTO_FREE char *picture = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	size_t i = 0, len = 0;
	int r = KITH_OK;

	kith_buf_init(&b, RENDER_MAX);
	if (verdict->vet)
		return render_vet(verdict->vet->answer, options, &o, ret_text, ret_len, err);
	while (i < verdict->n_runs && !verdict->runs[i]->project)
		i++;
	if (options->format == KITH_FORMAT_HTML && i < verdict->n_runs)
		r = draw(verdict, verdict->runs[i], &picture, &len, err);
	if (!r)
		r = render_all(verdict, options->format, &o, kith_span(picture, len), &b, err);
	return r ? r : kith_app_take_text(&b, ret_text, ret_len, err);
}
