/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fails every allocation of judging a change once, the repository read by kith-git: a clean
 * KITH_E_NOMEM or the right verdict. A file that decides must never be taken for absent because
 * memory ran out.
 */
#include <sys/wait.h>
#include <unistd.h>

#include <kith/kith.h>

#include "base/base.h"
#include "fault/wrap.h"

#define MAX_FAILURES 100000

static char home[] = "/tmp/kith-fault-XXXXXX";
static char *project;

static const char make[] =
    "set -e; export HOME=\"$1\" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@x"
    " GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@x; mkdir \"$1/p\"; cd \"$1/p\";"
    "lock() { printf 'version = 3\\n'; for n in \"$@\"; do"
    " printf '\\n[[package]]\\nname = \"%s\"\\nversion = \"1.0.0\"\\nsource = "
    "\"registry+https://github.com/rust-lang/crates.io-index\"\\nchecksum = \"%064d\"\\n' $n 1;"
    "done; };"
    "printf '[policy]\\nlevel = \"high\"\\n' >kith.toml; lock a b >Cargo.lock;"
    "git init -q -b main .; git add -A; git commit -qm x;"
    "printf '[policy]\\nlevel = \"low\"\\n' >kith.toml; lock b c >Cargo.lock";

static int
make_project(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execl("/bin/sh", "sh", "-c", make, "sh", home, (char *)NULL);
		_exit(127);
	}
	return child < 0 || waitpid(child, &status, 0) < 0 || status != 0;
}

static int
verify(char **ret_text, struct kith_error *err)
{
	static const char *const root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	const struct kith_session_options so = {
	    .home = home, .kith_home = home, .libexec = KITH_BUILD_DIR, .now = "2026-06-01"};
	const struct kith_verify_options o = {
	    .path = project, .roots = &root, .n_roots = 1, .since = "main"};
	const struct kith_render_options ro = {.format = KITH_FORMAT_JSON};
	struct kith_project_verdict *v = NULL;
	struct kith_session *s = NULL;
	size_t len;
	int r;

	r = kith_session_new(&so, &s, err);
	if (!r)
		r = kith_verify(s, &o, &v, err);
	if (!r)
		r = kith_verdict_render(v, &ro, ret_text, &len, err);
	kith_verdict_free(v);
	kith_session_free(s);
	return r;
}

/* What befell the connection to the helper program is told as its failure. */
static bool
is_clean(int r, const struct kith_error *err)
{
	return r == KITH_E_NOMEM ||
	       (r == KITH_E_HELPER && strstr(err->msg, "out of memory") != NULL);
}

static int
loop(const char *want)
{
	struct kith_error err;
	char *text;
	size_t n;
	bool hit;
	int r;

	for (n = 1; n < MAX_FAILURES; n++) {
		text = NULL;
		fault_arm(n);
		r = verify(&text, &err);
		hit = fault_hit();
		fault_arm(0);
		if ((!r && strcmp(text, want) != 0) || (r && !is_clean(r, &err))) {
			fprintf(stderr, "allocation %zu: %d, %s\n", n, r,
				r ? err.msg : "another answer");
			return 1;
		}
		kith_free(text);
		if (!hit)
			break;
	}
	printf("%zu allocations failed once\n", n - 1);
	return n == MAX_FAILURES;
}

int
main(void)
{
	struct kith_error err;
	char *want = NULL;
	int failed;

	if (!mkdtemp(home) || make_project() || !(project = kith_asprintf("%s/p", home)))
		return 1;
	failed = verify(&want, &err);
	kith_free(want);
	want = NULL;
	failed = failed || verify(&want, &err);
	if (failed)
		fprintf(stderr, "%s\n", err.msg);
	failed = failed || !strstr(want, "[policy] level: \\\"high\\\" → \\\"low\\\"") ||
		 !strstr(want, "\"added\": 1") || loop(want);
	kith_free(want);
	free(project);
	return kith_fs_remove_tree(home, NULL) || failed;
}
