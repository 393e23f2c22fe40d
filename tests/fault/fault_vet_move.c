/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of kith_export_vet, kith_search, and of kith_import_vet up to the archives,
 * fails once: KITH_E_NOMEM, or what comes out without a failure.
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

#define MINE                                                                                       \
	"[[audits.far]]\nwho = \"Me\"\ncriteria = \"safe-to-deploy\"\nversion = \"1.0.0\"\n"       \
	"[[audits.far]]\nwho = \"Me\"\ncriteria = \"safe-to-run\"\ndelta = \"1.0.0 -> 1.1.0\"\n"   \
	"[[audits.far]]\nwho = \"Me\"\ncriteria = \"safe-to-run\"\nviolation = \"=2.0.0\"\n"

static const char *root;
static char *map_file, *set_file;

enum what { EXPORT, IMPORT, SEARCH };

static int
move(enum what what, char **ret_text, struct kith_error *err)
{
	const struct kith_session_options so = {
	    .home = home, .kith_home = home, .libexec = KITH_BUILD_DIR, .now = "2026-06-01"};
	const struct kith_export_vet_options eo = {
	    .path = home, .roots = &root, .n_roots = 1, .trust_map = map_file};
	const struct kith_import_vet_options io = {.path = home, .file = set_file, .all = 1};
	const char *const word = "json";
	const struct kith_search_options fo = {.path = home,
					       .roots = &root,
					       .n_roots = 1,
					       .words = &word,
					       .n_words = 1,
					       .format = KITH_FORMAT_JSON};
	struct kith_export_vet_counts counts;
	struct kith_session *s = NULL;
	size_t len, count;
	int r = kith_session_new(&so, &s, err);

	if (!r && what == EXPORT)
		r = kith_export_vet(s, &eo, ret_text, &len, &counts, err);
	else if (!r && what == IMPORT)
		r = kith_import_vet(s, &io, ret_text, &len, err);
	else if (!r)
		r = kith_search(s, &fo, ret_text, &len, &count, err);
	kith_session_free(s);
	return r;
}

static int
loop(enum what what, int want_code)
{
	struct kith_error err;
	char *want = NULL, *text;
	int code = move(what, &want, &err), r;
	bool failed = code != want_code, hit = true;
	size_t n;

	if (failed)
		fprintf(stderr, "%d, %s\n", code, code ? err.msg : "");
	for (n = 1; hit && !failed && n < MAX_FAILURES; n++) {
		text = NULL;
		fault_arm(n);
		r = move(what, &text, &err);
		hit = fault_hit();
		fault_arm(0);
		failed = (r != code && r != KITH_E_NOMEM) || (!r && strcmp(text, want) != 0);
		if (failed)
			fprintf(stderr, "allocation %zu: %d, %s\n", n, r, r ? err.msg : text);
		kith_free(text);
	}
	kith_free(want);
	printf("%zu allocations failed once\n", n - 1);
	return failed || hit;
}

int
main(void)
{
	KITH_AUTO_BUF struct kith_buf id, map;
	int failed = !mkdtemp(home) || fetch();

	kith_buf_init(&id, 64);
	kith_buf_init(&map, 256);
	failed =
	    failed || kith_fs_read(KITH_SOURCE_DIR "/proofs/root.id", &id, NULL) || id.len < 43;
	if (!failed)
		id.ptr[43] = '\0';
	root = kith_buf_str(&id);
	map_file = kith_fs_join(home, "map");
	set_file = kith_fs_join(home, "set");
	kith_buf_printf(&map, "%s low\n", root);
	failed = failed || kith_fs_replace(map_file, kith_buf_span(&map), 0600, NULL) ||
		 kith_fs_replace(set_file, kith_span_str(MINE), 0600, NULL);
	failed =
	    failed || loop(false, KITH_OK) || loop(false, KITH_OK) || loop(true, KITH_E_NOTFOUND);
	free(map_file);
	free(set_file);
	return kith_fs_remove_tree(home, NULL) || failed;
}
