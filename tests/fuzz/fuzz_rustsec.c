/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RustSec files: any bytes. What is read goes into a set, and at every border of its ranges the set
 * must answer as the requirements say when they are asked one by one, in the order of versions.
 */
#include "evidence/advisory_set.h"
#include "evidence/rustsec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

/* What stays compatible: the first number that is not zero, or as many as were given. */
static bool
is_compatible(const struct kith_cargo_comparator *c, const struct kith_semver *v)
{
	if (v->major != c->at.major)
		return false;
	if (c->op == KITH_CARGO_TILDE)
		return c->parts == 1 || v->minor == c->at.minor;
	if (c->at.major || c->parts == 1)
		return true;
	if (v->minor != c->at.minor)
		return false;
	return c->at.minor || c->parts == 2 || v->patch == c->at.patch;
}

static bool
holds(const struct kith_cargo_comparator *c, const struct kith_semver *v)
{
	int order = kith_semver_cmp(v, &c->at);

	switch (c->op) {
	case KITH_CARGO_EXACT:
		return order == 0;
	case KITH_CARGO_GREATER:
		return order > 0;
	case KITH_CARGO_GREATER_EQ:
		return order >= 0;
	case KITH_CARGO_LESS:
		return order < 0;
	case KITH_CARGO_LESS_EQ:
		return order <= 0;
	case KITH_CARGO_TILDE:
	case KITH_CARGO_CARET:
	default:
		return order >= 0 && is_compatible(c, v);
	}
}

static bool
is_good(const struct kith_rustsec_list *reqs, const struct kith_semver *v)
{
	struct kith_cargo_req req;
	size_t i, k;

	for (i = 0; i < reqs->count; i++) {
		must(kith_cargo_req_parse(reqs->items[i], &req, NULL) == KITH_OK);
		for (k = 0; k < req.count && holds(&req.cmp[k], v); k++)
			;
		if (k == req.count)
			return true;
	}
	return false;
}

static void
check_version(const struct kith_rustsec *x, const struct kith_advisory_set *set,
	      struct kith_span text)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_advisory_query q = {KITH_SPAN_LIT("crates.io"), x->package, text};
	const struct kith_advisory_problem *p;
	struct kith_semver v;
	bool good;
	size_t n;

	kith_arena_init(&arena, KITH_MIB(16));
	if (!text.len)
		return;
	must(kith_semver_parse(text, &v));
	good = is_good(&x->patched, &v) || is_good(&x->unaffected, &v);
	must(kith_advisory_match(set, &q, &arena, &p, &n, NULL) == KITH_OK && n <= 1);
	must((n == 1) == (!good && x->advisory.n_packages));
	must(!n || p[0].state == KITH_ADVISORY_AFFECTED);
}

static void
check(const struct kith_rustsec *x)
{
	KITH_AUTO_ADVISORY_BUILDER struct kith_advisory_builder *b = NULL;
	KITH_AUTO_BUF struct kith_buf bytes;
	struct kith_advisory_set set;
	struct kith_error err;
	size_t i;

	kith_buf_init(&bytes, KITH_MAX_ADVISORY_SET);
	must(kith_advisory_is_id(x->advisory.id) && x->package.len);
	must(kith_advisory_builder_new(&b, &err) == KITH_OK);
	must(kith_advisory_builder_put(b, 0, KITH_SPAN_NONE, &x->advisory, &err) == KITH_OK);
	must(kith_advisory_builder_seal(b, &bytes, &err) == KITH_OK);
	must(kith_advisory_set_open(kith_buf_span(&bytes), &set, &err) == KITH_OK);
	for (i = 0; i < x->n_gaps && i < 100; i++) {
		check_version(x, &set, x->gaps[i].introduced);
		check_version(x, &set, x->gaps[i].fixed);
	}
	check_version(x, &set, KITH_SPAN_LIT("0.0.0-0"));
	check_version(x, &set, KITH_SPAN_LIT("1.0.0"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_rustsec x;
	struct kith_error err = {.code = KITH_OK};

	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	if (kith_rustsec_read(kith_span(data, size), &arena, &x, &err))
		must(err.msg[0] != '\0');
	else
		check(&x);
	return 0;
}
