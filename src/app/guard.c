/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command in front of which kith stands is going to do. Must not let pass what it does not
 * understand: an unknown subcommand of cargo builds. The project is hostile, so its aliases are
 * looked through, and what cargo itself would not let an alias hide (its own commands) is known by
 * name.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <kith/guard.h>

#include "base/base.h"
#include "codec/toml.h"

#define MAX_ALIASES    8   /* looked through, one behind the other */
#define MAX_WORDS      256 /* of one alias */
#define MAX_CARGO_ARGS ((size_t)100000)

/*
 * cargo's own commands that build or run: no alias hides them (of the short ones cargo would let
 * an alias decide; what they are known for counts here).
 */
static const char *const builders[] = {
    "b",       "bench",   "build", "c",   "check", "d",       "doc", "fix",
    "package", "publish", "r",     "run", "rustc", "rustdoc", "t",   "test",
};

/* cargo's own commands that neither build nor run anything; no alias takes their names. */
static const char *const harmless[] = {
    "add",
    "clean",
    "config",
    "fetch",
    "generate-lockfile",
    "help",
    "info",
    "init",
    "locate-project",
    "login",
    "logout",
    "metadata",
    "new",
    "owner",
    "pkgid",
    "remove",
    "search",
    "tree",
    "uninstall",
    "update",
    "vendor",
    "version",
    "verify-project",
    "yank",
    "report",
    "read-manifest",
    "remote-registry",
};

/* Well-known commands of others that do not build; an alias may take their names. */
static const char *const harmless_others[] = {
    "audit", "crev", "deny", "fmt", "machete", "outdated", "rm", "set-version", "upgrade", "vet",
};

#define IS_ONE_OF(word, list) is_one_of(word, list, sizeof(list) / sizeof((list)[0]))

static bool
is_one_of(struct kith_span word, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (kith_span_is(word, list[i]))
			return true;
	return false;
}

struct words {
	struct kith_span *at;
	size_t n, cap;
};

struct guard {
	const struct kith_guard_command *command;
	struct words args; /* of cargo, aliases put in their place */
	char *dir;         /* where the project is looked for */
	struct kith_arena arena;
	bool elsewhere;
	bool unclear; /* cargo may know another alias than what is found here */
};

static int
add_word(struct words *w, struct kith_span word, struct kith_error *err)
{
	int r =
	    kith_grow(&w->at, &w->cap, w->n + 1, sizeof(*w->at), MAX_CARGO_ARGS, "arguments", err);

	if (!r)
		w->at[w->n++] = word;
	return r;
}

/* Cuts the last part off; false at "/". */
static bool
go_up(char *dir)
{
	char *slash = strrchr(dir, '/');

	if (!slash || !slash[1])
		return false;
	slash[slash == dir ? 1 : 0] = '\0';
	return true;
}

/* --- options before and behind the subcommand --- */

/* Options of cargo itself that take the next word as their value. */
static bool
takes_value(struct kith_span word)
{
	return kith_span_is(word, "-C") || kith_span_is(word, "-Z") ||
	       kith_span_is(word, "--config") || kith_span_is(word, "--color") ||
	       kith_span_is(word, "--explain") || kith_span_is(word, "--manifest-path") ||
	       kith_span_is(word, "--lockfile-path");
}

/* Index of the subcommand, or n. `+toolchain` goes before everything else. */
static size_t
find_subcommand(const struct words *w)
{
	size_t i = w->n && w->at[0].len && w->at[0].ptr[0] == '+' ? 1 : 0;

	for (; i < w->n; i++) {
		if (!w->at[i].len || w->at[i].ptr[0] != '-')
			return i;
		if (takes_value(w->at[i]))
			i++;
	}
	return w->n;
}

