/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session on what kith.lock names (verdict.md 10): the mirrors at the pinned commits, with the
 * pinned history, and facts from there alone. A session may go to and fro between pinned states and
 * what is here now; what was opened in one stays valid until the session ends.
 */
#ifndef KITH_APP_PINNED_H
#define KITH_APP_PINNED_H

#include "app/app.h"

#define KITH_PINS_FILE "kith.lock"

/*
 * Reads the project's kith.lock, once for each text. KITH_E_NOTFOUND: there is none. KITH_E_FORMAT
 * with file and line. *ret_pins is the session's.
 */
KITH_NODISCARD int kith_app_pins(struct kith_session *s, const char *project_root,
				 const struct kith_pins **ret_pins, struct kith_error *err);

/*
 * From now on the session sees what the pins of kith_app_pins name and nothing else: index, sets
 * and advisories are theirs, session->pins is set. KITH_E_INTEGRITY: a source is not here, or not
 * at that commit (each is a warning, the way out is the hint).
 */
KITH_NODISCARD int kith_app_pinned_enter(struct kith_session *s, const char *project_root,
					 const struct kith_pins *pins, struct kith_error *err);
/* Back to what is here now. */
void kith_app_pinned_leave(struct kith_session *s);

/* Whether it is in such a state. */
bool kith_app_pinned_active(const struct kith_session *s);

/*
 * Enters the state of pins that may lie in no file, and stays there whatever a run asks for, until
 * kith_app_pinned_release. Errors as of kith_app_pinned_enter.
 */
KITH_NODISCARD int kith_app_pinned_hold(struct kith_session *s, const char *project_root,
					const struct kith_pins *pins, struct kith_error *err);
void kith_app_pinned_release(struct kith_session *s);
/* Closes all that was opened by pins of the caller's, who is about to free them. */
void kith_app_pinned_forget(struct kith_session *s, const struct kith_pins *pins);
bool kith_app_pinned_held(const struct kith_session *s);

/* KITH_E_INTEGRITY with the way out if a source was last asked longer than this ago. */
KITH_NODISCARD int kith_app_pins_check_age(const struct kith_session *s,
					   const struct kith_pins *pins, int64_t max_age,
					   struct kith_error *err);

/* KITH_E_INTEGRITY: what is pinned cannot be read to its end. */
int kith_app_pinned_unread(const struct kith_mirror *m, const char *why, struct kith_error *err);

/*
 * When the state of a set that session->known_pins names was fetched here: what was there counts at
 * once (verdict.md 7). 0: it is not pinned, or that state was never here.
 */
struct kith_claim_set_source;
KITH_NODISCARD int kith_app_pinned_until(const struct kith_session *s,
					 const struct kith_claim_set_source *set,
					 int64_t *ret_until, struct kith_error *err);

/*
 * The mirror, or own repository, that a pin means, in a list of both; its number, or the list's
 * count. An absolute path or a URL is what `location` says after kith_app_pinned_location.
 */
size_t kith_app_pinned_find(const struct kith_mirrors *mirrors, const struct kith_pins_source *pin,
			    const char *location);
/* Where a pin's place is, seen from the project. Yours. */
KITH_NODISCARD int kith_app_pinned_location(const char *project_root,
					    const struct kith_pins_source *pin, char **ret_location,
					    struct kith_error *err);

/*
 * Which pins cannot be used here: by pin, why (a literal), or NULL where the source is here and has
 * the commit. *ret_n counts them. `ret_why` has room for all sources of the pins.
 */
KITH_NODISCARD int kith_app_pinned_missing(struct kith_session *s, const char *project_root,
					   const struct kith_pins *pins, const char **ret_why,
					   size_t *ret_n, struct kith_error *err);

void kith_app_pinned_free(struct kith_session *s);

#endif
