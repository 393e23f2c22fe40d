/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where own proof repositories are, making and opening them: one writer at a time. What git has to
 * do is done by kith-git.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "codec/base64.h"
#include "crypto/crypto.h"
#include "store/own_inside.h"
#include "store/secret.h"

#define OWN_ARENA  KITH_MIB(1024)
#define MAX_FILES  KITH_OWN_MAX_FILES
#define SALT_LABEL "kith host salt of proof file names"
#define TEMPORARY  ".git/kith.tmp"

/* --- where --- */

int
kith_own_path(const struct kith_dirs *dirs, const struct kith_id *id, const char *url,
	      char **ret_path, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	char text[KITH_ID_TEXT + 1];
	char *path;

	kith_buf_init(&b, KITH_KIB(16));
	kith_buf_printf(&b, "%s/proofs/", dirs->data);
	if (url && *url) {
		kith_url_put_slug(&b, kith_span_str(url));
	} else {
		kith_base64_id(text, id->bytes);
		kith_buf_printf(&b, "local_only_%s", text);
	}
	path = kith_buf_check(&b, NULL) ? NULL : (char *)kith_buf_take(&b, &(size_t){0});
	if (!path)
		return kith_fail_nomem(err);
	*ret_path = path;
	return KITH_OK;
}

static char *
below(const char *dir, const char *suffix)
{
	return kith_asprintf("%s%s", dir, suffix);
}

/* --- opening --- */

void
kith_own_forget(struct kith_own *own)
{
	size_t i;

	for (i = 0; i < own->n_files; i++) {
		free(own->files[i].path);
		kith_buf_clear(&own->files[i].added);
		kith_buf_clear(&own->files[i].whole);
	}
	own->n_files = 0;
}

void
kith_own_close(struct kith_own *own)
{
	if (!own)
		return;
	kith_own_forget(own);
	free(own->files);
	free(own->items);
	kith_arena_clear(&own->arena);
	kith_closep(&own->lock_fd);
	free(own->proofs);
	free(own->folder);
	free(own->libexec);
	free(own->url);
	free(own);
}

void
kith_own_closep(struct kith_own **own)
{
	kith_own_close(*own);
	*own = NULL;
}

const char *
kith_own_folder(const struct kith_own *own)
{
	return own->folder;
}

static char *
copy(const char *s)
{
	return kith_strndup(s ? s : "", s ? strlen(s) : 0);
}

static int
lock(const char *proofs, int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = below(proofs, ".lock");
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_mkdirs(proofs, 0700, err);
	return r ? r : kith_fs_lock(path, true, ret_fd, err);
}

int
kith_own_lock(struct kith_own *own, struct kith_error *err)
{
	return own->lock_fd >= 0 ? KITH_OK : lock(own->proofs, &own->lock_fd, err);
}

void
kith_own_unlock(struct kith_own *own)
{
	kith_closep(&own->lock_fd);
}

/* Made aside and renamed, so that a kill leaves no half repository; the lock is held. */
static int
make_aside(const char *proofs, const char *libexec, enum kith_git_own_op op, const char *url,
	   const char *folder, struct kith_own_answer *ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *aside = below(proofs, KITH_OWN_ASIDE);
	struct kith_git_own o = {.op = op, .url = kith_span_str(url)};
	int r;

	if (!aside)
		return kith_fail_nomem(err);
	r = kith_fs_remove_tree(aside, err);
	if (!r)
		r = kith_fs_mkdirs(aside, 0700, err);
	if (r)
		return r;
	o.path = kith_span_str(aside);
	r = kith_own_git(libexec, &o, NULL, ret, err);
	if (!r && rename(aside, folder) < 0)
		r = kith_fail_errno(err, errno, "%s", folder);
	if (r && kith_fs_remove_tree(aside, NULL))
		return r; /* what is left is removed the next time */
	return r;
}

static bool
has(const char *folder, const char *name)
{
	KITH_AUTO_FREE char *path = kith_fs_join(folder, name);

	return path && kith_fs_exists(path);
}

/* Early and without git, so that nobody types a passphrase for nothing; kith-git looks again. */
static int
check_state(const char *folder, struct kith_error *err)
{
	static const char *const busy[] = {".git/MERGE_HEAD",   ".git/rebase-merge",
					   ".git/rebase-apply", ".git/CHERRY_PICK_HEAD",
					   ".git/REVERT_HEAD",  ".git/BISECT_LOG"};
	KITH_AUTO_FREE char *head = kith_fs_join(folder, ".git/HEAD");
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r;

	kith_buf_init(&b, 1024);
	if (!head)
		return kith_fail_nomem(err);
	if (!has(folder, ".git") && has(folder, "HEAD") && has(folder, "objects"))
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "%s: the proof repository is bare", folder),
		    "proofs are stored in a work tree: clone it there");
	r = kith_fs_read(head, &b, err);
	if (r == KITH_E_NOMEM)
		return r;
	if (r)
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "%s: not an ordinary git repository", folder),
		    "move it away; kith makes a new one");
	for (i = 0; i < sizeof(busy) / sizeof(busy[0]); i++)
		if (has(folder, busy[i]))
			return kith_hint(err,
					 kith_fail(err, KITH_E_USAGE,
						   "%s: in the middle of a merge or rebase",
						   folder),
					 "finish or abort it there with git, then try again");
	if (!kith_span_starts(kith_buf_span(&b), KITH_SPAN_LIT("ref: refs/heads/")))
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "%s: its HEAD is detached", folder),
				 "git switch there to the branch that you publish");
	return KITH_OK;
}

