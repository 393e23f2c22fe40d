/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture as SVG: one file that needs nothing else, without a script, for the screen, a page
 * and paper. Everything that is somebody's word goes through kith_xml_put_text.
 */
#include "codec/xml.h"
#include "report/picture_layout.h"
#include "report/picture_style.h"

#define HOVER_MOST 400 /* persons that get a rule of their own */
#define BASELINE   45  /* from the middle of a line of names to where they stand */
#define LEGEND_ROW 220
#define SAMPLE     420

struct drawing {
	const struct kith_picture *p;
	struct kith_picture_plan plan;
	struct kith_picture_layout layout;
	struct kith_buf *out;
	int32_t y; /* of what is drawn below the graph */
};

static char
level_letter(enum kith_level level)
{
	static const char letters[KITH_LEVEL_COUNT + 1] = "dnlmh";

	return letters[level];
}

static void
put(struct drawing *d, const char *s)
{
	kith_buf_put_str(d->out, s);
}

static void
put_px(struct drawing *d, int32_t tenths)
{
	kith_buf_printf(d->out, "%s%d", tenths < 0 ? "-" : "", abs(tenths) / 10);
	if (tenths % 10)
		kith_buf_printf(d->out, ".%d", abs(tenths) % 10);
}

static void
put_attr(struct drawing *d, const char *name, int32_t tenths)
{
	kith_buf_printf(d->out, " %s=\"", name);
	put_px(d, tenths);
	put(d, "\"");
}

static void
put_point(struct drawing *d, const char *before, int32_t x, int32_t y)
{
	put(d, before);
	put_px(d, x);
	put(d, " ");
	put_px(d, y);
}

/* A line of text with a class of the style sheet (NULL: none). */
static void
put_text(struct drawing *d, const char *class, int32_t x, int32_t y, struct kith_span s)
{
	put(d, "<text");
	if (class)
		kith_buf_printf(d->out, " class=\"%s\"", class);
	put_attr(d, "x", x);
	put_attr(d, "y", y);
	put(d, ">");
	kith_xml_put_text(d->out, s);
	put(d, "</text>\n");
}

static void
put_label(struct drawing *d, uint32_t person)
{
	kith_xml_put_text(d->out, d->plan.label[person]);
}

/* --- people --- */

/* The level whose look a person's box has. */
static enum kith_level
look_of(const struct drawing *d, uint32_t person)
{
	const struct kith_picture_person *x = &d->p->persons[person];

	if (x->root)
		return KITH_LEVEL_HIGH;
	if (!d->plan.apart[person])
		return x->approve;
	if (x->revoked || x->blocked || x->contested)
		return KITH_LEVEL_DISTRUST;
	if (x->pinned)
		return x->own;
	return x->reviewer ? KITH_LEVEL_NONE : KITH_LEVEL_DISTRUST;
}

static void
put_person_title(struct drawing *d, uint32_t person)
{
	const struct kith_picture_person *x = &d->p->persons[person];
	uint32_t via = d->plan.parent[person];

	put(d, "<title>");
	put_label(d, person);
	put(d, ": ");
	kith_report_picture_standing(x, d->out);
	if (via != KITH_PICTURE_NONE) {
		put(d, ", introduced by ");
		put_label(d, d->p->edges[via].from);
	}
	put(d, "\n");
	kith_xml_put_text(d->out, x->id);
	if (x->url.len) {
		put(d, "\n");
		kith_xml_put_text(d->out, x->url);
		put(d, x->url_proved ? "" : " (nobody has checked)");
	}
	kith_buf_printf(d->out, "\n%u review%s</title>", (unsigned)x->reviews,
			x->reviews == 1 ? "" : "s");
}

static void
put_sign(struct drawing *d, const char *sign, int32_t x, int32_t y)
{
	kith_buf_printf(d->out, "<use href=\"#kith-s%s\" class=\"s%s\"", sign, sign);
	put_attr(d, "x", x);
	put_attr(d, "y", y);
	put(d, "/>");
}

static bool
is_ascii(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] >= 0x80)
			return false;
	return true;
}

/*
 * The name. Glyphs beyond ASCII may be wider than was reckoned, so those names are told how wide
 * they are.
 */
static void
put_name(struct drawing *d, const struct kith_picture_box *b, bool bold)
{
	struct kith_span label = d->plan.label[b->person];

	put(d, "<text class=\"w\"");
	put_attr(d, "x", b->x + PICTURE_PAD + PICTURE_ICON);
	put_attr(d, "y", b->y + b->h / 2 + BASELINE);
	if (!is_ascii(label)) {
		put_attr(d, "textLength",
			 kith_report_picture_text_width(label, PICTURE_FONT, bold));
		put(d, " lengthAdjust=\"spacingAndGlyphs\"");
	}
	put(d, ">");
	put_label(d, b->person);
	put(d, "</text>");
}

