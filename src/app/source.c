/* SPDX-License-Identifier: Apache-2.0 */
/* kith source: the user's [[source]] tables, and what is known of each source. */
#include <kith/source.h>

#include "app/own.h"
#include "app/query.h"
#include "app/starter.h"
#include "app/walk.h"
#include "evidence/url.h"
#include "store/carry.h"
#include "store/journal.h"

#define SOURCE_TEXT_MAX KITH_MIB(64)

/* A word of the user's: a name, a URL or a place, maybe of one kind only. */
struct wanted {
	const char *kind; /* NULL: any */
	const char *word;
	char *location; /* of a place on this disk: without links */
};

static void
wanted_clear(struct wanted *w)
{
	free(w->location);
}

static int
wanted_init(struct wanted *w, const char *kind, const char *word, struct kith_error *err)
{
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	enum kith_source_kind k = KITH_SOURCE_CREV;

	*w = (struct wanted){kind, word, NULL};
	if (kind && !kith_source_kind_find(kith_span_str(kind), &k))
		return kith_fail(err, KITH_E_USAGE, "'%s' is none of: crev, vet, rustsec, osv",
				 kind);
	/* a bundle may be gone by now, a name is no source: then only configuration can know it */
	if (kith_source_resolve_as(word, k, NULL, &s, NULL) == KITH_OK)
		w->location = kith_steal(&s.location);
	else
		w->location = kith_strndup(word, strlen(word));
	return w->location ? KITH_OK : kith_fail_nomem(err);
}

/* The same place, however it is written. */
static bool
is_same(enum kith_git_kind kind, struct kith_span a, struct kith_span b)
{
	return kith_span_eq(a, b) || (kith_git_is_remote(kind) && kith_url_same(a, b));
}

static bool
is_wanted_kind(const struct wanted *w, enum kith_source_kind kind)
{
	return !w->kind || strcmp(w->kind, kith_source_kind_name(kind)) == 0;
}

static bool
is_wanted_place(const struct wanted *w, enum kith_git_kind kind, struct kith_span place)
{
	return is_same(kind, place, kith_span_str(w->word)) ||
	       is_same(kind, place, kith_span_str(w->location));
}

static bool
is_wanted_entry(const struct wanted *w, const struct kith_config_evidence *e)
{
	size_t k;

	if (!is_wanted_kind(w, kith_app_source_kind(e->kind)))
		return false;
	if (e->name.len && kith_span_is(e->name, w->word))
		return true;
	for (k = 0; k < e->urls.n; k++)
		if (is_wanted_place(w, KITH_GIT_URL, e->urls.at[k]))
			return true;
	return !e->urls.n && is_wanted_place(w, KITH_GIT_FOLDER, e->path);
}

/* Number of the first of the user's entries that is meant, from `from` on; SIZE_MAX: none. */
static size_t
find_entry(const struct kith_config *c, const struct wanted *w, size_t from)
{
	size_t i;

	for (i = from; c && i < c->n_sources; i++)
		if (is_wanted_entry(w, &c->sources[i]))
			return i;
	return SIZE_MAX;
}

static bool
is_wanted_mirror(const struct wanted *w, const struct kith_mirror *m)
{
	return !m->own && !m->damaged && is_wanted_kind(w, m->source.evidence) &&
	       is_wanted_place(w, m->source.kind, kith_span_str(m->source.location));
}

/* --- add --- */

#define MAX_PAIRS 6

struct adding {
	const struct kith_source_options *o;
	enum kith_source_kind kind;
	struct kith_source *sources; /* one for each location */
	struct kith_span *places;
	struct kith_config_pair pairs[MAX_PAIRS];
	size_t n_pairs;
};

static void
adding_clear(struct adding *a)
{
	size_t i;

	for (i = 0; a->sources && i < a->o->n_locations; i++)
		kith_source_clear(&a->sources[i]);
	free(a->sources);
	free(a->places);
}

