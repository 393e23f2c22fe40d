/* SPDX-License-Identifier: Apache-2.0 */
/* Reads `.wot` text (wot_read.h). Prints nothing. */
#include "cases/wot_read.h"

#define MAX_WORDS ((size_t)4096)
#define MAX_ITEMS ((size_t)2000000)

void
wot_init(struct wot *w)
{
	static const uint64_t cost[KITH_LEVEL_COUNT] = {21, 21, 5, 1, 0};

	memset(w, 0, sizeof(*w));
	kith_arena_init(&w->arena, KITH_MIB(64));
	kith_map_init(&w->names, NULL);
	w->threshold = 1;
	w->now = WOT_FAR;
	w->crev_max = 20;
	memcpy(w->crev_cost, cost, sizeof(cost));
	w->budget = 12;
	w->high = 1;
	w->medium = 2;
	w->low = 4;
	w->pin = true;
}

static void
free_named(struct wot_named *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(list[i].ids.at);
	free(list);
}

void
wot_clear(struct wot *w)
{
	size_t i;

	for (i = 0; i < w->n_statements; i++)
		free(w->statements[i].over.at);
	for (i = 0; i < w->n_reviews; i++)
		free(w->reviews[i].over.at);
	free_named(w->actors, w->n_actors);
	free_named(w->publishers, w->n_publishers);
	free(w->statements);
	free(w->reviews);
	free(w->caps);
	free(w->expects);
	free(w->order.at);
	free(w->roots.at);
	kith_map_clear(&w->names);
	kith_arena_clear(&w->arena);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* One word from *pos on; quotes may stand anywhere in it. */
static int
take_word(struct kith_span line, size_t *pos, uint8_t *out, size_t *ret_len, struct kith_error *err)
{
	bool quoted = false;
	size_t i = *pos, n = 0;

	for (; i < line.len && (quoted || (!is_blank(line.ptr[i]) && line.ptr[i] != '#')); i++) {
		if (line.ptr[i] == '"')
			quoted = !quoted;
		else
			out[n++] = line.ptr[i];
	}
	if (quoted)
		return kith_fail(err, KITH_E_FORMAT, "quote without end");
	*pos = i;
	*ret_len = n;
	return KITH_OK;
}

int
wot_split(struct kith_span line, struct kith_arena *arena, struct kith_span **ret_words,
	  size_t *ret_n, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_span *words = NULL;
	uint8_t *out = kith_arena_alloc(arena, line.len);
	size_t i = 0, n = 0, cap = 0, len = 0;
	int r;

	if (!out)
		return kith_fail_nomem(err);
	for (;;) {
		while (i < line.len && is_blank(line.ptr[i]))
			i++;
		if (i == line.len || line.ptr[i] == '#')
			break;
		r = kith_grow(&words, &cap, n + 1, sizeof(*words), MAX_WORDS, "words in a line",
			      err);
		if (r == KITH_OK)
			r = take_word(line, &i, out, &len, err);
		if (r)
			return r;
		words[n++] = kith_span(out, len);
		out += len;
	}
	*ret_words = kith_arena_array(arena, n, sizeof(*words));
	if (!*ret_words)
		return kith_fail_nomem(err);
	if (n)
		memcpy(*ret_words, words, n * sizeof(*words));
	*ret_n = n;
	return KITH_OK;
}

int
wot_name(struct wot *w, struct kith_span name, uint32_t *ret_index, struct kith_error *err)
{
	struct kith_span copy;
	size_t value;
	int r;

	if (name.len == 0)
		return kith_fail(err, KITH_E_FORMAT, "empty name");
	if (!kith_map_get(&w->names, name, &value)) {
		if (w->names.count >= MAX_ITEMS || !kith_arena_copy(&w->arena, name, &copy))
			return kith_fail(err, KITH_E_LIMIT, "too many names");
		r = kith_map_add(&w->names, copy, w->names.count, &value, NULL, err);
		if (r)
			return r;
	}
	*ret_index = (uint32_t)value;
	return KITH_OK;
}

static int
list_add(struct wot *w, struct wot_list *list, struct kith_span name, struct kith_error *err)
{
	int r = kith_grow(&list->at, &list->cap, list->n + 1, sizeof(*list->at), MAX_ITEMS, "names",
			  err);

	if (r == KITH_OK)
		r = wot_name(w, name, &list->at[list->n], err);
	if (r == KITH_OK)
		list->n++;
	return r;
}

static int
list_words(struct wot *w, struct wot_list *list, const struct kith_span *words, size_t n,
	   struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < n && r == KITH_OK; i++)
		r = list_add(w, list, words[i], err);
	return r;
}