static void
put_aside(struct drawing *d, const struct kith_picture_box *b)
{
	const struct kith_picture_person *x = &d->p->persons[b->person];
	int32_t right = b->x + b->w - PICTURE_PAD;
	KITH_AUTO_BUF struct kith_buf aside;

	kith_buf_init(&aside, KITH_KIB(4));
	kith_report_picture_aside(&d->plan, b->person, &aside);
	picture_part_of(d->out, &aside);
	if (x->contested && !d->plan.apart[b->person]) {
		put_sign(d, "c", right - 115, b->y + b->h / 2 - 60);
		right -= PICTURE_BADGE;
	}
	if (!aside.len)
		return;
	put(d, "<text class=\"a\" text-anchor=\"end\"");
	put_attr(d, "x", right);
	put_attr(d, "y", b->y + b->h / 2 + BASELINE - 5);
	put(d, ">");
	kith_xml_put_text(d->out, kith_buf_span(&aside));
	put(d, "</text>");
}

static void
put_person(struct drawing *d, const struct kith_picture_box *b)
{
	const struct kith_picture_person *x = &d->p->persons[b->person];
	char look[2] = {level_letter(look_of(d, b->person)), '\0'};

	kith_buf_printf(d->out, "<g class=\"p%s%s%s%s\" id=\"kith-p%u\">", x->root ? " r" : "",
			x->contact && !x->root ? " k" : "", d->plan.apart[b->person] ? " o" : "",
			x->revoked ? " v" : "", (unsigned)b->person);
	put_person_title(d, b->person);
	kith_buf_printf(d->out, "<rect class=\"%s\"", look);
	put_attr(d, "x", b->x);
	put_attr(d, "y", b->y);
	put_attr(d, "width", b->w);
	put_attr(d, "height", b->h);
	put_attr(d, "rx", b->h / 2);
	put(d, "/>");
	put_sign(d, x->root ? "r" : look, b->x + PICTURE_PAD, b->y + b->h / 2 - 55);
	put_name(d, b, kith_report_picture_is_bold(x));
	put_aside(d, b);
	put(d, "</g>\n");
}

static void
put_strangers(struct drawing *d)
{
	const struct kith_picture_layout *l = &d->layout;
	char text[80];
	uint32_t i;

	if (!l->n_strangers)
		return;
	put(d, "<path class=\"rule\"");
	put_point(d, " d=\"M", PICTURE_MARGIN, l->strangers_y - 280);
	put(d, "H");
	put_px(d, l->width - PICTURE_MARGIN);
	put(d, "\"/>\n");
	snprintf(text, sizeof(text), "Known here, but nobody above leads to them: %u ids",
		 (unsigned)l->n_strangers);
	put_text(d, "head", PICTURE_MARGIN, l->strangers_y - 80, kith_span_str(text));
	put(d, "<g class=\"q\">\n");
	for (i = 0; i < l->n_strangers; i++) {
		const struct kith_picture_box *b = &l->strangers[i];

		put(d, "<text");
		put_attr(d, "x", b->x);
		put_attr(d, "y", b->y + b->h / 2 + 38);
		if (!is_ascii(d->plan.label[b->person])) {
			put_attr(d, "textLength",
				 kith_report_picture_text_width(d->plan.label[b->person],
								PICTURE_SMALL, false));
			put(d, " lengthAdjust=\"spacingAndGlyphs\"");
		}
		put(d, ">");
		put_person_title(d, b->person);
		put_label(d, b->person);
		put(d, "</text>\n");
	}
	put(d, "</g>\n");
}

/* --- lines --- */

static const char *
role_class(uint8_t role, bool counted)
{
	if (role == KITH_PICTURE_SIDE)
		return " s";
	return role == KITH_PICTURE_DISTRUST && !counted ? " f" : "";
}

static void
put_line_title(struct drawing *d, const struct kith_picture_edge *e)
{
	put(d, "<title>");
	put_label(d, e->from);
	if (e->level == KITH_LEVEL_DISTRUST)
		put(d, " distrusts ");
	else
		kith_buf_printf(d->out, " says %s about ", kith_level_name(e->level));
	put_label(d, e->to);
	if (e->date.sec) {
		put(d, ", ");
		kith_time_put_date(d->out, e->date);
	}
	put(d, "</title>");
}

