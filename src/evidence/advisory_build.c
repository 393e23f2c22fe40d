/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building a set of advisories from many files. Of each only what matching and showing needs is
 * kept; nothing of a file is held once it was read.
 */
#include "evidence/advisory_format.h"
#include "evidence/osv.h"
#include "evidence/osv_groups.h"
#include "evidence/rustsec.h"

struct entry {
	uint32_t ecosystem, name; /* text */
	uint32_t record, suffix, words, severity, group;
};

struct record {
	uint32_t id, title, path, url, aliases, database, day, flags, severity;
};

struct key {
	uint32_t first, count;
};

struct refusal {
	uint32_t database, path, why;
};

struct kith_advisory_builder {
	struct kith_buf text;
	uint32_t *words;
	struct record *records;
	struct entry *entries;
	struct key *keys;
	struct kith_advisory_database *databases;
	struct refusal *refusals;
	size_t n_words, n_records, n_entries, n_keys, n_databases, n_refusals;
	size_t cap_words, cap_records, cap_entries, cap_keys, cap_databases, cap_refusals;
	/* database and id → number of its first record's hash */
	struct kith_map seen;
	struct kith_arena seen_keys;
	uint64_t *hashes;
	size_t n_hashes, cap_hashes;
	uint32_t last_ecosystem; /* text that was put last for one, again and again the same */
	struct kith_error *err;
};

/* --- parts --- */

/* Longer text than a length says is cut: only titles and reasons may come to that. */
static int
put_text(struct kith_advisory_builder *b, struct kith_span s, uint32_t *ret)
{
	size_t len = s.len > UINT16_MAX ? UINT16_MAX : s.len, at = b->text.len;
	uint8_t head[2] = {(uint8_t)len, (uint8_t)(len >> 8)};

	if (!len) {
		*ret = 0;
		return KITH_OK;
	}
	kith_buf_put(&b->text, head, 2);
	kith_buf_put(&b->text, s.ptr, len);
	*ret = (uint32_t)at;
	return kith_buf_check(&b->text, b->err);
}

static int
put_word(struct kith_advisory_builder *b, uint32_t word)
{
	int r = kith_grow(&b->words, &b->cap_words, b->n_words + 1, sizeof(*b->words),
			  KITH_MAX_ADVISORY_SET / 4, "words of advisories", b->err);

	if (!r)
		b->words[b->n_words++] = word;
	return r;
}

static int
put_text_word(struct kith_advisory_builder *b, struct kith_span s, uint32_t above)
{
	uint32_t at;
	int r = put_text(b, s, &at);

	return r ? r : put_word(b, above | at);
}

static int
put_range(struct kith_advisory_builder *b, const struct kith_advisory_range *range)
{
	size_t i;
	int r = put_word(b, (uint32_t)range->trouble << RANGE_SHIFT | (uint32_t)range->n_events);

	for (i = 0; i < range->n_events && !r; i++)
		r = put_text_word(b, range->events[i].version,
				  (uint32_t)range->events[i].kind << EVENT_SHIFT);
	return r;
}

static int
put_package(struct kith_advisory_builder *b, const struct kith_advisory_package *p)
{
	size_t i;
	int r = put_word(b, (uint32_t)p->n_ranges);

	for (i = 0; i < p->n_ranges && !r; i++)
		r = put_range(b, &p->ranges[i]);
	if (!r)
		r = put_word(b, (uint32_t)p->n_versions);
	if (!r && p->n_versions)
		r = put_word(b, (uint32_t)p->n_ordered);
	for (i = 0; i < p->n_versions && !r; i++)
		r = put_text_word(b, p->versions[i], 0);
	return r;
}

static struct kith_span
text_at(const struct kith_advisory_builder *b, uint32_t at)
{
	return kith_span(b->text.ptr + at + 2,
			 (size_t)b->text.ptr[at] | (size_t)b->text.ptr[at + 1] << 8);
}

static int
put_ecosystem(struct kith_advisory_builder *b, struct kith_span word, uint32_t *ret)
{
	int r = KITH_OK;

	if (!kith_span_eq(text_at(b, b->last_ecosystem), word))
		r = put_text(b, word, &b->last_ecosystem);
	*ret = b->last_ecosystem;
	return r;
}

