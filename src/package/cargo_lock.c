/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cargo.lock of every version: the form before versions ([root], checksums in [metadata]), 1 to 4.
 * Reads bytes, never files. Looks dependencies up as cargo does: a source-less dependency means the
 * path package if there is one, and what cannot be told is no edge but marked.
 */
#include "package/package.h"
#include "codec/toml.h"
#include "version/version.h"

#define CHECKSUM_HEX 64

struct entry {
	struct kith_package pkg;
	struct kith_semver semver;
	const struct kith_toml *table;
	size_t ambiguous_end; /* entries from this one up to there cannot be told apart */
};

struct reader {
	struct kith_lock *lock;
	struct entry *entries; /* from malloc; sorted after reading */
	size_t count;
	struct kith_map names;        /* name → index of its first entry */
	struct kith_span last_source; /* mostly the same string: kept once */
	uint32_t *deps;               /* scratch for one package */
	size_t deps_cap;
	bool metadata_checksums;
};

/* A dependency string: "name", "name version" or "name version (source)". */
struct reference {
	struct kith_span name, version, source;
};

static void
reader_clear(struct reader *r)
{
	free(r->entries);
	free(r->deps);
	kith_map_clear(&r->names);
	kith_lock_free(r->lock);
}

static int
bad(struct kith_error *err, uint32_t line, const char *what, struct kith_span s)
{
	struct kith_span cut = kith_span_sub(s, 0, 200);

	return kith_fail(err, KITH_E_FORMAT, "line %u: %s '%.*s'", (unsigned)line, what,
			 KITH_SPAN_FMT(cut));
}

/* What cargo lets be a name; keeps separators, blanks and controls out of paths and output. */
static bool
is_name(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (!(c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		      (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || c == '+'))
			return false;
	}
	return s.len > 0 && s.ptr[0] != '.';
}

static bool
is_source(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] == 0x7f)
			return false;
	return true;
}

static int
keep(struct reader *r, struct kith_span s, struct kith_span *ret_copy, struct kith_error *err)
{
	if (!kith_arena_copy(&r->lock->arena, s, ret_copy))
		return kith_fail_nomem(err);
	return KITH_OK;
}

static int
keep_source(struct reader *r, struct kith_span s, struct kith_span *ret_copy,
	    struct kith_error *err)
{
	int e;

	if (!kith_span_eq(s, r->last_source)) {
		e = keep(r, s, &r->last_source, err);
		if (e)
			return e;
	}
	*ret_copy = r->last_source;
	return KITH_OK;
}

static int
keep_checksum(struct reader *r, struct kith_span s, uint32_t line, struct kith_package *pkg,
	      struct kith_error *err)
{
	char hex[CHECKSUM_HEX] = {0};
	struct kith_span lower = kith_span(hex, sizeof(hex));
	size_t i;

	if (s.len != CHECKSUM_HEX)
		return bad(err, line, "not a checksum of 64 hexadecimal digits:", s);
	for (i = 0; i < s.len; i++) {
		char c = (char)s.ptr[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c + ('a' - 'A'));
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return bad(err, line, "not a checksum of 64 hexadecimal digits:", s);
		hex[i] = c;
	}
	if (pkg->checksum.len && !kith_span_eq(pkg->checksum, lower))
		return bad(err, line, "two checksums of package", pkg->name);
	return keep(r, lower, &pkg->checksum, err);
}

/* A string of the package's table: true where it is there; a value of another type is an error. */
static int
get_string(const struct kith_toml *table, const char *key, struct kith_span *ret, bool *ret_there,
	   struct kith_error *err)
{
	const struct kith_toml *v = kith_toml_get(table, key);

	*ret_there = v != NULL;
	if (!v)
		return KITH_OK;
	if (v->type != KITH_TOML_STRING)
		return kith_fail(err, KITH_E_FORMAT, "line %u: '%s' is %s, not a string",
				 (unsigned)v->line, key, kith_toml_type_name(v->type));
	*ret = v->u.string;
	return KITH_OK;
}

static int
need_string(const struct kith_toml *table, const char *key, struct kith_span *ret,
	    struct kith_error *err)
{
	bool there;
	int e = get_string(table, key, ret, &there, err);

