/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the parts of a Cargo.toml that say what a package is called and how it needs others. Knows
 * neither files nor the lock; keys that do not matter here are not looked at.
 */
#include "package/cargo_manifest.h"
#include "codec/toml.h"

struct parser {
	struct kith_manifest *m;
	const struct kith_manifest *workspace;
	struct kith_error *err;
};

static int
wrong_type(struct parser *p, const struct kith_toml *v, const char *what)
{
	return kith_fail(p->err, KITH_E_FORMAT, "line %u: %s is of type %s", (unsigned)v->line,
			 what, kith_toml_type_name(v->type));
}

/* The sub-table, or NULL where it is not there; another type is an error. */
static int
get_table(struct parser *p, const struct kith_toml *t, const char *key,
	  const struct kith_toml **ret)
{
	const struct kith_toml *v = kith_toml_get(t, key);

	if (v && v->type != KITH_TOML_TABLE)
		return wrong_type(p, v, key);
	*ret = v;
	return KITH_OK;
}

static int
get_string(struct parser *p, const struct kith_toml *t, const char *key, struct kith_span *ret)
{
	const struct kith_toml *v = kith_toml_get(t, key);

	if (!v)
		return KITH_OK;
	if (v->type != KITH_TOML_STRING)
		return wrong_type(p, v, key);
	*ret = v->u.string;
	return KITH_OK;
}

static bool
inherits(const struct kith_toml *v)
{
	bool yes = false;

	return kith_toml_get_boolean(v, "workspace", &yes) && yes;
}

static int
read_list(struct parser *p, const struct kith_toml *t, const char *key, size_t max,
	  struct kith_manifest_list *out)
{
	const struct kith_toml *list = kith_toml_get(t, key), *v;
	int r;

	if (!list)
		return KITH_OK;
	if (list->type != KITH_TOML_ARRAY)
		return wrong_type(p, list, key);
	for (v = list->first; v; v = v->next) {
		if (v->type != KITH_TOML_STRING)
			return wrong_type(p, v, key);
		r = kith_grow(&out->items, &out->cap, out->count + 1, sizeof(*out->items), max, key,
			      p->err);
		if (r)
			return r;
		out->items[out->count++] = v->u.string;
	}
	return KITH_OK;
}

/* A dependency as written: a requirement, or a table. */
static int
read_dep(struct parser *p, const struct kith_toml *v, struct kith_manifest_dep *d)
{
	int r;

	d->name = v->key;
	d->line = v->line;
	if (v->type == KITH_TOML_STRING) {
		d->req = v->u.string;
		return KITH_OK;
	}
	if (v->type != KITH_TOML_TABLE)
		return wrong_type(p, v, "a dependency");
	if ((r = get_string(p, v, "package", &d->name)) ||
	    (r = get_string(p, v, "version", &d->req)) || (r = get_string(p, v, "path", &d->path)))
		return r;
	return KITH_OK;
}

static int
add_dep(struct parser *p, const struct kith_toml *v, unsigned kind)
{
	struct kith_manifest *m = p->m;
	struct kith_manifest_dep d = {.kind = kind};
	size_t at;
	int r = read_dep(p, v, &d);

	if (r)
		return r;
	if (inherits(v) && kith_map_get(&p->workspace->ws_index, v->key, &at)) {
		d = p->workspace->ws_deps[at];
		d.line = v->line;
		d.kind = kind;
	}
	r = kith_grow(&m->deps, &m->deps_cap, m->n_deps + 1, sizeof(d), KITH_MAX_TOML_NODES,
		      "dependencies", p->err);
	if (!r)
		m->deps[m->n_deps++] = d;
	return r;
}

static int
read_deps(struct parser *p, const struct kith_toml *parent, const char *key, unsigned kind)
{
	const struct kith_toml *t = NULL, *v;
	int r = get_table(p, parent, key, &t);

	if (r || !t)
		return r;
	for (v = t->first; v; v = v->next)
		if ((r = add_dep(p, v, kind)))
			return r;
	return KITH_OK;
}

/* The tables of one target, or of all; cargo reads the spelling with '_' too. */
static int
read_kinds(struct parser *p, const struct kith_toml *t)
{
	int r;

	if ((r = read_deps(p, t, "dependencies", KITH_KIND_NORMAL)) ||
	    (r = read_deps(p, t, "build-dependencies", KITH_KIND_BUILD)) ||
	    (r = read_deps(p, t, "build_dependencies", KITH_KIND_BUILD)) ||
	    (r = read_deps(p, t, "dev-dependencies", KITH_KIND_DEV)) ||
	    (r = read_deps(p, t, "dev_dependencies", KITH_KIND_DEV)))
		return r;
	return KITH_OK;
}

