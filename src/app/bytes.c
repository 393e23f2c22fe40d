/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a project's packages: where they lie, whether they are the ones that the lock file
 * means, and their digests. What differs becomes a mismatch with words, never silence.
 */
#include "app/judge.h"

struct search {
	struct kith_app_run *run;
	struct kith_bytes_want *wants;
	struct kith_bytes_answer *answers;
	size_t *row_of; /* of each want */
	bool *sure;
	size_t n;
	/* of --unpacked, by row: its archive, once that is settled, and what that digests to */
	const char **archives;
	struct kith_digest *natives;
	size_t compared, changed;
};

static const char *
keep(struct kith_app_run *run, const char *text)
{
	return kith_arena_str(&run->arena, kith_span_str(text));
}

static void
set_mismatch(struct kith_app_run *run, size_t row, const char *why)
{
	run->rows[row].subject.mismatch = true;
	run->rows[row].mismatch = keep(run, why);
}

/* The table names the package already: its folder in front would hide the cause. */
static const char *
without_path(const char *text, const char *path)
{
	size_t n = strlen(path);

	if (strncmp(text, path, n) != 0 || !text[n])
		return text;
	text += n + 1;
	return *text == ' ' ? text + 1 : text;
}

/* A vendored tree is compared with its checksum file at once; its digest may only confirm. */
static int
check_vendored(struct kith_app_run *run, size_t row, const char *path, struct kith_error *err)
{
	struct kith_subject *s = &run->rows[row].subject;
	struct kith_digest digest;
	struct kith_error why;
	int r = kith_vendored_check(path, s->package, &digest, &why);

	s->bytes = KITH_SUBJECT_VENDORED;
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r) {
		/* a tree that cannot be checked is not the tree that was locked */
		set_mismatch(run, row, without_path(why.msg, path));
		return KITH_OK;
	}
	s->has_digest = true;
	s->digest = digest;
	return KITH_OK;
}

static int
place(struct search *x, size_t row, size_t candidate, struct kith_error *err)
{
	struct kith_app_run *run = x->run;
	const struct kith_package *p = run->rows[row].package;
	struct kith_bytes_place at = {0};
	struct kith_error why;
	int r;

	r = kith_cargo_places_candidate(run->places, p, candidate, &at, &why);
	if (r == KITH_E_INTEGRITY || r == KITH_E_FORMAT) {
		/* there twice, or in a folder that cannot be read: not what was locked */
		set_mismatch(run, row, why.msg);
		return KITH_OK;
	}
	if (r) {
		if (err)
			*err = why;
		return r;
	}
	if (at.state == KITH_BYTES_VENDORED) {
		r = check_vendored(run, row, at.path, err);
	} else if (at.state == KITH_BYTES_ARCHIVE && !run->session->bundle) {
		x->wants[x->n] = (struct kith_bytes_want){
		    .path = keep(run, at.path),
		    .checksum = p->checksum,
		    .name = p->name,
		    .version = p->version,
		};
		x->sure[x->n] = at.sure;
		x->row_of[x->n++] = row;
		r = x->wants[x->n - 1].path ? KITH_OK : kith_fail_nomem(err);
	}
	kith_bytes_place_clear(&at);
	return r;
}

static void
note(void *ctx, const char *text)
{
	kith_app_warn(ctx, "%s", text);
}

static int
ask(struct search *x, struct kith_error *err)
{
	struct kith_session *s = x->run->session;
	const struct kith_helper_options helper = {.dir = s->libexec};
	const struct kith_bytes_options o = {
	    .cache_dir = s->dirs.cache,
	    .data_dir = s->dirs.data,
	    .recheck = x->run->options->recheck,
	    .helper = &helper,
	    .note = note,
	    .note_ctx = s,
	};
	struct kith_bytes_totals totals;
	int r;

	if (!x->n)
		return KITH_OK;
	r = kith_bytes_check(&o, x->wants, x->n, x->answers, &totals, err);
	if (!r)
		kith_app_detail(s, "archives: %zu remembered, %zu read", totals.remembered,
				totals.read);
	return r;
}

/* True if the row is settled; false if another candidate should be tried. */
static bool
settle(struct search *x, size_t i)
{
	struct kith_report_row *row = &x->run->rows[x->row_of[i]];
	const struct kith_bytes_answer *a = &x->answers[i];

	switch (a->result) {
	case KITH_BYTES_UNREADABLE:
		kith_app_warn(x->run->session, "%s: %s", x->wants[i].path, a->why);
		return false;
	case KITH_BYTES_MISMATCH:
		if (!x->sure[i])
			return false; /* another registry's archive of this name */
		set_mismatch(x->run, x->row_of[i],
			     "the archive here differs from the lock file's checksum");
		return true;
	case KITH_BYTES_MATCHES:
	case KITH_BYTES_UNCHECKED:
		break;
	}
	row->subject.bytes = KITH_SUBJECT_HERE;
	row->subject.has_digest = row->has_digests = a->has_digests;
	row->native = a->native;
	row->crev_digest = a->crev;
	row->subject.digest =
	    x->run->options->semantics == KITH_SEMANTICS_CREV ? a->crev : a->native;
	if (!a->has_digests)
		kith_app_warn(x->run->session, "%s: %s", x->wants[i].path, a->why);
	if (a->has_digests && x->archives) {
		x->archives[x->row_of[i]] = x->wants[i].path;
		x->natives[x->row_of[i]] = a->native;
	}
	return true;
}

