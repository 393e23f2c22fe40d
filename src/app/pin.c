/* SPDX-License-Identifier: Apache-2.0 */
/* kith pin as a use case: judge what is here, put pins together, write them or say what is new. */
#include <sys/stat.h>

#include "app/pin.h"
#include "codec/json.h"

#define PIN_TEXT KITH_MIB(64)

/* --- the file --- */

/* A link could make us write somewhere else, or somebody else's file. */
static int
check_place(const char *path, struct kith_error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0 || S_ISREG(st.st_mode))
		return KITH_OK;
	return kith_hint(err,
			 kith_fail(err, KITH_E_USAGE, "%s: %s", path,
				   S_ISLNK(st.st_mode) ? "a symbolic link" : "not a plain file"),
			 "move it away: kith.lock is a file of the project");
}

static int
write_file(struct kith_app_pinning *p, bool *ret_changed, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(p->run->project->root, KITH_PINS_FILE);
	KITH_AUTO_BUF struct kith_buf text, before;
	int r;

	kith_buf_init(&text, KITH_MAX_PINS_BYTES);
	kith_buf_init(&before, KITH_MAX_PINS_BYTES);
	if (!path)
		return kith_fail_nomem(err);
	kith_pins_put(p->pins, &text);
	r = kith_buf_check(&text, err);
	if (!r)
		r = check_place(path, err);
	if (r)
		return r;
	r = kith_fs_read(path, &before, NULL);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	*ret_changed = r || !kith_span_eq(kith_buf_span(&before), kith_buf_span(&text));
	return *ret_changed ? kith_fs_replace(path, kith_buf_span(&text), 0644, err) : KITH_OK;
}

/* --- what is said --- */

static void
put_table(const struct kith_app_pinning *p, bool changed, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < p->n_changes; i++) {
		const struct kith_app_pin_change *c = &p->changes[i];

		kith_buf_printf(out, "%-8s ", c->what);
		kith_text_safe(out, c->location, 0);
		if (c->from[0] && c->to[0])
			kith_buf_printf(out, " %.12s → %.12s", c->from, c->to);
		else
			kith_buf_printf(out, " %.12s", c->to[0] ? c->to : c->from);
		kith_buf_put_char(out, '\n');
	}
	kith_buf_printf(out,
			"%s%s: %zu source%s (%zu added, %zu moved, %zu dropped), %zu package%s\n",
			KITH_PINS_FILE, changed ? "" : " is unchanged", p->pins->n_sources,
			p->pins->n_sources == 1 ? "" : "s", p->added, p->moved, p->dropped,
			p->pins->n_packages, p->pins->n_packages == 1 ? "" : "s");
}

static void
put_json(const struct kith_app_pinning *p, bool changed, struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.pin/1");
	kith_json_member_boolean(&w, "changed", changed);
	kith_json_put_key(&w, "changes");
	kith_json_open_array(&w);
	for (i = 0; i < p->n_changes; i++) {
		kith_json_open_object(&w);
		kith_json_member_string(&w, "source", p->changes[i].location);
		kith_json_member_str(&w, "what", p->changes[i].what);
		if (p->changes[i].from[0])
			kith_json_member_str(&w, "from", p->changes[i].from);
		if (p->changes[i].to[0])
			kith_json_member_str(&w, "to", p->changes[i].to);
		kith_json_close_object(&w);
	}
	kith_json_close_array(&w);
	kith_json_put_key(&w, "summary");
	kith_json_open_object(&w);
	kith_json_member_integer(&w, "sources", (int64_t)p->pins->n_sources);
	kith_json_member_integer(&w, "added", (int64_t)p->added);
	kith_json_member_integer(&w, "moved", (int64_t)p->moved);
	kith_json_member_integer(&w, "dropped", (int64_t)p->dropped);
	kith_json_member_integer(&w, "packages", (int64_t)p->pins->n_packages);
	kith_json_member_integer(&w, "without_digest", (int64_t)p->no_bytes);
	kith_json_close_object(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

static int
write_and_tell(struct kith_app_pinning *p, struct kith_buf *out, struct kith_pin_result *result,
	       struct kith_error *err)
{
	bool changed = false;
	int r = write_file(p, &changed, err);

	if (r)
		return r;
	result->changed = changed;
	if (p->outside)
		kith_app_warn(
		    p->run->session,
		    "%zu source%s at places of this machine outside the project: only here "
		    "can they be verified (kith.lock names them; URLs are for everybody)",
		    p->outside, p->outside == 1 ? " lies" : "s lie");
	if (p->no_bytes)
		kith_app_note(p->run->session,
			      "the bytes of %zu package%s are not here, so no digest is pinned: "
			      "'kith fetch --packages', then 'kith pin' again",
			      p->no_bytes, p->no_bytes == 1 ? "" : "s");
	if (p->options->format == KITH_FORMAT_JSON)
		put_json(p, changed, out);
	else
		put_table(p, changed, out);
	return KITH_OK;
}

static int
prepare(struct kith_session *s, struct kith_app_pinning *p, const struct kith_verify_options *o,
	struct kith_error *err)
{
	int r = kith_app_judge(s, o, NULL, p->options->diff != 0, &p->run, err);

	if (r)
		return r;
	p->old = s->known_pins;
	return kith_app_pin_gather(p, err);
}

int
kith_pin(struct kith_session *session, const struct kith_pin_options *options, char **ret_text,
	 size_t *ret_len, struct kith_pin_result *ret_result, struct kith_error *err)
{
	const struct kith_verify_options o = {.path = options->path};
	KITH_CLEANUP(kith_app_pinning_clear) struct kith_app_pinning p = {.options = options};
	struct kith_pin_result result = {.changed = 0};
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, PIN_TEXT);
	r = prepare(session, &p, &o, err);
	if (!r)
		r = options->diff ? kith_app_pin_diff(&p, &b, err)
				  : write_and_tell(&p, &b, &result, err);
	if (!r)
		r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (r)
		return r;
	result.sources = p.pins->n_sources;
	result.packages = p.pins->n_packages;
	result.moved = p.moved;
	result.added = p.added;
	result.dropped = p.dropped;
	*ret_result = result;
	return KITH_OK;
}
