/* SPDX-License-Identifier: Apache-2.0 */
/* Lays what configuration and the starter set trust over the index's graph. Reads no file. */
#include "app/overlay.h"

#include "crypto/crypto.h"
#include "evidence/url.h"
#include "trust/explain.h"

/* No key is known to which this would be the public half. */
static void
overlay_id(struct kith_id *ret_id)
{
	struct kith_digest d;

	kith_blake2b(KITH_SPAN_LIT("kith: what configuration trusts, an id without a key"), &d);
	memcpy(ret_id->bytes, d.bytes, KITH_ID_BYTES);
}

static bool
trusts_authors(const struct kith_config_evidence *e)
{
	return e->kind == KITH_CONFIG_CREV && e->trust_ids && e->level > KITH_LEVEL_NONE;
}

int
kith_app_overlay_load(struct kith_app_config *c, struct kith_error *err)
{
	struct kith_id id;
	size_t i;

	for (i = 0; i < c->merged->n_sources; i++)
		c->trusts_ids |= trusts_authors(&c->merged->sources[i]);
	if (!c->trusts_ids)
		return KITH_OK;
	overlay_id(&id);
	return kith_app_config_add_name(c, KITH_OVERLAY_NAME, &id, err);
}

int
kith_app_overlay_roots(struct kith_session *s, const struct kith_app_config *c,
		       struct kith_app_ids *ids, struct kith_error *err)
{
	struct kith_id id;
	int r = KITH_OK;

	if (c->merged->roots.threshold > 1) {
		if (c->trusts_ids)
			kith_app_warn(s, "trust-ids counts for nothing where [roots] has a "
					 "threshold: let the roots say it");
		return KITH_OK;
	}
	if (c->n_starter_ids) {
		kith_app_starter_id(&id);
		r = kith_app_ids_add(ids, &id, err);
	}
	if (!r && c->trusts_ids) {
		overlay_id(&id);
		r = kith_app_ids_add(ids, &id, err);
	}
	return r;
}

bool
kith_app_overlay_is(const struct kith_id *id)
{
	struct kith_id own, starter;

	overlay_id(&own);
	kith_app_starter_id(&starter);
	return memcmp(id, &own, sizeof(own)) == 0 || memcmp(id, &starter, sizeof(starter)) == 0;
}

const char *
kith_app_overlay_place(uint64_t place)
{
	return place == KITH_STARTER_PLACE   ? KITH_STARTER_NAME
	       : place == KITH_OVERLAY_PLACE ? KITH_OVERLAY_NAME
					     : NULL;
}

/* --- the graph --- */

struct laying {
	const struct kith_app_config *config;
	const struct kith_trust_graph *graph; /* the index's */
	struct kith_app_ids roots;            /* who may have said something himself */
	struct kith_trust_change *changes;
	size_t n, cap;
};

static void
laying_clear(struct laying *l)
{
	kith_app_ids_clear(&l->roots);
	free(l->changes);
}

