/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetching: hands sources to kith-git, a few at a time, each under its mirror's lock, and writes
 * down how each went. The lock is on the mirror's folder itself and goes with the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include "helper/guard.h"
#include "store/journal.h"
#include "store/meta.h"
#include "store/unzip.h"
#include "store/own_git.h"

#define DEFAULT_JOBS      8
#define RECORDS_TIMEOUT_S 600 /* to bring them into the mirror, once they are here */
#define TICK_MS           100
#define GRACE_MS          30000 /* kith-git itself ends a source that takes too long */

enum state { WAITING, RUNNING, ENDED };

struct task {
	enum state state;
	int lock_fd;
	int64_t started_ms; /* WAITING: since when for the lock, 0: not tried yet */
	char *unpacked;     /* the records that are fetched in place of an archive; NULL: none */
	struct kith_mirror meta;
};

struct run {
	const struct kith_dirs *dirs;
	const struct kith_source *sources;
	const struct kith_store_fetch_options *o;
	struct kith_helper *helper;
	struct task *tasks;
	size_t n, running, ended, first; /* first: no task before it is WAITING */
	unsigned jobs, timeout_s;
	int64_t last_ms;    /* when something was heard of kith-git */
	int64_t silence_ms; /* that is too much */
};

static void
run_clear(struct run *run)
{
	size_t i;

	/* the helper first: while it works, the locks must hold */
	kith_helper_stop(run->helper);
	for (i = 0; run->tasks && i < run->n; i++) {
		kith_closep(&run->tasks[i].lock_fd);
		kith_mirror_clear(&run->tasks[i].meta);
		free(run->tasks[i].unpacked);
	}
	free(run->tasks);
}

