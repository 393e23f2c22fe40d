/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_bytes [--recheck] CACHE DATA < LIST: lines "PATH CHECKSUM NAME VERSION" (tabs; "-": none)
 * in; lines "NAME VERSION RESULT NATIVE CREV WHY" out; on stderr how many archives were read.
 */
#include "codec/base64.h"
#include "store/bytes.h"

static const char *const results[] = {"unreadable", "matches", "mismatch", "unchecked"};

static void
say(void *ctx, const char *text)
{
	(void)ctx;
	fprintf(stderr, "note: %s\n", text);
}

static struct kith_span
field(struct kith_span *line)
{
	struct kith_span s = KITH_SPAN_NONE;

	kith_span_next(line, '\t', &s);
	return kith_span_is(s, "-") ? KITH_SPAN_NONE : s;
}

static void
print_digest(bool have, const struct kith_digest *d)
{
	struct kith_buf b;

	kith_buf_init(&b, 128);
	if (have)
		kith_base64_put(&b, d->bytes, sizeof(d->bytes));
	printf("\t%s", have ? kith_buf_str(&b) : "-");
	kith_buf_clear(&b);
}

static void
print_answer(const struct kith_bytes_want *w, const struct kith_bytes_answer *a)
{
	printf("%.*s\t%.*s\t%s", KITH_SPAN_FMT(w->name), KITH_SPAN_FMT(w->version),
	       results[a->result]);
	print_digest(a->has_digests, &a->native);
	print_digest(a->has_digests, &a->crev);
	printf("\t%s\n", a->why[0] ? a->why : "-");
}

int
main(int argc, char **argv)
{
	bool recheck = argc == 4 && strcmp(argv[1], "--recheck") == 0;
	struct kith_helper_options helper = {.dir = KITH_BUILD_DIR};
	struct kith_bytes_options options = {.note = say, .recheck = recheck, .helper = &helper};
	struct kith_bytes_totals totals = {0, 0};
	struct kith_bytes_want *wants = NULL;
	struct kith_bytes_answer *answers = NULL;
	struct kith_span rest, line, f;
	struct kith_error err = {.code = KITH_OK};
	struct kith_buf in;
	uint8_t *room;
	size_t n = 0, cap = 0, i;
	int r;

	if (argc != 3 + recheck)
		return 2;
	options.cache_dir = argv[argc - 2];
	options.data_dir = argv[argc - 1];
	kith_buf_init(&in, KITH_MIB(64));
	while ((room = kith_buf_room(&in, 4096)) && (n = fread(room, 1, 4096, stdin)) > 0)
		kith_buf_added(&in, n);
	r = kith_crypto_init(&err);
	rest = kith_buf_span(&in);
	for (n = 0; !r && kith_span_next(&rest, '\n', &line) && line.len; n++) {
		r = kith_grow(&wants, &cap, n + 1, sizeof(*wants), 1000000, "lines", &err);
		if (r)
			break;
		f = field(&line);
		wants[n].path = kith_strndup(f.ptr, f.len);
		wants[n].checksum = field(&line);
		wants[n].name = field(&line);
		wants[n].version = field(&line);
	}
	answers = kith_calloc(n + 1, sizeof(*answers));
	if (!r)
		r = kith_bytes_check(&options, wants, n, answers, &totals, &err);
	for (i = 0; i < n && !r; i++)
		print_answer(&wants[i], &answers[i]);
	if (r)
		fprintf(stderr, "check_bytes: %s\n", err.msg);
	else
		fprintf(stderr, "read %zu, remembered %zu\n", totals.read, totals.remembered);
	for (i = 0; i < n; i++) {
		memcpy(&room, &wants[i].path, sizeof(room));
		free(room);
	}
	free(wants);
	free(answers);
	kith_buf_clear(&in);
	return r ? 1 : 0;
}
