/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain folder of files, one file, or a file of records becomes a commit in its mirror. Links are
 * not followed, special files not opened, `.git` left out; what is not read is reported. Blobs and
 * trees are collected in memory and written as one pack, of much as several.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <git2/sys/mempack.h>
#include <stdio.h>
#include <unistd.h>

#include "helpers/git/job.h"
#include "helpers/git/records.h"

#define MAX_HELD KITH_MIB(64) /* bytes of files in memory, then they become a pack */

struct gather {
	struct import *im;
	git_odb *odb;
	struct kith_buf path;
	git_odb_backend *memory;
	size_t entries, files, bytes, skipped;
	git_oid *new;                /* what is in memory */
	size_t n_new, cap_new, held; /* held: bytes of files */
	enum kith_git_skip why;      /* of the last that was skipped */
};

struct packing {
	git_odb_writepack *to;
	git_indexer_progress stats;
};

static int
skip(struct gather *g, enum kith_git_skip why)
{
	struct kith_git_file f = {.id = g->im->request->id, .path = kith_buf_span(&g->path)};

	f.why = g->why = why;
	if (g->skipped++ >= KITH_MAX_SKIP_REPORTS)
		return KITH_OK;
	kith_git_put_skip(&g->im->out->channel.out, &f);
	return KITH_OK;
}

/* An object that was written to memory, for the next pack. */
static int
note_object(struct gather *g, const git_oid *id, struct kith_error *err)
{
	int r = kith_grow(&g->new, &g->cap_new, g->n_new + 1, sizeof(*g->new),
			  4 * KITH_MAX_DATABASE_ENTRIES, "new objects", err);

	if (!r)
		git_oid_cpy(&g->new[g->n_new++], id);
	return r;
}

static int
append_pack(void *bytes, size_t len, void *payload)
{
	struct packing *p = payload;

	return p->to->append(p->to, bytes, len, &p->stats);
}

/* From memory into the mirror's objects, on disk before anything names them. */
static int
store_pack(struct gather *g, struct kith_error *err)
{
	struct packing p = {.to = NULL};
	git_packbuilder *pb = NULL;
	size_t i;
	int r;

	r = git_packbuilder_new(&pb, g->im->repo);
	for (i = 0; !r && i < g->n_new; i++)
		r = git_packbuilder_insert(pb, &g->new[i], NULL);
	if (!r)
		r = git_odb_write_pack(&p.to, g->odb, NULL, NULL) ||
		    git_packbuilder_foreach(pb, append_pack, &p) || p.to->commit(p.to, &p.stats);
	if (p.to)
		p.to->free(p.to);
	git_packbuilder_free(pb);
	if (r)
		return git_fail(err, KITH_E_IO, "its files cannot be stored");
	g->im->bytes += p.stats.received_bytes;
	g->im->objects += p.stats.total_objects;
	g->held = g->n_new = 0;
	git_mempack_reset(g->memory);
	return KITH_OK;
}

/* What the mirror has already is not written again. */
static int
add_blob(struct gather *g, struct kith_span bytes, git_oid *ret_id, struct kith_error *err)
{
	const uint8_t *p = bytes.ptr ? bytes.ptr : (const uint8_t *)"";

	if (git_odb_hash(ret_id, p, bytes.len, GIT_OBJECT_BLOB))
		return git_fail(err, KITH_E_IO, "a file cannot be stored");
	if (git_odb_exists_ext(g->odb, ret_id, GIT_ODB_LOOKUP_NO_REFRESH))
		return KITH_OK;
	g->held += bytes.len;
	if (git_odb_write(ret_id, g->odb, p, bytes.len, GIT_OBJECT_BLOB))
		return git_fail(err, KITH_E_IO, "a file cannot be stored");
	return note_object(g, ret_id, err);
}

