/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In a guarded child: looks into the repository that a project lies in. Reads branches and objects
 * only: no setting of the repository or the user's counts, nothing is run or written. Links within
 * a tree are not followed: what is behind one is not what was asked for.
 */
#include "helpers/git/look.h"

#include <stdio.h>

#define MAX_COMMIT KITH_MIB(1)

struct looker {
	const struct kith_git_look *o;
	struct job_out *out;
	git_repository *repo;
	git_odb *odb;
	struct kith_error *err;
};

/* --- revisions --- */

/* The name before what steps back from it: "main" of "main~3". */
static size_t
name_length(const char *revision)
{
	return strcspn(revision, "~^");
}

/*
 * A name that means one commit as a tag and another as a branch: whoever may push the one chooses
 * for those who mean the other.
 */
static int
check_ambiguity(const struct looker *l, const char *revision, struct kith_error *err)
{
	static const char *const before[] = {
	    "", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/", "refs/remotes/"};
	char text[KITH_LOOK_MAX_REVISION + 32];
	git_oid first, id;
	size_t i, found = 0;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		snprintf(text, sizeof(text), "%s%.*s%s", before[i], (int)name_length(revision),
			 revision, i == 5 ? "/HEAD" : "");
		if (git_reference_name_to_id(&id, l->repo, text))
			continue;
		if (found++ && !git_oid_equal(&first, &id))
			return kith_fail(err, KITH_E_USAGE,
					 "'%.*s' names several commits (a tag and a branch?): "
					 "write refs/heads/… or refs/remotes/…",
					 (int)name_length(revision), revision);
		first = id;
	}
	return KITH_OK;
}

static int
find_revision(const struct looker *l, const char *revision, git_oid *ret, struct kith_error *err)
{
	git_object *any = NULL, *commit = NULL;
	int r = check_ambiguity(l, revision, err);

	if (r)
		return r;
	if (git_revparse_single(&any, l->repo, revision))
		return kith_fail(err, KITH_E_IO, "%s: no such revision here", revision);
	if (git_object_peel(&commit, any, GIT_OBJECT_COMMIT))
		r = kith_fail(err, KITH_E_USAGE, "%s is no commit", revision);
	else
		*ret = *git_object_id(commit);
	git_object_free(commit);
	git_object_free(any);
	return r;
}

static int
find_base(const struct looker *l, const git_oid *tip, git_oid *ret, struct kith_error *err)
{
	git_oid head;

	if (git_reference_name_to_id(&head, l->repo, "HEAD"))
		return kith_fail(err, KITH_E_USAGE, "HEAD has no commit yet");
	if (git_oid_equal(&head, tip)) {
		*ret = head;
		return KITH_OK;
	}
	if (git_merge_base(ret, l->repo, tip, &head))
		return kith_fail(err, KITH_E_IO, "no common ancestor of it and HEAD is here");
	return KITH_OK;
}

static void
look_revision(struct looker *l, struct kith_git_looked *a, char hex[2][GIT_OID_HEXSZ + 1])
{
	KITH_AUTO_FREE char *revision = kith_strndup(l->o->revision.ptr, l->o->revision.len);
	git_oid tip, base;

	if (!revision) {
		a->code = kith_fail_nomem(l->err);
		return;
	}
	a->code = find_revision(l, revision, &tip, l->err);
	if (a->code)
		return;
	git_oid_tostr(hex[0], sizeof(hex[0]), &tip);
	a->commit = kith_span_str(hex[0]);
	if (!l->o->base)
		return;
	a->code = find_base(l, &tip, &base, l->err);
	if (a->code)
		return;
	git_oid_tostr(hex[1], sizeof(hex[1]), &base);
	a->base = kith_span_str(hex[1]);
}

/* --- files --- */

static bool
is_object(const struct looker *l, const git_oid *id, git_object_t want, size_t max)
{
	git_object_t type;
	size_t size;

	return git_odb_read_header(&size, &type, l->odb, id) == 0 && type == want && size <= max;
}

static int
skip(struct looker *l, struct kith_span path, enum kith_git_skip why)
{
	struct kith_git_file f = {.id = l->o->id, .path = path, .why = why};

	kith_git_put_skip(&l->out->channel.out, &f);
	return kith_channel_flush(&l->out->channel, true, l->err);
}

