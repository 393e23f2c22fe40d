/* SPDX-License-Identifier: Apache-2.0 */
/* Scores what a review says, names it in criteria, and lays reviews out as an audit set. */
#include "codec/base64.h"
#include "evidence/vet_export.h"

/* Every criterion that is not built in, as [criteria] tables, sorted by name. */
static const struct {
	const char *name, *description, *implies;
} tables[] = {
    {"level-high", "Read with high thoroughness and understanding, or nearly so.", "level-medium"},
    {"level-low", "Looked at with low thoroughness or understanding, or more.", "level-none"},
    {"level-medium", "Read with medium thoroughness or understanding, or more.", "level-low"},
    {"level-none", "A crev review that says little of thoroughness and understanding.", NULL},
    {"neutral", "The review is rated neutral: its notes say why.", NULL},
    {"positive", "The review is rated positive, or more.", NULL},
    {"strong", "The review is rated strong.", "positive"},
    {"trust-high", "Whoever made this file trusts the reviewer highly.", "trust-medium"},
    {"trust-low", "Whoever made this file trusts the reviewer a little, or more.", NULL},
    {"trust-medium", "Whoever made this file trusts the reviewer somewhat, or more.", "trust-low"},
    {"unmaintained", "The reviewer says that the crate is not maintained.", NULL}};

#define N_TABLES (sizeof(tables) / sizeof(tables[0]))

static unsigned
score(enum kith_level l)
{
	return l >= KITH_LEVEL_HIGH ? 7 : l == KITH_LEVEL_MEDIUM ? 3 : l == KITH_LEVEL_LOW ? 1 : 0;
}

/* [rating]: neutral, positive, strong */
struct bar {
	unsigned more, run;     /* added to what is asked at all; asked for safe-to-run */
	enum kith_level deploy; /* thoroughness asked for safe-to-deploy */
	const char *name;
};

static const struct bar bars[] = {{3, 6, KITH_LEVEL_HIGH, "neutral"},
				  {1, 4, KITH_LEVEL_MEDIUM, "positive"},
				  {0, 2, KITH_LEVEL_LOW, "strong"}};

static size_t
name_violation(const struct kith_claim *c, struct kith_span *names)
{
	enum kith_level worst = c->n_issues ? KITH_LEVEL_NONE : KITH_LEVEL_MEDIUM;
	size_t i, n = 0;

	for (i = 0; i < c->n_issues; i++)
		if (c->issues[i].severity > worst)
			worst = c->issues[i].severity;
	if (worst == KITH_LEVEL_NONE)
		names[n++] = KITH_SPAN_LIT("level-none");
	if (worst == KITH_LEVEL_LOW)
		names[n++] = KITH_SPAN_LIT("level-low");
	if (worst == KITH_LEVEL_HIGH)
		names[n++] = KITH_SPAN_LIT("safe-to-run");
	if (worst >= KITH_LEVEL_MEDIUM)
		names[n++] = KITH_SPAN_LIT("safe-to-deploy");
	return n;
}

size_t
kith_vet_export_criteria(const struct kith_claim *review, enum kith_level trust,
			 struct kith_span ret_names[KITH_VET_EXPORT_MAX])
{
	static const char *const trusts[] = {"trust-low", "trust-medium", "trust-high"};
	static const unsigned asked[] = {7, 3, 1};
	unsigned quality = score(review->thoroughness) + score(review->understanding);
	const struct bar *b;
	bool run;
	size_t n = 0;

	if (review->rating == KITH_RATING_NEGATIVE)
		return name_violation(review, ret_names);
	b = &bars[review->rating - KITH_RATING_NEUTRAL];
	if (trust < KITH_LEVEL_LOW || quality < asked[trust - KITH_LEVEL_LOW] + b->more)
		return 0;
	ret_names[n++] = kith_span_str(b->name);
	ret_names[n++] = quality >= 14  ? KITH_SPAN_LIT("level-high")
			 : quality >= 6 ? KITH_SPAN_LIT("level-medium")
			 : quality >= 2 ? KITH_SPAN_LIT("level-low")
					: KITH_SPAN_LIT("level-none");
	ret_names[n++] = kith_span_str(trusts[trust - KITH_LEVEL_LOW]);
	run = trust >= KITH_LEVEL_MEDIUM && quality >= b->run;
	if (run && review->understanding >= KITH_LEVEL_MEDIUM && review->thoroughness >= b->deploy)
		ret_names[n++] = KITH_SPAN_LIT("safe-to-deploy");
	if (run)
		ret_names[n++] = KITH_SPAN_LIT("safe-to-run");
	if (review->unmaintained)
		ret_names[n++] = KITH_SPAN_LIT("unmaintained");
	return n;
}

