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

struct kith_span
cases_read(const char *path)
{
	struct kith_buf b;
	struct kith_error err;
	size_t len;
	uint8_t *bytes;

	kith_buf_init(&b, KITH_MIB(512));
	if (kith_fs_read(path, &b, &err) || !(bytes = kith_buf_take(&b, &len))) {
		fprintf(stderr, "cases: %s\n", err.msg);
		exit(2);
	}
	return kith_span(bytes, len);
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