static int
add_file(struct gather *g, int dirfd, const char *path, const char *name, git_treebuilder *tb,
	 struct kith_error *err)
{
	struct kith_span names = g->im->request->names;
	KITH_AUTO_BUF struct kith_buf b;
	git_oid id;
	int r;

	kith_buf_init(&b, KITH_MAX_PROOF_FILE);
	r = kith_fs_read_at(dirfd, path, false, &b, err);
	if (r == KITH_E_LIMIT)
		return skip(g, KITH_GIT_SKIP_SIZE);
	if (r == KITH_E_FORMAT)
		return skip(g, KITH_GIT_SKIP_SPECIAL);
	if (r == KITH_E_IO && err->sys == ELOOP)
		return skip(g, KITH_GIT_SKIP_LINK);
	if (r == KITH_E_IO || r == KITH_E_NOTFOUND)
		return skip(g, KITH_GIT_SKIP_BROKEN);
	if (r)
		return r;
	if (g->files >= kith_git_max_files(names) || b.len > g->im->request->max_bytes - g->bytes)
		return kith_fail(err, KITH_E_LIMIT, "more than %u files or %llu bytes",
				 kith_git_max_files(names),
				 (unsigned long long)g->im->request->max_bytes);
	g->files++;
	g->bytes += b.len;
	r = add_blob(g, kith_buf_span(&b), &id, err);
	if (r)
		return r;
	if (git_treebuilder_insert(NULL, tb, name, &id, GIT_FILEMODE_BLOB))
		return skip(g, KITH_GIT_SKIP_NAME);
	return g->held > MAX_HELD ? store_pack(g, err) : KITH_OK;
}

static int
write_tree(struct gather *g, git_treebuilder *tb, git_oid *ret_tree, struct kith_error *err)
{
	if (git_treebuilder_write(ret_tree, tb))
		return git_fail(err, KITH_E_IO, "a folder cannot be stored");
	return note_object(g, ret_tree, err);
}

static int add_folder(struct gather *g, int dirfd, unsigned depth, git_oid *ret_tree, bool *ret_any,
		      struct kith_error *err);

static int
add_below(struct gather *g, int dirfd, const char *name, unsigned depth, git_treebuilder *tb,
	  struct kith_error *err)
{
	KITH_AUTO_FD int fd = -1;
	bool any = false;
	git_oid id;
	int r;

	if (depth >= KITH_MAX_TREE_DEPTH)
		return skip(g, KITH_GIT_SKIP_DEPTH);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return skip(g, KITH_GIT_SKIP_BROKEN);
	r = add_folder(g, fd, depth + 1, &id, &any, err);
	if (!r && any && git_treebuilder_insert(NULL, tb, name, &id, GIT_FILEMODE_TREE))
		return skip(g, KITH_GIT_SKIP_NAME);
	return r;
}

static int
add_entry(struct gather *g, int dirfd, const char *name, unsigned depth, git_treebuilder *tb,
	  struct kith_error *err)
{
	struct kith_span n = kith_span_str(name);
	struct stat st;
	bool is_dir;

	if (strcmp(name, ".git") == 0)
		return KITH_OK;
	if (++g->entries > kith_git_max_entries(g->im->request->names))
		return kith_fail(err, KITH_E_LIMIT, "more than %zu files",
				 kith_git_max_entries(g->im->request->names));
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return KITH_OK; /* gone meanwhile */
	is_dir = S_ISDIR(st.st_mode);
	if (!is_dir && !kith_git_wants(g->im->request->names, n))
		return KITH_OK;
	if (g->path.len + 1 + n.len > KITH_MAX_PATH)
		return skip(g, KITH_GIT_SKIP_NAME);
	if (g->path.len)
		kith_buf_put_char(&g->path, '/');
	kith_buf_put_span(&g->path, n);
	if (kith_buf_check(&g->path, err))
		return KITH_E_NOMEM;
	if (!kith_git_is_name(n))
		return skip(g, KITH_GIT_SKIP_NAME);
	if (is_dir)
		return add_below(g, dirfd, name, depth, tb, err);
	if (S_ISLNK(st.st_mode))
		return skip(g, KITH_GIT_SKIP_LINK);
	if (!S_ISREG(st.st_mode))
		return skip(g, KITH_GIT_SKIP_SPECIAL);
	return add_file(g, dirfd, name, name, tb, err);
}

