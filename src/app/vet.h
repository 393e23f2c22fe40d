/* SPDX-License-Identifier: Apache-2.0 */
/* A project's cargo-vet store: where it is, and what cargo-vet says of it (verdict.md 9). */
#ifndef KITH_APP_VET_H
#define KITH_APP_VET_H

#include "app/app.h"
#include "package/project.h"
#include "policy/vet.h"

/* Where a store is expected. The paths are yours (kith_app_vet_place_clear). */
struct kith_app_vet_place {
	char *path; /* of the folder */
	char
	    *shown; /* as the user would write it: relative to the project's root where it can be */
	bool there; /* its config.toml is */
};

/*
 * `given` (--store), else what the root manifest's metadata says, else supply-chain/ beside the
 * lock file (cargo-vet.md A). Errors: KITH_E_USAGE where both metadata tables say something, or
 * one something else than a path; KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_app_vet_find(struct kith_session *s, const struct kith_project *project,
				     const char *given, struct kith_app_vet_place *ret_place,
				     struct kith_error *err);
void kith_app_vet_place_clear(struct kith_app_vet_place *place);
#define KITH_AUTO_VET_PLACE KITH_CLEANUP(kith_app_vet_place_clear)

struct kith_app_vet {
	struct kith_app_vet_place place;
	struct kith_buf config, audits, imports; /* bytes of the store's files */
	struct kith_vet_graph *graph;
	struct kith_vet_answer *answer; /* NULL until it is judged */
};

/*
 * Reads the store's files; the place is moved into *ret_vet, which is yours. KITH_E_NOTFOUND with
 * the file's name where one is missing; KITH_E_FORMAT, KITH_E_LIMIT, KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_app_vet_open(struct kith_session *s, const struct kith_project *project,
				     struct kith_app_vet_place *place,
				     struct kith_app_vet **ret_vet, struct kith_error *err);
/* Fills `answer`, replacing one that is there. Errors as of kith_vet_judge. */
KITH_NODISCARD int kith_app_vet_judge(struct kith_app_vet *vet, struct kith_time now, bool lenient,
				      struct kith_error *err);
void kith_app_vet_free(struct kith_app_vet *vet);
void kith_app_vet_freep(struct kith_app_vet **vet);
#define KITH_AUTO_VET KITH_CLEANUP(kith_app_vet_freep)

/* "supply-chain/audits.toml:7: 'x' is no criterion: …", not made safe for a terminal. */
void kith_app_vet_put_problem(const struct kith_app_vet *vet, const struct kith_vet_problem *p,
			      struct kith_buf *out);

#endif
