/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are the archives here the ones that the lock file means, and what are their digests (verdict.md
 * 1)? What was read once is remembered: an archive is read again only if its file changed, and if
 * nothing changed no helper is started.
 */
#ifndef KITH_STORE_BYTES_H
#define KITH_STORE_BYTES_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "helper/helper.h"
#include "store/digests.h"

struct kith_bytes_want {
	const char *path;          /* of the archive, absolute */
	struct kith_span checksum; /* hex of the SHA-256 that the lock file states; may be empty */
	struct kith_span name, version;
};

enum kith_bytes_result {
	KITH_BYTES_UNREADABLE, /* no such file, not a plain one, too large: `why` */
	KITH_BYTES_MATCHES,    /* its SHA-256 is the checksum */
	KITH_BYTES_MISMATCH,   /* it is not; no digests */
	KITH_BYTES_UNCHECKED   /* there is no checksum to compare with */
};

struct kith_bytes_answer {
	enum kith_bytes_result result;
	uint8_t sha256[KITH_SHA256_BYTES]; /* of the file as it is, unless unreadable */
	bool has_digests;
	struct kith_digest native, crev;
	char why[KITH_DIGESTS_WHY]; /* why unreadable or without digests; safe to show; or "" */
};

struct kith_bytes_options {
	const char *cache_dir;                    /* made if missing */
	const char *data_dir;                     /* where the machine's secret lies or is made */
	bool recheck;                             /* read every archive again */
	const struct kith_helper_options *helper; /* may be NULL */
	/* Told about what does not stop the work: a damaged or unwritable memory. May be NULL. */
	void (*note)(void *ctx, const char *text);
	void *note_ctx;
};

struct kith_bytes_totals {
	size_t remembered; /* answered without reading the archive */
	size_t read;       /* asked the helper about */
};

/*
 * Answers all n. `ret_answers` (n of them) and *ret_totals (may be NULL) are filled only on
 * success. Errors: KITH_E_HELPER if the helper itself fails, KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_bytes_check(const struct kith_bytes_options *options,
				    const struct kith_bytes_want *wants, size_t n,
				    struct kith_bytes_answer *ret_answers,
				    struct kith_bytes_totals *ret_totals, struct kith_error *err);

#endif
