/* SPDX-License-Identifier: Apache-2.0 */
/* The words behind a status. Decides nothing: every reason comes from the verdict. */
#include "codec/base64.h"
#include "report/report.h"

#define ID_SHORT   8  /* characters of an id in a table */
#define NAME_WIDTH 40 /* columns of somebody's text in a reason */

void
kith_report_id(const struct kith_report *r, const struct kith_id *id, struct kith_buf *out)
{
	const char *name = r->name_of ? r->name_of(r->name_ctx, id) : NULL;
	char text[KITH_ID_TEXT + 1];

	if (name) {
		kith_text_safe(out, kith_span_str(name), NAME_WIDTH);
		return;
	}
	kith_base64_id(text, id->bytes);
	kith_buf_put(out, text, ID_SHORT);
	kith_buf_put_str(out, "…");
}

static void
put_source(const struct kith_report *r, uint32_t set, struct kith_buf *out)
{
	if (set < r->n_sources)
		kith_text_safe(out, r->sources[set].name, NAME_WIDTH);
	else
		kith_buf_put_str(out, "a source");
}

void
kith_report_author(const struct kith_report *r, const struct kith_claim *claim,
		   struct kith_buf *out)
{
	if (claim->is_signed)
		kith_report_id(r, &claim->author, out);
	else
		put_source(r, claim->set, out);
}

void
kith_report_party(const struct kith_report *r, const struct kith_party *p, struct kith_buf *out)
{
	if (p->is_id)
		kith_report_id(r, &p->id, out);
	else if (p->source != UINT32_MAX)
		put_source(r, p->source, out);
	else
		kith_text_safe(out, p->name, NAME_WIDTH);
}

void
kith_report_objection(const struct kith_report *r, const struct kith_objection *o,
		      struct kith_buf *out)
{
	switch (o->kind) {
	case KITH_OBJECTION_NEGATIVE:
		kith_buf_put_str(out, "negative review by ");
		break;
	case KITH_OBJECTION_BYTES:
		kith_buf_put_str(out, "other bytes were reviewed by ");
		break;
	case KITH_OBJECTION_ISSUE:
		kith_buf_put_str(out, "open issue ");
		kith_text_safe(out, o->issue, NAME_WIDTH);
		kith_buf_printf(out, " (%s) by ", kith_level_name(o->severity));
		break;
	case KITH_OBJECTION_VIOLATION:
		kith_buf_put_str(out, "violation found by ");
		break;
	case KITH_OBJECTION_ADVISORY:
		kith_report_advisory(o->claim, out);
		return;
	case KITH_OBJECTION_YANKED:
		kith_buf_put_str(out, "yanked from the registry");
		return;
	}
	if (o->claim)
		kith_report_author(r, o->claim, out);
}

static void
put_objections(const struct kith_report *r, const struct kith_verdict *v, struct kith_buf *out)
{
	if (!v->n_objections)
		return;
	kith_report_objection(r, &v->objections[0], out);
	if (v->n_objections > 1)
		kith_buf_printf(out, ", and %zu more", v->n_objections - 1);
}

/* "kornelski 1.9.0 → 1.9.1, dpc 1.9.1 → 1.10.0", or the reviewer alone for a full approval. */
static void
put_chain(const struct kith_report *r, const struct kith_verdict *v, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < v->n_chain; i++) {
		const struct kith_link *l = &v->chain[i];

		kith_buf_put_str(out, i ? ", " : "");
		kith_report_author(r, l->claim, out);
		if (l->from.len || v->n_chain > 1) {
			kith_buf_put_char(out, ' ');
			if (l->from.len) {
				kith_text_safe(out, l->from, NAME_WIDTH);
				kith_buf_put_str(out, " → ");
			}
			kith_text_safe(out, l->to, NAME_WIDTH);
		} else if (l->claim->kind == KITH_CLAIM_REVIEW) {
			kith_buf_printf(out, " (%s)", kith_rating_name(l->claim->rating));
		}
	}
	if (v->independent > 1)
		kith_buf_printf(out, "; %s%u independent", v->independent_is_least ? "≥" : "",
				v->independent);
}

static void
put_nearest(const struct kith_report *r, const struct kith_report_row *row, const char *before,
	    const char *after, struct kith_buf *out)
{
	const struct kith_claim *c = row->verdict.nearest;

	kith_buf_put_str(out, before);
	if (!c)
		return;
	kith_report_author(r, c, out);
	kith_buf_put_str(out, after);
}

static void
put_hangs_on(const struct kith_report *r, const struct kith_verdict *v, struct kith_buf *out)
{
	size_t i;

	kith_buf_printf(out, "%u independent, %u required", v->independent,
			v->requirement.independent);
	for (i = 0; i < v->n_hangs_on; i++) {
		kith_buf_put_str(out, i ? ", " : ": all hang on ");
		kith_report_party(r, &v->hangs_on[i], out);
	}
}

static void
put_another_version(const struct kith_report *r, const struct kith_report_row *row,
		    struct kith_buf *out)
{
	const struct kith_claim *c = row->verdict.nearest;

