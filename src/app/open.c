/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy to read (crev format 8.4): no link, no special file, no executable bit, nothing that an
 * editor or cargo would act upon. Built aside and renamed, from an archive that was checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/activity.h"
#include "app/pick.h"
#include "app/sanitise.h"

#define NOTES_MAX KITH_MIB(16)
#define PIECE     KITH_KIB(64)
#define NOTES     "README-CREV.txt"

struct copying {
	const char *root; /* of the copy that is being built */
	struct kith_open_result result;
	struct kith_buf notes, original;
	int fd; /* of the file that is being written, or -1 */
	bool text;
	struct kith_sanitiser sanitiser;
	struct kith_buf piece;
};

static void
copying_clear(struct copying *c)
{
	kith_closep(&c->fd);
	kith_buf_clear(&c->notes);
	kith_buf_clear(&c->original);
	kith_buf_clear(&c->piece);
}

/* --- names --- */

/* Where an entry lies in the copy. True if any component is another one there. */
static bool
put_path(struct kith_buf *out, const char *root, struct kith_span path)
{
	struct kith_span rest = path, part, parent = KITH_SPAN_NONE;
	bool changed = false;

	kith_buf_put_str(out, root);
	while (kith_span_next(&rest, '/', &part)) {
		kith_buf_put_char(out, '/');
		changed = kith_sanitise_name(out, parent, part) || changed;
		parent = part;
	}
	return changed;
}

static void
note(struct copying *c, const char *what, struct kith_span path, struct kith_span more)
{
	kith_buf_printf(&c->notes, "%-9s ", what);
	kith_text_safe(&c->notes, path, 0);
	if (more.len) {
		kith_buf_put_str(&c->notes, " -> ");
		kith_text_safe(&c->notes, more, 0);
	}
	kith_buf_put_char(&c->notes, '\n');
}

static int
make_parents(const char *file, struct kith_error *err)
{
	const char *slash = strrchr(file, '/');
	KITH_AUTO_FREE char *dir = kith_strndup(file, (size_t)(slash - file));

	return dir ? kith_fs_mkdirs(dir, 0755, err) : kith_fail_nomem(err);
}

/* --- content --- */

static int
write_piece(struct copying *c, struct kith_error *err)
{
	int r = kith_buf_check(&c->piece, err);

	if (!r)
		r = kith_fs_write_full(c->fd, c->piece.ptr, c->piece.len, err);
	kith_buf_reset(&c->piece);
	return r;
}

static int
end_file(struct copying *c, struct kith_error *err)
{
	int r = KITH_OK;

	if (c->fd < 0)
		return KITH_OK;
	kith_sanitise_end(&c->sanitiser, &c->piece);
	r = write_piece(c, err);
	if (!r && c->sanitiser.changed) {
		char count[32];

		snprintf(count, sizeof(count), "%zu character%s", c->sanitiser.changed,
			 c->sanitiser.changed == 1 ? "" : "s");
		note(c, "rewritten", kith_buf_span(&c->original), kith_span_str(count));
		c->result.rewritten++;
	}
	kith_closep(&c->fd);
	return r;
}

static int
begin_file(struct copying *c, const char *path, struct kith_span original, struct kith_error *err)
{
	int r = make_parents(path, err);

	if (r)
		return r;
	c->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);
	if (c->fd < 0)
		return kith_fail_errno(err, errno, "%s", path);
	kith_buf_reset(&c->original);
	kith_buf_put_span(&c->original, original);
	c->sanitiser = (struct kith_sanitiser){.n_tail = 0};
	c->text = !kith_sanitise_is_binary(original);
	c->result.files++;
	return KITH_OK;
}

static int
take_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct copying *c = ctx;
	KITH_AUTO_BUF struct kith_buf path;
	bool changed;
	int r;

	kith_buf_init(&path, 8 * KITH_MAX_PATH);
	r = end_file(c, err);
	if (r)
		return r;
	if (e->type == KITH_TREE_LINK) {
		c->result.left_out++;
		note(c, "left out", e->path, e->target);
		return KITH_OK;
	}
	changed = put_path(&path, c->root, e->path);
	r = kith_buf_check(&path, err);
	if (r)
		return r;
	if (e->type == KITH_TREE_DIR)
		return kith_fs_mkdirs(kith_buf_str(&path), 0755, err);
	if (changed) {
		c->result.renamed++;
		note(c, "renamed", e->path,
		     kith_span_sub(kith_buf_span(&path), strlen(c->root) + 1, SIZE_MAX));
	}
	return begin_file(c, kith_buf_str(&path), e->path, err);
}

