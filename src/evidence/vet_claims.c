/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns entries of audit sets into claims. An audit or vouch grants all that its criteria imply; a
 * violation is about the criteria that it lists and no others.
 */
#include <inttypes.h>

#include "codec/base64.h"
#include "evidence/vet_claims.h"
#include "evidence/vet_write.h"

#define MAX_KNOWN 32 /* lists of names that are kept ready: sets use few */

struct kith_vet_claimer {
	const struct kith_vet_claims_of *of;
	struct kith_vet_criteria criteria; /* the set's own space, or the project's */
	struct kith_vet_list means[KITH_VET_MAX_CRITERIA]; /* of each: names here */
};

struct maker {
	struct kith_vet_claimer *c;
	struct kith_arena *arena;
	struct kith_buf scratch;
	struct {
		uint64_t set;
		struct kith_vet_list names;
	} known[MAX_KNOWN]; /* of granted sets */
	size_t n_known;
	struct kith_claim *claims;
	size_t n;
	struct kith_error *err;
};

static const struct kith_vet_named_list *
find_mapped(const struct kith_vet_import *map, struct kith_span name)
{
	size_t i;

	for (i = 0; map && i < map->n_map; i++)
		if (kith_span_eq(map->map[i].name, name))
			return &map->map[i];
	return NULL;
}

int
kith_vet_claimer_new(const struct kith_vet_claims_of *of, struct kith_vet_claimer **ret_claimer,
		     struct kith_error *err)
{
	KITH_AUTO_VET_CLAIMER struct kith_vet_claimer *c = kith_calloc(1, sizeof(*c));
	size_t i;
	int r = KITH_OK;

	if (!c)
		return kith_fail_nomem(err);
	c->of = of;
	if (of->own)
		c->criteria = *of->own;
	else
		r = kith_vet_criteria_init(&c->criteria, of->set, true, err);
	if (r)
		return r;
	for (i = 0; i < c->criteria.count; i++) {
		const struct kith_vet_named_list *m =
		    of->own ? NULL : find_mapped(of->map, c->criteria.names[i]);

		if (m)
			c->means[i] = m->list;
		else if (of->own || i <= KITH_VET_DEPLOY)
			c->means[i] = (struct kith_vet_list){&c->criteria.names[i], 1, true};
	}
	*ret_claimer = kith_steal(&c);
	return KITH_OK;
}

void
kith_vet_claimer_free(struct kith_vet_claimer *c)
{
	free(c);
}

void
kith_vet_claimer_freep(struct kith_vet_claimer **c)
{
	kith_vet_claimer_free(*c);
	*c = NULL;
}

/* --- criteria --- */

/* Adds a name unless it is there; safe-to-deploy brings safe-to-run. */
static size_t
add_name(struct kith_span *items, size_t n, struct kith_span name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (kith_span_eq(items[i], name))
			return n;
	items[n++] = name;
	if (kith_span_is(name, "safe-to-deploy"))
		n = add_name(items, n, KITH_SPAN_LIT("safe-to-run"));
	return n;
}

/* Names of all that a set of criteria of this source means here. */
static int
granted_names(struct maker *m, uint64_t set, struct kith_vet_list *ret)
{
	const struct kith_vet_claimer *c = m->c;
	struct kith_span *items;
	size_t i, k, most = 0, n = 0;

	for (i = 0; i < m->n_known; i++) {
		if (m->known[i].set == set) {
			*ret = m->known[i].names;
			return KITH_OK;
		}
	}
	for (i = 0; i < c->criteria.count; i++)
		most += set >> i & 1U ? c->means[i].count + 1 : 0;
	items = kith_arena_array(m->arena, most + 1, sizeof(*items));
	if (!items)
		return kith_fail_nomem(m->err);
	for (i = 0; i < c->criteria.count; i++)
		for (k = 0; (set >> i & 1U) && k < c->means[i].count; k++)
			n = add_name(items, n, c->means[i].items[k]);
	*ret = (struct kith_vet_list){items, n, true};
	if (m->n_known < MAX_KNOWN) {
		m->known[m->n_known].set = set;
		m->known[m->n_known++].names = *ret;
	}
	return KITH_OK;
}