static bool
same_id(const struct kith_id *a, const struct kith_id *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Who said something himself about an id, good or bad, has said it: then all this is silent. */
static bool
is_said(const struct laying *l, const struct kith_id *id)
{
	struct kith_trust_statement st;
	size_t i, k, end;

	for (i = 0; i < l->roots.count; i++) {
		if (same_id(&l->roots.list[i], id))
			return true;
		if (!kith_trust_graph_row(l->graph, &l->roots.list[i], &k, &end))
			continue;
		for (; k < end; k++)
			if (!kith_trust_graph_statement(l->graph, k, NULL, &st, NULL) &&
			    same_id(&st.to, id))
				return true;
	}
	return false;
}

/* Twice about one id: the better word, which is what two such sources mean. */
static int
say(struct laying *l, const struct kith_id *to, enum kith_level level, uint64_t place,
    struct kith_error *err)
{
	struct kith_trust_change c = {
	    KITH_CHANGE_SAY,
	    {.to = *to, .level = level, .reach = KITH_REACH_REVIEWS, .place = place}};
	size_t i;
	int r;

	if (is_said(l, to))
		return KITH_OK;
	if (place == KITH_STARTER_PLACE)
		kith_app_starter_id(&c.statement.from);
	else
		overlay_id(&c.statement.from);
	for (i = 0; i < l->n; i++) {
		if (!same_id(&l->changes[i].statement.to, to))
			continue;
		if (level > l->changes[i].statement.level)
			l->changes[i].statement.level = level;
		return KITH_OK;
	}
	r = kith_grow(&l->changes, &l->cap, l->n + 1, sizeof(c), KITH_MAX_TRUST_IDS, "ids", err);
	if (!r)
		l->changes[l->n++] = c;
	return r;
}

/* Those whose own repository it is, by proofs of theirs in it: nobody who is copied there. */
static int
say_authors(struct laying *l, const struct kith_index *ix, const struct kith_config_evidence *e,
	    struct kith_error *err)
{
	struct kith_index_id_info info;
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_index_count_ids(ix); i++) {
		if (!kith_index_id_at(ix, i, &info) || !info.proved)
			continue;
		for (k = 0; !r && k < e->urls.n; k++)
			if (kith_url_same(info.url, e->urls.at[k]))
				r = say(l, &info.id, e->level, KITH_OVERLAY_PLACE, err);
	}
	return r;
}

static int
gather(struct laying *l, const struct kith_index *ix, bool starter, struct kith_error *err)
{
	const struct kith_config *m = l->config->merged;
	size_t i, k;
	int r = KITH_OK;

	l->n = 0;
	for (i = 0; !r && i < m->n_sources; i++) {
		const struct kith_config_evidence *e = &m->sources[i];

		if (e->starter != starter)
			continue;
		if (!starter && trusts_authors(e))
			r = say_authors(l, ix, e, err);
		for (k = 0; starter && !r && e->level > KITH_LEVEL_NONE && k < e->ids.n; k++)
			r = say(l, &e->ids.at[k], e->level, KITH_STARTER_PLACE, err);
	}
	return r;
}

/* One speaker after the other: each is one row that is put in. */
static int
lay_over(struct kith_session *s, struct kith_index *ix, const struct kith_app_config *c,
	 struct kith_error *err)
{
	KITH_CLEANUP(laying_clear) struct laying l = {.config = c};
	const struct kith_trust_graph *under;
	struct kith_trust_graph *over;
	int speaker, r;

	r = kith_index_graph(ix, &l.graph, err);
	if (!r) /* without roots of his own there is nobody to ask */
		r = kith_app_config_roots(s, c, NULL, 0, KITH_SEMANTICS_CREV, &l.roots, err);
	if (r && r != KITH_E_USAGE)
		return r;
	for (r = 0, speaker = 0; !r && speaker < 2; speaker++) {
		r = gather(&l, ix, speaker == 0, err);
		if (r || !l.n)
			continue;
		under = s->starter_graph ? s->starter_graph : l.graph;
		r = kith_trust_graph_change(under, l.changes, l.n, &over, err);
		if (r)
			break;
		kith_trust_graph_free(s->starter_graph);
		s->starter_graph = over;
	}
	return r;
}

int
kith_app_graph(struct kith_session *s, struct kith_index *index, const struct kith_app_config *c,
	       const struct kith_trust_graph **ret_graph, struct kith_error *err)
{
	int r = KITH_OK;

	if ((!c->n_starter_ids && !c->trusts_ids) || c->merged->roots.threshold > 1)
		return kith_index_graph(index, ret_graph, err);
	if (!s->starter_graph)
		r = lay_over(s, index, c, err);
	if (!r && !s->starter_graph) /* nobody is trusted so who is not trusted otherwise */
		return kith_index_graph(index, ret_graph, err);
	if (!r)
		*ret_graph = s->starter_graph;
	return r;
}
