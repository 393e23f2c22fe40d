/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a project depends on: lock files read into packages and edges. Readers take bytes, not
 * paths; one file an ecosystem, one row in the table of readers.
 */
#ifndef KITH_PACKAGE_PACKAGE_H
#define KITH_PACKAGE_PACKAGE_H

#include "base/base.h"

#define KITH_CRATES_IO "https://crates.io" /* the source name that the crev format fixes */

enum kith_ecosystem { KITH_ECO_CARGO, KITH_ECO_NPM, KITH_ECO_GO, KITH_ECO_PYPI, KITH_ECO_DEBIAN };
#define KITH_ECO_COUNT 5
const char *kith_ecosystem_name(enum kith_ecosystem eco); /* purl type: "cargo" … */

enum kith_origin {
	KITH_ORIGIN_REGISTRY, /* the ecosystem's default registry: evidence applies */
	KITH_ORIGIN_OTHER,    /* another registry */
	KITH_ORIGIN_GIT,
	KITH_ORIGIN_PATH
};
const char *kith_origin_name(enum kith_origin o); /* "registry" "other-registry" "git" "path" */
/* Whether a source, or the address of an index in cargo's configuration, is the default registry.
 */
bool kith_cargo_is_crates_io(struct kith_span source);
/* What the `source` of a Cargo.lock says; false if its scheme is unknown. Empty: a path. */
bool kith_cargo_origin(struct kith_span source, enum kith_origin *ret_origin);

/* How a package is needed; a bit set, since it may be several. 0: unknown. */
#define KITH_KIND_NORMAL 1U
#define KITH_KIND_BUILD  2U
#define KITH_KIND_DEV    4U

struct kith_package {
	enum kith_ecosystem eco;
	enum kith_origin origin;
	struct kith_span name, version;
	struct kith_span source;   /* as the lock file writes it; empty for path packages */
	struct kith_span checksum; /* lower-case hex of the archive's SHA-256; empty if none */
	uint32_t line;             /* of its entry in the lock file, from 1 */
	bool local;                /* the project's own (verdict.md 1) */
	bool member;               /* of cargo's workspace: path dependencies of members too */
	unsigned kinds;            /* KITH_KIND_… ; 0: kind unknown */
	const uint32_t *deps;      /* indexes into kith_lock.packages, sorted, no duplicates */
	size_t n_deps;
	bool dangling;  /* names a dependency that the file does not hold, or not unambiguously */
	bool named;     /* another package of the file names it, if only ambiguously */
	bool ambiguous; /* a dependency may mean this or another package; no edge says so */
	struct kith_span folder; /* where a path package lies, absolute; empty: not known */
};

struct kith_lock {
	enum kith_ecosystem eco;
	unsigned format;               /* Cargo.lock: 0 (before versions, [root]), 1, 2, 3, 4 */
	struct kith_package *packages; /* sorted by name, version order, source */
	size_t count;
	struct kith_arena arena; /* owns everything */
};

/*
 * Reads a Cargo.lock of any version; `text` is copied where needed, so it may go. Errors:
 * KITH_E_FORMAT ("line N: why"), KITH_E_LIMIT (KITH_MAX_LOCK_…), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_lock_read_cargo(struct kith_span text, struct kith_lock **ret_lock,
					struct kith_error *err);
void kith_lock_free(struct kith_lock *lock);
void kith_lock_freep(struct kith_lock **lock);

/*
 * Reads any lock file that is known here, told by its content, never by a name. Same errors;
 * KITH_E_FORMAT also where no reader knows the content.
 */
KITH_NODISCARD int kith_lock_read(struct kith_span text, struct kith_lock **ret_lock,
				  struct kith_error *err);

/*
 * Index of the package of this name and version that has no source, or lock->count. For Cargo
 * locks.
 */
size_t kith_lock_find_path(const struct kith_lock *lock, struct kith_span name,
			   struct kith_span version);

/* [*ret_from, return) are those of pkg's dependencies that have this name, as indexes into deps. */
size_t kith_lock_find_deps(const struct kith_lock *lock, const struct kith_package *pkg,
			   struct kith_span name, size_t *ret_from);

#endif
