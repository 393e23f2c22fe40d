/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a helper that was taken over may send: frames, written as text lines "TYPE SLOT FIELD…" so
 * that the corpus can be read: digits are a u8, `w` + digits a u32, `q` + digits a u64, `=` + text
 * bytes with their length, `*` 32 bytes. Entries that get through have clean names and their sizes.
 */
#include "helper/unpack.h"
#include "store/archive_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t left;
};

static void
must(bool so)
{
	if (!so)
		abort();
}

static int
see_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct seen *s = ctx;
	struct kith_span piece, rest = e->path;

	must(s->left == 0 && (e->type == KITH_TREE_FILE || e->size == 0) && e->mode <= 0777);
	must(e->path.len > 0 && e->path.ptr[0] != '/');
	while (kith_span_next(&rest, '/', &piece))
		must(piece.len && !kith_span_is(piece, ".") && !kith_span_is(piece, ".."));
	s->left = e->size;
	return e->size == 77 ? kith_fail(err, KITH_E_CANCELLED, "stop") : KITH_OK;
}

static int
see_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct seen *s = ctx;

	(void)err;
	must(bytes.len <= s->left);
	s->left -= bytes.len;
	return KITH_OK;
}

static void
put_field(struct kith_buf *b, struct kith_span word)
{
	static const uint8_t fixed[32] = {1};
	struct kith_span rest = kith_span_sub(word, 1, SIZE_MAX);
	uint64_t n = 0;

	if (kith_span_starts(word, KITH_SPAN_LIT("w")) && kith_span_u64(rest, &n))
		kith_frame_put_u32(b, (uint32_t)n);
	else if (kith_span_starts(word, KITH_SPAN_LIT("q")) && kith_span_u64(rest, &n))
		kith_frame_put_u64(b, n);
	else if (kith_span_starts(word, KITH_SPAN_LIT("=")))
		kith_frame_put_bytes(b, rest);
	else if (kith_span_is(word, "*"))
		kith_buf_put(b, fixed, sizeof(fixed));
	else if (kith_span_u64(word, &n))
		kith_frame_put_u8(b, (uint8_t)n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = {0};
	struct kith_archive_sink sink = {see_entry, see_content, &s};
	struct kith_archive_reader *k = kith_calloc(1, sizeof(*k));
	struct kith_span rest = kith_span(data, size), line, word;
	struct kith_error err;
	struct kith_frame f;
	struct kith_buf b;
	size_t slot = KITH_ARCHIVE_WINDOW;
	uint64_t type;
	int r = KITH_OK;

	must(k != NULL);
	k->sink = &sink;
	kith_archive_reader_expect(k, 0);
	kith_archive_reader_expect(k, 1);
	kith_buf_init(&b, KITH_MIB(1));
	while (!r && kith_span_next(&rest, '\n', &line)) {
		type = 0;
		kith_span_next(&line, ' ', &word);
		kith_span_u64(word, &type);
		kith_buf_reset(&b);
		while (kith_span_next(&line, ' ', &word))
			put_field(&b, word);
		f = (struct kith_frame){(uint8_t)type, kith_buf_span(&b)};
		if (!kith_archive_reader_take(k, &f, &slot, &r, &err))
			break;
		if (slot != KITH_ARCHIVE_WINDOW) {
			must(!k->used[slot]);
			must(k->answers[slot].has_sum || k->answers[slot].why.code);
			must(!k->answers[slot].has_digests || !k->answers[slot].why.code);
			slot = KITH_ARCHIVE_WINDOW;
		}
	}
	kith_buf_clear(&b);
	free(k);
	return 0;
}
