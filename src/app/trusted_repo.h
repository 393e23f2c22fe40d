/* SPDX-License-Identifier: Apache-2.0 */
/* Which repository a project belongs to, and what a revision of it is. For trusted.c. */
#ifndef KITH_APP_TRUSTED_REPO_H
#define KITH_APP_TRUSTED_REPO_H

#include "store/look.h"

/*
 * The repository of the project in `root`, which was opened by the word `path`. KITH_E_USAGE: there
 * is none; the way to it leads over a link or into a submodule, which the change may have put
 * there.
 */
KITH_NODISCARD int kith_trusted_find(const char *path, const char *root, struct kith_looker *l,
				     struct kith_worktree *ret, struct kith_error *err);

/* A revision, with the command that gets it where it is not here. `option` is for messages. */
KITH_NODISCARD int kith_trusted_revision(struct kith_looker *l, const struct kith_worktree *w,
					 const char *option, const char *revision, bool want_base,
					 struct kith_look_commits *ret, struct kith_error *err);

#endif
