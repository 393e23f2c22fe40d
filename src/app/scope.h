/* SPDX-License-Identifier: Apache-2.0 */
/* Exemptions and acceptances of a run: what they were given for, and those about one row. */
#ifndef KITH_APP_SCOPE_H
#define KITH_APP_SCOPE_H

#include "app/judge.h"

/*
 * Sets subject.exempt_key where the lock file states no checksum: the commit of a git package, the
 * tree digest of a path copy that kith.toml has an exemption for.
 */
KITH_NODISCARD int kith_app_exempt_keys(struct kith_app_run *run, struct kith_error *err);

/* Whether a row is a path copy whose key has not been made yet, but can be … */
bool kith_app_is_copy(const struct kith_report_row *row);
/* … by this: the digest of its folder. Errors of kith_tree_digest_path. */
KITH_NODISCARD int kith_app_folder_key(struct kith_app_run *run, struct kith_report_row *row,
				       struct kith_error *err);

/* Sorts the run's exemptions and acceptances by name. */
KITH_NODISCARD int kith_app_scope_init(struct kith_app_scope *s, struct kith_app_run *run,
				       struct kith_error *err);
/* Sets the world's to those about this row's name. */
void kith_app_scope_row(const struct kith_app_scope *s, const struct kith_report_row *row,
			struct kith_policy_world *world);

#endif