static int
grant(struct maker *m, const struct kith_vet_list *listed, struct kith_claim *claim)
{
	struct kith_vet_list names;
	uint64_t set = 0;
	unsigned number;
	size_t i;
	int r;

	/* what the set does not define grants nothing */
	for (i = 0; i < listed->count; i++)
		if (kith_vet_criterion_find(&m->c->criteria, listed->items[i], &number))
			set |= m->c->criteria.closure[number];
	r = granted_names(m, set, &names);
	if (r)
		return r;
	claim->criteria = names.items;
	claim->n_criteria = names.count;
	return KITH_OK;
}

/* As listed; a word that is mapped by what it is mapped to, any other by itself. */
static int
deny(struct maker *m, const struct kith_vet_list *listed, struct kith_claim *claim)
{
	struct kith_span *items;
	size_t i, k, n = 0, most = 0;
	unsigned number;

	for (i = 0; i < listed->count; i++)
		most += 1 + (kith_vet_criterion_find(&m->c->criteria, listed->items[i], &number)
				 ? m->c->means[number].count
				 : 0);
	items = kith_arena_array(m->arena, most + 1, sizeof(*items));
	if (!items)
		return kith_fail_nomem(m->err);
	for (i = 0; i < listed->count; i++) {
		const struct kith_vet_list *means = NULL;

		if (kith_vet_criterion_find(&m->c->criteria, listed->items[i], &number))
			means = &m->c->means[number];
		for (k = 0; means && k < means->count; k++)
			items[n++] = means->items[k];
		if (!means || !means->given)
			items[n++] = listed->items[i];
	}
	claim->criteria = items;
	claim->n_criteria = n;
	return KITH_OK;
}

/* --- whose opinion --- */

/* "URL#ID" beside "crev:review/…": exported from a review of that id. */
static bool
find_crev_id(const struct kith_vet_list *origins, struct kith_id *ret_id)
{
	bool exported = false;
	size_t i, at;

	for (i = 0; i < origins->count; i++)
		exported |= kith_span_starts(origins->items[i], KITH_SPAN_LIT("crev:review/"));
	for (i = 0; exported && i < origins->count; i++) {
		at = kith_span_find(origins->items[i], 0, '#');
		if (at < origins->items[i].len &&
		    kith_base64_decode_exact(kith_span_sub(origins->items[i], at + 1, SIZE_MAX),
					     ret_id->bytes, KITH_ID_BYTES))
			return true;
	}
	return false;
}

static int
keep_scratch(struct maker *m, struct kith_span *ret)
{
	int r = kith_buf_check(&m->scratch, m->err);

	if (r)
		return r;
	return kith_arena_copy(m->arena, kith_buf_span(&m->scratch), ret) ? KITH_OK
									  : kith_fail_nomem(m->err);
}

static int
name_authors(struct maker *m, const struct kith_vet_list *who, const struct kith_vet_list *origins,
	     struct kith_claim *claim)
{
	size_t i;

	if (origins->count)
		claim->origin = origins->items[0];
	claim->has_origin_id = find_crev_id(origins, &claim->origin_id);
	if (who->count <= 1) {
		claim->who = who->count ? who->items[0] : KITH_SPAN_NONE;
		return KITH_OK;
	}
	kith_buf_reset(&m->scratch);
	for (i = 0; i < who->count; i++) {
		if (i)
			kith_buf_put_str(&m->scratch, ", ");
		kith_buf_put_span(&m->scratch, who->items[i]);
	}
	return keep_scratch(m, &claim->who);
}

/* --- claims --- */

static int
new_claim(struct maker *m, enum kith_claim_kind kind, struct kith_span crate, uint32_t line,
	  struct kith_claim **ret_claim)
{
	const struct kith_vet_claims_of *of = m->c->of;
	struct kith_place *place = kith_arena_alloc(m->arena, sizeof(*place));

	if (!place)
		return kith_fail_nomem(m->err);
	*place = (struct kith_place){of->source, of->commit, of->path, line};
	*ret_claim = &m->claims[m->n++];
	**ret_claim = (struct kith_claim){.kind = kind,
					  .eco = KITH_ECO_CARGO,
					  .source = KITH_SPAN_LIT(KITH_CRATES_IO),
					  .name = crate,
					  .set = of->number,
					  .places = place,
					  .n_places = 1};
	return KITH_OK;
}

/* "SOURCE/CRATE/": what every id of a claim begins with. */
static void
begin_id(struct maker *m, const struct kith_claim *claim)
{
	kith_buf_reset(&m->scratch);
	kith_buf_put_span(&m->scratch, m->c->of->name);
	kith_buf_put_char(&m->scratch, '/');
	kith_buf_put_span(&m->scratch, claim->name);
	kith_buf_put_char(&m->scratch, '/');
}

