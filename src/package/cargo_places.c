/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds and reads cargo's configuration: the project's folder and its parents, then CARGO_HOME.
 * Says which source replacements the project's own tree asks for, since they decide which bytes are
 * built.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "package/places.h"

#define MAX_INCLUDE_DEPTH 8
#define MAX_CONFIG_FILES  ((size_t)128)

struct finder {
	struct kith_cargo_places *p;
	const struct kith_cargo_env *env;
	struct kith_error *err;
};

/* The part before the last '/', "/" for what lies there. */
static char *
parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return kith_strndup(".", 1);
	return slash == path ? kith_strndup("/", 1) : kith_strndup(path, (size_t)(slash - path));
}

static int add_file(struct finder *f, const char *path, bool in_tree, unsigned depth,
		    bool *ret_there);

static int
add_includes(struct finder *f, const char *dir, const struct kith_config_include *list, size_t n,
	     bool in_tree, unsigned depth)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < n && !r; i++) {
		KITH_AUTO_FREE char *rel = kith_strndup(list[i].path.ptr, list[i].path.len);
		KITH_AUTO_FREE char *path = rel ? kith_fs_join(dir, rel) : NULL;
		bool there;

		if (!path)
			return kith_fail_nomem(f->err);
		r = add_file(f, path, in_tree, depth + 1, &there);
		if (!r && !there && !list[i].optional)
			r = kith_fail(f->err, KITH_E_FORMAT, "%s: included, but not there", path);
	}
	return r;
}

/* Cargo itself takes what it may not look at for missing: a parent may be somebody else's. */
static bool
is_missing(int r, const struct kith_error *err)
{
	return r == KITH_E_NOTFOUND ||
	       (r == KITH_E_IO && (err->sys == EACCES || err->sys == EPERM));
}

static int
read_file(struct finder *f, const char *path, bool in_tree, struct kith_buf *out)
{
	if (in_tree && f->env->read)
		return f->env->read(f->env->read_ctx, path, out, f->err);
	kith_buf_init(out, KITH_MAX_CONFIG);
	return kith_fs_read(path, out, f->err);
}

static int
add_file(struct finder *f, const char *path, bool in_tree, unsigned depth, bool *ret_there)
{
	KITH_AUTO_FREE struct kith_config_include *includes = NULL;
	KITH_AUTO_FREE char *dir = parent_of(path), *base = dir ? parent_of(dir) : NULL;
	KITH_AUTO_BUF struct kith_buf text = {0};
	size_t n = 0;
	int r;

	*ret_there = false;
	if (!base)
		return kith_fail_nomem(f->err);
	if (depth > MAX_INCLUDE_DEPTH || f->p->config.files >= MAX_CONFIG_FILES)
		return kith_fail(f->err, KITH_E_LIMIT, "%s: too many configurations include others",
				 path);
	r = read_file(f, path, in_tree, &text);
	if (is_missing(r, f->err))
		return KITH_OK;
	if (r)
		return r;
	*ret_there = true;
	r = kith_cargo_config_add(&f->p->config, kith_buf_span(&text), path, base, in_tree,
				  &includes, &n, f->err);
	if (r)
		return kith_context(f->err, r, "%s", path);
	return add_includes(f, dir, includes, n, in_tree, depth);
}

/* DIR/config, or DIR/config.toml where there is no other (as cargo prefers). */
static int
add_folder(struct finder *f, const char *dir, bool in_tree)
{
	static const char *const names[] = {"config", "config.toml"};
	size_t i;
	bool there = false;
	int r = KITH_OK;

	for (i = 0; i < 2 && !r && !there; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(dir, names[i]);

		r = path ? add_file(f, path, in_tree, 0, &there) : kith_fail_nomem(f->err);
	}
	return r;
}

/*
 * The project's tree: up to the folder that holds .git, else only `dir`. A home folder kept in git
 * is not the project's tree. NULL: out of memory.
 */
static char *
find_tree(const char *dir, const char *home)
{
	KITH_AUTO_FREE char *at = kith_strndup(dir, strlen(dir));
	unsigned level;

	for (level = 0; at && level < KITH_MAX_PARENTS; level++) {
		KITH_AUTO_FREE char *git = kith_fs_join(at, ".git");
		char *up;

		if (!git)
			return NULL;
		if (level && home && strcmp(at, home) == 0)
			break;
		if (kith_fs_exists(git))
			return kith_steal(&at);
		if (strcmp(at, "/") == 0)
			break;
		up = parent_of(at);
		free(at);
		at = up;
	}
	return at ? kith_strndup(dir, strlen(dir)) : NULL;
}

