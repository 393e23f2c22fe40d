/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks at the terminal itself, so that neither stdin nor stdout matter. While a passphrase is typed
 * nothing is echoed and signals wait: the terminal is as it was before any of them acts.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "prompt.h"

#define CREV_PASSPHRASE "CREV_PASSPHRASE"

#define KEY_INTERRUPT 0x03 /* Ctrl-C */
#define KEY_END       0x04 /* Ctrl-D */
#define KEY_ERASE     0x08
#define KEY_KILL      0x15 /* Ctrl-U */
#define KEY_DELETE    0x7f

bool
cli_can_ask(void)
{
	return isatty(STDIN_FILENO) != 0;
}

static int
open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static void
say(int tty, const char *text)
{
	size_t n = strlen(text);
	ssize_t put;

	while (n) {
		put = write(tty, text, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return;
		text += put;
		n -= (size_t)put;
	}
}

static int
fail(struct kith_error *err, enum kith_code code, const char *msg)
{
	if (err) {
		memset(err, 0, sizeof(*err));
		err->code = code;
		snprintf(err->msg, sizeof(err->msg), "%s", msg);
	}
	return code;
}

/* --- typing without echo --- */

struct typing {
	int tty, signals; /* signals: of those that are blocked meanwhile */
	struct termios before;
	sigset_t mask;
};

static int
begin(struct typing *t)
{
	static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
	struct termios raw;
	sigset_t set;
	size_t i;

	t->tty = open_terminal();
	if (t->tty < 0 || tcgetattr(t->tty, &t->before) < 0)
		return -1;
	sigemptyset(&set);
	for (i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, &t->mask);
	t->signals = signalfd(-1, &set, SFD_CLOEXEC);
	raw = t->before;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	/* what was typed before the question is not an answer to it */
	return tcsetattr(t->tty, TCSAFLUSH, &raw);
}

/* Signals that came meanwhile act now. */
static void
end(struct typing *t)
{
	if (t->tty < 0)
		return;
	tcsetattr(t->tty, TCSAFLUSH, &t->before);
	say(t->tty, "\n");
	close(t->tty);
	if (t->signals >= 0)
		close(t->signals);
	sigprocmask(SIG_SETMASK, &t->mask, NULL);
}

/* One key; false when a signal waits or the terminal is gone. */
static bool
next_key(struct typing *t, unsigned char *ret_key)
{
	struct pollfd p[2] = {{.fd = t->tty, .events = POLLIN},
			      {.fd = t->signals, .events = POLLIN}};

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return false;
		if (p[1].revents)
			return false;
		if (p[0].revents)
			return read(t->tty, ret_key, 1) == 1;
	}
}

/* Takes a whole character away, of however many bytes. */
static size_t
erase(const unsigned char *buf, size_t n)
{
	while (n && (buf[n - 1] & 0xc0) == 0x80)
		n--;
	return n ? n - 1 : 0;
}

static int
type_line(struct typing *t, unsigned char *buf, size_t size, size_t *ret_len,
	  struct kith_error *err)
{
	unsigned char key = 0;
	size_t n = 0;

	for (;;) {
		if (!next_key(t, &key) || key == KEY_INTERRUPT || (key == KEY_END && !n))
			return fail(err, KITH_E_CANCELLED, "interrupted");
		if (key == '\n' || key == '\r' || key == KEY_END)
			break;
		if (key == KEY_DELETE || key == KEY_ERASE)
			n = erase(buf, n);
		else if (key == KEY_KILL)
			n = 0;
		else if (n == size)
			return fail(err, KITH_E_LIMIT, "the passphrase is too long");
		else
			buf[n++] = key;
	}
	*ret_len = n;
	return KITH_OK;
}

static int
ask(void *ctx, const char *prompt, unsigned char *buf, size_t size, size_t *ret_len,
    struct kith_error *err)
{
	struct typing t = {.tty = -1, .signals = -1};
	int r;

	(void)ctx;
	if (begin(&t) < 0) {
		end(&t);
		return fail(err, KITH_E_PASSPHRASE, "the terminal cannot be used");
	}
	say(t.tty, prompt);
	r = type_line(&t, buf, size, ret_len, err);
	end(&t);
	return r;
}

/* --- sources --- */

static bool
number(const char *word, int *ret)
{
	int v = 0;
	const char *p;

	for (p = word; *p >= '0' && *p <= '9' && v < 100000; p++)
		v = v * 10 + (*p - '0');
	*ret = v;
	return p != word && !*p && v < 100000;
}

