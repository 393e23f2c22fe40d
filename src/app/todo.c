/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith todo: what to review first. Ranks what does not pass by risk and by the work of the smallest
 * step; only archives are looked into, and only those of the best by everything that is known
 * without. The order is a recommendation: nothing of a verdict hangs on it.
 */
#include "app/todo.h"

#include <kith/todo.h>

#include "app/explain.h"

#define LIMIT_DEFAULT 20
#define LOOK_LEAST    60 /* archives looked into at least, where there are so many */
#define TEXT_MAX      KITH_MIB(64)

/* Lines that count as read where nothing is known: about the middle of real packages. */
#define LINES_UNKNOWN  2000U
#define LINES_OVERHEAD 300U /* to open, to judge, to write down */

/* --- who needs whom --- */

struct needs {
	uint32_t *rows, *by; /* dependents of a package: by[rows[p]] … by[rows[p + 1] - 1] */
	uint32_t *seen;      /* package + 1 that was asked for last */
	uint32_t *queue;
};

static void
needs_clear(struct needs *n)
{
	free(n->rows);
	free(n->by);
	free(n->seen);
	free(n->queue);
}

static int
needs_init(struct needs *n, const struct kith_lock *lock, struct kith_error *err)
{
	size_t i, k, edges = 0;

	for (i = 0; i < lock->count; i++)
		edges += lock->packages[i].n_deps;
	n->rows = kith_calloc(lock->count + 2, sizeof(*n->rows));
	n->by = kith_calloc(edges, sizeof(*n->by));
	n->seen = kith_calloc(lock->count, sizeof(*n->seen));
	n->queue = kith_calloc(lock->count, sizeof(*n->queue));
	if (!n->rows || !n->by || !n->seen || !n->queue)
		return kith_fail_nomem(err);
	for (i = 0; i < lock->count; i++)
		for (k = 0; k < lock->packages[i].n_deps; k++)
			n->rows[lock->packages[i].deps[k] + 2]++;
	for (i = 2; i < lock->count + 2; i++)
		n->rows[i] += n->rows[i - 1];
	for (i = 0; i < lock->count; i++)
		for (k = 0; k < lock->packages[i].n_deps; k++)
			n->by[n->rows[lock->packages[i].deps[k] + 1]++] = (uint32_t)i;
	return KITH_OK;
}

/* At most KITH_TODO_NEEDED_MAX: more makes no difference, and keeps this from being quadratic. */
static size_t
count_needing(struct needs *n, uint32_t package)
{
	size_t head = 0, count = 0, steps = 0;
	uint32_t p = package, i;

	n->seen[package] = package + 1;
	for (;;) {
		for (i = n->rows[p]; i < n->rows[p + 1]; i++) {
			if (count >= KITH_TODO_NEEDED_MAX || ++steps > 20000)
				return count;
			if (n->seen[n->by[i]] == package + 1)
				continue;
			n->seen[n->by[i]] = package + 1;
			n->queue[count++] = n->by[i];
		}
		if (head == count)
			return count;
		p = n->queue[head++];
	}
}

/* --- gathering --- */

static bool
is_work(const struct kith_report_row *row)
{
	return row->verdict.status == KITH_STATUS_INSUFFICIENT ||
	       row->verdict.status == KITH_STATUS_EXEMPT;
}

static int
gather(struct kith_app_todo *t, struct kith_error *err)
{
	KITH_CLEANUP(needs_clear) struct needs n = {0};
	const struct kith_lock *lock = t->run->project->lock;
	const struct kith_report *p = &t->run->report;
	size_t i;
	int r = needs_init(&n, lock, err);

	t->decide = kith_arena_array(&t->arena, p->n_rows + 1, sizeof(struct kith_report_row *));
	t->items = kith_arena_array(&t->arena, p->n_rows + 1, sizeof(*t->items));
	if (!r && (!t->decide || !t->items))
		r = kith_fail_nomem(err);
	for (i = 0; !r && i < p->n_rows; i++) {
		const struct kith_report_row *row = &p->rows[i];
		struct kith_app_todo_item *x = &t->items[t->n_items];

		if (row->verdict.status <= KITH_STATUS_NEGATIVE)
			t->decide[t->n_decide++] = row;
		if (!is_work(row))
			continue;
		memset(x, 0, sizeof(*x));
		x->row = row;
		x->base = kith_app_nearest_version(row);
		x->needed_by = count_needing(&n, (uint32_t)(row->package - lock->packages));
		x->dev_only = row->package->kinds == KITH_KIND_DEV;
		t->n_items++;
	}
	return r;
}

