/* SPDX-License-Identifier: Apache-2.0 */
/* From names, configuration, mirrors and trust to sources. Fetches nothing. */
#include "app/walk.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>

#include "app/levels.h"
#include "evidence/url.h"
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
	if (s->kind == KITH_GIT_GET) {
		if (kith_helper_url_parse_file(kith_span_str(s->location), &u, NULL))
			return false;
	} else if (s->kind != KITH_GIT_URL ||
		   kith_helper_url_parse(kith_span_str(s->location), &u, NULL)) {
		return false;
	}
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

int
kith_app_sources_take(struct kith_app_sources *w, struct kith_source *s, bool *ret_added,
		      struct kith_error *err)
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

enum kith_source_kind
kith_app_source_kind(enum kith_config_kind kind)
{
	switch (kind) {
	case KITH_CONFIG_VET:
		return KITH_SOURCE_VET;
	case KITH_CONFIG_RUSTSEC:
		return KITH_SOURCE_RUSTSEC;
	case KITH_CONFIG_OSV:
		return KITH_SOURCE_OSV;
	case KITH_CONFIG_CREV:
	default:
		return KITH_SOURCE_CREV;
	}
}

/* Where a table's path leads: it is seen from the folder of the file that says it. Yours. */
static char *
entry_path(const struct kith_app_config *c, const struct kith_config_evidence *e)
{
	const char *file = e->at.file == KITH_CONFIG_PROJECT ? c->project_path : c->user_path;
	KITH_AUTO_FREE char *copy = kith_strndup(file ? file : ".", strlen(file ? file : "."));
	KITH_AUTO_FREE char *below = kith_strndup(e->path.ptr, e->path.len);

	return copy && below ? kith_fs_join(dirname(copy), below) : NULL;
}

/*
 * Whether a table's path leads there: the same place without links; a place that is gone keeps the
 * name that it was given. Allocates nothing: for want of memory a set must not lose its level.
 */
static bool
is_place(const struct kith_app_config *c, const struct kith_config_evidence *e,
	 const char *location)
{
	const char *file = e->at.file == KITH_CONFIG_PROJECT ? c->project_path : c->user_path;
	const char *slash = file ? strrchr(file, '/') : NULL;
	int n = slash ? (int)(slash - file) : 0;
	char path[PATH_MAX], real[PATH_MAX];

	if (n > PATH_MAX || e->path.len >= PATH_MAX)
		return false;
	if (e->path.len && e->path.ptr[0] == '/')
		snprintf(path, sizeof(path), "%.*s", KITH_SPAN_FMT(e->path));
	else if (snprintf(path, sizeof(path), "%.*s/%.*s", slash ? n : 1, slash ? file : ".",
			  KITH_SPAN_FMT(e->path)) >= PATH_MAX)
		return false;
	return strcmp(location, path) == 0 || (realpath(path, real) && strcmp(location, real) == 0);
}

bool
kith_app_source_is_of(const struct kith_app_config *c, const struct kith_source *s,
		      const struct kith_config_evidence *e)
{
	struct kith_span location = kith_span_str(s->location);
	struct kith_span inside = kith_span_str(s->inside);
	size_t i;

	if (s->evidence != kith_app_source_kind(e->kind) || s->class == KITH_SOURCE_CARRIED)
		return false;
	if (!e->urls.n)
		return !kith_git_is_remote(s->kind) && is_place(c, e, s->location);
	for (i = 0; i < e->urls.n; i++)
		if (kith_git_is_remote(s->kind) && kith_span_eq(inside, e->path) &&
		    (kith_span_eq(location, e->urls.at[i]) ||
		     kith_url_same(location, e->urls.at[i])))
			return true;
	return false;
}

/* Of what kind a source is, and which place in it. */
struct meant {
	enum kith_source_kind evidence;
	const char *inside; /* NULL: none */
	enum kith_source_class class;
};

/* *ret_refused: only the user may name it, and he does not. */
static int
add(struct kith_app_sources *w, const char *word, const struct meant *meant, bool *ret_refused,
    struct kith_error *err)
{
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	bool added;
	int r = kith_source_resolve_as(word, meant->evidence, meant->inside, &s, err);

	*ret_refused = false;
	if (r)
		return r;
	s.class = meant->class;
	if (restrict_source(w, &s))
		return kith_app_sources_take(w, &s, &added, err);
	*ret_refused = !kith_map_get(&w->slugs, kith_span_str(s.slug), NULL);
	return KITH_OK;
}

/* --- what configuration and the mirrors name --- */

