/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kith and kith-unpack say to each other, in the frames of helper/protocol.h. Every frame
 * carries the tag of its request; answers to several requests may interleave, and each ends with
 * KITH_FRAME_DONE (u32 tag). Nothing but constants is here.
 */
#ifndef KITH_HELPER_UNPACK_H
#define KITH_HELPER_UNPACK_H

#include "helper/protocol.h"

#define KITH_UNPACK_PROGRAM "kith-unpack"

enum kith_unpack_frame {
	/*
	 * To the helper: u32 tag, u8 flags, string path, bytes expected (32 bytes of SHA-256 or
	 * none), bytes top folder's name (empty: any). An archive that is not the expected one is
	 * not parsed.
	 */
	KITH_UNPACK_REQUEST = KITH_FRAME_OWN,
	/*
	 * From the helper: u32 tag, 32 bytes SHA-256 of the very bytes that were read, then u64
	 * dev, ino, size, mtime_ns, ctime_ns of the open file. Made outside the guarded child.
	 */
	KITH_UNPACK_SUM,
	/* u32 tag, u8 type (enum kith_tree_type), u32 mode, u64 size, bytes path, bytes target. */
	KITH_UNPACK_ENTRY,
	/* u32 tag, bytes: the next piece of the content of the last entry, a file. */
	KITH_UNPACK_CONTENT,
	/* u32 tag, 32 bytes native digest, 32 bytes crev digest. Entries before it are sound. */
	KITH_UNPACK_DIGESTS,
	/* u32 tag, bytes payload of a KITH_FRAME_ERROR: why there is no sum or no digest. */
	KITH_UNPACK_REFUSED
};

#define KITH_UNPACK_SUM_ONLY 1U /* only hash the archive */
#define KITH_UNPACK_TOP      2U /* its one top folder is the root */
#define KITH_UNPACK_ENTRIES  4U /* send entries and content too */
#define KITH_UNPACK_ZIP      8U /* a zip archive, of a database: more entries, fewer bytes */

#endif
