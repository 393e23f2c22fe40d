/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store by itself, for black-box tests.
 *   kith_fetcher [--jobs N] [--timeout S] [--idle S] [--max-bytes N] [--max-refs N] [--public]
 *     [--usage] HOME SOURCE...
 *     one line a source: outcome, bytes, old head, head, message; skipped files on stderr; with
 *     --usage also CPU and memory of kith-git and its children
 *   kith_fetcher list HOME: one line a mirror
 *   kith_fetcher read HOME: one line a file, and one a failure; then CPU and memory on stderr
 *   kith_fetcher state HOME: the state that derived data remembers
 *   kith_fetcher kind KIND SINCE HOME: one line a version of a source of this kind ("now": only
 * what is in force), a file, and a failure; then the state of the kind
 */
#include <sys/resource.h>
#include <time.h>

#include "crypto/crypto.h"
#include "codec/base64.h"
#include "store/store.h"

struct fetcher {
	char **names;
	size_t files;
	uint64_t bytes;
	struct kith_mirrors mirrors;
};

static const char *
libexec(void)
{
	const char *dir = getenv("KITH_LIBEXEC");

	return dir ? dir : KITH_BUILD_DIR;
}

static void
on_fetched(void *ctx, const struct kith_store_fetched *f)
{
	static const char *const words[] = {"failed", "unchanged", "updated", "rewritten", "empty"};
	struct fetcher *me = ctx;

	printf("%s\t%s\t%.8s\t%.8s\t%s\n", me->names[f->source], words[f->outcome],
	       f->old_head[0] ? f->old_head : "-", f->head[0] ? f->head : "-",
	       f->outcome == KITH_GIT_FAILED ? f->error.msg : "-");
	fflush(stdout);
}

static void
on_skipped(void *ctx, size_t source, struct kith_span path, enum kith_git_skip why)
{
	KITH_AUTO_BUF struct kith_buf b;

	(void)ctx;
	(void)source;
	kith_buf_init(&b, KITH_KIB(64));
	kith_text_safe(&b, path, 0);
	fprintf(stderr, "not read: %s: %s\n", kith_buf_str(&b), kith_git_skip_text(why));
}

static void
put_safe(struct kith_span s)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_MIB(1));
	kith_text_safe(&b, s, 0);
	fputs(kith_buf_str(&b), stdout);
}

static int
on_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	struct kith_error *err)
{
	struct fetcher *me = ctx;

	(void)err;
	me->files++;
	me->bytes += bytes.len;
	printf("%s\t", me->mirrors.items[item].source.slug);
	put_safe(path);
	printf("\t%zu\n", bytes.len);
	return KITH_OK;
}

static int
on_skip(void *ctx, size_t item, struct kith_span path, enum kith_git_skip why,
	struct kith_error *err)
{
	struct fetcher *me = ctx;

	(void)err;
	printf("%s\t", me->mirrors.items[item].source.slug);
	put_safe(path);
	printf("\t%s\n", kith_git_skip_text(why));
	return KITH_OK;
}

static int
on_end(void *ctx, size_t item, const struct kith_git_end *end, const struct kith_error *failure,
       struct kith_error *err)
{
	struct fetcher *me = ctx;

	(void)err;
	(void)end;
	if (failure)
		printf("%s\t-\t%s\n", me->mirrors.items[item].source.slug, failure->msg);
	return KITH_OK;
}

