/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a new kith.toml: every table says what it is for, in words that need no manual. Texts of
 * others reach comments escaped and values quoted.
 */
#include "app/init.h"
#include "app/walk.h"
#include "codec/base64.h"
#include "policy/config_edit.h"

#define COMMENT_WIDTH 90

static void
put_text(struct kith_buf *out, const char *key, struct kith_span text)
{
	const struct kith_config_pair pair = {
	    .key = kith_span_str(key), .type = KITH_PAIR_TEXT, .text = text};

	if (text.len)
		kith_config_put_pair(out, &pair);
}

static void
put_str(struct kith_buf *out, const char *key, const char *text)
{
	put_text(out, key, kith_span_str(text));
}

static void
put_date(struct kith_buf *out, const char *key, struct kith_time date)
{
	const struct kith_config_pair pair = {
	    .key = kith_span_str(key), .type = KITH_PAIR_DATE, .date = date};

	kith_config_put_pair(out, &pair);
}

static void
put_texts(struct kith_buf *out, const char *key, const struct kith_config_texts *texts)
{
	const struct kith_config_pair pair = {
	    .key = kith_span_str(key), .type = KITH_PAIR_TEXTS, .texts = *texts};

	kith_config_put_pair(out, &pair);
}

static void
put_head(const struct kith_init_plan *p, struct kith_buf *out)
{
	kith_buf_put_str(
	    out, "# What this project requires of its dependencies. `kith verify` reads it; the "
		 "manual is kith.toml(5).\n"
		 "# It decides what may be built: review a change to it like a change to code.\n"
		 "# Made by `kith init` on ");
	kith_time_put_date(out, p->session->now);
	kith_buf_put_str(out,
			 ". Edit it freely: commands change only what they say they change.\n");
}

static void
put_roots(const struct kith_init_plan *p, struct kith_buf *out)
{
	char text[KITH_ID_TEXT + 1];
	size_t i;

	kith_buf_put_str(
	    out,
	    p->n_roots
		? "\n# Whose word counts by itself. People whom these trust count too, as far as "
		  "they trust them; nobody else.\n[roots]\nids = [\n"
		: "\n# Whose word counts by itself: so far nobody's, only the sources below "
		  "count. Add ids to count people.\n[roots]\nids = [\n");
	for (i = 0; i < p->n_roots; i++) {
		kith_base64_id(text, p->roots[i].id.bytes);
		kith_buf_printf(out, "  \"%s\",", text);
		if (p->roots[i].name.len || p->roots[i].url.len)
			kith_buf_put_str(out, " #");
		if (p->roots[i].name.len)
			kith_buf_printf(out, " %.*s", KITH_SPAN_FMT(p->roots[i].name));
		if (p->roots[i].url.len) {
			kith_buf_put_char(out, ' ');
			kith_text_safe(out, p->roots[i].url, COMMENT_WIDTH);
		}
		kith_buf_put_char(out, '\n');
	}
	kith_buf_put_str(out, "]\n");
	if (p->threshold > 1)
		kith_buf_printf(out, "threshold = %u # so many of them must agree\n", p->threshold);
	else
		kith_buf_put_str(out, "# threshold = 1 # how many of them must agree\n");
}

static void
put_promotion(struct kith_buf *out, const char *key, const struct kith_deny_promotion *said,
	      const char *comment)
{
	static const char *const words[] = {"note", "object", "ignore"};

	if (said->said)
		kith_buf_printf(out, "%s = \"%s\" # as deny.toml has it\n", key, words[said->as]);
	else
		kith_buf_printf(out, "# %s = \"note\"%s\n", key, comment);
}

static void
put_policy(const struct kith_init_plan *p, struct kith_buf *out)
{
	kith_buf_put_str(
	    out,
	    "\n# How far trust reaches: a step costs 1 (high), 2 (medium) or 4 (low), the way may "
	    "cost 12 in all.\n"
	    "[trust]\n"
	    "# budget = 12\n"
	    "\n# What every dependency needs. A line behind # shows the default.\n"
	    "[policy]\n"
	    "level = \"low\"               # how far a reviewer must be trusted: low, medium, "
	    "high\n"
	    "independent = 1             # how many approvals that do not hang on one person\n"
	    "# thoroughness = \"low\"      # of a review, at least: none, low, medium, high\n"
	    "# understanding = \"low\"     # likewise\n"
	    "# llm = \"supplement\"        # reviews by machines add to people's; or \"count\", "
	    "\"ignore\"\n"
	    "# issue-severity = \"medium\" # an open issue of this or worse is an objection\n");
	if (p->deny.has_severity)
		kith_buf_printf(out, "severity-threshold = \"%s\" # as deny.toml has it\n",
				kith_level_name(p->deny.severity));
	put_promotion(out, "unsound", &p->deny.unsound,
		      "          # advisories of this kind: \"note\", \"object\" or \"ignore\"");
	put_promotion(out, "unmaintained", &p->deny.unmaintained, "");
	if (p->deny.notice.said)
		put_promotion(out, "notice", &p->deny.notice, "");
	put_promotion(out, "yanked", &p->deny.yanked, "");
	kith_buf_put_str(
	    out,
	    "# exempt-owners = [\"ann\"]   # who may own an exemption; nobody named: anybody\n");
}

static void
put_rules(const struct kith_init_plan *p, struct kith_buf *out)
{
	size_t i;

	kith_buf_put_str(
	    out, "\n# More for some packages: every table that matches must be met as well.\n"
		 "# [package.\"*crypt*\"]\n"
		 "# level = \"medium\"\n"
		 "# independent = 2\n");
	for (i = 0; i < p->n_rules; i++) {
		const struct kith_init_rule *x = &p->rules[i];
		const struct kith_config_texts criteria = {x->criteria, x->n_criteria};

		kith_buf_printf(out, "\n[package.\"%.*s\"]\n", KITH_SPAN_FMT(x->package));
		put_texts(out, "criteria", &criteria);
		if (x->replace)
			kith_buf_put_str(out, "replace = true\n");
		put_str(out, "reason", "as the cargo-vet store has it");
	}
}

