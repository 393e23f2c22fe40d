/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of `.verdict` text that make claims (verdict_read.h). Prints nothing. */
#include "cases/verdict_claim_read.h"
#include "cases/words_read.h"

#define MAX_ITEMS ((size_t)1000000)

static int
new_claim(struct verdict_world *v, enum kith_claim_kind kind, struct kith_claim **ret_claim,
	  struct kith_error *err)
{
	struct kith_claim *c;
	uint32_t number = (uint32_t)v->n_claims;
	int r = kith_grow(&v->claims, &v->cap_claims, v->n_claims + 1, sizeof(*v->claims),
			  MAX_ITEMS, "claims", err);

	if (r)
		return r;
	c = &v->claims[v->n_claims++];
	memset(c, 0, sizeof(*c));
	c->kind = kind;
	memcpy(c->proof.bytes, &number, sizeof(number));
	*ret_claim = c;
	return KITH_OK;
}

/* "ID[:SEVERITY[:RANGE]]" */
static int
issue_words(struct kith_span word, struct kith_span *ret_ids, enum kith_level *ret_severity,
	    enum kith_range *ret_range, struct kith_error *err)
{
	static const char *const ranges[] = {"all", "major", "minor", NULL};
	struct kith_span rest = word, severity, range;
	unsigned value;

	*ret_severity = KITH_LEVEL_MEDIUM;
	*ret_range = KITH_RANGE_ALL;
	kith_span_next(&rest, ':', ret_ids);
	if (kith_span_next(&rest, ':', &severity) && !wot_level(severity, ret_severity))
		return words_unexpected(word, err);
	if (!kith_span_next(&rest, ':', &range))
		return KITH_OK;
	if (!words_one_of(range, ranges, &value))
		return words_unexpected(word, err);
	*ret_range = (enum kith_range)value;
	return KITH_OK;
}

/* Arrays of a claim grow in the arena: cases are small. */
static int
add_issue(struct verdict_world *v, struct kith_claim *c, struct kith_span word,
	  struct kith_error *err)
{
	struct kith_proof_issue *list =
	    kith_arena_array(&v->w.arena, c->n_issues + 1, sizeof(*list));

	if (!list)
		return kith_fail_nomem(err);
	if (c->n_issues)
		memcpy(list, c->issues, c->n_issues * sizeof(*list));
	c->issues = list;
	list += c->n_issues++;
	return issue_words(word, &list->id, &list->severity, &list->range, err);
}

static int
add_advisory(struct verdict_world *v, struct kith_claim *c, struct kith_span word,
	     struct kith_error *err)
{
	struct kith_proof_advisory *list =
	    kith_arena_array(&v->w.arena, c->n_advisories + 1, sizeof(*list));
	struct kith_span ids;
	int r;

	if (!list)
		return kith_fail_nomem(err);
	if (c->n_advisories)
		memcpy(list, c->advisories, c->n_advisories * sizeof(*list));
	c->advisories = list;
	list += c->n_advisories++;
	r = issue_words(word, &ids, &list->severity, &list->range, err);
	return r ? r : words_split_commas(&v->w.arena, ids, &list->ids, &list->n_ids, err);
}

/* The ids' keys are known when all names are: until then an override holds the name's number. */
static int
add_overrides(struct verdict_world *v, struct kith_claim *c, struct kith_span word,
	      struct kith_error *err)
{
	const struct kith_span *names;
	struct kith_claim_override *list;
	size_t i, n;
	int r = words_split_commas(&v->w.arena, word, &names, &n, err);

	if (r)
		return r;
	list = kith_arena_array(&v->w.arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < n && !r; i++) {
		uint32_t number = 0;

		r = wot_name(&v->w, names[i], &number, err);
		memcpy(list[i].id.bytes, &number, sizeof(number));
	}
	c->overrides = list;
	c->n_overrides = n;
	return r;
}

static int
add_base(struct kith_claim *c, struct kith_span word, struct kith_error *err)
{
	struct kith_span digest = KITH_SPAN_LIT("1");

	c->has_base = c->has_base_digest = true;
	c->base_version = word;
	if (kith_span_find(word, 0, '/') < word.len)
		words_split_at(word, '/', &c->base_version, &digest);
	if (!c->base_version.len)
		return words_unexpected(word, err);
	words_digest(digest, &c->base_digest);
	return KITH_OK;
}

