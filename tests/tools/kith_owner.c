/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes proofs into own repositories as `kith review` does, with a published seed instead of an
 * unlocked key: for tests of the store alone.
 *
 * usage: kith_owner HOME URL [--seed N] [--no-commit] [--now TIME] [--count N] add NAME VERSION
 *        kith_owner HOME URL clone | kith_owner HOME URL move TO | kith_owner HOME URL list
 */
#include "base/base.h"
#include "codec/base64.h"
#include "crypto/crypto.h"
#include "proof/write.h"
#include "store/own.h"

struct args {
	const char *home, *url, *verb, *a, *b;
	uint8_t seed[KITH_SEED_BYTES];
	bool no_commit;
	struct kith_time now;
	unsigned count;
};

static int
complain(const struct kith_error *err)
{
	fprintf(stderr, "%s\n", err->msg);
	if (err->hint[0])
		fprintf(stderr, "hint: %s\n", err->hint);
	return kith_code_exit(err->code);
}

static int
add_one(struct kith_own *own, const struct args *a, const struct kith_id *id,
	struct kith_error *err)
{
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW,
			       .thoroughness = KITH_LEVEL_LOW,
			       .understanding = KITH_LEVEL_LOW,
			       .rating = KITH_RATING_POSITIVE};
	KITH_AUTO_BUF struct kith_buf body, proof;
	bool behind;
	int r;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	kith_buf_init(&proof, KITH_MAX_PROOF_BODY + 1024);
	p.from.id = *id;
	p.from.valid = true;
	p.from.url = kith_span_str(a->url);
	p.package.source = KITH_SPAN_LIT("https://crates.io");
	p.package.name = kith_span_str(a->a);
	p.package.version = kith_span_str(a->b);
	p.package.digest_valid = true;
	r = kith_own_date(own, &p, a->now, &p.date, &behind, err);
	if (!r)
		r = kith_proof_write_body(&p, &body, err);
	if (!r)
		r = kith_proof_sign(kith_buf_span(&body), a->seed, &proof, err);
	if (!r)
		r = kith_own_add(own, kith_buf_span(&proof), err);
	if (!r && behind)
		printf("behind\n");
	return r;
}

static int
add(const struct kith_dirs *dirs, const struct kith_own_options *o, const struct args *a,
    struct kith_error *err)
{
	KITH_AUTO_OWN struct kith_own *own = NULL;
	struct kith_own_stored stored = {0};
	unsigned i;
	int r = kith_own_open(dirs, o, &own, err);

	for (i = 0; !r && i < a->count; i++)
		r = add_one(own, a, &o->id, err);
	if (!r)
		r = kith_own_commit(own, a->no_commit ? NULL : "Add review\nfor a test", &stored,
				    err);
	if (stored.proofs)
		printf("stored %zu in %zu\t%s\t%s\n", stored.proofs, stored.files, stored.path,
		       stored.commit[0] ? "committed" : "not committed");
	if (stored.warning[0])
		printf("warning: %s\n", stored.warning);
	return r;
}

static int
print_proof(void *ctx, const struct kith_proof *p, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;

	(void)ctx;
	kith_buf_init(&b, 100);
	kith_time_put_rfc3339(&b, p->date);
	printf("%.*s %.*s %s\n", KITH_SPAN_FMT(p->package.name), KITH_SPAN_FMT(p->package.version),
	       kith_buf_str(&b));
	return kith_buf_check(&b, err);
}

static int
run(const struct args *a, struct kith_error *err)
{
	const struct kith_dirs_env env = {.kith_home = a->home};
	KITH_AUTO_DIRS struct kith_dirs dirs;
	struct kith_own_options o = {.libexec = KITH_BUILD_DIR, .url = a->url};
	KITH_AUTO_OWN struct kith_own *own = NULL;
	bool empty;
	int r = kith_dirs_init(&dirs, &env, err);

	if (r)
		return r;
	kith_ed25519_public(a->seed, &o.id);
	if (strcmp(a->verb, "add") == 0)
		return add(&dirs, &o, a, err);
	if (strcmp(a->verb, "move") == 0)
		return kith_own_move(&dirs, &o, a->a, err);
	if (strcmp(a->verb, "clone") == 0) {
		r = kith_own_clone(&dirs, &o, &empty, err);
		if (!r)
			printf("%s\n", empty ? "empty" : "cloned");
		return r;
	}
	r = kith_own_open(&dirs, &o, &own, err);
	if (!r)
		printf("%s\n", kith_own_folder(own));
	return r ? r : kith_own_each(own, print_proof, NULL, err);
}

static bool
take_option(struct args *a, const char *name, const char *value)
{
	uint64_t n = 0;

	if (!value)
		return false;
	if (strcmp(name, "--now") == 0)
		return kith_time_parse(kith_span_str(value), &a->now, NULL);
	if (!kith_span_u64(kith_span_str(value), &n) || n > 100000)
		return false;
	if (strcmp(name, "--seed") == 0)
		memset(a->seed, (int)(n & 0xff), sizeof(a->seed));
	else if (strcmp(name, "--count") == 0)
		a->count = (unsigned)n;
	else
		return false;
	return true;
}

int
main(int argc, char **argv)
{
	struct args a = {.count = 1, .now = kith_time_now()};
	const char *words[5] = {NULL};
	struct kith_error err;
	int i, n = 0;

	memset(a.seed, 7, sizeof(a.seed));
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--no-commit") == 0)
			a.no_commit = true;
		else if (strncmp(argv[i], "--", 2) == 0) {
			if (!take_option(&a, argv[i], argv[i + 1]))
				return 2;
			i++;
		} else if (n < 5)
			words[n++] = argv[i];
	}
	if (n < 3)
		return 2;
	a.home = words[0];
	a.url = words[1];
	a.verb = words[2];
	a.a = words[3] ? words[3] : "";
	a.b = words[4] ? words[4] : "";
	if (kith_crypto_init(&err) || run(&a, &err))
		return complain(&err);
	return 0;
}
