/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `./dev cases KIND ARGUMENT…`: data-shaped behaviour checked by text files anyone can add. A kind
 * is one file here and one row in kinds.def. Judging kinds print `PASS|FAIL name: why` a case and
 * end `N passed, N failed`; looking kinds print data lines only.
 */
#ifndef KITH_CASES_H
#define KITH_CASES_H

#include "base/base.h"

struct cases_tally {
	size_t passed, failed;
};

/* Prints one PASS or FAIL line; `why` is formatted only for a failure (may be "" for a pass). */
void cases_result(struct cases_tally *t, bool pass, const char *name, const char *why_fmt, ...)
    KITH_PRINTF(4, 5);

/* Prints "N passed, N failed"; returns the exit status: 0, or 1 if any failed or none ran. */
int cases_end(const struct cases_tally *t);

/* Reads a whole file into memory that lives until exit; exits 2 with a message if it cannot. */
struct kith_span cases_read(const char *path);

#define KIND(function, name, usage) int function(int argc, char **argv);
#include "cases/kinds.def"
#undef KIND

#endif
