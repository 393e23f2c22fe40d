/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation fails once: of a cold check of an archive, of a warm one, of a vendored tree.
 * What is remembered stays whole.
 */
#include <unistd.h>

#include "codec/base64.h"
#include "fault/wrap.h"
#include "package/project.h"
#include "store/bytes.h"
#include "tarball.h"

static char root[] = "/tmp/kith-bytes-XXXXXX";
static char archive[64], cache[64], data[64], memory[80], vendored[64], list[128];
static bool noted;

static void
note(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
	noted = true;
}

static int
check(struct kith_bytes_totals *totals, struct kith_error *err)
{
	struct kith_helper_options helper = {.dir = KITH_BUILD_DIR};
	struct kith_bytes_options o = {
	    .cache_dir = cache, .data_dir = data, .note = note, .helper = &helper};
	struct kith_bytes_want w = {
	    .path = archive, .name = KITH_SPAN_LIT("t"), .version = KITH_SPAN_LIT("1")};
	struct kith_bytes_answer a = {.has_digests = false};
	int r;

	noted = false;
	r = kith_bytes_check(&o, &w, 1, &a, totals, err);
	if (r != KITH_OK)
		return a.has_digests ? KITH_E_INTERNAL : r;
	return a.has_digests && a.result == KITH_BYTES_UNCHECKED ? KITH_OK : KITH_E_INTERNAL;
}

static int
cold(struct kith_error *err)
{
	struct kith_bytes_totals totals = {0, 0};
	int r;

	unlink(memory);
	r = check(&totals, err);
	if (r == KITH_OK && totals.read != 1)
		return KITH_E_INTERNAL;
	/* to be unable to remember is only a note */
	if (r == KITH_OK && noted)
		return kith_fail(err, KITH_E_NOMEM, "noted");
	return r;
}

static int
warm(struct kith_error *err)
{
	struct kith_bytes_totals totals = {0, 0};
	int r = check(&totals, err);

	return r == KITH_OK && totals.remembered != 1 ? KITH_E_INTERNAL : r;
}

static int
tree(struct kith_error *err)
{
	struct kith_package pkg = {.checksum = KITH_SPAN_NONE};
	struct kith_digest d;

	return kith_vendored_check(vendored, &pkg, &d, err);
}

/* What comes over the helper's line says so in words. */
static bool
is_nomem(int r, const struct kith_error *err)
{
	return r == KITH_E_NOMEM || (r == KITH_E_HELPER && strstr(err->msg, "out of memory"));
}

static int
run(const char *name, int (*work)(struct kith_error *err))
{
	struct kith_error err;
	size_t n;
	int r;

	for (n = 1;; n++) {
		fault_arm(n);
		r = work(&err);
		if (!fault_hit())
			break;
		fault_arm(0);
		if (!is_nomem(r, &err) || work(&err)) {
			fprintf(stderr, "%s, allocation %zu: %d %s\n", name, n, r, err.msg);
			return 1;
		}
	}
	printf("%s: %zu allocations\n", name, n - 1);
	return r || n < 4;
}

static int
set_up(struct kith_error *err)
{
	static const char checksums[] =
	    "{\"files\":{\"a\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	    "\"},\"package\":null}";
	KITH_AUTO_BUF struct kith_buf tar;
	int r;

	snprintf(archive, sizeof(archive), "%s/t.crate", root);
	snprintf(cache, sizeof(cache), "%s/cache", root);
	snprintf(data, sizeof(data), "%s/data", root);
	snprintf(memory, sizeof(memory), "%s/digests", cache);
	snprintf(vendored, sizeof(vendored), "%s/v", root);
	snprintf(list, sizeof(list), "%s/a", vendored);
	kith_buf_init(&tar, KITH_MIB(1));
	if (!maker_make(KITH_SPAN_LIT("file t-1/a x\n"), &tar))
		return KITH_E_NOMEM;
	r = kith_fs_replace(archive, kith_buf_span(&tar), 0644, err);
	if (!r)
		r = kith_fs_mkdirs(vendored, 0755, err);
	if (!r)
		r = kith_fs_replace(list, KITH_SPAN_NONE, 0644, err);
	snprintf(list, sizeof(list), "%s/.cargo-checksum.json", vendored);
	if (!r)
		r = kith_fs_replace(list, kith_span_str(checksums), 0644, err);
	usleep(60000); /* what is younger is not remembered */
	return r;
}

int
main(void)
{
	struct kith_error err;
	int failed;

	if (kith_crypto_init(&err) || !mkdtemp(root) || set_up(&err))
		return 1;
	failed = run("cold", cold) || run("warm", warm) || run("vendored", tree);
	return kith_fs_remove_tree(root, &err) || failed;
}
