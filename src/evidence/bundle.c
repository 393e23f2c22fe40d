/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a bundle. Its last line is a digest of all that stands before: what was cut off or changed
 * by accident is told from what is no bundle. It proves nothing about who wrote it; nothing in it
 * is believed because of it. Every list is bounded by the file's size.
 */
#include "codec/base64.h"
#include "evidence/bundle.h"
#include "evidence/bundle_format.h"

const char *const kith_bundle_kind_words[] = {"crev", "vet", "rustsec", "osv"};
const struct kith_bundle_flag kith_bundle_flags[KITH_BUNDLE_FLAGS] = {
    {"gone", KITH_BUNDLE_GONE},
    {"withdrawn", KITH_BUNDLE_WITHDRAWN},
    {"taken", KITH_BUNDLE_TAKEN},
    {"later", KITH_BUNDLE_LATER}};

/* --- the life of one --- */

int
kith_bundle_new(struct kith_bundle **ret_bundle, struct kith_error *err)
{
	struct kith_bundle *b = kith_calloc(1, sizeof(*b));

	if (!b)
		return kith_fail_nomem(err);
	kith_arena_init(&b->arena, 2 * KITH_MAX_BUNDLE);
	*ret_bundle = b;
	return KITH_OK;
}

void
kith_bundle_free(struct kith_bundle *b)
{
	if (!b)
		return;
	free(b->parts);
	free(b->ids);
	free(b->sources);
	free(b->proofs);
	free(b->entries);
	free(b->facts);
	free(b->files);
	kith_arena_clear(&b->arena);
	free(b);
}

void
kith_bundle_freep(struct kith_bundle **b)
{
	kith_bundle_free(*b);
	*b = NULL;
}

/* --- words --- */

#define MAX_WORDS 10

struct reading {
	struct kith_bundle *b;
	struct kith_span rest;
	uint32_t line;
	struct kith_span words[MAX_WORDS];
	size_t n;  /* of words */
	size_t at; /* the next one */
	int bad;   /* KITH_OK: none so far */
	struct kith_error *err;
};

static int
refuse(struct reading *rd, const char *what)
{
	return kith_fail(rd->err, KITH_E_FORMAT, "line %u: %s", rd->line, what);
}

/* Lack of memory is no fault of the file. */
static void
spoil(struct reading *rd)
{
	if (!rd->bad)
		rd->bad = KITH_E_FORMAT;
}

static struct kith_span
next_word(struct reading *rd)
{
	if (rd->at >= rd->n) {
		spoil(rd);
		return KITH_SPAN_NONE;
	}
	return rd->words[rd->at++];
}

static unsigned
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10) : 16;
}

