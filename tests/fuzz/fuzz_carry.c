/* SPDX-License-Identifier: Apache-2.0 */
/* A file of carried evidence: the calls come in order, and pieces are within their bound. */
#include <sys/mman.h>
#include <unistd.h>

#include "store/carry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	bool inside;
	size_t bytes;
};

static int
source(void *ctx, struct kith_span meta, struct kith_error *err)
{
	struct seen *s = ctx;

	(void)err;
	if (s->inside)
		abort();
	s->inside = true;
	s->bytes += meta.len;
	return KITH_OK;
}

static int
part(void *ctx, enum kith_carry_part p, struct kith_span bytes, struct kith_error *err)
{
	struct seen *s = ctx;

	(void)err;
	if (!s->inside || p > KITH_CARRY_PACK || bytes.len > KITH_CARRY_PIECE)
		abort();
	s->bytes += bytes.len;
	return KITH_OK;
}

static int
ended(void *ctx, bool whole, struct kith_error *err)
{
	struct seen *s = ctx;

	(void)whole;
	(void)err;
	if (!s->inside)
		abort();
	s->inside = false;
	return KITH_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = {false, 0};
	const struct kith_carry_calls calls = {&s, source, part, ended};
	KITH_AUTO_FD int fd = memfd_create("carry", MFD_CLOEXEC);
	struct kith_error err;

	if (fd < 0 || kith_fs_write_full(fd, data, size, NULL) || lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	if (!kith_carry_read(fd, &calls, &err) && (s.inside || s.bytes > size))
		abort();
	return 0;
}
