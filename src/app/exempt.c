/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith exempt: lets the locked bytes of a package pass, with a reason and an end. What an exemption
 * cannot help is refused with what would.
 */
#include <kith/policy.h>

#include "app/exempt.h"
#include "app/explain.h"
#include "app/scope.h"

#define MAX_PAIRS 8

struct exempting {
	struct kith_app_run *run;
	const struct kith_app_grant *grant;
	struct kith_report_row *row;
	struct kith_config_pair pairs[MAX_PAIRS];
	size_t n;
	bool renews;
};

static void
put_name(struct kith_buf *out, const struct kith_package *p)
{
	kith_text_safe(out, p->name, 0);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, p->version, 0);
}

/* --- which package --- */

static int
ambiguous(const struct kith_app_run *run, const struct kith_app_package_word *w,
	  struct kith_error *err)
{
	char which[160];
	struct kith_buf b;
	size_t i, n = 0;

	kith_buf_init(&b, sizeof(which) - 1);
	for (i = 0; i < run->report.n_rows; i++) {
		const struct kith_package *p = run->rows[i].package;

		if (kith_span_eq(p->name, w->name) && !p->local)
			kith_buf_printf(&b, "%s%.*s@%.*s", n++ ? ", " : "", KITH_SPAN_FMT(p->name),
					KITH_SPAN_FMT(p->version));
	}
	snprintf(which, sizeof(which), "%s", b.failed ? "see Cargo.lock" : kith_buf_str(&b));
	kith_buf_clear(&b);
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_USAGE, "'%.*s' is there %zu times", KITH_SPAN_FMT(w->name), n),
	    "say which: %s", which);
}

int
kith_app_find_row(struct kith_app_run *run, const char *word, struct kith_report_row **ret_row,
		  struct kith_error *err)
{
	struct kith_report_row *found = NULL, *own = NULL;
	struct kith_app_package_word w;
	size_t i, n = 0;
	int r = kith_app_package_word(word, &w, err);

	for (i = 0; !r && i < run->report.n_rows; i++) {
		struct kith_report_row *row = &run->rows[i];

		if (!kith_span_eq(row->package->name, w.name) ||
		    (w.version.len && !kith_span_eq(row->package->version, w.version)))
			continue;
		if (row->verdict.status == KITH_STATUS_LOCAL)
			own = row;
		else if (!n++ || row->verdict.status < found->verdict.status)
			found = row;
	}
	if (r)
		return r;
	/* the same name and version from two places: the one that fails is meant */
	if (n > 1 && !w.version.len)
		return ambiguous(run, &w, err);
	if (!found)
		return own ? kith_fail(err, KITH_E_USAGE, "%s is the project's own package", word)
			   : kith_hint(err,
				       kith_fail(err, KITH_E_USAGE, "%s: no such dependency in %s",
						 word, run->report.lock_path),
				       "kith verify lists them");
	*ret_row = found;
	return KITH_OK;
}

/* --- whether it helps --- */

static int
check_status(const struct exempting *x, struct kith_error *err)
{
	const struct kith_report_row *row = x->row;
	const struct kith_package *p = row->package;
	int r;

	switch (row->verdict.status) {
	case KITH_STATUS_MISMATCH:
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "%.*s %.*s: no exemption covers bytes that differ (%s)",
					   KITH_SPAN_FMT(p->name), KITH_SPAN_FMT(p->version),
					   row->mismatch ? row->mismatch : "mismatch"),
				 "find out who changed what: kith explain %.*s",
				 KITH_SPAN_FMT(p->name));
	case KITH_STATUS_NEGATIVE:
		r = kith_fail(err, KITH_E_USAGE, "%.*s %.*s: no exemption covers an objection",
			      KITH_SPAN_FMT(p->name), KITH_SPAN_FMT(p->version));
		return kith_hint(err, r, "kith explain %.*s, then kith accept OBJECTION",
				 KITH_SPAN_FMT(p->name));
	case KITH_STATUS_VERIFIED:
		return kith_fail(err, KITH_E_USAGE, "%.*s %.*s is verified: it needs no exemption",
				 KITH_SPAN_FMT(p->name), KITH_SPAN_FMT(p->version));
	case KITH_STATUS_INSUFFICIENT:
	case KITH_STATUS_EXEMPT:
	case KITH_STATUS_LOCAL:
		break;
	}
	if (row->subject.exempt_key.len)
		return KITH_OK;
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_USAGE,
		      "%.*s %.*s: the lock file states no checksum that it could be "
		      "exempted by",
		      KITH_SPAN_FMT(p->name), KITH_SPAN_FMT(p->version)),
	    "cargo generate-lockfile writes checksums; a path copy needs its manifest");
}

/* --- the entry --- */

void
kith_app_put_text_pair(struct kith_config_pair *pairs, size_t *n, const char *key,
		       struct kith_span text)
{
	if (text.len)
		pairs[(*n)++] = (struct kith_config_pair){
		    .key = kith_span_str(key), .type = KITH_PAIR_TEXT, .text = text};
}

