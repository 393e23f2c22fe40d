/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include "helper/url.h"
#include "helpers/git/address.c"
#include "store/meta.h"

/* --- URLs --- */

static void
test_url_good(void **state)
{
	static const struct {
		const char *text, *user, *host, *path;
		enum kith_url_scheme scheme;
		unsigned port;
		bool plain;
	} cases[] = {
	    {"https://github.com/dpc/crev-proofs", "", "github.com", "/dpc/crev-proofs",
	     KITH_URL_HTTPS, 0, false},
	    {"https://git.sr.ht/~icefox/crev-proofs", "", "git.sr.ht", "/~icefox/crev-proofs",
	     KITH_URL_HTTPS, 0, false},
	    {"https://a.example:8443/x.git/", "", "a.example", "/x.git/", KITH_URL_HTTPS, 8443,
	     false},
	    {"https://a.example/a%20b/%7Ec", "", "a.example", "/a%20b/%7Ec", KITH_URL_HTTPS, 0,
	     false},
	    {"http://127.0.0.1:80/x", "", "127.0.0.1", "/x", KITH_URL_HTTP, 80, false},
	    {"http://localhost/x", "", "localhost", "/x", KITH_URL_HTTP, 0, false},
	    {"http://[::1]:81/x", "", "[::1]", "/x", KITH_URL_HTTP, 81, false},
	    {"ssh://git@h.example:22/u/x", "git", "h.example", "/u/x", KITH_URL_SSH, 22, false},
	    {"ssh://alias/x", "", "alias", "/x", KITH_URL_SSH, 0, false},
	    {"git@h.example:u/x.git", "git", "h.example", "u/x.git", KITH_URL_SSH, 0, false},
	    {"alias:x", "", "alias", "x", KITH_URL_SSH, 0, false},
	    {"http://a.example/x", "", "a.example", "/x", KITH_URL_HTTP, 0, true},
	    {"git://a.example/x", "", "a.example", "/x", KITH_URL_GIT, 0, true},
	    {"http://127.0.0.1.example/x", "", "127.0.0.1.example", "/x", KITH_URL_HTTP, 0, true},
	    {"http://127.1/x", "", "127.1", "/x", KITH_URL_HTTP, 0, true},
	    {"http://0177.0.0.1/x", "", "0177.0.0.1", "/x", KITH_URL_HTTP, 0, true},
	    {"http://128.0.0.1/x", "", "128.0.0.1", "/x", KITH_URL_HTTP, 0, true},
	    {"http://localhost.example/x", "", "localhost.example", "/x", KITH_URL_HTTP, 0, true},
	    {"git://[::1]:1/x", "", "[::1]", "/x", KITH_URL_GIT, 1, false},
	};
	struct kith_helper_url u;
	struct kith_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (kith_helper_url_parse(kith_span_str(cases[i].text), &u, &err))
			fail_msg("%s", err.msg);
		assert_true(kith_helper_url_looks(kith_span_str(cases[i].text)));
		assert_int_equal(u.scheme, cases[i].scheme);
		assert_string_equal(u.user, cases[i].user);
		assert_string_equal(u.host, cases[i].host);
		assert_int_equal(u.port, cases[i].port);
		assert_true(kith_span_is(u.path, cases[i].path));
		assert_int_equal(kith_helper_url_is_plain(&u), cases[i].plain);
	}
}

