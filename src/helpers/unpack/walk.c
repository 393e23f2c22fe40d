/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive, in two layers for gzip so that the bytes of the tar stream pass the gate on their way
 * and everything up to the last byte is accounted for (libraries.md 9: it ignores what follows).
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "helpers/unpack/gate.h"
#include "helpers/unpack/walk.h"

/* What the paths of a tree may take together: 200,000 of 300 bytes. */
#define MAX_TREE_BYTES KITH_MIB(64)
#define PLAIN_BLOCK    KITH_KIB(256)
#define GZIP_TRAILER   8

struct walk {
	const struct kith_unpack_options *opt;
	struct kith_span archive;
	size_t at; /* of a plain tar: what was handed on */
	bool gzip, ended;
	struct archive *outer; /* gzip → tar stream */
	struct archive *inner; /* tar stream → entries */
	struct kith_gate gate;
	struct kith_blake2b_state *seen;    /* of libarchive's entries; to equal the gate's */
	struct kith_blake2b_state *content; /* of the current file */
	struct kith_tree *tree;
	struct kith_buf top; /* the top folder's name */
	size_t entries;
	int failed; /* what the feeder found, libarchive knows no such errors */
	struct kith_error why;
};

struct kith_unpack_options
kith_unpack_defaults(void)
{
	struct kith_unpack_options opt;

	memset(&opt, 0, sizeof(opt));
	opt.max_entries = KITH_MAX_TREE_ENTRIES;
	opt.max_bytes = KITH_MAX_UNPACKED;
	return opt;
}

static void
walk_clear(struct walk *w)
{
	if (w->inner)
		archive_read_free(w->inner);
	if (w->outer)
		archive_read_free(w->outer);
	kith_gate_clear(&w->gate);
	kith_blake2b_free(w->seen);
	kith_blake2b_free(w->content);
	kith_tree_free(w->tree);
	kith_buf_clear(&w->top);
}

/* libarchive's own message may be NULL. */
static int
fail_archive(struct archive *a, struct kith_error *err)
{
	const char *why = archive_error_string(a);

	if (archive_errno(a) == ENOMEM)
		return kith_fail_nomem(err);
	return kith_fail(err, KITH_E_FORMAT, "%s", why ? why : "damaged archive");
}

/* The next piece of the tar stream; empty at its end. */
static int
next_piece(struct walk *w, struct kith_span *ret, struct kith_error *err)
{
	const void *block = NULL;
	size_t len = 0;
	la_int64_t offset;
	int r;

	if (!w->gzip) {
		*ret = kith_span_sub(w->archive, w->at, PLAIN_BLOCK);
		w->at += ret->len;
		return KITH_OK;
	}
	do
		r = archive_read_data_block(w->outer, &block, &len, &offset);
	while (r == ARCHIVE_OK && !len);
	if (r != ARCHIVE_OK && r != ARCHIVE_EOF)
		return fail_archive(w->outer, err);
	*ret = r == ARCHIVE_EOF ? KITH_SPAN_NONE : kith_span(block, len);
	return KITH_OK;
}

static int
next_checked(struct walk *w, struct kith_span *ret, struct kith_error *err)
{
	int r = next_piece(w, ret, err);

	w->ended = !r && !ret->len;
	return r ? r : kith_gate_feed(&w->gate, *ret, err);
}

static la_ssize_t
feed(struct archive *a, void *ctx, const void **ret_block)
{
	struct walk *w = ctx;
	struct kith_span piece = KITH_SPAN_NONE;

	w->failed = next_checked(w, &piece, &w->why);
	if (w->failed) {
		archive_set_error(a, EINVAL, "refused");
		return -1;
	}
	*ret_block = piece.ptr;
	return (la_ssize_t)piece.len;
}

/* What went wrong: the feeder's reason is the better one. */
static int
fail_inner(struct walk *w, struct kith_error *err)
{
	if (!w->failed)
		return fail_archive(w->inner, err);
	if (err)
		*err = w->why;
	return w->failed;
}

static int
open_gzip(struct walk *w, struct kith_error *err)
{
	struct archive_entry *e;

	w->outer = archive_read_new();
	if (!w->outer)
		return kith_fail_nomem(err);
	if (archive_read_append_filter(w->outer, ARCHIVE_FILTER_GZIP) != ARCHIVE_OK ||
	    archive_read_support_format_raw(w->outer) != ARCHIVE_OK ||
	    archive_read_open_memory(w->outer, w->archive.ptr, w->archive.len) != ARCHIVE_OK ||
	    archive_read_next_header(w->outer, &e) != ARCHIVE_OK)
		return fail_archive(w->outer, err);
	return KITH_OK;
}

