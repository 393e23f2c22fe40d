/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that all kinds share, ids and packages (crev format 3.2), and the choice of the kind.
 * Unknown keys are ignored everywhere. Looks at no signature.
 */
#include "base/base.h"
#include "codec/base64.h"
#include "proof/body.h"
#include "proof/scalar.h"

/* One body's tree: at most KITH_MAX_YAML_NODES nodes and the texts of 32,000 bytes. */
#define SCRATCH_MAX KITH_MIB(8)

bool
kith_proof_is_empty_review(const struct kith_proof *p)
{
	return p->thoroughness == KITH_LEVEL_NONE && p->understanding == KITH_LEVEL_NONE &&
	       p->rating == KITH_RATING_NEUTRAL;
}

const char *
kith_proof_kind_name(enum kith_proof_kind k)
{
	switch (k) {
	case KITH_PROOF_REVIEW:
		return "package review";
	case KITH_PROOF_TRUST:
		return "trust";
	case KITH_PROOF_CODE:
		return "code review";
	case KITH_PROOF_UNKNOWN:
	default:
		return "unknown";
	}
}

/* A url of a wrong type is simply no url; the type of a url that is none does not matter. */
static int
read_url(struct kith_body_reader *r, const struct kith_yaml *map, struct kith_public_id *id)
{
	const struct kith_yaml *url = kith_yaml_get(map, "url");
	const struct kith_yaml *type = kith_yaml_get(map, "url-type");
	int e = KITH_OK;

	if (!url || url->type != KITH_YAML_SCALAR ||
	    (url->plain && kith_proof_scalar_resolves(url->scalar)))
		return KITH_OK;
	if (type && (type->type != KITH_YAML_SCALAR ||
		     (type->plain && kith_proof_scalar_resolves(type->scalar))))
		return KITH_OK;
	e = kith_body_keep(r, url->scalar, &id->url);
	if (!e && type)
		e = kith_body_keep(r, type->scalar, &id->url_type);
	return e;
}

static int
read_id(struct kith_body_reader *r, const struct kith_yaml *map, struct kith_public_id *id)
{
	static const char *const types[] = {"crev"};
	unsigned type;
	int e;

	if (map->type != KITH_YAML_MAPPING)
		return kith_body_bad(r, map, "an id is not a mapping");
	e = kith_body_enum(r, map, "id-type", true, types, 1, &type);
	if (!e)
		e = kith_body_base64(r, map, "id", &id->text, id->id.bytes, &id->valid);
	if (!e)
		e = read_url(r, map, id);
	return e;
}

/* Only here is padding accepted: it marks what was signed in December 2018 and never is valid. */
static int
read_from(struct kith_body_reader *r)
{
	const struct kith_yaml *from = NULL;
	struct kith_span id;
	int e = kith_body_get(r, r->root, "from", KITH_YAML_MAPPING, true, &from);

	if (e)
		return e;
	if (kith_yaml_get_scalar(from, "id", &id))
		r->padded = kith_span_ends(id, KITH_SPAN_LIT("="));
	return read_id(r, from, &r->proof->from);
}

int
kith_body_ids(struct kith_body_reader *r, const char *key, bool required,
	      const struct kith_public_id **ret_ids, size_t *ret_n)
{
	const struct kith_yaml *list = NULL, *item;
	struct kith_public_id *ids = NULL;
	size_t n = 0;
	int e = kith_body_get(r, r->root, key, KITH_YAML_SEQUENCE, required, &list);

	if (e || !list)
		return e;
	e = kith_body_array(r, list, sizeof(*ids), &ids);
	for (item = list->first; item && !e; item = item->next, n++) {
		e = read_id(r, item, &ids[n]);
		/* of override items; elsewhere an unknown key */
		if (!e && !required)
			e = kith_body_text(r, item, "comment", false, &ids[n].comment);
	}
	if (e)
		return e;
	*ret_ids = ids;
	*ret_n = n;
	return KITH_OK;
}

static int
read_bytes(struct kith_body_reader *r, const struct kith_yaml *map, struct kith_package_info *ret)
{
	int e = kith_body_text(r, map, "revision", false, &ret->revision);

	if (!e)
		e = kith_body_text(r, map, "revision-type", false, &ret->revision_type);
	if (!e)
		e = kith_body_text(r, map, "digest_type", false, &ret->digest_type);
	if (!e && (!(r->flags & KITH_BODY_UNSIGNED) || kith_yaml_get(map, "digest")))
		e = kith_body_base64(r, map, "digest", &ret->digest_text, ret->digest.bytes,
				     &ret->digest_valid);
	if (!e && ret->digest_type.ptr && !kith_span_is(ret->digest_type, "blake2b"))
		ret->digest_valid = false;
	return e;
}

int
kith_body_package(struct kith_body_reader *r, const struct kith_yaml *map,
		  struct kith_package_info *ret)
{
	bool is_signed = !(r->flags & KITH_BODY_UNSIGNED);
	struct kith_semver version;
	int e = KITH_OK;

	ret->source = KITH_SPAN_LIT("https://crates.io");
	if (is_signed || kith_yaml_get(map, "source"))
		e = kith_body_string(r, map, "source", &ret->source);
	if (!e)
		e = kith_body_string(r, map, "name", &ret->name);
	if (!e)
		e = kith_body_string(r, map, "version", &ret->version);
	if (!e && !kith_semver_parse(ret->version, &version))
		return kith_body_bad(r, kith_yaml_get(map, "version"), "'%.*s' is no version",
				     KITH_SPAN_FMT(ret->version));
	return e ? e : read_bytes(r, map, ret);
}

