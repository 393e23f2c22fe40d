/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a set of advisories, as they may lie in a damaged file: every package that they name
 * is asked about. Nothing may be read outside, and answers must be well-formed.
 */
#include "evidence/advisory_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check_problem(const struct kith_advisory_set *s, const struct kith_advisory_problem *p)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	must(p->state != KITH_ADVISORY_NOT_AFFECTED && p->n_ids && p->n_members);
	for (i = 0; i < p->n_members; i++) {
		kith_buf_init(&b, KITH_KIB(64));
		kith_advisory_put_affected(s, p->members[i].entry, &b);
		kith_buf_clear(&b);
	}
	kith_buf_init(&b, KITH_KIB(64));
}

static void
ask(const struct kith_advisory_set *s, struct kith_span ecosystem, struct kith_span name)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_advisory_query q = {ecosystem, name, KITH_SPAN_LIT("1.0.0")};
	const struct kith_advisory_problem *p;
	size_t n, i;
	int r;

	kith_arena_init(&arena, KITH_MIB(64));
	r = kith_advisory_match(s, &q, &arena, &p, &n, NULL);
	must(r == KITH_OK || r == KITH_E_NOMEM);
	for (i = 0; !r && i < n && i < 4; i++)
		check_problem(s, &p[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_advisory_database db;
	struct kith_advisory_refusal refusal;
	struct kith_advisory_set s;
	size_t i;

	if (kith_advisory_set_open(kith_span(data, size), &s, NULL))
		return 0;
	for (i = 0; i < s.n_keys && i < 8; i++)
		ask(&s, advisory_text(&s, advisory_word(&s, s.keys, s.n_keys, KEY_WORDS, i, 0)),
		    advisory_text(&s, advisory_word(&s, s.keys, s.n_keys, KEY_WORDS, i, 1)));
	for (i = 0; kith_advisory_set_database(&s, i, &db); i++)
		;
	for (i = 0; kith_advisory_set_refusal(&s, i, &refusal); i++)
		;
	return 0;
}
