/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go module versions (versions.md 3): SemVer behind a mandatory `v`, numbers of any size, `v1` and
 * `v1.2` as shorthand; pseudo-versions. Its ranges are event lists as advisories have them.
 */
#include "version/parts.h"

struct go_version {
	struct kith_span number[3]; /* digits; empty where shorthand left them out */
	struct kith_span pre, build;
};

/* The part behind the `v`. */
static bool
parse_bare(struct kith_span s, struct go_version *ret)
{
	struct go_version v = {.pre = KITH_SPAN_NONE};
	size_t i;

	for (i = 0; i < 3; i++) {
		if (i && !kith_part_take(&s, '.'))
			break;
		if (!kith_part_number(&s, &v.number[i]))
			return false;
	}
	if (i < 3 && s.len) /* shorthand has no suffix */
		return false;
	if (!kith_part_suffix(s, &v.pre, &v.build))
		return false;
	*ret = v;
	return true;
}

static bool
parse(struct kith_span s, struct go_version *ret)
{
	return s.len <= KITH_MAX_VERSION && kith_part_take(&s, 'v') && parse_bare(s, ret);
}

static int
cmp_parsed(const struct go_version *a, const struct go_version *b)
{
	size_t i;
	int r = 0;

	for (i = 0; i < 3 && !r; i++)
		r = kith_part_cmp_digits(a->number[i], b->number[i]);
	return r ? r : kith_part_cmp_pre(a->pre, b->pre);
}

static const char *
check(struct kith_span text)
{
	struct go_version v;

	if (text.len > KITH_MAX_VERSION)
		return "too long";
	return parse(text, &v) ? NULL : "not vMAJOR[.MINOR[.PATCH[-PRE][+BUILD]]]";
}

static int
cmp(struct kith_span a, struct kith_span b)
{
	struct go_version x, y;

	return parse(a, &x) && parse(b, &y) ? cmp_parsed(&x, &y) : 0;
}

/* One "introduced:fixed": whether v (may be NULL) lies in it. NULL, or why it is none. */
static const char *
match_events(struct kith_span pair, const struct go_version *v, bool *ret_in)
{
	size_t colon = kith_span_find(pair, 0, ':');
	struct kith_span from = kith_span_sub(pair, 0, colon);
	struct kith_span to = kith_span_sub(pair, colon + 1, SIZE_MAX);
	struct go_version at;
	bool in = true;

	if (colon == pair.len)
		return "not INTRODUCED:FIXED";
	kith_part_take(&from, 'v');
	kith_part_take(&to, 'v');
	/* "0" is below every version, pre-releases too */
	if (!kith_span_is(from, "0")) {
		if (!parse_bare(from, &at))
			return "what introduced it is no version";
		in = v && cmp_parsed(v, &at) >= 0;
	}
	if (to.len) {
		if (!parse_bare(to, &at))
			return "what fixed it is no version";
		in = in && v && cmp_parsed(v, &at) < 0;
	}
	*ret_in = in;
	return NULL;
}

static int
matches(struct kith_span range, const struct kith_span *version, bool *ret_matches,
	struct kith_error *err)
{
	struct kith_span rest = range, pair;
	struct go_version v;
	bool any = false, in, some = false;
	const char *why;

	if (version && !parse(*version, &v))
		return KITH_OK;
	while (kith_span_next(&rest, ' ', &pair)) {
		if (!pair.len)
			continue;
		why = match_events(pair, version ? &v : NULL, &in);
		if (why)
			return kith_range_fail(err, "go", range, why);
		some = true;
		any = any || in;
	}
	if (!some)
		return kith_range_fail(err, "go", range, "empty");
	if (version)
		*ret_matches = any;
	return KITH_OK;
}

const struct kith_scheme kith_scheme_go = {"go", check, cmp, matches};

#define STAMP_DIGITS 14

