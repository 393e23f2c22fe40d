/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of a project there is evidence about, of which kind, and what would help most. Counts
 * what was said, whoever said it: the verdict alone says what it is worth.
 */
#include "codec/base64.h"
#include "codec/json.h"
#include "report/stats.h"

#define HELPS_SHOWN 5

/* What was said of this very version, or about who publishes the package. */
#define SAID_REVIEW 1U
#define SAID_AUDIT  2U
#define SAID_VOUCH  4U
#define SAID_NAME   8U /* anything that approves some version */

static unsigned
said_of(const struct kith_report_row *row, const struct kith_claim *c)
{
	bool ours = kith_span_eq(c->version, row->package->version);

	switch (c->kind) {
	case KITH_CLAIM_REVIEW:
		if (c->empty || c->rating == KITH_RATING_NEGATIVE)
			return 0;
		return SAID_NAME | (ours ? SAID_REVIEW : 0);
	case KITH_CLAIM_AUDIT:
		return SAID_NAME | (ours ? SAID_AUDIT : 0);
	case KITH_CLAIM_VOUCH:
		return SAID_NAME | SAID_VOUCH;
	case KITH_CLAIM_VIOLATION:
	case KITH_CLAIM_ADVISORY:
		break;
	}
	return 0;
}

static void
count_row(struct kith_report_stats *s, const struct kith_report_row *row)
{
	unsigned said = 0;
	size_t i;

	if (row->verdict.status == KITH_STATUS_LOCAL)
		return;
	s->packages++;
	/* evidence is about the default registry's packages only (verdict.md 1) */
	for (i = 0; i < row->n_claims && row->package->origin == KITH_ORIGIN_REGISTRY; i++)
		said |= said_of(row, &row->claims[i]);
	s->review += (said & SAID_REVIEW) != 0;
	s->audit += (said & SAID_AUDIT) != 0;
	s->version += (said & (SAID_REVIEW | SAID_AUDIT)) != 0;
	s->vouch += (said & SAID_VOUCH) != 0;
	s->any += (said & (SAID_REVIEW | SAID_AUDIT | SAID_VOUCH)) != 0;
	s->name += (said & SAID_NAME) != 0;
	s->objected += row->verdict.n_objections > 0;
	s->noted += row->verdict.n_notes > 0;
	s->unknown += row->n_unknown > 0;
	if (row->verdict.status == KITH_STATUS_INSUFFICIENT)
		s->misses[row->verdict.miss]++;
}

static bool
is_same(const struct kith_party *a, const struct kith_party *b)
{
	if (a->is_id != b->is_id)
		return false;
	return a->is_id ? memcmp(a->id.bytes, b->id.bytes, KITH_ID_BYTES) == 0
			: a->source == b->source;
}

static int
cmp_party(const void *pa, const void *pb)
{
	const struct kith_report_help *a = pa, *b = pb;

	if (a->who.is_id != b->who.is_id)
		return a->who.is_id ? -1 : 1;
	if (a->who.is_id)
		return memcmp(a->who.id.bytes, b->who.id.bytes, KITH_ID_BYTES);
	return (a->who.source > b->who.source) - (a->who.source < b->who.source);
}

static int
cmp_help(const void *pa, const void *pb)
{
	const struct kith_report_help *a = pa, *b = pb;

	if (a->packages != b->packages)
		return a->packages > b->packages ? -1 : 1;
	return cmp_party(a, b);
}

static size_t
count_repairs(const struct kith_report *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->n_rows; i++)
		n += r->rows[i].verdict.n_repairs;
	return n;
}

/* Whose trust alone would turn how many packages into verified ones. */
static int
find_helps(struct kith_report_stats *s, const struct kith_report *r, struct kith_error *err)
{
	size_t n = 0, i, k, all = count_repairs(r);

	s->helps = kith_calloc(all + 1, sizeof(*s->helps));
	if (!s->helps)
		return kith_fail_nomem(err);
	for (i = 0; i < r->n_rows; i++) {
		const struct kith_verdict *v = &r->rows[i].verdict;

		for (k = 0; k < v->n_repairs && v->status == KITH_STATUS_INSUFFICIENT; k++)
			if (v->repairs[k].independent >= v->requirement.independent)
				s->helps[n++] = (struct kith_report_help){v->repairs[k].who, 1};
	}
	qsort(s->helps, n, sizeof(*s->helps), cmp_party);
	for (i = 0; i < n; i++) {
		if (s->n_helps && is_same(&s->helps[s->n_helps - 1].who, &s->helps[i].who))
			s->helps[s->n_helps - 1].packages++;
		else
			s->helps[s->n_helps++] = s->helps[i];
	}
	qsort(s->helps, s->n_helps, sizeof(*s->helps), cmp_help);
	if (s->n_helps > HELPS_SHOWN)
		s->n_helps = HELPS_SHOWN;
	return KITH_OK;
}

