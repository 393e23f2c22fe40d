/* SPDX-License-Identifier: Apache-2.0 */
/* From words of the command line to fields of a review. */
#include "app/review.h"

#define MAX_ENTRIES ((size_t)1000) /* issues, advisories, … of one review */

void
kith_review_set_package(struct kith_package_info *info, const struct kith_app_picked *p,
			const struct kith_app_bytes *bytes)
{
	memset(info, 0, sizeof(*info));
	info->source = KITH_SPAN_LIT(KITH_CRATES_IO);
	info->name = p->package.name;
	info->version = p->package.version;
	info->revision = kith_span_str(bytes->revision);
	info->digest = bytes->digest;
	info->digest_valid = true;
}

int
kith_review_read_bytes(struct kith_app_picker *picker, const struct kith_app_picked *p,
		       struct kith_app_bytes *ret, struct kith_error *err)
{
	int r = kith_app_read_bytes(picker, p, NULL, ret, err);

	if (r || ret->confirmed)
		return r;
	return kith_hint(err,
			 kith_fail(err, KITH_E_USAGE,
				   "nothing here states the checksum of %s %s: these may be any "
				   "bytes, and a review names them",
				   p->name, p->version),
			 "review it in a project that locks it, or let cargo download it");
}

bool
kith_review_says_something(const struct kith_proof *p)
{
	return !kith_proof_is_empty_review(p) || p->n_issues || p->n_advisories ||
	       p->unmaintained || p->n_alternatives || p->n_overrides || p->comment.len;
}

/* --- issues and advisories --- */

struct finding {
	struct kith_span id;
	enum kith_level severity;
	enum kith_range range;
};

/* Ids may hold colons themselves, so what follows is taken from the end. */
static bool
cut_word(struct kith_span *s, const char *const *words, size_t n, size_t *ret)
{
	size_t at = s->len, i;

	while (at && s->ptr[at - 1] != ':')
		at--;
	if (at < 2)
		return false;
	for (i = 0; i < n; i++) {
		if (!kith_span_is(kith_span_sub(*s, at, SIZE_MAX), words[i]))
			continue;
		s->len = at - 1;
		*ret = i;
		return true;
	}
	return false;
}

static struct finding
take_apart(const char *word, enum kith_range usual)
{
	static const char *const ranges[] = {"all", "major", "minor"};
	static const char *const levels[] = {"none", "low", "medium", "high"};
	struct finding f = {kith_span_str(word), KITH_LEVEL_MEDIUM, usual};
	struct kith_span whole = f.id;
	size_t range, level;
	bool ranged = cut_word(&f.id, ranges, 3, &range);

	if (ranged)
		f.range = (enum kith_range)range;
	if (cut_word(&f.id, levels, 4, &level))
		f.severity = (enum kith_level)(level + KITH_LEVEL_NONE);
	else if (ranged) { /* without a severity it belongs to the id */
		f.id = whole;
		f.range = usual;
	}
	return f;
}

static void *
longer(struct kith_arena *arena, const void *old, size_t n, size_t more, size_t size)
{
	void *list = kith_arena_array(arena, n + more, size);

	if (list && n)
		memcpy(list, old, n * size);
	return list;
}

static int
too_many(const char *what, struct kith_error *err)
{
	return kith_fail(err, KITH_E_LIMIT, "more than %zu %s", MAX_ENTRIES, what);
}

/* One of the same id is replaced. */
static int
add_issues(struct kith_review *rv, struct kith_error *err)
{
	const struct kith_review_options *o = &rv->options;
	struct kith_proof *p = &rv->proof;
	struct kith_proof_issue *list;
	size_t i, j;

	if (!o->n_issues)
		return KITH_OK;
	if (p->n_issues + o->n_issues > MAX_ENTRIES)
		return too_many("issues", err);
	list = longer(&rv->arena, p->issues, p->n_issues, o->n_issues, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < o->n_issues; i++) {
		struct finding f = take_apart(o->issues[i], KITH_RANGE_ALL);

		if (!f.id.len || f.id.ptr[0] == ':')
			return kith_fail(err, KITH_E_USAGE, "--issue: an id is missing");
		for (j = 0; j < p->n_issues && !kith_span_eq(list[j].id, f.id); j++)
			;
		if (j == p->n_issues)
			p->n_issues++;
		list[j] = (struct kith_proof_issue){f.id, f.severity, f.range, KITH_SPAN_NONE};
	}
	p->issues = list;
	return KITH_OK;
}

static int
split_ids(struct kith_review *rv, struct kith_span text, struct kith_proof_advisory *a,
	  struct kith_error *err)
{
	struct kith_span rest = text, id, *ids;
	size_t n = 0;

	while (kith_span_next(&rest, ',', &id))
		n++;
	ids = kith_arena_array(&rv->arena, n + 1, sizeof(*ids));
	if (!ids)
		return kith_fail_nomem(err);
	for (n = 0, rest = text; kith_span_next(&rest, ',', &id); n++) {
		ids[n] = kith_span_trim(id);
		if (!ids[n].len || ids[n].ptr[0] == ':')
			return kith_fail(err, KITH_E_USAGE, "--advisory: an id is missing");
	}
	if (!n)
		return kith_fail(err, KITH_E_USAGE, "--advisory: an id is missing");
	a->ids = ids;
	a->n_ids = n;
	return KITH_OK;
}

