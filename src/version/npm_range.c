/* SPDX-License-Identifier: Apache-2.0 */
/*
 * npm ranges (versions.md 2.4, 2.5). Every comparator is rewritten to bounds that are checked at
 * once, so a range of any shape takes one pass and no memory.
 */
#include "version/npm.h"

/* A version of which later parts may be missing or wildcards. */
struct partial {
	unsigned parts; /* numbers given: 0 (a lone wildcard) to 3 */
	struct kith_semver at;
};

enum bound_op { BELOW, AT_MOST, EXACTLY, AT_LEAST, ABOVE };

/* One alternative while it is read. */
struct alternative {
	const struct kith_semver *version; /* NULL: only the syntax counts */
	bool all;                          /* every bound so far holds */
	bool opted_in; /* a bound with the version's numbers has a pre-release of its own */
	bool any;      /* nothing but "anything" so far */
	bool some;     /* a comparator was read */
};

/* What an order (below, equal, above) must be for a bound to hold. */
static bool
holds(enum bound_op op, int order)
{
	static const bool table[][3] = {[BELOW] = {true, false, false},
					[AT_MOST] = {true, true, false},
					[EXACTLY] = {false, true, false},
					[AT_LEAST] = {false, true, true},
					[ABOVE] = {false, false, true}};

	return table[op][(order > 0) - (order < 0) + 1];
}

static bool
is_zero(const struct kith_semver *v)
{
	return !v->major && !v->minor && !v->patch && !v->pre.len;
}

static void
bound(struct alternative *a, enum bound_op op, const struct kith_semver *at)
{
	const struct kith_semver *v = a->version;

	if (op != AT_LEAST || !is_zero(at)) /* ">=0.0.0" is "*" */
		a->any = false;
	if (!v)
		return;
	a->all = a->all && holds(op, kith_semver_cmp(v, at));
	if (at->pre.len && v->major == at->major && v->minor == at->minor && v->patch == at->patch)
		a->opted_in = true;
}

/* The version with the last of its first n numbers one higher and zeros behind it. */
static bool
next(const struct kith_semver *at, unsigned n, bool floor, struct kith_semver *ret)
{
	struct kith_semver v = {.major = at->major, .pre = KITH_SPAN_NONE};

	v.minor = n > 1 ? at->minor : 0;
	v.patch = n > 2 ? at->patch : 0;
	*(n == 1 ? &v.major : n == 2 ? &v.minor : &v.patch) += 1;
	/* "-0" is the lowest pre-release: nothing of the next version is below it */
	v.pre = floor ? KITH_SPAN_LIT("0") : KITH_SPAN_NONE;
	v.build = KITH_SPAN_NONE;
	*ret = v;
	return v.major <= KITH_NPM_MAX_NUMBER && v.minor <= KITH_NPM_MAX_NUMBER &&
	       v.patch <= KITH_NPM_MAX_NUMBER;
}

/* >=at and below the next version in the n-th number. */
static bool
within(struct alternative *a, const struct kith_semver *at, unsigned n)
{
	struct kith_semver top;

	if (!next(at, n, true, &top))
		return false;
	bound(a, AT_LEAST, at);
	bound(a, BELOW, &top);
	return true;
}

static void
nothing(struct alternative *a)
{
	static const struct kith_semver zero = {.pre = {(const uint8_t *)"0", 1}};

	bound(a, BELOW, &zero);
}

static bool
take_wildcard(struct kith_span *s)
{
	return kith_part_take(s, '*') || kith_part_take(s, 'x') || kith_part_take(s, 'X');
}

/* The text must be a partial version from end to end. */
static bool
parse_partial(struct kith_span s, bool loose, struct partial *ret)
{
	struct partial p = {.at = {.pre = KITH_SPAN_NONE}};
	uint64_t *const numbers[] = {&p.at.major, &p.at.minor, &p.at.patch};
	bool wild = false;
	unsigned i;

	while (kith_part_take(&s, 'v') && loose)
		;
	for (i = 0; i < 3; i++) {
		if (i && !kith_part_take(&s, '.'))
			break;
		if (take_wildcard(&s)) {
			wild = true;
			continue;
		}
		if (wild || !kith_npm_number(&s, loose, numbers[i]))
			return false;
		p.parts = i + 1;
	}
	if ((i < 3 && s.len) || !kith_npm_suffix(s, loose, &p.at.pre, &p.at.build))
		return false;
	if (p.parts < 3)
		p.at.pre = KITH_SPAN_NONE;
	*ret = p;
	return true;
}

static bool
caret(struct alternative *a, const struct partial *p)
{
	/* the leftmost number that is not zero stays */
	unsigned n = p->at.major || p->parts == 1 ? 1 : p->at.minor || p->parts == 2 ? 2 : 3;

	return !p->parts || within(a, &p->at, n);
}

static bool
tilde(struct alternative *a, const struct partial *p)
{
	return !p->parts || within(a, &p->at, p->parts == 1 ? 1 : 2);
}

static bool
at_most(struct alternative *a, const struct partial *p)
{
	struct kith_semver top;

	if (p->parts == 3)
		bound(a, AT_MOST, &p->at);
	else if (p->parts && !next(&p->at, p->parts, true, &top))
		return false;
	else if (p->parts)
		bound(a, BELOW, &top);
	return true;
}

static bool
above(struct alternative *a, const struct partial *p)
{
	struct kith_semver from;

	if (p->parts == 3)
		bound(a, ABOVE, &p->at);
	else if (!p->parts)
		nothing(a);
	else if (!next(&p->at, p->parts, false, &from))
		return false;
	else
		bound(a, AT_LEAST, &from);
	return true;
}

