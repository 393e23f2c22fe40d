/* SPDX-License-Identifier: Apache-2.0 */
/* Which commits of a graph a GIT range means. Every walk is a loop, and their steps are counted. */
#include "evidence/osv_git.h"

struct walk {
	const struct kith_osv_graph *g;
	struct kith_error *err;
	uint32_t *first_child, *children; /* the graph the other way round */
	uint32_t *stack;
	bool *fix;      /* by commit */
	bool *reached;  /* from one introduction */
	bool *repaired; /* by a fix on the way */
	size_t steps;
};

static void
walk_clear(struct walk *w)
{
	free(w->first_child);
	free(w->children);
	free(w->stack);
	free(w->fix);
	free(w->reached);
	free(w->repaired);
}

static int
check_graph(const struct kith_osv_graph *g, const struct kith_osv_commit_event *events, size_t n,
	    struct kith_error *err)
{
	size_t i;

	if (g->n_commits > KITH_MAX_GIT_COMMITS)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu commits", KITH_MAX_GIT_COMMITS);
	for (i = 0; i < g->n_commits; i++)
		if (g->first[i] > g->first[i + 1])
			return kith_fail(err, KITH_E_FORMAT, "no graph of commits");
	for (i = 0; i < g->first[g->n_commits]; i++)
		if (g->parents[i] >= g->n_commits)
			return kith_fail(err, KITH_E_FORMAT, "a parent that is no commit");
	for (i = 0; i < n; i++)
		if (events[i].commit >= g->n_commits &&
		    !(events[i].commit == KITH_OSV_EVERY_ROOT &&
		      events[i].kind == KITH_ADVISORY_INTRODUCED))
			return kith_fail(err, KITH_E_FORMAT, "a commit that is not in the clone");
	return KITH_OK;
}

/* Children of i are children[first_child[i]] to before children[first_child[i + 1]]. */
static void
turn_round(struct walk *w)
{
	const struct kith_osv_graph *g = w->g;
	size_t i, k;

	for (k = 0; k < g->first[g->n_commits]; k++)
		w->first_child[g->parents[k] + 1]++;
	for (i = 0; i < g->n_commits; i++)
		w->first_child[i + 1] += w->first_child[i];
	for (i = g->n_commits; i-- > 0;)
		for (k = g->first[i]; k < g->first[i + 1]; k++)
			w->children[--w->first_child[g->parents[k] + 1]] = (uint32_t)i;
	/* filling took every start down to the one before: put them back */
	for (i = 0; i < g->n_commits; i++)
		w->first_child[i] = w->first_child[i + 1];
	w->first_child[g->n_commits] = g->first[g->n_commits];
}

static int
walk_init(struct walk *w)
{
	size_t n = w->g->n_commits;

	w->first_child = kith_calloc(n + 1, sizeof(*w->first_child));
	w->children = kith_calloc(w->g->first[n], sizeof(*w->children));
	w->stack = kith_calloc(n, sizeof(*w->stack));
	w->fix = kith_calloc(n, sizeof(*w->fix));
	w->reached = kith_calloc(n, sizeof(*w->reached));
	w->repaired = kith_calloc(n, sizeof(*w->repaired));
	if (!w->first_child || !w->children || !w->stack || !w->fix || !w->reached || !w->repaired)
		return kith_fail_nomem(w->err);
	turn_round(w);
	return KITH_OK;
}

/* Marks what descends from the commits on the stack, which are marked already. */
static int
mark_descendants(struct walk *w, size_t depth, bool *marks)
{
	uint32_t c;
	size_t k;

	while (depth) {
		c = w->stack[--depth];
		for (k = w->first_child[c]; k < w->first_child[c + 1]; k++) {
			if (++w->steps > KITH_MAX_GIT_STEPS)
				return kith_fail(w->err, KITH_E_LIMIT, "too large a graph");
			if (!marks[w->children[k]]) {
				marks[w->children[k]] = true;
				w->stack[depth++] = w->children[k];
			}
		}
	}
	return KITH_OK;
}

/* Affected from one introduction: its descendants without those of the fixes among them. */
static int
introduce(struct walk *w, uint32_t commit, bool *affected)
{
	size_t i, n = w->g->n_commits, depth = 0;
	int r;

	w->steps += n;
	if (w->steps > KITH_MAX_GIT_STEPS)
		return kith_fail(w->err, KITH_E_LIMIT, "too many introductions");
	memset(w->reached, 0, n);
	memset(w->repaired, 0, n);
	w->reached[commit] = true;
	w->stack[0] = commit;
	r = mark_descendants(w, 1, w->reached);
	if (r)
		return r;
	for (i = 0; i < n; i++) {
		if (w->reached[i] && w->fix[i]) {
			w->repaired[i] = true;
			w->stack[depth++] = (uint32_t)i;
		}
	}
	r = mark_descendants(w, depth, w->repaired);
	for (i = 0; i < n && !r; i++)
		affected[i] = affected[i] || (w->reached[i] && !w->repaired[i]);
	return r;
}

/* Fixes are named, or are the children of what was affected last. */
static bool
find_fixes(struct walk *w, const struct kith_osv_commit_event *events, size_t n)
{
	bool any = false;
	size_t i, k;

	for (i = 0; i < n; i++) {
		uint32_t c = events[i].commit;

		any = any || events[i].kind == KITH_ADVISORY_FIXED ||
		      events[i].kind == KITH_ADVISORY_LAST_AFFECTED;
		if (events[i].kind == KITH_ADVISORY_FIXED)
			w->fix[c] = true;
		if (events[i].kind == KITH_ADVISORY_LAST_AFFECTED)
			for (k = w->first_child[c]; k < w->first_child[c + 1]; k++)
				w->fix[w->children[k]] = true;
	}
	return any;
}

