/* SPDX-License-Identifier: Apache-2.0 */
/* Uses up the words of one line (words_read.h). Prints nothing. */
#include "cases/words_read.h"
#include "cases/wot_read.h"

#define DAY ((int64_t)86400)

int
words_unexpected(struct kith_span word, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "unexpected '%.*s'", KITH_SPAN_FMT(word));
}

bool
words_one_of(struct kith_span word, const char *const *names, unsigned *ret_index)
{
	unsigned i;

	for (i = 0; names[i]; i++)
		if (kith_span_is(word, names[i])) {
			*ret_index = i;
			return true;
		}
	return false;
}

bool
words_take(struct words *w, struct kith_span *ret_word)
{
	if (!w->n)
		return false;
	*ret_word = *w->at++;
	w->n--;
	return true;
}

int
words_need(struct words *w, struct kith_span *ret_word, struct kith_error *err)
{
	return words_take(w, ret_word) ? KITH_OK
				       : kith_fail(err, KITH_E_FORMAT, "a word is missing");
}

int
words_need_level(struct words *w, enum kith_level *ret_level, struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int r = words_need(w, &word, err);

	if (!r && !wot_level(word, ret_level))
		r = words_unexpected(word, err);
	return r;
}

int
words_need_date(struct words *w, struct kith_time *ret_time, struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int64_t days;
	int r = words_need(w, &word, err);

	if (!r && !wot_date(word, &days))
		r = words_unexpected(word, err);
	if (!r)
		*ret_time = (struct kith_time){days * DAY, 0};
	return r;
}

int
words_need_number(struct words *w, uint64_t max, uint64_t *ret_value, struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int r = words_need(w, &word, err);

	if (!r && (!kith_span_u64(word, ret_value) || *ret_value > max))
		r = words_unexpected(word, err);
	return r;
}

int
words_need_one_of(struct words *w, const char *const *names, unsigned *ret_index,
		  struct kith_error *err)
{
	struct kith_span word = KITH_SPAN_NONE;
	int r = words_need(w, &word, err);

	return r || words_one_of(word, names, ret_index) ? r : words_unexpected(word, err);
}

/* A digest's name in cases becomes its bytes. */
void
words_digest(struct kith_span word, struct kith_digest *ret_digest)
{
	memset(ret_digest, 0, sizeof(*ret_digest));
	if (word.len)
		memcpy(ret_digest->bytes, word.ptr,
		       word.len < KITH_DIGEST_BYTES ? word.len : KITH_DIGEST_BYTES);
}

int
words_split_commas(struct kith_arena *arena, struct kith_span word,
		   const struct kith_span **ret_list, size_t *ret_n, struct kith_error *err)
{
	struct kith_span *list, piece;
	size_t i, n = 1;

	for (i = 0; i < word.len; i++)
		n += word.ptr[i] == ',';
	list = kith_arena_array(arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (n = 0; kith_span_next(&word, ',', &piece);)
		list[n++] = piece;
	*ret_list = list;
	*ret_n = n;
	return KITH_OK;
}

bool
words_split_at(struct kith_span word, uint8_t c, struct kith_span *ret_before,
	       struct kith_span *ret_after)
{
	size_t at = kith_span_find(word, 0, c);

	if (at == word.len)
		return false;
	*ret_before = kith_span_sub(word, 0, at);
	*ret_after = kith_span_sub(word, at + 1, SIZE_MAX);
	return true;
}
