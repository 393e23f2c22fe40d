/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kith and kith-git say to each other: the requests and answers above protocol.h's frames, for
 * both sides. Decoding believes nothing: every function returns false for what is not well-formed
 * or beyond its limits. Spans are borrowed from the frame.
 */
#ifndef KITH_HELPER_GIT_H
#define KITH_HELPER_GIT_H

#include "helper/protocol.h"

#define KITH_GIT_PROGRAM  "kith-git"
#define KITH_GIT_HEX      40 /* characters of a commit's name */
#define KITH_GIT_MAX_JOBS 32

enum kith_git_frame {
	KITH_GIT_FETCH = KITH_FRAME_OWN, /* request: bring a source into its mirror */
	KITH_GIT_READ,                   /* request: the files of many repositories */
	KITH_GIT_JOBS,                   /* request: u32, how many fetches at once from now on */
	KITH_GIT_PROGRESS,               /* answer while a fetch runs */
	KITH_GIT_FETCHED,                /* answer: the end of a fetch */
	KITH_GIT_TREE,                   /* answer: a repository begins: its commit */
	KITH_GIT_FILE,                   /* answer: a file */
	KITH_GIT_SKIP,                   /* answer: something that was not read, and why */
	KITH_GIT_END,                    /* answer: the end of a repository */
	KITH_GIT_OWN,                    /* request: work on an own repository (helper/own.h) */
	KITH_GIT_OWNED,                  /* answer: how it went */
	KITH_GIT_DIFF,                   /* request: pairs of files to compare */
	KITH_GIT_DIFFED,                 /* answer: one pair */
	KITH_GIT_PACK = 40, /* request, as READ: each commit with its history as one pack */
	KITH_GIT_LOOK = 44, /* request: look into a project's repository (helper/look.h) */
	KITH_GIT_LOOKED     /* answer: its end */
};

enum kith_git_kind {
	KITH_GIT_URL = 1,
	KITH_GIT_BUNDLE, /* a git bundle file */
	KITH_GIT_REPO,   /* a local repository, bare or not */
	KITH_GIT_FOLDER, /* a plain folder of files */
	KITH_GIT_PLAIN,  /* one plain file */
	KITH_GIT_GET,    /* the URL of one file */
	KITH_GIT_RECORDS /* no source of its own: what an archive held, in one file (below) */
};

/*
 * A file of records, as kith writes it for kith-git: this line, then of each record u32 length and
 * bytes of its name, u32 length and bytes of its content. In the mirror they lie in subfolders by
 * their names, because one folder of all would be too large for git.
 */
#define KITH_GIT_RECORDS_HEAD "kith-records 1\n"

/* True for what comes over the network, from a URL. */
bool kith_git_is_remote(enum kith_git_kind kind);

struct kith_git_fetch {
	uint32_t id; /* the caller's; answers carry it */
	enum kith_git_kind kind;
	struct kith_span mirror;   /* path of the mirror's folder, which is there */
	struct kith_span location; /* URL, or absolute path */
	bool public_only;          /* refuse loopback, private and link-local addresses */
	bool as_user; /* the user named it: his git configuration, passwords, every scheme */
	uint64_t max_bytes;
	uint32_t max_objects, max_refs, max_redirects;
	/* Of its head's tree; a source beyond is refused. 0: passed over beyond what is built in.
	 */
	uint32_t max_depth, max_files, max_file_bytes;
	uint32_t timeout_s, idle_s;
	int64_t now;            /* seconds since 1970: date of the commit of a folder */
	struct kith_span names; /* which files of a folder: see kith_git_wants */
	/* The user's own words for his hosts; each may be empty. */
	struct kith_span resolve; /* "HOST:PORT:ADDRESS", separated by blanks */
	struct kith_span ca_file; /* absolute path */
};
#define KITH_GIT_MAX_RESOLVE KITH_KIB(64)

enum kith_git_outcome {
	KITH_GIT_FAILED = 0,
	KITH_GIT_UNCHANGED,
	KITH_GIT_UPDATED,
	KITH_GIT_REWRITTEN, /* updated, and the old head is no ancestor of the new one */
	KITH_GIT_EMPTY,     /* reached, but it has no commit; an old head stays */
	/*
	 * A zip archive came: it lies in the mirror's folder as KITH_GIT_ARCHIVE_NAME until the
	 * caller has unpacked it and had the folder fetched; the head is as it was.
	 */
	KITH_GIT_ARCHIVE
};
#define KITH_GIT_ARCHIVE_NAME "archive.zip"

struct kith_git_fetched {
	uint32_t id;
	enum kith_git_outcome outcome;
	struct kith_span head; /* hex after the fetch; empty: none */
	uint64_t bytes;        /* received */
	uint32_t objects;
	uint32_t retry_after_s; /* where FAILED: so long the server wants to be left alone */
	int code;               /* where FAILED: a kith_code and its text */
	struct kith_span message, hint;
};

