/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds on what a server sends, whatever it comes over. libgit2 keeps all refs in memory. */
#include <poll.h>

#include "helpers/git/watch.h"

#define REF_BYTES      128 /* what one may take on average */
#define MIN_REFS_BYTES KITH_MIB(1)

void
watch_init(struct watch *w, struct import *im, unsigned flushes)
{
	memset(w, 0, sizeof(*w));
	w->im = im;
	w->flushes_left = flushes;
}

/* A packet's length, four hex digits, was read; 0 is a flush. Nonsense is libgit2's to refuse. */
static void
take_size(struct watch *w)
{
	static const char digits[] = "0123456789abcdef";
	size_t size = 0;
	const char *d;
	bool bad = false;
	unsigned i;

	for (i = 0; i < 4; i++) {
		d = w->size[i] ? strchr(digits, w->size[i]) : NULL;
		bad = bad || !d;
		size = size * 16 + (d ? (size_t)(d - digits) : 0);
	}
	w->have = 0;
	if (bad)
		w->flushes_left = 0;
	else if (size < 4)
		w->flushes_left--;
	else
		w->lines++;
	w->skip = size > 4 ? size - 4 : 0;
}

static void
count_lines(struct watch *w, const char *bytes, size_t n)
{
	size_t m;

	while (n && w->flushes_left) {
		if (w->skip) {
			m = w->skip < n ? w->skip : n;
			w->skip -= m;
		} else {
			m = 1;
			w->size[w->have++] = *bytes;
			if (w->have == 4)
				take_size(w);
		}
		bytes += m;
		n -= m;
	}
}

bool
watch_bytes(struct watch *w, const void *bytes, size_t n)
{
	const struct kith_git_fetch *f = w->im->request;
	uint64_t refs_bytes = (uint64_t)f->max_refs * REF_BYTES + MIN_REFS_BYTES;

	w->received += n;
	w->moved += n;
	count_lines(w, bytes, n);
	/* the first line is no ref over http */
	if (w->lines > f->max_refs + 1ull || (w->flushes_left && w->received > refs_bytes)) {
		kith_fail(&w->im->why, KITH_E_LIMIT, "it names more than %u refs", f->max_refs);
		return false;
	}
	if (w->received > f->max_bytes) {
		kith_fail(&w->im->why, KITH_E_LIMIT, "it sends more than %llu bytes",
			  (unsigned long long)f->max_bytes);
		return false;
	}
	return true;
}

void
watch_sent(struct watch *w, size_t n)
{
	w->moved += n;
}

bool
watch_wait(struct watch *w, int fd, short events)
{
	const struct kith_git_fetch *f = w->im->request;
	struct pollfd p = {fd, events, 0};
	int64_t now = kith_guard_now_ms(), left, whole;
	int n;

	if (w->moved - w->slow_moved >= (uint64_t)WATCH_LOW_SPEED * f->idle_s) {
		w->slow_moved = w->moved;
		w->waited_ms = 0;
	}
	do {
		left = (int64_t)f->idle_s * 1000 - w->waited_ms;
		whole = w->im->started_ms + (int64_t)f->timeout_s * 1000 - now;
		left = left < whole ? left : whole;
		if (left <= 0) {
			kith_fail(&w->im->why, KITH_E_NET, "it is too slow");
			return false;
		}
		n = poll(&p, 1, (int)left);
		w->waited_ms -= now;
		now = kith_guard_now_ms();
		w->waited_ms += now;
	} while (n <= 0);
	return true;
}
