/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kith and its helper programs say to each other (docs/ARCHITECTURE.md "Helper protocol").
 * A frame is u32 little-endian length of the payload, u8 type, payload. Numbers are little-endian;
 * strings and byte strings are u32 length, bytes. Neither side believes the other: every length is
 * checked against what is there and against KITH_MAX_FRAME. Pure but for kith_channel_*.
 */
#ifndef KITH_HELPER_PROTOCOL_H
#define KITH_HELPER_PROTOCOL_H

#include "base/base.h"

#define KITH_PROTOCOL_VERSION 1
#define KITH_FRAME_HEAD       5

/* Types that every helper speaks; a program's own begin at KITH_FRAME_OWN. */
enum kith_frame_type {
	KITH_FRAME_HELLO = 1, /* first from the helper: u32 version, string program */
	KITH_FRAME_ERROR = 2, /* u32 minus the kith_code, string message, string hint */
	KITH_FRAME_DONE = 3,  /* the end of an answer; payload as the program says */
	KITH_FRAME_OWN = 16
};

struct kith_frame {
	uint8_t type;
	struct kith_span payload; /* borrowed from the buffer it was cut from */
};

/*
 * Cuts the first frame off `bytes`: KITH_OK and how many bytes it took; KITH_E_NOTFOUND if more
 * bytes are needed; KITH_E_LIMIT if its length is above KITH_MAX_FRAME. Sets no error.
 */
int kith_frame_cut(struct kith_span bytes, struct kith_frame *ret_frame, size_t *ret_used);

/*
 * Writing: begin returns a mark for end, which fills in the length. A frame that grew above
 * KITH_MAX_FRAME marks the buffer as failed. Ask kith_buf_check before sending.
 */
size_t kith_frame_begin(struct kith_buf *out, uint8_t type);
void kith_frame_end(struct kith_buf *out, size_t mark);
void kith_frame_put_u8(struct kith_buf *out, uint8_t v);
void kith_frame_put_u32(struct kith_buf *out, uint32_t v);
void kith_frame_put_u64(struct kith_buf *out, uint64_t v);
void kith_frame_put_bytes(struct kith_buf *out, struct kith_span bytes);
void kith_frame_put_str(struct kith_buf *out, const char *s);
/* Whole frames of the common types. */
void kith_frame_put_hello(struct kith_buf *out, const char *program);
void kith_frame_put_error(struct kith_buf *out, const struct kith_error *err);

/* Reading a payload: after the first wrong read everything reads as 0 and empty; ask at the end. */
struct kith_cursor {
	struct kith_span rest;
	bool bad;
};
struct kith_cursor kith_cursor(struct kith_span payload);
uint8_t kith_cursor_u8(struct kith_cursor *c);
uint32_t kith_cursor_u32(struct kith_cursor *c);
uint64_t kith_cursor_u64(struct kith_cursor *c);
struct kith_span kith_cursor_bytes(struct kith_cursor *c);
/* As bytes, but a string that holds a NUL or is longer than max - 1 is wrong; into a C array. */
void kith_cursor_str(struct kith_cursor *c, char *out, size_t max);
bool kith_cursor_end(const struct kith_cursor *c); /* nothing wrong and nothing left */

/*
 * Sets *err from an ERROR payload and returns its code, which is never KITH_OK: a payload that is
 * not well-formed gives KITH_E_HELPER.
 */
int kith_frame_error(struct kith_span payload, struct kith_error *err);

/*
 * A helper's end of the line: buffered, blocking. in_fd is read, out_fd written; the same socket
 * may be both.
 */
struct kith_channel {
	int in_fd, out_fd;
	struct kith_buf in, out;
	size_t in_pos;
};
void kith_channel_init(struct kith_channel *ch, int in_fd, int out_fd);
void kith_channel_clear(struct kith_channel *ch); /* frees; closes nothing */

/*
 * The next frame, borrowed until the next call. KITH_E_NOTFOUND: a clean end of the stream.
 * KITH_E_FORMAT: ended within a frame, or a frame too long.
 */
KITH_NODISCARD int kith_channel_recv(struct kith_channel *ch, struct kith_frame *ret_frame,
				     struct kith_error *err);

/* One read of what is there (for poll loops): KITH_OK, or KITH_E_NOTFOUND at the end. */
KITH_NODISCARD int kith_channel_fill(struct kith_channel *ch, struct kith_error *err);
/* A whole frame from what was read; KITH_E_NOTFOUND if there is none yet. */
KITH_NODISCARD int kith_channel_next(struct kith_channel *ch, struct kith_frame *ret_frame,
				     struct kith_error *err);

/* Frames are written into ch->out; this sends them. With `lazy`, only once there is a good load. */
KITH_NODISCARD int kith_channel_flush(struct kith_channel *ch, bool lazy, struct kith_error *err);

#endif
