/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way out when this machine has first seen a wrong checksum (a lock file that was broken, a
 * mirror that lied): a person says so, by name. Nothing else ever forgets one.
 */
#include <kith/doctor.h>

#include "app/explain.h"
#include "codec/json.h"
#include "store/seen.h"

static void
put_words(const struct kith_seen_record *x, struct kith_buf *out)
{
	kith_text_safe(out, x->key, 0);
	kith_buf_put_str(out, ": ");
	kith_text_safe(out, x->checksum, 0);
	kith_buf_put_str(out, ", first seen ");
	kith_time_put_date(out, (struct kith_time){x->time, 0});
	kith_buf_put_str(out, ", is forgotten\n");
}

static void
put_json(const struct kith_seen_record *list, size_t n, struct kith_buf *out)
{
	static const char *const parts[] = {"ecosystem", "registry", "name"};
	KITH_AUTO_BUF struct kith_buf when;
	struct kith_json_writer w;
	size_t i, k;

	kith_buf_init(&when, 64);
	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.forgotten/1");
	kith_json_put_key(&w, "forgotten");
	kith_json_open_array(&w);
	for (i = 0; i < n; i++) {
		struct kith_span rest = list[i].key, word;

		kith_json_open_object(&w);
		for (k = 0; k < 3 && kith_span_next(&rest, ' ', &word); k++)
			if (k != 1 || !kith_span_is(word, "-"))
				kith_json_member_string(&w, parts[k], word);
		kith_json_member_string(&w, "version", rest);
		kith_json_member_string(&w, "checksum", list[i].checksum);
		kith_buf_reset(&when);
		kith_time_put_rfc3339(&when, (struct kith_time){list[i].time, 0});
		kith_json_member_string(&w, "first_seen", kith_buf_span(&when));
		kith_json_close_object(&w);
	}
	kith_json_close_array(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

int
kith_forget_checksum(struct kith_session *session, const char *package, enum kith_format format,
		     char **ret_text, size_t *ret_len, struct kith_error *err)
{
	struct kith_app_package_word word;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_seen_record *list = NULL;
	KITH_AUTO_BUF struct kith_buf text;
	KITH_AUTO_BUF struct kith_buf b;
	size_t n = 0, i;
	int r;

	kith_arena_init(&arena, KITH_MIB(1));
	kith_buf_init(&text, KITH_MAX_SEEN);
	kith_buf_init(&b, KITH_MIB(4));
	r = kith_app_package_word(package, &word, err);
	if (r)
		return r;
	if (!word.name.len || !word.version.len)
		return kith_fail(err, KITH_E_USAGE, "%s: a package is named NAME@VERSION here",
				 package);
	r = kith_seen_read(&session->dirs, &text, err);
	if (!r)
		r = kith_seen_find(kith_buf_span(&text), word.name, word.version, &arena, &list, &n,
				   err);
	if (!r && !n)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no checksum of it was seen here",
				 package);
	if (!r)
		r = kith_seen_forget(&session->dirs, list, n, session->now.sec, err);
	if (r)
		return r;
	if (format == KITH_FORMAT_JSON)
		put_json(list, n, &b);
	for (i = 0; format != KITH_FORMAT_JSON && i < n; i++)
		put_words(&list[i], &b);
	return kith_app_take_text(&b, ret_text, ret_len, err);
}
