/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays files and folders of a fuzz corpus through LLVMFuzzerTestOneInput, with any compiler. An
 * empty corpus is a failure: a test that ran nothing shows nothing.
 */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t unread;

static size_t
replay_file(const char *path)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;

	kith_buf_init(&b, KITH_MIB(64));
	if (kith_fs_read(path, &b, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		unread++;
		return 0;
	}
	/* an exact copy, so that a sanitizer sees reads past the end */
	uint8_t *copy = malloc(b.len ? b.len : 1);

	if (!copy)
		return 0;
	if (b.len)
		memcpy(copy, b.ptr, b.len);
	LLVMFuzzerTestOneInput(copy, b.len);
	free(copy);
	return 1;
}

static size_t
replay(const char *path)
{
	struct kith_fs_names names;
	struct kith_error err;
	size_t i, n = 0;

	if (!kith_fs_is_dir(path))
		return replay_file(path);
	if (kith_fs_list(path, &names, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		unread++;
		return 0;
	}
	for (i = 0; i < names.count; i++) {
		KITH_AUTO_FREE char *file = kith_fs_join(path, names.names[i]);

		n += file ? replay_file(file) : 0;
	}
	kith_fs_names_free(&names);
	return n;
}

int
main(int argc, char **argv)
{
	size_t n = 0;
	int i;

	for (i = 1; i < argc; i++)
		n += replay(argv[i]);
	printf("%zu inputs replayed\n", n);
	return n && !unread ? 0 : 1;
}
