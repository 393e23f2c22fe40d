/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change under review: what is new is judged, by the files of the trusted revision, and what only
 * the change itself says is not believed. Packages that are locked as before are left out, unless
 * their bytes lie in the project's own tree and are others now.
 */
#include "app/since.h"

#include <kith/todo.h>
#include <sys/stat.h>

#include "app/todo.h"

#define STEPS_SHOWN   20
#define CHECKSUM_FILE ".cargo-checksum.json"
#define MAX_CHECKSUMS KITH_MIB(16)

void
kith_app_since_free(struct kith_app_since *s)
{
	if (!s)
		return;
	kith_lock_free(s->base);
	kith_lock_free(s->trusted);
	free(s);
}

/* --- the lock files before --- */

struct lock_found {
	struct kith_buf text;
	const char *why;
	bool there;
};

static int
take_lock(void *ctx, size_t i, struct kith_span bytes, const char *why, struct kith_error *err)
{
	struct lock_found *f = ctx;

	(void)i;
	f->there = true;
	f->why = why;
	kith_buf_put_span(&f->text, bytes);
	return kith_buf_check(&f->text, err);
}

/* *ret_lock stays NULL where the commit has no such file. */
static int
read_at(struct kith_app_run *run, const char *commit, struct kith_lock **ret_lock,
	struct kith_error *err)
{
	KITH_CLEANUP(kith_lock_freep) struct kith_lock *lock = NULL;
	const char *const paths[] = {run->project->lock_path};
	struct lock_found f = {.why = NULL};
	int r;

	kith_buf_init(&f.text, KITH_MAX_LOCK_BYTES);
	r = kith_app_trusted_files(run->session, commit, paths, 1, take_lock, &f, err);
	if (!r && f.why)
		r = kith_fail(err, KITH_E_FORMAT, "%s at %.12s: not read: %s",
			      run->project->lock_path, commit, f.why);
	if (!r && f.there) {
		r = kith_lock_read(kith_buf_span(&f.text), &lock, err);
		if (r)
			kith_context(err, r, "%s at %.12s", run->project->lock_path, commit);
	}
	kith_buf_clear(&f.text);
	if (!r)
		*ret_lock = kith_steal(&lock);
	return r;
}

static int
read_file(const char *path, struct kith_lock **ret_lock, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, KITH_MAX_LOCK_BYTES);
	r = kith_fs_read(path, &text, err);
	if (r == KITH_E_NOTFOUND)
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "--since %s: no such lock file", path),
		    "a word that ends in .lock or begins with ./ ../ / is a lock file");
	if (!r)
		r = kith_lock_read(kith_buf_span(&text), ret_lock, err);
	return r ? kith_context(err, r, "%s", path) : r;
}

static int
read_base(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_verify_options *o = run->options;

	if (!o->since)
		return KITH_OK;
	run->since->compares = true;
	if (kith_app_is_lock_word(o->since))
		return read_file(o->since, &run->since->base, err);
	return read_at(run, kith_app_trusted_base(run->session), &run->since->base, err);
}

int
kith_app_since_open(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_verify_options *o = run->options;
	const char *policy = kith_app_trusted_policy(run->session);
	int r;

	if (!o->since && !o->policy_from)
		return KITH_OK;
	if (o->semantics != KITH_SEMANTICS_NATIVE)
		return kith_fail(err, KITH_E_USAGE,
				 "--since and --policy-from are for native semantics");
	run->since = kith_calloc(1, sizeof(*run->since));
	if (!run->since)
		return kith_fail_nomem(err);
	r = read_base(run, err);
	if (!r && policy[0])
		r = read_at(run, policy, &run->since->trusted, err);
	return r;
}

/* --- bytes in the project's tree --- */

struct copies {
	struct kith_app_run *run;
	char **paths; /* of the lists of files */
	struct kith_report_row **rows;
	bool *same;
	size_t n;
};

static void
copies_clear(struct copies *c)
{
	size_t i;

	for (i = 0; c->paths && i < c->n; i++)
		free(c->paths[i]);
	free(c->paths);
	free(c->rows);
	free(c->same);
}

/* Vendored in the repository: its bytes can change while the lock file stays. */
static int
add_copy(struct copies *c, struct kith_report_row *row, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = NULL, *rel = NULL;
	struct kith_error why;
	char *path;
	int r = kith_cargo_places_unpacked(c->run->places, row->package, &dir, &why);

	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r || !dir)
		return KITH_OK;
	path = kith_fs_join(dir, CHECKSUM_FILE);
	rel = path ? kith_app_trusted_path(c->run->session, path) : NULL;
	if (!rel) {
		free(path);
		return path ? KITH_OK : kith_fail_nomem(err);
	}
	c->paths[c->n] = path;
	c->rows[c->n++] = row;
	return KITH_OK;
}

