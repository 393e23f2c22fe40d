/* SPDX-License-Identifier: Apache-2.0 */
/* Reading RustSec's advisory files: front matter, keys and their types, the title. */
#include "codec/toml.h"
#include "evidence/rustsec.h"

#define FENCE "```toml"

struct reader {
	struct kith_arena *arena;
	struct kith_error *err;
	struct kith_rustsec out;
	struct kith_advisory_package *package;
};

static int
bad(const struct reader *rd, const struct kith_toml *at, const char *what)
{
	if (!at)
		return kith_fail(rd->err, KITH_E_FORMAT, "%s", what);
	return kith_fail(rd->err, KITH_E_FORMAT, "line %u, column %u: %s", at->line,
			 (unsigned)at->column, what);
}

static int
keep(const struct reader *rd, struct kith_span s, struct kith_span *ret)
{
	return kith_arena_copy(rd->arena, s, ret) ? KITH_OK : kith_fail_nomem(rd->err);
}

/* --- values --- */

/* An absent key leaves *ret alone, unless it is required. */
static int
get_string(const struct reader *rd, const struct kith_toml *table, const char *key, bool required,
	   struct kith_span *ret)
{
	const struct kith_toml *v = kith_toml_get(table, key);
	char what[64];

	snprintf(what, sizeof(what), "'%s' must be a string", key);
	if (!v)
		return required ? bad(rd, table, what) : KITH_OK;
	if (v->type != KITH_TOML_STRING)
		return bad(rd, v, what);
	return keep(rd, v->u.string, ret);
}

static int
read_strings(const struct reader *rd, const struct kith_toml *array, const char *what, size_t max,
	     struct kith_rustsec_list *ret)
{
	const struct kith_toml *c;
	struct kith_span *items;
	size_t n = 0;

	if (array->type != KITH_TOML_ARRAY)
		return bad(rd, array, what);
	if (array->count > max)
		return kith_fail(rd->err, KITH_E_LIMIT, "line %u: more than %zu items", array->line,
				 max);
	items = kith_arena_array(rd->arena, array->count, sizeof(*items));
	if (!items)
		return kith_fail_nomem(rd->err);
	for (c = array->first; c; c = c->next) {
		if (c->type != KITH_TOML_STRING)
			return bad(rd, c, what);
		if (keep(rd, c->u.string, &items[n++]))
			return KITH_E_NOMEM;
	}
	*ret = (struct kith_rustsec_list){items, n};
	return KITH_OK;
}

static int
get_strings(const struct reader *rd, const struct kith_toml *table, const char *key, size_t max,
	    struct kith_rustsec_list *ret)
{
	const struct kith_toml *v = kith_toml_get(table, key);
	char what[64];

	snprintf(what, sizeof(what), "'%s' must be an array of strings", key);
	return v ? read_strings(rd, v, what, max, ret) : KITH_OK;
}

/* YYYY-MM-DD of the years that the format knows (1.3). */
static int
get_date(const struct reader *rd, const struct kith_toml *table, const char *key, bool required,
	 struct kith_span *ret_text, struct kith_time *ret)
{
	struct kith_span text = KITH_SPAN_NONE;
	struct kith_time t;
	char what[64];
	int r = get_string(rd, table, key, required, &text);

	if (r || !text.ptr)
		return r;
	snprintf(what, sizeof(what), "'%s' must be a date from 2000 to 2100", key);
	if (!kith_time_parse_date(text, &t) ||
	    kith_span_cmp(text, KITH_SPAN_LIT("2000-01-01")) < 0 ||
	    kith_span_cmp(text, KITH_SPAN_LIT("2100-12-31")) > 0)
		return bad(rd, kith_toml_get(table, key), what);
	*ret_text = text;
	*ret = t;
	return KITH_OK;
}

/* --- [advisory] --- */

static int
read_aliases(struct reader *rd, const struct kith_toml *t)
{
	struct kith_rustsec_list aliases = {NULL, 0}, related = {NULL, 0};
	size_t i;
	int r = get_strings(rd, t, "aliases", KITH_MAX_ADVISORY_ALIASES, &aliases);

	if (!r)
		r = get_strings(rd, t, "related", KITH_MAX_ADVISORY_ALIASES, &related);
	for (i = 0; i < aliases.count && !r; i++)
		if (!kith_advisory_is_id(aliases.items[i]))
			r = bad(rd, kith_toml_get(t, "aliases"), "an alias is no id");
	rd->out.advisory.aliases = aliases.items;
	rd->out.advisory.n_aliases = aliases.count;
	return r;
}