static void
put_pair(struct adding *a, const char *key, const char *value)
{
	if (value)
		a->pairs[a->n_pairs++] = (struct kith_config_pair){.key = kith_span_str(key),
								   .type = KITH_PAIR_TEXT,
								   .text = kith_span_str(value)};
}

static void
put_pairs(struct adding *a)
{
	const struct kith_source_options *o = a->o;

	put_pair(a, "kind", kith_source_kind_name(a->kind));
	if (o->n_locations > 1)
		a->pairs[a->n_pairs++] =
		    (struct kith_config_pair){.key = KITH_SPAN_LIT("urls"),
					      .type = KITH_PAIR_TEXTS,
					      .texts = {a->places, o->n_locations}};
	else
		put_pair(a, kith_git_is_remote(a->sources[0].kind) ? "url" : "path",
			 a->sources[0].location);
	put_pair(a, "path", o->path);
	put_pair(a, "name", o->name);
	put_pair(a, "level", o->level);
	put_pair(a, "object-level", o->object_level);
}

static int
append_entry(void *ctx, const struct kith_config_file_text *file, struct kith_buf *out,
	     struct kith_error *err)
{
	const struct adding *a = ctx;
	const struct kith_config_entry entry = {a->pairs, a->n_pairs};

	return kith_config_edit_append(file, "source", &entry, 1, out, err);
}

static int
check_options(const struct adding *a, struct kith_error *err)
{
	const struct kith_source_options *o = a->o;
	size_t i;

	if (o->path && a->kind == KITH_SOURCE_CREV)
		return kith_fail(err, KITH_E_USAGE,
				 "a proof repository is read as a whole: no path in it");
	if (o->path && (o->n_locations > 1 || a->sources[0].kind != KITH_GIT_URL))
		return kith_hint(
		    err,
		    kith_fail(err, KITH_E_USAGE, "a path inside goes with one URL of a repository"),
		    "name the file or folder itself");
	if (o->n_locations > 1 && a->kind != KITH_SOURCE_VET)
		return kith_fail(err, KITH_E_USAGE, "only an audit set may have several files");
	for (i = 0; o->n_locations > 1 && i < o->n_locations; i++)
		if (!kith_git_is_remote(a->sources[i].kind))
			return kith_fail(err, KITH_E_USAGE,
					 "%s: several places of one source are URLs",
					 o->locations[i]);
	return KITH_OK;
}

/* The same place twice would be two sources of one mirror. */
static int
check_new(const struct adding *a, const struct kith_config *user, struct kith_error *err)
{
	const char *path = a->o->path ? a->o->path : "";
	size_t i, at;
	int r = KITH_OK;

	for (i = 0; !r && i < a->o->n_locations; i++) {
		KITH_CLEANUP(wanted_clear) struct wanted w = {NULL, NULL, NULL};

		r = wanted_init(&w, kith_source_kind_name(a->kind), a->o->locations[i], err);
		for (at = 0; !r && (at = find_entry(user, &w, at)) != SIZE_MAX; at++)
			if (!user->sources[at].urls.n || kith_span_is(user->sources[at].path, path))
				r = kith_fail(err, KITH_E_USAGE,
					      "%s: your configuration names it already",
					      a->o->locations[i]);
	}
	return r;
}

static int
resolve_locations(struct adding *a, struct kith_error *err)
{
	const struct kith_source_options *o = a->o;
	size_t i;
	int r = KITH_OK;

	a->sources = kith_calloc(o->n_locations, sizeof(*a->sources));
	a->places = kith_calloc(o->n_locations, sizeof(*a->places));
	if (!a->sources || !a->places)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < o->n_locations; i++) {
		r = kith_source_resolve_as(o->locations[i], a->kind, NULL, &a->sources[i], err);
		if (!r)
			a->places[i] = kith_span_str(a->sources[i].location);
	}
	if (!r)
		r = check_options(a, err);
	if (!r && o->path) { /* now that the place is known to have an inside */
		kith_source_clear(&a->sources[0]);
		r = kith_source_resolve_as(o->locations[0], a->kind, o->path, &a->sources[0], err);
		a->places[0] = kith_span_str(a->sources[0].location);
	}
	return r;
}