static int
add_folder(struct gather *g, int dirfd, unsigned depth, git_oid *ret_tree, bool *ret_any,
	   struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	git_treebuilder *tb = NULL;
	size_t i, mark = g->path.len;
	int r;

	r = kith_fs_list_at(dirfd, ".", &names, err);
	if (r == KITH_E_IO || r == KITH_E_NOTFOUND)
		return skip(g, KITH_GIT_SKIP_BROKEN);
	if (r)
		return r;
	if (git_treebuilder_new(&tb, g->im->repo, NULL))
		return git_fail(err, KITH_E_NOMEM, "out of memory");
	for (i = 0, r = KITH_OK; !r && i < names.count; i++) {
		r = add_entry(g, dirfd, names.names[i], depth, tb, err);
		g->path.len = mark;
	}
	*ret_any = git_treebuilder_entrycount(tb) > 0;
	if (!r && (*ret_any || depth == 0))
		r = write_tree(g, tb, ret_tree, err);
	git_treebuilder_free(tb);
	return r;
}

/*
 * What is no repository has no commits of its own: its state gets one that its content alone
 * decides, the same on every machine, without time or parent, so that it can be pinned.
 */
static int
make_commit(struct gather *g, const git_oid *tree_id, git_oid *ret_head, struct kith_error *err)
{
	git_repository *repo = g->im->repo;
	git_commit *old = NULL;
	git_signature *sig = NULL;
	git_tree *tree = NULL;
	git_oid old_id;
	int r = 0;

	if (mirror_head(repo, &old_id) && git_commit_lookup(&old, repo, &old_id) == 0 &&
	    git_oid_equal(git_commit_tree_id(old), tree_id)) {
		git_oid_cpy(ret_head, &old_id);
	} else {
		r = git_signature_new(&sig, "kith", "kith@localhost", 0, 0) ||
		    git_tree_lookup(&tree, repo, tree_id) ||
		    git_commit_create(ret_head, repo, NULL, sig, sig, "UTF-8",
				      "State of a source\n", tree, 0, NULL);
	}
	git_tree_free(tree);
	git_signature_free(sig);
	git_commit_free(old);
	return r ? git_fail(err, KITH_E_IO, "its state cannot be stored")
		 : note_object(g, ret_head, err);
}

static int
gather_all(struct gather *g, git_oid *ret_head, bool *ret_none, struct kith_error *err)
{
	struct kith_span p = g->im->request->location;
	KITH_AUTO_FREE char *path = kith_strndup(p.ptr, p.len);
	KITH_AUTO_FD int fd = -1;
	git_oid tree, old;
	bool any = false, had = mirror_head(g->im->repo, &old);
	int r;

	if (!path)
		return kith_fail_nomem(err);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return kith_fail_errno(err, errno, "the folder cannot be opened");
	r = add_folder(g, fd, 0, &tree, &any, err);
	*ret_none = !any && !had;
	if (r || *ret_none)
		return r;
	r = make_commit(g, &tree, ret_head, err);
	if (!r && !(had && git_oid_equal(&old, ret_head)))
		r = store_pack(g, err);
	return r;
}

