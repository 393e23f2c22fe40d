/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo-crev's algorithm, bit for bit, defects included (trust.md 1.2, 1.3 and its quirks Q1 to
 * Q24, named where they happen). Do not improve it here: native.c is the better one.
 */
#include "trust/crev.h"
#include "trust/visits.h"

const struct kith_crev_params kith_crev_default = {20, {21, 21, 5, 1, 0}, 0};
const struct kith_crev_params kith_crev_direct = {1, {1000, 1000, 1, 1, 1}, 0};

#define DEFAULT_MAX_PASSES 1000
#define MAX_COST           ((uint64_t)1 << 54) /* so that sums do not wrap (Q23) */

/* A proof can name 250 ids and 250 overrides, which are 62,500 pairs. */
#define MAX_MUTES ((size_t)16000000)

struct pass {
	const struct kith_trust_graph *g;
	const struct kith_crev_params *params;
	const struct kith_crev_log *log;
	struct crev_set *set;
	struct visits visits;
	uint64_t *muted; /* bits: ids of which some statement is to be ignored */
	uint32_t n_banned;
	/* the visit at hand */
	uint32_t u;
	unsigned level;
	uint64_t distance;
	bool is_muted;
};

static void
pass_clear(struct pass *p)
{
	kith_visits_clear(&p->visits);
	free(p->muted);
}

void
kith_crev_set_clear(struct crev_set *s)
{
	free(s->records);
	free(s->banners);
	free(s->mutes.keys);
	free(s->mutes.levels);
	memset(s, 0, sizeof(*s));
}

static uint64_t
mute_key(uint32_t x, uint32_t c)
{
	return ((uint64_t)x + 1) << 32 | c;
}

static size_t
mute_slot(const struct crev_mutes *m, uint64_t key)
{
	size_t i = (size_t)((key * 0x9e3779b97f4a7c15ULL) >> 20) & (m->size - 1);

	while (m->keys[i] && m->keys[i] != key)
		i = (i + 1) & (m->size - 1);
	return i;
}

unsigned
kith_crev_mute_level(const struct crev_mutes *m, uint32_t x, uint32_t c)
{
	return m->size ? m->levels[mute_slot(m, mute_key(x, c))] : 0;
}

static int
grow_mutes(struct crev_mutes *m, struct kith_error *err)
{
	struct crev_mutes grown = {.n = m->n, .size = m->size ? m->size * 2 : 64};
	size_t i, slot;

	grown.keys = kith_calloc(grown.size, sizeof(*grown.keys));
	grown.levels = kith_calloc(grown.size, sizeof(*grown.levels));
	if (!grown.keys || !grown.levels) {
		free(grown.keys);
		free(grown.levels);
		return kith_fail_nomem(err);
	}
	for (i = 0; i < m->size; i++) {
		if (!m->keys[i])
			continue;
		slot = mute_slot(&grown, m->keys[i]);
		grown.keys[slot] = m->keys[i];
		grown.levels[slot] = m->levels[i];
	}
	free(m->keys);
	free(m->levels);
	*m = grown;
	return KITH_OK;
}

static int
mute(struct pass *p, uint32_t x, uint32_t c, struct kith_error *err)
{
	struct crev_mutes *m = &p->set->mutes;
	size_t slot;
	int r;

	if (m->n >= MAX_MUTES)
		return kith_fail(err, KITH_E_LIMIT, "too many overrides in force in trust proofs");
	if (m->n * 2 >= m->size && (r = grow_mutes(m, err)))
		return r;
	slot = mute_slot(m, mute_key(x, c));
	if (!m->keys[slot]) {
		m->keys[slot] = mute_key(x, c);
		m->n++;
	}
	if (p->level > m->levels[slot])
		m->levels[slot] = (uint8_t)p->level;
	p->muted[x / 64] |= (uint64_t)1 << x % 64;
	return KITH_OK;
}

static void
forget_mutes(struct pass *p)
{
	struct crev_mutes *m = &p->set->mutes;
	size_t i;

	for (i = 0; i < m->size && m->n; i++) {
		if (!m->keys[i])
			continue;
		p->muted[((m->keys[i] >> 32) - 1) / 64] = 0;
		m->keys[i] = 0;
		m->levels[i] = 0;
	}
	m->n = 0;
}

/* 1.2 5e: before the distance is looked at (Q6). */
static int
install_ignores(struct pass *p, uint32_t e, uint32_t c, struct kith_error *err)
{
	uint32_t i, n;
	const uint32_t *list = trust_ignores(p->g, kith_trust_special(p->g, e), &n);
	int r;

	for (i = 0; i < n; i++)
		if (list[i] < p->set->n && (r = mute(p, list[i], c, err)))
			return r;
	return KITH_OK;
}

