/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith export vet: every review in the index whose author is trusted, as an audit set. Writes
 * nothing; local names stay here, since the set is meant for others.
 */
#include <kith/vet.h>

#include "app/levels.h"
#include "app/trust_map.h"
#include "evidence/vet_export.h"
#include "evidence/vet_write.h"

#define EXPORT_ARENA KITH_MIB(2048)
#define EXPORT_MAX   KITH_MIB(512)
#define MAX_REVIEWS  ((size_t)4000000)
#define DAY          ((int64_t)86400)

struct export
{
	struct kith_session *session;
	const struct kith_export_vet_options *o;
	struct kith_index *index;
	struct kith_app_levels levels;
	struct kith_app_trust_map map;
	struct kith_vet_export_review *reviews;
	size_t n, cap;
	struct kith_export_vet_counts counts;
	struct kith_arena arena;
};

static void
export_clear(struct export *x)
{
	kith_app_levels_clear(&x->levels);
	kith_app_trust_map_clear(&x->map);
	kith_arena_clear(&x->arena);
	free(x->reviews);
}

/* --- reviews --- */

/*
 * What native rules would not count is not passed on as an approval: machines' own reviews, what
 * its author has withdrawn, what is dated ahead. An objection is passed on while it stands.
 */
static bool
is_passed_on(const struct export *x, const struct kith_claim *c)
{
	bool objects = !c->empty && c->rating == KITH_RATING_NEGATIVE;

	if (x->o->semantics == KITH_SEMANTICS_CREV)
		return !c->gone;
	if (objects)
		return true;
	return !c->gone && !c->withdrawn && c->date.sec <= x->session->now.sec + DAY &&
	       (!c->has_llm || c->llm_human_guided || c->empty);
}

static enum kith_level
trust_in(const struct export *x, const struct kith_claim *c)
{
	struct kith_app_standing standing;
	enum kith_level level;

	if (kith_app_trust_map_find(&x->map, &c->author, &level))
		return level;
	kith_app_levels_get(&x->levels, &c->author, &standing);
	return !c->empty && c->rating == KITH_RATING_NEGATIVE ? standing.object : standing.approve;
}

static int
add_review(struct export *x, const struct kith_claim *c, struct kith_error *err)
{
	struct kith_vet_export_review v = {.claim = c, .trust = trust_in(x, c)};
	struct kith_index_id_info info;
	size_t at;
	int r;

	if (v.trust < KITH_LEVEL_LOW) {
		x->counts.strangers++;
		return KITH_OK;
	}
	/* anybody can claim an address: only one that its repository proves is passed on */
	if (kith_index_find_id(x->index, &c->author, &at) &&
	    kith_index_id_at(x->index, at, &info) && info.proved)
		v.who = v.repository = info.url;
	r = kith_grow(&x->reviews, &x->cap, x->n + 1, sizeof(v), MAX_REVIEWS, "reviews", err);
	if (!r)
		x->reviews[x->n++] = v;
	return r;
}

static int
gather_name(struct export *x, struct kith_span name, struct kith_error *err)
{
	const struct kith_claim *claims;
	size_t n, i;
	int r = kith_index_claims(x->index, KITH_ECO_CARGO, name, &x->arena, &claims, &n, err);

	for (i = 0; !r && i < n; i++)
		if (claims[i].kind == KITH_CLAIM_REVIEW && is_passed_on(x, &claims[i]) &&
		    kith_span_is(claims[i].source, KITH_CRATES_IO))
			r = add_review(x, &claims[i], err);
	return r;
}

static int
gather(struct export *x, struct kith_error *err)
{
	enum kith_ecosystem eco;
	struct kith_span name;
	size_t i, n;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_index_count_names(x->index); i++) {
		if (!kith_index_name_at(x->index, i, &eco, &name, &n))
			return kith_index_fail(err);
		if (eco == KITH_ECO_CARGO)
			r = gather_name(x, name, err);
	}
	return r;
}

static void
count(struct export *x, const struct kith_vet_set *set)
{
	size_t i, k;

	for (i = 0; i < set->audits.count; i++) {
		const struct kith_vet_audit *list = set->audits.items[i].items;

		for (k = 0; k < set->audits.items[i].count; k++)
			if (list[k].kind == KITH_VET_VIOLATION)
				x->counts.violations++;
			else
				x->counts.audits++;
	}
}

static int
write_set(struct export *x, struct kith_buf *out, struct kith_error *err)
{
	struct kith_vet_set set;
	int r = kith_vet_export(x->reviews, x->n, &x->arena, &set, &x->counts.nameless, err);

	if (r)
		return r;
	count(x, &set);
	return kith_vet_write_audits(&set, NULL, out, err);
}

int
kith_export_vet(struct kith_session *session, const struct kith_export_vet_options *options,
		char **ret_text, size_t *ret_len, struct kith_export_vet_counts *ret_counts,
		struct kith_error *err)
{
	KITH_CLEANUP(export_clear) struct export x = {.session = session, .o = options};
	KITH_AUTO_BUF struct kith_buf out;
	int r;

	kith_buf_init(&out, EXPORT_MAX);
	kith_arena_init(&x.arena, EXPORT_ARENA);
	kith_app_trust_map_init(&x.map);
	if (options->semantics == KITH_SEMANTICS_VET)
		return kith_fail(err, KITH_E_USAGE, "levels are native or crev");
	r = options->trust_map ? kith_app_trust_map_read(&x.map, options->trust_map, err) : KITH_OK;
	if (!r)
		r = kith_app_index(session, &x.index, err);
	if (!r)
		r = kith_app_levels_new(session, options->path ? options->path : ".",
					options->roots, options->n_roots, options->semantics,
					!options->trust_map, &x.levels, err);
	if (!r)
		r = gather(&x, err);
	if (!r)
		r = write_set(&x, &out, err);
	if (!r)
		r = kith_app_take_text(&out, ret_text, ret_len, err);
	if (!r)
		*ret_counts = x.counts;
	return r;
}
