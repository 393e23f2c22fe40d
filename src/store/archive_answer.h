/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what kith-unpack answers, apart from the talking: a function of its frames alone. */
#ifndef KITH_STORE_ARCHIVE_ANSWER_H
#define KITH_STORE_ARCHIVE_ANSWER_H

#include "store/archive.h"

/* Requests under way at once: enough that the helper never waits, few enough for its socket. */
#define KITH_ARCHIVE_WINDOW 16

struct kith_archive_reader {
	struct kith_archive_answer answers[KITH_ARCHIVE_WINDOW];
	bool used[KITH_ARCHIVE_WINDOW];       /* by a request that is not answered whole yet */
	const struct kith_archive_sink *sink; /* NULL: no entries are expected */
	uint64_t content_left;                /* of the entry that is being sent */
};

/* A request with this tag was sent. */
void kith_archive_reader_expect(struct kith_archive_reader *k, size_t slot);

/*
 * False if this frame has no place here. *ret_slot is set to the request that it ends, if it ends
 * one; *ret_r to what the sink returned, if it was called.
 */
KITH_NODISCARD bool kith_archive_reader_take(struct kith_archive_reader *k,
					     const struct kith_frame *f, size_t *ret_slot,
					     int *ret_r, struct kith_error *err);

#endif
