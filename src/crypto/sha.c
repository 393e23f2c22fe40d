/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and SHA-512 over nettle (four times as fast as libsodium's); SHA-256 of a file. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nettle/sha2.h>

#include "crypto/crypto.h"

#define READ_BLOCK KITH_KIB(256)

struct kith_sha256_state {
	struct sha256_ctx ctx;
};

void
kith_sha256(struct kith_span bytes, uint8_t ret_hash[KITH_SHA256_BYTES])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	if (bytes.len)
		sha256_update(&ctx, bytes.len, bytes.ptr);
	sha256_digest(&ctx, KITH_SHA256_BYTES, ret_hash);
}

void
kith_sha512(struct kith_span bytes, uint8_t ret_hash[KITH_SHA512_BYTES])
{
	struct sha512_ctx ctx;

	sha512_init(&ctx);
	if (bytes.len)
		sha512_update(&ctx, bytes.len, bytes.ptr);
	sha512_digest(&ctx, KITH_SHA512_BYTES, ret_hash);
}

struct kith_sha256_state *
kith_sha256_new(void)
{
	struct kith_sha256_state *s = kith_calloc(1, sizeof(*s));

	if (s)
		kith_sha256_start(s);
	return s;
}

void
kith_sha256_start(struct kith_sha256_state *s)
{
	sha256_init(&s->ctx);
}

void
kith_sha256_update(struct kith_sha256_state *s, struct kith_span bytes)
{
	if (bytes.len)
		sha256_update(&s->ctx, bytes.len, bytes.ptr);
}

void
kith_sha256_finish(struct kith_sha256_state *s, uint8_t ret_hash[KITH_SHA256_BYTES])
{
	sha256_digest(&s->ctx, KITH_SHA256_BYTES, ret_hash);
}

void
kith_sha256_free(struct kith_sha256_state *s)
{
	free(s);
}

static int
hash_fd(int fd, const char *path, uint8_t ret_hash[KITH_SHA256_BYTES], struct kith_error *err)
{
	KITH_AUTO_FREE uint8_t *block = malloc(READ_BLOCK);
	struct sha256_ctx ctx;
	ssize_t n;

	if (!block)
		return kith_fail_nomem(err);
	sha256_init(&ctx);
	for (;;) {
		n = read(fd, block, READ_BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return kith_fail_errno(err, errno, "%s", path);
		if (n == 0)
			break;
		sha256_update(&ctx, (size_t)n, block);
	}
	sha256_digest(&ctx, KITH_SHA256_BYTES, ret_hash);
	return KITH_OK;
}

int
kith_sha256_file(const char *path, uint8_t ret_hash[KITH_SHA256_BYTES],
		 struct kith_fs_stamp *ret_stamp, struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int r;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return kith_fail(err, KITH_E_FORMAT, "%s: not a regular file", path);
	r = hash_fd(fd, path, ret_hash, err);
	/* the stamp is from before the reading: a change meanwhile shows as another stamp later */
	if (!r && ret_stamp)
		*ret_stamp = kith_fs_stamp_of(&st);
	return r;
}
