/* SPDX-License-Identifier: Apache-2.0 */
/* What one claim says, in words and in JSON; third-party text escaped. */
#include "codec/base64.h"
#include "codec/json.h"
#include "report/report.h"

#define TEXT_WIDTH  40 /* columns of somebody's text in a line */
#define TITLE_WIDTH 80

static const char *const advisory_kinds[] = {"vulnerability", "unsound", "unmaintained", "notice"};
static const char *const claim_kinds[] = {"review", "audit", "violation", "vouch", "advisory"};

static void
put_criteria(const struct kith_claim *c, struct kith_buf *out)
{
	size_t i;

	if (!c->n_criteria) /* the set's own words, which nobody mapped */
		kith_buf_put_str(out, "no criterion that is known here");
	for (i = 0; i < c->n_criteria; i++) {
		kith_buf_put_str(out, i ? ", " : "");
		kith_text_safe(out, c->criteria[i], TEXT_WIDTH);
	}
}

static void
put_review(const struct kith_claim *c, struct kith_buf *out)
{
	if (c->empty)
		kith_buf_put_str(out, "no rating");
	else
		kith_buf_printf(out, "%s, thoroughness %s, understanding %s",
				kith_rating_name(c->rating), kith_level_name(c->thoroughness),
				kith_level_name(c->understanding));
	if (c->n_issues)
		kith_buf_printf(out, ", %zu issue%s", c->n_issues, c->n_issues == 1 ? "" : "s");
	if (c->n_advisories)
		kith_buf_printf(out, ", %zu advisor%s", c->n_advisories,
				c->n_advisories == 1 ? "y" : "ies");
	if (c->unmaintained)
		kith_buf_put_str(out, ", unmaintained");
	if (c->has_llm)
		kith_buf_put_str(out,
				 c->llm_human_guided ? ", by a guided machine" : ", by a machine");
}

static void
put_dates(const struct kith_claim *c, struct kith_buf *out)
{
	kith_buf_put_str(out, " publishes from ");
	kith_time_put_date(out, c->start);
	kith_buf_put_str(out, " until before ");
	kith_time_put_date(out, c->end);
}

/* "high 7.5", or nothing where it says none. */
static void
put_severity(const struct kith_claim *c, struct kith_buf *out)
{
	if (c->malicious)
		kith_buf_put_str(out, "malicious");
	else if (c->advisory_kind != KITH_ADVISORY_VULNERABILITY)
		kith_buf_put_str(out, advisory_kinds[c->advisory_kind]);
	else if (!c->has_severity)
		kith_buf_put_str(out, "of unknown severity");
	else if (c->has_score && c->score >= 90)
		kith_buf_put_str(out, "critical");
	else
		kith_buf_put_str(out, kith_level_name(c->severity));
	if (c->has_score && !c->malicious)
		kith_buf_printf(out, " %u.%u", c->score / 10U, c->score % 10U);
}

void
kith_report_advisory(const struct kith_claim *c, struct kith_buf *out)
{
	kith_text_safe(out, c->id, TEXT_WIDTH);
	kith_buf_put_str(out, " (");
	put_severity(c, out);
	kith_buf_put_char(out, ')');
	if (c->comment.len) {
		kith_buf_put_str(out, ": ");
		kith_text_safe(out, c->comment, TITLE_WIDTH);
	}
}

static void
put_other_ids(const struct kith_claim *c, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < c->n_other_ids && i < 4; i++) {
		kith_buf_put_str(out, i ? ", " : ", also ");
		kith_text_safe(out, c->other_ids[i], TEXT_WIDTH);
	}
	if (i < c->n_other_ids)
		kith_buf_put_str(out, ", …");
}

void
kith_report_claim_says(const struct kith_claim *c, struct kith_buf *out)
{
	switch (c->kind) {
	case KITH_CLAIM_REVIEW:
		put_review(c, out);
		break;
	case KITH_CLAIM_AUDIT:
		kith_buf_put_str(out, "audited for ");
		put_criteria(c, out);
		break;
	case KITH_CLAIM_VIOLATION:
		kith_text_safe(out, c->range, TEXT_WIDTH);
		kith_buf_put_str(out, " violates ");
		put_criteria(c, out);
		if (c->gone)
			kith_buf_put_str(out, " (the set does not say so any more)");
		break;
	case KITH_CLAIM_VOUCH:
		kith_buf_put_str(out, "vouches for what ");
		kith_text_safe(out, c->login, TEXT_WIDTH);
		put_dates(c, out);
		break;
	case KITH_CLAIM_ADVISORY:
		kith_buf_put_str(out, "advisory ");
		kith_text_safe(out, c->id, TEXT_WIDTH);
		kith_buf_put_str(out, ", ");
		put_severity(c, out);
		put_other_ids(c, out);
		break;
	}
}

