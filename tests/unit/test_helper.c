/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/guard.h"
#include "helper/helper.h"

static const char *const passed_env[] = {"KITH_MISBEHAVE", NULL};
static const struct kith_helper_options options = {KITH_BUILD_DIR "/tests", passed_env, 2000};

static struct kith_helper *
start(const char *how)
{
	struct kith_helper *h = NULL;
	struct kith_error err;

	setenv("KITH_MISBEHAVE", how, 1);
	if (kith_helper_start("kith_misbehave", &options, &h, &err))
		fail_msg("%s", err.msg);
	return h;
}

static void
test_cursor(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_frame f;
	struct kith_cursor c;
	char name[4];
	size_t mark, used, i;

	(void)state;
	kith_buf_init(&b, 1000);
	mark = kith_frame_begin(&b, 20);
	kith_frame_put_u8(&b, 7);
	kith_frame_put_u32(&b, 0x01020304);
	kith_frame_put_u64(&b, UINT64_C(0x0102030405060708));
	kith_frame_put_str(&b, "abc");
	kith_frame_put_bytes(&b, KITH_SPAN_NONE);
	kith_frame_end(&b, mark);
	for (i = 0; i < b.len; i++)
		assert_int_equal(kith_frame_cut(kith_span(b.ptr, i), &f, &used), KITH_E_NOTFOUND);
	assert_int_equal(kith_frame_cut(kith_buf_span(&b), &f, &used), KITH_OK);
	assert_int_equal(used, b.len);
	assert_int_equal(f.type, 20);
	c = kith_cursor(f.payload);
	assert_int_equal(kith_cursor_u8(&c), 7);
	assert_int_equal(kith_cursor_u32(&c), 0x01020304);
	assert_int_equal(kith_cursor_u64(&c), UINT64_C(0x0102030405060708));
	kith_cursor_str(&c, name, sizeof(name));
	assert_string_equal(name, "abc");
	assert_false(kith_cursor_end(&c));
	assert_int_equal(kith_cursor_bytes(&c).len, 0);
	assert_true(kith_cursor_end(&c));
	assert_int_equal(kith_cursor_u8(&c), 0);
	assert_false(kith_cursor_end(&c));
}

static void
test_cursor_lies(void **state)
{
	struct kith_cursor c = kith_cursor(KITH_SPAN_LIT("\xff\xff\xff\xff"
							 "abc"));
	struct kith_frame f;
	char name[3];
	size_t used;

	(void)state;
	assert_int_equal(kith_cursor_bytes(&c).len, 0);
	assert_true(c.bad);
	c = kith_cursor(KITH_SPAN_LIT("\x03\0\0\0"
				      "abc"));
	kith_cursor_str(&c, name, sizeof(name)); /* one too long */
	assert_true(c.bad);
	c = kith_cursor(KITH_SPAN_LIT("\x02\0\0\0"
				      "a\0"));
	kith_cursor_str(&c, name, sizeof(name));
	assert_true(c.bad);
	assert_int_equal(kith_frame_cut(KITH_SPAN_LIT("\xff\xff\xff\xff\x01"), &f, &used),
			 KITH_E_LIMIT);
}

static void
test_error_frame(void **state)
{
	struct kith_error in, out;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_frame f;
	size_t used;

	(void)state;
	kith_hint(&in, kith_fail(&in, KITH_E_NET, "no route to %s", "x"), "look %s", "there");
	kith_buf_init(&b, 1000);
	kith_frame_put_error(&b, &in);
	assert_int_equal(kith_frame_cut(kith_buf_span(&b), &f, &used), KITH_OK);
	assert_int_equal(kith_frame_error(f.payload, &out), KITH_E_NET);
	assert_string_equal(out.msg, "no route to x");
	assert_string_equal(out.hint, "look there");
	assert_int_equal(kith_frame_error(KITH_SPAN_LIT("\0\0\0\0\0\0\0\0\0\0\0\0"), &out),
			 KITH_E_HELPER);
	assert_int_equal(kith_frame_error(KITH_SPAN_LIT("\x63\0\0\0\0\0\0\0\0\0\0\0"), &out),
			 KITH_E_HELPER);
	assert_int_equal(kith_frame_error(KITH_SPAN_NONE, &out), KITH_E_HELPER);
}

