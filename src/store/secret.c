/* SPDX-License-Identifier: Apache-2.0 */
/* Making and reading the machine's secret. Never follows a link, never shows it. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/base.h"
#include "crypto/crypto.h"
#include "store/secret.h"

static int
read_secret(const char *path, uint8_t ret_secret[KITH_SECRET_BYTES], struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int r;

	if (fd < 0 && errno == ENOENT)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file", path);
	if (fd < 0 && errno == ELOOP)
		return kith_fail(err, KITH_E_FORMAT, "%s: a symbolic link", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode) || st.st_size != KITH_SECRET_BYTES || st.st_uid != geteuid() ||
	    (st.st_mode & 077))
		return kith_fail(err, KITH_E_FORMAT, "%s: not a private file of %d bytes", path,
				 KITH_SECRET_BYTES);
	r = kith_fs_read_full(fd, ret_secret, KITH_SECRET_BYTES, err);
	return r ? kith_context(err, r, "%s", path) : KITH_OK;
}

/*
 * Under a lock, so that two processes that start together agree on one; by rename, so that a kill
 * leaves either no secret or this one, and at most a file that the next attempt removes.
 */
static int
make_secret(const char *path, struct kith_error *err)
{
	KITH_AUTO_FREE char *tmp = kith_asprintf("%s.new", path);
	KITH_AUTO_FREE char *lock_path = kith_asprintf("%s.lock", path);
	KITH_AUTO_FD int lock = -1;
	KITH_AUTO_FD int fd = -1;
	uint8_t secret[KITH_SECRET_BYTES];
	int r;

	if (!tmp || !lock_path)
		return kith_fail_nomem(err);
	r = kith_fs_lock(lock_path, true, &lock, err);
	if (r)
		return r;
	if (!read_secret(path, secret, NULL))
		return KITH_OK; /* another one was faster */
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", tmp);
	kith_random(secret, sizeof(secret));
	r = kith_fs_write_full(fd, secret, sizeof(secret), err);
	if (!r && fsync(fd) < 0)
		r = kith_fail_errno(err, errno, "%s", tmp);
	if (!r && rename(tmp, path) < 0)
		r = kith_fail_errno(err, errno, "%s", path);
	if (r)
		unlink(tmp);
	return r;
}

int
kith_secret_look(const char *data_dir, uint8_t ret_secret[KITH_SECRET_BYTES],
		 struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(data_dir, "secret");

	return path ? read_secret(path, ret_secret, err) : kith_fail_nomem(err);
}

int
kith_secret_load(const char *data_dir, uint8_t ret_secret[KITH_SECRET_BYTES],
		 struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(data_dir, "secret");
	struct kith_error why = {.code = KITH_OK};
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = read_secret(path, ret_secret, &why);
	if (!r)
		return KITH_OK;
	if (r == KITH_E_FORMAT && unlink(path) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (r == KITH_E_FORMAT || r == KITH_E_NOTFOUND) {
		r = kith_fs_mkdirs(data_dir, 0700, err);
		if (!r)
			r = make_secret(path, err);
		return r ? r : read_secret(path, ret_secret, err);
	}
	if (err)
		*err = why;
	return r;
}
