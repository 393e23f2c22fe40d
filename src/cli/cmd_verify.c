/* SPDX-License-Identifier: Apache-2.0 */
/* kith verify: is everything that this project depends on vouched for? */
#include <stdlib.h>
#include <string.h>

#include <kith/fetch.h>
#include <kith/source.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"root", 0, "ID|URL|DIR", "whose trust counts; may be repeated", true},
    {"level", 0, "LEVEL", "reviewers must be trusted so far: low, medium, high", false},
    {"independent", 0, "N", "so many independent approvals (1 to 4)", false},
    {"thoroughness", 0, "LEVEL", "reviews must be so thorough", false},
    {"understanding", 0, "LEVEL", "reviewers must have understood so much", false},
    {"llm", 0, "HOW", "reviews by machines: count, supplement or ignore", false},
    {"only", 0, "GLOB", "only packages of such names; may be repeated", true},
    {"kind", 0, "KINDS", "only those needed so: normal, build, dev (unknown: normal)", false},
    {"all", 0, NULL, "every lock file below PATH, each with its own verdict", false},
    {"since", 0, "REV|LOCKFILE", "judge a change: only what is new, by the files of REV", false},
    {"policy-from", 0, "REV", "what decides (kith.toml, …) is taken from REV", false},
    {"failing", 0, NULL, "show only what does not pass", false},
    {"stats", 0, NULL, "also count what there is evidence about, and what would help", false},
    {"bundle", 0, "FILE", "use the evidence in this file and nothing else (kith pin --bundle)",
     false},
    {"recheck", 0, NULL, "hash every archive again", false},
    {"unpacked", 0, NULL, "also compare what cargo unpacked with the archives", false},
    {"locked", 0, NULL, "use what kith.lock names and nothing else", false},
    {"fresh-objections", 0, NULL, "--locked, and objections, distrust, advisories as of now too",
     false},
    {"semantics", 0, "RULES", "native, crev or vet", false},
    {"store", 0, "DIR", "vet: the cargo-vet store (default: the project's supply-chain)", false},
    {"lenient", 0, NULL, "vet: take stores of other versions and form too", false},
    {"depth", 0, "N", "crev: how far trust reaches (20)", false},
    {"high-cost", 0, "N", "crev: cost of a step at level high (0)", false},
    {"medium-cost", 0, "N", "crev: … medium (1)", false},
    {"low-cost", 0, "N", "crev: … low (5)", false},
    {"none-cost", 0, "N", "crev: … none (21)", false},
    {"distrust-cost", 0, "N", "crev: … distrust (21)", false},
    {"direct", 0, NULL, "crev: only directly trusted ids", false},
    {"trust", 0, "LEVEL", "crev: required level of the reviewer (low)", false},
    {"redundancy", 0, "N", "crev: required number of reviews (1)", false},
    {"ignore-llm-agent-reviews", 0, NULL, "crev: reviews by machines do not count", false},
    {"dev-dependencies", 0, NULL, "crev: with build and development dependencies", false},
    {"skip-verified", 0, NULL, "crev: hide what passes", false},
    {"recursive", 0, NULL, "crev: a package is as good as its worst dependency", false},
    CLI_OPTION_END};

static bool
read_crev_numbers(const struct cli *cli, struct kith_crev_knobs *k)
{
	const long long most = 1LL << 31;

	return cli_number(cli, "depth", 0, most, &k->depth) &&
	       cli_number(cli, "high-cost", 0, most, &k->high_cost) &&
	       cli_number(cli, "medium-cost", 0, most, &k->medium_cost) &&
	       cli_number(cli, "low-cost", 0, most, &k->low_cost) &&
	       cli_number(cli, "none-cost", 0, most, &k->none_cost) &&
	       cli_number(cli, "distrust-cost", 0, most, &k->distrust_cost) &&
	       cli_number(cli, "redundancy", 0, most, &k->redundancy) &&
	       cli_level(cli, "trust", &k->trust, &k->trust_set);
}