static int
review_dates(struct kith_claim *c, struct kith_span key, struct words *w, bool *ret_known,
	     struct kith_error *err)
{
	*ret_known = true;
	if (kith_span_is(key, "at"))
		return words_need_date(w, &c->date, err);
	if (kith_span_is(key, "previous")) {
		c->has_previous = true;
		return words_need_date(w, &c->previous, err);
	}
	if (kith_span_is(key, "withdrawn")) { /* a word by itself */
		c->withdrawn = true;
		return KITH_OK;
	}
	*ret_known = false;
	return KITH_OK;
}

static int
review_option(struct verdict_world *v, struct kith_claim *c, struct kith_span key, struct words *w,
	      struct kith_error *err)
{
	static const char *const llm[] = {"autonomous", "assisted", NULL};
	struct kith_span word = KITH_SPAN_NONE;
	bool known;
	unsigned value = 0;
	int r = review_dates(c, key, w, &known, err);

	if (r || known)
		return r;
	if (kith_span_is(key, "thoroughness"))
		return words_need_level(w, &c->thoroughness, err);
	if (kith_span_is(key, "understanding"))
		return words_need_level(w, &c->understanding, err);
	if (kith_span_is(key, "as"))
		return words_need(w, &c->id, err);
	if (kith_span_is(key, "llm")) {
		r = words_need_one_of(w, llm, &value, err);
		c->has_llm = true;
		c->llm_human_guided = value;
		return r;
	}
	r = words_need(w, &word, err);
	if (r)
		return r;
	if (kith_span_is(key, "digest"))
		words_digest(word, &c->digest);
	else if (kith_span_is(key, "base"))
		return add_base(c, word, err);
	else if (kith_span_is(key, "override"))
		return add_overrides(v, c, word, err);
	else if (kith_span_is(key, "issue"))
		return add_issue(v, c, word, err);
	else if (kith_span_is(key, "advisory"))
		return add_advisory(v, c, word, err);
	else
		return words_unexpected(key, err);
	return KITH_OK;
}

/* AUTHOR:VERSION, or SOURCE:violation. */
static int
name_claim(struct verdict_world *v, struct kith_claim *c, struct kith_span a, struct kith_span b,
	   struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf id;
	int r;

	kith_buf_init(&id, KITH_KIB(64));
	if (c->id.len)
		return KITH_OK;
	kith_buf_put_span(&id, a);
	kith_buf_put_char(&id, ':');
	kith_buf_put_span(&id, b);
	r = kith_buf_check(&id, err);
	if (r)
		return r;
	return kith_arena_copy(&v->w.arena, kith_buf_span(&id), &c->id) ? KITH_OK
									: kith_fail_nomem(err);
}

int
verdict_review(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	static const char *const ratings[] = {"negative", "neutral", "positive",
					      "strong",   "empty",   NULL};
	struct kith_claim *c;
	struct kith_span author = KITH_SPAN_NONE, package = KITH_SPAN_NONE, key;
	unsigned rating = 0;
	uint32_t number = 0;
	int r = new_claim(v, KITH_CLAIM_REVIEW, &c, err);

	if (!r)
		r = words_need(w, &author, err);
	if (!r)
		r = wot_name(&v->w, author, &number, err);
	if (!r)
		r = words_need(w, &package, err);
	if (!r)
		r = words_need_one_of(w, ratings, &rating, err);
	if (r)
		return r;
	if (!words_split_at(package, '@', &c->name, &c->version))
		return words_unexpected(package, err);
	memcpy(c->author.bytes, &number, sizeof(number));
	c->is_signed = c->has_digest = true;
	c->source = KITH_SPAN_LIT(KITH_CRATES_IO);
	words_digest(KITH_SPAN_LIT("1"), &c->digest);
	c->rating = rating == 4 ? KITH_RATING_NEUTRAL : (enum kith_rating)rating;
	c->thoroughness = c->understanding = KITH_LEVEL_LOW;
	while (!r && words_take(w, &key))
		r = review_option(v, c, key, w, err);
	if (rating == 4)
		c->thoroughness = c->understanding = KITH_LEVEL_NONE;
	c->empty = c->rating == KITH_RATING_NEUTRAL && c->thoroughness == KITH_LEVEL_NONE &&
		   c->understanding == KITH_LEVEL_NONE;
	return r ? r : name_claim(v, c, author, c->version, err);
}

