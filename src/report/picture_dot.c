/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture for graphviz. A quoted string of its language knows \" and, in labels, escapes such
 * as \n and \N and character references such as &amp;: nothing of somebody's words may be one.
 */
#include "report/picture_plan.h"

static const char *const colors[KITH_LEVEL_COUNT] = {"#c8102e", "#6e7781", "#a86208", "#0b7f9f",
						     "#1e40af"};
static const char *const strokes[KITH_LEVEL_COUNT] = {
    "style=solid,arrowhead=tee,penwidth=1.8", "style=dotted,penwidth=1.5",
    "style=dashed,penwidth=1.5", "style=solid,penwidth=1.6", "style=solid,penwidth=2.8"};
static const char *const borders[KITH_LEVEL_COUNT] = {"solid", "dotted", "dashed", "solid", "bold"};

/* Inside of double quotes. */
static void
put_quoted(struct kith_buf *out, struct kith_span s)
{
	KITH_AUTO_BUF struct kith_buf safe;
	size_t i;

	kith_buf_init(&safe, KITH_MIB(1));
	kith_text_safe(&safe, s, 200);
	picture_part_of(out, &safe);
	for (i = 0; i < safe.len; i++) {
		char c = (char)safe.ptr[i];

		if (c == '&') {
			kith_buf_put_str(out, "&amp;");
			continue;
		}
		if (c == '"' || c == '\\')
			kith_buf_put_char(out, '\\');
		kith_buf_put_char(out, c);
	}
}

static void
put_person(const struct kith_picture_plan *plan, uint32_t person, struct kith_buf *out)
{
	const struct kith_picture_person *x = &plan->p->persons[person];
	bool bad = plan->apart[person];
	unsigned look = x->root ? KITH_LEVEL_HIGH : bad ? KITH_LEVEL_DISTRUST : x->approve;
	KITH_AUTO_BUF struct kith_buf words;

	kith_buf_init(&words, KITH_KIB(4));
	kith_buf_printf(out, "\tp%u [label=\"", (unsigned)person);
	put_quoted(out, plan->label[person]);
	if (x->note.len) {
		kith_buf_put_str(out, "\\n");
		put_quoted(out, x->note);
	}
	kith_buf_put_str(out, "\",tooltip=\"");
	kith_report_picture_standing(x, &words);
	picture_part_of(out, &words);
	put_quoted(out, kith_buf_span(&words));
	kith_buf_put_str(out, "\\n");
	put_quoted(out, x->id);
	if (x->url.len) {
		kith_buf_put_str(out, "\\n");
		put_quoted(out, x->url);
	}
	kith_buf_printf(out, "\",color=\"%s\",style=\"%s%s%s\"%s%s];\n", colors[look],
			x->root ? "filled,rounded," : "rounded,", borders[look],
			x->contact && !x->root ? ",diagonals" : "",
			x->root ? ",fillcolor=\"#1c2127\",fontcolor=white" : "",
			x->contested ? ",fontcolor=\"#c8102e\"" : "");
}

static void
put_line(const struct kith_picture_plan *plan, const struct kith_picture_line *line,
	 struct kith_buf *out)
{
	const struct kith_picture_edge *e = &plan->p->edges[line->edge];

	kith_buf_printf(out, "\tp%u -> p%u [color=\"%s%s\",%s", (unsigned)e->from, (unsigned)e->to,
			colors[e->level], line->role == KITH_PICTURE_SIDE ? "60" : "",
			strokes[e->level]);
	/* only best paths make the ranks, so that columns are steps as in the other formats */
	if (line->role != KITH_PICTURE_BEST)
		kith_buf_put_str(out, ",constraint=false");
	kith_buf_printf(out, ",tooltip=\"%s\"];\n", kith_level_name(e->level));
}

int
kith_report_picture_dot(const struct kith_picture *p, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_picture_plan plan;
	KITH_AUTO_BUF struct kith_buf words;
	uint32_t i;
	int r;

	kith_arena_init(&arena, KITH_MAX_PICTURE_BYTES * 8);
	kith_buf_init(&words, KITH_KIB(4));
	r = kith_report_picture_plan(p, &arena, &plan, err);
	if (r)
		return r;
	kith_buf_put_str(out,
			 "digraph kith {\n\tgraph [rankdir=LR,nodesep=0.12,ranksep=1.1,label=\"");
	kith_report_picture_whose(&plan, &words);
	kith_buf_put_str(&words, ": ");
	kith_report_picture_summary(&plan, &words);
	put_quoted(out, kith_buf_span(&words));
	kith_buf_put_str(out, "\",fontname=\"Helvetica\"];\n"
			      "\tnode [shape=box,height=0.3,margin=\"0.12,0.04\","
			      "fontname=\"Helvetica\",fontsize=11];\n"
			      "\tedge [arrowsize=0.6];\n");
	for (i = 0; i < plan.n_order; i++)
		put_person(&plan, plan.order[i], out);
	for (i = 0; i < plan.n_lines; i++)
		put_line(&plan, &plan.lines[i], out);
	kith_buf_put_str(out, "}\n");
	picture_part_of(out, &words);
	return kith_buf_check(out, err);
}
