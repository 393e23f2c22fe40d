/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --fresh-objections (verdict.md 10): pins must not blind. The project is judged by what is here
 * now as well; what that objects to counts, and whom it distrusts or who revoked his key approves
 * nothing. It can only make the pinned verdict worse.
 */
#include "app/judge.h"
#include "app/pinned.h"
#include "crypto/crypto.h"
#include "trust/explain.h"

int
kith_app_fresh_begin(struct kith_app_run *run, struct kith_error *err)
{
	int r;

	run->live_options = *run->options;
	run->live_options.fresh_objections = run->live_options.locked = 0;
	run->live_options.stats = 0;
	r = kith_app_judge(run->session, &run->live_options, NULL, false, &run->live, err);
	return r ? kith_context(err, r, "--fresh-objections") : KITH_OK;
}

/* --- whom one distrusts by now --- */

struct doubting {
	struct kith_trust_change *list;
	size_t n, cap;
	struct kith_arena arena;
};

static void
doubting_clear(struct doubting *d)
{
	free(d->list);
	kith_arena_clear(&d->arena);
}

static bool
is_same(const struct kith_trust_statement *a, const struct kith_trust_statement *b)
{
	return memcmp(&a->to, &b->to, sizeof(a->to)) == 0 && kith_span_eq(a->scope, b->scope);
}

/* Whether its author has said something newer about the same; a revocation stays (N11). */
static int
is_in_force(const struct kith_trust_graph *g, size_t first, size_t end,
	    const struct kith_trust_statement *s, bool *ret, struct kith_error *err)
{
	struct kith_trust_statement other;
	size_t i;
	int r = KITH_OK;

	*ret = true;
	if (memcmp(&s->from, &s->to, sizeof(s->from)) == 0)
		return KITH_OK;
	for (i = first; !r && i < end && *ret; i++) {
		r = kith_trust_graph_statement(g, i, NULL, &other, err);
		*ret = r || !is_same(s, &other) || kith_time_cmp(other.date, s->date) <= 0;
	}
	return r;
}

static int
add_doubt(struct doubting *d, const struct kith_trust_statement *s, struct kith_error *err)
{
	int r = kith_grow(&d->list, &d->cap, d->n + 1, sizeof(*d->list), SIZE_MAX / 2, "statements",
			  err);

	if (!r)
		d->list[d->n++] = (struct kith_trust_change){KITH_CHANGE_SAY, *s};
	return r;
}

/* Distrust that the pinned graph has in force as well needs no change. */
static int
is_pinned(const struct kith_trust_graph *g, const struct kith_trust_statement *s, bool *ret,
	  struct kith_error *err)
{
	struct kith_trust_statement other;
	size_t i, first, end;
	int r = KITH_OK;

	*ret = false;
	if (!kith_trust_graph_row(g, &s->from, &first, &end))
		return KITH_OK;
	for (i = first; !r && i < end && !*ret; i++) {
		r = kith_trust_graph_statement(g, i, NULL, &other, err);
		*ret = !r && is_same(s, &other) && other.level == KITH_LEVEL_DISTRUST &&
		       kith_time_cmp(other.date, s->date) == 0;
	}
	return r;
}

static int
gather_doubts(const struct kith_trust_graph *live, const struct kith_trust_graph *pinned,
	      struct doubting *d, struct kith_error *err)
{
	struct kith_trust_statement s;
	const struct kith_id *id;
	size_t n, i, first, end;
	bool fresh, known;
	int r = KITH_OK;

	for (n = 0; !r && (id = kith_trust_graph_id(live, n)); n++) {
		if (!kith_trust_graph_row(live, id, &first, &end))
			continue;
		for (i = first; !r && i < end; i++) {
			r = kith_trust_graph_statement(live, i, &d->arena, &s, err);
			if (r || s.level != KITH_LEVEL_DISTRUST)
				continue;
			r = is_pinned(pinned, &s, &known, err);
			if (!r)
				r = is_in_force(live, first, end, &s, &fresh, err);
			if (!r && fresh && !known)
				r = add_doubt(d, &s, err);
		}
	}
	return r;
}

int
kith_app_fresh_graph(struct kith_app_run *run, struct kith_error *err)
{
	KITH_CLEANUP(doubting_clear) struct doubting d = {.n = 0};
	int r;

	kith_arena_init(&d.arena, KITH_MIB(256));
	r = gather_doubts(run->live->graph, run->graph, &d, err);
	if (!r && d.n)
		r = kith_trust_graph_change(run->graph, d.list, d.n, &run->own_graph, err);
	if (!r && d.n)
		run->graph = run->own_graph;
	return r;
}

/* --- what is objected to by now --- */

int
kith_app_fresh_merge(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_app_run *live = run->live;
	const struct kith_lock *lock = live->project->lock;
	size_t i, n = 0;

	if (lock->count != run->project->lock->count)
		return kith_fail(err, KITH_E_IO, "the lock file changed while it was judged");
	for (i = 0; i < live->report.n_rows; i++) {
		const struct kith_report_row *now = &live->rows[i];
		struct kith_report_row *row = &run->rows[now->package - lock->packages];

		if (now->verdict.status > KITH_STATUS_NEGATIVE ||
		    now->verdict.status >= row->verdict.status)
			continue;
		row->verdict = now->verdict;
		row->mismatch = now->mismatch;
		row->claims = now->claims;
		row->n_claims = now->n_claims;
		row->subject.mismatch = now->subject.mismatch;
		n++;
	}
	if (n)
		kith_app_note(run->session,
			      "%zu package%s not pass because of what was said since it was pinned",
			      n, n == 1 ? " does" : "s do");
	return KITH_OK;
}

/* Who is named now may not be known in the pinned state; both made this verdict. */
void
kith_app_fresh_end(struct kith_app_run *run)
{
	uint8_t both[2 * KITH_DIGEST_BYTES];

	memcpy(both, run->report.inputs.claims.bytes, KITH_DIGEST_BYTES);
	memcpy(both + KITH_DIGEST_BYTES, run->live->report.inputs.claims.bytes, KITH_DIGEST_BYTES);
	kith_blake2b(kith_span(both, sizeof(both)), &run->report.inputs.claims);
	run->names.index = run->live->index;
}
