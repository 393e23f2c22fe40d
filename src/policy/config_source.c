/* SPDX-License-Identifier: Apache-2.0 */
/* The tables about where things come from: [[source]], [fetch], [lockfile]. */
#include <arpa/inet.h>

#include "policy/config_tables.h"

/* --- [[source]] --- */

static const struct kith_config_word kinds[] = {{"crev", KITH_CONFIG_CREV},
						{"vet", KITH_CONFIG_VET},
						{"rustsec", KITH_CONFIG_RUSTSEC},
						{"osv", KITH_CONFIG_OSV},
						{NULL, 0}};

/* Reads one entry of criteria-map; its key is the set's criterion. */
static int
read_mapping(const struct kith_config_reader *r, const struct kith_config_spot *table,
	     const struct kith_toml *v, struct kith_config_mapping *ret)
{
	const struct kith_config_field own = {.key = table->f->key,
					      .item = kith_config_text,
					      .item_size = sizeof(struct kith_span),
					      .max = KITH_MAX_CRITERIA};
	struct kith_config_spot at = {v, &own, table->table};

	if (!v->key.len || v->key.len > KITH_MAX_CONFIG_WORD)
		return kith_config_refuse_value(r, &at, "maps a name of %zu bytes", v->key.len);
	ret->foreign = v->key;
	return kith_config_string_or_list(r, &at, &ret->own);
}

/* struct kith_config_evidence: map and n_map; out is at `map`. */
static int
read_map(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	struct kith_config_mapping *map;
	const struct kith_toml *v;
	size_t n = 0;
	int rc = KITH_OK;

	if (at->v->type != KITH_TOML_TABLE)
		return kith_config_refuse_value(
		    r, at, "must be a table such as { \"their-criterion\" = \"safe-to-deploy\" }");
	if (at->v->count > KITH_MAX_CONFIG_LIST)
		return kith_config_refuse_value(r, at, "has %zu items, at most %zu are allowed",
						at->v->count, KITH_MAX_CONFIG_LIST);
	map = kith_arena_array(&r->config->arena, at->v->count, sizeof(*map));
	if (!map && at->v->count)
		return kith_fail_nomem(r->err);
	for (v = at->v->first; v && !rc; v = v->next)
		rc = read_mapping(r, at, v, &map[n++]);
	if (rc)
		return rc;
	memcpy(out, &map, sizeof(map));
	memcpy((uint8_t *)out + sizeof(map), &n, sizeof(n));
	return KITH_OK;
}
_Static_assert(offsetof(struct kith_config_evidence, n_map) ==
		   offsetof(struct kith_config_evidence, map) + sizeof(void *),
	       "a map and its count are neighbours");

/* A lone `url` is a list of one. */
static int
read_url(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	struct kith_config_texts list = {NULL, 1};
	struct kith_span *url = kith_arena_alloc(&r->config->arena, sizeof(*url));
	int rc;

	if (!url)
		return kith_fail_nomem(r->err);
	rc = kith_config_url(r, at, url);
	if (rc)
		return rc;
	list.at = url;
	memcpy(out, &list, sizeof(list));
	return KITH_OK;
}

enum {
	SOURCE_KIND,
	SOURCE_URL,
	SOURCE_URLS,
	SOURCE_PATH,
	SOURCE_NAME,
	SOURCE_LEVEL,
	SOURCE_OBJECT_LEVEL,
	SOURCE_CRITERIA_MAP,
	SOURCE_TRUST_IDS
};

#define AT(member) offsetof(struct kith_config_evidence, member)

static const struct kith_config_field source_fields[] = {
    [SOURCE_KIND] = {.key = "kind",
		     .read = kith_config_word,
		     .offset = AT(kind),
		     .required = true,
		     .words = kinds},
    [SOURCE_URL] = {.key = "url", .read = read_url, .offset = AT(urls)},
    [SOURCE_URLS] = {.key = "urls",
		     .read = kith_config_list,
		     .offset = AT(urls),
		     .item = kith_config_url,
		     .item_size = sizeof(struct kith_span)},
    [SOURCE_PATH] = {.key = "path", .read = kith_config_path, .offset = AT(path)},
    [SOURCE_NAME] = {.key = "name", .read = kith_config_text, .offset = AT(name)},
    [SOURCE_LEVEL] = {.key = "level",
		      .read = kith_config_word,
		      .offset = AT(level),
		      .words = kith_config_grades},
    [SOURCE_OBJECT_LEVEL] = {.key = "object-level",
			     .read = kith_config_word,
			     .offset = AT(object),
			     .words = kith_config_grades},
    [SOURCE_CRITERIA_MAP] = {.key = "criteria-map", .read = read_map, .offset = AT(map)},
    [SOURCE_TRUST_IDS] = {.key = "trust-ids", .read = kith_config_boolean, .offset = AT(trust_ids)},
    {.key = NULL}};

#undef AT

