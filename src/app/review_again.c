/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reviews that were signed before, signed anew: another id's (or one's own old id's), with a
 * reference to the original, or proofs that come from elsewhere. Only what verifies is repeated.
 */
#include "app/explain.h"
#include "app/review.h"
#include "codec/base64.h"
#include "proof/write.h"

#define AGAIN_ARENA KITH_MIB(1024)
#define MAX_AGAIN   ((size_t)100000)

struct again {
	struct kith_session *session;
	const struct kith_author *author;
	struct kith_keyfile key;
	struct kith_own *look;
	struct kith_id by; /* whose */
	char by_text[KITH_ID_TEXT + 1];
	struct kith_span name, version; /* empty: all */
	const char *comment;            /* of `original`; NULL: none is set */
	struct kith_proof *proofs;      /* the newest of each version */
	size_t n, cap, skipped, others;
	struct kith_map places;
	struct kith_arena arena;
};

static void
again_clear(struct again *a)
{
	kith_own_close(a->look);
	kith_keyfile_clear(&a->key);
	kith_map_clear(&a->places);
	kith_arena_clear(&a->arena);
	free(a->proofs);
}

/* --- gathering --- */

static int
key_of(struct again *a, const struct kith_package_info *p, struct kith_span *ret,
       struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_MAX_PROOF_BODY);
	kith_buf_put_span(&b, p->source);
	kith_buf_put_char(&b, '\0');
	kith_buf_put_span(&b, p->name);
	kith_buf_put_char(&b, '\0');
	kith_buf_put_span(&b, p->version);
	if (kith_buf_check(&b, NULL) || !kith_arena_copy(&a->arena, kith_buf_span(&b), ret))
		return kith_fail_nomem(err);
	return KITH_OK;
}

/* Keeps the newest of each version: that is the one in force. */
static int
keep(struct again *a, const struct kith_proof *p, struct kith_error *err)
{
	struct kith_span key;
	size_t at;
	bool added;
	int r = key_of(a, &p->package, &key, err);

	if (!r)
		r = kith_map_add(&a->places, key, a->n, &at, &added, err);
	if (!r && added)
		r = kith_grow(&a->proofs, &a->cap, a->n + 1, sizeof(*a->proofs), MAX_AGAIN,
			      "reviews at once", err);
	if (r)
		return r;
	if (added)
		a->n++;
	else if (kith_time_cmp(p->date, a->proofs[at].date) <= 0)
		return KITH_OK;
	a->proofs[at] = *p;
	return KITH_OK;
}

static bool
is_wanted(const struct again *a, const struct kith_proof *p)
{
	if (a->name.len && !kith_span_eq(p->package.name, a->name))
		return false;
	return !a->version.len || kith_span_eq(p->package.version, a->version);
}

static int
take_items(struct again *a, struct kith_proof_list *list, bool anybody, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < list->count; i++) {
		struct kith_proof_item *item = &list->items[i];

		if (item->status == KITH_PROOF_VALID &&
		    (anybody || !memcmp(item->proof.from.id.bytes, a->by.bytes, KITH_ID_BYTES)))
			kith_proof_check(item);
		else if (!anybody)
			continue;
		if (item->status != KITH_PROOF_VALID || item->proof.kind != KITH_PROOF_REVIEW)
			a->others++;
		else if (is_wanted(a, &item->proof))
			r = keep(a, &item->proof, err);
	}
	return r;
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	struct again *a = ctx;
	struct kith_proof_list list;
	struct kith_span text;
	int r;

	(void)item;
	(void)path;
	/* most files are others' */
	if (!bytes.len || !memmem(bytes.ptr, bytes.len, a->by_text, KITH_ID_TEXT))
		return KITH_OK;
	if (!kith_arena_copy(&a->arena, bytes, &text))
		return kith_fail_nomem(err);
	r = kith_proof_parse(text, &a->arena, &list, err);
	return r ? r : take_items(a, &list, false, err);
}

