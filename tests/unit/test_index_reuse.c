/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index that takes over what has not changed is byte for byte the one that reads everything
 * (nonce and tags aside), after random sequences of changes: proofs come, go, come again elsewhere,
 * are refused; sources are rewritten, come, go, change their place, their owner, their times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "index/view.h"
#include "proof/write.h"

#define PROOFS  40
#define BAD     6 /* of them are no good */
#define SOURCES 7
#define FILES   3
#define STEPS   120

static const uint8_t secret[KITH_INDEX_SECRET_BYTES] = {1, 2, 3};
static const struct kith_digest state = {{5}};

struct source {
	bool there, own, cut_short;
	unsigned version; /* what stands for the head */
	int64_t baseline, fetched;
	struct kith_buf files[FILES], gone;
	uint64_t has; /* a bit a proof */
	struct kith_index_news news[PROOFS];
	size_t n_news;
};

struct world {
	char dir[64];
	char *path, *other;
	uint64_t random;
	struct kith_buf proofs[PROOFS];
	struct kith_digest digests[PROOFS];
	struct source sources[SOURCES];
	unsigned order[SOURCES];
	size_t reused;
};

static unsigned
below(struct world *w, unsigned n)
{
	w->random = w->random * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(w->random >> 33) % n;
}

/* --- proofs --- */

static void
sign(struct world *w, size_t i, unsigned who, struct kith_proof *p)
{
	static const char *const urls[] = {"https://example.org/0", "https://EXAMPLE.org/1.git",
					   "https://example.org/9", ""};
	uint8_t seed[KITH_SEED_BYTES];
	struct kith_buf body;
	struct kith_error err;

	memset(seed, (int)who + 1, sizeof(seed));
	kith_ed25519_public(seed, &p->from.id);
	p->from.valid = true;
	p->from.url = kith_span_str(urls[below(w, 4)]);
	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	if (kith_proof_write_body(p, &body, &err) ||
	    kith_proof_sign(kith_buf_span(&body), seed, &w->proofs[i], &err))
		fail_msg("%s", err.msg);
	kith_blake2b(kith_buf_span(&body), &w->digests[i]);
	kith_buf_put_char(&w->proofs[i], '\n');
	kith_buf_clear(&body);
}

static void
make_trust(struct world *w, size_t i)
{
	struct kith_public_id ids[3] = {{.valid = true}, {.valid = true}},
			      ignored = {.valid = true};
	struct kith_proof p = {.kind = KITH_PROOF_TRUST,
			       .date = {1600000000 + below(w, 1000), 0},
			       .level = (enum kith_level)below(w, KITH_LEVEL_COUNT),
			       .ids = ids,
			       .n_ids = 1 + below(w, 2)};
	uint8_t seed[KITH_SEED_BYTES];

	memset(seed, 20, sizeof(seed));
	kith_ed25519_public(seed, &ids[0].id);
	memset(seed, (int)below(w, 6) + 1, sizeof(seed));
	kith_ed25519_public(seed, &ids[1].id);
	ignored.id = ids[1].id;
	ids[0].url = KITH_SPAN_LIT("https://example.org/heard");
	if (below(w, 3) == 0) {
		p.overrides = &ignored;
		p.n_overrides = 1;
	}
	if (below(w, 3) == 0) {
		p.limited = true;
		p.reach = (enum kith_reach)below(w, KITH_REACH_COUNT);
		p.scope = KITH_SPAN_LIT("cargo:a*");
		p.has_until = below(w, 2);
		p.until = (struct kith_time){1700000000, 0};
		p.until_text = KITH_SPAN_LIT("2023-11-14T22:13:20Z");
		if (p.level == KITH_LEVEL_DISTRUST)
			p.level = KITH_LEVEL_LOW;
	}
	sign(w, i, below(w, 6), &p);
}

