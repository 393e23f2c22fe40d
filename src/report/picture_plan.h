/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a graph is shown, and how people hang together: the tree of best paths. All formats
 * share it, so that they tell the same story.
 */
#ifndef KITH_REPORT_PICTURE_PLAN_H
#define KITH_REPORT_PICTURE_PLAN_H

#include "report/picture.h"

#define KITH_PICTURE_LABEL 24 /* columns of a name */

enum kith_picture_role {
	KITH_PICTURE_SIDE,    /* one more introduction */
	KITH_PICTURE_BEST,    /* the last step of the best path to its target */
	KITH_PICTURE_WORD,    /* a root's own word that somebody is not trusted (none) */
	KITH_PICTURE_DISTRUST /* by somebody with standing */
};

struct kith_picture_line {
	uint32_t edge;
	uint8_t role; /* enum kith_picture_role */
};

struct kith_picture_plan {
	const struct kith_picture *p;
	/* by person of the input */
	uint32_t *hops;   /* on the best path from a root; of others one more than who speaks of
			     them; KITH_PICTURE_NONE: nobody does */
	uint32_t *parent; /* edge that leads there on the best path, or KITH_PICTURE_NONE */
	bool *apart;      /* not trusted, and shown because of what is said about it */
	bool *shown;
	struct kith_span *label; /* of those shown: safe, short, and no two are the same */
	/* shown persons in order: by hops, level, number */
	uint32_t *order;
	uint32_t n_order;
	struct kith_picture_line *lines; /* by role, then edge */
	uint32_t n_lines;
	uint32_t *strangers; /* persons that nobody of those shown speaks well of, when few */
	uint32_t n_strangers;
	/* for the notes; persons by level without roots */
	uint64_t by_level[KITH_LEVEL_COUNT];
	uint64_t n_apart, n_contested;
	uint64_t cut_persons, cut_lines; /* left out because there are too many */
	uint64_t unreached;              /* known, and neither trusted nor judged */
};

/* Everything lives in the arena. Errors: KITH_E_NOMEM. */
KITH_NODISCARD int kith_report_picture_plan(const struct kith_picture *p, struct kith_arena *arena,
					    struct kith_picture_plan *ret_plan,
					    struct kith_error *err);

/* "trusted high" and such: what a person is, in words, for titles. */
void kith_report_picture_standing(const struct kith_picture_person *person, struct kith_buf *out);
/* One line on the whole: "55 people are trusted: …". */
void kith_report_picture_summary(const struct kith_picture_plan *plan, struct kith_buf *out);
/* The roots' names, or how many there are. */
void kith_report_picture_whose(const struct kith_picture_plan *plan, struct kith_buf *out);

/* A document has failed if a part that was prepared elsewhere has. */
static inline void
picture_part_of(struct kith_buf *out, const struct kith_buf *part)
{
	if (!out->failed)
		out->failed = part->failed;
}

#endif
