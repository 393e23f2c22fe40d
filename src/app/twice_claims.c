/* SPDX-License-Identifier: Apache-2.0 */
/* Equivocations among the claims about one package: what explain tells of them. */
#include "app/twice.h"
#include "codec/base64.h"

static int
cmp_claims(const void *a, const void *b)
{
	const struct kith_claim *x = *(const struct kith_claim *const *)a;
	const struct kith_claim *y = *(const struct kith_claim *const *)b;
	int c = memcmp(x->author.bytes, y->author.bytes, KITH_ID_BYTES);

	if (!c)
		c = kith_span_cmp(x->version, y->version);
	if (!c)
		c = kith_span_cmp(x->source, y->source);
	if (!c)
		c = kith_time_cmp(x->date, y->date);
	return c ? c : memcmp(x->proof.bytes, y->proof.bytes, KITH_DIGEST_BYTES);
}

static bool
is_same(const struct kith_claim *x, const struct kith_claim *y)
{
	return memcmp(x->author.bytes, y->author.bytes, KITH_ID_BYTES) == 0 &&
	       kith_span_eq(x->version, y->version) && kith_span_eq(x->source, y->source) &&
	       kith_time_cmp(x->date, y->date) == 0;
}

struct told {
	const struct kith_claim *const *group;
	size_t n;
};

/* Calls put for each group of two and more. */
static int
each_group(const struct kith_claim *claims, size_t n, void (*put)(void *ctx, const struct told *t),
	   void *ctx, struct kith_error *err)
{
	KITH_AUTO_FREE const struct kith_claim **list =
	    kith_calloc(n + 1, sizeof(const struct kith_claim *));
	struct told t;
	size_t i, end, kept = 0;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		if (claims[i].is_signed && claims[i].kind == KITH_CLAIM_REVIEW)
			list[kept++] = &claims[i];
	if (kept)
		qsort(list, kept, sizeof(const struct kith_claim *), cmp_claims);
	for (i = 0; i < kept; i = end) {
		for (end = i + 1; end < kept && is_same(list[i], list[end]);)
			end++;
		t = (struct told){list + i, end - i};
		if (t.n > 1)
			put(ctx, &t);
	}
	return KITH_OK;
}

static void
put_line(void *ctx, const struct told *t)
{
	const struct kith_claim *c = t->group[0];
	char id[KITH_ID_TEXT + 1];
	struct kith_buf *out = ctx;

	kith_base64_id(id, c->author.bytes);
	kith_buf_printf(out, "  said twice  %.12s wrote %zu different reviews of ", id, t->n);
	kith_text_safe(out, c->version, 40);
	kith_buf_put_str(out, " with the one date ");
	kith_time_put_date(out, c->date);
	kith_buf_put_str(out, ": kith query equivocations\n");
}

int
kith_app_twice_put_claims(const struct kith_claim *claims, size_t n, struct kith_buf *out,
			  struct kith_error *err)
{
	return each_group(claims, n, put_line, out, err);
}

static void
put_object(void *ctx, const struct told *t)
{
	const struct kith_claim *c = t->group[0];
	struct kith_json_writer *w = ctx;
	KITH_AUTO_BUF struct kith_buf b;
	char id[KITH_ID_TEXT + 1];
	size_t i;

	kith_buf_init(&b, 64);
	kith_json_open_object(w);
	kith_base64_id(id, c->author.bytes);
	kith_json_member_str(w, "author", id);
	kith_json_member_string(w, "version", c->version);
	kith_time_put_rfc3339(&b, c->date);
	kith_json_member_string(w, "date", kith_buf_carry(w->out, &b));
	kith_json_put_key(w, "proofs");
	kith_json_open_array(w);
	for (i = 0; i < t->n; i++) {
		kith_base64_id(id, t->group[i]->proof.bytes);
		kith_json_put_str(w, id);
	}
	kith_json_close_array(w);
	kith_json_close_object(w);
}

int
kith_app_twice_json_claims(const struct kith_claim *claims, size_t n, struct kith_json_writer *w,
			   struct kith_error *err)
{
	int r;

	kith_json_put_key(w, "equivocations");
	kith_json_open_array(w);
	r = each_group(claims, n, put_object, w, err);
	kith_json_close_array(w);
	return r;
}
