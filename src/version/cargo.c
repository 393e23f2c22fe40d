/* SPDX-License-Identifier: Apache-2.0 */
/* Cargo requirements (versions.md 1.3, 1.4). Only a space is blank here, only a comma joins. */
#include "version/parts.h"

static const char *
check(struct kith_span text)
{
	struct kith_semver v;

	if (text.len > KITH_MAX_VERSION)
		return "too long";
	return kith_semver_parse(text, &v) ? NULL : "not MAJOR.MINOR.PATCH[-PRE][+BUILD]";
}

static int
cmp(struct kith_span a, struct kith_span b)
{
	struct kith_semver x, y;

	if (!kith_semver_parse(a, &x) || !kith_semver_parse(b, &y))
		return 0;
	return kith_semver_cmp(&x, &y);
}

static bool
take_wildcard(struct kith_span *s)
{
	return kith_part_take(s, '*') || kith_part_take(s, 'x') || kith_part_take(s, 'X');
}

/* False if there is no operator: a caret, or an exact match if a wildcard follows. */
static bool
take_operator(struct kith_span *s, enum kith_cargo_op *ret_op)
{
	static const struct {
		const char *text;
		enum kith_cargo_op op;
	} ops[] = {{">=", KITH_CARGO_GREATER_EQ}, {">", KITH_CARGO_GREATER},
		   {"<=", KITH_CARGO_LESS_EQ},    {"<", KITH_CARGO_LESS},
		   {"=", KITH_CARGO_EXACT},       {"~", KITH_CARGO_TILDE},
		   {"^", KITH_CARGO_CARET}};
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (kith_span_skip(s, ops[i].text)) {
			*ret_op = ops[i].op;
			return true;
		}
	}
	*ret_op = KITH_CARGO_CARET;
	return false;
}

/* One, two or three parts, of which the later may be wildcards. NULL, or why not. */
static const char *
take_parts(struct kith_span *s, struct kith_cargo_comparator *c)
{
	uint64_t *const numbers[] = {&c->at.major, &c->at.minor, &c->at.patch};
	struct kith_span digits;
	unsigned i;

	for (i = 0; i < 3; i++) {
		if (i && !kith_part_take(s, '.'))
			return NULL;
		if (i && take_wildcard(s)) {
			c->wildcard = true;
			continue;
		}
		if (!kith_part_number(s, &digits))
			return "a number is missing or has a leading zero";
		if (!kith_span_u64(digits, numbers[i]))
			return "a number is too large";
		if (c->wildcard)
			return "a number after a wildcard";
		c->parts = i + 1;
	}
	return NULL;
}

/* "-pre" and "+build" reach to the next space or comma. */
static bool
take_suffix(struct kith_span *s, struct kith_cargo_comparator *c)
{
	size_t n = 0;

	while (n < s->len && s->ptr[n] != ' ' && s->ptr[n] != ',')
		n++;
	if (n && (c->parts < 3 || c->wildcard))
		return false;
	if (!kith_part_suffix(kith_span_sub(*s, 0, n), &c->at.pre, &c->at.build))
		return false;
	*s = kith_span_sub(*s, n, SIZE_MAX);
	return true;
}

static const char *
take_comparator(struct kith_span *s, struct kith_cargo_comparator *ret)
{
	struct kith_cargo_comparator c = {.at = {.pre = KITH_SPAN_NONE, .build = KITH_SPAN_NONE}};
	bool given = take_operator(s, &c.op);
	const char *why;

	kith_part_skip(s, ' ');
	why = take_parts(s, &c);
	if (why)
		return why;
	if (!take_suffix(s, &c))
		return "text that is no part of a version";
	if (!given && c.wildcard)
		c.op = KITH_CARGO_EXACT;
	kith_part_skip(s, ' ');
	*ret = c;
	return NULL;
}

static bool
is_lone_wildcard(struct kith_span s)
{
	if (!take_wildcard(&s))
		return false;
	kith_part_skip(&s, ' ');
	return s.len == 0;
}

