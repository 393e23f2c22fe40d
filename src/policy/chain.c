/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The versions that admissible approvals connect, and whether ours is among them (verdict.md 5).
 * Nodes are versions with a digest, or with any; every edge is looked at once a walk, so cycles of
 * deltas and a thousand versions cost what they are long. Pure.
 */
#include "policy/judge.h"

#define MAX_EDGES ((size_t)UINT32_MAX / 8)

void
chain_clear(struct chain *c)
{
	free(c->edges);
	free(c->nodes);
	free(c->seen);
	free(c->expanded);
	free(c->via_edge);
	free(c->via_node);
	free(c->depth);
	free(c->queue);
	free(c->level);
	free(c->date);
	*c = (struct chain){.boosted = NOBODY};
}

enum kith_level
chain_standing(const struct judge *j, const struct chain *c, uint32_t author)
{
	const struct author *a = &j->authors[author];

	if (author == c->boosted)
		return KITH_LEVEL_HIGH;
	return c->loose & LOOSE_OWNER ? a->approve_full : a->approve;
}

enum kith_use
chain_author_use(const struct judge *j, const struct chain *c, uint32_t author)
{
	const struct author *a = &j->authors[author];
	enum kith_level least = c->loose & LOOSE_LEVEL ? KITH_LEVEL_LOW : j->need.level;
	enum kith_level level = chain_standing(j, c, author);

	if (a->revoked)
		return KITH_USE_REVOKED;
	if (a->owner && !(c->loose & LOOSE_OWNER))
		return KITH_USE_PUBLISHER;
	if (level >= least)
		return KITH_USE_APPROVES;
	if (a->approve_full >= least)
		return KITH_USE_ONLY_PUBLISHER;
	return level < KITH_LEVEL_LOW ? KITH_USE_NOBODY_TRUSTS : KITH_USE_LEVEL;
}

static int
add_edge(struct chain *c, const struct chain_edge *e, struct kith_error *err)
{
	int r = kith_grow(&c->edges, &c->cap_edges, c->n_edges + 1, sizeof(*c->edges), MAX_EDGES,
			  "approvals", err);

	if (!r)
		c->edges[c->n_edges++] = *e;
	return r;
}

/* What all newest reviews of one author and version grant together (verdict.md 2). */
static void
grant_more(struct chain_grant *g, const struct review *x)
{
	const struct kith_claim *c = x->claim;

	if (!g->first) {
		*g = (struct chain_grant){
		    x,         c->rating,       c->thoroughness, c->understanding,
		    x->digest, x->base_version, x->base_digest,  x->machine,
		    false,     c->withdrawn};
		return;
	}
	g->rating = c->rating < g->rating ? c->rating : g->rating;
	g->thoroughness = c->thoroughness < g->thoroughness ? c->thoroughness : g->thoroughness;
	g->understanding =
	    c->understanding < g->understanding ? c->understanding : g->understanding;
	g->machine |= x->machine;
	g->withdrawn |= c->withdrawn;
	g->conflict |= x->digest != g->digest;
	if (x->base_version == NOBODY)
		return;
	if (g->base_version == NOBODY) {
		g->base_version = x->base_version;
		g->base_digest = x->base_digest;
	}
	g->conflict |= x->base_version != g->base_version || x->base_digest != g->base_digest;
}

static bool
grants_nothing(const struct chain_grant *g)
{
	return g->rating == KITH_RATING_NEUTRAL && g->thoroughness <= KITH_LEVEL_NONE &&
	       g->understanding <= KITH_LEVEL_NONE;
}

static enum kith_use
grant_use(const struct judge *j, const struct chain *c, const struct chain_grant *g)
{
	if (g->withdrawn)
		return KITH_USE_WITHDRAWN;
	if (g->conflict)
		return KITH_USE_TWO_SAYINGS;
	if (g->rating == KITH_RATING_NEGATIVE || grants_nothing(g))
		return KITH_USE_EMPTY;
	if (!(c->loose & LOOSE_LEVEL) &&
	    (g->thoroughness < j->need.thoroughness || g->understanding < j->need.understanding))
		return KITH_USE_SHALLOW;
	if (g->machine && j->need.llm == KITH_LLM_IGNORE && !(c->loose & LOOSE_MACHINE))
		return KITH_USE_MACHINE;
	if (c->loose & LOOSE_BYTES || g->first->version != j->version || g->digest == OUR_DIGEST)
		return KITH_USE_APPROVES;
	return j->subject->has_digest ? KITH_USE_OTHER_BYTES : KITH_USE_BYTES_ABSENT;
}

