/* SPDX-License-Identifier: Apache-2.0 */
/* kith source export, and what kith fetch does with its file on the other machine. */
#include "app/carry.h"

#include <kith/source.h>

#include "codec/json.h"
#include "store/journal.h"
#include "store/meta.h"

#define EXPORT_TEXT_MAX KITH_KIB(64)

/* --- out --- */

struct exporting {
	struct kith_session *s;
	const struct kith_mirrors *mirrors;
	struct kith_carry_writer w;
	size_t done, failed;
	bool begun; /* the source that is read has been named in the file */
};

static int
put_text(struct exporting *x, const char *word, const char *path, size_t max,
	 struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, max);
	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_read(path, &b, err);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	return r ? r : kith_carry_put(&x->w, word, kith_buf_span(&b), err);
}

static int
begin(void *ctx, size_t item, struct kith_span commit, struct kith_error *err)
{
	struct exporting *x = ctx;
	const struct kith_mirror *m = &x->mirrors->items[item];
	KITH_AUTO_FREE char *journal = kith_meta_path(&x->s->dirs, m->source.slug, ".journal");
	KITH_AUTO_FREE char *gone = kith_meta_path(&x->s->dirs, m->source.slug, ".gone");
	struct kith_mirror copy = *m; /* borrows all */
	int r;

	(void)commit;
	if (m->own) /* always as it is now */
		copy.success = x->s->now.sec;
	x->begun = true;
	r = kith_carry_source(&x->w, &copy, err);
	if (!r && !m->own)
		r = put_text(x, "journal", journal, KITH_MAX_JOURNAL, err);
	if (!r && !m->own)
		r = put_text(x, "gone", gone, KITH_MAX_GONE, err);
	return r;
}

static int
piece(void *ctx, size_t item, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct exporting *x = ctx;

	(void)item;
	(void)path;
	return kith_carry_put(&x->w, "pack", bytes, err);
}

static int
end(void *ctx, size_t item, const struct kith_git_end *e, const struct kith_error *failure,
    struct kith_error *err)
{
	struct exporting *x = ctx;
	bool begun = x->begun;

	(void)e;
	x->begun = false;
	x->done += !failure;
	x->failed += failure != NULL;
	if (failure)
		kith_app_warn(x->s, "%s: not exported: %s", x->mirrors->items[item].source.location,
			      failure->msg);
	kith_app_progress(x->s, "exporting source", x->done + x->failed, x->mirrors->count);
	return begun ? kith_carry_whole(&x->w, !failure, err) : KITH_OK;
}

static int
write_all(struct exporting *x, int fd, struct kith_error *err)
{
	const struct kith_store_read_calls calls = {
	    .ctx = x, .tree = begin, .file = piece, .end = end};
	int r = kith_carry_begin(&x->w, fd, err);

	if (!r)
		r = kith_store_each_pack(x->mirrors, x->s->libexec, &calls, err);
	return r ? r : kith_carry_end(&x->w, err);
}

static void
put_result(const struct exporting *x, const char *path, enum kith_format format,
	   struct kith_buf *out)
{
	struct kith_json_writer w;

	if (format != KITH_FORMAT_JSON) {
		kith_buf_printf(out, "%zu source%s, %llu KiB, in ", x->done,
				x->done == 1 ? "" : "s",
				(unsigned long long)(x->w.bytes + 1023) / 1024);
		kith_text_safe(out, kith_span_str(path), 0);
		kith_buf_put_str(out, "; on the other machine: kith fetch ");
		kith_text_safe(out, kith_span_str(path), 0);
		kith_buf_put_char(out, '\n');
		return;
	}
	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.exported/1");
	kith_json_member_str(&w, "file", path);
	kith_json_member_integer(&w, "sources", (int64_t)x->done);
	kith_json_member_integer(&w, "failed", (int64_t)x->failed);
	kith_json_member_integer(&w, "bytes", (int64_t)x->w.bytes);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

int
kith_source_export(struct kith_session *session, const char *path, enum kith_format format,
		   char **ret_text, size_t *ret_len, size_t *ret_failed, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_replace_clear) struct kith_fs_replacement file = {NULL, NULL, -1};
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	struct exporting x = {.s = session, .mirrors = &mirrors};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_index *ix;
	size_t i, unsigned_ones = 0;
	int r;

	kith_buf_init(&b, EXPORT_TEXT_MAX);
	r = kith_app_index(session, &ix, err); /* it settles the journals */
	if (!r)
		r = kith_store_mirrors(&session->dirs, &mirrors, err);
	if (r)
		return r;
	for (i = 0; i < mirrors.count; i++)
		unsigned_ones += !mirrors.items[i].damaged &&
				 mirrors.items[i].source.evidence != KITH_SOURCE_CREV;
	if (unsigned_ones)
		kith_app_note(
		    session,
		    "audit sets and databases (%zu) carry no signatures: they are not in it",
		    unsigned_ones);
	if (mirrors.count == unsigned_ones)
		return kith_hint(err, kith_fail(err, KITH_E_NOTFOUND, "there is no evidence here"),
				 "kith fetch URL|REPOSITORY|BUNDLE|DIR");
	r = kith_fs_replace_begin(path, 0644, &file, err);
	if (!r)
		r = write_all(&x, file.fd, err);
	if (!r)
		r = kith_fs_replace_commit(&file, err);
	if (r)
		return r;
	put_result(&x, path, format, &b);
	r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (!r)
		*ret_failed = x.failed;
	return r;
}

/* --- in --- */

int
kith_app_carry_add(struct kith_app_sources *w, const char *path, struct kith_carried *carried,
		   size_t *ret_older, struct kith_error *err)
{
	struct kith_session *s = w->session;
	size_t i, older = 0;
	bool is_older, added;
	int r = kith_carry_unpack(path, s->dirs.cache, carried, err);

	for (i = 0; !r && i < carried->count; i++) {
		KITH_AUTO_SOURCE struct kith_source source = {.kind = KITH_GIT_URL};

		r = kith_carry_prepare(&s->dirs, &carried->items[i], &source, &is_older, err);
		if (!r && !is_older)
			r = kith_app_sources_take(w, &source, &added, err);
		older += !r && is_older;
	}
	if (!r)
		*ret_older = older;
	return r;
}
