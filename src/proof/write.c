/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lays out a proof's fields in the order and style of cargo-crev (crev format 3.2, 3.3). Judges
 * nothing: seal.c reads back what comes out.
 */
#include "base/base.h"
#include "codec/base64.h"
#include "proof/body.h"
#include "proof/scalar.h"

/* Entries are written after a prefix that is their indentation: "", "  ", "- " or "  - ". */
static void
put_text(struct kith_buf *out, const char *prefix, const char *key, struct kith_span value)
{
	kith_buf_printf(out, "%s%s: ", prefix, key);
	kith_proof_scalar_put(out, value, strlen(prefix));
}

static void
put_optional(struct kith_buf *out, const char *prefix, const char *key, struct kith_span value)
{
	if (value.len)
		put_text(out, prefix, key, value);
}

static void
put_word(struct kith_buf *out, const char *prefix, const char *key, const char *word)
{
	kith_buf_printf(out, "%s%s: %s\n", prefix, key, word);
}

/* Left out where it is what readers assume. */
static void
put_type(struct kith_buf *out, const char *prefix, const char *key, struct kith_span value,
	 const char *usual)
{
	if (!kith_span_is(value, usual))
		put_optional(out, prefix, key, value);
}

static void
put_base64(struct kith_buf *out, const char *prefix, const char *key, struct kith_span text,
	   const uint8_t bytes[32])
{
	char encoded[KITH_ID_TEXT + 1];

	kith_base64_id(encoded, bytes);
	put_text(out, prefix, key, text.len ? text : kith_span_str(encoded));
}

/* `first` and `rest`: the prefixes of the first entry and of those that follow. */
static void
put_id(struct kith_buf *out, const char *first, const char *rest, const struct kith_public_id *id)
{
	put_word(out, first, "id-type", "crev");
	put_base64(out, rest, "id", id->text, id->id.bytes);
	put_optional(out, rest, "url", id->url);
	if (id->url.len)
		put_type(out, rest, "url-type", id->url_type, "git");
}

void
kith_body_put_overrides(const struct kith_proof *p, struct kith_buf *out)
{
	size_t i;

	if (p->n_overrides)
		kith_buf_put_str(out, "override:\n");
	for (i = 0; i < p->n_overrides; i++) {
		put_id(out, "- ", "  ", &p->overrides[i]);
		put_optional(out, "  ", "comment", p->overrides[i].comment);
	}
}

static void
put_common(const struct kith_proof *p, struct kith_buf *out)
{
	put_word(out, "", "kind",
		 p->limited ? KITH_PROOF_LIMITED_KIND : kith_proof_kind_name(p->kind));
	kith_buf_put_str(out, "version: -1\ndate: ");
	kith_time_put_offset(out, p->date, p->date_offset);
	kith_buf_put_str(out, "\nfrom:\n");
	put_id(out, "  ", "  ", &p->from);
	if (!p->has_original)
		return;
	kith_buf_put_str(out, "original:\n");
	put_base64(out, "  ", "proof", p->original_text, p->original.bytes);
	put_optional(out, "  ", "comment", p->original_comment);
}

static void
put_trust(const struct kith_proof *p, struct kith_buf *out)
{
	size_t i;

	kith_buf_put_str(out, p->n_ids ? "ids:\n" : "ids: []\n");
	for (i = 0; i < p->n_ids; i++)
		put_id(out, "- ", "  ", &p->ids[i]);
	put_word(out, "", "trust", kith_level_name(p->level));
	kith_body_put_overrides(p, out);
	if (!p->limited)
		return;
	if (p->reach != KITH_REACH_DELEGATE)
		put_word(out, "", "reach", kith_reach_name(p->reach));
	put_optional(out, "", "scope", p->scope);
	if (p->has_until) {
		kith_buf_put_str(out, "until: ");
		kith_time_put_offset(out, p->until, 0);
		kith_buf_put_char(out, '\n');
	}
}