static int
open_walk(struct walk *w, struct kith_error *err)
{
	int r;

	kith_buf_init(&w->top, KITH_MAX_PATH);
	r = kith_gate_init(&w->gate, w->opt->max_bytes, err);
	if (r)
		return r;
	w->seen = kith_blake2b_new();
	w->content = kith_blake2b_new();
	w->tree = kith_tree_new(w->opt->max_entries, MAX_TREE_BYTES);
	w->inner = archive_read_new();
	if (!w->seen || !w->content || !w->tree || !w->inner)
		return kith_fail_nomem(err);
	kith_blake2b_start(w->seen);
	w->gzip = w->archive.len > 2 && w->archive.ptr[0] == 0x1f && w->archive.ptr[1] == 0x8b;
	r = w->gzip ? open_gzip(w, err) : KITH_OK;
	if (r)
		return r;
	if (archive_read_support_format_tar(w->inner) != ARCHIVE_OK ||
	    archive_read_open(w->inner, w, NULL, feed, NULL) != ARCHIVE_OK)
		return fail_inner(w, err);
	return KITH_OK;
}

/* Cuts the top folder off; *path is empty for that folder itself. */
static int
below_top(struct walk *w, struct kith_span *path, enum kith_tree_type type, struct kith_error *err)
{
	size_t slash = kith_span_find(*path, 0, '/');
	struct kith_span first = kith_span_sub(*path, 0, slash), want = w->opt->top_name;
	int r;

	if (!want.len)
		want = kith_buf_span(&w->top);
	if (!want.len) {
		kith_buf_put_span(&w->top, first);
		r = kith_buf_check(&w->top, err);
		if (r)
			return r;
		want = first;
	}
	if (!want.len || kith_span_is(want, ".") || kith_span_is(want, "..") ||
	    !kith_span_eq(first, want) || (slash == path->len && type != KITH_TREE_DIR))
		return kith_fail(err, KITH_E_FORMAT, "%.*s: outside the top folder %.*s",
				 KITH_SPAN_FMT(*path), KITH_SPAN_FMT(want));
	*path = kith_span_sub(*path, slash + 1, path->len);
	return KITH_OK;
}

static int
hash_content(struct walk *w, const struct kith_unpack_entry *e, struct kith_digest *ret,
	     struct kith_error *err)
{
	const struct kith_unpack_sink *sink = &w->opt->sink;
	const void *block;
	size_t len;
	la_int64_t offset;
	uint64_t done = 0;
	struct kith_span bytes;
	int r, a;

	kith_tree_hash_start(w->content, e->type);
	if (e->type == KITH_TREE_LINK) {
		kith_blake2b_update(w->content, e->target);
		kith_blake2b_finish(w->content, ret);
		return KITH_OK;
	}
	while ((a = archive_read_data_block(w->inner, &block, &len, &offset)) == ARCHIVE_OK) {
		bytes = kith_span(block, len);
		if (offset < 0 || (uint64_t)offset != done || len > e->size - done)
			return kith_fail(err, KITH_E_FORMAT, "%.*s: sparse, or not of its size",
					 KITH_SPAN_FMT(e->path));
		done += len;
		kith_blake2b_update(w->content, bytes);
		r = sink->content && len ? sink->content(sink->ctx, bytes, err) : KITH_OK;
		if (r)
			return r;
	}
	if (a != ARCHIVE_EOF)
		return fail_inner(w, err);
	if (done != e->size)
		return kith_fail(err, KITH_E_FORMAT, "%.*s: cut short", KITH_SPAN_FMT(e->path));
	kith_blake2b_finish(w->content, ret);
	return KITH_OK;
}

/* Type, names and size as libarchive has them, recorded for the comparison with the gate. */
static int
describe(struct walk *w, struct archive_entry *a, struct kith_unpack_entry *e,
	 struct kith_error *err)
{
	e->path = kith_span_str(archive_entry_pathname(a));
	e->target = KITH_SPAN_NONE;
	e->mode = (uint32_t)archive_entry_perm(a) & 0777;
	e->size = 0;
	if (archive_entry_hardlink(a))
		return kith_fail(err, KITH_E_FORMAT, "%.*s: hard link", KITH_SPAN_FMT(e->path));
	switch (archive_entry_filetype(a)) {
	case AE_IFREG:
		e->type = KITH_TREE_FILE;
		e->size = (uint64_t)archive_entry_size(a);
		break;
	case AE_IFLNK:
		e->type = KITH_TREE_LINK;
		e->target = kith_span_str(archive_entry_symlink(a));
		break;
	case AE_IFDIR:
		e->type = KITH_TREE_DIR;
		break;
	default:
		return kith_fail(err, KITH_E_FORMAT, "%.*s: not a file, folder or link",
				 KITH_SPAN_FMT(e->path));
	}
	if (e->path.len > KITH_MAX_PATH || e->target.len > KITH_MAX_PATH)
		return kith_fail(err, KITH_E_LIMIT, "a name of more than %d bytes", KITH_MAX_PATH);
	if (archive_entry_sparse_count(a))
		return kith_fail(err, KITH_E_FORMAT, "%.*s: sparse file", KITH_SPAN_FMT(e->path));
	kith_gate_record(w->seen, e->type, e->size, e->path, e->target);
	if (e->type == KITH_TREE_DIR && e->path.len && e->path.ptr[e->path.len - 1] == '/')
		e->path.len--;
	return KITH_OK;
}