static void
put_map(const struct kith_config_evidence *e, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < e->n_map; i++) {
		KITH_AUTO_BUF struct kith_buf b;
		struct kith_config_pair pair = {
		    .key = e->map[i].foreign, .type = KITH_PAIR_TEXTS, .texts = e->map[i].own};
		struct kith_span line;

		kith_buf_init(&b, KITH_KIB(64));
		kith_config_put_pair(&b, &pair);
		line = kith_span_trim(kith_buf_carry(out, &b));
		kith_buf_put_str(out, i ? ", " : "criteria-map = { ");
		kith_buf_put_span(out, line);
	}
	if (i)
		kith_buf_put_str(out, " }\n");
}

/* One a line: URLs are long. */
static void
put_urls(const struct kith_config_evidence *e, struct kith_buf *out)
{
	size_t i;

	kith_buf_put_str(out, "urls = [\n");
	for (i = 0; i < e->urls.n; i++) {
		KITH_AUTO_BUF struct kith_buf b;
		const struct kith_config_pair pair = {.key = KITH_SPAN_LIT("x"),
						      .text = e->urls.at[i]};
		struct kith_span line;

		kith_buf_init(&b, KITH_KIB(64));
		kith_config_put_pair(&b, &pair);
		line = kith_span_trim(kith_buf_carry(out, &b));
		kith_buf_put_str(out, "  ");
		kith_buf_put_span(out, kith_span_sub(line, strlen("x = "), SIZE_MAX));
		kith_buf_put_str(out, ",\n");
	}
	kith_buf_put_str(out, "]\n");
}

static void
put_source(const struct kith_config_evidence *e, struct kith_buf *out)
{
	bool levels = e->kind != KITH_CONFIG_CREV || e->trust_ids;

	kith_buf_put_char(out, '\n');
	if (e->reason.len) {
		kith_buf_put_str(out, "# ");
		kith_text_safe(out, e->reason, 0);
		kith_buf_put_char(out, '\n');
	}
	kith_buf_put_str(out, "[[source]]\n");
	put_str(out, "kind", kith_source_kind_name(kith_app_source_kind(e->kind)));
	if (e->urls.n > 1)
		put_urls(e, out);
	else
		put_text(out, "url", e->urls.at[0]);
	put_text(out, "path", e->path);
	put_text(out, "name", e->name);
	if (levels)
		put_str(out, "level", kith_level_name(e->level));
	if (levels && e->object != e->level)
		put_str(out, "object-level", kith_level_name(e->object));
	if (e->trust_ids)
		kith_buf_put_str(out, "trust-ids = true # its owner counts at this level\n");
	put_map(e, out);
}

static void
put_sources(const struct kith_init_plan *p, struct kith_buf *out)
{
	size_t i;

	if (!p->n_sources)
		return;
	kith_buf_put_str(
	    out,
	    p->from_starter
		? "\n# Where evidence comes from: what `kith fetch` gets. Some of it is kith's "
		  "starter "
		  "set: strike out whom you do\n# not want to rely on. `level` is how far a "
		  "source's "
		  "approvals count; a set counts without any root.\n"
		: "\n# Where evidence comes from: what `kith fetch` gets. `level` is how far a "
		  "source's approvals count; a set counts\n# without any root.\n");
	for (i = 0; i < p->n_sources; i++)
		put_source(&p->sources[i], out);
}

static void
put_exempts(const struct kith_init_plan *p, struct kith_buf *out)
{
	size_t i;

	if (!p->n_exempts)
		return;
	kith_buf_put_str(
	    out, "\n# What passes without enough approvals for now: exactly this version and these "
		 "bytes, until the day that is\n# named. Then it fails, with its owner's name. "
		 "`kith todo` says what to review first, `kith exempt --prune`\n# removes what is "
		 "needed no more.\n");
	for (i = 0; i < p->n_exempts; i++) {
		const struct kith_init_exempt *x = &p->exempts[i];

		kith_buf_put_str(out, "\n[[exempt]]\n");
		put_text(out, "package", x->package);
		put_text(out, "version", x->version);
		put_text(out, "checksum", x->key);
		put_text(out, "reason", x->reason);
		put_text(out, "owner", p->owner);
		put_date(out, "added", p->session->now);
		put_date(out, "until", p->until);
	}
}

static void
put_accepts(const struct kith_init_plan *p, struct kith_buf *out)
{
	size_t i;

	if (!p->n_accepts)
		return;
	kith_buf_put_str(
	    out, "\n# Objections that this project lives with: each one alone, any other still "
		 "counts. `kith explain PACKAGE`\n# tells them.\n");
	for (i = 0; i < p->n_accepts; i++) {
		const struct kith_init_accept *x = &p->accepts[i];

		kith_buf_put_str(out, "\n[[accept]]\n");
		put_text(out, "package", x->package);
		put_text(out, "objection", x->objection);
		put_text(out, "reason", x->reason);
		put_text(out, "owner", p->owner);
		put_date(out, "added", p->session->now);
		if (x->ends)
			put_date(out, "until", p->until);
	}
}

int
kith_init_put(const struct kith_init_plan *p, struct kith_buf *out, struct kith_error *err)
{
	put_head(p, out);
	put_roots(p, out);
	put_policy(p, out);
	put_rules(p, out);
	put_sources(p, out);
	put_exempts(p, out);
	put_accepts(p, out);
	return kith_buf_check(out, err);
}
