/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in the work tree where own proofs are put and is not committed: looked at before it is
 * committed, because whatever is there would be published under one's own name.
 */
#include <fcntl.h>

#include "codec/base64.h"
#include "store/own_inside.h"

#define MAX_KNOWN ((size_t)100000)

struct pending {
	const struct kith_own *own;
	struct kith_span below; /* "ID/" */
	struct kith_arena arena;
	struct kith_map clean;  /* paths that are committed as they are */
	struct kith_map behind; /* path → lines that are committed already, at its beginning */
	struct kith_git_own_file files[KITH_OWN_MAX_FILES];
	size_t n;
};

static void
pending_free(struct pending **p)
{
	if (!*p)
		return;
	kith_map_clear(&(*p)->clean);
	kith_map_clear(&(*p)->behind);
	kith_arena_clear(&(*p)->arena);
	free(*p);
}

static int
read_tree(struct pending *p, struct kith_span path, struct kith_span *ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *below = kith_strndup(path.ptr, path.len);
	KITH_AUTO_FREE char *full = below ? kith_fs_join(p->own->folder, below) : NULL;
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_MAX_PROOF_FILE);
	if (!full)
		return kith_fail_nomem(err);
	r = kith_fs_read_at(AT_FDCWD, full, false, &b, err);
	if (r)
		return r;
	return kith_arena_copy(&p->arena, kith_buf_span(&b), ret) ? KITH_OK : kith_fail_nomem(err);
}

/* --- what is committed --- */

static int
parse(struct pending *p, struct kith_span text, struct kith_proof_list *ret, struct kith_error *err)
{
	size_t i;
	int r = kith_proof_parse(text, &p->arena, ret, err);

	for (i = 0; !r && i < ret->count; i++)
		if (ret->items[i].status == KITH_PROOF_VALID)
			kith_proof_check(&ret->items[i]);
	return r;
}

static bool
holds(const struct kith_proof_list *list, const struct kith_proof *p)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].status == KITH_PROOF_VALID &&
		    kith_digest_eq(&list->items[i].proof.digest, &p->digest) &&
		    !memcmp(list->items[i].proof.sig, p->sig, KITH_SIG_BYTES))
			return true;
	return false;
}

/* A file that was changed otherwise than by adding to its end. */
static int
check_edited(struct pending *p, struct kith_span path, struct kith_span old, struct kith_span now,
	     struct kith_error *err)
{
	struct kith_proof_list before, after;
	size_t i, lost = 0;
	int r = parse(p, old, &before, err);

	if (!r)
		r = parse(p, now, &after, err);
	if (r)
		return r;
	for (i = 0; i < before.count; i++)
		lost += before.items[i].status == KITH_PROOF_VALID &&
			!holds(&after, &before.items[i].proof);
	if (!lost)
		return KITH_OK;
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY,
				   "%.*s: %zu committed proof%s no longer in it",
				   KITH_SPAN_FMT(path), lost, lost == 1 ? " is" : "s are"),
			 "git checkout -- %.*s there brings them back; kith unreview and untrust "
			 "withdraw",
			 KITH_SPAN_FMT(path));
}

static size_t
count_lines(struct kith_span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.len; i++)
		n += s.ptr[i] == '\n';
	return n;
}

static int
take_committed(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	       struct kith_error *err)
{
	struct pending *p = ctx;
	struct kith_span now;
	int r;

	(void)item;
	if (!kith_span_starts(path, p->below))
		return KITH_OK;
	if (!kith_arena_copy(&p->arena, path, &path))
		return kith_fail_nomem(err);
	r = read_tree(p, path, &now, err);
	if (r == KITH_E_NOTFOUND || r == KITH_E_FORMAT)
		return KITH_OK; /* removed or replaced by hand: that is not committed here */
	if (r)
		return r;
	if (kith_span_eq(bytes, now))
		return kith_map_add(&p->clean, path, 0, NULL, NULL, err);
	if (kith_span_starts(now, bytes) && bytes.len && bytes.ptr[bytes.len - 1] == '\n')
		return kith_map_add(&p->behind, path, count_lines(bytes), NULL, NULL, err);
	return check_edited(p, path, bytes, now, err);
}

