/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One body, read as each kind's envelope would have it. What is read can be written, and what was
 * written reads back the same; or writing refuses, and leaves nothing behind.
 */
#include "proof/body.h"
#include "proof/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
write_again(const struct kith_proof *p)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf first, second;
	struct kith_proof again = {0};
	struct kith_error err;
	bool fatal;

	kith_arena_init(&arena, KITH_MIB(32));
	kith_buf_init(&first, KITH_KIB(64));
	kith_buf_init(&second, KITH_KIB(64));
	if (kith_proof_write_body(p, &first, &err)) {
		require(first.len == 0 && err.msg[0]);
		return;
	}
	again.body = kith_buf_span(&first);
	require(kith_body_read(&again, 0, &arena, &fatal, &err) == KITH_OK);
	require(kith_proof_write_body(&again, &second, &err) == KITH_OK);
	require(kith_span_eq(kith_buf_span(&first), kith_buf_span(&second)));
}

static void
read_as(struct kith_span body, const char *legacy, unsigned flags)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof p = {.body = body, .line = 1};
	struct kith_error err;
	bool fatal = false;

	kith_arena_init(&arena, KITH_MIB(32));
	if (legacy) {
		p.legacy = true;
		p.kind_text = kith_span_str(legacy);
	}
	if (kith_body_read(&p, flags, &arena, &fatal, &err))
		require(!fatal && err.msg[0]);
	else
		write_again(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span body = kith_span(data, size);
	struct kith_error err;

	if (size > KITH_MAX_PROOF_BODY || !kith_utf8_valid(body) || kith_crypto_init(&err))
		return 0;
	read_as(body, NULL, 0);
	read_as(body, NULL, KITH_BODY_UNVALIDATED);
	read_as(body, "package review", 0);
	read_as(body, "trust", 0);
	return 0;
}
