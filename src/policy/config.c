/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a configuration whole: the top level, then each table by its description. A file with one
 * mistake is refused: half of a policy is another policy.
 */
#include "policy/config_tables.h"

#define DAY              ((int64_t)86400)
#define MAX_CONFIG_ARENA (KITH_MAX_CONFIG * 16)

const struct kith_config_table *const kith_config_tables[] = {
    &kith_config_table_roots,     &kith_config_table_trust,
    &kith_config_table_cap,       &kith_config_table_actor,
    &kith_config_table_publisher, &kith_config_table_ignore,
    &kith_config_table_source,    &kith_config_table_policy,
    &kith_config_table_fetch,     &kith_config_table_package,
    &kith_config_table_exempt,    &kith_config_table_accept,
    &kith_config_table_lockfile,  NULL};

/* What stands outside any table; the user's only. */
static const struct kith_config_field top_fields[] = {
    {.key = "current-id",
     .read = kith_config_id,
     .offset = offsetof(struct kith_config, current_id)},
    {.key = "names"},
    {.key = NULL}};

static const char *const file_words[KITH_CONFIG_FILES] = {"the user's config.toml",
							  "the project's kith.toml"};

static void
set_defaults(struct kith_config *c)
{
	size_t i;

	c->roots.threshold = 1;
	c->trust.budget = 12;
	c->trust.high = 1;
	c->trust.medium = 2;
	c->trust.low = 4;
	kith_policy_preset(&c->policy.p);
	c->policy.max_evidence_age = 30 * DAY;
	c->policy.max_pin_age = 30 * DAY;
	c->fetch.jobs = 8;
	c->fetch.timeout = KITH_MAX_FETCH_SECONDS;
	c->fetch.idle_timeout = KITH_MAX_FETCH_IDLE;
	c->fetch.max_bytes = KITH_MAX_FETCH_BYTES;
	c->fetch.max_objects = KITH_MAX_FETCH_OBJS;
	c->fetch.max_refs = KITH_MAX_FETCH_REFS;
	c->fetch.max_redirects = KITH_MAX_FETCH_HOPS;
	for (i = 0; i < KITH_HYGIENE_COUNT; i++)
		c->lockfile.hygiene[i] = KITH_SEVERITY_WARN;
	c->lockfile.hygiene[KITH_HYGIENE_MISSING] = KITH_SEVERITY_ERROR;
	c->lockfile.hygiene[KITH_HYGIENE_OUTDATED] = KITH_SEVERITY_ERROR;
}

struct kith_config *
kith_config_new(struct kith_error *err)
{
	struct kith_config *c = kith_calloc(1, sizeof(*c));

	if (!c) {
		(void)kith_fail_nomem(err);
		return NULL;
	}
	kith_arena_init(&c->arena, MAX_CONFIG_ARENA);
	set_defaults(c);
	return c;
}

void
kith_config_free(struct kith_config *config)
{
	if (!config)
		return;
	kith_arena_clear(&config->arena);
	kith_toml_free(config->doc);
	free(config);
}

void
kith_config_freep(struct kith_config **config)
{
	kith_config_free(*config);
	*config = NULL;
}

/* --- the top level --- */

static int
foreign(const struct kith_config_reader *r, const struct kith_toml *v, const char *open,
	const char *close)
{
	return kith_config_refuse(r, v, "%s%.*s%s belongs in %s, not in %s", open,
				  KITH_CONFIG_SHOWN(v->key), close, file_words[!r->file],
				  file_words[r->file]);
}

static int
unknown_top(const struct kith_config_reader *r, const struct kith_toml *v)
{
	bool table = v->type == KITH_TOML_TABLE, key = !table && v->type != KITH_TOML_ARRAY;
	const char *open = key ? "'" : table ? "[" : "[[", *close = key ? "'" : table ? "]" : "]]";
	const char *names[32], *near;
	size_t n = 0, i;

	for (i = 0; kith_config_tables[i]; i++)
		names[n++] = kith_config_tables[i]->name;
	for (i = 0; top_fields[i].key; i++)
		names[n++] = top_fields[i].key;
	near = kith_text_nearest(v->key, names, n);
	if (near)
		return kith_config_refuse(r, v, "unknown %s %s%.*s%s, did you mean '%s'?",
					  key ? "key" : "table", open, KITH_CONFIG_SHOWN(v->key),
					  close, near);
	return kith_config_refuse(r, v, "unknown %s %s%.*s%s%s", key ? "key" : "table", open,
				  KITH_CONFIG_SHOWN(v->key), close,
				  key ? " outside any table" : "");
}