static bool
below(struct alternative *a, const struct partial *p)
{
	struct kith_semver top = p->at;

	if (p->parts < 3)
		top.pre = KITH_SPAN_LIT("0");
	bound(a, BELOW, &top);
	return true;
}

static bool
at_least(struct alternative *a, const struct partial *p)
{
	if (p->parts)
		bound(a, AT_LEAST, &p->at);
	return true;
}

static bool
equal(struct alternative *a, const struct partial *p)
{
	if (p->parts == 3)
		bound(a, EXACTLY, &p->at);
	return p->parts == 0 || p->parts == 3 || within(a, &p->at, p->parts);
}

struct operator
{
	const char *text;
	bool (*apply)(struct alternative * a, const struct partial *p);
};

/* longer ones first; the last is no operator at all */
static const struct operator operators[] = {{"<=", at_most}, {"<", below}, {">=", at_least},
					    {">", above},    {"=", equal}, {"~>", tilde},
					    {"~", tilde},    {"^", caret}, {"", equal}};

static const struct operator* take_operator(struct kith_span *s)
{
	const struct operator* op = operators;

	while (!kith_span_skip(s, op->text))
		op++;
	return op;
}

static void
skip_blanks(struct kith_span *s)
{
	while (s->len && kith_npm_is_blank(s->ptr[0]))
		*s = kith_span_sub(*s, 1, SIZE_MAX);
}

static struct kith_span
take_token(struct kith_span *s)
{
	struct kith_span token;
	size_t n = 0;

	while (n < s->len && !kith_npm_is_blank(s->ptr[n]))
		n++;
	token = kith_span_sub(*s, 0, n);
	*s = kith_span_sub(*s, n, SIZE_MAX);
	return token;
}

/* "A - B", and nothing else in the alternative. *ret_is says whether it has that shape. */
static bool
hyphen_range(struct alternative *a, struct kith_span s, bool loose, bool *ret_is)
{
	struct kith_span from = take_token(&s), dash, to;
	struct partial p, q;

	skip_blanks(&s);
	dash = take_token(&s);
	skip_blanks(&s);
	to = take_token(&s);
	skip_blanks(&s);
	*ret_is = kith_span_is(dash, "-") && to.len && !s.len;
	if (!*ret_is)
		return true;
	a->some = true;
	return parse_partial(from, loose, &p) && parse_partial(to, loose, &q) && at_least(a, &p) &&
	       at_most(a, &q);
}

/* One comparator at the front of s. */
static bool
comparator(struct alternative *a, struct kith_span *s, bool loose)
{
	const struct operator* op = take_operator(s);
	struct kith_span text;
	struct partial p;

	skip_blanks(s);
	text = take_token(s);
	if (op->apply == caret || op->apply == tilde)
		kith_part_take(&text, '=');
	if (parse_partial(text, loose, &p) && op->apply(a, &p)) {
		a->some = true;
		return true;
	}
	return loose; /* there a comparator that is none is dropped */
}

/* NULL, or why the text is no alternative. */
static const char *
alternative(struct alternative *a, struct kith_span s, bool loose)
{
	bool hyphen;

	skip_blanks(&s);
	if (!s.len)
		a->some = true;
	if (!hyphen_range(a, s, loose, &hyphen))
		return "a side of ' - ' is no version";
	if (hyphen)
		return NULL;
	while (s.len) {
		if (!comparator(a, &s, loose))
			return "a comparator without a valid version";
		skip_blanks(&s);
	}
	return NULL;
}

/* Cuts the next alternative off at "||". */
static bool
next_alternative(struct kith_span *rest, struct kith_span *ret)
{
	size_t at = 0;

	if (!rest->ptr)
		return false;
	while (at < rest->len &&
	       !(rest->ptr[at] == '|' && at + 1 < rest->len && rest->ptr[at + 1] == '|'))
		at++;
	*ret = kith_span_sub(*rest, 0, at);
	*rest = at < rest->len ? kith_span_sub(*rest, at + 2, SIZE_MAX) : KITH_SPAN_NONE;
	return true;
}

/* What has been seen of the alternatives so far. */
struct verdict {
	bool some, any, matches;
};

static const char *
judge(struct kith_span text, const struct kith_semver *v, bool loose, struct verdict *sum)
{
	struct alternative a = {.version = v, .all = true, .any = true};
	const char *why;

	a.opted_in = v && !v->pre.len;
	why = alternative(&a, text, loose);
	if (why || !a.some)
		return why;
	sum->some = true;
	sum->any = sum->any || a.any;
	sum->matches = sum->matches || (a.all && a.opted_in);
	return NULL;
}

int
kith_npm_matches(struct kith_span range, const struct kith_span *version, bool loose,
		 bool *ret_matches, struct kith_error *err)
{
	struct kith_span rest = range.ptr ? range : KITH_SPAN_LIT(""), text;
	struct verdict sum = {false, false, false};
	struct kith_semver v;
	const char *why;

	if (version && !kith_npm_parse(*version, loose, &v))
		return KITH_OK;
	while (next_alternative(&rest, &text)) {
		why = judge(text, version ? &v : NULL, loose, &sum);
		if (why)
			return kith_range_fail(err, "npm", range, why);
	}
	if (!sum.some)
		return kith_range_fail(err, "npm", range, "no comparator");
	/* beside "*" no other alternative counts, so none can let a pre-release in */
	if (version)
		*ret_matches = sum.any ? v.pre.len == 0 : sum.matches;
	return KITH_OK;
}
