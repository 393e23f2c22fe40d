/* SPDX-License-Identifier: Apache-2.0 */
/* Which lock files are a project's, where there are several. */
#ifndef KITH_APP_LOCKS_H
#define KITH_APP_LOCKS_H

#include "app/app.h"

struct kith_app_run;

struct kith_app_locks {
	char **paths; /* absolute, sorted, of lock files that were there or that were named */
	size_t n, cap;
	bool named; /* by [lockfile] paths of kith.toml */
};

/*
 * Those that [lockfile] of the nearest kith.toml at or above `path` names, as far as they lie below
 * `path`; else, if `walk`, every one below it. Links are not followed, but one that has the name of
 * a lock file is among them; .git, target, node_modules and vendor are passed over, as is what
 * [lockfile] ignore names. Of a change under review, those that it takes away from a project which
 * stays are among them. Errors: KITH_E_LIMIT (a tree that is too large to say that nothing was
 * passed over), those of reading the configuration.
 */
KITH_NODISCARD int kith_app_locks_find(struct kith_session *s, const char *path, bool walk,
				       struct kith_app_locks *ret_locks, struct kith_error *err);
void kith_app_locks_clear(struct kith_app_locks *l);
#define KITH_AUTO_LOCKS KITH_CLEANUP(kith_app_locks_clear)

/* Stands for a lock file that cannot be judged: nothing but a finding that fails. */
KITH_NODISCARD int kith_app_run_unreadable(struct kith_session *s,
					   const struct kith_verify_options *options,
					   const char *path, const struct kith_error *why,
					   struct kith_app_run **ret_run, struct kith_error *err);

#endif
