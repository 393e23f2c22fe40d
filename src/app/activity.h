/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was opened or compared on this machine, and which bytes: so that nobody signs a review of
 * what he has not looked at, or of another copy than he looked at. Text files in the cache: losing
 * them costs another look.
 */
#ifndef KITH_APP_ACTIVITY_H
#define KITH_APP_ACTIVITY_H

#include "app/app.h"

struct kith_app_activity {
	struct kith_time opened; /* sec 0: never */
	struct kith_digest digest;
	/* the last comparison with an older version */
	struct kith_time compared; /* sec 0: never */
	struct kith_digest compared_digest, base_digest;
	char base[128];
};

/* Nothing known is no error: *ret is zeroed then. */
KITH_NODISCARD int kith_app_activity_get(const struct kith_session *s, const char *name,
					 const char *version, struct kith_app_activity *ret,
					 struct kith_error *err);
KITH_NODISCARD int kith_app_activity_opened(const struct kith_session *s, const char *name,
					    const char *version, const struct kith_digest *digest,
					    struct kith_error *err);
KITH_NODISCARD int kith_app_activity_compared(const struct kith_session *s, const char *name,
					      const char *version, const struct kith_digest *digest,
					      const char *base,
					      const struct kith_digest *base_digest,
					      struct kith_error *err);

/* <cache>/src/<slug>: where `kith open` puts its copy. NULL when out of memory. Yours. */
char *kith_app_copy_path(const struct kith_session *s, const char *name, const char *version);

#endif
