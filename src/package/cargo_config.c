/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merges cargo configuration: [source], [registries], paths, include. A project's own configuration
 * is hostile: what it says is believed only as far as "cargo would look there".
 */
#include "package/cargo_config.h"
#include "codec/toml.h"

#define MAX_CONFIG_ARENA (KITH_MAX_CONFIG_TOTAL * 8)
#define MAX_INCLUDES     ((size_t)64)

struct adder {
	struct kith_cargo_config *c;
	const struct kith_config_file *file;
	struct kith_error *err;
};

void
kith_cargo_config_init(struct kith_cargo_config *c)
{
	memset(c, 0, sizeof(*c));
	kith_arena_init(&c->arena, MAX_CONFIG_ARENA);
	kith_map_init(&c->by_name, NULL);
	kith_map_init(&c->registries, NULL);
}

void
kith_cargo_config_clear(struct kith_cargo_config *c)
{
	free(c->sources);
	free(c->indexes);
	free(c->overrides);
	kith_map_clear(&c->by_name);
	kith_map_clear(&c->registries);
	kith_arena_clear(&c->arena);
	kith_cargo_config_init(c);
}

static int
wrong_type(struct adder *a, const struct kith_toml *v, const char *what)
{
	return kith_fail(a->err, KITH_E_FORMAT, "line %u: %s is of type %s", (unsigned)v->line,
			 what, kith_toml_type_name(v->type));
}

static int
keep(struct adder *a, struct kith_span s, struct kith_span *ret)
{
	return kith_arena_copy(&a->c->arena, s, ret) ? KITH_OK : kith_fail_nomem(a->err);
}

/* Takes a string unless a file of higher precedence said one. A NUL never reaches a path. */
static int
take(struct adder *a, const struct kith_toml *v, const char *what, struct kith_config_value *out)
{
	if (!v || out->text.ptr)
		return KITH_OK;
	if (v->type != KITH_TOML_STRING)
		return wrong_type(a, v, what);
	if (!v->u.string.len || memchr(v->u.string.ptr, '\0', v->u.string.len))
		return kith_fail(a->err, KITH_E_FORMAT, "line %u: %s is empty or holds a NUL",
				 (unsigned)v->line, what);
	out->file = a->file;
	out->line = v->line;
	return keep(a, v->u.string, &out->text);
}

static int
source_named(struct adder *a, const struct kith_toml *v, struct kith_config_source **ret)
{
	struct kith_span name = v->key;
	struct kith_cargo_config *c = a->c;
	size_t at;
	int r;

	if (!kith_map_get(&c->by_name, name, &at)) {
		at = c->n_sources;
		r = kith_grow(&c->sources, &c->sources_cap, at + 1, sizeof(*c->sources),
			      KITH_MAX_TOML_NODES, "sources", a->err);
		if (r)
			return r;
		memset(&c->sources[at], 0, sizeof(*c->sources));
		c->sources[at].file = a->file;
		c->sources[at].line = v->line;
		if ((r = keep(a, name, &c->sources[at].name)) ||
		    (r = kith_map_add(&c->by_name, c->sources[at].name, at, NULL, NULL, a->err)))
			return r;
		c->n_sources++;
	}
	*ret = &c->sources[at];
	return KITH_OK;
}

static int
add_sources(struct adder *a, const struct kith_toml *root)
{
	const struct kith_toml *t = kith_toml_get(root, "source"), *v;
	struct kith_config_source *s;
	int r;

	if (t && t->type != KITH_TOML_TABLE)
		return wrong_type(a, t, "source");
	for (v = t ? t->first : NULL; v; v = v->next) {
		if (v->type != KITH_TOML_TABLE)
			return wrong_type(a, v, "a source");
		if ((r = source_named(a, v, &s)) ||
		    (r = take(a, kith_toml_get(v, "replace-with"), "replace-with",
			      &s->replace_with)) ||
		    (r = take(a, kith_toml_get(v, "directory"), "directory", &s->directory)) ||
		    (r = take(a, kith_toml_get(v, "local-registry"), "local-registry",
			      &s->local_registry)) ||
		    (r = take(a, kith_toml_get(v, "registry"), "registry", &s->registry)) ||
		    (r = take(a, kith_toml_get(v, "git"), "git", &s->git)))
			return r;
	}
	return KITH_OK;
}

