/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a project: its nearest lock file, which packages are its own, how each is needed. A
 * manifest that is broken takes nothing away from the verdict but what it would have told.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "package/kinds.h"
#include "package/lag.h"
#include "package/workspace.h"

#define LOCK_NAME "Cargo.lock"

int
kith_warnings_add(struct kith_warnings *w, const char *line, struct kith_error *err)
{
	char *copy;
	int r;

	if (w->count >= KITH_MAX_WARNINGS) {
		w->more++;
		return KITH_OK;
	}
	r = kith_grow(&w->lines, &w->cap, w->count + 1, sizeof(char *), KITH_MAX_WARNINGS,
		      "warnings", err);
	if (r)
		return r;
	copy = kith_strndup(line, strlen(line));
	if (!copy)
		return kith_fail_nomem(err);
	w->lines[w->count++] = copy;
	return KITH_OK;
}

void
kith_warnings_clear(struct kith_warnings *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		free(w->lines[i]);
	free(w->lines);
	memset(w, 0, sizeof(*w));
}

/* Cuts the last part off; false at "/". */
static bool
go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || !slash[1])
		return false;
	slash[slash == path ? 1 : 0] = '\0';
	return true;
}

/* A lock file that was named: its folder with links resolved, its own name as given. */
static int
open_file(struct kith_project *p, const char *path, struct kith_error *err)
{
	const char *slash = strrchr(path, '/');
	KITH_AUTO_FREE char *dir = !slash          ? kith_strndup(".", 1)
				   : slash == path ? kith_strndup("/", 1)
						   : kith_strndup(path, (size_t)(slash - path));

	if (!dir)
		return kith_fail_nomem(err);
	p->root = realpath(dir, NULL);
	if (!p->root)
		return kith_fail_errno(err, errno, "%s", dir);
	p->lock_path = kith_fs_join(p->root, slash ? slash + 1 : path);
	if (!p->lock_path)
		return kith_fail_nomem(err);
	return kith_fs_read(p->lock_path, &p->lock_bytes, err);
}

/* Whether the manifest in `dir` begins a workspace of its own; one that cannot be read: yes. */
static bool
is_workspace(const char *dir)
{
	KITH_CLEANUP(kith_manifest_freep) struct kith_manifest *m = NULL;
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error why;

	kith_buf_init(&text, KITH_MAX_MANIFEST);
	return kith_manifest_load(dir, NULL, &text, &m, &why) || m->workspace;
}

/* Whether `dir` is a member of the workspace that begins in `root`. */
static bool
is_member(const char *root, const char *dir)
{
	KITH_CLEANUP(kith_workspace_freep) struct kith_workspace *ws = NULL;
	struct kith_warnings warnings = {0};
	struct kith_error why;
	bool yes = false;
	size_t at;

	if (!kith_workspace_read(root, &warnings, &ws, &why) && ws->members[0].manifest->workspace)
		yes = kith_map_get(&ws->dirs, kith_span_str(dir), &at) &&
		      (ws->members[at].listed || ws->members[at].member);
	kith_warnings_clear(&warnings);
	return yes;
}

static bool
has_file(const char *dir, const char *name)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, name);

	return path && kith_fs_exists(path);
}

/* Leaves in `above`, which is a copy of `dir`, the root of the workspace whose member it is. */
static bool
find_workspace(char *above, const char *dir)
{
	unsigned level;

	for (level = 0; level < KITH_MAX_PARENTS && go_up(above); level++)
		if (has_file(above, "Cargo.toml") && has_file(above, LOCK_NAME) &&
		    !is_workspace(dir) && is_member(above, dir))
			return true;
	return false;
}

bool
kith_project_is_member(const char *dir)
{
	KITH_AUTO_FREE char *above = kith_strndup(dir, strlen(dir));

	return above && find_workspace(above, dir);
}

/*
 * cargo reads the lock file in the root of a workspace only. One that lies in a member's folder is
 * found first on the way up, and builds nothing: whoever puts it there must not choose what is
 * judged.
 */