static int
read_kind(struct reader *rd, const struct kith_toml *t)
{
	struct kith_advisory *a = &rd->out.advisory;
	struct kith_rustsec_list categories = {NULL, 0};
	struct kith_span word = KITH_SPAN_NONE;
	size_t i;
	int r = get_string(rd, t, "informational", false, &word);

	if (!r)
		r = get_strings(rd, t, "categories", KITH_MAX_ADVISORY_ALIASES, &categories);
	if (r)
		return r;
	rd->out.kind_word = word;
	/* a word that nobody knows yet must neither become a vulnerability nor vanish */
	a->kind = word.ptr ? kith_advisory_kind_of(word) : KITH_ADVISORY_VULNERABILITY;
	for (i = 0; i < categories.count; i++)
		a->malicious = a->malicious || kith_span_is(categories.items[i], "malicious");
	return KITH_OK;
}

static int
read_severity(struct reader *rd, const struct kith_toml *t)
{
	struct kith_advisory *a = &rd->out.advisory;
	struct kith_span vector = KITH_SPAN_NONE;
	struct kith_cvss c;
	int r = get_string(rd, t, "cvss", false, &vector);

	if (r || !vector.ptr)
		return r;
	if (kith_cvss_score(vector, &c, NULL)) {
		a->severity.has_defects = true;
		a->defects++;
		return KITH_OK;
	}
	a->severity.known = a->severity.has_score = true;
	a->severity.tenths = c.tenths;
	a->severity.label = kith_severity_of(c.tenths);
	return KITH_OK;
}

/* Keys that only have to be of their type. */
static int
check_rest(struct reader *rd, const struct kith_toml *t)
{
	struct kith_span s = KITH_SPAN_NONE;
	struct kith_rustsec_list l = {NULL, 0};
	const struct kith_toml *deleted = kith_toml_get(t, "expect-deleted");
	int r = get_strings(rd, t, "keywords", KITH_MAX_ADVISORY_ALIASES, &l);

	if (!r)
		r = get_strings(rd, t, "references", KITH_MAX_ADVISORY_ALIASES, &l);
	if (!r)
		r = get_string(rd, t, "license", false, &s);
	if (!r)
		r = get_string(rd, t, "title", false, &s);
	if (!r && kith_toml_get(t, "title") && s.len)
		r = bad(rd, kith_toml_get(t, "title"), "the title belongs below the front matter");
	s = KITH_SPAN_NONE;
	if (!r)
		r = get_string(rd, t, "description", false, &s);
	if (!r && s.len)
		r = bad(rd, kith_toml_get(t, "description"),
			"the description belongs below the front matter");
	if (!r && deleted && deleted->type != KITH_TOML_BOOLEAN)
		r = bad(rd, deleted, "'expect-deleted' must be true or false");
	return r;
}

static int
read_collection(struct reader *rd, const struct kith_toml *t)
{
	struct kith_span *c = &rd->out.collection;
	int r = get_string(rd, t, "collection", false, c);

	if (!r && c->ptr && !kith_span_is(*c, "crates") && !kith_span_is(*c, "rust"))
		r = bad(rd, kith_toml_get(t, "collection"), "'collection' is crates or rust");
	return r;
}

static int
read_names(struct reader *rd, const struct kith_toml *t)
{
	int r = get_string(rd, t, "id", true, &rd->out.advisory.id);

	if (!r && !kith_advisory_is_id(rd->out.advisory.id))
		r = bad(rd, kith_toml_get(t, "id"), "'id' is no advisory's id");
	if (!r)
		r = get_string(rd, t, "package", true, &rd->out.package);
	if (!r && (!rd->out.package.len || rd->out.package.len > KITH_MAX_ADVISORY_NAME))
		r = bad(rd, kith_toml_get(t, "package"), "'package' is no name");
	return r;
}

