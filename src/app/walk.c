/* SPDX-License-Identifier: Apache-2.0 */
/* From names, configuration, mirrors and trust to sources. Fetches nothing. */
#include "app/walk.h"

#include <libgen.h>

#include "app/levels.h"
#include "helper/url.h"

void
kith_app_sources_init(struct kith_app_sources *w, struct kith_session *s,
		      const struct kith_app_config *config)
{
	memset(w, 0, sizeof(*w));
	w->session = s;
	w->config = config;
	kith_map_init(&w->slugs, NULL);
	kith_map_init(&w->charged, NULL);
	kith_arena_init(&w->arena, KITH_MIB(256));
}

void
kith_app_sources_clear(struct kith_app_sources *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		kith_source_clear(&w->list[i]);
	free(w->list);
	kith_map_clear(&w->slugs);
	kith_map_clear(&w->charged);
	kith_arena_clear(&w->arena);
}

/* Whether the user's configuration says that walking may reach this host, wherever it is. */
static bool
is_allowed_host(const struct kith_app_sources *w, const char *host)
{
	const struct kith_config_texts *globs = &w->config->merged->fetch.walk_allow;
	size_t i;

	for (i = 0; i < globs->n; i++)
		if (kith_glob_match(globs->at[i], kith_span_str(host)))
			return true;
	return false;
}

/*
 * What others name may be https on a public address, and nothing else unless the user's
 * configuration lets it. False: not to be fetched at all.
 */
static bool
restrict_source(const struct kith_app_sources *w, struct kith_source *s)
{
	struct kith_helper_url u;

	if (s->class == KITH_SOURCE_USER)
		return true;
	if (s->kind != KITH_GIT_URL || kith_helper_url_parse(kith_span_str(s->location), &u, NULL))
		return false;
	s->public_only = !is_allowed_host(w, u.host);
	return u.scheme == KITH_URL_HTTPS || (u.scheme == KITH_URL_HTTP && !s->public_only);
}

static int
note_slug(struct kith_app_sources *w, const char *slug, bool *ret_added, struct kith_error *err)
{
	struct kith_span key;

	*ret_added = false;
	if (kith_map_get(&w->slugs, kith_span_str(slug), NULL))
		return KITH_OK;
	if (!kith_arena_copy(&w->arena, kith_span_str(slug), &key))
		return kith_fail_nomem(err);
	return kith_map_add(&w->slugs, key, 0, NULL, ret_added, err);
}

/* Takes the source over if its mirror is not in the list yet. */
static int
take(struct kith_app_sources *w, struct kith_source *s, bool *ret_added, struct kith_error *err)
{
	int r;

	r = kith_grow(&w->list, &w->cap, w->n + 1, sizeof(*w->list), KITH_MAX_SOURCES, "sources",
		      err);
	if (!r)
		r = note_slug(w, s->slug, ret_added, err);
	if (r || !*ret_added)
		return r;
	w->list[w->n++] = *s;
	memset(s, 0, sizeof(*s));
	return KITH_OK;
}

static int
add(struct kith_app_sources *w, const char *word, enum kith_source_class class, bool *ret_added,
    struct kith_error *err)
{
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	int r = kith_source_resolve(word, &s, err);

	*ret_added = false;
	if (r)
		return r;
	s.class = class;
	return restrict_source(w, &s) ? take(w, &s, ret_added, err) : KITH_OK;
}

int
kith_app_sources_add(struct kith_app_sources *w, const char *word, struct kith_error *err)
{
	bool added;

	return add(w, word, KITH_SOURCE_USER, &added, err);
}

/* --- what configuration and the mirrors name --- */

/* One that cannot be used is said, and costs nothing else. */
static int
add_or_warn(struct kith_app_sources *w, struct kith_span word, enum kith_source_class class,
	    struct kith_error *err)
{
	KITH_AUTO_FREE char *text = kith_strndup(word.ptr, word.len);
	struct kith_error why;
	size_t known = w->slugs.count;
	bool added;
	int r;

	if (!text)
		return kith_fail_nomem(err);
	r = add(w, text, class, &added, &why);
	if (r == KITH_E_NOMEM || r == KITH_E_LIMIT)
		return kith_fail(err, (enum kith_code)r, "%s", why.msg);
	if (r)
		kith_app_warn(w->session, "%s", why.msg);
	else if (class == KITH_SOURCE_PROJECT && !added && w->slugs.count == known &&
		 !kith_helper_url_looks(word))
		kith_app_warn(w->session, "%s: the project names a place on this machine: ignored",
			      text);
	return KITH_OK;
}

