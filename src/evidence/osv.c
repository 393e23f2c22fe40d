/* SPDX-License-Identifier: Apache-2.0 */
/* Reading OSV records: what is about the record as a whole, and each package it names. */
#include "evidence/osv_reader.h"

static int
keep(struct osv_reader *rd, struct kith_span s, struct kith_span *ret)
{
	return kith_arena_copy(rd->arena, s, ret) ? KITH_OK : kith_fail_nomem(rd->err);
}

/* Where an object is expected, anything else has no members. */
static const struct kith_json *
object_of(const struct kith_json *v, const char *key)
{
	const struct kith_json *o = kith_json_get(v, key);

	return kith_json_type(o) == KITH_JSON_OBJECT ? o : NULL;
}

const struct kith_json *
osv_first(const struct kith_json *object, const char *key)
{
	const struct kith_json *a = kith_json_get(object, key);

	return kith_json_type(a) == KITH_JSON_ARRAY ? kith_json_first(a) : NULL;
}

size_t
osv_count(const struct kith_json *first)
{
	size_t n = 0;

	for (; first; first = kith_json_next(first))
		n++;
	return n;
}

/* --- severity (5.5) --- */

static struct kith_advisory_severity
read_score(const struct kith_json *item)
{
	struct kith_advisory_severity s = {.known = false};
	struct kith_span type, score;
	struct kith_cvss c;

	if (!kith_json_get_string(item, "type", &type) ||
	    !kith_json_get_string(item, "score", &score))
		return s;
	if (kith_span_starts(type, KITH_SPAN_LIT("CVSS_V"))) {
		s.has_defects = kith_cvss_score(score, &c, NULL) != KITH_OK;
		s.known = s.has_score = !s.has_defects;
		if (s.known) {
			s.tenths = c.tenths;
			s.label = kith_severity_of(c.tenths);
		}
	} else if (kith_span_is(type, "Ubuntu")) {
		s.known = kith_severity_parse(score, &s.label);
		s.has_defects = !s.known;
	}
	return s;
}

/* The highest of severity[]; without a readable one the word of GitHub's records. */
static struct kith_advisory_severity
read_severity(const struct kith_json *of)
{
	struct kith_advisory_severity s = {.known = false};
	const struct kith_json *c;
	struct kith_span word;

	for (c = osv_first(of, "severity"); c; c = kith_json_next(c))
		s = kith_advisory_worse(s, read_score(c));
	if (!s.known && kith_json_get_string(object_of(of, "database_specific"), "severity", &word))
		s.known = kith_severity_parse(word, &s.label);
	return s;
}

/* --- packages --- */

static int
put_name(struct osv_reader *rd, struct kith_span ecosystem, struct kith_span name,
	 struct kith_span *ret)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_MAX_ADVISORY_NAME + 1);
	kith_advisory_put_name(&b, ecosystem, name);
	r = kith_buf_check(&b, rd->err);
	return r ? r : keep(rd, kith_buf_span(&b), ret);
}