/* Exactly one place: `url`, `urls` or `path`; or a `path` within the repository at `url`. */
static int
check_place(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	    const struct kith_config_evidence *s)
{
	bool url = seen >> SOURCE_URL & 1, urls = seen >> SOURCE_URLS & 1;
	const struct kith_config_spot path = {kith_toml_get(at->v, "path"),
					      &source_fields[SOURCE_PATH], at->table};
	struct kith_span unused;

	if (url && urls)
		return kith_config_refuse(r, at->v, "[[source]] has both 'url' and 'urls'");
	if (urls && !s->urls.n)
		return kith_config_refuse(r, at->v, "'urls' in [[source]] is empty");
	if (!url && !urls && !s->path.len)
		return kith_config_refuse(r, at->v, "[[source]] has no 'url', 'urls' or 'path'");
	if (!s->path.len || (!url && !urls))
		return KITH_OK;
	if (urls || s->kind == KITH_CONFIG_CREV)
		return kith_config_refuse(r, at->v, "[[source]] has both '%s' and 'path'",
					  urls ? "urls" : "url");
	return kith_config_relative(r, &path, &unused);
}

static int
finish_source(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	      void *out)
{
	struct kith_config_evidence *s = out;
	bool crev = s->kind == KITH_CONFIG_CREV, vet = s->kind == KITH_CONFIG_VET;

	if ((seen >> SOURCE_CRITERIA_MAP & 1) && !vet)
		return kith_config_refuse(r, kith_toml_get(at->v, "criteria-map"),
					  "'criteria-map' is for sources of kind \"vet\" only");
	if ((seen >> SOURCE_TRUST_IDS & 1) && !crev)
		return kith_config_refuse(r, kith_toml_get(at->v, "trust-ids"),
					  "'trust-ids' is for sources of kind \"crev\" only");
	if ((seen >> SOURCE_URLS & 1) && !vet)
		return kith_config_refuse(r, kith_toml_get(at->v, "urls"),
					  "'urls' is for sources of kind \"vet\" only");
	if (!(seen >> SOURCE_LEVEL & 1))
		s->level = KITH_LEVEL_LOW;
	if (!(seen >> SOURCE_OBJECT_LEVEL & 1))
		s->object = s->level;
	return check_place(r, at, seen, s);
}

/* A name is what claims, actors and commands call a source by. */
static void
identify_source(const void *entry, struct kith_buf *out)
{
	const struct kith_config_evidence *s = entry;
	size_t i;

	if (s->name.len) {
		kith_buf_printf(out, "name\n");
		kith_buf_put_span(out, s->name);
		return;
	}
	kith_buf_printf(out, "%u\n", (unsigned)s->kind);
	for (i = 0; i < s->urls.n; i++) {
		kith_buf_put_span(out, s->urls.at[i]);
		kith_buf_put_char(out, '\n');
	}
	kith_buf_put_span(out, s->path);
}

const struct kith_config_table kith_config_table_source = {
    .name = "source",
    .shape = KITH_CONFIG_MANY,
    .files = KITH_CONFIG_IN_BOTH,
    .fields = source_fields,
    .size = sizeof(struct kith_config_evidence),
    .offset = offsetof(struct kith_config, sources),
    .count = offsetof(struct kith_config, n_sources),
    .max = KITH_MAX_CONFIG_ENTRIES,
    .finish = finish_source,
    .identity = identify_source,
};

/* --- [fetch] --- */

/* An address without brackets, as the system reads it; no name, no zone. */
static bool
is_address(struct kith_span s)
{
	uint8_t bytes[16];
	char text[64];

	if (!s.len || s.len >= sizeof(text))
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return strlen(text) == s.len &&
	       (inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1);
}

static bool
is_host(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') ||
		      (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') ||
		      (s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '.' || s.ptr[i] == '-'))
			return false;
	return s.len && s.len <= 253;
}

