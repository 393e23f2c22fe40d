/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo-vet's own verdict, bit for bit (cargo-vet.md A.7, C to F.2; verdict.md 9): a store and a
 * package graph in, what `cargo vet check --locked` answers out. Pure.
 */
#ifndef KITH_POLICY_VET_H
#define KITH_POLICY_VET_H

#include "evidence/vet.h"
#include "package/package.h"
#include "policy/vet_graph.h"

/* The store version that this is the verdict of (A.1). */
#define KITH_VET_MAJOR 0
#define KITH_VET_MINOR 10

/* Why a store is refused, in the order in which it is looked at. */
enum kith_vet_problem_kind {
	KITH_VET_OUTDATED_STORE,
	KITH_VET_NEWER_STORE,
	KITH_VET_PARSE,            /* subject: the file; detail: "line N: why" */
	KITH_VET_INVALID_CRITERIA, /* subject: the name; detail: where */
	KITH_VET_END_DATE,         /* subject: the crate */
	KITH_VET_BAD_FORMAT,       /* subject: the file */
	KITH_VET_IMPORTS_OUTDATED, /* imports.lock is not in step with config.toml */
	KITH_VET_MISSING_DESCRIPTION,
	KITH_VET_AGGREGATE,
	KITH_VET_CRITERIA_CHANGED,
	KITH_VET_CRATE_DOES_NOT_EXIST,
	KITH_VET_POLICY_NEEDS_VERSION, /* subject: the crate; detail: the version (also below) */
	KITH_VET_POLICY_MUST_BE_VERSIONED,
	KITH_VET_POLICY_UNUSED,
	KITH_VET_CRITERIA /* cargo-vet itself dies of these criteria (B.6) */
};
const char *kith_vet_problem_name(enum kith_vet_problem_kind k); /* "outdated-store", … */

struct kith_vet_problem {
	enum kith_vet_problem_kind kind;
	struct kith_span subject, detail;
	const char *file; /* of the store, where it is about one place in it; else NULL */
	uint32_t line;    /* in that file; 0: not known */
};
/* One sentence for people, not made safe for a terminal; says nothing of file and line. */
void kith_vet_problem_put(struct kith_buf *out, const struct kith_vet_problem *p);

/* --- one crate's audit graph (E) --- */

/* Where an edge comes from: also the order in which ties go. */
enum kith_vet_edge_kind {
	KITH_VET_EDGE_OWN,
	KITH_VET_EDGE_IMPORTED,
	KITH_VET_EDGE_WILDCARD,
	KITH_VET_EDGE_TRUSTED,
	KITH_VET_EDGE_EXEMPTION,
	KITH_VET_EDGE_UNPUBLISHED
};

enum kith_vet_freshness { KITH_VET_STALE, KITH_VET_FRESH_PUBLISHER, KITH_VET_FRESH };

struct kith_vet_edge {
	enum kith_vet_edge_kind kind;
	uint8_t fresh; /* enum kith_vet_freshness */
	bool not_importable;
	uint32_t from, to; /* indexes of versions; 0: the root */
	uint32_t peer;     /* 0: own, else number of the peer + 1 */
	uint32_t at;       /* position in its list; of trusted entries the publisher's */
	uint32_t publisher;
	uint64_t criteria;
};

struct kith_vet_conflict {
	struct kith_span violation_peer; /* ptr NULL: own */
	const struct kith_vet_audit *violation;
	const struct kith_vet_exemption *exemption; /* or NULL, then: */
	struct kith_span audit_peer;
	const struct kith_vet_audit *audit;
};

struct kith_vet_crate {
	const struct kith_vet_version **versions; /* ascending; [0] is the root, NULL */
	size_t n_versions;
	struct kith_vet_edge *edges;
	size_t n_edges;
	const struct kith_vet_conflict *conflicts;
	size_t n_conflicts;
	uint32_t *in_start, *in; /* edges that end at a version, in order */
	uint32_t *out_start, *out;
};

/* --- the answer --- */

enum kith_vet_status {
	KITH_VET_FIRST_PARTY,
	KITH_VET_VETTED_FULLY,
	KITH_VET_VETTED_PARTIALLY,
	KITH_VET_EXEMPTED,
	KITH_VET_FAILED,
	KITH_VET_VIOLATED
};
/* "first" "full" "partial" "exempt" "fail" "violation" */
const char *kith_vet_status_name(enum kith_vet_status s);

/* Of one required criterion: the way, from the root on, or how far one gets from either end. */
struct kith_vet_way {
	unsigned criterion;
	bool found;
	const uint32_t *edges;
	size_t n_edges;
	const bool *from_root, *to_target; /* not found: of each version */
};

struct kith_vet_delta {
	uint32_t from, to; /* indexes of versions */
};