/* Four frames of 4 MiB each way through a socket that holds far less. */
static void
test_echo(void **state)
{
	enum { FRAMES = 4, BYTES = 4 << 20 };
	KITH_AUTO_HELPER struct kith_helper *h = start("echo");
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	struct kith_frame f;
	size_t mark;
	uint8_t i;

	(void)state;
	kith_buf_init(&b, KITH_MIB(20));
	for (i = 0; i < FRAMES; i++) {
		mark = kith_frame_begin(&b, (uint8_t)(30 + i));
		kith_buf_put_fill(&b, (char)('a' + i), BYTES);
		kith_frame_end(&b, mark);
	}
	if (kith_helper_send(h, &b, &err))
		fail_msg("%s", err.msg);
	for (i = 0; i < FRAMES; i++) {
		if (kith_helper_recv(h, 10000, &f, &err))
			fail_msg("%s", err.msg);
		assert_int_equal(f.type, 30 + i);
		assert_int_equal(f.payload.len, BYTES);
		assert_int_equal(f.payload.ptr[BYTES - 1], 'a' + i);
	}
	assert_int_equal(kith_helper_try_recv(h, &f, &err), KITH_E_NOTFOUND);
	assert_int_equal(kith_helper_recv(h, 20, &f, &err), KITH_E_HELPER);
	assert_string_equal(err.msg, "kith_misbehave: no answer in time");
	assert_int_equal(kith_helper_recv(h, 20, &f, &err), KITH_E_HELPER);
	assert_string_equal(err.msg, "kith_misbehave: no answer in time");
	assert_int_equal(kith_helper_send(h, &b, &err), KITH_E_HELPER);
}

static void
test_misbehaviour(void **state)
{
	static const struct {
		const char *how, *msg;
	} cases[] = {
	    {"silent", "no answer in time"},
	    {"stall", "no answer in time"},
	    {"version", "speaks version 99 of the protocol, not 1"},
	    {"name", "is not the program it should be"},
	    {"garbage", "sent a frame of more than 34603008 bytes"},
	    {"half", "the stream ends within a frame"},
	    {"abort", "died of signal 6 (Aborted)"},
	    {"exit", "ended the connection"},
	    {"orphan", "ended the connection"},
	    {"words", "ended with status 3 (last \\x1b[31mwords)"},
	};
	struct kith_error err;
	struct kith_frame f;
	char want[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		KITH_AUTO_HELPER struct kith_helper *h = start(cases[i].how);

		assert_int_equal(kith_helper_recv(h, 1000, &f, &err), KITH_E_HELPER);
		snprintf(want, sizeof(want), "kith_misbehave: %s", cases[i].msg);
		assert_string_equal(err.msg, want);
	}
}

static void
test_send_to_dead_and_deaf(void **state)
{
	KITH_AUTO_HELPER struct kith_helper *dead = start("exit");
	KITH_AUTO_HELPER struct kith_helper *deaf = start("stall");
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	size_t mark;

	(void)state;
	kith_buf_init(&b, KITH_MIB(20));
	mark = kith_frame_begin(&b, 30);
	kith_buf_put_fill(&b, 'x', KITH_MIB(8));
	kith_frame_end(&b, mark);
	assert_int_equal(kith_helper_send(dead, &b, &err), KITH_E_HELPER);
	assert_int_equal(kith_helper_send(deaf, &b, &err), KITH_E_HELPER);
	assert_string_equal(err.msg, "kith_misbehave: does not take what it is sent");
}

static void
test_not_there(void **state)
{
	struct kith_helper *h = NULL;
	struct kith_error err;

	(void)state;
	assert_int_equal(kith_helper_start("kith-nothing", &options, &h, &err), KITH_E_HELPER);
	assert_null(h);
	assert_string_equal(err.msg,
			    "kith-nothing: the helper program is not in " KITH_BUILD_DIR "/tests");
}

/* --- guarded children --- */

static int
work_sleep(void *ctx)
{
	(void)ctx;
	if (fork() == 0)
		pause();
	pause();
	return 0;
}

static int
work_spin(void *ctx)
{
	volatile uint64_t *n = ctx;

	while (*n != UINT64_MAX)
		(*n)++;
	return 0;
}

static int
work_files(void *ctx)
{
	const char *const *paths = ctx;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	int r = 0;

	kith_buf_init(&b, KITH_MIB(1));
	if (kith_fs_read(paths[0], &b, NULL)) /* allowed */
		r |= 1;
	if (!kith_fs_read(paths[1], &b, NULL)) /* not allowed */
		r |= 2;
	if (!kith_fs_replace(paths[2], KITH_SPAN_LIT("x"), 0600, &err)) /* a folder to read only */
		r |= 4;
	if (write(1, "x", 1) != 1) /* /dev/null */
		r |= 8;
	if (write(3, "x", 1) == 1)
		r |= 16;
	return r;
}

static void
spawn(const struct kith_guard *g, int (*work)(void *ctx), void *ctx, int ms,
      struct kith_child_end *ret_end)
{
	struct kith_child c;
	struct kith_error err;

	if (kith_guard_spawn(g, work, ctx, &c, &err))
		fail_msg("%s", err.msg);
	kith_child_wait(&c, ms, ret_end);
}

/* Bits: what was let through. 64: there is a filter. */
static int
work_filter(void *ctx)
{
	char name[] = "/bin/true", *argv[] = {name, NULL};
	static const int families[] = {AF_INET, AF_UNIX, AF_NETLINK};
	int r = prctl(PR_GET_SECCOMP) == 2 ? 64 : 0, i, fd;

	(void)ctx;
	for (i = 0; i < 3; i++) {
		fd = socket(families[i], SOCK_DGRAM, 0);
		r |= fd >= 0 ? 1 << i : 0;
		if (fd < 0 && errno != EPERM)
			return 127;
	}
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		r |= 8;
	if (syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno != EPERM)
		r |= 16;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){0, 0}) < 0) /* between ourselves */
		r |= 32;
	execv(name, argv);
	return errno == EPERM ? r : 126;
}

