/* SPDX-License-Identifier: Apache-2.0 */
/* Signing and storing. What is shown here was read back from the bytes that are stored. */
#include "app/author.h"
#include "app/query.h"
#include "codec/base64.h"
#include "proof/write.h"

#define TEXT_MAX KITH_MIB(64)

void
kith_app_author_clear(struct kith_app_author *a)
{
	kith_own_close(a->own);
	kith_signer_clear(&a->signer);
	kith_keyfile_clear(&a->key);
	kith_buf_clear(&a->text);
	memset(a, 0, sizeof(*a));
}

int
kith_app_author_begin(struct kith_session *s, const struct kith_author *options,
		      struct kith_app_author *ret_author, struct kith_error *err)
{
	struct kith_app_author *a = ret_author;
	int r;

	memset(a, 0, sizeof(*a));
	a->session = s;
	a->options = options;
	a->now = s->now_given ? s->now : kith_time_now();
	kith_buf_init(&a->text, TEXT_MAX);
	r = kith_app_own_key(s, options->id, &a->key, err);
	if (!r)
		r = kith_app_signer(s, &a->key, &options->passphrase, options->ssh_agent,
				    &a->signer, err);
	return r;
}

int
kith_app_author_open(struct kith_app_author *a, struct kith_error *err)
{
	const struct kith_own_options o = {
	    .libexec = a->session->libexec, .id = a->key.id, .url = a->key.url};

	if (a->own || a->options->print)
		return KITH_OK;
	return kith_own_open(&a->session->dirs, &o, &a->own, err);
}

static int
set_date(struct kith_app_author *a, struct kith_proof *p, struct kith_error *err)
{
	bool behind = false;
	int r;

	p->date = a->now;
	p->date_offset = 0; /* where the author lives is nobody's business */
	if (!a->own)
		return KITH_OK;
	r = kith_own_date(a->own, p, a->now, &p->date, &behind, err);
	if (!r && behind)
		kith_app_warn(a->session, "the clock is behind your newest statement about this: "
					  "the new one is dated just after it");
	return r;
}

int
kith_app_author_sign(struct kith_app_author *a, struct kith_proof *p, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf body;
	KITH_AUTO_BUF struct kith_buf envelope;
	uint8_t sig[KITH_SIG_BYTES];
	int r;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	kith_buf_init(&envelope, KITH_MAX_PROOF_BODY + KITH_KIB(4));
	p->from.id = a->key.id;
	p->from.valid = true;
	p->from.url = kith_span_str(a->key.url);
	p->from.url_type = kith_span_str(a->key.url_type);
	r = kith_app_author_open(a, err);
	if (!r)
		r = set_date(a, p, err);
	if (!r)
		r = kith_proof_write_body(p, &body, err);
	if (!r)
		r = kith_signer_sign(&a->signer, kith_buf_span(&body), sig, err);
	if (!r)
		r = kith_proof_seal(kith_buf_span(&body), sig, &envelope, err);
	if (!r && a->own)
		r = kith_own_add(a->own, kith_buf_span(&envelope), err);
	if (r)
		return r;
	kith_buf_put_span(&a->text, kith_buf_span(&envelope));
	kith_buf_put_char(&a->text, '\n');
	a->proofs++;
	return kith_buf_check(&a->text, err);
}

static int
put_stored(struct kith_app_author *a, const struct kith_own_stored *stored, struct kith_buf *out,
	   struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(kith_own_folder(a->own), stored->path);
	struct kith_json_writer w;

	if (!path)
		return kith_fail_nomem(err);
	if (a->options->format == KITH_FORMAT_JSON) {
		kith_json_begin(&w, out, true);
		kith_json_open_object(&w);
		kith_json_member_str(&w, "schema", "kith.stored/1");
		kith_json_member_integer(&w, "proofs", (int64_t)stored->proofs);
		kith_json_member_integer(&w, "files", (int64_t)stored->files);
		kith_json_member_str(&w, "path", path);
		if (stored->commit[0])
			kith_json_member_str(&w, "commit", stored->commit);
		kith_json_close_object(&w);
		kith_buf_put_char(out, '\n');
		return KITH_OK;
	}
	kith_buf_printf(out, "%zu %s stored in ", stored->proofs,
			stored->proofs == 1 ? "proof" : "proofs");
	kith_text_safe(out, kith_span_str(path), 0);
	if (stored->files > 1)
		kith_buf_printf(out, " and %zu more files", stored->files - 1);
	if (stored->commit[0])
		kith_buf_printf(out, ", commit %.12s\n", stored->commit);
	else
		kith_buf_put_str(out, ", not committed\n");
	return KITH_OK;
}

/* The own repository changed: a stale index would answer the next question wrongly, or slowly. */
static void
refresh_index(struct kith_session *s)
{
	struct kith_error why;
	struct kith_index *ix;

	if (kith_app_reindex(s, &ix, &why))
		kith_app_warn(s, "the index is not up to date: %s", why.msg);
}

int
kith_app_author_finish(struct kith_app_author *a, const char *message, char **ret_text,
		       size_t *ret_len, struct kith_error *err)
{
	struct kith_own_stored stored = {0};
	KITH_AUTO_BUF struct kith_buf out;
	int r;

	kith_buf_init(&out, KITH_MIB(1));
	if (!a->own)
		return kith_app_take_text(&a->text, ret_text, ret_len, err);
	r = kith_own_commit(a->own, a->options->no_commit ? NULL : message, &stored, err);
	if (r && stored.path[0])
		return kith_context(err, r, "stored in %s/%s, but not committed",
				    kith_own_folder(a->own), stored.path);
	if (r)
		return r;
	if (stored.warning[0])
		kith_app_warn(a->session, "%s", stored.warning);
	r = put_stored(a, &stored, &out, err);
	kith_own_close(a->own);
	a->own = NULL;
	if (stored.commit[0])
		refresh_index(a->session);
	return r ? r : kith_app_take_text(&out, ret_text, ret_len, err);
}