/* Only the name of a URL tells a file from a repository: whoever means the other one is told. */
static void
note_repositories(const struct kith_session *session, const struct adding *a)
{
	size_t i;

	if (a->o->path || (a->kind != KITH_SOURCE_VET && a->kind != KITH_SOURCE_OSV))
		return;
	for (i = 0; i < a->o->n_locations; i++)
		if (a->sources[i].kind == KITH_GIT_URL &&
		    strncmp(a->sources[i].location, "http", 4) == 0)
			kith_app_note(session,
				      "%s: taken for a git repository; the URL of a single file "
				      "ends in .toml, .lock, .json or .zip",
				      a->sources[i].location);
}

int
kith_source_add(struct kith_session *session, const struct kith_source_options *options,
		struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_CLEANUP(adding_clear) struct adding a = {.o = options, .kind = KITH_SOURCE_CREV};
	size_t i;
	int r;

	if (!options->n_locations)
		return kith_fail(err, KITH_E_USAGE, "no source is named");
	if (options->kind && !kith_source_kind_find(kith_span_str(options->kind), &a.kind))
		return kith_fail(err, KITH_E_USAGE, "'%s' is none of: crev, vet, rustsec, osv",
				 options->kind);
	r = resolve_locations(&a, err);
	if (!r)
		r = kith_app_config_load(session, NULL, &c, err);
	if (!r)
		r = check_new(&a, c.user, err);
	if (r)
		return r;
	put_pairs(&a);
	r = kith_app_edit_config(session, append_entry, &a, err);
	if (!r)
		note_repositories(session, &a);
	/* from now on they are the user's, whoever led to them */
	for (i = 0; !r && i < options->n_locations; i++) {
		r = kith_store_set_class(&session->dirs, a.sources[i].slug, KITH_SOURCE_USER, err);
		r = r == KITH_E_NOTFOUND ? KITH_OK : r;
	}
	return r;
}

/* --- remove --- */

static int
remove_entry(void *ctx, const struct kith_config_file_text *file, struct kith_buf *out,
	     struct kith_error *err)
{
	return kith_config_edit_remove(file, "source", ctx, 1, out, err);
}

/* Marks what was fetched: of the whole entry, or what the word means by itself. */
static int
remove_mirrors(struct kith_session *session, const struct kith_app_config *c,
	       const struct wanted *w, const struct kith_config_evidence *e, bool *ret_any,
	       struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	size_t i;
	int r;

	r = kith_store_mirrors(&session->dirs, &mirrors, err);
	for (i = 0; !r && i < mirrors.count; i++) {
		const struct kith_mirror *m = &mirrors.items[i];

		if (e ? m->own || m->damaged || !kith_app_source_is_of(c, &m->source, e)
		      : !is_wanted_mirror(w, m))
			continue;
		if (m->source.class == KITH_SOURCE_CARRIED && (e || *ret_any))
			continue;
		*ret_any = true;
		r = kith_store_set_class(&session->dirs, m->source.slug, KITH_SOURCE_REMOVED, err);
	}
	return r;
}

static int
check_one(const struct kith_app_config *c, const struct wanted *w, size_t i, struct kith_error *err)
{
	const struct kith_config_evidence *e = &c->user->sources[i];
	size_t other = find_entry(c->user, w, i + 1);

	if (other != SIZE_MAX && !w->kind && c->user->sources[other].kind != e->kind)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "%s: named as %s and as %s", w->word,
					   kith_source_kind_name(kith_app_source_kind(e->kind)),
					   kith_source_kind_name(
					       kith_app_source_kind(c->user->sources[other].kind))),
				 "say which: kith source remove KIND %s", w->word);
	if (e->urls.n > 1 && !kith_span_is(e->name, w->word))
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "%s: its table names several URLs", w->word),
		    "edit %s", c->user_path);
	return KITH_OK;
}

