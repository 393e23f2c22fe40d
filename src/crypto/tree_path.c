/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recursive digest of what lies on disk. The tree may change or be replaced by links while it
 * is read: every folder is reached from the root's descriptor, one component at a time, without
 * following links. Each thread holds at most three descriptors, whatever the tree's shape.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/tree_entries.h"

#define READ_BLOCK     KITH_KIB(256)
#define WORKERS        2
#define FILES_A_TURN   16
#define MAX_PATH_BYTES KITH_MIB(64)
#define FILE_FLAGS     (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
#define DIR_FLAGS      (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY)

struct walk {
	const char *path; /* of the root, for messages */
	int root;
	struct kith_tree *tree;
	const struct kith_span *ignore;
	size_t nignore;
	atomic_size_t next;  /* first entry that no worker has taken */
	atomic_size_t bytes; /* read so far */
	atomic_bool failed;  /* the others may stop */
};

struct worker {
	uint8_t *block;
	struct kith_blake2b_state *state;
	int dir;             /* the folder that was used last, or -1 */
	struct kith_span at; /* its path */
	int r;
	struct kith_error err;
};

static struct kith_span
parent(struct kith_span path)
{
	while (path.len && path.ptr[path.len - 1] != '/')
		path.len--;
	if (path.len)
		path.len--;
	return path;
}

/* The last component, NUL-terminated because the arena ends every path so. */
static const char *
name_of(struct kith_span path)
{
	struct kith_span dir = parent(path);

	return (const char *)path.ptr + (dir.len ? dir.len + 1 : 0);
}

static int
fail_at(const struct walk *w, struct kith_span path, int errnum, struct kith_error *err)
{
	return kith_fail_errno(err, errnum, "%s/%.*s", w->path, KITH_SPAN_FMT(path));
}

/* Opens the folder at path below the root (empty: the root itself, anew). */
static int
open_folder(const struct walk *w, struct kith_span path, int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FD int fd = openat(w->root, ".", DIR_FLAGS);
	struct kith_span rest = path.len ? path : KITH_SPAN_NONE, part;
	char name[NAME_MAX + 1];
	int deeper;

	while (fd >= 0 && kith_span_next(&rest, '/', &part)) {
		if (part.len > NAME_MAX)
			return fail_at(w, path, ENAMETOOLONG, err);
		memcpy(name, part.ptr, part.len);
		name[part.len] = '\0';
		deeper = openat(fd, name, DIR_FLAGS);
		close(fd);
		fd = deeper;
	}
	if (fd < 0)
		return fail_at(w, path, errno, err);
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

static int
hash_link(int dir, const char *name, struct kith_blake2b_state *s, struct kith_digest *ret)
{
	char target[KITH_MAX_PATH + 1];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n < 0)
		return errno;
	if ((size_t)n == sizeof(target))
		return ENAMETOOLONG;
	kith_tree_hash_start(s, KITH_TREE_LINK);
	kith_blake2b_update(s, kith_span(target, (size_t)n));
	kith_blake2b_finish(s, ret);
	return 0;
}

static int
special(const char *root, struct kith_span path, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "%s%s%.*s: neither file, folder nor link", root,
			 path.len ? "/" : "", KITH_SPAN_FMT(path));
}

/* What a name in a folder is, without following it. 0 or an errno. */
static int
type_of(int dir, const struct dirent *e, mode_t *ret_type)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN) {
		*ret_type = (mode_t)DTTOIF(e->d_type);
		return 0;
	}
	if (fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno;
	*ret_type = st.st_mode & S_IFMT;
	return 0;
}

static int
scan_name(struct walk *w, DIR *d, const struct dirent *e, struct kith_buf *path,
	  struct kith_blake2b_state *s, struct kith_error *err)
{
	struct kith_digest content = {{0}};
	struct kith_span at = kith_buf_span(path);
	mode_t type = 0;
	int r = type_of(dirfd(d), e, &type);