static int
add_registries(struct adder *a, const struct kith_toml *root)
{
	struct kith_cargo_config *c = a->c;
	const struct kith_toml *t = kith_toml_get(root, "registries"), *v, *index;
	struct kith_span name;
	int r;

	if (t && t->type != KITH_TOML_TABLE)
		return wrong_type(a, t, "registries");
	for (v = t ? t->first : NULL; v; v = v->next) {
		if (v->type != KITH_TOML_TABLE)
			return wrong_type(a, v, "a registry");
		index = kith_toml_get(v, "index");
		if (!index || kith_map_get(&c->registries, v->key, NULL))
			continue;
		r = kith_grow(&c->indexes, &c->indexes_cap, c->n_indexes + 1, sizeof(*c->indexes),
			      KITH_MAX_TOML_NODES, "registries", a->err);
		if (r)
			return r;
		memset(&c->indexes[c->n_indexes], 0, sizeof(*c->indexes));
		if ((r = take(a, index, "index", &c->indexes[c->n_indexes])) ||
		    (r = keep(a, v->key, &name)) ||
		    (r = kith_map_add(&c->registries, name, c->n_indexes, NULL, NULL, a->err)))
			return r;
		c->n_indexes++;
	}
	return KITH_OK;
}

static int
add_overrides(struct adder *a, const struct kith_toml *root)
{
	struct kith_cargo_config *c = a->c;
	const struct kith_toml *t = kith_toml_get(root, "paths"), *v;
	int r;

	if (t && t->type != KITH_TOML_ARRAY)
		return wrong_type(a, t, "paths");
	for (v = t ? t->first : NULL; v; v = v->next) {
		r = kith_grow(&c->overrides, &c->overrides_cap, c->n_overrides + 1,
			      sizeof(*c->overrides), KITH_MAX_TOML_NODES, "paths", a->err);
		if (r)
			return r;
		memset(&c->overrides[c->n_overrides], 0, sizeof(*c->overrides));
		r = take(a, v, "paths", &c->overrides[c->n_overrides]);
		if (r)
			return r;
		c->n_overrides++;
	}
	return KITH_OK;
}

static int
read_include(struct adder *a, const struct kith_toml *v, struct kith_config_include *out)
{
	struct kith_config_value value = {.text = KITH_SPAN_NONE};
	const struct kith_toml *path = v;
	int r;

	out->optional = false;
	if (v->type == KITH_TOML_TABLE) {
		path = kith_toml_get(v, "path");
		if (!path)
			return kith_fail(a->err, KITH_E_FORMAT, "line %u: include without path",
					 (unsigned)v->line);
		kith_toml_get_boolean(v, "optional", &out->optional);
	}
	r = take(a, path, "include", &value);
	out->path = value.text;
	return r;
}

