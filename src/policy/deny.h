/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a deny.toml says about advisories, as far as a policy can say it too; and what it cannot.
 * Pure: bytes in, plain data out. cargo-deny itself decides what is valid: unknown keys are listed,
 * not refused.
 */
#ifndef KITH_POLICY_DENY_H
#define KITH_POLICY_DENY_H

#include "policy/policy.h"

/* An entry of advisories.ignore. */
struct kith_deny_ignored {
	struct kith_span advisory; /* empty: `crate`, whose being yanked is ignored */
	struct kith_span crate;    /* NAME or NAME@VERSION … */
	struct kith_span reason;   /* may be empty */
	uint32_t line;
};

/* Something that is left behind, and why. */
struct kith_deny_left {
	uint32_t line;
	struct kith_span key; /* "[bans]", "advisories.db-path" */
	const char *why;
};

struct kith_deny_promotion {
	bool said;
	enum kith_promote as;
};

struct kith_deny {
	const struct kith_deny_ignored *ignored;
	size_t n_ignored;
	struct kith_deny_promotion unsound, unmaintained, notice, yanked;
	bool has_severity;
	enum kith_level severity;
	const struct kith_deny_left *left;
	size_t n_left;
};

/*
 * Everything in *ret_deny is the arena's. Errors: KITH_E_FORMAT ("NAME:LINE: why", not TOML, or a
 * value of another type than cargo-deny takes), KITH_E_LIMIT (KITH_MAX_CONFIG), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_deny_read(struct kith_span text, const char *name, struct kith_arena *arena,
				  struct kith_deny *ret_deny, struct kith_error *err);

#endif
