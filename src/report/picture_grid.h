/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grid that a picture is laid out on. Columns go from the roots to the right; a column holds
 * items from top to bottom: persons, and lanes, in which the lines of one person to the same side
 * pass a column together.
 */
#ifndef KITH_REPORT_PICTURE_GRID_H
#define KITH_REPORT_PICTURE_GRID_H

#include "report/picture_plan.h"

struct picture_item {
	uint32_t person; /* or KITH_PICTURE_NONE: a lane */
	uint32_t column;
	uint32_t pos; /* in its column */
	bool apart;   /* these come last */
	int64_t y;    /* of its middle, in tenths of a pixel */
};

struct picture_column {
	uint32_t hops;   /* of its persons; KITH_PICTURE_NONE: nobody leads there */
	bool heads;      /* the first of those with these hops */
	uint32_t *items; /* from top to bottom */
	uint32_t n;
	uint32_t first_seg, end_seg; /* to the next column */
};

struct picture_seg {
	uint32_t left, right; /* items of neighbouring columns */
	uint32_t weight;
};

struct picture_near {
	uint32_t item, weight;
};

struct picture_grid {
	const struct kith_picture_plan *plan;
	struct kith_arena *arena;
	struct picture_item *items;
	uint32_t n_items;
	struct picture_column *columns;
	uint32_t n_columns;
	uint32_t *item_of; /* by person */
	/* by person: lanes to the right begin with the item `fore` in the next column, one a
	 * column; lanes to the left with `back` in the column before */
	uint32_t *fore, *back;
	struct picture_seg *segs;
	uint32_t n_segs;
	/* neighbours of items: near[first[i]] … are left, near[middle[i]] … right, up to first[i+1]
	 */
	uint32_t *first, *middle;
	struct picture_near *near;
};

/* Makes the grid in the plan's order. Errors: KITH_E_NOMEM. */
KITH_NODISCARD int kith_report_grid_make(const struct kith_picture_plan *plan,
					 struct kith_arena *arena, struct picture_grid *ret_grid,
					 struct kith_error *err);
/* Orders every column so that few lines cross; a bounded number of rounds. */
KITH_NODISCARD int kith_report_grid_order(struct picture_grid *g, struct kith_error *err);
/* Sets y of every item, so that lines are short and straight, and nothing overlaps. */
KITH_NODISCARD int kith_report_grid_place(struct picture_grid *g, struct kith_error *err);

/* Tenths of a pixel. */
#define PICTURE_BOX  230 /* height of a person */
#define PICTURE_LANE 30

#endif
