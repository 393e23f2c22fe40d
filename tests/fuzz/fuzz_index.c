/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index whose secret was stolen: changed bytes under right tags. Input: records of four bytes
 * offset and one byte value that are written over a small real index before it is tagged anew and
 * read whole. Nothing may be read outside the map; wrong answers are allowed, crashes are not.
 */
#include <fcntl.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "index/index.h"
#include "index/tag.h"
#include "index/tagged.h"
#include "proof/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[KITH_INDEX_SECRET_BYTES] = {7};
static char path[] = "/tmp/kith-fuzz-index-XXXXXX";
static char again[] = "/tmp/kith-fuzz-again-XXXXXX";
static struct kith_buf base;
static struct kith_index_source source;

static void
put_signed(struct kith_buf *file, struct kith_proof *p)
{
	uint8_t seed[KITH_SEED_BYTES] = {3};
	struct kith_buf body;

	kith_ed25519_public(seed, &p->from.id);
	p->from.valid = true;
	p->from.url = KITH_SPAN_LIT("https://example.org/x");
	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	if (kith_proof_write_body(p, &body, NULL) ||
	    kith_proof_sign(kith_buf_span(&body), seed, file, NULL))
		abort();
	kith_buf_clear(&body);
}

static void
make_base(void)
{
	const struct kith_proof_issue issue = {KITH_SPAN_LIT("I"), KITH_LEVEL_LOW, KITH_RANGE_ALL,
					       KITH_SPAN_LIT("c")};
	const struct kith_span advisory_id = KITH_SPAN_LIT("A");
	const struct kith_proof_advisory advisory = {&advisory_id, 1, KITH_LEVEL_LOW,
						     KITH_RANGE_MAJOR, KITH_SPAN_LIT("")};
	struct kith_public_id other = {.id = {{9}}, .valid = true};
	struct kith_proof review = {.kind = KITH_PROOF_REVIEW,
				    .rating = KITH_RATING_POSITIVE,
				    .thoroughness = KITH_LEVEL_LOW,
				    .understanding = KITH_LEVEL_LOW,
				    .issues = &issue,
				    .n_issues = 1,
				    .advisories = &advisory,
				    .n_advisories = 1,
				    .overrides = &other,
				    .n_overrides = 1,
				    .comment = KITH_SPAN_LIT("fine")};
	struct kith_proof trust = {
	    .kind = KITH_PROOF_TRUST, .level = KITH_LEVEL_LOW, .ids = &other, .n_ids = 1};
	const struct kith_digest state = {{0}};
	struct kith_index_builder *b;
	struct kith_buf file;

	review.package.source = KITH_SPAN_LIT(KITH_CRATES_IO);
	review.package.name = KITH_SPAN_LIT("a");
	review.package.version = KITH_SPAN_LIT("1.0.0");
	review.package.digest_valid = true;
	source.url = KITH_SPAN_LIT("https://example.org/x");
	source.name = KITH_SPAN_LIT("s");
	source.commit = KITH_SPAN_LIT("c");
	kith_buf_init(&file, KITH_MIB(1));
	put_signed(&file, &review);
	put_signed(&file, &trust);
	kith_buf_put_str(&file, "stray\n");
	if (kith_index_builder_new(NULL, NULL, &b, NULL) ||
	    kith_index_builder_source(b, &source, NULL) ||
	    kith_index_builder_file(b, KITH_SPAN_LIT("f"), kith_buf_span(&file), NULL) ||
	    kith_index_builder_write(b, path, secret, &state, NULL, NULL))
		abort();
	kith_index_builder_free(b);
	kith_buf_clear(&file);
	kith_buf_init(&base, KITH_MIB(8));
	if (kith_fs_read(path, &base, NULL))
		abort();
}

static void
at_exit(void)
{
	unlink(path);
	unlink(again);
	kith_buf_clear(&base);
}

static void
set_up(void)
{
	int fd = mkstemp(path), fd2 = mkstemp(again);

	if (fd < 0 || fd2 < 0 || kith_crypto_init(NULL))
		abort();
	close(fd);
	close(fd2);
	make_base();
	atexit(at_exit);
}