static enum kith_source_class
class_of(const struct kith_config_at *at)
{
	return at->file == KITH_CONFIG_PROJECT ? KITH_SOURCE_PROJECT : KITH_SOURCE_USER;
}

/* A path is seen from the folder of the file that says it. */
static int
add_path(struct kith_app_sources *w, const struct kith_config_evidence *e, struct kith_error *err)
{
	const char *file =
	    e->at.file == KITH_CONFIG_PROJECT ? w->config->project_path : w->config->user_path;
	KITH_AUTO_FREE char *copy = kith_strndup(file ? file : ".", strlen(file ? file : "."));
	KITH_AUTO_FREE char *path = NULL, *below = kith_strndup(e->path.ptr, e->path.len);

	if (!copy || !below || !(path = kith_fs_join(dirname(copy), below)))
		return kith_fail_nomem(err);
	return add_or_warn(w, kith_span_str(path), class_of(&e->at), err);
}

/* The user's own first: what he allows is his, whoever else names it. */
static int
add_configured(struct kith_app_sources *w, enum kith_config_file file, struct kith_error *err)
{
	const struct kith_config *c = w->config->merged;
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; !r && i < c->n_sources; i++) {
		const struct kith_config_evidence *e = &c->sources[i];

		if (e->kind != KITH_CONFIG_CREV || e->at.file != file)
			continue;
		for (k = 0; !r && k < e->urls.n; k++)
			r = add_or_warn(w, e->urls.at[k], class_of(&e->at), err);
		if (!r && !e->urls.n)
			r = add_path(w, e, err);
	}
	for (i = 0; !r && c->roots.at.file == file && i < c->roots.urls.n; i++)
		r = add_or_warn(w, c->roots.urls.at[i], class_of(&c->roots.at), err);
	return r;
}

static int
add_mirror(struct kith_app_sources *w, const struct kith_mirror *m, bool all,
	   struct kith_error *err)
{
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	struct kith_error why;
	bool added;
	int r;

	if (m->source.class == KITH_SOURCE_REMOVED)
		return note_slug(w, m->source.slug, &added, err);
	if (!all && kith_store_retry_at(m) > w->session->now.sec) {
		w->waiting++;
		return note_slug(w, m->source.slug, &added, err);
	}
	r = kith_source_resolve(m->source.location, &s, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r) { /* a bundle or folder that is gone takes nothing with it */
		kith_app_warn(w->session, "%s: no longer there; what was read from it stays",
			      m->source.location);
		return KITH_OK;
	}
	s.class = m->source.class;
	if (!restrict_source(w, &s))
		return note_slug(w, m->source.slug, &added, err);
	return take(w, &s, &added, err);
}

/* A source that waits is known before configuration names it again. */
static int
note_waiting(struct kith_app_sources *w, const struct kith_mirrors *known, struct kith_error *err)
{
	size_t i;
	bool added;
	int r = KITH_OK;

	for (i = 0; !r && i < known->count; i++)
		if (!known->items[i].own && !known->items[i].damaged &&
		    kith_store_retry_at(&known->items[i]) > w->session->now.sec) {
			r = note_slug(w, known->items[i].source.slug, &added, err);
			w->waiting += added;
		}
	return r;
}

int
kith_app_sources_known(struct kith_app_sources *w, bool all, struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors known = {0};
	size_t i;
	int r;

	r = kith_store_mirrors(&w->session->dirs, &known, err);
	if (!r && !all)
		r = note_waiting(w, &known, err);
	if (!r)
		r = add_configured(w, KITH_CONFIG_USER, err);
	if (!r)
		r = add_configured(w, KITH_CONFIG_PROJECT, err);
	for (i = 0; !r && i < known.count; i++)
		if (!known.items[i].own && !known.items[i].damaged &&
		    !kith_map_get(&w->slugs, kith_span_str(known.items[i].source.slug), NULL))
			r = add_mirror(w, &known.items[i], all, err);
	return r;
}

