/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into the repository that a project lies in, in a guarded child. */
#ifndef KITH_HELPERS_GIT_LOOK_H
#define KITH_HELPERS_GIT_LOOK_H

#include "helper/look.h"
#include "helpers/git/job.h"

#define LOOK_MAX_ALTERNATES 16

int look_run(const struct kith_git_look *o, struct job_out *out);

/* Calls back for each folder of objects that this repository borrows from. */
void look_alternates(struct kith_span common_dir, void (*found)(void *ctx, const char *path),
		     void *ctx);

#endif