/* KITH_E_EXISTS: somebody else has it. */
static int
lock_folder(const char *path, int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat a, b;

	if (fd < 0 && errno == ENOENT) /* removed by whom we wait for */
		return KITH_E_EXISTS;
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? KITH_E_EXISTS
					    : kith_fail_errno(err, errno, "%s", path);
	/* removed or replaced while we waited: what is locked is not what is there */
	if (fstat(fd, &a) < 0 || stat(path, &b) < 0 || a.st_ino != b.st_ino || a.st_dev != b.st_dev)
		return KITH_E_EXISTS;
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

static int
copy_source(struct kith_mirror *m, const struct kith_source *s, struct kith_error *err)
{
	free(m->source.location);
	free(m->source.slug);
	free(m->source.inside);
	m->source.inside = NULL;
	m->source.kind = s->kind;
	m->source.evidence = s->evidence;
	m->source.class = s->class;
	m->source.location = kith_strndup(s->location, strlen(s->location));
	m->source.slug = kith_strndup(s->slug, strlen(s->slug));
	if (s->inside)
		m->source.inside = kith_strndup(s->inside, strlen(s->inside));
	return m->source.location && m->source.slug && (!s->inside || m->source.inside)
		   ? KITH_OK
		   : kith_fail_nomem(err);
}

/* --- one task --- */

static void
end_task(struct run *run, size_t i, struct kith_store_fetched *result)
{
	struct task *t = &run->tasks[i];

	if (t->state == RUNNING)
		run->running--;
	t->state = ENDED;
	run->ended++;
	kith_closep(&t->lock_fd);
	result->source = i;
	run->o->fetched(run->o->ctx, result);
	kith_mirror_clear(&t->meta);
}

static void
fail_task(struct run *run, size_t i, const struct kith_error *why)
{
	struct kith_store_fetched result = {.outcome = KITH_GIT_FAILED};

	result.error = *why;
	memcpy(result.head, run->tasks[i].meta.head, sizeof(result.head));
	memcpy(result.old_head, run->tasks[i].meta.head, sizeof(result.old_head));
	end_task(run, i, &result);
}

/* A database is larger than what a person signs; what the user says himself stands. */
static uint64_t
max_bytes(const struct kith_store_fetch_options *o, const struct kith_source *s)
{
	uint64_t max = o->max_bytes ? o->max_bytes : KITH_MAX_FETCH_BYTES;

	if (max == KITH_MAX_FETCH_BYTES &&
	    (s->evidence == KITH_SOURCE_RUSTSEC || s->evidence == KITH_SOURCE_OSV))
		return KITH_MAX_DATABASE_BYTES;
	return max;
}

static int
send_task(struct run *run, size_t i, const char *path, struct kith_error *err)
{
	const struct kith_store_fetch_options *o = run->o;
	struct kith_git_fetch f = {.id = (uint32_t)i, .kind = run->sources[i].kind};
	const char *unpacked = run->tasks[i].unpacked;
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(64));
	f.mirror = kith_span_str(path);
	f.location = kith_span_str(unpacked ? unpacked : run->sources[i].location);
	f.kind = unpacked ? KITH_GIT_RECORDS : f.kind;
	if (run->sources[i].carrier) {
		f.kind = KITH_GIT_BUNDLE;
		f.location = kith_span_str(run->sources[i].carrier);
	}
	f.public_only = o->public_only || run->sources[i].public_only;
	f.as_user = !f.public_only && run->sources[i].class == KITH_SOURCE_USER;
	f.max_bytes = max_bytes(o, &run->sources[i]);
	f.max_objects = o->max_objects ? o->max_objects : KITH_MAX_FETCH_OBJS;
	f.max_refs = o->max_refs ? o->max_refs : KITH_MAX_FETCH_REFS;
	f.max_redirects = o->max_redirects ? *o->max_redirects : KITH_MAX_FETCH_HOPS;
	if (run->sources[i].evidence == KITH_SOURCE_CREV) {
		f.max_depth = o->max_depth;
		f.max_files = o->max_files;
		f.max_file_bytes = o->max_file_bytes;
	}
	f.resolve = kith_span_str(o->resolve);
	f.ca_file = kith_span_str(o->ca_file);
	/* no server is waited for any more: only this machine can be slow */
	f.timeout_s =
	    unpacked && run->timeout_s < RECORDS_TIMEOUT_S ? RECORDS_TIMEOUT_S : run->timeout_s;
	f.idle_s = o->idle_s ? o->idle_s : KITH_MAX_FETCH_IDLE;
	f.now = o->now.sec < 0 ? 0 : o->now.sec;
	f.names = kith_span_str(o->names ? o->names : kith_source_names(&run->sources[i]));
	kith_git_put_fetch(&b, &f);
	return kith_helper_send(run->helper, &b, err);
}

/* KITH_E_EXISTS: locked by somebody else. Other failures are the task's own. */
static int
prepare_task(struct run *run, size_t i, char **ret_path, struct kith_error *err)
{
	struct task *t = &run->tasks[i];
	KITH_AUTO_FREE char *path = kith_meta_path(run->dirs, run->sources[i].slug, ".git");
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_mkdirs(path, 0700, err);
	if (!r)
		r = lock_folder(path, &t->lock_fd, err);
	if (r)
		return r;
	r = kith_meta_read(run->dirs, run->sources[i].slug, &t->meta, err);
	/* new, or damaged: then it is written anew from what the mirror itself says */
	if (r == KITH_E_NOTFOUND || r == KITH_E_FORMAT) {
		kith_mirror_clear(&t->meta);
		r = KITH_OK;
	}
	if (!r)
		r = copy_source(&t->meta, &run->sources[i], err);
	if (!r)
		*ret_path = kith_steal(&path);
	return r;
}

