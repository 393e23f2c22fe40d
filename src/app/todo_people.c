/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to trust next, and who of the roots knows what is around a package. */
#include "app/todo.h"

#define PEOPLE_MAX ((size_t)1000000)

/* --- the roots --- */

static bool
has_reviewed(const struct kith_report_row *row, const struct kith_id *id)
{
	size_t i;

	for (i = 0; i < row->n_claims; i++) {
		const struct kith_claim *c = &row->claims[i];

		if (c->is_signed && c->kind == KITH_CLAIM_REVIEW && !c->empty &&
		    kith_span_eq(c->name, row->package->name) &&
		    memcmp(&c->author, id, sizeof(*id)) == 0)
			return true;
	}
	return false;
}

int
kith_app_todo_find_team(struct kith_app_todo *t, struct kith_error *err)
{
	const struct kith_report *p = &t->run->report;
	size_t i, k;

	t->team = kith_arena_array(&t->arena, p->n_roots + 1, sizeof(*t->team));
	if (!t->team)
		return kith_fail_nomem(err);
	for (i = 0; i < p->n_roots; i++) {
		struct kith_app_todo_member *m = &t->team[t->n_team++];

		*m = (struct kith_app_todo_member){.id = p->roots[i]};
		m->reviewed =
		    kith_arena_array(&t->arena, p->n_rows + 1, sizeof(struct kith_package *));
		if (!m->reviewed)
			return kith_fail_nomem(err);
		for (k = 0; k < p->n_rows; k++)
			if (has_reviewed(&p->rows[k], &m->id))
				m->reviewed[m->n++] = p->rows[k].package;
	}
	return KITH_OK;
}

/* deps are sorted. */
static bool
needs(const struct kith_package *p, size_t index)
{
	size_t lo = 0, hi = p->n_deps;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->deps[mid] == index)
			return true;
		if (p->deps[mid] < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

const struct kith_app_todo_member *
kith_app_todo_suits(const struct kith_app_todo *t, const struct kith_app_todo_item *item,
		    const struct kith_package *related[3], size_t *ret_n)
{
	const struct kith_package *first = t->run->project->lock->packages, *p = item->row->package;
	const struct kith_app_todo_member *best = NULL;
	size_t i, k, most = 0;

	*ret_n = 0;
	for (i = 0; i < t->n_team; i++) {
		const struct kith_package *found[3];
		size_t n = 0;

		for (k = 0; k < t->team[i].n; k++) {
			const struct kith_package *q = t->team[i].reviewed[k];

			if (!kith_span_eq(p->name, q->name) && !needs(p, (size_t)(q - first)) &&
			    !needs(q, (size_t)(p - first)))
				continue;
			if (n < 3)
				found[n] = q;
			n++;
		}
		if (n <= most)
			continue;
		best = &t->team[i];
		most = n;
		*ret_n = n < 3 ? n : 3;
		memcpy(related, found, *ret_n * sizeof(*related));
	}
	return best;
}

/* --- everybody else --- */

static int
find_person(struct kith_app_todo *t, struct kith_map *map, const struct kith_repair *repair,
	    const struct kith_report_row *row, size_t *ret_at, struct kith_error *err)
{
	const struct kith_party *who = &repair->who;
	struct kith_span key = who->is_id ? kith_span(who->id.bytes, KITH_ID_BYTES) : who->name;
	int r;

	if (kith_map_get(map, key, ret_at))
		return KITH_OK;
	if (!kith_arena_copy(&t->arena, key, &key))
		return kith_fail_nomem(err);
	r = kith_grow(&t->people, &t->cap_people, t->n_people + 1, sizeof(*t->people), PEOPLE_MAX,
		      "people", err);
	if (!r)
		r = kith_map_add(map, key, t->n_people, NULL, NULL, err);
	if (r)
		return r;
	*ret_at = t->n_people;
	t->people[t->n_people++] =
	    (struct kith_app_todo_person){.party = *who, .level = row->verdict.requirement.level};
	return KITH_OK;
}

static int
add_row(struct kith_app_todo *t, struct kith_map *map, const struct kith_report_row *row,
	struct kith_error *err)
{
	const struct kith_verdict *v = &row->verdict;
	size_t i, at;
	int r = KITH_OK;

	for (i = 0; !r && i < v->n_repairs; i++) {
		struct kith_app_todo_person *x;

		if (v->repairs[i].independent < v->requirement.independent)
			continue;
		r = find_person(t, map, &v->repairs[i], row, &at, err);
		if (r)
			break;
		x = &t->people[at];
		if (x->packages < 3)
			x->examples[x->packages] = row;
		x->packages++;
		if (v->requirement.level > x->level)
			x->level = v->requirement.level;
	}
	return r;
}

static int
compare_people(const void *pa, const void *pb)
{
	const struct kith_app_todo_person *a = pa, *b = pb;

	if (a->packages != b->packages)
		return a->packages > b->packages ? -1 : 1;
	if (a->party.is_id != b->party.is_id)
		return a->party.is_id ? -1 : 1;
	if (!a->party.is_id)
		return kith_span_cmp(a->party.name, b->party.name);
	return memcmp(a->party.id.bytes, b->party.id.bytes, KITH_ID_BYTES);
}

int
kith_app_todo_find_people(struct kith_app_todo *t, struct kith_error *err)
{
	struct kith_map map;
	size_t i;
	int r = KITH_OK;

	kith_map_init(&map, NULL);
	for (i = 0; !r && i < t->n_items; i++)
		r = add_row(t, &map, t->items[i].row, err);
	kith_map_clear(&map);
	if (!r && t->n_people)
		qsort(t->people, t->n_people, sizeof(*t->people), compare_people);
	return r;
}