/* What only the user may name, said by a project. */
static void
warn_refused(const struct kith_app_sources *w, struct kith_span word, const char *text)
{
	if (!kith_helper_url_looks(word) || kith_span_starts(word, KITH_SPAN_LIT("file:")))
		kith_app_warn(w->session, "%s: the project names a place on this machine: ignored",
			      text);
	else
		kith_app_warn(w->session,
			      "%s: the project names it, and others may name https only: ignored "
			      "until you say kith source allow %s",
			      text, text);
}

/* One that cannot be used is said, and costs nothing else. */
static int
add_or_warn(struct kith_app_sources *w, struct kith_span word, const struct meant *meant,
	    struct kith_error *err)
{
	KITH_AUTO_FREE char *text = kith_strndup(word.ptr, word.len);
	struct kith_error why;
	bool refused;
	int r;

	if (!text)
		return kith_fail_nomem(err);
	r = add(w, text, meant, &refused, &why);
	if (r == KITH_E_NOMEM || r == KITH_E_LIMIT)
		return kith_fail(err, (enum kith_code)r, "%s", why.msg);
	if (r)
		kith_app_warn(w->session, "%s", why.msg);
	else if (refused)
		warn_refused(w, word, text);
	return KITH_OK;
}

static enum kith_source_class
class_of_file(const struct kith_config_at *at)
{
	return at->file == KITH_CONFIG_PROJECT ? KITH_SOURCE_PROJECT : KITH_SOURCE_USER;
}

static enum kith_source_class
class_of(const struct kith_config_evidence *e)
{
	return e->starter ? KITH_SOURCE_STARTER : class_of_file(&e->at);
}

static int
add_path(struct kith_app_sources *w, const struct kith_config_evidence *e, struct meant *meant,
	 struct kith_error *err)
{
	KITH_AUTO_FREE char *path = entry_path(w->config, e);

	if (!path)
		return kith_fail_nomem(err);
	meant->inside = NULL;
	return add_or_warn(w, kith_span_str(path), meant, err);
}

/* Every place of one table. */
static int
add_entry(struct kith_app_sources *w, const struct kith_config_evidence *e,
	  enum kith_source_class class, struct kith_error *err)
{
	KITH_AUTO_FREE char *inside = kith_strndup(e->path.ptr, e->path.len);
	struct meant meant = {kith_app_source_kind(e->kind), inside, class};
	size_t k;
	int r = KITH_OK;

	if (!inside)
		return kith_fail_nomem(err);
	for (k = 0; !r && k < e->urls.n; k++)
		r = add_or_warn(w, e->urls.at[k], &meant, err);
	return r || e->urls.n ? r : add_path(w, e, &meant, err);
}

/* The user's own first: what he allows is his, whoever else names it. */
static int
add_configured(struct kith_app_sources *w, enum kith_config_file file, struct kith_error *err)
{
	const struct kith_config *c = w->config->merged;
	const struct meant root = {KITH_SOURCE_CREV, NULL, class_of_file(&c->roots.at)};
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < c->n_sources; i++)
		if (c->sources[i].at.file == file && !c->sources[i].starter)
			r = add_entry(w, &c->sources[i], class_of(&c->sources[i]), err);
	for (i = 0; !r && c->roots.at.file == file && i < c->roots.urls.n; i++)
		r = add_or_warn(w, c->roots.urls.at[i], &root, err);
	return r;
}

static int
add_starter(struct kith_app_sources *w, struct kith_error *err)
{
	const struct kith_config *c = w->config->merged;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < c->n_sources; i++)
		if (c->sources[i].starter)
			r = add_entry(w, &c->sources[i], KITH_SOURCE_STARTER, err);
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
	r = kith_source_resolve_as(m->source.location, m->source.evidence, m->source.inside, &s,
				   &why);
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
	return kith_app_sources_take(w, &s, &added, err);
}

/* What was carried here is not fetched: nobody named it. */
static bool
is_refreshed(const struct kith_mirror *m)
{
	return !m->own && !m->damaged && m->source.class != KITH_SOURCE_CARRIED;
}

