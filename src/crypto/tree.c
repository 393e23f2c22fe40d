/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one rule of crev's recursive digest (crev format 5), for archives and folders alike. Reads no
 * file. Entries come in any order and are hostile: a path that occurs twice or lies below what is
 * no folder would let one digest stand for two different trees, so both are refused.
 */
#include "crypto/tree_entries.h"

#define MAX_FRAMES (KITH_MAX_TREE_DEPTH + 1)

/* The folders from the root to the one being hashed; nothing here recurses. */
struct fold {
	struct kith_blake2b_state *state[MAX_FRAMES]; /* made when a depth is first reached */
	struct kith_span name[MAX_FRAMES]; /* of the folder at that depth; 0 is the root */
	size_t depth;                      /* of the innermost open folder */
};

struct kith_tree *
kith_tree_new(size_t max_entries, size_t max_bytes)
{
	struct kith_tree *t = kith_calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->max_entries = max_entries;
	t->max_bytes = max_bytes;
	/* the ends of chunks are not all used */
	kith_arena_init(&t->arena,
			max_bytes > SIZE_MAX / 2 ? SIZE_MAX : max_bytes * 2 + KITH_KIB(16));
	return t;
}

void
kith_tree_free(struct kith_tree *t)
{
	if (!t)
		return;
	kith_arena_clear(&t->arena);
	free(t->entries);
	free(t);
}

static int
check_path(struct kith_span path, struct kith_error *err)
{
	struct kith_span rest = path, part;
	size_t depth = 0;

	if (path.len > KITH_MAX_PATH)
		return kith_fail(err, KITH_E_LIMIT, "'%.100s…': a path of more than %d bytes",
				 (const char *)path.ptr, KITH_MAX_PATH);
	if (!path.len || path.ptr[0] == '/' || kith_span_find(path, 0, '\0') < path.len)
		return kith_fail(err, KITH_E_FORMAT, "'%.*s': an empty or absolute path, or a NUL",
				 KITH_SPAN_FMT(path));
	while (kith_span_next(&rest, '/', &part)) {
		if (!part.len || kith_span_is(part, ".") || kith_span_is(part, ".."))
			return kith_fail(err, KITH_E_FORMAT,
					 "'%.*s': an empty, '.' or '..' component",
					 KITH_SPAN_FMT(path));
		if (++depth > KITH_MAX_TREE_DEPTH)
			return kith_fail(err, KITH_E_LIMIT, "'%.100s…': deeper than %d folders",
					 (const char *)path.ptr, KITH_MAX_TREE_DEPTH);
	}
	return KITH_OK;
}

int
kith_tree_add(struct kith_tree *t, struct kith_span path, enum kith_tree_type type,
	      const struct kith_digest *content, struct kith_error *err)
{
	struct kith_tree_entry e = {.type = type};
	int r = check_path(path, err);

	if (r)
		return r;
	if (path.len > t->max_bytes - t->bytes)
		return kith_fail(err, KITH_E_LIMIT, "paths of more than %zu bytes in all",
				 t->max_bytes);
	if (t->count >= t->max_entries)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu entries", t->max_entries);
	r = kith_grow(&t->entries, &t->cap, t->count + 1, sizeof(e), t->max_entries,
		      "entries in a tree", err);
	if (r)
		return r;
	if (!kith_arena_copy(&t->arena, path, &e.path))
		return kith_fail_nomem(err);
	if (type != KITH_TREE_DIR && content)
		e.content = *content;
	t->bytes += path.len;
	t->entries[t->count++] = e;
	return KITH_OK;
}

/* '/' below every other byte: what lies in a folder follows it at once. */
static int
compare_paths(struct kith_span a, struct kith_span b)
{
	size_t n = a.len < b.len ? a.len : b.len, i;

	for (i = 0; i < n && a.ptr[i] == b.ptr[i]; i++)
		;
	if (i == n)
		return (a.len > b.len) - (a.len < b.len);
	if (a.ptr[i] == '/' || b.ptr[i] == '/')
		return a.ptr[i] == '/' ? -1 : 1;
	return a.ptr[i] < b.ptr[i] ? -1 : 1;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct kith_tree_entry *x = a, *y = b;

	return compare_paths(x->path, y->path);
}

static bool
lies_below(struct kith_span path, struct kith_span folder)
{
	return path.len > folder.len && path.ptr[folder.len] == '/' &&
	       kith_span_starts(path, folder);
}

const struct kith_span *
kith_tree_ignored(struct kith_span path, const struct kith_span *ignore, size_t n)
{
	const struct kith_span *best = NULL;
	size_t i;

	for (i = 0; i < n; i++)
		if ((kith_span_eq(path, ignore[i]) || lies_below(path, ignore[i])) &&
		    (!best || ignore[i].len < best->len))
			best = &ignore[i];
	return best;
}

