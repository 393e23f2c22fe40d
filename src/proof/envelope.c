/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splits a file into proofs: the current envelope and both legacy ones (crev format 2.4). Where
 * cargo-crev gives up a file, this refuses one proof and goes on at the next BEGIN line. Looks at
 * no signature. Every byte is visited a bounded number of times.
 */
#include "base/base.h"
#include "codec/base64.h"
#include "proof/body.h"

#define BEGIN_NEW    "----- BEGIN CREV PROOF -----"
#define SIGN_NEW     "----- SIGN CREV PROOF -----"
#define END_NEW      "----- END CREV PROOF -----"
#define BEGIN_LEGACY "-----BEGIN CREV "
#define END_LEGACY   "-----END CREV "
#define DASHES       "-----"
#define SIGNATURE    " SIGNATURE-----"

enum state { OUTSIDE, SKIPPING, IN_BODY, IN_SIG };

struct line {
	struct kith_span text; /* without its line end */
	size_t start, end;     /* offsets; end is behind the line end */
	uint32_t number;
	bool cr; /* ended in CRLF */
};

struct splitter {
	struct kith_span text;
	struct kith_arena *arena;
	struct kith_error *err;
	struct kith_proof_item *items;
	size_t count, cap;
	size_t refused, unlisted;
	uint32_t unlisted_line;
	/* the proof that is being read */
	enum state state;
	bool legacy, cr;
	struct kith_span type; /* of a legacy envelope, as written */
	uint32_t number;
	size_t start, body, body_end, body_len, sig, sig_end, sig_len;
};

static bool
ascii_equal(struct kith_span a, struct kith_span b)
{
	size_t i;

	for (i = 0; a.len == b.len && i < a.len; i++) {
		uint8_t x = a.ptr[i], y = b.ptr[i];

		x = x >= 'A' && x <= 'Z' ? (uint8_t)(x + 32) : x;
		y = y >= 'A' && y <= 'Z' ? (uint8_t)(y + 32) : y;
		if (x != y)
			return false;
	}
	return a.len == b.len;
}

/* What stands between prefix and suffix, which must not overlap (crev format 9.1.1). */
static bool
between(struct kith_span s, const char *prefix, const char *suffix, struct kith_span *ret)
{
	struct kith_span p = kith_span_str(prefix), q = kith_span_str(suffix);

	if (s.len < p.len + q.len || !kith_span_starts(s, p) || !kith_span_ends(s, q))
		return false;
	*ret = kith_span_sub(s, p.len, s.len - p.len - q.len);
	return true;
}

/* The trimmed line where it may be a delimiter, else an empty span: most lines are told at once. */
static struct kith_span
delimiter(struct kith_span line)
{
	size_t i = 0;

	while (i < line.len && (line.ptr[i] == ' ' || (line.ptr[i] >= '\t' && line.ptr[i] <= '\r')))
		i++;
	if (i == line.len || (line.ptr[i] != '-' && line.ptr[i] < 0x80))
		return KITH_SPAN_NONE;
	line = kith_span_trim_unicode(line);
	return kith_span_starts(line, KITH_SPAN_LIT(DASHES)) ? line : KITH_SPAN_NONE;
}

/*
 * The legacy type must name something: neither nothing nor a signature line, which would make a
 * proof of what follows a refused one.
 */
static bool
is_begin(struct kith_span line, bool *ret_legacy, struct kith_span *ret_type)
{
	struct kith_span type, none;

	if (kith_span_is(line, BEGIN_NEW)) {
		*ret_legacy = false;
		*ret_type = KITH_SPAN_NONE;
		return true;
	}
	if (!between(line, BEGIN_LEGACY, DASHES, &type) ||
	    between(line, BEGIN_LEGACY, SIGNATURE, &none))
		return false;
	if (kith_span_ends(type, KITH_SPAN_LIT(" ")))
		type.len--;
	if (!type.len || kith_span_is(type, "SIGNATURE"))
		return false;
	*ret_legacy = true;
	*ret_type = type;
	return true;
}

static int
add_item(struct splitter *s, struct kith_proof_item **ret_item)
{
	int e = kith_grow(&s->items, &s->cap, s->count + 1, sizeof(*s->items), KITH_MAX_PROOF_ITEMS,
			  "proofs in one file", s->err);

	if (e)
		return e;
	*ret_item = &s->items[s->count++];
	memset(*ret_item, 0, sizeof(**ret_item));
	return KITH_OK;
}

/* Memory that the arena refuses is the file's fault where its maximum is near, else the machine's.
 */
static int
no_memory(const struct splitter *s)
{
	if (s->arena->max - s->arena->total < KITH_MIB(2))
		return kith_fail(s->err, KITH_E_LIMIT, "the file's proofs do not fit into memory");
	return kith_fail_nomem(s->err);
}

static int
set_cause(struct splitter *s, struct kith_proof_item *item, const char *cause)
{
	item->cause = kith_arena_str(s->arena, kith_span_str(cause));
	return item->cause ? KITH_OK : no_memory(s);
}