/* A source that waits is known before configuration names it again. */
static int
note_waiting(struct kith_app_sources *w, const struct kith_mirrors *known, struct kith_error *err)
{
	size_t i;
	bool added;
	int r = KITH_OK;

	for (i = 0; !r && i < known->count; i++)
		if (is_refreshed(&known->items[i]) &&
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
	if (!r)
		r = add_starter(w, err);
	for (i = 0; !r && i < known.count; i++)
		if (is_refreshed(&known.items[i]) &&
		    !kith_map_get(&w->slugs, kith_span_str(known.items[i].source.slug), NULL))
			r = add_mirror(w, &known.items[i], all, err);
	return r;
}

/* --- what kith.lock names --- */

static void
raise_class(const struct kith_app_sources *w, const struct kith_mirrors *known,
	    struct kith_source *s)
{
	const struct kith_config *c = w->config->merged;
	size_t i;

	s->class = KITH_SOURCE_PROJECT;
	for (i = 0; i < known->count; i++)
		if (is_refreshed(&known->items[i]) &&
		    known->items[i].source.class != KITH_SOURCE_REMOVED &&
		    strcmp(known->items[i].source.slug, s->slug) == 0)
			s->class = known->items[i].source.class;
	for (i = 0; s->class != KITH_SOURCE_USER && i < c->n_sources; i++)
		if (kith_app_source_is_of(w->config, s, &c->sources[i]))
			s->class = class_of(&c->sources[i]);
}

int
kith_app_sources_pinned(struct kith_app_sources *w, const char *location,
			enum kith_source_kind kind, const char *inside, bool *ret_refused,
			struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors known = {0};
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	bool added;
	int r = kith_source_resolve_as(location, kind, inside, &s, err);

	*ret_refused = false;
	if (!r)
		r = kith_store_mirrors(&w->session->dirs, &known, err);
	if (r)
		return r;
	raise_class(w, &known, &s);
	if (restrict_source(w, &s))
		return kith_app_sources_take(w, &s, &added, err);
	*ret_refused = true;
	return KITH_OK;
}

/* --- what the user says --- */

/* True for a table that names this place: a URL, or a path without links. */
static bool
is_place_of(const struct kith_config_evidence *e, struct kith_span place)
{
	size_t i;

	for (i = 0; i < e->urls.n; i++)
		if (kith_span_eq(e->urls.at[i], place) || kith_url_same(e->urls.at[i], place))
			return true;
	return !e->urls.n && kith_span_eq(e->path, place);
}

/* What is known by this word is fetched as what it is known for; anything else holds proofs. */
int
kith_app_sources_add(struct kith_app_sources *w, const char *word, struct kith_error *err)
{
	const struct meant proofs = {KITH_SOURCE_CREV, NULL, KITH_SOURCE_USER};
	const struct kith_config *c = w->config->merged;
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	struct kith_error why;
	bool found = false, refused;
	size_t i;
	int r, rc = kith_source_resolve_as(word, KITH_SOURCE_CREV, NULL, &s, &why);

	for (i = 0, r = KITH_OK; !r && i < c->n_sources; i++) {
		const struct kith_config_evidence *e = &c->sources[i];
		bool place = !rc && is_place_of(e, kith_span_str(s.location));

		if (!place && !(e->name.len && kith_span_is(e->name, word)))
			continue;
		/* only who writes the place himself makes it his */
		found = true;
		r = add_entry(w, e, place ? KITH_SOURCE_USER : class_of(e), err);
	}
	return r || found ? r : add(w, word, &proofs, &refused, err);
}

int
kith_app_sources_crev(struct kith_app_sources *w, const char *cache, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *folder = kith_fs_join(cache, "remotes");
	const struct meant proofs = {KITH_SOURCE_CREV, NULL, KITH_SOURCE_USER};
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
			r = add_or_warn(w, kith_span_str(path), &proofs, err);
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
	if (kith_map_get(&k->w->slugs, kith_span_str(s.slug), NULL))
		return KITH_OK;
	if (!restrict_source(k->w, &s)) {
		k->w->refused++;
		kith_app_detail(k->w->session, "%s: not fetched: others may name https only", url);
		return KITH_OK;
	}
	r = charge(k->w, by, &may, err);
	if (r || !may) {
		k->w->over += !r;
		return r;
	}
	kith_app_detail(k->w->session, "%s: %s", url,
			info.says_url ? "its owner says so" : "others say so");
	return kith_app_sources_take(k->w, &s, &added, err);
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
	w->refused = w->over = 0; /* whom this wave leaves out is all there is to say */
	r = levels.known ? kith_app_index(w->session, &k.index, err) : KITH_OK;
	for (i = 0; !r && levels.known && i < levels.roots.count; i++)
		r = add_person(&k, &levels.roots.list[i], &levels.roots.list[i], err);
	for (i = 0; !r && levels.known && (id = kith_trust_graph_id(levels.graph, i)); i++)
		if (is_trusted(&k, id))
			r = add_trusted_by(&k, id, err);
	kith_app_levels_clear(&levels);
	return r;
}
