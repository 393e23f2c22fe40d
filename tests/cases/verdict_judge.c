/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the library about a world of a `.verdict` file (verdict_judge.h). Prints nothing. */
#include "cases/verdict_judge.h"
#include "cases/wot_graph.h"

void
verdict_asked_clear(struct verdict_asked *a)
{
	kith_standings_free(a->standings);
	kith_trust_graph_free(a->graph);
}

static int
make_publishers(struct verdict_world *v, struct kith_standings_setup *setup, struct kith_error *err)
{
	struct wot *w = &v->w;
	struct kith_publisher_rule *rules =
	    kith_arena_array(&w->arena, w->n_publishers, sizeof(*rules));
	size_t i;

	if (!rules)
		return kith_fail_nomem(err);
	for (i = 0; i < w->n_publishers; i++) {
		rules[i].package = w->publishers[i].name;
		rules[i].ids = wot_ids(w, v->keys, &w->publishers[i].ids);
		rules[i].n_ids = w->publishers[i].ids.n;
		if (!rules[i].ids)
			return kith_fail_nomem(err);
	}
	setup->publishers = rules;
	setup->n_publishers = w->n_publishers;
	return KITH_OK;
}

int
verdict_ask(struct verdict_world *v, struct verdict_asked *ret_asked, struct kith_error *err)
{
	KITH_CLEANUP(verdict_asked_clear) struct verdict_asked a = {.v = v};
	struct kith_standings_setup setup = {.actors = v->actors};
	struct kith_native_params *params = kith_arena_alloc(&v->w.arena, sizeof(*params));
	int r;

	if (!params)
		return kith_fail_nomem(err);
	r = wot_graph(&v->w, v->keys, &a.graph, err);
	if (!r)
		r = wot_question(&v->w, v->keys, params, &setup.question, err);
	if (!r)
		r = make_publishers(v, &setup, err);
	setup.graph = a.graph;
	if (!r)
		r = kith_standings_new(&setup, &a.standings, err);
	if (r)
		return r;
	a.world = (struct kith_policy_world){.policy = &v->policy,
					     .sources = v->evidence,
					     .n_sources = v->n_sources,
					     .exemptions = v->exemptions,
					     .n_exemptions = v->n_exemptions,
					     .acceptances = v->acceptances,
					     .n_acceptances = v->n_acceptances,
					     .actors = v->actors,
					     .now = {v->w.now * 86400, 0},
					     .people = kith_standings_people,
					     .people_ctx = a.standings};
	*ret_asked = a;
	a.graph = NULL;
	a.standings = NULL;
	return KITH_OK;
}

static void
put_party(const struct verdict_world *v, const struct kith_party *p, struct kith_buf *out)
{
	size_t i;

	if (!p->is_id)
		kith_buf_put_span(out, p->name);
	for (i = 0; p->is_id && i < v->w.names.count; i++)
		if (memcmp(&v->keys[i], &p->id, sizeof(p->id)) == 0)
			kith_buf_put_span(out, v->w.names.entries[i].key);
}

static void
put_claim(const struct verdict_world *v, const struct kith_claim *c, struct kith_buf *out)
{
	if (c->kind == KITH_CLAIM_AUDIT || c->kind == KITH_CLAIM_VOUCH)
		kith_buf_printf(out, "%.*s:%.*s%s%.*s", KITH_SPAN_FMT(v->sources[c->set].name),
				KITH_SPAN_FMT(c->base_version), c->has_base ? "->" : "",
				KITH_SPAN_FMT(c->version));
	else
		kith_buf_put_span(out, c->id);
}

static void
put_explanation(const struct verdict_world *v, const struct kith_verdict *r, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < r->n_chain; i++) {
		kith_buf_printf(out, "\n  chain %.*s ", KITH_SPAN_FMT(r->chain[i].to));
		put_claim(v, r->chain[i].claim, out);
	}
	for (i = 0; i < r->n_hangs_on; i++) {
		kith_buf_put_str(out, "\n  hangs on ");
		put_party(v, &r->hangs_on[i], out);
	}
	for (i = 0; i < r->n_uses; i++) {
		kith_buf_put_str(out, "\n  ");
		put_claim(v, r->uses[i].claim, out);
		kith_buf_printf(out, ": %s (%s)", kith_use_text(r->uses[i].use),
				kith_level_name(r->uses[i].standing));
	}
	for (i = 0; i < r->n_repairs; i++) {
		kith_buf_put_str(out, "\n  trust ");
		put_party(v, &r->repairs[i].who, out);
		kith_buf_printf(out, ": %u", r->repairs[i].independent);
	}
}

int
verdict_answer(struct verdict_world *v, struct kith_span package, bool explain,
	       struct kith_buf *out, struct kith_error *err)
{
	KITH_CLEANUP(verdict_asked_clear) struct verdict_asked a = {.v = v};
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct verdict_package *p = verdict_package(v, package);
	struct kith_verdict x;
	size_t i;
	int r;

	kith_arena_init(&arena, KITH_MIB(256));
	if (!p)
		return kith_fail(err, KITH_E_NOTFOUND, "no package '%.*s'", KITH_SPAN_FMT(package));
	r = verdict_ask(v, &a, err);
	if (!r)
		r = kith_policy_judge(&a.world, &p->subject, v->claims, v->n_claims, explain,
				      &arena, &x, err);
	if (r)
		return r;
	kith_buf_put_span(out, package);
	kith_buf_printf(out, " %s %u", kith_status_name(x.status), x.independent);
	for (i = 0; x.status == KITH_STATUS_NEGATIVE && i < x.n_objections; i++)
		kith_buf_printf(out, " %.*s", KITH_SPAN_FMT(x.objections[i].id));
	if (x.status == KITH_STATUS_INSUFFICIENT)
		kith_buf_printf(out, " %s", kith_miss_name(x.miss));
	if (explain)
		put_explanation(v, &x, out);
	return kith_buf_check(out, err);
}