int
kith_source_remove(struct kith_session *session, const char *kind, const char *word,
		   struct kith_error *err)
{
	KITH_CLEANUP(wanted_clear) struct wanted w = {NULL, NULL, NULL};
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	bool any = false;
	size_t i, index;
	int r;

	r = wanted_init(&w, kind, word, err);
	if (!r)
		r = kith_app_config_load(session, NULL, &c, err);
	if (r)
		return r;
	i = find_entry(c.user, &w, 0);
	if (i != SIZE_MAX) {
		r = check_one(&c, &w, i, err);
		index = c.user->sources[i].at.index;
		if (!r)
			r = kith_app_edit_config(session, remove_entry, &index, err);
		any = true;
	}
	if (!r)
		r = remove_mirrors(session, &c, &w, i != SIZE_MAX ? &c.user->sources[i] : NULL,
				   &any, err);
	if (!r && !any)
		r = kith_fail(err, KITH_E_NOTFOUND, "%s: no source of that name", word);
	return r;
}

/* --- what is known --- */

static void
put_time(struct kith_app_list *l, const char *key, int64_t t)
{
	if (t)
		kith_app_list_date(l, key, (struct kith_time){t, 0});
	else if (!l->is_json)
		kith_app_list_str(l, key, "-", 10);
}

static void
put_mirror(struct kith_app_list *l, const struct kith_mirror *m)
{
	kith_app_list_row(l);
	kith_app_list_str(l, "class", kith_source_class_name(m->source.class), 7);
	kith_app_list_str(l, "kind", kith_source_kind_name(m->source.evidence), 7);
	put_time(l, "last_success", m->success);
	if (l->is_json)
		put_time(l, "last_attempt", m->attempt);
	kith_app_list_str(l, "state", m->failures ? "failing" : "ok", 7);
	kith_app_list_str(l, "source", m->source.location, 0);
	if (m->source.inside)
		kith_app_list_str(l, "path", m->source.inside, 0);
	if (m->failures) {
		if (l->is_json)
			put_time(l, "next_attempt", kith_store_retry_at(m));
		kith_app_list_str(l, "last_error", m->error, 0);
	}
	kith_app_list_end_row(l);
}

static bool
is_mirrored(const struct kith_app_config *c, const struct kith_mirrors *m,
	    const struct kith_config_evidence *e, const struct kith_span *url)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (!m->items[i].damaged && !m->items[i].own &&
		    m->items[i].source.class != KITH_SOURCE_CARRIED &&
		    kith_app_source_is_of(c, &m->items[i].source, e) &&
		    (!url ||
		     is_same(KITH_GIT_URL, kith_span_str(m->items[i].source.location), *url)))
			return true;
	return false;
}

/* Named, and never fetched. */
static void
put_named(struct kith_app_list *l, const struct kith_config_evidence *e, struct kith_span location)
{
	kith_app_list_row(l);
	kith_app_list_str(l, "class",
			  e->starter                          ? "starter"
			  : e->at.file == KITH_CONFIG_PROJECT ? "project"
							      : "user",
			  7);
	kith_app_list_str(l, "kind", kith_source_kind_name(kith_app_source_kind(e->kind)), 7);
	put_time(l, "last_success", 0);
	kith_app_list_str(l, "state", "never", 7);
	kith_app_list_text(l, "source", location, 0);
	if (e->urls.n && e->path.len)
		kith_app_list_text(l, "path", e->path, 0);
	kith_app_list_end_row(l);
}

static int
put_list(struct kith_session *session, struct kith_app_list *l, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	size_t i, k;
	int r;

	r = kith_app_config_load(session, ".", &c, err);
	if (!r)
		r = kith_store_mirrors(&session->dirs, &mirrors, err);
	if (r)
		return r;
	for (i = 0; i < mirrors.count; i++)
		if (!mirrors.items[i].damaged && !mirrors.items[i].own)
			put_mirror(l, &mirrors.items[i]);
	for (i = 0; i < c.merged->n_sources; i++) {
		const struct kith_config_evidence *e = &c.merged->sources[i];

		for (k = 0; k < e->urls.n; k++)
			if (!is_mirrored(&c, &mirrors, e, &e->urls.at[k]))
				put_named(l, e, e->urls.at[k]);
		if (!e->urls.n && !is_mirrored(&c, &mirrors, e, NULL))
			put_named(l, e, e->path);
	}
	return KITH_OK;
}

