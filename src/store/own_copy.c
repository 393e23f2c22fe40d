/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking over a repository that another program made for the same id: a copy of its files, made
 * aside and renamed. What is copied from is never written to.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/own_inside.h"

#define PIECE       KITH_KIB(64)
#define MAX_ENTRIES ((size_t)1000000)

struct copying {
	size_t entries;
};

static int
copy_file(const char *from, const char *to, mode_t mode, struct kith_error *err)
{
	KITH_AUTO_FD int in = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	KITH_AUTO_FD int out = -1;
	KITH_AUTO_FREE uint8_t *room = kith_calloc(1, PIECE);
	ssize_t n;
	int r = KITH_OK;

	if (!room)
		return kith_fail_nomem(err);
	if (in < 0)
		return kith_fail_errno(err, errno, "%s", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode & 0777) | 0600);
	if (out < 0)
		return kith_fail_errno(err, errno, "%s", to);
	while (!r && ((n = read(in, room, PIECE)) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			r = kith_fs_write_full(out, room, (size_t)n, err);
	if (!r && n < 0)
		return kith_fail_errno(err, errno, "%s", from);
	return r ? kith_context(err, r, "%s", to) : KITH_OK;
}

static int
copy_link(const char *from, const char *to, struct kith_error *err)
{
	char target[KITH_MAX_PATH + 1];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0 || (size_t)n == sizeof(target) - 1)
		return kith_fail(err, KITH_E_IO, "%s: the link cannot be read", from);
	target[n] = '\0';
	return symlink(target, to) < 0 ? kith_fail_errno(err, errno, "%s", to) : KITH_OK;
}

static int copy_folder(struct copying *c, const char *from, const char *to, unsigned depth,
		       struct kith_error *err);

static int
copy_entry(struct copying *c, const char *from, const char *to, unsigned depth,
	   struct kith_error *err)
{
	struct stat st;

	if (++c->entries > MAX_ENTRIES || depth > KITH_MAX_TREE_DEPTH)
		return kith_fail(err, KITH_E_LIMIT, "%s: too large or too deep", from);
	/* a lock, a socket: what is only of the moment */
	if (lstat(from, &st) < 0 || kith_span_ends(kith_span_str(from), KITH_SPAN_LIT(".lock")))
		return KITH_OK;
	if (S_ISDIR(st.st_mode))
		return copy_folder(c, from, to, depth + 1, err);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to, err);
	return S_ISREG(st.st_mode) ? copy_file(from, to, st.st_mode, err) : KITH_OK;
}

static int
copy_folder(struct copying *c, const char *from, const char *to, unsigned depth,
	    struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	size_t i;
	int r;

	if (mkdir(to, 0755) < 0)
		return kith_fail_errno(err, errno, "%s", to);
	r = kith_fs_list(from, &names, err);
	for (i = 0; !r && i < names.count; i++) {
		KITH_AUTO_FREE char *a = kith_fs_join(from, names.names[i]);
		KITH_AUTO_FREE char *b = kith_fs_join(to, names.names[i]);

		r = a && b ? copy_entry(c, a, b, depth, err) : kith_fail_nomem(err);
	}
	return r;
}

static int
copy_aside(const char *from, const char *aside, const char *folder, struct kith_error *err)
{
	struct copying c = {0};
	int r;

	if (kith_fs_exists(folder))
		return kith_fail(err, KITH_E_EXISTS, "%s is there already", folder);
	r = kith_fs_remove_tree(aside, err);
	if (!r)
		r = copy_folder(&c, from, aside, 0, err);
	if (!r && rename(aside, folder) < 0)
		r = kith_fail_errno(err, errno, "%s", folder);
	if (r && kith_fs_remove_tree(aside, NULL))
		return r; /* what is left is removed the next time */
	return r;
}

int
kith_own_adopt(const struct kith_dirs *dirs, const struct kith_own_options *options,
	       const char *from, struct kith_error *err)
{
	struct kith_own own = {.lock_fd = -1};
	KITH_AUTO_FREE char *proofs = kith_fs_join(dirs->data, "proofs");
	KITH_AUTO_FREE char *aside = kith_fs_join(dirs->data, "proofs" KITH_OWN_ASIDE);
	KITH_AUTO_FREE char *git = kith_fs_join(from, ".git");
	KITH_AUTO_FREE char *folder = NULL;
	int r;

	if (!proofs || !aside || !git)
		return kith_fail_nomem(err);
	if (!kith_fs_is_dir(git))
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no git repository", from);
	r = kith_own_path(dirs, &options->id, options->url, &folder, err);
	own.proofs = proofs;
	if (!r)
		r = kith_own_lock(&own, err);
	if (!r)
		r = copy_aside(from, aside, folder, err);
	kith_own_unlock(&own);
	return r;
}
