/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workflow commands: one line a finding, that the forge shows beside the line of the lock file, and
 * a notice with the summary. A line cannot be left: what could end it, or begin another command, is
 * escaped as the runner's own toolkit does.
 */
#include "report/finding.h"

struct github {
	const struct kith_report *report;
	struct kith_buf *out;
};

static void
put_escaped(struct kith_buf *out, struct kith_span s, bool property)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = (char)s.ptr[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			kith_buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
		else
			kith_buf_put_char(out, c);
	}
}

static bool
put_finding(void *ctx, const struct kith_finding *f)
{
	struct github *g = ctx;
	const struct kith_rule_text *rule = kith_rule_text(f->rule);
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, g->out->max);
	kith_buf_printf(g->out, "::%s file=", kith_finding_is_error(f) ? "error" : "warning");
	put_escaped(g->out, kith_span_str(kith_finding_path(g->report, f)), true);
	kith_buf_printf(g->out, ",line=%u,title=", kith_finding_line(f));
	put_escaped(g->out, kith_span_str(rule->id), true);
	kith_buf_put_str(g->out, "::");
	kith_finding_message(g->report, f, &b);
	put_escaped(g->out, kith_buf_carry(g->out, &b), false);
	kith_buf_put_char(g->out, '\n');
	return true;
}

static void
put_notice(bool pass, struct kith_buf *out)
{
	kith_buf_printf(out, "::notice title=kith %s::", pass ? "pass" : "fail");
}

void
kith_report_github(const struct kith_report *r, const struct kith_report_options *o,
		   struct kith_buf *out)
{
	struct github g = {r, out};

	(void)o;
	kith_report_findings(r, put_finding, &g);
	put_notice(r->pass, out);
	kith_report_counts(r, out);
	kith_buf_put_char(out, '\n');
}

void
kith_report_github_all(const struct kith_report_set *s, const struct kith_report_options *o,
		       struct kith_buf *out)
{
	size_t i;

	(void)o;
	for (i = 0; i < s->n; i++) {
		struct github g = {s->reports[i], out};

		kith_report_findings(s->reports[i], put_finding, &g);
	}
	put_notice(s->pass, out);
	kith_report_set_counts(s, out);
	kith_buf_put_char(out, '\n');
}
