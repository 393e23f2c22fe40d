/* SPDX-License-Identifier: Apache-2.0 */
/* The tables about what is required: [policy], [package."GLOB"], [[exempt]], [[accept]]. */
#include "policy/config_tables.h"

bool
kith_config_same_owner(struct kith_span a, struct kith_span b)
{
	size_t i;

	kith_span_skip(&a, "@");
	kith_span_skip(&b, "@");
	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		if ((a.ptr[i] | (a.ptr[i] >= 'A' && a.ptr[i] <= 'Z' ? 0x20 : 0)) !=
		    (b.ptr[i] | (b.ptr[i] >= 'A' && b.ptr[i] <= 'Z' ? 0x20 : 0)))
			return false;
	return a.len != 0;
}

static const struct kith_config_word llms[] = {{"count", KITH_LLM_COUNT},
					       {"supplement", KITH_LLM_SUPPLEMENT},
					       {"ignore", KITH_LLM_IGNORE},
					       {NULL, 0}};
static const struct kith_config_word assisted[] = {{"separate", false}, {"count", true}, {NULL, 0}};
static const struct kith_config_word promotions[] = {
    {"note", KITH_AS_NOTE}, {"object", KITH_AS_OBJECTION}, {"ignore", KITH_AS_NOTHING}, {NULL, 0}};
static const struct kith_config_word lates[] = {{"refuse", false}, {"allow", true}, {NULL, 0}};
static const struct kith_config_word rewrites[] = {{"warn", false}, {"fail", true}, {NULL, 0}};

/* criteria and n_criteria of a requirement; out is at `criteria`. */
static int
read_criteria(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	struct kith_requirement *q =
	    (struct kith_requirement *)(void *)((uint8_t *)out -
						offsetof(struct kith_requirement, criteria));
	const struct kith_config_field items = {.key = at->f->key,
						.item = kith_config_text,
						.item_size = sizeof(struct kith_span),
						.max = KITH_MAX_CRITERIA};
	const struct kith_config_spot list = {at->v, &items, at->table};
	struct kith_config_texts texts;
	int rc = kith_config_string_or_list(r, &list, &texts);

	if (rc)
		return rc;
	if (!texts.n)
		return kith_config_refuse_value(r, at, "names no criterion");
	memcpy(q->criteria, texts.at, texts.n * sizeof(q->criteria[0]));
	q->n_criteria = texts.n;
	return KITH_OK;
}

/* The fields of a requirement (verdict.md 4) that lies in a struct at `base`; bit i is the i-th. */
#define REQUIREMENT(base)                                                                          \
	{.key = "level",                                                                           \
	 .read = kith_config_word,                                                                 \
	 .offset = (base) + offsetof(struct kith_requirement, level),                              \
	 .words = kith_config_levels},                                                             \
	    {.key = "independent",                                                                 \
	     .read = kith_config_number,                                                           \
	     .offset = (base) + offsetof(struct kith_requirement, independent),                    \
	     .min = 1,                                                                             \
	     .max = KITH_MAX_INDEPENDENT},                                                         \
	    {.key = "thoroughness",                                                                \
	     .read = kith_config_word,                                                             \
	     .offset = (base) + offsetof(struct kith_requirement, thoroughness),                   \
	     .words = kith_config_grades},                                                         \
	    {.key = "understanding",                                                               \
	     .read = kith_config_word,                                                             \
	     .offset = (base) + offsetof(struct kith_requirement, understanding),                  \
	     .words = kith_config_grades},                                                         \
	    {.key = "llm",                                                                         \
	     .read = kith_config_word,                                                             \
	     .offset = (base) + offsetof(struct kith_requirement, llm),                            \
	     .words = llms},                                                                       \
	    {.key = "llm-assisted",                                                                \
	     .read = kith_config_flag,                                                             \
	     .offset = (base) + offsetof(struct kith_requirement, assisted_counts),                \
	     .words = assisted},                                                                   \
	    {.key = "signed",                                                                      \
	     .read = kith_config_boolean,                                                          \
	     .offset = (base) + offsetof(struct kith_requirement, only_signed)},                   \
	    {.key = "objection-level",                                                             \
	     .read = kith_config_word,                                                             \
	     .offset = (base) + offsetof(struct kith_requirement, objection_level),                \
	     .words = kith_config_levels},                                                         \
	{                                                                                          \
		.key = "criteria", .read = read_criteria,                                          \
		.offset = (base) + offsetof(struct kith_requirement, criteria)                     \
	}

#define ALL_FIELDS (2 * KITH_FIELD_CRITERIA - 1)
_Static_assert(KITH_FIELD_LEVEL == 1 && KITH_FIELD_INDEPENDENT == 2 &&
		   KITH_FIELD_THOROUGHNESS == 4 && KITH_FIELD_UNDERSTANDING == 8 &&
		   KITH_FIELD_LLM == 16 && KITH_FIELD_LLM_ASSISTED == 32 &&
		   KITH_FIELD_SIGNED == 64 && KITH_FIELD_OBJECTION_LEVEL == 128 &&
		   KITH_FIELD_CRITERIA == 256,
	       "the rows of a requirement are in the order of its bits");