int
kith_body_llm(struct kith_body_reader *r)
{
	const struct kith_yaml *llm = kith_yaml_get(r->root, "llm-agent");
	struct kith_proof *p = r->proof;
	int e;

	if (!llm || kith_yaml_is_null(llm))
		return KITH_OK;
	e = kith_body_get(r, r->root, "llm-agent", KITH_YAML_MAPPING, true, &llm);
	if (!e)
		e = kith_body_text(r, llm, "model", true, &p->llm_model);
	if (!e)
		e = kith_body_optional(r, llm, "model-version", &p->llm_version);
	if (!e)
		e = kith_body_bool(r, llm, "human-guided", &p->llm_human_guided);
	if (!e)
		p->has_llm = true;
	return e;
}

static int
read_kind(struct kith_body_reader *r)
{
	const struct kith_yaml *v = kith_yaml_get(r->root, "kind");
	struct kith_proof *p = r->proof;
	enum kith_proof_kind k;
	int e;

	if (p->legacy) {
		if (v && !kith_yaml_is_null(v))
			return kith_body_bad(r, v, "'kind' in an envelope that names it itself");
	} else {
		e = kith_body_string(r, r->root, "kind", &p->kind_text);
		if (e)
			return e;
	}
	p->kind = KITH_PROOF_UNKNOWN;
	for (k = KITH_PROOF_REVIEW; k < KITH_PROOF_UNKNOWN; k++)
		if (kith_span_is(p->kind_text, kith_proof_kind_name(k)))
			p->kind = k;
	if (!p->legacy && kith_span_is(p->kind_text, KITH_PROOF_LIMITED_KIND)) {
		p->kind = KITH_PROOF_TRUST;
		p->limited = true;
	}
	return KITH_OK;
}

static int
read_date(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	struct kith_span text;
	int e = kith_body_string(r, r->root, "date", &text);

	if (e)
		return e;
	if (!kith_time_parse(text, &p->date, &p->date_offset))
		return kith_body_bad(r, kith_yaml_get(r->root, "date"),
				     "'%.*s' is no RFC 3339 date", KITH_SPAN_FMT(text));
	return KITH_OK;
}

/* The format's version: an integer that nobody looks at. */
static int
read_version(struct kith_body_reader *r)
{
	const struct kith_yaml *v = NULL;
	int64_t version;
	int e = kith_body_get(r, r->root, "version", KITH_YAML_SCALAR, true, &v);

	if (!e && (!v->plain || !kith_proof_scalar_i64(v->scalar, &version)))
		return kith_body_bad(r, v, "'version' is not an integer");
	return e;
}

static int
read_original(struct kith_body_reader *r)
{
	const struct kith_yaml *v = kith_yaml_get(r->root, "original");
	struct kith_proof *p = r->proof;
	int e;

	if (!v || kith_yaml_is_null(v))
		return KITH_OK;
	e = kith_body_get(r, r->root, "original", KITH_YAML_MAPPING, true, &v);
	if (!e)
		e = kith_body_base64(r, v, "proof", &p->original_text, p->original.bytes,
				     &p->has_original);
	if (!e)
		e = kith_body_text(r, v, "comment", false, &p->original_comment);
	return e;
}

static int
read_body(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	int e = read_kind(r);

	if (!e)
		e = read_from(r);
	if (!e)
		e = read_date(r);
	if (!e)
		e = read_version(r);
	if (!e)
		e = read_original(r);
	if (e || p->kind == KITH_PROOF_UNKNOWN)
		return e;
	e = kith_body_text(r, r->root, "comment", false, &p->comment);
	if (e)
		return e;
	if (p->kind == KITH_PROOF_TRUST)
		return p->limited ? kith_body_read_limited(r) : kith_body_read_trust(r);
	return p->kind == KITH_PROOF_CODE ? kith_body_read_code(r) : kith_body_read_review(r);
}

/* "line N: why" counts from the body's first line; people look for it in the file. */
static int
shift_line(const struct kith_proof *proof, int e, struct kith_error *err)
{
	char msg[KITH_ERROR_MSG_MAX];
	struct kith_span s, number;
	uint64_t line;

	if (!err)
		return e;
	memcpy(msg, err->msg, sizeof(msg));
	s = kith_span_str(msg);
	if (!kith_span_skip(&s, "line ") || !kith_span_next(&s, ':', &number) ||
	    !kith_span_u64(number, &line) || !s.ptr)
		return e;
	return kith_fail(err, (enum kith_code)e, "line %zu:%.*s", (size_t)line + proof->line,
			 KITH_SPAN_FMT(s));
}

int
kith_body_read(struct kith_proof *proof, unsigned flags, struct kith_arena *arena, bool *ret_fatal,
	       struct kith_error *err)
{
	KITH_CLEANUP(kith_arena_clear) struct kith_arena scratch;
	struct kith_body_reader r = {.arena = arena, .proof = proof, .flags = flags, .err = err};
	int e;

	kith_arena_init(&scratch, SCRATCH_MAX);
	proof->kind = KITH_PROOF_UNKNOWN;
	e = kith_yaml_parse(proof->body, &scratch, &r.root, err);
	e = e ? shift_line(proof, e, err) : read_body(&r);
	/* without memory nothing is known about the body */
	*ret_fatal = e == KITH_E_NOMEM;
	return e;
}
