/* SPDX-License-Identifier: Apache-2.0 */
/* Strict SemVer 2.0 as Cargo and crev read it (versions.md 1.1, 1.2), and its two orders. */
#include "version/parts.h"

bool
kith_semver_parse(struct kith_span text, struct kith_semver *ret_version)
{
	struct kith_span rest = text, digits;
	struct kith_semver v;
	uint64_t *const numbers[] = {&v.major, &v.minor, &v.patch};
	size_t i;

	if (text.len > KITH_MAX_VERSION)
		return false;
	for (i = 0; i < 3; i++) {
		if (i && !kith_part_take(&rest, '.'))
			return false;
		if (!kith_part_number(&rest, &digits) || !kith_span_u64(digits, numbers[i]))
			return false;
	}
	if (!kith_part_suffix(rest, &v.pre, &v.build))
		return false;
	*ret_version = v;
	return true;
}

int
kith_semver_cmp(const struct kith_semver *a, const struct kith_semver *b)
{
	int r = kith_part_cmp_u64(a->major, b->major);

	if (!r)
		r = kith_part_cmp_u64(a->minor, b->minor);
	if (!r)
		r = kith_part_cmp_u64(a->patch, b->patch);
	return r ? r : kith_part_cmp_pre(a->pre, b->pre);
}

/* 0 < 00 < 1 < 01 < 2 < a: value first, then fewer leading zeros */
static int
cmp_build_identifier(struct kith_span a, struct kith_span b)
{
	bool na = kith_part_all_digits(a), nb = kith_part_all_digits(b);
	int r;

	if (na != nb)
		return na ? -1 : 1;
	if (!na)
		return kith_span_cmp(a, b);
	r = kith_part_cmp_digits(a, b);
	return r ? r : kith_part_cmp_u64(a.len, b.len);
}

int
kith_semver_cmp_total(const struct kith_semver *a, const struct kith_semver *b)
{
	struct kith_span p = a->build, q = b->build, x, y;
	int r = kith_semver_cmp(a, b);
	bool more_a, more_b;

	if (!r && (!p.len || !q.len))
		return (p.len != 0) - (q.len != 0);
	while (!r) {
		more_a = kith_span_next(&p, '.', &x);
		more_b = kith_span_next(&q, '.', &y);
		if (!more_a || !more_b)
			return more_a - more_b;
		r = cmp_build_identifier(x, y);
	}
	return r;
}
