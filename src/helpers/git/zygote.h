/* SPDX-License-Identifier: Apache-2.0 */
/* The state of kith-git's zygote: requests that wait, children that run. */
#ifndef KITH_HELPERS_GIT_ZYGOTE_H
#define KITH_HELPERS_GIT_ZYGOTE_H

#include "helper/own.h"
#include "helpers/git/look.h"

/* A request as it came, and as far as it is done. */
struct request {
	uint8_t type; /* KITH_GIT_FETCH, _READ, _OWN, _DIFF, _PACK or _LOOK */
	uint8_t *bytes;
	size_t len;
	struct kith_git_fetch fetch; /* spans into bytes */
	struct kith_git_own own;
	struct kith_git_look look;
	struct kith_cursor items; /* READ, PACK, DIFF: from the first item that is not answered */
	uint32_t left;
	uint32_t context; /* DIFF */
};

struct job {
	struct request request; /* bytes NULL: a free slot */
	struct kith_child child;
	struct kith_channel channel; /* in_fd: the child's pipe */
	int64_t deadline_ms;
	bool answered; /* FETCH, OWN, LOOK: its end was passed on */
};

struct zygote {
	struct kith_channel channel; /* to kith: standard input and output */
	bool closed;                 /* kith sends no more */
	uint32_t max_jobs;
	struct job jobs[KITH_GIT_MAX_JOBS];
	struct request *queue;
	size_t queued, queue_from, queue_cap;
};

void zygote_init(struct zygote *z);
void zygote_clear(struct zygote *z); /* kills what still runs */
bool zygote_busy(const struct zygote *z);
/* Forks children for waiting requests while there is room. */
int zygote_start_jobs(struct zygote *z, struct kith_error *err);
/* Waits for kith, a child or a deadline, and handles what came. */
int zygote_wait(struct zygote *z, struct kith_error *err);

/* --- jobs (job.c) --- */

int job_start(struct zygote *z, struct job *j, struct kith_error *err);
/* Takes in what the child sent and passes it on; handles its end. */
int job_pump(struct zygote *z, struct job *j, struct kith_error *err);
/* Its deadline passed. */
int job_expire(struct zygote *z, struct job *j, struct kith_error *err);
void job_clear(struct job *j); /* kills it if it runs */

#endif