/* --- [policy] --- */

#define AT(member) offsetof(struct kith_config_policy, member)

static const struct kith_config_field policy_fields[] = {
    REQUIREMENT(AT(p.base)),
    {.key = "issue-severity",
     .read = kith_config_word,
     .offset = AT(p.issue_severity),
     .words = kith_config_grades},
    {.key = "severity-threshold",
     .read = kith_config_word,
     .offset = AT(p.severity_threshold),
     .words = kith_config_grades},
    {.key = "unsound", .read = kith_config_word, .offset = AT(p.unsound), .words = promotions},
    {.key = "unmaintained",
     .read = kith_config_word,
     .offset = AT(p.unmaintained),
     .words = promotions},
    {.key = "notice", .read = kith_config_word, .offset = AT(p.notice), .words = promotions},
    {.key = "yanked", .read = kith_config_word, .offset = AT(p.yanked), .words = promotions},
    {.key = "cooldown", .read = kith_config_days, .offset = AT(p.cooldown)},
    {.key = "set-cooldown", .read = kith_config_days, .offset = AT(p.set_cooldown)},
    {.key = "late", .read = kith_config_flag, .offset = AT(p.late_counts), .words = lates},
    {.key = "max-evidence-age", .read = kith_config_days, .offset = AT(max_evidence_age)},
    {.key = "max-pin-age", .read = kith_config_days, .offset = AT(max_pin_age)},
    {.key = "on-rewrite", .read = kith_config_flag, .offset = AT(rewrite_fails), .words = rewrites},
    {.key = "exempt-owners",
     .read = kith_config_list,
     .offset = AT(owners),
     .item = kith_config_text,
     .item_size = sizeof(struct kith_span)},
    {.key = NULL}};

#undef AT

static int
finish_policy(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	      void *out)
{
	(void)r;
	(void)at;
	((struct kith_config_policy *)out)->fields = (unsigned)seen & ALL_FIELDS;
	return KITH_OK;
}

const struct kith_config_table kith_config_table_policy = {
    .name = "policy",
    .files = KITH_CONFIG_IN_BOTH,
    .fields = policy_fields,
    .offset = offsetof(struct kith_config, policy),
    .finish = finish_policy,
};

/* --- [package."GLOB"] --- */

#define AT(member) offsetof(struct kith_config_rule, member)

static const struct kith_config_field rule_fields[] = {
    REQUIREMENT(AT(rule.r)),
    {.key = "replace", .read = kith_config_boolean, .offset = AT(rule.replace)},
    {.key = "reason",
     .read = kith_config_text,
     .offset = AT(rule.reason),
     .max = KITH_MAX_CONFIG_TEXT},
    {.key = NULL}};

#undef AT

static int
finish_rule(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	    void *out)
{
	static const struct kith_config_field glob = {.key = "GLOB"};
	struct kith_toml key = *at->v;
	const struct kith_config_spot spot = {&key, &glob, at->table};
	struct kith_rule *rule = &((struct kith_config_rule *)out)->rule;

	rule->fields = (unsigned)seen & ALL_FIELDS;
	if (rule->replace && !rule->reason.len)
		return kith_config_refuse(r, kith_toml_get(at->v, "replace"),
					  "'replace' in %s needs a 'reason'", at->table);
	key.type = KITH_TOML_STRING;
	key.u.string = at->v->key;
	return kith_config_glob(r, &spot, &rule->glob);
}

const struct kith_config_table kith_config_table_package = {
    .name = "package",
    .shape = KITH_CONFIG_GLOBS,
    .files = KITH_CONFIG_IN_PROJECT,
    .fields = rule_fields,
    .size = sizeof(struct kith_config_rule),
    .offset = offsetof(struct kith_config, rules),
    .count = offsetof(struct kith_config, n_rules),
    .max = KITH_MAX_CONFIG_RULES,
    .finish = finish_rule,
};

/* --- [[exempt]] --- */

enum {
	EXEMPT_PACKAGE,
	EXEMPT_VERSION,
	EXEMPT_CHECKSUM,
	EXEMPT_REASON,
	EXEMPT_OWNER,
	EXEMPT_ADDED,
	EXEMPT_UNTIL
};

/* A name, version or key that is compared with what a lock file says: nothing to fold or trim. */
static int
read_exact(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	struct kith_span s;
	int rc = kith_config_text(r, at, &s);

	if (rc)
		return rc;
	if (kith_span_find(s, 0, ' ') < s.len)
		return kith_config_refuse_value(r, at, "has a blank: \"%.*s\"",
						KITH_CONFIG_SHOWN(s));
	memcpy(out, &s, sizeof(s));
	return KITH_OK;
}

#define AT(member) offsetof(struct kith_config_exempt, member)

