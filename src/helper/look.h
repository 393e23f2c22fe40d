/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith-git's messages about looking into the repository that a project lies in, for both sides.
 * Nothing there is changed, no setting of it or of the user's counts, and nothing is run: the
 * project may be anybody's. Decoding believes nothing, as in git.h.
 */
#ifndef KITH_HELPER_LOOK_H
#define KITH_HELPER_LOOK_H

#include "helper/git.h"

#define KITH_LOOK_MAX_REVISION ((size_t)200) /* bytes of a revision as people write it */
#define KITH_LOOK_MAX_PATHS    1000u
#define KITH_LOOK_TIMEOUT_S    60

enum kith_look_op {
	KITH_LOOK_REVISION = 1, /* which commit `revision` names, and where it and HEAD parted */
	KITH_LOOK_FILES,        /* `paths` at the commit `revision` (40 hex digits) */
	/* `paths` at HEAD, and which of them git would ignore; `revision`: the work tree's folder
	 */
	KITH_LOOK_KEPT
};

struct kith_git_look {
	uint32_t id;
	enum kith_look_op op;
	struct kith_span git_dir;    /* the repository's, or a linked work tree's own */
	struct kith_span common_dir; /* … and where objects and branches are */
	struct kith_span revision;   /* as the operation says */
	bool base;                   /* REVISION: the merge base with HEAD, too */
	uint32_t n_paths;
	struct kith_cursor paths; /* decoded: kith_git_get_look_path reads them */
};

/*
 * KEPT: as FILES, and SKIP with KITH_GIT_SKIP_IGNORED for each that rules of .gitignore meet, be it
 * in HEAD or not. FILES: FILE for each that is there, SKIP for what is no regular file or cannot be
 * read, nothing for what is not there; then this.
 */
struct kith_git_looked {
	uint32_t id;
	struct kith_span commit; /* in hex; empty: code says why */
	struct kith_span base;   /* in hex, where asked for */
	bool shallow;            /* the repository lacks older history */
	int code;                /* KITH_OK, or a kith_code with its text */
	struct kith_span message;
};

/*
 * True for a revision that can be asked for: a name or a commit, then any of "~3" "^2" "^". Nothing
 * that looks like an option, asks the log (whose texts are anybody's) or names a file.
 */
bool kith_git_is_revision(struct kith_span s);

/* Begin, paths, kith_frame_end. */
size_t kith_git_begin_look(struct kith_buf *out, const struct kith_git_look *o);
void kith_git_put_look_path(struct kith_buf *out, struct kith_span path);
/* Looks at all paths too. */
bool kith_git_get_look(struct kith_span payload, struct kith_git_look *ret);
bool kith_git_get_look_path(struct kith_cursor *c, struct kith_span *ret);
void kith_git_put_looked(struct kith_buf *out, const struct kith_git_looked *o);
bool kith_git_get_looked(struct kith_span payload, struct kith_git_looked *ret);

#endif
