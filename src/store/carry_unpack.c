/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carried evidence taken apart: each source becomes a git bundle and the texts beside it, in a
 * folder that goes when the work is done. What is carried gets mirrors of its own, so that nothing
 * in it can move, or speak for, what was fetched from the place itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "helper/url.h"
#include "store/carry.h"
#include "store/journal.h"
#include "store/meta.h"

struct unpacking {
	struct kith_carried *c;
	struct kith_carried_source *now; /* the one that is read */
	int fds[3];                      /* by part */
};

static void
item_clear(struct kith_carried_source *x)
{
	kith_mirror_clear(&x->meta);
	free(x->bundle);
	free(x->journal);
	free(x->gone);
	memset(x, 0, sizeof(*x));
}

void
kith_carried_clear(struct kith_carried *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		item_clear(&c->items[i]);
	free(c->items);
	if (c->folder && kith_fs_remove_tree(c->folder, NULL))
		(void)c->folder; /* what stays lies in the cache */
	free(c->folder);
	memset(c, 0, sizeof(*c));
}

static void
close_parts(struct unpacking *u)
{
	size_t i;

	for (i = 0; i < 3; i++)
		kith_closep(&u->fds[i]);
}

/* A place of the other machine: never opened here, only shown; a URL passes our grammar. */
static int
check_meta(const struct kith_mirror *m, struct kith_error *err)
{
	struct kith_helper_url url;
	const char *p;

	for (p = m->source.location; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return kith_fail(err, KITH_E_FORMAT, "a carried source has no plain name");
	if (strlen(m->source.location) > KITH_MAX_PATH)
		return kith_fail(err, KITH_E_LIMIT, "a carried source's name is too long");
	if (m->source.kind == KITH_GIT_URL &&
	    kith_helper_url_parse(kith_span_str(m->source.location), &url, err))
		return kith_context(err, KITH_E_FORMAT, "a carried source");
	/* who signed nothing is known by where he speaks, and what is carried proves no place */
	if (m->source.evidence != KITH_SOURCE_CREV || m->source.inside ||
	    m->source.kind == KITH_GIT_PLAIN)
		return kith_fail(err, KITH_E_FORMAT,
				 "a carried source does not hold signed proofs");
	if (!m->head[0])
		return kith_fail(err, KITH_E_FORMAT, "a carried source has no head");
	return KITH_OK;
}

static int
new_file(struct unpacking *u, enum kith_carry_part part, const char *name, char **ret_path,
	 struct kith_error *err)
{
	char *path = kith_asprintf("%s/%zu.%s", u->c->folder, u->c->count, name);

	if (!path)
		return kith_fail_nomem(err);
	u->fds[part] = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	*ret_path = path;
	return u->fds[part] < 0 ? kith_fail_errno(err, errno, "%s", path) : KITH_OK;
}

static int
source(void *ctx, struct kith_span meta, struct kith_error *err)
{
	struct unpacking *u = ctx;
	KITH_AUTO_BUF struct kith_buf head;
	int r = kith_grow(&u->c->items, &u->c->cap, u->c->count + 1, sizeof(*u->c->items),
			  KITH_MAX_SOURCES, "carried sources", err);

	kith_buf_init(&head, 256);
	if (r)
		return r;
	u->now = &u->c->items[u->c->count];
	memset(u->now, 0, sizeof(*u->now));
	r = kith_meta_parse(meta, &u->now->meta, err);
	if (!r)
		r = check_meta(&u->now->meta, err);
	if (!r)
		r = new_file(u, KITH_CARRY_PACK, "bundle", &u->now->bundle, err);
	kith_buf_printf(&head, "# v2 git bundle\n%s HEAD\n\n", u->now->meta.head);
	if (!r)
		r = kith_buf_check(&head, err);
	return r ? r : kith_fs_write_full(u->fds[KITH_CARRY_PACK], head.ptr, head.len, err);
}

static int
part(void *ctx, enum kith_carry_part p, struct kith_span bytes, struct kith_error *err)
{
	struct unpacking *u = ctx;
	int r = KITH_OK;

	if (p == KITH_CARRY_JOURNAL && !u->now->journal)
		r = new_file(u, p, "journal", &u->now->journal, err);
	if (p == KITH_CARRY_GONE && !u->now->gone)
		r = new_file(u, p, "gone", &u->now->gone, err);
	return r ? r : kith_fs_write_full(u->fds[p], bytes.ptr, bytes.len, err);
}

static int
ended(void *ctx, bool whole, struct kith_error *err)
{
	struct unpacking *u = ctx;

	(void)err;
	close_parts(u);
	if (whole)
		u->c->count++;
	else
		item_clear(u->now);
	u->now = NULL;
	return KITH_OK;
}

static int
read_file(struct unpacking *u, const char *path, struct kith_error *err)
{
	const struct kith_carry_calls calls = {u, source, part, ended};
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? kith_fail_errno(err, errno, "%s", path) : kith_carry_read(fd, &calls, err);
}

int
kith_carry_unpack(const char *path, const char *below, struct kith_carried *ret,
		  struct kith_error *err)
{
	struct kith_carried c = {.count = 0};
	struct unpacking u = {.c = &c, .fds = {-1, -1, -1}};
	int r = kith_fs_mkdirs(below, 0700, err);

	if (!r && !(c.folder = kith_asprintf("%s/carried-XXXXXX", below)))
		r = kith_fail_nomem(err);
	if (!r && !mkdtemp(c.folder)) {
		r = kith_fail_errno(err, errno, "%s", below);
		free(kith_steal(&c.folder));
	}
	if (!r)
		r = read_file(&u, path, err);
	close_parts(&u);
	if (u.now)
		item_clear(u.now);
	if (r) {
		kith_carried_clear(&c);
		return kith_context(err, r, "%s", path);
	}
	*ret = c;
	return KITH_OK;
}

char *
kith_carry_slug(const char *location)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span t = kith_span_str(location);
	size_t len;

	kith_buf_init(&b, 256);
	kith_url_put_slug(&b, t);
	kith_buf_put_str(&b, "-carried");
	return (char *)kith_buf_take(&b, &len);
}

