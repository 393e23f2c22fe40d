/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting, feeding, bounding and ending a helper program (kith-git, kith-unpack). One that dies,
 * stalls or breaks the protocol gives KITH_E_HELPER with its name and why: never a crash, never a
 * hang. The calling process's signals, umask and folder are left alone.
 */
#ifndef KITH_HELPER_HELPER_H
#define KITH_HELPER_HELPER_H

#include "helper/protocol.h"

struct kith_helper;

struct kith_helper_options {
	/*
	 * Folder of the program. NULL: the folder of the running program, then ../libexec/kith
	 * beside it, then the folder it was configured with.
	 */
	const char *dir;
	/*
	 * Names of environment variables that the helper may see besides LANG and a fixed PATH, or
	 * NULL. With PATH among them it sees the user's.
	 */
	const char *const *env;
	/* Deadline of kith_helper_send; 0: 30 s. */
	int send_timeout_ms;
};

/*
 * Where a helper program is, for one that is not started by kith_helper_start; dir as in the
 * options. KITH_E_HELPER if it is not there. *ret_path is yours.
 */
KITH_NODISCARD int kith_helper_find(const char *dir, const char *program, char **ret_path,
				    struct kith_error *err);

/*
 * Starts `program` in its own process group, with a clean environment, connected by one socket
 * pair, everything else closed. Does not wait for it: what is wrong with it shows at the first
 * receive. KITH_E_HELPER if it is not there or cannot be run. *ret_helper is yours
 * (kith_helper_stop).
 */
KITH_NODISCARD int kith_helper_start(const char *program, const struct kith_helper_options *options,
				     struct kith_helper **ret_helper, struct kith_error *err);

/*
 * Sends the frames in `frames` whole. Takes in what the helper says meanwhile, so that both cannot
 * wait for each other. KITH_E_HELPER if it died or did not take them in time.
 */
KITH_NODISCARD int kith_helper_send(struct kith_helper *h, const struct kith_buf *frames,
				    struct kith_error *err);

/*
 * The next frame (its HELLO is checked and left out), borrowed until the next call. Waits up to
 * timeout_ms (negative: for ever). ERROR frames are returned like others: see kith_frame_error.
 * KITH_E_HELPER: died, silent too long, or broke the protocol; it is then killed and every later
 * call fails in the same way.
 */
KITH_NODISCARD int kith_helper_recv(struct kith_helper *h, int timeout_ms,
				    struct kith_frame *ret_frame, struct kith_error *err);

/*
 * Waits up to timeout_ms for its HELLO and for nothing else: KITH_OK if this is the program, it
 * starts, and it speaks this version. Before anything was sent. KITH_E_HELPER as above.
 */
KITH_NODISCARD int kith_helper_greet(struct kith_helper *h, int timeout_ms, struct kith_error *err);

/* For poll loops: readable when there may be a frame. Borrowed. */
int kith_helper_fd(const struct kith_helper *h);

/* As recv without waiting: KITH_E_NOTFOUND (err untouched) if there is no whole frame yet. */
KITH_NODISCARD int kith_helper_try_recv(struct kith_helper *h, struct kith_frame *ret_frame,
					struct kith_error *err);

/* KITH_E_HELPER because it broke its protocol in the way the text says; kills it. */
int kith_helper_broke(struct kith_helper *h, struct kith_error *err, const char *fmt, ...)
    KITH_PRINTF(3, 4);

/* Closes the connection, gives it a moment to end, kills its group, reaps it. NULL is fine. */
void kith_helper_stop(struct kith_helper *h);
void kith_helper_stopp(struct kith_helper **h);
#define KITH_AUTO_HELPER KITH_CLEANUP(kith_helper_stopp)

#endif
