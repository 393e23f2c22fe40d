/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worlds in `.verdict` text: whatever people say about people and packages, judging ends, and the
 * answer does not depend on the order of the claims.
 */
#include "cases/verdict_judge.h"

#define MAX_INPUT    8192
#define MAX_PACKAGES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
reverse(struct kith_claim *claims, size_t n)
{
	size_t i;

	for (i = 0; i < n / 2; i++) {
		struct kith_claim swap = claims[i];

		claims[i] = claims[n - 1 - i];
		claims[n - 1 - i] = swap;
	}
}

static void
judge_twice(struct verdict_world *v, const struct kith_package *p)
{
	KITH_AUTO_BUF struct kith_buf key;
	KITH_AUTO_BUF struct kith_buf one;
	KITH_AUTO_BUF struct kith_buf two;
	struct kith_error err;
	int r1, r2;

	kith_buf_init(&key, KITH_KIB(64));
	kith_buf_init(&one, KITH_MIB(16));
	kith_buf_init(&two, KITH_MIB(16));
	kith_buf_put_span(&key, p->name);
	kith_buf_put_char(&key, '@');
	kith_buf_put_span(&key, p->version);
	r1 = verdict_answer(v, kith_buf_span(&key), true, &one, &err);
	kith_buf_reset(&one);
	r1 = r1 ? r1 : verdict_answer(v, kith_buf_span(&key), false, &one, &err);
	reverse(v->claims, v->n_claims);
	r2 = verdict_answer(v, kith_buf_span(&key), false, &two, &err);
	if (r1 != r2 || (!r1 && !kith_span_eq(kith_buf_span(&one), kith_buf_span(&two))))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	struct kith_error err;
	size_t i;

	verdict_init(&v);
	if (size > MAX_INPUT || verdict_read(&v, kith_span(data, size), &err))
		return 0;
	for (i = 0; i < v.n_packages && i < MAX_PACKAGES; i++)
		judge_twice(&v, &v.packages[i].package);
	return 0;
}
