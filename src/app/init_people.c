/* SPDX-License-Identifier: Apache-2.0 */
/* Whose word a new policy begins with: what counts for the user today, made explicit. */
#include "app/init.h"
#include "app/names.h"
#include "app/starter.h"
#include "app/walk.h"
#include "base/text.h"
#include "evidence/url.h"

/* --- sources --- */

static int
keep(struct kith_init_plan *p, struct kith_span s, struct kith_span *ret, struct kith_error *err)
{
	return kith_arena_copy(&p->arena, s, ret) ? KITH_OK : kith_fail_nomem(err);
}

static int
keep_texts(struct kith_init_plan *p, const struct kith_config_texts *from,
	   struct kith_config_texts *ret, struct kith_error *err)
{
	struct kith_span *list = kith_arena_array(&p->arena, from->n + 1, sizeof(*list));
	size_t i;
	int r = list ? KITH_OK : kith_fail_nomem(err);

	for (i = 0; !r && i < from->n; i++)
		r = keep(p, from->at[i], &list[i], err);
	if (!r)
		*ret = (struct kith_config_texts){list, from->n};
	return r;
}

static int
keep_map(struct kith_init_plan *p, const struct kith_config_evidence *from,
	 struct kith_config_evidence *e, struct kith_error *err)
{
	struct kith_config_mapping *map =
	    kith_arena_array(&p->arena, from->n_map + 1, sizeof(*map));
	size_t i;
	int r = map ? KITH_OK : kith_fail_nomem(err);

	for (i = 0; !r && i < from->n_map; i++) {
		r = keep(p, from->map[i].foreign, &map[i].foreign, err);
		if (!r)
			r = keep_texts(p, &from->map[i].own, &map[i].own, err);
	}
	e->map = map;
	return r;
}

static bool
is_there(const struct kith_init_plan *p, const struct kith_config_evidence *e)
{
	size_t i;

	for (i = 0; i < p->n_sources; i++) {
		const struct kith_config_evidence *x = &p->sources[i];

		if (e->name.len && kith_span_eq(e->name, x->name))
			return true;
		if (x->kind == e->kind && kith_url_same(x->urls.at[0], e->urls.at[0]) &&
		    kith_span_eq(x->path, e->path))
			return true;
	}
	return false;
}

int
kith_init_add_source(struct kith_init_plan *p, const struct kith_config_evidence *e,
		     struct kith_error *err)
{
	struct kith_config_evidence x = *e;
	int r;

	if (!e->urls.n || kith_span_starts(e->urls.at[0], KITH_SPAN_LIT("file:"))) {
		p->n_local++; /* others do not have it */
		return KITH_OK;
	}
	if (is_there(p, e))
		return KITH_OK;
	r = kith_grow(&p->sources, &p->cap_sources, p->n_sources + 1, sizeof(*p->sources),
		      KITH_MAX_CONFIG_ENTRIES, "sources", err);
	if (!r)
		r = keep_texts(p, &e->urls, &x.urls, err);
	if (!r)
		r = keep(p, e->path, &x.path, err);
	if (!r)
		r = keep(p, e->name, &x.name, err);
	if (!r)
		r = keep(p, e->reason, &x.reason, err);
	if (!r)
		r = keep_map(p, e, &x, err);
	if (r)
		return r;
	p->sources[p->n_sources++] = x;
	return KITH_OK;
}

static int
add_configured(struct kith_init_plan *p, const struct kith_app_config *c, bool starter,
	       struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < c->merged->n_sources; i++) {
		struct kith_config_evidence e = c->merged->sources[i];

		if (e.starter != starter)
			continue;
		if (e.starter) {
			e.trust_ids = e.ids.n && e.level > KITH_LEVEL_NONE;
			p->from_starter = true;
		}
		r = kith_init_add_source(p, &e, err);
	}
	return r;
}

/* --- roots --- */

struct search {
	struct kith_init_plan *p;
	struct kith_app_config *config;
	struct kith_index *index;
	struct kith_app_ids ids;
};

static void
search_clear(struct search *x)
{
	kith_app_ids_clear(&x->ids);
}

static bool
find_info(const struct search *x, const struct kith_id *id, struct kith_index_id_info *ret)
{
	size_t i;

	return kith_index_find_id(x->index, id, &i) && kith_index_id_at(x->index, i, ret);
}

/* Where others find what this id says; empty: nowhere that is proved or its own. */
static struct kith_span
url_of(const struct search *x, const struct kith_id *id)
{
	struct kith_index_id_info info;

	if (!find_info(x, id, &info) || !info.says_url || (!info.proved && !info.own))
		return KITH_SPAN_NONE;
	return info.url;
}

/* Those whom an id trusts at level high, with no condition, as it says now. */
static int
trusted_by(struct search *x, const struct kith_id *from, struct kith_app_ids *ret,
	   struct kith_error *err)
{
	const struct kith_trust_graph *graph;
	struct kith_trust_statement st, other;
	size_t i, k, first, end;
	int r = kith_index_graph(x->index, &graph, err);

	if (r || !kith_trust_graph_row(graph, from, &first, &end))
		return r;
	for (i = first; !r && i < end; i++) {
		if (kith_trust_graph_statement(graph, i, NULL, &st, NULL) || st.scope.len ||
		    st.level != KITH_LEVEL_HIGH ||
		    (st.has_until && kith_time_cmp(x->p->session->now, st.until) >= 0))
			continue;
		for (k = first; k < end; k++)
			if (!kith_trust_graph_statement(graph, k, NULL, &other, NULL) &&
			    !memcmp(other.to.bytes, st.to.bytes, KITH_ID_BYTES) &&
			    kith_time_cmp(other.date, st.date) > 0)
				break;
		if (k == end)
			r = kith_app_ids_add(ret, &st.to, err);
	}
	return r;
}