/* The list names every file with its hash, and has been compared with the tree already. */
static int
compare_copy(void *ctx, size_t i, struct kith_span bytes, const char *why, struct kith_error *err)
{
	struct copies *c = ctx;
	KITH_AUTO_BUF struct kith_buf now;

	kith_buf_init(&now, MAX_CHECKSUMS);
	if (why || kith_fs_read(c->paths[i], &now, NULL))
		return KITH_OK;
	c->same[i] = kith_span_eq(bytes, kith_buf_span(&now));
	return kith_buf_check(&now, err);
}

static int
add_content(struct kith_app_run *run, struct kith_report_row *row, struct kith_error *err)
{
	struct kith_report_change *x = kith_arena_alloc(&run->arena, sizeof(*x));

	if (!x)
		return kith_fail_nomem(err);
	*x = (struct kith_report_change){.kind = KITH_CHANGE_CONTENT, .package = row->package};
	row->change = x;
	return KITH_OK;
}

static int
find_copies(struct kith_app_run *run, struct kith_error *err)
{
	KITH_CLEANUP(copies_clear) struct copies c = {.run = run};
	size_t n = run->project->lock->count, i;
	int r = KITH_OK;

	if (!kith_app_trusted_base(run->session)[0])
		return KITH_OK;
	c.paths = kith_calloc(n + 1, sizeof(char *));
	c.rows = kith_calloc(n + 1, sizeof(struct kith_report_row *));
	c.same = kith_calloc(n + 1, sizeof(*c.same));
	if (!c.paths || !c.rows || !c.same)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < n; i++)
		if (!run->rows[i].change && run->rows[i].subject.bytes == KITH_SUBJECT_VENDORED)
			r = add_copy(&c, &run->rows[i], err);
	if (!r && c.n)
		r = kith_app_trusted_files(run->session, kith_app_trusted_base(run->session),
					   (const char *const *)c.paths, c.n, compare_copy, &c,
					   err);
	for (i = 0; !r && i < c.n; i++)
		if (!c.same[i])
			r = add_content(run, c.rows[i], err);
	return r;
}

/* --- checksums --- */

static void
corroborate(struct kith_app_run *run, struct kith_report_row *row)
{
	const struct kith_app_since *s = run->since;
	const struct kith_package *p = row->package, *q = kith_app_since_find(s->trusted, p);

	if (!q || !q->checksum.len)
		q = kith_app_since_find(s->base, p);
	if (!q || !q->checksum.len || !p->checksum.len)
		return;
	if (kith_span_eq(q->checksum, p->checksum)) {
		row->corroborated = true;
		return;
	}
	row->subject.mismatch = true;
	if (!row->mismatch)
		row->mismatch = "not the checksum of the lock file before this change";
}

int
kith_app_since_compare(struct kith_app_run *run, struct kith_error *err)
{
	struct kith_app_since *s = run->since;
	size_t i;
	int r;

	if (!s)
		return KITH_OK;
	for (i = 0; i < run->project->lock->count; i++)
		corroborate(run, &run->rows[i]);
	if (!s->compares)
		return KITH_OK;
	r = kith_app_since_diff(run, s->base, &s->changes, &s->n_changes, err);
	return r ? r : find_copies(run, err);
}

/* --- which rows --- */

/* A copy in the tree was exempt as it was: when it no longer passes, it is no longer that copy. */
static bool
was_exempt(const struct kith_app_run *run, const struct kith_report_row *row)
{
	const struct kith_config *m = run->config.merged;
	size_t i;

	if (row->package->origin != KITH_ORIGIN_PATH || row->package->local)
		return false;
	for (i = 0; i < m->n_exemptions; i++)
		if (kith_span_eq(m->exemptions[i].name, row->package->name) &&
		    kith_span_eq(m->exemptions[i].version, row->package->version))
			return true;
	return false;
}

static int
is_kept(struct kith_app_run *run, struct kith_report_row *row, bool *ret_kept,
	struct kith_error *err)
{
	int r = KITH_OK;

	if (!row->change && row->verdict.status == KITH_STATUS_INSUFFICIENT && was_exempt(run, row))
		r = add_content(run, row, err);
	*ret_kept = row->change || row->verdict.status == KITH_STATUS_MISMATCH;
	return r;
}