/* --- the set --- */

struct chosen {
	const struct kith_vet_export_review *review;
	struct kith_vet_audit audit;
};

static int
cmp_chosen(const void *pa, const void *pb)
{
	const struct chosen *x = pa, *y = pb;
	const struct kith_claim *a = x->review->claim, *b = y->review->claim;
	int c = kith_span_cmp(a->name, b->name);

	if (!c)
		c = kith_span_cmp(a->version, b->version);
	if (!c)
		c = memcmp(a->author.bytes, b->author.bytes, KITH_ID_BYTES);
	if (!c)
		c = a->has_base - b->has_base;
	if (!c && a->has_base)
		c = kith_span_cmp(a->base_version, b->base_version);
	return c;
}

/* As above, and among those of one author the newest first. */
static int
cmp_newest(const void *pa, const void *pb)
{
	const struct chosen *x = pa, *y = pb;
	const struct kith_claim *a = x->review->claim, *b = y->review->claim;
	int c = cmp_chosen(pa, pb);

	if (!c)
		c = kith_time_cmp(b->date, a->date);
	return c ? c : memcmp(a->proof.bytes, b->proof.bytes, KITH_DIGEST_BYTES);
}

static int
copy(struct kith_arena *arena, const struct kith_buf *b, struct kith_span *ret,
     struct kith_error *err)
{
	int r = kith_buf_check(b, err);

	return r                                               ? r
	       : kith_arena_copy(arena, kith_buf_span(b), ret) ? KITH_OK
							       : kith_fail_nomem(err);
}

/* Whose it is: "REPOSITORY#ID", and the review itself. */
static int
set_origins(const struct kith_vet_export_review *x, struct kith_arena *arena,
	    struct kith_vet_list *ret, struct kith_error *err)
{
	struct kith_span *items = kith_arena_array(arena, 2, sizeof(*items));
	KITH_AUTO_BUF struct kith_buf text;
	char id[KITH_ID_TEXT + 1];
	int r;

	kith_buf_init(&text, KITH_KIB(16));
	if (!items)
		return kith_fail_nomem(err);
	kith_base64_id(id, x->claim->author.bytes);
	kith_buf_put_span(&text, x->repository);
	kith_buf_printf(&text, "%s#%s", x->repository.len ? "" : "crev:id", id);
	r = copy(arena, &text, &items[0], err);
	if (r)
		return r;
	kith_base64_id(id, x->claim->proof.bytes);
	kith_buf_reset(&text);
	kith_buf_printf(&text, "crev:review/%s", id);
	r = copy(arena, &text, &items[1], err);
	*ret = (struct kith_vet_list){items, 2, true};
	return r;
}

static int
set_violation(const struct kith_claim *c, struct kith_arena *arena, struct kith_vet_audit *a,
	      struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text, normal;

	kith_buf_init(&text, KITH_KIB(16));
	kith_buf_init(&normal, KITH_KIB(16));
	kith_buf_put_char(&text, '=');
	kith_buf_put_span(&text, c->version);
	if (kith_buf_check(&text, err))
		return KITH_E_NOMEM;
	if (!kith_vet_put_requirement(&normal, kith_buf_span(&text)))
		return kith_fail(err, KITH_E_INTERNAL, "no requirement: %s", kith_buf_str(&text));
	a->kind = KITH_VET_VIOLATION;
	return copy(arena, &normal, &a->violation, err);
}

static int
set_criteria(const struct kith_span *names, size_t n, struct kith_arena *arena,
	     struct kith_vet_list *ret, struct kith_error *err)
{
	struct kith_span *items = kith_arena_array(arena, n, sizeof(*items));

	if (!items)
		return kith_fail_nomem(err);
	memcpy(items, names, n * sizeof(*items));
	*ret = (struct kith_vet_list){items, n, true};
	return KITH_OK;
}