/* HOST:PORT:ADDRESS; an IPv6 address may stand in brackets. */
static bool
parse_resolve(struct kith_span s, struct kith_config_resolve *ret)
{
	struct kith_span port;
	uint64_t n;

	if (!kith_span_next(&s, ':', &ret->host) || !kith_span_next(&s, ':', &port))
		return false;
	if (s.len > 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
		s = kith_span_sub(s, 1, s.len - 2);
	if (!is_host(ret->host) || !kith_span_u64(port, &n) || !n || n > UINT16_MAX)
		return false;
	ret->port = (uint16_t)n;
	ret->address = s;
	return is_address(s);
}

static int
read_resolve(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	struct kith_config_resolve resolve;
	struct kith_span s;
	int rc = kith_config_text(r, at, &s);

	if (rc)
		return rc;
	if (!parse_resolve(s, &resolve))
		return kith_config_refuse_value(r, at, "must be HOST:PORT:ADDRESS, not \"%.*s\"",
						KITH_CONFIG_SHOWN(s));
	memcpy(out, &resolve, sizeof(resolve));
	return KITH_OK;
}

#define AT(member) offsetof(struct kith_config_fetch, member)

static const struct kith_config_field fetch_fields[] = {
    {.key = "jobs",
     .read = kith_config_number,
     .offset = AT(jobs),
     .min = 1,
     .max = KITH_MAX_CONFIG_JOBS},
    {.key = "timeout",
     .read = kith_config_seconds,
     .offset = AT(timeout),
     .min = 1,
     .max = KITH_MAX_CONFIG_SECONDS},
    {.key = "max-bytes",
     .read = kith_config_bytes,
     .offset = AT(max_bytes),
     .min = 1024,
     .max = (int64_t)KITH_MAX_CONFIG_FETCH},
    {.key = "max-objects",
     .read = kith_config_number,
     .offset = AT(max_objects),
     .min = 1,
     .max = KITH_MAX_CONFIG_OBJECTS},
    {.key = "idle-timeout",
     .read = kith_config_seconds,
     .offset = AT(idle_timeout),
     .min = 1,
     .max = KITH_MAX_CONFIG_SECONDS},
    {.key = "max-refs",
     .read = kith_config_number,
     .offset = AT(max_refs),
     .min = 1,
     .max = KITH_MAX_CONFIG_REFS},
    {.key = "max-redirects",
     .read = kith_config_number,
     .offset = AT(max_redirects),
     .min = 0,
     .max = KITH_MAX_CONFIG_HOPS},
    {.key = "max-depth",
     .read = kith_config_number,
     .offset = AT(max_depth),
     .min = 1,
     .max = KITH_MAX_TREE_DEPTH},
    {.key = "max-files",
     .read = kith_config_number,
     .offset = AT(max_files),
     .min = 1,
     .max = KITH_MAX_REPO_FILES},
    {.key = "max-file-bytes",
     .read = kith_config_bytes,
     .offset = AT(max_file_bytes),
     .min = 1024,
     .max = (int64_t)KITH_MAX_PROOF_FILE},
    {.key = "walk-allow",

     .read = kith_config_list,
     .offset = AT(walk_allow),
     .item = kith_config_glob,
     .item_size = sizeof(struct kith_span)},
    {.key = "resolve",
     .read = kith_config_list,
     .offset = AT(resolve),
     .item = read_resolve,
     .item_size = sizeof(struct kith_config_resolve)},
    {.key = "ca-file", .read = kith_config_path, .offset = AT(ca_file)},
    {.key = NULL}};
_Static_assert(AT(n_resolve) == AT(resolve) + sizeof(void *),
	       "a list and its count are neighbours");

#undef AT

const struct kith_config_table kith_config_table_fetch = {
    .name = "fetch",
    .files = KITH_CONFIG_IN_USER,
    .fields = fetch_fields,
    .offset = offsetof(struct kith_config, fetch),
};

/* --- [lockfile] --- */

static const struct kith_config_word severities[] = {{"error", KITH_SEVERITY_ERROR},
						     {"warn", KITH_SEVERITY_WARN},
						     {"off", KITH_SEVERITY_OFF},
						     {NULL, 0}};

#define HYGIENE(name, h)                                                                           \
	{                                                                                          \
		.key = name, .read = kith_config_word,                                             \
		.offset = offsetof(struct kith_config_lockfile, hygiene) +                         \
			  (h) * sizeof(enum kith_lock_severity),                                   \
		.words = severities                                                                \
	}
#define FIRST_HYGIENE 2

static const struct kith_config_field lockfile_fields[] = {
    {.key = "paths",
     .read = kith_config_list,
     .offset = offsetof(struct kith_config_lockfile, paths),
     .item = kith_config_relative,
     .item_size = sizeof(struct kith_span)},
    {.key = "ignore",
     .read = kith_config_list,
     .offset = offsetof(struct kith_config_lockfile, ignore),
     .item = kith_config_relative,
     .item_size = sizeof(struct kith_span)},
    HYGIENE("missing", KITH_HYGIENE_MISSING),
    HYGIENE("git-ignored", KITH_HYGIENE_GIT_IGNORED),
    HYGIENE("uncommitted", KITH_HYGIENE_UNCOMMITTED),
    HYGIENE("outdated", KITH_HYGIENE_OUTDATED),
    HYGIENE("no-checksum", KITH_HYGIENE_NO_CHECKSUM),
    HYGIENE("several", KITH_HYGIENE_SEVERAL),
    {.key = NULL}};
_Static_assert(sizeof(lockfile_fields) / sizeof(lockfile_fields[0]) ==
		   FIRST_HYGIENE + KITH_HYGIENE_COUNT + 1,
	       "one row a finding, in their order");

const char *
kith_hygiene_name(enum kith_hygiene h)
{
	return (size_t)h < KITH_HYGIENE_COUNT ? lockfile_fields[FIRST_HYGIENE + h].key : "unknown";
}

const struct kith_config_table kith_config_table_lockfile = {
    .name = "lockfile",
    .files = KITH_CONFIG_IN_PROJECT,
    .fields = lockfile_fields,
    .offset = offsetof(struct kith_config, lockfile),
};
