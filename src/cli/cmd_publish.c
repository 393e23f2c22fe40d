/* SPDX-License-Identifier: Apache-2.0 */
/* kith publish: pushing own proofs. */
#include "prompt.h"

static const struct cli_option options[] = {
    {"dry-run", 'n', NULL, "say what would be done, and do nothing", false},
    {"id", 0, "ID", "proofs of which own id (default: the current one)", false},
    CLI_OPTION_END};

struct question {
	struct cli *cli;
	bool refused;
};

static int
confirm(void *ctx, const char *what)
{
	struct question *q = ctx;

	cli_end_progress(q->cli);
	if (!q->cli->yes)
		cli_tell(what);
	q->refused = !cli_confirm(q->cli, "Publish this? It cannot be taken back.");
	return !q->refused;
}

static int
run(struct cli *cli)
{
	struct question q = {cli, false};
	const struct kith_publish_options o = {
	    .id = cli_value(cli, "id"),
	    .dry_run = cli_flag(cli, "dry-run"),
	    .format = cli->format,
	    .confirm = confirm,
	    .confirm_ctx = &q,
	};
	struct kith_error err;
	size_t len;
	char *text;
	int status = cli_open_session(cli);

	if (status)
		return status;
	if (kith_publish(cli->session, &o, &text, &len, &err))
		return q.refused ? CLI_USAGE : cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	return status;
}

const struct cli_command cli_cmd_publish = {
    .name = "publish",
    .group = CLI_AUTHOR,
    .summary = "push your proofs to where others fetch them",
    .usage = "[OPTION]...",
    .help =
	"It shows what would go out, and asks; --yes for scripts. What the server has and this\n"
	"machine lacks is taken in first; nothing is ever forced, and no proof is lost on the\n"
	"way. Passwords come from git's credential helpers, ssh is your own ssh. To push over\n"
	"ssh while others read over https:\n"
	"git remote set-url --push origin git@HOST:USER/REPOSITORY there.\n",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .run = run,
};
