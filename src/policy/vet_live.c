/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that is not locked (cargo-vet.md C.2): peers' files as they are now, mapped to own
 * criteria; what imports.lock has of them already is stale, the rest fresh.
 */
#include "evidence/vet_import.h"
#include "policy/vet_work.h"

/* --- the same entry in imports.lock --- */

static bool
same_list(const struct kith_vet_list *a, const struct kith_vet_list *b)
{
	size_t i;

	for (i = 0; i < a->count && i < b->count; i++)
		if (!kith_span_eq(a->items[i], b->items[i]))
			return false;
	return a->count == b->count;
}

/* `who` and `notes` do not count. */
static bool
same_audit(const struct kith_vet_audit *a, const struct kith_vet_audit *b)
{
	if (a->kind != b->kind || !same_list(&a->criteria, &b->criteria))
		return false;
	if (a->kind == KITH_VET_VIOLATION)
		return kith_span_eq(a->violation, b->violation);
	return kith_vet_version_cmp(&a->to, &b->to) == 0 &&
	       (a->kind == KITH_VET_FULL || kith_vet_version_cmp(&a->from, &b->from) == 0);
}

static bool
same_vouch(const struct kith_vet_vouch *a, const struct kith_vet_vouch *b)
{
	return kith_vet_source_eq(&a->source, &b->source) && a->start == b->start &&
	       a->end == b->end && same_list(&a->criteria, &b->criteria);
}

static int
age_audits(struct vet_work *w, const struct kith_vet_set *old, struct kith_vet_set *now)
{
	size_t i, k, m, n;
	int r = KITH_OK;

	for (i = 0; i < old->audits.count; i++) {
		const struct kith_vet_group *g = &old->audits.items[i];
		const struct kith_vet_audit *was = g->items;
		struct kith_vet_audit *is = kith_vet_audits_of(now, g->name, &n);

		for (k = 0; k < g->count && !r; k++) {
			for (m = 0; m < n && !(is[m].fresh && same_audit(&is[m], &was[k])); m++)
				;
			if (m < n)
				is[m].fresh = false;
			r = vet_step(w, m + 1);
		}
	}
	return r;
}

static int
age_wildcards(struct vet_work *w, const struct kith_vet_set *old, struct kith_vet_set *now)
{
	size_t i, k, m, n;
	int r = KITH_OK;

	for (i = 0; i < old->wildcards.count; i++) {
		const struct kith_vet_group *g = &old->wildcards.items[i];
		const struct kith_vet_vouch *was = g->items;
		struct kith_vet_vouch *is = kith_vet_wildcards_of(now, g->name, &n);

		for (k = 0; k < g->count && !r; k++) {
			for (m = 0; m < n && !(is[m].fresh && same_vouch(&is[m], &was[k])); m++)
				;
			if (m < n)
				is[m].fresh = false;
			r = vet_step(w, m + 1);
		}
	}
	return r;
}

static bool
same_description(const struct kith_vet_criterion *a, const struct kith_vet_criterion *b)
{
	if (!a->description.ptr || !b->description.ptr)
		return !a->description.ptr && !b->description.ptr;
	return kith_span_eq(a->description, b->description);
}

static int
compare_criteria(struct vet_work *w, const struct kith_vet_set *old, const struct kith_vet_set *now,
		 bool *ret_stop)
{
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; i < old->n_criteria && !r; i++)
		for (k = 0; k < now->n_criteria && !r; k++) {
			if (!kith_span_eq(old->criteria[i].name, now->criteria[k].name) ||
			    same_description(&old->criteria[i], &now->criteria[k]))
				continue;
			*ret_stop = true;
			r = vet_problem(w, KITH_VET_CRITERIA_CHANGED, old->criteria[i].name,
					KITH_SPAN_NONE);
		}
	return r;
}

/* --- peers --- */

