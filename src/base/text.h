/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untrusted text reaches a terminal only through kith_text_safe. It escapes C0 and C1 controls,
 * DEL, bytes that are not UTF-8, bidirectional and invisible format characters, line and paragraph
 * separators: as \n, \t, \xNN or \u{NNNN}. A backslash stays itself.
 */
#ifndef KITH_BASE_TEXT_H
#define KITH_BASE_TEXT_H

#include "base/buf.h"

/* Appends s escaped; cut to max_columns with a final "…" (0: not cut). Returns columns written. */
size_t kith_text_safe(struct kith_buf *out, struct kith_span s, size_t max_columns);

/* As kith_text_safe into a fixed array; always NUL-terminated, cut at a character border. */
void kith_text_safe_array(char *out, size_t size, struct kith_span s);

/* Columns that kith_text_safe would take for s (wide characters 2, combining 0). */
size_t kith_text_columns(struct kith_span s);

/* True for characters that must not reach a terminal or an editor raw (bidi, invisible, control).
 */
bool kith_text_is_unsafe(uint32_t c);

/* Damerau-Levenshtein distance of two short strings, for "did you mean"; at most `limit` + 1. */
size_t kith_text_distance(struct kith_span a, struct kith_span b, size_t limit);

/* The candidate nearest to `word` (distance at most 1/3 of its length, at least 1), or NULL. */
const char *kith_text_nearest(struct kith_span word, const char *const *candidates, size_t n);

/*
 * Shell-style glob: * (any bytes, also '/'), ?, [abc], [a-z], [!a]. Case-sensitive, whole string,
 * linear in |pattern| * |text|, never exponential (verdict.md 4).
 */
bool kith_glob_match(struct kith_span pattern, struct kith_span text);

#endif
