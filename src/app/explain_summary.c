/* SPDX-License-Identifier: Apache-2.0 */
/* What the whole verdict hangs on: people, single points of failure, vetoes. */
#include "app/explain.h"

#include "app/levels.h"
#include "codec/base64.h"
#include "trust/explain.h"

#define SHOWN ((size_t)10)

/* How many verified packages hang on one party alone. */
struct tally {
	struct kith_party party;
	size_t packages;
};

static bool
same_party(const struct kith_party *a, const struct kith_party *b)
{
	if (a->is_id != b->is_id)
		return false;
	if (a->is_id)
		return memcmp(a->id.bytes, b->id.bytes, KITH_ID_BYTES) == 0;
	return a->source == b->source && kith_span_eq(a->name, b->name);
}

static int
compare_tallies(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->packages != y->packages)
		return x->packages > y->packages ? -1 : 1;
	return memcmp(x->party.id.bytes, y->party.id.bytes, KITH_ID_BYTES);
}

static int
add_tally(struct tally **list, size_t *n, size_t *cap, const struct kith_party *p,
	  struct kith_error *err)
{
	size_t i;
	int r;

	for (i = 0; i < *n; i++) {
		if (same_party(&(*list)[i].party, p)) {
			(*list)[i].packages++;
			return KITH_OK;
		}
	}
	r = kith_grow(list, cap, *n + 1, sizeof(**list), SIZE_MAX / 64, "parties", err);
	if (!r)
		(*list)[(*n)++] = (struct tally){*p, 1};
	return r;
}

static int
put_hangs_on(const struct kith_app_run *run, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_FREE struct tally *list = NULL;
	size_t n = 0, cap = 0, i, j, verified = 0;
	int r = KITH_OK;

	for (i = 0; !r && i < run->report.n_rows; i++) {
		const struct kith_verdict *v = &run->rows[i].verdict;

		if (v->status != KITH_STATUS_VERIFIED)
			continue;
		verified++;
		for (j = 0; !r && j < v->n_hangs_on; j++)
			r = add_tally(&list, &n, &cap, &v->hangs_on[j], err);
	}
	if (r)
		return r;
	kith_buf_printf(out, "%zu of %zu packages are verified\n", verified, run->report.n_rows);
	if (n)
		qsort(list, n, sizeof(*list), compare_tallies);
	for (i = 0; i < n && i < SHOWN; i++) {
		kith_buf_printf(out, "  %4zu hang on ", list[i].packages);
		kith_report_party(&run->report, &list[i].party, out);
		kith_buf_put_char(out, '\n');
	}
	return KITH_OK;
}

static int
put_carriers(struct kith_app_names *names, const struct kith_app_levels *levels,
	     struct kith_arena *arena, struct kith_buf *out, struct kith_error *err)
{
	const struct kith_trust_carrier *list;
	struct kith_trust_ways *ways;
	size_t n, i;
	int r;

	r = kith_trust_ways_new(levels->result, KITH_LEVEL_LOW, &ways, err);
	if (r)
		return r;
	r = kith_trust_ways_carriers(ways, arena, &list, &n, err);
	if (!r && n) {
		kith_buf_put_str(out, "single points of failure: whoever controls one of these "
				      "introduces alone\n");
		for (i = 0; i < n && i < SHOWN; i++) {
			kith_buf_printf(out, "  %4u people through ", list[i].carried);
			kith_app_put_name(
			    names, kith_trust_person_id(levels->result, list[i].person), out);
			kith_buf_put_char(out, '\n');
		}
	}
	kith_trust_ways_free(ways);
	return r;
}

static void
put_vetoes(struct kith_app_names *names, const struct kith_app_levels *levels, struct kith_buf *out)
{
	size_t i, shown = 0;

	for (i = 0; i < levels->n_doubts && shown < SHOWN; i++) {
		const struct kith_trust_doubt *d = &levels->doubts[i];

		if (!d->blocks)
			continue;
		if (!shown++)
			kith_buf_put_str(out, "vetoes of your contacts\n");
		kith_buf_put_str(out, "  ");
		kith_app_put_name(names, kith_trust_person_id(levels->result, d->by), out);
		kith_buf_put_str(out, " blocks ");
		kith_app_put_name(names, kith_trust_person_id(levels->result, d->about), out);
		kith_buf_put_char(out, '\n');
	}
}

static void
put_size(const struct kith_app_levels *levels, struct kith_buf *out)
{
	size_t counts[KITH_LEVEL_COUNT] = {0}, contacts = 0, i;
	struct kith_trust_person p;

	for (i = 0; i < kith_trust_count_persons(levels->result); i++) {
		kith_trust_person(levels->result, i, &p);
		counts[p.approve]++;
		contacts += p.contact > KITH_LEVEL_NONE;
	}
	kith_buf_printf(out,
			"people: %zu high, %zu medium, %zu low; %zu of them you trust "
			"yourself\n",
			counts[KITH_LEVEL_HIGH], counts[KITH_LEVEL_MEDIUM], counts[KITH_LEVEL_LOW],
			contacts);
}

int
kith_app_explain_summary(struct kith_session *s, const struct kith_app_levels *levels,
			 const struct kith_explain_options *o, struct kith_buf *out,
			 struct kith_error *err)
{
	const struct kith_verify_options verify = {
	    .path = o->path, .roots = o->roots, .n_roots = o->n_roots};
	struct kith_app_names names = {.config = &levels->config};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_app_run *run = NULL;
	struct kith_index *ix;
	int r;

	kith_arena_init(&arena, KITH_MIB(256));
	r = kith_app_index(s, &ix, err);
	if (!r)
		r = kith_app_judge(s, &verify, NULL, false, &run, err);
	if (!r)
		r = put_hangs_on(run, out, err);
	kith_app_run_free(run);
	if (r)
		return r;
	names.index = ix;
	put_size(levels, out);
	r = put_carriers(&names, levels, &arena, out, err);
	put_vetoes(&names, levels, out);
	return r ? r : kith_buf_check(out, err);
}
