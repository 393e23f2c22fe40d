/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, replacing, listing and locking files. Never follows a link it was not told to. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/base.h"

#define READ_BLOCK KITH_KIB(256)
#define READ_END   ((size_t)16)

char *
kith_fs_join(const char *a, const char *b)
{
	size_t n = strlen(a);

	if (!n || b[0] == '/')
		return kith_strndup(b, strlen(b));
	return kith_asprintf("%s%s%s", a, a[n - 1] == '/' ? "" : "/", b);
}

static int
check_plain(int fd, const char *path, const struct kith_buf *out, size_t *ret_size,
	    struct kith_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return kith_fail(err, KITH_E_FORMAT, "%s: not a regular file", path);
	if ((uintmax_t)st.st_size > out->max - out->len)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu bytes", path, out->max);
	*ret_size = (size_t)st.st_size;
	return KITH_OK;
}

/* One read into the buffer, or, where it is full, one to see that the file has ended. */
static int
read_block(int fd, size_t want, struct kith_buf *out, size_t *ret_got, struct kith_error *err)
{
	size_t left = out->max - out->len;
	uint8_t probe, *room;
	ssize_t n;

	want = want < left ? want : left;
	room = want ? kith_buf_room(out, want) : &probe;
	if (!room)
		return kith_buf_check(out, err);
	do
		n = read(fd, room, want ? want : 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return kith_fail_errno(err, errno, "reading");
	if (n > 0 && !want) /* it grew while it was read */
		return kith_fail(err, KITH_E_LIMIT, "more than %zu bytes", out->max);
	if (want)
		kith_buf_added(out, (size_t)n);
	*ret_got = (size_t)n;
	return KITH_OK;
}

static int
read_fd(int fd, const char *path, struct kith_buf *out, struct kith_error *err)
{
	size_t want = 0, got = 1;
	int r = check_plain(fd, path, out, &want, err);

	if (r)
		return r;
	/* the end is where its size says, mostly: a large block would only be made for nothing */
	for (want++; !r && got; want = got < want ? READ_END : READ_BLOCK)
		r = kith_context(err, read_block(fd, want, out, &got, err), "%s", path);
	return r;
}

int
kith_fs_read_at(int dirfd, const char *path, bool follow, struct kith_buf *out,
		struct kith_error *err)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW);
	KITH_AUTO_FD int fd = openat(dirfd, path, flags);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file", path);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", path);
	return read_fd(fd, path, out, err);
}

int
kith_fs_read(const char *path, struct kith_buf *out, struct kith_error *err)
{
	return kith_fs_read_at(AT_FDCWD, path, true, out, err);
}

int
kith_fs_read_full(int fd, void *buf, size_t n, struct kith_error *err)
{
	uint8_t *p = buf;
	ssize_t got;

	while (n) {
		got = read(fd, p, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return kith_fail_errno(err, errno, "reading");
		if (got == 0)
			return kith_fail(err, KITH_E_IO, "unexpected end of input");
		p += got;
		n -= (size_t)got;
	}
	return KITH_OK;
}

int
kith_fs_write_full(int fd, const void *buf, size_t n, struct kith_error *err)
{
	const uint8_t *p = buf;
	ssize_t put;

	while (n) {
		put = write(fd, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return kith_fail_errno(err, errno, "writing");
		p += put;
		n -= (size_t)put;
	}
	return KITH_OK;
}

static int
sync_parent(const char *path, struct kith_error *err)
{
	const char *slash = strrchr(path, '/');
	KITH_AUTO_FREE char *dir = !slash          ? kith_strndup(".", 1)
				   : slash == path ? kith_strndup("/", 1)
						   : kith_strndup(path, (size_t)(slash - path));
	KITH_AUTO_FD int fd = -1;

	if (!dir)
		return kith_fail_nomem(err);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		return kith_fail_errno(err, errno, "%s", dir);
	return KITH_OK;
}

static int
open_temporary(const char *path, mode_t mode, char **ret_tmp, int *ret_fd, struct kith_error *err)
{
	unsigned tries;
	char *tmp;
	int fd;

	for (tries = 0; tries < 100; tries++) {
		tmp = kith_asprintf("%s.tmp.%ld.%u", path, (long)getpid(), tries);
		if (!tmp)
			return kith_fail_nomem(err);
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (fd >= 0) {
			*ret_tmp = tmp;
			*ret_fd = fd;
			return KITH_OK;
		}
		free(tmp);
		if (errno != EEXIST)
			break;
	}
	return kith_fail_errno(err, errno, "%s", path);
}

int
kith_fs_replace_begin(const char *path, mode_t mode, struct kith_fs_replacement *ret_r,
		      struct kith_error *err)
{
	KITH_AUTO_FREE char *copy = kith_strndup(path, strlen(path));
	struct kith_fs_replacement x = {NULL, NULL, -1};
	int r;

	if (!copy)
		return kith_fail_nomem(err);
	r = open_temporary(path, mode, &x.tmp, &x.fd, err);
	if (r)
		return r;
	x.path = kith_steal(&copy);
	*ret_r = x;
	return KITH_OK;
}

int
kith_fs_replace_commit(struct kith_fs_replacement *x, struct kith_error *err)
{
	int r = KITH_OK;

	if (fsync(x->fd) < 0)
		r = kith_fail_errno(err, errno, "syncing");
	if (!r && rename(x->tmp, x->path) < 0)
		r = kith_fail_errno(err, errno, "renaming");
	if (r)
		return kith_context(err, r, "%s", x->path);
	free(kith_steal(&x->tmp));
	return sync_parent(x->path, err);
}

void
kith_fs_replace_clear(struct kith_fs_replacement *x)
{
	if (x->tmp)
		unlink(x->tmp);
	free(x->tmp);
	free(x->path);
	if (x->path)
		close(x->fd);
	*x = (struct kith_fs_replacement){NULL, NULL, -1};
}

int
kith_fs_replace(const char *path, struct kith_span bytes, mode_t mode, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_replace_clear) struct kith_fs_replacement x = {NULL, NULL, -1};
	int r = kith_fs_replace_begin(path, mode, &x, err);

	if (r)
		return r;
	r = kith_fs_write_full(x.fd, bytes.ptr, bytes.len, err);
	if (r)
		return kith_context(err, r, "%s", path);
	return kith_fs_replace_commit(&x, err);
}

int
kith_fs_mkdirs(const char *path, mode_t mode, struct kith_error *err)
{
	KITH_AUTO_FREE char *copy = kith_strndup(path, strlen(path));
	char *p;

	if (!copy)
		return kith_fail_nomem(err);
	for (p = copy + 1; *copy && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST)
			return kith_fail_errno(err, errno, "%s", copy);
		*p = '/';
	}
	if (mkdir(copy, mode) < 0 && errno != EEXIST)
		return kith_fail_errno(err, errno, "%s", copy);
	if (!kith_fs_is_dir(copy))
		return kith_fail_errno(err, ENOTDIR, "%s", copy);
	return KITH_OK;
}

