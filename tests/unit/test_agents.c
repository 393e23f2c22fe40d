/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passphrase sources, ssh-agent and kith-agent: real ones where they are there, lying and silent
 * ones played by a child, and what is never signed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/base64.h"
#include "identity/passphrase.h"
#include "identity/signer.h"
#include "identity/socket.h"
#include "identity/ssh_agent.h"
#include "identity/unlocked.h"
#include "identity/unlocked_wire.h"
#include "unit/files.h"

static const char body[] = "kind: trust\nversion: -1\n";
#define BODY kith_span_str(body)

/* --- passphrases --- */

static int
get(enum kith_passphrase_kind kind, const char *text, int fd, struct kith_secret *ret,
    struct kith_error *err)
{
	const struct kith_passphrase_source s = {.kind = kind, .text = text, .fd = fd};

	return kith_passphrase_get(&s, "?", ret, err);
}

static void
expect(enum kith_passphrase_kind kind, const char *text, int fd, const char *want)
{
	KITH_AUTO_SECRET struct kith_secret s = {0};
	struct kith_error err;
	int r = get(kind, text, fd, &s, &err);

	if (r)
		print_error("%s: %s\n", text ? text : "", err.msg);
	assert_int_equal(r, 0);
	assert_int_equal(s.len, strlen(want));
	if (s.len)
		assert_memory_equal(s.ptr, want, s.len);
}

static void
reads_passphrases(void **state)
{
	KITH_AUTO_SECRET struct kith_secret s = {0};
	KITH_AUTO_FREE char *path = NULL;
	const struct kith_passphrase_source of_file = {KITH_PASSPHRASE_FILE, NULL, 0, NULL, NULL};
	struct kith_passphrase_source file = of_file;
	struct kith_error err;
	struct files f;
	int fds[2];

	(void)state;
	files_make(&f);
	files_put(&f, "p", "a b \xc3\xbc\r\nnot this\n");
	path = kith_fs_join(f.root, "p");
	expect(KITH_PASSPHRASE_FILE, path, -1, "a b \xc3\xbc");
	file.text = path;
	assert_true(kith_passphrase_is_exposed(&file));
	assert_int_equal(chmod(path, 0600), 0);
	assert_false(kith_passphrase_is_exposed(&file));
	files_put(&f, "p", "no line end");
	expect(KITH_PASSPHRASE_FILE, path, -1, "no line end");
	files_put(&f, "p", "");
	expect(KITH_PASSPHRASE_FILE, path, -1, "");
	files_put(&f, "p", "\xff\n");
	assert_int_equal(get(KITH_PASSPHRASE_FILE, path, -1, &s, &err), KITH_E_FORMAT);
	assert_int_equal(get(KITH_PASSPHRASE_FILE, "/nonexistent", -1, &s, &err), KITH_E_NOTFOUND);
	assert_int_equal(get(KITH_PASSPHRASE_FILE, f.root, -1, &s, &err), KITH_E_IO);
	expect(KITH_PASSPHRASE_TEXT, " text ", -1, " text ");
	expect(KITH_PASSPHRASE_EMPTY, NULL, -1, "");
	assert_int_equal(get(KITH_PASSPHRASE_NONE, NULL, -1, &s, &err), KITH_E_PASSPHRASE);
	assert_true(err.hint[0]);
	/* one line at a time, so that two can come from one descriptor */
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "first\nsecond\nrest", 17), 17);
	close(fds[1]);
	expect(KITH_PASSPHRASE_FD, NULL, fds[0], "first");
	expect(KITH_PASSPHRASE_FD, NULL, fds[0], "second");
	expect(KITH_PASSPHRASE_FD, NULL, fds[0], "rest");
	close(fds[0]);
	assert_int_equal(get(KITH_PASSPHRASE_FD, NULL, fds[0], &s, &err), KITH_E_IO);
	files_remove(&f);
}

