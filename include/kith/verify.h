/* SPDX-License-Identifier: Apache-2.0 */
/* Is everything that a project depends on vouched for? */
#ifndef KITH_VERIFY_H
#define KITH_VERIFY_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of cargo-crev's own algorithm, for KITH_SEMANTICS_CREV; -1: its default. */
struct kith_crev_knobs {
	long long depth, high_cost, medium_cost, low_cost, none_cost, distrust_cost;
	int direct;
	long long redundancy;
	enum kith_level trust; /* required level, where trust_set */
	int trust_set;
	int ignore_llm;
	int skip_verified;
	int dev_dependencies; /* accepted: build and dev dependencies count too */
	int recursive;
};
KITH_API void kith_crev_knobs_init(struct kith_crev_knobs *knobs);

/* How a package is needed. Where that is not known it counts as normal (verdict.md 4). */
#define KITH_NEEDED_NORMAL 1U
#define KITH_NEEDED_BUILD  2U
#define KITH_NEEDED_DEV    4U

/* Zeroed fields mean: not given. */
struct kith_verify_options {
	const char *path;         /* a folder or a lock file; NULL: the working directory */
	const char *const *roots; /* ids, URLs, folders */
	size_t n_roots;
	int level_set, thoroughness_set, understanding_set, llm_set;
	enum kith_level level, thoroughness, understanding;
	enum kith_llm llm;
	int independent; /* 0: not given */
	int recheck;     /* forget what was remembered of archives */
	int stats;       /* native: also count what there is evidence about, and what would help */
	int unpacked;    /* also compare what cargo unpacked with the archives */
	const char *const *only; /* globs: only packages of such names are shown and decide */
	size_t n_only;
	unsigned kinds; /* of KITH_NEEDED_…: only packages needed so; 0: all */
	/*
	 * Every lock file below the path, or those that [lockfile] of kith.toml names, each with
	 * its own verdict: all must pass. Not with vet semantics.
	 */
	int all;
	/* native: a manifest without a lock file is a verdict that fails, not KITH_E_NOTFOUND */
	int missing_is_finding;
	enum kith_semantics semantics;
	struct kith_crev_knobs crev;
	const char
	    *store; /* vet: the folder of the cargo-vet store; NULL: where the project says */
	int locked; /* use what the project's kith.lock names and nothing else; 2: if it has one */
	/* locked; but objections, distrust, revocations and advisories also from what is here now
	 */
	int fresh_objections;
	const char *bundle; /* native: all evidence is in this file; NULL: in what was fetched */
	int lenient;        /* vet: also a store of another version, form, or out of step */
	/*
	 * native: judge what a change brings. A revision of the project's own repository, or a lock
	 * file (a word that ends in ".lock" or begins with "/", "./" or "../").
	 */
	const char *since;
	/* native: what decides is that revision's; NULL: `since`'s, if that is a revision */
	const char *policy_from;
};

struct kith_project_verdict;

/*
 * With options->bundle the session needs no home, and its evidence is that file's from then on.
 *
 * Judges the project at or above options->path with the evidence that is here. *ret_verdict is
 * yours (kith_verdict_free). Errors: KITH_E_NOTFOUND (no lock file), KITH_E_USAGE (no root, a root
 * that is none), KITH_E_FORMAT (lock file, manifest, configuration), KITH_E_IO, KITH_E_HELPER;
 * locked: KITH_E_INTEGRITY (something is not pinned, or not here as it is pinned; too old).
 */
KITH_API KITH_NODISCARD int kith_verify(struct kith_session *session,
					const struct kith_verify_options *options,
					struct kith_project_verdict **ret_verdict,
					struct kith_error *err);
KITH_API void kith_verdict_free(struct kith_project_verdict *verdict);

/*
 * KITH_OK, or why there is no verdict although there is a document to render: cargo-vet refuses the
 * store (vet semantics). Each complaint has been a warning. Errors: KITH_E_FORMAT, KITH_E_USAGE.
 */
KITH_API KITH_NODISCARD int kith_verdict_check(const struct kith_project_verdict *verdict,
					       struct kith_error *err);

/* The program's exit status: 0 passes, 1 does not, 2 no verdict (above), 4 bytes differ. */
KITH_API int kith_verdict_exit(const struct kith_project_verdict *verdict);

struct kith_render_options {
	enum kith_format format;
	int failing; /* only what does not pass */
	int fold;    /* verified packages on one line */
	int color;
	int width; /* columns; 0: not cut */
	int rules; /* table: who said what of the requirement; 1: if few are shown, 2: always */
};

/* How many lock files it is about: 1, or with `all` any number. */
KITH_API size_t kith_verdict_projects(const struct kith_project_verdict *verdict);

/*
 * The verdict as text in a format. *ret_text is yours (kith_free), NUL-terminated. Errors:
 * KITH_E_USAGE (the format is not there for these semantics), KITH_E_NOMEM.
 */
KITH_API KITH_NODISCARD int kith_verdict_render(const struct kith_project_verdict *verdict,
						const struct kith_render_options *options,
						char **ret_text, size_t *ret_len,
						struct kith_error *err);

/* One line for stderr: the cheapest next step, or empty. Borrowed from the verdict. */
KITH_API const char *kith_verdict_next(const struct kith_project_verdict *verdict);

#ifdef __cplusplus
}
#endif

#endif
