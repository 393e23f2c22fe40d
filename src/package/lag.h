/* SPDX-License-Identifier: Apache-2.0 */
/* What speaks against a lock file beside its manifests. Inside the room only. */
#ifndef KITH_PACKAGE_LAG_H
#define KITH_PACKAGE_LAG_H

#include "package/workspace.h"

/*
 * Notes in `p` what the manifest of a member wants and the lock lacks. `pkg` is its package there,
 * or lock->count. Errors: KITH_E_NOMEM only.
 */
KITH_NODISCARD int kith_lag_check(struct kith_project *p, const struct kith_member *m, size_t pkg,
				  struct kith_error *err);

/* Notes other lock files: beside this one, and in members' folders. `ws` may be NULL. */
KITH_NODISCARD int kith_lag_look_beside(struct kith_project *p, const struct kith_workspace *ws,
					struct kith_error *err);
void kith_lag_clear(struct kith_project *p);

#endif
