/* SPDX-License-Identifier: Apache-2.0 */
/* Reading bodies: the common keys, then what each kind demands (crev format 3.2). Inside proof. */
#ifndef KITH_PROOF_BODY_H
#define KITH_PROOF_BODY_H

#include "codec/yaml.h"
#include "proof/proof.h"

/* For drafts that name nothing yet and for comparing with what others wrote: no validation. */
#define KITH_BODY_UNVALIDATED 1U
/* What a person writes (proof/draft.h): without `package`, or without its source and digest. */
#define KITH_BODY_DRAFT    2U
#define KITH_BODY_UNSIGNED 4U

struct kith_body_reader {
	struct kith_arena *arena; /* what the proof keeps is copied there */
	struct kith_proof *proof;
	const struct kith_yaml *root;
	unsigned flags;
	bool padded; /* `from.id` has `=` padding: an obsolete form that is never valid */
	struct kith_error *err;
};

/*
 * Reads proof->body into proof (kind_text already set where proof->legacy). Lines in messages are
 * those of the file. On failure what was read so far stays in proof. Errors: KITH_E_FORMAT; and
 * KITH_E_LIMIT, KITH_E_NOMEM with *ret_fatal set where memory, not the body, was the reason.
 */
KITH_NODISCARD int kith_body_read(struct kith_proof *proof, unsigned flags,
				  struct kith_arena *arena, bool *ret_fatal,
				  struct kith_error *err);

/* The parts, one file each. All return 0 or a negative code with err set. */
KITH_NODISCARD int kith_body_read_trust(struct kith_body_reader *r);
KITH_NODISCARD int kith_body_read_limited(struct kith_body_reader *r);
KITH_NODISCARD int kith_body_read_review(struct kith_body_reader *r);
KITH_NODISCARD int kith_body_read_code(struct kith_body_reader *r);

/* Fields. `v` is the value, `map` the mapping it stands in, `key` its name there. */
KITH_NODISCARD int kith_body_bad(struct kith_body_reader *r, const struct kith_yaml *v,
				 const char *fmt, ...) KITH_PRINTF(3, 4);
KITH_NODISCARD int kith_body_get(struct kith_body_reader *r, const struct kith_yaml *map,
				 const char *key, enum kith_yaml_type type, bool required,
				 const struct kith_yaml **ret_value);
/* A direct field: any scalar's text. An absent one leaves *ret untouched. */
KITH_NODISCARD int kith_body_text(struct kith_body_reader *r, const struct kith_yaml *map,
				  const char *key, bool required, struct kith_span *ret);
/* A flattened field: a scalar that is a string; always required. */
KITH_NODISCARD int kith_body_string(struct kith_body_reader *r, const struct kith_yaml *map,
				    const char *key, struct kith_span *ret);
/* As kith_body_text, and null counts as absent. */
KITH_NODISCARD int kith_body_optional(struct kith_body_reader *r, const struct kith_yaml *map,
				      const char *key, struct kith_span *ret);
KITH_NODISCARD int kith_body_bool(struct kith_body_reader *r, const struct kith_yaml *map,
				  const char *key, bool *ret);
/* One of the n names; *ret is its place among them. */
KITH_NODISCARD int kith_body_enum(struct kith_body_reader *r, const struct kith_yaml *map,
				  const char *key, bool required, const char *const *names,
				  size_t n, unsigned *ret);
KITH_NODISCARD int kith_body_level(struct kith_body_reader *r, const struct kith_yaml *map,
				   const char *key, enum kith_level lowest, enum kith_level *ret);
KITH_NODISCARD int kith_body_rating(struct kith_body_reader *r, const struct kith_yaml *map);
/* A list's array of count elements, zeroed, in the arena. */
KITH_NODISCARD int kith_body_array(struct kith_body_reader *r, const struct kith_yaml *list,
				   size_t size, void *ret_array);
KITH_NODISCARD int kith_body_keep(struct kith_body_reader *r, struct kith_span s,
				  struct kith_span *ret);
/* A text in base64url of any length; *ret_exact (may be NULL): whether it is 32 bytes, in `out`. */
KITH_NODISCARD int kith_body_base64(struct kith_body_reader *r, const struct kith_yaml *map,
				    const char *key, struct kith_span *ret_text, uint8_t out[32],
				    bool *ret_exact);
KITH_NODISCARD int kith_body_ids(struct kith_body_reader *r, const char *key, bool required,
				 const struct kith_public_id **ret_ids, size_t *ret_n);
KITH_NODISCARD int kith_body_package(struct kith_body_reader *r, const struct kith_yaml *map,
				     struct kith_package_info *ret);
KITH_NODISCARD int kith_body_llm(struct kith_body_reader *r);

/*
 * Writing's halves. _put appends the body without looking whether anybody would accept it; error
 * KITH_E_NOMEM (out's own failures are found by kith_buf_check). _difference names the first field
 * in which what was read differs from what was to be written, or is NULL.
 */
KITH_NODISCARD int kith_body_put(const struct kith_proof *p, struct kith_buf *out,
				 struct kith_error *err);
void kith_body_put_review(const struct kith_proof *p, struct kith_buf *out);
void kith_body_put_advisories(const struct kith_proof *p, struct kith_buf *out);
void kith_body_put_issues(const struct kith_proof *p, struct kith_buf *out);
/* In their order, each as often as it is there. */
void kith_body_put_alternatives(const struct kith_proof *p, struct kith_buf *out);
void kith_body_put_overrides(const struct kith_proof *p, struct kith_buf *out);
void kith_body_put_comment(struct kith_buf *out, struct kith_span comment);
const char *kith_body_difference(const struct kith_proof *written, const struct kith_proof *read);
/* The comment as it is written: without the newlines at its end. */
struct kith_span kith_body_comment(struct kith_span comment);

#endif
