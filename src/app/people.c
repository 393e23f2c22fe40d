/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resolves native trust for the roots of a run and lays it out as policy asks for it. Packages that
 * match the same scopes of statements and the same publisher entries share one resolution.
 */
#include "app/people.h"

#include "evidence/url.h"

#define MAX_FACETS ((size_t)4096) /* distinct scopes and publisher globs */

/* What distinguishes the questions of two packages: which of these globs they match. */
struct facet {
	struct kith_span glob; /* of a scope: matched with "cargo:NAME"; else with the name */
	bool is_scope;
	const struct kith_id *publishers;
	size_t n_publishers;
};

struct resolved {
	uint8_t *matches; /* by facet */
	struct kith_span subject;
	struct kith_trust_result *full, *bare; /* bare: without what publishers say; may be full */
	const struct kith_id *publishers;
	size_t n_publishers;
	struct kith_people *by_level[KITH_LEVEL_COUNT];
	struct resolved *next;
};

struct kith_app_people {
	struct kith_arena arena;
	struct kith_session *session;
	const struct kith_trust_graph *graph;
	const struct kith_app_trust_config *config;
	struct kith_app_ids roots; /* without revoked ones */
	struct kith_actors *actors;
	struct facet *facets;
	size_t n_facets, cap_facets;
	struct resolved *resolved;
};

static int
ask(const struct kith_app_people *p, const struct resolved *q, bool bare,
    struct kith_trust_result **ret_result, struct kith_error *err)
{
	const struct kith_app_trust_config *c = p->config;
	const struct kith_trust_question question = {
	    .semantics = KITH_SEMANTICS_NATIVE,
	    .roots = p->roots.list,
	    .n_roots = p->roots.count,
	    .threshold = c->threshold,
	    .now = p->session->now,
	    .native = &c->native,
	    .subject = q->subject,
	    .caps = c->caps,
	    .n_caps = c->n_caps,
	    .actors = c->actors,
	    .n_actors = c->n_actors,
	    .publishers = bare ? q->publishers : NULL,
	    .n_publishers = bare ? q->n_publishers : 0,
	    .ignores = c->ignores,
	    .n_ignores = c->n_ignores,
	};

	return kith_trust_resolve(p->graph, &question, ret_result, err);
}

static int
add_facet(struct kith_app_people *p, const struct facet *f, struct kith_error *err)
{
	size_t i;
	int r;

	for (i = 0; f->is_scope && i < p->n_facets; i++)
		if (p->facets[i].is_scope && kith_span_eq(p->facets[i].glob, f->glob))
			return KITH_OK;
	r = kith_grow(&p->facets, &p->cap_facets, p->n_facets + 1, sizeof(*p->facets), MAX_FACETS,
		      "scopes and publishers", err);
	if (!r)
		p->facets[p->n_facets++] = *f;
	return r;
}

static int
find_facets(struct kith_app_people *p, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_trust_graph_count_scopes(p->graph); i++)
		r = add_facet(
		    p,
		    &(struct facet){.glob = kith_trust_graph_scope(p->graph, i), .is_scope = true},
		    err);
	for (i = 0; !r && i < p->config->n_publishers; i++) {
		const struct kith_app_publisher *x = &p->config->publishers[i];

		r = add_facet(p,
			      &(struct facet){
				  .glob = x->glob, .publishers = x->ids, .n_publishers = x->n_ids},
			      err);
	}
	return r;
}

/* Ids that one repository proves are one actor; a key by its proved URL (verdict.md 2). */
static int
add_actors(struct kith_app_people *p, struct kith_index *index, struct kith_error *err)
{
	struct kith_index_id_info id;
	KITH_AUTO_BUF struct kith_buf url;
	uint32_t key, owner;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&url, KITH_MAX_YAML_BYTES);
	for (i = 0; !r && i < kith_index_count_ids(index); i++) {
		if (!kith_index_id_at(index, i, &id))
			return kith_fail(err, KITH_E_FORMAT, "the index is damaged");
		r = kith_actors_add_id(p->actors, &id.id, &key, err);
		if (r || !id.proved)
			continue;
		kith_buf_reset(&url);
		kith_url_put_normal(&url, id.url);
		r = kith_actors_add_name(p->actors, kith_buf_span(&url), &owner, err);
		if (!r)
			kith_actors_join(p->actors, key, owner, false);
	}
	return r;
}