enum kith_use
chain_review_use(const struct judge *j, const struct chain *c, size_t pos, size_t end,
		 struct chain_grant *ret_grant)
{
	enum kith_use use = chain_author_use(j, c, j->reviews[pos].author);
	struct chain_grant g = {.first = NULL};
	size_t i;

	for (i = pos; i < end; i++)
		if (j->reviews[i].newest)
			grant_more(&g, &j->reviews[i]);
	*ret_grant = g;
	if (!g.first)
		return KITH_USE_SUPERSEDED;
	return use == KITH_USE_APPROVES ? grant_use(j, c, &g) : use;
}

static int
add_reviews(struct judge *j, struct chain *c, struct kith_error *err)
{
	size_t i, end;
	int r = KITH_OK;

	for (i = 0; i < j->n_reviews && !r; i = end) {
		struct chain_grant g;
		struct chain_edge e;

		end = judge_group_end(j, i);
		if (chain_review_use(j, c, i, end, &g) != KITH_USE_APPROVES)
			continue;
		e = (struct chain_edge){.from_version = g.base_version,
					.from_digest = g.base_digest,
					.version = g.first->version,
					.digest = g.digest,
					.author = g.first->author,
					.n_actors = 1,
					.supplement =
					    g.machine && j->need.llm == KITH_LLM_SUPPLEMENT,
					.claim = g.first->index};
		if (c->loose & LOOSE_BYTES)
			e.from_digest = e.digest = ANY_DIGEST;
		e.actors[0] = j->authors[e.author].actor.number;
		e.criteria = judge_criteria_met(j, g.first->claim);
		r = add_edge(c, &e, err);
	}
	return r;
}

/* A vouch blesses only the publisher who has always owned the package (verdict.md 7). */
static enum kith_use
vouch_use(const struct judge *j, const struct kith_claim *claim)
{
	const struct kith_subject *s = j->subject;

	if (!s->publisher.len || !s->has_published || (!s->first_publisher.len && !s->first_named))
		return KITH_USE_VOUCH_FACTS;
	if (!kith_span_eq(claim->login, s->publisher) ||
	    (!s->first_named && !kith_span_eq(claim->login, s->first_publisher)) ||
	    kith_time_cmp(s->published, claim->start) < 0 ||
	    kith_time_cmp(s->published, claim->end) >= 0)
		return KITH_USE_VOUCH_OTHER;
	return KITH_USE_APPROVES;
}

static bool
is_cooling(const struct judge *j, const struct kith_claim *claim)
{
	return claim->has_seen && j->world->now.sec - claim->seen.sec < j->policy->set_cooldown;
}

/* The actors behind a set's entry: its carrier, and whose opinion it is. */
static int
fill_actors(struct judge *j, const struct kith_claim *claim, struct chain_edge *e,
	    bool *ret_disowned, struct kith_error *err)
{
	e->n_actors = 1;
	e->actors[0] = j->authors[e->author].actor.number;
	*ret_disowned = false;
	if (!claim->has_origin_id && !claim->origin.len)
		return KITH_OK;
	e->n_actors = 2;
	return judge_origin(j, claim, &e->actors[1], ret_disowned, err);
}

static bool
is_owners(const struct judge *j, const struct chain_edge *e)
{
	unsigned i;

	for (i = 0; i < e->n_actors; i++)
		if (kith_people_owns(j->people, e->actors[i]))
			return true;
	return false;
}

static int
fill_step(struct judge *j, struct chain_edge *e, const struct kith_claim *claim,
	  struct kith_error *err)
{
	int r;

