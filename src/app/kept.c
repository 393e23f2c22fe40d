/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether git keeps the lock file. The repository is the project's, so it is anybody's: kith-git
 * looks into it. What it said is remembered for the state of the few files that it follows from,
 * so that a warm verdict starts no helper; what is remembered is authenticated, since whoever
 * writes into the cache must not silence a finding.
 */
#include <stdlib.h>

#include "app/judge.h"
#include "crypto/crypto.h"
#include "store/look.h"

#define FOLDER    "kept"
#define RACY_NS   ((int64_t)2000000000) /* younger: another change may have the same time */
#define LOCK      "Cargo.lock"
#define MANIFEST  "Cargo.toml"
#define MAX_STATE KITH_KIB(64)

enum { IGNORED = 1, FOLDER_IGNORED = 2, IN_HEAD = 4, HEAD_MANIFEST = 8, SAME = 16, KNOWN = 32 };

struct asker {
	struct kith_app_run *run;
	struct kith_worktree tree;
	char *lock, *manifest; /* below the top */
	struct kith_buf state; /* what the answer follows from */
	int64_t youngest;      /* time of it */
	unsigned bits;
};

/* --- the state --- */

static void
add_stamp(struct asker *a, const char *path)
{
	struct kith_fs_stamp s = {0};
	bool there = path && kith_fs_stamp(path, &s);

	kith_buf_put_char(&a->state, there ? '1' : '0');
	kith_buf_put(&a->state, &s, sizeof(s));
	if (s.mtime_ns > a->youngest)
		a->youngest = s.mtime_ns;
	if (s.ctime_ns > a->youngest)
		a->youngest = s.ctime_ns;
}

static void
add_file(struct asker *a, const char *dir, const char *name)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, name);

	if (!path)
		a->state.failed = KITH_E_NOMEM;
	add_stamp(a, path);
}

/* The branch that HEAD is on moves with each commit; a HEAD that names a commit is its own. */
static void
add_head(struct asker *a)
{
	KITH_AUTO_FREE char *path = kith_fs_join(a->tree.git_dir, "HEAD");
	KITH_AUTO_FREE char *branch = NULL;
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_span s;

	kith_buf_init(&text, KITH_MAX_PATH);
	add_stamp(a, path);
	if (!path || kith_fs_read(path, &text, NULL))
		return;
	s = kith_span_trim(kith_buf_span(&text));
	kith_buf_put_span(&a->state, s);
	if (!kith_span_skip(&s, "ref: ") || memchr(s.ptr, '\0', s.len))
		return;
	branch = kith_strndup(s.ptr, s.len);
	add_file(a, a->tree.common_dir, branch ? branch : "");
}

/* Each folder from the project up to the top may have rules. */
static void
add_rules(struct asker *a)
{
	KITH_AUTO_FREE char *dir =
	    kith_strndup(a->run->project->root, strlen(a->run->project->root));
	size_t top = strlen(a->tree.top);
	char *slash;

	while (dir) {
		add_file(a, dir, ".gitignore");
		slash = strrchr(dir, '/');
		if (strlen(dir) <= top || !slash || slash == dir)
			break;
		*slash = '\0';
	}
}

static int
add_state(struct asker *a, struct kith_error *err)
{
	kith_buf_put_str(&a->state, "kith kept 1");
	kith_buf_put(&a->state, a->run->project->lock_path, strlen(a->run->project->lock_path) + 1);
	add_head(a);
	add_file(a, a->tree.common_dir, "packed-refs");
	add_file(a, a->tree.common_dir, "config");
	add_file(a, a->tree.common_dir, "info/exclude");
	add_rules(a);
	add_stamp(a, a->run->project->lock_path);
	add_file(a, a->run->project->root, MANIFEST);
	return kith_buf_check(&a->state, err);
}

/* --- what is remembered --- */

struct memory {
	uint8_t mac[KITH_DIGEST_BYTES];
	uint8_t bits;
};

static void
mac_of(const struct asker *a, uint8_t bits, uint8_t ret_mac[KITH_DIGEST_BYTES],
       struct kith_buf *scratch)
{
	struct kith_digest mac;

	kith_buf_reset(scratch);
	kith_buf_put_span(scratch, kith_buf_span(&a->state));
	kith_buf_put(scratch, &bits, 1);
	kith_mac(a->run->session->secret, kith_buf_span(scratch), &mac);
	memcpy(ret_mac, mac.bytes, KITH_DIGEST_BYTES);
}

/* One small file for each project; its name says nothing about where that is. */
static char *
memory_path(const struct asker *a)
{
	static const uint64_t seed[2] = {0x6b697468, 0x6b657074};
	uint64_t h = kith_siphash(seed, kith_span_str(a->run->project->lock_path));

	return kith_asprintf("%s/" FOLDER "/%016llx", a->run->session->dirs.cache,
			     (unsigned long long)h);
}

static bool
recall(struct asker *a, const char *path)
{
	KITH_AUTO_BUF struct kith_buf text, scratch;
	struct memory m, want;

	kith_buf_init(&text, sizeof(m));
	kith_buf_init(&scratch, MAX_STATE);
	if (!path || kith_fs_read(path, &text, NULL) || text.len != sizeof(m))
		return false;
	memcpy(&m, text.ptr, sizeof(m));
	mac_of(a, m.bits, want.mac, &scratch);
	if (scratch.failed || memcmp(m.mac, want.mac, sizeof(m.mac)) != 0)
		return false;
	a->bits = m.bits;
	return true;
}

