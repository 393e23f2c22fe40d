/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps one resolved answer for each set of matching scopes and publishers, and of each at most
 * three levels of introductions. Pure.
 */
#include "policy/standings.h"

#define MAX_GROUPS 64
#define MAX_ARENA  KITH_MIB(1024)
#define NOBODY     UINT32_MAX

struct group {
	struct kith_arena arena;
	bool *scopes; /* by scope of the graph: whether it matches */
	uint32_t *owners;
	size_t n_owners;
	struct kith_span subject;
	struct kith_trust_result *full, *bare; /* may be the same */
	uint32_t *index;                       /* by trust person: its number in people; NOBODY */
	struct kith_people people[KITH_LEVEL_COUNT];
	bool made[KITH_LEVEL_COUNT];
	uint64_t used;
};

struct kith_standings {
	struct kith_standings_setup setup;
	struct kith_id *roots, *revoked;
	size_t n_roots, n_revoked;
	struct group *groups[MAX_GROUPS];
	size_t n_groups;
	uint64_t clock;
};

static void
group_free(struct group *g)
{
	if (!g)
		return;
	if (g->bare != g->full)
		kith_trust_result_free(g->bare);
	kith_trust_result_free(g->full);
	kith_arena_clear(&g->arena);
	free(g);
}

static void
group_freep(struct group **g)
{
	group_free(*g);
}

void
kith_standings_free(struct kith_standings *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->n_groups; i++)
		group_free(s->groups[i]);
	free(s->roots);
	free(s->revoked);
	free(s);
}

/* A revoked root is no root, whatever the threshold says (verdict.md 3). Each counts once. */
static void
sort_roots(struct kith_standings *s)
{
	const struct kith_trust_question *q = &s->setup.question;
	size_t i, k;

	for (i = 0; i < q->n_roots; i++) {
		struct kith_time since;
		bool revoked = kith_trust_graph_revoked(s->setup.graph, &q->roots[i], &since) &&
			       kith_time_cmp(since, q->now) <= 0;
		struct kith_id *list = revoked ? s->revoked : s->roots;
		size_t *n = revoked ? &s->n_revoked : &s->n_roots;

		for (k = 0; k < *n; k++)
			if (memcmp(&list[k], &q->roots[i], sizeof(*list)) == 0)
				break;
		if (k == *n)
			list[(*n)++] = q->roots[i];
	}
}

int
kith_standings_new(const struct kith_standings_setup *setup, struct kith_standings **ret_standings,
		   struct kith_error *err)
{
	struct kith_standings *s = kith_calloc(1, sizeof(*s));

	if (!s)
		return kith_fail_nomem(err);
	s->setup = *setup;
	s->roots = kith_calloc(setup->question.n_roots, sizeof(*s->roots));
	s->revoked = kith_calloc(setup->question.n_roots, sizeof(*s->revoked));
	if (!s->roots || !s->revoked) {
		kith_standings_free(s);
		return kith_fail_nomem(err);
	}
	sort_roots(s);
	*ret_standings = s;
	return KITH_OK;
}

size_t
kith_standings_count_revoked_roots(const struct kith_standings *s)
{
	return s->n_revoked;
}

const struct kith_id *
kith_standings_revoked_root(const struct kith_standings *s, size_t i)
{
	return i < s->n_revoked ? &s->revoked[i] : NULL;
}

/* --- what makes two packages ask the same --- */