/* 1.2 5g, 5h: level and distance improve separately (Q3), visits keep their own values (Q4, Q5). */
static int
improve(struct pass *p, struct kith_crev_edge *x, uint32_t c, struct kith_error *err)
{
	uint32_t *rec = &p->set->records[c];
	unsigned e = (unsigned)x->effective, old_level = REC_LEVEL(*rec);
	uint32_t total = (uint32_t)x->total, old_distance = *rec & REC_DISTANCE; /* max is small */
	unsigned level = e > old_level ? e : old_level;
	uint32_t distance = old_level && old_distance < total ? old_distance : total;

	x->counted = true;
	x->changed = e > old_level || total < old_distance;
	if (!x->changed)
		return KITH_OK;
	*rec = (*rec & ~(REC_LEVEL_BITS | REC_DISTANCE)) | level << REC_LEVEL_SHIFT | distance;
	return kith_visits_put(&p->visits, c, e, total, level == e && distance == total, err);
}

/*
 * Whatever distance or standing: Q7, Q8, Q9. What was queued stays queued, which is why level and
 * distance stay in the record until the next pass, which there is now.
 */
static void
ban(struct pass *p, uint32_t c)
{
	p->set->records[c] |= REC_BANNED;
	p->set->banners[c] = p->u; /* Q13 */
	p->n_banned++;
}

static int
follow(struct pass *p, uint32_t e, struct kith_crev_edge *x, struct kith_error *err)
{
	uint32_t w = p->g->edges[e], c = EDGE_TO(w);
	uint32_t *rec = &p->set->records[c];
	int r;

	x->direct = (enum kith_level)EDGE_LEVEL(w);
	x->effective = (unsigned)x->direct < p->level ? x->direct : (enum kith_level)p->level;
	x->cost = p->params->cost[x->effective]; /* Q1 */
	x->total = p->distance + x->cost;
	x->too_far = x->total > p->params->max; /* Q2 */
	x->banned = *rec & REC_BANNED;
	x->overridden =
	    p->is_muted && p->level < kith_crev_mute_level(&p->set->mutes, p->u, c); /* Q14 */
	x->counted = x->changed = false;
	if (x->banned || x->overridden)
		return KITH_OK;
	if (x->direct == KITH_LEVEL_DISTRUST) {
		ban(p, c);
		return KITH_OK;
	}
	if ((w & EDGE_SPECIAL) && (r = install_ignores(p, e, c, err)))
		return r;
	return x->too_far ? KITH_OK : improve(p, x, c, err);
}

/* Any edge, with everything that may stand in its way, told to the log. */
static int
follow_edge(struct pass *p, uint32_t e, struct kith_error *err)
{
	struct kith_crev_edge x = {.level = (enum kith_level)p->level, .distance = p->distance};
	uint32_t w = p->g->edges[e];
	int r;

	if (!(w & EDGE_CREV) || EDGE_TO(w) >= p->g->h.n_ids || EDGE_LEVEL(w) > KITH_LEVEL_HIGH)
		return KITH_OK;
	r = follow(p, e, &x, err);
	if (r == KITH_OK && p->log && p->log->edge) {
		x.from = &p->g->keys[p->u];
		x.to = &p->g->keys[EDGE_TO(w)];
		x.statement = e;
		p->log->edge(p->log->ctx, &x);
	}
	return r;
}

/*
 * Nearly all edges of a large graph say only a level, and most of them improve nothing: what they
 * lead to is known for each level beforehand.
 */
static void
prepare(struct pass *p, struct kith_crev_edge step[8])
{
	unsigned direct;

	memset(step, 0, 8 * sizeof(*step));
	for (direct = KITH_LEVEL_DISTRUST; direct <= KITH_LEVEL_HIGH; direct++) {
		struct kith_crev_edge *x = &step[direct];

		x->effective = (enum kith_level)(direct < p->level ? direct : p->level);
		x->total = p->distance + p->params->cost[x->effective]; /* Q1 */
		x->counted = direct != KITH_LEVEL_DISTRUST && x->total <= p->params->max;
	}
}

static int
visit_plain(struct pass *p, const struct trust_row *row, struct kith_error *err)
{
	const uint32_t *edges = p->g->edges, *records = p->set->records, n = p->g->h.n_ids;
	struct kith_crev_edge step[8];
	uint32_t e;
	int r = KITH_OK;

	prepare(p, step);
	for (e = row->from; e < row->to && r == KITH_OK; e++) {
		uint32_t w = edges[e], c = EDGE_TO(w), rec;
		struct kith_crev_edge *x = &step[EDGE_LEVEL(w)];

		if (w & EDGE_SPECIAL) {
			r = follow_edge(p, e, err);
			continue;
		}
		if (!(w & EDGE_CREV) || c >= n)
			continue;
		rec = records[c];
		if (x->counted) {
			if (!(rec & REC_BANNED) && ((unsigned)x->effective > REC_LEVEL(rec) ||
						    x->total < (rec & REC_DISTANCE)))
				r = improve(p, x, c, err);
		} else if (EDGE_LEVEL(w) == KITH_LEVEL_DISTRUST && !(rec & REC_BANNED)) {
			ban(p, c);
		}
	}
	return r;
}

