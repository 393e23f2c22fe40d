/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith init: a first kith.toml under which the project passes today and can only get better. The
 * text is judged before it is written, by itself, as a machine that knows nothing of the user
 * would: what it excuses is what would fail there.
 */
#include <stdarg.h>
#include <sys/stat.h>

#include <kith/source.h>

#include "app/init.h"
#include "app/scope.h"
#include "app/starter.h"

#define PLAN_ARENA KITH_MIB(256)
#define DAYS       180
#define REASON_MAX 200
#define SHOWN      10 /* of what still fails */

static void
plan_clear(struct kith_init_plan *p)
{
	free(p->path);
	free(p->sources);
	kith_buf_clear(&p->notes);
	kith_arena_clear(&p->arena);
}

void
kith_init_note(struct kith_init_plan *p, const char *fmt, ...)
{
	KITH_AUTO_BUF struct kith_buf b;
	va_list ap;

	kith_buf_init(&b, KITH_KIB(16));
	va_start(ap, fmt);
	kith_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	kith_buf_put_str(&p->notes, "note: ");
	kith_text_safe(&p->notes, kith_buf_carry(&p->notes, &b), 0);
	kith_buf_put_char(&p->notes, '\n');
}

/* --- where --- */

/* The file must be new, and no other may rule here already. */
static int
check_place(struct kith_init_plan *p, const struct kith_project *project, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	struct stat st;
	int r;

	p->path = kith_fs_join(project->root, "kith.toml");
	if (!p->path)
		return kith_fail_nomem(err);
	if (p->options->print)
		return KITH_OK;
	if (lstat(p->path, &st) == 0)
		return kith_hint(
		    err,
		    kith_fail(err, KITH_E_EXISTS, "%s is there already: it is not overwritten",
			      kith_app_as_written(p->path)),
		    "kith exempt and kith accept change it; --print shows what would be "
		    "written");
	r = kith_app_config_load(p->session, project->root, &config, err);
	if (!r && config.project)
		r = kith_hint(err,
			      kith_fail(err, KITH_E_EXISTS, "%s rules this project already",
					config.project_path),
			      "kith exempt and kith accept change it");
	return r;
}

/* --- judging what is not written yet --- */

struct trial {
	struct kith_app_draft draft;
	struct kith_buf text;
	struct kith_verify_options options;
	struct kith_app_run *run;
};

static void
trial_clear(struct trial *t)
{
	kith_app_run_free(t->run);
	kith_buf_clear(&t->text);
}

/* Only the last trial is told of: the others say the same. */
static int
judge_draft(struct kith_init_plan *p, struct trial *t, bool last, struct kith_error *err)
{
	struct kith_session *s = p->session;
	void (*event)(void *ctx, const struct kith_event *event) = s->event;
	int r;

	if (!last)
		s->event = NULL;
	s->draft = &t->draft;
	r = kith_app_judge(s, &t->options, NULL, false, &t->run, err);
	s->draft = NULL;
	s->event = event;
	return r;
}

static int
try(struct kith_init_plan *p, struct trial *t, bool last, struct kith_error *err)
{
	int r;

	kith_app_run_free(t->run);
	t->run = NULL;
	kith_buf_reset(&t->text);
	r = kith_init_put(p, &t->text, err);
	if (r == KITH_E_LIMIT)
		return kith_hint(
		    err,
		    kith_fail(err, r, "%zu exemptions do not fit into kith.toml: at most %zu MiB",
			      p->n_exempts, (size_t)KITH_MAX_CONFIG >> 20),
		    "get more evidence first, so that fewer are needed: kith source add --starter, "
		    "kith fetch; or write [roots] by hand and exempt what matters (kith exempt)");
	if (r)
		return r;
	t->draft = (struct kith_app_draft){p->path, kith_buf_span(&t->text), false};
	t->options.path = p->options->path;
	return judge_draft(p, t, last, err);
}

/* --- what is excused --- */

static int
keep(struct kith_init_plan *p, struct kith_span s, struct kith_span *ret, struct kith_error *err)
{
	return kith_arena_copy(&p->arena, s, ret) ? KITH_OK : kith_fail_nomem(err);
}