	if (!e && !there)
		return kith_fail(err, KITH_E_FORMAT, "line %u: a package without '%s'",
				 (unsigned)table->line, key);
	return e;
}

/* What a package is called and where it is from, checked. */
static int
read_identity(struct reader *r, const struct kith_toml *table, struct entry *e,
	      struct kith_error *err)
{
	struct kith_span name, version, source = KITH_SPAN_NONE;
	struct kith_package *p = &e->pkg;
	bool there;
	int x;

	if ((x = need_string(table, "name", &name, err)) ||
	    (x = need_string(table, "version", &version, err)) ||
	    (x = get_string(table, "source", &source, &there, err)))
		return x;
	if (!is_name(name))
		return bad(err, p->line, "not a package name:", name);
	if (!is_source(source) || (there && !source.len) || !kith_cargo_origin(source, &p->origin))
		return bad(err, p->line, "not a source that cargo knows:", source);
	if ((x = keep(r, name, &p->name, err)) || (x = keep(r, version, &p->version, err)) ||
	    (x = keep_source(r, source, &p->source, err)))
		return x;
	if (!kith_semver_parse(p->version, &e->semver))
		return bad(err, p->line, "not a version:", version);
	return KITH_OK;
}

static int
read_entry(struct reader *r, const struct kith_toml *table, struct entry *e, struct kith_error *err)
{
	struct kith_span checksum = KITH_SPAN_NONE;
	bool there;
	int x;

	if (table->type != KITH_TOML_TABLE)
		return kith_fail(err, KITH_E_FORMAT, "line %u: a package that is no table",
				 (unsigned)table->line);
	e->pkg.line = table->line;
	e->table = table;
	if ((x = read_identity(r, table, e, err)) ||
	    (x = get_string(table, "checksum", &checksum, &there, err)))
		return x;
	return there ? keep_checksum(r, checksum, table->line, &e->pkg, err) : KITH_OK;
}

static int
order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = kith_span_cmp(x->pkg.name, y->pkg.name);

	if (!c)
		c = kith_semver_cmp_total(&x->semver, &y->semver);
	if (!c)
		c = kith_span_cmp(x->pkg.version, y->pkg.version);
	return c ? c : kith_span_cmp(x->pkg.source, y->pkg.source);
}

static int
read_entries(struct reader *r, const struct kith_toml *root, struct kith_error *err)
{
	const struct kith_toml *first = kith_toml_get(root, "root");
	const struct kith_toml *list = kith_toml_get(root, "package"), *t;
	size_t n = (first ? 1 : 0) + (list ? list->count : 0);
	int x;

	if (list && list->type != KITH_TOML_ARRAY)
		return kith_fail(err, KITH_E_FORMAT, "line %u: 'package' is no array of tables",
				 (unsigned)list->line);
	if (n > KITH_MAX_LOCK_PKGS)
		return kith_fail(err, KITH_E_LIMIT, "too many packages (at most %zu)",
				 KITH_MAX_LOCK_PKGS);
	r->entries = kith_calloc(n, sizeof(*r->entries));
	if (!r->entries)
		return kith_fail_nomem(err);
	if (first && (x = read_entry(r, first, &r->entries[r->count++], err)))
		return x;
	for (t = list ? list->first : NULL; t; t = t->next)
		if ((x = read_entry(r, t, &r->entries[r->count++], err)))
			return x;
	if (r->count)
		qsort(r->entries, r->count, sizeof(*r->entries), order);
	return KITH_OK;
}

static int
second_time(const struct kith_package *a, const struct kith_package *b, struct kith_error *err)
{
	return kith_fail(
	    err, KITH_E_FORMAT, "line %u: package '%.*s %.*s' a second time (first in line %u)",
	    (unsigned)(a->line > b->line ? a->line : b->line), KITH_SPAN_FMT(a->name),
	    KITH_SPAN_FMT(a->version), (unsigned)(a->line > b->line ? b->line : a->line));
}

