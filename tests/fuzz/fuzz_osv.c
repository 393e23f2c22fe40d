/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OSV records: a line with ecosystem, name and version (separated by blanks), then a record. What
 * the set answers must be what the plain walk over events says (advisories.md 5.4).
 */
#include "evidence/advisory_set.h"
#include "evidence/osv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static int
cmp(enum kith_version_scheme scheme, struct kith_span v, struct kith_span bound)
{
	int order = 0;

	if (!bound.len)
		return 1;
	must(kith_version_cmp(scheme, v, bound, &order, NULL) == KITH_OK);
	return order;
}

static bool
walk(enum kith_version_scheme scheme, const struct kith_advisory_range *r, struct kith_span v)
{
	bool in = false, limited = false, below = false;
	size_t i;

	for (i = 0; i < r->n_events; i++) {
		int order = cmp(scheme, v, r->events[i].version);

		switch (r->events[i].kind) {
		case KITH_ADVISORY_INTRODUCED:
			in = in || order >= 0;
			break;
		case KITH_ADVISORY_FIXED:
			in = in && order < 0;
			break;
		case KITH_ADVISORY_LAST_AFFECTED:
			in = in && order <= 0;
			break;
		case KITH_ADVISORY_LIMIT:
		default:
			limited = true;
			below = below || order < 0;
			break;
		}
	}
	return in && (!limited || below);
}

static enum kith_advisory_state
judge(const struct kith_advisory_package *p, struct kith_span v)
{
	enum kith_version_scheme scheme = KITH_SCHEME_CARGO;
	bool ordered = kith_advisory_scheme(p->ecosystem, &scheme) && kith_version_valid(scheme, v);
	bool hit = false, unknown = false;
	size_t i;

	for (i = 0; i < p->n_versions; i++)
		hit = hit || (i < p->n_ordered ? ordered && !cmp(scheme, v, p->versions[i])
					       : kith_span_eq(v, p->versions[i]));
	for (i = 0; i < p->n_ranges; i++) {
		if (p->ranges[i].trouble || !ordered)
			unknown = true;
		else
			hit = hit || walk(scheme, &p->ranges[i], v);
	}
	return hit       ? KITH_ADVISORY_AFFECTED
	       : unknown ? KITH_ADVISORY_UNKNOWN
			 : KITH_ADVISORY_NOT_AFFECTED;
}

/* What all entries about the package say together; of none, not affected. */
static enum kith_advisory_state
judge_all(const struct kith_advisory *a, const struct kith_advisory_query *q)
{
	KITH_AUTO_BUF struct kith_buf name;
	struct kith_span ecosystem, suffix;
	enum kith_advisory_state all = KITH_ADVISORY_NOT_AFFECTED, one;
	size_t i;

	kith_buf_init(&name, KITH_MIB(1));
	kith_advisory_split(q->ecosystem, &ecosystem, &suffix);
	kith_advisory_put_name(&name, ecosystem, q->name);
	for (i = 0; i < a->n_packages; i++) {
		const struct kith_advisory_package *p = &a->packages[i];

		if (!kith_span_eq(p->ecosystem, ecosystem) ||
		    !kith_span_eq(p->name, kith_buf_span(&name)) ||
		    (p->suffix.len && suffix.len && !kith_span_eq(p->suffix, suffix)))
			continue;
		one = judge(p, q->version);
		if (one == KITH_ADVISORY_AFFECTED || all == KITH_ADVISORY_NOT_AFFECTED)
			all = one;
	}
	return all;
}

static void
check(const struct kith_advisory *a, const struct kith_advisory_query *q)
{
	KITH_AUTO_ADVISORY_BUILDER struct kith_advisory_builder *b = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf bytes;
	const struct kith_advisory_problem *p;
	struct kith_advisory_set set;
	struct kith_error err;
	size_t n;

	kith_buf_init(&bytes, KITH_MAX_ADVISORY_SET);
	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	must(kith_advisory_builder_new(&b, &err) == KITH_OK);
	must(kith_advisory_builder_put(b, 0, KITH_SPAN_NONE, a, &err) == KITH_OK);
	must(kith_advisory_builder_seal(b, &bytes, &err) == KITH_OK);
	must(kith_advisory_set_open(kith_buf_span(&bytes), &set, &err) == KITH_OK);
	must(kith_advisory_match(&set, q, &arena, &p, &n, &err) == KITH_OK && n <= 1);
	must((n ? p[0].state : KITH_ADVISORY_NOT_AFFECTED) == judge_all(a, q));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_span rest = kith_span(data, size), line = KITH_SPAN_NONE;
	struct kith_advisory_query q = {KITH_SPAN_NONE, KITH_SPAN_NONE, KITH_SPAN_NONE};
	struct kith_advisory a;
	struct kith_error err = {.code = KITH_OK};

	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	kith_span_next(&rest, '\n', &line);
	kith_span_next(&line, ' ', &q.ecosystem);
	kith_span_next(&line, ' ', &q.name);
	q.version = line;
	if (q.name.len > KITH_MAX_ADVISORY_NAME)
		return 0;
	if (kith_osv_read(rest, &arena, &a, &err))
		must(err.msg[0] != '\0');
	else
		check(&a, &q);
	return 0;
}
