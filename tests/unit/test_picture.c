/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures of random webs: nothing covers a name, every document is well-formed whatever people
 * call themselves, and the same web gives the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/json.h"
#include "codec/xml.h"
#include "report/picture_layout.h"

static struct kith_error err;

/* --- webs --- */

struct web {
	struct kith_picture picture;
	struct kith_picture_person *persons;
	struct kith_picture_edge *edges;
	char (*texts)[2][48]; /* id and name */
};

static uint32_t
next_random(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*state >> 33) % below;
}

static const char *const odd_names[] = {
    "",
    "dpc",
    "<script>alert(1)</script>",
    "\"><g onload='x'>",
    "&amp;&#0;]]>",
    "a\\nb\\\"c\\N",
    "\xe2\x80\xae evil",
    "nul\x01\x1b[31m",
    "\xff\xfe not UTF-8 \xc3",
    "\xe5\xb1\xb1\xe7\x94\xb0\xe5\xa4\xaa\xe9\x83\x8e",
    "a name that is far too long to be shown in full by anybody",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWW",
};
#define N_ODD (sizeof(odd_names) / sizeof(odd_names[0]))

/* Levels and budgets as a resolver would give them are not needed: any will do. */
static void
fill_person(struct web *w, uint32_t i, uint64_t *state, bool odd)
{
	struct kith_picture_person *x = &w->persons[i];

	snprintf(w->texts[i][0], sizeof(w->texts[i][0]), "%07u-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		 (unsigned)i);
	snprintf(w->texts[i][1], sizeof(w->texts[i][1]), "person%u",
		 (unsigned)next_random(state, 2000));
	x->id = kith_span_str(w->texts[i][0]);
	x->name = kith_span_str(odd ? odd_names[i % N_ODD] : w->texts[i][1]);
	x->url = kith_span_str(odd ? odd_names[(i + 3) % N_ODD] : "https://example.org/x/y");
	x->root = i == 0;
	x->approve = i == 0 ? KITH_LEVEL_HIGH : (enum kith_level)(1 + next_random(state, 4));
	x->object = x->approve;
	x->budget = i == 0 ? 12 : next_random(state, 12);
	x->own = KITH_LEVEL_NONE;
	if (i && next_random(state, 12) == 0) {
		x->approve = KITH_LEVEL_NONE;
		x->pinned = next_random(state, 2);
		x->own = (enum kith_level)next_random(state, 2);
		x->blocked = next_random(state, 2);
		x->revoked = next_random(state, 4) == 0;
	}
	x->contested = next_random(state, 9) == 0;
	x->reviews = next_random(state, 5) ? next_random(state, 300) : 0;
}

/* Everybody is introduced by somebody with a smaller number, and some by others besides. */
static void
web_make(struct web *w, uint32_t n, uint32_t per_person, uint64_t seed, bool odd)
{
	uint64_t state = seed;
	uint32_t i, k;

	memset(w, 0, sizeof(*w));
	w->persons = calloc(n, sizeof(*w->persons));
	w->edges = calloc((size_t)n * per_person + 1, sizeof(*w->edges));
	w->texts = calloc(n, sizeof(*w->texts));
	assert_true(w->persons && w->edges && w->texts);
	for (i = 0; i < n; i++)
		fill_person(w, i, &state, odd);
	for (i = 1; i < n; i++) {
		for (k = 0; k < per_person; k++) {
			uint32_t from = k ? next_random(&state, n)
					  : next_random(&state, next_random(&state, i) + 1);
			enum kith_level level = (enum kith_level)next_random(&state, 5);

			w->edges[w->picture.n_edges++] = (struct kith_picture_edge){
			    from, i, level, level && (!k || next_random(&state, 2)), false, {0, 0}};
			w->persons[i].contact |= from == 0;
		}
	}
	w->picture.persons = w->persons;
	w->picture.n_persons = n;
	w->picture.edges = w->edges;
}

static void
web_clear(struct web *w)
{
	free(w->persons);
	free(w->edges);
	free(w->texts);
}

/* --- geometry --- */

static void
assert_apart(const struct kith_picture_box *a, const struct kith_picture_box *b)
{
	if (a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h)
		fail_msg("the boxes of %u and %u overlap", (unsigned)a->person,
			 (unsigned)b->person);
}

static void
assert_boxes(const struct kith_picture_plan *plan, const struct kith_picture_layout *l)
{
	uint32_t i, k;

	for (i = 0; i < l->n_boxes; i++) {
		const struct kith_picture_box *b = &l->boxes[i];
		KITH_AUTO_BUF struct kith_buf aside;
		int32_t inside;

		assert_true(b->x >= 0 && b->y >= l->top && b->x + b->w <= l->width &&
			    b->y + b->h <= l->height);
		kith_buf_init(&aside, 4096);
		kith_report_picture_aside(plan, b->person, &aside);
		inside =
		    kith_report_picture_text_width(
			plan->label[b->person], PICTURE_FONT,
			kith_report_picture_is_bold(&plan->p->persons[b->person])) +
		    kith_report_picture_text_width(kith_buf_span(&aside), PICTURE_SMALL, false);
		assert_true(inside + 2 * PICTURE_PAD + PICTURE_ICON <= b->w);
		for (k = i + 1; k < l->n_boxes; k++)
			assert_apart(b, &l->boxes[k]);
		for (k = 0; k < l->n_strangers; k++)
			assert_apart(b, &l->strangers[k]);
	}
	for (i = 0; i < l->n_strangers; i++) {
		const struct kith_picture_box *b = &l->strangers[i];

		assert_true(kith_report_picture_text_width(plan->label[b->person], PICTURE_SMALL,
							   false) <= b->w);
		for (k = i + 1; k < l->n_strangers; k++)
			assert_apart(b, &l->strangers[k]);
	}
}

/* No box inside of this part of a line, whose own ends touch boxes. */
static void
assert_free(const struct kith_picture_layout *l, int32_t x1, int32_t x2, int32_t y1, int32_t y2)
{
	uint32_t i;

	for (i = 0; i < l->n_boxes; i++) {
		const struct kith_picture_box *b = &l->boxes[i];

		if (x1 < b->x + b->w && b->x < x2 && y1 < b->y + b->h && b->y < y2)
			fail_msg("a line runs over the box of %u", (unsigned)b->person);
	}
}

static int32_t
smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t
greater(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static void
assert_lines(const struct kith_picture_layout *l)
{
	uint32_t i, k;

	for (i = 0; i < l->n_curves; i++) {
		const struct kith_picture_curve *c = &l->curves[i];
		int32_t x = c->x, y = c->y;

		assert_true(c->n_pieces > 0);
		for (k = 0; k < c->n_pieces; k++) {
			const struct kith_picture_piece *p = &c->pieces[k];
			int32_t right = greater(x, p->x);

			/* a bow goes as far as three quarters of the way to its control points */
			if (!p->straight && p->x == x)
				right = x + (p->x1 - x) * 3 / 4;
			assert_true(right <= l->width);
			assert_free(l, smaller(x, p->x), right, smaller(y, p->y) - 1,
				    greater(y, p->y) + 1);
			x = p->x;
			y = p->y;
		}
	}
}

static void
check_geometry(uint32_t n, uint32_t per_person, uint64_t seed, bool odd)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_picture_plan plan;
	struct kith_picture_layout layout;
	struct web w;

	kith_arena_init(&arena, KITH_MIB(512));
	web_make(&w, n, per_person, seed, odd);
	assert_int_equal(kith_report_picture_plan(&w.picture, &arena, &plan, &err), 0);
	assert_int_equal(kith_report_picture_layout(&plan, &arena, &layout, &err), 0);
	assert_int_equal(layout.n_boxes, plan.n_order);
	assert_int_equal(layout.n_curves, plan.n_lines);
	assert_true(plan.n_order <= KITH_MAX_PICTURE_PERSONS);
	assert_true(plan.n_lines <= KITH_MAX_PICTURE_EDGES);
	assert_boxes(&plan, &layout);
	assert_lines(&layout);
	web_clear(&w);
}

static void
test_geometry(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 60; seed++)
		check_geometry((uint32_t)(1 + seed * seed / 12), 1 + (uint32_t)seed % 4, seed,
			       seed % 2);
	check_geometry(700, 3, 7, false);
}