static const struct kith_vet_live_peer *
find_live(const struct kith_vet_live *live, struct kith_span name)
{
	size_t i;

	for (i = 0; i < live->n_peers; i++)
		if (kith_span_eq(live->peers[i].name, name))
			return &live->peers[i];
	return NULL;
}

/* Reads one file of a peer into own criteria; the answer keeps it. */
static int
read_peer_file(struct vet_work *w, const struct kith_vet_import *how, struct kith_span text,
	       bool *ret_stop)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	int r = kith_vet_read_audits(text, KITH_VET_PEER, &f, w->err);

	if (r)
		return vet_problem_of(w, r, KITH_VET_PARSE, how->name, ret_stop);
	r = kith_vet_localise(f, how, w->criteria, w->err);
	if (r == KITH_E_NOTFOUND) {
		*ret_stop = true;
		return vet_problem(w, KITH_VET_MISSING_DESCRIPTION, how->name, KITH_SPAN_NONE);
	}
	if (r)
		return vet_problem_of(w, r, KITH_VET_CRITERIA, KITH_SPAN_NONE, ret_stop);
	return vet_keep(w, &f);
}

static int
read_peer(struct vet_work *w, const struct kith_vet_import *how, struct kith_vet_set *ret_set,
	  bool *ret_stop)
{
	const struct kith_vet_live_peer *p = find_live(w->q->live, how->name);
	size_t from = w->answer->n_files, i;
	int r = KITH_OK;

	if (!p || p->n_texts != how->urls.count)
		return kith_fail(w->err, KITH_E_NOTFOUND, "import '%.*s': not all files are here",
				 KITH_SPAN_FMT(how->name));
	for (i = 0; i < p->n_texts && !r && !*ret_stop; i++)
		r = read_peer_file(w, how, p->texts[i], ret_stop);
	if (r || *ret_stop)
		return r;
	if (p->n_texts == 1) {
		*ret_set = w->answer->files[from]->set;
		return KITH_OK;
	}
	r = kith_vet_aggregate(w->answer->files + from, how->urls.items, p->n_texts, w->arena,
			       ret_set, w->err);
	if (r != KITH_E_INTEGRITY)
		return r;
	*ret_stop = true;
	return vet_problem(w, KITH_VET_AGGREGATE, how->name, KITH_SPAN_NONE);
}

static const struct kith_vet_set *
stored_peer(const struct vet_work *w, struct kith_span name)
{
	size_t i;

	for (i = 0; i < w->stored->n_peers; i++)
		if (kith_span_eq(w->stored->peers[i].name, name))
			return &w->stored->peers[i].set;
	return NULL;
}

static int
read_peers(struct vet_work *w, struct kith_vet_imports *live, bool *ret_stop)
{
	const struct kith_vet_config *c = w->config;
	size_t i;
	int r = KITH_OK;

	live->peers = kith_arena_array(w->arena, c->n_imports + 1, sizeof(*live->peers));
	if (!live->peers)
		return kith_fail_nomem(w->err);
	for (i = 0; i < c->n_imports && !r && !*ret_stop; i++) {
		const struct kith_vet_set *old = stored_peer(w, c->imports[i].name);
		struct kith_vet_set *now = &live->peers[i].set;

		live->peers[i].name = c->imports[i].name;
		r = read_peer(w, &c->imports[i], now, ret_stop);
		if (r || *ret_stop || !old)
			continue;
		r = compare_criteria(w, old, now, ret_stop);
		if (!r)
			r = age_audits(w, old, now);
		if (!r)
			r = age_wildcards(w, old, now);
	}
	live->n_peers = c->n_imports;
	return r;
}

/* --- unpublished versions --- */

static const struct kith_toml *
versions_of(const struct kith_toml *index, struct kith_span name)
{
	const struct kith_toml *v;

	for (v = index ? index->first : NULL; v; v = v->next)
		if (kith_span_eq(v->key, name) && v->type == KITH_TOML_ARRAY)
			return v->first;
	return NULL;
}