static int
index_names(struct reader *r, struct kith_error *err)
{
	size_t i;
	int x;

	for (i = 0; i < r->count; i++) {
		if (i && order(&r->entries[i - 1], &r->entries[i]) == 0)
			return second_time(&r->entries[i - 1].pkg, &r->entries[i].pkg, err);
		x = kith_map_add(&r->names, r->entries[i].pkg.name, i, NULL, NULL, err);
		if (x)
			return x;
	}
	return KITH_OK;
}

static int
parse_reference(struct kith_span s, uint32_t line, struct reference *ret, struct kith_error *err)
{
	struct reference out = {KITH_SPAN_NONE, KITH_SPAN_NONE, KITH_SPAN_NONE};
	struct kith_span rest = s;

	if (!kith_span_next(&rest, ' ', &out.name) || !out.name.len)
		return bad(err, line, "not a dependency:", s);
	if (kith_span_next(&rest, ' ', &out.version) && !out.version.len)
		return bad(err, line, "not a dependency:", s);
	if (rest.ptr) {
		if (!kith_span_skip(&rest, "(") || !kith_span_ends(rest, KITH_SPAN_LIT(")")))
			return bad(err, line, "not a dependency:", s);
		out.source = kith_span_sub(rest, 0, rest.len - 1);
		if (!out.source.len)
			return bad(err, line, "not a dependency:", s);
	}
	*ret = out;
	return KITH_OK;
}

/* Index of the first entry in [from, end) for which `before` no longer holds. */
static size_t
lower_bound(const struct reader *r, size_t from, size_t end,
	    bool (*before)(const struct entry *e, const void *key), const void *key)
{
	while (from < end) {
		size_t mid = from + (end - from) / 2;

		if (before(&r->entries[mid], key))
			from = mid + 1;
		else
			end = mid;
	}
	return from;
}

struct version_key {
	struct kith_semver semver;
	struct kith_span text;
};

static bool
before_version(const struct entry *e, const void *key)
{
	const struct version_key *k = key;
	int c = kith_semver_cmp_total(&e->semver, &k->semver);

	return c < 0 || (c == 0 && kith_span_cmp(e->pkg.version, k->text) < 0);
}

static bool
up_to_version(const struct entry *e, const void *key)
{
	const struct version_key *k = key;

	return before_version(e, key) || kith_span_eq(e->pkg.version, k->text);
}

static bool
up_to_name(const struct entry *e, const void *key)
{
	const struct kith_span *name = key;

	return kith_span_cmp(e->pkg.name, *name) <= 0;
}

static bool
before_source(const struct entry *e, const void *key)
{
	const struct kith_span *source = key;

	return kith_span_cmp(e->pkg.source, *source) < 0;
}

/* As before_source with '#' appended to the key: where a git source with a commit would stand. */
static bool
before_commit(const struct entry *e, const void *key)
{
	const struct kith_span *source = key;
	int c = kith_span_cmp(kith_span_sub(e->pkg.source, 0, source->len), *source);

	return c < 0 || (c == 0 && (e->pkg.source.len == source->len ||
				    e->pkg.source.ptr[source->len] < '#'));
}

static bool
up_to_commit(const struct entry *e, const void *key)
{
	const struct kith_span *source = key;

	return kith_span_starts(e->pkg.source, *source) && e->pkg.source.len > source->len &&
	       e->pkg.source.ptr[source->len] == '#';
}

struct range {
	size_t from, end;
};

/* Within entries of one name and version: those of this source. */
static void
narrow_source(const struct reader *r, struct kith_span source, struct range *io)
{
	size_t at = lower_bound(r, io->from, io->end, before_source, &source);

	if (at < io->end && kith_span_eq(r->entries[at].pkg.source, source)) {
		*io = (struct range){at, at + 1};
		return;
	}
	/* the commit of a git source stands in the package only */
	io->from = lower_bound(r, io->from, io->end, before_commit, &source);
	io->end = lower_bound(r, io->from, io->end, up_to_commit, &source);
}

/*
 * Entries that a reference may mean: one if it is clear, none if the file does not hold it, more if
 * it cannot be told.
 */
