/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fails every allocation of a whole kith_verify and kith_todo once: a clean KITH_E_NOMEM or the
 * right verdict, nothing leaked (LeakSanitizer), no half-written state: afterwards the answer is
 * the same.
 */
#include <sys/wait.h>
#include <unistd.h>

#include <kith/kith.h>

#include "base/base.h"
#include "fault/wrap.h"

#define MAX_FAILURES 200000

static char home[] = "/tmp/kith-fault-XXXXXX";

/* Fetches the example web with the program itself, in another process. */
static int
fetch(void)
{
	static const char *const people[] = {"ada", "ben", "cora", "dov", "eve", "lee", "mal"};
	char *argv[16] = {NULL};
	size_t i, n = 0;
	pid_t child;
	int status;

	argv[n++] = kith_asprintf("%s/kith", KITH_BUILD_DIR);
	argv[n++] = kith_asprintf("-q");
	argv[n++] = kith_asprintf("fetch");
	for (i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		argv[n++] = kith_asprintf("%s/proofs/%s", KITH_SOURCE_DIR, people[i]);
	child = fork();
	if (child == 0) {
		setenv("KITH_HOME", home, 1);
		setenv("KITH_LIBEXEC", KITH_BUILD_DIR, 1);
		if (!freopen("/dev/null", "w", stdout))
			_exit(1);
		execv(argv[0], argv);
		_exit(127);
	}
	for (i = 0; i < n; i++)
		free(argv[i]);
	return child < 0 || waitpid(child, &status, 0) < 0 || status != 0;
}

static int
verify(const char *root, char **ret_text, struct kith_error *err)
{
	const struct kith_session_options so = {
	    .home = home, .kith_home = home, .libexec = KITH_BUILD_DIR, .now = "2026-06-01"};
	struct kith_verify_options o = {.path = KITH_SOURCE_DIR "/proofs/project", .n_roots = 1};
	const struct kith_render_options ro = {.format = KITH_FORMAT_JSON};
	struct kith_project_verdict *v = NULL;
	struct kith_session *s = NULL;
	size_t len;
	int r;

	o.roots = &root;
	r = kith_session_new(&so, &s, err);
	if (!r)
		r = kith_verify(s, &o, &v, err);
	if (!r)
		r = kith_verdict_render(v, &ro, ret_text, &len, err);
	kith_verdict_free(v);
	kith_session_free(s);
	return r;
}

/* Packages, then people, in one text. */
static int
todo(const char *root, char **ret_text, struct kith_error *err)
{
	const struct kith_session_options so = {
	    .home = home, .kith_home = home, .libexec = KITH_BUILD_DIR, .now = "2026-06-01"};
	struct kith_todo_options o = {.path = KITH_SOURCE_DIR "/proofs/project", .n_roots = 1};
	struct kith_session *s = NULL;
	char *packages = NULL, *people = NULL;
	size_t len;
	int r;

	o.roots = &root;
	r = kith_session_new(&so, &s, err);
	if (!r)
		r = kith_todo(s, &o, &packages, &len, err);
	o.people = 1;
	o.format = KITH_FORMAT_JSON;
	if (!r)
		r = kith_todo(s, &o, &people, &len, err);
	if (!r && !(*ret_text = kith_asprintf("%s%s", packages, people)))
		r = kith_fail_nomem(err);
	kith_free(packages);
	kith_free(people);
	kith_session_free(s);
	return r;
}

typedef int subject(const char *root, char **ret_text, struct kith_error *err);

static int
read_root(struct kith_buf *b)
{
	kith_buf_init(b, 64);
	if (kith_fs_read(KITH_SOURCE_DIR "/proofs/root.id", b, NULL) || b->len < 43)
		return 1;
	b->ptr[43] = '\0';
	return 0;
}

static int
loop(subject *fn, const char *root, const char *want)
{
	struct kith_error err;
	char *text;
	size_t n;
	bool hit;
	int r;

	for (n = 1; n < MAX_FAILURES; n++) {
		text = NULL;
		fault_arm(n);
		r = fn(root, &text, &err);
		hit = fault_hit();
		fault_arm(0);
		if (!r && strcmp(text, want) != 0) {
			fprintf(stderr, "allocation %zu: another answer\n", n);
			return 1;
		}
		if (r && r != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d, %s\n", n, r, err.msg);
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
try(subject *fn, const char *root)
{
	struct kith_error err;
	char *want = NULL;
	int failed = fn(root, &want, &err);

	kith_free(want);
	want = NULL;
	failed = failed || fn(root, &want, &err);
	if (failed)
		fprintf(stderr, "%s\n", err.msg);
	failed = failed || loop(fn, root, want);
	kith_free(want);
	return failed;
}

int
main(void)
{
	struct kith_buf root;
	int failed;

	if (!mkdtemp(home) || fetch() || read_root(&root))
		return 1;
	failed = try(verify, kith_buf_str(&root)) || try(todo, kith_buf_str(&root));
	kith_buf_clear(&root);
	return kith_fs_remove_tree(home, NULL) || failed;
}
