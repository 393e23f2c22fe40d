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
add_proved(struct kith_actors *a, const struct kith_index *index, struct kith_error *err)
{
	struct kith_index_id_info id;
	KITH_AUTO_BUF struct kith_buf url;
	uint32_t key, owner;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&url, KITH_MAX_YAML_BYTES);
	for (i = 0; !r && i < kith_index_count_ids(index); i++) {
		if (!kith_index_id_at(index, i, &id))
			return kith_index_fail(err);
		r = kith_actors_add_id(a, &id.id, &key, err);
		if (r || !id.proved)
			continue;
		kith_buf_reset(&url);
		kith_url_put_normal(&url, id.url);
		r = kith_actors_add_name(a, kith_buf_span(&url), &owner, err);
		if (!r)
			kith_actors_join(a, key, owner, false);
	}
	return r;
}

/* Keys of one configured actor; only this makes a second key speak as its root (verdict.md 2). */
static int
add_configured(struct kith_actors *a, const struct kith_app_trust_config *c, struct kith_error *err)
{
	char name[32];
	uint32_t key, owner;
	size_t i, j;
	int r = KITH_OK;

	for (i = 0; !r && i < c->n_actors; i++) {
		snprintf(name, sizeof(name), "actor %zu", i);
		r = kith_actors_add_name(a, kith_span_str(name), &owner, err);
		for (j = 0; !r && j < c->actors[i].n; j++) {
			r = kith_actors_add_id(a, &c->actors[i].ids[j], &key, err);
			if (!r)
				kith_actors_join(a, key, owner, true);
		}
	}
	return r;
}

int
kith_app_actors_new(const struct kith_index *index, const struct kith_app_trust_config *config,
		    struct kith_actors **ret_actors, struct kith_error *err)
{
	struct kith_actors *a;
	int r = kith_actors_new(&a, err);

	if (r)
		return r;
	r = add_proved(a, index, err);
	if (!r)
		r = add_configured(a, config, err);
	if (r) {
		kith_actors_free(a);
		return r;
	}
	*ret_actors = a;
	return KITH_OK;
}

static void
actors_freep(struct kith_actors **a)
{
	kith_actors_free(*a);
}

struct member {
	uint32_t actor;
	struct kith_id id;
};

static int
cmp_member(const void *pa, const void *pb)
{
	const struct member *a = pa, *b = pb;

	if (a->actor != b->actor)
		return a->actor < b->actor ? -1 : 1;
	return memcmp(a->id.bytes, b->id.bytes, KITH_ID_BYTES);
}

/* Keys that one repository proves, unless the configuration says whose they are. */
static size_t
list_members(const struct kith_actors *a, const struct kith_index *index, struct member *members)
{
	struct kith_index_id_info info;
	struct kith_actor actor;
	size_t i, n = 0;

	for (i = 0; i < kith_index_count_ids(index); i++)
		if (kith_index_id_at(index, i, &info) && info.proved &&
		    kith_actors_of_id(a, &info.id, &actor) && actor.house != actor.number)
			members[n++] = (struct member){actor.number, info.id};
	if (n)
		qsort(members, n, sizeof(*members), cmp_member);
	return n;
}

static size_t
group_members(const struct member *members, size_t n, struct kith_id *ids,
	      struct kith_trust_actor *list)
{
	size_t i, end, n_list = 0;

	for (i = 0; i < n; i = end) {
		for (end = i; end < n && members[end].actor == members[i].actor; end++)
			ids[end] = members[end].id;
		if (end - i > 1)
			list[n_list++] = (struct kith_trust_actor){ids + i, end - i, true};
	}
	return n_list;
}

int
kith_app_actors_list(const struct kith_index *index, const struct kith_app_trust_config *config,
		     struct kith_arena *arena, const struct kith_trust_actor **ret_list,
		     size_t *ret_n, struct kith_error *err)
{
	size_t i, n = kith_index_count_ids(index), n_list;
	KITH_AUTO_FREE struct member *members = kith_calloc(n, sizeof(*members));
	KITH_CLEANUP(actors_freep) struct kith_actors *a = NULL;
	struct kith_id *ids = kith_arena_array(arena, n + 1, sizeof(*ids));
	struct kith_trust_actor *list =
	    kith_arena_array(arena, n / 2 + config->n_actors + 1, sizeof(*list));
	int r;

	if (!members || !ids || !list)
		return kith_fail_nomem(err);
	r = kith_app_actors_new(index, config, &a, err);
	if (r)
		return r;
	n_list = group_members(members, list_members(a, index, members), ids, list);
	for (i = 0; i < config->n_actors; i++) /* the last that names a key counts */
		list[n_list++] = config->actors[i];
	*ret_list = list;
	*ret_n = n_list;
	return KITH_OK;
}

