/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `kind: trust` (crev format 3.2), and `kind: kith trust` (docs/FORMAT.md). An id of a wrong length
 * is kept: only `from` must be a key.
 */
#include "base/base.h"
#include "proof/body.h"

int
kith_body_read_trust(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	int e = kith_body_ids(r, "ids", true, &p->ids, &p->n_ids);

	if (!e)
		e = kith_body_level(r, r->root, "trust", KITH_LEVEL_DISTRUST, &p->level);
	if (!e)
		e = kith_body_ids(r, "override", false, &p->overrides, &p->n_overrides);
	return e;
}

/*
 * Elsewhere unknown keys are ignored. Here one might be a limit that is not known yet, and to
 * ignore a limit would trust too much: the statement is refused.
 */
static int
refuse_unknown(struct kith_body_reader *r)
{
	static const char *const known[] = {"kind",     "version", "date",  "from",
					    "original", "ids",     "trust", "override",
					    "reach",    "scope",   "until", "comment"};
	const struct kith_yaml *v;
	size_t i;

	for (v = r->root->first; v; v = v->next) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (kith_span_is(v->key, known[i]))
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			return kith_body_bad(r, v, "'%.*s' is not known in a limited trust",
					     KITH_SPAN_FMT(v->key));
	}
	return KITH_OK;
}

static int
read_until(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	int e = kith_body_text(r, r->root, "until", false, &p->until_text);

	if (e || !p->until_text.ptr)
		return e;
	if (!kith_time_parse(p->until_text, &p->until, NULL))
		return kith_body_bad(r, kith_yaml_get(r->root, "until"),
				     "'%.*s' is no RFC 3339 date", KITH_SPAN_FMT(p->until_text));
	p->has_until = true;
	return KITH_OK;
}

static int
read_scope(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	int e = kith_body_text(r, r->root, "scope", false, &p->scope);

	if (e || !p->scope.ptr)
		return e;
	if (!p->scope.len || p->scope.len > KITH_MAX_SCOPE)
		return kith_body_bad(r, kith_yaml_get(r->root, "scope"),
				     "'scope' is empty or longer than %d bytes", KITH_MAX_SCOPE);
	return KITH_OK;
}

int
kith_body_read_limited(struct kith_body_reader *r)
{
	static const char *const reaches[] = {"reviews", "introduce", "delegate"};
	unsigned reach = KITH_REACH_DELEGATE;
	int e = refuse_unknown(r);

	if (!e)
		e = kith_body_read_trust(r);
	if (!e)
		e = kith_body_enum(r, r->root, "reach", false, reaches, KITH_REACH_COUNT, &reach);
	if (!e)
		e = read_scope(r);
	if (!e)
		e = read_until(r);
	r->proof->reach = (enum kith_reach)reach;
	return e;
}
