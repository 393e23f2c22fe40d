/* SPDX-License-Identifier: Apache-2.0 */
/* What `expect native …` lines are compared with: the library's answers in native mode. */
#include "cases/wot_graph.h"

struct side {
	struct wot *w;
	const struct kith_id *keys;
	struct kith_trust_graph *g;
	struct kith_trust_result *result;
	struct kith_trust_ways *ways;
};

static void
side_clear(struct side *s)
{
	kith_trust_ways_free(s->ways);
	kith_trust_result_free(s->result);
	kith_trust_graph_free(s->g);
}

/* All publishers of a package. */
static int
publishers(struct wot *w, const struct kith_id *keys, struct kith_span name,
	   struct kith_trust_question *q, struct kith_error *err)
{
	struct kith_id *ids = NULL;
	size_t i, k, n = 0;

	for (i = 0; i < w->n_publishers; i++)
		n += w->publishers[i].ids.n;
	ids = kith_arena_array(&w->arena, n, sizeof(*ids));
	if (!ids)
		return kith_fail_nomem(err);
	for (i = n = 0; i < w->n_publishers; i++)
		for (k = 0; kith_span_eq(w->publishers[i].name, name) && k < w->publishers[i].ids.n;
		     k++)
			ids[n++] = keys[w->publishers[i].ids.at[k]];
	q->publishers = ids;
	q->n_publishers = n;
	return KITH_OK;
}

static int
open_side(struct side *s, struct kith_span subject, const struct kith_span *publishers_of,
	  struct kith_error *err)
{
	struct kith_native_params params;
	struct kith_trust_question q;
	int r;

	s->keys = wot_keys(s->w, false);
	if (!s->keys)
		return kith_fail_nomem(err);
	r = wot_graph(s->w, s->keys, &s->g, err);
	if (r == KITH_OK)
		r = wot_question(s->w, s->keys, &params, &q, err);
	if (r == KITH_OK && publishers_of)
		r = publishers(s->w, s->keys, *publishers_of, &q, err);
	q.subject = subject;
	return r ? r : kith_trust_resolve(s->g, &q, &s->result, err);
}

/* Whether any expected word says a budget. */
static bool
wants_budget(const struct wot_expect *e)
{
	size_t i;

	for (i = 2; i < e->n; i++)
		if (kith_span_find(e->words[i], 0, '=') == e->words[i].len &&
		    kith_span_find(e->words[i], 0, '/') < e->words[i].len)
			return true;
	return false;
}

static int
levels(struct side *s, bool object, bool budgets, struct wot_answer *a, struct kith_error *err)
{
	static const char *const reach[] = {"/reviews", "/introduce", ""};
	struct wot *w = s->w;
	struct kith_trust_person p;
	size_t i, person;
	int r = KITH_OK;

	for (i = 0; i < w->names.count && r == KITH_OK; i++) {
		struct kith_span name = w->names.entries[i].key;

		if (!kith_trust_person_find(s->result, &s->keys[i], &person))
			continue;
		kith_trust_person(s->result, person, &p);
		if ((object ? p.object : p.approve) < KITH_LEVEL_LOW)
			continue;
		if (budgets && w->roots.n == 1)
			r = wot_answer_add(w, a, err, "%.*s:%s/%u%s", KITH_SPAN_FMT(name),
					   kith_level_name(object ? p.object : p.approve),
					   object ? p.object_budget : p.budget,
					   reach[object ? p.object_reach : p.reach]);
		else
			r = wot_answer_add(w, a, err, "%.*s:%s", KITH_SPAN_FMT(name),
					   kith_level_name(object ? p.object : p.approve));
	}
	return r;
}

static struct kith_span
name_of(const struct side *s, size_t person)
{
	const struct kith_id *id = kith_trust_person_id(s->result, person);
	size_t i;

	for (i = 0; i < s->w->names.count; i++)
		if (memcmp(&s->keys[i], id, sizeof(*id)) == 0)
			return s->w->names.entries[i].key;
	return KITH_SPAN_LIT("?");
}

/* Keys are in order of names, so doubts come in that order. */
static int
contested(struct side *s, struct wot_answer *a, struct kith_error *err)
{
	const struct kith_trust_doubt *d;
	size_t n, i, k;
	int r = kith_trust_doubts(s->result, &s->w->arena, &d, &n, err);

	for (i = 0; i < n && r == KITH_OK; i = k) {
		KITH_AUTO_BUF struct kith_buf word;

		kith_buf_init(&word, KITH_MIB(1));
		kith_buf_put_span(&word, name_of(s, d[i].about));
		for (k = i; k < n && d[k].about == d[i].about; k++) {
			kith_buf_put_char(&word, k == i ? '<' : '+');
			kith_buf_put_span(&word, name_of(s, d[k].by));
		}
		r = wot_answer_add(s->w, a, err, "%s", kith_buf_str(&word));
	}
	return r;
}

/* --- verify: spec's rule for one package, without versions or deltas --- */

struct need {
	enum kith_level level, thoroughness, understanding;
	uint64_t independent;
	struct kith_span package;
};

static int
read_need(const struct wot_expect *e, struct need *n, struct kith_error *err)
{
	struct kith_span value;

	*n = (struct need){KITH_LEVEL_LOW, KITH_LEVEL_NONE, KITH_LEVEL_NONE, 1, e->words[2]};
	if ((wot_value(e, "trust", &value) && !wot_level(value, &n->level)) ||
	    (wot_value(e, "thoroughness", &value) && !wot_level(value, &n->thoroughness)) ||
	    (wot_value(e, "understanding", &value) && !wot_level(value, &n->understanding)) ||
	    (wot_value(e, "redundancy", &value) && !kith_span_u64(value, &n->independent)))
		return kith_fail(err, KITH_E_FORMAT, "expect native verify with a bad value");
	return KITH_OK;
}

