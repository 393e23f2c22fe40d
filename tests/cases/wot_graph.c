/* SPDX-License-Identifier: Apache-2.0 */
/* Builds graphs from `.wot` files, and words for answers. */
#include <stdarg.h>

#include "cases/wot_graph.h"
#include "evidence/claim.h"

struct kith_id *
wot_ids(struct wot *w, const struct kith_id *keys, const struct wot_list *list)
{
	struct kith_id *ids = kith_arena_array(&w->arena, list->n, sizeof(*ids));
	size_t i;

	for (i = 0; ids && i < list->n; i++)
		ids[i] = keys[list->at[i]];
	return ids;
}

void
wot_package(struct kith_span package, struct kith_span *ret_name, struct kith_span *ret_version)
{
	*ret_version = package;
	kith_span_next(ret_version, '@', ret_name);
}

static int
add_statements(const struct wot *w, const struct kith_id *keys, struct kith_trust_builder *b,
	       struct kith_error *err)
{
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; i < w->n_statements && r == KITH_OK; i++) {
		const struct wot_statement *x = &w->statements[i];
		KITH_AUTO_FREE struct kith_id *over = kith_calloc(x->over.n, sizeof(*over));
		struct kith_trust_statement s = {.from = keys[x->from],
						 .to = keys[x->to],
						 .level = x->level,
						 .date = {x->at, 0},
						 .ignores = over,
						 .n_ignores = x->over.n,
						 .reach = (enum kith_reach)x->reach,
						 .scope = x->scope,
						 .has_until = x->has_until,
						 .until = {x->until, 0},
						 .place = i + 1};

		if (!over)
			return kith_fail_nomem(err);
		for (k = 0; k < x->over.n; k++)
			over[k] = keys[x->over.at[k]];
		r = kith_trust_builder_add(b, &s, err);
	}
	return r;
}

/* Whether no review of the same author and package is newer, or as new and further down. */
static bool
in_force(const struct wot *w, size_t i)
{
	const struct wot_review *v = &w->reviews[i];
	size_t k;

	for (k = 0; k < w->n_reviews; k++) {
		const struct wot_review *o = &w->reviews[k];

		if (o->author == v->author && kith_span_eq(o->package, v->package) &&
		    (o->at > v->at || (o->at == v->at && k > i)))
			return false;
	}
	return true;
}

static int
add_overrides(const struct wot *w, const struct kith_id *keys, struct kith_trust_builder *b,
	      struct kith_error *err)
{
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; i < w->n_reviews && r == KITH_OK; i++) {
		const struct wot_review *v = &w->reviews[i];
		KITH_AUTO_BUF struct kith_buf subject;
		struct kith_span name, version;

		kith_buf_init(&subject, KITH_KIB(64));
		wot_package(v->package, &name, &version);
		kith_claim_put_subject(&subject, kith_span_str(KITH_CRATES_IO), name, version);
		for (k = 0; k < v->over.n && r == KITH_OK && in_force(w, i); k++) {
			struct kith_review_override o = {keys[v->author], keys[v->over.at[k]],
							 kith_buf_span(&subject)};

			r = kith_buf_check(&subject, err);
			if (r == KITH_OK)
				r = kith_trust_builder_override(b, &o, err);
		}
	}
	return r;
}

int
wot_graph(const struct wot *w, const struct kith_id *keys, struct kith_trust_graph **ret_graph,
	  struct kith_error *err)
{
	struct kith_trust_builder *b;
	int r = kith_trust_builder_new(&b, err);

	if (r)
		return r;
	r = add_statements(w, keys, b, err);
	if (r == KITH_OK)
		r = add_overrides(w, keys, b, err);
	if (r) {
		kith_trust_builder_free(b);
		return r;
	}
	return kith_trust_builder_seal(b, ret_graph, err);
}

int
wot_question(struct wot *w, const struct kith_id *keys, struct kith_native_params *params,
	     struct kith_trust_question *ret, struct kith_error *err)
{
	struct kith_trust_cap *caps = kith_arena_array(&w->arena, w->n_caps, sizeof(*caps));
	struct kith_trust_actor *actors = kith_arena_array(&w->arena, w->n_actors, sizeof(*actors));
	struct kith_id *roots = wot_ids(w, keys, &w->roots);
	size_t i;

	if (!caps || !actors || !roots)
		return kith_fail_nomem(err);
	*params =
	    (struct kith_native_params){(unsigned)w->budget, (unsigned)w->high, (unsigned)w->medium,
					(unsigned)w->low,    w->veto_root,      !w->pin};
	for (i = 0; i < w->n_caps; i++)
		caps[i] = (struct kith_trust_cap){keys[w->caps[i].id], w->caps[i].level};
	for (i = 0; i < w->n_actors; i++) {
		actors[i] = (struct kith_trust_actor){.ids = wot_ids(w, keys, &w->actors[i].ids),
						      .n = w->actors[i].ids.n};
		if (!actors[i].ids)
			return kith_fail_nomem(err);
	}
	*ret = (struct kith_trust_question){.semantics = KITH_SEMANTICS_NATIVE,
					    .roots = roots,
					    .n_roots = w->roots.n,
					    .threshold = w->threshold,
					    .now = {w->now, 0},
					    .native = params,
					    .caps = caps,
					    .n_caps = w->n_caps,
					    .actors = actors,
					    .n_actors = w->n_actors};
	return KITH_OK;
}

bool
wot_value(const struct wot_expect *e, const char *key, struct kith_span *ret_value)
{
	size_t i;

	for (i = 2; i < e->n; i++) {
		struct kith_span rest = e->words[i], k;

		if (kith_span_find(rest, 0, '=') < rest.len && kith_span_next(&rest, '=', &k) &&
		    kith_span_is(k, key)) {
			*ret_value = rest;
			return true;
		}
	}
	return false;
}

int
wot_answer_add(struct wot *w, struct wot_answer *a, struct kith_error *err, const char *fmt, ...)
{
	KITH_AUTO_BUF struct kith_buf text;
	va_list ap;
	int r;

	kith_buf_init(&text, KITH_KIB(64));
	va_start(ap, fmt);
	kith_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	r = kith_buf_check(&text, err);
	if (r == KITH_OK)
		r = kith_grow(&a->words, &a->cap, a->n + 1, sizeof(*a->words), 1000000, "words",
			      err);
	if (r)
		return r;
	if (!kith_arena_copy(&w->arena, kith_buf_span(&text), &a->words[a->n]))
		return kith_fail_nomem(err);
	a->n++;
	return KITH_OK;
}