static void
make_review(struct world *w, size_t i)
{
	static const char *const names[] = {"serde", "libc", "a", "serde_json"};
	const struct kith_proof_issue issue = {KITH_SPAN_LIT("X-1"), KITH_LEVEL_HIGH,
					       KITH_RANGE_MAJOR, KITH_SPAN_LIT("why")};
	const struct kith_span id = KITH_SPAN_LIT("RUSTSEC-2020-0001");
	const struct kith_proof_advisory advisory = {&id, 1, KITH_LEVEL_LOW, KITH_RANGE_MINOR,
						     KITH_SPAN_LIT("")};
	const struct kith_proof_alternative other = {KITH_SPAN_LIT(KITH_CRATES_IO),
						     KITH_SPAN_LIT("better")};
	struct kith_public_id about = {.id = {{9}}, .valid = true};
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW,
			       .date = {1600000000 + below(w, 1000), below(w, 2) * 1000},
			       .thoroughness = (enum kith_level)(1 + below(w, 4)),
			       .understanding = (enum kith_level)(1 + below(w, 4)),
			       .rating = (enum kith_rating)below(w, KITH_RATING_COUNT),
			       .comment = KITH_SPAN_LIT("fine"),
			       .issues = &issue,
			       .advisories = &advisory,
			       .alternatives = &other,
			       .overrides = &about,
			       .unmaintained = below(w, 2),
			       .has_base = below(w, 2)};

	p.n_issues = below(w, 2);
	p.n_advisories = below(w, 2);
	p.n_alternatives = below(w, 2);
	p.n_overrides = below(w, 2);
	p.package.source = KITH_SPAN_LIT(KITH_CRATES_IO);
	p.package.name = kith_span_str(names[below(w, 4)]);
	p.package.version = kith_span_str(below(w, 2) ? "1.0.0" : "1.0.1");
	p.package.digest_valid = true;
	memset(p.package.digest.bytes, (int)below(w, 3), KITH_DIGEST_BYTES);
	p.base = p.package;
	p.base.version = KITH_SPAN_LIT("0.9.0");
	sign(w, i, below(w, 6), &p);
}

static void
make_proofs(struct world *w)
{
	size_t i;

	for (i = 0; i < PROOFS; i++) {
		kith_buf_init(&w->proofs[i], KITH_KIB(64));
		if (below(w, 3) == 0)
			make_trust(w, i);
		else
			make_review(w, i);
		if (i < BAD) /* the signature, or the frame */
			w->proofs[i].ptr[i % 2 ? w->proofs[i].len - 60 : 3] ^= 1;
	}
}

/* --- sources --- */

static void
write_files(struct world *w, struct source *s)
{
	unsigned i;

	for (i = 0; i < FILES; i++)
		kith_buf_reset(&s->files[i]);
	for (i = 0; i < PROOFS; i++)
		if (s->has & (uint64_t)1 << i)
			kith_buf_put_span(&s->files[(i + s->version) % FILES],
					  kith_buf_span(&w->proofs[i]));
	if (s->version % 4 == 0)
		kith_buf_put_str(&s->files[1], "stray text\n");
	s->version++;
}

static void
withdraw(struct world *w, struct source *s, unsigned proof)
{
	if (proof >= BAD && s->has & (uint64_t)1 << proof)
		kith_buf_put_span(&s->gone, kith_buf_span(&w->proofs[proof]));
	s->has &= ~((uint64_t)1 << proof);
}

static void
add(struct world *w, struct source *s, unsigned proof)
{
	s->has |= (uint64_t)1 << proof;
	if (s->n_news < PROOFS && below(w, 2))
		s->news[s->n_news++] = (struct kith_index_news){
		    w->digests[proof], 1650000000 + below(w, 100), 1640000000};
}