int
kith_cargo_req_parse(struct kith_span text, struct kith_cargo_req *ret_req, struct kith_error *err)
{
	struct kith_span s = text;
	struct kith_cargo_req req = {.count = 0};
	const char *why;

	if (text.len > KITH_MAX_RANGE)
		return kith_fail(err, KITH_E_LIMIT, "a cargo requirement of more than %zu bytes",
				 KITH_MAX_RANGE);
	kith_part_skip(&s, ' ');
	if (is_lone_wildcard(s)) {
		ret_req->count = 0;
		return KITH_OK;
	}
	do {
		if (req.count == KITH_MAX_CARGO_COMPARATORS)
			return kith_fail(err, KITH_E_LIMIT,
					 "a cargo requirement of more than %d comparators",
					 KITH_MAX_CARGO_COMPARATORS);
		kith_part_skip(&s, ' ');
		why = take_comparator(&s, &req.cmp[req.count]);
		if (why)
			return kith_range_fail(err, "cargo", text, why);
		req.count++;
	} while (kith_part_take(&s, ','));
	if (s.len)
		return kith_range_fail(err, "cargo", text, "no comma between comparators");
	*ret_req = req;
	return KITH_OK;
}

/* How v stands to the parts given: 0 if all of them are equal (the pre-release counts as one). */
static int
cmp_given(const struct kith_cargo_comparator *c, const struct kith_semver *v)
{
	int r = kith_part_cmp_u64(v->major, c->at.major);

	if (!r && c->parts > 1)
		r = kith_part_cmp_u64(v->minor, c->at.minor);
	if (!r && c->parts > 2)
		r = kith_part_cmp_u64(v->patch, c->at.patch);
	return r;
}

static bool
matches_caret(const struct kith_cargo_comparator *c, const struct kith_semver *v)
{
	if (v->major != c->at.major)
		return false;
	if (c->parts == 1)
		return true;
	if (c->parts == 2)
		return c->at.major ? v->minor >= c->at.minor : v->minor == c->at.minor;
	if (!c->at.major && v->minor != c->at.minor)
		return false;
	if (!c->at.major && !c->at.minor && v->patch != c->at.patch)
		return false;
	return kith_semver_cmp(v, &c->at) >= 0;
}

static bool
matches_tilde(const struct kith_cargo_comparator *c, const struct kith_semver *v)
{
	if (v->major != c->at.major || (c->parts > 1 && v->minor != c->at.minor))
		return false;
	if (c->parts > 2 && v->patch != c->at.patch)
		return v->patch > c->at.patch;
	return kith_part_cmp_pre(v->pre, c->at.pre) >= 0;
}

static bool
matches_one(const struct kith_cargo_comparator *c, const struct kith_semver *v)
{
	int numbers = cmp_given(c, v), pre = kith_part_cmp_pre(v->pre, c->at.pre);

	switch (c->op) {
	case KITH_CARGO_EXACT:
		return numbers == 0 && pre == 0;
	case KITH_CARGO_GREATER:
		return numbers > 0 || (numbers == 0 && c->parts == 3 && pre > 0);
	case KITH_CARGO_GREATER_EQ:
		return numbers > 0 || (numbers == 0 && (c->parts == 3 ? pre >= 0 : pre == 0));
	case KITH_CARGO_LESS:
		return numbers < 0 || (numbers == 0 && c->parts == 3 && pre < 0);
	case KITH_CARGO_LESS_EQ:
		return numbers < 0 || (numbers == 0 && (c->parts == 3 ? pre <= 0 : pre == 0));
	case KITH_CARGO_TILDE:
		return matches_tilde(c, v);
	case KITH_CARGO_CARET:
		return matches_caret(c, v);
	}
	return false;
}

bool
kith_cargo_req_matches(const struct kith_cargo_req *req, const struct kith_semver *version)
{
	bool opted_in = version->pre.len == 0;
	size_t i;

	for (i = 0; i < req->count; i++) {
		const struct kith_cargo_comparator *c = &req->cmp[i];

		if (!matches_one(c, version))
			return false;
		if (c->parts == 3 && c->at.pre.len && cmp_given(c, version) == 0)
			opted_in = true;
	}
	return opted_in;
}

static int
matches(struct kith_span range, const struct kith_span *version, bool *ret_matches,
	struct kith_error *err)
{
	struct kith_cargo_req req;
	struct kith_semver v;
	int r = kith_cargo_req_parse(range, &req, err);

	if (!r && version && kith_semver_parse(*version, &v))
		*ret_matches = kith_cargo_req_matches(&req, &v);
	return r;
}

const struct kith_scheme kith_scheme_cargo = {"cargo", check, cmp, matches};
