/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reviews out of files, and their withdrawal: several proofs in one commit. Everything is checked
 * before the first is signed.
 */
#include "app/review.h"
#include "proof/draft.h"

#define FILES_ARENA KITH_MIB(256)
#define MAX_FILES   ((size_t)10000)
#define FILE_MAX    KITH_MAX_YAML_BYTES

struct batch {
	struct kith_session *session;
	const struct kith_author *author;
	struct kith_app_picker picker;
	struct kith_proof *proofs;
	size_t n;
	struct kith_arena arena;
};

static void
batch_clear(struct batch *b)
{
	kith_app_picker_clear(&b->picker);
	free(b->proofs);
	kith_arena_clear(&b->arena);
}

/* --- from files --- */

/* What the file says of the bytes must be what they are; what it leaves out is filled in. */
static int
check_package(struct batch *b, struct kith_package_info *info, struct kith_error *err)
{
	KITH_AUTO_FREE char *word =
	    kith_asprintf("%.*s@%.*s", KITH_SPAN_FMT(info->name), KITH_SPAN_FMT(info->version));
	struct kith_app_picked p;
	struct kith_app_bytes bytes;
	struct kith_package_info found;
	int r;

	if (!word)
		return kith_fail_nomem(err);
	if (!kith_span_is(info->source, KITH_CRATES_IO))
		return kith_fail(err, KITH_E_USAGE, "packages of '%.*s' are not known here",
				 KITH_SPAN_FMT(info->source));
	r = kith_app_pick(&b->picker, word, &p, err);
	if (!r)
		r = kith_review_read_bytes(&b->picker, &p, &bytes, err);
	if (r)
		return r;
	kith_review_set_package(&found, &p, &bytes);
	if (info->digest_text.len &&
	    (!info->digest_valid || !kith_digest_eq(&info->digest, &found.digest)))
		return kith_fail(err, KITH_E_INTEGRITY,
				 "the digest in it is not that of %s %s: other bytes were reviewed",
				 p.name, p.version);
	if (info->revision.len && !kith_span_eq(info->revision, found.revision))
		return kith_fail(err, KITH_E_INTEGRITY, "the revision in it is not that of %s %s",
				 p.name, p.version);
	if (!kith_arena_copy(&b->arena, found.revision, &found.revision))
		return kith_fail_nomem(err);
	*info = found;
	return KITH_OK;
}

static int
take_file(struct batch *b, const char *file, struct kith_error *err)
{
	struct kith_proof *p = &b->proofs[b->n];
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;
	int r;

	kith_buf_init(&text, FILE_MAX);
	r = kith_fs_read(file, &text, err);
	if (!r)
		r = kith_draft_read_body(kith_buf_span(&text), &b->arena, p, err);
	if (!r)
		r = check_package(b, &p->package, err);
	if (!r && p->has_base)
		r = check_package(b, &p->base, err);
	for (i = 0; !r && i < p->n_overrides; i++)
		if (!p->overrides[i].valid)
			r = kith_fail(err, KITH_E_FORMAT, "'%.*s' is no id",
				      KITH_SPAN_FMT(p->overrides[i].text));
	if (!r && !kith_review_says_something(p))
		r = kith_fail(err, KITH_E_USAGE, "it says nothing");
	if (r)
		return kith_context(err, r, "%s", file);
	b->n++;
	return KITH_OK;
}

static int
sign_all(struct batch *b, const char *message, char **ret_text, size_t *ret_len,
	 struct kith_error *err)
{
	KITH_AUTO_AUTHOR struct kith_app_author a = {0};
	size_t i;
	int r = kith_app_author_begin(b->session, b->author, &a, err);

	for (i = 0; !r && i < b->n; i++)
		r = kith_app_author_sign(&a, &b->proofs[i], err);
	return r ? r : kith_app_author_finish(&a, message, ret_text, ret_len, err);
}

int
kith_review_files(struct kith_session *session, const struct kith_author *author, const char *path,
		  const char *const *files, size_t n, char **ret_text, size_t *ret_len,
		  struct kith_error *err)
{
	KITH_CLEANUP(batch_clear) struct batch b = {.session = session, .author = author};
	KITH_AUTO_BUF struct kith_buf message;
	size_t i;
	int r;

	kith_buf_init(&message, KITH_KIB(4));
	kith_arena_init(&b.arena, FILES_ARENA);
	if (!n || n > MAX_FILES)
		return kith_fail(err, KITH_E_USAGE, "from 1 to %zu files", MAX_FILES);
	b.proofs = kith_calloc(n, sizeof(*b.proofs));
	if (!b.proofs)
		return kith_fail_nomem(err);
	r = kith_app_picker_open(session, path, &b.picker, err);
	for (i = 0; !r && i < n; i++)
		r = take_file(&b, files[i], err);
	if (r)
		return r;
	if (n == 1)
		kith_buf_printf(&message, "Add review for %.*s v%.*s",
				KITH_SPAN_FMT(b.proofs[0].package.name),
				KITH_SPAN_FMT(b.proofs[0].package.version));
	else
		kith_buf_printf(&message, "Add %zu reviews", n);
	r = kith_buf_check(&message, err);
	return r ? r : sign_all(&b, kith_buf_str(&message), ret_text, ret_len, err);
}