static int
read_versions(struct osv_reader *rd, const struct kith_json *entry, struct osv_package *p)
{
	const struct kith_json *c = osv_first(entry, "versions");
	size_t n = osv_count(c), i = 0;
	struct kith_span *list, s;
	int r = KITH_OK;

	rd->versions += n;
	if (rd->versions > KITH_MAX_ADVISORY_VERSIONS)
		return kith_fail(rd->err, KITH_E_LIMIT, "more than %zu versions",
				 KITH_MAX_ADVISORY_VERSIONS);
	list = kith_arena_array(rd->arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(rd->err);
	for (; c && !r; c = kith_json_next(c)) {
		if (!kith_json_string(c, &s) || !s.len || s.len > KITH_MAX_VERSION)
			rd->out.defects++;
		else
			r = osv_keep_version(rd, p, s, false, &list[i++]);
	}
	p->out->versions = list;
	p->out->n_versions = i;
	if (p->ordered)
		kith_advisory_sort_versions(p->scheme, list, i, &p->out->n_ordered);
	else if (i > 1)
		osv_sort_literal(list, i);
	return r;
}

/* RustSec's own export says here what the advisory is (5.8). */
static void
read_specifics(struct osv_reader *rd, const struct kith_json *entry)
{
	const struct kith_json *db = object_of(entry, "database_specific"), *c;
	struct kith_span word;

	if (!kith_span_starts(rd->out.id, KITH_SPAN_LIT("RUSTSEC-")))
		return;
	if (kith_json_get_string(db, "informational", &word))
		rd->out.kind = kith_advisory_kind_of(word);
	for (c = osv_first(db, "categories"); c; c = kith_json_next(c))
		if (kith_json_string(c, &word) && kith_span_is(word, "malicious"))
			rd->out.malicious = true;
}

/* False: it names no package, as entries about a repository do. */
static bool
find_package(const struct kith_json *entry, struct kith_span *ret_ecosystem,
	     struct kith_span *ret_name)
{
	const struct kith_json *p = object_of(entry, "package");

	return kith_json_get_string(p, "ecosystem", ret_ecosystem) &&
	       kith_json_get_string(p, "name", ret_name) && ret_ecosystem->len && ret_name->len &&
	       ret_ecosystem->len <= KITH_MAX_ADVISORY_NAME &&
	       ret_name->len <= KITH_MAX_ADVISORY_NAME;
}

static int
read_entry(struct osv_reader *rd, const struct kith_json *entry, struct kith_advisory_package *out,
	   bool *ret_is_one)
{
	struct osv_package p = {.out = out};
	struct kith_span ecosystem, name;
	int r;

	*ret_is_one = find_package(entry, &ecosystem, &name);
	if (!*ret_is_one) {
		rd->out.defects +=
		    kith_json_type(kith_json_get(entry, "package")) != KITH_JSON_NULL;
		return KITH_OK;
	}
	r = keep(rd, ecosystem, &ecosystem);
	if (r)
		return r;
	kith_advisory_split(ecosystem, &out->ecosystem, &out->suffix);
	p.ordered = kith_advisory_scheme(out->ecosystem, &p.scheme);
	r = put_name(rd, out->ecosystem, name, &out->name);
	if (!r)
		r = osv_read_ranges(rd, entry, &p);
	if (!r)
		r = read_versions(rd, entry, &p);
	out->severity = read_severity(entry);
	read_specifics(rd, entry);
	return r;
}

static int
read_packages(struct osv_reader *rd, const struct kith_json *record)
{
	const struct kith_json *c = osv_first(record, "affected");
	size_t max = osv_count(c), n = 0;
	struct kith_advisory_package *list;
	bool is_one;
	int r = KITH_OK;

	if (max > KITH_MAX_ADVISORY_PACKAGES)
		return kith_fail(rd->err, KITH_E_LIMIT, "more than %zu packages",
				 KITH_MAX_ADVISORY_PACKAGES);
	list = kith_arena_array(rd->arena, max, sizeof(*list));
	if (!list)
		return kith_fail_nomem(rd->err);
	for (; c && !r; c = kith_json_next(c)) {
		r = read_entry(rd, c, &list[n], &is_one);
		n += !r && is_one;
	}
	rd->out.packages = list;
	rd->out.n_packages = n;
	return r;
}

/* --- the record --- */

static int
read_aliases(struct osv_reader *rd, const struct kith_json *record)
{
	const struct kith_json *c = osv_first(record, "aliases");
	size_t max = osv_count(c), n = 0;
	struct kith_span *list, s;

	if (max > KITH_MAX_ADVISORY_ALIASES)
		return kith_fail(rd->err, KITH_E_LIMIT, "more than %zu aliases",
				 KITH_MAX_ADVISORY_ALIASES);
	list = kith_arena_array(rd->arena, max, sizeof(*list));
	if (!list)
		return kith_fail_nomem(rd->err);
	for (; c; c = kith_json_next(c)) {
		if (!kith_json_string(c, &s) || !s.len || s.len > KITH_MAX_ADVISORY_ID)
			rd->out.defects++;
		else if (keep(rd, s, &list[n++]))
			return KITH_E_NOMEM;
	}
	rd->out.aliases = list;
	rd->out.n_aliases = n;
	return KITH_OK;
}

static int
read_head(struct osv_reader *rd, const struct kith_json *record)
{
	struct kith_advisory *a = &rd->out;
	struct kith_span s;
	int r;

	if (kith_json_type(record) != KITH_JSON_OBJECT)
		return kith_fail(rd->err, KITH_E_FORMAT, "no object");
	if (!kith_json_get_string(record, "id", &s) || !s.len || s.len > KITH_MAX_ADVISORY_ID)
		return kith_fail(rd->err, KITH_E_FORMAT, "no 'id'");
	r = keep(rd, s, &a->id);
	if (!r && kith_json_get_string(record, "summary", &s))
		r = keep(rd, s, &a->title);
	if (kith_json_get_string(record, "published", &s) ||
	    kith_json_get_string(record, "modified", &s))
		a->has_date = kith_time_parse(s, &a->date, NULL);
	/* a flag, whatever the time (7, trap 13); null: absent */
	a->withdrawn = kith_json_get_string(record, "withdrawn", &s);
	a->malicious = kith_span_starts(a->id, KITH_SPAN_LIT("MAL-"));
	a->severity = read_severity(record);
	return r;
}

int
kith_osv_read_value(const struct kith_json *record, struct kith_arena *arena,
		    struct kith_advisory *ret_advisory, struct kith_error *err)
{
	struct osv_reader rd = {.arena = arena, .err = err};
	int r = read_head(&rd, record);

	if (!r)
		r = read_aliases(&rd, record);
	if (!r)
		r = read_packages(&rd, record);
	if (!r)
		*ret_advisory = rd.out;
	return r;
}

int
kith_osv_read(struct kith_span text, struct kith_arena *arena, struct kith_advisory *ret_advisory,
	      struct kith_error *err)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	int r;

	if (text.len > KITH_MAX_OSV_RECORD)
		return kith_fail(err, KITH_E_LIMIT, "larger than %zu bytes",
				 (size_t)KITH_MAX_OSV_RECORD);
	r = kith_json_parse(text, &doc, err);
	return r ? r : kith_osv_read_value(kith_json_root(doc), arena, ret_advisory, err);
}

bool
kith_osv_is_draft(struct kith_span id)
{
	return kith_span_starts(id, KITH_SPAN_LIT("MAL-0000"));
}
