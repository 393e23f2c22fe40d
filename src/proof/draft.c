/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts of reviews: written for an editor, read back strictly. */
#include "codec/base64.h"
#include "proof/body.h"
#include "proof/draft.h"

#define SCRATCH_MAX KITH_MIB(8)

/* --- which keys there are --- */

struct keys {
	const char *name;
	const char *const *known; /* NULL at its end */
};

static const char *const draft_keys[] = {"review",       "advisories", "issues",  "flags",
					 "alternatives", "override",   "comment", NULL};
static const char *const body_keys[] = {
    "review", "advisories", "issues", "flags", "alternatives", "override",          "comment",
    "kind",   "version",    "date",   "from",  "package",      "package-diff-base", "llm-agent",
    NULL};
static const char *const review_keys[] = {"thoroughness", "understanding", "rating", NULL};
static const char *const advisory_keys[] = {"ids", "severity", "range", "comment", NULL};
static const char *const issue_keys[] = {"id", "severity", "range", "comment", NULL};
static const char *const flags_keys[] = {"unmaintained", NULL};
static const char *const alternative_keys[] = {"source", "name", NULL};
static const char *const id_keys[] = {"id-type", "id", "url", "url-type", "comment", NULL};
static const char *const package_keys[] = {"source",        "name",   "version",     "revision",
					   "revision-type", "digest", "digest_type", NULL};
static const char *const llm_keys[] = {"model", "model-version", "human-guided", NULL};

/* What lies under a key of the top level: a mapping, or a list of mappings. */
static const struct keys below[] = {
    {"review", review_keys},
    {"advisories", advisory_keys},
    {"issues", issue_keys},
    {"flags", flags_keys},
    {"alternatives", alternative_keys},
    {"override", id_keys},
    {"from", id_keys},
    {"package", package_keys},
    {"package-diff-base", package_keys},
    {"llm-agent", llm_keys},
};

