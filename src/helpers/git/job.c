/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One guarded child and what the zygote makes of its frames: only well-formed ones about its own
 * request are passed on, so a child that was taken over can lie about its source and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <unistd.h>

#include "helpers/git/own.h"
#include "helpers/git/zygote.h"

#define CHILD_MEMORY    KITH_MIB(512)
#define FETCH_CPU_S     30
#define RECORDS_CPU_S   120 /* 200,000 of them take 15 */
#define READ_TIMEOUT_MS 60000
#define DIFF_CPU_S      20
#define OWN_FILE_BYTES  KITH_MIB(2048)
#define CHILD_FILES     256
#define MAX_PATHS       64
#define SLACK_MS        2000 /* for the child's own limits to speak first */

struct plan {
	struct kith_guard guard;
	struct kith_guard_path paths[MAX_PATHS];
	char *owned[MAX_PATHS];
	size_t n_owned;
	bool failed;
};

static void
plan_clear(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n_owned; i++)
		free(p->owned[i]);
}

static void
allow(struct plan *p, const char *path, unsigned access)
{
	if (p->guard.n_paths == MAX_PATHS || !path)
		return;
	p->paths[p->guard.n_paths++] = (struct kith_guard_path){path, access};
}

static void
allow_span(struct plan *p, struct kith_span path, const char *below, unsigned access)
{
	char *own = kith_asprintf("%.*s%s", (int)path.len, (const char *)path.ptr, below);

	if (!own || p->n_owned == MAX_PATHS) {
		free(own);
		p->failed = true;
		return;
	}
	p->owned[p->n_owned++] = own;
	allow(p, own, access);
}

static void
allow_system(struct plan *p)
{
	static const char *const paths[] = {"/lib",
					    "/lib64",
					    "/usr/lib",
					    "/usr/local/lib",
					    "/etc/ssl",
					    "/etc/ca-certificates",
					    "/usr/share/ca-certificates",
					    "/usr/local/share/ca-certificates",
					    "/etc/resolv.conf",
					    "/run/systemd/resolve",
					    "/etc/hosts",
					    "/etc/host.conf",
					    "/etc/nsswitch.conf",
					    "/etc/gai.conf",
					    "/etc/services",
					    "/dev/urandom"};
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		allow(p, paths[i], KITH_GUARD_READ);
	allow(p, "/dev/null", KITH_GUARD_WRITE);
}

/* ssh reads its configuration anywhere and runs what that says; it writes in few places. */
static void
allow_ssh(struct plan *p)
{
	const char *home = getenv("HOME"), *run = getenv("XDG_RUNTIME_DIR");

	allow(p, "/", KITH_GUARD_READ | KITH_GUARD_EXEC);
	allow(p, "/dev", KITH_GUARD_WRITE);
	allow(p, "/tmp", KITH_GUARD_WRITE);
	if (home)
		allow_span(p, kith_span_str(home), "/.ssh", KITH_GUARD_WRITE);
	if (run)
		allow(p, run, KITH_GUARD_WRITE);
}

/* Its paths come in the child: prepare_fetch. */
static void
plan_fetch(struct plan *p, const struct kith_git_fetch *f)
{
	p->guard.network = kith_git_is_remote(f->kind);
	p->guard.cpu_s = f->kind == KITH_GIT_RECORDS ? RECORDS_CPU_S : FETCH_CPU_S;
	p->guard.file_bytes = f->max_bytes + KITH_MIB(64); /* its index comes beside the pack */
}

/* Few repositories: each by itself. Many: the folders they lie in, which mirrors share. */
static void
plan_read(struct plan *p, const struct request *rq)
{
	struct kith_cursor c = rq->items;
	struct kith_git_read_item item;
	struct kith_span dir, last = KITH_SPAN_NONE;
	uint32_t i;

	p->guard.cpu_s = READ_TIMEOUT_MS / 1000;
	allow_system(p);
	for (i = 0; i < rq->left && kith_git_get_read_item(&c, &item); i++) {
		dir = item.path;
		while (rq->left > 8 && dir.len > 1 && dir.ptr[dir.len - 1] != '/')
			dir.len--;
		if (kith_span_eq(dir, last))
			continue;
		last = dir;
		if (p->guard.n_paths == MAX_PATHS - 1) { /* no room to be precise */
			allow(p, "/", KITH_GUARD_READ);
			break;
		}
		allow_span(p, dir, "", KITH_GUARD_READ);
	}
}

