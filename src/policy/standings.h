/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a trust graph to the people that verdicts need: resolved once for all packages that ask the
 * same, which without scopes and publishers is every package. Pure; one thread at a time.
 */
#ifndef KITH_POLICY_STANDINGS_H
#define KITH_POLICY_STANDINGS_H

#include "package/package.h"
#include "policy/people.h"
#include "trust/trust.h"

/* [[publisher]]: who publishes the packages that match. */
struct kith_publisher_rule {
	struct kith_span package; /* glob of names */
	const struct kith_id *ids;
	size_t n_ids;
};

/* Everything pointed to is borrowed and outlives the standings. */
struct kith_standings_setup {
	const struct kith_trust_graph *graph;
	/* native; roots, threshold, params, caps, actors, ignores, now. subject and publishers are
	 * set for each package */
	struct kith_trust_question question;
	struct kith_actors *actors; /* gets a key for every person with standing */
	const struct kith_publisher_rule *publishers;
	size_t n_publishers;
};

struct kith_standings;

/* Errors: KITH_E_NOMEM. *ret_standings is yours. */
KITH_NODISCARD int kith_standings_new(const struct kith_standings_setup *setup,
				      struct kith_standings **ret_standings,
				      struct kith_error *err);
void kith_standings_free(struct kith_standings *s);

/* Roots that revoked themselves: dropped before anything is resolved, to be reported as errors. */
size_t kith_standings_count_revoked_roots(const struct kith_standings *s);
const struct kith_id *kith_standings_revoked_root(const struct kith_standings *s, size_t i);

/* For struct kith_policy_world: `standings` is a struct kith_standings. */
KITH_NODISCARD int kith_standings_people(void *standings, const struct kith_package *package,
					 enum kith_level level,
					 const struct kith_people **ret_people,
					 struct kith_error *err);

/*
 * The trust result for a package's question, publishers included: for explaining persons. Borrowed
 * until the next call; NULL if no root is left.
 */
KITH_NODISCARD int kith_standings_result(struct kith_standings *s,
					 const struct kith_package *package,
					 const struct kith_trust_result **ret_result,
					 struct kith_error *err);

#endif
