/* SPDX-License-Identifier: Apache-2.0 */
/* "What if": changes to the trust graph in words, and what they would change. */
#ifndef KITH_APP_WHAT_IF_H
#define KITH_APP_WHAT_IF_H

#include "app/judge.h"
#include "app/levels.h"
#include "trust/explain.h"

/*
 * A changed copy of the levels' graph by 'trust [FROM] TO LEVEL', 'distrust [FROM] TO', 'drop ID'
 * (FROM: the first root). *ret_graph is yours. Errors: KITH_E_USAGE, KITH_E_NOTFOUND.
 */
KITH_NODISCARD int kith_app_what_if(struct kith_session *s, const struct kith_app_levels *levels,
				    const char *const *changes, size_t n,
				    struct kith_trust_graph **ret_graph, struct kith_error *err);

/*
 * Appends who gains, loses and moves, and which packages of the project at o->path flip (if there
 * is a project).
 */
KITH_NODISCARD int kith_app_put_difference(struct kith_session *s,
					   const struct kith_app_levels *levels,
					   const struct kith_trust_graph *changed,
					   const struct kith_explain_options *o,
					   struct kith_buf *out, struct kith_error *err);

#endif
