/* SPDX-License-Identifier: Apache-2.0 */
/* A store and a graph of one member "app" and what it depends on, for tests of the verdict. */
#ifndef KITH_VET_STORE_H
#define KITH_VET_STORE_H

#include "policy/vet.h"
#include "unit/vet_text.h"

/* Adds NAME VERSION from the default registry, on which node 0 depends (itself: a member). */
static inline int
vet_add(struct kith_vet_graph *g, const char *name, const char *version, struct kith_error *err)
{
	struct kith_vet_node n = {.name = kith_span_str(name),
				  .id = kith_span_str(version),
				  .crates_io = g->count > 0,
				  .member = g->count == 0};
	int r;

	if (!kith_vet_version_parse(kith_span_str(version), &n.version))
		return kith_fail(err, KITH_E_FORMAT, "no version");
	r = kith_vet_graph_add(g, &n, err);
	return r || g->count == 1 ? r : kith_vet_graph_dep(g, 0, g->count - 1, true, false, err);
}

/* app 1.0.0 and one dependency */
static inline int
vet_small_graph(const char *name, const char *version, struct kith_vet_graph **ret_graph,
		struct kith_error *err)
{
	KITH_AUTO_VET_GRAPH struct kith_vet_graph *g = NULL;
	int r = kith_vet_graph_new(&g, err);

	if (!r)
		r = vet_add(g, "app", "1.0.0", err);
	if (!r)
		r = vet_add(g, name, version, err);
	if (!r)
		r = kith_vet_graph_finish(g, err);
	if (!r)
		*ret_graph = kith_steal(&g);
	return r;
}

#endif