/* The value of `--name VALUE`, `--name=VALUE`, `-nVALUE` before `end` and "--"; the last counts. */
static bool
find_value(const struct words *w, size_t end, const char *name, struct kith_span *ret)
{
	size_t i, from, len = strlen(name);
	bool found = false;

	for (i = 0; i < end && !kith_span_is(w->at[i], "--"); i++) {
		struct kith_span s = w->at[i];

		if (kith_span_is(s, name) && i + 1 < w->n) {
			*ret = w->at[i + 1];
			found = true;
		} else if (kith_span_starts(s, kith_span(name, len)) && s.len > len &&
			   (s.ptr[len] == '=' || len == 2)) {
			from = len + (s.ptr[len] == '=');
			*ret = kith_span_sub(s, from, s.len - from);
			found = true;
		}
	}
	return found;
}

static bool
has_word(const struct words *w, const char *word)
{
	size_t i;

	for (i = 0; i < w->n && !kith_span_is(w->at[i], "--"); i++)
		if (kith_span_is(w->at[i], word))
			return true;
	return false;
}

/* --- aliases --- */

/* "run --release" or ["run", "--release"], copied. */
static int
add_alias(struct guard *g, const struct kith_toml *v, struct words *out, struct kith_error *err)
{
	struct kith_span rest = v->type == KITH_TOML_STRING ? v->u.string : KITH_SPAN_NONE, word;
	const struct kith_toml *c = v->type == KITH_TOML_ARRAY ? v->first : NULL;
	int r = KITH_OK;

	while (!r && out->n < MAX_WORDS && (c || kith_span_next(&rest, ' ', &word))) {
		if (c) {
			word = c->type == KITH_TOML_STRING ? c->u.string : KITH_SPAN_NONE;
			c = c->next;
			if (!c)
				rest = KITH_SPAN_NONE;
		}
		if (!word.len)
			continue;
		if (!kith_arena_copy(&g->arena, word, &word))
			return kith_fail_nomem(err);
		r = add_word(out, word, err);
	}
	return r;
}

/* The alias in place of the subcommand at `at`. */
static int
put_alias(struct guard *g, size_t at, const struct kith_toml *v, struct kith_error *err)
{
	struct words out = {NULL, 0, 0};
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < at; i++)
		r = add_word(&out, g->args.at[i], err);
	if (!r)
		r = add_alias(g, v, &out, err);
	for (i = at + 1; !r && i < g->args.n; i++)
		r = add_word(&out, g->args.at[i], err);
	if (r) {
		free(out.at);
		return r;
	}
	free(g->args.at);
	g->args = out;
	return KITH_OK;
}

/* Looks for the alias of the word at `at` in one file; *ret_found: it was put in its place. */
static int
look_in_file(struct guard *g, const char *path, size_t at, bool *ret_found, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	const struct kith_toml *aliases, *v;
	int r;

	kith_buf_init(&text, KITH_MAX_MANIFEST);
	r = kith_fs_read(path, &text, err);
	if (r)
		return r == KITH_E_NOTFOUND ? KITH_OK : r;
	r = kith_toml_parse(kith_buf_span(&text), &doc, err);
	if (r)
		return kith_context(err, r, "%s", path);
	aliases = kith_toml_get(kith_toml_root(doc), "alias");
	for (v = aliases && aliases->type == KITH_TOML_TABLE ? aliases->first : NULL; v;
	     v = v->next)
		if (kith_span_eq(v->key, g->args.at[at])) {
			*ret_found = true;
			return put_alias(g, at, v, err);
		}
	/* whatever file that names may have it */
	g->unclear |= kith_toml_get(kith_toml_root(doc), "include") != NULL;
	return KITH_OK;
}

static int
look_in_folder(struct guard *g, const char *folder, size_t at, bool *ret_found,
	       struct kith_error *err)
{
	static const char *const names[] = {"config", "config.toml"};
	bool both = true;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && !*ret_found && i < 2; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(folder, names[i]);

		if (!path)
			return kith_fail_nomem(err);
		both = both && kith_fs_exists(path);
		r = look_in_file(g, path, at, ret_found, err);
	}
	/* cargo reads `config` only: an alias in the other one is none, and what it hides runs */
	if (!r && *ret_found && both) {
		KITH_AUTO_FREE char *other = kith_fs_join(folder, names[1]);

		if (!other)
			return kith_fail_nomem(err);
		g->unclear |= kith_fs_exists(other);
	}
	return r;
}

