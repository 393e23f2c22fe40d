/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of key files. Writers take its lock, sweep what a killed one left, and replace by
 * rename; a file comes to its name only when it is whole and on disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "codec/base64.h"
#include "identity/ids.h"

#define SUFFIX     ".yaml"
#define SUFFIX_NEW ".yaml.new"
#define NAME_SIZE  (KITH_ID_TEXT + sizeof(SUFFIX_NEW))

static void
name_of(char out[NAME_SIZE], const struct kith_id *id, const char *suffix)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, id->bytes);
	snprintf(out, NAME_SIZE, "%s%s", text, suffix);
}

char *
kith_own_ids_path(const char *config_dir, const struct kith_id *id)
{
	char name[NAME_SIZE];

	name_of(name, id, SUFFIX);
	return kith_asprintf("%s/ids/%s", config_dir, name);
}

static int
read_all(int fd, const char *path, struct kith_buf *out, struct kith_error *err)
{
	uint8_t *room;
	ssize_t n;

	/* the buffer's maximum is a byte above the limit, so that too long is told from just right
	 */
	for (;;) {
		room = kith_buf_room(out, KITH_MAX_KEYFILE + 1 - out->len);
		if (!room)
			return kith_buf_check(out, err);
		n = read(fd, room, KITH_MAX_KEYFILE + 1 - out->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return kith_fail_errno(err, errno, "%s", path);
		kith_buf_added(out, (size_t)n);
		if (out->len > KITH_MAX_KEYFILE)
			return kith_fail(err, KITH_E_LIMIT, "%s: too large for a key file", path);
		if (n == 0)
			return KITH_OK;
	}
}

/* Own folder only: nobody else may read the file, or have put it there. */
static int
check_private(const struct stat *st, const char *path, struct kith_error *err)
{
	if (st->st_uid != geteuid())
		return kith_fail(err, KITH_E_USAGE, "%s: the key file belongs to somebody else",
				 path);
	if (st->st_mode & 077)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "%s: others can read this key file (mode %04o)", path,
					   (unsigned)st->st_mode & 07777),
				 "chmod 600 '%s', and `kith id passwd` if somebody may have", path);
	return KITH_OK;
}

static int
read_keyfile(int dirfd, const char *name, const char *path, bool own, struct kith_keyfile *ret,
	     bool *ret_exposed, struct kith_error *err)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (own ? O_NOFOLLOW : 0);
	KITH_AUTO_FD int fd = openat(dirfd, name, flags);
	KITH_AUTO_BUF struct kith_buf b;
	struct stat st;
	int r = KITH_OK;

	kith_buf_init(&b, KITH_MAX_KEYFILE + 1);
	if (fd < 0 && errno == ENOENT)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file", path);
	if (fd < 0 && errno == ELOOP)
		return kith_fail(err, KITH_E_USAGE, "%s: the key file is a symbolic link", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return kith_fail(err, KITH_E_FORMAT, "%s: not a regular file", path);
	if (own)
		r = check_private(&st, path, err);
	if (!r)
		r = read_all(fd, path, &b, err);
	if (r)
		return r;
	r = kith_keyfile_parse(kith_buf_span(&b), ret, err);
	if (r)
		return kith_context(err, r, "%s", path);
	*ret_exposed = (st.st_mode & 077) != 0;
	return KITH_OK;
}

int
kith_keyfile_read(const char *path, struct kith_keyfile *ret, bool *ret_exposed,
		  struct kith_error *err)
{
	return read_keyfile(AT_FDCWD, path, path, false, ret, ret_exposed, err);
}

int
kith_own_ids_load(const char *config_dir, const struct kith_id *id, struct kith_keyfile *ret,
		  struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_own_ids_path(config_dir, id);
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
	bool exposed;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = read_keyfile(AT_FDCWD, path, path, true, &kf, &exposed, err);
	if (r)
		return r;
	if (memcmp(kf.id.bytes, id->bytes, sizeof(id->bytes)) != 0)
		return kith_fail(err, KITH_E_FORMAT, "%s: holds the key of another id", path);
	*ret = kf;
	memset(&kf, 0, sizeof(kf));
	return KITH_OK;
}

/* True for "<43 characters of an id>.yaml". */
static bool
is_key_name(const char *name, struct kith_id *ret_id)
{
	struct kith_span s = kith_span_str(name);

	return s.len == KITH_ID_TEXT + strlen(SUFFIX) && strcmp(name + KITH_ID_TEXT, SUFFIX) == 0 &&
	       kith_base64_decode_exact(kith_span_sub(s, 0, KITH_ID_TEXT), ret_id->bytes,
					sizeof(ret_id->bytes));
}

static int
add_id(struct kith_own_ids *ids, size_t *cap, const char *config_dir, const struct kith_id *id,
       struct kith_error *err)
{
	struct kith_own_id *item;
	struct kith_error why = {.code = KITH_OK};
	int r = kith_grow(&ids->items, cap, ids->count + 1, sizeof(*item), KITH_MAX_OWN_IDS,
			  "own ids", err);

	if (r)
		return r;
	item = &ids->items[ids->count];
	memset(item, 0, sizeof(*item));
	r = kith_own_ids_load(config_dir, id, &item->key, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r) {
		item->refused = kith_calloc(1, sizeof(*item->refused));
		if (!item->refused)
			return kith_fail_nomem(err);
		*item->refused = why;
		item->key.id = *id;
	}
	ids->count++;
	return KITH_OK;
}

static int
list_names(const char *config_dir, const struct kith_fs_names *names, struct kith_own_ids *ids,
	   struct kith_error *err)
{
	size_t cap = 0, i;
	struct kith_id id;
	int r = KITH_OK;

