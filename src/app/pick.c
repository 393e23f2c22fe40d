/* SPDX-License-Identifier: Apache-2.0 */
/* From a word to a package, and from a package to bytes that were checked here. */
#include "app/pick.h"

#include "app/explain.h"
#include "app/trusted.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "package/cargo_index.h"

#define PICKER_ARENA KITH_MIB(64)
#define VCS_INFO     ".cargo_vcs_info.json"
#define VCS_INFO_MAX KITH_KIB(64)

void
kith_app_picker_clear(struct kith_app_picker *p)
{
	kith_cargo_places_free(p->places);
	kith_project_free(p->project);
	kith_arena_clear(&p->arena);
	p->places = NULL;
	p->project = NULL;
}

int
kith_app_picker_open(struct kith_session *s, const char *path, struct kith_app_picker *ret,
		     struct kith_error *err)
{
	KITH_AUTO_PICKER struct kith_app_picker p = {.session = s};
	struct kith_cargo_env env;
	int r;

	kith_app_cargo_env(s, &env);
	kith_arena_init(&p.arena, PICKER_ARENA);
	r = kith_project_open(path ? path : ".", &p.project, err);
	if (r && r != KITH_E_NOTFOUND)
		return r;
	r = kith_cargo_places_new(p.project ? p.project->root : "/", &env, &p.places, err);
	if (r)
		return r;
	*ret = p;
	memset(&p, 0, sizeof(p));
	return KITH_OK;
}

/* --- which one --- */

static int
keep(struct kith_app_picker *p, const struct kith_package *package, bool locked,
     struct kith_app_picked *ret, struct kith_error *err)
{
	struct kith_app_picked x = {.package = *package, .locked = locked};

	x.name = kith_arena_str(&p->arena, package->name);
	x.version = kith_arena_str(&p->arena, package->version);
	if (!x.name || !x.version)
		return kith_fail_nomem(err);
	x.package.name = kith_span_str(x.name);
	x.package.version = kith_span_str(x.version);
	*ret = x;
	return KITH_OK;
}

static int
refuse_origin(const struct kith_package *p, struct kith_error *err)
{
	if (p->local)
		return kith_fail(err, KITH_E_USAGE, "%.*s is the project's own package",
				 KITH_SPAN_FMT(p->name));
	return kith_fail(
	    err, KITH_E_USAGE,
	    "%.*s %.*s does not come from crates.io but from %s: what is said about it "
	    "would be taken for the package of that name there",
	    KITH_SPAN_FMT(p->name), KITH_SPAN_FMT(p->version),
	    p->source.len ? kith_origin_name(p->origin) : "a path");
}

struct search {
	const struct kith_package *found, *other;
	size_t n, n_other;
	char candidates[200];
};

static void
search_lock(const struct kith_lock *lock, const struct kith_app_package_word *w, struct search *x)
{
	struct kith_buf b;
	size_t i;

	kith_buf_init(&b, sizeof(x->candidates) - 1);
	for (i = 0; i < lock->count; i++) {
		const struct kith_package *p = &lock->packages[i];

		if (!kith_span_eq(p->name, w->name) ||
		    (w->version.len && !kith_span_eq(p->version, w->version)))
			continue;
		if (p->origin != KITH_ORIGIN_REGISTRY || p->local) {
			x->other = p;
			x->n_other++;
			continue;
		}
		kith_buf_printf(&b, "%s%.*s@%.*s", x->n++ ? ", " : "", KITH_SPAN_FMT(p->name),
				KITH_SPAN_FMT(p->version));
		x->found = p;
	}
	snprintf(x->candidates, sizeof(x->candidates), "%s", kith_buf_str(&b));
	kith_buf_clear(&b);
}

static bool
is_name(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f || s.ptr[i] == '/' || s.ptr[i] == '\\')
			return false;
	return s.len != 0 && s.len < 200;
}

static int
pick_word(struct kith_app_picker *p, const struct kith_app_package_word *w,
	  struct kith_app_picked *ret, struct kith_error *err)
{
	struct kith_package loose = {.eco = KITH_ECO_CARGO, .origin = KITH_ORIGIN_REGISTRY};
	struct search x = {.n = 0};

