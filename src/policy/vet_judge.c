/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of it: store, graph, requirements, ways, and what follows (cargo-vet.md E.6, E.7). */
#include "policy/vet_work.h"

static const char *const status_names[] = {"first",  "full", "partial",
					   "exempt", "fail", "violation"};
static const char *const conclusion_names[] = {"success", "fail-vetting", "fail-violation",
					       "error"};

const char *
kith_vet_status_name(enum kith_vet_status s)
{
	return status_names[s];
}

const char *
kith_vet_conclusion_name(enum kith_vet_conclusion c)
{
	return conclusion_names[c];
}

void
kith_vet_answer_free(struct kith_vet_answer *a)
{
	size_t i;

	if (!a)
		return;
	for (i = 0; i < a->n_files; i++)
		kith_vet_file_free(a->files[i]);
	free(a->files);
	kith_arena_clear(&a->arena);
	free(a);
}

void
kith_vet_answer_freep(struct kith_vet_answer **a)
{
	kith_vet_answer_free(*a);
	*a = NULL;
}

/* E.6: by the kinds of edges on the ways of all required criteria. */
static enum kith_vet_status
vetted(const struct kith_vet_row *row)
{
	bool needs = false, exempted = false;
	size_t i, k;

	for (i = 0; i < row->n_ways; i++) {
		bool only = true;

		for (k = 0; k < row->ways[i].n_edges; k++) {
			enum kith_vet_edge_kind kind =
			    row->crate->edges[row->ways[i].edges[k]].kind;

			needs |= kind == KITH_VET_EDGE_EXEMPTION;
			only &=
			    kind == KITH_VET_EDGE_EXEMPTION || kind == KITH_VET_EDGE_UNPUBLISHED;
		}
		exempted |= only;
	}
	return !needs     ? KITH_VET_VETTED_FULLY
	       : exempted ? KITH_VET_EXEMPTED
			  : KITH_VET_VETTED_PARTIALLY;
}

static int
judge_node(struct vet_work *w, size_t node, const struct kith_vet_crate *c,
	   struct kith_vet_row *row)
{
	uint32_t target = vet_version_index(c, &w->graph->nodes[node].version);
	struct kith_vet_way *ways;
	unsigned i;
	int r = KITH_OK;

	row->crate = c;
	if (c->n_conflicts) {
		row->status = KITH_VET_VIOLATED;
		return KITH_OK;
	}
	ways = kith_arena_array(w->arena, w->criteria->count, sizeof(*ways));
	if (!ways)
		return kith_fail_nomem(w->err);
	row->ways = ways;
	for (i = 0; i < w->criteria->count && !r; i++) {
		if (!(row->required >> i & 1U))
			continue;
		r = vet_search(w, c, i, target, &ways[row->n_ways]);
		if (!r && !ways[row->n_ways++].found)
			row->missing |= UINT64_C(1) << i;
	}
	if (r)
		return r;
	row->status = row->missing ? KITH_VET_FAILED : vetted(row);
	return row->missing ? vet_suggest(w, node, target, row) : KITH_OK;
}

/* The nodes [from, to) of one name share their audit graph. */
static int
judge_crate(struct vet_work *w, size_t from, size_t to, struct kith_vet_row *rows)
{
	struct kith_vet_crate *c = NULL;
	size_t i;
	int r = KITH_OK;

	for (i = from; i < to && !r; i++) {
		rows[i].required = w->required[i];
		if (!w->third[i])
			continue;
		if (!c)
			r = vet_crate(w, from, to, &c);
		if (!r)
			r = judge_node(w, i, c, &rows[i]);
	}
	return r;
}

static int
judge_all(struct vet_work *w)
{
	struct kith_vet_answer *a = w->answer;
	const struct kith_vet_graph *g = w->graph;
	struct kith_vet_row *rows = kith_arena_array(w->arena, g->count + 1, sizeof(*rows));
	size_t i, to;
	int r = KITH_OK;

	if (!rows)
		return kith_fail_nomem(w->err);
	for (i = 0; i < g->count && !r; i = to) {
		for (to = i + 1;
		     to < g->count && kith_span_eq(g->nodes[to].name, g->nodes[i].name);)
			to++;
		r = judge_crate(w, i, to, rows);
	}
	if (r)
		return r;
	for (i = 0; i < g->count; i++)
		a->counts[rows[i].status]++;
	a->rows = rows;
	a->conclusion = a->counts[KITH_VET_VIOLATED] ? KITH_VET_FAIL_VIOLATION
			: a->counts[KITH_VET_FAILED] ? KITH_VET_FAIL_VETTING
						     : KITH_VET_SUCCESS;
	return KITH_OK;
}

static int
number_criteria(struct vet_work *w)
{
	int r;

	if (w->criteria)
		return KITH_OK;
	r = kith_vet_criteria_init(&w->answer->criteria, w->own, false, w->err);
	if (!r)
		w->criteria = &w->answer->criteria;
	return r;
}

