/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advisories --db REPOSITORY|BUNDLE|FOLDER FILE…: what a RustSec database says. A file's name says
 * what is in it:
 *   matches*           package, version, advisory, affected|not; withdrawn ones count here
 *   ranges*            patched (joined by ;), unaffected, affected ranges or refused
 *   rustsec-all*       advisory, package, kind, withdrawn, label, score, affected ranges: all of
 * them audit-decisions*   lock file in locks/, settings, vulnerabilities, warnings, exit code:
 * where the settings are {} NAME.txt           what NAME.Cargo.lock beside it hits, and with "#
 * packages N" how many it has
 *   *-differs*         notes: nothing is judged
 * Fields are separated by tabs, "-" stands for none.
 */
#include "cases/cases.h"
#include "cases/evidence.h"
#include "codec/json.h"
#include "evidence/advisory_set.h"
#include "evidence/rustsec.h"

struct database {
	struct kith_arena arena;
	struct kith_rustsec *items;
	size_t count, cap;
	struct kith_map by_id;
	struct kith_advisory_builder *all, *force; /* withdrawn ones too; only those in force */
	struct kith_buf all_bytes, force_bytes;
	struct kith_advisory_set everything, in_force;
};

struct file {
	const char *path, *name; /* name: without folders */
	struct cases_tally *tally;
	size_t number; /* of the line */
};

static void
die(const struct kith_error *err)
{
	fprintf(stderr, "cases: %s\n", err->msg);
	exit(2);
}

/* --- the database --- */

static int
take(void *ctx, size_t mirror, struct kith_span path, struct kith_span bytes,
     struct kith_error *err)
{
	struct database *db = ctx;
	struct kith_span collection, package, file;
	struct kith_rustsec *x;
	int r = kith_advisory_builder_add(db->force, KITH_ADVISORY_RUSTSEC, 0, path, bytes, err);

	(void)mirror;
	if (r || !kith_rustsec_place(path, &collection, &package, &file) ||
	    !kith_span_is(collection, "crates"))
		return r;
	r = kith_grow(&db->items, &db->cap, db->count + 1, sizeof(*db->items), 1000000,
		      "advisories", err);
	if (r)
		return r;
	x = &db->items[db->count];
	if (kith_rustsec_read(bytes, &db->arena, x, err)) {
		fprintf(stderr, "cases: %.*s: %s\n", KITH_SPAN_FMT(path), err->msg);
		return KITH_OK;
	}
	r = kith_map_add(&db->by_id, x->advisory.id, db->count, NULL, NULL, err);
	db->count++;
	return r ? r : kith_advisory_builder_put(db->all, 0, path, &x->advisory, err);
}

static const char *
names(void *ctx, size_t item)
{
	(void)ctx;
	(void)item;
	return kith_advisory_names(KITH_ADVISORY_RUSTSEC);
}

static int
on_end(void *ctx, size_t item, const struct kith_git_end *end, const struct kith_error *failure,
       struct kith_error *err)
{
	(void)ctx;
	(void)item;
	(void)end;
	(void)err;
	if (failure)
		die(failure);
	return KITH_OK;
}

static void
load(struct database *db, const char *path)
{
	const struct kith_store_read_calls calls = {
	    .ctx = db, .names = names, .file = take, .end = on_end};
	struct cases_evidence e = {.failed = 0};
	struct kith_error err;
	int r;

	kith_arena_init(&db->arena, KITH_MIB(512));
	kith_map_init(&db->by_id, NULL);
	kith_buf_init(&db->all_bytes, KITH_MAX_ADVISORY_SET);
	kith_buf_init(&db->force_bytes, KITH_MAX_ADVISORY_SET);
	r = kith_advisory_builder_new(&db->all, &err);
	if (!r)
		r = kith_advisory_builder_new(&db->force, &err);
	if (r)
		die(&err);
	cases_evidence_open_database(&e, path, kith_advisory_names(KITH_ADVISORY_RUSTSEC));
	r = kith_store_each_proof_file(&e.mirrors, cases_libexec(), &calls, &err);
	cases_evidence_close(&e);
	if (!r)
		r = kith_advisory_builder_seal(db->all, &db->all_bytes, &err);
	if (!r)
		r = kith_advisory_builder_seal(db->force, &db->force_bytes, &err);
	if (!r)
		r = kith_advisory_set_open(kith_buf_span(&db->all_bytes), &db->everything, &err);
	if (!r)
		r = kith_advisory_set_open(kith_buf_span(&db->force_bytes), &db->in_force, &err);
	if (r)
		die(&err);
}

