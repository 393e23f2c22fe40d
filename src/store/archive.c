/* SPDX-License-Identifier: Apache-2.0 */
/* Asks kith-unpack and checks what it answers, frame by frame. */
#include "helper/unpack.h"
#include "store/archive.h"

/* Requests under way at once: enough that the helper never waits, few enough for its socket. */
#define WINDOW 16
/* The helper itself ends a child long before. */
#define ANSWER_TIMEOUT_MS (3 * KITH_MAX_UNPACK_SECONDS * 1000)

struct asking {
	struct kith_helper *helper;
	const struct kith_archive_job *jobs;
	struct kith_archive_answer answers[WINDOW];
	size_t job_of[WINDOW];
	bool used[WINDOW];
	const struct kith_archive_sink *sink; /* NULL: digests only */
	uint64_t content_left;                /* of the entry that is being sent */
};

static int
ask(struct asking *k, size_t slot, size_t job, struct kith_error *err)
{
	const struct kith_archive_job *j = &k->jobs[job];
	struct kith_buf b KITH_AUTO_BUF;
	unsigned flags = (j->sum_only ? KITH_UNPACK_SUM_ONLY : 0) | (j->top ? KITH_UNPACK_TOP : 0) |
			 (k->sink ? KITH_UNPACK_ENTRIES : 0);
	size_t mark;

	kith_buf_init(&b, KITH_KIB(16));
	mark = kith_frame_begin(&b, KITH_UNPACK_REQUEST);
	kith_frame_put_u32(&b, (uint32_t)slot);
	kith_frame_put_u8(&b, (uint8_t)flags);
	kith_frame_put_str(&b, j->path);
	kith_frame_put_bytes(&b, j->expected ? kith_span(j->expected, KITH_SHA256_BYTES)
					     : KITH_SPAN_NONE);
	kith_frame_put_bytes(&b, j->top_name);
	kith_frame_end(&b, mark);
	k->used[slot] = true;
	k->job_of[slot] = job;
	memset(&k->answers[slot], 0, sizeof(k->answers[slot]));
	return kith_helper_send(k->helper, &b, err);
}

static bool
read_fixed(struct kith_cursor *c, void *out, size_t n)
{
	size_t i;
	uint8_t *p = out;

	for (i = 0; i < n; i++)
		p[i] = kith_cursor_u8(c);
	return !c->bad;
}

static bool
read_sum(struct kith_cursor *c, struct kith_archive_answer *a)
{
	if (a->has_sum || a->why.code)
		return false;
	read_fixed(c, a->sha256, sizeof(a->sha256));
	a->stamp.dev = kith_cursor_u64(c);
	a->stamp.ino = kith_cursor_u64(c);
	a->stamp.size = kith_cursor_u64(c);
	a->stamp.mtime_ns = (int64_t)kith_cursor_u64(c);
	a->stamp.ctime_ns = (int64_t)kith_cursor_u64(c);
	a->has_sum = true;
	return true;
}

static bool
read_digests(struct kith_cursor *c, struct kith_archive_answer *a)
{
	if (!a->has_sum || a->has_digests || a->why.code)
		return false;
	read_fixed(c, a->native.bytes, sizeof(a->native.bytes));
	read_fixed(c, a->crev.bytes, sizeof(a->crev.bytes));
	a->has_digests = true;
	return true;
}

static bool
read_refused(struct kith_cursor *c, struct kith_archive_answer *a)
{
	if (a->has_digests || a->why.code)
		return false;
	kith_frame_error(kith_cursor_bytes(c), &a->why);
	return true;
}

/* As the helper checks it; it is not believed. */
static bool
is_clean(struct kith_span path)
{
	struct kith_span piece, rest = path;

	if (!path.len || path.len > KITH_MAX_PATH || path.ptr[path.len - 1] == '/' ||
	    memchr(path.ptr, 0, path.len))
		return false;
	while (kith_span_next(&rest, '/', &piece))
		if (!piece.len || kith_span_is(piece, ".") || kith_span_is(piece, ".."))
			return false;
	return true;
}

static bool
read_entry(struct asking *k, struct kith_cursor *c, int *ret_r, struct kith_error *err)
{
	struct kith_archive_entry e;
	uint8_t type = kith_cursor_u8(c);

	e.mode = kith_cursor_u32(c);
	e.size = kith_cursor_u64(c);
	e.path = kith_cursor_bytes(c);
	e.target = kith_cursor_bytes(c);
	if (!kith_cursor_end(c) || type > KITH_TREE_DIR || e.mode > 0777 || !is_clean(e.path) ||
	    k->content_left)
		return false;
	e.type = (enum kith_tree_type)type;
	k->content_left = e.size;
	*ret_r = k->sink->entry ? k->sink->entry(k->sink->ctx, &e, err) : KITH_OK;
	return true;
}

