/* SPDX-License-Identifier: Apache-2.0 */
/* Taking vectors apart, and which version scores them; words and labels of severity. */
#include "evidence/cvss_metrics.h"

static const char *const names[KITH_SEVERITY_COUNT] = {"none", "low", "medium", "high", "critical"};

const char *
kith_severity_name(enum kith_severity severity)
{
	return severity < KITH_SEVERITY_COUNT ? names[severity] : "";
}

static char
upper(uint8_t c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

static bool
is_word(struct kith_span s, const char *word)
{
	size_t i;

	for (i = 0; i < s.len && word[i]; i++)
		if (upper(s.ptr[i]) != upper((uint8_t)word[i]))
			return false;
	return i == s.len && !word[i];
}

bool
kith_severity_parse(struct kith_span word, enum kith_severity *ret_severity)
{
	size_t i;

	for (i = 0; i < KITH_SEVERITY_COUNT; i++) {
		if (is_word(word, names[i])) {
			*ret_severity = (enum kith_severity)i;
			return true;
		}
	}
	if (is_word(word, "moderate"))
		*ret_severity = KITH_SEVERITY_MEDIUM;
	else if (is_word(word, "negligible"))
		*ret_severity = KITH_SEVERITY_NONE;
	else
		return false;
	return true;
}

enum kith_severity
kith_severity_of(unsigned tenths)
{
	if (tenths < 1)
		return KITH_SEVERITY_NONE;
	if (tenths < 40)
		return KITH_SEVERITY_LOW;
	if (tenths < 70)
		return KITH_SEVERITY_MEDIUM;
	return tenths < 90 ? KITH_SEVERITY_HIGH : KITH_SEVERITY_CRITICAL;
}

/* The letter that this value stands for; 0 if it is none of the metric's. */
static char
letter_of(const struct cvss_metric *m, struct kith_span value)
{
	const char *const *w;

	for (w = m->words; w && *w; w++)
		if (is_word(value, *w))
			return **w;
	if (value.len == 1 && value.ptr[0] && strchr(m->letters, upper(value.ptr[0])))
		return upper(value.ptr[0]);
	return 0;
}

const char *
cvss_read(struct kith_span rest, const struct cvss_metric *metrics, size_t n,
	  char letters[CVSS_MAX_METRICS])
{
	struct kith_span part, name, value;
	size_t i, colon;

	memset(letters, 0, CVSS_MAX_METRICS);
	if (!rest.len || rest.ptr[rest.len - 1] == '/')
		return "a metric is missing";
	while (kith_span_next(&rest, '/', &part)) {
		colon = kith_span_find(part, 0, ':');
		name = kith_span_sub(part, 0, colon);
		value = kith_span_sub(part, colon + 1, SIZE_MAX);
		for (i = 0; i < n && !is_word(name, metrics[i].name); i++)
			;
		if (colon == part.len || i == n)
			return "an unknown metric";
		if (letters[i])
			return "a metric twice";
		letters[i] = letter_of(&metrics[i], value);
		if (!letters[i])
			return "an unknown value";
	}
	return NULL;
}

int
kith_cvss_score(struct kith_span vector, struct kith_cvss *ret_cvss, struct kith_error *err)
{
	static const struct {
		const char *prefix;
		unsigned version;
		const char *(*score)(struct kith_span rest, unsigned *ret_tenths);
	} kinds[] = {{"CVSS:3.1/", 31, cvss_score_3},
		     {"CVSS:3.0/", 30, cvss_score_3},
		     {"CVSS:4.0/", 40, cvss_score_4},
		     {"", 20, cvss_score_2}};
	struct kith_span rest = vector;
	const char *why;
	unsigned tenths;
	size_t i = 0;

	if (vector.len > KITH_MAX_CVSS)
		return kith_fail(err, KITH_E_FORMAT, "CVSS: longer than %d bytes", KITH_MAX_CVSS);
	while (!kith_span_skip(&rest, kinds[i].prefix))
		i++;
	why = kinds[i].score(rest, &tenths);
	if (why)
		return kith_fail(err, KITH_E_FORMAT, "CVSS: '%.*s': %s",
				 KITH_SPAN_FMT(kith_span_sub(vector, 0, 120)), why);
	*ret_cvss = (struct kith_cvss){kinds[i].version, tenths};
	return KITH_OK;
}