/* A tree with the one file in it, whatever it is called. */
static int
gather_plain(struct gather *g, git_oid *ret_head, bool *ret_none, struct kith_error *err)
{
	struct kith_span p = g->im->request->location;
	KITH_AUTO_FREE char *path = kith_strndup(p.ptr, p.len);
	git_treebuilder *tb = NULL;
	git_oid tree, old;
	bool had = mirror_head(g->im->repo, &old);
	char *name;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	name = strrchr(path, '/') + 1;
	if (git_treebuilder_new(&tb, g->im->repo, NULL))
		return git_fail(err, KITH_E_NOMEM, "out of memory");
	kith_buf_put_str(&g->path, name);
	r = add_file(g, AT_FDCWD, path, name, tb, err);
	if (!r && !git_treebuilder_entrycount(tb))
		r = kith_fail(err, KITH_E_FORMAT, "it cannot be read: %s",
			      kith_git_skip_text(g->why));
	if (!r)
		r = write_tree(g, tb, &tree, err);
	git_treebuilder_free(tb);
	*ret_none = false;
	if (!r)
		r = make_commit(g, &tree, ret_head, err);
	if (!r && !(had && git_oid_equal(&old, ret_head)))
		r = store_pack(g, err);
	return r;
}

/* --- records (helper/git.h) --- */

#define SHARDS 256

struct records {
	struct gather *g;
	FILE *in;
	git_treebuilder *shards[SHARDS];
	struct kith_buf name, bytes;
};

static void
records_clear(struct records *rs)
{
	size_t i;

	for (i = 0; i < SHARDS; i++)
		git_treebuilder_free(rs->shards[i]);
	if (rs->in)
		fclose(rs->in);
	kith_buf_clear(&rs->name);
	kith_buf_clear(&rs->bytes);
}

/* FNV-1a: nothing but an even spread that stays the same. */
static unsigned
shard_of(struct kith_span name)
{
	uint32_t h = 2166136261U;
	size_t i;

	for (i = 0; i < name.len; i++)
		h = (h ^ name.ptr[i]) * 16777619U;
	return (h >> 24 ^ h) & (SHARDS - 1);
}

static int
add_record(struct records *rs, struct kith_error *err)
{
	struct gather *g = rs->g;
	struct kith_span name = kith_buf_span(&rs->name);
	git_treebuilder **tb = &rs->shards[shard_of(name)];
	const char *text = kith_buf_str(&rs->name);
	git_oid id;
	int r;

	if (++g->files > kith_git_max_files(g->im->request->names) ||
	    rs->bytes.len > g->im->request->max_bytes - g->bytes)
		return kith_fail(err, KITH_E_LIMIT, "more than %u files or %llu bytes",
				 kith_git_max_files(g->im->request->names),
				 (unsigned long long)g->im->request->max_bytes);
	g->bytes += rs->bytes.len;
	if (!*tb && git_treebuilder_new(tb, g->im->repo, NULL))
		return git_fail(err, KITH_E_NOMEM, "out of memory");
	if (git_treebuilder_get(*tb, text))
		return kith_fail(err, KITH_E_FORMAT, "%s: two records have this name", text);
	r = add_blob(g, kith_buf_span(&rs->bytes), &id, err);
	if (!r && git_treebuilder_insert(NULL, *tb, text, &id, GIT_FILEMODE_BLOB))
		r = git_fail(err, KITH_E_IO, text);
	return !r && g->held > MAX_HELD ? store_pack(g, err) : r;
}

static int
write_shards(struct records *rs, git_oid *ret_tree, struct kith_error *err)
{
	git_treebuilder *top = NULL;
	char name[3];
	git_oid id;
	unsigned i;
	int r = KITH_OK;

	if (git_treebuilder_new(&top, rs->g->im->repo, NULL))
		return git_fail(err, KITH_E_NOMEM, "out of memory");
	for (i = 0; !r && i < SHARDS; i++) {
		if (!rs->shards[i])
			continue;
		snprintf(name, sizeof(name), "%02x", i);
		r = write_tree(rs->g, rs->shards[i], &id, err);
		if (!r && git_treebuilder_insert(NULL, top, name, &id, GIT_FILEMODE_TREE))
			r = git_fail(err, KITH_E_IO, "its records cannot be stored");
	}
	if (!r)
		r = write_tree(rs->g, top, ret_tree, err);
	git_treebuilder_free(top);
	return r;
}

