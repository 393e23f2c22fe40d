/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith review: one package. The digest is of bytes that were checked here; what was opened or
 * compared is held against them; what one said before is what it begins with.
 */
#include "app/review.h"

#include "codec/base64.h"
#include "proof/draft.h"
#include "proof/write.h"

#define REVIEW_ARENA     KITH_MIB(64)
#define ACTIVITY_SECONDS ((int64_t)2 * 86400) /* crev format 8.3 */
#define DRAFT_MAX        KITH_MIB(1)

void
kith_review_free(struct kith_review *rv)
{
	if (!rv)
		return;
	kith_own_close(rv->look);
	kith_app_picker_clear(&rv->picker);
	kith_keyfile_clear(&rv->key);
	kith_arena_clear(&rv->arena);
	free(rv);
}

/* --- what was looked at --- */

static int
not_looked(const struct kith_review *rv, const char *text, struct kith_error *err)
{
	int r =
	    kith_fail(err, KITH_E_USAGE, "%s %s: %s", rv->target.name, rv->target.version, text);

	if (rv->options.diff_base)
		return kith_hint(err, r, "kith diff %s@%s %s (or --skip-activity-check)",
				 rv->target.name, rv->target.version, rv->base.version);
	return kith_hint(err, r, "kith open %s@%s (or --skip-activity-check)", rv->target.name,
			 rv->target.version);
}

static int
another_copy(const struct kith_review *rv, const char *what, const char *version,
	     struct kith_error *err)
{
	return kith_fail(err, KITH_E_INTEGRITY,
			 "what you %s as %s %s were other bytes than those that the lock file "
			 "means: do not trust what you saw",
			 what, rv->target.name, version);
}

/* A difference stops the review even where nobody asks whether it was looked at. */
static int
compare_copies(const struct kith_review *rv, struct kith_error *err)
{
	const struct kith_app_activity *a = &rv->activity;

	if (a->opened.sec && !kith_digest_eq(&a->digest, &rv->bytes.digest))
		return another_copy(rv, "opened", rv->target.version, err);
	if (a->compared.sec && !kith_digest_eq(&a->compared_digest, &rv->bytes.digest))
		return another_copy(rv, "compared", rv->target.version, err);
	if (rv->options.diff_base && a->compared.sec && !strcmp(a->base, rv->base.version) &&
	    !kith_digest_eq(&a->base_digest, &rv->base_bytes.digest))
		return another_copy(rv, "compared", rv->base.version, err);
	return KITH_OK;
}

static bool
is_recent(const struct kith_review *rv, struct kith_time t)
{
	return t.sec && rv->session->now.sec - t.sec <= ACTIVITY_SECONDS;
}

/* Reports need no look at the whole; a person who only reports a bug reviews nothing. */
static bool
only_reports(const struct kith_review_options *o)
{
	return !o->edit && !o->rated &&
	       (o->n_issues || o->n_advisories || o->unmaintained || o->n_alternatives ||
		o->n_overrides);
}

static int
check_activity(struct kith_review *rv, struct kith_error *err)
{
	const struct kith_app_activity *a = &rv->activity;
	int r;

	r = kith_app_activity_get(rv->session, rv->target.name, rv->target.version, &rv->activity,
				  err);
	if (!r)
		r = compare_copies(rv, err);
	if (r || rv->options.skip_activity_check || only_reports(&rv->options))
		return r;
	if (rv->options.diff_base) {
		if (!a->compared.sec || strcmp(a->base, rv->base.version) != 0)
			return not_looked(rv, "you have not compared these versions here", err);
		if (!is_recent(rv, a->compared))
			return not_looked(rv, "it is more than two days that you compared them",
					  err);
		return KITH_OK;
	}
	if (!a->opened.sec)
		return not_looked(rv, "you have not opened it here", err);
	if (!is_recent(rv, a->opened))
		return not_looked(rv, "it is more than two days that you opened it", err);
	return KITH_OK;
}

/* --- what was said before --- */

static bool
is_newer(const struct kith_proof *p, const struct kith_proof *than)
{
	return !than || kith_time_cmp(p->date, than->date) >= 0;
}

static int
take_earlier(void *ctx, const struct kith_proof *p, struct kith_error *err)
{
	struct kith_review *rv = ctx;

	(void)err;
	if (p->kind != KITH_PROOF_REVIEW ||
	    !kith_span_eq(p->package.name, rv->target.package.name) ||
	    !kith_span_is(p->package.source, KITH_CRATES_IO))
		return KITH_OK;
	if (is_newer(p, rv->latest))
		rv->latest = p;
	if (kith_span_eq(p->package.version, rv->target.package.version) &&
	    is_newer(p, rv->previous))
		rv->previous = p;
	if (rv->options.diff_base && is_newer(p, rv->of_base) &&
	    kith_span_eq(p->package.version, rv->base.package.version))
		rv->of_base = p;
	return KITH_OK;
}

