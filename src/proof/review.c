/* SPDX-License-Identifier: Apache-2.0 */
/* `kind: package review` and `kind: code review` (crev format 3.2), with their validation. */
#include "base/base.h"
#include "proof/body.h"

static bool
validated(const struct kith_body_reader *r)
{
	return !(r->flags & KITH_BODY_UNVALIDATED);
}

static int
read_review(struct kith_body_reader *r, const struct kith_yaml *map)
{
	struct kith_proof *p = r->proof;
	int e = kith_body_level(r, map, "thoroughness", KITH_LEVEL_NONE, &p->thoroughness);

	if (!e)
		e = kith_body_level(r, map, "understanding", KITH_LEVEL_NONE, &p->understanding);
	if (!e)
		e = kith_body_rating(r, map);
	return e;
}

static int
read_range(struct kith_body_reader *r, const struct kith_yaml *map, enum kith_range *ret)
{
	static const char *const names[] = {"all", "major", "minor"};
	unsigned range = KITH_RANGE_ALL;
	int e = kith_body_enum(r, map, "range", false, names, 3, &range);

	if (!e)
		*ret = (enum kith_range)range;
	return e;
}

static int
read_issue(struct kith_body_reader *r, const struct kith_yaml *map, struct kith_proof_issue *issue)
{
	int e = kith_body_text(r, map, "id", true, &issue->id);

	if (!e && !issue->id.len && validated(r))
		return kith_body_bad(r, map, "an issue with an empty id");
	if (!e)
		e = kith_body_level(r, map, "severity", KITH_LEVEL_NONE, &issue->severity);
	if (!e)
		e = read_range(r, map, &issue->range);
	if (!e)
		e = kith_body_text(r, map, "comment", false, &issue->comment);
	return e;
}

static int
read_issues(struct kith_body_reader *r)
{
	const struct kith_yaml *list = NULL, *item;
	struct kith_proof_issue *issues = NULL;
	size_t n = 0;
	int e = kith_body_get(r, r->root, "issues", KITH_YAML_SEQUENCE, false, &list);

	if (e || !list)
		return e;
	e = kith_body_array(r, list, sizeof(*issues), &issues);
	for (item = list->first; item && !e; item = item->next, n++)
		e = item->type == KITH_YAML_MAPPING
			? read_issue(r, item, &issues[n])
			: kith_body_bad(r, item, "an issue is not a mapping");
	if (e)
		return e;
	r->proof->issues = issues;
	r->proof->n_issues = n;
	return KITH_OK;
}

static int
read_advisory_ids(struct kith_body_reader *r, const struct kith_yaml *map,
		  struct kith_proof_advisory *advisory)
{
	const struct kith_yaml *list = NULL, *item;
	struct kith_span *ids = NULL;
	size_t n = 0;
	int e = kith_body_get(r, map, "ids", KITH_YAML_SEQUENCE, true, &list);

	if (e)
		return e;
	if (!list->count && validated(r))
		return kith_body_bad(r, list, "an advisory without an id");
	e = kith_body_array(r, list, sizeof(*ids), &ids);
	for (item = list->first; item && !e; item = item->next, n++) {
		if (item->type != KITH_YAML_SCALAR)
			return kith_body_bad(r, item, "an advisory's id is not a text");
		if (!item->scalar.len && validated(r))
			return kith_body_bad(r, item, "an advisory with an empty id");
		e = kith_body_keep(r, item->scalar, &ids[n]);
	}
	advisory->ids = ids;
	advisory->n_ids = n;
	return e;
}

static int
read_advisory(struct kith_body_reader *r, const struct kith_yaml *map,
	      struct kith_proof_advisory *advisory)
{
	int e = read_advisory_ids(r, map, advisory);

	if (!e)
		e = kith_body_level(r, map, "severity", KITH_LEVEL_NONE, &advisory->severity);
	if (!e)
		e = read_range(r, map, &advisory->range);
	if (!e)
		e = kith_body_text(r, map, "comment", false, &advisory->comment);
	return e;
}

static int
read_advisories(struct kith_body_reader *r)
{
	const struct kith_yaml *list = NULL, *item;
	struct kith_proof_advisory *advisories = NULL;
	size_t n = 0;
	int e = kith_body_get(r, r->root, "advisories", KITH_YAML_SEQUENCE, false, &list);

	if (e || !list)
		return e;
	e = kith_body_array(r, list, sizeof(*advisories), &advisories);
	for (item = list->first; item && !e; item = item->next, n++)
		e = item->type == KITH_YAML_MAPPING
			? read_advisory(r, item, &advisories[n])
			: kith_body_bad(r, item, "an advisory is not a mapping");
	if (e)
		return e;
	r->proof->advisories = advisories;
	r->proof->n_advisories = n;
	return KITH_OK;
}

