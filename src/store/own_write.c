/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing to an own proof repository: whole files by rename, everything read back before it is
 * stored, one commit a batch.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "proof/write.h"
#include "store/own_inside.h"

#define MAX_FILES KITH_OWN_MAX_FILES
#define TEMPORARY ".git/kith.tmp"

static const char readme[] =
    "<!-- CREV_README_MARKER_V0 -->\n"
    "# Code reviews\n"
    "\n"
    "This repository holds signed statements in the crev format: reviews of packages that others\n"
    "depend on too, and whom I trust to review.\n"
    "\n"
    "They are text; whoever trusts me can have them checked and counted, for example with\n"
    "[cargo-crev](https://github.com/crev-dev/cargo-crev) or kith. Files are only ever appended\n"
    "to; a later statement about the same thing replaces an earlier one.\n";

/* --- adding --- */

static int
find_file(struct kith_own *own, const char *path, struct kith_own_file **ret,
	  struct kith_error *err)
{
	struct kith_own_file *f;
	size_t i;
	int r;

	for (i = 0; i < own->n_files; i++) {
		if (strcmp(own->files[i].path, path) == 0) {
			*ret = &own->files[i];
			return KITH_OK;
		}
	}
	r = kith_grow(&own->files, &own->cap, own->n_files + 1, sizeof(*own->files), MAX_FILES,
		      "proof files at once", err);
	if (r)
		return r;
	f = &own->files[own->n_files];
	memset(f, 0, sizeof(*f));
	kith_buf_init(&f->added, KITH_MAX_PROOF_FILE);
	kith_buf_init(&f->whole, KITH_MAX_PROOF_FILE);
	f->path = kith_strndup(path, strlen(path));
	if (!f->path)
		return kith_fail_nomem(err);
	own->n_files++;
	*ret = f;
	return KITH_OK;
}

/* One proof, valid, and ours; in the arena. */
static int
read_one(struct kith_own *own, struct kith_span envelope, struct kith_proof **ret,
	 struct kith_error *err)
{
	struct kith_proof_list list;
	struct kith_span text;
	int r;

	if (!kith_arena_copy(&own->arena, envelope, &text))
		return kith_fail_nomem(err);
	r = kith_proof_parse(text, &own->arena, &list, err);
	if (r)
		return r;
	if (list.count != 1)
		return kith_fail(err, KITH_E_FORMAT, "not exactly one proof");
	kith_proof_check(&list.items[0]);
	if (list.items[0].status != KITH_PROOF_VALID)
		return kith_fail(err, KITH_E_BADSIG, "the proof would be refused: %s",
				 list.items[0].cause);
	if (memcmp(list.items[0].proof.from.id.bytes, own->id.bytes, KITH_ID_BYTES) != 0)
		return kith_fail(err, KITH_E_USAGE, "the proof is another id's");
	*ret = &list.items[0].proof;
	return KITH_OK;
}

int
kith_own_add(struct kith_own *own, struct kith_span envelope, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf path;
	struct kith_own_file *f = NULL;
	struct kith_proof *p = NULL;
	int r;

	kith_buf_init(&path, 512);
	if (own->lock_fd < 0)
		return kith_fail(err, KITH_E_INTERNAL, "opened for reading only");
	r = kith_own_load(own, err); /* before it is in the list itself */
	if (!r)
		r = read_one(own, envelope, &p, err);
	if (r)
		return r;
	kith_proof_put_path(p, kith_span(own->salt.bytes, KITH_DIGEST_BYTES), &path);
	r = kith_buf_check(&path, err);
	if (!r)
		r = find_file(own, kith_buf_str(&path), &f, err);
	if (r)
		return r;
	kith_buf_put_span(&f->added, envelope);
	kith_buf_put_str(&f->added, envelope.ptr[envelope.len - 1] == '\n' ? "\n" : "\n\n");
	r = kith_buf_check(&f->added, err);
	if (r)
		return r;
	f->proofs++;
	return kith_own_remember(own, p, err);
}

/* --- storing --- */

