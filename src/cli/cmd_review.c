/* SPDX-License-Identifier: Apache-2.0 */
/* kith review, unreview: writing, signing and withdrawing reviews. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "editor.h"
#include "prompt.h"

#define COMMENT_MAX (1 << 16)
#define IMPORT_MAX  (1 << 25)

static const struct cli_option review_options[] = {
    {"rating", 0, "RATING", "negative, neutral, positive or strong", false},
    {"thoroughness", 0, "LEVEL", "how closely you looked: none, low, medium, high", false},
    {"understanding", 0, "LEVEL", "how well you followed it: none, low, medium, high", false},
    {"comment", 0, "TEXT", "what else to say; - reads standard input", false},
    {"diff-base", 0, "VERSION", "only what changed since VERSION was reviewed", false},
    {"issue", 0, "ID[:SEVERITY[:RANGE]]", "it has this problem; may be repeated", true},
    {"advisory", 0, "ID[,ID][:SEVERITY[:RANGE]]", "it repairs this; may be repeated", true},
    {"unmaintained", 0, NULL, "nobody looks after the package", false},
    {"alternative", 0, "NAME", "a package to use instead; may be repeated", true},
    {"override", 0, "PERSON", "whose reviews of it do not count; may be repeated", true},
    {"llm", 0, "MODEL[:VERSION]", "made by a machine", false},
    {"human-guided", 0, NULL, "with --llm: together with you", false},
    {"carry-over", 0, NULL, "keep the flags and alternatives of your last review", false},
    {"skip-activity-check", 0, NULL, "also if you did not open or compare it here", false},
    {"from", 0, "FILE", "a review's body; may be repeated, more files may follow", true},
    {"reissue", 0, "PERSON", "sign the reviews of PERSON anew, with --comment why", false},
    {"import", 0, NULL, "sign the reviews in the proofs on standard input", false},
    {"edit", 0, NULL, "fill in a draft, also with other options", false},
    {"no-edit", 0, NULL, "no draft", false},
    {"draft", 0, "FILE", "go on with a draft that was kept", false},
    {"id", 0, "ID", "as which own id (default: the current one)", false},
    CLI_PASSPHRASE_OPTIONS,
    CLI_AUTHOR_OPTIONS,
    CLI_OPTION_END};

static const struct cli_option unreview_options[] = {
    {"comment", 0, "TEXT", "why; - reads standard input", false},
    {"carry-over", 0, NULL, "keep the flags and alternatives of your last review", false},
    {"id", 0, "ID", "as which own id (default: the current one)", false},
    CLI_PASSPHRASE_OPTIONS,
    CLI_AUTHOR_OPTIONS,
    CLI_OPTION_END};

/* --- options --- */

/* What `-` stands for; *ret_text is yours, NULL where it is not asked for. */
static int
read_comment(const struct cli *cli, char **ret_text)
{
	const char *given = cli_value(cli, "comment");
	size_t n = 0, got;

	*ret_text = NULL;
	if (!given || strcmp(given, "-") != 0)
		return CLI_YES;
	*ret_text = malloc(COMMENT_MAX + 1);
	if (!*ret_text)
		return CLI_ENVIRONMENT;
	while (n < COMMENT_MAX && (got = fread(*ret_text + n, 1, COMMENT_MAX - n, stdin)) > 0)
		n += got;
	(*ret_text)[n] = '\0';
	if (n == COMMENT_MAX)
		return cli_usage(cli, "--comment: more than %d bytes", COMMENT_MAX - 1);
	if (strlen(*ret_text) != n)
		return cli_usage(cli, "--comment: a NUL in it");
	return CLI_YES;
}