/* Options that mean something to some semantics only, and to which: bits of enum kith_semantics. */
static bool
check_options(const struct cli *cli, enum kith_semantics semantics)
{
	enum { NATIVE = 1, CREV = 2, VET = 4 };
	static const struct {
		const char *name;
		unsigned with;
	} bound[] = {
	    {"depth", CREV},
	    {"high-cost", CREV},
	    {"medium-cost", CREV},
	    {"low-cost", CREV},
	    {"none-cost", CREV},
	    {"distrust-cost", CREV},
	    {"direct", CREV},
	    {"trust", CREV},
	    {"redundancy", CREV},
	    {"ignore-llm-agent-reviews", CREV},
	    {"dev-dependencies", CREV},
	    {"skip-verified", CREV},
	    {"recursive", CREV},
	    {"store", VET},
	    {"lenient", VET},
	    {"root", NATIVE | CREV},
	    {"level", NATIVE | CREV},
	    {"independent", NATIVE | CREV},
	    {"thoroughness", NATIVE | CREV},
	    {"understanding", NATIVE | CREV},
	    {"llm", NATIVE | CREV},
	    {"recheck", NATIVE | CREV},
	    {"bundle", NATIVE},
	    {"locked", NATIVE | CREV},
	    {"fresh-objections", NATIVE},
	    {"stats", NATIVE},
	    {"since", NATIVE},
	    {"policy-from", NATIVE},
	    {"only", NATIVE | CREV},
	    {"kind", NATIVE | CREV},
	    {"all", NATIVE | CREV},
	};
	size_t i;

	for (i = 0; i < sizeof(bound) / sizeof(bound[0]); i++) {
		if (bound[i].with >> semantics & 1U || !cli_flag(cli, bound[i].name))
			continue;
		if (semantics == KITH_SEMANTICS_VET)
			cli_usage(cli, "--%s means nothing to cargo-vet", bound[i].name);
		else
			cli_usage(cli, "--%s goes with --semantics %s", bound[i].name,
				  bound[i].with == VET    ? "vet"
				  : bound[i].with == CREV ? "crev"
							  : "native");
		return false;
	}
	return true;
}

static bool
read_semantics(const struct cli *cli, struct kith_verify_options *o)
{
	static const char *const words[] = {"native", "crev", "vet"};
	const char *word = cli_value(cli, "semantics");
	int i = 0;

	for (i = 0; word && i < 3; i++)
		if (strcmp(word, words[i]) == 0)
			break;
	if (i == 3) {
		cli_usage(cli, "--semantics: '%s' is none of: native, crev, vet", word);
		return false;
	}
	o->semantics = (enum kith_semantics)i;
	o->store = cli_value(cli, "store");
	o->since = cli_value(cli, "since");
	o->policy_from = cli_value(cli, "policy-from");
	o->lenient = cli_flag(cli, "lenient");
	o->crev.direct = cli_flag(cli, "direct");
	o->crev.ignore_llm = cli_flag(cli, "ignore-llm-agent-reviews");
	o->crev.dev_dependencies = cli_flag(cli, "dev-dependencies");
	o->crev.skip_verified = cli_flag(cli, "skip-verified");
	o->crev.recursive = cli_flag(cli, "recursive");
	return check_options(cli, o->semantics) && read_crev_numbers(cli, &o->crev);
}

static bool
read_llm(const struct cli *cli, struct kith_verify_options *o)
{
	static const char *const words[] = {"count", "supplement", "ignore"};
	const char *word = cli_value(cli, "llm");
	int i;

	for (i = 0; word && i < 3; i++) {
		if (strcmp(word, words[i]) == 0) {
			o->llm = (enum kith_llm)i;
			o->llm_set = 1;
			return true;
		}
	}
	if (word)
		cli_usage(cli, "--llm: '%s' is none of: count, supplement, ignore", word);
	return !word;
}

/* "normal,dev": words between commas. */
static bool
read_kinds(const struct cli *cli, struct kith_verify_options *o)
{
	static const char *const words[] = {"normal", "build", "dev"};
	const char *p = cli_value(cli, "kind");
	size_t len, i;

	while (p) {
		len = strcspn(p, ",");
		for (i = 0; i < 3; i++)
			if (strlen(words[i]) == len && !strncmp(p, words[i], len))
				break;
		if (i == 3) {
			cli_usage(cli, "--kind: '%.*s' is none of: normal, build, dev", (int)len,
				  p);
			return false;
		}
		o->kinds |= 1U << i;
		p = p[len] ? p + len + 1 : NULL;
	}
	return true;
}

static bool
read_format(struct cli *cli)
{
	const char *word = cli_flag(cli, "json") ? "json" : cli_value(cli, "format");

	if (!word || kith_format_parse(word, &cli->format))
		return true;
	cli_usage(cli, "--format: '%s' is none of: %s", word, kith_format_names());
	return false;
}

static bool
read_options(struct cli *cli, struct kith_verify_options *o)
{
	long long independent = 0;

	o->path = cli->n_args ? cli->args[0] : NULL;
	o->all = cli_flag(cli, "all");
	o->recheck = cli_flag(cli, "recheck");
	o->bundle = cli_value(cli, "bundle");
	o->fresh_objections = cli_flag(cli, "fresh-objections");
	o->locked = cli_flag(cli, "locked") || o->fresh_objections;
	o->stats = cli_flag(cli, "stats");
	o->unpacked = cli_flag(cli, "unpacked");
	kith_crev_knobs_init(&o->crev);
	if (!read_format(cli) || !cli_level(cli, "level", &o->level, &o->level_set) ||
	    !cli_level(cli, "thoroughness", &o->thoroughness, &o->thoroughness_set) ||
	    !cli_level(cli, "understanding", &o->understanding, &o->understanding_set) ||
	    !cli_number(cli, "independent", 1, 4, &independent) || !read_llm(cli, o) ||
	    !read_kinds(cli, o) || !read_semantics(cli, o))
		return false;
	if (o->semantics == KITH_SEMANTICS_VET && cli->format > KITH_FORMAT_JSON) {
		cli_usage(cli, "--semantics vet answers as table or json");
		return false;
	}
	if (o->level_set && o->level == KITH_LEVEL_NONE) {
		cli_usage(cli, "--level: 'none' is none of: low, medium, high");
		return false;
	}
	o->independent = (int)independent;
	return true;
}