/* --- on the way to another place --- */

/*
 * "ID OLD NEW": an id's repository was moved and its key file perhaps not written any more. Until
 * that is done the repository is where the key file says, or at NEW.
 */
static char *
moving_path(const struct kith_dirs *dirs)
{
	return kith_fs_join(dirs->data, "proofs.moving");
}

/* The folder in which the repository of `own` was left on the way; NULL: there is none. Yours. */
static char *
left_on_the_way(const struct kith_dirs *dirs, const struct kith_own *own)
{
	KITH_AUTO_FREE char *path = moving_path(dirs);
	KITH_AUTO_FREE char *found = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span rest, id, old, new;
	char text[KITH_ID_TEXT + 1];

	kith_buf_init(&b, KITH_KIB(16));
	if (!path || kith_fs_read(path, &b, NULL))
		return NULL;
	rest = kith_buf_span(&b);
	kith_base64_id(text, own->id.bytes);
	if (!kith_span_next(&rest, '\n', &id) || !kith_span_next(&rest, '\n', &old) ||
	    !kith_span_next(&rest, '\n', &new) || !kith_span_is(id, text) ||
	    !kith_span_is(old, own->folder))
		return NULL;
	found = kith_strndup(new.ptr, new.len);
	return found && kith_fs_is_dir(found) ? kith_steal(&found) : NULL;
}

/* Back to where the key file says; the lock is held. */
static int
bring_back(const struct kith_dirs *dirs, struct kith_own *own, struct kith_error *err)
{
	KITH_AUTO_FREE char *left = left_on_the_way(dirs, own);
	struct kith_git_own o = {.op = KITH_OWN_SET_URL};
	struct kith_own_answer answer;

	if (!left)
		return KITH_OK;
	if (rename(left, own->folder) < 0)
		return kith_fail_errno(err, errno, "%s", left);
	o.path = kith_span_str(own->folder);
	o.url = kith_span_str(own->url);
	return kith_own_git(own->libexec, &o, NULL, &answer, err);
}

void
kith_own_moved(const struct kith_dirs *dirs)
{
	KITH_AUTO_FREE char *path = moving_path(dirs);

	if (path)
		unlink(path);
}

static int
load_salt(const struct kith_dirs *dirs, struct kith_digest *ret, struct kith_error *err)
{
	uint8_t secret[KITH_SECRET_BYTES];
	int r = kith_secret_load(dirs->data, secret, err);

	if (!r)
		kith_mac(secret, KITH_SPAN_LIT(SALT_LABEL), ret);
	return r;
}

static int
fill(struct kith_own *own, const struct kith_dirs *dirs, const struct kith_own_options *o,
     struct kith_error *err)
{
	own->id = o->id;
	own->proofs = kith_fs_join(dirs->data, "proofs");
	own->url = copy(o->url);
	own->libexec = o->libexec ? copy(o->libexec) : NULL;
	if (!own->proofs || !own->url || (o->libexec && !own->libexec))
		return kith_fail_nomem(err);
	return kith_own_path(dirs, &o->id, o->url, &own->folder, err);
}

int
kith_own_open(const struct kith_dirs *dirs, const struct kith_own_options *options,
	      struct kith_own **ret_own, struct kith_error *err)
{
	KITH_AUTO_OWN struct kith_own *own = kith_calloc(1, sizeof(*own));
	struct kith_own_answer answer;
	int r;

	if (!own)
		return kith_fail_nomem(err);
	own->lock_fd = -1;
	kith_arena_init(&own->arena, KITH_OWN_ARENA);
	r = fill(own, dirs, options, err);
	if (!r)
		r = load_salt(dirs, &own->salt, err);
	if (!r)
		r = lock(own->proofs, &own->lock_fd, err);
	if (!r && !kith_fs_exists(own->folder))
		r = bring_back(dirs, own, err);
	if (!r && !kith_fs_exists(own->folder))
		r = make_aside(own->proofs, own->libexec, KITH_OWN_INIT, own->url, own->folder,
			       &answer, err);
	if (!r)
		r = check_state(own->folder, err);
	if (r)
		return r;
	*ret_own = kith_steal(&own);
	return KITH_OK;
}

int
kith_own_look(const struct kith_dirs *dirs, const struct kith_own_options *options,
	      struct kith_own **ret_own, struct kith_error *err)
{
	KITH_AUTO_OWN struct kith_own *own = kith_calloc(1, sizeof(*own));
	KITH_AUTO_FREE char *left = NULL;
	int r;

