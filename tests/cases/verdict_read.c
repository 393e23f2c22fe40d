/* SPDX-License-Identifier: Apache-2.0 */
/* Reads `.verdict` text (verdict_read.h). Prints nothing. */
#include "cases/verdict_read.h"

#define MAX_ITEMS ((size_t)1000000)
#define DAY       ((int64_t)86400)

void
verdict_init(struct verdict_world *v)
{
	memset(v, 0, sizeof(*v));
	wot_init(&v->w);
	v->w.now = 1000000;
	kith_policy_preset(&v->policy);
	v->only_people = true;
}

void
verdict_clear(struct verdict_world *v)
{
	kith_actors_free(v->actors);
	free(v->rules);
	free(v->sources);
	free(v->packages);
	free(v->claims);
	free(v->exemptions);
	free(v->acceptances);
	wot_clear(&v->w);
}

static int
unexpected(struct kith_span word, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "unexpected '%.*s'", KITH_SPAN_FMT(word));
}

static bool
one_of(struct kith_span word, const char *const *names, unsigned *ret_index)
{
	unsigned i;

	for (i = 0; names[i]; i++)
		if (kith_span_is(word, names[i])) {
			*ret_index = i;
			return true;
		}
	return false;
}

/* The words of a line as they are used up. */
struct words {
	struct kith_span *at;
	size_t n;
};

static bool
take(struct words *w, struct kith_span *ret_word)
{
	if (!w->n)
		return false;
	*ret_word = *w->at++;
	w->n--;
	return true;
}

static int
need(struct words *w, struct kith_span *ret_word, struct kith_error *err)
{
	return take(w, ret_word) ? KITH_OK : kith_fail(err, KITH_E_FORMAT, "a word is missing");
}

static int
need_level(struct words *w, enum kith_level *ret_level, struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int r = need(w, &word, err);

	if (!r && !wot_level(word, ret_level))
		r = unexpected(word, err);
	return r;
}

static int
need_date(struct words *w, struct kith_time *ret_time, struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int64_t days;
	int r = need(w, &word, err);

	if (!r && !wot_date(word, &days))
		r = unexpected(word, err);
	if (!r)
		*ret_time = (struct kith_time){days * DAY, 0};
	return r;
}

static int
need_number(struct words *w, uint64_t max, uint64_t *ret_value, struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int r = need(w, &word, err);

	if (!r && (!kith_span_u64(word, ret_value) || *ret_value > max))
		r = unexpected(word, err);
	return r;
}

static int
need_one_of(struct words *w, const char *const *names, unsigned *ret_index, struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int r = need(w, &word, err);

	return r || one_of(word, names, ret_index) ? r : unexpected(word, err);
}

/* A digest's name in cases becomes its bytes. */
static void
digest_of(struct kith_span word, struct kith_digest *ret_digest)
{
	memset(ret_digest, 0, sizeof(*ret_digest));
	if (word.len)
		memcpy(ret_digest->bytes, word.ptr,
		       word.len < KITH_DIGEST_BYTES ? word.len : KITH_DIGEST_BYTES);
}

