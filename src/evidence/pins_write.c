/* SPDX-License-Identifier: Apache-2.0 */
/* Pins to text: TOML that our own strict reader and anybody's editor reads, a line an entry. */
#include "codec/base64.h"
#include "evidence/pins.h"

static const char head[] = "# Written by 'kith pin': what 'kith verify --locked' uses, and nothing "
			   "else. Commit it.\n";

/* One line whatever it holds, so that two branches merge line by line. */
static void
put_string(struct kith_buf *out, struct kith_span s)
{
	static const char names[] = "\bb\tt\nn\ff\rr\"\"\\\\";
	size_t i, k, from = 0;

	kith_buf_put_char(out, '"');
	for (i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c >= 0x20 && c != 0x7f && c != '"' && c != '\\')
			continue;
		kith_buf_put(out, s.ptr + from, i - from);
		from = i + 1;
		for (k = 0; names[k] && (uint8_t)names[k] != c; k += 2)
			;
		if (c && names[k])
			kith_buf_printf(out, "\\%c", names[k + 1]);
		else
			kith_buf_printf(out, "\\u%04X", (unsigned)c);
	}
	if (from < s.len)
		kith_buf_put(out, s.ptr + from, s.len - from);
	kith_buf_put_char(out, '"');
}

static void
begin(struct kith_buf *out, const char *key, struct kith_span value)
{
	kith_buf_printf(out, "  {%s = ", key);
	put_string(out, value);
}

static void
put_text(struct kith_buf *out, const char *key, struct kith_span value)
{
	if (!value.len)
		return;
	kith_buf_printf(out, ", %s = ", key);
	put_string(out, value);
}

static void
put_time(struct kith_buf *out, const char *key, int64_t sec)
{
	if (!sec)
		return;
	kith_buf_printf(out, ", %s = ", key);
	kith_time_put_rfc3339(out, (struct kith_time){sec, 0});
}

static void
put_digest(struct kith_buf *out, const char *key, const struct kith_digest *d)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, d->bytes);
	kith_buf_printf(out, ", %s = \"%s\"", key, text);
}

static void
put_flag(struct kith_buf *out, const char *key, bool v)
{
	if (v)
		kith_buf_printf(out, ", %s = true", key);
}

static void
end(struct kith_buf *out)
{
	kith_buf_put_str(out, "},\n");
}

static void
put_place(struct kith_buf *out, struct kith_span kind, struct kith_span location,
	  struct kith_span inside)
{
	begin(out, "kind", kind);
	put_text(out, "at", location);
	put_text(out, "inside", inside);
}

static void
put_sources(const struct kith_pins *p, struct kith_buf *out)
{
	size_t i;

	kith_buf_put_str(out, "\nsource = [\n");
	for (i = 0; i < p->n_sources; i++) {
		const struct kith_pins_source *x = &p->sources[i];

		put_place(out, x->kind, x->location, x->inside);
		put_text(out, "commit", x->commit);
		put_time(out, "as-of", x->as_of);
		put_flag(out, "carried", x->carried);
		end(out);
	}
	kith_buf_put_str(out, "]\n");
}

static void
put_packages(const struct kith_pins *p, struct kith_buf *out)
{
	size_t i;

	kith_buf_put_str(out, "\npackage = [\n");
	for (i = 0; i < p->n_packages; i++) {
		const struct kith_pins_package *x = &p->packages[i];

		begin(out, "name", x->name);
		put_text(out, "version", x->version);
		if (x->eco != KITH_ECO_CARGO)
			put_text(out, "ecosystem", kith_span_str(kith_ecosystem_name(x->eco)));
		put_text(out, "registry", x->registry);
		put_text(out, "checksum", x->checksum);
		if (x->has_native)
			put_digest(out, "digest", &x->native);
		/* nearly always the same: then it is not said twice */
		if (x->has_crev && !(x->has_native && memcmp(x->native.bytes, x->crev.bytes,
							     KITH_DIGEST_BYTES) == 0))
			put_digest(out, "crev-digest", &x->crev);
		if (x->registry_known)
			kith_buf_printf(out, ", registry-agrees = %s",
					x->checksum_agrees ? "true" : "false");
		put_flag(out, "yanked", x->yanked);
		if (x->has_published)
			put_time(out, "published", x->published.sec);
		if (x->has_first) {
			kith_buf_put_str(out, ", first = \"");
			kith_hex_put(out, x->first, sizeof(x->first));
			kith_buf_put_char(out, '"');
		}
		if (x->older_yanked)
			kith_buf_printf(out, ", older-yanked = %u", x->older_yanked);
		end(out);
	}
	kith_buf_put_str(out, "]\n");
}

static void
put_claims(const struct kith_pins *p, struct kith_buf *out)
{
	char text[KITH_ID_TEXT + 1];
	size_t i;

	if (!p->n_claims)
		return;
	kith_buf_put_str(out, "\nlate = [\n");
	for (i = 0; i < p->n_claims; i++) {
		kith_base64_id(text, p->claims[i].proof.bytes);
		begin(out, "proof", kith_span_str(text));
		put_time(out, "seen", p->claims[i].seen);
		put_time(out, "previous", p->claims[i].previous);
		end(out);
	}
	kith_buf_put_str(out, "]\n");
}

static void
put_gone(const struct kith_pins *p, struct kith_buf *out)
{
	size_t i;

	if (!p->n_gone)
		return;
	kith_buf_put_str(out, "\nwithdrawn = [\n");
	for (i = 0; i < p->n_gone; i++) {
		const struct kith_pins_gone *x = &p->gone[i];

		put_place(out, x->kind, x->location, x->inside);
		put_time(out, "seen", x->seen);
		put_time(out, "gone", x->gone);
		put_text(out, "path", x->path);
		if (x->at_line)
			kith_buf_printf(out, ", line = %u", x->at_line);
		put_text(out, "text", x->text);
		end(out);
	}
	kith_buf_put_str(out, "]\n");
}

static void
put_urls(const struct kith_pins *p, struct kith_buf *out)
{
	char text[KITH_ID_TEXT + 1];
	size_t i;

	if (!p->n_urls)
		return;
	kith_buf_put_str(out, "\nverified-url = [\n");
	for (i = 0; i < p->n_urls; i++) {
		kith_base64_id(text, p->urls[i].id.bytes);
		begin(out, "id", kith_span_str(text));
		put_text(out, "url", p->urls[i].url);
		end(out);
	}
	kith_buf_put_str(out, "]\n");
}

void
kith_pins_put(const struct kith_pins *p, struct kith_buf *out)
{
	kith_buf_put_str(out, head);
	kith_buf_printf(out, "version = %d\n", KITH_PINS_VERSION);
	put_sources(p, out);
	put_packages(p, out);
	put_claims(p, out);
	put_gone(p, out);
	put_urls(p, out);
}
