/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit sets for a bundle: of each only the entries that are named, as TOML in its own words, with
 * the criteria that they need. What vanished from a set and counts on is cut out of an older state.
 */
#include "app/bundle.h"

#include "app/derived.h"
#include "crypto/crypto.h"
#include "evidence/vet_claims.h"
#include "evidence/vet_write.h"

#define DAY ((int64_t)86400)
/* As long as a violation counts on that vanished, and a bit: fetches are not on the minute. */
#define LOOK_BACK (KITH_VIOLATION_OUTLIVES + 60 * DAY)

/* --- which entries --- */

/* Entries of all sets whose texts are to be found; of one set they follow one another. */
struct wanted {
	struct kith_span name; /* of the package */
	uint32_t set;          /* in the session's sets */
	bool found;
	struct kith_span text; /* where each is cut out by itself */
};

struct cutting {
	struct kith_app_bundling *x;
	const struct kith_claim_set *sets;
	struct kith_bundle_file *cut; /* of all sets, `source` being the set's number */
	size_t n_cut, cap_cut;
	struct wanted *wanted; /* as x->b->entries from first_entry on */
	size_t n_wanted, cap_wanted, first_entry;
	size_t *first;       /* by set: its first in `wanted`; one more */
	struct kith_map map; /* (set, digest) to wanted */
	bool old;            /* the second reading: what is not in the newest state */
	bool apart;          /* only violations that are gone, each in a file of its own */
	/* the version that is read */
	size_t set;
	int64_t until;
	struct kith_error *err;
};

static void
cutting_clear(struct cutting *c)
{
	free(c->cut);
	free(c->wanted);
	free(c->first);
	kith_map_clear(&c->map);
}

static void
put_key(size_t set, const struct kith_digest *d, uint8_t key[40])
{
	uint64_t n = set;

	memcpy(key, &n, 8);
	memcpy(key + 8, d->bytes, KITH_DIGEST_BYTES);
}

static int
want(struct cutting *c, size_t set, const struct kith_claim *claim)
{
	struct kith_app_bundling *x = c->x;
	const struct kith_place *at = claim->places;
	uint8_t key[40];
	struct kith_span kept;
	bool added;
	int r;

	put_key(set, &claim->proof, key);
	if (!kith_arena_copy(&x->arena, kith_span(key, sizeof(key)), &kept))
		return kith_fail_nomem(c->err);
	r = kith_map_add(&c->map, kept, c->n_wanted, NULL, &added, c->err);
	if (r || !added)
		return r;
	r = kith_grow(&c->wanted, &c->cap_wanted, c->n_wanted + 1, sizeof(*c->wanted),
		      KITH_MAX_BUNDLE_ITEMS, "audits", c->err);
	if (!r)
		r = KITH_BUNDLE_GROW(x->b, entries, c->err);
	if (r)
		return r;
	c->wanted[c->n_wanted++] = (struct wanted){.name = claim->name, .set = (uint32_t)set};
	x->b->entries[x->b->n_entries++] =
	    (struct kith_bundle_entry){.source = (uint32_t)x->b->n_sources - 1,
				       .is = {.digest = claim->proof,
					      .path = at->path,
					      .line = at->line,
					      .has_seen = claim->has_seen,
					      .seen = claim->seen.sec,
					      .gone = claim->gone,
					      .gone_since = claim->gone_since.sec}};
	return KITH_OK;
}

static bool
is_named(const struct cutting *c, const struct kith_claim *claim)
{
	return c->apart ? claim->gone
			: kith_map_get(&c->x->claims,
				       kith_span(claim->proof.bytes, KITH_DIGEST_BYTES), NULL);
}

/* Rows of one name follow one another, as the lock file's packages do. */
static bool
is_next_name(const struct kith_lock *lock, size_t i)
{
	return !i || !kith_span_eq(lock->packages[i].name, lock->packages[i - 1].name) ||
	       lock->packages[i].eco != lock->packages[i - 1].eco;
}