/* Marks (in `reached`) what the fixes descend from, themselves too. */
static void
mark_above_fixes(struct walk *w)
{
	const struct kith_osv_graph *g = w->g;
	size_t i, k, depth = 0;

	memset(w->reached, 0, g->n_commits);
	for (i = 0; i < g->n_commits; i++) {
		if (w->fix[i]) {
			w->reached[i] = true;
			w->stack[depth++] = (uint32_t)i;
		}
	}
	while (depth) {
		uint32_t c = w->stack[--depth];

		for (k = g->first[c]; k < g->first[c + 1]; k++) {
			if (!w->reached[g->parents[k]]) {
				w->reached[g->parents[k]] = true;
				w->stack[depth++] = g->parents[k];
			}
		}
	}
}

/* From the beginning: every root, or only those that the fixes grew from. */
static int
introduce_roots(struct walk *w, bool has_fixes, bool *affected)
{
	const struct kith_osv_graph *g = w->g;
	KITH_AUTO_FREE bool *above = NULL;
	size_t i;
	int r = KITH_OK;

	if (has_fixes) {
		mark_above_fixes(w);
		above = kith_calloc(g->n_commits, sizeof(*above));
		if (!above)
			return kith_fail_nomem(w->err);
		memcpy(above, w->reached, g->n_commits);
	}
	for (i = 0; i < g->n_commits && !r; i++)
		if (g->first[i] == g->first[i + 1] && (!above || above[i]))
			r = introduce(w, (uint32_t)i, affected);
	return r;
}

/* --- limits --- */

static bool
is_introduction(const struct walk *w, const struct kith_osv_commit_event *events, size_t n,
		uint32_t commit)
{
	bool root = w->g->first[commit] == w->g->first[commit + 1];
	size_t i;

	for (i = 0; i < n; i++)
		if (events[i].kind == KITH_ADVISORY_INTRODUCED &&
		    (events[i].commit == commit ||
		     (root && events[i].commit == KITH_OSV_EVERY_ROOT)))
			return true;
	return false;
}

/* The way back by first parents, from before the limit up to an introduction if it meets one. */
static int
mark_limited(struct walk *w, const struct kith_osv_commit_event *events, size_t n, uint32_t limit,
	     bool *affected)
{
	const struct kith_osv_graph *g = w->g;
	uint32_t c = limit;
	size_t depth = 0;
	bool met = false;

	while (!met && g->first[c] < g->first[c + 1] && depth < g->n_commits) {
		c = g->parents[g->first[c]];
		w->stack[depth++] = c;
		met = is_introduction(w, events, n, c);
		w->steps += n;
		if (w->steps > KITH_MAX_GIT_STEPS)
			return kith_fail(w->err, KITH_E_LIMIT, "too many events");
	}
	while (met && depth)
		affected[w->stack[--depth]] = true;
	return KITH_OK;
}

static int
judge(struct walk *w, const struct kith_osv_commit_event *events, size_t n, bool *affected)
{
	bool has_fixes, limited = false;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < n && !r; i++) {
		if (events[i].kind != KITH_ADVISORY_LIMIT)
			continue;
		limited = true;
		r = mark_limited(w, events, n, events[i].commit, affected);
	}
	if (r || limited)
		return r;
	has_fixes = find_fixes(w, events, n);
	for (i = 0; i < n && !r; i++) {
		if (events[i].kind != KITH_ADVISORY_INTRODUCED)
			continue;
		r = events[i].commit == KITH_OSV_EVERY_ROOT
			? introduce_roots(w, has_fixes, affected)
			: introduce(w, events[i].commit, affected);
	}
	return r;
}

int
kith_osv_git_affected(const struct kith_osv_graph *graph,
		      const struct kith_osv_commit_event *events, size_t n, bool *ret_affected,
		      struct kith_error *err)
{
	KITH_CLEANUP(walk_clear) struct walk w = {.g = graph, .err = err};
	KITH_AUTO_FREE bool *affected = NULL;
	int r = check_graph(graph, events, n, err);

	if (r || !graph->n_commits)
		return r;
	affected = kith_calloc(graph->n_commits, sizeof(*affected));
	if (!affected)
		return kith_fail_nomem(err);
	r = walk_init(&w);
	if (!r)
		r = judge(&w, events, n, affected);
	if (!r)
		memcpy(ret_affected, affected, graph->n_commits * sizeof(*affected));
	return r;
}

static struct kith_span
repository_part(struct kith_span url)
{
	size_t i;

	for (i = 0; i + 2 < url.len; i++) {
		if (url.ptr[i] == ':' && url.ptr[i + 1] == '/' && url.ptr[i + 2] == '/') {
			url = kith_span_sub(url, i + 3, SIZE_MAX);
			break;
		}
	}
	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	if (kith_span_ends(url, KITH_SPAN_LIT(".git")))
		url.len -= 4;
	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	return url;
}

bool
kith_osv_same_repository(struct kith_span a, struct kith_span b)
{
	return kith_span_eq(repository_part(a), repository_part(b));
}
