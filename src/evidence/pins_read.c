/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to pins: strict, since whoever can change kith.lock wants it to say something else to kith
 * than to the reviewer. An unknown field is refused, not passed over.
 */
#include "codec/base64.h"
#include "codec/toml.h"
#include "evidence/pins.h"

/* What a field may hold. */
enum form {
	FORM_WORD, /* one line without control characters */
	FORM_TEXT, /* any text */
	FORM_COMMIT,
	FORM_DIGEST, /* and whether it is there, behind `flag` */
	FORM_MARK,   /* likewise */
	FORM_TIME,
	FORM_FLAG,
	FORM_NUMBER,
	FORM_ECOSYSTEM
};

struct field {
	const char *name;
	enum form form;
	bool needed;
	size_t offset, flag; /* flag: of the bool that says that the field is there; 0: none */
};

#define FIELD(type, member, name, form, needed)                                                    \
	{                                                                                          \
		name, form, needed, offsetof(struct type, member), 0                               \
	}
#define FIELD_IF(type, member, has, name, form)                                                    \
	{                                                                                          \
		name, form, false, offsetof(struct type, member), offsetof(struct type, has)       \
	}

static const struct field source_fields[] = {
    FIELD(kith_pins_source, kind, "kind", FORM_WORD, true),
    FIELD(kith_pins_source, location, "at", FORM_WORD, true),
    FIELD(kith_pins_source, inside, "inside", FORM_WORD, false),
    FIELD(kith_pins_source, commit, "commit", FORM_COMMIT, true),
    FIELD(kith_pins_source, as_of, "as-of", FORM_TIME, true),
    FIELD(kith_pins_source, carried, "carried", FORM_FLAG, false),
    {.name = NULL}};

static const struct field package_fields[] = {
    FIELD(kith_pins_package, name, "name", FORM_WORD, true),
    FIELD(kith_pins_package, version, "version", FORM_WORD, true),
    FIELD(kith_pins_package, eco, "ecosystem", FORM_ECOSYSTEM, false),
    FIELD(kith_pins_package, registry, "registry", FORM_WORD, false),
    FIELD(kith_pins_package, checksum, "checksum", FORM_WORD, false),
    FIELD_IF(kith_pins_package, native, has_native, "digest", FORM_DIGEST),
    FIELD_IF(kith_pins_package, crev, has_crev, "crev-digest", FORM_DIGEST),
    FIELD_IF(kith_pins_package, checksum_agrees, registry_known, "registry-agrees", FORM_FLAG),
    FIELD(kith_pins_package, yanked, "yanked", FORM_FLAG, false),
    FIELD_IF(kith_pins_package, published.sec, has_published, "published", FORM_TIME),
    FIELD_IF(kith_pins_package, first, has_first, "first", FORM_MARK),
    FIELD(kith_pins_package, older_yanked, "older-yanked", FORM_NUMBER, false),
    {.name = NULL}};

static const struct field claim_fields[] = {
    FIELD(kith_pins_claim, proof, "proof", FORM_DIGEST, true),
    FIELD(kith_pins_claim, seen, "seen", FORM_TIME, false),
    FIELD(kith_pins_claim, previous, "previous", FORM_TIME, true),
    {.name = NULL}};

static const struct field gone_fields[] = {
    FIELD(kith_pins_gone, kind, "kind", FORM_WORD, true),
    FIELD(kith_pins_gone, location, "at", FORM_WORD, true),
    FIELD(kith_pins_gone, inside, "inside", FORM_WORD, false),
    FIELD(kith_pins_gone, seen, "seen", FORM_TIME, false),
    FIELD(kith_pins_gone, gone, "gone", FORM_TIME, false),
    FIELD(kith_pins_gone, path, "path", FORM_WORD, false),
    FIELD(kith_pins_gone, at_line, "line", FORM_NUMBER, false),
    FIELD(kith_pins_gone, text, "text", FORM_TEXT, true),
    {.name = NULL}};

static const struct field url_fields[] = {FIELD(kith_pins_url, id, "id", FORM_DIGEST, true),
					  FIELD(kith_pins_url, url, "url", FORM_WORD, true),
					  {.name = NULL}};

static int
refuse(const struct kith_toml *v, const char *why, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "line %u: '%.*s' %s", v->line, KITH_SPAN_FMT(v->key),
			 why);
}

/* --- one field --- */

static bool
is_word(struct kith_span s)
{
	size_t pos = 0;
	uint32_t c;

	while (kith_utf8_next(s, &pos, &c))
		if (kith_text_is_unsafe(c))
			return false;
	return pos == s.len && s.len && s.len <= KITH_MAX_PINS_WORD;
}

/* Upper case would make two spellings of one commit. */
static bool
is_commit(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))
			return false;
	return s.len == KITH_PINS_COMMIT;
}

