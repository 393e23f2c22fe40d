/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever can sign a proof's body as one id: an opened key, kith-agent, or an ssh-agent. */
#ifndef KITH_IDENTITY_SIGNER_H
#define KITH_IDENTITY_SIGNER_H

#include "crypto/crypto.h"
#include "crypto/secret.h"

enum kith_signer_kind { KITH_SIGNER_SEED, KITH_SIGNER_UNLOCKED, KITH_SIGNER_SSH };

struct kith_signer {
	enum kith_signer_kind kind;
	struct kith_id id;
	struct kith_secret seed; /* SEED */
	char *path;              /* UNLOCKED: kith's data folder; SSH: the agent's socket */
};

void kith_signer_clear(struct kith_signer *s);
#define KITH_AUTO_SIGNER KITH_CLEANUP(kith_signer_clear)

/*
 * Signs bytes that begin with `kind: `, and verifies the signature before giving it. Errors:
 * KITH_E_USAGE (no body), KITH_E_BADSIG, and those of the agents.
 */
KITH_NODISCARD int kith_signer_sign(const struct kith_signer *s, struct kith_span body,
				    uint8_t ret_sig[KITH_SIG_BYTES], struct kith_error *err);

#endif
