/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of building, growing and asking a set of claims fails once. */
#include "fault/wrap.h"
#include "unit/claim_states.h"
#include "unit/vet_text.h"

#define PUBLISHED                                                                                  \
	VET_IMPORTS "\n[[publisher.z]]\nversion = \"1.0.0\"\nwhen = \"1970-01-05\"\nuser-id = 7\n" \
		    "user-login = \"grace\"\n"

static const struct claim_state states[] = {
    {1000, VET_FULL_SET, PUBLISHED},
    {2000, VET_AUDITS "\n[[audits.a]]\ncriteria = \"safe-to-run\"\nversion = \"2.0.0\"\n",
     "<html>"}};

/* A source with a violation that is told to be gone. */
static int
work_gone(struct kith_buf *text, struct kith_error *err)
{
	const struct kith_claim_set_source source = {
	    .slug = KITH_SPAN_LIT("s"), .location = KITH_SPAN_LIT("https://s.example")};
	const struct kith_claim_set_carried is = {
	    .path = KITH_SPAN_LIT("p"), .line = 1, .has_seen = true, .gone_since = 2500};
	KITH_AUTO_CLAIM_SET_BUILDER struct kith_claim_set_builder *b = NULL;
	KITH_AUTO_BUF struct kith_buf bytes;
	struct kith_checked in = {.get = NULL};
	struct kith_claim_set s;
	int r = kith_claim_set_builder_new(kith_blake2b, &b, err);

	kith_buf_init(&bytes, KITH_MIB(4));
	if (!r)
		r = kith_claim_set_builder_source(b, &source, err);
	if (!r)
		r = claim_put_states(b, states, 2, 1, err);
	if (!r)
		r = kith_claim_set_builder_gone(b, KITH_SPAN_LIT(VET_FULL_SET), &is, err);
	if (!r)
		r = kith_claim_set_builder_seal(b, &bytes, err);
	in.bytes = kith_buf_span(&bytes);
	if (!r)
		r = kith_claim_set_open(&in, &s, err);
	return r ? r : claim_dump(&s, 3000, text, err);
}

static int
work(struct kith_buf *text, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf first, second;
	struct kith_checked in = {.get = NULL};
	struct kith_claim_set s;
	int r;

	kith_buf_init(&first, KITH_MIB(4));
	kith_buf_init(&second, KITH_MIB(4));
	kith_buf_init(text, KITH_MIB(4));
	r = claim_build(states, 1, 0, NULL, &first, err);
	in.bytes = kith_buf_span(&first);
	if (!r)
		r = kith_claim_set_open(&in, &s, err);
	if (!r)
		r = claim_build(states, 2, 1, &s, &second, err);
	in.bytes = kith_buf_span(&second);
	if (!r)
		r = kith_claim_set_open(&in, &s, err);
	if (!r)
		r = claim_dump(&s, 3000, text, err);
	return r ? r : work_gone(text, err);
}

int
main(void)
{
	KITH_AUTO_BUF struct kith_buf right, text;
	struct kith_error err;
	size_t n;
	int r;

	kith_buf_init(&text, 1);
	kith_buf_init(&right, 1);
	if (work(&right, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	for (n = 1;; n++) {
		bool hit;

		fault_arm(n);
		r = work(&text, &err);
		hit = fault_hit();
		fault_arm(0);
		/* either it says so, or the answer is whole */
		if (r ? r != KITH_E_NOMEM || !hit
		      : text.len != right.len || memcmp(text.ptr, right.ptr, right.len) != 0) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
		kith_buf_clear(&text);
		if (!hit)
			break;
	}
	printf("%zu allocations\n", n - 1);
	return n > 100 ? 0 : 1;
}