int
kith_app_sources_crev(struct kith_app_sources *w, const char *cache, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *folder = kith_fs_join(cache, "remotes");
	size_t i;
	int r;

	if (!folder)
		return kith_fail_nomem(err);
	r = kith_fs_list(folder, &names, err);
	for (i = 0; !r && i < names.count; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(folder, names.names[i]);

		if (!path)
			return kith_fail_nomem(err);
		if (kith_fs_is_dir(path))
			r = add_or_warn(w, kith_span_str(path), KITH_SOURCE_USER, err);
	}
	return r;
}

/* --- walking --- */

struct walking {
	struct kith_app_sources *w;
	struct kith_index *index;
	const struct kith_app_levels *levels;
};

static bool
is_trusted(const struct walking *k, const struct kith_id *id)
{
	struct kith_app_standing st;

	kith_app_levels_get(k->levels, id, &st);
	return st.approve >= KITH_LEVEL_LOW;
}

/* A stranger could trust thousands of ids that he made: each makes us fetch so many and no more. */
static int
charge(struct kith_app_sources *w, const struct kith_id *by, bool *ret_may, struct kith_error *err)
{
	struct kith_span key = kith_span(by->bytes, KITH_ID_BYTES);
	size_t n = 0;

	if (kith_map_get(&w->charged, key, &n)) {
		*ret_may = n < KITH_MAX_WALK_PER_ID && kith_map_set(&w->charged, key, n + 1);
		return KITH_OK;
	}
	*ret_may = true;
	if (!kith_arena_copy(&w->arena, key, &key))
		return kith_fail_nomem(err);
	return kith_map_add(&w->charged, key, 1, NULL, NULL, err);
}

static int
add_person(struct walking *k, const struct kith_id *id, const struct kith_id *by,
	   struct kith_error *err)
{
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	KITH_AUTO_FREE char *url = NULL;
	struct kith_index_id_info info;
	bool may, added;
	size_t i;
	int r;

	if (!kith_index_find_id(k->index, id, &i) || !kith_index_id_at(k->index, i, &info) ||
	    info.proved || info.own)
		return KITH_OK;
	url = info.says_url ? kith_strndup(info.url.ptr, info.url.len)
			    : kith_strndup(info.other_url.ptr, info.other_url.len);
	if (!url)
		return kith_fail_nomem(err);
	/* never a path of this machine, whatever somebody calls his repository */
	if (!kith_helper_url_looks(kith_span_str(url)) || kith_source_resolve(url, &s, NULL))
		return KITH_OK;
	s.class = KITH_SOURCE_WALKED;
	if (!restrict_source(k->w, &s) || kith_map_get(&k->w->slugs, kith_span_str(s.slug), NULL))
		return KITH_OK;
	r = charge(k->w, by, &may, err);
	if (r || !may) {
		k->w->over += !r;
		return r;
	}
	kith_app_detail(k->w->session, "%s: %s", url,
			info.says_url ? "its owner says so" : "others say so");
	return take(k->w, &s, &added, err);
}

static int
add_trusted_by(struct walking *k, const struct kith_id *from, struct kith_error *err)
{
	const struct kith_trust_graph *g = k->levels->graph;
	struct kith_trust_statement st;
	size_t i, end;
	int r = KITH_OK;

	if (!kith_trust_graph_row(g, from, &i, &end))
		return KITH_OK;
	for (; !r && i < end; i++) {
		r = kith_trust_graph_statement(g, i, NULL, &st, err);
		if (!r && st.level >= KITH_LEVEL_LOW && is_trusted(k, &st.to))
			r = add_person(k, &st.to, from, err);
	}
	return r;
}

int
kith_app_sources_walk(struct kith_app_sources *w, struct kith_error *err)
{
	struct walking k = {.w = w};
	struct kith_app_levels levels;
	const struct kith_id *id;
	size_t i;
	int r;

	r = kith_app_levels_new(w->session, ".", NULL, 0, KITH_SEMANTICS_NATIVE, false, &levels,
				err);
	if (r)
		return r;
	k.levels = &levels;
	w->over = 0; /* whom this wave leaves out is all there is to say */
	r = levels.known ? kith_app_index(w->session, &k.index, err) : KITH_OK;
	for (i = 0; !r && levels.known && i < levels.roots.count; i++)
		r = add_person(&k, &levels.roots.list[i], &levels.roots.list[i], err);
	for (i = 0; !r && levels.known && (id = kith_trust_graph_id(levels.graph, i)); i++)
		if (is_trusted(&k, id))
			r = add_trusted_by(&k, id, err);
	kith_app_levels_clear(&levels);
	return r;
}
