/* SPDX-License-Identifier: Apache-2.0 */
/* How far ids are trusted, for lists and explanations: one resolution of the whole graph. */
#ifndef KITH_APP_LEVELS_H
#define KITH_APP_LEVELS_H

#include "app/config.h"

struct kith_app_standing {
	enum kith_level approve, object;
	bool contested;
};

struct kith_app_levels {
	bool known; /* there are roots */
	struct kith_app_config config;
	struct kith_app_ids roots;
	const struct kith_trust_graph *graph;
	struct kith_trust_question question; /* that result answers */
	struct kith_trust_result *result;
	struct kith_arena arena;
	const struct kith_trust_doubt *doubts;
	size_t n_doubts;
};

/*
 * Levels by --root, configuration and semantics. Without any root nothing is known and that is no
 * error, unless `need` asks for it.
 */
KITH_NODISCARD int kith_app_levels_new(struct kith_session *s, const char *path,
				       const char *const *roots, size_t n_roots,
				       enum kith_semantics semantics, bool need,
				       struct kith_app_levels *ret_levels, struct kith_error *err);
void kith_app_levels_clear(struct kith_app_levels *levels);
void kith_app_levels_get(const struct kith_app_levels *levels, const struct kith_id *id,
			 struct kith_app_standing *ret_standing);

#endif