struct kith_git_progress {
	uint32_t id;
	uint64_t bytes;
	uint32_t objects, total;
};

enum kith_git_skip {
	KITH_GIT_SKIP_LINK = 1, /* a symbolic link */
	KITH_GIT_SKIP_SPECIAL,  /* a submodule, device, FIFO, socket */
	KITH_GIT_SKIP_NAME,     /* control characters, not UTF-8, '.', '..', '/' */
	KITH_GIT_SKIP_SIZE,     /* above KITH_MAX_PROOF_FILE */
	KITH_GIT_SKIP_DEPTH,    /* below KITH_MAX_TREE_DEPTH folders */
	KITH_GIT_SKIP_BROKEN,   /* the object is missing or damaged, the file unreadable */
	KITH_GIT_SKIP_LIMIT,    /* the repository's files or bytes are above their maximum */
	KITH_GIT_SKIP_IGNORED,  /* rules of .gitignore meet it (helper/look.h) */
	KITH_GIT_SKIP_COUNT
};
/* A phrase that follows "not read: ". */
const char *kith_git_skip_text(enum kith_git_skip why);

struct kith_git_file {
	uint32_t id;
	struct kith_span path, bytes; /* bytes: of FILE only */
	enum kith_git_skip why;       /* of SKIP only */
};

struct kith_git_end {
	uint32_t id;
	uint32_t files, skipped; /* skipped counts also what was not reported one by one */
	int code;                /* KITH_OK or a kith_code and its text */
	struct kith_span message;
};

/* One repository of a READ: a mirror, or any repository; commit empty: its head. */
struct kith_git_read_item {
	uint32_t id;
	struct kith_span path, commit;
	struct kith_span names; /* which files: see kith_git_wants */
};

void kith_git_put_fetch(struct kith_buf *out, const struct kith_git_fetch *f);
bool kith_git_get_fetch(struct kith_span payload, struct kith_git_fetch *ret);
void kith_git_put_fetched(struct kith_buf *out, const struct kith_git_fetched *f);
bool kith_git_get_fetched(struct kith_span payload, struct kith_git_fetched *ret);
void kith_git_put_progress(struct kith_buf *out, const struct kith_git_progress *p);
bool kith_git_get_progress(struct kith_span payload, struct kith_git_progress *ret);
void kith_git_put_jobs(struct kith_buf *out, uint32_t jobs);
bool kith_git_get_jobs(struct kith_span payload, uint32_t *ret);

/* READ and PACK: begin, items, kith_frame_end. The decoder calls back once an item, after checking
 * all. */
size_t kith_git_begin_read(struct kith_buf *out, uint8_t type, uint32_t count);
void kith_git_put_read_item(struct kith_buf *out, const struct kith_git_read_item *item);
bool kith_git_get_read_count(struct kith_cursor *c, uint32_t *ret_count);
bool kith_git_get_read_item(struct kith_cursor *c, struct kith_git_read_item *ret);

void kith_git_put_tree(struct kith_buf *out, uint32_t id, const char *commit_hex);
bool kith_git_get_tree(struct kith_span payload, uint32_t *ret_id, struct kith_span *ret_commit);
void kith_git_put_file(struct kith_buf *out, const struct kith_git_file *f);
bool kith_git_get_file(struct kith_span payload, struct kith_git_file *ret);
void kith_git_put_skip(struct kith_buf *out, const struct kith_git_file *f);
bool kith_git_get_skip(struct kith_span payload, struct kith_git_file *ret);
void kith_git_put_end(struct kith_buf *out, const struct kith_git_end *e);
bool kith_git_get_end(struct kith_span payload, struct kith_git_end *ret);

/* True for a name that a proof's path may have: UTF-8, no control character, relative, bounded. */
bool kith_git_is_path(struct kith_span path);
bool kith_git_is_hex(struct kith_span s); /* 40 lower-case hex digits */
/* True for one component of a path: not empty, '.', '..', no '/', UTF-8, no control character. */
bool kith_git_is_name(struct kith_span name);
/* True for a name that ends in ".crev" and has something before it (crev format 6.2). */
bool kith_git_is_proof_name(struct kith_span name);
/*
 * Which files are read: proof files if `names` is empty, else those whose last component matches
 * one of the globs in it, separated by blanks ("*.md *.json").
 */
#define KITH_GIT_MAX_NAMES 256
bool kith_git_is_names(struct kith_span names);
bool kith_git_wants(struct kith_span names, struct kith_span name);
/* How many files of one repository, and how many bytes of them all, `names` may bring. */
uint32_t kith_git_max_files(struct kith_span names);
size_t kith_git_max_bytes(struct kith_span names);
/* How many entries are looked at for them. */
size_t kith_git_max_entries(struct kith_span names);

#endif