static void
runs_passphrase_commands(void **state)
{
	KITH_AUTO_SECRET struct kith_secret s = {0};
	struct kith_error err;
	static const char long_one[] = "head -c 1025 /dev/zero | tr '\\0' x";
	static const char right_one[] = "head -c 1024 /dev/zero | tr '\\0' x";

	(void)state;
	expect(KITH_PASSPHRASE_COMMAND, "echo 'a  b'; echo more", -1, "a  b");
	expect(KITH_PASSPHRASE_COMMAND, "echo a; yes", -1, "a");
	expect(KITH_PASSPHRASE_COMMAND, "cat; echo end", -1, "end"); /* standard input is empty */
	assert_int_equal(setenv("CREV_PASSPHRASE", "sesame", 1), 0);
	expect(KITH_PASSPHRASE_COMMAND, "echo \"[$CREV_PASSPHRASE]\"", -1, "[]");
	assert_int_equal(unsetenv("CREV_PASSPHRASE"), 0);
	assert_int_equal(get(KITH_PASSPHRASE_COMMAND, "echo a; exit 3", -1, &s, &err),
			 KITH_E_PASSPHRASE);
	assert_non_null(strstr(err.msg, "status 3"));
	assert_int_equal(get(KITH_PASSPHRASE_COMMAND, "kill -9 $$", -1, &s, &err),
			 KITH_E_PASSPHRASE);
	assert_int_equal(get(KITH_PASSPHRASE_COMMAND, long_one, -1, &s, &err), KITH_E_LIMIT);
	assert_int_equal(get(KITH_PASSPHRASE_COMMAND, right_one, -1, &s, &err), 0);
	assert_int_equal(s.len, KITH_MAX_PASSPHRASE);
	kith_secret_clear(&s);
	assert_int_equal(get(KITH_PASSPHRASE_COMMAND, "printf 'a\\0b'", -1, &s, &err),
			 KITH_E_FORMAT);
}

/* --- a child that plays an agent --- */

struct player {
	struct files f;
	char *path;
	pid_t pid;
};

/* Listens, takes one connection, reads what comes first, answers with these bytes, ends. */
static void
play(struct player *p, const void *answer, size_t n)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	uint8_t sink[8192];
	int fd, c;

	files_make(&p->f);
	p->path = kith_fs_join(p->f.root, "s");
	assert_true(strlen(p->path) < sizeof(sa.sun_path));
	memcpy(sa.sun_path, p->path, strlen(p->path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fd, 1), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		c = accept(fd, NULL, NULL);
		if (c < 0 || read(c, sink, sizeof(sink)) < 0)
			_exit(1);
		if (n && write(c, answer, n) != (ssize_t)n)
			_exit(1);
		_exit(0);
	}
	close(fd);
}

static void
stop(struct player *p)
{
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	free(p->path);
	files_remove(&p->f);
}

static int
list_against(const void *answer, size_t n, struct kith_error *err)
{
	KITH_AUTO_SSH_KEYS struct kith_ssh_keys keys = {0};
	struct player p;
	int r;

	play(&p, answer, n);
	r = kith_ssh_agent_list(p.path, &keys, err);
	stop(&p);
	return r;
}

static void
distrusts_ssh_agents(void **state)
{
	static const uint8_t huge[] = {0x7f, 0xff, 0xff, 0xff, 12},
			     many[] = {0, 0, 0, 5, 12, 0xff, 0xff, 0xff, 0xff},
			     cut[] = {0, 0, 0, 9, 12, 0, 0}, few[] = {0, 0, 0, 5, 12, 0, 0, 0, 1},
			     more[] = {0, 0, 0, 6, 12, 0, 0, 0, 0, 0}, failure[] = {0, 0, 0, 1, 5},
			     none[] = {0, 0, 0, 5, 12, 0, 0, 0, 0};
	KITH_AUTO_SSH_KEYS struct kith_ssh_keys keys = {0};
	struct kith_error err;

	(void)state;
	assert_int_equal(list_against(huge, sizeof(huge), &err), KITH_E_LIMIT);
	assert_int_equal(list_against(many, sizeof(many), &err), KITH_E_LIMIT);
	assert_int_equal(list_against(cut, sizeof(cut), &err), KITH_E_IO);
	assert_int_equal(list_against(few, sizeof(few), &err), KITH_E_FORMAT);
	assert_int_equal(list_against(more, sizeof(more), &err), KITH_E_FORMAT);
	assert_int_equal(list_against(failure, sizeof(failure), &err), KITH_E_FORMAT);
	assert_int_equal(list_against(none, sizeof(none), &err), 0);
	assert_int_equal(list_against("", 0, &err), KITH_E_IO);
	assert_int_equal(kith_ssh_agent_list("/nonexistent/socket", &keys, &err), KITH_E_NOTFOUND);
}

