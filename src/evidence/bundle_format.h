/* SPDX-License-Identifier: Apache-2.0 */
/* Words that reader and writer of bundles share. Inside the room only. */
#ifndef KITH_EVIDENCE_BUNDLE_FORMAT_H
#define KITH_EVIDENCE_BUNDLE_FORMAT_H

#define KITH_BUNDLE_HEAD    "kith bundle "
#define KITH_BUNDLE_VERSION 1
#define KITH_BUNDLE_END     "end "
#define KITH_BUNDLE_FLAGS   4

struct kith_bundle_flag {
	const char *word;
	unsigned flag;
};
extern const struct kith_bundle_flag kith_bundle_flags[KITH_BUNDLE_FLAGS];
extern const char *const kith_bundle_kind_words[];

#endif