/* Of sorted entries: neighbours show everything that contradicts itself. */
static int
check_neighbours(const struct kith_tree *t, struct kith_error *err)
{
	size_t i;

	for (i = 1; i < t->count; i++) {
		const struct kith_tree_entry *a = &t->entries[i - 1], *b = &t->entries[i];

		if (kith_span_eq(a->path, b->path))
			return kith_fail(err, KITH_E_FORMAT, "'%.*s' occurs twice",
					 KITH_SPAN_FMT(b->path));
		if (a->type != KITH_TREE_DIR && lies_below(b->path, a->path))
			return kith_fail(err, KITH_E_FORMAT, "'%.*s' lies below a %s",
					 KITH_SPAN_FMT(b->path),
					 a->type == KITH_TREE_FILE ? "file" : "link");
	}
	return KITH_OK;
}

static void
put_digest(struct kith_blake2b_state *s, const struct kith_digest *d)
{
	kith_blake2b_update(s, kith_span(d->bytes, sizeof(d->bytes)));
}

static void
put_name(struct kith_blake2b_state *s, struct kith_span name)
{
	struct kith_digest d;

	kith_blake2b(name, &d);
	put_digest(s, &d);
}

/* Opens the folder `name` in the innermost one (the root: depth 0). */
static int
open_folder(struct fold *f, size_t depth, struct kith_span name, struct kith_error *err)
{
	if (!f->state[depth])
		f->state[depth] = kith_blake2b_new();
	if (!f->state[depth])
		return kith_fail_nomem(err);
	if (depth)
		put_name(f->state[depth - 1], name);
	f->name[depth] = name;
	f->depth = depth;
	kith_tree_hash_start(f->state[depth], KITH_TREE_DIR);
	return KITH_OK;
}

static void
close_folders(struct fold *f, size_t depth)
{
	struct kith_digest d;

	for (; f->depth > depth; f->depth--) {
		kith_blake2b_finish(f->state[f->depth], &d);
		put_digest(f->state[f->depth - 1], &d);
	}
}

/* Closes and opens folders until the one that `dirs` names (empty: the root) is innermost. */
static int
enter(struct fold *f, struct kith_span dirs, struct kith_error *err)
{
	struct kith_span rest = dirs.len ? dirs : KITH_SPAN_NONE, name;
	size_t depth = 0;
	int r;

	while (kith_span_next(&rest, '/', &name)) {
		depth++;
		if (depth <= f->depth && kith_span_eq(f->name[depth], name))
			continue;
		close_folders(f, depth - 1);
		r = open_folder(f, depth, name, err);
		if (r)
			return r;
	}
	close_folders(f, depth);
	return KITH_OK;
}

/* Cuts path at its last '/': the folder (empty: the root) and the name in it. */
static struct kith_span
parent(struct kith_span path, struct kith_span *ret_name)
{
	size_t cut = path.len;

	while (cut && path.ptr[cut - 1] != '/')
		cut--;
	*ret_name = kith_span_sub(path, cut, SIZE_MAX);
	return kith_span_sub(path, 0, cut ? cut - 1 : 0);
}

static int
fold_entry(struct fold *f, const struct kith_tree_entry *e, struct kith_error *err)
{
	struct kith_span name, dirs = parent(e->path, &name);
	int r;

	if (e->type == KITH_TREE_DIR)
		return enter(f, e->path, err);
	r = enter(f, dirs, err);
	if (r)
		return r;
	put_name(f->state[f->depth], name);
	put_digest(f->state[f->depth], &e->content);
	return KITH_OK;
}

static int
fold(const struct kith_tree *t, const struct kith_span *ignore, size_t n, struct fold *f,
     struct kith_error *err)
{
	int r = open_folder(f, 0, KITH_SPAN_NONE, err);
	const struct kith_span *left_out;
	struct kith_span name;
	size_t i;

	for (i = 0; i < t->count && !r; i++) {
		left_out = kith_tree_ignored(t->entries[i].path, ignore, n);
		if (left_out) /* the folder that it lay in is there all the same */
			r = enter(f, parent(*left_out, &name), err);
		else
			r = fold_entry(f, &t->entries[i], err);
	}
	if (!r)
		close_folders(f, 0);
	return r;
}

int
kith_tree_digest(struct kith_tree *t, const struct kith_span *ignore, size_t n,
		 struct kith_digest *ret_digest, struct kith_error *err)
{
	struct fold f = {.depth = 0};
	size_t i;
	int r;

	if (t->count)
		qsort(t->entries, t->count, sizeof(t->entries[0]), compare_entries);
	r = check_neighbours(t, err);
	if (!r)
		r = fold(t, ignore, n, &f, err);
	if (!r)
		kith_blake2b_finish(f.state[0], ret_digest);
	for (i = 0; i < MAX_FRAMES; i++)
		kith_blake2b_free(f.state[i]);
	return r;
}

void
kith_tree_hash_start(struct kith_blake2b_state *s, enum kith_tree_type type)
{
	const char *tag = type == KITH_TREE_FILE ? "F" : type == KITH_TREE_LINK ? "L" : "D";

	kith_blake2b_start(s);
	kith_blake2b_update(s, kith_span(tag, 1));
}
