/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith-git inside: one process without privileges to lose (the zygote, main.c) readies libgit2 once
 * and forks a guarded child for each fetch and for each run of reading. Children speak to the
 * zygote in the frames of helper/git.h over a pipe of their own.
 */
#ifndef KITH_HELPERS_GIT_JOB_H
#define KITH_HELPERS_GIT_JOB_H

#include <git2.h>

#include "helper/git.h"
#include "helper/guard.h"
#include "helper/url.h"

#define REF_HEAD "refs/heads/kith"
#define REF_SEEN "refs/kith/seen/" /* every head that was in force before, numbered from 1 */

struct user_access;

/* A child's view of its work. */
struct job_out {
	struct kith_channel channel; /* out_fd is the pipe to the zygote */
};

/* --- in the child; each ends by writing its last frame --- */

/* `access` NULL: nothing of the user's counts. */
int fetch_run(const struct kith_git_fetch *f, struct user_access *access, struct job_out *out);
int read_run(struct kith_cursor items, uint32_t count, struct job_out *out);

/* As read_run, but each commit's whole history as one pack (pack.c). */
int pack_run(struct kith_cursor items, uint32_t count, struct job_out *out);
/* A run of many repositories takes long honestly; one repository does not: another share of CPU. */
void job_renew_cpu(void);

/* --- libgit2 --- */

int git_start(struct kith_error *err); /* git_libgit2_init and its settings */
/* Fails with libgit2's own words, which may come from a server. */
int git_fail(struct kith_error *err, enum kith_code code, const char *what);
/* The same where a pack was read: the number of its objects may be why. */
int git_pack_fail(const struct kith_git_fetch *f, struct kith_error *err, enum kith_code code,
		  const char *what);
/* From now on in this process no pack may claim more objects than this request allows. */
void git_limit_packs(const struct kith_git_fetch *f);
/* A bare repository, or the one in a work tree's .git. */
int git_open(struct kith_span path, git_repository **ret, struct kith_error *err);

/* --- mirrors --- */

/* Opens the mirror in this folder; made if it is not there yet, leftovers of a kill swept. */
int mirror_open(struct kith_span path, git_repository **ret, struct kith_error *err);
/* True and the commit that REF_HEAD names, if it is there: a head without one is none. */
bool mirror_head(git_repository *repo, git_oid *ret_id);
bool mirror_names(git_repository *repo, const git_oid *id); /* whether REF_HEAD names it */
/* Removes packs that lie in the mirror and are not in `before`: what a failed fetch brought. */
void mirror_list_packs(struct kith_span path, struct kith_fs_names *ret);
void mirror_drop_packs(struct kith_span path, const struct kith_fs_names *before);
/*
 * Makes `id` the mirror's head once its tree is known to be whole: *ret says whether it is new and
 * whether it descends from the old one.
 */
struct import;
int mirror_advance(struct import *im, const git_oid *id, enum kith_git_outcome *ret,
		   struct kith_error *err);

/* --- trees (walk.c) --- */

struct walk_file {
	struct kith_span path;
	const git_oid *id;
	size_t size;
};

struct walk {
	git_repository *repo;
	struct kith_span names; /* which files: see kith_git_wants */
	git_odb *odb;
	void *ctx;
	int (*file)(void *ctx, const struct walk_file *f); /* non-zero ends the walk */
	int (*skip)(void *ctx, struct kith_span path, enum kith_git_skip why);
	struct kith_buf path;
	size_t entries, files, bytes;
	unsigned max_depth; /* 0: KITH_MAX_TREE_DEPTH */
};
/*
 * Calls back for each wanted file and for what is passed over. Fails for the commit and its tree
 * themselves, or with what a callback returned.
 */
int walk_commit(struct walk *w, const git_oid *commit, struct kith_error *err);

/* --- sources --- */

/* Each brings the objects in and says which commit is the source's head; *ret_none: it has none. */
struct import {
	const struct kith_git_fetch *request;
	git_repository *repo;
	struct job_out *out;
	uint64_t bytes;
	uint32_t objects, total;
	int64_t last_report_ms;
	struct kith_error why;      /* code is not KITH_OK: why a callback stopped libgit2 */
	struct user_access *access; /* the user's configuration and passwords; else NULL */
	int64_t started_ms;
	uint32_t retry_after_s;     /* the server wants to be left alone */
	struct kith_buf validators; /* of a GET: what get_remember writes down */
	/* own repositories only (own.h) */
	long status;       /* of HTTP, where that was why */
	char refused[200]; /* a push: the server's reason */
	char said[1000];   /* a push: what its hooks wrote */
};
int import_url(struct import *im, git_oid *ret_head, bool *ret_none, struct kith_error *err);
int import_bundle(struct import *im, git_oid *ret_head, bool *ret_none, struct kith_error *err);
int import_repo(struct import *im, git_oid *ret_head, bool *ret_none, struct kith_error *err);
int import_folder(struct import *im, git_oid *ret_head, bool *ret_none, struct kith_error *err);
/* One file over https (get.c). *ret_archive: it lies unopened in the mirror's folder as
 * GET_ARCHIVE. */
int import_get(struct import *im, git_oid *ret_head, bool *ret_archive, struct kith_error *err);
/* Once the head is in force: what to ask with next time. */
void get_remember(struct import *im, const git_oid *head);
/* A commit with one file in it. */
int import_bytes(struct import *im, const char *name, struct kith_span bytes, git_oid *ret_head,
		 struct kith_error *err);
/* For libgit2's progress callbacks: counts, reports, and stops above the limits. */
int import_progress(const git_indexer_progress *stats, void *import);
/* Fetches `url` through libgit2 with the given transport (NULL: its own, for local paths only). */
int import_remote(struct import *im, const char *url, git_transport_cb transport, git_oid *ret_head,
		  bool *ret_none, struct kith_error *err);

/* The smart subtransports (http.c over libcurl, ssh.c over the user's ssh, daemon.c). Param: the
 * import. */
int http_transport(git_transport **out, git_remote *owner, void *import);
int ssh_transport(git_transport **out, git_remote *owner, void *import);
int daemon_transport(git_transport **out, git_remote *owner, void *import);
int http_start(struct kith_error *err); /* in the zygote, before what may need it */

#endif
