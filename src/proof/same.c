/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a proof that was written reads back as what was meant. Differences that writing makes on
 * purpose (defaults left out, sorted alternatives) are none.
 */
#include "base/base.h"
#include "codec/base64.h"
#include "proof/body.h"

static struct kith_span
or_usual(struct kith_span s, const char *usual)
{
	return s.len ? s : kith_span_str(usual);
}

/* The text of an id or digest, or its bytes where the writer gave only those. */
static bool
same_base64(struct kith_span text, const uint8_t bytes[32], struct kith_span read)
{
	char encoded[KITH_ID_TEXT + 1];

	kith_base64_id(encoded, bytes);
	return kith_span_eq(text.len ? text : kith_span_str(encoded), read);
}

static bool
same_id(const struct kith_public_id *a, const struct kith_public_id *b)
{
	return same_base64(a->text, a->id.bytes, b->text) && kith_span_eq(a->url, b->url) &&
	       (!a->url.len ||
		kith_span_eq(or_usual(a->url_type, "git"), or_usual(b->url_type, "git"))) &&
	       kith_span_eq(a->comment, b->comment);
}

static bool
same_ids(const struct kith_public_id *a, size_t na, const struct kith_public_id *b, size_t nb)
{
	size_t i;

	if (na != nb)
		return false;
	for (i = 0; i < na; i++)
		if (!same_id(&a[i], &b[i]))
			return false;
	return true;
}

static bool
same_package(const struct kith_package_info *a, const struct kith_package_info *b)
{
	return kith_span_eq(a->source, b->source) && kith_span_eq(a->name, b->name) &&
	       kith_span_eq(a->version, b->version) && kith_span_eq(a->revision, b->revision) &&
	       kith_span_eq(or_usual(a->revision_type, "git"), or_usual(b->revision_type, "git")) &&
	       same_base64(a->digest_text, a->digest.bytes, b->digest_text) &&
	       kith_span_eq(or_usual(a->digest_type, "blake2b"),
			    or_usual(b->digest_type, "blake2b"));
}

static bool
same_issues(const struct kith_proof *a, const struct kith_proof *b)
{
	size_t i;

	if (a->n_issues != b->n_issues)
		return false;
	for (i = 0; i < a->n_issues; i++)
		if (!kith_span_eq(a->issues[i].id, b->issues[i].id) ||
		    a->issues[i].severity != b->issues[i].severity ||
		    a->issues[i].range != b->issues[i].range ||
		    !kith_span_eq(a->issues[i].comment, b->issues[i].comment))
			return false;
	return true;
}

static bool
same_advisory(const struct kith_proof_advisory *a, const struct kith_proof_advisory *b)
{
	size_t i;

	if (a->n_ids != b->n_ids || a->severity != b->severity || a->range != b->range ||
	    !kith_span_eq(a->comment, b->comment))
		return false;
	for (i = 0; i < a->n_ids; i++)
		if (!kith_span_eq(a->ids[i], b->ids[i]))
			return false;
	return true;
}

static bool
same_advisories(const struct kith_proof *a, const struct kith_proof *b)
{
	size_t i;

	if (a->n_advisories != b->n_advisories)
		return false;
	for (i = 0; i < a->n_advisories; i++)
		if (!same_advisory(&a->advisories[i], &b->advisories[i]))
			return false;
	return true;
}

static bool
holds_all(const struct kith_proof *a, const struct kith_proof *b)
{
	size_t i, j;

	for (i = 0; i < a->n_alternatives; i++) {
		for (j = 0; j < b->n_alternatives; j++)
			if (kith_span_eq(a->alternatives[i].source, b->alternatives[j].source) &&
			    kith_span_eq(a->alternatives[i].name, b->alternatives[j].name))
				break;
		if (j == b->n_alternatives)
			return false;
	}
	return true;
}

static bool
same_files(const struct kith_proof *a, const struct kith_proof *b)
{
	size_t i;

	if (a->n_files != b->n_files)
		return false;
	for (i = 0; i < a->n_files; i++)
		if (!kith_span_eq(a->files[i].path, b->files[i].path) ||
		    !kith_span_eq(a->files[i].digest_text, b->files[i].digest_text) ||
		    !kith_span_eq(or_usual(a->files[i].digest_type, "blake2b"),
				  or_usual(b->files[i].digest_type, "blake2b")))
			return false;
	return true;
}

static bool
same_llm(const struct kith_proof *a, const struct kith_proof *b)
{
	if (a->has_llm != b->has_llm)
		return false;
	return !a->has_llm || (kith_span_eq(a->llm_model, b->llm_model) &&
			       kith_span_eq(a->llm_version, b->llm_version) &&
			       a->llm_human_guided == b->llm_human_guided);
}

static bool
same_base(const struct kith_proof *a, const struct kith_proof *b)
{
	return a->has_base == b->has_base && (!a->has_base || same_package(&a->base, &b->base));
}

static bool
same_ratings(const struct kith_proof *a, const struct kith_proof *b)
{
	return a->thoroughness == b->thoroughness && a->understanding == b->understanding &&
	       a->rating == b->rating;
}

static const char *
review_difference(const struct kith_proof *a, const struct kith_proof *b)
{
	if (!same_package(&a->package, &b->package))
		return "package";
	if (!same_ratings(a, b))
		return "review";
	if (!same_llm(a, b))
		return "llm-agent";
	if (a->kind == KITH_PROOF_CODE)
		return same_files(a, b) ? NULL : "files";
	if (!same_base(a, b))
		return "package-diff-base";
	if (!same_issues(a, b))
		return "issues";
	if (!same_advisories(a, b))
		return "advisories";
	if (a->unmaintained != b->unmaintained)
		return "flags";
	if (!holds_all(a, b) || !holds_all(b, a))
		return "alternatives";
	return NULL;
}

static bool
same_original(const struct kith_proof *a, const struct kith_proof *b)
{
	if (a->has_original != b->has_original)
		return false;
	return !a->has_original ||
	       (same_base64(a->original_text, a->original.bytes, b->original_text) &&
		kith_span_eq(a->original_comment, b->original_comment));
}

static const char *
trust_difference(const struct kith_proof *a, const struct kith_proof *b)
{
	if (!same_ids(a->ids, a->n_ids, b->ids, b->n_ids))
		return "ids";
	if (a->limited != b->limited)
		return "kind";
	if (a->limited && (a->reach != b->reach || !kith_span_eq(a->scope, b->scope)))
		return "scope";
	if (a->has_until != b->has_until ||
	    (a->has_until && kith_time_cmp(a->until, b->until) != 0))
		return "until";
	return a->level == b->level ? NULL : "trust";
}

const char *
kith_body_difference(const struct kith_proof *written, const struct kith_proof *read)
{
	const struct kith_proof *a = written, *b = read;

	if (a->kind != b->kind)
		return "kind";
	if (kith_time_cmp(a->date, b->date) != 0 || a->date_offset != b->date_offset)
		return "date";
	if (!same_id(&a->from, &b->from))
		return "from";
	if (!same_original(a, b))
		return "original";
	if (!kith_span_eq(kith_body_comment(a->comment), b->comment))
		return "comment";
	if (a->kind != KITH_PROOF_CODE &&
	    !same_ids(a->overrides, a->n_overrides, b->overrides, b->n_overrides))
		return "override";
	return a->kind == KITH_PROOF_TRUST ? trust_difference(a, b) : review_difference(a, b);
}
