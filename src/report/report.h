/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts as text: one struct that every format renders, one file a format. Pure: what the struct
 * does not hold is not in the output, so that the same input gives the same bytes.
 */
#ifndef KITH_REPORT_REPORT_H
#define KITH_REPORT_REPORT_H

#include "evidence/advisory_set.h"
#include "policy/crev.h"
#include "policy/policy.h"

/* What the registry's index says here, where it is known. */
struct kith_report_registry {
	bool known;
	bool checksum_agrees; /* with the lock file's */
	bool yanked, has_published;
	struct kith_time published;
	bool lure;             /* young, and all older compatible versions are yanked … */
	uint32_t older_yanked; /* … which are so many */
	bool has_first;
	uint8_t first[16]; /* which version came first, as kith_index_version_mark has it */
};

/* How a package differs from what was locked before (--since). */
enum kith_change_kind {
	KITH_CHANGE_ADDED,
	KITH_CHANGE_REMOVED,
	KITH_CHANGE_UPGRADED,
	KITH_CHANGE_DOWNGRADED,
	KITH_CHANGE_SOURCE,   /* the same version from elsewhere */
	KITH_CHANGE_CHECKSUM, /* the same version with another checksum */
	KITH_CHANGE_CONTENT   /* locked as before; its bytes in the project's tree are others */
};
#define KITH_CHANGE_COUNT 7
const char *kith_change_name(enum kith_change_kind kind); /* "added", … */

struct kith_report_row;
struct kith_report_change {
	enum kith_change_kind kind;
	const struct kith_package *package; /* of REMOVED: as it was */
	const struct kith_package *before;  /* NULL for ADDED, REMOVED, CONTENT */
	struct kith_report_row *row;        /* while rows are in the lock file's order only */
};

struct kith_report_row {
	const struct kith_package *package;
	struct kith_subject subject;
	struct kith_verdict verdict;       /* native mode */
	const struct kith_crev_row *crev;  /* crev mode; else NULL */
	enum kith_crev_status crev_status; /* after --recursive */
	const char *mismatch;              /* what differs, where verdict.status is MISMATCH */
	const struct kith_claim *claims;   /* all about the name */
	size_t n_claims;
	const struct kith_claim *named; /* of these the closure of the verdict (verdict.md 10) */
	size_t n_named;
	const struct kith_advisory_problem *unknown; /* advisories that cannot be judged here */
	size_t n_unknown;
	struct kith_report_registry registry;
	bool uncorroborated; /* nothing but the lock file states its checksum yet */
	/* of the bytes that are here: both rules' digests, to be pinned */
	bool has_digests;
	struct kith_digest native, crev_digest;
	bool corroborated; /* the trusted revision's lock file states it, too */
	const struct kith_report_change *change; /* with --since: what is new; NULL: nothing */
};

/* What the verdict was made from, by digest, so that two that differ can be told apart. */
struct kith_report_inputs {
	uint8_t lock[KITH_SHA256_BYTES];
	struct kith_digest claims;
	bool has_starter;
	struct kith_digest starter; /* of the starter set's file */
	struct kith_time now;
	bool now_matters; /* it was given, not taken from the clock */
};

/* A set or database that was there to be counted, and at which state. */
struct kith_report_source {
	struct kith_span location, commit;
	uint32_t number; /* in `sources` */
};

/* The project's own tree says where packages of a source come from (verdict.md 7: a finding). */
struct kith_report_replacement {
	const char *config; /* the file, as the lock file's path is written */
	uint32_t line;
	const char *source, *with;
};

/* What can be found; rule ids are stable, tools remember alerts by them (finding.h has the texts).
 */
enum kith_rule_id {
	KITH_RULE_MISMATCH,
	KITH_RULE_NEGATIVE_REVIEW,
	KITH_RULE_OTHER_BYTES,
	KITH_RULE_ISSUE,
	KITH_RULE_VIOLATION,
	KITH_RULE_ADVISORY,
	KITH_RULE_YANKED,
	KITH_RULE_INSUFFICIENT,
	KITH_RULE_EXPIRED, /* insufficient, and its exemption is over */
	KITH_RULE_CREV,    /* crev semantics: not pass */
	/* remarks: about the project, not about one package's evidence */
	KITH_RULE_LOCK_MISSING,
	KITH_RULE_LOCK_IGNORED,
	KITH_RULE_LOCK_UNCOMMITTED,
	KITH_RULE_LOCK_OUTDATED,
	KITH_RULE_LOCK_CHECKSUM,
	KITH_RULE_LOCK_SEVERAL,
	KITH_RULE_LOCK_UNREADABLE,
	KITH_RULE_UNNEEDED,  /* an exemption or acceptance that nobody needs */
	KITH_RULE_NO_REASON, /* an exemption that is not in force */
	/* of a change under review */
	KITH_RULE_LOOSENED,
	KITH_RULE_POLICY_CHANGED,
	KITH_RULE_UNCORROBORATED,
	KITH_RULE_FAMOUS_NAME,
	KITH_RULE_LOCK_LINK
};
#define KITH_RULE_COUNT 24