static int
end_id(struct maker *m, const struct kith_vet_list *criteria, struct kith_claim *claim)
{
	size_t i;

	for (i = 0; i < criteria->count; i++) {
		kith_buf_put_char(&m->scratch, i ? ',' : '/');
		kith_buf_put_span(&m->scratch, criteria->items[i]);
	}
	return keep_scratch(m, &claim->id);
}

static int
keep_version(struct maker *m, const struct kith_vet_version *v, struct kith_span *ret)
{
	kith_buf_reset(&m->scratch);
	kith_vet_version_put(&m->scratch, v);
	return keep_scratch(m, ret);
}

static int
say_versions(struct maker *m, const struct kith_vet_audit *a, struct kith_claim *claim)
{
	int r = KITH_OK;

	if (a->kind == KITH_VET_VIOLATION)
		claim->range = a->violation;
	else
		r = keep_version(m, &a->to, &claim->version);
	if (!r && a->kind == KITH_VET_DELTA) {
		claim->has_base = true;
		r = keep_version(m, &a->from, &claim->base_version);
	}
	if (r)
		return r;
	begin_id(m, claim);
	if (claim->has_base) {
		kith_buf_put_span(&m->scratch, claim->base_version);
		kith_buf_put_str(&m->scratch, "->");
	}
	kith_buf_put_span(&m->scratch,
			  a->kind == KITH_VET_VIOLATION ? claim->range : claim->version);
	return end_id(m, &a->criteria, claim);
}

static int
claim_audit(struct maker *m, struct kith_span crate, const struct kith_vet_audit *a)
{
	bool violation = a->kind == KITH_VET_VIOLATION;
	struct kith_claim *claim;
	int r = new_claim(m, violation ? KITH_CLAIM_VIOLATION : KITH_CLAIM_AUDIT, crate, a->line,
			  &claim);

	if (r)
		return r;
	claim->comment = a->notes;
	r = violation ? deny(m, &a->criteria, claim) : grant(m, &a->criteria, claim);
	if (!r)
		r = name_authors(m, &a->who, &a->origins, claim);
	return r ? r : say_versions(m, a, claim);
}

void
kith_vet_publisher_key(struct kith_buf *out, const struct kith_vet_source *s)
{
	if (s->is_user) {
		kith_buf_printf(out, "user-id:%" PRIu64, s->user);
		return;
	}
	kith_buf_put_str(out, "trusted-publisher:");
	kith_buf_put_span(out, s->publisher);
}

static struct kith_time
start_of(int32_t day)
{
	return (struct kith_time){.sec = (int64_t)day * 86400};
}

static int
claim_vouch(struct maker *m, struct kith_span crate, const struct kith_vet_vouch *v)
{
	struct kith_claim *claim;
	int r = new_claim(m, KITH_CLAIM_VOUCH, crate, v->line, &claim);

	if (r)
		return r;
	claim->comment = v->notes;
	claim->start = start_of(v->start);
	claim->end = start_of(v->end);
	kith_buf_reset(&m->scratch);
	kith_vet_publisher_key(&m->scratch, &v->source);
	r = keep_scratch(m, &claim->login);
	if (!r)
		r = grant(m, &v->criteria, claim);
	if (!r)
		r = name_authors(m, &v->who, &v->origins, claim);
	if (r)
		return r;
	begin_id(m, claim);
	kith_buf_put_span(&m->scratch, claim->login);
	kith_buf_put_char(&m->scratch, ':');
	kith_vet_put_date(&m->scratch, v->start);
	kith_buf_put_str(&m->scratch, "..");
	kith_vet_put_date(&m->scratch, v->end);
	return end_id(m, &v->criteria, claim);
}

/* --- a set --- */

static int
claim_crate(struct maker *m, const struct kith_vet_set *set, struct kith_span name)
{
	size_t n, i;
	const struct kith_vet_audit *a = kith_vet_audits_of(set, name, &n);
	const struct kith_vet_vouch *v;
	int r = KITH_OK;

	for (i = 0; i < n && !r; i++)
		r = claim_audit(m, name, &a[i]);
	v = kith_vet_wildcards_of(set, name, &n);
	for (i = 0; i < n && !r; i++)
		r = claim_vouch(m, name, &v[i]);
	v = kith_vet_trusted_of(set, name, &n);
	for (i = 0; i < n && !r; i++)
		r = claim_vouch(m, name, &v[i]);
	return r;
}

