/* SPDX-License-Identifier: Apache-2.0 */
/* Maps foreign criteria to own ones entry by entry, and joins files of one import. */
#include "evidence/vet_import.h"
#include "evidence/vet_writer.h"

#define MAX_KNOWN 16 /* sets whose names are kept ready: files use few */

struct localiser {
	const struct kith_vet_criteria *own;
	struct kith_vet_criteria foreign;
	uint64_t to_own[KITH_VET_MAX_CRITERIA];
	struct {
		uint64_t set;
		struct kith_vet_list names;
	} known[MAX_KNOWN];
	size_t n_known;
	struct kith_arena *arena;
	struct kith_error *err;
};

static const struct kith_vet_named_list *
find_mapped(const struct kith_vet_import *how, struct kith_span name)
{
	size_t i;

	for (i = 0; i < how->n_map; i++)
		if (kith_span_eq(how->map[i].name, name))
			return &how->map[i];
	return NULL;
}

static int
map_criteria(struct localiser *l, const struct kith_vet_import *how)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < l->foreign.count && !r; i++) {
		const struct kith_vet_named_list *m = find_mapped(how, l->foreign.names[i]);

		if (m)
			r = kith_vet_criteria_set(l->own, &m->list, &l->to_own[i], l->err);
		else if (i <= KITH_VET_DEPLOY)
			l->to_own[i] = l->own->closure[i];
	}
	return r;
}

/* The minimal names of a set, as a list. */
static int
names_of(struct localiser *l, uint64_t set, struct kith_vet_list *ret)
{
	uint64_t least = kith_vet_criteria_minimal(l->own, set);
	struct kith_span *items;
	size_t i, n = 0;

	for (i = 0; i < l->n_known; i++) {
		if (l->known[i].set == set) {
			*ret = l->known[i].names;
			return KITH_OK;
		}
	}
	items = kith_arena_array(l->arena, l->own->count, sizeof(*items));
	if (!items)
		return kith_fail_nomem(l->err);
	for (i = 0; i < l->own->count; i++)
		if (least >> i & 1U)
			items[n++] = l->own->names[i];
	*ret = (struct kith_vet_list){items, n, true};
	if (l->n_known < MAX_KNOWN) {
		l->known[l->n_known].set = set;
		l->known[l->n_known++].names = *ret;
	}
	return KITH_OK;
}

static int
localise_list(struct localiser *l, struct kith_vet_list *list)
{
	uint64_t foreign, own = 0;
	size_t i;
	int r = kith_vet_criteria_set(&l->foreign, list, &foreign, l->err);

	for (i = 0; i < l->foreign.count && !r; i++)
		if (foreign >> i & 1U)
			own |= l->to_own[i];
	return r ? r : names_of(l, own, list);
}

static int
localise_audits(struct localiser *l, struct kith_vet_groups *groups)
{
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; i < groups->count; i++) {
		struct kith_vet_audit *list = groups->items[i].items;

		for (k = 0; k < groups->items[i].count && !r; k++) {
			r = localise_list(l, &list[k].criteria);
			list[k].fresh = true;
		}
	}
	return r;
}

static int
localise_vouches(struct localiser *l, struct kith_vet_groups *groups)
{
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; i < groups->count; i++) {
		struct kith_vet_vouch *list = groups->items[i].items;

		for (k = 0; k < groups->items[i].count && !r; k++) {
			r = localise_list(l, &list[k].criteria);
			list[k].fresh = true;
		}
	}
	return r;
}

/* Plain audits only, violations with them; wildcard audits stay (C.1 step 4). */
static void
drop_excluded(struct kith_vet_set *s, const struct kith_vet_list *exclude)
{
	size_t i, n = 0;

	for (i = 0; i < exclude->count; i++) {
		struct kith_vet_group *g = kith_vet_group_find(&s->audits, exclude->items[i]);

		if (g)
			g->count = 0;
	}
	for (i = 0; i < s->audits.count; i++)
		if (s->audits.items[i].count)
			s->audits.items[n++] = s->audits.items[i];
	s->audits.count = n;
}

