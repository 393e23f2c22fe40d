/* SPDX-License-Identifier: Apache-2.0 */
/*
 * versions FILE…: order, membership and refusals as text. The file name decides: its beginning up
 * to the first '-' or '.' is the ecosystem, the rest the kind of lines.
 *   E.txt          A < B | A = B, tried in both directions
 *   E-ranges.txt   RANGE | VERSION | yes|no, split at the last two bars
 *   E-invalid.txt  refuse|accept TAB version|range TAB JSON string [TAB what it reads as]
 *   go-pseudo.txt  version TAB pseudo|no TAB base TAB revision TAB time TAB ok|bad
 */
#include "cases/cases.h"
#include "version/version.h"

struct file {
	enum kith_version_scheme scheme;
	const char *name;
	size_t line;
	struct cases_tally *tally;
};

static void
result(const struct file *f, bool pass, struct kith_span line, const char *why)
{
	KITH_AUTO_BUF struct kith_buf name;

	kith_buf_init(&name, KITH_KIB(64));
	kith_buf_printf(&name, "%s:%zu ", f->name, f->line);
	kith_text_safe(&name, line, 100);
	cases_result(f->tally, pass, kith_buf_str(&name), "%s", why);
}

/* Cuts the piece behind the last `sep` off the end of *s; false if there is none. */
static bool
cut_last(struct kith_span *s, const char *sep, struct kith_span *ret_piece)
{
	struct kith_span want = kith_span_str(sep);
	size_t i;

	for (i = s->len; i-- > 0;) {
		if (kith_span_starts(kith_span_sub(*s, i, SIZE_MAX), want)) {
			*ret_piece = kith_span_sub(*s, i + want.len, SIZE_MAX);
			s->len = i;
			return true;
		}
	}
	return false;
}

static const char *
judge_order(const struct file *f, struct kith_span line)
{
	struct kith_span a = line, b;
	int want = 0, there, back;
	struct kith_error err;
	static char why[600];

	if (!cut_last(&a, " = ", &b)) {
		want = -1;
		if (!cut_last(&a, " < ", &b))
			return "no case: neither A < B nor A = B";
	}
	if (kith_version_cmp(f->scheme, a, b, &there, &err) ||
	    kith_version_cmp(f->scheme, b, a, &back, &err)) {
		snprintf(why, sizeof(why), "%s", err.msg);
		return why;
	}
	if (there != want)
		return "wrong order";
	return back == -want ? NULL : "wrong order the other way round";
}

static const char *
judge_range(const struct file *f, struct kith_span line)
{
	struct kith_span range = line, version, want;
	struct kith_error err;
	bool yes;
	static char why[600];

	if (!cut_last(&range, " | ", &want) || !cut_last(&range, " | ", &version))
		return "no case: not RANGE | VERSION | yes|no";
	if (!kith_span_is(want, "yes") && !kith_span_is(want, "no"))
		return "no case: neither yes nor no";
	if (kith_span_is(range, "\"\""))
		range = KITH_SPAN_LIT("");
	if (kith_version_matches(f->scheme, range, version, &yes, &err)) {
		snprintf(why, sizeof(why), "%s", err.msg);
		return why;
	}
	return yes == kith_span_is(want, "yes") ? NULL : yes ? "it matches" : "it does not match";
}

static bool
put_escape(struct kith_buf *out, struct kith_span s, size_t *i)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	static const char hex[] = "0123456789abcdef";
	uint8_t utf8[4];
	uint32_t c = 0;
	const char *at;
	size_t k;

	if (*i >= s.len)
		return false;
	if (s.ptr[*i] != 'u') {
		at = strchr(from, s.ptr[(*i)++]);
		if (at && *at)
			kith_buf_put_char(out, to[at - from]);
		return at && *at;
	}
	for (k = 1; k <= 4; k++) {
		at = *i + k < s.len && s.ptr[*i + k] ? strchr(hex, s.ptr[*i + k]) : NULL;
		if (!at)
			return false;
		c = c * 16 + (uint32_t)(at - hex);
	}
	*i += 5;
	kith_buf_put(out, utf8, kith_utf8_put(utf8, c));
	return true;
}

/* A JSON string without surrogates is all that the files need. */
static bool
put_json_string(struct kith_buf *out, struct kith_span s)
{
	size_t i = 0;

	if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"')
		return false;
	s = kith_span_sub(s, 1, s.len - 2);
	while (i < s.len) {
		if (s.ptr[i] != '\\')
			kith_buf_put_char(out, (char)s.ptr[i++]);
		else if (i++, !put_escape(out, s, &i))
			return false;
	}
	return true;
}

/* Two ranges say the same of versions around every number that real ranges speak of. */
static const char *
compare_ranges(const struct file *f, struct kith_span a, struct kith_span b)
{
	static const char *const suffixes[] = {"", "-0", "-a.b", "-beta", "-x-y"};
	unsigned major, minor, patch;
	size_t i;
	bool x, y;
	char version[40];

	for (major = 0; major < 4; major++)
		for (minor = 0; minor < 5; minor++)
			for (patch = 0; patch < 5; patch++)
				for (i = 0; i < 5; i++) {
					snprintf(version, sizeof(version), "%u.%u.%u%s", major,
						 minor, patch, suffixes[i]);
					if (kith_version_matches(
						f->scheme, a, kith_span_str(version), &x, NULL) ||
					    kith_version_matches(f->scheme, b,
								 kith_span_str(version), &y, NULL))
						return "what it reads as is refused";
					if (x != y)
						return "it is read as something else";
				}
	return NULL;
}