/*
 * An id that has not published anything is no root for others: those whom it trusts most are, if
 * there are any.
 */
static int
replace_unpublished(struct search *x, struct kith_error *err)
{
	KITH_AUTO_IDS struct kith_app_ids list = {0};
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < x->ids.count; i++)
		if (url_of(x, &x->ids.list[i]).len)
			return KITH_OK;
	for (i = 0; !r && i < x->ids.count; i++)
		r = trusted_by(x, &x->ids.list[i], &list, err);
	if (r || !list.count)
		return r;
	kith_init_note(&*x->p, "your id has no URL where others find what it says: the roots are "
			       "those whom you trust at level high");
	kith_app_ids_clear(&x->ids);
	x->ids = list;
	memset(&list, 0, sizeof(list));
	return KITH_OK;
}

static int
find_ids(struct search *x, struct kith_error *err)
{
	const struct kith_init_options *o = x->p->options;
	const struct kith_config *m = x->config->merged;
	bool named = m->roots.ids.n || m->roots.urls.n;
	struct kith_error why;
	int r;

	if (o->n_roots)
		return kith_app_roots(x->p->session, o->roots, o->n_roots, &x->ids, err);
	r = kith_app_config_roots(x->p->session, x->config, NULL, 0, KITH_SEMANTICS_CREV, &x->ids,
				  &why);
	if (r == KITH_E_USAGE && !named) /* no id of one's own: sets can be enough */
		return KITH_OK;
	if (r) {
		if (err)
			*err = why;
		return r;
	}
	x->p->threshold = named ? m->roots.threshold : 1;
	return named ? KITH_OK : replace_unpublished(x, err);
}

static int
add_root(struct search *x, struct kith_app_names *names, const struct kith_id *id,
	 struct kith_error *err)
{
	struct kith_init_plan *p = x->p;
	struct kith_init_root *root = &p->roots[p->n_roots++];
	struct kith_config_evidence e = {.kind = KITH_CONFIG_CREV, .level = KITH_LEVEL_LOW};
	const char *name = kith_app_name_of(names, id);
	struct kith_span url = url_of(x, id);
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(4));
	root->id = *id;
	kith_text_safe(&b, kith_span_str(name ? name : ""), 60);
	r = kith_buf_check(&b, err);
	if (!r)
		r = keep(p, kith_buf_span(&b), &root->name, err);
	if (!r)
		r = keep(p, url, &root->url, err);
	if (r)
		return r;
	if (!url.len) {
		kith_init_note(p,
			       "where %s publishes is not known here: CI needs its proofs as well "
			       "(kith fetch URL, kith source export)",
			       root->name.len ? kith_buf_str(&b) : "a root");
		return KITH_OK;
	}
	e.urls = (struct kith_config_texts){&url, 1};
	return kith_init_add_source(p, &e, err);
}

static int
add_roots(struct search *x, struct kith_error *err)
{
	struct kith_app_names names = {.index = x->index, .config = x->config};
	size_t i;
	int r = KITH_OK;

	x->p->roots = kith_arena_array(&x->p->arena, x->ids.count + 1, sizeof(*x->p->roots));
	if (!x->p->roots)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < x->ids.count; i++)
		r = add_root(x, &names, &x->ids.list[i], err);
	return r;
}

static int
refuse_nobody(struct kith_error *err)
{
	return kith_hint(
	    err, kith_fail(err, KITH_E_USAGE, "no root and no source: whose word should count?"),
	    "--root ID|URL names people, kith source add vet|rustsec URL evidence, kith "
	    "source add --starter the starter set");
}

/* What of the user's configuration the new file does not have. */
static void
note_own(struct kith_init_plan *p, const struct kith_config *user)
{
	if (user && (user->policy.at.line || user->trust.at.line || user->n_caps ||
		     user->n_actors || user->n_publishers || user->n_ignores))
		kith_init_note(p, "[policy], [trust], [[cap]], [[actor]], [[publisher]] and "
				  "[[ignore]] of your own config.toml stay yours: copy what the "
				  "project should have");
	p->user_differs = user != NULL;
	if (p->n_local)
		kith_init_note(
		    p,
		    "%zu of your sources %s on this disk: others do not have %s, so only "
		    "you will count %s",
		    p->n_local, p->n_local == 1 ? "lies" : "lie", p->n_local == 1 ? "it" : "them",
		    p->n_local == 1 ? "it" : "them");
}

int
kith_init_find_people(struct kith_init_plan *p, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	KITH_CLEANUP(search_clear) struct search x = {.p = p, .config = &config};
	int r = kith_app_config_load(p->session, NULL, &config, err);

	p->threshold = 1;
	if (!r)
		r = kith_app_index(p->session, &x.index, err);
	if (!r)
		r = find_ids(&x, err);
	if (!r)
		r = add_roots(&x, err);
	if (!r)
		r = add_configured(p, &config, false, err);
	if (!r)
		r = add_configured(p, &config, true, err);
	if (r)
		return r;
	note_own(p, config.user);
	return p->n_roots || p->n_sources ? KITH_OK : refuse_nobody(err);
}