/* What would help a failed package (E.8). */
struct kith_vet_suggestion {
	const struct kith_vet_delta *candidates;
	size_t n_candidates;
	const struct kith_vet_delta *best; /* NULL where no size is known */
	bool has_extra;                    /* and then this step to the git version */
	struct kith_vet_delta extra;
};

struct kith_vet_row {
	enum kith_vet_status status;
	uint64_t required, missing;
	const struct kith_vet_crate *crate; /* NULL for first parties */
	const struct kith_vet_way *ways;    /* one for each required criterion, in number order */
	size_t n_ways;
	struct kith_vet_suggestion suggestion;
};

enum kith_vet_conclusion {
	KITH_VET_SUCCESS,
	KITH_VET_FAIL_VETTING,
	KITH_VET_FAIL_VIOLATION,
	KITH_VET_ERROR /* the store is refused: see problems */
};
const char *kith_vet_conclusion_name(enum kith_vet_conclusion c); /* "success", … */

struct kith_vet_answer {
	enum kith_vet_conclusion conclusion;
	const struct kith_vet_problem *problems; /* may be there without KITH_VET_ERROR: lenient */
	size_t n_problems;
	struct kith_vet_criteria criteria;
	const struct kith_vet_graph *graph; /* borrowed */
	const struct kith_vet_row *rows;    /* one for each of graph->nodes */
	size_t counts[KITH_VET_VIOLATED + 1];
	/* what is borrowed above */
	const struct kith_vet_config *config;
	const struct kith_vet_set *own;
	const struct kith_vet_imports *imports;
	struct kith_vet_file **files;
	size_t n_files, files_cap;
	struct kith_arena arena;
};

/* What the peers and the registry say now, for a run that is not locked (C.2). */
struct kith_vet_live_peer {
	struct kith_span name;
	const struct kith_span *texts; /* one a URL, in the order of config.toml */
	size_t n_texts;
};
struct kith_vet_live {
	const struct kith_vet_live_peer *peers;
	size_t n_peers;
	struct kith_span publishers; /* all publishers, as imports.lock has them; may be empty */
	struct kith_span index;      /* `[index] CRATE = [versions]`; may be empty */
};

struct kith_vet_question {
	struct kith_span config, audits, imports; /* the files' bytes; must outlive the answer */
	const struct kith_vet_graph *graph;
	int32_t today; /* days since 1970-01-01, UTC */
	bool lenient;  /* skips A.7 1, 4, 5; tells D.6 complaints without stopping */
	const struct kith_vet_live *live; /* NULL: locked */
	/*
	 * Lines that differ between two versions (from NULL: all of `to`); false: cannot be told.
	 * NULL: no suggestion is chosen among the candidates.
	 */
	bool (*size)(void *ctx, struct kith_span crate, const struct kith_vet_version *from,
		     const struct kith_vet_version *to, uint64_t *ret_lines);
	void *size_ctx;
};

/*
 * A store that cargo-vet refuses is an answer too (KITH_VET_ERROR). Errors: KITH_E_NOMEM;
 * KITH_E_LIMIT, where resolving takes more than KITH_MAX_VET_STEPS. *ret_answer is yours.
 */
KITH_NODISCARD int kith_vet_judge(const struct kith_vet_question *q,
				  struct kith_vet_answer **ret_answer, struct kith_error *err);
void kith_vet_answer_free(struct kith_vet_answer *a);
void kith_vet_answer_freep(struct kith_vet_answer **a);

/*
 * The document that `cargo vet --locked --output-format json` prints (F.2), without a newline at
 * the end; of a refused store {"error": …}.
 */
KITH_NODISCARD int kith_vet_put_json(const struct kith_vet_answer *a, struct kith_buf *out,
				     struct kith_error *err);

/* "success (460 full, 36 partial, 46 exempt)", "fail (20 unvetted)", … : verdict.md 9. */
void kith_vet_put_summary(const struct kith_vet_answer *a, struct kith_buf *out);

/*
 * For native evaluation of a project with a store (verdict.md 9). Both need an answer that is no
 * KITH_VET_ERROR. The names that cargo-vet requires of a row's package, minimal; at most `max` are
 * written, the number of all is returned.
 */
size_t kith_vet_required_names(const struct kith_vet_answer *a, size_t row, struct kith_span *names,
			       size_t max);
/*
 * True if the store's exemptions of this package's name and version together grant what cargo-vet
 * requires of it. *ret_exemption (may be NULL) is the first of them.
 */
bool kith_vet_is_exempt(const struct kith_vet_answer *a, size_t row,
			const struct kith_vet_exemption **ret_exemption);

/* Index of the row of this package of the lock the graph was made from, or graph->count. */
size_t kith_vet_row_of(const struct kith_vet_answer *a, const struct kith_package *package);

#endif
