/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of a report. Decides nothing: statuses come from the verdict. */
#include "report/finding.h"

static enum kith_rule_id
rule_of(enum kith_objection_kind kind)
{
	static const enum kith_rule_id of[] = {
	    [KITH_OBJECTION_NEGATIVE] = KITH_RULE_NEGATIVE_REVIEW,
	    [KITH_OBJECTION_BYTES] = KITH_RULE_OTHER_BYTES,
	    [KITH_OBJECTION_ISSUE] = KITH_RULE_ISSUE,
	    [KITH_OBJECTION_VIOLATION] = KITH_RULE_VIOLATION,
	    [KITH_OBJECTION_ADVISORY] = KITH_RULE_ADVISORY,
	    [KITH_OBJECTION_YANKED] = KITH_RULE_YANKED,
	};

	return of[kind];
}

static bool
of_row(const struct kith_report *r, const struct kith_report_row *row,
       bool (*found)(void *ctx, const struct kith_finding *f), void *ctx)
{
	struct kith_finding f = {KITH_RULE_CREV, row, NULL, NULL};
	size_t i;

	if (r->semantics == KITH_SEMANTICS_CREV)
		return found(ctx, &f);
	if (row->verdict.status == KITH_STATUS_NEGATIVE) {
		for (i = 0; i < row->verdict.n_objections; i++) {
			f.objection = &row->verdict.objections[i];
			f.rule = rule_of(f.objection->kind);
			if (!found(ctx, &f))
				return false;
		}
		if (i)
			return true;
	}
	f.objection = NULL;
	f.rule = row->verdict.status == KITH_STATUS_MISMATCH ? KITH_RULE_MISMATCH
		 : row->verdict.exemption                    ? KITH_RULE_EXPIRED
							     : KITH_RULE_INSUFFICIENT;
	return found(ctx, &f);
}

void
kith_report_findings(const struct kith_report *r,
		     bool (*found)(void *ctx, const struct kith_finding *f), void *ctx)
{
	struct kith_finding f = {.row = NULL};
	size_t i;

	for (i = 0; i < r->n_remarks; i++) {
		f.remark = &r->remarks[i];
		f.rule = f.remark->rule;
		if (!found(ctx, &f))
			return;
	}
	for (i = 0; i < r->n_rows; i++)
		if (!kith_report_passes(r, &r->rows[i]) && !of_row(r, &r->rows[i], found, ctx))
			return;
}

void
kith_finding_message(const struct kith_report *r, const struct kith_finding *f,
		     struct kith_buf *out)
{
	if (f->remark) {
		kith_buf_put_str(out, f->remark->text);
		return;
	}
	kith_text_safe(out, f->row->package->name, 0);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, f->row->package->version, 0);
	kith_buf_put_str(out, ": ");
	if (f->objection)
		kith_report_objection(r, f->objection, out);
	else if (f->rule == KITH_RULE_CREV)
		kith_buf_printf(out, "%s by cargo-crev's rules",
				kith_crev_status_name(f->row->crev_status));
	else
		kith_report_reason(r, f->row, out);
}

void
kith_finding_fingerprint(const struct kith_finding *f, struct kith_buf *out)
{
	const struct kith_package *p;

	if (f->remark) {
		kith_buf_printf(out, "%s|", kith_rule_text(f->rule)->id + strlen("kith/"));
		kith_text_safe(out, kith_span_str(f->remark->path), 0);
		kith_buf_put_char(out, '|');
		kith_text_safe(out, kith_span_str(f->remark->key), 0);
		return;
	}
	p = f->row->package;
	kith_buf_printf(out, "%s|%s|", kith_rule_text(f->rule)->id + strlen("kith/"),
			kith_ecosystem_name(p->eco));
	kith_text_safe(out, p->name, 0);
	kith_buf_put_char(out, '|');
	kith_text_safe(out, p->version, 0);
	kith_buf_put_char(out, '|');
	kith_text_safe(out, p->source, 0);
	if (f->objection) {
		kith_buf_put_char(out, '|');
		kith_text_safe(out, f->objection->id, 0);
		kith_buf_put_char(out, '|');
		kith_text_safe(out, f->objection->issue, 0);
	}
}

const char *
kith_finding_path(const struct kith_report *r, const struct kith_finding *f)
{
	return f->remark ? f->remark->path : r->lock_path;
}

bool
kith_finding_is_error(const struct kith_finding *f)
{
	return f->remark ? f->remark->fails : kith_rule_text(f->rule)->error;
}

uint32_t
kith_finding_line(const struct kith_finding *f)
{
	if (f->remark)
		return f->remark->line ? f->remark->line : 1;
	return f->row->package->line ? f->row->package->line : 1;
}
