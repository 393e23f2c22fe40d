/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parse rates: KIND FILE... with KIND toml, json, yaml or proofs (the bodies in proof files, one
 * after another). Prints the first time, which pays for fresh memory, and the median of the rest.
 */
#include <time.h>

#include "codec/json.h"
#include "codec/toml.h"
#include "codec/yaml.h"

#define ROUNDS 41

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
parse_toml(struct kith_span text, size_t *ret_units, struct kith_error *err)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;

	*ret_units = 1;
	return kith_toml_parse(text, &doc, err);
}

static int
parse_json(struct kith_span text, size_t *ret_units, struct kith_error *err)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;

	*ret_units = 1;
	return kith_json_parse(text, &doc, err);
}

static int
parse_yaml(struct kith_span text, size_t *ret_units, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_yaml *root;

	*ret_units = 1;
	kith_arena_init(&arena, KITH_MIB(16));
	return kith_yaml_parse(text, &arena, &root, err);
}

/* Every proof has three marker lines: begin, signature, end; the body stands before the second. */
static int
parse_proofs(struct kith_span text, size_t *ret_units, struct kith_error *err)
{
	struct kith_span line;
	const uint8_t *body = NULL;
	size_t markers = 0, unused;
	int r;

	while (kith_span_next(&text, '\n', &line)) {
		if (!kith_span_starts(line, KITH_SPAN_LIT("-----")))
			continue;
		if (markers % 3 == 0)
			body = text.ptr;
		if (markers++ % 3 != 1)
			continue;
		r = parse_yaml(kith_span(body, (size_t)(line.ptr - body)), &unused, err);
		if (r)
			return r;
	}
	*ret_units = markers / 3;
	return KITH_OK;
}

static const struct {
	const char *name;
	int (*parse)(struct kith_span, size_t *, struct kith_error *);
} kinds[] = {
    {"toml", parse_toml}, {"json", parse_json}, {"yaml", parse_yaml}, {"proofs", parse_proofs}};

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
run(size_t kind, const char *path)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	double ms[ROUNDS], start;
	size_t i, units = 0;
	int r;

	kith_buf_init(&b, KITH_MIB(64));
	r = kith_fs_read(path, &b, &err);
	for (i = 0; i < ROUNDS && !r; i++) {
		start = now_ms();
		r = kinds[kind].parse(kith_buf_span(&b), &units, &err);
		ms[i] = now_ms() - start;
	}
	if (r) {
		fprintf(stderr, "%s: %s\n", path, err.msg);
		return 1;
	}
	start = ms[0];
	qsort(ms, ROUNDS, sizeof(ms[0]), compare);
	printf("%-6s %9zu bytes  first %8.3f ms  median %8.3f ms  %7.1f MB/s", kinds[kind].name,
	       b.len, start, ms[ROUNDS / 2], (double)b.len / 1e3 / ms[ROUNDS / 2]);
	if (units > 1)
		printf("  %zu bodies, %.1f us each", units, ms[ROUNDS / 2] * 1e3 / (double)units);
	printf("  %s\n", path);
	return 0;
}

int
main(int argc, char **argv)
{
	size_t kind;
	int i, bad = 0;

	for (kind = 0; argc >= 3 && kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		if (strcmp(argv[1], kinds[kind].name) == 0) {
			for (i = 2; i < argc; i++)
				bad |= run(kind, argv[i]);
			return bad;
		}
	}
	fputs("usage: bench_codec toml|json|yaml|proofs FILE...\n", stderr);
	return 2;
}
