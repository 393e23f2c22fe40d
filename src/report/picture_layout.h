/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything of a picture is, in tenths of a pixel, y downwards. Knows no colour. */
#ifndef KITH_REPORT_PICTURE_LAYOUT_H
#define KITH_REPORT_PICTURE_LAYOUT_H

#include "report/picture_plan.h"

#define PICTURE_MARGIN 280
#define PICTURE_FONT   130 /* names */
#define PICTURE_SMALL  105 /* everything else */
#define PICTURE_PAD    80  /* inside of a box, left and right */
#define PICTURE_ICON   170 /* the level's sign with its distance from the name */
#define PICTURE_BADGE  160 /* the sign of somebody contested, with its distance */

struct kith_picture_box {
	uint32_t person;
	int32_t x, y, w, h; /* the corner above left */
};

struct kith_picture_heading {
	uint32_t hops; /* KITH_PICTURE_NONE: nobody leads there */
	int32_t x, w;
};

/* One piece of a line: a straight one, or a cubic curve with its two control points. */
struct kith_picture_piece {
	int32_t x1, y1, x2, y2, x, y;
	bool straight;
};

struct kith_picture_curve {
	uint32_t line; /* of the plan */
	int32_t x, y;  /* where it begins */
	const struct kith_picture_piece *pieces;
	uint32_t n_pieces;
};

struct kith_picture_layout {
	int32_t width, height; /* of everything; above `top` there is room for titles */
	int32_t top;
	struct kith_picture_box *boxes; /* persons that are shown */
	uint32_t n_boxes;
	struct kith_picture_heading *headings;
	uint32_t n_headings;
	struct kith_picture_curve *curves; /* in the order of the plan's lines */
	uint32_t n_curves;
	struct kith_picture_box *strangers;
	uint32_t n_strangers;
	int32_t strangers_y; /* of their heading's line; 0: there are none */
};

/* Everything lives in the arena. Errors: KITH_E_NOMEM. */
KITH_NODISCARD int kith_report_picture_layout(const struct kith_picture_plan *plan,
					      struct kith_arena *arena,
					      struct kith_picture_layout *ret_layout,
					      struct kith_error *err);

/*
 * Width of text that kith_text_safe has seen, at least: as in the widest of the common sans-serif
 * fonts.
 */
int32_t kith_report_picture_text_width(struct kith_span safe, int32_t size, bool bold);

/* What stands at the right end of a person's box; may be empty. */
void kith_report_picture_aside(const struct kith_picture_plan *plan, uint32_t person,
			       struct kith_buf *out);
/* Whether the name is in bold. */
bool kith_report_picture_is_bold(const struct kith_picture_person *person);

#endif