/* --- JSON --- */

static void
put_texts(struct kith_json_writer *w, const char *key, const struct kith_span *list, size_t n)
{
	size_t i;

	kith_json_put_key(w, key);
	kith_json_open_array(w);
	for (i = 0; i < n; i++)
		kith_json_put_string(w, list[i]);
	kith_json_close_array(w);
}

static void
put_text(struct kith_json_writer *w, const char *key, struct kith_span s)
{
	if (s.len)
		kith_json_member_string(w, key, s);
}

static void
put_places(struct kith_json_writer *w, const struct kith_claim *c)
{
	size_t i;

	kith_json_put_key(w, "places");
	kith_json_open_array(w);
	for (i = 0; i < c->n_places; i++) {
		kith_json_open_object(w);
		kith_json_member_string(w, "source", c->places[i].source);
		kith_json_member_string(w, "commit", c->places[i].commit);
		kith_json_member_string(w, "path", c->places[i].path);
		if (c->places[i].line)
			kith_json_member_integer(w, "line", c->places[i].line);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
put_author(const struct kith_report *r, struct kith_json_writer *w, const struct kith_claim *c)
{
	char text[KITH_ID_TEXT + 1];

	if (c->is_signed) {
		kith_base64_id(text, c->author.bytes);
		kith_json_member_str(w, "author", text);
	} else if (c->set < r->n_sources) {
		kith_json_member_string(w, "author", r->sources[c->set].name);
	}
	kith_json_member_boolean(w, "signed", c->is_signed);
}

static void
put_date(struct kith_json_writer *w, const char *key, struct kith_time t)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(1));
	kith_time_put_rfc3339(&b, t);
	kith_json_member_string(w, key, kith_buf_carry(w->out, &b));
}

static void
put_advisory(struct kith_json_writer *w, const struct kith_claim *c)
{
	put_texts(w, "other_ids", c->other_ids, c->n_other_ids);
	kith_json_member_str(w, "advisory_kind",
			     c->malicious ? "malicious" : advisory_kinds[c->advisory_kind]);
	if (c->has_severity)
		kith_json_member_str(w, "advisory_severity", kith_level_name(c->severity));
	if (c->has_score) {
		char score[16];

		snprintf(score, sizeof(score), "%u.%u", c->score / 10U, c->score % 10U);
		kith_json_member_str(w, "advisory_score", score);
	}
	put_text(w, "title", c->comment);
}

static void
put_unsigned(struct kith_json_writer *w, const struct kith_claim *c)
{
	char text[KITH_ID_TEXT + 1];

	kith_json_member_string(w, "claim_id", c->id);
	if (c->kind == KITH_CLAIM_ADVISORY) {
		put_advisory(w, c);
		return;
	}
	put_texts(w, "criteria", c->criteria, c->n_criteria);
	put_text(w, "who", c->who);
	put_text(w, "range", c->range);
	put_text(w, "publisher", c->login);
	if (c->kind == KITH_CLAIM_VOUCH) {
		put_date(w, "start", c->start);
		put_date(w, "end", c->end);
	}
	put_text(w, "aggregated_from", c->origin);
	if (c->has_origin_id) {
		kith_base64_id(text, c->origin_id.bytes);
		kith_json_member_str(w, "exported_from", text);
	}
	if (c->has_seen)
		put_date(w, "first_seen", c->seen);
	if (c->gone)
		kith_json_member_boolean(w, "gone", true);
}

void
kith_report_claim_json(const struct kith_report *r, const struct kith_claim *c,
		       struct kith_json_writer *w)
{
	KITH_AUTO_BUF struct kith_buf b;
	char text[KITH_ID_TEXT + 1];

	kith_buf_init(&b, KITH_KIB(16));
	put_author(r, w, c);
	kith_json_member_str(w, "claim", claim_kinds[c->kind]);
	kith_json_member_string(w, "version", c->version);
	if (c->has_base)
		kith_json_member_string(w, "base", c->base_version);
	kith_report_claim_says(c, &b);
	kith_json_member_string(w, "says", kith_buf_carry(w->out, &b));
	if (c->is_signed) {
		kith_base64_id(text, c->proof.bytes);
		kith_json_member_str(w, "proof", text);
	} else {
		put_unsigned(w, c);
	}
	if (c->is_signed || c->date.sec)
		put_date(w, "date", c->date);
	put_places(w, c);
}