	e->criteria = judge_criteria_met(j, claim);
	if (claim->kind == KITH_CLAIM_VOUCH) {
		e->version = j->version;
		e->supplement = j->world->now.sec - j->subject->published.sec < j->policy->cooldown;
		return KITH_OK;
	}
	r = judge_version(j, claim->version, &e->version, err);
	if (!r && claim->has_base)
		r = judge_version(j, claim->base_version, &e->from_version, err);
	return r;
}

int
chain_set_use(struct judge *j, const struct chain *c, uint32_t index, enum kith_use *ret_use,
	      struct chain_edge *ret_edge, struct kith_error *err)
{
	const struct kith_claim *claim = &j->claims[index];
	struct chain_edge e = {.from_version = NOBODY, .claim = index};
	bool disowned;
	int r;

	e.author = judge_author_of(j, claim);
	*ret_use = e.author == NOBODY ? KITH_USE_NOBODY_TRUSTS : chain_author_use(j, c, e.author);
	if (*ret_use == KITH_USE_APPROVES && j->need.only_signed)
		*ret_use = KITH_USE_UNSIGNED;
	if (*ret_use != KITH_USE_APPROVES)
		return KITH_OK;
	r = fill_actors(j, claim, &e, &disowned, err);
	if (r)
		return r;
	if (disowned)
		*ret_use = KITH_USE_ORIGIN;
	else if (is_owners(j, &e) && !(c->loose & LOOSE_OWNER))
		*ret_use = KITH_USE_PUBLISHER;
	else if (claim->kind == KITH_CLAIM_VOUCH)
		*ret_use = vouch_use(j, claim);
	else if (is_cooling(j, claim))
		*ret_use = KITH_USE_COOLING;
	if (*ret_use != KITH_USE_APPROVES)
		return KITH_OK;
	r = fill_step(j, &e, claim, err);
	*ret_edge = e;
	return r;
}

static int
add_sets(struct judge *j, struct chain *c, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < j->n_order && !r; i++) {
		enum kith_claim_kind kind = j->claims[j->order[i]].kind;
		struct chain_edge e;
		enum kith_use use;

		if (kind != KITH_CLAIM_AUDIT && kind != KITH_CLAIM_VOUCH)
			continue;
		r = chain_set_use(j, c, j->order[i], &use, &e, err);
		if (!r && use == KITH_USE_APPROVES)
			r = add_edge(c, &e, err);
	}
	return r;
}

/* --- nodes --- */

static int
cmp_node(const void *pa, const void *pb)
{
	const struct chain_node *a = pa, *b = pb;

	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	return (a->digest > b->digest) - (a->digest < b->digest);
}

static uint32_t
find_node(const struct chain *c, uint32_t version, uint32_t digest)
{
	struct chain_node key = {.version = version, .digest = digest};
	const struct chain_node *n =
	    c->n_nodes ? bsearch(&key, c->nodes, c->n_nodes, sizeof(key), cmp_node) : NULL;

	return n ? (uint32_t)(n - c->nodes) : NOBODY;
}

static int
make_nodes(const struct judge *j, struct chain *c, struct kith_error *err)
{
	size_t i, n = 0;

	c->nodes = kith_calloc(2 * c->n_edges + 1, sizeof(*c->nodes));
	if (!c->nodes)
		return kith_fail_nomem(err);
	for (i = 0; i < c->n_edges; i++) {
		const struct chain_edge *e = &c->edges[i];

		c->nodes[n++] = (struct chain_node){.version = e->version, .digest = e->digest};
		if (e->from_version != NOBODY)
			c->nodes[n++] = (struct chain_node){.version = e->from_version,
							    .digest = e->from_digest};
	}
	if (n)
		qsort(c->nodes, n, sizeof(*c->nodes), cmp_node);
	for (i = 0; i < n; i++)
		if (!c->n_nodes || cmp_node(&c->nodes[c->n_nodes - 1], &c->nodes[i]) != 0)
			c->nodes[c->n_nodes++] = c->nodes[i];
	for (i = 0; i < c->n_nodes; i++) {
		struct chain_node *x = &c->nodes[i];

		x->barred = judge_is_barred(j, x->version, x->digest);
		x->group_first = i && x[-1].version == x->version ? x[-1].group_first : (uint32_t)i;
	}
	for (i = c->n_nodes; i-- > 0;) {
		struct chain_node *x = &c->nodes[i];

		x->group_end = i + 1 < c->n_nodes && x[1].version == x->version ? x[1].group_end
										: (uint32_t)i + 1;
	}
	return KITH_OK;
}

