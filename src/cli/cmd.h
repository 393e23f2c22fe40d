/* SPDX-License-Identifier: Apache-2.0 */
/* A command is one file that exports one struct cli_command, and one row in commands.c. */
#ifndef KITH_CLI_CMD_H
#define KITH_CLI_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <kith/kith.h>

/* Exit statuses: an interface, in the man page (docs: EXIT STATUS). */
enum cli_exit {
	CLI_YES = 0,
	CLI_NO = 1,
	CLI_USAGE = 2,
	CLI_ENVIRONMENT = 3,
	CLI_INTEGRITY = 4,
	CLI_INTERNAL = 5,
	CLI_INTERRUPTED = 130
};

struct cli_option {
	const char *name; /* long, without dashes */
	char letter;      /* or 0 */
	const char *arg;  /* name of its value; NULL: a flag */
	const char *help; /* one line */
	bool many;        /* may be given several times */
};

#define CLI_OPTION_END                                                                             \
	{                                                                                          \
		NULL, 0, NULL, NULL, false                                                         \
	}

/* CLI_HIDDEN: for programs, not listed. */
enum cli_group {
	CLI_LOOK,
	CLI_EVIDENCE,
	CLI_PEOPLE,
	CLI_AUTHOR,
	CLI_PROJECT,
	CLI_OTHER,
	CLI_HIDDEN
};

struct cli;

struct cli_command {
	const char *name;
	enum cli_group group;
	const char *summary; /* one line in the list of commands */
	const char *usage;   /* arguments, behind "kith NAME" */
	const char *help;    /* the long text; may be NULL */
	const struct cli_option *options;
	int min_args, max_args;      /* max_args -1: any number */
	bool own_formats;            /* reads --format itself */
	bool takes_person;           /* a word of 43 base64url characters is no option */
	int (*run)(struct cli *cli); /* gives an exit status */
};

struct cli_value {
	const struct cli_option *option;
	const char *value; /* NULL for a flag */
};

enum cli_when { CLI_AUTO, CLI_ALWAYS, CLI_NEVER };

/* One invocation. Everything lives until main returns; nothing is global. */
struct cli {
	const struct cli_command *command;
	const char *const *args;
	const char **arg_memory; /* the same, to be freed */
	int n_args;
	struct cli_value *values;
	size_t n_values;
	/* global options */
	const char *config, *now, *output;
	enum kith_format format;
	bool format_set;
	bool offline, quiet, yes;
	bool no_home; /* the command can do without one */
	int verbose;
	enum cli_when color, progress;
	/* what stdout and stderr are */
	bool out_tty, err_tty;
	int width;
	bool progress_shown;
	bool ignored[3]; /* SIGPIPE, SIGINT, SIGTERM, when the program was started */
	struct kith_session *session;
};

/* The table, ended by a NULL name; see commands.c. */
extern const struct cli_command *const cli_commands[];
extern const struct cli_option cli_global_options[];

/* --- opts.c --- */

/*
 * Reads argv into cli: global options, the command, its options and arguments. Returns -1 to go
 * on, or the exit status (help was asked for, or the usage was wrong and has been reported).
 */
int cli_parse(struct cli *cli, int argc, char **argv);
/* The value of an option that was given, or NULL; for flags whether it was given. */
const char *cli_value(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);
/* All values of a repeatable option: an array that is yours, NULL and *ret_n 0 if there are none.
 */
const char **cli_values(const struct cli *cli, const char *name, size_t *ret_n);
/* Reads a level option into *ret_level and *ret_set; reports a bad word and returns false. */
bool cli_level(const struct cli *cli, const char *name, enum kith_level *ret_level, int *ret_set);
/* Reads a whole number in [least, most]; reports a bad one and returns false. */
bool cli_number(const struct cli *cli, const char *name, long long least, long long most,
		long long *ret_value);
/*
 * How kith spells a command of cargo-crev, without "kith " in front; NULL if it is none or there is
 * nothing like it here. `second` is the word behind it, or NULL.
 */
const char *cli_crev_spelling(const char *first, const char *second);

/*
 * Where cargo-crev keeps its files (crev format 6.1), from the XDG variable of that name, else from
 * the usual folder below HOME. False if nothing says so.
 */
bool cli_crev_folder(const char *variable, const char *usual, char *path, size_t size);
const struct cli_command *cli_find_command(const char *word, const char **ret_nearest);

/* --- out.c: the only file that prints --- */

/* "kith: COMMAND: message" and "hint: …" on stderr; returns the exit status of the error. */
int cli_fail(const struct cli *cli, const struct kith_error *err);
/* A usage error of our own; returns CLI_USAGE. */
int cli_usage(const struct cli *cli, const char *fmt, ...) KITH_PRINTF(2, 3);
/* "warning: …" on stderr. */
void cli_warn(const struct cli *cli, const char *fmt, ...) KITH_PRINTF(2, 3);
/* Text on stderr, as it is. */
void cli_tell(const char *text);
/* A line on stderr that --quiet drops. */
void cli_note(const struct cli *cli, const char *fmt, ...) KITH_PRINTF(2, 3);
/* Writes data to stdout, or atomically to the file of -o. Returns an exit status. */
int cli_write(const struct cli *cli, const char *text, size_t len);
void cli_put(const char *fmt, ...) KITH_PRINTF(1, 2);
/* Prints events of a session; ctx is the cli. */
void cli_event(void *ctx, const struct kith_event *event);
void cli_end_progress(struct cli *cli);
bool cli_color(const struct cli *cli);
/* Flushes stdout at the end; returns `status`, or 3 if what was printed could not be written. */
int cli_flush(int status);

/* --- main.c --- */

/* Signals as they were when the program was started, for what it becomes. */
void cli_restore_signals(const struct cli *cli);

/* --- pager.c --- */

/* As cli_write, but through the pager on a terminal. */
int cli_page(const struct cli *cli, const char *text, size_t len);

/* --- session.c --- */

/* Opens the session from the environment, once; reports a failure and returns its exit status. */
int cli_open_session(struct cli *cli);

/* --- help.c --- */
void cli_help_all(void);
void cli_help_command(const struct cli_command *command, bool brief);
int cli_print_version(const struct cli *cli);

/* --- manual.c --- */

/* Shows the page of a command ("": of kith) on a terminal; false: it could not. */
bool cli_open_manual(const struct cli *cli, const char *command);

#endif
