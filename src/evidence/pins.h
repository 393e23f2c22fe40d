/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins: what kith.lock says, and in the same form the facts of a bundle. They name sources at their
 * commits, packages with the digests of their bytes, and every fact that a verdict rests on and
 * that is not in a claim (verdict.md 10). Where a session has pins, these facts replace what this
 * machine knows by itself. Pure: reads and writes text, believes nothing about who wrote it.
 */
#ifndef KITH_EVIDENCE_PINS_H
#define KITH_EVIDENCE_PINS_H

#include "evidence/claim.h"
#include "package/cargo_index.h"

#define KITH_PINS_VERSION 1
#define KITH_PINS_COMMIT  40 /* hex digits */

/* A source at the state that counts. Times are seconds since 1970; 0: not known. */
struct kith_pins_source {
	struct kith_span kind;     /* "crev", "vet", "rustsec", "osv" */
	struct kith_span location; /* URL; or a place, relative to the folder of kith.lock */
	struct kith_span inside;   /* the file or folder in it that is meant; empty: the usual */
	struct kith_span commit;   /* lower-case hex; of what is no repository: of its content */
	int64_t as_of;             /* it was last asked for what it serves, and that was this */
	bool carried;              /* from a file of carried evidence: proves no URL */
	uint32_t line;             /* in the file, as in all that follow; 0: made here */
};

/* A package of a lock file. Its key is ecosystem, registry, name and version. */
struct kith_pins_package {
	enum kith_ecosystem eco;
	struct kith_span registry; /* empty: the ecosystem's default one; else as locks write it */
	struct kith_span name, version;
	struct kith_span checksum; /* as the lock file states it; empty: it states none */
	bool has_native, has_crev; /* digests of exactly the bytes with this checksum */
	struct kith_digest native, crev;
	/* the registry's facts (verdict.md 7): `registry_known` false: it said nothing */
	bool registry_known;
	bool checksum_agrees;
	bool yanked;
	bool has_published;
	struct kith_time published;
	bool has_first;
	uint8_t first[KITH_INDEX_MARK]; /* which version came first: kith_index_version_mark */
	uint32_t older_yanked; /* all older compatible versions are yanked: so many; else 0 */
	uint32_t line;
};

/* A proof that a later fetch than its source's first one brought, and that is late (verdict.md 11).
 */
struct kith_pins_claim {
	struct kith_digest proof; /* of its body */
	int64_t seen, previous;   /* first seen; when its source had last been fetched before */
	uint32_t line;
};

/* What a source has withdrawn and what counts on all the same, as it stood. */
struct kith_pins_gone {
	struct kith_span kind, location, inside; /* of a pinned source */
	/* crev: one proof; vet: an audits.toml that holds one violation */
	struct kith_span text;
	/* vet: when a later fetch brought it (0: the first did), and when it was found gone */
	int64_t seen, gone;
	struct kith_span path; /* vet: where it stood … */
	uint32_t at_line;      /* … and in which line */
	uint32_t line;
};

/* An id whose URL was verified: of bundles only, since who has the sources sees it there. */
struct kith_pins_url {
	struct kith_id id;
	struct kith_span url;
	uint32_t line;
};

struct kith_pins {
	struct kith_pins_source *sources;
	struct kith_pins_package *packages;
	struct kith_pins_claim *claims;
	struct kith_pins_gone *gone;
	struct kith_pins_url *urls;
	size_t n_sources, n_packages, n_claims, n_gone, n_urls;
	size_t cap_sources, cap_packages, cap_claims, cap_gone, cap_urls; /* private */
	struct kith_arena arena;                                          /* owns all texts */
};

/* An empty set of pins. *ret_pins is yours. */
KITH_NODISCARD int kith_pins_new(struct kith_pins **ret_pins, struct kith_error *err);
void kith_pins_free(struct kith_pins *p);
void kith_pins_freep(struct kith_pins **p);
#define KITH_AUTO_PINS KITH_CLEANUP(kith_pins_freep)

/*
 * Reads a kith.lock. Order does not matter (a merge may have changed it); the same entry twice is
 * one; two that contradict each other are refused. *ret_pins is yours and borrows nothing. Errors:
 * KITH_E_FORMAT "line N: why" (unknown version, unknown or wrong field, contradiction),
 * KITH_E_LIMIT (KITH_MAX_PINS_BYTES, _ENTRIES), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_pins_read(struct kith_span text, struct kith_pins **ret_pins,
				  struct kith_error *err);

/* Appends an entry; texts are copied. Errors: KITH_E_LIMIT, KITH_E_NOMEM. */
KITH_NODISCARD int kith_pins_add_source(struct kith_pins *p, const struct kith_pins_source *x,
					struct kith_error *err);
KITH_NODISCARD int kith_pins_add_package(struct kith_pins *p, const struct kith_pins_package *x,
					 struct kith_error *err);
KITH_NODISCARD int kith_pins_add_claim(struct kith_pins *p, const struct kith_pins_claim *x,
				       struct kith_error *err);
KITH_NODISCARD int kith_pins_add_gone(struct kith_pins *p, const struct kith_pins_gone *x,
				      struct kith_error *err);
KITH_NODISCARD int kith_pins_add_url(struct kith_pins *p, const struct kith_pins_url *x,
				     struct kith_error *err);

/*
 * Sorts everything, takes out what is there twice, and makes the finders below work. After adding.
 * KITH_E_FORMAT: two entries contradict each other.
 */
KITH_NODISCARD int kith_pins_index(struct kith_pins *p, struct kith_error *err);

/*
 * Appends the text: one line an entry, sorted, the same bytes for the same pins, and nothing in it
 * that changes unless an entry does. Call kith_pins_index before.
 */
void kith_pins_put(const struct kith_pins *p, struct kith_buf *out);

/* NULL if it is not pinned. */
const struct kith_pins_package *
kith_pins_find_package(const struct kith_pins *p, enum kith_ecosystem eco,
		       struct kith_span registry, struct kith_span name, struct kith_span version);
/* … of a package of a lock file. */
const struct kith_pins_package *kith_pins_package_of(const struct kith_pins *p,
						     const struct kith_package *package);
const struct kith_pins_claim *kith_pins_find_claim(const struct kith_pins *p,
						   const struct kith_digest *proof);
/* … of the same source and with the same text. */
const struct kith_pins_gone *kith_pins_find_gone(const struct kith_pins *p,
						 const struct kith_pins_gone *x);
const struct kith_pins_source *kith_pins_find_source(const struct kith_pins *p,
						     struct kith_span kind,
						     struct kith_span location,
						     struct kith_span inside);

#endif
