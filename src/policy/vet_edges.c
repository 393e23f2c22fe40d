/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One crate's audit graph (cargo-vet.md E.1 to E.3): everything that anybody said about the name
 * becomes edges between versions, and violations are compared with audits and exemptions.
 */
#include "policy/vet_work.h"

/* An edge under way, its ends still versions. */
struct raw {
	struct kith_vet_edge edge;
	const struct kith_vet_version *from, *to; /* from NULL: the root */
};

struct draft {
	struct vet_work *w;
	struct kith_span name;
	struct raw *edges;
	size_t n_edges, cap;
	struct kith_vet_conflict *conflicts;
	size_t n_conflicts, conflicts_cap;
	struct kith_vet_version *extra; /* of the nodes themselves, and what suggestions need */
	size_t n_extra;
};

static int
add_edge(struct draft *d, struct kith_vet_edge edge, const struct kith_vet_version *from,
	 const struct kith_vet_version *to, const struct kith_vet_list *criteria)
{
	int r = vet_step(d->w, 1);

	if (!r)
		r = kith_grow(&d->edges, &d->cap, d->n_edges + 1, sizeof(*d->edges), UINT32_MAX / 2,
			      "audits of one crate", d->w->err);
	if (!r && criteria)
		r = kith_vet_criteria_set(d->w->criteria, criteria, &edge.criteria, d->w->err);
	if (!r)
		d->edges[d->n_edges++] = (struct raw){edge, from, to};
	return r;
}

static int
add_audits(struct draft *d, const struct kith_vet_set *set, uint32_t peer)
{
	size_t n, i;
	const struct kith_vet_audit *list = kith_vet_audits_of(set, d->name, &n);
	int r = KITH_OK;

	for (i = 0; i < n && !r; i++) {
		const struct kith_vet_audit *a = &list[i];
		struct kith_vet_edge e = {.kind = peer ? KITH_VET_EDGE_IMPORTED : KITH_VET_EDGE_OWN,
					  .not_importable = !peer && !a->importable,
					  .fresh = a->fresh ? KITH_VET_FRESH : KITH_VET_STALE,
					  .peer = peer,
					  .at = (uint32_t)i};

		if (a->kind != KITH_VET_VIOLATION)
			r = add_edge(d, e, a->kind == KITH_VET_DELTA ? &a->from : NULL, &a->to,
				     &a->criteria);
	}
	return r;
}

/* E.2: end is exclusive. */
static bool
covers(const struct kith_vet_vouch *v, const struct kith_vet_publisher *p)
{
	return kith_vet_source_eq(&v->source, &p->source) && v->start <= p->when &&
	       p->when < v->end;
}

static int
add_wildcards(struct draft *d, const struct kith_vet_set *set, uint32_t peer, uint32_t number,
	      const struct kith_vet_publisher *p)
{
	size_t n, i;
	const struct kith_vet_vouch *list = kith_vet_wildcards_of(set, d->name, &n);
	int r = vet_step(d->w, n + 1);

	for (i = 0; i < n && !r; i++) {
		struct kith_vet_edge e = {.kind = KITH_VET_EDGE_WILDCARD,
					  .peer = peer,
					  .at = (uint32_t)i,
					  .publisher = number};

		e.fresh = list[i].fresh ? KITH_VET_FRESH
			  : p->fresh    ? KITH_VET_FRESH_PUBLISHER
					: KITH_VET_STALE;
		if (covers(&list[i], p))
			r = add_edge(d, e, NULL, &p->version, &list[i].criteria);
	}
	return r;
}

static int
add_trusted(struct draft *d, uint32_t number, const struct kith_vet_publisher *p)
{
	size_t n, i;
	const struct kith_vet_vouch *list = kith_vet_trusted_of(d->w->own, d->name, &n);
	int r = vet_step(d->w, n + 1);

	for (i = 0; i < n && !r; i++) {
		struct kith_vet_edge e = {.kind = KITH_VET_EDGE_TRUSTED,
					  .fresh = p->fresh ? KITH_VET_FRESH : KITH_VET_STALE,
					  .at = number,
					  .publisher = number};

		if (covers(&list[i], p))
			r = add_edge(d, e, NULL, &p->version, &list[i].criteria);
	}
	return r;
}

