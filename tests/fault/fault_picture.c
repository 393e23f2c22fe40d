/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of every renderer of pictures fails once. */
#include "report/picture.h"
#include "fault/wrap.h"

#define PEOPLE 40

static struct kith_picture_person persons[PEOPLE];
static struct kith_picture_edge edges[3 * PEOPLE];
static char ids[PEOPLE][48];

/* Two columns, lanes in both directions, somebody apart, strangers, two of one name. */
static struct kith_picture
make(void)
{
	struct kith_picture p = {.persons = persons, .n_persons = PEOPLE, .edges = edges};
	uint32_t i;

	for (i = 0; i < PEOPLE; i++) {
		struct kith_picture_person *x = &persons[i];

		snprintf(ids[i], sizeof(ids[i]), "%042u", (unsigned)i);
		x->id = kith_span_str(ids[i]);
		x->name = i % 3 ? KITH_SPAN_LIT("<kim>") : KITH_SPAN_NONE;
		x->url = KITH_SPAN_LIT("https://example.org/a/b");
		x->approve = i % 9 == 8 ? KITH_LEVEL_NONE : KITH_LEVEL_MEDIUM;
		x->object = KITH_LEVEL_MEDIUM;
		x->budget = 100 - i;
		x->root = i == 0;
		x->contested = i % 9 == 8 && i % 2 == 0;
		x->reviews = i;
		edges[p.n_edges++] =
		    (struct kith_picture_edge){i / 4, i, KITH_LEVEL_MEDIUM, true, true, {0, 0}};
		edges[p.n_edges++] = (struct kith_picture_edge){
		    i, PEOPLE - 1 - i, KITH_LEVEL_LOW, true, false, {1, 0}};
		edges[p.n_edges++] = (struct kith_picture_edge){
		    i, i / 2, i % 5 ? KITH_LEVEL_HIGH : KITH_LEVEL_DISTRUST, true, false, {1, 0}};
	}
	return p;
}

static int
render(const struct kith_picture *p, struct kith_error *err)
{
	const struct kith_picture_options o = {.color = true, .width = 70};
	KITH_AUTO_BUF struct kith_buf out;
	int r;

	kith_buf_init(&out, KITH_MAX_PICTURE_BYTES);
	r = kith_report_picture_svg(p, &out, err);
	if (!r)
		r = kith_report_picture_dot(p, &out, err);
	if (!r)
		r = kith_report_picture_json(p, &out, err);
	return r ? r : kith_report_picture_text(p, &o, &out, err);
}

int
main(void)
{
	const struct kith_picture p = make();
	struct kith_error err;
	size_t n;
	int r;

	for (n = 1;; n++) {
		fault_arm(n);
		r = render(&p, &err);
		if (!fault_hit())
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	printf("%zu allocations failed once\n", n - 1);
	return r != KITH_OK || n < 30;
}