/*
 * A finding about the project as a whole: how its lock file is kept, what a change does to the
 * policy. Texts are safe for a terminal.
 */
struct kith_report_remark {
	enum kith_rule_id rule;
	bool fails;       /* else a warning, that decides nothing */
	const char *path; /* of the file that it is about, as the lock file's path is written */
	uint32_t line;    /* from 1 */
	const char *text; /* what is wrong, without the path */
	const char *key;  /* what tells it from others of this rule in the next run; may be empty */
};

/* What to review for a change: the smallest step of each package that is not enough. */
struct kith_report_step {
	const struct kith_report_row *row;
	struct kith_span base; /* the difference to this version would do; empty: all of it */
	bool lines_known;      /* of the difference, or of all */
	size_t lines;
	const char *text;    /* "the difference to 1.9.1, 214 lines; build script" */
	const char *command; /* "kith diff bstr@1.10.0 1.9.1" */
};

/* A change under review: what it was compared with, and what is new. */
struct kith_report_since {
	bool compares;      /* --since was given: rows are what is new */
	const char *given;  /* the word of --since; NULL without */
	const char *commit; /* where it is a revision: the commit it names … */
	const char *base;   /* … and where it and HEAD parted; else empty */
	const char *policy; /* the commit whose files decide; empty: the work tree's */
	const struct kith_report_change *changes; /* by name, removed ones too */
	size_t n_changes;
	size_t counts[KITH_CHANGE_COUNT];
	size_t unchanged, unchanged_failing;  /* packages that are as before, not judged here */
	const struct kith_report_step *steps; /* best first */
	size_t n_steps, steps_more;
};

struct kith_report_stats; /* report/stats.h */
struct kith_config;       /* policy/config.h */

struct kith_report_override {
	const char *field, *value; /* an option that replaced a field of the policy */
};

struct kith_report {
	const char *version; /* of kith */
	enum kith_semantics semantics;
	const char *lock_path;              /* as the user would write it */
	const struct kith_report_row *rows; /* sorted by badness, then name, version, source */
	size_t n_rows;
	size_t counts[KITH_STATUS_COUNT];
	size_t crev_counts[4];
	bool no_evidence; /* there is no evidence of any kind on this machine */
	bool kinds_known; /* manifests were there */
	bool kinds_shown; /* a column says how each package is needed */
	const struct kith_id *roots;
	size_t n_roots;
	const struct kith_policy *policy;
	const struct kith_config *config; /* whose rules the policy has; NULL: not told */
	const struct kith_evidence_source *sources;
	size_t n_sources;
	const struct kith_report_source *states;
	size_t n_states;
	const struct kith_report_override *overrides;
	size_t n_overrides;
	struct kith_report_inputs inputs;
	const struct kith_report_replacement *replacements;
	size_t n_replacements;
	const struct kith_report_remark *remarks; /* those that fail first */
	size_t n_remarks;
	const struct kith_report_since *since; /* NULL: no change is judged */
	const char *vet_summary; /* what cargo-vet says of the project's store, or NULL */
	const struct kith_report_stats *stats; /* NULL: not asked for */
	bool pass;
	struct kith_span picture; /* SVG of the web of trust for a page; may be empty */
	/*
	 * A short name for an id, borrowed until the next call, or NULL: then its first characters
	 * are shown.
	 */
	const char *(*name_of)(void *ctx, const struct kith_id *id);
	void *name_ctx;
};

struct kith_report_options {
	bool failing, fold, color;
	int rules; /* table: who said what of the requirement; 1: if few rows are shown, 2: always
		    */
	int width; /* 0: not cut */
};

void kith_report_table(const struct kith_report *r, const struct kith_report_options *o,
		       struct kith_buf *out);
void kith_report_json(const struct kith_report *r, const struct kith_report_options *o,
		      struct kith_buf *out);
/* One object a line and package, as in "packages" of the JSON document. */
void kith_report_jsonl(const struct kith_report *r, const struct kith_report_options *o,
		       struct kith_buf *out);
/* SARIF 2.1.0: a result for each finding, at the line of the lock file. */
void kith_report_sarif(const struct kith_report *r, const struct kith_report_options *o,
		       struct kith_buf *out);
/* JUnit's XML: a test case a package; no clock in it. */
void kith_report_junit(const struct kith_report *r, const struct kith_report_options *o,
		       struct kith_buf *out);
/* Workflow commands that forges show beside the lines of the lock file. */
void kith_report_github(const struct kith_report *r, const struct kith_report_options *o,
			struct kith_buf *out);
/* For a job's summary or a comment: at most KITH_MAX_MARKDOWN bytes, says what was left out. */
void kith_report_markdown(const struct kith_report *r, const struct kith_report_options *o,
			  struct kith_buf *out);
