/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `.wot` text into graphs, either policy, ways and explanations: the reader must refuse what is no
 * case, and the resolver hold on any graph. Natively nothing may depend on the order of key bytes.
 */
#include "cases/wot_read.c"
#include "cases/wot_graph.c"
#include "trust/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
explain_some(struct wot *w, const struct kith_trust_graph *g, const struct kith_trust_question *q,
	     const struct kith_trust_result *res)
{
	struct kith_trust_explanation x;
	struct kith_trust_ways *ways = NULL;
	uint32_t all[64];
	size_t n = kith_trust_count_persons(res), i, count;

	for (i = 0; i < n && i < 64; i++)
		all[i] = (uint32_t)i;
	if (kith_trust_ways_new(res, KITH_LEVEL_LOW, &ways, NULL) == KITH_OK &&
	    kith_trust_ways_count(ways, all, i, 0, &count, NULL) == KITH_OK && count > i)
		abort();
	kith_trust_ways_free(ways);
	for (i = 0; i < n && i < 8; i++) {
		if (kith_trust_explain(g, q, res, kith_trust_person_id(res, i), &w->arena, &x,
				       NULL))
			continue;
		/* whoever is trusted has a path, unless known as a root */
		if (x.facts.approve >= KITH_LEVEL_LOW && !x.path.n && q->n_roots == 1 &&
		    !x.facts.root)
			abort();
	}
}

static void
resolve_all(struct wot *w, bool by_order, uint64_t *sum)
{
	struct kith_id *keys = wot_keys(w, by_order);
	struct kith_native_params params;
	struct kith_trust_question q;
	struct kith_trust_graph *g = NULL;
	struct kith_trust_result *res = NULL;
	struct kith_crev_params crev = {w->crev_max, {0}, 50};
	size_t i;

	memcpy(crev.cost, w->crev_cost, sizeof(crev.cost));
	if (!keys || wot_graph(w, keys, &g, NULL) || wot_question(w, keys, &params, &q, NULL)) {
		kith_trust_graph_free(g);
		return;
	}
	q.subject = KITH_SPAN_LIT("cargo:foo");
	if (kith_trust_resolve(g, &q, &res, NULL) == KITH_OK) {
		for (i = 0; i < w->names.count; i++) {
			enum kith_level a, b;

			kith_trust_level(res, &keys[i], &a, &b);
			*sum = *sum * 31 + (uint64_t)a * 8 + (uint64_t)b;
			if (a > b && q.threshold <= 1)
				abort(); /* a doubt never gives a voice (trust.md N10) */
		}
		if (!by_order)
			explain_some(w, g, &q, res);
		kith_trust_result_free(res);
		res = NULL;
	}
	q.semantics = KITH_SEMANTICS_CREV;
	q.crev = &crev;
	if (kith_trust_resolve(g, &q, &res, NULL) == KITH_OK)
		kith_trust_result_free(res);
	kith_trust_graph_free(g);
}

/* Ignore lists of one day are compared by key bytes, so such files may differ. */
static bool
has_lists(const struct wot *w)
{
	size_t i;

	for (i = 0; i < w->n_statements; i++)
		if (w->statements[i].over.n)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t a = 1, b = 1;
	struct wot w;

	wot_init(&w);
	if (size < 20000 && wot_read(&w, kith_span(data, size), NULL) == KITH_OK && w.statements &&
	    w.n_statements < 500 && w.roots.n < 5) {
		resolve_all(&w, false, &a);
		resolve_all(&w, true, &b);
		if (a != b && !has_lists(&w))
			abort();
	}
	wot_clear(&w);
	return 0;
}
