/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two versions of a file that decides, from anybody: the first byte says which file, a zero byte
 * parts them. Nothing differs from itself, and what was done undone again is told as often.
 */
#include "policy/loosen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t n;
};

static void
must(bool so)
{
	if (!so)
		abort();
}

static int
note(void *ctx, const struct kith_loosening *x, struct kith_error *err)
{
	struct seen *s = ctx;
	const char *p;

	(void)err;
	must(x->key && x->text && x->text[0]);
	for (p = x->text; *p; p++)
		must((unsigned char)*p >= ' ' && *p != 0x7f);
	for (p = x->key; *p; p++)
		must((unsigned char)*p >= ' ' && *p != 0x7f);
	s->n++;
	return KITH_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span all = kith_span(data, size), before, after;
	struct seen there = {0}, back = {0}, same = {0};
	enum kith_loosen_kind kind;
	struct kith_error err;
	size_t at;
	int r;

	if (!size)
		return 0;
	kind = (enum kith_loosen_kind)(data[0] % KITH_LOOSEN_KINDS);
	at = kith_span_find(all, 1, 0);
	before = kith_span_sub(all, 1, at - 1);
	after = kith_span_sub(all, at + 1, SIZE_MAX);
	r = kith_loosen_compare(kind, before, after, note, &there, &err);
	must(!r || err.msg[0]);
	must(r == kith_loosen_compare(kind, after, before, note, &back, &err) || r);
	must(r || there.n == back.n);
	must(!kith_loosen_compare(kind, after, after, note, &same, &err) && !same.n);
	return 0;
}