static int
add_published(struct draft *d)
{
	const struct kith_vet_imports *imports = d->w->imports;
	size_t n, i, k;
	const struct kith_vet_publisher *list = kith_vet_publishers_of(imports, d->name, &n);
	int r = KITH_OK;

	for (i = 0; i < n && !r; i++) {
		for (k = 0; k < imports->n_peers && !r; k++)
			r = add_wildcards(d, &imports->peers[k].set, (uint32_t)k + 1, (uint32_t)i,
					  &list[i]);
		if (!r)
			r = add_wildcards(d, d->w->own, 0, (uint32_t)i, &list[i]);
		if (!r)
			r = add_trusted(d, (uint32_t)i, &list[i]);
	}
	return r;
}

static int
add_rest(struct draft *d)
{
	size_t n, i;
	const struct kith_vet_unpublished *u = kith_vet_unpublished_of(d->w->imports, d->name, &n);
	const struct kith_vet_exemption *x;
	int r = KITH_OK;

	for (i = 0; i < n && !r; i++) {
		struct kith_vet_edge e = {.kind = KITH_VET_EDGE_UNPUBLISHED,
					  .fresh = u[i].fresh ? KITH_VET_FRESH : KITH_VET_STALE,
					  .at = (uint32_t)i,
					  .criteria = kith_vet_criteria_all(d->w->criteria)};

		r = add_edge(d, e, &u[i].audited_as, &u[i].version, NULL);
	}
	x = kith_vet_exemptions_of(d->w->config, d->name, &n);
	for (i = 0; i < n && !r; i++) {
		struct kith_vet_edge e = {.kind = KITH_VET_EDGE_EXEMPTION, .at = (uint32_t)i};

		r = add_edge(d, e, NULL, &x[i].version, &x[i].criteria);
	}
	return r;
}

static int
add_edges(struct draft *d)
{
	const struct kith_vet_imports *imports = d->w->imports;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < imports->n_peers && !r; i++)
		r = add_audits(d, &imports->peers[i].set, (uint32_t)i + 1);
	if (!r)
		r = add_audits(d, d->w->own, 0);
	if (!r)
		r = add_published(d);
	return r ? r : add_rest(d);
}

/* --- violations (E.3) --- */

struct violation {
	struct kith_span peer;
	const struct kith_vet_audit *entry;
	struct kith_cargo_req req;
	uint64_t parts[KITH_VET_MAX_CRITERIA]; /* of each criterion by itself */
	size_t n_parts;
};

static int
hits(struct draft *d, const struct violation *v, const struct kith_vet_list *criteria,
     bool *ret_hits)
{
	uint64_t set;
	size_t i;
	int r = kith_vet_criteria_set(d->w->criteria, criteria, &set, d->w->err);

	*ret_hits = false;
	for (i = 0; i < v->n_parts && !r && !*ret_hits; i++)
		*ret_hits = !(v->parts[i] & ~set);
	return r;
}

static int
add_conflict(struct draft *d, const struct kith_vet_conflict *c)
{
	int r = kith_grow(&d->conflicts, &d->conflicts_cap, d->n_conflicts + 1,
			  sizeof(*d->conflicts), KITH_MAX_VET_STEPS, "conflicts", d->w->err);

	if (!r)
		d->conflicts[d->n_conflicts++] = *c;
	return r;
}

static int
hit_exemptions(struct draft *d, const struct violation *v)
{
	size_t n, i;
	const struct kith_vet_exemption *x = kith_vet_exemptions_of(d->w->config, d->name, &n);
	int r = vet_step(d->w, n + 1);

	for (i = 0; i < n && !r; i++) {
		struct kith_vet_conflict c = {
		    .violation_peer = v->peer, .violation = v->entry, .exemption = &x[i]};
		bool hit = false;

		r = hits(d, v, &x[i].criteria, &hit);
		if (!r && hit && kith_cargo_req_matches(&v->req, &x[i].version.semver))
			r = add_conflict(d, &c);
	}
	return r;
}

