/* SPDX-License-Identifier: Apache-2.0 */
/* The file has no name and lies where the index will: nothing of it stays after a kill. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "index/spool.h"

#define MEMORY KITH_MIB(16)

int
kith_index_spool_init(struct index_spool *s, const char *folder, struct kith_error *err)
{
	memset(s, 0, sizeof(*s));
	s->fd = -1;
	kith_buf_init(&s->mem, UINT32_MAX);
	if (!folder)
		return KITH_OK;
	s->folder = kith_strndup(folder, strlen(folder));
	return s->folder ? KITH_OK : kith_fail_nomem(err);
}

void
kith_index_spool_clear(struct index_spool *s)
{
	kith_buf_clear(&s->mem);
	free(s->folder);
	kith_closep(&s->fd);
	s->folder = NULL;
	s->fd = -1;
}

static int
open_nameless(const char *folder, struct kith_error *err)
{
	KITH_AUTO_FREE char *name = NULL;
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	name = kith_asprintf("%s/spool-XXXXXX", folder); /* a file system without O_TMPFILE */
	if (!name)
		return kith_fail_nomem(err);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", name);
	unlink(name);
	return fd;
}

static int
spill(struct index_spool *s, struct kith_error *err)
{
	int r;

	if (s->fd < 0) {
		r = open_nameless(s->folder, err);
		if (r < 0)
			return r;
		s->fd = r;
	}
	r = kith_fs_write_full(s->fd, s->mem.ptr, s->mem.len, err);
	if (r)
		return kith_context(err, r, "%s", s->folder);
	s->written += s->mem.len;
	kith_buf_reset(&s->mem);
	return KITH_OK;
}

int
kith_index_spool_put(struct index_spool *s, struct kith_span bytes, uint32_t *ret_at,
		     struct kith_error *err)
{
	size_t at = s->written + s->mem.len;
	int r = KITH_OK;

	if (bytes.len > UINT32_MAX || at > UINT32_MAX - bytes.len)
		return kith_fail(err, KITH_E_LIMIT, "the index would be too large");
	if (s->folder && s->mem.len > MEMORY)
		r = spill(s, err);
	kith_buf_put_span(&s->mem, bytes);
	if (!r)
		r = kith_buf_check(&s->mem, err);
	if (!r)
		*ret_at = (uint32_t)at;
	return r;
}

int
kith_index_spool_get(const struct index_spool *s, uint32_t at, uint32_t len, struct kith_buf *out,
		     struct kith_error *err)
{
	size_t total = s->written + s->mem.len;
	uint8_t *room;
	ssize_t got;

	if (at > total || len > total - at)
		return kith_fail(err, KITH_E_INTERNAL, "behind the end of the spool");
	if (at >= s->written) {
		kith_buf_put(out, s->mem.ptr + (at - s->written), len);
		return kith_buf_check(out, err);
	}
	room = kith_buf_room(out, len);
	if (!room)
		return kith_buf_check(out, err);
	/* a put is never split: it lies in the file or in memory as a whole */
	do
		got = pread(s->fd, room, len, (off_t)at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return kith_fail_errno(err, errno, "reading back");
	if ((size_t)got != len)
		return kith_fail(err, KITH_E_IO, "reading back: too short");
	kith_buf_added(out, len);
	return KITH_OK;
}
