/* SPDX-License-Identifier: Apache-2.0 */
/* Finds a project's repository, and asks kith-git what is in it. */
#include <errno.h>
#include <stdlib.h>

#include "store/look.h"

#define ANSWER_TIMEOUT_MS ((KITH_LOOK_TIMEOUT_S + 10) * 1000)
#define LINK_MAX_BYTES    ((size_t)2 * KITH_MAX_PATH)

/* --- which repository --- */

void
kith_worktree_clear(struct kith_worktree *w)
{
	free(w->top);
	free(w->git_dir);
	free(w->common_dir);
	memset(w, 0, sizeof(*w));
}

static char *
resolve(const char *base, const char *path)
{
	KITH_AUTO_FREE char *joined = kith_fs_join(base, path);

	return joined ? realpath(joined, NULL) : NULL;
}

/* A file of one line, without what stands before the path. *ret is yours; NULL: not there. */
static int
read_line(const char *path, const char *before, char **ret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_span s;
	int r;

	kith_buf_init(&text, LINK_MAX_BYTES);
	r = kith_fs_read(path, &text, err);
	if (r)
		return r;
	s = kith_buf_span(&text);
	while (s.len && (s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == '\r'))
		s.len--;
	if (!kith_span_skip(&s, before) || !s.len || memchr(s.ptr, '\0', s.len) ||
	    memchr(s.ptr, '\n', s.len))
		return kith_fail(err, KITH_E_FORMAT, "%s: not what git writes there", path);
	*ret = kith_strndup(s.ptr, s.len);
	return *ret ? KITH_OK : kith_fail_nomem(err);
}

static int
nowhere(const char *what, struct kith_error *err)
{
	return errno == ENOMEM ? kith_fail_nomem(err)
			       : kith_fail(err, KITH_E_FORMAT, "%s: names no repository", what);
}

/* Linked work trees keep branches and objects elsewhere. */
static int
find_common(struct kith_worktree *w, struct kith_error *err)
{
	KITH_AUTO_FREE char *file = kith_fs_join(w->git_dir, "commondir");
	KITH_AUTO_FREE char *line = NULL;
	int r;

	if (!file)
		return kith_fail_nomem(err);
	r = read_line(file, "", &line, err);
	if (r == KITH_E_NOTFOUND) {
		w->common_dir = kith_strndup(w->git_dir, strlen(w->git_dir));
		return w->common_dir ? KITH_OK : kith_fail_nomem(err);
	}
	if (r)
		return r;
	w->common_dir = resolve(w->git_dir, line);
	return w->common_dir ? KITH_OK : nowhere(file, err);
}

static int
open_git(struct kith_worktree *w, const char *git, struct kith_error *err)
{
	KITH_AUTO_FREE char *line = NULL;
	int r = KITH_OK;

	if (!kith_fs_is_dir(git))
		r = read_line(git, "gitdir: ", &line, err);
	if (r)
		return r;
	w->git_dir = resolve(w->top, line ? line : git);
	if (!w->git_dir || !kith_fs_is_dir(w->git_dir))
		return nowhere(git, err);
	return find_common(w, err);
}

int
kith_worktree_find(const char *dir, struct kith_worktree *ret, struct kith_error *err)
{
	KITH_AUTO_WORKTREE struct kith_worktree w = {.top = realpath(dir, NULL)};
	unsigned level;
	char *slash;
	int r;

	if (!w.top)
		return kith_fail_errno(err, errno, "%s", dir);
	for (level = 0; level < KITH_MAX_PARENTS; level++) {
		KITH_AUTO_FREE char *git = kith_fs_join(w.top, ".git");

		if (!git)
			return kith_fail_nomem(err);
		if (kith_fs_exists(git)) {
			r = open_git(&w, git, err);
			if (r)
				return r;
			*ret = w;
			memset(&w, 0, sizeof(w));
			return KITH_OK;
		}
		slash = strrchr(w.top, '/');
		if (!slash || !slash[1])
			break;
		slash[slash == w.top ? 1 : 0] = '\0';
	}
	return kith_fail(err, KITH_E_NOTFOUND, "%s lies in no git repository", dir);
}

/* --- what is in it --- */

void
kith_looker_clear(struct kith_looker *l)
{
	kith_helper_stop(l->helper);
	l->helper = NULL;
}

static int
ask(struct kith_looker *l, const struct kith_git_look *o, const char *const *paths,
    struct kith_error *err)
{
	const struct kith_helper_options ho = {l->libexec, NULL, 0};
	KITH_AUTO_BUF struct kith_buf b;
	size_t mark;
	uint32_t i;
	int r;

	kith_buf_init(&b, KITH_MAX_FRAME + KITH_FRAME_HEAD);
	mark = kith_git_begin_look(&b, o);
	for (i = 0; i < o->n_paths; i++)
		kith_git_put_look_path(&b, kith_span_str(paths[i]));
	kith_frame_end(&b, mark);
	r = kith_buf_check(&b, err);
	if (!r && !l->helper)
		r = kith_helper_start(KITH_GIT_PROGRAM, &ho, &l->helper, err);
	return r ? r : kith_helper_send(l->helper, &b, err);
}