static int
take_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct copying *c = ctx;
	int r = KITH_OK;

	if (!c->text)
		return kith_fs_write_full(c->fd, bytes.ptr, bytes.len, err);
	/* what is written out grows */
	while (!r && bytes.len) {
		kith_sanitise_text(&c->sanitiser, kith_span_sub(bytes, 0, PIECE), &c->piece);
		r = write_piece(c, err);
		bytes = kith_span_sub(bytes, PIECE, SIZE_MAX);
	}
	return r;
}

/* --- the folder --- */

static int
write_notes(struct copying *c, const struct kith_app_picked *p, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(c->root, NOTES);
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, NOTES_MAX + KITH_KIB(4));
	kith_buf_printf(&b,
			"A copy of %s %s for reading, made by kith. It is not what is built: so "
			"that nothing here\nacts on your editor or on cargo, some names and "
			"characters differ from the archive's.\n\n",
			p->name, p->version);
	if (c->notes.len)
		kith_buf_put_span(&b, kith_buf_carry(&b, &c->notes));
	else
		kith_buf_put_str(&b, "Nothing had to be changed.\n");
	r = kith_buf_check(&b, err);
	if (!path)
		return kith_fail_nomem(err);
	return r ? r : kith_fs_replace(path, kith_buf_span(&b), 0444, err);
}

static int
build(struct kith_app_picker *picker, const struct kith_app_picked *p, struct copying *c,
      struct kith_app_bytes *ret_bytes, struct kith_error *err)
{
	const struct kith_archive_sink sink = {take_entry, take_content, c};
	int r = kith_fs_mkdirs(c->root, 0700, err);

	if (!r)
		r = kith_app_read_bytes(picker, p, &sink, ret_bytes, err);
	if (!r)
		r = end_file(c, err);
	return r ? r : write_notes(c, p, err);
}

/* Its files cannot be written; its folders can be removed, as all of a cache. */
static int
replace(const char *aside, const char *path, struct kith_error *err)
{
	int r = kith_fs_remove_tree(path, err);

	if (!r && rename(aside, path) < 0)
		r = kith_fail_errno(err, errno, "%s", path);
	return r;
}

int
kith_open(struct kith_session *session, const char *package, const char *path, char **ret_path,
	  struct kith_open_result *ret_result, struct kith_error *err)
{
	KITH_CLEANUP(copying_clear) struct copying c = {.fd = -1};
	KITH_AUTO_PICKER struct kith_app_picker picker = {0};
	KITH_AUTO_FREE char *to = NULL;
	KITH_AUTO_FREE char *aside = NULL;
	struct kith_app_picked p;
	struct kith_app_bytes bytes;
	int r;

	kith_buf_init(&c.notes, NOTES_MAX);
	kith_buf_init(&c.original, KITH_MAX_PATH);
	kith_buf_init(&c.piece, KITH_MIB(1));
	r = kith_app_picker_open(session, path, &picker, err);
	if (!r)
		r = kith_app_pick(&picker, package, &p, err);
	if (r)
		return r;
	to = kith_app_copy_path(session, p.name, p.version);
	aside = to ? kith_asprintf("%s.new.%ld", to, (long)getpid()) : NULL;
	if (!aside)
		return kith_fail_nomem(err);
	c.root = aside;
	r = kith_fs_remove_tree(aside, err);
	if (!r)
		r = build(&picker, &p, &c, &bytes, err);
	if (!r && !bytes.confirmed)
		kith_app_warn(session,
			      "%s %s: nothing here states its checksum: these may be any bytes",
			      p.name, p.version);
	if (!r)
		r = replace(aside, to, err);
	if (r) {
		if (kith_fs_remove_tree(aside, NULL))
			kith_app_warn(session, "%s is left behind", aside);
		return r;
	}
	r = kith_app_activity_opened(session, p.name, p.version, &bytes.digest, err);
	if (!r) {
		*ret_path = kith_steal(&to);
		*ret_result = c.result;
	}
	return r;
}
