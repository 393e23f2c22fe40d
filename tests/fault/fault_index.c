/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of making an index, making it again from itself, and reading it fails once. */
#include <unistd.h>

#include "fault/wrap.h"
#include "index/index.h"
#include "proof/write.h"

static const uint8_t secret[KITH_INDEX_SECRET_BYTES] = {1};
static const struct kith_digest state = {{2}};
static struct kith_buf file;

static void
put_signed(struct kith_proof *p)
{
	uint8_t seed[KITH_SEED_BYTES] = {3};
	struct kith_buf body;

	kith_ed25519_public(seed, &p->from.id);
	p->from.valid = true;
	p->from.url = KITH_SPAN_LIT("https://example.org/x");
	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	if (kith_proof_write_body(p, &body, NULL) ||
	    kith_proof_sign(kith_buf_span(&body), seed, &file, NULL))
		abort();
	kith_buf_put_char(&file, '\n');
	kith_buf_clear(&body);
}

static void
make_file(void)
{
	const struct kith_proof_issue issue = {KITH_SPAN_LIT("I"), KITH_LEVEL_LOW, KITH_RANGE_ALL,
					       KITH_SPAN_LIT("c")};
	struct kith_public_id other = {.id = {{9}}, .valid = true};
	struct kith_proof review = {.kind = KITH_PROOF_REVIEW,
				    .rating = KITH_RATING_POSITIVE,
				    .thoroughness = KITH_LEVEL_LOW,
				    .understanding = KITH_LEVEL_LOW,
				    .issues = &issue,
				    .n_issues = 1,
				    .overrides = &other,
				    .n_overrides = 1,
				    .comment = KITH_SPAN_LIT("fine")};
	struct kith_proof trust = {
	    .kind = KITH_PROOF_TRUST, .level = KITH_LEVEL_LOW, .ids = &other, .n_ids = 1};

	review.package.source = KITH_SPAN_LIT(KITH_CRATES_IO);
	review.package.name = KITH_SPAN_LIT("a");
	review.package.version = KITH_SPAN_LIT("1.0.0");
	review.package.digest_valid = true;
	kith_buf_init(&file, KITH_MIB(1));
	put_signed(&review);
	put_signed(&trust);
	kith_buf_put_str(&file, "stray\n");
}

static int
make(struct kith_index *old, const char *path, struct kith_error *err)
{
	const struct kith_index_source source = {.url = KITH_SPAN_LIT("https://example.org/x"),
						 .name = KITH_SPAN_LIT("s"),
						 .commit = KITH_SPAN_LIT("c")};
	const struct kith_index_news news = {{{4}}, 5, 6};
	struct kith_index_builder *b;
	bool reuse = false;
	int r = kith_index_builder_new(old, "/tmp", &b, err);

	if (r)
		return r;
	r = kith_index_builder_can_reuse(b, &source, &reuse, err);
	if (!r && reuse)
		r = kith_index_builder_reuse(b, &source, err);
	if (!r && !reuse)
		r = kith_index_builder_source(b, &source, err);
	if (!r && !reuse)
		r = kith_index_builder_file(b, KITH_SPAN_LIT("f"), kith_buf_span(&file), err);
	if (!r)
		r = kith_index_builder_news(b, &news, 1, err);
	if (!r && !reuse)
		r = kith_index_builder_refuse(b, KITH_SPAN_LIT("l"), "a link", err);
	if (!r)
		r = kith_index_builder_gone(b, 0, kith_buf_span(&file), err);
	if (!r)
		r = kith_index_builder_write(b, path, secret, &state, NULL, err);
	kith_index_builder_free(b);
	if (!r && reuse != (old != NULL))
		abort();
	return r;
}

static int
work(const char *path, struct kith_error *err)
{
	const struct kith_trust_graph *graph;
	const struct kith_claim *claims;
	struct kith_index *ix = NULL;
	struct kith_arena arena;
	size_t n;
	int r;

	kith_arena_init(&arena, KITH_MIB(1));
	r = make(NULL, path, err);
	if (!r)
		r = kith_index_open(path, secret, &ix, err);
	if (!r)
		r = make(ix, path, err);
	if (!r)
		r = kith_index_claims(ix, KITH_ECO_CARGO, KITH_SPAN_LIT("a"), &arena, &claims, &n,
				      err);
	if (!r && n != 1)
		abort();
	if (!r)
		r = kith_index_graph(ix, &graph, err);
	kith_index_free(ix);
	kith_arena_clear(&arena);
	return r;
}

int
main(void)
{
	char path[] = "/tmp/kith-fault-index-XXXXXX";
	struct kith_error err;
	int fd = mkstemp(path), r;
	size_t n;

	if (fd < 0 || close(fd) || kith_crypto_init(&err))
		return 1;
	make_file();
	for (n = 1;; n++) {
		fault_arm(n);
		r = work(path, &err);
		if (!fault_hit())
			break;
		/* the trust graph's text has one error for both, a damaged index is the other guess
		 */
		if (r && r != KITH_E_NOMEM && r != KITH_E_IO && r != KITH_E_FORMAT &&
		    r != KITH_E_LIMIT) {
			fprintf(stderr, "allocation %zu: %d, %s\n", n, r, err.msg);
			return 1;
		}
		if (!r) /* no thread, or an answer that could do without */
			continue;
		if (err.code != (enum kith_code)r) {
			fprintf(stderr, "allocation %zu: %d without its error\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	unlink(path);
	kith_buf_clear(&file);
	printf("%zu allocations\n", n - 1);
	return r || n < 50;
}