/* An archive is unpacked beside its mirror's objects; what is fetched is what was in it. */
static int
unpack_task(struct run *run, size_t i, const char *archive, struct kith_error *err)
{
	struct task *t = &run->tasks[i];
	KITH_AUTO_FREE char *path = kith_meta_path(run->dirs, run->sources[i].slug, ".git/records");
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = kith_store_unzip(run->o->libexec, archive, path, err);
	run->last_ms = kith_guard_now_ms(); /* kith-git could not be heard meanwhile */
	if (r)
		return r;
	t->unpacked = kith_steal(&path);
	if (run->silence_ms < RECORDS_TIMEOUT_S * 1000 + GRACE_MS)
		run->silence_ms = RECORDS_TIMEOUT_S * 1000 + GRACE_MS;
	return KITH_OK;
}

/* The archive last: while it is there, its fetch has not come to an end. */
static void
end_archive(const struct run *run, size_t i, bool failed)
{
	static const char archive[] = ".git/" KITH_GIT_ARCHIVE_NAME;
	const char *const names[] = {".git/records", ".git/validators", archive};
	size_t k;

	for (k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		KITH_AUTO_FREE char *path =
		    kith_meta_path(run->dirs, run->sources[i].slug, names[k]);

		/* what it was asked with next time is true only of what is in force */
		if (path && (k != 1 || failed))
			(void)!kith_fs_remove_tree(path, NULL);
	}
}

/* Only a helper that cannot be used is an error here. */
static int
start_task(struct run *run, size_t i, struct kith_error *err)
{
	struct task *t = &run->tasks[i];
	KITH_AUTO_FREE char *path = NULL;
	struct kith_error why;
	int r;

	r = prepare_task(run, i, &path, &why);
	if (r == KITH_E_EXISTS) {
		if (!t->started_ms)
			t->started_ms = kith_guard_now_ms();
		if (kith_guard_now_ms() - t->started_ms < (int64_t)run->timeout_s * 1000)
			return KITH_OK;
		kith_fail(&why, KITH_E_EXISTS, "another process has been fetching it for %u s",
			  run->timeout_s);
	}
	if (r) {
		fail_task(run, i, &why);
		return KITH_OK;
	}
	if (run->sources[i].kind == KITH_GIT_PLAIN &&
	    kith_store_is_zip(kith_span_str(run->sources[i].location))) {
		r = unpack_task(run, i, run->sources[i].location, &why);
		if (r) {
			fail_task(run, i, &why);
			return KITH_OK;
		}
	}
	r = send_task(run, i, path, err);
	if (r)
		return r;
	t->state = RUNNING;
	run->running++;
	return KITH_OK;
}

static int
start_tasks(struct run *run, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	while (run->first < run->n && run->tasks[run->first].state != WAITING)
		run->first++;
	for (i = run->first; !r && i < run->n && run->running < run->jobs; i++)
		if (run->tasks[i].state == WAITING)
			r = start_task(run, i, err);
	return r;
}

/* --- answers --- */

static int
set_error(struct kith_mirror *m, const char *text, struct kith_error *err)
{
	free(m->error);
	m->error = kith_strndup(text, strlen(text));
	return m->error ? KITH_OK : kith_fail_nomem(err);
}

/*
 * A first attempt that failed leaves nothing: what was mistyped is no source. Of others' URLs it is
 * noted, so that they are not tried again on every run.
 */
static int
forget_mirror(const struct kith_dirs *dirs, const struct kith_mirror *m, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_meta_path(dirs, m->source.slug, ".git");

	return path ? kith_fs_remove_tree(path, err) : kith_fail_nomem(err);
}

/* What is carried is as old as it was over there. */
static int64_t
fetched_at(const struct run *run, const struct task *t)
{
	const struct kith_source *s = &run->sources[t - run->tasks];

	return s->carrier && s->as_of < run->o->now.sec ? s->as_of : run->o->now.sec;
}

/* Whose first failure leaves nothing behind. */
static bool
is_forgotten(const struct kith_mirror *m)
{
	return !m->success &&
	       (m->source.class == KITH_SOURCE_USER || m->source.class == KITH_SOURCE_CARRIED);
}

