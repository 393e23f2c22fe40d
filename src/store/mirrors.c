/* SPDX-License-Identifier: Apache-2.0 */
/* Listing mirrors and own repositories, from small text files only. */
#include <time.h>

#include "crypto/crypto.h"
#include "store/meta.h"
#include "store/view.h"

#define TICK_NS         20000000
#define MAX_TICKS       10
#define MAX_REF_DEPTH   5
#define MAX_PACKED_REFS KITH_MIB(16)

void
kith_mirrors_clear(struct kith_mirrors *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		kith_mirror_clear(&m->items[i]);
	free(m->items);
	m->items = NULL;
	m->count = 0;
}

bool
kith_mirror_proves(const struct kith_mirror *m)
{
	return !m->own && m->source.kind == KITH_GIT_URL && m->source.class != KITH_SOURCE_CARRIED;
}

#define CARRIED " (carried)"

void
kith_mirror_put_name(struct kith_buf *out, const struct kith_mirror *m)
{
	kith_buf_put_str(out, m->source.location);
	if (m->source.class == KITH_SOURCE_CARRIED)
		kith_buf_put_str(out, CARRIED);
}

bool
kith_mirror_is_called(const struct kith_mirror *m, struct kith_span name)
{
	if (m->damaged)
		return false;
	if (m->source.class == KITH_SOURCE_CARRIED) {
		if (!kith_span_ends(name, KITH_SPAN_LIT(CARRIED)))
			return false;
		name.len -= strlen(CARRIED);
	}
	return kith_span_is(name, m->source.location);
}

/* --- the head of a repository, by git's own files --- */

static int
read_small(const char *dir, const char *name, size_t max, struct kith_buf *out,
	   struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, name);

	kith_buf_clear(out);
	kith_buf_init(out, max);
	return path ? kith_fs_read(path, out, err) : kith_fail_nomem(err);
}

static int
no_head(struct kith_error *err)
{
	return kith_fail(err, KITH_E_NOTFOUND, "no commit yet");
}

static int
find_packed(const char *dir, const char *ref, struct kith_buf *b, char *ret_hex,
	    struct kith_error *err)
{
	struct kith_span text, line;
	int r = read_small(dir, "packed-refs", MAX_PACKED_REFS, b, err);

	if (r)
		return r;
	text = kith_buf_span(b);
	while (kith_span_next(&text, '\n', &line)) {
		if (line.len < KITH_GIT_HEX + 2 || line.ptr[KITH_GIT_HEX] != ' ' ||
		    !kith_span_is(kith_span_sub(line, KITH_GIT_HEX + 1, SIZE_MAX), ref) ||
		    !kith_git_is_hex(kith_span_sub(line, 0, KITH_GIT_HEX)))
			continue;
		memcpy(ret_hex, line.ptr, KITH_GIT_HEX);
		ret_hex[KITH_GIT_HEX] = '\0';
		return KITH_OK;
	}
	return no_head(err);
}

static int
follow(const char *dir, struct kith_buf *b, char *ret_hex, struct kith_error *err)
{
	char ref[512] = "HEAD";
	struct kith_span text;
	unsigned depth;
	int r;

	for (depth = 0; depth < MAX_REF_DEPTH; depth++) {
		r = read_small(dir, ref, sizeof(ref), b, err);
		if (r == KITH_E_NOTFOUND)
			return find_packed(dir, ref, b, ret_hex, err);
		if (r)
			return r;
		text = kith_span_trim(kith_buf_span(b));
		if (kith_git_is_hex(text)) {
			memcpy(ret_hex, text.ptr, KITH_GIT_HEX);
			ret_hex[KITH_GIT_HEX] = '\0';
			return KITH_OK;
		}
		if (!kith_span_skip(&text, "ref: ") || text.len >= sizeof(ref) ||
		    !kith_git_is_path(text))
			break;
		memcpy(ref, text.ptr, text.len);
		ref[text.len] = '\0';
	}
	return no_head(err);
}

int
kith_store_repo_head(const char *path, char ret_hex[KITH_GIT_HEX + 1], struct kith_error *err)
{
	KITH_AUTO_FREE char *below = kith_fs_join(path, ".git");
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 1);
	if (!below)
		return kith_fail_nomem(err);
	return follow(kith_fs_is_dir(below) ? below : path, &b, ret_hex, err);
}

/* --- listing --- */

static int
add(struct kith_mirrors *m, size_t *cap, struct kith_mirror **ret_item, struct kith_error *err)
{
	int r = kith_grow(&m->items, cap, m->count + 1, sizeof(*m->items), KITH_MAX_SOURCES,
			  "sources", err);

	if (r)
		return r;
	*ret_item = &m->items[m->count++];
	memset(*ret_item, 0, sizeof(**ret_item));
	return KITH_OK;
}

static int
add_mirror(const struct kith_dirs *dirs, struct kith_span slug, struct kith_mirrors *m, size_t *cap,
	   struct kith_error *err)
{
	struct kith_mirror *item;
	char *name;
	int r;