/* 1: found, 0: not given, -1: wrong. */
static int
from_options(const struct cli *cli, const char *file_option, const char *fd_option,
	     struct kith_passphrase_source *source)
{
	const char *file = cli_value(cli, file_option), *fd = cli_value(cli, fd_option);

	if (file && fd) {
		cli_usage(cli, "--%s and --%s exclude each other", file_option, fd_option);
		return -1;
	}
	if (fd && !number(fd, &source->fd)) {
		cli_usage(cli, "--%s: '%s' is no descriptor", fd_option, fd);
		return -1;
	}
	source->text = file;
	source->kind = file ? KITH_PASSPHRASE_FILE : fd ? KITH_PASSPHRASE_FD : KITH_PASSPHRASE_NONE;
	return source->kind != KITH_PASSPHRASE_NONE;
}

/* $CREV_PASSPHRASE, once it is out of the environment; NULL: it was not there */
static const char *crev_passphrase;

void
cli_hide_passphrase(void)
{
	/* the text stays where the kernel put it: this process alone can read it there */
	crev_passphrase = getenv(CREV_PASSPHRASE);
	unsetenv(CREV_PASSPHRASE);
}

void
cli_show_passphrase(void)
{
	if (crev_passphrase)
		setenv(CREV_PASSPHRASE, crev_passphrase, 1);
}

static void
from_environment(const struct cli *cli, struct kith_passphrase_source *source)
{
	static const struct {
		const char *name;
		enum kith_passphrase_kind kind;
	} rows[] = {{"KITH_PASSPHRASE_FILE", KITH_PASSPHRASE_FILE},
		    {"KITH_PASSPHRASE_CMD", KITH_PASSPHRASE_COMMAND},
		    {CREV_PASSPHRASE, KITH_PASSPHRASE_TEXT}};
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		value =
		    rows[i].kind == KITH_PASSPHRASE_TEXT ? crev_passphrase : getenv(rows[i].name);
		if (!value || (!*value && rows[i].kind != KITH_PASSPHRASE_TEXT))
			continue;
		source->kind = rows[i].kind;
		source->text = value;
		if (rows[i].kind == KITH_PASSPHRASE_TEXT)
			cli_warn(cli, "the passphrase is taken from CREV_PASSPHRASE, which every "
				      "program that you start can read");
		return;
	}
}

static void
from_terminal(struct kith_passphrase_source *source)
{
	if (!cli_can_ask())
		return;
	source->kind = KITH_PASSPHRASE_ASK;
	source->ask = ask;
}

static void
prepare(struct kith_passphrase_source *source)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	memset(source, 0, sizeof(*source));
}

bool
cli_passphrase(const struct cli *cli, struct kith_passphrase_source *ret_source)
{
	int given;

	prepare(ret_source);
	given = from_options(cli, "passphrase-file", "passphrase-fd", ret_source);
	if (!given)
		from_environment(cli, ret_source);
	if (ret_source->kind == KITH_PASSPHRASE_NONE)
		from_terminal(ret_source);
	return given >= 0;
}

bool
cli_new_passphrase(const struct cli *cli, struct kith_passphrase_source *ret_source)
{
	int given;

	prepare(ret_source);
	given = from_options(cli, "new-passphrase-file", "new-passphrase-fd", ret_source);
	if (!given)
		from_terminal(ret_source);
	return given >= 0;
}

bool
cli_author(const struct cli *cli, struct kith_author *ret_author)
{
	memset(ret_author, 0, sizeof(*ret_author));
	ret_author->id = cli_value(cli, "id");
	ret_author->ssh_agent = getenv("SSH_AUTH_SOCK");
	ret_author->no_commit = cli_flag(cli, "no-commit");
	ret_author->print = cli_flag(cli, "print");
	ret_author->format = cli->format;
	return cli_passphrase(cli, &ret_author->passphrase);
}

/* --- yes or no --- */

bool
cli_confirm(const struct cli *cli, const char *fmt, ...)
{
	char text[512], answer[16];
	va_list ap;
	ssize_t n;
	int tty;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (cli->yes)
		return true;
	tty = cli_can_ask() ? open_terminal() : -1;
	if (tty < 0) {
		cli_usage(cli, "there is nobody to ask: %s (--yes says yes)", text);
		return false;
	}
	say(tty, text);
	say(tty, " [y/N] ");
	do
		n = read(tty, answer, sizeof(answer));
	while (n < 0 && errno == EINTR);
	close(tty);
	return n > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}