/* Counts one refusal; true if it is to be listed. */
static bool
count_refusal(struct splitter *s, uint32_t number)
{
	if (s->refused++ < KITH_MAX_PROOF_REFUSALS)
		return true;
	if (!s->unlisted++)
		s->unlisted_line = number;
	return false;
}

/* One refusal for a broken envelope or stray text; reading goes on in `next`. */
static int
refuse(struct splitter *s, uint32_t number, enum state next, const char *cause)
{
	struct kith_proof_item *item = NULL;
	int e;

	s->state = next;
	if (!count_refusal(s, number))
		return KITH_OK;
	e = add_item(s, &item);
	if (e)
		return e;
	item->status = KITH_PROOF_BAD_FRAME;
	item->line = item->proof.line = number;
	item->proof.kind = KITH_PROOF_UNKNOWN;
	return set_cause(s, item, cause);
}

static void
begin(struct splitter *s, const struct line *l, bool legacy, struct kith_span type)
{
	s->state = IN_BODY;
	s->legacy = legacy;
	s->type = type;
	s->cr = false;
	s->number = l->number;
	s->start = l->start;
	s->body = s->body_end = l->end;
	s->body_len = s->sig_len = 0;
}

/* The signed bytes: as they stand, or a copy with each CRLF as LF. */
static bool
rebuild_body(struct splitter *s, struct kith_span *ret_body)
{
	struct kith_span raw = kith_span_sub(s->text, s->body, s->body_end - s->body);
	uint8_t *copy;
	size_t i, n = 0;

	if (!s->cr) {
		*ret_body = raw;
		return true;
	}
	copy = kith_arena_alloc(s->arena, raw.len);
	if (!copy)
		return false;
	for (i = 0; i < raw.len; i++)
		if (raw.ptr[i] != '\r' || i + 1 == raw.len || raw.ptr[i + 1] != '\n')
			copy[n++] = raw.ptr[i];
	*ret_body = kith_span(copy, n);
	return true;
}

static bool
lower_type(struct splitter *s, struct kith_span *ret_kind)
{
	char *p = kith_arena_str(s->arena, s->type);
	size_t i;

	for (i = 0; p && i < s->type.len; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] + 32);
	*ret_kind = kith_span(p, s->type.len);
	return p != NULL;
}

static int
read_proof(struct splitter *s, struct kith_proof *p)
{
	struct kith_error why;
	bool fatal = false;
	int e;

	p->legacy = s->legacy;
	p->line = s->number;
	if (!rebuild_body(s, &p->body) || (s->legacy && !lower_type(s, &p->kind_text)))
		return no_memory(s);
	p->sig_text = kith_span_trim_unicode(kith_span_sub(s->text, s->sig, s->sig_end - s->sig));
	p->sig_valid = kith_base64_decode_exact(p->sig_text, p->sig, sizeof(p->sig));
	kith_blake2b(p->body, &p->digest);
	e = kith_body_read(p, 0, s->arena, &fatal, &why);
	if (!e)
		return KITH_OK;
	if (fatal)
		return no_memory(s);
	s->items[s->count - 1].status = KITH_PROOF_BAD_BODY;
	return set_cause(s, &s->items[s->count - 1], why.msg);
}

/* A whole envelope, `end` behind its last line. */
static int
emit(struct splitter *s, size_t end)
{
	struct kith_span envelope = kith_span_sub(s->text, s->start, end - s->start);
	struct kith_proof_item *item = NULL;
	int e;

	s->state = OUTSIDE;
	if (!kith_utf8_valid(envelope))
		return refuse(s, s->number, OUTSIDE, "the proof is not UTF-8");
	e = add_item(s, &item);
	if (e)
		return e;
	item->line = s->number;
	item->proof.envelope = envelope;
	e = read_proof(s, &item->proof);
	if (!e && item->status == KITH_PROOF_BAD_BODY && !count_refusal(s, s->number))
		s->count--;
	return e;
}

static int
take_outside(struct splitter *s, const struct line *l)
{
	struct kith_span type, t = delimiter(l->text);
	bool legacy;

	if (t.len && is_begin(t, &legacy, &type)) {
		begin(s, l, legacy, type);
		return KITH_OK;
	}
	if (s->state == SKIPPING || !kith_span_trim_unicode(l->text).len)
		return KITH_OK;
	return refuse(s, l->number, SKIPPING, "text outside a proof");
}

/* Whether the trimmed line ends the body; *ret_wrong: it does so for another type. */
static bool
is_sign(const struct splitter *s, struct kith_span t, bool *ret_wrong)
{
	struct kith_span type;

	if (!s->legacy)
		return kith_span_is(t, SIGN_NEW);
	if (!between(t, BEGIN_LEGACY, SIGNATURE, &type))
		return false;
	*ret_wrong = !ascii_equal(type, s->type);
	return true;
}

