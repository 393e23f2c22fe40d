/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed between two versions, from their checked archives. Each archive is read twice: first
 * hashes only, then the content of what differs, so that memory is bounded by what changed.
 */
#include "app/diff.h"

#include "app/activity.h"
#include "app/pick.h"
#include "crypto/crypto.h"

#define FILE_MAX  KITH_MIB(4)   /* larger ones are named, not compared */
#define TOTAL_MAX KITH_MIB(128) /* of content kept of both versions */
#define DIFF_MAX  KITH_MIB(512)

/* --- reading --- */

struct reading {
	struct kith_app_tree *tree;
	struct kith_blake2b_state *hash;
	struct kith_app_file *open; /* the entry whose content comes */
	bool keep;                  /* second pass */
	struct kith_arena *arena;
	size_t *total;
	size_t at; /* second pass: bytes of the open file so far */
};

static void
end_content(struct reading *rd)
{
	if (rd->open && !rd->keep)
		kith_blake2b_finish(rd->hash, &rd->open->content);
	rd->open = NULL;
}

static int
add_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct reading *rd = ctx;
	struct kith_app_tree *t = rd->tree;
	struct kith_app_file f = {.type = e->type, .size = e->size};
	int r;

	end_content(rd);
	if (e->type == KITH_TREE_DIR)
		return KITH_OK;
	r = kith_grow(&t->files, &t->cap, t->n + 1, sizeof(*t->files), KITH_MAX_TREE_ENTRIES,
		      "files", err);
	if (r)
		return r;
	if (!kith_arena_copy(rd->arena, e->path, &f.path) ||
	    !kith_arena_copy(rd->arena, e->target, &f.target))
		return kith_fail_nomem(err);
	f.executable = (e->mode & 0111) != 0;
	t->files[t->n] = f;
	rd->open = e->type == KITH_TREE_FILE ? &t->files[t->n] : NULL;
	t->n++;
	kith_blake2b_start(rd->hash);
	return KITH_OK;
}

static int
hash_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct reading *rd = ctx;

	(void)err;
	kith_blake2b_update(rd->hash, bytes);
	return KITH_OK;
}

static int
compare_paths(const void *a, const void *b)
{
	const struct kith_app_file *x = a, *y = b;

	return kith_span_cmp(x->path, y->path);
}

static struct kith_app_file *
find_file(struct kith_app_tree *t, struct kith_span path)
{
	struct kith_app_file key = {.path = path};

	return t->n ? bsearch(&key, t->files, t->n, sizeof(*t->files), compare_paths) : NULL;
}

static int
find_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct reading *rd = ctx;
	struct kith_app_file *f = find_file(rd->tree, e->path);
	uint8_t *room;

	rd->open = NULL;
	rd->at = 0;
	if (!f || !f->wanted || e->type != KITH_TREE_FILE || e->size != f->size)
		return KITH_OK;
	if (f->size > FILE_MAX || *rd->total + f->size > TOTAL_MAX) {
		f->too_large = true;
		return KITH_OK;
	}
	room = kith_arena_alloc(rd->arena, (size_t)f->size + 1);
	if (!room)
		return kith_fail_nomem(err);
	*rd->total += (size_t)f->size;
	f->bytes = kith_span(room, (size_t)f->size);
	f->room = room;
	rd->open = f;
	return KITH_OK;
}

static int
keep_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct reading *rd = ctx;

	if (!rd->open)
		return KITH_OK;
	if (bytes.len > rd->open->bytes.len - rd->at)
		return kith_fail(err, KITH_E_INTEGRITY, "the archive changed while it was read");
	if (bytes.len)
		memcpy(rd->open->room + rd->at, bytes.ptr, bytes.len);
	rd->at += bytes.len;
	return KITH_OK;
}

static int
read_hashes(struct kith_app_comparison *c, struct kith_app_tree *t, struct kith_error *err)
{
	struct reading rd = {.tree = t, .arena = &c->arena, .hash = kith_blake2b_new()};
	const struct kith_archive_sink sink = {add_entry, hash_content, &rd};
	int r;

	if (!rd.hash)
		return kith_fail_nomem(err);
	r = kith_app_read_bytes(c->picker, &t->picked, &sink, &t->bytes, err);
	end_content(&rd);
	kith_blake2b_free(rd.hash);
	if (!r && t->n)
		qsort(t->files, t->n, sizeof(*t->files), compare_paths);
	return r;
}

static int
read_content(struct kith_app_comparison *c, struct kith_app_tree *t, size_t *total,
	     struct kith_error *err)
{
	struct reading rd = {.tree = t, .arena = &c->arena, .keep = true, .total = total};
	const struct kith_archive_sink sink = {find_entry, keep_content, &rd};
	struct kith_app_bytes again;
	int r = kith_app_read_bytes(c->picker, &t->picked, &sink, &again, err);

	if (!r && memcmp(again.sha256, t->bytes.sha256, KITH_SHA256_BYTES) != 0)
		r = kith_fail(err, KITH_E_INTEGRITY, "the archive changed while it was read");
	return r;
}

