/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where each part of a requirement comes from: a rule, [policy], an option, a cargo-vet store, or
 * the preset. Decides nothing: the requirement is made anew by the same rules, to see who said
 * what.
 */
#include "codec/json.h"
#include "policy/config.h"
#include "report/report.h"

#define PRESET    "preset"
#define ITEMS_MAX (KITH_FIELD_COUNT + KITH_MAX_CRITERIA)

struct item {
	char by[160]; /* "kith.toml:8 [package."*crypt*"]"; safe for a terminal */
	char says[96];
};

struct items {
	struct item list[ITEMS_MAX];
	size_t n;
};

static const char *const field_names[KITH_FIELD_COUNT] = {
    "level",        "independent", "thoroughness",    "understanding", "llm",
    "llm-assisted", "signed",      "objection-level", "criteria"};

static const char *
value_of(const struct kith_requirement *q, size_t field)
{
	static const char *const llm[] = {"count", "supplement", "ignore"};
	static const char *const numbers[] = {"0", "1", "2", "3", "4"};

	switch (1U << field) {
	case KITH_FIELD_LEVEL:
		return kith_level_name(q->level);
	case KITH_FIELD_INDEPENDENT:
		return numbers[q->independent <= KITH_MAX_INDEPENDENT ? q->independent : 0];
	case KITH_FIELD_THOROUGHNESS:
		return kith_level_name(q->thoroughness);
	case KITH_FIELD_UNDERSTANDING:
		return kith_level_name(q->understanding);
	case KITH_FIELD_LLM:
		return llm[q->llm];
	case KITH_FIELD_LLM_ASSISTED:
		return q->assisted_counts ? "count" : "separate";
	case KITH_FIELD_SIGNED:
		return q->only_signed ? "true" : "false";
	default:
		return kith_level_name(q->objection_level);
	}
}

/* The file by its own name: where it lies is this machine's affair. */
static const char *
file_of(const struct kith_config_at *at)
{
	return at->file == KITH_CONFIG_PROJECT ? "kith.toml" : "config.toml";
}

static void
put_base(const struct kith_report *r, const struct kith_report_row *row, size_t field,
	 struct kith_buf *out)
{
	const struct kith_config_policy *p = &r->config->policy;
	size_t i;

	for (i = 0; i < r->n_overrides; i++) {
		if (strcmp(r->overrides[i].field, field_names[field]) == 0) {
			kith_buf_printf(out, "--%s, for this run", field_names[field]);
			return;
		}
	}
	if (p->fields >> field & 1U)
		kith_buf_printf(out, "%s:%u [policy]", file_of(&p->at), (unsigned)p->at.line);
	else if (1U << field == KITH_FIELD_CRITERIA && row->subject.n_criteria)
		kith_buf_put_str(out, "the cargo-vet store");
	else
		kith_buf_put_str(out, PRESET);
}

static void
put_rule(const struct kith_config_rule *rule, struct kith_buf *out)
{
	kith_buf_printf(out, "%s:%u [package.\"", file_of(&rule->at), (unsigned)rule->at.line);
	kith_text_safe(out, rule->rule.glob, 60);
	kith_buf_put_str(out, rule->rule.replace ? "\"], replaces" : "\"]");
}

static void
add(struct items *x, const struct kith_report *r, const struct kith_report_row *row, size_t field,
    size_t origin, struct kith_span value)
{
	struct item *item = &x->list[x->n++];
	struct kith_buf b;

	kith_buf_init(&b, sizeof(item->by) - 1);
	if (origin < r->config->n_rules)
		put_rule(&r->config->rules[origin], &b);
	else
		put_base(r, row, field, &b);
	snprintf(item->by, sizeof(item->by), "%s", kith_buf_str(&b));
	kith_buf_reset(&b);
	kith_text_safe(&b, value, 60);
	snprintf(item->says, sizeof(item->says), "%s %s", field_names[field], kith_buf_str(&b));
	kith_buf_clear(&b);
}

static bool
gather(const struct kith_report *r, const struct kith_report_row *row, struct items *x)
{
	struct kith_policy p;
	struct kith_requirement q;
	struct kith_requirement_origins o;
	size_t i;

	x->n = 0;
	if (!r->config || !r->policy)
		return false;
	p = *r->policy;
	if (!p.base.n_criteria && row->subject.n_criteria &&
	    row->subject.n_criteria <= KITH_MAX_CRITERIA) {
		memcpy(p.base.criteria, row->subject.criteria,
		       row->subject.n_criteria * sizeof(*row->subject.criteria));
		p.base.n_criteria = row->subject.n_criteria;
	}
	if (kith_policy_requirement_origins(&p, row->package->name, row->package->kinds, &q, &o,
					    NULL))
		return false;
	for (i = 0; i + 1 < KITH_FIELD_COUNT; i++)
		add(x, r, row, i, o.of[i], kith_span_str(value_of(&q, i)));
	for (i = 0; i < q.n_criteria; i++)
		add(x, r, row, KITH_FIELD_COUNT - 1, o.criteria[i], q.criteria[i]);
	return true;
}

/* True for the first item of its origin: the others are told with it. */
static bool
is_first(const struct items *x, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (strcmp(x->list[k].by, x->list[i].by) == 0)
			return false;
	return true;
}

void
kith_report_origins(const struct kith_report *r, const struct kith_report_row *row,
		    const char *indent, bool brief, struct kith_buf *out)
{
	struct items x;
	size_t i, k;

	if (!gather(r, row, &x))
		return;
	for (i = 0; i < x.n; i++) {
		if (!is_first(&x, i) || (brief && strcmp(x.list[i].by, PRESET) == 0))
			continue;
		kith_buf_printf(out, "%s%s: %s", indent, x.list[i].by, x.list[i].says);
		for (k = i + 1; k < x.n; k++)
			if (strcmp(x.list[k].by, x.list[i].by) == 0)
				kith_buf_printf(out, ", %s", x.list[k].says);
		kith_buf_put_char(out, '\n');
	}
}

void
kith_report_origins_json(const struct kith_report *r, const struct kith_report_row *row,
			 struct kith_json_writer *w)
{
	struct items x;
	size_t i, k;

	if (!gather(r, row, &x))
		return;
	kith_json_put_key(w, "requirement_from");
	kith_json_open_array(w);
	for (i = 0; i < x.n; i++) {
		if (!is_first(&x, i))
			continue;
		kith_json_open_object(w);
		kith_json_member_str(w, "by", x.list[i].by);
		kith_json_put_key(w, "says");
		kith_json_open_array(w);
		for (k = i; k < x.n; k++)
			if (strcmp(x.list[k].by, x.list[i].by) == 0)
				kith_json_put_str(w, x.list[k].says);
		kith_json_close_array(w);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}
