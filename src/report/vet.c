/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo-vet's verdict as a table: what fails first, each line with the way that vets the package or
 * the smallest step that is missing. Decides nothing; a strange name reaches the terminal escaped.
 */
#include "report/vet.h"

#define NAME_WIDTH 40

static const char *const words[] = {"first", "full", "partial", "exempt", "fail", "violation"};

/* The order of the table: the worst first. */
static const enum kith_vet_status order[] = {KITH_VET_VIOLATED,     KITH_VET_FAILED,
					     KITH_VET_EXEMPTED,     KITH_VET_VETTED_PARTIALLY,
					     KITH_VET_VETTED_FULLY, KITH_VET_FIRST_PARTY};
#define N_ORDER (sizeof(order) / sizeof(order[0]))

static bool
passes(enum kith_vet_status s)
{
	return s != KITH_VET_FAILED && s != KITH_VET_VIOLATED;
}

static void
put_version(const struct kith_vet_version *v, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf text;

	kith_buf_init(&text, KITH_KIB(4));
	kith_vet_version_put(&text, v);
	kith_text_safe(out, kith_buf_carry(out, &text), NAME_WIDTH + 20);
}

/* --- ways --- */

static void
put_publisher(const struct kith_vet_answer *a, size_t row, const struct kith_vet_edge *e,
	      struct kith_buf *out)
{
	size_t n;
	const struct kith_vet_publisher *list =
	    kith_vet_publishers_of(a->imports, a->graph->nodes[row].name, &n);

	if (e->publisher >= n) {
		kith_buf_put_str(out, "its publisher");
		return;
	}
	kith_text_safe(out,
		       list[e->publisher].login.len ? list[e->publisher].login
						    : list[e->publisher].source.publisher,
		       NAME_WIDTH);
}

static void
put_author(const struct kith_vet_answer *a, size_t row, const struct kith_vet_edge *e,
	   struct kith_buf *out)
{
	switch (e->kind) {
	case KITH_VET_EDGE_EXEMPTION:
		kith_buf_put_str(out, "exemption");
		return;
	case KITH_VET_EDGE_UNPUBLISHED:
		kith_buf_put_str(out, "audited as published");
		return;
	case KITH_VET_EDGE_TRUSTED:
		kith_buf_put_str(out, "publisher ");
		put_publisher(a, row, e, out);
		return;
	case KITH_VET_EDGE_OWN:
	case KITH_VET_EDGE_IMPORTED:
	case KITH_VET_EDGE_WILDCARD:
		break;
	}
	if (e->peer)
		kith_text_safe(out, a->imports->peers[e->peer - 1].name, NAME_WIDTH);
	else
		kith_buf_put_str(out, "own audit");
	if (e->kind != KITH_VET_EDGE_WILDCARD)
		return;
	kith_buf_put_str(out, e->peer ? " on what " : " of what ");
	put_publisher(a, row, e, out);
	kith_buf_put_str(out, " publishes");
}

static void
put_way(const struct kith_vet_answer *a, size_t row, const struct kith_vet_way *way,
	struct kith_buf *out)
{
	const struct kith_vet_crate *c = a->rows[row].crate;
	size_t i;

	for (i = 0; i < way->n_edges; i++) {
		const struct kith_vet_edge *e = &c->edges[way->edges[i]];

		kith_buf_put_str(out, i ? ", " : "");
		put_author(a, row, e, out);
		if (!e->from && way->n_edges == 1)
			continue;
		kith_buf_put_char(out, ' ');
		if (e->from) {
			put_version(c->versions[e->from], out);
			kith_buf_put_str(out, " → ");
		}
		put_version(c->versions[e->to], out);
	}
}

/* The way of the first criterion that is required in its own right. */
static const struct kith_vet_way *
main_way(const struct kith_vet_answer *a, const struct kith_vet_row *row)
{
	uint64_t least = kith_vet_criteria_minimal(&a->criteria, row->required);
	size_t i;

	for (i = 0; i < row->n_ways; i++)
		if (least >> row->ways[i].criterion & 1U)
			return &row->ways[i];
	return NULL;
}

/* --- what is missing --- */

