/* SPDX-License-Identifier: Apache-2.0 */
/* What every transport watches while a server speaks: bytes, refs, and time without progress. */
#ifndef KITH_HELPERS_GIT_WATCH_H
#define KITH_HELPERS_GIT_WATCH_H

#include "helpers/git/job.h"

/* Fewer bytes a second than this, over the idle time, is no progress. */
#define WATCH_LOW_SPEED 200

struct watch {
	struct import *im;
	uint64_t received;
	/* git's lines, until the refs have ended */
	unsigned flushes_left; /* 0: they have */
	uint32_t lines;
	size_t skip;
	char size[4];
	unsigned have;
	/* waited since enough came last; what we ourselves work in between is not the server's */
	int64_t waited_ms;
	uint64_t moved, slow_moved; /* bytes, both ways */
};

/* `flushes`: at which flush packet the refs end; 0: there are none in it. */
void watch_init(struct watch *w, struct import *im, unsigned flushes);
/* False, with the reason in the import, if these bytes are too many, or name too many refs. */
bool watch_bytes(struct watch *w, const void *bytes, size_t n);
/* What is sent is progress too. */
void watch_sent(struct watch *w, size_t n);
/* Waits until fd is ready for these events. False: the server is too slow (in the import). */
bool watch_wait(struct watch *w, int fd, short events);

#endif