static int
send_file(struct looker *l, struct kith_span path, const git_oid *id)
{
	struct kith_git_file f = {.id = l->o->id, .path = path};
	git_odb_object *obj = NULL;
	git_object_t type;
	size_t size;

	if (git_odb_read_header(&size, &type, l->odb, id) || type != GIT_OBJECT_BLOB)
		return skip(l, path, KITH_GIT_SKIP_BROKEN);
	if (size > KITH_MAX_PROOF_FILE)
		return skip(l, path, KITH_GIT_SKIP_SIZE);
	/* reading checks that the bytes are what their name says */
	if (git_odb_read(&obj, l->odb, id))
		return skip(l, path, KITH_GIT_SKIP_BROKEN);
	f.bytes = kith_span(git_odb_object_data(obj), git_odb_object_size(obj));
	if (f.bytes.len <= KITH_MAX_PROOF_FILE)
		kith_git_put_file(&l->out->channel.out, &f);
	git_odb_object_free(obj);
	return kith_channel_flush(&l->out->channel, true, l->err);
}

/* One name in one tree. *ret_id and its mode; false: not there, or *ret_broken. */
static bool
step(const struct looker *l, const git_oid *tree_id, struct kith_span name, git_oid *ret_id,
     unsigned *ret_mode, bool *ret_broken)
{
	KITH_AUTO_FREE char *text = kith_strndup(name.ptr, name.len);
	const git_tree_entry *e;
	git_tree *tree = NULL;
	bool found = false;

	*ret_broken = !text || !is_object(l, tree_id, GIT_OBJECT_TREE, KITH_MAX_GIT_TREE) ||
		      git_tree_lookup(&tree, l->repo, tree_id);
	if (*ret_broken)
		return false;
	e = git_tree_entry_byname(tree, text);
	if (e) {
		*ret_id = *git_tree_entry_id(e);
		*ret_mode = (unsigned)git_tree_entry_filemode_raw(e) & 0170000u;
		found = true;
	}
	git_tree_free(tree);
	return found;
}

static int
look_path(struct looker *l, const git_oid *root, struct kith_span path)
{
	struct kith_span rest = path, name;
	git_oid at = *root;
	unsigned mode = 0040000u;
	bool broken = false;

	while (kith_span_next(&rest, '/', &name)) {
		if (mode == 0120000u)
			return skip(l, path, KITH_GIT_SKIP_LINK);
		if (mode == 0160000u)
			return skip(l, path, KITH_GIT_SKIP_SPECIAL);
		if (mode != 0040000u)
			return KITH_OK; /* a file where a folder would be: nothing is there */
		if (!step(l, &at, name, &at, &mode, &broken))
			return broken ? skip(l, path, KITH_GIT_SKIP_BROKEN) : KITH_OK;
	}
	if (mode == 0120000u)
		return skip(l, path, KITH_GIT_SKIP_LINK);
	if (mode != 0100000u)
		return skip(l, path, KITH_GIT_SKIP_SPECIAL);
	return send_file(l, path, &at);
}

static int
find_root(const struct looker *l, const char *hex, git_oid *ret, struct kith_error *err)
{
	git_commit *commit = NULL;
	git_oid id;

	if (git_oid_fromstr(&id, hex) || !is_object(l, &id, GIT_OBJECT_COMMIT, MAX_COMMIT) ||
	    git_commit_lookup(&commit, l->repo, &id))
		return kith_fail(err, KITH_E_IO, "commit %.12s is not here", hex);
	*ret = *git_commit_tree_id(commit);
	git_commit_free(commit);
	if (!is_object(l, ret, GIT_OBJECT_TREE, KITH_MAX_GIT_TREE))
		return kith_fail(err, KITH_E_IO, "the tree of commit %.12s is not here", hex);
	return KITH_OK;
}

static void
look_files(struct looker *l, char hex[GIT_OID_HEXSZ + 1], struct kith_git_looked *a)
{
	struct kith_cursor c = l->o->paths;
	struct kith_span path;
	git_oid root;
	uint32_t i;

	if (l->o->op == KITH_LOOK_FILES)
		snprintf(hex, GIT_OID_HEXSZ + 1, "%.*s", KITH_SPAN_FMT(l->o->revision));
	if (git_repository_odb(&l->odb, l->repo)) {
		a->code = git_fail(l->err, KITH_E_IO, "its objects cannot be opened");
		return;
	}
	a->code = find_root(l, hex, &root, l->err);
	for (i = 0; !a->code && i < l->o->n_paths && kith_git_get_look_path(&c, &path); i++)
		a->code = look_path(l, &root, path);
	if (!a->code)
		a->commit = kith_span_str(hex);
	git_odb_free(l->odb);
}