/* Every folder on the way is a real one: what a server sent may hold links. */
static int
make_folders(const char *root, const char *path, struct kith_error *err)
{
	KITH_AUTO_FREE char *copy_of = kith_strndup(path, strlen(path));
	KITH_AUTO_FD int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct kith_span rest, part;

	if (!copy_of)
		return kith_fail_nomem(err);
	if (at < 0)
		return kith_fail_errno(err, errno, "%s", root);
	rest = kith_span_str(copy_of);
	while (kith_span_next(&rest, '/', &part) && rest.len) {
		char *name = copy_of + (part.ptr - (const uint8_t *)copy_of);
		int next;

		name[part.len] = '\0';
		if (mkdirat(at, name, 0755) < 0 && errno != EEXIST)
			return kith_fail_errno(err, errno, "%s/%s", root, path);
		next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return kith_fail_errno(err, errno, "%s/%s", root, path);
		close(at);
		at = next;
	}
	return KITH_OK;
}

static int
read_existing(const struct kith_own *own, const char *path, struct kith_buf *out,
	      struct kith_error *err)
{
	KITH_AUTO_FREE char *full = kith_fs_join(own->folder, path);
	int r;

	if (!full)
		return kith_fail_nomem(err);
	r = kith_fs_read_at(AT_FDCWD, full, false, out, err);
	return r == KITH_E_NOTFOUND ? KITH_OK : r;
}

static int
unreadable(const struct kith_own_file *f, uint32_t line, const char *cause, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_FORMAT, "%s:%u: what is there already is broken: %s",
				   f->path, line, cause),
			 "others would not read what comes behind it: repair or rename it");
}

/*
 * As it will lie in the file: our proofs are its last ones, and valid. Other programs give up a
 * whole file for one broken envelope (crev format 2.5), so nothing is put behind one.
 */
static int
verify_file(struct kith_own_file *f, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list;
	struct kith_span ours = kith_buf_span(&f->added);
	size_t i, old;
	int r;

	kith_arena_init(&arena, KITH_OWN_ARENA);
	r = kith_proof_parse(kith_buf_span(&f->whole), &arena, &list, err);
	if (r)
		return kith_context(err, r, "%s", f->path);
	for (i = 0; i < list.count; i++)
		if (list.items[i].status == KITH_PROOF_BAD_FRAME)
			return unreadable(f, list.items[i].line, list.items[i].cause, err);
	if (list.count < f->proofs)
		return unreadable(f, 1, "it swallows what follows", err);
	old = list.count - f->proofs;
	for (i = old; i < list.count; i++) {
		kith_proof_check(&list.items[i]);
		if (list.items[i].status != KITH_PROOF_VALID ||
		    list.items[i].proof.envelope.ptr < f->whole.ptr + f->whole.len - ours.len)
			return unreadable(f, list.items[i].line, "it swallows what follows", err);
	}
	return KITH_OK;
}

static int
build_file(struct kith_own *own, struct kith_own_file *f, struct kith_error *err)
{
	int r;

	kith_buf_reset(&f->whole);
	r = read_existing(own, f->path, &f->whole, err);
	if (r)
		return r;
	if (f->whole.len && f->whole.ptr[f->whole.len - 1] != '\n')
		kith_buf_put_char(&f->whole, '\n');
	kith_buf_put_span(&f->whole, kith_buf_span(&f->added));
	r = kith_buf_check(&f->whole, err);
	return r ? r : verify_file(f, err);
}

static int
sync_folder(const char *file, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_strndup(file, (size_t)(strrchr(file, '/') - file));
	KITH_AUTO_FD int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (!dir)
		return kith_fail_nomem(err);
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		return kith_fail_errno(err, errno, "%s", dir);
	return KITH_OK;
}

