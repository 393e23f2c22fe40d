/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith-unpack: archives in, digests or entries out. This process reads and hashes the files that it
 * is asked about but parses none of them: for each it forks a guarded child that has the bytes and
 * nothing else, at most two at once. What a child says is passed on only in the few forms that the
 * protocol knows; that an archive has its SHA-256 is never a child's word.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "helper/guard.h"
#include "helper/unpack.h"
#include "helpers/unpack/walk.h"

#define SLOTS         2
#define SMALLEST_AREA KITH_MIB(1)
/* Above what the archive takes: the program itself, the tree, its sorting. */
#define CHILD_MEMORY    KITH_MIB(512)
#define CONTENT_BLOCK   KITH_KIB(64)
#define CHILD_GRACE_MS  2000
#define DEADLINE_MS     (2 * KITH_MAX_UNPACK_SECONDS * 1000)
#define CHILD_FRAME_MAX (KITH_MIB(1))

struct slot {
	bool busy;
	uint8_t *area; /* shared memory: the parent fills it, the child reads it */
	size_t area_len;
	size_t len; /* of the archive in it */
	uint32_t tag;
	unsigned flags;
	struct kith_buf top;
	struct kith_child child;
	int pipe; /* what the child says */
	struct kith_channel from_child;
	int64_t deadline;
	bool settled; /* its digests or its refusal were passed on */
};

struct unpack {
	struct slot slots[SLOTS];
	struct kith_channel client;
	struct kith_sha256_state *sha;
	bool ended; /* no more requests */
};

/* What a child has: its archive, and the end of a pipe. */
struct work {
	struct unpack *u;
	struct slot *slot;
	struct kith_channel out;
};

/* --- the child --- */

static int
send_entry(void *ctx, const struct kith_unpack_entry *e, struct kith_error *err)
{
	struct work *w = ctx;
	size_t mark = kith_frame_begin(&w->out.out, KITH_UNPACK_ENTRY);

	kith_frame_put_u32(&w->out.out, w->slot->tag);
	kith_frame_put_u8(&w->out.out, (uint8_t)e->type);
	kith_frame_put_u32(&w->out.out, e->mode);
	kith_frame_put_u64(&w->out.out, e->size);
	kith_frame_put_bytes(&w->out.out, e->path);
	kith_frame_put_bytes(&w->out.out, e->target);
	kith_frame_end(&w->out.out, mark);
	return kith_channel_flush(&w->out, true, err);
}

static int
send_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct work *w = ctx;
	struct kith_span piece;
	size_t mark;
	int r = KITH_OK;

	while (bytes.len && !r) {
		piece = kith_span_sub(bytes, 0, CONTENT_BLOCK);
		bytes = kith_span_sub(bytes, piece.len, SIZE_MAX);
		mark = kith_frame_begin(&w->out.out, KITH_UNPACK_CONTENT);
		kith_frame_put_u32(&w->out.out, w->slot->tag);
		kith_frame_put_bytes(&w->out.out, piece);
		kith_frame_end(&w->out.out, mark);
		r = kith_channel_flush(&w->out, true, err);
	}
	return r;
}

static void
put_refused(struct kith_buf *out, uint32_t tag, const struct kith_error *why)
{
	struct kith_buf b;
	size_t mark = kith_frame_begin(out, KITH_UNPACK_REFUSED);

	kith_buf_init(&b, KITH_KIB(4));
	kith_frame_put_error(&b, why);
	kith_frame_put_u32(out, tag);
	kith_frame_put_bytes(out, kith_span_sub(kith_buf_span(&b), KITH_FRAME_HEAD, SIZE_MAX));
	kith_frame_end(out, mark);
	if (b.failed)
		out->failed = b.failed;
	kith_buf_clear(&b);
}

static int
unpack(struct work *w, struct kith_error *err)
{
	const struct kith_span native[] = {KITH_SPAN_LIT(".cargo-ok")};
	const struct kith_span crev[] = {KITH_SPAN_LIT(".cargo-ok"), KITH_SPAN_LIT("target")};
	struct kith_unpack_options opt = kith_unpack_defaults();
	struct kith_tree *tree = NULL;
	struct kith_digest digests[2];
	size_t mark;
	int r;

	opt.top = w->slot->flags & KITH_UNPACK_TOP;
	opt.top_name = kith_buf_span(&w->slot->top);
	if (w->slot->flags & KITH_UNPACK_ENTRIES)
		opt.sink = (struct kith_unpack_sink){send_entry, send_content, w};
	if (w->slot->flags & KITH_UNPACK_ZIP) {
		opt.max_entries = KITH_MAX_DATABASE_FILES;
		opt.max_bytes = KITH_MAX_DATABASE_BYTES;
		r = kith_unpack_zip(kith_span(w->slot->area, w->slot->len), &opt, &tree, err);
	} else {
		r = kith_unpack_walk(kith_span(w->slot->area, w->slot->len), &opt, &tree, err);
	}
	if (!r)
		r = kith_tree_digest(tree, native, 1, &digests[0], err);
	if (!r)
		r = kith_tree_digest(tree, crev, 2, &digests[1], err);
	kith_tree_free(tree);
	if (r)
		return r;
	mark = kith_frame_begin(&w->out.out, KITH_UNPACK_DIGESTS);
	kith_frame_put_u32(&w->out.out, w->slot->tag);
	kith_buf_put(&w->out.out, digests, sizeof(digests));
	kith_frame_end(&w->out.out, mark);
	return KITH_OK;
}