static const struct kith_config_field exempt_fields[] = {
    [EXEMPT_PACKAGE] = {.key = "package",
			.read = read_exact,
			.offset = AT(x.name),
			.required = true},
    [EXEMPT_VERSION] = {.key = "version",
			.read = read_exact,
			.offset = AT(x.version),
			.required = true},
    [EXEMPT_CHECKSUM] = {.key = "checksum",
			 .read = read_exact,
			 .offset = AT(x.key),
			 .required = true},
    [EXEMPT_REASON] = {.key = "reason",
		       .read = kith_config_text,
		       .offset = AT(x.reason),
		       .max = KITH_MAX_CONFIG_TEXT},
    [EXEMPT_OWNER] = {.key = "owner", .read = kith_config_text, .offset = AT(x.owner)},
    [EXEMPT_ADDED] = {.key = "added", .read = kith_config_date, .offset = AT(added)},
    [EXEMPT_UNTIL] = {.key = "until", .read = kith_config_date, .offset = AT(x.until)},
    {.key = NULL}};

#undef AT

/* One that ends before it begins was never meant so. */
static int
check_dates(const struct kith_config_reader *r, const struct kith_config_spot *at, bool both,
	    struct kith_time added, struct kith_time until)
{
	if (!both || kith_time_cmp(added, until) < 0)
		return KITH_OK;
	return kith_config_refuse(r, kith_toml_get(at->v, "until"),
				  "'until' in %s is not after 'added'", at->table);
}

static int
finish_exempt(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	      void *out)
{
	struct kith_config_exempt *e = out;

	e->has_added = seen >> EXEMPT_ADDED & 1;
	e->x.has_until = seen >> EXEMPT_UNTIL & 1;
	return check_dates(r, at, e->has_added && e->x.has_until, e->added, e->x.until);
}

static void
identify_exempt(const void *entry, struct kith_buf *out)
{
	const struct kith_exemption *x = &((const struct kith_config_exempt *)entry)->x;

	kith_buf_put_span(out, x->name);
	kith_buf_put_char(out, ' ');
	kith_buf_put_span(out, x->version);
	kith_buf_put_char(out, ' ');
	kith_buf_put_span(out, x->key);
}

const struct kith_config_table kith_config_table_exempt = {
    .name = "exempt",
    .shape = KITH_CONFIG_MANY,
    .files = KITH_CONFIG_IN_PROJECT,
    .fields = exempt_fields,
    .size = sizeof(struct kith_config_exempt),
    .offset = offsetof(struct kith_config, exempts),
    .count = offsetof(struct kith_config, n_exempts),
    .max = KITH_MAX_CONFIG_ENTRIES,
    .finish = finish_exempt,
    .identity = identify_exempt,
};

/* --- [[accept]] --- */

enum { ACCEPT_PACKAGE, ACCEPT_OBJECTION, ACCEPT_REASON, ACCEPT_OWNER, ACCEPT_ADDED, ACCEPT_UNTIL };

#define AT(member) offsetof(struct kith_config_accept, member)

static const struct kith_config_field accept_fields[] = {
    [ACCEPT_PACKAGE] = {.key = "package",
			.read = read_exact,
			.offset = AT(a.name),
			.required = true},
    [ACCEPT_OBJECTION] = {.key = "objection",
			  .read = kith_config_text,
			  .offset = AT(a.objection),
			  .required = true},
    [ACCEPT_REASON] = {.key = "reason",
		       .read = kith_config_text,
		       .offset = AT(a.reason),
		       .required = true,
		       .max = KITH_MAX_CONFIG_TEXT},
    [ACCEPT_OWNER] = {.key = "owner", .read = kith_config_text, .offset = AT(a.owner)},
    [ACCEPT_ADDED] = {.key = "added", .read = kith_config_date, .offset = AT(added)},
    [ACCEPT_UNTIL] = {.key = "until", .read = kith_config_date, .offset = AT(a.until)},
    {.key = NULL}};

#undef AT

static int
finish_accept(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	      void *out)
{
	struct kith_config_accept *e = out;

	e->has_added = seen >> ACCEPT_ADDED & 1;
	e->a.has_until = seen >> ACCEPT_UNTIL & 1;
	if (!e->has_added && !e->a.has_until)
		return kith_config_refuse(r, at->v, "[[accept]] has no date: 'added' or 'until'");
	return check_dates(r, at, e->has_added && e->a.has_until, e->added, e->a.until);
}

static void
identify_accept(const void *entry, struct kith_buf *out)
{
	const struct kith_acceptance *a = &((const struct kith_config_accept *)entry)->a;

	kith_buf_put_span(out, a->name);
	kith_buf_put_char(out, ' ');
	kith_buf_put_span(out, a->objection);
}

const struct kith_config_table kith_config_table_accept = {
    .name = "accept",
    .shape = KITH_CONFIG_MANY,
    .files = KITH_CONFIG_IN_PROJECT,
    .fields = accept_fields,
    .size = sizeof(struct kith_config_accept),
    .offset = offsetof(struct kith_config, accepts),
    .count = offsetof(struct kith_config, n_accepts),
    .max = KITH_MAX_CONFIG_ENTRIES,
    .finish = finish_accept,
    .identity = identify_accept,
};
