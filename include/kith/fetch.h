/* SPDX-License-Identifier: Apache-2.0 */
/* Getting evidence: proof repositories into mirrors, mirrors into the index. */
#ifndef KITH_FETCH_H
#define KITH_FETCH_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. */
struct kith_fetch_options {
	const char *const *sources; /* URLs, repositories, bundles, folders of proof files */
	/*
	 * 0: what configuration names and every source known here, then the repositories of the
	 * people whom they lead to, until nothing new turns up.
	 */
	size_t n_sources;
	enum kith_format format;
	int jobs;               /* at once; 0: 8 */
	int timeout;            /* seconds a source; 0: 60 */
	int all;                /* also those that failed a short while ago */
	const char *crev_cache; /* cargo-crev's cache folder: also the clones in it; read only */
	int color;
	int width;
};

struct kith_fetch_result {
	size_t fetched, unchanged, failed; /* sources */
	size_t unreachable;                /* that trust led to and that cannot be fetched */
	size_t left_out;                   /* that need the network, in an offline session */
	size_t rewritten;                  /* of those fetched */
	int rewrite_fails;                 /* policy says that rewriting is a failure */
	size_t new_proofs, refused;        /* proofs, of this fetch */
};

/*
 * One failing source costs nothing but itself: it is in the text and counted. *ret_text is yours
 * (kith_free). Errors: KITH_E_USAGE (offline, a source that is none), KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_fetch(struct kith_session *session,
				       const struct kith_fetch_options *options, char **ret_text,
				       size_t *ret_len, struct kith_fetch_result *ret_result,
				       struct kith_error *err);

/* Zeroed fields mean: not given. */
struct kith_fetch_locked_options {
	const char *path; /* of the project; NULL: the working directory */
	int jobs, timeout;
	enum kith_format format;
};

struct kith_fetch_locked_result {
	size_t here, fetched; /* sources at their pinned commits: before; by this fetch */
	size_t missing;       /* that are not, whatever the reason */
};

/*
 * Gets exactly the sources that the project's kith.lock names, as far as their commits are not here
 * yet, and says of each what is missing. What is fetched is the source as it is; whether it has the
 * commit is looked at afterwards. *ret_text is yours (kith_free). Errors: KITH_E_NOTFOUND (no lock
 * file), KITH_E_INTEGRITY (no kith.lock), KITH_E_FORMAT, KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_fetch_locked(struct kith_session *session,
					      const struct kith_fetch_locked_options *options,
					      char **ret_text, size_t *ret_len,
					      struct kith_fetch_locked_result *ret_result,
					      struct kith_error *err);

/* Zeroed fields mean: not given. */
struct kith_packages_options {
	const char *path; /* of a project; NULL: the working directory */
	/* NAME, NAME@VERSION, package URLs; n 0: all that the lock file names */
	const char *const *packages;
	size_t n_packages;
	enum kith_format format;
};

struct kith_packages_result {
	size_t fetched, here; /* packages: got now; there before */
	size_t failed;        /* that could not be got */
	size_t differing; /* whose bytes are not those that the lock file, or the registry, means */
};

/*
 * Gets archives that are not on this machine through the package manager's own command and the
 * user's own configuration of it, and checks each. It runs in a folder of its own that holds
 * nothing of the project's but names, versions and checksums. One failing package costs nothing but
 * itself. *ret_text is yours. Errors: KITH_E_USAGE (offline, no project, a package that is none),
 * KITH_E_NOTFOUND (the package manager is not installed), KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_fetch_packages(struct kith_session *session,
						const struct kith_packages_options *options,
						char **ret_text, size_t *ret_len,
						struct kith_packages_result *ret_result,
						struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
