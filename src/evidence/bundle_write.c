/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a bundle: a line an item, its texts as they are. Puts in no order of its own. */
#include "codec/base64.h"
#include "evidence/bundle.h"
#include "evidence/bundle_format.h"

/* --- words --- */

static void
put_text(struct kith_buf *out, struct kith_span s)
{
	size_t i;

	kith_buf_put_char(out, ' ');
	if (!s.len)
		kith_buf_put_char(out, '-');
	for (i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c <= ' ' || c == '%' || c == 0x7f || (c == '-' && s.len == 1))
			kith_buf_printf(out, "%%%02X", (unsigned)c);
		else
			kith_buf_put_char(out, (char)c);
	}
}

static void
put_digest(struct kith_buf *out, const uint8_t bytes[32])
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, bytes);
	kith_buf_put_char(out, ' ');
	kith_buf_put_str(out, text);
}

static void
put_time(struct kith_buf *out, int64_t t)
{
	kith_buf_printf(out, " %lld", (long long)(t > 0 ? t : 0));
}

static void
put_time_or(struct kith_buf *out, bool there, int64_t t)
{
	if (there)
		put_time(out, t);
	else
		kith_buf_put_str(out, " -");
}

static void
put_flags(struct kith_buf *out, unsigned flags)
{
	char sep = ' ';
	size_t i;

	for (i = 0; i < KITH_BUNDLE_FLAGS; i++) {
		if (!(flags & kith_bundle_flags[i].flag))
			continue;
		kith_buf_put_char(out, sep);
		kith_buf_put_str(out, kith_bundle_flags[i].word);
		sep = ',';
	}
	if (sep == ' ')
		kith_buf_put_str(out, " -");
}

static void
put_body(struct kith_buf *out, struct kith_span text)
{
	kith_buf_printf(out, " %zu\n", text.len);
	kith_buf_put_span(out, text);
	kith_buf_put_char(out, '\n');
}

/* --- lines --- */

static void
put_head(const struct kith_bundle *b, struct kith_buf *out)
{
	size_t i;

	kith_buf_printf(out, "%s%d\nlock ", KITH_BUNDLE_HEAD, KITH_BUNDLE_VERSION);
	kith_hex_put(out, b->lock, sizeof(b->lock));
	kith_buf_put_char(out, '\n');
	for (i = 0; i < b->n_parts; i++) {
		kith_buf_put_str(out, "decides");
		put_text(out, b->parts[i].name);
		put_digest(out, b->parts[i].digest.bytes);
		kith_buf_put_char(out, '\n');
	}
	kith_buf_put_str(out, "pins");
	put_body(out, b->pins);
	for (i = 0; i < b->n_ids; i++) {
		const struct kith_bundle_id *x = &b->ids[i];

		kith_buf_put_str(out, "id");
		put_digest(out, x->id.bytes);
		put_text(out, x->says_url ? x->url : KITH_SPAN_NONE);
		kith_buf_put_str(out, x->proved ? " proved" : " said");
		put_text(out, x->other_url);
		kith_buf_printf(out, " %llu\n", (unsigned long long)x->reviews);
	}
}

static void
put_source(const struct kith_bundle_source *x, struct kith_buf *out)
{
	kith_buf_put_str(out, kith_bundle_kind_words[x->kind]);
	put_text(out, x->location);
	put_text(out, x->commit);
	if (x->kind == KITH_BUNDLE_CREV) {
		put_text(out, x->url);
		kith_buf_put_str(out, x->own ? " own" : " source");
		put_time(out, x->baseline);
	} else {
		put_text(out, x->inside);
		put_text(out, x->slug);
		kith_buf_printf(out, " %u", (unsigned)x->mark);
		put_time(out, x->since);
	}
	put_time(out, x->fetched);
	kith_buf_put_char(out, '\n');
}

static void
put_proof(const struct kith_bundle_proof *x, struct kith_buf *out)
{
	bool gone = x->flags & KITH_BUNDLE_GONE;

	kith_buf_put_str(out, gone ? "gone" : x->text.ptr ? "proof" : "again");
	if (gone)
		kith_buf_printf(out, " %u", (unsigned)x->source);
	put_digest(out, x->digest.bytes);
	if (!gone) {
		put_text(out, x->path);
		kith_buf_printf(out, " %u", (unsigned)x->line);
	}
	if (!x->text.ptr && !gone) {
		kith_buf_put_char(out, '\n');
		return;
	}
	put_flags(out, x->flags & ~KITH_BUNDLE_GONE);
	put_time(out, x->seen);
	put_time(out, x->previous);
	put_body(out, x->text);
}

static void
put_entry(const struct kith_claim_set_carried *x, struct kith_buf *out)
{
	kith_buf_put_str(out, "entry");
	put_digest(out, x->digest.bytes);
	put_text(out, x->path);
	kith_buf_printf(out, " %u", (unsigned)x->line);
	put_time_or(out, x->has_seen, x->seen);
	put_time_or(out, x->gone, x->gone_since);
	kith_buf_put_char(out, '\n');
}

static void
put_published(const struct kith_bundle_fact *x, struct kith_buf *out)
{
	kith_buf_put_str(out, "published");
	put_text(out, x->name);
	put_text(out, x->version);
	put_text(out, x->publisher);
	put_text(out, x->login);
	kith_buf_printf(out, " %lld\n", (long long)(x->day > 0 ? x->day : 0));
}

static void
put_file(const struct kith_bundle_file *x, struct kith_buf *out)
{
	kith_buf_put_str(out, "file");
	put_text(out, x->path);
	put_body(out, x->text);
}

/* --- the whole --- */

/* Items of each list lie in the order of their sources; what is gone comes last. */
void
kith_bundle_put(const struct kith_bundle *b, kith_claim_set_hash *hash, struct kith_buf *out)
{
	size_t i, proof = 0, entry = 0, fact = 0, file = 0, from = out->len;
	struct kith_digest digest;

	put_head(b, out);
	for (i = 0; i < b->n_sources; i++) {
		put_source(&b->sources[i], out);
		for (; proof < b->n_proofs && b->proofs[proof].source == i &&
		       !(b->proofs[proof].flags & KITH_BUNDLE_GONE);
		     proof++)
			put_proof(&b->proofs[proof], out);
		for (; entry < b->n_entries && b->entries[entry].source == i; entry++)
			put_entry(&b->entries[entry].is, out);
		for (; fact < b->n_facts && b->facts[fact].source == i; fact++)
			put_published(&b->facts[fact], out);
		for (; file < b->n_files && b->files[file].source == i; file++)
			put_file(&b->files[file], out);
	}
	for (; proof < b->n_proofs; proof++)
		put_proof(&b->proofs[proof], out);
	if (out->failed)
		return;
	hash(kith_span_sub(kith_buf_span(out), from, SIZE_MAX), &digest);
	kith_buf_put_str(out, "end");
	put_digest(out, digest.bytes);
	kith_buf_put_char(out, '\n');
}
