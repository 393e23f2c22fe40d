/* SPDX-License-Identifier: Apache-2.0 */
/* Opens and closes sessions; turns what happens into events. */
#include <stdarg.h>

#include "app/bundle.h"
#include "app/derived.h"
#include "app/pinned.h"
#include "app/trusted.h"
#include "codec/versions.h"
#include "crypto/crypto.h"

static void emit(const struct kith_session *s, enum kith_event_kind kind, const char *fmt,
		 va_list ap) KITH_PRINTF(3, 0);

static void
emit(const struct kith_session *s, enum kith_event_kind kind, const char *fmt, va_list ap)
{
	char raw[1024], text[1024];
	struct kith_event e = {.kind = kind, .text = text};

	if (!s->event)
		return;
	vsnprintf(raw, sizeof(raw), fmt, ap);
	kith_text_safe_array(text, sizeof(text), kith_span_str(raw));
	s->event(s->event_ctx, &e);
}

void
kith_app_warn(const struct kith_session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(s, KITH_EVENT_WARNING, fmt, ap);
	va_end(ap);
}

void
kith_app_note(const struct kith_session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(s, KITH_EVENT_NOTE, fmt, ap);
	va_end(ap);
}

void
kith_app_detail(const struct kith_session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(s, KITH_EVENT_DETAIL, fmt, ap);
	va_end(ap);
}

char *
kith_app_derived_path(const struct kith_session *s, const char *name)
{
	return kith_fs_join(s->derived ? s->derived : s->dirs.cache, name);
}

void
kith_app_progress(const struct kith_session *s, const char *what, uint64_t done, uint64_t total)
{
	struct kith_event e = {KITH_EVENT_PROGRESS, what, done, total};

	if (s->event)
		s->event(s->event_ctx, &e);
}

static int
copy_string(char **dst, const char *src, struct kith_error *err)
{
	if (!src || !*src)
		return KITH_OK;
	*dst = kith_strndup(src, strlen(src));
	return *dst ? KITH_OK : kith_fail_nomem(err);
}

static int
set_now(struct kith_session *s, const char *now, struct kith_error *err)
{
	s->now = kith_time_now();
	if (!now)
		return KITH_OK;
	s->now_given = true;
	if (kith_time_parse(kith_span_str(now), &s->now, NULL) ||
	    kith_time_parse_date(kith_span_str(now), &s->now))
		return KITH_OK;
	return kith_hint(err,
			 kith_fail(err, KITH_E_USAGE, "--now: '%s' is no time of RFC 3339", now),
			 "write it as 2026-01-31 or 2026-01-31T12:00:00Z");
}

static int
open_session(struct kith_session *s, const struct kith_session_options *o, struct kith_error *err)
{
	const struct kith_dirs_env env = {
	    .home = o->home,
	    .kith_home = o->kith_home,
	    .xdg_config_home = o->xdg_config_home,
	    .xdg_data_home = o->xdg_data_home,
	    .xdg_cache_home = o->xdg_cache_home,
	};
	/* no folder can be there */
	static const struct kith_dirs_env nowhere = {.kith_home = "/dev/null/kith"};
	int r;

	r = kith_crypto_init(err);
	if (!r)
		r = set_now(s, o->now, err);
	if (!r)
		r = kith_dirs_init(&s->dirs, &env, err);
	if (r == KITH_E_USAGE && o->no_home)
		r = kith_dirs_init(&s->dirs, &nowhere, err);
	if (!r)
		r = copy_string(&s->home, o->home, err);
	if (!r)
		r = copy_string(&s->cargo_home, o->cargo_home, err);
	if (!r)
		r = copy_string(&s->libexec, o->libexec, err);
	if (!r)
		r = copy_string(&s->config, o->config, err);
	if (!r)
		r = copy_string(&s->starter, o->starter, err);
	return r;
}

int
kith_session_new(const struct kith_session_options *options, struct kith_session **ret_session,
		 struct kith_error *err)
{
	struct kith_session *s = kith_calloc(1, sizeof(*s));
	int r;

	if (!s)
		return kith_fail_nomem(err);
	s->event = options->event;
	s->event_ctx = options->event_ctx;
	s->offline = options->offline;
	r = open_session(s, options, err);
	if (r) {
		kith_session_free(s);
		return r;
	}
	*ret_session = s;
	return KITH_OK;
}

void
kith_session_free(struct kith_session *session)
{
	if (!session)
		return;
	kith_app_pinned_free(session);
	kith_app_trusted_clear(session);
	kith_trust_graph_free(session->starter_graph);
	kith_app_drop_damaged(session);
	kith_index_free(session->index);
	kith_app_derived_free(session->sets);
	kith_app_derived_free(session->advisories);
	kith_app_bundle_free(session->bundle);
	kith_dirs_clear(&session->dirs);
	free(session->home);
	free(session->cargo_home);
	free(session->libexec);
	free(session->config);
	free(session->starter);
	free(session);
}

void
kith_free(void *text)
{
	free(text);
}

void
kith_safe_text(const char *text, char *out, size_t size)
{
	if (size)
		kith_text_safe_array(out, size, kith_span_str(text));
}

int
kith_app_take_text(struct kith_buf *b, char **ret_text, size_t *ret_len, struct kith_error *err)
{
	int r = kith_buf_check(b, err);
	uint8_t *text;

	if (r)
		return r;
	text = kith_buf_take(b, ret_len);
	if (!text)
		return kith_fail_nomem(err);
	*ret_text = (char *)text;
	return KITH_OK;
}

const char *
kith_version(void)
{
	return KITH_VERSION;
}

int
kith_version_libraries(char **ret_text, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t len;

	kith_buf_init(&b, KITH_KIB(4));
	kith_crypto_put_versions(&b);
	kith_codec_put_versions(&b);
	return kith_app_take_text(&b, ret_text, &len, err);
}