static void
put_line(struct drawing *d, const struct kith_picture_curve *c)
{
	const struct kith_picture_line *line = &d->plan.lines[c->line];
	const struct kith_picture_edge *e = &d->p->edges[line->edge];
	char letter = level_letter(e->level);
	uint32_t i;

	kith_buf_printf(d->out, "<path class=\"e %c%s f%u t%u\" marker-end=\"url(#kith-a%c)\"",
			letter, role_class(line->role, e->counted), (unsigned)e->from,
			(unsigned)e->to, letter);
	put_point(d, " d=\"M", c->x, c->y);
	for (i = 0; i < c->n_pieces; i++) {
		const struct kith_picture_piece *p = &c->pieces[i];

		if (p->straight) {
			put(d, "H");
			put_px(d, p->x);
			continue;
		}
		put_point(d, "C", p->x1, p->y1);
		put_point(d, " ", p->x2, p->y2);
		put_point(d, " ", p->x, p->y);
	}
	put(d, "\">");
	put_line_title(d, e);
	put(d, "</path>\n");
}

/* --- frame --- */

static void
put_hover(struct drawing *d)
{
	uint32_t i, n = d->layout.n_boxes;

	for (i = 0; i < n && n <= HOVER_MOST; i++) {
		unsigned k = (unsigned)d->layout.boxes[i].person;

		kith_buf_printf(d->out,
				".kith-web:has(#kith-p%u:hover) :is(.e.f%u,.e.t%u){opacity:1}\n", k,
				k, k);
	}
}

static void
put_title_words(struct drawing *d)
{
	struct kith_buf whose;

	kith_buf_init(&whose, KITH_KIB(4));
	if (d->p->package.len) {
		put(d, "Reviewers of ");
		kith_text_safe(&whose, d->p->package, 60);
		picture_part_of(d->out, &whose);
		kith_xml_put_text(d->out, kith_buf_span(&whose));
		kith_buf_reset(&whose);
		put(d, ", seen from ");
	} else {
		put(d, "Web of trust, seen from ");
	}
	kith_report_picture_whose(&d->plan, &whose);
	picture_part_of(d->out, &whose);
	kith_xml_put_text(d->out, kith_buf_span(&whose));
	kith_buf_clear(&whose);
}

