/* SPDX-License-Identifier: Apache-2.0 */
/* kith query audits: what audit sets say, as their entries stand. */
#include "app/claims.h"
#include "app/query.h"

static void
claims_freep(struct kith_app_claims **c)
{
	kith_app_claims_free(*c);
}

static void
put_criteria(const struct kith_claim *c, struct kith_app_list *list)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_MIB(1));
	for (i = 0; i < c->n_criteria; i++) {
		kith_buf_put_str(&b, i ? "," : "");
		kith_buf_put_span(&b, c->criteria[i]);
	}
	kith_app_list_text(list, "criteria", kith_buf_carry(list->out, &b), 26);
}

/* "1.0.0", "1.0.0 -> 1.1.0", a violation's range, or whose publications are vouched for. */
static void
put_what(const struct kith_claim *c, struct kith_app_list *list)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_MIB(1));
	if (list->is_json) {
		kith_app_list_text(list, "version", c->version, 0);
		kith_app_list_text(list, "base", c->base_version, 0);
		kith_app_list_text(list, "range", c->range, 0);
		kith_app_list_text(list, "publisher", c->login, 0);
		return;
	}
	if (c->has_base) {
		kith_buf_put_span(&b, c->base_version);
		kith_buf_put_str(&b, " -> ");
	}
	kith_buf_put_span(&b, c->kind == KITH_CLAIM_VIOLATION ? c->range
			      : c->kind == KITH_CLAIM_VOUCH   ? c->login
							      : c->version);
	kith_app_list_text(list, "version", kith_buf_carry(list->out, &b), 20);
}

static void
put_audit(const struct kith_app_claims *all, const struct kith_claim *c, struct kith_app_list *list)
{
	kith_app_list_row(list);
	kith_app_list_str(list, "kind",
			  c->kind == KITH_CLAIM_VIOLATION ? "violation"
			  : c->kind == KITH_CLAIM_VOUCH   ? "vouch"
							  : "audit",
			  9);
	kith_app_list_text(list, "package", c->name, 20);
	put_what(c, list);
	kith_app_list_text(list, "author", all->sources[c->set].name, 16);
	put_criteria(c, list);
	if (list->is_json) {
		kith_app_list_text(list, "claim_id", c->id, 0);
		kith_app_list_text(list, "who", c->who, 0);
		kith_app_list_text(list, "aggregated_from", c->origin, 0);
		kith_app_list_text(list, "comment", c->comment, 0);
	}
	kith_app_list_place(list, &c->places[0]);
	kith_app_list_end_row(list);
}

static int
put_audits_of(struct kith_app_claims *all, enum kith_ecosystem eco, struct kith_span name,
	      struct kith_span version, struct kith_app_list *list, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_claim *claims;
	size_t n, i;
	int r;

	kith_arena_init(&arena, KITH_MIB(256));
	r = kith_claim_set_claims(all->sets, eco, name, all->readings, all->session->now, &arena,
				  &claims, &n, err);
	for (i = 0; !r && i < n; i++)
		if (!version.len || !claims[i].version.len ||
		    kith_span_eq(version, claims[i].version))
			put_audit(all, &claims[i], list);
	return r;
}

int
kith_app_query_audits(struct kith_session *s, const struct kith_index *index, struct kith_span name,
		      struct kith_span version, struct kith_app_list *list, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	KITH_CLEANUP(claims_freep) struct kith_app_claims *all = NULL;
	enum kith_ecosystem eco;
	struct kith_span at;
	size_t i, claims, facts;
	int r;

	r = kith_app_config_load(s, NULL, &config, err);
	if (!r)
		r = kith_app_claims_new(s, index, &config, NULL, KITH_LEVEL_LOW, &all, err);
	if (!r && name.len)
		r = put_audits_of(all, KITH_ECO_CARGO, name, version, list, err);
	for (i = 0;
	     !r && !name.len && kith_claim_set_name_at(all->sets, i, &eco, &at, &claims, &facts);
	     i++)
		r = put_audits_of(all, eco, at, version, list, err);
	return r ? r : kith_app_derived_check(s, err);
}
