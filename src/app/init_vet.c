/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith init --from-vet: what a cargo-vet store says, in the words of kith.toml. The project's own
 * audits stay where they are: they are read there.
 */
#include "app/init.h"

static int
take_import(struct kith_init_plan *p, const struct kith_vet_import *m, struct kith_error *err)
{
	struct kith_config_mapping *map = kith_arena_array(&p->arena, m->n_map + 1, sizeof(*map));
	struct kith_config_evidence e = {
	    .kind = KITH_CONFIG_VET,
	    .urls = {m->urls.items, m->urls.count},
	    .name = m->name,
	    .level = KITH_LEVEL_LOW,
	    .object = KITH_LEVEL_LOW,
	    .map = map,
	    .n_map = m->n_map,
	    .reason = KITH_SPAN_LIT("imported by the project's cargo-vet store"),
	};
	size_t i;

	if (!map)
		return kith_fail_nomem(err);
	if (!m->urls.count)
		return KITH_OK;
	for (i = 0; i < m->n_map; i++) {
		map[i].foreign = m->map[i].name;
		map[i].own = (struct kith_config_texts){m->map[i].list.items, m->map[i].list.count};
	}
	if (m->exclude.count)
		kith_init_note(p, "import '%.*s': its list of excluded crates has no counterpart",
			       KITH_SPAN_FMT(m->name));
	return kith_init_add_source(p, &e, err);
}

int
kith_init_take_imports(struct kith_init_plan *p, const struct kith_app_run *run,
		       struct kith_error *err)
{
	const struct kith_vet_config *c = run->vet->answer->config;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < c->n_imports; i++)
		r = take_import(p, &c->imports[i], err);
	return r;
}

/* --- criteria --- */

static struct kith_span
preset_of(const struct kith_package *p)
{
	return p->kinds == KITH_KIND_DEV ? KITH_SPAN_LIT("safe-to-run")
					 : KITH_SPAN_LIT("safe-to-deploy");
}

/* A name that is no glob for more than itself. */
static bool
is_literal(struct kith_span name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (strchr("*?[\"\\", name.ptr[i]) || name.ptr[i] <= ' ' || name.ptr[i] > '~')
			return false;
	return name.len != 0;
}

static int
take_rule(struct kith_init_plan *p, const struct kith_report_row *row, struct kith_error *err)
{
	const struct kith_subject *s = &row->subject;
	struct kith_init_rule *x = &p->rules[p->n_rules];
	struct kith_span *names = kith_arena_array(&p->arena, s->n_criteria, sizeof(*names));
	bool has_preset = false;
	size_t i;

	if (!names)
		return kith_fail_nomem(err);
	for (i = 0; i < s->n_criteria; i++) {
		has_preset = has_preset || kith_span_eq(s->criteria[i], preset_of(row->package));
		if (!kith_arena_copy(&p->arena, s->criteria[i], &names[i]))
			return kith_fail_nomem(err);
	}
	if (!kith_arena_copy(&p->arena, row->package->name, &x->package))
		return kith_fail_nomem(err);
	x->criteria = names;
	x->n_criteria = s->n_criteria;
	x->replace = !has_preset; /* else the preset's own criterion would be required as well */
	p->n_rules++;
	return KITH_OK;
}

static bool
wants_rule(const struct kith_report_row *row)
{
	const struct kith_subject *s = &row->subject;

	return s->n_criteria &&
	       (s->n_criteria > 1 || !kith_span_eq(s->criteria[0], preset_of(row->package)));
}

int
kith_init_take_rules(struct kith_init_plan *p, const struct kith_app_run *run,
		     struct kith_error *err)
{
	size_t n = run->report.n_rows, i;
	KITH_AUTO_MAP struct kith_map names;
	bool added;
	int r = KITH_OK;

	kith_map_init(&names, NULL);
	p->rules = kith_arena_array(&p->arena, KITH_MAX_CONFIG_RULES, sizeof(*p->rules));
	if (!p->rules)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < n; i++) {
		const struct kith_report_row *row = &run->rows[i];

		if (!wants_rule(row) || !is_literal(row->package->name))
			continue;
		if (p->n_rules == KITH_MAX_CONFIG_RULES) {
			kith_init_note(p,
				       "more than %zu packages have criteria of their own: the "
				       "rest is left out",
				       KITH_MAX_CONFIG_RULES);
			break;
		}
		r = kith_map_add(&names, row->package->name, i, NULL, &added, err);
		if (!r && added)
			r = take_rule(p, row, err);
	}
	return r;
}
