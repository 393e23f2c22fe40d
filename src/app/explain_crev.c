/* SPDX-License-Identifier: Apache-2.0 */
/* What crev's own algorithm made of a person or a package, with the reason for what it ignores. */
#include "app/explain.h"

#include "app/levels.h"
#include "codec/base64.h"

struct crev_view {
	struct kith_app_names names;
	struct kith_buf *out;
	const struct kith_id *id; /* edges to this one; NULL: all */
	const struct kith_trust_graph *graph;
	struct kith_buf edges; /* of the pass that is running */
};

static void
put_standing(const struct kith_trust_result *r, const struct kith_id *id, struct kith_buf *out)
{
	enum kith_level approve, object;
	uint64_t distance;

	kith_trust_level(r, id, &approve, &object);
	if (kith_trust_member(r, id, &distance))
		kith_buf_printf(out, "%s at distance %ju", kith_level_name(approve),
				(uintmax_t)distance);
	else
		kith_buf_put_str(out, approve == KITH_LEVEL_DISTRUST ? "distrusted"
								     : "not in the trust set");
}

static void
on_pass(void *ctx, unsigned number)
{
	struct crev_view *v = ctx;

	(void)number;
	kith_buf_reset(&v->edges);
}

/* crev's order of tests (trust.md 1.2 5). */
static const char *
why_ignored(const struct kith_crev_edge *e)
{
	if (e->banned && e->direct == KITH_LEVEL_DISTRUST)
		return "the target is banned already, by this or another in an earlier pass";
	if (e->banned)
		return "ignored: somebody has banned the target";
	if (e->overridden)
		return "ignored: somebody who stands higher overrides it";
	if (e->direct == KITH_LEVEL_DISTRUST)
		return "bans the target, whoever else vouches";
	if (e->too_far)
		return "ignored: too far";
	if (!e->counted)
		return "ignored";
	return e->changed ? "counts" : "counts, and adds nothing";
}

static void
on_edge(void *ctx, const struct kith_crev_edge *e)
{
	struct crev_view *v = ctx;
	struct kith_trust_statement s;

	if (v->id && memcmp(v->id->bytes, e->to->bytes, KITH_ID_BYTES) != 0)
		return;
	kith_buf_put_str(&v->edges, "  ");
	kith_app_put_name(&v->names, e->from, &v->edges);
	kith_buf_printf(&v->edges, " (%s at %ju) says %s about ", kith_level_name(e->level),
			(uintmax_t)e->distance, kith_level_name(e->direct));
	kith_app_put_name(&v->names, e->to, &v->edges);
	kith_buf_printf(&v->edges, ": %s at %ju + %ju = %ju; %s\n", kith_level_name(e->effective),
			(uintmax_t)e->distance, (uintmax_t)e->cost, (uintmax_t)e->total,
			why_ignored(e));
	if (kith_trust_graph_statement(v->graph, e->statement, NULL, &s, NULL))
		return;
	kith_buf_put_str(&v->edges, "              ");
	kith_app_put_proof(v->names.index, s.place, &v->edges);
	kith_buf_put_char(&v->edges, '\n');
}

static void
put_person(struct crev_view *v, const struct kith_app_levels *levels,
	   const struct kith_trust_result *r, const struct kith_id *id)
{
	struct kith_id by;

	kith_app_put_name(&v->names, id, v->out);
	kith_buf_put_str(v->out, ": ");
	put_standing(r, id, v->out);
	kith_buf_put_str(v->out, " (by crev's rules, asked by ");
	kith_app_put_name(&v->names, &levels->roots.list[0], v->out);
	kith_buf_printf(v->out, "; %u pass%s)\n", kith_trust_passes(r),
			kith_trust_passes(r) == 1 ? "" : "es");
	if (kith_trust_banned(r, id, &by)) {
		kith_buf_put_str(v->out, "  banned by ");
		kith_app_put_name(&v->names, &by, v->out);
		kith_buf_put_char(v->out, '\n');
	}
	if (!v->edges.len)
		kith_buf_put_str(v->out, "  nobody who is reached speaks of this id\n");
	kith_buf_put_span(v->out, kith_buf_span(&v->edges));
}

