/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes in proof files: they wait until some megabytes are there, are parsed and verified on two
 * threads, and are taken in in order. Reads nothing by itself; what is refused is recorded with its
 * place, never dropped silently.
 */
#include "index/builder.h"

#define BATCH_BYTES KITH_MIB(4)
#define BATCH_FILES ((size_t)16384)
#define FILE_ARENA  KITH_MIB(512)

int
kith_index_builder_wait(struct kith_index_builder *b, const struct index_batch_file *file,
			struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct index_batch_file f = *file;
	int r = INDEX_GROW(b, batch, err);

	if (r)
		return r;
	kith_arena_init(&f.arena, FILE_ARENA);
	if (!kith_arena_copy(&f.arena, path, &f.path) ||
	    !kith_arena_copy(&f.arena, bytes, &f.bytes)) {
		kith_arena_clear(&f.arena);
		return kith_fail_nomem(err);
	}
	b->batch[b->n_batch++] = f;
	b->batch_bytes += bytes.len;
	return b->batch_bytes > BATCH_BYTES || b->n_batch >= BATCH_FILES
		   ? kith_index_builder_flush(b, err)
		   : KITH_OK;
}

int
kith_index_builder_refuse(struct kith_index_builder *b, struct kith_span path, const char *cause,
			  struct kith_error *err)
{
	const struct index_batch_file f = {.source = (uint32_t)b->n_sources - 1, .refused = cause};

	if (!b->n_sources)
		return kith_fail(err, KITH_E_INTERNAL, "a refusal before any source");
	return kith_index_builder_wait(b, &f, path, KITH_SPAN_NONE, err);
}

int
kith_index_builder_file(struct kith_index_builder *b, struct kith_span path, struct kith_span bytes,
			struct kith_error *err)
{
	const struct index_batch_file f = {.source = (uint32_t)b->n_sources - 1};

	if (!b->n_sources)
		return kith_fail(err, KITH_E_INTERNAL, "a file before any source");
	b->totals.files++;
	b->sources[f.source].files++;
	if (bytes.len > KITH_MAX_PROOF_FILE)
		return kith_index_builder_refuse(b, path, "the file is too large", err);
	return kith_index_builder_wait(b, &f, path, bytes, err);
}

int
kith_index_builder_gone(struct kith_index_builder *b, size_t source, struct kith_span bytes,
			struct kith_error *err)
{
	const struct index_batch_file f = {.source = (uint32_t)source, .gone = true};
	int r;

	if (source >= b->n_sources)
		return kith_fail(err, KITH_E_INTERNAL, "withdrawn proofs of no source");
	/* whether a proof is gone is known once everything that is served has been taken in */
	r = kith_index_builder_flush(b, err);
	return r ? r
		 : kith_index_builder_wait(b, &f, KITH_SPAN_LIT(KITH_INDEX_GONE_PATH), bytes, err);
}

/* What is signed and by which signature: a body may come again with another one. */
static void
put_checked(const struct kith_proof *p, struct index_checked *ret)
{
	uint8_t both[KITH_DIGEST_BYTES + KITH_SIG_BYTES];
	struct kith_digest d;

	memcpy(both, p->digest.bytes, KITH_DIGEST_BYTES);
	memcpy(both + KITH_DIGEST_BYTES, p->sig, KITH_SIG_BYTES);
	kith_blake2b(kith_span(both, sizeof(both)), &d);
	memcpy(ret->bytes, d.bytes, sizeof(ret->bytes));
}

static int
compare_items(const void *a, const void *b)
{
	const struct kith_proof_item *x = a, *y = b;
	int r = memcmp(x->proof.digest.bytes, y->proof.digest.bytes, KITH_DIGEST_BYTES);

	return r ? r : memcmp(x->proof.sig, y->proof.sig, KITH_SIG_BYTES);
}

/*
 * When each was withdrawn, and where that was written down, is no part of what they say: pins have
 * some of them, in another order.
 */
static void
put_in_order(const struct kith_proof_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		list->items[i].line = list->items[i].proof.line = 0;
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_items);
}