static int
read_dates(struct reader *rd, const struct kith_toml *t)
{
	struct kith_advisory *a = &rd->out.advisory;
	struct kith_time when;
	struct kith_span day;
	int r = get_date(rd, t, "date", true, &day, &a->date);

	a->has_date = !r;
	if (!r)
		r = get_date(rd, t, "withdrawn", false, &rd->out.withdrawn, &when);
	a->withdrawn = rd->out.withdrawn.len != 0;
	return r;
}

static int
read_advisory(struct reader *rd, const struct kith_toml *t)
{
	static int (*const parts[])(struct reader *, const struct kith_toml *) = {
	    read_names,    read_dates,      read_aliases, read_kind,
	    read_severity, read_collection, check_rest};
	size_t i;
	int r = KITH_OK;

	if (!t || t->type != KITH_TOML_TABLE)
		return bad(rd, t, "no table [advisory]");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && !r; i++)
		r = parts[i](rd, t);
	return r ? r : get_string(rd, t, "url", false, &rd->out.advisory.url);
}

/* --- [affected] --- */

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '<';
}

/* "crate::a::b": two segments or more. */
static bool
is_function(struct kith_span path)
{
	size_t i, segments = 1;
	bool begins = true;

	for (i = 0; i < path.len; i++) {
		uint8_t c = path.ptr[i];

		if (c == ':' && !begins && i + 1 < path.len && path.ptr[i + 1] == ':') {
			begins = true;
			segments++;
			i++;
		} else if (is_letter(c) ||
			   (!begins && ((c >= '0' && c <= '9') || c == '>' || c == ','))) {
			begins = false;
		} else {
			return false;
		}
	}
	return segments >= 2 && !begins;
}

static int
read_functions(struct reader *rd, const struct kith_toml *t)
{
	struct kith_rustsec_function *f;
	const struct kith_toml *c;
	size_t n = 0, i;
	int r = KITH_OK;

	if (!t)
		return KITH_OK;
	if (t->type != KITH_TOML_TABLE)
		return bad(rd, t, "'functions' must be a table");
	if (t->count > KITH_MAX_ADVISORY_REQS)
		return kith_fail(rd->err, KITH_E_LIMIT, "more than %zu functions",
				 KITH_MAX_ADVISORY_REQS);
	f = kith_arena_array(rd->arena, t->count, sizeof(*f));
	if (!f)
		return kith_fail_nomem(rd->err);
	for (c = t->first; c && !r; c = c->next, n++) {
		if (!is_function(c->key))
			return bad(rd, c, "no path of a function");
		r = keep(rd, c->key, &f[n].path);
		if (!r)
			r = read_strings(rd, c, "requirements must be an array of strings",
					 KITH_MAX_ADVISORY_REQS, &f[n].reqs);
		for (i = 0; !r && i < f[n].reqs.count; i++)
			if (!kith_range_valid(KITH_SCHEME_CARGO, f[n].reqs.items[i]))
				r = bad(rd, c, "a requirement of a function is none");
	}
	rd->out.functions = f;
	rd->out.n_functions = n;
	return r;
}

static int
read_affected(struct reader *rd, const struct kith_toml *t)
{
	int r;

	if (!t)
		return KITH_OK;
	if (t->type != KITH_TOML_TABLE)
		return bad(rd, t, "[affected] must be a table");
	r = get_strings(rd, t, "arch", KITH_MAX_ADVISORY_REQS, &rd->out.arch);
	if (!r)
		r = get_strings(rd, t, "os", KITH_MAX_ADVISORY_REQS, &rd->out.os);
	return r ? r : read_functions(rd, kith_toml_get(t, "functions"));
}

/* --- [versions] --- */

/* Compares bounds of gaps; those that are there are versions. */
static int
cmp_bounds(struct kith_span a, struct kith_span b)
{
	int order = 0;

	return kith_version_cmp(KITH_SCHEME_CARGO, a, b, &order, NULL) ? 1 : order;
}