/* --- what is kept --- */

/* The rules of the work tree and of info/exclude; the user's own are nobody else's. */
static int
look_ignored(struct looker *l)
{
	KITH_AUTO_FREE char *top = kith_strndup(l->o->revision.ptr, l->o->revision.len);
	struct kith_cursor c = l->o->paths;
	struct kith_span path;
	uint32_t i;
	int r = KITH_OK;

	if (!top)
		return kith_fail_nomem(l->err);
	if (git_repository_set_workdir(l->repo, top, 0))
		return git_fail(l->err, KITH_E_FORMAT, "its work tree cannot be read");
	for (i = 0; !r && i < l->o->n_paths && kith_git_get_look_path(&c, &path); i++) {
		KITH_AUTO_FREE char *text = kith_strndup(path.ptr, path.len);
		int ignored = 0;

		if (!text)
			return kith_fail_nomem(l->err);
		if (git_ignore_path_is_ignored(&ignored, l->repo, text))
			return git_fail(l->err, KITH_E_FORMAT, "its .gitignore cannot be read");
		if (ignored)
			r = skip(l, path, KITH_GIT_SKIP_IGNORED);
	}
	return r;
}

static void
look_kept(struct looker *l, char hex[GIT_OID_HEXSZ + 1], struct kith_git_looked *a)
{
	git_oid head;

	a->code = look_ignored(l);
	if (a->code)
		return;
	if (git_reference_name_to_id(&head, l->repo, "HEAD")) {
		a->code = kith_fail(l->err, KITH_E_NOTFOUND, "it has no commit yet");
		return;
	}
	git_oid_tostr(hex, GIT_OID_HEXSZ + 1, &head);
	look_files(l, hex, a);
}

/* --- both --- */

int
look_run(const struct kith_git_look *o, struct job_out *out)
{
	char hex[2][GIT_OID_HEXSZ + 1] = {"", ""};
	struct kith_git_looked a = {.id = o->id};
	struct kith_error err = {.code = KITH_OK};
	struct looker l = {.o = o, .out = out, .err = &err};

	a.code = git_open(o->git_dir, &l.repo, &err);
	if (!a.code) {
		a.shallow = git_repository_is_shallow(l.repo) == 1;
		if (o->op == KITH_LOOK_REVISION)
			look_revision(&l, &a, hex);
		else if (o->op == KITH_LOOK_KEPT)
			look_kept(&l, hex[0], &a);
		else
			look_files(&l, hex[0], &a);
		git_repository_free(l.repo);
	}
	if (a.code)
		a.message = kith_span_str(err.msg);
	kith_git_put_looked(&out->channel.out, &a);
	return kith_channel_flush(&out->channel, false, &err) ? 1 : 0;
}

/* --- where objects may lie besides --- */

/*
 * A repository may borrow objects from others. Read before the child is confined, so no more than
 * lines of paths: a lie makes more readable to a child that can only answer.
 */
static void
each_alternate(const char *objects, void (*found)(void *ctx, const char *path), void *ctx)
{
	KITH_AUTO_FREE char *file = kith_fs_join(objects, "info/alternates");
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_span rest, line;
	size_t n = 0;

	kith_buf_init(&text, KITH_KIB(64));
	if (!file || kith_fs_read(file, &text, NULL))
		return;
	rest = kith_buf_span(&text);
	while (n++ < LOOK_MAX_ALTERNATES && kith_span_next(&rest, '\n', &line)) {
		KITH_AUTO_FREE char *name = kith_strndup(line.ptr, line.len);
		KITH_AUTO_FREE char *path = name ? kith_fs_join(objects, name) : NULL;

		if (path && line.len && line.ptr[0] != '#' && strlen(path) == strcspn(path, "\r"))
			found(ctx, path);
	}
}

void
look_alternates(struct kith_span common_dir, void (*found)(void *ctx, const char *path), void *ctx)
{
	KITH_AUTO_FREE char *dir = kith_strndup(common_dir.ptr, common_dir.len);
	KITH_AUTO_FREE char *objects = dir ? kith_fs_join(dir, "objects") : NULL;

	if (objects)
		each_alternate(objects, found, ctx);
}
