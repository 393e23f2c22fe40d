/* SPDX-License-Identifier: Apache-2.0 */
/* What the journals of the mirrors need and give when the index is made. */
#ifndef KITH_APP_HISTORY_H
#define KITH_APP_HISTORY_H

#include "app/app.h"
#include "store/journal.h"

/* What there is, and what its journals say: read once for settling and for the index. */
struct kith_app_history {
	struct kith_digest state; /* of the mirrors, taken before they were listed */
	struct kith_mirrors mirrors;
	struct kith_journal *journals; /* by mirror; private */
	bool *known;                   /* private */
	struct kith_store_reader reader;
	bool settled; /* private: something was written into the journals */
};
void kith_app_history_clear(struct kith_app_history *h);
#define KITH_AUTO_HISTORY KITH_CLEANUP(kith_app_history_clear)

/*
 * Lists the mirrors; compares the heads of every fetch that has not been looked at yet and writes
 * down in the journals what it brought and took away; says what has disappeared. *ret_history is
 * yours.
 */
KITH_NODISCARD int kith_app_history_settle(struct kith_session *s,
					   struct kith_app_history *ret_history,
					   struct kith_error *err);

/*
 * Begins a source in the builder (`reuse`: takes it over from the old index), with when it was
 * first fetched and what came later. *ret_gone: something was withdrawn; kith_journal_gone_text has
 * it.
 */
KITH_NODISCARD int kith_app_history_feed(struct kith_session *s, struct kith_index_builder *b,
					 struct kith_app_history *h, size_t mirror,
					 struct kith_index_source *source, bool reuse,
					 bool *ret_gone, struct kith_error *err);

#endif
