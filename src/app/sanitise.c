/* SPDX-License-Identifier: Apache-2.0 */
/* Names and text of a copy for reading. Nothing here touches a file. */
#include "app/sanitise.h"

#include "store/store.h"

#define NAME_MAX_BYTES 250

/* --- names --- */

static bool
is_odd(struct kith_span name)
{
	static const char special[] = "\"`$<\\*?{[";
	size_t i;

	for (i = 0; i < name.len; i++)
		if (name.ptr[i] < 0x20 || name.ptr[i] >= 0x7f || strchr(special, name.ptr[i]))
			return true;
	return name.len > NAME_MAX_BYTES;
}

static bool
has_mark(struct kith_span name)
{
	size_t i;

	for (i = 0; i + 4 <= name.len; i++)
		if (memcmp(name.ptr + i, "CREV", 4) == 0)
			return true;
	return false;
}

static bool
is_one_of(struct kith_span name, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (kith_span_is(name, words[i]))
			return true;
	return false;
}

/* Nothing that is harmless under this name acts on anybody. */
static bool
is_harmless_dot(struct kith_span name)
{
	static const char *const words[] = {".cargo-ok", ".cargo_vcs_info.json", ".gitignore"};

	return is_one_of(name, words, sizeof(words) / sizeof(words[0]));
}

bool
kith_sanitise_name(struct kith_buf *out, struct kith_span parent, struct kith_span name)
{
	static const char *const configs[] = {"config", "config.toml"};
	static const char *const toolchains[] = {"rust-toolchain", "rust-toolchain.toml"};

	if (is_odd(name) || has_mark(name)) {
		kith_name_put_slug(out, name);
		kith_buf_put_str(out, ".CREV");
	} else if (kith_span_is(name, "Cargo.toml")) {
		kith_buf_put_str(out, "Cargo.CREV.toml");
	} else if (is_one_of(name, toolchains, 2) ||
		   (kith_span_is(parent, "cargo") && is_one_of(name, configs, 2))) {
		kith_buf_put_span(out, name);
		kith_buf_put_str(out, ".CREV");
	} else if (name.len && name.ptr[0] == '.' && !is_harmless_dot(name)) {
		kith_buf_put_str(out, "CREV");
		kith_buf_put_span(out, name);
	} else {
		kith_buf_put_span(out, name);
		return false;
	}
	return true;
}

bool
kith_sanitise_is_binary(struct kith_span name)
{
	static const char *const ends[] = {
	    ".png",   ".jpg",  ".jpeg",  ".gif",  ".ico", ".webp", ".bmp", ".tiff", ".woff",
	    ".woff2", ".ttf",  ".otf",   ".eot",  ".pdf", ".zip",  ".gz",  ".xz",   ".bz2",
	    ".zst",   ".tar",  ".7z",    ".wasm", ".a",   ".o",    ".so",  ".dll",  ".dylib",
	    ".exe",   ".rlib", ".class", ".jar",  ".bin", ".mp3",  ".mp4", ".ogg",  ".wav"};
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (kith_span_ends(name, kith_span_str(ends[i])))
			return true;
	return false;
}

/* --- text --- */

/*
 * Bidirectional controls, invisible fillers, annotations, tags: what shows other than it is. And
 * what terminals obey.
 */
static bool
is_hidden(uint32_t c)
{
	static const uint32_t ranges[][2] = {
	    {0x001b, 0x001b},   {0x0080, 0x009f},   {0x061c, 0x061c},   {0x115f, 0x1160},
	    {0x200b, 0x200c},   {0x200e, 0x200f},   {0x202a, 0x202e},   {0x2060, 0x2064},
	    {0x2066, 0x206f},   {0x3164, 0x3164},   {0xffa0, 0xffa0},   {0xfff9, 0xfffb},
	    {0x13437, 0x13438}, {0x1d173, 0x1d17a}, {0xe0000, 0xe007f},
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

/* How many bytes a character that begins with c has; 1 also for what begins none. */
static size_t
length_of(uint8_t c)
{
	return c >= 0xf0 && c < 0xf8 ? 4 : c >= 0xe0 ? (c < 0xf0 ? 3 : 1) : c >= 0xc0 ? 2 : 1;
}

/* One character or one stray byte from `at`; returns how many bytes it took. */
static size_t
put_one(struct kith_sanitiser *s, struct kith_span text, size_t at, struct kith_buf *out)
{
	size_t pos = at;
	uint32_t c;

	if (!kith_utf8_next(text, &pos, &c)) {
		kith_buf_put_char(out, (char)text.ptr[at]);
		return 1;
	}
	if (is_hidden(c)) {
		kith_buf_printf(out, "\\u{%x}", c);
		s->changed++;
	} else {
		kith_buf_put(out, text.ptr + at, pos - at);
	}
	return pos - at;
}

/* Whole characters; what may only be the beginning of one stays, unless it is the end. */
static void
flush_tail(struct kith_sanitiser *s, bool all, struct kith_buf *out)
{
	size_t n;

	while (s->n_tail && (all || s->n_tail >= length_of(s->tail[0]))) {
		n = put_one(s, kith_span(s->tail, s->n_tail), 0, out);
		s->n_tail -= n;
		memmove(s->tail, s->tail + n, s->n_tail);
	}
}

void
kith_sanitise_text(struct kith_sanitiser *s, struct kith_span piece, struct kith_buf *out)
{
	size_t i = 0, run;

	/* the character that the last piece cut apart */
	while (s->n_tail && piece.len) {
		s->tail[s->n_tail++] = piece.ptr[0];
		piece = kith_span_sub(piece, 1, SIZE_MAX);
		flush_tail(s, false, out);
	}
	while (i < piece.len) {
		for (run = i; run < piece.len && piece.ptr[run] < 0x80 && piece.ptr[run] != 0x1b;
		     run++)
			;
		kith_buf_put(out, piece.ptr + i, run - i);
		i = run;
		if (i == piece.len)
			break;
		if (piece.len - i < length_of(piece.ptr[i])) {
			s->n_tail = piece.len - i;
			memcpy(s->tail, piece.ptr + i, s->n_tail);
			break;
		}
		i += put_one(s, piece, i, out);
	}
}

void
kith_sanitise_end(struct kith_sanitiser *s, struct kith_buf *out)
{
	flush_tail(s, true, out);
}