/* A well-formed answer with a signature over something else is refused. */
static void
verifies_what_an_ssh_agent_signed(void **state)
{
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	KITH_AUTO_BUF struct kith_buf blob;
	KITH_AUTO_BUF struct kith_buf reply;
	uint8_t sig[KITH_SIG_BYTES], got[KITH_SIG_BYTES], none[KITH_SIG_BYTES] = {0};
	struct kith_id id;
	struct kith_error err;
	struct player p;
	int i, r;

	(void)state;
	assert_int_equal(kith_secret_random(&seed, KITH_SEED_BYTES, &err), 0);
	kith_ed25519_public(seed.ptr, &id);
	for (i = 0; i < 2; i++) {
		kith_ed25519_sign(seed.ptr, i ? BODY : KITH_SPAN_LIT("kind: other\n"), sig);
		kith_buf_init(&blob, 1024);
		kith_buf_init(&reply, 1024);
		kith_wire_put_string(&blob, KITH_SPAN_LIT("ssh-ed25519"));
		kith_wire_put_string(&blob, kith_span(sig, sizeof(sig)));
		kith_wire_put_u32(&reply, (uint32_t)blob.len + 5);
		kith_buf_put_char(&reply, 14);
		kith_wire_put_string(&reply, kith_buf_span(&blob));
		memset(got, 0, sizeof(got));
		play(&p, reply.ptr, reply.len);
		r = kith_ssh_agent_sign(p.path, &id, BODY, got, &err);
		stop(&p);
		assert_int_equal(r, i ? 0 : KITH_E_BADSIG);
		assert_memory_equal(got, i ? sig : none, sizeof(got));
		kith_buf_clear(&blob);
		kith_buf_clear(&reply);
	}
}

/* What ssh signs never reaches an agent: the socket is not even opened. */
static void
signs_only_bodies(void **state)
{
	static const uint8_t challenge[] = {0, 0, 0, 32, 'x'};
	const struct kith_span no[] = {kith_span(challenge, sizeof(challenge)),
				       KITH_SPAN_LIT("SSHSIG"),
				       KITH_SPAN_LIT(""),
				       KITH_SPAN_LIT("kind:trust"),
				       KITH_SPAN_LIT(" kind: trust"),
				       KITH_SPAN_LIT("Kind: trust")};
	struct kith_signer ssh = {.kind = KITH_SIGNER_SSH}, seed = {.kind = KITH_SIGNER_SEED};
	struct kith_error err;
	uint8_t sig[KITH_SIG_BYTES];
	char path[] = "/nonexistent/socket";
	size_t i;

	(void)state;
	ssh.path = path;
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		assert_int_equal(kith_ssh_agent_sign(path, &ssh.id, no[i], sig, &err),
				 KITH_E_USAGE);
		assert_int_equal(kith_signer_sign(&ssh, no[i], sig, &err), KITH_E_USAGE);
		assert_int_equal(kith_signer_sign(&seed, no[i], sig, &err), KITH_E_USAGE);
		assert_int_equal(kith_unlocked_sign(-1, &ssh.id, no[i], sig, &err), KITH_E_USAGE);
	}
	assert_int_equal(kith_signer_sign(&ssh, BODY, sig, &err), KITH_E_NOTFOUND);
}

/* --- the real ssh-agent --- */

