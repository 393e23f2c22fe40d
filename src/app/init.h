/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside `kith init`: what the new kith.toml will say, gathered by init_people.c, init_vet.c and
 * init.c, and written out by init_text.c. Everything lives in the plan's arena.
 */
#ifndef KITH_APP_INIT_H
#define KITH_APP_INIT_H

#include <kith/policy.h>

#include "app/exempt.h"
#include "policy/deny.h"

struct kith_init_root {
	struct kith_id id;
	struct kith_span name; /* what people call it; may be empty */
	struct kith_span url;  /* where its proofs are, as far as that is known */
};

struct kith_init_exempt {
	struct kith_span package, version, key, reason;
};

struct kith_init_accept {
	struct kith_span package, objection, reason;
	bool ends; /* with the exemptions */
};

/* [package."NAME"], that a cargo-vet store wants other criteria of. */
struct kith_init_rule {
	struct kith_span package;
	const struct kith_span *criteria;
	size_t n_criteria;
	bool replace;
};

struct kith_init_plan {
	struct kith_session *session;
	const struct kith_init_options *options;
	char *path; /* of the kith.toml */
	struct kith_time until;
	struct kith_span owner;
	struct kith_init_root *roots;
	size_t n_roots;
	unsigned threshold;
	struct kith_config_evidence *sources;
	size_t n_sources, cap_sources;
	bool from_starter; /* some of them */
	size_t n_local;    /* sources that were left out: they lie on this disk */
	bool user_differs; /* the user's own configuration says what the new file does not */
	struct kith_deny deny;
	bool has_deny;
	struct kith_init_exempt *exempts;
	size_t n_exempts;
	struct kith_init_accept *accepts;
	size_t n_accepts;
	struct kith_init_rule *rules;
	size_t n_rules;
	struct kith_buf notes; /* lines for people: what was left out and why */
	struct kith_arena arena;
};

/* A line of the notes; what is formatted is made safe for a terminal. */
void kith_init_note(struct kith_init_plan *p, const char *fmt, ...) KITH_PRINTF(2, 3);

/*
 * Adds a source, its texts copied, unless one of its kind and place, or its name, is there. Places
 * of this disk are left out with a note.
 */
KITH_NODISCARD int kith_init_add_source(struct kith_init_plan *p,
					const struct kith_config_evidence *e,
					struct kith_error *err);

/*
 * Whose word counts: --root, else the user's own roots, else whom the user trusts; with their
 * repositories, the user's sources and the starter set where it applies. KITH_E_USAGE: nobody.
 */
KITH_NODISCARD int kith_init_find_people(struct kith_init_plan *p, struct kith_error *err);

/* Imports, criteria and exemptions of the store that a run has read; rows judged without them. */
KITH_NODISCARD int kith_init_take_imports(struct kith_init_plan *p, const struct kith_app_run *run,
					  struct kith_error *err);
KITH_NODISCARD int kith_init_take_rules(struct kith_init_plan *p, const struct kith_app_run *run,
					struct kith_error *err);

/* The whole file. */
KITH_NODISCARD int kith_init_put(const struct kith_init_plan *p, struct kith_buf *out,
				 struct kith_error *err);

#endif
