/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `digest [--ignore A,B] FILE|DIR`: the recursive digest of a folder, or of an archive without
 * unpacking it: its one top folder is the root.
 */
#include <limits.h>
#include <stdlib.h>

#include "cases/cases.h"
#include "codec/base64.h"
#include "store/archive.h"

#define MAX_IGNORE 64

/* Builds the tree anew from the entries that kith-unpack sends: any names can be left out. */
struct rebuild {
	struct kith_tree *tree;
	struct kith_blake2b_state *content;
	struct kith_buf path; /* of the file whose content is coming */
	bool open;
};

static int
end_file(struct rebuild *b, struct kith_error *err)
{
	struct kith_digest d;

	if (!b->open)
		return KITH_OK;
	b->open = false;
	kith_blake2b_finish(b->content, &d);
	return kith_tree_add(b->tree, kith_buf_span(&b->path), KITH_TREE_FILE, &d, err);
}

static int
take_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct rebuild *b = ctx;
	struct kith_digest d = {{0}};
	int r = end_file(b, err);

	if (r)
		return r;
	kith_tree_hash_start(b->content, e->type);
	if (e->type == KITH_TREE_FILE) {
		b->open = true;
		kith_buf_reset(&b->path);
		kith_buf_put_span(&b->path, e->path);
		return kith_buf_check(&b->path, err);
	}
	kith_blake2b_update(b->content, e->target);
	kith_blake2b_finish(b->content, &d);
	return kith_tree_add(b->tree, e->path, e->type, &d, err);
}

static int
take_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct rebuild *b = ctx;

	(void)err;
	kith_blake2b_update(b->content, bytes);
	return KITH_OK;
}

static int
digest_archive(const char *path, const struct kith_span *ignore, size_t n, struct kith_digest *ret,
	       struct kith_error *err)
{
	struct rebuild b = {.tree = kith_tree_new(KITH_MAX_TREE_ENTRIES, KITH_MIB(64)),
			    .content = kith_blake2b_new()};
	struct kith_archive_sink sink = {take_entry, take_content, &b};
	struct kith_helper_options helper = {.dir = KITH_BUILD_DIR};
	struct kith_archive_job job = {.path = path, .top = true};
	struct kith_archive_answer answer;
	int r = KITH_OK;

	kith_buf_init(&b.path, KITH_MAX_PATH);
	if (!b.tree || !b.content)
		r = kith_fail_nomem(err);
	if (!r)
		r = kith_archive_walk(&helper, &job, &sink, &answer, err);
	if (!r)
		r = end_file(&b, err);
	if (!r)
		r = kith_tree_digest(b.tree, ignore, n, ret, err);
	kith_buf_clear(&b.path);
	kith_blake2b_free(b.content);
	kith_tree_free(b.tree);
	return r;
}

int
cases_digest(int argc, char **argv)
{
	struct kith_span ignore[MAX_IGNORE], rest = KITH_SPAN_NONE;
	struct kith_error err;
	struct kith_digest d;
	struct kith_buf text;
	char *path;
	size_t n = 0;
	int r;

	if (argc == 3 && strcmp(argv[0], "--ignore") == 0) {
		rest = kith_span_str(argv[1]);
		argc -= 2;
		argv += 2;
	}
	while (n < MAX_IGNORE && kith_span_next(&rest, ',', &ignore[n]))
		n++;
	if (argc != 1 || rest.len) {
		fputs("usage: digest [--ignore A,B] FILE|DIR\n", stderr);
		return 2;
	}
	path = realpath(argv[0], NULL);
	if (!path) {
		fprintf(stderr, "cases: %s: no such file\n", argv[0]);
		return 2;
	}
	r = kith_crypto_init(&err);
	if (!r)
		r = kith_fs_is_dir(path) ? kith_tree_digest_path(path, ignore, n, &d, &err)
					 : digest_archive(path, ignore, n, &d, &err);
	free(path);
	if (r) {
		fprintf(stderr, "cases: %s\n", err.msg);
		return 1;
	}
	kith_buf_init(&text, 128);
	kith_base64_put(&text, d.bytes, sizeof(d.bytes));
	printf("%s\n", kith_buf_str(&text));
	kith_buf_clear(&text);
	return 0;
}
