/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith search: names that hold the words, with how much is said about them in reviews and audit
 * sets, and by whom. Everything comes from what is derived already; nothing is judged.
 */
#include <kith/search.h>

#include "app/claims.h"
#include "app/levels.h"
#include "app/names.h"
#include "codec/base64.h"
#include "codec/json.h"

#define SEARCH_MAX  KITH_MIB(256)
#define MAX_FOUND   ((size_t)1000000)
#define MAX_AUTHORS ((size_t)100000) /* of one package */
#define NAME_WIDTH  24
#define WHO_WIDTH   30

struct found {
	enum kith_ecosystem eco;
	struct kith_span name;
	bool exact;
	size_t said;
};

struct author {
	const struct kith_claim *claim; /* any of his: tells who he is */
	enum kith_level level;
	size_t said;
};

struct tally {
	size_t reviews, negative, audits, violations, vouches;
	struct author *authors;
	size_t n, cap;
};

struct search {
	struct kith_session *session;
	const struct kith_search_options *o;
	struct kith_index *index;
	struct kith_app_levels levels;
	struct kith_app_claims *claims;
	struct kith_app_names names;
	struct found *found;
	size_t n, cap, shown;
	struct kith_arena arena; /* of one package's claims */
	struct tally tally;
	struct kith_buf *out;
	struct kith_json_writer json;
};

static void
search_clear(struct search *s)
{
	kith_app_claims_free(s->claims);
	kith_app_levels_clear(&s->levels);
	kith_arena_clear(&s->arena);
	free(s->found);
	free(s->tally.authors);
}

/* --- names --- */

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* Case folded as far as names of packages go: ASCII. */
static bool
holds(struct kith_span name, const char *word)
{
	size_t n = strlen(word), i, k;

	for (i = 0; i + n <= name.len; i++) {
		for (k = 0; k < n && lower(name.ptr[i + k]) == lower((uint8_t)word[k]); k++)
			;
		if (k == n)
			return true;
	}
	return false;
}

static bool
matches(const struct search *s, struct kith_span name, bool *ret_exact)
{
	size_t i;

	*ret_exact = false;
	for (i = 0; i < s->o->n_words; i++) {
		const char *word = s->o->words[i];
		bool glob = strpbrk(word, "*?[") != NULL;

		if (glob ? !kith_glob_match(kith_span_str(word), name) : !holds(name, word))
			return false;
		*ret_exact = *ret_exact || kith_span_is(name, word);
	}
	return true;
}

static int
consider(struct search *s, enum kith_ecosystem eco, struct kith_span name, struct kith_error *err)
{
	struct found f = {.eco = eco, .name = name};
	int r;

	if (!matches(s, name, &f.exact))
		return KITH_OK;
	r = kith_grow(&s->found, &s->cap, s->n + 1, sizeof(f), MAX_FOUND, "packages found", err);
	if (!r)
		s->found[s->n++] = f;
	return r;
}

static int
compare_names(const void *pa, const void *pb)
{
	const struct found *a = pa, *b = pb;

	return a->eco != b->eco ? (a->eco > b->eco) - (a->eco < b->eco)
				: kith_span_cmp(a->name, b->name);
}

/* The exact name first, then what most is said about. */
static int
compare_worth(const void *pa, const void *pb)
{
	const struct found *a = pa, *b = pb;

	if (a->exact != b->exact)
		return a->exact ? -1 : 1;
	if (a->said != b->said)
		return a->said > b->said ? -1 : 1;
	return compare_names(pa, pb);
}

/* Names with reviews and names in sets, each once. */
static int
gather(struct search *s, struct kith_error *err)
{
	enum kith_ecosystem eco;
	struct kith_span name;
	size_t i, n, facts, kept = 0;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_index_count_names(s->index); i++) {
		if (!kith_index_name_at(s->index, i, &eco, &name, &n))
			return kith_index_fail(err);
		r = consider(s, eco, name, err);
	}
	for (i = 0; !r && kith_claim_set_name_at(s->claims->sets, i, &eco, &name, &n, &facts); i++)
		if (n)
			r = consider(s, eco, name, err);
	if (r || !s->n)
		return r;
	qsort(s->found, s->n, sizeof(*s->found), compare_names);
	for (i = 0; i < s->n; i++)
		if (!kept || compare_names(&s->found[kept - 1], &s->found[i]) != 0)
			s->found[kept++] = s->found[i];
	s->n = kept;
	return KITH_OK;
}

/* --- what is said about one --- */

static enum kith_level
level_of(const struct search *s, const struct kith_claim *c)
{
	struct kith_app_standing standing;

	if (!c->is_signed)
		return c->set < s->claims->n_sources ? s->claims->sources[c->set].level
						     : KITH_LEVEL_NONE;
	kith_app_levels_get(&s->levels, &c->author, &standing);
	return standing.approve;
}

static bool
same_author(const struct kith_claim *a, const struct kith_claim *b)
{
	if (a->is_signed != b->is_signed)
		return false;
	return a->is_signed ? !memcmp(a->author.bytes, b->author.bytes, KITH_ID_BYTES)
			    : a->set == b->set;
}

