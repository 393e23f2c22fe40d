/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper protocol from both sides: any bytes as requests to kith-git and as its answers. What a
 * decoder accepts must encode to the same bytes again, so that nothing is read in two ways.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "helper/look.h"
#include "helper/own.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

/* The frame that was just written is the one that was read. */
static void
same(struct kith_buf *b, const struct kith_frame *f)
{
	struct kith_frame again;
	size_t used;

	must(kith_frame_cut(kith_buf_span(b), &again, &used) == KITH_OK && used == b->len);
	must(again.type == f->type && kith_span_eq(again.payload, f->payload));
}

static void
requests(const struct kith_frame *f, struct kith_buf *b)
{
	struct kith_cursor c = kith_cursor(f->payload);
	struct kith_git_read_item item;
	struct kith_git_fetch fetch;
	uint32_t n, i, done = 0;
	size_t mark;

	if (f->type == KITH_GIT_FETCH && kith_git_get_fetch(f->payload, &fetch)) {
		must(fetch.mirror.ptr[0] == '/' && fetch.location.len < KITH_MAX_PATH);
		kith_git_put_fetch(b, &fetch);
		/* a flag is any byte that is not 0 */
		must(b->len == f->payload.len + KITH_FRAME_HEAD);
	} else if (f->type == KITH_GIT_JOBS && kith_git_get_jobs(f->payload, &n)) {
		must(n >= 1 && n <= KITH_GIT_MAX_JOBS);
		kith_git_put_jobs(b, n);
		same(b, f);
	} else if (f->type == KITH_GIT_READ && kith_git_get_read_count(&c, &n)) {
		mark = kith_git_begin_read(b, KITH_GIT_READ, n);
		for (i = 0; i < n && kith_git_get_read_item(&c, &item); i++, done++) {
			must(!item.commit.len || kith_git_is_hex(item.commit));
			kith_git_put_read_item(b, &item);
		}
		kith_frame_end(b, mark);
		if (done == n && kith_cursor_end(&c))
			same(b, f);
	}
}

static void
own_requests(const struct kith_frame *f, struct kith_buf *b)
{
	struct kith_cursor c = kith_cursor(f->payload);
	struct kith_git_own_file file;
	struct kith_git_own own;
	struct kith_git_pair pair;
	uint32_t n, i, context, done = 0;
	size_t mark;

	if (f->type == KITH_GIT_OWN && kith_git_get_own(f->payload, &own)) {
		must(own.path.ptr[0] == '/' && own.n_files <= KITH_OWN_MAX_FILES);
		mark = kith_git_begin_own(b, &own);
		for (i = 0; i < own.n_files; i++) {
			must(kith_git_get_own_file(&own.files, &file));
			must(file.path.ptr[0] != '/');
			kith_git_put_own_file(b, &file);
		}
		kith_frame_end(b, mark);
		same(b, f);
	} else if (f->type == KITH_GIT_DIFF && kith_git_get_diff(&c, &context, &n)) {
		mark = kith_git_begin_diff(b, context, n);
		for (i = 0; i < n && kith_git_get_pair(&c, &pair); i++, done++)
			kith_git_put_pair(b, &pair);
		kith_frame_end(b, mark);
		if (done == n && kith_cursor_end(&c))
			same(b, f);
	}
}

static void
looks(const struct kith_frame *f, struct kith_buf *b)
{
	struct kith_git_looked looked;
	struct kith_git_look look;
	struct kith_span path;
	uint32_t i;
	size_t mark;

	if (f->type == KITH_GIT_LOOK && kith_git_get_look(f->payload, &look)) {
		must(look.git_dir.ptr[0] == '/' && look.revision.len &&
		     look.revision.ptr[0] != '-');
		mark = kith_git_begin_look(b, &look);
		for (i = 0; i < look.n_paths; i++) {
			must(kith_git_get_look_path(&look.paths, &path) && path.ptr[0] != '/');
			kith_git_put_look_path(b, path);
		}
		kith_frame_end(b, mark);
		same(b, f);
	} else if (f->type == KITH_GIT_LOOKED && kith_git_get_looked(f->payload, &looked)) {
		must(looked.code || looked.commit.len == KITH_GIT_HEX);
		kith_git_put_looked(b, &looked);
		same(b, f);
	}
}