static int
want_of_set(struct cutting *c, size_t set)
{
	const struct kith_app_run *run = c->x->run;
	const struct kith_lock *lock = run->project->lock;
	struct kith_claim_set_reading *readings =
	    kith_arena_array(&c->x->arena, c->sets->n_sources + (size_t)1, sizeof(*readings));
	struct kith_claim *claims;
	size_t i, k, n;
	int r = KITH_OK;

	if (!readings)
		return kith_fail_nomem(c->err);
	for (i = 0; i < c->sets->n_sources; i++)
		readings[i].skip = i != set;
	readings[set] = run->claims->readings[set];
	for (i = 0; !r && i < lock->count; i++) {
		if (!is_next_name(lock, i))
			continue;
		r = kith_claim_set_claims(c->sets, lock->packages[i].eco, lock->packages[i].name,
					  readings, run->session->now, &c->x->arena, &claims, &n,
					  c->err);
		for (k = 0; !r && k < n; k++)
			if (is_named(c, &claims[k]))
				r = want(c, set, &claims[k]);
	}
	return r;
}

/* Who published which versions of the locked packages: the first one matters, too. */
static int
add_facts(struct cutting *c, size_t set)
{
	struct kith_app_bundling *x = c->x;
	const struct kith_lock *lock = x->run->project->lock;
	const struct kith_claim_set_fact *facts;
	size_t i, k, n;
	int r = KITH_OK;

	for (i = 0; !r && i < lock->count; i++) {
		const struct kith_package *p = &lock->packages[i];

		if (!is_next_name(lock, i))
			continue;
		r = kith_claim_set_facts(c->sets, p->eco, p->name, &x->arena, &facts, &n, c->err);
		for (k = 0; !r && k < n; k++) {
			if (facts[k].source != set)
				continue;
			r = KITH_BUNDLE_GROW(x->b, facts, c->err);
			if (r)
				break;
			x->b->facts[x->b->n_facts++] =
			    (struct kith_bundle_fact){.source = (uint32_t)x->b->n_sources - 1,
						      .name = p->name,
						      .version = facts[k].version,
						      .publisher = facts[k].publisher,
						      .login = facts[k].login,
						      .day = facts[k].published.sec / DAY};
		}
	}
	return r;
}

/* --- cutting a file --- */

struct piece {
	struct kith_vet_groups groups;
	size_t cap, size; /* of groups; of an element */
};

/* Adds an element to the group of this name, which is the last one or a new one. */
static int
keep(struct cutting *c, struct piece *p, struct kith_span name, const void *element, size_t most)
{
	struct kith_vet_group *g = p->groups.count ? &p->groups.items[p->groups.count - 1] : NULL;
	int r;

	if (!g || !kith_span_eq(g->name, name)) {
		r = kith_grow(&p->groups.items, &p->cap, p->groups.count + 1, sizeof(*g),
			      KITH_MAX_BUNDLE_ITEMS, "packages", c->err);
		if (r)
			return r;
		g = &p->groups.items[p->groups.count++];
		*g = (struct kith_vet_group){
		    .name = name, .items = kith_arena_array(&c->x->arena, most, p->size)};
		if (!g->items)
			return kith_fail_nomem(c->err);
	}
	memcpy((uint8_t *)g->items + g->count++ * p->size, element, p->size);
	return KITH_OK;
}

struct cut {
	struct kith_vet_set set;
	struct piece audits, wildcards, trusted;
	struct kith_map criteria; /* names that are needed */
	size_t n;
};

static void
cut_clear(struct cut *k)
{
	free(k->audits.groups.items);
	free(k->wildcards.groups.items);
	free(k->trusted.groups.items);
	free(k->set.criteria);
	kith_map_clear(&k->criteria);
}

static void
cut_init(struct cut *k)
{
	*k = (struct cut){.audits = {.size = sizeof(struct kith_vet_audit)},
			  .wildcards = {.size = sizeof(struct kith_vet_vouch)},
			  .trusted = {.size = sizeof(struct kith_vet_vouch)}};
	kith_map_init(&k->criteria, NULL);
}

static int
need(struct cutting *c, struct cut *k, const struct kith_vet_list *names)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < names->count; i++)
		r = kith_map_add(&k->criteria, names->items[i], 0, NULL, NULL, c->err);
	return r;
}

