/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the lock files of a tree. The tree is hostile: no link leads out of it, and one that is too
 * large is refused, never looked at in part.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/judge.h"
#include "app/locks.h"
#include "app/trusted.h"

#define LOCK_NAME     "Cargo.lock"
#define MANIFEST_NAME "Cargo.toml"

struct finder {
	struct kith_app_locks *locks;
	struct kith_app_locks *bare; /* where a manifest has no lock file beside it; NULL: any */
	const struct kith_config_texts *ignore;
	const char *base; /* the folder of kith.toml, with a final '/'; NULL: none */
	size_t folders, entries;
	struct kith_error *err;
};

void
kith_app_locks_clear(struct kith_app_locks *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->paths[i]);
	free(l->paths);
	memset(l, 0, sizeof(*l));
}

/* Takes `path`, which may be NULL: out of memory. */
static int
add_to(struct finder *f, struct kith_app_locks *l, size_t max, char *path)
{
	int r =
	    path ? kith_grow(&l->paths, &l->cap, l->n + 1, sizeof(path), max, "lock files", f->err)
		 : kith_fail_nomem(f->err);

	if (r) {
		free(path);
		return r;
	}
	l->paths[l->n++] = path;
	return KITH_OK;
}

static int
add(struct finder *f, char *path)
{
	return add_to(f, f->locks, KITH_MAX_LOCK_FILES, path);
}

static bool
is_ignored(const struct finder *f, const char *path)
{
	struct kith_span below = kith_span_str(path);
	size_t i;

	if (!f->base || !kith_span_skip(&below, f->base))
		return false;
	for (i = 0; i < f->ignore->n; i++)
		if (kith_glob_match(f->ignore->at[i], below))
			return true;
	return false;
}

