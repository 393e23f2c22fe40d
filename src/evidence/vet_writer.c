/* SPDX-License-Identifier: Apache-2.0 */
/* Headers, values, line breaks and comments as cargo-vet lays them out. */
#include <inttypes.h>

#include "evidence/vet_writer.h"

#define MAX_ARRAY_LINE 80

void
vet_writer_init(struct vet_writer *w, struct kith_buf *out, const char *heading,
		struct kith_error *err)
{
	*w = (struct vet_writer){.out = out, .err = err};
	kith_buf_init(&w->scratch, KITH_MAX_TOML_BYTES);
	kith_arena_init(&w->arena, KITH_MAX_VET_ARENA);
	kith_buf_printf(out, "\n# %s\n", heading);
}

void
vet_writer_clear(struct vet_writer *w)
{
	kith_buf_clear(&w->scratch);
	kith_arena_clear(&w->arena);
}

struct kith_buf *
vet_scratch(struct vet_writer *w)
{
	if (w->scratch.failed)
		w->failed = w->scratch.failed;
	kith_buf_reset(&w->scratch);
	return &w->scratch;
}

int
vet_writer_check(const struct vet_writer *w)
{
	int r = kith_buf_check(&w->scratch, w->err);

	if (!r && w->failed)
		r = kith_fail(w->err, (enum kith_code)w->failed, "%s", kith_code_text(w->failed));
	return r ? r : kith_buf_check(w->out, w->err);
}

struct vet_path
vet_path(const struct vet_path *parent, struct kith_span key)
{
	struct vet_path p = {.n = 0};

	if (parent)
		p = *parent;
	if (p.n < VET_MAX_PATH)
		p.keys[p.n++] = key;
	return p;
}

void
vet_put_header(struct vet_writer *w, bool array, const struct vet_path *path)
{
	size_t i;

	kith_buf_put_str(w->out, array ? "\n[[" : "\n[");
	for (i = 0; i < path->n; i++) {
		if (i)
			kith_buf_put_char(w->out, '.');
		kith_toml_put_key(w->out, path->keys[i]);
	}
	kith_buf_put_str(w->out, array ? "]]\n" : "]\n");
}

void
vet_put_string(struct vet_writer *w, const char *key, struct kith_span s)
{
	kith_buf_printf(w->out, "%s = ", key);
	kith_toml_put_string(w->out, s);
	kith_buf_put_char(w->out, '\n');
}

void
vet_put_text(struct vet_writer *w, const char *key, struct kith_span s)
{
	if (s.ptr)
		vet_put_string(w, key, s);
}

void
vet_put_boolean(struct vet_writer *w, const char *key, bool b)
{
	kith_buf_printf(w->out, "%s = %s\n", key, b ? "true" : "false");
}

void
kith_vet_put_date(struct kith_buf *out, int32_t days)
{
	kith_time_put_date(out, (struct kith_time){.sec = (int64_t)days * 86400});
}

void
vet_put_day(struct vet_writer *w, const char *key, int32_t days)
{
	kith_buf_printf(w->out, "%s = \"", key);
	kith_vet_put_date(w->out, days);
	kith_buf_put_str(w->out, "\"\n");
}

void
vet_put_version(struct vet_writer *w, const char *key, const struct kith_vet_version *v)
{
	kith_buf_printf(w->out, "%s = \"", key);
	kith_vet_version_put(w->out, v);
	kith_buf_put_str(w->out, "\"\n");
}

size_t
vet_scalars(struct kith_span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.len; i++)
		n += (s.ptr[i] & 0xc0) != 0x80;
	return n;
}

void
vet_put_inline_list(struct kith_buf *out, const struct kith_vet_list *l, bool array)
{
	size_t i;

	if (l->count == 1 && !array) {
		kith_toml_put_string(out, l->items[0]);
		return;
	}
	kith_buf_put_char(out, '[');
	for (i = 0; i < l->count; i++) {
		if (i)
			kith_buf_put_str(out, ", ");
		kith_toml_put_string(out, l->items[i]);
	}
	kith_buf_put_char(out, ']');
}

void
vet_put_list(struct vet_writer *w, struct kith_span key, const struct kith_vet_list *l, bool array)
{
	bool is_array = array || l->count != 1;
	size_t i;

	kith_toml_put_key(w->out, key);
	kith_buf_put_str(w->out, " = ");
	vet_put_inline_list(vet_scratch(w), l, array);
	if (!is_array ||
	    vet_scalars(key) + 3 + vet_scalars(kith_buf_span(&w->scratch)) <= MAX_ARRAY_LINE) {
		kith_buf_put_span(w->out, kith_buf_span(&w->scratch));
		kith_buf_put_char(w->out, '\n');
		return;
	}
	kith_buf_put_char(w->out, '[');
	for (i = 0; i < l->count; i++) {
		kith_buf_put_str(w->out, "\n    ");
		kith_toml_put_string(w->out, l->items[i]);
		kith_buf_put_char(w->out, ',');
	}
	kith_buf_put_str(w->out, "\n]\n");
}