static int
sh(const char *command)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
									       : -1;
}

static bool
run_in(const struct files *f, const char *command)
{
	KITH_AUTO_FREE char *line = kith_asprintf("cd '%s' && %s", f->root, command);

	return sh(line) == 0;
}

static void
signs_with_a_real_ssh_agent(void **state)
{
	KITH_AUTO_SSH_KEYS struct kith_ssh_keys keys = {0};
	KITH_AUTO_FREE char *path = NULL;
	KITH_AUTO_BUF struct kith_buf big;
	uint8_t sig[KITH_SIG_BYTES];
	struct kith_id other = {{1}};
	struct kith_signer signer = {.kind = KITH_SIGNER_SSH};
	struct kith_error err;
	struct files f;

	(void)state;
	if (sh("command -v ssh-agent ssh-keygen ssh-add >/dev/null")) {
		print_message("skipped: there is no ssh-agent here\n");
		skip();
	}
	files_make(&f);
	path = kith_fs_join(f.root, "s");
	assert_true(run_in(&f, "ssh-agent -a s >env && ssh-keygen -q -t ed25519 -N '' -C 'a key' "
			       "-f one && ssh-keygen -q -t rsa -b 2048 -N '' -f two"));
	assert_true(run_in(&f, "SSH_AUTH_SOCK=s ssh-add -q one two 2>err"));
	assert_int_equal(kith_ssh_agent_list(path, &keys, &err), 0);
	assert_int_equal(keys.count, 1);
	assert_int_equal(keys.others, 1);
	assert_string_equal(keys.items[0].comment, "a key");
	assert_int_equal(kith_ssh_agent_sign(path, &keys.items[0].id, BODY, sig, &err), 0);
	assert_true(kith_ed25519_verify(&keys.items[0].id, BODY, sig));
	assert_int_equal(kith_ssh_agent_sign(path, &other, BODY, sig, &err), KITH_E_CRYPTO);
	assert_true(err.hint[0]);
	kith_buf_init(&big, KITH_MAX_PROOF_BODY);
	kith_buf_put_str(&big, body);
	kith_buf_put_fill(&big, 'x', KITH_MAX_PROOF_BODY - big.len);
	signer.id = keys.items[0].id;
	signer.path = path;
	assert_int_equal(kith_signer_sign(&signer, kith_buf_span(&big), sig, &err), 0);
	assert_true(run_in(&f, ". ./env >/dev/null && kill $SSH_AGENT_PID"));
	files_remove(&f);
}

/* --- kith-agent, its answers --- */

static int
ask(struct kith_unlocked *u, const void *bytes, size_t n, int64_t now, struct kith_buf *reply)
{
	kith_buf_reset(reply);
	kith_unlocked_answer(u, kith_span(bytes, n), now, reply);
	return reply->len ? reply->ptr[0] : -1;
}

