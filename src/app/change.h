/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing files that decide: what the parts of change.c share. */
#ifndef KITH_APP_CHANGE_H
#define KITH_APP_CHANGE_H

#include "app/since.h"

struct kith_app_change {
	struct kith_app_run *run;
	const char *path; /* of the file at hand, as it is written */
};

/* A finding about it; key and text are copied. */
KITH_NODISCARD int kith_app_change_remark(struct kith_app_change *c, bool loosens, uint32_t line,
					  const char *key, const char *text,
					  struct kith_error *err);

/* --- change_pins.c --- */

/* What is done to kith.lock; either text may be empty. While rows are in the lock file's order. */
KITH_NODISCARD int kith_app_change_pins(struct kith_app_change *c, struct kith_span before,
					struct kith_span after, struct kith_error *err);

#endif
