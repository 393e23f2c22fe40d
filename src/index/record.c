/* SPDX-License-Identifier: Apache-2.0 */
/* Writes and reads the part of a record that its proof says. Believes no count. */
#include "index/format.h"
#include "index/record.h"

#define COMMENT_BYTES KITH_KIB(4) /* of a comment is kept; the proof itself has the rest */

/* --- writing --- */

static void
put_str(struct kith_buf *out, struct index_str s)
{
	kith_buf_put_u32(out, s.offset);
	kith_buf_put_u32(out, s.len);
}

static void
put_time(struct kith_buf *out, struct kith_time t)
{
	kith_buf_put_u64(out, (uint64_t)t.sec);
	kith_buf_put_u32(out, t.nsec);
}

static void
put_text(struct kith_buf *out, struct kith_span s)
{
	kith_buf_put_u32(out, (uint32_t)s.len);
	kith_buf_put_span(out, s);
}

/* A comment may be long: the index keeps its beginning, cut at a character. */
static void
put_comment(struct kith_buf *out, struct kith_span s)
{
	if (s.len > COMMENT_BYTES) {
		s.len = COMMENT_BYTES;
		while (s.len && (s.ptr[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	put_text(out, s);
}

static void
put_valid_ids(struct kith_buf *out, const struct kith_public_id *ids, size_t n)
{
	uint32_t valid = 0;
	size_t i;

	for (i = 0; i < n; i++)
		valid += ids[i].valid;
	kith_buf_put_u32(out, valid);
	for (i = 0; i < n; i++)
		if (ids[i].valid)
			kith_buf_put(out, ids[i].id.bytes, KITH_ID_BYTES);
}

static void
put_lists(struct kith_buf *out, const struct kith_proof *p)
{
	size_t i, j;

	kith_buf_put_u32(out, (uint32_t)p->n_issues);
	for (i = 0; i < p->n_issues; i++) {
		put_text(out, p->issues[i].id);
		kith_buf_put_u32(out, p->issues[i].severity);
		kith_buf_put_u32(out, p->issues[i].range);
		put_comment(out, p->issues[i].comment);
	}
	kith_buf_put_u32(out, (uint32_t)p->n_advisories);
	for (i = 0; i < p->n_advisories; i++) {
		kith_buf_put_u32(out, (uint32_t)p->advisories[i].n_ids);
		for (j = 0; j < p->advisories[i].n_ids; j++)
			put_text(out, p->advisories[i].ids[j]);
		kith_buf_put_u32(out, p->advisories[i].severity);
		kith_buf_put_u32(out, p->advisories[i].range);
		put_comment(out, p->advisories[i].comment);
	}
	put_valid_ids(out, p->overrides, p->n_overrides);
	kith_buf_put_u32(out, (uint32_t)p->n_alternatives);
	for (i = 0; i < p->n_alternatives; i++) {
		put_text(out, p->alternatives[i].source);
		put_text(out, p->alternatives[i].name);
	}
}

static void
put_review(struct kith_buf *out, const struct kith_proof *p, unsigned flags,
	   const struct index_tail_strings *s)
{
	kith_buf_put_u32(out, 0);
	put_str(out, s->version);
	put_str(out, s->source);
	kith_buf_put_u32(out, flags);
	kith_buf_put_u32(out, (uint32_t)p->thoroughness | (uint32_t)p->understanding << 8 |
				  (uint32_t)p->rating << 16);
	kith_buf_put(out, p->package.digest.bytes, KITH_DIGEST_BYTES);
	put_comment(out, p->comment);
	put_lists(out, p);
	if (flags & INDEX_REVIEW_BASE) {
		put_text(out, p->base.version);
		kith_buf_put(out, p->base.digest.bytes, KITH_DIGEST_BYTES);
	}
	if (flags & INDEX_REVIEW_LLM) {
		put_text(out, p->llm_model);
		put_text(out, p->llm_version);
	}
}

static void
put_trust(struct kith_buf *out, const struct kith_proof *p, const struct index_tail_strings *s)
{
	uint32_t valid = 0;
	size_t i;

	put_comment(out, p->comment);
	kith_buf_put_u32(out, (uint32_t)p->limited | (uint32_t)(p->limited && p->has_until) << 1 |
				  (uint32_t)p->reach << 8);
	if (p->limited)
		put_text(out, p->scope);
	if (p->limited && p->has_until)
		put_time(out, p->until);
	for (i = 0; i < p->n_ids; i++)
		valid += p->ids[i].valid;
	kith_buf_put_u32(out, valid);
	for (i = 0, valid = 0; i < p->n_ids; i++) {
		if (!p->ids[i].valid)
			continue;
		kith_buf_put(out, p->ids[i].id.bytes, KITH_ID_BYTES);
		put_str(out, s->ids[valid++]);
	}
	put_valid_ids(out, p->overrides, p->n_overrides);
}

void
kith_index_put_tail(struct kith_buf *out, const struct kith_proof *p, unsigned review_flags,
		    const struct index_tail_strings *strings)
{
	put_time(out, p->date);
	put_str(out, strings->url);
	if (p->kind == KITH_PROOF_REVIEW)
		put_review(out, p, review_flags, strings);
	else if (p->kind == KITH_PROOF_TRUST)
		put_trust(out, p, strings);
	else
		put_comment(out, p->comment);
}

unsigned
kith_index_review_flags(const struct kith_proof *p)
{
	if (p->kind != KITH_PROOF_REVIEW)
		return 0;
	return (p->package.digest_valid ? INDEX_REVIEW_DIGEST : 0) |
	       (p->has_base ? INDEX_REVIEW_BASE : 0) |
	       (p->has_base && p->base.digest_valid ? INDEX_REVIEW_BASE_DIGEST : 0) |
	       (kith_proof_is_empty_review(p) ? INDEX_REVIEW_EMPTY : 0) |
	       (p->unmaintained ? INDEX_REVIEW_UNMAINTAINED : 0) |
	       (p->has_llm ? INDEX_REVIEW_LLM : 0) |
	       (p->has_llm && p->llm_human_guided ? INDEX_REVIEW_LLM_HUMAN : 0) |
	       (p->dangerous ? INDEX_REVIEW_DANGEROUS : 0);
}

/* --- reading --- */

/* A list of n items that are at least so long; NULL if there cannot be so many, or no memory. */
static void *
new_list(struct index_cursor *c, struct kith_arena *arena, size_t n, size_t least_bytes,
	 size_t size)
{
	void *list =
	    !c->bad && n <= c->left / least_bytes ? kith_arena_array(arena, n, size) : NULL;

	if (!list)
		c->bad = true;
	return list;
}

static unsigned
read_below(struct index_cursor *c, uint32_t end)
{
	uint32_t v = kith_index_u32(c);

	if (v >= end)
		c->bad = true;
	return c->bad ? 0 : v;
}

static enum kith_level
read_level(struct index_cursor *c)
{
	return (enum kith_level)read_below(c, KITH_LEVEL_COUNT);
}

static enum kith_range
read_range(struct index_cursor *c)
{
	return (enum kith_range)read_below(c, KITH_RANGE_MINOR + 1);
}

static void
read_issues(struct index_cursor *c, struct kith_arena *arena, struct kith_proof *p)
{
	size_t n = kith_index_u32(c), i;
	struct kith_proof_issue *list;

	if (!n || !(list = new_list(c, arena, n, 16, sizeof(*list))))
		return;
	for (i = 0; i < n; i++) {
		list[i].id = kith_index_text(c);
		list[i].severity = read_level(c);
		list[i].range = read_range(c);
		list[i].comment = kith_index_text(c);
	}
	p->issues = list;
	p->n_issues = n;
}

static void
read_advisory(struct index_cursor *c, struct kith_arena *arena, struct kith_proof_advisory *out)
{
	size_t n = kith_index_u32(c), i;
	struct kith_span *ids = new_list(c, arena, n, 4, sizeof(*ids));

	if (!ids)
		return;
	for (i = 0; i < n; i++)
		ids[i] = kith_index_text(c);
	out->ids = ids;
	out->n_ids = n;
	out->severity = read_level(c);
	out->range = read_range(c);
	out->comment = kith_index_text(c);
}

static void
read_advisories(struct index_cursor *c, struct kith_arena *arena, struct kith_proof *p)
{
	size_t n = kith_index_u32(c), i;
	struct kith_proof_advisory *list;

	if (!n || !(list = new_list(c, arena, n, 16, sizeof(*list))))
		return;
	for (i = 0; i < n && !c->bad; i++)
		read_advisory(c, arena, &list[i]);
	p->advisories = list;
	p->n_advisories = n;
}

static void
read_overrides(struct index_cursor *c, struct kith_arena *arena, struct kith_proof *p)
{
	size_t n = kith_index_u32(c), i;
	struct kith_public_id *list;

	if (!n || !(list = new_list(c, arena, n, KITH_ID_BYTES, sizeof(*list))))
		return;
	for (i = 0; i < n; i++) {
		kith_index_bytes32(c, list[i].id.bytes);
		list[i].valid = true;
	}
	p->overrides = list;
	p->n_overrides = n;
}

static void
read_alternatives(struct index_cursor *c, struct kith_arena *arena, struct kith_proof *p)
{
	size_t n = kith_index_u32(c), i;
	struct kith_proof_alternative *list;

	if (!n || !(list = new_list(c, arena, n, 8, sizeof(*list))))
		return;
	for (i = 0; i < n; i++) {
		list[i].source = kith_index_text(c);
		list[i].name = kith_index_text(c);
	}
	p->alternatives = list;
	p->n_alternatives = n;
}

static void
set_flags(struct kith_proof *p, unsigned flags)
{
	p->package.digest_valid = flags & INDEX_REVIEW_DIGEST;
	p->has_base = flags & INDEX_REVIEW_BASE;
	p->base.digest_valid = flags & INDEX_REVIEW_BASE_DIGEST;
	p->unmaintained = flags & INDEX_REVIEW_UNMAINTAINED;
	p->has_llm = flags & INDEX_REVIEW_LLM;
	p->llm_human_guided = flags & INDEX_REVIEW_LLM_HUMAN;
	p->dangerous = flags & INDEX_REVIEW_DANGEROUS;
}

static void
set_levels(struct index_cursor *c, struct kith_proof *p, uint32_t packed)
{
	uint32_t t = packed & 0xff, u = packed >> 8 & 0xff, r = packed >> 16 & 0xff;

	if (t >= KITH_LEVEL_COUNT || u >= KITH_LEVEL_COUNT || r >= KITH_RATING_COUNT) {
		c->bad = true;
		return;
	}
	p->thoroughness = (enum kith_level)t;
	p->understanding = (enum kith_level)u;
	p->rating = (enum kith_rating)r;
}

static void
read_review(struct index_cursor *c, struct kith_arena *arena, struct index_record *x)
{
	struct kith_proof *p = &x->proof;

	x->name = kith_index_u32(c);
	p->package.version = kith_index_str(c);
	p->package.source = kith_index_str(c);
	x->review_flags = kith_index_u32(c);
	set_flags(p, x->review_flags);
	set_levels(c, p, kith_index_u32(c));
	kith_index_bytes32(c, p->package.digest.bytes);
	p->comment = kith_index_text(c);
	read_issues(c, arena, p);
	read_advisories(c, arena, p);
	read_overrides(c, arena, p);
	read_alternatives(c, arena, p);
	if (p->has_base) {
		p->base.version = kith_index_text(c);
		kith_index_bytes32(c, p->base.digest.bytes);
	}
	if (p->has_llm) {
		p->llm_model = kith_index_text(c);
		p->llm_version = kith_index_text(c);
	}
}

static void
read_trusted(struct index_cursor *c, struct kith_arena *arena, struct kith_proof *p)
{
	size_t n = kith_index_u32(c), i;
	struct kith_public_id *list;

	if (!n || !(list = new_list(c, arena, n, KITH_ID_BYTES + 8, sizeof(*list))))
		return;
	for (i = 0; i < n; i++) {
		kith_index_bytes32(c, list[i].id.bytes);
		list[i].valid = true;
		list[i].url = kith_index_str(c);
	}
	p->ids = list;
	p->n_ids = n;
}

static void
read_trust(struct index_cursor *c, struct kith_arena *arena, struct kith_proof *p)
{
	uint32_t flags;

	p->comment = kith_index_text(c);
	flags = kith_index_u32(c);
	p->limited = flags & 1;
	p->has_until = flags & 2;
	if (flags >> 8 >= KITH_REACH_COUNT)
		c->bad = true;
	else
		p->reach = (enum kith_reach)(flags >> 8);
	if (p->limited)
		p->scope = kith_index_text(c);
	if (p->has_until)
		p->until = kith_index_time(c);
	read_trusted(c, arena, p);
	read_overrides(c, arena, p);
}

static void
read_head(struct index_cursor *c, struct index_record *x)
{
	struct kith_proof *p = &x->proof;
	uint32_t packed;

	x->number = kith_index_u32(c);
	packed = kith_index_u32(c);
	if ((packed & 0xff) > KITH_PROOF_UNKNOWN || (packed >> 8 & 0xff) >= KITH_LEVEL_COUNT) {
		c->bad = true;
		return;
	}
	p->kind = (enum kith_proof_kind)(packed & 0xff);
	p->level = (enum kith_level)(packed >> 8 & 0xff);
	x->flags = packed >> 16;
	kith_index_bytes32(c, p->from.id.bytes);
	p->from.valid = true;
	kith_index_bytes32(c, p->digest.bytes);
	x->seen = (int64_t)kith_index_u64(c);
	x->previous = (int64_t)kith_index_u64(c);
	x->n_places = kith_index_u32(c);
	x->places = c->at;
	if (x->n_places > c->left / INDEX_RECORD_PLACE)
		c->bad = true;
	else
		kith_index_skip(c, (size_t)x->n_places * INDEX_RECORD_PLACE);
}

bool
kith_index_read_record(struct index_cursor *outer, struct kith_arena *arena,
		       struct index_record *ret_record)
{
	struct index_record x;
	struct index_cursor c = *outer;
	uint32_t len = kith_index_u32(&c);

	memset(&x, 0, sizeof(x));
	if (c.bad || len < 4 || len - 4 > c.left)
		return false;
	kith_index_skip(outer, len);
	c.left = len - 4;
	read_head(&c, &x);
	x.proof.date = kith_index_time(&c);
	x.proof.from.url = kith_index_str(&c);
	if (x.proof.kind == KITH_PROOF_REVIEW)
		read_review(&c, arena, &x);
	else if (x.proof.kind == KITH_PROOF_TRUST)
		read_trust(&c, arena, &x.proof);
	else
		x.proof.comment = kith_index_text(&c);
	if (c.bad)
		return false;
	*ret_record = x;
	return true;
}