static int
hit_audits(struct draft *d, const struct violation *v, const struct kith_vet_set *set,
	   struct kith_span peer)
{
	size_t n, i;
	const struct kith_vet_audit *a = kith_vet_audits_of(set, d->name, &n);
	int r = vet_step(d->w, n + 1);

	for (i = 0; i < n && !r; i++) {
		struct kith_vet_conflict c = {.violation_peer = v->peer,
					      .violation = v->entry,
					      .audit_peer = peer,
					      .audit = &a[i]};
		bool hit = false;

		if (a[i].kind == KITH_VET_VIOLATION)
			continue;
		r = hits(d, v, &a[i].criteria, &hit);
		if (!r && hit &&
		    (kith_cargo_req_matches(&v->req, &a[i].to.semver) ||
		     (a[i].kind == KITH_VET_DELTA &&
		      kith_cargo_req_matches(&v->req, &a[i].from.semver))))
			r = add_conflict(d, &c);
	}
	return r;
}

static int
compare_violation(struct draft *d, struct kith_span peer, const struct kith_vet_audit *entry)
{
	const struct kith_vet_imports *imports = d->w->imports;
	struct violation v = {.peer = peer, .entry = entry, .n_parts = 0};
	uint64_t seen = 0;
	size_t i;
	unsigned number;
	int r = kith_cargo_req_parse(entry->violation, &v.req, d->w->err);

	for (i = 0; i < entry->criteria.count && !r; i++) {
		struct kith_vet_list one = {&entry->criteria.items[i], 1, true};
		uint64_t set;

		r = kith_vet_criteria_set(d->w->criteria, &one, &set, d->w->err);
		if (r || !kith_vet_criterion_find(d->w->criteria, one.items[0], &number) ||
		    (seen >> number & 1U))
			continue;
		seen |= UINT64_C(1) << number;
		v.parts[v.n_parts++] = set;
	}
	if (!r)
		r = hit_exemptions(d, &v);
	for (i = 0; i < imports->n_peers && !r; i++)
		r = hit_audits(d, &v, &imports->peers[i].set, imports->peers[i].name);
	return r ? r : hit_audits(d, &v, d->w->own, KITH_SPAN_NONE);
}

static int
compare_violations(struct draft *d, struct kith_span peer, const struct kith_vet_set *set)
{
	size_t n, i;
	const struct kith_vet_audit *a = kith_vet_audits_of(set, d->name, &n);
	int r = KITH_OK;

	for (i = 0; i < n && !r; i++)
		if (a[i].kind == KITH_VET_VIOLATION)
			r = compare_violation(d, peer, &a[i]);
	return r;
}

/* --- numbers for versions --- */

struct slot {
	const struct kith_vet_version *version;
	uint32_t *place; /* of an edge; NULL: only to be known */
};

static int
cmp_slot(const void *pa, const void *pb)
{
	const struct slot *a = pa, *b = pb;

	return kith_vet_version_cmp(a->version, b->version);
}

static int
number_versions(struct draft *d, struct kith_vet_crate *c)
{
	KITH_AUTO_FREE struct slot *slots =
	    kith_calloc(d->n_edges * 2 + d->n_extra + 1, sizeof(*slots));
	size_t i, n = 0;

	if (!slots)
		return kith_fail_nomem(d->w->err);
	for (i = 0; i < d->n_edges; i++) {
		slots[n++] = (struct slot){d->edges[i].to, &d->edges[i].edge.to};
		if (d->edges[i].from)
			slots[n++] = (struct slot){d->edges[i].from, &d->edges[i].edge.from};
	}
	for (i = 0; i < d->n_extra; i++)
		slots[n++] = (struct slot){&d->extra[i], NULL};
	qsort(slots, n, sizeof(*slots), cmp_slot);
	c->versions = kith_arena_array(d->w->arena, n + 1, sizeof(*c->versions));
	if (!c->versions)
		return kith_fail_nomem(d->w->err);
	c->n_versions = 1;
	for (i = 0; i < n; i++) {
		if (!i || cmp_slot(&slots[i - 1], &slots[i]))
			c->versions[c->n_versions++] = slots[i].version;
		if (slots[i].place)
			*slots[i].place = (uint32_t)(c->n_versions - 1);
	}
	return KITH_OK;
}