static int
take(struct cutting *c, struct cut *k, struct kith_span name, size_t i, const size_t n[3],
     const void *const lists[3])
{
	const struct kith_vet_audit *a = lists[0];
	const struct kith_vet_vouch *w = lists[1], *t = lists[2];
	int r;

	k->n++;
	if (i < n[0]) {
		r = need(c, k, &a[i].criteria);
		return r ? r : keep(c, &k->audits, name, &a[i], n[0]);
	}
	i -= n[0];
	if (i < n[1]) {
		r = need(c, k, &w[i].criteria);
		return r ? r : keep(c, &k->wildcards, name, &w[i], n[1]);
	}
	i -= n[1];
	r = need(c, k, &t[i].criteria);
	return r ? r : keep(c, &k->trusted, name, &t[i], n[2]);
}

/*
 * What is gone is taken as it stood last, which is what is known of it: in the state that was in
 * force until it was found gone.
 */
static bool
is_due(const struct cutting *c, size_t at)
{
	return !c->wanted[at].found &&
	       (!c->old || c->until >= c->x->b->entries[c->first_entry + at].is.gone_since);
}

static const struct kith_vet_criterion *
find_criterion(const struct kith_vet_set *set, struct kith_span name)
{
	size_t i;

	for (i = 0; i < set->n_criteria; i++)
		if (kith_span_eq(set->criteria[i].name, name))
			return &set->criteria[i];
	return NULL;
}

/* The criteria that are needed, and what they imply, in the file's order. */
static int
take_criteria(struct cutting *c, struct cut *k, const struct kith_vet_set *set)
{
	const struct kith_vet_criterion *x;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < k->criteria.count; i++) /* grows while it is walked */
		if ((x = find_criterion(set, k->criteria.entries[i].key)))
			r = need(c, k, &x->implies);
	k->set.criteria = kith_calloc(set->n_criteria, sizeof(*k->set.criteria));
	if (!k->set.criteria)
		return kith_fail_nomem(c->err);
	for (i = 0; i < set->n_criteria; i++)
		if (kith_map_get(&k->criteria, set->criteria[i].name, NULL))
			k->set.criteria[k->set.n_criteria++] = set->criteria[i];
	return r;
}

static int
add_cut(struct cutting *c, struct cut *k, struct kith_span path)
{
	struct kith_bundle_file file = {.source = (uint32_t)c->set};
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, KITH_MAX_TOML_BYTES);
	k->set.audits = k->audits.groups;
	k->set.wildcards = k->wildcards.groups;
	k->set.trusted = k->trusted.groups;
	r = kith_vet_write_audits(&k->set, NULL, &text, c->err);
	if (!r)
		r = kith_grow(&c->cut, &c->cap_cut, c->n_cut + 1, sizeof(*c->cut),
			      KITH_MAX_BUNDLE_ITEMS, "files", c->err);
	if (r)
		return r;
	if (!kith_arena_copy(&c->x->arena, path, &file.path) ||
	    !kith_arena_copy(&c->x->arena, kith_buf_span(&text), &file.text))
		return kith_fail_nomem(c->err);
	c->cut[c->n_cut++] = file;
	return KITH_OK;
}

/* One entry makes the file. */
static int
finish_apart(struct cutting *c, struct cut *k, const struct kith_vet_set *set, size_t at)
{
	int r = take_criteria(c, k, set);

	if (!r)
		r = add_cut(c, k, KITH_SPAN_NONE);
	if (r)
		return r;
	c->wanted[at].text = c->cut[c->n_cut - 1].text;
	cut_clear(k);
	cut_init(k);
	return KITH_OK;
}

/* Claims of a name are made in the order of its audits, wildcard audits, trusted entries. */
static int
take_name(struct cutting *c, struct cut *k, struct kith_vet_claimer *claimer,
	  const struct kith_vet_set *set, struct kith_span name)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_claim_set_source source;
	struct kith_digest digest;
	struct kith_claim *claims;
	const void *lists[3];
	size_t count[3], n, i, at;
	uint8_t key[40];
	int r;

	kith_arena_init(&arena, KITH_MAX_VET_ARENA);
	lists[0] = kith_vet_audits_of(set, name, &count[0]);
	lists[1] = kith_vet_wildcards_of(set, name, &count[1]);
	lists[2] = kith_vet_trusted_of(set, name, &count[2]);
	if (!kith_claim_set_source_at(c->sets, c->set, &source))
		return kith_fail(c->err, KITH_E_FORMAT, "the cache was damaged while it was read");
	r = kith_vet_claimer_claims(claimer, name, &arena, &claims, &n, c->err);
	if (r || n != count[0] + count[1] + count[2])
		return r;
	for (i = 0; !r && i < n; i++) {
		r = kith_claim_set_identify(kith_blake2b, source.location, &claims[i], &digest,
					    c->err);
		if (r)
			break;
		put_key(c->set, &digest, key);
		if (!kith_map_get(&c->map, kith_span(key, sizeof(key)), &at) || !is_due(c, at))
			continue;
		c->wanted[at].found = true;
		r = take(c, k, c->wanted[at].name, i, count, lists);
		if (!r && c->apart)
			r = finish_apart(c, k, set, at);
	}
	return r;
}