static bool
read_rating(const struct cli *cli, struct kith_review_options *o)
{
	const char *word = cli_value(cli, "rating");
	int i, thorough = 0, understood = 0;

	if (!cli_level(cli, "thoroughness", &o->thoroughness, &thorough) ||
	    !cli_level(cli, "understanding", &o->understanding, &understood))
		return false;
	for (i = 0; word && i < KITH_RATING_COUNT; i++) {
		if (strcmp(word, kith_rating_name((enum kith_rating)i)) == 0)
			break;
	}
	if (word && i == KITH_RATING_COUNT) {
		cli_usage(cli, "--rating: '%s' is none of: negative, neutral, positive, strong",
			  word);
		return false;
	}
	o->rating = word ? (enum kith_rating)i : KITH_RATING_NEUTRAL;
	o->rated = word && thorough && understood;
	if (!o->rated && (word || thorough || understood)) {
		cli_usage(cli, "--rating, --thoroughness and --understanding go together");
		return false;
	}
	return true;
}

static bool
says_something(const struct cli *cli, const struct kith_review_options *o)
{
	return o->rated || cli_value(cli, "comment") || o->n_issues || o->n_advisories ||
	       o->unmaintained || o->n_alternatives || o->n_overrides;
}

/* --- the draft --- */

static int
take_draft(struct cli *cli, struct kith_review *review, const struct cli_draft *d)
{
	struct kith_error err;
	int r = kith_review_edit(review, d->text, d->len, &err);

	if (!r)
		return CLI_YES;
	cli_fail(cli, &err);
	return r == KITH_E_CANCELLED ? CLI_INTERRUPTED : CLI_USAGE;
}

/* Until what is there can be signed, or the person gives up. */
static int
edit_loop(struct cli *cli, struct kith_review *review, struct cli_draft *d)
{
	bool unchanged;
	char answer;
	int status;

	for (;;) {
		status = cli_draft_edit(cli, d, &unchanged);
		if (status)
			return status;
		if (unchanged && !cli->yes) {
			answer = cli_choose("y/N/q", 'n', 'q', "Nothing was changed. Sign it so?");
			if (answer == 'q')
				return CLI_INTERRUPTED;
			if (answer != 'y')
				continue;
		}
		status = take_draft(cli, review, d);
		if (status != CLI_USAGE || cli_choose("Y/n", 'y', 'n', "Edit it again?") == 'n')
			return status;
	}
}

static int
make_draft(struct cli *cli, struct kith_review *review, struct cli_draft *d)
{
	const char *kept = cli_value(cli, "draft");
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (kith_review_draft(review, &text, &len, &err))
		return cli_fail(cli, &err);
	if (kept) {
		kith_free(text);
		status = cli_read_file(cli, kept, COMMENT_MAX, &text, &len);
		if (status)
			return status;
	}
	cli_end_progress(cli);
	status = cli_draft_begin(cli, text, len, d);
	if (kept)
		free(text);
	else
		kith_free(text);
	return status;
}

