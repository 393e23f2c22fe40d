/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture for a terminal: best paths as an indented tree, then who is distrusted and by whom.
 * Lines are cut to the width; deep ones are indented no further than a third of it.
 */
#include "report/picture_plan.h"

#define DEEPEST 200 /* levels of indentation that are drawn at all */

struct text {
	const struct kith_picture_plan *plan;
	const struct kith_picture_options *o;
	struct kith_buf *out;
	struct kith_buf line;   /* without colour, not yet cut */
	uint32_t *child, *next; /* links are person + 1 */
};

static const char *
color_of(const struct text *t, enum kith_level level)
{
	static const char *const colors[KITH_LEVEL_COUNT] = {"\033[31m", "\033[2m", "\033[33m",
							     "\033[36m", "\033[1;34m"};

	return t->o->color ? colors[level] : "";
}

/* Ends the line: cut, with the colour around what follows `plain` bytes. */
static void
end_line(struct text *t, size_t plain, enum kith_level level, bool colored)
{
	struct kith_span s = kith_buf_span(&t->line), head = kith_span_sub(s, 0, plain);
	size_t width = t->o->width > 0 ? (size_t)t->o->width : 0, used;

	picture_part_of(t->out, &t->line);
	used = kith_text_columns(head);
	kith_buf_put_span(t->out, head);
	if (colored)
		kith_buf_put_str(t->out, color_of(t, level));
	/* what is left of a very narrow line is still a character */
	kith_text_safe(t->out, kith_span_sub(s, plain, s.len),
		       width ? (width > used + 1 ? width - used : 1) : 0);
	if (colored && t->o->color)
		kith_buf_put_str(t->out, "\033[0m");
	kith_buf_put_char(t->out, '\n');
	kith_buf_reset(&t->line);
}

static void
put_person(struct text *t, uint32_t person)
{
	const struct kith_picture_person *x = &t->plan->p->persons[person];

	kith_buf_put_span(&t->line, t->plan->label[person]);
	if (x->note.len) {
		kith_buf_put_str(&t->line, "  ");
		kith_text_safe(&t->line, x->note, 40);
	} else if (x->reviews) {
		kith_buf_printf(&t->line, "  %u review%s", (unsigned)x->reviews,
				x->reviews == 1 ? "" : "s");
	}
	if (t->plan->apart[person]) {
		kith_buf_put_str(&t->line, "  (");
		kith_report_picture_standing(x, &t->line);
		kith_buf_put_char(&t->line, ')');
	} else if (x->contested) {
		kith_buf_put_str(&t->line, "  contested!");
	}
	kith_buf_put_str(&t->line, "  ");
	kith_text_safe(&t->line, x->url.len ? x->url : x->id, 120);
}

static void
put_level(struct text *t, uint32_t person)
{
	const struct kith_picture_person *x = &t->plan->p->persons[person];
	uint32_t via = t->plan->parent[person];

	if (via == KITH_PICTURE_NONE)
		return;
	kith_buf_printf(&t->line, "%-6s ", kith_level_name(x->approve));
}

struct frame {
	uint32_t person; /* + 1 of the next to be shown; 0: none left */
};

static void
put_indent(struct text *t, const struct frame *stack, uint32_t depth)
{
	uint32_t i, most = t->o->width > 0 ? (uint32_t)t->o->width / 9 : DEEPEST;
	uint32_t from = depth > most ? depth - most : 0;

	if (from)
		kith_buf_put_str(&t->line, "… ");
	for (i = from; i + 1 < depth; i++)
		kith_buf_put_str(&t->line, stack[i + 1].person ? "│  " : "   ");
	if (depth)
		kith_buf_put_str(&t->line, stack[depth].person ? "├─ " : "└─ ");
}

static void
put_tree(struct text *t, uint32_t root, struct frame *stack)
{
	uint32_t depth = 0, person = root;
	size_t plain;

	stack[0].person = 0;
	for (;;) {
		put_indent(t, stack, depth);
		plain = t->line.len;
		put_level(t, person);
		put_person(t, person);
		end_line(t, plain, t->plan->p->persons[person].approve, true);
		stack[++depth].person = t->child[person];
		while (depth && !stack[depth].person)
			depth--;
		if (!depth)
			return;
		person = stack[depth].person - 1;
		stack[depth].person = t->next[person];
	}
}

