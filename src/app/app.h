/* SPDX-License-Identifier: Apache-2.0 */
/* What the use cases share: the open session. Nothing here prints. */
#ifndef KITH_APP_APP_H
#define KITH_APP_APP_H

#include <kith/kith.h>

#include "evidence/pins.h"
#include "index/index.h"
#include "policy/policy.h"
#include "store/bytes.h"
#include "store/secret.h"
#include "store/store.h"

/* A kith.toml that is not written yet: what it would say decides. */
struct kith_app_draft {
	const char *path; /* where it would be */
	struct kith_span text;
	bool
	    with_user; /* together with the user's own configuration; else nothing of that counts */
};

struct kith_trusted; /* app/trusted.h */

struct kith_session {
	struct kith_dirs dirs;
	char *home, *cargo_home, *libexec, *config;
	struct kith_time now;
	bool now_given, offline;
	bool project_only; /* the user's own configuration does not count, unless it is named */
	void (*event)(void *ctx, const struct kith_event *event);
	void *event_ctx;
	struct kith_index *index;                   /* once it has been asked for */
	struct kith_app_derived *sets, *advisories; /* likewise */
	struct kith_trusted *trusted;               /* NULL: the work tree decides */
	char *starter;  /* the file that stands for the starter set; NULL: the shipped one */
	bool cut_short; /* while something is derived: a source could not be read to its end */
	struct kith_trust_graph *starter_graph; /* the index's with what the starter set says */
	const struct kith_app_draft *draft;     /* NULL: the files that are there */
	struct kith_app_bundle *bundle; /* NULL, or all the evidence there is (app/bundle.h) */
	uint8_t secret[KITH_SECRET_BYTES];
	bool has_secret;
	/*
	 * Facts that stand in the place of what this machine knows by itself (kith.lock of a
	 * locked run, a bundle); NULL: this machine's own count.
	 */
	const struct kith_pins *pins;
	/* kith.lock where the run is not locked: it corroborates or contradicts; NULL: none */
	const struct kith_pins *known_pins;
	char *known_root; /* the project that they are of */
	char *derived;    /* the folder of index, sets, advisories; NULL: dirs.cache */
	struct kith_app_pinned *pinned; /* app/pinned.h; NULL: pins were never asked for */
};

/* <folder of what is derived>/<name>. NULL when out of memory. Yours. */
char *kith_app_derived_path(const struct kith_session *s, const char *name);

/* Reads the machine's secret, once. */
KITH_NODISCARD int kith_app_secret(struct kith_session *s, struct kith_error *err);

/* Events; text is made safe for a terminal. */
void kith_app_warn(const struct kith_session *s, const char *fmt, ...) KITH_PRINTF(2, 3);
void kith_app_note(const struct kith_session *s, const char *fmt, ...) KITH_PRINTF(2, 3);
void kith_app_detail(const struct kith_session *s, const char *fmt, ...) KITH_PRINTF(2, 3);
void kith_app_progress(const struct kith_session *s, const char *what, uint64_t done,
		       uint64_t total);

/*
 * The index, opened once a session; made from the mirrors if it is missing, damaged or made by
 * another kith (said once). *ret_index is borrowed. An empty index if there are no mirrors.
 */
KITH_NODISCARD int kith_app_index(struct kith_session *s, struct kith_index **ret_index,
				  struct kith_error *err);
/* Makes the index anew from the mirrors and opens it. */
KITH_NODISCARD int kith_app_reindex(struct kith_session *s, struct kith_index **ret_index,
				    struct kith_error *err);

/* Removes the index if it was found to be damaged while it was used: the next run makes it anew. */
void kith_app_drop_damaged(const struct kith_session *s);

/* Warns of ids whose oldest statements were dropped. */
void kith_app_warn_floods(const struct kith_session *s, const struct kith_trust_graph *graph);

/* Ids of a list of roots. */
struct kith_app_ids {
	struct kith_id *list;
	size_t count, cap;
};
/* Once each. KITH_E_LIMIT, KITH_E_NOMEM. */
KITH_NODISCARD int kith_app_ids_add(struct kith_app_ids *ids, const struct kith_id *id,
				    struct kith_error *err);
void kith_app_ids_clear(struct kith_app_ids *ids);
#define KITH_AUTO_IDS KITH_CLEANUP(kith_app_ids_clear)

/*
 * Roots as given (ids, URLs, folders; verdict.md 3, 11), else the user's own. KITH_E_USAGE if there
 * are none, or a word is none; a root that nobody here knows is a warning.
 */
KITH_NODISCARD int kith_app_roots(struct kith_session *s, const char *const *words, size_t n,
				  struct kith_app_ids *ret_ids, struct kith_error *err);

/* An id by its text, a unique prefix of at least 6 characters, or a URL it proves. */
KITH_NODISCARD int kith_app_find_id(struct kith_session *s, const char *word,
				    struct kith_id *ret_id, struct kith_error *err);

/* Renders what `put` writes as text that is the caller's (kith_free). */
KITH_NODISCARD int kith_app_take_text(struct kith_buf *b, char **ret_text, size_t *ret_len,
				      struct kith_error *err);

#endif
