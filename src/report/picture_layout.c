/* SPDX-License-Identifier: Apache-2.0 */
/* From the ordered grid to coordinates: widths of columns, boxes, curves, the list of strangers. */
#include "report/picture_layout.h"
#include "report/picture_grid.h"

#define TOP           980 /* title, summary and headings of columns */
#define WIDTH_LEAST   7600
#define GAP_LEAST     760 /* between columns */
#define GAP_MOST      1700
#define ARC_LEAST     160
#define STRANGER_ROW  170
#define STRANGERS_TOP 620
#define PORT_BACK     55 /* below the middle of a box */
#define BOX_LEAST     700

static int32_t
char_width(uint32_t c)
{
	static const struct {
		const char *of;
		int32_t width; /* in thousandths of the size */
	} classes[] = {{"ijl'", 300},
		       {"Ift.,:;!|/\\()[] `-r\"", 420},
		       {"mWMw@%", 1000},
		       {"~+=<>&*#", 850},
		       {"ABCDEGHKNOQRUVXYZ", 790}};
	size_t i;

	if (c > 0x7e)
		return c < 0x300 ? 800 : 1050;
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (c && strchr(classes[i].of, (int)c))
			return classes[i].width;
	return 650;
}

int32_t
kith_report_picture_text_width(struct kith_span safe, int32_t size, bool bold)
{
	int64_t sum = 0;
	size_t pos = 0;
	uint32_t c;

	while (kith_utf8_next(safe, &pos, &c))
		sum += char_width(c);
	if (bold)
		sum += sum / 9;
	return (int32_t)(sum * size / 1000);
}

bool
kith_report_picture_is_bold(const struct kith_picture_person *x)
{
	return x->root || x->contact;
}

/* Why somebody who stands apart does; NULL for everybody else. */
static const char *
apart_word(const struct kith_picture_plan *plan, uint32_t person)
{
	const struct kith_picture_person *x = &plan->p->persons[person];

	if (!plan->apart[person])
		return NULL;
	if (x->revoked)
		return "revoked";
	if (x->pinned)
		return x->own == KITH_LEVEL_DISTRUST ? "distrusted" : "not trusted";
	if (x->blocked)
		return "blocked";
	return x->reviewer ? "not trusted" : "distrusted";
}

void
kith_report_picture_aside(const struct kith_picture_plan *plan, uint32_t person,
			  struct kith_buf *out)
{
	const struct kith_picture_person *x = &plan->p->persons[person];
	const char *word = apart_word(plan, person);

	if (x->note.len)
		kith_text_safe(out, x->note, 32);
	else if (!word && !plan->p->package.len && x->reviews)
		kith_buf_printf(out, "%u", (unsigned)x->reviews);
	if (word)
		kith_buf_printf(out, "%s%s", x->note.len ? " · " : "", word);
}

static int
box_width(const struct kith_picture_plan *plan, uint32_t person, int32_t *ret_width,
	  struct kith_error *err)
{
	const struct kith_picture_person *x = &plan->p->persons[person];
	KITH_AUTO_BUF struct kith_buf b;
	int32_t w = 2 * PICTURE_PAD + PICTURE_ICON;
	int r;

	kith_buf_init(&b, KITH_KIB(4));
	kith_report_picture_aside(plan, person, &b);
	r = kith_buf_check(&b, err);
	w += kith_report_picture_text_width(plan->label[person], PICTURE_FONT,
					    kith_report_picture_is_bold(x));
	if (b.len)
		w += PICTURE_PAD +
		     kith_report_picture_text_width(kith_buf_span(&b), PICTURE_SMALL, false);
	if (x->contested && !plan->apart[person])
		w += PICTURE_BADGE;
	*ret_width = w < BOX_LEAST ? BOX_LEAST : w;
	return r;
}

struct laying {
	struct picture_grid g;
	struct kith_picture_layout *out;
	int32_t *x, *w; /* of columns */
	int32_t *gap;   /* behind them */
};

/* Room for curves: more where there are many and where they are steep. */
static int32_t
gap_behind(const struct picture_grid *g, uint32_t column)
{
	const struct picture_column *c = &g->columns[column];
	int64_t steep = 0, dy;
	uint32_t i;

	for (i = c->first_seg; i < c->end_seg; i++) {
		dy = g->items[g->segs[i].left].y - g->items[g->segs[i].right].y;
		dy = dy < 0 ? -dy : dy;
		steep = dy > steep ? dy : steep;
	}
	steep = GAP_LEAST + steep / 8 + (c->end_seg - c->first_seg) * 4;
	return (int32_t)(steep > GAP_MOST ? GAP_MOST : steep);
}