int
kith_source_list(struct kith_session *session, enum kith_format format, int width, char **ret_text,
		 size_t *ret_len, size_t *ret_count, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_app_list l;
	int r;

	kith_buf_init(&b, SOURCE_TEXT_MAX);
	kith_app_list_begin(&l, &b, "source list", format, width);
	r = put_list(session, &l, err);
	kith_app_list_end(&l);
	if (!r)
		r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (!r)
		*ret_count = l.rows;
	return r;
}

static size_t
count_items(const struct kith_journal_item *items, size_t n, size_t head)
{
	size_t i, found = 0;

	for (i = 0; i < n; i++)
		found += items[i].head == head;
	return found;
}

static void
put_history(struct kith_app_list *l, const struct kith_journal *j)
{
	size_t i;

	for (i = 0; i < j->n_heads; i++) {
		const struct kith_journal_head *h = &j->heads[i];

		kith_app_list_row(l);
		put_time(l, "fetched", h->time);
		kith_app_list_str(l, "outcome",
				  !h->old_head[0] ? "first"
				  : h->rewritten  ? "rewritten"
						  : "updated",
				  9);
		kith_app_list_text(
		    l, "commit",
		    kith_span_sub(kith_span_str(h->head), 0, l->is_json ? SIZE_MAX : 12), 12);
		if (h->compared && h->old_head[0]) {
			kith_app_list_number(l, "new", count_items(j->news, j->n_news, i), 6);
			kith_app_list_number(l, "withdrawn", count_items(j->gone, j->n_gone, i), 6);
		}
		kith_app_list_end_row(l);
	}
}

/* --- the starter set --- */

static void
put_starter(struct kith_app_list *l, const struct kith_config_evidence *e)
{
	size_t i;

	for (i = 0; i < e->urls.n; i++) {
		kith_app_list_row(l);
		kith_app_list_str(l, "kind", kith_source_kind_name(kith_app_source_kind(e->kind)),
				  7);
		kith_app_list_str(l, "level", kith_level_name(e->level), 6);
		if (l->is_json)
			kith_app_list_str(l, "object_level", kith_level_name(e->object), 6);
		kith_app_list_text(l, "name", e->name, 17);
		kith_app_list_text(l, "source", e->urls.at[i], l->is_json || i ? 0 : 1);
		if (!i || l->is_json)
			kith_app_list_text(l, "reason", e->reason, 0);
		kith_app_list_end_row(l);
	}
}

int
kith_starter_list(struct kith_session *session, enum kith_format format, int width, char **ret_text,
		  size_t *ret_len, size_t *ret_count, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_app_list l;
	size_t i;
	int r;

	kith_buf_init(&b, SOURCE_TEXT_MAX);
	r = kith_app_config_load(session, ".", &c, err);
	if (r)
		return r;
	kith_app_list_begin(&l, &b, "starter", format, width);
	for (i = 0; i < c.merged->n_sources; i++)
		if (c.merged->sources[i].starter)
			put_starter(&l, &c.merged->sources[i]);
	kith_app_list_end(&l);
	r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (r)
		return r;
	*ret_count = l.rows;
	if (!l.rows)
		kith_app_note(session, "%s",
			      c.project ? "a project with a kith.toml has no starter set"
					: "the starter set is switched off or not there");
	return KITH_OK;
}

/* What only the starter set named is nobody's any more. */
int
kith_starter_remove(struct kith_session *session, struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	size_t i;
	int r;

	r = kith_starter_switch(session, 0, err);
	if (!r)
		r = kith_store_mirrors(&session->dirs, &mirrors, err);
	for (i = 0; !r && i < mirrors.count; i++)
		if (!mirrors.items[i].own && !mirrors.items[i].damaged &&
		    mirrors.items[i].source.class == KITH_SOURCE_STARTER)
			r = kith_store_set_class(&session->dirs, mirrors.items[i].source.slug,
						 KITH_SOURCE_REMOVED, err);
	return r;
}

