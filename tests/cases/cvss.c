/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss FILE…: VECTOR TAB SCORE TAB LABEL …, or JSON-STRING TAB ok TAB SCORE TAB LABEL, or
 * JSON-STRING TAB refused; a field that begins with a quotation mark is JSON.
 */
#include "cases/cases.h"
#include "codec/json.h"
#include "evidence/cvss.h"

static const char *
judge_score(struct kith_span vector, struct kith_span score, struct kith_span label, bool refused)
{
	struct kith_cvss c;
	char text[16];

	if (kith_cvss_score(vector, &c, NULL))
		return refused ? NULL : "it is refused";
	if (refused)
		return "it is accepted";
	snprintf(text, sizeof(text), "%u.%u", c.tenths / 10, c.tenths % 10);
	if (!kith_span_is(score, text))
		return "another score";
	return kith_span_is(label, kith_severity_name(kith_severity_of(c.tenths)))
		   ? NULL
		   : "another label";
}

static const char *
judge(struct kith_span line)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	struct kith_span rest = line, vector, score = KITH_SPAN_NONE, label = KITH_SPAN_NONE;
	bool refused = false;

	if (!kith_span_next(&rest, '\t', &vector) || !kith_span_next(&rest, '\t', &score))
		return "no case";
	if (vector.len && vector.ptr[0] == '"') {
		if (kith_json_parse(vector, &doc, NULL) ||
		    !kith_json_string(kith_json_root(doc), &vector))
			return "no case";
		refused = kith_span_is(score, "refused");
		if (!refused && !kith_span_next(&rest, '\t', &score))
			return "no case";
	}
	kith_span_next(&rest, '\t', &label);
	return judge_score(vector, score, label, refused);
}

int
cases_cvss(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++) {
		struct kith_span rest = cases_read(argv[i]), line;
		size_t number = 0;

		while (kith_span_next(&rest, '\n', &line)) {
			KITH_AUTO_BUF struct kith_buf name;
			const char *why;

			kith_buf_init(&name, KITH_KIB(64));
			number++;
			if (!line.len || line.ptr[0] == '#')
				continue;
			kith_buf_printf(&name, "%zu ", number);
			kith_text_safe(&name, line, 100);
			why = judge(line);
			cases_result(&tally, !why, kith_buf_str(&name), "%s", why ? why : "");
		}
	}
	return cases_end(&tally);
}