/* By the node it leaves, the root first; of one node the better author and newer claim first. */
static int
cmp_leaving(const struct chain_edge *a, const struct chain_edge *b)
{
	uint32_t x = a->from + 1U, y = b->from + 1U; /* NOBODY becomes 0 */

	if (x != y)
		return x < y ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return 0;
}

static int
cmp_edge(const void *pa, const void *pb)
{
	const struct chain_edge *a = pa, *b = pb;
	int c = cmp_leaving(a, b);

	if (!c)
		c = (a->author > b->author) - (a->author < b->author);
	return c ? c : (a->claim > b->claim) - (a->claim < b->claim);
}

static void
link_edges(struct chain *c)
{
	uint32_t i = 0, n;

	for (i = 0; i < c->n_edges; i++) {
		struct chain_edge *e = &c->edges[i];

		e->to = find_node(c, e->version, e->digest);
		e->from = e->from_version == NOBODY ? NOBODY
						    : find_node(c, e->from_version, e->from_digest);
	}
	if (c->n_edges)
		qsort(c->edges, c->n_edges, sizeof(*c->edges), cmp_edge);
	for (i = 0; i < c->n_edges && c->edges[i].from == NOBODY;)
		i++;
	c->root_edges = i;
	for (n = 0; n < c->n_nodes; n++) {
		c->nodes[n].first = i;
		while (i < c->n_edges && c->edges[i].from == n)
			i++;
		c->nodes[n].last = i;
	}
}

static int
make_walk_room(struct chain *c, struct kith_error *err)
{
	size_t n = c->n_nodes + 1;

	c->seen = kith_calloc(n, sizeof(*c->seen));
	c->expanded = kith_calloc(n, sizeof(*c->expanded));
	c->via_edge = kith_calloc(n, sizeof(*c->via_edge));
	c->via_node = kith_calloc(n, sizeof(*c->via_node));
	c->depth = kith_calloc(n, sizeof(*c->depth));
	c->queue = kith_calloc(n, sizeof(*c->queue));
	c->level = kith_calloc(n, sizeof(*c->level));
	c->date = kith_calloc(n, sizeof(*c->date));
	if (!c->seen || !c->expanded || !c->via_edge || !c->via_node || !c->depth || !c->queue ||
	    !c->level || !c->date)
		return kith_fail_nomem(err);
	return KITH_OK;
}

int
chain_build(struct judge *j, unsigned loose, uint32_t boosted, struct chain *c,
	    struct kith_error *err)
{
	int r;

	*c = (struct chain){.loose = loose, .boosted = boosted};
	r = add_reviews(j, c, err);
	if (!r)
		r = add_sets(j, c, err);
	if (!r)
		r = make_nodes(j, c, err);
	if (!r)
		r = make_walk_room(c, err);
	if (!r)
		link_edges(c);
	return r;
}

/* --- walking --- */

/* Whether the edge may be used in this walk. */
static bool
may_use(const struct judge *j, const struct chain *c, const struct chain_walk *w,
	const struct chain_edge *e)
{
	const struct author *a = &j->authors[e->author];
	const bool *reached = w->reached;
	unsigned i;

	if (!(e->criteria >> w->criterion & 1U) || (e->supplement && !w->supplements))
		return false;
	for (i = 0; w->removed && i < e->n_actors; i++)
		if (w->removed[e->actors[i]])
			return false;
	if (a->is_source || (c->loose & LOOSE_LEVEL) || e->author == c->boosted)
		return true;
	if (!reached)
		reached =
		    c->loose & LOOSE_OWNER ? j->people->full.reached : j->people->bare.reached;
	return a->person != NOBODY && reached[a->person];
}