/* Keys of one configured actor; only this makes a second key speak as its root (verdict.md 2). */
static int
add_configured_actors(struct kith_app_people *p, struct kith_error *err)
{
	char name[32];
	uint32_t key, owner;
	size_t i, j;
	int r = KITH_OK;

	for (i = 0; !r && i < p->config->n_actors; i++) {
		snprintf(name, sizeof(name), "actor %zu", i);
		r = kith_actors_add_name(p->actors, kith_span_str(name), &owner, err);
		for (j = 0; !r && j < p->config->actors[i].n; j++) {
			r = kith_actors_add_id(p->actors, &p->config->actors[i].ids[j], &key, err);
			if (!r)
				kith_actors_join(p->actors, key, owner, true);
		}
	}
	return r;
}

/* A revoked root is dropped before anything is resolved; the threshold stays (verdict.md 3). */
static int
set_roots(struct kith_app_people *p, const struct kith_app_ids *roots, struct kith_error *err)
{
	const struct resolved none = {0};
	struct kith_trust_result *result;
	struct kith_trust_person person;
	size_t i, at, kept = 0;
	int r;

	p->roots.list = kith_calloc(roots->count, sizeof(*p->roots.list));
	if (!p->roots.list)
		return kith_fail_nomem(err);
	memcpy(p->roots.list, roots->list, roots->count * sizeof(*roots->list));
	p->roots.count = roots->count;
	r = ask(p, &none, false, &result, err);
	if (r)
		return r;
	for (i = 0; i < roots->count; i++) {
		if (kith_trust_person_find(result, &roots->list[i], &at)) {
			kith_trust_person(result, at, &person);
			if (person.revoked) {
				kith_app_warn(p->session,
					      "a root has revoked its key and is left out");
				continue;
			}
		}
		p->roots.list[kept++] = roots->list[i];
	}
	p->roots.count = kept;
	kith_trust_result_free(result);
	if (!kept)
		return kith_fail(err, KITH_E_USAGE, "every root has revoked its key");
	return KITH_OK;
}

int
kith_app_people_new(struct kith_session *s, struct kith_index *index,
		    const struct kith_trust_graph *graph, const struct kith_app_ids *roots,
		    const struct kith_app_trust_config *config, struct kith_app_people **ret_people,
		    struct kith_error *err)
{
	struct kith_app_people *p = kith_calloc(1, sizeof(*p));
	int r;

	if (!p)
		return kith_fail_nomem(err);
	kith_arena_init(&p->arena, KITH_MIB(1024));
	p->session = s;
	p->graph = graph;
	p->config = config;
	r = kith_actors_new(&p->actors, err);
	if (!r)
		r = add_actors(p, index, err);
	if (!r)
		r = add_configured_actors(p, err);
	if (!r)
		r = find_facets(p, err);
	if (!r)
		r = set_roots(p, roots, err);
	if (r) {
		kith_app_people_free(p);
		return r;
	}
	*ret_people = p;
	return KITH_OK;
}

void
kith_app_people_free(struct kith_app_people *p)
{
	struct resolved *x;

	if (!p)
		return;
	for (x = p->resolved; x; x = x->next) {
		if (x->bare != x->full)
			kith_trust_result_free(x->bare);
		kith_trust_result_free(x->full);
	}
	kith_actors_free(p->actors);
	kith_app_ids_clear(&p->roots);
	free(p->facets);
	kith_arena_clear(&p->arena);
	free(p);
}

const struct kith_actors *
kith_app_people_actors(const struct kith_app_people *p)
{
	return p->actors;
}

