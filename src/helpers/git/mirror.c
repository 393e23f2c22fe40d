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
	sweep(dir, "refs/kith", "", ".lock");
	sweep(dir, "", "", ".lock");
}

int
mirror_open(struct kith_span path, git_repository **ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_strndup(path.ptr, path.len);
	git_repository_init_options o;

	if (!dir)
		return kith_fail_nomem(err);
	sweep_leftovers(dir);
	if (!git_open(path, ret, NULL))
		return KITH_OK;
	/* not there, or a kill came while it was made: making it again completes it */
	git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_DOTGIT_DIR;
	o.initial_head = REF_HEAD;
	if (git_repository_init_ext(ret, dir, &o))
		return git_fail(err, KITH_E_IO, "the mirror cannot be made");
	return KITH_OK;
}

bool
mirror_head(git_repository *repo, git_oid *ret_id)
{
	return git_reference_name_to_id(ret_id, repo, REF_HEAD) == 0;
}

struct checker {
	char where[300];
};

static int
accept_file(void *ctx, const struct walk_file *f)
{
	(void)ctx;
	(void)f;
	return KITH_OK;
}

static int
note_skip(void *ctx, struct kith_span path, enum kith_git_skip why)
{
	struct checker *c = ctx;

	if (why != KITH_GIT_SKIP_BROKEN)
		return KITH_OK;
	snprintf(c->where, sizeof(c->where), "%.*s", KITH_SPAN_FMT(path));
	if (!path.len)
		snprintf(c->where, sizeof(c->where), "its tree");
	return KITH_E_FORMAT;
}

/* A server may send less than it named; then the old head is worth more than the new one. */
static int
check_whole(git_repository *repo, const git_oid *id, struct kith_error *err)
{
	struct checker c = {""};
	struct walk w = {.repo = repo, .ctx = &c, .file = accept_file, .skip = note_skip};
	int r = walk_commit(&w, id, err);

	if (r && c.where[0])
		return kith_fail(err, KITH_E_FORMAT, "its head is not whole: %s is missing",
				 c.where);
	return r;
}

int
mirror_advance(git_repository *repo, const git_oid *id, enum kith_git_outcome *ret,
	       struct kith_error *err)
{
	git_reference *ref = NULL;
	git_oid old;
	bool had = mirror_head(repo, &old);
	int r;

	if (had && git_oid_equal(&old, id)) {
		*ret = KITH_GIT_UNCHANGED;
		return KITH_OK;
	}
	r = check_whole(repo, id, err);
	if (r)
		return r;
	if (git_reference_create(&ref, repo, REF_HEAD, id, 1, "kith: fetch"))
		return git_fail(err, KITH_E_IO, "the mirror's head cannot be written");
	git_reference_free(ref);
	*ret = had && git_graph_descendant_of(repo, id, &old) != 1 ? KITH_GIT_REWRITTEN
								   : KITH_GIT_UPDATED;
	return KITH_OK;
}
