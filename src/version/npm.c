/* SPDX-License-Identifier: Apache-2.0 */
/*
 * npm versions (versions.md 2.1-2.3), strict and loose. Numbers end where a double stops being
 * exact; a version has at most 256 characters.
 */
#include "version/npm.h"

#define MAX_NPM_VERSION 256

bool
kith_npm_is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool
kith_npm_number(struct kith_span *s, bool loose, uint64_t *ret_number)
{
	struct kith_span rest = *s, digits;
	uint64_t n;

	if (!(loose ? kith_part_digits(&rest, &digits) : kith_part_number(&rest, &digits)))
		return false;
	if (!kith_span_u64(digits, &n) || n > KITH_NPM_MAX_NUMBER)
		return false;
	*s = rest;
	*ret_number = n;
	return true;
}

bool
kith_npm_suffix(struct kith_span s, bool loose, struct kith_span *ret_pre,
		struct kith_span *ret_build)
{
	struct kith_span pre, bare, build = KITH_SPAN_NONE;
	size_t plus;

	if (!loose)
		return kith_part_suffix(s, ret_pre, ret_build);
	plus = kith_span_find(s, 0, '+');
	pre = bare = kith_span_sub(s, 0, plus);
	if (plus < s.len) {
		build = kith_span_sub(s, plus + 1, SIZE_MAX);
		if (!kith_part_identifiers(build, false))
			return false;
	}
	/* the hyphen may be missing, so what begins with one may also be an identifier */
	if (pre.len && (!kith_part_take(&bare, '-') || !kith_part_identifiers(bare, false))) {
		bare = pre;
		if (!kith_part_identifiers(bare, false))
			return false;
	}
	*ret_pre = bare.len ? bare : KITH_SPAN_NONE;
	*ret_build = build;
	return true;
}

static const char *
parse(struct kith_span text, bool loose, struct kith_semver *ret)
{
	struct kith_span s = kith_span_trim(text);
	struct kith_semver v;
	uint64_t *const numbers[] = {&v.major, &v.minor, &v.patch};
	size_t i;

	if (text.len > MAX_NPM_VERSION)
		return "too long";
	if (!loose)
		kith_part_take(&s, 'v');
	while (loose && s.len &&
	       (s.ptr[0] == 'v' || s.ptr[0] == '=' || kith_npm_is_blank(s.ptr[0])))
		s = kith_span_sub(s, 1, SIZE_MAX);
	for (i = 0; i < 3; i++)
		if ((i && !kith_part_take(&s, '.')) || !kith_npm_number(&s, loose, numbers[i]))
			return "not MAJOR.MINOR.PATCH[-PRE][+BUILD]";
	if (!kith_npm_suffix(s, loose, &v.pre, &v.build))
		return "what follows the three numbers is no pre-release or build";
	*ret = v;
	return NULL;
}

bool
kith_npm_parse(struct kith_span text, bool loose, struct kith_semver *ret)
{
	struct kith_semver v;

	/* strictly first: what both readings take means the same */
	if (parse(text, false, &v) && (!loose || parse(text, true, &v)))
		return false;
	*ret = v;
	return true;
}

static const char *
check_strict(struct kith_span text)
{
	struct kith_semver v;

	return parse(text, false, &v);
}

static const char *
check_loose(struct kith_span text)
{
	struct kith_semver v;
	const char *why = parse(text, true, &v);

	return kith_npm_parse(text, true, &v) ? NULL : why;
}

static int
cmp(struct kith_span a, struct kith_span b)
{
	struct kith_semver x, y;

	if (!kith_npm_parse(a, true, &x) || !kith_npm_parse(b, true, &y))
		return 0;
	return kith_semver_cmp(&x, &y);
}

static int
matches_strict(struct kith_span range, const struct kith_span *version, bool *ret_matches,
	       struct kith_error *err)
{
	return kith_npm_matches(range, version, false, ret_matches, err);
}

static int
matches_loose(struct kith_span range, const struct kith_span *version, bool *ret_matches,
	      struct kith_error *err)
{
	return kith_npm_matches(range, version, true, ret_matches, err);
}

const struct kith_scheme kith_scheme_npm = {"npm", check_strict, cmp, matches_strict};
const struct kith_scheme kith_scheme_npm_loose = {"npm", check_loose, cmp, matches_loose};
