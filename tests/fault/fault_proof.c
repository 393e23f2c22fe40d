/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading proofs fails once: an error and no list, or the whole list. */
#include "fault/wrap.h"
#include "proof/proof.h"

/* The number of proofs, or a negative code; KITH_E_INTERNAL where a failure left something. */
static int
parse(struct kith_span text, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list = {NULL, 0};
	int r;

	kith_arena_init(&arena, KITH_MIB(16));
	r = kith_proof_parse(text, &arena, &list, err);
	if (r)
		return list.items ? KITH_E_INTERNAL : r;
	return (int)list.count;
}

int
main(void)
{
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error err;
	bool hit = true;
	size_t n;
	int r = 0;

	kith_buf_init(&text, KITH_MIB(1));
	if (kith_crypto_init(&err) ||
	    kith_fs_read(KITH_SOURCE_DIR "/tests/fuzz/corpus/envelope/mixed.crev", &text, &err))
		return 2;
	for (n = 1; hit; n++) {
		fault_arm(n);
		r = parse(kith_buf_span(&text), &err);
		hit = fault_hit();
		fault_arm(0);
		if (hit && r != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	printf("%zu allocations failed, then %d proofs\n", n - 2, r);
	return r == 5 && n > 5 ? 0 : 1;
}