/* --- withdrawing --- */

struct withdrawal {
	struct batch *batch;
	const struct kith_app_picked *target;
	const char *comment;
	bool carry_over;
	size_t cap;
	const struct kith_proof *newest, *latest; /* of the version, of the package */
};

static bool
is_new_digest(const struct batch *b, const struct kith_proof *p)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (kith_span_eq(b->proofs[i].package.digest_text, p->package.digest_text))
			return false;
	return true;
}

/* One for each digest: what objects to some bytes lapses by a newer word about these bytes. */
static int
take_review(void *ctx, const struct kith_proof *p, struct kith_error *err)
{
	struct withdrawal *w = ctx;
	struct batch *b = w->batch;
	int r;

	if (p->kind != KITH_PROOF_REVIEW ||
	    !kith_span_eq(p->package.name, w->target->package.name) ||
	    !kith_span_is(p->package.source, KITH_CRATES_IO))
		return KITH_OK;
	if (!w->latest || kith_time_cmp(p->date, w->latest->date) >= 0)
		w->latest = p;
	if (!kith_span_eq(p->package.version, w->target->package.version))
		return KITH_OK;
	if (!w->newest || kith_time_cmp(p->date, w->newest->date) >= 0)
		w->newest = p;
	if (!is_new_digest(b, p))
		return KITH_OK;
	r = kith_grow(&b->proofs, &w->cap, b->n + 1, sizeof(*b->proofs), MAX_FILES,
		      "different digests", err);
	if (r)
		return r;
	memset(&b->proofs[b->n], 0, sizeof(b->proofs[b->n]));
	b->proofs[b->n].kind = KITH_PROOF_REVIEW;
	b->proofs[b->n].package = p->package;
	b->proofs[b->n].thoroughness = b->proofs[b->n].understanding = KITH_LEVEL_NONE;
	b->proofs[b->n].rating = KITH_RATING_NEUTRAL;
	b->proofs[b->n++].comment = kith_span_str(w->comment);
	return KITH_OK;
}

static int
nothing_to_withdraw(const struct kith_app_picked *p, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_NOTFOUND, "you have no review of %s %s in force",
				   p->name, p->version),
			 "kith query reviews --mine lists yours");
}

static void
keep_flags(struct withdrawal *w)
{
	struct kith_proof *last = &w->batch->proofs[w->batch->n - 1];

	if (!w->latest->unmaintained && !w->latest->n_alternatives)
		return;
	if (w->carry_over) {
		last->unmaintained = w->latest->unmaintained;
		last->alternatives = w->latest->alternatives;
		last->n_alternatives = w->latest->n_alternatives;
	} else {
		kith_app_warn(w->batch->session,
			      "your flags and alternatives of the package go with it "
			      "(--carry-over keeps them)");
	}
}

static int
find_reviews(struct withdrawal *w, const struct kith_own_options *o, struct kith_own **ret_look,
	     struct kith_error *err)
{
	int r = kith_own_look(&w->batch->session->dirs, o, ret_look, err);

	if (!r)
		r = kith_own_each(*ret_look, take_review, w, err);
	if (r)
		return r;
	if (!w->newest || (kith_proof_is_empty_review(w->newest) && !w->newest->n_issues &&
			   !w->newest->n_advisories))
		return nothing_to_withdraw(w->target, err);
	keep_flags(w);
	return KITH_OK;
}

int
kith_unreview(struct kith_session *session, const struct kith_author *author, const char *package,
	      const char *path, const char *comment, int carry_over, char **ret_text,
	      size_t *ret_len, struct kith_error *err)
{
	KITH_CLEANUP(batch_clear) struct batch b = {.session = session, .author = author};
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	KITH_AUTO_OWN struct kith_own *look = NULL;
	struct kith_own_options o = {.libexec = session->libexec};
	struct kith_app_picked target;
	struct withdrawal w = {.batch = &b, .target = &target, .carry_over = carry_over};
	KITH_AUTO_BUF struct kith_buf message;
	int r;

	kith_buf_init(&message, KITH_KIB(4));
	kith_arena_init(&b.arena, FILES_ARENA);
	w.comment = comment;
	r = kith_app_own_key(session, author->id, &key, err);
	if (!r)
		r = kith_app_picker_open(session, path, &b.picker, err);
	if (!r)
		r = kith_app_pick(&b.picker, package, &target, err);
	o.id = key.id;
	o.url = key.url;
	if (!r)
		r = find_reviews(&w, &o, &look, err);
	if (r)
		return r;
	kith_buf_printf(&message, "Withdraw review for %s v%s", target.name, target.version);
	r = kith_buf_check(&message, err);
	return r ? r : sign_all(&b, kith_buf_str(&message), ret_text, ret_len, err);
}
