/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where evidence lies and how it gets there: folders, mirrors, fetching, reading. Mirrors are data,
 * not cache: nothing here deletes what was once fetched. Every network access and every look into a
 * repository happens in the helper program kith-git.
 */
#ifndef KITH_STORE_STORE_H
#define KITH_STORE_STORE_H

#include "base/base.h"
#include "helper/git.h"
#include "helper/helper.h"

/* --- folders --- */

struct kith_store_view; /* store/view.h */

struct kith_dirs {
	char *config, *data, *cache; /* absolute, need not be there yet */
	/*
	 * NULL: the mirrors are as they are. Else whatever asks here for mirrors, journals or their
	 * state sees this one instead; borrowed.
	 */
	const struct kith_store_view *view;
};

/* What the environment says; NULL or empty: not given. */
struct kith_dirs_env {
	const char *kith_home; /* config and data are this folder, cache is "cache" in it */
	const char *home;
	const char *xdg_config_home, *xdg_data_home, *xdg_cache_home; /* count only if absolute */
};

/* KITH_E_USAGE if neither a home nor enough of the rest is given, or one is not absolute. */
KITH_NODISCARD int kith_dirs_init(struct kith_dirs *ret_dirs, const struct kith_dirs_env *env,
				  struct kith_error *err);
void kith_dirs_clear(struct kith_dirs *d);
#define KITH_AUTO_DIRS KITH_CLEANUP(kith_dirs_clear)

/* --- sources --- */

/* Who named a source: what it may ask of this machine (verdict.md 11). */
enum kith_source_class {
	KITH_SOURCE_USER,
	KITH_SOURCE_PROJECT, /* the project's kith.toml, and the user has not allowed it yet */
	KITH_SOURCE_WALKED,  /* a person on whom trust led */
	KITH_SOURCE_REMOVED, /* nobody any more: not fetched; what was stays evidence */
	KITH_SOURCE_STARTER, /* of the starter set */
	KITH_SOURCE_CARRIED  /* nobody: a file brought it from another machine; it proves no URL */
};
#define KITH_SOURCE_CLASSES 6
/* "user", "project", "walked", "removed", "starter", "carried". Never NULL. */
const char *kith_source_class_name(enum kith_source_class c);

/* What a source is evidence of: who reads its files. */
enum kith_source_kind {
	KITH_SOURCE_CREV,    /* signed proofs */
	KITH_SOURCE_VET,     /* an audit set: audits.toml, imports.lock */
	KITH_SOURCE_RUSTSEC, /* RustSec's advisories, Markdown */
	KITH_SOURCE_OSV      /* OSV records, JSON */
};
#define KITH_SOURCE_KINDS 4
/* "crev", "vet", "rustsec", "osv", as in kith.toml. Never NULL. */
const char *kith_source_kind_name(enum kith_source_kind k);
bool kith_source_kind_find(struct kith_span word, enum kith_source_kind *ret_kind);

/* What somebody named: a URL, or a place on this disk. */
struct kith_source {
	enum kith_git_kind kind;        /* how it is brought here */
	enum kith_source_kind evidence; /* what it holds */
	char *location; /* the URL as written; else the absolute path without links */
	char *inside;   /* the one file or folder in it that is meant; NULL: the usual places */
	char *slug;     /* name of its mirror, without ".git" */
	enum kith_source_class class;
	/* of a fetch only */
	bool public_only; /* no loopback, private or link-local address */
	char *carrier;    /* a git bundle on this disk to be read in its place; NULL: itself */
	int64_t as_of;    /* … and when what is in it was fetched */
};

/*
 * `text` is a URL (helper/url.h's grammar, or file:///PATH), or the path of a repository, a git
 * bundle or a folder; a relative one is seen from the working directory. Errors: KITH_E_USAGE,
 * KITH_E_NOTFOUND.
 */
KITH_NODISCARD int kith_source_resolve(const char *text, struct kith_source *ret_source,
				       struct kith_error *err);
/*
 * The same for evidence of any kind, which has a mirror of its own for each kind and `inside`
 * (relative, NULL: none; of a repository only). But for proofs a file that is no bundle is one,
 * too.
 */
KITH_NODISCARD int kith_source_resolve_as(const char *text, enum kith_source_kind evidence,
					  const char *inside, struct kith_source *ret_source,
					  struct kith_error *err);
/* Which files of it are read: see kith_git_wants. Borrowed. */
const char *kith_source_names(const struct kith_source *s);
/* False for a file that has such a name and lies where the source has nothing to say. */
bool kith_source_has(const struct kith_source *s, struct kith_span path);
void kith_source_clear(struct kith_source *s);
#define KITH_AUTO_SOURCE KITH_CLEANUP(kith_source_clear)

/* crev format 6.1: appends the url-slug of a URL. */
void kith_url_put_slug(struct kith_buf *out, struct kith_span url);
/* crev format 6.1: appends the name-slug of any text: plain characters, at most 39. */
void kith_name_put_slug(struct kith_buf *out, struct kith_span name);

