/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change does to the files that decide (verdict.md 11): two versions of one file are
 * compared value by value, and each difference loosens what is asked for, or does not. What no rule
 * here knows loosens: a key that is new tomorrow must not slip by. Pure.
 */
#ifndef KITH_POLICY_LOOSEN_H
#define KITH_POLICY_LOOSEN_H

#include "base/base.h"

enum kith_loosen_kind {
	KITH_LOOSEN_POLICY,     /* kith.toml */
	KITH_LOOSEN_VET_CONFIG, /* a cargo-vet store's files */
	KITH_LOOSEN_VET_AUDITS,
	KITH_LOOSEN_VET_IMPORTS,
	KITH_LOOSEN_CARGO,   /* cargo's configuration */
	KITH_LOOSEN_MANIFEST /* Cargo.toml: where the store is, and nothing else */
};
#define KITH_LOOSEN_KINDS 6

struct kith_loosening {
	bool loosens;     /* else it tightens, or is neutral */
	uint32_t line;    /* in the new version; 0: it is gone from there */
	const char *key;  /* where in the file, stable from run to run; safe for a terminal */
	const char *text; /* what was done, safe for a terminal; both borrowed for the call */
};

/*
 * Calls `found` for each difference, in the order of the new file, then for what is gone. Either
 * text may be empty: the file is not there. Whatever is not well-formed fails with KITH_E_FORMAT
 * and the side in front. KITH_E_LIMIT, KITH_E_NOMEM, or what the callback returned.
 */
KITH_NODISCARD int
kith_loosen_compare(enum kith_loosen_kind kind, struct kith_span before, struct kith_span after,
		    int (*found)(void *ctx, const struct kith_loosening *x, struct kith_error *err),
		    void *ctx, struct kith_error *err);

/* --- inside: the rules (loosen_rules.c) --- */

/* What a difference at one place means. */
enum kith_loosen_sense {
	KITH_SENSE_LOOSE,      /* any difference loosens */
	KITH_SENSE_NOTE,       /* none does */
	KITH_SENSE_SILENT,     /* … and none is told */
	KITH_SENSE_WORDS,      /* `words`, from the loosest to the tightest */
	KITH_SENSE_MORE_TIGHT, /* a number, a duration, a truth: more is tighter … */
	KITH_SENSE_MORE_LOOSE, /* … is looser */
	KITH_SENSE_LIST_TIGHT, /* a list: taking an item out loosens */
	KITH_SENSE_ADD_LOOSE,  /* an entry: adding or changing one loosens */
	KITH_SENSE_ADD_NOTE,   /* an entry: taking one out or changing it does */
	KITH_SENSE_AUDIT,      /* an audit: as ADD_LOOSE, or as ADD_NOTE if it is a violation */
	KITH_SENSE_WAIVER      /* an exemption or acceptance: needs a reason and an owner */
};

struct kith_loosen_rule {
	const char *pattern; /* keys separated by '/'; '*' is any key, '**' any number at the end */
	enum kith_loosen_sense sense;
	const char *words;    /* WORDS: separated by blanks */
	const char *standard; /* what holds where nothing is said; NULL: the loosest */
	const char *identity; /* entries: the keys that name one, separated by blanks; NULL: all */
};

/* The rule for a place; keys are separated by KITH_LOOSEN_SEPARATOR. Never NULL. */
#define KITH_LOOSEN_SEPARATOR '\x1f'
const struct kith_loosen_rule *kith_loosen_rule(enum kith_loosen_kind kind, struct kith_span path);

#endif