static int
look_back(struct kith_review *rv, struct kith_error *err)
{
	const struct kith_own_options o = {
	    .libexec = rv->session->libexec, .id = rv->key.id, .url = rv->key.url};
	int r = kith_own_look(&rv->session->dirs, &o, &rv->look, err);

	return r ? r : kith_own_each(rv->look, take_earlier, rv, err);
}

static void
copy_words(struct kith_proof *p, const struct kith_proof *from)
{
	p->rating = from->rating;
	p->thoroughness = from->thoroughness;
	p->understanding = from->understanding;
	p->comment = from->comment;
}

/* What it begins with, before the options. Never the digest, the base or the machine of before. */
static void
begin_with(struct kith_review *rv)
{
	struct kith_proof *p = &rv->proof;
	const struct kith_proof *old = rv->previous;

	p->thoroughness = p->understanding = KITH_LEVEL_NONE;
	p->rating = KITH_RATING_NEUTRAL;
	if (old && old->package.digest_valid &&
	    kith_digest_eq(&old->package.digest, &rv->bytes.digest)) {
		copy_words(p, old);
		p->issues = old->issues;
		p->n_issues = old->n_issues;
		p->advisories = old->advisories;
		p->n_advisories = old->n_advisories;
		p->overrides = old->overrides;
		p->n_overrides = old->n_overrides;
		return;
	}
	if (old)
		kith_app_warn(rv->session,
			      "your earlier review of %s %s was of other bytes: nothing is taken "
			      "over from it",
			      rv->target.name, rv->target.version);
	if (!rv->options.edit)
		return;
	p->thoroughness = KITH_LEVEL_LOW;
	p->understanding = KITH_LEVEL_MEDIUM;
	p->rating = KITH_RATING_POSITIVE;
	if (rv->of_base && !kith_proof_is_empty_review(rv->of_base))
		copy_words(p, rv->of_base);
}

/* Readers take flags and alternatives from the latest review of any version (crev format 7.2). */
static void
carry_over(struct kith_review *rv)
{
	const struct kith_review_options *o = &rv->options;
	const struct kith_proof *old = rv->latest;

	if (!old || (!old->unmaintained && !old->n_alternatives))
		return;
	if (o->carry_over) {
		rv->proof.unmaintained = old->unmaintained;
		rv->proof.alternatives = old->alternatives;
		rv->proof.n_alternatives = old->n_alternatives;
		return;
	}
	if (o->unmaintained || o->n_alternatives)
		return;
	kith_app_warn(rv->session,
		      "your review of %.*s says %s; this one takes that back unless you say it "
		      "again (--carry-over)",
		      KITH_SPAN_FMT(old->package.version),
		      old->unmaintained ? "'unmaintained'" : "which alternatives there are");
}

/* --- making --- */

static int
find_packages(struct kith_review *rv, struct kith_error *err)
{
	const struct kith_review_options *o = &rv->options;
	int r;

	r = kith_app_picker_open(rv->session, o->path, &rv->picker, err);
	if (!r)
		r = kith_app_pick(&rv->picker, o->package, &rv->target, err);
	if (!r && o->diff_base)
		r = kith_app_pick_version(&rv->picker, &rv->target, o->diff_base, &rv->base, err);
	if (!r && o->diff_base && !strcmp(rv->base.version, rv->target.version))
		r = kith_fail(err, KITH_E_USAGE, "--diff-base is the version itself");
	if (!r)
		r = kith_review_read_bytes(&rv->picker, &rv->target, &rv->bytes, err);
	if (!r && o->diff_base)
		r = kith_review_read_bytes(&rv->picker, &rv->base, &rv->base_bytes, err);
	return r;
}

static int
make(struct kith_review *rv, struct kith_error *err)
{
	struct kith_proof *p = &rv->proof;
	int r;

	p->kind = KITH_PROOF_REVIEW;
	r = kith_app_own_key(rv->session, rv->options.author.id, &rv->key, err);
	if (!r)
		r = find_packages(rv, err);
	if (!r)
		r = check_activity(rv, err);
	if (!r)
		r = look_back(rv, err);
	if (r)
		return r;
	begin_with(rv);
	carry_over(rv);
	kith_review_set_package(&p->package, &rv->target, &rv->bytes);
	p->has_base = rv->options.diff_base != NULL;
	if (p->has_base)
		kith_review_set_package(&p->base, &rv->base, &rv->base_bytes);
	return kith_review_apply_options(rv, err);
}