	if (!r && S_ISLNK(type))
		r = hash_link(dirfd(d), e->d_name, s, &content);
	if (r)
		return fail_at(w, at, r, err);
	if (!S_ISREG(type) && !S_ISDIR(type) && !S_ISLNK(type))
		return special(w->path, at, err);
	r = kith_tree_add(w->tree, at,
			  S_ISREG(type)   ? KITH_TREE_FILE
			  : S_ISDIR(type) ? KITH_TREE_DIR
					  : KITH_TREE_LINK,
			  &content, err);
	return r ? kith_context(err, r, "%s", w->path) : KITH_OK;
}

/* Adds everything in an open folder to the tree. */
static int
scan_names(struct walk *w, DIR *d, struct kith_span path, struct kith_blake2b_state *s,
	   struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf child;
	struct dirent *e;
	int r = KITH_OK;

	kith_buf_init(&child, KITH_MAX_PATH + NAME_MAX + 2);
	while (!r && (errno = 0, e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		kith_buf_reset(&child);
		kith_buf_put_span(&child, path);
		if (path.len)
			kith_buf_put_char(&child, '/');
		kith_buf_put_str(&child, e->d_name);
		r = kith_buf_check(&child, err);
		if (!r && !kith_tree_ignored(kith_buf_span(&child), w->ignore, w->nignore))
			r = scan_name(w, d, e, &child, s, err);
	}
	/* a listing that broke off would digest as a smaller tree */
	return r || !errno ? r : fail_at(w, path, errno, err);
}

static int
scan_folder(struct walk *w, struct kith_span path, struct kith_blake2b_state *s,
	    struct kith_error *err)
{
	int fd = -1, r = open_folder(w, path, &fd, err);
	DIR *d;

	if (r)
		return r;
	d = fdopendir(fd);
	if (!d) {
		r = fail_at(w, path, errno, err);
		close(fd);
		return r;
	}
	r = scan_names(w, d, path, s, err);
	closedir(d);
	return r;
}

/* The list of entries is its own queue: folders are scanned in the order they were found. */
static int
scan(struct walk *w, struct kith_error *err)
{
	struct kith_blake2b_state *s = kith_blake2b_new();
	size_t i;
	int r;

	if (!s)
		return kith_fail_nomem(err);
	r = scan_folder(w, KITH_SPAN_NONE, s, err);
	for (i = 0; i < w->tree->count && !r; i++)
		if (w->tree->entries[i].type == KITH_TREE_DIR)
			r = scan_folder(w, w->tree->entries[i].path, s, err);
	kith_blake2b_free(s);
	return r;
}

/* Hashes an open regular file to its end. 0 or an errno; EFBIG above the limit of all files. */
static int
hash_fd(struct walk *w, struct worker *k, int fd, uint64_t size, struct kith_digest *ret)
{
	uint64_t done = 0;
	ssize_t n;

	kith_tree_hash_start(k->state, KITH_TREE_FILE);
	for (;;) {
		n = read(fd, k->block, READ_BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (atomic_fetch_add(&w->bytes, (size_t)n) + (size_t)n > KITH_MAX_UNPACKED)
			return EFBIG;
		kith_blake2b_update(k->state, kith_span(k->block, (size_t)n));
		done += (uint64_t)n;
		/* a short read where the size says it ends spares the call that returns nothing */
		if (n == 0 || (done == size && (size_t)n < READ_BLOCK))
			break;
	}
	kith_blake2b_finish(k->state, ret);
	return 0;
}

static int
hash_file(struct walk *w, struct worker *k, struct kith_tree_entry *e)
{
	struct kith_span dir = parent(e->path);
	struct stat st;
	int r;

	if (k->dir < 0 || !kith_span_eq(dir, k->at)) {
		kith_closep(&k->dir);
		r = open_folder(w, dir, &k->dir, &k->err);
		if (r)
			return r;
		k->at = dir;
	}
	KITH_AUTO_FD int fd = openat(k->dir, name_of(e->path), FILE_FLAGS);

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_at(w, e->path, errno, &k->err);
	if (!S_ISREG(st.st_mode)) /* it was one when the folder was listed */
		return special(w->path, e->path, &k->err);
	r = hash_fd(w, k, fd, (uint64_t)st.st_size, &e->content);
	if (r == EFBIG)
		return kith_fail(&k->err, KITH_E_LIMIT, "%s: more than %zu bytes in all", w->path,
				 KITH_MAX_UNPACKED);
	return r ? fail_at(w, e->path, r, &k->err) : KITH_OK;
}

struct job {
	struct walk *walk;
	struct worker worker[WORKERS];
};

static void
work(void *ctx, size_t which)
{
	struct job *job = ctx;
	struct walk *w = job->walk;
	struct worker *k = &job->worker[which];
	size_t from, i;

	while (!atomic_load(&w->failed) && !k->r &&
	       (from = atomic_fetch_add(&w->next, FILES_A_TURN)) < w->tree->count)
		for (i = from; i < w->tree->count && i < from + FILES_A_TURN && !k->r; i++)
			if (w->tree->entries[i].type == KITH_TREE_FILE)
				k->r = hash_file(w, k, &w->tree->entries[i]);
	if (k->r)
		atomic_store(&w->failed, true);
}

/* Hashes every file of the list, on as many threads as there are workers. */
static int
hash_files(struct walk *w, struct kith_error *err)
{
	struct job job = {.walk = w};
	int r = KITH_OK;
	size_t i;

	for (i = 0; i < WORKERS; i++) {
		job.worker[i].dir = -1;
		job.worker[i].block = malloc(READ_BLOCK);
		job.worker[i].state = kith_blake2b_new();
		if (!job.worker[i].block || !job.worker[i].state)
			r = kith_fail_nomem(err);
	}
	if (!r)
		kith_pool_run(0, WORKERS, 1, work, &job);
	for (i = 0; i < WORKERS; i++) {
		if (!r && job.worker[i].r) {
			r = job.worker[i].r;
			if (err)
				*err = job.worker[i].err;
		}
		kith_closep(&job.worker[i].dir);
		free(job.worker[i].block);
		kith_blake2b_free(job.worker[i].state);
	}
	return r;
}

static int
digest_folder(struct walk *w, struct kith_digest *ret_digest, struct kith_error *err)
{
	int r;

	w->root = open(w->path, DIR_FLAGS);
	if (w->root < 0)
		return kith_fail_errno(err, errno, "%s", w->path);
	w->tree = kith_tree_new(KITH_MAX_TREE_ENTRIES, MAX_PATH_BYTES);
	r = w->tree ? scan(w, err) : kith_fail_nomem(err);
	if (!r)
		r = hash_files(w, err);
	if (!r)
		r = kith_tree_digest(w->tree, NULL, 0, ret_digest, err);
	kith_tree_free(w->tree);
	close(w->root);
	return r;
}

/* A root that is no folder digests as what it is. */
static int
digest_single(struct walk *w, mode_t mode, struct kith_digest *ret_digest, struct kith_error *err)
{
	KITH_AUTO_FREE uint8_t *block = malloc(READ_BLOCK);
	struct worker k = {.block = block, .state = kith_blake2b_new(), .dir = -1};
	KITH_AUTO_FD int fd = -1;
	struct kith_digest d;
	struct stat st;
	int r = 0;

	if (!block || !k.state) {
		r = ENOMEM;
	} else if (S_ISLNK(mode)) {
		r = hash_link(AT_FDCWD, w->path, k.state, &d);
	} else {
		fd = open(w->path, FILE_FLAGS);
		if (fd < 0 || fstat(fd, &st) < 0)
			r = errno;
		else if (!S_ISREG(st.st_mode))
			r = EINVAL;
		else
			r = hash_fd(w, &k, fd, (uint64_t)st.st_size, &d);
	}
	kith_blake2b_free(k.state);
	if (r == EFBIG)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu bytes", w->path,
				 KITH_MAX_UNPACKED);
	if (r)
		return kith_fail_errno(err, r, "%s", w->path);
	*ret_digest = d;
	return KITH_OK;
}

int
kith_tree_digest_path(const char *path, const struct kith_span *ignore, size_t n,
		      struct kith_digest *ret_digest, struct kith_error *err)
{
	struct walk w = {.path = path, .root = -1, .ignore = ignore, .nignore = n};
	struct stat st;

	if (lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file or folder", path);
	if (lstat(path, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return digest_folder(&w, ret_digest, err);
	if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
		return special(path, KITH_SPAN_NONE, err);
	return digest_single(&w, st.st_mode, ret_digest, err);
}
