/* SPDX-License-Identifier: Apache-2.0 */
/* The admitted trust graph as the verdict walks it. Pure. */
#include "policy/people.h"

uint32_t
kith_people_find(const struct kith_people *p, const struct kith_id *id)
{
	uint32_t lo = 0, hi = p->n_persons;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = memcmp(p->persons[mid].id.bytes, id->bytes, KITH_ID_BYTES);

		if (c == 0)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return UINT32_MAX;
}

bool
kith_people_owns(const struct kith_people *p, uint32_t actor)
{
	size_t i;

	for (i = 0; i < p->n_owners; i++)
		if (p->owners[i] == actor)
			return true;
	return false;
}

bool
kith_people_is_root_key(const struct kith_people *p, uint32_t person)
{
	const struct kith_person *x = &p->persons[person];
	size_t i;

	if (x->root)
		return true;
	for (i = 0; i < p->n_roots && !x->disowned; i++)
		if (p->persons[p->roots[i]].actor.house == x->actor.house)
			return true;
	return false;
}

/* False: everybody who is wanted has been found. */
static bool
find_person(const struct kith_people_walk *walk, uint32_t person, uint32_t via, uint32_t *tail,
	    uint32_t *found)
{
	walk->seen[person] = true;
	if (walk->via)
		walk->via[person] = via;
	walk->queue[(*tail)++] = person;
	if (walk->n_wanted && walk->wanted[person])
		++*found;
	return !walk->n_wanted || *found < walk->n_wanted;
}

void
kith_people_reach(const struct kith_people *p, const struct kith_introductions *in,
		  const bool *removed, const struct kith_people_walk *walk)
{
	uint32_t head = 0, tail = 0, found = 0, e;
	bool more = true;
	size_t i;

	memset(walk->seen, 0, p->n_persons * sizeof(*walk->seen));
	for (i = 0; i < p->n_roots; i++)
		if (!walk->seen[p->roots[i]])
			more = find_person(walk, p->roots[i], p->roots[i], &tail, &found);
	while (head < tail && more) {
		uint32_t from = walk->queue[head++];

		for (e = in->first[from]; e < in->first[from + 1] && more; e++) {
			uint32_t to = in->edges[e].to;
			uint32_t actor = p->persons[to].actor.number;

			if (walk->seen[to] || (in == &p->bare && kith_people_owns(p, actor)) ||
			    (removed && removed[actor] && !kith_people_is_root_key(p, to)))
				continue;
			more = find_person(walk, to, from, &tail, &found);
		}
	}
}

static int
cmp_edge(const void *pa, const void *pb)
{
	const struct kith_introduction *a = pa, *b = pb;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

int
kith_people_link(struct kith_people *p, struct kith_introduction *edges, size_t n_edges, bool bare,
		 struct kith_arena *arena, struct kith_error *err)
{
	struct kith_introductions *in = bare ? &p->bare : &p->full;
	size_t n = (size_t)p->n_persons + 1, e = 0;
	KITH_AUTO_FREE uint32_t *queue = kith_calloc(n, sizeof(*queue));
	uint32_t *first = kith_arena_array(arena, n + 1, sizeof(*first));
	bool *reached = kith_arena_array(arena, n, sizeof(*reached));
	uint32_t *via = kith_arena_array(arena, n, sizeof(*via));
	bool *introduces = kith_arena_array(arena, n, sizeof(*introduces));
	uint32_t i;

	if (!queue || !first || !reached || !via || !introduces)
		return kith_fail_nomem(err);
	if (n_edges)
		qsort(edges, n_edges, sizeof(*edges), cmp_edge);
	for (i = 0; i <= p->n_persons; i++) {
		while (e < n_edges && edges[e].from < i)
			e++;
		first[i] = (uint32_t)e;
	}
	in->edges = edges;
	in->first = first;
	in->reached = reached;
	in->via = via;
	in->introduces = introduces;
	kith_people_reach(p, in, NULL, &(struct kith_people_walk){reached, via, queue, NULL, 0});
	for (i = 0; i < p->n_persons; i++)
		if (reached[i])
			introduces[via[i]] = true;
	return KITH_OK;
}
