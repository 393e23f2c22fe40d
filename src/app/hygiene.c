/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the lock file is kept (verdict.md 8). Findings about the project, each as bad as [lockfile]
 * says; they speak of the lock file that cargo reads, not of another one that was named.
 */
#include <stdarg.h>

#include "app/judge.h"

#define MAX_CHECKSUMS 50 /* packages without one that are named one by one */

int
kith_app_remark(struct kith_app_run *run, enum kith_rule_id rule, bool fails, const char *path,
		uint32_t line, const char *key, const char *fmt, ...)
{
	struct kith_report_remark *m;
	char raw[1024], safe[1024];
	va_list ap;

	if (run->n_remarks >= KITH_MAX_REMARKS * (fails ? 2 : 1))
		return KITH_OK;
	if (kith_grow(&run->remarks, &run->remarks_cap, run->n_remarks + 1, sizeof(*m),
		      2 * KITH_MAX_REMARKS, "findings", NULL))
		return KITH_E_NOMEM;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	kith_text_safe_array(safe, sizeof(safe), kith_span_str(raw));
	m = &run->remarks[run->n_remarks];
	m->rule = rule;
	m->fails = fails;
	m->path = path;
	m->line = line ? line : 1;
	m->key = key;
	m->text = kith_arena_str(&run->arena, kith_span_str(safe));
	if (!m->text)
		return KITH_E_NOMEM;
	run->n_remarks++;
	return KITH_OK;
}

struct hygiene {
	struct kith_app_run *run;
	const struct kith_config_lockfile *config;
	const char *lock; /* the lock file's path as it is written */
};

static enum kith_lock_severity
severity(const struct hygiene *h, enum kith_hygiene what)
{
	return h->config->hygiene[what];
}

static bool
is_error(const struct hygiene *h, enum kith_hygiene what)
{
	return severity(h, what) == KITH_SEVERITY_ERROR;
}

static int
check_missing(struct hygiene *h)
{
	if (!h->run->project->missing || severity(h, KITH_HYGIENE_MISSING) == KITH_SEVERITY_OFF)
		return KITH_OK;
	return kith_app_remark(h->run, KITH_RULE_LOCK_MISSING, is_error(h, KITH_HYGIENE_MISSING),
			       h->lock, 1, "", "there is no lock file beside the manifest");
}

static int
check_lags(struct hygiene *h)
{
	const struct kith_project *p = h->run->project;
	bool fails = is_error(h, KITH_HYGIENE_OUTDATED);
	int r = KITH_OK;
	size_t i;

	if (severity(h, KITH_HYGIENE_OUTDATED) == KITH_SEVERITY_OFF)
		return KITH_OK;
	for (i = 0; !r && i < p->n_lags; i++)
		r = kith_app_remark(h->run, KITH_RULE_LOCK_OUTDATED, fails,
				    kith_app_as_written(p->lags[i].manifest), p->lags[i].line,
				    p->lags[i].text, "%s", p->lags[i].text);
	if (!r && p->lags_more)
		r = kith_app_remark(h->run, KITH_RULE_LOCK_OUTDATED, fails, h->lock, 1, "more",
				    "and %zu more that manifests want", p->lags_more);
	return r;
}

static int
check_checksums(struct hygiene *h)
{
	const struct kith_lock *lock = h->run->project->lock;
	bool fails = is_error(h, KITH_HYGIENE_NO_CHECKSUM);
	size_t i, n = 0;
	int r = KITH_OK;

	if (severity(h, KITH_HYGIENE_NO_CHECKSUM) == KITH_SEVERITY_OFF)
		return KITH_OK;
	for (i = 0; !r && i < lock->count; i++) {
		const struct kith_package *p = &lock->packages[i];
		const char *key;

		if (p->checksum.len ||
		    (p->origin != KITH_ORIGIN_REGISTRY && p->origin != KITH_ORIGIN_OTHER))
			continue;
		if (n++ >= MAX_CHECKSUMS)
			continue;
		key = kith_arena_str(&h->run->arena, kith_span_sub(p->name, 0, 200));
		if (!key)
			return KITH_E_NOMEM;
		r = kith_app_remark(h->run, KITH_RULE_LOCK_CHECKSUM, fails, h->lock, p->line, key,
				    "%.*s %.*s is there without a checksum",
				    KITH_SPAN_FMT(kith_span_sub(p->name, 0, 200)),
				    KITH_SPAN_FMT(kith_span_sub(p->version, 0, 100)));
	}
	if (!r && n > MAX_CHECKSUMS)
		r = kith_app_remark(h->run, KITH_RULE_LOCK_CHECKSUM, fails, h->lock, 1, "more",
				    "and %zu more packages without a checksum", n - MAX_CHECKSUMS);
	return r;
}