static int
split_commas(struct verdict_world *v, struct kith_span word, const struct kith_span **ret_list,
	     size_t *ret_n, struct kith_error *err)
{
	struct kith_span *list, piece;
	size_t i, n = 1;

	for (i = 0; i < word.len; i++)
		n += word.ptr[i] == ',';
	list = kith_arena_array(&v->w.arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (n = 0; kith_span_next(&word, ',', &piece);)
		list[n++] = piece;
	*ret_list = list;
	*ret_n = n;
	return KITH_OK;
}

static bool
split_at(struct kith_span word, uint8_t c, struct kith_span *ret_before,
	 struct kith_span *ret_after)
{
	size_t at = kith_span_find(word, 0, c);

	if (at == word.len)
		return false;
	*ret_before = kith_span_sub(word, 0, at);
	*ret_after = kith_span_sub(word, at + 1, SIZE_MAX);
	return true;
}

/* --- requirements --- */

static const char *const llm_words[] = {"count", "supplement", "ignore", NULL};
static const char *const assisted_words[] = {"separate", "count", NULL};
static const char *const bool_words[] = {"false", "true", NULL};

static int
set_criteria(struct kith_requirement *r, struct kith_span word)
{
	r->criteria[0] = word;
	r->n_criteria = 1;
	return KITH_OK;
}

/* One field of a requirement; *ret_field is 0 if it is none. */
static int
requirement_field(struct kith_requirement *r, struct kith_span key, struct words *w,
		  unsigned *ret_field, struct kith_error *err)
{
	static const char *const keys[] = {
	    "level",        "independent", "thoroughness",    "understanding", "llm",
	    "llm-assisted", "signed",      "objection-level", "criteria",      NULL};
	struct kith_span word = KITH_SPAN_NONE;
	unsigned k, value = 0;
	uint64_t n = 0;
	int rc = KITH_OK;

	*ret_field = 0;
	if (!one_of(key, keys, &k))
		return KITH_OK;
	*ret_field = 1U << k;
	switch (k) {
	case 0:
		return need_level(w, &r->level, err);
	case 1:
		rc = need_number(w, KITH_MAX_INDEPENDENT, &n, err);
		r->independent = (unsigned)n;
		return rc;
	case 2:
		return need_level(w, &r->thoroughness, err);
	case 3:
		return need_level(w, &r->understanding, err);
	case 4:
		rc = need_one_of(w, llm_words, &value, err);
		r->llm = (enum kith_llm)value;
		return rc;
	case 5:
		rc = need_one_of(w, assisted_words, &value, err);
		r->assisted_counts = value;
		return rc;
	case 6:
		rc = need_one_of(w, bool_words, &value, err);
		r->only_signed = value;
		return rc;
	case 7:
		return need_level(w, &r->objection_level, err);
	default:
		rc = need(w, &word, err);
		return rc ? rc : set_criteria(r, word);
	}
}

static int
promote(struct words *w, enum kith_promote *ret_promote, struct kith_error *err)
{
	static const char *const names[] = {"note", "object", "ignore", NULL};
	unsigned value = 0;
	int r = need_one_of(w, names, &value, err);

	*ret_promote = (enum kith_promote)value;
	return r;
}

static int
days(struct words *w, int64_t *ret_seconds, struct kith_error *err)
{
	uint64_t n = 0;
	int r = need_number(w, 1000000, &n, err);

	*ret_seconds = (int64_t)n * DAY;
	return r;
}

static int
policy(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	static const char *const late[] = {"refuse", "allow", NULL};
	struct kith_policy *p = &v->policy;
	struct kith_span key = KITH_SPAN_NONE;
	unsigned field, value = 0;
	int r = need(w, &key, err);

	if (!r)
		r = requirement_field(&p->base, key, w, &field, err);
	if (r || field)
		return r;
	if (kith_span_is(key, "issue-severity"))
		return need_level(w, &p->issue_severity, err);
	if (kith_span_is(key, "severity-threshold"))
		return need_level(w, &p->severity_threshold, err);
	if (kith_span_is(key, "unsound"))
		return promote(w, &p->unsound, err);
	if (kith_span_is(key, "unmaintained"))
		return promote(w, &p->unmaintained, err);
	if (kith_span_is(key, "notice"))
		return promote(w, &p->notice, err);
	if (kith_span_is(key, "yanked"))
		return promote(w, &p->yanked, err);
	if (kith_span_is(key, "cooldown"))
		return days(w, &p->cooldown, err);
	if (kith_span_is(key, "set-cooldown"))
		return days(w, &p->set_cooldown, err);
	if (!kith_span_is(key, "late"))
		return unexpected(key, err);
	r = need_one_of(w, late, &value, err);
	p->late_counts = value;
	return r;
}

static int
rule(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_rule *x;
	struct kith_span key;
	int r = kith_grow(&v->rules, &v->cap_rules, v->n_rules + 1, sizeof(*v->rules), MAX_ITEMS,
			  "rules", err);

	if (r)
		return r;
	x = &v->rules[v->n_rules++];
	memset(x, 0, sizeof(*x));
	r = need(w, &x->glob, err);
	while (!r && take(w, &key)) {
		unsigned field = 0;

		if (kith_span_is(key, "replace")) {
			x->replace = true;
			continue;
		}
		if (kith_span_is(key, "reason")) {
			r = need(w, &x->reason, err);
			continue;
		}
		r = requirement_field(&x->r, key, w, &field, err);
		x->fields |= field;
		if (!r && !field)
			r = unexpected(key, err);
	}
	return r;
}

/* --- sources and packages --- */

static int
source(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct verdict_source *s;
	struct kith_span key;
	bool object = false;
	int r = kith_grow(&v->sources, &v->cap_sources, v->n_sources + 1, sizeof(*v->sources),
			  MAX_ITEMS, "sources", err);

	if (r)
		return r;
	s = &v->sources[v->n_sources++];
	memset(s, 0, sizeof(*s));
	s->level = KITH_LEVEL_NONE;
	v->only_people = false;
	r = need(w, &s->name, err);
	s->actor = s->name;
	while (!r && take(w, &key)) {
		if (kith_span_is(key, "level")) {
			r = need_level(w, &s->level, err);
		} else if (kith_span_is(key, "object")) {
			r = need_level(w, &s->object, err);
			object = true;
		} else if (kith_span_is(key, "actor")) {
			r = need(w, &s->actor, err);
		} else {
			r = unexpected(key, err);
		}
	}
	if (!object)
		s->object = s->level;
	return r;
}

static int
package_origin(struct verdict_package *p, struct words *w, struct kith_error *err)
{
	static const char *const names[] = {"registry", "vendored", "git", "path", "local", NULL};
	static const enum kith_origin origins[] = {KITH_ORIGIN_REGISTRY, KITH_ORIGIN_REGISTRY,
						   KITH_ORIGIN_GIT, KITH_ORIGIN_PATH,
						   KITH_ORIGIN_PATH};
	unsigned value = 0;
	int r = need_one_of(w, names, &value, err);

	p->package.origin = origins[value];
	p->package.local = value == 4;
	if (value == 1)
		p->subject.bytes = KITH_SUBJECT_VENDORED;
	return r;
}

static int
package_option(struct verdict_package *p, struct kith_span key, struct words *w,
	       struct kith_error *err)
{
	static const char *const kinds[] = {"unknown", "normal", "build", "dev", NULL};
	static const unsigned bits[] = {0, KITH_KIND_NORMAL, KITH_KIND_BUILD, KITH_KIND_DEV};
	struct kith_span word = KITH_SPAN_NONE;
	unsigned value = 0;
	int r;

	if (kith_span_is(key, "from"))
		return package_origin(p, w, err);
	if (kith_span_is(key, "publisher"))
		return need(w, &p->subject.publisher, err);
	if (kith_span_is(key, "first"))
		return need(w, &p->subject.first_publisher, err);
	if (kith_span_is(key, "checksum")) {
		r = need(w, &p->package.checksum, err);
		p->subject.exempt_key = p->package.checksum;
		return r;
	}
	if (kith_span_is(key, "kind")) {
		r = need_one_of(w, kinds, &value, err);
		p->package.kinds = bits[value];
		return r;
	}
	if (kith_span_is(key, "published")) {
		p->subject.has_published = true;
		return need_date(w, &p->subject.published, err);
	}
	if (!kith_span_is(key, "digest"))
		return unexpected(key, err);
	r = need(w, &word, err);
	p->subject.has_digest = true;
	digest_of(word, &p->subject.digest);
	return r;
}

static int
package(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct verdict_package *p;
	struct kith_span key = KITH_SPAN_NONE;
	int r = kith_grow(&v->packages, &v->cap_packages, v->n_packages + 1, sizeof(*v->packages),
			  MAX_ITEMS, "packages", err);

	if (!r)
		r = need(w, &key, err);
	if (r)
		return r;
	p = &v->packages[v->n_packages++];
	memset(p, 0, sizeof(*p));
	if (!split_at(key, '@', &p->package.name, &p->package.version))
		return unexpected(key, err);
	p->package.kinds = KITH_KIND_NORMAL;
	p->package.checksum = KITH_SPAN_LIT("-"); /* stated, whatever it is */
	while (!r && take(w, &key)) {
		if (kith_span_is(key, "yanked"))
			p->subject.yanked = true;
		else if (kith_span_is(key, "mismatch"))
			p->subject.mismatch = true;
		else if (kith_span_is(key, "no-checksum"))
			p->package.checksum = KITH_SPAN_NONE;
		else
			r = package_option(p, key, w, err);
	}
	if (p->subject.has_digest && p->subject.bytes != KITH_SUBJECT_VENDORED)
		p->subject.bytes = KITH_SUBJECT_HERE;
	return r;
}

/* --- claims --- */

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
		return unexpected(word, err);
	if (!kith_span_next(&rest, ':', &range))
		return KITH_OK;
	if (!one_of(range, ranges, &value))
		return unexpected(word, err);
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
	return r ? r : split_commas(v, ids, &list->ids, &list->n_ids, err);
}