static int
read_current_id(const struct kith_config_reader *r, const struct kith_toml *v)
{
	const struct kith_config_spot at = {v, &top_fields[0], "this file"};

	r->config->has_current_id = true;
	r->config->current_id_at = (struct kith_config_at){r->file, v->line, v->column, 0};
	return kith_config_id(r, &at, &r->config->current_id);
}

/* A name is typed where an id may stand too, so it must not look like one. */
static int
read_name(const struct kith_config_reader *r, const struct kith_toml *v, size_t i,
	  struct kith_config_name *ret)
{
	struct kith_config_reader quiet = {r->config, r->file, NULL};
	char shown[128];
	const struct kith_config_field f = {.key = shown};
	struct kith_toml name = *v;
	struct kith_config_spot at = {&name, &f, "[names]"};
	int rc;

	snprintf(shown, sizeof(shown), "%.*s", KITH_CONFIG_SHOWN(v->key));
	name.type = KITH_TOML_STRING;
	name.u.string = v->key;
	rc = kith_config_text(r, &at, &ret->name);
	if (!rc && kith_config_id(&quiet, &at, &ret->id) == KITH_OK)
		return kith_config_refuse_value(r, &at, "must be a name, not an id");
	at.v = v;
	ret->at = (struct kith_config_at){r->file, v->line, v->column, (uint32_t)i};
	return rc ? rc : kith_config_id(r, &at, &ret->id);
}

static int
read_names(const struct kith_config_reader *r, const struct kith_toml *table)
{
	struct kith_config_name *people;
	const struct kith_toml *v;
	size_t n = 0;
	int rc = KITH_OK;

	if (table->type != KITH_TOML_TABLE)
		return kith_config_refuse(r, table, "'names' must be a table, written [names]");
	if (table->count > KITH_MAX_CONFIG_ENTRIES)
		return kith_config_refuse(r, table, "more than %zu entries in 'names'",
					  KITH_MAX_CONFIG_ENTRIES);
	people = kith_arena_array(&r->config->arena, table->count, sizeof(*people));
	if (!people && table->count)
		return kith_fail_nomem(r->err);
	for (v = table->first; v && !rc; v = v->next, n++)
		rc = read_name(r, v, n, &people[n]);
	r->config->people = people;
	r->config->n_people = n;
	return rc;
}

static int
read_top(const struct kith_config_reader *r, const struct kith_toml *v)
{
	size_t i;

	for (i = 0; kith_config_tables[i]; i++) {
		const struct kith_config_table *t = kith_config_tables[i];
		bool many = t->shape == KITH_CONFIG_MANY;

		if (!kith_span_is(v->key, t->name))
			continue;
		if (!(t->files >> r->file & 1))
			return foreign(r, v, many ? "[[" : "[", many ? "]]" : "]");
		return kith_config_read_table(r, t, v);
	}
	for (i = 0; top_fields[i].key && !kith_span_is(v->key, top_fields[i].key);)
		i++;
	if (!top_fields[i].key)
		return unknown_top(r, v);
	if (r->file != KITH_CONFIG_USER)
		return foreign(r, v, i ? "[" : "'", i ? "]" : "'");
	return i ? read_names(r, v) : read_current_id(r, v);
}

/* --- what is handed over in the policy's own arrays --- */

static int
plain_rules(struct kith_config *c, struct kith_error *err)
{
	struct kith_rule *plain = kith_arena_array(&c->arena, c->n_rules, sizeof(*plain));
	size_t i;

	if (!plain && c->n_rules)
		return kith_fail_nomem(err);
	for (i = 0; i < c->n_rules; i++)
		plain[i] = c->rules[i].rule;
	c->policy.p.rules = plain;
	c->policy.p.n_rules = c->n_rules;
	return KITH_OK;
}

/* Those with a reason first; the order of the file within both. */
static int
plain_exemptions(struct kith_config *c, struct kith_error *err)
{
	struct kith_config_exempt *all = kith_arena_array(&c->arena, c->n_exempts, sizeof(*all));
	struct kith_exemption *plain = kith_arena_array(&c->arena, c->n_exempts, sizeof(*plain));
	size_t i, n = 0, m;

	if (!c->n_exempts)
		return KITH_OK;
	if (!plain || !all)
		return kith_fail_nomem(err);
	for (i = 0; i < c->n_exempts; i++)
		if (c->exempts[i].x.reason.len)
			all[n++] = c->exempts[i];
	for (i = 0, m = n; i < c->n_exempts; i++)
		if (!c->exempts[i].x.reason.len)
			all[m++] = c->exempts[i];
	for (i = 0; i < n; i++)
		plain[i] = all[i].x;
	c->exempts = all;
	c->exemptions = plain;
	c->n_exemptions = n;
	return KITH_OK;
}

