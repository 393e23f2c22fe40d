/* SPDX-License-Identifier: Apache-2.0 */
/* kith id: making, showing and changing own ids. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prompt.h"

#define IMPORT_MAX      65536
#define DEFAULT_SECONDS 900
#define MOST_SECONDS    604800

static const struct cli_option options[] = {
    {"url", 0, "URL", "new: where its proofs will be published", false},
    {"no-passphrase", 0, NULL, "new, passwd: leave the key unprotected", false},
    {"ssh-agent", 0, NULL, "new: the key is an Ed25519 key in the ssh-agent", false},
    {"ssh-key", 0, "KEY", "new: that key, by part of its comment or beginning of its id", false},
    CLI_PASSPHRASE_OPTIONS,
    {"new-passphrase-file", 0, "FILE", "passwd: read the new one from FILE", false},
    {"new-passphrase-fd", 0, "N", "passwd: read the new one from descriptor N", false},
    {"public", 0, NULL, "export: what others need, without the key", false},
    {"from-crev", 0, NULL, "import: ids and own repositories of cargo-crev", false},
    {"for", 0, "TIME", "unlock: how long: 90s, 15m, 8h, 2d (default 15m)", false},
    {"all", 0, NULL, "lock: every id", false},
    {"comment", 0, "TEXT", "revoke: why", false},
    CLI_AUTHOR_OPTIONS,
    CLI_OPTION_END};

struct verb {
	const char *name;
	int min_args, max_args;
	const char *usage;
	const char *options; /* blank-separated */
	int (*run)(struct cli *cli, const char *arg);
};

static int
put_text(struct cli *cli, char *text, size_t len)
{
	int status = cli_write(cli, text, len);

	kith_free(text);
	return status;
}

static int
put_id(const struct cli *cli, const char *id)
{
	char line[KITH_ID_TEXT_SIZE + 1];

	snprintf(line, sizeof(line), "%s\n", id);
	return cli_write(cli, line, strlen(line));
}

static int
run_new(struct cli *cli, const char *arg)
{
	struct kith_id_new_options o = {.url = cli_value(cli, "url")};
	char id[KITH_ID_TEXT_SIZE];
	struct kith_error err;

	(void)arg;
	o.ssh_key = cli_value(cli, "ssh-key");
	if (cli_flag(cli, "ssh-agent") || o.ssh_key) {
		o.ssh_agent = getenv("SSH_AUTH_SOCK");
		if (!o.ssh_agent || !*o.ssh_agent)
			return cli_usage(cli, "no ssh-agent: SSH_AUTH_SOCK is not set");
		if (cli_flag(cli, "no-passphrase"))
			return cli_usage(cli, "--no-passphrase and --ssh-agent exclude each other");
	} else if (cli_flag(cli, "no-passphrase")) {
		o.passphrase.kind = KITH_PASSPHRASE_EMPTY;
	} else if (!cli_passphrase(cli, &o.passphrase)) {
		return CLI_USAGE;
	}
	if (kith_id_new(cli->session, &o, id, &err))
		return cli_fail(cli, &err);
	if (!o.ssh_agent)
		cli_note(cli,
			 "Keep a copy in a safe place: kith id export %s (lost keys cannot be "
			 "restored)",
			 id);
	if (!o.url)
		cli_note(cli, "When you have a repository for your proofs: kith id set-url URL");
	return put_id(cli, id);
}

static int
run_list(struct cli *cli, const char *arg)
{
	struct kith_error err;
	size_t len, count;
	char *text;
	int status;

	(void)arg;
	if (kith_id_list(cli->session, cli->format, cli->out_tty ? cli->width : 0, &text, &len,
			 &count, &err))
		return cli_fail(cli, &err);
	status = put_text(cli, text, len);
	if (!count)
		cli_note(cli, "You have no id yet: kith id new");
	return status == CLI_YES && !count ? CLI_NO : status;
}

static int
run_show(struct cli *cli, const char *arg)
{
	struct kith_error err;
	size_t len;
	char *text;

	if (kith_id_show(cli->session, arg, cli->format, &text, &len, &err))
		return cli_fail(cli, &err);
	return put_text(cli, text, len);
}

static int
run_use(struct cli *cli, const char *arg)
{
	char id[KITH_ID_TEXT_SIZE];
	struct kith_error err;

	if (kith_id_use(cli->session, arg, id, &err))
		return cli_fail(cli, &err);
	return put_id(cli, id);
}

static int
run_passwd(struct cli *cli, const char *arg)
{
	struct kith_passphrase_source old, fresh;
	struct kith_error err;

	if (!cli_passphrase(cli, &old) || !cli_new_passphrase(cli, &fresh))
		return CLI_USAGE;
	if (cli_flag(cli, "no-passphrase"))
		fresh.kind = KITH_PASSPHRASE_EMPTY;
	if (kith_id_passwd(cli->session, arg, &old, &fresh, &err))
		return cli_fail(cli, &err);
	cli_note(cli, "Copies of the key file that you made before still open with the old one.");
	return CLI_YES;
}

