/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of files for one test, made below TMPDIR and removed afterwards. */
#ifndef KITH_TEST_FILES_H
#define KITH_TEST_FILES_H

#include <stdlib.h>

#include "base/base.h"

struct files {
	char *root; /* absolute, links resolved */
};

static inline void
files_make(struct files *f)
{
	const char *tmp = getenv("TMPDIR");
	char *path = kith_asprintf("%s/kith-test-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");

	if (!path || !mkdtemp(path) || !(f->root = realpath(path, NULL))) {
		perror("making a folder for the test");
		exit(1);
	}
	free(path);
}

static inline void
files_remove(struct files *f)
{
	struct kith_error err;

	if (kith_fs_remove_tree(f->root, &err))
		fprintf(stderr, "%s\n", err.msg);
	free(f->root);
}

/* Writes root/path with its folders; a test cannot go on if that fails. */
static inline void
files_put(const struct files *f, const char *path, const char *text)
{
	char *full = kith_fs_join(f->root, path);
	char *slash = full ? strrchr(full, '/') : NULL;
	struct kith_error err = {.msg = "out of memory"};
	int r = KITH_E_NOMEM;

	if (slash) {
		*slash = '\0';
		r = kith_fs_mkdirs(full, 0755, &err);
		*slash = '/';
	}
	if (!r)
		r = kith_fs_replace(full, kith_span_str(text), 0644, &err);
	if (r) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	free(full);
}

#endif
