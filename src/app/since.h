/* SPDX-License-Identifier: Apache-2.0 */
/* A change under review (verdict.md 11): --since and --policy-from, the parts of a run about it. */
#ifndef KITH_APP_SINCE_H
#define KITH_APP_SINCE_H

#include "app/judge.h"
#include "app/trusted.h"

struct kith_app_since {
	struct kith_lock *base;    /* before the change; NULL: there was none, or not asked for */
	struct kith_lock *trusted; /* of the trusted revision; NULL likewise */
	bool compares;             /* --since was given: only what is new is judged */
	struct kith_report_change *changes; /* those of rows first, in their order */
	size_t n_changes;
	struct kith_report_since report;
};

/* Reads the lock files before the change. Nothing without one of the options. */
KITH_NODISCARD int kith_app_since_open(struct kith_app_run *run, struct kith_error *err);
void kith_app_since_free(struct kith_app_since *s);

/*
 * Before packages are judged: what is new, and which checksums the trusted revision's lock file
 * states otherwise. Rows are in the lock file's order.
 */
KITH_NODISCARD int kith_app_since_compare(struct kith_app_run *run, struct kith_error *err);

/* After: keeps those of the first *n rows that are new, and what no change explains away. */
KITH_NODISCARD int kith_app_since_select(struct kith_app_run *run, size_t *n,
					 struct kith_error *err);

/* Findings about new packages; before the report is made. */
KITH_NODISCARD int kith_app_since_remarks(struct kith_app_run *run, struct kith_error *err);

/* The report's part, with the queue of reviews; after the report was made. */
KITH_NODISCARD int kith_app_since_report(struct kith_app_run *run, struct kith_error *err);

/* --- since_lock.c --- */

/*
 * Compares the rows with the lock before: sets each row's `change`, which points into *ret_changes
 * (the run's arena's). Versions of one name are matched in their order.
 */
KITH_NODISCARD int kith_app_since_diff(struct kith_app_run *run, const struct kith_lock *base,
				       struct kith_report_change **ret_changes, size_t *ret_n,
				       struct kith_error *err);

/* The package of the same name, version and source, or NULL. */
const struct kith_package *kith_app_since_find(const struct kith_lock *lock,
					       const struct kith_package *p);

/* --- change.c --- */

/* What the change does to the files that decide: findings, those that loosen fail. */
KITH_NODISCARD int kith_app_change_remarks(struct kith_app_run *run, struct kith_error *err);

#endif
