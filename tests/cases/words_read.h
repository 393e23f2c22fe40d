/* SPDX-License-Identifier: Apache-2.0 */
/* The words of one line of a world in text, as they are used up. */
#ifndef KITH_CASES_WORDS_READ_H
#define KITH_CASES_WORDS_READ_H

#include "base/base.h"

struct words {
	struct kith_span *at;
	size_t n;
};

int words_unexpected(struct kith_span word, struct kith_error *err);
bool words_one_of(struct kith_span word, const char *const *names, unsigned *ret_index);
bool words_take(struct words *w, struct kith_span *ret_word);
/* As words_take; a missing word, or one that is none of its kind, is KITH_E_FORMAT. */
int words_need(struct words *w, struct kith_span *ret_word, struct kith_error *err);
int words_need_level(struct words *w, enum kith_level *ret_level, struct kith_error *err);
int words_need_date(struct words *w, struct kith_time *ret_time, struct kith_error *err);
int words_need_number(struct words *w, uint64_t max, uint64_t *ret_value, struct kith_error *err);
int words_need_one_of(struct words *w, const char *const *names, unsigned *ret_index,
		      struct kith_error *err);
/* A digest's name in cases becomes its bytes. */
void words_digest(struct kith_span word, struct kith_digest *ret_digest);
int words_split_commas(struct kith_arena *arena, struct kith_span word,
		       const struct kith_span **ret_list, size_t *ret_n, struct kith_error *err);
bool words_split_at(struct kith_span word, uint8_t c, struct kith_span *ret_before,
		    struct kith_span *ret_after);

#endif
