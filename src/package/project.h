/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A project on disk: its lock file, which packages are its own, how each is needed, and where the
 * bytes of its packages lie. Reads files and cargo's configuration; starts nothing.
 */
#ifndef KITH_PACKAGE_PROJECT_H
#define KITH_PACKAGE_PROJECT_H

#include "package/package.h"

/* What was skipped and why, one line each, safe for a terminal; beyond KITH_MAX_WARNINGS counted.
 */
struct kith_warnings {
	char **lines;
	size_t count, cap;
	size_t more;
};
KITH_NODISCARD int kith_warnings_add(struct kith_warnings *w, const char *line,
				     struct kith_error *err);
void kith_warnings_clear(struct kith_warnings *w);

/* Something that a manifest of the project wants and its lock file does not have. */
struct kith_lag {
	char *manifest; /* absolute path */
	uint32_t line;  /* from 1 */
	char *text;     /* "serde ^2 is not in it" */
};

struct kith_project {
	char *root;      /* folder of the lock file, absolute */
	char *lock_path; /* absolute */
	struct kith_lock *lock;
	bool manifests; /* the root manifest was there: local and kinds come from it */
	struct kith_buf lock_bytes;
	struct kith_warnings warnings; /* broken or missing manifests */
	struct kith_kind_graph *graph; /* how each package needs others, as far as read */
	bool missing;                  /* a manifest without a lock file: `lock` is empty */
	/* Only of a lock file that has cargo's own name: another one is not the manifests'. */
	struct kith_lag *lags; /* at most KITH_MAX_LAGS … */
	size_t n_lags, lags_more, lag_steps;
	char **others; /* absolute paths of other lock files of one ecosystem, at most that many */
	size_t n_others;
};

/* What the environment says, so that nothing here reads it (verdict.md 10). */
struct kith_cargo_env {
	const char *home;       /* $HOME */
	const char *cargo_home; /* $CARGO_HOME or NULL: home/.cargo */
	/*
	 * How a configuration file that lies in the project's own tree is read, by its absolute
	 * path; initialises *out. NULL: from this disk.
	 */
	int (*read)(void *ctx, const char *path, struct kith_buf *out, struct kith_error *err);
	void *read_ctx;
};

/*
 * Opens the project at or above `path` (a folder, or a lock file itself). Errors: KITH_E_NOTFOUND
 * ("no Cargo.lock in … or above"), those of the reader with the path in front.
 */
KITH_NODISCARD int kith_project_open(const char *path, struct kith_project **ret_project,
				     struct kith_error *err);
/*
 * Where kith_project_open found no lock file: the project of the nearest manifest at or above
 * `path`, with `missing` and no packages. KITH_E_NOTFOUND if there is none either.
 */
KITH_NODISCARD int kith_project_open_missing(const char *path, struct kith_project **ret_project,
					     struct kith_error *err);
/* Whether the manifest in `dir` (absolute) is of a workspace above that has a lock file. */
bool kith_project_is_member(const char *dir);
void kith_project_free(struct kith_project *p);

void kith_project_freep(struct kith_project **p);
#define KITH_AUTO_PROJECT KITH_CLEANUP(kith_project_freep)

/*
 * kith_project_open marks `local` and `kinds` in the lock from the workspace's own manifests. A set
 * bit is certain, others may be missing; 0 is what cannot be told. KITH_KIND_DEV alone is certain
 * without the manifests of dependencies, because a lock file holds development dependencies of the
 * workspace's packages only. A broken manifest becomes a warning and leaves unknown what depends on
 * it.
 *
 * kith_project_read_kinds also reads the manifests of dependencies where cargo has them unpacked or
 * vendored, which tells `normal` from `build`; one file a package, so a warm run need not.
 */
struct kith_cargo_places;
KITH_NODISCARD int kith_project_read_kinds(struct kith_project *p,
					   const struct kith_cargo_places *places,
					   struct kith_error *err);

/*
 * How package `pkg` of the lock needs each of its deps, as far as its manifest was read:
 * KITH_KIND_… and, where it cannot be told, other bits. NULL: not read.
 */
const uint8_t *kith_project_edges(const struct kith_project *p, size_t pkg);

