/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a tree's digest, from entries and from disk, and of hashing a file fails. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/tree.h"
#include "fault/wrap.h"

static char root[] = "/tmp/kith-fault-XXXXXX";

static int
from_entries(struct kith_digest *ret, struct kith_error *err)
{
	static const char *const paths[] = {"a/b/c", "a/d", "e", "f/g", "h/i",
					    "j/k",   "l",   "m", "n"};
	struct kith_tree *t = kith_tree_new(100, 1000);
	size_t i;
	int r = 0;

	if (!t)
		return KITH_E_NOMEM;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]) && !r; i++)
		r = kith_tree_add(t, kith_span_str(paths[i]), KITH_TREE_FILE, ret, err);
	if (!r)
		r = kith_tree_digest(t, NULL, 0, ret, err);
	kith_tree_free(t);
	return r;
}

static int
from_disk(struct kith_digest *ret, struct kith_error *err)
{
	return kith_tree_digest_path(root, NULL, 0, ret, err);
}

static int
of_single_file(struct kith_digest *ret, struct kith_error *err)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/file", root);
	return kith_tree_digest_path(path, NULL, 0, ret, err);
}

static int
of_file_sha(struct kith_digest *ret, struct kith_error *err)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/file", root);
	return kith_sha256_file(path, ret->bytes, NULL, err);
}

/*
 * The result may only be the right one (where libc copes without the memory, or a thread could not
 * be started) or an error that leaves it untouched.
 */
static bool
survives(const char *name, int (*run)(struct kith_digest *ret, struct kith_error *err))
{
	struct kith_digest zero = {{0}}, want = zero, got;
	struct kith_error err;
	size_t n, failed = 0;
	bool hit = true;
	int r;

	if (run(&want, &err))
		return false;
	for (n = 1; hit; n++) {
		got = zero;
		fault_arm(n);
		r = run(&got, &err);
		hit = fault_hit();
		fault_arm(0);
		if (r && (r != KITH_E_NOMEM || !kith_digest_eq(&got, &zero))) {
			fprintf(stderr, "%s, allocation %zu: %d\n", name, n, r);
			return false;
		}
		if (!r && !kith_digest_eq(&got, &want)) {
			fprintf(stderr, "%s, allocation %zu: another digest\n", name, n);
			return false;
		}
		failed += r != 0;
	}
	printf("%s: %zu allocations failed\n", name, failed);
	return failed > 0;
}

int
main(void)
{
	static const char text[] = "some bytes";
	struct kith_error err;
	char path[64];
	bool ok;

	if (kith_crypto_init(&err) || !mkdtemp(root))
		return 2;
	snprintf(path, sizeof(path), "%s/folder", root);
	if (mkdir(path, 0700))
		return 2;
	snprintf(path, sizeof(path), "%s/folder/link", root);
	if (symlink("nowhere", path))
		return 2;
	snprintf(path, sizeof(path), "%s/file", root);
	if (kith_fs_replace(path, kith_span(text, sizeof(text) - 1), 0600, &err))
		return 2;
	ok = survives("entries", from_entries);
	ok = survives("disk", from_disk) && ok;
	ok = survives("single file", of_single_file) && ok;
	ok = survives("sha256", of_file_sha) && ok;
	return kith_fs_remove_tree(root, &err) || !ok;
}