/* Where tools put what is not the project's own. */
static bool
is_passed_over(const char *name)
{
	static const char *const names[] = {".",    "..",     ".git",         ".hg",
					    ".svn", "target", "node_modules", "vendor"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static int walk(struct finder *f, int at, const char *name, const char *path, unsigned depth);

static int
look_at(struct finder *f, int dir, const char *name, const char *path, unsigned depth)
{
	KITH_AUTO_FREE char *below = NULL;
	struct stat st;

	if (f->entries++ >= KITH_MAX_LOCK_ENTRIES)
		return kith_fail(f->err, KITH_E_LIMIT, "more than %zu files below it",
				 KITH_MAX_LOCK_ENTRIES);
	if (is_passed_over(name) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return KITH_OK;
	/* cargo would follow a link with that name: it is not passed over in silence */
	if (!S_ISDIR(st.st_mode) &&
	    ((!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) || strcmp(name, LOCK_NAME) != 0))
		return KITH_OK;
	below = kith_fs_join(path, name);
	if (!below)
		return kith_fail_nomem(f->err);
	if (S_ISDIR(st.st_mode))
		return walk(f, dir, name, below, depth + 1);
	return is_ignored(f, below) ? KITH_OK : add(f, kith_steal(&below));
}

/* Where a lock file would be, if a manifest is there and none beside it. */
static int
note_bare(struct finder *f, int dir, const char *path)
{
	KITH_AUTO_FREE char *below = NULL;
	struct stat st;

	if (!f->bare || fstatat(dir, MANIFEST_NAME, &st, 0) < 0 ||
	    fstatat(dir, LOCK_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return KITH_OK;
	below = kith_fs_join(path, LOCK_NAME);
	if (!below)
		return kith_fail_nomem(f->err);
	return is_ignored(f, below) ? KITH_OK
				    : add_to(f, f->bare, KITH_MAX_LOCK_FOLDERS, kith_steal(&below));
}

static void
close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int
walk(struct finder *f, int at, const char *name, const char *path, unsigned depth)
{
	KITH_CLEANUP(close_dir) DIR *d = NULL;
	struct dirent *e;
	int fd, r = KITH_OK;

	if (depth > KITH_MAX_LOCK_DEPTH || f->folders++ >= KITH_MAX_LOCK_FOLDERS)
		return kith_hint(f->err,
				 kith_fail(f->err, KITH_E_LIMIT, "%s: too many folders", path),
				 "name the lock files in [lockfile] paths of kith.toml");
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return kith_fail_errno(f->err, errno, "%s", path);
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return kith_fail_nomem(f->err);
	}
	while (!r && (e = readdir(d)))
		r = look_at(f, dirfd(d), e->d_name, path, depth);
	return r ? r : note_bare(f, dirfd(d), path);
}

/* What [lockfile] names, whether it is there or not: one that is missing is a finding. */
static int
take_named(struct finder *f, const struct kith_config_texts *paths, const char *below)
{
	size_t i, n = strlen(below);
	int r = KITH_OK;

	f->locks->named = true;
	for (i = 0; !r && i < paths->n; i++) {
		KITH_AUTO_FREE char *path =
		    kith_asprintf("%s%.*s", f->base, KITH_SPAN_FMT(paths->at[i]));

		if (!path)
			return kith_fail_nomem(f->err);
		if (n > 1 && (strncmp(path, below, n) != 0 || path[n] != '/'))
			continue;
		r = add(f, kith_steal(&path));
	}
	return r;
}

/* --- those that a change under review takes away --- */

static int
take_deleted(void *ctx, size_t i, struct kith_span bytes, const char *why, struct kith_error *err)
{
	struct finder *f = ctx;
	const char *path = f->bare->paths[i];
	KITH_AUTO_FREE char *dir = kith_strndup(path, (size_t)(strrchr(path, '/') - path));

	(void)bytes;
	(void)why;
	if (!dir)
		return kith_fail_nomem(err);
	/* a member is built by the lock file of its workspace */
	return kith_project_is_member(dir) ? KITH_OK : add(f, kith_strndup(path, strlen(path)));
}

static int
add_deleted(struct finder *f, struct kith_session *s)
{
	const char *base = kith_app_trusted_base(s);

	return f->bare->n ? kith_app_trusted_files(s, base, (const char *const *)f->bare->paths,
						   f->bare->n, take_deleted, f, f->err)
			  : KITH_OK;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
find(struct finder *f, struct kith_session *s, const struct kith_app_config *c, const char *root,
     bool walks)
{
	const struct kith_config_lockfile *l = &c->merged->lockfile;
	KITH_AUTO_FREE char *base = NULL;
	const char *slash = c->project_path ? strrchr(c->project_path, '/') : NULL;
	int r = KITH_OK;

	if (slash) {
		base = kith_strndup(c->project_path, (size_t)(slash + 1 - c->project_path));
		if (!base)
			return kith_fail_nomem(f->err);
	}
	f->base = base;
	f->ignore = &l->ignore;
	if (base && l->paths.n)
		r = take_named(f, &l->paths, root);
	else if (walks)
		r = walk(f, AT_FDCWD, root, root, 0);
	if (!r && f->bare)
		r = add_deleted(f, s);
	f->base = NULL;
	if (f->locks->n)
		qsort(f->locks->paths, f->locks->n, sizeof(*f->locks->paths), compare_paths);
	return r;
}

int
kith_app_locks_find(struct kith_session *s, const char *path, bool walk_below,
		    struct kith_app_locks *ret_locks, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	KITH_AUTO_LOCKS struct kith_app_locks locks = {0};
	KITH_AUTO_FREE char *root = realpath(path, NULL);
	KITH_AUTO_LOCKS struct kith_app_locks bare = {0};
	struct finder f = {.locks = &locks, .err = err};
	int r;

	if (!root)
		return kith_fail_errno(err, errno, "%s", path);
	if (kith_app_trusted_base(s)[0])
		f.bare = &bare;
	r = kith_app_config_load(s, root, &config, err);
	if (!r)
		r = find(&f, s, &config, root, walk_below);
	if (r)
		return r;
	*ret_locks = locks;
	memset(&locks, 0, sizeof(locks));
	return KITH_OK;
}

int
kith_app_run_unreadable(struct kith_session *s, const struct kith_verify_options *options,
			const char *path, const struct kith_error *why,
			struct kith_app_run **ret_run, struct kith_error *err)
{
	struct kith_app_run *run = kith_calloc(1, sizeof(*run));
	struct kith_report *p;
	char *copy;

	if (!run)
		return kith_fail_nomem(err);
	kith_arena_init(&run->arena, KITH_MIB(1));
	run->session = s;
	run->options = options;
	p = &run->report;
	copy = kith_arena_str(&run->arena, kith_span_str(path));
	if (!copy || kith_app_remark(run, KITH_RULE_LOCK_UNREADABLE, true,
				     kith_app_as_written(copy), 1, "", "%s", why->msg)) {
		kith_app_run_free(run);
		return kith_fail_nomem(err);
	}
	p->semantics = options->semantics;
	p->version = kith_version();
	p->lock_path = kith_app_as_written(copy);
	p->inputs.now = s->now;
	p->remarks = run->remarks;
	p->n_remarks = run->n_remarks;
	*ret_run = run;
	return KITH_OK;
}
