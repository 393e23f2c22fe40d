/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GIT ranges of OSV records (advisories.md 5.10): commits are only partly ordered, so which are
 * affected is asked of the graph. For packages that are commits, where a clone is at hand.
 */
#ifndef KITH_EVIDENCE_OSV_GIT_H
#define KITH_EVIDENCE_OSV_GIT_H

#include "evidence/advisory.h"

/* Commits by number; parents of commit i are parents[first[i]] to before parents[first[i + 1]]. */
struct kith_osv_graph {
	size_t n_commits;
	const uint32_t *first; /* n_commits + 1 of them */
	const uint32_t *parents;
};

#define KITH_OSV_EVERY_ROOT UINT32_MAX /* `introduced: "0"` */

struct kith_osv_commit_event {
	enum kith_advisory_event_kind kind;
	uint32_t commit;
};

/*
 * Marks the commits that are affected (n_commits bools). Errors: KITH_E_FORMAT (a number that is no
 * commit), KITH_E_LIMIT (KITH_MAX_GIT_COMMITS, _STEPS: cannot be judged), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_osv_git_affected(const struct kith_osv_graph *graph,
					 const struct kith_osv_commit_event *events, size_t n,
					 bool *ret_affected, struct kith_error *err);

/* Whether two URLs name one repository: scheme, a trailing ".git" and slashes do not count. */
bool kith_osv_same_repository(struct kith_span a, struct kith_span b);

#endif
