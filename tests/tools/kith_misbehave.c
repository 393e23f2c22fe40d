/* SPDX-License-Identifier: Apache-2.0 */
/* A helper program that behaves as the environment's KITH_MISBEHAVE says. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "helper/protocol.h"

#define NAME "kith_misbehave"

static void
say(const void *bytes, size_t n)
{
	if (write(1, bytes, n) != (ssize_t)n)
		_exit(9);
}

static void
greet(uint32_t version, const char *name)
{
	struct kith_buf b;
	size_t mark;

	kith_buf_init(&b, 1000);
	mark = kith_frame_begin(&b, KITH_FRAME_HELLO);
	kith_frame_put_u32(&b, version);
	kith_frame_put_str(&b, name);
	kith_frame_end(&b, mark);
	say(b.ptr, b.len);
	kith_buf_clear(&b);
}

/* Gives every frame back; what comes in is more than the socket holds. */
static int
echo(void)
{
	struct kith_channel ch;
	struct kith_frame f;
	struct kith_error err;
	size_t mark;
	int r;

	kith_channel_init(&ch, 0, 1);
	while (!(r = kith_channel_recv(&ch, &f, &err))) {
		mark = kith_frame_begin(&ch.out, f.type);
		kith_buf_put_span(&ch.out, f.payload);
		kith_frame_end(&ch.out, mark);
		if (kith_channel_flush(&ch, false, &err))
			break;
	}
	kith_channel_clear(&ch);
	return r == KITH_E_NOTFOUND ? 0 : 1;
}

static void
stall(void)
{
	for (;;)
		pause();
}

static int
misbehave(const char *how)
{
	if (strcmp(how, "silent") == 0)
		stall();
	if (strcmp(how, "version") == 0)
		greet(99, NAME);
	if (strcmp(how, "name") == 0)
		greet(KITH_PROTOCOL_VERSION, "kith-other");
	if (strcmp(how, "garbage") == 0)
		say("\xff\xff\xff\xff\xff\xff", 6);
	if (strcmp(how, "half") == 0) {
		say("\x09\x00\x00\x00\x01\x01", 6);
		return 0;
	}
	greet(KITH_PROTOCOL_VERSION, NAME);
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "stall") == 0)
		stall();
	if (strcmp(how, "orphan") == 0 && fork() == 0) /* keeps the socket open */
		stall();
	if (strcmp(how, "words") == 0) {
		if (write(2, "=====\nlast \x1b[31mwords\nmore\n", 26) < 0)
			_exit(9);
		return 3;
	}
	return strcmp(how, "echo") == 0 ? echo() : 0;
}

int
main(void)
{
	const char *how = getenv("KITH_MISBEHAVE");

	if (getenv("HOME") || !getenv("PATH") || fcntl(3, F_GETFD) >= 0)
		return 7; /* the environment is not clean */
	return misbehave(how ? how : "");
}