/* CARGO_ALIAS_FMT: cargo asks it before all files, whose aliases then are none. */
static bool
is_in_environment(const struct guard *g, struct kith_span word)
{
	static const char prefix[] = "CARGO_ALIAS_";
	const char *const *e;
	const char *name;
	size_t i;

	for (e = g->command->environment; e && *e; e++) {
		if (strncmp(*e, prefix, sizeof(prefix) - 1) != 0)
			continue;
		name = *e + sizeof(prefix) - 1;
		for (i = 0; i < word.len && name[i]; i++) {
			char c = (char)word.ptr[i];

			c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
			if (name[i] != c)
				break;
		}
		if (i == word.len && name[i] == '=')
			return true;
	}
	return false;
}

/* The user's own. */
static int
look_at_home(struct guard *g, size_t at, bool *ret_found, struct kith_error *err)
{
	KITH_AUTO_FREE char *home = NULL;

	if (g->command->cargo_home)
		return look_in_folder(g, g->command->cargo_home, at, ret_found, err);
	if (!g->command->home)
		return KITH_OK;
	home = kith_fs_join(g->command->home, ".cargo");
	return home ? look_in_folder(g, home, at, ret_found, err) : kith_fail_nomem(err);
}

/* The nearest one upwards, then the user's own, as cargo has it. */
static int
look_up_alias(struct guard *g, size_t at, bool *ret_found, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = realpath(g->dir, NULL);
	unsigned level;
	int r = KITH_OK;

	if (!dir)
		return kith_fail_errno(err, errno, "%s", g->dir);
	g->unclear |= is_in_environment(g, g->args.at[at]);
	for (level = 0; level < KITH_MAX_PARENTS; level++) {
		KITH_AUTO_FREE char *folder = kith_fs_join(dir, ".cargo");

		if (!folder)
			return kith_fail_nomem(err);
		r = look_in_folder(g, folder, at, ret_found, err);
		if (r || *ret_found)
			return r;
		if (!go_up(dir))
			break;
	}
	return look_at_home(g, at, ret_found, err);
}

/* --- what cargo is asked for --- */

static bool
is_path_of(const struct guard *g)
{
	struct kith_span path;

	return find_value(&g->args, g->args.n, "--path", &path);
}

/* Whether the subcommand at `at` builds or runs something. */
static bool
builds(struct guard *g, size_t at, bool alias)
{
	struct kith_span word = g->args.at[at];

	if (at + 1 < g->args.n && !alias &&
	    (kith_span_is(g->args.at[at + 1], "--help") || kith_span_is(g->args.at[at + 1], "-h")))
		return false;
	if (kith_span_is(word, "install")) {
		g->elsewhere = !is_path_of(g);
		return !g->elsewhere;
	}
	return !IS_ONE_OF(word, harmless) && !IS_ONE_OF(word, harmless_others);
}

/* `--config alias.fmt=...` */
static bool
has_alias_option(const struct guard *g)
{
	size_t i, k;

	for (i = 0; i < g->args.n && !kith_span_is(g->args.at[i], "--"); i++) {
		struct kith_span s = g->args.at[i];

		for (k = 0; k + 5 <= s.len; k++)
			if (memcmp(s.ptr + k, "alias", 5) == 0)
				return true;
	}
	return false;
}

static int
look_at_cargo(struct guard *g, bool *ret_builds, struct kith_error *err)
{
	bool found = true;
	unsigned hops;
	size_t at = 0;
	int r = KITH_OK;

	*ret_builds = true; /* aliases without an end, or from where nobody looks */
	if (has_alias_option(g))
		return KITH_OK;
	for (hops = 0; hops < MAX_ALIASES; hops++) {
		at = find_subcommand(&g->args);
		if (at == g->args.n) {
			*ret_builds = false;
			return KITH_OK;
		}
		found = false;
		if (!IS_ONE_OF(g->args.at[at], harmless) && !IS_ONE_OF(g->args.at[at], builders) &&
		    !kith_span_is(g->args.at[at], "install"))
			r = look_up_alias(g, at, &found, err);
		if (r || !found)
			break;
	}
	if (!r && !found && !g->unclear)
		*ret_builds = builds(g, at, hops > 0);
	return r;
}

