/* SPDX-License-Identifier: Apache-2.0 */
/* Making, importing and changing own ids. Nothing is made that was not asked for. */
#include "app/own.h"
#include "codec/base64.h"
#include "helper/url.h"
#include "identity/ssh_agent.h"
#include "store/own.h"

#define NEW_TRIES 3

static void
put_id(char ret_id[KITH_ID_TEXT_SIZE], const struct kith_id *id)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, id->bytes);
	memcpy(ret_id, text, sizeof(text));
}

/* Only what others can fetch makes sense as an id's URL. */
static int
check_url(struct kith_session *s, const char *url, struct kith_error *err)
{
	struct kith_helper_url parsed;
	int r = kith_helper_url_parse(kith_span_str(url), &parsed, err);

	if (r)
		return r;
	if (parsed.scheme == KITH_URL_SSH || parsed.scheme == KITH_URL_GIT ||
	    kith_helper_url_is_plain(&parsed))
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "%s: others cannot fetch from this URL", url),
		    "give the https:// URL under which everybody can read the repository");
	if (parsed.scheme == KITH_URL_HTTP)
		kith_app_warn(s, "%s: only this machine can fetch from here", url);
	return KITH_OK;
}

/* --- passphrases --- */

static int
empty_passphrase(struct kith_error *err)
{
	return kith_hint(err, kith_fail(err, KITH_E_USAGE, "an empty passphrase protects nothing"),
			 "--no-passphrase if that is what you want");
}

/* A person types it twice. */
static int
ask_new(struct kith_session *s, const struct kith_passphrase_source *source,
	struct kith_secret *ret, struct kith_error *err)
{
	int i, r;

	for (i = 0; i < NEW_TRIES; i++) {
		KITH_AUTO_SECRET struct kith_secret one = {0}, two = {0};

		r = kith_passphrase_get(source, "new passphrase: ", &one, err);
		if (!r && !one.len)
			return empty_passphrase(err);
		if (!r)
			r = kith_passphrase_get(source, "the same again: ", &two, err);
		if (r)
			return r;
		if (kith_secret_eq(&one, &two)) {
			kith_secret_move(ret, &one);
			return KITH_OK;
		}
		kith_app_warn(s, "these two differ");
	}
	return kith_fail(err, KITH_E_PASSPHRASE, "the two passphrases differ");
}

static int
get_new(struct kith_session *s, const struct kith_passphrase_source *source,
	struct kith_secret *ret, struct kith_error *err)
{
	int r;

	if (source->kind == KITH_PASSPHRASE_ASK)
		return ask_new(s, source, ret, err);
	if (kith_passphrase_is_exposed(source))
		kith_app_warn(s, "%s: others can read this passphrase", source->text);
	r = kith_passphrase_get(source, "", ret, err);
	if (r || ret->len || source->kind == KITH_PASSPHRASE_EMPTY)
		return r;
	kith_secret_clear(ret);
	return empty_passphrase(err);
}

static int
seal(struct kith_session *s, struct kith_keyfile *key, const struct kith_secret *seed,
     const struct kith_passphrase_source *source, struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret pass = {0};
	struct kith_kdf kdf = kith_keyfile_unprotected;
	int r = get_new(s, source, &pass, err);

	if (!r && source->kind != KITH_PASSPHRASE_EMPTY)
		r = kith_kdf_choose(&kdf, err);
	if (!r)
		r = kith_keyfile_seal(key, seed, &pass, &kdf, err);
	if (!r && source->kind == KITH_PASSPHRASE_EMPTY)
		kith_app_warn(s,
			      "this id has no passphrase: whoever reads its key file can sign as "
			      "you");
	return r;
}

/* --- storing --- */

static int
store_new(struct kith_session *s, const struct kith_keyfile *key, struct kith_error *err)
{
	char text[KITH_ID_TEXT + 1];
	struct kith_id current;
	bool there;
	int r;

	/* a configuration that cannot be read is found before anything is made */
	r = kith_app_current_id(s, &current, &there, err);
	if (!r)
		r = kith_own_ids_store(s->dirs.config, key, false, err);
	if (r == KITH_E_EXISTS) {
		kith_base64_id(text, key->id.bytes);
		return kith_hint(err, kith_fail(err, r, "id %s is here already", text),
				 "kith id show %s", text);
	}
	if (!r && !there)
		r = kith_app_set_current_id(s, &key->id, err);
	if (!r && there)
		kith_app_note(s, "the current id stays another one (kith id use changes it)");
	return r;
}

