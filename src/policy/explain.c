/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of each claim, and whose trust would mend a verdict (trust.md 8). Mirrors the
 * conditions of chain.c in words; decides nothing. Pure.
 */
#include "policy/judge.h"

const char *
kith_use_text(enum kith_use use)
{
	static const char *const texts[] = {
	    [KITH_USE_APPROVES] = "counts",
	    [KITH_USE_SUPPLEMENT] = "counts only beside others",
	    [KITH_USE_OBJECTS] = "objects",
	    [KITH_USE_NOTE] = "a note",
	    [KITH_USE_ACCEPTED] = "objects, but kith.toml accepts it",
	    [KITH_USE_IGNORED] = "the roots ignore it",
	    [KITH_USE_LAPSED] = "taken back or closed",
	    [KITH_USE_OBJECTOR_LOW] = "below objection-level",
	    [KITH_USE_NOT_HIT] = "does not concern this version",
	    [KITH_USE_NOBODY_TRUSTS] = "nobody you trust trusts the author",
	    [KITH_USE_LEVEL] = "trusted, but too low",
	    [KITH_USE_SHALLOW] = "not thorough enough",
	    [KITH_USE_EMPTY] = "says nothing",
	    [KITH_USE_SUPERSEDED] = "the author has a newer one",
	    [KITH_USE_NOT_YET] = "dated in the future",
	    [KITH_USE_LATE] = "appeared long after its date",
	    [KITH_USE_WITHDRAWN] = "withdrawn by its author",
	    [KITH_USE_TWO_SAYINGS] = "contradicts another of the same date",
	    [KITH_USE_REVOKED] = "the key is revoked",
	    [KITH_USE_PUBLISHER] = "by the publisher himself",
	    [KITH_USE_ONLY_PUBLISHER] = "trusted only through the publisher",
	    [KITH_USE_MACHINE] = "made by a machine",
	    [KITH_USE_UNSIGNED] = "not signed",
	    [KITH_USE_COOLING] = "seen here too recently",
	    [KITH_USE_CRITERION] = "for another criterion",
	    [KITH_USE_ORIGIN] = "passed on from somebody distrusted",
	    [KITH_USE_VOUCH_FACTS] = "the registry's facts about the publisher are not known",
	    [KITH_USE_VOUCH_OTHER] = "vouches for another publisher or time",
	    [KITH_USE_OTHER_BYTES] = "of other bytes",
	    [KITH_USE_BYTES_ABSENT] = "the bytes are not here to compare",
	    [KITH_USE_NO_CHECKSUM] = "the lock file states no checksum",
	    [KITH_USE_BROKEN_CHAIN] = "begins at a version that nothing approves",
	    [KITH_USE_BARRED] = "leads through a version with an objection",
	    [KITH_USE_OTHER_VERSION] = "of another version",
	};

	return texts[use];
}

struct kith_party
judge_party(const struct judge *j, uint32_t actor)
{
	struct kith_party p = {.source = UINT32_MAX};
	const struct author *best = NULL;
	size_t i;
	uint32_t x;

	for (i = 0; i < j->world->n_sources; i++)
		if (j->world->sources[i].actor.number == actor) {
			p.source = (uint32_t)i;
			p.name = j->world->sources[i].name;
			return p;
		}
	for (i = j->world->n_sources; i < j->n_authors; i++) {
		const struct author *a = &j->authors[i];

		if (a->actor.number == actor &&
		    (!best || memcmp(a->id.bytes, best->id.bytes, KITH_ID_BYTES) < 0))
			best = a;
	}
	p.is_id = best != NULL;
	if (best)
		p.id = best->id;
	for (x = 0; !p.is_id && x < j->people->n_persons; x++)
		if (j->people->persons[x].actor.number == actor) {
			p.is_id = true;
			p.id = j->people->persons[x].id;
		}
	for (i = 0; !p.is_id && i < j->actor_names.count; i++)
		if (j->actor_names.entries[i].value == actor)
			p.name = j->actor_names.entries[i].key;
	return p;
}

/* --- ways to our version --- */

struct leads {
	bool *to_target; /* by node: steps lead from here to our version, whoever took them */
	uint32_t *first; /* by node: its first in `edges` */
	uint32_t *edges; /* sorted by the node that they reach */
	uint32_t *queue;
};

static void
leads_clear(struct leads *l)
{
	free(l->to_target);
	free(l->first);
	free(l->edges);
	free(l->queue);
}

