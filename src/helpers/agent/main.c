/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith-agent DIR: holds unlocked ids for a time (identity/unlocked.h). Started by `kith id unlock`
 * with its first client as standard input; goes into the background once it listens. Its own
 * program, so that its memory holds nothing but what it was given. Never writes a key anywhere.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "crypto/crypto.h"
#include "identity/socket.h"
#include "identity/unlocked.h"

enum status { DONE = 0, FAILED = 1, USAGE = 2, ANOTHER_RUNS = 3 };

/* No core dump, no debugger of the same user, no file that others can open. */
static int
harden(void)
{
	const struct rlimit none = {0, 0};

	umask(077);
	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return -1;
	return prctl(PR_SET_DUMPABLE, 0);
}

static int
open_private_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (!(st.st_mode & 077) || fchmod(fd, 0700) == 0))
		return fd;
	close(fd);
	return -1;
}

static int
prepare(const char *dir, int *ret_dirfd, int *ret_listen, struct kith_error *err)
{
	KITH_AUTO_FREE char *lock = kith_fs_join(dir, "lock");
	int r, lock_fd;

	*ret_dirfd = open_private_folder(dir);
	if (*ret_dirfd < 0 || !lock)
		return KITH_E_IO;
	/* until this process has ended, however it does */
	r = kith_fs_lock(lock, false, &lock_fd, err);
	if (r)
		return r;
	if (unlinkat(*ret_dirfd, KITH_UNLOCKED_SOCKET, 0) < 0 &&
	    faccessat(*ret_dirfd, KITH_UNLOCKED_SOCKET, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return KITH_E_IO;
	return kith_socket_listen(*ret_dirfd, KITH_UNLOCKED_SOCKET, ret_listen, err);
}

static int
watch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* In the background process; says over `report` how it went once it listens, or cannot. */
static enum status
run(const char *dir, int report)
{
	int dirfd = -1, listen_fd = -1, signal_fd, first, r;
	struct kith_error err;
	uint8_t status;

	setsid();
	r = prepare(dir, &dirfd, &listen_fd, &err);
	first = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	signal_fd = watch_signals();
	close(STDIN_FILENO);
	if (first < 0 || signal_fd < 0 || open("/dev/null", O_RDONLY) != STDIN_FILENO ||
	    chdir("/") < 0)
		r = r ? r : KITH_E_IO;
	status = r == KITH_E_EXISTS ? ANOTHER_RUNS : r ? FAILED : DONE;
	if (kith_fs_write_full(report, &status, sizeof(status), &err) || status != DONE)
		return FAILED;
	close(report);
	r = kith_unlocked_serve(listen_fd, first, signal_fd, &err);
	unlinkat(dirfd, KITH_UNLOCKED_SOCKET, 0);
	return r ? FAILED : DONE;
}

int
main(int argc, char **argv)
{
	struct kith_error err;
	uint8_t status;
	int report[2];
	pid_t pid;

	if (argc != 2)
		return USAGE;
	if (harden() < 0 || kith_crypto_init(&err) || pipe2(report, O_CLOEXEC) < 0)
		return FAILED;
	pid = fork();
	if (pid == 0) {
		close(report[0]);
		return (int)run(argv[1], report[1]);
	}
	close(report[1]);
	if (pid < 0 || kith_fs_read_full(report[0], &status, sizeof(status), &err))
		return FAILED;
	return status;
}