static int
list_commas(struct wot *w, struct wot_list *list, struct kith_span word, struct kith_error *err)
{
	struct kith_span piece;
	int r = KITH_OK;

	while (r == KITH_OK && kith_span_next(&word, ',', &piece))
		r = list_add(w, list, piece, err);
	return r;
}

static bool
one_of(struct kith_span word, const char *const *names, unsigned *ret_index)
{
	unsigned i;

	for (i = 0; names[i]; i++) {
		if (kith_span_is(word, names[i])) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

bool
wot_level(struct kith_span word, enum kith_level *ret_level)
{
	static const char *const names[] = {"distrust", "none", "low", "medium", "high", NULL};
	unsigned i;

	if (!one_of(word, names, &i))
		return false;
	*ret_level = (enum kith_level)i;
	return true;
}

/* ISO days count from the year 1, so that they lie behind any small number. */
bool
wot_date(struct kith_span word, int64_t *ret_days)
{
	struct kith_time t;
	uint64_t n;

	if (kith_span_u64(word, &n) && n <= WOT_FAR) {
		*ret_days = (int64_t)n;
		return true;
	}
	if (!kith_time_parse_date(word, &t))
		return false;
	*ret_days = t.sec / 86400 - kith_days_from_civil(1, 1, 1) + 1;
	return true;
}

static int
bad_word(struct kith_span word, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "unexpected '%.*s'", KITH_SPAN_FMT(word));
}

/* Whether w has such a parameter with such a value. */
static bool
set_param(struct wot *w, bool crev, struct kith_span key, uint64_t value)
{
	static const char *const crevs[] = {"distrust", "none", "low", "medium", "high", NULL};
	static const char *const natives[] = {"budget", "high", "medium", "low", NULL};
	uint64_t *native[] = {&w->budget, &w->high, &w->medium, &w->low};
	unsigned k;

	if (crev && kith_span_is(key, "max"))
		w->crev_max = value;
	else if (crev && one_of(key, crevs, &k))
		w->crev_cost[k] = value;
	else if (!crev && one_of(key, natives, &k))
		*native[k] = value;
	else if (!crev && kith_span_is(key, "pin"))
		w->pin = value != 0;
	else
		return false;
	return true;
}

static int
param(struct wot *w, const struct kith_span *words, size_t n, struct kith_error *err)
{
	bool crev = n && kith_span_is(words[0], "crev");
	uint64_t value;
	size_t i;

	if (!n || (!crev && !kith_span_is(words[0], "native")))
		return kith_fail(err, KITH_E_FORMAT, "param crev or native");
	for (i = 1; i < n; i++) {
		struct kith_span rest = words[i], key;

		if (!kith_span_next(&rest, '=', &key))
			return bad_word(words[i], err);
		if (!crev && kith_span_is(key, "veto"))
			w->veto_root = kith_span_is(rest, "root");
		else if (!kith_span_u64(rest, &value) || !set_param(w, crev, key, value))
			return bad_word(words[i], err);
	}
	return KITH_OK;
}

static int
statement_options(struct wot *w, struct wot_statement *s, const struct kith_span *words, size_t n,
		  struct kith_error *err)
{
	static const char *const reach[] = {"reviews", "introduce", "delegate", NULL};
	size_t i;
	int r;

	if (n % 2)
		return bad_word(words[n - 1], err);
	for (i = 0; i < n; i += 2) {
		bool ok = true;

		if (kith_span_is(words[i], "override")) {
			if ((r = list_commas(w, &s->over, words[i + 1], err)))
				return r;
		} else if (kith_span_is(words[i], "at")) {
			ok = wot_date(words[i + 1], &s->at);
		} else if (kith_span_is(words[i], "until")) {
			ok = s->has_until = wot_date(words[i + 1], &s->until);
		} else if (kith_span_is(words[i], "scope")) {
			s->scope = words[i + 1];
		} else if (kith_span_is(words[i], "reach")) {
			ok = one_of(words[i + 1], reach, &s->reach);
		} else {
			return bad_word(words[i], err);
		}
		if (!ok)
			return bad_word(words[i + 1], err);
	}
	return KITH_OK;
}

static int
statement(struct wot *w, const struct kith_span *words, size_t n, bool trust,
	  struct kith_error *err)
{
	struct wot_statement *s;
	size_t k = trust ? 3 : 2;
	int r;

	if (n < k)
		return kith_fail(err, KITH_E_FORMAT, "incomplete statement");
	r = kith_grow(&w->statements, &w->cap_statements, w->n_statements + 1,
		      sizeof(*w->statements), MAX_ITEMS, "statements", err);
	if (r)
		return r;
	s = &w->statements[w->n_statements++];
	*s = (struct wot_statement){.reach = 2};
	r = wot_name(w, words[0], &s->from, err);
	if (r == KITH_OK)
		r = wot_name(w, words[1], &s->to, err);
	if (r == KITH_OK && trust && (!wot_level(words[2], &s->level) || !s->level))
		r = bad_word(words[2], err);
	return r ? r : statement_options(w, s, words + k, n - k, err);
}

static int
review_option(struct wot *w, struct wot_review *v, struct kith_span key, struct kith_span value,
	      struct kith_error *err)
{
	bool ok;

	if (kith_span_is(key, "override"))
		return list_commas(w, &v->over, value, err);
	if (kith_span_is(key, "at"))
		ok = wot_date(value, &v->at);
	else if (kith_span_is(key, "digest"))
		ok = kith_span_u64(value, &v->digest);
	else if (kith_span_is(key, "thoroughness"))
		ok = wot_level(value, &v->thoroughness);
	else if (kith_span_is(key, "understanding"))
		ok = wot_level(value, &v->understanding);
	else
		return bad_word(key, err);
	return ok ? KITH_OK : bad_word(value, err);
}

static int
review(struct wot *w, const struct kith_span *words, size_t n, struct kith_error *err)
{
	static const char *const ratings[] = {"negative", "neutral", "positive", "strong", NULL};
	struct wot_review *v;
	unsigned rating;
	size_t i;
	int r;

	if (n < 3 || !one_of(words[2], ratings, &rating))
		return kith_fail(err, KITH_E_FORMAT, "incomplete review");
	r = kith_grow(&w->reviews, &w->cap_reviews, w->n_reviews + 1, sizeof(*w->reviews),
		      MAX_ITEMS, "reviews", err);
	if (r)
		return r;
	v = &w->reviews[w->n_reviews++];
	*v = (struct wot_review){.package = words[1],
				 .rating = (enum kith_rating)rating,
				 .thoroughness = KITH_LEVEL_LOW,
				 .understanding = KITH_LEVEL_LOW,
				 .digest = 1};
	r = wot_name(w, words[0], &v->author, err);
	for (i = 3; i < n && r == KITH_OK; i += 2) {
		if (kith_span_is(words[i], "llm")) {
			v->llm = true;
			i--;
		} else if (i + 1 == n) {
			r = bad_word(words[i], err);
		} else {
			r = review_option(w, v, words[i], words[i + 1], err);
		}
	}
	return r;
}

static int
named(struct wot *w, struct wot_named **list, size_t *count, size_t *cap,
      const struct kith_span *words, size_t n, struct kith_error *err)
{
	int r;

	if (n < 1)
		return kith_fail(err, KITH_E_FORMAT, "name is missing");
	r = kith_grow(list, cap, *count + 1, sizeof(**list), MAX_ITEMS, "groups", err);
	if (r)
		return r;
	(*list)[*count] = (struct wot_named){.name = words[0]};
	++*count;
	return list_words(w, &(*list)[*count - 1].ids, words + 1, n - 1, err);
}

static int
roots(struct wot *w, const struct kith_span *words, size_t n, struct kith_error *err)
{
	size_t i;
	uint64_t k;

	for (i = 0; i < n && !kith_span_is(words[i], "threshold"); i++)
		;
	if (i < n) {
		if (i + 2 != n || !kith_span_u64(words[i + 1], &k) || k < 1 || k > 1000)
			return kith_fail(err, KITH_E_FORMAT, "threshold N");
		w->threshold = (unsigned)k;
	}
	w->roots.n = 0;
	return list_words(w, &w->roots, words, i, err);
}

static int
cap(struct wot *w, const struct kith_span *words, size_t n, struct kith_error *err)
{
	struct wot_cap *c;
	int r = kith_grow(&w->caps, &w->cap_caps, w->n_caps + 1, sizeof(*w->caps), MAX_ITEMS,
			  "caps", err);

	if (r)
		return r;
	c = &w->caps[w->n_caps];
	if (n != 2 || !wot_level(words[1], &c->level))
		return kith_fail(err, KITH_E_FORMAT, "cap ID LEVEL");
	r = wot_name(w, words[0], &c->id, err);
	if (r == KITH_OK)
		w->n_caps++;
	return r;
}

static int
expect(struct wot *w, struct kith_span *words, size_t n, size_t line, struct kith_error *err)
{
	int r = kith_grow(&w->expects, &w->cap_expects, w->n_expects + 1, sizeof(*w->expects),
			  MAX_ITEMS, "expectations", err);

	if (r == KITH_OK && n < 2)
		r = kith_fail(err, KITH_E_FORMAT, "expect what?");
	if (r == KITH_OK)
		w->expects[w->n_expects++] = (struct wot_expect){words, n, line};
	return r;
}

int
wot_line(struct wot *w, struct kith_span *words, size_t n, size_t line, bool *ret_known,
	 struct kith_error *err)
{
	static const char *const kinds[] = {"title",     "order",  "root",     "roots", "now",
					    "param",     "trust",  "distrust", "cap",   "actor",
					    "publisher", "review", "expect",   NULL};
	unsigned kind;

	*ret_known = n && one_of(words[0], kinds, &kind);
	if (!*ret_known)
		return KITH_OK;
	words++;
	n--;
	switch (kind) {
	case 0:
		return KITH_OK;
	case 1:
		return list_words(w, &w->order, words, n, err);
	case 2:
	case 3:
		return roots(w, words, n, err);
	case 4:
		return n == 1 && wot_date(words[0], &w->now)
			   ? KITH_OK
			   : kith_fail(err, KITH_E_FORMAT, "now DATE");
	case 5:
		return param(w, words, n, err);
	case 6:
	case 7:
		return statement(w, words, n, kind == 6, err);
	case 8:
		return cap(w, words, n, err);
	case 9:
		return named(w, &w->actors, &w->n_actors, &w->cap_actors, words, n, err);
	case 10:
		return named(w, &w->publishers, &w->n_publishers, &w->cap_publishers, words, n,
			     err);
	case 11:
		return review(w, words, n, err);
	default:
		return expect(w, words, n, line, err);
	}
}

int
wot_read(struct wot *w, struct kith_span text, struct kith_error *err)
{
	struct kith_span line, *words;
	size_t number = 0, n;
	bool known = true;
	int r = KITH_OK;

	while (r == KITH_OK && kith_span_next(&text, '\n', &line)) {
		number++;
		r = wot_split(line, &w->arena, &words, &n, err);
		if (r == KITH_OK && n)
			r = wot_line(w, words, n, number, &known, err);
		if (r == KITH_OK && n && !known)
			r = bad_word(words[0], err);
	}
	return r ? kith_context(err, r, "line %zu", number) : KITH_OK;
}

static int
cmp_entry(const void *pa, const void *pb)
{
	const struct kith_map_entry *a = pa, *b = pb;

	return kith_span_cmp(a->key, b->key);
}

struct kith_id *
wot_keys(struct wot *w, bool by_order)
{
	size_t n = w->names.count, i, k;
	uint32_t rank = 0;
	struct kith_id *keys = kith_arena_array(&w->arena, n, sizeof(*keys));
	struct kith_map_entry *sorted = kith_arena_array(&w->arena, n, sizeof(*sorted));
	uint32_t *ranks = kith_arena_array(&w->arena, n, sizeof(*ranks));

	if (!keys || !sorted || !ranks)
		return NULL;
	if (n) {
		memcpy(sorted, w->names.entries, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), cmp_entry);
	}
	for (i = 0; by_order && i < w->order.n; i++)
		if (!ranks[w->order.at[i]])
			ranks[w->order.at[i]] = ++rank;
	for (i = 0; i < n; i++)
		if (!ranks[sorted[i].value])
			ranks[sorted[i].value] = ++rank;
	for (i = 0; i < n; i++)
		for (k = 0; k < 4; k++)
			keys[i].bytes[k] = (uint8_t)(ranks[i] >> (24 - 8 * k));
	return keys;
}