static bool
is_root(const struct kith_app_people *p, const struct kith_id *id)
{
	size_t i;

	for (i = 0; i < p->roots.count; i++)
		if (memcmp(p->roots.list[i].bytes, id->bytes, KITH_ID_BYTES) == 0)
			return true;
	return false;
}

static int
compare_persons(const void *a, const void *b)
{
	const struct kith_person *x = a, *y = b;

	return memcmp(x->id.bytes, y->id.bytes, KITH_ID_BYTES);
}

/* Only those who can matter: strangers do not (trust.md T5). */
static bool
matters(const struct kith_trust_person *full, const struct kith_trust_person *bare)
{
	return full->approve > KITH_LEVEL_NONE || full->object > KITH_LEVEL_NONE ||
	       bare->approve > KITH_LEVEL_NONE || full->root || full->revoked ||
	       (full->pinned && full->own == KITH_LEVEL_DISTRUST);
}

static int
collect(struct kith_app_people *p, const struct resolved *q, struct kith_people *out,
	struct kith_error *err)
{
	size_t n = kith_trust_count_persons(q->full), i;
	struct kith_person *list = kith_arena_array(&p->arena, n, sizeof(*list));
	uint32_t *roots = kith_arena_array(&p->arena, p->roots.count, sizeof(*roots));
	struct kith_trust_person full, bare;

	if (!list || !roots)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		struct kith_person *x = &list[out->n_persons];

		kith_trust_person(q->full, i, &full);
		kith_trust_person(q->bare, i, &bare);
		if (!matters(&full, &bare))
			continue;
		x->id = *kith_trust_person_id(q->full, i);
		x->approve = (uint8_t)bare.approve;
		x->approve_full = (uint8_t)full.approve;
		x->object = (uint8_t)full.object;
		x->revoked = full.revoked;
		x->disowned = full.revoked || (full.pinned && full.own == KITH_LEVEL_DISTRUST);
		x->root = is_root(p, &x->id);
		kith_actors_of_id(p->actors, &x->id, &x->actor);
		out->n_persons++;
	}
	qsort(list, out->n_persons, sizeof(*list), compare_persons);
	out->persons = list;
	out->roots = roots;
	out->threshold = p->config->threshold ? p->config->threshold : 1;
	for (i = 0; i < p->roots.count; i++) {
		uint32_t at = kith_people_find(out, &p->roots.list[i]);

		if (at != UINT32_MAX)
			roots[out->n_roots++] = at;
	}
	return KITH_OK;
}

static int
link_people(struct kith_app_people *p, const struct kith_trust_result *result, bool bare,
	    enum kith_level level, struct kith_people *out, struct kith_error *err)
{
	struct kith_introduction *edges;
	const struct kith_trust_link *links = NULL;
	size_t n = 0, i, kept = 0;
	uint32_t from, to;
	int r;

	r = kith_trust_links(result, level, &p->arena, &links, &n, err);
	if (r)
		return r;
	edges = kith_arena_array(&p->arena, n, sizeof(*edges));
	if (!edges)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		from = kith_people_find(out, kith_trust_person_id(result, links[i].from));
		to = kith_people_find(out, kith_trust_person_id(result, links[i].to));
		if (from != UINT32_MAX && to != UINT32_MAX)
			edges[kept++] = (struct kith_introduction){from, to};
	}
	return kith_people_link(out, edges, kept, bare, &p->arena, err);
}

/* The actors that publish the package, sorted, each once. */
static int
set_owners(struct kith_app_people *p, const struct resolved *q, struct kith_people *out,
	   struct kith_error *err)
{
	uint32_t *owners = kith_arena_array(&p->arena, q->n_publishers, sizeof(*owners));
	struct kith_actor actor;
	size_t i, j, n = 0;

