/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking into the git repository that a project lies in: which one it is, what a revision of it
 * means, files as they were. The repository is read by kith-git in a guarded child; here only the
 * few lines are read that say where it is.
 */
#ifndef KITH_STORE_LOOK_H
#define KITH_STORE_LOOK_H

#include "helper/helper.h"
#include "helper/look.h"

struct kith_worktree {
	char *top;        /* the folder that holds .git, links resolved */
	char *git_dir;    /* links resolved, too */
	char *common_dir; /* where branches and objects are: git_dir, unless it is a linked one */
};

/*
 * The work tree at or above `dir`. KITH_E_NOTFOUND if there is none; KITH_E_FORMAT if its .git says
 * nonsense. *ret is yours.
 */
KITH_NODISCARD int kith_worktree_find(const char *dir, struct kith_worktree *ret,
				      struct kith_error *err);
void kith_worktree_clear(struct kith_worktree *w);
#define KITH_AUTO_WORKTREE KITH_CLEANUP(kith_worktree_clear)

/* Starts kith-git when it is first asked; zeroed but for libexec. */
struct kith_looker {
	const char *libexec;
	struct kith_helper *helper;
};
void kith_looker_clear(struct kith_looker *l);

struct kith_look_commits {
	char commit[KITH_GIT_HEX + 1];
	char base[KITH_GIT_HEX + 1];
	bool shallow;
};

/*
 * The commit that `revision` names, and with want_base the merge base of it and HEAD. Errors:
 * KITH_E_USAGE (cannot be asked for, ambiguous, no commit), KITH_E_IO (not in this clone: then
 * ret->shallow is set in spite of the failure), KITH_E_FORMAT, KITH_E_HELPER.
 */
KITH_NODISCARD int kith_look_revision(struct kith_looker *l, const struct kith_worktree *w,
				      const char *revision, bool want_base,
				      struct kith_look_commits *ret, struct kith_error *err);

struct kith_look_calls {
	/* A file as it was; bytes are borrowed. */
	int (*file)(void *ctx, struct kith_span path, struct kith_span bytes,
		    struct kith_error *err);
	/* Something that is no regular file or cannot be read. */
	int (*skip)(void *ctx, struct kith_span path, enum kith_git_skip why,
		    struct kith_error *err);
	void *ctx;
};

/* `paths` (below the top) at a commit; nothing is said of what is not there. */
KITH_NODISCARD int kith_look_files(struct kith_looker *l, const struct kith_worktree *w,
				   const char *commit, const char *const *paths, size_t n,
				   const struct kith_look_calls *calls, struct kith_error *err);

/*
 * `paths` (below the top) as HEAD's commit has them, and KITH_GIT_SKIP_IGNORED for each that git's
 * rules say to ignore; what HEAD has may be ignored too. KITH_E_NOTFOUND: there is no commit yet
 * (what is ignored has been told then).
 */
KITH_NODISCARD int kith_look_kept(struct kith_looker *l, const struct kith_worktree *w,
				  const char *const *paths, size_t n,
				  const struct kith_look_calls *calls, struct kith_error *err);

#endif
