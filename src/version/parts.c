/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting and comparing the pieces that versions are made of. Every scan goes left to right once.
 */
#include "version/parts.h"

bool
kith_part_take(struct kith_span *s, uint8_t c)
{
	if (!s->len || s->ptr[0] != c)
		return false;
	*s = kith_span_sub(*s, 1, s->len - 1);
	return true;
}

void
kith_part_skip(struct kith_span *s, uint8_t c)
{
	while (kith_part_take(s, c))
		;
}

bool
kith_part_digits(struct kith_span *s, struct kith_span *ret_digits)
{
	size_t n = 0;

	while (n < s->len && is_digit(s->ptr[n]))
		n++;
	if (!n)
		return false;
	*ret_digits = kith_span_sub(*s, 0, n);
	*s = kith_span_sub(*s, n, s->len - n);
	return true;
}

bool
kith_part_number(struct kith_span *s, struct kith_span *ret_digits)
{
	struct kith_span rest = *s, digits;

	if (!kith_part_digits(&rest, &digits) || (digits.len > 1 && digits.ptr[0] == '0'))
		return false;
	*s = rest;
	*ret_digits = digits;
	return true;
}

bool
kith_part_all_digits(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!is_digit(s.ptr[i]))
			return false;
	return true;
}

int
kith_part_cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int
kith_part_cmp_digits(struct kith_span a, struct kith_span b)
{
	kith_part_skip(&a, '0');
	kith_part_skip(&b, '0');
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return kith_span_cmp(a, b);
}

bool
kith_part_identifiers(struct kith_span s, bool strict)
{
	struct kith_span id;
	size_t i;

	if (!s.len)
		return false;
	while (kith_span_next(&s, '.', &id)) {
		if (!id.len)
			return false;
		for (i = 0; i < id.len; i++)
			if (!is_digit(id.ptr[i]) && !is_alpha(id.ptr[i]) && id.ptr[i] != '-')
				return false;
		if (strict && id.len > 1 && id.ptr[0] == '0' && kith_part_all_digits(id))
			return false;
	}
	return true;
}

static int
cmp_identifier(struct kith_span a, struct kith_span b)
{
	bool na = kith_part_all_digits(a), nb = kith_part_all_digits(b);

	if (na && nb)
		return kith_part_cmp_digits(a, b);
	if (na != nb)
		return na ? -1 : 1;
	return kith_span_cmp(a, b);
}

int
kith_part_cmp_pre(struct kith_span a, struct kith_span b)
{
	struct kith_span x, y;
	bool more_a, more_b;
	int r;

	if (!a.len || !b.len)
		return (a.len == 0) - (b.len == 0);
	for (;;) {
		more_a = kith_span_next(&a, '.', &x);
		more_b = kith_span_next(&b, '.', &y);
		if (!more_a || !more_b)
			return more_a - more_b;
		r = cmp_identifier(x, y);
		if (r)
			return r;
	}
}

bool
kith_part_suffix(struct kith_span s, struct kith_span *ret_pre, struct kith_span *ret_build)
{
	struct kith_span pre = KITH_SPAN_NONE, build = KITH_SPAN_NONE;
	size_t plus = kith_span_find(s, 0, '+');

	if (plus < s.len) {
		build = kith_span_sub(s, plus + 1, s.len - plus - 1);
		s = kith_span_sub(s, 0, plus);
		if (!kith_part_identifiers(build, false))
			return false;
	}
	if (s.len) {
		if (!kith_part_take(&s, '-') || !kith_part_identifiers(s, true))
			return false;
		pre = s;
	}
	*ret_pre = pre;
	*ret_build = build;
	return true;
}