static int
note_result(struct run *run, struct task *t, const struct kith_git_fetched *f,
	    struct kith_store_fetched *result, struct kith_error *err)
{
	struct kith_mirror *m = &t->meta;
	int r = KITH_OK;

	memcpy(result->old_head, m->head, sizeof(result->old_head));
	m->attempt = run->o->now.sec;
	if (f->outcome == KITH_GIT_FAILED) {
		kith_fail(&result->error, (enum kith_code)f->code, "%.*s",
			  KITH_SPAN_FMT(f->message));
		if (f->hint.len)
			kith_hint(&result->error, f->code, "%.*s", KITH_SPAN_FMT(f->hint));
	} else {
		if (f->head.len)
			memcpy(m->head, f->head.ptr, KITH_GIT_HEX);
		if (f->outcome != KITH_GIT_EMPTY && strcmp(m->head, result->old_head) != 0)
			r = kith_journal_note(run->dirs, m, result->old_head, run->o->now.sec,
					      f->outcome == KITH_GIT_REWRITTEN, err);
		m->success = fetched_at(run, t);
	}
	m->failures = f->outcome == KITH_GIT_FAILED ? m->failures + (m->failures < UINT32_MAX) : 0;
	m->not_before = f->retry_after_s ? m->attempt + f->retry_after_s : 0;
	if (r)
		return r;
	memcpy(result->head, m->head, sizeof(result->head));
	if (f->outcome == KITH_GIT_FAILED && !f->head.len && is_forgotten(m))
		return forget_mirror(run->dirs, m, err);
	r = set_error(m, f->outcome == KITH_GIT_FAILED ? result->error.msg : "", err);
	return r ? r : kith_meta_write(run->dirs, m, err);
}

static void
take_fetched(struct run *run, const struct kith_git_fetched *f)
{
	struct task *t = &run->tasks[f->id];
	struct kith_store_fetched result = {.outcome = f->outcome};
	struct kith_error why;

	result.bytes = f->bytes;
	result.objects = f->objects;
	if (note_result(run, t, f, &result, &why)) {
		result.outcome = KITH_GIT_FAILED;
		result.error = why;
		memcpy(result.head, result.old_head, sizeof(result.head));
	}
	/* the mirror had it already when its text file was lost */
	if (result.outcome == KITH_GIT_UNCHANGED && strcmp(result.old_head, result.head) != 0)
		result.outcome = KITH_GIT_UPDATED;
	end_task(run, f->id, &result);
}

/* A zip archive came over the network: the same task goes on with what is in it. */
static int
take_archive(struct run *run, const struct kith_git_fetched *f, struct kith_error *err)
{
	struct task *t = &run->tasks[f->id];
	KITH_AUTO_FREE char *mirror = kith_meta_path(run->dirs, run->sources[f->id].slug, ".git");
	KITH_AUTO_FREE char *archive = mirror ? kith_fs_join(mirror, KITH_GIT_ARCHIVE_NAME) : NULL;
	struct kith_git_fetched failed = {.id = f->id};
	struct kith_error why;

	if (!archive)
		return kith_fail_nomem(err);
	if (t->unpacked) /* records are no archive */
		return kith_helper_broke(run->helper, err, "sent a wrong answer");
	failed.code = unpack_task(run, f->id, archive, &why);
	if (!failed.code)
		return send_task(run, f->id, mirror, err);
	failed.message = kith_span_str(why.msg);
	failed.hint = kith_span_str(why.hint);
	failed.head = kith_span_str(t->meta.head);
	end_archive(run, f->id, true);
	take_fetched(run, &failed);
	return KITH_OK;
}

static bool
is_running(const struct run *run, uint32_t id)
{
	return id < run->n && run->tasks[id].state == RUNNING;
}

