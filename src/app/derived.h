/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is derived from audit sets and advisory databases: two files in the cache beside the index,
 * made anew when what their mirrors hold has changed.
 */
#ifndef KITH_APP_DERIVED_H
#define KITH_APP_DERIVED_H

#include "app/app.h"
#include "evidence/advisory_set.h"
#include "evidence/claim_set.h"

/* Once a session; borrowed. No sources if there are no mirrors of that kind. */
KITH_NODISCARD int kith_app_sets(struct kith_session *s, const struct kith_claim_set **ret_set,
				 struct kith_error *err);
/* The databases are the sources of *ret_sources, by number; that holds nothing else. */
KITH_NODISCARD int kith_app_advisories(struct kith_session *s,
				       const struct kith_claim_set **ret_sources,
				       const struct kith_advisory_set **ret_set,
				       struct kith_error *err);

/* A source of either as the store knows it: strings are the arena's. False: it is damaged. */
bool kith_app_derived_source(const struct kith_claim_set *set, size_t i, struct kith_arena *arena,
			     struct kith_source *ret_source);
/* Last success of fetching the i-th source of sets, or of databases; 0: not known. */
int64_t kith_app_sets_fetched(const struct kith_session *s, size_t i);
int64_t kith_app_databases_fetched(const struct kith_session *s, size_t i);

/* What is derived from no mirror: two builders that are filled; advisories NULL: of sets. */
struct kith_app_derived_parts {
	struct kith_claim_set_builder *sources;
	struct kith_advisory_builder *advisories;
	const int64_t *times; /* of each source: its last fetch */
	size_t n_times;
};
/* Ends the builders, which are freed by the caller. *ret_derived is yours. */
KITH_NODISCARD int kith_app_derived_take(const struct kith_app_derived_parts *parts,
					 struct kith_app_derived **ret_derived,
					 struct kith_error *err);

/* KITH_E_FORMAT if something that was looked at since is not as it was written: ask at the end. */
KITH_NODISCARD int kith_app_derived_check(const struct kith_session *s, struct kith_error *err);
void kith_app_derived_free(struct kith_app_derived *d);

#endif
