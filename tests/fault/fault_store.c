/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of the store's own work and of the helper protocol fails once. */
#include <unistd.h>

#include "crypto/crypto.h"
#include "fault/wrap.h"
#include "store/carry.h"
#include "store/journal.h"
#include "store/meta.h"
#include "store/seen.h"

static char home[] = "/tmp/kith-fault.XXXXXX";

static int
frames(struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_channel ch;
	struct kith_frame f;
	struct kith_error in = {.code = KITH_E_NET};
	int fds[2], r;

	kith_buf_init(&b, KITH_MIB(1));
	kith_frame_put_hello(&b, "x");
	kith_frame_put_error(&b, &in);
	r = kith_buf_check(&b, err);
	if (r || pipe(fds))
		return r ? r : KITH_E_IO;
	r = kith_fs_write_full(fds[1], b.ptr, b.len, err);
	close(fds[1]);
	kith_channel_init(&ch, fds[0], -1);
	while (!r)
		r = kith_channel_recv(&ch, &f, err);
	kith_channel_clear(&ch);
	close(fds[0]);
	return r == KITH_E_NOTFOUND ? KITH_OK : r;
}

static int
mirrors(struct kith_error *err)
{
	KITH_AUTO_DIRS struct kith_dirs d = {.view = NULL};
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	KITH_AUTO_MIRRORS struct kith_mirrors m = {NULL, 0};
	struct kith_dirs_env env = {.kith_home = home};
	struct kith_digest state;
	int r = kith_dirs_init(&d, &env, err);

	if (!r)
		r = kith_source_resolve("https://example.org/x", &s, err);
	kith_source_clear(&s);
	if (!r)
		r = kith_source_resolve("/tmp", &s, err);
	kith_source_clear(&s);
	if (!r)
		r = kith_source_resolve_as("https://example.org/x", KITH_SOURCE_VET,
					   "a/audits.toml", &s, err);
	if (!r)
		r = kith_store_kind_state(&d, KITH_SOURCE_VET, &state, err);
	if (!r)
		r = kith_store_mirrors(&d, &m, err);
	if (!r && (m.count != 2 || m.items[0].damaged))
		return KITH_E_INTERNAL;
	return r ? r : kith_store_state(&d, &state, err);
}

static int
journal(struct kith_error *err)
{
	static const char text[] =
	    "kith-journal 1\nhead 1 0 - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa first\n"
	    "new 0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	    "gone 0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nread 0\n";
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	int r = kith_journal_parse(kith_span_str(text), &j, err);

	return r ? r : j.n_heads == 1 && j.n_news == 1 && j.n_gone == 1 ? KITH_OK : KITH_E_INTERNAL;
}

static int
seen(struct kith_error *err)
{
	KITH_AUTO_DIRS struct kith_dirs d = {.view = NULL};
	struct kith_dirs_env env = {.kith_home = home};
	struct kith_seen_want w = {.key = KITH_SPAN_LIT("cargo - a 1.0.0"),
				   .checksum = KITH_SPAN_LIT("aa")};
	const bool marked = true;
	KITH_AUTO_BUF struct kith_buf text;
	int r = kith_dirs_init(&d, &env, err);

	kith_buf_init(&text, KITH_MAX_SEEN);
	if (!r)
		r = kith_seen_note(&d, &w, &marked, 1, 5, err);
	if (!r)
		r = kith_seen_read(&d, &text, err);
	if (!r)
		r = kith_seen_look(kith_buf_span(&text), &w, 1, err);
	return r || w.answer == KITH_SEEN_SAME ? r : KITH_E_INTERNAL;
}

/* Cleared where nothing fails: what its folder holds is then left behind, and that is no error. */
static struct kith_carried carried;

static int
carry(struct kith_error *err)
{
	static const char text[] =
	    "# kith evidence 1\nsource 111\nkith-source 1\nkind url\nlocation "
	    "https://example.org/x\nhead aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nsuccess 50\n"
	    "journal 15\nkith-journal 1\nwhole 0\nend 0\n";
	KITH_AUTO_DIRS struct kith_dirs d = {.view = NULL};
	struct kith_dirs_env env = {.kith_home = home};
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	char path[sizeof(home) + 8];
	bool older;
	int r = kith_dirs_init(&d, &env, err);

	snprintf(path, sizeof(path), "%s/stick", home);
	if (!r)
		r = kith_fs_replace(path, kith_span_str(text), 0600, err);
	if (!r)
		r = kith_carry_unpack(path, home, &carried, err);
	return r ? r : kith_carry_prepare(&d, &carried.items[0], &s, &older, err);
}

static int
write_mirror(void)
{
	KITH_AUTO_DIRS struct kith_dirs d = {.view = NULL};
	struct kith_dirs_env env = {.kith_home = home};
	KITH_CLEANUP(kith_mirror_clear) struct kith_mirror m = {.own = false};
	KITH_AUTO_FREE char *path = NULL;
	struct kith_error err;
	int r = kith_dirs_init(&d, &env, &err);

	if (!r)
		r = kith_source_resolve("https://example.org/x", &m.source, &err);
	path = kith_asprintf("%s/mirrors", home);
	if (!r)
		r = kith_fs_mkdirs(path, 0700, &err);
	free(path);
	path = kith_asprintf("%s/proofs/own/.git", home);
	if (!r)
		r = kith_fs_mkdirs(path, 0700, &err);
	return r ? r : kith_meta_write(&d, &m, &err);
}

static int
try_all(int (*work)(struct kith_error *err))
{
	struct kith_error err;
	bool hit;
	size_t n;
	int r;

	for (n = 1;; n++) {
		fault_arm(n);
		r = work(&err);
		hit = fault_hit();
		fault_arm(0);
		kith_carried_clear(&carried);
		if (!hit)
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fault_arm(0);
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	printf("%zu allocations\n", n - 1);
	return r != KITH_OK || n < 3;
}

int
main(void)
{
	struct kith_error err;
	int bad;

	if (!mkdtemp(home) || kith_crypto_init(&err) || write_mirror())
		return 2;
	bad =
	    try_all(frames) | try_all(mirrors) | try_all(journal) | try_all(seen) | try_all(carry);
	return kith_fs_remove_tree(home, NULL) || bad;
}