/* Below the folder of kith.toml's globs, as [lockfile] writes paths. */
static bool
is_ignored(const struct hygiene *h, const char *path)
{
	const struct kith_config_texts *globs = &h->config->ignore;
	struct kith_span below = kith_span_str(path);
	KITH_AUTO_FREE char *root = NULL;
	const char *slash;
	size_t i;

	if (!h->run->config.project_path)
		return false;
	slash = strrchr(h->run->config.project_path, '/');
	if (!slash)
		return false;
	root = kith_strndup(h->run->config.project_path,
			    (size_t)(slash + 1 - h->run->config.project_path));
	if (!root || !kith_span_skip(&below, root))
		return false;
	for (i = 0; i < globs->n; i++)
		if (kith_glob_match(globs->at[i], below))
			return true;
	return false;
}

static int
check_several(struct hygiene *h)
{
	const struct kith_project *p = h->run->project;
	int r = KITH_OK;
	size_t i;

	if (severity(h, KITH_HYGIENE_SEVERAL) == KITH_SEVERITY_OFF)
		return KITH_OK;
	for (i = 0; !r && i < p->n_others; i++) {
		if (is_ignored(h, p->others[i]))
			continue;
		r = kith_app_remark(h->run, KITH_RULE_LOCK_SEVERAL,
				    is_error(h, KITH_HYGIENE_SEVERAL),
				    kith_app_as_written(p->others[i]), 1, "",
				    "a second lock file of the same ecosystem lies here");
	}
	return r;
}

/* Only where the project is under git's care: a new one has nothing to lose yet. */
static int
check_git(struct hygiene *h, struct kith_error *err)
{
	enum kith_lock_severity ignored = severity(h, KITH_HYGIENE_GIT_IGNORED),
				uncommitted = severity(h, KITH_HYGIENE_UNCOMMITTED);
	struct kith_app_kept kept = {0};
	int r;

	if (h->run->project->missing || (!ignored && !uncommitted))
		return KITH_OK;
	r = kith_app_ask_git(h->run, &kept, err);
	if (r || !kept.known)
		return r;
	if (kept.ignored && !kept.committed) {
		r = ignored ? kith_app_remark(h->run, KITH_RULE_LOCK_IGNORED,
					      ignored == KITH_SEVERITY_ERROR, h->lock, 1, "",
					      "git ignores it: nobody else gets what is judged "
					      "here")
			    : KITH_OK;
	} else if (kept.manifest && !kept.same && uncommitted) {
		r = kith_app_remark(h->run, KITH_RULE_LOCK_UNCOMMITTED,
				    uncommitted == KITH_SEVERITY_ERROR, h->lock, 1, "",
				    kept.committed ? "it is not the one of git's current commit"
						   : "git's current commit does not have it");
	}
	return r ? kith_fail_nomem(err) : KITH_OK;
}
_Static_assert(KITH_SEVERITY_OFF == 0, "a severity is true where something is said");

int
kith_app_hygiene(struct kith_app_run *run, struct kith_error *err)
{
	struct hygiene h = {run, &run->config.merged->lockfile,
			    kith_app_as_written(run->project->lock_path)};
	int r = check_missing(&h);

	if (!r)
		r = check_lags(&h);
	if (!r)
		r = check_checksums(&h);
	if (!r)
		r = check_several(&h);
	return r ? kith_fail_nomem(err) : check_git(&h, err);
}
