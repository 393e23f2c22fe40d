/* SPDX-License-Identifier: Apache-2.0 */
/* Asks kith-unpack and checks what it answers, frame by frame. */
#include "helper/unpack.h"
#include "store/archive_answer.h"

#define WINDOW KITH_ARCHIVE_WINDOW
/* The helper itself ends a child long before. */
#define ANSWER_TIMEOUT_MS (3 * KITH_MAX_UNPACK_SECONDS * 1000)

struct asking {
	struct kith_helper *helper;
	const struct kith_archive_job *jobs;
	size_t job_of[WINDOW];
	struct kith_archive_reader reader;
};

static int
ask(struct asking *k, size_t slot, size_t job, struct kith_error *err)
{
	const struct kith_archive_job *j = &k->jobs[job];
	struct kith_buf b KITH_AUTO_BUF;
	unsigned flags = (j->sum_only ? KITH_UNPACK_SUM_ONLY : 0) | (j->top ? KITH_UNPACK_TOP : 0) |
			 (k->reader.sink ? KITH_UNPACK_ENTRIES : 0) |
			 (j->zip ? KITH_UNPACK_ZIP : 0);
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
	k->job_of[slot] = job;
	kith_archive_reader_expect(&k->reader, slot);
	return kith_helper_send(k->helper, &b, err);
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
		if (!kith_archive_reader_take(&k->reader, &f, &slot, &r, err))
			return kith_helper_broke(k->helper, err, "unexpected answer of type %u",
						 f.type);
	}
	if (r)
		return r;
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
			r = done(ctx, k->job_of[slot], &k->reader.answers[slot], err);
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
	k->reader.sink = sink;
	if (!r)
		r = ask(k, 0, 0, err);
	if (!r)
		r = next_done(k, &slot, err);
	if (r)
		return r;
	a = &k->reader.answers[slot];
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