static void
test_limits(void **state)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_picture_plan plan;
	struct web w;

	(void)state;
	check_geometry(3000, 5, 11, false);
	kith_arena_init(&arena, KITH_MIB(512));
	web_make(&w, 3000, 9, 3, false);
	assert_int_equal(kith_report_picture_plan(&w.picture, &arena, &plan, &err), 0);
	assert_int_equal(plan.n_order, KITH_MAX_PICTURE_PERSONS);
	assert_true(plan.cut_persons > 0);
	assert_int_equal(plan.n_order + plan.cut_persons + plan.unreached, 3000);
	web_clear(&w);
	kith_arena_clear(&arena);
	web_make(&w, 1900, 14, 3, false);
	assert_int_equal(kith_report_picture_plan(&w.picture, &arena, &plan, &err), 0);
	assert_int_equal(plan.n_lines, KITH_MAX_PICTURE_EDGES);
	assert_true(plan.cut_lines > 0);
	web_clear(&w);
}

/* --- documents --- */

static void
render(const struct kith_picture *p, int format, struct kith_buf *out)
{
	const struct kith_picture_options o = {.width = 60};
	int r;

	kith_buf_init(out, KITH_MIB(64));
	if (format == 0)
		r = kith_report_picture_svg(p, out, &err);
	else if (format == 1)
		r = kith_report_picture_dot(p, out, &err);
	else if (format == 2)
		r = kith_report_picture_json(p, out, &err);
	else
		r = kith_report_picture_text(p, &o, out, &err);
	assert_int_equal(r, 0);
	assert_true(out->len > 0);
}