/* Checked before the sink hears of it, though the tree would refuse it too. */
static bool
is_clean(struct kith_span path)
{
	struct kith_span piece, rest = path;

	if (!path.len || path.ptr[path.len - 1] == '/')
		return false;
	while (kith_span_next(&rest, '/', &piece))
		if (!piece.len || kith_span_is(piece, ".") || kith_span_is(piece, ".."))
			return false;
	return true;
}

static int
take_entry(struct walk *w, struct archive_entry *a, struct kith_error *err)
{
	const struct kith_unpack_sink *sink = &w->opt->sink;
	struct kith_unpack_entry e;
	struct kith_digest content = {{0}};
	int r;

	if (++w->entries > w->opt->max_entries)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu entries", w->opt->max_entries);
	r = describe(w, a, &e, err);
	if (!r && w->opt->top)
		r = below_top(w, &e.path, e.type, err);
	if (r || (w->opt->top && !e.path.len && e.type == KITH_TREE_DIR))
		return r; /* the root itself */
	if (!is_clean(e.path))
		return kith_fail(err, KITH_E_FORMAT, "'%.*s': not a plain relative name",
				 KITH_SPAN_FMT(e.path));
	r = sink->entry ? sink->entry(sink->ctx, &e, err) : KITH_OK;
	if (!r && e.type != KITH_TREE_DIR)
		r = hash_content(w, &e, &content, err);
	return r ? r : kith_tree_add(w->tree, e.path, e.type, &content, err);
}

/* Everything behind the last entry: only zeros, one gzip member, not one byte left over. */
static int
end_walk(struct walk *w, struct kith_error *err)
{
	const uint8_t *tail = w->archive.ptr + w->archive.len - 4;
	struct kith_digest theirs, ours;
	struct kith_span piece;
	uint32_t said;
	int r = KITH_OK;

	while (!w->ended && !r)
		r = next_checked(w, &piece, err);
	if (!r)
		r = kith_gate_end(&w->gate, &theirs, err);
	if (r)
		return r;
	kith_blake2b_finish(w->seen, &ours);
	if (!kith_digest_eq(&ours, &theirs))
		return kith_fail(err, KITH_E_FORMAT, "readers of tar disagree about this archive");
	if (!w->gzip)
		return KITH_OK;
	if (w->archive.len < GZIP_TRAILER ||
	    (uint64_t)archive_filter_bytes(w->outer, -1) != w->archive.len)
		return kith_fail(err, KITH_E_FORMAT, "data after the end of the gzip stream");
	/* With a second member (which cargo ignores) the last length would not be that of all. */
	said = (uint32_t)tail[0] | (uint32_t)tail[1] << 8 | (uint32_t)tail[2] << 16 |
	       (uint32_t)tail[3] << 24;
	if (said != (uint32_t)w->gate.total)
		return kith_fail(err, KITH_E_FORMAT, "more than one gzip member, or damaged");
	return KITH_OK;
}

int
kith_unpack_walk(struct kith_span archive, const struct kith_unpack_options *opt,
		 struct kith_tree **ret_tree, struct kith_error *err)
{
	KITH_CLEANUP(walk_clear) struct walk w;
	struct archive_entry *e;
	int r, a;

	memset(&w, 0, sizeof(w));
	w.opt = opt;
	w.archive = archive;
	r = open_walk(&w, err);
	while (!r) {
		a = archive_read_next_header(w.inner, &e);
		if (a == ARCHIVE_EOF)
			break;
		r = a == ARCHIVE_OK ? take_entry(&w, e, err) : fail_inner(&w, err);
	}
	if (!r)
		r = end_walk(&w, err);
	if (!r && opt->top && !w.entries)
		r = kith_fail(err, KITH_E_FORMAT, "the archive is empty");
	if (r)
		return r;
	*ret_tree = kith_steal(&w.tree);
	return KITH_OK;
}