static void
change(struct world *w)
{
	struct source *s = &w->sources[below(w, SOURCES)];
	unsigned i = below(w, SOURCES), k = below(w, SOURCES), swap = w->order[i];

	switch (below(w, 8)) {
	case 0:
		s->there = !s->there;
		return;
	case 1:
		w->order[i] = w->order[k];
		w->order[k] = swap;
		return;
	case 2:
		s->own = !s->own;
		return;
	case 3:
		s->fetched += 10;
		return;
	case 4: /* rewritten */
		for (i = 0; i < PROOFS; i++)
			if (below(w, 4) == 0)
				withdraw(w, s, i);
		add(w, s, below(w, PROOFS));
		break;
	case 5:
		withdraw(w, s, below(w, PROOFS));
		break;
	case 6:
		s->cut_short = !s->cut_short;
		break;
	default:
		add(w, s, below(w, PROOFS));
	}
	write_files(w, s);
}

/* --- the index --- */

static void
must(int r, const struct kith_error *err)
{
	if (r)
		fail_msg("%s", err->msg);
}

static void
take_files(const struct source *s, struct kith_index_builder *b)
{
	struct kith_error err;
	char path[32];
	unsigned i;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "dir/%u.proof.crev", i);
		must(kith_index_builder_file(b, kith_span_str(path), kith_buf_span(&s->files[i]),
					     &err),
		     &err);
		if (i == 1 && s->version % 3 == 0)
			must(
			    kith_index_builder_refuse(b, KITH_SPAN_LIT("link"), "not a file", &err),
			    &err);
	}
	if (s->cut_short)
		kith_index_builder_cut_short(b);
}

static void
take_source(struct world *w, size_t number, struct kith_index *old, struct kith_index_builder *b)
{
	const struct source *s = &w->sources[number];
	char url[64], commit[32];
	struct kith_index_source x = {
	    .own = s->own, .baseline = s->baseline, .fetched = s->fetched};
	struct kith_error err;
	bool reuse = false;

	snprintf(url, sizeof(url), "https://example.org/%zu", number);
	snprintf(commit, sizeof(commit), "commit%u", s->version);
	x.url = kith_span_str(number % 3 ? url : "");
	x.name = kith_span_str(url);
	x.commit = kith_span_str(commit);
	must(kith_index_builder_can_reuse(b, &x, &reuse, &err), &err);
	assert_true(old || !reuse);
	if (reuse) {
		w->reused++;
		must(kith_index_builder_reuse(b, &x, &err), &err);
	} else {
		must(kith_index_builder_source(b, &x, &err), &err);
		take_files(s, b);
	}
	must(kith_index_builder_news(b, s->news, s->n_news, &err), &err);
}

static void
build(struct world *w, struct kith_index *old, const char *path)
{
	struct kith_index_builder *b;
	struct kith_error err;
	size_t i, n = 0;

	must(kith_index_builder_new(old, w->dir, &b, &err), &err);
	for (i = 0; i < SOURCES; i++)
		if (w->sources[w->order[i]].there)
			take_source(w, w->order[i], old, b);
	for (i = 0; i < SOURCES; i++) {
		const struct source *s = &w->sources[w->order[i]];

		if (!s->there)
			continue;
		if (s->gone.len)
			must(kith_index_builder_gone(b, n, kith_buf_span(&s->gone), &err), &err);
		n++;
	}
	must(kith_index_builder_write(b, path, secret, &state, NULL, &err), &err);
	kith_index_builder_free(b);
}

static void
expect_same(const struct world *w, unsigned step)
{
	struct kith_tagged *a, *b;
	struct kith_span x, y;
	struct kith_error err;

	must(kith_tagged_open(w->path, &kith_index_kind, secret, &a, &err), &err);
	must(kith_tagged_open(w->other, &kith_index_kind, secret, &b, &err), &err);
	assert_true(kith_tagged_is_of(a, &state) && kith_tagged_is_of(b, &state));
	assert_int_equal(kith_tagged_size(a), kith_tagged_size(b));
	assert_true(kith_tagged_get(a, 0, kith_tagged_size(a), &x));
	assert_true(kith_tagged_get(b, 0, kith_tagged_size(b), &y));
	if (!kith_span_eq(kith_tagged_head(a), kith_tagged_head(b)) || !kith_span_eq(x, y))
		fail_msg("another index than a complete one after step %u", step);
	kith_tagged_free(a);
	kith_tagged_free(b);
}