static int
gather(struct again *a, struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {NULL, 0};
	const struct kith_store_read_calls calls = {.ctx = a, .file = take_file};
	int r = kith_store_mirrors(&a->session->dirs, &mirrors, err);

	return r ? r : kith_store_each_proof_file(&mirrors, a->session->libexec, &calls, err);
}

/* --- what is said already --- */

/* As bytes, but for who says it, when, and after whom. */
static int
put_content(const struct kith_proof *p, struct kith_buf *out, struct kith_error *err)
{
	struct kith_proof bare = *p;

	memset(&bare.from, 0, sizeof(bare.from));
	bare.from.valid = true;
	bare.date = (struct kith_time){0, 0};
	bare.date_offset = 0;
	bare.has_original = false;
	return kith_proof_write_body(&bare, out, err);
}

struct comparison {
	const struct kith_proof *with;
	const struct kith_proof *newest; /* own, of the same version */
};

static int
find_newest(void *ctx, const struct kith_proof *p, struct kith_error *err)
{
	struct comparison *c = ctx;
	const struct kith_package_info *x = &p->package, *y = &c->with->package;

	(void)err;
	if (p->kind == KITH_PROOF_REVIEW && kith_span_eq(x->name, y->name) &&
	    kith_span_eq(x->version, y->version) && kith_span_eq(x->source, y->source) &&
	    (!c->newest || kith_time_cmp(p->date, c->newest->date) >= 0))
		c->newest = p;
	return KITH_OK;
}

static int
is_said(struct again *a, const struct kith_proof *p, bool *ret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf x;
	KITH_AUTO_BUF struct kith_buf y;
	struct comparison c = {.with = p};
	int r;

	kith_buf_init(&x, KITH_MAX_PROOF_BODY);
	kith_buf_init(&y, KITH_MAX_PROOF_BODY);
	*ret = false;
	r = kith_own_each(a->look, find_newest, &c, err);
	if (r || !c.newest)
		return r;
	r = put_content(p, &x, err);
	if (!r)
		r = put_content(c.newest, &y, err);
	if (!r)
		*ret = kith_span_eq(kith_buf_span(&x), kith_buf_span(&y));
	return r;
}

static int
drop_said(struct again *a, struct kith_error *err)
{
	size_t i, kept = 0;
	bool said;
	int r = KITH_OK;

	for (i = 0; !r && i < a->n; i++) {
		r = is_said(a, &a->proofs[i], &said, err);
		if (!r && !said)
			a->proofs[kept++] = a->proofs[i];
		a->skipped += !r && said;
	}
	a->n = kept;
	return r;
}

/* --- signing --- */

static int
compare_dates(const void *x, const void *y)
{
	const struct kith_proof *a = x, *b = y;
	int order = kith_time_cmp(a->date, b->date);

	return order ? order : memcmp(a->digest.bytes, b->digest.bytes, KITH_DIGEST_BYTES);
}

static int
sign_one(struct again *a, struct kith_app_author *author, struct kith_proof *p,
	 struct kith_error *err)
{
	memset(&p->from, 0, sizeof(p->from));
	p->legacy = false;
	p->has_original = a->comment != NULL;
	p->original_text = KITH_SPAN_NONE;
	p->original_comment = kith_span_str(a->comment);
	if (p->has_original)
		p->original = p->digest;
	return kith_app_author_sign(author, p, err);
}

static int
sign_all(struct again *a, const char *message, char **ret_text, size_t *ret_len,
	 struct kith_error *err)
{
	KITH_AUTO_AUTHOR struct kith_app_author author = {0};
	size_t i;
	int r;

	/* in the order in which they were said: flags of a package are of its newest review */
	qsort(a->proofs, a->n, sizeof(*a->proofs), compare_dates);
	r = kith_app_author_begin(a->session, a->author, &author, err);
	for (i = 0; !r && i < a->n; i++)
		r = sign_one(a, &author, &a->proofs[i], err);
	return r ? r : kith_app_author_finish(&author, message, ret_text, ret_len, err);
}