int
kith_review_new(struct kith_session *session, const struct kith_review_options *options,
		struct kith_review **ret_review, struct kith_error *err)
{
	struct kith_review *rv = kith_calloc(1, sizeof(*rv));
	int r;

	if (!rv)
		return kith_fail_nomem(err);
	kith_arena_init(&rv->arena, REVIEW_ARENA);
	rv->session = session;
	rv->options = *options;
	r = make(rv, err);
	if (r) {
		kith_review_free(rv);
		return r;
	}
	*ret_review = rv;
	return KITH_OK;
}

int
kith_review_edit(struct kith_review *review, const char *text, size_t len, struct kith_error *err)
{
	struct kith_proof edited = review->proof;
	size_t i;
	int r = kith_draft_read(kith_span(text, len), &review->arena, &edited, err);

	if (r)
		return r;
	for (i = 0; i < edited.n_overrides; i++)
		if (!edited.overrides[i].valid)
			return kith_fail(err, KITH_E_FORMAT, "'%.*s' is no id",
					 KITH_SPAN_FMT(edited.overrides[i].text));
	if (!kith_review_says_something(&edited))
		return kith_hint(err, kith_fail(err, KITH_E_USAGE, "it says nothing"),
				 "kith unreview withdraws a review");
	review->proof = edited;
	return KITH_OK;
}

int
kith_review_show(struct kith_review *review, char **ret_text, size_t *ret_len,
		 struct kith_error *err)
{
	struct kith_proof p = review->proof;
	KITH_AUTO_BUF struct kith_buf body;
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_span rest, line;
	int r;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	kith_buf_init(&out, DRAFT_MAX);
	p.from.id = review->key.id;
	p.from.valid = true;
	p.from.url = kith_span_str(review->key.url);
	p.date = review->session->now;
	r = kith_proof_write_body(&p, &body, err);
	if (r)
		return r;
	rest = kith_buf_span(&body);
	while (kith_span_next(&rest, '\n', &line) && (line.len || rest.len)) {
		kith_text_safe(&out, line, 0);
		kith_buf_put_char(&out, '\n');
	}
	return kith_app_take_text(&out, ret_text, ret_len, err);
}

/* --- signing --- */

struct newest {
	const struct kith_review *rv;
	struct kith_time date;
	bool any;
};

static int
find_newest(void *ctx, const struct kith_proof *p, struct kith_error *err)
{
	struct newest *n = ctx;
	const struct kith_package_info *a = &p->package, *b = &n->rv->proof.package;

	(void)err;
	if (p->kind != KITH_PROOF_REVIEW || !kith_span_eq(a->name, b->name) ||
	    !kith_span_eq(a->version, b->version) || !kith_span_eq(a->source, b->source))
		return KITH_OK;
	if (!n->any || kith_time_cmp(p->date, n->date) > 0)
		n->date = p->date;
	n->any = true;
	return KITH_OK;
}

/* Under the lock: what this one began with must still be the newest. */
static int
check_still_newest(struct kith_review *rv, struct kith_app_author *a, struct kith_error *err)
{
	struct newest n = {.rv = rv};
	int r = kith_app_author_open(a, err);

	if (r || !a->own)
		return r;
	r = kith_own_each(a->own, find_newest, &n, err);
	if (r || !n.any)
		return r;
	if (rv->previous && kith_time_cmp(rv->previous->date, n.date) == 0)
		return KITH_OK;
	return kith_hint(err,
			 kith_fail(err, KITH_E_EXISTS,
				   "another review of %s %s was stored while you wrote this one",
				   rv->target.name, rv->target.version),
			 "begin again: it starts with what that one says");
}

int
kith_review_sign(struct kith_review *review, char **ret_text, size_t *ret_len,
		 struct kith_error *err)
{
	KITH_AUTO_AUTHOR struct kith_app_author a = {0};
	KITH_AUTO_BUF struct kith_buf message;
	int r;

	kith_buf_init(&message, KITH_KIB(4));
	if (!kith_review_says_something(&review->proof))
		return kith_hint(err, kith_fail(err, KITH_E_USAGE, "the review says nothing"),
				 "give --rating, --thoroughness and --understanding, or --edit");
	kith_buf_printf(&message, "%s review for %s v%s", review->previous ? "Overwrite" : "Add",
			review->target.name, review->target.version);
	r = kith_buf_check(&message, err);
	if (!r)
		r = kith_app_author_begin(review->session, &review->options.author, &a, err);
	if (!r)
		r = check_still_newest(review, &a, err);
	if (!r)
		r = kith_app_author_sign(&a, &review->proof, err);
	return r ? r : kith_app_author_finish(&a, kith_buf_str(&message), ret_text, ret_len, err);
}