static void
lead(struct leads *l, uint32_t node, uint32_t *tail)
{
	if (l->to_target[node])
		return;
	l->to_target[node] = true;
	l->queue[(*tail)++] = node;
}

/* Everything that joins a node leads where it leads: equal digests, or any on one side. */
static void
lead_joined(const struct chain *c, struct leads *l, uint32_t node, uint32_t *tail)
{
	const struct chain_node *n = &c->nodes[node];
	uint32_t g;

	for (g = n->group_first; g < n->group_end; g++)
		if (g == node || n->digest == ANY_DIGEST || c->nodes[g].digest == ANY_DIGEST)
			lead(l, g, tail);
}

/* Edges by the node they reach: a counting sort. */
static void
sort_by_target(const struct chain *c, struct leads *l)
{
	uint32_t i, sum = 0;

	for (i = 0; i < c->n_edges; i++)
		l->first[c->edges[i].to + 1]++;
	for (i = 0; i <= c->n_nodes; i++) {
		sum += l->first[i];
		l->first[i] = sum;
	}
	for (i = 0; i < c->n_edges; i++)
		l->edges[l->first[c->edges[i].to]++] = i;
	for (i = (uint32_t)c->n_nodes; i > 0; i--)
		l->first[i] = l->first[i - 1];
	l->first[0] = 0;
}

static int
find_leads(const struct judge *j, const struct chain *c, struct leads *l, struct kith_error *err)
{
	uint32_t head = 0, tail = 0, i;
	size_t n = c->n_nodes + 2;

	l->to_target = kith_calloc(n, sizeof(*l->to_target));
	l->first = kith_calloc(n, sizeof(*l->first));
	l->queue = kith_calloc(n, sizeof(*l->queue));
	l->edges = kith_calloc(c->n_edges + 1, sizeof(*l->edges));
	if (!l->to_target || !l->first || !l->queue || !l->edges)
		return kith_fail_nomem(err);
	sort_by_target(c, l);
	for (i = 0; i < c->n_nodes; i++)
		if (c->nodes[i].version == j->version)
			lead(l, i, &tail);
	while (head < tail) {
		uint32_t at = l->queue[head++], e;

		for (e = l->first[at]; e < l->first[at + 1]; e++)
			if (c->edges[l->edges[e]].from != NOBODY)
				lead_joined(c, l, c->edges[l->edges[e]].from, &tail);
	}
	return KITH_OK;
}

static bool
begins_somewhere(const struct chain *c, uint32_t node)
{
	const struct chain_node *n = &c->nodes[node];
	uint32_t g;

	for (g = n->group_first; g < n->group_end; g++)
		if (c->seen[g] &&
		    (g == node || n->digest == ANY_DIGEST || c->nodes[g].digest == ANY_DIGEST))
			return true;
	return false;
}

/* What an admissible step does for our version; the chain has been walked. */
static enum kith_use
step_use(const struct judge *j, const struct chain *c, const struct leads *l,
	 const struct chain_edge *e)
{
	const struct chain_node *to = &c->nodes[e->to];

	if (!(e->criteria >> j->criterion & 1U))
		return KITH_USE_CRITERION;
	if (!l->to_target[e->to])
		return KITH_USE_OTHER_VERSION;
	if (e->from != NOBODY && !c->expanded[e->from])
		return begins_somewhere(c, e->from) ? KITH_USE_BARRED : KITH_USE_BROKEN_CHAIN;
	if (to->version != j->version && to->barred)
		return KITH_USE_BARRED;
	if (to->version == j->version && to->digest == ANY_DIGEST &&
	    !j->subject->package->checksum.len)
		return KITH_USE_NO_CHECKSUM;
	return e->supplement ? KITH_USE_SUPPLEMENT : KITH_USE_APPROVES;
}

/* --- what became of each claim --- */

struct explainer {
	struct judge *j;
	struct chain *c;
	struct leads leads;
	uint32_t *edge_of; /* by claim: its edge; NOBODY */
};

static void
explainer_clear(struct explainer *x)
{
	leads_clear(&x->leads);
	free(x->edge_of);
}

static enum kith_use
objector_use(const struct judge *j, const struct review *x)
{
	const struct author *a = &j->authors[x->author];

	if (a->object < KITH_LEVEL_LOW)
		return KITH_USE_NOBODY_TRUSTS;
	if (a->object < j->need.objection_level)
		return KITH_USE_OBJECTOR_LOW;
	return x->standing ? KITH_USE_NOT_HIT : KITH_USE_LAPSED;
}

