/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which trust statements a project's verdict needs: those of people whose word counts, about people
 * whose word counts, is refused, or is their own revocation. What anybody else says moves nobody
 * (trust.md N2, N7, N9), so it stays out.
 */
#include "app/bundle.h"

#include "evidence/url.h"

static int
note(struct kith_map *map, struct kith_arena *arena, const struct kith_id *id,
     struct kith_error *err)
{
	struct kith_span key = kith_span(id->bytes, KITH_ID_BYTES);

	if (kith_map_get(map, key, NULL))
		return KITH_OK;
	if (!kith_arena_copy(arena, key, &key))
		return kith_fail_nomem(err);
	return kith_map_add(map, key, 0, NULL, NULL, err);
}

int
kith_app_bundle_note_id(struct kith_app_bundling *x, const struct kith_id *id,
			struct kith_error *err)
{
	return note(&x->ids, &x->arena, id, err);
}

static bool
matters(const struct kith_trust_person *p)
{
	return p->root || p->approve > KITH_LEVEL_NONE || p->object > KITH_LEVEL_NONE ||
	       p->pinned || p->revoked || p->disowned || p->blocked > KITH_LEVEL_NONE ||
	       p->contact > KITH_LEVEL_NONE;
}

static int
note_people(struct kith_app_bundling *x, const struct kith_trust_result *result,
	    struct kith_error *err)
{
	struct kith_trust_person p;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_trust_count_persons(result); i++) {
		kith_trust_person(result, i, &p);
		if (!matters(&p))
			continue;
		r = note(&x->people, &x->arena, kith_trust_person_id(result, i), err);
		if (!r)
			r = kith_app_bundle_note_id(x, kith_trust_person_id(result, i), err);
	}
	return r;
}

/* As the picture of a page asks: about no package. */
static int
ask_about_nothing(struct kith_app_bundling *x, struct kith_error *err)
{
	const struct kith_app_run *run = x->run;
	const struct kith_app_trust_config *c = &run->config.trust;
	struct kith_trust_question q = {.semantics = KITH_SEMANTICS_NATIVE,
					.roots = run->roots.list,
					.n_roots = run->roots.count,
					.threshold = c->threshold,
					.now = run->session->now,
					.native = &c->native,
					.caps = c->caps,
					.n_caps = c->n_caps,
					.ignores = c->ignores,
					.n_ignores = c->n_ignores};
	struct kith_trust_result *result = NULL;
	int r = kith_app_actors_list(run->index, c, &x->arena, &q.actors, &q.n_actors, err);

	if (!r)
		r = kith_trust_resolve(run->graph, &q, &result, err);
	if (!r)
		r = note_people(x, result, err);
	kith_trust_result_free(result);
	return r;
}

static bool
is_one(const struct kith_app_bundling *x, const struct kith_id *id)
{
	return kith_map_get(&x->people, kith_span(id->bytes, KITH_ID_BYTES), NULL);
}

static int
want_statements(struct kith_app_bundling *x, struct kith_error *err)
{
	const struct kith_trust_graph *g = x->run->graph;
	size_t count = kith_index_count_proofs(x->run->index), i, n;
	struct kith_trust_statement s;
	int r = KITH_OK;

	n = kith_trust_graph_count_statements(g);
	for (i = 0; !r && i < n; i++) {
		r = kith_trust_graph_statement(g, i, NULL, &s, err);
		if (!r && s.place < count && is_one(x, &s.from) && is_one(x, &s.to))
			x->proofs[s.place] = true;
	}
	return r;
}

int
kith_app_bundle_people(struct kith_app_bundling *x, struct kith_error *err)
{
	const struct kith_app_run *run = x->run;
	const struct kith_trust_result *result, *last = NULL;
	size_t i;
	int r = run->roots.count ? ask_about_nothing(x, err) : KITH_OK;

	for (i = 0; !r && i < run->project->lock->count && run->roots.count; i++) {
		r = kith_app_people_result(run->people, run->rows[i].package, &result, err);
		if (!r && result && result != last)
			r = note_people(x, result, err);
		last = result;
	}
	return r ? r : want_statements(x, err);
}

/* --- what is known of ids --- */

static int
put_url(struct kith_buf *b, struct kith_span url, struct kith_error *err)
{
	kith_buf_reset(b);
	kith_url_put_normal(b, url);
	return kith_buf_check(b, err);
}

/* Whoever is proved by the repository of one who matters is the same actor (verdict.md 2). */
static int
note_houses(struct kith_app_bundling *x, struct kith_error *err)
{
	const struct kith_index *ix = x->run->index;
	struct kith_index_id_info info;
	KITH_AUTO_MAP struct kith_map urls = {0};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span key;
	size_t i, pass;
	int r = KITH_OK;

	kith_map_init(&urls, NULL);
	kith_buf_init(&b, KITH_MAX_YAML_BYTES);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; !r && i < kith_index_count_ids(ix); i++) {
			if (!kith_index_id_at(ix, i, &info))
				return kith_index_fail(err);
			if (!info.proved)
				continue;
			r = put_url(&b, info.url, err);
			if (!r && pass && kith_map_get(&urls, kith_buf_span(&b), NULL))
				r = kith_app_bundle_note_id(x, &info.id, err);
			if (r || pass ||
			    !kith_map_get(&x->ids, kith_span(info.id.bytes, KITH_ID_BYTES), NULL))
				continue;
			if (!kith_arena_copy(&x->arena, kith_buf_span(&b), &key))
				return kith_fail_nomem(err);
			r = kith_map_add(&urls, key, 0, NULL, NULL, err);
		}
	}
	return r;
}

int
kith_app_bundle_ids(struct kith_app_bundling *x, struct kith_error *err)
{
	const struct kith_index *ix = x->run->index;
	struct kith_index_id_info info;
	size_t i;
	int r = note_houses(x, err);

	for (i = 0; !r && i < kith_index_count_ids(ix); i++) {
		if (!kith_index_id_at(ix, i, &info))
			return kith_index_fail(err);
		if (!kith_map_get(&x->ids, kith_span(info.id.bytes, KITH_ID_BYTES), NULL))
			continue;
		r = KITH_BUNDLE_GROW(x->b, ids, err);
		if (!r)
			x->b->ids[x->b->n_ids++] =
			    (struct kith_bundle_id){.id = info.id,
						    .says_url = info.says_url,
						    .proved = info.proved,
						    .url = info.url,
						    .other_url = info.other_url,
						    .reviews = info.reviews};
	}
	return r;
}