	if (p->project)
		search_lock(p->project->lock, w, &x);
	if (x.n == 1)
		return keep(p, x.found, true, ret, err);
	if (x.n > 1)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "'%.*s' is there %zu times",
					   KITH_SPAN_FMT(w->name), x.n),
				 "say which: %s", x.candidates);
	if (x.n_other)
		return refuse_origin(x.other, err);
	if (!w->version.len)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "%.*s is no dependency of a project here",
					   KITH_SPAN_FMT(w->name)),
				 "say which version: %.*s@VERSION", KITH_SPAN_FMT(w->name));
	loose.name = w->name;
	loose.version = w->version;
	loose.source = KITH_SPAN_LIT("registry+https://github.com/rust-lang/crates.io-index");
	return keep(p, &loose, false, ret, err);
}

int
kith_app_pick(struct kith_app_picker *p, const char *word, struct kith_app_picked *ret,
	      struct kith_error *err)
{
	struct kith_app_package_word w;
	int r = kith_app_package_word(word, &w, err);

	if (r)
		return r;
	if (!is_name(w.name) || (w.version.len && !is_name(w.version)))
		return kith_fail(err, KITH_E_USAGE, "'%s' is no package", word);
	return pick_word(p, &w, ret, err);
}

int
kith_app_pick_version(struct kith_app_picker *p, const struct kith_app_picked *like,
		      const char *version, struct kith_app_picked *ret, struct kith_error *err)
{
	struct kith_app_package_word w = {.name = like->package.name};

	w.version = kith_span_str(version);
	if (!is_name(w.version))
		return kith_fail(err, KITH_E_USAGE, "'%s' is no version", version);
	return pick_word(p, &w, ret, err);
}

/* --- its bytes --- */

/* Between the archive and the caller's sink: listens for what the package says of its origin. */
struct tap {
	const struct kith_archive_sink *sink;
	bool listening;
	struct kith_buf info;
};

static int
tap_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct tap *t = ctx;

	t->listening =
	    e->type == KITH_TREE_FILE && kith_span_is(e->path, VCS_INFO) && e->size <= VCS_INFO_MAX;
	return t->sink ? t->sink->entry(t->sink->ctx, e, err) : KITH_OK;
}

static int
tap_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct tap *t = ctx;

	if (t->listening)
		kith_buf_put_span(&t->info, bytes);
	return t->sink ? t->sink->content(t->sink->ctx, bytes, err) : KITH_OK;
}

static bool
is_revision(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))
			return false;
	return s.len >= 7 && s.len <= 64;
}

static void
read_revision(struct kith_session *s, const struct tap *t, struct kith_app_bytes *b)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	const struct kith_json *root = NULL, *git;
	struct kith_span sha;

	if (!t->info.len)
		return;
	if (!kith_buf_check(&t->info, NULL) &&
	    !kith_json_parse(kith_buf_span(&t->info), &doc, NULL))
		root = kith_json_root(doc);
	if (kith_json_type(root) != KITH_JSON_OBJECT) {
		kith_app_warn(s, "%s: its %s cannot be read: no revision", b->archive, VCS_INFO);
		return;
	}
	git = kith_json_get(root, "git");
	if (kith_json_type(git) != KITH_JSON_OBJECT || !kith_json_get_string(git, "sha1", &sha) ||
	    !is_revision(sha))
		return;
	memcpy(b->revision, sha.ptr, sha.len);
	b->revision[sha.len] = '\0';
}

/* What the archive must hash to: the lock file's word, else that of the registry's index. */
static int
find_checksum(const struct kith_app_picked *picked, const char *archive, uint8_t ret_sum[32],
	      bool *ret_known, struct kith_error *err)
{
	char hex[KITH_INDEX_CKSUM + 1];
	int r;

	*ret_known = kith_hex_decode_exact(picked->package.checksum, ret_sum, 32);
	if (*ret_known)
		return KITH_OK;
	r = kith_cargo_index_of_archive(archive, picked->package.name, picked->package.version, hex,
					err);
	*ret_known = !r && kith_hex_decode_exact(kith_span_str(hex), ret_sum, 32);
	return r == KITH_E_NOMEM ? r : KITH_OK;
}