/* Fills the audit of a review; *ret_is false: it makes none. */
static int
make_audit(const struct kith_vet_export_review *x, struct kith_arena *arena,
	   struct kith_vet_audit *a, bool *ret_is, bool *ret_nameless, struct kith_error *err)
{
	const struct kith_claim *c = x->claim;
	struct kith_span names[KITH_VET_EXPORT_MAX];
	size_t n = kith_vet_export_criteria(c, x->trust, names);
	int r;

	*ret_is = false;
	*ret_nameless = !kith_vet_version_parse(c->version, &a->to) ||
			(c->has_base && !kith_vet_version_parse(c->base_version, &a->from));
	if (!n || *ret_nameless)
		return KITH_OK;
	*ret_is = true;
	a->kind = c->has_base ? KITH_VET_DELTA : KITH_VET_FULL;
	a->importable = true;
	a->notes = kith_span_trim_unicode(c->comment);
	if (!a->notes.len)
		a->notes = KITH_SPAN_NONE;
	if (x->who.len)
		a->who = (struct kith_vet_list){&x->who, 1, true};
	r = set_criteria(names, n, arena, &a->criteria, err);
	if (!r && c->rating == KITH_RATING_NEGATIVE)
		r = set_violation(c, arena, a, err);
	return r ? r : set_origins(x, arena, &a->origins, err);
}

static int
put_criteria(struct kith_arena *arena, struct kith_vet_set *s, struct kith_error *err)
{
	struct kith_span *implied = kith_arena_array(arena, N_TABLES, sizeof(*implied));
	size_t i;

	s->criteria = kith_arena_array(arena, N_TABLES, sizeof(*s->criteria));
	if (!s->criteria || !implied)
		return kith_fail_nomem(err);
	for (i = 0; i < N_TABLES; i++) {
		implied[i] = kith_span_str(tables[i].implies);
		s->criteria[i] = (struct kith_vet_criterion){
		    .name = kith_span_str(tables[i].name),
		    .description = kith_span_str(tables[i].description),
		    .implies = {&implied[i], tables[i].implies ? 1 : 0, true}};
	}
	s->n_criteria = N_TABLES;
	return KITH_OK;
}

/* Sorted audits into groups of one name. */
static int
group(const struct chosen *list, size_t n, struct kith_arena *arena, struct kith_vet_set *s,
      struct kith_error *err)
{
	struct kith_vet_group *groups = kith_arena_array(arena, n + 1, sizeof(*groups));
	struct kith_vet_audit *audits = kith_arena_array(arena, n + 1, sizeof(*audits));
	size_t i;

	if (!groups || !audits)
		return kith_fail_nomem(err);
	s->audits.items = groups;
	for (i = 0; i < n; i++) {
		struct kith_span name = list[i].review->claim->name;
		struct kith_vet_group *last = s->audits.count ? &groups[s->audits.count - 1] : NULL;

		audits[i] = list[i].audit;
		if (last && kith_span_eq(last->name, name))
			last->count++;
		else
			groups[s->audits.count++] = (struct kith_vet_group){name, &audits[i], 1, 0};
	}
	return KITH_OK;
}

int
kith_vet_export(const struct kith_vet_export_review *reviews, size_t n, struct kith_arena *arena,
		struct kith_vet_set *ret_set, size_t *ret_left_out, struct kith_error *err)
{
	KITH_AUTO_FREE struct chosen *list = kith_calloc(n + 1, sizeof(*list));
	struct kith_vet_set s = {.n_criteria = 0};
	size_t i, kept = 0, left_out = 0;
	bool is, nameless;
	int r;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		list[i].review = &reviews[i];
	if (n)
		qsort(list, n, sizeof(*list), cmp_newest);
	r = put_criteria(arena, &s, err);
	for (i = 0; i < n && !r; i++) {
		/* compared with the one before it in the order, kept or not */
		bool older = i && cmp_chosen(&list[i - 1], &list[i]) == 0;
		struct chosen c = {.review = list[i].review};

		if (older)
			continue;
		r = make_audit(c.review, arena, &c.audit, &is, &nameless, err);
		left_out += nameless;
		if (!r && is)
			list[kept++] = c;
	}
	if (!r)
		r = group(list, kept, arena, &s, err);
	if (r)
		return r;
	*ret_set = s;
	*ret_left_out = left_out;
	return KITH_OK;
}