/* That it cannot be written costs time only. */
static void
remember(struct asker *a, const char *path)
{
	KITH_AUTO_FREE char *dir = kith_fs_join(a->run->session->dirs.cache, FOLDER);
	struct kith_time now = kith_time_now();
	KITH_AUTO_BUF struct kith_buf scratch;
	struct memory m = {.bits = (uint8_t)a->bits};
	struct kith_error why;

	kith_buf_init(&scratch, MAX_STATE);
	if (!path || !dir || now.sec * 1000000000 + (int64_t)now.nsec - a->youngest < RACY_NS)
		return;
	mac_of(a, m.bits, m.mac, &scratch);
	if (scratch.failed || kith_fs_mkdirs(dir, 0700, &why))
		return;
	if (kith_fs_replace(path, kith_span(&m, sizeof(m)), 0600, &why))
		kith_app_detail(a->run->session, "%s", why.msg);
}

/* --- asking --- */

static int
take_file(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct asker *a = ctx;

	(void)err;
	if (kith_span_is(path, a->manifest)) {
		a->bits |= HEAD_MANIFEST;
	} else if (kith_span_is(path, a->lock)) {
		a->bits |= IN_HEAD;
		if (kith_span_eq(bytes, kith_buf_span(&a->run->project->lock_bytes)))
			a->bits |= SAME;
	}
	return KITH_OK;
}

static int
take_skip(void *ctx, struct kith_span path, enum kith_git_skip why, struct kith_error *err)
{
	struct asker *a = ctx;

	(void)err;
	if (why != KITH_GIT_SKIP_IGNORED)
		return KITH_OK;
	if (kith_span_is(path, a->manifest))
		a->bits |= FOLDER_IGNORED;
	else if (kith_span_is(path, a->lock))
		a->bits |= IGNORED;
	return KITH_OK;
}

static void
kill_looker(struct kith_looker *l)
{
	kith_looker_clear(l);
}

static int
ask(struct asker *a, struct kith_error *err)
{
	KITH_CLEANUP(kill_looker)
	struct kith_looker looker = {.libexec = a->run->session->libexec};
	const struct kith_look_calls calls = {take_file, take_skip, a};
	const char *const paths[] = {a->lock, a->manifest};
	struct kith_error why;
	int r = kith_look_kept(&looker, &a->tree, paths, 2, &calls, &why);

	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (!r || r == KITH_E_NOTFOUND) {
		a->bits |= KNOWN;
		return KITH_OK;
	}
	/* a repository that is broken decides nothing about packages */
	kith_app_warn(a->run->session, "%s: whether git keeps the lock file is not known: %s",
		      a->tree.top, why.msg);
	a->bits = 0;
	return KITH_OK;
}

static int
find_paths(struct asker *a, struct kith_error *err)
{
	const char *root = a->run->project->root;
	size_t top = strlen(a->tree.top);

	if (strncmp(root, a->tree.top, top) != 0)
		return kith_fail(err, KITH_E_INTERNAL, "%s is not below %s", root, a->tree.top);
	root += top;
	while (*root == '/')
		root++;
	a->lock = *root ? kith_asprintf("%s/" LOCK, root) : kith_strndup(LOCK, strlen(LOCK));
	a->manifest =
	    *root ? kith_asprintf("%s/" MANIFEST, root) : kith_strndup(MANIFEST, strlen(MANIFEST));
	return a->lock && a->manifest ? KITH_OK : kith_fail_nomem(err);
}

static int
ask_once(struct asker *a, struct kith_error *err)
{
	struct kith_session *s = a->run->session;
	KITH_AUTO_FREE char *path = NULL;
	struct kith_error why;
	int r = find_paths(a, err);

	if (!r)
		r = add_state(a, err);
	if (!r && !s->has_secret && kith_app_secret(s, &why) == KITH_E_NOMEM)
		r = kith_fail_nomem(err);
	if (r)
		return r;
	/* a bundle needs no home folder; then there is nowhere to remember anything */
	if (!s->has_secret)
		return ask(a, err);
	path = memory_path(a);
	if (recall(a, path))
		return KITH_OK;
	r = ask(a, err);
	if (!r && (a->bits & KNOWN))
		remember(a, path);
	return r;
}

int
kith_app_ask_git(struct kith_app_run *run, struct kith_app_kept *ret, struct kith_error *err)
{
	struct asker a = {.run = run};
	struct kith_error why;
	int r;

	/* a lock file of another name is not what git is asked to keep */
	if (!kith_span_ends(kith_span_str(run->project->lock_path), KITH_SPAN_LIT("/" LOCK)))
		return KITH_OK;
	r = kith_worktree_find(run->project->root, &a.tree, &why);
	if (r)
		return r == KITH_E_NOMEM ? kith_fail_nomem(err) : KITH_OK;
	kith_buf_init(&a.state, MAX_STATE - 1);
	r = ask_once(&a, err);
	if (!r) {
		ret->known = a.bits & KNOWN;
		ret->ignored = (a.bits & IGNORED) && !(a.bits & FOLDER_IGNORED);
		ret->manifest = a.bits & HEAD_MANIFEST;
		ret->committed = a.bits & IN_HEAD;
		ret->same = a.bits & SAME;
	}
	kith_buf_clear(&a.state);
	kith_worktree_clear(&a.tree);
	free(a.lock);
	free(a.manifest);
	return r;
}
