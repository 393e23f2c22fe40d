/* SPDX-License-Identifier: Apache-2.0 */
/* What `expect crev …` lines are compared with: the library's answers in crev mode. */
#include "cases/wot_graph.h"
#include "policy/crev.h"

struct side {
	struct wot *w;
	const struct kith_id *keys;
	struct kith_trust_graph *g;
	struct kith_trust_result *result;
	struct kith_claim *claims; /* later ones first, as kith_crev_judge wants equal dates */
	struct kith_claim_override *overrides;
	size_t n;
};

static void
side_clear(struct side *s)
{
	kith_trust_result_free(s->result);
	kith_trust_graph_free(s->g);
}

static int
open_side(struct side *s, struct kith_error *err)
{
	struct wot *w = s->w;
	struct kith_crev_params params = {.max = w->crev_max};
	struct kith_id root;
	struct kith_trust_question q = {
	    .semantics = KITH_SEMANTICS_CREV, .roots = &root, .n_roots = 1, .crev = &params};
	int r;

	memcpy(params.cost, w->crev_cost, sizeof(params.cost));
	s->keys = wot_keys(w, true);
	if (!s->keys)
		return kith_fail_nomem(err);
	if (!w->roots.n)
		return kith_fail(err, KITH_E_FORMAT, "no root");
	root = s->keys[w->roots.at[0]];
	r = wot_graph(w, s->keys, &s->g, err);
	return r ? r : kith_trust_resolve(s->g, &q, &s->result, err);
}

static struct kith_span
name_of(const struct side *s, const struct kith_id *id)
{
	size_t i;

	for (i = 0; i < s->w->names.count; i++)
		if (memcmp(&s->keys[i], id, sizeof(*id)) == 0)
			return s->w->names.entries[i].key;
	return KITH_SPAN_LIT("?");
}

/* An expected word may leave out the distance. */
static bool
wants_distance(const struct wot_expect *e, struct kith_span name)
{
	size_t i;

	for (i = 2; i < e->n; i++) {
		struct kith_span rest = e->words[i], first;

		if (kith_span_next(&rest, ':', &first) && kith_span_eq(first, name))
			return kith_span_find(rest, 0, '/') < rest.len;
	}
	return true;
}

static int
trusted(struct side *s, const struct wot_expect *e, struct wot_answer *a, struct kith_error *err)
{
	enum kith_level approve, object;
	uint64_t distance;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < s->w->names.count && r == KITH_OK; i++) {
		struct kith_span name = s->w->names.entries[i].key;

		if (!kith_trust_member(s->result, &s->keys[i], &distance))
			continue;
		kith_trust_level(s->result, &s->keys[i], &approve, &object);
		if (wants_distance(e, name))
			r = wot_answer_add(s->w, a, err, "%.*s:%s/%llu", KITH_SPAN_FMT(name),
					   kith_level_name(approve), (unsigned long long)distance);
		else
			r = wot_answer_add(s->w, a, err, "%.*s:%s", KITH_SPAN_FMT(name),
					   kith_level_name(approve));
	}
	return r;
}

static int
distrusted(struct side *s, struct wot_answer *a, struct kith_error *err)
{
	struct kith_id by;
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < s->w->names.count && r == KITH_OK; i++)
		if (kith_trust_banned(s->result, &s->keys[i], &by))
			r = wot_answer_add(s->w, a, err, "%.*s<%.*s",
					   KITH_SPAN_FMT(s->w->names.entries[i].key),
					   KITH_SPAN_FMT(name_of(s, &by)));
	return r;
}

static struct kith_digest
digest_of(uint64_t n)
{
	struct kith_digest d = {{0}};

	memcpy(d.bytes, &n, sizeof(n));
	return d;
}

