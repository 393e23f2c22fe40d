/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file in the place of a tagged one, as it is, and again with a right tag on its header (a stolen
 * secret). Input: 16 bytes of questions (offsets and lengths), then the file. Nothing outside the
 * body may be given out.
 */
#include <fcntl.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "index/tag.h"
#include "index/tagged.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kith_tagged_kind kind = {"testing", 1, KITH_MIB(64)};
static const uint8_t secret[KITH_TAGGED_SECRET] = {7};
static char path[] = "/tmp/kith-fuzz-tagged-XXXXXX";

static void
at_exit(void)
{
	unlink(path);
}

static void
set_up(void)
{
	int fd = mkstemp(path);

	if (fd < 0 || kith_crypto_init(NULL))
		abort();
	close(fd);
	atexit(at_exit);
}

static void
ask(const uint8_t questions[16])
{
	struct kith_tagged *t;
	struct kith_span s;
	struct kith_digest d;
	size_t i;

	if (kith_tagged_open(path, &kind, secret, &t, NULL))
		return;
	for (i = 0; i < 16; i += 4) {
		uint64_t at = (uint64_t)questions[i] << 8 | questions[i + 1];
		uint64_t len = (uint64_t)questions[i + 2] << 8 | questions[i + 3];

		if (!kith_tagged_get(t, at, len, &s))
			continue;
		if (s.len != len || at + len > kith_tagged_size(t))
			abort();
		kith_blake2b(s, &d); /* touches every byte */
		kith_tagged_forget(t);
	}
	kith_tagged_free(t);
}

static void
put_file(const uint8_t *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	uint8_t *file;
	size_t body, at;

	if (!ready)
		set_up();
	ready = true;
	if (size < 16)
		return 0;
	put_file(data + 16, size - 16);
	ask(data);
	/* the same bytes as body of a file whose header is right, and whose first chunk may be */
	body = size - 16;
	file = calloc(1, TAG_HEADER + body + TAG_BYTES);
	if (!file)
		return 0;
	memcpy(file, kind.magic, 8);
	file[TAG_AT_FORMAT] = 1;
	file[TAG_AT_CHUNK + 1] = KITH_TAGGED_CHUNK >> 8;
	for (at = 0; at < 8; at++)
		file[TAG_AT_SIZE + at] = (uint8_t)(((uint64_t)body - data[15] % 2) >> (8 * at));
	kith_index_tag(secret, file + TAG_AT_NONCE, UINT64_MAX, kith_span(file, TAG_AT_TAG),
		       file + TAG_AT_TAG);
	memcpy(file + TAG_HEADER, data + 16, body);
	kith_index_tag(secret, file + TAG_AT_NONCE, 0,
		       kith_span(file + TAG_HEADER, body < 4096 ? body : 4096),
		       file + TAG_HEADER + body);
	put_file(file, TAG_HEADER + body + TAG_BYTES);
	ask(data);
	free(file);
	return 0;
}
