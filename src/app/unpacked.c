/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cargo unpacked, compared with the archives (verdict.md 1): those folders are what the
 * compiler reads, and anything on this machine may have written to them since. They are never
 * where a digest comes from.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/judge.h"
#include "crypto/tree.h"

#define CACHE_FOLDER "/registry/cache/"
#define SRC_FOLDER   "/registry/src/"
#define CARGO_OK     ".cargo-ok" /* cargo's own mark that unpacking came to its end */
#define PIECE        KITH_KIB(64)

/* Where cargo unpacks this archive; NULL if it lies elsewhere than in cargo's cache. Yours. */
static char *
folder_of(const char *archive)
{
	const char *at = NULL, *next = archive;
	size_t n = strlen(archive);

	while ((next = strstr(next, CACHE_FOLDER)))
		at = next++;
	if (!at || n < 7 || strcmp(archive + n - 6, ".crate") != 0)
		return NULL;
	return kith_asprintf("%.*s" SRC_FOLDER "%.*s", (int)(at - archive), archive,
			     (int)(n - 6 - (size_t)(at - archive) - strlen(CACHE_FOLDER)),
			     at + strlen(CACHE_FOLDER));
}

/* --- which file --- */

struct comparison {
	const char *root;
	struct kith_map paths; /* all that the archive holds, folders too */
	struct kith_arena arena;
	struct kith_blake2b_state *hash;
	struct kith_span file; /* whose content comes; empty: none */
	struct kith_buf found; /* the first difference, in words */
};

static void
comparison_clear(struct comparison *c)
{
	kith_map_clear(&c->paths);
	kith_arena_clear(&c->arena);
	kith_blake2b_free(c->hash);
	kith_buf_clear(&c->found);
}

static void
differs(struct comparison *c, struct kith_span path, const char *how)
{
	if (c->found.len)
		return;
	kith_text_safe(&c->found, path, 200);
	kith_buf_put_str(&c->found, how);
}

/* False if it cannot be read: then it is not what the archive holds. */
static bool
hash_file(const char *path, struct kith_digest *ret)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	KITH_AUTO_FREE uint8_t *room = kith_calloc(1, PIECE);
	struct kith_blake2b_state *h = kith_blake2b_new();
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && room && h && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		kith_blake2b_start(h);
		while ((n = read(fd, room, PIECE)) > 0 || (n < 0 && errno == EINTR))
			if (n > 0)
				kith_blake2b_update(h, kith_span(room, (size_t)n));
		kith_blake2b_finish(h, ret);
	}
	kith_blake2b_free(h);
	return n == 0;
}

static int
end_file(struct comparison *c, struct kith_error *err)
{
	KITH_AUTO_FREE char *below = kith_strndup(c->file.ptr, c->file.len);
	KITH_AUTO_FREE char *path = below ? kith_fs_join(c->root, below) : NULL;
	struct kith_digest want, have;
	struct stat st;

	if (!c->file.len)
		return KITH_OK;
	if (!path)
		return kith_fail_nomem(err);
	kith_blake2b_finish(c->hash, &want);
	if (lstat(path, &st) < 0)
		differs(c, c->file, " is missing in it");
	else if (!hash_file(path, &have) || !kith_digest_eq(&want, &have))
		differs(c, c->file, " differs");
	c->file = KITH_SPAN_NONE;
	return KITH_OK;
}

static int
remember(struct comparison *c, struct kith_span path, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 1; !r && i <= path.len; i++)
		if (i == path.len || path.ptr[i] == '/')
			r = kith_map_add(&c->paths, kith_span_sub(path, 0, i), 0, NULL, NULL, err);
	return r;
}

static int
take_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct comparison *c = ctx;
	struct kith_span path;
	int r = end_file(c, err);

	if (r)
		return r;
	if (!kith_arena_copy(&c->arena, e->path, &path))
		return kith_fail_nomem(err);
	r = remember(c, path, err);
	if (!r && e->type == KITH_TREE_FILE && !kith_span_is(path, CARGO_OK)) {
		c->file = path;
		kith_blake2b_start(c->hash);
	}
	return r;
}

