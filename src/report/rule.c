/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of all rules: what was found, why it matters, the way out. Decides nothing. */
#include "report/finding.h"

static const struct kith_rule_text rules[KITH_RULE_COUNT] = {
    [KITH_RULE_MISMATCH] =
	{"kith/mismatch", "bytes differ from what was locked",
	 "The archive that is here, its checksum in the lock file and what was recorded of it do "
	 "not "
	 "agree.",
	 "Do not build. Find out who changed what: 'kith explain NAME@VERSION' shows both sides.",
	 true},
    [KITH_RULE_NEGATIVE_REVIEW] =
	{"kith/negative-review", "somebody trusted rates it negative",
	 "A reviewer whose objections count has rated exactly this package negative.",
	 "Read the review ('kith explain NAME@VERSION'), use another version or package, or accept "
	 "the "
	 "objection in kith.toml with a reason.",
	 true},
    [KITH_RULE_OTHER_BYTES] = {"kith/other-bytes", "other bytes were reviewed under this version",
			       "Somebody trusted has reviewed this version, and his bytes are not "
			       "the ones that are here.",
			       "One of the two has been given something else than the rest of the "
			       "world: compare with 'kith "
			       "explain NAME@VERSION' before building.",
			       true},
    [KITH_RULE_ISSUE] = {"kith/issue", "an open issue",
			 "A reviewer whose objections count knows of an issue in this version that "
			 "nobody trusted says "
			 "is mended.",
			 "Update to a version without it, or accept it in kith.toml with a reason.",
			 true},
    [KITH_RULE_VIOLATION] =
	{"kith/violation", "an audit set calls it a violation",
	 "A trusted audit set says that this version violates what is required of it.",
	 "Use another version or package, or accept the violation in kith.toml with a reason.",
	 true},
    [KITH_RULE_ADVISORY] =
	{"kith/advisory", "a security advisory",
	 "An advisory of a trusted database affects this version.",
	 "Update to a version that it does not affect, or accept it in kith.toml with a reason.",
	 true},
    [KITH_RULE_YANKED] = {"kith/yanked", "taken back by its publisher",
			  "The registry says that this version was yanked.",
			  "Update to a version that is not.", true},
    [KITH_RULE_INSUFFICIENT] =
	{"kith/insufficient", "not enough trusted reviews",
	 "Nobody says that it is bad, and not enough people whom you trust say that it is good.",
	 "'kith explain NAME@VERSION' shows the cheapest way to enough; 'kith review NAME' writes "
	 "a "
	 "review.",
	 false},
    [KITH_RULE_EXPIRED] =
	{"kith/expired", "its exemption has expired",
	 "Not enough people whom you trust say that it is good, and the time for which kith.toml "
	 "let it pass is over. Whoever owns the exemption is named.",
	 "Review it ('kith todo' says how much that is), or renew the exemption with a reason: "
	 "'kith exempt NAME --reason TEXT --until DATE'.",
	 true},
    [KITH_RULE_CREV] = {"kith/crev", "does not pass by cargo-crev's rules",
			"cargo-crev's own algorithm does not pass this package.",
			"'kith explain NAME@VERSION --semantics crev' says why.", false},
    [KITH_RULE_UNNEEDED] =
	{"kith/unneeded", "an exemption or acceptance that nobody needs",
	 "kith.toml excuses something that this lock file does not need: the package is gone, has "
	 "other bytes, or is approved without; the objection no longer stands.",
	 "'kith exempt --prune' removes what no lock file of the project needs.", false},
    [KITH_RULE_NO_REASON] =
	{"kith/exemption-without-reason", "an exemption without a reason",
	 "kith.toml has an exemption that says no reason: such a one is never in force.",
	 "Write down why it may pass, or remove it.", false},
    [KITH_RULE_LOCK_MISSING] =
	{"kith/lock-missing", "there is no lock file",
	 "The project has a manifest and no lock file: what it depends on is decided anew at every "
	 "build, so nobody can say whether it was reviewed.",
	 "Make one with 'cargo generate-lockfile', and commit it.", true},
    [KITH_RULE_LOCK_IGNORED] =
	{"kith/lock-ignored", "git ignores the lock file",
	 "What is judged here never reaches anybody else: others, and CI, build with versions of "
	 "their own.",
	 "Take the lock file out of .gitignore and commit it.", false},
    [KITH_RULE_LOCK_UNCOMMITTED] =
	{"kith/lock-uncommitted", "the lock file is not committed",
	 "The lock file that was judged is not the one that git's current commit has.",
	 "Commit it, or go back to the committed one with 'git checkout -- Cargo.lock'.", false},
    [KITH_RULE_LOCK_OUTDATED] =
	{"kith/lock-outdated", "the lock file is older than the manifest",
	 "A manifest wants something that the lock file does not have: the next build without "
	 "--locked chooses packages that nobody has judged.",
	 "Let cargo bring the lock file up to date ('cargo update --workspace'), and judge that.",
	 true},
    [KITH_RULE_LOCK_CHECKSUM] =
	{"kith/lock-checksum", "a package without a checksum",
	 "The lock file does not say which bytes a registry's package has, so a registry may give "
	 "everybody others.",
	 "Make the lock file anew with a current cargo ('cargo generate-lockfile').", false},
    [KITH_RULE_LOCK_SEVERAL] = {"kith/lock-several", "two lock files of one ecosystem",
				"Another lock file of the same ecosystem lies where a tool or a "
				"person can take it for the "
				"project's.",
				"Remove the one that is not used, or name it in [lockfile] ignore.",
				false},
    [KITH_RULE_LOCK_UNREADABLE] = {"kith/lock-unreadable", "a lock file that cannot be judged",
				   "The lock file, or the configuration beside it, cannot be read.",
				   "Mend it, or name it in [lockfile] ignore.", true},
    [KITH_RULE_LOOSENED] =
	{"kith/policy-loosened", "the change loosens what decides",
	 "The change under review writes to a file that decides about dependencies, so that less "
	 "is "
	 "asked for, or more is believed. The verdict was made by the trusted revision's files.",
	 "Take it out of this change, and let it be reviewed by itself: what somebody who may "
	 "decide "
	 "has merged counts from then on.",
	 true},
    [KITH_RULE_POLICY_CHANGED] =
	{"kith/policy-changed", "the change touches what decides",
	 "The change under review writes to a file that decides about dependencies. Nothing of it "
	 "lowers what is asked for; it counts once it is merged.",
	 "Nothing need be done. An exemption or acceptance that this change needs must be merged "
	 "before it.",
	 false},
    [KITH_RULE_UNCORROBORATED] =
	{"kith/uncorroborated", "only the change itself states this checksum",
	 "Neither the registry's index, nor kith.lock, the trusted revision's lock file or this "
	 "machine's memory knows the checksum: the change could name bytes of its own.",
	 "'kith fetch --packages' asks the registry.", true},
    [KITH_RULE_FAMOUS_NAME] =
	{"kith/famous-name", "a package of the project's own under a known name",
	 "The change adds a package to the project that has the name of one that others publish "
	 "and "
	 "review: it is used in its place, and nothing that is known of the other holds for it.",
	 "Use the published package, or give this one another name.", true},
    [KITH_RULE_LOCK_LINK] =
	{"kith/lock-link", "the lock file is a symbolic link",
	 "What is judged here may be another file than what is built with elsewhere.",
	 "Put the lock file itself in this place.", true},
};

const struct kith_rule_text *
kith_rule_text(enum kith_rule_id rule)
{
	return &rules[rule];
}
