/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading and writing drafts fails once: an error and nothing, or the whole. */
#include "fault/wrap.h"
#include "proof/draft.h"

/* Bytes that the draft has when it is written again, or a negative code. */
static int
round_trip(struct kith_span text, bool body, struct kith_error *err)
{
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW, .n_issues = 77};
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf out;
	int r;

	kith_arena_init(&arena, KITH_MIB(64));
	kith_buf_init(&out, KITH_MIB(1));
	r = body ? kith_draft_read_body(text, &arena, &p, err)
		 : kith_draft_read(text, &arena, &p, err);
	if (r)
		return p.n_issues == 77 ? r : KITH_E_INTERNAL;
	kith_draft_put(&p, KITH_SPAN_LIT("source"), &out);
	r = kith_buf_check(&out, err);
	return r ? r : (int)out.len;
}

static int
fail_all(const char *file, bool body, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	bool hit = true;
	size_t n;
	int r = 0, whole;

	kith_buf_init(&text, KITH_KIB(64));
	if (kith_fs_read(file, &text, err))
		return 1;
	whole = round_trip(kith_buf_span(&text), body, err);
	for (n = 1; whole > 0 && hit; n++) {
		fault_arm(n);
		r = round_trip(kith_buf_span(&text), body, err);
		hit = fault_hit();
		fault_arm(0);
		if (r != whole && r != KITH_E_NOMEM) {
			fprintf(stderr, "%s: allocation %zu: %d %s\n", file, n, r, err->msg);
			return 1;
		}
		if (hit && r == whole)
			fprintf(stderr, "%s: allocation %zu was not needed\n", file, n);
	}
	printf("%s: %zu allocations\n", file, n);
	return whole > 0 && n > 3 ? 0 : 1;
}

int
main(void)
{
	static const char corpus[] = KITH_SOURCE_DIR "/tests/fuzz/corpus/draft/";
	struct kith_error err = {.code = KITH_OK};
	KITH_AUTO_FREE char *a = kith_asprintf("%sfull", corpus);
	KITH_AUTO_FREE char *b = kith_asprintf("%sbody-full", corpus);

	return a && b && !fail_all(a, false, &err) && !fail_all(b, true, &err) ? 0 : 1;
}
