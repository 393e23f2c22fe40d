/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith doctor: every mirror's head is read whole (each object is checked against its name on the
 * way), and its journal. With --deep also every head that was ever in force.
 */
#include "app/doctor.h"
#include "store/journal.h"

#define SHOWN 20U

struct reading {
	struct kith_doctor *d;
	struct kith_mirror *items; /* borrowed parts, heads of their own */
	const struct kith_mirror **of;
	size_t n, cap, cap_of, files, bad;
	size_t broken; /* files of the repository that is read */
};

static void
reading_clear(struct reading *rd)
{
	free(rd->items);
	free(rd->of);
}

static int
damaged(struct kith_doctor *d, const struct kith_mirror *m, const char *what,
	struct kith_error *err)
{
	char remedy[600];

	snprintf(remedy, sizeof(remedy), "remove '%.400s' and fetch again; its journal stays",
		 m->path);
	return kith_doctor_found(d, KITH_DOCTOR_INTEGRITY, m->own ? "git fsck there" : remedy, err,
				 "%s: %s", m->source.location ? m->source.location : m->path, what);
}

static const char *
which_files(void *ctx, size_t item)
{
	return kith_source_names(&((struct reading *)ctx)->items[item].source);
}

static int
file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	(void)item;
	(void)path;
	(void)bytes;
	(void)err;
	((struct reading *)ctx)->files++;
	return KITH_OK;
}

static int
skip(void *ctx, size_t item, struct kith_span path, enum kith_git_skip why, struct kith_error *err)
{
	(void)item;
	(void)path;
	(void)err;
	((struct reading *)ctx)->broken += why == KITH_GIT_SKIP_BROKEN;
	return KITH_OK;
}

static int
end(void *ctx, size_t item, const struct kith_git_end *e, const struct kith_error *failure,
    struct kith_error *err)
{
	struct reading *rd = ctx;
	const struct kith_mirror *m = &rd->items[item];
	bool old = strcmp(m->head, rd->of[item]->head) != 0;
	char what[400] = "";

	(void)e;
	if (failure)
		snprintf(what, sizeof(what), "%s %.12s cannot be read: %.300s",
			 old ? "an earlier head" : "its head", m->head, failure->msg);
	else if (rd->broken)
		snprintf(what, sizeof(what), "%zu object%s of %.12s %s missing or damaged",
			 rd->broken, rd->broken == 1 ? "" : "s", m->head,
			 rd->broken == 1 ? "is" : "are");
	rd->broken = 0;
	if (!what[0] || rd->bad++ >= SHOWN)
		return KITH_OK;
	return damaged(rd->d, m, what, err);
}

static int
add(struct reading *rd, const struct kith_mirror *m, const char *head, struct kith_error *err)
{
	int r = kith_grow(&rd->items, &rd->cap, rd->n + 1, sizeof(*rd->items), UINT32_MAX, "heads",
			  err);

	if (!r)
		r = kith_grow(&rd->of, &rd->cap_of, rd->n + 1, sizeof(const struct kith_mirror *),
			      UINT32_MAX, "heads", err);
	if (r)
		return r;
	rd->items[rd->n] = *m;
	memcpy(rd->items[rd->n].head, head, sizeof(rd->items[rd->n].head));
	rd->of[rd->n++] = m;
	return KITH_OK;
}

static int
look_at_journal(struct reading *rd, const struct kith_mirror *m, struct kith_error *err)
{
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	struct kith_error why;
	size_t i;
	int r = kith_journal_read(&rd->d->session->dirs, m->source.slug, &j, &why);

	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		return kith_doctor_found(rd->d, KITH_DOCTOR_INTEGRITY,
					 "move the journal away: what is there now becomes the "
					 "baseline",
					 err, "%s", why.msg);
	if (m->success && m->head[0] && !j.n_heads)
		return kith_doctor_found(rd->d, KITH_DOCTOR_WARNING, NULL, err,
					 "%s: its journal is gone: what was there counts as seen "
					 "from the first",
					 m->source.location);
	for (i = 0, r = KITH_OK; !r && rd->d->o->deep && i < j.n_heads; i++)
		if (strcmp(j.heads[i].head, m->head) != 0)
			r = add(rd, m, j.heads[i].head, err);
	return r;
}

static int
gather(struct reading *rd, struct kith_error *err)
{
	const struct kith_mirrors *all = &rd->d->mirrors;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < all->count; i++) {
		const struct kith_mirror *m = &all->items[i];

		if (m->damaged) {
			rd->bad++;
			r = damaged(rd->d, m, "what is known about it cannot be read", err);
			continue;
		}
		if (!m->head[0])
			continue;
		r = add(rd, m, m->head, err);
		if (!r && !m->own)
			r = look_at_journal(rd, m, err);
	}
	return r;
}

int
kith_doctor_mirrors(struct kith_doctor *d, struct kith_error *err)
{
	KITH_CLEANUP(reading_clear) struct reading rd = {.d = d};
	const struct kith_store_read_calls calls = {
	    .ctx = &rd, .names = which_files, .file = file, .skip = skip, .end = end};
	struct kith_mirrors list;
	int r = gather(&rd, err);

	list = (struct kith_mirrors){rd.items, rd.n};
	if (!r)
		r = kith_store_each_proof_file(&list, d->session->libexec, &calls, err);
	if (!r && rd.bad > SHOWN)
		r = kith_doctor_found(d, KITH_DOCTOR_INTEGRITY, NULL, err, "%zu more are damaged",
				      rd.bad - SHOWN);
	if (r || rd.bad || !rd.n)
		return r;
	return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "%zu head%s with %zu files read",
				 rd.n, rd.n == 1 ? "" : "s", rd.files);
}