/* As kith.toml takes it: one line, no control or invisible characters, not too long. */
static int
keep_reason(struct kith_init_plan *p, const struct kith_buf *text, struct kith_span *ret,
	    struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(4));
	kith_text_safe(&b, kith_buf_carry(&b, text), REASON_MAX);
	r = kith_buf_check(&b, err);
	return r ? r : keep(p, kith_buf_span(&b), ret, err);
}

static bool
is_writable(struct kith_span s)
{
	size_t pos = 0;
	uint32_t c;

	if (!s.len || s.len > KITH_MAX_CONFIG_WORD)
		return false;
	while (pos < s.len)
		if (!kith_utf8_next(s, &pos, &c) || kith_text_is_unsafe(c) || c == ' ')
			return false;
	return true;
}

static bool
is_known(const struct kith_init_plan *p, struct kith_span package, struct kith_span objection)
{
	size_t i;

	for (i = 0; i < p->n_accepts; i++)
		if (kith_span_eq(p->accepts[i].package, package) &&
		    kith_span_eq(p->accepts[i].objection, objection))
			return true;
	return false;
}

static bool
means(const struct kith_deny_ignored *x, const struct kith_report_row *row,
      const struct kith_objection *o)
{
	size_t at = kith_span_find(x->crate, 0, '@');

	if (!x->advisory.len)
		return o->kind == KITH_OBJECTION_YANKED &&
		       kith_span_eq(kith_span_sub(x->crate, 0, at), row->package->name) &&
		       (at == x->crate.len ||
			kith_span_eq(kith_span_sub(x->crate, at + 1, SIZE_MAX),
				     row->package->version));
	return kith_policy_objection_has_id(o, x->advisory);
}

/* What deny.toml ignores is taken over with its reason; else only if --accept-current says so. */
static int
accept_one(struct kith_init_plan *p, const struct kith_report *report,
	   const struct kith_report_row *row, const struct kith_objection *o, bool *used,
	   struct kith_error *err)
{
	struct kith_init_accept *x = &p->accepts[p->n_accepts];
	KITH_AUTO_BUF struct kith_buf b;
	const struct kith_deny_ignored *d = NULL;
	size_t i;
	int r;

	kith_buf_init(&b, KITH_KIB(64));
	for (i = 0; i < p->deny.n_ignored; i++) {
		if (!means(&p->deny.ignored[i], row, o))
			continue;
		d = &p->deny.ignored[i];
		used[i] = true;
	}
	if ((!d && !p->options->accept_current) || !is_writable(row->package->name) ||
	    !is_writable(o->id) || is_known(p, row->package->name, o->id))
		return KITH_OK;
	if (d) {
		kith_buf_put_str(&b, d->reason.len ? "" : "ignored in deny.toml");
		kith_buf_put_span(&b, d->reason);
	} else {
		kith_buf_put_str(&b, "known when this policy was made: ");
		kith_report_objection(report, o, &b);
	}
	x->ends = !d;
	r = keep(p, row->package->name, &x->package, err);
	if (!r)
		r = keep(p, o->id, &x->objection, err);
	if (!r)
		r = keep_reason(p, &b, &x->reason, err);
	p->n_accepts += !r;
	return r;
}

static int
take_accepts(struct kith_init_plan *p, const struct kith_app_run *run, struct kith_error *err)
{
	KITH_AUTO_FREE bool *used = kith_calloc(p->deny.n_ignored + 1, sizeof(*used));
	size_t n = run->report.n_rows, i, k, most = 0;
	int r = used ? KITH_OK : kith_fail_nomem(err);

	for (i = 0; i < n; i++)
		most += run->rows[i].verdict.n_objections;
	p->accepts = kith_arena_array(&p->arena, most + 1, sizeof(*p->accepts));
	if (!p->accepts)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < n; i++)
		for (k = 0; !r && k < run->rows[i].verdict.n_objections; k++)
			r = accept_one(p, &run->report, &run->rows[i],
				       &run->rows[i].verdict.objections[k], used, err);
	for (i = 0; !r && i < p->deny.n_ignored; i++)
		if (!used[i])
			kith_init_note(p, "%s:%u: '%.*s' is left out: nothing here needs it",
				       p->options->from_deny, (unsigned)p->deny.ignored[i].line,
				       KITH_SPAN_FMT(p->deny.ignored[i].advisory.len
							 ? p->deny.ignored[i].advisory
							 : p->deny.ignored[i].crate));
	return r;
}