/* verdict.md 1: what cargo unpacked is compared with the archives. */
static int
compare_unpacked(struct search *x, size_t row, struct kith_error *err)
{
	struct kith_app_run *run = x->run;
	const struct kith_package *p = run->rows[row].package;
	KITH_AUTO_FREE char *left = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	bool there = false;
	int r;

	kith_buf_init(&b, KITH_KIB(8));
	if (!x->archives[row]) {
		r = kith_cargo_places_unpacked(run->places, p, &left, NULL);
		if (r == KITH_E_NOMEM)
			return kith_fail_nomem(err);
		if (!r && left && run->rows[row].subject.bytes != KITH_SUBJECT_VENDORED)
			kith_app_warn(run->session,
				      "%s: not compared: its archive is not here (kith fetch "
				      "--packages gets it)",
				      left);
		return KITH_OK;
	}
	r = kith_app_check_unpacked(run, x->archives[row], &x->natives[row], &there, &b, err);
	if (r)
		return r;
	x->compared += there;
	if (!b.len)
		return KITH_OK;
	x->changed++;
	set_mismatch(run, row, kith_buf_str(&b));
	return run->rows[row].mismatch ? KITH_OK : kith_fail_nomem(err);
}

static int
compare_all(struct search *x, struct kith_error *err)
{
	size_t n = x->run->project->lock->count, i;
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++)
		if (!x->run->rows[i].subject.mismatch)
			r = compare_unpacked(x, i, err);
	if (!r)
		kith_app_note(x->run->session,
			      "%zu unpacked package%s compared with %s archive%s: %zu changed",
			      x->compared, x->compared == 1 ? "" : "s",
			      x->compared == 1 ? "its" : "their", x->compared == 1 ? "" : "s",
			      x->changed);
	return r;
}

/* Asks about the first candidates of all rows together, then about the next of those left. */
static int
search_all(struct search *x, bool *open, struct kith_error *err)
{
	size_t n = x->run->project->lock->count, candidate, row, i, left = n;
	int r;

	for (candidate = 0; left && candidate < 8; candidate++) {
		x->n = 0;
		for (row = 0; row < n; row++) {
			if (!open[row])
				continue;
			i = x->n;
			r = place(x, row, candidate, err);
			if (r)
				return r;
			open[row] = x->n > i;
		}
		r = ask(x, err);
		if (r)
			return r;
		for (left = i = 0; i < x->n; i++) {
			open[x->row_of[i]] = !settle(x, i);
			left += open[x->row_of[i]];
		}
	}
	return KITH_OK;
}

int
kith_app_find_bytes(struct kith_app_run *run, struct kith_error *err)
{
	size_t n = run->project->lock->count, i;
	KITH_AUTO_FREE bool *open = kith_calloc(n, sizeof(*open));
	KITH_AUTO_FREE bool *sure = kith_calloc(n, sizeof(*sure));
	KITH_AUTO_FREE size_t *row_of = kith_calloc(n, sizeof(*row_of));
	KITH_AUTO_FREE struct kith_bytes_want *wants = kith_calloc(n, sizeof(*wants));
	KITH_AUTO_FREE struct kith_bytes_answer *answers = kith_calloc(n, sizeof(*answers));
	KITH_AUTO_FREE const char **archives = kith_calloc(n, sizeof(*archives));
	KITH_AUTO_FREE struct kith_digest *natives = kith_calloc(n, sizeof(*natives));
	struct search x = {.run = run,
			   .wants = wants,
			   .answers = answers,
			   .row_of = row_of,
			   .sure = sure,
			   .natives = natives};
	int r;

	if (!open || !sure || !row_of || !wants || !answers || !archives || !natives)
		return kith_fail_nomem(err);
	if (run->options->unpacked)
		x.archives = archives;
	for (i = 0; i < n; i++)
		open[i] = run->rows[i].package->origin == KITH_ORIGIN_REGISTRY ||
			  run->rows[i].package->origin == KITH_ORIGIN_OTHER;
	r = search_all(&x, open, err);
	return r || !run->options->unpacked ? r : compare_all(&x, err);
}
