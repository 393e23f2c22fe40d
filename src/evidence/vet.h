/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a cargo-vet store (cargo-vet.md A) as data, and the number space of criteria (B).
 * Everything is borrowed from the file object it was read into, and that borrows from the text,
 * which must outlive it. Pure: bytes in, data or refusals out.
 */
#ifndef KITH_EVIDENCE_VET_H
#define KITH_EVIDENCE_VET_H

#include "codec/toml.h"
#include "evidence/vet_version.h"

struct kith_vet_list {
	const struct kith_span *items;
	size_t count;
	bool given; /* absent and empty differ in policies */
};

/* --- audits.toml and the peers of imports.lock --- */

enum kith_vet_kind { KITH_VET_FULL, KITH_VET_DELTA, KITH_VET_VIOLATION };

struct kith_vet_audit {
	enum kith_vet_kind kind;
	bool importable;
	bool fresh; /* live, and not yet in imports.lock */
	uint32_t line;
	struct kith_vet_list who, criteria, origins; /* origins: aggregated-from */
	struct kith_vet_version from, to;            /* to: also of a full audit */
	struct kith_span violation;                  /* a requirement, in normal form */
	struct kith_span notes;                      /* ptr NULL: none */
};

/* Whose publications an entry covers. */
struct kith_vet_source {
	bool is_user;
	uint64_t user;
	struct kith_span publisher; /* the text of trusted-publisher otherwise */
};
bool kith_vet_source_eq(const struct kith_vet_source *a, const struct kith_vet_source *b);

enum kith_vet_renew { KITH_VET_RENEW_UNSAID, KITH_VET_RENEW_NO, KITH_VET_RENEW_YES };

/* A wildcard audit or (without who and renew) a trusted entry. Dates: days since 1970-01-01. */
struct kith_vet_vouch {
	struct kith_vet_list who, criteria, origins;
	struct kith_vet_source source;
	int32_t start, end; /* end is exclusive */
	enum kith_vet_renew renew;
	bool fresh;
	uint32_t line;
	struct kith_span notes;
};

struct kith_vet_criterion {
	struct kith_span name;
	struct kith_span description, description_url; /* ptr NULL: none */
	struct kith_vet_list implies, origins;
	uint32_t line;
};

/* The entries of one crate, in file order; groups are sorted by name, bytewise. */
struct kith_vet_group {
	struct kith_span name;
	void *items; /* struct kith_vet_audit, … : the accessors below say which */
	size_t count;
	uint32_t line;
};

struct kith_vet_groups {
	struct kith_vet_group *items;
	size_t count;
};

struct kith_vet_set {
	struct kith_vet_criterion *criteria; /* sorted by name */
	size_t n_criteria;
	struct kith_vet_groups audits, wildcards, trusted;
};

/* NULL if there is none of this name. */
struct kith_vet_group *kith_vet_group_find(const struct kith_vet_groups *g, struct kith_span name);
struct kith_vet_audit *kith_vet_audits_of(const struct kith_vet_set *s, struct kith_span name,
					  size_t *ret_count);
struct kith_vet_vouch *kith_vet_wildcards_of(const struct kith_vet_set *s, struct kith_span name,
					     size_t *ret_count);
struct kith_vet_vouch *kith_vet_trusted_of(const struct kith_vet_set *s, struct kith_span name,
					   size_t *ret_count);

/* --- config.toml --- */

struct kith_vet_named_list {
	struct kith_span name;
	struct kith_vet_list list;
};

struct kith_vet_import {
	struct kith_span name;
	struct kith_vet_list urls, exclude;
	struct kith_vet_named_list *map; /* criteria-map: foreign name → own; sorted by name */
	size_t n_map;
	uint32_t line;
};

struct kith_vet_policy {
	struct kith_span crate;
	bool has_version;
	struct kith_vet_version version;
	bool has_audit_as, audit_as; /* audit-as-crates-io */
	struct kith_vet_list criteria, dev_criteria;
	struct kith_vet_named_list *dependencies; /* dependency-criteria; sorted by name */
	size_t n_dependencies;
	struct kith_span notes;
	uint32_t line;
};

struct kith_vet_exemption {
	struct kith_vet_version version;
	struct kith_vet_list criteria;
	bool suggest;
	struct kith_span notes;
	uint32_t line;
};

struct kith_vet_config {
	uint64_t major, minor; /* 0.4 where the file does not say */
	struct kith_span default_criteria;
	struct kith_vet_import *imports; /* sorted by name */
	size_t n_imports;
	struct kith_vet_policy *policies; /* sorted by crate, then version */
	size_t n_policies;
	struct kith_vet_groups exemptions; /* struct kith_vet_exemption */
};
struct kith_vet_exemption *kith_vet_exemptions_of(const struct kith_vet_config *c,
						  struct kith_span name, size_t *ret_count);

/* --- imports.lock --- */

struct kith_vet_publisher {
	struct kith_vet_version version;
	int32_t when;
	struct kith_vet_source source;
	struct kith_span login, name; /* of a user; ptr NULL: none */
	bool fresh;
	uint32_t line;
};