static void
expect_filter(const struct kith_guard *g, int want)
{
	struct kith_child_end end;

	spawn(g, work_filter, NULL, 5000, &end);
	if (!WIFEXITED(end.status))
		fail_msg("wait status %#x", (unsigned)end.status);
	assert_int_equal(WEXITSTATUS(end.status), want);
}

/* What Landlock does not see. A program that may be run is out of our hands: /bin/true gives 0. */
static void
test_filter(void **state)
{
	static const struct kith_guard_path all[] = {{"/", KITH_GUARD_READ | KITH_GUARD_EXEC}};
	struct kith_guard g = {.cpu_s = 5, .paths = all, .n_paths = 1};
	pid_t p = fork();
	int status;

	(void)state;
	if (p == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || kith_guard_filter(&g, NULL))
			_exit(2);
		_exit(prctl(PR_GET_SECCOMP) == 2 ? 0 : 1);
	}
	assert_true(waitpid(p, &status, 0) == p && WIFEXITED(status) && WEXITSTATUS(status) < 2);
	if (WEXITSTATUS(status) == 1) {
		print_message("skipped: this kernel filters no system calls\n");
		skip();
	}
	expect_filter(&g, 64);
	g.network = true;
	expect_filter(&g, 64 | 1 | 4);
	g.programs = true;
	expect_filter(&g, 0);
}

static int
change_guard(struct kith_guard *g, void *ctx)
{
	*(int *)ctx += 1;
	g->file_bytes = 3;
	return *(int *)ctx == 1 ? 0 : 1;
}

static int
work_prepared(void *ctx)
{
	struct rlimit lim;

	return getrlimit(RLIMIT_FSIZE, &lim) == 0 && lim.rlim_cur == 3 ? 40 + *(int *)ctx : 1;
}

/* In the child and nowhere else. */
static void
test_prepare(void **state)
{
	struct kith_guard g = {.cpu_s = 5, .prepare = change_guard};
	struct kith_child_end end;
	struct kith_error err;
	int n = 0;

	(void)state;
	spawn(&g, work_prepared, &n, 5000, &end);
	assert_int_equal(WEXITSTATUS(end.status), 41);
	assert_int_equal(n, 0);
	n = 1;
	spawn(&g, work_prepared, &n, 5000, &end);
	assert_int_equal(kith_child_check(&end, &err), KITH_E_HELPER);
	assert_string_equal(err.msg, "could not confine itself");
}

static int
work_exit(void *ctx)
{
	return *(int *)ctx;
}

static void
test_guard(void **state)
{
	static const struct kith_guard_path paths[] = {{"/usr/lib", KITH_GUARD_READ},
						       {"/nowhere", KITH_GUARD_READ},
						       {KITH_SOURCE_DIR "/src", KITH_GUARD_READ}};
	const char *files[] = {KITH_SOURCE_DIR "/src/base/base.h", KITH_SOURCE_DIR "/README.md",
			       KITH_SOURCE_DIR "/src/made-by-test"};
	struct kith_guard g = {.cpu_s = 1, .memory = KITH_MIB(256), .paths = paths, .n_paths = 3};
	struct kith_child_end end;
	struct kith_error err;
	uint64_t n = 0;
	int status = 5;

	(void)state;
	spawn(&g, work_exit, &status, 5000, &end);
	assert_int_equal(kith_child_check(&end, &err), KITH_E_HELPER);
	assert_string_equal(err.msg, "ended with status 5");
	status = 0;
	spawn(&g, work_exit, &status, 5000, &end);
	assert_int_equal(kith_child_check(&end, &err), KITH_OK);
	spawn(&g, work_sleep, NULL, 50, &end);
	assert_int_equal(kith_child_check(&end, &err), KITH_E_HELPER);
	assert_string_equal(err.msg, "took too long and was ended");
	spawn(&g, work_spin, &n, 20000, &end);
	assert_int_equal(kith_child_check(&end, &err), KITH_E_HELPER);
	assert_string_equal(err.msg, "used too much processor time");
	g.file_bytes = 100;
	spawn(&g, work_files, files, 5000, &end);
	/* a kernel without Landlock confines by the limits only */
	if (end.status == 0)
		assert_int_equal(kith_child_check(&end, &err), KITH_OK);
	else
		assert_int_equal(end.status >> 8 & ~6, 0);
	unlink(files[2]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cursor),       cmocka_unit_test(test_cursor_lies),
	    cmocka_unit_test(test_error_frame),  cmocka_unit_test(test_echo),
	    cmocka_unit_test(test_misbehaviour), cmocka_unit_test(test_send_to_dead_and_deaf),
	    cmocka_unit_test(test_not_there),    cmocka_unit_test(test_guard),
	    cmocka_unit_test(test_filter),       cmocka_unit_test(test_prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
