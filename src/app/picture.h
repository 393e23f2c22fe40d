/* SPDX-License-Identifier: Apache-2.0 */
/* Filling the plain data of report/picture.h from the trust graph and the index. */
#ifndef KITH_APP_PICTURE_H
#define KITH_APP_PICTURE_H

#include "app/config.h"
#include "app/people.h"
#include "report/picture.h"

struct kith_app_filling {
	struct kith_session *session;
	struct kith_index *index;
	const struct kith_trust_graph *graph;
	struct kith_app_config config;
	const struct kith_native_params *native; /* the configuration's */
	struct kith_app_ids roots;
	struct kith_trust_result *result;
	const struct kith_trust_actor *actors;
	size_t n_actors;
	struct kith_arena arena;
	struct kith_span package, version, subject; /* empty: everybody */
	bool standing_only;
	struct kith_picture picture;
	/* the picture's persons, to be written; and who they are in the result */
	struct kith_picture_person *persons;
	size_t n_persons, cap_persons;
	struct kith_trust_person *standing;
	size_t *numbers, cap_standing, cap_numbers; /* in the result, or SIZE_MAX */
	uint32_t *at; /* by number in the result: index of the person, or KITH_PICTURE_NONE */
	struct kith_picture_edge *edges;
	size_t n_edges, cap_edges;
};

/* --- picture_edges.c --- */

/* What those say who are heard, each statement once, in the order of persons. */
KITH_NODISCARD int kith_app_picture_edges(struct kith_app_filling *f, struct kith_error *err);

#endif
