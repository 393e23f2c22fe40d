/* SPDX-License-Identifier: Apache-2.0 */
/* Readying libgit2: no configuration but the repository's own, strict checks, bounded memory. */
#include <sys/resource.h>

#include "helpers/git/job.h"

int
git_fail(struct kith_error *err, enum kith_code code, const char *what)
{
	const git_error *e = git_error_last();

	if (e && e->message) /* a server's words end with a line's end */
		return kith_fail(err, code, "%s: %.*s", what,
				 KITH_SPAN_FMT(kith_span_trim(kith_span_str(e->message))));
	return kith_fail(err, code, "%s", what);
}

int
git_pack_fail(const struct kith_git_fetch *f, struct kith_error *err, enum kith_code code,
	      const char *what)
{
	const git_error *e = git_error_last();

	if (e && e->message && strstr(e->message, "too many objects"))
		return kith_fail(err, KITH_E_LIMIT, "it sends more than %u objects",
				 f->max_objects);
	return git_fail(err, code, what);
}

void
git_limit_packs(const struct kith_git_fetch *f)
{
	git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)f->max_objects);
}

/*
 * For a TLS of its own that nothing here uses (http.c), libgit2 would parse all certificates of the
 * system, a third of what starting costs: it finds no descriptor to open the file with.
 */
static int
init(void)
{
	struct rlimit files, none;
	bool limited = getrlimit(RLIMIT_NOFILE, &files) == 0;
	int r;

	if (limited) {
		none = files;
		none.rlim_cur = 0;
		limited = setrlimit(RLIMIT_NOFILE, &none) == 0;
	}
	r = git_libgit2_init();
	if (limited && setrlimit(RLIMIT_NOFILE, &files) < 0)
		return -1;
	return r;
}

int
git_start(struct kith_error *err)
{
	int level;

	if (init() < 0)
		return git_fail(err, KITH_E_INTERNAL, "libgit2 does not start");
	for (level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
	/* reading runs nothing and follows no setting, so whose files they are does not matter */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, KITH_MAX_GIT_OBJECT);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)KITH_MIB(16));
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	return KITH_OK;
}

static int
open_at(const char *path, git_repository **ret)
{
	return git_repository_open_ext(ret, path,
				       GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE |
					   GIT_REPOSITORY_OPEN_NO_DOTGIT,
				       NULL);
}

int
git_open(struct kith_span path, git_repository **ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *plain = kith_strndup(path.ptr, path.len);
	KITH_AUTO_FREE char *below = NULL;
	int r;

	if (!plain || !(below = kith_fs_join(plain, ".git")))
		return kith_fail_nomem(err);
	r = open_at(plain, ret);
	if (r == GIT_ENOTFOUND)
		r = open_at(below, ret);
	if (r == GIT_ENOTFOUND)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: not a git repository", plain);
	return r ? git_fail(err, KITH_E_FORMAT, plain) : KITH_OK;
}
