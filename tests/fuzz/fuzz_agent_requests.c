/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kith-agent may be asked. The input is a run of requests, each behind a 16-bit length and 16
 * bits of seconds that pass. No key ever leaves, nothing but a body is signed, and every answer is
 * short.
 */
#include "identity/ssh_agent.h"
#include "identity/unlocked.h"
#include "identity/unlocked_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool
contains(struct kith_span s, const uint8_t *bytes, size_t n)
{
	return n <= s.len && memmem(s.ptr, s.len, bytes, n);
}

static void
check(const struct kith_unlocked *u, struct kith_span request, struct kith_span reply)
{
	/* what it lists are ids: somebody may have added one as another's key */
	bool is_list = request.len && request.ptr[0] == KITH_UNLOCKED_LIST;
	size_t i;

	must(reply.len >= 1 && reply.len <= KITH_UNLOCKED_MAX_REPLY);
	must(u->count <= KITH_UNLOCKED_MAX_KEYS);
	for (i = 0; i < u->count && !is_list; i++)
		must(!contains(reply, u->keys[i].seed.ptr, KITH_SEED_BYTES));
	must(!is_list || reply.len == 1 || reply.len == 5 + u->count * 36);
	if (request.len && request.ptr[0] == KITH_UNLOCKED_SIGN && reply.ptr[0] == KITH_UNLOCKED_OK)
		must(kith_body_is_signable(kith_span_sub(request, 33, request.len)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_unlocked u = {.count = 0};
	struct kith_span rest = kith_span(data, size), request;
	KITH_AUTO_BUF struct kith_buf reply;
	int64_t now = 0;
	size_t n;

	kith_buf_init(&reply, KITH_UNLOCKED_MAX_REPLY);
	if (kith_crypto_init(NULL))
		abort();
	while (rest.len >= 4) {
		n = (size_t)rest.ptr[0] << 8 | rest.ptr[1];
		now += ((int64_t)rest.ptr[2] << 8 | rest.ptr[3]) * 1000;
		request = kith_span_sub(rest, 4, n);
		rest = kith_span_sub(rest, 4 + request.len, rest.len);
		kith_buf_reset(&reply);
		kith_unlocked_answer(&u, request, now, &reply);
		check(&u, request, kith_buf_span(&reply));
	}
	kith_unlocked_clear(&u);
	must(u.count == 0);
	return 0;
}