static int
child_main(void *ctx)
{
	struct work *w = ctx;
	struct kith_error err;
	size_t i;

	/* The other archive is none of its business, and its own is what was hashed. */
	for (i = 0; i < SLOTS; i++)
		if (&w->u->slots[i] != w->slot && w->u->slots[i].area)
			munmap(w->u->slots[i].area, w->u->slots[i].area_len);
	if (mprotect(w->slot->area, w->slot->area_len, PROT_READ) < 0)
		return 1;
	if (unpack(w, &err))
		put_refused(&w->out.out, w->slot->tag, &err);
	return kith_channel_flush(&w->out, false, &err) ? 1 : 0;
}

/* --- the parent: one archive --- */

static int
make_room(struct slot *s, size_t len, struct kith_error *err)
{
	size_t want = len < SMALLEST_AREA ? SMALLEST_AREA : len;

	/* A large one is given back at once; the usual size is kept, pages and all. */
	if (s->area && (s->area_len < want || s->area_len > SMALLEST_AREA)) {
		munmap(s->area, s->area_len);
		s->area = NULL;
	}
	if (s->area)
		return KITH_OK;
	s->area = mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->area == MAP_FAILED) {
		s->area = NULL;
		return kith_fail_nomem(err);
	}
	s->area_len = want;
	return KITH_OK;
}

static int
read_archive(struct slot *s, const char *path, struct kith_fs_stamp *ret_stamp,
	     struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct kith_fs_stamp after;
	struct stat st;
	int r;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return kith_fail(err, KITH_E_FORMAT, "%s: not a regular file", path);
	if ((uintmax_t)st.st_size > KITH_MAX_ARCHIVE)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu bytes", path,
				 KITH_MAX_ARCHIVE);
	*ret_stamp = kith_fs_stamp_of(&st);
	s->len = (size_t)st.st_size;
	r = make_room(s, s->len, err);
	if (!r)
		r = kith_fs_read_full(fd, s->area, s->len, err);
	if (r)
		return kith_context(err, r, "%s", path);
	if (fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	after = kith_fs_stamp_of(&st);
	if (!kith_fs_stamp_eq(&after, ret_stamp))
		return kith_fail(err, KITH_E_IO, "%s: changed while it was read", path);
	return KITH_OK;
}

static void
put_sum(struct unpack *u, const struct slot *s, const struct kith_fs_stamp *stamp,
	const uint8_t sum[KITH_SHA256_BYTES])
{
	struct kith_buf *out = &u->client.out;
	size_t mark = kith_frame_begin(out, KITH_UNPACK_SUM);

	kith_frame_put_u32(out, s->tag);
	kith_buf_put(out, sum, KITH_SHA256_BYTES);
	kith_frame_put_u64(out, stamp->dev);
	kith_frame_put_u64(out, stamp->ino);
	kith_frame_put_u64(out, stamp->size);
	kith_frame_put_u64(out, (uint64_t)stamp->mtime_ns);
	kith_frame_put_u64(out, (uint64_t)stamp->ctime_ns);
	kith_frame_end(out, mark);
}

static void
put_done(struct unpack *u, uint32_t tag)
{
	size_t mark = kith_frame_begin(&u->client.out, KITH_FRAME_DONE);

	kith_frame_put_u32(&u->client.out, tag);
	kith_frame_end(&u->client.out, mark);
}

static int
start_child(struct unpack *u, struct slot *s, struct kith_error *err)
{
	struct kith_guard guard = {.memory = CHILD_MEMORY, .cpu_s = KITH_MAX_UNPACK_SECONDS};
	struct work w = {.u = u, .slot = s};
	int ends[2], r, keep[1];
	size_t i;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return kith_fail_errno(err, errno, "making a pipe");
	for (i = 0; i < SLOTS; i++)
		guard.memory += u->slots[i].area ? u->slots[i].area_len : 0;
	guard.files = (unsigned)ends[1] + 1;
	guard.keep = keep;
	guard.n_keep = 1;
	keep[0] = ends[1];
	kith_channel_init(&w.out, -1, ends[1]);
	r = kith_guard_spawn(&guard, child_main, &w, &s->child, err);
	close(ends[1]);
	if (r) {
		close(ends[0]);
		return r;
	}
	s->pipe = ends[0];
	kith_channel_init(&s->from_child, ends[0], -1);
	s->deadline = kith_guard_now_ms() + DEADLINE_MS;
	s->busy = true;
	s->settled = false;
	return KITH_OK;
}

