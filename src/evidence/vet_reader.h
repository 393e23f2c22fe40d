/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of cargo-vet's files share. Inside the room only. */
#ifndef KITH_EVIDENCE_VET_READER_H
#define KITH_EVIDENCE_VET_READER_H

#include "evidence/vet.h"

struct vet_reader {
	struct kith_vet_file *file;
	enum kith_vet_reading how;
	const struct kith_map *known; /* names of criteria that entries may use; NULL: any */
	struct kith_error *err;
};

#define VET_MAX_FIELDS 8

/* The values of a table by a fixed list of keys; slots of absent ones are NULL. */
struct vet_fields {
	const struct kith_toml *at[VET_MAX_FIELDS];
	const struct kith_toml *unknown; /* the first key that is not in the list */
};
void vet_fields(const struct kith_toml *table, const char *const *keys, struct vet_fields *ret);

/* Fails with KITH_E_FORMAT: "line N: what". */
int vet_bad(struct vet_reader *r, const struct kith_toml *at, const char *what);

/* Values by their type; `v` may be NULL, which leaves *ret as it is (`required`: an error). */
int vet_string(struct vet_reader *r, const struct kith_toml *v, const char *what,
	       struct kith_span *ret);
int vet_boolean(struct vet_reader *r, const struct kith_toml *v, const char *what, bool *ret);
int vet_list(struct vet_reader *r, const struct kith_toml *v, const char *what,
	     struct kith_vet_list *ret); /* a string or an array of strings */
int vet_version(struct vet_reader *r, const struct kith_toml *table, const struct kith_toml *v,
		const char *what, struct kith_vet_version *ret); /* required */
int vet_date(struct vet_reader *r, const struct kith_toml *table, const struct kith_toml *v,
	     const char *what, int32_t *ret); /* required */
/* The table, or NULL where there is none; a value of another type is an error. */
int vet_table(struct vet_reader *r, const struct kith_toml *v, const char *what,
	      const struct kith_toml **ret);
/* A table of string-or-lists, sorted by key. */
int vet_named_lists(struct vet_reader *r, const struct kith_toml *v, const char *what,
		    struct kith_vet_named_list **ret, size_t *ret_count);

/*
 * Every reader of an entry: fills *item (zeroed). KITH_E_FORMAT: this entry is refused, which is
 * the end where the reading is strict.
 */
typedef int vet_read_entry(struct vet_reader *r, const struct kith_toml *t, void *item);

/* A table of crates with their arrays of entries, sorted by name. */
int vet_groups(struct vet_reader *r, const struct kith_toml *v, const char *what, size_t size,
	       vet_read_entry *read, struct kith_vet_groups *ret);

/* Strict: `code` as it is. Else notes what was refused and goes on (KITH_OK). */
int vet_forgive(struct vet_reader *r, const struct kith_toml *at, int code);

int vet_read_set(struct vet_reader *r, const struct kith_toml *root, struct kith_vet_set *ret);
vet_read_entry vet_read_publisher, vet_read_unpublished;

/* Parses the text into a fresh file. */
int vet_file_new(struct kith_span text, struct kith_vet_file **ret_file, struct kith_error *err);

#endif