/* The source's name stays in `source` until all sources are known. */
static int
set_claim(struct verdict_world *v, enum kith_claim_kind kind, const char *criteria, struct words *w,
	  struct kith_claim **ret_claim, struct kith_error *err)
{
	int r = new_claim(v, kind, ret_claim, err);

	if (!r)
		r = words_need(w, &(*ret_claim)->source, err);
	if (!r)
		r = words_need(w, &(*ret_claim)->name, err);
	if (!r && criteria)
		r = words_split_commas(&v->w.arena, kith_span_str(criteria),
				       &(*ret_claim)->criteria, &(*ret_claim)->n_criteria, err);
	return r;
}

static int
need_list(struct verdict_world *v, struct words *w, const struct kith_span **ret_list,
	  size_t *ret_n, struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int r = words_need(w, &word, err);

	return r ? r : words_split_commas(&v->w.arena, word, ret_list, ret_n, err);
}

static int
set_option(struct verdict_world *v, struct kith_claim *c, struct kith_span key, struct words *w,
	   struct kith_error *err)
{
	static const char *const kinds[] = {"vulnerability", "unsound", "unmaintained", "notice",
					    NULL};
	unsigned value = 0;
	int r;

	if (kith_span_is(key, "criteria"))
		return need_list(v, w, &c->criteria, &c->n_criteria, err);
	if (kith_span_is(key, "seen")) {
		c->has_seen = true;
		return words_need_date(w, &c->seen, err);
	}
	if (kith_span_is(key, "aggregated-from"))
		return words_need(w, &c->origin, err);
	if (kith_span_is(key, "start"))
		return words_need_date(w, &c->start, err);
	if (kith_span_is(key, "end"))
		return words_need_date(w, &c->end, err);
	if (kith_span_is(key, "as"))
		return words_need(w, &c->id, err);
	if (kith_span_is(key, "also"))
		return need_list(v, w, &c->other_ids, &c->n_other_ids, err);
	if (kith_span_is(key, "severity")) {
		c->has_severity = true;
		return words_need_level(w, &c->severity, err);
	}
	if (!kith_span_is(key, "kind"))
		return words_unexpected(key, err);
	r = words_need_one_of(w, kinds, &value, err);
	c->advisory_kind = (enum kith_advisory_kind)value;
	return r;
}

static int
set_options(struct verdict_world *v, struct kith_claim *c, struct words *w, struct kith_error *err)
{
	struct kith_span key;
	int r = KITH_OK;

	while (!r && words_take(w, &key))
		r = set_option(v, c, key, w, err);
	return r;
}

int
verdict_audit(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_claim *c;
	struct kith_span word = KITH_SPAN_NONE;
	size_t i;
	int r = set_claim(v, KITH_CLAIM_AUDIT, "safe-to-deploy", w, &c, err);

	if (!r)
		r = words_need(w, &word, err);
	if (r)
		return r;
	c->version = word;
	for (i = 0; i + 1 < word.len && !c->has_base; i++)
		if (word.ptr[i] == '-' && word.ptr[i + 1] == '>') {
			c->has_base = true;
			c->base_version = kith_span_sub(word, 0, i);
			c->version = kith_span_sub(word, i + 2, SIZE_MAX);
		}
	return set_options(v, c, w, err);
}

int
verdict_vouch(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_claim *c;
	int r = set_claim(v, KITH_CLAIM_VOUCH, "safe-to-deploy", w, &c, err);

	if (!r)
		r = words_need(w, &c->login, err);
	return r ? r : set_options(v, c, w, err);
}

int
verdict_hits(struct verdict_world *v, bool violation, struct words *w, struct kith_error *err)
{
	struct kith_claim *c;
	struct kith_span word = KITH_SPAN_NONE;
	int r = set_claim(v, violation ? KITH_CLAIM_VIOLATION : KITH_CLAIM_ADVISORY,
			  violation ? "safe-to-run" : NULL, w, &c, err);

	if (!r)
		r = words_need(w, &word, err);
	if (!r)
		r = words_split_commas(&v->w.arena, word, &c->versions, &c->n_versions, err);
	if (!r)
		r = set_options(v, c, w, err);
	return r ? r : name_claim(v, c, c->source, KITH_SPAN_LIT("violation"), err);
}