static int
read_targets(struct parser *p, const struct kith_toml *root)
{
	const struct kith_toml *targets = NULL, *t;
	int r = get_table(p, root, "target", &targets);

	for (t = !r && targets ? targets->first : NULL; t && !r; t = t->next)
		r = t->type == KITH_TOML_TABLE ? read_kinds(p, t) : wrong_type(p, t, "a target");
	return r;
}

/* [patch.SOURCE] and [replace]: where their paths lie is worth knowing. */
static int
read_patches(struct parser *p, const struct kith_toml *root)
{
	const struct kith_toml *patch = NULL, *t, *v;
	int r = get_table(p, root, "patch", &patch);

	for (t = !r && patch ? patch->first : NULL; t && !r; t = t->next) {
		if (t->type != KITH_TOML_TABLE)
			return wrong_type(p, t, "a patch");
		for (v = t->first; v && !r; v = v->next)
			r = add_dep(p, v, 0);
	}
	return r;
}

static int
read_workspace_deps(struct parser *p, const struct kith_toml *ws)
{
	struct kith_manifest *m = p->m;
	const struct kith_toml *t = NULL, *v;
	int r = get_table(p, ws, "dependencies", &t);

	if (r || !t)
		return r;
	for (v = t->first; v; v = v->next) {
		struct kith_manifest_dep d = {.path_from_root = true};

		if ((r = read_dep(p, v, &d)) ||
		    (r = kith_grow(&m->ws_deps, &m->ws_deps_cap, m->n_ws_deps + 1, sizeof(d),
				   KITH_MAX_TOML_NODES, "dependencies", p->err)) ||
		    (r = kith_map_add(&m->ws_index, v->key, m->n_ws_deps, NULL, NULL, p->err)))
			return r;
		m->ws_deps[m->n_ws_deps++] = d;
	}
	return KITH_OK;
}

static int
read_workspace(struct parser *p, const struct kith_toml *root)
{
	const struct kith_toml *ws = NULL, *shared = NULL;
	int r = get_table(p, root, "workspace", &ws);

	if (r || !ws)
		return r;
	p->m->workspace = true;
	if ((r = read_list(p, ws, "members", KITH_MAX_MANIFESTS, &p->m->members)) ||
	    (r = read_list(p, ws, "exclude", KITH_MAX_EXCLUDES, &p->m->excludes)) ||
	    (r = get_table(p, ws, "package", &shared)) ||
	    (r = shared ? get_string(p, shared, "version", &p->m->ws_version) : KITH_OK))
		return r;
	return read_workspace_deps(p, ws);
}

static int
read_package(struct parser *p, const struct kith_toml *root)
{
	const struct kith_toml *t = NULL, *version;
	int r = get_table(p, root, "package", &t);

	if (!r && !t)
		r = get_table(p, root, "project", &t); /* the name before 1.0 */
	if (r || !t)
		return r;
	p->m->package = true;
	r = get_string(p, t, "name", &p->m->name);
	if (!r && !p->m->name.len)
		return kith_fail(p->err, KITH_E_FORMAT, "line %u: a package without 'name'",
				 (unsigned)t->line);
	version = kith_toml_get(t, "version");
	p->m->version = KITH_SPAN_LIT("0.0.0");
	if (!r && inherits(version))
		p->m->version = p->workspace->ws_version;
	else if (!r)
		r = get_string(p, t, "version", &p->m->version);
	return r;
}

int
kith_manifest_parse(struct kith_span text, const struct kith_manifest *workspace,
		    struct kith_manifest **ret_manifest, struct kith_error *err)
{
	KITH_CLEANUP(kith_manifest_freep) struct kith_manifest *m = kith_calloc(1, sizeof(*m));
	struct parser p = {m, workspace ? workspace : m, err};
	const struct kith_toml *root;
	int r;

	if (!m)
		return kith_fail_nomem(err);
	kith_map_init(&m->ws_index, NULL);
	if (text.len > KITH_MAX_MANIFEST)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu bytes", KITH_MAX_MANIFEST);
	r = kith_toml_parse(text, &m->doc, err);
	if (r)
		return r;
	root = kith_toml_root(m->doc);
	if ((r = read_workspace(&p, root)) || (r = read_package(&p, root)) ||
	    (r = read_kinds(&p, root)) || (r = read_targets(&p, root)) ||
	    (r = read_patches(&p, root)) || (r = read_deps(&p, root, "replace", 0)))
		return r;
	*ret_manifest = kith_steal(&m);
	return KITH_OK;
}

void
kith_manifest_free(struct kith_manifest *m)
{
	if (!m)
		return;
	free(m->members.items);
	free(m->excludes.items);
	free(m->deps);
	free(m->ws_deps);
	kith_map_clear(&m->ws_index);
	kith_toml_free(m->doc);
	free(m);
}

void
kith_manifest_freep(struct kith_manifest **m)
{
	kith_manifest_free(*m);
	*m = NULL;
}
