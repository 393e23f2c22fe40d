/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trust graph as a picture: one struct that every format renders, one file a format. Pure, and
 * the same bytes on every machine: coordinates are whole tenths of a pixel, ties are broken by the
 * order of the input.
 */
#ifndef KITH_REPORT_PICTURE_H
#define KITH_REPORT_PICTURE_H

#include "base/base.h"

#define KITH_PICTURE_NONE UINT32_MAX

/* All texts are somebody's words and hostile. */
struct kith_picture_person {
	struct kith_span id;   /* its 43 characters */
	struct kith_span name; /* short; empty: the beginning of the id is shown */
	struct kith_span url;
	struct kith_span actor;  /* of somebody with several keys the first of them; else empty */
	bool url_proved;         /* the repository there serves this id's proofs */
	enum kith_level approve; /* NONE or better */
	enum kith_level object;  /* how far it is heard when it objects */
	unsigned budget;         /* left at `approve` */
	bool root, contact;      /* contact: a root trusts it directly */
	bool pinned;             /* a root's own word decides … */
	enum kith_level own;     /* … which is this */
	bool blocked;            /* by contacts, so that it is not trusted or trusted less */
	bool contested;          /* somebody who is trusted distrusts it */
	bool revoked;            /* it says itself that its key is not to be trusted */
	bool reviewer;           /* of the package that the picture is about */
	bool on_way;             /* on a way from a root to a reviewer */
	uint32_t reviews;        /* of all packages */
	struct kith_span note;   /* what the reviewer says of the package; may be empty */
};

/* "from says level about to". */
struct kith_picture_edge {
	uint32_t from, to; /* persons */
	enum kith_level level;
	bool counted; /* it introduces `to`; distrust: it blocks */
	bool best;    /* it explains the level and budget that `to` has */
	struct kith_time date;
};

struct kith_picture {
	const struct kith_picture_person *persons;
	uint32_t n_persons;
	const struct kith_picture_edge *edges; /* at most one of a kind between two */
	size_t n_edges;
	struct kith_span package; /* empty: everybody */
	uint32_t independent;     /* ways to its reviewers that share nobody but the roots */
	uint64_t n_strangers;     /* known ids that are not among the persons */
};

struct kith_picture_options {
	bool color; /* terminal */
	int width;  /* terminal: columns; 0: not cut */
};

/*
 * Each appends one whole document. Errors: KITH_E_NOMEM, KITH_E_LIMIT. All but JSON show at most
 * KITH_MAX_PICTURE_PERSONS persons and KITH_MAX_PICTURE_EDGES statements and say how many more
 * there are.
 */
KITH_NODISCARD int kith_report_picture_svg(const struct kith_picture *p, struct kith_buf *out,
					   struct kith_error *err);
KITH_NODISCARD int kith_report_picture_dot(const struct kith_picture *p, struct kith_buf *out,
					   struct kith_error *err);
KITH_NODISCARD int kith_report_picture_json(const struct kith_picture *p, struct kith_buf *out,
					    struct kith_error *err);
KITH_NODISCARD int kith_report_picture_text(const struct kith_picture *p,
					    const struct kith_picture_options *o,
					    struct kith_buf *out, struct kith_error *err);

#endif