static const char *
judge_reading(const struct file *f, bool range, struct kith_span text, struct kith_span reads)
{
	KITH_AUTO_BUF struct kith_buf normal;
	int order;

	kith_buf_init(&normal, KITH_KIB(8));
	if (range)
		return compare_ranges(f, text, reads);
	if (kith_version_cmp(f->scheme, text, reads, &order, NULL) || order)
		return "it is not equal to what it reads as";
	if (f->scheme == KITH_SCHEME_PYPI &&
	    (!kith_pep440_normal(text, &normal) || !kith_span_eq(kith_buf_span(&normal), reads)))
		return "another normal form";
	return NULL;
}

static const char *
judge_invalid(const struct file *f, struct kith_span line)
{
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_span rest = line, want, kind, json, reads = KITH_SPAN_NONE, s;
	bool valid, range;

	kith_buf_init(&text, KITH_KIB(64));
	if (!kith_span_next(&rest, '\t', &want) || !kith_span_next(&rest, '\t', &kind) ||
	    !kith_span_next(&rest, '\t', &json) || !put_json_string(&text, json))
		return "no case: not VERDICT, KIND, JSON string";
	range = kith_span_is(kind, "range");
	if (!range && !kith_span_is(kind, "version"))
		return "no case: neither version nor range";
	s = kith_buf_span(&text);
	valid = range ? kith_range_valid(f->scheme, s) : kith_version_valid(f->scheme, s);
	if (kith_span_is(want, "refuse"))
		return valid ? "it is accepted" : NULL;
	if (!kith_span_is(want, "accept"))
		return "no case: neither refuse nor accept";
	if (!valid)
		return "it is refused";
	return kith_span_next(&rest, '\t', &reads) ? judge_reading(f, range, s, reads) : NULL;
}

static const char *
judge_pseudo(const struct file *f, struct kith_span line)
{
	KITH_AUTO_BUF struct kith_buf base, stamp;
	struct kith_span rest = line, column[6];
	struct kith_go_pseudo p;
	struct kith_time t;
	bool is, has_base, has_time;
	size_t i;

	(void)f;
	kith_buf_init(&base, KITH_KIB(4));
	kith_buf_init(&stamp, 100);
	for (i = 0; i < 6; i++)
		if (!kith_span_next(&rest, '\t', &column[i]))
			return "no case: fewer than six columns";
	is = kith_go_pseudo_parse(column[0], &p);
	if (is != kith_span_is(column[1], "pseudo"))
		return is ? "it is taken for one" : "it is not taken for one";
	if (!is)
		return NULL;
	has_base = kith_go_pseudo_base(&p, &base);
	has_time = kith_go_pseudo_time(&p, &t);
	if (!kith_span_eq(p.revision, column[3]))
		return "another revision";
	if ((has_base && has_time) != kith_span_is(column[5], "ok"))
		return "base or time is not refused as it should be";
	if (has_base && !kith_span_eq(kith_buf_span(&base), column[2]))
		return "another base";
	if (has_time)
		kith_time_put_rfc3339(&stamp, t);
	return has_time && !kith_span_eq(kith_buf_span(&stamp), column[4]) ? "another time" : NULL;
}

typedef const char *judge(const struct file *f, struct kith_span line);

struct mode {
	const char *suffix;
	judge *run; /* NULL: no requirement on kith */
};

static const struct mode modes[] = {
    {".txt", judge_order},         {"-loose.txt", judge_order},
    {"-ranges.txt", judge_range},  {"-invalid.txt", judge_invalid},
    {"-pseudo.txt", judge_pseudo}, {"-ranges-prerelease.txt", NULL},
    {"-ranges-default.txt", NULL}, {"-ranges-differ.txt", NULL},
};

static const struct {
	const char *name;
	enum kith_version_scheme scheme;
} ecosystems[] = {{"cargo", KITH_SCHEME_CARGO},
		  {"npm", KITH_SCHEME_NPM},
		  {"go", KITH_SCHEME_GO},
		  {"pypi", KITH_SCHEME_PYPI},
		  {"debian", KITH_SCHEME_DEBIAN}};

/* From the file's name its scheme and kind of lines; NULL if it says none. */
static const struct mode *
mode_of(const char *base, enum kith_version_scheme *ret_scheme)
{
	size_t n = strcspn(base, "-."), i, k;

	for (i = 0; i < sizeof(ecosystems) / sizeof(ecosystems[0]); i++) {
		if (strlen(ecosystems[i].name) != n || strncmp(base, ecosystems[i].name, n) != 0)
			continue;
		for (k = 0; k < sizeof(modes) / sizeof(modes[0]); k++) {
			if (strcmp(base + n, modes[k].suffix) != 0)
				continue;
			*ret_scheme = ecosystems[i].scheme;
			if (strcmp(base + n, "-loose.txt") == 0)
				*ret_scheme = KITH_SCHEME_NPM_LOOSE;
			return &modes[k];
		}
	}
	return NULL;
}

static void
run_lines(struct file *f, judge *run, struct kith_span rest)
{
	struct kith_span line, source;
	const char *why;

	while (kith_span_next(&rest, '\n', &line)) {
		f->line++;
		if (!line.len || line.ptr[0] == '#')
			continue;
		cut_last(&line, "  # ", &source);
		why = run(f, line);
		result(f, !why, line, why ? why : "");
	}
}

int
cases_versions(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++) {
		struct file f = {.tally = &tally};
		const char *slash = strrchr(argv[i], '/');
		const struct mode *m;

		f.name = slash ? slash + 1 : argv[i];
		m = mode_of(f.name, &f.scheme);
		if (!m) {
			fprintf(stderr, "versions: %s: the name says no kind of lines\n", argv[i]);
			return 2;
		}
		if (!m->run)
			printf("skipped %s: no requirement on kith\n", f.name);
		else
			run_lines(&f, m->run, cases_read(argv[i]));
	}
	return cases_end(&tally);
}
