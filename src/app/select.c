/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows are shown and decide: --only and --kind. A part of the verdict must not be taken for
 * the whole: what was asked for stands in the output as what options replaced does.
 */
#include "app/judge.h"

static int
add_words(struct kith_app_run *run, const char *field, struct kith_buf *text,
	  struct kith_error *err)
{
	struct kith_report_override *o = &run->overrides[run->n_overrides];
	int r = kith_buf_check(text, err);

	if (r)
		return r;
	o->field = field;
	o->value = kith_arena_str(&run->arena, kith_buf_span(text));
	if (!o->value)
		return kith_fail_nomem(err);
	run->n_overrides++;
	return KITH_OK;
}

static int
tell_only(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_verify_options *o = run->options;
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;

	kith_buf_init(&text, KITH_KIB(64));
	for (i = 0; i < o->n_only; i++) {
		kith_buf_put_str(&text, i ? " " : "");
		kith_text_safe(&text, kith_span_str(o->only[i]), KITH_MAX_CONFIG_WORD);
	}
	return add_words(run, "only", &text, err);
}

static int
tell_kinds(struct kith_app_run *run, struct kith_error *err)
{
	static const char *const words[] = {"normal", "build", "dev"};
	KITH_AUTO_BUF struct kith_buf text;
	unsigned i;

	kith_buf_init(&text, KITH_KIB(1));
	for (i = 0; i < 3; i++)
		if (run->options->kinds >> i & 1U)
			kith_buf_printf(&text, "%s%s", text.len ? "," : "", words[i]);
	return add_words(run, "kind", &text, err);
}

/* By name; true without --only. Notes which globs have met something. */
static bool
is_named(const struct kith_verify_options *o, const struct kith_package *p, bool *met)
{
	bool yes = !o->n_only;
	size_t i;

	for (i = 0; i < o->n_only; i++) {
		if (!kith_glob_match(kith_span_str(o->only[i]), p->name))
			continue;
		met[i] = yes = true;
	}
	return yes;
}

/* Unknown counts as normal (verdict.md 4): what nobody knows must not fall out of every question.
 */
static bool
is_needed_so(const struct kith_verify_options *o, const struct kith_package *p)
{
	unsigned kinds = p->kinds ? p->kinds : KITH_KIND_NORMAL;

	return !o->kinds || (kinds & o->kinds);
}

_Static_assert(KITH_NEEDED_NORMAL == KITH_KIND_NORMAL && KITH_NEEDED_BUILD == KITH_KIND_BUILD &&
		   KITH_NEEDED_DEV == KITH_KIND_DEV,
	       "the public bits are the room's");

static int
check_globs(const struct kith_verify_options *o, struct kith_error *err)
{
	size_t i;

	if (o->n_only > KITH_MAX_GLOBS)
		return kith_fail(err, KITH_E_USAGE, "more than %zu --only", KITH_MAX_GLOBS);
	for (i = 0; i < o->n_only; i++)
		if (!*o->only[i] || strlen(o->only[i]) > KITH_MAX_CONFIG_WORD)
			return kith_fail(err, KITH_E_USAGE,
					 "--only: a name or glob of 1 to %zu bytes",
					 KITH_MAX_CONFIG_WORD);
	return KITH_OK;
}

static int
check_met(const struct kith_app_run *run, const bool *met, struct kith_error *err)
{
	const struct kith_verify_options *o = run->options;
	size_t i;

	for (i = 0; i < o->n_only && !o->all; i++)
		if (!met[i])
			return kith_fail(err, KITH_E_USAGE,
					 "--only: no package of %s is named '%s'",
					 run->project->lock_path, o->only[i]);
	return KITH_OK;
}

int
kith_app_select(struct kith_app_run *run, size_t *n, struct kith_error *err)
{
	const struct kith_verify_options *o = run->options;
	bool met[KITH_MAX_GLOBS] = {false};
	size_t i, kept = 0, unknown = 0;
	int r = check_globs(o, err);

	if (r || (!o->n_only && !o->kinds))
		return r;
	for (i = 0; i < *n; i++) {
		const struct kith_package *p = run->rows[i].package;

		if (!is_named(o, p, met) || !is_needed_so(o, p))
			continue;
		unknown += !p->kinds && !p->local;
		run->rows[kept++] = run->rows[i];
	}
	r = check_met(run, met, err);
	if (r)
		return r;
	if (o->kinds && unknown)
		kith_app_note(run->session,
			      "how %zu package%s needed is not known: counted as normal", unknown,
			      unknown == 1 ? " is" : "s are");
	*n = kept;
	if (o->n_only)
		r = tell_only(run, err);
	return !r && o->kinds ? tell_kinds(run, err) : r;
}
