/* SPDX-License-Identifier: Apache-2.0 */
/* Which sources a project's verdict may depend on. Looks at everything that is known here. */
#include "app/pin.h"
#include "app/walk.h"
#include "evidence/url.h"

struct seeking {
	const struct kith_app_run *run;
	struct kith_map names;  /* of sources with something to say, as the index calls them */
	struct kith_map people; /* ids, to whether what they say of others matters */
	struct kith_id *queue;
	size_t n_queue, cap_queue;
	struct kith_arena arena;
};

static void
seeking_clear(struct seeking *k)
{
	kith_map_clear(&k->names);
	kith_map_clear(&k->people);
	free(k->queue);
	kith_arena_clear(&k->arena);
}

static int
add_key(struct seeking *k, struct kith_map *map, struct kith_span key, size_t value,
	struct kith_error *err)
{
	struct kith_span copy;
	size_t old;

	if (kith_map_get(map, key, &old)) {
		if (old < value)
			kith_map_set(map, key, value);
		return KITH_OK;
	}
	if (!kith_arena_copy(&k->arena, key, &copy))
		return kith_fail_nomem(err);
	return kith_map_add(map, copy, value, NULL, NULL, err);
}

static int
add_places(struct seeking *k, const struct kith_place *places, size_t n, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++)
		r = add_key(k, &k->names, places[i].source, 0, err);
	return r;
}

/* --- people --- */

enum { AUTHOR, HEARD };

static int
hear(struct seeking *k, const struct kith_id *id, struct kith_error *err)
{
	struct kith_span key = kith_span(id->bytes, KITH_ID_BYTES);
	size_t how;
	int r;

	if (kith_map_get(&k->people, key, &how) && how == HEARD)
		return KITH_OK;
	r = add_key(k, &k->people, key, HEARD, err);
	if (!r)
		r = kith_grow(&k->queue, &k->cap_queue, k->n_queue + 1, sizeof(*k->queue),
			      SIZE_MAX / 2, "people", err);
	if (!r)
		k->queue[k->n_queue++] = *id;
	return r;
}

/*
 * Everybody on any way from the roots, however far: more than a resolver reaches, which levels and
 * costs in kith.toml may change.
 */
static int
hear_all(struct seeking *k, struct kith_error *err)
{
	const struct kith_trust_graph *g = k->run->graph;
	struct kith_trust_statement st;
	size_t at, i, end;
	int r = KITH_OK;

	for (i = 0; !r && i < k->run->roots.count; i++)
		r = hear(k, &k->run->roots.list[i], err);
	for (i = 0; !r && i < k->run->config.trust.n_actors; i++)
		for (at = 0; !r && at < k->run->config.trust.actors[i].n; at++)
			r = hear(k, &k->run->config.trust.actors[i].ids[at], err);
	for (at = 0; !r && at < k->n_queue; at++) {
		const struct kith_id from = k->queue[at];

		if (!kith_trust_graph_row(g, &from, &i, &end))
			continue;
		for (; !r && i < end; i++) {
			r = kith_trust_graph_statement(g, i, NULL, &st, err);
			if (!r && st.level > KITH_LEVEL_DISTRUST)
				r = hear(k, &st.to, err);
		}
	}
	return r;
}

/* --- what they say --- */

static int
add_claims(struct seeking *k, struct kith_error *err)
{
	size_t i, c, n = k->run->report.n_rows;
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++) {
		const struct kith_report_row *row = &k->run->rows[i];

		for (c = 0; !r && c < row->n_claims; c++) {
			const struct kith_claim *x = &row->claims[c];

			if (!x->is_signed)
				continue;
			r = add_places(k, x->places, x->n_places, err);
			if (!r)
				r = add_key(k, &k->people,
					    kith_span(x->author.bytes, KITH_ID_BYTES), AUTHOR, err);
		}
	}
	return r;
}