bool
kith_report_vet_step(const struct kith_vet_answer *a, size_t row,
		     const struct kith_vet_version **ret_from,
		     const struct kith_vet_version **ret_to)
{
	const struct kith_vet_row *r = &a->rows[row];
	const struct kith_vet_version *own = &a->graph->nodes[row].version;
	const struct kith_vet_delta *best = r->suggestion.best;
	unsigned most = 0;
	size_t i;

	/* no size is known here: rather from a version than all of it, rather to this very one */
	for (i = 0; i < r->suggestion.n_candidates && !r->suggestion.best; i++) {
		const struct kith_vet_delta *d = &r->suggestion.candidates[i];
		unsigned rank = (d->from ? 2U : 0U) +
				(kith_vet_version_cmp(r->crate->versions[d->to], own) ? 0U : 1U);

		if (!best || rank > most) {
			best = d;
			most = rank;
		}
	}
	if (!best)
		return false;
	*ret_from = best->from ? r->crate->versions[best->from] : NULL;
	*ret_to = r->crate->versions[best->to];
	return true;
}

static void
put_missing(const struct kith_vet_answer *a, size_t row, struct kith_buf *out)
{
	uint64_t least = kith_vet_criteria_minimal(&a->criteria, a->rows[row].missing);
	KITH_AUTO_BUF struct kith_buf names;
	const struct kith_vet_version *from, *to;

	kith_buf_init(&names, KITH_KIB(64));
	kith_vet_criteria_put(&a->criteria, least, ", ", &names);
	kith_buf_put_str(out, "lacks ");
	kith_text_safe(out, kith_buf_carry(out, &names), 2 * NAME_WIDTH);
	if (!kith_report_vet_step(a, row, &from, &to))
		return;
	kith_buf_put_str(out, ": audit ");
	if (from) {
		put_version(from, out);
		kith_buf_put_str(out, " → ");
	}
	put_version(to, out);
}

static void
put_peer(struct kith_span peer, struct kith_buf *out)
{
	if (peer.ptr)
		kith_text_safe(out, peer, NAME_WIDTH);
	else
		kith_buf_put_str(out, "own");
}

static void
put_conflict(const struct kith_vet_row *row, struct kith_buf *out)
{
	const struct kith_vet_conflict *c;

	if (!row->crate->n_conflicts)
		return;
	c = &row->crate->conflicts[0];
	put_peer(c->violation_peer, out);
	kith_buf_put_str(out, " violation ");
	kith_text_safe(out, c->violation->violation, NAME_WIDTH);
	kith_buf_put_str(out, " meets ");
	if (c->exemption) {
		kith_buf_put_str(out, "exemption ");
		put_version(&c->exemption->version, out);
	} else {
		put_peer(c->audit_peer, out);
		kith_buf_put_str(out, " audit ");
		if (c->audit->kind == KITH_VET_DELTA) {
			put_version(&c->audit->from, out);
			kith_buf_put_str(out, " → ");
		}
		put_version(&c->audit->to, out);
	}
	if (row->crate->n_conflicts > 1)
		kith_buf_printf(out, ", and %zu more", row->crate->n_conflicts - 1);
}

void
kith_report_vet_reason(const struct kith_vet_answer *a, size_t row, struct kith_buf *out)
{
	const struct kith_vet_row *r = &a->rows[row];
	const struct kith_vet_way *way;

	switch (r->status) {
	case KITH_VET_FIRST_PARTY:
		kith_buf_put_str(out, "not from the registry");
		break;
	case KITH_VET_VETTED_FULLY:
	case KITH_VET_VETTED_PARTIALLY:
	case KITH_VET_EXEMPTED:
		way = main_way(a, r);
		if (way)
			put_way(a, row, way, out);
		else
			kith_buf_put_str(out, "nothing is required of it");
		break;
	case KITH_VET_FAILED:
		put_missing(a, row, out);
		break;
	case KITH_VET_VIOLATED:
		put_conflict(r, out);
		break;
	}
}

/* --- the table --- */

size_t
kith_report_vet_worst(const struct kith_vet_answer *a)
{
	size_t k, i;

	for (k = 0; k < N_ORDER; k++)
		for (i = 0; i < a->graph->count; i++)
			if (a->rows[i].status == order[k])
				return i;
	return a->graph->count;
}

static bool
is_shown(const struct kith_report_options *o, enum kith_vet_status s)
{
	return !((o->failing || o->fold) && passes(s));
}

