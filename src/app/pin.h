/* SPDX-License-Identifier: Apache-2.0 */
/* Making kith.lock: what belongs into it, and what it changes. */
#ifndef KITH_APP_PIN_H
#define KITH_APP_PIN_H

#include <kith/pin.h>

#include "app/judge.h"
#include "app/pinned.h"

/* --- pin_sources.c --- */

/*
 * Which of these mirrors and own repositories a project's verdict may depend on: those that its
 * configuration names; those that say something about a package of its lock file, whoever says it;
 * those with a statement by somebody on a way from its roots; and the own repositories of all
 * these. Everything else could be missing without a difference.
 */
KITH_NODISCARD int kith_app_pin_relevant(const struct kith_app_run *run,
					 const struct kith_mirrors *mirrors, bool *ret_relevant,
					 struct kith_error *err);

/* --- pin_gather.c --- */

struct kith_app_pin_change {
	struct kith_span location;
	const char *what; /* "added", "moved", "dropped"; NULL: nothing */
	char from[KITH_GIT_HEX + 1], to[KITH_GIT_HEX + 1];
};

/* Pins made from what is here, and from those that were there. */
struct kith_app_pinning {
	const struct kith_pin_options *options;
	struct kith_app_run *run;    /* of what is here now */
	const struct kith_pins *old; /* NULL: there is no kith.lock yet */
	struct kith_mirrors mirrors;
	bool *relevant;
	struct kith_pins *pins;
	struct kith_app_pin_change *changes;
	size_t n_changes, cap_changes;
	size_t moved, added, dropped;
	size_t outside;  /* sources at places of this machine outside the project */
	size_t no_bytes; /* packages whose bytes are not here and were not pinned */
	struct kith_arena arena;
};
void kith_app_pinning_clear(struct kith_app_pinning *p);

/* Fills p->pins and the counts; p->run and p->old are set. */
KITH_NODISCARD int kith_app_pin_gather(struct kith_app_pinning *p, struct kith_error *err);

/* The pin of one source as it is here now; location empty: it cannot be pinned. */
KITH_NODISCARD int kith_app_pin_describe(const struct kith_app_pinning *p,
					 const struct kith_mirror *m, struct kith_buf *location,
					 struct kith_pins_source *ret, struct kith_error *err);
/* Whether the state that is pinned is the one that is here: then what it withdrew is known. */
bool kith_app_pin_is_current(const struct kith_app_pinning *p, const struct kith_pins_source *x);
/* Whether the source that withdrew something is pinned. */
bool kith_app_pin_has_source(const struct kith_pins *pins, const struct kith_pins_gone *g);

/* --- pin_vanished.c --- */

/* Adds what vanished from the audit sets that are pinned and counts on, here or as pinned before.
 */
KITH_NODISCARD int kith_app_pin_vanished(struct kith_app_pinning *p, struct kith_error *err);

/* --- pin_diff.c --- */

/* Appends what verdicts of the new pins say other than those of the old ones. */
KITH_NODISCARD int kith_app_pin_diff(struct kith_app_pinning *p, struct kith_buf *out,
				     struct kith_error *err);

#endif
