/* SPDX-License-Identifier: Apache-2.0 */
/* Asking kith-git for one piece of work on an own repository. */
#ifndef KITH_STORE_OWN_GIT_H
#define KITH_STORE_OWN_GIT_H

#include "helper/own.h"
#include "store/store.h"

struct kith_own_answer {
	enum kith_git_own_outcome outcome;
	char head[KITH_GIT_HEX + 1], remote[KITH_GIT_HEX + 1], to[KITH_GIT_HEX + 1];
	uint32_t ahead, behind;
	char url[KITH_MAX_URL + 1], branch[256];
	char warning[KITH_ERROR_MSG_MAX]; /* safe for a terminal; or empty */
};

/* What git, ssh and their helpers find of the user's environment; ends with NULL. */
extern const char *const kith_own_git_env[];

/*
 * o->now and o->offset are filled in, o->n_files are at `files`. Errors: what kith-git says, and
 * KITH_E_HELPER.
 */
KITH_NODISCARD int kith_own_git(const char *libexec, struct kith_git_own *o,
				const struct kith_git_own_file *files, struct kith_own_answer *ret,
				struct kith_error *err);

/* Minutes east of UTC at that time, where this machine is. */
int kith_own_offset(struct kith_time t);

#endif
