/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crev proofs: from bytes to checked statements. Pure: no file, no clock. One bad proof never costs
 * its file: reading recovers at the next delimiter and reports each refusal with its line.
 */
#ifndef KITH_PROOF_PROOF_H
#define KITH_PROOF_PROOF_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "version/version.h"

enum kith_proof_kind {
	KITH_PROOF_REVIEW, /* package review */
	KITH_PROOF_TRUST,  /* trust */
	KITH_PROOF_CODE,   /* code review: only its author's URL is used */
	KITH_PROOF_UNKNOWN /* validly signed, kind not known here: kept and counted */
};

enum kith_range { KITH_RANGE_ALL, KITH_RANGE_MAJOR, KITH_RANGE_MINOR };

struct kith_public_id {
	struct kith_id id;
	bool valid;            /* false: `id` decoded to other than 32 bytes (allowed in lists) */
	struct kith_span text; /* as written */
	struct kith_span url;  /* empty: none */
	struct kith_span url_type;
	struct kith_span comment; /* of an override item */
};

struct kith_package_info {
	struct kith_span source, name, version; /* version is strict SemVer */
	struct kith_span revision, revision_type;
	struct kith_digest digest;
	bool digest_valid; /* 32 bytes and digest_type blake2b; else it matches nothing */
	struct kith_span digest_text, digest_type;
};

struct kith_proof_issue {
	struct kith_span id;
	enum kith_level severity;
	enum kith_range range;
	struct kith_span comment;
};

struct kith_proof_advisory {
	const struct kith_span *ids;
	size_t n_ids;
	enum kith_level severity;
	enum kith_range range;
	struct kith_span comment;
};

struct kith_proof_alternative {
	struct kith_span source, name;
};

struct kith_proof_file {
	struct kith_span path, digest_text, digest_type;
};

/* One proof, decoded. Every span and array is borrowed from the arena it was read into. */
struct kith_proof {
	enum kith_proof_kind kind;
	bool legacy; /* one of the envelopes before November 2019 */
	struct kith_span kind_text;
	struct kith_span body;     /* the signed bytes (crev format 2.2, CRLF read as LF) */
	struct kith_span envelope; /* the proof as it stands in the file */
	uint32_t line;             /* of the BEGIN line, from 1 */
	struct kith_digest digest; /* H(body) */
	uint8_t sig[KITH_SIG_BYTES];
	bool sig_valid;            /* false: the text was not base64url of 64 bytes */
	struct kith_span sig_text; /* as written, trimmed */
	struct kith_time date;
	int date_offset; /* minutes */
	struct kith_public_id from;
	struct kith_digest original; /* of the reissued proof, where has_original (32 bytes) */
	bool has_original;
	struct kith_span original_text, original_comment; /* text: as written */
	struct kith_span comment;
	const struct kith_public_id *overrides;
	size_t n_overrides;
	/* trust */
	const struct kith_public_id *ids;
	size_t n_ids;
	enum kith_level level;
	/*
	 * `kind: kith trust` (docs/FORMAT.md): a trust statement that is not for everything, for
	 * ever or without limit. cargo-crev ignores the whole proof.
	 */
	bool limited;
	enum kith_reach reach;  /* where limited; else DELEGATE is meant */
	struct kith_span scope; /* glob "ecosystem:name"; empty: everything */
	bool has_until;
	struct kith_time until;
	struct kith_span until_text;
	/* package review */
	struct kith_package_info package, base;
	bool has_base;
	enum kith_level thoroughness, understanding;
	enum kith_rating rating;
	bool dangerous; /* the rating was written `dangerous` */
	const struct kith_proof_issue *issues;
	size_t n_issues;
	const struct kith_proof_advisory *advisories;
	size_t n_advisories;
	bool unmaintained;
	const struct kith_proof_alternative *alternatives;
	size_t n_alternatives;
	bool has_llm, llm_human_guided;
	struct kith_span llm_model, llm_version;
	/* code review (which also uses package, thoroughness, understanding, rating, llm) */
	const struct kith_proof_file *files;
	size_t n_files;
};

/* True for "none/none/neutral": crev's "no review". */
bool kith_proof_is_empty_review(const struct kith_proof *p);

enum kith_proof_status {
	KITH_PROOF_VALID,
	KITH_PROOF_OBSOLETE, /* signed as before April 2019 (kith_ed25519_verify_obsolete) */
	KITH_PROOF_BAD_SIG,  /* signature wrong, not base64url, or `from` no 32-byte id */
	KITH_PROOF_BAD_BODY, /* well signed or not: the body is not what its kind demands */
	KITH_PROOF_BAD_FRAME /* the envelope is broken */
};
/* "valid", "obsolete signature", "bad signature", "bad body", "bad envelope". Never NULL. */
const char *kith_proof_status_name(enum kith_proof_status s);
#define KITH_PROOF_LIMITED_KIND "kith trust"
/* "package review", "trust", "code review", "unknown". Never NULL. */
const char *kith_proof_kind_name(enum kith_proof_kind k);

/* What a file holds, in file order. */
struct kith_proof_item {
	enum kith_proof_status status;
	struct kith_proof proof; /* whole where VALID; kind, from, date as far as known otherwise */
	uint32_t line;
	const char *cause; /* NUL-terminated, terminal-safe; NULL where VALID */
	bool checked;      /* the signature has been looked at */
};

struct kith_proof_list {
	struct kith_proof_item *items;
	size_t count;
};

/*
 * Splits a file into proofs and parses their bodies into the arena; signatures are not looked at
 * yet (status VALID, checked false). `text` must outlive the arena's use. A file that is not UTF-8
 * loses only the proofs that hold the bad bytes. Recovery: after what cannot be read the next BEGIN
 * line begins anew, and one in column 1 does so everywhere; stray text is one refusal a run.
 * Limits: KITH_MAX_PROOF_FILE, _BODY, _SIG, _LINE, _ITEMS; refusals beyond KITH_MAX_PROOF_REFUSALS
 * are counted in one last item. Error: KITH_E_LIMIT (the whole file is too large, holds too much,
 * or does not fit the arena's maximum), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_proof_parse(struct kith_span text, struct kith_arena *arena,
				    struct kith_proof_list *ret_list, struct kith_error *err);

/*
 * Verifies one item's signature over its body; sets status (VALID, OBSOLETE, BAD_SIG), cause and
 * checked. Touches nothing else, so items may be checked on several threads. An item that is
 * already refused for its frame stays so; one refused for its body is not looked at.
 */
void kith_proof_check(struct kith_proof_item *item);

#endif
