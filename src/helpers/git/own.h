/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work on the user's own repositories, in a child of its own. Here his configuration counts: it is
 * read afresh in the child, so that nothing of it reaches the work on strangers' repositories.
 */
#ifndef KITH_HELPERS_GIT_OWN_H
#define KITH_HELPERS_GIT_OWN_H

#include "helper/own.h"
#include "helpers/git/access.h"

struct own_work {
	const struct kith_git_own *o;
	struct job_out *out;
	git_repository *repo;
	git_config *config;
	struct user_access access;
	struct kith_git_fetch limits; /* of what a server sends */
	/* the answer */
	enum kith_git_own_outcome outcome;
	char head[KITH_GIT_HEX + 1], remote_head[KITH_GIT_HEX + 1], to[KITH_GIT_HEX + 1];
	size_t ahead, behind;
	char url[KITH_MAX_URL + 1], branch[256];
	char warning[KITH_ERROR_MSG_MAX];
};

int own_run(const struct kith_git_own *o, struct job_out *out);
int diff_run(struct kith_cursor pairs, uint32_t context, uint32_t count, struct job_out *out);

/* --- own.c --- */

/* A text of the user's configuration, or NULL; *ret is yours. */
int own_config(struct own_work *w, const char *key, char **ret, struct kith_error *err);
/* His name and address, or crev's for nobody (crev format 6.3), at the request's time. */
int own_signature(struct own_work *w, git_signature **ret, struct kith_error *err);
/* Opens a work tree whose branch may be written: no merge under way, HEAD names a branch. */
int own_open_work(struct own_work *w, struct kith_error *err);
/* False and *ret untouched if the branch has no commit yet. */
bool own_head(struct own_work *w, git_oid *ret);

/* --- own_commit.c --- */

/*
 * What writes references, the index or the configuration of the repository: one after another, and
 * with the locks swept that a killed one left. Nothing that waits for the network.
 */
int own_alone(struct own_work *w,
	      int (*work)(struct own_work *w, void *ctx, struct kith_error *err), void *ctx,
	      struct kith_error *err);
int own_init(struct own_work *w, struct kith_error *err);
int own_commit(struct own_work *w, struct kith_error *err);
int own_set_url(struct own_work *w, struct kith_error *err);
int own_advance(struct own_work *w, struct kith_error *err);

/* --- own_remote.c --- */

int own_clone(struct own_work *w, struct kith_error *err);
int own_sync(struct own_work *w, struct kith_error *err);
int own_push(struct own_work *w, struct kith_error *err);

/* --- own_rebase.c --- */

#define REF_MERGED "refs/kith/merged" /* keeps a prepared commit from being collected */

/*
 * Puts the commits of `local` that `remote` lacks upon `remote`, one by one; what was appended to a
 * proof file on both sides is there on one after the other. KITH_E_USAGE if that is not enough.
 */
int own_rebase(struct own_work *w, const git_oid *local, const git_oid *remote, git_oid *ret,
	       struct kith_error *err);

#endif