static int
cmp_u32(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static int
find_owners(const struct kith_standings *s, const struct kith_package *package, struct group *g,
	    struct kith_error *err)
{
	const struct kith_standings_setup *u = &s->setup;
	size_t i, k, n = 0;
	int r = KITH_OK;

	for (i = 0; i < u->n_publishers; i++)
		n += u->publishers[i].n_ids;
	g->owners = kith_arena_array(&g->arena, n + 1, sizeof(*g->owners));
	if (!g->owners)
		return kith_fail_nomem(err);
	for (i = 0; i < u->n_publishers; i++) {
		const struct kith_publisher_rule *p = &u->publishers[i];

		for (k = 0; k < p->n_ids && !r && kith_glob_match(p->package, package->name); k++) {
			struct kith_actor actor = {0, 0};
			uint32_t key;

			r = kith_actors_add_id(u->actors, &p->ids[k], &key, err);
			if (!r && kith_actors_of_id(u->actors, &p->ids[k], &actor))
				g->owners[g->n_owners++] = actor.number;
		}
	}
	if (g->n_owners)
		qsort(g->owners, g->n_owners, sizeof(*g->owners), cmp_u32);
	for (i = n = 0; i < g->n_owners; i++)
		if (!n || g->owners[n - 1] != g->owners[i])
			g->owners[n++] = g->owners[i];
	g->n_owners = n;
	return r;
}

static int
group_new(const struct kith_standings *s, const struct kith_package *package,
	  struct group **ret_group, struct kith_error *err)
{
	KITH_CLEANUP(group_freep) struct group *g = kith_calloc(1, sizeof(*g));
	KITH_AUTO_BUF struct kith_buf subject;
	size_t i, n = kith_trust_graph_count_scopes(s->setup.graph);
	int r;

	kith_buf_init(&subject, KITH_MIB(1));
	if (!g)
		return kith_fail_nomem(err);
	kith_arena_init(&g->arena, MAX_ARENA);
	kith_buf_put_str(&subject, kith_ecosystem_name(package->eco));
	kith_buf_put_char(&subject, ':');
	kith_buf_put_span(&subject, package->name);
	r = kith_buf_check(&subject, err);
	g->scopes = kith_arena_array(&g->arena, n + 1, sizeof(*g->scopes));
	if (!r && (!g->scopes || !kith_arena_copy(&g->arena, kith_buf_span(&subject), &g->subject)))
		r = kith_fail_nomem(err);
	for (i = 0; i < n && !r; i++)
		g->scopes[i] =
		    kith_glob_match(kith_trust_graph_scope(s->setup.graph, i), g->subject);
	if (!r)
		r = find_owners(s, package, g, err);
	if (!r)
		*ret_group = kith_steal(&g);
	return r;
}

static bool
asks_the_same(const struct kith_standings *s, const struct group *a, const struct group *b)
{
	size_t n = kith_trust_graph_count_scopes(s->setup.graph);

	return a->n_owners == b->n_owners && memcmp(a->scopes, b->scopes, n) == 0 &&
	       memcmp(a->owners, b->owners, a->n_owners * sizeof(*a->owners)) == 0;
}

/* --- resolving --- */

static bool
owns(const struct group *g, uint32_t actor)
{
	return g->n_owners && bsearch(&actor, g->owners, g->n_owners, sizeof(actor), cmp_u32);
}

/* Every key of the publishers, whatever it is called in the configuration. */
static int
find_muted(const struct kith_standings *s, struct group *g, struct kith_id **ret_ids, size_t *ret_n,
	   struct kith_error *err)
{
	size_t i, k, n = 0;
	struct kith_id *ids = NULL;

	for (k = 0; k < 2 && g->n_owners; k++) {
		if (k && !(ids = kith_calloc(n, sizeof(*ids))))
			return kith_fail_nomem(err);
		for (i = n = 0; i < kith_trust_graph_count_ids(s->setup.graph); i++) {
			const struct kith_id *id = kith_trust_graph_id(s->setup.graph, i);
			struct kith_actor actor;

			if (!kith_actors_of_id(s->setup.actors, id, &actor) ||
			    !owns(g, actor.number))
				continue;
			if (k)
				ids[n] = *id;
			n++;
		}
	}
	*ret_ids = ids;
	*ret_n = n;
	return KITH_OK;
}

static int
resolve(const struct kith_standings *s, struct group *g, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_id *muted = NULL;
	struct kith_trust_question q = s->setup.question;
	int r;

	q.roots = s->roots;
	q.n_roots = s->n_roots;
	q.subject = g->subject;
	q.publishers = NULL;
	q.n_publishers = 0;
	r = kith_trust_resolve(s->setup.graph, &q, &g->full, err);
	if (r)
		return r;
	r = find_muted(s, g, &muted, &q.n_publishers, err);
	if (r)
		return r;
	q.publishers = muted;
	if (!q.n_publishers) {
		g->bare = g->full;
		return KITH_OK;
	}
	return kith_trust_resolve(s->setup.graph, &q, &g->bare, err);
}

struct numbered {
	struct kith_person person;
	uint32_t number; /* of the trust person */
};

static int
cmp_numbered(const void *pa, const void *pb)
{
	const struct numbered *a = pa, *b = pb;

	return memcmp(a->person.id.bytes, b->person.id.bytes, KITH_ID_BYTES);
}

/* False: nobody that a verdict would ever look at. */
static bool
read_person(const struct group *g, size_t i, struct kith_person *p)
{
	struct kith_trust_person full, bare;

	kith_trust_person(g->full, i, &full);
	bare = full;
	if (g->bare != g->full)
		kith_trust_person(g->bare, i, &bare);
	*p = (struct kith_person){.id = *kith_trust_person_id(g->full, i),
				  .approve = (uint8_t)bare.approve,
				  .approve_full = (uint8_t)full.approve,
				  .object = (uint8_t)full.object,
				  .root = full.root,
				  .revoked = full.revoked && !full.root,
				  .disowned = full.disowned || full.revoked};
	return p->root || p->disowned || p->approve >= KITH_LEVEL_LOW ||
	       p->approve_full >= KITH_LEVEL_LOW || p->object >= KITH_LEVEL_LOW;
}

static int
name_persons(const struct kith_standings *s, struct group *g, const struct numbered *all, size_t n,
	     struct kith_people *p, struct kith_error *err)
{
	struct kith_person *persons = kith_arena_array(&g->arena, n + 1, sizeof(*persons));
	uint32_t *roots = kith_arena_array(&g->arena, s->n_roots + 1, sizeof(*roots));
	size_t i;

	if (!persons || !roots)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		uint32_t key;
		int r = kith_actors_add_id(s->setup.actors, &all[i].person.id, &key, err);

		if (r)
			return r;
		persons[i] = all[i].person;
		kith_actors_of_id(s->setup.actors, &persons[i].id, &persons[i].actor);
		g->index[all[i].number] = (uint32_t)i;
	}
	p->persons = persons;
	p->n_persons = (uint32_t)n;
	p->roots = roots;
	for (i = 0; i < s->n_roots; i++) {
		roots[p->n_roots] = kith_people_find(p, &s->roots[i]);
		p->n_roots += roots[p->n_roots] != NOBODY;
	}
	return KITH_OK;
}