static int
add_entry(struct kith_advisory_builder *b, const struct kith_advisory_package *p, uint32_t record)
{
	struct entry e = {.record = record, .words = (uint32_t)b->n_words};
	int r = kith_grow(&b->entries, &b->cap_entries, b->n_entries + 1, sizeof(*b->entries),
			  KITH_MAX_ADVISORY_RECORDS, "entries of advisories", b->err);

	e.severity = advisory_pack_severity(&p->severity);
	if (!r)
		r = put_ecosystem(b, p->ecosystem, &e.ecosystem);
	if (!r)
		r = put_text(b, p->name, &e.name);
	if (!r)
		r = put_text(b, p->suffix, &e.suffix);
	if (!r)
		r = put_package(b, p);
	if (!r)
		b->entries[b->n_entries++] = e;
	return r;
}

/* At a character's border. */
static struct kith_span
cut_title(struct kith_span s)
{
	if (s.len > KITH_MAX_ADVISORY_TITLE) {
		s.len = KITH_MAX_ADVISORY_TITLE;
		while (s.len && (s.ptr[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	return s;
}

static int
add_record(struct kith_advisory_builder *b, const struct kith_advisory *a, uint32_t database,
	   struct kith_span path, uint32_t *ret)
{
	struct record x = {.aliases = (uint32_t)b->n_words, .database = database};
	size_t i;
	int r = kith_grow(&b->records, &b->cap_records, b->n_records + 1, sizeof(*b->records),
			  KITH_MAX_ADVISORY_RECORDS, "advisories", b->err);

	x.day = (uint32_t)(int32_t)(a->has_date ? a->date.sec / 86400 : 0);
	x.flags =
	    (uint32_t)a->kind | (a->malicious ? FLAG_MALICIOUS : 0) | (a->has_date ? FLAG_DATE : 0);
	x.severity = advisory_pack_severity(&a->severity);
	if (!r)
		r = put_text(b, a->id, &x.id);
	if (!r)
		r = put_text(b, cut_title(a->title), &x.title);
	if (!r)
		r = put_text(b, path, &x.path);
	if (!r)
		r = put_text(b, a->url.len > KITH_MAX_URL ? KITH_SPAN_NONE : a->url, &x.url);
	if (!r)
		r = put_word(b, (uint32_t)a->n_aliases);
	for (i = 0; i < a->n_aliases && !r; i++)
		r = put_text_word(b, a->aliases[i], 0);
	if (r)
		return r;
	*ret = (uint32_t)b->n_records;
	b->records[b->n_records++] = x;
	return KITH_OK;
}

/* --- whole advisories --- */

/* The same file twice (in two ecosystems' exports) is one. An id twice is counted, and both count.
 */
static int
see(struct kith_advisory_builder *b, struct kith_advisory_database *db, struct kith_span id,
    struct kith_span bytes, bool *ret_again)
{
	uint64_t hash = kith_siphash(b->seen.seed, bytes);
	uint8_t number[4] = {(uint8_t)db->number, (uint8_t)(db->number >> 8),
			     (uint8_t)(db->number >> 16), (uint8_t)(db->number >> 24)};
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_span kept;
	size_t at;
	bool added;
	int r;

	kith_buf_init(&text, KITH_KIB(1));
	kith_buf_put(&text, number, sizeof(number));
	kith_buf_put_span(&text, id);
	r = kith_buf_check(&text, b->err);
	if (r)
		return r;
	if (kith_map_get(&b->seen, kith_buf_span(&text), &at)) {
		*ret_again = b->hashes[at] == hash;
		db->duplicates += !*ret_again;
		return KITH_OK;
	}
	r = kith_grow(&b->hashes, &b->cap_hashes, b->n_hashes + 1, sizeof(*b->hashes),
		      KITH_MAX_ADVISORY_RECORDS, "advisories", b->err);
	if (!r && !kith_arena_copy(&b->seen_keys, kith_buf_span(&text), &kept))
		r = kith_fail_nomem(b->err);
	if (!r)
		r = kith_map_add(&b->seen, kept, b->n_hashes, NULL, &added, b->err);
	if (!r)
		b->hashes[b->n_hashes++] = hash;
	return r;
}

static int
keep_advisory(struct kith_advisory_builder *b, struct kith_advisory_database *db,
	      const struct kith_advisory *a, struct kith_span path)
{
	uint32_t record;
	size_t i;
	int r;

	db->advisories++;
	if (!a->n_packages)
		return KITH_OK;
	r = add_record(b, a, db->number, path, &record);
	for (i = 0; i < a->n_packages && !r; i++)
		r = add_entry(b, &a->packages[i], record);
	return r;
}

static int
add_advisory(struct kith_advisory_builder *b, struct kith_advisory_database *db,
	     const struct kith_advisory *a, struct kith_span path, struct kith_span bytes)
{
	bool again = false;
	int r;

	db->defects += (uint32_t)a->defects;
	if (a->withdrawn) {
		db->withdrawn++;
		return KITH_OK;
	}
	r = see(b, db, a->id, bytes, &again);
	return r || again ? r : keep_advisory(b, db, a, path);
}

static int
refuse(struct kith_advisory_builder *b, struct kith_advisory_database *db, struct kith_span path,
       const struct kith_error *why)
{
	struct refusal x = {.database = db->number};
	int r;

	db->refused++;
	if (b->n_refusals >= KITH_MAX_ADVISORY_REFUSALS)
		return KITH_OK;
	r = kith_grow(&b->refusals, &b->cap_refusals, b->n_refusals + 1, sizeof(*b->refusals),
		      KITH_MAX_ADVISORY_REFUSALS, "refusals", b->err);
	if (!r)
		r = put_text(b, path, &x.path);
	if (!r)
		r = put_text(b, kith_span_str(why->msg), &x.why);
	if (!r)
		b->refusals[b->n_refusals++] = x;
	return r;
}

/* A file that cannot be read still says by its place which package it is about. */
static int
add_unreadable(struct kith_advisory_builder *b, struct kith_advisory_database *db,
	       struct kith_span package, struct kith_span file, struct kith_span path)
{
	struct kith_advisory_range range = {.trouble = KITH_ADVISORY_TROUBLE_FILE};
	struct kith_advisory_package p = {.ranges = &range, .n_ranges = 1};
	struct kith_advisory a = {.packages = &p, .n_packages = 1};
	uint32_t record;
	int r;

	p.ecosystem = KITH_SPAN_LIT("crates.io");
	p.name = package;
	a.id = file;
	if (kith_span_ends(file, KITH_SPAN_LIT(".md")))
		a.id.len -= 3;
	if (package.len > KITH_MAX_ADVISORY_NAME || !a.id.len || a.id.len > KITH_MAX_ADVISORY_ID)
		return KITH_OK;
	r = add_record(b, &a, db->number, path, &record);
	return r ? r : add_entry(b, &p, record);
}

/* Both the package whose folder it lies in and the one it names may be meant. */
static int
refuse_rustsec(struct kith_advisory_builder *b, struct kith_advisory_database *db,
	       struct kith_span path, struct kith_span named, const struct kith_error *why)
{
	struct kith_span collection, package = KITH_SPAN_NONE, file = KITH_SPAN_NONE;
	int r = refuse(b, db, path, why);

	kith_rustsec_place(path, &collection, &package, &file);
	if (!r)
		r = add_unreadable(b, db, package, file, path);
	if (!r && named.len && !kith_span_eq(named, package))
		r = add_unreadable(b, db, named, file, path);
	return r;
}

static int
add_rustsec(struct kith_advisory_builder *b, struct kith_advisory_database *db,
	    struct kith_span path, struct kith_span bytes)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_span collection, package, file;
	struct kith_rustsec x = {.package = KITH_SPAN_NONE};
	struct kith_error why = {.code = KITH_OK};
	int r;

	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	/* those about the toolchain are not about packages of a lock file */
	if (!kith_rustsec_place(path, &collection, &package, &file) ||
	    !kith_span_is(collection, "crates"))
		return KITH_OK;
	db->files++;
	r = kith_rustsec_read(bytes, &arena, &x, &why);
	if (!r)
		r = kith_rustsec_check_place(&x, path, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(b->err);
	if (r)
		return refuse_rustsec(b, db, path, x.package, &why);
	if (kith_span_is(x.advisory.id, "RUSTSEC-0000-0000"))
		return KITH_OK;
	return add_advisory(b, db, &x.advisory, path, bytes);
}

static int
add_osv(struct kith_advisory_builder *b, struct kith_advisory_database *db, struct kith_span path,
	struct kith_span bytes)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_advisory a;
	struct kith_error why = {.code = KITH_OK};
	int r;

	kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
	if (!kith_span_ends(path, KITH_SPAN_LIT(".json")))
		return KITH_OK;
	db->files++;
	r = kith_osv_read(bytes, &arena, &a, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(b->err);
	if (r)
		return refuse(b, db, path, &why);
	if (kith_osv_is_draft(a.id))
		return KITH_OK;
	return add_advisory(b, db, &a, path, bytes);
}

/* --- the builder --- */

const char *
kith_advisory_names(enum kith_advisory_format format)
{
	return format == KITH_ADVISORY_RUSTSEC ? "*.md" : "*.json";
}

int
kith_advisory_builder_new(struct kith_advisory_builder **ret_builder, struct kith_error *err)
{
	KITH_AUTO_ADVISORY_BUILDER struct kith_advisory_builder *b = kith_calloc(1, sizeof(*b));

	if (!b)
		return kith_fail_nomem(err);
	kith_buf_init(&b->text, KITH_MAX_ADVISORY_SET);
	kith_map_init(&b->seen, NULL);
	kith_arena_init(&b->seen_keys, KITH_MAX_ADVISORY_SET);
	kith_buf_put(&b->text, "\0", 2);
	if (kith_buf_check(&b->text, err))
		return KITH_E_NOMEM;
	*ret_builder = kith_steal(&b);
	return KITH_OK;
}

void
kith_advisory_builder_free(struct kith_advisory_builder *b)
{
	if (!b)
		return;
	kith_buf_clear(&b->text);
	kith_map_clear(&b->seen);
	kith_arena_clear(&b->seen_keys);
	free(b->words);
	free(b->records);
	free(b->entries);
	free(b->keys);
	free(b->databases);
	free(b->refusals);
	free(b->hashes);
	free(b);
}

void
kith_advisory_builder_freep(struct kith_advisory_builder **b)
{
	kith_advisory_builder_free(*b);
	*b = NULL;
}

static int
database_of(struct kith_advisory_builder *b, uint32_t number, struct kith_advisory_database **ret)
{
	size_t i = b->n_databases;
	int r;

	while (i && b->databases[i - 1].number != number)
		i--;
	if (!i) {
		r = kith_grow(&b->databases, &b->cap_databases, b->n_databases + 1,
			      sizeof(*b->databases), KITH_MAX_ADVISORY_DATABASES, "databases",
			      b->err);
		if (r)
			return r;
		i = ++b->n_databases;
		b->databases[i - 1] = (struct kith_advisory_database){.number = number};
	}
	*ret = &b->databases[i - 1];
	return KITH_OK;
}

int
kith_advisory_builder_open(struct kith_advisory_builder *b, uint32_t database,
			   struct kith_error *err)
{
	struct kith_advisory_database *db;

	b->err = err;
	return database_of(b, database, &db);
}

int
kith_advisory_builder_add(struct kith_advisory_builder *b, enum kith_advisory_format format,
			  uint32_t database, struct kith_span path, struct kith_span bytes,
			  struct kith_error *err)
{
	struct kith_advisory_database *db;
	int r;

	b->err = err;
	r = database_of(b, database, &db);
	if (r)
		return r;
	return format == KITH_ADVISORY_RUSTSEC ? add_rustsec(b, db, path, bytes)
					       : add_osv(b, db, path, bytes);
}

int
kith_advisory_builder_put(struct kith_advisory_builder *b, uint32_t database, struct kith_span path,
			  const struct kith_advisory *advisory, struct kith_error *err)
{
	struct kith_advisory_database *db;
	int r;

	b->err = err;
	r = database_of(b, database, &db);
	return r ? r : keep_advisory(b, db, advisory, path);
}

/* --- sealing --- */

static int
cmp_entry(const void *pa, const void *pb, void *ctx)
{
	const struct kith_advisory_builder *b = ctx;
	const struct entry *x = pa, *y = pb;
	int r = x->ecosystem == y->ecosystem
		    ? 0
		    : kith_span_cmp(text_at(b, x->ecosystem), text_at(b, y->ecosystem));

	if (!r)
		r = kith_span_cmp(text_at(b, x->name), text_at(b, y->name));
	/* the order in which they came, whatever the sort does */
	return r ? r : (x->words > y->words) - (x->words < y->words);
}

static bool
same_key(const struct kith_advisory_builder *b, const struct entry *x, const struct entry *y)
{
	return kith_span_eq(text_at(b, x->ecosystem), text_at(b, y->ecosystem)) &&
	       kith_span_eq(text_at(b, x->name), text_at(b, y->name));
}

/* Ids of a key's entries, in memory of the arena. */
static int
collect_ids(struct kith_advisory_builder *b, const struct key *k, struct kith_arena *arena,
	    struct kith_osv_ids *ids)
{
	struct kith_span *aliases;
	size_t i, a;

	for (i = 0; i < k->count; i++) {
		const struct record *x = &b->records[b->entries[k->first + i].record];
		uint32_t n = b->words[x->aliases];

		ids[i].id = text_at(b, x->id);
		aliases = kith_arena_array(arena, n, sizeof(*aliases));
		if (!aliases)
			return kith_fail_nomem(b->err);
		for (a = 0; a < n; a++)
			aliases[a] = text_at(b, b->words[x->aliases + 1 + a]);
		ids[i].aliases = aliases;
		ids[i].n_aliases = n;
	}
	return KITH_OK;
}

static int
group_key(struct kith_advisory_builder *b, const struct key *k)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_osv_ids *ids;
	uint32_t *groups;
	size_t i;
	int r;

	kith_arena_init(&arena, KITH_MAX_ADVISORY_SET);
	if (k->count < 2)
		return KITH_OK;
	ids = kith_arena_array(&arena, k->count, sizeof(*ids));
	groups = kith_arena_array(&arena, k->count, sizeof(*groups));
	if (!ids || !groups)
		return kith_fail_nomem(b->err);
	r = collect_ids(b, k, &arena, ids);
	if (!r)
		r = kith_osv_group(ids, k->count, groups, b->err);
	for (i = 0; i < k->count && !r; i++)
		b->entries[k->first + i].group = groups[i];
	return r;
}

static int
make_keys(struct kith_advisory_builder *b)
{
	struct entry *e = b->entries;
	size_t i, first;
	int r = KITH_OK;

	if (b->n_entries > 1)
		qsort_r(e, b->n_entries, sizeof(*e), cmp_entry, b);
	for (first = 0; first < b->n_entries && !r; first = i) {
		for (i = first + 1; i < b->n_entries && same_key(b, &e[first], &e[i]); i++)
			;
		r = kith_grow(&b->keys, &b->cap_keys, b->n_keys + 1, sizeof(*b->keys),
			      KITH_MAX_ADVISORY_RECORDS, "packages", b->err);
		if (r)
			return r;
		b->keys[b->n_keys] = (struct key){(uint32_t)first, (uint32_t)(i - first)};
		r = group_key(b, &b->keys[b->n_keys++]);
	}
	return r;
}

static void
put_words(struct kith_buf *out, const uint32_t *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		kith_buf_put_u32(out, words[i]);
}

static void
put_tables(const struct kith_advisory_builder *b, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < b->n_keys; i++) {
		const struct entry *e = &b->entries[b->keys[i].first];
		uint32_t w[KEY_WORDS] = {e->ecosystem, e->name, b->keys[i].first, b->keys[i].count};

		put_words(out, w, KEY_WORDS);
	}
	for (i = 0; i < b->n_entries; i++) {
		const struct entry *e = &b->entries[i];
		uint32_t w[ENTRY_WORDS] = {e->record, e->group, e->suffix, e->words, e->severity};

		put_words(out, w, ENTRY_WORDS);
	}
	for (i = 0; i < b->n_records; i++) {
		const struct record *x = &b->records[i];
		uint32_t w[RECORD_WORDS] = {x->id,       x->title, x->path,  x->url,     x->aliases,
					    x->database, x->day,   x->flags, x->severity};

		put_words(out, w, RECORD_WORDS);
	}
}

static void
put_reports(const struct kith_advisory_builder *b, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < b->n_databases; i++) {
		const struct kith_advisory_database *d = &b->databases[i];
		uint32_t w[DB_WORDS] = {d->number,  d->files,      d->advisories, d->withdrawn,
					d->refused, d->duplicates, d->defects};

		put_words(out, w, DB_WORDS);
	}
	for (i = 0; i < b->n_refusals; i++) {
		const struct refusal *x = &b->refusals[i];
		uint32_t w[REFUSAL_WORDS] = {x->database, x->path, x->why};

		put_words(out, w, REFUSAL_WORDS);
	}
}

int
kith_advisory_builder_seal(struct kith_advisory_builder *b, struct kith_buf *out,
			   struct kith_error *err)
{
	uint32_t counts[SET_COUNTS];
	int r;

	b->err = err;
	/* no longer needed: room for what is written now */
	kith_map_clear(&b->seen);
	kith_arena_clear(&b->seen_keys);
	r = make_keys(b);
	if (r)
		return r;
	counts[0] = (uint32_t)b->n_keys;
	counts[1] = (uint32_t)b->n_entries;
	counts[2] = (uint32_t)b->n_records;
	counts[3] = (uint32_t)b->n_words;
	counts[4] = (uint32_t)b->n_databases;
	counts[5] = (uint32_t)b->n_refusals;
	counts[6] = (uint32_t)b->text.len;
	kith_buf_put(out, SET_MAGIC, 8);
	put_words(out, counts, SET_COUNTS);
	put_tables(b, out);
	put_words(out, b->words, b->n_words);
	put_reports(b, out);
	kith_buf_put_span(out, kith_buf_span(&b->text));
	return kith_buf_check(out, err);
}