static int
link_tree(struct text *t, struct kith_arena *arena, struct kith_error *err)
{
	const struct kith_picture_plan *plan = t->plan;
	size_t n = (size_t)plan->p->n_persons + 1;
	uint32_t i;

	t->child = kith_arena_array(arena, n, sizeof(*t->child));
	t->next = kith_arena_array(arena, n, sizeof(*t->next));
	if (!t->child || !t->next)
		return kith_fail_nomem(err);
	for (i = plan->n_order; i-- > 0;) {
		uint32_t person = plan->order[i], parent = plan->parent[person];

		if (parent == KITH_PICTURE_NONE)
			continue;
		parent = plan->p->edges[parent].from;
		t->next[person] = t->child[parent];
		t->child[parent] = person + 1;
	}
	return KITH_OK;
}

static void
put_apart(struct text *t)
{
	const struct kith_picture_plan *plan = t->plan;
	bool any = false;
	uint32_t i;

	for (i = 0; i < plan->n_order; i++) {
		uint32_t person = plan->order[i];

		if (!plan->apart[person])
			continue;
		if (!any)
			kith_buf_put_str(t->out, "\nnot trusted\n");
		any = true;
		kith_buf_put_str(&t->line, "   ");
		put_person(t, person);
		end_line(t, 3, KITH_LEVEL_NONE, true);
	}
}

static void
put_distrust(struct text *t)
{
	const struct kith_picture_plan *plan = t->plan;
	bool any = false;
	uint32_t i;

	for (i = 0; i < plan->n_lines; i++) {
		const struct kith_picture_edge *e = &plan->p->edges[plan->lines[i].edge];

		if (plan->lines[i].role != KITH_PICTURE_DISTRUST)
			continue;
		if (!any)
			kith_buf_put_str(t->out, "\ndistrust\n");
		any = true;
		kith_buf_put_str(&t->line, "   ");
		kith_buf_put_span(&t->line, plan->label[e->from]);
		kith_buf_put_str(&t->line, " ─┤ ");
		kith_buf_put_span(&t->line, plan->label[e->to]);
		kith_buf_put_str(&t->line, e->counted ? "" : "  (told, not counted)");
		end_line(t, 3, KITH_LEVEL_DISTRUST, true);
	}
}

int
kith_report_picture_text(const struct kith_picture *p, const struct kith_picture_options *o,
			 struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_picture_plan plan;
	struct text t = {.plan = &plan, .o = o, .out = out};
	struct frame *stack;
	uint32_t i;
	int r;

	kith_arena_init(&arena, KITH_MAX_PICTURE_BYTES * 8);
	kith_buf_init(&t.line, KITH_KIB(64));
	r = kith_report_picture_plan(p, &arena, &plan, err);
	if (!r)
		r = link_tree(&t, &arena, err);
	if (r)
		return r;
	stack = kith_arena_array(&arena, (size_t)plan.n_order + 2, sizeof(*stack));
	if (!stack)
		return kith_fail_nomem(err);
	for (i = 0; i < plan.n_order; i++)
		if (plan.parent[plan.order[i]] == KITH_PICTURE_NONE && !plan.apart[plan.order[i]])
			put_tree(&t, plan.order[i], stack);
	put_apart(&t);
	put_distrust(&t);
	kith_buf_put_char(out, '\n');
	kith_report_picture_summary(&plan, &t.line);
	end_line(&t, 0, KITH_LEVEL_NONE, false);
	if (plan.cut_persons) {
		kith_buf_printf(&t.line, "%llu more people are not shown",
				(unsigned long long)plan.cut_persons);
		end_line(&t, 0, KITH_LEVEL_NONE, false);
	}
	kith_buf_clear(&t.line);
	return kith_buf_check(out, err);
}
