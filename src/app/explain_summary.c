/* SPDX-License-Identifier: Apache-2.0 */
/* What the whole verdict hangs on: people, single points of failure, vetoes. */
#include "app/explain.h"

#include "app/levels.h"
#include "codec/base64.h"
#include "codec/json.h"
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
list_tallies(const struct kith_app_run *run, struct tally **list, size_t *ret_n,
	     struct kith_error *err)
{
	size_t n = 0, cap = 0, i, j;
	int r = KITH_OK;

	for (i = 0; !r && i < run->report.n_rows; i++) {
		const struct kith_verdict *v = &run->rows[i].verdict;

		for (j = 0; !r && v->status == KITH_STATUS_VERIFIED && j < v->n_hangs_on; j++)
			r = add_tally(list, &n, &cap, &v->hangs_on[j], err);
	}
	if (!r && n)
		qsort(*list, n, sizeof(**list), compare_tallies);
	*ret_n = n;
	return r;
}

static int
put_hangs_on(const struct kith_app_run *run, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_FREE struct tally *list = NULL;
	size_t n, i;
	int r = list_tallies(run, &list, &n, err);

	if (r)
		return r;
	kith_buf_printf(out, "%zu of %zu packages are verified\n",
			run->report.counts[KITH_STATUS_VERIFIED], run->report.n_rows);
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

	if (!levels->known)
		return KITH_OK;
	r = kith_trust_ways_new(levels->result, KITH_LEVEL_LOW, &ways, err);
	if (r)
		return r;
	r = kith_trust_ways_carriers(ways, arena, &list, &n, err);
	if (!r && n) {
		kith_buf_put_str(out, "single points of failure: whoever controls one of these "
				      "introduces alone\n");
		for (i = 0; i < n && i < SHOWN; i++) {
			kith_buf_printf(out, "  %4u %s through ", list[i].carried,
					list[i].carried == 1 ? "person" : "people");
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

static size_t
count_people(const struct kith_app_levels *levels, size_t counts[KITH_LEVEL_COUNT])
{
	struct kith_trust_person p;
	size_t contacts = 0, i;

	for (i = 0; levels->known && i < kith_trust_count_persons(levels->result); i++) {
		kith_trust_person(levels->result, i, &p);
		counts[p.approve] += !p.root;
		contacts += p.contact > KITH_LEVEL_NONE;
	}
	return contacts;
}

static void
put_size(const struct kith_app_levels *levels, struct kith_buf *out)
{
	size_t counts[KITH_LEVEL_COUNT] = {0}, contacts = count_people(levels, counts);

	if (!levels->known) {
		kith_buf_put_str(out, "people: nobody is trusted, for no root is named\n");
		return;
	}
	kith_buf_printf(out,
			"people: %zu high, %zu medium, %zu low; %zu of them you trust "
			"yourself\n",
			counts[KITH_LEVEL_HIGH], counts[KITH_LEVEL_MEDIUM], counts[KITH_LEVEL_LOW],
			contacts);
}

/* --- JSON: everything, where the text shows the first few --- */

static void
json_person(const struct kith_app_levels *levels, struct kith_json_writer *w, const char *key,
	    uint32_t person)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, kith_trust_person_id(levels->result, person)->bytes);
	kith_json_member_str(w, key, text);
}

static int
json_hangs_on(const struct kith_app_run *run, struct kith_json_writer *w, struct kith_error *err)
{
	KITH_AUTO_FREE struct tally *list = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	char text[KITH_ID_TEXT + 1];
	size_t n, i;
	int r;

	kith_buf_init(&b, KITH_KIB(4));
	r = list_tallies(run, &list, &n, err);
	kith_json_put_key(w, "hang_on");
	kith_json_open_array(w);
	for (i = 0; !r && i < n; i++) {
		kith_json_open_object(w);
		kith_base64_id(text, list[i].party.id.bytes);
		kith_json_member_str(w, "id", list[i].party.is_id ? text : NULL);
		kith_buf_reset(&b);
		kith_report_party(&run->report, &list[i].party, &b);
		kith_json_member_string(w, "name", kith_buf_carry(w->out, &b));
		kith_json_member_integer(w, "packages", (int64_t)list[i].packages);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
	return r;
}

static int
json_carriers(const struct kith_app_levels *levels, struct kith_json_writer *w,
	      struct kith_arena *arena, struct kith_error *err)
{
	const struct kith_trust_carrier *list = NULL;
	struct kith_trust_ways *ways = NULL;
	size_t n = 0, i;
	int r = KITH_OK;

	if (levels->known)
		r = kith_trust_ways_new(levels->result, KITH_LEVEL_LOW, &ways, err);
	if (r)
		return r;
	if (ways)
		r = kith_trust_ways_carriers(ways, arena, &list, &n, err);
	kith_json_put_key(w, "carriers");
	kith_json_open_array(w);
	for (i = 0; !r && i < n; i++) {
		kith_json_open_object(w);
		json_person(levels, w, "id", list[i].person);
		kith_json_member_integer(w, "people", list[i].carried);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
	kith_trust_ways_free(ways);
	return r;
}

static void
json_vetoes(const struct kith_app_levels *levels, struct kith_json_writer *w)
{
	size_t i;

	kith_json_put_key(w, "vetoes");
	kith_json_open_array(w);
	for (i = 0; i < levels->n_doubts; i++) {
		if (!levels->doubts[i].blocks)
			continue;
		kith_json_open_object(w);
		json_person(levels, w, "by", levels->doubts[i].by);
		json_person(levels, w, "about", levels->doubts[i].about);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static int
put_json(const struct kith_app_run *run, const struct kith_app_levels *levels,
	 struct kith_arena *arena, struct kith_buf *out, struct kith_error *err)
{
	size_t counts[KITH_LEVEL_COUNT] = {0}, contacts = count_people(levels, counts);
	struct kith_json_writer w;
	int r;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.explain-summary/1");
	kith_json_member_integer(&w, "packages", (int64_t)run->report.n_rows);
	kith_json_member_integer(&w, "verified", (int64_t)run->report.counts[KITH_STATUS_VERIFIED]);
	r = json_hangs_on(run, &w, err);
	kith_json_put_key(&w, "people");
	kith_json_open_object(&w);
	kith_json_member_integer(&w, "high", (int64_t)counts[KITH_LEVEL_HIGH]);
	kith_json_member_integer(&w, "medium", (int64_t)counts[KITH_LEVEL_MEDIUM]);
	kith_json_member_integer(&w, "low", (int64_t)counts[KITH_LEVEL_LOW]);
	kith_json_member_integer(&w, "contacts", (int64_t)contacts);
	kith_json_close_object(&w);
	if (!r)
		r = json_carriers(levels, &w, arena, err);
	json_vetoes(levels, &w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
	return r;
}

static int
put_text(struct kith_app_run *run, const struct kith_app_levels *levels, struct kith_arena *arena,
	 struct kith_buf *out, struct kith_error *err)
{
	struct kith_app_names names = {
	    .index = run->index, .config = &levels->config, .exact = true};
	int r;

	run->names.exact = true;
	r = put_hangs_on(run, out, err);
	if (r)
		return r;
	put_size(levels, out);
	r = put_carriers(&names, levels, arena, out, err);
	put_vetoes(&names, levels, out);
	return r;
}

int
kith_app_explain_summary(struct kith_session *s, const struct kith_app_levels *levels,
			 const struct kith_explain_options *o, struct kith_buf *out,
			 struct kith_error *err)
{
	const struct kith_verify_options verify = {
	    .path = o->path, .roots = o->roots, .n_roots = o->n_roots};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_app_run *run = NULL;
	int r;

	kith_arena_init(&arena, KITH_MIB(256));
	r = kith_app_judge(s, &verify, NULL, false, &run, err);
	if (!r)
		r = o->format == KITH_FORMAT_JSON ? put_json(run, levels, &arena, out, err)
						  : put_text(run, levels, &arena, out, err);
	kith_app_run_free(run);
	return r ? r : kith_buf_check(out, err);
}