static int
add_statements(struct seeking *k, struct kith_error *err)
{
	const struct kith_index *ix = k->run->index;
	struct kith_index_proof_info p;
	struct kith_place place;
	size_t i, at, how;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_index_count_proofs(ix); i++) {
		if (!kith_index_proof_at(ix, i, &p))
			return kith_index_fail(err);
		if (p.kind != KITH_PROOF_TRUST ||
		    !kith_map_get(&k->people, kith_span(p.author.bytes, KITH_ID_BYTES), &how))
			continue;
		/* of mere authors only what they say about themselves matters: a revocation */
		if (how != HEARD && p.level != KITH_LEVEL_DISTRUST)
			continue;
		for (at = 0; !r && kith_index_place_at(ix, &p, at, &place); at++)
			r = add_places(k, &place, 1, err);
	}
	/* a place that cannot be read would leave a source out */
	return r || !kith_index_is_damaged(ix) ? r : kith_index_fail(err);
}

/* Whether somebody's own repository still serves a proof decides what the proof is worth. */
static int
add_own_urls(struct seeking *k, struct kith_map *urls, struct kith_error *err)
{
	struct kith_index_id_info id;
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, n;
	int r = KITH_OK;

	kith_buf_init(&b, KITH_MAX_YAML_BYTES);
	for (i = 0; !r && i < k->people.count; i++) {
		struct kith_id who;

		memcpy(who.bytes, k->people.entries[i].key.ptr, KITH_ID_BYTES);
		if (!kith_index_find_id(k->run->index, &who, &n) ||
		    !kith_index_id_at(k->run->index, n, &id) || !id.proved)
			continue;
		kith_buf_reset(&b);
		kith_url_put_normal(&b, id.url);
		r = kith_buf_check(&b, err);
		if (!r)
			r = add_key(k, urls, kith_buf_span(&b), 0, err);
	}
	return r;
}

/* --- which mirrors that makes --- */

static bool
is_configured(const struct kith_app_run *run, const struct kith_mirror *m)
{
	const struct kith_config *c = run->config.merged;
	struct kith_span location = kith_span_str(m->source.location);
	size_t i;

	for (i = 0; i < c->n_sources; i++)
		if (kith_app_source_is_of(&run->config, &m->source, &c->sources[i]))
			return true;
	for (i = 0; m->source.evidence == KITH_SOURCE_CREV && i < c->roots.urls.n; i++)
		if (kith_span_eq(c->roots.urls.at[i], location) ||
		    kith_url_same(c->roots.urls.at[i], location))
			return true;
	return false;
}

static int
is_relevant(const struct seeking *k, const struct kith_map *urls, const struct kith_mirror *m,
	    bool *ret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_MAX_YAML_BYTES);
	*ret = false;
	if (m->damaged || !m->head[0] || m->source.class == KITH_SOURCE_REMOVED)
		return KITH_OK;
	if (!m->own && is_configured(k->run, m)) {
		*ret = true;
		return KITH_OK;
	}
	if (m->source.evidence != KITH_SOURCE_CREV)
		return KITH_OK;
	kith_mirror_put_name(&b, m);
	*ret = kith_map_get(&k->names, kith_buf_span(&b), NULL);
	if (!*ret && kith_mirror_proves(m)) {
		kith_buf_reset(&b);
		kith_url_put_normal(&b, kith_span_str(m->source.location));
		*ret = kith_map_get(urls, kith_buf_span(&b), NULL);
	}
	r = kith_buf_check(&b, err);
	return r;
}

int
kith_app_pin_relevant(const struct kith_app_run *run, const struct kith_mirrors *mirrors,
		      bool *ret_relevant, struct kith_error *err)
{
	KITH_CLEANUP(seeking_clear) struct seeking k = {.run = run};
	KITH_AUTO_MAP struct kith_map urls;
	size_t i;
	int r;

	kith_map_init(&k.names, NULL);
	kith_map_init(&k.people, NULL);
	kith_map_init(&urls, NULL);
	kith_arena_init(&k.arena, KITH_MIB(512));
	r = hear_all(&k, err);
	if (!r)
		r = add_claims(&k, err);
	if (!r)
		r = add_statements(&k, err);
	if (!r)
		r = add_own_urls(&k, &urls, err);
	for (i = 0; !r && i < mirrors->count; i++)
		r = is_relevant(&k, &urls, &mirrors->items[i], &ret_relevant[i], err);
	return r;
}
