/* SPDX-License-Identifier: Apache-2.0 */
/* The user's config.toml and the project's kith.toml, read and laid out for the pure rooms. */
#ifndef KITH_APP_CONFIG_H
#define KITH_APP_CONFIG_H

#include "app/people.h"
#include "policy/config.h"

struct kith_app_config {
	struct kith_config *user, *project; /* NULL: not there */
	struct kith_config *merged;         /* never NULL once loaded */
	char *user_path, *project_path;
	struct kith_app_trust_config trust;
	struct kith_trust_ignore *person_ignores;      /* trust.ignores; `about` */
	const struct kith_digest **ignore_digests;     /* of each; NULL: whatever it says */
	const struct kith_claim_ignore *claim_ignores; /* [[ignore]] with `package` */
	size_t n_claim_ignores;
	struct kith_arena arena;
	bool has_starter; /* the starter set is among the sources */
	size_t n_starter_ids;
	struct kith_digest starter_digest; /* of its file, if it is there */
	bool trusts_ids;                   /* some source of proofs says trust-ids */
};

/*
 * Reads config.toml of the session (or the file it was given), and the nearest kith.toml at or
 * above project_root (NULL: none). Errors: KITH_E_FORMAT with file, line and column; KITH_E_IO.
 */
KITH_NODISCARD int kith_app_config_load(struct kith_session *s, const char *project_root,
					struct kith_app_config *ret_config, struct kith_error *err);
void kith_app_config_clear(struct kith_app_config *c);
#define KITH_AUTO_CONFIG_LOADED KITH_CLEANUP(kith_app_config_clear)

/*
 * Whose trust counts: the words of --root, else [roots], else the current id; and natively the
 * starter set, where it applies. Errors as of kith_app_roots.
 */
KITH_NODISCARD int kith_app_config_roots(struct kith_session *s, const struct kith_app_config *c,
					 const char *const *words, size_t n,
					 enum kith_semantics semantics,
					 struct kith_app_ids *ret_ids, struct kith_error *err);

/*
 * Leaves out those ignores of statements about people whose digest is not that of the newest
 * statement: an older one counts for nothing anyway.
 */
void kith_app_config_match_ignores(struct kith_app_config *c, const struct kith_index *index,
				   const struct kith_trust_graph *graph);

/* Whether configuration names any root. */
bool kith_app_config_has_roots(const struct kith_app_config *c);

/* The local name of an id, else that of the one starter source that names it alone; or empty.
 * Borrowed. */
struct kith_span kith_app_config_name(const struct kith_app_config *c, const struct kith_id *id);

/* So that texts do not call it by an id. */
KITH_NODISCARD int kith_app_config_add_name(struct kith_app_config *c, const char *name,
					    const struct kith_id *id, struct kith_error *err);

#endif
