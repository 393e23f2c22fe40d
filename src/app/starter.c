/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and reads the starter set, and lays it over configuration and trust. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include <kith/source.h>

#include "app/starter.h"
#include "codec/base64.h"
#include "codec/toml.h"
#include "crypto/crypto.h"

#define OFF_FILE  "starter-off"
#define FILE_NAME "starter.toml"
#define NO_FILE   "/dev/null" /* as KITH_STARTER: none */
#define OFF_TEXT                                                                                   \
	"The starter set is switched off while this file is here: kith source add --starter\n"

/* --- where it is --- */

/* Beside the program as it was built, or where it was installed. */
static int
find_file(const struct kith_session *s, char **ret_path, struct kith_error *err)
{
	static const char *const below[] = {FILE_NAME, "../share/kith/" FILE_NAME};
	char self[PATH_MAX];
	ssize_t n;
	size_t i;
	char *slash;

	if (s->starter) {
		*ret_path = kith_strndup(s->starter, strlen(s->starter));
		return *ret_path ? KITH_OK : kith_fail_nomem(err);
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	for (i = 0; slash && i < sizeof(below) / sizeof(below[0]); i++) {
		KITH_AUTO_FREE char *path = NULL;

		*slash = '\0';
		path = kith_fs_join(self, below[i]);
		if (!path)
			return kith_fail_nomem(err);
		if (kith_fs_exists(path)) {
			*ret_path = kith_steal(&path);
			return KITH_OK;
		}
	}
	*ret_path = kith_strndup(KITH_DATADIR "/" FILE_NAME, strlen(KITH_DATADIR "/" FILE_NAME));
	return *ret_path ? KITH_OK : kith_fail_nomem(err);
}

static char *
off_path(const struct kith_session *s)
{
	return kith_fs_join(s->dirs.config, OFF_FILE);
}

static bool
is_off(const struct kith_session *s)
{
	KITH_AUTO_FREE char *path = off_path(s);

	/* what the user has switched off counts where his configuration does */
	return path && !s->bundle && !s->project_only && kith_fs_exists(path);
}

int
kith_starter_switch(struct kith_session *session, int on, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = off_path(session);
	int r;

	if (!path)
		return kith_fail_nomem(err);
	if (on)
		return unlink(path) < 0 && errno != ENOENT ? kith_fail_errno(err, errno, "%s", path)
							   : KITH_OK;
	r = kith_fs_mkdirs(session->dirs.config, 0700, err);
	return r ? r : kith_fs_replace(path, KITH_SPAN_LIT(OFF_TEXT), 0600, err);
}

/* --- what it says --- */

struct reading {
	const char *path;
	struct kith_arena *arena; /* of the configuration */
	struct kith_config_evidence *list;
	size_t n;
	struct kith_error *err;
};

static int
refuse(struct reading *rd, const struct kith_toml *at, const char *what)
{
	return kith_fail(rd->err, KITH_E_FORMAT, "%s:%u: %s", rd->path, at->line, what);
}

static int
keep(struct reading *rd, struct kith_span text, struct kith_span *ret)
{
	return kith_arena_copy(rd->arena, text, ret) ? KITH_OK : kith_fail_nomem(rd->err);
}

static bool
is_plain(struct kith_span text, size_t max)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return false;
	return text.len && text.len <= max;
}

static int
read_text(struct reading *rd, const struct kith_toml *v, struct kith_span *ret)
{
	if (v->type != KITH_TOML_STRING || !is_plain(v->u.string, KITH_MAX_CONFIG_TEXT))
		return refuse(rd, v, "must be a text on one line");
	return keep(rd, v->u.string, ret);
}

static int
read_kind(struct reading *rd, const struct kith_toml *v, struct kith_config_evidence *e)
{
	static const char *const words[] = {[KITH_CONFIG_CREV] = "crev",
					    [KITH_CONFIG_VET] = "vet",
					    [KITH_CONFIG_RUSTSEC] = "rustsec",
					    [KITH_CONFIG_OSV] = "osv"};
	size_t i;

	for (i = 0; v->type == KITH_TOML_STRING && i < sizeof(words) / sizeof(words[0]); i++) {
		if (kith_span_is(v->u.string, words[i])) {
			e->kind = (enum kith_config_kind)i;
			return KITH_OK;
		}
	}
	return refuse(rd, v, "kind is one of: crev, vet, rustsec, osv");
}