static void
unload(struct database *db)
{
	kith_advisory_builder_free(db->all);
	kith_advisory_builder_free(db->force);
	kith_buf_clear(&db->all_bytes);
	kith_buf_clear(&db->force_bytes);
	kith_map_clear(&db->by_id);
	kith_arena_clear(&db->arena);
	free(db->items);
}

/* --- lines --- */

#define MAX_FIELDS 8

/* Splits at tabs; *ret_n fields. The text stays as it is. */
static void
split(struct kith_span line, struct kith_span f[MAX_FIELDS], size_t *ret_n)
{
	size_t n = 0;

	while (n < MAX_FIELDS && kith_span_next(&line, '\t', &f[n]))
		n++;
	*ret_n = n;
	while (n < MAX_FIELDS)
		f[n++] = KITH_SPAN_NONE;
}

static void
result(struct file *file, struct kith_span line, const char *why)
{
	KITH_AUTO_BUF struct kith_buf name;

	kith_buf_init(&name, KITH_KIB(64));
	kith_buf_printf(&name, "%s:%zu ", file->name, file->number);
	kith_text_safe(&name, line, 120);
	cases_result(file->tally, !why, kith_buf_str(&name), "%s", why ? why : "");
}

/* --- matches --- */

static const char *
judge_match(struct database *db, struct kith_span line)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_span f[MAX_FIELDS];
	struct kith_advisory_query q = {.ecosystem = KITH_SPAN_LIT("crates.io")};
	const struct kith_advisory_problem *p;
	const char *got = "not";
	size_t fields, n = 0, i, k;
	struct kith_error err;

	kith_arena_init(&arena, KITH_MIB(16));
	split(line, f, &fields);
	if (fields != 4)
		return "no case";
	q.name = f[0];
	q.version = f[1];
	if (!kith_map_get(&db->by_id, f[2], NULL))
		return "no such advisory";
	if (kith_advisory_match(&db->everything, &q, &arena, &p, &n, &err))
		return "no answer";
	for (i = 0; i < n; i++)
		for (k = 0; k < p[i].n_members; k++)
			if (kith_span_eq(p[i].members[k].id, f[2]))
				got = p[i].members[k].state == KITH_ADVISORY_AFFECTED  ? "affected"
				      : p[i].members[k].state == KITH_ADVISORY_UNKNOWN ? "unknown"
										       : "not";
	return kith_span_is(f[3], got) ? NULL : got;
}

/* --- ranges --- */

static struct kith_rustsec_list
split_list(struct kith_span text, struct kith_arena *arena)
{
	struct kith_span *items = kith_arena_array(arena, text.len + 1, sizeof(*items));
	size_t n = 0;

	while (items && text.len && kith_span_next(&text, ';', &items[n]))
		n++;
	return (struct kith_rustsec_list){items, n};
}

static const char *
judge_ranges(struct database *db, struct kith_span line)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_rustsec_list patched, unaffected;
	const struct kith_rustsec_gap *gaps;
	struct kith_span f[MAX_FIELDS];
	size_t fields, n;

	(void)db;
	kith_arena_init(&arena, KITH_MIB(16));
	kith_buf_init(&out, KITH_KIB(64));
	split(line, f, &fields);
	if (fields != 3)
		return "no case";
	patched = split_list(f[0], &arena);
	unaffected = split_list(f[1], &arena);
	if (kith_rustsec_gaps(&patched, &unaffected, &arena, &gaps, &n, NULL))
		kith_buf_put_str(&out, "refused");
	else
		kith_rustsec_put_gaps(&out, gaps, n);
	return kith_span_eq(kith_buf_span(&out), f[2]) ? NULL : "another answer";
}

/* --- all --- */

static const char *
judge_one(struct database *db, struct kith_span line)
{
	KITH_AUTO_BUF struct kith_buf out;
	const struct kith_rustsec *x;
	const struct kith_advisory_severity *s;
	struct kith_span id = kith_span_sub(line, 0, kith_span_find(line, 0, '\t'));
	size_t i;

	kith_buf_init(&out, KITH_KIB(64));
	if (!kith_map_get(&db->by_id, id, &i))
		return "no such advisory";
	x = &db->items[i];
	s = &x->advisory.severity;
	kith_buf_put_span(&out, x->advisory.id);
	kith_buf_put_char(&out, '\t');
	kith_buf_put_span(&out, x->package);
	kith_buf_put_char(&out, '\t');
	kith_buf_put_span(&out, x->kind_word.len ? x->kind_word : KITH_SPAN_LIT("vulnerability"));
	kith_buf_put_char(&out, '\t');
	kith_buf_put_span(&out, x->withdrawn.len ? x->withdrawn : KITH_SPAN_LIT("-"));
	if (s->known)
		kith_buf_printf(&out, "\t%s\t%u.%u\t", kith_severity_name(s->label), s->tenths / 10,
				s->tenths % 10);
	else
		kith_buf_put_str(&out, "\t-\t-\t");
	kith_rustsec_put_gaps(&out, x->gaps, x->n_gaps);
	return kith_span_eq(kith_buf_span(&out), line) ? NULL : "another answer";
}