/* The ids' keys are known when all names are: until then an override holds the name's number. */
static int
add_overrides(struct verdict_world *v, struct kith_claim *c, struct kith_span word,
	      struct kith_error *err)
{
	const struct kith_span *names;
	struct kith_claim_override *list;
	size_t i, n;
	int r = split_commas(v, word, &names, &n, err);

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
		split_at(word, '/', &c->base_version, &digest);
	if (!c->base_version.len)
		return unexpected(word, err);
	digest_of(digest, &c->base_digest);
	return KITH_OK;
}

static int
review_dates(struct kith_claim *c, struct kith_span key, struct words *w, bool *ret_known,
	     struct kith_error *err)
{
	*ret_known = true;
	if (kith_span_is(key, "at"))
		return need_date(w, &c->date, err);
	if (kith_span_is(key, "previous")) {
		c->has_previous = true;
		return need_date(w, &c->previous, err);
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
		return need_level(w, &c->thoroughness, err);
	if (kith_span_is(key, "understanding"))
		return need_level(w, &c->understanding, err);
	if (kith_span_is(key, "as"))
		return need(w, &c->id, err);
	if (kith_span_is(key, "llm")) {
		r = need_one_of(w, llm, &value, err);
		c->has_llm = true;
		c->llm_human_guided = value;
		return r;
	}
	r = need(w, &word, err);
	if (r)
		return r;
	if (kith_span_is(key, "digest"))
		digest_of(word, &c->digest);
	else if (kith_span_is(key, "base"))
		return add_base(c, word, err);
	else if (kith_span_is(key, "override"))
		return add_overrides(v, c, word, err);
	else if (kith_span_is(key, "issue"))
		return add_issue(v, c, word, err);
	else if (kith_span_is(key, "advisory"))
		return add_advisory(v, c, word, err);
	else
		return unexpected(key, err);
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

static int
review(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	static const char *const ratings[] = {"negative", "neutral", "positive",
					      "strong",   "empty",   NULL};
	struct kith_claim *c;
	struct kith_span author = KITH_SPAN_NONE, package = KITH_SPAN_NONE, key;
	unsigned rating = 0;
	uint32_t number = 0;
	int r = new_claim(v, KITH_CLAIM_REVIEW, &c, err);

	if (!r)
		r = need(w, &author, err);
	if (!r)
		r = wot_name(&v->w, author, &number, err);
	if (!r)
		r = need(w, &package, err);
	if (!r)
		r = need_one_of(w, ratings, &rating, err);
	if (r)
		return r;
	if (!split_at(package, '@', &c->name, &c->version))
		return unexpected(package, err);
	memcpy(c->author.bytes, &number, sizeof(number));
	c->is_signed = c->has_digest = true;
	c->source = KITH_SPAN_LIT(KITH_CRATES_IO);
	digest_of(KITH_SPAN_LIT("1"), &c->digest);
	c->rating = rating == 4 ? KITH_RATING_NEUTRAL : (enum kith_rating)rating;
	c->thoroughness = c->understanding = KITH_LEVEL_LOW;
	while (!r && take(w, &key))
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
		r = need(w, &(*ret_claim)->source, err);
	if (!r)
		r = need(w, &(*ret_claim)->name, err);
	if (!r && criteria)
		r = split_commas(v, kith_span_str(criteria), &(*ret_claim)->criteria,
				 &(*ret_claim)->n_criteria, err);
	return r;
}

static int
set_option(struct verdict_world *v, struct kith_claim *c, struct kith_span key, struct words *w,
	   struct kith_error *err)
{
	static const char *const kinds[] = {"vulnerability", "unsound", "unmaintained", "notice",
					    NULL};
	struct kith_span word = KITH_SPAN_NONE;
	unsigned value = 0;
	int r;

	if (kith_span_is(key, "criteria")) {
		r = need(w, &word, err);
		return r ? r : split_commas(v, word, &c->criteria, &c->n_criteria, err);
	}
	if (kith_span_is(key, "seen")) {
		c->has_seen = true;
		return need_date(w, &c->seen, err);
	}
	if (kith_span_is(key, "aggregated-from"))
		return need(w, &c->origin, err);
	if (kith_span_is(key, "start"))
		return need_date(w, &c->start, err);
	if (kith_span_is(key, "end"))
		return need_date(w, &c->end, err);
	if (kith_span_is(key, "as"))
		return need(w, &c->id, err);
	if (kith_span_is(key, "severity")) {
		c->has_severity = true;
		return need_level(w, &c->severity, err);
	}
	if (!kith_span_is(key, "kind"))
		return unexpected(key, err);
	r = need_one_of(w, kinds, &value, err);
	c->advisory_kind = (enum kith_advisory_kind)value;
	return r;
}

static int
set_options(struct verdict_world *v, struct kith_claim *c, struct words *w, struct kith_error *err)
{
	struct kith_span key;
	int r = KITH_OK;

	while (!r && take(w, &key))
		r = set_option(v, c, key, w, err);
	return r;
}

static int
audit(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_claim *c;
	struct kith_span word = KITH_SPAN_NONE;
	size_t i;
	int r = set_claim(v, KITH_CLAIM_AUDIT, "safe-to-deploy", w, &c, err);

	if (!r)
		r = need(w, &word, err);
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

static int
vouch(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_claim *c;
	int r = set_claim(v, KITH_CLAIM_VOUCH, "safe-to-deploy", w, &c, err);

	if (!r)
		r = need(w, &c->login, err);
	return r ? r : set_options(v, c, w, err);
}

static int
hits(struct verdict_world *v, bool violation, struct words *w, struct kith_error *err)
{
	struct kith_claim *c;
	struct kith_span word = KITH_SPAN_NONE;
	int r = set_claim(v, violation ? KITH_CLAIM_VIOLATION : KITH_CLAIM_ADVISORY,
			  violation ? "safe-to-run" : NULL, w, &c, err);

	if (!r)
		r = need(w, &word, err);
	if (!r)
		r = split_commas(v, word, &c->versions, &c->n_versions, err);
	if (!r)
		r = set_options(v, c, w, err);
	return r ? r : name_claim(v, c, c->source, KITH_SPAN_LIT("violation"), err);
}

/* --- the user's own decisions --- */

static int
exempt(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_exemption *x;
	struct kith_span key = KITH_SPAN_NONE;
	int r = kith_grow(&v->exemptions, &v->cap_exemptions, v->n_exemptions + 1,
			  sizeof(*v->exemptions), MAX_ITEMS, "exemptions", err);

	if (!r)
		r = need(w, &key, err);
	if (r)
		return r;
	x = &v->exemptions[v->n_exemptions++];
	memset(x, 0, sizeof(*x));
	v->only_people = false;
	if (!split_at(key, '@', &x->name, &x->version))
		return unexpected(key, err);
	while (!r && take(w, &key)) {
		if (kith_span_is(key, "checksum")) {
			r = need(w, &x->key, err);
		} else if (kith_span_is(key, "until")) {
			x->has_until = true;
			r = need_date(w, &x->until, err);
		} else {
			r = unexpected(key, err);
		}
	}
	return r;
}

static int
accept(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_acceptance *x;
	int r = kith_grow(&v->acceptances, &v->cap_acceptances, v->n_acceptances + 1,
			  sizeof(*v->acceptances), MAX_ITEMS, "acceptances", err);

	if (r)
		return r;
	x = &v->acceptances[v->n_acceptances++];
	memset(x, 0, sizeof(*x));
	v->only_people = false;
	r = need(w, &x->name, err);
	return r ? r : need(w, &x->objection, err);
}

static int
line(struct verdict_world *v, struct kith_span *all, size_t n, size_t number,
     struct kith_error *err)
{
	static const char *const kinds[] = {"policy",   "rule",   "source", "pkg",
					    "review",   "audit",  "vouch",  "violation",
					    "advisory", "exempt", "accept", NULL};
	struct words w = {all + 1, n - 1};
	unsigned kind;
	bool known;
	int r;

	if (!one_of(all[0], kinds, &kind)) {
		r = wot_line(&v->w, all, n, number, &known, err);
		return r || known ? r : unexpected(all[0], err);
	}
	switch (kind) {
	case 0:
		return policy(v, &w, err);
	case 1:
		return rule(v, &w, err);
	case 2:
		return source(v, &w, err);
	case 3:
		return package(v, &w, err);
	case 4:
		return review(v, &w, err);
	case 5:
		return audit(v, &w, err);
	case 6:
		return vouch(v, &w, err);
	case 7:
	case 8:
		return hits(v, kind == 7, &w, err);
	case 9:
		return exempt(v, &w, err);
	default:
		return accept(v, &w, err);
	}
}

/* --- names become ids, sources and actors --- */

/* In cases all names are of one kind: an id, a source and an actor of one name are one. */
static int
join_names(struct verdict_world *v, struct kith_span name, struct kith_span owner,
	   struct kith_error *err)
{
	uint32_t a, b;
	int r = kith_actors_add_name(v->actors, name, &a, err);

	if (!r)
		r = kith_actors_add_name(v->actors, owner, &b, err);
	if (!r)
		kith_actors_join(v->actors, a, b, true);
	return r;
}

static int
make_actors(struct verdict_world *v, struct kith_error *err)
{
	const struct wot *w = &v->w;
	uint32_t id, name;
	size_t i, k;
	int r = kith_actors_new(&v->actors, err);

	for (i = 0; i < w->names.count && !r; i++) {
		r = kith_actors_add_id(v->actors, &v->keys[i], &id, err);
		if (!r)
			r = kith_actors_add_name(v->actors, w->names.entries[i].key, &name, err);
		if (!r)
			kith_actors_join(v->actors, id, name, true);
	}
	for (i = 0; i < w->n_actors; i++)
		for (k = 0; k < w->actors[i].ids.n && !r; k++)
			r = join_names(v, w->names.entries[w->actors[i].ids.at[k]].key,
				       w->actors[i].name, err);
	for (i = 0; i < v->n_sources && !r; i++)
		if (!kith_span_eq(v->sources[i].name, v->sources[i].actor))
			r = join_names(v, v->sources[i].name, v->sources[i].actor, err);
	return r;
}

static int
make_sources(struct verdict_world *v, struct kith_error *err)
{
	size_t i;

	v->evidence = kith_arena_array(&v->w.arena, v->n_sources, sizeof(*v->evidence));
	if (!v->evidence)
		return kith_fail_nomem(err);
	for (i = 0; i < v->n_sources; i++) {
		uint32_t key;
		int r = kith_actors_add_name(v->actors, v->sources[i].name, &key, err);

		if (r)
			return r;
		v->evidence[i] = (struct kith_evidence_source){.name = v->sources[i].name,
							       .level = v->sources[i].level,
							       .object = v->sources[i].object};
		kith_actors_of_name(v->actors, v->sources[i].name, &v->evidence[i].actor);
	}
	return KITH_OK;
}

static bool
find_source(const struct verdict_world *v, struct kith_span name, uint32_t *ret_source)
{
	size_t i;

	for (i = v->n_sources; i-- > 0;)
		if (kith_span_eq(v->sources[i].name, name)) {
			*ret_source = (uint32_t)i;
			return true;
		}
	return false;
}

static void
id_of(const struct verdict_world *v, struct kith_id *id)
{
	uint32_t number;

	memcpy(&number, id->bytes, sizeof(number));
	*id = v->keys[number];
}

static int
finish_claim(const struct verdict_world *v, struct kith_claim *c, struct kith_error *err)
{
	uint32_t source;
	size_t value, i;

	if (c->kind == KITH_CLAIM_REVIEW) {
		struct kith_claim_override *list;

		id_of(v, &c->author);
		memcpy(&list, &c->overrides, sizeof(list));
		for (i = 0; i < c->n_overrides; i++)
			id_of(v, &list[i].id);
		return KITH_OK;
	}
	if (!find_source(v, c->source, &c->set))
		return unexpected(c->source, err);
	c->source = KITH_SPAN_NONE;
	if (c->origin.len && !find_source(v, c->origin, &source) &&
	    kith_map_get(&v->w.names, c->origin, &value)) {
		c->has_origin_id = true;
		c->origin_id = v->keys[value];
	}
	return KITH_OK;
}

static int
finish(struct verdict_world *v, struct kith_error *err)
{
	size_t i;
	int r;

	v->keys = wot_keys(&v->w, false);
	if (!v->keys)
		return kith_fail_nomem(err);
	r = make_actors(v, err);
	if (!r)
		r = make_sources(v, err);
	for (i = 0; i < v->n_claims && !r; i++)
		r = finish_claim(v, &v->claims[i], err);
	for (i = 0; i < v->n_packages; i++)
		v->packages[i].subject.package = &v->packages[i].package;
	v->policy.rules = v->rules;
	v->policy.n_rules = v->n_rules;
	return r;
}

int
verdict_read(struct verdict_world *v, struct kith_span text, struct kith_error *err)
{
	struct kith_span row, *words;
	size_t number = 0, n;
	int r = KITH_OK;

	while (!r && kith_span_next(&text, '\n', &row)) {
		number++;
		r = wot_split(row, &v->w.arena, &words, &n, err);
		if (!r && n)
			r = line(v, words, n, number, err);
	}
	return r ? kith_context(err, r, "line %zu", number) : finish(v, err);
}

const struct verdict_package *
verdict_package(const struct verdict_world *v, struct kith_span key)
{
	struct kith_span name, version;
	size_t i;

	if (!split_at(key, '@', &name, &version))
		return NULL;
	for (i = 0; i < v->n_packages; i++)
		if (kith_span_eq(v->packages[i].package.name, name) &&
		    kith_span_eq(v->packages[i].package.version, version))
			return &v->packages[i];
	return NULL;
}
