/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kith and kith-agent say to each other. A request is its kind and its fields; a reply is a
 * status (of enum kith_unlocked_status) and, where that is OK, the fields of its kind.
 */
#ifndef KITH_IDENTITY_UNLOCKED_WIRE_H
#define KITH_IDENTITY_UNLOCKED_WIRE_H

enum kith_unlocked_kind {
	KITH_UNLOCKED_LIST = 'L',   /* reply: u32 count, then id and u32 seconds left of each */
	KITH_UNLOCKED_ADD = 'A',    /* u32 seconds, seed */
	KITH_UNLOCKED_FORGET = 'F', /* id, or nothing: all */
	KITH_UNLOCKED_SIGN = 'S'    /* id, body; reply: signature */
};

enum kith_unlocked_status {
	KITH_UNLOCKED_OK = 0,
	KITH_UNLOCKED_BAD,     /* no request */
	KITH_UNLOCKED_UNKNOWN, /* this id is not unlocked */
	KITH_UNLOCKED_FULL,
	KITH_UNLOCKED_NO_LOCK, /* the memory cannot be locked */
	KITH_UNLOCKED_NO_BODY  /* what was to be signed is no body */
};

#endif
