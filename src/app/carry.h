/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence that is carried: into one file, and out of it again (store/carry.h). */
#ifndef KITH_APP_CARRY_H
#define KITH_APP_CARRY_H

#include "app/walk.h"
#include "store/carry.h"

/*
 * Takes a file of carried evidence apart and adds each source in it to the list. *carried must
 * outlive the fetching; *ret_older: how many are left out because newer ones were carried before.
 */
KITH_NODISCARD int kith_app_carry_add(struct kith_app_sources *w, const char *path,
				      struct kith_carried *carried, size_t *ret_older,
				      struct kith_error *err);

#endif
