/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of kith_init, kith_exempt, kith_accept and kith_exempt_prune fails once: then
 * kith.toml is as it was, and nothing half-written lies beside it.
 */
#include <sys/wait.h>
#include <unistd.h>

#include <kith/kith.h>

#include "base/base.h"
#include "fault/wrap.h"
#include "policy/deny.h"

#define MAX_FAILURES 200000
#define OBJECTION    "KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA"
#define DENY                                                                                       \
	"[advisories]\nyanked = \"deny\"\nignore = [{ id = \"R-1\", reason = \"r\" }]\n[bans]\n"

static char home[] = "/tmp/kith-fault-XXXXXX";
static char *project, *policy, *deny;
static const char *root;

static int
run(char *const argv[])
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		setenv("KITH_HOME", home, 1);
		setenv("KITH_LIBEXEC", KITH_BUILD_DIR, 1);
		if (!freopen("/dev/null", "w", stdout))
			_exit(1);
		execvp(argv[0], argv);
		_exit(127);
	}
	return child < 0 || waitpid(child, &status, 0) < 0 || status != 0;
}

/* The example web and the example project, made by others in other processes. */
static int
prepare(void)
{
	static const char *const people[] = {"ada", "ben", "cora", "dov"};
	KITH_AUTO_FREE char *kith = kith_fs_join(KITH_BUILD_DIR, "kith");
	char cp[] = "cp", recursive[] = "-R", quiet[] = "-q", fetch[] = "fetch";
	char from[] = KITH_SOURCE_DIR "/proofs/project";
	char *copy[] = {cp, recursive, from, project, NULL};
	char *get[16] = {kith, quiet, fetch, NULL};
	size_t i, n = 3;
	int failed = run(copy);

	for (i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		get[n++] = kith_asprintf(KITH_SOURCE_DIR "/proofs/%s", people[i]);
	failed = failed || run(get);
	while (n > 3)
		free(get[--n]);
	return failed;
}

enum what { INIT, EXEMPT, ACCEPT, PRUNE, LIST };

static int
act(enum what what, char **ret_text, struct kith_error *err)
{
	const struct kith_session_options so = {.home = home,
						.kith_home = home,
						.libexec = KITH_BUILD_DIR,
						.starter = "/dev/null",
						.now = "2026-06-01"};
	const struct kith_init_options io = {
	    .path = project, .roots = &root, .n_roots = 1, .accept_current = 1, .from_deny = deny};
	const struct kith_exempt_options eo = {.path = project,
					       .package = "kith-example-copied",
					       .reason = "r",
					       .until = "2027-01-01",
					       .owner = "o"};
	const struct kith_accept_options ao = {
	    .path = project, .objection = OBJECTION, .reason = "r", .until = "2027-01-01"};
	struct kith_init_result result;
	struct kith_session *s = NULL;
	size_t len, count;
	char *file = NULL;
	int r = kith_session_new(&so, &s, err);

	if (!r && what == INIT)
		r = kith_init(s, &io, &file, &len, ret_text, &len, &result, err);
	else if (!r && what == EXEMPT)
		r = kith_exempt(s, &eo, ret_text, &len, err);
	else if (!r && what == ACCEPT)
		r = kith_accept(s, &ao, ret_text, &len, err);
	else if (!r && what == PRUNE)
		r = kith_exempt_prune(s, project, 0, ret_text, &len, &count, err);
	else if (!r)
		r = kith_exempt_list(s, project, KITH_FORMAT_JSON, ret_text, &len, err);
	kith_free(file);
	kith_session_free(s);
	return r;
}

/* What the file is before each try; NULL: it is not there. */
static int
reset(const char *before)
{
	FILE *f;

	if (!before)
		return unlink(policy) < 0 && kith_fs_exists(policy);
	f = fopen(policy, "w"); /* not kith_fs_replace: it waits for the disk each time */
	return !f || fputs(before, f) < 0 || fclose(f) != 0;
}

/* The file's text, or NULL: it is not there. Yours. */
static char *
text_of_policy(void)
{
	KITH_AUTO_BUF struct kith_buf now;
	size_t len;

	kith_buf_init(&now, KITH_MIB(4));
	return kith_fs_read(policy, &now, NULL) ? NULL : (char *)kith_buf_take(&now, &len);
}

static bool
same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static size_t
count_files(void)
{
	struct kith_fs_names names;
	size_t n = 0;

	if (kith_fs_list(project, &names, NULL) == KITH_OK) {
		n = names.count;
		kith_fs_names_free(&names);
	}
	return n;
}

/* A try that failed has changed nothing, or everything. */
static bool
is_fine(int r, const char *text, const char *want, const char *before, const char *after)
{
	KITH_AUTO_FREE char *now = text_of_policy();

	if (!r)
		return strcmp(text, want) == 0 && same(now, after);
	return r == KITH_E_NOMEM && (same(now, before) || same(now, after));
}

static int
loop(enum what what, const char *before)
{
	KITH_AUTO_FREE char *after = NULL;
	struct kith_error err;
	char *want = NULL, *text;
	bool failed = reset(before) != 0, hit = true;
	size_t n, files = count_files();
	int r;

	r = act(what, &want, &err);
	failed = failed || r;
	if (r)
		fprintf(stderr, "%d: %s\n", (int)what, err.msg);
	after = text_of_policy();
	for (n = 1; hit && !failed && n < MAX_FAILURES; n++) {
		text = NULL;
		failed = reset(before) != 0;
		fault_arm(n);
		r = act(what, &text, &err);
		hit = fault_hit();
		fault_arm(0);
		failed = failed || !is_fine(r, text, want, before, after) ||
			 count_files() > files + !before;
		if (failed)
			fprintf(stderr, "%d, allocation %zu: %d, %s\n", (int)what, n, r,
				r ? err.msg : text);
		kith_free(text);
	}
	kith_free(want);
	printf("%zu allocations failed once\n", n - 1);
	return failed || hit;
}

static int
read_deny(struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_deny d;

	kith_arena_init(&arena, KITH_MIB(1));
	return kith_deny_read(KITH_SPAN_LIT(DENY), "deny.toml", &arena, &d, err);
}

static int
loop_deny(void)
{
	struct kith_error err;
	bool hit = true;
	size_t n;
	int r = KITH_OK;

	for (n = 1; hit && (!r || r == KITH_E_NOMEM); n++) {
		fault_arm(n);
		r = read_deny(&err);
		hit = fault_hit();
		fault_arm(0);
	}
	return r || n < 3;
}

int
main(void)
{
	KITH_AUTO_BUF struct kith_buf id;
	KITH_AUTO_FREE char *before = NULL;
	int failed = !mkdtemp(home);

	project = kith_fs_join(home, "project");
	policy = kith_fs_join(project, "kith.toml");
	deny = kith_fs_join(home, "deny.toml");
	kith_buf_init(&id, 64);
	failed = failed || prepare() ||
		 kith_fs_read(KITH_SOURCE_DIR "/proofs/root.id", &id, NULL) || id.len < 43 ||
		 kith_fs_replace(deny, KITH_SPAN_LIT(DENY), 0600, NULL);
	if (!failed)
		id.ptr[43] = '\0';
	root = kith_buf_str(&id);
	before = kith_asprintf("[roots]\nids = [\"%s\"]\n\n[[exempt]]\npackage = \"gone\"\n"
			       "version = \"1\"\nchecksum = \"0\"\nreason = \"r\"\n",
			       root);
	failed = failed || loop_deny() || loop(INIT, NULL) || loop(EXEMPT, before) ||
		 loop(ACCEPT, before) || loop(PRUNE, before) || loop(LIST, before);
	free(project);
	free(policy);
	free(deny);
	return kith_fs_remove_tree(home, NULL) || failed;
}
