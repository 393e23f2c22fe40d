/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many advisories as one immutable run of bytes that is looked up by ecosystem and name: built once
 * from files, kept in memory or in a file as it is. Every offset is checked at use.
 */
#ifndef KITH_EVIDENCE_ADVISORY_SET_H
#define KITH_EVIDENCE_ADVISORY_SET_H

#include "evidence/advisory.h"
#include "evidence/checked.h"

/* --- building --- */

enum kith_advisory_format { KITH_ADVISORY_RUSTSEC, KITH_ADVISORY_OSV };

/* Which files of a repository or folder hold advisories: names for kith-git. */
const char *kith_advisory_names(enum kith_advisory_format format);

struct kith_advisory_builder;
KITH_NODISCARD int kith_advisory_builder_new(struct kith_advisory_builder **ret_builder,
					     struct kith_error *err);
void kith_advisory_builder_free(struct kith_advisory_builder *b);
void kith_advisory_builder_freep(struct kith_advisory_builder **b);
#define KITH_AUTO_ADVISORY_BUILDER KITH_CLEANUP(kith_advisory_builder_freep)

/*
 * Takes one file of database `database` (a small number of the caller's). What is no advisory's
 * place is passed over; a file that cannot be read is counted, reported and, where its place says
 * about which package it is, kept as "cannot be judged". Withdrawn advisories are left out.
 * Errors: KITH_E_NOMEM, KITH_E_LIMIT (KITH_MAX_ADVISORY_SET, _RECORDS, _DATABASES).
 */
KITH_NODISCARD int kith_advisory_builder_add(struct kith_advisory_builder *b,
					     enum kith_advisory_format format, uint32_t database,
					     struct kith_span path, struct kith_span bytes,
					     struct kith_error *err);
/* As add, of an advisory that was read already, whether withdrawn or not. */
KITH_NODISCARD int kith_advisory_builder_put(struct kith_advisory_builder *b, uint32_t database,
					     struct kith_span path,
					     const struct kith_advisory *advisory,
					     struct kith_error *err);
/* Says that database `database` was read at all, though no file of it came. */
KITH_NODISCARD int kith_advisory_builder_open(struct kith_advisory_builder *b, uint32_t database,
					      struct kith_error *err);
/* Appends the set to `out` (whose maximum should be KITH_MAX_ADVISORY_SET); ends the builder. */
KITH_NODISCARD int kith_advisory_builder_seal(struct kith_advisory_builder *b, struct kith_buf *out,
					      struct kith_error *err);

/* --- looking up --- */

/* A view of a set's bytes, which must outlive it. */
struct kith_advisory_set {
	struct kith_checked in;
	size_t keys, entries, records, words, text, databases, refusals; /* where they begin */
	uint32_t n_keys, n_entries, n_records, n_words, n_text, n_databases, n_refusals;
};

/* KITH_E_FORMAT: not a set of this version, or its beginning must not be read. */
KITH_NODISCARD int kith_advisory_set_open(struct kith_span bytes, struct kith_advisory_set *ret_set,
					  struct kith_error *err);
/* The same of a file that is checked as it is read. */
KITH_NODISCARD int kith_advisory_set_open_checked(const struct kith_checked *in,
						  struct kith_advisory_set *ret_set,
						  struct kith_error *err);

/* What became of one database. With no advisories in it, nothing follows from its silence. */
struct kith_advisory_database {
	uint32_t number;
	uint32_t files;      /* that an advisory may be in */
	uint32_t advisories; /* in force */
	uint32_t withdrawn;
	uint32_t refused;    /* files that cannot be read */
	uint32_t duplicates; /* advisories with an id that another one has */
	uint32_t defects;    /* small ones inside advisories: parts that were passed over */
};
/* False where there is no i-th. */
bool kith_advisory_set_database(const struct kith_advisory_set *s, size_t i,
				struct kith_advisory_database *ret);

/* A file that was refused; the first KITH_MAX_ADVISORY_REFUSALS of all. */
struct kith_advisory_refusal {
	uint32_t database;
	struct kith_span path, why;
};
bool kith_advisory_set_refusal(const struct kith_advisory_set *s, size_t i,
			       struct kith_advisory_refusal *ret);

enum kith_advisory_state {
	KITH_ADVISORY_NOT_AFFECTED,
	KITH_ADVISORY_AFFECTED,
	KITH_ADVISORY_UNKNOWN
};

/* One advisory of a problem, and what it says of the version that was asked about. */
struct kith_advisory_member {
	struct kith_span id, title, url, path;
	uint32_t database;
	bool has_date;
	struct kith_time date;
	enum kith_advisory_kind kind;
	bool malicious;
	struct kith_advisory_severity severity;
	enum kith_advisory_state state;
	enum kith_advisory_trouble trouble; /* why UNKNOWN */
	uint32_t entry;                     /* for kith_advisory_put_affected */
};

/* One problem with all its ids (5.7): AFFECTED if any member says so, else UNKNOWN. */
struct kith_advisory_problem {
	enum kith_advisory_state state;
	enum kith_advisory_trouble trouble;
	const struct kith_span *ids; /* the one to show first */
	size_t n_ids;
	enum kith_advisory_kind kind; /* the home database decides */
	bool malicious;
	struct kith_advisory_severity severity; /* the highest known; of malicious ones unknown */
	const struct kith_advisory_member *members;
	size_t n_members;
};

struct kith_advisory_query {
	struct kith_span ecosystem; /* OSV's word, with or without suffix */
	struct kith_span name, version;
};

/*
 * The problems that a version has or may have, by the id to show. Everything lies in the arena or
 * in the set. Error: KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_advisory_match(const struct kith_advisory_set *s,
				       const struct kith_advisory_query *query,
				       struct kith_arena *arena,
				       const struct kith_advisory_problem **ret_problems,
				       size_t *ret_count, struct kith_error *err);

/* Appends which versions are affected: "[0,1.2.3) [2.0.0,2.1.4] [3.0.0,*) 4.0.1". */
void kith_advisory_put_affected(const struct kith_advisory_set *s, uint32_t entry,
				struct kith_buf *out);

/* --- claims --- */

struct kith_advisory_claims_options {
	const struct kith_place *databases; /* by number: source and commit */
	size_t n_databases;
	void *ctx;
	/* May be NULL: all. Whose word the verdict counts: a claim is theirs where there is a
	 * choice. */
	bool (*counts)(void *ctx, uint32_t database);
};

struct kith_advisory_claims {
	const struct kith_claim *items;
	size_t count;
	const struct kith_advisory_problem *unknown; /* what cannot be judged is no claim */
	size_t n_unknown;
};

/*
 * One claim (KITH_CLAIM_ADVISORY) for each problem that this version of the default registry's
 * package has; its `set` is the number of the database that speaks. Borrows from the arena, the
 * set, the options, the package's name and version. Error: KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_advisory_make_claims(
    const struct kith_advisory_set *s, enum kith_ecosystem eco, struct kith_span name,
    struct kith_span version, const struct kith_advisory_claims_options *options,
    struct kith_arena *arena, struct kith_advisory_claims *ret_claims, struct kith_error *err);

#endif
