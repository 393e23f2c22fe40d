/* SPDX-License-Identifier: Apache-2.0 */
/* The only range that needs memory is PyPI's ===, which writes the normal form down. */
#include "fault/wrap.h"
#include "version/version.h"

static int
run(enum kith_version_scheme scheme, const char *range, const char *version, bool *ret,
    struct kith_error *err)
{
	return kith_version_matches(scheme, kith_span_str(range), kith_span_str(version), ret, err);
}

int
main(void)
{
	struct kith_error err;
	bool yes = false;
	int r;

	fault_arm(1);
	r = run(KITH_SCHEME_PYPI, ">=1.0,===1.0.post1", "1.0-1", &yes, &err);
	if (!fault_hit() || r != KITH_E_NOMEM || yes)
		return 1;
	fault_arm(1);
	/* no other scheme allocates: what could fail here cannot */
	if (run(KITH_SCHEME_CARGO, ">=1, <2", "1.5.0", &yes, &err) || !yes ||
	    run(KITH_SCHEME_NPM, "^1 || 2 - 3", "2.5.0", &yes, &err) || !yes ||
	    run(KITH_SCHEME_GO, "0:1.2.3", "v1.2.2", &yes, &err) || !yes ||
	    run(KITH_SCHEME_DEBIAN, "<< 1.0", "1.0~rc1", &yes, &err) || !yes || fault_hit())
		return 1;
	fault_arm(0);
	r = run(KITH_SCHEME_PYPI, ">=1.0,===1.0.post1", "1.0-1", &yes, &err);
	return r || !yes;
}