static int
compare_claims(const void *pa, const void *pb)
{
	const struct kith_claim *a = pa, *b = pb;

	if (a->is_signed != b->is_signed)
		return a->is_signed ? -1 : 1;
	if (a->is_signed)
		return memcmp(a->author.bytes, b->author.bytes, KITH_ID_BYTES);
	return (a->set > b->set) - (a->set < b->set);
}

static int
compare_authors(const void *pa, const void *pb)
{
	const struct author *a = pa, *b = pb;

	if (a->level != b->level)
		return a->level > b->level ? -1 : 1;
	if (a->said != b->said)
		return a->said > b->said ? -1 : 1;
	return compare_claims(a->claim, b->claim);
}

static bool
is_said(const struct kith_claim *c)
{
	return !c->gone && !c->withdrawn && !(c->kind == KITH_CLAIM_REVIEW && c->empty) &&
	       c->kind != KITH_CLAIM_ADVISORY;
}

static void
count_claim(struct tally *t, const struct kith_claim *c)
{
	switch (c->kind) {
	case KITH_CLAIM_REVIEW:
		t->reviews++;
		t->negative += c->rating == KITH_RATING_NEGATIVE;
		break;
	case KITH_CLAIM_AUDIT:
		t->audits++;
		break;
	case KITH_CLAIM_VIOLATION:
		t->violations++;
		break;
	case KITH_CLAIM_VOUCH:
		t->vouches++;
		break;
	case KITH_CLAIM_ADVISORY:
		break;
	}
}

static int
count_author(struct tally *t, const struct kith_claim *c, enum kith_level level,
	     struct kith_error *err)
{
	int r = KITH_OK;

	if (!t->n || !same_author(t->authors[t->n - 1].claim, c)) {
		r = kith_grow(&t->authors, &t->cap, t->n + 1, sizeof(*t->authors), MAX_AUTHORS,
			      "authors of one package", err);
		if (r)
			return r;
		t->authors[t->n++] = (struct author){c, level, 0};
	}
	t->authors[t->n - 1].said++;
	return r;
}

/* Fills the tally; its authors point into the arena until the next package. */
static int
tell_of(struct search *s, const struct found *f, struct kith_error *err)
{
	struct tally *t = &s->tally;
	const struct kith_claim *claims;
	struct kith_claim *sorted;
	size_t n, i;
	int r;

	kith_arena_clear(&s->arena);
	t->reviews = t->negative = t->audits = t->violations = t->vouches = t->n = 0;
	r = kith_app_claims_about(s->claims, f->eco, f->name, &s->arena, &claims, &n, err);
	if (r || !n)
		return r;
	sorted = kith_arena_array(&s->arena, n, sizeof(*sorted));
	if (!sorted)
		return kith_fail_nomem(err);
	memcpy(sorted, claims, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_claims);
	for (i = 0; !r && i < n; i++) {
		enum kith_level level = level_of(s, &sorted[i]);

		if (!is_said(&sorted[i]) || (s->o->trusted && level < KITH_LEVEL_LOW))
			continue;
		count_claim(t, &sorted[i]);
		r = count_author(t, &sorted[i], level, err);
	}
	if (!r && t->n)
		qsort(t->authors, t->n, sizeof(*t->authors), compare_authors);
	return r;
}

static int
weigh(struct search *s, struct kith_error *err)
{
	size_t i, kept = 0;
	int r = KITH_OK;

	for (i = 0; !r && i < s->n; i++) {
		r = tell_of(s, &s->found[i], err);
		s->found[i].said =
		    s->tally.reviews + s->tally.audits + s->tally.violations + s->tally.vouches;
		if (!r && s->found[i].said)
			s->found[kept++] = s->found[i];
	}
	s->n = kept;
	if (!r && s->n)
		qsort(s->found, s->n, sizeof(*s->found), compare_worth);
	return r;
}

/* --- showing --- */

static void
put_count(struct kith_buf *b, size_t n, const char *one, const char *many)
{
	if (n)
		kith_buf_printf(b, "%s%zu %s", b->len ? ", " : "", n, n == 1 ? one : many);
}

static void
put_author(struct search *s, const struct author *a, struct kith_buf *out)
{
	if (a->claim->is_signed)
		kith_app_put_name(&s->names, &a->claim->author, out);
	else if (a->claim->set < s->claims->n_sources)
		kith_text_safe(out, s->claims->sources[a->claim->set].name, WHO_WIDTH);
	if (s->levels.known && a->level >= KITH_LEVEL_LOW)
		kith_buf_printf(out, " (%s)", kith_level_name(a->level));
}