static int
exempt_one(struct kith_init_plan *p, struct kith_app_run *run, struct kith_report_row *row,
	   struct kith_map *known, struct kith_error *err)
{
	struct kith_init_exempt *x = &p->exempts[p->n_exempts];
	bool store = row->verdict.status == KITH_STATUS_EXEMPT;
	struct kith_span name = row->package->name, version = row->package->version, key;
	KITH_AUTO_BUF struct kith_buf b;
	bool added;
	int r = KITH_OK;

	kith_buf_init(&b, KITH_KIB(64));
	if (kith_app_is_copy(row))
		r = kith_app_folder_key(run, row, err);
	if (r || !row->subject.exempt_key.len || !is_writable(name) || !is_writable(version))
		return r == KITH_E_NOMEM ? r : KITH_OK; /* told by what still fails */
	kith_buf_printf(&b, "%.*s %.*s %.*s", KITH_SPAN_FMT(name), KITH_SPAN_FMT(version),
			KITH_SPAN_FMT(row->subject.exempt_key));
	if (kith_buf_check(&b, NULL) || !kith_arena_copy(&p->arena, kith_buf_span(&b), &key))
		return kith_fail_nomem(err);
	r = kith_map_add(known, key, 0, NULL, &added, err);
	if (r || !added)
		return r;
	kith_buf_reset(&b);
	if (store) {
		kith_buf_put_str(&b, "exempt in the cargo-vet store: ");
		kith_buf_put_span(&b, row->verdict.exemption->reason);
	} else {
		kith_buf_put_str(&b, "in use when this policy was made: ");
		kith_report_reason(&run->report, row, &b);
	}
	r = keep(p, name, &x->package, err);
	if (!r)
		r = keep(p, version, &x->version, err);
	if (!r)
		r = keep(p, row->subject.exempt_key, &x->key, err);
	if (!r)
		r = keep_reason(p, &b, &x->reason, err);
	p->n_exempts += !r;
	return r;
}

static int
take_exempts(struct kith_init_plan *p, struct kith_app_run *run, struct kith_error *err)
{
	size_t n = run->report.n_rows, i;
	KITH_AUTO_MAP struct kith_map known;
	int r = KITH_OK;

	kith_map_init(&known, NULL);
	p->exempts = kith_arena_array(&p->arena, n + 1, sizeof(*p->exempts));
	if (!p->exempts)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < n; i++)
		if (run->rows[i].verdict.status == KITH_STATUS_INSUFFICIENT ||
		    (run->rows[i].verdict.status == KITH_STATUS_EXEMPT && p->options->from_vet))
			r = exempt_one(p, run, &run->rows[i], &known, err);
	return r;
}

/* --- other tools' files --- */

static int
read_deny(struct kith_init_plan *p, struct kith_error *err)
{
	const struct kith_span url = KITH_SPAN_LIT("https://github.com/rustsec/advisory-db");
	const struct kith_config_evidence rustsec = {
	    .kind = KITH_CONFIG_RUSTSEC,
	    .urls = {&url, 1},
	    .name = KITH_SPAN_LIT("rustsec"),
	    .level = KITH_LEVEL_MEDIUM,
	    .object = KITH_LEVEL_MEDIUM,
	    .reason = KITH_SPAN_LIT("the advisories that cargo-deny reads"),
	};
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;
	int r;

	kith_buf_init(&text, KITH_MAX_CONFIG);
	r = kith_fs_read(p->options->from_deny, &text, err);
	if (r == KITH_E_NOTFOUND)
		return kith_fail(err, r, "%s: no such file", p->options->from_deny);
	if (!r)
		r = kith_deny_read(kith_buf_span(&text), p->options->from_deny, &p->arena, &p->deny,
				   err);
	for (i = 0; !r && i < p->deny.n_left; i++)
		kith_init_note(p, "%s:%u: %.*s is left out: %s", p->options->from_deny,
			       (unsigned)p->deny.left[i].line, KITH_SPAN_FMT(p->deny.left[i].key),
			       p->deny.left[i].why);
	return r ? r : kith_init_add_source(p, &rustsec, err);
}