	if (!own)
		return kith_fail_nomem(err);
	own->lock_fd = -1;
	kith_arena_init(&own->arena, KITH_OWN_ARENA);
	r = fill(own, dirs, options, err);
	if (r)
		return r;
	if (!kith_fs_is_dir(own->folder) && (left = left_on_the_way(dirs, own))) {
		free(own->folder);
		own->folder = kith_steal(&left);
	}
	own->loaded = !kith_fs_is_dir(own->folder);
	*ret_own = kith_steal(&own);
	return KITH_OK;
}

int
kith_own_clone(const struct kith_dirs *dirs, const struct kith_own_options *options,
	       bool *ret_empty, struct kith_error *err)
{
	KITH_AUTO_FREE char *proofs = kith_fs_join(dirs->data, "proofs");
	KITH_AUTO_FREE char *folder = NULL;
	KITH_AUTO_FD int fd = -1;
	struct kith_own_answer answer;
	int r;

	if (!proofs)
		return kith_fail_nomem(err);
	if (!options->url || !*options->url)
		return kith_fail(err, KITH_E_USAGE, "there is no URL to clone");
	r = kith_own_path(dirs, &options->id, options->url, &folder, err);
	if (!r)
		r = lock(proofs, &fd, err);
	if (!r && kith_fs_exists(folder))
		return kith_fail(err, KITH_E_EXISTS, "%s is there already", folder);
	if (!r)
		r = make_aside(proofs, options->libexec, KITH_OWN_CLONE, options->url, folder,
			       &answer, err);
	if (!r)
		*ret_empty = answer.outcome == KITH_OWN_NO_REMOTE_BRANCH;
	return r;
}

static int
note_move(const struct kith_dirs *dirs, const struct kith_id *id, const char *old, const char *new,
	  struct kith_error *err)
{
	KITH_AUTO_FREE char *path = moving_path(dirs);
	KITH_AUTO_BUF struct kith_buf b;
	char text[KITH_ID_TEXT + 1];
	int r;

	kith_buf_init(&b, KITH_KIB(16));
	kith_base64_id(text, id->bytes);
	kith_buf_printf(&b, "%s\n%s\n%s\n", text, old, new);
	r = kith_buf_check(&b, err);
	if (r || !path)
		return r ? r : kith_fail_nomem(err);
	return kith_fs_replace(path, kith_buf_span(&b), 0600, err);
}

/* What an attempt before this one left on its way. */
static int
bring_back_of(const struct kith_dirs *dirs, const struct kith_own_options *options, char *folder,
	      struct kith_error *err)
{
	KITH_AUTO_FREE char *url = copy(options->url);
	KITH_AUTO_FREE char *libexec = options->libexec ? copy(options->libexec) : NULL;
	struct kith_own own = {
	    .id = options->id, .folder = folder, .url = url, .libexec = libexec, .lock_fd = -1};

	if (!url || (options->libexec && !libexec))
		return kith_fail_nomem(err);
	return bring_back(dirs, &own, err);
}

static int
move_folder(const struct kith_dirs *dirs, const struct kith_own_options *options, const char *old,
	    const char *new, const char *to, struct kith_error *err)
{
	struct kith_git_own o = {.op = KITH_OWN_SET_URL, .url = kith_span_str(to)};
	struct kith_own_answer answer;
	int r = note_move(dirs, &options->id, old, new, err);

	if (!r && rename(old, new) < 0)
		r = kith_fail_errno(err, errno, "%s", new);
	if (r)
		return r;
	o.path = kith_span_str(new);
	r = kith_own_git(options->libexec, &o, NULL, &answer, err);
	if (r && rename(new, old) == 0)
		kith_own_moved(dirs);
	return r;
}

int
kith_own_move(const struct kith_dirs *dirs, const struct kith_own_options *options, const char *to,
	      struct kith_error *err)
{
	KITH_AUTO_FREE char *proofs = kith_fs_join(dirs->data, "proofs");
	KITH_AUTO_FREE char *old = NULL;
	KITH_AUTO_FREE char *new = NULL;
	KITH_AUTO_FD int fd = -1;
	int r;

	if (!proofs)
		return kith_fail_nomem(err);
	r = kith_own_path(dirs, &options->id, options->url, &old, err);
	if (!r)
		r = kith_own_path(dirs, &options->id, to, &new, err);
	if (!r)
		r = lock(proofs, &fd, err);
	if (!r && !kith_fs_exists(old))
		r = bring_back_of(dirs, options, old, err);
	if (r || !kith_fs_exists(old))
		return r;
	if (strcmp(old, new) != 0 && kith_fs_exists(new))
		return kith_hint(err, kith_fail(err, KITH_E_EXISTS, "%s is there already", new),
				 "join the two by hand, or move one of them away");
	r = check_state(old, err);
	return r ? r : move_folder(dirs, options, old, new, to, err);
}