static int
visit(struct pass *p, struct kith_error *err)
{
	struct trust_row row = trust_row(p->g, p->u);
	uint32_t e;
	int r = KITH_OK;

	/* what u itself ignores now is no stronger than u: Q17 */
	p->is_muted = p->muted[p->u / 64] >> p->u % 64 & 1;
	if (!p->is_muted && !p->log)
		return visit_plain(p, &row, err);
	for (e = row.from; e < row.to && r == KITH_OK; e++)
		r = follow_edge(p, e, err);
	return r;
}

static int
start_pass(struct pass *p, struct kith_error *err)
{
	struct crev_set *s = p->set;
	uint32_t i;

	for (i = 0; i < s->n; i++)
		s->records[i] &= REC_BANNED;
	forget_mutes(p);
	kith_visits_reset(&p->visits);
	s->records[s->root] |= (uint32_t)KITH_LEVEL_HIGH
			       << REC_LEVEL_SHIFT; /* even if banned: Q9 */
	s->passes++;
	if (p->log && p->log->pass)
		p->log->pass(p->log->ctx, s->passes);
	return kith_visits_put(&p->visits, s->root, KITH_LEVEL_HIGH, 0, true, err);
}

static int
run_pass(struct pass *p, const struct kith_id *root, struct kith_error *err)
{
	unsigned last = KITH_LEVEL_HIGH;
	uint32_t banned = p->n_banned;
	int r = start_pass(p, err);

	while (r == KITH_OK && kith_visits_next(&p->visits, &p->u, &p->level, &p->distance)) {
		uint32_t *rec = &p->set->records[p->u];

		if (p->log && p->log->visit) /* also the one that ends the pass: Q24 */
			p->log->visit(p->log->ctx, p->u < p->g->h.n_ids ? &p->g->keys[p->u] : root,
				      (enum kith_level)p->level, p->distance);
		if (p->level != last && p->n_banned != banned) /* Q11 */
			return KITH_OK;
		last = p->level;
		if (!REC_VISITED(*rec)) /* the first is the highest: levels never rise (Q18) */
			*rec |= p->level << REC_VISITED_SHIFT;
		r = visit(p, err);
	}
	return r;
}

static int
check_params(const struct kith_crev_params *params, struct kith_error *err)
{
	size_t i;
	bool small = true;

	if (params->max > REC_DISTANCE)
		return kith_fail(err, KITH_E_USAGE, "depth must be at most %u", REC_DISTANCE);
	for (i = 0; i < KITH_LEVEL_COUNT; i++)
		small = small && params->cost[i] < MAX_COST;
	return small ? KITH_OK : kith_fail(err, KITH_E_USAGE, "costs of levels must be below 2^54");
}

static int
run_passes(struct pass *p, const struct kith_id *root, struct kith_error *err)
{
	unsigned max = p->params->max_passes ? p->params->max_passes : DEFAULT_MAX_PASSES;
	uint32_t before;
	int r;

	do { /* bans are sticky: Q12 */
		if (p->set->passes == max)
			return kith_fail(err, KITH_E_LIMIT,
					 "the trust graph needs more than %u passes (mutual "
					 "distrust that was built to do so?)",
					 max);
		before = p->n_banned;
		r = run_pass(p, root, err);
	} while (r == KITH_OK && p->n_banned > before);
	return r;
}

int
kith_crev_set_compute(const struct kith_trust_graph *g, const struct kith_trust_question *q,
		      const struct kith_crev_log *log, struct crev_set *ret_set,
		      struct kith_error *err)
{
	KITH_CLEANUP(kith_crev_set_clear) struct crev_set s = {.n = g->h.n_ids};
	KITH_CLEANUP(pass_clear)
	struct pass p = {
	    .g = g, .params = q->crev ? q->crev : &kith_crev_default, .log = log, .set = &s};
	int r = check_params(p.params, err);

	if (r)
		return r;
	if (q->n_roots == 0) {
		*ret_set = s; /* without an id nobody is trusted (1.1) */
		return KITH_OK;
	}
	s.root = kith_trust_index(g, &q->roots[0]);
	if (s.root == TRUST_NONE)
		s.root = s.n++;
	s.records = kith_calloc(s.n, sizeof(*s.records));
	s.banners = kith_calloc(s.n, sizeof(*s.banners));
	p.muted = kith_calloc((size_t)s.n / 64 + 1, sizeof(*p.muted));
	if (!s.records || !s.banners || !p.muted)
		return kith_fail_nomem(err);
	r = kith_visits_init(&p.visits, s.n, s.records, err);
	if (r == KITH_OK)
		r = run_passes(&p, &q->roots[0], err);
	if (r)
		return r;
	*ret_set = s;
	memset(&s, 0, sizeof(s));
	return KITH_OK;
}
