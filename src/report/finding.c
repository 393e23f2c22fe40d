/* SPDX-License-Identifier: Apache-2.0 */
/* Findings and the rules behind them. Decides nothing: statuses come from the verdict. */
#include "report/finding.h"

static const struct kith_rule_text rules[KITH_RULE_COUNT] = {
    [KITH_RULE_MISMATCH] =
	{"kith/mismatch", "bytes differ from what was locked",
	 "The archive that is here, its checksum in the lock file and what was recorded of it do "
	 "not "
	 "agree.",
	 "Do not build. Find out who changed what: 'kith explain NAME@VERSION' shows both sides.",
	 true},
    [KITH_RULE_NEGATIVE_REVIEW] =
	{"kith/negative-review", "somebody trusted rates it negative",
	 "A reviewer whose objections count has rated exactly this package negative.",
	 "Read the review ('kith explain NAME@VERSION'), use another version or package, or accept "
	 "the "
	 "objection in kith.toml with a reason.",
	 true},
    [KITH_RULE_OTHER_BYTES] = {"kith/other-bytes", "other bytes were reviewed under this version",
			       "Somebody trusted has reviewed this version, and his bytes are not "
			       "the ones that are here.",
			       "One of the two has been given something else than the rest of the "
			       "world: compare with 'kith "
			       "explain NAME@VERSION' before building.",
			       true},
    [KITH_RULE_ISSUE] = {"kith/issue", "an open issue",
			 "A reviewer whose objections count knows of an issue in this version that "
			 "nobody trusted says "
			 "is mended.",
			 "Update to a version without it, or accept it in kith.toml with a reason.",
			 true},
    [KITH_RULE_VIOLATION] =
	{"kith/violation", "an audit set calls it a violation",
	 "A trusted audit set says that this version violates what is required of it.",
	 "Use another version or package, or accept the violation in kith.toml with a reason.",
	 true},
    [KITH_RULE_ADVISORY] =
	{"kith/advisory", "a security advisory",
	 "An advisory of a trusted database affects this version.",
	 "Update to a version that it does not affect, or accept it in kith.toml with a reason.",
	 true},
    [KITH_RULE_YANKED] = {"kith/yanked", "taken back by its publisher",
			  "The registry says that this version was yanked.",
			  "Update to a version that is not.", true},
    [KITH_RULE_INSUFFICIENT] =
	{"kith/insufficient", "not enough trusted reviews",
	 "Nobody says that it is bad, and not enough people whom you trust say that it is good.",
	 "'kith explain NAME@VERSION' shows the cheapest way to enough; 'kith review NAME' writes "
	 "a "
	 "review.",
	 false},
    [KITH_RULE_CREV] = {"kith/crev", "does not pass by cargo-crev's rules",
			"cargo-crev's own algorithm does not pass this package.",
			"'kith explain NAME@VERSION --semantics crev' says why.", false},
};

const struct kith_rule_text *
kith_rule_text(enum kith_rule_id rule)
{
	return &rules[rule];
}

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
	struct kith_finding f = {KITH_RULE_CREV, row, NULL};
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
							     : KITH_RULE_INSUFFICIENT;
	return found(ctx, &f);
}

void
kith_report_findings(const struct kith_report *r,
		     bool (*found)(void *ctx, const struct kith_finding *f), void *ctx)
{
	size_t i;

	for (i = 0; i < r->n_rows; i++)
		if (!kith_report_passes(r, &r->rows[i]) && !of_row(r, &r->rows[i], found, ctx))
			return;
}

void
kith_finding_message(const struct kith_report *r, const struct kith_finding *f,
		     struct kith_buf *out)
{
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
	const struct kith_package *p = f->row->package;

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

uint32_t
kith_finding_line(const struct kith_finding *f)
{
	return f->row->package->line ? f->row->package->line : 1;
}
