/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the repository whose history can be trusted more than the work tree. A change can turn a
 * folder into a link to another one, or into a submodule: a repository of its author's with
 * branches of his own. Neither may choose whose history is asked.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "app/trusted_repo.h"

/* --- links --- */

static bool
is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* Whether what lies in this folder can have come with a checkout. */
static int
in_repository(const char *dir, bool *ret_in, struct kith_error *err)
{
	KITH_AUTO_WORKTREE struct kith_worktree w = {NULL, NULL, NULL};
	struct kith_error why;
	int r = kith_worktree_find(dir, &w, &why);

	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	*ret_in = r != KITH_E_NOTFOUND;
	return KITH_OK;
}

/* Each part of the path as it was given, from the left. */
static int
check_links(const char *path, struct kith_error *err)
{
	KITH_AUTO_FREE char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
	KITH_AUTO_FREE char *full =
	    here ? kith_fs_join(here, path) : kith_strndup(path, strlen(path));
	char *at;
	bool in = false;
	int r = KITH_OK;

	if (!full)
		return kith_fail_nomem(err);
	for (at = full; !r && (at = strchr(at + 1, '/'));) {
		*at = '\0';
		if (is_link(full)) {
			KITH_AUTO_FREE char *above = kith_strndup(full, strlen(full));

			if (!above)
				return kith_fail_nomem(err);
			*(strrchr(above, '/') + 1) = '\0';
			r = in_repository(above, &in, err);
		}
		if (in)
			break;
		*at = '/';
	}
	if (!r && !in && is_link(full)) {
		KITH_AUTO_FREE char *above = kith_strndup(full, strlen(full));

		if (!above)
			return kith_fail_nomem(err);
		*(strrchr(above, '/') + 1) = '\0';
		r = in_repository(above, &in, err);
	}
	if (r || !in)
		return r;
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_USAGE,
		      "%s is a symbolic link in a repository: a change may have put it "
		      "there",
		      full),
	    "name the folder that it leads to");
}

/* --- submodules --- */

struct gitlink {
	bool is;
};

static int
no_file(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	(void)ctx;
	(void)path;
	(void)bytes;
	(void)err;
	return KITH_OK;
}

static int
seen_special(void *ctx, struct kith_span path, enum kith_git_skip why, struct kith_error *err)
{
	struct gitlink *g = ctx;

	(void)path;
	(void)err;
	g->is |= why == KITH_GIT_SKIP_SPECIAL;
	return KITH_OK;
}

/* Whether the outer repository's HEAD has a commit of another one in this place. */
static int
is_gitlink(struct kith_looker *l, const struct kith_worktree *outer, const char *rel, bool *ret,
	   struct kith_error *err)
{
	struct gitlink g = {false};
	const struct kith_look_calls calls = {no_file, seen_special, &g};
	struct kith_look_commits head;
	struct kith_error why;
	struct kith_span at = kith_span_str(rel);
	size_t end;
	int r = kith_look_revision(l, outer, "HEAD", false, &head, &why);

	if (r == KITH_E_IO) /* no commit yet */
		return KITH_OK;
	/* a folder has no kind of its own to ask for: ask for each folder on the way */
	for (end = 0; !r && !g.is && end < at.len;) {
		KITH_AUTO_FREE char *part = NULL;
		const char *list[1];

		end = kith_span_find(at, end + 1, '/');
		part = kith_strndup(at.ptr, end);
		if (!part)
			return kith_fail_nomem(err);
		list[0] = part;
		if (kith_git_is_path(kith_span_str(part)))
			r = kith_look_files(l, outer, head.commit, list, 1, &calls, &why);
	}
	if (r && err)
		*err = why;
	*ret = g.is;
	return r;
}

/* .git of a submodule that git made leads below the outer repository's own folder. */
static bool
is_module(const struct kith_worktree *inner, const struct kith_worktree *outer)
{
	KITH_AUTO_FREE char *modules = kith_fs_join(outer->common_dir, "modules");
	size_t n = modules ? strlen(modules) : 0;

	return n && strncmp(inner->git_dir, modules, n) == 0 && inner->git_dir[n] == '/';
}

static int
check_outer(struct kith_looker *l, const struct kith_worktree *w, struct kith_error *err)
{
	KITH_AUTO_WORKTREE struct kith_worktree outer = {NULL, NULL, NULL};
	KITH_AUTO_FREE char *above = kith_fs_join(w->top, "..");
	struct kith_error why;
	bool is = false;
	int r;

	if (!above)
		return kith_fail_nomem(err);
	if (strcmp(w->top, "/") == 0)
		return KITH_OK;
	r = kith_worktree_find(above, &outer, &why);
	if (r)
		return r == KITH_E_NOMEM ? kith_fail_nomem(err) : KITH_OK;
	is = is_module(w, &outer);
	if (!is)
		r = is_gitlink(l, &outer, w->top + strlen(outer.top) + (outer.top[1] != '\0'), &is,
			       err);
	if (r || !is)
		return r;
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_USAGE,
		      "%s is a submodule of %s: a change there chooses which history it has",
		      w->top, outer.top),
	    "judge it in a clone of its own, or the project around it");
}

int
kith_trusted_find(const char *path, const char *root, struct kith_looker *l,
		  struct kith_worktree *ret, struct kith_error *err)
{
	KITH_AUTO_WORKTREE struct kith_worktree w = {NULL, NULL, NULL};
	int r = check_links(path, err);

	if (!r)
		r = kith_worktree_find(root, &w, err);
	if (r == KITH_E_NOTFOUND)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "%s lies in no git repository: there is no revision to "
					   "ask",
					   root),
				 "--since takes a lock file, too: --since ../old/Cargo.lock");
	if (!r)
		r = check_outer(l, &w, err);
	if (r)
		return r;
	*ret = w;
	memset(&w, 0, sizeof(w));
	return KITH_OK;
}

/* --- revisions --- */

/* The command that brings a revision into this clone. */
static int
hint_fetch(const char *revision, bool shallow, struct kith_error *err, int r)
{
	const char *deep = shallow ? "--unshallow " : "";

	if (kith_git_is_hex(kith_span_str(revision)))
		return kith_hint(err, r, "git fetch %sorigin %s", deep, revision);
	return kith_hint(err, r,
			 "git fetch %s--tags origin '+refs/heads/*:refs/remotes/origin/*'%s%s%s",
			 deep, strchr(revision, '/') ? "" : ", then name it (a tag) or origin/",
			 strchr(revision, '/') ? "" : revision, "");
}

int
kith_trusted_revision(struct kith_looker *l, const struct kith_worktree *w, const char *option,
		      const char *revision, bool want_base, struct kith_look_commits *ret,
		      struct kith_error *err)
{
	struct kith_look_commits c = {.shallow = false};
	int r = kith_look_revision(l, w, revision, want_base, &c, err);

	if (r == KITH_E_IO)
		r = hint_fetch(revision, c.shallow, err, r);
	if (r)
		return kith_context(err, r, "%s", option);
	*ret = c;
	return KITH_OK;
}