/* The last of the included files counts most, so they are given backwards. */
static int
read_includes(struct adder *a, const struct kith_toml *root, struct kith_config_include **ret,
	      size_t *ret_n)
{
	const struct kith_toml *t = kith_toml_get(root, "include"), *v;
	KITH_AUTO_FREE struct kith_config_include *list = NULL;
	size_t n, i;
	int r;

	if (!t)
		return KITH_OK;
	n = t->type == KITH_TOML_ARRAY ? t->count : 1;
	if (n > MAX_INCLUDES)
		return kith_fail(a->err, KITH_E_LIMIT, "line %u: too many includes (at most %zu)",
				 (unsigned)t->line, MAX_INCLUDES);
	list = kith_calloc(n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(a->err);
	if (t->type != KITH_TOML_ARRAY) {
		r = read_include(a, t, &list[0]);
		if (r)
			return r;
	} else {
		for (v = t->first, i = n; v; v = v->next)
			if ((r = read_include(a, v, &list[--i])))
				return r;
	}
	*ret = kith_steal(&list);
	*ret_n = n;
	return KITH_OK;
}

static int
new_file(struct adder *a, const char *path, const char *base, bool in_tree)
{
	struct kith_config_file *f = kith_arena_alloc(&a->c->arena, sizeof(*f));

	if (!f)
		return kith_fail_nomem(a->err);
	f->in_tree = in_tree;
	a->file = f;
	if (!kith_arena_copy(&a->c->arena, kith_span_str(path), &f->path) ||
	    !kith_arena_copy(&a->c->arena, kith_span_str(base), &f->base))
		return kith_fail_nomem(a->err);
	return KITH_OK;
}

int
kith_cargo_config_add(struct kith_cargo_config *c, struct kith_span text, const char *path,
		      const char *base, bool in_tree, struct kith_config_include **ret_includes,
		      size_t *ret_n, struct kith_error *err)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	KITH_AUTO_FREE struct kith_config_include *includes = NULL;
	struct adder a = {c, NULL, err};
	const struct kith_toml *root;
	size_t n = 0;
	int r;

	if (text.len > KITH_MAX_CONFIG)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu bytes", KITH_MAX_CONFIG);
	c->bytes += text.len;
	if (c->bytes > KITH_MAX_CONFIG_TOTAL)
		return kith_fail(err, KITH_E_LIMIT, "configuration of more than %zu bytes in all",
				 KITH_MAX_CONFIG_TOTAL);
	if ((r = new_file(&a, path, base, in_tree)) || (r = kith_toml_parse(text, &doc, err)))
		return r;
	root = kith_toml_root(doc);
	if ((r = add_sources(&a, root)) || (r = add_registries(&a, root)) ||
	    (r = add_overrides(&a, root)) || (r = read_includes(&a, root, &includes, &n)))
		return r;
	c->files++;
	*ret_includes = kith_steal(&includes);
	*ret_n = n;
	return KITH_OK;
}

const struct kith_config_source *
kith_cargo_config_source(const struct kith_cargo_config *c, struct kith_span name)
{
	size_t at;

	return kith_map_get(&c->by_name, name, &at) ? &c->sources[at] : NULL;
}

/* Each source but the default one says where it is, and once. */
static int
check_location(const struct kith_config_source *s, struct kith_error *err)
{
	int n = (s->directory.text.ptr != NULL) + (s->local_registry.text.ptr != NULL) +
		(s->registry.text.ptr != NULL) + (s->git.text.ptr != NULL);

	if (n == 1 || (n == 0 && kith_span_is(s->name, "crates-io")))
		return KITH_OK;
	return kith_fail(err, KITH_E_USAGE, "%.*s: line %u: source '%.*s' has %s",
			 KITH_SPAN_FMT(s->file->path), (unsigned)s->line, KITH_SPAN_FMT(s->name),
			 n ? "more than one location" : "no location");
}

static int
no_source(const struct kith_config_value *with, const char *why, struct kith_error *err)
{
	return kith_fail(err, KITH_E_USAGE, "%.*s: line %u: source replaced by '%.*s': %s",
			 KITH_SPAN_FMT(with->file->path), (unsigned)with->line,
			 KITH_SPAN_FMT(with->text), why);
}

int
kith_cargo_config_follow(const struct kith_cargo_config *c, const struct kith_config_source *from,
			 const struct kith_config_source **ret_end,
			 const struct kith_config_value **ret_registry, struct kith_error *err)
{
	const struct kith_config_value *with = NULL;
	unsigned hops;
	size_t at;
	int r;

	for (hops = 0; hops < KITH_MAX_REPLACE_HOPS; hops++) {
		r = from ? check_location(from, err) : KITH_OK;
		if (r)
			return r;
		if (!from || !from->replace_with.text.ptr) {
			*ret_end = from;
			*ret_registry = NULL;
			return KITH_OK;
		}
		with = &from->replace_with;
		from = kith_cargo_config_source(c, with->text);
		if (from || kith_span_is(with->text, "crates-io"))
			continue;
		if (!kith_map_get(&c->registries, with->text, &at))
			return no_source(with, "no source of that name", err);
		*ret_end = NULL;
		*ret_registry = &c->indexes[at];
		return KITH_OK;
	}
	return no_source(with, "a circle, or too many steps", err);
}