/* As events; gaps that hold nothing are left out, such as touch become one. */
static int
put_events(struct reader *rd)
{
	const struct kith_rustsec_gap *g = rd->out.gaps;
	struct kith_advisory_event *e = kith_arena_array(rd->arena, 2 * rd->out.n_gaps, sizeof(*e));
	struct kith_advisory_range *range = kith_arena_alloc(rd->arena, sizeof(*range));
	size_t i, n = 0;

	if (!e || !range)
		return kith_fail_nomem(rd->err);
	for (i = 0; i < rd->out.n_gaps; i++) {
		if (g[i].introduced.len && g[i].fixed.len &&
		    cmp_bounds(g[i].introduced, g[i].fixed) >= 0)
			continue;
		if (n && g[i].introduced.len && !cmp_bounds(e[n - 1].version, g[i].introduced))
			n--;
		else
			e[n++] =
			    (struct kith_advisory_event){KITH_ADVISORY_INTRODUCED, g[i].introduced};
		if (g[i].fixed.len)
			e[n++] = (struct kith_advisory_event){KITH_ADVISORY_FIXED, g[i].fixed};
	}
	*range = (struct kith_advisory_range){.events = e, .n_events = n};
	rd->package->ranges = range;
	rd->package->n_ranges = n != 0;
	return KITH_OK;
}

static int
read_versions(struct reader *rd, const struct kith_toml *t)
{
	int r;

	if (!t || t->type != KITH_TOML_TABLE)
		return bad(rd, t, "no table [versions]");
	if (!kith_toml_get(t, "patched"))
		return bad(rd, t, "'patched' is missing");
	r = get_strings(rd, t, "patched", KITH_MAX_ADVISORY_REQS, &rd->out.patched);
	if (!r)
		r = get_strings(rd, t, "unaffected", KITH_MAX_ADVISORY_REQS, &rd->out.unaffected);
	if (!r)
		r = kith_rustsec_gaps(&rd->out.patched, &rd->out.unaffected, rd->arena,
				      &rd->out.gaps, &rd->out.n_gaps, rd->err);
	return r ? r : put_events(rd);
}

/* An advisory about a package of another registry says nothing about the default one's. */
static int
read_source(struct reader *rd, const struct kith_toml *t)
{
	struct kith_span source = KITH_SPAN_NONE;
	int r = get_string(rd, t, "source", false, &source);

	if (r || (source.ptr && !kith_cargo_is_crates_io(source)))
		return r;
	rd->package->ecosystem = KITH_SPAN_LIT("crates.io");
	rd->package->name = rd->out.package;
	rd->out.advisory.packages = rd->package;
	rd->out.advisory.n_packages = 1;
	return KITH_OK;
}

/* --- the file --- */

/* Lines above the front matter are kept as empty ones, so that places in errors are right. */
static int
take_front(struct reader *rd, struct kith_span front, struct kith_buf *out)
{
	struct kith_span text = kith_span_trim_unicode(front);
	size_t above = text.len ? (size_t)(text.ptr - front.ptr) : 0, i, lines = 0;
	bool headed = kith_span_starts(text, KITH_SPAN_LIT("[advisory]"));

	for (i = 0; i < above; i++)
		lines += front.ptr[i] == '\n';
	if (!headed && lines)
		lines--;
	kith_buf_put_fill(out, '\n', lines);
	if (!headed)
		kith_buf_put_str(out, "[advisory]\n");
	kith_buf_put_span(out, text);
	kith_buf_put_char(out, '\n');
	return kith_buf_check(out, rd->err);
}

static struct kith_span
trim_front(struct kith_span s)
{
	struct kith_span t = kith_span_trim_unicode(s);

	return t.len ? kith_span_sub(s, (size_t)(t.ptr - s.ptr), SIZE_MAX) : KITH_SPAN_NONE;
}

static size_t
blanks_at_end(struct kith_span s)
{
	struct kith_span t = kith_span_trim_unicode(s);

	return t.len ? s.len - (size_t)(t.ptr - s.ptr) - t.len : s.len;
}

