/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith fetch --packages: archives that are not here, through cargo (verdict.md 11). Cargo never
 * runs inside the project: it would obey what lies there. It sees a folder of ours with a manifest
 * made from names and versions, and the lock's checksums. `cargo fetch` runs no package's code.
 */
#include "app/cargo_scratch.h"
#include "app/pick.h"
#include "app/trusted.h"
#include "codec/json.h"

#define MAX_WANTED KITH_MAX_LOCK_PKGS
#define TEXT_MAX   KITH_MIB(64)
#define PATIENCE_S 120 /* of failing alone, one after another, before the rest is given up */
#define WHY_MAX    300

enum state { HERE, MISSING, FETCHED, FAILED, DIFFERS };

struct wanted {
	struct kith_app_picked picked;
	enum state state;
	char why[WHY_MAX];
};

struct packages {
	struct kith_session *session;
	struct kith_app_picker picker;
	struct kith_cargo_scratch scratch;
	struct wanted *list;
	size_t n, cap, elsewhere; /* elsewhere: of other registries */
};

static void
packages_clear(struct packages *x)
{
	kith_cargo_scratch_clear(&x->scratch);
	kith_app_picker_clear(&x->picker);
	free(x->list);
}

/* --- which --- */

static int
is_here(struct packages *x, const struct kith_package *p, bool *ret, struct kith_error *err)
{
	struct kith_bytes_place at = {0};
	int r = kith_cargo_places_candidate(x->picker.places, p, 0, &at, err);

	if (r)
		return r;
	*ret = at.state != KITH_BYTES_ABSENT;
	kith_bytes_place_clear(&at);
	return KITH_OK;
}

static int
add(struct packages *x, const struct kith_app_picked *picked, struct kith_error *err)
{
	struct wanted *w;
	bool here;
	int r = is_here(x, &picked->package, &here, err);

	if (!r)
		r = kith_grow(&x->list, &x->cap, x->n + 1, sizeof(*x->list), MAX_WANTED, "packages",
			      err);
	if (r)
		return r;
	w = &x->list[x->n++];
	memset(w, 0, sizeof(*w));
	w->picked = *picked;
	w->state = here ? HERE : MISSING;
	return KITH_OK;
}

static int
add_locked(struct packages *x, const struct kith_package *p, struct kith_error *err)
{
	struct kith_app_picked picked = {.package = *p, .locked = true};
	bool here;
	int r;

	if (p->local || (p->origin != KITH_ORIGIN_REGISTRY && p->origin != KITH_ORIGIN_OTHER))
		return KITH_OK;
	if (p->origin == KITH_ORIGIN_OTHER) {
		r = is_here(x, p, &here, err);
		x->elsewhere += !r && !here;
		return r;
	}
	picked.name = kith_arena_str(&x->picker.arena, p->name);
	picked.version = kith_arena_str(&x->picker.arena, p->version);
	if (!picked.name || !picked.version)
		return kith_fail_nomem(err);
	return add(x, &picked, err);
}

static int
gather(struct packages *x, const struct kith_packages_options *o, struct kith_error *err)
{
	const struct kith_project *project = x->picker.project;
	struct kith_app_picked picked;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < o->n_packages; i++) {
		r = kith_app_pick(&x->picker, o->packages[i], &picked, err);
		if (!r)
			r = add(x, &picked, err);
	}
	if (o->n_packages || r)
		return r;
	if (!project)
		return kith_hint(err, kith_fail(err, KITH_E_USAGE, "there is no project here"),
				 "kith fetch --packages NAME@VERSION");
	for (i = 0; !r && i < project->lock->count; i++)
		r = add_locked(x, &project->lock->packages[i], err);
	if (x->elsewhere)
		kith_app_warn(x->session,
			      "%zu package%s of other registries %s not here: only cargo fetch in "
			      "the project gets %s",
			      x->elsewhere, x->elsewhere == 1 ? "" : "s",
			      x->elsewhere == 1 ? "is" : "are", x->elsewhere == 1 ? "it" : "them");
	return r;
}

/* --- getting --- */

/* Cargo's folders are looked at anew. */
static int
look_again(struct packages *x, struct kith_error *err)
{
	struct kith_cargo_places *places;
	struct kith_cargo_env env;
	int r;

	kith_app_cargo_env(x->session, &env);
	r = kith_cargo_places_new(x->picker.project ? x->picker.project->root : "/", &env, &places,
				  err);

	if (r)
		return r;
	kith_cargo_places_free(x->picker.places);
	x->picker.places = places;
	return KITH_OK;
}

static int
fetch_one(struct packages *x, struct wanted *w, struct kith_error *err)
{
	const struct kith_lock *lock = w->picked.locked ? x->picker.project->lock : NULL;
	const struct kith_package *only = &w->picked.package;
	struct kith_error why = {.code = KITH_OK};
	int r = kith_cargo_scratch_fetch(&x->scratch, lock, &only, 1, &why);

	if (r && r != KITH_E_NET && r != KITH_E_HELPER) {
		if (err)
			*err = why;
		return r;
	}
	if (r)
		snprintf(w->why, sizeof(w->why), "%.299s", why.msg);
	return KITH_OK;
}

/* The versions of the lock together, with the lock. */
static int
fetch_locked(struct packages *x, struct kith_error *err)
{
	KITH_AUTO_FREE const struct kith_package **list =
	    kith_calloc(x->n + 1, sizeof(const struct kith_package *));
	size_t i, n = 0;
	int r;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < x->n; i++)
		if (x->list[i].state == MISSING && x->list[i].picked.locked)
			list[n++] = &x->list[i].picked.package;
	if (n < 2)
		return KITH_OK; /* one is got alone */
	r = kith_cargo_scratch_fetch(&x->scratch, x->picker.project->lock, list, n, err);
	/* which of them it was shows when each is tried alone */
	if (r && r != KITH_E_NET && r != KITH_E_HELPER)
		return r;
	return look_again(x, err);
}

