/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of loosening, one table a kind of file. Defaults are those of verdict.md 4 and 12. What
 * stands in no table loosens, but for cargo's settings that say nothing of where packages come
 * from.
 */
#include "policy/loosen.h"

#define LEVELS   "none low medium high"
#define STRICTER "high medium low none" /* where a lower bar lets more objections through */
#define TREATED  "ignore note object"

static const struct kith_loosen_rule policy_rules[] = {
    {"roots/ids", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"roots/urls", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"roots/threshold", KITH_SENSE_MORE_TIGHT, NULL, "1", NULL},
    {"trust/budget", KITH_SENSE_MORE_LOOSE, NULL, "12", NULL},
    {"trust/high", KITH_SENSE_MORE_TIGHT, NULL, "1", NULL},
    {"trust/medium", KITH_SENSE_MORE_TIGHT, NULL, "2", NULL},
    {"trust/low", KITH_SENSE_MORE_TIGHT, NULL, "4", NULL},
    {"trust/veto", KITH_SENSE_WORDS, "root contacts", "contacts", NULL},
    {"policy/level", KITH_SENSE_WORDS, LEVELS, "low", NULL},
    {"policy/independent", KITH_SENSE_MORE_TIGHT, NULL, "1", NULL},
    {"policy/thoroughness", KITH_SENSE_WORDS, LEVELS, "low", NULL},
    {"policy/understanding", KITH_SENSE_WORDS, LEVELS, "low", NULL},
    {"policy/criteria", KITH_SENSE_LIST_TIGHT, NULL, "safe-to-deploy", NULL},
    {"policy/llm", KITH_SENSE_WORDS, "count supplement ignore", "supplement", NULL},
    {"policy/llm-assisted", KITH_SENSE_WORDS, "count separate", "separate", NULL},
    {"policy/signed", KITH_SENSE_MORE_TIGHT, NULL, "false", NULL},
    {"policy/objection-level", KITH_SENSE_WORDS, STRICTER, "low", NULL},
    {"policy/issue-severity", KITH_SENSE_WORDS, STRICTER, "medium", NULL},
    {"policy/severity-threshold", KITH_SENSE_WORDS, "critical " STRICTER, "none", NULL},
    {"policy/unsound", KITH_SENSE_WORDS, TREATED, "note", NULL},
    {"policy/unmaintained", KITH_SENSE_WORDS, TREATED, "note", NULL},
    {"policy/notice", KITH_SENSE_WORDS, TREATED, "note", NULL},
    {"policy/yanked", KITH_SENSE_WORDS, TREATED, "note", NULL},
    {"policy/cooldown", KITH_SENSE_MORE_TIGHT, NULL, "7 days", NULL},
    {"policy/set-cooldown", KITH_SENSE_MORE_TIGHT, NULL, "3 days", NULL},
    {"policy/late", KITH_SENSE_WORDS, "allow refuse", "refuse", NULL},
    {"policy/max-evidence-age", KITH_SENSE_MORE_LOOSE, NULL, "30 days", NULL},
    {"policy/max-pin-age", KITH_SENSE_MORE_LOOSE, NULL, "30 days", NULL},
    {"policy/on-rewrite", KITH_SENSE_WORDS, "warn fail", "warn", NULL},
    {"policy/exempt-owners", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"package/*/level", KITH_SENSE_WORDS, LEVELS, NULL, NULL},
    {"package/*/independent", KITH_SENSE_MORE_TIGHT, NULL, NULL, NULL},
    {"package/*/thoroughness", KITH_SENSE_WORDS, LEVELS, NULL, NULL},
    {"package/*/understanding", KITH_SENSE_WORDS, LEVELS, NULL, NULL},
    {"package/*/criteria", KITH_SENSE_LIST_TIGHT, NULL, NULL, NULL},
    {"package/*/llm", KITH_SENSE_WORDS, "count supplement ignore", NULL, NULL},
    {"package/*/llm-assisted", KITH_SENSE_WORDS, "count separate", NULL, NULL},
    {"package/*/signed", KITH_SENSE_MORE_TIGHT, NULL, NULL, NULL},
    {"package/*/objection-level", KITH_SENSE_WORDS, STRICTER, NULL, NULL},
    {"package/*/reason", KITH_SENSE_NOTE, NULL, NULL, NULL},
    {"exempt", KITH_SENSE_WAIVER, NULL, NULL, "package version checksum"},
    {"accept", KITH_SENSE_WAIVER, NULL, NULL, "package objection"},
    {"cap", KITH_SENSE_ADD_NOTE, NULL, NULL, "id level"},
    {"publisher", KITH_SENSE_ADD_NOTE, NULL, NULL, NULL},
    {"ignore", KITH_SENSE_ADD_LOOSE, NULL, NULL, NULL},
    {"source", KITH_SENSE_LOOSE, NULL, NULL, "kind url urls path name"},
    {"actor", KITH_SENSE_LOOSE, NULL, NULL, "name"},
    {"lockfile/missing", KITH_SENSE_WORDS, "off warn error", "error", NULL},
    {"lockfile/git-ignored", KITH_SENSE_WORDS, "off warn error", "warn", NULL},
    {"lockfile/uncommitted", KITH_SENSE_WORDS, "off warn error", "warn", NULL},
    {"lockfile/outdated", KITH_SENSE_WORDS, "off warn error", "warn", NULL},
    {"lockfile/no-checksum", KITH_SENSE_WORDS, "off warn error", "warn", NULL},
    {"lockfile/several", KITH_SENSE_WORDS, "off warn error", "warn", NULL},
    {NULL, KITH_SENSE_LOOSE, NULL, NULL, NULL},
};

