/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issues of crev reviews and the advisories that close them: cargo-crev's own rule (crev format
 * 7.6), and the look-up of closing advisories that the native policy shares.
 */
#ifndef KITH_POLICY_ISSUES_H
#define KITH_POLICY_ISSUES_H

#include "evidence/claim.h"

struct kith_open_issue {
	struct kith_span id;
	size_t reports; /* reviews that it is open by */
};

/*
 * The issues open for `version`, sorted by id. `claims` are the reviews in force of one package, at
 * most one for each author and version; levels[i] is how far the author of claims[i] is trusted;
 * those below `required` are not looked at. Reviews and versions that are no SemVer are skipped.
 * The array is the arena's. Errors: KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_crev_open_issues(const struct kith_claim *const *claims,
					 const uint8_t *levels, size_t n, struct kith_span version,
					 enum kith_level required, struct kith_arena *arena,
					 const struct kith_open_issue **ret_issues,
					 size_t *ret_count, struct kith_error *err);

/* "a is in this range of b" (crev format 7.6): all; same major; same major and minor. */
bool kith_issue_in_range(enum kith_range range, const struct kith_semver *a,
			 const struct kith_semver *b);

/* An advisory of version `v` that closes reports of `issue`; `who` separates whose it is. */
struct kith_closer {
	uint32_t issue, who;
	enum kith_range range;
	struct kith_semver v;
};

void kith_closers_sort(struct kith_closer *closers, size_t n);

/* Whether a report of `issue` made at version w is closed by one of who's, in O(log n). Sorted. */
bool kith_closers_any(const struct kith_closer *closers, size_t n, uint32_t issue, uint32_t who,
		      const struct kith_semver *w);

#endif