static int
unknown_key(struct kith_body_reader *r, const struct kith_yaml *v, const char *const *known)
{
	size_t n = 0;
	const char *near;

	while (known[n])
		n++;
	near = kith_text_nearest(v->key, known, n);
	return kith_body_bad(r, v, "there is no key '%.*s'%s%s%s", KITH_SPAN_FMT(v->key),
			     near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int
check_keys(struct kith_body_reader *r, const struct kith_yaml *map, const char *const *known)
{
	const struct kith_yaml *v;
	size_t i;

	if (map->type != KITH_YAML_MAPPING)
		return KITH_OK; /* its reader says so */
	for (v = map->first; v; v = v->next) {
		for (i = 0; known[i] && !kith_span_is(v->key, known[i]); i++)
			;
		if (!known[i])
			return unknown_key(r, v, known);
	}
	return KITH_OK;
}

static int
check_below(struct kith_body_reader *r, const struct kith_yaml *v)
{
	const struct kith_yaml *item;
	size_t i;
	int e = KITH_OK;

	for (i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		if (!kith_span_is(v->key, below[i].name))
			continue;
		if (v->type == KITH_YAML_MAPPING)
			return check_keys(r, v, below[i].known);
		for (item = v->first; !e && item; item = item->next)
			e = check_keys(r, item, below[i].known);
	}
	return e;
}

static int
check_all_keys(struct kith_body_reader *r, const char *const *known)
{
	const struct kith_yaml *v;
	int e = check_keys(r, r->root, known);

	for (v = r->root->first; !e && v; v = v->next)
		e = check_below(r, v);
	return e;
}

/* --- reading --- */

static bool
says_nothing(struct kith_span text)
{
	struct kith_span line;

	while (kith_span_next(&text, '\n', &line)) {
		line = kith_span_trim(line);
		if (line.len && line.ptr[0] != '#')
			return false;
	}
	return true;
}

/* The template's alternative, not filled in. */
static void
drop_empty_alternatives(struct kith_body_reader *r, struct kith_proof_alternative *list)
{
	struct kith_proof *p = r->proof;
	size_t i, kept = 0;

	for (i = 0; i < p->n_alternatives; i++)
		if (list[i].name.len)
			list[kept++] = list[i];
	p->n_alternatives = kept;
}

static int
read_alternatives_again(struct kith_body_reader *r)
{
	struct kith_proof_alternative *list;
	size_t n = r->proof->n_alternatives;

	if (!n)
		return KITH_OK;
	list = kith_arena_array(r->arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(r->err);
	memcpy(list, r->proof->alternatives, n * sizeof(*list));
	drop_empty_alternatives(r, list);
	r->proof->alternatives = list;
	return KITH_OK;
}

static int
check_kind(struct kith_body_reader *r)
{
	const struct kith_yaml *v = kith_yaml_get(r->root, "kind");

	if (!v || (v->type == KITH_YAML_SCALAR && kith_span_is(v->scalar, "package review")))
		return KITH_OK;
	return kith_body_bad(r, v, "not a 'package review'");
}

static int
read_fields(struct kith_body_reader *r, const char *const *known)
{
	struct kith_proof *p = r->proof;
	int e = check_all_keys(r, known);

	if (!e && known == body_keys)
		e = check_kind(r);
	p->comment = KITH_SPAN_NONE;
	p->issues = NULL;
	p->advisories = NULL;
	p->alternatives = NULL;
	p->overrides = NULL;
	p->n_issues = p->n_advisories = p->n_alternatives = p->n_overrides = 0;
	p->unmaintained = p->dangerous = false;
	if (!e)
		e = kith_body_text(r, r->root, "comment", false, &p->comment);
	if (!e)
		e = kith_body_read_review(r);
	return e ? e : read_alternatives_again(r);
}

static int
read_text(struct kith_span text, const char *const *known, unsigned flags, struct kith_arena *arena,
	  struct kith_proof *p, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena scratch;
	struct kith_proof read = *p;
	struct kith_body_reader r = {.arena = arena, .proof = &read, .flags = flags, .err = err};
	int e;

	kith_arena_init(&scratch, SCRATCH_MAX);
	if (says_nothing(text))
		return kith_fail(err, KITH_E_CANCELLED, "the draft is empty");
	if (text.len > KITH_MAX_YAML_BYTES)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu bytes", KITH_MAX_YAML_BYTES);
	read.line = 0;
	e = kith_yaml_parse(text, &scratch, &r.root, err);
	if (!e)
		e = read_fields(&r, known);
	if (e)
		return e;
	*p = read;
	return KITH_OK;
}

int
kith_draft_read(struct kith_span text, struct kith_arena *arena, struct kith_proof *p,
		struct kith_error *err)
{
	return read_text(text, draft_keys, KITH_BODY_DRAFT, arena, p, err);
}

int
kith_draft_read_body(struct kith_span text, struct kith_arena *arena, struct kith_proof *p,
		     struct kith_error *err)
{
	struct kith_proof read = {.kind = KITH_PROOF_REVIEW, .line = 0};
	int e = read_text(text, body_keys, KITH_BODY_UNSIGNED, arena, &read, err);

	if (!e)
		*p = read;
	return e;
}

/* --- writing --- */

void
kith_draft_put(const struct kith_proof *p, struct kith_span source, struct kith_buf *out)
{
	const struct kith_proof_alternative none = {.source = source};
	struct kith_proof shown = *p;

	kith_body_put_review(p, out);
	kith_body_put_advisories(p, out);
	kith_body_put_issues(p, out);
	kith_buf_printf(out, "flags:\n  unmaintained: %s\n", p->unmaintained ? "true" : "false");
	if (!shown.n_alternatives) {
		shown.alternatives = &none;
		shown.n_alternatives = 1;
	}
	kith_body_put_alternatives(&shown, out);
	kith_body_put_overrides(p, out);
	if (kith_body_comment(p->comment).len)
		kith_body_put_comment(out, p->comment);
	else
		kith_buf_put_str(out, "comment: |-\n  \n");
}