static bool
uses_network(const struct kith_git_own *o)
{
	return o->op == KITH_OWN_CLONE || o->op == KITH_OWN_SYNC || o->op == KITH_OWN_PUSH;
}

/*
 * The user's own repository, and for servers his own programs: ssh and credential helpers, which
 * may write anywhere and need more memory than we do.
 */
static void
plan_own(struct plan *p, const struct kith_git_own *o)
{
	p->guard.file_bytes = OWN_FILE_BYTES;
	p->guard.cpu_s = KITH_OWN_TIMEOUT_S;
	if (uses_network(o)) {
		p->guard.network = p->guard.unconfined = true;
		p->guard.memory = 0;
		return;
	}
	allow(p, "/", KITH_GUARD_READ);
	allow(p, "/dev/null", KITH_GUARD_WRITE);
	allow_span(p, o->path, "", KITH_GUARD_WRITE);
}

static void
plan_diff(struct plan *p)
{
	p->guard.cpu_s = DIFF_CPU_S;
	p->guard.file_bytes = 0;
	allow_system(p);
}

/* Nothing can be written, and only the repository and what it borrows from be read. */
static void
plan_look(struct plan *p, const struct kith_git_look *o)
{
	p->guard.cpu_s = KITH_LOOK_TIMEOUT_S;
	p->guard.file_bytes = 0;
	allow_system(p);
	allow_span(p, o->git_dir, "", KITH_GUARD_READ);
	allow_span(p, o->common_dir, "", KITH_GUARD_READ);
	if (o->op == KITH_LOOK_KEPT) /* .gitignore may lie in any folder */
		allow_span(p, o->revision, "", KITH_GUARD_READ);
}

static void
plan_request(struct plan *p, const struct request *rq)
{
	if (rq->type == KITH_GIT_FETCH)
		plan_fetch(p, &rq->fetch);
	else if (rq->type == KITH_GIT_OWN)
		plan_own(p, &rq->own);
	else if (rq->type == KITH_GIT_DIFF)
		plan_diff(p);
	else if (rq->type == KITH_GIT_LOOK)
		plan_look(p, &rq->look);
	else
		plan_read(p, rq);
}

struct work {
	const struct job *job;
	struct plan *plan;
	int out_fd;
	/* FETCH, as it is after the user's configuration had its say */
	struct kith_git_fetch fetch;
	struct user_access access;
	struct kith_error err; /* code is not KITH_OK: it comes to nothing */
};

#define INSTEAD "by url.*.insteadOf of your git configuration"

/* What the user's git configuration makes of a URL may be another one, or a place on this disk. */
static int
use_access(struct work *w, struct kith_helper_url *u)
{
	KITH_AUTO_FREE char *url = kith_strndup(w->fetch.location.ptr, w->fetch.location.len);
	struct kith_span to;
	int r;

	if (!url)
		return kith_fail_nomem(&w->err);
	r = access_prepare(&w->access, url, &w->err);
	if (r || !w->access.url)
		return r;
	to = kith_span_str(w->access.url);
	kith_span_skip(&to, "file://");
	/* a place on this disk is a repository's for git, never a file's */
	if (w->fetch.kind == KITH_GIT_GET && to.len && to.ptr[0] == '/')
		return KITH_OK;
	w->fetch.location = to;
	if (w->fetch.kind == KITH_GIT_GET) {
		r = kith_helper_url_parse_file(to, u, &w->err);
		return r ? kith_context(&w->err, r, INSTEAD) : r;
	}
	if (to.len && to.ptr[0] == '/') {
		w->fetch.kind = KITH_GIT_REPO;
		return KITH_OK;
	}
	r = kith_helper_url_parse(to, u, &w->err);
	return r ? kith_context(&w->err, r, INSTEAD) : r;
}

/* That it failed is work()'s to say. */
static void
prepare_access(struct work *w)
{
	struct kith_helper_url u = {.scheme = KITH_URL_SSH};
	int r;

	r = w->fetch.kind == KITH_GIT_GET
		? kith_helper_url_parse_file(w->fetch.location, &u, &w->err)
		: kith_helper_url_parse(w->fetch.location, &u, &w->err);
	if (!r && w->fetch.as_user)
		r = use_access(w, &u);
	if (r || !kith_git_is_remote(w->fetch.kind))
		return;
	if (u.scheme == KITH_URL_SSH) {
		w->plan->guard.programs = true;
		allow_ssh(w->plan);
	} else if (w->access.has_helper && !kith_helper_url_is_plain(&u)) {
		if (credential_start(&w->access, &u, &w->err))
			return;
	}
	if (w->access.ca_file)
		allow(w->plan, w->access.ca_file, KITH_GUARD_READ);
}

