/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One project judged: what verify, explain and later todo look at. Holds everything that the rows
 * point into.
 */
#ifndef KITH_APP_JUDGE_H
#define KITH_APP_JUDGE_H

#include "app/app.h"
#include "app/claims.h"
#include "app/config.h"
#include "app/names.h"
#include "app/people.h"
#include "app/vet.h"
#include "package/project.h"
#include "report/stats.h"
#include "store/archive.h"

/* The run's, sorted by name, so that a row looks at its own only. Arrays are the run's arena's. */
struct kith_app_scope {
	struct kith_exemption *exemptions;
	size_t n_exemptions;
	struct kith_acceptance *acceptances;
	size_t n_acceptances;
};

struct kith_app_run {
	struct kith_session *session;
	const struct kith_verify_options *options;
	struct kith_arena arena;
	struct kith_project *project;
	struct kith_cargo_places *places;
	struct kith_index *index;
	const struct kith_trust_graph *graph;
	struct kith_app_ids roots;
	struct kith_app_config config;
	struct kith_app_people *people;  /* native mode */
	struct kith_trust_result *trust; /* crev mode */
	struct kith_crev_options crev;
	struct kith_policy policy;
	struct kith_policy_world world;
	struct kith_app_claims *claims; /* native mode */
	struct kith_app_vet *vet;       /* native mode, where the project has a cargo-vet store */
	const struct kith_exemption *exemptions; /* kith.toml's, and that store's */
	size_t n_exemptions;
	struct kith_app_scope scope;  /* native mode: the same and acceptances, sorted */
	struct kith_report_row *rows; /* as the lock file's packages until they are sorted */
	struct kith_report report;
	struct kith_report_stats stats;
	struct kith_report_override *overrides;
	size_t n_overrides;
	struct kith_report_remark *remarks;
	size_t n_remarks, remarks_cap;
	struct kith_app_names names;
	struct kith_app_since *since; /* a change is judged (app/since.h); else NULL */
	bool explain;
	char next[256];
	/* --fresh-objections: the same project by what is here now */
	struct kith_app_run *live;
	struct kith_verify_options live_options;
	struct kith_trust_graph *own_graph; /* the pinned one with distrust as of now */
};

/*
 * Everything up to the sorted rows and the report. `graph` (NULL: the index's) replaces the trust
 * graph, for what-ifs, and must outlive the run. *ret_run is yours.
 */
KITH_NODISCARD int kith_app_judge(struct kith_session *s, const struct kith_verify_options *options,
				  const struct kith_trust_graph *graph, bool explain,
				  struct kith_app_run **ret_run, struct kith_error *err);
void kith_app_run_free(struct kith_app_run *run);
/* The one run behind a verdict; NULL with vet semantics, or of several lock files. Borrowed. */
struct kith_app_run *kith_app_verdict_run(const struct kith_project_verdict *verdict);

/*
 * The version that approvals reach, or that the nearest review is of: to read the difference may
 * do. Empty: none. Borrowed from the row.
 */
struct kith_span kith_app_nearest_version(const struct kith_report_row *row);

/*
 * Adds a finding about the project, before the report is made. Strings but `fmt`'s are borrowed for
 * as long as the run lives; the text is made safe for a terminal. Beyond KITH_MAX_REMARKS only
 * those that fail are taken, and beyond twice as many none.
 */
KITH_NODISCARD KITH_PRINTF(7, 8) int kith_app_remark(struct kith_app_run *run,
						     enum kith_rule_id rule, bool fails,
						     const char *path, uint32_t line,
						     const char *key, const char *fmt, ...);
/* A path as the user would write it: from the working directory if it lies below. Borrowed. */
const char *kith_app_as_written(const char *path);

/* --- hygiene.c --- */

/* How the lock file is kept (verdict.md 8): remarks, as [lockfile] says how bad each is. */
KITH_NODISCARD int kith_app_hygiene(struct kith_app_run *run, struct kith_error *err);

/* --- kept.c --- */

/* What git knows of the project's lock file. */
struct kith_app_kept {
	bool known;     /* the project lies in a repository that could be asked; else nothing is */
	bool ignored;   /* git ignores the lock file, and not the manifest beside it */
	bool manifest;  /* HEAD has a manifest beside it: the project is under git's care */
	bool committed; /* HEAD has the lock file … */
	bool same;      /* … with this very text */
};
/* Asks kith-git, once for each state of the repository and the lock file. */
KITH_NODISCARD int kith_app_ask_git(struct kith_app_run *run, struct kith_app_kept *ret,
				    struct kith_error *err);

