/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of archives that were read: which file state had which SHA-256, and which SHA-256 has
 * which digests. One mapped file of sorted records, each authenticated under the machine's secret,
 * so that looking up costs the same however large it is. Derived: it may be deleted at any time,
 * and what does not verify is as if it were not there.
 */
#ifndef KITH_STORE_DIGESTS_H
#define KITH_STORE_DIGESTS_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "store/secret.h"

#define KITH_DIGESTS_KEY 16
#define KITH_DIGESTS_WHO 8
#define KITH_DIGESTS_WHY 64

#define KITH_DIGESTS_HAVE    1U /* native and crev are there */
#define KITH_DIGESTS_REFUSED 2U /* the archive was refused for what it is: `why` is there */

/* As it lies in the file (of this machine: its byte order). No padding. */
struct kith_digests_record {
	uint8_t key[KITH_DIGESTS_KEY]; /* of path, name and version */
	uint8_t sha256[KITH_SHA256_BYTES];
	uint8_t who[KITH_DIGESTS_WHO]; /* of name and version; follows sha256: one key */
	uint64_t dev, ino, size;
	int64_t mtime_ns, ctime_ns;
	union {
		struct {
			struct kith_digest native, crev;
		} digest;
		char why[KITH_DIGESTS_WHY];
	} is;
	uint32_t flags;
	uint32_t zero;
	uint8_t mac[16];
};

struct kith_digests;

/*
 * Opens what lies at `path`, or begins anew: a missing, damaged or foreign file is no error.
 * Errors: KITH_E_NOMEM, KITH_E_IO. *ret_digests is yours.
 */
KITH_NODISCARD int kith_digests_open(const char *path, const uint8_t secret[KITH_SECRET_BYTES],
				     struct kith_digests **ret_digests, struct kith_error *err);
void kith_digests_free(struct kith_digests *d);
void kith_digests_freep(struct kith_digests **d);

/* Makes the key; the rest of *ret_record is zeroed. */
void kith_digests_name(struct kith_span path, struct kith_span name, struct kith_span version,
		       struct kith_digests_record *ret_record);

void kith_digests_who(struct kith_span name, struct kith_span version,
		      uint8_t ret_who[KITH_DIGESTS_WHO]);

/* The record with this key that the file holds; NULL if there is none that verifies. Borrowed. */
const struct kith_digests_record *kith_digests_find(struct kith_digests *d,
						    const uint8_t key[KITH_DIGESTS_KEY]);
/* Any record that knows digests or a refusal for `sha256` under this name. */
KITH_NODISCARD int kith_digests_find_sum(struct kith_digests *d,
					 const uint8_t sha256[KITH_SHA256_BYTES],
					 const uint8_t who[KITH_DIGESTS_WHO],
					 const struct kith_digests_record **ret_record,
					 struct kith_error *err);

/* Remembers a record from the next save on; a later one of the same key replaces it. */
KITH_NODISCARD int kith_digests_put(struct kith_digests *d, const struct kith_digests_record *r,
				    struct kith_error *err);

/* Writes old and new records if there are new ones; atomic. */
KITH_NODISCARD int kith_digests_save(struct kith_digests *d, struct kith_error *err);

/* True if the file was there but not, or not wholly, of use. */
bool kith_digests_damaged(const struct kith_digests *d);

#endif