/* --- into place --- */

static int
read_text(const char *path, size_t max, struct kith_buf *out, struct kith_error *err)
{
	int r;

	kith_buf_clear(out);
	kith_buf_init(out, max);
	r = path ? kith_fs_read(path, out, err) : KITH_OK;
	return r == KITH_E_NOTFOUND ? KITH_OK : r;
}

/* Journals are only appended to: what begins with what is here is the same history, further on. */
static bool
continues(const struct kith_buf *here, const struct kith_buf *carried)
{
	return kith_span_starts(kith_buf_span(carried), kith_buf_span(here));
}

/* One that cannot be read is about nothing. */
static int
is_of_head(const struct kith_buf *journal, const char *head, bool *ret, struct kith_error *err)
{
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	int r = kith_journal_parse(kith_buf_span(journal), &j, err);

	if (r == KITH_E_NOMEM)
		return r;
	*ret = !r && j.n_heads && strcmp(j.heads[j.n_heads - 1].head, head) == 0;
	return KITH_OK;
}

static int
place_journal(const struct kith_dirs *dirs, const char *slug,
	      const struct kith_carried_source *item, struct kith_error *err)
{
	KITH_AUTO_FREE char *journal = kith_meta_path(dirs, slug, ".journal");
	KITH_AUTO_FREE char *gone = kith_meta_path(dirs, slug, ".gone");
	KITH_AUTO_FREE char *folder = kith_meta_folder(dirs);
	KITH_AUTO_BUF struct kith_buf here, theirs, here_gone, their_gone;
	bool fits = false;
	int r;

	kith_buf_init(&here, 1);
	kith_buf_init(&theirs, 1);
	kith_buf_init(&here_gone, 1);
	kith_buf_init(&their_gone, 1);
	if (!journal || !gone || !folder)
		return kith_fail_nomem(err);
	r = read_text(item->journal, KITH_MAX_JOURNAL, &theirs, err);
	if (!r)
		r = read_text(item->gone, KITH_MAX_GONE, &their_gone, err);
	if (!r)
		r = read_text(journal, KITH_MAX_JOURNAL, &here, err);
	if (!r)
		r = read_text(gone, KITH_MAX_GONE, &here_gone, err);
	if (!r)
		r = is_of_head(&theirs, item->meta.head, &fits, err);
	if (r || !fits || !continues(&here, &theirs) || !continues(&here_gone, &their_gone))
		return r;
	r = kith_fs_mkdirs(folder, 0700, err);
	/* the text before what names it */
	if (!r && their_gone.len)
		r = kith_fs_replace(gone, kith_buf_span(&their_gone), 0600, err);
	return r ? r : kith_fs_replace(journal, kith_buf_span(&theirs), 0600, err);
}

static int
make_source(const struct kith_carried_source *item, const char *slug, struct kith_source *s,
	    struct kith_error *err)
{
	const struct kith_mirror *m = &item->meta;

	s->kind = m->source.kind;
	s->class = KITH_SOURCE_CARRIED;
	s->as_of = m->success;
	s->location = kith_strndup(m->source.location, strlen(m->source.location));
	s->slug = kith_strndup(slug, strlen(slug));
	s->carrier = kith_strndup(item->bundle, strlen(item->bundle));
	return s->location && s->slug && s->carrier ? KITH_OK : kith_fail_nomem(err);
}

int
kith_carry_prepare(const struct kith_dirs *dirs, const struct kith_carried_source *item,
		   struct kith_source *ret_source, bool *ret_older, struct kith_error *err)
{
	KITH_AUTO_FREE char *slug = kith_carry_slug(item->meta.source.location);
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	KITH_CLEANUP(kith_mirror_clear) struct kith_mirror here = {.own = false};
	int r;

	if (!slug)
		return kith_fail_nomem(err);
	r = kith_meta_read(dirs, slug, &here, err);
	if (r == KITH_E_NOTFOUND || r == KITH_E_FORMAT) {
		kith_mirror_clear(&here);
		r = KITH_OK;
	}
	*ret_older = here.success > item->meta.success;
	if (r || *ret_older)
		return r;
	r = make_source(item, slug, &s, err);
	if (!r)
		r = place_journal(dirs, slug, item, err);
	if (r)
		return r;
	*ret_source = s;
	memset(&s, 0, sizeof(s));
	return KITH_OK;
}
