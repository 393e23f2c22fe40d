/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions and ranges of all schemes: the first byte selects the scheme ('0' cargo … '5' debian),
 * then three lines: two versions and a range. What an order must be, it must be for any input.
 */
#include "version/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
check_order(enum kith_version_scheme scheme, struct kith_span a, struct kith_span b)
{
	bool va = kith_version_valid(scheme, a), vb = kith_version_valid(scheme, b);
	int there = 7, back = 7;
	struct kith_error err;
	int r = kith_version_cmp(scheme, a, b, &there, &err);

	require((r == 0) == (va && vb));
	require(kith_version_cmp(scheme, b, a, &back, &err) == r);
	if (r)
		require(there == 7 && back == 7 && r == KITH_E_FORMAT);
	else
		require(there == -back && there >= -1 && there <= 1);
	if (va)
		require(kith_version_cmp(scheme, a, a, &there, &err) == 0 && there == 0);
}

static void
check_range(enum kith_version_scheme scheme, struct kith_span range, struct kith_span a,
	    struct kith_span b)
{
	bool in_a = false, in_b = false, valid = kith_range_valid(scheme, range);
	bool va = kith_version_valid(scheme, a), vb = kith_version_valid(scheme, b);
	struct kith_error err;
	int order, ra, rb;

	ra = kith_version_matches(scheme, range, a, &in_a, &err);
	rb = kith_version_matches(scheme, range, b, &in_b, &err);
	require((ra == 0) == (va && valid) && (rb == 0) == (vb && valid));
	/* what is equal lies in the same ranges; PyPI's === and == look at spelling and local part
	 */
	if (!ra && !rb && scheme != KITH_SCHEME_PYPI)
		if (kith_version_cmp(scheme, a, b, &order, &err) == 0 && order == 0)
			require(in_a == in_b);
}

static void
check_semver(struct kith_span a, struct kith_span b)
{
	struct kith_semver x, y;
	int order, total;

	if (!kith_semver_parse(a, &x) || !kith_semver_parse(b, &y))
		return;
	order = kith_semver_cmp(&x, &y);
	total = kith_semver_cmp_total(&x, &y);
	require((kith_semver_cmp_total(&y, &x) < 0) == (total > 0));
	require(!order || (order < 0) == (total < 0));
	require((total == 0) == kith_span_eq(a, b)); /* strict SemVer has one spelling a version */
}

static void
check_other_readings(enum kith_version_scheme scheme, struct kith_span a)
{
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_go_pseudo p;
	struct kith_time t;
	int order;

	kith_buf_init(&out, KITH_MAX_VERSION * 2);
	if (scheme == KITH_SCHEME_PYPI && kith_pep440_normal(a, &out)) {
		require(out.failed == 0);
		if (out.len <= KITH_MAX_VERSION)
			require(kith_version_cmp(scheme, a, kith_buf_span(&out), &order, NULL) ==
				    0 &&
				order == 0);
	}
	if (scheme == KITH_SCHEME_GO && kith_go_pseudo_parse(a, &p)) {
		kith_go_pseudo_time(&p, &t);
		kith_buf_reset(&out);
		if (kith_go_pseudo_base(&p, &out) && out.len)
			require(kith_version_cmp(scheme, kith_buf_span(&out), a, &order, NULL) ==
				    0 &&
				order < 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum kith_version_scheme schemes[] = {
	    KITH_SCHEME_CARGO, KITH_SCHEME_NPM,  KITH_SCHEME_NPM_LOOSE,
	    KITH_SCHEME_GO,    KITH_SCHEME_PYPI, KITH_SCHEME_DEBIAN};
	struct kith_span rest = kith_span(data, size), a, b, range;
	enum kith_version_scheme scheme;

	if (!size)
		return 0;
	scheme = schemes[(uint8_t)(data[0] - '0') % 6];
	rest = kith_span_sub(rest, 1, SIZE_MAX);
	if (!kith_span_next(&rest, '\n', &a) || !kith_span_next(&rest, '\n', &b))
		return 0;
	range = rest.len && rest.ptr[rest.len - 1] == '\n' ? kith_span_sub(rest, 0, rest.len - 1)
							   : rest;
	check_order(scheme, a, b);
	check_range(scheme, range, a, b);
	check_other_readings(scheme, a);
	if (scheme == KITH_SCHEME_CARGO)
		check_semver(a, b);
	return 0;
}
