/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of looking at a command, and of judging a tree of lock files, fails once: a
 * clean KITH_E_NOMEM or the right answer, never a command that is let pass.
 */
#include <sys/stat.h>
#include <unistd.h>

#include <kith/kith.h>

#include "base/base.h"
#include "fault/wrap.h"

#define MAX_FAILURES 100000
#define ROOT_ID      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static char home[] = "/tmp/kith-fault-XXXXXX";

static int
put(const char *path, const char *text)
{
	KITH_AUTO_FREE char *dir = kith_strndup(path, strlen(path));
	char *slash = strrchr(dir, '/');

	if (slash) {
		*slash = '\0';
		if (kith_fs_mkdirs(dir, 0700, NULL))
			return 1;
	}
	return kith_fs_replace(path, kith_span_str(text), 0600, NULL);
}

static int
make_tree(void)
{
	static const char lock[] = "version = 4\n\n[[package]]\nname = \"p\"\nversion = \"1.0.0\"\n"
				   "dependencies = [\"x\"]\n\n[[package]]\nname = \"x\"\n"
				   "version = \"1.0.0\"\nsource = \"registry+https://github.com/"
				   "rust-lang/crates.io-index\"\n";

	return put("kith.toml", "[lockfile]\nignore = [\"gone/*\"]\n") ||
	       put(".cargo/config.toml", "[alias]\nup = [\"update\"]\nship = \"up2 -q\"\n"
					 "up2 = \"run --release\"\n") ||
	       put("Cargo.lock", lock) || put("yarn.lock", "") || put("package-lock.json", "") ||
	       put("Cargo.toml", "[package]\nname = \"p\"\nversion = \"1.0.0\"\n"
				 "[dependencies]\nx = \"2\"\ny = \"1\"\n") ||
	       put("gone/Cargo.lock", lock) || put("bad/Cargo.lock", "[") ||
	       put("good/Cargo.lock", lock);
}

static int
look(char **ret_text, struct kith_error *err)
{
	static const char *const up[] = {"cargo", "+nightly", "up"};
	static const char *const ship[] = {"/usr/bin/cargo", "ship", "--manifest-path",
					   "Cargo.toml"};
	const struct kith_guard_command a = {up, 3, home, NULL, NULL},
					b = {ship, 4, home, NULL, NULL};
	struct kith_guard_look one = {KITH_GUARD_JUDGE, NULL}, two = {KITH_GUARD_JUDGE, NULL};
	int r = kith_guard_look(&a, &one, err);

	if (!r)
		r = kith_guard_look(&b, &two, err);
	if (!r && !(*ret_text = kith_asprintf("%d %d %s", one.why, two.why,
					      two.path ? two.path : "nowhere")))
		r = kith_fail_nomem(err);
	kith_free(one.path);
	kith_free(two.path);
	return r;
}

static int
verify(char **ret_text, struct kith_error *err)
{
	static const char *const roots[] = {ROOT_ID}, *const only[] = {"*"};
	const struct kith_session_options so = {
	    .home = home, .kith_home = home, .libexec = KITH_BUILD_DIR, .now = "2026-06-01"};
	const struct kith_verify_options o = {.path = ".",
					      .roots = roots,
					      .n_roots = 1,
					      .only = only,
					      .n_only = 1,
					      .kinds = KITH_NEEDED_NORMAL,
					      .all = 1};
	struct kith_project_verdict *v = NULL;
	struct kith_session *s = NULL;
	KITH_AUTO_BUF struct kith_buf all;
	int r, format;

	kith_buf_init(&all, KITH_MIB(16));
	r = kith_session_new(&so, &s, err);
	if (!r)
		r = kith_verify(s, &o, &v, err);
	for (format = KITH_FORMAT_TABLE; !r && format < KITH_FORMAT_HTML; format++) {
		const struct kith_render_options ro = {.format = (enum kith_format)format};
		char *text;
		size_t len;

		r = kith_verdict_render(v, &ro, &text, &len, err);
		if (r)
			break;
		kith_buf_put(&all, text, len);
		kith_free(text);
	}
	if (!r)
		r = kith_buf_check(&all, err);
	if (!r && !(*ret_text = kith_strndup(kith_buf_str(&all), all.len)))
		r = kith_fail_nomem(err);
	kith_verdict_free(v);
	kith_session_free(s);
	return r;
}

typedef int subject(char **ret_text, struct kith_error *err);

static int
loop(subject *fn, const char *want)
{
	struct kith_error err;
	char *text;
	size_t n;
	bool hit;
	int r;

	for (n = 1; n < MAX_FAILURES; n++) {
		text = NULL;
		fault_arm(n);
		r = fn(&text, &err);
		hit = fault_hit();
		fault_arm(0);
		if ((!r && strcmp(text, want) != 0) || (r && r != KITH_E_NOMEM)) {
			fprintf(stderr, "allocation %zu: %d %s\n", n, r, r ? err.msg : text);
			return 1;
		}
		kith_free(text);
		if (!hit)
			break;
	}
	printf("%zu allocations failed once\n", n - 1);
	return n == MAX_FAILURES;
}

/* Twice without failures: the second run finds everything warm. */
static int
try(subject *fn, const char *part)
{
	struct kith_error err;
	char *want = NULL;
	int failed = fn(&want, &err);

	kith_free(want);
	want = NULL;
	failed = failed || fn(&want, &err);
	if (failed)
		fprintf(stderr, "%s\n", err.msg);
	else if (!strstr(want, part))
		failed = fprintf(stderr, "%s\n", want);
	failed = failed || loop(fn, want);
	kith_free(want);
	return failed;
}

int
main(void)
{
	int failed;

	if (!mkdtemp(home) || chdir(home) < 0 || make_tree())
		return 1;
	failed = try(look, "2 0 .") || try(verify, "3 lock files: 0 pass, 3 do not");
	return kith_fs_remove_tree(home, NULL) || failed;
}
