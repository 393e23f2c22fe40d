/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict as one JSON document, "kith.verify/1": docs/json.md documents every field. */
#include "codec/base64.h"
#include "codec/json.h"
#include "report/finding.h"
#include "report/stats.h"

static void
member_digest(struct kith_json_writer *w, const char *key, const struct kith_digest *digest)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, digest->bytes);
	kith_json_member_str(w, key, text);
}

static void
member_text(struct kith_json_writer *w, const char *key, const struct kith_buf *b)
{
	kith_json_member_string(w, key, kith_buf_carry(w->out, b));
}

static void
put_chain(const struct kith_report *r, struct kith_json_writer *w, const struct kith_verdict *v)
{
	size_t i;

	kith_json_put_key(w, "chain");
	kith_json_open_array(w);
	for (i = 0; i < v->n_chain; i++) {
		kith_json_open_object(w);
		if (v->chain[i].from.len)
			kith_json_member_string(w, "from", v->chain[i].from);
		kith_json_member_string(w, "to", v->chain[i].to);
		kith_report_claim_json(r, v->chain[i].claim, w);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
put_objections(const struct kith_report *r, struct kith_json_writer *w,
	       const struct kith_verdict *v)
{
	static const char *const kinds[] = {"negative-review", "other-bytes", "issue",
					    "violation",       "advisory",    "yanked"};
	size_t i;

	kith_json_put_key(w, "objections");
	kith_json_open_array(w);
	for (i = 0; i < v->n_objections; i++) {
		const struct kith_objection *o = &v->objections[i];

		kith_json_open_object(w);
		kith_json_member_string(w, "id", o->id);
		kith_json_member_str(w, "kind", kinds[o->kind]);
		if (o->issue.len)
			kith_json_member_string(w, "issue", o->issue);
		if (o->kind == KITH_OBJECTION_ISSUE || o->kind == KITH_OBJECTION_ADVISORY)
			kith_json_member_str(w, "severity", kith_level_name(o->severity));
		if (o->claim)
			kith_report_claim_json(r, o->claim, w);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
put_requirement(struct kith_json_writer *w, const struct kith_requirement *q)
{
	static const char *const llm[] = {"count", "supplement", "ignore"};
	size_t i;

	kith_json_put_key(w, "requirement");
	kith_json_open_object(w);
	kith_json_member_str(w, "level", kith_level_name(q->level));
	kith_json_member_integer(w, "independent", q->independent);
	kith_json_member_str(w, "thoroughness", kith_level_name(q->thoroughness));
	kith_json_member_str(w, "understanding", kith_level_name(q->understanding));
	kith_json_member_str(w, "llm", llm[q->llm]);
	kith_json_member_boolean(w, "signed", q->only_signed);
	kith_json_member_str(w, "objection_level", kith_level_name(q->objection_level));
	kith_json_put_key(w, "criteria");
	kith_json_open_array(w);
	for (i = 0; i < q->n_criteria; i++)
		kith_json_put_string(w, q->criteria[i]);
	kith_json_close_array(w);
	kith_json_close_object(w);
}

static void
put_kinds(struct kith_json_writer *w, unsigned kinds)
{
	kith_json_put_key(w, "kinds");
	if (!kinds) {
		kith_json_put_null(w);
		return;
	}
	kith_json_open_array(w);
	if (kinds & KITH_KIND_NORMAL)
		kith_json_put_str(w, "normal");
	if (kinds & KITH_KIND_BUILD)
		kith_json_put_str(w, "build");
	if (kinds & KITH_KIND_DEV)
		kith_json_put_str(w, "dev");
	kith_json_close_array(w);
}

static void
put_crev(struct kith_json_writer *w, const struct kith_report_row *row)
{
	static const char *const latest[] = {NULL, "same", "newer", "older"};
	const struct kith_crev_row *c = row->crev;

	kith_json_put_key(w, "crev");
	kith_json_open_object(w);
	kith_json_member_str(w, "status", kith_crev_status_name(row->crev_status));
	kith_json_member_integer(w, "reviews_version", (int64_t)c->reviews_version);
	kith_json_member_integer(w, "reviews_all", (int64_t)c->reviews_all);
	kith_json_member_integer(w, "issues_trusted", (int64_t)c->issues_trusted);
	kith_json_member_integer(w, "issues_all", (int64_t)c->issues_all);
	kith_json_member_str(w, "latest_trusted", latest[c->latest]);
	if (c->latest != KITH_LATEST_NONE)
		kith_json_member_string(w, "latest_trusted_version", c->latest_version);
	kith_json_member_boolean(w, "unmaintained", c->unmaintained);
	kith_json_close_object(w);
}

/* What is told and decides nothing: lesser issues, informational advisories. */
static void
put_notes(const struct kith_report *r, struct kith_json_writer *w, const struct kith_verdict *v)
{
	static const char *const kinds[] = {"issue", "advisory", "other-bytes", "yanked"};
	size_t i;

	kith_json_put_key(w, "notes");
	kith_json_open_array(w);
	for (i = 0; i < v->n_notes; i++) {
		const struct kith_note *n = &v->notes[i];

		if (n->kind == KITH_NOTE_BYTES)
			continue; /* reviewed_other_bytes has them, and strangers' too */
		kith_json_open_object(w);
		kith_json_member_str(w, "kind", kinds[n->kind]);
		if (n->issue.len) {
			kith_json_member_string(w, "issue", n->issue);
			kith_json_member_str(w, "severity", kith_level_name(n->severity));
		}
		if (n->claim)
			kith_report_claim_json(r, n->claim, w);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

/* Neither affected nor not: nobody may take this for an all-clear (advisories.md 5.6). */
static void
put_unknown(struct kith_json_writer *w, const struct kith_report_row *row)
{
	size_t i, k;

	kith_json_put_key(w, "cannot_be_judged");
	kith_json_open_array(w);
	for (i = 0; i < row->n_unknown; i++) {
		kith_json_open_object(w);
		kith_json_put_key(w, "ids");
		kith_json_open_array(w);
		for (k = 0; k < row->unknown[i].n_ids; k++)
			kith_json_put_string(w, row->unknown[i].ids[k]);
		kith_json_close_array(w);
		kith_json_member_str(w, "why", kith_advisory_trouble_text(row->unknown[i].trouble));
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

/* Claims by strangers of other bytes: told, never counted (verdict.md 6). */
static void
put_other_bytes(const struct kith_report *r, struct kith_json_writer *w,
		const struct kith_report_row *row)
{
	size_t i;

	kith_json_put_key(w, "reviewed_other_bytes");
	kith_json_open_array(w);
	for (i = 0; i < row->n_named; i++) {
		const struct kith_claim *c = &row->named[i];

		if (!kith_policy_is_of_other_bytes(&row->subject, c))
			continue;
		kith_json_open_object(w);
		kith_report_claim_json(r, c, w);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
put_registry(struct kith_json_writer *w, const struct kith_report_row *row)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 64);
	kith_json_member_boolean(w, "uncorroborated", row->uncorroborated);
	kith_json_put_key(w, "registry");
	if (!row->registry.known) {
		kith_json_put_null(w);
		return;
	}
	kith_json_open_object(w);
	kith_json_member_boolean(w, "checksum_agrees", row->registry.checksum_agrees);
	kith_json_member_boolean(w, "yanked", row->registry.yanked);
	if (row->registry.has_published) {
		kith_time_put_rfc3339(&b, row->registry.published);
		member_text(w, "published", &b);
	}
	kith_json_member_boolean(w, "yank_lure", row->registry.lure);
	kith_json_close_object(w);
}

static void
put_row(const struct kith_report *r, struct kith_json_writer *w, const struct kith_report_row *row,
	const char *lock_file)
{
	static const char *const bytes[] = {"absent", "archive", "vendored"};
	const struct kith_package *p = row->package;
	KITH_AUTO_BUF struct kith_buf reason;

	kith_buf_init(&reason, KITH_KIB(16));
	kith_json_open_object(w);
	if (lock_file)
		kith_json_member_str(w, "lock_file", lock_file);
	kith_json_member_str(w, "ecosystem", kith_ecosystem_name(p->eco));
	kith_json_member_string(w, "name", p->name);
	kith_json_member_string(w, "version", p->version);
	kith_json_member_str(w, "origin", kith_origin_name(p->origin));
	kith_json_member_string(w, "source", p->source);
	kith_json_member_string(w, "checksum", p->checksum);
	kith_json_member_integer(w, "line", p->line);
	put_kinds(w, p->kinds);
	if (row->change)
		kith_report_change_json(row->change, w);
	kith_json_member_str(w, "bytes", bytes[row->subject.bytes]);
	if (row->subject.has_digest)
		member_digest(w, "digest", &row->subject.digest);
	if (row->crev) {
		put_crev(w, row);
	} else {
		kith_json_member_str(w, "status", kith_status_name(row->verdict.status));
		kith_report_reason(r, row, &reason);
		member_text(w, "reason", &reason);
		kith_json_member_str(w, "miss", kith_miss_name(row->verdict.miss));
		kith_json_member_integer(w, "independent", row->verdict.independent);
		put_requirement(w, &row->verdict.requirement);
		put_chain(r, w, &row->verdict);
		put_objections(r, w, &row->verdict);
		put_notes(r, w, &row->verdict);
		put_unknown(w, row);
		put_other_bytes(r, w, row);
		put_registry(w, row);
	}
	kith_json_close_object(w);
}

/* At which state sets and databases were: silence of another one means something else. */
static void
put_states(const struct kith_report *r, struct kith_json_writer *w)
{
	size_t i;

	kith_json_put_key(w, "sources");
	kith_json_open_array(w);
	for (i = 0; i < r->n_states; i++) {
		const struct kith_report_source *x = &r->states[i];

		kith_json_open_object(w);
		kith_json_member_string(w, "name", r->sources[x->number].name);
		kith_json_member_str(w, "level", kith_level_name(r->sources[x->number].level));
		kith_json_member_str(w, "object_level",
				     kith_level_name(r->sources[x->number].object));
		kith_json_member_string(w, "source", x->location);
		kith_json_member_string(w, "commit", x->commit);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
put_replacements(const struct kith_report *r, struct kith_json_writer *w)
{
	size_t i;

	if (!r->n_replacements)
		return;
	kith_json_put_key(w, "source_replacements");
	kith_json_open_array(w);
	for (i = 0; i < r->n_replacements; i++) {
		kith_json_open_object(w);
		kith_json_member_str(w, "config", r->replacements[i].config);
		kith_json_member_integer(w, "line", r->replacements[i].line);
		kith_json_member_str(w, "source", r->replacements[i].source);
		kith_json_member_str(w, "with", r->replacements[i].with);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
put_remark(const struct kith_report_remark *m, const char *lock_file, struct kith_json_writer *w)
{
	kith_json_open_object(w);
	if (lock_file)
		kith_json_member_str(w, "lock_file", lock_file);
	kith_json_member_str(w, "rule", kith_rule_text(m->rule)->id);
	kith_json_member_str(w, "severity", m->fails ? "error" : "warning");
	kith_json_member_str(w, "file", m->path);
	kith_json_member_integer(w, "line", m->line ? m->line : 1);
	kith_json_member_str(w, "message", m->text);
	kith_json_close_object(w);
}

static void
put_remarks(const struct kith_report *r, struct kith_json_writer *w)
{
	size_t i;

	kith_json_put_key(w, "findings");
	kith_json_open_array(w);
	for (i = 0; i < r->n_remarks; i++)
		put_remark(&r->remarks[i], NULL, w);
	kith_json_close_array(w);
}

static void
put_head(const struct kith_report *r, struct kith_json_writer *w)
{
	static const char *const semantics[] = {"native", "crev", "vet"};
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_KIB(4));
	kith_json_member_str(w, "schema", "kith.verify/1");
	kith_json_member_str(w, "semantics", semantics[r->semantics]);
	kith_json_member_str(w, "lock_file", r->lock_path);
	kith_json_member_boolean(w, "pass", r->pass);
	if (r->vet_summary)
		kith_json_member_str(w, "cargo_vet", r->vet_summary);
	put_replacements(r, w);
	put_remarks(r, w);
	kith_report_since_json(r, w);
	kith_json_put_key(w, "roots");
	kith_json_open_array(w);
	for (i = 0; i < r->n_roots; i++) {
		char text[KITH_ID_TEXT + 1];

		kith_base64_id(text, r->roots[i].bytes);
		kith_json_put_str(w, text);
	}
	kith_json_close_array(w);
	kith_json_put_key(w, "overrides");
	kith_json_open_object(w);
	for (i = 0; i < r->n_overrides; i++)
		kith_json_member_str(w, r->overrides[i].field, r->overrides[i].value);
	kith_json_close_object(w);
	kith_json_put_key(w, "inputs");
	kith_json_open_object(w);
	kith_hex_put(&b, r->inputs.lock, sizeof(r->inputs.lock));
	member_text(w, "lock_sha256", &b);
	member_digest(w, "claims", &r->inputs.claims);
	if (r->inputs.has_starter)
		member_digest(w, "starter", &r->inputs.starter);
	if (r->semantics == KITH_SEMANTICS_NATIVE)
		put_states(r, w);
	if (r->inputs.now_matters) {
		kith_buf_reset(&b);
		kith_time_put_rfc3339(&b, r->inputs.now);
		member_text(w, "now", &b);
	}
	kith_json_close_object(w);
}

static void
put_summary(const struct kith_report *r, struct kith_json_writer *w)
{
	int i;

	kith_json_put_key(w, "summary");
	kith_json_open_object(w);
	kith_json_member_integer(w, "packages", (int64_t)r->n_rows);
	if (r->semantics == KITH_SEMANTICS_CREV)
		for (i = 0; i < 4; i++)
			kith_json_member_integer(w, kith_crev_status_name((enum kith_crev_status)i),
						 (int64_t)r->crev_counts[i]);
	else
		for (i = 0; i < KITH_STATUS_COUNT; i++)
			kith_json_member_integer(w, kith_status_name((enum kith_status)i),
						 (int64_t)r->counts[i]);
	kith_json_close_object(w);
}

static void
put_document(const struct kith_report *r, const struct kith_report_options *o,
	     struct kith_json_writer *w)
{
	size_t i;

	kith_json_open_object(w);
	put_head(r, w);
	put_summary(r, w);
	if (r->stats)
		kith_report_stats_json(r, r->stats, w);
	kith_json_put_key(w, "packages");
	kith_json_open_array(w);
	for (i = 0; i < r->n_rows; i++)
		if (!o->failing || !kith_report_passes(r, &r->rows[i]))
			put_row(r, w, &r->rows[i], NULL);
	kith_json_close_array(w);
	kith_json_close_object(w);
}

void
kith_report_json(const struct kith_report *r, const struct kith_report_options *o,
		 struct kith_buf *out)
{
	struct kith_json_writer w;

	kith_json_begin(&w, out, true);
	put_document(r, o, &w);
	kith_buf_put_char(out, '\n');
}

void
kith_report_json_all(const struct kith_report_set *s, const struct kith_report_options *o,
		     struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.verify-all/1");
	kith_json_member_boolean(&w, "pass", s->pass);
	kith_json_put_key(&w, "projects");
	kith_json_open_array(&w);
	for (i = 0; i < s->n; i++)
		put_document(s->reports[i], o, &w);
	kith_json_close_array(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

/* With `lock_file` each object says which lock file it is about. */
static void
put_lines(const struct kith_report *r, const struct kith_report_options *o, const char *lock_file,
	  struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	for (i = 0; i < r->n_remarks; i++) {
		kith_json_begin(&w, out, false);
		put_remark(&r->remarks[i], lock_file, &w);
		kith_buf_put_char(out, '\n');
	}
	for (i = 0; i < r->n_rows; i++) {
		if (o->failing && kith_report_passes(r, &r->rows[i]))
			continue;
		kith_json_begin(&w, out, false);
		put_row(r, &w, &r->rows[i], lock_file);
		kith_buf_put_char(out, '\n');
	}
}

void
kith_report_jsonl(const struct kith_report *r, const struct kith_report_options *o,
		  struct kith_buf *out)
{
	put_lines(r, o, NULL, out);
}

void
kith_report_jsonl_all(const struct kith_report_set *s, const struct kith_report_options *o,
		      struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		put_lines(s->reports[i], o, s->reports[i]->lock_path, out);
}