static int
take_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct comparison *c = ctx;

	(void)err;
	if (c->file.len)
		kith_blake2b_update(c->hash, bytes);
	return KITH_OK;
}

static int find_more(struct comparison *c, const char *below, unsigned depth,
		     struct kith_error *err);

static int
look_at(struct comparison *c, const char *below, unsigned depth, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(c->root, below);
	struct stat st;

	if (!path)
		return kith_fail_nomem(err);
	if (!kith_map_get(&c->paths, kith_span_str(below), NULL) && strcmp(below, CARGO_OK) != 0) {
		differs(c, kith_span_str(below), " is not in the archive");
		return KITH_OK;
	}
	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) || depth >= KITH_MAX_TREE_DEPTH)
		return KITH_OK;
	return find_more(c, below, depth + 1, err);
}

/* What lies there besides; in order, so that it is the same one every time. */
static int
find_more(struct comparison *c, const char *below, unsigned depth, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *dir = kith_fs_join(c->root, below);
	size_t i;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	r = kith_fs_list(dir, &names, err);
	for (i = 0; !r && !c->found.len && i < names.count; i++) {
		KITH_AUTO_FREE char *name =
		    *below ? kith_asprintf("%s/%s", below, names.names[i])
			   : kith_strndup(names.names[i], strlen(names.names[i]));

		r = name ? look_at(c, name, depth, err) : kith_fail_nomem(err);
	}
	return r;
}

/* The archive is read again; what cannot be found out leaves the words that nobody can miss. */
static int
name_difference(struct kith_app_run *run, const char *archive, const char *folder,
		struct kith_buf *out, struct kith_error *err)
{
	KITH_CLEANUP(comparison_clear) struct comparison c = {.root = folder};
	const struct kith_helper_options helper = {.dir = run->session->libexec};
	const struct kith_archive_sink sink = {take_entry, take_content, &c};
	const struct kith_archive_job job = {.path = archive, .top = true};
	struct kith_archive_answer answer;
	int r;

	kith_buf_init(&c.found, KITH_KIB(4));
	kith_map_init(&c.paths, NULL);
	kith_arena_init(&c.arena, KITH_MIB(256));
	c.hash = kith_blake2b_new();
	if (!c.hash)
		return kith_fail_nomem(err);
	r = kith_archive_walk(&helper, &job, &sink, &answer, err);
	if (!r)
		r = end_file(&c, err);
	if (!r && !c.found.len)
		r = find_more(&c, "", 0, err);
	if (r == KITH_E_NOMEM)
		return r;
	kith_buf_put_str(out, "unpacked by cargo, but changed: ");
	if (!r && c.found.len && !c.found.failed)
		kith_buf_put_span(out, kith_buf_span(&c.found));
	else
		kith_buf_put_str(out, "it is not what the archive holds");
	return KITH_OK;
}

int
kith_app_check_unpacked(struct kith_app_run *run, const char *archive,
			const struct kith_digest *digest, bool *ret_there, struct kith_buf *out,
			struct kith_error *err)
{
	const struct kith_span ignore = KITH_SPAN_LIT(CARGO_OK);
	KITH_AUTO_FREE char *folder = folder_of(archive);
	struct kith_error why = {.code = KITH_OK};
	struct kith_digest have;
	struct stat st;
	int r;

	*ret_there = folder && lstat(folder, &st) == 0;
	if (!*ret_there)
		return KITH_OK;
	r = S_ISDIR(st.st_mode)
		? kith_tree_digest_path(folder, &ignore, 1, &have, &why)
		: kith_fail(&why, KITH_E_FORMAT, "unpacked by cargo, but no folder");
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		kith_buf_printf(out, "what cargo unpacked cannot be compared: %s", why.msg);
	else if (!kith_digest_eq(&have, digest))
		return name_difference(run, archive, folder, out, err);
	return KITH_OK;
}
