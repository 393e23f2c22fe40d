/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits to an own repository: exactly the files that were sent, on top of the branch's tree.
 * Whatever else is staged or changed there stays as it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "helpers/git/own.h"

#define MARK         "kith.working"
#define SWEEP_DEPTH  16
#define LOCK_TRIES   40
#define LOCK_WAIT_NS 50000000 /* somebody else's git holds the index for a moment */

/* Below refs no name of git's ends so but that of a lock. */
static void
sweep_refs(const char *folder, unsigned depth)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	size_t i;

	if (depth > SWEEP_DEPTH || kith_fs_list(folder, &names, NULL))
		return;
	for (i = 0; i < names.count; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(folder, names.names[i]);
		struct stat st;

		if (!path || lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			sweep_refs(path, depth + 1);
		else if (kith_span_ends(kith_span_str(path), KITH_SPAN_LIT(".lock")))
			unlink(path);
	}
}

/*
 * What a killed predecessor left: its mark says that the locks in the way were its own. The lock on
 * the folder goes with the process, so nobody is at work here now.
 */
static void
sweep(struct own_work *w, const char *mark)
{
	static const char *const locks[] = {"index.lock", "HEAD.lock", "packed-refs.lock",
					    "config.lock"};
	KITH_AUTO_FREE char *refs = kith_fs_join(git_repository_path(w->repo), "refs");
	size_t i;

	if (!kith_fs_exists(mark))
		return;
	for (i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(git_repository_path(w->repo), locks[i]);

		if (path)
			unlink(path);
	}
	if (refs)
		sweep_refs(refs, 0);
}

int
own_alone(struct own_work *w, int (*work)(struct own_work *w, void *ctx, struct kith_error *err),
	  void *ctx, struct kith_error *err)
{
	const char *folder = git_repository_path(w->repo);
	KITH_AUTO_FREE char *mark = kith_fs_join(folder, MARK);
	KITH_AUTO_FD int lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KITH_AUTO_FD int fd = -1;
	int r;

	if (!mark)
		return kith_fail_nomem(err);
	if (lock < 0)
		return kith_fail_errno(err, errno, "%s", folder);
	while (flock(lock, LOCK_EX) < 0)
		if (errno != EINTR)
			return kith_fail_errno(err, errno, "%s", folder);
	sweep(w, mark);
	fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", mark);
	r = work(w, ctx, err);
	unlink(mark);
	return r;
}

static int
set_origin(struct own_work *w, struct kith_error *err)
{
	KITH_AUTO_FREE char *url = kith_strndup(w->o->url.ptr, w->o->url.len);
	git_remote *remote = NULL;
	int r;

	if (!url)
		return kith_fail_nomem(err);
	r = git_remote_lookup(&remote, w->repo, "origin");
	git_remote_free(remote);
	remote = NULL;
	if (!*url)
		r = r ? 0 : git_remote_delete(w->repo, "origin");
	else if (r)
		r = git_remote_create(&remote, w->repo, "origin", url);
	else
		r = git_remote_set_url(w->repo, "origin", url);
	git_remote_free(remote);
	return r ? git_fail(err, KITH_E_IO, "its origin cannot be set") : KITH_OK;
}

static int
set_url(struct own_work *w, void *ctx, struct kith_error *err)
{
	(void)ctx;
	return set_origin(w, err);
}

int
own_set_url(struct own_work *w, struct kith_error *err)
{
	return own_alone(w, set_url, NULL, err);
}

int
own_init(struct own_work *w, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_strndup(w->o->path.ptr, w->o->path.len);
	KITH_AUTO_FREE char *branch = NULL;
	git_repository_init_options o;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	r = own_config(w, "init.defaultbranch", &branch, err);
	if (r)
		return r;
	git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	o.flags = GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKPATH;
	o.initial_head = branch && *branch ? branch : "main";
	if (git_repository_init_ext(&w->repo, dir, &o))
		return git_fail(err, KITH_E_IO, "the proof repository cannot be made");
	return w->o->url.len ? set_origin(w, err) : KITH_OK;
}

/* --- committing --- */

struct addition {
	git_oid blob;
	struct kith_git_own_file file;
	char *path;
};

struct additions {
	struct addition *items;
	git_tree_update *updates;
	size_t n;
};

static void
additions_clear(struct additions *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		free(a->items[i].path);
	free(a->items);
	free(a->updates);
}

