/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that claim to be a sealed graph: refused or misread, never a bad access or endless work. */
#include "trust/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_all(const struct kith_trust_graph *g, struct kith_arena *arena)
{
	struct kith_trust_statement s;
	struct kith_id id;
	struct kith_time since;
	size_t i, n;

	for (i = 0; i < kith_trust_graph_count_statements(g); i++) {
		kith_arena_clear(arena);
		if (kith_trust_graph_statement(g, i, arena, &s, NULL) == KITH_OK)
			(void)kith_trust_graph_revoked(g, &s.to, &since);
	}
	for (i = 0; i < kith_trust_graph_count_scopes(g); i++)
		(void)kith_glob_match(kith_trust_graph_scope(g, i), KITH_SPAN_LIT("cargo:serde"));
	for (i = 0; i < kith_trust_graph_count_floods(g); i++)
		(void)kith_trust_graph_flood(g, i, &id, &n);
}

static void
resolve(const struct kith_trust_graph *g, struct kith_arena *arena)
{
	static const struct kith_native_params wide = {50, 1, 1, 2, false, false};
	struct kith_crev_params crev = {20, {21, 21, 5, 1, 0}, 20};
	struct kith_trust_question q = {.n_roots = 1,
					.native = &wide,
					.crev = &crev,
					.now = {INT64_MAX, 0},
					.subject = KITH_SPAN_LIT("cargo:serde")};
	struct kith_trust_result *res = NULL;
	struct kith_trust_explanation x;
	struct kith_trust_graph *changed = NULL;
	struct kith_trust_change more[2] = {{.kind = KITH_CHANGE_SAY}, {.kind = KITH_CHANGE_SAY}};
	enum kith_level a, b;
	const struct kith_id *last;

	q.roots = kith_trust_graph_id(g, 0);
	if (!q.roots)
		return;
	if (kith_trust_resolve(g, &q, &res, NULL) == KITH_OK) {
		kith_trust_level(res, q.roots, &a, &b);
		last = kith_trust_graph_id(g, kith_trust_graph_count_ids(g) - 1);
		if (kith_trust_explain(g, &q, res, last, arena, &x, NULL) == KITH_OK &&
		    memcmp(&x.id, last, sizeof(x.id)) != 0)
			abort();
		kith_trust_result_free(res);
		res = NULL;
	}
	q.semantics = KITH_SEMANTICS_CREV;
	if (kith_trust_resolve(g, &q, &res, NULL) == KITH_OK) {
		(void)kith_trust_review_override(res, q.roots, KITH_SPAN_LIT("x"));
		kith_trust_result_free(res);
	}
	if (kith_trust_graph_change(g, NULL, 0, &changed, NULL) == KITH_OK)
		kith_trust_graph_free(changed);
	changed = NULL;
	more[0].statement.to = more[1].statement.from = more[1].statement.to = *q.roots;
	more[1].statement.from.bytes[KITH_ID_BYTES - 1] ^= 1;
	more[0].statement.from = more[1].statement.from;
	more[0].statement.to.bytes[0] ^= 1;
	res = NULL;
	if (kith_trust_graph_change(g, more, 2, &changed, NULL) == KITH_OK) {
		if (kith_trust_resolve(changed, &q, &res, NULL) == KITH_OK)
			kith_trust_result_free(res);
		kith_trust_graph_free(changed);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_FREE uint64_t *copy = NULL;
	struct kith_trust_graph *g = NULL;

	kith_arena_init(&arena, KITH_MIB(8));
	copy = size < 20000 ? malloc(size + 8) : NULL;
	if (!copy)
		return 0;
	memcpy(copy, data, size); /* aligned as the index aligns it */
	if (kith_trust_graph_open(kith_span(copy, size), &g, NULL) == KITH_OK) {
		read_all(g, &arena);
		resolve(g, &arena);
		kith_trust_graph_free(g);
	}
	return 0;
}