/* Whether x is a better stand-in for ours than best: the greatest not above it, else the least. */
static bool
is_better(const struct kith_vet_version *x, const struct kith_vet_version *best,
	  const struct kith_vet_version *ours)
{
	bool below = kith_vet_version_cmp(x, ours) <= 0;
	bool best_below = kith_vet_version_cmp(best, ours) <= 0;
	int c = kith_vet_version_cmp(x, best);

	return below != best_below ? below : below ? c > 0 : c < 0;
}

static int
nearest(struct vet_work *w, const struct kith_toml *index, const struct kith_vet_node *n,
	struct kith_vet_version *ret, bool *ret_found)
{
	const struct kith_toml *v;
	struct kith_vet_version x;

	*ret_found = false;
	for (v = versions_of(index, n->name); v; v = v->next) {
		if (v->type != KITH_TOML_STRING || !kith_vet_version_parse(v->u.string, &x))
			return kith_fail(w->err, KITH_E_FORMAT, "index, line %u: no version",
					 (unsigned)v->line);
		if (!*ret_found || is_better(&x, ret, &n->version))
			*ret = x;
		*ret_found = true;
	}
	return KITH_OK;
}

struct added {
	struct kith_span name;
	struct kith_vet_unpublished entry;
};

static int
find_added(struct vet_work *w, const struct kith_toml *index, struct added *list, size_t *ret_n,
	   bool *ret_stop)
{
	size_t i, n = 0;
	int r = KITH_OK;

	for (i = 0; i < w->graph->count && !r; i++) {
		const struct kith_vet_node *node = &w->graph->nodes[i];
		struct kith_vet_version best;
		bool found;

		if (node->crates_io || !w->third[i] || node->version.rev.ptr)
			continue;
		r = nearest(w, index, node, &best, &found);
		if (!r && !found) {
			*ret_stop = true;
			r = vet_problem(w, KITH_VET_CRATE_DOES_NOT_EXIST, node->name,
					KITH_SPAN_NONE);
		} else if (!r && kith_vet_version_cmp(&best, &node->version)) {
			list[n++] = (struct added){
			    node->name,
			    {.version = node->version, .audited_as = best, .fresh = true}};
		}
	}
	*ret_n = n;
	return r;
}

/* Stored entries, and behind them those that were added; both are sorted by name. */
static int
merge_unpublished(struct vet_work *w, const struct added *list, size_t n,
		  struct kith_vet_groups *ret)
{
	const struct kith_vet_groups *old = &w->stored->unpublished;
	struct kith_vet_group *groups =
	    kith_arena_array(w->arena, old->count + n + 1, sizeof(*groups));
	size_t i = 0, k = 0, count = 0, m;

	if (!groups)
		return kith_fail_nomem(w->err);
	while (i < old->count || k < n) {
		int c = i == old->count ? 1
			: k == n        ? -1
					: kith_span_cmp(old->items[i].name, list[k].name);
		struct kith_span name = c <= 0 ? old->items[i].name : list[k].name;
		size_t was = c <= 0 ? old->items[i].count : 0, more = 0;
		struct kith_vet_unpublished *items;

		while (k + more < n && kith_span_eq(list[k + more].name, name))
			more++;
		items = kith_arena_array(w->arena, was + more + 1, sizeof(*items));
		if (!items)
			return kith_fail_nomem(w->err);
		if (was)
			memcpy(items, old->items[i].items, was * sizeof(*items));
		for (m = 0; m < more; m++)
			items[was + m] = list[k + m].entry;
		groups[count++] = (struct kith_vet_group){name, items, was + more, 0};
		i += c <= 0;
		k += more;
	}
	*ret = (struct kith_vet_groups){groups, count};
	return KITH_OK;
}