static void
assert_safe(struct kith_span s)
{
	size_t pos = 0;
	uint32_t c;

	while (pos < s.len) {
		assert_true(kith_utf8_next(s, &pos, &c));
		assert_true(c == '\n' || c == '\t' || !kith_text_is_unsafe(c));
	}
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One tag of our own making: name, then attributes in double quotes without '<'. */
static size_t
read_tag(const char *s, size_t at, char name[16], bool *ret_empty)
{
	size_t n = 0;

	while (n < 15 && is_letter(s[at]))
		name[n++] = s[at++];
	name[n] = '\0';
	assert_true(n > 0);
	while (s[at] == ' ') {
		at++;
		while (is_letter(s[at]) || s[at] == '-' || (s[at] >= '0' && s[at] <= '9'))
			at++;
		assert_int_equal(s[at], '=');
		assert_int_equal(s[at + 1], '"');
		for (at += 2; s[at] != '"'; at++)
			assert_true(s[at] && s[at] != '<');
		at++;
	}
	*ret_empty = s[at] == '/';
	at += *ret_empty;
	assert_int_equal(s[at], '>');
	return at + 1;
}

static void
assert_reference(const char *s)
{
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	size_t i;

	for (i = 0; i < 5; i++)
		if (strncmp(s, known[i], strlen(known[i])) == 0)
			return;
	fail_msg("no reference: %.20s", s);
}

/* Well-formed, of elements that we write and no others. */
static void
assert_svg(const char *s)
{
	static const char *const known[] = {"svg",  "title", "desc", "style",  "defs", "g",
					    "path", "rect",  "use",  "marker", "text"};
	char open[16][16], name[16];
	size_t at = 0, depth = 0, i;
	bool empty;

	while (s[at]) {
		if (s[at] == '&')
			assert_reference(s + at);
		if (s[at++] != '<')
			continue;
		if (s[at] == '/') {
			assert_true(depth > 0);
			depth--;
			i = strlen(open[depth]);
			assert_int_equal(strncmp(s + at + 1, open[depth], i), 0);
			assert_int_equal(s[at + 1 + i], '>');
			continue;
		}
		at = read_tag(s, at, name, &empty);
		for (i = 0; i < 11 && strcmp(name, known[i]) != 0; i++)
			;
		assert_true(i < 11);
		assert_true(depth < 16);
		if (!empty)
			memcpy(open[depth++], name, sizeof(name));
	}
	assert_int_equal(depth, 0);
}

/* Outside of quotes only what we write; inside no quote or backslash that is not escaped. */
static void
assert_dot(const char *s)
{
	bool quoted = false;
	size_t i;

	for (i = 0; s[i]; i++) {
		if (s[i] == '"') {
			quoted = !quoted;
		} else if (quoted && s[i] == '\\') {
			i++;
			assert_true(s[i] == '\\' || s[i] == '"' || s[i] == 'n');
		} else if (quoted) {
			assert_true(s[i] != '\n');
			assert_true(s[i] != '&' || strncmp(s + i, "&amp;", 5) == 0);
		} else {
			assert_true(strchr("\n\t []{},;->=._ ", s[i]) ||
				    (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') ||
				    (s[i] >= 'A' && s[i] <= 'Z'));
		}
	}
	assert_false(quoted);
}

static void
assert_narrow(struct kith_span s, size_t width)
{
	struct kith_span line;

	while (kith_span_next(&s, '\n', &line))
		assert_true(kith_text_columns(line) <= width);
}

static void
check_documents(uint32_t n, uint64_t seed)
{
	struct kith_json_doc *doc;
	struct kith_buf a, b;
	struct web w;
	int format;

	web_make(&w, n, 3, seed, true);
	for (format = 0; format < 4; format++) {
		render(&w.picture, format, &a);
		render(&w.picture, format, &b);
		assert_true(kith_span_eq(kith_buf_span(&a), kith_buf_span(&b)));
		assert_int_equal(strlen(kith_buf_str(&a)), a.len);
		assert_safe(kith_buf_span(&a));
		if (format == 0)
			assert_svg(kith_buf_str(&a));
		if (format == 1)
			assert_dot(kith_buf_str(&a));
		if (format == 2) {
			assert_int_equal(kith_json_parse(kith_buf_span(&a), &doc, &err), 0);
			assert_int_equal(
			    kith_json_count(kith_json_get(kith_json_root(doc), "people")), n);
			kith_json_free(doc);
		}
		if (format == 3)
			assert_narrow(kith_buf_span(&a), 60);
		kith_buf_clear(&a);
		kith_buf_clear(&b);
	}
	web_clear(&w);
}

static void
test_documents(void **state)
{
	(void)state;
	check_documents(1, 1);
	check_documents(40, 2);
	check_documents(300, 3);
}

/* A chain deeper than any line is wide. */
static void
test_deep(void **state)
{
	struct kith_buf out;
	struct web w;
	uint32_t i;

	(void)state;
	web_make(&w, 1500, 1, 1, false);
	for (i = 1; i < 1500; i++) {
		w.edges[i - 1] =
		    (struct kith_picture_edge){i - 1, i, KITH_LEVEL_HIGH, true, true, {0, 0}};
		w.persons[i].approve = KITH_LEVEL_HIGH;
		w.persons[i].budget = 5000 - i;
	}
	render(&w.picture, 3, &out);
	assert_narrow(kith_buf_span(&out), 60);
	kith_buf_clear(&out);
	render(&w.picture, 0, &out);
	assert_svg(kith_buf_str(&out));
	kith_buf_clear(&out);
	web_clear(&w);
}

/* --- what is told --- */

#define PERSON(i, name_, level, budget_)                                                           \
	{                                                                                          \
		.id = KITH_SPAN_LIT(i "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),               \
		.name = KITH_SPAN_LIT(name_), .approve = KITH_LEVEL_##level,                       \
		.object = KITH_LEVEL_##level, .budget = (budget_)                                  \
	}

/* R high A, R medium B, A medium C, B high C, C low D; A distrusts X, whom C introduces. */
static void
small_web(struct kith_picture_person persons[7], struct kith_picture_edge edges[8],
	  struct kith_picture *ret_picture)
{
	const struct kith_picture_person people[7] = {
	    PERSON("R", "root", HIGH, 12),  PERSON("A", "ann", HIGH, 11),
	    PERSON("B", "bob", MEDIUM, 10), PERSON("C", "cid", MEDIUM, 9),
	    PERSON("D", "dan", LOW, 5),     PERSON("X", "xan", NONE, 0),
	    PERSON("Z", "zoe", NONE, 0)};
	const struct kith_picture_edge lines[8] = {{0, 1, KITH_LEVEL_HIGH, true, true, {0, 0}},
						   {0, 2, KITH_LEVEL_MEDIUM, true, true, {0, 0}},
						   {2, 3, KITH_LEVEL_HIGH, true, false, {0, 0}},
						   {1, 3, KITH_LEVEL_MEDIUM, true, true, {0, 0}},
						   {3, 4, KITH_LEVEL_LOW, true, true, {0, 0}},
						   {1, 5, KITH_LEVEL_DISTRUST, true, false, {0, 0}},
						   {3, 5, KITH_LEVEL_LOW, false, false, {0, 0}},
						   {6, 6, KITH_LEVEL_HIGH, true, true, {0, 0}}};

	memcpy(persons, people, sizeof(people));
	memcpy(edges, lines, sizeof(lines));
	persons[0].root = true;
	persons[1].contact = persons[2].contact = true;
	persons[5].blocked = persons[5].contested = true;
	persons[5].object = KITH_LEVEL_LOW;
	*ret_picture =
	    (struct kith_picture){.persons = persons, .n_persons = 7, .edges = edges, .n_edges = 8};
}

static void
test_story(void **state)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_picture_person persons[7];
	struct kith_picture_edge edges[8];
	struct kith_picture_plan plan;
	struct kith_picture p;
	struct kith_buf out;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(16));
	small_web(persons, edges, &p);
	assert_int_equal(kith_report_picture_plan(&p, &arena, &plan, &err), 0);
	assert_int_equal(plan.parent[3], 3); /* by ann, who explains the budget */
	assert_int_equal(plan.hops[4], 3);
	assert_true(plan.apart[5]);
	assert_int_equal(plan.hops[5], 2);
	assert_false(plan.shown[6]);
	assert_int_equal(plan.n_strangers, 1);
	assert_int_equal(plan.n_order, 6);
	assert_int_equal(plan.n_lines, 6); /* all but what does not count, and herself */
	render(&p, 3, &out);
	assert_string_equal(kith_buf_str(&out),
			    "root  Raaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
			    "├─ high   ann  Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
			    "│  └─ medium cid  Caaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\n"
			    "│     └─ low    dan  Daaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\n"
			    "└─ medium bob  Baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
			    "\nnot trusted\n"
			    "   xan  (not trusted, blocked, contested)  Xaaaaaaaaaaaaaaa…\n"
			    "\ndistrust\n"
			    "   ann ─┤ xan\n"
			    "\n4 trusted: 1 high, 2 medium, 1 low · 1 not trusted · 1 out …\n");
	kith_buf_clear(&out);
}

/* Only reviewers, the ways to them, and who is on the disjoint ways. */
static void
test_package(void **state)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_picture_person persons[7];
	struct kith_picture_edge edges[8];
	struct kith_picture_plan plan;
	struct kith_picture p;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(16));
	small_web(persons, edges, &p);
	p.package = KITH_SPAN_LIT("log");
	persons[3].reviewer = persons[6].reviewer = true;
	assert_int_equal(kith_report_picture_plan(&p, &arena, &plan, &err), 0);
	assert_true(plan.shown[0] && plan.shown[1] && plan.shown[3] && plan.shown[6]);
	assert_false(plan.shown[2] || plan.shown[4] || plan.shown[5]);
	assert_true(plan.apart[6]);
	persons[2].on_way = true;
	assert_int_equal(kith_report_picture_plan(&p, &arena, &plan, &err), 0);
	assert_true(plan.shown[2]);
}