/* "-" is the empty text; %XX what would break a line or a word. */
static struct kith_span
next_text(struct reading *rd)
{
	struct kith_span w = next_word(rd);
	size_t i, n = 0;
	uint8_t *out;

	if (kith_span_is(w, "-"))
		return KITH_SPAN_NONE;
	if (kith_span_find(w, 0, '%') == w.len)
		return w;
	out = kith_arena_alloc(&rd->b->arena, w.len + 1);
	if (!out) {
		rd->bad = KITH_E_NOMEM;
		return KITH_SPAN_NONE;
	}
	for (i = 0; i < w.len; i++) {
		unsigned high, low;

		if (w.ptr[i] != '%') {
			out[n++] = w.ptr[i];
			continue;
		}
		high = w.len - i > 2 ? hex_digit(w.ptr[i + 1]) : 16;
		low = w.len - i > 2 ? hex_digit(w.ptr[i + 2]) : 16;
		if (high > 15 || low > 15) {
			spoil(rd);
			return KITH_SPAN_NONE;
		}
		out[n++] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return kith_span(out, n);
}

static uint64_t
next_number(struct reading *rd, uint64_t max)
{
	uint64_t v = 0;

	if (!kith_span_u64(next_word(rd), &v) || v > max) {
		spoil(rd);
		return 0;
	}
	return v;
}

static int64_t
next_time(struct reading *rd)
{
	return (int64_t)next_number(rd, (uint64_t)1 << 40);
}

/* A time that may be missing. */
static int64_t
next_time_or(struct reading *rd, bool *ret_there)
{
	*ret_there = rd->at < rd->n && !kith_span_is(rd->words[rd->at], "-");
	if (*ret_there)
		return next_time(rd);
	next_word(rd);
	return 0;
}

static void
next_digest(struct reading *rd, uint8_t out[32])
{
	if (!kith_base64_decode_exact(next_word(rd), out, 32))
		spoil(rd);
}

static bool
next_bool(struct reading *rd, const char *yes, const char *no)
{
	struct kith_span w = next_word(rd);

	if (!kith_span_is(w, yes) && !kith_span_is(w, no))
		spoil(rd);
	return kith_span_is(w, yes);
}

static unsigned
next_flags(struct reading *rd)
{
	struct kith_span w = next_word(rd), piece;
	unsigned flags = 0, known;
	size_t i;

	if (kith_span_is(w, "-"))
		return 0;
	while (kith_span_next(&w, ',', &piece)) {
		for (known = 0, i = 0; i < KITH_BUNDLE_FLAGS; i++)
			if (kith_span_is(piece, kith_bundle_flags[i].word))
				known = kith_bundle_flags[i].flag;
		if (!known || flags & known)
			spoil(rd);
		flags |= known;
	}
	return flags;
}

/* The text that follows this line: so many bytes, and an end of line that is not counted. */
static struct kith_span
next_body(struct reading *rd)
{
	uint64_t n = next_number(rd, KITH_MAX_BUNDLE);
	struct kith_span body = kith_span_sub(rd->rest, 0, (size_t)n);
	size_t i;

	if (rd->bad || n >= rd->rest.len || rd->rest.ptr[n] != '\n') {
		spoil(rd);
		return KITH_SPAN_NONE;
	}
	rd->rest = kith_span_sub(rd->rest, (size_t)n + 1, SIZE_MAX);
	for (i = 0; i < body.len; i++)
		rd->line += body.ptr[i] == '\n';
	rd->line++;
	return body;
}

static int
end_of(struct reading *rd)
{
	if (rd->bad == KITH_E_NOMEM)
		return kith_fail_nomem(rd->err);
	if (rd->bad || rd->at != rd->n)
		return refuse(rd, "cannot be read");
	return KITH_OK;
}

/* --- lines --- */

static int
read_lock(struct reading *rd)
{
	if (!kith_hex_decode_exact(next_word(rd), rd->b->lock, sizeof(rd->b->lock)))
		spoil(rd);
	return end_of(rd);
}

static int
read_part(struct reading *rd)
{
	struct kith_bundle_part x = {.name = next_text(rd)};
	int r;

	next_digest(rd, x.digest.bytes);
	r = end_of(rd);
	if (!r)
		r = KITH_BUNDLE_GROW(rd->b, parts, rd->err);
	if (!r)
		rd->b->parts[rd->b->n_parts++] = x;
	return r;
}

static int
read_pins(struct reading *rd)
{
	rd->b->pins = next_body(rd);
	return end_of(rd);
}

static int
read_id(struct reading *rd)
{
	struct kith_bundle_id x = {.says_url = false};
	int r;

	next_digest(rd, x.id.bytes);
	x.url = next_text(rd);
	x.proved = next_bool(rd, "proved", "said");
	x.says_url = x.url.len > 0;
	x.other_url = next_text(rd);
	x.reviews = next_number(rd, UINT32_MAX);
	r = end_of(rd);
	if (!r)
		r = KITH_BUNDLE_GROW(rd->b, ids, rd->err);
	if (!r)
		rd->b->ids[rd->b->n_ids++] = x;
	return r;
}

static int
add_source(struct reading *rd, const struct kith_bundle_source *x)
{
	int r = end_of(rd);

	if (!r)
		r = KITH_BUNDLE_GROW(rd->b, sources, rd->err);
	if (!r)
		rd->b->sources[rd->b->n_sources++] = *x;
	return r;
}

static int
read_crev(struct reading *rd)
{
	struct kith_bundle_source x = {.kind = KITH_BUNDLE_CREV, .location = next_text(rd)};

	x.commit = next_text(rd);
	x.url = next_text(rd);
	x.own = next_bool(rd, "own", "source");
	x.baseline = next_time(rd);
	x.fetched = next_time(rd);
	return add_source(rd, &x);
}

static int
read_source(struct reading *rd, enum kith_bundle_kind kind)
{
	struct kith_bundle_source x = {.kind = kind, .location = next_text(rd)};

	x.commit = next_text(rd);
	x.inside = next_text(rd);
	x.slug = next_text(rd);
	x.mark = (uint32_t)next_number(rd, UINT32_MAX);
	x.since = next_time(rd);
	x.fetched = next_time(rd);
	if (!x.slug.len)
		spoil(rd);
	return add_source(rd, &x);
}

static int
read_vet(struct reading *rd)
{
	return read_source(rd, KITH_BUNDLE_VET);
}

static int
read_rustsec(struct reading *rd)
{
	return read_source(rd, KITH_BUNDLE_RUSTSEC);
}

static int
read_osv(struct reading *rd)
{
	return read_source(rd, KITH_BUNDLE_OSV);
}

/* Which source a line belongs to: the last one; what is gone says it itself. */
static uint32_t
last_source(struct reading *rd)
{
	if (!rd->b->n_sources)
		spoil(rd);
	return rd->b->n_sources ? (uint32_t)rd->b->n_sources - 1 : 0;
}

static int
add_proof(struct reading *rd, const struct kith_bundle_proof *x)
{
	int r = end_of(rd);

	if (!r && rd->b->sources[x->source].kind != KITH_BUNDLE_CREV)
		r = refuse(rd, "a proof in a source of another kind");
	if (!r)
		r = KITH_BUNDLE_GROW(rd->b, proofs, rd->err);
	if (!r)
		rd->b->proofs[rd->b->n_proofs++] = *x;
	return r;
}

static int
read_proof(struct reading *rd)
{
	struct kith_bundle_proof x = {.source = last_source(rd)};

	next_digest(rd, x.digest.bytes);
	x.path = next_text(rd);
	x.line = (uint32_t)next_number(rd, UINT32_MAX);
	x.flags = next_flags(rd);
	x.seen = next_time(rd);
	x.previous = next_time(rd);
	x.text = next_body(rd);
	if (x.flags & KITH_BUNDLE_GONE || !x.text.len)
		spoil(rd);
	return add_proof(rd, &x);
}

static int
read_again(struct reading *rd)
{
	struct kith_bundle_proof x = {.source = last_source(rd)};

	next_digest(rd, x.digest.bytes);
	x.path = next_text(rd);
	x.line = (uint32_t)next_number(rd, UINT32_MAX);
	return add_proof(rd, &x);
}

static int
read_gone(struct reading *rd)
{
	struct kith_bundle_proof x = {.line = 0};

	last_source(rd);
	x.source = (uint32_t)next_number(rd, rd->b->n_sources ? rd->b->n_sources - 1 : 0);
	next_digest(rd, x.digest.bytes);
	x.flags = next_flags(rd) | KITH_BUNDLE_GONE;
	x.seen = next_time(rd);
	x.previous = next_time(rd);
	x.text = next_body(rd);
	if (!x.text.len)
		x.text = KITH_SPAN_NONE; /* it is served elsewhere: only one place is gone */
	return add_proof(rd, &x);
}

static int
read_entry(struct reading *rd)
{
	struct kith_bundle_entry x = {.source = last_source(rd)};
	int r;

	next_digest(rd, x.is.digest.bytes);
	x.is.path = next_text(rd);
	x.is.line = (uint32_t)next_number(rd, UINT32_MAX);
	x.is.seen = next_time_or(rd, &x.is.has_seen);
	x.is.gone_since = next_time_or(rd, &x.is.gone);
	r = end_of(rd);
	if (!r && rd->b->sources[x.source].kind != KITH_BUNDLE_VET)
		r = refuse(rd, "an audit in a source of another kind");
	if (!r)
		r = KITH_BUNDLE_GROW(rd->b, entries, rd->err);
	if (!r)
		rd->b->entries[rd->b->n_entries++] = x;
	return r;
}

static int
read_published(struct reading *rd)
{
	struct kith_bundle_fact x = {.source = last_source(rd)};
	int r;

	x.name = next_text(rd);
	x.version = next_text(rd);
	x.publisher = next_text(rd);
	x.login = next_text(rd);
	x.day = (int64_t)next_number(rd, INT32_MAX);
	r = end_of(rd);
	if (!r && rd->b->sources[x.source].kind != KITH_BUNDLE_VET)
		r = refuse(rd, "a publication in a source of another kind");
	if (!r)
		r = KITH_BUNDLE_GROW(rd->b, facts, rd->err);
	if (!r)
		rd->b->facts[rd->b->n_facts++] = x;
	return r;
}

static int
read_file(struct reading *rd)
{
	struct kith_bundle_file x = {.source = last_source(rd)};
	int r;

	x.path = next_text(rd);
	x.text = next_body(rd);
	r = end_of(rd);
	if (!r && rd->b->sources[x.source].kind == KITH_BUNDLE_CREV)
		r = refuse(rd, "a file in a source of another kind");
	if (!r)
		r = KITH_BUNDLE_GROW(rd->b, files, rd->err);
	if (!r)
		rd->b->files[rd->b->n_files++] = x;
	return r;
}

static const struct {
	const char *word;
	int (*read)(struct reading *rd);
} lines[] = {
    {"lock", read_lock},           {"decides", read_part},
    {"pins", read_pins},           {"id", read_id},
    {"crev", read_crev},           {"vet", read_vet},
    {"rustsec", read_rustsec},     {"osv", read_osv},
    {"proof", read_proof},         {"again", read_again},
    {"gone", read_gone},           {"entry", read_entry},
    {"published", read_published}, {"file", read_file},
};

/* Words are separated by one blank each; there is no empty one. */
static bool
split(struct reading *rd, struct kith_span line)
{
	struct kith_span word;

	rd->n = 0;
	while (kith_span_next(&line, ' ', &word)) {
		if (!word.len || rd->n == MAX_WORDS)
			return false;
		rd->words[rd->n++] = word;
	}
	rd->at = 1;
	return rd->n > 0;
}

static int
read_lines(struct reading *rd)
{
	struct kith_span line;
	bool known;
	size_t i;
	int r = KITH_OK;

	while (!r && rd->rest.len) {
		rd->line++;
		if (!kith_span_next(&rd->rest, '\n', &line) || !split(rd, line))
			return refuse(rd, "cannot be read");
		for (known = false, i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
			if (!kith_span_is(rd->words[0], lines[i].word))
				continue;
			known = true;
			r = lines[i].read(rd);
			break;
		}
		if (!known)
			return refuse(rd, "an unknown word");
	}
	return r;
}

/* --- the whole --- */

static int
check_head(struct kith_span *text, struct kith_error *err)
{
	struct kith_span line;
	uint64_t version;

	if (text->len > KITH_MAX_BUNDLE)
		return kith_fail(err, KITH_E_LIMIT, "larger than %zu bytes", KITH_MAX_BUNDLE);
	if (!kith_span_next(text, '\n', &line) || !kith_span_skip(&line, KITH_BUNDLE_HEAD) ||
	    !kith_span_u64(line, &version))
		return kith_hint(err, kith_fail(err, KITH_E_FORMAT, "no bundle of evidence"),
				 "'kith pin --bundle FILE' makes one");
	if (version != KITH_BUNDLE_VERSION)
		return kith_hint(err,
				 kith_fail(err, KITH_E_FORMAT,
					   "a bundle of version %llu, and this kith reads %d",
					   (unsigned long long)version, KITH_BUNDLE_VERSION),
				 "make it anew with this kith: kith pin --bundle FILE");
	return KITH_OK;
}

static int
check_end(struct kith_span whole, kith_claim_set_hash *hash, struct kith_span *ret_body,
	  struct kith_error *err)
{
	const size_t len = sizeof(KITH_BUNDLE_END) - 1 + KITH_ID_TEXT + 1;
	struct kith_span end = kith_span_sub(whole, whole.len > len ? whole.len - len : 0, len);
	struct kith_digest is, said;

	if (whole.len <= len || whole.ptr[whole.len - len - 1] != '\n' ||
	    !kith_span_skip(&end, KITH_BUNDLE_END) || !kith_span_ends(end, KITH_SPAN_LIT("\n")) ||
	    !kith_base64_decode_exact(kith_span_sub(end, 0, KITH_ID_TEXT), said.bytes, 32))
		return kith_fail(err, KITH_E_INTEGRITY, "the end is missing: it was cut off");
	*ret_body = kith_span_sub(whole, 0, whole.len - len);
	hash(*ret_body, &is);
	if (memcmp(is.bytes, said.bytes, sizeof(is.bytes)) != 0)
		return kith_fail(err, KITH_E_INTEGRITY, "it was changed after it was written");
	return KITH_OK;
}

int
kith_bundle_read(struct kith_span text, kith_claim_set_hash *hash, struct kith_bundle **ret_bundle,
		 struct kith_error *err)
{
	KITH_AUTO_BUNDLE struct kith_bundle *b = NULL;
	struct reading rd = {.line = 1, .err = err};
	struct kith_span body = text;
	size_t head;
	int r = check_head(&body, err);

	if (r)
		return r;
	head = text.len - body.len;
	r = check_end(text, hash, &body, err);
	if (!r)
		r = kith_bundle_new(&b, err);
	if (r)
		return r;
	rd.b = b;
	rd.rest = kith_span_sub(body, head, SIZE_MAX);
	r = read_lines(&rd);
	if (!r)
		*ret_bundle = kith_steal(&b);
	return r;
}
