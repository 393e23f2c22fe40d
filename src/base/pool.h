/* SPDX-License-Identifier: Apache-2.0 */
/* One small thread pool, for signatures and digests only (libraries.md 13). */
#ifndef KITH_BASE_POOL_H
#define KITH_BASE_POOL_H

#include <stddef.h>

/*
 * Calls work(ctx, i) for every i in [0, n), in blocks of `block` from one counter, on `threads`
 * threads (the caller's is one of them; 0: as many as there are processors, at most 2). Returns
 * when all are done. If no thread can be started the caller does everything: never fails.
 */
void kith_pool_run(unsigned threads, size_t n, size_t block, void (*work)(void *ctx, size_t i),
		   void *ctx);

#endif