static int
list_persons(const struct kith_standings *s, struct group *g, struct kith_people *p,
	     struct kith_error *err)
{
	size_t i, n = 0, count = kith_trust_count_persons(g->full);
	KITH_AUTO_FREE struct numbered *all = NULL;
	struct kith_person one;

	g->index = kith_arena_array(&g->arena, count + 1, sizeof(*g->index));
	for (i = 0; i < count; i++)
		n += read_person(g, i, &one);
	all = kith_calloc(n, sizeof(*all));
	if (!all || !g->index)
		return kith_fail_nomem(err);
	for (i = n = 0; i < count; i++) {
		g->index[i] = NOBODY;
		if (read_person(g, i, &one))
			all[n++] = (struct numbered){one, (uint32_t)i};
	}
	/* roots that the graph does not know stand behind the others */
	if (n)
		qsort(all, n, sizeof(*all), cmp_numbered);
	p->threshold = s->setup.question.threshold ? s->setup.question.threshold : 1;
	p->owners = g->owners;
	p->n_owners = g->n_owners;
	return name_persons(s, g, all, n, p, err);
}

/* Introductions at a level, of one of the two results. */
static int
link(struct group *g, const struct kith_trust_result *result, enum kith_level level, bool bare,
     struct kith_people *p, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena scratch;
	const struct kith_trust_link *links;
	struct kith_introduction *edges;
	size_t i, n, k = 0;
	int r;

	kith_arena_init(&scratch, MAX_ARENA);
	r = kith_trust_links(result, level, &scratch, &links, &n, err);
	if (r)
		return r;
	edges = kith_arena_array(&g->arena, n + 1, sizeof(*edges));
	if (!edges)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		struct kith_introduction e = {g->index[links[i].from], g->index[links[i].to]};

		if (e.from != NOBODY && e.to != NOBODY)
			edges[k++] = e;
	}
	return kith_people_link(p, edges, k, bare, &g->arena, err);
}

