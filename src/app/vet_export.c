/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith export vet: every review in the index whose author is trusted, as an audit set. Writes
 * nothing; local names stay here, since the set is meant for others.
 */
#include <kith/vet.h>

#include "app/levels.h"
#include "codec/base64.h"
#include "evidence/vet_export.h"
#include "evidence/vet_write.h"

#define EXPORT_ARENA KITH_MIB(2048)
#define EXPORT_MAX   KITH_MIB(512)
#define MAP_MAX      KITH_MIB(16)
#define MAX_REVIEWS  ((size_t)4000000)
#define DAY          ((int64_t)86400)

struct mapped {
	struct kith_id id;
	enum kith_level level;
};

struct export
{
	struct kith_session *session;
	const struct kith_export_vet_options *o;
	struct kith_index *index;
	struct kith_app_levels levels;
	struct mapped *map; /* in file order */
	size_t n_map, map_cap;
	struct kith_map ids; /* of the trust map: raw id → index */
	struct kith_vet_export_review *reviews;
	size_t n, cap;
	struct kith_export_vet_counts counts;
	struct kith_buf map_text;
	struct kith_arena arena;
};

static void
export_clear(struct export *x)
{
	kith_app_levels_clear(&x->levels);
	kith_map_clear(&x->ids);
	kith_buf_clear(&x->map_text);
	kith_arena_clear(&x->arena);
	free(x->map);
	free(x->reviews);
}

/* --- the trust map --- */

static bool
read_level(struct kith_span word, enum kith_level *ret)
{
	int l;

	for (l = KITH_LEVEL_DISTRUST; l <= KITH_LEVEL_HIGH; l++) {
		*ret = (enum kith_level)l;
		if (kith_span_is(word, kith_level_name(*ret)))
			return true;
	}
	return false;
}

static int
bad_line(const struct export *x, size_t line, const char *why, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_FORMAT, "%s:%zu: %s", x->o->trust_map, line, why),
			 "each line is an id and none, low, medium, high or distrust");
}

/* The first blank or tab ends the id; what a list of kith's or cargo-crev's has behind is left. */
static int
read_map_line(struct export *x, struct kith_span text, size_t line, struct kith_error *err)
{
	struct mapped m;
	struct kith_span word, rest = text;
	size_t i, at;
	bool added;
	int r;

	for (i = 0; i < text.len && text.ptr[i] != ' ' && text.ptr[i] != '\t'; i++)
		;
	word = kith_span_sub(text, 0, i);
	rest = kith_span_trim(kith_span_sub(text, i, SIZE_MAX));
	for (i = 0; i < rest.len && rest.ptr[i] != ' ' && rest.ptr[i] != '\t'; i++)
		;
	if (!kith_base64_decode_exact(word, m.id.bytes, KITH_ID_BYTES))
		return bad_line(x, line, "it does not begin with an id", err);
	if (!read_level(kith_span_sub(rest, 0, i), &m.level))
		return bad_line(x, line, "no level behind the id", err);
	r = kith_grow(&x->map, &x->map_cap, x->n_map + 1, sizeof(m), KITH_MAX_CONFIG_ENTRIES,
		      "lines in the trust map", err);
	if (r)
		return r;
	x->map[x->n_map] = m;
	if (!kith_arena_copy(&x->arena, kith_span(m.id.bytes, KITH_ID_BYTES), &word))
		return kith_fail_nomem(err);
	r = kith_map_add(&x->ids, word, x->n_map, &at, &added, err);
	if (!r && !added && x->map[at].level != m.level)
		return bad_line(x, line, "this id had another level before", err);
	x->n_map += !r;
	return r;
}

static int
read_map(struct export *x, struct kith_error *err)
{
	struct kith_span rest, text;
	size_t line;
	int r;

	if (!x->o->trust_map)
		return KITH_OK;
	r = kith_fs_read(x->o->trust_map, &x->map_text, err);
	rest = kith_buf_span(&x->map_text);
	for (line = 1; !r && kith_span_next(&rest, '\n', &text); line++) {
		text = kith_span_trim(text);
		if (text.len && text.ptr[0] != '#')
			r = read_map_line(x, text, line, err);
	}
	return r;
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
	size_t at;

	if (kith_map_get(&x->ids, kith_span(c->author.bytes, KITH_ID_BYTES), &at))
		return x->map[at].level;
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
	kith_buf_init(&x.map_text, MAP_MAX);
	kith_arena_init(&x.arena, EXPORT_ARENA);
	kith_map_init(&x.ids, NULL);
	if (options->semantics == KITH_SEMANTICS_VET)
		return kith_fail(err, KITH_E_USAGE, "levels are native or crev");
	r = read_map(&x, err);
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
