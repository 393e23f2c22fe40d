/* SPDX-License-Identifier: Apache-2.0 */
/* Where evidence may be fetched from: who named a source decides what it may ask (verdict.md 11).
 */
#ifndef KITH_APP_WALK_H
#define KITH_APP_WALK_H

#include "app/config.h"

/* Sources to fetch, each mirror once. */
struct kith_app_sources {
	struct kith_session *session;
	const struct kith_app_config *config;
	struct kith_source *list;
	size_t n, cap;
	struct kith_map slugs;   /* of these, and of mirrors that are not to be fetched now */
	struct kith_map charged; /* ids that made us fetch, to how many sources */
	struct kith_arena arena;
	size_t refused; /* whose scheme or place others may not name */
	size_t over;    /* sources that were not taken because of KITH_MAX_WALK_PER_ID */
	size_t waiting; /* mirrors whose next attempt is not yet due */
};

void kith_app_sources_init(struct kith_app_sources *w, struct kith_session *s,
			   const struct kith_app_config *config);
void kith_app_sources_clear(struct kith_app_sources *w);

/* What the user names by himself. KITH_E_USAGE, KITH_E_NOTFOUND as kith_source_resolve. */
KITH_NODISCARD int kith_app_sources_add(struct kith_app_sources *w, const char *word,
					struct kith_error *err);
/* A source made elsewhere; taken over if its mirror is not in the list yet. */
KITH_NODISCARD int kith_app_sources_take(struct kith_app_sources *w, struct kith_source *s,
					 bool *ret_added, struct kith_error *err);
/* What configuration names, and every mirror that is here; `all`: also those that fail. */
KITH_NODISCARD int kith_app_sources_known(struct kith_app_sources *w, bool all,
					  struct kith_error *err);
/* The clones below cargo-crev's cache folder: carried evidence. KITH_E_NOTFOUND: there are none. */
KITH_NODISCARD int kith_app_sources_crev(struct kith_app_sources *w, const char *cache,
					 struct kith_error *err);
/*
 * What kith.lock names: as far as somebody else may name it, unless the user's configuration or a
 * mirror that he made says more. *ret_refused: only he may name it.
 */
KITH_NODISCARD int kith_app_sources_pinned(struct kith_app_sources *w, const char *location,
					   enum kith_source_kind kind, const char *inside,
					   bool *ret_refused, struct kith_error *err);
/*
 * What trusted people say their repositories are, as far as it is not in the list. Looks at the
 * index as it is now; without roots there is nobody.
 */
KITH_NODISCARD int kith_app_sources_walk(struct kith_app_sources *w, struct kith_error *err);

/* What the configuration calls a kind of source, as the store calls it. */
enum kith_source_kind kith_app_source_kind(enum kith_config_kind kind);
/* True if this source is one of what the table names: kind, URL or path, and path inside. */
bool kith_app_source_is_of(const struct kith_app_config *c, const struct kith_source *s,
			   const struct kith_config_evidence *e);

#endif
