/* SPDX-License-Identifier: Apache-2.0 */
/* From the trust graph to what policy and lists ask of people. */
#ifndef KITH_APP_PEOPLE_H
#define KITH_APP_PEOPLE_H

#include "app/app.h"
#include "policy/config.h"
#include "policy/standings.h"

/* What configuration says about people; spans and arrays are borrowed. */
struct kith_app_trust_config {
	unsigned threshold; /* 0: 1 */
	struct kith_native_params native;
	const struct kith_trust_cap *caps;
	size_t n_caps;
	const struct kith_trust_actor *actors;
	size_t n_actors;
	const struct kith_trust_ignore *ignores;
	size_t n_ignores;
	const struct kith_publisher_rule *publishers;
	size_t n_publishers;
};

/*
 * Who is one actor (verdict.md 2): ids that one repository proves, and [[actor]], which has the
 * last word. The one table of this; *ret_actors is yours.
 */
KITH_NODISCARD int kith_app_actors_new(const struct kith_index *index,
				       const struct kith_app_trust_config *config,
				       struct kith_actors **ret_actors, struct kith_error *err);
/* The same for a question to the graph: those of several keys. From the arena. */
KITH_NODISCARD int kith_app_actors_list(const struct kith_index *index,
					const struct kith_app_trust_config *config,
					struct kith_arena *arena,
					const struct kith_trust_actor **ret_list, size_t *ret_n,
					struct kith_error *err);

/* Whose key an id is, of such a list; NULL: one of several keys it is not. */
const struct kith_trust_actor *kith_app_actor_of(const struct kith_trust_actor *list, size_t n,
						 const struct kith_id *id);
/* The one of its keys that an actor is called by. */
const struct kith_id *kith_app_actor_first(const struct kith_trust_actor *actor);

struct kith_app_people;

/* Native trust of these roots; refers to graph, index and config. *ret_people is yours. */
KITH_NODISCARD int kith_app_people_new(struct kith_session *s, struct kith_index *index,
				       const struct kith_trust_graph *graph,
				       const struct kith_app_ids *roots,
				       const struct kith_app_trust_config *config,
				       struct kith_app_people **ret_people, struct kith_error *err);
/*
 * Makes addresses that [[actor]] lists theirs, also those of sets that are not here: what was taken
 * over from there is their opinion.
 */
KITH_NODISCARD int kith_app_people_add_addresses(struct kith_app_people *p,
						 const struct kith_config *config,
						 struct kith_error *err);

/*
 * The actor of a set or database (verdict.md 2): whoever holds its repository, unless [[actor]]
 * says more. `entry` (NULL: the configuration does not name it) may have several URLs.
 */
KITH_NODISCARD int kith_app_people_add_source(struct kith_app_people *p,
					      const struct kith_config *config,
					      struct kith_span name, struct kith_span location,
					      const struct kith_config_evidence *entry,
					      struct kith_actor *ret_actor, struct kith_error *err);
void kith_app_people_free(struct kith_app_people *p);
const struct kith_actors *kith_app_people_actors(const struct kith_app_people *p);

/* world->people of policy.h; ctx is a struct kith_app_people. */
KITH_NODISCARD int kith_app_people_for(void *ctx, const struct kith_package *package,
				       enum kith_level level, const struct kith_people **ret_people,
				       struct kith_error *err);

/* The trust result behind that, publishers included. Borrowed until the next call; NULL: no root.
 */
KITH_NODISCARD int kith_app_people_result(struct kith_app_people *p,
					  const struct kith_package *package,
					  const struct kith_trust_result **ret_result,
					  struct kith_error *err);

#endif