static int
keep_mapped(struct kith_vet_set *s, const struct kith_vet_import *how, struct kith_error *err)
{
	size_t i, n = 0;

	for (i = 0; i < s->n_criteria; i++) {
		struct kith_vet_criterion c = s->criteria[i];

		if (!find_mapped(how, c.name))
			continue;
		if (!c.description.ptr && !c.description_url.ptr)
			return kith_fail(err, KITH_E_NOTFOUND,
					 "criterion '%.*s' is mapped and has no description",
					 KITH_SPAN_FMT(c.name));
		c.description_url = KITH_SPAN_NONE;
		c.implies = (struct kith_vet_list){.given = false};
		s->criteria[n++] = c;
	}
	s->n_criteria = n;
	return KITH_OK;
}

int
kith_vet_localise(struct kith_vet_file *peer, const struct kith_vet_import *how,
		  const struct kith_vet_criteria *own, struct kith_error *err)
{
	struct localiser l = {.own = own, .arena = &peer->arena, .err = err};
	struct kith_vet_set *s = &peer->set;
	int r = kith_vet_criteria_init(&l.foreign, s, false, err);

	if (r)
		return r;
	drop_excluded(s, &how->exclude);
	if ((r = map_criteria(&l, how)) || (r = localise_audits(&l, &s->audits)) ||
	    (r = localise_vouches(&l, &s->wildcards)) || (r = localise_vouches(&l, &s->trusted)))
		return r;
	return keep_mapped(s, how, err);
}

/* --- several files of one import --- */

static int
append(struct kith_arena *arena, struct kith_vet_list *l, struct kith_span url,
       struct kith_error *err)
{
	struct kith_span *items = kith_arena_array(arena, l->count + 1, sizeof(*items));

	if (!items)
		return kith_fail_nomem(err);
	if (l->count)
		memcpy(items, l->items, l->count * sizeof(*items));
	items[l->count] = url;
	*l = (struct kith_vet_list){items, l->count + 1, true};
	return KITH_OK;
}

static int
cmp_group(const void *pa, const void *pb)
{
	const struct kith_vet_group *a = pa, *b = pb;
	int c = kith_span_cmp(a->name, b->name);

	/* `line` holds the number of the file meanwhile: equal names keep that order */
	return c ? c : vet_cmp_number(a->line, b->line);
}

typedef int visit_item(struct kith_arena *arena, void *item, struct kith_span url,
		       struct kith_error *err);

static int
mark_audit(struct kith_arena *arena, void *item, struct kith_span url, struct kith_error *err)
{
	return append(arena, &((struct kith_vet_audit *)item)->origins, url, err);
}

static int
mark_vouch(struct kith_arena *arena, void *item, struct kith_span url, struct kith_error *err)
{
	return append(arena, &((struct kith_vet_vouch *)item)->origins, url, err);
}

/* One of the three tables of a set. */
struct table {
	size_t offset, size;
	visit_item *mark;
	int (*cmp)(const void *, const void *); /* NULL: stays in the order of files */
};

static const struct table tables[] = {
    {offsetof(struct kith_vet_set, audits), sizeof(struct kith_vet_audit), mark_audit,
     vet_cmp_audit},
    {offsetof(struct kith_vet_set, wildcards), sizeof(struct kith_vet_vouch), mark_vouch,
     vet_cmp_vouch},
    {offsetof(struct kith_vet_set, trusted), sizeof(struct kith_vet_vouch), mark_vouch, NULL}};

static struct kith_vet_groups *
groups_at(struct kith_vet_set *s, const struct table *t)
{
	return (struct kith_vet_groups *)(void *)((char *)s + t->offset);
}

/* The entries of the groups [from, to), which have one name, as one sorted group. */
static int
join_groups(struct kith_arena *arena, const struct table *t, const struct kith_vet_group *groups,
	    size_t n_groups, const struct kith_span *urls, struct kith_vet_group *ret,
	    struct kith_error *err)
{
	size_t i, k, n = 0;
	KITH_AUTO_FREE const void **order = NULL;
	char *items, *sorted;
	int r;

	for (i = 0; i < n_groups; i++)
		n += groups[i].count;
	items = kith_arena_array(arena, n + 1, t->size);
	sorted = kith_arena_array(arena, n + 1, t->size);
	order = kith_calloc(n + 1, sizeof(*order));
	if (!items || !sorted || !order)
		return kith_fail_nomem(err);
	for (i = 0, n = 0; i < n_groups; i++) {
		for (k = 0; k < groups[i].count; k++, n++) {
			memcpy(items + n * t->size, (char *)groups[i].items + k * t->size, t->size);
			r = t->mark(arena, items + n * t->size, urls[groups[i].line], err);
			if (r)
				return r;
			order[n] = items + n * t->size;
		}
	}
	if (t->cmp && n)
		qsort(order, n, sizeof(*order), t->cmp);
	for (i = 0; i < n; i++)
		memcpy(sorted + i * t->size, order[i], t->size);
	*ret = (struct kith_vet_group){groups[0].name, sorted, n, 0};
	return KITH_OK;
}