static int
take_names(struct cutting *c, struct cut *k, const struct kith_vet_file *file,
	   struct kith_span path)
{
	struct kith_vet_criteria criteria;
	const struct kith_vet_claims_of of = {.set = &file->set, .path = path, .own = &criteria};
	KITH_AUTO_VET_CLAIMER struct kith_vet_claimer *claimer = NULL;
	size_t i;
	int r = kith_vet_criteria_init(&criteria, &file->set, true, c->err);

	if (!r)
		r = kith_vet_claimer_new(&of, &claimer, c->err);
	for (i = c->first[c->set]; !r && i < c->first[c->set + 1]; i++)
		if (i == c->first[c->set] ||
		    !kith_span_eq(c->wanted[i].name, c->wanted[i - 1].name))
			r = take_name(c, k, claimer, &file->set, c->wanted[i].name);
	if (!r && k->n)
		r = take_criteria(c, k, &file->set);
	return r || !k->n ? r : add_cut(c, k, path);
}

static int
take_file(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct cutting *c = ctx;
	KITH_AUTO_VET_FILE struct kith_vet_file *file = NULL;
	KITH_CLEANUP(cut_clear) struct cut k;
	struct kith_error why;
	int r;

	cut_init(&k);
	if (c->set >= c->sets->n_sources || kith_span_ends(path, KITH_SPAN_LIT(".lock")))
		return KITH_OK;
	r = kith_vet_read_audits(bytes, KITH_VET_LENIENT, &file, &why);
	if (r)
		return r == KITH_E_NOMEM ? kith_fail_nomem(err) : KITH_OK;
	return take_names(c, &k, file, path);
}

/* --- reading --- */

static size_t
set_of(const struct cutting *c, const char *slug)
{
	struct kith_claim_set_source s;
	size_t i;

	for (i = 0; kith_claim_set_source_at(c->sets, i, &s); i++)
		if (kith_span_is(s.slug, slug))
			break;
	return i;
}

static bool
lacks(const struct cutting *c, size_t set)
{
	size_t i;

	for (i = c->first[set]; i < c->first[set + 1]; i++)
		if (!c->wanted[i].found)
			return true;
	return false;
}

/* First only what is in force; then, where something is not in it, all states. */
static int
plan(void *ctx, const struct kith_store_version *versions, size_t n, size_t *ret_skip,
     struct kith_error *err)
{
	struct cutting *c = ctx;
	size_t set = set_of(c, versions[0].mirror->source.slug);

	(void)err;
	if (set >= c->sets->n_sources || !lacks(c, set))
		*ret_skip = n;
	else
		*ret_skip = c->old ? 0 : n - 1;
	return KITH_OK;
}

static int
begin(void *ctx, const struct kith_store_version *v, struct kith_error *err)
{
	struct cutting *c = ctx;

	(void)err;
	c->set = set_of(c, v->mirror->source.slug);
	c->until = v->until;
	return KITH_OK;
}

static int
read_texts(struct cutting *c)
{
	const struct kith_session *s = c->x->run->session;
	const struct kith_store_kind_calls calls = {
	    .ctx = c, .plan = plan, .begin = begin, .file = take_file};
	size_t i, n = 0;
	int r =
	    kith_store_read_kind(&s->dirs, KITH_SOURCE_VET, INT64_MAX, s->libexec, &calls, c->err);

	for (i = 0; i < c->n_wanted; i++)
		n += !c->wanted[i].found;
	c->old = true;
	if (!r && n)
		r = kith_store_read_kind(&s->dirs, KITH_SOURCE_VET, s->now.sec - LOOK_BACK,
					 s->libexec, &calls, c->err);
	for (i = 0, n = 0; i < c->n_wanted; i++)
		n += !c->wanted[i].found;
	if (!r && n)
		r = kith_hint(c->err,
			      kith_fail(c->err, KITH_E_IO,
					"%zu audit%s not in the mirrors any more", n,
					n == 1 ? " is" : "s are"),
			      "kith fetch, and try again");
	return r;
}

