/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fails every allocation of kith_verify once, with vet semantics and natively, of a store that is
 * judged, one that is refused and one that is not whole: KITH_E_NOMEM, or the answer that there is
 * without.
 */
#include <kith/kith.h>

#include "base/base.h"
#include "fault/wrap.h"

#define MAX_FAILURES 200000

static char home[] = "/tmp/kith-fault-XXXXXX";

static const char *const files[][2] = {
    {"Cargo.toml", "[package]\nname = \"app\"\nversion = \"1.0.0\"\n[dependencies]\na = \"1\"\nb = "
		   "\"1\"\n[package.metadata.vet]\nstore = { path = \"store\" }\n"},
    {"Cargo.lock",
     "version = 3\n\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"a\", "
     "\"b\"]\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = "
     "\"registry+https://github.com/rust-lang/crates.io-index\"\n\n[[package]]\nname = "
     "\"b\"\nversion = \"1.0.0\"\nsource = "
     "\"registry+https://github.com/rust-lang/crates.io-index\"\n"},
    {"store/config.toml",
     "\n# cargo-vet config file\n\n[cargo-vet]\nversion = \"0.10\"\n"
     "\n[[exemptions.b]]\nversion = \"1.0.0\"\ncriteria = \"safe-to-deploy\"\n"},
    {"store/audits.toml", "\n# cargo-vet audits file\n\n[[audits.a]]\ncriteria = \"safe-to-run\"\n"
			  "version = \"1.0.0\"\n"},
    {"store/imports.lock", "\n# cargo-vet imports lock\n"},
};

static int
write_file(const char *name, const char *text)
{
	KITH_AUTO_FREE char *path = kith_fs_join(home, name);

	return kith_fs_replace(path, kith_span_str(text), 0600, NULL);
}

static int
verify(enum kith_semantics semantics, enum kith_format format, char **ret_text,
       struct kith_error *err)
{
	const struct kith_session_options so = {
	    .home = home, .kith_home = home, .now = "2026-06-01"};
	static const char *const root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	const struct kith_verify_options o = {.path = home,
					      .semantics = semantics,
					      .roots = &root,
					      .n_roots = semantics == KITH_SEMANTICS_NATIVE};
	const struct kith_render_options ro = {.format = format};
	struct kith_project_verdict *v = NULL;
	struct kith_session *s = NULL;
	size_t len;
	int r;

	r = kith_session_new(&so, &s, err);
	if (!r)
		r = kith_verify(s, &o, &v, err);
	if (!r)
		r = kith_verdict_render(v, &ro, ret_text, &len, err);
	kith_verdict_free(v);
	kith_session_free(s);
	return r;
}

/* The code and text that there are without a failure come out with each, or KITH_E_NOMEM. */
static int
loop(enum kith_semantics semantics, enum kith_format format, int want_code, const char *part)
{
	struct kith_error err;
	char *want = NULL, *text;
	int code = verify(semantics, format, &want, &err), r;
	size_t n, failed = code != want_code || (part && (!want || !strstr(want, part)));
	bool hit = true;

	for (n = 1; hit && !failed && n < MAX_FAILURES; n++) {
		text = NULL;
		fault_arm(n);
		r = verify(semantics, format, &text, &err);
		hit = fault_hit();
		fault_arm(0);
		failed = (r != code && r != KITH_E_NOMEM) || (!r && strcmp(text, want) != 0);
		if (failed)
			fprintf(stderr, "allocation %zu: %d, %s\n", n, r, r ? err.msg : text);
		kith_free(text);
	}
	kith_free(want);
	printf("%zu allocations failed once\n", n - 1);
	return failed || hit;
}

int
main(void)
{
	size_t i;
	int failed = !mkdtemp(home);
	KITH_AUTO_FREE char *store = kith_fs_join(home, "store");
	KITH_AUTO_FREE char *lock = kith_fs_join(home, "store/imports.lock");

	failed = failed || kith_fs_mkdirs(store, 0700, NULL);
	for (i = 0; !failed && i < sizeof(files) / sizeof(files[0]); i++)
		failed = write_file(files[i][0], files[i][1]);
	failed = failed ||
		 loop(KITH_SEMANTICS_VET, KITH_FORMAT_TABLE, KITH_OK,
		      "lacks safe-to-deploy: audit 1.0.0") ||
		 loop(KITH_SEMANTICS_VET, KITH_FORMAT_JSON, KITH_OK, "\"fail (vetting)\"");
	failed = failed || loop(KITH_SEMANTICS_NATIVE, KITH_FORMAT_JSON, KITH_OK,
				"\"cargo_vet\": \"fail (1 unvetted)\"");
	failed = failed || write_file("store/audits.toml", "[audits]\na = 3\n") ||
		 loop(KITH_SEMANTICS_VET, KITH_FORMAT_JSON, KITH_OK, "\"error\"");
	failed = failed || loop(KITH_SEMANTICS_NATIVE, KITH_FORMAT_JSON, KITH_E_FORMAT, NULL);
	failed = failed || remove(lock) ||
		 loop(KITH_SEMANTICS_VET, KITH_FORMAT_TABLE, KITH_E_NOTFOUND, NULL);
	return kith_fs_remove_tree(home, NULL) || failed;
}
