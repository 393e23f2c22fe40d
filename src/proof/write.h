/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing proofs as cargo-crev lays them out, byte for byte (crev format 3.3 to 3.6). Nothing is
 * returned that has not been read back: what others could not read, or would read differently, is
 * refused here.
 */
#ifndef KITH_PROOF_WRITE_H
#define KITH_PROOF_WRITE_H

#include "proof/proof.h"

/*
 * Appends the body of a review, a trust or a code review. Read: kind, date, date_offset, from,
 * original (if has_original), comment and the fields of the kind; of ids and digests the text, or,
 * where it is empty, the bytes. Alternatives are sorted, `dangerous` is written negative, newlines
 * at a comment's end are dropped. Errors: KITH_E_FORMAT (an unknown kind, an invalid field: "would
 * not be read: why"), KITH_E_LIMIT (more than KITH_MAX_PROOF_BODY bytes, or out's maximum),
 * KITH_E_NOMEM; out is unchanged then.
 */
KITH_NODISCARD int kith_proof_write_body(const struct kith_proof *p, struct kith_buf *out,
					 struct kith_error *err);

/*
 * Appends the envelope of a body and its signature, after reading it back and verifying it with the
 * body's own `from`. For signatures made elsewhere. Errors: KITH_E_FORMAT; KITH_E_BADSIG;
 * KITH_E_LIMIT; KITH_E_NOMEM; out is unchanged then.
 */
KITH_NODISCARD int kith_proof_seal(struct kith_span body, const uint8_t sig[KITH_SIG_BYTES],
				   struct kith_buf *out, struct kith_error *err);

/* Signs and seals. KITH_E_BADSIG if the seed is not that of the body's `from`. */
KITH_NODISCARD int kith_proof_sign(struct kith_span body, const uint8_t seed[KITH_SEED_BYTES],
				   struct kith_buf *out, struct kith_error *err);

/*
 * Appends where a proof is stored below a proof repository (crev format 6.2):
 * "<id>/reviews/2026-01-package-XXXXXX.proof.crev". Needs kind, date and from.id.
 */
void kith_proof_put_path(const struct kith_proof *p, struct kith_span host_salt,
			 struct kith_buf *out);

#endif
