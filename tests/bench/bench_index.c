/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_index PROOFS SOURCES FOLDER: makes so many signed reviews in so many sources, and measures
 * only what the index takes of time and memory to verify and write them, and to be made again.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "index/index.h"
#include "proof/write.h"

#define IDS 500

struct maker {
	uint8_t seeds[IDS][KITH_SEED_BYTES];
	struct kith_id ids[IDS];
	struct kith_buf file;
	double spent;
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
put_review(struct maker *m, size_t n, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf body;
	char name[32], version[32];
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW,
			       .date = {1600000000 + (int64_t)n, 0},
			       .thoroughness = KITH_LEVEL_LOW,
			       .understanding = KITH_LEVEL_MEDIUM,
			       .rating = KITH_RATING_POSITIVE};
	size_t who = n % IDS;
	int r;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	p.from.id = m->ids[who];
	p.from.valid = true;
	snprintf(name, sizeof(name), "package-%zu", n % 20000);
	snprintf(version, sizeof(version), "1.%zu.0", n / 20000);
	p.package.source = KITH_SPAN_LIT(KITH_CRATES_IO);
	p.package.name = kith_span_str(name);
	p.package.version = kith_span_str(version);
	p.package.digest_valid = true;
	memcpy(p.package.digest.bytes, &n, sizeof(n));
	r = kith_proof_write_body(&p, &body, err);
	if (!r)
		r = kith_proof_sign(kith_buf_span(&body), m->seeds[who], &m->file, err);
	kith_buf_put_char(&m->file, '\n');
	return r;
}

static int
build(struct maker *m, struct kith_index *old, size_t proofs, size_t sources, const char *folder,
      const char *path, struct kith_error *err)
{
	static const uint8_t secret[KITH_INDEX_SECRET_BYTES] = {1};
	static const struct kith_digest state = {{1}};
	struct kith_index_source s = {.name = KITH_SPAN_LIT("source")};
	struct kith_index_builder *b;
	struct kith_index_totals t;
	size_t i, k, n = 0;
	double start;
	int r = kith_index_builder_new(old, folder, &b, err);

	m->spent = 0;
	for (i = 0; !r && i < sources; i++) {
		kith_buf_reset(&m->file);
		for (k = 0; !r && k < proofs / sources; k++)
			r = put_review(m, n++, err);
		start = now();
		if (!r)
			r = kith_index_builder_source(b, &s, err);
		if (!r)
			r = kith_index_builder_file(b, KITH_SPAN_LIT("p.crev"),
						    kith_buf_span(&m->file), err);
		m->spent += now() - start;
	}
	start = now();
	if (!r)
		r = kith_index_builder_write(b, path, secret, &state, &t, err);
	m->spent += now() - start;
	kith_index_builder_free(b);
	if (!r)
		printf("%zu sources, %llu valid proofs: %.2f s, %.0f proofs/s\n", sources,
		       (unsigned long long)t.valid, m->spent, (double)t.valid / m->spent);
	return r;
}

static int
run(size_t proofs, size_t sources, const char *folder, struct kith_error *err)
{
	static struct maker m;
	KITH_AUTO_FREE char *path = kith_fs_join(folder, "index");
	static const uint8_t secret[KITH_INDEX_SECRET_BYTES] = {1};
	struct kith_index *old = NULL;
	struct rusage ru;
	size_t i;
	int r;

	kith_buf_init(&m.file, KITH_MAX_PROOF_FILE);
	for (i = 0; i < IDS; i++) {
		memcpy(m.seeds[i], &i, sizeof(i));
		kith_ed25519_public(m.seeds[i], &m.ids[i]);
	}
	r = build(&m, NULL, proofs, sources, folder, path, err);
	if (!r)
		r = kith_index_open(path, secret, &old, err);
	if (!r)
		r = build(&m, old, proofs, sources, folder, path, err);
	kith_index_free(old);
	kith_buf_clear(&m.file);
	getrusage(RUSAGE_SELF, &ru);
	printf("largest %.0f MB\n", (double)ru.ru_maxrss / 1024);
	return r;
}

int
main(int argc, char **argv)
{
	struct kith_error err;
	uint64_t proofs = 0, sources = 0;

	if (argc != 4 || !kith_span_u64(kith_span_str(argv[1]), &proofs) ||
	    !kith_span_u64(kith_span_str(argv[2]), &sources) || !sources || kith_crypto_init(&err))
		return 2;
	if (!run((size_t)proofs, (size_t)sources, argv[3], &err))
		return 0;
	fprintf(stderr, "bench_index: %s\n", err.msg);
	return 1;
}
