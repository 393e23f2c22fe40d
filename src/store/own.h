/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's own proof repositories: ordinary git work trees at `<data>/proofs/<url-slug>`, or
 * `local_only_<id>` for an id without a URL. Proofs are only ever appended. Whatever happens, a
 * kill at any moment included, a file there is the old or the new one, whole. What the user changed
 * there himself is left alone. All of git's work happens in kith-git.
 */
#ifndef KITH_STORE_OWN_H
#define KITH_STORE_OWN_H

#include "proof/proof.h"
#include "store/store.h"

/* Where the repository of an id is, whether it is there or not. url NULL or "": it has none. */
KITH_NODISCARD int kith_own_path(const struct kith_dirs *dirs, const struct kith_id *id,
				 const char *url, char **ret_path, struct kith_error *err);

struct kith_own_options {
	const char *libexec;
	struct kith_id id;
	const char *url; /* of the id; NULL or "": none yet */
};

/* One repository, open for writing: it holds the one lock against other writers. */
struct kith_own;

/*
 * Waits for other writers, then opens the repository; made (with a README, `origin` at the URL,
 * nothing fetched) if it is not there. Do what needs a person before: others wait meanwhile.
 * Errors: KITH_E_USAGE with the way out (in the middle of a merge, detached head, bare, no work
 * tree of its own); KITH_E_IO; KITH_E_HELPER. *ret_own is yours.
 */
KITH_NODISCARD int kith_own_open(const struct kith_dirs *dirs,
				 const struct kith_own_options *options, struct kith_own **ret_own,
				 struct kith_error *err);
/*
 * For reading only, without the lock: kith_own_each. A repository that is not there has no proofs.
 */
KITH_NODISCARD int kith_own_look(const struct kith_dirs *dirs,
				 const struct kith_own_options *options, struct kith_own **ret_own,
				 struct kith_error *err);
void kith_own_close(struct kith_own *own); /* what was added and not committed is dropped */
void kith_own_closep(struct kith_own **own);
#define KITH_AUTO_OWN KITH_CLEANUP(kith_own_closep)

const char *kith_own_folder(const struct kith_own *own); /* borrowed */

/*
 * The date that a statement of the id about the same thing must have: `now`, or the next nanosecond
 * after the newest one in the repository or added before, so that it is in force. The same thing is
 * a package's version (review), or any of the ids (trust). `about` needs kind, package or ids.
 * *ret_behind: the clock is behind that newest one: tell the user.
 */
KITH_NODISCARD int kith_own_date(struct kith_own *own, const struct kith_proof *about,
				 struct kith_time now, struct kith_time *ret_date, bool *ret_behind,
				 struct kith_error *err);

/*
 * Calls back for each valid proof of the id in the repository, oldest file first; the proof is
 * borrowed. Ends with what the callback returns unless KITH_OK.
 */
KITH_NODISCARD int kith_own_each(struct kith_own *own,
				 int (*proof)(void *ctx, const struct kith_proof *p,
					      struct kith_error *err),
				 void *ctx, struct kith_error *err);

/*
 * Adds a signed proof (kith_proof_sign, kith_proof_seal: one envelope) to what the next commit
 * stores. It is read back and verified here. Errors: KITH_E_FORMAT, KITH_E_BADSIG, KITH_E_USAGE
 * (another id's).
 */
KITH_NODISCARD int kith_own_add(struct kith_own *own, struct kith_span envelope,
				struct kith_error *err);

struct kith_own_stored {
	size_t proofs, files;
	char path[256];                /* of the first file, below the repository */
	char commit[KITH_GIT_HEX + 1]; /* empty: not committed */
	char warning[256];             /* to be shown; or empty */
};