static bool
is_end(const struct splitter *s, struct kith_span t, bool *ret_wrong)
{
	struct kith_span type;

	if (!s->legacy)
		return kith_span_is(t, END_NEW);
	if (!between(t, END_LEGACY, DASHES, &type))
		return false;
	*ret_wrong = !ascii_equal(type, s->type);
	return true;
}

static int
restart(struct splitter *s, const struct line *l, bool legacy, struct kith_span type,
	const char *cause)
{
	int e = refuse(s, s->number, SKIPPING, cause);

	if (!e)
		begin(s, l, legacy, type);
	return e;
}

static int
take_body(struct splitter *s, const struct line *l)
{
	struct kith_span type, t = delimiter(l->text);
	bool legacy, wrong = false;

	if (t.len && is_sign(s, t, &wrong)) {
		if (wrong)
			return refuse(s, s->number, SKIPPING,
				      "the signature line names another type");
		s->state = IN_SIG;
		s->sig = s->sig_end = l->end;
		return KITH_OK;
	}
	/*
	 * In column 1 it cannot stand in a comment block, which is always indented: the proof was
	 * cut off, and the next one must not be lost with it.
	 */
	if (t.len && t.ptr == l->text.ptr && is_begin(t, &legacy, &type))
		return restart(s, l, legacy, type, "the proof ends without a signature");
	s->body_len += l->text.len + 1;
	s->body_end = l->end;
	s->cr |= l->cr;
	if (s->body_len > KITH_MAX_PROOF_BODY)
		return refuse(s, s->number, SKIPPING, "the body has more than 32000 bytes");
	return KITH_OK;
}

static int
take_sig(struct splitter *s, const struct line *l)
{
	struct kith_span type, t = delimiter(l->text);
	bool legacy, wrong = false;

	if (t.len && is_end(s, t, &wrong)) {
		if (wrong)
			return refuse(s, s->number, SKIPPING, "the END line names another type");
		return emit(s, l->end);
	}
	/* no valid signature holds such a line, so nothing is lost */
	if (t.len && is_begin(t, &legacy, &type))
		return restart(s, l, legacy, type, "the proof has no END line");
	s->sig_len += l->text.len + 1;
	s->sig_end = l->end;
	if (s->sig_len > KITH_MAX_PROOF_SIG)
		return refuse(s, s->number, SKIPPING, "the signature has more than 2000 bytes");
	return KITH_OK;
}

static int
take(struct splitter *s, const struct line *l)
{
	if (l->text.len > KITH_MAX_PROOF_LINE && s->state != SKIPPING)
		return refuse(s, s->state == OUTSIDE ? l->number : s->number, SKIPPING,
			      "a line has more than 65536 bytes");
	switch (s->state) {
	case IN_BODY:
		return take_body(s, l);
	case IN_SIG:
		return take_sig(s, l);
	case OUTSIDE:
	case SKIPPING:
	default:
		return l->text.len > KITH_MAX_PROOF_LINE ? KITH_OK : take_outside(s, l);
	}
}

static bool
next_line(struct kith_span text, struct line *l)
{
	size_t lf;

	if (l->end >= text.len)
		return false;
	l->start = l->end;
	lf = kith_span_find(text, l->start, '\n');
	l->cr = lf < text.len && lf > l->start && text.ptr[lf - 1] == '\r';
	l->text = kith_span(text.ptr + l->start, lf - l->start - (l->cr ? 1 : 0));
	l->end = lf < text.len ? lf + 1 : lf;
	l->number++;
	return true;
}

static int
split(struct splitter *s)
{
	struct line l = {0};
	char more[96];
	int e = KITH_OK;

	while (!e && next_line(s->text, &l))
		e = take(s, &l);
	if (!e && (s->state == IN_BODY || s->state == IN_SIG))
		e = refuse(s, s->number, OUTSIDE, "the file ends inside the proof");
	if (e || !s->unlisted)
		return e;
	snprintf(more, sizeof(more), "%zu more refusals in this file", s->unlisted);
	s->refused = 0; /* this one is listed */
	return refuse(s, s->unlisted_line, OUTSIDE, more);
}

int
kith_proof_parse(struct kith_span text, struct kith_arena *arena, struct kith_proof_list *ret_list,
		 struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_proof_item *items = NULL;
	struct splitter s = {.text = text, .arena = arena, .err = err};
	struct kith_proof_item *kept;
	int e;

	if (text.len > KITH_MAX_PROOF_FILE)
		return kith_fail(err, KITH_E_LIMIT, "the file has more than %zu bytes",
				 (size_t)KITH_MAX_PROOF_FILE);
	e = split(&s);
	items = s.items;
	if (e)
		return e;
	kept = kith_arena_array(arena, s.count, sizeof(*kept));
	if (!kept)
		return no_memory(&s);
	if (s.count)
		memcpy(kept, items, s.count * sizeof(*kept));
	ret_list->items = kept;
	ret_list->count = s.count;
	return KITH_OK;
}
