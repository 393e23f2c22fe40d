/* SPDX-License-Identifier: Apache-2.0 */
/* What readers of advisories share: ids, ecosystems, names and versions in the form that counts. */
#include "evidence/advisory.h"

const char *
kith_advisory_trouble_text(enum kith_advisory_trouble t)
{
	static const char *const text[KITH_ADVISORY_TROUBLE_COUNT] = {
	    "",
	    "the version is none of its ecosystem",
	    "a bound of the advisory is no version",
	    "a range of the advisory is not well-formed",
	    "the order of versions in this ecosystem is not known",
	    "the advisory cannot be read",
	};

	return t < KITH_ADVISORY_TROUBLE_COUNT ? text[t] : "";
}

struct kith_advisory_severity
kith_advisory_worse(struct kith_advisory_severity a, struct kith_advisory_severity b)
{
	bool b_wins;

	if (a.known != b.known)
		b_wins = b.known;
	else if (a.label != b.label)
		b_wins = b.label > a.label;
	else
		b_wins = (b.has_score ? b.tenths + 1 : 0) > (a.has_score ? a.tenths + 1 : 0);
	if (b_wins) {
		b.has_defects = a.has_defects || b.has_defects;
		return b;
	}
	a.has_defects = a.has_defects || b.has_defects;
	return a;
}

/* --- ids --- */

/* Behind the prefix: a year from 2000 to 2100, a hyphen, a number of 32 bits. */
static bool
is_year_number(struct kith_span s)
{
	struct kith_span year;
	uint64_t y, n;

	if (!kith_span_next(&s, '-', &year) || !kith_span_u64(year, &y) || !kith_span_u64(s, &n))
		return false;
	return y >= 2000 && y <= 2100 && n <= UINT32_MAX;
}

bool
kith_advisory_is_id(struct kith_span id)
{
	static const char *const formed[] = {"RUSTSEC-", "CVE-", "TALOS-"};
	struct kith_span rest = id;
	size_t i, pos = 0;
	uint32_t c;

	if (!id.len || id.len > KITH_MAX_ADVISORY_ID)
		return false;
	for (i = 0; i < sizeof(formed) / sizeof(formed[0]); i++)
		if (kith_span_skip(&rest, formed[i]))
			return is_year_number(rest) || kith_span_is(id, "RUSTSEC-0000-0000");
	while (kith_utf8_next(id, &pos, &c))
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			return false;
	return pos == id.len;
}

unsigned
kith_advisory_id_rank(struct kith_span id, bool is_own)
{
	static const struct {
		const char *prefix;
		unsigned rank;
	} known[] = {{"MAL-", 0},   {"RUSTSEC-", 1}, {"GO-", 1},
		     {"PYSEC-", 1}, {"CVE-", 2},     {"GHSA-", 3}};
	struct kith_span rest = id;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (kith_span_skip(&rest, known[i].prefix))
			return known[i].rank;
	return is_own ? 1 : 4;
}

enum kith_advisory_kind
kith_advisory_kind_of(struct kith_span word)
{
	if (kith_span_is(word, "unsound"))
		return KITH_ADVISORY_UNSOUND;
	return kith_span_is(word, "unmaintained") ? KITH_ADVISORY_UNMAINTAINED
						  : KITH_ADVISORY_NOTICE;
}

/* --- ecosystems --- */

static const struct {
	const char *word;
	enum kith_ecosystem eco;
	enum kith_version_scheme scheme;
} ecosystems[] = {{"crates.io", KITH_ECO_CARGO, KITH_SCHEME_CARGO},
		  {"npm", KITH_ECO_NPM, KITH_SCHEME_NPM},
		  {"Go", KITH_ECO_GO, KITH_SCHEME_GO},
		  {"PyPI", KITH_ECO_PYPI, KITH_SCHEME_PYPI},
		  {"Debian", KITH_ECO_DEBIAN, KITH_SCHEME_DEBIAN}};
#define N_ECOSYSTEMS (sizeof(ecosystems) / sizeof(ecosystems[0]))

const char *
kith_advisory_ecosystem(enum kith_ecosystem eco)
{
	size_t i;

	for (i = 0; i < N_ECOSYSTEMS; i++)
		if (ecosystems[i].eco == eco)
			return ecosystems[i].word;
	return "";
}

bool
kith_advisory_scheme(struct kith_span ecosystem, enum kith_version_scheme *ret_scheme)
{
	size_t i;

	for (i = 0; i < N_ECOSYSTEMS; i++) {
		if (kith_span_is(ecosystem, ecosystems[i].word)) {
			*ret_scheme = ecosystems[i].scheme;
			return true;
		}
	}
	return false;
}

void
kith_advisory_split(struct kith_span text, struct kith_span *ret_ecosystem,
		    struct kith_span *ret_suffix)
{
	size_t colon = kith_span_find(text, 0, ':');

