/* SPDX-License-Identifier: Apache-2.0 */
/* Resolves the graph once for everybody in it. */
#include "app/levels.h"
#include "app/overlay.h"

static int
set_question(struct kith_app_levels *l, struct kith_session *s, const struct kith_index *ix,
	     enum kith_semantics semantics, struct kith_error *err)
{
	const struct kith_app_trust_config *c = &l->config.trust;
	const struct kith_trust_actor *actors;
	size_t n;
	int r = kith_app_actors_list(ix, c, &l->arena, &actors, &n, err);

	if (r)
		return r;
	l->question = (struct kith_trust_question){
	    .semantics = semantics,
	    .roots = l->roots.list,
	    .n_roots = l->roots.count,
	    .threshold = c->threshold,
	    .now = s->now,
	    .native = &c->native,
	    .caps = c->caps,
	    .n_caps = c->n_caps,
	    .actors = actors,
	    .n_actors = n,
	    .ignores = c->ignores,
	    .n_ignores = c->n_ignores,
	};
	return KITH_OK;
}

static int
resolve(struct kith_session *s, enum kith_semantics semantics, struct kith_app_levels *l,
	struct kith_error *err)
{
	struct kith_index *ix;
	int r;

	r = kith_app_index(s, &ix, err);
	if (!r)
		r = semantics == KITH_SEMANTICS_NATIVE
			? kith_app_graph(s, ix, &l->config, &l->graph, err)
			: kith_index_graph(ix, &l->graph, err);
	if (r)
		return r;
	kith_app_config_match_ignores(&l->config, ix, l->graph);
	r = set_question(l, s, ix, semantics, err);
	if (!r)
		r = kith_trust_resolve(l->graph, &l->question, &l->result, err);
	if (!r && semantics == KITH_SEMANTICS_NATIVE)
		r = kith_trust_doubts(l->result, &l->arena, &l->doubts, &l->n_doubts, err);
	l->known = r == KITH_OK;
	return r;
}

/* Places of the configuration and roots must not move: they are set in their final place. */
int
kith_app_levels_new(struct kith_session *s, const char *path, const char *const *roots,
		    size_t n_roots, enum kith_semantics semantics, bool need,
		    struct kith_app_levels *ret_levels, struct kith_error *err)
{
	struct kith_app_levels *l = ret_levels;
	int r;

	memset(l, 0, sizeof(*l));
	kith_arena_init(&l->arena, KITH_MIB(256));
	r = kith_app_config_load(s, path, &l->config, err);
	if (!r)
		r = kith_app_config_roots(s, &l->config, roots, n_roots, semantics, &l->roots, err);
	if (r == KITH_E_USAGE && !n_roots && !need && !kith_app_config_has_roots(&l->config))
		return KITH_OK;
	if (!r)
		r = resolve(s, semantics, l, err);
	if (r)
		kith_app_levels_clear(l);
	return r;
}

void
kith_app_levels_clear(struct kith_app_levels *levels)
{
	kith_trust_result_free(levels->result);
	kith_app_ids_clear(&levels->roots);
	kith_app_config_clear(&levels->config);
	kith_arena_clear(&levels->arena);
	memset(levels, 0, sizeof(*levels));
}

void
kith_app_levels_get(const struct kith_app_levels *levels, const struct kith_id *id,
		    struct kith_app_standing *ret_standing)
{
	struct kith_app_standing out = {KITH_LEVEL_NONE, KITH_LEVEL_NONE, false};
	size_t i, at;

	if (levels->known)
		kith_trust_level(levels->result, id, &out.approve, &out.object);
	if (levels->n_doubts && kith_trust_person_find(levels->result, id, &at))
		for (i = 0; i < levels->n_doubts && !out.contested; i++)
			out.contested = levels->doubts[i].about == at;
	*ret_standing = out;
}
