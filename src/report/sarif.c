/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0 for code scanning: one result a finding. Every result has a place, since consumers
 * refuse those without, and a name of its own that is the same in the next run.
 */
#include "codec/json.h"
#include "report/finding.h"

#define RESULTS_MAX 25000 /* that consumers take of one run */

struct sarif {
	const struct kith_report *report;
	struct kith_json_writer *w;
	size_t n, left_out;
};

static void
put_text(struct kith_json_writer *w, const char *key, struct kith_span text)
{
	kith_json_put_key(w, key);
	kith_json_open_object(w);
	kith_json_member_string(w, "text", text);
	kith_json_close_object(w);
}

static void
put_rule(struct kith_json_writer *w, enum kith_rule_id i)
{
	const struct kith_rule_text *rule = kith_rule_text(i);

	kith_json_open_object(w);
	kith_json_member_str(w, "id", rule->id);
	kith_json_member_str(w, "name", rule->id + strlen("kith/"));
	put_text(w, "shortDescription", kith_span_str(rule->title));
	put_text(w, "fullDescription", kith_span_str(rule->about));
	kith_json_put_key(w, "help");
	kith_json_open_object(w);
	kith_json_member_str(w, "text", rule->help);
	kith_json_member_str(w, "markdown", rule->help);
	kith_json_close_object(w);
	kith_json_put_key(w, "defaultConfiguration");
	kith_json_open_object(w);
	kith_json_member_str(w, "level", rule->error ? "error" : "warning");
	kith_json_close_object(w);
	kith_json_put_key(w, "properties");
	kith_json_open_object(w);
	kith_json_put_key(w, "tags");
	kith_json_open_array(w);
	kith_json_put_str(w, "security");
	kith_json_put_str(w, "supply-chain");
	kith_json_close_array(w);
	kith_json_member_str(w, "precision", "very-high");
	kith_json_member_str(w, "problem.severity", rule->error ? "error" : "warning");
	kith_json_close_object(w);
	kith_json_close_object(w);
}

static void
put_tool(const struct kith_report *r, struct kith_json_writer *w)
{
	int i;

	kith_json_put_key(w, "tool");
	kith_json_open_object(w);
	kith_json_put_key(w, "driver");
	kith_json_open_object(w);
	kith_json_member_str(w, "name", "kith");
	kith_json_member_str(w, "version", r->version);
	kith_json_member_str(w, "semanticVersion", r->version);
	kith_json_put_key(w, "rules");
	kith_json_open_array(w);
	for (i = 0; i < KITH_RULE_COUNT; i++)
		put_rule(w, (enum kith_rule_id)i);
	kith_json_close_array(w);
	kith_json_close_object(w);
	kith_json_close_object(w);
}

/* A path as a relative or file: URI: what is neither letter, digit nor -._~/ is escaped. */
static void
put_uri(struct kith_json_writer *w, const char *path)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, w->out->max);
	if (*path == '/')
		kith_buf_put_str(&b, "file://");
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	for (; *path; path++) {
		if (strchr(plain, *path))
			kith_buf_put_char(&b, *path);
		else
			kith_buf_printf(&b, "%%%02X", (unsigned)(unsigned char)*path);
	}
	kith_json_member_string(w, "uri", kith_buf_carry(w->out, &b));
}

static void
put_location(const struct sarif *s, struct kith_json_writer *w, const struct kith_finding *f)
{
	kith_json_put_key(w, "locations");
	kith_json_open_array(w);
	kith_json_open_object(w);
	kith_json_put_key(w, "physicalLocation");
	kith_json_open_object(w);
	kith_json_put_key(w, "artifactLocation");
	kith_json_open_object(w);
	put_uri(w, kith_finding_path(s->report, f));
	kith_json_close_object(w);
	kith_json_put_key(w, "region");
	kith_json_open_object(w);
	kith_json_member_integer(w, "startLine", kith_finding_line(f));
	kith_json_close_object(w);
	kith_json_close_object(w);
	kith_json_close_object(w);
	kith_json_close_array(w);
}

static bool
put_result(void *ctx, const struct kith_finding *f)
{
	struct sarif *s = ctx;
	struct kith_json_writer *w = s->w;
	const struct kith_rule_text *rule = kith_rule_text(f->rule);
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, w->out->max);
	if (s->n++ >= RESULTS_MAX) {
		s->left_out++;
		return true;
	}
	kith_json_open_object(w);
	kith_json_member_str(w, "ruleId", rule->id);
	kith_json_member_integer(w, "ruleIndex", (int64_t)f->rule);
	kith_json_member_str(w, "level", kith_finding_is_error(f) ? "error" : "warning");
	kith_finding_message(s->report, f, &b);
	put_text(w, "message", kith_buf_carry(w->out, &b));
	put_location(s, w, f);
	kith_buf_reset(&b);
	kith_finding_fingerprint(f, &b);
	kith_json_put_key(w, "partialFingerprints");
	kith_json_open_object(w);
	kith_json_member_string(w, "kith/v1", kith_buf_carry(w->out, &b));
	kith_json_close_object(w);
	kith_json_close_object(w);
	return true;
}

static void
put_properties(const struct sarif *s, struct kith_json_writer *w)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(4));
	kith_report_counts(s->report, &b);
	kith_json_put_key(w, "properties");
	kith_json_open_object(w);
	kith_json_member_boolean(w, "pass", s->report->pass);
	kith_json_member_string(w, "summary", kith_buf_carry(w->out, &b));
	kith_json_member_integer(w, "results_left_out", (int64_t)s->left_out);
	kith_json_close_object(w);
}

/* `category`: several runs in one file each need a name of their own. */
static void
put_run(const struct kith_report *r, bool category, struct kith_json_writer *w)
{
	struct sarif s = {.report = r, .w = w};
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, w->out->max);
	kith_json_open_object(w);
	put_tool(r, w);
	if (category) {
		kith_buf_put_str(&b, "kith/");
		kith_text_safe(&b, kith_span_str(r->lock_path), 0);
		kith_json_put_key(w, "automationDetails");
		kith_json_open_object(w);
		kith_json_member_string(w, "id", kith_buf_carry(w->out, &b));
		kith_json_close_object(w);
	}
	kith_json_put_key(w, "results");
	kith_json_open_array(w);
	kith_report_findings(r, put_result, &s);
	kith_json_close_array(w);
	put_properties(&s, w);
	kith_json_member_str(w, "columnKind", "utf16CodeUnits");
	kith_json_close_object(w);
}

static void
put_document(const struct kith_report *const *reports, size_t n, bool category,
	     struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	kith_json_member_str(&w, "version", "2.1.0");
	kith_json_put_key(&w, "runs");
	kith_json_open_array(&w);
	for (i = 0; i < n; i++)
		put_run(reports[i], category, &w);
	kith_json_close_array(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

void
kith_report_sarif(const struct kith_report *r, const struct kith_report_options *o,
		  struct kith_buf *out)
{
	(void)o;
	put_document(&r, 1, false, out);
}

void
kith_report_sarif_all(const struct kith_report_set *s, const struct kith_report_options *o,
		      struct kith_buf *out)
{
	(void)o;
	put_document(s->reports, s->n, true, out);
}
