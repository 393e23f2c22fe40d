/* SPDX-License-Identifier: Apache-2.0 */
/* A throw-away store for the kinds that read proof repositories. */
#include <unistd.h>

#include "cases/cases.h"
#include "cases/evidence.h"

struct opening {
	struct cases_evidence *e;
	const char *const *paths;
	void (*skipped)(void *ctx, size_t source, struct kith_span path, enum kith_git_skip why);
	void *ctx;
};

static void
die(const struct kith_error *err)
{
	fprintf(stderr, "cases: %s\n", err->msg);
	exit(2);
}

static void
fetched(void *ctx, const struct kith_store_fetched *f)
{
	struct opening *o = ctx;

	if (f->outcome != KITH_GIT_FAILED)
		return;
	o->e->failed++;
	fprintf(stderr, "cases: %s: %s\n", o->paths[f->source], f->error.msg);
}

static void
skipped(void *ctx, size_t source, struct kith_span path, enum kith_git_skip why)
{
	struct opening *o = ctx;

	if (o->skipped)
		o->skipped(o->ctx, source, path, why);
}

const char *
cases_libexec(void)
{
	const char *dir = getenv("KITH_LIBEXEC");

	return dir ? dir : KITH_BUILD_DIR;
}

static void
make_home(struct cases_evidence *e)
{
	const char *tmp = getenv("TMPDIR");
	KITH_AUTO_FREE char *dir = kith_asprintf("%s/kith-cases.XXXXXX", tmp ? tmp : "/tmp");
	struct kith_error err;

	if (!dir || !mkdtemp(dir)) {
		perror("cases: making a folder");
		exit(2);
	}
	struct kith_dirs_env env = {.kith_home = dir};

	if (kith_dirs_init(&e->dirs, &env, &err))
		die(&err);
}

static void
open_all(struct opening *o, size_t n, const char *names)
{
	struct cases_evidence *e = o->e;
	const char *const *paths = o->paths;
	struct kith_store_fetch_options fo = {.libexec = cases_libexec(), .ctx = o, .names = names};
	struct kith_source *sources = kith_calloc(n, sizeof(*sources));
	struct kith_error err;
	size_t i;
	int r = KITH_OK;

	memset(e, 0, sizeof(*e));
	fo.fetched = fetched;
	fo.skipped = skipped;
	fo.now = kith_time_now();
	for (i = 0; sources && !r && i < n; i++)
		r = kith_source_resolve(paths[i], &sources[i], &err);
	if (!sources || r)
		die(&err);
	make_home(e);
	r = kith_store_fetch(&e->dirs, sources, n, &fo, &err);
	if (!r)
		r = kith_store_mirrors(&e->dirs, &e->mirrors, &err);
	for (i = 0; i < n; i++)
		kith_source_clear(&sources[i]);
	free(sources);
	if (r) {
		cases_evidence_close(e);
		die(&err);
	}
}

void
cases_evidence_open(struct cases_evidence *e, const char *const *paths, size_t n,
		    void (*on_skipped)(void *ctx, size_t source, struct kith_span path,
				       enum kith_git_skip why),
		    void *ctx)
{
	struct opening o = {e, paths, on_skipped, ctx};

	open_all(&o, n, NULL);
}

void
cases_evidence_open_database(struct cases_evidence *e, const char *path, const char *names)
{
	struct opening o = {.e = e, .paths = &path};

	open_all(&o, 1, names);
}

void
cases_evidence_open_folder(struct cases_evidence *e, const char *folder)
{
	struct kith_fs_names names;
	struct kith_error err;
	const char **paths;
	size_t i, n = 0;

	if (kith_fs_list(folder, &names, &err))
		die(&err);
	paths = kith_calloc(names.count, sizeof(*paths));
	for (i = 0; paths && i < names.count; i++) {
		if (!kith_span_ends(kith_span_str(names.names[i]), KITH_SPAN_LIT(".bundle")) &&
		    !kith_span_ends(kith_span_str(names.names[i]), KITH_SPAN_LIT(".git")))
			continue;
		paths[n++] = kith_fs_join(folder, names.names[i]);
	}
	if (!n) {
		fprintf(stderr, "cases: no bundle in %s\n", folder);
		exit(2);
	}
	cases_evidence_open(e, paths, n, NULL, NULL);
	for (i = 0; i < n; i++) {
		void *p;

		memcpy(&p, &paths[i], sizeof(p));
		free(p);
	}
	free(paths);
	kith_fs_names_free(&names);
}

void
cases_evidence_close(struct cases_evidence *e)
{
	if (e->dirs.data)
		(void)!kith_fs_remove_tree(e->dirs.data, NULL);
	kith_dirs_clear(&e->dirs);
	kith_mirrors_clear(&e->mirrors);
}