static int
take_frame(struct run *run, const struct kith_frame *f, struct kith_error *err)
{
	const struct kith_store_fetch_options *o = run->o;
	struct kith_git_fetched done;
	struct kith_git_progress p;
	struct kith_git_file skip;

	if (f->type == KITH_GIT_FETCHED && kith_git_get_fetched(f->payload, &done) &&
	    is_running(run, done.id)) {
		if (done.outcome == KITH_GIT_ARCHIVE)
			return take_archive(run, &done, err);
		if (run->tasks[done.id].unpacked)
			end_archive(run, done.id, done.outcome == KITH_GIT_FAILED);
		take_fetched(run, &done);
	} else if (f->type == KITH_GIT_PROGRESS && kith_git_get_progress(f->payload, &p) &&
		   is_running(run, p.id)) {
		if (o->progress)
			o->progress(o->ctx, p.id, &p);
	} else if (f->type == KITH_GIT_SKIP && kith_git_get_skip(f->payload, &skip) &&
		   is_running(run, skip.id)) {
		if (o->skipped)
			o->skipped(o->ctx, skip.id, skip.path, skip.why);
	} else {
		return kith_helper_broke(run->helper, err, "sent a wrong answer");
	}
	return KITH_OK;
}

/* Until something came, or a moment passed. */
static int
wait_a_little(struct run *run, struct kith_error *err)
{
	struct pollfd p = {kith_helper_fd(run->helper), POLLIN, 0};
	struct kith_frame f;
	int r;

	poll(&p, 1, TICK_MS);
	if (run->o->cancelled && run->o->cancelled(run->o->ctx))
		return kith_fail(err, KITH_E_CANCELLED, "interrupted");
	while (!(r = kith_helper_try_recv(run->helper, &f, err))) {
		run->last_ms = kith_guard_now_ms();
		r = take_frame(run, &f, err);
		if (r || run->ended == run->n)
			return r;
	}
	if (r != KITH_E_NOTFOUND)
		return r;
	if (run->running && kith_guard_now_ms() - run->last_ms > run->silence_ms)
		return kith_helper_broke(run->helper, err, "no answer in time");
	return KITH_OK;
}

static int
start_helper(struct run *run, struct kith_error *err)
{
	struct kith_helper_options ho = {run->o->libexec, kith_own_git_env, 0};
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, 100);
	r = kith_helper_start(KITH_GIT_PROGRAM, &ho, &run->helper, err);
	if (r)
		return r;
	kith_git_put_jobs(&b, run->jobs);
	return kith_helper_send(run->helper, &b, err);
}

int
kith_store_fetch(const struct kith_dirs *dirs, const struct kith_source *sources, size_t n,
		 const struct kith_store_fetch_options *options, struct kith_error *err)
{
	KITH_CLEANUP(run_clear) struct run run = {.dirs = dirs, .sources = sources, .o = options};
	size_t i;
	int r;

	run.jobs = options->jobs ? options->jobs : DEFAULT_JOBS;
	run.jobs = run.jobs > KITH_GIT_MAX_JOBS ? KITH_GIT_MAX_JOBS : run.jobs;
	run.timeout_s = options->timeout_s ? options->timeout_s : KITH_MAX_FETCH_SECONDS;
	if (n > KITH_MAX_SOURCES)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu sources", KITH_MAX_SOURCES);
	run.tasks = kith_calloc(n, sizeof(*run.tasks));
	if (!run.tasks)
		return kith_fail_nomem(err);
	run.n = n;
	run.silence_ms = (int64_t)run.timeout_s * 1000 + GRACE_MS;
	run.last_ms = kith_guard_now_ms();
	for (i = 0; i < n; i++)
		run.tasks[i].lock_fd = -1;
	r = n ? start_helper(&run, err) : KITH_OK;
	while (!r && run.ended < n) {
		r = start_tasks(&run, err);
		if (!r && run.ended < n)
			r = wait_a_little(&run, err);
	}
	return r;
}