static void
put_open(struct drawing *d, int32_t height)
{
	put(d, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"kith-web\" role=\"img\" "
	       "aria-labelledby=\"kith-web-title kith-web-desc\"");
	put_attr(d, "width", d->layout.width);
	put_attr(d, "height", height);
	put(d, " viewBox=\"0 0 ");
	put_px(d, d->layout.width);
	put(d, " ");
	put_px(d, height);
	put(d, "\">\n<title id=\"kith-web-title\">");
	put_title_words(d);
	put(d, "</title>\n<desc id=\"kith-web-desc\">");
	kith_report_picture_summary(&d->plan, d->out);
	put(d, "</desc>\n<style>\n");
	put(d, kith_report_picture_css);
	put_hover(d);
	put(d, "</style>\n<defs>\n");
	put(d, kith_report_picture_defs);
	put(d, "</defs>\n<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
}

static void
put_headings(struct drawing *d)
{
	uint32_t i;
	char text[64];

	put(d, "<text class=\"title\"");
	put_attr(d, "x", PICTURE_MARGIN);
	put_attr(d, "y", 400);
	put(d, ">");
	put_title_words(d);
	put(d, "</text>\n<text class=\"sub\"");
	put_attr(d, "x", PICTURE_MARGIN);
	put_attr(d, "y", 600);
	put(d, ">");
	kith_report_picture_summary(&d->plan, d->out);
	put(d, "</text>\n");
	for (i = 0; i < d->layout.n_headings; i++) {
		const struct kith_picture_heading *h = &d->layout.headings[i];

		if (h->hops == KITH_PICTURE_NONE)
			snprintf(text, sizeof(text), "no way leads here");
		else if (h->hops == 0)
			snprintf(text, sizeof(text), "root");
		else
			snprintf(text, sizeof(text), "%u step%s%s", (unsigned)h->hops,
				 h->hops > 1 ? "s" : "", h->hops > 1 ? "" : " · contacts");
		put_text(d, "head", h->x + PICTURE_PAD, d->layout.top - 140, kith_span_str(text));
	}
}

/* --- legend and notes --- */

struct legend {
	struct drawing *d;
	int32_t x, y;
};

/* The words, and where the sample before them begins; in a new row where this one is full. */
static int32_t
legend_entry(struct legend *l, int32_t sample, const char *words)
{
	int32_t w = sample + 80 +
		    kith_report_picture_text_width(kith_span_str(words), PICTURE_SMALL, false);
	int32_t x;

	if (l->x > PICTURE_MARGIN && l->x + w > l->d->layout.width - PICTURE_MARGIN) {
		l->x = PICTURE_MARGIN;
		l->y += LEGEND_ROW;
	}
	x = l->x;
	put_text(l->d, NULL, x + sample + 80, l->y + 38, kith_span_str(words));
	l->x += w + 240;
	return x;
}

static void
legend_line(struct legend *l, char letter, const char *class, const char *words)
{
	int32_t x = legend_entry(l, SAMPLE, words);

	kith_buf_printf(l->d->out, "<path class=\"e %c%s\" marker-end=\"url(#kith-a%c)\"", letter,
			class, letter);
	put_point(l->d, " d=\"M", x, l->y);
	put(l->d, "h");
	put_px(l->d, SAMPLE);
	put(l->d, "\"/>\n");
}

static void
legend_sign(struct legend *l, const char *sign, const char *words)
{
	int32_t x = legend_entry(l, 120, words);

	put_sign(l->d, sign, x, l->y - 55);
	put(l->d, "\n");
}

static void
put_legend(struct drawing *d)
{
	struct legend l = {d, PICTURE_MARGIN, d->y};

	put(d, "<path class=\"rule\"");
	put_point(d, " d=\"M", PICTURE_MARGIN, d->y - 200);
	put(d, "H");
	put_px(d, d->layout.width - PICTURE_MARGIN);
	put(d, "\"/>\n<g>\n");
	legend_line(&l, 'h', "", "high");
	legend_line(&l, 'm', "", "medium");
	legend_line(&l, 'l', "", "low");
	legend_line(&l, 'n', "", "none, the root's own word");
	legend_line(&l, 'd', "", "distrust");
	legend_line(&l, 'm', " s", "introduces as well");
	l.x = PICTURE_MARGIN;
	l.y += LEGEND_ROW;
	legend_sign(&l, "h", "trusted high");
	legend_sign(&l, "m", "medium");
	legend_sign(&l, "l", "low");
	legend_sign(&l, "d", "blocked or distrusted");
	legend_sign(&l, "c", "contested");
	put(d, "</g>\n");
	d->y = l.y + LEGEND_ROW;
}

/* A line below the legend; with a number (0: none) before it. */
static void
note(struct drawing *d, const char *class, const char *words, unsigned long long n)
{
	char text[200];

	snprintf(text, sizeof(text), "%llu %s", n, words);
	put_text(d, class, PICTURE_MARGIN, d->y + 38, kith_span_str(n ? text : words));
	d->y += LEGEND_ROW - 50;
}

static bool
any_proved(const struct drawing *d)
{
	uint32_t i;

	for (i = 0; i < d->plan.n_order; i++)
		if (d->p->persons[d->plan.order[i]].url_proved)
			return true;
	return false;
}

static void
put_notes(struct drawing *d)
{
	if (d->plan.cut_persons)
		note(d, "small", "more people are not drawn", d->plan.cut_persons);
	if (d->plan.cut_lines)
		note(d, "small", "more statements are not drawn", d->plan.cut_lines);
	if (!d->p->package.len)
		note(d, "small",
		     "The number beside a name: reviews published. Bold and tinted: "
		     "contacts, whom the root trusts directly.",
		     0);
	if (!any_proved(d))
		note(d, "small",
		     "Names are what people say about themselves: no repository has "
		     "been checked against them.",
		     0);
	if (d->layout.n_boxes <= HOVER_MOST)
		note(d, "small screen", "Point at somebody to see only who introduces whom there.",
		     0);
	d->y += PICTURE_MARGIN - 100;
}

static void
put_graph(struct drawing *d)
{
	uint32_t i;

	put(d, "<g>\n");
	for (i = 0; i < d->layout.n_curves; i++)
		put_line(d, &d->layout.curves[i]);
	put(d, "</g>\n<g>\n");
	for (i = 0; i < d->layout.n_boxes; i++)
		put_person(d, &d->layout.boxes[i]);
	put(d, "</g>\n");
}

int
kith_report_picture_svg(const struct kith_picture *p, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf body;
	struct drawing d = {.p = p, .out = &body};
	int r;

	kith_arena_init(&arena, KITH_MAX_PICTURE_BYTES * 8);
	kith_buf_init(&body, KITH_MAX_PICTURE_BYTES);
	r = kith_report_picture_plan(p, &arena, &d.plan, err);
	if (!r)
		r = kith_report_picture_layout(&d.plan, &arena, &d.layout, err);
	if (r)
		return r;
	put_headings(&d);
	put_graph(&d);
	put_strangers(&d);
	d.y = d.layout.height + 250;
	put_legend(&d);
	put_notes(&d);
	r = kith_buf_check(&body, err);
	if (r)
		return r;
	/* the height is known only now */
	d.out = out;
	put_open(&d, d.y);
	kith_buf_put_span(out, kith_buf_span(&body));
	put(&d, "</svg>\n");
	return kith_buf_check(out, err);
}