static int
make_level(const struct kith_standings *s, struct group *g, enum kith_level level,
	   struct kith_error *err)
{
	struct kith_people *p = &g->people[level];
	int r = KITH_OK;

	if (g->made[level])
		return KITH_OK;
	*p = g->people[KITH_LEVEL_DISTRUST]; /* the persons, without introductions */
	if (!s->n_roots) {
		r = kith_people_link(p, NULL, 0, true, &g->arena, err);
		if (!r)
			r = kith_people_link(p, NULL, 0, false, &g->arena, err);
	} else {
		r = link(g, g->bare, level, true, p, err);
		if (!r)
			r = link(g, g->full, level, false, p, err);
	}
	g->made[level] = !r;
	return r;
}

/* The group this package belongs to; the one that was not asked for longest makes room. */
static int
find_group(struct kith_standings *s, const struct kith_package *package, struct group **ret_group,
	   struct kith_error *err)
{
	KITH_CLEANUP(group_freep) struct group *g = NULL;
	size_t i, oldest = 0;
	int r = group_new(s, package, &g, err);

	for (i = 0; i < s->n_groups && !r; i++)
		if (asks_the_same(s, g, s->groups[i])) {
			s->groups[i]->used = ++s->clock;
			*ret_group = s->groups[i];
			return KITH_OK;
		}
	if (!r && s->n_roots)
		r = resolve(s, g, err);
	if (!r && s->n_roots)
		r = list_persons(s, g, &g->people[KITH_LEVEL_DISTRUST], err);
	if (r)
		return r;
	if (!s->n_roots) {
		g->people[KITH_LEVEL_DISTRUST].threshold = 1;
		g->people[KITH_LEVEL_DISTRUST].owners = g->owners;
		g->people[KITH_LEVEL_DISTRUST].n_owners = g->n_owners;
	}
	g->used = ++s->clock;
	for (i = 1; i < s->n_groups; i++)
		if (s->groups[i]->used < s->groups[oldest]->used)
			oldest = i;
	if (s->n_groups < MAX_GROUPS)
		oldest = s->n_groups++;
	else
		group_free(s->groups[oldest]);
	*ret_group = g;
	s->groups[oldest] = kith_steal(&g);
	return KITH_OK;
}

int
kith_standings_people(void *standings, const struct kith_package *package, enum kith_level level,
		      const struct kith_people **ret_people, struct kith_error *err)
{
	struct kith_standings *s = standings;
	struct group *g;
	int r = find_group(s, package, &g, err);

	level = level < KITH_LEVEL_LOW ? KITH_LEVEL_LOW : level;
	if (!r)
		r = make_level(s, g, level, err);
	if (!r)
		*ret_people = &g->people[level];
	return r;
}

int
kith_standings_result(struct kith_standings *s, const struct kith_package *package,
		      const struct kith_trust_result **ret_result, struct kith_error *err)
{
	struct group *g;
	int r = find_group(s, package, &g, err);

	if (!r)
		*ret_result = g->full;
	return r;
}
