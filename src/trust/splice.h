/* SPDX-License-Identifier: Apache-2.0 */
/* The short way to a graph in which one more id speaks. */
#ifndef KITH_TRUST_SPLICE_H
#define KITH_TRUST_SPLICE_H

#include "trust/explain.h"

/*
 * Whether the changes are plain words (no scope, no end, no overrides, no revocation), each about
 * somebody else, of one id that has said nothing so far; then the graph with them is the old one
 * with a row put in, byte for byte what building it anew from all statements would give.
 */
bool kith_trust_can_splice(const struct kith_trust_graph *g,
			   const struct kith_trust_change *changes, size_t n);
/* Only where that is so. Errors: KITH_E_NOMEM. */
KITH_NODISCARD int kith_trust_splice(const struct kith_trust_graph *g,
				     const struct kith_trust_change *changes, size_t n,
				     struct kith_trust_graph **ret_graph, struct kith_error *err);

#endif