/* Reads and hashes; forks a child if there is more to do. Nothing here is fatal. */
static int
start_archive(struct unpack *u, struct slot *s, const char *path, struct kith_span expected,
	      struct kith_error *err)
{
	uint8_t sum[KITH_SHA256_BYTES];
	struct kith_fs_stamp stamp;
	int r = read_archive(s, path, &stamp, err);

	if (r)
		return r;
	kith_sha256_start(u->sha);
	kith_sha256_update(u->sha, kith_span(s->area, s->len));
	kith_sha256_finish(u->sha, sum);
	put_sum(u, s, &stamp, sum);
	if ((s->flags & KITH_UNPACK_SUM_ONLY) ||
	    (expected.len && memcmp(expected.ptr, sum, sizeof(sum)) != 0))
		return KITH_OK;
	return start_child(u, s, err);
}

static int
take_request(struct unpack *u, struct slot *s, struct kith_span payload, struct kith_error *err)
{
	struct kith_cursor c = kith_cursor(payload);
	char path[KITH_MAX_PATH];
	struct kith_span expected, top;
	struct kith_error why;

	s->tag = kith_cursor_u32(&c);
	s->flags = kith_cursor_u8(&c);
	kith_cursor_str(&c, path, sizeof(path));
	expected = kith_cursor_bytes(&c);
	top = kith_cursor_bytes(&c);
	if (!kith_cursor_end(&c) || (expected.len && expected.len != KITH_SHA256_BYTES))
		return kith_fail(err, KITH_E_FORMAT, "malformed request");
	kith_buf_reset(&s->top);
	kith_buf_put_span(&s->top, top);
	if (kith_buf_check(&s->top, err))
		return err->code;
	if (start_archive(u, s, path, expected, &why))
		put_refused(&u->client.out, s->tag, &why);
	if (!s->busy)
		put_done(u, s->tag);
	return KITH_OK;
}

/* --- the parent: what children say --- */

/* Passes on what has the right form; anything else is the child's end. */
static bool
pass_on(struct unpack *u, struct slot *s, const struct kith_frame *f)
{
	struct kith_cursor c = kith_cursor(f->payload);
	bool entries = s->flags & KITH_UNPACK_ENTRIES;
	size_t mark;

	if (kith_cursor_u32(&c) != s->tag || c.bad || s->settled ||
	    f->payload.len > CHILD_FRAME_MAX)
		return false;
	if (f->type == KITH_UNPACK_DIGESTS || f->type == KITH_UNPACK_REFUSED)
		s->settled = true;
	else if (!entries || (f->type != KITH_UNPACK_ENTRY && f->type != KITH_UNPACK_CONTENT))
		return false;
	mark = kith_frame_begin(&u->client.out, f->type);
	kith_buf_put_span(&u->client.out, f->payload);
	kith_frame_end(&u->client.out, mark);
	return true;
}

/* The child has ended, or is ended here: its slot is free again. */
static void
finish(struct unpack *u, struct slot *s, const char *complaint)
{
	struct kith_child_end end;
	struct kith_error why;
	int r;

	if (complaint)
		kith_child_kill(&s->child, &end);
	else
		kith_child_wait(&s->child, CHILD_GRACE_MS, &end);
	r = complaint ? kith_fail(&why, KITH_E_HELPER, "%s", complaint)
		      : kith_child_check(&end, &why);
	if (!r && !s->settled)
		r = kith_fail(&why, KITH_E_HELPER, "gave no answer");
	if (r && !s->settled) {
		kith_context(&why, r, "the unpacking process");
		put_refused(&u->client.out, s->tag, &why);
	}
	put_done(u, s->tag);
	close(s->pipe);
	kith_channel_clear(&s->from_child);
	s->busy = false;
}

static int
hear(struct unpack *u, struct slot *s, struct kith_error *err)
{
	struct kith_frame f;
	struct kith_error why;
	int r = kith_channel_fill(&s->from_child, &why);

	if (r) {
		finish(u, s, r == KITH_E_NOTFOUND ? NULL : why.msg);
		return KITH_OK;
	}
	while (!(r = kith_channel_next(&s->from_child, &f, &why)))
		if (!pass_on(u, s, &f)) {
			finish(u, s, "broke the protocol");
			return KITH_OK;
		}
	if (r != KITH_E_NOTFOUND) {
		finish(u, s, why.msg);
		return KITH_OK;
	}
	return kith_channel_flush(&u->client, true, err);
}

