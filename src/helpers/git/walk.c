/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking a commit's tree for wanted files, straight from the object database. A tree is a
 * stranger's word: sizes are asked before objects are read, depth and entries are counted (the same
 * subtree can be named again and again), names are checked before they are used.
 */
#include "helpers/git/job.h"

#define WALK_FULL    1 /* enough was seen: ends the walk without an error */
#define MAX_COMMIT   KITH_MIB(1)
#define MODE_TYPE    0170000u
#define MODE_REGULAR 0100000u
#define MODE_SYMLINK 0120000u

static int
report(struct walk *w, enum kith_git_skip why)
{
	return w->skip(w->ctx, kith_buf_span(&w->path), why);
}

static bool
is_object(struct walk *w, const git_oid *id, git_object_t want, size_t max)
{
	git_object_t type;
	size_t size;

	return git_odb_read_header(&size, &type, w->odb, id) == 0 && type == want && size <= max;
}

static int
visit_file(struct walk *w, const git_tree_entry *e)
{
	struct walk_file f = {.path = kith_buf_span(&w->path), .id = git_tree_entry_id(e)};
	unsigned mode = (unsigned)git_tree_entry_filemode_raw(e) & MODE_TYPE;
	git_object_t type;
	int r;

	if (mode == MODE_SYMLINK)
		return report(w, KITH_GIT_SKIP_LINK);
	if (mode != MODE_REGULAR)
		return report(w, KITH_GIT_SKIP_SPECIAL);
	if (git_odb_read_header(&f.size, &type, w->odb, f.id) || type != GIT_OBJECT_BLOB)
		return report(w, KITH_GIT_SKIP_BROKEN);
	if (f.size > KITH_MAX_PROOF_FILE)
		return report(w, KITH_GIT_SKIP_SIZE);
	if (w->files >= kith_git_max_files(w->names) ||
	    f.size > kith_git_max_bytes(w->names) - w->bytes) {
		r = report(w, KITH_GIT_SKIP_LIMIT);
		return r ? r : WALK_FULL;
	}
	w->files++;
	w->bytes += f.size;
	return w->file(w->ctx, &f);
}

static int visit_tree(struct walk *w, const git_oid *id, unsigned depth);

static int
visit_named(struct walk *w, const git_tree_entry *e, struct kith_span name, unsigned depth)
{
	if (!kith_git_is_name(name))
		return report(w, KITH_GIT_SKIP_NAME);
	if (git_tree_entry_type(e) != GIT_OBJECT_TREE)
		return visit_file(w, e);
	if (depth >= (w->max_depth ? w->max_depth : KITH_MAX_TREE_DEPTH))
		return report(w, KITH_GIT_SKIP_DEPTH);
	return visit_tree(w, git_tree_entry_id(e), depth + 1);
}

static int
visit_entry(struct walk *w, const git_tree_entry *e, unsigned depth)
{
	struct kith_span name = kith_span_str(git_tree_entry_name(e));
	size_t mark = w->path.len;
	int r;

	if (git_tree_entry_type(e) == GIT_OBJECT_TREE ? kith_span_is(name, ".git")
						      : !kith_git_wants(w->names, name))
		return 0;
	if (mark + 1 + name.len > KITH_MAX_PATH)
		return report(w, KITH_GIT_SKIP_NAME);
	if (mark)
		kith_buf_put_char(&w->path, '/');
	kith_buf_put_span(&w->path, name);
	if (kith_buf_check(&w->path, NULL))
		return KITH_E_NOMEM;
	r = visit_named(w, e, name, depth);
	w->path.len = mark;
	return r;
}

static int
visit_tree(struct walk *w, const git_oid *id, unsigned depth)
{
	git_tree *tree = NULL;
	size_t i, n;
	int r = 0;

	if (!is_object(w, id, GIT_OBJECT_TREE, KITH_MAX_GIT_TREE) ||
	    git_tree_lookup(&tree, w->repo, id))
		return report(w, KITH_GIT_SKIP_BROKEN);
	n = git_tree_entrycount(tree);
	for (i = 0; !r && i < n; i++) {
		if (++w->entries > kith_git_max_entries(w->names)) {
			r = report(w, KITH_GIT_SKIP_LIMIT);
			r = r ? r : WALK_FULL;
			break;
		}
		r = visit_entry(w, git_tree_entry_byindex(tree, i), depth);
	}
	git_tree_free(tree);
	return r;
}

static int
walk_root(struct walk *w, const git_oid *id, struct kith_error *err)
{
	git_commit *commit = NULL;
	int r;

	if (!is_object(w, id, GIT_OBJECT_COMMIT, MAX_COMMIT))
		return kith_fail(err, KITH_E_FORMAT, "its head is no commit");
	if (git_commit_lookup(&commit, w->repo, id))
		return git_fail(err, KITH_E_FORMAT, "its head cannot be read");
	if (!is_object(w, git_commit_tree_id(commit), GIT_OBJECT_TREE, KITH_MAX_GIT_TREE))
		r = kith_fail(err, KITH_E_FORMAT, "the tree of its head cannot be read");
	else
		r = visit_tree(w, git_commit_tree_id(commit), 0);
	git_commit_free(commit);
	return r == WALK_FULL ? KITH_OK : r;
}

int
walk_commit(struct walk *w, const git_oid *commit, struct kith_error *err)
{
	int r;

	if (git_repository_odb(&w->odb, w->repo))
		return git_fail(err, KITH_E_IO, "its objects cannot be opened");
	kith_buf_init(&w->path, KITH_MAX_PATH + 1);
	r = walk_root(w, commit, err);
	kith_buf_clear(&w->path);
	git_odb_free(w->odb);
	return r;
}