static int
take_store(struct kith_init_plan *p, struct trial *t, struct kith_error *err)
{
	int r;

	if (!t->run->vet)
		return kith_hint(err,
				 kith_fail(err, KITH_E_NOTFOUND,
					   "--from-vet: this project has no cargo-vet store"),
				 "it is in supply-chain/, or where the root manifest says");
	r = kith_init_take_imports(p, t->run, err);
	if (!r)
		r = kith_init_take_rules(p, t->run, err);
	if (!r)
		kith_init_note(p,
			       "the audits in %s are the project's own word and stay there; its "
			       "imports are in kith.toml now and can be fetched",
			       t->run->vet->place.shown);
	return r ? r : try(p, t, false, err);
}

/* --- what there is to say --- */

static void
put_failing(const struct kith_init_plan *p, const struct kith_app_run *run, struct kith_buf *out)
{
	const struct kith_report *r = &run->report;
	size_t i, n = 0;

	for (i = 0; i < r->n_rows; i++) {
		const struct kith_report_row *row = &r->rows[i];

		if (kith_report_passes(r, row) || n++ >= SHOWN)
			continue;
		kith_buf_printf(out, "  still %s  ", kith_status_name(row->verdict.status));
		kith_text_safe(out, row->package->name, 60);
		kith_buf_put_char(out, ' ');
		kith_text_safe(out, row->package->version, 40);
		kith_buf_put_str(out, ": ");
		kith_report_reason(r, row, out);
		kith_buf_put_char(out, '\n');
	}
	if (n > SHOWN)
		kith_buf_printf(out, "  … and %zu more: kith verify --failing\n", n - SHOWN);
	if (r->counts[KITH_STATUS_MISMATCH])
		kith_buf_put_str(out,
				 "nothing excuses bytes that differ: find out who changed them "
				 "(kith explain PACKAGE)\n");
	if (r->counts[KITH_STATUS_NEGATIVE] && !p->options->accept_current)
		kith_buf_printf(out,
				"an objection is accepted one by one (kith explain PACKAGE prints "
				"the command)%s\n",
				p->options->print ? ", or all of today's with --accept-current"
						  : "");
}

