/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `proofs`: every proof of a repository, bundle or folder, one line each, and what was not read.
 * `corpus`: the totals over a folder of bundles.
 */
#include "cases/cases.h"
#include "cases/evidence.h"
#include "codec/base64.h"
#include "crypto/crypto.h"
#include "proof/proof.h"

#define ARENA_MAX KITH_MIB(512)

struct totals {
	size_t sources, files, proofs, distinct, valid, obsolete, refused, begun, passed_over;
	struct kith_map seen; /* digests of bodies */
	struct kith_arena keys;
};

struct reading {
	bool print;
	struct totals t;
};

static void
put_safe(struct kith_span s)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_MIB(1));
	kith_text_safe(&b, s, 0);
	fputs(b.len ? kith_buf_str(&b) : "-", stdout);
}

static void
print_skip(struct kith_span path, enum kith_git_skip why)
{
	put_safe(path);
	printf("\t-\t-\t-\tnot read\t%s\n", kith_git_skip_text(why));
}

static void
print_item(struct kith_span path, const struct kith_proof_item *item)
{
	const struct kith_proof *p = &item->proof;

	put_safe(path);
	printf("\t%u\t", item->line);
	if (p->kind == KITH_PROOF_UNKNOWN)
		put_safe(p->kind_text);
	else
		fputs(kith_proof_kind_name(p->kind), stdout);
	putchar('\t');
	put_safe(p->from.text);
	printf("\t%s\t%s\n", kith_proof_status_name(item->status), item->cause ? item->cause : "-");
}

static void
count_item(struct totals *t, const struct kith_proof_item *item)
{
	struct kith_span key, digest = kith_span(item->proof.digest.bytes, KITH_DIGEST_BYTES);
	bool added = false;

	t->proofs++;
	if (kith_arena_copy(&t->keys, digest, &key) &&
	    !kith_map_add(&t->seen, key, 0, NULL, &added, NULL) && added) {
		t->distinct++;
		t->valid += item->status == KITH_PROOF_VALID;
	}
	t->obsolete += item->status == KITH_PROOF_OBSOLETE;
	t->refused += item->status != KITH_PROOF_VALID && item->status != KITH_PROOF_OBSOLETE;
}

/* How many proofs a naive reader would see begin: what is not found again is lost. */
static size_t
count_begins(struct kith_span text)
{
	struct kith_span line;
	size_t n = 0;

	while (kith_span_next(&text, '\n', &line))
		n += kith_span_starts(line, KITH_SPAN_LIT("----- BEGIN CREV PROOF -----")) ||
		     (kith_span_starts(line, KITH_SPAN_LIT("-----BEGIN CREV ")) &&
		      !kith_span_ends(line, KITH_SPAN_LIT("SIGNATURE-----")));
	return n;
}

static int
take_file(void *ctx, size_t mirror, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	struct reading *rd = ctx;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list;
	size_t i;
	int r;

	(void)mirror;
	kith_arena_init(&arena, ARENA_MAX);
	rd->t.files++;
	rd->t.begun += count_begins(bytes);
	r = kith_proof_parse(bytes, &arena, &list, err);
	if (r == KITH_E_LIMIT) {
		rd->t.refused++;
		if (rd->print) {
			put_safe(path);
			printf("\t-\t-\t-\tnot read\t%s\n", err->msg);
		}
		return KITH_OK;
	}
	for (i = 0; !r && i < list.count; i++) {
		kith_proof_check(&list.items[i]);
		count_item(&rd->t, &list.items[i]);
		if (rd->print)
			print_item(path, &list.items[i]);
	}
	return r;
}

static int
take_skip(void *ctx, size_t mirror, struct kith_span path, enum kith_git_skip why,
	  struct kith_error *err)
{
	struct reading *rd = ctx;

	(void)mirror;
	(void)err;
	rd->t.passed_over++;
	if (rd->print)
		print_skip(path, why);
	return KITH_OK;
}

static void
skipped_in_folder(void *ctx, size_t source, struct kith_span path, enum kith_git_skip why)
{
	(void)take_skip(ctx, source, path, why, NULL);
}

static int
take_end(void *ctx, size_t mirror, const struct kith_git_end *end, const struct kith_error *failure,
	 struct kith_error *err)
{
	struct reading *rd = ctx;

	(void)mirror;
	(void)end;
	(void)err;
	rd->t.sources++;
	if (failure)
		fprintf(stderr, "cases: %s\n", failure->msg);
	return KITH_OK;
}

static int
read_all(struct cases_evidence *e, struct reading *rd)
{
	struct kith_store_read_calls calls = {
	    .ctx = rd, .file = take_file, .skip = take_skip, .end = take_end};
	struct kith_error err;
	int r;

	kith_map_init(&rd->t.seen, NULL);
	kith_arena_init(&rd->t.keys, KITH_MIB(64));
	r = kith_crypto_init(&err);
	if (!r)
		r = kith_store_each_proof_file(&e->mirrors, cases_libexec(), &calls, &err);
	kith_map_clear(&rd->t.seen);
	kith_arena_clear(&rd->t.keys);
	if (r)
		fprintf(stderr, "cases: %s\n", err.msg);
	return r || e->failed ? 1 : 0;
}

int
cases_proofs(int argc, char **argv)
{
	struct reading rd = {.print = true};
	struct cases_evidence e;
	const char *paths[1];
	int r;

	if (argc != 1) {
		fputs("usage: ./dev cases proofs REPOSITORY|BUNDLE|FOLDER\n", stderr);
		return 2;
	}
	paths[0] = argv[0];
	cases_evidence_open(&e, paths, 1, skipped_in_folder, &rd);
	r = read_all(&e, &rd);
	cases_evidence_close(&e);
	return r;
}

int
cases_corpus(int argc, char **argv)
{
	struct reading rd = {.print = false};
	struct cases_evidence e;
	struct totals *t = &rd.t;
	int r;

	if (argc != 1) {
		fputs("usage: ./dev cases corpus FOLDER\n", stderr);
		return 2;
	}
	cases_evidence_open_folder(&e, argv[0]);
	r = read_all(&e, &rd);
	cases_evidence_close(&e);
	printf("repositories\t%zu\nfiles\t%zu\nproofs\t%zu\ndistinct\t%zu\nvalid\t%zu\n"
	       "obsolete signature\t%zu\nrefused\t%zu\nlost\t%zu\nnot read\t%zu\n",
	       t->sources, t->files, t->proofs, t->distinct, t->valid, t->obsolete, t->refused,
	       t->begun > t->proofs ? t->begun - t->proofs : 0, t->passed_over);
	return r;
}