static void
test_same_names(void **state)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_picture_person persons[7];
	struct kith_picture_edge edges[8];
	struct kith_picture_plan plan;
	struct kith_picture p;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(16));
	small_web(persons, edges, &p);
	persons[1].name = persons[3].name = KITH_SPAN_LIT("kim");
	persons[2].name = KITH_SPAN_NONE;
	assert_int_equal(kith_report_picture_plan(&p, &arena, &plan, &err), 0);
	assert_true(kith_span_is(plan.label[1], "kim Aaaaa"));
	assert_true(kith_span_is(plan.label[3], "kim Caaaa"));
	assert_true(kith_span_is(plan.label[2], "Baaaaaaaa"));
}

static void
test_xml(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	(void)state;
	kith_buf_init(&b, KITH_MIB(1));
	kith_xml_put_text(&b, KITH_SPAN_LIT("a<b>&\"'\x01\n\xff\xe2\x80\xae\xc3\xa9"));
	assert_string_equal(kith_buf_str(&b),
			    "a&lt;b&gt;&amp;&quot;&#39;\\x01\\n\\xff\\u{202e}\xc3\xa9");
	/* pieces are not cut inside of a character */
	kith_buf_reset(&b);
	for (i = 0; i < 3000; i++)
		kith_buf_put_str(&b, i ? "\xe2\x82\xac" : "x");
	{
		KITH_AUTO_BUF struct kith_buf out;

		kith_buf_init(&out, KITH_MIB(1));
		kith_xml_put_text(&out, kith_buf_span(&b));
		assert_true(kith_span_eq(kith_buf_span(&out), kith_buf_span(&b)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_xml),       cmocka_unit_test(test_story),
	    cmocka_unit_test(test_package),   cmocka_unit_test(test_same_names),
	    cmocka_unit_test(test_documents), cmocka_unit_test(test_deep),
	    cmocka_unit_test(test_geometry),  cmocka_unit_test(test_limits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
