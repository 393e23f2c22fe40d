/* SPDX-License-Identifier: Apache-2.0 */
/* The table of formats: one row each. */
#include "report/report.h"

struct format {
	const char *name;
	void (*render)(const struct kith_report *r, const struct kith_report_options *o,
		       struct kith_buf *out);
	void (*render_all)(const struct kith_report_set *s, const struct kith_report_options *o,
			   struct kith_buf *out);
};

static const struct format formats[] = {
    [KITH_FORMAT_TABLE] = {"table", kith_report_table, kith_report_table_all},
    [KITH_FORMAT_JSON] = {"json", kith_report_json, kith_report_json_all},
    [KITH_FORMAT_JSONL] = {"jsonl", kith_report_jsonl, kith_report_jsonl_all},
    [KITH_FORMAT_SARIF] = {"sarif", kith_report_sarif, kith_report_sarif_all},
    [KITH_FORMAT_JUNIT] = {"junit", kith_report_junit, kith_report_junit_all},
    [KITH_FORMAT_GITHUB] = {"github", kith_report_github, kith_report_github_all},
    [KITH_FORMAT_MARKDOWN] = {"markdown", kith_report_markdown, kith_report_markdown_all},
    [KITH_FORMAT_HTML] = {"html", kith_report_html, kith_report_html_all},
};
#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

int
kith_format_parse(const char *word, enum kith_format *ret_format)
{
	size_t i;

	for (i = 0; i < N_FORMATS; i++) {
		if (strcmp(word, formats[i].name) == 0) {
			*ret_format = (enum kith_format)i;
			return 1;
		}
	}
	return 0;
}

const char *
kith_format_names(void)
{
	return "table, json, jsonl, sarif, junit, github, markdown, html";
}

void
kith_report_render(const struct kith_report *r, enum kith_format format,
		   const struct kith_report_options *o, struct kith_buf *out)
{
	formats[(size_t)format < N_FORMATS ? format : 0].render(r, o, out);
}

void
kith_report_render_all(const struct kith_report_set *s, enum kith_format format,
		       const struct kith_report_options *o, struct kith_buf *out)
{
	formats[(size_t)format < N_FORMATS ? format : 0].render_all(s, o, out);
}

void
kith_report_set_counts(const struct kith_report_set *s, struct kith_buf *out)
{
	size_t i, pass = 0;

	for (i = 0; i < s->n; i++)
		pass += s->reports[i]->pass;
	kith_buf_printf(out, "%zu lock file%s: %zu pass%s, %zu do%s not", s->n,
			s->n == 1 ? "" : "s", pass, pass == 1 ? "es" : "", s->n - pass,
			s->n - pass == 1 ? "es" : "");
}
