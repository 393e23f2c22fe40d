/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: an own repository taken over, looked at; a program that is run. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "codec/base64.h"
#include "fault/wrap.h"
#include "helper/run.h"
#include "proof/write.h"
#include "store/own.h"

#define MOST 100000

static char root[] = "/tmp/kith-fault-XXXXXX";
static struct kith_dirs dirs;
static struct kith_id id;

static const char *
in_root(const char *name)
{
	static char path[2][512];
	static unsigned turn;

	turn ^= 1;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", root, name);
	return path[turn];
}

static int
count(void *ctx, const struct kith_proof *p, struct kith_error *err)
{
	(void)p;
	(void)err;
	++*(size_t *)ctx;
	return KITH_OK;
}

static int
take_over(struct kith_error *err)
{
	const struct kith_own_options o = {.id = id, .url = "https://example.org/a"};
	KITH_AUTO_OWN struct kith_own *own = NULL;
	size_t n = 0;
	int r = kith_fs_remove_tree(in_root("kh/proofs"), err);

	if (!r)
		r = kith_own_adopt(&dirs, &o, in_root("theirs"), err);
	if (!r)
		r = kith_own_look(&dirs, &o, &own, err);
	if (!r)
		r = kith_own_each(own, count, &n, err);
	if (!r && n != 1)
		r = kith_fail(err, KITH_E_INTERNAL, "%zu proofs where there is one", n);
	return r;
}

static int
run_one(struct kith_error *err)
{
	static const char *const argv[] = {"true", "x", NULL};
	static const char *const env[] = {"HOME", "PATH", NULL};
	static const char *const set[] = {"A=b", NULL};
	const struct kith_run run = {
	    .argv = argv, .folder = "/", .env = env, .set = set, .timeout_s = 30};
	int status = 1;
	int r = kith_run_program(&run, &status, err);

	return r || !status ? r : kith_fail(err, KITH_E_INTERNAL, "status %d", status);
}

static int
write_file(const char *name, struct kith_span text)
{
	return kith_fs_replace(in_root(name), text, 0600, NULL);
}

static int
prepare(void)
{
	const uint8_t seed[KITH_SEED_BYTES] = {7};
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW,
			       .thoroughness = KITH_LEVEL_LOW,
			       .understanding = KITH_LEVEL_LOW,
			       .rating = KITH_RATING_POSITIVE};
	KITH_AUTO_BUF struct kith_buf body, proof;
	struct kith_dirs_env env = {.kith_home = in_root("kh")};

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	kith_buf_init(&proof, KITH_MAX_PROOF_BODY + 1024);
	kith_ed25519_public(seed, &id);
	p.from.id = id;
	p.from.valid = true;
	p.package.source = KITH_SPAN_LIT("https://crates.io");
	p.package.name = KITH_SPAN_LIT("a");
	p.package.version = KITH_SPAN_LIT("1.0.0");
	p.package.digest_valid = true;
	p.date.sec = 1;
	if (kith_dirs_init(&dirs, &env, NULL) || kith_proof_write_body(&p, &body, NULL) ||
	    kith_proof_sign(kith_buf_span(&body), seed, &proof, NULL) ||
	    kith_fs_mkdirs(in_root("theirs/.git/refs"), 0700, NULL) ||
	    write_file("theirs/.git/HEAD", KITH_SPAN_LIT("ref: refs/heads/main\n")) ||
	    write_file("theirs/.git/index.lock", KITH_SPAN_LIT("x")) ||
	    write_file("theirs/a.proof.crev", kith_buf_span(&proof)))
		return -1;
	return symlink("HEAD", in_root("theirs/.git/link"));
}

/* Until it works without having been hit: then every allocation has failed once. */
static int
each(const char *name, int (*work)(struct kith_error *err))
{
	struct kith_error err;
	size_t n;
	int r;

	for (n = 1; n < MOST; n++) {
		memset(&err, 0, sizeof(err));
		fault_arm(n);
		r = work(&err);
		if (!fault_hit()) {
			fault_arm(0);
			if (r)
				printf("%s: %s\n", name, err.msg);
			else
				printf("%s: %zu allocations\n", name, n - 1);
			return r || n < 3;
		}
		fault_arm(0);
		if (r && r != KITH_E_NOMEM) {
			printf("%s, allocation %zu: %d %s\n", name, n, r, err.msg);
			return 1;
		}
	}
	return 1;
}

int
main(void)
{
	struct kith_error err;
	int bad;

	if (kith_crypto_init(&err) || !mkdtemp(root) || prepare())
		return 2;
	bad = each("taking over", take_over) | each("running", run_one);
	kith_dirs_clear(&dirs);
	if (kith_fs_remove_tree(root, NULL))
		bad = 1;
	return bad;
}