static int
show(struct cli *cli, const struct kith_verify_options *o,
     const struct kith_project_verdict *verdict)
{
	struct kith_render_options r = {
	    .format = cli->format,
	    .failing = cli_flag(cli, "failing") || o->crev.skip_verified,
	    .fold = cli->out_tty && !cli->verbose,
	    .color = cli_color(cli),
	    .width = cli->width,
	    .rules = cli->verbose,
	};
	struct kith_error err;
	int status, wrote;
	char *text;
	size_t len;

	if (kith_verdict_render(verdict, &r, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	wrote = cli_write(cli, text, len);
	kith_free(text);
	if (kith_verdict_check(verdict, &err))
		return cli_fail(cli, &err);
	status = kith_verdict_exit(verdict);
	if (status != CLI_YES && *kith_verdict_next(verdict))
		cli_note(cli, "next: %s", kith_verdict_next(verdict));
	return wrote == CLI_YES ? status : wrote;
}

/* Asked for nothing yet, said nothing yet: what is fetched is said before, and by name. */
static void
get_starter(struct cli *cli, size_t n)
{
	struct kith_fetch_options o = {.color = 0};
	struct kith_fetch_result result;
	struct kith_error err;
	char *text;
	size_t len;

	cli_note(cli,
		 "no evidence is here yet: getting the starter set, %zu public places (kith source "
		 "list --starter)",
		 n);
	if (kith_fetch(cli->session, &o, &text, &len, &result, &err)) {
		cli_end_progress(cli);
		cli_note(cli, "%s", err.msg);
		return;
	}
	cli_end_progress(cli);
	kith_free(text);
	cli_note(cli, "%zu of %zu came%s", result.fetched,
		 result.fetched + result.unchanged + result.failed,
		 result.failed ? "; kith fetch says what is wrong with the others" : "");
}

/*
 * The first verdict on a machine. Nobody's network is used unseen: where nobody looks (no terminal,
 * --quiet) or --offline was given it is only said how to go on.
 */
static void
prepare_evidence(struct cli *cli, const struct kith_verify_options *o)
{
	size_t n = 0;

	if (o->semantics != KITH_SEMANTICS_NATIVE || o->bundle || o->locked ||
	    kith_starter_wanted(cli->session, o->path, &n, NULL) || !n)
		return;
	if (cli->offline)
		cli_note(cli, "no evidence is here yet, and --offline was given: without it kith "
			      "verify gets the starter set");
	else if (!cli->quiet &&
		 (cli->progress == CLI_ALWAYS || (cli->progress == CLI_AUTO && cli->err_tty)))
		get_starter(cli, n);
	else
		cli_note(cli,
			 "no evidence is here yet: kith fetch gets the starter set, %zu public "
			 "places (kith source list --starter)",
			 n);
}

static int
run(struct cli *cli)
{
	struct kith_verify_options o = {0};
	struct kith_project_verdict *verdict;
	const char **roots, **only;
	struct kith_error err;
	int status;

	if (!read_options(cli, &o))
		return CLI_USAGE;
	cli->no_home = o.bundle != NULL;
	status = cli_open_session(cli);
	if (status)
		return status;
	prepare_evidence(cli, &o);
	roots = cli_values(cli, "root", &o.n_roots);
	o.roots = roots;
	only = cli_values(cli, "only", &o.n_only);
	o.only = only;
	if (kith_verify(cli->session, &o, &verdict, &err)) {
		cli_end_progress(cli);
		status = cli_fail(cli, &err);
		if (err.code == KITH_E_NOTFOUND)
			status = CLI_USAGE; /* nothing to judge is no verdict */
	} else {
		status = show(cli, &o, verdict);
		kith_verdict_free(verdict);
	}
	free(roots);
	free(only);
	return status;
}

const struct cli_command cli_cmd_verify = {
    .name = "verify",
    .group = CLI_LOOK,
    .summary = "is everything this project depends on vouched for?",
    .usage = "[PATH] [OPTION]...",
    .help = "Reads the lock file at or above PATH and judges every package in it by the evidence\n"
	    "that is here. Statuses, worst first: mismatch negative insufficient exempt verified\n"
	    "local. Exit status: 0 all pass, 1 something does not, 4 bytes differ from what was\n"
	    "locked. With --semantics vet it answers what `cargo vet --locked` answers, from the\n"
	    "project's store alone.\n"
	    "\n"
	    "FORMAT is table, json, jsonl (an object a line and package), sarif, junit, github\n"
	    "(annotations), markdown (a job's summary, a comment) or html (one page).\n",
    .own_formats = true,
    .options = options,
    .max_args = 1,
    .run = run,
};
