/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RustSec's advisory files (advisories.md 1, 2): front matter in TOML, then Markdown. They say
 * which versions are good; affected is what lies between, in the order of versions and never by
 * Cargo's matching.
 */
#ifndef KITH_EVIDENCE_RUSTSEC_H
#define KITH_EVIDENCE_RUSTSEC_H

#include "evidence/advisory.h"

/* Affected versions: from `introduced` until before `fixed`; empty: without end on that side. */
struct kith_rustsec_gap {
	struct kith_span introduced, fixed;
};

struct kith_rustsec_list {
	const struct kith_span *items;
	size_t count;
};

/* A function that is affected, "crate::a::b", and in which versions by Cargo's matching. */
struct kith_rustsec_function {
	struct kith_span path;
	struct kith_rustsec_list reqs;
};

struct kith_rustsec {
	struct kith_advisory advisory; /* one package, unless it is of another registry: none */
	struct kith_span package;
	struct kith_span kind_word; /* of `informational`; empty: a vulnerability */
	struct kith_span withdrawn; /* the date; empty: not withdrawn */
	struct kith_span collection;
	struct kith_span description;
	struct kith_rustsec_list patched, unaffected, arch, os;
	const struct kith_rustsec_function *functions;
	size_t n_functions;
	const struct kith_rustsec_gap *gaps; /* ascending; some may hold nothing */
	size_t n_gaps;
};

/*
 * Reads one file. A vector that cannot be scored is a defect, not an error. Errors: KITH_E_FORMAT
 * ("line N, column N: why" where it is the TOML), KITH_E_LIMIT, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_rustsec_read(struct kith_span text, struct kith_arena *arena,
				     struct kith_rustsec *ret_advisory, struct kith_error *err);

/*
 * What lies between the good versions. KITH_E_FORMAT: a requirement is none, is more than an
 * interval, holds nothing, or two of them share a version.
 */
KITH_NODISCARD int kith_rustsec_gaps(const struct kith_rustsec_list *patched,
				     const struct kith_rustsec_list *unaffected,
				     struct kith_arena *arena,
				     const struct kith_rustsec_gap **ret_gaps, size_t *ret_count,
				     struct kith_error *err);

/* "[0,1.2.3) [2.0.0,*)"; "-" if there are none. */
void kith_rustsec_put_gaps(struct kith_buf *out, const struct kith_rustsec_gap *gaps, size_t n);

/*
 * "crates/NAME/ID.md" (or "rust/…") taken apart. False for what is no place of an advisory: other
 * folders, files beside the packages' folders, names that begin with a dot.
 */
bool kith_rustsec_place(struct kith_span path, struct kith_span *ret_collection,
			struct kith_span *ret_package, struct kith_span *ret_file);
/* KITH_E_FORMAT if the file lies where another advisory, package or collection belongs. */
KITH_NODISCARD int kith_rustsec_check_place(const struct kith_rustsec *advisory,
					    struct kith_span path, struct kith_error *err);

#endif
