/* SPDX-License-Identifier: Apache-2.0 */
/* What would vet a failed package (cargo-vet.md E.8): deltas from what is reached to what reaches.
 */
#include "policy/vet_work.h"

/* Git versions other than the package's own have no sources to look at. */
static bool
has_sources(const struct kith_vet_crate *c, uint32_t v, uint32_t own)
{
	return !v || v == own || !c->versions[v]->rev.ptr;
}

struct ends {
	bool *root, *target;
};

/* What every missing criterion has in common. */
static void
intersect(const struct kith_vet_row *row, uint32_t own, struct ends *e)
{
	const struct kith_vet_crate *c = row->crate;
	size_t i;
	uint32_t v;

	for (v = 0; v < c->n_versions; v++)
		e->root[v] = e->target[v] = has_sources(c, v, own);
	for (i = 0; i < row->n_ways; i++)
		for (v = 0; v < c->n_versions && !row->ways[i].found; v++) {
			e->root[v] = e->root[v] && row->ways[i].from_root[v];
			e->target[v] = e->target[v] && row->ways[i].to_target[v];
		}
}

/* A git version is best looked at from the published version it stands next to. */
static void
detour(const struct kith_vet_crate *c, uint32_t own, struct ends *e, struct kith_vet_suggestion *s)
{
	struct kith_vet_version plain;
	uint32_t base;

	if (!c->versions[own]->rev.ptr)
		return;
	plain = *c->versions[own];
	plain.rev = KITH_SPAN_NONE;
	base = vet_version_index(c, &plain);
	if (e->root[base])
		return;
	e->target[own] = false;
	if (e->target[base])
		return;
	e->target[base] = true;
	s->has_extra = true;
	s->extra = (struct kith_vet_delta){base, own};
}

static int
list_candidates(struct vet_work *w, const struct kith_vet_crate *c, const struct ends *e,
		struct kith_vet_suggestion *s)
{
	KITH_AUTO_FREE uint32_t *above = kith_calloc(c->n_versions + 1, sizeof(*above));
	struct kith_vet_delta *list;
	size_t n = 0;
	uint32_t v, below = UINT32_MAX;

	list = kith_arena_array(w->arena, c->n_versions * 2 + 1, sizeof(*list));
	if (!above || !list)
		return kith_fail_nomem(w->err);
	above[c->n_versions] = UINT32_MAX;
	for (v = (uint32_t)c->n_versions; v-- > 0;)
		above[v] = e->root[v] ? v : above[v + 1];
	for (v = 0; v < c->n_versions; v++) {
		if (e->target[v] && below != UINT32_MAX)
			list[n++] = (struct kith_vet_delta){below, v};
		if (e->target[v] && above[v] != UINT32_MAX)
			list[n++] = (struct kith_vet_delta){above[v], v};
		if (e->root[v])
			below = v;
	}
	s->candidates = list;
	s->n_candidates = n;
	return KITH_OK;
}

int
vet_suggest(struct vet_work *w, size_t node, uint32_t target, struct kith_vet_row *row)
{
	const struct kith_vet_crate *c = row->crate;
	KITH_AUTO_FREE bool *root = kith_calloc(c->n_versions + 1, sizeof(*root));
	KITH_AUTO_FREE bool *to = kith_calloc(c->n_versions + 1, sizeof(*to));
	struct kith_vet_suggestion s = {.n_candidates = 0};
	struct ends e = {root, to};
	uint64_t lines, least = 0;
	size_t i;
	int r;

	if (!root || !to)
		return kith_fail_nomem(w->err);
	intersect(row, target, &e);
	detour(c, target, &e, &s);
	r = list_candidates(w, c, &e, &s);
	for (i = 0; i < s.n_candidates && !r && w->q->size; i++) {
		const struct kith_vet_delta *d = &s.candidates[i];

		if (!w->q->size(w->q->size_ctx, w->graph->nodes[node].name, c->versions[d->from],
				c->versions[d->to], &lines))
			continue;
		if (!s.best || lines < least) {
			s.best = d;
			least = lines;
		}
	}
	if (!r)
		row->suggestion = s;
	return r;
}
