/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over an archive. Input that begins with "#" is text for tests/tarball.h, any other the
 * archive itself (a zip archive if it begins with "PK"); a second line "#gz" packs it. What is
 * accepted has entries with clean names, as many bytes as their sizes say, and the digest that its
 * own entries give when added anew.
 */
#include "tarball.h"
#include "helpers/unpack/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct check {
	struct kith_tree *again;
	struct kith_blake2b_state *content;
	struct kith_buf path;
	uint64_t left;
	bool open;
};

static void
must(bool so)
{
	if (!so)
		abort();
}

static int
end_file(struct check *c, struct kith_error *err)
{
	struct kith_digest d;

	if (!c->open)
		return KITH_OK;
	c->open = false;
	must(c->left == 0);
	kith_blake2b_finish(c->content, &d);
	return kith_tree_add(c->again, kith_buf_span(&c->path), KITH_TREE_FILE, &d, err);
}

static int
see_entry(void *ctx, const struct kith_unpack_entry *e, struct kith_error *err)
{
	struct check *c = ctx;
	struct kith_digest d = {{0}};
	int r = end_file(c, err);

	if (r)
		return r;
	must(e->path.len && e->path.len <= KITH_MAX_PATH && e->path.ptr[0] != '/');
	must(memchr(e->path.ptr, 0, e->path.len) == NULL && e->mode <= 0777);
	kith_tree_hash_start(c->content, e->type);
	if (e->type == KITH_TREE_FILE) {
		c->open = true;
		c->left = e->size;
		kith_buf_reset(&c->path);
		kith_buf_put_span(&c->path, e->path);
		return kith_buf_check(&c->path, err);
	}
	must(e->size == 0);
	kith_blake2b_update(c->content, e->target);
	kith_blake2b_finish(c->content, &d);
	return kith_tree_add(c->again, e->path, e->type, &d, err);
}

static int
see_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct check *c = ctx;

	(void)err;
	must(c->open && bytes.len <= c->left);
	c->left -= bytes.len;
	kith_blake2b_update(c->content, bytes);
	return KITH_OK;
}

static void
walk(struct kith_span archive, bool top, bool zip)
{
	struct check c = {.again = kith_tree_new(1000, KITH_MIB(1)), .content = kith_blake2b_new()};
	struct kith_unpack_options o = kith_unpack_defaults();
	struct kith_tree *tree = NULL;
	struct kith_digest a, b;
	struct kith_error err = {.code = KITH_OK};
	int r;

	must(c.again && c.content);
	kith_buf_init(&c.path, KITH_MAX_PATH);
	o.top = top;
	o.max_entries = 1000;
	o.max_bytes = KITH_MIB(4);
	o.sink = (struct kith_unpack_sink){see_entry, see_content, &c};
	r = zip ? kith_unpack_zip(archive, &o, &tree, &err)
		: kith_unpack_walk(archive, &o, &tree, &err);
	must((r == KITH_OK) == (tree != NULL));
	must(r == KITH_OK || (err.code == r && err.msg[0]));
	if (!r && !kith_tree_digest(tree, NULL, 0, &a, &err)) {
		must(end_file(&c, &err) == KITH_OK);
		must(kith_tree_digest(c.again, NULL, 0, &b, &err) == KITH_OK);
		must(kith_digest_eq(&a, &b));
	}
	kith_tree_free(tree);
	kith_tree_free(c.again);
	kith_blake2b_free(c.content);
	kith_buf_clear(&c.path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct kith_span in = kith_span(data, size), archive = in;
	struct kith_buf tar, gz;
	struct kith_error err;

	if (!ready)
		must(kith_crypto_init(&err) == KITH_OK && kith_unpack_set_locale());
	ready = true;
	kith_buf_init(&tar, KITH_MIB(4));
	kith_buf_init(&gz, KITH_MIB(5));
	if (kith_span_starts(in, KITH_SPAN_LIT("#")) && maker_make(in, &tar))
		archive = kith_buf_span(&tar);
	if (kith_span_starts(in, KITH_SPAN_LIT("#\n#gz\n"))) {
		maker_gzip(archive, &gz);
		archive = kith_buf_span(&gz);
	}
	if (kith_span_starts(in, KITH_SPAN_LIT("PK"))) {
		walk(archive, false, true);
	} else {
		walk(archive, true, false);
		walk(archive, false, false);
	}
	kith_buf_clear(&tar);
	kith_buf_clear(&gz);
	return 0;
}