static size_t
put_package(const struct kith_vet_node *node, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf version;
	size_t n;

	kith_buf_init(&version, KITH_KIB(4));
	n = kith_text_safe(out, node->name, NAME_WIDTH);
	kith_buf_put_char(out, ' ');
	kith_vet_version_put(&version, &node->version);
	return n + 1 + kith_text_safe(out, kith_buf_carry(out, &version), NAME_WIDTH);
}

static size_t
measure(const struct kith_vet_answer *a, const struct kith_report_options *o, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, n, most = strlen("package");

	kith_buf_init(&b, KITH_KIB(4));
	for (i = 0; i < a->graph->count; i++) {
		if (!is_shown(o, a->rows[i].status))
			continue;
		kith_buf_reset(&b);
		n = put_package(&a->graph->nodes[i], &b);
		kith_buf_carry(out, &b);
		most = n > most ? n : most;
	}
	return most;
}

static void
put_row(const struct kith_vet_answer *a, size_t row, const struct kith_report_options *o,
	size_t columns, struct kith_buf *out)
{
	enum kith_vet_status s = a->rows[row].status;
	size_t status_columns = strlen(words[KITH_VET_VIOLATED]), used;
	KITH_AUTO_BUF struct kith_buf cell;

	kith_buf_init(&cell, KITH_KIB(64));
	kith_buf_put_str(out, s == KITH_VET_VIOLATED ? "! " : "  ");
	if (o->color)
		kith_buf_put_str(out, passes(s)                ? "\033[32m"
				      : s == KITH_VET_VIOLATED ? "\033[31m"
							       : "\033[33m");
	kith_buf_put_str(out, words[s]);
	if (o->color)
		kith_buf_put_str(out, "\033[0m");
	kith_buf_put_fill(out, ' ', status_columns - strlen(words[s]) + 2);
	used = put_package(&a->graph->nodes[row], out);
	kith_buf_put_fill(out, ' ', (used < columns ? columns - used : 0) + 2);
	kith_report_vet_reason(a, row, &cell);
	used = 2 + status_columns + 2 + columns + 2;
	kith_text_safe(out, kith_buf_carry(out, &cell),
		       o->width > 0 && (size_t)o->width > used + 20 ? (size_t)o->width - used : 0);
	kith_buf_put_char(out, '\n');
}

static void
put_summary(const struct kith_vet_answer *a, const struct kith_report_options *o,
	    struct kith_buf *out)
{
	bool pass = a->conclusion == KITH_VET_SUCCESS;

	kith_buf_printf(out, "%zu package%s: %zu full, %zu partial, %zu exempt, %zu fail, ",
			a->graph->count, a->graph->count == 1 ? "" : "s",
			a->counts[KITH_VET_VETTED_FULLY], a->counts[KITH_VET_VETTED_PARTIALLY],
			a->counts[KITH_VET_EXEMPTED], a->counts[KITH_VET_FAILED]);
	kith_buf_printf(out, "%zu violation, %zu first party        %s%s%s\n",
			a->counts[KITH_VET_VIOLATED], a->counts[KITH_VET_FIRST_PARTY],
			!o->color ? ""
			: pass    ? "\033[32m"
				  : "\033[31m",
			pass ? "PASS" : "FAIL", o->color ? "\033[0m" : "");
}

void
kith_report_vet(const struct kith_vet_answer *a, const struct kith_report_options *o,
		struct kith_buf *out)
{
	size_t columns = measure(a, o, out), i, k, shown = 0;

	for (i = 0; i < a->graph->count; i++)
		shown += is_shown(o, a->rows[i].status);
	if (shown) {
		kith_buf_printf(out, "  %-*s  package", (int)strlen(words[KITH_VET_VIOLATED]),
				"vet");
		kith_buf_put_fill(out, ' ', columns - strlen("package") + 2);
		kith_buf_put_str(out, "how\n");
	}
	for (k = 0; k < N_ORDER; k++)
		for (i = 0; i < a->graph->count; i++)
			if (a->rows[i].status == order[k] && is_shown(o, order[k]))
				put_row(a, i, o, columns, out);
	if (shown < a->graph->count && !o->failing)
		kith_buf_printf(out, "  (%zu that pass are not shown: -v shows them)\n",
				a->graph->count - shown);
	put_summary(a, o, out);
	kith_buf_put_str(out, "cargo-vet: ");
	kith_vet_put_summary(a, out);
	kith_buf_put_char(out, '\n');
}