void
kith_app_put_date_pair(struct kith_config_pair *pairs, size_t *n, const char *key,
		       struct kith_time date)
{
	pairs[(*n)++] = (struct kith_config_pair){
	    .key = kith_span_str(key), .type = KITH_PAIR_DATE, .date = date};
}

int
kith_app_set_pairs(const struct kith_config_file_text *file, const char *table, size_t index,
		   const struct kith_config_pair *pairs, size_t n, struct kith_buf *out,
		   struct kith_error *err)
{
	struct kith_config_file_text now = *file;
	KITH_AUTO_BUF struct kith_buf odd, even;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&odd, KITH_MAX_CONFIG);
	kith_buf_init(&even, KITH_MAX_CONFIG);
	for (i = 0; !r && i < n; i++) {
		struct kith_buf *b = i % 2 ? &odd : &even;

		kith_buf_reset(b);
		r = kith_config_edit_set_entry(&now, table, index, &pairs[i], b, err);
		now.text = kith_buf_span(b);
	}
	if (!r)
		kith_buf_put_span(out, now.text);
	return r ? r : kith_buf_check(out, err);
}

/* The project's own entry for these very bytes; SIZE_MAX: none. From the file as it is now. */
static int
find_entry(const struct kith_config_file_text *file, const struct kith_report_row *row,
	   size_t *ret_index, struct kith_error *err)
{
	KITH_AUTO_CONFIG struct kith_config *c = NULL;
	size_t i;
	int r = kith_config_read(file->text, file->name, file->file, &c, err);

	*ret_index = SIZE_MAX;
	for (i = 0; !r && i < c->n_exempts; i++)
		if (kith_span_eq(c->exempts[i].x.name, row->package->name) &&
		    kith_span_eq(c->exempts[i].x.version, row->package->version) &&
		    kith_span_eq(c->exempts[i].x.key, row->subject.exempt_key))
			*ret_index = c->exempts[i].at.index;
	return r;
}

static int
edit(void *ctx, const struct kith_config_file_text *file, struct kith_buf *out,
     struct kith_error *err)
{
	struct exempting *x = ctx;
	const struct kith_app_grant *g = x->grant;
	struct kith_config_entry entry = {x->pairs, 0};
	size_t index;
	int r = find_entry(file, x->row, &index, err);

	if (r)
		return r;
	x->renews = index != SIZE_MAX;
	if (!x->renews) {
		kith_app_put_text_pair(x->pairs, &x->n, "package", x->row->package->name);
		kith_app_put_text_pair(x->pairs, &x->n, "version", x->row->package->version);
		kith_app_put_text_pair(x->pairs, &x->n, "checksum", x->row->subject.exempt_key);
	}
	kith_app_put_text_pair(x->pairs, &x->n, "reason", g->reason);
	kith_app_put_text_pair(x->pairs, &x->n, "owner", g->owner);
	if (!x->renews)
		kith_app_put_date_pair(x->pairs, &x->n, "added", x->run->session->now);
	kith_app_put_date_pair(x->pairs, &x->n, "until", g->until);
	entry.n = x->n;
	return x->renews ? kith_app_set_pairs(file, "exempt", index, x->pairs, x->n, out, err)
			 : kith_config_edit_append(file, "exempt", &entry, 1, out, err);
}

int
kith_exempt(struct kith_session *session, const struct kith_exempt_options *options,
	    char **ret_text, size_t *ret_len, struct kith_error *err)
{
	const struct kith_verify_options vo = {.path = options->path};
	KITH_AUTO_RUN struct kith_app_run *run = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	struct exempting x = {.n = 0};
	struct kith_app_grant g;
	int r = kith_app_judge_policy(session, &vo, &run, err);

	kith_buf_init(&b, KITH_KIB(64));
	if (!r && !options->until)
		r = kith_fail(err, KITH_E_USAGE, "--until: till when? A date like 2030-12-31");
	if (!r)
		r = kith_app_grant_read(session, run->config.merged, options->reason,
					options->owner, options->until, &g, err);
	if (!r)
		r = kith_app_find_row(run, options->package, &x.row, err);
	if (!r && kith_app_is_copy(x.row))
		r = kith_app_folder_key(run, x.row, err);
	if (r)
		return r;
	x.run = run;
	x.grant = &g;
	r = check_status(&x, err);
	if (!r)
		r = kith_app_edit_policy(run->config.project_path, edit, &x, err);
	if (r)
		return r;
	put_name(&b, x.row->package);
	kith_buf_put_str(&b, x.renews ? ": exemption renewed until " : ": exempt until ");
	kith_time_put_date(&b, g.until);
	kith_buf_put_str(&b, ", in ");
	kith_text_safe(&b, kith_span_str(kith_app_as_written(run->config.project_path)), 0);
	kith_buf_put_char(&b, '\n');
	return kith_app_take_text(&b, ret_text, ret_len, err);
}