static size_t
count_entries(const struct kith_vet_groups *g)
{
	size_t i, n = 0;

	for (i = 0; i < g->count; i++)
		n += g->items[i].count;
	return n;
}

/* The least name of the three tables from these positions on; false at the end. */
static bool
next_name(const struct kith_vet_groups *const tables[3], size_t at[3], struct kith_span *ret)
{
	bool any = false;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (at[i] == tables[i]->count)
			continue;
		if (!any || kith_span_cmp(tables[i]->items[at[i]].name, *ret) < 0)
			*ret = tables[i]->items[at[i]].name;
		any = true;
	}
	for (i = 0; any && i < 3; i++)
		if (at[i] < tables[i]->count && kith_span_eq(tables[i]->items[at[i]].name, *ret))
			at[i]++;
	return any;
}

static int
claim_all(struct maker *m, const struct kith_vet_set *set)
{
	const struct kith_vet_groups *const tables[3] = {&set->audits, &set->wildcards,
							 &set->trusted};
	struct kith_span name = KITH_SPAN_NONE;
	size_t at[3] = {0, 0, 0};
	int r = KITH_OK;

	while (!r && next_name(tables, at, &name))
		r = claim_crate(m, set, name);
	return r;
}

int
kith_vet_claimer_claims(struct kith_vet_claimer *c, struct kith_span name, struct kith_arena *arena,
			struct kith_claim **ret_claims, size_t *ret_count, struct kith_error *err)
{
	const struct kith_vet_set *set = c->of->set;
	struct maker m = {.c = c, .arena = arena, .err = err};
	size_t audits, wildcards, trusted;
	int r;

	if (name.ptr) {
		kith_vet_audits_of(set, name, &audits);
		kith_vet_wildcards_of(set, name, &wildcards);
		kith_vet_trusted_of(set, name, &trusted);
	} else {
		audits = count_entries(&set->audits);
		wildcards = count_entries(&set->wildcards);
		trusted = count_entries(&set->trusted);
	}
	m.claims = kith_arena_array(arena, audits + wildcards + trusted + 1, sizeof(*m.claims));
	if (!m.claims)
		return kith_fail_nomem(err);
	kith_buf_init(&m.scratch, KITH_MAX_TOML_BYTES);
	r = name.ptr ? claim_crate(&m, set, name) : claim_all(&m, set);
	kith_buf_clear(&m.scratch);
	if (r)
		return r;
	*ret_claims = m.claims;
	*ret_count = m.n;
	return KITH_OK;
}

/* --- facts --- */

static int
make_fact(struct kith_span name, const struct kith_vet_publisher *p, struct kith_buf *scratch,
	  struct kith_arena *arena, struct kith_vet_fact *f)
{
	*f =
	    (struct kith_vet_fact){.name = name, .login = p->login, .published = start_of(p->when)};
	kith_buf_reset(scratch);
	kith_vet_version_put(scratch, &p->version);
	if (scratch->failed || !kith_arena_copy(arena, kith_buf_span(scratch), &f->version))
		return KITH_E_NOMEM;
	kith_buf_reset(scratch);
	kith_vet_publisher_key(scratch, &p->source);
	if (scratch->failed || !kith_arena_copy(arena, kith_buf_span(scratch), &f->publisher))
		return KITH_E_NOMEM;
	return KITH_OK;
}

int
kith_vet_facts(const struct kith_vet_imports *imports, struct kith_arena *arena,
	       const struct kith_vet_fact **ret_facts, size_t *ret_count, struct kith_error *err)
{
	const struct kith_vet_groups *g = &imports->publishers;
	KITH_AUTO_BUF struct kith_buf scratch;
	struct kith_vet_fact *facts;
	size_t i, k, n = 0;

	kith_buf_init(&scratch, KITH_MAX_TOML_BYTES);
	facts = kith_arena_array(arena, count_entries(g) + 1, sizeof(*facts));
	if (!facts)
		return kith_fail_nomem(err);
	for (i = 0; i < g->count; i++) {
		const struct kith_vet_publisher *list = g->items[i].items;

		for (k = 0; k < g->items[i].count; k++)
			if (make_fact(g->items[i].name, &list[k], &scratch, arena, &facts[n++]))
				return kith_fail_nomem(err);
	}
	*ret_facts = facts;
	*ret_count = n;
	return KITH_OK;
}
