/* SPDX-License-Identifier: Apache-2.0 */
/* A whole proof file: split, bodies, signatures. What is found must lie inside the input. */
#include "proof/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
check_item(const struct kith_proof_item *item, struct kith_span text)
{
	const struct kith_proof *p = &item->proof;

	require(item->line > 0);
	require((item->status == KITH_PROOF_VALID) == (item->cause == NULL));
	if (item->status == KITH_PROOF_BAD_FRAME)
		return;
	require(p->envelope.ptr >= text.ptr &&
		p->envelope.ptr + p->envelope.len <= text.ptr + text.len);
	require(p->body.len <= KITH_MAX_PROOF_BODY);
	require(kith_utf8_valid(p->body) && kith_utf8_valid(p->comment));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list;
	struct kith_error err;
	size_t i;

	kith_arena_init(&arena, KITH_MIB(64));
	if (kith_crypto_init(&err) || kith_proof_parse(kith_span(data, size), &arena, &list, &err))
		return 0;
	for (i = 0; i < list.count; i++) {
		kith_proof_check(&list.items[i]);
		check_item(&list.items[i], kith_span(data, size));
	}
	return 0;
}