static int
prefer_workspace(struct kith_project *p, struct kith_error *err)
{
	KITH_AUTO_FREE char *above = kith_strndup(p->root, strlen(p->root));

	if (!above)
		return kith_fail_nomem(err);
	if (!find_workspace(above, p->root))
		return KITH_OK;
	free(p->root);
	free(p->lock_path);
	p->lock_path = NULL;
	p->root = kith_steal(&above);
	p->lock_path = kith_fs_join(p->root, LOCK_NAME);
	if (!p->lock_path)
		return kith_fail_nomem(err);
	kith_buf_reset(&p->lock_bytes);
	return kith_fs_read(p->lock_path, &p->lock_bytes, err);
}

static int
walk_up(struct kith_project *p, const char *path, struct kith_error *err)
{
	unsigned level;
	int r;

	p->root = realpath(path, NULL);
	if (!p->root)
		return kith_fail_errno(err, errno, "%s", path);
	for (level = 0; level < KITH_MAX_PARENTS; level++) {
		p->lock_path = kith_fs_join(p->root, LOCK_NAME);
		if (!p->lock_path)
			return kith_fail_nomem(err);
		r = kith_fs_read(p->lock_path, &p->lock_bytes, err);
		if (!r)
			return prefer_workspace(p, err);
		if (r != KITH_E_NOTFOUND)
			return r;
		free(p->lock_path);
		p->lock_path = NULL;
		if (!go_up(p->root))
			break;
	}
	r = kith_fail(err, KITH_E_NOTFOUND, "no %s in %s or above", LOCK_NAME, path);
	return kith_hint(err, r, "make one with `cargo generate-lockfile`, or name a lock file");
}

/* Without manifests (verdict.md 1): what nobody else in the lock needs is the project's own. */
static void
guess_local(struct kith_lock *lock)
{
	size_t i;

	for (i = 0; i < lock->count; i++) {
		struct kith_package *p = &lock->packages[i];

		p->local = p->origin == KITH_ORIGIN_PATH && !p->source.len && !p->named;
	}
}

static int
mark_members(struct kith_project *p, const struct kith_workspace *ws, struct kith_error *err)
{
	struct kith_lock *lock = p->lock;
	size_t i, pkg;
	int r;

	r = kith_kind_graph_new(lock, &p->graph, err);
	for (i = 0; i < ws->count && !r; i++) {
		const struct kith_member *m = &ws->members[i];

		if (!m->manifest || !m->manifest->package)
			continue;
		pkg = kith_lock_find_path(lock, m->manifest->name, m->manifest->version);
		if (m->listed || m->member)
			r = kith_lag_check(p, m, pkg, err);
		if (pkg == lock->count || r)
			continue;
		r = kith_kind_graph_manifest(p->graph, pkg, m->manifest, err);
		if (!r && !kith_arena_copy(&lock->arena, kith_span_str(m->dir),
					   &lock->packages[pkg].folder))
			r = kith_fail_nomem(err);
		lock->packages[pkg].member |= m->member;
		if (m->listed) {
			lock->packages[pkg].local = true;
			kith_kind_graph_root(p->graph, pkg);
		}
	}
	return r ? r : kith_kind_graph_walk(p->graph, lock, NULL, NULL, err);
}

static int
read_manifests(struct kith_project *p, struct kith_error *err)
{
	KITH_CLEANUP(kith_workspace_freep) struct kith_workspace *ws = NULL;
	struct kith_error why = {.code = KITH_OK};
	int r;

	r = kith_workspace_read(p->root, &p->warnings, &ws, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r) {
		guess_local(p->lock);
		if (r != KITH_E_NOTFOUND)
			r = kith_warnings_add(&p->warnings, why.msg, err);
		else
			r = KITH_OK;
		return r ? r : kith_lag_look_beside(p, NULL, err);
	}
	p->manifests = true;
	r = mark_members(p, ws, err);
	return r ? r : kith_lag_look_beside(p, ws, err);
}

static int
open_all(struct kith_project *p, const char *path, struct kith_error *err)
{
	int r;

	if (!kith_fs_exists(path))
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file or folder", path);
	r = kith_fs_is_dir(path) ? walk_up(p, path, err) : open_file(p, path, err);
	if (r)
		return r;
	r = kith_lock_read(kith_buf_span(&p->lock_bytes), &p->lock, err);
	if (r)
		return kith_context(err, r, "%s", p->lock_path);
	return read_manifests(p, err);
}

