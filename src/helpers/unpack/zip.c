/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A zip archive of plain files, as databases are exported: read by its directory at the end, under
 * the same limits as other archives. What is odd is refused with its place, never repaired: links,
 * encryption, names that lead elsewhere or come twice, contents that are not of the size they say.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "helpers/unpack/walk.h"

#define MAX_TREE_BYTES KITH_MIB(64)

struct zip {
	const struct kith_unpack_options *opt;
	struct archive *a;
	struct kith_tree *tree;
	struct kith_blake2b_state *content;
	size_t entries;
	uint64_t bytes;
};

static void
zip_clear(struct zip *z)
{
	if (z->a)
		archive_read_free(z->a);
	kith_tree_free(z->tree);
	kith_blake2b_free(z->content);
}

static int
fail_zip(struct zip *z, struct kith_error *err)
{
	const char *why = archive_error_string(z->a);

	if (archive_errno(z->a) == ENOMEM)
		return kith_fail_nomem(err);
	return kith_fail(err, KITH_E_FORMAT, "%s", why ? why : "damaged archive");
}

static bool
is_clean(struct kith_span path)
{
	struct kith_span piece, rest = path;

	if (!path.len || path.len > KITH_MAX_PATH || memchr(path.ptr, '\\', path.len))
		return false;
	while (kith_span_next(&rest, '/', &piece))
		if (!piece.len || kith_span_is(piece, ".") || kith_span_is(piece, ".."))
			return false;
	return path.ptr[path.len - 1] != '/';
}

static int
describe(struct archive_entry *a, struct kith_unpack_entry *e, struct kith_error *err)
{
	memset(e, 0, sizeof(*e));
	e->path = kith_span_str(archive_entry_pathname(a));
	e->mode = 0644;
	if (archive_entry_filetype(a) == AE_IFDIR) {
		e->type = KITH_TREE_DIR;
		if (e->path.len && e->path.ptr[e->path.len - 1] == '/')
			e->path.len--;
	} else if (archive_entry_filetype(a) == AE_IFREG && !archive_entry_hardlink(a)) {
		e->type = KITH_TREE_FILE;
	} else {
		return kith_fail(err, KITH_E_FORMAT, "%.*s: not a file or folder",
				 KITH_SPAN_FMT(e->path));
	}
	if (!is_clean(e->path))
		return kith_fail(err, KITH_E_FORMAT, "'%.*s': not a plain relative name",
				 KITH_SPAN_FMT(e->path));
	if (archive_entry_is_encrypted(a))
		return kith_fail(err, KITH_E_FORMAT, "%.*s: encrypted", KITH_SPAN_FMT(e->path));
	if (e->type == KITH_TREE_DIR)
		return KITH_OK;
	if (!archive_entry_size_is_set(a) || archive_entry_size(a) < 0)
		return kith_fail(err, KITH_E_FORMAT, "%.*s: does not say its size",
				 KITH_SPAN_FMT(e->path));
	e->size = (uint64_t)archive_entry_size(a);
	return KITH_OK;
}

static int
take_content(struct zip *z, const struct kith_unpack_entry *e, struct kith_digest *ret,
	     struct kith_error *err)
{
	const struct kith_unpack_sink *sink = &z->opt->sink;
	const void *block;
	size_t len;
	la_int64_t offset;
	uint64_t done = 0;
	int r, a;

	kith_tree_hash_start(z->content, e->type);
	while ((a = archive_read_data_block(z->a, &block, &len, &offset)) == ARCHIVE_OK) {
		if (offset < 0 || (uint64_t)offset != done || len > e->size - done)
			return kith_fail(err, KITH_E_FORMAT, "%.*s: not of the size it says",
					 KITH_SPAN_FMT(e->path));
		done += len;
		kith_blake2b_update(z->content, kith_span(block, len));
		r = sink->content && len ? sink->content(sink->ctx, kith_span(block, len), err)
					 : KITH_OK;
		if (r)
			return r;
	}
	if (a != ARCHIVE_EOF)
		return kith_context(err, fail_zip(z, err), "%.*s", KITH_SPAN_FMT(e->path));
	if (done != e->size)
		return kith_fail(err, KITH_E_FORMAT, "%.*s: cut short", KITH_SPAN_FMT(e->path));
	kith_blake2b_finish(z->content, ret);
	return KITH_OK;
}

/* What an entry claims is counted before any of it is unpacked. */
static int
take_entry(struct zip *z, struct archive_entry *a, struct kith_error *err)
{
	const struct kith_unpack_sink *sink = &z->opt->sink;
	struct kith_digest content = {{0}};
	struct kith_unpack_entry e;
	int r;

	if (++z->entries > z->opt->max_entries)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu entries", z->opt->max_entries);
	r = describe(a, &e, err);
	if (r)
		return r;
	if (e.size > z->opt->max_bytes - z->bytes)
		return kith_fail(err, KITH_E_LIMIT, "%.*s: more than %llu bytes unpacked",
				 KITH_SPAN_FMT(e.path), (unsigned long long)z->opt->max_bytes);
	z->bytes += e.size;
	r = sink->entry ? sink->entry(sink->ctx, &e, err) : KITH_OK;
	if (!r && e.type != KITH_TREE_DIR)
		r = take_content(z, &e, &content, err);
	return r ? r : kith_tree_add(z->tree, e.path, e.type, &content, err);
}

static int
open_zip(struct zip *z, struct kith_span archive, struct kith_error *err)
{
	z->a = archive_read_new();
	z->tree = kith_tree_new(z->opt->max_entries, MAX_TREE_BYTES);
	z->content = kith_blake2b_new();
	if (!z->a || !z->tree || !z->content)
		return kith_fail_nomem(err);
	if (archive_read_support_format_zip_seekable(z->a) != ARCHIVE_OK ||
	    archive_read_open_memory(z->a, archive.ptr, archive.len) != ARCHIVE_OK)
		return fail_zip(z, err);
	return KITH_OK;
}

int
kith_unpack_zip(struct kith_span archive, const struct kith_unpack_options *opt,
		struct kith_tree **ret_tree, struct kith_error *err)
{
	KITH_CLEANUP(zip_clear) struct zip z = {.opt = opt};
	struct archive_entry *e;
	int r, a;

	r = open_zip(&z, archive, err);
	while (!r) {
		a = archive_read_next_header(z.a, &e);
		if (a == ARCHIVE_EOF)
			break;
		r = a == ARCHIVE_OK ? take_entry(&z, e, err) : fail_zip(&z, err);
	}
	if (!r && !z.entries)
		r = kith_fail(err, KITH_E_FORMAT, "the archive is empty");
	if (r)
		return r;
	*ret_tree = kith_steal(&z.tree);
	return KITH_OK;
}