static bool
is_in_tree(const char *path, const char *tree)
{
	size_t n = strlen(tree);

	if (n == 1) /* "/" */
		return true;
	return strncmp(path, tree, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static int
add_hierarchy(struct finder *f, const char *root, const char *user_home)
{
	KITH_AUTO_FREE char *at = kith_strndup(root, strlen(root));
	KITH_AUTO_FREE char *tree = find_tree(root, user_home);
	bool seen_home = false;
	unsigned level;
	int r = KITH_OK;

	if (!at || !tree)
		return kith_fail_nomem(f->err);
	for (level = 0; level < KITH_MAX_PARENTS && !r; level++) {
		KITH_AUTO_FREE char *dir = kith_fs_join(at, ".cargo");
		char *up;

		if (!dir)
			return kith_fail_nomem(f->err);
		seen_home |= f->p->home && strcmp(dir, f->p->home) == 0;
		r = add_folder(f, dir, is_in_tree(dir, tree));
		if (r || strcmp(at, "/") == 0)
			break;
		up = parent_of(at);
		if (!up)
			return kith_fail_nomem(f->err);
		free(at);
		at = up;
	}
	/* a CARGO_HOME inside the tree can be written by whoever changes the tree */
	if (!r && f->p->home && !seen_home)
		r = add_folder(f, f->p->home, is_in_tree(f->p->home, tree));
	return r;
}

static int
add_in_tree(struct finder *f, const struct kith_config_value *at, struct kith_span source,
	    struct kith_span with)
{
	struct kith_cargo_places *p = f->p;
	struct kith_cargo_replacement *e;
	int r = kith_grow(&p->in_tree, &p->in_tree_cap, p->n_in_tree + 1, sizeof(*e),
			  KITH_MAX_TOML_NODES, "source replacements", f->err);

	if (r)
		return r;
	e = &p->in_tree[p->n_in_tree];
	e->config = kith_arena_str(&p->config.arena, at->file->path);
	e->source = kith_arena_str(&p->config.arena, source);
	e->with = kith_arena_str(&p->config.arena, with);
	e->line = at->line;
	if (!e->config || !e->source || !e->with)
		return kith_fail_nomem(f->err);
	p->n_in_tree++;
	return KITH_OK;
}

/* Where the project's tree says that a source is, or NULL. */
static const struct kith_config_value *
location_in_tree(const struct kith_config_source *s)
{
	const struct kith_config_value *const all[] = {&s->directory, &s->local_registry,
						       &s->registry, &s->git};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i]->text.ptr && all[i]->file->in_tree)
			return all[i];
	return NULL;
}

/* The tree replaces a source, or says what one is that the user's configuration replaces by. */
static int
note_source(struct finder *f, const struct kith_config_source *s)
{
	const struct kith_config_value *with = &s->replace_with, *where;
	const struct kith_config_source *target;

	if (with->text.ptr && with->file->in_tree)
		return add_in_tree(f, with, s->name, with->text);
	if (with->text.ptr) {
		target = kith_cargo_config_source(&f->p->config, with->text);
		where = target ? location_in_tree(target) : NULL;
	} else {
		/* the default registry may be moved without being replaced by name */
		where = kith_span_is(s->name, "crates-io") ? location_in_tree(s) : NULL;
	}
	return where ? add_in_tree(f, where, s->name, where->text) : KITH_OK;
}

static int
note_in_tree(struct finder *f)
{
	const struct kith_cargo_config *c = &f->p->config;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < c->n_sources && !r; i++)
		r = note_source(f, &c->sources[i]);
	for (i = 0; i < c->n_overrides && !r; i++)
		if (c->overrides[i].file->in_tree)
			r = add_in_tree(f, &c->overrides[i], KITH_SPAN_LIT("paths"),
					c->overrides[i].text);
	return r;
}