static int
add_advisories(struct kith_review *rv, struct kith_error *err)
{
	const struct kith_review_options *o = &rv->options;
	struct kith_proof *p = &rv->proof;
	struct kith_proof_advisory *list;
	size_t i;
	int r = KITH_OK;

	if (!o->n_advisories)
		return KITH_OK;
	if (p->n_advisories + o->n_advisories > MAX_ENTRIES)
		return too_many("advisories", err);
	list = longer(&rv->arena, p->advisories, p->n_advisories, o->n_advisories, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < o->n_advisories; i++) {
		struct finding f = take_apart(o->advisories[i], KITH_RANGE_MAJOR);
		struct kith_proof_advisory a = {.severity = f.severity, .range = f.range};

		r = split_ids(rv, f.id, &a, err);
		list[p->n_advisories] = a;
		p->n_advisories += r ? 0 : 1;
	}
	p->advisories = list;
	return r;
}

/* --- the rest --- */

static int
add_alternatives(struct kith_review *rv, struct kith_error *err)
{
	const struct kith_review_options *o = &rv->options;
	struct kith_proof *p = &rv->proof;
	struct kith_proof_alternative *list;
	size_t i;

	if (!o->n_alternatives)
		return KITH_OK;
	if (p->n_alternatives + o->n_alternatives > MAX_ENTRIES)
		return too_many("alternatives", err);
	list = longer(&rv->arena, p->alternatives, p->n_alternatives, o->n_alternatives,
		      sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < o->n_alternatives; i++) {
		if (!*o->alternatives[i])
			return kith_fail(err, KITH_E_USAGE, "--alternative: a name is missing");
		list[p->n_alternatives++] = (struct kith_proof_alternative){
		    KITH_SPAN_LIT(KITH_CRATES_IO), kith_span_str(o->alternatives[i])};
	}
	p->alternatives = list;
	return KITH_OK;
}

static bool
is_listed(const struct kith_proof *p, const struct kith_id *id)
{
	size_t i;

	for (i = 0; i < p->n_overrides; i++)
		if (!memcmp(p->overrides[i].id.bytes, id->bytes, KITH_ID_BYTES))
			return true;
	return false;
}

static int
add_override(struct kith_review *rv, const char *word, struct kith_public_id *list,
	     struct kith_error *err)
{
	struct kith_index_id_info info;
	struct kith_public_id x = {.valid = true};
	struct kith_index *ix;
	size_t at;
	int r = kith_app_find_id(rv->session, word, &x.id, err);

	if (!r)
		r = kith_app_index(rv->session, &ix, err);
	if (r == KITH_E_NOTFOUND) {
		r = KITH_E_USAGE;
		if (err)
			err->code = KITH_E_USAGE;
	}
	if (r)
		return kith_context(err, r, "--override");
	if (is_listed(&rv->proof, &x.id))
		return KITH_OK;
	/* the index may go before the review does */
	if (kith_index_find_id(ix, &x.id, &at) && kith_index_id_at(ix, at, &info) &&
	    info.says_url && !kith_arena_copy(&rv->arena, info.url, &x.url))
		return kith_fail_nomem(err);
	list[rv->proof.n_overrides++] = x;
	return KITH_OK;
}

static int
add_overrides(struct kith_review *rv, struct kith_error *err)
{
	const struct kith_review_options *o = &rv->options;
	struct kith_proof *p = &rv->proof;
	struct kith_public_id *list;
	size_t i;
	int r = KITH_OK;

	if (!o->n_overrides)
		return KITH_OK;
	if (p->n_overrides + o->n_overrides > MAX_ENTRIES)
		return too_many("overrides", err);
	list = longer(&rv->arena, p->overrides, p->n_overrides, o->n_overrides, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	p->overrides = list;
	for (i = 0; !r && i < o->n_overrides; i++)
		r = add_override(rv, o->overrides[i], list, err);
	return r;
}

static int
set_llm(struct kith_review *rv, struct kith_error *err)
{
	struct kith_span s = kith_span_str(rv->options.llm);
	size_t at = kith_span_find(s, 0, ':');

	if (!rv->options.llm) {
		if (rv->options.human_guided)
			return kith_fail(err, KITH_E_USAGE, "--human-guided goes with --llm MODEL");
		return KITH_OK;
	}
	rv->proof.has_llm = true;
	rv->proof.llm_model = kith_span_sub(s, 0, at);
	rv->proof.llm_version = kith_span_sub(s, at + 1, SIZE_MAX);
	rv->proof.llm_human_guided = rv->options.human_guided;
	if (!rv->proof.llm_model.len)
		return kith_fail(err, KITH_E_USAGE, "--llm: the model's name is missing");
	return KITH_OK;
}

int
kith_review_apply_options(struct kith_review *rv, struct kith_error *err)
{
	const struct kith_review_options *o = &rv->options;
	struct kith_proof *p = &rv->proof;
	int r;

	if (o->rated) {
		p->rating = o->rating;
		p->thoroughness = o->thoroughness;
		p->understanding = o->understanding;
	}
	if (o->comment)
		p->comment = kith_span_str(o->comment);
	if (o->unmaintained)
		p->unmaintained = true;
	r = add_issues(rv, err);
	if (!r)
		r = add_advisories(rv, err);
	if (!r)
		r = add_alternatives(rv, err);
	if (!r)
		r = add_overrides(rv, err);
	return r ? r : set_llm(rv, err);
}
