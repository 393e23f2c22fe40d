/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_index PROOFS SOURCES FOLDER: makes so many signed proofs in so many sources, a tenth of
 * them trust, the rest reviews, each source an id's; measures only what the index takes of time and
 * memory: to verify and write them, to be made again from bytes, and again with one source changed.
 * FOLDER becomes a KITH_HOME without mirrors whose index it is; prints an id that many are led
 * from.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "codec/base64.h"
#include "crypto/crypto.h"
#include "index/index.h"
#include "store/secret.h"
#include "store/store.h"

#define NAMES 20000

struct maker {
	struct kith_id *ids;
	size_t n_ids;
	struct kith_buf file;
	struct kith_dirs dirs;
	char *path;
	uint8_t secret[KITH_SECRET_BYTES];
	struct kith_digest state;
	double spent, cpu; /* seconds of the index only */
};

static double
seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
start(struct maker *m)
{
	m->spent -= seconds(CLOCK_MONOTONIC);
	m->cpu -= seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void
stop(struct maker *m)
{
	m->spent += seconds(CLOCK_MONOTONIC);
	m->cpu += seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void
seed_of(size_t who, uint8_t seed[KITH_SEED_BYTES])
{
	memset(seed, 0, KITH_SEED_BYTES);
	memcpy(seed, &who, sizeof(who));
}

static int
make_ids(struct maker *m, struct kith_error *err)
{
	uint8_t seed[KITH_SEED_BYTES];
	size_t i;

	m->ids = kith_calloc(m->n_ids, sizeof(*m->ids));
	if (!m->ids)
		return kith_fail_nomem(err);
	for (i = 0; i < m->n_ids; i++) {
		seed_of(i, seed);
		kith_ed25519_public(seed, &m->ids[i]);
	}
	return KITH_OK;
}

/* As text, not by the library's writer, which reads and verifies again what it wrote. */
static void
put_body(const struct maker *m, struct kith_buf *b, size_t n, size_t who)
{
	size_t mixed = n * 2654435761U >> 7;
	char id[KITH_ID_TEXT + 1], other[KITH_ID_TEXT + 1];
	struct kith_id key;

	kith_base64_id(id, m->ids[who].bytes);
	kith_buf_printf(b, "kind: %s\nversion: -1\ndate: ", n % 10 ? "package review" : "trust");
	kith_time_put_offset(b, (struct kith_time){1600000000 + (int64_t)n, 0}, 0);
	kith_buf_printf(b, "\nfrom:\n  id-type: crev\n  id: %s\n", id);
	if (n % 10 == 0) {
		kith_base64_id(other, m->ids[mixed % m->n_ids].bytes);
		kith_buf_printf(b, "ids:\n- id-type: crev\n  id: %s\ntrust: high\n", other);
		return;
	}
	memset(&key, 0, sizeof(key));
	memcpy(key.bytes, &mixed, sizeof(mixed));
	kith_base64_id(other, key.bytes);
	kith_buf_printf(b,
			"package:\n  source: https://crates.io\n  name: package-%04zu\n"
			"  version: 1.%zu.0\n  digest: %s\nreview:\n  thoroughness: low\n"
			"  understanding: medium\n  rating: positive\n",
			mixed % NAMES, mixed % NAMES, other);
}

static int
put_proof(struct maker *m, size_t n, size_t who, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf body;
	uint8_t seed[KITH_SEED_BYTES], sig[KITH_SIG_BYTES];
	int r;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	put_body(m, &body, n, who);
	r = kith_buf_check(&body, err);
	if (r)
		return r;
	seed_of(who, seed);
	kith_ed25519_sign(seed, kith_buf_span(&body), sig);
	kith_buf_put_str(&m->file, "----- BEGIN CREV PROOF -----\n");
	kith_buf_put_span(&m->file, kith_buf_span(&body));
	kith_buf_put_str(&m->file, "----- SIGN CREV PROOF -----\n");
	kith_base64_put(&m->file, sig, sizeof(sig));
	kith_buf_put_str(&m->file, "\n----- END CREV PROOF -----\n\n");
	return kith_buf_check(&m->file, err);
}

/* Signing takes as long as verifying: not measured. `version`: of the first source. */
static int
add_source(struct maker *m, struct kith_index_builder *b, size_t i, size_t each, unsigned version,
	   bool may_reuse, struct kith_error *err)
{
	struct kith_index_source s = {.commit = KITH_SPAN_LIT("0")};
	char name[64];
	bool reuse = false;
	size_t k;
	int r = KITH_OK;

	snprintf(name, sizeof(name), "https://example.org/%zu", i);
	s.url = s.name = kith_span_str(name);
	if (!i)
		s.commit = version ? KITH_SPAN_LIT("2") : KITH_SPAN_LIT("1");
	start(m);
	if (may_reuse)
		r = kith_index_builder_can_reuse(b, &s, &reuse, err);
	if (!r && reuse)
		r = kith_index_builder_reuse(b, &s, err);
	stop(m);
	if (r || reuse)
		return r;
	kith_buf_reset(&m->file);
	for (k = 0; !r && k < each + (i ? 0 : version); k++)
		r = put_proof(m, i + k * m->n_ids, i, err);
	start(m);
	if (!r)
		r = kith_index_builder_source(b, &s, err);
	if (!r)
		r = kith_index_builder_file(b, KITH_SPAN_LIT("p.crev"), kith_buf_span(&m->file),
					    err);
	stop(m);
	return r;
}

static int
build(struct maker *m, const char *what, size_t proofs, unsigned version, bool with_old, bool reuse,
      struct kith_error *err)
{
	KITH_CLEANUP(kith_index_freep) struct kith_index *old = NULL;
	struct kith_index_builder *b = NULL;
	struct kith_index_totals t;
	struct rusage ru;
	size_t i;
	int r = KITH_OK;

	m->spent = m->cpu = 0;
	start(m);
	if (with_old)
		r = kith_index_open(m->path, m->secret, &old, err);
	if (!r)
		r = kith_index_builder_new(old, m->dirs.cache, &b, err);
	stop(m);
	for (i = 0; !r && i < m->n_ids; i++)
		r = add_source(m, b, i, proofs / m->n_ids, version, reuse, err);
	start(m);
	if (!r)
		r = kith_index_builder_write(b, m->path, m->secret, &m->state, &t, err);
	kith_index_builder_free(b);
	stop(m);
	if (r)
		return r;
	getrusage(RUSAGE_SELF, &ru);
	printf("%-32s %8llu proofs of %5zu sources  wall %7.2f s  cpu %7.2f s  %7.0f proofs/s  "
	       "largest so far %4.0f MB\n",
	       what, (unsigned long long)t.valid, m->n_ids, m->spent, m->cpu,
	       (double)t.valid / m->spent, (double)ru.ru_maxrss / 1024);
	return KITH_OK;
}

static int
run(struct maker *m, size_t proofs, const char *folder, struct kith_error *err)
{
	const struct kith_dirs_env env = {.kith_home = folder};
	char text[KITH_ID_TEXT + 1];
	int r;

	r = make_ids(m, err);
	if (!r)
		r = kith_dirs_init(&m->dirs, &env, err);
	if (!r)
		r = kith_fs_mkdirs(m->dirs.cache, 0700, err);
	if (!r)
		r = kith_secret_load(m->dirs.data, m->secret, err);
	if (!r)
		r = kith_store_state(&m->dirs, &m->state, err);
	if (!r && !(m->path = kith_fs_join(m->dirs.cache, "index")))
		r = kith_fail_nomem(err);
	if (!r)
		r = build(m, "verified", proofs, 0, false, false, err);
	if (!r)
		r = build(m, "read again, verified before", proofs, 0, true, false, err);
	if (!r)
		r = build(m, "one new proof", proofs, 1, true, true, err);
	if (r)
		return r;
	kith_base64_id(text, m->ids[0].bytes);
	printf("root %s\n", text);
	return KITH_OK;
}

int
main(int argc, char **argv)
{
	static struct maker m;
	struct kith_error err;
	uint64_t proofs = 0, sources = 0;
	int r;

	if (argc != 4 || !kith_span_u64(kith_span_str(argv[1]), &proofs) ||
	    !kith_span_u64(kith_span_str(argv[2]), &sources) || !sources || kith_crypto_init(&err))
		return 2;
	m.n_ids = (size_t)sources;
	kith_buf_init(&m.file, KITH_MAX_PROOF_FILE);
	r = run(&m, (size_t)proofs, argv[3], &err);
	if (r)
		fprintf(stderr, "bench_index: %s\n", err.msg);
	kith_buf_clear(&m.file);
	kith_dirs_clear(&m.dirs);
	free(m.path);
	free(m.ids);
	return r ? 1 : 0;
}
