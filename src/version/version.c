/* SPDX-License-Identifier: Apache-2.0 */
/* The schemes by number: checks arguments, then asks the scheme's own file. */
#include "version/parts.h"

static const struct kith_scheme *
scheme_of(enum kith_version_scheme scheme)
{
	switch (scheme) {
	case KITH_SCHEME_CARGO:
		return &kith_scheme_cargo;
	case KITH_SCHEME_NPM:
		return &kith_scheme_npm;
	case KITH_SCHEME_NPM_LOOSE:
		return &kith_scheme_npm_loose;
	case KITH_SCHEME_GO:
		return &kith_scheme_go;
	case KITH_SCHEME_PYPI:
		return &kith_scheme_pypi;
	case KITH_SCHEME_DEBIAN:
		return &kith_scheme_debian;
	}
	return NULL;
}

static int
check(const struct kith_scheme *s, struct kith_span text, struct kith_error *err)
{
	const char *why;

	if (!s)
		return kith_fail(err, KITH_E_USAGE, "unknown version scheme");
	why = s->check(text);
	if (why)
		return kith_fail(err, KITH_E_FORMAT, "'%.*s' is no %s version: %s",
				 KITH_SPAN_FMT(kith_span_sub(text, 0, 80)), s->name, why);
	return KITH_OK;
}

int
kith_range_fail(struct kith_error *err, const char *scheme, struct kith_span range, const char *why)
{
	return kith_fail(err, KITH_E_FORMAT, "'%.*s' is no %s range: %s",
			 KITH_SPAN_FMT(kith_span_sub(range, 0, 80)), scheme, why);
}

bool
kith_version_valid(enum kith_version_scheme scheme, struct kith_span text)
{
	return check(scheme_of(scheme), text, NULL) == KITH_OK;
}

int
kith_version_cmp(enum kith_version_scheme scheme, struct kith_span a, struct kith_span b,
		 int *ret_order, struct kith_error *err)
{
	const struct kith_scheme *s = scheme_of(scheme);
	int r = check(s, a, err);

	if (!r)
		r = check(s, b, err);
	if (r)
		return r;
	r = s->cmp(a, b);
	*ret_order = (r > 0) - (r < 0);
	return KITH_OK;
}

static int
match(const struct kith_scheme *s, struct kith_span range, const struct kith_span *version,
      bool *ret_matches, struct kith_error *err)
{
	if (!s)
		return kith_fail(err, KITH_E_USAGE, "unknown version scheme");
	if (range.len > KITH_MAX_RANGE)
		return kith_fail(err, KITH_E_LIMIT, "a %s range of more than %zu bytes", s->name,
				 KITH_MAX_RANGE);
	return s->matches(range, version, ret_matches, err);
}

int
kith_version_matches(enum kith_version_scheme scheme, struct kith_span range,
		     struct kith_span version, bool *ret_matches, struct kith_error *err)
{
	const struct kith_scheme *s = scheme_of(scheme);
	int r = check(s, version, err);

	return r ? r : match(s, range, &version, ret_matches, err);
}

bool
kith_range_valid(enum kith_version_scheme scheme, struct kith_span range)
{
	return match(scheme_of(scheme), range, NULL, NULL, NULL) == KITH_OK;
}
