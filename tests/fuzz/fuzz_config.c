/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration, the user's if the first byte is 'u'. What is refused has a place; what is read
 * keeps the bounds that others rely on, merges, and is edited without losing anything: an entry
 * that is added can be found, and is gone when it is removed.
 */
#include "policy/config_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check_bounds(const struct kith_config *c)
{
	const struct kith_config_trust *t = &c->trust;
	size_t i;

	must(c->roots.threshold >= 1 && c->roots.threshold <= KITH_MAX_TRUST_ROOTS);
	must(c->roots.ids.n + c->roots.urls.n <= KITH_MAX_TRUST_ROOTS);
	must(t->budget <= KITH_MAX_CONFIG_BUDGET && t->high >= 1 && t->medium >= t->high &&
	     t->low >= t->medium);
	must(c->policy.p.base.independent >= 1 &&
	     c->policy.p.base.independent <= KITH_MAX_INDEPENDENT);
	must(c->policy.p.base.n_criteria <= KITH_MAX_CRITERIA && c->policy.p.cooldown >= 0);
	must(c->fetch.jobs >= 1 && c->fetch.timeout >= 1 && c->policy.p.n_rules == c->n_rules);
	for (i = 0; i < c->n_rules; i++)
		must(c->rules[i].rule.glob.len &&
		     (!c->rules[i].rule.replace || c->rules[i].rule.reason.len));
	for (i = 0; i < c->n_sources; i++)
		must(c->sources[i].urls.n || c->sources[i].path.len);
	for (i = 0; i < c->n_exempts; i++)
		must((c->exempts[i].x.reason.len != 0) == (i < c->n_exemptions));
}

/* The number of entries after an edit; 0 also where it was refused. */
static size_t
count(const struct kith_config_file_text *f, struct kith_span text)
{
	KITH_AUTO_CONFIG struct kith_config *c = NULL;

	must(kith_config_read(text, f->name, f->file, &c, NULL) == KITH_OK);
	return c->n_publishers;
}

/* Both files may have [[publisher]], and no two of them are the same. */
static void
check_append(const struct kith_config_file_text *f, size_t before)
{
	static const struct kith_span login[] = {{(const uint8_t *)"l\"", 2}};
	const struct kith_config_pair pairs[] = {
	    {.key = KITH_SPAN_LIT("package"), .text = KITH_SPAN_LIT("fuzz*")},
	    {.key = KITH_SPAN_LIT("logins"), .type = KITH_PAIR_TEXTS, .texts = {login, 1}}};
	const struct kith_config_entry entry = {pairs, 2};
	struct kith_config_file_text g = *f;
	KITH_AUTO_BUF struct kith_buf out;
	KITH_AUTO_BUF struct kith_buf back;
	struct kith_error err;
	int rc;

	kith_buf_init(&out, KITH_MIB(16));
	kith_buf_init(&back, KITH_MIB(16));
	rc = kith_config_edit_append(f, "publisher", &entry, 1, &out, &err);
	must(!rc || (rc == KITH_E_USAGE && out.len == 0));
	if (rc)
		return;
	must(count(f, kith_buf_span(&out)) == before + 1);
	g.text = kith_buf_span(&out);
	must(kith_config_edit_remove(&g, "publisher", &before, 1, &back, &err) == KITH_OK);
	must(count(f, kith_buf_span(&back)) == before);
}

static void
check_other_edits(const struct kith_config_file_text *f, size_t before)
{
	const struct kith_config_pair budget = {
	    .key = KITH_SPAN_LIT("budget"), .type = KITH_PAIR_NUMBER, .number = 3};
	const struct kith_config_pair package = {.key = KITH_SPAN_LIT("package"),
						 .text = KITH_SPAN_LIT("fuzz*")};
	KITH_AUTO_CONFIG struct kith_config *c = NULL;
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err;
	size_t first = 0;
	int rc;

	kith_buf_init(&out, KITH_MIB(16));
	rc = kith_config_edit_set(f, "trust", &budget, &out, &err);
	must(rc == KITH_OK || rc == KITH_E_USAGE);
	if (!rc) {
		must(kith_config_read(kith_buf_span(&out), f->name, f->file, &c, &err) == KITH_OK);
		must(c->trust.budget == 3);
	}
	kith_buf_reset(&out);
	rc = kith_config_edit_set_entry(f, "publisher", 0, &package, &out, &err);
	must(rc == KITH_OK || rc == KITH_E_USAGE || rc == KITH_E_FORMAT || rc == KITH_E_NOTFOUND);
	must(before || rc == KITH_E_NOTFOUND);
	if (!rc)
		must(count(f, kith_buf_span(&out)) == before);
	kith_buf_reset(&out);
	rc = kith_config_edit_remove(f, "publisher", &first, 1, &out, &err);
	must(rc == (before ? rc : KITH_E_NOTFOUND));
	must(rc == KITH_OK || rc == KITH_E_USAGE || rc == KITH_E_NOTFOUND);
	if (!rc)
		must(count(f, kith_buf_span(&out)) == before - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool user = size && data[0] == 'u';
	struct kith_config_file_text f = {size ? kith_span(data + 1, size - 1) : KITH_SPAN_NONE,
					  "f", user ? KITH_CONFIG_USER : KITH_CONFIG_PROJECT};
	KITH_AUTO_CONFIG struct kith_config *c = NULL;
	KITH_AUTO_CONFIG struct kith_config *both = NULL;
	struct kith_error err;

	if (kith_config_read(f.text, f.name, f.file, &c, &err)) {
		must(!c && kith_span_starts(kith_span_str(err.msg), KITH_SPAN_LIT("f:")));
		return 0;
	}
	check_bounds(c);
	must(kith_config_merge(user ? c : NULL, user ? NULL : c, &both, &err) == KITH_OK);
	check_bounds(both);
	if (f.text.len < KITH_KIB(64)) {
		check_append(&f, c->n_publishers);
		check_other_edits(&f, c->n_publishers);
	}
	return 0;
}
