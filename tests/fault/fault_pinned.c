/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fails every allocation of verifying what is pinned, of comparing pins and of writing them once: a
 * clean KITH_E_NOMEM or the right answer, nothing leaked (LeakSanitizer), kith.lock as it was or as
 * it should be.
 */
#include <sys/wait.h>
#include <unistd.h>

#include <kith/kith.h>

#include "base/base.h"
#include "fault/wrap.h"

#define MAX_FAILURES 200000

static char home[] = "/tmp/kith-fault-XXXXXX";
static char *project, *lockfile;

/* Runs a line of shell in another process, with the program and both folders as $0, $1, $2. */
static int
shell(const char *line)
{
	char *kith = kith_asprintf("%s/kith", KITH_BUILD_DIR);
	pid_t child = fork();
	int status;

	if (child == 0) {
		setenv("KITH_HOME", home, 1);
		setenv("KITH_LIBEXEC", KITH_BUILD_DIR, 1);
		setenv("KITH_STARTER", "/dev/null", 1);
		if (!freopen("/dev/null", "w", stdout))
			_exit(1);
		execlp("sh", "sh", "-ec", line, kith, project, KITH_SOURCE_DIR "/proofs", NULL);
		_exit(127);
	}
	free(kith);
	return child < 0 || waitpid(child, &status, 0) < 0 || status != 0;
}

static int
open_session(struct kith_session **ret_session, struct kith_error *err)
{
	const struct kith_session_options so = {.home = home,
						.kith_home = home,
						.libexec = KITH_BUILD_DIR,
						.starter = "/dev/null",
						.now = "2026-06-01"};

	return kith_session_new(&so, ret_session, err);
}

static int
verify(char **ret_text, struct kith_error *err)
{
	struct kith_verify_options o = {.path = project, .locked = 1, .fresh_objections = 1};
	const struct kith_render_options ro = {.format = KITH_FORMAT_JSON};
	struct kith_project_verdict *v = NULL;
	struct kith_session *s = NULL;
	size_t len;
	int r = open_session(&s, err);

	if (!r)
		r = kith_verify(s, &o, &v, err);
	if (!r)
		r = kith_verdict_render(v, &ro, ret_text, &len, err);
	kith_verdict_free(v);
	kith_session_free(s);
	return r;
}

static int
pin(char **ret_text, bool diff, struct kith_error *err)
{
	const struct kith_pin_options o = {.path = project, .update = 1, .diff = diff};
	struct kith_pin_result result;
	struct kith_session *s = NULL;
	size_t len;
	int r = open_session(&s, err);

	if (!r)
		r = kith_pin(s, &o, ret_text, &len, &result, err);
	kith_session_free(s);
	return r;
}

static int
compare(char **ret_text, struct kith_error *err)
{
	return pin(ret_text, true, err);
}

static int
update(char **ret_text, struct kith_error *err)
{
	return pin(ret_text, false, err);
}

typedef int subject(char **ret_text, struct kith_error *err);

static bool
is_whole(struct kith_span want)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_MIB(1));
	return kith_fs_read(lockfile, &b, NULL) == KITH_OK && kith_span_eq(kith_buf_span(&b), want);
}

/* An index that cannot be looked into for want of memory says that it is damaged. */
static bool
is_clean(const struct kith_error *err)
{
	return err->code == KITH_E_NOMEM || (err->code == KITH_E_IO && strstr(err->msg, "damaged"));
}

static int
loop(const char *name, subject *fn, size_t step, const char *want, struct kith_span pins)
{
	struct kith_error err;
	char *text;
	size_t n;
	bool hit, good;
	int r;

	for (n = 1; n < MAX_FAILURES; n += step) {
		text = NULL;
		fault_arm(n);
		r = fn(&text, &err);
		hit = fault_hit();
		fault_arm(0);
		good = r ? is_clean(&err) && !text : text && strcmp(text, want) == 0;
		kith_free(text);
		if (!good || !is_whole(pins)) {
			fprintf(stderr, "%s, allocation %zu: %d %s\n", name, n, r,
				r ? err.msg : "");
			return 1;
		}
		if (!hit)
			break;
	}
	printf("%s: of %zu allocations each %zu. failed once\n", name, n - 1, step);
	return n < 200;
}

static int
run(const char *name, subject *fn, size_t step)
{
	KITH_AUTO_BUF struct kith_buf pins;
	struct kith_error err = {.code = KITH_OK};
	char *want = NULL;
	int r;

	kith_buf_init(&pins, KITH_MIB(1));
	if (fn(&want, &err)) {
		fprintf(stderr, "%s: %s\n", name, err.msg);
		return 1;
	}
	free(want);
	want = NULL;
	/* what is derived is there by now: the same again is what is compared with */
	r = fn(&want, &err) || kith_fs_read(lockfile, &pins, &err) ||
	    loop(name, fn, step, want, kith_buf_span(&pins));
	kith_free(want);
	return r;
}

/* A set comes in that has dropped what it objects to. */
static int
vanish(void)
{
	return shell(
	    "s=$KITH_HOME/set; cd \"$1\"; git init -q \"$s\"; "
	    "state() { printf '[[audits.kith-example-parse]]\\ncriteria = "
	    "\"safe-to-run\"\\n%s\\n' \"$1\" >\"$s/audits.toml\"; git -C \"$s\" add -A; "
	    "git -C \"$s\" -c user.name=x -c user.email=x commit -qm x; "
	    "\"$0\" -q --now \"$2\" fetch \"$s\"; }; "
	    "\"$0\" -q --now 2026-05-01 source add vet \"$s\" --level low >/dev/null; "
	    "state 'violation = \"*\"' 2026-05-01; state 'version = \"9.0.0\"' 2026-05-20; "
	    "\"$0\" -q --now 2026-06-01 pin 2>/dev/null; "
	    "grep -q 'gone = 2026-05-20' kith.lock");
}

int
main(void)
{
	int r;

	if (!mkdtemp(home))
		return 1;
	project = kith_asprintf("%s/project", home);
	lockfile = kith_asprintf("%s/kith.lock", project);
	r = shell("cp -R \"$2/project\" \"$1\"; cd \"$1\"; rm -rf vendor; "
		  "printf '[roots]\\nids = [\"%s\"]\\n' \"$(cat \"$2/root.id\")\" >kith.toml; "
		  "for p in ada ben cora dov eve lee mal; do set -- \"$@\" \"$2/$p\"; done; "
		  "shift 2; \"$0\" -q fetch \"$@\"; \"$0\" -q --now 2026-06-01 pin 2>/dev/null") ||
	    run("verify --fresh-objections", verify, 1) || run("pin --diff", compare, 1) ||
	    run("pin --update", update, 1) || vanish() ||
	    /* each starts helpers to read what the set once said, so only some */
	    run("verify what vanished", verify, 3) || run("pin what vanished", update, 7);
	if (kith_fs_remove_tree(home, NULL))
		r = 1;
	free(project);
	free(lockfile);
	return r;
}
