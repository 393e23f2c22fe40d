/* SPDX-License-Identifier: Apache-2.0 */
/* kith source: the user's [[source]] tables, and what is known of each source. */
#include <kith/source.h>

#include "app/own.h"
#include "app/query.h"
#include "evidence/url.h"
#include "store/journal.h"

#define SOURCE_TEXT_MAX KITH_MIB(64)

/* The same place, however it is written. */
static bool
is_same(enum kith_git_kind kind, struct kith_span a, struct kith_span b)
{
	return kith_span_eq(a, b) || (kind == KITH_GIT_URL && kith_url_same(a, b));
}

/* Number of the user's entry that names this source, by URL, path or name; SIZE_MAX: none. */
static size_t
find_entry(const struct kith_config *c, const char *word, const struct kith_source *s)
{
	struct kith_span w = kith_span_str(word), l = kith_span_str(s->location);
	size_t i, k;

	for (i = 0; c && i < c->n_sources; i++) {
		const struct kith_config_evidence *e = &c->sources[i];

		for (k = 0; k < e->urls.n; k++)
			if (is_same(KITH_GIT_URL, e->urls.at[k], w))
				return i;
		if (e->path.len && !e->urls.n &&
		    (kith_span_eq(e->path, w) || kith_span_eq(e->path, l)))
			return i;
		if (e->name.len && kith_span_eq(e->name, w))
			return i;
	}
	return SIZE_MAX;
}

static size_t
put_pairs(const struct kith_source_options *o, const struct kith_source *s,
	  struct kith_config_pair pairs[5])
{
	const struct {
		const char *key, *value;
	} list[] = {{"kind", o->kind ? o->kind : "crev"},
		    {s->kind == KITH_GIT_URL ? "url" : "path", s->location},
		    {"name", o->name},
		    {"level", o->level},
		    {"object-level", o->object_level}};
	size_t i, n = 0;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i].value)
			pairs[n++] =
			    (struct kith_config_pair){.key = kith_span_str(list[i].key),
						      .type = KITH_PAIR_TEXT,
						      .text = kith_span_str(list[i].value)};
	return n;
}

static int
append_entry(void *ctx, const struct kith_config_file_text *file, struct kith_buf *out,
	     struct kith_error *err)
{
	const struct kith_config_entry *entry = ctx;

	return kith_config_edit_append(file, "source", entry, 1, out, err);
}

int
kith_source_add(struct kith_session *session, const struct kith_source_options *options,
		struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	struct kith_config_pair pairs[5];
	struct kith_config_entry entry = {pairs, 0};
	int r;

	if (!options->location)
		return kith_fail(err, KITH_E_USAGE, "no source is named");
	r = kith_source_resolve(options->location, &s, err);
	if (!r)
		r = kith_app_config_load(session, NULL, &c, err);
	if (r)
		return r;
	if (find_entry(c.user, options->location, &s) != SIZE_MAX)
		return kith_fail(err, KITH_E_USAGE, "%s: your configuration names it already",
				 options->location);
	entry.n = put_pairs(options, &s, pairs);
	r = kith_app_edit_config(session, append_entry, &entry, err);
	if (!r) { /* from now on it is the user's, whoever led to it */
		r = kith_store_set_class(&session->dirs, s.slug, KITH_SOURCE_USER, err);
		r = r == KITH_E_NOTFOUND ? KITH_OK : r;
	}
	return r;
}

static int
remove_entry(void *ctx, const struct kith_config_file_text *file, struct kith_buf *out,
	     struct kith_error *err)
{
	return kith_config_edit_remove(file, "source", ctx, 1, out, err);
}

int
kith_source_remove(struct kith_session *session, const char *word, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	size_t i, index;
	int r;

	/* a bundle may be gone by now, a name is no source: then only configuration can know it */
	if (kith_source_resolve(word, &s, NULL) && !(s.location = kith_strndup(word, strlen(word))))
		return kith_fail_nomem(err);
	r = kith_app_config_load(session, NULL, &c, err);
	if (r)
		return r;
	i = find_entry(c.user, word, &s);
	if (i != SIZE_MAX && c.user->sources[i].urls.n > 1)
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "%s: its table names several URLs", word),
		    "edit %s", c.user_path);
	if (i != SIZE_MAX) {
		index = c.user->sources[i].at.index;
		r = kith_app_edit_config(session, remove_entry, &index, err);
	}
	if (r || !s.slug)
		return r ? r
		       : i != SIZE_MAX
			   ? KITH_OK
			   : kith_fail(err, KITH_E_NOTFOUND, "%s: no source of that name", word);
	r = kith_store_set_class(&session->dirs, s.slug, KITH_SOURCE_REMOVED, err);
	if (r == KITH_E_NOTFOUND && i != SIZE_MAX)
		return KITH_OK;
	return r == KITH_E_NOTFOUND ? kith_fail(err, r, "%s: no source of that name", word) : r;
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
	put_time(l, "last_success", m->success);
	if (l->is_json)
		put_time(l, "last_attempt", m->attempt);
	kith_app_list_str(l, "state", m->failures ? "failing" : "ok", 7);
	kith_app_list_str(l, "source", m->source.location, 0);
	if (m->failures) {
		if (l->is_json)
			put_time(l, "next_attempt", kith_store_retry_at(m));
		kith_app_list_str(l, "last_error", m->error, 0);
	}
	kith_app_list_end_row(l);
}

static bool
is_mirrored(const struct kith_mirrors *m, struct kith_span url)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (!m->items[i].damaged &&
		    is_same(m->items[i].source.kind, kith_span_str(m->items[i].source.location),
			    url))
			return true;
	return false;
}

/* Named, and never fetched. */
static void
put_named(struct kith_app_list *l, const struct kith_config_evidence *e, struct kith_span location)
{
	kith_app_list_row(l);
	kith_app_list_str(l, "class", e->at.file == KITH_CONFIG_PROJECT ? "project" : "user", 7);
	put_time(l, "last_success", 0);
	kith_app_list_str(l, "state", "never", 7);
	kith_app_list_text(l, "source", location, 0);
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
			if (!is_mirrored(&mirrors, e->urls.at[k]))
				put_named(l, e, e->urls.at[k]);
		if (!e->urls.n && !is_mirrored(&mirrors, e->path))
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

int
kith_source_show(struct kith_session *session, const char *word, enum kith_format format, int width,
		 char **ret_text, size_t *ret_len, struct kith_error *err)
{
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_app_list l;
	struct kith_index *ix;
	int r;

	kith_buf_init(&b, SOURCE_TEXT_MAX);
	r = kith_source_resolve(word, &s, err);
	if (!r) /* it compares what has not been compared yet */
		r = kith_app_index(session, &ix, err);
	if (!r)
		r = kith_journal_read(&session->dirs, s.slug, &j, err);
	if (!r && !j.n_heads)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: never fetched", word);
	if (r)
		return r;
	kith_app_list_begin(&l, &b, "source show", format, width);
	put_history(&l, &j);
	kith_app_list_end(&l);
	return kith_app_take_text(&b, ret_text, ret_len, err);
}
