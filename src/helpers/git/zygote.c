/* SPDX-License-Identifier: Apache-2.0 */
/* The zygote's loop: requests in, jobs out, one poll over everything. */
#include <errno.h>
#include <poll.h>

#include "helpers/git/zygote.h"

void
zygote_init(struct zygote *z)
{
	memset(z, 0, sizeof(*z));
	kith_channel_init(&z->channel, 0, 1);
	z->max_jobs = 8;
}

void
zygote_clear(struct zygote *z)
{
	size_t i;

	for (i = 0; i < KITH_GIT_MAX_JOBS; i++)
		if (z->jobs[i].request.bytes)
			job_clear(&z->jobs[i]);
	for (i = z->queue_from; i < z->queued; i++)
		free(z->queue[i].bytes);
	free(z->queue);
	kith_channel_clear(&z->channel);
}

bool
zygote_busy(const struct zygote *z)
{
	size_t i;

	for (i = 0; i < KITH_GIT_MAX_JOBS; i++)
		if (z->jobs[i].request.bytes)
			return true;
	return z->queue_from < z->queued;
}

static struct job *
free_slot(struct zygote *z)
{
	size_t i;

	for (i = 0; i < z->max_jobs; i++)
		if (!z->jobs[i].request.bytes)
			return &z->jobs[i];
	return NULL;
}

int
zygote_start_jobs(struct zygote *z, struct kith_error *err)
{
	struct job *j;
	int r = KITH_OK;

	while (z->queue_from < z->queued && (j = free_slot(z))) {
		memset(j, 0, sizeof(*j));
		j->request = z->queue[z->queue_from++];
		if (j->request.type == KITH_GIT_FETCH || j->request.type == KITH_GIT_OWN)
			r = http_start(err);
		if (!r)
			r = job_start(z, j, err);
		if (r) {
			free(j->request.bytes);
			j->request.bytes = NULL;
			return r;
		}
	}
	if (z->queue_from == z->queued)
		z->queue_from = z->queued = 0;
	return KITH_OK;
}

static int
malformed(struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "a malformed request");
}

/* All items are looked at before the first is worked on. */
static bool
check_items(struct request *rq)
{
	struct kith_cursor c = kith_cursor(kith_span(rq->bytes, rq->len));
	struct kith_git_read_item item;
	uint32_t i, n;

	if (!kith_git_get_read_count(&c, &n))
		return false;
	rq->items = c;
	rq->left = n;
	for (i = 0; i < n; i++)
		if (!kith_git_get_read_item(&c, &item))
			return false;
	return kith_cursor_end(&c);
}

static bool
check_pairs(struct request *rq)
{
	struct kith_cursor c = kith_cursor(kith_span(rq->bytes, rq->len));
	struct kith_git_pair pair;
	uint32_t i;

	if (!kith_git_get_diff(&c, &rq->context, &rq->left))
		return false;
	rq->items = c;
	for (i = 0; i < rq->left; i++)
		if (!kith_git_get_pair(&c, &pair))
			return false;
	return kith_cursor_end(&c);
}

static bool
check_request(struct request *rq)
{
	struct kith_span own = kith_span(rq->bytes, rq->len);

	switch (rq->type) {
	case KITH_GIT_FETCH:
		return kith_git_get_fetch(own, &rq->fetch);
	case KITH_GIT_OWN:
		return kith_git_get_own(own, &rq->own);
	case KITH_GIT_DIFF:
		return check_pairs(rq);
	case KITH_GIT_LOOK:
		return kith_git_get_look(own, &rq->look);
	default:
		return check_items(rq);
	}
}

static int
enqueue(struct zygote *z, const struct kith_frame *f, struct kith_error *err)
{
	struct request rq = {.type = f->type, .len = f->payload.len};
	int r;

	r = kith_grow(&z->queue, &z->queue_cap, z->queued + 1, sizeof(rq), KITH_MAX_SOURCES,
		      "requests at once", err);
	if (r)
		return r;
	rq.bytes = (uint8_t *)kith_strndup(f->payload.ptr, f->payload.len);
	if (!rq.bytes)
		return kith_fail_nomem(err);
	if (!check_request(&rq)) {
		free(rq.bytes);
		return malformed(err);
	}
	z->queue[z->queued++] = rq;
	return KITH_OK;
}

static int
take_request(struct zygote *z, const struct kith_frame *f, struct kith_error *err)
{
	switch (f->type) {
	case KITH_GIT_FETCH:
	case KITH_GIT_READ:
	case KITH_GIT_OWN:
	case KITH_GIT_DIFF:
	case KITH_GIT_PACK:
	case KITH_GIT_LOOK:
		return enqueue(z, f, err);
	case KITH_GIT_JOBS:
		return kith_git_get_jobs(f->payload, &z->max_jobs) ? KITH_OK : malformed(err);
	default:
		return malformed(err);
	}
}

static int
take_requests(struct zygote *z, struct kith_error *err)
{
	struct kith_frame f;
	int r = kith_channel_fill(&z->channel, err);

	if (r == KITH_E_NOTFOUND) { /* kith is done, or gone */
		z->closed = true;
		return KITH_OK;
	}
	while (!r && !(r = kith_channel_next(&z->channel, &f, err)))
		r = take_request(z, &f, err);
	return r == KITH_E_NOTFOUND ? KITH_OK : r;
}

static int
time_left(const struct zygote *z)
{
	int64_t now = kith_guard_now_ms(), left, least = -1;
	size_t i;

	for (i = 0; i < KITH_GIT_MAX_JOBS; i++) {
		if (!z->jobs[i].request.bytes)
			continue;
		left = z->jobs[i].deadline_ms - now;
		left = left < 0 ? 0 : left;
		least = least < 0 || left < least ? left : least;
	}
	return least > 3600000 ? 3600000 : (int)least;
}

static int
pump_jobs(struct zygote *z, const struct pollfd *p, struct kith_error *err)
{
	struct job *j;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < KITH_GIT_MAX_JOBS; i++) {
		j = &z->jobs[i];
		if (!j->request.bytes)
			continue;
		if (p[i].revents)
			r = job_pump(z, j, err);
		if (!r && j->request.bytes && kith_guard_now_ms() >= j->deadline_ms)
			r = job_expire(z, j, err);
	}
	return r;
}

int
zygote_wait(struct zygote *z, struct kith_error *err)
{
	struct pollfd p[KITH_GIT_MAX_JOBS + 1];
	size_t i;
	int n, r = KITH_OK;

	for (i = 0; i < KITH_GIT_MAX_JOBS; i++) {
		p[i].fd = z->jobs[i].request.bytes ? z->jobs[i].channel.in_fd : -1;
		p[i].events = POLLIN;
		p[i].revents = 0;
	}
	/* after its last word kith may still wait for answers; only a hang-up means it is gone */
	p[i].fd = z->channel.in_fd;
	p[i].events = z->closed ? 0 : POLLIN;
	p[i].revents = 0;
	n = poll(p, KITH_GIT_MAX_JOBS + 1, time_left(z));
	if (n < 0 && errno != EINTR)
		return kith_fail_errno(err, errno, "poll");
	if (n > 0 && z->closed && (p[i].revents & (POLLHUP | POLLERR)))
		return kith_fail(err, KITH_E_CANCELLED, "kith is gone");
	if (n > 0 && p[i].revents && !z->closed)
		r = take_requests(z, err);
	return r ? r : pump_jobs(z, p, err);
}
