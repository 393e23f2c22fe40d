/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit's XML: a test case a package. Insufficient is a failure, negative and mismatch are errors,
 * exempt is skipped. The same verdict gives the same bytes: the time of the suite is that of the
 * newest evidence that counted, never a clock's.
 */
#include "codec/xml.h"
#include "report/finding.h"

enum outcome { PASSED, SKIPPED, FAILED, ERRED, N_OUTCOMES };

static enum outcome
outcome_of(const struct kith_report *r, const struct kith_report_row *row)
{
	if (r->semantics == KITH_SEMANTICS_CREV) {
		if (kith_report_passes(r, row))
			return PASSED;
		return row->crev_status == KITH_CREV_NEGATIVE ? ERRED : FAILED;
	}
	if (row->verdict.status <= KITH_STATUS_NEGATIVE)
		return ERRED;
	if (row->verdict.status == KITH_STATUS_INSUFFICIENT)
		return FAILED;
	return row->verdict.status == KITH_STATUS_EXEMPT ? SKIPPED : PASSED;
}

static void
newer(struct kith_time *newest, const struct kith_claim *c)
{
	if (c && (c->date.sec > newest->sec ||
		  (c->date.sec == newest->sec && c->date.nsec > newest->nsec)))
		*newest = c->date;
}

static struct kith_time
newest_counted(const struct kith_report *r)
{
	struct kith_time newest = {0};
	size_t i, k;

	for (i = 0; i < r->n_rows; i++) {
		const struct kith_verdict *v = &r->rows[i].verdict;

		for (k = 0; k < v->n_chain; k++)
			newer(&newest, v->chain[k].claim);
		for (k = 0; k < v->n_objections; k++)
			newer(&newest, v->objections[k].claim);
	}
	return newest;
}

static void
put_attribute(struct kith_buf *out, const char *name, struct kith_span value)
{
	kith_buf_printf(out, " %s=\"", name);
	kith_xml_put_text(out, value);
	kith_buf_put_char(out, '"');
}

static void
put_property(struct kith_buf *out, const char *name, struct kith_span value)
{
	kith_buf_put_str(out, "\t\t\t<property");
	put_attribute(out, "name", kith_span_str(name));
	put_attribute(out, "value", value);
	kith_buf_put_str(out, "/>\n");
}

static void
put_case(const struct kith_report *r, const struct kith_report_row *row, struct kith_buf *out)
{
	static const char *const elements[N_OUTCOMES] = {NULL, "skipped", "failure", "error"};
	enum outcome how = outcome_of(r, row);
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, out->max);
	kith_buf_put_span(&b, row->package->name);
	kith_buf_put_char(&b, ' ');
	kith_buf_put_span(&b, row->package->version);
	kith_buf_put_str(out, "\t\t<testcase");
	put_attribute(out, "name", kith_buf_carry(out, &b));
	put_attribute(out, "classname", kith_span_str(kith_ecosystem_name(row->package->eco)));
	kith_buf_put_str(out, " time=\"0\"");
	if (how == PASSED) {
		kith_buf_put_str(out, "/>\n");
		return;
	}
	kith_buf_printf(out, ">\n\t\t\t<%s", elements[how]);
	kith_buf_reset(&b);
	if (!row->crev)
		kith_report_reason(r, row, &b);
	put_attribute(out, "message", kith_buf_carry(out, &b));
	if (how != SKIPPED)
		put_attribute(out, "type", kith_span_str(kith_report_status(r, row)));
	kith_buf_put_str(out, "/>\n\t\t</testcase>\n");
}

/* What fails is a test case that failed; a warning is told in the suite's output only. */
static void
put_remark(const struct kith_report_remark *m, struct kith_buf *out)
{
	const struct kith_rule_text *rule = kith_rule_text(m->rule);
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, out->max);
	if (!m->fails)
		return;
	kith_buf_printf(&b, "%s: %s", m->path, rule->title);
	if (*m->key)
		kith_buf_printf(&b, " (%s)", m->key);
	kith_buf_put_str(out, "\t\t<testcase");
	put_attribute(out, "name", kith_buf_carry(out, &b));
	put_attribute(out, "classname", kith_span_str("project"));
	kith_buf_put_str(out, " time=\"0\">\n\t\t\t<failure");
	put_attribute(out, "message", kith_span_str(m->text));
	put_attribute(out, "type", kith_span_str(rule->id));
	kith_buf_put_str(out, "/>\n\t\t</testcase>\n");
}