/* Tags the header and the chunks of the body as the writer does. */
static void
tag(uint8_t *file, size_t size)
{
	size_t chunks = (size - TAG_HEADER + KITH_TAGGED_CHUNK + TAG_BYTES - 1) /
			(KITH_TAGGED_CHUNK + TAG_BYTES);
	size_t end = size - chunks * TAG_BYTES, at, n, i = 0;
	const uint8_t *nonce = file + TAG_AT_NONCE;

	kith_index_tag(secret, nonce, UINT64_MAX, kith_span(file, TAG_AT_TAG), file + TAG_AT_TAG);
	for (at = TAG_HEADER; at < end; at += KITH_TAGGED_CHUNK, i++) {
		n = end - at < KITH_TAGGED_CHUNK ? end - at : KITH_TAGGED_CHUNK;
		kith_index_tag(secret, nonce, i, kith_span(file + at, n),
			       file + end + i * TAG_BYTES);
	}
}

static void
read_lists(const struct kith_index *ix)
{
	struct kith_index_source_info info;
	struct kith_index_refusal refusal;
	struct kith_index_proof_info proof;
	struct kith_index_id_info id;
	struct kith_place place;
	size_t i, j;

	for (i = 0; i < kith_index_count_sources(ix) && i < 100; i++)
		(void)kith_index_source_at(ix, i, &info);
	for (i = 0; i < kith_index_count_ids(ix) && i < 100; i++)
		if (kith_index_id_at(ix, i, &id))
			(void)kith_index_find_id(ix, &id.id, &j);
	for (i = 0; i < kith_index_count_proofs(ix) && i < 100; i++)
		if (kith_index_proof_at(ix, i, &proof))
			for (j = 0; j < proof.n_places && j < 100; j++)
				(void)kith_index_place_at(ix, &proof, j, &place);
	for (i = 0; i < kith_index_count_refused(ix) && i < 100; i++)
		(void)kith_index_refused_at(ix, i, &refusal);
}

/* A new index takes from it what it can. */
static void
reuse(struct kith_index *ix)
{
	static const struct kith_digest state = {{0}};
	struct kith_index_builder *b;
	bool can;

	if (kith_index_builder_new(ix, NULL, &b, NULL))
		return;
	if (!kith_index_builder_can_reuse(b, &source, &can, NULL) && can &&
	    !kith_index_builder_reuse(b, &source, NULL))
		(void)!kith_index_builder_write(b, again, secret, &state, NULL, NULL);
	kith_index_builder_free(b);
}

static void
read_all(void)
{
	const struct kith_trust_graph *graph;
	const struct kith_claim *claims;
	struct kith_index *ix;
	enum kith_ecosystem eco;
	struct kith_arena arena;
	struct kith_span name;
	size_t i, n;

	if (kith_index_open(path, secret, &ix, NULL))
		return;
	kith_arena_init(&arena, KITH_MIB(64));
	read_lists(ix);
	for (i = 0; i < kith_index_count_names(ix) && i < 100; i++) {
		if (!kith_index_name_at(ix, i, &eco, &name, &n) ||
		    kith_index_claims(ix, eco, name, &arena, &claims, &n, NULL))
			continue;
		while (n--)
			(void)!kith_index_claims_by_digest(ix, &claims[n].digest, &arena, &claims,
							   &i, NULL);
		break;
	}
	(void)!kith_index_graph(ix, &graph, NULL);
	kith_arena_clear(&arena);
	reuse(ix);
	kith_index_free(ix);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *file;
	size_t i, at;
	int fd;

	if (!base.ptr)
		set_up();
	file = malloc(base.len);
	if (!file)
		return 0;
	memcpy(file, base.ptr, base.len);
	for (i = 0; i + 5 <= size; i += 5) {
		at = (size_t)data[i] | (size_t)data[i + 1] << 8 | (size_t)data[i + 2] << 16;
		file[at % base.len] = data[i + 4];
	}
	tag(file, base.len);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd >= 0 && write(fd, file, base.len) == (ssize_t)base.len)
		read_all();
	if (fd >= 0)
		close(fd);
	free(file);
	return 0;
}