static struct range
look_up(const struct reader *r, const struct reference *ref)
{
	struct range g = {0, 0};
	struct version_key key;

	if (!kith_map_get(&r->names, ref->name, &g.from))
		return g;
	g.end = g.from + 1;
	if (g.end < r->count && kith_span_eq(r->entries[g.end].pkg.name, ref->name))
		g.end = lower_bound(r, g.end, r->count, up_to_name, &ref->name);
	if (ref->version.len) {
		key.text = ref->version;
		if (!kith_semver_parse(ref->version, &key.semver))
			return (struct range){0, 0};
		g.from = lower_bound(r, g.from, g.end, before_version, &key);
		g.end = lower_bound(r, g.from, g.end, up_to_version, &key);
	} else if (!kith_span_eq(r->entries[g.from].pkg.version,
				 r->entries[g.end - 1].pkg.version)) {
		return g;
	}
	if (ref->source.len)
		narrow_source(r, ref->source, &g);
	else if (g.from < g.end && !r->entries[g.from].pkg.source.len)
		g.end = g.from + 1; /* a path package can only be named without a source */
	return g;
}

/* Spreads what add_dep noted at the first entry of each ambiguous range, in one sweep. */
static void
mark_ambiguous(struct reader *r)
{
	size_t i, end = 0;

	for (i = 0; i < r->count; i++) {
		struct entry *e = &r->entries[i];

		if (e->ambiguous_end > end)
			end = e->ambiguous_end;
		if (i < end)
			e->pkg.ambiguous = e->pkg.named = true;
	}
}

static int
add_dep(struct reader *r, size_t owner, const struct kith_toml *v, size_t *io_n,
	struct kith_error *err)
{
	struct kith_package *p = &r->entries[owner].pkg;
	struct reference ref;
	struct range g;
	int x;

	if (v->type != KITH_TOML_STRING)
		return kith_fail(err, KITH_E_FORMAT, "line %u: a dependency that is no string",
				 (unsigned)v->line);
	x = parse_reference(v->u.string, v->line, &ref, err);
	if (x)
		return x;
	g = look_up(r, &ref);
	if (g.end - g.from != 1) {
		p->dangling = true;
		if (g.end > g.from && g.end > r->entries[g.from].ambiguous_end)
			r->entries[g.from].ambiguous_end = g.end;
		return KITH_OK;
	}
	if (g.from != owner)
		r->entries[g.from].pkg.named = true;
	x = kith_grow(&r->deps, &r->deps_cap, *io_n + 1, sizeof(*r->deps), KITH_MAX_TOML_NODES,
		      "dependencies", err);
	if (!x)
		r->deps[(*io_n)++] = (uint32_t)g.from;
	return x;
}

