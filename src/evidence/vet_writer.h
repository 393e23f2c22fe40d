/* SPDX-License-Identifier: Apache-2.0 */
/* The layout that all of cargo-vet's files share (cargo-vet.md A.8). Inside the room only. */
#ifndef KITH_EVIDENCE_VET_WRITER_H
#define KITH_EVIDENCE_VET_WRITER_H

#include "codec/toml_write.h"
#include "evidence/vet_write.h"

struct vet_user {
	uint64_t user;
	size_t rank; /* in the order in which cargo-vet meets publishers */
	const struct kith_vet_publisher *publisher;
};

struct vet_writer {
	struct kith_buf *out;
	struct kith_buf scratch; /* emptied with vet_scratch, which keeps what failed in mind */
	int failed;
	struct kith_arena arena;
	struct vet_user *users; /* sorted by user */
	size_t n_users;
	struct kith_error *err;
};

#define VET_MAX_PATH 4

/* Where in the document: the keys of a header. */
struct vet_path {
	struct kith_span keys[VET_MAX_PATH];
	size_t n;
};
struct vet_path vet_path(const struct vet_path *parent, struct kith_span key);

void vet_writer_init(struct vet_writer *w, struct kith_buf *out, const char *heading,
		     struct kith_error *err);
void vet_writer_clear(struct vet_writer *w);
#define VET_AUTO_WRITER KITH_CLEANUP(vet_writer_clear)
/* What went wrong on the way, if anything did. */
int vet_writer_check(const struct vet_writer *w);
int vet_writer_users(struct vet_writer *w, const struct kith_vet_imports *imports);

struct kith_buf *vet_scratch(struct vet_writer *w);
void vet_put_header(struct vet_writer *w, bool array, const struct vet_path *path);
void vet_put_string(struct vet_writer *w, const char *key, struct kith_span s);
void vet_put_text(struct vet_writer *w, const char *key, struct kith_span s); /* if ptr */
void vet_put_boolean(struct vet_writer *w, const char *key, bool b);
void vet_put_day(struct vet_writer *w, const char *key, int32_t days);
void vet_put_version(struct vet_writer *w, const char *key, const struct kith_vet_version *v);
/* A list of one is written as a string, unless `array`. */
void vet_put_list(struct vet_writer *w, struct kith_span key, const struct kith_vet_list *l,
		  bool array);
void vet_put_list_if(struct vet_writer *w, const char *key, const struct kith_vet_list *l);
/* The same without key and line: what stands in an inline table. */
void vet_put_inline_list(struct kith_buf *out, const struct kith_vet_list *l, bool array);
void vet_put_source(struct vet_writer *w, const struct kith_vet_source *s, bool comment);
size_t vet_scalars(struct kith_span s);

int vet_cmp_list(const struct kith_vet_list *a, const struct kith_vet_list *b);
int vet_cmp_text(struct kith_span a, struct kith_span b); /* absent first */
int vet_cmp_number(uint64_t a, uint64_t b);
int vet_cmp_source(const struct kith_vet_source *a, const struct kith_vet_source *b);
int vet_cmp_place(const void *a, const void *b);
/* On pointers to audits, to vouches: cargo-vet's order; equal ones by place. */
int vet_cmp_audit(const void *pa, const void *pb);
int vet_cmp_vouch(const void *pa, const void *pb);

/*
 * Calls put for each element of the group in cmp's order, which sees pointers to elements. As in
 * Rust's sort, what compares equal keeps its order.
 */
int vet_sorted(struct vet_writer *w, const struct kith_vet_group *g, size_t size,
	       int (*cmp)(const void *, const void *),
	       void (*put)(struct vet_writer *, const struct vet_path *, const void *),
	       const struct vet_path *path);

int vet_write_set(struct vet_writer *w, const struct kith_vet_set *set,
		  const struct vet_path *path);

#endif
