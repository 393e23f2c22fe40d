/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Own commits upon what the server has. Proof files are only appended to, so two that grew on both
 * sides become one with both ends; that nothing is lost is checked by kith afterwards.
 */
#include "helpers/git/own.h"

#define MAX_COMMITS ((size_t)10000)

struct rebase {
	struct own_work *w;
	git_signature *who;
	git_oid tip;
	struct kith_error *err;
};

static int
by_hand(struct rebase *b, const char *path)
{
	return kith_hint(
	    b->err, kith_fail(b->err, KITH_E_USAGE, "%s was changed here and at the server", path),
	    "merge it in the proof repository with git pull --rebase, then try again");
}

static struct kith_span
content(const git_blob *blob)
{
	if (!blob)
		return KITH_SPAN_NONE;
	return kith_span(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
}

/* Theirs is what the base became at the server, ours what it became here. */
static int
join(struct rebase *b, const char *path, struct kith_span base, struct kith_span theirs,
     struct kith_span ours, git_oid *ret)
{
	KITH_AUTO_BUF struct kith_buf all;
	int r;

	kith_buf_init(&all, KITH_MAX_PROOF_FILE);
	if (!kith_span_starts(ours, base) || !kith_span_starts(theirs, base))
		return by_hand(b, path);
	kith_buf_put_span(&all, theirs);
	if (theirs.len && theirs.ptr[theirs.len - 1] != '\n')
		kith_buf_put_char(&all, '\n');
	kith_buf_put_span(&all, kith_span_sub(ours, base.len, SIZE_MAX));
	r = kith_buf_check(&all, b->err);
	if (!r && git_blob_create_from_buffer(ret, b->w->repo, all.ptr, all.len))
		r = git_fail(b->err, KITH_E_IO, "an object cannot be written");
	return r;
}

static int
look_up(struct rebase *b, const git_index_entry *e, git_blob **ret)
{
	if (!e)
		return KITH_OK;
	if (git_blob_lookup(ret, b->w->repo, &e->id))
		return git_fail(b->err, KITH_E_FORMAT, e->path);
	return KITH_OK;
}

static int
join_entries(struct rebase *b, const git_index_entry *base, const git_index_entry *theirs,
	     const git_index_entry *ours, git_oid *ret)
{
	git_blob *x = NULL, *y = NULL, *z = NULL;
	int r;

	r = look_up(b, base, &x);
	if (!r)
		r = look_up(b, theirs, &y);
	if (!r)
		r = look_up(b, ours, &z);
	if (!r)
		r = join(b, theirs->path, content(x), content(y), content(z), ret);
	git_blob_free(x);
	git_blob_free(y);
	git_blob_free(z);
	return r;
}

static bool
is_file(const git_index_entry *e)
{
	return e && (e->mode == GIT_FILEMODE_BLOB || e->mode == GIT_FILEMODE_BLOB_EXECUTABLE);
}

static int
resolve_one(struct rebase *b, git_index *index, const git_index_entry *base,
	    const git_index_entry *theirs, const git_index_entry *ours)
{
	const char *path = theirs ? theirs->path : ours ? ours->path : base->path;
	git_index_entry e;
	int r;

	if (!is_file(theirs) || !is_file(ours) || (base && !is_file(base)))
		return by_hand(b, path);
	memset(&e, 0, sizeof(e));
	e.mode = GIT_FILEMODE_BLOB;
	e.id = theirs->id; /* a README that both began: the server's */
	if (kith_git_is_proof_name(kith_span_str(path))) {
		r = join_entries(b, base, theirs, ours, &e.id);
		if (r)
			return r;
	} else if (base) {
		return by_hand(b, path);
	}
	e.path = path;
	if (git_index_add(index, &e))
		return git_fail(b->err, KITH_E_IO, "the merge cannot be noted");
	return KITH_OK;
}

/* One at a time: resolving changes what is iterated over. */
static int
resolve(struct rebase *b, git_index *index)
{
	const git_index_entry *base, *theirs, *ours;
	git_index_conflict_iterator *it;
	char path[KITH_MAX_PATH];
	int r = KITH_OK, rc;

	while (!r && git_index_has_conflicts(index)) {
		if (git_index_conflict_iterator_new(&it, index))
			return git_fail(b->err, KITH_E_INTERNAL, "conflicts cannot be read");
		rc = git_index_conflict_next(&base, &theirs, &ours, it);
		if (rc)
			r = git_fail(b->err, KITH_E_INTERNAL, "conflicts cannot be read");
		if (!r) {
			snprintf(path, sizeof(path), "%s",
				 theirs ? theirs->path
				 : ours ? ours->path
					: base->path);
			r = resolve_one(b, index, base, theirs, ours);
		}
		git_index_conflict_iterator_free(it);
		if (!r && git_index_conflict_remove(index, path))
			r = git_fail(b->err, KITH_E_INTERNAL, path);
	}
	return r;
}

static int
commit(struct rebase *b, const git_commit *old, const git_commit *parent, git_index *index)
{
	const git_commit *parents[1] = {parent};
	git_tree *tree = NULL;
	git_oid tree_id;
	int r;

	if (git_index_write_tree_to(&tree_id, index, b->w->repo))
		return git_fail(b->err, KITH_E_IO, "the tree cannot be written");
	if (git_oid_equal(&tree_id, git_commit_tree_id(parent)))
		return KITH_OK; /* the server has all of it already */
	r = git_tree_lookup(&tree, b->w->repo, &tree_id);
	if (!r)
		r = git_commit_create(&b->tip, b->w->repo, NULL, git_commit_author(old), b->who,
				      git_commit_message_encoding(old), git_commit_message(old),
				      tree, 1, parents);
	git_tree_free(tree);
	return r ? git_fail(b->err, KITH_E_IO, "the commit cannot be made") : KITH_OK;
}

static int
merge(struct rebase *b, const git_commit *old, const git_commit *parent)
{
	git_tree *base = NULL, *theirs = NULL, *ours = NULL;
	git_commit *before = NULL;
	git_index *index = NULL;
	git_merge_options o;
	int r = 0;

	git_merge_options_init(&o, GIT_MERGE_OPTIONS_VERSION);
	o.flags = 0;
	if (git_commit_parentcount(old)) {
		r = git_commit_parent(&before, old, 0);
		if (!r)
			r = git_commit_tree(&base, before);
	}
	if (!r)
		r = git_commit_tree(&theirs, parent);
	if (!r)
		r = git_commit_tree(&ours, old);
	if (!r)
		r = git_merge_trees(&index, b->w->repo, base, theirs, ours, &o);
	r = r ? git_fail(b->err, KITH_E_FORMAT, "the histories cannot be merged") : KITH_OK;
	if (!r)
		r = resolve(b, index);
	if (!r)
		r = commit(b, old, parent, index);
	git_index_free(index);
	git_tree_free(ours);
	git_tree_free(theirs);
	git_tree_free(base);
	git_commit_free(before);
	return r;
}

static int
replay(struct rebase *b, const git_oid *id)
{
	git_commit *old = NULL, *parent = NULL;
	int r = KITH_OK;

	if (git_commit_lookup(&old, b->w->repo, id) ||
	    git_commit_lookup(&parent, b->w->repo, &b->tip))
		r = git_fail(b->err, KITH_E_FORMAT, "its history cannot be read");
	else if (git_commit_parentcount(old) > 1)
		r = kith_hint(
		    b->err,
		    kith_fail(b->err, KITH_E_USAGE, "the proof repository has merges of your own"),
		    "git pull --rebase there, then try again");
	if (!r)
		r = merge(b, old, parent);
	git_commit_free(parent);
	git_commit_free(old);
	return r;
}

static int
replay_all(struct rebase *b, const git_oid *local, const git_oid *remote)
{
	git_revwalk *walk = NULL;
	git_oid id;
	size_t n = 0;
	int r = KITH_OK, rc;

	rc = git_revwalk_new(&walk, b->w->repo);
	if (!rc)
		rc = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
	if (!rc)
		rc = git_revwalk_push(walk, local);
	if (!rc)
		rc = git_revwalk_hide(walk, remote);
	while (!rc && !r && !(rc = git_revwalk_next(&id, walk))) {
		if (++n > MAX_COMMITS)
			r = kith_fail(b->err, KITH_E_LIMIT, "more than %zu commits to publish",
				      MAX_COMMITS);
		else
			r = replay(b, &id);
	}
	git_revwalk_free(walk);
	if (!r && rc != GIT_ITEROVER)
		r = git_fail(b->err, KITH_E_FORMAT, "its history cannot be read");
	return r;
}

static int
keep_merged(struct own_work *w, void *ctx, struct kith_error *err)
{
	const git_oid *tip = ctx;
	git_reference *ref = NULL;

	if (git_reference_create(&ref, w->repo, REF_MERGED, tip, 1, "kith: publish"))
		return git_fail(err, KITH_E_IO, "the merged commit cannot be kept");
	git_reference_free(ref);
	return KITH_OK;
}

int
own_rebase(struct own_work *w, const git_oid *local, const git_oid *remote, git_oid *ret,
	   struct kith_error *err)
{
	struct rebase b = {.w = w, .tip = *remote, .err = err};
	int r;

	r = own_signature(w, &b.who, err);
	if (!r)
		r = replay_all(&b, local, remote);
	git_signature_free(b.who);
	if (!r)
		r = own_alone(w, keep_merged, &b.tip, err);
	if (!r)
		*ret = b.tip;
	return r;
}