void
vet_put_list_if(struct vet_writer *w, const char *key, const struct kith_vet_list *l)
{
	if (l->count)
		vet_put_list(w, kith_span_str(key), l, false);
}

/* --- whom a number means --- */

static int
cmp_user(const void *pa, const void *pb)
{
	const struct vet_user *a = pa, *b = pb;
	int c = vet_cmp_number(a->user, b->user);

	return c ? c : vet_cmp_number(a->rank, b->rank);
}

static size_t
count_publishers(const struct kith_vet_imports *imports)
{
	size_t i, n = 0;

	for (i = 0; i < imports->publishers.count; i++)
		n += imports->publishers.items[i].count;
	return n;
}

int
vet_writer_users(struct vet_writer *w, const struct kith_vet_imports *imports)
{
	size_t i, k, n = 0;

	w->users = kith_arena_array(&w->arena, count_publishers(imports) + 1, sizeof(*w->users));
	if (!w->users)
		return kith_fail_nomem(w->err);
	for (i = 0; i < imports->publishers.count; i++) {
		const struct kith_vet_publisher *list = imports->publishers.items[i].items;

		for (k = 0; k < imports->publishers.items[i].count; k++) {
			if (!list[k].source.is_user)
				continue;
			w->users[n] = (struct vet_user){list[k].source.user, n, &list[k]};
			n++;
		}
	}
	if (n)
		qsort(w->users, n, sizeof(*w->users), cmp_user);
	w->n_users = n;
	return KITH_OK;
}

static const struct kith_vet_publisher *
find_user(const struct vet_writer *w, uint64_t user)
{
	size_t low = 0, high = w->n_users, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (w->users[mid].user < user)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->n_users && w->users[low].user == user ? w->users[low].publisher : NULL;
}

void
vet_put_source(struct vet_writer *w, const struct kith_vet_source *s, bool comment)
{
	const struct kith_vet_publisher *p;

	if (!s->is_user) {
		vet_put_string(w, "trusted-publisher", s->publisher);
		return;
	}
	kith_buf_printf(w->out, "user-id = %" PRIu64, s->user);
	p = comment ? find_user(w, s->user) : NULL;
	if (p && p->name.ptr) {
		kith_buf_put_str(w->out, " # ");
		kith_buf_put_span(w->out, p->name);
		kith_buf_put_str(w->out, " (");
		kith_buf_put_span(w->out, p->login);
		kith_buf_put_char(w->out, ')');
	} else if (p) {
		kith_buf_put_str(w->out, " # ");
		kith_buf_put_span(w->out, p->login);
	}
	kith_buf_put_char(w->out, '\n');
}

/* --- order --- */

int
vet_cmp_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int
vet_cmp_text(struct kith_span a, struct kith_span b)
{
	if (!a.ptr || !b.ptr)
		return (a.ptr != NULL) - (b.ptr != NULL);
	return kith_span_cmp(a, b);
}

int
vet_cmp_list(const struct kith_vet_list *a, const struct kith_vet_list *b)
{
	size_t i;
	int c = 0;

	for (i = 0; i < a->count && i < b->count && !c; i++)
		c = kith_span_cmp(a->items[i], b->items[i]);
	return c ? c : vet_cmp_number(a->count, b->count);
}

int
vet_cmp_source(const struct kith_vet_source *a, const struct kith_vet_source *b)
{
	if (a->is_user != b->is_user)
		return a->is_user ? -1 : 1;
	return a->is_user ? vet_cmp_number(a->user, b->user)
			  : kith_span_cmp(a->publisher, b->publisher);
}

/* Elements of one array: their places are their order. */
int
vet_cmp_place(const void *a, const void *b)
{
	return ((const char *)a > (const char *)b) - ((const char *)a < (const char *)b);
}

int
vet_sorted(struct vet_writer *w, const struct kith_vet_group *g, size_t size,
	   int (*cmp)(const void *, const void *),
	   void (*put)(struct vet_writer *, const struct vet_path *, const void *),
	   const struct vet_path *path)
{
	struct vet_path here = vet_path(path, g->name);
	KITH_AUTO_FREE const void **order = kith_calloc(g->count + 1, sizeof(*order));
	size_t i;

	if (!order)
		return kith_fail_nomem(w->err);
	for (i = 0; i < g->count; i++)
		order[i] = (const char *)g->items + i * size;
	if (g->count)
		qsort(order, g->count, sizeof(*order), cmp);
	for (i = 0; i < g->count; i++) {
		vet_put_header(w, true, &here);
		put(w, &here, order[i]);
	}
	return KITH_OK;
}
