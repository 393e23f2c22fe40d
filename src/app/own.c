/* SPDX-License-Identifier: Apache-2.0 */
/* Finding own ids and opening their keys. No secret leaves secret memory here. */
#include <unistd.h>

#include "app/own.h"
#include "codec/base64.h"
#include "evidence/url.h"
#include "identity/unlocked.h"

#define PREFIX_MIN 6
#define ASK_TRIES  3

void
kith_app_short_id(char out[KITH_APP_SHORT_ID], const struct kith_id *id)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, id->bytes);
	snprintf(out, KITH_APP_SHORT_ID, "%.8s…", text);
}

/* --- which one --- */

int
kith_app_current_id(struct kith_session *s, struct kith_id *ret_id, bool *ret_there,
		    struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	int r = kith_app_config_load(s, NULL, &c, err);

	if (r)
		return r;
	*ret_there = c.merged->has_current_id;
	if (*ret_there)
		*ret_id = c.merged->current_id;
	return KITH_OK;
}

/* Keeps a link that leads to the file elsewhere, and the file's mode. */
static int
replace_config(const char *path, struct kith_span text, struct kith_error *err)
{
	KITH_AUTO_FREE char *target = realpath(path, NULL);
	struct stat st;
	mode_t mode = 0600;

	if (target && stat(target, &st) == 0)
		mode = st.st_mode & 0777;
	return kith_fs_replace(target ? target : path, text, mode, err);
}

struct one_pair {
	const char *table;
	const struct kith_config_pair *pair;
};

static int
set_pair(void *ctx, const struct kith_config_file_text *file, struct kith_buf *out,
	 struct kith_error *err)
{
	const struct one_pair *p = ctx;

	return kith_config_edit_set(file, p->table, p->pair, out, err);
}

static int
edit_file(const char *path, kith_app_edit_fn *edit, void *ctx, struct kith_error *err)
{
	struct kith_config_file_text file = {.name = path, .file = KITH_CONFIG_USER};
	KITH_AUTO_BUF struct kith_buf old;
	KITH_AUTO_BUF struct kith_buf new;
	int r;

	kith_buf_init(&old, KITH_MAX_CONFIG);
	kith_buf_init(&new, KITH_MAX_CONFIG);
	r = kith_fs_read(path, &old, err);
	if (r && r != KITH_E_NOTFOUND)
		return r;
	file.text = kith_buf_span(&old);
	r = edit(ctx, &file, &new, err);
	return r ? r : replace_config(path, kith_buf_span(&new), err);
}

int
kith_app_edit_config(struct kith_session *s, kith_app_edit_fn *edit, void *ctx,
		     struct kith_error *err)
{
	KITH_AUTO_FREE char *path = s->config ? kith_strndup(s->config, strlen(s->config))
					      : kith_fs_join(s->dirs.config, "config.toml");
	KITH_AUTO_FREE char *lock_path = kith_fs_join(s->dirs.config, ".lock");
	KITH_AUTO_FD int lock = -1;
	int r;

	if (!path || !lock_path)
		return kith_fail_nomem(err);
	r = kith_fs_mkdirs(s->dirs.config, 0700, err);
	if (!r)
		r = kith_fs_lock(lock_path, true, &lock, err);
	if (!r)
		r = edit_file(path, edit, ctx, err);
	return r;
}

int
kith_app_config_set(struct kith_session *s, const char *table, const struct kith_config_pair *pair,
		    struct kith_error *err)
{
	struct one_pair p = {table, pair};

	return kith_app_edit_config(s, set_pair, &p, err);
}

int
kith_app_set_current_id(struct kith_session *s, const struct kith_id *id, struct kith_error *err)
{
	char text[KITH_ID_TEXT + 1] = {0};
	const struct kith_config_pair pair = {.key = KITH_SPAN_LIT("current-id"),
					      .type = KITH_PAIR_TEXT,
					      .text = kith_span(text, KITH_ID_TEXT)};

	kith_base64_id(text, id->bytes);
	return kith_app_config_set(s, NULL, &pair, err);
}

static bool
means(const struct kith_app_config *c, const struct kith_own_id *own, const char *word)
{
	struct kith_span w = kith_span_str(word);
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, own->key.id.bytes);
	if (w.len >= PREFIX_MIN && kith_span_starts(kith_span_str(text), w))
		return true;
	if (own->key.url && kith_url_same(kith_span_str(own->key.url), w))
		return true;
	return w.len && kith_span_eq(kith_app_config_name(c, &own->key.id), w);
}

static int
no_id(struct kith_error *err)
{
	return kith_hint(err, kith_fail(err, KITH_E_USAGE, "you have no id yet"),
			 "kith id new, or kith id import FILE");
}

static int
several(const struct kith_own_ids *ids, const char *word, struct kith_error *err)
{
	if (word)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "'%s' means several own ids", word),
				 "give the whole id (kith id list)");
	return kith_hint(err,
			 kith_fail(err, KITH_E_USAGE,
				   "there are %zu own ids, and none of them is the current one",
				   ids->count),
			 "kith id use ID");
}

static int
find_word(const struct kith_app_config *c, const struct kith_own_ids *ids, const char *word,
	  const struct kith_own_id **ret, struct kith_error *err)
{
	const struct kith_own_id *found = NULL;
	size_t i;

	for (i = 0; i < ids->count; i++) {
		if (!means(c, &ids->items[i], word))
			continue;
		if (found)
			return several(ids, word, err);
		found = &ids->items[i];
	}
	if (!found && !ids->count)
		return no_id(err);
	if (!found)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "'%s' is none of your ids", word),
				 "kith id list shows them");
	*ret = found;
	return KITH_OK;
}