static int
plain_acceptances(struct kith_config *c, struct kith_error *err)
{
	struct kith_acceptance *plain = kith_arena_array(&c->arena, c->n_accepts, sizeof(*plain));
	size_t i;

	if (!plain && c->n_accepts)
		return kith_fail_nomem(err);
	for (i = 0; i < c->n_accepts; i++)
		plain[i] = c->accepts[i].a;
	c->acceptances = plain;
	return KITH_OK;
}

/* --- the file --- */

/* The reader of TOML says "line N, column N: why"; here it is "NAME:N:N: why". */
static int
refuse_syntax(int rc, const char *name, const struct kith_error *toml, struct kith_error *err)
{
	struct kith_span s = kith_span_str(toml->msg), line, column, why;
	size_t colon;

	if (rc == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (kith_span_skip(&s, "line ") && kith_span_next(&s, ',', &line) &&
	    kith_span_skip(&s, " column ")) {
		colon = kith_span_find(s, 0, ':');
		column = kith_span_sub(s, 0, colon);
		why = kith_span_sub(s, colon + 2, SIZE_MAX);
		return kith_fail(err, (enum kith_code)rc, "%s:%.*s:%.*s: %.*s", name,
				 KITH_SPAN_FMT(line), KITH_SPAN_FMT(column), KITH_SPAN_FMT(why));
	}
	return kith_fail(err, (enum kith_code)rc, "%s: %s", name, toml->msg);
}

static int
parse(struct kith_config *c, struct kith_span text, const char *name, enum kith_config_file file,
      struct kith_error *err)
{
	struct kith_error toml;
	struct kith_span copy;
	int rc;

	if (text.len > KITH_MAX_CONFIG)
		return kith_fail(err, KITH_E_LIMIT, "%s: %zu bytes, at most %zu are allowed", name,
				 text.len, KITH_MAX_CONFIG);
	c->names[file] = kith_arena_str(&c->arena, kith_span_str(name));
	if (!c->names[file] || !kith_arena_copy(&c->arena, text, &copy))
		return kith_fail_nomem(err);
	rc = kith_toml_parse(copy, &c->doc, &toml);
	return rc ? refuse_syntax(rc, name, &toml, err) : KITH_OK;
}

int
kith_config_read(struct kith_span text, const char *name, enum kith_config_file file,
		 struct kith_config **ret_config, struct kith_error *err)
{
	KITH_AUTO_CONFIG struct kith_config *c = kith_config_new(err);
	struct kith_config_reader r = {c, file, err};
	const struct kith_toml *v;
	int rc;

	if (!c)
		return KITH_E_NOMEM;
	rc = parse(c, text, name, file, err);
	for (v = rc ? NULL : kith_toml_root(c->doc)->first; v && !rc; v = v->next)
		rc = read_top(&r, v);
	if (!rc)
		rc = plain_rules(c, err);
	if (!rc)
		rc = plain_exemptions(c, err);
	if (!rc)
		rc = plain_acceptances(c, err);
	if (!rc)
		*ret_config = kith_steal(&c);
	return rc;
}

void
kith_config_put_at(struct kith_buf *out, const struct kith_config *config,
		   const struct kith_config_at *at)
{
	const char *name = config->names[at->file];

	if (at->line)
		kith_buf_printf(out, "%s:%u", name ? name : "?", (unsigned)at->line);
	else
		kith_buf_put_str(out, "default");
}

bool
kith_config_key(size_t i, const char **ret_table, const char **ret_key, unsigned *ret_files)
{
	const struct kith_config_table *t;
	size_t j, k;

	for (j = 0; top_fields[j].key; j++) {
		if (i-- == 0) {
			*ret_table = "";
			*ret_key = top_fields[j].key;
			*ret_files = KITH_CONFIG_IN_USER;
			return true;
		}
	}
	for (j = 0; (t = kith_config_tables[j]); j++) {
		for (k = 0; t->fields[k].key; k++) {
			if (i-- == 0) {
				*ret_table = t->name;
				*ret_key = t->fields[k].key;
				*ret_files = t->files;
				return true;
			}
		}
	}
	return false;
}
