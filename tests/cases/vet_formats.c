/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vet-versions FILE…: JSON string TAB ok|bad TAB as written back; then lines `order TAB A = B`.
 * vet-requirements FILE…: JSON string TAB as written back or bad TAB versions it matches; the
 *   first comment names, behind ": ", the versions that were tried.
 * vet-fmt FILE…: JSON string TAB its TOML form as JSON; of keys where the name begins with "keys".
 */
#include "cases/cases.h"
#include "codec/json.h"
#include "codec/toml_write.h"
#include "evidence/vet_version.h"

/* A JSON string by itself; false if it is none. */
static bool
read_json_string(struct kith_span json, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf doc;
	KITH_AUTO_JSON struct kith_json_doc *d = NULL;
	struct kith_span s;
	size_t at;

	/* the reader refuses NUL in strings: it is put in by hand */
	kith_buf_init(&doc, KITH_MIB(1));
	for (at = 0; at < json.len; at++) {
		if (kith_span_starts(kith_span_sub(json, at, SIZE_MAX), KITH_SPAN_LIT("\\u0000"))) {
			kith_buf_put_str(&doc, "\xef\xbf\xbf");
			at += 5;
			continue;
		}
		kith_buf_put_char(&doc, (char)json.ptr[at]);
		if (json.ptr[at] == '\\' && at + 1 < json.len)
			kith_buf_put_char(&doc, (char)json.ptr[++at]);
	}
	if (kith_json_parse(kith_buf_span(&doc), &d, NULL) ||
	    !kith_json_string(kith_json_root(d), &s))
		return false;
	for (at = 0; at < s.len; at++) {
		if (kith_span_starts(kith_span_sub(s, at, SIZE_MAX),
				     KITH_SPAN_LIT("\xef\xbf\xbf"))) {
			kith_buf_put_char(out, '\0');
			at += 2;
		} else {
			kith_buf_put_char(out, (char)s.ptr[at]);
		}
	}
	return true;
}

static void
result(struct cases_tally *t, const char *path, size_t number, struct kith_span line,
       const char *why)
{
	KITH_AUTO_BUF struct kith_buf name;
	const char *slash = strrchr(path, '/');

	kith_buf_init(&name, KITH_KIB(64));
	kith_buf_printf(&name, "%s:%zu ", slash ? slash + 1 : path, number);
	kith_text_safe(&name, line, 100);
	cases_result(t, !why, kith_buf_str(&name), "%s", why ? why : "");
}

/* --- versions --- */

struct versions {
	struct kith_vet_version last;
	bool any;
};

/* "A = B = …": equal to each other, and more than the line before. */
static const char *
judge_order(struct versions *o, struct kith_span line)
{
	struct kith_vet_version v, first = {.rev = KITH_SPAN_NONE};
	struct kith_span rest = line, piece;
	bool one = false;

	while (kith_span_next(&rest, '=', &piece)) {
		if (!kith_vet_version_parse(kith_span_trim(piece), &v))
			return "no version";
		if (one && (kith_vet_version_cmp(&first, &v) || kith_vet_version_cmp(&v, &first)))
			return "not equal";
		if (!one)
			first = v;
		one = true;
	}
	if (o->any &&
	    (kith_vet_version_cmp(&o->last, &v) >= 0 || kith_vet_version_cmp(&v, &o->last) <= 0))
		return "not more than the one before";
	o->last = v;
	o->any = true;
	return NULL;
}

static const char *
judge_version(struct kith_span line)
{
	static struct kith_buf text; /* holds what the version borrows */
	KITH_AUTO_BUF struct kith_buf back;
	struct kith_span rest = line, json, want, written = KITH_SPAN_NONE;
	struct kith_vet_version v;
	bool ok;

	kith_buf_clear(&text);
	kith_buf_init(&text, KITH_KIB(64));
	kith_buf_init(&back, KITH_KIB(64));
	if (!kith_span_next(&rest, '\t', &json) || !kith_span_next(&rest, '\t', &want) ||
	    !read_json_string(json, &text))
		return "no case";
	kith_span_next(&rest, '\t', &written);
	ok = kith_vet_version_parse(kith_buf_span(&text), &v);
	if (ok != kith_span_is(want, "ok"))
		return ok ? "it is accepted" : "it is refused";
	if (!ok)
		return NULL;
	kith_vet_version_put(&back, &v);
	return kith_span_eq(kith_buf_span(&back), written) ? NULL : "written back otherwise";
}

