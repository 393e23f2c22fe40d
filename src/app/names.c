/* SPDX-License-Identifier: Apache-2.0 */
/* Names of people and places of proofs, for texts. */
#include "app/names.h"
#include "app/overlay.h"
#include "codec/base64.h"

#define ID_SHORT       8
#define NAME_MAX_BYTES 63

/*
 * "https://example.org/alice/crev-proofs" is shown as example.org/alice: host and owner. Of the one
 * host where nearly everybody is the owner alone is shown; other hosts never look like it.
 */
struct kith_span
kith_app_owner_of(struct kith_span url)
{
	size_t at;

	if (!kith_span_skip(&url, "https://"))
		return KITH_SPAN_NONE;
	if (kith_span_skip(&url, "github.com/"))
		return kith_span_sub(url, 0, kith_span_find(url, 0, '/'));
	at = kith_span_find(url, 0, '/');
	return kith_span_sub(url, 0, kith_span_find(url, at + 1, '/'));
}

static const char *
keep(struct kith_app_names *n, const char *mark, struct kith_span name)
{
	snprintf(n->text, sizeof(n->text), "%s%.*s", mark, KITH_SPAN_FMT(name));
	return n->text;
}

/* Several keys of one person are told apart by their ids. */
static bool
is_shared(const struct kith_app_names *n, size_t of, struct kith_span name)
{
	struct kith_index_id_info info;
	size_t i, count = kith_index_count_ids(n->index);

	for (i = 0; i < count; i++)
		if (i != of && kith_index_id_at(n->index, i, &info) && info.says_url &&
		    kith_span_eq(kith_app_owner_of(info.url), name))
			return true;
	return false;
}

static const char *
add_id(struct kith_app_names *n, const struct kith_id *id)
{
	char text[KITH_ID_TEXT + 1];
	size_t at = strlen(n->text);

	kith_base64_id(text, id->bytes);
	snprintf(n->text + at, sizeof(n->text) - at, " %.*s…", ID_SHORT, text);
	return n->text;
}

/*
 * What the user calls it, or host and owner of its repository. Anybody can claim a famous URL: what
 * only the id itself says, and no fetched repository proves, has a "~" in front.
 */
const char *
kith_app_name_of(void *ctx, const struct kith_id *id)
{
	struct kith_app_names *n = ctx;
	struct kith_index_id_info info;
	struct kith_span name;
	size_t i;

	name = kith_app_config_name(n->config, id);
	if (name.len)
		return keep(n, "", name);
	if (!kith_index_find_id(n->index, id, &i) || !kith_index_id_at(n->index, i, &info) ||
	    !info.says_url)
		return NULL;
	name = kith_app_owner_of(info.url);
	if (!name.len)
		return NULL;
	keep(n, info.proved ? "" : "~", kith_span_sub(name, 0, NAME_MAX_BYTES));
	return n->exact && is_shared(n, i, name) ? add_id(n, id) : n->text;
}

void
kith_app_put_name(struct kith_app_names *names, const struct kith_id *id, struct kith_buf *out)
{
	const char *name = kith_app_name_of(names, id);
	char text[KITH_ID_TEXT + 1];

	if (name) {
		kith_text_safe(out, kith_span_str(name), 0);
		return;
	}
	kith_base64_id(text, id->bytes);
	kith_buf_put(out, text, ID_SHORT);
	kith_buf_put_str(out, "…");
}

void
kith_app_put_proof(const struct kith_index *index, uint64_t place, struct kith_buf *out)
{
	struct kith_index_proof_info proof;
	struct kith_place p;

	if (place > SIZE_MAX || !kith_index_proof_at(index, (size_t)place, &proof) ||
	    !kith_index_place_at(index, &proof, 0, &p)) {
		const char *where = kith_app_overlay_place(place);

		kith_buf_put_str(out, where ? where : "supposed");
		return;
	}
	kith_time_put_date(out, proof.date);
	kith_buf_put_str(out, ", ");
	kith_text_safe(out, p.source, 0);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, kith_span_sub(p.commit, 0, 12), 0);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, p.path, 0);
	kith_buf_printf(out, ":%u", p.line);
}