/* --- lock files --- */

struct hits {
	struct kith_lock *lock;
	size_t vulnerabilities;
	size_t kinds[KITH_ADVISORY_NOTICE + 1];
	size_t claims, unknown;
	struct kith_buf rows; /* sorted by advisory, package, version */
};

static int
cmp_rows(const void *pa, const void *pb)
{
	const struct kith_span *a = pa, *b = pb;

	return kith_span_cmp(*a, *b);
}

static void
sort_rows(struct kith_buf *rows)
{
	KITH_AUTO_BUF struct kith_buf sorted;
	struct kith_span rest = kith_buf_span(rows), *list;
	size_t n = 0, i;

	kith_buf_init(&sorted, KITH_MIB(16));
	list = kith_calloc(rows->len, sizeof(*list));
	while (list && kith_span_next(&rest, '\n', &list[n]))
		n++;
	qsort(list, n, sizeof(*list), cmp_rows);
	for (i = 0; i < n; i++) {
		if (!list[i].len)
			continue;
		kith_buf_put_span(&sorted, list[i]);
		kith_buf_put_char(&sorted, '\n');
	}
	free(list);
	kith_buf_reset(rows);
	kith_buf_put_span(rows, kith_buf_span(&sorted));
}

static const char *const kind_names[] = {"vulnerability", "unsound", "unmaintained", "notice"};

static void
add_row(struct hits *h, const struct kith_package *p, const struct kith_advisory_member *x)
{
	h->kinds[x->kind]++;
	kith_buf_put_span(&h->rows, x->id);
	kith_buf_printf(&h->rows, "\t%.*s\t%.*s\t%s", KITH_SPAN_FMT(p->name),
			KITH_SPAN_FMT(p->version), kind_names[x->kind]);
	if (x->severity.known)
		kith_buf_printf(&h->rows, "\t%s\t%u.%u\n", kith_severity_name(x->severity.label),
				x->severity.tenths / 10, x->severity.tenths % 10);
	else
		kith_buf_put_str(&h->rows, "\t-\t-\n");
}

static void
hit_package(struct database *db, struct hits *h, const struct kith_package *p)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_advisory_claims_options o = {.databases = NULL};
	struct kith_advisory_query q = {KITH_SPAN_LIT("crates.io"), p->name, p->version};
	const struct kith_advisory_problem *list;
	struct kith_advisory_claims claims;
	struct kith_error err;
	size_t n, i, k;

	kith_arena_init(&arena, KITH_MIB(16));
	if (kith_advisory_match(&db->in_force, &q, &arena, &list, &n, &err) ||
	    kith_advisory_make_claims(&db->in_force, p->eco, p->name, p->version, &o, &arena,
				      &claims, &err))
		die(&err);
	h->claims += claims.count;
	h->unknown += claims.n_unknown;
	for (i = 0; i < n; i++)
		for (k = 0; k < list[i].n_members; k++)
			if (list[i].members[k].state == KITH_ADVISORY_AFFECTED)
				add_row(h, p, &list[i].members[k]);
}

static const char *
hit_lock(struct database *db, const char *path, struct hits *h)
{
	struct kith_error err;
	size_t i;

	kith_buf_init(&h->rows, KITH_MIB(16));
	if (kith_lock_read(cases_read(path), &h->lock, &err))
		return "the lock file is refused";
	for (i = 0; i < h->lock->count; i++)
		if (h->lock->packages[i].origin == KITH_ORIGIN_REGISTRY)
			hit_package(db, h, &h->lock->packages[i]);
	sort_rows(&h->rows);
	/* one claim a problem: never more than advisories, never none where there are some */
	if (h->unknown || h->claims * 2 < h->kinds[0] || (h->rows.len && !h->claims))
		return "the claims are others";
	return NULL;
}

static void
hits_clear(struct hits *h)
{
	kith_lock_free(h->lock);
	kith_buf_clear(&h->rows);
}

static char *
beside(const char *path, const char *folder, struct kith_span name)
{
	const char *slash = strrchr(path, '/');

	return kith_asprintf("%.*s%s%.*s", (int)(slash ? slash + 1 - path : 0), path, folder,
			     KITH_SPAN_FMT(name));
}