static int
look_at_head(struct pending *p, struct kith_error *err)
{
	struct kith_mirror item = {.path = p->own->folder};
	const struct kith_mirrors mirrors = {&item, 1};
	const struct kith_store_read_calls calls = {.ctx = p, .file = take_committed};
	int r = kith_store_repo_head(p->own->folder, item.head, err);

	if (r == KITH_E_NOTFOUND || (!r && !item.head[0]))
		return KITH_OK; /* no commit yet */
	return r ? r : kith_store_each_proof_file(&mirrors, p->own->libexec, &calls, err);
}

/* --- what is not --- */

static int
verify(struct pending *p, struct kith_span path, struct kith_span text, struct kith_error *err)
{
	struct kith_proof_list list;
	size_t known = 0, i;
	int r = parse(p, text, &list, err);

	if (r)
		return kith_context(err, r, "%.*s", KITH_SPAN_FMT(path));
	if (!kith_map_get(&p->behind, path, &known))
		known = 0;
	for (i = 0; i < list.count; i++) {
		const struct kith_proof_item *it = &list.items[i];

		if (it->status == KITH_PROOF_VALID || it->line <= known)
			continue;
		return kith_hint(err,
				 kith_fail(err, KITH_E_FORMAT,
					   "%.*s:%u: not committed and no valid proof: %s",
					   KITH_SPAN_FMT(path), it->line, it->cause),
				 "take it out of the file, then publish again");
	}
	return KITH_OK;
}

static int
add_file(struct pending *p, const char *name, struct kith_error *err)
{
	struct kith_span path, text;
	int r;

	if (!kith_arena_copy(&p->arena, kith_span_str(name), &path))
		return kith_fail_nomem(err);
	if (kith_map_get(&p->clean, path, &(size_t){0}))
		return KITH_OK;
	if (p->n == KITH_OWN_MAX_FILES)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %u proof files to commit",
				 p->own->folder, KITH_OWN_MAX_FILES);
	r = read_tree(p, path, &text, err);
	if (!r)
		r = verify(p, path, text, err);
	if (r)
		return r;
	p->files[p->n].path = path;
	p->files[p->n++].bytes = text;
	return KITH_OK;
}

static int
list_folder(struct pending *p, const char *below, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *dir = kith_fs_join(p->own->folder, below);
	size_t i;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	r = kith_fs_list(dir, &names, err);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	for (i = 0; !r && i < names.count; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(below, names.names[i]);

		if (!path)
			return kith_fail_nomem(err);
		if (kith_git_is_proof_name(kith_span_str(names.names[i])))
			r = add_file(p, path, err);
	}
	return r;
}

static int
commit(const struct pending *p, struct kith_error *err)
{
	static const char message[] = "Add proofs that were stored without a commit\n";
	struct kith_git_own o = {.op = KITH_OWN_COMMIT,
				 .path = kith_span_str(p->own->folder),
				 .message = kith_span_str(message),
				 .n_files = (uint32_t)p->n};
	struct kith_own_answer answer;

	return p->n ? kith_own_git(p->own->libexec, &o, p->files, &answer, err) : KITH_OK;
}

/* Where own proofs are put (crev format 6.2). */
int
kith_own_commit_stored(const struct kith_own *own, struct kith_error *err)
{
	static const char *const folders[] = {"reviews", "trust", "other"};
	KITH_CLEANUP(pending_free) struct pending *p = kith_calloc(1, sizeof(*p));
	char id[KITH_ID_TEXT + 2];
	size_t i;
	int r;

	if (!p)
		return kith_fail_nomem(err);
	p->own = own;
	kith_arena_init(&p->arena, KITH_OWN_ARENA);
	kith_map_init(&p->clean, NULL);
	kith_map_init(&p->behind, NULL);
	kith_base64_id(id, own->id.bytes);
	id[KITH_ID_TEXT] = '/';
	p->below = kith_span(id, KITH_ID_TEXT + 1);
	r = look_at_head(p, err);
	id[KITH_ID_TEXT] = '\0';
	for (i = 0; !r && i < sizeof(folders) / sizeof(folders[0]); i++) {
		KITH_AUTO_FREE char *below = kith_asprintf("%s/%s", id, folders[i]);

		r = below ? list_folder(p, below, err) : kith_fail_nomem(err);
	}
	return r ? r : commit(p, err);
}
