/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One more way, by search from both ends in the residual graph of unit vertices (Menger). The two
 * searches advance in turns by the edges they looked at, so that a bottleneck near either end is
 * found at the cost of that end only.
 */
#include "base/base.h"
#include "trust/ways.h"

#define IN(v)  (2 * (v))
#define OUT(v) (2 * (v) + 1)

int
kith_ways_mark(struct kith_trust_ways *w, uint32_t v, unsigned mark, struct kith_error *err)
{
	int r;

	if (!(w->marks[v] & WAYS_TOUCHED)) {
		r = kith_grow(&w->touched, &w->cap_touched, w->n_touched + 1, sizeof(*w->touched),
			      UINT32_MAX, "actors", err);
		if (r)
			return r;
		w->touched[w->n_touched++] = v;
	}
	w->marks[v] |= (uint8_t)(mark | WAYS_TOUCHED);
	return KITH_OK;
}

void
kith_ways_reset(struct kith_trust_ways *w)
{
	size_t i;

	for (i = 0; i < w->n_touched; i++) {
		w->next[w->touched[i]] = w->prev[w->touched[i]] = 0;
		w->marks[w->touched[i]] = 0;
	}
	w->n_touched = 0;
	kith_ways_forget(w);
}

void
kith_ways_forget(struct kith_trust_ways *w)
{
	size_t i;

	for (i = 0; i < w->front.n; i++)
		w->forth[w->front.at[i]] = 0;
	for (i = 0; i < w->rear.n; i++)
		w->back[w->rear.at[i]] = 0;
	w->front.n = w->front.next = w->rear.n = w->rear.next = 0;
}

struct search {
	struct kith_trust_ways *w;
	struct kith_error *err;
	uint32_t meet; /* place + 1 that both sides saw */
	size_t work[2];
};

/* Sees a place from another one (from: place + 2, or 1 for source and sink). */
static int
see(struct search *s, bool forth, uint32_t place, uint32_t from)
{
	struct kith_trust_ways *w = s->w;
	struct ways_queue *q = forth ? &w->front : &w->rear;
	uint32_t *mine = forth ? w->forth : w->back;
	const uint32_t *other = forth ? w->back : w->forth;
	int r;

	s->work[forth ? 0 : 1]++;
	if (mine[place] || s->meet || (w->marks[place / 2] & WAYS_GONE))
		return KITH_OK;
	r = kith_grow(&q->at, &q->cap, q->n + 1, sizeof(*q->at), UINT32_MAX, "actors", s->err);
	if (r)
		return r;
	mine[place] = from;
	q->at[q->n++] = place;
	if (other[place])
		s->meet = place + 1;
	return KITH_OK;
}

static int
go_forth(struct search *s, uint32_t place)
{
	struct kith_trust_ways *w = s->w;
	uint32_t v = place / 2, i;
	int r = KITH_OK;

	if (place == IN(v)) {
		if (!w->prev[v])
			return see(s, true, OUT(v), place + 2);
		if (w->prev[v] - 1 != WAYS_SOURCE)
			return see(s, true, OUT(w->prev[v] - 1), place + 2);
		return KITH_OK;
	}
	for (i = w->succ_rows[v]; i < w->succ_rows[v + 1] && r == KITH_OK; i++)
		r = see(s, true, IN(w->succ[i]), place + 2);
	if (r == KITH_OK && w->prev[v])
		r = see(s, true, IN(v), place + 2);
	return r;
}

static int
go_back(struct search *s, uint32_t place)
{
	struct kith_trust_ways *w = s->w;
	uint32_t v = place / 2, i;
	int r = KITH_OK;

	if (place == OUT(v)) {
		if (!w->prev[v])
			return see(s, false, IN(v), place + 2);
		if (w->next[v] && w->next[v] != WAYS_SINK)
			return see(s, false, IN(w->next[v] - 1), place + 2);
		return KITH_OK;
	}
	for (i = w->pred_rows[v]; i < w->pred_rows[v + 1] && r == KITH_OK; i++)
		r = see(s, false, OUT(w->pred[i]), place + 2);
	if (r == KITH_OK && w->prev[v])
		r = see(s, false, OUT(v), place + 2);
	return r;
}

/* The sink is behind every reviewer whose way does not end with himself. */
static int
start(struct search *s)
{
	struct kith_trust_ways *w = s->w;
	size_t i;
	int r = see(s, true, OUT(WAYS_SOURCE), 1);

	for (i = 0; i < w->n_touched && r == KITH_OK; i++) {
		uint32_t v = w->touched[i];

		if ((w->marks[v] & WAYS_REVIEWER) && w->next[v] != WAYS_SINK)
			r = see(s, false, OUT(v), 1);
	}
	return r;
}

/* What a step from one place to the next does to the ways. */
static int
take_step(struct kith_trust_ways *w, uint32_t from, uint32_t to, struct kith_error *err)
{
	uint32_t a = from / 2, b = to / 2;
	int r;

	if (from == OUT(a) && to == IN(b) && a != b) {
		r = kith_ways_mark(w, b, 0, err);
		if (r)
			return r;
		w->prev[b] = a + 1;
		if (a != WAYS_SOURCE)
			w->next[a] = b + 1;
	} else if (from == OUT(a) && to == IN(a)) {
		w->prev[a] = w->next[a] = 0;
	}
	return KITH_OK;
}

/* After a failure the ways are in disorder: the caller resets them. */
static int
take_way(struct search *s)
{
	struct kith_trust_ways *w = s->w;
	KITH_AUTO_FREE uint32_t *path = NULL;
	size_t n = 0, cap = 0, i;
	uint32_t place = s->meet - 1, at;
	int r = KITH_OK;

	for (at = place;; at = w->forth[at] - 2) {
		r = kith_grow(&path, &cap, n + 1, sizeof(*path), UINT32_MAX, "actors", s->err);
		if (r)
			return r;
		path[n++] = at;
		if (w->forth[at] == 1)
			break;
	}
	for (i = 0; i < n / 2; i++) {
		at = path[i];
		path[i] = path[n - 1 - i];
		path[n - 1 - i] = at;
	}
	for (at = place; w->back[at] != 1;) {
		at = w->back[at] - 2;
		r = kith_grow(&path, &cap, n + 1, sizeof(*path), UINT32_MAX, "actors", s->err);
		if (r)
			return r;
		path[n++] = at;
	}
	for (i = 0; i + 1 < n && r == KITH_OK; i++)
		r = take_step(w, path[i], path[i + 1], s->err);
	if (r == KITH_OK)
		w->next[path[n - 1] / 2] = WAYS_SINK;
	return r;
}

int
kith_ways_augment(struct kith_trust_ways *w, bool *ret_found, struct kith_error *err)
{
	struct search s = {.w = w, .err = err};
	int r;

	kith_ways_forget(w);
	r = start(&s);
	while (r == KITH_OK && !s.meet && w->front.next < w->front.n && w->rear.next < w->rear.n) {
		if (s.work[0] <= s.work[1])
			r = go_forth(&s, w->front.at[w->front.next++]);
		else
			r = go_back(&s, w->rear.at[w->rear.next++]);
	}
	if (r == KITH_OK && s.meet)
		r = take_way(&s);
	if (r == KITH_OK)
		*ret_found = s.meet != 0;
	return r;
}
