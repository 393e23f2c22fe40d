/* SPDX-License-Identifier: Apache-2.0 */
/* The package graph as cargo-vet sees it (cargo-vet.md D.1 to D.4, D.8). Pure. */
#ifndef KITH_POLICY_VET_GRAPH_H
#define KITH_POLICY_VET_GRAPH_H

#include "evidence/vet_version.h"
#include "package/project.h"

struct kith_vet_node {
	struct kith_span name, id; /* id: orders what has one name and version */
	struct kith_vet_version version;
	bool crates_io;
	bool member;
	const struct kith_package *package; /* NULL where it comes from no lock */
	const uint32_t *normal, *dev;       /* indexes of nodes, sorted, no duplicates */
	size_t n_normal, n_dev;
};

struct kith_vet_graph {
	struct kith_vet_node *nodes; /* by name, version, id once finished */
	size_t count;
	bool all_roots; /* no manifests: every member is a root (D.8) */
	/* the builder's own */
	struct kith_arena arena;
	size_t cap;
	struct kith_vet_graph_dep *deps;
	size_t n_deps, deps_cap;
};

KITH_NODISCARD int kith_vet_graph_new(struct kith_vet_graph **ret_graph, struct kith_error *err);
void kith_vet_graph_free(struct kith_vet_graph *g);
void kith_vet_graph_freep(struct kith_vet_graph **g);
#define KITH_AUTO_VET_GRAPH KITH_CLEANUP(kith_vet_graph_freep)

/* Adds a node (spans borrowed, edges not looked at); nodes are numbered from 0. */
KITH_NODISCARD int kith_vet_graph_add(struct kith_vet_graph *g, const struct kith_vet_node *node,
				      struct kith_error *err);
/* An edge that is normal (or build), dev, or both. Dev edges count of members only. */
KITH_NODISCARD int kith_vet_graph_dep(struct kith_vet_graph *g, size_t from, size_t to, bool normal,
				      bool dev, struct kith_error *err);
/* Sorts nodes and edges. Call once. */
KITH_NODISCARD int kith_vet_graph_finish(struct kith_vet_graph *g, struct kith_error *err);

/*
 * The graph of a project, from its lock and as far as its manifests were read. `project` must
 * outlive it. Errors: KITH_E_FORMAT where the lock holds a version that is none.
 */
KITH_NODISCARD int kith_vet_graph_of(const struct kith_project *project,
				     struct kith_vet_graph **ret_graph, struct kith_error *err);

#endif
