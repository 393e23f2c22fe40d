/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a set of claims, as they may lie in a damaged file: everything in it is asked for,
 * and taken over into a new one. Nothing may be read outside, and answers must be well-formed.
 */
#include "unit/claim_states.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

/* What is taken over from any bytes makes a set that can be read. */
static void
take_over(const struct kith_claim_set *s)
{
	struct kith_checked in = {.get = NULL};
	KITH_AUTO_BUF struct kith_buf out, text;
	struct kith_claim_set again;

	kith_buf_init(&out, KITH_MIB(64));
	kith_buf_init(&text, KITH_MIB(64));
	if (claim_build(NULL, 0, 0, s, &out, NULL))
		return;
	in.bytes = kith_buf_span(&out);
	must(!kith_claim_set_open(&in, &again, NULL));
	must(again.n_sources == 1);
	must(!claim_dump(&again, 1000, &text, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kith_checked in = {.bytes = kith_span(data, size)};
	struct kith_claim_set_refusal refusal;
	struct kith_claim_set_source source;
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_claim_set s;
	size_t i;
	int r;

	kith_buf_init(&text, KITH_MIB(64));
	if (size > KITH_KIB(64) || kith_claim_set_open(&in, &s, NULL))
		return 0;
	/* keys may all name the same entries: what a small file can say is bounded here */
	if ((uint64_t)s.n_keys * s.n_entries > 4096)
		return 0;
	r = claim_dump(&s, 1000, &text, NULL);
	must(r == KITH_OK || r == KITH_E_NOMEM || r == KITH_E_LIMIT);
	for (i = 0; kith_claim_set_source_at(&s, i, &source); i++)
		must(source.slug.len > 0);
	for (i = 0; kith_claim_set_refusal_at(&s, i, &refusal); i++)
		;
	take_over(&s);
	return 0;
}
