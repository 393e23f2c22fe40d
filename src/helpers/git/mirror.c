/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mirror: a bare repository of ours with one ref. Objects are only ever added, so a kill at any
 * moment leaves at worst files that nothing names; they are swept at the next start. The caller
 * holds the mirror's lock.
 */
#include <dirent.h>
#include <unistd.h>

#include "helpers/git/job.h"

static void
sweep(const char *dir, const char *below, const char *prefix, const char *suffix)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, below);
	struct kith_fs_names names = {NULL, 0};
	size_t i;

	if (!path || kith_fs_list(path, &names, NULL))
		return;
	for (i = 0; i < names.count; i++) {
		struct kith_span name = kith_span_str(names.names[i]);
		KITH_AUTO_FREE char *file = NULL;

		if (kith_span_starts(name, kith_span_str(prefix)) &&
		    kith_span_ends(name, kith_span_str(suffix)) &&
		    (file = kith_fs_join(path, names.names[i])))
			unlink(file);
	}
	kith_fs_names_free(&names);
}

static void
sweep_leftovers(const char *dir)
{
	sweep(dir, "objects/pack", "pack_git2_", "");
	sweep(dir, "objects/pack", "tmp_", "");
	sweep(dir, "objects", "tmp_object_git2_", "");
	sweep(dir, "refs/heads", "", ".lock");
	sweep(dir, "refs/kith/seen", "", ".lock");
	sweep(dir, ".", "", ".lock");
	sweep(dir, ".", "download.tmp", "");
	sweep(dir, ".", "config.tmp.", "");
	sweep(dir, ".", "HEAD.tmp.", "");
}

/* Only what a repository needs; HEAD comes last, because without it this is none yet. */
static int
make_repository(const char *dir, struct kith_error *err)
{
	static const char *const folders[] = {"objects/pack", "refs/heads"};
	static const char *const files[][2] = {
	    {"config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"},
	    {"HEAD", "ref: " REF_HEAD "\n"},
	};
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < sizeof(folders) / sizeof(folders[0]); i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(dir, folders[i]);

		r = path ? kith_fs_mkdirs(path, 0700, err) : kith_fail_nomem(err);
	}
	for (i = 0; !r && i < sizeof(files) / sizeof(files[0]); i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(dir, files[i][0]);

		r = path ? kith_fs_replace(path, kith_span_str(files[i][1]), 0600, err)
			 : kith_fail_nomem(err);
	}
	return r;
}

int
mirror_open(struct kith_span path, git_repository **ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_strndup(path.ptr, path.len);
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	sweep_leftovers(dir);
	r = git_open(path, ret, err);
	if (r != KITH_E_NOTFOUND)
		return r;
	/* new, or a kill came while it was made */
	r = make_repository(dir, err);
	return r ? kith_context(err, r, "the mirror cannot be made") : git_open(path, ret, err);
}

void
mirror_list_packs(struct kith_span path, struct kith_fs_names *ret)
{
	KITH_AUTO_FREE char *dir =
	    kith_asprintf("%.*s/objects/pack", (int)path.len, (const char *)path.ptr);

	if (!dir || kith_fs_list(dir, ret, NULL))
		*ret = (struct kith_fs_names){NULL, 0};
}

void
mirror_drop_packs(struct kith_span path, const struct kith_fs_names *before)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names now = {NULL, 0};
	size_t i, j = 0;

	mirror_list_packs(path, &now);
	for (i = 0; i < now.count; i++) { /* both are sorted */
		KITH_AUTO_FREE char *file = NULL;

		while (j < before->count && strcmp(before->names[j], now.names[i]) < 0)
			j++;
		if (j < before->count && strcmp(before->names[j], now.names[i]) == 0)
			continue;
		file = kith_asprintf("%.*s/objects/pack/%s", (int)path.len, (const char *)path.ptr,
				     now.names[i]);
		if (file)
			unlink(file);
	}
}

bool
mirror_names(git_repository *repo, const git_oid *id)
{
	git_oid now;

	return git_reference_name_to_id(&now, repo, REF_HEAD) == 0 && git_oid_equal(&now, id);
}

bool
mirror_head(git_repository *repo, git_oid *ret_id)
{
	git_odb *odb = NULL;
	git_oid id;
	bool there;

	if (git_reference_name_to_id(&id, repo, REF_HEAD) || git_repository_odb(&odb, repo))
		return false;
	there = git_odb_exists(odb, &id) == 1;
	git_odb_free(odb);
	if (there)
		*ret_id = id;
	return there;
}

