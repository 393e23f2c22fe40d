/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user's config.toml and the project's kith.toml say (verdict.md 12). Pure: bytes in,
 * plain data out, with the place of everything that was said. docs/POLICY.md is the reference of
 * the keys.
 */
#ifndef KITH_POLICY_CONFIG_H
#define KITH_POLICY_CONFIG_H

#include "policy/policy.h"

struct kith_toml_doc;

enum kith_config_file { KITH_CONFIG_USER, KITH_CONFIG_PROJECT };
#define KITH_CONFIG_FILES 2

/* Where something is said. line 0: nowhere, it is the default. */
struct kith_config_at {
	enum kith_config_file file;
	uint32_t line, column;
	uint32_t index; /* of an entry of an array of tables: its number in its file, from 0 */
};

struct kith_config_ids {
	const struct kith_id *at;
	size_t n;
};

struct kith_config_texts {
	const struct kith_span *at;
	size_t n;
};

struct kith_config_name {
	struct kith_config_at at;
	struct kith_span name;
	struct kith_id id;
};

struct kith_config_roots {
	struct kith_config_at at;
	struct kith_config_ids ids;
	struct kith_config_texts urls; /* each: the one id that the repository itself proves */
	unsigned threshold;            /* at least 1; at most the number of ids and urls, if any */
};

struct kith_config_trust {
	struct kith_config_at at;
	unsigned budget, high, medium, low;
	bool veto_root;
};

struct kith_config_cap {
	struct kith_config_at at;
	struct kith_id id;
	enum kith_level level; /* NONE or better */
};

struct kith_config_actor {
	struct kith_config_at at;
	struct kith_span name;
	struct kith_config_ids ids;
	struct kith_config_texts sources; /* names or URLs */
};

struct kith_config_publisher {
	struct kith_config_at at;
	struct kith_span package; /* glob */
	struct kith_config_ids ids;
	struct kith_config_texts logins;
};

struct kith_config_ignore {
	struct kith_config_at at;
	struct kith_id by;
	bool has_about; /* a statement about a person; else a claim about `package`, a glob */
	struct kith_id about;
	struct kith_span package;
	bool has_digest; /* only the one statement whose body has this digest */
	struct kith_digest digest;
	struct kith_span reason;
};

enum kith_config_kind { KITH_CONFIG_CREV, KITH_CONFIG_VET, KITH_CONFIG_RUSTSEC, KITH_CONFIG_OSV };

/* A set's criterion, and which of ours it stands for (maybe none). */
struct kith_config_mapping {
	struct kith_span foreign;
	struct kith_config_texts own;
};

/* One [[source]]. */
struct kith_config_evidence {
	struct kith_config_at at;
	enum kith_config_kind kind;
	struct kith_config_texts urls; /* of `url` or `urls`; none: a path of this machine */
	struct kith_span path;         /* with a URL: within that repository, never upwards */
	struct kith_span name;         /* empty: has none */
	enum kith_level level, object; /* NONE or better */
	const struct kith_config_mapping *map;
	size_t n_map;
	bool trust_ids; /* crev: its authors count at `level` */
	/* of the starter set, which no configuration file says (app/starter.h); at.line is 0 */
	bool starter;
	struct kith_config_ids ids; /* crev: who counts at `level`, for reviews only */
	struct kith_span reason;
};

struct kith_config_policy {
	struct kith_config_at at;
	struct kith_policy p;     /* with the rules of [package."GLOB"] */
	unsigned fields;          /* KITH_FIELD_… that are said; the others are the preset's */
	int64_t max_evidence_age; /* seconds; older: a warning */
	int64_t max_pin_age;      /* seconds; older: fails */
	bool rewrite_fails;       /* on-rewrite = "fail" */
	struct kith_config_texts owners; /* exempt-owners; none: anybody */
};

struct kith_config_resolve {
	struct kith_span host, address; /* address: IPv4 or IPv6, without brackets */
	uint16_t port;
};

struct kith_config_fetch {
	struct kith_config_at at;
	unsigned jobs;
	unsigned timeout;      /* seconds a source */
	unsigned idle_timeout; /* seconds with next to nothing received */
	uint64_t max_bytes;
	unsigned max_objects, max_refs, max_redirects;
	unsigned max_depth, max_files;       /* 0: what is built in */
	uint64_t max_file_bytes;             /* likewise */
	struct kith_config_texts walk_allow; /* globs of hosts */
	const struct kith_config_resolve *resolve;
	size_t n_resolve;
	struct kith_span ca_file;
};

struct kith_config_rule {
	struct kith_config_at at;
	struct kith_rule rule;
};

struct kith_config_exempt {
	struct kith_config_at at;
	struct kith_exemption x;
	bool has_added;
	struct kith_time added;
};