static int
set_up(void **ret)
{
	static struct world w;
	unsigned i, k;

	memset(&w, 0, sizeof(w));
	memcpy(w.dir, "/tmp/kith-reuse-XXXXXX", sizeof("/tmp/kith-reuse-XXXXXX"));
	if (kith_crypto_init(NULL) || !mkdtemp(w.dir))
		return -1;
	w.path = kith_fs_join(w.dir, "index");
	w.other = kith_fs_join(w.dir, "complete");
	make_proofs(&w);
	for (i = 0; i < SOURCES; i++) {
		struct source *s = &w.sources[i];

		w.order[i] = i;
		s->there = i < 5;
		s->baseline = 1500000000 + i;
		s->fetched = 1660000000;
		kith_buf_init(&s->gone, KITH_MIB(1));
		for (k = 0; k < FILES; k++)
			kith_buf_init(&s->files[k], KITH_MIB(1));
		for (k = 0; k < PROOFS / 4; k++)
			s->has |= (uint64_t)1 << below(&w, PROOFS);
		write_files(&w, s);
	}
	*ret = &w;
	return 0;
}

static int
tear_down(void **p)
{
	struct world *w = *p;
	size_t i, k;

	for (i = 0; i < PROOFS; i++)
		kith_buf_clear(&w->proofs[i]);
	for (i = 0; i < SOURCES; i++) {
		kith_buf_clear(&w->sources[i].gone);
		for (k = 0; k < FILES; k++)
			kith_buf_clear(&w->sources[i].files[k]);
	}
	free(w->path);
	free(w->other);
	return kith_fs_remove_tree(w->dir, NULL);
}

static void
test_the_same_as_complete(void **p)
{
	struct world *w = *p;
	struct kith_index *old = NULL;
	struct kith_error err;
	unsigned step, n;

	build(w, NULL, w->path);
	for (step = 0; step < STEPS; step++) {
		for (n = below(w, 4); n > 0; n--)
			change(w);
		must(kith_index_open(w->path, secret, &old, &err), &err);
		build(w, old, w->path);
		kith_index_free(old);
		build(w, NULL, w->other);
		expect_same(w, step);
	}
	assert_true(w->reused > STEPS);
}

/* Another head, name, URL or owner is another source; one that was cut off is read again. */
static void
test_what_is_reused(void **p)
{
	struct world *w = *p;
	const struct kith_index_source same = {.name = KITH_SPAN_LIT("https://example.org/0"),
					       .commit = KITH_SPAN_LIT("commit1")};
	struct kith_index_source x[6] = {same, same, same, same, same, same};
	const bool expected[6] = {true, false, false, false, false, false};
	struct kith_index_builder *b;
	struct kith_index *old;
	struct kith_error err;
	size_t i;
	bool can;

	x[1].commit = KITH_SPAN_LIT("commit2");
	x[2].name = KITH_SPAN_LIT("https://example.org/8");
	x[3].url = same.name;
	x[4].own = true;
	x[5].name = KITH_SPAN_LIT("https://example.org/3"); /* cut short */
	w->sources[3].cut_short = true;
	build(w, NULL, w->path);
	must(kith_index_open(w->path, secret, &old, &err), &err);
	must(kith_index_builder_new(old, NULL, &b, &err), &err);
	for (i = 0; i < 6; i++) {
		must(kith_index_builder_can_reuse(b, &x[i], &can, &err), &err);
		if (can != expected[i])
			fail_msg("source %zu: %s", i, can ? "reused" : "not reused");
	}
	kith_index_builder_free(b);
	kith_index_free(old);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_the_same_as_complete, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_what_is_reused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