static int
walk(struct kith_app_picker *p, const struct kith_app_picked *picked, const char *archive,
     const struct kith_archive_sink *sink, struct kith_app_bytes *ret, struct kith_error *err)
{
	const struct kith_helper_options helper = {.dir = p->session->libexec};
	struct kith_archive_job job = {.path = archive, .top = true};
	struct tap tap = {.sink = sink};
	const struct kith_archive_sink through = {tap_entry, tap_content, &tap};
	struct kith_archive_answer answer;
	struct kith_app_bytes b = {.archive = archive};
	KITH_AUTO_BUF struct kith_buf top;
	uint8_t sum[KITH_SHA256_BYTES];
	int r;

	kith_buf_init(&top, KITH_KIB(4));
	kith_buf_printf(&top, "%s-%s", picked->name, picked->version);
	job.top_name = kith_buf_span(&top);
	r = kith_buf_check(&top, err);
	if (!r)
		r = find_checksum(picked, archive, sum, &b.confirmed, err);
	if (r)
		return r;
	kith_buf_init(&tap.info, VCS_INFO_MAX);
	job.expected = b.confirmed ? sum : NULL;
	r = kith_archive_walk(&helper, &job, &through, &answer, err);
	if (!r) {
		memcpy(b.sha256, answer.sha256, sizeof(b.sha256));
		b.digest = answer.native;
		read_revision(p->session, &tap, &b);
		*ret = b;
	}
	kith_buf_clear(&tap.info);
	return r;
}

static int
not_here(const struct kith_app_picked *picked, struct kith_error *err)
{
	int r = kith_fail(err, KITH_E_NOTFOUND, "%s %s is not on this machine", picked->name,
			  picked->version);

	return kith_hint(err, r, "kith fetch --packages %s@%s gets it", picked->name,
			 picked->version);
}

static int
differs(const struct kith_app_picked *picked, const char *archive, struct kith_error *err)
{
	return kith_fail(err, KITH_E_INTEGRITY,
			 "%s: this is not the archive of %s %s: its checksum differs from %s",
			 archive, picked->name, picked->version,
			 picked->locked ? "the lock file's" : "the registry's");
}

static int
only_vendored(const struct kith_app_picked *picked, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_USAGE,
				   "only a vendored copy of %s %s is here: files may be missing in "
				   "it, so it has no digest of its own",
				   picked->name, picked->version),
			 "take the vendored source out of cargo's configuration, then kith fetch "
			 "--packages %s@%s",
			 picked->name, picked->version);
}

int
kith_app_read_bytes(struct kith_app_picker *p, const struct kith_app_picked *picked,
		    const struct kith_archive_sink *sink, struct kith_app_bytes *ret,
		    struct kith_error *err)
{
	struct kith_bytes_place at;
	bool vendored = false, sure;
	const char *archive;
	size_t n;
	int r;

	for (n = 0;; n++) {
		at = (struct kith_bytes_place){0};
		r = kith_cargo_places_candidate(p->places, &picked->package, n, &at, err);
		if (r)
			return r;
		if (at.state == KITH_BYTES_ABSENT)
			break;
		sure = at.sure;
		vendored = vendored || at.state == KITH_BYTES_VENDORED;
		archive = at.state == KITH_BYTES_ARCHIVE
			      ? kith_arena_str(&p->arena, kith_span_str(at.path))
			      : "";
		kith_bytes_place_clear(&at);
		if (!archive)
			return kith_fail_nomem(err);
		if (!*archive)
			continue;
		r = walk(p, picked, archive, sink, ret, err);
		/* two registries on one host share names of folders: another one's is no mismatch
		 */
		if (r == KITH_E_INTEGRITY && !sure)
			continue;
		return r == KITH_E_INTEGRITY ? differs(picked, archive, err) : r;
	}
	return vendored ? only_vendored(picked, err) : not_here(picked, err);
}