static int
join_table(struct kith_vet_file *const *files, const struct kith_span *urls, size_t n,
	   const struct table *t, struct kith_arena *arena, struct kith_vet_set *out,
	   struct kith_error *err)
{
	struct kith_vet_group *all, *joined;
	size_t i, k, total = 0, count = 0;
	int r = KITH_OK;

	for (i = 0; i < n; i++)
		total += groups_at(&files[i]->set, t)->count;
	all = kith_arena_array(arena, total + 1, sizeof(*all));
	joined = kith_arena_array(arena, total + 1, sizeof(*joined));
	if (!all || !joined)
		return kith_fail_nomem(err);
	for (i = 0, total = 0; i < n; i++) {
		const struct kith_vet_groups *g = groups_at(&files[i]->set, t);

		for (k = 0; k < g->count; k++) {
			all[total] = g->items[k];
			all[total++].line = (uint32_t)i;
		}
	}
	if (total)
		qsort(all, total, sizeof(*all), cmp_group);
	for (i = 0; i < total && !r; i = k) {
		for (k = i + 1; k < total && kith_span_eq(all[k].name, all[i].name);)
			k++;
		r = join_groups(arena, t, &all[i], k - i, urls, &joined[count++], err);
	}
	*groups_at(out, t) = (struct kith_vet_groups){joined, count};
	return r;
}

static int
cmp_criterion(const void *pa, const void *pb)
{
	const struct kith_vet_criterion *a = pa, *b = pb;
	int c = kith_span_cmp(a->name, b->name);

	return c ? c : vet_cmp_number(a->line, b->line);
}

static bool
same_meaning(const struct kith_vet_criterion *a, const struct kith_vet_criterion *b)
{
	return vet_cmp_text(a->description, b->description) == 0 &&
	       vet_cmp_text(a->description_url, b->description_url) == 0 &&
	       vet_cmp_list(&a->implies, &b->implies) == 0;
}

static int
join_criteria(struct kith_vet_file *const *files, const struct kith_span *urls, size_t n,
	      struct kith_arena *arena, struct kith_vet_set *out, struct kith_error *err)
{
	struct kith_vet_criterion *all;
	size_t i, k, total = 0;

	for (i = 0; i < n; i++)
		total += files[i]->set.n_criteria;
	all = kith_arena_array(arena, total + 1, sizeof(*all));
	if (!all)
		return kith_fail_nomem(err);
	for (i = 0, total = 0; i < n; i++)
		for (k = 0; k < files[i]->set.n_criteria; k++) {
			all[total] = files[i]->set.criteria[k];
			all[total++].line = (uint32_t)i;
		}
	if (total)
		qsort(all, total, sizeof(*all), cmp_criterion);
	out->criteria = all;
	for (i = 0; i < total; i++) {
		struct kith_vet_criterion *last =
		    out->n_criteria ? &all[out->n_criteria - 1] : NULL;

		if (!last || !kith_span_eq(last->name, all[i].name)) {
			all[out->n_criteria] = all[i];
			if (append(arena, &all[out->n_criteria].origins, urls[all[i].line], err))
				return KITH_E_NOMEM;
			out->n_criteria++;
		} else if (!same_meaning(last, &all[i])) {
			return kith_fail(err, KITH_E_INTEGRITY,
					 "criterion '%.*s' is described differently",
					 KITH_SPAN_FMT(last->name));
		}
	}
	return KITH_OK;
}

int
kith_vet_aggregate(struct kith_vet_file *const *files, const struct kith_span *urls, size_t n,
		   struct kith_arena *arena, struct kith_vet_set *ret_set, struct kith_error *err)
{
	struct kith_vet_set out = {.n_criteria = 0};
	size_t i;
	int r = join_criteria(files, urls, n, arena, &out, err);

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && !r; i++)
		r = join_table(files, urls, n, &tables[i], arena, &out, err);
	if (!r)
		*ret_set = out;
	return r;
}