static int
report(int r, const struct kith_error *err)
{
	if (r)
		fprintf(stderr, "kith_fetcher: %s\n", err->msg);
	return r ? 3 : 0;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
do_read(const struct kith_dirs *dirs)
{
	struct fetcher me = {NULL, 0, 0, {NULL, 0}};
	struct kith_store_read_calls calls = {
	    .ctx = &me, .file = on_file, .skip = on_skip, .end = on_end};
	struct rusage ru;
	struct kith_error err;
	double start = now();
	int r;

	r = kith_store_mirrors(dirs, &me.mirrors, &err);
	if (!r)
		r = kith_store_each_proof_file(&me.mirrors, libexec(), &calls, &err);
	getrusage(RUSAGE_CHILDREN, &ru);
	fprintf(stderr, "%zu repositories, %zu files, %llu bytes, %.1f ms, helper %ld KiB\n",
		me.mirrors.count, me.files, (unsigned long long)me.bytes, (now() - start) * 1000,
		ru.ru_maxrss);
	kith_mirrors_clear(&me.mirrors);
	return report(r, &err);
}

static int
do_list(const struct kith_dirs *dirs)
{
	static const char *const kinds[] = {"-", "url", "bundle", "repository", "folder"};
	struct kith_mirrors m;
	struct kith_error err;
	size_t i;
	int r = kith_store_mirrors(dirs, &m, &err);

	for (i = 0; !r && i < m.count; i++) {
		const struct kith_mirror *k = &m.items[i];

		printf("%s\t%s\t%s\t%.8s\t%s\t%s\n", k->source.slug,
		       k->damaged ? "damaged" : kinds[k->source.kind],
		       k->source.location ? k->source.location : "-", k->head[0] ? k->head : "-",
		       k->success ? "fetched" : "never", k->error && *k->error ? k->error : "-");
	}
	if (!r)
		kith_mirrors_clear(&m);
	return report(r, &err);
}

static int
do_state(const struct kith_dirs *dirs)
{
	struct kith_digest d;
	char text[KITH_ID_TEXT + 1];
	struct kith_error err;
	int r = kith_store_state(dirs, &d, &err);

	if (!r) {
		kith_base64_id(text, d.bytes);
		puts(text);
	}
	return report(r, &err);
}

static int
kind_begin(void *ctx, const struct kith_store_version *v, struct kith_error *err)
{
	(void)ctx;
	(void)err;
	printf("%s\t%s\t%.8s\t%lld\t%lld%s\n", v->mirror->source.location,
	       v->mirror->source.inside ? v->mirror->source.inside : "-", v->commit,
	       (long long)v->since, (long long)v->until, v->baseline ? "\tbaseline" : "");
	return KITH_OK;
}

static int
kind_file(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	(void)ctx;
	(void)err;
	fputs("  ", stdout);
	put_safe(path);
	printf("\t%zu\n", bytes.len);
	return KITH_OK;
}

static int
kind_skip(void *ctx, struct kith_span path, enum kith_git_skip why, struct kith_error *err)
{
	(void)ctx;
	(void)err;
	fputs("  ", stdout);
	put_safe(path);
	printf("\t%s\n", kith_git_skip_text(why));
	return KITH_OK;
}

static int
kind_end(void *ctx, const struct kith_error *failure, struct kith_error *err)
{
	(void)ctx;
	(void)err;
	if (failure)
		printf("  -\t%s\n", failure->msg);
	return KITH_OK;
}

static int
do_kind(const char *word, const char *since_word, const char *home)
{
	const struct kith_store_kind_calls calls = {
	    .begin = kind_begin, .file = kind_file, .skip = kind_skip, .end = kind_end};
	struct kith_dirs_env env = {.kith_home = home};
	KITH_AUTO_DIRS struct kith_dirs dirs = {.view = NULL};
	char text[KITH_ID_TEXT + 1];
	enum kith_source_kind kind;
	struct kith_digest state;
	struct kith_error err;
	uint64_t since = INT64_MAX;
	int r;

	if (!kith_source_kind_find(kith_span_str(word), &kind) ||
	    (strcmp(since_word, "now") != 0 && !kith_span_u64(kith_span_str(since_word), &since)))
		return 2;
	r = kith_crypto_init(&err);
	if (!r)
		r = kith_dirs_init(&dirs, &env, &err);
	if (!r)
		r = kith_store_kind_state(&dirs, kind, &state, &err);
	if (!r)
		r = kith_store_read_kind(&dirs, kind, (int64_t)since, libexec(), &calls, &err);
	if (!r) {
		kith_base64_id(text, state.bytes);
		puts(text);
	}
	return report(r, &err);
}

static void
put_usage(void)
{
	struct rusage ru;

	getrusage(RUSAGE_CHILDREN, &ru);
	fprintf(stderr, "helper %ld KiB %ld ms\n", ru.ru_maxrss,
		ru.ru_utime.tv_sec * 1000 + ru.ru_utime.tv_usec / 1000 + ru.ru_stime.tv_sec * 1000 +
		    ru.ru_stime.tv_usec / 1000);
}

static int
do_fetch(const struct kith_dirs *dirs, struct kith_store_fetch_options *o, int n, char **names)
{
	struct fetcher me = {names, 0, 0, {NULL, 0}};
	struct kith_source *sources = kith_calloc((size_t)n, sizeof(*sources));
	struct kith_error err;
	int i, r = KITH_OK;

	if (!sources)
		return 3;
	o->libexec = libexec();
	o->ctx = &me;
	o->fetched = on_fetched;
	o->skipped = on_skipped;
	o->now = kith_time_now();
	for (i = 0; !r && i < n; i++)
		r = kith_source_resolve(names[i], &sources[i], &err);
	if (!r)
		r = kith_store_fetch(dirs, sources, (size_t)n, o, &err);
	for (i = 0; i < n; i++)
		kith_source_clear(&sources[i]);
	free(sources);
	return report(r, &err);
}

static int
run(const char *home, const char *verb, struct kith_store_fetch_options *o, int n, char **names)
{
	struct kith_dirs_env env = {.kith_home = home};
	KITH_AUTO_DIRS struct kith_dirs dirs = {.view = NULL};
	struct kith_error err;

	if (kith_crypto_init(&err) || kith_dirs_init(&dirs, &env, &err))
		return report(1, &err);
	if (verb && strcmp(verb, "read") == 0)
		return do_read(&dirs);
	if (verb && strcmp(verb, "list") == 0)
		return do_list(&dirs);
	if (verb)
		return do_state(&dirs);
	return do_fetch(&dirs, o, n, names);
}

static bool
option(const char *name, const char *value, struct kith_store_fetch_options *o)
{
	uint64_t v = 0;

	if (!value || !kith_span_u64(kith_span_str(value), &v))
		return false;
	if (strcmp(name, "--jobs") == 0)
		o->jobs = (unsigned)v;
	else if (strcmp(name, "--timeout") == 0)
		o->timeout_s = (unsigned)v;
	else if (strcmp(name, "--idle") == 0)
		o->idle_s = (unsigned)v;
	else if (strcmp(name, "--max-bytes") == 0)
		o->max_bytes = v;
	else if (strcmp(name, "--max-refs") == 0)
		o->max_refs = (uint32_t)v;
	else
		return false;
	return true;
}

int
main(int argc, char **argv)
{
	struct kith_store_fetch_options o = {.jobs = 0};
	bool usage = false;
	int i = 1, r;

	if (argc == 5 && strcmp(argv[1], "kind") == 0)
		return do_kind(argv[2], argv[3], argv[4]);

	while (i < argc && argv[i][0] == '-') {
		if (strcmp(argv[i], "--public") == 0) {
			o.public_only = true;
			i++;
		} else if (strcmp(argv[i], "--usage") == 0) {
			usage = true;
			i++;
		} else if (option(argv[i], argv[i + 1], &o)) {
			i += 2;
		} else {
			return 2;
		}
	}
	if (argc - i == 2 && (strcmp(argv[i], "read") == 0 || strcmp(argv[i], "list") == 0 ||
			      strcmp(argv[i], "state") == 0))
		return run(argv[i + 1], argv[i], &o, 0, NULL);
	if (argc - i < 2)
		return 2;
	r = run(argv[i], NULL, &o, argc - i - 1, argv + i + 1);
	if (usage)
		put_usage();
	return r;
}