static bool
read_content(struct asking *k, struct kith_cursor *c, int *ret_r, struct kith_error *err)
{
	struct kith_span bytes = kith_cursor_bytes(c);

	if (!kith_cursor_end(c) || bytes.len > k->content_left)
		return false;
	k->content_left -= bytes.len;
	*ret_r = k->sink->content ? k->sink->content(k->sink->ctx, bytes, err) : KITH_OK;
	return true;
}

/* False if this frame has no place here. *ret_slot is the request that it ends, or WINDOW. */
static bool
take(struct asking *k, const struct kith_frame *f, size_t *ret_slot, int *ret_r,
     struct kith_error *err)
{
	struct kith_cursor c = kith_cursor(f->payload);
	uint32_t slot = kith_cursor_u32(&c);
	struct kith_archive_answer *a;
	bool ok;

	if (c.bad || slot >= WINDOW || !k->used[slot])
		return false;
	a = &k->answers[slot];
	switch (f->type) {
	case KITH_UNPACK_SUM:
		ok = read_sum(&c, a);
		break;
	case KITH_UNPACK_DIGESTS:
		ok = read_digests(&c, a) && !k->content_left;
		break;
	case KITH_UNPACK_REFUSED:
		ok = read_refused(&c, a);
		break;
	case KITH_UNPACK_ENTRY:
		return k->sink && read_entry(k, &c, ret_r, err);
	case KITH_UNPACK_CONTENT:
		return k->sink && read_content(k, &c, ret_r, err);
	case KITH_FRAME_DONE:
		ok = a->has_sum || a->why.code;
		*ret_slot = slot;
		break;
	default:
		return false;
	}
	return ok && kith_cursor_end(&c);
}

/* Waits for the next request that is answered whole. */
static int
next_done(struct asking *k, size_t *ret_slot, struct kith_error *err)
{
	size_t slot = WINDOW;
	struct kith_frame f;
	int r = KITH_OK;

	while (!r && slot == WINDOW) {
		r = kith_helper_recv(k->helper, ANSWER_TIMEOUT_MS, &f, err);
		if (r)
			return r;
		if (f.type == KITH_FRAME_ERROR)
			return kith_context(err, kith_frame_error(f.payload, err),
					    KITH_UNPACK_PROGRAM);
		if (!take(k, &f, &slot, &r, err))
			return kith_helper_broke(k->helper, err, "unexpected answer of type %u",
						 f.type);
	}
	if (r)
		return r;
	k->used[slot] = false;
	*ret_slot = slot;
	return KITH_OK;
}

int
kith_archive_check(const struct kith_helper_options *helper, const struct kith_archive_job *jobs,
		   size_t n,
		   int (*done)(void *ctx, size_t i, const struct kith_archive_answer *a,
			       struct kith_error *err),
		   void *ctx, struct kith_error *err)
{
	struct kith_helper *h KITH_AUTO_HELPER = NULL;
	KITH_AUTO_FREE struct asking *k = NULL;
	size_t asked = 0, answered = 0, slot;
	int r;

	if (!n)
		return KITH_OK;
	k = kith_calloc(1, sizeof(*k));
	if (!k)
		return kith_fail_nomem(err);
	r = kith_helper_start(KITH_UNPACK_PROGRAM, helper, &h, err);
	k->helper = h;
	k->jobs = jobs;
	for (; !r && asked < n && asked < WINDOW; asked++)
		r = ask(k, asked, asked, err);
	while (!r && answered < n) {
		r = next_done(k, &slot, err);
		if (!r)
			r = done(ctx, k->job_of[slot], &k->answers[slot], err);
		answered++;
		if (!r && asked < n)
			r = ask(k, slot, asked++, err);
	}
	return r;
}

int
kith_archive_walk(const struct kith_helper_options *helper, const struct kith_archive_job *job,
		  const struct kith_archive_sink *sink, struct kith_archive_answer *ret_answer,
		  struct kith_error *err)
{
	struct kith_helper *h KITH_AUTO_HELPER = NULL;
	KITH_AUTO_FREE struct asking *k = kith_calloc(1, sizeof(*k));
	struct kith_archive_answer *a;
	size_t slot;
	int r;

	if (!k)
		return kith_fail_nomem(err);
	r = kith_helper_start(KITH_UNPACK_PROGRAM, helper, &h, err);
	k->helper = h;
	k->jobs = job;
	k->sink = sink;
	if (!r)
		r = ask(k, 0, 0, err);
	if (!r)
		r = next_done(k, &slot, err);
	if (r)
		return r;
	a = &k->answers[slot];
	if (a->why.code) {
		if (err)
			*err = a->why;
		return a->why.code;
	}
	if (!a->has_digests)
		return kith_fail(err, KITH_E_INTEGRITY, "%s: not the archive that it should be",
				 job->path);
	*ret_answer = *a;
	return KITH_OK;
}