/* --- ranking --- */

/*
 * Risk: what runs at build time, what may break memory safety, how much stands on it. Cost: lines
 * of the smallest step, and what every review costs. Both are rough, and say so in the man page.
 */
static void
rate(struct kith_app_todo_item *x)
{
	const struct kith_app_todo_facts *f = &x->facts;
	uint64_t lines = f->known ? f->lines : LINES_UNKNOWN;

	x->risk = 10 + x->needed_by;
	x->risk += f->build_script ? 40 : 0;
	x->risk += f->proc_macro ? 40 : 0;
	x->risk += (f->unsafes < 100 ? f->unsafes : 100) / 2;
	if (x->dev_only)
		x->risk /= 2;
	if (kith_app_todo_by_difference(x))
		lines = x->base_known ? x->diff_lines : lines / 3;
	/* one more opinion is needed, not the first: others have found it sound */
	if (x->row->verdict.independent)
		lines /= 2;
	x->cost = lines + LINES_OVERHEAD;
	x->score = x->risk * 10000 / x->cost;
}

static int
compare_items(const void *pa, const void *pb)
{
	const struct kith_app_todo_item *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->risk != b->risk)
		return a->risk > b->risk ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row); /* by name and version */
}

static void
rank(struct kith_app_todo *t, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		rate(&t->items[i]);
	if (n)
		qsort(t->items, n, sizeof(*t->items), compare_items);
}

static size_t
count_shown(const struct kith_app_todo *t)
{
	int limit = t->options->limit ? t->options->limit : LIMIT_DEFAULT;

	return limit < 0 || (size_t)limit > t->n_items ? t->n_items : (size_t)limit;
}

/* Those that are looked into are ranked among themselves, before all others. */
static int
look(struct kith_app_todo *t, struct kith_error *err)
{
	KITH_AUTO_PICKER struct kith_app_picker picker = {0};
	size_t want = 3 * t->n_shown, i;
	int r;

	want = want < LOOK_LEAST ? LOOK_LEAST : want;
	want = want > t->n_items ? t->n_items : want;
	r = kith_app_picker_open(t->session, t->options->path, &picker, err);
	for (i = 0; !r && i < want; i++)
		r = kith_app_todo_look(&picker, &t->items[i], err);
	if (!r)
		rank(t, want);
	return r;
}

int
kith_app_todo_queue(struct kith_app_todo *t, struct kith_error *err)
{
	int r = gather(t, err);

	if (r)
		return r;
	rank(t, t->n_items);
	t->n_shown = count_shown(t);
	return t->n_items ? look(t, err) : KITH_OK;
}

static int
fill(struct kith_app_todo *t, struct kith_error *err)
{
	const struct kith_verify_options verify = {
	    .path = t->options->path, .roots = t->options->roots, .n_roots = t->options->n_roots};
	bool people = t->options->people;
	int r = kith_app_judge(t->session, &verify, NULL, people, &t->run, err);

	if (!r)
		r = gather(t, err);
	if (!r)
		r = kith_app_todo_find_team(t, err);
	if (!r && people)
		return kith_app_todo_find_people(t, err);
	if (r)
		return r;
	rank(t, t->n_items);
	t->n_shown = count_shown(t);
	return look(t, err);
}

int
kith_todo(struct kith_session *session, const struct kith_todo_options *options, char **ret_text,
	  size_t *ret_len, struct kith_error *err)
{
	struct kith_app_todo t = {.session = session, .options = options};
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, TEXT_MAX);
	kith_arena_init(&t.arena, KITH_MIB(512));
	r = fill(&t, err);
	if (!r && options->format == KITH_FORMAT_JSON)
		kith_app_todo_put_json(&t, &b);
	else if (!r)
		kith_app_todo_put_text(&t, &b);
	kith_app_run_free(t.run);
	kith_arena_clear(&t.arena);
	free(t.people);
	return r ? r : kith_app_take_text(&b, ret_text, ret_len, err);
}