static int
make_claims(struct side *s, struct kith_error *err)
{
	size_t i, k;

	s->n = s->w->n_reviews;
	s->claims = kith_arena_array(&s->w->arena, s->n, sizeof(*s->claims));
	if (!s->claims)
		return kith_fail_nomem(err);
	for (i = 0; i < s->n; i++) {
		const struct wot_review *v = &s->w->reviews[s->n - 1 - i];
		struct kith_claim *c = &s->claims[i];
		struct kith_claim_override *over =
		    kith_arena_array(&s->w->arena, v->over.n, sizeof(*over));

		if (!over)
			return kith_fail_nomem(err);
		for (k = 0; k < v->over.n; k++)
			over[k].id = s->keys[v->over.at[k]];
		*c = (struct kith_claim){.kind = KITH_CLAIM_REVIEW,
					 .source = kith_span_str(KITH_CRATES_IO),
					 .digest = digest_of(v->digest),
					 .has_digest = true,
					 .is_signed = true,
					 .author = s->keys[v->author],
					 .date = {v->at, 0},
					 .thoroughness = v->thoroughness,
					 .understanding = v->understanding,
					 .rating = v->rating,
					 .has_llm = v->llm,
					 .overrides = over,
					 .n_overrides = v->over.n};
		wot_package(v->package, &c->name, &c->version);
		c->empty = v->rating == KITH_RATING_NEUTRAL && v->thoroughness == KITH_LEVEL_NONE &&
			   v->understanding == KITH_LEVEL_NONE;
	}
	return KITH_OK;
}

static int
by_digest(void *ctx, const struct kith_digest *digest, struct kith_arena *arena,
	  const struct kith_claim **ret_claims, size_t *ret_count, struct kith_error *err)
{
	const struct side *s = ctx;
	struct kith_claim *found = kith_arena_array(arena, s->n, sizeof(*found));
	size_t i, n = 0;

	if (!found)
		return kith_fail_nomem(err);
	for (i = 0; i < s->n; i++)
		if (memcmp(&s->claims[i].digest, digest, sizeof(*digest)) == 0)
			found[n++] = s->claims[i];
	*ret_claims = found;
	*ret_count = n;
	return KITH_OK;
}

static int
options(const struct wot_expect *e, struct kith_crev_options *o, struct kith_error *err)
{
	struct kith_span value;
	uint64_t n;

	*o = kith_crev_options_default;
	if (wot_value(e, "trust", &value) && !wot_level(value, &o->level))
		return kith_fail(err, KITH_E_FORMAT, "trust=LEVEL");
	if (wot_value(e, "thoroughness", &value) && !wot_level(value, &o->thoroughness))
		return kith_fail(err, KITH_E_FORMAT, "thoroughness=LEVEL");
	if (wot_value(e, "understanding", &value) && !wot_level(value, &o->understanding))
		return kith_fail(err, KITH_E_FORMAT, "understanding=LEVEL");
	if (wot_value(e, "redundancy", &value)) {
		if (!kith_span_u64(value, &n))
			return kith_fail(err, KITH_E_FORMAT, "redundancy=N");
		o->redundancy = (size_t)n;
	}
	return KITH_OK;
}

static int
verify(struct side *s, const struct wot_expect *e, struct wot_answer *a, struct kith_error *err)
{
	static const char *const words[] = {"negative", "insufficient", "verified", "local"};
	struct kith_crev_options o;
	struct kith_crev_question q = {.trust = s->result,
				       .options = &o,
				       .source = kith_span_str(KITH_CRATES_IO),
				       .by_digest = by_digest,
				       .by_digest_ctx = s};
	struct kith_crev_row row;
	size_t i;
	int r;

	a->whole = true;
	if (e->n < 3)
		return kith_fail(err, KITH_E_FORMAT, "expect crev verify PACKAGE");
	wot_package(e->words[2], &q.name, &q.version);
	r = options(e, &o, err);
	if (r == KITH_OK)
		r = make_claims(s, err);
	if (r)
		return r;
	q.claims = s->claims;
	q.n_claims = s->n;
	for (i = 0; i < s->n && !q.has_digest; i++) {
		if (!kith_span_eq(s->claims[i].name, q.name) ||
		    !kith_span_eq(s->claims[i].version, q.version))
			continue;
		q.has_digest = true;
		q.digest = s->claims[i].digest;
	}
	r = kith_crev_judge(&q, &s->w->arena, &row, err);
	return r ? r : wot_answer_add(s->w, a, err, "%s", words[row.status]);
}

int
wot_crev(struct wot *w, const struct wot_expect *e, struct wot_answer *ret, struct kith_error *err)
{
	KITH_CLEANUP(side_clear) struct side s = {.w = w};
	int r = open_side(&s, err);

	if (r)
		return r;
	if (kith_span_is(e->words[1], "trusted"))
		return trusted(&s, e, ret, err);
	if (kith_span_is(e->words[1], "distrusted"))
		return distrusted(&s, ret, err);
	if (kith_span_is(e->words[1], "verify"))
		return verify(&s, e, ret, err);
	return kith_fail(err, KITH_E_FORMAT, "expect crev %.*s?", KITH_SPAN_FMT(e->words[1]));
}