static int
read_level(struct reading *rd, const struct kith_toml *v, enum kith_level *ret)
{
	int l;

	for (l = KITH_LEVEL_NONE; v->type == KITH_TOML_STRING && l <= KITH_LEVEL_HIGH; l++) {
		if (kith_span_is(v->u.string, kith_level_name((enum kith_level)l))) {
			*ret = (enum kith_level)l;
			return KITH_OK;
		}
	}
	return refuse(rd, v, "a level is one of: none, low, medium, high");
}

/* Public places only: what is shipped must not know this machine. */
static int
read_url(struct reading *rd, const struct kith_toml *v, struct kith_span *ret)
{
	int r = read_text(rd, v, ret);

	if (r)
		return r;
	if (!kith_span_starts(*ret, KITH_SPAN_LIT("https://")) &&
	    !kith_span_starts(*ret, KITH_SPAN_LIT("http://127.0.0.1:")))
		return refuse(rd, v, "must be an https URL");
	return KITH_OK;
}

static int
read_urls(struct reading *rd, const struct kith_toml *v, struct kith_config_evidence *e)
{
	size_t n = v->type == KITH_TOML_ARRAY ? v->count : 1;
	const struct kith_toml *u = v->type == KITH_TOML_ARRAY ? v->first : v;
	struct kith_span *list;
	int r = KITH_OK;

	if (e->urls.n)
		return refuse(rd, v, "has its URL already");
	if (!n || n > KITH_MAX_CONFIG_LIST)
		return refuse(rd, v, "has no URL, or too many");
	list = kith_arena_array(rd->arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(rd->err);
	e->urls.at = list;
	for (; !r && u && e->urls.n < n; u = v->type == KITH_TOML_ARRAY ? u->next : NULL)
		r = read_url(rd, u, &list[e->urls.n++]);
	return r;
}

static int
read_ids(struct reading *rd, const struct kith_toml *v, struct kith_config_evidence *e)
{
	const struct kith_toml *x;
	struct kith_id *ids;

	if (v->type != KITH_TOML_ARRAY || v->count > KITH_MAX_CONFIG_LIST)
		return refuse(rd, v, "ids must be a list of ids");
	ids = kith_arena_array(rd->arena, v->count, sizeof(*ids));
	if (!ids)
		return kith_fail_nomem(rd->err);
	e->ids.at = ids;
	for (x = v->first; x; x = x->next)
		if (x->type != KITH_TOML_STRING ||
		    !kith_base64_decode_exact(x->u.string, ids[e->ids.n++].bytes, KITH_ID_BYTES))
			return refuse(rd, x, "an id is 43 characters of base64url");
	return KITH_OK;
}

static int
read_key(struct reading *rd, const struct kith_toml *v, struct kith_config_evidence *e,
	 bool *ret_object)
{
	if (kith_span_is(v->key, "kind"))
		return read_kind(rd, v, e);
	if (kith_span_is(v->key, "name"))
		return read_text(rd, v, &e->name);
	if (kith_span_is(v->key, "reason"))
		return read_text(rd, v, &e->reason);
	if (kith_span_is(v->key, "path"))
		return read_text(rd, v, &e->path);
	if (kith_span_is(v->key, "url") || kith_span_is(v->key, "urls"))
		return read_urls(rd, v, e);
	if (kith_span_is(v->key, "ids"))
		return read_ids(rd, v, e);
	if (kith_span_is(v->key, "level"))
		return read_level(rd, v, &e->level);
	if (kith_span_is(v->key, "object-level")) {
		*ret_object = true;
		return read_level(rd, v, &e->object);
	}
	return refuse(rd, v, "an unknown key");
}

static int
read_source(struct reading *rd, const struct kith_toml *table)
{
	struct kith_config_evidence *e = &rd->list[rd->n];
	const struct kith_toml *v;
	bool object = false;
	int r = KITH_OK;

	*e = (struct kith_config_evidence){.level = KITH_LEVEL_LOW, .starter = true};
	if (table->type != KITH_TOML_TABLE)
		return refuse(rd, table, "must be a table");
	for (v = table->first; !r && v; v = v->next)
		r = read_key(rd, v, e, &object);
	if (r)
		return r;
	if (!object)
		e->object = e->level;
	if (!kith_toml_get(table, "kind") || !e->urls.n || !e->name.len || !e->reason.len)
		return refuse(rd, table, "lacks one of: kind, url, name, reason");
	if (e->ids.n && e->kind != KITH_CONFIG_CREV)
		return refuse(rd, table, "ids are of proof repositories only");
	if (e->urls.n > 1 && e->kind != KITH_CONFIG_VET)
		return refuse(rd, table, "only an audit set may have several files");
	rd->n++;
	return KITH_OK;
}

static int
read_document(struct reading *rd, const struct kith_toml *root, size_t *cap)
{
	const struct kith_toml *v, *s;
	int r = KITH_OK;

	for (v = root->first; !r && v; v = v->next) {
		if (!kith_span_is(v->key, "source") || v->type != KITH_TOML_ARRAY)
			return refuse(rd, v, "only [[source]] tables are here");
		if (v->count > *cap)
			return refuse(rd, v, "too many sources");
		for (s = v->first; !r && s; s = s->next)
			r = read_source(rd, s);
	}
	return r;
}

int
kith_app_starter_read(struct kith_app_config *c, struct kith_span text, const char *path,
		      struct kith_error *err)
{
	struct reading rd = {.path = path, .arena = &c->arena, .err = err};
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	struct kith_config *m = c->merged;
	size_t cap = KITH_MAX_STARTER, i;
	struct kith_id id;
	int r;

	r = kith_toml_parse(text, &doc, err);
	if (r)
		return kith_context(err, r, "%s", path);
	rd.list = kith_arena_array(&c->arena, m->n_sources + cap, sizeof(*rd.list));
	if (!rd.list)
		return kith_fail_nomem(err);
	if (m->n_sources)
		memcpy(rd.list, m->sources, m->n_sources * sizeof(*rd.list));
	rd.n = m->n_sources;
	r = read_document(&rd, kith_toml_root(doc), &cap);
	if (r)
		return r;
	for (i = m->n_sources; i < rd.n; i++)
		c->n_starter_ids += rd.list[i].level > KITH_LEVEL_NONE ? rd.list[i].ids.n : 0;
	c->has_starter = rd.n > m->n_sources;
	kith_blake2b(text, &c->starter_digest);
	m->sources = rd.list;
	m->n_sources = rd.n;
	if (!c->n_starter_ids)
		return KITH_OK;
	kith_app_starter_id(&id);
	return kith_app_config_add_name(c, KITH_STARTER_NAME, &id, err);
}

int
kith_app_starter_load(struct kith_session *s, struct kith_app_config *c, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = NULL;
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, KITH_MAX_CONFIG);
	if (c->project || is_off(s) || (s->starter && strcmp(s->starter, NO_FILE) == 0))
		return KITH_OK;
	r = find_file(s, &path, err);
	if (!r)
		r = kith_fs_read(path, &text, err);
	if (r == KITH_E_NOTFOUND && !s->starter) {
		kith_app_detail(s, "%s: not there: no starter set", path);
		return KITH_OK;
	}
	if (r)
		return r == KITH_E_NOTFOUND
			   ? kith_fail(err, KITH_E_USAGE, "KITH_STARTER: %s: no such file", path)
			   : r;
	return kith_app_starter_read(c, kith_buf_span(&text), path, err);
}

void
kith_app_starter_count(const struct kith_app_config *c, struct kith_starter_counts *ret)
{
	struct kith_starter_counts n = {0, 0, 0, 0};
	size_t i;

	for (i = 0; i < c->merged->n_sources; i++) {
		const struct kith_config_evidence *e = &c->merged->sources[i];

		if (!e->starter)
			continue;
		n.urls += e->urls.n;
		if (e->level == KITH_LEVEL_NONE)
			continue;
		n.sets += e->kind == KITH_CONFIG_VET;
		n.repositories += e->kind == KITH_CONFIG_CREV;
		n.databases += e->kind == KITH_CONFIG_RUSTSEC || e->kind == KITH_CONFIG_OSV;
	}
	*ret = n;
}

/* --- whom it trusts --- */

/* No key is known to which this would be the public half. */
void
kith_app_starter_id(struct kith_id *ret_id)
{
	struct kith_digest d;

	kith_blake2b(KITH_SPAN_LIT("kith: the starter set, an id without a key"), &d);
	memcpy(ret_id->bytes, d.bytes, KITH_ID_BYTES);
}