static void
parse_one(void *ctx, size_t i)
{
	struct kith_index_builder *b = ctx;
	struct index_batch_file *f = &b->batch[i];
	size_t k;

	if (f->refused || f->again || kith_proof_parse(f->bytes, &f->arena, &f->list, &f->error))
		return;
	if (f->gone)
		put_in_order(&f->list);
	f->checked = kith_arena_array(&f->arena, f->list.count, sizeof(*f->checked));
	if (!f->checked) {
		kith_fail_nomem(&f->error);
		return;
	}
	for (k = 0; k < f->list.count; k++)
		if (f->list.items[k].status == KITH_PROOF_VALID)
			put_checked(&f->list.items[k].proof, &f->checked[k]);
}

static void
check_one(void *ctx, size_t i)
{
	struct kith_proof_item **items = ctx;

	kith_proof_check(items[i]);
}

/* Signatures are the dear part: verified on two threads, and not at all if known. */
static int
check_batch(struct kith_index_builder *b, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_proof_item **items = NULL;
	size_t n = 0, cap = 0, i, j;
	int r;

	for (i = 0; i < b->n_batch; i++) {
		struct index_batch_file *f = &b->batch[i];

		for (j = 0; j < f->list.count; j++) {
			struct kith_proof_item *item = &f->list.items[j];

			if (item->status == KITH_PROOF_VALID && b->old)
				item->checked = kith_index_verified_before(b->old, &f->checked[j]);
			if (item->checked)
				continue;
			r = kith_grow(&items, &cap, n + 1, sizeof(*items), SIZE_MAX / 16, "proofs",
				      err);
			if (r)
				return r;
			items[n++] = item;
		}
	}
	kith_pool_run(0, n, 16, check_one, items);
	return KITH_OK;
}

static int
take_bad(struct kith_index_builder *b, const struct index_batch_file *f,
	 const struct kith_proof_item *item, struct kith_error *err)
{
	struct index_refusal x = {.source = f->source,
				  .line = item->line,
				  .status = item->status,
				  .flags = INDEX_REFUSED_ITEM,
				  .digest = item->proof.digest};

	if (f->gone)
		return KITH_OK;
	if (item->proof.body.len)
		x.flags |= INDEX_REFUSED_DIGEST;
	else
		memset(&x.digest, 0, sizeof(x.digest));
	return kith_index_take_refusal(b, &x, f->path, kith_span_str(item->cause), err);
}

static int
take_file(struct kith_index_builder *b, const struct index_batch_file *f, struct kith_error *err)
{
	struct index_item x = {.source = f->source, .path = f->path, .gone = f->gone};
	const struct index_refusal refusal = {.source = f->source, .status = KITH_PROOF_BAD_FRAME};
	size_t i;
	int r = KITH_OK;

	if (f->error.code == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (b->is_carried)
		return kith_index_take_carried(b, f, err);
	if (f->refused)
		return kith_index_take_refusal(b, &refusal, f->path, kith_span_str(f->refused),
					       err);
	if (f->error.code) /* one file that holds too much costs itself only */
		return f->gone ? KITH_OK
			       : kith_index_take_refusal(b, &refusal, f->path,
							 kith_span_str(f->error.msg), err);
	for (i = 0; !r && i < f->list.count; i++) {
		const struct kith_proof_item *item = &f->list.items[i];

		x.proof = &item->proof;
		x.line = item->line;
		x.checked = &f->checked[i];
		if (item->status != KITH_PROOF_VALID) {
			r = take_bad(b, f, item, err);
			continue;
		}
		x.review_flags = kith_index_review_flags(&item->proof);
		r = kith_index_take(b, &x, err);
	}
	return r;
}

void
kith_index_builder_drop_batch(struct kith_index_builder *b)
{
	size_t i;

	for (i = 0; i < b->n_batch; i++)
		kith_arena_clear(&b->batch[i].arena);
	b->n_batch = 0;
	b->batch_bytes = 0;
}

int
kith_index_builder_flush(struct kith_index_builder *b, struct kith_error *err)
{
	size_t i;
	int r;

	if (!b->n_batch)
		return KITH_OK;
	kith_pool_run(0, b->n_batch, 4, parse_one, b);
	r = check_batch(b, err);
	for (i = 0; !r && i < b->n_batch; i++)
		r = take_file(b, &b->batch[i], err);
	kith_index_builder_drop_batch(b);
	return r;
}
