/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith-git: fetches and reads git repositories for kith. This process (the zygote) never reads what
 * a stranger made: it takes requests, forks a guarded child for each, passes on the children's
 * whole, checked frames, and holds their deadlines. It believes nothing and decides nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "helpers/git/zygote.h"

static int
run(struct zygote *z, struct kith_error *err)
{
	int r;

	for (;;) {
		r = zygote_start_jobs(z, err);
		if (!r)
			r = kith_channel_flush(&z->channel, false, err);
		if (!r && z->closed && !zygote_busy(z))
			return KITH_OK;
		if (!r)
			r = zygote_wait(z, err);
		if (r)
			return r;
	}
}

int
main(void)
{
	static struct zygote z; /* large */
	struct kith_error err;
	int r;

	/* a parent that ended shows as a failed write, a stopped server too */
	signal(SIGPIPE, SIG_IGN);
	zygote_init(&z);
	kith_frame_put_hello(&z.channel.out, KITH_GIT_PROGRAM);
	r = git_start(&err);
	if (!r)
		r = run(&z, &err);
	zygote_clear(&z);
	if (r)
		dprintf(2, "%s\n", err.msg);
	return r ? 1 : 0;
}