static int
add_unpublished(struct vet_work *w, struct kith_vet_imports *live, bool *ret_stop)
{
	KITH_AUTO_FREE struct added *list = kith_calloc(w->graph->count + 1, sizeof(*list));
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	size_t n = 0;
	int r;

	if (!list)
		return kith_fail_nomem(w->err);
	/* any TOML reads as an imports.lock without entries; here only the document is wanted */
	r = kith_vet_read_imports(w->q->live->index, &f, w->err);
	if (!r)
		r = find_added(w, kith_toml_get(kith_toml_root(f->doc), "index"), list, &n,
			       ret_stop);
	if (!r)
		r = vet_keep(w, &f);
	return r ? r : merge_unpublished(w, list, n, &live->unpublished);
}

/* --- publishers --- */

static bool
is_relevant(const struct vet_work *w, const struct kith_vet_imports *live, struct kith_span name)
{
	size_t i;

	if (kith_vet_group_find(&w->own->wildcards, name) ||
	    kith_vet_group_find(&w->own->trusted, name))
		return true;
	for (i = 0; i < live->n_peers; i++)
		if (kith_vet_group_find(&live->peers[i].set.wildcards, name))
			return true;
	return false;
}

static int
cmp_publisher(const void *pa, const void *pb)
{
	const struct kith_vet_publisher *a = pa, *b = pb;
	int c = kith_semver_cmp_total(&a->version.semver, &b->version.semver);

	return c ? c : (a->line > b->line) - (a->line < b->line);
}

/* Fresh is what imports.lock has no entry of, whatever that entry says. */
static int
take_publishers(struct vet_work *w, const struct kith_vet_group *g, struct kith_vet_group *ret)
{
	struct kith_vet_publisher *list = kith_arena_array(w->arena, g->count + 1, sizeof(*list));
	size_t n, i, k;
	const struct kith_vet_publisher *old = kith_vet_publishers_of(w->stored, g->name, &n);
	int r = KITH_OK;

	if (!list)
		return kith_fail_nomem(w->err);
	memcpy(list, g->items, g->count * sizeof(*list));
	for (i = 0; i < g->count && !r; i++) {
		list[i].fresh = true;
		for (k = 0; k < n && list[i].fresh; k++)
			list[i].fresh = kith_semver_cmp_total(&list[i].version.semver,
							      &old[k].version.semver) != 0;
		r = vet_step(w, k + 1);
	}
	if (g->count)
		qsort(list, g->count, sizeof(*list), cmp_publisher);
	*ret = (struct kith_vet_group){g->name, list, g->count, 0};
	return r;
}

static int
add_publishers(struct vet_work *w, struct kith_vet_imports *live)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	struct kith_vet_group *groups;
	size_t i, to, n = 0;
	int r = kith_vet_read_imports(w->q->live->publishers, &f, w->err);

	if (r)
		return r;
	groups = kith_arena_array(w->arena, w->graph->count + 1, sizeof(*groups));
	if (!groups)
		return kith_fail_nomem(w->err);
	for (i = 0; i < w->graph->count && !r; i = to) {
		const struct kith_vet_node *node = &w->graph->nodes[i];
		const struct kith_vet_group *g =
		    kith_vet_group_find(&f->imports.publishers, node->name);
		bool third = false;

		for (to = i;
		     to < w->graph->count && kith_span_eq(w->graph->nodes[to].name, node->name);
		     to++)
			third |= w->third[to];
		if (g && third && is_relevant(w, live, node->name))
			r = take_publishers(w, g, &groups[n++]);
	}
	live->publishers = (struct kith_vet_groups){groups, n};
	return r ? r : vet_keep(w, &f);
}

int
vet_go_live(struct vet_work *w, bool *ret_stop)
{
	struct kith_vet_imports *live = kith_arena_alloc(w->arena, sizeof(*live));
	int r;

	if (!live)
		return kith_fail_nomem(w->err);
	r = read_peers(w, live, ret_stop);
	if (!r && !*ret_stop)
		r = add_unpublished(w, live, ret_stop);
	if (!r && !*ret_stop)
		r = add_publishers(w, live);
	w->imports = w->answer->imports = live;
	return r;
}