/* --- comparing --- */

static bool
same_file(const struct kith_app_file *a, const struct kith_app_file *b)
{
	return a->type == b->type && a->executable == b->executable && a->size == b->size &&
	       kith_span_eq(a->target, b->target) && kith_digest_eq(&a->content, &b->content);
}

static int
add_change(struct kith_app_comparison *c, struct kith_app_file *a, struct kith_app_file *b,
	   struct kith_error *err)
{
	int r = kith_grow(&c->changes, &c->cap, c->n + 1, sizeof(*c->changes),
			  2 * KITH_MAX_TREE_ENTRIES, "changes", err);

	if (r)
		return r;
	memset(&c->changes[c->n], 0, sizeof(c->changes[c->n]));
	c->changes[c->n].old_file = a;
	c->changes[c->n++].new_file = b;
	if (a)
		a->wanted = true;
	if (b)
		b->wanted = true;
	return KITH_OK;
}

/* Both are sorted by path. */
static int
find_changes(struct kith_app_comparison *c, struct kith_error *err)
{
	struct kith_app_tree *a = &c->base, *b = &c->target;
	size_t i = 0, j = 0;
	int r = KITH_OK, order;

	while (!r && (i < a->n || j < b->n)) {
		order = i == a->n   ? 1
			: j == b->n ? -1
				    : kith_span_cmp(a->files[i].path, b->files[j].path);
		if (order < 0)
			r = add_change(c, &a->files[i++], NULL, err);
		else if (order > 0)
			r = add_change(c, NULL, &b->files[j++], err);
		else {
			if (!same_file(&a->files[i], &b->files[j]))
				r = add_change(c, &a->files[i], &b->files[j], err);
			i++;
			j++;
		}
	}
	return r;
}

static bool
is_text_pair(const struct kith_app_change *x)
{
	const struct kith_app_file *a = x->old_file, *b = x->new_file;

	if ((a && (a->type != KITH_TREE_FILE || a->too_large)) ||
	    (b && (b->type != KITH_TREE_FILE || b->too_large)))
		return false;
	return !a || !b || !kith_digest_eq(&a->content, &b->content);
}

struct asking {
	struct kith_app_comparison *c;
	size_t *change_of;
};

static int
take_diffed(void *ctx, size_t i, const struct kith_git_diffed *d, struct kith_error *err)
{
	struct asking *k = ctx;
	struct kith_app_change *x = &k->c->changes[k->change_of[i]];

	x->compared = d->code == KITH_OK;
	x->binary = d->binary;
	x->added = d->added;
	x->removed = d->removed;
	if (k->c->want_hunks && !kith_arena_copy(&k->c->arena, d->hunks, &x->hunks))
		return kith_fail_nomem(err);
	return KITH_OK;
}

static int
compare_texts(struct kith_app_comparison *c, unsigned context, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_diff_pair *pairs = kith_calloc(c->n, sizeof(*pairs));
	KITH_AUTO_FREE size_t *change_of = kith_calloc(c->n, sizeof(*change_of));
	struct asking k = {c, change_of};
	size_t i, n = 0;

	if (!pairs || !change_of)
		return kith_fail_nomem(err);
	for (i = 0; i < c->n; i++) {
		const struct kith_app_change *x = &c->changes[i];

		if (!is_text_pair(x))
			continue;
		pairs[n].old_bytes = x->old_file ? x->old_file->bytes : KITH_SPAN_NONE;
		pairs[n].new_bytes = x->new_file ? x->new_file->bytes : KITH_SPAN_NONE;
		change_of[n++] = i;
	}
	return kith_store_diff(c->picker->session->libexec, pairs, n, context, take_diffed, &k,
			       err);
}

void
kith_app_comparison_clear(struct kith_app_comparison *c)
{
	free(c->base.files);
	free(c->target.files);
	free(c->changes);
	kith_arena_clear(&c->arena);
	memset(c, 0, sizeof(*c));
}

int
kith_app_compare(struct kith_app_picker *picker, const struct kith_app_picked *base,
		 const struct kith_app_picked *target, int context, bool hunks,
		 struct kith_app_comparison *ret, struct kith_error *err)
{
	KITH_CLEANUP(kith_app_comparison_clear)
	struct kith_app_comparison c = {.picker = picker, .want_hunks = hunks};
	size_t total = 0;
	int r;

	kith_arena_init(&c.arena, DIFF_MAX);
	c.base.picked = *base;
	c.target.picked = *target;
	r = read_hashes(&c, &c.base, err);
	if (!r)
		r = read_hashes(&c, &c.target, err);
	if (!r)
		r = find_changes(&c, err);
	if (!r && c.n)
		r = read_content(&c, &c.base, &total, err);
	if (!r && c.n)
		r = read_content(&c, &c.target, &total, err);
	if (!r && c.n)
		r = compare_texts(&c, context < 0 ? 3 : (unsigned)context, err);
	if (r)
		return r;
	*ret = c;
	memset(&c, 0, sizeof(c));
	return KITH_OK;
}
