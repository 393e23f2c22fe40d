/* SPDX-License-Identifier: Apache-2.0 */
/* What the journals of the mirrors need and give when the index is made. */
#ifndef KITH_APP_HISTORY_H
#define KITH_APP_HISTORY_H

#include "app/app.h"

/*
 * Compares the heads of every fetch that has not been looked at yet and writes down in the journals
 * what it brought and took away; says what has disappeared. Before the mirrors' state is taken.
 */
KITH_NODISCARD int kith_app_history_settle(struct kith_session *s, struct kith_error *err);

/*
 * Begins a source in the builder (`reuse`: takes it over from the old index), with when it was
 * first fetched and what came later. *ret_gone: something was withdrawn; kith_journal_gone_text has
 * it.
 */
KITH_NODISCARD int kith_app_history_feed(struct kith_session *s, struct kith_index_builder *b,
					 const struct kith_mirror *m,
					 struct kith_index_source *source, bool reuse,
					 bool *ret_gone, struct kith_error *err);

#endif
