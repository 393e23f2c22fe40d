/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that prints. stdout is data, stderr is talk. Texts from the library are safe for a
 * terminal already; words from the command line are made so here: a shell's * takes strangers' file
 * names into them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

static void
clear_progress(struct cli *cli)
{
	if (cli->progress_shown)
		fputs(cli->err_tty ? "\r\033[K" : "", stderr);
	cli->progress_shown = false;
}

static void
put_prefix(const struct cli *cli)
{
	fputs("kith: ", stderr);
	if (cli->command)
		fprintf(stderr, "%s: ", cli->command->name);
}

/* One line; too long a text is cut. */
KITH_PRINTF(1, 0)
static void
put_line(const char *fmt, va_list ap)
{
	char raw[4096], safe[4096];

	vsnprintf(raw, sizeof(raw), fmt, ap);
	kith_safe_text(raw, safe, sizeof(safe));
	fprintf(stderr, "%s\n", safe);
}

int
cli_fail(const struct cli *cli, const struct kith_error *err)
{
	int status = kith_code_exit(err->code);

	put_prefix(cli);
	fprintf(stderr, "%s\n", err->msg);
	if (err->hint[0])
		fprintf(stderr, "hint: %s\n", err->hint);
	return status ? status : CLI_INTERNAL;
}

int
cli_usage(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	put_prefix(cli);
	va_start(ap, fmt);
	put_line(fmt, ap);
	va_end(ap);
	return CLI_USAGE;
}

void
cli_warn(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	(void)cli;
	fputs("warning: ", stderr);
	va_start(ap, fmt);
	put_line(fmt, ap);
	va_end(ap);
}

void
cli_tell(const char *text)
{
	fputs(text, stderr);
}

void
cli_note(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, fmt);
	put_line(fmt, ap);
	va_end(ap);
}

void
cli_put(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stdout, fmt, ap);
	va_end(ap);
}

static int
write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A new file beside the target, renamed over it: never through a link, never half a file. */
static int
write_file(const char *path, const char *text, size_t len)
{
	size_t size = strlen(path) + 32;
	char *tmp = malloc(size);
	int fd, saved, r = -1;

	if (!tmp)
		return -1;
	snprintf(tmp, size, "%s.tmp.%ld", path, (long)getpid());
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd >= 0) {
		r = write_all(fd, text, len);
		if (fsync(fd) < 0)
			r = -1;
		if (close(fd) < 0 || r < 0 || rename(tmp, path) < 0) {
			saved = errno;
			unlink(tmp);
			errno = saved;
			r = -1;
		}
	}
	free(tmp);
	return r;
}

/* A device or pipe (/dev/null, /dev/full) is written to: a file in its place would be a loss. */
static bool
is_device(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode));
}

static int
write_device(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	int r = fd < 0 ? -1 : write_all(fd, text, len);

	if (fd >= 0 && close(fd) < 0)
		r = -1;
	return r;
}

int
cli_write(const struct cli *cli, const char *text, size_t len)
{
	int r;

	fflush(stdout);
	if (cli->output && strcmp(cli->output, "-") != 0)
		r = is_device(cli->output) ? write_device(cli->output, text, len)
					   : write_file(cli->output, text, len);
	else
		r = write_all(STDOUT_FILENO, text, len);
	if (r < 0 && errno == EPIPE)
		return CLI_YES; /* the reader has seen enough */
	if (r < 0) {
		cli_usage(cli, "writing %s: %s", cli->output ? cli->output : "standard output",
			  strerror(errno));
		return CLI_ENVIRONMENT;
	}
	return CLI_YES;
}

static void
put_progress(struct cli *cli, const struct kith_event *e)
{
	if (cli->progress == CLI_NEVER || (cli->progress == CLI_AUTO && !cli->err_tty))
		return;
	clear_progress(cli);
	if (e->total)
		fprintf(stderr, "%s %llu of %llu", e->text, e->done, e->total);
	else
		fprintf(stderr, "%s %llu", e->text, e->done);
	if (cli->err_tty)
		cli->progress_shown = true;
	else
		fputc('\n', stderr);
	fflush(stderr);
}

void
cli_event(void *ctx, const struct kith_event *event)
{
	struct cli *cli = ctx;

	if (event->kind == KITH_EVENT_PROGRESS) {
		put_progress(cli, event);
		return;
	}
	if (event->kind == KITH_EVENT_NOTE && cli->quiet)
		return;
	if (event->kind == KITH_EVENT_DETAIL && !cli->verbose)
		return;
	clear_progress(cli);
	fprintf(stderr, "%s%s\n", event->kind == KITH_EVENT_WARNING ? "warning: " : "",
		event->text);
}

void
cli_end_progress(struct cli *cli)
{
	clear_progress(cli);
	fflush(stderr);
}

bool
cli_color(const struct cli *cli)
{
	const char *no = getenv("NO_COLOR");

	if (cli->color != CLI_AUTO)
		return cli->color == CLI_ALWAYS;
	return cli->out_tty && !cli->output && !(no && *no);
}

int
cli_flush(int status)
{
	if (fflush(stdout) && status == CLI_YES && errno != EPIPE)
		return CLI_ENVIRONMENT;
	return status;
}