static const struct kith_loosen_rule vet_config_rules[] = {
    {"cargo-vet/**", KITH_SENSE_NOTE, NULL, NULL, NULL},
    {"exemptions/*", KITH_SENSE_ADD_LOOSE, NULL, NULL, NULL},
    {NULL, KITH_SENSE_LOOSE, NULL, NULL, NULL},
};

static const struct kith_loosen_rule vet_audits_rules[] = {
    {"audits/*", KITH_SENSE_AUDIT, NULL, NULL, NULL},
    {"wildcard-audits/*", KITH_SENSE_ADD_LOOSE, NULL, NULL, NULL},
    {"trusted/*", KITH_SENSE_ADD_LOOSE, NULL, NULL, NULL},
    {NULL, KITH_SENSE_LOOSE, NULL, NULL, NULL},
};

static const struct kith_loosen_rule vet_imports_rules[] = {
    {"audits/*/audits/*", KITH_SENSE_AUDIT, NULL, NULL, NULL},
    {"audits/*/wildcard-audits/*", KITH_SENSE_ADD_LOOSE, NULL, NULL, NULL},
    {"audits/*/trusted/*", KITH_SENSE_ADD_LOOSE, NULL, NULL, NULL},
    {"publisher/*", KITH_SENSE_ADD_LOOSE, NULL, NULL, NULL},
    {"unpublished/*", KITH_SENSE_ADD_LOOSE, NULL, NULL, NULL},
    {NULL, KITH_SENSE_LOOSE, NULL, NULL, NULL},
};

static const struct kith_loosen_rule cargo_rules[] = {
    {"source/**", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"registries/**", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"registry/**", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"patch/**", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"paths", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"include", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {NULL, KITH_SENSE_NOTE, NULL, NULL, NULL},
};

static const struct kith_loosen_rule manifest_rules[] = {
    {"workspace/metadata/vet/**", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {"package/metadata/vet/**", KITH_SENSE_LOOSE, NULL, NULL, NULL},
    {NULL, KITH_SENSE_SILENT, NULL, NULL, NULL},
};

static const struct kith_loosen_rule *const tables[KITH_LOOSEN_KINDS] = {
    policy_rules,      vet_config_rules, vet_audits_rules,
    vet_imports_rules, cargo_rules,      manifest_rules,
};

static bool
matches(const char *pattern, struct kith_span path)
{
	struct kith_span rest = kith_span_str(pattern), want, key;

	while (kith_span_next(&rest, '/', &want)) {
		if (kith_span_is(want, "**"))
			return true;
		if (!kith_span_next(&path, KITH_LOOSEN_SEPARATOR, &key))
			return false;
		if (!kith_span_is(want, "*") && !kith_span_eq(want, key))
			return false;
	}
	return !kith_span_next(&path, KITH_LOOSEN_SEPARATOR, &key);
}

const struct kith_loosen_rule *
kith_loosen_rule(enum kith_loosen_kind kind, struct kith_span path)
{
	const struct kith_loosen_rule *r = tables[kind];

	while (r->pattern && !matches(r->pattern, path))
		r++;
	return r;
}
