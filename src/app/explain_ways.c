/* SPDX-License-Identifier: Apache-2.0 */
/* Words for ways of introduction. The verdict counts; this only shows what it counted. */
#include "app/explain_ways.h"

#include "trust/explain.h"

/* Persons whose approvals count, each once. */
static int
list_reviewers(struct kith_app_ways *w, const struct kith_report_row *row, uint32_t **ret_list,
	       size_t *ret_n, struct kith_error *err)
{
	const struct kith_verdict *v = &row->verdict;
	uint32_t *list = kith_arena_array(&w->arena, v->n_uses + 1, sizeof(*list));
	size_t i, at, n = 0;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < v->n_uses; i++)
		if (v->uses[i].use == KITH_USE_APPROVES && v->uses[i].claim->is_signed &&
		    kith_trust_person_find(w->result, &v->uses[i].claim->author, &at))
			list[n++] = (uint32_t)at;
	*ret_list = list;
	*ret_n = n;
	return KITH_OK;
}

/*
 * Chains of deltas, sets and keys of one repository are independent by other rules than ways to
 * people are: where the numbers differ, nothing is said.
 */
static int
find_ways(struct kith_app_ways *w, const struct kith_report_row *row, struct kith_error *err)
{
	struct kith_trust_ways *ways;
	uint32_t *list = NULL;
	size_t n = 0;
	int r = list_reviewers(w, row, &list, &n, err);

	if (r || !n)
		return r;
	r = kith_trust_ways_new(w->result, row->verdict.requirement.level, &ways, err);
	if (r)
		return r;
	r = kith_trust_ways_find(ways, list, n, &w->arena, &w->found, err);
	kith_trust_ways_free(ways);
	w->agree = !r && w->found.count == row->verdict.independent;
	return r;
}

int
kith_app_ways_init(struct kith_app_ways *w, const struct kith_app_run *run,
		   const struct kith_report_row *row, struct kith_error *err)
{
	int r = KITH_OK;

	memset(w, 0, sizeof(*w));
	kith_arena_init(&w->arena, KITH_MIB(256));
	if (run->people)
		r = kith_app_people_result(run->people, row->package, &w->result, err);
	if (!r && w->result)
		r = find_ways(w, row, err);
	return r;
}

void
kith_app_ways_clear(struct kith_app_ways *w)
{
	kith_arena_clear(&w->arena);
}

static void
put_person(const struct kith_app_ways *w, const struct kith_report *r, uint32_t person,
	   struct kith_buf *out)
{
	kith_report_id(r, kith_trust_person_id(w->result, person), out);
}

int
kith_app_ways_put_path(struct kith_app_ways *w, const struct kith_report *r,
		       const struct kith_id *author, struct kith_buf *out, struct kith_error *err)
{
	struct kith_trust_path path = {NULL, 0};
	size_t person, i;
	int e;

	if (!w->result || !kith_trust_person_find(w->result, author, &person))
		return KITH_OK;
	e = kith_trust_best_path(w->result, person, &w->arena, &path, err);
	if (e || !path.n)
		return e;
	kith_buf_put_str(out, "              trusted through ");
	put_person(w, r, path.steps[0].from, out);
	for (i = 0; i < path.n; i++) {
		kith_buf_printf(out, " -%s-> ", kith_level_name(path.steps[i].stated));
		put_person(w, r, path.steps[i].to, out);
	}
	kith_buf_put_char(out, '\n');
	return KITH_OK;
}

void
kith_app_ways_put_set(const struct kith_app_ways *w, const struct kith_report *r,
		      struct kith_buf *out)
{
	size_t i, k;

	for (i = 0; w->agree && w->found.count > 1 && i < w->found.n_ways; i++) {
		kith_buf_printf(out, "  way %-7zu ", i + 1);
		for (k = 0; k < w->found.ways[i].n; k++) {
			kith_buf_put_str(out, k ? " > " : "");
			put_person(w, r, w->found.ways[i].persons[k], out);
		}
		kith_buf_put_char(out, '\n');
	}
}

/* The way that ends at the person, or else passes it; n_ways: none. */
static size_t
way_of(const struct kith_app_ways *w, uint32_t person, bool end)
{
	size_t i, k;

	for (i = 0; i < w->found.n_ways; i++)
		for (k = 0; k < w->found.ways[i].n; k++)
			if (w->found.ways[i].persons[k] == person &&
			    (!end || k + 1 == w->found.ways[i].n))
				return i;
	return w->found.n_ways;
}

void
kith_app_ways_put_share(const struct kith_app_ways *w, const struct kith_report *r,
			const struct kith_id *author, struct kith_buf *out)
{
	struct kith_trust_person facts;
	size_t person, i;

	if (!w->agree || !w->found.n_ways || !kith_trust_person_find(w->result, author, &person))
		return;
	kith_trust_person(w->result, person, &facts);
	if (facts.root || way_of(w, (uint32_t)person, true) < w->found.n_ways)
		return;
	kith_buf_put_str(out, "; adds no independence: ");
	i = way_of(w, (uint32_t)person, false);
	if (i < w->found.n_ways) {
		kith_buf_put_str(out, "introduces ");
		put_person(w, r, w->found.ways[i].persons[w->found.ways[i].n - 1], out);
		return;
	}
	kith_buf_put_str(out, "shares an introducer with ");
	for (i = 0; i < w->found.n_ways; i++) {
		kith_buf_put_str(out, i ? " or " : "");
		put_person(w, r, w->found.ways[i].persons[w->found.ways[i].n - 1], out);
	}
}