static int
find_current(const struct kith_app_config *c, const struct kith_own_ids *ids,
	     const struct kith_own_id **ret, struct kith_error *err)
{
	char text[KITH_ID_TEXT + 1];
	size_t i;

	if (!c->merged->has_current_id) {
		if (!ids->count)
			return no_id(err);
		if (ids->count > 1)
			return several(ids, NULL, err);
		*ret = &ids->items[0];
		return KITH_OK;
	}
	for (i = 0; i < ids->count; i++) {
		if (memcmp(ids->items[i].key.id.bytes, c->merged->current_id.bytes,
			   KITH_ID_BYTES) == 0) {
			*ret = &ids->items[i];
			return KITH_OK;
		}
	}
	kith_base64_id(text, c->merged->current_id.bytes);
	return kith_hint(
	    err, kith_fail(err, KITH_E_USAGE, "the current id %s has no key file here", text),
	    "kith id import FILE, or kith id use another one");
}

int
kith_app_own_key(struct kith_session *s, const char *word, struct kith_keyfile *ret_key,
		 struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_AUTO_OWN_IDS struct kith_own_ids ids = {0};
	const struct kith_own_id *own = NULL;
	struct kith_id id;
	int r = kith_app_config_load(s, NULL, &c, err);

	if (!r)
		r = kith_own_ids_list(s->dirs.config, &ids, err);
	if (!r)
		r = word ? find_word(&c, &ids, word, &own, err) : find_current(&c, &ids, &own, err);
	if (r)
		return r;
	id = own->key.id;
	/* read anew: what is wrong with a refused one is told in full */
	return kith_own_ids_load(s->dirs.config, &id, ret_key, err);
}

/* --- opening --- */

static int
wrong_passphrase(const struct kith_keyfile *key, int tries, struct kith_error *err)
{
	char id[KITH_APP_SHORT_ID];

	kith_app_short_id(id, &key->id);
	return kith_hint(err,
			 kith_fail(err, KITH_E_PASSPHRASE,
				   "cannot use id '%s': its passphrase is wrong (%d %s)", id, tries,
				   tries == 1 ? "try" : "tries"),
			 "kith id passwd changes it, but needs the old one");
}

int
kith_app_open_key(struct kith_session *s, const struct kith_keyfile *key,
		  const struct kith_passphrase_source *passphrase, struct kith_secret *ret_seed,
		  struct kith_error *err)
{
	int tries = passphrase->kind == KITH_PASSPHRASE_ASK ? ASK_TRIES : 1, i, r;
	char id[KITH_APP_SHORT_ID], prompt[96];
	const struct kith_secret empty = {0};

	if (!key->ssh_agent && kith_keyfile_is_unprotected(key))
		return kith_keyfile_open(key, &empty, ret_seed, err);
	kith_app_short_id(id, &key->id);
	snprintf(prompt, sizeof(prompt), "passphrase of id %s: ", id);
	if (kith_passphrase_is_exposed(passphrase))
		kith_app_warn(s, "%s: others can read this passphrase", passphrase->text);
	for (i = 1; i <= tries; i++) {
		KITH_AUTO_SECRET struct kith_secret pass = {0};
		struct kith_error why = {.code = KITH_OK};

		r = kith_passphrase_get(passphrase, prompt, &pass, err);
		if (r)
			return r;
		r = kith_keyfile_open(key, &pass, ret_seed, &why);
		if (r && r != KITH_E_PASSPHRASE) {
			if (err)
				*err = why;
			return r;
		}
		if (!r)
			return KITH_OK;
		if (i < tries)
			kith_app_warn(s, "this passphrase is wrong");
	}
	return wrong_passphrase(key, tries, err);
}

static bool
is_unlocked(struct kith_session *s, const struct kith_id *id)
{
	struct kith_unlocked_list list;
	KITH_AUTO_FD int fd = -1;
	size_t i;

	if (kith_unlocked_connect(s->dirs.data, &fd, NULL) || kith_unlocked_list(fd, &list, NULL))
		return false;
	for (i = 0; i < list.count; i++)
		if (memcmp(list.items[i].id.bytes, id->bytes, KITH_ID_BYTES) == 0)
			return true;
	return false;
}

static int
sign_through(struct kith_signer *signer, enum kith_signer_kind kind, const char *path,
	     struct kith_error *err)
{
	signer->kind = kind;
	signer->path = kith_strndup(path, strlen(path));
	return signer->path ? KITH_OK : kith_fail_nomem(err);
}

int
kith_app_signer(struct kith_session *s, const struct kith_keyfile *key,
		const struct kith_passphrase_source *passphrase, const char *ssh_agent,
		struct kith_signer *ret_signer, struct kith_error *err)
{
	KITH_AUTO_SIGNER struct kith_signer signer = {.id = key->id};
	int r;

	if (key->ssh_agent && !ssh_agent)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "this id's key is in an ssh-agent, and there "
					   "is none"),
				 "SSH_AUTH_SOCK must name its socket");
	if (key->ssh_agent)
		r = sign_through(&signer, KITH_SIGNER_SSH, ssh_agent, err);
	else if (is_unlocked(s, &key->id))
		r = sign_through(&signer, KITH_SIGNER_UNLOCKED, s->dirs.data, err);
	else
		r = kith_app_open_key(s, key, passphrase, &signer.seed, err);
	if (r)
		return r;
	*ret_signer = signer;
	memset(&signer, 0, sizeof(signer));
	return KITH_OK;
}