static int
open_records(struct records *rs, struct kith_error *err)
{
	struct kith_span p = rs->g->im->request->location;
	KITH_AUTO_FREE char *path = kith_strndup(p.ptr, p.len);

	if (!path)
		return kith_fail_nomem(err);
	rs->in = fopen(path, "re");
	if (!rs->in)
		return kith_fail_errno(err, errno, "its records cannot be opened");
	return records_begin(rs->in, err);
}

static int
gather_records(struct gather *g, git_oid *ret_head, bool *ret_none, struct kith_error *err)
{
	KITH_CLEANUP(records_clear) struct records rs = {.g = g};
	git_oid tree, old;
	bool had = mirror_head(g->im->repo, &old);
	int r;

	kith_buf_init(&rs.name, KITH_KIB(4));
	kith_buf_init(&rs.bytes, KITH_MAX_OSV_RECORD + 1);
	*ret_none = false;
	r = open_records(&rs, err);
	while (!r && !(r = records_next(rs.in, &rs.name, &rs.bytes, err)))
		r = add_record(&rs, err);
	r = r == KITH_E_NOTFOUND ? write_shards(&rs, &tree, err) : r;
	if (!r)
		r = make_commit(g, &tree, ret_head, err);
	if (!r && !(had && git_oid_equal(&old, ret_head)))
		r = store_pack(g, err);
	return r;
}

int
import_bytes(struct import *im, const char *name, struct kith_span bytes, git_oid *ret_head,
	     struct kith_error *err)
{
	struct gather g = {.im = im};
	git_treebuilder *tb = NULL;
	git_oid blob, tree, old;
	bool had = mirror_head(im->repo, &old);
	int r;

	if (git_repository_odb(&g.odb, im->repo))
		return git_fail(err, KITH_E_IO, "its objects cannot be opened");
	if (git_mempack_new(&g.memory) || git_odb_add_backend(g.odb, g.memory, 999) ||
	    git_treebuilder_new(&tb, im->repo, NULL))
		r = git_fail(err, KITH_E_NOMEM, "out of memory");
	else
		r = add_blob(&g, bytes, &blob, err);
	if (!r && git_treebuilder_insert(NULL, tb, name, &blob, GIT_FILEMODE_BLOB))
		r = git_fail(err, KITH_E_IO, "it cannot be stored");
	if (!r)
		r = write_tree(&g, tb, &tree, err);
	git_treebuilder_free(tb);
	if (!r)
		r = make_commit(&g, &tree, ret_head, err);
	if (!r && !(had && git_oid_equal(&old, ret_head)))
		r = store_pack(&g, err);
	free(g.new);
	git_odb_free(g.odb);
	return r;
}

static int
gather_kind(struct gather *g, git_oid *ret_head, bool *ret_none, struct kith_error *err)
{
	if (g->im->request->kind == KITH_GIT_PLAIN)
		return gather_plain(g, ret_head, ret_none, err);
	if (g->im->request->kind == KITH_GIT_RECORDS)
		return gather_records(g, ret_head, ret_none, err);
	return gather_all(g, ret_head, ret_none, err);
}

int
import_folder(struct import *im, git_oid *ret_head, bool *ret_none, struct kith_error *err)
{
	struct gather g = {.im = im};
	int r;

	if (git_repository_odb(&g.odb, im->repo))
		return git_fail(err, KITH_E_IO, "its objects cannot be opened");
	kith_buf_init(&g.path, KITH_MAX_PATH + 1);
	if (git_mempack_new(&g.memory) || git_odb_add_backend(g.odb, g.memory, 999))
		r = git_fail(err, KITH_E_NOMEM, "out of memory");
	else
		r = gather_kind(&g, ret_head, ret_none, err);
	kith_buf_clear(&g.path);
	free(g.new);
	git_odb_free(g.odb);
	return r;
}
