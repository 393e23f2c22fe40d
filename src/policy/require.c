/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requirements: the preset, and rules that can only tighten it unless one says `replace`
 * (verdict.md 4). Pure.
 */
#include "policy/policy.h"

#define DAY ((int64_t)86400)

void
kith_policy_preset(struct kith_policy *ret_policy)
{
	*ret_policy = (struct kith_policy){
	    .base = {.level = KITH_LEVEL_LOW,
		     .independent = 1,
		     .thoroughness = KITH_LEVEL_LOW,
		     .understanding = KITH_LEVEL_LOW,
		     .llm = KITH_LLM_SUPPLEMENT,
		     .objection_level = KITH_LEVEL_LOW},
	    .issue_severity = KITH_LEVEL_MEDIUM,
	    .severity_threshold = KITH_LEVEL_NONE,
	    .cooldown = 7 * DAY,
	    .set_cooldown = 3 * DAY,
	};
}

/* Bytes before the first character that is special in a glob. */
static size_t
literal_prefix(struct kith_span glob)
{
	size_t i;

	for (i = 0; i < glob.len; i++)
		if (glob.ptr[i] == '*' || glob.ptr[i] == '?' || glob.ptr[i] == '[')
			break;
	return i;
}

static int
find_replacing(const struct kith_policy *p, struct kith_span name, const struct kith_rule **ret,
	       struct kith_error *err)
{
	size_t i, longest = 0, n = 0;

	for (i = 0; i < p->n_rules; i++) {
		size_t len = literal_prefix(p->rules[i].glob);

		if (len > longest && kith_glob_match(p->rules[i].glob, name))
			longest = len;
	}
	*ret = NULL;
	for (i = 0; i < p->n_rules; i++) {
		if (!p->rules[i].replace || literal_prefix(p->rules[i].glob) != longest ||
		    !kith_glob_match(p->rules[i].glob, name))
			continue;
		*ret = &p->rules[i];
		n++;
	}
	if (n > 1)
		return kith_fail(err, KITH_E_USAGE,
				 "package '%.*s': %zu rules of the longest prefix say replace",
				 KITH_SPAN_FMT(name), n);
	return KITH_OK;
}

static void
replace_fields(struct kith_requirement *r, const struct kith_rule *rule)
{
	const struct kith_requirement *x = &rule->r;

	if (rule->fields & KITH_FIELD_LEVEL)
		r->level = x->level;
	if (rule->fields & KITH_FIELD_INDEPENDENT)
		r->independent = x->independent;
	if (rule->fields & KITH_FIELD_THOROUGHNESS)
		r->thoroughness = x->thoroughness;
	if (rule->fields & KITH_FIELD_UNDERSTANDING)
		r->understanding = x->understanding;
	if (rule->fields & KITH_FIELD_LLM)
		r->llm = x->llm;
	if (rule->fields & KITH_FIELD_LLM_ASSISTED)
		r->assisted_counts = x->assisted_counts;
	if (rule->fields & KITH_FIELD_SIGNED)
		r->only_signed = x->only_signed;
	if (rule->fields & KITH_FIELD_OBJECTION_LEVEL)
		r->objection_level = x->objection_level;
	if (rule->fields & KITH_FIELD_CRITERIA) {
		memcpy(r->criteria, x->criteria, sizeof(r->criteria));
		r->n_criteria = x->n_criteria;
	}
}

static int
add_criteria(struct kith_requirement *r, const struct kith_requirement *x, struct kith_error *err)
{
	size_t i, j;

	for (i = 0; i < x->n_criteria; i++) {
		for (j = 0; j < r->n_criteria; j++)
			if (kith_span_eq(r->criteria[j], x->criteria[i]))
				break;
		if (j < r->n_criteria)
			continue;
		if (r->n_criteria == KITH_MAX_CRITERIA)
			return kith_fail(err, KITH_E_LIMIT, "more than %d criteria are required",
					 KITH_MAX_CRITERIA);
		r->criteria[r->n_criteria++] = x->criteria[i];
	}
	return KITH_OK;
}

#define STRICTER(field, cmp)                                                                       \
	((rule->r.field cmp r->field) ? (void)(r->field = rule->r.field) : (void)0)

