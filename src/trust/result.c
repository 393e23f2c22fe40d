/* SPDX-License-Identifier: Apache-2.0 */
/* Resolving by either policy, and reading the answer id by id. */
#include "base/base.h"
#include "trust/result.h"

void
kith_trust_result_free(struct kith_trust_result *r)
{
	if (!r)
		return;
	kith_crev_set_clear(&r->crev);
	kith_native_free(r->native);
	free(r);
}

int
kith_trust_resolve_logged(const struct kith_trust_graph *g, const struct kith_trust_question *q,
			  const struct kith_crev_log *log, struct kith_trust_result **ret_result,
			  struct kith_error *err)
{
	struct kith_trust_result *res = kith_calloc(1, sizeof(*res));
	int r;

	if (!res)
		return kith_fail_nomem(err);
	res->g = g;
	res->semantics = q->semantics;
	if (q->n_roots)
		res->root = q->roots[0];
	if (q->semantics == KITH_SEMANTICS_CREV)
		r = kith_crev_set_compute(g, q, log, &res->crev, err);
	else if (q->semantics == KITH_SEMANTICS_NATIVE)
		r = kith_native_compute(g, q, NULL, &res->native, err);
	else
		r = kith_fail(err, KITH_E_USAGE, "these semantics have no web of trust");
	if (r) {
		kith_trust_result_free(res);
		return r;
	}
	*ret_result = res;
	return KITH_OK;
}

int
kith_trust_resolve(const struct kith_trust_graph *g, const struct kith_trust_question *q,
		   struct kith_trust_result **ret_result, struct kith_error *err)
{
	return kith_trust_resolve_logged(g, q, NULL, ret_result, err);
}

/* Index of an id in the result: of the graph, or just behind it for a root unknown there. */
static uint32_t
index_of(const struct kith_trust_result *r, const struct kith_id *id)
{
	uint32_t i = kith_trust_index(r->g, id);

	if (i == TRUST_NONE && r->crev.n > r->g->h.n_ids && memcmp(&r->root, id, sizeof(*id)) == 0)
		i = r->g->h.n_ids;
	return i;
}

static uint32_t
record(const struct kith_trust_result *r, const struct kith_id *id)
{
	uint32_t i = r->crev.records ? index_of(r, id) : TRUST_NONE;

	return i == TRUST_NONE ? 0 : r->crev.records[i];
}

void
kith_trust_level(const struct kith_trust_result *r, const struct kith_id *id,
		 enum kith_level *ret_approve, enum kith_level *ret_object)
{
	uint32_t rec = record(r, id);
	enum kith_level level = KITH_LEVEL_NONE;

	if (r->native) {
		uint32_t i = kith_native_index(r->native, id);

		*ret_approve = (enum kith_level)kith_native_approve(r->native, i);
		*ret_object = (enum kith_level)kith_native_object(r->native, i);
		return;
	}
	if (REC_LEVEL(rec))
		level = (enum kith_level)REC_LEVEL(rec);
	else if (rec & REC_BANNED)
		level = KITH_LEVEL_DISTRUST;
	*ret_approve = *ret_object = level;
}

bool
kith_trust_member(const struct kith_trust_result *r, const struct kith_id *id,
		  uint64_t *ret_distance)
{
	uint32_t rec = record(r, id);

	if (!REC_LEVEL(rec))
		return false;
	if (ret_distance)
		*ret_distance = rec & REC_DISTANCE;
	return true;
}

bool
kith_trust_banned(const struct kith_trust_result *r, const struct kith_id *id,
		  struct kith_id *ret_by)
{
	if (!(record(r, id) & REC_BANNED))
		return false;
	if (ret_by)
		*ret_by = r->g->keys[r->crev.banners[index_of(r, id)]];
	return true;
}

enum kith_level
kith_trust_ignored(const struct kith_trust_result *r, const struct kith_id *from,
		   const struct kith_id *to)
{
	uint32_t x = kith_trust_index(r->g, from), c = kith_trust_index(r->g, to);

	if (x == TRUST_NONE || c == TRUST_NONE)
		return KITH_LEVEL_DISTRUST;
	return (enum kith_level)kith_crev_mute_level(&r->crev.mutes, x, c);
}

static int
cmp_override(const struct kith_trust_graph *g, const struct trust_override *o, uint32_t about,
	     struct kith_span subject)
{
	if (o->about != about)
		return o->about < about ? -1 : 1;
	return kith_span_cmp(trust_text(g, o->subject, o->subject_len), subject);
}

/* rmute of trust.md 1.2 4: a visit's level is highest the first time. */
enum kith_level
kith_trust_review_override(const struct kith_trust_result *r, const struct kith_id *about,
			   struct kith_span subject)
{
	const struct kith_trust_graph *g = r->g;
	uint32_t x = kith_trust_index(g, about), lo = 0, hi = g->h.n_overrides;
	unsigned level = 0;

	if (x == TRUST_NONE || !r->crev.records)
		return KITH_LEVEL_DISTRUST;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (cmp_override(g, &g->overrides[mid], x, subject) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < g->h.n_overrides && cmp_override(g, &g->overrides[lo], x, subject) == 0; lo++) {
		uint32_t by = g->overrides[lo].by;

		if (by < r->crev.n && REC_VISITED(r->crev.records[by]) > level)
			level = REC_VISITED(r->crev.records[by]);
	}
	return (enum kith_level)level;
}

unsigned
kith_trust_passes(const struct kith_trust_result *r)
{
	return r->crev.passes;
}