static void
own_answers(const struct kith_frame *f, struct kith_buf *b)
{
	struct kith_git_owned owned;
	struct kith_git_diffed diffed;

	if (f->type == KITH_GIT_OWNED && kith_git_get_owned(f->payload, &owned)) {
		must((owned.code == KITH_OK) == (owned.outcome != KITH_OWN_FAILED));
		kith_git_put_owned(b, &owned);
	} else if (f->type == KITH_GIT_DIFFED && kith_git_get_diffed(f->payload, &diffed)) {
		must(!diffed.hunks.len || !diffed.binary);
		kith_git_put_diffed(b, &diffed);
	} else {
		return;
	}
	same(b, f);
}

static void
answers(const struct kith_frame *f, struct kith_buf *b)
{
	struct kith_git_fetched fetched;
	struct kith_git_progress progress;
	struct kith_git_file file;
	struct kith_git_end end;
	struct kith_span commit;
	char hex[KITH_GIT_HEX + 1];
	uint32_t id;

	if (f->type == KITH_GIT_FETCHED && kith_git_get_fetched(f->payload, &fetched)) {
		must((fetched.code == KITH_OK) == (fetched.outcome != KITH_GIT_FAILED));
		kith_git_put_fetched(b, &fetched);
	} else if (f->type == KITH_GIT_PROGRESS && kith_git_get_progress(f->payload, &progress)) {
		kith_git_put_progress(b, &progress);
	} else if (f->type == KITH_GIT_TREE && kith_git_get_tree(f->payload, &id, &commit)) {
		memcpy(hex, commit.ptr, KITH_GIT_HEX);
		hex[KITH_GIT_HEX] = '\0';
		kith_git_put_tree(b, id, hex);
	} else if (f->type == KITH_GIT_FILE && kith_git_get_file(f->payload, &file)) {
		must(kith_utf8_valid(file.path) && file.path.ptr[0] != '/');
		kith_git_put_file(b, &file);
	} else if (f->type == KITH_GIT_SKIP && kith_git_get_skip(f->payload, &file)) {
		must(kith_git_skip_text(file.why)[0] != '\0');
		kith_git_put_skip(b, &file);
	} else if (f->type == KITH_GIT_END && kith_git_get_end(f->payload, &end)) {
		kith_git_put_end(b, &end);
	} else {
		return;
	}
	same(b, f);
}

static void
common(const struct kith_frame *f)
{
	struct kith_error err;
	int r;

	if (f->type != KITH_FRAME_ERROR)
		return;
	r = kith_frame_error(f->payload, &err);
	must(r < 0 && r >= KITH_E_INTERNAL && (int)err.code == r);
}

/* The same frames come out of a channel that reads them from a file. */
static void
through_channel(const uint8_t *data, size_t size, size_t frames, bool clean)
{
	struct kith_channel ch;
	struct kith_frame f;
	struct kith_error err;
	int fd = memfd_create("fuzz", MFD_CLOEXEC), r;
	size_t n = 0;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET))
		abort();
	kith_channel_init(&ch, fd, -1);
	while (!(r = kith_channel_recv(&ch, &f, &err)))
		n++;
	must(n == frames && (r == KITH_E_NOTFOUND) == clean);
	must(clean || r == KITH_E_FORMAT);
	kith_channel_clear(&ch);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span rest = kith_span(data, size);
	struct kith_frame f;
	struct kith_buf b;
	size_t used, frames = 0;

	kith_buf_init(&b, 2 * (KITH_MAX_FRAME + KITH_FRAME_HEAD));
	for (; kith_frame_cut(rest, &f, &used) == KITH_OK; frames++) {
		common(&f);
		kith_buf_reset(&b);
		requests(&f, &b);
		kith_buf_reset(&b);
		own_requests(&f, &b);
		kith_buf_reset(&b);
		answers(&f, &b);
		kith_buf_reset(&b);
		own_answers(&f, &b);
		kith_buf_reset(&b);
		looks(&f, &b);
		rest = kith_span_sub(rest, used, SIZE_MAX);
	}
	kith_buf_clear(&b);
	if (size)
		through_channel(data, size, frames, rest.len == 0);
	return 0;
}