static int
read_string(const struct kith_toml *v, enum form form, struct kith_span *ret,
	    struct kith_error *err)
{
	if (v->type != KITH_TOML_STRING)
		return refuse(v, "must be a string", err);
	if (form == FORM_COMMIT && !is_commit(v->u.string))
		return refuse(v, "must be 40 hex digits in lower case", err);
	if (form == FORM_WORD && !is_word(v->u.string))
		return refuse(v, "must be text of one line, not empty", err);
	*ret = v->u.string;
	return KITH_OK;
}

static int
read_digest(const struct kith_toml *v, struct kith_digest *ret, struct kith_error *err)
{
	return v->type == KITH_TOML_STRING &&
		       kith_base64_decode_exact(v->u.string, ret->bytes, KITH_DIGEST_BYTES)
		   ? KITH_OK
		   : refuse(v, "must be 32 bytes as 43 characters of base64url", err);
}

static int
read_mark(const struct kith_toml *v, uint8_t ret[KITH_INDEX_MARK], struct kith_error *err)
{
	return v->type == KITH_TOML_STRING &&
		       kith_hex_decode_exact(v->u.string, ret, KITH_INDEX_MARK)
		   ? KITH_OK
		   : refuse(v, "must be 32 hex digits", err);
}

static int
read_time(const struct kith_toml *v, int64_t *ret, struct kith_error *err)
{
	const struct kith_toml_time *t = &v->u.time;

	if (v->type != KITH_TOML_OFFSET_DATETIME || t->offset || t->nsec || t->second > 59 ||
	    t->year < 1970)
		return refuse(v, "must be a time like 2026-01-31T12:00:00Z", err);
	*ret = kith_days_from_civil(t->year, t->month, t->day) * 86400 + t->hour * 3600 +
	       t->minute * 60 + t->second;
	return KITH_OK;
}

static int
read_ecosystem(const struct kith_toml *v, enum kith_ecosystem *ret, struct kith_error *err)
{
	unsigned e;

	for (e = 0; v->type == KITH_TOML_STRING && e < KITH_ECO_COUNT; e++) {
		if (kith_span_is(v->u.string, kith_ecosystem_name((enum kith_ecosystem)e))) {
			*ret = (enum kith_ecosystem)e;
			return KITH_OK;
		}
	}
	return refuse(v, "must be an ecosystem (cargo, npm, …)", err);
}

static int
read_number(const struct kith_toml *v, uint32_t *ret, struct kith_error *err)
{
	if (v->type != KITH_TOML_INTEGER || v->u.integer < 0 || v->u.integer > UINT32_MAX)
		return refuse(v, "must be a number, not negative", err);
	*ret = (uint32_t)v->u.integer;
	return KITH_OK;
}

static int
read_flag(const struct kith_toml *v, bool *ret, struct kith_error *err)
{
	if (v->type != KITH_TOML_BOOLEAN)
		return refuse(v, "must be true or false", err);
	*ret = v->u.boolean;
	return KITH_OK;
}

static int
read_field(const struct field *f, const struct kith_toml *v, uint8_t *entry, struct kith_error *err)
{
	void *at = entry + f->offset;
	int r = KITH_OK;

	switch (f->form) {
	case FORM_WORD:
	case FORM_TEXT:
	case FORM_COMMIT:
		r = read_string(v, f->form, at, err);
		break;
	case FORM_DIGEST:
		r = read_digest(v, at, err);
		break;
	case FORM_MARK:
		r = read_mark(v, at, err);
		break;
	case FORM_TIME:
		r = read_time(v, at, err);
		break;
	case FORM_FLAG:
		r = read_flag(v, at, err);
		break;
	case FORM_NUMBER:
		r = read_number(v, at, err);
		break;
	case FORM_ECOSYSTEM:
		r = read_ecosystem(v, at, err);
		break;
	}
	if (!r && f->flag)
		*(bool *)(entry + f->flag) = true;
	return r;
}

/* --- one entry --- */

static int
read_entry(const struct field *fields, const struct kith_toml *t, uint8_t *entry,
	   struct kith_error *err)
{
	const struct kith_toml *v;
	const struct field *f;
	unsigned seen = 0;
	int r;

	if (t->type != KITH_TOML_TABLE)
		return kith_fail(err, KITH_E_FORMAT, "line %u: must be {name = value, …}", t->line);
	for (v = t->first; v; v = v->next) {
		for (f = fields; f->name && !kith_span_is(v->key, f->name); f++)
			;
		if (!f->name)
			return refuse(v, "is not known here", err);
		seen |= 1U << (f - fields);
		r = read_field(f, v, entry, err);
		if (r)
			return r;
	}
	for (f = fields; f->name; f++)
		if (f->needed && !(seen >> (f - fields) & 1U))
			return kith_fail(err, KITH_E_FORMAT, "line %u: '%s' is missing", t->line,
					 f->name);
	return KITH_OK;
}

static int
check_kind(struct kith_span kind, uint32_t line, struct kith_error *err)
{
	static const char *const kinds[] = {"crev", "vet", "rustsec", "osv"};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kith_span_is(kind, kinds[i]))
			return KITH_OK;
	return kith_fail(err, KITH_E_FORMAT, "line %u: '%.*s' is no kind of source", line,
			 KITH_SPAN_FMT(kind));
}

