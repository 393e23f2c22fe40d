/* SPDX-License-Identifier: Apache-2.0 */
/* One way to sign, whoever holds the key. */
#include <unistd.h>

#include "base/base.h"
#include "identity/signer.h"
#include "identity/ssh_agent.h"
#include "identity/unlocked.h"

void
kith_signer_clear(struct kith_signer *s)
{
	kith_secret_clear(&s->seed);
	free(s->path);
	memset(s, 0, sizeof(*s));
}

static int
sign_with_seed(const struct kith_signer *s, struct kith_span body, uint8_t sig[KITH_SIG_BYTES],
	       struct kith_error *err)
{
	kith_ed25519_sign(s->seed.ptr, body, sig);
	/* a fault in the computation could give a signature that tells the key: never let it out */
	if (!kith_ed25519_verify(&s->id, body, sig))
		return kith_fail(err, KITH_E_BADSIG, "the signature just made does not verify");
	return KITH_OK;
}

static int
sign_with_agent(const struct kith_signer *s, struct kith_span body, uint8_t sig[KITH_SIG_BYTES],
		struct kith_error *err)
{
	KITH_AUTO_FD int fd = -1;
	int r = kith_unlocked_connect(s->path, &fd, err);

	return r ? r : kith_unlocked_sign(fd, &s->id, body, sig, err);
}

int
kith_signer_sign(const struct kith_signer *s, struct kith_span body,
		 uint8_t ret_sig[KITH_SIG_BYTES], struct kith_error *err)
{
	uint8_t sig[KITH_SIG_BYTES];
	int r;

	if (!kith_body_is_signable(body))
		return kith_fail(err, KITH_E_USAGE,
				 "only a proof's body, which begins with `kind: `, is signed");
	if (s->kind == KITH_SIGNER_SSH)
		r = kith_ssh_agent_sign(s->path, &s->id, body, sig, err);
	else if (s->kind == KITH_SIGNER_UNLOCKED)
		r = sign_with_agent(s, body, sig, err);
	else
		r = sign_with_seed(s, body, sig, err);
	if (!r)
		memcpy(ret_sig, sig, sizeof(sig));
	return r;
}