/* Where cargo-vet dies of criteria the answer is that it does. */
static int
resolve(struct vet_work *w, bool *ret_stop)
{
	int r = number_criteria(w);

	if (!r)
		r = vet_require(w);
	if (!r)
		r = judge_all(w);
	return vet_problem_of(w, r, KITH_VET_CRITERIA, KITH_SPAN_NONE, ret_stop);
}

static int
judge(struct vet_work *w, bool *ret_stop)
{
	int r = vet_load(w, ret_stop);

	if (!r && !*ret_stop)
		r = vet_prepare(w);
	if (!r && !*ret_stop && w->q->live) {
		r = vet_problem_of(w, number_criteria(w), KITH_VET_CRITERIA, KITH_SPAN_NONE,
				   ret_stop);
		if (!r && !*ret_stop)
			r = vet_go_live(w, ret_stop);
	}
	if (!r && !*ret_stop) {
		r = vet_check_policies(w);
		*ret_stop = w->n_problems && !w->q->lenient;
	}
	return r || *ret_stop ? r : resolve(w, ret_stop);
}

int
kith_vet_judge(const struct kith_vet_question *q, struct kith_vet_answer **ret_answer,
	       struct kith_error *err)
{
	KITH_CLEANUP(kith_vet_answer_freep)
	struct kith_vet_answer *a = kith_calloc(1, sizeof(*a));
	struct kith_error own;
	struct vet_work w = {.q = q, .answer = a, .graph = q->graph, .err = err ? err : &own};
	struct kith_vet_problem *problems = NULL;
	bool stop = false;
	int r;

	if (!a)
		return kith_fail_nomem(err);
	kith_arena_init(&a->arena, KITH_MAX_VET_ARENA);
	w.arena = &a->arena;
	a->graph = q->graph;
	r = judge(&w, &stop);
	if (!r && w.n_problems) {
		problems = kith_arena_array(&a->arena, w.n_problems, sizeof(*problems));
		if (problems)
			memcpy(problems, w.problems, w.n_problems * sizeof(*problems));
		else
			r = kith_fail_nomem(w.err);
	}
	a->problems = problems;
	a->n_problems = w.n_problems;
	free(w.problems);
	if (stop)
		a->conclusion = KITH_VET_ERROR;
	if (!r)
		*ret_answer = kith_steal(&a);
	return r;
}

void
kith_vet_put_summary(const struct kith_vet_answer *a, struct kith_buf *out)
{
	static const char *const words[] = {"full", "partial", "exempt"};
	bool first = true;
	size_t i;

	if (a->conclusion == KITH_VET_ERROR) {
		kith_buf_printf(out, "error (%zu)", a->n_problems);
		return;
	}
	if (a->conclusion != KITH_VET_SUCCESS) {
		bool violation = a->conclusion == KITH_VET_FAIL_VIOLATION;

		kith_buf_printf(out, "fail (%zu %s)",
				a->counts[violation ? KITH_VET_VIOLATED : KITH_VET_FAILED],
				violation ? "violated" : "unvetted");
		return;
	}
	kith_buf_put_str(out, "success");
	for (i = 0; i < 3; i++) {
		size_t n = a->counts[KITH_VET_VETTED_FULLY + i];

		if (!n)
			continue;
		kith_buf_printf(out, "%s%zu %s", first ? " (" : ", ", n, words[i]);
		first = false;
	}
	if (!first)
		kith_buf_put_char(out, ')');
}

size_t
kith_vet_row_of(const struct kith_vet_answer *a, const struct kith_package *package)
{
	const struct kith_vet_graph *g = a->graph;
	size_t low = 0, high = g->count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (kith_span_cmp(g->nodes[mid].name, package->name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < g->count && kith_span_eq(g->nodes[low].name, package->name); low++)
		if (g->nodes[low].package == package)
			return low;
	return g->count;
}

size_t
kith_vet_required_names(const struct kith_vet_answer *a, size_t row, struct kith_span *names,
			size_t max)
{
	uint64_t least = kith_vet_criteria_minimal(&a->criteria, a->rows[row].required);
	size_t i, n = 0;

	for (i = 0; i < a->criteria.count; i++) {
		if (!(least >> i & 1U))
			continue;
		if (n < max)
			names[n] = a->criteria.names[i];
		n++;
	}
	return n;
}

bool
kith_vet_is_exempt(const struct kith_vet_answer *a, size_t row,
		   const struct kith_vet_exemption **ret_exemption)
{
	const struct kith_vet_node *node = &a->graph->nodes[row];
	size_t n, i;
	const struct kith_vet_exemption *x = kith_vet_exemptions_of(a->config, node->name, &n),
					*first = NULL;
	uint64_t granted = 0, set;

	for (i = 0; i < n; i++) {
		if (kith_vet_version_cmp(&x[i].version, &node->version) ||
		    kith_vet_criteria_set(&a->criteria, &x[i].criteria, &set, NULL))
			continue;
		granted |= set;
		first = first ? first : &x[i];
	}
	if (!first || (a->rows[row].required & ~granted))
		return false;
	if (ret_exemption)
		*ret_exemption = first;
	return true;
}