/* Offset of the last byte c, or s.len. */
static size_t
find_last(struct kith_span s, uint8_t c)
{
	size_t i = s.len;

	while (i--)
		if (s.ptr[i] == c)
			return i;
	return s.len;
}

/* What stands before the 14 digits has one of three shapes, and none other. */
static bool
shape_is_pseudo(struct kith_span base, uint8_t before_stamp)
{
	struct go_version v;

	if (!parse(base, &v))
		return false;
	if (before_stamp == '-')
		return !v.pre.len && kith_span_is(v.number[1], "0") &&
		       kith_span_is(v.number[2], "0");
	return kith_span_is(v.pre, "0") || kith_span_ends(v.pre, KITH_SPAN_LIT(".0"));
}

bool
kith_go_pseudo_parse(struct kith_span version, struct kith_go_pseudo *ret_pseudo)
{
	struct kith_go_pseudo p;
	struct kith_span s = version;
	struct go_version v;
	size_t at, i;

	if (!parse(version, &v))
		return false;
	p.build = v.build;
	s = kith_span_sub(s, 0, kith_span_find(s, 0, '+'));
	at = find_last(s, '-');
	p.revision = kith_span_sub(s, at + 1, SIZE_MAX);
	if (at == s.len || at < STAMP_DIGITS + 1 || !p.revision.len)
		return false;
	p.stamp = kith_span_sub(s, at - STAMP_DIGITS, STAMP_DIGITS);
	p.base = kith_span_sub(s, 0, at - STAMP_DIGITS - 1);
	for (i = 0; i < p.revision.len; i++)
		if (!is_digit(p.revision.ptr[i]) && !is_alpha(p.revision.ptr[i]))
			return false;
	if (!kith_part_all_digits(p.stamp) || !shape_is_pseudo(p.base, s.ptr[p.base.len]))
		return false;
	*ret_pseudo = p;
	return true;
}

bool
kith_go_pseudo_time(const struct kith_go_pseudo *p, struct kith_time *ret_time)
{
	const char *d = (const char *)p->stamp.ptr;
	char text[32];

	if (p->stamp.len != STAMP_DIGITS)
		return false;
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6, d + 8,
		 d + 10, d + 12);
	return kith_time_parse(kith_span_str(text), ret_time, NULL);
}

/* Appends the number before the one that these digits are; false for zero. */
static bool
put_decremented(struct kith_span digits, struct kith_buf *out)
{
	size_t nines = 0, i;
	uint8_t last;

	kith_part_skip(&digits, '0');
	while (nines < digits.len && digits.ptr[digits.len - 1 - nines] == '0')
		nines++;
	if (!digits.len)
		return false;
	i = digits.len - 1 - nines;
	last = (uint8_t)(digits.ptr[i] - 1);
	kith_buf_put_span(out, kith_span_sub(digits, 0, i));
	if (i || last != '0' || !nines)
		kith_buf_put_char(out, (char)last);
	kith_buf_put_fill(out, '9', nines);
	return true;
}

bool
kith_go_pseudo_base(const struct kith_go_pseudo *p, struct kith_buf *out)
{
	struct kith_span base = p->base;
	struct go_version v;
	size_t dot;

	if (!parse(base, &v))
		return false;
	if (!v.pre.len)
		return !p->build.len; /* no tag before it, so no tag that +incompatible speaks of */
	if (kith_span_is(v.pre, "0")) {
		base = kith_span_sub(base, 0, base.len - 2);
		dot = find_last(base, '.');
		if (kith_part_cmp_digits(v.number[2], KITH_SPAN_NONE) == 0)
			return false;
		kith_buf_put_span(out, kith_span_sub(base, 0, dot + 1));
		if (!put_decremented(v.number[2], out))
			return false;
	} else {
		kith_buf_put_span(out, kith_span_sub(base, 0, base.len - 2));
	}
	if (p->build.len) {
		kith_buf_put_char(out, '+');
		kith_buf_put_span(out, p->build);
	}
	return true;
}