uint32_t
vet_version_index(const struct kith_vet_crate *c, const struct kith_vet_version *v)
{
	size_t low = 1, high = c->n_versions, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (kith_vet_version_cmp(c->versions[mid], v) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return (uint32_t)low;
}

/* The edges that touch each version with the end that `key` says, as one array cut into runs. */
static int
join_edges(struct draft *d, struct kith_vet_crate *c, bool incoming, uint32_t **ret_start,
	   uint32_t **ret_edges)
{
	uint32_t *start = kith_arena_array(d->w->arena, c->n_versions + 2, sizeof(*start));
	uint32_t *edges = kith_arena_array(d->w->arena, c->n_edges + 1, sizeof(*edges));
	size_t i;

	if (!start || !edges)
		return kith_fail_nomem(d->w->err);
	for (i = 0; i < c->n_edges; i++)
		start[(incoming ? c->edges[i].to : c->edges[i].from) + 2]++;
	for (i = 2; i < c->n_versions + 2; i++)
		start[i] += start[i - 1];
	for (i = 0; i < c->n_edges; i++)
		edges[start[(incoming ? c->edges[i].to : c->edges[i].from) + 1]++] = (uint32_t)i;
	*ret_start = start;
	*ret_edges = edges;
	return KITH_OK;
}

static int
finish(struct draft *d, struct kith_vet_crate *c)
{
	struct kith_vet_conflict *conflicts;
	size_t i;
	int r = number_versions(d, c);

	if (r)
		return r;
	c->edges = kith_arena_array(d->w->arena, d->n_edges + 1, sizeof(*c->edges));
	conflicts = kith_arena_array(d->w->arena, d->n_conflicts + 1, sizeof(*conflicts));
	if (!c->edges || !conflicts)
		return kith_fail_nomem(d->w->err);
	for (i = 0; i < d->n_edges; i++)
		c->edges[i] = d->edges[i].edge;
	c->n_edges = d->n_edges;
	if (d->n_conflicts)
		memcpy(conflicts, d->conflicts, d->n_conflicts * sizeof(*conflicts));
	c->conflicts = conflicts;
	c->n_conflicts = d->n_conflicts;
	r = join_edges(d, c, true, &c->in_start, &c->in);
	return r ? r : join_edges(d, c, false, &c->out_start, &c->out);
}

/* The graph's own versions, and of git ones the plain version too (E.8). */
static int
add_nodes(struct draft *d, size_t from, size_t to)
{
	size_t i;

	d->extra = kith_arena_array(d->w->arena, (to - from) * 2 + 1, sizeof(*d->extra));
	if (!d->extra)
		return kith_fail_nomem(d->w->err);
	for (i = from; i < to; i++) {
		d->extra[d->n_extra++] = d->w->graph->nodes[i].version;
		if (!d->w->graph->nodes[i].version.rev.ptr)
			continue;
		d->extra[d->n_extra] = d->w->graph->nodes[i].version;
		d->extra[d->n_extra++].rev = KITH_SPAN_NONE;
	}
	return KITH_OK;
}

static void
draft_clear(struct draft *d)
{
	free(d->edges);
	free(d->conflicts);
}

int
vet_crate(struct vet_work *w, size_t from, size_t to, struct kith_vet_crate **ret_crate)
{
	KITH_CLEANUP(draft_clear)
	struct draft d = {.w = w, .name = w->graph->nodes[from].name};
	struct kith_vet_crate *c = kith_arena_alloc(w->arena, sizeof(*c));
	size_t i;
	int r;

	if (!c)
		return kith_fail_nomem(w->err);
	/* every peer is asked, whether it knows the crate or not */
	r = vet_step(w, w->imports->n_peers * 2);
	if (!r)
		r = add_edges(&d);
	for (i = 0; i < w->imports->n_peers && !r; i++)
		r = compare_violations(&d, w->imports->peers[i].name, &w->imports->peers[i].set);
	if (!r)
		r = compare_violations(&d, KITH_SPAN_NONE, w->own);
	if (!r)
		r = add_nodes(&d, from, to);
	if (!r)
		r = finish(&d, c);
	if (!r)
		*ret_crate = c;
	return r;
}
