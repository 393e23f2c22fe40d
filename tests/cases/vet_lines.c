/* SPDX-License-Identifier: Apache-2.0 */
/* Writes cargo-vet answers as lines and compares them with what a case expects. */
#include <inttypes.h>

#include "cases/vet_case.h"

static void
put_set(struct kith_buf *out, const struct kith_vet_answer *a, uint64_t set)
{
	if (set)
		kith_vet_criteria_put(&a->criteria, set, ",", out);
	else
		kith_buf_put_char(out, '-');
}

static void
put_list(struct kith_buf *out, const struct kith_vet_list *l)
{
	size_t i;

	kith_buf_put_str(out, " [");
	for (i = 0; i < l->count; i++) {
		if (i)
			kith_buf_put_char(out, ',');
		kith_buf_put_span(out, l->items[i]);
	}
	kith_buf_put_char(out, ']');
}

static void
put_peer(struct kith_buf *out, struct kith_span name)
{
	kith_buf_put_span(out, name.ptr ? name : KITH_SPAN_LIT("own"));
}

static void
put_audit(struct kith_buf *out, struct kith_span peer, const struct kith_vet_audit *a)
{
	put_peer(out, peer);
	kith_buf_put_str(out, a->kind == KITH_VET_VIOLATION ? " violation " : " audit ");
	if (a->kind == KITH_VET_VIOLATION) {
		kith_buf_put_span(out, a->violation);
		return;
	}
	if (a->kind == KITH_VET_DELTA) {
		kith_vet_version_put(out, &a->from);
		kith_buf_put_str(out, " -> ");
	}
	kith_vet_version_put(out, &a->to);
}

static void
put_version(struct kith_buf *out, const struct kith_vet_crate *c, uint32_t v)
{
	if (v)
		kith_vet_version_put(out, c->versions[v]);
	else
		kith_buf_put_str(out, "root");
}

static void
put_edge(struct kith_buf *out, const struct kith_vet_answer *a, const struct kith_vet_crate *c,
	 const struct kith_vet_edge *e)
{
	struct kith_span peer =
	    e->peer ? a->imports->peers[e->peer - 1].name : KITH_SPAN_LIT("own");

	switch (e->kind) {
	case KITH_VET_EDGE_OWN:
	case KITH_VET_EDGE_IMPORTED:
		kith_buf_put_span(out, peer);
		kith_buf_put_str(out, " audit ");
		if (e->from) {
			put_version(out, c, e->from);
			kith_buf_put_str(out, " -> ");
		}
		put_version(out, c, e->to);
		kith_buf_printf(out, " #%" PRIu32, e->at);
		return;
	case KITH_VET_EDGE_WILDCARD:
		kith_buf_put_span(out, peer);
		kith_buf_printf(out, " wildcard #%" PRIu32 " ", e->at);
		put_version(out, c, e->to);
		kith_buf_printf(out, " publisher #%" PRIu32, e->publisher);
		return;
	case KITH_VET_EDGE_TRUSTED:
		kith_buf_put_str(out, "trusted ");
		put_version(out, c, e->to);
		kith_buf_printf(out, " publisher #%" PRIu32, e->publisher);
		return;
	case KITH_VET_EDGE_EXEMPTION:
	case KITH_VET_EDGE_UNPUBLISHED:
		kith_buf_put_str(out, e->from ? "unpublished " : "exemption ");
		put_version(out, c, e->to);
		if (e->from) {
			kith_buf_put_str(out, " as ");
			put_version(out, c, e->from);
		}
		kith_buf_printf(out, " #%" PRIu32, e->at);
		return;
	}
}

static void
put_reached(struct kith_buf *out, const struct kith_vet_crate *c, const bool *reached)
{
	bool first = true;
	uint32_t v;

	kith_buf_put_char(out, '{');
	for (v = 0; v < c->n_versions; v++) {
		if (!reached[v])
			continue;
		if (!first)
			kith_buf_put_char(out, ' ');
		first = false;
		put_version(out, c, v);
	}
	kith_buf_put_char(out, '}');
}

