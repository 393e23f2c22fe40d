/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is trusted without anybody's proof: the ids of the starter set, and the authors of sources
 * whose table says `trust-ids`. Each is said by a root that nobody has the key of, for reviews
 * only, in a graph that is made for one run and never stored.
 */
#ifndef KITH_APP_OVERLAY_H
#define KITH_APP_OVERLAY_H

#include "app/starter.h"

#define KITH_OVERLAY_NAME  "configuration"
#define KITH_STARTER_PLACE (UINT64_MAX - 1) /* where such statements lie: in no proof */
#define KITH_OVERLAY_PLACE (UINT64_MAX - 2)

/* Looks whether a loaded configuration trusts anybody so. */
KITH_NODISCARD int kith_app_overlay_load(struct kith_app_config *c, struct kith_error *err);
/* Adds those who say it; nobody where roots have a threshold, which is about people. */
KITH_NODISCARD int kith_app_overlay_roots(struct kith_session *s, const struct kith_app_config *c,
					  struct kith_app_ids *ids, struct kith_error *err);
/* True for such a root. */
bool kith_app_overlay_is(const struct kith_id *id);
/* What stands where a proof's place would; NULL: this is a proof's. */
const char *kith_app_overlay_place(uint64_t place);

/*
 * The graph that a configuration is asked about: the index's, with what is trusted so. Borrowed
 * from the session until the index is made anew.
 */
KITH_NODISCARD int kith_app_graph(struct kith_session *s, struct kith_index *index,
				  const struct kith_app_config *c,
				  const struct kith_trust_graph **ret_graph,
				  struct kith_error *err);

#endif
