/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of the registry about the packages of a run (verdict.md 7): the checksum that it states,
 * whether a version is yanked, when it was published. From cargo's own index cache, never from the
 * project's tree; nothing is asked of a network, and what is not here is not known.
 */
#include "app/registry.h"

#include "app/judge.h"
#include "codec/base64.h"

#define MEMORY_FILE "registry"
#define MAX_FILES   8U /* forms of the default registry's index that cargo may have here */
#define TOLD        5U /* packages, one by one */

struct asking {
	struct kith_app_run *run;
	struct kith_registry_memory *memory; /* NULL: cannot be used */
	struct kith_buf file;
	char *loaded; /* path of what `file` holds */
	size_t read, told_differ, told_lures;
};

static void
asking_clear(struct asking *a)
{
	kith_registry_free(a->memory);
	kith_buf_clear(&a->file);
	free(a->loaded);
}

/* --- one version in one file --- */

/* The packages of a lock are sorted by name: one file serves all versions of a name. */
static int
load(struct asking *a, const char *path, struct kith_error *err)
{
	int r;

	if (a->loaded && strcmp(a->loaded, path) == 0)
		return KITH_OK;
	free(a->loaded);
	a->loaded = NULL;
	kith_buf_reset(&a->file);
	r = kith_fs_read(path, &a->file, err);
	if (r)
		return r;
	a->read++;
	a->loaded = kith_strndup(path, strlen(path));
	return a->loaded ? KITH_OK : kith_fail_nomem(err);
}

static bool
is_young(const struct asking *a, const struct kith_index_facts *f)
{
	return f->has_published &&
	       a->run->session->now.sec - f->published.sec < a->run->policy.cooldown;
}

static int
read_facts(struct asking *a, const char *path, const struct kith_package *p,
	   struct kith_registry_record *r, struct kith_error *err)
{
	int q = load(a, path, err);

	r->known = r->asked_older = false;
	if (q) /* an index that cannot be read says nothing */
		return q == KITH_E_NOMEM ? q : KITH_OK;
	q = kith_cargo_index_facts(kith_buf_span(&a->file), p->name, p->version, false, &r->facts,
				   err);
	if (!q && is_young(a, &r->facts)) {
		q = kith_cargo_index_facts(kith_buf_span(&a->file), p->name, p->version, true,
					   &r->facts, err);
		r->asked_older = true;
	}
	r->known = !q;
	return q == KITH_E_NOMEM ? q : KITH_OK;
}

static int
look_at(struct asking *a, const char *path, const struct kith_package *p,
	struct kith_registry_record *ret, struct kith_error *err)
{
	struct kith_registry_record r = {.known = false};
	struct kith_fs_stamp stamp;
	bool keyed;
	int q;

	*ret = r;
	if (!kith_fs_stamp(path, &stamp))
		return KITH_OK;
	keyed = a->memory && kith_registry_key(path, p->name, p->version, r.key);
	if (keyed && kith_registry_find(a->memory, r.key, &stamp, ret) &&
	    (!ret->known || ret->asked_older || !is_young(a, &ret->facts)))
		return KITH_OK;
	q = read_facts(a, path, p, &r, err);
	r.stamp = stamp;
	if (!q && keyed)
		q = kith_registry_put(a->memory, &r, err);
	if (!q)
		*ret = r;
	return q;
}

/* --- what follows for a package --- */

static int
contradict(struct asking *a, struct kith_report_row *row, struct kith_error *err)
{
	static const char why[] = "the lock file's checksum is not the registry's";

	if (a->told_differ++ < TOLD)
		kith_app_warn(a->run->session, "%.*s %.*s: %s", KITH_SPAN_FMT(row->package->name),
			      KITH_SPAN_FMT(row->package->version), why);
	row->subject.mismatch = true;
	if (!row->mismatch)
		row->mismatch = kith_arena_str(&a->run->arena, kith_span_str(why));
	return row->mismatch ? KITH_OK : kith_fail_nomem(err);
}