/* Cuts the text: front matter, title, description. */
static int
cut(struct reader *rd, struct kith_span text, struct kith_buf *front)
{
	struct kith_span body;
	size_t end = sizeof(FENCE) - 1, eol;

	if (!kith_span_starts(text, KITH_SPAN_LIT(FENCE)))
		return bad(rd, NULL, "it does not begin with " FENCE);
	while (end < text.len &&
	       !kith_span_starts(kith_span_sub(text, end, 4), KITH_SPAN_LIT("\n```")))
		end = kith_span_find(text, end + 1, '\n');
	if (end >= text.len)
		return bad(rd, NULL, "the front matter has no end");
	body = trim_front(kith_span_sub(text, end + 4, SIZE_MAX));
	if (!kith_span_skip(&body, "# "))
		return bad(rd, NULL, "no title ('# …') below the front matter");
	eol = kith_span_find(body, 0, '\n');
	if (eol == body.len)
		return bad(rd, NULL, "the line of the title has no end");
	rd->out.advisory.title = kith_span_sub(body, 0, eol);
	rd->out.advisory.title.len -= blanks_at_end(rd->out.advisory.title);
	rd->out.description = kith_span_trim_unicode(kith_span_sub(body, eol + 1, SIZE_MAX));
	return take_front(rd, kith_span_sub(text, sizeof(FENCE) - 1, end - (sizeof(FENCE) - 1)),
			  front);
}

static int
read_front(struct reader *rd, struct kith_span front)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	const struct kith_toml *root;
	int r = kith_toml_parse(front, &doc, rd->err);

	if (r)
		return r;
	root = kith_toml_root(doc);
	r = read_advisory(rd, kith_toml_get(root, "advisory"));
	if (!r)
		r = read_affected(rd, kith_toml_get(root, "affected"));
	if (!r)
		r = read_versions(rd, kith_toml_get(root, "versions"));
	return r ? r : read_source(rd, kith_toml_get(root, "advisory"));
}

int
kith_rustsec_read(struct kith_span text, struct kith_arena *arena,
		  struct kith_rustsec *ret_advisory, struct kith_error *err)
{
	struct reader rd = {.arena = arena, .err = err};
	KITH_AUTO_BUF struct kith_buf front;
	int r;

	kith_buf_init(&front, KITH_MAX_RUSTSEC_FILE + 64);
	if (text.len > KITH_MAX_RUSTSEC_FILE)
		return kith_fail(err, KITH_E_LIMIT, "larger than %zu bytes",
				 (size_t)KITH_MAX_RUSTSEC_FILE);
	if (!kith_utf8_valid(text))
		return kith_fail(err, KITH_E_FORMAT, "not UTF-8");
	rd.package = kith_arena_alloc(arena, sizeof(*rd.package));
	if (!rd.package)
		return kith_fail_nomem(err);
	r = cut(&rd, text, &front);
	if (!r)
		r = keep(&rd, rd.out.advisory.title, &rd.out.advisory.title);
	if (!r)
		r = keep(&rd, rd.out.description, &rd.out.description);
	if (!r)
		r = read_front(&rd, kith_buf_span(&front));
	if (!r)
		*ret_advisory = rd.out;
	return r;
}

bool
kith_rustsec_place(struct kith_span path, struct kith_span *ret_collection,
		   struct kith_span *ret_package, struct kith_span *ret_file)
{
	struct kith_span rest = path, part[3];
	size_t i;

	for (i = 0; i < 3; i++)
		if (!kith_span_next(&rest, '/', &part[i]) || !part[i].len || part[i].ptr[0] == '.')
			return false;
	if (!kith_span_is(part[0], "crates") && !kith_span_is(part[0], "rust"))
		return false;
	*ret_collection = part[0];
	*ret_package = part[1];
	*ret_file = kith_span_sub(path, (size_t)(part[2].ptr - path.ptr), SIZE_MAX);
	return true;
}

int
kith_rustsec_check_place(const struct kith_rustsec *advisory, struct kith_span path,
			 struct kith_error *err)
{
	struct kith_span collection, package, file, rest;

	if (!kith_rustsec_place(path, &collection, &package, &file))
		return kith_fail(err, KITH_E_FORMAT, "no place of an advisory");
	if (!kith_span_eq(package, advisory->package))
		return kith_fail(err, KITH_E_FORMAT, "it lies in another package's folder");
	if (advisory->collection.len && !kith_span_eq(collection, advisory->collection))
		return kith_fail(err, KITH_E_FORMAT, "it lies in another collection's folder");
	rest = file;
	if (kith_span_skip(&rest, "RUSTSEC-0000-0000."))
		return KITH_OK;
	if (!kith_span_ends(file, KITH_SPAN_LIT(".md")) ||
	    !kith_span_eq(kith_span_sub(file, 0, file.len - 3), advisory->advisory.id))
		return kith_fail(err, KITH_E_FORMAT, "its name is not its id");
	return KITH_OK;
}
