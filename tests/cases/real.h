/* SPDX-License-Identifier: Apache-2.0 */
/* An index over real proof repositories, as cargo-crev sees them: dot folders are left out. */
#ifndef KITH_CASES_REAL_H
#define KITH_CASES_REAL_H

#include "cases/cases.h"
#include "cases/evidence.h"
#include "index/index.h"

struct cases_real {
	struct cases_evidence evidence;
	struct kith_index *index;
	const struct kith_trust_graph *graph;
};

/*
 * Reads the repositories and bundles in `folder`; with heads (n of them, prefixes of commits) only
 * those whose head is one of them. `own` (NULL: none) is a file of own proofs. Exits 2 on failure.
 */
void cases_real_open(struct cases_real *real, const char *folder, const char *const *heads,
		     size_t n_heads, const char *own);
void cases_real_close(struct cases_real *real);

/* The value of "--evidence DIR" at argv[*at], which is moved behind it; exits 2 without one. */
const char *cases_real_folder(int argc, char **argv, int *at);

#endif