static void
put_package(struct kith_buf *out, const char *key, const struct kith_package_info *info)
{
	kith_buf_printf(out, "%s:\n", key);
	put_text(out, "  ", "source", info->source);
	put_text(out, "  ", "name", info->name);
	put_text(out, "  ", "version", info->version);
	put_optional(out, "  ", "revision", info->revision);
	put_type(out, "  ", "revision-type", info->revision_type, "git");
	put_base64(out, "  ", "digest", info->digest_text, info->digest.bytes);
	put_type(out, "  ", "digest_type", info->digest_type, "blake2b");
}

static void
put_review(const struct kith_proof *p, struct kith_buf *out, const char *prefix)
{
	put_word(out, prefix, "thoroughness", kith_level_name(p->thoroughness));
	put_word(out, prefix, "understanding", kith_level_name(p->understanding));
	put_word(out, prefix, "rating", kith_rating_name(p->rating));
}

void
kith_body_put_review(const struct kith_proof *p, struct kith_buf *out)
{
	kith_buf_put_str(out, "review:\n");
	put_review(p, out, "  ");
}

/* The end that issues and advisories share; an empty comment is written there. */
static void
put_finding(struct kith_buf *out, enum kith_level severity, enum kith_range range,
	    struct kith_span comment)
{
	put_word(out, "  ", "severity", kith_level_name(severity));
	if (range != KITH_RANGE_ALL)
		put_word(out, "  ", "range", range == KITH_RANGE_MAJOR ? "major" : "minor");
	put_text(out, "  ", "comment", comment);
}

void
kith_body_put_issues(const struct kith_proof *p, struct kith_buf *out)
{
	size_t i;

	if (p->n_issues)
		kith_buf_put_str(out, "issues:\n");
	for (i = 0; i < p->n_issues; i++) {
		put_text(out, "- ", "id", p->issues[i].id);
		put_finding(out, p->issues[i].severity, p->issues[i].range, p->issues[i].comment);
	}
}

void
kith_body_put_advisories(const struct kith_proof *p, struct kith_buf *out)
{
	size_t i, j;

	if (p->n_advisories)
		kith_buf_put_str(out, "advisories:\n");
	for (i = 0; i < p->n_advisories; i++) {
		const struct kith_proof_advisory *a = &p->advisories[i];

		kith_buf_put_str(out, a->n_ids ? "- ids:\n" : "- ids: []\n");
		for (j = 0; j < a->n_ids; j++) {
			kith_buf_put_str(out, "  - ");
			kith_proof_scalar_put(out, a->ids[j], 2);
		}
		put_finding(out, a->severity, a->range, a->comment);
	}
}

static int
compare_alternatives(const void *pa, const void *pb)
{
	const struct kith_proof_alternative *a = pa, *b = pb;
	int order = kith_span_cmp(a->source, b->source);

	return order ? order : kith_span_cmp(a->name, b->name);
}

void
kith_body_put_alternatives(const struct kith_proof *p, struct kith_buf *out)
{
	size_t i;

	if (p->n_alternatives)
		kith_buf_put_str(out, "alternatives:\n");
	for (i = 0; i < p->n_alternatives; i++) {
		put_text(out, "- ", "source", p->alternatives[i].source);
		put_text(out, "  ", "name", p->alternatives[i].name);
	}
}

/* A set: cargo-crev writes it in any order, here it is sorted and without repetition. */
static int
put_alternatives(const struct kith_proof *p, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_proof_alternative *sorted = NULL;
	size_t i, n = p->n_alternatives, kept = 0;
	struct kith_proof set = {.n_alternatives = 0};

	if (!n)
		return KITH_OK;
	sorted = kith_calloc(n, sizeof(*sorted));
	if (!sorted)
		return kith_fail_nomem(err);
	memcpy(sorted, p->alternatives, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_alternatives);
	for (i = 0; i < n; i++)
		if (!kept || compare_alternatives(&sorted[kept - 1], &sorted[i]) != 0)
			sorted[kept++] = sorted[i];
	set.alternatives = sorted;
	set.n_alternatives = kept;
	kith_body_put_alternatives(&set, out);
	return KITH_OK;
}