static bool
same_warnings(const struct hits *h, struct kith_span json)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	const struct kith_json *v;
	int64_t n;
	unsigned k;

	if (kith_json_parse(json, &doc, NULL))
		return false;
	for (k = KITH_ADVISORY_UNSOUND; k <= KITH_ADVISORY_NOTICE; k++) {
		v = kith_json_get(kith_json_root(doc), kind_names[k]);
		n = 0;
		if ((v && !kith_json_integer(v, &n)) || (size_t)n != h->kinds[k])
			return false;
	}
	return true;
}

static const char *
judge_decision(struct database *db, const struct file *file, struct kith_span line)
{
	KITH_CLEANUP(hits_clear) struct hits h = {.lock = NULL};
	KITH_AUTO_FREE char *path = NULL;
	struct kith_span f[MAX_FIELDS];
	const char *why;
	uint64_t n, code;
	size_t fields;

	split(line, f, &fields);
	path = beside(file->path, "locks/", f[0]);
	if (fields != 5 || !path || !kith_span_u64(f[2], &n) || !kith_span_u64(f[4], &code))
		return "no case";
	why = hit_lock(db, path, &h);
	if (why)
		return why;
	if (h.kinds[KITH_ADVISORY_VULNERABILITY] != n || !same_warnings(&h, f[3]))
		return "other counts";
	return (n > 0) == (code == 1) ? NULL : "another exit code";
}

static void
judge_lock(struct database *db, struct file *file)
{
	KITH_CLEANUP(hits_clear) struct hits h = {.lock = NULL};
	KITH_AUTO_BUF struct kith_buf want;
	struct kith_span rest = cases_read(file->path), line;
	struct kith_span stem = kith_span(file->name, strlen(file->name) - 4);
	KITH_AUTO_FREE char *lock = kith_asprintf("%.*s.Cargo.lock", KITH_SPAN_FMT(stem));
	KITH_AUTO_FREE char *path = lock ? beside(file->path, "", kith_span_str(lock)) : NULL;
	const char *why;

	kith_buf_init(&want, KITH_MIB(16));
	while (kith_span_next(&rest, '\n', &line)) {
		if (!line.len || line.ptr[0] == '#')
			continue;
		kith_buf_put_span(&want, line);
		kith_buf_put_char(&want, '\n');
	}
	sort_rows(&want);
	why = path ? hit_lock(db, path, &h) : "out of memory";
	if (!why && !kith_span_eq(kith_buf_span(&h.rows), kith_buf_span(&want)))
		why = "other hits";
	result(file, KITH_SPAN_LIT("hits"), why);
}

/* --- files --- */

static bool
is_named(const struct file *f, const char *prefix)
{
	return kith_span_starts(kith_span_str(f->name), kith_span_str(prefix));
}

static void
judge_lines(struct database *db, struct file *file,
	    const char *(*judge)(struct database *db, struct kith_span line))
{
	struct kith_span rest = cases_read(file->path), line, f[MAX_FIELDS];
	size_t fields, seen = 0;

	while (kith_span_next(&rest, '\n', &line)) {
		file->number++;
		if (!line.len || line.ptr[0] == '#')
			continue;
		seen++;
		split(line, f, &fields);
		if (judge)
			result(file, line, judge(db, line));
		else if (kith_span_is(f[1], "{}"))
			result(file, line, judge_decision(db, file, line));
	}
	if (judge == judge_one && seen != db->count)
		result(file, KITH_SPAN_LIT("all"), "the database has others besides");
}

static void
judge_file(struct database *db, struct file *file)
{
	if (strstr(file->name, "-differs"))
		fprintf(stderr, "cases: %s: notes, not judged\n", file->name);
	else if (is_named(file, "matches"))
		judge_lines(db, file, judge_match);
	else if (is_named(file, "ranges"))
		judge_lines(db, file, judge_ranges);
	else if (is_named(file, "rustsec-all"))
		judge_lines(db, file, judge_one);
	else if (is_named(file, "audit-decisions"))
		judge_lines(db, file, NULL);
	else if (kith_span_ends(kith_span_str(file->name), KITH_SPAN_LIT(".txt")))
		judge_lock(db, file);
	else
		result(file, KITH_SPAN_NONE, "its name does not say what is in it");
}

int
cases_advisories(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	struct database db = {.count = 0};
	int i;

	if (argc < 2 || strcmp(argv[0], "--db") != 0) {
		fputs("usage: advisories --db REPOSITORY|BUNDLE|FOLDER FILE...\n", stderr);
		return 2;
	}
	load(&db, argv[1]);
	for (i = 2; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');
		struct file file = {argv[i], slash ? slash + 1 : argv[i], &tally, 0};

		judge_file(&db, &file);
	}
	unload(&db);
	return cases_end(&tally);
}