static int
set_columns(struct laying *l, struct kith_error *err)
{
	struct picture_grid *g = &l->g;
	size_t n = (size_t)g->n_columns + 1;
	int32_t x = PICTURE_MARGIN;
	uint32_t i, k;
	int r = KITH_OK;

	l->x = kith_arena_array(g->arena, n, sizeof(*l->x));
	l->w = kith_arena_array(g->arena, n, sizeof(*l->w));
	l->gap = kith_arena_array(g->arena, n, sizeof(*l->gap));
	l->out->headings = kith_arena_array(g->arena, n, sizeof(*l->out->headings));
	if (!l->x || !l->w || !l->gap || !l->out->headings)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < g->n_columns; i++) {
		const struct picture_column *c = &g->columns[i];

		l->x[i] = x;
		for (k = 0; !r && k < c->n; k++) {
			uint32_t person = g->items[c->items[k]].person;
			int32_t w = 0;

			if (person != KITH_PICTURE_NONE)
				r = box_width(g->plan, person, &w, err);
			l->w[i] = w > l->w[i] ? w : l->w[i];
		}
		l->gap[i] = gap_behind(g, i);
		x += l->w[i] + l->gap[i];
		if (c->heads)
			l->out->headings[l->out->n_headings++] =
			    (struct kith_picture_heading){c->hops, l->x[i], l->w[i]};
	}
	l->out->width = x - (i ? l->gap[i - 1] - GAP_LEAST : 0) + PICTURE_MARGIN - ARC_LEAST;
	if (l->out->width < WIDTH_LEAST)
		l->out->width = WIDTH_LEAST;
	return r;
}

/* Moves everything below the titles. */
static void
set_heights(struct laying *l)
{
	struct picture_grid *g = &l->g;
	int64_t least = 0, most = 0;
	uint32_t i;

	for (i = 0; i < g->n_items; i++) {
		least = !i || g->items[i].y < least ? g->items[i].y : least;
		most = !i || g->items[i].y > most ? g->items[i].y : most;
	}
	for (i = 0; i < g->n_items; i++)
		g->items[i].y += TOP + PICTURE_BOX / 2 - least;
	l->out->top = TOP;
	l->out->height = (int32_t)(TOP + most - least + PICTURE_BOX + PICTURE_MARGIN);
}

static int
set_boxes(struct laying *l, struct kith_error *err)
{
	struct picture_grid *g = &l->g;
	struct kith_picture_layout *out = l->out;
	uint32_t i;

	out->boxes = kith_arena_array(g->arena, (size_t)g->plan->n_order + 1, sizeof(*out->boxes));
	if (!out->boxes)
		return kith_fail_nomem(err);
	for (i = 0; i < g->plan->n_order; i++) {
		const struct picture_item *x = &g->items[g->item_of[g->plan->order[i]]];

		out->boxes[out->n_boxes++] = (struct kith_picture_box){
		    x->person, l->x[x->column], (int32_t)x->y - PICTURE_BOX / 2, l->w[x->column],
		    PICTURE_BOX};
	}
	return KITH_OK;
}

struct pen {
	struct kith_picture_piece *pieces;
	uint32_t n;
	int32_t x, y;
};

/* An S that leaves and arrives level. */
static void
curve_to(struct pen *pen, int32_t x, int32_t y)
{
	int32_t half = (x - pen->x) / 2;

	pen->pieces[pen->n++] =
	    (struct kith_picture_piece){pen->x + half, pen->y, x - half, y, x, y, pen->y == y};
	pen->x = x;
	pen->y = y;
}

static void
straight_to(struct pen *pen, int32_t x)
{
	pen->pieces[pen->n++] =
	    (struct kith_picture_piece){pen->x, pen->y, x, pen->y, x, pen->y, true};
	pen->x = x;
}

/* Between two of one column: a bow on their right side. */
static void
bow_to(struct laying *l, struct pen *pen, uint32_t column, int32_t y)
{
	int32_t dy = y > pen->y ? y - pen->y : pen->y - y;
	int32_t out = ARC_LEAST + dy / 5, most = l->gap[column] - 2 * ARC_LEAST;

	if (column + 1 == l->g.n_columns)
		most = GAP_LEAST - ARC_LEAST;
	out = out > most ? most : out;
	/* a cubic curve goes three quarters of the way to its control points */
	out = out * 4 / 3;
	pen->pieces[pen->n++] =
	    (struct kith_picture_piece){pen->x + out, pen->y, pen->x + out, y, pen->x, y, false};
	pen->y = y;
}