static int
make_blobs(struct own_work *w, struct additions *a, struct kith_error *err)
{
	struct kith_cursor c = w->o->files;
	size_t i;

	a->items = kith_calloc(w->o->n_files, sizeof(*a->items));
	a->updates = kith_calloc(w->o->n_files, sizeof(*a->updates));
	if (!a->items || !a->updates)
		return kith_fail_nomem(err);
	for (i = 0; i < w->o->n_files; i++) {
		struct addition *x = &a->items[i];

		if (!kith_git_get_own_file(&c, &x->file))
			return kith_fail(err, KITH_E_INTERNAL, "a malformed request");
		x->path = kith_strndup(x->file.path.ptr, x->file.path.len);
		if (!x->path)
			return kith_fail_nomem(err);
		a->n++;
		if (git_blob_create_from_buffer(&x->blob, w->repo, x->file.bytes.ptr,
						x->file.bytes.len))
			return git_fail(err, KITH_E_IO, "an object cannot be written");
		a->updates[i].action = GIT_TREE_UPDATE_UPSERT;
		a->updates[i].id = x->blob;
		a->updates[i].filemode = GIT_FILEMODE_BLOB;
		a->updates[i].path = x->path;
	}
	return KITH_OK;
}

/* As `git add` notes it, so that `git status` need not read the file again. */
static int
add_entry(git_index *index, const char *folder, const struct addition *x)
{
	KITH_AUTO_FREE char *path = kith_fs_join(folder, x->path);
	git_index_entry e;
	struct stat st;

	memset(&e, 0, sizeof(e));
	e.mode = GIT_FILEMODE_BLOB;
	e.id = x->blob;
	e.path = x->path;
	if (path && lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == x->file.bytes.len) {
		e.ctime.seconds = (int32_t)st.st_ctim.tv_sec;
		e.ctime.nanoseconds = (uint32_t)st.st_ctim.tv_nsec;
		e.mtime.seconds = (int32_t)st.st_mtim.tv_sec;
		e.mtime.nanoseconds = (uint32_t)st.st_mtim.tv_nsec;
		e.dev = (uint32_t)st.st_dev;
		e.ino = (uint32_t)st.st_ino;
		e.uid = st.st_uid;
		e.gid = st.st_gid;
		e.file_size = (uint32_t)st.st_size;
	}
	return git_index_add(index, &e);
}

static int
write_index_once(struct own_work *w, const struct additions *a)
{
	git_index *index = NULL;
	size_t i;
	int r;

	r = git_repository_index(&index, w->repo);
	if (!r)
		r = git_index_read(index, 1);
	for (i = 0; !r && i < a->n; i++)
		r = add_entry(index, git_repository_workdir(w->repo), &a->items[i]);
	if (!r)
		r = git_index_write(index);
	git_index_free(index);
	return r;
}

/* The commit stands whatever becomes of the index: what is wrong with that is a warning. */
static void
write_index(struct own_work *w, const struct additions *a)
{
	const struct timespec moment = {0, LOCK_WAIT_NS};
	struct kith_error why;
	unsigned tries;
	int r = GIT_ELOCKED;

	for (tries = 0; r == GIT_ELOCKED && tries < LOCK_TRIES; tries++) {
		if (tries)
			nanosleep(&moment, NULL);
		r = write_index_once(w, a);
	}
	if (!r)
		return;
	git_fail(&why, KITH_E_IO, "committed, but git's index could not be updated");
	snprintf(w->warning, sizeof(w->warning), "%s", why.msg);
}

static int
commit_tree(struct own_work *w, const git_oid *tree_id, const git_oid *parent_id,
	    struct kith_error *err)
{
	KITH_AUTO_FREE char *message = kith_strndup(w->o->message.ptr, w->o->message.len);
	git_signature *who = NULL;
	git_commit *parent = NULL;
	const git_commit *parents[1];
	git_tree *tree = NULL;
	git_oid id;
	int r;

	if (!message)
		return kith_fail_nomem(err);
	r = own_signature(w, &who, err);
	if (r)
		return r;
	r = git_tree_lookup(&tree, w->repo, tree_id);
	if (!r && parent_id)
		r = git_commit_lookup(&parent, w->repo, parent_id);
	parents[0] = parent;
	if (!r)
		r = git_commit_create(&id, w->repo, "HEAD", who, who, NULL, message, tree,
				      parent ? 1 : 0, parents);
	if (r)
		git_fail(err, KITH_E_IO, "the commit cannot be made");
	git_commit_free(parent);
	git_tree_free(tree);
	git_signature_free(who);
	return r ? KITH_E_IO : KITH_OK;
}

