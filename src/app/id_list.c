/* SPDX-License-Identifier: Apache-2.0 */
/* kith id list and show: what is known of own ids and of others. Shows no secret. */
#include <unistd.h>

#include "app/own.h"
#include "app/query.h"
#include "codec/base64.h"
#include "identity/unlocked.h"

#define TEXT_MAX KITH_MIB(1)

/* Seconds that an id stays unlocked, 0: it is not. */
static uint32_t
seconds_of(const struct kith_unlocked_list *list, const struct kith_id *id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (memcmp(list->items[i].id.bytes, id->bytes, KITH_ID_BYTES) == 0)
			return list->items[i].seconds;
	return 0;
}

static void
get_unlocked(struct kith_session *s, struct kith_unlocked_list *ret_list)
{
	KITH_AUTO_FD int fd = -1;

	memset(ret_list, 0, sizeof(*ret_list));
	if (!kith_unlocked_connect(s->dirs.data, &fd, NULL) &&
	    kith_unlocked_list(fd, ret_list, NULL))
		memset(ret_list, 0, sizeof(*ret_list));
}

/* "locked", "unlocked", "unprotected", "ssh-agent", "refused". */
static const char *
state_of(const struct kith_own_id *own, uint32_t seconds)
{
	if (own->refused)
		return "refused";
	if (own->key.ssh_agent)
		return "ssh-agent";
	if (seconds)
		return "unlocked";
	return kith_keyfile_is_unprotected(&own->key) ? "unprotected" : "locked";
}

static void
put_row(struct kith_app_list *l, const struct kith_app_config *c, const struct kith_own_id *own,
	const struct kith_unlocked_list *unlocked)
{
	uint32_t seconds = seconds_of(unlocked, &own->key.id);
	bool current = c->merged->has_current_id &&
		       memcmp(c->merged->current_id.bytes, own->key.id.bytes, KITH_ID_BYTES) == 0;

	kith_app_list_row(l);
	if (l->is_json)
		kith_app_list_flag(l, "current", current);
	else
		kith_app_list_str(l, "current", current ? "*" : " ", 1);
	kith_app_list_id(l, "id", &own->key.id);
	kith_app_list_str(l, "state", state_of(own, seconds), 11);
	if (l->is_json && seconds)
		kith_app_list_number(l, "unlocked_seconds", seconds, 0);
	if (l->is_json)
		kith_app_list_text(l, "name", kith_app_config_name(c, &own->key.id), 0);
	if (l->is_json && own->refused)
		kith_app_list_str(l, "refused", own->refused->msg, 0);
	if (l->is_json)
		kith_app_list_str(l, "url", own->key.url ? own->key.url : "", 0);
	else
		kith_app_list_str(l, "url",
				  own->refused   ? own->refused->msg
				  : own->key.url ? own->key.url
						 : "(not published)",
				  0);
	kith_app_list_end_row(l);
}

int
kith_id_list(struct kith_session *session, enum kith_format format, int width, char **ret_text,
	     size_t *ret_len, size_t *ret_count, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_AUTO_OWN_IDS struct kith_own_ids ids = {0};
	struct kith_unlocked_list unlocked;
	struct kith_app_list list;
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r;

	kith_buf_init(&b, TEXT_MAX);
	r = kith_app_config_load(session, NULL, &c, err);
	if (!r)
		r = kith_own_ids_list(session->dirs.config, &ids, err);
	if (r)
		return r;
	get_unlocked(session, &unlocked);
	kith_app_list_begin(&list, &b, "own-ids", format, width);
	for (i = 0; i < ids.count; i++)
		put_row(&list, &c, &ids.items[i], &unlocked);
	kith_app_list_end(&list);
	r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (!r)
		*ret_count = ids.count;
	return r;
}

/* --- one id --- */

/* "key: value" lines for people, members of one object for programs. */
struct sheet {
	struct kith_buf *out;
	struct kith_json_writer json;
	bool is_json;
};

static void
put_text(struct sheet *s, const char *key, struct kith_span text)
{
	if (!text.len)
		return;
	if (s->is_json) {
		kith_json_member_string(&s->json, key, text);
		return;
	}
	kith_buf_printf(s->out, "%-10s ", key);
	kith_text_safe(s->out, text, 0);
	kith_buf_put_char(s->out, '\n');
}

static void
put_str(struct sheet *s, const char *key, const char *text)
{
	put_text(s, key, kith_span_str(text));
}

static void
put_number(struct sheet *s, const char *key, uint64_t n)
{
	if (s->is_json)
		kith_json_member_integer(&s->json, key, (int64_t)n);
	else
		kith_buf_printf(s->out, "%-10s %llu\n", key, (unsigned long long)n);
}