/* Of two ways of equally many steps: by whom of higher level, then whose oldest step is newer. */
static bool
is_better(const struct chain *c, uint32_t node, enum kith_level level, int64_t date)
{
	if (c->level[node] != level)
		return c->level[node] < level;
	return c->date[node] < date;
}

static void
find(const struct judge *j, struct chain *c, uint32_t edge, uint32_t via, uint32_t *tail)
{
	const struct chain_edge *e = &c->edges[edge];
	enum kith_level level = chain_standing(j, c, e->author);
	int64_t date = j->claims[e->claim].date.sec;
	uint32_t node = e->to, depth = 0;

	if (via != NOBODY) {
		depth = c->depth[via] + 1;
		level = c->level[via] < level ? c->level[via] : level;
		date = c->date[via] < date ? c->date[via] : date;
	}
	if (c->seen[node] && (c->depth[node] < depth || !is_better(c, node, level, date)))
		return;
	/* no chain passes a version that somebody objects to */
	if (!c->seen[node] && !c->nodes[node].barred)
		c->queue[(*tail)++] = node;
	c->seen[node] = true;
	c->via_edge[node] = edge;
	c->via_node[node] = via;
	c->depth[node] = depth;
	c->level[node] = (uint8_t)level;
	c->date[node] = date;
}

static void
leave(const struct judge *j, struct chain *c, const struct chain_walk *w, uint32_t from,
      uint32_t via, uint32_t *tail)
{
	const struct chain_node *n = &c->nodes[from];
	uint32_t e;

	if (c->expanded[from])
		return;
	c->expanded[from] = true;
	for (e = n->first; e < n->last; e++)
		if (may_use(j, c, w, &c->edges[e]))
			find(j, c, e, via, tail);
}

/* Ours if it is the bytes here, or by version alone if the lock file pins what that is. */
static void
look_at_target(const struct judge *j, struct chain *c)
{
	uint32_t exact = find_node(c, j->version, OUR_DIGEST);
	uint32_t any = find_node(c, j->version, ANY_DIGEST);
	bool pinned = j->subject->package->checksum.len || (c->loose & LOOSE_BYTES);

	c->target = NOBODY;
	if (any != NOBODY && c->seen[any] && pinned)
		c->target = any;
	if (exact != NOBODY && c->seen[exact] && j->subject->has_digest &&
	    (c->target == NOBODY || c->depth[exact] <= c->depth[any]))
		c->target = exact;
}

bool
chain_walk(const struct judge *j, struct chain *c, const struct chain_walk *w)
{
	uint32_t head = 0, tail = 0, e, g;

	memset(c->seen, 0, c->n_nodes * sizeof(*c->seen));
	memset(c->expanded, 0, c->n_nodes * sizeof(*c->expanded));
	for (e = 0; e < c->root_edges; e++)
		if (may_use(j, c, w, &c->edges[e]))
			find(j, c, e, NOBODY, &tail);
	while (head < tail) {
		uint32_t at = c->queue[head++];
		const struct chain_node *n = &c->nodes[at];

		/* joins: the same digest, or any on one side */
		if (n->digest != NO_DIGEST)
			leave(j, c, w, at, at, &tail);
		if (n->digest != ANY_DIGEST && c->nodes[n->group_first].digest == ANY_DIGEST)
			leave(j, c, w, n->group_first, at, &tail);
		for (g = n->group_first; n->digest == ANY_DIGEST && g < n->group_end; g++)
			leave(j, c, w, g, at, &tail);
	}
	look_at_target(j, c);
	return c->target != NOBODY;
}

int
chain_approves(struct judge *j, unsigned loose, bool *ret_approved, struct kith_error *err)
{
	KITH_CLEANUP(chain_clear) struct chain c = {.boosted = NOBODY};
	bool all = true;
	unsigned i;
	int r = chain_build(j, loose, NOBODY, &c, err);

	if (r)
		return r;
	for (i = 0; i < j->need.n_criteria && all; i++)
		all = chain_walk(j, &c, &(struct chain_walk){i, true, NULL, NULL});
	*ret_approved = all;
	return KITH_OK;
}
