/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the manifests of a workspace: `members` with its globs, and path dependencies. The
 * manifests are hostile: every walk is bounded, and what cannot be read makes a warning, never a
 * member.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "package/workspace.h"

#define MAX_PATTERN_DEPTH 32

struct walk {
	struct kith_workspace *ws;
	struct kith_warnings *warnings;
	struct kith_error *err;
	bool glob; /* the pattern at hand has one: excluded folders do not match */
};

int
kith_manifest_load(const char *dir, const struct kith_manifest *workspace, struct kith_buf *text,
		   struct kith_manifest **ret_manifest, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, "Cargo.toml");
	int r;

	if (!path)
		return kith_fail_nomem(err);
	kith_buf_init(text, KITH_MAX_MANIFEST);
	r = kith_fs_read(path, text, err);
	if (r)
		return r;
	r = kith_manifest_parse(kith_buf_span(text), workspace, ret_manifest, err);
	return r ? kith_context(err, r, "%s", path) : KITH_OK;
}

/* Turns what went wrong with one manifest into a warning; what went wrong with us stays an error.
 */
static int
forgive(struct walk *w, int r)
{
	if (!r || r == KITH_E_NOMEM)
		return r;
	return kith_warnings_add(w->warnings, w->err->msg, w->err);
}

/* Adds the manifest in `dir` (which is taken) unless it is there already; *ret_at is its index. */
static int
add_dir(struct walk *w, char *dir, bool listed, size_t *ret_at)
{
	struct kith_workspace *ws = w->ws;
	struct kith_member *m;
	size_t at;
	int r;

	if (kith_map_get(&ws->dirs, kith_span_str(dir), &at)) {
		ws->members[at].listed |= listed;
		*ret_at = at;
		free(dir);
		return KITH_OK;
	}
	r = kith_grow(&ws->members, &ws->cap, ws->count + 1, sizeof(*m), KITH_MAX_MANIFESTS,
		      "manifests in the workspace", w->err);
	if (r) {
		free(dir);
		return r;
	}
	*ret_at = ws->count;
	m = &ws->members[ws->count++];
	memset(m, 0, sizeof(*m));
	m->dir = dir;
	m->listed = listed;
	kith_buf_init(&m->text, KITH_MAX_MANIFEST);
	return kith_map_add(&ws->dirs, kith_span_str(dir), ws->count - 1, NULL, NULL, w->err);
}

/* Reads the manifests that are named but not yet read, from index `from` on. */
static int
load(struct walk *w, size_t i)
{
	struct kith_workspace *ws = w->ws;
	struct kith_member *m = &ws->members[i];
	int r;

	if (ws->bytes > KITH_MAX_MANIFEST_TOTAL)
		return kith_fail(w->err, KITH_E_LIMIT,
				 "the workspace's manifests: more than %zu bytes",
				 KITH_MAX_MANIFEST_TOTAL);
	r = kith_manifest_load(m->dir, i ? ws->members[0].manifest : NULL, &m->text, &m->manifest,
			       w->err);
	ws->bytes += m->text.len;
	return r;
}

static bool
is_under(struct kith_span path, struct kith_span folder)
{
	return kith_span_starts(path, folder) &&
	       (path.len == folder.len || path.ptr[folder.len] == '/');
}

/* The root manifest's `exclude`, resolved once; one that does not exist excludes nothing. */
static int
resolve_excludes(struct walk *w)
{
	struct kith_workspace *ws = w->ws;
	const struct kith_manifest_list *list = &ws->members[0].manifest->excludes;
	size_t i;

	ws->excludes = kith_calloc(list->count, sizeof(*ws->excludes));
	if (!ws->excludes)
		return kith_fail_nomem(w->err);
	for (i = 0; i < list->count; i++) {
		KITH_AUTO_FREE char *item = kith_strndup(list->items[i].ptr, list->items[i].len);
		KITH_AUTO_FREE char *path = item ? kith_fs_join(ws->members[0].dir, item) : NULL;

		if (!path)
			return kith_fail_nomem(w->err);
		errno = 0;
		ws->excludes[ws->n_excludes] = realpath(path, NULL);
		if (ws->excludes[ws->n_excludes])
			ws->n_excludes++;
		else if (errno == ENOMEM)
			return kith_fail_nomem(w->err);
	}
	return KITH_OK;
}

static bool
is_excluded(const struct kith_workspace *ws, const char *dir)
{
	size_t i;

	for (i = 0; i < ws->n_excludes; i++)
		if (is_under(kith_span_str(dir), kith_span_str(ws->excludes[i])))
			return true;
	return false;
}