static int
prepare_fetch(struct kith_guard *g, void *ctx)
{
	struct work *w = ctx;
	struct plan *p = w->plan;

	if (kith_git_is_remote(w->fetch.kind))
		prepare_access(w);
	allow_system(p);
	allow_span(p, w->fetch.mirror, "", KITH_GUARD_WRITE);
	if (w->fetch.ca_file.len)
		allow_span(p, w->fetch.ca_file, "", KITH_GUARD_READ);
	if (!kith_git_is_remote(w->fetch.kind))
		allow_span(p, w->fetch.location, "", KITH_GUARD_READ);
	g->paths = p->paths;
	g->n_paths = p->guard.n_paths;
	g->programs = p->guard.programs;
	return p->failed;
}

static void
allow_alternate(void *ctx, const char *path)
{
	struct plan *p = ctx;

	if (p->guard.n_paths < MAX_PATHS - 1)
		allow_span(p, kith_span_str(path), "", KITH_GUARD_READ);
}

/* Borrowed objects are found in the child: the zygote looks at nothing of strangers'. */
static int
prepare_look(struct kith_guard *g, void *ctx)
{
	struct work *w = ctx;
	struct plan *p = w->plan;

	look_alternates(w->job->request.look.common_dir, allow_alternate, p);
	g->paths = p->paths;
	g->n_paths = p->guard.n_paths;
	return p->failed;
}

static int
fetch_work(struct work *w, struct job_out *out)
{
	struct kith_git_fetched failed = {.id = w->fetch.id, .code = w->err.code};

	if (!w->err.code)
		return fetch_run(&w->fetch, w->fetch.as_user ? &w->access : NULL, out);
	failed.message = kith_span_str(w->err.msg);
	failed.hint = kith_span_str(w->err.hint);
	kith_git_put_fetched(&out->channel.out, &failed);
	return kith_channel_flush(&out->channel, false, &w->err) ? 1 : 0;
}

static int
work(void *ctx)
{
	struct work *w = ctx;
	const struct request *rq = &w->job->request;
	struct job_out out;

	kith_channel_init(&out.channel, -1, w->out_fd);
	switch (rq->type) {
	case KITH_GIT_FETCH:
		return fetch_work(w, &out);
	case KITH_GIT_OWN:
		return own_run(&rq->own, &out);
	case KITH_GIT_DIFF:
		return diff_run(rq->items, rq->context, rq->left, &out);
	case KITH_GIT_LOOK:
		return look_run(&rq->look, &out);
	case KITH_GIT_PACK:
		return pack_run(rq->items, rq->left, &out);
	default:
		return read_run(rq->items, rq->left, &out);
	}
}

static void
renew_deadline(struct job *j)
{
	int64_t ms = READ_TIMEOUT_MS;

	if (j->request.type == KITH_GIT_FETCH)
		ms = (int64_t)j->request.fetch.timeout_s * 1000 + SLACK_MS;
	else if (j->request.type == KITH_GIT_OWN)
		ms = (int64_t)KITH_OWN_TIMEOUT_S * 1000 + SLACK_MS;
	else if (j->request.type == KITH_GIT_LOOK)
		ms = (int64_t)KITH_LOOK_TIMEOUT_S * 1000 + SLACK_MS;
	else if (j->request.type == KITH_GIT_DIFF)
		ms = (int64_t)DIFF_CPU_S * 2000;
	j->deadline_ms = kith_guard_now_ms() + ms;
}

int
job_start(struct zygote *z, struct job *j, struct kith_error *err)
{
	KITH_CLEANUP(plan_clear) struct plan p = {.guard = {.memory = CHILD_MEMORY}};
	KITH_AUTO_FD int theirs = -1;
	struct work w = {.job = j, .plan = &p, .fetch = j->request.fetch};
	int fds[2], r;

	(void)z;
	p.guard.files = CHILD_FILES;
	p.guard.paths = p.paths;
	plan_request(&p, &j->request);
	if (p.failed)
		return kith_fail_nomem(err);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return kith_fail_errno(err, errno, "making a pipe");
	w.out_fd = theirs = fds[1];
	access_init(&w.access);
	if (j->request.type == KITH_GIT_FETCH)
		p.guard.prepare = prepare_fetch;
	else if (j->request.type == KITH_GIT_LOOK)
		p.guard.prepare = prepare_look;
	p.guard.keep = &theirs;
	p.guard.n_keep = 1;
	kith_channel_init(&j->channel, fds[0], -1);
	renew_deadline(j);
	r = kith_guard_spawn(&p.guard, work, &w, &j->child, err);
	if (r)
		close(fds[0]);
	return r;
}