struct kith_vet_unpublished {
	struct kith_vet_version version, audited_as;
	bool fresh;
};

struct kith_vet_peer {
	struct kith_span name;
	struct kith_vet_set set;
};

struct kith_vet_imports {
	struct kith_vet_groups unpublished; /* struct kith_vet_unpublished */
	struct kith_vet_groups publishers;  /* struct kith_vet_publisher */
	struct kith_vet_peer *peers;        /* sorted by name */
	size_t n_peers;
};
struct kith_vet_publisher *kith_vet_publishers_of(const struct kith_vet_imports *i,
						  struct kith_span name, size_t *ret_count);
struct kith_vet_unpublished *kith_vet_unpublished_of(const struct kith_vet_imports *i,
						     struct kith_span name, size_t *ret_count);

/* --- reading --- */

struct kith_vet_refusal {
	uint32_t line;
	char *why; /* safe for a terminal */
};

/* What a lenient reader left out: the first KITH_MAX_VET_REFUSALS one by one, the rest counted. */
struct kith_vet_refusals {
	struct kith_vet_refusal *items;
	size_t count, cap, more;
};

/*
 * How far one bad entry spoils a file.
 * STRICT: wholly, as cargo-vet has it of a store's own files.
 * PEER: not at all, but the tables that hold entries must be tables (C.1). Names of criteria that
 * the file does not define are dropped, entries left without criteria or not importable refused.
 * LENIENT: as PEER, and a table of a wrong type, a criterion above the limit or one that redefines
 * a built-in one is refused with what it holds: for sets that kith evaluates itself. What cannot
 * be mapped stays in the criteria of a violation: an objection is not lost by a misspelt word.
 */
enum kith_vet_reading { KITH_VET_STRICT, KITH_VET_PEER, KITH_VET_LENIENT };

/* One file that was read, of whichever kind; yours, given back with kith_vet_file_free. */
struct kith_vet_file {
	struct kith_arena arena;
	struct kith_toml_doc *doc;
	struct kith_vet_set set;         /* audits.toml */
	struct kith_vet_config config;   /* config.toml */
	struct kith_vet_imports imports; /* imports.lock, or publishers alone */
	struct kith_vet_refusals refusals;
};
void kith_vet_file_free(struct kith_vet_file *f);
void kith_vet_file_freep(struct kith_vet_file **f);
#define KITH_AUTO_VET_FILE KITH_CLEANUP(kith_vet_file_freep)

/*
 * Errors: KITH_E_FORMAT with "line N: why", KITH_E_LIMIT (KITH_MAX_TOML_…, KITH_MAX_VET_…),
 * KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_vet_read_audits(struct kith_span text, enum kith_vet_reading how,
					struct kith_vet_file **ret_file, struct kith_error *err);
KITH_NODISCARD int kith_vet_read_config(struct kith_span text, struct kith_vet_file **ret_file,
					struct kith_error *err);
KITH_NODISCARD int kith_vet_read_imports(struct kith_span text, struct kith_vet_file **ret_file,
					 struct kith_error *err);

/* --- criteria (B) --- */

#define KITH_VET_MAX_CRITERIA 64 /* cargo-vet's own limit, built-in ones included */
#define KITH_VET_RUN          0U
#define KITH_VET_DEPLOY       1U

/* Names to numbers: the built-in ones, then own ones by name; and what each implies. */
struct kith_vet_criteria {
	size_t count;
	struct kith_span names[KITH_VET_MAX_CRITERIA];
	uint64_t closure[KITH_VET_MAX_CRITERIA]; /* with itself */
};

/*
 * Where cargo-vet dies (B.6: a built-in name, a circle, an unknown name, more than 64) this is
 * KITH_E_FORMAT. With `circles` a circle makes its members equal instead.
 */
KITH_NODISCARD int kith_vet_criteria_init(struct kith_vet_criteria *ret_criteria,
					  const struct kith_vet_set *set, bool circles,
					  struct kith_error *err);
/* True and the number of a name that is known. */
bool kith_vet_criterion_find(const struct kith_vet_criteria *c, struct kith_span name,
			     unsigned *ret_number);
/* Closure of a list. KITH_E_FORMAT ("unknown criterion 'x'"). */
KITH_NODISCARD int kith_vet_criteria_set(const struct kith_vet_criteria *c,
					 const struct kith_vet_list *names, uint64_t *ret_set,
					 struct kith_error *err);
/* All criteria, as unpublished entries carry them: none if there are exactly 64 (B.6). */
uint64_t kith_vet_criteria_all(const struct kith_vet_criteria *c);
/* Without members that another member implies. */
uint64_t kith_vet_criteria_minimal(const struct kith_vet_criteria *c, uint64_t set);
/* Appends the minimal names, in number order, with `between` between them. */
void kith_vet_criteria_put(const struct kith_vet_criteria *c, uint64_t set, const char *between,
			   struct kith_buf *out);

#endif