int
cases_vet_versions(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++) {
		struct kith_span rest = cases_read(argv[i]), line, text;
		struct versions order = {.any = false};
		size_t number = 0;

		while (kith_span_next(&rest, '\n', &line)) {
			number++;
			text = line;
			if (!line.len || line.ptr[0] == '#')
				continue;
			result(&tally, argv[i], number, line,
			       kith_span_skip(&text, "order\t") ? judge_order(&order, text)
								: judge_version(line));
		}
	}
	return cases_end(&tally);
}

/* --- requirements --- */

static const char *
judge_requirement(struct kith_span line, struct kith_span tried)
{
	KITH_AUTO_BUF struct kith_buf text, back, hit;
	struct kith_span rest = line, json, want, matches = KITH_SPAN_NONE, piece;
	struct kith_cargo_req req;
	struct kith_vet_version v;

	kith_buf_init(&text, KITH_KIB(64));
	kith_buf_init(&back, KITH_KIB(64));
	kith_buf_init(&hit, KITH_KIB(64));
	if (!kith_span_next(&rest, '\t', &json) || !kith_span_next(&rest, '\t', &want) ||
	    !read_json_string(json, &text))
		return "no case";
	kith_span_next(&rest, '\t', &matches);
	if (!kith_vet_put_requirement(&back, kith_buf_span(&text)))
		return kith_span_is(want, "bad") ? NULL : "it is refused";
	if (!kith_span_eq(kith_buf_span(&back), want))
		return "written back otherwise";
	/* what is written back must mean the same: that is what is kept */
	if (kith_cargo_req_parse(kith_buf_span(&back), &req, NULL))
		return "what is written back is refused";
	while (kith_span_next(&tried, ' ', &piece)) {
		if (!kith_vet_version_parse(piece, &v))
			return "no version among those tried";
		if (!kith_cargo_req_matches(&req, &v.semver))
			continue;
		if (hit.len)
			kith_buf_put_char(&hit, ' ');
		kith_buf_put_span(&hit, piece);
	}
	return kith_span_eq(kith_buf_span(&hit), matches) ? NULL : "it matches other versions";
}

int
cases_vet_requirements(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++) {
		struct kith_span rest = cases_read(argv[i]), line, tried = KITH_SPAN_NONE;
		size_t number = 0;

		while (kith_span_next(&rest, '\n', &line)) {
			number++;
			if (line.len && line.ptr[0] == '#' && !tried.len) {
				size_t at = kith_span_find(line, 0, ':');

				tried = kith_span_trim(kith_span_sub(line, at + 1, SIZE_MAX));
			} else if (line.len && line.ptr[0] != '#') {
				result(&tally, argv[i], number, line,
				       judge_requirement(line, tried));
			}
		}
	}
	return cases_end(&tally);
}

/* --- TOML --- */

static const char *
judge_form(struct kith_span line, bool key)
{
	KITH_AUTO_BUF struct kith_buf text, want, got;
	struct kith_span rest = line, a, b;

	kith_buf_init(&text, KITH_KIB(64));
	kith_buf_init(&want, KITH_KIB(64));
	kith_buf_init(&got, KITH_KIB(64));
	if (!kith_span_next(&rest, '\t', &a) || !kith_span_next(&rest, '\t', &b) ||
	    !read_json_string(a, &text) || !read_json_string(b, &want))
		return "no case";
	if (key)
		kith_toml_put_key(&got, kith_buf_span(&text));
	else
		kith_toml_put_string(&got, kith_buf_span(&text));
	return kith_span_eq(kith_buf_span(&got), kith_buf_span(&want)) ? NULL : "another form";
}

int
cases_vet_fmt(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++) {
		struct kith_span rest = cases_read(argv[i]), line;
		const char *slash = strrchr(argv[i], '/');
		bool key = strncmp(slash ? slash + 1 : argv[i], "keys", 4) == 0;
		size_t number = 0;

		while (kith_span_next(&rest, '\n', &line)) {
			number++;
			if (line.len && line.ptr[0] != '#')
				result(&tally, argv[i], number, line, judge_form(line, key));
		}
	}
	return cases_end(&tally);
}
