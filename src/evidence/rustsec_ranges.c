/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From requirements to affected ranges (advisories.md 2.2, 2.3): each requirement is an interval of
 * good versions, the gaps between them are affected. Only the order of versions counts.
 */
#include "evidence/rustsec.h"

struct bound {
	bool given, inclusive;
	struct kith_semver v;
};

struct interval {
	struct bound lo, hi;
};

struct ranges {
	struct kith_arena *arena;
	struct kith_error *err;
	struct interval *good;
	size_t n_good;
};

static int
refuse(struct ranges *rs, struct kith_span text, const char *why)
{
	return kith_fail(rs->err, KITH_E_FORMAT, "requirement '%.*s': %s",
			 KITH_SPAN_FMT(kith_span_sub(text, 0, 80)), why);
}

/* Whether something may lie from lo to hi. */
static bool
may_hold(const struct bound *lo, const struct bound *hi)
{
	int r;

	if (!lo->given || !hi->given)
		return true;
	r = kith_semver_cmp(&lo->v, &hi->v);
	return r < 0 || (r == 0 && lo->inclusive && hi->inclusive);
}

/* Counts up, or says that there is no number above. */
static bool
next_number(uint64_t *n)
{
	return (*n)++ < UINT64_MAX;
}

/* Below what `^` and `~` stay: the first pre-release of the next that is not compatible. */
static bool
upper_of(const struct kith_cargo_comparator *c, struct kith_semver *ret)
{
	struct kith_semver v = {.pre = KITH_SPAN_LIT("0")};
	bool tilde = c->op == KITH_CARGO_TILDE, ok;

	v.major = c->at.major;
	if (tilde ? c->parts == 1 : c->at.major || c->parts == 1) {
		ok = next_number(&v.major);
	} else if (!tilde && c->parts == 3 && !c->at.minor) {
		v.patch = c->at.patch;
		ok = next_number(&v.patch);
	} else {
		v.minor = c->at.minor;
		ok = next_number(&v.minor);
	}
	*ret = v;
	return ok;
}

static bool
is_lower(const struct kith_cargo_comparator *c)
{
	return c->op == KITH_CARGO_GREATER || c->op == KITH_CARGO_GREATER_EQ;
}

static bool
is_upper(const struct kith_cargo_comparator *c)
{
	return c->op == KITH_CARGO_LESS || c->op == KITH_CARGO_LESS_EQ;
}

/* NULL, or why not. */
static const char *
add_comparator(struct interval *in, const struct kith_cargo_comparator *c, size_t count)
{
	struct bound b = {.given = true, .inclusive = true, .v = c->at};
	bool lower = is_lower(c), upper = is_upper(c);

	b.v.build = KITH_SPAN_NONE;
	b.inclusive = c->op != KITH_CARGO_GREATER && c->op != KITH_CARGO_LESS;
	if (!lower && !upper && count != 1)
		return "its operator must stand alone";
	if ((lower && in->lo.given) || (upper && in->hi.given))
		return "two bounds on one side";
	if (!upper)
		in->lo = b;
	if (!lower)
		in->hi = b;
	if (c->op != KITH_CARGO_CARET && c->op != KITH_CARGO_TILDE)
		return NULL;
	in->hi.inclusive = false;
	return upper_of(c, &in->hi.v) ? NULL : "a number is too large";
}

/* `1.*` is refused, `=1.*` is not: the reader of requirements keeps no other sign of it. */
static bool
has_operator(struct kith_span text)
{
	struct kith_span s = kith_span_trim(text);

	return s.len && strchr("<>=~^", s.ptr[0]);
}

static int
add_requirement(struct ranges *rs, struct kith_span text)
{
	struct interval in = {.lo = {.given = false}, .hi = {.given = false}};
	struct kith_cargo_req req;
	const char *why = NULL;
	size_t i;
	int r = kith_cargo_req_parse(text, &req, rs->err);

	if (r)
		return r;
	if (req.count > 2)
		return refuse(rs, text, "more than two comparators");
	for (i = 0; i < req.count && !why; i++) {
		if (req.cmp[i].op == KITH_CARGO_EXACT && req.cmp[i].wildcard && !has_operator(text))
			why = "a wildcard with numbers";
		else
			why = add_comparator(&in, &req.cmp[i], req.count);
	}
	if (!why && !may_hold(&in.lo, &in.hi))
		why = "it holds no version";
	if (why)
		return refuse(rs, text, why);
	rs->good[rs->n_good++] = in;
	return KITH_OK;
}

/* Open-ended first; at one version what includes it before what does not. */
static int
cmp_interval(const void *pa, const void *pb)
{
	const struct interval *a = pa, *b = pb;
	int r;

	if (!a->lo.given || !b->lo.given)
		return a->lo.given - b->lo.given;
	r = kith_semver_cmp(&a->lo.v, &b->lo.v);
	return r ? r : b->lo.inclusive - a->lo.inclusive;
}