static void
put_llm(const struct kith_proof *p, struct kith_buf *out)
{
	if (!p->has_llm)
		return;
	kith_buf_put_str(out, "llm-agent:\n");
	put_text(out, "  ", "model", p->llm_model);
	put_optional(out, "  ", "model-version", p->llm_version);
	put_word(out, "  ", "human-guided", p->llm_human_guided ? "true" : "false");
}

static int
put_package_review(const struct kith_proof *p, struct kith_buf *out, struct kith_error *err)
{
	int e;

	put_package(out, "package", &p->package);
	if (p->has_base)
		put_package(out, "package-diff-base", &p->base);
	if (!kith_proof_is_empty_review(p))
		kith_body_put_review(p, out);
	kith_body_put_issues(p, out);
	kith_body_put_advisories(p, out);
	if (p->unmaintained)
		kith_buf_put_str(out, "flags:\n  unmaintained: true\n");
	e = put_alternatives(p, out, err);
	if (e)
		return e;
	kith_body_put_overrides(p, out);
	put_llm(p, out);
	return KITH_OK;
}

static void
put_code_review(const struct kith_proof *p, struct kith_buf *out)
{
	size_t i;

	put_package(out, "package", &p->package);
	put_review(p, out, "");
	if (p->n_files)
		kith_buf_put_str(out, "files:\n");
	for (i = 0; i < p->n_files; i++) {
		put_text(out, "- ", "path", p->files[i].path);
		put_text(out, "  ", "digest", p->files[i].digest_text);
		put_type(out, "  ", "digest-type", p->files[i].digest_type, "blake2b");
	}
	put_llm(p, out);
}

/* What the hand-made block cannot hold raw: libyaml refuses it or takes it for a line end. */
static bool
must_escape(uint32_t c)
{
	if (c == '\n' || c == '\t')
		return false;
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
	       c == 0xfffe || c == 0xffff;
}

/* True where the hand-made block of crev format 3.3 would be read as it was meant (3.6). */
static bool
is_plain_safe(struct kith_span comment)
{
	uint32_t c, before = '\n';
	struct kith_span line;
	bool text_seen = false;
	size_t pos = 0;

	while (kith_utf8_next(comment, &pos, &c)) {
		if (must_escape(c))
			return false;
		if (before == '\n' && (c == '\t' || (c == ' ' && !text_seen)))
			return false;
		text_seen |= c != '\n';
		before = c;
	}
	while (kith_span_next(&comment, '\n', &line))
		if (kith_span_starts(kith_span_trim_unicode(line), KITH_SPAN_LIT("-----")))
			return false;
	return true;
}

struct kith_span
kith_body_comment(struct kith_span comment)
{
	while (comment.len && comment.ptr[comment.len - 1] == '\n')
		comment.len--;
	return comment;
}

void
kith_body_put_comment(struct kith_buf *out, struct kith_span comment)
{
	struct kith_span line;

	comment = kith_body_comment(comment);
	if (!comment.len)
		return;
	if (!is_plain_safe(comment)) {
		kith_buf_put_str(out, "comment: ");
		kith_proof_scalar_put_quoted(out, comment);
		kith_buf_put_char(out, '\n');
		return;
	}
	kith_buf_put_str(out, "comment: |-\n");
	while (kith_span_next(&comment, '\n', &line)) {
		kith_buf_put_str(out, "  ");
		kith_buf_put_span(out, line);
		kith_buf_put_char(out, '\n');
	}
}

int
kith_body_put(const struct kith_proof *p, struct kith_buf *out, struct kith_error *err)
{
	int e = KITH_OK;

	put_common(p, out);
	if (p->kind == KITH_PROOF_TRUST)
		put_trust(p, out);
	else if (p->kind == KITH_PROOF_CODE)
		put_code_review(p, out);
	else
		e = put_package_review(p, out, err);
	kith_body_put_comment(out, p->comment);
	return e;
}
