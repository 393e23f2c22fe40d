/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a table by its description: every key known, none missing, none of the wrong type, no entry
 * twice. What is refused is refused with its place and with what would be right.
 */
#include <stdarg.h>

#include "policy/config_read.h"

#define MAX_LABEL 96

static int
refuse_at(const struct kith_config_reader *r, const struct kith_toml *v, const char *before,
	  const char *what)
{
	return kith_fail(r->err, KITH_E_FORMAT, "%s:%u:%u: %s%s", r->config->names[r->file],
			 (unsigned)v->line, (unsigned)v->column, before, what);
}

int
kith_config_refuse(const struct kith_config_reader *r, const struct kith_toml *v, const char *fmt,
		   ...)
{
	char what[KITH_ERROR_MSG_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return refuse_at(r, v, "", what);
}

int
kith_config_refuse_value(const struct kith_config_reader *r, const struct kith_config_spot *at,
			 const char *fmt, ...)
{
	char what[KITH_ERROR_MSG_MAX], before[MAX_LABEL * 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(before, sizeof(before), "'%s' in %s ", at->f->key, at->table);
	return refuse_at(r, at->v, before, what);
}

static size_t
count_fields(const struct kith_config_field *fields)
{
	size_t n = 0;

	while (fields[n].key)
		n++;
	return n;
}

static int
unknown_key(const struct kith_config_reader *r, const struct kith_toml *v, const char *label,
	    const struct kith_config_field *fields)
{
	const char *keys[64], *near;
	size_t n = count_fields(fields), i;

	for (i = 0; i < n; i++)
		keys[i] = fields[i].key;
	near = kith_text_nearest(v->key, keys, n);
	return kith_config_refuse(r, v, "unknown key '%.*s' in %s%s%s%s", KITH_CONFIG_SHOWN(v->key),
				  label, near ? ", did you mean '" : "", near ? near : "",
				  near ? "'?" : "");
}

/* All keys of one table into `out`. */
static int
read_keys(const struct kith_config_reader *r, const struct kith_config_table *t,
	  const struct kith_toml *table, const char *label, void *out)
{
	struct kith_config_spot at = {table, NULL, label};
	const struct kith_config_field *f;
	const struct kith_toml *v;
	uint64_t seen = 0;
	size_t i;
	int rc;

	for (v = table->first; v; v = v->next) {
		for (i = 0; t->fields[i].key && !kith_span_is(v->key, t->fields[i].key);)
			i++;
		f = &t->fields[i];
		if (!f->key)
			return unknown_key(r, v, label, t->fields);
		at.v = v;
		at.f = f;
		rc = f->read(r, &at, (uint8_t *)out + f->offset);
		if (rc)
			return rc;
		seen |= (uint64_t)1 << i;
	}
	for (i = 0; t->fields[i].key; i++)
		if (t->fields[i].required && !(seen >> i & 1))
			return kith_config_refuse(r, table, "%s has no '%s'", label,
						  t->fields[i].key);
	at.v = table;
	at.f = NULL;
	return t->finish ? t->finish(r, &at, seen, out) : KITH_OK;
}

static struct kith_config_at
place_of(const struct kith_config_reader *r, const struct kith_toml *v, size_t index)
{
	return (struct kith_config_at){r->file, v->line, v->column, (uint32_t)index};
}

/* Two entries that say the same are a mistake, or somebody hides one behind the other. */
static int
check_twice(const struct kith_config_reader *r, const struct kith_config_table *t,
	    const struct kith_toml *table, const char *label, const void *entry,
	    struct kith_map *known)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span key;
	size_t line;
	bool added;
	int rc;

	kith_buf_init(&b, KITH_MIB(1));
	t->identity(entry, &b);
	rc = kith_buf_check(&b, r->err);
	if (rc || !b.len)
		return rc;
	if (!kith_arena_copy(&r->config->arena, kith_buf_span(&b), &key))
		return kith_fail_nomem(r->err);
	rc = kith_map_add(known, key, table->line, &line, &added, r->err);
	if (rc || added)
		return rc;
	return kith_config_refuse(r, table, "this %s stands on line %zu already", label, line);
}

/* The label of one entry: "[[cap]]", or "[package.\"serde*\"]". */
static const char *
label_of(const struct kith_config_table *t, struct kith_span glob, char label[MAX_LABEL])
{
	if (t->shape == KITH_CONFIG_ONE)
		snprintf(label, MAX_LABEL, "[%s]", t->name);
	else if (t->shape == KITH_CONFIG_MANY)
		snprintf(label, MAX_LABEL, "[[%s]]", t->name);
	else
		snprintf(label, MAX_LABEL, "[%s.\"%.*s\"]", t->name, KITH_CONFIG_SHOWN(glob));
	return label;
}

static int
wrong_shape(const struct kith_config_reader *r, const struct kith_config_table *t,
	    const struct kith_toml *v)
{
	const char *how = t->shape == KITH_CONFIG_GLOBS ? ".\"GLOB\"" : "";
	bool many = t->shape == KITH_CONFIG_MANY;

	return kith_config_refuse(r, v, "'%s' must be a table, written %s%s%s%s, not %s %s",
				  t->name, many ? "[[" : "[", t->name, how, many ? "]]" : "]",
				  v->type == KITH_TOML_INTEGER || v->type == KITH_TOML_ARRAY ? "an"
											     : "a",
				  kith_toml_type_name((enum kith_toml_type)v->type));
}

/* An entry that is one of several: *v is the table, its number is i. */
static int
read_entry(const struct kith_config_reader *r, const struct kith_config_table *t,
	   const struct kith_toml *v, size_t i, struct kith_map *known, void *out)
{
	struct kith_config_at at = place_of(r, v, i);
	char label[MAX_LABEL];
	int rc;

	if (v->type != KITH_TOML_TABLE)
		return wrong_shape(r, t, v);
	memcpy(out, &at, sizeof(at));
	label_of(t, v->key, label);
	rc = read_keys(r, t, v, label, out);
	if (rc || !t->identity)
		return rc;
	return check_twice(r, t, v, label, out, known);
}

static int
read_entries(const struct kith_config_reader *r, const struct kith_config_table *t,
	     const struct kith_toml *v)
{
	uint8_t *config = (uint8_t *)r->config, *entries;
	KITH_AUTO_MAP struct kith_map known;
	const struct kith_toml *c;
	size_t n = 0;
	int rc = KITH_OK;

	kith_map_init(&known, NULL);
	if (v->count > t->max)
		return kith_config_refuse(r, v, "more than %zu entries in '%s'", t->max, t->name);
	entries = kith_arena_array(&r->config->arena, v->count, t->size);
	if (!entries && v->count)
		return kith_fail_nomem(r->err);
	for (c = v->first; c && !rc; c = c->next, n++)
		rc = read_entry(r, t, c, n, &known, entries + n * t->size);
	if (rc)
		return rc;
	memcpy(config + t->offset, &entries, sizeof(entries));
	memcpy(config + t->count, &n, sizeof(n));
	return KITH_OK;
}

int
kith_config_read_table(const struct kith_config_reader *r, const struct kith_config_table *t,
		       const struct kith_toml *v)
{
	uint8_t *out = (uint8_t *)r->config + t->offset;
	struct kith_config_at at = place_of(r, v, 0);
	char label[MAX_LABEL];

	if (v->type != (t->shape == KITH_CONFIG_MANY ? KITH_TOML_ARRAY : KITH_TOML_TABLE))
		return wrong_shape(r, t, v);
	if (t->shape != KITH_CONFIG_ONE)
		return read_entries(r, t, v);
	memcpy(out, &at, sizeof(at));
	return read_keys(r, t, v, label_of(t, KITH_SPAN_NONE, label), out);
}
