/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an archive says about the risk and the work of reviewing it. It is a stranger's: counted,
 * not believed, and a package that hides its code from these counts is ranked wrongly, nothing
 * more.
 */
#include "app/todo.h"

#include "codec/toml.h"

#define MANIFEST_MAX KITH_MIB(1)

enum where { CODE, SLASH, LINE_COMMENT, BLOCK_COMMENT, STAR };

struct looking {
	struct kith_app_todo_facts facts;
	bool rust;     /* the entry at hand is counted */
	bool manifest; /* … is Cargo.toml of the package */
	bool has_build_rs;
	enum where where;
	size_t word; /* bytes of "unsafe" that matched so far; SIZE_MAX: another word */
	struct kith_buf text;
};

static const struct kith_span unsafe_word = {(const uint8_t *)"unsafe", 6};

static bool
is_below(struct kith_span path, const char *folder)
{
	return kith_span_skip(&path, folder) && path.len && path.ptr[0] == '/';
}

static bool
is_rust(struct kith_span path)
{
	struct kith_span end = kith_span_sub(path, path.len > 3 ? path.len - 3 : 0, 3);

	return kith_span_is(end, ".rs") && !is_below(path, "tests") && !is_below(path, "benches") &&
	       !is_below(path, "examples");
}

static void
end_word(struct looking *k)
{
	if (k->word == unsafe_word.len)
		k->facts.unsafes++;
	k->word = 0;
}

static int
begin_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct looking *k = ctx;

	(void)err;
	end_word(k);
	k->where = CODE;
	k->rust = e->type == KITH_TREE_FILE && is_rust(e->path);
	k->manifest = e->type == KITH_TREE_FILE && kith_span_is(e->path, "Cargo.toml") &&
		      e->size <= MANIFEST_MAX;
	if (e->type == KITH_TREE_FILE && kith_span_is(e->path, "build.rs"))
		k->has_build_rs = true;
	return KITH_OK;
}

static bool
is_word_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c >= 0x80;
}

static void
take_code(struct looking *k, uint8_t c)
{
	if (is_word_byte(c)) {
		if (k->word < unsafe_word.len && c == unsafe_word.ptr[k->word])
			k->word++;
		else
			k->word = SIZE_MAX;
		return;
	}
	end_word(k);
	if (c == '/')
		k->where = SLASH;
}

/* Text in quotes counts as code: whoever writes "//" there hides the rest of that line. */
static void
take_byte(struct looking *k, uint8_t c)
{
	k->facts.lines += c == '\n';
	switch (k->where) {
	case CODE:
		take_code(k, c);
		break;
	case SLASH:
		k->where = c == '/' ? LINE_COMMENT : c == '*' ? BLOCK_COMMENT : CODE;
		if (k->where == CODE)
			take_code(k, c);
		break;
	case LINE_COMMENT:
		k->where = c == '\n' ? CODE : LINE_COMMENT;
		break;
	case BLOCK_COMMENT:
		k->where = c == '*' ? STAR : BLOCK_COMMENT;
		break;
	case STAR:
		k->where = c == '/' ? CODE : c == '*' ? STAR : BLOCK_COMMENT;
		break;
	}
}

static int
take_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct looking *k = ctx;
	size_t i;

	(void)err;
	if (k->manifest)
		kith_buf_put_span(&k->text, bytes);
	for (i = 0; k->rust && i < bytes.len; i++)
		take_byte(k, bytes.ptr[i]);
	return KITH_OK;
}

/* A manifest that cannot be read leaves what the files say. */
static int
read_manifest(struct looking *k, struct kith_error *err)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	const struct kith_toml *root, *build, *lib;
	struct kith_error why;
	bool on = true;
	int r = kith_buf_check(&k->text, err);

	k->facts.build_script = k->has_build_rs;
	if (r || !k->text.len)
		return r;
	r = kith_toml_parse(kith_buf_span(&k->text), &doc, &why);
	if (r)
		return r == KITH_E_NOMEM ? kith_fail_nomem(err) : KITH_OK;
	root = kith_toml_root(doc);
	build = kith_toml_get(kith_toml_get(root, "package"), "build");
	if (build && build->type == KITH_TOML_STRING)
		k->facts.build_script = true;
	if (build && build->type == KITH_TOML_BOOLEAN)
		k->facts.build_script = k->has_build_rs && build->u.boolean;
	lib = kith_toml_get(root, "lib");
	k->facts.proc_macro = (kith_toml_get_boolean(lib, "proc-macro", &on) && on) ||
			      (kith_toml_get_boolean(lib, "proc_macro", &on) && on);
	return KITH_OK;
}

/* Only to run out of memory, or to lack the helper, is an error: archives may be missing. */
static bool
is_serious(int code)
{
	return code == KITH_E_NOMEM || code == KITH_E_HELPER;
}

static int
compare(struct kith_app_picker *picker, const struct kith_app_picked *target,
	struct kith_app_todo_item *item, struct kith_error *err)
{
	KITH_CLEANUP(kith_app_comparison_clear) struct kith_app_comparison c = {0};
	struct kith_app_picked base;
	struct kith_error why;
	char version[128];
	size_t i;
	int r;

	if (item->base.len >= sizeof(version))
		return KITH_OK;
	snprintf(version, sizeof(version), "%.*s", KITH_SPAN_FMT(item->base));
	r = kith_app_pick_version(picker, target, version, &base, &why);
	if (!r)
		r = kith_app_compare(picker, &base, target, 0, false, &c, &why);
	if (r) {
		if (is_serious(r) && err)
			*err = why;
		return is_serious(r) ? r : KITH_OK;
	}
	item->base_known = true;
	for (i = 0; i < c.n; i++)
		item->diff_lines += (size_t)c.changes[i].added + c.changes[i].removed;
	return KITH_OK;
}

static int
read_archive(struct kith_app_picker *picker, const struct kith_app_picked *picked,
	     struct kith_app_todo_facts *ret_facts, struct kith_error *err)
{
	struct looking k = {.rust = false};
	const struct kith_archive_sink sink = {begin_entry, take_content, &k};
	struct kith_app_bytes bytes;
	struct kith_error why;
	int r;

	kith_buf_init(&k.text, MANIFEST_MAX);
	r = kith_app_read_bytes(picker, picked, &sink, &bytes, &why);
	end_word(&k);
	if (!r)
		r = read_manifest(&k, &why);
	if (!r) {
		k.facts.known = true;
		*ret_facts = k.facts;
	}
	kith_buf_clear(&k.text);
	if (is_serious(r) && err)
		*err = why;
	return is_serious(r) ? r : KITH_OK;
}

int
kith_app_todo_look(struct kith_app_picker *picker, struct kith_app_todo_item *item,
		   struct kith_error *err)
{
	struct kith_app_picked picked = {.package = *item->row->package, .locked = true};
	int r;

	if (picked.package.origin != KITH_ORIGIN_REGISTRY)
		return KITH_OK;
	picked.name = kith_arena_str(&picker->arena, picked.package.name);
	picked.version = kith_arena_str(&picker->arena, picked.package.version);
	if (!picked.name || !picked.version)
		return kith_fail_nomem(err);
	r = read_archive(picker, &picked, &item->facts, err);
	if (!r && item->facts.known && item->base.len)
		r = compare(picker, &picked, item, err);
	return r;
}