static int
read_alternative(struct kith_body_reader *r, const struct kith_yaml *map,
		 struct kith_proof_alternative *alternative)
{
	int e = kith_body_text(r, map, "source", true, &alternative->source);

	if (!e)
		e = kith_body_text(r, map, "name", true, &alternative->name);
	/* a template that was not filled in: left out by the draft's reader */
	if (!e && (r->flags & KITH_BODY_DRAFT) && !alternative->name.len)
		return KITH_OK;
	if (!e && validated(r) && (!alternative->source.len || !alternative->name.len))
		return kith_body_bad(r, map, "an alternative without source or name");
	return e;
}

static int
read_alternatives(struct kith_body_reader *r)
{
	const struct kith_yaml *list = NULL, *item;
	struct kith_proof_alternative *alternatives = NULL;
	size_t n = 0;
	int e = kith_body_get(r, r->root, "alternatives", KITH_YAML_SEQUENCE, false, &list);

	if (e || !list)
		return e;
	e = kith_body_array(r, list, sizeof(*alternatives), &alternatives);
	for (item = list->first; item && !e; item = item->next, n++)
		e = item->type == KITH_YAML_MAPPING
			? read_alternative(r, item, &alternatives[n])
			: kith_body_bad(r, item, "an alternative is not a mapping");
	if (e)
		return e;
	r->proof->alternatives = alternatives;
	r->proof->n_alternatives = n;
	return KITH_OK;
}

/* `package`, `package-diff-base` and the two optional mappings, whose null rules differ. */
static int
read_mappings(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	bool draft = r->flags & KITH_BODY_DRAFT;
	const struct kith_yaml *v = NULL;
	int e = kith_body_get(r, r->root, "package", KITH_YAML_MAPPING, !draft, &v);

	if (!e && v)
		e = kith_body_package(r, v, &p->package);
	v = kith_yaml_get(r->root, "package-diff-base");
	if (!e && v && !kith_yaml_is_null(v)) {
		e = kith_body_get(r, r->root, "package-diff-base", KITH_YAML_MAPPING, true, &v);
		if (!e)
			e = kith_body_package(r, v, &p->base);
		p->has_base = !e;
	}
	if (!e)
		e = kith_body_get(r, r->root, "review", KITH_YAML_MAPPING, false, &v);
	if (!e && v)
		e = read_review(r, v);
	if (!e)
		e = kith_body_get(r, r->root, "flags", KITH_YAML_MAPPING, false, &v);
	if (!e && v)
		e = kith_body_bool(r, v, "unmaintained", &p->unmaintained);
	return e;
}

int
kith_body_read_review(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	int e;

	p->thoroughness = p->understanding = KITH_LEVEL_NONE;
	p->rating = KITH_RATING_NEUTRAL;
	e = read_mappings(r);
	if (!e)
		e = read_issues(r);
	if (!e)
		e = read_advisories(r);
	if (!e)
		e = read_alternatives(r);
	if (!e)
		e = kith_body_ids(r, "override", false, &p->overrides, &p->n_overrides);
	if (!e)
		e = kith_body_llm(r);
	return e;
}

static int
read_file(struct kith_body_reader *r, const struct kith_yaml *map, struct kith_proof_file *file)
{
	uint8_t digest[32];
	bool exact;
	int e = kith_body_text(r, map, "path", true, &file->path);

	if (!e)
		e = kith_body_base64(r, map, "digest", &file->digest_text, digest, &exact);
	if (!e)
		e = kith_body_text(r, map, "digest-type", false, &file->digest_type);
	return e;
}

static int
read_files(struct kith_body_reader *r)
{
	const struct kith_yaml *list = NULL, *item;
	struct kith_proof_file *files = NULL;
	size_t n = 0;
	int e = kith_body_get(r, r->root, "files", KITH_YAML_SEQUENCE, false, &list);

	if (e || !list)
		return e;
	e = kith_body_array(r, list, sizeof(*files), &files);
	for (item = list->first; item && !e; item = item->next, n++)
		e = item->type == KITH_YAML_MAPPING
			? read_file(r, item, &files[n])
			: kith_body_bad(r, item, "a file is not a mapping");
	if (e)
		return e;
	r->proof->files = files;
	r->proof->n_files = n;
	return KITH_OK;
}

int
kith_body_read_code(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	const struct kith_yaml *package = NULL;
	int e = kith_body_get(r, r->root, "package", KITH_YAML_MAPPING, true, &package);

	if (!e)
		e = kith_body_package(r, package, &p->package);
	if (!e)
		e = read_review(r, r->root);
	if (!e)
		e = read_files(r);
	if (!e)
		e = kith_body_llm(r);
	return e;
}
