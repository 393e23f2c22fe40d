/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All evidence of one project in one file (evidence/bundle.h): made from a run, and taken as the
 * only evidence of another, without mirrors, network, home or id (verdict.md 10).
 */
#ifndef KITH_APP_BUNDLE_H
#define KITH_APP_BUNDLE_H

#include "app/judge.h"
#include "evidence/bundle.h"

/* What a session holds of the one bundle that is its evidence. */
struct kith_app_bundle {
	char *path; /* as the user names it */
	struct kith_buf text;
	struct kith_bundle *b; /* borrows from text */
	struct kith_pins *pins;
};
void kith_app_bundle_free(struct kith_app_bundle *b);

/* --- bundle_load.c --- */

/*
 * Makes a bundle's text (taken over; `path` for messages) the evidence of a session that has looked
 * at none yet: index, sets, advisories and facts come from there. Every signature is verified.
 * Errors: KITH_E_FORMAT (no bundle), KITH_E_INTEGRITY, KITH_E_LIMIT, KITH_E_NOMEM, with the path.
 */
KITH_NODISCARD int kith_app_bundle_enter(struct kith_session *s, const char *path,
					 struct kith_buf *text, struct kith_error *err);
/* The same of the file options->bundle, for a run whose project is known; nothing without one. */
KITH_NODISCARD int kith_app_bundle_open(struct kith_app_run *run, struct kith_error *err);
/*
 * Whether a bundle was made for this lock file and this configuration, and not too long ago;
 * KITH_E_INTEGRITY says what has changed since.
 */
KITH_NODISCARD int kith_app_bundle_check(struct kith_app_run *run, struct kith_error *err);

/* --- bundle_parts.c --- */

/*
 * Appends what decides besides the evidence, each by its digest: the tables of kith.toml, comments
 * aside, or the starter set. Names are in the bundle's arena.
 */
KITH_NODISCARD int kith_app_bundle_parts(struct kith_app_run *run, struct kith_bundle *b,
					 struct kith_error *err);

/* --- bundle_make.c --- */

struct kith_app_bundling {
	struct kith_app_run *run;
	struct kith_bundle *b;
	struct kith_arena arena;
	struct kith_map claims;  /* digests of all claims that are named */
	struct kith_map ids;     /* whose URLs matter */
	struct kith_map people;  /* who has a standing */
	bool *proofs;            /* by number in the index: it is wanted */
	struct kith_map missing; /* digests of wanted proofs to items of b->proofs, without text */
};

/* Appends the bundle of a judged run to `out`. Errors: KITH_E_INTEGRITY (a mismatch) and others. */
struct kith_bundle_result;
KITH_NODISCARD int kith_app_bundle_make(struct kith_app_run *run, struct kith_buf *out,
					struct kith_bundle_result *ret_counts,
					struct kith_error *err);
/* Notes an id whose URL matters. */
KITH_NODISCARD int kith_app_bundle_note_id(struct kith_app_bundling *x, const struct kith_id *id,
					   struct kith_error *err);

/* --- bundle_people.c --- */

/* Whose word counts, and which of their statements lead from the roots to them or block it. */
KITH_NODISCARD int kith_app_bundle_people(struct kith_app_bundling *x, struct kith_error *err);
/* What is known of all ids that were noted. */
KITH_NODISCARD int kith_app_bundle_ids(struct kith_app_bundling *x, struct kith_error *err);

/* --- bundle_proofs.c --- */

/* Sources and texts of all wanted proofs. */
KITH_NODISCARD int kith_app_bundle_proofs(struct kith_app_bundling *x, struct kith_error *err);

/* --- bundle_sets.c --- */

/* A set or database as a bundle names it. */
struct kith_bundle_source kith_app_bundle_source(const struct kith_claim_set_source *s,
						 enum kith_bundle_kind kind, int64_t fetched);
/* Sources, entries and cut files of audit sets. */
KITH_NODISCARD int kith_app_bundle_sets(struct kith_app_bundling *x, struct kith_error *err);

/* A violation that vanished from a set and counts on. */
struct kith_app_vanished {
	size_t set;            /* in the session's sets */
	struct kith_span text; /* an audits.toml that holds it, as it stood last */
	struct kith_claim_set_carried is;
};
/*
 * All that concern the lock file's packages. Of `x` only run, arena and an empty b are used; the
 * list and what it holds are the arena's, or borrowed from the session.
 */
KITH_NODISCARD int kith_app_bundle_vanished(struct kith_app_bundling *x,
					    struct kith_app_vanished **ret_list, size_t *ret_n,
					    struct kith_error *err);

/* --- bundle_advisories.c --- */

/* Databases, and the advisories in them that concern the project's versions. */
KITH_NODISCARD int kith_app_bundle_advisories(struct kith_app_bundling *x, struct kith_error *err);

#endif
