/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: runs the checks, gathers their findings, renders them. Repairs nothing. */
#include <stdarg.h>

#include "app/doctor.h"
#include "codec/json.h"

#define DOCTOR_TEXT_MAX KITH_MIB(16)
#define MAX_FINDINGS    ((size_t)10000)

static const struct {
	const char *name;
	bool deep;
	int (*run)(struct kith_doctor *d, struct kith_error *err);
} checks[] = {
#define CHECK(name, deep) {#name, deep, kith_doctor_##name},
#include "app/doctor_checks.def"
#undef CHECK
};

static const char *const level_names[KITH_DOCTOR_LEVELS] = {"ok", "note", "warning", "error",
							    "error"};

int
kith_doctor_found(struct kith_doctor *d, enum kith_doctor_level level, const char *remedy,
		  struct kith_error *err, const char *fmt, ...)
{
	struct kith_doctor_finding x = {.check = d->check, .level = level};
	char raw[2048], text[2048];
	va_list ap;
	int r;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	r = kith_grow(&d->list, &d->cap, d->n + 1, sizeof(x), MAX_FINDINGS, "findings", err);
	if (r)
		return r;
	kith_text_safe_array(text, sizeof(text), kith_span_str(raw));
	x.text = kith_strndup(text, strlen(text));
	if (remedy) {
		kith_text_safe_array(text, sizeof(text), kith_span_str(remedy));
		x.remedy = kith_strndup(text, strlen(text));
	}
	if (!x.text || (remedy && !x.remedy)) {
		free(x.text);
		free(x.remedy);
		return kith_fail_nomem(err);
	}
	d->list[d->n++] = x;
	return KITH_OK;
}

/* One check that cannot be made costs only itself. */
static int
run_check(struct kith_doctor *d, size_t i, struct kith_error *err)
{
	struct kith_error why;
	int r;

	d->check = checks[i].name;
	r = checks[i].run(d, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (!r)
		return KITH_OK;
	return kith_doctor_found(d,
				 r == KITH_E_INTEGRITY || r == KITH_E_FORMAT
				     ? KITH_DOCTOR_INTEGRITY
				     : KITH_DOCTOR_ENVIRONMENT,
				 why.hint[0] ? why.hint : NULL, err, "%s", why.msg);
}

static int
run_checks(struct kith_doctor *d, struct kith_error *err)
{
	struct kith_error why;
	size_t i;
	int r;

	d->check = "configuration";
	r = kith_app_config_load(d->session, ".", &d->config, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	r = r ? kith_doctor_found(d, KITH_DOCTOR_ENVIRONMENT, why.hint[0] ? why.hint : NULL, err,
				  "%s", why.msg)
	      : KITH_OK;
	if (!r) {
		d->check = "mirrors";
		r = kith_store_mirrors(&d->session->dirs, &d->mirrors, &why);
		if (r == KITH_E_NOMEM)
			return kith_fail_nomem(err);
		if (r)
			r = kith_doctor_found(d, KITH_DOCTOR_ENVIRONMENT, NULL, err, "%s", why.msg);
	}
	for (i = 0; !r && i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!checks[i].deep || d->o->deep)
			r = run_check(d, i, err);
	return r;
}

static void
sum_up(const struct kith_doctor *d, struct kith_doctor_result *sum)
{
	size_t i, by[KITH_DOCTOR_LEVELS] = {0};

	for (i = 0; i < d->n; i++)
		by[d->list[i].level]++;
	sum->ok = by[KITH_DOCTOR_OK];
	sum->notes = by[KITH_DOCTOR_NOTE];
	sum->warnings = by[KITH_DOCTOR_WARNING];
	sum->errors = by[KITH_DOCTOR_ENVIRONMENT] + by[KITH_DOCTOR_INTEGRITY];
	sum->status = by[KITH_DOCTOR_INTEGRITY]     ? 4
		      : by[KITH_DOCTOR_ENVIRONMENT] ? 3
		      : sum->warnings               ? 1
						    : 0;
}

static void
put_table(const struct kith_doctor *d, const struct kith_doctor_result *sum, struct kith_buf *out)
{
	static const char *const colors[KITH_DOCTOR_LEVELS] = {"32", "0", "33", "31", "31"};
	size_t i;

	for (i = 0; i < d->n; i++) {
		const struct kith_doctor_finding *x = &d->list[i];

		if (d->o->color)
			kith_buf_printf(out, "\033[%sm", colors[x->level]);
		kith_buf_printf(out, "%-7s", level_names[x->level]);
		kith_buf_printf(out, "%s  %-9s  %s\n", d->o->color ? "\033[0m" : "", x->check,
				x->text);
		if (x->remedy)
			kith_buf_printf(out, "                    → %s\n", x->remedy);
	}
	kith_buf_printf(out, "%zu in order, %zu note%s, %zu warning%s, %zu error%s\n", sum->ok,
			sum->notes, sum->notes == 1 ? "" : "s", sum->warnings,
			sum->warnings == 1 ? "" : "s", sum->errors, sum->errors == 1 ? "" : "s");
}

static void
put_json(const struct kith_doctor *d, const struct kith_doctor_result *sum, struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.doctor/1");
	kith_json_member_str(&w, "version", kith_version());
	kith_json_member_boolean(&w, "deep", d->o->deep);
	kith_json_put_key(&w, "findings");
	kith_json_open_array(&w);
	for (i = 0; i < d->n; i++) {
		const struct kith_doctor_finding *x = &d->list[i];

		kith_json_open_object(&w);
		kith_json_member_str(&w, "check", x->check);
		kith_json_member_str(&w, "level", level_names[x->level]);
		kith_json_member_str(&w, "text", x->text);
		if (x->remedy)
			kith_json_member_str(&w, "remedy", x->remedy);
		kith_json_close_object(&w);
	}
	kith_json_close_array(&w);
	kith_json_put_key(&w, "summary");
	kith_json_open_object(&w);
	kith_json_member_integer(&w, "ok", (int64_t)sum->ok);
	kith_json_member_integer(&w, "notes", (int64_t)sum->notes);
	kith_json_member_integer(&w, "warnings", (int64_t)sum->warnings);
	kith_json_member_integer(&w, "errors", (int64_t)sum->errors);
	kith_json_close_object(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

static void
doctor_clear(struct kith_doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		free(d->list[i].text);
		free(d->list[i].remedy);
	}
	free(d->list);
	kith_mirrors_clear(&d->mirrors);
	kith_app_config_clear(&d->config);
}

int
kith_doctor(struct kith_session *session, const struct kith_doctor_options *options,
	    char **ret_text, size_t *ret_len, struct kith_doctor_result *ret_result,
	    struct kith_error *err)
{
	KITH_CLEANUP(doctor_clear) struct kith_doctor d = {.session = session, .o = options};
	struct kith_doctor_result sum = {0};
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, DOCTOR_TEXT_MAX);
	r = run_checks(&d, err);
	if (r)
		return r;
	sum_up(&d, &sum);
	if (options->format == KITH_FORMAT_JSON)
		put_json(&d, &sum, &b);
	else
		put_table(&d, &sum, &b);
	r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (!r)
		*ret_result = sum;
	return r;
}