static void
put_warnings(const struct kith_report *r, struct kith_buf *out)
{
	size_t i, n = 0;

	for (i = 0; i < r->n_remarks; i++)
		n += !r->remarks[i].fails;
	if (!n) {
		kith_buf_put_str(out, "\t\t<system-out/>\n");
		return;
	}
	kith_buf_put_str(out, "\t\t<system-out>");
	for (i = 0; i < r->n_remarks; i++) {
		const struct kith_report_remark *m = &r->remarks[i];

		if (m->fails)
			continue;
		kith_buf_put_str(out, "warning: ");
		kith_xml_put_text(out, kith_span_str(m->path));
		kith_buf_printf(out, ":%u: ", m->line ? m->line : 1);
		kith_xml_put_text(out, kith_span_str(m->text));
		kith_buf_put_char(out, '\n');
	}
	kith_buf_put_str(out, "</system-out>\n");
}

static void
put_suite_head(const struct kith_report *r, size_t number, const size_t counts[N_OUTCOMES],
	       struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(4));
	kith_time_put_rfc3339(&b, newest_counted(r));
	kith_buf_put_str(out, "\t<testsuite name=\"kith verify\"");
	put_attribute(out, "package", kith_span_str(r->lock_path));
	kith_buf_printf(out, " id=\"%zu\" hostname=\"localhost\"", number);
	/* the schema wants seconds and no zone: YYYY-MM-DDThh:mm:ss */
	put_attribute(out, "timestamp", kith_span_sub(kith_buf_carry(out, &b), 0, 19));
	kith_buf_printf(
	    out, " time=\"0\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
	    counts[PASSED] + counts[SKIPPED] + counts[FAILED] + counts[ERRED], counts[FAILED],
	    counts[ERRED], counts[SKIPPED]);
	kith_buf_reset(&b);
	kith_report_counts(r, &b);
	kith_buf_put_str(out, "\t\t<properties>\n");
	put_property(out, "kith.version", kith_span_str(r->version));
	put_property(out, "kith.pass", kith_span_str(r->pass ? "true" : "false"));
	put_property(out, "kith.summary", kith_buf_carry(out, &b));
	kith_buf_put_str(out, "\t\t</properties>\n");
}

static void
put_suite(const struct kith_report *r, const struct kith_report_options *o, size_t number,
	  struct kith_buf *out)
{
	size_t counts[N_OUTCOMES] = {0}, i;

	for (i = 0; i < r->n_remarks; i++)
		counts[FAILED] += r->remarks[i].fails;
	for (i = 0; i < r->n_rows; i++)
		if (!o->failing || !kith_report_passes(r, &r->rows[i]))
			counts[outcome_of(r, &r->rows[i])]++;
	put_suite_head(r, number, counts, out);
	for (i = 0; i < r->n_remarks; i++)
		put_remark(&r->remarks[i], out);
	for (i = 0; i < r->n_rows; i++)
		if (!o->failing || !kith_report_passes(r, &r->rows[i]))
			put_case(r, &r->rows[i], out);
	put_warnings(r, out);
	kith_buf_put_str(out, "\t\t<system-err/>\n\t</testsuite>\n");
}

static void
put_suites(const struct kith_report *const *reports, size_t n, const struct kith_report_options *o,
	   struct kith_buf *out)
{
	size_t i;

	kith_buf_put_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (i = 0; i < n; i++)
		put_suite(reports[i], o, i, out);
	kith_buf_put_str(out, "</testsuites>\n");
}

void
kith_report_junit(const struct kith_report *r, const struct kith_report_options *o,
		  struct kith_buf *out)
{
	put_suites(&r, 1, o, out);
}

void
kith_report_junit_all(const struct kith_report_set *s, const struct kith_report_options *o,
		      struct kith_buf *out)
{
	put_suites(s->reports, s->n, o, out);
}