struct checker {
	const struct kith_git_fetch *request;
	struct kith_error *err;
	char where[300];
	uint32_t files;
};

static int
accept_file(void *ctx, const struct walk_file *f)
{
	struct checker *c = ctx;
	const struct kith_git_fetch *rq = c->request;

	if (rq->max_file_bytes && f->size > rq->max_file_bytes)
		return kith_fail(c->err, KITH_E_LIMIT, "%.*s has more than %u bytes",
				 KITH_SPAN_FMT(f->path), rq->max_file_bytes);
	if (rq->max_files && ++c->files > rq->max_files)
		return kith_fail(c->err, KITH_E_LIMIT, "it has more than %u files", rq->max_files);
	return KITH_OK;
}

/* The user's own bounds refuse a source as a whole; what is built in passes over what is beyond. */
static int
check_skip(const struct checker *c, struct kith_span path, enum kith_git_skip why)
{
	const struct kith_git_fetch *rq = c->request;

	if (why == KITH_GIT_SKIP_SIZE && rq->max_file_bytes)
		return kith_fail(c->err, KITH_E_LIMIT, "%.*s has more than %u bytes",
				 KITH_SPAN_FMT(path), rq->max_file_bytes);
	if (why == KITH_GIT_SKIP_DEPTH && rq->max_depth)
		return kith_fail(c->err, KITH_E_LIMIT, "it has folders more than %u deep",
				 rq->max_depth);
	return KITH_OK;
}

static int
note_skip(void *ctx, struct kith_span path, enum kith_git_skip why)
{
	struct checker *c = ctx;

	if (why != KITH_GIT_SKIP_BROKEN)
		return check_skip(c, path, why);
	snprintf(c->where, sizeof(c->where), "%.*s", KITH_SPAN_FMT(path));
	if (!path.len)
		snprintf(c->where, sizeof(c->where), "its tree");
	return KITH_E_FORMAT;
}

/* A server may send less than it named; then the old head is worth more than the new one. */
static int
check_whole(struct import *im, const git_oid *id, struct kith_error *err)
{
	struct checker c = {.request = im->request, .err = err};
	struct walk w = {.repo = im->repo,
			 .names = im->request->names,
			 .max_depth = im->request->max_depth,
			 .ctx = &c,
			 .file = accept_file,
			 .skip = note_skip};
	int r = walk_commit(&w, id, err);

	if (r && c.where[0])
		return kith_fail(err, KITH_E_FORMAT, "its head is not whole: %s is missing",
				 c.where);
	return r;
}

/* A head that was once in force stays, whatever its server does with its history. */
static int
keep_seen(git_repository *repo, const git_oid *old, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_fs_join(git_repository_path(repo), "refs/kith/seen");
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	git_reference *ref = NULL;
	char name[sizeof(REF_SEEN) + 24];
	size_t i;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	if (kith_fs_list(dir, &names, NULL))
		names.count = 0;
	i = names.count;
	do {
		snprintf(name, sizeof(name), REF_SEEN "%zu", ++i);
		r = git_reference_create(&ref, repo, name, old, 0, "kith: seen");
	} while (r == GIT_EEXISTS && i < names.count + 1000);
	git_reference_free(ref);
	return r ? git_fail(err, KITH_E_IO, "the mirror's old head cannot be kept") : KITH_OK;
}

/* Others are what they are now: nothing that they were before is rewritten by that. */
static bool
has_history(enum kith_git_kind kind)
{
	return kind == KITH_GIT_URL || kind == KITH_GIT_BUNDLE || kind == KITH_GIT_REPO;
}

int
mirror_advance(struct import *im, const git_oid *id, enum kith_git_outcome *ret,
	       struct kith_error *err)
{
	git_repository *repo = im->repo;
	git_reference *ref = NULL;
	git_oid old;
	bool had = mirror_head(repo, &old);
	int r;

	if (had && git_oid_equal(&old, id)) {
		*ret = KITH_GIT_UNCHANGED;
		return KITH_OK;
	}
	r = check_whole(im, id, err);
	if (!r && had)
		r = keep_seen(repo, &old, err);
	if (r)
		return r;
	if (git_reference_create(&ref, repo, REF_HEAD, id, 1, "kith: fetch"))
		return git_fail(err, KITH_E_IO, "the mirror's head cannot be written");
	git_reference_free(ref);
	*ret = had && has_history(im->request->kind) && git_graph_descendant_of(repo, id, &old) != 1
		   ? KITH_GIT_REWRITTEN
		   : KITH_GIT_UPDATED;
	return KITH_OK;
}