int
kith_project_open(const char *path, struct kith_project **ret_project, struct kith_error *err)
{
	KITH_AUTO_PROJECT struct kith_project *p = kith_calloc(1, sizeof(*p));
	int r;

	if (!p)
		return kith_fail_nomem(err);
	kith_buf_init(&p->lock_bytes, KITH_MAX_LOCK_BYTES);
	r = open_all(p, path, err);
	if (!r)
		*ret_project = kith_steal(&p);
	return r;
}

/* The nearest folder at or above `path` with a manifest in it. */
static int
find_manifest(struct kith_project *p, const char *path, struct kith_error *err)
{
	unsigned level;

	p->root = realpath(path, NULL);
	for (level = 0; p->root && level < KITH_MAX_PARENTS; level++) {
		KITH_AUTO_FREE char *manifest = kith_fs_join(p->root, "Cargo.toml");

		if (!manifest)
			return kith_fail_nomem(err);
		if (kith_fs_exists(manifest))
			return KITH_OK;
		if (!go_up(p->root))
			break;
	}
	return kith_fail(err, KITH_E_NOTFOUND, "no manifest in %s or above", path);
}

int
kith_project_open_missing(const char *path, struct kith_project **ret_project,
			  struct kith_error *err)
{
	KITH_AUTO_PROJECT struct kith_project *p = kith_calloc(1, sizeof(*p));
	int r;

	if (!p)
		return kith_fail_nomem(err);
	kith_buf_init(&p->lock_bytes, KITH_MAX_LOCK_BYTES);
	p->missing = true;
	r = find_manifest(p, path, err);
	if (!r)
		r = kith_lock_read(KITH_SPAN_LIT("version = 4\n"), &p->lock, err);
	if (r)
		return r;
	p->lock_path = kith_fs_join(p->root, LOCK_NAME);
	if (!p->lock_path)
		return kith_fail_nomem(err);
	*ret_project = kith_steal(&p);
	return KITH_OK;
}

void
kith_project_free(struct kith_project *p)
{
	if (!p)
		return;
	kith_lag_clear(p);
	kith_kind_graph_free(p->graph);
	kith_lock_free(p->lock);
	kith_buf_clear(&p->lock_bytes);
	kith_warnings_clear(&p->warnings);
	free(p->root);
	free(p->lock_path);
	free(p);
}

void
kith_project_freep(struct kith_project **p)
{
	kith_project_free(*p);
	*p = NULL;
}

const uint8_t *
kith_project_edges(const struct kith_project *p, size_t pkg)
{
	return p->graph ? kith_kind_graph_edges(p->graph, pkg) : NULL;
}

struct loader {
	struct kith_project *project;
	const struct kith_cargo_places *places;
};

/* Asks the unpacked copy of a package how it needs others; without one that stays unknown. */
static int
load_manifest(void *ctx, size_t pkg, struct kith_error *err)
{
	struct loader *l = ctx;
	const struct kith_package *p = &l->project->lock->packages[pkg];
	KITH_CLEANUP(kith_manifest_freep) struct kith_manifest *m = NULL;
	KITH_AUTO_FREE char *dir = NULL;
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error why = {.code = KITH_OK};
	int r;

	kith_buf_init(&text, KITH_MAX_MANIFEST);
	r = kith_cargo_places_unpacked(l->places, p, &dir, &why);
	if (!r && dir)
		r = kith_manifest_load(dir, NULL, &text, &m, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		return kith_warnings_add(&l->project->warnings, why.msg, err);
	if (!m || !kith_span_eq(m->name, p->name) || !kith_span_eq(m->version, p->version))
		return KITH_OK;
	return kith_kind_graph_manifest(l->project->graph, pkg, m, err);
}

int
kith_project_read_kinds(struct kith_project *p, const struct kith_cargo_places *places,
			struct kith_error *err)
{
	struct loader l = {p, places};

	if (!p->graph)
		return KITH_OK;
	return kith_kind_graph_walk(p->graph, p->lock, load_manifest, &l, err);
}