/* And-s a rule to what is there: each field to the stricter of both. */
static int
tighten(struct kith_requirement *r, const struct kith_rule *rule, struct kith_error *err)
{
	if (rule->fields & KITH_FIELD_LEVEL)
		STRICTER(level, >);
	if (rule->fields & KITH_FIELD_INDEPENDENT)
		STRICTER(independent, >);
	if (rule->fields & KITH_FIELD_THOROUGHNESS)
		STRICTER(thoroughness, >);
	if (rule->fields & KITH_FIELD_UNDERSTANDING)
		STRICTER(understanding, >);
	if (rule->fields & KITH_FIELD_LLM)
		STRICTER(llm, >);
	if (rule->fields & KITH_FIELD_LLM_ASSISTED)
		STRICTER(assisted_counts, <);
	if (rule->fields & KITH_FIELD_SIGNED)
		STRICTER(only_signed, >);
	if (rule->fields & KITH_FIELD_OBJECTION_LEVEL)
		STRICTER(objection_level, <);
	return rule->fields & KITH_FIELD_CRITERIA ? add_criteria(r, &rule->r, err) : KITH_OK;
}

/* The fields that differ, as bits; criteria only ever become more. */
static unsigned
changed_fields(const struct kith_requirement *a, const struct kith_requirement *b)
{
	return (a->level != b->level ? KITH_FIELD_LEVEL : 0U) |
	       (a->independent != b->independent ? KITH_FIELD_INDEPENDENT : 0U) |
	       (a->thoroughness != b->thoroughness ? KITH_FIELD_THOROUGHNESS : 0U) |
	       (a->understanding != b->understanding ? KITH_FIELD_UNDERSTANDING : 0U) |
	       (a->llm != b->llm ? KITH_FIELD_LLM : 0U) |
	       (a->assisted_counts != b->assisted_counts ? KITH_FIELD_LLM_ASSISTED : 0U) |
	       (a->only_signed != b->only_signed ? KITH_FIELD_SIGNED : 0U) |
	       (a->objection_level != b->objection_level ? KITH_FIELD_OBJECTION_LEVEL : 0U);
}

static void
note_origin(struct kith_requirement_origins *o, unsigned fields, size_t first_criterion,
	    size_t n_criteria, size_t rule)
{
	size_t i;

	for (i = 0; i < KITH_FIELD_COUNT; i++)
		if (fields >> i & 1U)
			o->of[i] = rule;
	for (i = first_criterion; i < n_criteria; i++)
		o->criteria[i] = rule;
}

int
kith_policy_requirement_origins(const struct kith_policy *p, struct kith_span name, unsigned kinds,
				struct kith_requirement *ret_requirement,
				struct kith_requirement_origins *ret_origins,
				struct kith_error *err)
{
	struct kith_requirement r = p->base, before;
	struct kith_requirement_origins o;
	const struct kith_rule *replacing;
	size_t i;
	int rc;

	if (!r.n_criteria)
		r.criteria[r.n_criteria++] = kinds == KITH_KIND_DEV
						 ? KITH_SPAN_LIT("safe-to-run")
						 : KITH_SPAN_LIT("safe-to-deploy");
	note_origin(&o, ~0U, 0, KITH_MAX_CRITERIA, KITH_ORIGIN_BASE);
	rc = find_replacing(p, name, &replacing, err);
	if (rc)
		return rc;
	if (replacing) {
		replace_fields(&r, replacing);
		note_origin(&o, replacing->fields, 0,
			    replacing->fields & KITH_FIELD_CRITERIA ? r.n_criteria : 0,
			    (size_t)(replacing - p->rules));
	}
	for (i = 0; i < p->n_rules; i++) {
		if (&p->rules[i] == replacing || !kith_glob_match(p->rules[i].glob, name))
			continue;
		before = r;
		rc = tighten(&r, &p->rules[i], err);
		if (rc)
			return rc;
		note_origin(&o, changed_fields(&before, &r), before.n_criteria, r.n_criteria, i);
	}
	*ret_requirement = r;
	if (ret_origins)
		*ret_origins = o;
	return KITH_OK;
}

int
kith_policy_requirement(const struct kith_policy *p, struct kith_span name, unsigned kinds,
			struct kith_requirement *ret_requirement, struct kith_error *err)
{
	return kith_policy_requirement_origins(p, name, kinds, ret_requirement, NULL, err);
}