static void
test_url_bad(void **state)
{
	static const char *const cases[] = {
	    "",
	    "x",
	    "HTTPS://a.example/x",
	    "https:/a.example/x",
	    "https://a.example",
	    "https://a.example/",
	    "https:///x",
	    "https://user@a.example/x",
	    "https://user:pw@a.example/x",
	    "https://a.example:0/x",
	    "https://a.example:65536/x",
	    "https://a.example:/x",
	    "https://a.example:80a/x",
	    "https://a..example/x",
	    "https://.example/x",
	    "https://a.example./x",
	    "https://-a.example/x",
	    "https://a_.ex ample/x",
	    "https://[::1]/x",
	    "https://a.example/x y",
	    "https://a.example/x\n",
	    "https://a.example/\x1b[31m",
	    "https://a.example/\xc3\xa9",
	    "https://a.example/a/../b",
	    "https://a.example/..",
	    "https://a.example/%2e%2e/b",
	    "https://a.example/%2F/b",
	    "https://a.example/%0a",
	    "https://a.example/%7F",
	    "https://a.example/%zz",
	    "https://a.example/%4",
	    "https://a.example/x?y",
	    "https://a.example/x#y",
	    "https://a.example/x\\y",
	    "https://a.example/x'y",
	    "https://a.example/-x",
	    "http://user:pw@a.example/x",
	    "git://user@a.example/x",
	    "http://[::1]80/x",
	    "git://[::2]/x",
	    "git://a.example/",
	    "ftp://a.example/x",
	    "file:///etc/passwd",
	    "git+ssh://a.example/x",
	    "ext::sh -c x",
	    "ssh://-oProxyCommand=x/y",
	    "ssh://a@-x/y",
	    "ssh://-a@x/y",
	    "-a@x:y",
	    "a@x:-y",
	    "a@x:../y",
	    "a@x:'y",
	    "a b@x:y",
	};
	struct kith_helper_url u;
	char text[KITH_MAX_URL + 20];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!kith_helper_url_parse(kith_span_str(cases[i]), &u, NULL))
			fail_msg("accepted: %s", cases[i]);
	assert_int_equal(kith_helper_url_parse(KITH_SPAN_LIT("https://a.example/x\0y"), &u, NULL),
			 KITH_E_USAGE);
	memset(text, 'a', sizeof(text));
	memcpy(text, "https://a.example/", 18);
	assert_int_equal(kith_helper_url_parse(kith_span(text, KITH_MAX_URL), &u, NULL), KITH_OK);
	assert_int_equal(kith_helper_url_parse(kith_span(text, KITH_MAX_URL + 1), &u, NULL),
			 KITH_E_USAGE);
	assert_false(kith_helper_url_looks(KITH_SPAN_LIT("./a:b")));
	assert_false(kith_helper_url_looks(KITH_SPAN_LIT("dir/a:b")));
	assert_false(kith_helper_url_looks(KITH_SPAN_LIT("plain")));
}

static void
test_slug(void **state)
{
	static const char *const cases[][2] = {
	    /* crev format 6.1 */
	    {"https://github.com/dpc/crev-proofs",
	     "github_com_dpc_crev-proofs-zyAEeMRLjv__eDHGtrnPUA"},
	    {"  https://github.com/dpc/crev-proofs\n",
	     "github_com_dpc_crev-proofs-zyAEeMRLjv__eDHGtrnPUA"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		KITH_AUTO_BUF struct kith_buf b;

		kith_buf_init(&b, 100);
		kith_url_put_slug(&b, kith_span_str(cases[i][0]));
		assert_string_equal(kith_buf_str(&b), cases[i][1]);
	}
}

/* --- addresses --- */

static enum address_class
class_of(const char *text)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in4.sin_addr) == 1)
		return address_classify((const struct sockaddr *)&in4, sizeof(in4));
	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	return address_classify((const struct sockaddr *)&in6, sizeof(in6));
}

