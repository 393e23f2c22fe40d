/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vet-export FILE…: what a crev review becomes in an audit set. Columns: thoroughness,
 * understanding, rating, trust in the reviewer, `unmaintained` or -, criteria or -.
 */
#include "cases/cases.h"
#include "evidence/vet_export.h"

static bool
read_level(struct kith_span word, enum kith_level *ret)
{
	int l;

	for (l = KITH_LEVEL_DISTRUST; l <= KITH_LEVEL_HIGH; l++) {
		*ret = (enum kith_level)l;
		if (kith_span_is(word, kith_level_name(*ret)))
			return true;
	}
	return false;
}

static bool
read_rating(struct kith_span word, enum kith_rating *ret)
{
	int l;

	for (l = KITH_RATING_NEGATIVE; l <= KITH_RATING_STRONG; l++) {
		*ret = (enum kith_rating)l;
		if (kith_span_is(word, kith_rating_name(*ret)))
			return true;
	}
	return false;
}

static const char *
judge(struct kith_span line, struct kith_buf *got)
{
	struct kith_span rest = line, column[6], names[KITH_VET_EXPORT_MAX];
	struct kith_claim c = {.kind = KITH_CLAIM_REVIEW};
	enum kith_level trust;
	size_t i, n;

	for (i = 0; i < 6; i++)
		if (!kith_span_next(&rest, '\t', &column[i]))
			return "no case: fewer than six columns";
	if (!read_level(column[0], &c.thoroughness) || !read_level(column[1], &c.understanding) ||
	    !read_rating(column[2], &c.rating) || !read_level(column[3], &trust))
		return "no case: a word that is no level or rating";
	c.unmaintained = kith_span_is(column[4], "unmaintained");
	n = kith_vet_export_criteria(&c, trust, names);
	for (i = 0; i < n; i++) {
		if (i)
			kith_buf_put_char(got, ',');
		kith_buf_put_span(got, names[i]);
	}
	if (!n)
		kith_buf_put_char(got, '-');
	return kith_span_eq(kith_buf_span(got), column[5]) ? NULL : kith_buf_str(got);
}

int
cases_vet_export(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++) {
		struct kith_span rest = cases_read(argv[i]), line;

		while (kith_span_next(&rest, '\n', &line)) {
			KITH_AUTO_BUF struct kith_buf name, got;
			const char *why;

			kith_buf_init(&name, KITH_KIB(4));
			kith_buf_init(&got, KITH_KIB(4));
			if (!line.len || line.ptr[0] == '#')
				continue;
			kith_text_safe(&name, line, 100);
			why = judge(line, &got);
			cases_result(&tally, !why, kith_buf_str(&name), "%s", why ? why : "");
		}
	}
	return cases_end(&tally);
}