#define REMOVE_MAX_DEPTH 200

static int
remove_at(int dirfd, const char *name, unsigned depth, struct kith_error *err)
{
	DIR *dir;
	struct dirent *e;
	int fd, r = KITH_OK;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return KITH_OK;
	if (errno != EISDIR && errno != EPERM)
		return kith_fail_errno(err, errno, "%s", name);
	if (depth > REMOVE_MAX_DEPTH)
		return kith_fail(err, KITH_E_LIMIT, "%s: nested too deep", name);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", name);
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return kith_fail_nomem(err);
	}
	while (!r && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = remove_at(fd, e->d_name, depth + 1, err);
	closedir(dir);
	if (!r && unlinkat(dirfd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = kith_fail_errno(err, errno, "%s", name);
	return r;
}

int
kith_fs_remove_tree(const char *path, struct kith_error *err)
{
	return remove_at(AT_FDCWD, path, 0, err);
}

bool
kith_fs_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool
kith_fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct kith_fs_stamp
kith_fs_stamp_of(const struct stat *st)
{
	struct kith_fs_stamp s = {
	    .dev = (uint64_t)st->st_dev,
	    .ino = (uint64_t)st->st_ino,
	    .size = (uint64_t)st->st_size,
	    .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	    .ctime_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec,
	};

	return s;
}

bool
kith_fs_stamp(const char *path, struct kith_fs_stamp *ret_stamp)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	*ret_stamp = kith_fs_stamp_of(&st);
	return true;
}

bool
kith_fs_stamp_eq(const struct kith_fs_stamp *a, const struct kith_fs_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static int
compare_names(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static int
collect_names(DIR *dir, struct kith_fs_names *out, size_t *cap, struct kith_error *err)
{
	struct dirent *e;
	int r;

	while ((e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		r = kith_grow(&out->names, cap, out->count + 1, sizeof(char *),
			      KITH_MAX_TREE_ENTRIES, "entries in a folder", err);
		if (r)
			return r;
		out->names[out->count] = kith_strndup(e->d_name, strlen(e->d_name));
		if (!out->names[out->count])
			return kith_fail_nomem(err);
		out->count++;
	}
	return KITH_OK;
}

int
kith_fs_list(const char *path, struct kith_fs_names *ret_names, struct kith_error *err)
{
	return kith_fs_list_at(AT_FDCWD, path, ret_names, err);
}

int
kith_fs_list_at(int dirfd, const char *path, struct kith_fs_names *ret_names,
		struct kith_error *err)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	struct kith_fs_names out = {NULL, 0};
	DIR *dir = NULL;
	size_t cap = 0;
	int r;

	if (fd < 0 && errno == ENOENT)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such folder", path);
	if (fd >= 0)
		dir = fdopendir(fd);
	if (!dir) {
		r = kith_fail_errno(err, errno, "%s", path);
		if (fd >= 0)
			close(fd);
		return r;
	}
	r = collect_names(dir, &out, &cap, err);
	closedir(dir);
	if (r) {
		kith_fs_names_free(&out);
		return r;
	}
	if (out.count)
		qsort(out.names, out.count, sizeof(char *), compare_names);
	*ret_names = out;
	return KITH_OK;
}

void
kith_fs_names_free(struct kith_fs_names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->names[i]);
	free(n->names);
	n->names = NULL;
	n->count = 0;
}

int
kith_fs_lock(const char *path, bool wait, int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", path);
	do
		r = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
	while (r < 0 && errno == EINTR);
	if (r < 0 && errno == EWOULDBLOCK)
		return kith_fail(err, KITH_E_EXISTS, "%s: locked by another process", path);
	if (r < 0)
		return kith_fail_errno(err, errno, "%s", path);
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}
