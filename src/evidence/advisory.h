/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One advisory as its reader understood it, whatever it was written in (advisories.md 1, 5).
 * Readers are pure: bytes in, an advisory or a refusal out. Everything lies in the arena that the
 * reader was given.
 */
#ifndef KITH_EVIDENCE_ADVISORY_H
#define KITH_EVIDENCE_ADVISORY_H

#include "evidence/claim.h"
#include "evidence/cvss.h"
#include "version/version.h"

/* Where the versions of a range begin and end to be affected; in the order of ties. */
enum kith_advisory_event_kind {
	KITH_ADVISORY_INTRODUCED,    /* from this on */
	KITH_ADVISORY_LAST_AFFECTED, /* no longer above this */
	KITH_ADVISORY_FIXED,         /* no longer from this on */
	KITH_ADVISORY_LIMIT          /* the range says nothing from this on */
};

struct kith_advisory_event {
	enum kith_advisory_event_kind kind;
	struct kith_span version; /* empty: below every version */
};

/* Why something cannot be judged; NONE: it can. */
enum kith_advisory_trouble {
	KITH_ADVISORY_TROUBLE_NONE,
	KITH_ADVISORY_TROUBLE_VERSION,   /* the locked version is none of its ecosystem */
	KITH_ADVISORY_TROUBLE_EVENT,     /* a bound is no version of the ecosystem */
	KITH_ADVISORY_TROUBLE_RANGE,     /* a range is not well-formed */
	KITH_ADVISORY_TROUBLE_ECOSYSTEM, /* the ecosystem's order is not known here */
	KITH_ADVISORY_TROUBLE_FILE,      /* the advisory's file cannot be read */
	KITH_ADVISORY_TROUBLE_COUNT
};
/* A phrase that follows "cannot be judged: ". */
const char *kith_advisory_trouble_text(enum kith_advisory_trouble t);

struct kith_advisory_range {
	const struct kith_advisory_event *events; /* sorted, limits last; none if in trouble */
	size_t n_events;
	enum kith_advisory_trouble trouble;
};

struct kith_advisory_severity {
	bool known;       /* the label counts */
	bool has_score;   /* it comes from a vector */
	unsigned tenths;  /* the score times ten */
	bool has_defects; /* a vector cannot be read */
	enum kith_severity label;
};
/* The higher of two; unknown is below all. */
struct kith_advisory_severity kith_advisory_worse(struct kith_advisory_severity a,
						  struct kith_advisory_severity b);

/* What one advisory says about one package. */
struct kith_advisory_package {
	struct kith_span ecosystem; /* as OSV writes it, without its suffix: "crates.io" … */
	struct kith_span suffix;    /* "12" of "Debian:12"; empty: none */
	struct kith_span name;      /* in normal form */
	const struct kith_advisory_range *ranges;
	size_t n_ranges;
	/* Single versions: the first n_ordered sorted by version, the rest by bytes. */
	const struct kith_span *versions;
	size_t n_versions, n_ordered;
	struct kith_advisory_severity severity; /* wins over the advisory's own where known */
};

struct kith_advisory {
	struct kith_span id, title, url;
	const struct kith_span *aliases;
	size_t n_aliases;
	enum kith_advisory_kind kind;
	bool malicious; /* remove it, do not upgrade */
	bool withdrawn;
	bool has_date;
	struct kith_time date;
	struct kith_advisory_severity severity;
	const struct kith_advisory_package *packages;
	size_t n_packages;
	size_t defects; /* small ones: parts that were passed over */
};

/*
 * An id as its database forms them (1.3): RUSTSEC-, CVE-, TALOS- have a year and a number, others
 * are any text of at most KITH_MAX_ADVISORY_ID bytes without control characters.
 */
bool kith_advisory_is_id(struct kith_span id);
/* Which id is shown of several: MAL first, then home databases, CVE, GHSA, other aliases. */
unsigned kith_advisory_id_rank(struct kith_span id, bool is_own);

/* What RustSec's word for an informational advisory means: one that nobody knows is a notice. */
enum kith_advisory_kind kith_advisory_kind_of(struct kith_span word);

/* OSV's word for an ecosystem: "crates.io", "npm", "Go", "PyPI", "Debian". */
const char *kith_advisory_ecosystem(enum kith_ecosystem eco);
/* True and the order of its versions, if it is known here. */
bool kith_advisory_scheme(struct kith_span ecosystem, enum kith_version_scheme *ret_scheme);
/* Cuts "Debian:12" at the first colon. */
void kith_advisory_split(struct kith_span text, struct kith_span *ret_ecosystem,
			 struct kith_span *ret_suffix);
/* Appends a name in its normal form: PyPI folds case and separators, Go undoes "!x" escapes. */
void kith_advisory_put_name(struct kith_buf *out, struct kith_span ecosystem,
			    struct kith_span name);
/*
 * Appends an event's or a list's value as the ecosystem's version: without (Go: with) `v`, missing
 * numbers padded with zeros if `pad`.
 */
void kith_advisory_put_version(struct kith_buf *out, enum kith_version_scheme scheme,
			       struct kith_span value, bool pad);

/* Sorts events of versions that are valid; and versions, the valid ones first. */
void kith_advisory_sort_events(enum kith_version_scheme scheme, struct kith_advisory_event *events,
			       size_t n);
void kith_advisory_sort_versions(enum kith_version_scheme scheme, struct kith_span *versions,
				 size_t n, size_t *ret_ordered);

#endif