/* --- where --- */

static int
set_dir(struct guard *g, struct kith_span below, bool is_file, struct kith_error *err)
{
	KITH_AUTO_FREE char *text = kith_strndup(below.ptr, below.len);
	char *joined, *slash;

	if (!text)
		return kith_fail_nomem(err);
	if (strlen(text) != below.len)
		return kith_fail(err, KITH_E_USAGE, "a path with a NUL in it");
	joined = kith_fs_join(g->dir, text);
	if (!joined)
		return kith_fail_nomem(err);
	slash = is_file ? strrchr(joined, '/') : NULL;
	if (slash)
		slash[slash == joined ? 1 : 0] = '\0';
	free(g->dir);
	g->dir = joined;
	return KITH_OK;
}

/* -C comes first, then --manifest-path, which cargo reads from there; `install --path`. */
static int
follow_options(struct guard *g, struct kith_error *err)
{
	struct kith_span value;
	int r = KITH_OK;

	if (find_value(&g->args, g->args.n, "--manifest-path", &value))
		r = set_dir(g, value, true, err);
	else if (has_word(&g->args, "install") && find_value(&g->args, g->args.n, "--path", &value))
		r = set_dir(g, value, false, err);
	return r;
}

/* The nearest kith.toml at or above the project. */
static int
find_policy(struct guard *g, bool *ret_found, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = realpath(g->dir, NULL);
	unsigned level;

	if (!dir)
		return kith_fail_errno(err, errno, "%s", g->dir);
	for (level = 0; level < KITH_MAX_PARENTS; level++) {
		KITH_AUTO_FREE char *policy = kith_fs_join(dir, "kith.toml");

		if (!policy)
			return kith_fail_nomem(err);
		if (kith_fs_exists(policy)) {
			*ret_found = true;
			return KITH_OK;
		}
		if (!go_up(dir))
			break;
	}
	return KITH_OK;
}

static bool
is_cargo(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;

	return strcmp(name, "cargo") == 0;
}

/* Leaves where the project is looked for in g->dir. */
static int
read_cargo(struct guard *g, bool *ret_builds, struct kith_error *err)
{
	struct kith_span value;
	size_t i;
	int r = KITH_OK;

	for (i = 1; !r && i < g->command->argc; i++)
		r = add_word(&g->args, kith_span_str(g->command->argv[i]), err);
	if (!r && find_value(&g->args, find_subcommand(&g->args), "-C", &value))
		r = set_dir(g, value, false, err);
	if (!r)
		r = look_at_cargo(g, ret_builds, err);
	return !r && *ret_builds ? follow_options(g, err) : r;
}

static int
look(struct guard *g, struct kith_guard_look *ret, struct kith_error *err)
{
	bool yes = true, found = false;
	int r = KITH_OK;

	if (is_cargo(g->command->argv[0]))
		r = read_cargo(g, &yes, err);
	if (!r && yes)
		r = find_policy(g, &found, err);
	if (r)
		return r;
	if (!yes) {
		ret->why = g->elsewhere ? KITH_GUARD_ELSEWHERE : KITH_GUARD_HARMLESS;
		return KITH_OK;
	}
	ret->why = found ? KITH_GUARD_JUDGE : KITH_GUARD_NO_POLICY;
	if (found)
		ret->path = kith_steal(&g->dir);
	return KITH_OK;
}

int
kith_guard_look(const struct kith_guard_command *command, struct kith_guard_look *ret_look,
		struct kith_error *err)
{
	struct kith_guard_look found = {KITH_GUARD_JUDGE, NULL};
	struct guard g = {.command = command};
	int r;

	kith_arena_init(&g.arena, KITH_MIB(16));
	g.dir = kith_strndup(".", 1);
	r = g.dir ? look(&g, &found, err) : kith_fail_nomem(err);
	free(g.dir);
	free(g.args.at);
	kith_arena_clear(&g.arena);
	if (!r)
		*ret_look = found;
	return r;
}
