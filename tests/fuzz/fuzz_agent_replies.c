/* SPDX-License-Identifier: Apache-2.0 */
/* What agents answer: accepted lists are bounded and safe to show; nothing else is accepted. */
#include "identity/ssh_agent.h"
#include "identity/unlocked.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check_key(const struct kith_ssh_key *key)
{
	struct kith_span comment = kith_span(key->comment, strnlen(key->comment, 128));
	size_t pos = 0;
	uint32_t c;

	must(comment.len < KITH_SSH_COMMENT_MAX);
	while (kith_utf8_next(comment, &pos, &c))
		must(!kith_text_is_unsafe(c));
	must(pos == comment.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_SSH_KEYS struct kith_ssh_keys keys = {0};
	struct kith_unlocked_list list = {.count = 0};
	struct kith_span reply = kith_span(data, size);
	uint8_t sig[KITH_SIG_BYTES];
	struct kith_error err;
	size_t i;

	if (kith_ssh_decode_keys(reply, &keys, &err) == KITH_OK) {
		must(keys.count + keys.others <= KITH_MAX_AGENT_KEYS);
		for (i = 0; i < keys.count; i++)
			check_key(&keys.items[i]);
	} else {
		must(!keys.items && err.code && err.msg[0]);
	}
	if (kith_ssh_decode_signature(reply, sig, &err) == KITH_OK)
		must(size == 1 + 4 + 4 + 11 + 4 + KITH_SIG_BYTES);
	if (kith_unlocked_decode_list(reply, &list, &err) == KITH_OK)
		must(size == 5 + list.count * 36 && list.count <= KITH_UNLOCKED_MAX_KEYS);
	if (kith_unlocked_decode_status(reply, &err) == KITH_OK)
		must(size == 1 && data[0] == 0);
	return 0;
}
