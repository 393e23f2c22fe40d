/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The algebra of criteria (cargo-vet.md B): at most 64 names, each a bit. Closures are reached by
 * rounds over the bits, so that no chain of implications costs depth.
 */
#include "evidence/vet.h"

bool
kith_vet_criterion_find(const struct kith_vet_criteria *c, struct kith_span name,
			unsigned *ret_number)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (kith_span_eq(c->names[i], name)) {
			*ret_number = (unsigned)i;
			return true;
		}
	}
	return false;
}

static int
unknown(struct kith_span name, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "unknown criterion '%.*s'", KITH_SPAN_FMT(name));
}

/* closure[i] becomes what i implies directly. */
static int
direct(struct kith_vet_criteria *c, const struct kith_vet_set *set, struct kith_error *err)
{
	size_t i, k;
	unsigned to;

	c->closure[KITH_VET_DEPLOY] |= UINT64_C(1) << KITH_VET_RUN;
	for (i = 0; i < set->n_criteria; i++) {
		const struct kith_vet_list *l = &set->criteria[i].implies;

		for (k = 0; k < l->count; k++) {
			if (!kith_vet_criterion_find(c, l->items[k], &to))
				return unknown(l->items[k], err);
			c->closure[i + 2] |= UINT64_C(1) << to;
		}
	}
	return KITH_OK;
}

static void
close_over(struct kith_vet_criteria *c)
{
	bool again = true;
	size_t i, k;

	while (again) {
		again = false;
		for (i = 0; i < c->count; i++) {
			uint64_t all = c->closure[i];

			for (k = 0; k < c->count; k++)
				if (all >> k & 1U)
					all |= c->closure[k];
			again |= all != c->closure[i];
			c->closure[i] = all;
		}
	}
}

int
kith_vet_criteria_init(struct kith_vet_criteria *ret_criteria, const struct kith_vet_set *set,
		       bool circles, struct kith_error *err)
{
	struct kith_vet_criteria c = {.count = 2};
	size_t i;
	unsigned ignored;
	int r;

	if (set->n_criteria > KITH_VET_MAX_CRITERIA - 2)
		return kith_fail(err, KITH_E_FORMAT, "more than %d criteria",
				 KITH_VET_MAX_CRITERIA);
	c.names[KITH_VET_RUN] = KITH_SPAN_LIT("safe-to-run");
	c.names[KITH_VET_DEPLOY] = KITH_SPAN_LIT("safe-to-deploy");
	for (i = 0; i < set->n_criteria; i++) {
		if (kith_vet_criterion_find(&c, set->criteria[i].name, &ignored))
			return kith_fail(err, KITH_E_FORMAT,
					 "a built-in criterion is defined again");
		c.names[c.count++] = set->criteria[i].name;
	}
	r = direct(&c, set, err);
	if (r)
		return r;
	close_over(&c);
	for (i = 0; i < c.count; i++) {
		if (!circles && c.closure[i] >> i & 1U)
			return kith_fail(err, KITH_E_FORMAT, "criterion '%.*s' implies itself",
					 KITH_SPAN_FMT(c.names[i]));
		c.closure[i] |= UINT64_C(1) << i;
	}
	*ret_criteria = c;
	return KITH_OK;
}

int
kith_vet_criteria_set(const struct kith_vet_criteria *c, const struct kith_vet_list *names,
		      uint64_t *ret_set, struct kith_error *err)
{
	uint64_t set = 0;
	size_t i;
	unsigned number;

	for (i = 0; i < names->count; i++) {
		if (!kith_vet_criterion_find(c, names->items[i], &number))
			return unknown(names->items[i], err);
		set |= c->closure[number];
	}
	*ret_set = set;
	return KITH_OK;
}

uint64_t
kith_vet_criteria_all(const struct kith_vet_criteria *c)
{
	return c->count == 64 ? 0 : (UINT64_C(1) << c->count) - 1;
}

uint64_t
kith_vet_criteria_minimal(const struct kith_vet_criteria *c, uint64_t set)
{
	uint64_t out = 0;
	size_t i, k;

	for (i = 0; i < c->count; i++) {
		bool implied = !(set >> i & 1U);

		for (k = 0; k < c->count && !implied; k++)
			/* of a circle the first member stands for all */
			implied = k != i && (set >> k & 1U) && (c->closure[k] >> i & 1U) &&
				  !((c->closure[i] >> k & 1U) && i < k);
		if (!implied)
			out |= UINT64_C(1) << i;
	}
	return out;
}

void
kith_vet_criteria_put(const struct kith_vet_criteria *c, uint64_t set, const char *between,
		      struct kith_buf *out)
{
	uint64_t least = kith_vet_criteria_minimal(c, set);
	bool first = true;
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (!(least >> i & 1U))
			continue;
		if (!first)
			kith_buf_put_str(out, between);
		first = false;
		kith_buf_put_span(out, c->names[i]);
	}
}