static int
order_u32(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
keep_deps(struct reader *r, struct kith_package *p, size_t n, struct kith_error *err)
{
	uint32_t *deps;
	size_t i, k = 0;

	if (!n)
		return KITH_OK;
	qsort(r->deps, n, sizeof(*r->deps), order_u32);
	for (i = 0; i < n; i++)
		if (!k || r->deps[k - 1] != r->deps[i])
			r->deps[k++] = r->deps[i];
	deps = kith_arena_array(&r->lock->arena, k, sizeof(*deps));
	if (!deps)
		return kith_fail_nomem(err);
	memcpy(deps, r->deps, k * sizeof(*deps));
	p->deps = deps;
	p->n_deps = k;
	return KITH_OK;
}

static int
read_deps(struct reader *r, size_t i, struct kith_error *err)
{
	const struct kith_toml *table = r->entries[i].table;
	const struct kith_toml *list = kith_toml_get(table, "dependencies");
	const struct kith_toml *replace = kith_toml_get(table, "replace"), *v;
	size_t n = 0;
	int x;

	if (list && list->type != KITH_TOML_ARRAY)
		return kith_fail(err, KITH_E_FORMAT, "line %u: 'dependencies' is no array",
				 (unsigned)list->line);
	/* what [replace] puts in a package's place is needed as much as the package */
	if (replace && (x = add_dep(r, i, replace, &n, err)))
		return x;
	for (v = list ? list->first : NULL; v; v = v->next)
		if ((x = add_dep(r, i, v, &n, err)))
			return x;
	return keep_deps(r, &r->entries[i].pkg, n, err);
}

/* `"checksum NAME VERSION (SOURCE)" = "HEX"`, also for packages that are gone. */
static int
read_metadata(struct reader *r, const struct kith_toml *root, struct kith_error *err)
{
	const struct kith_toml *meta = kith_toml_get(root, "metadata"), *v;
	struct reference ref;
	struct kith_span key;
	struct range g;
	int x;

	if (meta && meta->type != KITH_TOML_TABLE)
		return kith_fail(err, KITH_E_FORMAT, "line %u: 'metadata' is no table",
				 (unsigned)meta->line);
	for (v = meta ? meta->first : NULL; v; v = v->next) {
		key = v->key;
		if (!kith_span_skip(&key, "checksum "))
			continue;
		if (v->type != KITH_TOML_STRING)
			return bad(err, v->line, "a checksum that is no string:", key);
		x = parse_reference(key, v->line, &ref, err);
		if (x)
			return x;
		r->metadata_checksums = true;
		g = look_up(r, &ref);
		if (g.end - g.from != 1 || kith_span_is(v->u.string, "<none>"))
			continue;
		x = keep_checksum(r, v->u.string, v->line, &r->entries[g.from].pkg, err);
		if (x)
			return x;
	}
	return KITH_OK;
}

static int
read_format(struct reader *r, const struct kith_toml *root, struct kith_error *err)
{
	const struct kith_toml *v = kith_toml_get(root, "version");

	if (!v) {
		r->lock->format = kith_toml_get(root, "root") ? 0 : r->metadata_checksums ? 1 : 2;
		return KITH_OK;
	}
	if (v->type != KITH_TOML_INTEGER)
		return kith_fail(err, KITH_E_FORMAT, "line %u: 'version' is %s, not an integer",
				 (unsigned)v->line, kith_toml_type_name(v->type));
	if (v->u.integer < 1 || v->u.integer > 4)
		return kith_fail(err, KITH_E_FORMAT,
				 "line %u: lock file version %lld is not known (1 to 4 are)",
				 (unsigned)v->line, (long long)v->u.integer);
	r->lock->format = (unsigned)v->u.integer;
	return KITH_OK;
}

static int
read_all(struct reader *r, const struct kith_toml *root, struct kith_error *err)
{
	struct kith_lock *lock = r->lock;
	size_t i;
	int x;

	/* an unknown version first: of such a file nothing else may be believed */
	if ((x = read_format(r, root, err)) || (x = read_entries(r, root, err)) ||
	    (x = index_names(r, err)) || (x = read_metadata(r, root, err)) ||
	    (x = read_format(r, root, err)))
		return x;
	for (i = 0; i < r->count; i++)
		if ((x = read_deps(r, i, err)))
			return x;
	mark_ambiguous(r);
	lock->packages = kith_arena_array(&lock->arena, r->count, sizeof(*lock->packages));
	if (!lock->packages)
		return kith_fail_nomem(err);
	for (i = 0; i < r->count; i++)
		lock->packages[i] = r->entries[i].pkg;
	lock->count = r->count;
	return KITH_OK;
}

int
kith_lock_read_cargo(struct kith_span text, struct kith_lock **ret_lock, struct kith_error *err)
{
	KITH_CLEANUP(reader_clear) struct reader r = {.lock = NULL};
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	int x;

	kith_map_init(&r.names, NULL);
	if (text.len > KITH_MAX_LOCK_BYTES)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu bytes", KITH_MAX_LOCK_BYTES);
	x = kith_toml_parse(text, &doc, err);
	if (x)
		return x;
	r.lock = kith_calloc(1, sizeof(*r.lock));
	if (!r.lock)
		return kith_fail_nomem(err);
	kith_arena_init(&r.lock->arena, KITH_MAX_LOCK_ARENA);
	r.lock->eco = KITH_ECO_CARGO;
	x = read_all(&r, kith_toml_root(doc), err);
	if (!x)
		*ret_lock = kith_steal(&r.lock);
	return x;
}