static void
begin(struct sheet *s, struct kith_buf *out, enum kith_format format, const struct kith_id *id)
{
	char text[KITH_ID_TEXT + 1];

	memset(s, 0, sizeof(*s));
	s->out = out;
	s->is_json = format == KITH_FORMAT_JSON;
	if (s->is_json) {
		kith_json_begin(&s->json, out, true);
		kith_json_open_object(&s->json);
		kith_json_member_str(&s->json, "schema", "kith.id/1");
	}
	kith_base64_id(text, id->bytes);
	put_str(s, "id", text);
}

static void
end(struct sheet *s)
{
	if (!s->is_json)
		return;
	kith_json_close_object(&s->json);
	kith_buf_put_char(s->out, '\n');
}

static void
put_own(struct kith_session *session, struct sheet *s, const struct kith_own_id *own)
{
	static const char *const variants[] = {"argon2d", "argon2i", "argon2id"};
	KITH_AUTO_FREE char *path = kith_own_ids_path(session->dirs.config, &own->key.id);
	const struct kith_kdf *kdf = &own->key.kdf;
	struct kith_unlocked_list unlocked;
	uint32_t seconds;
	char text[96];

	get_unlocked(session, &unlocked);
	seconds = seconds_of(&unlocked, &own->key.id);
	put_str(s, "state", state_of(own, seconds));
	if (seconds)
		put_number(s, s->is_json ? "unlocked_seconds" : "seconds", seconds);
	put_str(s, "url", own->key.url);
	put_str(s, "key_file", path);
	if (own->refused) {
		put_str(s, "refused", own->refused->msg);
		return;
	}
	if (own->key.ssh_agent)
		return;
	snprintf(text, sizeof(text), "%s, %u passes, %u KiB, %u lanes", variants[kdf->variant],
		 kdf->passes, kdf->memory_kib, kdf->lanes);
	put_str(s, "kdf", text);
}

static void
put_known(struct sheet *s, struct kith_index *ix, const struct kith_id *id, bool own)
{
	struct kith_index_id_info info;
	size_t i;

	if (!kith_index_find_id(ix, id, &i) || !kith_index_id_at(ix, i, &info)) {
		if (!own)
			put_str(s, "known", "nothing: no proof of this id is here");
		return;
	}
	if (!own) {
		put_text(s, "url", info.says_url ? info.url : info.other_url);
		put_str(s, "url_known",
			info.proved          ? "proved by the repository there"
			: info.says_url      ? "it says so itself"
			: info.other_url.len ? "others say so"
					     : "");
	}
	put_number(s, "reviews", info.reviews);
	put_number(s, "trusts", info.trusts);
}

/* An own id, also one whose key file is refused: that is then said. False: it is none. */
static bool
load_own(struct kith_session *s, const struct kith_id *id, struct kith_own_id *own)
{
	struct kith_error why = {.code = KITH_OK};
	int r = kith_own_ids_load(s->dirs.config, id, &own->key, &why);

	if (r == KITH_E_NOTFOUND)
		return false;
	if (r) {
		own->refused = kith_calloc(1, sizeof(*own->refused));
		if (own->refused)
			*own->refused = why;
	}
	own->key.id = *id;
	return true;
}

/* An own id if the word means one, else anybody. */
static int
find_shown(struct kith_session *s, const char *person, struct kith_own_id *own, bool *ret_own,
	   struct kith_error *err)
{
	struct kith_error why = {.code = KITH_OK};
	struct kith_id id;
	int r = kith_app_own_key(s, person, &own->key, &why);

	*ret_own = r == KITH_OK;
	if (!r)
		return KITH_OK;
	if (!person || r != KITH_E_USAGE) {
		if (err)
			*err = why;
		return r;
	}
	r = kith_app_find_id(s, person, &id, err);
	if (r)
		return r;
	*ret_own = load_own(s, &id, own);
	own->key.id = id;
	return KITH_OK;
}

static void
clear_own(struct kith_own_id *own)
{
	kith_keyfile_clear(&own->key);
	free(own->refused);
}

int
kith_id_show(struct kith_session *session, const char *person, enum kith_format format,
	     char **ret_text, size_t *ret_len, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_CLEANUP(clear_own) struct kith_own_id own = {.refused = NULL};
	struct kith_index *ix;
	struct sheet s;
	KITH_AUTO_BUF struct kith_buf b;
	bool is_own;
	int r;

	kith_buf_init(&b, TEXT_MAX);
	r = find_shown(session, person, &own, &is_own, err);
	if (!r)
		r = kith_app_config_load(session, NULL, &c, err);
	if (!r)
		r = kith_app_index(session, &ix, err);
	if (r)
		return r;
	begin(&s, &b, format, &own.key.id);
	put_text(&s, "name", kith_app_config_name(&c, &own.key.id));
	if (is_own)
		put_own(session, &s, &own);
	put_known(&s, ix, &own.key.id, is_own);
	end(&s);
	return kith_app_take_text(&b, ret_text, ret_len, err);
}