	*ret_ecosystem = kith_span_sub(text, 0, colon);
	*ret_suffix = kith_span_sub(text, colon + 1, SIZE_MAX);
}

/* --- names --- */

static bool
is_separator(uint8_t c)
{
	return c == '-' || c == '_' || c == '.';
}

/* versions.md 4.5 */
static void
put_pypi_name(struct kith_buf *out, struct kith_span name)
{
	size_t i;

	for (i = 0; i < name.len; i++) {
		uint8_t c = name.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c + ('a' - 'A'));
		if (!is_separator(c))
			kith_buf_put_char(out, (char)c);
		else if (!i || !is_separator(name.ptr[i - 1]))
			kith_buf_put_char(out, '-');
	}
}

static void
put_go_name(struct kith_buf *out, struct kith_span name)
{
	size_t i;

	for (i = 0; i < name.len; i++) {
		uint8_t c = name.ptr[i];

		if (c == '!' && i + 1 < name.len && name.ptr[i + 1] >= 'a' &&
		    name.ptr[i + 1] <= 'z')
			c = (uint8_t)(name.ptr[++i] - ('a' - 'A'));
		kith_buf_put_char(out, (char)c);
	}
}

void
kith_advisory_put_name(struct kith_buf *out, struct kith_span ecosystem, struct kith_span name)
{
	if (kith_span_is(ecosystem, "PyPI"))
		put_pypi_name(out, name);
	else if (kith_span_is(ecosystem, "Go"))
		put_go_name(out, name);
	else
		kith_buf_put_span(out, name);
}

/* --- versions --- */

/* Where the numbers end: at the pre-release or the build. */
static size_t
core_length(struct kith_span v)
{
	size_t n = 0;

	while (n < v.len && v.ptr[n] != '-' && v.ptr[n] != '+')
		n++;
	return n;
}

void
kith_advisory_put_version(struct kith_buf *out, enum kith_version_scheme scheme,
			  struct kith_span value, bool pad)
{
	size_t core, dots = 0, i;

	if (scheme == KITH_SCHEME_PYPI || scheme == KITH_SCHEME_DEBIAN) {
		kith_buf_put_span(out, value);
		return;
	}
	kith_span_skip(&value, "v");
	if (scheme == KITH_SCHEME_GO)
		kith_buf_put_char(out, 'v');
	core = core_length(value);
	for (i = 0; i < core; i++)
		dots += value.ptr[i] == '.';
	kith_buf_put_span(out, kith_span_sub(value, 0, core));
	for (; pad && core && dots < 2; dots++)
		kith_buf_put_str(out, ".0");
	kith_buf_put_span(out, kith_span_sub(value, core, SIZE_MAX));
}

/* Empty is below everything; what is compared has been found valid. */
static int
cmp_versions(enum kith_version_scheme scheme, struct kith_span a, struct kith_span b)
{
	int order = 0;

	if (!a.len || !b.len)
		return (a.len != 0) - (b.len != 0);
	return kith_version_cmp(scheme, a, b, &order, NULL) ? kith_span_cmp(a, b) : order;
}

static int
cmp_events(const void *pa, const void *pb, void *ctx)
{
	const struct kith_advisory_event *a = pa, *b = pb;
	const enum kith_version_scheme *scheme = ctx;
	bool la = a->kind == KITH_ADVISORY_LIMIT, lb = b->kind == KITH_ADVISORY_LIMIT;
	int r;

	if (la != lb)
		return la ? 1 : -1;
	r = cmp_versions(*scheme, a->version, b->version);
	return r ? r : (a->kind > b->kind) - (a->kind < b->kind);
}

void
kith_advisory_sort_events(enum kith_version_scheme scheme, struct kith_advisory_event *events,
			  size_t n)
{
	if (n > 1)
		qsort_r(events, n, sizeof(*events), cmp_events, &scheme);
}

static int
cmp_ordered(const void *pa, const void *pb, void *ctx)
{
	const enum kith_version_scheme *scheme = ctx;
	const struct kith_span *a = pa, *b = pb;
	int r = cmp_versions(*scheme, *a, *b);

	return r ? r : kith_span_cmp(*a, *b);
}

static int
cmp_literal(const void *pa, const void *pb)
{
	const struct kith_span *a = pa, *b = pb;

	return kith_span_cmp(*a, *b);
}

void
kith_advisory_sort_versions(enum kith_version_scheme scheme, struct kith_span *versions, size_t n,
			    size_t *ret_ordered)
{
	size_t i, valid = 0;
	struct kith_span v;

	for (i = 0; i < n; i++) {
		if (!kith_version_valid(scheme, versions[i]))
			continue;
		v = versions[valid];
		versions[valid++] = versions[i];
		versions[i] = v;
	}
	if (valid > 1)
		qsort_r(versions, valid, sizeof(*versions), cmp_ordered, &scheme);
	if (n - valid > 1)
		qsort(versions + valid, n - valid, sizeof(*versions), cmp_literal);
	*ret_ordered = valid;
}
