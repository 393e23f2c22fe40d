/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session: where kith's files lie, what time it is, and whom to tell what happens. The library
 * reads no environment: what a program wants it to know is given here. Not thread-safe; a process
 * may have several sessions.
 */
#ifndef KITH_SESSION_H
#define KITH_SESSION_H

#include <stddef.h>
#include <kith/error.h>
#include <kith/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kith_event_kind {
	KITH_EVENT_WARNING, /* something that the user should know: shown also when quiet */
	KITH_EVENT_NOTE,    /* a hint */
	KITH_EVENT_DETAIL,  /* for --verbose */
	KITH_EVENT_PROGRESS /* done of total (0: unknown) of what `text` names */
};

struct kith_event {
	enum kith_event_kind kind;
	const char *text; /* one line, safe for a terminal; borrowed until the callback returns */
	unsigned long long done, total;
};

/* Strings are copied. Zeroed fields are absent. */
struct kith_session_options {
	const char *home;      /* $HOME */
	const char *kith_home; /* $KITH_HOME: one folder instead of the three below */
	const char *xdg_config_home, *xdg_data_home, *xdg_cache_home;
	const char *cargo_home; /* $CARGO_HOME */
	const char *libexec; /* where the helper programs are; NULL: beside or below the program */
	const char *config;  /* the user's configuration; NULL: config.toml in its place */
	const char
	    *starter;    /* another starter set ($KITH_STARTER); NULL: the one that is shipped */
	const char *now; /* RFC 3339, for reproducible verdicts; NULL: the clock */
	int offline;     /* the network is an error */
	int no_home;     /* none is needed: a bundle is all the evidence (kith_verify_options) */
	void (*event)(void *ctx, const struct kith_event *event); /* may be NULL */
	void *event_ctx;
};

struct kith_session;

/* *ret_session is yours (kith_session_free). Errors: KITH_E_USAGE (no home, `now` is no time). */
KITH_API KITH_NODISCARD int kith_session_new(const struct kith_session_options *options,
					     struct kith_session **ret_session,
					     struct kith_error *err);
KITH_API void kith_session_free(struct kith_session *session);

/* Frees text that a function of this library handed over. NULL is fine. */
KITH_API void kith_free(void *text);

/*
 * Writes text as a terminal may see it, on one line: controls, bytes that are not UTF-8, characters
 * that change direction or cannot be seen become \n, \xNN, \u{NNNN}. Cut to size, NUL-terminated.
 */
KITH_API void kith_safe_text(const char *text, char *out, size_t size);

/* "0.1.0". Never NULL. */
KITH_API const char *kith_version(void);
/* One line a library: "libsodium 1.0.18". *ret_text is yours (kith_free). Errors: KITH_E_NOMEM. */
KITH_API KITH_NODISCARD int kith_version_libraries(char **ret_text, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