	for (i = 0; !r && i < names->count; i++)
		if (is_key_name(names->names[i], &id))
			r = add_id(ids, &cap, config_dir, &id, err);
	return r;
}

int
kith_own_ids_list(const char *config_dir, struct kith_own_ids *ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_fs_join(config_dir, "ids");
	KITH_AUTO_OWN_IDS struct kith_own_ids ids = {0};
	struct kith_fs_names names = {0};
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	if (kith_fs_exists(dir)) {
		r = kith_fs_list(dir, &names, err);
		if (!r)
			r = list_names(config_dir, &names, &ids, err);
		kith_fs_names_free(&names);
		if (r)
			return r;
	}
	*ret = ids;
	memset(&ids, 0, sizeof(ids));
	return KITH_OK;
}

void
kith_own_ids_clear(struct kith_own_ids *ids)
{
	size_t i;

	for (i = 0; i < ids->count; i++) {
		kith_keyfile_clear(&ids->items[i].key);
		free(ids->items[i].refused);
	}
	free(ids->items);
	memset(ids, 0, sizeof(*ids));
}

/* --- writing --- */

static int
open_folder(const char *config_dir, char **ret_dir, int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_fs_join(config_dir, "ids");
	KITH_AUTO_FD int fd = -1;
	struct stat st;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	r = kith_fs_mkdirs(dir, 0700, err);
	if (r)
		return r;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", dir);
	if (st.st_uid != geteuid())
		return kith_fail(err, KITH_E_USAGE, "%s: the folder belongs to somebody else", dir);
	if ((st.st_mode & 077) && fchmod(fd, 0700) < 0)
		return kith_fail_errno(err, errno, "%s", dir);
	*ret_dir = kith_steal(&dir);
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

/* A file that has no name until it is whole, where the file system knows that. */
static int
open_nameless(int dirfd)
{
	return openat(dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static int
give_name(int dirfd, int fd, const char *name)
{
	char proc[64];

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, proc, dirfd, name, AT_SYMLINK_FOLLOW);
}

/* With the lock held, whatever has a temporary name was left by a writer that was killed. */
static int
sweep(const char *dir, int dirfd, struct kith_error *err)
{
	struct kith_fs_names names = {0};
	int r = kith_fs_list(dir, &names, err);
	size_t i;

	for (i = 0; !r && i < names.count; i++) {
		if (!kith_span_ends(kith_span_str(names.names[i]), KITH_SPAN_LIT(SUFFIX_NEW)))
			continue;
		if (unlinkat(dirfd, names.names[i], 0) < 0 && errno != ENOENT)
			r = kith_fail_errno(err, errno, "%s/%s", dir, names.names[i]);
	}
	kith_fs_names_free(&names);
	return r;
}

/* Leaves `temp` whole and on disk, or not there at all. */
static int
write_temp(int dirfd, const char *temp, struct kith_span bytes, struct kith_error *err)
{
	KITH_AUTO_FD int fd = -1;
	bool named = false;
	int r;

	fd = open_nameless(dirfd);
	if (fd < 0) {
		fd =
		    openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		named = fd >= 0;
	}
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", temp);
	r = kith_fs_write_full(fd, bytes.ptr, bytes.len, err);
	if (!r && fsync(fd) < 0)
		r = kith_fail_errno(err, errno, "syncing");
	if (!r && !named && give_name(dirfd, fd, temp) < 0)
		r = kith_fail_errno(err, errno, "%s", temp);
	if (r)
		unlinkat(dirfd, temp, 0);
	return r;
}

static int
put_in_place(int dirfd, const char *temp, const char *name, bool replace, struct kith_error *err)
{
	int r;

	if (replace) {
		r = renameat(dirfd, temp, dirfd, name);
	} else {
		r = renameat2(dirfd, temp, dirfd, name, RENAME_NOREPLACE);
		if (r < 0 && (errno == EINVAL || errno == ENOSYS)) {
			r = linkat(dirfd, temp, dirfd, name, 0);
			if (r == 0)
				unlinkat(dirfd, temp, 0);
		}
	}
	if (r == 0)
		return KITH_OK;
	r = errno;
	unlinkat(dirfd, temp, 0);
	if (r == EEXIST)
		return kith_fail(err, KITH_E_EXISTS, "this id is there already");
	return kith_fail_errno(err, r, "%s", name);
}

int
kith_own_ids_store(const char *config_dir, const struct kith_keyfile *key, bool replace,
		   struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = NULL, *lock_path = NULL;
	KITH_AUTO_FD int fd = -1, lock = -1;
	KITH_AUTO_BUF struct kith_buf b;
	char name[NAME_SIZE], temp[NAME_SIZE];
	int r;

	kith_buf_init(&b, KITH_MAX_KEYFILE);
	kith_keyfile_put(key, &b);
	r = kith_buf_check(&b, err);
	if (!r)
		r = open_folder(config_dir, &dir, &fd, err);
	if (r)
		return r;
	lock_path = kith_fs_join(dir, ".lock");
	if (!lock_path)
		return kith_fail_nomem(err);
	r = kith_fs_lock(lock_path, true, &lock, err);
	if (r)
		return r;
	name_of(name, &key->id, SUFFIX);
	name_of(temp, &key->id, SUFFIX_NEW);
	r = sweep(dir, fd, err);
	if (!r)
		r = write_temp(fd, temp, kith_buf_span(&b), err);
	if (!r)
		r = put_in_place(fd, temp, name, replace, err);
	if (r)
		return kith_context(err, r, "%s", dir);
	if (fsync(fd) < 0 && errno != EINVAL)
		return kith_fail_errno(err, errno, "%s", dir);
	return KITH_OK;
}