int
kith_starter_wanted(struct kith_session *session, const char *path, size_t *ret_sources,
		    struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	struct kith_starter_counts n = {0, 0, 0, 0};
	size_t i;
	int r;

	r = kith_app_config_load(session, path ? path : ".", &c, err);
	if (!r)
		r = kith_store_mirrors(&session->dirs, &mirrors, err);
	if (r)
		return r;
	for (i = 0; i < mirrors.count; i++)
		if (!mirrors.items[i].own)
			break;
	if (i == mirrors.count)
		kith_app_starter_count(&c, &n);
	*ret_sources = n.urls;
	return KITH_OK;
}

/* --- one source --- */

/* The one mirror that the word means; NULL and *ret_several: which is to be said. */
static const struct kith_mirror *
find_one(const struct kith_mirrors *mirrors, const struct wanted *w,
	 const struct kith_app_config *c, const struct kith_config_evidence *e, bool *ret_several)
{
	const struct kith_mirror *found = NULL;
	size_t i;

	for (i = 0; i < mirrors->count; i++) {
		const struct kith_mirror *m = &mirrors->items[i];

		if (e ? m->own || m->damaged || !kith_app_source_is_of(c, &m->source, e)
		      : !is_wanted_mirror(w, m))
			continue;
		/* what was only carried here stands behind what was fetched */
		if (found && m->source.class == KITH_SOURCE_CARRIED)
			continue;
		*ret_several |= found && found->source.class != KITH_SOURCE_CARRIED;
		found = m;
	}
	return *ret_several ? NULL : found;
}

/* By its place, else by the name that configuration gives it. */
static int
find_mirror(struct kith_session *session, const char *kind, const char *word, char **ret_slug,
	    struct kith_error *err)
{
	KITH_CLEANUP(wanted_clear) struct wanted w = {NULL, NULL, NULL};
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	const struct kith_mirror *found;
	bool several = false;
	size_t entry;
	int r;

	r = wanted_init(&w, kind, word, err);
	if (!r)
		r = kith_app_config_load(session, ".", &c, err);
	if (!r)
		r = kith_store_mirrors(&session->dirs, &mirrors, err);
	if (r)
		return r;
	found = find_one(&mirrors, &w, &c, NULL, &several);
	entry = found || several ? SIZE_MAX : find_entry(c.merged, &w, 0);
	if (entry != SIZE_MAX)
		found = find_one(&mirrors, &w, &c, &c.merged->sources[entry], &several);
	if (several)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "%s: more than one source", word),
				 "name its kind, or one URL: kith source list");
	if (!found)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: never fetched", word);
	*ret_slug = kith_strndup(found->source.slug, strlen(found->source.slug));
	return *ret_slug ? KITH_OK : kith_fail_nomem(err);
}

int
kith_source_show(struct kith_session *session, const char *kind, const char *word,
		 enum kith_format format, int width, char **ret_text, size_t *ret_len,
		 struct kith_error *err)
{
	KITH_AUTO_FREE char *slug = NULL;
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_app_list l;
	struct kith_index *ix;
	int r;

	kith_buf_init(&b, SOURCE_TEXT_MAX);
	r = find_mirror(session, kind, word, &slug, err);
	if (!r) /* it compares what has not been compared yet */
		r = kith_app_index(session, &ix, err);
	if (!r)
		r = kith_journal_read(&session->dirs, slug, &j, err);
	if (!r && !j.n_heads)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: never fetched", word);
	if (r)
		return r;
	kith_app_list_begin(&l, &b, "source show", format, width);
	put_history(&l, &j);
	kith_app_list_end(&l);
	return kith_app_take_text(&b, ret_text, ret_len, err);
}
