/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders. Everything is opened O_CLOEXEC; sizes are bounded by the caller. */
#ifndef KITH_BASE_FS_H
#define KITH_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include "base/buf.h"
#include "base/error.h"

/* What tells one state of a file from another without reading it. */
struct kith_fs_stamp {
	uint64_t dev, ino, size;
	int64_t mtime_ns, ctime_ns;
};

/* "<a>/<b>" (b alone if it is absolute or a is empty). NULL when out of memory. Yours. */
char *kith_fs_join(const char *a, const char *b);

/*
 * Appends the whole regular file to `out` (bounded by out's maximum: KITH_E_LIMIT). A FIFO, device,
 * socket or folder is refused with KITH_E_FORMAT without blocking. Missing: KITH_E_NOTFOUND.
 */
KITH_NODISCARD int kith_fs_read(const char *path, struct kith_buf *out, struct kith_error *err);
KITH_NODISCARD int kith_fs_read_at(int dirfd, const char *path, bool follow, struct kith_buf *out,
				   struct kith_error *err);

/* Replaces `path` atomically: temporary sibling (O_EXCL), write, fsync, rename, fsync(folder). */
KITH_NODISCARD int kith_fs_replace(const char *path, struct kith_span bytes, mode_t mode,
				   struct kith_error *err);

/*
 * The same in steps, for files that are written piece by piece: begin, write to fd, commit. Clear
 * it in any case: what was not committed is removed then, and the old file is still there.
 */
struct kith_fs_replacement {
	char *path, *tmp; /* private; tmp is NULL once committed */
	int fd;
};
KITH_NODISCARD int kith_fs_replace_begin(const char *path, mode_t mode,
					 struct kith_fs_replacement *ret_r, struct kith_error *err);
KITH_NODISCARD int kith_fs_replace_commit(struct kith_fs_replacement *r, struct kith_error *err);
void kith_fs_replace_clear(struct kith_fs_replacement *r);

/* Makes the folder and its missing parents. */
KITH_NODISCARD int kith_fs_mkdirs(const char *path, mode_t mode, struct kith_error *err);

/* Removes a tree without following links. Missing is fine. */
KITH_NODISCARD int kith_fs_remove_tree(const char *path, struct kith_error *err);

bool kith_fs_exists(const char *path);
bool kith_fs_is_dir(const char *path);
/* False if the file is not there. */
bool kith_fs_stamp(const char *path, struct kith_fs_stamp *ret_stamp);
struct kith_fs_stamp kith_fs_stamp_of(const struct stat *st);
bool kith_fs_stamp_eq(const struct kith_fs_stamp *a, const struct kith_fs_stamp *b);

/* Reads exactly / writes all of n bytes on fd, over EINTR and short counts. EOF: KITH_E_IO. */
KITH_NODISCARD int kith_fs_read_full(int fd, void *buf, size_t n, struct kith_error *err);
KITH_NODISCARD int kith_fs_write_full(int fd, const void *buf, size_t n, struct kith_error *err);

/*
 * Names in a folder, sorted by bytes, without "." and "..". *ret_names is yours: give it back
 * to kith_fs_names_free.
 */
struct kith_fs_names {
	char **names;
	size_t count;
};
KITH_NODISCARD int kith_fs_list(const char *path, struct kith_fs_names *ret_names,
				struct kith_error *err);
/* The same of a path below an open folder ("." is itself). */
KITH_NODISCARD int kith_fs_list_at(int dirfd, const char *path, struct kith_fs_names *ret_names,
				   struct kith_error *err);
void kith_fs_names_free(struct kith_fs_names *n);

/* An advisory exclusive lock on path (made if missing). *ret_fd is yours: closing unlocks. */
KITH_NODISCARD int kith_fs_lock(const char *path, bool wait, int *ret_fd, struct kith_error *err);

#endif
