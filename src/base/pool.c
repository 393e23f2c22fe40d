/* SPDX-License-Identifier: Apache-2.0 */
/* Work is handed out in blocks from one atomic counter. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/base.h"

#define POOL_MAX_THREADS 8

struct pool {
	atomic_size_t next;
	size_t n, block;
	void (*work)(void *ctx, size_t i);
	void *ctx;
};

static void *
run(void *arg)
{
	struct pool *p = arg;
	size_t from, i;

	while ((from = atomic_fetch_add(&p->next, p->block)) < p->n)
		for (i = from; i < p->n && i < from + p->block; i++)
			p->work(p->ctx, i);
	return NULL;
}

void
kith_pool_run(unsigned threads, size_t n, size_t block, void (*work)(void *ctx, size_t i),
	      void *ctx)
{
	struct pool p = {.n = n, .block = block ? block : 1, .work = work, .ctx = ctx};
	pthread_t ids[POOL_MAX_THREADS];
	unsigned started = 0, i;
	long cpus;

	if (!threads && n > p.block) { /* to ask costs system calls */
		cpus = sysconf(_SC_NPROCESSORS_ONLN);
		threads = cpus >= 2 ? 2 : 1;
	}
	if (threads > POOL_MAX_THREADS)
		threads = POOL_MAX_THREADS;
	while (started + 1 < threads && n > p.block * (started + 1) &&
	       pthread_create(&ids[started], NULL, run, &p) == 0)
		started++;
	run(&p);
	for (i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
}