static enum kith_use
reached_use(const struct explainer *x, uint32_t author, const struct kith_claim *claim,
	    uint32_t edge_claim)
{
	const struct author *a = &x->j->authors[author];
	uint32_t e = x->edge_of[edge_claim];

	if (claim->is_signed && (a->person == NOBODY || !x->j->people->bare.reached[a->person]))
		return KITH_USE_NOBODY_TRUSTS;
	return e == NOBODY ? KITH_USE_OTHER_VERSION
			   : step_use(x->j, x->c, &x->leads, &x->c->edges[e]);
}

static enum kith_use
review_use(const struct explainer *x, const struct review *r, enum kith_use group,
	   const struct chain_grant *g)
{
	if (r->silent)
		return KITH_USE_IGNORED;
	if (r->claim->rating == KITH_RATING_NEGATIVE)
		return objector_use(x->j, r);
	if (!r->arrived)
		return KITH_USE_NOT_YET;
	if (!r->newest)
		return r->late ? KITH_USE_LATE : KITH_USE_SUPERSEDED;
	if (group != KITH_USE_APPROVES)
		return group;
	return reached_use(x, r->author, r->claim, g->first->index);
}

static void
explain_reviews(struct explainer *x)
{
	struct judge *j = x->j;
	size_t i, k, end;

	for (i = 0; i < j->n_reviews; i = end) {
		struct chain_grant g;
		enum kith_use group;

		end = judge_group_end(j, i);
		group = chain_review_use(j, x->c, i, end, &g);
		for (k = i; k < end; k++)
			judge_use(j, j->reviews[k].index, review_use(x, &j->reviews[k], group, &g));
	}
}

static int
explain_sets(struct explainer *x, struct kith_error *err)
{
	struct judge *j = x->j;
	size_t i;

	for (i = 0; i < j->n_order; i++) {
		uint32_t index = j->order[i], author;
		const struct kith_claim *c = &j->claims[index];
		struct chain_edge e;
		enum kith_use use;
		int r;

		if (c->kind == KITH_CLAIM_REVIEW)
			continue;
		if (c->kind == KITH_CLAIM_VIOLATION || c->kind == KITH_CLAIM_ADVISORY) {
			author = judge_author_of(j, c);
			judge_use(j, index,
				  author != NOBODY && j->authors[author].object >= KITH_LEVEL_LOW
				      ? KITH_USE_OBJECTOR_LOW
				      : KITH_USE_NOBODY_TRUSTS);
			continue;
		}
		r = chain_set_use(j, x->c, index, &use, &e, err);
		if (r)
			return r;
		if (use == KITH_USE_APPROVES)
			use = reached_use(x, e.author, c, index);
		judge_use(j, index, use);
	}
	return KITH_OK;
}

static enum kith_level
claim_standing(const struct judge *j, const struct kith_claim *c)
{
	uint32_t a = judge_author_of(j, c);
	bool no = c->kind == KITH_CLAIM_VIOLATION || c->kind == KITH_CLAIM_ADVISORY ||
		  (c->kind == KITH_CLAIM_REVIEW && c->rating == KITH_RATING_NEGATIVE);

	if (a == NOBODY)
		return KITH_LEVEL_NONE;
	a = j->authors[a].speaks_as;
	return no ? j->authors[a].object : j->authors[a].approve;
}

static int
list_uses(struct judge *j, struct kith_verdict *v, struct kith_error *err)
{
	struct kith_claim_use *uses = kith_arena_array(j->arena, j->n_order + 1, sizeof(*uses));
	size_t i, n = 0;

	if (!uses)
		return kith_fail_nomem(err);
	for (i = 0; i < j->n_claims; i++) {
		if (!j->uses[i])
			continue;
		uses[n].claim = &j->claims[i];
		uses[n].use = (enum kith_use)(j->uses[i] - 1);
		uses[n++].standing = claim_standing(j, &j->claims[i]);
	}
	v->uses = uses;
	v->n_uses = n;
	return KITH_OK;
}

/* --- repairs --- */