static void
test_addresses(void **state)
{
	static const char *const public[] = {
	    "1.1.1.1",        "140.82.121.3",     "172.15.255.255", "172.32.0.0",
	    "100.63.0.1",     "100.128.0.1",      "2606:4700::1",   "2a00::1",
	    "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::", "223.255.255.255"};
	static const char *const loopback[] = {
	    "127.0.0.1",        "127.255.255.255",    "::1",
	    "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::"};
	static const char *const private[] = {"0.0.0.0",
					      "10.1.2.3",
					      "100.64.0.1",
					      "100.127.255.255",
					      "169.254.169.254",
					      "172.16.0.1",
					      "172.31.0.1",
					      "192.168.1.1",
					      "198.18.0.1",
					      "198.19.255.255",
					      "224.0.0.1",
					      "255.255.255.255",
					      "::",
					      "fe80::1",
					      "fc00::1",
					      "fd12::1",
					      "ff02::1",
					      "::ffff:10.0.0.1",
					      "64:ff9b::10.0.0.1",
					      "2001:db8::1",
					      "2001::1",
					      "2002:a00::",
					      "::ffff:169.254.169.254"};
	struct sockaddr unix_socket = {.sa_family = AF_UNIX};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		if (class_of(public[i]) != ADDRESS_PUBLIC)
			fail_msg("%s", public[i]);
	for (i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++)
		if (class_of(loopback[i]) != ADDRESS_LOOPBACK)
			fail_msg("%s", loopback[i]);
	for (i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		if (class_of(private[i]) != ADDRESS_PRIVATE)
			fail_msg("%s", private[i]);
	assert_int_equal(address_classify(&unix_socket, sizeof(unix_socket)), ADDRESS_PRIVATE);
}

/* --- folders --- */

static void
check_dirs(const struct kith_dirs_env *env, const char *config, const char *data, const char *cache)
{
	KITH_AUTO_DIRS struct kith_dirs d = {.view = NULL};
	struct kith_error err;

	if (kith_dirs_init(&d, env, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(d.config, config);
	assert_string_equal(d.data, data);
	assert_string_equal(d.cache, cache);
}

static void
test_dirs(void **state)
{
	struct kith_dirs_env env = {.home = "/home/u"};
	struct kith_dirs d;
	struct kith_error err;

	(void)state;
	check_dirs(&env, "/home/u/.config/kith", "/home/u/.local/share/kith",
		   "/home/u/.cache/kith");
	env.xdg_config_home = "/c";
	env.xdg_data_home = "relative"; /* ignored, as the specification says */
	env.xdg_cache_home = "";
	check_dirs(&env, "/c/kith", "/home/u/.local/share/kith", "/home/u/.cache/kith");
	env.kith_home = "/k";
	check_dirs(&env, "/k", "/k", "/k/cache");
	env.kith_home = "k";
	assert_int_equal(kith_dirs_init(&d, &env, &err), KITH_E_USAGE);
	memset(&env, 0, sizeof(env));
	assert_int_equal(kith_dirs_init(&d, &env, &err), KITH_E_USAGE);
	env.home = "home";
	assert_int_equal(kith_dirs_init(&d, &env, &err), KITH_E_USAGE);
}

/* --- the text beside a mirror --- */

static void
test_meta(void **state)
{
	static const char text[] = "kith-source 1\nkind url\nlocation https://a.example/x\n"
				   "head 0123456789abcdef0123456789abcdef01234567\n"
				   "success 1600000000\nattempt 1600000001\nerror it is too slow\n";
	static const char set[] = "kith-source 1\nkind file\nlocation /x\nevidence vet\n"
				  "inside supply-chain/audits.toml\n";
	static const char *const bad[] = {"",
					  "kith-source 1\nkind url\nlocation x\nevidence who\n",
					  "kith-source 2\nkind url\nlocation x\n",
					  "kith-source 1\nkind url\n",
					  "kith-source 1\nlocation x\n",
					  "kith-source 1\nkind x\nlocation x\n",
					  "kith-source 1\nkind url\nlocation x\nhead 012\n",
					  "kith-source 1\nkind url\nlocation x\nsuccess -1\n"};
	struct kith_mirror m = {.own = false};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	size_t i;

	(void)state;
	kith_buf_init(&b, 1000);
	assert_int_equal(kith_meta_parse(kith_span_str(text), &m, &err), KITH_OK);
	assert_int_equal(m.source.kind, KITH_GIT_URL);
	assert_int_equal(m.success, 1600000000);
	kith_meta_put(&b, &m);
	assert_string_equal(kith_buf_str(&b), text);
	kith_mirror_clear(&m);
	kith_buf_reset(&b);
	assert_int_equal(kith_meta_parse(kith_span_str(set), &m, &err), KITH_OK);
	assert_int_equal(m.source.kind, KITH_GIT_PLAIN);
	assert_int_equal(m.source.evidence, KITH_SOURCE_VET);
	assert_string_equal(m.source.inside, "supply-chain/audits.toml");
	kith_meta_put(&b, &m);
	assert_string_equal(kith_buf_str(&b), set);
	kith_mirror_clear(&m);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(kith_meta_parse(kith_span_str(bad[i]), &m, &err), KITH_E_FORMAT);
		kith_mirror_clear(&m);
	}
}

/* --- what a source holds --- */

static bool
takes(enum kith_source_kind evidence, enum kith_git_kind kind, const char *inside, const char *path)
{
	char in[64] = "";
	struct kith_source s = {.evidence = evidence, .kind = kind};

	if (inside) {
		snprintf(in, sizeof(in), "%s", inside);
		s.inside = in;
	}
	return kith_source_has(&s, kith_span_str(path));
}

static void
test_kinds(void **state)
{
	KITH_AUTO_SOURCE struct kith_source crev = {.kind = KITH_GIT_URL};
	KITH_AUTO_SOURCE struct kith_source vet = {.kind = KITH_GIT_URL};
	KITH_AUTO_SOURCE struct kith_source deep = {.kind = KITH_GIT_URL};
	static const char url[] = "https://example.org/sets";
	enum kith_source_kind k;
	struct kith_error err;

	(void)state;
	assert_true(kith_source_kind_find(KITH_SPAN_LIT("rustsec"), &k));
	assert_string_equal(kith_source_kind_name(k), "rustsec");
	assert_false(kith_source_kind_find(KITH_SPAN_LIT("RustSec"), &k));
	/* each has a mirror of its own */
	assert_int_equal(kith_source_resolve(url, &crev, &err), KITH_OK);
	assert_int_equal(kith_source_resolve_as(url, KITH_SOURCE_VET, NULL, &vet, &err), KITH_OK);
	assert_int_equal(kith_source_resolve_as(url, KITH_SOURCE_VET, "a/b.toml", &deep, &err),
			 KITH_OK);
	assert_string_not_equal(crev.slug, vet.slug);
	assert_string_not_equal(vet.slug, deep.slug);
	assert_int_equal(kith_source_resolve_as(url, KITH_SOURCE_VET, "../b.toml", &deep, &err),
			 KITH_E_USAGE);
	assert_int_equal(kith_source_resolve_as("/tmp", KITH_SOURCE_VET, "b.toml", &deep, &err),
			 KITH_E_USAGE);
	/* a file is asked for as one, where nothing inside is meant; proofs never come so */
	kith_source_clear(&deep);
	assert_int_equal(kith_source_resolve_as("https://example.org/s/audits.toml?format=TEXT",
						KITH_SOURCE_VET, NULL, &deep, &err),
			 KITH_OK);
	assert_int_equal(deep.kind, KITH_GIT_GET);
	kith_source_clear(&deep);
	assert_int_equal(kith_source_resolve_as("https://example.org/s/audits.toml",
						KITH_SOURCE_VET, "a.toml", &deep, &err),
			 KITH_OK);
	assert_int_equal(deep.kind, KITH_GIT_URL);
	kith_source_clear(&deep);
	assert_int_equal(kith_source_resolve("https://example.org/s/audits.toml", &deep, &err),
			 KITH_OK);
	assert_int_equal(deep.kind, KITH_GIT_URL);
	assert_false(kith_helper_url_is_file(KITH_SPAN_LIT("https://example.org/.toml")));
	assert_false(kith_helper_url_is_file(KITH_SPAN_LIT("https://a.toml")));
	assert_false(kith_helper_url_is_file(KITH_SPAN_LIT("ssh://example.org/a.toml")));
	assert_true(kith_helper_url_is_file(KITH_SPAN_LIT("https://example.org/a.json?b/c")));
	/* the usual places of a store, and nothing that is there for other reasons */
	assert_true(takes(KITH_SOURCE_VET, KITH_GIT_URL, NULL, "audits.toml"));
	assert_true(takes(KITH_SOURCE_VET, KITH_GIT_URL, NULL, "supply-chain/imports.lock"));
	assert_false(takes(KITH_SOURCE_VET, KITH_GIT_URL, NULL, "tests/audits.toml"));
	assert_false(takes(KITH_SOURCE_VET, KITH_GIT_FOLDER, NULL, "supply-chain/audits.toml"));
	assert_true(takes(KITH_SOURCE_VET, KITH_GIT_URL, "a/b.toml", "a/b.toml"));
	assert_false(takes(KITH_SOURCE_VET, KITH_GIT_URL, "a/b.toml", "a/b.tomlx"));
	assert_false(takes(KITH_SOURCE_VET, KITH_GIT_URL, "a/b.toml", "audits.toml"));
	assert_true(takes(KITH_SOURCE_VET, KITH_GIT_URL, "a", "a/audits.toml"));
	assert_false(takes(KITH_SOURCE_VET, KITH_GIT_URL, "a", "a/b/audits.toml"));
	assert_true(takes(KITH_SOURCE_VET, KITH_GIT_PLAIN, NULL, "debian.toml"));
	assert_true(takes(KITH_SOURCE_OSV, KITH_GIT_URL, "crates", "crates/x/y.json"));
	assert_false(takes(KITH_SOURCE_OSV, KITH_GIT_URL, "crates", "crates2/y.json"));
}

/* --- names in trees --- */

static void
test_names(void **state)
{
	KITH_AUTO_BUF struct kith_buf deep;
	size_t i;

	(void)state;
	assert_true(kith_git_is_path(KITH_SPAN_LIT("a/.b/c d\\e.crev")));
	assert_true(kith_git_is_path(KITH_SPAN_LIT("\xc3\xa9")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("/a")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("a/")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("a//b")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("a/../b")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("./b")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("a\nb")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("a\xc2\x9b"))); /* a C1 control */
	assert_false(kith_git_is_path(KITH_SPAN_LIT("a\xff")));
	assert_false(kith_git_is_path(KITH_SPAN_LIT("a\0b")));
	assert_true(kith_git_is_proof_name(KITH_SPAN_LIT("a.crev")));
	assert_false(kith_git_is_proof_name(KITH_SPAN_LIT(".crev"))); /* a name, no extension */
	assert_false(kith_git_is_proof_name(KITH_SPAN_LIT("a.crev.txt")));
	assert_false(kith_git_is_proof_name(KITH_SPAN_LIT("a.CREV")));
	assert_true(kith_git_wants(KITH_SPAN_NONE, KITH_SPAN_LIT("a.crev")));
	assert_false(kith_git_wants(KITH_SPAN_NONE, KITH_SPAN_LIT("a.md")));
	assert_true(kith_git_wants(KITH_SPAN_LIT("*.md audits.toml"), KITH_SPAN_LIT("a.md")));
	assert_true(
	    kith_git_wants(KITH_SPAN_LIT("*.md audits.toml"), KITH_SPAN_LIT("audits.toml")));
	assert_false(kith_git_wants(KITH_SPAN_LIT("*.md audits.toml"), KITH_SPAN_LIT("a.toml")));
	assert_false(kith_git_wants(KITH_SPAN_LIT("*.md  "), KITH_SPAN_LIT("a.crev")));
	assert_true(kith_git_is_names(KITH_SPAN_NONE));
	assert_false(kith_git_is_names(KITH_SPAN_LIT("a/b")));
	assert_false(kith_git_is_names(KITH_SPAN_LIT("*.\xc3\xa9")));
	assert_true(kith_git_is_names(KITH_SPAN_LIT("a a a a a a a a a a a a a a a a")));
	assert_false(kith_git_is_names(KITH_SPAN_LIT("a a a a a a a a a a a a a a a a a")));
	kith_buf_init(&deep, KITH_MAX_PATH);
	for (i = 0; i < KITH_GIT_MAX_NAMES; i++)
		kith_buf_put_char(&deep, '*');
	assert_true(kith_git_is_names(kith_buf_span(&deep)));
	kith_buf_put_char(&deep, '*');
	assert_false(kith_git_is_names(kith_buf_span(&deep)));
	kith_buf_reset(&deep);
	for (i = 0; i < KITH_MAX_TREE_DEPTH; i++)
		kith_buf_put_str(&deep, "d/");
	kith_buf_put_str(&deep, "x");
	assert_true(kith_git_is_path(kith_buf_span(&deep)));
	kith_buf_put_str(&deep, "/x");
	assert_false(kith_git_is_path(kith_buf_span(&deep)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_url_good), cmocka_unit_test(test_url_bad),
	    cmocka_unit_test(test_slug),     cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_dirs),     cmocka_unit_test(test_meta),
	    cmocka_unit_test(test_kinds),    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