/* --- new ids --- */

static bool
is_key_meant(const struct kith_ssh_key *key, const char *word)
{
	char text[KITH_ID_TEXT + 1];
	struct kith_span w = kith_span_str(word);

	kith_base64_id(text, key->id.bytes);
	return w.len && (kith_span_starts(kith_span_str(text), w) || strstr(key->comment, word));
}

static int
too_many_keys(const struct kith_ssh_keys *keys, const char *word, struct kith_error *err)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, keys->items[0].id.bytes);
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_USAGE, "%s%s%s several Ed25519 keys in the ssh-agent",
		      word ? "'" : "", word ? word : "there are", word ? "' means" : ""),
	    "--ssh-key with a part of its comment, such as '%.40s', or of its id, such as %.8s",
	    keys->items[0].comment, text);
}

static int
pick_ssh_key(const struct kith_ssh_keys *keys, const char *word, struct kith_id *ret_id,
	     struct kith_error *err)
{
	size_t i, found = 0, n = 0;

	for (i = 0; i < keys->count; i++) {
		if (word && !is_key_meant(&keys->items[i], word))
			continue;
		found = i;
		n++;
	}
	if (n > 1)
		return too_many_keys(keys, word, err);
	if (!n)
		return kith_hint(
		    err,
		    kith_fail(err, KITH_E_USAGE,
			      "no such Ed25519 key in the ssh-agent (%zu of other "
			      "kinds, which cannot sign proofs)",
			      keys->others),
		    "ssh-keygen -t ed25519, then ssh-add; a hardware key (sk-) cannot");
	*ret_id = keys->items[found].id;
	return KITH_OK;
}

static int
make_from_ssh(const struct kith_id_new_options *o, struct kith_keyfile *key, struct kith_error *err)
{
	KITH_AUTO_SSH_KEYS struct kith_ssh_keys keys = {0};
	int r = kith_ssh_agent_list(o->ssh_agent, &keys, err);

	if (r == KITH_E_NOTFOUND)
		return kith_hint(err, kith_fail(err, KITH_E_USAGE, "no ssh-agent is running"),
				 "SSH_AUTH_SOCK must name its socket");
	if (!r)
		r = pick_ssh_key(&keys, o->ssh_key, &key->id, err);
	key->ssh_agent = true;
	return r;
}

static int
make_key(struct kith_session *s, const struct kith_id_new_options *o, struct kith_keyfile *key,
	 struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	int r = kith_secret_random(&seed, KITH_SEED_BYTES, err);

	return r ? r : seal(s, key, &seed, &o->passphrase, err);
}

int
kith_id_new(struct kith_session *session, const struct kith_id_new_options *options,
	    char ret_id[KITH_ID_TEXT_SIZE], struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	int r = KITH_OK;

	if (options->url) {
		r = check_url(session, options->url, err);
		if (!r)
			r = kith_keyfile_set_url(&key, options->url, err);
	}
	if (!r && options->ssh_agent)
		r = make_from_ssh(options, &key, err);
	else if (!r)
		r = make_key(session, options, &key, err);
	if (!r)
		r = store_new(session, &key, err);
	if (!r)
		put_id(ret_id, &key.id);
	return r;
}

/* --- changing --- */

int
kith_id_use(struct kith_session *session, const char *id, char ret_id[KITH_ID_TEXT_SIZE],
	    struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	int r = kith_app_own_key(session, id, &key, err);

	if (!r)
		r = kith_app_set_current_id(session, &key.id, err);
	if (!r)
		put_id(ret_id, &key.id);
	return r;
}

int
kith_id_passwd(struct kith_session *session, const char *id,
	       const struct kith_passphrase_source *old, const struct kith_passphrase_source *fresh,
	       struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	int r = kith_app_own_key(session, id, &key, err);

	if (!r && key.ssh_agent)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "this id's key is in an ssh-agent"),
				 "ssh-keygen -p changes the passphrase of its file");
	if (!r)
		r = kith_app_open_key(session, &key, old, &seed, err);
	if (!r)
		r = seal(session, &key, &seed, fresh, err);
	return r ? r : kith_own_ids_store(session->dirs.config, &key, true, err);
}