/* --- mirrors --- */

struct kith_mirror {
	struct kith_source source;
	char *path;                  /* of the repository */
	bool own;                    /* a proof repository of the user's own, not a mirror */
	bool damaged;                /* what is known about it cannot be read: the rest is empty */
	char head[KITH_GIT_HEX + 1]; /* the commit in force; empty: none fetched yet */
	int64_t success, attempt;    /* seconds since 1970; 0: never */
	char *error;                 /* of the last attempt if it failed, else empty */
	uint32_t failures;           /* attempts that failed since the last success */
	int64_t not_before; /* the server asked to be left alone until then; 0: it did not */
};

/*
 * When a source that failed is worth another attempt: a quarter of an hour after the first failure,
 * twice as long after each further one, a day at most; later if its server said so. 0: at once.
 */
int64_t kith_store_retry_at(const struct kith_mirror *m);

struct kith_mirrors {
	struct kith_mirror *items;
	size_t count;
};

/*
 * Every mirror by its slug, then the user's own repositories (heads read from their files). A
 * missing folder has none.
 */
KITH_NODISCARD int kith_store_mirrors(const struct kith_dirs *dirs, struct kith_mirrors *ret,
				      struct kith_error *err);
/* Whether what it serves is what its URL serves: fetched from there, not carried (verdict.md 11).
 */
bool kith_mirror_proves(const struct kith_mirror *m);
/* Appends how people call it: its location; of carried evidence also that it is that. */
void kith_mirror_put_name(struct kith_buf *out, const struct kith_mirror *m);
bool kith_mirror_is_called(const struct kith_mirror *m, struct kith_span name);
void kith_mirrors_clear(struct kith_mirrors *m);
#define KITH_AUTO_MIRRORS KITH_CLEANUP(kith_mirrors_clear)

/* Marks a mirror as of this class from now on. KITH_E_NOTFOUND: there is none of this slug. */
KITH_NODISCARD int kith_store_set_class(const struct kith_dirs *dirs, const char *slug,
					enum kith_source_class class, struct kith_error *err);

/*
 * Changes whenever any mirror or own repository does: what derived data remembers to know that it
 * is current. Take it before reading the mirrors. Costs one stat and little for own repositories.
 */
KITH_NODISCARD int kith_store_state(const struct kith_dirs *dirs, struct kith_digest *ret_state,
				    struct kith_error *err);

/* The commit that a repository's HEAD names, from its files. KITH_E_NOTFOUND: no commit yet. */
KITH_NODISCARD int kith_store_repo_head(const char *path, char ret_hex[KITH_GIT_HEX + 1],
					struct kith_error *err);

/* --- fetching --- */

struct kith_store_fetched {
	size_t source; /* index in the caller's array */
	enum kith_git_outcome outcome;
	char old_head[KITH_GIT_HEX + 1], head[KITH_GIT_HEX + 1];
	uint64_t bytes;
	uint32_t objects;
	struct kith_error error; /* where outcome is KITH_GIT_FAILED */
};

struct kith_store_fetch_options {
	const char *libexec;
	unsigned jobs;                 /* 0: 8 */
	unsigned timeout_s;            /* a source; 0: KITH_MAX_FETCH_SECONDS */
	unsigned idle_s;               /* seconds without progress; 0: KITH_MAX_FETCH_IDLE */
	uint64_t max_bytes;            /* 0: KITH_MAX_FETCH_BYTES */
	uint32_t max_objects;          /* 0: KITH_MAX_FETCH_OBJS */
	uint32_t max_refs;             /* 0: KITH_MAX_FETCH_REFS */
	const unsigned *max_redirects; /* NULL: KITH_MAX_FETCH_HOPS */
	/* 0: what is built in; else a source that has more is refused */
	uint32_t max_depth, max_files, max_file_bytes;
	const char *resolve; /* NULL: none; as of struct kith_git_fetch */
	const char *ca_file; /* likewise */
	bool public_only;    /* all of them, whatever they say themselves */
	const char *names;   /* of folders: see kith_git_wants; NULL: as the sources' kinds say */
	struct kith_time now;
	void *ctx;
	/* Each source's end; sources end in any order. */
	void (*fetched)(void *ctx, const struct kith_store_fetched *result);
	/* May be NULL: something in a folder was passed over; bytes so far. */
	void (*skipped)(void *ctx, size_t source, struct kith_span path, enum kith_git_skip why);
	void (*progress)(void *ctx, size_t source, const struct kith_git_progress *p);
	/* May be NULL: asked several times a second; true ends everything. */
	bool (*cancelled)(void *ctx);
};

/*
 * Brings the sources into their mirrors, several at once. A source that fails costs itself only: it
 * is reported, and what its mirror holds stays. Another process that fetches the same source is
 * waited for. Errors: KITH_E_HELPER (kith-git cannot be used), KITH_E_CANCELLED, KITH_E_IO.
 */
