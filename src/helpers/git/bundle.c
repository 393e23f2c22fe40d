/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A git bundle becomes objects of the mirror: the header of our own reading (bundle_head.c), then
 * the pack through libgit2's indexer.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "helpers/git/bundle.h"
#include "helpers/git/job.h"

#define READ_BLOCK KITH_KIB(64)
#define MAX_HEAD   KITH_MIB(4)

static int
open_bundle(struct import *im, int *ret_fd, struct kith_error *err)
{
	struct kith_span p = im->request->location;
	KITH_AUTO_FREE char *path = kith_strndup(p.ptr, p.len);
	KITH_AUTO_FD int fd = -1;
	struct stat st;

	if (!path)
		return kith_fail_nomem(err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "the bundle cannot be opened");
	if (!S_ISREG(st.st_mode))
		return kith_fail(err, KITH_E_FORMAT, "the bundle is not a regular file");
	if ((uint64_t)st.st_size > im->request->max_bytes)
		return kith_fail(err, KITH_E_LIMIT, "the bundle is larger than %llu bytes",
				 (unsigned long long)im->request->max_bytes);
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

static int
pack_failed(struct import *im, struct kith_error *err)
{
	if (im->why.code) {
		*err = im->why;
		return im->why.code;
	}
	return git_pack_fail(im->request, err, KITH_E_FORMAT, "its pack is damaged");
}

static int
write_pack(struct import *im, git_odb *odb, int fd, struct kith_span first, struct kith_error *err)
{
	git_indexer_progress stats = {0};
	git_odb_writepack *wp = NULL;
	KITH_AUTO_FREE uint8_t *block = malloc(READ_BLOCK);
	ssize_t n = (ssize_t)first.len;
	const uint8_t *p = first.ptr;
	int r;

	if (!block)
		return kith_fail_nomem(err);
	if (git_odb_write_pack(&wp, odb, import_progress, im))
		return git_fail(err, KITH_E_IO, "its pack cannot be stored");
	r = 0;
	while (!r && n > 0) {
		r = wp->append(wp, p, (size_t)n, &stats);
		p = block;
		do
			n = read(fd, block, READ_BLOCK);
		while (n < 0 && errno == EINTR);
	}
	if (!r && n == 0)
		r = wp->commit(wp, &stats);
	r = r || n < 0 ? pack_failed(im, err) : KITH_OK;
	wp->free(wp);
	return r;
}

static int
import_pack(struct import *im, int fd, struct kith_span first, struct kith_error *err)
{
	git_odb *odb = NULL;
	int r;

	if (git_repository_odb(&odb, im->repo))
		return git_fail(err, KITH_E_IO, "its objects cannot be opened");
	r = write_pack(im, odb, fd, first, err);
	git_odb_free(odb);
	return r;
}

/* Reads until the blank line that ends the header, and what came with it. */
static int
read_head(int fd, struct kith_buf *out, struct kith_error *err)
{
	uint8_t *room;
	ssize_t n;

	for (;;) {
		room = kith_buf_room(out, READ_BLOCK);
		if (!room)
			return kith_fail(err, KITH_E_LIMIT, "the bundle's header is too long");
		n = read(fd, room, READ_BLOCK);
		if (n < 0 && errno != EINTR)
			return kith_fail_errno(err, errno, "the bundle cannot be read");
		if (n > 0)
			kith_buf_added(out, (size_t)n);
		if (n == 0 || (out->len && memmem(out->ptr, out->len, "\n\n", 2)))
			return KITH_OK;
	}
}

int
import_bundle(struct import *im, git_oid *ret_head, bool *ret_none, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf head;
	KITH_AUTO_FD int fd = -1;
	struct bundle_head h;
	git_oid have;
	int r;

	kith_buf_init(&head, MAX_HEAD);
	r = open_bundle(im, &fd, err);
	if (!r)
		r = read_head(fd, &head, err);
	if (!r)
		r = bundle_read_head(kith_buf_span(&head), &h, err);
	if (r)
		return r;
	*ret_none = h.refs == 0;
	if (h.refs && git_oid_fromstr(ret_head, h.hex))
		return git_fail(err, KITH_E_FORMAT, "the bundle's header is damaged");
	if (!h.refs || (mirror_head(im->repo, &have) && git_oid_equal(&have, ret_head)))
		return KITH_OK;
	return import_pack(im, fd, kith_span_sub(kith_buf_span(&head), h.size, SIZE_MAX), err);
}