	if (!c) {
		kith_buf_put_str(out, "only another version was reviewed");
		return;
	}
	kith_report_author(r, c, out);
	kith_buf_put_str(out, " reviewed ");
	kith_text_safe(out, c->version, NAME_WIDTH);
}

/* Whose it was, so that the reader knows whom to ask. */
static void
put_expired(const struct kith_exemption *x, struct kith_buf *out)
{
	kith_buf_put_str(out, "its exemption has expired");
	if (!x)
		return;
	kith_buf_put_str(out, " (");
	kith_time_put_date(out, x->until);
	if (x->owner.len) {
		kith_buf_put_str(out, ", ");
		kith_text_safe(out, x->owner, NAME_WIDTH);
	}
	kith_buf_put_char(out, ')');
	if (x->reason.len) {
		kith_buf_put_str(out, ": ");
		kith_text_safe(out, x->reason, NAME_WIDTH);
	}
}

/* Neither from the registry nor ever approved: an exemption is all it can have. */
static void
put_origin(const struct kith_report_row *row, const char *what, struct kith_buf *out)
{
	kith_buf_put_str(out, what);
	if (!row->verdict.exemption)
		return;
	kith_buf_put_str(out, "; ");
	put_expired(row->verdict.exemption, out);
}

static void
put_miss(const struct kith_report *r, const struct kith_report_row *row, struct kith_buf *out)
{
	switch (row->verdict.miss) {
	case KITH_MISS_NONE:
		break;
	case KITH_MISS_PATH_COPY:
		put_origin(row,
			   r->kinds_known ? "path copy, not the project's own"
					  : "path copy (manifest not here)",
			   out);
		break;
	case KITH_MISS_UNKNOWN_ORIGIN:
		put_origin(row,
			   row->package->origin == KITH_ORIGIN_GIT ? "from git"
								   : "from another registry",
			   out);
		break;
	case KITH_MISS_EXPIRED:
		put_expired(row->verdict.exemption, out);
		break;
	case KITH_MISS_NOT_INDEPENDENT:
		put_hangs_on(r, &row->verdict, out);
		break;
	case KITH_MISS_SUPPLEMENT_ONLY:
		kith_buf_put_str(out, "approved only with supplements (reviews by machines)");
		break;
	case KITH_MISS_PUBLISHER_ONLY:
		kith_buf_put_str(out, "approved only by its publisher and whom he introduced");
		break;
	case KITH_MISS_MACHINE_ONLY:
		kith_buf_put_str(out, "reviewed by machines only");
		break;
	case KITH_MISS_VENDORED:
		put_nearest(r, row, "vendored copy cannot be compared; ", " reviewed it", out);
		break;
	case KITH_MISS_BYTES_NOT_HERE:
		put_nearest(r, row, "bytes not here (kith fetch --packages); ", " reviewed it",
			    out);
		break;
	case KITH_MISS_TOO_LOW:
		put_nearest(r, row, "trusted too little: ", "", out);
		break;
	case KITH_MISS_DOES_NOT_COUNT:
		put_nearest(r, row, "does not count: ", "", out);
		break;
	case KITH_MISS_NOBODY_TRUSTED:
		put_nearest(r, row, "only strangers: ", "", out);
		break;
	case KITH_MISS_ANOTHER_VERSION:
		put_another_version(r, row, out);
		break;
	case KITH_MISS_NO_EVIDENCE:
		kith_buf_put_str(out, r->no_evidence ? "no evidence at all (kith fetch …)"
						     : "no evidence at all");
		break;
	}
}

void
kith_report_reason(const struct kith_report *r, const struct kith_report_row *row,
		   struct kith_buf *out)
{
	switch (row->verdict.status) {
	case KITH_STATUS_MISMATCH:
		kith_text_safe(out,
			       kith_span_str(row->mismatch ? row->mismatch
							   : "bytes differ from what was locked"),
			       0);
		break;
	case KITH_STATUS_NEGATIVE:
		put_objections(r, &row->verdict, out);
		break;
	case KITH_STATUS_INSUFFICIENT:
		put_miss(r, row, out);
		break;
	case KITH_STATUS_EXEMPT:
		kith_buf_put_str(out, "exempt");
		if (row->verdict.exemption && row->verdict.exemption->reason.len) {
			kith_buf_put_str(out, ": ");
			kith_text_safe(out, row->verdict.exemption->reason, NAME_WIDTH);
		}
		break;
	case KITH_STATUS_VERIFIED:
		put_chain(r, &row->verdict, out);
		break;
	case KITH_STATUS_LOCAL:
		kith_buf_put_str(out, "the project's own");
		break;
	}
}

bool
kith_report_passes(const struct kith_report *r, const struct kith_report_row *row)
{
	if (r->semantics == KITH_SEMANTICS_CREV)
		return row->crev_status == KITH_CREV_VERIFIED ||
		       row->crev_status == KITH_CREV_LOCAL;
	return row->verdict.status >= KITH_STATUS_EXEMPT;
}