/* --- select.c --- */

/*
 * Keeps those of the first *n rows that --only and --kind ask for, in their order. KITH_E_USAGE:
 * a glob that no package has.
 */
KITH_NODISCARD int kith_app_select(struct kith_app_run *run, size_t *n, struct kith_error *err);

/* --- bytes.c --- */

/* Finds and checks the bytes of every row's package; sets its subject. */
KITH_NODISCARD int kith_app_find_bytes(struct kith_app_run *run, struct kith_error *err);

/* --- first_seen.c --- */

/*
 * Compares the lock file's checksums with those that this machine saw first (verdict.md 7) and
 * remembers new ones that nothing contradicts; after kith_app_find_bytes.
 */
KITH_NODISCARD int kith_app_first_seen(struct kith_app_run *run, struct kith_error *err);

/* --- pin_facts.c --- */

/*
 * Reads the project's kith.lock, if it has one; with --locked the session sees nothing else from
 * now on (app/pinned.h).
 */
KITH_NODISCARD int kith_app_open_pins(struct kith_app_run *run, struct kith_error *err);
/* Whether kith.lock has a line for it: what comes from a registry. */
bool kith_app_is_pinnable(const struct kith_package *p);
/*
 * What kith.lock says of every row's package, after kith_app_find_bytes: digests of bytes that are
 * not here, checksums and digests that contradict it. Where the session has pins: also the
 * registry's facts, instead of asking for them; KITH_E_INTEGRITY if a package is not pinned.
 */
KITH_NODISCARD int kith_app_take_pins(struct kith_app_run *run, struct kith_error *err);

/* --- closure.c --- */

/*
 * Sets which claims each row's output names, and their digest over all rows, in an order that is
 * theirs: the same whatever the evidence came from (verdict.md 10).
 */
KITH_NODISCARD int kith_app_close(struct kith_app_run *run, struct kith_digest *ret_digest,
				  struct kith_error *err);

/* --- fresh.c: --fresh-objections --- */

/* Judges what is here now; before the run goes on to what is pinned. */
KITH_NODISCARD int kith_app_fresh_begin(struct kith_app_run *run, struct kith_error *err);
/* Adds distrust as of now to run->graph. */
KITH_NODISCARD int kith_app_fresh_graph(struct kith_app_run *run, struct kith_error *err);
/* Rows of which something is objected to now become negative; rows are not sorted yet. */
KITH_NODISCARD int kith_app_fresh_merge(struct kith_app_run *run, struct kith_error *err);
/* The report tells both as its inputs. */
void kith_app_fresh_end(struct kith_app_run *run);

/* --- unpacked.c --- */

/*
 * Compares what cargo unpacked from this archive with its (native) digest. *ret_there: there is
 * something unpacked. What differs is appended to `out` in words; nothing: it is the same.
 */
KITH_NODISCARD int kith_app_check_unpacked(struct kith_app_run *run, const char *archive,
					   const struct kith_digest *digest, bool *ret_there,
					   struct kith_buf *out, struct kith_error *err);

/* --- exempt_state.c --- */

/* Remarks on what kith.toml excuses without need; while rows are as in the lock file. */
KITH_NODISCARD int kith_app_unneeded(struct kith_app_run *run, struct kith_error *err);

/* --- vet_native.c --- */

/*
 * Adds what the project's cargo-vet store says (verdict.md 9): claims, criteria, exemptions;
 * without a store only the exemptions of kith.toml are set. KITH_E_FORMAT where the store cannot be
 * used at all, with file and line.
 */
KITH_NODISCARD int kith_app_judge_store(struct kith_app_run *run, struct kith_error *err);

/* --- registry.c --- */

/* Asks cargo's index cache about every package from the default registry (verdict.md 7). */
KITH_NODISCARD int kith_app_ask_registry(struct kith_app_run *run, struct kith_error *err);

/* --- crev.c --- */

/* Fills the crev columns of every row, and --recursive. */
KITH_NODISCARD int kith_app_judge_crev(struct kith_app_run *run, struct kith_error *err);

/* Which packages a crev run looks at: reached from the project's own over normal edges. */
KITH_NODISCARD int kith_app_crev_reach(const struct kith_app_run *run, bool *ret_reached,
				       struct kith_error *err);

#endif
