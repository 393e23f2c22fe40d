/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of proofs. Only arithmetic decides: a date can be written by anybody. Allocates
 * nothing and writes only to the one item, so that items can be checked in parallel.
 */
#include "base/base.h"
#include "codec/base64.h"
#include "proof/proof.h"

const char *
kith_proof_status_name(enum kith_proof_status s)
{
	switch (s) {
	case KITH_PROOF_VALID:
		return "valid";
	case KITH_PROOF_OBSOLETE:
		return "obsolete signature";
	case KITH_PROOF_BAD_SIG:
		return "bad signature";
	case KITH_PROOF_BAD_BODY:
		return "bad body";
	case KITH_PROOF_BAD_FRAME:
	default:
		return "bad envelope";
	}
}

/* What crev signed before April 2019; its first form also padded its base64. */
static bool
is_obsolete(const struct kith_proof *p)
{
	uint8_t sig[KITH_SIG_BYTES];
	struct kith_id id;
	size_t len;

	if (!kith_base64_decode_padded(p->from.text, id.bytes, sizeof(id.bytes), &len) ||
	    len != sizeof(id.bytes))
		return false;
	if (!kith_base64_decode_padded(p->sig_text, sig, sizeof(sig), &len) || len != sizeof(sig))
		return false;
	return kith_ed25519_verify_obsolete(&id, p->body, sig);
}

void
kith_proof_check(struct kith_proof_item *item)
{
	const struct kith_proof *p = &item->proof;

	if (item->status == KITH_PROOF_BAD_FRAME || item->status == KITH_PROOF_BAD_BODY)
		return;
	item->checked = true;
	item->cause = NULL;
	if (p->from.valid && p->sig_valid && kith_ed25519_verify(&p->from.id, p->body, p->sig)) {
		item->status = KITH_PROOF_VALID;
		return;
	}
	if (is_obsolete(p)) {
		item->status = KITH_PROOF_OBSOLETE;
		item->cause = "Ed25519 over BLAKE2b-512, as crev signed before April 2019";
		return;
	}
	item->status = KITH_PROOF_BAD_SIG;
	if (!p->from.valid)
		item->cause = "the author's id is no key of 32 bytes";
	else if (!p->sig_valid)
		item->cause = "the signature is not 64 bytes in base64url";
	else
		item->cause = "the signature does not match the body";
}