static void
put_line(struct search *s, const struct found *f)
{
	const struct tally *t = &s->tally;
	KITH_AUTO_BUF struct kith_buf said, line;
	size_t used, i;

	kith_buf_init(&said, KITH_KIB(4));
	kith_buf_init(&line, KITH_MIB(8));
	put_count(&said, t->reviews, "review", "reviews");
	put_count(&said, t->negative, "of them negative", "of them negative");
	put_count(&said, t->audits, "audit", "audits");
	put_count(&said, t->violations, "violation", "violations");
	put_count(&said, t->vouches, "vouch", "vouches");
	used = kith_text_safe(&line, f->name, 0);
	kith_buf_put_fill(&line, ' ', used < NAME_WIDTH ? NAME_WIDTH - used : 0);
	kith_buf_printf(&line, "  %s by ", kith_buf_str(&said));
	for (i = 0; i < t->n; i++) {
		kith_buf_put_str(&line, i ? ", " : "");
		put_author(s, &t->authors[i], &line);
	}
	kith_text_safe(s->out, kith_buf_carry(s->out, &line),
		       s->o->width > 0 ? (size_t)s->o->width : 0);
	kith_buf_put_char(s->out, '\n');
}

static void
put_json_author(struct search *s, const struct author *a)
{
	char text[KITH_ID_TEXT + 1];

	kith_json_open_object(&s->json);
	if (a->claim->is_signed) {
		kith_base64_id(text, a->claim->author.bytes);
		kith_json_member_str(&s->json, "id", text);
		kith_json_member_str(&s->json, "name",
				     kith_app_name_of(&s->names, &a->claim->author));
	} else if (a->claim->set < s->claims->n_sources) {
		kith_json_member_string(&s->json, "source", s->claims->sources[a->claim->set].name);
	}
	kith_json_member_str(&s->json, "level", kith_level_name(a->level));
	kith_json_member_integer(&s->json, "claims", (int64_t)a->said);
	kith_json_close_object(&s->json);
}

static void
put_json(struct search *s, const struct found *f)
{
	const struct tally *t = &s->tally;
	size_t i;

	kith_json_open_object(&s->json);
	kith_json_member_str(&s->json, "ecosystem", kith_ecosystem_name(f->eco));
	kith_json_member_string(&s->json, "name", f->name);
	kith_json_member_integer(&s->json, "reviews", (int64_t)t->reviews);
	kith_json_member_integer(&s->json, "negative", (int64_t)t->negative);
	kith_json_member_integer(&s->json, "audits", (int64_t)t->audits);
	kith_json_member_integer(&s->json, "violations", (int64_t)t->violations);
	kith_json_member_integer(&s->json, "vouches", (int64_t)t->vouches);
	kith_json_put_key(&s->json, "by");
	kith_json_open_array(&s->json);
	for (i = 0; i < t->n; i++)
		put_json_author(s, &t->authors[i]);
	kith_json_close_array(&s->json);
	kith_json_close_object(&s->json);
}

static int
show(struct search *s, struct kith_error *err)
{
	bool json = s->o->format == KITH_FORMAT_JSON;
	size_t i;
	int r = KITH_OK;

	if (json) {
		kith_json_begin(&s->json, s->out, true);
		kith_json_open_object(&s->json);
		kith_json_member_str(&s->json, "schema", "kith.search/1");
		kith_json_put_key(&s->json, "packages");
		kith_json_open_array(&s->json);
	}
	for (i = 0; !r && i < s->n; i++) {
		r = tell_of(s, &s->found[i], err);
		if (!r && json)
			put_json(s, &s->found[i]);
		else if (!r)
			put_line(s, &s->found[i]);
	}
	if (json) {
		kith_json_close_array(&s->json);
		kith_json_close_object(&s->json);
		kith_buf_put_char(s->out, '\n');
	}
	return r;
}

/* --- */

static int
begin(struct search *s, struct kith_error *err)
{
	const struct kith_search_options *o = s->o;
	size_t i;
	int r;

	for (i = 0; i < o->n_words; i++)
		if (!*o->words[i])
			return kith_fail(err, KITH_E_USAGE, "an empty word is in every name");
	if (!o->n_words)
		return kith_fail(err, KITH_E_USAGE, "say what to search for");
	r = kith_app_index(s->session, &s->index, err);
	if (!r)
		r = kith_app_levels_new(s->session, o->path ? o->path : ".", o->roots, o->n_roots,
					KITH_SEMANTICS_NATIVE, o->trusted, &s->levels, err);
	if (!r)
		r = kith_app_claims_new(s->session, s->index, &s->levels.config, NULL,
					KITH_LEVEL_LOW, &s->claims, err);
	s->names.index = s->index;
	s->names.config = &s->levels.config;
	s->names.exact = true;
	return r;
}

int
kith_search(struct kith_session *session, const struct kith_search_options *options,
	    char **ret_text, size_t *ret_len, size_t *ret_count, struct kith_error *err)
{
	KITH_CLEANUP(search_clear) struct search s = {.session = session, .o = options};
	KITH_AUTO_BUF struct kith_buf out;
	int r;

	kith_buf_init(&out, SEARCH_MAX);
	kith_arena_init(&s.arena, KITH_MIB(512));
	s.out = &out;
	r = begin(&s, err);
	if (!r)
		r = gather(&s, err);
	if (!r)
		r = weigh(&s, err);
	if (!r)
		r = show(&s, err);
	if (!r)
		r = kith_app_derived_check(session, err);
	if (!r)
		r = kith_app_take_text(&out, ret_text, ret_len, err);
	if (!r)
		*ret_count = s.n;
	return r;
}