/* The newest review of each author; of one date the one further down. */
static bool
counts(const struct wot *w, size_t i, struct kith_span package)
{
	const struct wot_review *v = &w->reviews[i], *o;
	size_t k;

	if (!kith_span_eq(v->package, package))
		return false;
	for (k = 0; k < w->n_reviews; k++) {
		o = &w->reviews[k];
		if (o->author == v->author && kith_span_eq(o->package, package) &&
		    (o->at > v->at || (o->at == v->at && k > i)))
			return false;
	}
	return true;
}

/* As many roots as the threshold say to ignore what the author says (N14). */
static bool
is_ignored(const struct wot *w, uint32_t author, struct kith_span package)
{
	unsigned votes = 0;
	size_t i, k, m;

	for (i = 0; i < w->n_reviews; i++) {
		const struct wot_review *v = &w->reviews[i];
		bool root = false, says = false;

		for (k = 0; k < w->roots.n; k++)
			root |= w->roots.at[k] == v->author;
		for (m = 0; m < v->over.n; m++)
			says |= v->over.at[m] == author;
		votes += root && says && counts(w, i, package);
	}
	return votes >= w->threshold;
}

static bool
approves(const struct wot_review *v, const struct need *n)
{
	bool empty = v->rating == KITH_RATING_NEUTRAL && v->thoroughness == KITH_LEVEL_NONE &&
		     v->understanding == KITH_LEVEL_NONE;

	return v->rating >= KITH_RATING_NEUTRAL && !empty && v->thoroughness >= n->thoroughness &&
	       v->understanding >= n->understanding;
}

static int
judge(struct side *s, const struct need *n, bool *ret_objected, size_t *ret_kappa,
      struct kith_error *err)
{
	struct wot *w = s->w;
	uint32_t *ok = kith_arena_array(&w->arena, w->n_reviews, sizeof(*ok));
	enum kith_level approve, object;
	size_t i, person, n_ok = 0;

	if (!ok)
		return kith_fail_nomem(err);
	*ret_objected = false;
	for (i = 0; i < w->n_reviews; i++) {
		const struct wot_review *v = &w->reviews[i];

		if (!counts(w, i, n->package) || is_ignored(w, v->author, n->package))
			continue;
		kith_trust_level(s->result, &s->keys[v->author], &approve, &object);
		if (v->rating == KITH_RATING_NEGATIVE && object >= KITH_LEVEL_LOW)
			*ret_objected = true;
		if (approves(v, n) && approve >= n->level &&
		    kith_trust_person_find(s->result, &s->keys[v->author], &person))
			ok[n_ok++] = (uint32_t)person;
	}
	return kith_trust_ways_count(s->ways, ok, n_ok, 0, ret_kappa, err);
}

static int
verify(struct wot *w, const struct wot_expect *e, struct wot_answer *a, struct kith_error *err)
{
	KITH_CLEANUP(side_clear) struct side s = {.w = w};
	struct kith_buf subject;
	struct kith_span name, version, copy;
	struct need n;
	bool objected = false;
	size_t kappa = 0;
	int r;

	a->whole = true;
	if (e->n < 3)
		return kith_fail(err, KITH_E_FORMAT, "expect native verify PACKAGE");
	r = read_need(e, &n, err);
	if (r)
		return r;
	wot_package(n.package, &name, &version);
	kith_buf_init(&subject, KITH_KIB(64));
	kith_buf_put_str(&subject, "cargo:");
	kith_buf_put_span(&subject, name);
	if (!kith_arena_copy(&w->arena, kith_buf_span(&subject), &copy))
		r = kith_fail_nomem(err);
	kith_buf_clear(&subject);
	if (r == KITH_OK)
		r = open_side(&s, copy, &name, err);
	if (r == KITH_OK)
		r = kith_trust_ways_new(s.result, n.level, &s.ways, err);
	if (r == KITH_OK)
		r = judge(&s, &n, &objected, &kappa, err);
	if (r)
		return r;
	return wot_answer_add(w, a, err, "%s/%zu",
			      objected                 ? "negative"
			      : kappa >= n.independent ? "verified"
						       : "insufficient",
			      kappa);
}

int
wot_native(struct wot *w, const struct wot_expect *e, struct wot_answer *ret,
	   struct kith_error *err)
{
	KITH_CLEANUP(side_clear) struct side s = {.w = w};
	struct kith_span scope = KITH_SPAN_NONE;
	bool object = kith_span_is(e->words[1], "object");
	int r;

	if (kith_span_is(e->words[1], "verify"))
		return verify(w, e, ret, err);
	wot_value(e, "scope", &scope);
	r = open_side(&s, scope, NULL, err);
	if (r)
		return r;
	if (object || kith_span_is(e->words[1], "approve"))
		return levels(&s, object, wants_budget(e), ret, err);
	if (kith_span_is(e->words[1], "contested"))
		return contested(&s, ret, err);
	return kith_fail(err, KITH_E_FORMAT, "expect native %.*s?", KITH_SPAN_FMT(e->words[1]));
}

int
wot_native_objects(struct wot *w, struct wot_answer *ret_approve, struct wot_answer *ret_object,
		   struct kith_error *err)
{
	KITH_CLEANUP(side_clear) struct side s = {.w = w};
	int r = open_side(&s, KITH_SPAN_NONE, NULL, err);

	if (r == KITH_OK)
		r = levels(&s, false, true, ret_approve, err);
	if (r == KITH_OK)
		r = levels(&s, true, true, ret_object, err);
	return r;
}
