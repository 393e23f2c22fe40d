/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calling side of kith-unpack: archives by path, answered with hashes, digests or entries. The
 * helper is not believed beyond that: an answer that is none is KITH_E_HELPER.
 */
#ifndef KITH_STORE_ARCHIVE_H
#define KITH_STORE_ARCHIVE_H

#include "base/base.h"
#include "crypto/tree.h"
#include "helper/helper.h"

struct kith_archive_job {
	const char *path;          /* absolute */
	const uint8_t *expected;   /* SHA-256 that it should have, or NULL: digest in any case */
	bool sum_only;             /* no digests */
	bool zip;                  /* a zip archive, not a tar */
	bool top;                  /* its one top folder is the root … */
	struct kith_span top_name; /* … and has this name (empty: any), at most 4096 bytes */
};

struct kith_archive_answer {
	bool has_sum; /* it was read: `sha256` and `stamp` are of the same open file */
	uint8_t sha256[KITH_SHA256_BYTES];
	struct kith_fs_stamp stamp;
	bool has_digests;
	struct kith_digest native, crev; /* without .cargo-ok; without .cargo-ok and target */
	struct kith_error why;           /* code not KITH_OK: why a sum or digests are missing */
};

/*
 * Starts the helper once and asks it about all n; `done` is called for each as it is answered, in
 * any order. Errors: KITH_E_HELPER if the helper cannot be run or broke down (the jobs that were
 * not answered yet stay so), KITH_E_NOMEM, KITH_E_LIMIT; an error of `done` ends it.
 */
KITH_NODISCARD int kith_archive_check(
    const struct kith_helper_options *helper, const struct kith_archive_job *jobs, size_t n,
    int (*done)(void *ctx, size_t i, const struct kith_archive_answer *a, struct kith_error *err),
    void *ctx, struct kith_error *err);

struct kith_archive_entry {
	enum kith_tree_type type;
	struct kith_span path, target;
	uint32_t mode;
	uint64_t size;
};

/* Spans live for the call. Content comes in pieces and belongs to the last entry, a file. */
struct kith_archive_sink {
	int (*entry)(void *ctx, const struct kith_archive_entry *e, struct kith_error *err);
	int (*content)(void *ctx, struct kith_span bytes, struct kith_error *err);
	void *ctx;
};

/*
 * Streams the entries of one archive. Paths are relative and have no ".", ".." or empty component.
 * Whether names occur twice or below links is known only at the end: act on entries only after
 * KITH_OK. *ret_answer has sum and digests. Errors: those of the archive (KITH_E_FORMAT, _LIMIT,
 * _NOTFOUND, _IO), KITH_E_INTEGRITY if it has not the expected sum, KITH_E_HELPER, the sink's.
 */
KITH_NODISCARD int kith_archive_walk(const struct kith_helper_options *helper,
				     const struct kith_archive_job *job,
				     const struct kith_archive_sink *sink,
				     struct kith_archive_answer *ret_answer,
				     struct kith_error *err);

#endif
