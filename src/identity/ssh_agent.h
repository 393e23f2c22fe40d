/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An Ed25519 key in the user's ssh-agent as a crev id: the agent signs the body itself, so the
 * result is a plain crev proof. The agent signs whatever it is given, also what would log somebody
 * in as the user; therefore the one function that asks it insists on how a body begins.
 */
#ifndef KITH_IDENTITY_SSH_AGENT_H
#define KITH_IDENTITY_SSH_AGENT_H

#include "crypto/crypto.h"

#define KITH_SSH_COMMENT_MAX 128

struct kith_ssh_key {
	struct kith_id id;
	char comment[KITH_SSH_COMMENT_MAX]; /* safe for a terminal, cut */
};

struct kith_ssh_keys {
	struct kith_ssh_key *items;
	size_t count;
	size_t others; /* keys of kinds that cannot make a crev proof, hardware keys among them */
};

/*
 * The Ed25519 keys of the agent at `socket` ($SSH_AUTH_SOCK). Errors: KITH_E_NOTFOUND (nothing
 * listens there), KITH_E_FORMAT (what it said), KITH_E_LIMIT (KITH_MAX_AGENT_REPLY, _KEYS),
 * KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_ssh_agent_list(const char *socket, struct kith_ssh_keys *ret_keys,
				       struct kith_error *err);
void kith_ssh_keys_clear(struct kith_ssh_keys *keys);
#define KITH_AUTO_SSH_KEYS KITH_CLEANUP(kith_ssh_keys_clear)

/*
 * Has the agent sign a proof's body; the signature is verified here. Errors: KITH_E_USAGE (the
 * bytes do not begin with "kind: ", so they are no body; nothing is sent then), KITH_E_CRYPTO (it
 * refused: not its key, or its user said no), KITH_E_BADSIG, and as _list.
 */
KITH_NODISCARD int kith_ssh_agent_sign(const char *socket, const struct kith_id *id,
				       struct kith_span body, uint8_t ret_sig[KITH_SIG_BYTES],
				       struct kith_error *err);

/* Pure, for the above and for fuzzing. */
KITH_NODISCARD int kith_ssh_decode_keys(struct kith_span reply, struct kith_ssh_keys *ret_keys,
					struct kith_error *err);
KITH_NODISCARD int kith_ssh_decode_signature(struct kith_span reply,
					     uint8_t ret_sig[KITH_SIG_BYTES],
					     struct kith_error *err);

/* True if the bytes begin as every crev body does, and as nothing that ssh signs. */
bool kith_body_is_signable(struct kith_span body);

#endif