/*
 * Stores all that was added, each at its place of crev format 6.2, verified once more as it will
 * lie in the file, and commits exactly these files in one commit. message NULL: stores without a
 * commit. *ret_stored may be set although it fails: then the proofs are in their files and only the
 * commit is missing (they go into the next one). Errors: KITH_E_FORMAT (what is in the file already
 * would swallow ours), KITH_E_IO, KITH_E_HELPER.
 */
KITH_NODISCARD int kith_own_commit(struct kith_own *own, const char *message,
				   struct kith_own_stored *ret_stored, struct kith_error *err);

struct kith_own_published {
	size_t pushed, pulled;       /* commits: of ours that the server lacked, and of its */
	size_t proofs, refused;      /* pushed; and what is no valid proof in the files pushed */
	bool first;                  /* the server had no such branch */
	char head[KITH_GIT_HEX + 1]; /* what is published; of a dry run: what is here */
	char url[KITH_MAX_URL + 1];  /* where it is pushed to; empty if there was nothing to push */
	char branch[256], warning[256]; /* or empty */
};

/* What is about to be pushed; borrowed until the call returns. */
struct kith_own_plan {
	const struct kith_own_published *to;
	const struct kith_proof *const *proofs; /* that the server lacks */
	size_t n_proofs, refused;
};

struct kith_own_publish_options {
	bool dry_run;
	/*
	 * Called once before something is pushed (also of a dry run), while nobody is kept from
	 * writing; not KITH_OK: nothing is pushed, and that is the result. May be NULL.
	 */
	int (*plan)(void *ctx, const struct kith_own_plan *plan, struct kith_error *err);
	void *ctx;
};

/*
 * Brings the branch and its counterpart at the server together and pushes: what was stored and not
 * committed is looked at and committed first; own commits go upon the server's; a proof file that
 * grew on both sides gets both ends. No proof may be lost on the way: that is checked before
 * anything moves. A dry run stops there. The lock against writers is held only while something
 * here changes, and not any more afterwards. Errors: KITH_E_USAGE (no remote; changed by hand on
 * both sides), KITH_E_FORMAT (what is not committed is no valid proof), KITH_E_INTEGRITY (a proof
 * would be lost), KITH_E_EXISTS (the server moves on all the time), KITH_E_NET with what the server
 * said, KITH_E_IO, KITH_E_HELPER.
 */
KITH_NODISCARD int kith_own_publish(struct kith_own *own,
				    const struct kith_own_publish_options *options,
				    struct kith_own_published *ret, struct kith_error *err);

/*
 * Fetches the repository at the URL of an id with the user's own git configuration and credentials,
 * where no repository is yet (else KITH_E_EXISTS). *ret_empty: there is none of its commits yet.
 * Errors: KITH_E_NET, KITH_E_USAGE (the URL), KITH_E_IO, KITH_E_HELPER.
 */
KITH_NODISCARD int kith_own_clone(const struct kith_dirs *dirs,
				  const struct kith_own_options *options, bool *ret_empty,
				  struct kith_error *err);

/*
 * A copy of somebody else's (another program's) work tree at `from`, with all that belongs to it,
 * becomes the repository of the id, where none is yet (else KITH_E_EXISTS). `from` is only read.
 * Errors: KITH_E_NOTFOUND (no git repository there), KITH_E_LIMIT, KITH_E_IO.
 */
KITH_NODISCARD int kith_own_adopt(const struct kith_dirs *dirs,
				  const struct kith_own_options *options, const char *from,
				  struct kith_error *err);

/*
 * The id's URL changes: moves its repository to where that of `to` belongs, if that place is free
 * (else KITH_E_EXISTS), and sets `origin`. No repository: nothing to do. options->url is the old
 * one. Until kith_own_moved is called, once the key file says the new one, whoever opens it with
 * the old URL finds it, and moves it back.
 */
KITH_NODISCARD int kith_own_move(const struct kith_dirs *dirs,
				 const struct kith_own_options *options, const char *to,
				 struct kith_error *err);
void kith_own_moved(const struct kith_dirs *dirs);

#endif