static int
read_source(struct kith_pins *p, const struct kith_toml *t, struct kith_error *err)
{
	struct kith_pins_source x = {.line = t->line};
	int r = read_entry(source_fields, t, (uint8_t *)&x, err);

	if (!r)
		r = check_kind(x.kind, x.line, err);
	return r ? r : kith_pins_add_source(p, &x, err);
}

static int
read_package(struct kith_pins *p, const struct kith_toml *t, struct kith_error *err)
{
	struct kith_pins_package x = {.line = t->line};
	int r = read_entry(package_fields, t, (uint8_t *)&x, err);

	if (r)
		return r;
	if ((x.has_native || x.has_crev) && !x.checksum.len)
		return kith_fail(err, KITH_E_FORMAT, "line %u: a digest without a checksum",
				 x.line);
	if (x.has_native && !x.has_crev) {
		x.has_crev = true;
		x.crev = x.native;
	}
	return kith_pins_add_package(p, &x, err);
}

static int
read_claim(struct kith_pins *p, const struct kith_toml *t, struct kith_error *err)
{
	struct kith_pins_claim x = {.line = t->line};
	int r = read_entry(claim_fields, t, (uint8_t *)&x, err);

	return r ? r : kith_pins_add_claim(p, &x, err);
}

static int
read_gone(struct kith_pins *p, const struct kith_toml *t, struct kith_error *err)
{
	struct kith_pins_gone x = {.line = t->line};
	int r = read_entry(gone_fields, t, (uint8_t *)&x, err);

	if (!r)
		r = check_kind(x.kind, x.line, err);
	/* without it nobody could say how long it counts */
	if (!r && kith_span_is(x.kind, "vet") && !x.gone)
		return kith_fail(err, KITH_E_FORMAT, "line %u: 'gone' is missing", x.line);
	return r ? r : kith_pins_add_gone(p, &x, err);
}

static int
read_url(struct kith_pins *p, const struct kith_toml *t, struct kith_error *err)
{
	struct kith_pins_url x = {.line = t->line};
	int r = read_entry(url_fields, t, (uint8_t *)&x, err);

	return r ? r : kith_pins_add_url(p, &x, err);
}

/* --- the file --- */

static const struct {
	const char *name;
	int (*read)(struct kith_pins *p, const struct kith_toml *t, struct kith_error *err);
} arrays[] = {{"source", read_source},
	      {"package", read_package},
	      {"late", read_claim},
	      {"withdrawn", read_gone},
	      {"verified-url", read_url}};
#define N_ARRAYS (sizeof(arrays) / sizeof(arrays[0]))

static int
read_array(struct kith_pins *p, const struct kith_toml *v, struct kith_error *err)
{
	const struct kith_toml *t;
	size_t i = 0;
	int r = KITH_OK;

	while (i < N_ARRAYS && !kith_span_is(v->key, arrays[i].name))
		i++;
	if (i == N_ARRAYS)
		return refuse(v, "is not known here", err);
	if (v->type != KITH_TOML_ARRAY)
		return refuse(v, "must be a list", err);
	for (t = v->first; !r && t; t = t->next)
		r = arrays[i].read(p, t, err);
	return r;
}

/* First of all: what is of another version may mean something else by the same words. */
static int
check_version(const struct kith_toml *root, struct kith_error *err)
{
	const struct kith_toml *v = kith_toml_get(root, "version");

	if (!v)
		return kith_hint(
		    err, kith_fail(err, KITH_E_FORMAT, "it does not say its version: no kith.lock"),
		    "move it away, then 'kith pin' writes one");
	if (v->type != KITH_TOML_INTEGER)
		return refuse(v, "must be a number", err);
	if (v->u.integer != KITH_PINS_VERSION)
		return kith_hint(err,
				 kith_fail(err, KITH_E_FORMAT,
					   "line %u: version %lld, and this kith knows version %d",
					   v->line, (long long)v->u.integer, KITH_PINS_VERSION),
				 "use the kith that wrote it, or move it away: 'kith pin' writes "
				 "another");
	return KITH_OK;
}

int
kith_pins_read(struct kith_span text, struct kith_pins **ret_pins, struct kith_error *err)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	KITH_AUTO_PINS struct kith_pins *p = NULL;
	const struct kith_toml *v;
	int r;

	if (text.len > KITH_MAX_PINS_BYTES)
		return kith_fail(err, KITH_E_LIMIT, "larger than %zu bytes", KITH_MAX_PINS_BYTES);
	r = kith_pins_new(&p, err);
	if (!r)
		r = kith_toml_parse(text, &doc, err);
	if (!r)
		r = check_version(kith_toml_root(doc), err);
	for (v = r ? NULL : kith_toml_root(doc)->first; !r && v; v = v->next)
		if (!kith_span_is(v->key, "version"))
			r = read_array(p, v, err);
	if (!r)
		r = kith_pins_index(p, err);
	if (!r)
		*ret_pins = kith_steal(&p);
	return r;
}