static void
holds_keys_for_their_time(void **state)
{
	uint8_t add[37] = {KITH_UNLOCKED_ADD, 0, 0, 0, 10}, sign[256] = {KITH_UNLOCKED_SIGN},
		forget[33] = {KITH_UNLOCKED_FORGET}, i;
	static const uint8_t list[] = {KITH_UNLOCKED_LIST};
	struct kith_unlocked u = {.count = 0};
	struct kith_unlocked_list items;
	KITH_AUTO_BUF struct kith_buf reply;
	struct kith_error err;
	struct kith_id id;
	size_t n = 33 + strlen(body);

	(void)state;
	kith_buf_init(&reply, KITH_UNLOCKED_MAX_REPLY);
	memset(add + 5, 7, 32);
	kith_ed25519_public(add + 5, &id);
	memcpy(sign + 1, id.bytes, 32);
	memcpy(sign + 33, body, strlen(body));
	assert_int_equal(ask(&u, sign, n, 0, &reply), KITH_UNLOCKED_UNKNOWN);
	assert_int_equal(ask(&u, add, 37, 0, &reply), KITH_UNLOCKED_OK);
	assert_int_equal(ask(&u, list, 1, 1, &reply), KITH_UNLOCKED_OK);
	assert_int_equal(kith_unlocked_decode_list(kith_buf_span(&reply), &items, &err), 0);
	assert_int_equal(items.count, 1);
	assert_int_equal(items.items[0].seconds, 10);
	assert_memory_equal(items.items[0].id.bytes, id.bytes, 32);
	assert_int_equal(ask(&u, sign, n, 9999, &reply), KITH_UNLOCKED_OK);
	assert_int_equal(reply.len, 65);
	assert_true(kith_ed25519_verify(&id, BODY, reply.ptr + 1));
	assert_int_equal(ask(&u, sign, n, 10000, &reply), KITH_UNLOCKED_UNKNOWN);
	assert_int_equal(u.count, 0);
	/* adding again makes it longer, not two */
	assert_int_equal(ask(&u, add, 37, 20000, &reply), KITH_UNLOCKED_OK);
	assert_int_equal(ask(&u, add, 37, 25000, &reply), KITH_UNLOCKED_OK);
	assert_int_equal(u.count, 1);
	assert_int_equal(ask(&u, sign, n, 34999, &reply), KITH_UNLOCKED_OK);
	sign[33] = 'K';
	assert_int_equal(ask(&u, sign, n, 34999, &reply), KITH_UNLOCKED_NO_BODY);
	memcpy(forget + 1, id.bytes, 32);
	assert_int_equal(ask(&u, forget, 32, 34999, &reply), KITH_UNLOCKED_BAD);
	assert_int_equal(ask(&u, forget, 33, 34999, &reply), KITH_UNLOCKED_OK);
	assert_int_equal(ask(&u, forget, 33, 34999, &reply), KITH_UNLOCKED_UNKNOWN);
	for (i = 0; i < KITH_UNLOCKED_MAX_KEYS; i++) {
		add[5] = i;
		assert_int_equal(ask(&u, add, 37, 40000, &reply), KITH_UNLOCKED_OK);
	}
	add[5] = i;
	assert_int_equal(ask(&u, add, 37, 40000, &reply), KITH_UNLOCKED_FULL);
	assert_int_equal(ask(&u, list, 1, 40000, &reply), KITH_UNLOCKED_OK);
	assert_int_equal(kith_unlocked_decode_list(kith_buf_span(&reply), &items, &err), 0);
	assert_int_equal(items.count, KITH_UNLOCKED_MAX_KEYS);
	add[1] = 1; /* more than a week */
	assert_int_equal(ask(&u, add, 37, 40000, &reply), KITH_UNLOCKED_BAD);
	add[1] = add[4] = 0;
	assert_int_equal(ask(&u, add, 37, 40000, &reply), KITH_UNLOCKED_BAD);
	assert_int_equal(ask(&u, add, 36, 40000, &reply), KITH_UNLOCKED_BAD);
	assert_int_equal(ask(&u, "", 0, 40000, &reply), KITH_UNLOCKED_BAD);
	assert_int_equal(ask(&u, "x", 1, 40000, &reply), KITH_UNLOCKED_BAD);
	assert_int_equal(ask(&u, forget, 1, 40000, &reply), KITH_UNLOCKED_OK);
	assert_int_equal(u.count, 0);
}

/* --- kith-agent, the process --- */

static bool
gone(const struct files *f)
{
	KITH_AUTO_FREE char *path = kith_fs_join(f->root, "agent/" KITH_UNLOCKED_SOCKET);
	int i;

	for (i = 0; i < 500 && kith_fs_exists(path); i++)
		usleep(20000);
	return !kith_fs_exists(path);
}

static void
signal_agent(int fd, int signo)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n), 0);
	assert_true(who.pid > 1 && who.pid != getpid());
	assert_int_equal(kill(who.pid, signo), 0);
}

