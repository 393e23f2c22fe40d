/* SPDX-License-Identifier: Apache-2.0 */
/* From manifests to `kinds`: the kind of each edge of a lock, and what follows. Inside the room. */
#ifndef KITH_PACKAGE_KINDS_H
#define KITH_PACKAGE_KINDS_H

#include "package/cargo_manifest.h"

struct kith_kind_graph;

KITH_NODISCARD int kith_kind_graph_new(const struct kith_lock *lock,
				       struct kith_kind_graph **ret_graph, struct kith_error *err);
void kith_kind_graph_free(struct kith_kind_graph *g);

/* The project's own package: whatever it needs is needed. */
void kith_kind_graph_root(struct kith_kind_graph *g, size_t pkg);

/* The manifest of a package of the lock. Kinds that it cannot tell stay unknown. */
KITH_NODISCARD int kith_kind_graph_manifest(struct kith_kind_graph *g, size_t pkg,
					    const struct kith_manifest *m, struct kith_error *err);

/* Kinds of the edges of a package, parallel to its deps; NULL: its manifest was not read. */
const uint8_t *kith_kind_graph_edges(const struct kith_kind_graph *g, size_t pkg);

/*
 * Sets `kinds` in the lock by walking from the roots. `load` (may be NULL) is asked once for each
 * package whose manifest would tell something; it calls kith_kind_graph_manifest if it has one.
 */
KITH_NODISCARD int kith_kind_graph_walk(struct kith_kind_graph *g, struct kith_lock *lock,
					int (*load)(void *ctx, size_t pkg, struct kith_error *err),
					void *ctx, struct kith_error *err);

#endif
