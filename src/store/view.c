/* SPDX-License-Identifier: Apache-2.0 */
/* Answers for the mirrors from a state in memory. Opens nothing. */
#include "store/view.h"

#include "store/meta.h"

static int
copy_string(char **field, struct kith_error *err)
{
	if (!*field)
		return KITH_OK;
	*field = kith_strndup(*field, strlen(*field));
	return *field ? KITH_OK : kith_fail_nomem(err);
}

int
kith_mirror_copy(const struct kith_mirror *m, struct kith_mirror *ret, struct kith_error *err)
{
	struct kith_mirror c = *m;
	char **const fields[] = {&c.source.location, &c.source.inside, &c.source.slug,
				 &c.source.carrier,  &c.path,          &c.error};
	const size_t n = sizeof(fields) / sizeof(fields[0]);
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++)
		r = copy_string(fields[i], err);
	if (r) { /* the rest is still the original's */
		for (k = i - 1; k < n; k++)
			*fields[k] = NULL;
		kith_mirror_clear(&c);
		return r;
	}
	*ret = c;
	return KITH_OK;
}

int
kith_view_mirrors(const struct kith_store_view *view, struct kith_mirrors *ret,
		  struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors m = {NULL, 0};
	int r = KITH_OK;

	m.items = kith_calloc(view->mirrors.count + 1, sizeof(*m.items));
	if (!m.items)
		return kith_fail_nomem(err);
	while (!r && m.count < view->mirrors.count) {
		r = kith_mirror_copy(&view->mirrors.items[m.count], &m.items[m.count], err);
		m.count += !r;
	}
	if (r)
		return r;
	*ret = m;
	m = (struct kith_mirrors){NULL, 0};
	return KITH_OK;
}

/* They are sorted by slug. */
static size_t
find(const struct kith_store_view *view, const char *slug)
{
	size_t low = 0, high = view->mirrors.count, mid;
	int r;

	while (low < high) {
		mid = low + (high - low) / 2;
		r = strcmp(slug, view->mirrors.items[mid].source.slug);
		if (r == 0)
			return mid;
		if (r < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return view->mirrors.count;
}

static int
fill(const struct kith_store_view *view, size_t at, struct kith_journal *j, struct kith_error *err)
{
	const struct kith_mirror *m = &view->mirrors.items[at];
	const bool crev = m->source.evidence == KITH_SOURCE_CREV;
	size_t i, n = crev ? view->n_late : 0;

	j->heads = kith_calloc(n + 1, sizeof(*j->heads));
	j->news = kith_calloc(n + 1, sizeof(*j->news));
	j->gone = kith_calloc(1, sizeof(*j->gone));
	if (!j->heads || !j->news || !j->gone)
		return kith_fail_nomem(err);
	for (i = 0; i < n + 1; i++) {
		struct kith_journal_head *h = &j->heads[i];

		memcpy(h->head, m->head, sizeof(h->head));
		h->compared = true;
		h->time = i ? view->late[i - 1].seen : m->success;
		if (!i)
			continue;
		memcpy(h->old_head, m->head, sizeof(h->old_head));
		h->previous = view->late[i - 1].previous;
		j->news[i - 1] = (struct kith_journal_item){(uint32_t)i, view->late[i - 1].proof};
	}
	j->n_heads = n + 1;
	j->n_news = n;
	/* that there is something; the text says what */
	j->gone[0].head = UINT32_MAX;
	j->n_gone = crev && view->gone[at].len ? 1 : 0;
	return KITH_OK;
}

int
kith_view_journal(const struct kith_store_view *view, const char *slug,
		  struct kith_journal *ret_journal, struct kith_error *err)
{
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	size_t at = find(view, slug);
	int r = at < view->mirrors.count ? fill(view, at, &j, err) : KITH_OK;

	if (r)
		return r;
	*ret_journal = j;
	memset(&j, 0, sizeof(j));
	return KITH_OK;
}

int
kith_view_gone_text(const struct kith_store_view *view, const char *slug, struct kith_buf *out,
		    struct kith_error *err)
{
	size_t at = find(view, slug);

	if (at == view->mirrors.count)
		return KITH_OK;
	if (view->gone[at].len > KITH_MAX_GONE)
		return kith_fail(err, KITH_E_LIMIT, "withdrew more than %zu bytes", KITH_MAX_GONE);
	kith_buf_clear(out);
	kith_buf_init(out, KITH_MAX_GONE);
	kith_buf_put_span(out, view->gone[at]);
	return kith_buf_check(out, err);
}
