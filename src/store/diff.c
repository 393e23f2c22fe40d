/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of texts to kith-git and its answers back, as many at once as a frame holds. */
#include "store/diff.h"

#define BATCH_BYTES       KITH_MIB(16)
#define ANSWER_TIMEOUT_MS 60000

struct batch {
	struct kith_helper *helper;
	const struct kith_diff_pair *pairs;
	size_t from, n;
};

static size_t
bytes_of(const struct kith_diff_pair *p)
{
	return p->old_bytes.len + p->new_bytes.len + 12;
}

static int
send_batch(struct batch *b, size_t all, unsigned context, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_git_pair p;
	size_t bytes = 0, i, mark;
	int r;

	b->n = 0;
	while (b->from + b->n < all && b->n < KITH_DIFF_MAX_PAIRS &&
	       (!b->n || bytes + bytes_of(&b->pairs[b->from + b->n]) <= BATCH_BYTES))
		bytes += bytes_of(&b->pairs[b->from + b->n++]);
	kith_buf_init(&out, KITH_MAX_FRAME + KITH_FRAME_HEAD);
	mark = kith_git_begin_diff(&out, context, (uint32_t)b->n);
	for (i = 0; i < b->n; i++) {
		p.id = (uint32_t)i;
		p.old_bytes = b->pairs[b->from + i].old_bytes;
		p.new_bytes = b->pairs[b->from + i].new_bytes;
		kith_git_put_pair(&out, &p);
	}
	kith_frame_end(&out, mark);
	r = kith_buf_check(&out, err);
	return r ? r : kith_helper_send(b->helper, &out, err);
}

int
kith_store_diff(const char *libexec, const struct kith_diff_pair *pairs, size_t n, unsigned context,
		int (*done)(void *ctx, size_t i, const struct kith_git_diffed *d,
			    struct kith_error *err),
		void *ctx, struct kith_error *err)
{
	const struct kith_helper_options o = {libexec, NULL, 0};
	KITH_AUTO_HELPER struct kith_helper *h = NULL;
	struct batch b = {.pairs = pairs};
	struct kith_git_diffed d;
	struct kith_frame f;
	size_t i;
	int r = n ? kith_helper_start(KITH_GIT_PROGRAM, &o, &h, err) : KITH_OK;

	b.helper = h;
	for (; !r && b.from < n; b.from += b.n) {
		r = send_batch(&b, n, context, err);
		for (i = 0; !r && i < b.n; i++) {
			r = kith_helper_recv(h, ANSWER_TIMEOUT_MS, &f, err);
			if (!r && (f.type != KITH_GIT_DIFFED ||
				   !kith_git_get_diffed(f.payload, &d) || d.id != i))
				r = kith_helper_broke(h, err, "sent a wrong answer");
			if (!r)
				r = done(ctx, b.from + i, &d, err);
		}
	}
	return r;
}