	r = add(m, cap, &item, err);
	if (r)
		return r;
	name = kith_strndup(slug.ptr, slug.len);
	if (!name)
		return kith_fail_nomem(err);
	r = kith_meta_read(dirs, name, item, err);
	/* what a disk does not give now is no reason to do without what somebody objects to */
	if (r == KITH_E_IO)
		kith_hint(err, r, "nothing is decided without it; kith doctor says more");
	if (r == KITH_E_FORMAT || r == KITH_E_LIMIT) {
		kith_mirror_clear(item);
		item->damaged = true;
		r = KITH_OK;
	}
	item->source.slug = name;
	if (!r && !(item->path = kith_meta_path(dirs, name, ".git")))
		r = kith_fail_nomem(err);
	return r;
}

static int
list_mirrors(const struct kith_dirs *dirs, struct kith_mirrors *m, size_t *cap,
	     struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *folder = kith_meta_folder(dirs);
	struct kith_span name;
	size_t i;
	int r;

	if (!folder)
		return kith_fail_nomem(err);
	r = kith_fs_list(folder, &names, err);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	for (i = 0; !r && i < names.count; i++) {
		name = kith_span_str(names.names[i]);
		if (!kith_span_ends(name, KITH_SPAN_LIT(".source")))
			continue;
		name.len -= strlen(".source");
		r = add_mirror(dirs, name, m, cap, err);
		if (r == KITH_E_NOTFOUND) { /* removed meanwhile */
			kith_mirror_clear(&m->items[--m->count]);
			r = KITH_OK;
		}
	}
	return r;
}

static int
add_own(const char *folder, const char *name, struct kith_mirrors *m, size_t *cap,
	struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(folder, name);
	struct kith_mirror *item;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	if (!kith_fs_is_dir(path))
		return KITH_OK;
	r = add(m, cap, &item, err);
	if (r)
		return r;
	item->own = true;
	item->source.kind = KITH_GIT_REPO;
	item->source.slug = kith_strndup(name, strlen(name));
	item->source.location = kith_strndup(path, strlen(path));
	item->path = kith_steal(&path);
	if (!item->source.slug || !item->source.location)
		return kith_fail_nomem(err);
	r = kith_store_repo_head(item->path, item->head, err);
	/* what is no repository has no head */
	return r == KITH_E_NOMEM || r == KITH_E_IO ? r : KITH_OK;
}

static int
list_own(const struct kith_dirs *dirs, struct kith_mirrors *m, size_t *cap, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *folder = kith_fs_join(dirs->data, "proofs");
	size_t i;
	int r;

	if (!folder)
		return kith_fail_nomem(err);
	r = kith_fs_list(folder, &names, err);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	for (i = 0; !r && i < names.count; i++)
		if (names.names[i][0] != '.') /* one that is being made */
			r = add_own(folder, names.names[i], m, cap, err);
	return r;
}

int
kith_store_mirrors(const struct kith_dirs *dirs, struct kith_mirrors *ret, struct kith_error *err)
{
	struct kith_mirrors m = {NULL, 0};
	size_t cap = 0;
	int r;

	if (dirs->view)
		return kith_view_mirrors(dirs->view, ret, err);
	r = list_mirrors(dirs, &m, &cap, err);
	if (!r)
		r = list_own(dirs, &m, &cap, err);
	if (r) {
		kith_mirrors_clear(&m);
		return r;
	}
	*ret = m;
	return KITH_OK;
}

/*
 * A folder that was changed just now could be changed again without its times telling, because
 * clocks of file systems tick coarsely: then a moment is waited for the next tick.
 */
static void
settled_stamp(const char *folder, struct kith_fs_stamp *ret_stamp)
{
	const struct timespec tick = {0, (long)TICK_NS};
	struct kith_time now;
	int64_t age;
	unsigned tries;

	for (tries = 0; tries < MAX_TICKS && kith_fs_stamp(folder, ret_stamp); tries++) {
		now = kith_time_now();
		age = now.sec * 1000000000 + (int64_t)now.nsec - ret_stamp->mtime_ns;
		if (age < 0 || age > TICK_NS)
			return;
		nanosleep(&tick, NULL);
	}
}

/* Every change of a mirror renames a file into the folder of mirrors, so its times tell. */
int
kith_store_state(const struct kith_dirs *dirs, struct kith_digest *ret_state,
		 struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors own = {NULL, 0};
	KITH_AUTO_FREE char *folder = kith_meta_folder(dirs);
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_fs_stamp st = {0};
	size_t i, cap = 0;
	int r;

	kith_buf_init(&b, KITH_MIB(8));
	if (dirs->view) {
		*ret_state = dirs->view->state;
		return KITH_OK;
	}
	if (!folder)
		return kith_fail_nomem(err);
	settled_stamp(folder, &st);
	if (st.ino) {
		kith_buf_put_u64(&b, st.dev);
		kith_buf_put_u64(&b, st.ino);
		kith_buf_put_u64(&b, (uint64_t)st.mtime_ns);
		kith_buf_put_u64(&b, (uint64_t)st.ctime_ns);
	}
	r = list_own(dirs, &own, &cap, err);
	for (i = 0; !r && i < own.count; i++)
		kith_buf_printf(&b, "%s %s\n", own.items[i].source.slug, own.items[i].head);
	if (!r)
		r = kith_buf_check(&b, err);
	if (!r)
		kith_blake2b(kith_buf_span(&b), ret_state);
	return r;
}
