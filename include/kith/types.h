/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of verdicts, shared by the library, its users and its output formats. */
#ifndef KITH_TYPES_H
#define KITH_TYPES_H

#include <kith/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Levels of trust in a person; also thoroughness, understanding, severity (NONE..HIGH only). */
enum kith_level {
	KITH_LEVEL_DISTRUST = 0,
	KITH_LEVEL_NONE = 1,
	KITH_LEVEL_LOW = 2,
	KITH_LEVEL_MEDIUM = 3,
	KITH_LEVEL_HIGH = 4
};
#define KITH_LEVEL_COUNT 5

enum kith_rating {
	KITH_RATING_NEGATIVE = 0,
	KITH_RATING_NEUTRAL = 1,
	KITH_RATING_POSITIVE = 2,
	KITH_RATING_STRONG = 3
};
#define KITH_RATING_COUNT 4

/* Whose rules give the verdict. */
enum kith_semantics { KITH_SEMANTICS_NATIVE, KITH_SEMANTICS_CREV, KITH_SEMANTICS_VET };

/* How reviews by machines count for approvals; the laxest first (verdict.md 5). */
enum kith_llm { KITH_LLM_COUNT, KITH_LLM_SUPPLEMENT, KITH_LLM_IGNORE };

/* The last ones are verdicts' only. */
enum kith_format {
	KITH_FORMAT_TABLE,
	KITH_FORMAT_JSON,
	KITH_FORMAT_JSONL,
	KITH_FORMAT_SARIF,
	KITH_FORMAT_JUNIT,
	KITH_FORMAT_GITHUB,
	KITH_FORMAT_MARKDOWN,
	KITH_FORMAT_HTML
};

/* "distrust" "none" "low" "medium" "high"; "negative" … "strong". Never NULL. */
KITH_API const char *kith_level_name(enum kith_level level);
KITH_API const char *kith_rating_name(enum kith_rating rating);

/* Reads a format of verdicts by its name ("sarif"). Returns 1 and *ret_format, or 0. */
KITH_API int kith_format_parse(const char *word, enum kith_format *ret_format);
/* All such names, "table, json, …". */
KITH_API const char *kith_format_names(void);

/* Reads a level by its name. Returns 1 and *ret_level, or 0. */
KITH_API int kith_level_parse(const char *word, enum kith_level *ret_level);

#ifdef __cplusplus
}
#endif

#endif
