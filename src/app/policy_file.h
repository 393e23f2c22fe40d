/* SPDX-License-Identifier: Apache-2.0 */
/* The project's kith.toml as a file that commands change in place. */
#ifndef KITH_APP_POLICY_FILE_H
#define KITH_APP_POLICY_FILE_H

#include "app/judge.h"
#include "app/own.h"

/*
 * Changes the kith.toml at `path` under a lock of its folder: `edit` appends the new file. Never
 * through a link: KITH_E_USAGE. KITH_E_NOTFOUND: it is gone.
 */
KITH_NODISCARD int kith_app_edit_policy(const char *path, kith_app_edit_fn *edit, void *ctx,
					struct kith_error *err);

/* Writes a kith.toml that must not be there yet, whole or not at all. KITH_E_EXISTS. */
KITH_NODISCARD int kith_app_new_policy(const char *path, struct kith_span text,
				       struct kith_error *err);

/*
 * A judged project that has a kith.toml; KITH_E_USAGE where it has none, with the way to one.
 * *ret_run is yours (kith_app_run_free) and refers to `options`.
 */
KITH_NODISCARD int kith_app_judge_policy(struct kith_session *s,
					 const struct kith_verify_options *options,
					 struct kith_app_run **ret_run, struct kith_error *err);
void kith_app_run_freep(struct kith_app_run **run);
#define KITH_AUTO_RUN KITH_CLEANUP(kith_app_run_freep)

/* What a person wrote for an entry, checked: reason, owner and the day on which it ends. */
struct kith_app_grant {
	struct kith_span reason, owner; /* owner: may be empty */
	bool has_until;
	struct kith_time until;
};
/* KITH_E_USAGE names the option that is wrong, or the owners that [policy] allows. */
KITH_NODISCARD int kith_app_grant_read(const struct kith_session *s, const struct kith_config *c,
				       const char *reason, const char *owner, const char *until,
				       struct kith_app_grant *ret_grant, struct kith_error *err);

#endif