int
kith_report_stats_make(const struct kith_report *r, struct kith_report_stats *ret_stats,
		       struct kith_error *err)
{
	struct kith_report_stats s = {.packages = 0};
	size_t i;
	int rc;

	for (i = 0; i < r->n_rows; i++)
		count_row(&s, &r->rows[i]);
	rc = find_helps(&s, r, err);
	if (!rc)
		*ret_stats = s;
	return rc;
}

void
kith_report_stats_clear(struct kith_report_stats *s)
{
	free(s->helps);
}

/* --- text --- */

static void
put_line(const struct kith_report_stats *s, const char *what, size_t n, struct kith_buf *out)
{
	kith_buf_printf(out, "  %-44s %5zu  %3zu %%\n", what, n,
			s->packages ? (200 * n + s->packages) / (2 * s->packages) : 0);
}

static void
put_coverage(const struct kith_report_stats *s, struct kith_buf *out)
{
	kith_buf_printf(out, "evidence about %zu package%s, whoever gave it:\n", s->packages,
			s->packages == 1 ? "" : "s");
	put_line(s, "a signed review of this version", s->review, out);
	put_line(s, "an audit of this version in a set", s->audit, out);
	put_line(s, "either of them", s->version, out);
	put_line(s, "a vouch for somebody who publishes it", s->vouch, out);
	put_line(s, "any of these", s->any, out);
	put_line(s, "something about any version", s->name, out);
	put_line(s, "nothing at all", s->packages - s->name, out);
	put_line(s, "an objection in force", s->objected, out);
	if (s->noted)
		put_line(s, "a note", s->noted, out);
	if (s->unknown)
		put_line(s, "an advisory that cannot be judged", s->unknown, out);
}

void
kith_report_stats_put(const struct kith_report *r, const struct kith_report_stats *s,
		      struct kith_buf *out)
{
	bool any = false;
	char text[KITH_ID_TEXT + 1];
	size_t i;

	put_coverage(s, out);
	for (i = 0; i < KITH_MISS_COUNT; i++) {
		if (!s->misses[i])
			continue;
		kith_buf_printf(out, "%s %s %zu",
				any ? "," : "insufficient:", kith_miss_name((enum kith_miss)i),
				s->misses[i]);
		any = true;
	}
	if (any)
		kith_buf_put_char(out, '\n');
	for (i = 0; i < s->n_helps; i++) {
		kith_buf_put_str(out, i ? "            trusting " : "would help: trusting ");
		kith_report_party(r, &s->helps[i].who, out);
		if (s->helps[i].who.is_id) {
			kith_base64_id(text, s->helps[i].who.id.bytes);
			kith_buf_printf(out, " (%s)", text);
		}
		kith_buf_printf(out, " as required: %zu package%s\n", s->helps[i].packages,
				s->helps[i].packages == 1 ? "" : "s");
	}
}

/* --- JSON --- */

static void
put_number(struct kith_json_writer *w, const char *key, size_t n)
{
	kith_json_member_integer(w, key, (int64_t)n);
}

static void
put_helps(const struct kith_report *r, const struct kith_report_stats *s,
	  struct kith_json_writer *w)
{
	char text[KITH_ID_TEXT + 1];
	size_t i;

	kith_json_put_key(w, "helps");
	kith_json_open_array(w);
	for (i = 0; i < s->n_helps; i++) {
		const struct kith_party *p = &s->helps[i].who;

		kith_json_open_object(w);
		if (p->is_id) {
			kith_base64_id(text, p->id.bytes);
			kith_json_member_str(w, "author", text);
		} else if (p->source < r->n_sources) {
			kith_json_member_string(w, "author", r->sources[p->source].name);
		}
		put_number(w, "packages", s->helps[i].packages);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

void
kith_report_stats_json(const struct kith_report *r, const struct kith_report_stats *s,
		       struct kith_json_writer *w)
{
	size_t i;

	kith_json_put_key(w, "stats");
	kith_json_open_object(w);
	put_number(w, "packages", s->packages);
	put_number(w, "review", s->review);
	put_number(w, "audit", s->audit);
	put_number(w, "review_or_audit", s->version);
	put_number(w, "vouch", s->vouch);
	put_number(w, "any", s->any);
	put_number(w, "name", s->name);
	put_number(w, "nothing", s->packages - s->name);
	put_number(w, "objected", s->objected);
	put_number(w, "noted", s->noted);
	put_number(w, "cannot_be_judged", s->unknown);
	kith_json_put_key(w, "misses");
	kith_json_open_object(w);
	for (i = 0; i < KITH_MISS_COUNT; i++)
		if (s->misses[i])
			put_number(w, kith_miss_name((enum kith_miss)i), s->misses[i]);
	kith_json_close_object(w);
	put_helps(r, s, w);
	kith_json_close_object(w);
}