enum kith_bytes_state {
	KITH_BYTES_ABSENT,  /* not here */
	KITH_BYTES_ARCHIVE, /* an archive at `path`; not yet compared with the checksum */
	KITH_BYTES_VENDORED /* an unpacked `directory` source at `path` */
};

struct kith_bytes_place {
	enum kith_bytes_state state;
	bool sure;  /* the place tells that it belongs to the package's own source */
	char *path; /* absolute; NULL where absent; yours */
};

/*
 * Where cargo keeps packages, from its configuration and environment (source replacement too). The
 * configuration is that of project_root, of its parents and of CARGO_HOME; a broken one is an error
 * with path and line (KITH_E_FORMAT), a replacement by a source that nobody defines or that ends in
 * a circle KITH_E_USAGE. Not for two threads at once: folders are looked at when first needed.
 */
KITH_NODISCARD int kith_cargo_places_new(const char *project_root, const struct kith_cargo_env *env,
					 struct kith_cargo_places **ret_places,
					 struct kith_error *err);
void kith_cargo_places_free(struct kith_cargo_places *p);
void kith_cargo_places_freep(struct kith_cargo_places **p);
#define KITH_AUTO_PLACES KITH_CLEANUP(kith_cargo_places_freep)

/*
 * Looks a package up; several candidate archives: the first whose size is not zero. Errors about
 * this package alone: KITH_E_INTEGRITY where a vendored folder holds it twice, so that cargo's
 * choice cannot be told; KITH_E_FORMAT where the vendored folder of its name has a broken manifest;
 * KITH_E_USAGE where its source is replaced by one that cannot be found. About all of them:
 * KITH_E_LIMIT, KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_cargo_places_find(const struct kith_cargo_places *p,
					  const struct kith_package *pkg,
					  struct kith_bytes_place *ret_place,
					  struct kith_error *err);

/*
 * The n-th candidate (from 0; 0 is what _find returns); KITH_BYTES_ABSENT when there are no more.
 * Two registries on one host share the shape of their folder names: an archive that is not `sure`
 * and whose checksum differs belongs to another registry and is no mismatch.
 */
KITH_NODISCARD int kith_cargo_places_candidate(const struct kith_cargo_places *p,
					       const struct kith_package *pkg, size_t n,
					       struct kith_bytes_place *ret_place,
					       struct kith_error *err);

/* The folder where the package lies unpacked (vendored, or in registry/src); NULL if none. Yours.
 */
KITH_NODISCARD int kith_cargo_places_unpacked(const struct kith_cargo_places *p,
					      const struct kith_package *pkg, char **ret_dir,
					      struct kith_error *err);

/*
 * The n-th file (from 0) in which cargo may remember what the default registry's index says about
 * the package's name, one for each form of the index (sparse, git) and of its name; it need not be
 * there. *ret_path is yours; NULL: no more, or not from that registry.
 */
KITH_NODISCARD int kith_cargo_places_index(const struct kith_cargo_places *p,
					   const struct kith_package *pkg, size_t n,
					   char **ret_path, struct kith_error *err);

/* A source replacement that the project's own tree asks for (verdict.md 7: a finding). */
struct kith_cargo_replacement {
	const char *config; /* path of the configuration file */
	uint32_t line;
	const char *source; /* the replaced one: "crates-io", … */
	const char *with;
};
/* How many there are; *ret_list is borrowed from p. */
size_t kith_cargo_places_in_tree(const struct kith_cargo_places *p,
				 const struct kith_cargo_replacement **ret_list);
void kith_bytes_place_clear(struct kith_bytes_place *p);

/*
 * Checks a vendored tree (verdict.md 1): every file that its .cargo-checksum.json lists is there
 * with its SHA-256, no file is unlisted, `package` equals the lock's checksum. *ret_digest is the
 * recursive digest leaving out .cargo-ok and .cargo-checksum.json. Errors: KITH_E_INTEGRITY with
 * what differs; KITH_E_FORMAT; KITH_E_IO.
 */
KITH_NODISCARD int kith_vendored_check(const char *path, const struct kith_package *pkg,
				       struct kith_digest *ret_digest, struct kith_error *err);

#endif
