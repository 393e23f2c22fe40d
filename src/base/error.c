/* SPDX-License-Identifier: Apache-2.0 */
/* Formats error messages without heap memory; makes them safe for a terminal. Never prints. */
#include <errno.h>
#include <stdarg.h>

#include "base/base.h"

static void
set_text(char *dst, size_t size, const char *raw)
{
	kith_text_safe_array(dst, size, kith_span_str(raw));
}

KITH_PRINTF(3, 0)
static void
format_safe(char *dst, size_t size, const char *fmt, va_list ap)
{
	char raw[KITH_ERROR_MSG_MAX * 2];

	vsnprintf(raw, sizeof(raw), fmt, ap);
	set_text(dst, size, raw);
}

int
kith_fail(struct kith_error *err, enum kith_code code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	format_safe(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	err->code = code;
	err->sys = 0;
	err->hint[0] = '\0';
	return code;
}

int
kith_fail_errno(struct kith_error *err, int errnum, const char *fmt, ...)
{
	enum kith_code code = errnum == ENOMEM ? KITH_E_NOMEM : KITH_E_IO;
	char text[KITH_ERROR_MSG_MAX], number[32];
	const char *why = strerrordesc_np(errnum); /* English, whatever the locale; thread-safe */
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	format_safe(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(number, sizeof(number), "error %d", errnum);
	kith_fail(err, code, "%s: %s", text, why ? why : number);
	err->sys = errnum;
	return code;
}

int
kith_fail_nomem(struct kith_error *err)
{
	return kith_fail(err, KITH_E_NOMEM, "out of memory");
}

int
kith_context(struct kith_error *err, int r, const char *fmt, ...)
{
	char before[KITH_ERROR_MSG_MAX], old[KITH_ERROR_MSG_MAX];
	va_list ap;
	size_t n;

	if (!err || r == KITH_OK)
		return r;
	va_start(ap, fmt);
	format_safe(before, sizeof(before), fmt, ap);
	va_end(ap);
	memcpy(old, err->msg, sizeof(old));
	n = strlen(before);
	if (n + 3 > sizeof(err->msg))
		return r;
	memcpy(err->msg, before, n);
	memcpy(err->msg + n, ": ", 2);
	kith_text_safe_array(err->msg + n + 2, sizeof(err->msg) - n - 2, kith_span_str(old));
	return r;
}

int
kith_hint(struct kith_error *err, int r, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return r;
	va_start(ap, fmt);
	format_safe(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	return r;
}

const char *
kith_code_text(int code)
{
	switch (code) {
	case KITH_OK:
		return "success";
	case KITH_E_NOMEM:
		return "out of memory";
	case KITH_E_IO:
		return "input/output error";
	case KITH_E_FORMAT:
		return "malformed input";
	case KITH_E_LIMIT:
		return "limit exceeded";
	case KITH_E_NOTFOUND:
		return "not found";
	case KITH_E_EXISTS:
		return "exists already";
	case KITH_E_CRYPTO:
		return "cryptographic failure";
	case KITH_E_BADSIG:
		return "bad signature";
	case KITH_E_PASSPHRASE:
		return "wrong passphrase";
	case KITH_E_NET:
		return "network failure";
	case KITH_E_HELPER:
		return "helper program failed";
	case KITH_E_CANCELLED:
		return "interrupted";
	case KITH_E_USAGE:
		return "wrong usage";
	case KITH_E_INTEGRITY:
		return "integrity violated";
	default:
		return "internal error";
	}
}

int
kith_code_exit(int code)
{
	switch (code) {
	case KITH_OK:
		return 0;
	case KITH_E_NOTFOUND:
		return 1;
	case KITH_E_USAGE:
	case KITH_E_FORMAT:
		return 2;
	case KITH_E_BADSIG:
	case KITH_E_INTEGRITY:
		return 4;
	case KITH_E_CANCELLED:
		return 130;
	case KITH_E_INTERNAL:
		return 5;
	default:
		return 3;
	}
}