static void
count(struct kith_buf *out, size_t n, const char *what)
{
	kith_buf_printf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

/*
 * Others judge by the new file alone; here the user's own sources and rules go on counting beside
 * it. Told where that makes a difference, else the next `kith verify` comes as a surprise.
 */
static int
put_here(struct kith_init_plan *p, const struct trial *t, struct kith_buf *out,
	 struct kith_error *err)
{
	KITH_CLEANUP(trial_clear) struct trial here = {.draft = t->draft, .options = t->options};
	const struct kith_report *others = &t->run->report, *r;
	int status;

	if (!p->user_differs)
		return KITH_OK;
	here.draft.with_user = true;
	status = judge_draft(p, &here, false, err);
	if (status)
		return status;
	r = &here.run->report;
	if (!memcmp(r->counts, others->counts, sizeof(r->counts)) && r->pass == others->pass)
		return KITH_OK;
	kith_buf_put_str(out, "kith verify on this machine says, with your own configuration:\n  ");
	kith_report_counts(r, out);
	kith_buf_printf(out, "        %s\n", r->pass ? "PASS" : "FAIL");
	return KITH_OK;
}

static int
put_summary(struct kith_init_plan *p, const struct trial *t, struct kith_buf *out,
	    struct kith_error *err)
{
	const struct kith_app_run *run = t->run;
	int r;

	kith_text_safe(out, kith_span_str(kith_app_as_written(p->path)), 0);
	kith_buf_put_str(out, p->options->print ? " would have " : ": ");
	count(out, p->n_roots, "root");
	kith_buf_put_str(out, ", ");
	count(out, p->n_sources, "source");
	kith_buf_put_str(out, ", ");
	count(out, p->n_exempts, "exemption");
	if (p->n_accepts) {
		kith_buf_put_str(out, ", ");
		count(out, p->n_accepts, "accepted objection");
	}
	if (p->n_exempts || p->n_accepts) {
		kith_buf_put_str(out, ", until ");
		kith_time_put_date(out, p->until);
	}
	kith_buf_put_char(out, '\n');
	kith_report_counts(&run->report, out);
	kith_buf_printf(out, "        %s\n", run->report.pass ? "PASS" : "FAIL");
	put_failing(p, run, out);
	kith_buf_put_span(out, kith_buf_carry(out, &p->notes));
	r = put_here(p, t, out, err);
	if (r)
		return r;
	kith_buf_put_str(out, "in CI: kith fetch && kith verify\n");
	if (!p->options->print)
		kith_buf_put_str(out, "next: git add kith.toml · kith todo\n");
	return kith_buf_check(out, err);
}

static int
check_evidence(const struct kith_app_run *run, struct kith_error *err)
{
	if (!run->report.no_evidence)
		return KITH_OK;
	return kith_hint(err,
			 kith_fail(err, KITH_E_USAGE,
				   "there is no evidence here yet: every package would be exempt"),
			 "kith fetch, then kith init");
}

static int
make(struct kith_init_plan *p, struct trial *t, struct kith_error *err)
{
	int r = kith_init_find_people(p, err);

	if (!r && p->options->from_deny)
		r = read_deny(p, err);
	if (!r)
		r = try(p, t, false, err);
	if (!r)
		r = check_evidence(t->run, err);
	if (!r && p->options->from_vet)
		r = take_store(p, t, err);
	if (!r)
		r = take_accepts(p, t->run, err);
	if (!r && p->n_accepts)
		r = try(p, t, false, err);
	if (!r)
		r = take_exempts(p, t->run, err);
	return r ? r : try(p, t, true, err);
}

static int
read_options(struct kith_init_plan *p, struct kith_error *err)
{
	const int64_t day = 86400, today = p->session->now.sec / day * day;
	struct kith_config nobody = {.n_people = 0};
	struct kith_app_grant g;
	int r;

	p->until = (struct kith_time){today + DAYS * day, 0};
	if (!p->options->owner)
		return KITH_OK;
	r = kith_app_grant_read(p->session, &nobody, "-", p->options->owner, NULL, &g, err);
	return r ? r : keep(p, g.owner, &p->owner, err);
}

int
kith_init(struct kith_session *session, const struct kith_init_options *options, char **ret_file,
	  size_t *ret_file_len, char **ret_summary, size_t *ret_summary_len,
	  struct kith_init_result *ret_result, struct kith_error *err)
{
	KITH_CLEANUP(plan_clear) struct kith_init_plan p = {.session = session, .options = options};
	KITH_CLEANUP(trial_clear) struct trial t = {.run = NULL};
	KITH_AUTO_PROJECT struct kith_project *project = NULL;
	KITH_AUTO_BUF struct kith_buf summary;
	struct kith_init_result result;
	char *file;
	size_t len;
	int r;

	kith_arena_init(&p.arena, PLAN_ARENA);
	kith_buf_init(&p.notes, KITH_MIB(4));
	kith_buf_init(&t.text, KITH_MAX_CONFIG);
	kith_buf_init(&summary, KITH_MIB(8));
	r = kith_project_open(options->path ? options->path : ".", &project, err);
	if (!r)
		r = check_place(&p, project, err);
	if (!r)
		r = read_options(&p, err);
	if (!r)
		r = make(&p, &t, err);
	if (!r)
		r = put_summary(&p, &t, &summary, err);
	if (!r && !options->print)
		r = kith_app_new_policy(p.path, kith_buf_span(&t.text), err);
	if (r)
		return r;
	result = (struct kith_init_result){p.n_roots, p.n_sources, p.n_exempts, p.n_accepts,
					   t.run->report.pass};
	r = kith_app_take_text(&t.text, &file, &len, err);
	if (r)
		return r;
	r = kith_app_take_text(&summary, ret_summary, ret_summary_len, err);
	if (r) {
		free(file);
		return r;
	}
	*ret_file = file;
	*ret_file_len = len;
	*ret_result = result;
	return KITH_OK;
}
