/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatches to the kinds of cases; shared bits of their output. */
#include <stdarg.h>

#include "cases/cases.h"

struct kind {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
};

static const struct kind kinds[] = {
#define KIND(function, name, usage) {name, function, usage},
#include "cases/kinds.def"
#undef KIND
    {NULL, NULL, NULL}};

void
cases_result(struct cases_tally *t, bool pass, const char *name, const char *why_fmt, ...)
{
	va_list ap;

	if (pass) {
		t->passed++;
		printf("PASS %s\n", name);
		return;
	}
	t->failed++;
	printf("FAIL %s: ", name);
	va_start(ap, why_fmt);
	vprintf(why_fmt, ap);
	va_end(ap);
	putchar('\n');
}

int
cases_end(const struct cases_tally *t)
{
	printf("%zu passed, %zu failed\n", t->passed, t->failed);
	return t->failed || !t->passed;
}

/* What was read stays reachable until exit: that is the contract, not a leak. */
static struct held {
	struct held *next;
	uint8_t bytes[];
} * held;

struct kith_span
cases_read(const char *path)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	struct held *h;
	int r;

	kith_buf_init(&b, KITH_MIB(512));
	r = kith_fs_read(path, &b, &err);
	h = r ? NULL : malloc(sizeof(*h) + b.len);
	if (!h) {
		fprintf(stderr, "cases: %s\n", r ? err.msg : "out of memory");
		exit(2);
	}
	h->next = held;
	held = h;
	if (b.len)
		memcpy(h->bytes, b.ptr, b.len);
	return kith_span(h->bytes, b.len);
}

int
main(int argc, char **argv)
{
	const struct kind *k;

	for (k = kinds; argc >= 2 && k->name; k++)
		if (strcmp(argv[1], k->name) == 0)
			return k->run(argc - 2, argv + 2);
	if (argc >= 2)
		fprintf(stderr, "cases: unknown kind '%s'\n", argv[1]);
	fputs("usage: ./dev cases KIND ARGUMENT...\n", stderr);
	for (k = kinds; k->name; k++)
		fprintf(stderr, "  %-12s %s\n", k->name, k->usage);
	return 2;
}