/* The temporary file lies where git does not look, and a kill leaves at most that one. */
static int
store_bytes(struct kith_own *own, const char *path, struct kith_span bytes, struct kith_error *err)
{
	KITH_AUTO_FREE char *full = kith_fs_join(own->folder, path);
	KITH_AUTO_FREE char *tmp = kith_fs_join(own->folder, TEMPORARY);
	KITH_AUTO_FD int fd = -1;
	int r;

	if (!full || !tmp)
		return kith_fail_nomem(err);
	r = make_folders(own->folder, path, err);
	if (r)
		return r;
	if (unlink(tmp) < 0 && errno != ENOENT)
		return kith_fail_errno(err, errno, "%s", tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", tmp);
	r = kith_fs_write_full(fd, bytes.ptr, bytes.len, err);
	if (!r && fsync(fd) < 0)
		r = kith_fail_errno(err, errno, "syncing");
	if (!r && rename(tmp, full) < 0)
		r = kith_fail_errno(err, errno, "renaming");
	if (r) {
		unlink(tmp);
		return kith_context(err, r, "%s", full);
	}
	return sync_folder(full, err);
}

static bool
has_readme(const char *folder)
{
	static const char *const names[] = {"README.md", "README",     "readme.md",
					    "Readme.md", "README.txt", "README.rst"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(folder, names[i]);
		struct stat st;

		if (!path || lstat(path, &st) == 0)
			return true;
	}
	return false;
}

static int
store_files(struct kith_own *own, bool *ret_readme, struct kith_own_stored *ret,
	    struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < own->n_files; i++)
		r = build_file(own, &own->files[i], err);
	*ret_readme = !r && !has_readme(own->folder);
	if (*ret_readme)
		r = store_bytes(own, "README.md", kith_span_str(readme), err);
	for (i = 0; !r && i < own->n_files; i++) {
		struct kith_own_file *f = &own->files[i];

		r = store_bytes(own, f->path, kith_buf_span(&f->whole), err);
		if (r)
			break;
		if (!ret->files++)
			snprintf(ret->path, sizeof(ret->path), "%s", f->path);
		ret->proofs += f->proofs;
	}
	return r;
}

/* The first lines of a message may hold names of packages and people. */
static int
put_message(struct kith_buf *out, const char *message, struct kith_error *err)
{
	struct kith_span rest = kith_span_str(message), line;

	while (kith_span_next(&rest, '\n', &line)) {
		kith_text_safe(out, line, 0);
		kith_buf_put_char(out, '\n');
	}
	return kith_buf_check(out, err);
}

static int
commit_files(struct kith_own *own, bool with_readme, const char *message,
	     struct kith_own_stored *ret, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_git_own_file *files =
	    kith_calloc(own->n_files + 1, sizeof(*files));
	struct kith_git_own o = {.op = KITH_OWN_COMMIT, .path = kith_span_str(own->folder)};
	struct kith_own_answer answer;
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;
	int r;

	kith_buf_init(&text, KITH_OWN_MAX_TEXT);
	if (!files)
		return kith_fail_nomem(err);
	r = put_message(&text, message, err);
	if (r)
		return r;
	for (i = 0; i < own->n_files; i++) {
		files[i].path = kith_span_str(own->files[i].path);
		files[i].bytes = kith_buf_span(&own->files[i].whole);
	}
	if (with_readme) {
		files[i].path = KITH_SPAN_LIT("README.md");
		files[i++].bytes = kith_span_str(readme);
	}
	o.n_files = (uint32_t)i;
	o.message = kith_buf_span(&text);
	r = kith_own_git(own->libexec, &o, files, &answer, err);
	if (r)
		return r;
	snprintf(ret->commit, sizeof(ret->commit), "%s", answer.head);
	snprintf(ret->warning, sizeof(ret->warning), "%.255s", answer.warning);
	return KITH_OK;
}

int
kith_own_commit(struct kith_own *own, const char *message, struct kith_own_stored *ret_stored,
		struct kith_error *err)
{
	struct kith_own_stored stored = {0};
	bool with_readme = false;
	int r;

	if (!own->n_files)
		return kith_fail(err, KITH_E_USAGE, "there is nothing to store");
	r = store_files(own, &with_readme, &stored, err);
	if (!r && message)
		r = commit_files(own, with_readme, message, &stored, err);
	*ret_stored = stored;
	if (!r)
		kith_own_forget(own);
	return r;
}