static int
add_member(struct walk *w, const char *path)
{
	KITH_AUTO_FREE char *file = kith_fs_join(path, "Cargo.toml");
	KITH_AUTO_FREE char *dir = NULL;
	size_t at;

	if (!file)
		return kith_fail_nomem(w->err);
	if (!kith_fs_exists(file)) {
		/* as cargo: a glob may match folders that are no packages */
		if (w->glob)
			return KITH_OK;
		return forgive(
		    w, kith_fail(w->err, KITH_E_NOTFOUND, "%s: no such workspace member", file));
	}
	dir = realpath(path, NULL);
	if (!dir)
		return forgive(w, kith_fail_errno(w->err, errno, "%s", path));
	if (w->glob && is_excluded(w->ws, dir))
		return KITH_OK;
	return add_dir(w, kith_steal(&dir), true, &at);
}

static bool
has_glob(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] == '*' || s.ptr[i] == '?' || s.ptr[i] == '[')
			return true;
	return false;
}

static int expand(struct walk *w, const char *dir, struct kith_span pattern, unsigned depth);

static bool
is_real_dir(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
too_many_visits(struct walk *w)
{
	return kith_fail(w->err, KITH_E_LIMIT, "workspace members: more than %zu files looked at",
			 KITH_MAX_GLOB_VISITS);
}

/* Goes on with `pattern` in each folder of `dir` whose name matches `part`. */
static int
expand_part(struct walk *w, const char *dir, struct kith_span part, struct kith_span pattern,
	    unsigned depth)
{
	bool any_depth = kith_span_is(part, "**");
	struct kith_fs_names names;
	struct kith_error ignored;
	size_t i;
	int r;

	if (w->ws->visits > KITH_MAX_GLOB_VISITS)
		return too_many_visits(w);
	r = kith_fs_list(dir, &names, &ignored);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(w->err);
	if (r) {
		w->ws->visits += r == KITH_E_LIMIT ? KITH_MAX_TREE_ENTRIES : 1;
		return KITH_OK;
	}
	w->ws->visits += names.count + 1;
	if (w->ws->visits > KITH_MAX_GLOB_VISITS)
		r = too_many_visits(w);
	for (i = 0; i < names.count && !r; i++) {
		KITH_AUTO_FREE char *sub = NULL;

		if (!any_depth && !kith_glob_match(part, kith_span_str(names.names[i])))
			continue;
		sub = kith_fs_join(dir, names.names[i]);
		if (!sub)
			r = kith_fail_nomem(w->err);
		else if (any_depth ? is_real_dir(sub) : kith_fs_is_dir(sub))
			r = expand(w, sub, pattern, depth + 1);
	}
	kith_fs_names_free(&names);
	return r;
}

static int
expand(struct walk *w, const char *dir, struct kith_span pattern, unsigned depth)
{
	struct kith_span rest = pattern, part = KITH_SPAN_NONE;
	int r;

	if (depth > MAX_PATTERN_DEPTH)
		return kith_fail(w->err, KITH_E_LIMIT, "workspace members: nested too deep");
	while (kith_span_next(&rest, '/', &part) && (!part.len || kith_span_is(part, ".")))
		part = KITH_SPAN_NONE;
	if (!part.len)
		return add_member(w, dir);
	if (!has_glob(part)) {
		KITH_AUTO_FREE char *name = kith_strndup(part.ptr, part.len);
		KITH_AUTO_FREE char *sub = name ? kith_fs_join(dir, name) : NULL;

		return sub ? expand(w, sub, rest, depth + 1) : kith_fail_nomem(w->err);
	}
	if (!kith_span_is(part, "**"))
		return expand_part(w, dir, part, rest, depth);
	r = expand(w, dir, rest, depth + 1);
	return r ? r : expand_part(w, dir, part, pattern, depth);
}

/* Whether a pattern leaves the project. Such a folder may be named, but is not searched. */
static bool
leads_out(struct kith_span pattern)
{
	struct kith_span part;

	if (pattern.len && pattern.ptr[0] == '/')
		return true;
	while (kith_span_next(&pattern, '/', &part))
		if (kith_span_is(part, ".."))
			return true;
	return false;
}

static int
expand_members(struct walk *w)
{
	const struct kith_manifest_list *list = &w->ws->members[0].manifest->members;
	const char *root = w->ws->members[0].dir;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < list->count && !r; i++) {
		struct kith_span pattern = list->items[i];

		if (memchr(pattern.ptr, '\0', pattern.len))
			continue;
		w->glob = has_glob(pattern);
		if (w->glob && leads_out(pattern))
			r = kith_fail(w->err, KITH_E_FORMAT,
				      "workspace members '%.*s': not searched outside the project",
				      KITH_SPAN_FMT(pattern));
		else
			r = expand(w, pattern.len && pattern.ptr[0] == '/' ? "/" : root, pattern,
				   0);
		r = forgive(w, r);
	}
	return r;
}

/* A dependency that makes a member of its target, if its own package is one (D.8 of cargo-vet.md).
 */
static int
add_link(struct walk *w, const struct kith_manifest_dep *d, size_t to)
{
	struct kith_workspace *ws = w->ws;
	const char *dir = ws->members[to].dir;
	int r;

	if (!d->kind || !ws->members[0].manifest->workspace || is_excluded(ws, dir) ||
	    !is_under(kith_span_str(dir), kith_span_str(ws->members[0].dir)))
		return KITH_OK;
	r = kith_grow(&ws->links, &ws->links_cap, ws->n_links + 1, sizeof(*ws->links),
		      KITH_MAX_PATH_DEPS, "path dependencies", w->err);
	if (!r)
		ws->links[ws->n_links++] = to;
	return r;
}