struct kith_config_accept {
	struct kith_config_at at;
	struct kith_acceptance a;
	bool has_added;
	struct kith_time added;
};

/* Findings about lock files (verdict.md 8). */
enum kith_hygiene {
	KITH_HYGIENE_MISSING,     /* there is no lock file */
	KITH_HYGIENE_GIT_IGNORED, /* git ignores it */
	KITH_HYGIENE_UNCOMMITTED, /* git does not know it, or knows another text */
	KITH_HYGIENE_OUTDATED,    /* it is older than its manifest */
	KITH_HYGIENE_NO_CHECKSUM, /* it names a package of a registry without a checksum */
	KITH_HYGIENE_SEVERAL      /* two of one ecosystem */
};
#define KITH_HYGIENE_COUNT 6
/* The key of [lockfile]: "missing" … Never NULL. */
const char *kith_hygiene_name(enum kith_hygiene h);

enum kith_lock_severity { KITH_SEVERITY_OFF, KITH_SEVERITY_WARN, KITH_SEVERITY_ERROR };

struct kith_config_lockfile {
	struct kith_config_at at;
	struct kith_config_texts paths;  /* of lock files; none: the nearest */
	struct kith_config_texts ignore; /* globs of paths that are no lock files of the project */
	enum kith_lock_severity hygiene[KITH_HYGIENE_COUNT];
};

/* Everything of one file, or of both after merging. Borrowed parts live as long as it does. */
struct kith_config {
	const char *names[KITH_CONFIG_FILES]; /* of the files, for messages; NULL: was not read */
	bool has_current_id;
	struct kith_config_at current_id_at;
	struct kith_id current_id;
	const struct kith_config_name *people; /* the table `names` */
	size_t n_people;
	struct kith_config_roots roots;
	struct kith_config_trust trust;
	struct kith_config_policy policy;
	struct kith_config_fetch fetch;
	struct kith_config_lockfile lockfile;
	const struct kith_config_cap *caps;
	size_t n_caps;
	const struct kith_config_actor *actors;
	size_t n_actors;
	const struct kith_config_publisher *publishers;
	size_t n_publishers;
	const struct kith_config_ignore *ignores;
	size_t n_ignores;
	const struct kith_config_evidence *sources;
	size_t n_sources;
	const struct kith_config_rule *rules; /* policy.p.rules[i] is rules[i].rule */
	size_t n_rules;
	/*
	 * Those with a reason come first: exemptions[i] is exempts[i].x for i < n_exemptions. An
	 * exemption without a reason is never in force (verdict.md 8): it is here to be reported.
	 */
	const struct kith_config_exempt *exempts;
	size_t n_exempts;
	const struct kith_exemption *exemptions;
	size_t n_exemptions;
	const struct kith_config_accept *accepts; /* acceptances[i] is accepts[i].a */
	size_t n_accepts;
	const struct kith_acceptance *acceptances;
	struct kith_arena arena; /* private, as what follows */
	struct kith_toml_doc *doc;
};

/*
 * Reads one file; `text` and `name` (what messages call the file) are copied. *ret_config is yours
 * (kith_config_free). Errors: KITH_E_FORMAT "NAME:LINE:COLUMN: what is wrong"; KITH_E_LIMIT (above
 * KITH_MAX_CONFIG, or nested too deeply); KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_config_read(struct kith_span text, const char *name,
				    enum kith_config_file file, struct kith_config **ret_config,
				    struct kith_error *err);

/*
 * What is in force where both files are: the project's [roots], [trust] and [policy] replace the
 * user's whole table, arrays of tables are joined, the project's first. Either may be NULL: what
 * nobody says is the default. Both must outlive the result, which is yours (kith_config_free).
 * Error: KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_config_merge(const struct kith_config *user,
				     const struct kith_config *project,
				     struct kith_config **ret_config, struct kith_error *err);

void kith_config_free(struct kith_config *config);
void kith_config_freep(struct kith_config **config);
#define KITH_AUTO_CONFIG KITH_CLEANUP(kith_config_freep)

/* Appends "NAME:LINE", or "default" where nobody says it. */
void kith_config_put_at(struct kith_buf *out, const struct kith_config *config,
			const struct kith_config_at *at);

/* Owners as in CODEOWNERS: "@Alice" and "alice" are one. */
bool kith_config_same_owner(struct kith_span a, struct kith_span b);

/*
 * The i-th key of all tables, in the order of verdict.md 12; false behind the last. Table "" is the
 * top level. *ret_files has bit 1 << file for each file that may have it.
 */
bool kith_config_key(size_t i, const char **ret_table, const char **ret_key, unsigned *ret_files);

#endif
