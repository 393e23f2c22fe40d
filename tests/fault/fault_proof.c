/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of reading proofs fails once: an error and no list, or the whole list. Likewise
 * of writing and signing them again: nothing half-written.
 */
#include "fault/wrap.h"
#include "proof/write.h"

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

/* As parse: how many bytes were written, or a negative code. */
static int
write_all(const struct kith_proof_list *list, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf out;
	size_t i;

	kith_buf_init(&out, KITH_MIB(1));
	for (i = 0; i < list->count; i++) {
		KITH_AUTO_BUF struct kith_buf body;
		size_t before = out.len;
		int r;

		kith_buf_init(&body, KITH_KIB(64));
		r = kith_proof_write_body(&list->items[i].proof, &body, err);
		if (r)
			return body.len ? KITH_E_INTERNAL : r;
		r = kith_proof_seal(kith_buf_span(&body), list->items[i].proof.sig, &out, err);
		if (r)
			return out.len != before ? KITH_E_INTERNAL : r;
	}
	return (int)out.len;
}

static int
fail_writing(struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list;
	bool hit = true;
	size_t n;
	int r = 0;

	kith_buf_init(&text, KITH_MIB(1));
	kith_arena_init(&arena, KITH_MIB(16));
	if (kith_fs_read(KITH_SOURCE_DIR "/tests/fuzz/corpus/envelope/samples.crev", &text, err) ||
	    kith_proof_parse(kith_buf_span(&text), &arena, &list, err))
		return 2;
	for (n = 1; hit; n++) {
		fault_arm(n);
		r = write_all(&list, err);
		hit = fault_hit();
		fault_arm(0);
		if (hit && r != KITH_E_NOMEM) {
			fprintf(stderr, "writing, allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	printf("%zu allocations failed, then %d bytes\n", n - 2, r);
	/* the blank lines between the proofs are not written */
	return (size_t)r + list.count == text.len ? 0 : 1;
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
	return r == 5 && n > 5 ? fail_writing(&err) : 1;
}