/* Of sorted intervals that each hold something, two overlap only if two neighbours do. */
static bool
overlap(const struct ranges *rs)
{
	size_t i;

	for (i = 0; i + 1 < rs->n_good; i++)
		if (may_hold(&rs->good[i].lo, &rs->good[i + 1].hi) &&
		    may_hold(&rs->good[i + 1].lo, &rs->good[i].hi))
			return true;
	return false;
}

/* Writes the version, or the one after it in the order. */
static int
put_bound(struct ranges *rs, const struct bound *b, bool after, struct kith_span *ret)
{
	struct kith_semver v = b->v;
	KITH_AUTO_BUF struct kith_buf text;
	bool pre = v.pre.len != 0;
	int r;

	kith_buf_init(&text, KITH_KIB(4));
	if (after && !pre && !next_number(&v.patch))
		return kith_fail(rs->err, KITH_E_FORMAT, "a bound has no next version");
	kith_buf_printf(&text, "%llu.%llu.%llu", (unsigned long long)v.major,
			(unsigned long long)v.minor, (unsigned long long)v.patch);
	if (pre || after)
		kith_buf_put_char(&text, '-');
	kith_buf_put_span(&text, v.pre);
	if (after)
		kith_buf_put_str(&text, pre ? ".0" : "0");
	r = kith_buf_check(&text, rs->err);
	if (r)
		return r;
	return kith_arena_copy(rs->arena, kith_buf_span(&text), ret) ? KITH_OK
								     : kith_fail_nomem(rs->err);
}

/* The gap between two neighbours, or before the first or after the last (NULL: no neighbour). */
static int
add_gap(struct ranges *rs, const struct bound *from, const struct bound *to,
	struct kith_rustsec_gap *gaps, size_t *n)
{
	struct kith_rustsec_gap g = {KITH_SPAN_NONE, KITH_SPAN_NONE};
	int r = KITH_OK;

	if ((from && !from->given) || (to && !to->given))
		return KITH_OK;
	if (from)
		r = put_bound(rs, from, from->inclusive, &g.introduced);
	if (!r && to)
		r = put_bound(rs, to, !to->inclusive, &g.fixed);
	if (!r)
		gaps[(*n)++] = g;
	return r;
}

static int
find_gaps(struct ranges *rs, struct kith_rustsec_gap *gaps, size_t *n)
{
	const struct interval *good = rs->good;
	size_t i, last = rs->n_good - 1;
	int r;

	if (!rs->n_good) {
		gaps[(*n)++] = (struct kith_rustsec_gap){KITH_SPAN_NONE, KITH_SPAN_NONE};
		return KITH_OK;
	}
	r = add_gap(rs, NULL, &good[0].lo, gaps, n);
	for (i = 0; i < last && !r; i++)
		r = add_gap(rs, &good[i].hi, &good[i + 1].lo, gaps, n);
	return r ? r : add_gap(rs, &good[last].hi, NULL, gaps, n);
}

int
kith_rustsec_gaps(const struct kith_rustsec_list *patched,
		  const struct kith_rustsec_list *unaffected, struct kith_arena *arena,
		  const struct kith_rustsec_gap **ret_gaps, size_t *ret_count,
		  struct kith_error *err)
{
	struct ranges rs = {.arena = arena, .err = err};
	size_t max = patched->count + unaffected->count, i, n = 0;
	struct kith_rustsec_gap *gaps;
	int r = KITH_OK;

	if (max > KITH_MAX_ADVISORY_REQS)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu requirements",
				 KITH_MAX_ADVISORY_REQS);
	rs.good = kith_arena_array(arena, max, sizeof(*rs.good));
	gaps = kith_arena_array(arena, max + 1, sizeof(*gaps));
	if (!rs.good || !gaps)
		return kith_fail_nomem(err);
	for (i = 0; i < unaffected->count && !r; i++)
		r = add_requirement(&rs, unaffected->items[i]);
	for (i = 0; i < patched->count && !r; i++)
		r = add_requirement(&rs, patched->items[i]);
	if (r)
		return r;
	if (rs.n_good > 1)
		qsort(rs.good, rs.n_good, sizeof(*rs.good), cmp_interval);
	if (overlap(&rs))
		return kith_fail(err, KITH_E_FORMAT, "two requirements share a version");
	r = find_gaps(&rs, gaps, &n);
	if (r)
		return r;
	*ret_gaps = gaps;
	*ret_count = n;
	return KITH_OK;
}

void
kith_rustsec_put_gaps(struct kith_buf *out, const struct kith_rustsec_gap *gaps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		kith_buf_put_str(out, i ? " [" : "[");
		kith_buf_put_span(out,
				  gaps[i].introduced.len ? gaps[i].introduced : KITH_SPAN_LIT("0"));
		kith_buf_put_char(out, ',');
		kith_buf_put_span(out, gaps[i].fixed.len ? gaps[i].fixed : KITH_SPAN_LIT("*"));
		kith_buf_put_char(out, ')');
	}
	if (!n)
		kith_buf_put_char(out, '-');
}