int
kith_app_explain_crev_person(struct kith_session *s, const struct kith_app_levels *levels,
			     const struct kith_id *id, struct kith_buf *out, struct kith_error *err)
{
	struct crev_view v = {.names = {.config = &levels->config, .exact = true},
			      .out = out,
			      .graph = levels->graph};
	const struct kith_crev_log log = {.ctx = &v, .pass = on_pass, .edge = on_edge};
	struct kith_trust_result *result = NULL;
	struct kith_index *ix;
	int r = kith_app_index(s, &ix, err);

	if (r)
		return r;
	v.names.index = ix;
	/* asked about the root itself: the whole log */
	v.id = memcmp(levels->roots.list[0].bytes, id->bytes, KITH_ID_BYTES) == 0 ? NULL : id;
	kith_buf_init(&v.edges, KITH_MIB(64));
	r = kith_trust_resolve_logged(levels->graph, &levels->question, &log, &result, err);
	if (!r) {
		put_person(&v, levels, result, id);
		r = kith_buf_check(&v.edges, err);
	}
	kith_trust_result_free(result);
	kith_buf_clear(&v.edges);
	return r ? r : kith_buf_check(out, err);
}

static void
put_review(const struct kith_app_run *run, const struct kith_report_row *row,
	   const struct kith_claim *c, struct kith_buf *out)
{
	bool same = row->subject.has_digest && c->has_digest &&
		    memcmp(c->digest.bytes, row->subject.digest.bytes, KITH_DIGEST_BYTES) == 0;

	kith_buf_put_str(out, same ? "  these bytes  " : "  others       ");
	kith_report_author(&run->report, c, out);
	kith_buf_put_str(out, " (");
	put_standing(run->trust, &c->author, out);
	kith_buf_put_str(out, ") ");
	kith_text_safe(out, c->version, 40);
	kith_buf_put_str(out, ": ");
	kith_report_claim_says(c, out);
	kith_buf_put_str(out, "; ");
	kith_time_put_date(out, c->date);
	kith_buf_put_char(out, '\n');
}

int
kith_app_explain_crev_row(const struct kith_app_run *run, const struct kith_report_row *row,
			  struct kith_buf *out, struct kith_error *err)
{
	const struct kith_crev_row *c = row->crev;
	char text[KITH_ID_TEXT + 1];
	size_t i;

	kith_text_safe(out, row->package->name, 0);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, row->package->version, 0);
	kith_buf_printf(out, ": %s (by crev's rules)\n", kith_crev_status_name(row->crev_status));
	if (row->subject.has_digest) {
		kith_base64_id(text, row->subject.digest.bytes);
		kith_buf_printf(out, "  digest       %s\n", text);
	} else {
		kith_buf_put_str(out,
				 "  digest       the bytes are not here (kith fetch --packages)\n");
	}
	kith_buf_printf(out,
			"  required     %zu review%s by people trusted %s or better, thoroughness "
			"%s, understanding %s\n",
			run->crev.redundancy, run->crev.redundancy == 1 ? "" : "s",
			kith_level_name(run->crev.level), kith_level_name(run->crev.thoroughness),
			kith_level_name(run->crev.understanding));
	if (c)
		kith_buf_printf(
		    out,
		    "  counted      %zu for, %zu against; issues %zu by people trusted, %zu "
		    "in all\n",
		    c->positive, c->negative, c->issues_trusted, c->issues_all);
	for (i = 0; i < row->n_claims; i++)
		if (row->claims[i].is_signed && row->claims[i].kind == KITH_CLAIM_REVIEW)
			put_review(run, row, &row->claims[i], out);
	return kith_buf_check(out, err);
}
