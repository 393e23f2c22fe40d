/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafts of reviews, as an editor may leave them. What is read is written and reads back the same;
 * what is refused leaves the review as it was.
 */
#include "proof/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
read_again(const struct kith_proof *p, struct kith_arena *arena)
{
	KITH_AUTO_BUF struct kith_buf first, second;
	struct kith_proof again = {.kind = KITH_PROOF_REVIEW};
	struct kith_error err;
	int r;

	kith_buf_init(&first, KITH_MIB(1));
	kith_buf_init(&second, KITH_MIB(1));
	kith_draft_put(p, KITH_SPAN_LIT("s"), &first);
	require(!kith_buf_check(&first, &err));
	r = kith_draft_read(kith_buf_span(&first), arena, &again, &err);
	if (r == KITH_E_LIMIT) /* quotes made it longer */
		return;
	require(!r);
	require(again.rating == p->rating && again.thoroughness == p->thoroughness &&
		again.n_issues == p->n_issues && again.n_advisories == p->n_advisories &&
		again.n_alternatives == p->n_alternatives && again.n_overrides == p->n_overrides &&
		again.unmaintained == p->unmaintained);
	kith_draft_put(&again, KITH_SPAN_LIT("s"), &second);
	require(kith_span_eq(kith_buf_span(&first), kith_buf_span(&second)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW, .n_issues = 77}, q = p;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_error err;
	int r;

	kith_arena_init(&arena, KITH_MIB(64));
	r = kith_draft_read(kith_span(data, size), &arena, &p, &err);
	if (r)
		require(p.n_issues == 77 && err.msg[0]);
	else
		read_again(&p, &arena);
	r = kith_draft_read_body(kith_span(data, size), &arena, &q, &err);
	if (r)
		require(q.n_issues == 77 && err.msg[0]);
	else
		require(q.package.name.len && q.package.version.len && q.package.source.len);
	return 0;
}