int
kith_id_export(struct kith_session *session, const char *id, int public_only, char **ret_text,
	       size_t *ret_len, struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	KITH_AUTO_BUF struct kith_buf b;
	char text[KITH_ID_TEXT + 1];
	int r;

	kith_buf_init(&b, KITH_MAX_KEYFILE);
	r = kith_app_own_key(session, id, &key, err);
	if (r)
		return r;
	if (public_only) {
		kith_base64_id(text, key.id.bytes);
		kith_buf_printf(&b, "id: %s\n", text);
		if (key.url)
			kith_buf_printf(&b, "url: %s\n", key.url);
	} else {
		if (key.ssh_agent)
			kith_app_warn(session,
				      "the key itself is in the ssh-agent, not in this file");
		kith_keyfile_put(&key, &b);
	}
	return kith_app_take_text(&b, ret_text, ret_len, err);
}

/* --- importing --- */

int
kith_app_take_key(struct kith_session *s, const struct kith_keyfile *key, struct kith_error *err)
{
	int r = store_new(s, key, err);

	if (!r && kith_keyfile_is_unprotected(key))
		kith_app_warn(s,
			      "this id has no passphrase: whoever reads its key file can sign as "
			      "you (kith id passwd gives it one)");
	if (!r && key->url)
		kith_app_note(s, "kith publish brings here what it published already");
	return r;
}

int
kith_id_import(struct kith_session *session, const char *text, size_t len,
	       char ret_id[KITH_ID_TEXT_SIZE], struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	int r = kith_keyfile_parse(kith_span(text, len), &key, err);

	if (!r)
		r = kith_app_take_key(session, &key, err);
	if (!r)
		put_id(ret_id, &key.id);
	return r;
}

int
kith_app_read_foreign_key(struct kith_session *s, const char *path, struct kith_keyfile *key,
			  struct kith_error *err)
{
	bool exposed = false;
	int r = kith_keyfile_read(path, key, &exposed, err);

	if (!r && exposed)
		kith_app_warn(s, "%s: others can read this key file", path);
	return r;
}

int
kith_id_import_file(struct kith_session *session, const char *path, char ret_id[KITH_ID_TEXT_SIZE],
		    struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	int r = kith_app_read_foreign_key(session, path, &key, err);

	if (!r)
		r = kith_app_take_key(session, &key, err);
	if (!r)
		put_id(ret_id, &key.id);
	return r;
}

/* True if the key file says this URL, whatever was said about writing it. */
static bool
says_url(struct kith_session *s, const struct kith_id *id, const char *url)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};

	return !kith_own_ids_load(s->dirs.config, id, &key, NULL) && key.url &&
	       !strcmp(key.url, url);
}

/* The repository goes where the new URL belongs; back, if the key file cannot be written. */
static int
move_and_store(struct kith_session *s, const struct kith_keyfile *key, const char *old,
	       const char *url, struct kith_error *err)
{
	const struct kith_own_options from = {.libexec = s->libexec, .id = key->id, .url = old};
	const struct kith_own_options back = {.libexec = s->libexec, .id = key->id, .url = url};
	int r = kith_own_move(&s->dirs, &from, url, err);

	if (r)
		return r;
	r = kith_own_ids_store(s->dirs.config, key, true, err);
	if (r && !says_url(s, &key->id, url) && kith_own_move(&s->dirs, &back, old, NULL)) {
		kith_app_warn(s, "the proof repository is at its new place already");
		return r; /* whoever opens it brings it back */
	}
	kith_own_moved(&s->dirs);
	return r;
}

int
kith_id_set_url(struct kith_session *session, const char *id, const char *url,
		struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	KITH_AUTO_FREE char *old = NULL;
	int r = check_url(session, url, err);

	if (!r)
		r = kith_app_own_key(session, id, &key, err);
	if (!r && key.url && !(old = kith_strndup(key.url, strlen(key.url))))
		r = kith_fail_nomem(err);
	if (!r)
		r = kith_keyfile_set_url(&key, url, err);
	return r ? r : move_and_store(session, &key, old, url, err);
}