static void
put_way(struct kith_buf *out, const struct kith_vet_answer *a, const struct kith_vet_row *row,
	const struct kith_vet_way *w)
{
	size_t i;

	kith_buf_put_str(out, w->found ? "  path " : "  reach ");
	kith_buf_put_span(out, a->criteria.names[w->criterion]);
	kith_buf_put_str(out, w->found ? ": " : ": from root ");
	for (i = 0; i < w->n_edges; i++) {
		if (i)
			kith_buf_put_str(out, "; ");
		put_edge(out, a, row->crate, &row->crate->edges[w->edges[i]]);
	}
	if (!w->found) {
		put_reached(out, row->crate, w->from_root);
		kith_buf_put_str(out, " to target ");
		put_reached(out, row->crate, w->to_target);
	}
	kith_buf_put_char(out, '\n');
}

static void
put_delta(struct kith_buf *out, const struct kith_vet_crate *c, const struct kith_vet_delta *d)
{
	put_version(out, c, d->from);
	kith_buf_put_str(out, "->");
	put_version(out, c, d->to);
}

static void
put_suggestion(struct kith_buf *out, const struct kith_vet_row *row)
{
	const struct kith_vet_suggestion *s = &row->suggestion;
	size_t i;

	kith_buf_put_str(out, s->n_candidates ? "  candidates" : "  candidates -");
	for (i = 0; i < s->n_candidates; i++) {
		kith_buf_put_char(out, ' ');
		put_delta(out, row->crate, &s->candidates[i]);
	}
	kith_buf_put_char(out, '\n');
	if (!s->best)
		return;
	kith_buf_put_str(out, "  suggest ");
	put_delta(out, row->crate, s->best);
	if (s->has_extra) {
		kith_buf_put_str(out, " then ");
		put_delta(out, row->crate, &s->extra);
	}
	kith_buf_put_char(out, '\n');
}

static void
put_conflicts(struct kith_buf *out, const struct kith_vet_crate *c)
{
	size_t i;

	for (i = 0; i < c->n_conflicts; i++) {
		const struct kith_vet_conflict *x = &c->conflicts[i];

		kith_buf_put_str(out, "  conflict ");
		put_audit(out, x->violation_peer, x->violation);
		put_list(out, &x->violation->criteria);
		kith_buf_put_str(out, " with ");
		if (x->exemption) {
			kith_buf_put_str(out, "exemption ");
			kith_vet_version_put(out, &x->exemption->version);
			put_list(out, &x->exemption->criteria);
		} else {
			put_audit(out, x->audit_peer, x->audit);
			put_list(out, &x->audit->criteria);
		}
		kith_buf_put_char(out, '\n');
	}
}

static void
put_row(struct kith_buf *out, const struct kith_vet_answer *a, size_t node)
{
	const struct kith_vet_row *row = &a->rows[node];
	size_t i;

	kith_buf_printf(out, "%s ", kith_vet_status_name(row->status));
	kith_buf_put_span(out, a->graph->nodes[node].name);
	kith_buf_put_char(out, ' ');
	kith_vet_version_put(out, &a->graph->nodes[node].version);
	kith_buf_put_char(out, ' ');
	put_set(out, a, row->required);
	if (row->status == KITH_VET_FAILED) {
		kith_buf_put_str(out, " missing ");
		put_set(out, a, row->missing);
	}
	kith_buf_put_char(out, '\n');
	if (row->status == KITH_VET_VIOLATED)
		put_conflicts(out, row->crate);
	for (i = 0; i < row->n_ways; i++)
		put_way(out, a, row, &row->ways[i]);
	if (row->status == KITH_VET_FAILED)
		put_suggestion(out, row);
}

static void
put_problems(struct kith_buf *out, const struct kith_vet_answer *a)
{
	size_t i;

	for (i = 0; i < a->n_problems; i++) {
		kith_buf_printf(out, "error %s", kith_vet_problem_name(a->problems[i].kind));
		if (a->problems[i].subject.len) {
			kith_buf_put_char(out, ' ');
			kith_buf_put_span(out, a->problems[i].subject);
		}
		if (a->problems[i].detail.len) {
			kith_buf_put_char(out, ' ');
			kith_buf_put_span(out, a->problems[i].detail);
		}
		kith_buf_put_char(out, '\n');
	}
}

