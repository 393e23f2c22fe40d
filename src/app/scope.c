/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an exemption was given for (verdict.md 8): the lock file's checksum, the commit of a git
 * package, the tree digest of a path copy; and which exemptions and acceptances are about a row.
 */
#include "app/scope.h"
#include "codec/base64.h"
#include "crypto/tree.h"

/* "git+URL#COMMIT": empty if the source names none. */
static struct kith_span
commit_of(struct kith_span source)
{
	size_t at = kith_span_find(source, 0, '#');

	return kith_span_sub(source, at + 1, SIZE_MAX);
}

int
kith_app_folder_key(struct kith_app_run *run, struct kith_report_row *row, struct kith_error *err)
{
	const struct kith_span ignore = KITH_SPAN_LIT(".cargo-ok");
	const char *folder = kith_arena_str(&run->arena, row->package->folder);
	char text[KITH_ID_TEXT + 1];
	struct kith_digest digest;
	int r;

	if (!folder)
		return kith_fail_nomem(err);
	r = kith_tree_digest_path(folder, &ignore, 1, &digest, err);
	if (r)
		return r;
	kith_base64_id(text, digest.bytes);
	if (!kith_arena_copy(&run->arena, kith_span_str(text), &row->subject.exempt_key))
		return kith_fail_nomem(err);
	return KITH_OK;
}

bool
kith_app_is_copy(const struct kith_report_row *row)
{
	return row->package->origin == KITH_ORIGIN_PATH && !row->package->local &&
	       row->package->folder.len && !row->subject.exempt_key.len;
}

/* Names that kith.toml has an exemption for: only their folders are worth reading. */
static int
name_exempted(const struct kith_app_run *run, struct kith_map *names, struct kith_error *err)
{
	const struct kith_config *m = run->config.merged;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < m->n_exemptions; i++)
		r = kith_map_add(names, m->exemptions[i].name, i, NULL, NULL, err);
	return r;
}

int
kith_app_exempt_keys(struct kith_app_run *run, struct kith_error *err)
{
	size_t n = run->project->lock->count, i, at;
	KITH_AUTO_MAP struct kith_map names;
	bool named = false;
	struct kith_error why;
	int r = KITH_OK;

	kith_map_init(&names, NULL);
	for (i = 0; !r && i < n; i++) {
		struct kith_report_row *row = &run->rows[i];

		if (row->package->origin == KITH_ORIGIN_GIT && !row->subject.exempt_key.len)
			row->subject.exempt_key = commit_of(row->package->source);
		if (!kith_app_is_copy(row))
			continue;
		if (!named)
			r = name_exempted(run, &names, err);
		named = true;
		if (r || !kith_map_get(&names, row->package->name, &at))
			continue;
		r = kith_app_folder_key(run, row, &why);
		if (r == KITH_E_NOMEM)
			return kith_fail_nomem(err);
		if (r) /* then its exemption cannot hold, and that is all */
			kith_app_warn(run->session, "%.*s: its folder cannot be read: %s",
				      KITH_SPAN_FMT(row->package->name), why.msg);
		r = KITH_OK;
	}
	return r;
}

/* --- which are about a row --- */

static int
compare_exemptions(const void *a, const void *b)
{
	const struct kith_exemption *x = *(const struct kith_exemption *const *)a;
	const struct kith_exemption *y = *(const struct kith_exemption *const *)b;
	int c = kith_span_cmp(x->name, y->name);

	return c ? c : (x > y) - (x < y); /* the file's order within a name */
}

static int
compare_acceptances(const void *a, const void *b)
{
	const struct kith_acceptance *x = *(const struct kith_acceptance *const *)a;
	const struct kith_acceptance *y = *(const struct kith_acceptance *const *)b;
	int c = kith_span_cmp(x->name, y->name);

	return c ? c : (x > y) - (x < y);
}

int
kith_app_scope_init(struct kith_app_scope *s, struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_config *m = run->config.merged;
	size_t n = run->n_exemptions, k = m->n_accepts, i;
	KITH_AUTO_FREE const struct kith_exemption **x = kith_calloc(n + 1, sizeof(*x));
	KITH_AUTO_FREE const struct kith_acceptance **a = kith_calloc(k + 1, sizeof(*a));

	s->exemptions = kith_arena_array(&run->arena, n + 1, sizeof(*s->exemptions));
	s->acceptances = kith_arena_array(&run->arena, k + 1, sizeof(*s->acceptances));
	if (!x || !a || !s->exemptions || !s->acceptances)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		x[i] = &run->exemptions[i];
	for (i = 0; i < k; i++)
		a[i] = &m->acceptances[i];
	qsort(x, n, sizeof(*x), compare_exemptions);
	qsort(a, k, sizeof(*a), compare_acceptances);
	for (i = 0; i < n; i++)
		s->exemptions[i] = *x[i];
	for (i = 0; i < k; i++)
		s->acceptances[i] = *a[i];
	s->n_exemptions = n;
	s->n_acceptances = k;
	return KITH_OK;
}

/* First index in [0, n) whose name is not below (or, past: not at) `name`. */
#define BOUND(list, n, name, past)                                                                 \
	size_t low = 0, high = (n);                                                                \
	while (low < high) {                                                                       \
		size_t mid = low + (high - low) / 2;                                               \
		int c = kith_span_cmp((list)[mid].name, name);                                     \
		if (c < 0 || ((past) && c == 0))                                                   \
			low = mid + 1;                                                             \
		else                                                                               \
			high = mid;                                                                \
	}

static size_t
exemption_bound(const struct kith_app_scope *s, struct kith_span name, bool past)
{
	BOUND(s->exemptions, s->n_exemptions, name, past)
	return low;
}

static size_t
acceptance_bound(const struct kith_app_scope *s, struct kith_span name, bool past)
{
	BOUND(s->acceptances, s->n_acceptances, name, past)
	return low;
}

void
kith_app_scope_row(const struct kith_app_scope *s, const struct kith_report_row *row,
		   struct kith_policy_world *world)
{
	struct kith_span name = row->package->name;
	size_t from = exemption_bound(s, name, false);

	world->exemptions = s->exemptions + from;
	world->n_exemptions = exemption_bound(s, name, true) - from;
	from = acceptance_bound(s, name, false);
	world->acceptances = s->acceptances + from;
	world->n_acceptances = acceptance_bound(s, name, true) - from;
}