static int
begin(struct again *a, struct kith_error *err)
{
	struct kith_own_options o = {.libexec = a->session->libexec};
	int r;

	kith_map_init(&a->places, NULL);
	kith_arena_init(&a->arena, AGAIN_ARENA);
	r = kith_app_own_key(a->session, a->author->id, &a->key, err);
	o.id = a->key.id;
	o.url = a->key.url;
	return r ? r : kith_own_look(&a->session->dirs, &o, &a->look, err);
}

static int
finish(struct again *a, const char *message, const char *none, char **ret_text, size_t *ret_len,
       struct kith_error *err)
{
	int r = drop_said(a, err);

	if (r)
		return r;
	if (a->skipped)
		kith_app_note(a->session, "%zu you have said in the same words already",
			      a->skipped);
	if (!a->n)
		return kith_fail(err, KITH_E_NOTFOUND, "%s", none);
	return sign_all(a, message, ret_text, ret_len, err);
}

int
kith_review_reissue(struct kith_session *session, const struct kith_author *author,
		    const char *person, const char *package, const char *comment, char **ret_text,
		    size_t *ret_len, struct kith_error *err)
{
	KITH_CLEANUP(again_clear)
	struct again a = {.session = session, .author = author, .comment = comment};
	KITH_AUTO_BUF struct kith_buf message;
	struct kith_app_package_word word = {.name = KITH_SPAN_NONE};
	int r;

	kith_buf_init(&message, KITH_KIB(4));
	if (!comment || !*comment)
		return kith_fail(err, KITH_E_USAGE, "say with --comment why you sign them again");
	r = begin(&a, err);
	if (!r && package)
		r = kith_app_package_word(package, &word, err);
	if (!r)
		r = kith_app_find_id(session, person, &a.by, err);
	if (r)
		return r;
	if (!memcmp(a.by.bytes, a.key.id.bytes, KITH_ID_BYTES))
		return kith_fail(err, KITH_E_USAGE, "these are your own already");
	a.name = word.name;
	a.version = word.version;
	kith_base64_id(a.by_text, a.by.bytes);
	r = gather(&a, err);
	kith_buf_printf(&message, "Reissue reviews of %s\n\n%s", a.by_text, comment);
	if (!r)
		r = kith_buf_check(&message, err);
	return r ? r
		 : finish(&a, kith_buf_str(&message), "there is no review of theirs to sign again",
			  ret_text, ret_len, err);
}

int
kith_review_say(struct kith_session *session, const struct kith_author *author,
		const struct kith_proof *proofs, size_t n, const char *message, const char *none,
		char **ret_text, size_t *ret_len, struct kith_error *err)
{
	KITH_CLEANUP(again_clear) struct again a = {.session = session, .author = author};
	int r = begin(&a, err);

	if (!r)
		r = kith_grow(&a.proofs, &a.cap, n, sizeof(*a.proofs), MAX_AGAIN, "reviews at once",
			      err);
	if (r)
		return r;
	if (n)
		memcpy(a.proofs, proofs, n * sizeof(*proofs));
	a.n = n;
	return finish(&a, message, none, ret_text, ret_len, err);
}

int
kith_review_import(struct kith_session *session, const struct kith_author *author, const char *text,
		   size_t len, char **ret_text, size_t *ret_len, struct kith_error *err)
{
	KITH_CLEANUP(again_clear) struct again a = {.session = session, .author = author};
	struct kith_proof_list list;
	int r = begin(&a, err);

	if (!r)
		r = kith_proof_parse(kith_span(text, len), &a.arena, &list, err);
	if (!r)
		r = take_items(&a, &list, true, err);
	if (r)
		return r;
	if (a.others)
		kith_app_warn(session, "%zu left out: no reviews, or not validly signed", a.others);
	return finish(&a, "Import reviews", "there is no validly signed review in it", ret_text,
		      ret_len, err);
}
