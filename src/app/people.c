/* SPDX-License-Identifier: Apache-2.0 */
/* The people of a run: whose keys belong together, and the standings that policy asks for. */
#include "app/people.h"

#include "codec/base64.h"
#include "evidence/url.h"

struct kith_app_people {
	struct kith_actors *actors;
	struct kith_standings *standings;
};

/* Ids that one repository proves are one actor; a key by its proved URL (verdict.md 2). */
static int
add_actors(struct kith_app_people *p, struct kith_index *index, struct kith_error *err)
{
	struct kith_index_id_info id;
	KITH_AUTO_BUF struct kith_buf url;
	uint32_t key, owner;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&url, KITH_MAX_YAML_BYTES);
	for (i = 0; !r && i < kith_index_count_ids(index); i++) {
		if (!kith_index_id_at(index, i, &id))
			return kith_fail(err, KITH_E_FORMAT, "the index is damaged");
		r = kith_actors_add_id(p->actors, &id.id, &key, err);
		if (r || !id.proved)
			continue;
		kith_buf_reset(&url);
		kith_url_put_normal(&url, id.url);
		r = kith_actors_add_name(p->actors, kith_buf_span(&url), &owner, err);
		if (!r)
			kith_actors_join(p->actors, key, owner, false);
	}
	return r;
}

/* Keys of one configured actor; only this makes a second key speak as its root (verdict.md 2). */
static int
add_configured_actors(struct kith_app_people *p, const struct kith_app_trust_config *c,
		      struct kith_error *err)
{
	char name[32];
	uint32_t key, owner;
	size_t i, j;
	int r = KITH_OK;

	for (i = 0; !r && i < c->n_actors; i++) {
		snprintf(name, sizeof(name), "actor %zu", i);
		r = kith_actors_add_name(p->actors, kith_span_str(name), &owner, err);
		for (j = 0; !r && j < c->actors[i].n; j++) {
			r = kith_actors_add_id(p->actors, &c->actors[i].ids[j], &key, err);
			if (!r)
				kith_actors_join(p->actors, key, owner, true);
		}
	}
	return r;
}

static int
make_standings(struct kith_app_people *p, struct kith_session *s,
	       const struct kith_trust_graph *graph, const struct kith_app_ids *roots,
	       const struct kith_app_trust_config *c, struct kith_error *err)
{
	const struct kith_standings_setup setup = {
	    .graph = graph,
	    .question = {.semantics = KITH_SEMANTICS_NATIVE,
			 .roots = roots->list,
			 .n_roots = roots->count,
			 .threshold = c->threshold,
			 .now = s->now,
			 .native = &c->native,
			 .caps = c->caps,
			 .n_caps = c->n_caps,
			 .actors = c->actors,
			 .n_actors = c->n_actors,
			 .ignores = c->ignores,
			 .n_ignores = c->n_ignores},
	    .actors = p->actors,
	    .publishers = c->publishers,
	    .n_publishers = c->n_publishers,
	};
	char text[KITH_ID_TEXT + 1];
	size_t i;
	int r;

	r = kith_standings_new(&setup, &p->standings, err);
	if (r)
		return r;
	for (i = 0; i < kith_standings_count_revoked_roots(p->standings); i++) {
		kith_base64_id(text, kith_standings_revoked_root(p->standings, i)->bytes);
		kith_app_warn(s, "root %s has revoked its key: it is left out", text);
	}
	if (i == roots->count)
		return kith_fail(err, KITH_E_USAGE, "every root has revoked its key");
	return KITH_OK;
}

int
kith_app_people_new(struct kith_session *s, struct kith_index *index,
		    const struct kith_trust_graph *graph, const struct kith_app_ids *roots,
		    const struct kith_app_trust_config *config, struct kith_app_people **ret_people,
		    struct kith_error *err)
{
	struct kith_app_people *p = kith_calloc(1, sizeof(*p));
	int r;

	if (!p)
		return kith_fail_nomem(err);
	r = kith_actors_new(&p->actors, err);
	if (!r)
		r = add_actors(p, index, err);
	if (!r)
		r = add_configured_actors(p, config, err);
	if (!r)
		r = make_standings(p, s, graph, roots, config, err);
	if (r) {
		kith_app_people_free(p);
		return r;
	}
	*ret_people = p;
	return KITH_OK;
}

void
kith_app_people_free(struct kith_app_people *p)
{
	if (!p)
		return;
	kith_standings_free(p->standings);
	kith_actors_free(p->actors);
	free(p);
}

const struct kith_actors *
kith_app_people_actors(const struct kith_app_people *p)
{
	return p->actors;
}

int
kith_app_people_for(void *ctx, const struct kith_package *package, enum kith_level level,
		    const struct kith_people **ret_people, struct kith_error *err)
{
	struct kith_app_people *p = ctx;

	return kith_standings_people(p->standings, package, level, ret_people, err);
}

int
kith_app_people_result(struct kith_app_people *p, const struct kith_package *package,
		       const struct kith_trust_result **ret_result, struct kith_error *err)
{
	return kith_standings_result(p->standings, package, ret_result, err);
}