const struct kith_trust_actor *
kith_app_actor_of(const struct kith_trust_actor *list, size_t n, const struct kith_id *id)
{
	size_t i;

	while (n--)
		for (i = 0; i < list[n].n; i++)
			if (memcmp(&list[n].ids[i], id, sizeof(*id)) == 0)
				return list[n].n > 1 ? &list[n] : NULL;
	return NULL;
}

const struct kith_id *
kith_app_actor_first(const struct kith_trust_actor *actor)
{
	const struct kith_id *first = &actor->ids[0];
	size_t i;

	for (i = 1; i < actor->n; i++)
		if (memcmp(&actor->ids[i], first, sizeof(*first)) < 0)
			first = &actor->ids[i];
	return first;
}

/* --- sources --- */

/* What a repository is called as an actor: by the URL, or as it is. */
static int
add_repository(struct kith_app_people *p, struct kith_span url, uint32_t *ret_key,
	       struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, url.len + KITH_MAX_URL);
	kith_url_put_repository(&b, url);
	r = kith_buf_check(&b, err);
	return r ? r : kith_actors_add_name(p->actors, kith_buf_span(&b), ret_key, err);
}

static int
add_actor(struct kith_app_people *p, size_t i, uint32_t *ret_key, struct kith_error *err)
{
	char text[32];

	snprintf(text, sizeof(text), "actor %zu", i);
	return kith_actors_add_name(p->actors, kith_span_str(text), ret_key, err);
}

int
kith_app_people_add_addresses(struct kith_app_people *p, const struct kith_config *config,
			      struct kith_error *err)
{
	uint32_t key, actor;
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; !r && i < config->n_actors; i++) {
		const struct kith_config_actor *a = &config->actors[i];

		r = add_actor(p, i, &actor, err);
		for (k = 0; !r && k < a->sources.n; k++) {
			r = add_repository(p, a->sources.at[k], &key, err);
			if (!r)
				kith_actors_join(p->actors, key, actor, true);
		}
	}
	return r;
}

static bool
lists(const struct kith_config_actor *a, struct kith_span name, struct kith_span location,
      const struct kith_config_evidence *e)
{
	size_t i, k;

	for (i = 0; i < a->sources.n; i++) {
		struct kith_span s = a->sources.at[i];

		if (kith_span_eq(s, name) || kith_span_eq(s, location) ||
		    kith_url_same(s, location))
			return true;
		for (k = 0; e && k < e->urls.n; k++)
			if (kith_url_same(s, e->urls.at[k]))
				return true;
	}
	return false;
}

int
kith_app_people_add_source(struct kith_app_people *p, const struct kith_config *config,
			   struct kith_span name, struct kith_span location,
			   const struct kith_config_evidence *entry, struct kith_actor *ret_actor,
			   struct kith_error *err)
{
	uint32_t key, other;
	size_t i;
	int r;

	/* one that lies on this disk, and says nothing of where it is from, is itself */
	r = add_repository(p, entry && entry->urls.n ? entry->urls.at[0] : location, &key, err);
	for (i = 1; !r && entry && i < entry->urls.n; i++) {
		r = add_repository(p, entry->urls.at[i], &other, err);
		if (!r && other != key)
			kith_actors_join(p->actors, other, key, false);
	}
	for (i = 0; !r && i < config->n_actors; i++) {
		if (!lists(&config->actors[i], name, location, entry))
			continue;
		r = add_actor(p, i, &other, err);
		if (!r)
			kith_actors_join(p->actors, key, other, true);
	}
	if (r)
		return r;
	kith_actor_of(p->actors, key, ret_actor);
	return KITH_OK;
}

/* --- standings --- */

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
	if (roots->count && i == roots->count)
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
	r = kith_app_actors_new(index, config, &p->actors, err);
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