void
job_clear(struct job *j)
{
	kith_child_kill(&j->child, NULL);
	kith_closep(&j->channel.in_fd);
	kith_channel_clear(&j->channel);
	free(j->request.bytes);
	j->request.bytes = NULL;
}

/* --- what it says --- */

static void
pass_on(struct zygote *z, const struct kith_frame *f)
{
	size_t mark = kith_frame_begin(&z->channel.out, f->type);

	kith_buf_put_span(&z->channel.out, f->payload);
	kith_frame_end(&z->channel.out, mark);
}

static bool
check_fetch_frame(struct job *j, const struct kith_frame *f)
{
	struct kith_git_fetched done;
	struct kith_git_progress pg;
	struct kith_git_file skip;
	uint32_t id = j->request.fetch.id;

	switch (f->type) {
	case KITH_GIT_FETCHED:
		if (!kith_git_get_fetched(f->payload, &done) || done.id != id || j->answered)
			return false;
		j->answered = true;
		return true;
	case KITH_GIT_PROGRESS:
		return kith_git_get_progress(f->payload, &pg) && pg.id == id;
	case KITH_GIT_SKIP:
		return kith_git_get_skip(f->payload, &skip) && skip.id == id;
	default:
		return false;
	}
}

static bool
check_read_frame(struct job *j, const struct kith_frame *f)
{
	struct kith_cursor next = j->request.items;
	struct kith_git_read_item item;
	struct kith_git_file file;
	struct kith_git_end end;
	struct kith_span commit;
	uint32_t id;

	if (!j->request.left || !kith_git_get_read_item(&next, &item))
		return false;
	switch (f->type) {
	case KITH_GIT_TREE:
		return kith_git_get_tree(f->payload, &id, &commit) && id == item.id;
	case KITH_GIT_FILE:
		return kith_git_get_file(f->payload, &file) && file.id == item.id;
	case KITH_GIT_SKIP:
		return kith_git_get_skip(f->payload, &file) && file.id == item.id;
	case KITH_GIT_END:
		if (!kith_git_get_end(f->payload, &end) || end.id != item.id)
			return false;
		j->request.items = next;
		j->request.left--;
		renew_deadline(j);
		return true;
	default:
		return false;
	}
}

static bool
check_own_frame(struct job *j, const struct kith_frame *f)
{
	struct kith_git_progress pg;
	struct kith_git_owned done;
	uint32_t id = j->request.own.id;

	if (f->type == KITH_GIT_PROGRESS)
		return kith_git_get_progress(f->payload, &pg) && pg.id == id;
	if (f->type != KITH_GIT_OWNED || !kith_git_get_owned(f->payload, &done) || done.id != id ||
	    j->answered)
		return false;
	j->answered = true;
	return true;
}

static bool
check_look_frame(struct job *j, const struct kith_frame *f)
{
	struct kith_git_looked done;
	struct kith_git_file file;
	uint32_t id = j->request.look.id;

	if (f->type == KITH_GIT_FILE)
		return kith_git_get_file(f->payload, &file) && file.id == id && !j->answered;
	if (f->type == KITH_GIT_SKIP)
		return kith_git_get_skip(f->payload, &file) && file.id == id && !j->answered;
	if (f->type != KITH_GIT_LOOKED || !kith_git_get_looked(f->payload, &done) ||
	    done.id != id || j->answered)
		return false;
	j->answered = true;
	return true;
}

static bool
check_diff_frame(struct job *j, const struct kith_frame *f)
{
	struct kith_cursor next = j->request.items;
	struct kith_git_diffed d;
	struct kith_git_pair p;

	if (!j->request.left || !kith_git_get_pair(&next, &p) || f->type != KITH_GIT_DIFFED ||
	    !kith_git_get_diffed(f->payload, &d) || d.id != p.id)
		return false;
	j->request.items = next;
	j->request.left--;
	renew_deadline(j);
	return true;
}