/* What will be signed, before anything is asked for. */
static int
show(struct cli *cli, struct kith_review *review)
{
	struct kith_error err;
	char *text;
	size_t len;

	if (kith_review_show(review, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	if (!cli->quiet)
		cli_tell(text);
	kith_free(text);
	return CLI_YES;
}

static int
sign(struct cli *cli, struct kith_review *review)
{
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (kith_review_sign(review, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (!status && !cli_flag(cli, "print"))
		cli_note(cli, "kith publish lets others see it");
	return status;
}

static int
edit_and_sign(struct cli *cli, struct kith_review *review)
{
	struct cli_draft d;
	int status = make_draft(cli, review, &d);

	if (status)
		return status;
	status = edit_loop(cli, review, &d);
	if (!status)
		status = show(cli, review);
	if (!status)
		status = sign(cli, review);
	/* nothing was written yet where it was given up at once */
	cli_draft_end(cli, &d, status != CLI_YES && status != CLI_INTERRUPTED);
	return status;
}

static int
write_review(struct cli *cli, struct kith_review_options *o)
{
	struct kith_review *review;
	struct kith_error err;
	int status;

	if (kith_review_new(cli->session, o, &review, &err))
		return cli_fail(cli, &err);
	if (o->edit) {
		status = edit_and_sign(cli, review);
	} else {
		status = cli->verbose || cli->err_tty ? show(cli, review) : CLI_YES;
		if (!status)
			status = sign(cli, review);
	}
	kith_review_free(review);
	return status;
}

/* --- files --- */

static int
put_answer(struct cli *cli, char *text, size_t len)
{
	int status;

	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	return status;
}

static int
sign_files(struct cli *cli, const struct kith_author *author, const char *const *files, size_t n)
{
	struct kith_error err;
	char *text;
	size_t len;

	if (kith_review_files(cli->session, author, NULL, files, n, &text, &len, &err))
		return cli_fail(cli, &err);
	return put_answer(cli, text, len);
}

/* Those of --from, and the words behind: `--from *.yaml`. */
static int
from_files(struct cli *cli, const char **from, size_t n_from)
{
	size_t n = n_from + (size_t)cli->n_args, i;
	const char **files = calloc(n, sizeof(*files));
	struct kith_author author;
	int status = CLI_ENVIRONMENT;

	if (!files)
		return status;
	for (i = 0; i < n; i++)
		files[i] = i < n_from ? from[i] : cli->args[i - n_from];
	status = cli_author(cli, &author) ? sign_files(cli, &author, files, n) : CLI_USAGE;
	free(files);
	return status;
}

/* --- what was signed before --- */

/* All of standard input; *ret_text is yours. */
static int
read_input(const struct cli *cli, char **ret_text, size_t *ret_len)
{
	size_t len = 0, cap = 0, got;
	char *text = NULL, *more;

	do {
		if (len == cap) {
			cap = cap ? cap * 2 : 65536;
			more = cap <= IMPORT_MAX ? realloc(text, cap) : NULL;
			if (!more) {
				free(text);
				return cli_usage(cli, "more than %d bytes", IMPORT_MAX);
			}
			text = more;
		}
		got = fread(text + len, 1, cap - len, stdin);
		len += got;
	} while (got);
	*ret_text = text;
	*ret_len = len;
	return CLI_YES;
}

static int
import(struct cli *cli)
{
	struct kith_author author;
	struct kith_error err;
	char *proofs = NULL, *text;
	size_t n = 0, len;
	int status;

	if (cli->n_args)
		return cli_usage(cli, "--import takes proofs from standard input only");
	if (!cli_author(cli, &author))
		return CLI_USAGE;
	status = read_input(cli, &proofs, &n);
	if (status)
		return status;
	if (kith_review_import(cli->session, &author, proofs, n, &text, &len, &err))
		status = cli_fail(cli, &err);
	else
		status = put_answer(cli, text, len);
	free(proofs);
	return status;
}

static int
reissue(struct cli *cli)
{
	struct kith_author author;
	struct kith_error err;
	char *text;
	size_t len;

	if (cli->n_args > 1)
		return cli_usage(cli, "name one package, or none for all");
	if (!cli_author(cli, &author))
		return CLI_USAGE;
	if (kith_review_reissue(cli->session, &author, cli_value(cli, "reissue"),
				cli->n_args ? cli->args[0] : NULL, cli_value(cli, "comment"), &text,
				&len, &err))
		return cli_fail(cli, &err);
	return put_answer(cli, text, len);
}

/* --- commands --- */

static int
check_words(struct cli *cli, const struct kith_review_options *o)
{
	if (cli->n_args != 1)
		return cli_usage(cli, "name one package");
	if (cli_flag(cli, "edit") && cli_flag(cli, "no-edit"))
		return cli_usage(cli, "--edit and --no-edit exclude each other");
	if (o->edit && cli->format_set)
		return cli_usage(cli, "a draft is text: give --rating and the like");
	if (o->edit && !cli_flag(cli, "edit") && !cli_value(cli, "draft") && !cli_can_ask())
		return cli_usage(cli, "there is nobody to fill in a draft: give --rating, "
				      "--thoroughness and --understanding");
	return CLI_YES;
}

static int
run_one(struct cli *cli, struct kith_review_options *o)
{
	char *comment = NULL;
	int status;

	if (!read_rating(cli, o))
		return CLI_USAGE;
	o->edit = !cli_flag(cli, "no-edit") &&
		  (cli_flag(cli, "edit") || cli_value(cli, "draft") || !says_something(cli, o));
	status = check_words(cli, o);
	if (!status)
		status = read_comment(cli, &comment);
	if (!status && !cli_author(cli, &o->author))
		status = CLI_USAGE;
	o->comment = comment ? comment : cli_value(cli, "comment");
	o->package = cli->args[0];
	if (!status)
		status = write_review(cli, o);
	free(comment);
	return status;
}

static int
run_review(struct cli *cli)
{
	struct kith_review_options o = {
	    .diff_base = cli_value(cli, "diff-base"),
	    .unmaintained = cli_flag(cli, "unmaintained"),
	    .llm = cli_value(cli, "llm"),
	    .human_guided = cli_flag(cli, "human-guided"),
	    .carry_over = cli_flag(cli, "carry-over"),
	    .skip_activity_check = cli_flag(cli, "skip-activity-check"),
	};
	const char **issues, **advisories, **alternatives, **overrides, **from;
	size_t n_from;
	int status = cli_open_session(cli);

	if (status)
		return status;
	if (cli_flag(cli, "import"))
		return import(cli);
	if (cli_value(cli, "reissue"))
		return reissue(cli);
	issues = cli_values(cli, "issue", &o.n_issues);
	advisories = cli_values(cli, "advisory", &o.n_advisories);
	alternatives = cli_values(cli, "alternative", &o.n_alternatives);
	overrides = cli_values(cli, "override", &o.n_overrides);
	from = cli_values(cli, "from", &n_from);
	o.issues = issues;
	o.advisories = advisories;
	o.alternatives = alternatives;
	o.overrides = overrides;
	status = n_from ? from_files(cli, from, n_from) : run_one(cli, &o);
	free(issues);
	free(advisories);
	free(alternatives);
	free(overrides);
	free(from);
	return status;
}

static int
run_unreview(struct cli *cli)
{
	struct kith_author author;
	struct kith_error err;
	char *comment = NULL, *text;
	size_t len;
	int status = cli_open_session(cli);

	if (!status)
		status = read_comment(cli, &comment);
	if (!status && !cli_author(cli, &author))
		status = CLI_USAGE;
	if (status) {
		free(comment);
		return status;
	}
	if (kith_unreview(cli->session, &author, cli->args[0], NULL,
			  comment ? comment : cli_value(cli, "comment"),
			  cli_flag(cli, "carry-over"), &text, &len, &err)) {
		status = cli_fail(cli, &err);
	} else {
		cli_end_progress(cli);
		status = cli_write(cli, text, len);
		kith_free(text);
	}
	free(comment);
	return status;
}

const struct cli_command cli_cmd_review = {
    .name = "review",
    .group = CLI_AUTHOR,
    .summary = "write a signed review of a package",
    .usage = "PACKAGE [OPTION]... | --from FILE... | --reissue PERSON [PACKAGE] | --import",
    .help =
	"Without --rating and the like it opens your editor ($VISUAL, $EDITOR) with a draft.\n"
	"The digest is of bytes that were checked against the lock file or the registry. What\n"
	"is signed is stored in your proof repository and committed; kith publish pushes it.\n"
	"A file of --from holds a review's body: package (name, version) and what is said.\n\n"
	"Example: kith open serde && kith review serde --rating positive --thoroughness low \\\n"
	"         --understanding medium --comment 'read the derive crate only'\n",
    .options = review_options,
    .max_args = -1,
    .run = run_review,
};

const struct cli_command cli_cmd_unreview = {
    .name = "unreview",
    .group = CLI_AUTHOR,
    .summary = "withdraw your review of a package",
    .usage = "PACKAGE [OPTION]...",
    .help = "What was signed cannot be unsaid; a newer, empty review takes its place.\n"
	    "Example: kith unreview serde@1.0.200 --comment 'I had missed the build script'\n",
    .options = unreview_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_unreview,
};