static int
take_file(const struct kith_frame *f, const struct kith_look_calls *calls, struct kith_helper *h,
	  struct kith_error *err)
{
	struct kith_git_file file;

	if (calls && f->type == KITH_GIT_FILE && kith_git_get_file(f->payload, &file))
		return calls->file(calls->ctx, file.path, file.bytes, err);
	if (calls && f->type == KITH_GIT_SKIP && kith_git_get_skip(f->payload, &file))
		return calls->skip(calls->ctx, file.path, file.why, err);
	return kith_helper_broke(h, err, "sent a wrong answer");
}

/* One request and all its answers; *ret is borrowed until the next one. */
static int
talk(struct kith_looker *l, const struct kith_git_look *o, const char *const *paths,
     const struct kith_look_calls *calls, struct kith_git_looked *ret, struct kith_error *err)
{
	struct kith_frame f;
	int r = ask(l, o, paths, err);

	while (!r) {
		r = kith_helper_recv(l->helper, ANSWER_TIMEOUT_MS, &f, err);
		if (r)
			break;
		if (f.type == KITH_FRAME_ERROR) {
			r = kith_frame_error(f.payload, err);
		} else if (f.type == KITH_GIT_LOOKED) {
			if (kith_git_get_looked(f.payload, ret) && ret->id == o->id)
				return KITH_OK;
			r = kith_helper_broke(l->helper, err, "sent a wrong answer");
		} else {
			r = take_file(&f, calls, l->helper, err);
		}
	}
	kith_looker_clear(l); /* the rest of its answers is nobody's */
	return r;
}

static struct kith_git_look
request(const struct kith_worktree *w, enum kith_look_op op, const char *revision)
{
	return (struct kith_git_look){
	    .id = 1,
	    .op = op,
	    .git_dir = kith_span_str(w->git_dir),
	    .common_dir = kith_span_str(w->common_dir),
	    .revision = kith_span_str(revision),
	};
}

int
kith_look_revision(struct kith_looker *l, const struct kith_worktree *w, const char *revision,
		   bool want_base, struct kith_look_commits *ret, struct kith_error *err)
{
	struct kith_git_look o = request(w, KITH_LOOK_REVISION, revision);
	struct kith_git_looked a;
	int r;

	o.base = want_base;
	if (!kith_git_is_revision(o.revision))
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "'%.60s' is no revision", revision),
		    "name a branch, a tag or a commit: main, origin/main, v1.2, HEAD~3");
	r = talk(l, &o, NULL, NULL, &a, err);
	if (r)
		return r;
	ret->shallow = a.shallow;
	if (a.code)
		return kith_fail(err, (enum kith_code)a.code, "%.*s", KITH_SPAN_FMT(a.message));
	if (want_base && !a.base.len)
		return kith_helper_broke(l->helper, err, "sent a wrong answer");
	snprintf(ret->commit, sizeof(ret->commit), "%.*s", KITH_SPAN_FMT(a.commit));
	snprintf(ret->base, sizeof(ret->base), "%.*s", KITH_SPAN_FMT(a.base));
	return KITH_OK;
}

int
kith_look_files(struct kith_looker *l, const struct kith_worktree *w, const char *commit,
		const char *const *paths, size_t n, const struct kith_look_calls *calls,
		struct kith_error *err)
{
	struct kith_git_look o = request(w, KITH_LOOK_FILES, commit);
	struct kith_git_looked a;
	size_t from;
	int r = KITH_OK;

	for (from = 0; !r && from < n; from += o.n_paths) {
		o.n_paths =
		    (uint32_t)(n - from < KITH_LOOK_MAX_PATHS ? n - from : KITH_LOOK_MAX_PATHS);
		r = talk(l, &o, paths + from, calls, &a, err);
		if (!r && a.code)
			r = kith_fail(err, (enum kith_code)a.code, "%.*s",
				      KITH_SPAN_FMT(a.message));
	}
	return r;
}

int
kith_look_kept(struct kith_looker *l, const struct kith_worktree *w, const char *const *paths,
	       size_t n, const struct kith_look_calls *calls, struct kith_error *err)
{
	struct kith_git_look o = request(w, KITH_LOOK_KEPT, w->top);
	struct kith_git_looked a;
	int r;

	if (n > KITH_LOOK_MAX_PATHS)
		return kith_fail(err, KITH_E_LIMIT, "more than %u paths", KITH_LOOK_MAX_PATHS);
	o.n_paths = (uint32_t)n;
	r = talk(l, &o, paths, calls, &a, err);
	if (!r && a.code)
		r = kith_fail(err, (enum kith_code)a.code, "%.*s", KITH_SPAN_FMT(a.message));
	return r;
}