/* What each source stands for, so that a lock's source finds its replacement. */
static int
index_urls(struct finder *f)
{
	struct kith_cargo_places *p = f->p;
	size_t i;
	int r;

	for (i = 0; i < p->config.n_sources; i++) {
		const struct kith_config_source *s = &p->config.sources[i];
		struct kith_span url = s->registry.text.ptr ? s->registry.text : s->git.text;

		if (!url.ptr)
			continue;
		r = kith_map_add(&p->by_url, kith_cargo_plain_url(url), i, NULL, NULL, f->err);
		if (r)
			return r;
	}
	return KITH_OK;
}

/* CARGO_HOME, links resolved where it exists. NULL is fine if nobody said where it is. */
static int
find_home(struct finder *f, const struct kith_cargo_env *env)
{
	KITH_AUTO_FREE char *path = NULL;

	if (env->cargo_home && env->cargo_home[0])
		path = kith_strndup(env->cargo_home, strlen(env->cargo_home));
	else if (env->home && env->home[0])
		path = kith_fs_join(env->home, ".cargo");
	else
		return KITH_OK;
	if (!path)
		return kith_fail_nomem(f->err);
	errno = 0;
	f->p->home = realpath(path, NULL);
	if (!f->p->home && errno == ENOMEM)
		return kith_fail_nomem(f->err);
	if (!f->p->home)
		f->p->home = kith_steal(&path);
	return KITH_OK;
}

static int
find_all(struct finder *f, const char *project_root, const struct kith_cargo_env *env)
{
	KITH_AUTO_FREE char *root = NULL, *home = NULL;
	const struct kith_config_source *end;
	const struct kith_config_value *registry;
	int r;

	root = realpath(project_root, NULL);
	if (!root)
		return kith_fail_errno(f->err, errno, "%s", project_root);
	errno = 0;
	home = env->home && env->home[0] ? realpath(env->home, NULL) : NULL;
	if (!home && errno == ENOMEM)
		return kith_fail_nomem(f->err);
	if ((r = find_home(f, env)) || (r = add_hierarchy(f, root, home)) || (r = index_urls(f)) ||
	    (r = note_in_tree(f)))
		return r;
	/* a broken chain under the registry itself is said at once, not package by package */
	return kith_cargo_config_follow(
	    &f->p->config, kith_cargo_config_source(&f->p->config, KITH_SPAN_LIT("crates-io")),
	    &end, &registry, f->err);
}

int
kith_cargo_places_new(const char *project_root, const struct kith_cargo_env *env,
		      struct kith_cargo_places **ret_places, struct kith_error *err)
{
	KITH_AUTO_PLACES struct kith_cargo_places *p = kith_calloc(1, sizeof(*p));
	struct kith_error own;
	struct finder f = {p, env, err ? err : &own};
	int r;

	if (!p)
		return kith_fail_nomem(err);
	kith_cargo_config_init(&p->config);
	kith_map_init(&p->by_url, NULL);
	p->lazy = kith_calloc(1, sizeof(*p->lazy));
	if (!p->lazy)
		return kith_fail_nomem(err);
	kith_map_init(&p->lazy->vendor_index, NULL);
	r = find_all(&f, project_root, env);
	if (!r)
		*ret_places = kith_steal(&p);
	return r;
}

void
kith_cargo_places_free(struct kith_cargo_places *p)
{
	size_t i;

	if (!p)
		return;
	for (i = 0; p->lazy && i < p->lazy->n_vendors; i++)
		kith_vendor_free(p->lazy->vendors[i]);
	if (p->lazy) {
		free(p->lazy->vendors);
		kith_map_clear(&p->lazy->vendor_index);
		kith_fs_names_free(&p->lazy->cache.names);
		kith_fs_names_free(&p->lazy->src.names);
		kith_fs_names_free(&p->lazy->index.names);
	}
	free(p->lazy);
	free(p->home);
	free(p->in_tree);
	kith_map_clear(&p->by_url);
	kith_cargo_config_clear(&p->config);
	free(p);
}

void
kith_cargo_places_freep(struct kith_cargo_places **p)
{
	kith_cargo_places_free(*p);
	*p = NULL;
}

size_t
kith_cargo_places_in_tree(const struct kith_cargo_places *p,
			  const struct kith_cargo_replacement **ret_list)
{
	*ret_list = p->in_tree;
	return p->n_in_tree;
}