	if (!owners)
		return kith_fail_nomem(err);
	for (i = 0; i < q->n_publishers; i++) {
		if (!kith_actors_of_id(p->actors, &q->publishers[i], &actor))
			continue;
		for (j = n; j > 0 && owners[j - 1] > actor.number; j--)
			;
		if (j > 0 && owners[j - 1] == actor.number)
			continue;
		memmove(owners + j + 1, owners + j, (n - j) * sizeof(*owners));
		owners[j] = actor.number;
		n++;
	}
	out->owners = owners;
	out->n_owners = n;
	return KITH_OK;
}

/* Publishers of all matching entries, joined. */
static int
set_publishers(struct kith_app_people *p, struct resolved *q, struct kith_error *err)
{
	size_t i, n = 0;
	struct kith_id *ids;

	for (i = 0; i < p->n_facets; i++)
		n += q->matches[i] ? p->facets[i].n_publishers : 0;
	ids = kith_arena_array(&p->arena, n, sizeof(*ids));
	if (!ids)
		return kith_fail_nomem(err);
	q->publishers = ids;
	for (i = 0; i < p->n_facets; i++) {
		if (!q->matches[i] || !p->facets[i].n_publishers)
			continue;
		memcpy(ids + q->n_publishers, p->facets[i].publishers,
		       p->facets[i].n_publishers * sizeof(*ids));
		q->n_publishers += p->facets[i].n_publishers;
	}
	return KITH_OK;
}

static int
find_resolved(struct kith_app_people *p, const struct kith_package *package,
	      struct resolved **ret_resolved, struct kith_error *err)
{
	uint8_t *matches = kith_arena_array(&p->arena, p->n_facets, 1);
	KITH_AUTO_BUF struct kith_buf subject;
	struct resolved *q;
	size_t i;
	int r;

	kith_buf_init(&subject, KITH_MAX_YAML_BYTES + 64);
	kith_buf_printf(&subject, "%s:", kith_ecosystem_name(package->eco));
	kith_buf_put_span(&subject, package->name);
	r = kith_buf_check(&subject, err);
	if (r || !matches)
		return r ? r : kith_fail_nomem(err);
	for (i = 0; i < p->n_facets; i++)
		matches[i] = kith_glob_match(p->facets[i].glob, p->facets[i].is_scope
								    ? kith_buf_span(&subject)
								    : package->name);
	for (q = p->resolved; q; q = q->next) {
		if (!p->n_facets || memcmp(q->matches, matches, p->n_facets) == 0) {
			*ret_resolved = q;
			return KITH_OK;
		}
	}
	q = kith_arena_alloc(&p->arena, sizeof(*q));
	if (!q || !kith_arena_copy(&p->arena, kith_buf_span(&subject), &q->subject))
		return kith_fail_nomem(err);
	q->matches = matches;
	r = set_publishers(p, q, err);
	if (!r)
		r = ask(p, q, false, &q->full, err);
	if (r)
		return r;
	q->bare = q->full;
	q->next = p->resolved;
	p->resolved = q;
	*ret_resolved = q;
	return q->n_publishers ? ask(p, q, true, &q->bare, err) : KITH_OK;
}

int
kith_app_people_for(void *ctx, const struct kith_package *package, enum kith_level level,
		    const struct kith_people **ret_people, struct kith_error *err)
{
	struct kith_app_people *p = ctx;
	struct kith_people *out;
	struct resolved *q = NULL;
	int r;

	r = find_resolved(p, package, &q, err);
	if (r)
		return r;
	if (!q->by_level[level]) {
		out = kith_arena_alloc(&p->arena, sizeof(*out));
		if (!out)
			return kith_fail_nomem(err);
		r = collect(p, q, out, err);
		if (!r)
			r = set_owners(p, q, out, err);
		if (!r)
			r = link_people(p, q->bare, true, level, out, err);
		if (!r)
			r = link_people(p, q->full, false, level, out, err);
		if (r)
			return r;
		q->by_level[level] = out;
	}
	*ret_people = q->by_level[level];
	return KITH_OK;
}