static int
draw_line(struct laying *l, uint32_t line, struct kith_error *err)
{
	const struct picture_grid *g = &l->g;
	const struct kith_picture_edge *e = &g->plan->p->edges[g->plan->lines[line].edge];
	const struct picture_item *from = &g->items[g->item_of[e->from]];
	const struct picture_item *to = &g->items[g->item_of[e->to]], *lane;
	bool forth = from->column <= to->column;
	uint32_t c, n = forth ? to->column - from->column : from->column - to->column;
	/* there and back are two lines, not one on the other */
	int32_t port = forth ? 0 : PORT_BACK;
	struct pen pen = {.x = forth ? l->x[from->column] + l->w[from->column] : l->x[from->column],
			  .y = (int32_t)from->y + port};
	struct kith_picture_curve *curve = &l->out->curves[l->out->n_curves++];

	*curve = (struct kith_picture_curve){.line = line, .x = pen.x, .y = pen.y};
	pen.pieces = kith_arena_array(g->arena, 2 * (size_t)n + 1, sizeof(*pen.pieces));
	if (!pen.pieces)
		return kith_fail_nomem(err);
	if (!n)
		bow_to(l, &pen, to->column, (int32_t)to->y);
	for (c = 1; c < n; c++) {
		lane = &g->items[(forth ? g->fore : g->back)[e->from] + c - 1];
		curve_to(&pen, forth ? l->x[lane->column] : l->x[lane->column] + l->w[lane->column],
			 (int32_t)lane->y);
		straight_to(&pen,
			    forth ? l->x[lane->column] + l->w[lane->column] : l->x[lane->column]);
	}
	if (n)
		curve_to(&pen, forth ? l->x[to->column] : l->x[to->column] + l->w[to->column],
			 (int32_t)to->y + port);
	curve->pieces = pen.pieces;
	curve->n_pieces = pen.n;
	return KITH_OK;
}

static int
draw_lines(struct laying *l, struct kith_error *err)
{
	uint32_t i, n = l->g.plan->n_lines;
	int r = KITH_OK;

	l->out->curves = kith_arena_array(l->g.arena, (size_t)n + 1, sizeof(*l->out->curves));
	if (!l->out->curves)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < n; i++)
		r = draw_line(l, i, err);
	return r;
}

/* In columns below everything else, read downwards. */
static int
list_strangers(struct laying *l, struct kith_error *err)
{
	const struct kith_picture_plan *plan = l->g.plan;
	struct kith_picture_layout *out = l->out;
	int32_t widest = 0, w;
	uint32_t i, n = plan->n_strangers, across, rows;

	out->strangers = kith_arena_array(l->g.arena, (size_t)n + 1, sizeof(*out->strangers));
	if (!out->strangers)
		return kith_fail_nomem(err);
	if (!n)
		return KITH_OK;
	for (i = 0; i < n; i++) {
		w = kith_report_picture_text_width(plan->label[plan->strangers[i]], PICTURE_SMALL,
						   false);
		widest = w > widest ? w : widest;
	}
	w = widest + 2 * PICTURE_PAD;
	across = (uint32_t)((out->width - 2 * PICTURE_MARGIN) / w);
	across = across ? across : 1;
	rows = (n + across - 1) / across;
	out->strangers_y = out->height + STRANGERS_TOP - PICTURE_MARGIN - STRANGER_ROW;
	for (i = 0; i < n; i++)
		out->strangers[out->n_strangers++] = (struct kith_picture_box){
		    plan->strangers[i], PICTURE_MARGIN + (int32_t)(i / rows) * w,
		    out->strangers_y + STRANGER_ROW / 2 + (int32_t)(i % rows) * STRANGER_ROW,
		    widest, STRANGER_ROW};
	out->height =
	    out->strangers_y + STRANGER_ROW / 2 + (int32_t)rows * STRANGER_ROW + PICTURE_MARGIN;
	return KITH_OK;
}

int
kith_report_picture_layout(const struct kith_picture_plan *plan, struct kith_arena *arena,
			   struct kith_picture_layout *ret_layout, struct kith_error *err)
{
	struct kith_picture_layout out = {0};
	struct laying l = {.out = &out};
	int r;

	r = kith_report_grid_make(plan, arena, &l.g, err);
	if (!r)
		r = kith_report_grid_order(&l.g, err);
	if (!r)
		r = kith_report_grid_place(&l.g, err);
	if (!r)
		r = set_columns(&l, err);
	if (r)
		return r;
	set_heights(&l);
	r = set_boxes(&l, err);
	if (!r)
		r = draw_lines(&l, err);
	if (!r)
		r = list_strangers(&l, err);
	if (!r)
		*ret_layout = out;
	return r;
}