int
kith_app_since_select(struct kith_app_run *run, size_t *n, struct kith_error *err)
{
	struct kith_app_since *s = run->since;
	size_t i, kept = 0;
	bool keep;
	int r = KITH_OK;

	if (!s || !s->compares)
		return KITH_OK;
	for (i = 0; !r && i < *n; i++) {
		struct kith_report_row *row = &run->rows[i];

		r = is_kept(run, row, &keep, err);
		if (keep) {
			run->rows[kept++] = *row;
			continue;
		}
		s->report.unchanged += !row->package->local;
		s->report.unchanged_failing += !kith_report_passes(&run->report, row);
	}
	*n = kept;
	return r;
}

/* --- findings --- */

/* Somebody publishes, reviews or warns of a package of that name. */
static bool
is_known_name(const struct kith_app_run *run, const struct kith_report_row *row)
{
	const struct kith_lock *const locks[] = {run->since->base, run->since->trusted};
	size_t i, k;

	if (row->n_claims)
		return true;
	for (k = 0; k < 2; k++)
		for (i = 0; locks[k] && i < locks[k]->count; i++)
			if (locks[k]->packages[i].origin == KITH_ORIGIN_REGISTRY &&
			    kith_span_eq(locks[k]->packages[i].name, row->package->name))
				return true;
	return false;
}

static bool
had_copy(const struct kith_lock *lock, const struct kith_exemption *x)
{
	size_t i;

	for (i = 0; lock && i < lock->count; i++)
		if (lock->packages[i].origin == KITH_ORIGIN_PATH &&
		    kith_span_eq(lock->packages[i].name, x->name) &&
		    kith_span_eq(lock->packages[i].version, x->version))
			return true;
	return false;
}

/* A change can list a copy of others' code among the workspace's members: then nobody judges it. */
static bool
was_exempt_copy(const struct kith_app_run *run, const struct kith_package *p)
{
	const struct kith_config *m = run->config.merged;
	size_t i;

	for (i = 0; p->local && i < m->n_exemptions; i++)
		if (kith_span_eq(m->exemptions[i].name, p->name) &&
		    (had_copy(run->since->base, &m->exemptions[i]) ||
		     had_copy(run->since->trusted, &m->exemptions[i])))
			return true;
	return false;
}

static int
remark_of_row(struct kith_app_run *run, const struct kith_report_row *row, const char *lock)
{
	const struct kith_package *p = row->package;
	struct kith_span name = kith_span_sub(p->name, 0, 200);
	struct kith_span version = kith_span_sub(p->version, 0, 100);
	bool is_new = row->change || !run->since->compares;
	const char *key = is_new ? kith_arena_str(&run->arena, name) : "";

	if (!key)
		return KITH_E_NOMEM;
	if (is_new && row->uncorroborated)
		return kith_app_remark(run, KITH_RULE_UNCORROBORATED, true, lock, p->line, key,
				       "%.*s %.*s: nobody but this lock file states its checksum",
				       KITH_SPAN_FMT(name), KITH_SPAN_FMT(version));
	if (row->change && p->origin == KITH_ORIGIN_PATH && is_known_name(run, row))
		return kith_app_remark(run, KITH_RULE_FAMOUS_NAME, true, lock, p->line, key,
				       "%.*s %.*s lies in the project's tree and has the name of a "
				       "package that others publish",
				       KITH_SPAN_FMT(name), KITH_SPAN_FMT(version));
	if (was_exempt_copy(run, p))
		return kith_app_remark(run, KITH_RULE_LOOSENED, true, lock, p->line, "member",
				       "%.*s %.*s was exempt as a copy, and is one of the "
				       "project's own now, which nobody judges",
				       KITH_SPAN_FMT(name), KITH_SPAN_FMT(version));
	return KITH_OK;
}

static int
remark_of_link(struct kith_app_run *run, const char *lock)
{
	struct stat st;

	if (lstat(run->project->lock_path, &st) < 0 || !S_ISLNK(st.st_mode))
		return KITH_OK;
	return kith_app_remark(run, KITH_RULE_LOCK_LINK, true, lock, 1, "",
			       "it is a symbolic link: what is built elsewhere may be locked by "
			       "another file");
}

int
kith_app_since_remarks(struct kith_app_run *run, struct kith_error *err)
{
	const char *lock;
	size_t i;
	int r;

	if (!run->since)
		return KITH_OK;
	lock = kith_app_as_written(run->project->lock_path);
	r = remark_of_link(run, lock);
	for (i = 0; !r && i < run->project->lock->count; i++)
		r = remark_of_row(run, &run->rows[i], lock);
	if (r)
		return kith_fail_nomem(err);
	return kith_app_change_remarks(run, err);
}