/* Path dependencies of member i: their manifests say how they need others. */
static int
follow_paths(struct walk *w, size_t i)
{
	size_t k, at;
	int r = KITH_OK;

	for (k = 0; k < w->ws->members[i].manifest->n_deps && !r; k++) {
		const struct kith_manifest_dep *d = &w->ws->members[i].manifest->deps[k];
		KITH_AUTO_FREE char *rel = NULL, *path = NULL, *real = NULL;

		if (!d->path.len || memchr(d->path.ptr, '\0', d->path.len))
			continue;
		if (w->ws->followed++ >= KITH_MAX_PATH_DEPS)
			return kith_fail(w->err, KITH_E_LIMIT,
					 "the workspace's path dependencies: more than %zu",
					 KITH_MAX_PATH_DEPS);
		rel = kith_strndup(d->path.ptr, d->path.len);
		path =
		    rel ? kith_fs_join(w->ws->members[d->path_from_root ? 0 : i].dir, rel) : NULL;
		if (!path)
			return kith_fail_nomem(w->err);
		errno = 0;
		real = realpath(path, NULL);
		if (!real && errno == ENOMEM)
			return kith_fail_nomem(w->err);
		if (!real || !kith_fs_is_dir(real))
			continue;
		r = add_dir(w, kith_steal(&real), false, &at);
		if (!r)
			r = add_link(w, d, at);
	}
	return r;
}

/* Cargo's members: those that are listed, and what their paths lead to. */
static int
mark_members(struct walk *w)
{
	struct kith_workspace *ws = w->ws;
	KITH_AUTO_FREE size_t *queue = kith_calloc(ws->count, sizeof(*queue));
	size_t i, k, n = 0;

	if (!queue)
		return kith_fail_nomem(w->err);
	for (i = 0; i < ws->count; i++)
		if (ws->members[i].listed)
			queue[n++] = i;
	for (i = 0; i < n; i++) {
		struct kith_member *m = &ws->members[queue[i]];
		size_t end =
		    queue[i] + 1 < ws->count ? ws->members[queue[i] + 1].first_link : ws->n_links;

		/* another workspace's root is none of this one's members */
		m->member =
		    m->manifest && m->manifest->package && (!queue[i] || !m->manifest->workspace);
		for (k = m->first_link; m->member && k < end; k++) {
			struct kith_member *to = &ws->members[ws->links[k]];

			if (to->listed || to->reached)
				continue;
			to->reached = true;
			queue[n++] = ws->links[k];
		}
	}
	return KITH_OK;
}

static int
read_all(struct walk *w, const char *root)
{
	struct kith_workspace *ws = w->ws;
	KITH_AUTO_FREE char *dir = realpath(root, NULL);
	size_t i;
	int r;

	if (!dir)
		return kith_fail_errno(w->err, errno, "%s", root);
	if ((r = add_dir(w, kith_steal(&dir), true, &i)) || (r = load(w, 0)))
		return r;
	ws->members[0].listed = ws->members[0].manifest->package;
	r = resolve_excludes(w);
	if (!r)
		r = expand_members(w);
	for (i = 0; i < ws->count && !r; i++) {
		ws->members[i].first_link = ws->n_links;
		if (i)
			r = load(w, i);
		if (!r)
			r = follow_paths(w, i);
		if (i || r == KITH_E_LIMIT)
			r = forgive(w, r);
	}
	return r ? r : mark_members(w);
}

int
kith_workspace_read(const char *root, struct kith_warnings *warnings,
		    struct kith_workspace **ret_ws, struct kith_error *err)
{
	KITH_CLEANUP(kith_workspace_freep) struct kith_workspace *ws = kith_calloc(1, sizeof(*ws));
	struct kith_error own;
	struct walk w = {ws, warnings, err ? err : &own, false};
	int r;

	if (!ws)
		return kith_fail_nomem(err);
	kith_map_init(&ws->dirs, NULL);
	r = read_all(&w, root);
	if (!r)
		*ret_ws = kith_steal(&ws);
	return r;
}

void
kith_workspace_free(struct kith_workspace *ws)
{
	size_t i;

	if (!ws)
		return;
	for (i = 0; i < ws->count; i++) {
		free(ws->members[i].dir);
		kith_manifest_free(ws->members[i].manifest);
		kith_buf_clear(&ws->members[i].text);
	}
	for (i = 0; i < ws->n_excludes; i++)
		free(ws->excludes[i]);
	free(ws->excludes);
	free(ws->links);
	free(ws->members);
	kith_map_clear(&ws->dirs);
	free(ws);
}

void
kith_workspace_freep(struct kith_workspace **ws)
{
	kith_workspace_free(*ws);
	*ws = NULL;
}