static void
keeps_ids_unlocked_in_a_process(void **state)
{
	static const char program[] = KITH_BUILD_DIR "/" KITH_UNLOCKED_PROGRAM;
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	KITH_AUTO_FREE char *dir = NULL, *path = NULL;
	struct kith_signer signer = {.kind = KITH_SIGNER_UNLOCKED};
	struct kith_unlocked_list list;
	uint8_t sig[KITH_SIG_BYTES];
	struct kith_error err;
	struct stat st;
	struct files f;
	int fd, fd2;

	(void)state;
	files_make(&f);
	signer.path = f.root;
	assert_int_equal(kith_secret_random(&seed, KITH_SEED_BYTES, &err), 0);
	kith_ed25519_public(seed.ptr, &signer.id);
	assert_int_equal(kith_unlocked_connect(f.root, &fd, &err), KITH_E_NOTFOUND);
	assert_int_equal(kith_signer_sign(&signer, BODY, sig, &err), KITH_E_NOTFOUND);
	assert_int_equal(kith_unlocked_start(f.root, "/nonexistent", &fd, &err), KITH_E_HELPER);
	/* one that nobody gives a key ends by itself */
	assert_int_equal(kith_unlocked_start(f.root, program, &fd, &err), 0);
	close(fd);
	assert_true(gone(&f));
	assert_int_equal(kith_unlocked_start(f.root, program, &fd, &err), 0);
	assert_int_equal(kith_unlocked_add(fd, &seed, 60, &err), 0);
	close(fd);
	dir = kith_fs_join(f.root, "agent");
	path = kith_fs_join(dir, KITH_UNLOCKED_SOCKET);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(kith_signer_sign(&signer, BODY, sig, &err), 0);
	assert_true(kith_ed25519_verify(&signer.id, BODY, sig));
	/* the second start finds the first */
	assert_int_equal(kith_unlocked_start(f.root, program, &fd2, &err), 0);
	assert_int_equal(kith_unlocked_list(fd2, &list, &err), 0);
	assert_int_equal(list.count, 1);
	assert_in_range(list.items[0].seconds, 1, 60);
	assert_int_equal(kith_unlocked_forget(fd2, &signer.id, &err), 0);
	close(fd2);
	assert_true(gone(&f));
	/* forgets on SIGTERM */
	assert_int_equal(kith_unlocked_start(f.root, program, &fd, &err), 0);
	assert_int_equal(kith_unlocked_add(fd, &seed, 60, &err), 0);
	close(fd);
	assert_int_equal(kith_unlocked_connect(f.root, &fd, &err), 0);
	signal_agent(fd, SIGTERM);
	close(fd);
	assert_true(gone(&f));
	assert_int_equal(kith_signer_sign(&signer, BODY, sig, &err), KITH_E_NOTFOUND);
	/* a socket left behind by one that was killed is no obstacle */
	assert_int_equal(kith_unlocked_start(f.root, program, &fd, &err), 0);
	assert_int_equal(kith_unlocked_add(fd, &seed, 1, &err), 0);
	close(fd);
	assert_int_equal(kith_unlocked_connect(f.root, &fd, &err), 0);
	signal_agent(fd, SIGKILL);
	close(fd);
	assert_int_equal(kith_unlocked_start(f.root, program, &fd, &err), 0);
	/* and forgets when the time is over */
	assert_int_equal(kith_unlocked_add(fd, &seed, 1, &err), 0);
	close(fd);
	assert_int_equal(kith_signer_sign(&signer, BODY, sig, &err), 0);
	assert_true(gone(&f));
	files_remove(&f);
}

static int
setup(void **state)
{
	(void)state;
	return kith_crypto_init(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_passphrases),
	    cmocka_unit_test(runs_passphrase_commands),
	    cmocka_unit_test(distrusts_ssh_agents),
	    cmocka_unit_test(verifies_what_an_ssh_agent_signed),
	    cmocka_unit_test(signs_only_bodies),
	    cmocka_unit_test(signs_with_a_real_ssh_agent),
	    cmocka_unit_test(holds_keys_for_their_time),
	    cmocka_unit_test(keeps_ids_unlocked_in_a_process),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
