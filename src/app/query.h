/* SPDX-License-Identifier: Apache-2.0 */
/* Lists in two formats from one description: a row is a sequence of named fields. */
#ifndef KITH_APP_QUERY_H
#define KITH_APP_QUERY_H

#include "app/app.h"
#include "codec/json.h"

struct kith_app_list {
	struct kith_buf *out;
	struct kith_json_writer json;
	bool is_json;
	size_t rows;
	size_t fields; /* of the row so far */
	int width;
	size_t used; /* columns of the row so far */
};

void kith_app_list_begin(struct kith_app_list *l, struct kith_buf *out, const char *what,
			 enum kith_format format, int width);
void kith_app_list_end(struct kith_app_list *l);
void kith_app_list_row(struct kith_app_list *l);
void kith_app_list_end_row(struct kith_app_list *l);
/* A field; in the table padded to `columns` (0: the rest of the line), absent in JSON if empty. */
void kith_app_list_text(struct kith_app_list *l, const char *key, struct kith_span s,
			size_t columns);
void kith_app_list_str(struct kith_app_list *l, const char *key, const char *s, size_t columns);
void kith_app_list_number(struct kith_app_list *l, const char *key, uint64_t n, size_t columns);
void kith_app_list_id(struct kith_app_list *l, const char *key, const struct kith_id *id);
void kith_app_list_digest(struct kith_app_list *l, const char *key,
			  const struct kith_digest *digest);
void kith_app_list_date(struct kith_app_list *l, const char *key, struct kith_time t);
/* "source:path:line", and its parts in JSON. */
void kith_app_list_place(struct kith_app_list *l, const struct kith_place *p);
/* The list of equivocations (app/twice.h); author NULL, name and version empty: all. */
KITH_NODISCARD int kith_app_query_twice(struct kith_session *s, const struct kith_index *ix,
					const struct kith_id *author, struct kith_span name,
					struct kith_span version, struct kith_app_list *l,
					struct kith_error *err);

/* Only in JSON. */
void kith_app_list_flag(struct kith_app_list *l, const char *key, bool v);

/* --- query_audits.c --- */

/* What audit sets say of a package (name empty: of all), and of a version of it. */
KITH_NODISCARD int kith_app_query_audits(struct kith_session *s, const struct kith_index *index,
					 struct kith_span name, struct kith_span version,
					 struct kith_app_list *list, struct kith_error *err);

/* --- query_advisories.c --- */

/*
 * What databases say: of a version, of every version of a name, or (name empty) of what the project
 * here locks.
 */
KITH_NODISCARD int kith_app_query_advisories(struct kith_session *s, const struct kith_index *index,
					     struct kith_span name, struct kith_span version,
					     struct kith_app_list *list, struct kith_error *err);

#endif