static bool
check_frame(struct job *j, const struct kith_frame *f)
{
	switch (j->request.type) {
	case KITH_GIT_FETCH:
		return check_fetch_frame(j, f);
	case KITH_GIT_OWN:
		return check_own_frame(j, f);
	case KITH_GIT_DIFF:
		return check_diff_frame(j, f);
	case KITH_GIT_LOOK:
		return check_look_frame(j, f);
	default:
		return check_read_frame(j, f);
	}
}

static void
answer_whole(struct zygote *z, struct job *j, const struct kith_error *why)
{
	struct kith_git_fetched fetched = {.id = j->request.fetch.id, .code = why->code};
	struct kith_git_owned owned = {.id = j->request.own.id, .code = why->code};
	struct kith_git_looked looked = {.id = j->request.look.id, .code = why->code};

	if (j->answered)
		return;
	j->answered = true;
	fetched.message = owned.message = looked.message = kith_span_str(why->msg);
	if (j->request.type == KITH_GIT_FETCH)
		kith_git_put_fetched(&z->channel.out, &fetched);
	else if (j->request.type == KITH_GIT_LOOK)
		kith_git_put_looked(&z->channel.out, &looked);
	else
		kith_git_put_owned(&z->channel.out, &owned);
}

static void
answer_pair(struct zygote *z, struct job *j, const struct kith_error *why)
{
	struct kith_git_diffed d = {.code = why->code};
	struct kith_git_pair p;

	if (!j->request.left || !kith_git_get_pair(&j->request.items, &p))
		return;
	d.id = p.id;
	kith_git_put_diffed(&z->channel.out, &d);
	j->request.left--;
}

/* True for requests of many items, each answered by itself. */
static bool
is_many(const struct request *rq)
{
	return rq->type == KITH_GIT_READ || rq->type == KITH_GIT_PACK || rq->type == KITH_GIT_DIFF;
}

/* The child ended without an answer: says so in its place. */
static void
answer_for(struct zygote *z, struct job *j, const struct kith_error *why)
{
	struct kith_git_read_item item;

	if (!is_many(&j->request)) {
		answer_whole(z, j, why);
	} else if (j->request.type == KITH_GIT_DIFF) {
		answer_pair(z, j, why);
	} else if (j->request.left && kith_git_get_read_item(&j->request.items, &item)) {
		struct kith_git_end end = {.id = item.id, .code = why->code};

		end.message = kith_span_str(why->msg);
		kith_git_put_end(&z->channel.out, &end);
		j->request.left--;
	}
}

/* A child that works through many items and fell over one: another goes on with the rest. */
static int
conclude(struct zygote *z, struct job *j, const struct kith_error *why, struct kith_error *err)
{
	struct request rest;

	if (!is_many(&j->request) || j->request.left) {
		answer_for(z, j, why);
		if (is_many(&j->request) && j->request.left) {
			rest = j->request;
			j->request.bytes = NULL;
			job_clear(j);
			memset(j, 0, sizeof(*j));
			j->request = rest;
			return job_start(z, j, err);
		}
	}
	job_clear(j);
	return KITH_OK;
}

int
job_expire(struct zygote *z, struct job *j, struct kith_error *err)
{
	struct kith_child_end end;
	struct kith_error why;

	kith_child_kill(&j->child, &end);
	kith_child_check(&end, &why);
	return conclude(z, j, &why, err);
}

static int
job_ended(struct zygote *z, struct job *j, struct kith_error *err)
{
	struct kith_child_end end;
	struct kith_error why;

	kith_child_wait(&j->child, SLACK_MS, &end);
	if (!kith_child_check(&end, &why))
		kith_fail(&why, KITH_E_HELPER, "ended without an answer");
	return conclude(z, j, &why, err);
}

int
job_pump(struct zygote *z, struct job *j, struct kith_error *err)
{
	struct kith_frame f;
	struct kith_error why;
	int r = kith_channel_fill(&j->channel, &why);

	if (r == KITH_E_NOTFOUND || (r == KITH_E_FORMAT))
		return job_ended(z, j, err);
	while (!r && !(r = kith_channel_next(&j->channel, &f, &why))) {
		if (!check_frame(j, &f)) {
			kith_child_kill(&j->child, NULL);
			kith_fail(&why, KITH_E_HELPER, "its reader broke the protocol");
			return conclude(z, j, &why, err);
		}
		pass_on(z, &f);
		r = kith_channel_flush(&z->channel, true, err);
		if (r)
			return r;
	}
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	kith_child_kill(&j->child, NULL);
	return conclude(z, j, &why, err);
}
