/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_run [-n ROUNDS] [-m] [-b COMMAND] -- PROGRAM ARGUMENT...: medians of wall and CPU time of a
 * program and all it waits for, over so many runs. -b: a shell command before each run, not
 * counted. -m: one more run, watched for the most memory that it and its descendants hold at once.
 * One line: wall ms, CPU ms, most resident KiB of one process, with -m of all together.
 * Program and helpers inherit nothing but their output going to /dev/null.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"

#define MAX_ROUNDS    101
#define MAX_PROCESSES 64

struct run {
	double wall, cpu;
	long peak; /* KiB, of one process */
	long all;  /* KiB, of all at once */
	int status;
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static size_t
read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* Resident pages, shared ones counted in each process: more than is really used, never less. */
static long
resident_kib(uint64_t pid)
{
	char path[64], text[256];
	struct kith_span rest, word;
	uint64_t pages = 0;

	snprintf(path, sizeof(path), "/proc/%llu/statm", (unsigned long long)pid);
	read_text(path, text, sizeof(text));
	rest = kith_span_str(text);
	kith_span_next(&rest, ' ', &word);
	if (!kith_span_next(&rest, ' ', &word) || !kith_span_u64(word, &pages))
		return 0;
	return (long)pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Of a process and its descendants, wave by wave. */
static long
tree_kib(pid_t root)
{
	uint64_t pids[MAX_PROCESSES];
	size_t n = 1, i;
	long sum = 0;

	pids[0] = (uint64_t)root;
	for (i = 0; i < n; i++) {
		char path[96], text[1024];
		struct kith_span rest, word;
		uint64_t pid;

		sum += resident_kib(pids[i]);
		snprintf(path, sizeof(path), "/proc/%llu/task/%llu/children",
			 (unsigned long long)pids[i], (unsigned long long)pids[i]);
		read_text(path, text, sizeof(text));
		rest = kith_span_str(text);
		while (n < MAX_PROCESSES && kith_span_next(&rest, ' ', &word))
			if (kith_span_u64(word, &pid))
				pids[n++] = pid;
	}
	return sum;
}

static pid_t
start(char **argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

		if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static double
cpu_ms(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1e3 +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e3;
}

static bool
run(const char *before, char **argv, bool watch, struct run *ret_run)
{
	char sh[] = "sh", option[] = "-c", *shell[] = {sh, option, NULL, NULL};
	struct rusage usage;
	double begin;
	int status = 0;
	pid_t pid;

	memset(ret_run, 0, sizeof(*ret_run));
	if (before) {
		KITH_AUTO_FREE char *copy = kith_asprintf("%s", before);

		shell[2] = copy;
		pid = start(shell);
		if (!copy || pid < 0 || waitpid(pid, &status, 0) < 0 || status)
			return false;
	}
	begin = now_ms();
	pid = start(argv);
	while (watch && wait4(pid, &status, WNOHANG, &usage) == 0) {
		struct timespec pause = {0, 500000};
		long kib = tree_kib(pid);

		ret_run->all = kib > ret_run->all ? kib : ret_run->all;
		nanosleep(&pause, NULL);
	}
	if (pid < 0 || (!watch && wait4(pid, &status, 0, &usage) < 0))
		return false;
	ret_run->wall = now_ms() - begin;
	ret_run->cpu = cpu_ms(&usage);
	ret_run->peak = usage.ru_maxrss;
	ret_run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	return ret_run->status != 126 && ret_run->status != 127 && ret_run->status < 128;
}

static int
order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
main(int argc, char **argv)
{
	double wall[MAX_ROUNDS], cpu[MAX_ROUNDS];
	const char *before = NULL;
	uint64_t rounds = 5;
	bool watch = false;
	struct run r = {0};
	long peak = 0;
	size_t i;
	int opt;

	while ((opt = getopt(argc, argv, "+n:b:m")) != -1) {
		if (opt == 'b')
			before = optarg;
		else if (opt == 'm')
			watch = true;
		else if (opt != 'n' || !kith_span_u64(kith_span_str(optarg), &rounds) || !rounds ||
			 rounds > MAX_ROUNDS)
			return 2;
	}
	if (optind >= argc)
		return 2;
	for (i = 0; i < rounds; i++) {
		if (!run(before, argv + optind, false, &r)) {
			fprintf(stderr, "bench: %s ended with status %d\n", argv[optind], r.status);
			return 1;
		}
		wall[i] = r.wall;
		cpu[i] = r.cpu;
		peak = r.peak > peak ? r.peak : peak;
	}
	qsort(wall, rounds, sizeof(wall[0]), order);
	qsort(cpu, rounds, sizeof(cpu[0]), order);
	if (watch && !run(before, argv + optind, true, &r))
		return 1;
	printf("%.1f %.1f %ld %ld\n", wall[rounds / 2], cpu[rounds / 2], peak, r.all);
	return 0;
}