static int
run_set_url(struct cli *cli, const char *arg)
{
	const char *id = cli->n_args > 2 ? cli->args[2] : NULL;
	struct kith_error err;

	if (kith_id_set_url(cli->session, id, arg, &err))
		return cli_fail(cli, &err);
	return CLI_YES;
}

static int
run_export(struct cli *cli, const char *arg)
{
	struct kith_error err;
	size_t len;
	char *text;

	if (kith_id_export(cli->session, arg, cli_flag(cli, "public"), &text, &len, &err))
		return cli_fail(cli, &err);
	return put_text(cli, text, len);
}

static int
import_stdin(struct cli *cli, char id[KITH_ID_TEXT_SIZE], struct kith_error *err, int *ret_r)
{
	char *text = malloc(IMPORT_MAX);
	size_t len = 0;
	ssize_t n = 1;

	if (cli_can_ask())
		cli_note(cli, "Paste the key file, then Ctrl-D.");
	while (text && n > 0 && len < IMPORT_MAX) {
		n = read(STDIN_FILENO, text + len, IMPORT_MAX - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	if (!text || n < 0) {
		free(text);
		return -1;
	}
	*ret_r = kith_id_import(cli->session, text, len, id, err);
	free(text);
	return 0;
}

struct question {
	struct cli *cli;
	bool refused;
};

static int
confirm_crev(void *ctx, const char *what)
{
	struct question *q = ctx;

	/* the option says it already: only a person is asked once more */
	if (q->cli->yes || !cli_can_ask())
		return 1;
	cli_tell(what);
	q->refused =
	    !cli_confirm(q->cli, "Import this from cargo-crev? Its own files stay as they are.");
	return !q->refused;
}

static int
import_from_crev(struct cli *cli)
{
	struct question q = {cli, false};
	struct kith_crev_import_options o = {.confirm = confirm_crev, .ctx = &q};
	struct kith_crev_import_result sum;
	char config[4096], data[4096];
	struct kith_error err;

	if (!cli_crev_folder("XDG_CONFIG_HOME", ".config", config, sizeof(config)) ||
	    !cli_crev_folder("XDG_DATA_HOME", ".local/share", data, sizeof(data)))
		return cli_usage(cli, "HOME is not set: where does cargo-crev keep its ids?");
	o.config_dir = config;
	o.data_dir = data;
	if (kith_id_import_crev(cli->session, &o, &sum, &err))
		return q.refused ? CLI_USAGE : cli_fail(cli, &err);
	cli_put("%zu imported, %zu known already, %zu proof repositor%s copied\n", sum.ids,
		sum.known, sum.repositories, sum.repositories == 1 ? "y" : "ies");
	if (sum.ids + sum.known)
		cli_note(cli,
			 "kith fetch --from-crev takes the repositories that cargo-crev fetched");
	return sum.ids + sum.known ? CLI_YES : CLI_NO;
}

static int
run_import(struct cli *cli, const char *arg)
{
	char id[KITH_ID_TEXT_SIZE];
	struct kith_error err;
	int r = 0;

	if (cli_flag(cli, "from-crev")) {
		if (arg)
			return cli_usage(cli, "--from-crev takes no file");
		return import_from_crev(cli);
	}
	if (arg && strcmp(arg, "-") != 0) {
		r = kith_id_import_file(cli->session, arg, id, &err);
	} else if (import_stdin(cli, id, &err, &r) < 0) {
		cli_usage(cli, "standard input: %s", strerror(errno));
		return CLI_ENVIRONMENT;
	}
	return r ? cli_fail(cli, &err) : put_id(cli, id);
}

static bool
duration(const char *word, unsigned *ret_seconds)
{
	static const struct {
		char unit;
		unsigned seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	unsigned v = 0;
	size_t i;

	if (*word < '0' || *word > '9')
		return false;
	for (; *word >= '0' && *word <= '9' && v <= MOST_SECONDS; word++)
		v = v * 10 + (unsigned)(*word - '0');
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (word[0] != units[i].unit || word[1])
			continue;
		*ret_seconds = v * units[i].seconds;
		return v && v <= MOST_SECONDS / units[i].seconds;
	}
	return false;
}

static int
run_unlock(struct cli *cli, const char *arg)
{
	const char *word = cli_value(cli, "for");
	struct kith_passphrase_source source;
	unsigned seconds = DEFAULT_SECONDS;
	struct kith_error err;

	if (word && !duration(word, &seconds))
		return cli_usage(cli,
				 "--for: '%s' is no time such as 90s, 15m, 8h or 2d, of at "
				 "most a week",
				 word);
	if (!cli_passphrase(cli, &source))
		return CLI_USAGE;
	if (kith_id_unlock(cli->session, arg, &source, seconds, &err))
		return cli_fail(cli, &err);
	cli_note(cli, "Unlocked for %u minutes; kith id lock ends it.", (seconds + 59) / 60);
	return CLI_YES;
}

static int
run_lock(struct cli *cli, const char *arg)
{
	struct kith_error err;
	size_t count;

	if (arg && cli_flag(cli, "all"))
		return cli_usage(cli, "--all and an id exclude each other");
	if (kith_id_lock(cli->session, arg, cli_flag(cli, "all"), &count, &err))
		return cli_fail(cli, &err);
	if (!count)
		cli_note(cli, "It was locked already.");
	return CLI_YES;
}

static int
run_revoke(struct cli *cli, const char *arg)
{
	struct kith_author author;
	struct kith_error err;
	size_t len;
	char *text;

	if (!cli_author(cli, &author))
		return CLI_USAGE;
	author.id = arg;
	if (!author.print &&
	    !cli_confirm(cli, "Revoke this id for good? Nothing that it signed, or will sign, "
			      "counts for whoever learns of it; this cannot be taken back."))
		return CLI_USAGE;
	if (kith_id_revoke(cli->session, &author, cli_value(cli, "comment"), &text, &len, &err))
		return cli_fail(cli, &err);
	return put_text(cli, text, len);
}

#define ASK "passphrase-file passphrase-fd"

static const struct verb verbs[] = {
    {"new", 0, 0, "", "url no-passphrase ssh-agent ssh-key " ASK, run_new},
    {"list", 0, 0, "", "", run_list},
    {"show", 0, 1, "[PERSON]", "", run_show},
    {"use", 1, 1, "ID", "", run_use},
    {"passwd", 0, 1, "[ID]", "no-passphrase new-passphrase-file new-passphrase-fd " ASK,
     run_passwd},
    {"set-url", 1, 2, "URL [ID]", "", run_set_url},
    {"export", 0, 1, "[ID]", "public", run_export},
    {"import", 0, 1, "[FILE]", "from-crev", run_import},
    {"unlock", 0, 1, "[ID]", "for " ASK, run_unlock},
    {"lock", 0, 1, "[ID]", "all", run_lock},
    {"revoke", 0, 1, "[ID]", "comment no-commit print " ASK, run_revoke},
};
#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* By its name or an unambiguous beginning of it. */
static const struct verb *
find_verb(const char *word)
{
	const struct verb *found = NULL;
	size_t i, n = 0;

	for (i = 0; i < N_VERBS; i++) {
		if (strcmp(verbs[i].name, word) == 0)
			return &verbs[i];
		if (*word && strncmp(verbs[i].name, word, strlen(word)) == 0) {
			found = &verbs[i];
			n++;
		}
	}
	return n == 1 ? found : NULL;
}

static bool
lists(const char *words, const char *name)
{
	size_t n = strlen(name);
	const char *at = words;

	while ((at = strstr(at, name))) {
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
		at += n;
	}
	return false;
}

static bool
is_ours(const struct cli_option *o)
{
	return o >= options && o < options + sizeof(options) / sizeof(options[0]);
}

static int
run(struct cli *cli)
{
	const struct verb *v = find_verb(cli->args[0]);
	size_t i;
	int status;

	if (!v)
		return cli_usage(cli,
				 "'%s' is none of: new, list, show, use, passwd, set-url, export, "
				 "import, unlock, lock, revoke",
				 cli->args[0]);
	if (cli->n_args - 1 < v->min_args || cli->n_args - 1 > v->max_args)
		return cli_usage(cli, "usage: kith id %s %s", v->name, v->usage);
	for (i = 0; i < cli->n_values; i++)
		if (is_ours(cli->values[i].option) &&
		    !lists(v->options, cli->values[i].option->name))
			return cli_usage(cli, "--%s does not belong to kith id %s",
					 cli->values[i].option->name, v->name);
	status = cli_open_session(cli);
	return status ? status : v->run(cli, cli->n_args > 1 ? cli->args[1] : NULL);
}

const struct cli_command cli_cmd_id = {
    .name = "id",
    .group = CLI_PEOPLE,
    .summary = "own ids: new, list, show, use, passwd, set-url, export, import, unlock, lock, "
	       "revoke",
    .usage = "new|list|show|use|passwd|set-url|export|import|unlock|lock|revoke [ARGUMENT]... "
	     "[OPTION]...",
    .help = "  new                make an id; prints it\n"
	    "  list               own ids; * is the current one\n"
	    "  show [PERSON]      all that is known of an own id, or of anybody\n"
	    "  use ID             make it the current one\n"
	    "  passwd [ID]        another passphrase\n"
	    "  set-url URL [ID]   where its proofs are published\n"
	    "  export [ID]        print the key file, as cargo-crev reads it\n"
	    "  import [FILE]      take a key file (standard input without FILE)\n"
	    "  import --from-crev take cargo-crev's ids and own repositories\n"
	    "  unlock [ID]        keep the key open for a time, in a process of your own\n"
	    "  lock [ID]          forget it there\n"
	    "  revoke [ID]        give the id up for good\n\n"
	    "Without ID the current one is meant. A passphrase comes from --passphrase-file,\n"
	    "--passphrase-fd, KITH_PASSPHRASE_FILE, KITH_PASSPHRASE_CMD, or the terminal.\n"
	    "Example: kith id new --url https://example.org/me/crev-proofs\n"
	    "Ed25519 keys on hardware (sk-ssh-ed25519) cannot sign crev proofs.\n",
    .options = options,
    .min_args = 1,
    .max_args = 3,
    .takes_person = true,
    .run = run,
};