KITH_NODISCARD int kith_store_fetch(const struct kith_dirs *dirs, const struct kith_source *sources,
				    size_t n, const struct kith_store_fetch_options *options,
				    struct kith_error *err);

/* --- reading --- */

/* Callbacks return KITH_OK to go on; `item` is the index in the caller's array. */
struct kith_store_read_calls {
	void *ctx;
	/*
	 * Which files of a mirror are read (see kith_git_wants); NULL: the mirror is left out. May
	 * be NULL: the proof files of all that hold proofs.
	 */
	const char *(*names)(void *ctx, size_t item);
	/* A repository begins: the commit that is read. May be NULL. */
	int (*tree)(void *ctx, size_t item, struct kith_span commit, struct kith_error *err);
	int (*file)(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
		    struct kith_error *err);
	/* May be NULL. `path` is raw: it may be why. */
	int (*skip)(void *ctx, size_t item, struct kith_span path, enum kith_git_skip why,
		    struct kith_error *err);
	/* A repository ends; `failure` (NULL: none) is why it could not be read on. May be NULL. */
	int (*end)(void *ctx, size_t item, const struct kith_git_end *end,
		   const struct kith_error *failure, struct kith_error *err);
};

/*
 * Streams the files of the mirrors' heads through one child of kith-git, in order; those that
 * are damaged or were never fetched are left out. One that cannot be read costs itself only.
 * Errors: KITH_E_HELPER, and what a callback returned.
 */
KITH_NODISCARD int kith_store_each_proof_file(const struct kith_mirrors *mirrors,
					      const char *libexec,
					      const struct kith_store_read_calls *calls,
					      struct kith_error *err);

/* The same for several readings one after another: kith-git is started once, if at all. */
struct kith_store_reader {
	const char *libexec;
	struct kith_helper *helper; /* private */
};
KITH_NODISCARD int kith_store_read(struct kith_store_reader *reader,
				   const struct kith_mirrors *mirrors,
				   const struct kith_store_read_calls *calls,
				   struct kith_error *err);
void kith_store_reader_clear(struct kith_store_reader *reader);

/*
 * The same for the history of each head as one pack, of proofs only: `file` gets its bytes piece by
 * piece, with a path that means nothing.
 */
KITH_NODISCARD int kith_store_each_pack(const struct kith_mirrors *mirrors, const char *libexec,
					const struct kith_store_read_calls *calls,
					struct kith_error *err);

/* --- reading sets and databases --- */

/* A state of a source that was in force for a time. Everything is borrowed. */
struct kith_store_version {
	const struct kith_mirror *mirror; /* source.location, .inside, .class; success: freshness */
	const char *commit;               /* hex */
	int64_t since;                    /* it was fetched, seconds since 1970; 0: not known */
	int64_t until;                    /* another one took its place; 0: it is in force */
	bool baseline;                    /* the first that was ever fetched here (verdict.md 7) */
};

/* Callbacks return KITH_OK to go on. Between begin and end everything is about one version. */
struct kith_store_kind_calls {
	void *ctx;
	/*
	 * May be NULL. Before anything is read, once for each mirror with all its versions: how
	 * many of the oldest (0 at first) need not be read.
	 */
	int (*plan)(void *ctx, const struct kith_store_version *versions, size_t n,
		    size_t *ret_skip, struct kith_error *err);
	int (*begin)(void *ctx, const struct kith_store_version *v, struct kith_error *err);
	int (*file)(void *ctx, struct kith_span path, struct kith_span bytes,
		    struct kith_error *err);
	/* May be NULL. `path` is raw: it may be why. */
	int (*skip)(void *ctx, struct kith_span path, enum kith_git_skip why,
		    struct kith_error *err);
	/* `failure` (NULL: none) is why it could not be read on. May be NULL. */
	int (*end)(void *ctx, const struct kith_error *failure, struct kith_error *err);
};

/*
 * Streams the files of all mirrors of one kind, mirrors by slug, the versions of each from the
 * oldest to the newest: every one that was in force at or after `since` (INT64_MAX: only those in
 * force now). A source without a name in configuration is here too, and one that was removed: its
 * level is the caller's business. One that cannot be read costs itself only. Errors: KITH_E_HELPER,
 * KITH_E_IO, and what a callback returned.
 */
KITH_NODISCARD int kith_store_read_kind(const struct kith_dirs *dirs, enum kith_source_kind kind,
					int64_t since, const char *libexec,
					const struct kith_store_kind_calls *calls,
					struct kith_error *err);

/*
 * Changes whenever what kith_store_read_kind reads for this kind does (a later fetch that brought
 * nothing new changes nothing). Reads the small files beside all mirrors: ask kith_store_state
 * first, which costs one stat. Take it before reading.
 */
KITH_NODISCARD int kith_store_kind_state(const struct kith_dirs *dirs, enum kith_source_kind kind,
					 struct kith_digest *ret_state, struct kith_error *err);

#endif
