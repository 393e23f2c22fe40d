/* SPDX-License-Identifier: Apache-2.0 */
/* One request to kith-git about an own repository, with the user's own environment for git. */
#include <time.h>

#include "store/own_git.h"

#define ANSWER_TIMEOUT_MS ((KITH_OWN_TIMEOUT_S + 30) * 1000)

const char *const kith_own_git_env[] = {"HOME",
					"PATH",
					"USER",
					"LOGNAME",
					"TERM",
					"TZ",
					"TMPDIR",
					"DISPLAY",
					"WAYLAND_DISPLAY",
					"XDG_CONFIG_HOME",
					"XDG_RUNTIME_DIR",
					"DBUS_SESSION_BUS_ADDRESS",
					"SSH_AUTH_SOCK",
					"SSH_ASKPASS",
					"GIT_ASKPASS",
					"GIT_SSH",
					"GIT_SSH_COMMAND",
					"GIT_CONFIG_NOSYSTEM",
					"GIT_CONFIG_GLOBAL",
					"GIT_SSL_CAINFO",
					"http_proxy",
					"https_proxy",
					"HTTPS_PROXY",
					"all_proxy",
					"ALL_PROXY",
					"no_proxy",
					"NO_PROXY",
					NULL};

int
kith_own_offset(struct kith_time t)
{
	time_t sec = (time_t)t.sec;
	struct tm tm;

	if (!localtime_r(&sec, &tm))
		return 0;
	return (int)(tm.tm_gmtoff / 60);
}

static int
send_request(struct kith_helper *h, struct kith_git_own *o, const struct kith_git_own_file *files,
	     struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_time now = kith_time_now();
	size_t mark;
	uint32_t i;
	int r;

	kith_buf_init(&b, KITH_MAX_FRAME + KITH_FRAME_HEAD);
	o->id = 1;
	o->now = now.sec < 0 ? 0 : now.sec;
	o->offset = kith_own_offset(now);
	mark = kith_git_begin_own(&b, o);
	for (i = 0; i < o->n_files; i++)
		kith_git_put_own_file(&b, &files[i]);
	kith_frame_end(&b, mark);
	r = kith_buf_check(&b, err);
	return r ? r : kith_helper_send(h, &b, err);
}

static void
keep(char *out, size_t size, struct kith_span s)
{
	snprintf(out, size, "%.*s", KITH_SPAN_FMT(s));
}

static int
take(const struct kith_git_owned *a, struct kith_own_answer *ret, struct kith_error *err)
{
	int r;

	if (a->outcome == KITH_OWN_FAILED) {
		r = kith_fail(err, (enum kith_code)a->code, "%.*s", KITH_SPAN_FMT(a->message));
		return a->hint.len ? kith_hint(err, r, "%.*s", KITH_SPAN_FMT(a->hint)) : r;
	}
	memset(ret, 0, sizeof(*ret));
	ret->outcome = a->outcome;
	keep(ret->head, sizeof(ret->head), a->head);
	keep(ret->remote, sizeof(ret->remote), a->remote);
	keep(ret->to, sizeof(ret->to), a->to);
	keep(ret->url, sizeof(ret->url), a->url);
	keep(ret->branch, sizeof(ret->branch), a->branch);
	ret->ahead = a->ahead;
	ret->behind = a->behind;
	kith_text_safe_array(ret->warning, sizeof(ret->warning), a->message);
	return KITH_OK;
}

int
kith_own_git(const char *libexec, struct kith_git_own *o, const struct kith_git_own_file *files,
	     struct kith_own_answer *ret, struct kith_error *err)
{
	const struct kith_helper_options ho = {libexec, kith_own_git_env, 0};
	KITH_AUTO_HELPER struct kith_helper *h = NULL;
	struct kith_git_progress progress;
	struct kith_git_owned a;
	struct kith_frame f;
	int r;

	r = kith_helper_start(KITH_GIT_PROGRAM, &ho, &h, err);
	if (!r)
		r = send_request(h, o, files, err);
	while (!r) {
		r = kith_helper_recv(h, ANSWER_TIMEOUT_MS, &f, err);
		if (r)
			break;
		if (f.type == KITH_GIT_OWNED && kith_git_get_owned(f.payload, &a) && a.id == o->id)
			return take(&a, ret, err);
		if (f.type != KITH_GIT_PROGRESS || !kith_git_get_progress(f.payload, &progress))
			r = kith_helper_broke(h, err, "sent a wrong answer");
	}
	return r;
}