/* --- the parent: its loop --- */

static struct slot *
free_slot(struct unpack *u)
{
	size_t i;

	for (i = 0; i < SLOTS; i++)
		if (!u->slots[i].busy)
			return &u->slots[i];
	return NULL;
}

/* Starts what there is room for. */
static int
serve(struct unpack *u, struct kith_error *err)
{
	struct kith_frame f;
	struct slot *s;
	int r = KITH_OK;

	while (!r && (s = free_slot(u))) {
		r = kith_channel_next(&u->client, &f, err);
		if (r == KITH_E_NOTFOUND)
			return KITH_OK;
		if (!r && f.type != KITH_UNPACK_REQUEST)
			return kith_fail(err, KITH_E_FORMAT, "unknown request %u", f.type);
		if (!r)
			r = take_request(u, s, f.payload, err);
		if (!r)
			r = kith_channel_flush(&u->client, true, err);
	}
	return r;
}

static int
wait_for(struct unpack *u, struct pollfd p[SLOTS + 1], struct kith_error *err)
{
	int64_t now = kith_guard_now_ms(), left = DEADLINE_MS;
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		p[i].fd = u->slots[i].busy ? u->slots[i].pipe : -1;
		if (u->slots[i].busy && u->slots[i].deadline - now < left)
			left = u->slots[i].deadline - now;
	}
	p[SLOTS].fd = !u->ended && free_slot(u) ? u->client.in_fd : -1;
	for (i = 0; i <= SLOTS; i++) {
		p[i].events = POLLIN;
		p[i].revents = 0;
	}
	if (poll(p, SLOTS + 1, left > 0 ? (int)left : 0) < 0 && errno != EINTR)
		return kith_fail_errno(err, errno, "waiting");
	return KITH_OK;
}

static bool
is_working(const struct unpack *u)
{
	size_t i;

	for (i = 0; i < SLOTS; i++)
		if (u->slots[i].busy)
			return true;
	return false;
}

static int
turn(struct unpack *u, struct kith_error *err)
{
	struct pollfd p[SLOTS + 1];
	size_t i;
	int r = wait_for(u, p, err);

	for (i = 0; i < SLOTS && !r; i++) {
		if (p[i].revents)
			r = hear(u, &u->slots[i], err);
		else if (u->slots[i].busy && kith_guard_now_ms() >= u->slots[i].deadline)
			finish(u, &u->slots[i], "took too long and was ended");
	}
	if (!r && p[SLOTS].revents) {
		r = kith_channel_fill(&u->client, err);
		if (r == KITH_E_NOTFOUND) {
			u->ended = true;
			r = KITH_OK;
		}
	}
	return r;
}

static int
run(struct unpack *u, struct kith_error *err)
{
	int r;

	kith_frame_put_hello(&u->client.out, KITH_UNPACK_PROGRAM);
	do {
		r = serve(u, err);
		if (!r)
			r = kith_channel_flush(&u->client, false, err);
		if (!r && (!u->ended || is_working(u)))
			r = turn(u, err);
	} while (!r && (!u->ended || is_working(u) || u->client.out.len));
	return r;
}

static void
stop(struct unpack *u)
{
	struct slot *s;
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		s = &u->slots[i];
		if (s->busy) {
			kith_child_kill(&s->child, NULL);
			close(s->pipe);
			kith_channel_clear(&s->from_child);
		}
		if (s->area)
			munmap(s->area, s->area_len);
		kith_buf_clear(&s->top);
	}
	kith_channel_clear(&u->client);
	kith_sha256_free(u->sha);
}

int
main(int argc, char **argv)
{
	struct unpack u;
	struct kith_error err = {.code = KITH_OK};
	size_t i;
	int r;

	(void)argv;
	if (argc != 1 || isatty(0)) {
		fputs("kith-unpack is started by kith, not by people\n", stderr);
		return 2;
	}
	memset(&u, 0, sizeof(u));
	for (i = 0; i < SLOTS; i++)
		kith_buf_init(&u.slots[i].top, KITH_MAX_PATH);
	kith_channel_init(&u.client, 0, 1);
	r = kith_crypto_init(&err);
	u.sha = kith_sha256_new();
	if (!r && (!u.sha || !kith_unpack_set_locale()))
		r = kith_fail(&err, KITH_E_IO, "cannot start: no memory, or no locale C.UTF-8");
	if (!r)
		r = run(&u, &err);
	stop(&u);
	if (r)
		fprintf(stderr, "%s\n", err.msg);
	return r ? 1 : 0;
}