static bool
could_mend(const struct judge *j, const struct chain *c, uint32_t author)
{
	const struct author *a = &j->authors[author];
	enum kith_use use = chain_author_use(j, c, author);

	if (a->disowned)
		return false;
	if (use == KITH_USE_APPROVES)
		return !a->is_source &&
		       (a->person == NOBODY || !j->people->bare.reached[a->person]);
	return use == KITH_USE_LEVEL || use == KITH_USE_NOBODY_TRUSTS ||
	       use == KITH_USE_ONLY_PUBLISHER;
}

static int
try_repair(struct judge *j, uint32_t author, struct kith_verdict *v, struct kith_repair *repairs,
	   struct kith_error *err)
{
	KITH_CLEANUP(chain_clear) struct chain c = {.boosted = NOBODY};
	const struct author *a = &j->authors[author];
	struct independence in;
	int r = chain_build(j, 0, author, &c, err);

	if (!r)
		r = judge_independence(j, &c, &in, err);
	if (r || in.k <= v->independent)
		return r;
	repairs[v->n_repairs] = (struct kith_repair){
	    .who.source = UINT32_MAX, .standing = j->authors[author].approve, .independent = in.k};
	if (a->is_source) {
		repairs[v->n_repairs].who.source = author;
		repairs[v->n_repairs].who.name = j->world->sources[author].name;
	} else {
		repairs[v->n_repairs].who.is_id = true;
		repairs[v->n_repairs].who.id = a->id;
	}
	v->n_repairs++;
	return KITH_OK;
}

/* Most independence first, then who stands higher already, then by id or source. */
static int
cmp_repair(const void *pa, const void *pb)
{
	const struct kith_repair *a = pa, *b = pb;

	if (a->independent != b->independent)
		return a->independent > b->independent ? -1 : 1;
	if (a->standing != b->standing)
		return a->standing > b->standing ? -1 : 1;
	if (a->who.source != b->who.source)
		return a->who.source < b->who.source ? -1 : 1;
	return memcmp(a->who.id.bytes, b->who.id.bytes, KITH_ID_BYTES);
}

/* Authors of approvals who do not count, each tried as if the root trusted him. */
static int
find_repairs(struct judge *j, const struct chain *c, struct kith_verdict *v, struct kith_error *err)
{
	struct kith_repair *repairs =
	    kith_arena_array(j->arena, KITH_MAX_REPAIR_TRIALS, sizeof(*repairs));
	KITH_AUTO_FREE bool *tried = kith_calloc(j->n_authors + 1, sizeof(*tried));
	size_t i, n = 0, n_authors = j->n_authors;

	if (!repairs || !tried)
		return kith_fail_nomem(err);
	for (i = 0; i < j->n_order && n < KITH_MAX_REPAIR_TRIALS; i++) {
		const struct kith_claim *claim = &j->claims[j->order[i]];
		uint32_t a = judge_author_of(j, claim);
		int r;

		if (a == NOBODY || claim->kind == KITH_CLAIM_VIOLATION ||
		    claim->kind == KITH_CLAIM_ADVISORY)
			continue;
		a = j->authors[a].speaks_as;
		if (a >= n_authors || tried[a] || !could_mend(j, c, a))
			continue;
		tried[a] = true;
		n++;
		r = try_repair(j, a, v, repairs, err);
		if (r)
			return r;
	}
	if (v->n_repairs)
		qsort(repairs, v->n_repairs, sizeof(*repairs), cmp_repair);
	v->repairs = repairs;
	return KITH_OK;
}

int
judge_explain(struct judge *j, struct chain *c, struct kith_verdict *v, struct kith_error *err)
{
	KITH_CLEANUP(explainer_clear) struct explainer x = {.j = j, .c = c};
	uint32_t i;
	int r;

	x.edge_of = kith_calloc(j->n_claims + 1, sizeof(*x.edge_of));
	if (!x.edge_of)
		return kith_fail_nomem(err);
	for (i = 0; i < j->n_claims; i++)
		x.edge_of[i] = NOBODY;
	for (i = 0; i < c->n_edges; i++)
		x.edge_of[c->edges[i].claim] = i;
	chain_walk(j, c, &(struct chain_walk){j->criterion, true, NULL, NULL});
	r = find_leads(j, c, &x.leads, err);
	if (r)
		return r;
	explain_reviews(&x);
	r = explain_sets(&x, err);
	if (!r)
		r = list_uses(j, v, err);
	if (!r && v->status == KITH_STATUS_INSUFFICIENT)
		r = find_repairs(j, c, v, err);
	return r;
}