static int
fetch_rest(struct packages *x, struct kith_error *err)
{
	int64_t began = kith_time_now().sec;
	bool any = false, here;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < x->n; i++) {
		struct wanted *w = &x->list[i];

		if (w->state != MISSING)
			continue;
		r = is_here(x, &w->picked.package, &here, err);
		if (r || here)
			continue;
		if (!any && kith_time_now().sec - began > PATIENCE_S) {
			snprintf(w->why, sizeof(w->why), "not tried: nothing could be got before");
			continue;
		}
		r = fetch_one(x, w, err);
		if (!r)
			r = look_again(x, err);
		if (!r)
			r = is_here(x, &w->picked.package, &here, err);
		any = any || here;
	}
	return r;
}

/* What came is what the lock file, or the registry's index, means; or it is named. */
static int
check(struct packages *x, struct wanted *w, struct kith_error *err)
{
	struct kith_app_bytes bytes;
	struct kith_error why = {.code = KITH_OK};
	int r = kith_app_read_bytes(&x->picker, &w->picked, NULL, &bytes, &why);

	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	w->state = !r ? FETCHED : r == KITH_E_INTEGRITY ? DIFFERS : FAILED;
	if (r == KITH_E_NOTFOUND && w->why[0])
		return KITH_OK; /* cargo said why */
	if (r)
		snprintf(w->why, sizeof(w->why), "%.299s", why.msg);
	return KITH_OK;
}

static int
fetch_all(struct packages *x, struct kith_error *err)
{
	size_t i, missing = 0;
	int r;

	for (i = 0; i < x->n; i++)
		missing += x->list[i].state == MISSING;
	if (!missing)
		return KITH_OK;
	if (x->session->offline)
		return kith_fail(err, KITH_E_USAGE,
				 "%zu package%s not here, and --offline was given", missing,
				 missing == 1 ? " is" : "s are");
	r = kith_cargo_scratch_init(&x->scratch, x->session,
				    x->picker.project ? x->picker.project->root : NULL, missing,
				    err);
	if (!r)
		r = fetch_locked(x, err);
	if (!r)
		r = fetch_rest(x, err);
	for (i = 0; !r && i < x->n; i++)
		if (x->list[i].state == MISSING)
			r = check(x, &x->list[i], err);
	return r;
}

/* --- telling --- */

static const char *
state_word(enum state s)
{
	static const char *const words[] = {"here", "missing", "fetched", "failed", "mismatch"};

	return words[s];
}

static void
put_table(const struct packages *x, const struct kith_packages_result *sum, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < x->n; i++) {
		const struct wanted *w = &x->list[i];

		if (w->state == HERE)
			continue;
		kith_buf_printf(out, "%-9s ", state_word(w->state));
		kith_text_safe(out, w->picked.package.name, 0);
		kith_buf_put_char(out, ' ');
		kith_text_safe(out, w->picked.package.version, 0);
		if (w->why[0])
			kith_buf_printf(out, ": %s", w->why);
		kith_buf_put_char(out, '\n');
	}
	kith_buf_printf(out, "%zu package%s: %zu fetched, %zu here before, %zu failed", x->n,
			x->n == 1 ? "" : "s", sum->fetched, sum->here, sum->failed);
	if (sum->differing)
		kith_buf_printf(out, ", %zu with other bytes", sum->differing);
	kith_buf_put_char(out, '\n');
}

static void
put_json(const struct packages *x, const struct kith_packages_result *sum, struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.packages/1");
	kith_json_put_key(&w, "packages");
	kith_json_open_array(&w);
	for (i = 0; i < x->n; i++) {
		kith_json_open_object(&w);
		kith_json_member_str(&w, "name", x->list[i].picked.name);
		kith_json_member_str(&w, "version", x->list[i].picked.version);
		kith_json_member_str(&w, "outcome", state_word(x->list[i].state));
		if (x->list[i].why[0])
			kith_json_member_str(&w, "error", x->list[i].why);
		kith_json_close_object(&w);
	}
	kith_json_close_array(&w);
	kith_json_put_key(&w, "summary");
	kith_json_open_object(&w);
	kith_json_member_integer(&w, "fetched", (int64_t)sum->fetched);
	kith_json_member_integer(&w, "here", (int64_t)sum->here);
	kith_json_member_integer(&w, "failed", (int64_t)sum->failed);
	kith_json_member_integer(&w, "differing", (int64_t)sum->differing);
	kith_json_close_object(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

int
kith_fetch_packages(struct kith_session *session, const struct kith_packages_options *options,
		    char **ret_text, size_t *ret_len, struct kith_packages_result *ret_result,
		    struct kith_error *err)
{
	KITH_CLEANUP(packages_clear) struct packages x = {.session = session};
	struct kith_packages_result sum = {0};
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r;

	kith_buf_init(&b, TEXT_MAX);
	r = kith_app_picker_open(session, options->path, &x.picker, err);
	if (!r)
		r = gather(&x, options, err);
	if (!r)
		r = fetch_all(&x, err);
	if (r)
		return r;
	for (i = 0; i < x.n; i++) {
		sum.here += x.list[i].state == HERE;
		sum.fetched += x.list[i].state == FETCHED;
		sum.failed += x.list[i].state == FAILED;
		sum.differing += x.list[i].state == DIFFERS;
	}
	if (options->format == KITH_FORMAT_JSON)
		put_json(&x, &sum, &b);
	else
		put_table(&x, &sum, &b);
	r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (!r)
		*ret_result = sum;
	return r;
}