static int
base_tree(struct own_work *w, const git_oid *head, git_tree **ret, struct kith_error *err)
{
	git_commit *c = NULL;
	int r = git_commit_lookup(&c, w->repo, head);

	if (!r)
		r = git_commit_tree(ret, c);
	git_commit_free(c);
	return r ? git_fail(err, KITH_E_FORMAT, "its head cannot be read") : KITH_OK;
}

static int
commit_files(struct own_work *w, void *ctx, struct kith_error *err)
{
	KITH_CLEANUP(additions_clear) struct additions a = {NULL, NULL, 0};
	git_tree *base = NULL;
	git_oid head, tree;
	bool born = own_head(w, &head);
	bool same = false;
	int r;

	(void)ctx;
	r = make_blobs(w, &a, err);
	if (!r && born)
		r = base_tree(w, &head, &base, err);
	if (!r && git_tree_create_updated(&tree, w->repo, base, a.n, a.updates))
		r = git_fail(err, KITH_E_IO, "the tree cannot be made");
	if (!r && base)
		same = git_oid_equal(git_tree_id(base), &tree);
	git_tree_free(base);
	if (!r && !same)
		r = commit_tree(w, &tree, born ? &head : NULL, err);
	if (r)
		return r;
	w->outcome = same ? KITH_OWN_UNCHANGED : KITH_OWN_DONE;
	write_index(w, &a);
	return KITH_OK;
}

int
own_commit(struct own_work *w, struct kith_error *err)
{
	return own_alone(w, commit_files, NULL, err);
}

/* --- advancing --- */

static int
say_conflict(git_checkout_notify_t why, const char *path, const git_diff_file *baseline,
	     const git_diff_file *target, const git_diff_file *workdir, void *ctx)
{
	char *first = ctx;

	(void)why;
	(void)baseline;
	(void)target;
	(void)workdir;
	if (!*first)
		snprintf(first, KITH_MAX_PATH, "%s", path);
	return 0;
}

static int
checkout(struct own_work *w, const git_oid *to, struct kith_error *err)
{
	char path[KITH_MAX_PATH] = "";
	git_checkout_options o;
	git_object *target = NULL;
	int r;

	git_checkout_options_init(&o, GIT_CHECKOUT_OPTIONS_VERSION);
	o.checkout_strategy = GIT_CHECKOUT_SAFE;
	o.notify_flags = GIT_CHECKOUT_NOTIFY_CONFLICT;
	o.notify_cb = say_conflict;
	o.notify_payload = path;
	r = git_object_lookup(&target, w->repo, to, GIT_OBJECT_COMMIT);
	if (!r)
		r = git_checkout_tree(w->repo, target, &o);
	git_object_free(target);
	if (r == GIT_ECONFLICT)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "your changes of %s in the proof repository are in the "
					   "way",
					   *path ? path : "a file"),
				 "commit or stash them there with git, then try again");
	return r ? git_fail(err, KITH_E_IO, "the work tree cannot be updated") : KITH_OK;
}

static int
advance(struct own_work *w, void *ctx, struct kith_error *err)
{
	git_reference *ref = NULL;
	char hex[KITH_GIT_HEX + 1] = "", name[300];
	git_oid head, from, to;
	bool born = own_head(w, &head);
	int r;

	(void)ctx;
	if (w->o->from.len)
		memcpy(hex, w->o->from.ptr, KITH_GIT_HEX);
	if (born != (w->o->from.len != 0) ||
	    (born && (git_oid_fromstr(&from, hex) || !git_oid_equal(&from, &head))))
		return kith_fail(err, KITH_E_EXISTS, "its branch has moved meanwhile");
	memcpy(hex, w->o->to.ptr, KITH_GIT_HEX);
	if (git_oid_fromstr(&to, hex))
		return git_fail(err, KITH_E_INTERNAL, "no commit");
	r = checkout(w, &to, err);
	if (r)
		return r;
	snprintf(name, sizeof(name), "refs/heads/%s", w->branch);
	if (git_reference_create_matching(&ref, w->repo, name, &to, 1, born ? &from : NULL,
					  "kith: publish"))
		return git_fail(err, KITH_E_IO, "its branch cannot be written");
	git_reference_free(ref);
	git_reference_remove(w->repo, REF_MERGED);
	return KITH_OK;
}

int
own_advance(struct own_work *w, struct kith_error *err)
{
	return own_alone(w, advance, NULL, err);
}