void
vet_case_put_lines(const struct kith_vet_answer *a, struct kith_buf *out)
{
	size_t i;

	/* complaints that stop nothing come first */
	if (a->conclusion != KITH_VET_ERROR)
		put_problems(out, a);
	kith_buf_printf(out, "conclusion %s\n", kith_vet_conclusion_name(a->conclusion));
	if (a->conclusion == KITH_VET_ERROR)
		put_problems(out, a);
	for (i = 0; a->rows && i < a->graph->count; i++)
		put_row(out, a, i);
}

bool
vet_case_size(void *ctx, struct kith_span crate, const struct kith_vet_version *from,
	      const struct kith_vet_version *to, uint64_t *ret_lines)
{
	uint64_t a = from ? from->semver.major * from->semver.major : 0;
	uint64_t b = to->semver.major * to->semver.major;

	(void)ctx;
	(void)crate;
	*ret_lines = a < b ? b - a : a - b;
	return true;
}

/* --- comparing --- */

/* Of an error its kind counts, and of three kinds what it is about. */
static bool
same_error(struct kith_span a, struct kith_span b)
{
	struct kith_span x = KITH_SPAN_NONE, y = KITH_SPAN_NONE, kind = KITH_SPAN_NONE;

	kith_span_next(&a, ' ', &kind);
	kith_span_next(&b, ' ', &y);
	if (!kith_span_eq(kind, y))
		return false;
	if (!kith_span_is(kind, "parse") && !kith_span_is(kind, "invalid-criteria") &&
	    !kith_span_is(kind, "bad-format"))
		return true;
	x = y = KITH_SPAN_NONE;
	kith_span_next(&a, ' ', &x);
	kith_span_next(&b, ' ', &y);
	return kith_span_eq(x, y);
}

static bool
same_line(struct kith_span a, struct kith_span b)
{
	if (kith_span_skip(&a, "error ") && kith_span_skip(&b, "error "))
		return same_error(a, b);
	return kith_span_eq(a, b);
}

/* The next line that is compared; what stands below `update` is not. */
static bool
next_line(struct kith_span *rest, struct kith_span *ret)
{
	while (kith_span_next(rest, '\n', ret)) {
		if (kith_span_starts(*ret, KITH_SPAN_LIT("update ")))
			*rest = KITH_SPAN_NONE;
		else if (ret->len && ret->ptr[0] != '#')
			return true;
	}
	*ret = KITH_SPAN_NONE;
	return false;
}

const char *
vet_case_compare(struct kith_span want, struct kith_span got)
{
	static char why[1400];
	struct kith_span a, b;
	bool more;

	for (;;) {
		more = next_line(&want, &a);
		if (!next_line(&got, &b) && !more)
			return NULL;
		if (same_line(a, b))
			continue;
		snprintf(why, sizeof(why), "expected '%.*s', got '%.*s'",
			 (int)(a.len > 600 ? 600 : a.len), (const char *)(a.len ? a.ptr : b.ptr),
			 (int)(b.len > 600 ? 600 : b.len), (const char *)(b.len ? b.ptr : a.ptr));
		return why;
	}
}

/* --- folders --- */

char *
vet_case_path(const char *folder, const char *name)
{
	char *path = kith_fs_join(folder, name);

	if (!path) {
		fputs("cases: out of memory\n", stderr);
		exit(2);
	}
	return path;
}

void
vet_case_folders(const char *path, const char *file,
		 void (*judge)(struct cases_tally *t, const char *folder), struct cases_tally *t)
{
	KITH_AUTO_FREE char *marker = vet_case_path(path, file);
	struct kith_fs_names names;
	struct kith_error err;
	size_t i;

	if (kith_fs_exists(marker)) {
		judge(t, path);
		return;
	}
	if (kith_fs_list(path, &names, &err)) {
		fprintf(stderr, "cases: %s\n", err.msg);
		exit(2);
	}
	for (i = 0; i < names.count; i++) {
		KITH_AUTO_FREE char *sub = vet_case_path(path, names.names[i]);
		KITH_AUTO_FREE char *there = vet_case_path(sub, file);

		if (kith_fs_exists(there))
			judge(t, sub);
	}
	kith_fs_names_free(&names);
}
