/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of publishing fails once: a clean KITH_E_NOMEM or it is published, nothing
 * leaked, and what was signed is all there the next time. The server is a bare repository here.
 */
#include <stdio.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "fault/wrap.h"
#include "proof/write.h"
#include "store/own.h"

#define MOST 20000

static char root[] = "/tmp/kith-fault-XXXXXX";
static struct kith_dirs dirs;
static struct kith_own_options own_options = {.libexec = KITH_BUILD_DIR,
					      .url = "https://example.org/a"};

static char *
in_root(const char *name)
{
	static char path[4][512];
	static unsigned turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", root, name);
	return path[turn];
}

static int
add_review(struct kith_own *own, const uint8_t *seed, const char *name, struct kith_error *err)
{
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW,
			       .thoroughness = KITH_LEVEL_LOW,
			       .understanding = KITH_LEVEL_LOW,
			       .rating = KITH_RATING_POSITIVE};
	KITH_AUTO_BUF struct kith_buf body;
	KITH_AUTO_BUF struct kith_buf proof;
	int r;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	kith_buf_init(&proof, KITH_MAX_PROOF_BODY + 1024);
	p.from.id = own_options.id;
	p.from.valid = true;
	p.from.url = kith_span_str(own_options.url);
	p.package.source = KITH_SPAN_LIT("https://crates.io");
	p.package.name = kith_span_str(name);
	p.package.version = KITH_SPAN_LIT("1.0.0");
	p.package.digest_valid = true;
	p.date.sec = 1;
	r = kith_proof_write_body(&p, &body, err);
	if (!r)
		r = kith_proof_sign(kith_buf_span(&body), seed, &proof, err);
	return r ? r : kith_own_add(own, kith_buf_span(&proof), err);
}

/* The repository's own URL stays what proofs say; what is pushed goes to the server here. */
static int
set_server(const struct kith_own *own, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_asprintf("%s/.git/config", kith_own_folder(own));
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(64));
	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_read(path, &b, err);
	kith_buf_printf(&b, "[remote \"origin\"]\n\tpushurl = %s\n\turl = %s\n",
			in_root("server.git"), in_root("server.git"));
	if (!r && kith_own_folder(own)[0] != '/')
		r = kith_fail(err, KITH_E_INTERNAL, "where is it?");
	return r ? r : kith_fs_replace(path, kith_buf_span(&b), 0600, err);
}

static int
prepare(struct kith_error *err)
{
	const uint8_t seed[KITH_SEED_BYTES] = {9};
	struct kith_dirs_env env = {.kith_home = in_root("kh")};
	KITH_AUTO_OWN struct kith_own *own = NULL;
	struct kith_own_stored stored;
	int r;

	kith_ed25519_public(seed, &own_options.id);
	r = kith_dirs_init(&dirs, &env, err);
	if (!r)
		r = kith_fs_mkdirs(in_root("server.git/objects/pack"), 0700, err);
	if (!r)
		r = kith_fs_mkdirs(in_root("server.git/refs/heads"), 0700, err);
	if (!r)
		r = kith_fs_replace(in_root("server.git/HEAD"),
				    KITH_SPAN_LIT("ref: refs/heads/main\n"), 0600, err);
	if (!r)
		r = kith_fs_replace(in_root("server.git/config"),
				    KITH_SPAN_LIT("[core]\n\tbare = true\n"
						  "\trepositoryformatversion = 0\n"),
				    0600, err);
	if (!r)
		r = kith_own_open(&dirs, &own_options, &own, err);
	if (!r)
		r = add_review(own, seed, "a", err);
	if (!r)
		r = add_review(own, seed, "b", err);
	if (!r)
		r = kith_own_commit(own, "Add reviews", &stored, err);
	return r ? r : set_server(own, err);
}

static int
plan(void *ctx, const struct kith_own_plan *p, struct kith_error *err)
{
	(void)err;
	*(size_t *)ctx = p->n_proofs;
	return KITH_OK;
}

static int
publish(bool dry_run, struct kith_error *err)
{
	size_t planned = 0;
	const struct kith_own_publish_options o = {
	    .dry_run = dry_run, .plan = plan, .ctx = &planned};
	KITH_AUTO_OWN struct kith_own *own = NULL;
	struct kith_own_published done;
	int r;

	r = kith_own_open(&dirs, &own_options, &own, err);
	if (!r)
		r = kith_own_publish(own, &o, &done, err);
	if (!r && (planned != 2 || done.proofs != 2 || done.refused || !done.first))
		r = kith_fail(err, KITH_E_INTERNAL, "%zu proofs planned, %zu published", planned,
			      done.proofs);
	return r;
}

/* A server that has nothing, as before. */
static int
forget(struct kith_error *err)
{
	int r = kith_fs_remove_tree(in_root("server.git/refs"), err);

	(void)!unlink(in_root("server.git/packed-refs"));
	return r ? r : kith_fs_mkdirs(in_root("server.git/refs/heads"), 0700, err);
}

static int
each(bool dry_run)
{
	const char *name = dry_run ? "dry run" : "publishing";
	struct kith_error err;
	size_t n, failed = 0;
	int r;

	for (n = 1; n < MOST; n++) {
		memset(&err, 0, sizeof(err));
		if (forget(&err)) {
			printf("%s\n", err.msg);
			return 1;
		}
		fault_arm(n);
		r = publish(dry_run, &err);
		if (!fault_hit()) {
			fault_arm(0);
			if (r)
				printf("%s: %s\n", name, err.msg);
			else
				printf("%s: %zu allocations, %zu of them needed\n", name, n - 1,
				       failed);
			return r || failed < 20;
		}
		fault_arm(0);
		failed += r != 0;
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

	memset(&err, 0, sizeof(err));
	if (kith_crypto_init(&err) || !mkdtemp(root) || prepare(&err)) {
		printf("%s\n", err.msg);
		return 2;
	}
	/* what may be anywhere in a user's configuration is none of this test's */
	setenv("HOME", root, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	bad = each(true) | each(false);
	kith_dirs_clear(&dirs);
	if (kith_fs_remove_tree(root, NULL))
		bad = 1;
	return bad;
}