static int
compare_checksum(struct asking *a, struct kith_report_row *row, const struct kith_index_facts *f,
		 struct kith_error *err)
{
	uint8_t locked[sizeof(f->cksum)];

	if (!kith_hex_decode_exact(row->package->checksum, locked, sizeof(locked)))
		return KITH_OK;
	if (memcmp(locked, f->cksum, sizeof(locked)) != 0)
		return contradict(a, row, err);
	row->registry.checksum_agrees = true;
	return KITH_OK;
}

static void
warn_of_lure(struct asking *a, const struct kith_report_row *row)
{
	int64_t days = (a->run->session->now.sec - row->registry.published.sec) / 86400;

	if (a->told_lures++ < TOLD)
		kith_app_warn(a->run->session,
			      "%.*s %.*s is %lld day%s old and all %u older compatible versions "
			      "are yanked: whoever yanked them may want you to take this one",
			      KITH_SPAN_FMT(row->package->name),
			      KITH_SPAN_FMT(row->package->version), (long long)days,
			      days == 1 ? "" : "s", row->registry.older_yanked);
}

static void
take(struct asking *a, struct kith_report_row *row, const struct kith_index_facts *f)
{
	row->registry.known = true;
	row->registry.yanked = row->subject.yanked = f->yanked;
	row->registry.has_published = f->has_published;
	row->registry.published = f->published;
	row->registry.older_yanked = f->older_yanked;
	row->registry.has_first = f->has_first;
	memcpy(row->registry.first, f->first, sizeof(row->registry.first));
	row->registry.lure =
	    is_young(a, f) && f->older && f->older == f->older_yanked && !f->yanked;
	if (f->has_published) {
		row->subject.has_published = true;
		row->subject.published = f->published;
	}
	if (row->registry.lure)
		warn_of_lure(a, row);
}

/* Every index here may contradict the lock; the file that cargo wrote last tells the rest. */
static int
ask(struct asking *a, struct kith_report_row *row, struct kith_error *err)
{
	struct kith_registry_record r, newest = {.known = false};
	size_t n;
	int q = KITH_OK;

	for (n = 0; !q && n < MAX_FILES; n++) {
		KITH_AUTO_FREE char *path = NULL;

		q = kith_cargo_places_index(a->run->places, row->package, n, &path, err);
		if (q || !path)
			break;
		q = look_at(a, path, row->package, &r, err);
		if (q || !r.known)
			continue;
		if (!newest.known || r.stamp.mtime_ns > newest.stamp.mtime_ns)
			newest = r;
		q = compare_checksum(a, row, &r.facts, err);
	}
	if (!q && newest.known)
		take(a, row, &newest.facts);
	return q;
}

static int
open_memory(struct asking *a, char **ret_path, struct kith_error *err)
{
	const struct kith_session *s = a->run->session;

	*ret_path = kith_fs_join(s->dirs.cache, MEMORY_FILE);
	if (!*ret_path)
		return kith_fail_nomem(err);
	return s->has_secret ? kith_registry_open(*ret_path, s->secret, &a->memory, err) : KITH_OK;
}

int
kith_app_ask_registry(struct kith_app_run *run, struct kith_error *err)
{
	KITH_CLEANUP(asking_clear) struct asking a = {.run = run};
	KITH_AUTO_FREE char *path = NULL;
	struct kith_error why;
	size_t i;
	int r;

	kith_buf_init(&a.file, KITH_MAX_INDEX_ENTRY);
	r = open_memory(&a, &path, err);
	for (i = 0; !r && i < run->project->lock->count; i++)
		if (run->rows[i].package->origin == KITH_ORIGIN_REGISTRY)
			r = ask(&a, &run->rows[i], err);
	if (r)
		return r;
	if (a.read)
		kith_app_detail(run->session, "registry: %zu entries of cargo's index read",
				a.read);
	r = a.memory ? kith_registry_save(a.memory, &why) : KITH_OK;
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		kith_app_detail(run->session, "registry's facts are not remembered: %s", why.msg);
	return KITH_OK;
}
