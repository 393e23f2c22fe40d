/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith-git's messages about the user's own repositories and about differences, for both sides.
 * Unlike fetching, work on an own repository uses the user's git configuration, credentials and
 * proxy: he named it. Decoding believes nothing, as in git.h.
 */
#ifndef KITH_HELPER_OWN_H
#define KITH_HELPER_OWN_H

#include "helper/git.h"

#define KITH_OWN_MAX_FILES 1000u
#define KITH_OWN_MAX_TEXT  KITH_KIB(64)
#define KITH_OWN_TIMEOUT_S 300 /* for a piece of work; a person may be asked for a password */

enum kith_git_own_op {
	KITH_OWN_INIT = 1, /* a new work tree at `path`; `origin` at `url` if there is one */
	KITH_OWN_COMMIT,   /* exactly these files, whose content lies in the work tree already */
	KITH_OWN_CLONE,    /* `url` into the folder `path`, which is empty */
	KITH_OWN_SET_URL,  /* `origin` is at `url` from now on; empty: there is none */
	KITH_OWN_SYNC,     /* fetch, and prepare what the branch should become; moves nothing */
	KITH_OWN_ADVANCE,  /* the branch goes from `from` to `to`, the work tree with it */
	KITH_OWN_PUSH      /* the branch, which is at `from` */
};

struct kith_git_own_file {
	struct kith_span path; /* below the work tree */
	struct kith_span bytes;
};

struct kith_git_own {
	uint32_t id;
	enum kith_git_own_op op;
	struct kith_span path;     /* of the work tree */
	struct kith_span url;      /* INIT, CLONE, SET_URL */
	struct kith_span message;  /* COMMIT: of the commit */
	struct kith_span from, to; /* ADVANCE, PUSH: commits in hex; from may be empty: none */
	int64_t now;               /* seconds since 1970: the date of commits */
	int32_t offset;            /* minutes east of UTC */
	uint32_t n_files;          /* COMMIT */
	struct kith_cursor files;  /* decoded: kith_git_get_own_file reads them */
};

enum kith_git_own_outcome {
	KITH_OWN_FAILED = 0,
	KITH_OWN_DONE,
	KITH_OWN_UNCHANGED, /* COMMIT: they are committed like this already */
	/* SYNC: the branch and its counterpart at the server … */
	KITH_OWN_SAME,
	KITH_OWN_AHEAD,           /* there is something to push */
	KITH_OWN_BEHIND,          /* to: the server's commit, which the branch can go to */
	KITH_OWN_DIVERGED,        /* to: a new commit, the branch's own ones upon the server's */
	KITH_OWN_NO_REMOTE_BRANCH /* the server has no such branch: all is to be pushed */
};
#define KITH_OWN_OUTCOMES 8

struct kith_git_owned {
	uint32_t id;
	enum kith_git_own_outcome outcome;
	struct kith_span head;          /* the branch's commit in hex; empty: none */
	struct kith_span remote;        /* the server's, as known after this; empty: none */
	struct kith_span to;            /* SYNC: see there; CLONE, COMMIT: empty */
	uint32_t ahead, behind;         /* commits */
	struct kith_span url;           /* SYNC, PUSH: where it is pushed to */
	struct kith_span branch;        /* its short name */
	int code;                       /* where FAILED: a kith_code, its text and the way out */
	struct kith_span message, hint; /* DONE may have a message too: a warning */
};

/* Begin, files, kith_frame_end. */
size_t kith_git_begin_own(struct kith_buf *out, const struct kith_git_own *o);
void kith_git_put_own_file(struct kith_buf *out, const struct kith_git_own_file *f);
/* Looks at all files too. */
bool kith_git_get_own(struct kith_span payload, struct kith_git_own *ret);
bool kith_git_get_own_file(struct kith_cursor *c, struct kith_git_own_file *ret);
void kith_git_put_owned(struct kith_buf *out, const struct kith_git_owned *o);
bool kith_git_get_owned(struct kith_span payload, struct kith_git_owned *ret);

/* --- differences: one request of several pairs, an answer for each, in order --- */

#define KITH_DIFF_MAX_PAIRS 4096u

struct kith_git_pair {
	uint32_t id;
	struct kith_span old_bytes, new_bytes;
};

struct kith_git_diffed {
	uint32_t id;
	bool binary;
	uint32_t added, removed; /* lines */
	/* Hunks in the unified format without file headers; raw. */
	struct kith_span hunks;
	int code; /* KITH_OK or why there are none */
};

size_t kith_git_begin_diff(struct kith_buf *out, uint32_t context, uint32_t count);
void kith_git_put_pair(struct kith_buf *out, const struct kith_git_pair *p);
bool kith_git_get_diff(struct kith_cursor *c, uint32_t *ret_context, uint32_t *ret_count);
bool kith_git_get_pair(struct kith_cursor *c, struct kith_git_pair *ret);
void kith_git_put_diffed(struct kith_buf *out, const struct kith_git_diffed *d);
bool kith_git_get_diffed(struct kith_span payload, struct kith_git_diffed *ret);

#endif