/* --- the report's part --- */

static int
copy_words(struct kith_app_run *run, struct kith_error *err)
{
	struct kith_report_since *p = &run->since->report;
	struct kith_session *s = run->session;
	const struct kith_verify_options *o = run->options;

	p->compares = run->since->compares;
	p->given = o->since ? kith_arena_str(&run->arena, kith_span_str(o->since)) : NULL;
	p->commit = kith_arena_str(&run->arena, kith_span_str(kith_app_trusted_tip(s)));
	p->base = kith_arena_str(&run->arena, kith_span_str(kith_app_trusted_base(s)));
	p->policy = kith_arena_str(&run->arena, kith_span_str(kith_app_trusted_policy(s)));
	return (o->since && !p->given) || !p->commit || !p->base || !p->policy
		   ? kith_fail_nomem(err)
		   : KITH_OK;
}

/* Rows have moved, and some of their changes were found late. */
static int
gather_changes(struct kith_app_run *run, struct kith_error *err)
{
	struct kith_app_since *s = run->since;
	struct kith_report_since *p = &s->report;
	struct kith_report_change *all;
	size_t i, n = 0;

	all = kith_arena_array(&run->arena, s->n_changes + run->report.n_rows + 1, sizeof(*all));
	if (!all)
		return kith_fail_nomem(err);
	for (i = 0; i < s->n_changes; i++)
		all[n++] = s->changes[i];
	for (i = 0; i < run->report.n_rows; i++)
		if (run->rows[i].change && run->rows[i].change->kind == KITH_CHANGE_CONTENT)
			all[n++] = *run->rows[i].change;
	for (i = 0; i < n; i++) {
		all[i].row = NULL;
		p->counts[all[i].kind] += !all[i].package->local;
	}
	p->changes = all;
	p->n_changes = n;
	return KITH_OK;
}

static int
make_step(struct kith_app_run *run, const struct kith_app_todo_item *x,
	  struct kith_report_step *ret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	bool by_difference = kith_app_todo_by_difference(x);

	kith_buf_init(&b, KITH_KIB(16));
	kith_app_todo_put_work(x, &b);
	ret->row = x->row;
	ret->base = by_difference ? x->base : KITH_SPAN_NONE;
	ret->lines_known = by_difference ? x->base_known : x->facts.known;
	ret->lines = by_difference ? x->diff_lines : x->facts.lines;
	ret->text = kith_arena_str(&run->arena, kith_buf_span(&b));
	if (kith_buf_check(&b, err) || !ret->text)
		return kith_fail_nomem(err);
	kith_buf_reset(&b);
	kith_buf_put_str(&b, by_difference ? "kith diff " : "kith open ");
	kith_text_safe(&b, x->row->package->name, 60);
	kith_buf_put_char(&b, '@');
	kith_text_safe(&b, x->row->package->version, 40);
	if (by_difference) {
		kith_buf_put_char(&b, ' ');
		kith_text_safe(&b, x->base, 40);
	}
	ret->command = kith_arena_str(&run->arena, kith_buf_span(&b));
	if (kith_buf_check(&b, err) || !ret->command)
		return kith_fail_nomem(err);
	return KITH_OK;
}

static int
make_queue(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_todo_options options = {.path = run->options->path, .limit = STEPS_SHOWN};
	struct kith_app_todo t = {.session = run->session, .options = &options, .run = run};
	struct kith_report_since *p = &run->since->report;
	struct kith_report_step *steps;
	size_t i;
	int r;

	kith_arena_init(&t.arena, KITH_MIB(512));
	r = kith_app_todo_queue(&t, err);
	steps = kith_arena_array(&run->arena, t.n_shown + 1, sizeof(*steps));
	if (!r && !steps)
		r = kith_fail_nomem(err);
	for (i = 0; !r && i < t.n_shown; i++)
		if (t.items[i].row->verdict.status == KITH_STATUS_INSUFFICIENT)
			r = make_step(run, &t.items[i], &steps[p->n_steps++], err);
	p->steps_more = t.n_items - t.n_shown;
	p->steps = steps;
	kith_arena_clear(&t.arena);
	return r;
}

int
kith_app_since_report(struct kith_app_run *run, struct kith_error *err)
{
	int r;

	if (!run->since)
		return KITH_OK;
	r = copy_words(run, err);
	if (!r && run->since->compares)
		r = gather_changes(run, err);
	if (!r && run->since->compares && !run->project->missing)
		r = make_queue(run, err);
	run->report.since = &run->since->report;
	return r;
}
