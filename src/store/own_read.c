/* SPDX-License-Identifier: Apache-2.0 */
/* What an own repository says already: the valid proofs of its id, from the work tree itself. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/own_inside.h"

struct walk {
	struct kith_own *own;
	size_t files, bytes;
};

int
kith_own_remember(struct kith_own *own, struct kith_proof *p, struct kith_error *err)
{
	int r = kith_grow(&own->items, &own->items_cap, own->n_items + 1, sizeof(*own->items),
			  SIZE_MAX / sizeof(*own->items), "proofs", err);

	if (!r)
		own->items[own->n_items++] = p;
	return r;
}

static int
take_items(struct walk *w, struct kith_proof_list *list, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < list->count; i++) {
		struct kith_proof_item *item = &list->items[i];

		if (item->status != KITH_PROOF_VALID ||
		    memcmp(item->proof.from.id.bytes, w->own->id.bytes, KITH_ID_BYTES) != 0)
			continue;
		kith_proof_check(item);
		if (item->status == KITH_PROOF_VALID)
			r = kith_own_remember(w->own, &item->proof, err);
	}
	return r;
}

static int
take_file(struct walk *w, int dirfd, const char *name, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_proof_list list;
	struct kith_span text;
	int r;

	kith_buf_init(&b, KITH_MAX_PROOF_FILE);
	r = kith_fs_read_at(dirfd, name, false, &b, err);
	if (r == KITH_E_NOTFOUND || r == KITH_E_FORMAT)
		return KITH_OK;
	w->bytes += b.len;
	if (!r && (++w->files > KITH_MAX_REPO_FILES || w->bytes > KITH_MAX_REPO_BYTES))
		r = kith_fail(err, KITH_E_LIMIT, "%s: too many proofs", w->own->folder);
	if (r)
		return r;
	if (!kith_arena_copy(&w->own->arena, kith_buf_span(&b), &text))
		return kith_fail_nomem(err);
	r = kith_proof_parse(text, &w->own->arena, &list, err);
	return r ? kith_context(err, r, "%s", name) : take_items(w, &list, err);
}

static int walk_folder(struct walk *w, int dirfd, unsigned depth, struct kith_error *err);

static int
walk_entry(struct walk *w, int dirfd, const char *name, unsigned depth, struct kith_error *err)
{
	KITH_AUTO_FD int fd = -1;
	struct stat st;

	/* crev format 2.5: names with a dot in front are skipped, links to folders not followed */
	if (name[0] == '.' || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return KITH_OK;
	if (S_ISREG(st.st_mode))
		return kith_git_is_proof_name(kith_span_str(name)) ? take_file(w, dirfd, name, err)
								   : KITH_OK;
	if (!S_ISDIR(st.st_mode) || depth >= KITH_MAX_TREE_DEPTH)
		return KITH_OK;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? KITH_OK : walk_folder(w, fd, depth + 1, err);
}

static void
close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int
walk_folder(struct walk *w, int dirfd, unsigned depth, struct kith_error *err)
{
	KITH_CLEANUP(close_dir) DIR *dir = NULL;
	struct dirent *e;
	int copy = dup(dirfd), r = KITH_OK;

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		if (copy >= 0)
			close(copy);
		return kith_fail_errno(err, errno, "%s", w->own->folder);
	}
	while (!r && (e = readdir(dir)))
		r = walk_entry(w, dirfd, e->d_name, depth, err);
	return r;
}

int
kith_own_load(struct kith_own *own, struct kith_error *err)
{
	struct walk w = {.own = own};
	KITH_AUTO_FD int fd = -1;
	int r;

	if (own->loaded)
		return KITH_OK;
	fd = open(own->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", own->folder);
	r = walk_folder(&w, fd, 0, err);
	own->loaded = r == KITH_OK;
	own->n_stored = own->n_items;
	return r;
}

int
kith_own_each(struct kith_own *own,
	      int (*proof)(void *ctx, const struct kith_proof *p, struct kith_error *err),
	      void *ctx, struct kith_error *err)
{
	size_t i;
	int r = kith_own_load(own, err);

	for (i = 0; !r && i < own->n_items; i++)
		r = proof(ctx, own->items[i], err);
	return r;
}

/* --- dates --- */

static bool
same_package(const struct kith_package_info *a, const struct kith_package_info *b)
{
	return kith_span_eq(a->name, b->name) && kith_span_eq(a->version, b->version) &&
	       kith_span_eq(a->source, b->source);
}

static bool
share_id(const struct kith_proof *a, const struct kith_proof *b)
{
	size_t i, j;

	for (i = 0; i < a->n_ids; i++)
		for (j = 0; j < b->n_ids; j++)
			if (a->ids[i].valid && b->ids[j].valid &&
			    !memcmp(a->ids[i].id.bytes, b->ids[j].id.bytes, KITH_ID_BYTES))
				return true;
	return false;
}

static bool
same_thing(const struct kith_proof *a, const struct kith_proof *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == KITH_PROOF_TRUST ? share_id(a, b)
					   : same_package(&a->package, &b->package);
}

static struct kith_time
next_nanosecond(struct kith_time t)
{
	/* a leap second's nanoseconds run on above a thousand million */
	if (t.nsec % 1000000000 == 999999999)
		return (struct kith_time){t.sec + 1, 0};
	t.nsec++;
	return t;
}

int
kith_own_date(struct kith_own *own, const struct kith_proof *about, struct kith_time now,
	      struct kith_time *ret_date, bool *ret_behind, struct kith_error *err)
{
	const struct kith_proof *newest = NULL, *stored = NULL;
	size_t i;
	int r = kith_own_load(own, err);

	if (r)
		return r;
	for (i = 0; i < own->n_items; i++) {
		if (same_thing(about, own->items[i]) &&
		    (!newest || kith_time_cmp(own->items[i]->date, newest->date) > 0))
			newest = own->items[i];
		if (i + 1 == own->n_stored)
			stored = newest;
	}
	*ret_date = now;
	*ret_behind = stored && kith_time_cmp(now, stored->date) < 0;
	if (newest && kith_time_cmp(now, newest->date) <= 0)
		*ret_date = next_nanosecond(newest->date);
	return KITH_OK;
}