/* One page that needs nothing else; works without script, prints, dark or light. */
void kith_report_html(const struct kith_report *r, const struct kith_report_options *o,
		      struct kith_buf *out);
/* Any of these by its number; an unknown one is the table. */
void kith_report_render(const struct kith_report *r, enum kith_format format,
			const struct kith_report_options *o, struct kith_buf *out);

/* Several lock files judged together, each with its own verdict; all must pass. */
struct kith_report_set {
	const struct kith_report *const *reports; /* by path */
	size_t n;
	const char *version; /* of kith */
	bool pass;
};
/* As kith_report_render: one document for all of them. */
void kith_report_render_all(const struct kith_report_set *s, enum kith_format format,
			    const struct kith_report_options *o, struct kith_buf *out);
void kith_report_table_all(const struct kith_report_set *s, const struct kith_report_options *o,
			   struct kith_buf *out);
void kith_report_json_all(const struct kith_report_set *s, const struct kith_report_options *o,
			  struct kith_buf *out);
void kith_report_jsonl_all(const struct kith_report_set *s, const struct kith_report_options *o,
			   struct kith_buf *out);
void kith_report_sarif_all(const struct kith_report_set *s, const struct kith_report_options *o,
			   struct kith_buf *out);
void kith_report_junit_all(const struct kith_report_set *s, const struct kith_report_options *o,
			   struct kith_buf *out);
void kith_report_github_all(const struct kith_report_set *s, const struct kith_report_options *o,
			    struct kith_buf *out);
void kith_report_markdown_all(const struct kith_report_set *s, const struct kith_report_options *o,
			      struct kith_buf *out);
void kith_report_html_all(const struct kith_report_set *s, const struct kith_report_options *o,
			  struct kith_buf *out);
/* "3 lock files: 2 pass, 1 does not". */
void kith_report_set_counts(const struct kith_report_set *s, struct kith_buf *out);
/* "since main (…): 2 added, 1 upgraded; 580 as before"; a line without its end. */
void kith_report_since_line(const struct kith_report_since *s, struct kith_buf *out);
/* "1.9.0 → 1.10.0", where a package was upgraded; else its version. Safe for a terminal. */
void kith_report_version(const struct kith_report_row *row, struct kith_buf *out);
/* The member "since", into an object that is open; and a package's "change". */
struct kith_json_writer;
void kith_report_since_json(const struct kith_report *r, struct kith_json_writer *w);
void kith_report_change_json(const struct kith_report_change *c, struct kith_json_writer *w);
/* After the rows of a table. */
void kith_report_since_table(const struct kith_report *r, const struct kith_report_options *o,
			     struct kith_buf *out);

/* Whether a row counts as passing. */
bool kith_report_passes(const struct kith_report *r, const struct kith_report_row *row);

/* Why a package has its status, in words that fit a line; third-party text escaped. */
void kith_report_reason(const struct kith_report *r, const struct kith_report_row *row,
			struct kith_buf *out);
/* An author as people know him: name or the beginning of the id; a set's name. */
void kith_report_author(const struct kith_report *r, const struct kith_claim *claim,
			struct kith_buf *out);
/* "negative review by alice" */
void kith_report_objection(const struct kith_report *r, const struct kith_objection *o,
			   struct kith_buf *out);
/* The status as a word, of the semantics in force. */
const char *kith_report_status(const struct kith_report *r, const struct kith_report_row *row);
/* "normal, build"; "unknown". */
void kith_report_kinds(const struct kith_report_row *row, struct kith_buf *out);
/* "585 packages: 14 verified, 0 exempt, …" */
void kith_report_counts(const struct kith_report *r, struct kith_buf *out);
void kith_report_id(const struct kith_report *r, const struct kith_id *id, struct kith_buf *out);
void kith_report_party(const struct kith_report *r, const struct kith_party *p,
		       struct kith_buf *out);
/* "positive, thoroughness low, understanding medium"; what a claim says. */
void kith_report_claim_says(const struct kith_claim *claim, struct kith_buf *out);
/* "RUSTSEC-2024-0001 (high 7.5): its title". */
void kith_report_advisory(const struct kith_claim *claim, struct kith_buf *out);
/* Who said what of a row's requirement: lines "kith.toml:8 [policy]: level medium, signed true".
 * Brief: without what is preset. */
void kith_report_origins(const struct kith_report *r, const struct kith_report_row *row,
			 const char *indent, bool brief, struct kith_buf *out);
/* The member "requirement_from", into an object that is open. */
struct kith_json_writer;
void kith_report_origins_json(const struct kith_report *r, const struct kith_report_row *row,
			      struct kith_json_writer *w);
/* The members of a claim, into an object that is open. */
void kith_report_claim_json(const struct kith_report *r, const struct kith_claim *claim,
			    struct kith_json_writer *w);

#endif