static int
add_source(struct cutting *c, size_t set)
{
	struct kith_bundle *b = c->x->b;
	struct kith_claim_set_source s;
	int r;

	if (!kith_claim_set_source_at(c->sets, set, &s))
		return kith_fail(c->err, KITH_E_FORMAT, "the cache was damaged while it was read");
	r = KITH_BUNDLE_GROW(b, sources, c->err);
	if (r)
		return r;
	b->sources[b->n_sources++] = kith_app_bundle_source(
	    &s, KITH_BUNDLE_VET, kith_app_sets_fetched(c->x->run->session, set));
	c->first[set] = c->n_wanted;
	r = want_of_set(c, set);
	c->first[set + 1] = c->n_wanted;
	return r ? r : add_facts(c, set);
}

/* Files lie in the order of their sources. */
static int
add_files(struct cutting *c, size_t first_source)
{
	size_t i, set;
	int r = KITH_OK;

	for (set = 0; !r && set < c->sets->n_sources; set++) {
		for (i = 0; !r && i < c->n_cut; i++) {
			if (c->cut[i].source != set)
				continue;
			r = KITH_BUNDLE_GROW(c->x->b, files, c->err);
			if (r)
				break;
			c->x->b->files[c->x->b->n_files] = c->cut[i];
			c->x->b->files[c->x->b->n_files++].source = (uint32_t)(first_source + set);
		}
	}
	return r;
}

struct kith_bundle_source
kith_app_bundle_source(const struct kith_claim_set_source *s, enum kith_bundle_kind kind,
		       int64_t fetched)
{
	uint32_t class = s->mark >> 16;
	struct kith_bundle_source x = {.kind = kind,
				       .location = s->location,
				       .commit = s->commit,
				       .fetched = fetched,
				       .slug = s->slug,
				       .inside = s->inside,
				       .mark = s->mark,
				       .since = s->since};

	/* who named it on this machine is nobody's business on another */
	if (class != KITH_SOURCE_REMOVED && class != KITH_SOURCE_CARRIED)
		x.mark = (s->mark & 0xffffU) | (uint32_t)KITH_SOURCE_USER << 16;
	return x;
}

int
kith_app_bundle_vanished(struct kith_app_bundling *x, struct kith_app_vanished **ret_list,
			 size_t *ret_n, struct kith_error *err)
{
	KITH_CLEANUP(cutting_clear) struct cutting c = {.x = x, .apart = true, .err = err};
	struct kith_app_vanished *list;
	size_t i;
	int r = kith_app_sets(x->run->session, &c.sets, err);

	kith_map_init(&c.map, NULL);
	if (r)
		return r;
	c.first = kith_calloc(c.sets->n_sources + (size_t)2, sizeof(*c.first));
	if (!c.first)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < c.sets->n_sources; i++) {
		r = want_of_set(&c, i);
		c.first[i + 1] = c.n_wanted;
	}
	if (!r && c.n_wanted)
		r = read_texts(&c);
	list = r ? NULL : kith_arena_array(&x->arena, c.n_wanted + 1, sizeof(*list));
	if (!r && !list)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < c.n_wanted; i++) {
		list[i].set = c.wanted[i].set;
		list[i].text = c.wanted[i].text;
		list[i].is = x->b->entries[i].is;
	}
	if (r)
		return r;
	*ret_list = list;
	*ret_n = c.n_wanted;
	return KITH_OK;
}

int
kith_app_bundle_sets(struct kith_app_bundling *x, struct kith_error *err)
{
	KITH_CLEANUP(cutting_clear) struct cutting c = {.x = x, .err = err};
	size_t first_source = x->b->n_sources, i;
	int r = kith_app_sets(x->run->session, &c.sets, err);

	kith_map_init(&c.map, NULL);
	if (r)
		return r;
	c.first = kith_calloc(c.sets->n_sources + (size_t)2, sizeof(*c.first));
	if (!c.first)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < c.sets->n_sources; i++)
		r = add_source(&c, i);
	if (!r && c.n_wanted)
		r = read_texts(&c);
	return r ? r : add_files(&c, first_source);
}
