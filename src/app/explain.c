/* SPDX-License-Identifier: Apache-2.0 */
/* kith explain: finds out what the word means, and who answers. */
#include "app/explain.h"

#define EXPLAIN_MAX KITH_MIB(64)

/* The row of the package; NULL if it is none of the project's. */
static int
find_row(const struct kith_app_run *run, const struct kith_app_package_word *word,
	 const struct kith_report_row **ret_row, struct kith_error *err)
{
	const struct kith_report_row *found = NULL;
	char versions[200] = "";
	struct kith_buf b;
	size_t i, n = 0;

	kith_buf_init(&b, sizeof(versions) - 1);
	for (i = 0; i < run->report.n_rows; i++) {
		const struct kith_report_row *row = &run->rows[i];

		if (!kith_span_eq(row->package->name, word->name) ||
		    (word->version.len && !kith_span_eq(row->package->version, word->version)))
			continue;
		found = found ? found : row;
		kith_buf_printf(&b, "%s%.*s@%.*s", n++ ? ", " : "",
				KITH_SPAN_FMT(row->package->name),
				KITH_SPAN_FMT(row->package->version));
	}
	if (b.len < sizeof(versions))
		memcpy(versions, kith_buf_str(&b), b.len + 1);
	kith_buf_clear(&b);
	if (n > 1 && !word->version.len)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "'%.*s' is there %zu times",
					   KITH_SPAN_FMT(word->name), n),
				 "say which: %s", versions);
	*ret_row = found;
	return KITH_OK;
}

static int
explain_package(struct kith_session *s, const struct kith_explain_options *o,
		const struct kith_app_package_word *word, struct kith_buf *out,
		struct kith_error *err)
{
	const struct kith_verify_options verify = {
	    .path = o->path, .roots = o->roots, .n_roots = o->n_roots, .semantics = o->semantics};
	const struct kith_report_row *row = NULL;
	struct kith_app_run *run = NULL;
	int r;

	r = kith_app_judge(s, &verify, true, &run, err);
	if (r == KITH_E_NOTFOUND)
		return kith_app_explain_claims(s, o, word, out, err);
	if (r)
		return r;
	r = find_row(run, word, &row, err);
	if (!r)
		r = row ? kith_app_explain_row(run, row, o->format, out, err)
			: kith_app_explain_claims(s, o, word, out, err);
	kith_app_run_free(run);
	return r;
}

int
kith_explain(struct kith_session *session, const struct kith_explain_options *options,
	     char **ret_text, size_t *ret_len, struct kith_error *err)
{
	struct kith_app_package_word word;
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, EXPLAIN_MAX);
	r = kith_app_package_word(options->subject, &word, err);
	if (!r)
		r = explain_package(session, options, &word, &b, err);
	return r ? r : kith_app_take_text(&b, ret_text, ret_len, err);
}
